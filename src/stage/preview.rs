//! Writes the disc's pages to a folder, to be viewed in a browser. The documents are linked, not copied.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::checksum::Digest;
use crate::exports::DIGEST_SLOT;
use crate::plan::{Content, Entry, Plan};
use crate::temporary::defer_interruption;

/// A preview that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The page to open first.
    pub start: PathBuf,
    /// The number of its files.
    pub files: usize,
}

/// Writes the pages to a folder that contains nothing but an earlier preview, which is replaced. `start` is the path of the
/// first page. The checksum list and its signature are left out, because every document would have to be read for them. Sources in one of the
/// `temporary` folders are not linked by path, because they are removed soon.
///
/// # Errors
/// The folder cannot be written. The kind is `Interrupted` if the user interrupted the run: some pages may still be old, but
/// none is half-written.
pub fn write_preview(
    root: &Path,
    plan: &Plan,
    start: &str,
    temporary: &[&Path],
    interrupted: &AtomicBool,
) -> io::Result<Preview> {
    fs::create_dir_all(root)?;
    let mut old = BTreeSet::new();
    collect_files(root, &mut old)?;
    let mut files = 0;
    for (path, entry) in plan.paths() {
        if interrupted.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let _deferred = defer_interruption();
        let place = root.join(path.as_str());
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        match &entry.content {
            Content::Checksums | Content::Signature | Content::Timestamp => continue,
            Content::Generated(_) | Content::WithDigests { .. } => {
                let bytes = match &entry.content {
                    Content::WithDigests { text, digests_of } => {
                        let digest = |number: usize| Some(known_digest(&plan.entries[number]));
                        plan.fill_in_digests(text, digests_of, &digest).map_err(io::Error::other)?
                    }
                    _ => unpack(entry)?,
                };
                // A page that has not changed is not written, so that a browser that watches it sees no change. A link is
                // removed first: writing to it would change the document that it leads to. On systems other than Unix,
                // links to documents are hard links, which look like any file.
                let may_be_link = cfg!(not(unix)) || fs::symlink_metadata(&place).is_ok_and(|meta| meta.is_symlink());
                if fs::read(&place).ok().as_deref() != Some(&bytes) {
                    if may_be_link {
                        remove_old(&place)?;
                    }
                    fs::write(&place, bytes)?;
                }
            }
            Content::Source { source, .. } if temporary.iter().any(|folder| source.path.starts_with(folder)) => {
                remove_old(&place)?;
                // A hard link keeps the file when its temporary path is removed.
                fs::hard_link(&source.path, &place).or_else(|_| fs::copy(&source.path, &place).map(|_| ()))?;
            }
            Content::Source { source, .. } => link(&source.path, &place)?,
        }
        files += 1;
        old.remove(&place);
    }
    for path in old {
        fs::remove_file(path)?;
    }
    Ok(Preview { start: root.join(start), files })
}

/// The bytes of a generated file.
fn unpack(entry: &Entry) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Content::Generated(packed) = &entry.content {
        for chunk in packed.chunks() {
            bytes.extend_from_slice(&chunk?);
        }
    }
    Ok(bytes)
}

/// The digest of a document whose text was read for the search, or of a generated file. [`DIGEST_SLOT`] for other documents, which
/// are not read for a preview.
fn known_digest(entry: &Entry) -> String {
    let digest_of_page = || unpack(entry).and_then(|bytes| Digest::from_reader(bytes.as_slice())).ok();
    let digest = match &entry.content {
        Content::Source { known, .. } => known.as_deref().copied(),
        _ => digest_of_page(),
    };
    digest.map_or_else(|| DIGEST_SLOT.to_owned(), |digest| digest.to_string())
}

/// Makes `place` a link to `source`, or a copy of it if the file system has no links.
fn link(source: &Path, place: &Path) -> io::Result<()> {
    let source = fs::canonicalize(source)?;
    remove_old(place)?;
    #[cfg(unix)]
    let linked = std::os::unix::fs::symlink(&source, place);
    // On Windows, symbolic links need a permission that few users have.
    #[cfg(not(unix))]
    let linked = fs::hard_link(&source, place);
    linked.or_else(|_| fs::copy(&source, place).map(|_| ()))
}

/// Removes a file or link if there is one.
fn remove_old(place: &Path) -> io::Result<()> {
    match fs::remove_file(place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn collect_files(folder: &Path, files: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect_files(&entry.path(), files)?;
        } else {
            files.insert(entry.path());
        }
    }
    Ok(())
}
