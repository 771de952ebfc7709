//! Predicts what a disc will be like: how large it is, by section and by language, and which translations are missing.
//!
//! `capacity` says what could be left out if it does not fit; `text` and `page` show everything, on a terminal and
//! as a web page.

mod capacity;
mod page;
mod text;

pub use capacity::{report_no_room_for_repair, report_overflow};
pub use page::render_page;
pub use text::{Terminal, render_text};

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalogue::{Catalogue, Medium, SourceId};
use crate::extraction::PdfFormat;

/// How many of the largest files are shown.
const MAX_LARGEST: usize = 5;

/// The prediction for a disc.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preflight {
    /// The volume identifier.
    pub volume: String,
    /// The title of the disc in its default language, and that language.
    pub title: (String, String),
    /// The length of the image in bytes.
    pub size: u64,
    /// The length of the documents alone in bytes.
    pub documents: u64,
    /// The length of the error correction in bytes.
    pub error_correction: u64,
    /// The pictures of first pages.
    pub covers: Covers,
    /// The versions of the PDFs, each with the number of files, and then the standards that they claim to conform to.
    pub formats: Vec<Count>,
    pub claims: Vec<Count>,
    /// The medium: its name and its capacity in bytes.
    pub medium: Option<(String, u64)>,
    /// The sections in the order of the manifest.
    pub sections: Vec<Share>,
    /// Their titles in the default language, or in the language that is named with them.
    #[serde(skip)]
    pub section_titles: Vec<(String, String)>,
    /// The languages in the order of the manifest.
    pub languages: Vec<Share>,
    /// The largest files, the largest first.
    pub largest: Vec<Share>,
    /// The reports in the order of the manifest.
    pub reports: Vec<ReportLanguages>,
}

/// The pictures of first pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Covers {
    /// The number of their files: most documents have one in each of two sizes.
    pub files: usize,
    /// Their length in bytes.
    pub bytes: u64,
}

/// A format or a standard, and the number of its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    pub name: String,
    pub files: usize,
}

/// Counts equal names, in alphabetical order.
fn count(names: impl Iterator<Item = String>) -> Vec<Count> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    names.for_each(|name| *counts.entry(name).or_default() += 1);
    counts.into_iter().map(|(name, files)| Count { name, files }).collect()
}

/// A section, a language or a file, and its share of the documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Its name.
    pub name: String,
    /// The number of its files. A file that two languages share counts for both.
    pub files: usize,
    /// Their length in bytes.
    pub bytes: u64,
}

/// A report and the languages in which it is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportLanguages {
    /// The id of its section and its own, such as `needs/africa`.
    pub report: String,
    /// Its title, and the language of the title.
    pub title: (String, String),
    /// The languages of the disc that it does not have.
    #[serde(rename = "lacks")]
    pub missing: Vec<String>,
    /// The languages in which it is available. If a variant is in several languages or has no words, these include all languages
    /// of the disc.
    #[serde(skip)]
    pub available: Vec<String>,
}

impl Preflight {
    /// Collects the data. `pdfs` are the formats of the documents, `size` is the length of the image, and `volume_size` its
    /// length without error correction.
    pub fn new(catalogue: &Catalogue, covers: Covers, pdfs: &[PdfFormat], size: u64, volume_size: u64) -> Self {
        let disc = &catalogue.disc;
        let default = disc.default_language();
        let mut sections = Parts::default();
        let mut section_titles = Vec::new();
        let mut languages = Parts::default();
        let mut files: BTreeMap<SourceId, u64> = BTreeMap::new();
        // Every language is listed, even without files.
        for language in &disc.languages {
            languages.add_part(language.as_str());
        }
        let mut reports = Vec::new();
        for (s, _, report) in catalogue.reports() {
            let section = &catalogue.sections[s].id;
            if sections.add_part(section) {
                let shown = catalogue.sections[s].title.localised(default, default);
                let language = shown.other_language.unwrap_or(default).as_str().to_owned();
                section_titles.push((shown.text.to_owned(), language));
            }
            for variant in &report.variants {
                for (source, _) in variant.all_files() {
                    let bytes = catalogue.source(source).length;
                    sections.add_file(section, source, bytes);
                    languages.add_file(variant.language.as_str(), source, bytes);
                    files.insert(source, bytes);
                }
            }
            let has = |tag: &str| report.variants.iter().any(|variant| variant.language.as_str() == tag);
            // A document in several languages, or without words, is for readers of all languages.
            let is_for_all = report.variants.iter().any(|variant| variant.language.is_not_one_language());
            let missing =
                disc.languages.iter().map(|language| language.as_str()).filter(|tag| !is_for_all && !has(tag));
            let variant_languages = report.variants.iter().map(|variant| variant.language.as_str());
            let page_languages = disc.languages.iter().map(|language| language.as_str()).filter(|_| is_for_all);
            let available = variant_languages.chain(page_languages).map(str::to_owned).collect();
            let shown = report.title.localised(default, default);
            let language = shown.other_language.unwrap_or(default);
            reports.push(ReportLanguages {
                report: format!("{section}/{}", report.id),
                title: (shown.text.to_owned(), language.as_str().to_owned()),
                missing: missing.map(str::to_owned).collect(),
                available,
            });
        }
        let mut largest: Vec<(&SourceId, &u64)> = files.iter().collect();
        largest.sort_by_key(|(id, bytes)| (std::cmp::Reverse(**bytes), **id));
        let share = |(id, bytes): (&SourceId, &u64)| Share {
            name: catalogue.source(*id).path_in_manifest.to_string(),
            files: 1,
            bytes: *bytes,
        };
        let medium = disc.medium.as_ref().map(|medium| medium.resolve_auto(size));
        let title = disc.title.localised(default, default);
        Self {
            volume: disc.volume.clone(),
            title: (title.text.to_owned(), title.other_language.unwrap_or(default).as_str().to_owned()),
            size,
            documents: files.values().sum(),
            error_correction: size - volume_size,
            covers,
            formats: count(pdfs.iter().filter_map(|pdf| Some(format!("PDF {}", pdf.version.as_ref()?)))),
            claims: count(pdfs.iter().flat_map(|pdf| pdf.claims.iter().cloned())),
            medium: medium.map(|Medium { name, capacity }| (name, capacity)),
            sections: sections.0.into_iter().map(|(share, _)| share).collect(),
            section_titles,
            languages: languages.0.into_iter().map(|(share, _)| share).collect(),
            largest: largest.into_iter().take(MAX_LARGEST).map(share).collect(),
            reports,
        }
    }

    /// The length of the pages, the search and everything else that make-disc adds to the volume, in bytes.
    fn pages(&self) -> u64 {
        self.size.saturating_sub(self.documents + self.error_correction)
    }

    /// The reports that are missing in a language.
    pub fn incomplete_reports(&self) -> impl Iterator<Item = &ReportLanguages> {
        self.reports.iter().filter(|report| !report.missing.is_empty())
    }

    /// Whether a section has reports in one language each, and not all in the same: some may be translations of others.
    fn may_have_separate_translations(&self) -> bool {
        let mut languages: BTreeMap<&str, &str> = BTreeMap::new();
        self.incomplete_reports().any(|row| {
            let section = row.report.split_once('/').map_or("", |(section, _)| section);
            match row.available.as_slice() {
                [language] => *languages.entry(section).or_insert(language) != language,
                _ => false,
            }
        })
    }

    /// How much of the medium is used, in thousandths.
    pub fn used_permille(&self) -> Option<u64> {
        let (_, capacity) = self.medium.as_ref()?;
        Some((u128::from(self.size) * 1000).div_ceil(u128::from(*capacity)) as u64)
    }
}

/// Shares in the order in which they were added, each with the files that were counted.
#[derive(Default)]
struct Parts(Vec<(Share, std::collections::BTreeSet<SourceId>)>);

impl Parts {
    /// Returns whether the part is new.
    fn add_part(&mut self, name: &str) -> bool {
        let is_new = !self.0.iter().any(|(share, _)| share.name == name);
        if is_new {
            self.0.push((Share { name: name.to_owned(), files: 0, bytes: 0 }, Default::default()));
        }
        is_new
    }

    fn add_file(&mut self, name: &str, id: SourceId, bytes: u64) {
        self.add_part(name);
        if let Some((share, files)) = self.0.iter_mut().find(|(share, _)| share.name == name)
            && files.insert(id)
        {
            share.files += 1;
            share.bytes += bytes;
        }
    }
}
