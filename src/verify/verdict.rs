//! What was found: problems by requirement and by document, and the verdict on the whole.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::checksum::Digest;

/// How many problems of one kind are kept; the rest are counted.
const MOST_OF_A_KIND: u64 = 100;

/// A run of sectors: the first, and how many.
pub type Sectors = (u64, u64);

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Its kind, a word for scripts.
    pub code: Code,
    /// The number of the requirement in docs/conformance.md that is not met, if it is one of those.
    pub requirement: Option<u8>,
    /// A sentence.
    pub message: String,
    /// The file that is concerned, as a path on the disc.
    pub path: Option<String>,
    /// The same in the words of the collection: `“Final report, Santiago” (Spanish, PDF)`.
    pub document: Option<String>,
    /// The sectors that are concerned; in a folder, blocks of 2,048 bytes of the file.
    pub sectors: Vec<Sectors>,
}

/// The kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The structure of the volume breaks a requirement.
    Structure,
    /// Sectors or files that cannot be read.
    Unreadable,
    /// A file whose bytes are not those of the checksum list.
    Changed,
    /// A file of the checksum list that is not there.
    Missing,
    /// A file that is there and in no checksum list.
    Added,
    /// The checksum list itself: not there, or not a list.
    ChecksumList,
    /// A link of the launcher that leads nowhere.
    BrokenLink,
    /// Bytes that belong to no file and no structure, and are not zero.
    StrayBytes,
    /// The implanted media check.
    MediaCheck,
    /// The digest of the whole is not the one that was published.
    Digest,
    /// A difference from what the manifest would make.
    Manifest,
}

impl Problem {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, requirement: None, message: message.into(), path: None, document: None, sectors: Vec::new() }
    }

    /// A problem of structure.
    pub(super) fn of(requirement: u8, message: impl Into<String>) -> Self {
        Self { requirement: Some(requirement), ..Self::new(Code::Structure, message) }
    }

    pub(super) fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    pub(super) fn in_sectors(mut self, sectors: impl IntoIterator<Item = Sectors>) -> Self {
        self.sectors.extend(sectors);
        self
    }
}

/// Problems as they are found, so many of each kind and the number of all.
#[derive(Debug, Default)]
pub struct Problems {
    kept: Vec<Problem>,
    counts: BTreeMap<(Code, Option<u8>), u64>,
}

impl Problems {
    pub(super) fn push(&mut self, problem: Problem) {
        let count = self.counts.entry((problem.code, problem.requirement)).or_default();
        *count += 1;
        if *count <= MOST_OF_A_KIND {
            self.kept.push(problem);
        }
    }

    /// Adds a problem of structure.
    pub(super) fn structure(&mut self, requirement: u8, message: impl Into<String>) {
        self.push(Problem::of(requirement, message));
    }

    /// Those that are kept, in the order they were found.
    pub fn kept(&self) -> &[Problem] {
        &self.kept
    }

    pub(super) fn kept_mut(&mut self) -> &mut [Problem] {
        &mut self.kept
    }

    /// How many there are of a kind, kept or not.
    pub fn count(&self, code: Code) -> u64 {
        self.counts.iter().filter(|((of, _), _)| *of == code).map(|(_, count)| count).sum()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A disc image in a file.
    Image,
    /// A drive with a disc in it, or another block device.
    Device,
    /// A folder: a mounted disc, a copied stick, an unpacked archive.
    Folder,
    /// The files of an archive.
    Archive,
}

/// How the implanted media check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaCheck {
    /// None is implanted.
    None,
    /// The sums agree.
    Passed,
    /// They do not.
    Failed,
}

/// A file of the checksum list as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its path on the disc.
    pub path: String,
    /// Its digest, if all of it could be read.
    pub digest: Option<Digest>,
}

/// What came of it.
#[derive(Debug)]
pub struct Verdict {
    /// What was looked at.
    pub kind: Kind,
    /// The volume identifier.
    pub volume: Option<String>,
    /// Bytes of the volume, or of all files of a folder.
    pub size: u64,
    /// All that is wrong.
    pub problems: Problems,
    /// What is worth knowing and not wrong.
    pub notes: Vec<String>,
    /// The published digests that agree with what was found, in words.
    pub agree: Vec<String>,
    /// Every file that was looked at, with its digest.
    pub files: Vec<Checked>,
    /// How many files the checksum list names.
    pub listed: u64,
    /// How many of those are as they were published.
    pub intact: u64,
    /// Whether an image file goes on behind the end of the volume.
    pub longer: bool,
    /// The digest of the whole volume, if all of it could be read.
    pub whole: Option<Digest>,
    /// The digest of the checksum list.
    pub list: Option<Digest>,
    /// How the implanted media check came out; of a folder it cannot be said.
    pub media_check: Option<MediaCheck>,
}
