//! File systems in an image besides ISO 9660, Joliet and UDF. Many computers prefer them, and then show other files.

use std::io::{Read, Seek};

use super::bytes::{be32, is_zero, le16, le32};
use super::ownership::{OwnedRange, Owner};
use super::partitions::{self, read_bytes};
use super::sector_reader::{SECTOR_LENGTH, SectorReader, with_commas};
use super::system_area::{self, Content, is_tar_header};
use super::verdict::{Problem, ProblemCode, Problems};

/// The number of bytes at the start of a file system in which its header can be.
const HEADER_BYTES: usize = 68 * 1024;

const SYSTEM_AREA: u64 = system_area::LENGTH;

/// The problem with a file system that is not read. `name` has an article, such as `a UDF`; `reason` is a clause that says why.
pub(super) fn describe_unchecked(name: &str, reason: &str) -> Problem {
    let message = format!(
        "there is also {name} file system, which many computers show instead, but {reason}: its files cannot be checked here, so verify them as a folder on such a computer"
    );
    Problem::new(ProblemCode::OtherFileSystem, message)
}

/// Reports file systems that are not read: one that begins where the image begins, and those in partitions. A partition inside a
/// file on the disc, such as the boot image of a hybrid image, is checked with that file. `ranges` are the parts of the volume that
/// have an owner. Returns what is in the system area.
pub(super) fn report<R: Read + Seek>(
    reader: &mut SectorReader<'_, R>,
    ranges: &[OwnedRange],
    problems: &mut Problems,
) -> Content {
    let start = read_bytes(reader, 0, HEADER_BYTES);
    if let Some(name) = identify(&start) {
        problems.add(describe_unchecked(name, "only ISO 9660, Joliet and UDF are read"));
    }
    let partitions = partitions::read(reader);
    if partitions.is_incomplete {
        let message = "the partition table is too long, or its entries have an unknown length, so not all partitions were checked, and some computers may show other files: verify the disc as a folder on the computers that will be used";
        problems.add(Problem::new(ProblemCode::OtherFileSystem, message));
    }
    for partition in partitions.found {
        let mut unknown_start = None;
        let mut is_known = false;
        let mut file_system = None;
        for (start, length) in partition.places {
            if start == 0 || start >= reader.length() || is_in_file(ranges, start, length) {
                is_known = true;
                continue;
            }
            let header = read_bytes(reader, start, HEADER_BYTES);
            // A partition that begins in the system area, and whose position is in an unusual unit, is assumed to cover the whole image.
            // The descriptor in its sector 16 is then a later one of the image itself, not that of another volume.
            let is_whole = partition.is_unusual && start < SYSTEM_AREA;
            let volume = match header.get(SYSTEM_AREA as usize + 1..).and_then(|rest| rest.first_chunk()) {
                _ if is_whole => None,
                Some(b"CD001") => Some("another ISO 9660"),
                Some(b"BEA01" | b"NSR02" | b"NSR03") => Some("a UDF"),
                _ => None,
            };
            match identify(&header).or(volume) {
                Some(name) => file_system = Some((name, start)),
                // Boot code, or a gap that a program listed as a partition.
                None if start < SYSTEM_AREA || is_owned(ranges, start) || is_zero(&header) => is_known = true,
                None => unknown_start = Some(start),
            }
        }
        let (content, start) = match (file_system, unknown_start) {
            (Some((name, start)), _) => (format!("{name} file system"), start),
            (None, Some(start)) if !is_known && !partition.is_unusual => {
                ("contents of an unknown kind".to_owned(), start)
            }
            _ => continue,
        };
        let message = format!(
            "the partition table lists a partition at sector {} with {content}, which is not one of the files on the disc: some computers may show its files as well as the files of the disc, or instead of them: verify what they show as a folder",
            with_commas(start / SECTOR_LENGTH)
        );
        problems.add(Problem::new(ProblemCode::OtherFileSystem, message));
    }
    let content = system_area::examine(reader, &partitions.tables);
    if let Content::Unknown(at) = content
        && problems.count(ProblemCode::OtherFileSystem) == 0
    {
        let message = format!(
            "before the volume, from byte {} on, there are bytes that are neither boot code nor a partition table known here: because of them, some programs may show other files, so verify the disc as a folder on the computers that will be used",
            with_commas(at)
        );
        problems.add(Problem::new(ProblemCode::OtherFileSystem, message));
    }
    content
}

/// Reports bytes that make programs treat the whole image as something else: the disk of a virtual machine, an archive, or a part of
/// a RAID.
pub(super) fn report_containers<R: Read + Seek>(reader: &mut SectorReader<'_, R>, problems: &mut Problems) {
    /// How disks of virtual machines begin: the format, the offset and the bytes.
    const HEADERS: [(&str, usize, &[u8]); 7] = [
        ("QCOW", 0, b"QFI\xfb"),
        ("VMDK", 0, b"KDMV"),
        ("VMDK", 0, b"COWD"),
        ("VMDK", 0, b"# Disk DescriptorFile"),
        ("VHDX", 0, b"vhdxfile"),
        ("VHD", 0, b"conectix"),
        ("VDI", 64, b"\x7f\x10\xda\xbe"),
    ];
    /// The first of the last 512 bytes of such disks.
    const TRAILERS: [(&str, &[u8]); 2] = [("VHD", b"conectix"), ("DMG", b"koly")];
    /// Archives that programs recognise by their first bytes, even if an image follows: the format, the offset and the bytes.
    const ARCHIVES: [(&str, usize, &[u8]); 14] = [
        ("tar", 257, b"ustar"),
        ("cpio", 0, b"07070"),
        ("cpio", 0, b"\xc7\x71"),
        ("cpio", 0, b"\x71\xc7"),
        ("xar", 0, b"xar!"),
        ("7z", 0, b"7z\xbc\xaf\x27\x1c"),
        ("gzip", 0, b"\x1f\x8b"),
        ("bzip2", 0, b"BZh"),
        ("xz", 0, b"\xfd7zXZ\0"),
        ("Zstandard", 0, b"\x28\xb5\x2f\xfd"),
        ("LZ4", 0, b"\x04\x22\x4d\x18"),
        ("RAR", 0, b"Rar!"),
        ("CAB", 0, b"MSCF"),
        ("ar", 0, b"!<arch>"),
    ];
    /// The magic number of a Linux RAID, in both byte orders.
    const RAID: [&[u8]; 2] = [b"\xfc\x4e\x2b\xa9", b"\xa9\x2b\x4e\xfc"];
    /// The magic numbers of DRBD 8 and 9.
    const DRBD: [u32; 3] = [0x8374_026b, 0x8374_026c, 0x8374_026d];
    /// Superblocks of RAID controllers: how many bytes before the end, and the bytes.
    const CONTROLLERS: [(u64, &[u8]); 6] = [
        (1024, b"NVIDIA"),
        // Silicon Image, 0x60 bytes after the start of the last sector.
        (512 - 0x60, b"\0\0\0\x2f"),
        (512, b"$XIDE$"),
        (512, b"\x37\xfc\x4d\x1e"),
        (11 * 512, b"\xf3\x16\x78\x5a"),
        (11 * 512, b"\xfd\x16\x78\x5a"),
    ];
    /// How many sectors of 512 bytes before the end the superblock of a Promise controller can be.
    const PROMISE: [u64; 13] = [16, 63, 255, 256, 399, 591, 675, 735, 911, 951, 974, 991, 3087];
    let length = reader.length();
    let start = read_bytes(reader, 0, 8192);
    let end = read_bytes(reader, length.saturating_sub(512), 512);
    let header = HEADERS.iter().find(|(_, at, magic)| start[*at..].starts_with(magic)).map(|(format, ..)| format);
    let trailer = TRAILERS.iter().find(|(_, magic)| end.starts_with(magic)).map(|(format, _)| format);
    let mut add = |message: String| problems.add(Problem::new(ProblemCode::OtherFileSystem, message));
    if let Some(format) = header.or(trailer) {
        add(format!(
            "the image can also be read as a disk of a virtual machine in the format {format}: programs that guess the format show what is in that disk, so open it as a raw image"
        ));
    }
    // Where a Linux RAID has its superblock, in versions 1.1, 1.2, 0.90 and 1.0.
    let places = [0, 4096, (length & !0xffff).saturating_sub(0x1_0000), length.saturating_sub(0x2000) & !0xfff];
    let has_archive_magic = |(_, at, magic): &&(&str, usize, &[u8])| start[*at..].starts_with(magic);
    let archive = ARCHIVES.iter().find(has_archive_magic).map(|(format, ..)| *format);
    if let Some(format) = archive.or(is_tar_header(&start).then_some("tar")) {
        add(format!(
            "the image begins like an archive in the format {format}: programs that unpack archives show what is in the archive, not the files of the disc"
        ));
    }
    // RAID controllers write their header into the last sectors, or before a last area of 128 KiB.
    let is_ddf = |header: &[u8]| header.starts_with(b"\xde\x11\xde\x11") || header.starts_with(b"\x11\xde\x11\xde");
    let mut has_at = |(from_end, magic): &(u64, &[u8])| {
        length.checked_sub(*from_end).is_some_and(|at| read_bytes(reader, at, magic.len()) == *magic)
    };
    let has_controller_header = CONTROLLERS.iter().any(&mut has_at)
        || PROMISE.iter().any(|sectors| has_at(&(sectors * 512, b"Promise Technology, Inc.")))
        || is_jmicron(&end)
        || is_via(&end)
        // Intel's header is two sectors before the end, for any sector length.
        || [512, 2048, 4096]
            .iter()
            .any(|unit| read_bytes(reader, length.saturating_sub(2 * unit), 24) == b"Intel Raid ISM Cfg Sig. ")
        || is_ddf(&end)
        || is_ddf(&read_bytes(reader, length.saturating_sub(257 * 512), 4));
    if has_controller_header || places.into_iter().any(|at| RAID.contains(&read_bytes(reader, at, 4).as_slice())) {
        add("there is a superblock of a RAID: Linux may show the RAID instead of the disc".to_owned());
    }
    let replicated = read_bytes(reader, (length & !0xfff).saturating_sub(0x1000), 128);
    if replicated.chunks_exact(4).any(|word| DRBD.contains(&be32(word, 0))) {
        add("there is a superblock of DRBD, so Linux may not show the disc".to_owned());
    }
}

/// Whether a sector is the superblock of a JMicron controller. Not every program compares its checksum; its mode is at most 5.
fn is_jmicron(sector: &[u8]) -> bool {
    sector.starts_with(b"JM") && sector[0x30] <= 5
}

/// Whether a sector is the superblock of a VIA controller. Its checksum tells it from other bytes.
fn is_via(sector: &[u8]) -> bool {
    let sum = sector[..50].iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    sector.starts_with(b"\x55\xaa") && sector[2] <= 1 && sum == sector[50]
}

/// A file system whose header is in or just after a sector with bytes that belong to no file, and the sector where it begins.
pub(super) fn find_near<R: Read + Seek>(reader: &mut SectorReader<'_, R>, sector: u64) -> Option<(&'static str, u64)> {
    /// The unit in which partition tables place file systems.
    const UNIT: u64 = 512;
    // The first bytes of some file systems are zeros, but at most 1,024 of them.
    let start = (sector * SECTOR_LENGTH).saturating_sub(2 * UNIT).max(SYSTEM_AREA);
    let mut starts = (start..(sector + 1) * SECTOR_LENGTH).step_by(UNIT as usize);
    starts
        .find_map(|start| identify(&read_bytes(reader, start, HEADER_BYTES)).map(|name| (name, start / SECTOR_LENGTH)))
}

/// Whether a partition, or as much of it as the headers of file systems need, is inside a file.
fn is_in_file(ranges: &[OwnedRange], start: u64, length: u64) -> bool {
    let mut next = ranges.partition_point(|range| range.start <= start).saturating_sub(1);
    let Some(Owner::File(file, _)) = ranges.get(next).filter(|range| start < range.end()).map(|range| range.owner)
    else {
        return false;
    };
    let needed = start.saturating_add(length.min(HEADER_BYTES as u64));
    // Large files have several ranges.
    let mut end = start;
    while let Some(range) = ranges.get(next)
        && matches!(range.owner, Owner::File(owner, _) if owner == file)
        && (range.start <= end)
    {
        end = range.end().next_multiple_of(SECTOR_LENGTH);
        next += 1;
    }
    needed <= end
}

/// Whether a byte belongs to a file or to a structure.
fn is_owned(ranges: &[OwnedRange], at: u64) -> bool {
    let number = ranges.partition_point(|range| range.start <= at);
    number.checked_sub(1).and_then(|number| ranges.get(number)).is_some_and(|range| at < range.end())
}

/// The kind of file system that begins with these bytes, other than ISO 9660, with an article.
fn identify(bytes: &[u8]) -> Option<&'static str> {
    /// The name of each file system, with the offset and the bytes of its magic number.
    const MAGIC: [(&str, usize, &[u8]); 38] = [
        ("an NTFS", 3, b"NTFS    "),
        ("an exFAT", 3, b"EXFAT   "),
        ("a ReFS", 3, b"ReFS\0"),
        ("a BitLocker", 3, b"-FVE-FS-"),
        ("an HFS", 1024, b"BD"),
        ("an HFS+", 1024, b"H+"),
        ("an HFS+", 1024, b"HX"),
        ("an APFS", 32, b"NXSB"),
        ("a squashfs", 0, b"hsqs"),
        ("a squashfs", 0, b"sqsh"),
        ("an XFS", 0, b"XFSB"),
        ("a romfs", 0, b"-rom1fs-"),
        ("a LUKS", 0, b"LUKS\xba\xbe"),
        ("an LVM", 0, b"LABELONE"),
        ("an LVM", 512, b"LABELONE"),
        ("an LVM", 1024, b"LABELONE"),
        ("an LVM", 1536, b"LABELONE"),
        ("an F2FS", 1024, b"\x10\x20\xf5\xf2"),
        ("an EROFS", 1024, b"\xe2\xe1\xf5\xe0"),
        ("a Btrfs", 65_600, b"_BHRfS_M"),
        ("a ReiserFS", 65_588, b"ReIsEr"),
        ("a UFS", 8192 + 1372, b"\x54\x19\x01\0"),
        ("a UFS", 8192 + 1372, b"\0\x01\x19\x54"),
        ("a UFS", 65_536 + 1372, b"\x19\x01\x54\x19"),
        ("a UFS", 65_536 + 1372, b"\x19\x54\x01\x19"),
        ("a JFS", 32_768, b"JFS1"),
        ("an HPFS", 8192, b"\x49\xe8\x95\xf9"),
        ("an OCFS2", 1024, b"OCFSV2"),
        ("an OCFS2", 2048, b"OCFSV2"),
        ("an OCFS2", 4096, b"OCFSV2"),
        ("an OCFS2", 8192, b"OCFSV2"),
        ("a GFS2", 65_536, b"\x01\x16\x19\x70"),
        ("a BFS", 544, b"1SFB"),
        ("a BFS", 544, b"BFS1"),
        ("a cramfs", 0, b"\x45\x3d\xcd\x28"),
        ("a cramfs", 512, b"\x45\x3d\xcd\x28"),
        ("a NILFS2", 1024, b"\x02\0\0\0\0\0\x34\x34"),
        ("a bcachefs", 4120, b"\xc6\x85\x73\xf6\x4e\x1a\x45\xca"),
    ];
    let has = |at: usize, magic: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
    MAGIC
        .iter()
        .find(|(_, at, magic)| has(*at, magic))
        .map(|(name, ..)| *name)
        .or(is_fat(bytes).then_some("a FAT"))
        .or(is_ext(bytes).then_some("an ext"))
        .or(is_minix(bytes).then_some("a Minix"))
}

/// Whether there is a superblock of a Minix file system of version 1, 2 or 3. Its magic number has only two bytes.
fn is_minix(bytes: &[u8]) -> bool {
    const MAGIC: [u16; 4] = [0x137f, 0x138f, 0x2468, 0x2478];
    const MAGIC_3: u16 = 0x4d5a;
    let block = bytes.get(1024..).unwrap_or_default();
    // The number of inodes, the lengths of the two maps, the number of the first data block, and the size of a zone.
    let are_valid = |inodes: u32, at: usize| {
        inodes > 0
            && le16(block, at) > 0
            && le16(block, at + 2) > 0
            && le16(block, at + 4) > 0
            && le16(block, at + 6) == 0
    };
    MAGIC.contains(&le16(block, 16)) && are_valid(le16(block, 0).into(), 4)
        || le16(block, 24) == MAGIC_3 && are_valid(le32(block, 0), 6)
}

/// Whether a boot sector describes a FAT file system: every field must have one of its few possible values.
fn is_fat(bytes: &[u8]) -> bool {
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    matches!(le16(bytes, 11), 512 | 1024 | 2048 | 4096)
        && byte(13).is_power_of_two()
        && le16(bytes, 14) > 0
        && byte(16) > 0
        && matches!(byte(21), 0xf0 | 0xf8..)
        && (le16(bytes, 19) != 0 || le32(bytes, 32) != 0)
}

/// Whether there is a superblock of ext2, ext3 or ext4.
fn is_ext(bytes: &[u8]) -> bool {
    let block = bytes.get(1024..).unwrap_or_default();
    // The magic number; numbers of inodes and of blocks, the length of a block, and the revision.
    le16(block, 56) == 0xef53
        && le32(block, 0) > 0
        && le32(block, 4) > 0
        && le32(block, 24) <= 6
        && le32(block, 76) <= 1
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const FILE: OwnedRange = OwnedRange { start: 40 * 2048, length: 100_000, owner: Owner::File(0, 0) };

    fn report_on(image: &[u8]) -> u64 {
        let mut problems = Problems::default();
        let mut source = Cursor::new(image);
        report(&mut SectorReader::new(&mut source, image.len() as u64), &[FILE], &mut problems);
        problems.count(ProblemCode::OtherFileSystem)
    }

    fn put_fat(image: &mut [u8], at: usize) {
        image[at..at + 24].copy_from_slice(&[
            0xeb, 0x3c, 0x90, b'm', b'k', b'f', b's', b'.', b'f', b'a', b't', 0, 2, 4, 1, 0, 2, 0, 2, 0, 8, 0xf8, 6, 0,
        ]);
    }

    fn put_partition(image: &mut [u8], kind: u8, first_block: u32, blocks: u32) {
        image[450] = kind;
        image[454..458].copy_from_slice(&first_block.to_le_bytes());
        image[458..462].copy_from_slice(&blocks.to_le_bytes());
        image[510..512].copy_from_slice(&[0x55, 0xaa]);
    }

    #[test]
    fn file_systems_that_no_table_lists_are_found_near_their_first_bytes() {
        let mut image = vec![0; 200 * 2048];
        image[42 * 2048 + 1024..42 * 2048 + 1028].copy_from_slice(b"H+\0\x04");
        let find = |image: &[u8], sector: u64| {
            find_near(&mut SectorReader::new(&mut Cursor::new(image), image.len() as u64), sector)
        };
        assert_eq!(find(&image, 42), Some(("an HFS+", 42)));
        assert_eq!(find(&image, 50), None);
        // The first 1,024 bytes are in the sector before.
        image.copy_within(42 * 2048 + 1024..42 * 2048 + 1028, 60 * 2048);
        assert_eq!(find(&image, 60), Some(("an HFS+", 59)));
    }

    #[test]
    fn file_systems_in_the_system_area_are_found() {
        let empty = vec![0; 200 * 2048];
        assert_eq!(report_on(&empty), 0);
        let mut fat = empty.clone();
        put_fat(&mut fat, 0);
        assert_eq!(report_on(&fat), 1);
        fat[16] = 5;
        assert_eq!(report_on(&fat), 1, "with five tables");
        // Boot code in place of these numbers: first without the signature of a boot sector, then with it.
        fat[11] = 1;
        assert_eq!(report_on(&fat), 1);
        fat[510..512].copy_from_slice(&[0x55, 0xaa]);
        assert_eq!(report_on(&fat), 0);
        for (at, magic) in [(3, &b"NTFS    "[..]), (3, b"EXFAT   "), (1024, b"H+\0\x04"), (0, b"hsqs"), (0, b"XFSB")] {
            let mut image = empty.clone();
            image[at..at + magic.len()].copy_from_slice(magic);
            assert_eq!((report_on(&image), identify(&image).is_some()), (1, true), "{magic:?}");
        }
        let mut minix = empty.clone();
        minix[1040..1042].copy_from_slice(&[0x7f, 0x13]);
        assert_eq!(identify(&minix), None, "two bytes are not enough");
        (minix[1024], minix[1028], minix[1030], minix[1032]) = (32, 1, 1, 5);
        assert_eq!(identify(&minix), Some("a Minix"));
        let mut ext = empty;
        ext[1080..1082].copy_from_slice(&[0x53, 0xef]);
        assert_eq!(identify(&ext), None, "two bytes are not enough");
        (ext[1024], ext[1028]) = (16, 64);
        assert_eq!(identify(&ext), Some("an ext"));
    }

    #[test]
    fn partitions_that_are_neither_the_volume_nor_a_file_are_found() {
        let with = |first: u32, blocks: u32, has_fat: bool, has_bytes: bool| {
            let mut image = vec![0; 200 * 2048];
            put_partition(&mut image, 0xef, first, blocks);
            let at = first as usize * 512;
            if has_fat && at > 0 {
                put_fat(&mut image, at);
            }
            if has_bytes {
                image[at + 1000] = 7;
            }
            report_on(&image)
        };
        // The whole image, with and without its first block, as isohybrid and GRUB have it.
        assert_eq!(with(0, 800, false, false), 0);
        assert_eq!(with(1, 799, false, false), 0);
        assert_eq!(with(1, 799, false, true), 1, "with bytes that are not boot code");
        // A boot image that is a file.
        assert_eq!(with(160, 195, true, true), 0);
        // One that begins in a file and ends after it, and partitions outside files.
        assert_eq!(with(160 + 180, 400, true, true), 1);
        assert_eq!(with(500, 100, true, true), 1);
        assert_eq!(with(500, 100, false, true), 1);
        assert_eq!(with(500, 100, false, false), 0);
        assert_eq!(with(1, 799, true, true), 1);
        // File systems in the gap before the volume.
        let mut udf = vec![0; 200 * 2048];
        put_partition(&mut udf, 0x83, 4, 700);
        udf[2048 + 32_768 + 1..2048 + 32_768 + 6].copy_from_slice(b"BEA01");
        assert_eq!(report_on(&udf), 1);
        // No partition, but bytes in the system area.
        assert_eq!(with(1, 0, true, true), 1);
    }
}
