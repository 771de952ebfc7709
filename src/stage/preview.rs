//! The disc's pages in a folder, to be viewed in a browser. The documents are linked, not copied.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::plan::{Content, Plan};
use crate::temporary::defer_interruption;

/// A preview that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The page to open first.
    pub start: PathBuf,
    /// The number of its files.
    pub files: usize,
}

/// Writes the pages to a folder that contains nothing else but an earlier preview, which is replaced. `start` is the
/// path of the first page. The checksum list is not made: for that every document would have to be read. Files in one of the
/// `temporary` folders are copied, because they are soon removed.
///
/// # Errors
/// The folder cannot be written. Of kind `Interrupted` if the user interrupted it: some pages may be old, but none is
/// half-written.
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
            Content::Checksums => continue,
            Content::Generated(packed) => {
                let mut bytes = Vec::new();
                for piece in packed.chunks() {
                    bytes.extend_from_slice(&piece?);
                }
                // A page that is the same is left alone: a browser that watches it sees no change.
                // Writing to a link would change the document that it leads to.
                let is_link = cfg!(not(unix)) || fs::symlink_metadata(&place).is_ok_and(|meta| meta.is_symlink());
                if fs::read(&place).ok().as_deref() != Some(&bytes) {
                    if is_link {
                        remove_old(&place)?;
                    }
                    fs::write(&place, bytes)?;
                }
            }
            Content::Source { path: source, .. } if temporary.iter().any(|folder| source.starts_with(folder)) => {
                remove_old(&place)?;
                // The file itself stays if only its first name is removed.
                fs::hard_link(source, &place).or_else(|_| fs::copy(source, &place).map(|_| ()))?;
            }
            Content::Source { path: source, .. } => link(source, &place)?,
        }
        files += 1;
        old.remove(&place);
    }
    for path in old {
        fs::remove_file(path)?;
    }
    Ok(Preview { start: root.join(start), files })
}

/// Makes `place` a link to `source`, or a copy where links are not possible.
fn link(source: &Path, place: &Path) -> io::Result<()> {
    let source = fs::canonicalize(source)?;
    remove_old(place)?;
    #[cfg(unix)]
    let linked = std::os::unix::fs::symlink(&source, place);
    // Elsewhere symbolic links need a permission that few users have.
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
