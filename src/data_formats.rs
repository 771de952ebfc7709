//! Reads and writes JSON, CSV and XML. The only module that uses `serde_json`, `csv` and `quick-xml`.

use std::borrow::Cow;
use std::io::{self, Write};

pub use quick_xml::Reader as XmlReader;
pub use quick_xml::escape::resolve_predefined_entity;
pub use quick_xml::events::BytesStart as XmlStart;
pub use quick_xml::events::Event as XmlEvent;
pub use quick_xml::events::attributes::Attributes as XmlAttributes;
pub use serde_json::{Map, Value, json};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::ser::Formatter;

/// Records as CSV (RFC 4180), with a row of field names first. No cell is a formula for a spreadsheet program, see
/// [`guard_formulas`]. `None` if a record has fields that are not plain values.
pub fn to_csv<R: Serialize>(records: impl IntoIterator<Item = R>, terminator: LineEnding) -> Option<String> {
    let terminator = match terminator {
        LineEnding::Lf => csv::Terminator::Any(b'\n'),
        LineEnding::CrLf => csv::Terminator::CRLF,
    };
    let mut unguarded = csv::Writer::from_writer(Vec::new());
    records.into_iter().try_for_each(|record| unguarded.serialize(record)).ok()?;
    let unguarded = unguarded.into_inner().ok()?;
    let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(unguarded.as_slice());
    let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
    for row in rows.records() {
        for cell in &row.ok()? {
            writer.write_field(guard_formulas(cell).as_bytes()).ok()?;
        }
        writer.write_record(None::<&[u8]>).ok()?;
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

/// The signs with which a formula begins, and their full-width forms.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The characters after which a program begins a new cell, if its separator is not the comma.
const CELL_BOUNDARIES: [char; 4] = [';', '\t', '\n', '\r'];

/// Puts an apostrophe before everything in a CSV cell that a spreadsheet program could take for a formula: before the signs
/// at its start, and also after a semicolon, at which spreadsheet programs in many countries begin a new cell.
/// [`remove_formula_guards`] restores the text.
fn guard_formulas(cell: &str) -> Cow<'_, str> {
    let is_formula = |(index, part)| begins_as_formula(part, index == 0);
    if !cell.split_inclusive(CELL_BOUNDARIES).enumerate().any(is_formula) {
        return Cow::Borrowed(cell);
    }
    let mut guarded = String::with_capacity(cell.len() + 1);
    for (index, part) in cell.split_inclusive(CELL_BOUNDARIES).enumerate() {
        let (spaces, text) = part.split_at(spaces_before_guard(part, index == 0));
        guarded += spaces;
        if begins_as_formula(text, index == 0) {
            guarded.push('\'');
        }
        guarded += text;
    }
    Cow::Owned(guarded)
}

/// Removes the apostrophes of [`guard_formulas`], and no others.
pub fn remove_formula_guards(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    for (index, part) in cell.split_inclusive(CELL_BOUNDARIES).enumerate() {
        let (spaces, guarded) = part.split_at(spaces_before_guard(part, index == 0));
        text += spaces;
        let unguarded = guarded.strip_prefix('\'').filter(|rest| begins_as_formula(rest, index == 0));
        text += unguarded.unwrap_or(guarded);
    }
    text
}

/// The length of the spaces that stay before the apostrophe: none at the start of a cell, so that it comes first.
fn spaces_before_guard(part: &str, is_first: bool) -> usize {
    if is_first { 0 } else { part.len() - part.trim_start_matches(' ').len() }
}

/// Whether a part of a cell is a formula to a program that ignores white space, control characters, quotation marks and
/// invisible characters before the sign. Apostrophes are ignored too, so adding one does not change the answer:
/// [`remove_formula_guards`] therefore finds exactly those that were added.
fn begins_as_formula(part: &str, is_first: bool) -> bool {
    let is_ignored = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\'' | '"' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
    };
    // A tab or a line break at the start of a cell is never left as it is.
    let begins_with_control = is_first && part.trim_start_matches('\'').starts_with(['\t', '\r', '\n']);
    begins_with_control || part.trim_start_matches(is_ignored).starts_with(FORMULA_SIGNS)
}

/// The cells of a CSV file, row by row; an empty line is a row without cells. `None` if it cannot be read.
pub fn parse_csv(text: &str, delimiter: u8) -> Option<Vec<Vec<String>>> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().ok()?;
    let start = |record: Option<&csv::StringRecord>| {
        let byte = record.and_then(csv::StringRecord::position).map(csv::Position::byte);
        byte.and_then(|byte| usize::try_from(byte).ok()).unwrap_or(text.len())
    };
    let mut rows = Vec::new();
    // The number of line breaks since the last record. The first of them ends this record.
    let mut breaks = 1;
    for (index, record) in records.iter().enumerate() {
        // The parser skips empty lines. They are before or after a record in the part of the text that it takes for the record.
        let part = text.get(start(Some(record))..start(records.get(index + 1))).unwrap_or_default();
        let count = |ends: &str| ends.matches('\n').count();
        let before = part.len() - part.trim_start_matches(['\r', '\n']).len();
        let after = part.trim_end_matches(['\r', '\n']).len();
        breaks += count(&part[..before]);
        rows.extend(std::iter::repeat_n(Vec::new(), breaks.saturating_sub(1)));
        rows.push(record.iter().map(str::to_owned).collect());
        breaks = count(&part[after..]);
    }
    Some(rows)
}

/// The rows of a CSV file, read one at a time, so that a large file needs little memory. Reading ends at the first row that
/// cannot be read.
pub fn csv_rows(text: &str, delimiter: u8) -> impl Iterator<Item = csv::StringRecord> {
    let reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.into_records().map_while(Result::ok)
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

/// A value as JSON without white space, except that values begin on a line of their own down to `levels` levels.
/// `None` if a key is not a string.
pub fn to_compact_json(value: &impl Serialize, levels: usize) -> Option<String> {
    let mut json = Vec::new();
    let lines = JsonLines { levels, level: 0 };
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut json, lines)).ok()?;
    json.push(b'\n');
    String::from_utf8(json).ok()
}

/// Breaks the lines of [`to_compact_json`].
struct JsonLines {
    levels: usize,
    /// How many arrays and objects are open.
    level: usize,
}

impl JsonLines {
    fn begin_value<W: Write + ?Sized>(&self, writer: &mut W, is_first: bool) -> io::Result<()> {
        let separator: &[u8] = if is_first { b"" } else { b"," };
        writer.write_all(separator)?;
        if self.level <= self.levels { writer.write_all(b"\n") } else { Ok(()) }
    }
}

impl Formatter for JsonLines {
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.level += 1;
        writer.write_all(b"[")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, writer: &mut W, is_first: bool) -> io::Result<()> {
        self.begin_value(writer, is_first)
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.level -= 1;
        writer.write_all(b"]")
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.level += 1;
        writer.write_all(b"{")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, writer: &mut W, is_first: bool) -> io::Result<()> {
        self.begin_value(writer, is_first)
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.level -= 1;
        writer.write_all(b"}")
    }
}

/// A value as JSON on one line; `None` if a key is not a string.
pub fn to_json_line(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// What each line ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnding {
    /// As on Unix.
    Lf,
    /// As on Windows, and as RFC 4180 requires.
    CrLf,
}

/// An XML document or a web page that is being written, in UTF-8.
pub struct XmlWriter<W> {
    writer: Writer<W>,
    open: Vec<String>,
    /// The number of levels in which elements begin on a line of their own, without indentation. `None` if all elements do, with
    /// indentation.
    line_levels: Option<usize>,
}

impl XmlWriter<Vec<u8>> {
    /// Begins a web page.
    pub fn html() -> Self {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        assert_written(writer.write_event(XmlEvent::DocType(BytesText::from_escaped("html"))));
        Self { writer, open: Vec::new(), line_levels: None }
    }
}

impl<W: Write> XmlWriter<W> {
    /// Begins an XML document that is written to memory. Elements begin on a line of their own in the first `line_levels`
    /// levels, of which the root is one: there may be a hundred thousand records, in which indentation would be a
    /// tenth of the bytes.
    pub fn new(memory: W, line_levels: usize) -> Self {
        let mut writer = Writer::new(memory);
        assert_written(writer.write_event(XmlEvent::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))));
        Self { writer, open: Vec::new(), line_levels: Some(line_levels) }
    }

    pub fn empty_element(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.begin_line(self.open.len());
        assert_written(self.writer.write_event(XmlEvent::Empty(start(name, attributes))));
    }

    /// Writes an element whose text is not escaped, such as a style sheet; it must not contain `<` or `&`.
    pub fn raw_element(&mut self, name: &str, text: &str) {
        self.begin_line(self.open.len());
        assert_written(self.writer.write_event(XmlEvent::Start(start(name, &[]))));
        assert_written(self.writer.write_event(XmlEvent::Text(BytesText::from_escaped(text))));
        assert_written(self.writer.write_event(XmlEvent::End(BytesEnd::new(name))));
    }

    /// Begins an element that contains other elements.
    pub fn begin(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.begin_line(self.open.len());
        assert_written(self.writer.write_event(XmlEvent::Start(start(name, attributes))));
        self.open.push(name.to_owned());
    }

    /// Ends the innermost open element.
    pub fn end(&mut self) {
        if let Some(name) = self.open.pop() {
            // The end tag is on a line of its own if the elements inside are.
            self.begin_line(self.open.len() + 1);
            assert_written(self.writer.write_event(XmlEvent::End(BytesEnd::new(name))));
        }
    }

    /// Writes an element that contains a text.
    pub fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.begin_line(self.open.len());
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

    /// Begins a new line if elements at this level are on lines of their own.
    fn begin_line(&mut self, level: usize) {
        if self.line_levels.is_some_and(|levels| level < levels) {
            assert_written(self.writer.get_mut().write_all(b"\n"));
        }
    }
}

/// Writing to memory cannot fail.
fn assert_written(result: io::Result<()>) {
    debug_assert!(result.is_ok(), "{result:?}");
}

fn start<'n>(name: &'n str, attributes: &[(&str, &str)]) -> BytesStart<'n> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        start.push_attribute((*key, &*replace_invalid_characters(value)));
    }
    start
}

/// Replaces the characters that an XML document must not contain, not even escaped (XML 1.0, 2.2).
fn replace_invalid_characters(text: &str) -> Cow<'_, str> {
    let is_invalid = |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if !text.contains(is_invalid) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if is_invalid(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_of_csv_are_rows() {
        let rows = parse_csv("\r\n\na,\"b\n\n\"\n\n\nc\r\n\r\nd", b',').unwrap_or_default();
        let shown: Vec<String> = rows.iter().map(|row: &Vec<String>| row.join("|")).collect();
        assert_eq!(shown, ["", "", "a|b\n\n", "", "", "c", "", "d"]);
    }

    #[test]
    fn xml_can_contain_any_text() {
        let mut xml = XmlWriter::new(Vec::new(), 2);
        xml.begin("a", &[("b", "\"<&>\u{1}")]);
        xml.element("c", &[], "x < y && z \u{ffff}");
        let text = String::from_utf8(xml.finish()).unwrap();
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&quot;&lt;&amp;&gt;\u{fffd}\">\n<c>x &lt; y &amp;&amp; z \u{fffd}</c>\n</a>\n"
        );
    }

    #[test]
    fn lines_are_broken_in_the_first_levels_only() {
        let mut xml = XmlWriter::new(Vec::new(), 2);
        xml.begin("a", &[]);
        xml.begin("b", &[]);
        xml.element("c", &[], "1");
        xml.empty_element("d", &[]);
        xml.end();
        xml.empty_element("e", &[]);
        let text = String::from_utf8(xml.finish()).unwrap();
        assert_eq!(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n<b><c>1</c><d/></b>\n<e/>\n</a>\n");

        let value = json!({"a": [{"b": [1, 2], "c": {}}, []]});
        assert_eq!(to_compact_json(&value, 2).unwrap(), "{\n\"a\":[\n{\"b\":[1,2],\"c\":{}},\n[]]}\n");
        assert_eq!(to_compact_json(&value, 0).unwrap(), format!("{value}\n"));
    }

    #[test]
    fn csv_cells_are_quoted() {
        #[derive(Serialize)]
        struct Row(&'static str, u8);
        let rows = || [Row("a,\"b\"", 1)];
        assert_eq!(to_csv(rows(), LineEnding::CrLf).unwrap(), "\"a,\"\"b\"\"\",1\r\n");
        assert_eq!(to_csv(rows(), LineEnding::Lf).unwrap(), "\"a,\"\"b\"\"\",1\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (text, guarded) in [
            ("=1+1", "'=1+1"),
            ("+41 22 917", "'+41 22 917"),
            ("-x", "'-x"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("－1", "'－1"),
            ("\tx", "'\tx"),
            ("\r=x", "'\r'=x"),
            ("  =x", "'  =x"),
            ("\u{a0}\u{200b}=x", "'\u{a0}\u{200b}=x"),
            ("\"=x\"", "'\"=x\""),
            ("Women; =x", "Women; '=x"),
            ("a;\"=x", "a;'\"=x"),
            ("a\n=x", "a\n'=x"),
            // A title that itself begins with an apostrophe keeps it.
            ("'=x", "''=x"),
            ("''-x", "'''-x"),
            ("a; '-x", "a; ''-x"),
        ] {
            assert_eq!(guard_formulas(text), guarded, "{text:?}");
            assert_eq!(remove_formula_guards(guarded), text, "{guarded:?}");
        }
        for text in
            ["", "'", "'tis", "a=b", "1-2", "a; b", "S/RES/1325 (2000)", "–x", "a - b", "'a'; 'b'", "中文", "a;"]
        {
            assert_eq!(guard_formulas(text), text);
            assert_eq!(remove_formula_guards(text), text);
        }
        #[derive(Serialize)]
        struct Row(&'static str, u8);
        assert_eq!(to_csv([Row("=1;-2", 3)], LineEnding::Lf).unwrap(), "'=1;'-2,3\n");
    }

    #[test]
    fn the_guards_of_every_text_can_be_removed() {
        let alphabet = ['\'', '=', ';', ' ', '\t', '"', 'a'];
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            texts = texts.iter().flat_map(|text| alphabet.map(|c| format!("{text}{c}"))).collect();
            for text in &texts {
                let guarded = guard_formulas(text);
                assert_eq!(remove_formula_guards(&guarded), *text, "{guarded:?}");
                let is_formula = |cell: &str| cell.trim_matches([' ', '\t', '"']).starts_with('=');
                assert!(!guarded.split(CELL_BOUNDARIES).any(is_formula), "{guarded:?}");
            }
        }
    }
}
