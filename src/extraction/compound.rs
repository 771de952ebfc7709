//! Compound files ([MS-CFB]): the container of the binary formats of Microsoft Office, and of encrypted files in its newer
//! formats. The only module that uses `cfb`.

use std::io::{Cursor, Read};

use super::Facts;
use crate::encodings::decode_code_page;

/// The bytes with which a compound file begins.
pub(super) const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// A compound file: streams with names.
pub(super) struct CompoundFile<'b> {
    file: cfb::CompoundFile<Cursor<&'b [u8]>>,
    /// The size of the whole file, which no stream exceeds.
    length: u64,
}

impl<'b> CompoundFile<'b> {
    /// `None` if it is not a compound file, or damaged.
    pub(super) fn open(bytes: &'b [u8]) -> Option<Self> {
        if !bytes.starts_with(&MAGIC) {
            return None;
        }
        Some(Self { file: cfb::CompoundFile::open(Cursor::new(bytes)).ok()?, length: bytes.len() as u64 })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.file.is_stream(name)
    }

    /// A stream, as far as it can be read; `None` if no stream has this name.
    pub(super) fn read(&mut self, name: &str) -> Option<Vec<u8>> {
        let stream = self.file.open_stream(name).ok()?;
        let mut bytes = Vec::new();
        // The part before the damage is kept.
        let _ = stream.take(self.length).read_to_end(&mut bytes);
        Some(bytes)
    }

    /// Whether it contains an encrypted document in one of the newer formats ([MS-OFFCRYPTO], 2.3.4).
    pub(super) fn is_encrypted_package(&self) -> bool {
        self.has("EncryptedPackage") || self.has("EncryptionInfo")
    }

    /// Title, author and date from the document's properties ([MS-OLEPS]).
    pub(super) fn properties(&mut self) -> Facts {
        let stream = self.read("\u{5}SummaryInformation").unwrap_or_default();
        parse_properties(&stream).unwrap_or_default()
    }
}

/// Whether these bytes are an encrypted document in one of the newer formats of Microsoft Office.
pub(super) fn is_encrypted_package(bytes: &[u8]) -> bool {
    CompoundFile::open(bytes).is_some_and(|file| file.is_encrypted_package())
}

/// Whether these bytes are an encrypted XLS workbook: it has the record `FilePass` ([MS-XLS], 2.4.117).
pub(super) fn is_encrypted_workbook(bytes: &[u8]) -> bool {
    const FILE_PASS: u16 = 0x2f;
    const END_OF_FILE: u16 = 0x0a;
    let Some(mut file) = CompoundFile::open(bytes) else { return false };
    let Some(stream) = file.read("Workbook").or_else(|| file.read("Book")) else { return false };
    let mut rest = stream.as_slice();
    while let (Some(kind), Some(length)) = (u16_at(rest, 0), u16_at(rest, 2)) {
        match kind {
            FILE_PASS => return true,
            END_OF_FILE => return false,
            _ => rest = rest.get(4 + usize::from(length)..).unwrap_or_default(),
        }
    }
    false
}

/// The little-endian number in the two bytes at an offset.
pub(super) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(offset..offset.checked_add(2)?)?.try_into().ok()?))
}

/// The little-endian number in the four bytes at an offset.
pub(super) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(offset..offset.checked_add(4)?)?.try_into().ok()?))
}

/// [`u32_at`], for numbers that are lengths or offsets.
pub(super) fn usize_at(bytes: &[u8], offset: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, offset)?).ok()
}

/// The first property set of a stream.
fn parse_properties(stream: &[u8]) -> Option<Facts> {
    const CODE_PAGE: u32 = 1;
    const TITLE: u32 = 2;
    const AUTHOR: u32 = 4;
    const CREATED: u32 = 12;
    // A damaged file may state an absurd number.
    const MAX_PROPERTIES: usize = 1000;
    let set = stream.get(usize_at(stream, 44)?..)?;
    let count = usize_at(set, 4)?.min(MAX_PROPERTIES);
    let find = |wanted: u32| {
        let mut entries = (0..count).map(|index| 8 + 8 * index);
        let entry = entries.find(|entry| u32_at(set, *entry) == Some(wanted))?;
        set.get(usize_at(set, entry + 4)?..)
    };
    let code_page = find(CODE_PAGE).and_then(|value| u16_at(value, 4)).unwrap_or(1252);
    let text = |wanted| {
        let value = find(wanted)?;
        let length = usize_at(value, 4)?;
        let text = match u32_at(value, 0)? {
            0x1e => decode_code_page(value.get(8..8usize.checked_add(length)?)?, code_page),
            0x1f => decode_code_page(value.get(8..8usize.checked_add(length.checked_mul(2)?)?)?, 1200),
            _ => return None,
        };
        let text = text.split('\0').next().unwrap_or_default().trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let created = find(CREATED).filter(|value| u32_at(value, 0) == Some(0x40)).and_then(|value| {
        // In 100 nanoseconds since 1601.
        let moment = (u64::from(u32_at(value, 8)?) << 32) | u64::from(u32_at(value, 4)?);
        let seconds = i64::try_from(moment / 10_000_000).ok()? - 11_644_473_600;
        (seconds > 0).then(|| crate::language::PartialDate::from_unix_seconds(seconds).to_string())
    });
    Some(Facts { title: text(TITLE), authors: text(AUTHOR).into_iter().collect(), date: created, ..Facts::default() })
}
