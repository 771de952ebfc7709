//! The text of documents in XML.

use std::borrow::Cow;

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
    /// Attributes with the values with which they hide an element and everything inside it.
    pub hiding: &'r [(&'r str, &'r str)],
    /// The elements whose text follows the paragraph in which they are, such as notes and text boxes.
    pub deferred: &'r [&'r str],
    /// The elements that end with a form feed, which begins a new part.
    pub pages: &'r [&'r str],
    /// The elements that are headings.
    pub headings: &'r [&'r str],
    /// Elements with an attribute whose value is text, such as the words of WordArt.
    pub attributes: &'r [(&'r str, &'r str)],
}

impl TextRules<'_> {
    /// Rules for the text directly inside the elements `text`, with a line break at the end of the elements `paragraphs`.
    pub(super) const fn lines_of<'r>(text: &'r [&'r str], paragraphs: &'r [&'r str]) -> TextRules<'r> {
        TextRules {
            text,
            is_nested: false,
            paragraphs,
            skipped: &[],
            hiding: &[],
            deferred: &[],
            pages: &[],
            headings: &[],
            attributes: &[],
        }
    }

    fn hides(&self, element: &XmlStart<'_>) -> bool {
        let has = |name: &str, value: &str| attribute(element.attributes(), name).is_some_and(|text| text == value);
        self.hiding.iter().any(|(name, value)| has(name, value))
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
        let mut open: Vec<OpenElement> = Vec::new();
        let mut text_depth = 0usize;
        // The number of open elements around a run of hidden text.
        let mut hidden: Option<usize> = None;
        let mut list = ChoiceList::default();
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
            let is_text = if self.is_nested { text_depth > 0 } else { open.last().is_some_and(|last| last.is_text) };
            let is_text = is_text && hidden.is_none();
            if let XmlEvent::Start(element) | XmlEvent::Empty(element) = &event {
                list.read(element);
                if is_hidden_run(&open, element) {
                    hidden = hidden.or(open.len().checked_sub(2));
                }
            }
            let output = if deferred_depth > 0 { &mut deferred } else { &mut text };
            match event {
                XmlEvent::Start(start) => {
                    let name = start.local_name();
                    let name = name.as_ref();
                    if self.skipped.contains(&name) || self.hides(&start) {
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
                    output.push_str(&self.replacement(&start, paragraph_depth > 0));
                    output.push_str(&list.option(&start));
                    if self.headings.contains(&name) || has_heading_style(&start) {
                        output.push(HEADING_MARK);
                    }
                    let element = OpenElement { is_text: self.text.contains(&name), kind: ElementKind::of(name) };
                    text_depth += usize::from(element.is_text);
                    open.push(element);
                }
                XmlEvent::End(end) => {
                    let name = end.local_name();
                    let name = name.as_ref();
                    text_depth -= usize::from(open.pop().is_some_and(|element| element.is_text));
                    hidden = hidden.filter(|depth| open.len() > *depth);
                    if name == "ddList" {
                        output.push_str(&std::mem::take(&mut list).chosen());
                    }
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
                    if hidden.is_none() {
                        output.push_str(&self.replacement(&empty, paragraph_depth > 0));
                        output.push_str(&list.option(&empty));
                    }
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

impl TextRules<'_> {
    /// The text that an element is replaced by, such as a space for a tab.
    fn replacement(&self, element: &XmlStart<'_>, is_in_paragraph: bool) -> Cow<'static, str> {
        let name = element.local_name();
        let name = name.as_ref();
        match name {
            "tab" | "ptab" | "s" | "br" | "cr" | "line-break" | "desc" => Cow::Borrowed(" "),
            "noBreakHyphen" => Cow::Borrowed("-"),
            // In DrawingML, an element of this name names a font.
            "sym" if attribute(element.attributes(), "char").is_some() => Cow::Owned(symbol(element).into()),
            _ => {
                let value = self.attributes.iter().filter(|(known, _)| *known == name);
                let value =
                    value.filter_map(|(_, key)| attribute(element.attributes(), key)).next().unwrap_or_default();
                let value = match name {
                    "docPr" | "cNvPr" | "shape" => description(&value),
                    _ => &value,
                };
                match is_in_paragraph {
                    _ if value.is_empty() => Cow::Borrowed(""),
                    true => Cow::Owned(format!(" {value} ")),
                    false => Cow::Owned(format!("{value}\n")),
                }
            }
        }
    }
}

/// The description of a picture, without the note that a program wrote it; nothing if it is only the name of a file.
fn description(value: &str) -> &str {
    const EXTENSIONS: [&str; 11] =
        [".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg", ".webp"];
    let is_note = |text: &str| {
        let text = text.to_lowercase();
        NOTES.iter().any(|note| text.contains(note))
    };
    let value = value.trim();
    let value = match value.rsplit_once("\n\n") {
        Some((text, note)) if is_note(note) => text.trim_end(),
        None if value.len() <= MAX_NOTE_BYTES && is_note(value) => "",
        _ => value,
    };
    let lower = value.to_ascii_lowercase();
    let is_file = EXTENSIONS.iter().any(|extension| lower.ends_with(extension));
    if is_file
        || lower.contains(":\\")
        || lower.starts_with("http://")
        || lower.starts_with("https://")
        || lower.starts_with("cid:")
    {
        ""
    } else {
        value
    }
}

/// Office programs write the description of a picture themselves, and say so in the language of their menus.
const NOTES: [&str; 24] = [
    "automatically generated",
    "ai-generated",
    "généré automatiquement",
    "générée automatiquement",
    "généré par l",
    "generada automáticamente",
    "generado automáticamente",
    "generado por ia",
    "automatisch generiert",
    "ki-generiert",
    "gerada automaticamente",
    "gerado automaticamente",
    "generata automaticamente",
    "generato automaticamente",
    "automatisch gegenereerd",
    "automatycznie wygenerowany",
    "автоматически создан",
    "создано автоматически",
    "автоматично створен",
    "自动生成",
    "自動生成",
    "자동 생성",
    "otomatik olarak oluştur",
    "được tạo tự động",
];

/// The longest note that a program wrote the description of a picture.
const MAX_NOTE_BYTES: usize = 60;

/// An element whose end has not been read yet.
struct OpenElement {
    is_text: bool,
    kind: ElementKind,
}

/// What matters about an open element for hidden text.
#[derive(Clone, Copy, PartialEq)]
enum ElementKind {
    Run,
    RunProperties,
    Other,
}

impl ElementKind {
    fn of(name: &str) -> Self {
        match name {
            "r" => Self::Run,
            "rPr" => Self::RunProperties,
            _ => Self::Other,
        }
    }
}

/// Whether an element says that the run around it is hidden (ECMA-376, part 1, 17.3.2.41).
fn is_hidden_run(open: &[OpenElement], element: &XmlStart<'_>) -> bool {
    let [.., run, properties] = open else { return false };
    run.kind == ElementKind::Run
        && properties.kind == ElementKind::RunProperties
        && element.local_name().as_ref() == "vanish"
        && attribute(element.attributes(), "val").is_none_or(|value| !matches!(value.as_str(), "0" | "false" | "off"))
}

/// A list of choices in a form (ECMA-376, part 1, 17.16.9; ISO/IEC 26300-1, 13.5.5).
#[derive(Default)]
struct ChoiceList {
    choices: Vec<String>,
    chosen: usize,
    /// Whether only the choice is shown, not the whole list.
    is_drop_down: bool,
}

impl ChoiceList {
    fn read(&mut self, element: &XmlStart<'_>) {
        let name = element.local_name();
        let value = || attribute(element.attributes(), "val");
        match name.as_ref() {
            "ddList" => *self = Self::default(),
            "listbox" => {
                let is_drop_down = attribute(element.attributes(), "dropdown").is_some_and(|value| value == "true");
                *self = Self { is_drop_down, ..Self::default() };
            }
            "result" => self.chosen = value().and_then(|value| value.parse().ok()).unwrap_or_default(),
            "listEntry" => self.choices.extend(value()),
            _ => {}
        }
    }

    /// The text of an option of a list in OpenDocument, if it is shown.
    fn option(&self, element: &XmlStart<'_>) -> String {
        if element.name().as_ref() != "form:option" {
            return String::new();
        }
        let is_set = |name| attribute(element.attributes(), name).is_some_and(|value| value == "true");
        let is_shown = !self.is_drop_down || is_set("current-selected") || is_set("selected");
        let label = attribute(element.attributes(), "label").filter(|label| is_shown && !label.is_empty());
        label.map(|label| label + "\n").unwrap_or_default()
    }

    fn chosen(mut self) -> String {
        if self.chosen < self.choices.len() { self.choices.swap_remove(self.chosen) } else { String::new() }
    }
}

/// The character of a `sym` element, which names it by its code in a font (ECMA-376, part 1, 17.3.3.30). Pictograms become spaces.
fn symbol(element: &XmlStart<'_>) -> char {
    let value = |name| attribute(element.attributes(), name).unwrap_or_default();
    let Ok(code) = u32::from_str_radix(&value("char"), 16) else { return ' ' };
    // Fonts of symbols have their glyphs in a private area as well.
    let is_private = (0xf000..=0xf0ff).contains(&code);
    let code = if is_private { code - 0xf000 } else { code };
    let is_pictogram = |font: &str| is_private || font.starts_with("Wingdings") || font == "Webdings";
    match value("font").as_str() {
        "Symbol" => symbol_character(code),
        font if is_pictogram(font) => ' ',
        _ => char::from_u32(code).filter(|character| !character.is_control()).unwrap_or(' '),
    }
}

/// The character of a code in the font Symbol, if it is a letter or in ASCII.
fn symbol_character(code: u32) -> char {
    const CAPITALS: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    const LETTERS: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
    let letter = |letters: &str, first: u8| letters.chars().nth(code as usize - usize::from(first));
    let character = match code {
        0x41..=0x5a => letter(CAPITALS, b'A'),
        0x61..=0x7a => letter(LETTERS, b'a'),
        0x21..=0x7e => char::from_u32(code),
        _ => None,
    };
    character.unwrap_or(' ')
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
