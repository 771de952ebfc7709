//! The plan: every entry of the disc with its length and content, the volume's identifiers, its date.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::catalogue::{Catalogue, SourceId, Stamp};
use crate::checksum;
use crate::compressed::CompressedBytes;
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::language::{PartialDate, to_ascii};
use crate::launcher::GeneratedFile;
use crate::layout::{DiscPath, Layout};

/// Seconds of 1900-01-01 and of 2156-01-01, the bounds of a directory record's date (ECMA-119 9.1.5).
const DATES: std::ops::Range<i64> = -2_208_988_800..5_869_584_000;

/// All that the writer needs to know.
#[derive(Debug)]
pub struct Plan {
    /// What the volume descriptors say.
    pub volume: Volume,
    /// The one date of everything on the disc.
    pub date: DiscDate,
    /// The entries in the order of their paths; the checksum list among them.
    pub entries: Vec<Entry>,
    /// Whether the image is to carry a media check.
    pub media_check: bool,
}

/// The identifiers of the volume descriptors (ECMA-119 8.4), in the characters they allow.
#[derive(Debug)]
pub struct Volume {
    /// The volume identifier, d-characters.
    pub identifier: String,
    /// The publisher, a-characters; empty if unknown.
    pub publisher: String,
    /// Who prepared the data, a-characters; empty if unknown.
    pub preparer: String,
    /// The program that made it, a-characters.
    pub application: String,
    /// The name of the file that holds the terms of use, if there is one.
    pub copyright_file: Option<String>,
    /// The name of the file that says what the disc is.
    pub abstract_file: Option<String>,
}

/// A moment, and what decided it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiscDate {
    /// Seconds since 1970-01-01, UTC.
    pub seconds: i64,
    /// Where it comes from.
    pub origin: DateOrigin,
}

/// What decided the date of the disc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrigin {
    /// `disc.date`.
    Manifest,
    /// The environment variable `SOURCE_DATE_EPOCH`.
    SourceDateEpoch,
    /// The newest source file's time of modification.
    NewestSource,
}

impl DateOrigin {
    /// In words, for the report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "the manifest's date",
            Self::SourceDateEpoch => "SOURCE_DATE_EPOCH",
            Self::NewestSource => "the newest source file's",
        }
    }
}

/// A file of the disc: its bytes stored once, its names one or more.
#[derive(Debug)]
pub struct Entry {
    /// The path its bytes are listed under first.
    pub path: DiscPath,
    /// Other paths of the same bytes.
    pub links: Vec<DiscPath>,
    /// Bytes.
    pub length: u64,
    /// Where the bytes come from.
    pub content: Content,
}

/// Where an entry's bytes come from.
#[derive(Debug)]
pub enum Content {
    /// A source file.
    Source {
        /// Where to open it.
        path: Arc<Path>,
        /// As the manifest writes it, for messages.
        written: Arc<str>,
        /// What the file system said of it when it was catalogued.
        stamp: Stamp,
    },
    /// Made by us.
    Generated(CompressedBytes),
    /// The checksum list, known when all else is written.
    Checksums,
}

impl Plan {
    /// Puts the collection's files and the launcher's on the disc.
    pub fn of(catalogue: &Catalogue, layout: &Layout, generated: Vec<GeneratedFile>, date: DiscDate) -> Self {
        let mut entries = documents(catalogue, layout);
        entries.reserve_exact(generated.len() + 1);
        entries.extend(generated.into_iter().map(|file| Entry {
            links: match &layout.xdg_volume_info {
                Some(link) if file.path == layout.volume_info => vec![link.clone()],
                _ => Vec::new(),
            },
            path: file.path,
            length: file.bytes.length(),
            content: Content::Generated(file.bytes),
        }));
        let has = |path: &DiscPath| entries.iter().any(|entry| entry.path == *path);
        let file_identifier = |path: &DiscPath| has(path).then(|| path.iso9660().trim_start_matches('/').to_owned());
        let volume = Volume {
            identifier: catalogue.disc.volume.clone(),
            publisher: a_characters(catalogue.disc.publisher.as_deref()),
            preparer: a_characters(catalogue.disc.preparer.as_deref()),
            application: a_characters(Some(concat!("make-disc ", env!("CARGO_PKG_VERSION")))),
            copyright_file: file_identifier(&layout.rights),
            abstract_file: file_identifier(&layout.readme),
        };
        let length = listed(&entries, layout).map(|(path, _)| checksum::line_length(path.as_str())).sum();
        entries.push(Entry { path: layout.checksums.clone(), links: Vec::new(), length, content: Content::Checksums });
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        let disc = &catalogue.disc;
        Self { volume, date, entries, media_check: disc.media_check }
    }

    /// Every path on the disc with its entry.
    pub fn paths(&self) -> impl Iterator<Item = (&DiscPath, &Entry)> {
        self.entries
            .iter()
            .flat_map(|entry| std::iter::once(&entry.path).chain(&entry.links).map(move |path| (path, entry)))
    }

    /// The checksum list's paths in its order, each with the number of its entry: every path but
    /// the list's own and the one name that not every tree can hold.
    pub fn checksum_order(&self) -> Vec<(&DiscPath, usize)> {
        let mut paths: Vec<(&DiscPath, usize)> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| !matches!(entry.content, Content::Checksums))
            .flat_map(|(number, entry)| {
                std::iter::once(&entry.path).chain(&entry.links).map(move |path| (path, number))
            })
            .filter(|(path, _)| in_every_tree(path))
            .collect();
        paths.sort();
        paths
    }
}

/// Whether every tree can hold the path under the same name.
fn in_every_tree(path: &DiscPath) -> bool {
    !path.as_str().contains('-')
}

/// The paths that the checksum list will hold.
fn listed<'e>(entries: &'e [Entry], layout: &'e Layout) -> impl Iterator<Item = (&'e DiscPath, &'e Entry)> {
    entries
        .iter()
        .flat_map(|entry| std::iter::once(&entry.path).chain(&entry.links).map(move |path| (path, entry)))
        .filter(|(path, _)| **path != layout.checksums && in_every_tree(path))
}

/// One entry for every source that is a document, with all its paths.
fn documents(catalogue: &Catalogue, layout: &Layout) -> Vec<Entry> {
    let mut paths: BTreeMap<SourceId, Vec<DiscPath>> = BTreeMap::new();
    for (s, r, report) in catalogue.reports() {
        for (v, variant) in report.variants.iter().enumerate() {
            for (f, file) in variant.files.iter().enumerate() {
                paths.entry(file.source).or_default().push(layout.document(s, r, v, f).clone());
            }
        }
    }
    paths
        .into_iter()
        .filter_map(|(id, mut paths)| {
            let source = catalogue.source(id);
            paths.sort();
            let mut paths = paths.into_iter();
            Some(Entry {
                path: paths.next()?,
                links: paths.collect(),
                length: source.length,
                content: Content::Source {
                    path: source.path.clone(),
                    written: source.written.clone(),
                    stamp: source.stamp,
                },
            })
        })
        .collect()
}

impl DiscDate {
    /// The date of the disc: the manifest's, else `epoch`, the value of `SOURCE_DATE_EPOCH`, else that of
    /// the newest source. `None`, with a finding, if no disc can have that date.
    pub fn of(catalogue: &Catalogue, epoch: Option<i64>, findings: &mut Findings) -> Option<Self> {
        let newest = || catalogue.sources.iter().map(|source| source.stamp.modified_seconds()).max().unwrap_or(0);
        let (seconds, origin) = match (catalogue.disc.date, epoch) {
            (Some(date), _) => (PartialDate::start_seconds(date), DateOrigin::Manifest),
            (None, Some(epoch)) => (epoch, DateOrigin::SourceDateEpoch),
            (None, None) => (newest(), DateOrigin::NewestSource),
        };
        if DATES.contains(&seconds) {
            return Some(Self { seconds, origin });
        }
        let message = format!(
            "the disc would be dated by {}, {seconds} seconds after 1970; it can be dated 1900 to 2155",
            origin.as_str()
        );
        findings.push(
            Finding::error("bad-date", Place::Key(KeyPath::root().key("disc")), message)
                .help("set `date:` below `disc:`"),
        );
        None
    }
}

/// Text in a-characters (ECMA-119 7.4.1): upper case, transliterated, others become spaces.
fn a_characters(text: Option<&str>) -> String {
    let upper = to_ascii(text.unwrap_or_default()).to_ascii_uppercase();
    let allowed = |c: char| c.is_ascii_alphanumeric() || " _!\"%&'()*+,-./:;<=>?".contains(c);
    let kept: String = upper.chars().map(|c| if allowed(c) { c } else { ' ' }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_only_a_characters() {
        assert_eq!(a_characters(Some("Éditions «Ñandú» #1 @ Москва")), "EDITIONS <<NANDU>> 1 MOSKVA");
        assert_eq!(a_characters(None), "");
    }
}
