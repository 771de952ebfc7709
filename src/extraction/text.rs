//! Text files and HTML.

use html2text::render::TextDecorator;

use super::{Extraction, Facts, HEADING_MARK, Heading, svg};
use crate::encodings::{PageEncoding, decode_markup};
use crate::html::{PageMetadata, nesting_depth, simplify, text_between_tags};

/// The approximate length of a part of running text in bytes, about a printed page.
const PART_BYTES: usize = 3000;

/// Pages whose elements are nested more deeply are not laid out: the time for it grows with the square of the depth.
const MAX_NESTING: usize = 1000;

/// The text of a web page without markup, scripts and styles.
pub(super) fn extract_html(bytes: &[u8]) -> Extraction {
    let source = simplify(&decode_markup(bytes), svg::words);
    let text = if nesting_depth(&source) > MAX_NESTING {
        Ok(text_between_tags(&source))
    } else {
        // In raw mode, no lines are drawn between the cells of a table.
        let config = html2text::config::with_decorator(PlainText).raw_mode(true);
        config.string_from_read(source.as_bytes(), 1000)
    };
    match text {
        Ok(text) => {
            let mut extraction = Extraction::from_text(&text);
            let PageMetadata { language, title, heading, authors, date, links } = PageMetadata::parse(&source);
            let wrong_encoding = PageEncoding::wrongly_declared(bytes).map(str::to_owned);
            extraction.facts =
                Facts { title, language, heading, authors, date, links, wrong_encoding, ..extraction.facts };
            extraction
        }
        Err(error) => Extraction::unreadable(error.to_string()),
    }
}

/// Adds nothing to the text of a web page except the marks of headings.
struct PlainText;

impl TextDecorator for PlainText {
    type Annotation = ();

    fn decorate_link_start(&mut self, _url: &str) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_link_end(&mut self) -> String {
        String::new()
    }

    fn decorate_em_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_em_end(&self) -> String {
        String::new()
    }

    fn decorate_strong_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strong_end(&self) -> String {
        String::new()
    }

    fn decorate_strikeout_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }

    fn decorate_code_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_code_end(&self) -> String {
        String::new()
    }

    fn decorate_preformat_first(&self) {}

    fn decorate_preformat_cont(&self) {}

    fn decorate_image(&mut self, _source: &str, title: &str) -> (String, ()) {
        (title.to_owned(), ())
    }

    fn header_prefix(&self, _level: usize) -> String {
        HEADING_MARK.to_string()
    }

    fn quote_prefix(&self) -> String {
        String::new()
    }

    fn unordered_item_prefix(&self) -> String {
        String::new()
    }

    fn ordered_item_prefix(&self, _number: i64) -> String {
        String::new()
    }

    fn make_subblock_decorator(&self) -> Self {
        Self
    }

    fn decorate_superscript_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_superscript_end(&self) -> String {
        String::new()
    }
}

/// The longest heading, in characters. Some documents have whole paragraphs in the style of headings.
const MAX_HEADING: usize = 120;

/// Returns the headings that are marked in the parts of a text, and removes marks that do not begin a heading.
pub(super) fn find_headings(parts: &mut [String]) -> Vec<Heading> {
    let mut headings = Vec::new();
    for (page, part) in parts.iter_mut().enumerate().filter(|(_, part)| part.contains(HEADING_MARK)) {
        let mut text = String::with_capacity(part.len());
        for line in part.split_inclusive('\n') {
            let bare = line.replace(HEADING_MARK, "");
            let heading = bare.split_whitespace().collect::<Vec<_>>().join(" ");
            let is_heading = heading.chars().any(char::is_alphanumeric) && heading.chars().count() <= MAX_HEADING;
            if line.trim_start().starts_with(HEADING_MARK) && is_heading {
                text.push(HEADING_MARK);
                headings.push(Heading { page, text: heading, depth: 0 });
            }
            text.push_str(&bare);
        }
        *part = text;
    }
    headings
}

/// Divides running text into parts. They end at form feeds and between paragraphs; a very long paragraph is divided.
pub(super) fn split_into_parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for page in text.split('\u{c}') {
        let mut part = String::new();
        for line in page.lines().map(str::trim_end) {
            let is_full = part.len() + line.len() > PART_BYTES && !part.is_empty();
            let may_end = line.is_empty() || part.len() > 2 * PART_BYTES;
            if (is_full && may_end) || part.len() + line.len() > 4 * PART_BYTES {
                parts.push(std::mem::take(&mut part));
            }
            part.push_str(line);
            part.push('\n');
        }
        parts.push(part);
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_pages_are_reduced_to_their_text() {
        let page = "<html><head><title>T</title><style>p { color: red }</style></head><body><h1>Wells</h1>\
                    <p>Deep &amp; <a href='x.html'>clean</a></p><script>alert(1)</script></body></html>";
        let extraction = extract_html(page.as_bytes());
        let words: Vec<&str> = extraction.pages.iter().flat_map(|page| page.split_whitespace()).collect();
        assert_eq!(words, ["\u{1}Wells", "Deep", "&", "clean"]);
    }

    #[test]
    fn words_of_neighbouring_elements_are_not_joined() {
        let page = "<body><header>One</header><nav>Two</nav><section>three</section><article>four</article><details><summary>Five</summary>\
                    six</details><fieldset><legend>Seven</legend><label>eight</label><select><option>nine<option>ten</select></fieldset>\
                    <figure><figcaption>eleven</figcaption></figure><p>twel<b>ve</b></p></body>";
        let text = extract_html(page.as_bytes()).pages.concat();
        let words: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(words.join(" "), "One Two three four Five six Seven eight nine ten eleven twelve");
    }

    #[test]
    fn words_in_drawings_are_extracted() {
        let page = "<p>Before</p><svg viewBox='0 0 9 9'><style>.a{}</style><g><text>A &amp; <tspan>B</tspan></text><text>C</text></g></svg>After";
        assert_eq!(extract_html(page.as_bytes()).pages, ["Before\n\nA & B\nC\n\nAfter\n"]);
    }

    #[test]
    fn icons_do_not_break_lines() {
        let page = "<h2><a href='#i'><svg viewBox='0 0 9 9'><path d='M0'/></svg></a>Installation steps</h2>\
                    <p>Go <svg><title>Search</title><path/></svg> now, and use <svg><path/></svg> pumps</p>";
        let extraction = extract_html(page.as_bytes());
        assert_eq!(extraction.pages, ["\u{1}Installation steps\n\nGo Search now, and use pumps\n"]);
        assert_eq!(extraction.headings.len(), 1);
    }

    #[test]
    fn nothing_in_lists_and_tables_is_left_out() {
        let lines = |page: &str| {
            let text = extract_html(page.as_bytes()).pages.concat();
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(lines("<dl>A<div><dt>B<dd>C</div><dt>D</dt><dd><p>E</dl>"), ["A", "B", "C", "D", "E"]);
        assert_eq!(
            lines("<ol>A<p>B</p><li>C<li>D<ol><li>E</ol></ol><ul>F<li>G</ul>"),
            ["A", "B", "C", "D", "E", "F", "G"]
        );
        let table = "<table><caption>A<tr><td>B</td></tr><tfoot><tr><td>C</td></tr></tfoot></table><p>D";
        assert_eq!(lines(table), ["A", "B", "C", "D"]);
    }

    #[test]
    fn empty_elements_of_xhtml_do_not_contain_the_rest_of_the_page() {
        let page = "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title/><script src='a.js'/><style/></head>\
                    <body><h1><a id='a'/>Wells</h1><p>Deep</p></body></html>";
        let extraction = extract_html(page.as_bytes());
        assert_eq!(extraction.pages, ["\u{1}Wells\n\nDeep\n"]);
        assert_eq!((extraction.facts.title, extraction.facts.heading.as_deref()), (None, Some("Wells")));
    }

    #[test]
    fn headings_are_marked() {
        let extraction = extract_html(b"<h1>Wells <i>and</i> pumps</h1><p>Deep</p><h2> </h2><h2>Depth</h2><p>40 m</p>");
        let headings: Vec<(usize, &str)> = extraction.headings.iter().map(|h| (h.page, h.text.as_str())).collect();
        assert_eq!(headings, [(0, "Wells and pumps"), (0, "Depth")]);
        assert_eq!(extraction.pages.concat().matches(HEADING_MARK).count(), 2);
        let mut parts = vec!["a\u{1}b\n\u{1}\n".to_owned(), format!("\u{1}{}\n", "Deep ".repeat(99))];
        assert!(find_headings(&mut parts).is_empty() && !parts.concat().contains(HEADING_MARK));
    }

    #[test]
    fn tables_and_raised_letters_are_plain_text() {
        let page = "<body><table border=1><tr><th>Option<th>Effect</tr><tr><td>-v<td>Shows more of it</tr></table><hr>\
                    <p>The facility<sup>[81]</sup> has e<sup>x</sup> and 5 m<sup>2</sup>.</p><ul><li>One</ul></body>";
        let text = extract_html(page.as_bytes()).pages.concat();
        let words: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(
            words.join(" "),
            "Option Effect -v Shows more of it The facility[81] has ex and 5 m². One",
            "{text}"
        );
        assert!(!text.contains(|c: char| ('\u{2500}'..='\u{257f}').contains(&c)), "{text}");
    }

    #[test]
    fn deeply_nested_pages_have_text() {
        let page = format!("<title>T</title><style>p {{}}</style>{}Deep &amp; <b>clean</b>", "<div>".repeat(100_000));
        assert_eq!(extract_html(page.as_bytes()).pages, ["Deep &\nclean\n"]);
        let flat = "<p>One<li>Two<td>Three<br>".repeat(5000);
        assert_eq!(nesting_depth(&flat), 0);
        assert_eq!(nesting_depth("<div><span></span><br/></div><i><b>"), 2);
        // In HTML, most elements cannot be empty.
        assert_eq!(nesting_depth("<div/><x/><section/>"), 3);
        assert_eq!(nesting_depth("<math><mspace/><mspace/><mi><x/><x/></mi></math>"), 4);
        assert_eq!(nesting_depth("<svg><path/><path/><g/><div/><div/></svg>"), 3);
        assert_eq!(nesting_depth(&"<p>One<o:p/></p>".repeat(9)), 1);
        let page = format!("{}Deep", "<section/>".repeat(100_000));
        assert_eq!(extract_html(page.as_bytes()).pages, ["Deep\n"]);
    }

    #[test]
    fn running_text_is_divided_between_paragraphs() {
        let text = format!("{}\n\n", "A paragraph of some words.".repeat(20)).repeat(30);
        let parts = split_into_parts(&text);
        assert!(parts.len() > 3);
        assert!(parts.iter().all(|part| part.len() < 3 * PART_BYTES && part.trim_end().ends_with('.')));
        assert_eq!(split_into_parts("one\u{c}two\u{c}\u{c}"), ["one\n", "two\n"]);
        assert_eq!(split_into_parts(" \n\n "), [""; 0]);
    }
}
