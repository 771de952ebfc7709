//! One directory record (ECMA-119 9.1): its fields, and what every record must have.

use std::fmt;
use std::rc::Rc;

use super::bytes::{is_zero, le16, le32, orders_agree16, orders_agree32};
use super::dates;
use super::namespace::Namespace;
use super::requirement::Requirement;
use super::rock_ridge::RecordKind;
use super::sector_reader::SECTOR_BUFFER_LENGTH;
use super::verdict::{Basis, Problems};

/// Bytes of a record before its identifier.
const HEADER_BYTES: usize = 33;
/// File flags (ECMA-119 9.1.6).
const HIDDEN_FLAG: u8 = 0x01;
const DIRECTORY_FLAG: u8 = 0x02;
const MULTI_EXTENT_FLAG: u8 = 0x80;

/// The bytes of a directory record.
pub(super) struct RawRecord<'s> {
    pub(super) bytes: &'s [u8],
    pub(super) identifier: &'s [u8],
}

/// The record that starts at an offset of a sector; `None` if the sector has no more.
///
/// # Errors
/// What is wrong with the rest of the sector.
pub(super) fn find_next(sector: &[u8], at: usize) -> Result<Option<RawRecord<'_>>, &'static str> {
    if at >= SECTOR_BUFFER_LENGTH {
        return Ok(None);
    }
    let length = usize::from(sector[at]);
    if length == 0 {
        return if is_zero(&sector[at..]) { Ok(None) } else { Err("the bytes after the last record are not zero") };
    }
    let Some(bytes) = sector.get(at..at + length) else { return Err("a record crosses the end of the sector") };
    let identifier = length.checked_sub(HEADER_BYTES).and_then(|room| {
        let length = usize::from(bytes[32]);
        (0 < length && length <= room).then(|| &bytes[HEADER_BYTES..HEADER_BYTES + length])
    });
    match identifier {
        Some(identifier) => Ok(Some(RawRecord { bytes, identifier })),
        None => Err("a record is too short for its contents"),
    }
}

pub(super) struct Record<'r> {
    pub(super) bytes: &'r [u8],
    pub(super) identifier: &'r [u8],
    pub(super) kind: RecordKind,
    pub(super) label: Label<'r>,
}

/// What messages call a record. Its text is made only for a message: nearly all records are as they should be.
pub(super) struct Label<'r> {
    /// What messages call its directory or, without an identifier, the record itself.
    place: Rc<str>,
    identifier: Option<(Namespace, &'r [u8])>,
}

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, identifier } = self;
        match identifier {
            None => f.write_str(place),
            Some((_, [0])) => write!(f, "{place}: `.`"),
            Some((_, [1])) => write!(f, "{place}: `..`"),
            Some((namespace, name)) => write!(f, "{place}: `{}`", namespace.decode(name).escape_debug()),
        }
    }
}

impl<'r> Record<'r> {
    /// The record of the root directory in a descriptor.
    pub(super) fn root(bytes: &'r [u8], label: &str) -> Self {
        let label = Label { place: label.into(), identifier: None };
        Self { bytes, identifier: &[0], kind: RecordKind::Directory, label }
    }

    /// A record of a directory. `directory` and `directory_label` are the number and the label of that directory.
    pub(super) fn new(
        bytes: &'r [u8],
        identifier: &'r [u8],
        namespace: Namespace,
        directory: u32,
        directory_label: &Rc<str>,
    ) -> Self {
        let kind = match identifier {
            [0] if directory == 0 => RecordKind::RootDot,
            [0] => RecordKind::Dot,
            [1] => RecordKind::DotDot,
            _ if bytes[25] & DIRECTORY_FLAG != 0 => RecordKind::Directory,
            _ => RecordKind::File,
        };
        let label = Label { place: Rc::clone(directory_label), identifier: Some((namespace, identifier)) };
        Self { bytes, identifier, kind, label }
    }

    /// The first sector.
    pub(super) fn extent(&self) -> u32 {
        le32(self.bytes, 2)
    }

    /// The length of the extent in bytes.
    pub(super) fn length(&self) -> u32 {
        le32(self.bytes, 10)
    }

    pub(super) fn date(&self) -> [u8; 7] {
        let mut date = [0; 7];
        date.copy_from_slice(&self.bytes[18..25]);
        date
    }

    pub(super) fn has_directory_flag(&self) -> bool {
        self.flags() & DIRECTORY_FLAG != 0
    }

    /// Whether another record of the same file follows.
    pub(super) fn continues(&self) -> bool {
        self.flags() & MULTI_EXTENT_FLAG != 0
    }

    fn flags(&self) -> u8 {
        self.bytes[25]
    }

    pub(super) fn is_directory(&self) -> bool {
        self.kind == RecordKind::Directory
    }

    /// Whether the padding byte after the identifier (ECMA-119 9.1.12) is right, if there must be one.
    pub(super) fn has_valid_padding(&self) -> bool {
        self.identifier.len() % 2 == 1 || self.bytes.get(HEADER_BYTES + self.identifier.len()) == Some(&0)
    }

    /// The system use area (ECMA-119 9.1.13).
    pub(super) fn system_use(&self) -> &'r [u8] {
        let padding = usize::from(self.identifier.len().is_multiple_of(2));
        self.bytes.get(HEADER_BYTES + self.identifier.len() + padding..).unwrap_or_default()
    }
}

/// Checks the fields that every record has (ECMA-119 9.1).
pub(super) fn check_fields(record: &Record<'_>, problems: &mut Problems) {
    let Record { bytes, label, .. } = record;
    for (name, orders_agree) in [
        ("extent", orders_agree32(bytes, 2)),
        ("length", orders_agree32(bytes, 10)),
        ("volume sequence number", orders_agree16(bytes, 28)),
    ] {
        if !orders_agree {
            let message = format!("{label}: the byte orders of its {name} disagree");
            problems.add_violation(Basis::Reading, Requirement::ByteOrdersAndSize, message);
        }
    }
    let volume = le16(bytes, 28);
    if volume != 1 {
        let message = format!("{label}: its volume sequence number is {volume}, not 1");
        problems.add_violation(Basis::Standard, Requirement::ByteOrdersAndSize, message);
    }
    // The length of an extended attribute record, the file unit size and the interleave gap size.
    if bytes[1] != 0 || bytes[26] != 0 || bytes[27] != 0 {
        let message = format!("{label}: has extended attributes or is interleaved");
        problems.add_violation(Basis::Reading, Requirement::DirectoryRecords, message);
    }
    let allowed = if record.has_directory_flag() { DIRECTORY_FLAG } else { MULTI_EXTENT_FLAG };
    let unexpected = record.flags() & !allowed;
    if unexpected != 0 {
        let message = format!("{label}: has the file flags {:#04x}", record.flags());
        match unexpected {
            HIDDEN_FLAG => {
                let message = format!("{message}: it is hidden, so some systems do not show it");
                problems.add_violation(Basis::Standard, Requirement::DirectoryRecords, message);
            }
            _ => problems.add_violation(Basis::Reading, Requirement::DirectoryRecords, message),
        }
    }
    if let Err(violation) = dates::check_recording_date(&record.date()) {
        problems.add_violation(Basis::Standard, Requirement::Dates, format!("{label}: its date {violation}"));
    }
}
