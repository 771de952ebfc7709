//! Reads source files, and detects whether they have changed since the catalogue was made.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::Stamp;
use super::sources::io_message;
use crate::system::open_source;

/// Reads a source file, which is compared with its stamp before the first byte and after the last.
pub struct SourceReader<'s> {
    file: File,
    path: &'s Path,
    stamp: &'s Stamp,
}

impl<'s> SourceReader<'s> {
    /// Opens a source file, and compares it with its stamp.
    ///
    /// # Errors
    /// Why the file cannot be read, or how it has changed, as a clause for a message.
    pub fn open(path: &'s Path, stamp: &'s Stamp) -> Result<Self, String> {
        let file = open_source(path).map_err(|error| find_change(path, stamp).unwrap_or_else(|| io_message(&error)))?;
        let meta = file.metadata().map_err(|error| io_message(&error))?;
        match describe_difference(&Stamp::from_metadata(&meta), stamp) {
            Some(reason) => Err(reason),
            None => Ok(Self { file, path, stamp }),
        }
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
            find_change(self.path, self.stamp).unwrap_or(reason)
        })
    }

    /// Compares the file with its stamp again, after the last byte was read.
    ///
    /// # Errors
    /// How the file has changed, as a clause for a message.
    pub fn finish(self) -> Result<(), String> {
        // By path: the open file does not show whether another one has replaced it.
        match find_change(self.path, self.stamp) {
            Some(reason) => Err(reason),
            None => Ok(()),
        }
    }
}

/// How a source file differs from its stamp; `None` if it does not.
fn find_change(path: &Path, stamp: &Stamp) -> Option<String> {
    match fs::metadata(path) {
        Ok(meta) => describe_difference(&Stamp::from_metadata(&meta), stamp),
        Err(error) if error.kind() == ErrorKind::NotFound => Some("it no longer exists".to_owned()),
        Err(error) => Some(io_message(&error)),
    }
}

fn describe_difference(now: &Stamp, stamp: &Stamp) -> Option<String> {
    // A file that replaces another has its own change time. Some file systems invent a new inode number for each call.
    if (now.length, now.modified, now.changed) == (stamp.length, stamp.modified, stamp.changed) {
        return None;
    }
    Some(if now.length < stamp.length {
        format!("it shrank from {} to {} bytes while the disc was being made", stamp.length, now.length)
    } else if now.length > stamp.length {
        format!("it grew from {} to {} bytes while the disc was being made", stamp.length, now.length)
    } else {
        "it changed while the disc was being made".to_owned()
    })
}
