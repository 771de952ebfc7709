//! Reads source files, and detects whether they have changed since the catalogue was made.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Stamp;
use super::sources::io_message;
use crate::checksum::Digest;
use crate::system::open_source;

/// The message about a source whose bytes differ from those that were read before.
const CHANGED: &str = "it changed while the disc was being made";

/// Reads a source file, and compares it with its stamp before the first byte and after the last.
pub struct SourceReader<'s> {
    file: File,
    path: &'s Path,
    stamp: &'s Stamp,
    /// The stamp when the file was opened. Only its times may differ from the stamp in the catalogue.
    opened: Stamp,
    /// The digest that the bytes must have, if they have been read before.
    expected: Option<Digest>,
}

/// A source whose bytes must be compared. Its length is the same, but its digest is known from an earlier reading, or a time has
/// changed. Snapshots, backups that make hard links and sync clients change times too, so only the bytes tell.
pub struct Doubt<'s> {
    path: &'s Path,
    expected: Option<Digest>,
    /// Whether the file may have changed while it was being read.
    must_read_again: bool,
}

/// How a file differs from its stamp.
enum Difference {
    /// Its contents may have changed.
    Modified,
    /// Its contents or its metadata may have changed.
    Changed,
    /// It has changed: a clause for a message says how.
    Certain(String),
}

impl<'s> SourceReader<'s> {
    /// Opens a source file, and compares it with its stamp. `known` is the digest of the bytes that were read when the
    /// catalogue was made, if they were read.
    ///
    /// # Errors
    /// Why the file cannot be read, or how it has changed, as a clause for a message.
    pub fn open(path: &'s Path, stamp: &'s Stamp, known: Option<Digest>) -> Result<Self, String> {
        let file = open_source(path)
            .map_err(|error| find_certain_change(path, stamp).unwrap_or_else(|| io_message(&error)))?;
        let meta = file.metadata().map_err(|error| io_message(&error))?;
        match compare(&meta, stamp) {
            Some(Difference::Certain(reason)) => return Err(reason),
            Some(Difference::Modified) if known.is_none() => return Err(CHANGED.to_owned()),
            // If the earlier bytes are not known, a change of metadata is no reason to stop.
            None | Some(Difference::Modified | Difference::Changed) => {}
        }
        Ok(Self { file, path, stamp, opened: Stamp::from_metadata(&meta), expected: known })
    }

    /// Fills a buffer with the next bytes.
    ///
    /// # Errors
    /// Why the file cannot be read, or how it has changed, as a clause for a message.
    pub fn read_exact(&mut self, buffer: &mut [u8]) -> Result<(), String> {
        self.file.read_exact(buffer).map_err(|error| {
            let reason = match error.kind() {
                ErrorKind::UnexpectedEof => "it became shorter while the disc was being made".to_owned(),
                _ => io_message(&error),
            };
            find_certain_change(self.path, self.stamp).unwrap_or(reason)
        })
    }

    /// Compares the file with its stamp again, after the last byte was read. If the stamp leaves a doubt, the caller must
    /// settle it with the digest of the bytes.
    ///
    /// # Errors
    /// How the file has changed, as a clause for a message.
    pub fn finish(self) -> Result<Option<Doubt<'s>>, String> {
        // The metadata is read by path, because that of the open file would not show that another file has replaced it.
        let meta = fs::metadata(self.path).map_err(|error| describe_metadata_error(&error))?;
        let must_read_again = match compare(&meta, &self.opened) {
            None => false,
            Some(Difference::Certain(reason)) => return Err(reason),
            Some(Difference::Modified | Difference::Changed) => true,
        };
        let doubt = Doubt { path: self.path, expected: self.expected, must_read_again };
        Ok(Some(doubt).filter(|doubt| doubt.must_read_again || doubt.expected.is_some()))
    }
}

impl Doubt<'_> {
    /// Compares `digest`, the digest of the bytes just read, with the digest of an earlier reading, and reads the file again if it
    /// may have changed meanwhile. Ends early if `stop` is set.
    ///
    /// # Errors
    /// How the file has changed, or why it can no longer be read, as a clause for a message.
    pub fn settle(&self, digest: Digest, stop: &AtomicBool) -> Result<(), String> {
        if self.expected.is_some_and(|expected| expected != digest) {
            return Err(CHANGED.to_owned());
        }
        if self.must_read_again {
            let again = open_source(self.path).and_then(|file| Digest::from_reader(Stoppable { file, stop }));
            if again.map_err(|error| describe_metadata_error(&error))? != digest {
                return Err(CHANGED.to_owned());
            }
        }
        Ok(())
    }
}

/// A file whose reading fails after the flag is set.
struct Stoppable<'s> {
    file: File,
    stop: &'s AtomicBool,
}

impl Read for Stoppable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.stop.load(Ordering::Relaxed) {
            true => Err(io::Error::other("it was interrupted")),
            false => self.file.read(buffer),
        }
    }
}

/// How a source file differs from its stamp beyond doubt; `None` if it does not.
fn find_certain_change(path: &Path, stamp: &Stamp) -> Option<String> {
    match fs::metadata(path).map(|meta| compare(&meta, stamp)) {
        Ok(Some(Difference::Certain(reason))) => Some(reason),
        Ok(Some(Difference::Modified)) => Some(CHANGED.to_owned()),
        Ok(Some(Difference::Changed) | None) => None,
        Err(error) => Some(describe_metadata_error(&error)),
    }
}

fn describe_metadata_error(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "it no longer exists".to_owned(),
        _ => io_message(error),
    }
}

/// Compares a file with its stamp, except for inode numbers: some file systems invent a new one for each call.
fn compare(meta: &Metadata, stamp: &Stamp) -> Option<Difference> {
    let now = Stamp::from_metadata(meta);
    if !meta.is_file() {
        return Some(Difference::Certain("it is no longer a regular file".to_owned()));
    }
    if now.length != stamp.length {
        let how = if now.length < stamp.length { "shrank" } else { "grew" };
        let (before, after) = (stamp.length, now.length);
        let reason = format!("it {how} from {before} to {after} bytes while the disc was being made");
        return Some(Difference::Certain(reason));
    }
    match (now.modified == stamp.modified, now.changed == stamp.changed) {
        (false, _) => Some(Difference::Modified),
        (true, false) => Some(Difference::Changed),
        (true, true) => None,
    }
}
