//! Texts that were read, kept by the digest of the document, in the user's cache folder.
//!
//! An entry is the SHA-256 digest of the rest, and the rest: a damaged one is no entry. Nothing
//! depends on it: without a cache every document is read anew.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use etcetera::BaseStrategy;

use super::{Extraction, Facts};
use crate::catalogue::open;
use crate::checksum::{Digest, Hasher};

/// To be raised whenever a document may be read otherwise than before.
const VERSION: u32 = 4;

/// How many bytes of a digest stand before an entry, in hexadecimal digits.
const HEAD: usize = 64;

/// The largest document that is read, in bytes: it is held in memory.
const LARGEST: u64 = 600_000_000;

/// A folder of texts.
pub struct Cache {
    folder: PathBuf,
    /// Whether it goes with this run.
    fleeting: bool,
    parts: AtomicUsize,
}

/// Our folder in the user's cache (XDG base directories, or what the system has instead).
pub fn user_cache() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|strategy| strategy.cache_dir().join("make-disc"))
}

impl Cache {
    /// The user's own cache; a fleeting one if that cannot be written.
    pub fn of_user() -> Self {
        let name = format!("text-{VERSION}-{}", env!("CARGO_PKG_VERSION"));
        match user_cache()
            .map(|folder| folder.join(name))
            .filter(|folder| fs::create_dir_all(folder).is_ok() && writable(folder))
        {
            Some(folder) => Self { folder, fleeting: false, parts: AtomicUsize::new(0) },
            None => Self::fleeting(),
        }
    }

    /// One that goes with this run.
    pub fn fleeting() -> Self {
        let named = |n: u32| std::env::temp_dir().join(format!("make-disc-{}-{n}", std::process::id()));
        // One that nobody made before. If none can be made, documents have no text: which is said.
        let folder = (0..100).map(named).find(|folder| fs::create_dir(folder).is_ok()).unwrap_or_else(|| named(100));
        Self { folder, fleeting: true, parts: AtomicUsize::new(0) }
    }

    /// The text of a document from the cache, or as `read` writes it into a file.
    pub(super) fn read_or(
        &self,
        path: &Path,
        format: &str,
        read: impl FnOnce(&Path) -> Result<(), String>,
    ) -> (Facts, Option<PathBuf>) {
        if fs::metadata(path).is_ok_and(|meta| meta.len() > LARGEST) {
            let why = format!("it has more than {} MB, and is not looked into", LARGEST / 1_000_000);
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
        // Two runs may work on one document, and each of them on two copies of it.
        let number = self.parts.fetch_add(1, Ordering::Relaxed);
        let part = self.folder.join(format!("{digest}.{}.{number}.part", std::process::id()));
        let done = read(&part);
        let (extraction, keep) = match done {
            Ok(()) => match fs::read(&part).ok().and_then(|bytes| decode(&bytes)) {
                Some(extraction) => (extraction, true),
                None => (Extraction::unreadable("its reader ended without a result"), false),
            },
            Err(why) => (Extraction::unreadable(why), false),
        };
        // A document that was changed meanwhile must not lend its text to the one it was.
        let keep = keep && digest_of_file(path).is_ok_and(|now| now == digest);
        let kept = keep && store(&part, &entry, &extraction).is_some();
        let _ = fs::remove_file(&part);
        (extraction.facts, kept.then_some(entry))
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        if self.fleeting {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// The digest of a document, which may be something else by now: a pipe or a device has no end.
fn digest_of_file(path: &Path) -> io::Result<Digest> {
    Digest::from_reader(regular(path)?)
}

/// Opens a regular file.
pub(super) fn regular(path: &Path) -> io::Result<File> {
    let file = open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no regular file any more")) }
}

fn writable(folder: &Path) -> bool {
    let probe = folder.join(format!("{}.probe", std::process::id()));
    let made = File::create(&probe).is_ok();
    let _ = fs::remove_file(&probe);
    made
}

/// What a reader writes: the extraction alone.
pub(super) fn encode(extraction: &Extraction) -> Vec<u8> {
    postcard::to_stdvec(extraction).unwrap_or_default()
}

fn decode(bytes: &[u8]) -> Option<Extraction> {
    postcard::from_bytes(bytes).ok()
}

/// An entry under its name, whole or not at all.
fn store(part: &Path, entry: &Path, extraction: &Extraction) -> Option<()> {
    let body = encode(extraction);
    let mut file = File::create(part).ok()?;
    file.write_all(digest_of(&body).as_bytes()).and_then(|()| file.write_all(&body)).ok()?;
    fs::rename(part, entry).ok()
}

/// An entry; none if there is none or it is damaged.
pub(super) fn load(entry: &Path) -> Option<Extraction> {
    let bytes = fs::read(entry).ok()?;
    let (head, body) = bytes.split_at_checked(HEAD)?;
    (head == digest_of(body).as_bytes()).then(|| decode(body)).flatten()
}

fn digest_of(bytes: &[u8]) -> String {
    let mut hasher = Hasher::default();
    hasher.update(bytes);
    hasher.finish().to_string()
}
