//! Reads and writes JSON, CSV and XML. The only module that uses `serde_json`, `csv` and `quick-xml`.

use std::io::{self, Write};

pub use quick_xml::Reader as XmlReader;
pub use quick_xml::escape::resolve_predefined_entity;
pub use quick_xml::events::Event as XmlEvent;
pub use serde_json::{Map, Value, json};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Records as CSV (RFC 4180), with a row of field names first. `None` if a record has fields that are not plain values.
pub fn to_csv<R: Serialize>(records: impl IntoIterator<Item = R>, terminator: LineEnding) -> Option<String> {
    let terminator = match terminator {
        LineEnding::Lf => csv::Terminator::Any(b'\n'),
        LineEnding::CrLf => csv::Terminator::CRLF,
    };
    let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
    records.into_iter().try_for_each(|record| writer.serialize(record)).ok()?;
    String::from_utf8(writer.into_inner().ok()?).ok()
}

/// The cells of a CSV file, row by row. `None` if it cannot be read, for example because a quotation mark is not closed.
pub fn parse_csv(text: &str, delimiter: u8) -> Option<Vec<Vec<String>>> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let row = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    reader.records().map(|record| record.ok().map(row)).collect()
}

/// Parses JSON. `None` if it is malformed, or not of this type.
pub fn parse_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// A value as JSON (RFC 8259), indented; `None` if a key is not a string.
pub fn to_json(value: &impl Serialize) -> Option<String> {
    let mut text = serde_json::to_string_pretty(value).ok()?;
    text.push('\n');
    Some(text)
}

/// What each line ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnding {
    /// As on Unix.
    Lf,
    /// As on Windows, and as RFC 4180 requires.
    CrLf,
}

/// An XML document that is being written, indented, in UTF-8.
pub struct XmlWriter<W> {
    writer: Writer<W>,
    open: Vec<String>,
}

impl XmlWriter<Vec<u8>> {
    /// Begins a web page.
    pub fn html() -> Self {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        assert_written(writer.write_event(XmlEvent::DocType(BytesText::from_escaped("html"))));
        Self { writer, open: Vec::new() }
    }
}

impl<W: Write> XmlWriter<W> {
    /// Begins an XML document that is written to memory.
    pub fn new(memory: W) -> Self {
        let mut writer = Writer::new_with_indent(memory, b' ', 1);
        assert_written(writer.write_event(XmlEvent::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))));
        Self { writer, open: Vec::new() }
    }

    /// Writes an empty element.
    pub fn empty_element(&mut self, name: &str, attributes: &[(&str, &str)]) {
        assert_written(self.writer.write_event(XmlEvent::Empty(start(name, attributes))));
    }

    /// Writes an element whose text is not escaped, such as a style sheet; it must not contain `<` or `&`.
    pub fn raw_element(&mut self, name: &str, text: &str) {
        assert_written(self.writer.write_event(XmlEvent::Start(start(name, &[]))));
        assert_written(self.writer.write_event(XmlEvent::Text(BytesText::from_escaped(text))));
        assert_written(self.writer.write_event(XmlEvent::End(BytesEnd::new(name))));
    }

    /// Begins an element that contains other elements.
    pub fn begin(&mut self, name: &str, attributes: &[(&str, &str)]) {
        assert_written(self.writer.write_event(XmlEvent::Start(start(name, attributes))));
        self.open.push(name.to_owned());
    }

    /// Ends the innermost element that was begun.
    pub fn end(&mut self) {
        if let Some(name) = self.open.pop() {
            assert_written(self.writer.write_event(XmlEvent::End(BytesEnd::new(name))));
        }
    }

    /// Writes an element that contains a text.
    pub fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        assert_written(self.writer.write_event(XmlEvent::Start(start(name, attributes))));
        assert_written(self.writer.write_event(XmlEvent::Text(BytesText::new(&replace_invalid_characters(text)))));
        assert_written(self.writer.write_event(XmlEvent::End(BytesEnd::new(name))));
    }

    /// Ends all open elements, and returns the output with the whole document.
    pub fn finish(mut self) -> W {
        while !self.open.is_empty() {
            self.end();
        }
        let mut memory = self.writer.into_inner();
        assert_written(memory.write_all(b"\n"));
        memory
    }
}

/// Writing to memory cannot fail.
fn assert_written(result: io::Result<()>) {
    debug_assert!(result.is_ok(), "{result:?}");
}

fn start<'n>(name: &'n str, attributes: &[(&str, &str)]) -> BytesStart<'n> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        start.push_attribute((*key, replace_invalid_characters(value).as_str()));
    }
    start
}

/// Replaces the characters that an XML document must not contain, not even escaped (XML 1.0, 2.2).
fn replace_invalid_characters(text: &str) -> String {
    let is_invalid = |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if is_invalid(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn xml_can_contain_any_text() {
        let mut xml = XmlWriter::new(Vec::new());
        xml.begin("a", &[("b", "\"<&>\u{1}")]);
        xml.element("c", &[], "x < y && z \u{ffff}");
        let text = String::from_utf8(xml.finish()).unwrap();
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&quot;&lt;&amp;&gt;\u{fffd}\">\n <c>x &lt; y &amp;&amp; z \u{fffd}</c>\n</a>\n"
        );
    }

    #[test]
    fn csv_cells_are_quoted() {
        #[derive(Serialize)]
        struct Row(&'static str, u8);
        let rows = || [Row("a,\"b\"", 1)];
        assert_eq!(to_csv(rows(), LineEnding::CrLf).unwrap(), "\"a,\"\"b\"\"\",1\r\n");
        assert_eq!(to_csv(rows(), LineEnding::Lf).unwrap(), "\"a,\"\"b\"\"\",1\n");
    }
}
