//! Where the blocks of a pass go: into the digest of the image and on, or into the media check.

use std::io::{self, Write};

use crate::checksum::{Digest, Hasher};
use crate::media_check::{Area, MediaCheck};

/// Hashes what goes on to another sink.
pub(super) struct Hashed<'s> {
    hasher: Hasher,
    sink: &'s mut dyn Write,
}

impl<'s> Hashed<'s> {
    pub(super) fn new(sink: &'s mut dyn Write) -> Self {
        Self { hasher: Hasher::default(), sink }
    }

    pub(super) fn finish(self) -> Digest {
        self.hasher.finish()
    }
}

impl Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.sink.write(bytes)?;
        self.hasher.update(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

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
