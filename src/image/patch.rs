//! Changes the structures that hadris writes: the application-use area of the primary volume descriptor, and the records of files,
//! which hadris does not tell where they are (see `tree`).

use std::collections::HashMap;

use super::SECTOR_LENGTH;
use super::extents::Extent;
use crate::media_check::{APPLICATION_USE_RANGE, ApplicationUse};

/// Where the first volume descriptor is (ECMA-119 6.2.1).
pub(super) const FIRST_DESCRIPTOR_SECTOR: u64 = 16;

/// Types of volume descriptors (ECMA-119 8.1.1).
const PRIMARY: u8 = 1;
const TERMINATOR: u8 = 255;

/// The length of a directory record before its identifier (ECMA-119 9.1).
const RECORD_HEADER: usize = 33;

/// Sets the application-use area of the primary descriptor. `blocks` starts with the first descriptor.
pub(super) fn patch_descriptors(blocks: &mut [u8], application_use: &ApplicationUse) {
    let descriptors = blocks.chunks_exact_mut(SECTOR_LENGTH as usize);
    for descriptor in descriptors.take_while(|descriptor| descriptor[0] != TERMINATOR) {
        if descriptor[0] == PRIMARY {
            descriptor[APPLICATION_USE_RANGE].copy_from_slice(application_use);
        }
    }
}

/// Sets the extent and the length in the record of each of these files, which are given by their identifiers. Returns the number of
/// records that were changed.
pub(super) fn patch_records(directory: &mut [u8], extents: &HashMap<Vec<u8>, Extent>) -> usize {
    // The first record describes the directory itself. A continuation area may follow the directory.
    let length = read_u32_le(directory, 10) as usize;
    let length = length.min(directory.len());
    let directory = &mut directory[..length];
    let (mut at, mut count) = (0, 0);
    while at + RECORD_HEADER < directory.len() {
        let record_length = usize::from(directory[at]);
        if record_length == 0 {
            // The next record did not fit into this sector (ECMA-119 6.8.1.1).
            at = (at / SECTOR_LENGTH as usize + 1) * SECTOR_LENGTH as usize;
            continue;
        }
        let identifier_start = at + RECORD_HEADER;
        let identifier_length = usize::from(directory[at + 32]);
        let identifier = directory.get(identifier_start..identifier_start + identifier_length);
        if let Some(Extent { sector, length }) = identifier.and_then(|identifier| extents.get(identifier)) {
            directory[at + 2..at + 6].copy_from_slice(&sector.to_le_bytes());
            directory[at + 6..at + 10].copy_from_slice(&sector.to_be_bytes());
            directory[at + 10..at + 14].copy_from_slice(&length.to_le_bytes());
            directory[at + 14..at + 18].copy_from_slice(&length.to_be_bytes());
            count += 1;
        }
        at += record_length;
    }
    count
}

fn read_u32_le(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
