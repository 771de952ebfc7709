//! What a disc will be, before it is made: what it needs, by section and language, what it lacks.
//!
//! `capacity` says what would have to go if it does not fit; `text` and `page` show the whole, on a terminal and to
//! a colleague who has none.

mod capacity;
mod page;
mod text;

pub use capacity::overflow;
pub use page::page;
pub use text::{Screen, text};

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalogue::{Catalogue, Medium, SourceId};

/// How many of the largest files are named.
const LARGEST: usize = 5;

/// A disc before it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preflight {
    /// The volume identifier.
    pub volume: String,
    /// The title of the disc in its default language, and that language.
    pub title: (String, String),
    /// Bytes of the image.
    pub size: u64,
    /// Bytes of the documents alone.
    pub documents: u64,
    /// The medium: its name and the bytes that it holds.
    pub medium: Option<(String, u64)>,
    /// The sections in their order.
    pub sections: Vec<Share>,
    /// The languages in their order.
    pub languages: Vec<Share>,
    /// The largest files, the largest first.
    pub largest: Vec<Share>,
    /// The reports in the order of the list.
    pub reports: Vec<Row>,
}

/// A part of the documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// What it is called.
    pub name: String,
    /// How many files it has; what two languages share counts for both.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// A report and the languages it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its section and its id.
    pub report: String,
    /// Its title, and the language that is in.
    pub title: (String, String),
    /// The languages of the disc that it lacks.
    pub lacks: Vec<String>,
}

impl Preflight {
    /// Of a collection without errors, whose image has `size` bytes.
    pub fn of(catalogue: &Catalogue, size: u64) -> Self {
        let disc = &catalogue.disc;
        let default = disc.default_language();
        let mut sections = Parts::default();
        let mut languages = Parts::default();
        let mut files: BTreeMap<SourceId, u64> = BTreeMap::new();
        // All are there, whether they have files or not.
        disc.languages.iter().for_each(|language| languages.part(language.as_str()));
        let mut reports = Vec::new();
        for (s, _, report) in catalogue.reports() {
            let section = &catalogue.sections[s].id;
            sections.part(section);
            for variant in &report.variants {
                for file in &variant.files {
                    let bytes = catalogue.source(file.source).length;
                    sections.add(section, file.source, bytes);
                    languages.add(variant.language.as_str(), file.source, bytes);
                    files.insert(file.source, bytes);
                }
            }
            let has = |tag: &str| report.variants.iter().any(|variant| variant.language.as_str() == tag);
            let lacks = disc.languages.iter().map(|language| language.as_str()).filter(|tag| !has(tag));
            let shown = report.title.shown(default, default);
            let language = shown.other.unwrap_or(default);
            reports.push(Row {
                report: format!("{section}/{}", report.id),
                title: (shown.text.to_owned(), language.as_str().to_owned()),
                lacks: lacks.map(str::to_owned).collect(),
            });
        }
        let mut largest: Vec<(&SourceId, &u64)> = files.iter().collect();
        largest.sort_by_key(|(id, bytes)| (std::cmp::Reverse(**bytes), **id));
        let share = |(id, bytes): (&SourceId, &u64)| Share {
            name: catalogue.source(*id).written.to_string(),
            files: 1,
            bytes: *bytes,
        };
        let medium = disc.medium.as_ref().map(|medium| medium.fitted(size));
        let title = disc.title.shown(default, default);
        Self {
            volume: disc.volume.clone(),
            title: (title.text.to_owned(), title.other.unwrap_or(default).as_str().to_owned()),
            size,
            documents: files.values().sum(),
            medium: medium.map(|Medium { name, capacity }| (name, capacity)),
            sections: sections.0.into_iter().map(|(share, _)| share).collect(),
            languages: languages.0.into_iter().map(|(share, _)| share).collect(),
            largest: largest.into_iter().take(LARGEST).map(share).collect(),
            reports,
        }
    }

    /// The reports that lack a language.
    pub fn gaps(&self) -> impl Iterator<Item = &Row> {
        self.reports.iter().filter(|row| !row.lacks.is_empty())
    }

    /// How much of the medium is used, in thousandths.
    pub fn used(&self) -> Option<u64> {
        let (_, capacity) = self.medium.as_ref()?;
        Some((u128::from(self.size) * 1000).div_ceil(u128::from(*capacity)) as u64)
    }
}

/// Parts in the order in which they were met, each with the files that are counted.
#[derive(Default)]
struct Parts(Vec<(Share, std::collections::BTreeSet<SourceId>)>);

impl Parts {
    fn part(&mut self, name: &str) {
        if !self.0.iter().any(|(share, _)| share.name == name) {
            self.0.push((Share { name: name.to_owned(), files: 0, bytes: 0 }, Default::default()));
        }
    }

    fn add(&mut self, name: &str, id: SourceId, bytes: u64) {
        self.part(name);
        if let Some((share, files)) = self.0.iter_mut().find(|(share, _)| share.name == name)
            && files.insert(id)
        {
            share.files += 1;
            share.bytes += bytes;
        }
    }
}
