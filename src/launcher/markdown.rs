//! Converts the foreword's Markdown to HTML.

use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

use crate::diagnostic::{Finding, Findings, Place};
use crate::encodings::decode_percent;

/// Converts Markdown to HTML for a page with a heading of level 1: its top headings become level 2, and no level
/// is skipped.
///
/// `resolve` returns the link to the file on the disc that a relative address names. HTML in the Markdown is escaped,
/// and links without a target are removed.
pub(super) fn to_html(
    markdown: &str,
    resolve: &dyn Fn(&str) -> Option<String>,
    place: &Place,
    findings: &mut Findings,
) -> String {
    let mut links = Vec::new();
    let mut problems = Vec::new();
    // The levels, as written, of the current heading and those above it.
    let mut above: Vec<HeadingLevel> = Vec::new();
    // Whether the text so far ends with a character of a script without spaces.
    let mut ends_unspaced = false;
    let markdown = &bracket_addresses_with_spaces(markdown);
    let events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::ENABLE_TABLES)
        .filter_map(|event| {
            let event = match event {
                Event::Start(Tag::Heading { level, id, classes, attrs }) => {
                    above.retain(|higher| *higher < level);
                    above.push(level);
                    Event::Start(Tag::Heading { level: heading_level(above.len()), id, classes, attrs })
                }
                Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(heading_level(above.len()))),
                Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                    let target = link_target(link_type, &dest_url, resolve);
                    links.push(target.is_some());
                    match target {
                        Some(target) => Event::Start(Tag::Link { link_type, dest_url: target.into(), title, id }),
                        None => {
                            problems.push(MarkdownProblem::Link(dest_url.into_string()));
                            return None;
                        }
                    }
                }
                Event::End(TagEnd::Link) => {
                    links.pop().filter(|kept| *kept)?;
                    Event::End(TagEnd::Link)
                }
                Event::Start(Tag::Image { dest_url, .. }) => {
                    problems.push(MarkdownProblem::Image(dest_url.into_string()));
                    return None;
                }
                Event::End(TagEnd::Image) => return None,
                Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
                Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
                Event::Html(html) | Event::InlineHtml(html) => {
                    // Comments are not meant for readers.
                    if html.trim_start().starts_with("<!--") {
                        return None;
                    }
                    problems.push(MarkdownProblem::Html(html.trim().to_owned()));
                    Event::Text(html)
                }
                Event::SoftBreak if ends_unspaced => return None,
                other => other,
            };
            if let Event::Text(text) = &event {
                ends_unspaced = text
                    .chars()
                    .next_back()
                    .is_some_and(|c| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ff60}'));
            }
            Some(event)
        })
        .collect();
    let mut out = String::with_capacity(markdown.len() * 5 / 4);
    html::push_html(&mut out, events.into_iter());
    for problem in problems {
        findings.push(problem.finding(place));
    }
    // Removes what remains of paragraphs that contained only a comment.
    out.replace("<p></p>\n", "")
}

/// Puts `<…>` around the addresses of links that contain spaces, as many names of documents do: in Markdown,
/// `[words](my file.pdf)` is plain text, not a link.
fn bracket_addresses_with_spaces(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut is_fenced = false;
    for line in markdown.split_inclusive('\n') {
        let is_fence = ["```", "~~~"].iter().any(|fence| line.trim_start().starts_with(fence));
        is_fenced ^= is_fence;
        if is_fenced || is_fence || line.starts_with("    ") || line.starts_with('\t') {
            out.push_str(line);
            continue;
        }
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("](") {
            out.push_str(before);
            out.push_str("](");
            rest = after;
            let is_in_code = out.rsplit('\n').next().unwrap_or_default().matches('`').count() % 2 == 1;
            let Some(end) = closing_bracket(after).filter(|_| !is_in_code) else { continue };
            let (address, following) = after.split_at(end);
            let trimmed = address.trim();
            // A title in quotation marks may follow the address.
            if trimmed.contains(' ') && !trimmed.contains(['<', '>', '"', '`']) && !trimmed.ends_with('\'') {
                out.push_str(&format!("<{trimmed}>"));
                rest = following;
            }
        }
        out.push_str(rest);
    }
    out
}

/// The position of the `)` that ends an address.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Something in the Markdown that the page cannot show.
enum MarkdownProblem {
    Link(String),
    Image(String),
    Html(String),
}

impl MarkdownProblem {
    fn finding(self, place: &Place) -> Finding {
        match self {
            Self::Link(address) => Finding::warning(
                "dead-link",
                place.clone(),
                format!(
                    "the foreword links to `{address}`, which is not on the disc; only the text of the link is shown"
                ),
            )
            .help(
                "link to a document by its path as written under `variants`, or to an address that begins with https:",
            ),
            Self::Image(address) => Finding::warning(
                "foreword-picture",
                place.clone(),
                format!("the foreword contains the picture `{address}`, but forewords cannot contain pictures"),
            )
            .help("remove it: the page shows only its description"),
            Self::Html(html) => Finding::warning(
                "foreword-html",
                place.clone(),
                format!("HTML in the foreword is shown as plain text: `{}`", html.lines().next().unwrap_or_default()),
            )
            .help("use Markdown instead: *emphasis*, **strong**, [words](address)"),
        }
    }
}

/// The level of a heading at this depth below the page's own heading.
fn heading_level(depth: usize) -> HeadingLevel {
    match depth {
        0 | 1 => HeadingLevel::H2,
        2 => HeadingLevel::H3,
        3 => HeadingLevel::H4,
        4 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

/// The target of a link: a web or mail address, or a file on the disc. `None` if there is no such file, or the address is of
/// another kind.
fn link_target(kind: LinkType, address: &str, resolve: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    if kind == LinkType::Email {
        return Some(address.to_owned());
    }
    let head = address.split(['/', '?', '#']).next().unwrap_or_default();
    match head.split_once(':') {
        Some((scheme, _)) => ["http", "https", "mailto"]
            .into_iter()
            .any(|known| scheme.eq_ignore_ascii_case(known))
            .then(|| address.to_owned()),
        None => {
            let (path, fragment) = address.split_once('#').map_or((address, None), |(p, f)| (p, Some(f)));
            let link = resolve(&decode_percent(path, None))?;
            Some(fragment.map_or(link.clone(), |fragment| format!("{link}#{fragment}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markdown: &str) -> (String, Vec<&'static str>) {
        let mut findings = Findings::default();
        let resolve = |path: &str| (path == "reports/a b.pdf").then(|| "../../documents/a.pdf".to_owned());
        let html = to_html(markdown, &resolve, &Place::Nowhere, &mut findings);
        (html.trim().to_owned(), findings.0.iter().map(|finding| finding.code).collect())
    }

    #[test]
    fn headings_are_one_level_below_the_title() {
        assert_eq!(html("# A\n\n###### B").0, "<h2>A</h2>\n<h3>B</h3>");
        assert_eq!(html("## A\n\n### B\n\n## C").0, "<h2>A</h2>\n<h3>B</h3>\n<h2>C</h2>");
        assert_eq!(html("### A\n\n# B\n\n## C").0, "<h2>A</h2>\n<h2>B</h2>\n<h3>C</h3>");
    }

    #[test]
    fn html_is_escaped_and_comments_are_removed() {
        let (out, codes) = html("a <b>c</b>\n\n<script>alert(1)</script>\n\n<!-- note -->\n\nd");
        assert_eq!(out, "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;\n</p>\n<p>d</p>");
        assert_eq!(codes, ["foreword-html", "foreword-html", "foreword-html"]);
    }

    #[test]
    fn addresses_may_contain_spaces() {
        let link = "<a href=\"../../documents/a.pdf\">b</a>";
        for markdown in ["[b](reports/a b.pdf)", "[b](<reports/a b.pdf>)", "[b](reports/a%20b.pdf)"] {
            assert_eq!(html(markdown), (format!("<p>{link}</p>"), Vec::new()), "{markdown}");
        }
        let (out, codes) = html("See [b](reports/a b.pdf), and [c (1)](no such (file).pdf).");
        assert_eq!((out, codes), (format!("<p>See {link}, and c (1).</p>"), vec!["dead-link"]));
        for (markdown, expected) in [
            ("`[b](reports/a b.pdf)`", "<p><code>[b](reports/a b.pdf)</code></p>".to_owned()),
            ("    [b](a b.pdf)", "<pre><code>[b](a b.pdf)</code></pre>".to_owned()),
            (
                "[b](https://x.org/ \"Some words\")",
                "<p><a href=\"https://x.org/\" title=\"Some words\">b</a></p>".to_owned(),
            ),
        ] {
            assert_eq!(html(markdown), (expected, Vec::new()), "{markdown}");
        }
    }

    #[test]
    fn links_without_a_target_are_removed() {
        let (out, codes) =
            html("[a](https://example.org/) [b](reports/a%20b.pdf#page=2) [c](no.pdf) [d](javascript:x)");
        assert!(out.contains("href=\"https://example.org/\"") && out.contains("href=\"../../documents/a.pdf#page=2\""));
        assert!(out.ends_with("c d</p>"), "{out}");
        assert_eq!(codes, ["dead-link", "dead-link"]);
    }

    #[test]
    fn pictures_are_replaced_by_their_description() {
        assert_eq!(html("![a map](map.png)"), ("<p>a map</p>".to_owned(), vec!["foreword-picture"]));
    }

    #[test]
    fn chinese_lines_are_joined_without_a_space() {
        assert_eq!(html("第一行\n第二行").0, "<p>第一行第二行</p>");
        assert_eq!(html("one\ntwo").0, "<p>one\ntwo</p>");
    }
}
