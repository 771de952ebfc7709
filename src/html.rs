//! Web pages as tokens, and the metadata of a page. The only module that uses `html5gum`.

use std::convert::Infallible;
use std::ops::Range;

use html5gum::Span;
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};

pub use html5gum::{HtmlString, StartTag, Token, Tokenizer};

/// A start tag, with the byte ranges of its attributes in the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagSpans {
    /// In lower case.
    pub name: String,
    /// The names in lower case, and the ranges of the values without their quotes. The values still contain character
    /// references. The range of an empty value is unknown: it is `0..0`.
    pub attributes: Vec<(String, Range<usize>)>,
    /// The ranges of the names of the attributes, in the same order.
    pub attribute_names: Vec<Range<usize>>,
    /// The range of the text in a `script` or `style` element.
    pub text: Option<Range<usize>>,
}

impl TagSpans {
    /// The range of the value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<Range<usize>> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// The range of the name of an attribute.
    pub fn attribute_name(&self, name: &str) -> Option<Range<usize>> {
        let number = self.attributes.iter().position(|(known, _)| known == name)?;
        self.attribute_names.get(number).cloned()
    }
}

/// Finds the start tags of a page in an encoding that is compatible with ASCII. In XML, the contents of a `script` or
/// `title` element may be markup; in HTML they are text. The contents of a `noscript` element are markup: browsers without scripts show
/// them.
pub fn find_tags(page: &[u8], is_xml: bool) -> Vec<TagSpans> {
    let mut tags = Vec::new();
    for mut tag in tags_outside_noscript(page, is_xml) {
        let inside = if tag.name == "noscript" { tag.text.take() } else { None };
        tags.push(tag);
        let Some(inside) = inside else { continue };
        let offset = inside.start;
        let shift = |range: Range<usize>| match range {
            Range { start: 0, end: 0 } => 0..0,
            Range { start, end } => start + offset..end + offset,
        };
        // The first end tag ends the element, so that there is no `noscript` inside.
        for tag in tags_outside_noscript(&page[inside], is_xml) {
            tags.push(TagSpans {
                name: tag.name,
                attributes: tag.attributes.into_iter().map(|(name, value)| (name, shift(value))).collect(),
                attribute_names: tag.attribute_names.into_iter().map(shift).collect(),
                text: tag.text.map(shift),
            });
        }
    }
    tags
}

/// The start tags of a page. The contents of a `noscript` element in HTML are its text.
fn tags_outside_noscript(page: &[u8], is_xml: bool) -> Vec<TagSpans> {
    let mut tags: Vec<TagSpans> = Vec::new();
    // Where the text of the last tag begins, if it is a script or a style sheet.
    let mut text_start = None;
    // End tags can have attributes too, which are ignored.
    let mut is_start_tag = false;
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, span: Span<usize>| {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                let name = String::from_utf8_lossy(name).into_owned();
                tags.push(TagSpans { name, ..TagSpans::default() });
                text_start = None;
                is_start_tag = true;
            }
            CallbackEvent::AttributeName { name } if is_start_tag => {
                let name = String::from_utf8_lossy(name).into_owned();
                if let Some(tag) = tags.last_mut() {
                    tag.attributes.push((name, 0..0));
                    tag.attribute_names.push(span.start..span.end);
                }
            }
            CallbackEvent::AttributeValue { .. } if is_start_tag => {
                if let Some((_, value)) = tags.last_mut().and_then(|tag| tag.attributes.last_mut())
                    && span.start <= span.end
                    && span.end <= page.len()
                {
                    *value = span.start..span.end;
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                is_start_tag = false;
                let has_text = |tag: &&TagSpans| {
                    matches!(tag.name.as_str(), "script" | "style") || !is_xml && tag.name == "noscript"
                };
                text_start = tags.last().filter(has_text).filter(|_| !(is_xml && self_closing)).map(|_| span.end);
            }
            CallbackEvent::EndTag { name } => {
                if let (Some(start), Some(tag)) = (text_start, tags.last_mut())
                    && tag.name.as_bytes() == name
                {
                    tag.text = (start <= span.start).then_some(start..span.start);
                    text_start = None;
                }
            }
            _ => {}
        }
        None::<Infallible>
    });
    emitter.naively_switch_states(!is_xml);
    let Ok(()) = Tokenizer::new_with_emitter(page, emitter).finish();
    tags
}

/// Resolves the character references in the value of an attribute, such as `&amp;`.
pub fn decode_attribute(value: &str) -> String {
    if !value.contains('&') {
        return value.to_owned();
    }
    let tag = format!("<a b=\"{}\">", value.replace('"', "&quot;"));
    let decoded = Tokenizer::new(tag.as_str()).find_map(|token| match token {
        Ok(Token::StartTag(tag)) => attribute(&tag, "b"),
        _ => None,
    });
    decoded.unwrap_or_else(|| value.to_owned())
}

/// Elements that have no end tag, or are often written without one.
const MAY_STAY_OPEN: [&[u8]; 27] = [
    b"area",
    b"base",
    b"br",
    b"col",
    b"colgroup",
    b"dd",
    b"dt",
    b"embed",
    b"hr",
    b"img",
    b"input",
    b"li",
    b"link",
    b"meta",
    b"option",
    b"p",
    b"param",
    b"rp",
    b"rt",
    b"source",
    b"tbody",
    b"td",
    b"th",
    b"thead",
    b"tr",
    b"track",
    b"wbr",
];

/// The maximum nesting depth of the elements of a page, judged by their tags. In HTML, only drawings and formulas have elements without
/// contents: `<div/>` begins a `div`.
pub fn nesting_depth(page: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut foreign = ForeignElements::default();
    // The number of inline elements such as `<o:p/>` in the open paragraph, which end with it.
    let mut in_paragraph: Option<usize> = None;
    for token in Tokenizer::new(page) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = tag.name.as_slice();
                let is_empty = foreign.start(name, tag.self_closing) && tag.self_closing;
                let is_plain = name == b"span" || name.contains(&b':');
                if name == b"p" {
                    in_paragraph = Some(0);
                } else if !is_plain && !INLINE.contains(&name) {
                    in_paragraph = None;
                }
                if !is_empty && !MAY_STAY_OPEN.contains(&name) {
                    depth += 1;
                    deepest = deepest.max(depth);
                    if let Some(count) = in_paragraph.as_mut().filter(|_| is_plain && tag.self_closing) {
                        *count += 1;
                    }
                }
            }
            Token::EndTag(tag) => {
                let name = tag.name.as_slice();
                foreign.end(name);
                if name == b"p" {
                    depth = depth.saturating_sub(in_paragraph.take().unwrap_or_default());
                } else if !MAY_STAY_OPEN.contains(&name) {
                    depth = depth.saturating_sub(1);
                }
            }
            _ => {}
        }
    }
    deepest
}

/// Elements that neither end a paragraph nor begin another block.
const INLINE: [&[u8]; 20] = [
    b"a", b"b", b"big", b"br", b"code", b"em", b"font", b"i", b"img", b"input", b"s", b"small", b"span", b"strike",
    b"strong", b"sub", b"sup", b"tt", b"u", b"wbr",
];

/// The drawings and formulas around a place in a page, and the elements of HTML inside them.
#[derive(Default)]
struct ForeignElements(Vec<(Vec<u8>, bool)>);

impl ForeignElements {
    /// The elements of drawings and formulas that contain HTML.
    const HTML_INSIDE: [&[u8]; 9] =
        [b"annotation-xml", b"desc", b"foreignobject", b"mi", b"mn", b"mo", b"ms", b"mtext", b"title"];

    /// The elements of HTML that end a drawing or formula.
    const ENDING: [&[u8]; 44] = [
        b"b",
        b"big",
        b"blockquote",
        b"body",
        b"br",
        b"center",
        b"code",
        b"dd",
        b"div",
        b"dl",
        b"dt",
        b"em",
        b"embed",
        b"h1",
        b"h2",
        b"h3",
        b"h4",
        b"h5",
        b"h6",
        b"head",
        b"hr",
        b"i",
        b"img",
        b"li",
        b"listing",
        b"menu",
        b"meta",
        b"nobr",
        b"ol",
        b"p",
        b"pre",
        b"ruby",
        b"s",
        b"small",
        b"span",
        b"strike",
        b"strong",
        b"sub",
        b"sup",
        b"table",
        b"tt",
        b"u",
        b"ul",
        b"var",
    ];

    /// Notes a start tag, and returns whether its element is one of a drawing or formula.
    fn start(&mut self, name: &[u8], is_self_closing: bool) -> bool {
        if self.0.last().is_some_and(|(_, is_foreign)| *is_foreign) && Self::ENDING.contains(&name) {
            self.0.clear();
        }
        let is_inside = self.0.last().is_some_and(|(_, is_foreign)| *is_foreign);
        let is_root = matches!(name, b"svg" | b"math");
        if !is_self_closing && (is_root || is_inside && Self::HTML_INSIDE.contains(&name)) {
            self.0.push((name.to_vec(), is_root));
        }
        is_inside || is_root
    }

    fn end(&mut self, name: &[u8]) {
        self.0.pop_if(|(open, _)| open == name);
    }
}

/// Blocks that begin and end a line like `div`, and may be where a `div` may be.
const BLOCKS: [&[u8]; 20] = [
    b"address",
    b"article",
    b"aside",
    b"center",
    b"details",
    b"dialog",
    b"dir",
    b"fieldset",
    b"figcaption",
    b"figure",
    b"footer",
    b"header",
    b"hgroup",
    b"main",
    b"menu",
    b"nav",
    b"noscript",
    b"search",
    b"section",
    b"summary",
];

/// What an element is called in a page with the simplest of rules. The converter leaves out captions and table feet, and whatever is
/// in a list outside its items, although a `div` may be around the terms and descriptions of a list.
fn simple_name(name: &[u8]) -> Option<&'static str> {
    match name {
        b"caption" | b"dl" => Some("div"),
        b"ol" => Some("ul"),
        b"tfoot" => Some("tbody"),
        _ => BLOCKS.contains(&name).then_some("div"),
    }
}

/// Other elements that are set apart from the text beside them.
const SEPARATE: [&[u8]; 10] =
    [b"audio", b"button", b"canvas", b"form", b"iframe", b"label", b"legend", b"option", b"select", b"textarea"];

/// Elements without contents: HTML knows no end tags for them.
const VOID: [&[u8]; 13] =
    [b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"source", b"track", b"wbr"];

/// Rewrites a page so that its text can be read with the simplest of rules: blocks such as `section` become `div`, and drawings become
/// the text that `drawing_text` finds in their markup. In XHTML, empty elements such as `<title/>` get an end tag; HTML does not
/// know that they are empty, so the rest of the page would be a part of them.
pub fn simplify(page: &str, drawing_text: impl Fn(&str) -> String) -> String {
    let start = &page[..page.floor_char_boundary(1024)];
    let is_xml = start.trim_start_matches('\u{feff}').trim_start().starts_with("<?xml")
        || start.contains("http://www.w3.org/1999/xhtml");
    let mut simple = String::with_capacity(page.len() + page.len() / 16);
    // How much of the page has been dealt with.
    let mut done = 0;
    let mut replace = |range: Range<usize>, text: &str| {
        if let Some(kept) = page.get(done..range.start).filter(|_| range.end <= page.len()) {
            simple.push_str(kept);
            simple.push_str(text);
            done = range.end;
        }
    };
    // The start of the outermost drawing, and the number of drawings that are open.
    let (mut drawing, mut drawings) = (0, 0usize);
    let mut name_of_tag = Vec::new();
    let mut is_start_tag = false;
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, span: Span<usize>| {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                is_start_tag = true;
                name_of_tag = name.to_vec();
                if name == b"svg" {
                    drawing = if drawings == 0 { span.start } else { drawing };
                    drawings += 1;
                } else if drawings == 0
                    && let Some(simple) = simple_name(name)
                {
                    replace(span.start + 1..span.start + 1 + name.len(), simple);
                } else if drawings == 0 && SEPARATE.contains(&name) {
                    replace(span.start..span.start, "\n");
                }
            }
            CallbackEvent::CloseStartTag { self_closing } if is_start_tag => {
                is_start_tag = false;
                let name = name_of_tag.as_slice();
                if !self_closing || (drawings > 0 && name != b"svg") {
                } else if name == b"svg" {
                    drawings = drawings.saturating_sub(1);
                } else if is_xml && !VOID.contains(&name) {
                    let name = simple_name(name).map_or_else(|| String::from_utf8_lossy(name), Into::into);
                    replace(span.end.saturating_sub(2)..span.end, &format!("></{name}>"));
                }
            }
            CallbackEvent::EndTag { name } => {
                if name == b"svg" && drawings > 0 {
                    drawings -= 1;
                    if drawings == 0 {
                        let text = page.get(drawing..span.end).map(&drawing_text).unwrap_or_default();
                        let text = text.replace('&', "&amp;").replace('<', "&lt;");
                        // Icons are parts of a line.
                        let text = match text.trim() {
                            "" => " ".to_owned(),
                            lines if lines.contains('\n') => format!("<br>{}<br>", text.replace('\n', "<br>")),
                            line => format!(" {line} "),
                        };
                        replace(drawing..span.end, &text);
                    }
                } else if drawings == 0
                    && let Some(simple) = simple_name(name)
                {
                    replace(span.start + 2..span.start + 2 + name.len(), simple);
                } else if drawings == 0 && SEPARATE.contains(&name) {
                    replace(span.end..span.end, "\n");
                }
            }
            _ => {}
        }
        None::<Infallible>
    });
    emitter.naively_switch_states(!is_xml);
    let Ok(()) = Tokenizer::new_with_emitter(page, emitter).finish();
    simple.push_str(&page[done..]);
    simple
}

/// The text of a page without its structure: a line for each text between two tags.
pub fn text_between_tags(page: &str) -> String {
    let mut text = String::new();
    let mut is_hidden = false;
    for token in Tokenizer::new(page) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => is_hidden |= matches!(tag.name.as_slice(), b"script" | b"style" | b"title"),
            Token::EndTag(tag) if matches!(tag.name.as_slice(), b"script" | b"style" | b"title") => is_hidden = false,
            Token::String(piece) if !is_hidden => {
                let piece = String::from_utf8_lossy(&piece);
                if !piece.trim().is_empty() {
                    text.push_str(piece.trim());
                    text.push('\n');
                }
            }
            _ => {}
        }
    }
    text
}

/// The metadata that a web page contains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageMetadata {
    /// The `lang` attribute of `html`.
    pub language: Option<String>,
    /// The `title` element.
    pub title: Option<String>,
    /// The first `h1`, with the texts of its pictures that are also in the title: they show the name of a program or an organisation.
    pub heading: Option<String>,
    /// The authors in `meta` elements.
    pub authors: Vec<String>,
    /// The date in a `meta` element.
    pub date: Option<String>,
    /// The `href` of every link, as written.
    pub links: Vec<String>,
}

/// The value of an attribute of a tag.
pub fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(&HtmlString(name.as_bytes().to_vec()))?;
    Some(String::from_utf8_lossy(value).into_owned())
}

impl PageMetadata {
    pub fn parse(page: &str) -> Self {
        #[derive(PartialEq)]
        enum Within {
            Title,
            Heading,
            Other,
        }
        let mut metadata = Self::default();
        let (mut title, mut heading) = (String::new(), String::new());
        let mut within = Within::Other;
        for token in Tokenizer::new(page) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => match tag.name.as_slice() {
                    b"html" => metadata.language = attribute(&tag, "lang").or_else(|| attribute(&tag, "xml:lang")),
                    b"title" if title.is_empty() => within = Within::Title,
                    b"h1" if heading.is_empty() => within = Within::Heading,
                    b"img" if within == Within::Heading => {
                        let alternative = attribute(&tag, "alt").unwrap_or_default().replace('\u{a0}', " ");
                        let is_in_title = title.to_lowercase().contains(&alternative.trim().to_lowercase());
                        if is_in_title && alternative.chars().any(char::is_alphabetic) {
                            heading.push_str(&format!(" {alternative} "));
                        }
                    }
                    b"meta" => metadata.read_meta(&tag),
                    b"a" => metadata.links.extend(attribute(&tag, "href")),
                    _ => {}
                },
                Token::EndTag(tag) if matches!(tag.name.as_slice(), b"title" | b"h1") => within = Within::Other,
                Token::String(text) => match within {
                    Within::Title => title.push_str(&String::from_utf8_lossy(&text)),
                    Within::Heading => heading.push_str(&String::from_utf8_lossy(&text)),
                    Within::Other => {}
                },
                _ => {}
            }
        }
        let on_one_line = |text: String| {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            (!line.is_empty()).then_some(line)
        };
        (metadata.title, metadata.heading) = (on_one_line(title), on_one_line(heading));
        metadata
    }

    fn read_meta(&mut self, tag: &StartTag<()>) {
        let (Some(name), Some(content)) = (attribute(tag, "name"), attribute(tag, "content")) else { return };
        match name.to_ascii_lowercase().as_str() {
            "author" | "dc.creator" | "dcterms.creator" => self.authors.push(content),
            "date" | "dc.date" | "dcterms.date" | "dcterms.issued" => self.date = Some(content),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contents_of_noscript_are_markup() {
        let page = b"<p a=1><noscript><img src='a b.png'><style>p{}</style></noscript><script>'<i>'</script><a href=x>";
        let tags = find_tags(page, false);
        let names: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["p", "noscript", "img", "style", "script", "a"]);
        let value = |tag: usize, name: &str| tags[tag].attribute(name).map(|range| &page[range]);
        assert_eq!(value(2, "src"), Some(&b"a b.png"[..]));
        assert_eq!(value(5, "href"), Some(&b"x"[..]));
        assert_eq!(tags[3].text.clone().map(|range| &page[range]), Some(&b"p{}"[..]));
        assert_eq!(find_tags(b"<noscript><b/></noscript>", true).len(), 2);
        assert_eq!(find_tags(b"<noscript><img src=a>", false).len(), 1, "without an end tag");
    }

    #[test]
    fn metadata_is_read_from_a_page() {
        let page = "<!doctype html><html lang=fr><head><title>L&rsquo;eau\n &amp; la vie</title>\
                    <meta name=Author content='The Office'><meta name=date content=2008-06></head>\
                    <body><h1>L’<em>eau</em></h1><a href=ch01.html>1</a><h1>Other</h1></body></html>";
        let metadata = PageMetadata::parse(page);
        assert_eq!(metadata.language.as_deref(), Some("fr"));
        assert_eq!(metadata.title.as_deref(), Some("L’eau & la vie"));
        assert_eq!(metadata.heading.as_deref(), Some("L’eau"));
        assert_eq!((metadata.authors, metadata.date), (vec!["The Office".to_owned()], Some("2008-06".to_owned())));
        assert_eq!(metadata.links, ["ch01.html"]);
        let page =
            "<title>Wells: questions</title><h1><img alt='Logo' src=l.png><img alt=WELLS src=w.png><br>Version 3</h1>";
        assert_eq!(PageMetadata::parse(page).heading.as_deref(), Some("WELLS Version 3"));
    }

    /// The name of a tag, its attributes and the text in it.
    type TagContents<'p> = (String, Vec<(String, &'p [u8])>, Option<&'p [u8]>);

    #[test]
    fn attributes_are_found_at_their_places_in_the_page() {
        let page = b"\xef\xbb\xbf<!-- <a href=no> -->\r\n<p>caf\xe9 &amp; x\r\n<A\r\nHREF=\"a&amp;b.html?\xe9\" id=x title=''>\r\n\
            <script src='s.js'>if (a<b) '<a href=no>';</script><img alt src=i.png/><title><a href=no></title></p\r\n>\
            <style>p{}</style><a href=\"\">";
        let tags: Vec<TagContents<'_>> = find_tags(page, false)
            .into_iter()
            .map(|tag| {
                let values = tag.attributes.into_iter().map(|(name, value)| (name, &page[value])).collect();
                (tag.name, values, tag.text.map(|text| &page[text]))
            })
            .collect();
        let expect = |name: &str, values: &[(&str, &'static [u8])], text: Option<&'static [u8]>| {
            let values: Vec<_> = values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
            (name.to_owned(), values, text)
        };
        assert_eq!(
            tags,
            [
                expect("p", &[], None),
                expect("a", &[("href", b"a&amp;b.html?\xe9"), ("id", b"x"), ("title", b"")], None),
                expect("script", &[("src", b"s.js")], Some(b"if (a<b) '<a href=no>';")),
                expect("img", &[("alt", b""), ("src", b"i.png/")], None),
                expect("title", &[], None),
                expect("style", &[], Some(b"p{}")),
                expect("a", &[("href", b"")], None),
            ]
        );
    }

    #[test]
    fn scripts_without_contents_do_not_hide_the_rest_of_an_xml_page() {
        let page = b"<?xml version='1.0'?><html><title/><script src='a.js'/><a href='b.html'/></html>";
        let names = |is_xml| find_tags(page, is_xml).into_iter().map(|tag| tag.name).collect::<Vec<_>>();
        assert_eq!(names(true), ["html", "title", "script", "a"]);
        assert_eq!(names(false), ["html", "title"]);
    }

    #[test]
    fn pages_are_simplified() {
        let simple = |page: &str| simplify(page, |drawing| format!("[{}]&\n", drawing.len()));
        assert_eq!(
            simple("<NAV id=a>One</nav><p>two<label>three</label>"),
            "<div id=a>One</div><p>two\n<label>three</label>\n"
        );
        assert_eq!(simple("a<svg><svg/><svg><nav/></svg></svg>b<svg>c"), "a [34]&amp; b<svg>c");
        let lines = |drawing: &str| simplify("a<svg></svg>b", |_| drawing.to_owned());
        assert_eq!((lines("c\nd\n").as_str(), lines("").as_str()), ("a<br>c<br>d<br><br>b", "a b"));
        assert_eq!(simple("<script>'<nav>'</script><a/><nav></nav\n>é"), "<script>'<nav>'</script><a/><div></div\n>é");
        let page = "<?xml version='1.0'?><title/><script src='a'  /><br/><section/><a id='x'/><svg/>b</section>";
        let expected = "<?xml version='1.0'?><title></title><script src='a'  ></script><br/><div></div><a id='x'></a><svg/>b</div>";
        assert_eq!(simple(page), expected);
    }

    #[test]
    fn character_references_in_attributes_are_resolved() {
        assert_eq!(decode_attribute("a&amp;b=\"&eacute;&#x41;&copy=1"), "a&b=\"éA&copy=1");
        assert_eq!(decode_attribute("plain"), "plain");
    }
}
