//! Reads the cells of the register, a text file (CSV) or a workbook, in a worker process.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::dates::{self, CellDate};
use super::headings::{self, MAX_HEADING_SEARCH_ROWS};
use crate::data_formats;
use crate::language::LanguageNames;
use crate::system::open_regular_file;
use crate::workbooks::{self, Sheet, SheetDetails, WorkbookError};
use crate::worker::{self, Limits, WorkerFailure};

/// The name of the hidden command that reads the register.
const COMMAND: &str = "read-register";

/// The maximum length of a register in bytes.
const MAX_REGISTER_BYTES: u64 = 64 << 20;

/// The time and memory that reading a register may take. A workbook of 20 kB can declare cells that take hundreds of gigabytes.
const LIMITS: Limits = Limits { seconds: 30, memory_bytes: 1 << 30 };

/// The separators of cells that text files may use.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The maximum number of bytes for copies of the texts of merged cells.
const MAX_FILLED_BYTES: usize = 64 << 20;

/// The row and the column of a cell, from 0.
type Position = (usize, usize);

/// The cells of the register.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RegisterCells {
    /// The texts, row by row.
    pub rows: Vec<Vec<String>>,
    /// Where the links of cells lead.
    pub(super) links: Vec<(Position, String)>,
    /// The first and the last cell of each group of merged cells. Only the first has a text.
    pub(super) merged: Vec<(Position, Position)>,
    /// The cells with an error, or with a formula whose value was not saved.
    pub(super) without_value: Vec<Position>,
    /// The name of the sheet that was read; empty for a text file.
    pub(super) sheet: String,
    /// The names of other sheets that could also be registers.
    pub(super) other_sheets: Vec<String>,
}

/// Why the register cannot be read.
#[derive(Debug)]
pub enum RegisterError {
    /// The file cannot be read.
    Io(io::Error),
    /// The contents cannot be read, for this reason.
    Content(String),
    /// The user has interrupted the program.
    Interrupted,
}

/// Reads the cells of the register in a worker process of `program`.
///
/// # Errors
/// [`RegisterError`].
pub fn read_register_in_worker(
    program: &Path,
    register: &Path,
    interrupted: &AtomicBool,
) -> Result<RegisterCells, RegisterError> {
    let file = open_register(register).map_err(RegisterError::Io)?;
    let extension =
        register.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    let failed = |why: String| RegisterError::Content(format!("{why}; save only the table itself as .csv"));
    let bytes =
        worker::run(program, &[COMMAND, "--", &extension], file, LIMITS, interrupted).map_err(
            |failure| match failure {
                WorkerFailure::Interrupted => RegisterError::Interrupted,
                WorkerFailure::NotStarted(error) => RegisterError::Io(error),
                WorkerFailure::TooSlow => failed(format!("reading it takes more than {} seconds", LIMITS.seconds)),
                WorkerFailure::Exhausted => {
                    failed(format!("reading it needs more than {} MiB of memory", LIMITS.memory_bytes >> 20))
                }
                WorkerFailure::TooLarge => failed("it is too large".to_owned()),
                WorkerFailure::Crashed | WorkerFailure::Failed => failed("the program that reads it failed".to_owned()),
            },
        )?;
    let cells = worker::decode::<Result<RegisterCells, String>>(&bytes);
    cells
        .unwrap_or_else(|| Err("the program that reads it returned nothing".to_owned()))
        .map_err(RegisterError::Content)
}

fn open_register(register: &Path) -> io::Result<File> {
    let file = open_regular_file(register)?;
    if file.metadata()?.len() > MAX_REGISTER_BYTES {
        return Err(io::Error::other(format!("it is larger than {} MiB", MAX_REGISTER_BYTES >> 20)));
    }
    Ok(file)
}

/// Reads the cells of the register from `input`; runs in the worker process. `decode` turns the bytes of a text file into text.
pub fn read_register(input: &mut dyn Read, extension: &str, decode: impl FnOnce(&[u8]) -> String) -> Vec<u8> {
    let mut bytes = Vec::new();
    let cells = match input.take(MAX_REGISTER_BYTES).read_to_end(&mut bytes) {
        Ok(_) => read_cells(bytes, extension, decode),
        Err(error) => Err(error.to_string()),
    };
    worker::encode(&cells)
}

/// Reads the cells, and removes the apostrophes that keep spreadsheet programs from taking a text for a formula.
fn read_cells(bytes: Vec<u8>, extension: &str, decode: impl FnOnce(&[u8]) -> String) -> Result<RegisterCells, String> {
    let mut cells =
        if matches!(extension, "csv" | "tsv" | "txt") { read_text(&decode(&bytes))? } else { read_workbook(&bytes)? };
    for text in cells.rows.iter_mut().flatten() {
        *text = data_formats::remove_formula_guards(text);
    }
    Ok(cells)
}

/// Reads a text file. The separator is the one with which the most headings are recognised, unless the file states it.
fn read_text(text: &str) -> Result<RegisterCells, String> {
    let not_a_table = || "it is not a table of comma-separated values; save it again as .csv or .xlsx".to_owned();
    // Some programs write the separator on a line of its own.
    let (stated, text) = match text.strip_prefix("sep=").and_then(|rest| rest.split_at_checked(1)) {
        Some((sign, rest)) if rest.starts_with(['\r', '\n']) => (sign.bytes().next(), rest),
        _ => (None, text),
    };
    let parse = |separator: u8| data_formats::parse_csv(text, separator);
    if let Some(separator) = stated {
        // `text` still begins with the end of the stated line, so rows keep the numbers that people see.
        reject_open_quotes(text, separator)?;
        let rows = parse(separator).ok_or_else(not_a_table)?;
        return Ok(RegisterCells { rows, ..RegisterCells::default() });
    }
    let names = LanguageNames::default();
    let sample = first_lines(text, MAX_HEADING_SEARCH_ROWS);
    let first_line = text.lines().next().unwrap_or_default();
    let rank = |separator: &u8| {
        let rows = data_formats::parse_csv(sample, *separator).unwrap_or_default();
        let headings = rows.iter().map(|row| headings::count_recognised(row, &names)).max().unwrap_or(0);
        (headings, first_line.bytes().filter(|byte| byte == separator).count())
    };
    // `max_by_key` returns the last of equal separators, so the order is reversed to prefer the first.
    let separator = SEPARATORS.into_iter().rev().max_by_key(rank).unwrap_or(b',');
    reject_open_quotes(text, separator)?;
    let rows = parse(separator).ok_or_else(not_a_table)?;
    Ok(RegisterCells { rows, ..RegisterCells::default() })
}

/// Rejects a text in which a cell begins with a quotation mark and has none at its end: it would contain all rows below.
fn reject_open_quotes(text: &str, separator: u8) -> Result<(), String> {
    let (mut line, mut opened) = (1, None);
    let (mut is_start, mut may_close) = (true, false);
    for byte in text.bytes() {
        match byte {
            // Two quotation marks in a quoted cell mean one.
            b'"' if opened.is_some() => may_close = !may_close,
            b'"' if is_start => opened = Some(line),
            _ if may_close => (opened, may_close) = (None, false),
            _ => {}
        }
        line += usize::from(byte == b'\n');
        is_start = opened.is_none() && (byte == separator || matches!(byte, b'\r' | b'\n'));
    }
    match opened.filter(|_| !may_close) {
        Some(line) => Err(format!(
            "the cell in line {line} that begins with a quotation mark has none at its end, so all rows below would be part of it; close it, or save the list again as .xlsx, .ods or .csv"
        )),
        None => Ok(()),
    }
}

/// The first lines of a text. If they end inside a quoted cell, the parser ends that cell at the end of the text.
fn first_lines(text: &str, count: usize) -> &str {
    let end = text.match_indices('\n').nth(count).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// Reads the sheet in which the most headings are recognised; of several, the first. Hidden sheets are read only if all are
/// hidden.
fn read_workbook(bytes: &[u8]) -> Result<RegisterCells, String> {
    let mut sheets = workbooks::read_sheets(bytes).map_err(|error| match error {
        WorkbookError::Unreadable => "it is not a spreadsheet; save it as .xlsx, .ods or .csv".to_owned(),
        WorkbookError::Encrypted => "it is protected by a password; save it without one".to_owned(),
        WorkbookError::TooLarge => "it has too many cells; save only the table itself as .csv".to_owned(),
    })?;
    sheets.retain(|sheet| !sheet.rows.is_empty());
    if sheets.iter().any(|sheet| sheet.is_visible) {
        sheets.retain(|sheet| sheet.is_visible);
    }
    let names = LanguageNames::default();
    let count_headings = |sheet: &Sheet| {
        let rows = sheet.rows.iter().take(MAX_HEADING_SEARCH_ROWS);
        let texts = rows.map(|row| row.cells.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>());
        texts.map(|row| headings::count_recognised(&row, &names)).max().unwrap_or(0)
    };
    let counts: Vec<usize> = sheets.iter().map(count_headings).collect();
    let best = (0..sheets.len()).rev().max_by_key(|index| counts.get(*index));
    let best = best.ok_or_else(|| "all its sheets are empty; check that it is the right file".to_owned())?;
    let is_register =
        |(index, _): &(usize, &Sheet)| *index != best && counts.get(*index).is_some_and(|count| *count > 1);
    let other_sheets = sheets.iter().enumerate().filter(is_register).map(|(_, sheet)| sheet.name.clone()).collect();
    let sheet = sheets.swap_remove(best);
    let last_row = sheet.rows.last().map_or(0, |row| row.number);
    let SheetDetails { links, merged, date_lengths, shown_dates, without_value } =
        workbooks::read_details(bytes, &sheet.name, last_row);
    let name = sheet.name.clone();
    let mut cells = RegisterCells { sheet: name, other_sheets, rows: sheet.all_rows(), links, merged, without_value };
    for ((row, column), length) in date_lengths {
        if let Some(cell) = cells.cell(row, column).filter(|cell| cell.is_char_boundary(length)) {
            cell.truncate(length);
        }
    }
    for ((row, column), shown) in shown_dates {
        let CellDate::Date(shown) = dates::read(&shown) else { continue };
        let shown = shown.to_string();
        if let Some(cell) = cells.cell(row, column).filter(|cell| cell.starts_with(&shown)) {
            *cell = shown;
        }
    }
    Ok(cells)
}

impl RegisterCells {
    fn cell(&mut self, row: usize, column: usize) -> Option<&mut String> {
        self.rows.get_mut(row).and_then(|cells| cells.get_mut(column))
    }

    /// The text of a cell; empty if there is no such cell.
    pub(super) fn text(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|cells| cells.get(column)).map_or("", |text| text.trim())
    }

    /// Where the links of cells lead, by cell. Links within the workbook and to mail addresses are left out.
    pub(super) fn links(&self) -> HashMap<Position, &str> {
        let leads_to_file =
            |target: &str| !target.is_empty() && !target.starts_with('#') && !target.starts_with("mailto:");
        let links = self.links.iter().filter(|(_, target)| leads_to_file(target));
        links.map(|(at, target)| (*at, target.as_str())).collect()
    }

    /// Copies the text of cells that are merged in one column into all their rows. Groups that begin before `from_row`, and columns for which
    /// `is_kept` is true, are left as they are.
    pub(super) fn fill_merged(&mut self, from_row: usize, is_kept: impl Fn(usize) -> bool) {
        let mut filled = 0;
        let links: HashMap<Position, String> = self.links.iter().cloned().collect();
        for ((first_row, column), (last_row, last_column)) in std::mem::take(&mut self.merged) {
            // Cells merged across columns are a heading above the table.
            if last_column > column || first_row < from_row || is_kept(column) {
                continue;
            }
            let text = self.text(first_row, column).to_owned();
            let link = links.get(&(first_row, column));
            for row in (first_row + 1)..=last_row.min(self.rows.len().saturating_sub(1)) {
                filled += 1 + text.len() + column + link.map_or(0, String::len);
                if filled > MAX_FILLED_BYTES {
                    return;
                }
                let Some(cells) = self.rows.get_mut(row) else { break };
                if cells.len() <= column {
                    cells.resize(column + 1, String::new());
                }
                if let Some(cell) = cells.get_mut(column).filter(|cell| cell.trim().is_empty()) {
                    cell.clone_from(&text);
                    self.links.extend(link.cloned().map(|target| ((row, column), target)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_the_one_that_gives_headings() {
        let semicolons = "List, of 5, documents\n\nFile;Title\na.pdf;One, two, three\n";
        let cells = read_text(semicolons).unwrap_or_default();
        assert_eq!(cells.rows.last().map(Vec::len), Some(2), "{cells:?}");
        let stated = read_text("sep=;\r\nFile;Title\r\na.pdf;A\r\n").unwrap_or_default();
        assert_eq!((stated.text(2, 0), stated.text(1, 1)), ("a.pdf", "Title"), "{stated:?}");
    }

    #[test]
    fn quotation_marks_that_are_not_closed_are_rejected() {
        for text in [
            "File,Title\na.pdf,\"The \"\"wells\"\", all\nof them\"\nb.pdf,\"Roads\"",
            "File,Title\na.pdf,\"Wells\" and pumps\nb.pdf,a 5\" pipe\n",
            "File,Title\r\na.pdf,\"\"\r\n",
            "File,Title\na.pdf,\"Wells\"\"\"",
        ] {
            assert!(read_text(text).is_ok(), "{text}");
        }
        for text in [
            "File,Title\na.pdf,Wells\nb.pdf,\"Roads\nc.pdf,Pumps\n",
            "File;Title\r\na.pdf;Wells\r\n\"b.pdf\"\";Roads\r\nc.pdf;Pumps",
            "sep=;\nFile;Title\na.pdf;\"Wells\"\"",
        ] {
            let error = read_text(text).expect_err(text);
            assert!(error.starts_with("the cell in line 3 that begins with a quotation mark"), "{text}: {error}");
        }
    }
}
