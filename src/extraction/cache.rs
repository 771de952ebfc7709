//! Keeps the extracted texts in the user's cache folder, by the digest of the document.
//!
//! An entry begins with the SHA-256 digest of its contents; damaged entries are ignored. The output does not depend on
//! the cache: without one, every document is read again.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use etcetera::BaseStrategy;

use super::{Extraction, Facts};
use crate::catalogue::open_source;
use crate::checksum::{Digest, Hasher};

/// Increase this whenever the text of any document may be extracted differently.
const VERSION: u32 = 4;

/// The length of the digest at the beginning of an entry, in hexadecimal digits.
const DIGEST_LENGTH: usize = 64;

/// The size of the largest document that is read, in bytes: documents are read into memory.
const MAX_DOCUMENT_BYTES: u64 = 600_000_000;

/// A folder of extracted texts.
pub struct Cache {
    folder: PathBuf,
    /// Whether the folder is removed at the end of this run.
    is_temporary: bool,
    /// The number of temporary files so far, for their names.
    next_part: AtomicUsize,
}

/// The folder of make-disc in the user's cache (XDG base directories, or the equivalent of other systems).
pub fn user_cache_folder() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|strategy| strategy.cache_dir().join("make-disc"))
}

impl Cache {
    /// The user's own cache, or a temporary one if that is not writable.
    pub fn for_user() -> Self {
        let name = format!("text-{VERSION}-{}", env!("CARGO_PKG_VERSION"));
        match user_cache_folder()
            .map(|folder| folder.join(name))
            .filter(|folder| fs::create_dir_all(folder).is_ok() && is_writable(folder))
        {
            Some(folder) => Self { folder, is_temporary: false, next_part: AtomicUsize::new(0) },
            None => Self::temporary(),
        }
    }

    /// A cache that is removed at the end of this run.
    pub fn temporary() -> Self {
        let named = |n: u32| std::env::temp_dir().join(format!("make-disc-{}-{n}", std::process::id()));
        // A folder that did not exist before. If none can be created, every document is reported as unreadable.
        let folder = (0..100).map(named).find(|folder| fs::create_dir(folder).is_ok()).unwrap_or_else(|| named(100));
        Self { folder, is_temporary: true, next_part: AtomicUsize::new(0) }
    }

    /// Returns the facts and the entry of a document. If it is not in the cache, `extract` writes its text to a file.
    pub(super) fn get_or_extract(
        &self,
        path: &Path,
        format: &str,
        extract: impl FnOnce(&Path) -> Result<(), String>,
    ) -> (Facts, Option<PathBuf>) {
        if fs::metadata(path).is_ok_and(|meta| meta.len() > MAX_DOCUMENT_BYTES) {
            let why = format!("it is larger than {} MB", MAX_DOCUMENT_BYTES / 1_000_000);
            return (Extraction::unreadable(why).facts, None);
        }
        let digest = match digest_of_file(path) {
            Ok(digest) => digest,
            Err(error) => return (Extraction::unreadable(error.to_string()).facts, None),
        };
        let entry = self.folder.join(format!("{digest}.{format}"));
        if let Some(known) = load(&entry) {
            return (known.facts, Some(entry));
        }
        // Several runs may read the same document at the same time, and each run several copies of it.
        let number = self.next_part.fetch_add(1, Ordering::Relaxed);
        let part = self.folder.join(format!("{digest}.{}.{number}.part", std::process::id()));
        let (extraction, is_complete) = match extract(&part) {
            Ok(()) => match fs::read(&part).ok().and_then(|bytes| decode(&bytes)) {
                Some(extraction) => (extraction, true),
                None => (Extraction::unreadable("the text extractor returned no result"), false),
            },
            Err(why) => (Extraction::unreadable(why), false),
        };
        // The text of a document that has changed must not be stored under the old digest.
        let may_be_kept = is_complete && digest_of_file(path).is_ok_and(|now| now == digest);
        let is_kept = may_be_kept && store(&part, &entry, &extraction).is_some();
        let _ = fs::remove_file(&part);
        (extraction.facts, is_kept.then_some(entry))
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        if self.is_temporary {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// The digest of a document. What is no longer a regular file is not read: pipes and devices may have no end.
fn digest_of_file(path: &Path) -> io::Result<Digest> {
    Digest::from_reader(open_regular_file(path)?)
}

/// Opens a file, and fails if it is not a regular one.
pub(super) fn open_regular_file(path: &Path) -> io::Result<File> {
    let file = open_source(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no longer a regular file")) }
}

fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(format!("{}.probe", std::process::id()));
    let is_created = File::create(&probe).is_ok();
    let _ = fs::remove_file(&probe);
    is_created
}

/// What the worker process writes: the extraction without a digest.
pub(super) fn encode(extraction: &Extraction) -> Vec<u8> {
    postcard::to_stdvec(extraction).unwrap_or_default()
}

fn decode(bytes: &[u8]) -> Option<Extraction> {
    postcard::from_bytes(bytes).ok()
}

/// Writes an entry completely or not at all.
fn store(part: &Path, entry: &Path, extraction: &Extraction) -> Option<()> {
    let body = encode(extraction);
    let mut file = File::create(part).ok()?;
    file.write_all(digest_of(&body).as_bytes()).and_then(|()| file.write_all(&body)).ok()?;
    fs::rename(part, entry).ok()
}

/// Reads an entry; `None` if it does not exist or is damaged.
pub(super) fn load(entry: &Path) -> Option<Extraction> {
    let bytes = fs::read(entry).ok()?;
    let (digest, body) = bytes.split_at_checked(DIGEST_LENGTH)?;
    (digest == digest_of(body).as_bytes()).then(|| decode(body)).flatten()
}

fn digest_of(bytes: &[u8]) -> String {
    let mut hasher = Hasher::default();
    hasher.update(bytes);
    hasher.finish().to_string()
}
