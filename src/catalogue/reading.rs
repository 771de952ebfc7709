//! Reads sources, and detects changes since they were catalogued.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::Stamp;
use super::sources::{io_message, open};

/// A source that is being read. It is compared with its stamp before the first byte and after the last.
pub struct Reading<'s> {
    file: File,
    path: &'s Path,
    stamp: &'s Stamp,
}

impl<'s> Reading<'s> {
    /// # Errors
    /// Why the source cannot be read, or how it has changed, for a message.
    pub fn begin(path: &'s Path, stamp: &'s Stamp) -> Result<Self, String> {
        let file = open(path).map_err(|error| find_change(path, stamp).unwrap_or_else(|| io_message(&error)))?;
        let meta = file.metadata().map_err(|error| io_message(&error))?;
        match difference(&Stamp::of(&meta), stamp) {
            Some(reason) => Err(reason),
            None => Ok(Self { file, path, stamp }),
        }
    }

    /// Fills a buffer with the next bytes.
    ///
    /// # Errors
    /// Why the source cannot be read, or how it has changed, for a message.
    pub fn fill(&mut self, buffer: &mut [u8]) -> Result<(), String> {
        self.file.read_exact(buffer).map_err(|error| {
            let reason = match error.kind() {
                ErrorKind::UnexpectedEof => "it became shorter while the disc was being made".to_owned(),
                _ => io_message(&error),
            };
            find_change(self.path, self.stamp).unwrap_or(reason)
        })
    }

    /// Checks the source again after its last byte.
    ///
    /// # Errors
    /// How the source has changed, for a message.
    pub fn end(self) -> Result<(), String> {
        // By path, because a replaced file is a change as well.
        match find_change(self.path, self.stamp) {
            Some(reason) => Err(reason),
            None => Ok(()),
        }
    }
}

/// How a source has changed since it was catalogued, if it has.
fn find_change(path: &Path, stamp: &Stamp) -> Option<String> {
    match fs::metadata(path) {
        Ok(meta) => difference(&Stamp::of(&meta), stamp),
        Err(error) if error.kind() == ErrorKind::NotFound => Some("it no longer exists".to_owned()),
        Err(error) => Some(io_message(&error)),
    }
}

/// Describes the difference between a source's current stamp and the one it was catalogued with.
fn difference(now: &Stamp, stamp: &Stamp) -> Option<String> {
    if now == stamp {
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
