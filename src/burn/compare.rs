//! Compares a disc byte by byte with the image that was burned.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::checksum::{Digest, Hasher};
use crate::progress::Progress;

/// The length of a sector in bytes.
const SECTOR_LENGTH: usize = 2048;
/// How many sectors are read at a time.
const BATCH_SECTORS: usize = 32;

/// How a disc differs from its image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// The number of sectors whose contents differ.
    pub changed: u64,
    /// The number of sectors that cannot be read.
    pub unreadable: u64,
    /// The first sector that differs or cannot be read.
    pub first: Option<u64>,
}

impl Difference {
    /// Whether the disc is the same as the image.
    pub fn is_none(&self) -> bool {
        self.first.is_none()
    }

    fn add(&mut self, sector: u64, is_readable: bool) {
        self.first.get_or_insert(sector);
        *(if is_readable { &mut self.changed } else { &mut self.unreadable }) += 1;
    }
}

/// Compares the first `size` bytes of a disc with an image of this size. Also returns the digest of the image that was read.
///
/// # Errors
/// The image cannot be read. The kind is `Interrupted` if the user interrupted the comparison.
pub fn compare<D: Read + Seek>(
    image: &mut impl Read,
    size: u64,
    disc: &mut D,
    progress: &mut dyn Progress,
    interrupted: &AtomicBool,
) -> io::Result<(Difference, Digest)> {
    let mut difference = Difference::default();
    let mut digest = Hasher::default();
    let (mut expected, mut actual) = (vec![0; BATCH_SECTORS * SECTOR_LENGTH], vec![0; BATCH_SECTORS * SECTOR_LENGTH]);
    let mut at = 0;
    progress.begin(size);
    while at < size {
        if interrupted.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let bytes = (size - at).min((BATCH_SECTORS * SECTOR_LENGTH) as u64) as usize;
        image.read_exact(&mut expected[..bytes])?;
        digest.update(&expected[..bytes]);
        if !read(disc, at, &mut actual[..bytes]) || expected[..bytes] != actual[..bytes] {
            // Read this batch again, one sector at a time, to find the sectors that differ.
            for from in (0..bytes).step_by(SECTOR_LENGTH) {
                let to = bytes.min(from + SECTOR_LENGTH);
                let is_readable = read(disc, at + from as u64, &mut actual[from..to]);
                if !is_readable || expected[from..to] != actual[from..to] {
                    difference.add((at + from as u64) / SECTOR_LENGTH as u64, is_readable);
                }
            }
        }
        at += bytes as u64;
        progress.advance(bytes as u64, None);
    }
    progress.end();
    Ok((difference, digest.finish()))
}

/// Reads bytes of the disc from the offset `at`. Returns whether that was possible.
fn read<D: Read + Seek>(disc: &mut D, at: u64, buffer: &mut [u8]) -> bool {
    disc.seek(SeekFrom::Start(at)).and_then(|_| disc.read_exact(buffer)).is_ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::progress::Silence;

    #[test]
    fn every_sector_that_differs_is_counted() {
        let image: Vec<u8> = (0..100 * SECTOR_LENGTH).map(|n| (n % 251) as u8).collect();
        let compare_with = |disc: Vec<u8>| {
            let mut disc = Cursor::new(disc);
            let stop = AtomicBool::new(false);
            let (difference, digest) =
                compare(&mut image.as_slice(), image.len() as u64, &mut disc, &mut Silence, &stop).unwrap();
            assert_eq!(digest, Digest::from_reader(image.as_slice()).unwrap());
            difference
        };
        let mut longer = image.clone();
        longer.extend([0; 4 * SECTOR_LENGTH]);
        assert!(compare_with(longer).is_none());
        let mut other = image.clone();
        other[40 * SECTOR_LENGTH + 7] ^= 1;
        other[99 * SECTOR_LENGTH] ^= 1;
        assert_eq!(compare_with(other), Difference { changed: 2, unreadable: 0, first: Some(40) });
        let cut = image[..90 * SECTOR_LENGTH + 5].to_vec();
        assert_eq!(compare_with(cut), Difference { changed: 0, unreadable: 10, first: Some(90) });
    }
}
