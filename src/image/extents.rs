//! Where the files are in the image.

use std::collections::HashMap;
use std::ops::Range;

use super::sectors::{Directory, PlacedDirectory, Sectors, extent_count};
use super::{Failure, SECTOR_LENGTH};
use crate::layout::primary_identifier;
use crate::plan::Plan;

pub(super) struct Extents<'p> {
    /// The first sector and the entry index of every file that is not empty, in ascending order.
    pub(super) files: Vec<(u64, usize)>,
    /// The late files, in the order of [`Plan::late_entries`].
    pub(super) late: Vec<LateFile>,
    /// The directories of both trees, in ascending order of their sectors.
    pub(super) directories: Vec<PlacedDirectory>,
    contents: Vec<Directory<'p>>,
    /// The first sector of each entry; 0 if it is empty.
    first_sectors: Vec<u32>,
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

/// The extent of a file that has one directory record in each tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) sector: u32,
    pub(super) length: u32,
}

impl LateFile {
    /// The bytes of the image that it takes up.
    pub(super) fn bytes(&self) -> Range<u64> {
        let start = self.sector * SECTOR_LENGTH;
        start..start + self.length
    }
}

impl<'p> Extents<'p> {
    /// `late` are the entries of the late files, the first of which begins at `first_late_sector`.
    ///
    /// # Errors
    /// [`Failure::Bug`] if the image has too many sectors, or a late file is too long.
    pub(super) fn new(
        plan: &Plan,
        Sectors { files, directories, contents, .. }: Sectors<'p>,
        late: &[usize],
        first_late_sector: u64,
    ) -> Result<Self, Failure> {
        let mut sector = first_late_sector;
        let place = |entry: &usize| {
            let length = plan.entries[*entry].length;
            let place = LateFile { entry: *entry, sector, length };
            sector += length.div_ceil(SECTOR_LENGTH);
            place
        };
        let late: Vec<LateFile> = late.iter().map(place).collect();
        if let Some(long) = late.iter().find(|late| extent_count(late.length) > 1) {
            return Err(Failure::Bug(format!("`{}` is too long for one extent", plan.entries[long.entry].path)));
        }
        let mut first_sectors = vec![0; plan.entries.len()];
        for (sector, entry) in files.iter().copied().chain(late.iter().map(|late| (late.sector, late.entry))) {
            first_sectors[entry] =
                u32::try_from(sector).map_err(|_| Failure::Bug("the image has too many sectors".to_owned()))?;
        }
        Ok(Self { files, late, directories, contents, first_sectors })
    }

    /// The extents of the files in a directory, by their identifiers in its tree. Files with several extents are left out.
    pub(super) fn of_directory(&self, plan: &Plan, directory: PlacedDirectory) -> HashMap<Vec<u8>, Extent> {
        let files = self.contents[directory.number].files.iter();
        let extents = files.filter_map(|(name, entry)| {
            let length = plan.entries[*entry].length;
            let identifier = match directory.is_primary {
                true => primary_identifier(name).into_bytes(),
                false => name.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            };
            let extent = Extent { sector: self.first_sectors[*entry], length: u32::try_from(length).ok()? };
            (extent_count(length) == 1).then_some((identifier, extent))
        });
        extents.collect()
    }
}
