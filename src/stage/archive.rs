//! Writes the disc's files to a ZIP archive.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::{FileKind, FileSink};
use crate::archive::ArchiveWriter;
use crate::language::PartialDate;
use crate::plan::DiscDate;

/// A ZIP archive that is being written.
pub struct ArchiveSink(ArchiveWriter<BufWriter<File>>);

impl ArchiveSink {
    /// Starts an archive in an empty file. Its members have the disc's date.
    pub fn new(file: File, date: DiscDate) -> Self {
        let PartialDate { year, month, day } = PartialDate::from_unix_seconds(date.seconds);
        Self(ArchiveWriter::new(BufWriter::new(file), (year.into(), month.unwrap_or(1), day.unwrap_or(1))))
    }

    /// Completes the archive.
    ///
    /// # Errors
    /// The archive cannot be written.
    pub fn finish(self) -> io::Result<()> {
        self.0.finish()?.flush()
    }
}

impl FileSink for ArchiveSink {
    fn start_file(&mut self, path: &str, length: u64, kind: FileKind) -> io::Result<()> {
        self.0.start_file(path, length, kind == FileKind::Generated)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn finish_file(&mut self) -> io::Result<()> {
        Ok(())
    }
}
