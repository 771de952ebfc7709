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

use crate::catalogue::{Catalogue, EditionRef, KnownLicence, Licence, PublicationKind, Report, Section, Text, Variant};
use crate::compressed::CompressedBytes;
use crate::file_formats::{Format, media_type};
use crate::language::{Language, PartialDate};
use crate::layout::{DiscPath, Layout};
use crate::parallel::parallel_map;

/// A format that the disc carries its catalogue in, for programs.
pub struct Export {
    /// What readers call it.
    pub label: &'static str,
    /// The key of the interface string that says what it is for.
    pub string_key: &'static str,
    portable_name: &'static str,
    /// Of at most eight and three characters.
    dos_name: &'static str,
    write: fn(&Collection<'_>, &DiscPath) -> CompressedBytes,
}

/// Every export, in the order in which pages offer them.
pub const EXPORTS: [Export; 6] = [
    Export {
        label: "CSV",
        string_key: "exports_csv",
        portable_name: "catalogue.csv",
        dos_name: "catalog.csv",
        write: table::write,
    },
    Export {
        label: "RIS",
        string_key: "exports_ris",
        portable_name: "catalogue.ris",
        dos_name: "catalog.ris",
        write: ris::write,
    },
    Export {
        label: "BibTeX",
        string_key: "exports_bib",
        portable_name: "catalogue.bib",
        dos_name: "catalog.bib",
        write: bibtex::write,
    },
    Export {
        label: "MARC 21",
        string_key: "exports_marc",
        portable_name: "marc21.xml",
        dos_name: "marc21.xml",
        write: marc::write,
    },
    Export {
        label: "Dublin Core",
        string_key: "exports_dc",
        portable_name: "dublin_core.xml",
        dos_name: "dublin.xml",
        write: dublin_core::write,
    },
    Export {
        label: "JSON",
        string_key: "exports_json",
        portable_name: "catalogue.json",
        dos_name: "catalog.jsn",
        write: json::write,
    },
];

impl Export {
    /// Where its file is on the disc.
    pub fn path(&self, layout: &Layout) -> DiscPath {
        layout.export(self.portable_name, self.dos_name)
    }
}

/// Every file of the catalogue: its path and its bytes.
pub fn files(catalogue: &Catalogue, layout: &Layout) -> Vec<(DiscPath, CompressedBytes)> {
    let collection = Collection::new(catalogue, layout);
    parallel_map(&EXPORTS, |export| {
        let path = export.path(layout);
        let bytes = (export.write)(&collection, &path);
        (path, bytes)
    })
}

/// What all records share.
struct Collection<'c> {
    catalogue: &'c Catalogue,
    /// The disc's title in its default language.
    title: InLanguage<'c>,
    publisher: Option<&'c str>,
    date: Option<PartialDate>,
    identifier: Option<&'c str>,
    default: &'c Language,
    records: Vec<Record<'c>>,
}

/// One language of a report, each text in that language if there is one. Every export names all fields, so that
/// the compiler points out the exports that a new field is missing from.
struct Record<'c> {
    /// `section:report:language`, unique on the disc.
    key: String,
    language: &'c Language,
    section: &'c Section,
    /// The report's id.
    id: &'c str,
    title: InLanguage<'c>,
    summary: Option<InLanguage<'c>>,
    symbol: Option<&'c str>,
    date: Option<PartialDate>,
    authors: &'c [String],
    subjects: Vec<InLanguage<'c>>,
    kind: Option<PublicationKind>,
    /// The report's own, else the disc's.
    publisher: Option<InLanguage<'c>>,
    place: Option<InLanguage<'c>>,
    series: Option<InLanguage<'c>>,
    edition: EditionRef<'c>,
    terms: Option<Terms<'c>>,
    files: Vec<File<'c>>,
    /// The records of the same report in other languages.
    others: Vec<Other<'c>>,
}

/// The terms of use of a report: its licence, else the terms of the disc.
#[derive(Clone, Copy)]
struct Terms<'c> {
    text: InLanguage<'c>,
    /// The licence, if it has an identifier.
    licence: Option<&'c KnownLicence>,
    /// Whether they are the report's own.
    is_own: bool,
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
    fn new(catalogue: &'c Catalogue, layout: &'c Layout) -> Self {
        let disc = &catalogue.disc;
        let default = disc.default_language();
        let mut records = Vec::new();
        for (s, r, report) in catalogue.reports() {
            let section = &catalogue.sections[s];
            let Report {
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
                edition,
                licence,
                variants,
            } = report;
            let key = |language: &Language| format!("{}:{id}:{}", section.id, language.as_str());
            let title = |variant: &'c Variant| match &variant.title {
                Some(title) => InLanguage { text: title, language: Some(&variant.language) },
                None => InLanguage::of(title, &variant.language, default),
            };
            for (v, variant) in variants.iter().enumerate() {
                let language = &variant.language;
                let files = variant.files.iter().enumerate().map(|(f, file)| File {
                    path: layout.document(s, r, v, f),
                    length: catalogue.source(file.source).length,
                    extension: &file.extension,
                });
                let others = variants.iter().filter(|other| other.language != *language);
                let text = |text: &'c Text| InLanguage::of(text, language, default);
                let own_terms = licence.as_ref().map(|licence| match licence {
                    Licence::Known(known) => {
                        let text = InLanguage { text: &known.name, language: None };
                        Terms { text, licence: Some(known), is_own: true }
                    }
                    Licence::Text(words) => Terms { text: text(words), licence: None, is_own: true },
                });
                let disc_publisher = || Some(InLanguage { text: disc.publisher.as_deref()?, language: None });
                let disc_terms = || Some(Terms { text: text(disc.rights.as_ref()?), licence: None, is_own: false });
                records.push(Record {
                    key: key(language),
                    language,
                    section,
                    id,
                    title: title(variant),
                    summary: summary.as_ref().map(text),
                    symbol: symbol.as_deref(),
                    date: *date,
                    authors,
                    subjects: subjects.iter().map(text).collect(),
                    kind: *kind,
                    publisher: publisher.as_ref().map(text).or_else(disc_publisher),
                    place: place.as_ref().map(text),
                    series: series.as_ref().map(text),
                    edition: variant.edition.or(edition),
                    terms: own_terms.or_else(disc_terms),
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
            catalogue,
            title: InLanguage::of(&disc.title, default, default),
            publisher: disc.publisher.as_deref(),
            date: disc.date,
            identifier: disc.identifier.as_deref(),
            default,
            records,
        }
    }
}

impl<'c> InLanguage<'c> {
    fn of(text: &'c Text, wanted: &'c Language, default: &'c Language) -> Self {
        let shown = text.localised(wanted, default);
        let language = match text {
            // A name or a number: in no language that is known.
            Text::Same(_) => None,
            Text::PerLanguage(_) => Some(shown.other_language.unwrap_or(wanted)),
        };
        Self { text: shown.text, language }
    }

    /// The text as one line.
    fn line(&self) -> String {
        one_line(self.text)
    }
}

impl Record<'_> {
    /// Whether it is something to read: by its kind, else if any of its files is a text.
    fn is_text(&self) -> bool {
        match self.kind {
            Some(
                PublicationKind::Report
                | PublicationKind::Book
                | PublicationKind::Article
                | PublicationKind::Guidelines
                | PublicationKind::Brief
                | PublicationKind::Resolution
                | PublicationKind::Presentation,
            ) => true,
            Some(PublicationKind::Map | PublicationKind::Dataset | PublicationKind::Video | PublicationKind::Audio) => {
                false
            }
            Some(PublicationKind::Other) | None => self.files.iter().any(File::is_text),
        }
    }
}

impl File<'_> {
    /// Whether its format is one of words to read, as opposed to pictures, sounds, tables and archives.
    fn is_text(&self) -> bool {
        Format::from_extension(self.extension).is_some_and(|format| format.is_text)
    }

    /// The media type of its extension.
    fn media_type(&self) -> &'static str {
        media_type(self.extension)
    }
}

/// How many pages there are, or which, in the English that catalogues use: of a number of pages `120 pages`, else as
/// it is written.
fn extent(pages: &str) -> String {
    match pages.parse::<u32>() {
        Ok(1) => "1 page".to_owned(),
        Ok(number) => format!("{number} pages"),
        Err(_) => one_line(pages),
    }
}

/// The first and the last page, of a text such as `12-34`.
fn page_range(pages: &str) -> Option<(&str, &str)> {
    let (first, last) = pages.split_once(['-', '–', '—'])?;
    let (first, last) = (first.trim(), last.trim());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (is_number(first) && is_number(last)).then_some((first, last))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strings::KEYS;

    #[test]
    fn pages_are_counted_or_a_range() {
        assert_eq!(extent("1"), "1 page");
        assert_eq!(extent("120"), "120 pages");
        assert_eq!(extent("xii, 120 p."), "xii, 120 p.");
        assert_eq!(page_range("12–34"), Some(("12", "34")));
        assert_eq!(page_range("xii-120"), None);
        assert_eq!(page_range("120"), None);
    }

    #[test]
    fn exports_have_strings_and_names_of_both_styles() {
        for export in EXPORTS {
            assert!(KEYS.contains(&export.string_key), "{}", export.string_key);
            let parts = export.dos_name.split_once('.').map(|(stem, extension)| (stem.len(), extension.len()));
            assert!(parts.is_some_and(|(stem, extension)| stem <= 8 && extension <= 3), "{}", export.dos_name);
            assert!(export.portable_name.len() <= 30);
        }
    }
}
