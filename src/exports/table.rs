//! `catalogue.csv`: a line for each file, for spreadsheets.

use serde::Serialize;

use super::{Collection, InLanguage, joined, one_line};
use crate::compressed::CompressedBytes;
use crate::data_formats::{Lines, csv};
use crate::layout::DiscPath;

/// A file with all that is known of its report.
#[derive(Serialize)]
struct Line<'c> {
    section: &'c str,
    report: &'c str,
    symbol: Option<&'c str>,
    language: &'c str,
    title: String,
    authors: String,
    date: Option<String>,
    publisher: Option<&'c str>,
    subjects: String,
    summary: Option<String>,
    path: &'c str,
    media_type: &'static str,
    bytes: u64,
}

pub(super) fn write(collection: &Collection<'_>, _: &DiscPath) -> CompressedBytes {
    let lines = collection.records.iter().flat_map(|record| {
        record.files.iter().map(|file| Line {
            section: &record.section.id,
            report: &record.report.id,
            symbol: record.report.symbol.as_deref(),
            language: record.language.as_str(),
            title: record.title.line(),
            authors: joined(record.report.authors.iter().map(|author| one_line(author)), "; "),
            date: record.report.date.map(|date| date.to_string()),
            publisher: collection.publisher,
            subjects: joined(record.subjects.iter().map(InLanguage::line), "; "),
            summary: record.summary.map(|summary| summary.line()),
            path: file.path.as_str(),
            media_type: file.media_type(),
            bytes: file.length,
        })
    });
    // Without the mark Excel takes UTF-8 for the system's code page.
    CompressedBytes::new(format!("\u{feff}{}", csv(lines, Lines::CrLf).unwrap_or_default()).as_bytes())
}
