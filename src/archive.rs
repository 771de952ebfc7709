//! Reads and writes ZIP archives (APPNOTE.TXT 6.3). The only module that uses `zip` and `flate2`.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom, Write};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

use crate::encodings::decode_percent;

/// Unix permissions of the members of a new archive.
const MODE: u32 = 0o644;

/// Decompresses one member of an archive in memory. `None` if it is missing, damaged or larger than `max_bytes`. If no member has
/// this name, it may have other letter case, as in documents of Office (ECMA-376, part 2, 6.2.2.3), or `\` instead of `/`, as some
/// programs for Windows write it.
pub fn read_member(archive: &[u8], name: &str, max_bytes: u64) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).ok()?;
    let index = archive.index_for_name(name).or_else(|| {
        let is_same = |stored: &str| stored.replace('\\', "/").eq_ignore_ascii_case(name);
        (0..archive.len()).find(|index| matches!(archive.name_for_index(*index), Some(Ok(stored)) if is_same(&stored)))
    })?;
    let member = archive.by_index(index).ok()?;
    let mut bytes = Vec::new();
    member.take(max_bytes + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= max_bytes).then_some(bytes)
}

/// The path of a member to which another one refers. `folder` is that of the other one, and `target` is relative to it.
pub fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let start = if target.starts_with('/') { "" } else { folder };
    for part in start.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The paths of the member of an EPUB to which the address `href` may lead, the more probable one first. The address is
/// percent-encoded, but some programs write the name itself.
pub fn resolve_href(folder: &str, href: &str) -> [String; 2] {
    let href = href.split('#').next().unwrap_or(href);
    [href, &decode_percent(href, None)].map(|target| resolve(folder, target))
}

/// The names of the members of an archive in memory.
pub fn member_names(archive: &[u8]) -> Vec<String> {
    let Ok(archive) = ZipArchive::new(Cursor::new(archive)) else { return Vec::new() };
    archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect()
}

/// Whether a file starts like a ZIP archive that is not empty.
pub fn is_zip(file: &mut (impl Read + Seek)) -> bool {
    let mut magic = [0; 4];
    let read = file.rewind().and_then(|()| file.read_exact(&mut magic));
    read.is_ok() && magic == *b"PK\x03\x04"
}

/// The number of members that an archive states in its end of central directory record (APPNOTE.TXT 4.3.14 and 4.3.16). `None` if
/// it has no such record.
fn stated_member_count(file: &mut (impl Read + Seek)) -> io::Result<Option<u64>> {
    const END_LENGTH: u64 = 22;
    const MAX_COMMENT: u64 = u16::MAX as u64;
    const LOCATOR_LENGTH: u64 = 20;
    let length = file.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub(END_LENGTH + MAX_COMMENT + LOCATOR_LENGTH);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.take(length - start).read_to_end(&mut tail)?;
    let Some(end) = tail.windows(4).rposition(|bytes| bytes == b"PK\x05\x06") else { return Ok(None) };
    let number = |bytes: &[u8], at: usize, length: usize| -> Option<u64> {
        Some(bytes.get(at..at + length)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    };
    let Some(count) = number(&tail, end + 10, 2) else { return Ok(None) };
    let locator = end.checked_sub(LOCATOR_LENGTH as usize).and_then(|at| tail.get(at..end));
    let Some(locator) = locator.filter(|locator| locator.starts_with(b"PK\x06\x07")) else { return Ok(Some(count)) };
    let Some(at) = number(locator, 8, 8) else { return Ok(None) };
    let mut large_end = [0; 56];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut large_end)?;
    Ok(number(&large_end, 32, 8))
}

/// An archive open for reading.
pub struct Archive {
    zip: ZipArchive<File>,
    has_duplicates: bool,
}

/// A file or folder in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The index in the archive.
    pub number: usize,
    /// The path as stored. The path of a folder ends with `/`.
    pub path: String,
    /// The uncompressed size in bytes, as the archive states it.
    pub length: u64,
}

impl Archive {
    /// Opens an archive and reads its central directory.
    ///
    /// # Errors
    /// The archive is damaged or cannot be read.
    pub fn open(mut file: File) -> io::Result<Self> {
        let stated = stated_member_count(&mut file)?;
        let zip = ZipArchive::new(file)?;
        let has_duplicates = stated.is_some_and(|stated| stated > zip.len() as u64);
        Ok(Self { zip, has_duplicates })
    }

    /// Whether several members have the same name. [`Self::members`] then has only one of them.
    pub fn has_duplicates(&self) -> bool {
        self.has_duplicates
    }

    /// Lists the members.
    ///
    /// # Errors
    /// The archive is damaged.
    pub fn members(&mut self) -> io::Result<Vec<Member>> {
        let count = self.zip.len();
        let member = |number| {
            let member = self.zip.by_index_raw(number)?;
            let path = String::from_utf8_lossy(member.name_raw()).into_owned();
            Ok(Member { number, path, length: member.size() })
        };
        (0..count).map(member).collect()
    }

    /// The name of a member, as the bytes that the archive stores, and whether the member is a symbolic link.
    ///
    /// # Errors
    /// The archive is damaged.
    pub fn stored_name(&mut self, member: &Member) -> io::Result<(Vec<u8>, bool)> {
        let member = self.zip.by_index_raw(member.number)?;
        Ok((member.name_raw().to_vec(), member.is_symlink()))
    }

    /// Opens a member for reading. The last read fails if the bytes do not match the CRC, or if compressed bytes are left over.
    ///
    /// # Errors
    /// The archive is damaged, or the member is encrypted or compressed with an unsupported method.
    pub fn read(&mut self, member: &Member) -> io::Result<Box<dyn Read + '_>> {
        let (compression, is_encrypted) = {
            let raw = self.zip.by_index_raw(member.number)?;
            (raw.compression(), raw.encrypted())
        };
        let unsupported = |why: &str| {
            let message = format!("{why}: unpack the archive with the program that made it, and verify the folder");
            Err(io::Error::new(io::ErrorKind::Unsupported, message))
        };
        match compression {
            _ if is_encrypted => return unsupported("is encrypted"),
            CompressionMethod::Stored => return Ok(Box::new(self.zip.by_index(member.number)?)),
            CompressionMethod::Deflated => {}
            _ => return unsupported("is compressed with a method that cannot be read here"),
        }
        let raw = self.zip.by_index_raw(member.number)?;
        let (compressed, expected_crc) = (raw.compressed_size(), raw.crc32());
        let decoder = DeflateDecoder::new(BufReader::new(raw));
        Ok(Box::new(Inflated { decoder, crc: Crc::new(), compressed, expected_crc }))
    }
}

/// A member that is compressed with deflate.
struct Inflated<R> {
    decoder: DeflateDecoder<R>,
    crc: Crc,
    /// The compressed size in bytes, as the archive states it.
    compressed: u64,
    expected_crc: u32,
}

impl<R: io::BufRead> Read for Inflated<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.decoder.read(buffer)?;
        self.crc.update(&buffer[..length]);
        if length > 0 || buffer.is_empty() {
            return Ok(length);
        }
        if self.crc.sum() != self.expected_crc {
            return Err(io::Error::other("its bytes do not match its CRC"));
        }
        match self.compressed - self.decoder.total_in().min(self.compressed) {
            0 => Ok(0),
            rest => Err(io::Error::other(format!(
                "its compressed bytes are followed by {rest} more bytes, which some programs take for another file"
            ))),
        }
    }
}

/// The output of an archive. After an error it accepts all writes and discards them: when `ZipWriter` is dropped it tries to complete
/// the archive, and if that failed, it would print a message on standard error.
struct UntilFailure<W> {
    output: W,
    has_failed: bool,
    position: u64,
    /// The length of everything that was written.
    end: u64,
}

impl<W> UntilFailure<W> {
    fn new(output: W) -> Self {
        Self { output, has_failed: false, position: 0, end: 0 }
    }

    fn attempt<T>(&mut self, attempt: impl FnOnce(&mut W) -> io::Result<T>, otherwise: T) -> io::Result<T> {
        if self.has_failed {
            return Ok(otherwise);
        }
        let result = attempt(&mut self.output);
        self.has_failed = result.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        result
    }
}

impl<W: Write> Write for UntilFailure<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.attempt(|output| output.write(bytes), bytes.len())?;
        self.position += written as u64;
        self.end = self.end.max(self.position);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt(|output| output.flush(), ())
    }
}

impl<W: Seek> Seek for UntilFailure<W> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let target = match position {
            SeekFrom::Start(target) => target,
            SeekFrom::End(offset) => self.end.saturating_add_signed(offset),
            SeekFrom::Current(offset) => self.position.saturating_add_signed(offset),
        };
        self.position = self.attempt(|output| output.seek(position), target)?;
        Ok(self.position)
    }
}

/// Writes an archive, member by member.
pub struct ArchiveWriter<W: Write + Seek> {
    zip: ZipWriter<UntilFailure<W>>,
    modified: DateTime,
}

impl<W: Write + Seek> ArchiveWriter<W> {
    /// Starts an archive whose members all have this date (year, month, day). The format covers the years 1980 to 2107; a date outside
    /// them becomes 1 January of the nearest of these years.
    pub fn new(output: W, date: (i32, u8, u8)) -> Self {
        let (year, month, day) = date;
        let clamped = u16::try_from(year.clamp(1980, 2107)).unwrap_or(1980);
        let (month, day) = if i32::from(clamped) == year { (month, day) } else { (1, 1) };
        let modified = DateTime::from_date_and_time(clamped, month, day, 0, 0, 0).unwrap_or_default();
        Self { zip: ZipWriter::new(UntilFailure::new(output)), modified }
    }

    /// Starts a member of `length` bytes. The caller then writes the bytes with [`Write`].
    ///
    /// # Errors
    /// The previous member could not be written.
    pub fn start_file(&mut self, path: &str, length: u64, deflate: bool) -> io::Result<()> {
        let method = if deflate { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(self.modified)
            .system(System::Unix)
            .unix_permissions(MODE)
            .large_file(length >= u64::from(u32::MAX) - 0xffff);
        Ok(self.zip.start_file(path, options)?)
    }

    /// Writes the central directory and returns the output.
    ///
    /// # Errors
    /// The directory could not be written.
    pub fn finish(self) -> io::Result<W> {
        Ok(self.zip.finish()?.output)
    }
}

impl<W: Write + Seek> Write for ArchiveWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_relative_to_the_member_that_names_them() {
        assert_eq!(resolve("ppt/slides", "../notes/n1.xml"), "ppt/notes/n1.xml");
        assert_eq!(resolve("ppt/slides", "/ppt/charts/c1.xml"), "ppt/charts/c1.xml");
        assert_eq!(resolve("", "../../word/./document.xml"), "word/document.xml");
        assert_eq!(resolve_href("text", "../50%25.xhtml#a"), ["50%25.xhtml", "50%.xhtml"]);
    }
}
