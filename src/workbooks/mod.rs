//! Reads workbooks of spreadsheet programs: their sheets, with the text of each cell. The only module that uses `calamine`.

mod details;

use std::collections::HashSet;
use std::io::Cursor;

use calamine::{Data, DataRef, DataType, ExcelDateTime, Reader, SheetType, SheetVisible, Sheets, XlsError, XlsxError};

use crate::archive;
use crate::data_formats::{XmlEvent, XmlReader, XmlStart, resolve_predefined_entity};

pub use details::{SheetDetails, read_details};

/// A workbook in memory.
type Workbook<'b> = Sheets<Cursor<&'b [u8]>>;

/// The maximum number of cells with text in a workbook.
const MAX_CELLS: usize = 5_000_000;

/// The maximum total length of the texts in a workbook, in bytes. A file of a few kilobytes can repeat one text endlessly.
const MAX_TEXT_BYTES: usize = 128 << 20;

/// The maximum size of an unpacked member of an OpenDocument file, in bytes. Other formats are unpacked by `calamine`, without this
/// limit.
const MAX_MEMBER_BYTES: u64 = 256 << 20;

/// Why a workbook cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkbookError {
    /// It is not a workbook, or it is damaged.
    Unreadable,
    /// It needs a password.
    Encrypted,
    /// It has more than [`MAX_CELLS`] cells with text, or more than [`MAX_TEXT_BYTES`] bytes of text.
    TooLarge,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    pub is_visible: bool,
    /// The rows that have text, from top to bottom.
    pub rows: Vec<SheetRow>,
}

/// A row of a sheet that has text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// The number of the row, from 0.
    pub number: u32,
    /// The columns, from 0, and the texts of the cells that have text, from left to right.
    pub cells: Vec<(u32, String)>,
}

impl Sheet {
    /// All rows of the sheet up to the last row that has text, each with all cells up to its last cell that has text.
    pub fn all_rows(self) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        for row in self.rows {
            all.resize_with(row.number as usize, Vec::new);
            let mut cells = Vec::new();
            for (column, text) in row.cells {
                cells.resize_with(column as usize, String::new);
                cells.push(text);
            }
            all.push(cells);
        }
        all
    }
}

/// Reads all sheets of a workbook: XLSX, XLSB, XLS or ODS, which is recognised by the contents. Dates are written as 2008-06-30.
///
/// # Errors
/// [`WorkbookError`].
pub fn read_sheets(bytes: &[u8]) -> Result<Vec<Sheet>, WorkbookError> {
    if let Some(content) = archive::read_member(bytes, "content.xml", MAX_MEMBER_BYTES) {
        let manifest = archive::read_member(bytes, "META-INF/manifest.xml", MAX_MEMBER_BYTES).unwrap_or_default();
        if String::from_utf8_lossy(&manifest).contains("encryption-data") {
            return Err(WorkbookError::Encrypted);
        }
        return read_ods(&String::from_utf8_lossy(&content));
    }
    let mut workbook = open(bytes)?;
    let mut contents = Contents::default();
    // A sheet that is only a chart repeats the cells of another sheet.
    for sheet in workbook.sheets_metadata().to_vec().into_iter().filter(|sheet| sheet.typ != SheetType::ChartSheet) {
        contents.begin_sheet(sheet.name.clone(), sheet.visible == SheetVisible::Visible);
        match &mut workbook {
            Sheets::Xlsx(workbook) => {
                let Ok(mut cells) = workbook.worksheet_cells_reader(&sheet.name) else { continue };
                // If the sheet is damaged, the cells before the damage are kept.
                while let Ok(Some((cell, style))) = cells.next_cell_with_style_id() {
                    let (row, column) = cell.get_position();
                    let format = cells.styles().get(style).and_then(|style| style.number_format.as_ref());
                    let format = format.map_or("", |format| format.format_code.as_str());
                    contents.add(row, column, with_leading_zeros(cell_text(cell.get_value()), format))?;
                }
            }
            other => {
                let Ok(range) = other.worksheet_range(&sheet.name) else { continue };
                let (first_row, first_column) = range.start().unwrap_or_default();
                for (row, column, value) in range.used_cells() {
                    let position =
                        |first: u32, offset: usize| first.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
                    contents.add(
                        position(first_row, row),
                        position(first_column, column),
                        cell_text(&to_data_ref(value)),
                    )?;
                }
            }
        }
    }
    Ok(contents.sheets)
}

fn open(bytes: &[u8]) -> Result<Workbook<'_>, WorkbookError> {
    // An encrypted XLSX file has the same container as an XLS file.
    let is_encrypted = match calamine::Xls::new(Cursor::new(bytes)) {
        Ok(workbook) => return Ok(Sheets::Xls(workbook)),
        Err(error) => matches!(error, XlsError::Password),
    };
    if is_encrypted || matches!(calamine::Xlsx::new(Cursor::new(bytes)), Err(XlsxError::Password)) {
        return Err(WorkbookError::Encrypted);
    }
    calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|_| WorkbookError::Unreadable)
}

/// Reads the sheets of an OpenDocument spreadsheet. A small file can say that a cell or row is repeated a million times, so only cells
/// with text are stored.
fn read_ods(content: &str) -> Result<Vec<Sheet>, WorkbookError> {
    let mut reader = XmlReader::from_str(content);
    let mut contents = Contents::default();
    let mut styles = HiddenStyles::default();
    let (mut row, mut rows, mut column, mut depth) = (0u32, 1, 0u32, 0u32);
    let mut cells: Vec<(u32, String)> = Vec::new();
    let mut cell: Option<OdsCell> = None;
    // The depth inside an element that is not part of the table, such as a comment; 0 outside.
    let mut skipped = 0u32;
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            // If the file is damaged, the cells before the damage are kept.
            Err(_) => return Ok(contents.sheets),
        };
        match event {
            XmlEvent::Start(_) if skipped > 0 => skipped += 1,
            XmlEvent::End(_) if skipped > 0 => skipped -= 1,
            _ if skipped > 0 && !matches!(event, XmlEvent::Eof) => {}
            XmlEvent::Start(start) => match start.local_name().as_ref() {
                "annotation" | "tracked-changes" | "shapes" | "forms" | "dde-links" => skipped = 1,
                "style" | "table-properties" => styles.read(&start),
                "table" => {
                    depth += 1;
                    if depth == 1 {
                        let style = attribute(&start, "style-name").unwrap_or_default();
                        contents.begin_sheet(
                            attribute(&start, "name").unwrap_or_default(),
                            !styles.hidden.contains(&style),
                        );
                        row = 0;
                    }
                }
                "table-row" if depth == 1 => {
                    (rows, column) = (repeats(&start, "number-rows-repeated"), 0);
                    cells.clear();
                }
                "table-cell" | "covered-table-cell" if depth == 1 => cell = Some(OdsCell::new(&start)),
                "p" | "h" => {
                    if let Some(cell) = cell.as_mut().filter(|cell| !cell.text.is_empty()) {
                        cell.text.push('\n');
                    }
                }
                _ => {}
            },
            XmlEvent::Empty(empty) => match empty.local_name().as_ref() {
                "style" | "table-properties" => styles.read(&empty),
                "table-row" if depth == 1 => row = row.saturating_add(repeats(&empty, "number-rows-repeated")),
                "table-cell" | "covered-table-cell" if depth == 1 => {
                    OdsCell::new(&empty).finish(&mut column, &mut cells)?;
                }
                "s" | "tab" | "line-break" => {
                    if let Some(cell) = &mut cell {
                        cell.text.push(' ');
                    }
                }
                _ => {}
            },
            XmlEvent::End(end) => match end.local_name().as_ref() {
                "table" => depth = depth.saturating_sub(1),
                "table-cell" | "covered-table-cell" if depth == 1 => {
                    if let Some(cell) = cell.take() {
                        cell.finish(&mut column, &mut cells)?;
                    }
                }
                "table-row" if depth == 1 => {
                    for number in if cells.is_empty() { row..row } else { row..row.saturating_add(rows) } {
                        for (column, text) in &cells {
                            contents.add(number, *column, text.clone())?;
                        }
                    }
                    row = row.saturating_add(rows);
                }
                _ => {}
            },
            XmlEvent::Text(piece) => {
                if let Some(cell) = &mut cell {
                    cell.text.push_str(&piece);
                }
            }
            XmlEvent::GeneralRef(reference) => {
                if let Some(cell) = &mut cell {
                    if let Ok(Some(character)) = reference.resolve_char_ref() {
                        cell.text.push(character);
                    } else if let Some(known) = resolve_predefined_entity(&reference) {
                        cell.text.push_str(known);
                    }
                }
            }
            XmlEvent::Eof => return Ok(contents.sheets),
            _ => {}
        }
    }
}

/// The names of the table styles that hide a sheet.
#[derive(Default)]
struct HiddenStyles {
    current: String,
    hidden: HashSet<String>,
}

impl HiddenStyles {
    fn read(&mut self, element: &XmlStart<'_>) {
        if element.local_name().as_ref() == "style" {
            self.current = attribute(element, "name").unwrap_or_default();
        } else if attribute(element, "display").as_deref() == Some("false") {
            self.hidden.insert(self.current.clone());
        }
    }
}

/// Whether a cell of an OpenDocument spreadsheet has an error instead of a value.
fn is_error(element: &XmlStart<'_>) -> bool {
    let mut attributes = element.attributes().flatten();
    attributes.any(|attribute| attribute.key.as_ref() == "calcext:value-type" && attribute.value.as_ref() == "error")
}

/// A cell of an OpenDocument spreadsheet.
struct OdsCell {
    repeated: u32,
    /// If the cell contains a date or a number: the value as text, which is used instead of `text`.
    value: Option<String>,
    is_error: bool,
    /// The text that a spreadsheet program shows.
    text: String,
}

impl OdsCell {
    fn new(element: &XmlStart<'_>) -> Self {
        let is_error = is_error(element);
        let value = match attribute(element, "value-type").as_deref() {
            Some("date") => attribute(element, "date-value").map(|moment| {
                let moment = moment.replace('T', " ");
                let moment = moment.split('.').next().unwrap_or_default();
                let moment = moment.strip_suffix(":00").unwrap_or(moment);
                moment.strip_suffix(" 00:00").unwrap_or(moment).to_owned()
            }),
            Some("float") => attribute(element, "value").and_then(|number| number.parse().ok()).map(number_text),
            _ => None,
        };
        let repeated = repeats(element, "number-columns-repeated");
        Self { repeated, value, is_error, text: String::new() }
    }

    /// Adds the cell to the row, as often as it is repeated.
    fn finish(self, column: &mut u32, cells: &mut Vec<(u32, String)>) -> Result<(), WorkbookError> {
        let start = *column;
        *column = column.saturating_add(self.repeated);
        let shown = self.text.trim();
        // The number format may add leading zeros.
        let is_padded = |value: &str| {
            shown.starts_with('0')
                && shown.bytes().all(|byte| byte.is_ascii_digit())
                && shown.trim_start_matches('0') == value
        };
        let text = self.value.as_deref().filter(|value| !is_padded(value)).unwrap_or(shown).trim();
        if text.is_empty() || self.is_error {
            return Ok(());
        }
        let total = (self.repeated as usize).saturating_mul(text.len());
        if cells.len() + self.repeated as usize > MAX_CELLS || total > MAX_TEXT_BYTES {
            return Err(WorkbookError::TooLarge);
        }
        cells.extend((start..*column).map(|column| (column, text.to_owned())));
        Ok(())
    }
}

/// The value of the attribute with this name; prefixes are ignored.
fn attribute(element: &XmlStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes().flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(Default::default()).ok().map(|value| value.into_owned())
}

/// A number with the leading zeros that its number format adds: 12 is shown as 0012 with the format `0000`.
fn with_leading_zeros(text: String, format: &str) -> String {
    let is_padding = format.len() > 1 && format.bytes().all(|byte| byte == b'0');
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    let width = if is_padding && is_number { format.len().min(MAX_PADDING) } else { 0 };
    format!("{text:0>width$}")
}

/// The most digits that a number format fills up with zeros.
const MAX_PADDING: usize = 20;

/// How often a cell or row is repeated.
fn repeats(element: &XmlStart<'_>, name: &str) -> u32 {
    attribute(element, name).and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// The sheets read so far.
#[derive(Default)]
struct Contents {
    sheets: Vec<Sheet>,
    cells: usize,
    text_bytes: usize,
}

impl Contents {
    fn begin_sheet(&mut self, name: String, is_visible: bool) {
        self.sheets.push(Sheet { name, is_visible, rows: Vec::new() });
    }

    /// Adds a cell to the last sheet. Cells without text are left out.
    fn add(&mut self, row: u32, column: u32, text: String) -> Result<(), WorkbookError> {
        let Some(sheet) = self.sheets.last_mut() else { return Ok(()) };
        if text.is_empty() {
            return Ok(());
        }
        self.cells += 1;
        self.text_bytes += text.len();
        if self.cells > MAX_CELLS || self.text_bytes > MAX_TEXT_BYTES {
            return Err(WorkbookError::TooLarge);
        }
        match sheet.rows.last_mut() {
            Some(last) if last.number == row => {
                // A file may have cells twice or out of order. A cell that is not to the right of the last one is left out.
                if last.cells.last().is_none_or(|(before, _)| *before < column) {
                    last.cells.push((column, text));
                }
            }
            Some(last) if last.number > row => {}
            _ => sheet.rows.push(SheetRow { number: row, cells: vec![(column, text)] }),
        }
        Ok(())
    }
}

fn to_data_ref(value: &Data) -> DataRef<'_> {
    match value {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => DataRef::SharedString(text),
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::Error(_) | Data::Empty => DataRef::Empty,
        // The variants depend on the features of `calamine` that the build enables.
        #[allow(unreachable_patterns)]
        _ => DataRef::Empty,
    }
}

/// The value of a cell as text. The number format of the cell is ignored.
fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => moment_text(*moment),
        // The variants depend on the features of `calamine` that the build enables.
        #[allow(unreachable_patterns)]
        other => other.as_string().unwrap_or_default(),
    }
}

/// A date as 2008-06-30, a date with a time as 2008-06-30 14:05, a time or a duration as 14:05.
fn moment_text(moment: ExcelDateTime) -> String {
    let days = moment.as_f64();
    if moment.is_duration() || (0.0..1.0).contains(&days) {
        let seconds = (days.abs() * 86_400.0).round();
        // Saturates: no real duration is that long.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let seconds = seconds as u64;
        let sign = if days < 0.0 { "-" } else { "" };
        let time = format!("{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
        return if seconds.is_multiple_of(60) { time } else { format!("{time}:{:02}", seconds % 60) };
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second) {
        (0, 0, 0) => date,
        (_, _, 0) => format!("{date} {hour:02}:{minute:02}"),
        _ => format!("{date} {hour:02}:{minute:02}:{second:02}"),
    }
}

/// A number with at most 15 digits, as spreadsheet programs show it: 0.1 + 0.2 is 0.3.
fn number_text(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    let size = rounded.abs();
    if size != 0.0 && !(1e-9..1e16).contains(&size) { format!("{rounded:e}") } else { rounded.to_string() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        for (number, text) in [
            (5.0, "5"),
            (-0.5, "-0.5"),
            (0.1 + 0.2, "0.3"),
            (1234567890123.0, "1234567890123"),
            (1e300, "1e300"),
            (0.0, "0"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn a_number_format_may_add_leading_zeros() {
        for (text, format, shown) in [
            ("12", "0000", "0012"),
            ("12345", "0000", "12345"),
            ("12", "0", "12"),
            ("12", "General", "12"),
            ("12", "#,##0", "12"),
            ("1.5", "000", "1.5"),
            ("x", "000", "x"),
            ("", "000", ""),
        ] {
            assert_eq!(with_leading_zeros(text.to_owned(), format), shown, "{text} {format}");
        }
        let content = "<table:table table:name=\"A\"><table:table-row><table:table-cell office:value-type=\"float\" office:value=\"12\">\
            <text:p>0012</text:p></table:table-cell><table:table-cell office:value-type=\"float\" office:value=\"1234\"><text:p>1,234</text:p>\
            </table:table-cell></table:table-row></table:table>";
        let texts =
            read_ods(content).map(|sheets| sheets.into_iter().flat_map(Sheet::all_rows).flatten().collect::<Vec<_>>());
        assert_eq!(texts, Ok(vec!["0012".to_owned(), "1234".to_owned()]));
    }

    #[test]
    fn dates_and_times_are_written_in_iso_form() {
        use calamine::ExcelDateTimeType::{DateTime, TimeDelta};
        for (days, kind, text) in [
            (39_629.0, DateTime, "2008-06-30"),
            (39_629.5, DateTime, "2008-06-30 12:00"),
            (39_629.000_011_574, DateTime, "2008-06-30 00:00:01"),
            (0.25, DateTime, "06:00"),
            (1.5, TimeDelta, "36:00"),
        ] {
            assert_eq!(moment_text(ExcelDateTime::new(days, kind, false)), text);
        }
    }

    #[test]
    fn rows_and_cells_keep_their_places() {
        let mut contents = Contents::default();
        contents.begin_sheet("A".to_owned(), true);
        for (row, column, text) in
            [(1, 1, "b"), (1, 0, "late"), (1, 1, "twice"), (3, 0, "a"), (2, 0, "late"), (4, 0, "")]
        {
            contents.add(row, column, text.to_owned()).unwrap();
        }
        let rows = contents.sheets.pop().unwrap().all_rows();
        assert_eq!(rows, [vec![], vec![String::new(), "b".to_owned()], vec![], vec!["a".to_owned()]]);
    }

    #[test]
    fn the_cells_of_an_open_document_spreadsheet_are_read() {
        let content = "<office:automatic-styles><style:style style:name=\"ta2\"><style:table-properties table:display=\"false\"/></style:style>\
            </office:automatic-styles><table:table table:name=\"Wells &amp; tanks\">\
            <table:shapes><draw:frame><text:p>A drawing</text:p></draw:frame></table:shapes>\
            <table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
            <table:table-row><table:table-cell/><table:table-cell><office:annotation><text:p>No</text:p></office:annotation>\
            <text:p>One<text:s/>&lt;two</text:p><text:p>three</text:p></table:table-cell>\
            <table:table-cell office:value-type=\"date\" office:date-value=\"2008-06-30T00:00:00\"><text:p>30/06/08</text:p></table:table-cell>\
            <table:table-cell office:value-type=\"float\" office:value=\"1234.5\" table:number-columns-repeated=\"2\"><text:p>1,234.50</text:p></table:table-cell>\
            </table:table-row><table:table-row table:number-rows-repeated=\"1048573\"><table:table-cell table:number-columns-repeated=\"16384\"/>\
            </table:table-row></table:table><table:table table:name=\"B\" table:style-name=\"ta2\"/>";
        let sheets = read_ods(content).unwrap();
        assert_eq!((&*sheets[0].name, sheets[0].is_visible), ("Wells & tanks", true));
        let cells = ["One <two\nthree", "2008-06-30", "1234.5", "1234.5"];
        let cells = (1..).zip(cells.map(str::to_owned)).collect();
        assert_eq!(sheets[0].rows, [SheetRow { number: 2, cells }]);
        assert_eq!(sheets.len(), 1);
        let hidden = content.replace("\"ta2\"/>", "\"ta2\"></table:table>");
        assert!(!read_ods(&hidden).unwrap()[1].is_visible);
    }

    #[test]
    fn repeated_cells_do_not_exhaust_memory() {
        let cell = "<table:table-cell table:number-columns-repeated=\"16384\"><text:p>x</text:p></table:table-cell>";
        let table = format!(
            "<table:table><table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row></table:table>"
        );
        assert_eq!(read_ods(&table), Err(WorkbookError::TooLarge));
        let wide = cell.replace("16384", "4294967295");
        assert_eq!(read_ods(&format!("<table:table><table:table-row>{wide}")), Err(WorkbookError::TooLarge));
    }

    #[test]
    fn files_that_are_not_workbooks_are_unreadable() {
        for bytes in [&b""[..], b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a,b"] {
            assert_eq!(read_sheets(bytes), Err(WorkbookError::Unreadable));
        }
    }
}
