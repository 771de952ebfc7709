//! The volume descriptors (ECMA-119 8, Joliet) and the identifiers and dates in them.

use std::io::{Read, Seek};

use super::claims::{Claims, Owner};
use super::dates;
use super::medium::{Medium, SECTOR, SECTOR_BYTES, agree16, agree32, be32, in_words, le16, le32};
use super::verdict::{Code, Problem, Problems};
use crate::media_check::{APPLICATION_USE, Area, BLANK, Implanted};

/// Where the first descriptor is (ECMA-119 6.2.1).
const FIRST: u64 = 16;
/// No volume has more descriptors than this.
const MOST: u64 = 48;
/// The root directory's record (ECMA-119 8.4.18).
const ROOT_RECORD: usize = 156;

/// One of the two trees of directories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Namespace {
    /// That of the primary descriptor, with Rock Ridge names beside its own.
    Primary,
    /// That of the supplementary descriptor with Joliet's escape sequence.
    Joliet,
}

impl Namespace {
    /// As an adjective.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Joliet => "Joliet",
        }
    }
}

/// What the rest of the reading needs of a descriptor.
#[derive(Debug, Clone)]
pub(super) struct Descriptor {
    pub(super) namespace: Namespace,
    /// Sectors of the volume.
    pub(super) space: u32,
    pub(super) volume: String,
    /// The root directory's record, 34 bytes.
    pub(super) root: Vec<u8>,
    pub(super) path_table_size: u32,
    /// The places of the path tables: L, optional L, M, optional M.
    pub(super) path_tables: [u32; 4],
    /// The names of the copyright, abstract and bibliographic files.
    pub(super) files: Vec<(&'static str, String)>,
    /// All identifiers as text, for the two descriptors to be compared.
    identifiers: Vec<(&'static str, String)>,
    /// The dates, of creation, modification, expiration and effect.
    dates: Vec<u8>,
    pub(super) application_use: Area,
}

/// The fields that identify something: name, first byte, length, which characters (ECMA-119 8.4).
const IDENTIFIERS: [(&str, usize, usize, Characters); 9] = [
    ("system", 8, 32, Characters::A),
    ("volume", 40, 32, Characters::D),
    ("volume set", 190, 128, Characters::D),
    ("publisher", 318, 128, Characters::A),
    ("data preparer", 446, 128, Characters::A),
    ("application", 574, 128, Characters::A),
    ("copyright file", 702, 37, Characters::File),
    ("abstract file", 739, 37, Characters::File),
    ("bibliographic file", 776, 37, Characters::File),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Characters {
    A,
    D,
    /// d-characters, one dot and a version: a name of 8 and 3 (ECMA-119 8.4.23 to 8.4.25).
    File,
}

/// Reads the descriptors, and reports what is wrong with them.
pub(super) fn read<R: Read + Seek>(
    medium: &mut Medium<'_, R>,
    claims: &mut Claims,
    problems: &mut Problems,
) -> Vec<Descriptor> {
    if !medium.length().is_multiple_of(SECTOR) {
        problems.structure(1, format!("the image has {} bytes, not a multiple of 2,048", medium.length()));
    }
    let mut found: Vec<Descriptor> = Vec::new();
    let mut ended = false;
    for sector in FIRST..FIRST + MOST {
        if sector >= medium.sectors() {
            break;
        }
        let bytes = medium.read(sector, 1);
        let unread = medium.bad_in(sector, 1);
        if !unread.is_empty() {
            let what = in_words(&unread, "unreadable", "sector");
            let problem = Problem::new(Code::Unreadable, format!("a volume descriptor: {what}"));
            problems.push(problem.in_sectors(unread));
            claims.add(sector * SECTOR, SECTOR, Owner::Structure);
            continue;
        }
        let signed = &bytes[1..6] == b"CD001";
        let kind = bytes[0];
        // A descriptor whose signature is damaged is still read, if it looks like the next one due.
        let due =
            (sector == FIRST && kind == 1) || (found.len() == 1 && kind == 2) || (!found.is_empty() && kind == 255);
        if !signed && !due {
            break;
        }
        if !signed {
            problems.structure(1, format!("sector {sector}: a volume descriptor without `CD001`"));
        }
        claims.add(sector * SECTOR, SECTOR, Owner::Structure);
        if bytes[6] != 1 {
            problems.structure(1, format!("sector {sector}: a volume descriptor of version {}, not 1", bytes[6]));
        }
        match kind {
            255 => {
                ended = true;
                if bytes[7..].iter().any(|byte| *byte != 0) {
                    problems.structure(1, format!("sector {sector}: the terminator is not zero behind its head"));
                }
                break;
            }
            1 if found.is_empty() => found.push(descriptor(Namespace::Primary, sector, &bytes, problems)),
            2 if found.len() < 2 && sector > FIRST => {
                found.push(descriptor(Namespace::Joliet, sector, &bytes, problems));
            }
            1 => problems.structure(1, format!("sector {sector}: a second primary volume descriptor")),
            0 => problems.structure(1, format!("sector {sector}: a boot record; the disc is to have no boot code")),
            other => {
                problems.structure(1, format!("sector {sector}: a volume descriptor of an unexpected type, {other}"));
            }
        }
    }
    if !ended {
        problems.structure(1, "the volume descriptors have no terminator");
    }
    if !found.iter().any(|descriptor| descriptor.namespace == Namespace::Primary) {
        problems.structure(1, "there is no primary volume descriptor in sector 16");
    }
    if !found.iter().any(|descriptor| descriptor.namespace == Namespace::Joliet) {
        problems.structure(9, "there is no Joliet volume descriptor");
    }
    compare(&found, problems);
    found
}

fn descriptor(namespace: Namespace, sector: u64, bytes: &[u8], problems: &mut Problems) -> Descriptor {
    let word = namespace.word();
    let joliet = namespace == Namespace::Joliet;
    let mut wrong =
        |requirement, what: String| problems.structure(requirement, format!("the {word} volume descriptor: {what}"));
    let zero = |range: std::ops::Range<usize>| bytes[range].iter().all(|byte| *byte == 0);
    let mut reserved: Vec<(usize, usize)> = vec![(72, 80), (882, 883), (1395, 2048)];
    if joliet {
        let escape = &bytes[88..120];
        if !matches!(&escape[..3], b"%/@" | b"%/C" | b"%/E") || escape[3..].iter().any(|byte| *byte != 0) {
            wrong(9, "its escape sequence is not one of Joliet's".to_owned());
        } else if &escape[..3] != b"%/E" {
            wrong(9, "its escape sequence is not that of UCS-2 level 3, `%/E`".to_owned());
        }
    } else {
        reserved.push((88, 120));
    }
    // Volume flags, in a supplementary descriptor (ECMA-119 8.5.3), and nothing in the primary one.
    reserved.push((7, 8));
    for (from, to) in reserved {
        if !zero(from..to) {
            wrong(1, format!("reserved bytes from {from} on are not zero"));
        }
    }
    if bytes[881] != 1 {
        wrong(1, format!("file structure version {}, not 1", bytes[881]));
    }
    for (name, at, wide) in [
        ("volume space size", 80, true),
        ("volume set size", 120, false),
        ("volume sequence number", 124, false),
        ("logical block size", 128, false),
        ("path table size", 132, true),
    ] {
        if !(if wide { agree32(bytes, at) } else { agree16(bytes, at) }) {
            wrong(3, format!("the byte orders of the {name} disagree"));
        }
    }
    if le16(bytes, 128) != 2048 {
        wrong(2, format!("logical blocks of {} bytes, not 2,048", le16(bytes, 128)));
    }
    if le16(bytes, 120) != 1 || le16(bytes, 124) != 1 {
        wrong(3, "it is not the one volume of its volume set".to_owned());
    }
    let mut identifiers = Vec::new();
    let mut files = Vec::new();
    for (name, at, length, characters) in IDENTIFIERS {
        let field = &bytes[at..at + length];
        let text = match if joliet { joliet_text(field) } else { single_bytes(field) } {
            Ok(text) => text,
            Err(what) => {
                wrong(4, format!("the {name} identifier {what}"));
                continue;
            }
        };
        if let Err(what) = judge(&text, characters, name, joliet) {
            wrong(4, format!("the {name} identifier {what}"));
        }
        if characters == Characters::File && !text.is_empty() {
            files.push((name, text.clone()));
        }
        identifiers.push((name, text));
    }
    for (name, at) in [("creation", 813), ("modification", 830), ("expiration", 847), ("effective", 864)] {
        if let Err(what) = dates::descriptor_date(&bytes[at..at + 17]) {
            wrong(4, format!("the {name} date {what}"));
        }
    }
    let mut application_use = BLANK;
    application_use.copy_from_slice(&bytes[APPLICATION_USE]);
    let blank = application_use == BLANK;
    if joliet {
        // Of this area the standard says nothing, and no tool uses it: one filling, throughout.
        if application_use.iter().any(|byte| *byte != application_use[0]) || !matches!(application_use[0], 0 | b' ') {
            wrong(14, "its application-use area is not empty".to_owned());
        }
    } else if !blank && Implanted::parse(&application_use).is_none() {
        wrong(14, "its application-use area holds neither spaces nor a media check".to_owned());
    }
    Descriptor {
        namespace,
        space: le32(bytes, 80),
        volume: identifiers.iter().find(|(name, _)| *name == "volume").map(|(_, v)| v.clone()).unwrap_or_default(),
        root: root_record(sector, bytes, word, problems),
        path_table_size: le32(bytes, 132),
        path_tables: [le32(bytes, 140), le32(bytes, 144), be32(bytes, 148), be32(bytes, 152)],
        files,
        identifiers,
        dates: bytes[813..881].to_vec(),
        application_use,
    }
}

/// The root directory's record; its own fields are judged with the directory.
fn root_record(sector: u64, bytes: &[u8], word: &str, problems: &mut Problems) -> Vec<u8> {
    let record = &bytes[ROOT_RECORD..ROOT_RECORD + 34];
    if record[0] != 34 || record[32] != 1 || record[33] != 0 {
        let what = format!("sector {sector}: the record of the {word} root directory has not 34 bytes and no name");
        problems.structure(6, what);
    }
    record.to_vec()
}

/// A field in single bytes, without the spaces that fill it.
fn single_bytes(field: &[u8]) -> Result<String, &'static str> {
    let text: String = field.iter().map(|byte| char::from(*byte)).collect();
    let text = text.trim_end_matches(' ');
    if text.contains('\0') { Err("is filled with zero bytes, not with spaces") } else { Ok(text.to_owned()) }
}

/// A field in UCS-2, big-endian, without the spaces that fill it; of 37 bytes the last is left over.
fn joliet_text(field: &[u8]) -> Result<String, &'static str> {
    if field.len() % 2 == 1 && !matches!(field.last(), Some(0)) {
        return Err("has something in its last, odd byte");
    }
    let units: Vec<u16> = field.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
    let text = String::from_utf16(&units).map_err(|_| "is not UCS-2")?;
    let text = text.trim_end_matches(' ');
    if text.contains('\0') { Err("is filled with zeros, not with spaces") } else { Ok(text.to_owned()) }
}

fn judge(text: &str, characters: Characters, name: &str, joliet: bool) -> Result<(), String> {
    if text.starts_with(' ') {
        return Err("does not begin at the left".to_owned());
    }
    if name == "volume" && text.is_empty() {
        return Err("is empty".to_owned());
    }
    if joliet {
        // Not `/`, which dates and names of offices have, in identifiers that are no names of files.
        let forbidden = |c: char| {
            (c as u32) < 0x20 || (c == '\u{7f}') || (matches!(c, '*' | ':' | '?' | '\\') && characters != Characters::A)
        };
        return match text.chars().find(|c| forbidden(*c)) {
            Some(c) => Err(format!("has the character {}", c.escape_debug())),
            None => Ok(()),
        };
    }
    let d = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let a = |c: char| d(c) || " !\"%&'()*+,-./:;<=>?".contains(c);
    let allowed = |c: char| match characters {
        Characters::A => a(c),
        Characters::D => d(c),
        Characters::File => d(c) || c == '.' || c == ';',
    };
    if let Some(c) = text.chars().find(|c| !allowed(*c)) {
        return Err(format!("has the character `{}`, which is not allowed there", c.escape_debug()));
    }
    if characters == Characters::File && !text.is_empty() {
        let (whole, version) = text.split_once(';').unwrap_or((text, "1"));
        let (stem, extension) = whole.split_once('.').unwrap_or((whole, ""));
        if stem.len() > 8 || extension.len() > 3 || extension.contains('.') || version.parse::<u16>().is_err() {
            return Err(format!("`{text}` is not a name of 8 and 3 characters"));
        }
    }
    Ok(())
}

/// The two descriptors must say the same.
fn compare(found: &[Descriptor], problems: &mut Problems) {
    let [primary, joliet] = found else { return };
    for (name, text) in &primary.identifiers {
        let Some((_, other)) = joliet.identifiers.iter().find(|(known, _)| known == name) else { continue };
        // Half as many characters fit, so no identifier may have more.
        let most = IDENTIFIERS.iter().find(|(known, ..)| known == name).map_or(0, |(_, _, length, _)| length / 2);
        if text.len() > most {
            let what = format!("the {name} identifier `{text}` has more than the {most} characters that Joliet holds");
            problems.structure(4, what);
        } else if text != other {
            let what =
                format!("the {name} identifier is `{text}` in the primary descriptor, `{other}` in the Joliet one");
            problems.structure(4, what);
        }
    }
    if primary.dates != joliet.dates {
        problems.structure(4, "the dates of the two volume descriptors differ");
    }
    if primary.space != joliet.space {
        let what = format!("the primary descriptor says {} sectors, the Joliet one {}", primary.space, joliet.space);
        problems.structure(3, what);
    }
}

/// Whether sector 16 looks like a primary volume descriptor.
pub(super) fn is_volume(sector: &[u8]) -> bool {
    sector.len() >= SECTOR_BYTES && &sector[1..6] == b"CD001"
}
