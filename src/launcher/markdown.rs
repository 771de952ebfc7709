//! The foreword's Markdown as HTML. The only module that names `pulldown-cmark`.

use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

use crate::diagnostic::{Finding, Findings, Place};

/// The HTML of a Markdown text that stands under a heading of level one: its own highest headings
/// become level two, and no level is skipped.
///
/// `resolve` gives the link to what a relative address names on the disc. Nothing in the Markdown
/// reaches the page as HTML, and no link leads nowhere.
pub(super) fn to_html(
    markdown: &str,
    resolve: &dyn Fn(&str) -> Option<String>,
    place: &Place,
    findings: &mut Findings,
) -> String {
    let mut links = Vec::new();
    let mut troubles = Vec::new();
    // The levels as written of the headings that the text is under.
    let mut above: Vec<HeadingLevel> = Vec::new();
    // Whether the text so far ends with a character of a script that has no spaces.
    let mut unspaced = false;
    let events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::ENABLE_TABLES)
        .filter_map(|event| {
            let event = match event {
                Event::Start(Tag::Heading { level, id, classes, attrs }) => {
                    above.retain(|higher| *higher < level);
                    above.push(level);
                    Event::Start(Tag::Heading { level: under_the_title(above.len()), id, classes, attrs })
                }
                Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(under_the_title(above.len()))),
                Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                    let target = target(link_type, &dest_url, resolve);
                    links.push(target.is_some());
                    match target {
                        Some(target) => Event::Start(Tag::Link { link_type, dest_url: target.into(), title, id }),
                        None => {
                            troubles.push(Trouble::Link(dest_url.into_string()));
                            return None;
                        }
                    }
                }
                Event::End(TagEnd::Link) => {
                    links.pop().filter(|kept| *kept)?;
                    Event::End(TagEnd::Link)
                }
                Event::Start(Tag::Image { dest_url, .. }) => {
                    troubles.push(Trouble::Image(dest_url.into_string()));
                    return None;
                }
                Event::End(TagEnd::Image) => return None,
                Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
                Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
                Event::Html(html) | Event::InlineHtml(html) => {
                    // A comment is a note of the author's.
                    if html.trim_start().starts_with("<!--") {
                        return None;
                    }
                    troubles.push(Trouble::Html(html.trim().to_owned()));
                    Event::Text(html)
                }
                Event::SoftBreak if unspaced => return None,
                other => other,
            };
            if let Event::Text(text) = &event {
                unspaced = text
                    .chars()
                    .next_back()
                    .is_some_and(|c| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ff60}'));
            }
            Some(event)
        })
        .collect();
    let mut out = String::with_capacity(markdown.len() * 5 / 4);
    html::push_html(&mut out, events.into_iter());
    for trouble in troubles {
        findings.push(trouble.finding(place));
    }
    // What is left of a comment alone.
    out.replace("<p></p>\n", "")
}

/// What was not taken over.
enum Trouble {
    Link(String),
    Image(String),
    Html(String),
}

impl Trouble {
    fn finding(self, place: &Place) -> Finding {
        match self {
            Self::Link(address) => Finding::warning(
                "dead-link",
                place.clone(),
                format!("the foreword links to `{address}`, which is not on the disc; only the words are shown"),
            )
            .help(
                "link to a document by its file as written under `variants`, or to an address that begins with https:",
            ),
            Self::Image(address) => Finding::warning(
                "foreword-picture",
                place.clone(),
                format!("the foreword shows the picture `{address}`, which the pages cannot hold"),
            )
            .help("only its description is shown"),
            Self::Html(html) => Finding::warning(
                "foreword-html",
                place.clone(),
                format!(
                    "HTML in the foreword is shown as it is written: `{}`",
                    html.lines().next().unwrap_or_default()
                ),
            )
            .help("use Markdown instead: *emphasis*, **strong**, [words](address)"),
        }
    }
}

/// The level of a heading so many levels under the page's own.
fn under_the_title(depth: usize) -> HeadingLevel {
    match depth {
        0 | 1 => HeadingLevel::H2,
        2 => HeadingLevel::H3,
        3 => HeadingLevel::H4,
        4 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

/// Where a link may lead: to the Internet, to a mailbox, or to something on the disc.
fn target(kind: LinkType, address: &str, resolve: &dyn Fn(&str) -> Option<String>) -> Option<String> {
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
            let link = resolve(&decoded(path))?;
            Some(fragment.map_or(link.clone(), |fragment| format!("{link}#{fragment}")))
        }
    }
}

/// An address without its percent signs; as it is if they are no code of UTF-8.
fn decoded(address: &str) -> String {
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(b'%');
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).unwrap_or_else(|_| address.to_owned())
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
    fn headings_go_under_the_title() {
        assert_eq!(html("# A\n\n###### B").0, "<h2>A</h2>\n<h3>B</h3>");
        assert_eq!(html("## A\n\n### B\n\n## C").0, "<h2>A</h2>\n<h3>B</h3>\n<h2>C</h2>");
        assert_eq!(html("### A\n\n# B\n\n## C").0, "<h2>A</h2>\n<h2>B</h2>\n<h3>C</h3>");
    }

    #[test]
    fn html_is_shown_as_text_and_comments_are_not() {
        let (out, codes) = html("a <b>c</b>\n\n<script>alert(1)</script>\n\n<!-- note -->\n\nd");
        assert_eq!(out, "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;\n</p>\n<p>d</p>");
        assert_eq!(codes, ["foreword-html", "foreword-html", "foreword-html"]);
    }

    #[test]
    fn links_lead_somewhere() {
        let (out, codes) =
            html("[a](https://example.org/) [b](reports/a%20b.pdf#page=2) [c](no.pdf) [d](javascript:x)");
        assert!(out.contains("href=\"https://example.org/\"") && out.contains("href=\"../../documents/a.pdf#page=2\""));
        assert!(out.ends_with("c d</p>"), "{out}");
        assert_eq!(codes, ["dead-link", "dead-link"]);
    }

    #[test]
    fn pictures_become_their_description() {
        assert_eq!(html("![a map](map.png)"), ("<p>a map</p>".to_owned(), vec!["foreword-picture"]));
    }

    #[test]
    fn chinese_lines_are_joined_without_a_space() {
        assert_eq!(html("第一行\n第二行").0, "<p>第一行第二行</p>");
        assert_eq!(html("one\ntwo").0, "<p>one\ntwo</p>");
    }
}
