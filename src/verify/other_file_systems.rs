//! File systems in an image besides ISO 9660, Joliet and UDF. Many computers prefer them, and then show other files.

use std::io::{Read, Seek};

use super::bytes::be16;
use super::sector_reader::SectorReader;
use super::verdict::{Problem, ProblemCode, Problems};

/// Where a Mac file system has its header, in 512-byte blocks from the start of its partition.
const MAC_HEADER_BLOCK: u64 = 2;

/// The problem with a file system that is not read. `name` has an article, such as `a UDF`; `reason` is a clause that says why.
pub(super) fn describe_unchecked(name: &str, reason: &str) -> Problem {
    let message = format!(
        "there is also {name} file system, which many computers show instead, but {reason}: its files cannot be checked here, so verify them as a folder on such a computer"
    );
    Problem::new(ProblemCode::OtherFileSystem, message)
}

/// Reports Mac file systems, whose files are not read.
pub(super) fn report<R: Read + Seek>(reader: &mut SectorReader<'_, R>, problems: &mut Problems) {
    if reader.sector_count() > 1 && has_mac_file_system(reader) {
        problems.add(describe_unchecked("an HFS", "HFS is not supported"));
    }
}

/// Whether the image begins with an HFS or HFS+ volume, or a partition map that names one.
fn has_mac_file_system<R: Read + Seek>(reader: &mut SectorReader<'_, R>) -> bool {
    let start = reader.read(0, 16);
    let block = |number: u64| start.get(number as usize * 512..).unwrap_or_default();
    if matches!(block(MAC_HEADER_BLOCK), [b'B', b'D', ..] | [b'H', b'+' | b'X', ..]) {
        return true;
    }
    // Apple's partition map: entries with `PM`, one per block of 512 or 2,048 bytes, with the type at byte 48.
    let is_mac_partition = |entry: &[u8]| {
        entry.starts_with(b"PM") && entry.get(48..57).is_some_and(|kind| kind.eq_ignore_ascii_case(b"Apple_HFS"))
    };
    let has_map = matches!(block(0), [b'E', b'R', ..]) && be16(&start, 2) != 0;
    has_map && (1..64).any(|number| is_mac_partition(block(number)))
}
