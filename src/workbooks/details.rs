//! Reads the links and merged cells of a sheet, and how precisely its dates are shown.

use std::collections::HashSet;
use std::io::Cursor;

use calamine::{DataRef, Reader, Sheets, Xlsx};

use super::{MAX_MEMBER_BYTES, Workbook, attribute, is_error, open, repeats};
use crate::archive;
use crate::data_formats::{XmlEvent, XmlReader, XmlStart, resolve_predefined_entity};

/// A row and a column, counted from 0.
pub type Position = (usize, usize);

/// Everything that is read of a sheet besides the texts of its cells.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SheetDetails {
    /// Where the links of cells lead.
    pub links: Vec<(Position, String)>,
    /// The first and the last cell of each group of merged cells.
    pub merged: Vec<(Position, Position)>,
    /// The cells that show less than a whole date, in an Excel workbook: 4 for the year, 7 for the year and the month (the number of characters
    /// of `2021-06`).
    pub date_lengths: Vec<(Position, usize)>,
    /// The texts that cells show for their dates, in an OpenDocument spreadsheet.
    pub shown_dates: Vec<(Position, String)>,
    /// The cells with an error, such as `#N/A`, and those with a formula whose value was not saved: programs that write workbooks without
    /// a spreadsheet program cannot compute it.
    pub without_value: Vec<Position>,
}

/// Reads the details of a sheet. The dates and formulas of an Excel workbook after `last_row`, the last row that has text, are not read,
/// because a million rows may be only formatted; links and merged cells may be in later rows. Details that cannot be read are left out.
pub fn read_details(bytes: &[u8], sheet: &str, last_row: u32) -> SheetDetails {
    if let Some(content) = archive::read_member(bytes, "content.xml", MAX_MEMBER_BYTES) {
        return read_ods_details(&String::from_utf8_lossy(&content), sheet);
    }
    let mut details = SheetDetails::default();
    let Ok(mut workbook) = open(bytes) else { return details };
    let merged = match &mut workbook {
        Sheets::Xlsx(workbook) => {
            let links = workbook.hyperlinks_by_sheet_name(sheet).unwrap_or_default();
            details.links.extend(links.into_iter().filter_map(|link| Some((position(link.range.start), link.target?))));
            let merged = workbook.merge_cells_by_sheet_name(sheet).unwrap_or_default();
            details.date_lengths = date_lengths(workbook, sheet, last_row);
            details.without_value = cells_without_value(workbook, sheet, last_row);
            merged
        }
        Sheets::Xls(workbook) => workbook.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
        Sheets::Ods(_) | Sheets::Xlsb(_) => Vec::new(),
    };
    details.merged = merged.iter().map(|range| (position(range.start), position(range.end))).collect();
    details.links.extend(formula_links(&mut workbook, sheet, last_row));
    details
}

fn position((row, column): (u32, u32)) -> Position {
    (row as usize, column as usize)
}

/// Finds the dates that are shown without the day or the month: if people type “June 2021”, a spreadsheet program stores the first
/// day of that month.
fn date_lengths(workbook: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, last_row: u32) -> Vec<(Position, usize)> {
    let mut lengths = Vec::new();
    let Ok(mut cells) = workbook.worksheet_cells_reader(sheet) else { return lengths };
    while let Ok(Some((cell, style))) = cells.next_cell_with_style_id() {
        if cell.get_position().0 > last_row {
            break;
        }
        if !matches!(cell.get_value(), DataRef::DateTime(_)) {
            continue;
        }
        let format = cells.styles().get(style).and_then(|style| style.number_format.as_ref());
        if let Some(length) = format.and_then(|format| shown_length(format.format_code.as_str())) {
            lengths.push((position(cell.get_position()), length));
        }
    }
    lengths
}

/// Finds the cells with an error, and those with a formula whose value was not saved. A formula with the value "" is not among them.
fn cells_without_value(workbook: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, last_row: u32) -> Vec<Position> {
    let mut found = Vec::new();
    let mut with_value = HashSet::new();
    let Ok(mut cells) = workbook.worksheet_cells_reader(sheet) else { return found };
    while let Ok(Some(cell)) = cells.next_cell()
        && cell.get_position().0 <= last_row
    {
        match cell.get_value() {
            DataRef::Error(_) => found.push(position(cell.get_position())),
            DataRef::Empty => {}
            _ => _ = with_value.insert(cell.get_position()),
        }
    }
    drop(cells);
    let Ok(mut formulas) = workbook.worksheet_cells_reader(sheet) else { return found };
    while let Ok(Some(formula)) = formulas.next_formula()
        && formula.get_position().0 <= last_row
    {
        // Cells without a formula have an empty one.
        if !formula.get_value().is_empty()
            && !with_value.contains(&formula.get_position())
            && !found.contains(&position(formula.get_position()))
        {
            found.push(position(formula.get_position()));
        }
    }
    found
}

/// How many characters of 2021-06-01 a number format shows: 4 for only the year, 7 for year and month, otherwise `None`.
fn shown_length(format: &str) -> Option<usize> {
    let mut is_text = false;
    let mut letters = String::new();
    // Texts in quotes and in brackets are not parts of the date.
    for c in format.chars() {
        match c {
            '"' => is_text = !is_text,
            '[' | ']' => is_text = c == '[',
            ';' => break,
            c if !is_text => letters.extend(c.to_lowercase()),
            _ => {}
        }
    }
    let has = |letter: char| letters.contains(letter);
    match () {
        () if !has('y') || has('d') || has('h') || has('s') => None,
        () if has('m') => Some(7),
        () => Some(4),
    }
}

/// The links in formulas: `=HYPERLINK("a.pdf"; "A")`.
fn formula_links(workbook: &mut Workbook<'_>, sheet: &str, last_row: u32) -> Vec<(Position, String)> {
    let mut links = Vec::new();
    if let Sheets::Xlsx(workbook) = workbook {
        let Ok(mut cells) = workbook.worksheet_cells_reader(sheet) else { return links };
        while let Ok(Some(cell)) = cells.next_formula()
            && cell.get_position().0 <= last_row
        {
            let target = link_in_formula(cell.get_value()).map(str::to_owned);
            links.extend(target.map(|target| (position(cell.get_position()), target)));
        }
        return links;
    }
    let Ok(formulas) = workbook.worksheet_formula(sheet) else { return links };
    let (first_row, first_column) = formulas.start().map_or((0, 0), position);
    let link = |(row, column, formula): (usize, usize, &String)| {
        Some(((first_row + row, first_column + column), link_in_formula(formula)?.to_owned()))
    };
    links.extend(formulas.used_cells().filter_map(link));
    links
}

fn link_in_formula(formula: &str) -> Option<&str> {
    const FUNCTION: &str = "HYPERLINK(";
    let start = formula.to_ascii_uppercase().find(FUNCTION)? + FUNCTION.len();
    let (target, _) = formula.get(start..)?.trim_start().strip_prefix('"')?.split_once('"')?;
    Some(target)
}

/// Reads the details of a sheet of an OpenDocument spreadsheet.
fn read_ods_details(content: &str, sheet: &str) -> SheetDetails {
    let mut reader = XmlReader::from_str(content);
    let mut table = OdsTable::default();
    // The depth inside a comment, which has paragraphs and links of its own; 0 outside.
    let mut skipped = 0u32;
    loop {
        let event = match reader.read_event() {
            Ok(XmlEvent::Eof) | Err(_) => return table.details,
            Ok(event) => event,
        };
        match event {
            XmlEvent::Start(_) if skipped > 0 => skipped += 1,
            XmlEvent::End(_) if skipped > 0 => skipped -= 1,
            _ if skipped > 0 => {}
            XmlEvent::Start(start) if start.local_name().as_ref() == "annotation" => skipped = 1,
            XmlEvent::Start(start) => table.start(&start, sheet),
            XmlEvent::Empty(empty) => {
                table.start(&empty, sheet);
                table.end(empty.local_name().as_ref());
            }
            XmlEvent::Text(text) => table.text.push_str(&text),
            XmlEvent::GeneralRef(entity) => {
                table.text.push_str(resolve_predefined_entity(&entity).unwrap_or_default());
            }
            XmlEvent::End(end) => table.end(end.local_name().as_ref()),
            _ => {}
        }
    }
}

/// The state of reading the details of an OpenDocument spreadsheet.
#[derive(Default)]
struct OdsTable {
    details: SheetDetails,
    /// Whether the reader is in the sheet whose details are read.
    is_in_sheet: bool,
    row: usize,
    column: usize,
    /// How many times the current row and the current cell are repeated.
    repeated: (usize, usize),
    is_date: bool,
    /// The text that the current cell shows.
    text: String,
}

impl OdsTable {
    fn start(&mut self, element: &XmlStart<'_>, sheet: &str) {
        let number = |name: &str| repeats(element, name) as usize;
        match element.local_name().as_ref() {
            "table" => {
                self.is_in_sheet = attribute(element, "name").as_deref() == Some(sheet);
                (self.row, self.column) = (0, 0);
            }
            _ if !self.is_in_sheet => {}
            "table-row" => (self.column, self.repeated.0) = (0, number("number-rows-repeated")),
            "table-cell" | "covered-table-cell" => {
                self.repeated.1 = number("number-columns-repeated");
                self.is_date = attribute(element, "date-value").is_some();
                if is_error(element) {
                    self.details.without_value.push((self.row, self.column));
                }
                self.text.clear();
                let (rows, columns) = (number("number-rows-spanned"), number("number-columns-spanned"));
                if rows > 1 || columns > 1 {
                    let last = (self.row.saturating_add(rows) - 1, self.column.saturating_add(columns) - 1);
                    self.details.merged.push(((self.row, self.column), last));
                }
            }
            "a" => {
                let target = attribute(element, "href");
                self.details.links.extend(target.map(|target| ((self.row, self.column), target)));
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "table" => self.is_in_sheet = false,
            _ if !self.is_in_sheet => {}
            "table-row" => self.row = self.row.saturating_add(self.repeated.0),
            "table-cell" | "covered-table-cell" => {
                if std::mem::take(&mut self.is_date) {
                    self.details.shown_dates.push(((self.row, self.column), std::mem::take(&mut self.text)));
                }
                self.column = self.column.saturating_add(self.repeated.1);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_format_tells_how_much_of_a_date_is_shown() {
        for (format, length) in [
            ("yyyy-mm-dd", None),
            ("mmm-yy", Some(7)),
            ("[$-40C]mmmm yyyy", Some(7)),
            ("yyyy", Some(4)),
            ("\"day\" yyyy", Some(4)),
            ("General", None),
            ("m/d/yy h:mm", None),
            ("yyyy/m;@", Some(7)),
        ] {
            assert_eq!(shown_length(format), length, "{format}");
        }
    }

    #[test]
    fn links_in_formulas_are_read() {
        assert_eq!(link_in_formula("of:=HYPERLINK(\"a.pdf\";\"A\")"), Some("a.pdf"));
        assert_eq!(link_in_formula("hyperlink( \"a b.pdf\",B2)"), Some("a b.pdf"));
        assert_eq!(link_in_formula("HYPERLINK(B2)"), None);
        assert_eq!(link_in_formula("SUM(A1:A3)"), None);
    }

    #[test]
    fn the_details_of_an_open_document_spreadsheet_are_read() {
        let content = "<table:table table:name=\"A\"><table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>\
            <table:table-row><table:table-cell table:number-rows-spanned=\"2\"><office:annotation><text:a xlink:href=\"no\"/></office:annotation>\
            <text:p><text:a xlink:href=\"a%20b.pdf\">A &amp; B</text:a></text:p></table:table-cell>\
            <table:table-cell office:value-type=\"date\" office:date-value=\"2021-06-01\"><text:p>June 2021</text:p></table:table-cell>\
            <table:table-cell calcext:value-type=\"error\"><text:p>#N/A</text:p></table:table-cell>\
            </table:table-row></table:table><table:table table:name=\"B\"><table:table-row><table:table-cell><text:a xlink:href=\"b\"/>";
        assert_eq!(
            read_ods_details(content, "A"),
            SheetDetails {
                links: vec![((2, 0), "a%20b.pdf".to_owned())],
                merged: vec![((2, 0), (3, 0))],
                date_lengths: Vec::new(),
                shown_dates: vec![((2, 1), "June 2021".to_owned())],
                without_value: vec![(2, 2)],
            }
        );
    }
}
