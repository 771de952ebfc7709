//! The result of verifying: the verdict and the problems, each with the requirement or the document that it concerns.

use std::collections::BTreeMap;
use std::ops::Deref;

use serde::Serialize;

use super::requirement::Requirement;
use crate::checksum::Digest;

/// How many problems with the same code, requirement and basis are stored; further ones are only counted.
const MAX_STORED_PER_KEY: u64 = 100;

/// Consecutive sectors: the number of the first, and how many there are.
pub type SectorRun = (u64, u64);

/// Something that is wrong, or that could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Its kind, for scripts.
    pub code: ProblemCode,
    /// The requirement of docs/conformance.md that is violated, if there is one.
    pub requirement: Option<Requirement>,
    /// What is wrong, without the name of the file.
    pub message: String,
    /// The affected file, as a path on the disc.
    pub path: Option<String>,
    /// What the collection calls that file: `“Final report, Santiago” (Spanish, PDF)`.
    pub document: Option<String>,
    /// The affected sectors; in a folder or archive, blocks of 2,048 bytes within the file.
    pub sectors: Vec<SectorRun>,
    /// Why it is a problem.
    #[serde(skip)]
    pub(super) basis: Basis,
}

/// What makes something in the structure a problem. On a disc that make-disc made, all three are problems; on another, only
/// the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Basis {
    /// Readers rely on it: some may read something else, or not everything.
    Reading,
    /// A standard requires it, but readers can do without it.
    Standard,
    /// make-disc does it this way on every disc; no standard requires it.
    Convention,
}

/// The kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// The structure of the volume violates a requirement.
    Structure,
    /// Sectors or files that cannot be read.
    Unreadable,
    /// A file whose bytes do not match the checksum list.
    Changed,
    /// A file that is in the checksum list but does not exist.
    Missing,
    /// A file that exists but is not in the checksum list.
    Added,
    /// The checksum list is missing or malformed.
    ChecksumList,
    /// The checksum file beside an image or archive cannot be used.
    ChecksumFile,
    /// A link on a page of the launcher to a file that does not exist.
    BrokenLink,
    /// Bytes that belong to no file and no structure, and are not zero.
    StrayBytes,
    /// The media check on the disc fails.
    MediaCheck,
    /// The signature of the checksum list is wrong.
    Signature,
    /// The timestamp of the checksum list is of another list, or damaged.
    Timestamp,
    /// A key was given, but the checksum list is not signed.
    NotSigned,
    /// The digest of the image or of the checksum list differs from the published one, or cannot be compared with it.
    Digest,
    /// A difference from the image that the manifest would make.
    Manifest,
    /// Another file system in the image, which many computers prefer, and whose files were not checked.
    OtherFileSystem,
    /// A file that cannot be compared here, or whose name is not the same for all programs; nothing shows that it is wrong.
    NotCompared,
}

impl Problem {
    pub(super) fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            code,
            requirement: None,
            message: message.into(),
            path: None,
            document: None,
            sectors: Vec::new(),
            basis: Basis::Reading,
        }
    }

    /// A violation of a requirement on the structure.
    pub(super) fn violation(basis: Basis, requirement: Requirement, message: impl Into<String>) -> Self {
        Self { requirement: Some(requirement), basis, ..Self::new(ProblemCode::Structure, message) }
    }

    pub(super) fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    pub(super) fn in_sectors(mut self, sectors: impl IntoIterator<Item = SectorRun>) -> Self {
        self.sectors.extend(sectors);
        self
    }
}

/// The problems found: all are counted, and the first ones with the same code, requirement and basis are stored.
#[derive(Debug, Default)]
pub struct Problems {
    stored: Vec<Problem>,
    counts: BTreeMap<(ProblemCode, Option<Requirement>, Basis), u64>,
}

impl Problems {
    pub(super) fn add(&mut self, problem: Problem) {
        let count = self.counts.entry((problem.code, problem.requirement, problem.basis)).or_default();
        *count += 1;
        if *count <= MAX_STORED_PER_KEY {
            self.stored.push(problem);
        }
    }

    pub(super) fn add_violation(&mut self, basis: Basis, requirement: Requirement, message: impl Into<String>) {
        self.add(Problem::violation(basis, requirement, message));
    }

    /// Removes and returns the problems with this basis.
    pub(super) fn take(&mut self, basis: Basis) -> Self {
        let stored = self.stored.extract_if(.., |problem| problem.basis == basis).collect();
        let counts = self.counts.extract_if(.., |(.., counted), _| *counted == basis).collect();
        Self { stored, counts }
    }

    /// The stored problems, in the order they were found.
    pub fn stored(&self) -> &[Problem] {
        &self.stored
    }

    pub(super) fn stored_mut(&mut self) -> &mut [Problem] {
        &mut self.stored
    }

    /// How many there are of a kind, stored or not.
    pub fn count(&self, code: ProblemCode) -> u64 {
        self.counts.iter().filter(|((counted, ..), _)| *counted == code).map(|(_, count)| count).sum()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// How many there are of all kinds, stored or not.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}

/// The problems of a verdict. It is empty only if every file in the checksum list was compared and matches:
/// [`Problems::conclude`], the only way to make it, ensures that.
#[derive(Debug)]
pub struct FinalProblems(Problems);

impl Problems {
    /// Ends the search for problems. `files_listed` is the number of files in the checksum list, `files_intact` how many of
    /// them were compared and match.
    pub(super) fn conclude(mut self, files_listed: u64, files_intact: u64) -> FinalProblems {
        if self.is_empty() && (files_listed == 0 || files_intact != files_listed) {
            let message = match (files_listed, files_intact) {
                (0, _) => "the checksum list names no files".to_owned(),
                (1, _) => "the only file in the checksum list was not compared, or does not match".to_owned(),
                (listed, 1) => format!("only 1 of the {listed} files in the checksum list was compared and matches"),
                (listed, intact) => {
                    format!("only {intact} of the {listed} files in the checksum list were compared and match")
                }
            };
            self.add(Problem::new(ProblemCode::ChecksumList, message));
        }
        FinalProblems(self)
    }
}

impl FinalProblems {
    pub(super) fn add(&mut self, problem: Problem) {
        self.0.add(problem);
    }
}

impl Deref for FinalProblems {
    type Target = Problems;

    fn deref(&self) -> &Problems {
        &self.0
    }
}

/// Notes of one kind: the first ones are stored, and the others counted.
#[derive(Debug, Default)]
pub(super) struct CappedNotes {
    stored: Vec<String>,
    more: usize,
}

impl CappedNotes {
    /// How many are stored.
    const MAX_STORED: usize = 20;

    pub(super) fn add(&mut self, note: impl FnOnce() -> String) {
        if self.stored.len() < Self::MAX_STORED {
            self.stored.push(note());
        } else {
            self.more += 1;
        }
    }

    /// The notes. The last one says how many more there are: `and 1` followed by `one`, or a larger number followed by `many`.
    pub(super) fn into_notes(mut self, one: &str, many: &str) -> Vec<String> {
        match self.more {
            0 => {}
            1 => self.stored.push(format!("and 1 {one}")),
            more => self.stored.push(format!("and {more} {many}")),
        }
        self.stored
    }
}

/// What was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    /// A disc image in a file.
    Image,
    /// A drive with a disc in it, or another block device.
    Device,
    /// A folder: a mounted disc, a copy on a USB stick, an unpacked archive.
    Folder,
    /// An archive, without unpacking it.
    Archive,
}

/// The program that made a disc, according to its volume descriptors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Maker {
    /// make-disc, which promises more than the standards require.
    MakeDisc,
    /// Another program: its application identifier, which may be empty.
    Other(String),
}

/// The result of the media check that is stored on the disc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaCheckResult {
    /// The image has no media check.
    None,
    /// The checksums match.
    Passed,
    /// The checksums do not match.
    Failed,
}

/// What was found out about the signature of the checksum list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureReport {
    /// Its path.
    pub path: String,
    /// The number of the key of minisign that made it, or the fingerprint of a key of OpenSSH; `None` if it is not a signature.
    pub key: Option<String>,
    /// The comment that a signature of minisign covers as well.
    pub trusted_comment: Option<String>,
    /// Whether it is valid.
    pub state: SignatureState,
    /// Its bytes.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// Whether a signature is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureState {
    /// It was made for this list, with the key that the user gave.
    Valid,
    /// It matches the public key beside it, which anybody can have put there.
    MatchesKeyOnDisc,
    /// There is no key to check it with.
    NotChecked,
    /// It is damaged, or was made with another key or for another list.
    Invalid,
}

/// What was found out about the timestamp of the checksum list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimestampReport {
    /// Its path.
    pub path: String,
    /// When the authority says that it was made; `None` if that cannot be read.
    pub time: Option<String>,
    /// Whether it is of this list.
    pub state: TimestampState,
    /// Its bytes.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// Whether a timestamp is of the list beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimestampState {
    /// It is. Whether an authority made it was not checked.
    MatchesList,
    /// It has a digest of another kind, which was not compared.
    NotCompared,
    /// It is damaged, or of another list.
    Invalid,
}

/// A file that was hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedFile {
    /// Its path on the disc.
    pub path: String,
    /// Its actual path in the folder or archive, if that differs: in capital letters, for example.
    pub path_here: Option<String>,
    /// Its digest; `None` if some of it could not be read, or if there is nothing to compare it with.
    pub digest: Option<Digest>,
    /// Whether the list does not name it, and a note says why it is harmless.
    pub is_harmless: bool,
    /// Whether the list has this digest for it.
    pub is_intact: bool,
}

/// The result of verifying an image, a disc, a folder or an archive.
#[derive(Debug)]
pub struct Verdict {
    /// What was verified.
    pub kind: TargetKind,
    /// The volume identifier; `None` for a folder or archive.
    pub volume_identifier: Option<String>,
    /// The length of the volume, or of all files of a folder or archive together, in bytes.
    pub size: u64,
    /// Everything that is wrong.
    pub problems: FinalProblems,
    /// Where a disc made by another program deviates from the standards in ways that operating systems tolerate. They do not affect
    /// the verdict.
    pub deviations: Problems,
    /// Who made the disc; `None` for a folder or archive.
    pub maker: Option<Maker>,
    /// What the user should know although nothing is wrong.
    pub notes: Vec<String>,
    /// A sentence for each published digest that matches.
    pub confirmed: Vec<String>,
    /// Every file, with its digest.
    pub files: Vec<CheckedFile>,
    /// How many files the checksum list names.
    pub files_listed: u64,
    /// How many of those match the list.
    pub files_intact: u64,
    /// How many files of operating systems are not in the list and were not compared with anything.
    pub os_files: u64,
    /// Whether an image file continues after the end of the volume.
    pub has_trailing_sectors: bool,
    /// Whether every file was compared with the manifest and is as it describes.
    pub is_as_manifest: bool,
    /// The digest of the whole volume; `None` if some of it could not be read.
    pub image_digest: Option<Digest>,
    /// The digest of the checksum list.
    pub list_digest: Option<Digest>,
    /// The result of the media check; `None` for a folder or archive.
    pub media_check: Option<MediaCheckResult>,
    /// The signature of the checksum list, if there is one.
    pub signature: Option<SignatureReport>,
    /// The timestamp of the checksum list, if there is one.
    pub timestamp: Option<TimestampReport>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_intact_unless_every_listed_file_is() {
        let is_intact = |listed, intact| Problems::default().conclude(listed, intact).is_empty();
        assert!(is_intact(1, 1) && is_intact(70_000, 70_000));
        for (listed, intact) in [(0, 0), (1, 0), (2, 1), (70_000, 69_999), (1, 2)] {
            assert!(!is_intact(listed, intact), "{intact} of {listed}");
        }
        // What is already known to be wrong is not explained twice.
        let mut problems = Problems::default();
        problems.add(Problem::new(ProblemCode::Missing, "is missing"));
        assert_eq!(problems.conclude(2, 1).total(), 1);
        let problems = Problems::default().conclude(2, 1);
        assert_eq!(problems.stored()[0].message, "only 1 of the 2 files in the checksum list was compared and matches");
    }
}
