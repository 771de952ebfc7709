//! The sink for the first pass over an image with a media check.

use std::io::{self, Write};

use crate::media_check::{ApplicationUse, MediaCheckHasher};

/// Computes the media check of an image, and discards its bytes.
pub(super) struct MediaCheckSink(MediaCheckHasher);

impl MediaCheckSink {
    /// For an image of `size` bytes.
    pub(super) fn new(size: u64) -> Self {
        Self(MediaCheckHasher::new(size))
    }

    pub(super) fn finish(self) -> ApplicationUse {
        self.0.finish()
    }
}

impl Write for MediaCheckSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
