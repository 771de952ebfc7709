//! Where the files, the checksum list and its signature are in the image.

use std::ops::Range;

use super::SECTOR_LENGTH;
use crate::plan::Plan;

pub(super) struct Extents {
    /// The first sector and the entry index of every file that is not empty, in ascending order.
    pub(super) files: Vec<(u64, usize)>,
    /// The late files, in the order of [`Plan::late_entries`].
    pub(super) late: Vec<LateFile>,
}

/// A file whose bytes are known only when all others have been written.
pub(super) struct LateFile {
    /// The index of its entry.
    pub(super) entry: usize,
    /// Its first sector.
    pub(super) sector: u64,
    /// Its length in bytes.
    pub(super) length: u64,
}

impl LateFile {
    /// The bytes of the image that it takes up.
    pub(super) fn bytes(&self) -> Range<u64> {
        let start = self.sector * SECTOR_LENGTH;
        start..start + self.length
    }
}

impl Extents {
    /// `late` are the entries of the late files, the first of which begins at `first_late_sector`.
    pub(super) fn new(plan: &Plan, files: Vec<(u64, usize)>, late: &[usize], first_late_sector: u64) -> Self {
        let mut sector = first_late_sector;
        let place = |entry: &usize| {
            let length = plan.entries[*entry].length;
            let place = LateFile { entry: *entry, sector, length };
            sector += length.div_ceil(SECTOR_LENGTH);
            place
        };
        Self { files, late: late.iter().map(place).collect() }
    }
}
