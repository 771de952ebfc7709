//! `catalogue.csv`: a row for each file, for spreadsheets.

use serde::Serialize;

use super::{BibliographicRecord, Collection, TextWithLanguage, join, one_line};
use crate::catalogue::{PublicationKind, PublicationNumbersRef, StandardNumber};
use crate::compressed::CompressedBytes;
use crate::data_formats::{LineEnding, to_csv};
use crate::layout::DiscPath;

/// A file with all fields of its report.
#[derive(Serialize)]
struct CsvRow<'c> {
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
    /// In the default language of the disc in all rows.
    section_title: String,
}

pub(super) fn write_csv(collection: &Collection<'_>, _: &DiscPath) -> CompressedBytes {
    let rows = collection.records.iter().flat_map(|record| {
        let BibliographicRecord {
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
            numbers: PublicationNumbersRef { isbn, issn, doi, pages },
            terms,
            files,
            other_languages: _,
        } = record;
        let text = |text: &Option<TextWithLanguage<'_>>| text.map(|text| text.line());
        let numbers = |numbers: &[StandardNumber]| join(numbers.iter().map(|number| number.text.clone()), "; ");
        files.iter().map(move |file| CsvRow {
            section: &section.id,
            report: id,
            symbol: *symbol,
            language: language.as_str(),
            title: title.line(),
            authors: join(authors.iter().map(|author| one_line(author.filed()).into_owned()), "; "),
            date: date.map(|date| date.to_string()),
            publisher: text(publisher),
            subjects: join(subjects.iter().map(TextWithLanguage::line), "; "),
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
            section_title: collection.localise(&section.title).line(),
        })
    });
    // Without the byte order mark, Excel reads the file in the system's code page.
    CompressedBytes::new(format!("\u{feff}{}", to_csv(rows, LineEnding::CrLf).unwrap_or_default()).as_bytes())
}
