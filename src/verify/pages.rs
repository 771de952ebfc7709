//! The launcher's pages as a browser would find them: where they lead, and what they call the
//! documents.

use std::collections::BTreeMap;

use crate::html::{StartTag, Token, Tokenizer, attribute};
use crate::language::Language;

/// The largest page that is read.
pub(super) const MOST_BYTES: u64 = 8 << 20;

/// What a page holds that matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// The language of the page.
    lang: String,
    /// Whether it is the page of a report.
    report: bool,
    /// Its heading.
    heading: String,
    /// Where its links, styles, scripts and pictures are, as written.
    pub(super) links: Vec<String>,
    /// Links that say the language they lead to, with it.
    documents: Vec<(String, String)>,
}

/// Whether a path is that of a page of the launcher: one at the top, or in the folder of pages.
pub(super) fn is_page(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    (path.ends_with(".html") || path.ends_with(".htm")) && (path.starts_with("pages/") || !path.contains('/'))
}

impl Page {
    /// Reads a page.
    pub(super) fn of(html: &[u8]) -> Self {
        let mut page = Self::default();
        let mut in_heading = false;
        let mut in_label = 0_u32;
        for token in Tokenizer::new(html) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => match tag.name.as_slice() {
                    b"html" => page.lang = attribute(&tag, "lang").unwrap_or_default(),
                    b"body" => page.report = attribute(&tag, "class").is_some_and(|class| class == "report"),
                    b"h1" => in_heading = page.heading.is_empty(),
                    b"small" => in_label += 1,
                    b"a" | b"link" | b"img" | b"script" => page.link(&tag),
                    _ => {}
                },
                Token::EndTag(tag) => match tag.name.as_slice() {
                    b"h1" => in_heading = false,
                    b"small" => in_label = in_label.saturating_sub(1),
                    _ => {}
                },
                Token::String(text) if in_heading && in_label == 0 => {
                    page.heading.push_str(&String::from_utf8_lossy(&text));
                }
                _ => {}
            }
        }
        page.heading = page.heading.split_whitespace().collect::<Vec<_>>().join(" ");
        page
    }

    fn link(&mut self, tag: &StartTag<()>) {
        let Some(target) = attribute(tag, "href").or_else(|| attribute(tag, "src")) else { return };
        if let Some(language) = attribute(tag, "hreflang") {
            self.documents.push((target.clone(), language));
        }
        self.links.push(target);
    }
}

/// The path on the disc that a link on the page at `from` leads to; `None` if it leads elsewhere,
/// or nowhere but to the page itself. A link that climbs out of the disc keeps its `..`.
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

/// What the collection calls some of its files, from the pages of reports: `“Final report,
/// Santiago” (Spanish, PDF)`. `pages` are the paths of all pages; `read` gives the bytes of one.
pub(super) fn labels(
    wanted: &[String],
    pages: &[String],
    read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    for path in wanted.iter().filter(|path| is_page(path)) {
        if let Some(page) = read(path).map(|html| Page::of(&html)).filter(|page| !page.heading.is_empty()) {
            labels.insert(path.clone(), format!("page “{}” ({})", page.heading, language(&page.lang)));
        }
    }
    let index = pages.iter().find(|path| path.to_ascii_lowercase().starts_with("index.htm"));
    let default = index.and_then(|path| read(path)).map(|html| Page::of(&html).lang).unwrap_or_default();
    let folder = format!("pages/{}", default.to_ascii_lowercase().replace('-', "_"));
    // The default language's pages first, so that titles come in it; then any.
    let (own, others): (Vec<&String>, Vec<&String>) =
        pages.iter().partition(|path| path.to_ascii_lowercase().starts_with(&folder));
    let mut left: BTreeMap<String, &String> =
        wanted.iter().filter(|path| !is_page(path)).map(|path| (path.to_ascii_lowercase(), path)).collect();
    for path in own.into_iter().chain(others) {
        if left.is_empty() {
            break;
        }
        let Some(page) = read(path).map(|html| Page::of(&html)).filter(|page| page.report) else { continue };
        for (link, of) in &page.documents {
            let Some(target) = resolve(link, path) else { continue };
            if let Some(path) = left.remove(&target.to_ascii_lowercase()) {
                let format = target.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_uppercase();
                labels.insert(path.clone(), format!("“{}” ({}, {format})", page.heading, language(of)));
            }
        }
    }
    labels
}

/// A language by its English name.
fn language(tag: &str) -> String {
    match (Language::parse(tag), Language::parse("en")) {
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
    fn a_page_tells_its_links_and_titles() {
        let page = Page::of(REPORT.as_bytes());
        assert_eq!(page.heading, "Final & last report");
        assert_eq!(page.links, ["../../style.css", "mailto:x", "../../../documents/d/s_es.pdf"]);
        let pages = ["index.html".to_owned(), "pages/en/d/s.html".to_owned()];
        let labels = labels(&["documents/d/s_es.pdf".to_owned()], &pages, &mut |path| {
            Some(if path == "index.html" { b"<html lang=en>".to_vec() } else { REPORT.as_bytes().to_vec() })
        });
        assert_eq!(labels["documents/d/s_es.pdf"], "“Final & last report” (Spanish, PDF)");
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
