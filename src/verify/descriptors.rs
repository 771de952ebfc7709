//! The volume descriptors (ECMA-119 8, Joliet).

use std::io::{Read, Seek};

use super::bytes::{be32, is_zero, le16, le32, orders_agree16, orders_agree32};
use super::dates;
use super::identifiers::{self, IDENTIFIERS, IdentifierField};
use super::namespace::Namespace;
use super::ownership::{Owner, Ownership};
use super::requirement::Requirement;
use super::sector_reader::{SECTOR_BUFFER_LENGTH, SECTOR_LENGTH, SectorReader, describe_unreadable, with_commas};
use super::verdict::{Basis, Problem, ProblemCode, Problems};
use crate::media_check::{APPLICATION_USE_RANGE, ApplicationUse, BLANK_APPLICATION_USE, ImplantedCheck};

/// The sector of the first descriptor (ECMA-119 6.2.1).
pub(super) const FIRST_SECTOR: u64 = 16;
/// The maximum number of descriptors that are read.
const MAX_DESCRIPTORS: u64 = 48;
/// Where the root directory's record is (ECMA-119 8.4.18), and its length.
const ROOT_RECORD_RANGE: std::ops::Range<usize> = 156..190;
/// The type of a descriptor (ECMA-119 8.1.1).
const BOOT_RECORD: u8 = 0;
const PRIMARY: u8 = 1;
const SUPPLEMENTARY: u8 = 2;
const PARTITION: u8 = 3;
const TERMINATOR: u8 = 255;

/// Reported if there is no Joliet tree.
pub(super) const NO_JOLIET: &str = "there is no Joliet volume descriptor: unless the disc also has UDF, Windows shows only the names of plain ISO 9660";

/// The fields of a volume descriptor that other checks need.
#[derive(Debug, Clone)]
pub(super) struct Descriptor {
    pub(super) namespace: Namespace,
    /// The length of the volume in sectors.
    pub(super) volume_size: u32,
    /// The volume identifier; empty if it cannot be decoded.
    pub(super) volume_identifier: String,
    /// The root directory's record, 34 bytes.
    pub(super) root_record: Vec<u8>,
    pub(super) path_table_size: u32,
    /// The first sectors of the path tables: L, optional L, M, optional M.
    pub(super) path_tables: [u32; 4],
    /// The copyright, abstract and bibliographic files that it names.
    pub(super) named_files: Vec<(&'static str, String)>,
    /// All identifiers as text, by field name.
    identifiers: Vec<(&'static str, String)>,
    /// The dates of creation, modification, expiration and effect.
    dates: Vec<u8>,
    pub(super) application_use: ApplicationUse,
}

impl Descriptor {
    /// An identifier; empty if it cannot be decoded.
    pub(super) fn identifier(&self, name: &str) -> &str {
        find(&self.identifiers, name).unwrap_or_default()
    }
}

/// Whether sector 16 looks like a volume descriptor.
pub(super) fn is_volume(sector: &[u8]) -> bool {
    sector.len() >= SECTOR_BUFFER_LENGTH && has_signature(sector)
}

fn has_signature(sector: &[u8]) -> bool {
    &sector[1..6] == b"CD001"
}

/// Reads the descriptors, and reports what is wrong with them.
pub(super) fn read<R: Read + Seek>(
    reader: &mut SectorReader<'_, R>,
    ownership: &mut Ownership,
    problems: &mut Problems,
) -> Vec<Descriptor> {
    // Zeros at the end do not matter.
    if !reader.read_incomplete_sector().is_none_or(|bytes| is_zero(&bytes)) {
        let message = format!("the image has {} bytes, which is not a multiple of 2,048", reader.length());
        problems.add_violation(Basis::Standard, Requirement::VolumeDescriptors, message);
    }
    let mut found: Vec<Descriptor> = Vec::new();
    let mut has_terminator = false;
    for sector in FIRST_SECTOR..FIRST_SECTOR + MAX_DESCRIPTORS {
        if sector >= reader.sector_count() {
            break;
        }
        let bytes = reader.read(sector, 1);
        let unreadable = reader.unreadable_in(sector, 1);
        if !unreadable.is_empty() {
            let message = format!("a volume descriptor: {}", describe_unreadable(&unreadable, "sector"));
            problems.add(Problem::new(ProblemCode::Unreadable, message).in_sectors(unreadable));
            ownership.add(sector * SECTOR_LENGTH, SECTOR_LENGTH, Owner::Structure);
            continue;
        }
        if !has_signature(&bytes) && !is_expected_next(&found, sector, bytes[0]) {
            break;
        }
        check_header(sector, &bytes, problems);
        ownership.add(sector * SECTOR_LENGTH, SECTOR_LENGTH, Owner::Structure);
        if bytes[0] == TERMINATOR {
            has_terminator = true;
            if !is_zero(&bytes[7..]) {
                let message = format!("sector {sector}: the terminator has bytes that are not zero");
                problems.add_violation(Basis::Standard, Requirement::VolumeDescriptors, message);
            }
            break;
        }
        found.extend(read_descriptor(&found, sector, &bytes, problems));
    }
    check_set(&found, has_terminator, problems);
    if let [primary, joliet] = found.as_slice() {
        compare(primary, joliet, problems);
    }
    found
}

/// Whether a sector has the type of the descriptor that should be there. If so, it is read even if
/// its signature is damaged.
fn is_expected_next(found: &[Descriptor], sector: u64, descriptor_type: u8) -> bool {
    match descriptor_type {
        PRIMARY => sector == FIRST_SECTOR,
        SUPPLEMENTARY => found.len() == 1,
        TERMINATOR => !found.is_empty(),
        _ => false,
    }
}

/// What all descriptors have in common (ECMA-119 8.1).
fn check_header(sector: u64, bytes: &[u8], problems: &mut Problems) {
    if !has_signature(bytes) {
        let message = format!("sector {sector}: a volume descriptor without `CD001`");
        problems.add_violation(Basis::Reading, Requirement::VolumeDescriptors, message);
    }
    if bytes[6] != 1 && !(bytes[0] == SUPPLEMENTARY && is_enhanced(bytes)) {
        let message = format!("sector {sector}: a volume descriptor of version {}, not 1", bytes[6]);
        problems.add_violation(Basis::Standard, Requirement::VolumeDescriptors, message);
    }
}

/// Reads a primary or Joliet descriptor; reports any other.
fn read_descriptor(found: &[Descriptor], sector: u64, bytes: &[u8], problems: &mut Problems) -> Option<Descriptor> {
    let (basis, message) = match bytes[0] {
        PRIMARY if found.is_empty() => return Some(parse(Namespace::Primary, sector, bytes, problems)),
        // An enhanced descriptor usually points to the primary tree.
        SUPPLEMENTARY if is_enhanced(bytes) && !has_same_root(found, bytes) => {
            let message = format!(
                "the enhanced volume descriptor (ISO 9660:1999) in sector {sector} has its own tree, which was not compared, and some computers show that tree: verify the folder that they show"
            );
            problems.add(Problem::new(ProblemCode::OtherFileSystem, message));
            return None;
        }
        SUPPLEMENTARY if is_enhanced(bytes) => {
            let message = format!("sector {sector}: an enhanced volume descriptor (ISO 9660:1999), which is not read");
            (Basis::Convention, message)
        }
        SUPPLEMENTARY if found.len() < 2 && sector > FIRST_SECTOR => {
            return Some(parse(Namespace::Joliet, sector, bytes, problems));
        }
        PRIMARY => (Basis::Reading, format!("sector {sector}: a second primary volume descriptor")),
        BOOT_RECORD => {
            let message = format!("sector {sector}: a boot record, which discs made by make-disc do not have");
            (Basis::Convention, message)
        }
        PARTITION => (Basis::Convention, format!("sector {sector}: a volume partition descriptor")),
        other => {
            let message = format!("sector {sector}: a volume descriptor of the unexpected type {other}");
            (Basis::Reading, message)
        }
    };
    problems.add_violation(basis, Requirement::VolumeDescriptors, message);
    None
}

/// Whether a descriptor has the root directory of the primary one.
fn has_same_root(found: &[Descriptor], bytes: &[u8]) -> bool {
    let extent_and_length = |record: &[u8]| (le32(record, 2), le32(record, 10));
    let is_primary = |descriptor: &&Descriptor| descriptor.namespace == Namespace::Primary;
    let primary = found.iter().find(is_primary).map(|descriptor| extent_and_length(&descriptor.root_record));
    primary == Some(extent_and_length(&bytes[ROOT_RECORD_RANGE]))
}

/// Whether a supplementary descriptor is the enhanced one of ISO 9660:1999 (ECMA-119 8.5.1): version 2, and not Joliet.
fn is_enhanced(bytes: &[u8]) -> bool {
    bytes[6] == 2 && !bytes[88..120].starts_with(b"%/")
}

/// Checks that there is one descriptor of each kind.
fn check_set(found: &[Descriptor], has_terminator: bool, problems: &mut Problems) {
    let has = |namespace| found.iter().any(|descriptor| descriptor.namespace == namespace);
    if !has_terminator {
        // Without a terminator, some programs read on after the last descriptor.
        let message = "the volume descriptors have no terminator";
        problems.add_violation(Basis::Reading, Requirement::VolumeDescriptors, message);
    }
    if !has(Namespace::Primary) {
        let message = "there is no primary volume descriptor in sector 16";
        problems.add_violation(Basis::Reading, Requirement::VolumeDescriptors, message);
    }
    if !has(Namespace::Joliet) {
        problems.add_violation(Basis::Convention, Requirement::JolietNames, NO_JOLIET);
    }
}

/// Parses a primary or Joliet descriptor, and reports what is wrong with it.
fn parse(namespace: Namespace, sector: u64, bytes: &[u8], problems: &mut Problems) -> Descriptor {
    let mut report = |basis, requirement, violation: &str| {
        let message = format!("the {} volume descriptor: {violation}", namespace.adjective());
        problems.add_violation(basis, requirement, message);
    };
    if namespace == Namespace::Joliet {
        check_escape_sequence(bytes, &mut report);
    }
    check_reserved_bytes(namespace, bytes, &mut report);
    check_numbers(bytes, &mut report);
    let identifiers = read_identifiers(namespace, bytes, &mut report);
    for (name, at) in [("creation", 813), ("modification", 830), ("expiration", 847), ("effective", 864)] {
        if let Err(violation) = dates::check_descriptor_date(&bytes[at..at + 17]) {
            report(Basis::Standard, Requirement::DescriptorIdentifiers, &format!("the {name} date {violation}"));
        }
    }
    let application_use = read_application_use(namespace, bytes, &mut report);
    let named_files = identifiers.iter().filter(|(field, text)| field.is_file() && !text.is_empty());
    let named_files = named_files.map(|(field, text)| (field.name, text.clone())).collect();
    let identifiers: Vec<(&'static str, String)> =
        identifiers.into_iter().map(|(field, text)| (field.name, text)).collect();
    Descriptor {
        namespace,
        volume_size: le32(bytes, 80),
        volume_identifier: find(&identifiers, "volume").unwrap_or_default().to_owned(),
        root_record: read_root_record(namespace, sector, bytes, problems),
        path_table_size: le32(bytes, 132),
        path_tables: [le32(bytes, 140), le32(bytes, 144), be32(bytes, 148), be32(bytes, 152)],
        named_files,
        identifiers,
        dates: bytes[813..881].to_vec(),
        application_use,
    }
}

type ReportViolation<'r> = dyn FnMut(Basis, Requirement, &str) + 'r;

/// The escape sequence that identifies Joliet (ECMA-119 8.5.6).
fn check_escape_sequence(bytes: &[u8], report: &mut ReportViolation<'_>) {
    let (sequence, rest) = bytes[88..120].split_at(3);
    if !matches!(sequence, b"%/@" | b"%/C" | b"%/E") || !is_zero(rest) {
        report(Basis::Reading, Requirement::JolietNames, "its escape sequence is not one of Joliet’s");
    } else if sequence != b"%/E" {
        report(
            Basis::Convention,
            Requirement::JolietNames,
            "its escape sequence is not `%/E`, which stands for UCS-2 level 3",
        );
    }
}

fn check_reserved_bytes(namespace: Namespace, bytes: &[u8], report: &mut ReportViolation<'_>) {
    let mut reserved: Vec<(usize, usize)> = vec![(72, 80), (882, 883), (1395, 2048)];
    if namespace == Namespace::Primary {
        reserved.push((88, 120));
    }
    // In a supplementary descriptor these are the volume flags (ECMA-119 8.5.3), which must be zero here.
    reserved.push((7, 8));
    for (from, to) in reserved {
        if !is_zero(&bytes[from..to]) {
            let violation = format!("its reserved bytes {from} to {} are not all zero", to - 1);
            report(Basis::Standard, Requirement::VolumeDescriptors, &violation);
        }
    }
    if bytes[881] != 1 {
        report(
            Basis::Standard,
            Requirement::VolumeDescriptors,
            &format!("it has file structure version {}, not 1", bytes[881]),
        );
    }
}

/// Checks the numbers that are stored in both byte orders, and those that have only one valid value.
fn check_numbers(bytes: &[u8], report: &mut ReportViolation<'_>) {
    for (name, orders_agree) in [
        ("volume space size", orders_agree32(bytes, 80)),
        ("volume set size", orders_agree16(bytes, 120)),
        ("volume sequence number", orders_agree16(bytes, 124)),
        ("logical block size", orders_agree16(bytes, 128)),
        ("path table size", orders_agree32(bytes, 132)),
    ] {
        if !orders_agree {
            report(Basis::Reading, Requirement::ByteOrdersAndSize, &format!("the byte orders of the {name} disagree"));
        }
    }
    let block_size = le16(bytes, 128);
    if block_size != 2048 {
        report(
            Basis::Reading,
            Requirement::BlockSize,
            &format!("it has logical blocks of {block_size} bytes, not 2,048"),
        );
    }
    if le16(bytes, 120) != 1 || le16(bytes, 124) != 1 {
        report(
            Basis::Reading,
            Requirement::ByteOrdersAndSize,
            "it does not describe the only volume of its volume set",
        );
    }
}

/// The identifiers that can be decoded, with their fields.
fn read_identifiers(
    namespace: Namespace,
    bytes: &[u8],
    report: &mut ReportViolation<'_>,
) -> Vec<(&'static IdentifierField, String)> {
    let mut found = Vec::new();
    for field in &IDENTIFIERS {
        let (text, violation) = match identifiers::decode(field.bytes(bytes), namespace) {
            Ok(text) => {
                let violation = identifiers::check(&text, field, namespace).err();
                (Some(text), violation)
            }
            Err(violation) => (None, Some(violation.to_owned())),
        };
        if let Some(violation) = violation {
            let violation = format!("the {} identifier {violation}", field.name);
            report(Basis::Standard, Requirement::DescriptorIdentifiers, &violation);
        }
        found.extend(text.map(|text| (field, text)));
    }
    found
}

fn read_application_use(namespace: Namespace, bytes: &[u8], report: &mut ReportViolation<'_>) -> ApplicationUse {
    let mut area = BLANK_APPLICATION_USE;
    area.copy_from_slice(&bytes[APPLICATION_USE_RANGE]);
    match namespace {
        // The standard does not define this area, and no tool uses it: it is all zeros or all spaces.
        Namespace::Joliet => {
            if !matches!(area[0], 0 | b' ') || area.iter().any(|byte| *byte != area[0]) {
                report(Basis::Convention, Requirement::ApplicationUse, "its application-use area is not empty");
            }
        }
        Namespace::Primary => {
            if area != BLANK_APPLICATION_USE && ImplantedCheck::parse(&area).is_none() {
                let violation = "its application-use area contains neither only spaces nor a media check";
                report(Basis::Convention, Requirement::ApplicationUse, violation);
            }
        }
    }
    area
}

/// The root directory's record; its other fields are checked with the directory.
fn read_root_record(namespace: Namespace, sector: u64, bytes: &[u8], problems: &mut Problems) -> Vec<u8> {
    let record = &bytes[ROOT_RECORD_RANGE];
    if record[0] != 34 || record[32] != 1 || record[33] != 0 {
        let message = format!(
            "sector {sector}: the record of the {} root directory does not have 34 bytes and an identifier of one zero byte",
            namespace.adjective()
        );
        problems.add_violation(Basis::Reading, Requirement::DirectoryRecords, message);
    }
    record.to_vec()
}

/// Checks that the two descriptors agree.
fn compare(primary: &Descriptor, joliet: &Descriptor, problems: &mut Problems) {
    for (name, text) in &primary.identifiers {
        let Some(other) = find(&joliet.identifiers, name) else { continue };
        // Half as many characters fit into the Joliet field.
        let max = IDENTIFIERS.iter().find(|field| field.name == *name).map_or(0, |field| field.length / 2);
        if text.len() > max {
            let message =
                format!("the {name} identifier `{text}` is longer than {max} characters, the limit in Joliet");
            problems.add_violation(Basis::Convention, Requirement::DescriptorIdentifiers, message);
        } else if text != other {
            let message = format!(
                "the {name} identifier is `{text}` in the primary descriptor but `{other}` in the Joliet descriptor"
            );
            problems.add_violation(Basis::Convention, Requirement::DescriptorIdentifiers, message);
        }
    }
    if primary.dates != joliet.dates {
        let message = "the dates of the two volume descriptors differ";
        problems.add_violation(Basis::Convention, Requirement::DescriptorIdentifiers, message);
    }
    if primary.volume_size != joliet.volume_size {
        let message = format!(
            "the volume has {} sectors according to the primary descriptor, {} according to the Joliet descriptor",
            with_commas(primary.volume_size.into()),
            with_commas(joliet.volume_size.into())
        );
        problems.add_violation(Basis::Reading, Requirement::ByteOrdersAndSize, message);
    }
}

fn find<'i>(identifiers: &'i [(&'static str, String)], name: &str) -> Option<&'i str> {
    identifiers.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
}
