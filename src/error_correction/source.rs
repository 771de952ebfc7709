//! Damaged copies of an image.

use std::io::{Read, Seek, SeekFrom};

use super::rs03::{self, HEADER_SECTORS, Identity, Layers};
use super::{SECTOR_BYTES, SECTOR_LENGTH};

/// How many sectors are read at a time.
pub(super) const READ_BATCH: u64 = 512;

/// A copy of an image, of which some sectors may be unreadable.
pub struct Source<R> {
    reader: R,
    sectors: u64,
}

/// Sectors that were read.
pub(super) struct Sectors {
    /// Zeros in place of the sectors that cannot be read.
    pub(super) bytes: Vec<u8>,
    /// For each sector, whether it was read.
    pub(super) is_read: Vec<bool>,
}

impl<R: Read + Seek> Source<R> {
    /// A copy of this many bytes; an incomplete sector at the end counts as missing.
    pub fn new(reader: R, length: u64) -> Self {
        Self { reader, sectors: length / SECTOR_LENGTH }
    }

    pub(super) fn sector_count(&self) -> u64 {
        self.sectors
    }

    /// Reads sectors. If they cannot be read together, reads them one by one.
    pub(super) fn read(&mut self, first: u64, count: u64) -> Sectors {
        let mut sectors =
            Sectors { bytes: vec![0; count as usize * SECTOR_BYTES], is_read: vec![false; count as usize] };
        let present = count.min(self.sectors.saturating_sub(first)) as usize;
        if present == 0 {
            return sectors;
        }
        if self.read_exact(first, &mut sectors.bytes[..present * SECTOR_BYTES]) {
            sectors.is_read[..present].fill(true);
        } else {
            for (number, sector) in sectors.bytes.chunks_exact_mut(SECTOR_BYTES).enumerate().take(present) {
                sectors.is_read[number] = self.read_exact(first + number as u64, sector);
                if !sectors.is_read[number] {
                    sector.fill(0);
                }
            }
        }
        for (sector, is_read) in sectors.bytes.chunks_exact_mut(SECTOR_BYTES).zip(&mut sectors.is_read) {
            if *is_read && rs03::is_dead(sector) {
                sector.fill(0);
                *is_read = false;
            }
        }
        sectors
    }

    fn read_exact(&mut self, first: u64, bytes: &mut [u8]) -> bool {
        let read = self.reader.seek(SeekFrom::Start(first * SECTOR_LENGTH)).and_then(|_| self.reader.read_exact(bytes));
        read.is_ok()
    }

    /// Finds the description of the image in its error correction: in the header after the volume or, if that is damaged, in any
    /// sector.
    pub(super) fn find_description(&mut self, is_stopped: &dyn Fn() -> bool) -> Option<(Layers, Identity)> {
        let descriptor = self.read(rs03::FINGERPRINT_SECTOR, 1).bytes;
        // The volume space size (ECMA-119 8.4.8).
        let volume_sectors = u32::from_le_bytes(std::array::from_fn(|n| descriptor[80 + n]));
        if let Some(found) = rs03::parse_header(&self.read(volume_sectors.into(), HEADER_SECTORS).bytes) {
            return Some(found);
        }
        let mut first = 0;
        while first < self.sectors && !is_stopped() {
            // Reads one sector more, because a header has two.
            let bytes = self.read(first, READ_BATCH + HEADER_SECTORS - 1).bytes;
            for number in 0..READ_BATCH as usize {
                let found = rs03::parse_header(&bytes[number * SECTOR_BYTES..]).or_else(|| {
                    rs03::parse_checksum_sector(&bytes[number * SECTOR_BYTES..(number + 1) * SECTOR_BYTES])
                });
                if found.is_some() {
                    return found;
                }
            }
            first += READ_BATCH;
        }
        None
    }
}
