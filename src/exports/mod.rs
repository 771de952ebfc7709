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
    fn new(catalogue: &'c Catalogue, layout: &'c Layout) -> Self {
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
            catalogue,
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
    /// Whether its format is one of words to read, as opposed to pictures, sounds, tables and archives.
    fn is_text(&self) -> bool {
        Format::from_extension(self.extension).is_some_and(|format| format.is_text)
    }

    /// The media type of its extension.
    fn media_type(&self) -> &'static str {
        media_type(self.extension)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strings::KEYS;

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
