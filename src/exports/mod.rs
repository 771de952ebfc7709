//! The catalogue for library systems, reference managers and spreadsheets. Every format has the same records.
//!
//! A record describes one language variant of a report, because libraries catalogue translations separately. The records
//! of a report refer to each other. `docs/exports.md` lists the fields of each format.

mod bibtex;
mod dspace;
mod dublin_core;
mod json;
mod marc;
mod ris;
mod ro_crate;
mod table;

pub use dspace::{DspaceItem, describe_items};

use std::borrow::Cow;

use crate::catalogue::{
    Author, Catalogue, KnownLicence, Licence, PublicationKind, PublicationNumbersRef, Report, Section, Text, Variant,
};
use crate::checksum::Digest;
use crate::compressed::CompressedBytes;
use crate::extraction::{Extractions, PdfFormat};
use crate::file_formats::{Format, media_type, pronom_id_of_pdf};
use crate::language::{Language, PartialDate};
use crate::layout::{DiscPath, Layout};
use crate::parallel::parallel_map;
use crate::site::RewrittenFiles;

/// A format in which other programs can read the catalogue from the disc.
pub struct Export {
    /// The name of the format, as readers see it.
    pub label: &'static str,
    /// The key of the interface string that says what the format is for.
    pub string_key: &'static str,
    portable_name: &'static str,
    /// A name of at most eight characters and an extension of at most three.
    dos_name: &'static str,
    write: fn(&Collection<'_>, &DiscPath) -> CompressedBytes,
}

/// How the disc was made.
#[derive(Debug)]
pub struct Origin {
    /// The date of everything on the disc.
    pub date: PartialDate,
    /// The value of `SOURCE_DATE_EPOCH` that gives the disc this date, if the manifest does not.
    pub epoch: Option<i64>,
    /// The manifest, as it is put on the disc.
    pub manifest: String,
}

impl Origin {
    /// The name and the version of the program.
    pub const PROGRAM: &'static str = concat!("make-disc ", env!("CARGO_PKG_VERSION"));

    /// The command that makes the disc again.
    pub fn command(&self, catalogue: &Catalogue, has_search: bool) -> String {
        let epoch = self.epoch.map(|epoch| format!("SOURCE_DATE_EPOCH={epoch} ")).unwrap_or_default();
        let search = if catalogue.disc.search && !has_search { " --no-search" } else { "" };
        let key = if catalogue.disc.signing.is_some() { " --sign KEY" } else { "" };
        format!("{epoch}make-disc manifest.yaml out.iso{search}{key}")
    }

    /// The digest of the manifest.
    pub fn digest(&self) -> Digest {
        Digest::of(self.manifest.as_bytes())
    }
}

/// The number of source files, and their length in bytes.
pub fn measure_sources(catalogue: &Catalogue) -> (usize, u64) {
    (catalogue.sources.len(), catalogue.sources.iter().map(|source| source.length).sum())
}

/// The file of an export.
pub struct ExportFile {
    pub path: DiscPath,
    /// Its text, with [`DIGEST_SLOT`] instead of each digest.
    pub bytes: CompressedBytes,
    /// The files whose digests it contains, in order.
    pub digests_of: Vec<DiscPath>,
}

/// Every export, in the order in which pages list them.
pub const EXPORTS: [Export; 7] = [
    Export {
        label: "CSV",
        string_key: "exports_csv",
        portable_name: "catalogue.csv",
        dos_name: "catalog.csv",
        write: table::write_csv,
    },
    Export {
        label: "RIS",
        string_key: "exports_ris",
        portable_name: "catalogue.ris",
        dos_name: "catalog.ris",
        write: ris::write_ris,
    },
    Export {
        label: "BibTeX",
        string_key: "exports_bib",
        portable_name: "catalogue.bib",
        dos_name: "catalog.bib",
        write: bibtex::write_bibtex,
    },
    Export {
        label: "MARC 21",
        string_key: "exports_marc",
        portable_name: "marc21.xml",
        dos_name: "marc21.xml",
        write: marc::write_marc,
    },
    Export {
        label: "Dublin Core",
        string_key: "exports_dc",
        portable_name: "dublin_core.xml",
        dos_name: "dublin.xml",
        write: dublin_core::write_dublin_core,
    },
    Export {
        label: "JSON",
        string_key: "exports_json",
        portable_name: "catalogue.json",
        dos_name: "catalog.jsn",
        write: json::write_json,
    },
    Export {
        label: "RO-Crate",
        string_key: "exports_crate",
        portable_name: "ro_crate.json",
        dos_name: "rocrate.jsn",
        write: ro_crate::write_ro_crate,
    },
];

impl Export {
    /// The path of the export's file on the disc.
    pub fn path(&self, layout: &Layout) -> DiscPath {
        // The paths in an RO-Crate start at its own folder, so it must be at the top.
        match self.portable_name == layout.ro_crate.as_str() || self.dos_name == layout.ro_crate.as_str() {
            true => layout.ro_crate.clone(),
            false => layout.export_path(self.portable_name, self.dos_name),
        }
    }
}

/// Generates the file of each export. `command` makes the disc again.
pub fn generate_exports(
    catalogue: &Catalogue,
    layout: &Layout,
    sites: &RewrittenFiles,
    texts: &Extractions,
    (origin, command): (&Origin, &str),
) -> Vec<ExportFile> {
    let collection = Collection::new(catalogue, layout, sites, texts, (origin, command));
    parallel_map(&EXPORTS, |export| {
        let path = export.path(layout);
        let bytes = (export.write)(&collection, &path);
        let has_digests = path == layout.ro_crate;
        let files = collection.records.iter().flat_map(|record| &record.files).filter(|_| has_digests);
        let digests_of = files.map(|file| file.path.clone()).collect();
        ExportFile { path, bytes, digests_of }
    })
}

/// The blank space in the text of an export that a digest fills later: files are read only when the disc is written.
pub const DIGEST_SLOT: &str = "                                                                ";

/// The records of all reports, and the facts about the disc that each record refers to.
struct Collection<'c> {
    catalogue: &'c Catalogue,
    /// The disc's title in its default language.
    title: TextWithLanguage<'c>,
    publisher: Option<&'c str>,
    date: Option<PartialDate>,
    origin: &'c Origin,
    /// The command that makes the disc again.
    command: &'c str,
    /// The path of the manifest, if it is on the disc.
    manifest_path: Option<DiscPath>,
    identifier: Option<&'c str>,
    default_language: &'c Language,
    records: Vec<BibliographicRecord<'c>>,
}

/// The bibliographic record of one language variant of a report. Its texts are in that language if the manifest has them.
/// Every export names all of its fields, so that the compiler points out an export that ignores a new field.
struct BibliographicRecord<'c> {
    /// `section:report:language`, unique on the disc.
    key: String,
    language: &'c Language,
    section: &'c Section,
    /// The id of the report.
    id: &'c str,
    title: TextWithLanguage<'c>,
    summary: Option<TextWithLanguage<'c>>,
    symbol: Option<&'c str>,
    date: Option<PartialDate>,
    authors: &'c [Author],
    subjects: Vec<TextWithLanguage<'c>>,
    kind: Option<PublicationKind>,
    /// The publisher of the report, or else that of the disc.
    publisher: Option<TextWithLanguage<'c>>,
    place: Option<TextWithLanguage<'c>>,
    series: Option<TextWithLanguage<'c>>,
    numbers: PublicationNumbersRef<'c>,
    terms: Option<TermsOfUse<'c>>,
    files: Vec<RecordFile<'c>>,
    /// The same report in other languages.
    other_languages: Vec<RelatedRecord<'c>>,
}

/// The terms of use of a report: its licence, or else the terms of the disc.
#[derive(Clone, Copy)]
struct TermsOfUse<'c> {
    text: TextWithLanguage<'c>,
    /// The licence, if it has an identifier.
    licence: Option<&'c KnownLicence>,
    /// Whether they are the report's own, as opposed to the disc's.
    is_own: bool,
}

/// A reference to the record of the same report in another language.
struct RelatedRecord<'c> {
    key: String,
    language: &'c Language,
    title: TextWithLanguage<'c>,
}

/// A text, with its language if that is known.
#[derive(Clone, Copy)]
struct TextWithLanguage<'c> {
    text: &'c str,
    language: Option<&'c Language>,
}

struct RecordFile<'c> {
    path: &'c DiscPath,
    /// In bytes.
    length: u64,
    extension: &'c str,
    /// What the file is, in the language of the record, if the record has several files with different contents.
    title: Option<&'c str>,
    /// What a PDF says about its format, if it was read.
    pdf: Option<&'c PdfFormat>,
}

impl<'c> Collection<'c> {
    fn new(
        catalogue: &'c Catalogue,
        layout: &'c Layout,
        sites: &RewrittenFiles,
        texts: &'c Extractions,
        (origin, command): (&'c Origin, &'c str),
    ) -> Self {
        let disc = &catalogue.disc;
        let default_language = disc.default_language();
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
                numbers,
                licence,
                variants,
            } = report;
            let key_of = |language: &Language| format!("{}:{id}:{}", section.id, language.as_str());
            let title_of = |variant: &'c Variant| match &variant.title {
                Some(title) => TextWithLanguage { text: title, language: Some(&variant.language) },
                None => TextWithLanguage::choose(title, &variant.language, default_language),
            };
            for (v, variant) in variants.iter().enumerate() {
                let language = &variant.language;
                let files = variant.files.iter().enumerate().map(|(f, file)| RecordFile {
                    path: layout.document_path(s, r, v, f),
                    length: sites.length((s, r, v, f)).unwrap_or(catalogue.source(file.source).length),
                    extension: &file.extension,
                    title: file.title.as_deref(),
                    pdf: texts.facts(file.source).and_then(|facts| facts.pdf.as_ref()),
                });
                let other_variants = variants.iter().filter(|other| other.language != *language);
                let localise = |text: &'c Text| TextWithLanguage::choose(text, language, default_language);
                let own_terms = licence.as_ref().map(|licence| match licence {
                    Licence::Known(known) => {
                        let text = TextWithLanguage { text: &known.name, language: None };
                        TermsOfUse { text, licence: Some(known), is_own: true }
                    }
                    Licence::Text(words) => TermsOfUse { text: localise(words), licence: None, is_own: true },
                });
                let disc_publisher = || Some(TextWithLanguage { text: disc.publisher.as_deref()?, language: None });
                let disc_terms =
                    || Some(TermsOfUse { text: localise(disc.rights.as_ref()?), licence: None, is_own: false });
                records.push(BibliographicRecord {
                    key: key_of(language),
                    language,
                    section,
                    id,
                    title: title_of(variant),
                    summary: summary.as_ref().map(localise),
                    symbol: symbol.as_deref(),
                    date: *date,
                    authors,
                    subjects: subjects.iter().map(localise).collect(),
                    kind: *kind,
                    publisher: publisher.as_ref().map(localise).or_else(disc_publisher),
                    place: place.as_ref().map(localise),
                    series: series.as_ref().map(localise),
                    numbers: variant.numbers.or(numbers),
                    terms: own_terms.or_else(disc_terms),
                    files: files.collect(),
                    other_languages: other_variants
                        .map(|other| RelatedRecord {
                            key: key_of(&other.language),
                            language: &other.language,
                            title: title_of(other),
                        })
                        .collect(),
                });
            }
        }
        Self {
            catalogue,
            title: TextWithLanguage::choose(&disc.title, default_language, default_language),
            publisher: disc.publisher.as_deref(),
            date: disc.date,
            origin,
            command,
            manifest_path: disc.publishes_manifest.then(|| layout.manifest_path()),
            identifier: disc.identifier.as_deref(),
            default_language,
            records,
        }
    }

    /// A text in the disc's default language, or else in its first language.
    fn localise<'t>(&self, text: &'t Text) -> TextWithLanguage<'t>
    where
        'c: 't,
    {
        TextWithLanguage::choose(text, self.default_language, self.default_language)
    }
}

impl<'c> TextWithLanguage<'c> {
    /// The text in the language `wanted`, or else in the default language, or else in its first language.
    fn choose(text: &'c Text, wanted: &'c Language, default_language: &'c Language) -> Self {
        let localised = text.localised(wanted, default_language);
        let language = match text {
            // A text that is the same in all languages, such as a name, may be in any language.
            Text::Same(_) => None,
            Text::PerLanguage(_) => Some(localised.other_language.unwrap_or(wanted)),
        };
        Self { text: localised.text, language }
    }

    /// The text as one line.
    fn line(&self) -> String {
        one_line(self.text).into_owned()
    }
}

impl BibliographicRecord<'_> {
    /// Whether it describes something to read. If its kind does not say, the record counts as text if any of
    /// its files is text.
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
            Some(PublicationKind::Other) | None => self.files.iter().any(RecordFile::is_text),
        }
    }
}

impl<'c> RecordFile<'c> {
    /// Whether its format is for text, as opposed to pictures, sounds, tables and archives.
    fn is_text(&self) -> bool {
        Format::from_extension(self.extension).is_some_and(|format| format.is_text)
    }

    fn media_type(&self) -> &'static str {
        media_type(self.extension)
    }

    /// The identifier of its format in PRONOM, if its version is known.
    fn pronom_id(&self) -> Option<&'static str> {
        pronom_id_of_pdf(self.pdf?.version.as_deref()?)
    }

    /// The standards to which it claims to conform.
    fn claims(&self) -> &'c [String] {
        self.pdf.map_or(&[], |pdf| &pdf.claims)
    }
}

/// The number of pages in English: `120` becomes `120 pages`, and other texts stay as they are.
fn format_page_count(pages: &str) -> String {
    match pages.parse::<u32>() {
        Ok(1) => "1 page".to_owned(),
        Ok(number) => format!("{number} pages"),
        Err(_) => one_line(pages).into_owned(),
    }
}

/// The first and last page in a text such as `12-34`; `None` if it is not a range.
fn page_range(pages: &str) -> Option<(&str, &str)> {
    let (first, last) = pages.split_once(['-', '–', '—'])?;
    let (first, last) = (first.trim(), last.trim());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (is_number(first) && is_number(last)).then_some((first, last))
}

/// Puts a text on one line, because several formats have one line for each field.
fn one_line(text: &str) -> Cow<'_, str> {
    // Most texts are on one line already, and a catalogue has many thousands.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if is_plain && !text.contains("  ") && text.trim_ascii().len() == text.len() {
        return Cow::Borrowed(text);
    }
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ").into()
}

/// Joins several values into one field.
fn join(values: impl Iterator<Item = String>, separator: &str) -> String {
    values.collect::<Vec<_>>().join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strings::KEYS;

    #[test]
    fn page_counts_and_page_ranges() {
        assert_eq!(format_page_count("1"), "1 page");
        assert_eq!(format_page_count("120"), "120 pages");
        assert_eq!(format_page_count("xii, 120 p."), "xii, 120 p.");
        assert_eq!(page_range("12–34"), Some(("12", "34")));
        assert_eq!(page_range("xii-120"), None);
        assert_eq!(page_range("120"), None);
    }

    #[test]
    fn exports_have_strings_names_of_both_styles_and_a_row_in_the_manual() {
        for export in EXPORTS {
            assert!(KEYS.contains(&export.string_key), "src/strings.rs has no `{}`", export.string_key);
            let parts = export.dos_name.split_once('.').map(|(stem, extension)| (stem.len(), extension.len()));
            assert!(parts.is_some_and(|(stem, extension)| stem <= 8 && extension <= 3), "{}", export.dos_name);
            assert!(export.portable_name.len() <= 30);
            for name in [export.portable_name, export.dos_name] {
                let is_explained = include_str!("../../docs/exports.md").contains(&format!("{name}` | "));
                assert!(is_explained, "docs/exports.md has no row for `{name}`");
            }
        }
    }
}
