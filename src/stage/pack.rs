//! The disc's files in a ZIP archive.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::{Kind, Tree};
use crate::archive::ArchiveWriter;
use crate::language::PartialDate;
use crate::layout::DiscPath;
use crate::plan::DiscDate;

/// An archive in the making.
pub struct Pack(ArchiveWriter<BufWriter<File>>);

impl Pack {
    /// Begins an archive in an empty file; its members are of the disc's date.
    pub fn new(file: File, date: DiscDate) -> Self {
        let PartialDate { year, month, day } = PartialDate::from_unix_seconds(date.seconds);
        Self(ArchiveWriter::new(BufWriter::new(file), (year.into(), month.unwrap_or(1), day.unwrap_or(1))))
    }

    /// Ends the archive.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> io::Result<()> {
        self.0.finish()?.flush()
    }
}

impl Tree for Pack {
    fn begin(&mut self, path: &DiscPath, length: u64, kind: Kind) -> io::Result<()> {
        self.0.start_file(path.as_str(), length, kind == Kind::Made)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}
