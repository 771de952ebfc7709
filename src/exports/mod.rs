//! The catalogue for library systems, reference managers and spreadsheets: the same records in six
//! formats, on the disc beside the pages.
//!
//! A record describes one language of a report, as libraries catalogue translations; the records of a
//! report name each other. `docs/exports.md` says what goes where.

mod bibtex;
mod dublin_core;
mod json;
mod marc;
mod ris;
mod table;

use crate::catalogue::{Catalogue, Report, Section, Text, Variant};
use crate::language::{Language, PartialDate};
use crate::layout::{DiscPath, Export, Layout};
use crate::packed::Packed;
use crate::parallel::in_parallel;

/// Every file of the catalogue: its path and its bytes.
pub fn files(catalogue: &Catalogue, layout: &Layout) -> Vec<(DiscPath, Packed)> {
    let collection = Collection::of(catalogue, layout);
    let exports: Vec<(Export, &DiscPath)> = layout.exports().collect();
    in_parallel(&exports, |(export, path)| {
        let bytes = match export {
            Export::Marc => marc::file(&collection),
            Export::DublinCore => dublin_core::file(&collection),
            Export::Ris => Packed::of(&ris::file(&collection, path)),
            Export::BibTex => Packed::of(&bibtex::file(&collection, path)),
            Export::Csv => Packed::of(&table::file(&collection)),
            Export::Json => Packed::of(&json::file(catalogue, &collection)),
        };
        ((*path).clone(), bytes)
    })
}

/// What all records share.
struct Collection<'c> {
    /// The disc's title in its default language.
    title: InLanguage<'c>,
    publisher: Option<&'c str>,
    date: Option<PartialDate>,
    identifier: Option<&'c str>,
    rights: Option<&'c Text>,
    default: &'c Language,
    records: Vec<Record<'c>>,
}

/// One language of a report.
struct Record<'c> {
    /// `section:report:language`, unique on the disc.
    key: String,
    language: &'c Language,
    section: &'c Section,
    report: &'c Report,
    title: InLanguage<'c>,
    summary: Option<InLanguage<'c>>,
    subjects: Vec<InLanguage<'c>>,
    files: Vec<File<'c>>,
    /// The records of the same report in other languages.
    others: Vec<Other<'c>>,
}

/// What a record says of another of the same report.
struct Other<'c> {
    key: String,
    language: &'c Language,
    title: InLanguage<'c>,
}

/// A text, and the language it is in if that is known.
#[derive(Clone, Copy)]
struct InLanguage<'c> {
    text: &'c str,
    language: Option<&'c Language>,
}

/// A file of a record.
struct File<'c> {
    path: &'c DiscPath,
    /// Bytes.
    length: u64,
    extension: &'c str,
}

impl<'c> Collection<'c> {
    fn of(catalogue: &'c Catalogue, layout: &'c Layout) -> Self {
        let disc = &catalogue.disc;
        let default = disc.default_language();
        let mut records = Vec::new();
        for (s, r, report) in catalogue.reports() {
            let section = &catalogue.sections[s];
            let key = |language: &Language| format!("{}:{}:{}", section.id, report.id, language.as_str());
            let title = |variant: &'c Variant| match &variant.title {
                Some(title) => InLanguage { text: title, language: Some(&variant.language) },
                None => InLanguage::of(&report.title, &variant.language, default),
            };
            for (v, variant) in report.variants.iter().enumerate() {
                let language = &variant.language;
                let files = variant.files.iter().enumerate().map(|(f, file)| File {
                    path: layout.document(s, r, v, f),
                    length: catalogue.source(file.source).length,
                    extension: &file.extension,
                });
                let others = report.variants.iter().filter(|other| other.language != *language);
                records.push(Record {
                    key: key(language),
                    language,
                    section,
                    report,
                    title: title(variant),
                    summary: report.summary.as_ref().map(|summary| InLanguage::of(summary, language, default)),
                    subjects: report
                        .subjects
                        .iter()
                        .map(|subject| InLanguage::of(subject, language, default))
                        .collect(),
                    files: files.collect(),
                    others: others
                        .map(|other| Other {
                            key: key(&other.language),
                            language: &other.language,
                            title: title(other),
                        })
                        .collect(),
                });
            }
        }
        Self {
            title: InLanguage::of(&disc.title, default, default),
            publisher: disc.publisher.as_deref(),
            date: disc.date,
            identifier: disc.identifier.as_deref(),
            rights: disc.rights.as_ref(),
            default,
            records,
        }
    }

    /// The terms of use for the readers of a language.
    fn rights_in(&self, language: &'c Language) -> Option<InLanguage<'c>> {
        self.rights.map(|rights| InLanguage::of(rights, language, self.default))
    }
}

impl<'c> InLanguage<'c> {
    fn of(text: &'c Text, wanted: &'c Language, default: &'c Language) -> Self {
        let shown = text.shown(wanted, default);
        let language = match text {
            // A name or a number: in no language that is known.
            Text::Same(_) => None,
            Text::PerLanguage(_) => Some(shown.other.unwrap_or(wanted)),
        };
        Self { text: shown.text, language }
    }

    /// The text as one line.
    fn line(&self) -> String {
        one_line(self.text)
    }
}

impl Record<'_> {
    /// Whether any of its files is a text.
    fn is_text(&self) -> bool {
        self.files.iter().any(File::is_text)
    }
}

impl File<'_> {
    /// Whether it is of a format of texts, as opposed to pictures, sounds and archives.
    fn is_text(&self) -> bool {
        let kind = self.media_type();
        let document = |part: &str| kind.contains(part);
        kind.starts_with("text/")
            || ["pdf", "word", "opendocument.text", "rtf", "epub", "xhtml", "xml"].into_iter().any(document)
    }

    /// The media type of its extension (RFC 6838); `application/octet-stream` if none is known.
    fn media_type(&self) -> &'static str {
        mime_guess::from_ext(self.extension).first_raw().unwrap_or("application/octet-stream")
    }
}

/// A text as one line: formats of lines have no other.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Several values in one field.
fn joined(values: impl Iterator<Item = String>, between: &str) -> String {
    values.collect::<Vec<_>>().join(between)
}
