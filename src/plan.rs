//! The plan of an image: every entry with its length and content, the volume's identifiers and the date.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use crate::catalogue::{Catalogue, FoundTimestamp, Source, SourceId};
use crate::checksum;
use crate::checksum::Digest;
use crate::compressed::CompressedBytes;
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::error_correction::Amount;
use crate::exports::DIGEST_SLOT;
use crate::language::{PartialDate, to_ascii};
use crate::launcher::GeneratedFile;
use crate::layout::{DiscPath, Layout};
use crate::signature::{self, OpenSshSigner, SecretKey, SignatureFormat};
use crate::site::RewrittenFiles;
use crate::timestamp::Timestamp;

/// The times that a directory record can contain: from 1900 to 2155 (ECMA-119 9.1.5), in seconds since
/// 1970-01-01.
const RECORDABLE_TIMES: Range<i64> = -2_208_988_800..5_869_584_000;

/// Everything that is needed to write the image.
#[derive(Debug)]
pub struct Plan {
    pub volume: VolumeIdentifiers,
    /// The date of everything on the disc.
    pub date: DiscDate,
    /// All files including the checksum list, sorted by path.
    pub entries: Vec<Entry>,
    /// Whether the image will contain a media check.
    pub media_check: bool,
    /// How much error correction follows the volume.
    pub repair: Option<Amount>,
    /// How the checksum list is signed; `None` if it is not.
    pub signature: Option<PlannedSignature>,
    /// The timestamp of the checksum list; `None` if there is none.
    pub timestamp: Option<PlannedTimestamp>,
}

/// The timestamp of the checksum list, which an authority has made.
#[derive(Debug)]
pub struct PlannedTimestamp {
    /// The path as written in the manifest, for messages.
    path_in_manifest: String,
    bytes: Vec<u8>,
    /// What it says; `None` if it goes on the disc whatever it says.
    timestamp: Option<Timestamp>,
}

impl PlannedTimestamp {
    /// The bytes of the file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of the file, which goes with a list.
    ///
    /// # Errors
    /// A message: it is the timestamp of another list.
    pub fn for_list(&self, list: &[u8]) -> Result<Vec<u8>, String> {
        match self.timestamp.filter(|timestamp| !timestamp.is_for(Digest::of(list))) {
            None => Ok(self.bytes.clone()),
            Some(timestamp) => Err(format!(
                "the timestamp `{}`, made at {}, is of another checksum list: the files have changed since, or the options with which the disc is made",
                self.path_in_manifest,
                timestamp.time()
            )),
        }
    }
}

/// The signature of the checksum list.
#[derive(Debug)]
pub struct PlannedSignature {
    pub format: SignatureFormat,
    /// The comment that a signature of minisign covers as well.
    pub trusted_comment: String,
    /// Where it comes from.
    pub signer: Signer,
}

/// Where a signature comes from.
#[derive(Debug)]
pub enum Signer {
    /// The secret key is not known in this run, which therefore makes no disc.
    Unknown,
    Minisign(SecretKey),
    OpenSsh(OpenSshSigner),
    /// The signature of a disc that was made earlier.
    Earlier(Vec<u8>),
}

impl PlannedSignature {
    /// The length of the signature in bytes.
    fn length(&self) -> u64 {
        self.format.signature_length(&self.trusted_comment)
    }

    /// The signature of a list. If the secret key is unknown, spaces of the same length.
    ///
    /// # Errors
    /// Why the key cannot be used any more, although it could when it was chosen.
    pub fn sign(&self, list: &[u8]) -> Result<Vec<u8>, String> {
        let length = self.length() as usize;
        Ok(match &self.signer {
            Signer::Minisign(key) => key.sign(list, &self.trusted_comment).into_bytes(),
            Signer::OpenSsh(signer) => signer.sign(list)?.into_bytes(),
            Signer::Earlier(bytes) if bytes.len() == length => bytes.clone(),
            Signer::Earlier(_) | Signer::Unknown => vec![b' '; length],
        })
    }
}

/// The identifiers in the volume descriptors (ECMA-119 8.4), in the characters that are allowed there.
#[derive(Debug)]
pub struct VolumeIdentifiers {
    /// The volume identifier, in d-characters.
    pub identifier: String,
    /// The publisher, in a-characters; empty if unknown.
    pub publisher: String,
    /// Who prepared the data, in a-characters; empty if unknown.
    pub preparer: String,
    /// The program that made the image, in a-characters.
    pub application: String,
    /// The identifier of the file with the terms of use, if there is one.
    pub copyright_file: Option<String>,
    /// The identifier of the file that describes the disc.
    pub abstract_file: Option<String>,
}

/// The date of a disc, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiscDate {
    /// Seconds since 1970-01-01, UTC.
    pub seconds: i64,
    pub origin: DateOrigin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrigin {
    /// `disc.date`.
    Manifest,
    /// The environment variable `SOURCE_DATE_EPOCH`.
    SourceDateEpoch,
    /// The modification time of the newest source.
    NewestSource,
}

impl DateOrigin {
    /// Completes "the date is taken from …".
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "the manifest",
            Self::SourceDateEpoch => "SOURCE_DATE_EPOCH",
            Self::NewestSource => "the newest source file",
        }
    }
}

/// Bytes that are stored once on the disc, with one or more paths.
#[derive(Debug)]
pub struct Entry {
    /// The first path.
    pub path: DiscPath,
    /// Further paths of the same bytes.
    pub links: Vec<DiscPath>,
    /// The number of bytes.
    pub length: u64,
    pub content: Content,
}

impl Entry {
    /// Its paths, the first one first.
    pub fn paths(&self) -> impl Iterator<Item = &DiscPath> {
        std::iter::once(&self.path).chain(&self.links)
    }
}

/// Where an entry's bytes come from.
#[derive(Debug)]
pub enum Content {
    Source {
        source: Arc<Source>,
        /// The digest of the bytes whose text was read or whose cover was drawn; `None` if nothing was read before.
        known: Option<Box<Digest>>,
    },
    Generated(CompressedBytes),
    /// A generated text in which the digests of other files are filled in when these have been read. See
    /// [`Plan::fill_in_digests`].
    WithDigests {
        text: CompressedBytes,
        /// The files, in the order of the places of their digests in the text.
        digests_of: Box<[DiscPath]>,
    },
    /// The checksum list, which is generated while the image is written.
    Checksums,
    /// The signature of the checksum list, which is made when that is complete.
    Signature,
    /// The timestamp of the checksum list, which is compared with it when that is complete.
    Timestamp,
}

impl Content {
    /// Whether it is the checksum list or one of the files that are made after it, which it cannot name.
    pub fn is_unlisted(&self) -> bool {
        matches!(self, Self::Checksums | Self::Signature | Self::Timestamp)
    }

    /// Whether the bytes are known only when all other files have been read.
    pub fn is_late(&self) -> bool {
        matches!(self, Self::WithDigests { .. }) || self.is_unlisted()
    }
}

impl Plan {
    /// Combines the files of the collection with those of the launcher. `known_digest` returns the digest of a document if
    /// something on the disc was made from its bytes before. Files of sites in `rewritten` replace their sources.
    pub fn new(
        catalogue: &Catalogue,
        layout: &Layout,
        known_digest: &dyn Fn(SourceId) -> Option<Digest>,
        mut rewritten: RewrittenFiles,
        generated: Vec<GeneratedFile>,
        date: DiscDate,
    ) -> Self {
        let mut entries = document_entries(catalogue, layout, known_digest, &mut rewritten);
        entries.reserve_exact(generated.len() + 1);
        entries.extend(generated.into_iter().map(|file| Entry {
            links: second_path(layout, &file.path).into_iter().collect(),
            path: file.path,
            length: file.bytes.length(),
            content: match file.digests_of.is_empty() {
                true => Content::Generated(file.bytes),
                false => Content::WithDigests { text: file.bytes, digests_of: file.digests_of.into() },
            },
        }));
        let volume = volume_identifiers(catalogue, layout, &entries);
        let length = listed_paths(&entries).map(|(path, _)| checksum::line_length(path.as_str())).sum();
        let late = |path: &DiscPath, length, content| Entry { path: path.clone(), links: Vec::new(), length, content };
        entries.push(late(&layout.checksums, length, Content::Checksums));
        let signature = catalogue.disc.signing.as_ref().map(|signing| {
            let day = PartialDate::from_unix_seconds(date.seconds).to_string();
            let trusted_comment = signature::trusted_comment(&volume.identifier, &day, layout.checksums.name());
            PlannedSignature { format: signing.key.format(), trusted_comment, signer: Signer::Unknown }
        });
        if let Some(signature) = &signature {
            entries.push(late(&layout.signature(signature.format), signature.length(), Content::Signature));
        }
        let timestamp = catalogue.disc.timestamp.as_ref().and_then(|timestamp| {
            let FoundTimestamp { bytes, timestamp: content } = timestamp.found.clone()?;
            let path_in_manifest = timestamp.path_in_manifest.clone();
            Some(PlannedTimestamp { path_in_manifest, bytes, timestamp: content })
        });
        if let Some(PlannedTimestamp { bytes, .. }) = &timestamp {
            entries.push(late(&layout.timestamp(), bytes.len() as u64, Content::Timestamp));
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        let (media_check, repair) = (catalogue.disc.media_check, catalogue.disc.repair);
        Self { volume, date, entries, media_check, repair, signature, timestamp }
    }

    /// The pictures of first pages.
    pub fn covers(&self) -> impl Iterator<Item = &Entry> {
        let is_cover = |entry: &&Entry| entry.path.folders().any(|folder| folder == Layout::COVERS_FOLDER);
        self.entries.iter().filter(is_cover)
    }

    /// Every path on the disc with its entry.
    pub fn paths(&self) -> impl Iterator<Item = (&DiscPath, &Entry)> {
        self.entries.iter().flat_map(|entry| entry.paths().map(move |path| (path, entry)))
    }

    /// The indices of the entries whose bytes are known only when all others have been read, in the order in which they can be
    /// made: texts with digests, the checksum list, its signature, and its timestamp.
    pub fn late_entries(&self) -> Vec<usize> {
        let mut late: Vec<usize> =
            (0..self.entries.len()).filter(|entry| self.entries[*entry].content.is_late()).collect();
        late.sort_by_key(|entry| match self.entries[*entry].content {
            Content::Checksums => 1,
            Content::Signature => 2,
            Content::Timestamp => 3,
            _ => 0,
        });
        late
    }

    /// Fills the digests of other files into a text. `digest` returns the digest of the entry with an index, in hexadecimal digits.
    ///
    /// # Errors
    /// What is wrong with the text or the digests: a bug.
    pub fn fill_in_digests(
        &self,
        text: &CompressedBytes,
        digests_of: &[DiscPath],
        digest: &dyn Fn(usize) -> Option<String>,
    ) -> Result<Vec<u8>, String> {
        let mut filled = Vec::with_capacity(text.length() as usize);
        for chunk in text.chunks() {
            filled.extend_from_slice(&chunk.map_err(|error| error.to_string())?);
        }
        let entries: HashMap<&DiscPath, usize> =
            self.entries.iter().enumerate().flat_map(|(index, e)| e.paths().map(move |path| (path, index))).collect();
        let marked = format!("\"{DIGEST_SLOT}\"");
        let is_slot = |bytes: &[u8]| bytes[0] == b'"' && bytes[1] == b' ' && bytes == marked.as_bytes();
        let mut after = 0;
        for path in digests_of {
            let digest = entries.get(path).and_then(|entry| digest(*entry));
            let digest = digest.filter(|digest| digest.len() == DIGEST_SLOT.len());
            let digest = digest.ok_or_else(|| format!("`{path}` has no digest"))?;
            let slot = filled[after..].windows(marked.len()).position(is_slot);
            let start = slot.ok_or_else(|| format!("there is no place for the digest of `{path}`"))? + after + 1;
            after = start + DIGEST_SLOT.len();
            filled[start..after].copy_from_slice(digest.as_bytes());
        }
        Ok(filled)
    }

    /// The paths in the checksum list in order, each with the index of its entry.
    pub fn checksum_order(&self) -> Vec<(&DiscPath, usize)> {
        let mut paths: Vec<(&DiscPath, usize)> = listed_paths(&self.entries).collect();
        paths.sort();
        paths
    }
}

/// The paths that the checksum list contains, each with the index of its entry: all except the list itself, its signature, its
/// timestamp, and second paths that are not the same in every tree.
fn listed_paths(entries: &[Entry]) -> impl Iterator<Item = (&DiscPath, usize)> {
    let files = entries.iter().enumerate();
    let files = files.filter(|(_, entry)| !entry.content.is_unlisted());
    files
        .flat_map(|(index, entry)| entry.paths().map(move |path| (path, index)))
        .filter(|(path, _)| is_same_in_every_tree(path))
}

/// Whether every tree contains the path under the same name. The primary tree cannot contain a hyphen, which is not a
/// d-character.
fn is_same_in_every_tree(path: &DiscPath) -> bool {
    !path.as_str().contains('-')
}

/// The second path of a generated file, if it has one.
fn second_path(layout: &Layout, path: &DiscPath) -> Option<DiscPath> {
    let pairs = [(&layout.volume_info, &layout.xdg_volume_info), (&layout.ro_crate, &layout.ro_crate_metadata)];
    pairs.into_iter().find(|(first, _)| *first == path).and_then(|(_, second)| second.clone())
}

fn volume_identifiers(catalogue: &Catalogue, layout: &Layout, entries: &[Entry]) -> VolumeIdentifiers {
    let file_identifier = |path: &DiscPath| {
        let is_on_disc = entries.iter().any(|entry| entry.path == *path);
        is_on_disc.then(|| path.iso9660().trim_start_matches('/').to_owned())
    };
    VolumeIdentifiers {
        identifier: catalogue.disc.volume.clone(),
        publisher: to_a_characters(catalogue.disc.publisher.as_deref()),
        preparer: to_a_characters(catalogue.disc.preparer.as_deref()),
        application: to_a_characters(Some(concat!("make-disc ", env!("CARGO_PKG_VERSION")))),
        copyright_file: file_identifier(&layout.rights),
        abstract_file: file_identifier(&layout.readme),
    }
}

/// One entry for each source that is a document, with all its paths, and one for each file that was rewritten.
fn document_entries(
    catalogue: &Catalogue,
    layout: &Layout,
    known_digest: &dyn Fn(SourceId) -> Option<Digest>,
    rewritten: &mut RewrittenFiles,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut paths: BTreeMap<SourceId, Vec<DiscPath>> = BTreeMap::new();
    for (s, r, report) in catalogue.reports() {
        for (v, variant) in report.variants.iter().enumerate() {
            for (f, ((source, _), path)) in variant.all_files().zip(layout.variant_paths(s, r, v)).enumerate() {
                match rewritten.take((s, r, v, f)) {
                    Some(bytes) => entries.push(Entry {
                        path: path.clone(),
                        links: Vec::new(),
                        length: bytes.length(),
                        content: Content::Generated(bytes),
                    }),
                    None => paths.entry(source).or_default().push(path.clone()),
                }
            }
        }
    }
    entries.reserve_exact(paths.len());
    entries.extend(paths.into_iter().filter_map(|(id, mut paths)| {
        let source = catalogue.source(id);
        paths.sort();
        let mut paths = paths.into_iter();
        Some(Entry {
            path: paths.next()?,
            links: paths.collect(),
            length: source.length,
            content: Content::Source { source: catalogue.sources[id.0].clone(), known: known_digest(id).map(Box::new) },
        })
    }));
    entries
}

impl DiscDate {
    /// Takes the date from the manifest, or else from `epoch` (the value of `SOURCE_DATE_EPOCH`), or else from the newest
    /// source. If a disc cannot have that date, reports an error and returns `None`.
    pub fn new(catalogue: &Catalogue, epoch: Option<i64>, findings: &mut Findings) -> Option<Self> {
        let newest = || catalogue.sources.iter().map(|source| source.stamp.modified_seconds()).max().unwrap_or(0);
        let (seconds, origin) = match (catalogue.disc.date, epoch) {
            (Some(date), _) => (PartialDate::start_seconds(date), DateOrigin::Manifest),
            (None, Some(epoch)) => (epoch, DateOrigin::SourceDateEpoch),
            (None, None) => (newest(), DateOrigin::NewestSource),
        };
        if RECORDABLE_TIMES.contains(&seconds) {
            return Some(Self { seconds, origin });
        }
        let date = match catalogue.disc.date {
            Some(date) => date.to_string(),
            None => format!("{seconds} seconds after 1970-01-01"),
        };
        let message =
            format!("the date of the disc, from {}, is {date}; it must be between 1900 and 2155", origin.as_str());
        findings.push(
            Finding::error("bad-date", Place::Key(KeyPath::root().key("disc")), message)
                .help("set `date:` under `disc:` to a date in these years"),
        );
        None
    }
}

/// Converts text to a-characters (ECMA-119 7.4.1): transliterated, in upper case, with other characters
/// replaced by spaces.
fn to_a_characters(text: Option<&str>) -> String {
    let upper = to_ascii(text.unwrap_or_default()).to_ascii_uppercase();
    let allowed = |c: char| c.is_ascii_alphanumeric() || " _!\"%&'()*+,-./:;<=>?".contains(c);
    let kept: String = upper.chars().map(|c| if allowed(c) { c } else { ' ' }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_contain_only_a_characters() {
        assert_eq!(to_a_characters(Some("Éditions «Ñandú» #1 @ Москва")), "EDITIONS <<NANDU>> 1 MOSKVA");
        assert_eq!(to_a_characters(None), "");
    }
}
