//! Remembers the digests of documents from one run to the next, so that documents that have not changed are not read again.
//!
//! A document is recognised by its stamp: device, inode, length, and the times of modification and change. A digest is
//! remembered only if the document was last changed some seconds before it was read: otherwise, a later change could leave
//! the times the same. When a document is written to a disc, its bytes are compared with the digest again.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::entry_file::{load_bytes, store};
use crate::catalogue::Stamp;
use crate::checksum::Digest;
use crate::worker::{decode, encode};

/// The name of the file in the cache folder.
const FILE_NAME: &str = "digests";

/// How long a document must have been unchanged before its digest is remembered. File systems record times in steps of up to
/// two seconds.
const SETTLED_AFTER: Duration = Duration::from_secs(4);

/// The maximum number of digests that are remembered.
const MAX_DIGESTS: usize = 500_000;

/// How long an unused digest is remembered, in days.
const KEPT_DAYS: u32 = 60;

/// Device, inode, length, time of modification and time of change, as in [`Stamp`].
type Key = (u64, u64, u64, i128, i128);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KnownDigest {
    /// In hexadecimal digits.
    digest: String,
    /// When it was used last, in days since 1970-01-01.
    used: u32,
}

/// The digests of earlier runs, and of this one.
pub(super) struct KnownDigests {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    digests: BTreeMap<Key, KnownDigest>,
    is_changed: bool,
}

impl KnownDigests {
    /// Loads the digests that earlier runs have stored in a cache folder.
    pub(super) fn load(folder: &Path) -> Self {
        let bytes = load_bytes(&folder.join(FILE_NAME));
        let digests = bytes.and_then(|bytes| decode(&bytes)).unwrap_or_default();
        Self { folder: folder.to_owned(), state: Mutex::new(State { digests, is_changed: false }) }
    }

    /// The digest of a document with this stamp, if it is known.
    pub(super) fn find(&self, stamp: &Stamp) -> Option<Digest> {
        let key = key(stamp)?;
        let mut state = self.state.lock().ok()?;
        let today = days_since_1970(SystemTime::now());
        let State { digests, is_changed } = &mut *state;
        let known = digests.get_mut(&key)?;
        *is_changed |= known.used != today;
        known.used = today;
        Digest::parse(&known.digest)
    }

    /// Remembers the digest of an open document. `before` is its stamp, and `started` the time, before it was read.
    pub(super) fn remember(&self, file: &File, before: &Stamp, started: SystemTime, digest: Digest) {
        let Some(key) = key(before).filter(|_| is_settled(before, started)) else { return };
        // The document may have been changed while it was read.
        if !file.metadata().is_ok_and(|meta| Stamp::from_metadata(&meta) == *before) {
            return;
        }
        if let Ok(mut state) = self.state.lock() {
            let known = KnownDigest { digest: digest.to_string(), used: days_since_1970(SystemTime::now()) };
            state.is_changed |= state.digests.insert(key, known.clone()).as_ref() != Some(&known);
        }
    }

    /// Stores the digests for the next run.
    pub(super) fn save(&self) {
        let Ok(mut state) = self.state.lock() else { return };
        if !state.is_changed {
            return;
        }
        let oldest = days_since_1970(SystemTime::now()).saturating_sub(KEPT_DAYS);
        state.digests.retain(|_, known| known.used >= oldest);
        if state.digests.len() > MAX_DIGESTS {
            state.digests.clear();
        }
        // If they cannot be stored, the next run reads the documents again.
        let part = self.folder.join(format!("{FILE_NAME}.{}.part", std::process::id()));
        let _ = store(&part, &self.folder.join(FILE_NAME), &encode(&state.digests));
        let _ = std::fs::remove_file(&part);
        state.is_changed = false;
    }
}

/// Removes the digests that are stored in a cache folder.
pub(super) fn forget(folder: &Path) {
    let _ = std::fs::remove_file(folder.join(FILE_NAME));
}

/// The key of a document with this stamp; `None` if the system records no time of change or no inode.
fn key(stamp: &Stamp) -> Option<Key> {
    let Stamp { length, modified, changed, identity: (device, inode) } = *stamp;
    (changed != 0 && inode != 0).then_some((device, inode, length, modified, changed))
}

/// Whether a document was last changed long enough before `now` that any later change gives it other times.
fn is_settled(stamp: &Stamp, now: SystemTime) -> bool {
    let now = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as i128);
    stamp.modified.max(stamp.changed) + SETTLED_AFTER.as_nanos() as i128 <= now
}

fn days_since_1970(time: SystemTime) -> u32 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| (since.as_secs() / 86_400) as u32)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::temporary::create_private_folder;

    #[test]
    fn only_documents_that_were_left_alone_are_remembered() {
        let folder = create_private_folder().unwrap();
        let path = folder.join("a.txt");
        std::fs::write(&path, "text").unwrap();
        let file = File::open(&path).unwrap();
        let stamp = Stamp::from_metadata(&file.metadata().unwrap());
        let digest = Digest::from_reader(&b"text"[..]).unwrap();
        let known = KnownDigests::load(&folder);
        known.remember(&file, &stamp, SystemTime::now(), digest);
        assert_eq!(known.find(&stamp), None);
        known.remember(&file, &stamp, SystemTime::now() + SETTLED_AFTER * 2, digest);
        known.save();
        let found = |stamp: &Stamp| KnownDigests::load(&folder).find(stamp);
        assert_eq!(found(&stamp), cfg!(unix).then_some(digest));
        assert_eq!(found(&Stamp { length: 5, ..stamp }), None);
        assert_eq!(found(&Stamp { changed: stamp.changed + 1, ..stamp }), None);
        // Changed while it was read.
        std::fs::write(&path, "other").unwrap();
        let known = KnownDigests::load(&folder);
        forget(&folder);
        assert_eq!(found(&stamp), None);
        let later = Stamp::from_metadata(&file.metadata().unwrap());
        known.remember(&file, &stamp, SystemTime::now() + SETTLED_AFTER * 2, digest);
        assert_eq!(known.find(&later), None);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
