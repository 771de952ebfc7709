//! Where the files, the checksum list and its signature are in the image.

use std::ops::Range;

use hadris_fs::{Extent, Report};

use super::{Failure, SECTOR_LENGTH};
use crate::plan::Plan;

pub(super) struct Extents {
    /// The first sector and the entry index of every file that is not empty, in ascending order.
    pub(super) files: Vec<(u64, usize)>,
    /// The files after all others: the checksum list, and its signature if there is one.
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
    /// Reads the extents from hadris' report.
    ///
    /// A file of 4 GiB or more has several extents, which follow each other without a gap, so its first
    /// sector is enough.
    ///
    /// # Errors
    /// [`Failure::Bug`] if the extents of a file have gaps or do not add up to its length.
    pub(super) fn from_report(
        plan: &Plan,
        report: &Report,
        late: &[usize],
        first_late_sector: u64,
    ) -> Result<Self, Failure> {
        let mut files = Vec::with_capacity(plan.entries.len());
        for (index, entry) in plan.entries.iter().enumerate() {
            if entry.content.is_late() || entry.length == 0 {
                continue;
            }
            // The other paths of an entry share its extents; hadris reports them for each path.
            let extents = report.extents(format!("/{}", entry.path)).or_else(|| report.extents(entry.path.as_str()));
            let extents = extents.unwrap_or_default();
            let length: u64 = extents.iter().map(Extent::len).sum();
            let contiguous = extents.windows(2).all(|pair| pair[0].end() == pair[1].offset());
            match extents.first() {
                Some(first) if length == entry.length && contiguous => {
                    files.push((first.offset() / SECTOR_LENGTH, index))
                }
                _ => {
                    let message = format!("the extents of `{}` have gaps or do not add up to its length", entry.path);
                    return Err(Failure::Bug(message));
                }
            }
        }
        files.sort_unstable();
        let mut sector = first_late_sector;
        let place = |entry: &usize| {
            let length = plan.entries[*entry].length;
            let place = LateFile { entry: *entry, sector, length };
            sector += length.div_ceil(SECTOR_LENGTH);
            place
        };
        Ok(Self { files, late: late.iter().map(place).collect() })
    }
}
