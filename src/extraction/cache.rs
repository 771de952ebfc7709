//! Keeps the extracted texts in the user's cache folder, by the digest of the document.
//!
//! An entry begins with the SHA-256 digest of its contents; damaged entries are ignored. The output does not depend on
//! the cache: without one, every document is read again.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Seek};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use etcetera::BaseStrategy;

use super::entry_file::{load_bytes, store};
use super::known_digests::{self, KnownDigests};
use super::{Extraction, Facts, WorkerAnswer};
use crate::catalogue::Stamp;
use crate::checksum::Digest;
use crate::system::open_regular_file;
use crate::temporary::{Unfinished, create_private_folder, defer_interruption, ensure_private_folder};
use crate::worker::{decode, encode};

/// Increase this whenever the text of any document may be extracted differently.
const VERSION: u32 = 34;

/// The size of the largest document that is read, in bytes: documents are read into memory.
const MAX_DOCUMENT_BYTES: u64 = 600_000_000;

/// How many bytes of entries are kept from one run to the next.
const MAX_CACHE_BYTES: u64 = 2_000_000_000;

/// Entries that were used within this time are never removed.
const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// The entries are looked through for old ones only once in this time: with 30,000 entries, that takes a tenth of a second.
const EVICTION_INTERVAL: Duration = KEPT_FOR;

/// A file whose time is that of the last eviction.
const EVICTION_MARK: &str = "evicted";

/// A folder of extracted texts.
pub struct Cache {
    folder: PathBuf,
    /// Set if the folder is removed at the end of this run.
    temporary: Option<Unfinished>,
    /// A folder for the texts of this run that there is no space for in `folder`. It is removed at the end of this run. `None` if it cannot be
    /// created.
    spare: OnceLock<Option<(PathBuf, Unfinished)>>,
    /// The number of temporary files so far, for their names.
    next_part: AtomicUsize,
    known_digests: KnownDigests,
}

/// The folder of make-disc in the user's cache (XDG base directories, or the equivalent of other systems).
pub fn user_cache_folder() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|strategy| strategy.cache_dir().join("make-disc"))
}

/// The name of the folder of texts in the user's cache folder.
fn folder_name() -> String {
    format!("text-{VERSION}-{}", env!("CARGO_PKG_VERSION"))
}

impl Cache {
    /// The user's own cache, or a temporary one if that is not writable.
    pub fn for_user() -> Self {
        match user_cache_folder()
            .map(|folder| folder.join(folder_name()))
            .filter(|folder| ensure_private_folder(folder).is_ok())
        {
            Some(folder) => {
                evict_if_due(&folder, MAX_CACHE_BYTES, SystemTime::now());
                Self::in_folder(folder, None)
            }
            None => Self::temporary(),
        }
    }

    /// A cache that is removed at the end of this run.
    pub fn temporary() -> Self {
        // If no folder can be created, the cache gets a path at which no folder can exist: then nothing is kept in it.
        let _deferred = defer_interruption();
        let folder = create_private_folder().unwrap_or_else(|_| PathBuf::from("/dev/null/make-disc"));
        let temporary = Some(Unfinished::folder(&folder));
        Self::in_folder(folder, temporary)
    }

    fn in_folder(folder: PathBuf, temporary: Option<Unfinished>) -> Self {
        let known_digests = KnownDigests::load(&folder);
        Self { folder, temporary, spare: OnceLock::new(), next_part: AtomicUsize::new(0), known_digests }
    }

    /// Stores the digests of the documents that were read, so that the next run need not read these documents.
    pub fn save_known_digests(&self) {
        self.known_digests.save();
    }

    /// Returns the facts and the entry of a document. If it is not in the cache, `extract` reads the document and returns the
    /// encoded [`WorkerAnswer`].
    pub(super) fn get_or_extract(
        &self,
        path: &Path,
        format: &str,
        extract: impl FnOnce(File) -> Result<Vec<u8>, String>,
    ) -> (Facts, Option<PathBuf>) {
        if let Ok(meta) = fs::metadata(path) {
            if meta.len() > MAX_DOCUMENT_BYTES {
                let why = format!("it is larger than {} MB", MAX_DOCUMENT_BYTES / 1_000_000);
                return (Extraction::unreadable(why).facts, None);
            }
            let digest = self.known_digests.find(&Stamp::from_metadata(&meta));
            let entry = digest.map(|digest| self.folder.join(format!("{digest}.{format}")));
            if let Some((entry, known)) = entry.and_then(|entry| load(&entry).map(|known| (entry, known))) {
                mark_as_used(&entry);
                return (known.facts, Some(entry));
            }
        }
        let (file, digest) = match self.open_and_hash(path) {
            Ok(opened) => opened,
            Err(error) => return (Extraction::unreadable(error.to_string()).facts, None),
        };
        let entry = self.folder.join(format!("{digest}.{format}"));
        if let Some(extraction) = load(&entry) {
            mark_as_used(&entry);
            return (extraction.facts, Some(entry));
        }
        let (extraction, is_same) = match extract(file) {
            // The document may have been changed after its digest was computed. Then the text does not belong to this digest.
            Ok(bytes) => match decode::<WorkerAnswer>(&bytes) {
                Some(answer) => (answer.extraction, answer.digest == digest.to_string()),
                None => (Extraction::unreadable("the text extractor returned no result"), false),
            },
            Err(why) => (Extraction::unreadable(why), false),
        };
        if !is_same {
            return (extraction.facts, None);
        }
        match self.store_text(entry, &encode(&extraction)) {
            Some(entry) => (extraction.facts, Some(entry)),
            None if !extraction.facts.text.is_searchable() => (extraction.facts, None),
            None => {
                let why = "there is no space for its text, neither in the cache folder nor in the temporary folder";
                (Extraction::unreadable(why).facts, None)
            }
        }
    }

    /// Returns data that is derived from a document, such as a picture of its first page, and the digest of that document, in
    /// hexadecimal digits. `kind` is the extension of the cache entry. If the data is not in the cache, `make` derives it, and returns it
    /// after the digest of the bytes that it was derived from. `known_digest` is the digest of the document if it has been computed
    /// already in this run. Returns `None` if the data cannot be derived; the next run tries again.
    pub fn get_or_make(
        &self,
        path: &Path,
        known_digest: Option<&str>,
        kind: &str,
        make: impl FnOnce(File) -> Option<(String, Vec<u8>)>,
    ) -> Option<(String, Vec<u8>)> {
        let remembered = || self.known_digests.find(&Stamp::from_metadata(&fs::metadata(path).ok()?));
        let mut opened = None;
        let digest = match known_digest.map(str::to_owned).or_else(|| Some(remembered()?.to_string())) {
            Some(digest) => digest,
            None => {
                let (file, digest) = self.open_and_hash(path).ok()?;
                opened = Some(file);
                digest.to_string()
            }
        };
        let entry = self.folder.join(format!("{digest}.{kind}"));
        if let Some(kept) = load_bytes(&entry) {
            mark_as_used(&entry);
            return Some((digest, kept));
        }
        let file = match opened {
            Some(file) => file,
            None => open_regular_file(path).ok()?,
        };
        let (source_digest, data) = make(file)?;
        if source_digest == digest {
            // If it cannot be stored, the next run derives it again.
            let _ = self.store(&entry, &data);
        }
        Some((source_digest, data))
    }

    /// Opens a document, computes its digest and remembers that for the next run.
    fn open_and_hash(&self, path: &Path) -> io::Result<(File, Digest)> {
        let mut file = open_regular_file(path)?;
        let (before, started) = (Stamp::from_metadata(&file.metadata()?), SystemTime::now());
        let digest = Digest::from_reader(&mut file)?;
        self.known_digests.remember(&file, &before, started, digest);
        file.rewind()?;
        Ok((file, digest))
    }

    /// Reads an entry that [`store_derived`](Self::store_derived) has written.
    pub(super) fn load_derived(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.folder.join(name);
        let data = load_bytes(&entry)?;
        mark_as_used(&entry);
        Some(data)
    }

    pub(super) fn store_derived(&self, name: &str, data: &[u8]) {
        // If it cannot be stored, the next run derives it again.
        let _ = self.store(&self.folder.join(name), data);
    }

    /// Stores the text of a document under this name, or if that fails, under the same name in the spare folder. Returns its path.
    fn store_text(&self, entry: PathBuf, body: &[u8]) -> Option<PathBuf> {
        if self.store(&entry, body).is_some() {
            return Some(entry);
        }
        let spare = self.spare.get_or_init(|| {
            let _deferred = defer_interruption();
            let folder = create_private_folder().ok()?;
            let unfinished = Unfinished::folder(&folder);
            Some((folder, unfinished))
        });
        let spare_entry = spare.as_ref()?.0.join(entry.file_name()?);
        self.store(&spare_entry, body)?;
        Some(spare_entry)
    }

    /// Writes an entry completely or not at all.
    fn store(&self, entry: &Path, body: &[u8]) -> Option<()> {
        // Several runs may read the same document at the same time, and each run several copies of it.
        let number = self.next_part.fetch_add(1, Ordering::Relaxed);
        let part = entry.with_extension(format!("{}.{number}.part", std::process::id()));
        let is_stored = store(&part, entry, body);
        let _ = fs::remove_file(&part);
        is_stored
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        if self.temporary.is_some() {
            let _ = fs::remove_dir_all(&self.folder);
        }
        if let Some(Some((folder, _))) = self.spare.get() {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Removes old entries, unless that was done less than [`EVICTION_INTERVAL`] ago.
fn evict_if_due(folder: &Path, max_bytes: u64, now: SystemTime) {
    let mark = folder.join(EVICTION_MARK);
    let last = fs::metadata(&mark).and_then(|meta| meta.modified()).ok();
    // A time in the future is that of a wrong clock.
    if last.and_then(|last| now.duration_since(last).ok()).is_some_and(|age| age < EVICTION_INTERVAL) {
        return;
    }
    evict_old_entries(folder, max_bytes, now);
    // If the file cannot be written, the next run looks through the entries again.
    let _ = File::create(&mark).and_then(|file| file.set_modified(now));
}

/// Removes the least recently used entries until the rest has at most `max_bytes`. Entries of the last day are kept, because
/// another run may be using them.
fn evict_old_entries(folder: &Path, max_bytes: u64, now: SystemTime) {
    let Ok(listing) = fs::read_dir(folder) else { return };
    let mut entries: Vec<(SystemTime, u64, PathBuf)> = listing
        .flatten()
        .filter_map(|entry| {
            let meta = entry.metadata().ok().filter(Metadata::is_file)?;
            Some((meta.modified().ok()?, meta.len(), entry.path()))
        })
        .collect();
    let mut total: u64 = entries.iter().map(|(_, length, _)| length).sum();
    entries.sort();
    for (used, length, path) in entries {
        let is_recent = now.duration_since(used).is_ok_and(|age| age < KEPT_FOR) || used > now;
        if total <= max_bytes || is_recent {
            return;
        }
        if fs::remove_file(path).is_ok() {
            total -= length;
        }
    }
}

/// Records, to the hour, that an entry was used now.
fn mark_as_used(entry: &Path) {
    let age = fs::metadata(entry).and_then(|meta| meta.modified()).ok().and_then(|used| used.elapsed().ok());
    if age.is_some_and(|age| age < Duration::from_secs(60 * 60)) {
        return;
    }
    // If the time cannot be set, the entry is only removed earlier.
    let _ = OpenOptions::new().append(true).open(entry).and_then(|file| file.set_modified(SystemTime::now()));
}

/// Makes the next run read all documents again.
pub fn forget_known_digests() {
    if let Some(folder) = user_cache_folder() {
        known_digests::forget(&folder.join(folder_name()));
    }
}

/// Reads an entry; `None` if it does not exist or is damaged.
pub(super) fn load(entry: &Path) -> Option<Extraction> {
    decode(&load_bytes(entry)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn text_of_other_bytes_is_not_kept() {
        let cache = Cache::temporary();
        let document = cache.folder.join("a.txt");
        fs::write(&document, "published").unwrap();
        let extract_other = |_| Ok(crate::extraction::extract(&mut &b"in between"[..], "txt"));
        assert_eq!(cache.get_or_extract(&document, "txt", extract_other).1, None);
        let extract = |mut file: File| Ok(crate::extraction::extract(&mut file, "txt"));
        let entry = cache.get_or_extract(&document, "txt", extract).1.unwrap();
        assert_eq!(load(&entry).unwrap().pages, ["published\n"]);
        // It is in the cache now.
        assert_eq!(cache.get_or_extract(&document, "txt", |_| Err(String::new())).1, Some(entry));
    }

    #[test]
    fn a_document_whose_digest_is_remembered_is_not_read_for_its_cover() {
        let cache = Cache::temporary();
        let document = cache.folder.join("a.pdf");
        fs::write(&document, "published").unwrap();
        let file = File::open(&document).unwrap();
        let stamp = Stamp::from_metadata(&file.metadata().unwrap());
        // Not its digest, so that the test would notice if it was computed.
        let remembered = Digest::of(b"other");
        cache.known_digests.remember(&file, &stamp, SystemTime::now() + Duration::from_secs(60), remembered);
        // The cover is drawn from other bytes than the remembered ones: it is not kept, and has its own digest.
        let drawn = || Some(("drawn".to_owned(), b"new".to_vec()));
        let found = cache.get_or_make(&document, None, "cover", |_| drawn());
        assert_eq!(found, drawn());
        assert_eq!(cache.get_or_make(&document, None, "cover", |_| None), None);
        cache.store_derived(&format!("{remembered}.cover"), b"kept");
        let found = cache.get_or_make(&document, None, "cover", |_| None);
        assert_eq!(found, Some((remembered.to_string(), b"kept".to_vec())));
        // A document that is not known is hashed.
        let copy = cache.folder.join("b.pdf");
        fs::write(&copy, "published").unwrap();
        let digest = Digest::of(b"published").to_string();
        let found = cache.get_or_make(&copy, None, "cover", |_| Some((digest.clone(), b"new".to_vec())));
        assert_eq!(found, Some((digest.clone(), b"new".to_vec())));
        assert_eq!(cache.get_or_make(&copy, None, "cover", |_| None), found);
    }

    #[test]
    fn a_text_that_the_folder_has_no_space_for_is_kept_elsewhere() {
        let cache = Cache::temporary();
        let folder = create_private_folder().unwrap();
        let document = folder.join("a.txt");
        fs::write(&document, "published").unwrap();
        // Nothing can be stored in a folder that does not exist, as in a full one.
        fs::remove_dir_all(&cache.folder).unwrap();
        let extract = |mut file: File| Ok(crate::extraction::extract(&mut file, "txt"));
        let entry = cache.get_or_extract(&document, "txt", extract).1.unwrap();
        assert!(!entry.starts_with(&cache.folder));
        assert_eq!(load(&entry).unwrap().pages, ["published\n"]);
        drop(cache);
        assert!(!entry.parent().unwrap().exists());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn old_entries_are_looked_for_once_a_day() {
        let folder = create_private_folder().unwrap();
        let now = SystemTime::now();
        let add_old_entry = || {
            let file = File::create(folder.join("old")).unwrap();
            file.set_len(100).unwrap();
            file.set_modified(now - KEPT_FOR * 3).unwrap();
        };
        let is_evicted = |now| {
            add_old_entry();
            evict_if_due(&folder, 10, now);
            !folder.join("old").exists()
        };
        assert!(is_evicted(now));
        assert!(!is_evicted(now + EVICTION_INTERVAL / 2));
        assert!(is_evicted(now + EVICTION_INTERVAL * 2));
        // The mark is now in the future.
        assert!(is_evicted(now));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_least_recently_used_entries_are_evicted() {
        let folder = create_private_folder().unwrap();
        let now = SystemTime::now();
        for (name, days) in [("a", 5), ("b", 9), ("c", 0), ("d", 7)] {
            fs::write(folder.join(name), [0; 100]).unwrap();
            let file = OpenOptions::new().append(true).open(folder.join(name)).unwrap();
            file.set_modified(now - KEPT_FOR * days).unwrap();
        }
        let names = || {
            let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        evict_old_entries(&folder, 400, now);
        assert_eq!(names(), ["a", "b", "c", "d"]);
        evict_old_entries(&folder, 200, now);
        assert_eq!(names(), ["a", "c"]);
        mark_as_used(&folder.join("a"));
        evict_old_entries(&folder, 0, SystemTime::now());
        assert_eq!(names(), ["a", "c"]);
        fs::remove_dir_all(folder).unwrap();
    }
}
