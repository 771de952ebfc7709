//! Finds the title of a Word or OpenDocument text by the styles of its first paragraphs.

use std::collections::{HashMap, HashSet};

use super::headings::is_title;
use super::markup::attribute;
use crate::data_formats::{XmlEvent, XmlReader, resolve_predefined_entity};

/// How many paragraphs at the beginning of a document are examined.
const MAX_PARAGRAPHS: usize = 40;

/// A heading can be the title if it is among this many paragraphs at the beginning.
const MAX_HEADING: usize = 4;

/// The font size of text for which a Word document states none, in half points.
const DEFAULT_SIZE: u32 = 22;

/// The properties of a style.
#[derive(Default)]
struct Style {
    /// Its name in lower case. Word's built-in styles have English names in every language.
    name: String,
    /// In half points.
    size: Option<u32>,
}

/// A paragraph that is not empty.
#[derive(Default)]
struct Paragraph {
    style: String,
    is_heading: bool,
    size: Option<u32>,
    text: String,
}

/// The title of a Word document.
pub(super) fn title_of_docx(document: &str, styles: &str) -> Option<String> {
    let styles = docx_styles(styles);
    let mut paragraphs = docx_paragraphs(document);
    for paragraph in &mut paragraphs {
        let style = styles.get(&paragraph.style);
        paragraph.size = paragraph.size.or_else(|| style.and_then(|style| style.size));
        paragraph.style = style.map_or_else(|| paragraph.style.to_lowercase(), |style| style.name.clone());
        paragraph.is_heading = paragraph.style == "heading 1";
    }
    title_by_style(&paragraphs).or_else(|| title_by_size(&paragraphs))
}

/// The identifiers of the styles of headings, in the styles of a Word document.
pub(super) fn heading_styles(styles: &str) -> HashSet<String> {
    let styles = docx_styles(styles).into_iter();
    styles.filter(|(_, style)| style.name.starts_with("heading ")).map(|(id, _)| id).collect()
}

/// The title of an OpenDocument text or presentation.
pub(super) fn title_of_open_document(content: &str) -> Option<String> {
    title_by_style(&open_document_paragraphs(content))
}

/// The text of the first paragraphs with the style of titles; if there are none, a heading at the beginning.
fn title_by_style(paragraphs: &[Paragraph]) -> Option<String> {
    let start = paragraphs.iter().position(|paragraph| paragraph.style == "title");
    let title = start.map(|start| {
        let lines = paragraphs[start..].iter().take_while(|paragraph| paragraph.style == "title").take(3);
        lines.map(|paragraph| paragraph.text.as_str()).collect::<Vec<_>>().join(" ")
    });
    title.filter(|title| is_title(title)).or_else(|| {
        let mut first = paragraphs.iter().take(MAX_HEADING);
        let heading = first.find(|paragraph| paragraph.is_heading && is_title(&paragraph.text))?;
        Some(heading.text.clone())
    })
}

/// The largest of the first paragraphs, if it is clearly larger than the running text.
fn title_by_size(paragraphs: &[Paragraph]) -> Option<String> {
    let size = |paragraph: &Paragraph| paragraph.size.unwrap_or(DEFAULT_SIZE);
    let mut letters: HashMap<u32, usize> = HashMap::new();
    for paragraph in paragraphs {
        *letters.entry(size(paragraph)).or_default() += paragraph.text.chars().count();
    }
    let (body, _) = letters.into_iter().max_by_key(|(size, count)| (*count, std::cmp::Reverse(*size)))?;
    let first = paragraphs.iter().take(MAX_HEADING * 3).filter(|paragraph| is_title(&paragraph.text));
    let largest = first.max_by_key(|paragraph| size(paragraph))?;
    // If several paragraphs have this size, take the first.
    let title = paragraphs.iter().find(|paragraph| size(paragraph) == size(largest) && is_title(&paragraph.text))?;
    (size(title) * 4 >= body * 5).then(|| title.text.clone())
}

fn docx_styles(xml: &str) -> HashMap<String, Style> {
    let mut reader = XmlReader::from_str(xml);
    let mut styles: HashMap<String, Style> = HashMap::new();
    let mut id = None;
    loop {
        match reader.read_event() {
            Ok(XmlEvent::Start(start)) if start.local_name().as_ref() == "style" => {
                id = attribute(start.attributes(), "styleId");
            }
            Ok(XmlEvent::End(end)) if end.local_name().as_ref() == "style" => id = None,
            Ok(XmlEvent::Start(start) | XmlEvent::Empty(start)) => {
                let Some(id) = &id else { continue };
                let value = || attribute(start.attributes(), "val");
                match start.local_name().as_ref() {
                    "name" => {
                        styles.entry(id.clone()).or_default().name = value().unwrap_or_default().to_lowercase();
                    }
                    "sz" => styles.entry(id.clone()).or_default().size = value().and_then(|size| size.parse().ok()),
                    _ => {}
                }
            }
            Ok(XmlEvent::Eof) | Err(_) => return styles,
            Ok(_) => {}
        }
    }
}

fn docx_paragraphs(xml: &str) -> Vec<Paragraph> {
    let mut reader = XmlReader::from_str(xml);
    let mut paragraphs = Vec::new();
    let mut paragraph = Paragraph::default();
    let mut in_text = false;
    loop {
        match reader.read_event() {
            Ok(XmlEvent::Start(start)) if start.local_name().as_ref() == "t" => in_text = true,
            Ok(XmlEvent::Start(start) | XmlEvent::Empty(start)) => match start.local_name().as_ref() {
                "p" => paragraph = Paragraph::default(),
                "pStyle" => paragraph.style = attribute(start.attributes(), "val").unwrap_or_default(),
                "sz" => {
                    let size = attribute(start.attributes(), "val").and_then(|size| size.parse().ok());
                    paragraph.size = paragraph.size.max(size);
                }
                "tab" | "br" => paragraph.text.push(' '),
                _ => {}
            },
            Ok(XmlEvent::End(end)) => match end.local_name().as_ref() {
                "t" => in_text = false,
                "p" => {
                    add(&mut paragraphs, std::mem::take(&mut paragraph));
                    if paragraphs.len() == MAX_PARAGRAPHS {
                        return paragraphs;
                    }
                }
                _ => {}
            },
            Ok(XmlEvent::Eof) | Err(_) => return paragraphs,
            Ok(other) if in_text => push_text(&mut paragraph.text, &other),
            Ok(_) => {}
        }
    }
}

fn open_document_paragraphs(xml: &str) -> Vec<Paragraph> {
    let mut reader = XmlReader::from_str(xml);
    // The parent of each derived style.
    let mut parents: HashMap<String, String> = HashMap::new();
    let mut paragraphs = Vec::new();
    let mut paragraph = Paragraph::default();
    let mut is_open = false;
    let mut in_title_frame = false;
    loop {
        match reader.read_event() {
            Ok(XmlEvent::Start(start) | XmlEvent::Empty(start)) => match start.local_name().as_ref() {
                "style" => {
                    let name = attribute(start.attributes(), "name");
                    let parent = attribute(start.attributes(), "parent-style-name");
                    parents.extend(name.zip(parent));
                }
                "frame" => in_title_frame = attribute(start.attributes(), "class").as_deref() == Some("title"),
                kind @ ("p" | "h") => {
                    let style = attribute(start.attributes(), "style-name").unwrap_or_default();
                    let style = parents.get(&style).unwrap_or(&style).to_lowercase();
                    let level = attribute(start.attributes(), "outline-level");
                    let is_heading = kind == "h" && level.is_none_or(|level| level == "1");
                    let style = if in_title_frame { "title".to_owned() } else { style };
                    paragraph = Paragraph { style, is_heading, ..Paragraph::default() };
                    is_open = true;
                }
                "tab" | "s" | "line-break" => paragraph.text.push(' '),
                _ => {}
            },
            Ok(XmlEvent::End(end)) => match end.local_name().as_ref() {
                "frame" => in_title_frame = false,
                "p" | "h" => {
                    is_open = false;
                    add(&mut paragraphs, std::mem::take(&mut paragraph));
                    if paragraphs.len() == MAX_PARAGRAPHS {
                        return paragraphs;
                    }
                }
                _ => {}
            },
            Ok(XmlEvent::Eof) | Err(_) => return paragraphs,
            Ok(other) if is_open => push_text(&mut paragraph.text, &other),
            Ok(_) => {}
        }
    }
}

fn add(paragraphs: &mut Vec<Paragraph>, mut paragraph: Paragraph) {
    paragraph.text = paragraph.text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !paragraph.text.is_empty() {
        paragraphs.push(paragraph);
    }
}

fn push_text(text: &mut String, event: &XmlEvent<'_>) {
    match event {
        XmlEvent::Text(piece) => text.push_str(piece),
        XmlEvent::GeneralRef(reference) => {
            if let Ok(Some(character)) = reference.resolve_char_ref() {
                text.push(character);
            } else if let Some(character) = resolve_predefined_entity(reference) {
                text.push_str(character);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_of_a_word_document_has_the_style_of_titles() {
        let styles = "<w:styles><w:style w:styleId='Titel'><w:name w:val='Title'/></w:style>\
                      <w:style w:styleId='berschrift1'><w:name w:val='heading 1'/></w:style></w:styles>";
        let document = |first: &str| {
            format!(
                "<w:document><w:body><w:p><w:r><w:t>The Office</w:t></w:r></w:p><w:p><w:pPr>{first}</w:pPr>\
                 <w:r><w:t>Needs &amp; wants</w:t></w:r></w:p><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>",
                "Running text. ".repeat(20)
            )
        };
        for first in
            ["<w:pStyle w:val='Titel'/>", "<w:pStyle w:val='berschrift1'/>", "<w:rPr><w:sz w:val='40'/></w:rPr>"]
        {
            assert_eq!(title_of_docx(&document(first), styles).as_deref(), Some("Needs & wants"), "{first}");
        }
        assert_eq!(title_of_docx(&document(""), styles), None);
        assert_eq!(title_of_docx("<w:p>", ""), None);
    }

    #[test]
    fn the_title_of_an_open_document_has_the_style_of_titles() {
        let text = "<office:automatic-styles><style:style style:name='P1' style:parent-style-name='Title'/>\
                    </office:automatic-styles><office:body><text:p>The Office</text:p>\
                    <text:p text:style-name='P1'>Needs <text:span>assessment</text:span></text:p></office:body>";
        assert_eq!(title_of_open_document(text).as_deref(), Some("Needs assessment"));
        let slides = "<draw:frame presentation:class='title'><draw:text-box><text:p>Wells</text:p></draw:text-box></draw:frame>\
                      <draw:frame><draw:text-box><text:p>Deep</text:p></draw:text-box></draw:frame>";
        assert_eq!(title_of_open_document(slides).as_deref(), Some("Wells"));
        let heading = "<text:h text:outline-level='1'>Wells</text:h><text:p>Deep</text:p>";
        assert_eq!(title_of_open_document(heading).as_deref(), Some("Wells"));
        assert_eq!(title_of_open_document("<text:p>Deep</text:p>"), None);
    }
}
