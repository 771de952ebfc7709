//! The text of documents in XML.

use super::HEADING_MARK;
use crate::data_formats::{XmlAttributes, XmlEvent, XmlReader, XmlStart, resolve_predefined_entity};

/// Which text of an XML file is read. Elements are given by their names without prefixes.
#[derive(Clone, Copy)]
pub(super) struct TextRules<'r> {
    /// The elements that contain text.
    pub text: &'r [&'r str],
    /// Whether the text of other elements inside these is read too.
    pub is_nested: bool,
    /// The elements that end with a line break.
    pub paragraphs: &'r [&'r str],
    /// The elements that are left out with everything inside them.
    pub skipped: &'r [&'r str],
    /// The elements whose text follows the paragraph in which they are, such as notes and text boxes.
    pub deferred: &'r [&'r str],
    /// The elements that end with a form feed, which begins a new part.
    pub pages: &'r [&'r str],
    /// The elements that are headings.
    pub headings: &'r [&'r str],
}

impl TextRules<'_> {
    /// Rules for the text directly inside the elements `text`, with a line break at the end of the elements `paragraphs`.
    pub(super) const fn lines_of<'r>(text: &'r [&'r str], paragraphs: &'r [&'r str]) -> TextRules<'r> {
        TextRules { text, is_nested: false, paragraphs, skipped: &[], deferred: &[], pages: &[], headings: &[] }
    }

    /// Reads the text of a file. Reading stops at the first error in the XML.
    pub(super) fn read(&self, xml: &str) -> String {
        self.read_with_styles(xml, &|_| false)
    }

    /// Like [`Self::read`], but a paragraph is a heading as well if `is_heading` is true of the identifier of its style.
    pub(super) fn read_with_styles(&self, xml: &str, is_heading: &dyn Fn(&str) -> bool) -> String {
        let has_heading_style = |start: &XmlStart<'_>| {
            start.local_name().as_ref() == "pStyle"
                && attribute(start.attributes(), "val").is_some_and(|style| is_heading(&style))
        };
        let mut reader = XmlReader::from_str(xml);
        let (mut text, mut deferred) = (String::new(), String::new());
        // Whether each open element contains text.
        let mut open: Vec<bool> = Vec::new();
        let mut text_depth = 0usize;
        let (mut skipped_depth, mut deferred_depth, mut paragraph_depth) = (0usize, 0usize, 0usize);
        while let Ok(event) = reader.read_event() {
            if skipped_depth > 0 {
                match event {
                    XmlEvent::Start(_) => skipped_depth += 1,
                    XmlEvent::End(_) => skipped_depth -= 1,
                    XmlEvent::Eof => break,
                    _ => {}
                }
                continue;
            }
            let is_text = if self.is_nested { text_depth > 0 } else { open.last() == Some(&true) };
            let output = if deferred_depth > 0 { &mut deferred } else { &mut text };
            match event {
                XmlEvent::Start(start) => {
                    let name = start.local_name();
                    let name = name.as_ref();
                    if self.skipped.contains(&name) {
                        skipped_depth = 1;
                        continue;
                    }
                    if deferred_depth > 0 {
                        deferred_depth += 1;
                    } else if paragraph_depth > 0 && self.deferred.contains(&name) {
                        deferred_depth = 1;
                    } else if self.paragraphs.contains(&name) {
                        paragraph_depth += 1;
                    }
                    output.push_str(replacement(name));
                    if self.headings.contains(&name) || has_heading_style(&start) {
                        output.push(HEADING_MARK);
                    }
                    let contains_text = self.text.contains(&name);
                    text_depth += usize::from(contains_text);
                    open.push(contains_text);
                }
                XmlEvent::End(end) => {
                    let name = end.local_name();
                    let name = name.as_ref();
                    text_depth -= usize::from(open.pop() == Some(true));
                    let is_paragraph = self.paragraphs.contains(&name);
                    if is_paragraph || self.pages.contains(&name) {
                        output.push(if is_paragraph { '\n' } else { '\u{c}' });
                    }
                    if deferred_depth > 0 {
                        deferred_depth -= 1;
                        if deferred_depth == 0 && !deferred.is_empty() && !deferred.ends_with(['\n', '\u{c}']) {
                            deferred.push('\n');
                        }
                    } else if is_paragraph {
                        paragraph_depth = paragraph_depth.saturating_sub(1);
                        if paragraph_depth == 0 {
                            text.push_str(&deferred);
                            deferred.clear();
                        }
                    }
                }
                XmlEvent::Empty(empty) => {
                    output.push_str(replacement(empty.local_name().as_ref()));
                    if has_heading_style(&empty) {
                        output.push(HEADING_MARK);
                    }
                }
                XmlEvent::Text(piece) if is_text => output.push_str(&piece),
                XmlEvent::CData(piece) if is_text => output.push_str(&piece),
                XmlEvent::GeneralRef(reference) if is_text => {
                    if let Ok(Some(character)) = reference.resolve_char_ref() {
                        output.push(character);
                    } else if let Some(character) = resolve_predefined_entity(&reference) {
                        output.push_str(character);
                    }
                }
                XmlEvent::Eof => break,
                _ => {}
            }
        }
        text.push_str(&deferred);
        text
    }
}

/// The text that an element is replaced by, such as a space for a tab.
fn replacement(name: &str) -> &'static str {
    match name {
        "tab" | "ptab" | "s" | "br" | "cr" | "line-break" | "desc" => " ",
        "noBreakHyphen" => "-",
        _ => "",
    }
}

/// The value of an attribute, given by its name without prefix.
pub(super) fn attribute(attributes: XmlAttributes<'_>, name: &str) -> Option<String> {
    let found = attributes.flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(Default::default()).ok().map(|value| value.into_owned())
}

/// An element of an XML file.
pub(super) struct XmlElement {
    /// Its name without prefix.
    pub name: String,
    /// Its attributes, with their names without prefixes.
    pub attributes: Vec<(String, String)>,
}

impl XmlElement {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// All elements of an XML file, without their nesting.
pub(super) fn list_elements(xml: &str) -> Vec<XmlElement> {
    let mut elements = Vec::new();
    for_each_element(xml, |element| elements.push(element));
    elements
}

/// Calls `visit` for each element of an XML file, in the order of the file. Reading stops at the first error in the XML.
pub(super) fn for_each_element(xml: &str, mut visit: impl FnMut(XmlElement)) {
    let mut reader = XmlReader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(XmlEvent::Start(start) | XmlEvent::Empty(start)) => {
                let attributes = start.attributes().flatten();
                let attributes = attributes.map(|attribute| {
                    let value = attribute.normalized_value(Default::default());
                    let value = value.map(|value| value.into_owned()).unwrap_or_default();
                    (attribute.key.local_name().as_ref().to_owned(), value)
                });
                visit(XmlElement { name: start.local_name().as_ref().to_owned(), attributes: attributes.collect() });
            }
            Ok(XmlEvent::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}
