//! Reads the partition tables of an image: MBR, GPT, Apple's partition map, and labels of Unix systems. A hybrid image has them, so
//! that computers show its partitions when it is on a USB stick.

use std::io::{Read, Seek};
use std::ops::Range;

use super::bytes::{be16, be32, is_zero, le32};
use super::sector_reader::{SECTOR_BUFFER_LENGTH, SECTOR_LENGTH, SectorReader};

/// How many different partitions are read at most.
const MAX_PARTITIONS: usize = 1_024;
/// The longest table of a GPT that is read, in bytes. Partitioning programs write 16 KiB.
const MAX_GPT_BYTES: u64 = 16 << 20;

/// What the partition tables list.
#[derive(Debug, Default)]
pub(super) struct Partitions {
    /// All partitions, without duplicates.
    pub(super) found: Vec<Partition>,
    /// Whether there may be more partitions: a table is too long, or its entries have a length that the standard does not allow.
    pub(super) is_incomplete: bool,
    /// The byte ranges of the tables.
    pub(super) tables: Vec<Range<u64>>,
}

impl Partitions {
    fn add(&mut self, partition: Partition) {
        if self.found.contains(&partition) {
            return;
        }
        if self.found.len() == MAX_PARTITIONS {
            self.is_incomplete = true;
        } else {
            self.found.push(partition);
        }
    }

    fn add_table(&mut self, start: u64, length: u64) {
        self.tables.push(start..start.saturating_add(length));
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Partition {
    /// Where it starts and how long it is, in bytes. Systems count Apple's map in different units, so there may be several places.
    pub(super) places: Vec<(u64, u64)>,
    /// Whether only few systems count in its unit. Such a partition matters only if a file system begins there.
    pub(super) is_unusual: bool,
}

impl Partition {
    fn new(start: u64, length: u64) -> Self {
        Self { places: vec![(start, length)], is_unusual: false }
    }
}

/// Bytes from anywhere in the image; zeros after its end.
pub(super) fn read_bytes<R: Read + Seek>(reader: &mut SectorReader<'_, R>, offset: u64, length: usize) -> Vec<u8> {
    let (first, skipped) = (offset / SECTOR_LENGTH, (offset % SECTOR_LENGTH) as usize);
    let available = reader.sector_count().saturating_sub(first);
    let count = ((skipped + length).div_ceil(SECTOR_BUFFER_LENGTH) as u64).min(available) as usize;
    let mut bytes = reader.read(first, count);
    if first + count as u64 == reader.sector_count() {
        bytes.extend(reader.read_incomplete_sector().unwrap_or_default());
    }
    bytes.drain(..skipped.min(bytes.len()));
    bytes.resize(length, 0);
    bytes
}

/// The partitions of all tables.
pub(super) fn read<R: Read + Seek>(reader: &mut SectorReader<'_, R>) -> Partitions {
    let mut partitions = Partitions::default();
    for unit in [512, 2048, 4096] {
        read_mbr(reader, unit, &mut partitions);
    }
    read_unix_labels(&read_bytes(reader, 0, 512), &mut partitions);
    let starts: Vec<u64> = partitions.found.iter().flat_map(|partition| &partition.places).map(|(at, _)| *at).collect();
    for start in [0].into_iter().chain(starts) {
        let label = start.saturating_add(512);
        read_bsd_label(&read_bytes(reader, label, 512), label, start, &mut partitions);
    }
    // USB sticks and discs have sectors of different lengths.
    for unit in [512, 2048, 4096] {
        read_gpt(reader, unit, unit, &mut partitions);
    }
    // Some systems read the copy at the end if the first GPT is damaged.
    for unit in [512, 2048, 4096] {
        let end = (reader.length() / unit * unit).saturating_sub(unit);
        read_gpt(reader, end, unit, &mut partitions);
    }
    read_apple_map(reader, &mut partitions);
    partitions
}

/// Whether the first sector of an image is a partition table, and not the boot sector of a file system.
fn is_mbr(sector: &[u8]) -> bool {
    let mut entries = (0..4).filter_map(|number| sector.get(446 + 16 * number..462 + 16 * number));
    sector.ends_with(&[0x55, 0xaa]) && entries.all(|entry| entry[0] & 0x7f == 0)
}

/// The partitions of the MBR, and those in an extended partition. Most systems count in units of 512 bytes on every medium; some
/// count in the sectors of the drive.
fn read_mbr<R: Read + Seek>(reader: &mut SectorReader<'_, R>, unit: u64, partitions: &mut Partitions) {
    const PROTECTIVE: u8 = 0xee;
    const EXTENDED: [u8; 3] = [0x05, 0x0f, 0x85];
    /// How many tables of an extended partition are read.
    const MAX_TABLES: usize = 256;
    let entries = |sector: &[u8], is_first: bool| -> Vec<(u8, u64, u64)> {
        let entries = (0..4).filter_map(|number| sector.get(446 + 16 * number..462 + 16 * number));
        // Systems do not look at the flags of later tables.
        let is_table = if is_first { is_mbr(sector) } else { sector.ends_with(&[0x55, 0xaa]) };
        let is_used = |entry: &&[u8]| is_table && entry[4] != PROTECTIVE && le32(entry, 12) != 0;
        let parse = |entry: &[u8]| (entry[4], u64::from(le32(entry, 8)) * unit, u64::from(le32(entry, 12)) * unit);
        entries.filter(is_used).map(parse).collect()
    };
    let is_unusual = unit != 512;
    let first = read_bytes(reader, 0, 512);
    if is_mbr(&first) {
        partitions.add_table(446, 66);
    }
    for (kind, start, length) in entries(&first, true) {
        partitions.add(Partition { is_unusual, ..Partition::new(start, length) });
        if !EXTENDED.contains(&kind) {
            continue;
        }
        // Each table lists a partition, relative to the table, and the next table, relative to the extended partition.
        let mut table = start;
        for _ in 0..MAX_TABLES {
            partitions.add_table(table, 512);
            let (tables, found): (Vec<_>, Vec<_>) = entries(&read_bytes(reader, table, 512), false)
                .into_iter()
                .partition(|(kind, ..)| EXTENDED.contains(kind));
            for (_, first, length) in found {
                partitions.add(Partition { is_unusual, ..Partition::new(table + first, length) });
            }
            match tables.first() {
                Some((_, next, _)) if *next > 0 => table = start + next,
                _ => break,
            }
        }
    }
}

/// The partitions in the labels of Sun and of SGI, which Linux reads too. Their numbers are big-endian.
fn read_unix_labels(sector: &[u8], partitions: &mut Partitions) {
    const UNIT: u64 = 512;
    const SUN: u16 = 0xdabe;
    const SGI: u32 = 0x0be5_a941;
    if be16(sector, 508) == SUN {
        partitions.add_table(0, 512);
        let sectors_per_cylinder = u64::from(be16(sector, 436)) * u64::from(be16(sector, 438));
        for entry in (0..8).filter_map(|number| sector.get(444 + 8 * number..452 + 8 * number)) {
            let (first, count) = (u64::from(be32(entry, 0)) * sectors_per_cylinder, u64::from(be32(entry, 4)));
            if count > 0 {
                partitions.add(Partition::new(first * UNIT, count * UNIT));
            }
        }
    }
    if be32(sector, 0) == SGI {
        partitions.add_table(0, 512);
        for entry in (0..16).filter_map(|number| sector.get(312 + 12 * number..324 + 12 * number)) {
            let (count, first) = (u64::from(be32(entry, 0)), u64::from(be32(entry, 4)));
            if count > 0 {
                partitions.add(Partition::new(first * UNIT, count * UNIT));
            }
        }
    }
}

/// The partitions in the label of a BSD system, which is at `label`: in the second sector of the disc, or of the partition at `start`.
/// Their positions are relative to the disc or, on some systems, to that partition.
fn read_bsd_label(sector: &[u8], label: u64, start: u64, partitions: &mut Partitions) {
    const UNIT: u64 = 512;
    const MAGIC: u32 = 0x8256_4557;
    if le32(sector, 0) != MAGIC || le32(sector, 132) != MAGIC {
        return;
    }
    partitions.add_table(label, UNIT);
    for entry in (0..22).filter_map(|number| sector.get(148 + 16 * number..164 + 16 * number)) {
        let (count, first) = (u64::from(le32(entry, 0)), u64::from(le32(entry, 4)));
        if count > 0 {
            partitions.add(Partition::new(first * UNIT, count * UNIT));
            partitions.add(Partition::new(start.saturating_add(first * UNIT), count * UNIT));
        }
    }
}

/// The partitions of a GPT whose header is at this offset, if there is one (UEFI 5.3.2 and 5.3.3).
fn read_gpt<R: Read + Seek>(reader: &mut SectorReader<'_, R>, at: u64, unit: u64, partitions: &mut Partitions) {
    const HEADER_LENGTH: usize = 92;
    let header = read_bytes(reader, at, HEADER_LENGTH);
    if !header.starts_with(b"EFI PART") {
        return;
    }
    let le64 = |bytes: &[u8], at: usize| u64::from(le32(bytes, at)) | u64::from(le32(bytes, at + 4)) << 32;
    let (count, size) = (u64::from(le32(&header, 80)), u64::from(le32(&header, 84)));
    let first = le64(&header, 72).saturating_mul(unit);
    // The rest of the table would be after the end of the image.
    let length = (count * size).min(reader.length().saturating_sub(first));
    if !(128..=4096).contains(&size) || length > MAX_GPT_BYTES {
        partitions.is_incomplete |= length > 0;
        return;
    }
    partitions.add_table(at, HEADER_LENGTH as u64);
    partitions.add_table(first, length);
    let entries = read_bytes(reader, first, length as usize);
    let partition = |entry: &[u8]| {
        let start = le64(entry, 32).saturating_mul(unit);
        let end = le64(entry, 40).saturating_add(1).saturating_mul(unit);
        Partition::new(start, end.saturating_sub(start))
    };
    let is_used = |entry: &&[u8]| !is_zero(&entry[..16]);
    entries.chunks_exact(size as usize).filter(is_used).for_each(|entry| partitions.add(partition(entry)));
}

/// The partitions of Apple's map: entries with `PM`, one per block. Some systems do not require the `ER` before them, which
/// states the length of a block.
fn read_apple_map<R: Read + Seek>(reader: &mut SectorReader<'_, R>, partitions: &mut Partitions) {
    // Inside Macintosh: Devices, 3-12 to 3-15: types of partitions without files.
    const WITHOUT_FILES: [&[u8]; 3] = [b"apple_partition_map", b"apple_free", b"apple_void"];
    let start = read_bytes(reader, 0, 16 * SECTOR_BUFFER_LENGTH);
    let stated = if start.starts_with(b"ER") { u64::from(be16(&start, 2)) } else { 0 };
    let blocks = start.chunks_exact(512).map(<[u8]>::to_vec);
    let mut entries: Vec<(u64, Vec<u8>)> = (0..).step_by(512).zip(blocks).skip(1).collect();
    if stated > 512 {
        entries.extend((1..64).map(|number| (number * stated, read_bytes(reader, number * stated, 512))));
    }
    for (at, entry) in entries.iter().filter(|(_, entry)| entry.starts_with(b"PM")) {
        partitions.add_table(*at, 512);
        if stated > 0 {
            partitions.add_table(0, 446);
        }
        let kind = entry[48..80].split(|byte| *byte == 0).next().unwrap_or_default().to_ascii_lowercase();
        if kind.is_empty() || WITHOUT_FILES.contains(&kind.as_slice()) {
            continue;
        }
        let (first, count) = (u64::from(be32(entry, 8)), u64::from(be32(entry, 12)));
        let mut units = vec![512, 2048];
        if stated >= 512 {
            units.push(stated);
        }
        let places = units.into_iter().map(|unit| (first * unit, count * unit)).collect();
        partitions.add(Partition { places, is_unusual: false });
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// The places in usual units, or in unusual ones.
    fn places_in(image: Vec<u8>, is_unusual: bool) -> Vec<(u64, u64)> {
        let length = image.len() as u64;
        let mut source = Cursor::new(image);
        let partitions = read(&mut SectorReader::new(&mut source, length)).found;
        let wanted = partitions.into_iter().filter(|partition| partition.is_unusual == is_unusual);
        wanted.flat_map(|partition| partition.places).collect()
    }

    fn places(image: Vec<u8>) -> Vec<(u64, u64)> {
        places_in(image, false)
    }

    /// An image with a GPT of `count` entries, of which all but the last are the same.
    fn with_gpt(count: u32, size: u32) -> Vec<u8> {
        let mut image = vec![0; 1024 * 2048];
        image[512..520].copy_from_slice(b"EFI PART");
        image[512 + 72] = 2;
        image[512 + 80..512 + 84].copy_from_slice(&count.to_le_bytes());
        image[512 + 84..512 + 88].copy_from_slice(&size.to_le_bytes());
        for number in 0..count as usize {
            let at = 1024 + number * size as usize;
            image[at] = 1;
            image[at + 32] = if number + 1 == count as usize { 64 } else { 32 };
            image[at + 40] = 71;
        }
        image
    }

    #[test]
    fn harmless_partitions_do_not_hide_others() {
        let mut image = with_gpt(400, 128);
        assert_eq!(places(image.clone()), [(16_384, 20_480), (32_768, 4096)]);
        // Apple's map is read last.
        image[30 * 1024..30 * 1024 + 2].copy_from_slice(b"PM");
        image[30 * 1024 + 11] = 40;
        image[30 * 1024 + 48..30 * 1024 + 57].copy_from_slice(b"Apple_HFS");
        let mut no_map = image.clone();
        no_map[30 * 1024..30 * 1024 + 2].fill(0);
        assert_eq!(places(image).len(), places(no_map).len() + 2);
    }

    #[test]
    fn tables_that_are_not_read_completely_are_noticed() {
        let is_incomplete = |image: Vec<u8>| {
            let length = image.len() as u64;
            read(&mut SectorReader::new(&mut Cursor::new(image), length)).is_incomplete
        };
        assert!(!is_incomplete(with_gpt(400, 128)));
        assert!(!is_incomplete(with_gpt(0, 128)));
        assert!(is_incomplete(with_gpt(4, 64)));
        assert!(is_incomplete(with_gpt(4, 8192)));
        let mut many = with_gpt(2_000, 128);
        for number in 0..2_000 {
            many[1024 + number * 128 + 32..1024 + number * 128 + 34].copy_from_slice(&(number as u16).to_le_bytes());
        }
        assert!(is_incomplete(many));
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
        let mut alone = image.clone();
        alone[..512].fill(0);
        assert_eq!(places(alone), [(32_768, 4096)], "without the MBR that protects it");
        image[512..520].fill(0);
        // The copy at its end, in a sector of 512 bytes.
        let end = image.len() - 512;
        image.copy_within(512..1024, end);
        image[end..end + 8].copy_from_slice(b"EFI PART");
        assert_eq!(places(image), [(32_768, 4096)]);
    }

    #[test]
    fn logical_partitions_and_unix_labels_are_found() {
        let mut image = vec![0; 400 * 2048];
        let mut put = |at: usize, number: usize, kind: u8, first: u32, count: u32| {
            let entry = at + 446 + 16 * number;
            image[entry + 4] = kind;
            image[entry + 8..entry + 12].copy_from_slice(&first.to_le_bytes());
            image[entry + 12..entry + 16].copy_from_slice(&count.to_le_bytes());
            image[at + 510..at + 512].copy_from_slice(&[0x55, 0xaa]);
        };
        put(0, 0, 0x0f, 100, 500);
        put(100 * 512, 0, 6, 10, 20);
        put(100 * 512, 1, 5, 200, 300);
        put(300 * 512, 0, 6, 30, 40);
        // A loop: this table names itself as the next one.
        put(300 * 512, 1, 5, 200, 300);
        let found = places(image.clone());
        assert!(found.contains(&(110 * 512, 20 * 512)) && found.contains(&(330 * 512, 40 * 512)), "{found:?}");
        assert!(places_in(image, true).contains(&(100 * 2048, 500 * 2048)), "in the unit of a disc");
        let mut sun = vec![0; 64 * 2048];
        (sun[508], sun[509], sun[437], sun[439]) = (0xda, 0xbe, 1, 4);
        (sun[447], sun[451]) = (20, 8);
        assert_eq!(places(sun), [(80 * 512, 8 * 512)]);
        let mut bsd = vec![0; 64 * 2048];
        for at in [512, 512 + 132] {
            bsd[at..at + 4].copy_from_slice(&[0x57, 0x45, 0x56, 0x82]);
        }
        (bsd[512 + 148], bsd[512 + 152]) = (8, 80);
        assert_eq!(places(bsd), [(80 * 512, 8 * 512)]);
        let mut sgi = vec![0; 64 * 2048];
        sgi[..4].copy_from_slice(&[0x0b, 0xe5, 0xa9, 0x41]);
        (sgi[315], sgi[319]) = (8, 80);
        assert_eq!(places(sgi), [(80 * 512, 8 * 512)]);
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
        // The longest block, a multiple of a sector.
        let mut long = image.clone();
        long.resize(70 * 2048, 0);
        (long[2], long[3]) = (0xf8, 0);
        long.copy_within(3 * 8192..3 * 8192 + 512, 0xf800);
        long[0xf800..0xf802].copy_from_slice(b"PM");
        assert_eq!(places(long), [(20_480, 1024), (81_920, 4096), (40 * 0xf800, 2 * 0xf800)]);
    }
}
