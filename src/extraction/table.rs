//! Tables: CSV and workbooks. Their text for the search, and their first rows for the page of the report.

use serde::{Deserialize, Serialize};

use super::Extraction;
use super::compound::{CompoundFile, is_encrypted_workbook};
use super::office::{DRAWING_TEXT, read_member, with_metadata};
use crate::data_formats::csv_rows;
use crate::encodings::decode_text;
use crate::escaping::without_controls;
use crate::workbooks::{self, Sheet, WorkbookError};

/// How many rows of a table are shown, including the row of headings.
const SHOWN_ROWS: usize = 11;

/// How many columns of a table are shown.
const SHOWN_COLUMNS: u64 = 8;

/// How much of the text of a cell is shown, in characters.
const SHOWN_CHARACTERS: usize = 120;

/// The first rows of a table, as they are shown to readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TablePreview {
    /// At most 11 rows, including the row of headings, starting at the first row and column that have text. Each has at most 8
    /// cells of at most 120 characters, and no empty cells at its end.
    pub rows: Vec<Vec<String>>,
    /// The number of rows of the whole table, from the first to the last that has text.
    pub row_count: u64,
    /// The number of columns of the whole table, from the first to the last that has text.
    pub column_count: u64,
}

/// Collects the first rows of a table while its rows are read.
#[derive(Default)]
struct PreviewBuilder {
    /// The number of each row that is shown, and its cells that have text, each with the number of its column.
    rows: Vec<(u64, Vec<(u64, String)>)>,
    /// The first and the last row and column that have text.
    row_range: Option<(u64, u64)>,
    column_range: Option<(u64, u64)>,
}

impl PreviewBuilder {
    /// Adds a row below the earlier ones. `cells` are in the order of their columns.
    fn add_row<'c>(&mut self, number: u64, cells: impl Iterator<Item = (u64, &'c str)>) {
        let mut shown: Vec<(u64, String)> = Vec::new();
        let mut range: Option<(u64, u64)> = None;
        let first_row = self.row_range.map_or(number, |(first, _)| first);
        for (column, text) in cells.filter(|(_, text)| !text.trim().is_empty()) {
            let start = range.map_or(column, |(start, _)| start);
            range = Some((start, column));
            if number - first_row < SHOWN_ROWS as u64 && column - start < SHOWN_COLUMNS {
                shown.push((column, shorten(text)));
            }
        }
        let Some((start, end)) = range else { return };
        self.row_range = Some((first_row, number));
        let (first, last) = self.column_range.unwrap_or((start, end));
        self.column_range = Some((first.min(start), last.max(end)));
        if !shown.is_empty() {
            self.rows.push((number, shown));
        }
    }

    /// `None` if no cell has text.
    fn finish(self) -> Option<TablePreview> {
        let ((first_row, last_row), (first_column, last_column)) = (self.row_range?, self.column_range?);
        let mut rows: Vec<Vec<String>> = Vec::new();
        for (number, cells) in self.rows {
            let mut row = Vec::new();
            for (column, text) in cells {
                if column - first_column < SHOWN_COLUMNS {
                    row.resize_with(usize::try_from(column - first_column).unwrap_or_default(), String::new);
                    row.push(text);
                }
            }
            rows.resize_with(usize::try_from(number - first_row).unwrap_or_default(), Vec::new);
            rows.push(row);
        }
        while rows.last().is_some_and(Vec::is_empty) {
            rows.pop();
        }
        Some(TablePreview { rows, row_count: last_row - first_row + 1, column_count: last_column - first_column + 1 })
    }
}

/// The text of a cell on one line, shortened.
fn shorten(text: &str) -> String {
    // A cell may contain megabytes of text.
    let start: String = text.trim_start().chars().take(10 * SHOWN_CHARACTERS).collect();
    let line = start.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = without_controls(&line.collect::<Vec<_>>().join(" "));
    if line.chars().count() <= SHOWN_CHARACTERS {
        return line;
    }
    let kept: String = line.chars().take(SHOWN_CHARACTERS - 1).collect();
    format!("{}…", kept.trim_end())
}

/// A file of comma-separated values. `extension` is the extension of its name.
pub(super) fn extract_csv(bytes: &[u8], extension: &str) -> Extraction {
    let text = decode_text(bytes);
    let mut extraction = Extraction::from_text(&text);
    let (table, separator) = find_separator(&text, extension);
    let mut preview = PreviewBuilder::default();
    for (number, row) in (0..).zip(csv_rows(table, separator)) {
        preview.add_row(number, (0..).zip(row.iter()));
    }
    extraction.facts.table = preview.finish();
    extraction
}

/// The text of a table, and the separator of its cells: the one that divides the first rows most regularly. Some programs
/// name it in a first line such as `sep=;`.
fn find_separator<'t>(text: &'t str, extension: &str) -> (&'t str, u8) {
    const SEPARATORS: [u8; 4] = [b'\t', b';', b',', b'|'];
    let text = text.trim_start_matches('\u{feff}');
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some(separator) = rest.bytes().next().filter(|separator| SEPARATORS.contains(separator))
    {
        return (rest.split_once('\n').map_or("", |(_, table)| table), separator);
    }
    let start = &text[..text.floor_char_boundary(1 << 16)];
    // The share of rows that have the most frequent number of cells, in percent.
    let regularity = |separator: u8| {
        let mut counts: Vec<usize> = csv_rows(start, separator).take(50).map(|row| row.len()).collect();
        let rows = counts.len();
        counts.sort_unstable();
        let longest = counts.chunk_by(|a, b| a == b).filter(|same| same[0] > 1).map(<[usize]>::len).max();
        longest.unwrap_or_default() * 100 / rows.max(1)
    };
    let preferred = if extension == "tsv" { b'\t' } else { b',' };
    let mut best = (preferred, 0);
    for separator in SEPARATORS {
        let share = regularity(separator);
        if share > best.1 {
            best = (separator, share);
        }
    }
    (text, best.0)
}

/// A workbook. The text of each sheet begins a new part.
pub(super) fn extract_workbook(bytes: &[u8]) -> Extraction {
    if is_encrypted_workbook(bytes) {
        return Extraction::encrypted();
    }
    // The first bytes of Excel 2, 3 and 4.
    if matches!(bytes, [0x09, 0x00 | 0x02 | 0x04, ..]) {
        return Extraction::unreadable(
            "it was made by a version of Excel that is not supported: open it in LibreOffice and save it as .xlsx",
        );
    }
    match workbooks::read_sheets(bytes) {
        Ok(sheets) => {
            let extraction = Extraction::from_text(&(sheets_text(&sheets) + &drawings_text(bytes)));
            let mut extraction = match CompoundFile::open(bytes) {
                Some(mut file) => extraction.with_properties(&mut file),
                None => {
                    let core = read_member(bytes, "docProps/core.xml").or_else(|| read_member(bytes, "meta.xml"));
                    with_metadata(extraction, &core.unwrap_or_default())
                }
            };
            extraction.facts.table = preview(&sheets);
            extraction
        }
        Err(WorkbookError::Encrypted) => Extraction::encrypted(),
        Err(WorkbookError::TooLarge) => Extraction::unreadable(
            "it has more than 5 million cells with text, or more than 128 MiB of text: split it into several files, or save the table as .csv",
        ),
        Err(WorkbookError::Unreadable) => Extraction::unreadable("it is damaged, or not a workbook"),
    }
}

/// The text of the text boxes, diagrams and charts of an XLSX workbook.
fn drawings_text(bytes: &[u8]) -> String {
    // Their files are numbered from 1.
    const MAX_DRAWINGS: usize = 200;
    let mut text = String::new();
    // The names in charts are cells of the sheets, but their titles need not be.
    for (folder, name) in [("drawings", "drawing"), ("diagrams", "data"), ("charts", "chart"), ("charts", "chartEx")] {
        let drawings =
            (1..=MAX_DRAWINGS).map_while(|number| read_member(bytes, &format!("xl/{folder}/{name}{number}.xml")));
        for drawing in drawings {
            text.push('\n');
            text += &DRAWING_TEXT.read(&drawing);
        }
    }
    text
}

/// The names and cells of all sheets that have text.
fn sheets_text(sheets: &[Sheet]) -> String {
    let mut text = String::new();
    for sheet in sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        if !text.is_empty() {
            text.push('\u{c}');
        }
        text += &sheet.name;
        text.push('\n');
        for row in &sheet.rows {
            for (_, cell) in &row.cells {
                text += cell;
                text.push(' ');
            }
            text.push('\n');
        }
    }
    text
}

/// The first rows of the first visible sheet that has text; if there is none, of the first hidden one.
fn preview(sheets: &[Sheet]) -> Option<TablePreview> {
    let has_text = |sheet: &&Sheet| !sheet.rows.is_empty();
    let visible = sheets.iter().filter(|sheet| sheet.is_visible).find(has_text);
    let mut preview = PreviewBuilder::default();
    for row in &visible.or_else(|| sheets.iter().find(has_text))?.rows {
        let cells = row.cells.iter().map(|(column, text)| (u64::from(*column), text.as_str()));
        preview.add_row(u64::from(row.number), cells);
    }
    preview.finish()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::extraction::office::make_archive;

    fn csv(text: &str) -> TablePreview {
        extract_csv(text.as_bytes(), "csv").facts.table.unwrap()
    }

    #[test]
    fn the_separator_is_the_one_that_makes_a_table() {
        for text in [
            "name,value\nA,1\nB,2\n",
            "name;value\nA;1,5\nB;2,5\n",
            "name\tvalue\nA\t1;2\n",
            "name;value\n\"A; or\nB\";\"1\"\n",
            "sep=;\nname;value\nA,B,C;1\n",
            "\u{feff}name;value\nA;2\n",
        ] {
            let table = csv(text);
            assert_eq!(
                (&table.rows[0][..], table.column_count),
                (&["name".to_owned(), "value".to_owned()][..], 2),
                "{text}"
            );
        }
        assert_eq!(csv("one\ntwo, three\nfour\n").column_count, 2);
        assert_eq!(csv("name;value\r\n\"A\r\nB\";1\r\n").rows[1], ["A B", "1"]);
    }

    #[test]
    fn only_the_beginning_of_a_large_table_is_shown() {
        let row = |number: u32| (0..20).map(|column| format!("{number}.{column}")).collect::<Vec<_>>().join(",");
        let text: String = (0..5000).map(|number| row(number) + "\n").collect();
        let table = csv(&text);
        assert_eq!((table.row_count, table.column_count), (5000, 20));
        assert_eq!((table.rows.len(), table.rows[10].len()), (11, 8));
        assert_eq!(table.rows[10][7], "10.7");
        let long = csv(&format!("a,b\n{},2\n", "word ".repeat(100)));
        assert_eq!(long.rows[1][0].chars().count(), 120);
        assert!(long.rows[1][0].ends_with('…'));
    }

    #[test]
    fn empty_rows_and_cells_around_a_table_are_left_out() {
        let table = csv(",,,\n,a,b,\n,,,\n,c,,\n,,,\n");
        assert_eq!(table.rows, [vec!["a".to_owned(), "b".to_owned()], vec![], vec!["c".to_owned()]]);
        assert_eq!((table.row_count, table.column_count), (3, 2));
        assert_eq!(extract_csv(b",,\n,,\n", "csv").facts.table, None);
    }

    #[test]
    fn two_hundred_drawings_of_a_workbook_are_read() {
        let drawing = |number: usize| {
            (
                format!("xl/drawings/drawing{number}.xml"),
                format!("<xdr:txBody><a:p><a:t>box {number}</a:t></a:p></xdr:txBody>"),
            )
        };
        let drawings: Vec<(String, String)> = (1..=201).map(drawing).collect();
        let members: Vec<(&str, &[u8])> =
            drawings.iter().map(|(name, contents)| (name.as_str(), contents.as_bytes())).collect();
        let text = drawings_text(&make_archive(&members));
        assert_eq!(text.matches("box").count(), 200);
        assert!(text.contains("box 200"));
    }

    #[test]
    fn the_preview_of_a_workbook_shows_its_first_visible_sheet_with_text() {
        let sheet = |name: &str, is_visible, rows: Vec<(u32, Vec<(u32, &str)>)>| Sheet {
            name: name.to_owned(),
            is_visible,
            rows: rows
                .into_iter()
                .map(|(number, cells)| workbooks::SheetRow {
                    number,
                    cells: cells.into_iter().map(|(column, text)| (column, text.to_owned())).collect(),
                })
                .collect(),
        };
        let sheets = [
            sheet("Empty", true, vec![]),
            sheet("Notes", false, vec![(0, vec![(0, "hidden")])]),
            sheet("Wells", true, vec![(4, vec![(2, "well"), (3, "depth")]), (5, vec![(2, "A")])]),
        ];
        assert_eq!(preview(&sheets).unwrap().rows, [vec!["well".to_owned(), "depth".to_owned()], vec!["A".to_owned()]]);
        assert_eq!(sheets_text(&sheets), "Notes\nhidden \n\u{c}Wells\nwell depth \nA \n");
    }
}
