//! The launcher's HTML pages: their links, and what they call the documents.

use std::collections::{BTreeMap, BTreeSet};

use super::verdict::{Problem, ProblemCode, Problems};
use crate::html::{StartTag, Token, Tokenizer, attribute};
use crate::language::Language;

/// The largest page that is read.
pub(super) const MAX_PAGE_BYTES: u64 = 8 << 20;

/// How many bytes of pages are read to find out what the collection calls documents. Each page counts as one sector or more.
const MAX_TITLE_BYTES: u64 = 256 << 20;
const MIN_PAGE_BYTES: u64 = 2_048;

/// The maximum length of a heading in memory, in bytes, and in messages, in characters.
const MAX_HEADING_BYTES: usize = 4_000;
const MAX_HEADING_CHARACTERS: usize = 200;

/// How many broken links of a page are reported.
const MAX_BROKEN_LINKS: usize = 50;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct HtmlPage {
    /// The language tag of the page.
    lang: String,
    /// Whether it is the page of a report.
    is_report: bool,
    heading: String,
    /// The targets of its links, styles, scripts and pictures, as written.
    pub(super) links: Vec<String>,
    /// The links that have `hreflang`, each with its language tag.
    documents: Vec<(String, String)>,
}

/// Whether this is the path of a page of the launcher: an HTML file at the top level or below `pages`.
pub(super) fn is_page(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    (path.ends_with(".html") || path.ends_with(".htm")) && (path.starts_with("pages/") || !path.contains('/'))
}

impl HtmlPage {
    pub(super) fn parse(html: &[u8]) -> Self {
        let mut page = Self::default();
        let mut in_heading = false;
        let mut small_depth = 0_u32;
        for token in Tokenizer::new(html) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => match tag.name.as_slice() {
                    b"html" => page.lang = attribute(&tag, "lang").unwrap_or_default(),
                    b"body" => page.is_report = attribute(&tag, "class").is_some_and(|class| class == "report"),
                    b"h1" => in_heading = page.heading.is_empty(),
                    b"small" => small_depth += 1,
                    b"a" | b"link" | b"img" | b"script" => page.add_link(&tag),
                    _ => {}
                },
                Token::EndTag(tag) => match tag.name.as_slice() {
                    b"h1" => in_heading = false,
                    b"small" => small_depth = small_depth.saturating_sub(1),
                    _ => {}
                },
                Token::String(text) if in_heading && small_depth == 0 && page.heading.len() < MAX_HEADING_BYTES => {
                    page.heading.push_str(&String::from_utf8_lossy(&text[..text.len().min(MAX_HEADING_BYTES)]));
                }
                _ => {}
            }
        }
        page.heading = page.heading.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((end, _)) = page.heading.char_indices().nth(MAX_HEADING_CHARACTERS) {
            page.heading.truncate(end);
            page.heading.push('…');
        }
        page
    }

    fn add_link(&mut self, tag: &StartTag<()>) {
        let Some(target) = attribute(tag, "href").or_else(|| attribute(tag, "src")) else { return };
        if let Some(language) = attribute(tag, "hreflang") {
            self.documents.push((target.clone(), language));
        }
        self.links.push(target);
    }
}

/// The path on the disc that a link on the page `from` leads to; `None` if it leads to another site
/// or to the page itself. A link that leads above the root of the disc keeps its `..`.
pub(super) fn resolve(link: &str, from: &str) -> Option<String> {
    let path = link.split(['#', '?']).next().unwrap_or_default();
    let scheme = path.split(['/', '.']).next().unwrap_or_default();
    if path.is_empty() || scheme.contains(':') || path.starts_with("//") {
        return None;
    }
    let mut parts: Vec<&str> = match path.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => from.rsplit_once('/').map_or(Vec::new(), |(folder, _)| folder.split('/').collect()),
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

/// The problems with links of a page to files that do not exist, one for each such file. `exists` must also return true for files
/// that are reported as missing.
pub(super) fn find_broken_links(html: &[u8], path: &str, exists: &dyn Fn(&str) -> bool) -> Vec<Problem> {
    let page = HtmlPage::parse(html);
    let targets = page.links.iter().filter_map(|link| Some((link, resolve(link, path)?)));
    let mut found = BTreeSet::new();
    let broken = targets.filter(|(_, target)| !exists(target));
    broken
        .filter(|(_, target)| found.insert(target.clone()))
        .take(MAX_BROKEN_LINKS)
        .map(|(link, _)| {
            let message = format!("the link to `{}` is broken: there is no such file", link.escape_debug());
            Problem::new(ProblemCode::BrokenLink, message).at(path)
        })
        .collect()
}

/// Adds to each problem what the collection calls the affected file. `page_paths` are the paths of all
/// pages; `read` returns the bytes of one.
pub(super) fn add_document_titles(
    problems: &mut Problems,
    mut page_paths: Vec<String>,
    read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
) {
    let affected: BTreeSet<String> = problems.stored().iter().filter_map(|problem| problem.path.clone()).collect();
    if affected.is_empty() {
        return;
    }
    // The publisher did not write the text of a changed or added page.
    let changed: BTreeSet<&str> = problems
        .stored()
        .iter()
        .filter(|problem| problem.code != ProblemCode::BrokenLink)
        .filter_map(|problem| problem.path.as_deref())
        .collect();
    page_paths.retain(|path| !changed.contains(path.as_str()));
    let affected: BTreeSet<String> =
        affected.into_iter().filter(|path| !is_page(path) || !changed.contains(path.as_str())).collect();
    page_paths.sort_unstable();
    let titles = find_titles(&affected.into_iter().collect::<Vec<_>>(), &page_paths, read);
    for problem in problems.stored_mut() {
        problem.document = problem.path.as_ref().and_then(|path| titles.get(path).cloned());
    }
}

/// What the collection calls some of its files, by path. Documents are found on the pages of reports:
/// `“Final report, Santiago” (Spanish, PDF)`.
fn find_titles(
    wanted: &[String],
    page_paths: &[String],
    read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
) -> BTreeMap<String, String> {
    let mut titles = BTreeMap::new();
    let mut budget = MAX_TITLE_BYTES;
    let mut parse = |path: &str| {
        if budget == 0 {
            return None;
        }
        let html = read(path);
        budget = budget.saturating_sub(html.as_ref().map_or(0, |html| html.len() as u64).max(MIN_PAGE_BYTES));
        html.map(|html| HtmlPage::parse(&html))
    };
    for path in wanted.iter().filter(|path| is_page(path)) {
        if let Some(page) = parse(path).filter(|page| !page.heading.is_empty()) {
            titles.insert(path.clone(), format!("page “{}” ({})", page.heading, language_name(&page.lang)));
        }
    }
    // The documents without a title so far, by path in lower case.
    let mut untitled: BTreeMap<String, &String> =
        wanted.iter().filter(|path| !is_page(path)).map(|path| (path.to_ascii_lowercase(), path)).collect();
    for path in sort_by_default_language(page_paths, &mut parse) {
        if untitled.is_empty() {
            break;
        }
        let Some(page) = parse(path).filter(|page| page.is_report) else { continue };
        for (link, language) in &page.documents {
            let Some(target) = resolve(link, path) else { continue };
            if let Some(path) = untitled.remove(&target.to_ascii_lowercase()) {
                let format = target.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_uppercase();
                let title = format!("“{}” ({}, {format})", page.heading, language_name(language));
                titles.insert(path.clone(), title);
            }
            // The other files of a web site are in the folder of the page to which the report links, or below it.
            let Some(site) = folder_of_site(&target.to_ascii_lowercase()) else { continue };
            let others: Vec<String> = untitled
                .range(site.clone()..)
                .map(|(path, _)| path.clone())
                .take_while(|path| path.starts_with(&site))
                .collect();
            for path in others.iter().filter_map(|path| untitled.remove(path)) {
                titles.insert(
                    path.clone(),
                    format!("part of “{}” ({}, web site)", page.heading, language_name(language)),
                );
            }
        }
    }
    titles
}

/// The folder of a web site, with a slash at its end: documents are in folders of sections, and sites in folders below these.
fn folder_of_site(path: &str) -> Option<String> {
    let mut slashes = path.match_indices('/').map(|(at, _)| at);
    let end = slashes.nth(2).filter(|_| path.starts_with("documents/"))?;
    path.get(..=end).map(str::to_owned)
}

/// The pages in the disc's default language first, so that titles are taken from them if possible.
fn sort_by_default_language<'p>(
    page_paths: &'p [String],
    parse: &mut dyn FnMut(&str) -> Option<HtmlPage>,
) -> Vec<&'p String> {
    let index = page_paths.iter().find(|path| path.to_ascii_lowercase().starts_with("index.htm"));
    let language = index.and_then(|path| parse(path)).map(|page| page.lang).unwrap_or_default();
    let folder = format!("pages/{}", language.to_ascii_lowercase().replace('-', "_"));
    let is_default = |path: &str| path.to_ascii_lowercase().starts_with(&folder);
    let mut sorted: Vec<&String> = page_paths.iter().collect();
    sorted.sort_by_key(|path| !is_default(path));
    sorted
}

/// The English name of a language.
fn language_name(tag: &str) -> String {
    match (Language::parse_of_document(tag), Language::parse("en")) {
        (Ok(language), Ok(english)) => language.name_in(&english),
        _ => tag.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"<!DOCTYPE html><html lang="en"><body class="report">
<link rel="stylesheet" href="../../style.css"><a href="mailto:x">x</a>
<h1>Final &amp; last
 report <small class="other">(in English)</small></h1><a href="../../../documents/d/s_es.pdf" hreflang="es">PDF</a>"#;

    #[test]
    fn links_and_titles_are_read_from_pages() {
        let page = HtmlPage::parse(REPORT.as_bytes());
        assert_eq!(page.heading, "Final & last report");
        assert_eq!(page.links, ["../../style.css", "mailto:x", "../../../documents/d/s_es.pdf"]);
        let pages = ["index.html".to_owned(), "pages/en/d/s.html".to_owned()];
        let titles = find_titles(&["documents/d/s_es.pdf".to_owned()], &pages, &mut |path| {
            Some(if path == "index.html" { b"<html lang=en>".to_vec() } else { REPORT.as_bytes().to_vec() })
        });
        assert_eq!(titles["documents/d/s_es.pdf"], "“Final & last report” (Spanish, PDF)");
    }

    #[test]
    fn files_of_web_sites_are_named_by_the_title_of_the_site() {
        let page = r#"<html lang="en"><body class="report"><h1>Help</h1><a href="../../../documents/d/help_ru/index.html" hreflang="ru">"#;
        let wanted = ["documents/d/help.pdf", "documents/d/help_ru/FAQ.html", "documents/d/help_ru2/faq.html"];
        let titles =
            find_titles(&wanted.map(str::to_owned), &["pages/en/d/help.html".to_owned()], &mut |_| Some(page.into()));
        let expected = ("documents/d/help_ru/FAQ.html".to_owned(), "part of “Help” (Russian, web site)".to_owned());
        assert_eq!(titles.into_iter().collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn titles_are_looked_for_in_a_limited_number_of_bytes() {
        let pages: Vec<String> = (0..200_000).map(|number| format!("pages/en/{number}.html")).collect();
        let mut reads = 0;
        let titles = find_titles(&["documents/x.pdf".to_owned()], &pages, &mut |_| {
            reads += 1;
            Some(Vec::new())
        });
        assert!(titles.is_empty());
        assert_eq!(reads, MAX_TITLE_BYTES / MIN_PAGE_BYTES);
    }

    #[test]
    fn links_are_resolved() {
        let from = |link: &str| resolve(link, "pages/en/d/s.html");
        assert_eq!(from("../../style.css#x").as_deref(), Some("pages/style.css"));
        assert_eq!(from("../../../../up").as_deref(), Some("../up"));
        assert_eq!(from("t.html?q=1").as_deref(), Some("pages/en/d/t.html"));
        assert_eq!((from("#here"), from("https://un.org/a"), from("//host/a")), (None, None, None));
        assert_eq!(resolve("pages/en/index.html", "index.html").as_deref(), Some("pages/en/index.html"));
    }
}
