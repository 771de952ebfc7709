//! Where the blocks of a first pass go: into the media check.

use std::io::{self, Write};

use crate::media_check::{Area, MediaCheck};

/// Sums an image up for the media check, and writes nothing.
pub(super) struct Summed(MediaCheck);

impl Summed {
    /// For an image of so many bytes.
    pub(super) fn new(size: u64) -> Self {
        Self(MediaCheck::new(size))
    }

    pub(super) fn finish(self) -> Area {
        self.0.finish()
    }
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
