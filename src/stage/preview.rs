//! The disc's pages in a folder, to be looked at: the documents are not copied, but led to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::plan::{Content, Plan};

/// Pages to be looked at, in a folder of their own.
pub struct Pages {
    root: PathBuf,
}

/// What a preview shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The page to begin with.
    pub start: PathBuf,
    /// How many files the preview has.
    pub files: usize,
}

impl Pages {
    /// Uses a folder that holds nothing else.
    pub fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// Writes the pages; what an earlier preview left is replaced. The checksum list is not made: it would need
    /// every document to be read.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, plan: &Plan, start: &str) -> io::Result<Shown> {
        fs::create_dir_all(&self.root)?;
        let mut old = Vec::new();
        list(&self.root, &mut old)?;
        let mut files = 0;
        for (path, entry) in plan.paths() {
            let place = self.root.join(path.as_str());
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
                    // What is the same stays: a browser that watches the file sees no change.
                    if fs::read(&place).ok().as_deref() != Some(&bytes) {
                        fs::write(&place, bytes)?;
                    }
                }
                Content::Source { path: source, .. } => lead(source, &place)?,
            }
            files += 1;
            old.retain(|other| *other != place);
        }
        for gone in old {
            fs::remove_file(gone)?;
        }
        Ok(Shown { start: self.root.join(start), files })
    }
}

/// Makes `place` show what is at `source`.
fn lead(source: &Path, place: &Path) -> io::Result<()> {
    let source = fs::canonicalize(source)?;
    match fs::remove_file(place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    #[cfg(unix)]
    let made = std::os::unix::fs::symlink(&source, place);
    // Links need a right there that few users have.
    #[cfg(not(unix))]
    let made = fs::hard_link(&source, place);
    made.or_else(|_| fs::copy(&source, place).map(|_| ()))
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() { list(&entry.path(), files)? } else { files.push(entry.path()) }
    }
    Ok(())
}
