//! Reading a source as it was catalogued: what changed meanwhile is no longer what was planned.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::Stamp;
use super::sources::{open, plain};

/// A source that is being read. It is looked at before its first byte and after its last.
pub struct Reading<'s> {
    file: File,
    path: &'s Path,
    stamp: &'s Stamp,
}

impl<'s> Reading<'s> {
    /// Opens the source.
    ///
    /// # Errors
    /// What happened to it since it was catalogued, in words.
    pub fn begin(path: &'s Path, stamp: &'s Stamp) -> Result<Self, String> {
        let file = open(path).map_err(|error| changed(path, stamp).unwrap_or_else(|| plain(&error)))?;
        let meta = file.metadata().map_err(|error| plain(&error))?;
        match difference(&Stamp::of(&meta), stamp) {
            Some(reason) => Err(reason),
            None => Ok(Self { file, path, stamp }),
        }
    }

    /// Fills a buffer with the next bytes.
    ///
    /// # Errors
    /// What happened to the source, in words.
    pub fn fill(&mut self, buffer: &mut [u8]) -> Result<(), String> {
        self.file.read_exact(buffer).map_err(|error| {
            let ended = error.kind() == ErrorKind::UnexpectedEof;
            let why = if ended { "it ended early while the disc was made".to_owned() } else { plain(&error) };
            changed(self.path, self.stamp).unwrap_or(why)
        })
    }

    /// Ends it, once all its bytes were read.
    ///
    /// # Errors
    /// What happened to the source, in words.
    pub fn end(self) -> Result<(), String> {
        // By its path: a file put in its place is a change, too.
        match changed(self.path, self.stamp) {
            Some(reason) => Err(reason),
            None => Ok(()),
        }
    }
}

/// What happened to a source since it was catalogued, if anything did.
fn changed(path: &Path, stamp: &Stamp) -> Option<String> {
    match fs::metadata(path) {
        Ok(meta) => difference(&Stamp::of(&meta), stamp),
        Err(error) if error.kind() == ErrorKind::NotFound => Some("it is gone".to_owned()),
        Err(error) => Some(plain(&error)),
    }
}

/// What tells a source's stamp from the one it was catalogued with, in words.
fn difference(now: &Stamp, stamp: &Stamp) -> Option<String> {
    if now == stamp {
        return None;
    }
    Some(if now.length < stamp.length {
        format!("it shrank from {} to {} bytes while the disc was made", stamp.length, now.length)
    } else if now.length > stamp.length {
        format!("it grew from {} to {} bytes while the disc was made", stamp.length, now.length)
    } else {
        "it was changed while the disc was made".to_owned()
    })
}
