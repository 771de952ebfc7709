//! Where the files and the checksum list are in the image.

use std::ops::Range;

use hadris_fs::{Extent, Report};

use super::{Failure, SECTOR_LENGTH};
use crate::plan::{Content, Plan};

pub(super) struct Extents {
    /// The first sector and the entry index of every file that is not empty, in ascending order.
    pub(super) files: Vec<(u64, usize)>,
    /// The first sector of the checksum list.
    pub(super) list_sector: u64,
    /// The length of the checksum list in bytes.
    pub(super) list_length: u64,
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
        list_sector: u64,
        list_length: u64,
    ) -> Result<Self, Failure> {
        let mut files = Vec::with_capacity(plan.entries.len());
        for (index, entry) in plan.entries.iter().enumerate() {
            if matches!(entry.content, Content::Checksums) || entry.length == 0 {
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
        Ok(Self { files, list_sector, list_length })
    }

    /// The bytes of the image that the checksum list takes up.
    pub(super) fn list_bytes(&self) -> Range<u64> {
        let start = self.list_sector * SECTOR_LENGTH;
        start..start + self.list_length
    }
}
