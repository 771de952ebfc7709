//! `catalogue.csv`: a line for each file, for spreadsheets.

use serde::Serialize;

use super::{Collection, InLanguage, Record, joined, one_line};
use crate::catalogue::{EditionRef, PublicationKind, StandardNumber};
use crate::compressed::CompressedBytes;
use crate::data_formats::{LineEnding, to_csv};
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
    publisher: Option<String>,
    subjects: String,
    summary: Option<String>,
    path: &'c str,
    media_type: &'static str,
    bytes: u64,
    kind: Option<&'static str>,
    place: Option<String>,
    series: Option<String>,
    isbn: String,
    issn: String,
    doi: Option<&'c str>,
    pages: Option<&'c str>,
    licence: Option<String>,
}

pub(super) fn write(collection: &Collection<'_>, _: &DiscPath) -> CompressedBytes {
    let lines = collection.records.iter().flat_map(|record| {
        let Record {
            key: _,
            language,
            section,
            id,
            title,
            summary,
            symbol,
            date,
            authors,
            subjects,
            kind,
            publisher,
            place,
            series,
            edition: EditionRef { isbn, issn, doi, pages },
            terms,
            files,
            others: _,
        } = record;
        let text = |text: &Option<InLanguage<'_>>| text.map(|text| text.line());
        let numbers = |numbers: &[StandardNumber]| joined(numbers.iter().map(|number| number.text.clone()), "; ");
        files.iter().map(move |file| Line {
            section: &section.id,
            report: id,
            symbol: *symbol,
            language: language.as_str(),
            title: title.line(),
            authors: joined(authors.iter().map(|author| one_line(author)), "; "),
            date: date.map(|date| date.to_string()),
            publisher: text(publisher),
            subjects: joined(subjects.iter().map(InLanguage::line), "; "),
            summary: text(summary),
            path: file.path.as_str(),
            media_type: file.media_type(),
            bytes: file.length,
            kind: kind.map(PublicationKind::name),
            place: text(place),
            series: text(series),
            isbn: numbers(isbn),
            issn: numbers(issn),
            doi: *doi,
            pages: *pages,
            licence: terms.map(|terms| terms.text.line()),
        })
    });
    // Without the mark Excel takes UTF-8 for the system's code page.
    CompressedBytes::new(format!("\u{feff}{}", to_csv(lines, LineEnding::CrLf).unwrap_or_default()).as_bytes())
}
