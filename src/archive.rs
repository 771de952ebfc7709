//! ZIP archives (APPNOTE.TXT 6.3): a member of one, all of one, a new one. The only module that names `zip`.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

/// Permissions of a member, where systems keep any.
const MODE: u32 = 0o644;

/// A member of an archive in memory; none if it is not there, is damaged or unpacks to more than `most` bytes.
pub fn member(bytes: &[u8], name: &str, most: u64) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let member = archive.by_name(name).ok()?;
    let mut unpacked = Vec::new();
    member.take(most + 1).read_to_end(&mut unpacked).ok()?;
    (unpacked.len() as u64 <= most).then_some(unpacked)
}

/// Whether a file begins like an archive that holds something.
pub fn is_archive(file: &mut (impl Read + Seek)) -> bool {
    let mut magic = [0; 4];
    let read = file.rewind().and_then(|()| file.read_exact(&mut magic));
    read.is_ok() && magic == *b"PK\x03\x04"
}

/// An archive to be read.
pub struct Archive(ZipArchive<File>);

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its number in the archive.
    pub number: usize,
    /// Its path, as it is written there.
    pub path: String,
    /// Unpacked bytes, as the archive says.
    pub length: u64,
}

impl Archive {
    /// Reads the directory of an archive.
    ///
    /// # Errors
    /// It is damaged, or cannot be read.
    pub fn open(file: File) -> io::Result<Self> {
        Ok(Self(ZipArchive::new(file)?))
    }

    /// Its files, and its folders, whose paths end in `/`.
    ///
    /// # Errors
    /// The archive is damaged.
    pub fn members(&mut self) -> io::Result<Vec<Member>> {
        let count = self.0.len();
        let member = |number| {
            let member = self.0.by_index_raw(number)?;
            let path = String::from_utf8_lossy(member.name_raw()).into_owned();
            Ok(Member { number, path, length: member.size() })
        };
        (0..count).map(member).collect()
    }

    /// A member, to be read to its end: then its own sum was checked.
    ///
    /// # Errors
    /// The archive is damaged, or the member is encrypted or packed in a way that is not known.
    pub fn read(&mut self, member: &Member) -> io::Result<impl Read + '_> {
        Ok(self.0.by_index(member.number)?)
    }
}

/// An archive that is written.
pub struct Writer<W: Write + Seek> {
    zip: ZipWriter<W>,
    time: DateTime,
}

impl<W: Write + Seek> Writer<W> {
    /// Begins an archive. All its members are of a time in seconds since 1970-01-01, as near as the format
    /// can say it: from 1980 to 2107.
    pub fn new(sink: W, date: (i32, u8, u8)) -> Self {
        let (year, month, day) = date;
        let clamped = u16::try_from(year.clamp(1980, 2107)).unwrap_or(1980);
        let day = if i32::from(clamped) == year { (month, day) } else { (1, 1) };
        let time = DateTime::from_date_and_time(clamped, day.0, day.1, 0, 0, 0).unwrap_or_default();
        Self { zip: ZipWriter::new(sink), time }
    }

    /// Begins a member of so many bytes, deflated or as it is.
    ///
    /// # Errors
    /// What came before could not be written.
    pub fn begin(&mut self, path: &str, length: u64, deflated: bool) -> io::Result<()> {
        let method = if deflated { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(self.time)
            .system(System::Unix)
            .unix_permissions(MODE)
            .large_file(length >= u64::from(u32::MAX) - 0xffff);
        Ok(self.zip.start_file(path, options)?)
    }

    /// Writes the archive's directory, and gives back what it went to.
    ///
    /// # Errors
    /// It could not be written.
    pub fn finish(self) -> io::Result<W> {
        Ok(self.zip.finish()?)
    }
}

impl<W: Write + Seek> Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}
