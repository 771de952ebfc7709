//! Verifies an image, a disc, a folder or an archive. It assumes nothing about how the image was made, and imports
//! none of the modules that make images.
//!
//! For an image or a device, [`verify_volume`] first reads the structure (`structure`, which uses
//! `descriptors`, `directories`, `path_tables` and `tree_comparison`), and records which file or structure owns
//! which bytes (`ownership`). Then one pass over all bytes (`scan`) hashes every file and the whole image. A folder or an
//! archive has no structure, only files. Everything that is wrong becomes a [`Problem`]. A problem does not
//! stop the verification; only the user can. Memory is limited by [`directories::MAX_ENTRIES`] and
//! [`checksum_list::MAX_LIST_BYTES`].

mod added_directories;
mod after_volume;
mod archive_structure;
mod bytes;
mod checksum_list;
mod dates;
mod descriptors;
mod directories;
mod file_check;
mod file_source;
mod folder;
mod identifiers;
mod image_comparison;
mod links;
mod maker;
mod manifest_comparison;
mod namespace;
mod naming;
mod other_file_systems;
mod ownership;
mod pages;
mod partitions;
mod path_tables;
mod published;
mod record;
mod records;
mod requirement;
mod rock_ridge;
mod scan;
mod sector_reader;
mod short_names;
mod signature_check;
mod spelling;
mod structure;
mod symbolic_links;
mod system_area;
mod timestamp_check;
mod tree;
mod tree_comparison;
mod udf;
mod verdict;
mod volume;
mod xa;

use std::io::{self, Read, Seek};

pub use folder::{verify_archive, verify_folder};
pub use image_comparison::{ExpectedFile, ensure_image_matches};
pub use manifest_comparison::{ExpectedImage, compare_with_manifest};
pub use published::{FoundDigest, Published, PublishedDigest, read_checksum_file};
pub use requirement::Requirement;
pub use verdict::{
    CheckedFile, FinalProblems, Maker, MediaCheckResult, Problem, ProblemCode, Problems, SectorRun, SignatureReport,
    SignatureState, TargetKind, TimestampReport, TimestampState, Verdict,
};
pub use volume::verify_volume;

use sector_reader::{SECTOR_BUFFER_LENGTH, SECTOR_LENGTH};

/// The user interrupted the verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

/// The identifier of a volume, from its primary descriptor; `None` if it cannot be read.
pub fn read_volume_identifier(file: &mut (impl Read + Seek)) -> Option<String> {
    let mut sector = [0; SECTOR_BUFFER_LENGTH];
    file.seek(io::SeekFrom::Start(16 * SECTOR_LENGTH)).ok()?;
    // A boot record may come before the primary descriptor; the set ends with a terminator (ECMA-119 8.1.1).
    loop {
        file.read_exact(&mut sector).ok()?;
        match sector[0] {
            _ if !descriptors::is_volume(&sector) => return None,
            1 => return Some(String::from_utf8_lossy(&sector[40..72]).trim_end().to_owned()),
            255 => return None,
            _ => {}
        }
    }
}

/// Whether a file starts like an ISO 9660 image: with `CD001` in its first volume descriptor.
pub fn is_image(file: &mut (impl Read + Seek)) -> bool {
    let mut sector = [0; SECTOR_BUFFER_LENGTH];
    let read = file.seek(io::SeekFrom::Start(16 * SECTOR_LENGTH)).and_then(|_| file.read_exact(&mut sector));
    read.is_ok() && descriptors::is_volume(&sector)
}
