//! Changes the structures that hadris writes: the application-use area of the primary volume descriptor, and the records of
//! late files (texts with digests, the checksum list and its signature) in the two root directories.

use super::SECTOR_LENGTH;
use crate::layout::DiscPath;
use crate::media_check::{APPLICATION_USE_RANGE, ApplicationUse};

/// Where the first volume descriptor is (ECMA-119 6.2.1).
pub(super) const FIRST_DESCRIPTOR_SECTOR: u64 = 16;
/// The offset of the root directory's record in a volume descriptor (ECMA-119 8.4.18).
const ROOT_RECORD_OFFSET: usize = 156;

/// Types of volume descriptors (ECMA-119 8.1.1).
const PRIMARY: u8 = 1;
const SUPPLEMENTARY: u8 = 2;
const TERMINATOR: u8 = 255;

/// The length of a directory record before its identifier (ECMA-119 9.1).
const RECORD_HEADER: usize = 33;

/// The root directory of one tree.
pub(super) struct RootDirectory {
    pub(super) sector: u64,
    /// The identifiers of each late file in this tree.
    pub(super) late_identifiers: Vec<Vec<Vec<u8>>>,
}

/// Sets the application-use area of the primary descriptor, and returns the root directories that the
/// descriptors name. `blocks` starts with the first descriptor.
pub(super) fn patch_descriptors(
    blocks: &mut [u8],
    application_use: &ApplicationUse,
    late_paths: &[Vec<&DiscPath>],
) -> Vec<RootDirectory> {
    let mut roots = Vec::new();
    for descriptor in blocks.chunks_exact_mut(SECTOR_LENGTH as usize) {
        let is_primary = match descriptor[0] {
            PRIMARY => {
                descriptor[APPLICATION_USE_RANGE].copy_from_slice(application_use);
                true
            }
            SUPPLEMENTARY => false,
            TERMINATOR => break,
            _ => continue,
        };
        let sector = u64::from(read_u32_le(descriptor, ROOT_RECORD_OFFSET + 2));
        let of_file = |paths: &Vec<&DiscPath>| paths.iter().map(|path| identifier(path, is_primary)).collect();
        let late_identifiers = late_paths.iter().map(of_file).collect();
        roots.push(RootDirectory { sector, late_identifiers });
    }
    roots
}

/// The identifier of a file at the top of the primary tree or of Joliet.
fn identifier(path: &DiscPath, is_primary: bool) -> Vec<u8> {
    if is_primary {
        path.iso9660().trim_start_matches('/').as_bytes().to_vec()
    } else {
        path.as_str().encode_utf16().flat_map(u16::to_be_bytes).collect()
    }
}

/// Sets extent and length in the record with this identifier. Returns whether the directory contains one.
pub(super) fn patch_record(directory: &mut [u8], identifier: &[u8], sector: u32, length: u32) -> bool {
    let mut at = 0;
    while at + RECORD_HEADER < directory.len() {
        let record_length = usize::from(directory[at]);
        if record_length == 0 {
            // The next record did not fit into this sector (ECMA-119 6.8.1.1).
            at = (at / SECTOR_LENGTH as usize + 1) * SECTOR_LENGTH as usize;
            continue;
        }
        let identifier_start = at + RECORD_HEADER;
        let identifier_length = usize::from(directory[at + 32]);
        if directory.get(identifier_start..identifier_start + identifier_length) == Some(identifier) {
            directory[at + 2..at + 6].copy_from_slice(&sector.to_le_bytes());
            directory[at + 6..at + 10].copy_from_slice(&sector.to_be_bytes());
            directory[at + 10..at + 14].copy_from_slice(&length.to_le_bytes());
            directory[at + 14..at + 18].copy_from_slice(&length.to_be_bytes());
            return true;
        }
        at += record_length;
    }
    false
}

fn read_u32_le(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
