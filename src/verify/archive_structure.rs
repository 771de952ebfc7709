//! Checks that a ZIP archive contains its members and nothing else (APPNOTE.TXT 6.3, 4.3).
//!
//! Programs differ in what they unpack if two members have the same name, if members overlap, or if the two
//! descriptions of a member disagree, and they ignore bytes between the members. A digest of what one program unpacks would
//! then prove nothing about what another one unpacks.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Read, Seek, SeekFrom};

use super::checksum_list::is_translation_table;
use super::naming;
use super::system_area::is_tar_header;
use super::verdict::{Problem, ProblemCode, Problems};
use crate::language;
use crate::os_metadata::is_os_metadata;

/// The largest table of contents that is read, in bytes.
const MAX_DIRECTORY_BYTES: u64 = 256 << 20;

/// How many bytes may follow the record at the end if all programs are to find it: libarchive looks for it in the last 16 KiB.
const MAX_PADDING: u64 = (16 << 10) - 22;

const LOCAL_HEADER: [u8; 4] = *b"PK\x03\x04";
const CENTRAL_HEADER: [u8; 4] = *b"PK\x01\x02";
const DATA_DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
const END: [u8; 4] = *b"PK\x05\x06";
const ZIP64_END: [u8; 4] = *b"PK\x06\x06";
const ZIP64_LOCATOR: [u8; 4] = *b"PK\x06\x07";

/// General purpose bit 3: sizes and CRC follow the data (4.4.4).
const HAS_DATA_DESCRIPTOR: u16 = 1 << 3;

/// The compression method of members that are not compressed (4.4.5).
const STORED: u16 = 0;

/// General purpose bit 11: the name is in UTF-8 (4.4.4).
const IS_UTF_8: u16 = 1 << 11;

/// Attributes of DOS (4.4.15).
const HIDDEN_OR_SYSTEM: u32 = 0x02 | 0x04;

/// The highest version that ZIP64, folders or deflate need: 4.5 (4.4.3).
const MAX_NEEDED_VERSION: u8 = 45;

/// Systems on which a member may have been made (4.4.2).
const AMIGA: u8 = 1;
const VMS: u8 = 2;

/// A member as the central directory describes it.
struct Entry {
    name: Vec<u8>,
    flags: u16,
    method: u16,
    crc: u32,
    compressed: u64,
    length: u64,
    offset: u64,
    has_comment: bool,
    /// Whether its DOS attributes hide it.
    is_hidden: bool,
    /// Whether it claims to need VMS, or a later version of the format than its compression does.
    needs_later_version: bool,
    /// Whether it is an ordinary file or folder: see [`has_plain_attributes`] and [`has_usual_fields`].
    is_plain: bool,
    /// Whether all programs read the same name: it is ASCII, or marked as UTF-8.
    has_clear_name: bool,
}

impl Entry {
    fn is_folder(&self) -> bool {
        self.name.ends_with(b"/")
    }

    /// Whether its contents are not compressed and its length comes after them. Without the table of contents, their end
    /// cannot be found.
    fn is_stored_before_its_length(&self) -> bool {
        self.method == STORED && self.flags & HAS_DATA_DESCRIPTOR != 0 && self.length > 0
    }

    /// The path at which programs unpack it: without `.` and empty parts, and with `/` between folders.
    fn path(&self) -> String {
        let name = String::from_utf8_lossy(&self.name).replace('\\', "/");
        name.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
    }
}

/// Reports everything in an archive that is not a member, or that is described in two ways. Returns whether the members
/// can be unpacked without reading bytes twice.
///
/// # Errors
/// The archive cannot be read, or has no table of contents at its end.
pub(super) fn check(
    file: &mut (impl Read + Seek),
    notes: &mut Vec<String>,
    problems: &mut Problems,
) -> io::Result<bool> {
    let mut unclear_names = Vec::new();
    let is_separate = check_members(file, notes, &mut unclear_names, problems)?;
    for name in unclear_names {
        let message = "has a name that is not marked as UTF-8, so programs may give the file different names: unpack the archive with the program that made it, and verify the folder";
        problems.add(Problem::new(ProblemCode::NotCompared, message).at(name));
    }
    Ok(is_separate)
}

/// [`check`], but members whose names are not marked as UTF-8 are added to `unclear_names`.
fn check_members(
    file: &mut (impl Read + Seek),
    notes: &mut Vec<String>,
    unclear_names: &mut Vec<String>,
    problems: &mut Problems,
) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    let directory = find_directory(file, length)?;
    if directory.padding > MAX_PADDING {
        let message = format!(
            "the archive ends with {} zero bytes, so `tar` on Windows and macOS does not find its table of contents, and may unpack other files: unpack it with another program, and verify the folder",
            directory.padding
        );
        problems.add(Problem::new(ProblemCode::NotCompared, message));
    }
    let mut report = |path: Option<&[u8]>, message: &str| {
        let problem = Problem::new(ProblemCode::Structure, message);
        problems.add(match path {
            Some(path) => problem.at(String::from_utf8_lossy(path).into_owned()),
            None => problem,
        });
    };
    if is_tar_header(&read_at(file, 0, length.min(512))?) {
        report(
            None,
            "the archive begins like a tar archive too: `tar` on Windows and macOS unpacks other files from it",
        );
    }
    if (1..=MAX_PADDING).contains(&directory.padding) {
        notes.push(format!("the archive ends with {} zero bytes, which some programs add", directory.padding));
    }
    if directory.trailing > 0 {
        report(None, &format!("the archive ends with {} bytes that belong to no member", directory.trailing));
    }
    let bytes = read_at(file, directory.offset, directory.length)?;
    let Some(mut entries) = parse_entries(&bytes) else {
        report(None, "the table of contents of the archive is damaged");
        return Ok(false);
    };
    if directory.is_without_zip64 || directory.is_consistent && counts_wrapped(directory.entries, entries.len() as u64)
    {
        let message = "the archive is too large for a ZIP archive without ZIP64 records, which macOS writes even so: the numbers in it that do not fit are cut off, and many programs cannot unpack it; unpack it on a Mac, and verify the folder";
        problems.add(Problem::new(ProblemCode::NotCompared, message));
        return Ok(false);
    }
    if !directory.is_consistent || directory.entries != entries.len() as u64 {
        report(None, "the records at the end of the archive contradict each other or its table of contents");
        return Ok(false);
    }
    let mut names = HashSet::new();
    for entry in &entries {
        let path = entry.path();
        // Several members may name the root folder of the archive.
        if !path.is_empty() && !names.insert((path, entry.is_folder())) {
            report(Some(&entry.name), "is in the archive twice: programs differ in which one they unpack");
        }
        if !entry.is_plain {
            let message = "is not a plain file: its attributes or extra fields make some programs read a different name or file type";
            report(Some(&entry.name), message);
        }
        match str::from_utf8(&entry.name) {
            Ok(name) if !entry.has_clear_name => unclear_names.push(name.to_owned()),
            Ok(_) => {}
            Err(_) => report(Some(&entry.name), "has a name that is not UTF-8: programs give the file different names"),
        }
        if let Some(violation) = windows_violation(&entry.name) {
            let message = format!(
                "has a name that Windows does not allow, so programs on Windows change the name: it {violation}"
            );
            report(Some(&entry.name), &message);
        }
        if entry.has_comment {
            report(Some(&entry.name), "has a comment, which no checksum covers");
        }
        if entry.name.is_empty() {
            report(None, "the archive has a member without a name");
        }
        // Deflate turns an empty file into two bytes, or a few more if it writes an empty block.
        if !entry.is_folder() && entry.length == 0 && entry.compressed > 8 {
            report(Some(&entry.name), "is empty, but has bytes in the archive");
        }
        if entry.is_folder() && entry.compressed > 2 {
            report(Some(&entry.name), "is a folder, but has contents");
        }
        if entry.is_stored_before_its_length() && has_no_digest(&entry.path()) {
            let message = "is not compressed, and its length is stated only after its contents: programs that unpack the archive while they read it cannot tell where this member ends, and may find other files in it";
            report(Some(&entry.name), message);
        }
        if entry.needs_later_version {
            report(
                Some(&entry.name),
                "claims to need a later version of ZIP, or another system, although it needs neither, so some programs do not unpack it",
            );
        }
    }
    match entries.iter().filter(|entry| entry.is_hidden).count() {
        0 => {}
        1 => notes.push("1 file in the archive is marked as hidden: some systems do not show it".to_owned()),
        count => {
            notes.push(format!("{count} files in the archive are marked as hidden: some systems do not show them"))
        }
    }
    for (name, message) in find_clashes(&entries) {
        report(Some(name), message);
    }
    entries.sort_by_key(|entry| entry.offset);
    let mut end = 0;
    let mut is_separate = true;
    let mut window = Window { file, start: 0, bytes: Vec::new() };
    for entry in &entries {
        if entry.offset < end {
            report(Some(&entry.name), "shares bytes with another member of the archive");
            is_separate = false;
        } else if entry.offset > end {
            let gap = entry.offset - end;
            report(Some(&entry.name), &format!("comes after {gap} bytes that belong to no member of the archive"));
        }
        match local_end(&mut window, entry)? {
            Some(local_end) => end = end.max(local_end),
            None => {
                report(Some(&entry.name), "is described differently in the two places where the archive describes it");
                is_separate = false;
            }
        }
    }
    if end > directory.offset {
        report(None, "the last member of the archive overlaps its table of contents");
        is_separate = false;
    } else if end < directory.offset && is_separate {
        let gap = directory.offset - end;
        report(None, &format!("the archive contains {gap} bytes after its last member that belong to no member"));
    }
    Ok(is_separate)
}

/// Whether a file with this path is accepted although its digest is not known, because a system leaves such files behind, or
/// because it is the list or a signature, which is made after the list.
fn has_no_digest(path: &str) -> bool {
    is_os_metadata(path) || is_translation_table(path) || path.to_ascii_lowercase().starts_with("sha256")
}

/// The members that clash with another member on some systems, which unpack only one of the two; each with a message.
fn find_clashes(entries: &[Entry]) -> Vec<(&[u8], &'static str)> {
    let mut clashes = Vec::new();
    let mut folded: BTreeMap<String, &Entry> = BTreeMap::new();
    for entry in entries {
        let name = language::fold_case(&entry.path());
        // Folders with the same name become one.
        let Some(other) = folded.get(&name) else {
            folded.insert(name, entry);
            continue;
        };
        if other.name != entry.name && !(other.is_folder() && entry.is_folder()) {
            let message = "has the name of another member on systems that do not distinguish upper and lower case, or ways \
                           to write an accent: they unpack only one of them";
            clashes.push((entry.name.as_slice(), message));
        }
    }
    for (name, entry) in folded.iter().filter(|(_, entry)| !entry.is_folder()) {
        let inside = format!("{name}/");
        if folded.range(inside.clone()..).next().is_some_and(|(other, _)| other.starts_with(&inside)) {
            clashes.push((
                entry.name.as_slice(),
                "is a file, but another member has the same path as a folder: only one of the two can be unpacked",
            ));
        }
    }
    clashes
}

/// Why programs on Windows cannot unpack a member under its name. Paths that lead out of the folder, and paths with
/// backslashes, are reported elsewhere.
fn windows_violation(name: &[u8]) -> Option<&'static str> {
    String::from_utf8_lossy(name).split('/').find_map(|part| match part {
        "." | ".." => None,
        _ if part.contains(':') => Some("contains a colon, which Windows uses for drives and hidden parts of files"),
        _ if part.contains(['?', '*']) => Some("contains `?` or `*`"),
        _ => naming::check_windows(part).err(),
    })
}

/// Where the central directory is.
struct Directory {
    offset: u64,
    length: u64,
    /// How many entries it should have.
    entries: u64,
    /// Whether the records at the end agree with each other.
    is_consistent: bool,
    /// How many bytes before, between and after the records at the end belong to none of them. The comment of the archive counts as such bytes.
    trailing: u64,
    /// How many zero bytes follow the records at the end.
    padding: u64,
    /// Whether the archive is larger than the 4 GiB that its records can describe, and has no ZIP64 records.
    is_without_zip64: bool,
}

/// Whether `stated`, a count of entries in 16 bits, is the low 16 bits of the larger number `count`.
fn counts_wrapped(stated: u64, count: u64) -> bool {
    count > stated && stated == count % (1 << 16)
}

/// Finds the central directory by the record at the end (4.3.16), and in large archives by the ZIP64 records (4.3.14,
/// 4.3.15).
fn find_directory(file: &mut (impl Read + Seek), length: u64) -> io::Result<Directory> {
    let tail_start = length.saturating_sub(22 + 0xffff);
    let tail = read_at(file, tail_start, length - tail_start)?;
    let at = (0..=tail.len().saturating_sub(22))
        .rev()
        .find(|at| tail[*at..].starts_with(&END) && tail.len() >= at + 22)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the table of contents at its end is missing"))?;
    let end_offset = tail_start + at as u64;
    let record = &tail[at..];
    let (mut size, mut offset) = (u64::from(u32_at(record, 12)), u64::from(u32_at(record, 16)));
    // Everything after the record must be its comment. Otherwise there is a second record, or there are bytes that belong to nothing.
    let mut trailing = record.len() as u64 - 22;
    let padding = if u16_at(record, 20) == 0 && record[22..].iter().all(|byte| *byte == 0) { trailing } else { 0 };
    trailing -= padding;
    let mut entries = u64::from(u16_at(record, 10));
    let disks = (u16_at(record, 4), u16_at(record, 6));
    let mut is_consistent = u16_at(record, 8) == u16_at(record, 10) && u64::from(u16_at(record, 20)) == trailing;
    let mut records_start = end_offset;
    // Programs use the ZIP64 locator whenever there is one, so the ZIP64 record must agree with the short record.
    let locator = read_at(file, end_offset.saturating_sub(20), 20)?;
    let has_locator = end_offset >= 20 && locator.starts_with(&ZIP64_LOCATOR);
    // The number of the disk; with ZIP64 it may be in the larger record alone, where it is checked below (4.4.1.4).
    let is_first = |disk: u16| disk == 0 || has_locator && disk == u16::MAX;
    is_consistent &= is_first(disks.0) && is_first(disks.1);
    if has_locator {
        let start = u64_at(&locator, 8);
        let large = read_at(file, start, 56)?;
        let agrees = |short: u64, mark: u64, large: u64| short == large || short == mark;
        is_consistent &= large.starts_with(&ZIP64_END)
            && u64_at(&large, 4) == 44
            && start.checked_add(56) == Some(end_offset - 20)
            && (u32_at(&large, 16), u32_at(&large, 20), u32_at(&locator, 4)) == (0, 0, 0)
            && u64_at(&large, 24) == u64_at(&large, 32)
            && agrees(entries, u16::MAX.into(), u64_at(&large, 32))
            && agrees(size, u32::MAX.into(), u64_at(&large, 40))
            && agrees(offset, u32::MAX.into(), u64_at(&large, 48));
        (entries, size, offset) = (u64_at(&large, 32), u64_at(&large, 40), u64_at(&large, 48));
        records_start = start;
    }
    // In an archive of more than 4 GiB, an offset of 32 bits has lost its upper digits.
    let lost = records_start.saturating_sub(offset.saturating_add(size));
    let is_without_zip64 = !has_locator && lost > 0 && lost.is_multiple_of(1 << 32);
    if is_without_zip64 {
        offset += lost;
    }
    let directory_end = offset.saturating_add(size);
    trailing = trailing.saturating_add(records_start.abs_diff(directory_end));
    if size > MAX_DIRECTORY_BYTES || directory_end > records_start {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "its table of contents is damaged"));
    }
    Ok(Directory { offset, length: size, entries, trailing, padding, is_consistent, is_without_zip64 })
}

/// The entries of the central directory (4.3.12). `None` if it is damaged.
fn parse_entries(mut bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (header, rest) = bytes.split_at_checked(46)?;
        if !header.starts_with(&CENTRAL_HEADER) {
            return None;
        }
        let (name, rest) = rest.split_at_checked(u16_at(header, 28).into())?;
        let (extra, rest) = rest.split_at_checked(u16_at(header, 30).into())?;
        let (comment, rest) = rest.split_at_checked(u16_at(header, 32).into())?;
        let fields = [u32_at(header, 24), u32_at(header, 20), u32_at(header, 42)];
        let [length, compressed, offset] = with_zip64(fields, extra)?;
        entries.push(Entry {
            name: name.to_vec(),
            flags: u16_at(header, 8),
            method: u16_at(header, 10),
            crc: u32_at(header, 16),
            compressed,
            length,
            offset,
            has_comment: !comment.is_empty(),
            is_hidden: u32_at(header, 38) & HIDDEN_OR_SYSTEM != 0,
            // Some programs ask before they unpack a file that needs VMS, and skip it if nobody answers.
            needs_later_version: matches!(u16_at(header, 10), 0 | 8) && header[6] > MAX_NEEDED_VERSION
                || header[7] == VMS,
            is_plain: has_plain_attributes(header, name.ends_with(b"/"))
                && has_usual_fields(extra)
                && is_on_first_disk(header, extra),
            has_clear_name: name.is_ascii() || u16_at(header, 8) & IS_UTF_8 != 0,
        });
        bytes = rest;
    }
    Some(entries)
}

/// Whether a member has the external attributes (4.4.15) of a file, or of a folder if `is_folder`, and no flags (4.4.4) except
/// those for encryption, compression, a data descriptor and names in UTF-8.
fn has_plain_attributes(header: &[u8], is_folder: bool) -> bool {
    const DIRECTORY: u32 = 0x10;
    const VOLUME_LABEL: u32 = 0x08;
    const REPARSE_POINT: u32 = 0x400;
    // Bit 0 marks encrypted members, which are reported when they are read.
    const USUAL_FLAGS: u16 = 0b1000_0000_1111;
    let attributes = u32_at(header, 38);
    let is_from_unix = header[5] == 3 || header[5] == 19;
    let kind = (attributes >> 16) & 0o170_000;
    let expected_kind = if is_folder { 0o040_000 } else { 0o100_000 };
    let has_kind = kind == 0 || kind == expected_kind || !is_from_unix && kind & 0o120_000 != 0o120_000;
    let unwanted = VOLUME_LABEL | if is_folder { 0 } else { DIRECTORY };
    let is_reparse_point = !is_from_unix && attributes & REPARSE_POINT != 0;
    // Some programs interpret Amiga attributes, and then mistake files for folders.
    has_kind
        && header[5] != AMIGA
        && attributes & unwanted == 0
        && !is_reparse_point
        && u16_at(header, 8) & !USUAL_FLAGS == 0
}

/// Whether a member begins on the first disk (4.4.11). The number may be in its ZIP64 field, after the sizes (4.5.3).
fn is_on_first_disk(header: &[u8], mut extra: &[u8]) -> bool {
    let disk = u16_at(header, 34);
    while disk == u16::MAX && extra.len() >= 4 {
        let (id, size) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some((field, rest)) = extra[4..].split_at_checked(size) else { return false };
        if id == 1 {
            return size % 8 == 4 && u32_at(field, size - 4) == 0;
        }
        extra = rest;
    }
    disk == 0
}

/// Whether extra fields (4.5) contain only sizes, times and owners, each at most once. Others can give a member another name or
/// type.
fn has_usual_fields(mut extra: &[u8]) -> bool {
    // ZIP64, NTFS times, extended timestamps, old and new Unix owners; each with its maximum length, because a longer field could
    // contain anything.
    const USUAL: [(u16, usize); 6] =
        [(0x0001, 28), (0x000a, 32), (0x5455, 13), (0x5855, 12), (0x7855, 4), (0x7875, 19)];
    let mut seen = Vec::new();
    while extra.len() >= 4 {
        let (id, size) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        if !USUAL.iter().any(|(usual, longest)| *usual == id && size <= *longest) || seen.contains(&id) {
            return false;
        }
        seen.push(id);
        let Some(rest) = extra.get(4 + size..) else { return false };
        extra = rest;
    }
    extra.is_empty()
}

/// The values of fields, of which those marked as too large for 32 bits are in the ZIP64 extra field (4.5.3). `None` if the
/// extra fields are damaged.
fn with_zip64(fields: [u32; 3], mut extra: &[u8]) -> Option<[u64; 3]> {
    let mut values = fields.map(u64::from);
    while extra.len() >= 4 {
        let (id, size) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let (field, rest) = extra[4..].split_at_checked(size)?;
        if id == 1 {
            let mut numbers = field.chunks_exact(8).map(|bytes| u64_at(bytes, 0));
            for (value, field) in values.iter_mut().zip(fields) {
                if field == u32::MAX {
                    *value = numbers.next()?;
                }
            }
        }
        extra = rest;
    }
    Some(values)
}

/// Where a member ends, according to its local header (4.3.7), data and data descriptor (4.3.9). `None` if these disagree
/// with the central directory.
fn local_end<F: Read + Seek>(file: &mut Window<'_, F>, entry: &Entry) -> io::Result<Option<u64>> {
    let header = file.read_at(entry.offset, 30)?;
    if header.len() < 30 || !header.starts_with(&LOCAL_HEADER) {
        return Ok(None);
    }
    let (name_length, extra_length) = (u64::from(u16_at(&header, 26)), u64::from(u16_at(&header, 28)));
    let name = file.read_at(entry.offset + 30, name_length)?;
    let extra = file.read_at(entry.offset + 30 + name_length, extra_length)?;
    let fields = [u32_at(&header, 22), u32_at(&header, 18), 0];
    let Some([length, compressed, _]) = with_zip64(fields, &extra).filter(|_| has_usual_fields(&extra)) else {
        return Ok(None);
    };
    let has_descriptor = entry.flags & HAS_DATA_DESCRIPTOR != 0;
    // A program writes zeros for values that it does not know yet when it writes the header; some already know the length.
    let agrees = |local: u64, central: u64| local == central || (has_descriptor && local == 0);
    let is_same_size = agrees(length, entry.length)
        && agrees(compressed, entry.compressed)
        && agrees(u32_at(&header, 14).into(), entry.crc.into());
    if name != entry.name || u16_at(&header, 6) != entry.flags || u16_at(&header, 8) != entry.method || !is_same_size {
        return Ok(None);
    }
    let data_end = (entry.offset + 30 + name_length + extra_length).checked_add(entry.compressed);
    let Some(data_end) = data_end else { return Ok(None) };
    if !has_descriptor {
        return Ok(Some(data_end));
    }
    // The signature is optional, and the sizes have four or eight bytes.
    let bytes = file.read_at(data_end, 24)?;
    let signature = if bytes.starts_with(&DATA_DESCRIPTOR) { 4 } else { 0 };
    let fields = &bytes[signature..];
    if fields.len() < 12 || u32_at(fields, 0) != entry.crc {
        return Ok(None);
    }
    let short = (u64::from(u32_at(fields, 4)), u64::from(u32_at(fields, 8)));
    let expected = (entry.compressed, entry.length);
    let size = if short == expected {
        12
    } else if fields.len() >= 20 && (u64_at(fields, 4), u64_at(fields, 12)) == expected {
        20
    } else {
        return Ok(None);
    };
    Ok(Some(data_end + signature as u64 + size))
}

/// Reads a file in short pieces, in ascending order, through a buffer.
struct Window<'f, F> {
    file: &'f mut F,
    /// The offset of the first byte in the buffer.
    start: u64,
    bytes: Vec<u8>,
}

impl<F: Read + Seek> Window<'_, F> {
    const LENGTH: u64 = 8192;

    /// Reads up to `length` bytes; fewer at the end of the file.
    fn read_at(&mut self, offset: u64, length: u64) -> io::Result<Vec<u8>> {
        if length > Self::LENGTH {
            return read_at(self.file, offset, length);
        }
        let find = |start: u64, bytes: &[u8]| {
            let at = usize::try_from(offset.checked_sub(start)?).ok()?;
            bytes.get(at..at.checked_add(length as usize)?).map(<[u8]>::to_vec)
        };
        if let Some(found) = find(self.start, &self.bytes) {
            return Ok(found);
        }
        (self.start, self.bytes) = (offset, read_at(self.file, offset, Self::LENGTH)?);
        let end = self.bytes.len().min(length as usize);
        Ok(self.bytes[..end].to_vec())
    }
}

/// Reads up to `length` bytes, at most [`MAX_DIRECTORY_BYTES`]; fewer at the end of the file.
fn read_at(file: &mut (impl Read + Seek), offset: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(offset))?;
    file.by_ref().take(length.min(MAX_DIRECTORY_BYTES)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// `N` bytes from an offset; zeros if there are fewer.
fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes_at(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes_at(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes_at(bytes, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn members_that_clash_on_some_systems_are_found() {
        let count_clashes = |names: &[&str]| {
            let entry = |name: &&str| Entry {
                name: name.as_bytes().to_vec(),
                flags: 0,
                method: 0,
                crc: 0,
                compressed: 0,
                length: 0,
                offset: 0,
                has_comment: false,
                is_hidden: false,
                needs_later_version: false,
                is_plain: true,
                has_clear_name: true,
            };
            find_clashes(&names.iter().map(entry).collect::<Vec<_>>()).len()
        };
        assert_eq!(count_clashes(&["a.txt", "A.txt"]), 1);
        assert_eq!(count_clashes(&["\u{e9}.txt", "e\u{301}.txt"]), 1);
        assert_eq!(count_clashes(&["a", "A/b"]), 1);
        assert_eq!(count_clashes(&["a.txt", "a.txt/"]), 1);
        assert_eq!(count_clashes(&["a/", "a/b", "A/", "A/c", "a.txt", "ab", "e.txt", "\u{e9}.txt"]), 0);
    }

    /// What `check` says about an archive with one empty member, whose table of contents is at this offset.
    fn check_large(directory_offset: u64, count: u16) -> Vec<String> {
        let mut directory = vec![0; 46];
        directory[..4].copy_from_slice(&CENTRAL_HEADER);
        directory[28] = 1;
        directory.push(b'a');
        let mut end = [&END[..], &[0; 18]].concat();
        end[8..10].copy_from_slice(&count.to_le_bytes());
        end[10..12].copy_from_slice(&count.to_le_bytes());
        end[12] = 47;
        end[16..20].copy_from_slice(&(directory_offset as u32).to_le_bytes());
        let mut file = tempfile::tempfile().unwrap();
        file.seek(SeekFrom::Start(directory_offset)).unwrap();
        file.write_all(&[directory, end].concat()).unwrap();
        let mut problems = Problems::default();
        assert!(!check(&mut file, &mut Vec::new(), &mut problems).unwrap());
        problems.stored().iter().map(|problem| format!("{:?}: {}", problem.code, problem.message)).collect()
    }

    #[test]
    fn archives_that_need_zip64_and_do_not_have_it_are_not_called_damaged() {
        let [only] = &check_large((1 << 32) + 100, 1)[..] else { panic!() };
        assert!(only.starts_with("NotCompared: the archive is too large"), "{only}");
        // An archive of 65,537 members has the count 1; one with a wrong count is damaged.
        assert!(counts_wrapped(1, 65_537) && !counts_wrapped(1, 1) && !counts_wrapped(2, 65_537));
        assert!(check_large(100, 2)[0].starts_with("Structure: "));
    }
}
