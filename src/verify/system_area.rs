//! The area before the volume descriptors of a disc that another program made. ECMA-119 (6.2.1) does not say what is in it, and a
//! checksum list does not cover it, so only what is known to be harmless is accepted there.

use std::io::{Read, Seek};
use std::ops::Range;

use super::bytes::is_zero;
use super::partitions::read_bytes;
use super::sector_reader::{SECTOR_LENGTH, SectorReader};

/// Where the volume descriptors begin, in bytes.
pub(super) const LENGTH: u64 = 16 * SECTOR_LENGTH;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Zeros,
    /// Boot code and partition tables, and nothing else.
    Known,
    /// The first byte, other than zero, that belongs to neither.
    Unknown(u64),
}

/// Examines the area. `tables` are the byte ranges of the partition tables.
pub(super) fn examine<R: Read + Seek>(reader: &mut SectorReader<'_, R>, tables: &[Range<u64>]) -> Content {
    let area = read_bytes(reader, 0, LENGTH as usize);
    if is_zero(&area) {
        return Content::Zeros;
    }
    let code = boot_code_length(&area);
    let is_known = |at: u64| at < code || tables.iter().any(|table| table.contains(&at));
    let mut positions = (0..).zip(&area).filter(|(_, byte)| **byte != 0).map(|(at, _)| at);
    positions.find(|at| !is_known(*at)).map_or(Content::Known, Content::Unknown)
}

/// How many bytes at the beginning are boot code for a PC and the disk number after it. 0 if the first sector is not a boot sector, or
/// could be something else.
fn boot_code_length(area: &[u8]) -> u64 {
    /// The instructions with which boot code begins: jumps, `cli`, `cld`, `push cs`, and `xor` of two registers.
    const INSTRUCTIONS: [u8; 6] = [0xeb, 0xe9, 0xea, 0xfa, 0xfc, 0x0e];
    const XOR: [u8; 2] = [0x31, 0x33];
    /// Instructions that are also the beginning of Apple's partition map.
    const APPLE: &[u8] = b"ER\x08\0\0\0\x90\x90";
    const REGISTERS: u8 = 0xc0;
    let is_boot_sector = area.get(510..512) == Some(&[0x55, 0xaa]);
    let is_xor = XOR.contains(&area[0]) && area[1] >= REGISTERS;
    let is_code = (INSTRUCTIONS.contains(&area[0]) || is_xor || area.starts_with(APPLE)) && !is_tar_header(area);
    // The boot code may be zeros, with only a disk number after it.
    if is_boot_sector && (is_code || is_zero(&area[..440])) { 446 } else { 0 }
}

/// Whether the first 512 bytes are the header of a member of a tar archive. Bytes 148 to 155 are an octal number: the sum of all bytes,
/// with spaces in place of these eight (POSIX, `pax`, ustar interchange format). The format before POSIX has no other mark.
pub(super) fn is_tar_header(bytes: &[u8]) -> bool {
    const LENGTH: usize = 512;
    const CHECKSUM: Range<usize> = 148..156;
    let Some(header) = bytes.get(..LENGTH) else { return false };
    let field = header[CHECKSUM].trim_ascii_start();
    let digits = field.iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let Some(stated) = str::from_utf8(&field[..digits]).ok().and_then(|digits| i64::from_str_radix(digits, 8).ok())
    else {
        return false;
    };
    let others = || header[..CHECKSUM.start].iter().chain(&header[CHECKSUM.end..]);
    let spaces = CHECKSUM.len() as i64 * i64::from(b' ');
    // Some old programs added signed bytes.
    let unsigned = spaces + others().map(|byte| i64::from(*byte)).sum::<i64>();
    let signed = spaces + others().map(|byte| i64::from(byte.cast_signed())).sum::<i64>();
    stated == unsigned || stated == signed
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn examine_area(area: &[u8], tables: &[Range<u64>]) -> Content {
        let mut image = vec![0; 20 * 2048];
        image[..area.len()].copy_from_slice(area);
        let length = image.len() as u64;
        examine(&mut SectorReader::new(&mut Cursor::new(image), length), tables)
    }

    fn boot_sector(code: &[u8]) -> Vec<u8> {
        let mut sector = vec![0; 512];
        sector[..code.len()].copy_from_slice(code);
        sector[440..444].copy_from_slice(b"disc");
        sector[510..].copy_from_slice(&[0x55, 0xaa]);
        sector
    }

    #[test]
    fn only_boot_code_and_tables_are_known() {
        let table = 446..512;
        assert_eq!(examine_area(&[], &[]), Content::Zeros);
        for code in [&b"\xeb\x63\x90code"[..], b"\xfa\xeb", b"\x33\xed", b"", b"ER\x08\0\0\0\x90\x90"] {
            assert_eq!(examine_area(&boot_sector(code), std::slice::from_ref(&table)), Content::Known);
        }
        let mut sector = boot_sector(b"\xeb");
        assert_eq!(examine_area(&sector, &[]), Content::Unknown(510), "without a table");
        sector[511] = 0;
        assert_eq!(examine_area(&sector, std::slice::from_ref(&table)), Content::Unknown(0), "no boot sector");
        for other in [&b"LZIP"[..], b"begin 644 a", b"\x5d\0\0", b"3\n", b"ER\x02\0"] {
            assert_eq!(examine_area(&boot_sector(other), std::slice::from_ref(&table)), Content::Unknown(0));
        }
        let mut area = boot_sector(b"\xeb");
        area.resize(9000, 0);
        area[8999] = 1;
        assert_eq!(examine_area(&area, std::slice::from_ref(&table)), Content::Unknown(8999));
        assert_eq!(examine_area(&area, &[table, 8192..9000]), Content::Known);
    }

    #[test]
    fn headers_of_tar_archives_are_recognised_by_their_sum() {
        let mut header = boot_sector(b"\xeb\x63\x90name");
        let sum = |header: &[u8]| header.iter().map(|byte| u32::from(*byte)).sum::<u32>();
        header[148..156].fill(b' ');
        let stated = format!("{:06o}\0 ", sum(&header));
        assert!(!is_tar_header(&header));
        header[148..156].copy_from_slice(stated.as_bytes());
        assert!(is_tar_header(&header));
        assert_eq!(
            examine_area(&header, std::slice::from_ref(&(446..512))),
            Content::Unknown(0),
            "code that is also an archive"
        );
        header[0] = 0xe9;
        assert!(!is_tar_header(&header));
        assert!(!is_tar_header(&[0; 512]) && !is_tar_header(b"0"));
    }
}
