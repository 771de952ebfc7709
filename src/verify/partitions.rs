//! The partitions that a hybrid image names in an MBR, a GPT or Apple's partition map, so that computers show them when the
//! image is on a USB stick.

use std::io::{Read, Seek};

use super::bytes::{be16, be32, is_zero, le32};
use super::sector_reader::{SECTOR_BUFFER_LENGTH, SECTOR_LENGTH, SectorReader};

/// How many partitions are read at most.
const MAX_PARTITIONS: usize = 256;

/// A partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Partition {
    /// Where it starts and how long it is, in bytes. Systems differ in the unit of Apple's map, so there may be several.
    pub(super) places: Vec<(u64, u64)>,
}

/// Bytes from anywhere in the image; zeros after its end.
pub(super) fn read_bytes<R: Read + Seek>(reader: &mut SectorReader<'_, R>, offset: u64, length: usize) -> Vec<u8> {
    let (first, skipped) = (offset / SECTOR_LENGTH, (offset % SECTOR_LENGTH) as usize);
    let available = reader.sector_count().saturating_sub(first);
    let count = ((skipped + length).div_ceil(SECTOR_BUFFER_LENGTH) as u64).min(available) as usize;
    let mut bytes = reader.read(first, count);
    bytes.drain(..skipped.min(bytes.len()));
    bytes.resize(length, 0);
    bytes
}

/// The partitions of all tables.
pub(super) fn read<R: Read + Seek>(reader: &mut SectorReader<'_, R>) -> Vec<Partition> {
    let mut found = read_mbr(&read_bytes(reader, 0, 512));
    // Sticks and discs have different units.
    for unit in [512, 2048, 4096] {
        found.extend(read_gpt(reader, unit, unit).unwrap_or_default());
    }
    // The copy at the end counts if the first one is damaged.
    let end = reader.length().saturating_sub(512);
    found.extend(read_gpt(reader, end, 512).unwrap_or_default());
    found.extend(read_apple_map(reader));
    found.truncate(MAX_PARTITIONS);
    found
}

fn read_mbr(sector: &[u8]) -> Vec<Partition> {
    const PROTECTIVE: u8 = 0xee;
    let entries = || (0..4).filter_map(|number| sector.get(446 + 16 * number..462 + 16 * number));
    // Without this, systems take it for the boot sector of a file system.
    let is_table = sector.ends_with(&[0x55, 0xaa]) && entries().all(|entry| entry[0] & 0x7f == 0);
    let partition =
        |entry: &[u8]| Partition { places: vec![(u64::from(le32(entry, 8)) * 512, u64::from(le32(entry, 12)) * 512)] };
    let is_used = |entry: &&[u8]| is_table && entry[4] != PROTECTIVE && le32(entry, 12) != 0;
    entries().filter(is_used).map(partition).collect()
}

/// The partitions of a GPT whose header is at this offset (UEFI 5.3.2 and 5.3.3); `None` if there is none.
fn read_gpt<R: Read + Seek>(reader: &mut SectorReader<'_, R>, header: u64, unit: u64) -> Option<Vec<Partition>> {
    let header = read_bytes(reader, header, 92);
    if !header.starts_with(b"EFI PART") {
        return None;
    }
    let le64 = |bytes: &[u8], at: usize| u64::from(le32(bytes, at)) | u64::from(le32(bytes, at + 4)) << 32;
    let (count, size) = ((le32(&header, 80) as usize).min(MAX_PARTITIONS), le32(&header, 84) as usize);
    if !(128..=4096).contains(&size) {
        return None;
    }
    let entries = read_bytes(reader, le64(&header, 72).saturating_mul(unit), count * size);
    let partition = |entry: &[u8]| {
        let start = le64(entry, 32).saturating_mul(unit);
        let end = le64(entry, 40).saturating_add(1).saturating_mul(unit);
        Partition { places: vec![(start, end.saturating_sub(start))] }
    };
    let is_used = |entry: &&[u8]| !is_zero(&entry[..16]);
    Some(entries.chunks_exact(size).filter(is_used).map(partition).collect())
}

/// The partitions of Apple's map: entries with `PM`, one per block. Not all systems demand the `ER` before them, which states
/// the length of a block.
fn read_apple_map<R: Read + Seek>(reader: &mut SectorReader<'_, R>) -> Vec<Partition> {
    // Inside Macintosh: Devices, 3-12 to 3-15: types of partitions without files.
    const WITHOUT_FILES: [&[u8]; 3] = [b"apple_partition_map", b"apple_free", b"apple_void"];
    let start = read_bytes(reader, 0, 16 * SECTOR_BUFFER_LENGTH);
    let stated = if start.starts_with(b"ER") { u64::from(be16(&start, 2)) } else { 0 };
    let mut entries: Vec<Vec<u8>> = start.chunks_exact(512).skip(1).map(<[u8]>::to_vec).collect();
    if stated > 512 {
        entries.extend((1..64).map(|number| read_bytes(reader, number * stated, 512)));
    }
    let mut found: Vec<Partition> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.starts_with(b"PM")) {
        let kind = entry[48..80].split(|byte| *byte == 0).next().unwrap_or_default().to_ascii_lowercase();
        if kind.is_empty() || WITHOUT_FILES.contains(&kind.as_slice()) {
            continue;
        }
        let (first, count) = (u64::from(be32(entry, 8)), u64::from(be32(entry, 12)));
        let mut units = vec![512, 2048];
        if stated >= 512 {
            units.push(stated);
        }
        let partition = Partition { places: units.into_iter().map(|unit| (first * unit, count * unit)).collect() };
        if !found.contains(&partition) {
            found.push(partition);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn places(image: Vec<u8>) -> Vec<(u64, u64)> {
        let length = image.len() as u64;
        let mut source = Cursor::new(image);
        read(&mut SectorReader::new(&mut source, length)).into_iter().flat_map(|partition| partition.places).collect()
    }

    #[test]
    fn partitions_of_every_table_are_found() {
        let mut image = vec![0; 64 * 2048];
        assert_eq!(places(image.clone()), []);
        image[446 + 4] = 0xef;
        image[446 + 8] = 100;
        image[446 + 12] = 8;
        assert_eq!(places(image.clone()), [], "without its signature");
        image[510..512].copy_from_slice(&[0x55, 0xaa]);
        assert_eq!(places(image.clone()), [(51_200, 4096)]);
        image[446] = 1;
        assert_eq!(places(image.clone()), [], "a boot sector");
        image[446 + 4] = 0xee;
        image[446] = 0;
        // A GPT of a stick, whose entries follow its header.
        image[512..520].copy_from_slice(b"EFI PART");
        image[512 + 72] = 2;
        image[512 + 80] = 1;
        image[512 + 84] = 128;
        image[1024..1040].fill(1);
        image[1024 + 32] = 64;
        image[1024 + 40] = 71;
        assert_eq!(places(image.clone()), [(32_768, 4096)]);
        image[512..520].fill(0);
        // The copy at its end, in a sector of 512 bytes.
        let end = image.len() - 512;
        image.copy_within(512..1024, end);
        image[end..end + 8].copy_from_slice(b"EFI PART");
        assert_eq!(places(image), [(32_768, 4096)]);
    }

    #[test]
    fn apple_maps_are_found_with_and_without_their_first_block() {
        let mut image = vec![0; 64 * 2048];
        let mut put = |at: usize, kind: &[u8]| {
            image[at..at + 2].copy_from_slice(b"PM");
            image[at + 11] = 40;
            image[at + 15] = 2;
            image[at + 48..at + 48 + kind.len()].copy_from_slice(kind);
            image.clone()
        };
        assert_eq!(places(put(512, b"Apple_Free")), []);
        assert_eq!(places(put(1024, b"Apple_HFS")), [(20_480, 1024), (81_920, 4096)]);
        put(1024, b"Apple_Free");
        put(3 * 8192, b"Apple_UFS");
        image[1024..1026].fill(0);
        image[3 * 8192..3 * 8192 + 2].fill(0);
        image[..2].copy_from_slice(b"ER");
        image[2] = 0x20;
        let mut moved = image.clone();
        moved[5 * 8192..5 * 8192 + 512].copy_from_slice(&image[3 * 8192..3 * 8192 + 512]);
        moved[5 * 8192..5 * 8192 + 2].copy_from_slice(b"PM");
        assert_eq!(places(moved), [(20_480, 1024), (81_920, 4096), (327_680, 16_384)]);
    }
}
