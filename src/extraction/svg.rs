//! SVG pictures (SVG 2): the words in diagrams and maps.

use super::Extraction;
use super::headings::is_title;
use super::markup::attribute;
use crate::data_formats::{XmlEvent, XmlReader, XmlStart, resolve_predefined_entity};
use crate::encodings::decode_markup;
use crate::html::decode_attribute;

/// The elements whose text is drawn.
const TEXT_ELEMENTS: [&str; 2] = ["text", "flowRoot"];

/// Extracts the words that a picture shows, with a line for each text, and its title. A picture without words has no text that could
/// be searched.
pub(super) fn extract(bytes: &[u8]) -> Extraction {
    let Picture { texts, title } = Picture::read(&decode_markup(bytes));
    let text: String = texts.iter().map(|(text, _)| format!("{text}\n")).collect();
    let mut extraction = match text.chars().any(char::is_alphanumeric) {
        true => Extraction::from_text(&text),
        false => Extraction::default(),
    };
    extraction.facts.title = title.filter(|title| !title.is_empty());
    extraction.facts.shown_title = largest_text(&texts);
    extraction
}

/// The words that a picture inside a web page shows, with a line for each text. An icon without words has a title instead.
pub(super) fn words(markup: &str) -> String {
    let Picture { texts, title } = Picture::read(markup);
    match texts.is_empty() {
        true => title.unwrap_or_default(),
        false => texts.iter().map(|(text, _)| format!("{text}\n")).collect(),
    }
}

/// What a picture says.
#[derive(Default)]
struct Picture {
    /// Each text, and the size of its font if it is known.
    texts: Vec<(String, Option<f64>)>,
    /// The title of the whole picture.
    title: Option<String>,
}

impl Picture {
    /// Reads a picture. Reading stops at the first error in the XML.
    fn read(xml: &str) -> Self {
        let mut picture = Self::default();
        let mut reader = XmlReader::from_str(xml);
        let mut open: Vec<String> = Vec::new();
        // The texts inside which the reader is: in a damaged file, one may contain another.
        let mut depth = 0usize;
        let mut current = (String::new(), None);
        let mut title: Option<String> = None;
        while let Ok(event) = reader.read_event() {
            let is_title = title.is_some() && depth == 0;
            let output = if is_title { title.as_mut() } else { Some(&mut current.0).filter(|_| depth > 0) };
            match event {
                XmlEvent::Start(start) => {
                    let name = start.local_name().as_ref().to_owned();
                    if TEXT_ELEMENTS.contains(&name.as_str()) {
                        depth += 1;
                        current.1 = current.1.or_else(|| font_size(&start));
                    } else if let Some(output) = output
                        && begins_line(&start)
                    {
                        output.push(' ');
                    } else if name == "title" && open.len() == 1 && picture.title.is_none() {
                        title = Some(String::new());
                    }
                    open.push(name);
                }
                XmlEvent::End(_) => {
                    let name = open.pop().unwrap_or_default();
                    if name == "title" && open.len() == 1 && title.is_some() {
                        picture.title = title.take().map(|title| collapse_spaces(&title));
                    } else if TEXT_ELEMENTS.contains(&name.as_str()) {
                        depth = depth.saturating_sub(1);
                        if depth == 0 {
                            let (text, size) = std::mem::take(&mut current);
                            let text = collapse_spaces(&text);
                            picture.texts.extend((!text.is_empty()).then_some((text, size)));
                        }
                    }
                }
                XmlEvent::Text(piece) => output.into_iter().for_each(|output| output.push_str(&piece)),
                XmlEvent::CData(piece) => output.into_iter().for_each(|output| output.push_str(&piece)),
                XmlEvent::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                    let character = character
                        .or_else(|| resolve_predefined_entity(&reference).map(str::to_owned))
                        .or_else(|| html_entity(&reference))
                        .unwrap_or_default();
                    output.into_iter().for_each(|output| output.push_str(&character));
                }
                XmlEvent::Eof => break,
                _ => {}
            }
        }
        picture
    }
}

/// The characters of an entity of HTML, which pictures in web pages may use.
fn html_entity(name: &str) -> Option<String> {
    let reference = format!("&{name};");
    Some(decode_attribute(&reference)).filter(|decoded| *decoded != reference)
}

/// Whether an element begins a line of a text: a paragraph, or a part with a place of its own.
fn begins_line(start: &XmlStart<'_>) -> bool {
    start.local_name().as_ref() == "flowPara"
        || ["y", "dy"].iter().any(|name| attribute(start.attributes(), name).is_some())
}

/// The size of the font in the element's attributes or style, without its unit.
fn font_size(start: &XmlStart<'_>) -> Option<f64> {
    let style = attribute(start.attributes(), "style").unwrap_or_default();
    let in_style = style.split(';').filter_map(|rule| rule.split_once(':'));
    let mut in_style = in_style.filter(|(name, _)| name.trim() == "font-size").map(|(_, size)| size.trim().to_owned());
    let size = in_style.next().or_else(|| attribute(start.attributes(), "font-size"))?;
    let number = size.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    number.parse().ok().filter(|_| !size.ends_with('%'))
}

/// The first text, if its font is larger than those of all others: the title of the picture.
fn largest_text(texts: &[(String, Option<f64>)]) -> Option<String> {
    let ((first, size), others) = texts.split_first()?;
    let size = (*size)?;
    let is_smaller = |(_, other): &(String, Option<f64>)| other.is_none_or(|other| other < size);
    let known = others.iter().filter(|(_, other)| other.is_some()).count();
    (known > 1 && others.iter().all(is_smaller) && is_title(first)).then(|| first.clone())
}

fn collapse_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::TextLayer;

    #[test]
    fn the_words_of_a_picture_are_extracted() {
        let svg = "<svg><title>Map of\n wells</title><style>text {}</style><g><title>No</title></g>\
            <text style='font-size:16px'>Wells <tspan>&amp; </tspan><tspan>pumps</tspan></text>\
            <text font-size='8'><tspan x='1' y='2'>North</tspan><tspan x='1' y='3'>of K&#233;</tspan></text>\
            <text font-size='9'><![CDATA[<South>]]></text><path d='M0 0'/></svg>";
        let extraction = extract(svg.as_bytes());
        assert_eq!(extraction.pages, ["Wells & pumps\nNorth of Ké\n<South>\n"]);
        assert_eq!(extraction.facts.title.as_deref(), Some("Map of wells"));
        assert_eq!(extraction.facts.shown_title.as_deref(), Some("Wells & pumps"));
        assert_eq!(extraction.facts.text, TextLayer::Good);
    }

    #[test]
    fn pictures_in_web_pages_have_entities_and_titles() {
        assert_eq!(words("<svg><title>T</title><text>caf&eacute;&nbsp;noir&unknown;</text></svg>"), "café noir\n");
        assert_eq!(words("<svg class='icon'><title>Search</title><path/></svg>"), "Search");
        assert_eq!(words("<svg><path/></svg>"), "");
    }

    #[test]
    fn a_picture_without_words_has_no_text() {
        for svg in ["<svg><path d='M0 0'/></svg>", "<svg><text> </text></svg>", "no picture", ""] {
            let extraction = extract(svg.as_bytes());
            assert_eq!((extraction.pages.len(), extraction.facts.text), (0, TextLayer::Unsupported), "{svg}");
        }
        let unclosed = extract(b"<svg><text>Wells</text><g");
        assert_eq!(unclosed.pages, ["Wells\n"]);
    }
}
