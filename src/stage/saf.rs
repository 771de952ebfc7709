//! Writes the documents in the Simple Archive Format, in which repositories with DSpace import items.

use std::collections::BTreeMap;
use std::io;

use super::{FileKind, FileSink};
use crate::exports::DspaceItem;

/// The items that are being written to a folder or an archive.
pub struct SimpleArchive<'s> {
    sink: &'s mut dyn FileSink,
    /// The folder of the items in an archive, with a slash at its end; empty for a folder.
    top: String,
    /// The path of each document in its item, by its path on the disc.
    places: BTreeMap<String, String>,
    items: Vec<DspaceItem>,
    /// Whether the current file belongs to an item. The pages do not.
    is_written: bool,
    /// How many files were written, and how long they are.
    pub written: (usize, u64),
}

impl<'s> SimpleArchive<'s> {
    /// Starts the archive. In a ZIP archive all items are in one folder: if a file of an item is in a subfolder, DSpace
    /// takes the first folder of the file's path for the folder that contains the items.
    pub fn new(sink: &'s mut dyn FileSink, folder: Option<&str>, items: Vec<DspaceItem>) -> Self {
        let top = folder.map(|folder| format!("{folder}/")).unwrap_or_default();
        let files = items.iter().flat_map(|item| item.files.iter().map(move |file| (item, file)));
        let places = files
            .map(|(item, (path, name))| (path.as_str().to_owned(), format!("{top}{}/{name}", item.folder)))
            .collect();
        Self { sink, top, places, items, is_written: false, written: (0, 0) }
    }

    /// Writes the description of each item, when the documents are complete.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn finish(&mut self) -> io::Result<()> {
        for item in std::mem::take(&mut self.items) {
            let folder = format!("{}{}", self.top, item.folder);
            for (name, bytes) in
                [("dublin_core.xml", item.dublin_core.as_slice()), ("contents", item.contents.as_bytes())]
            {
                self.start(&format!("{folder}/{name}"), bytes.len() as u64, FileKind::Generated)?;
                self.sink.write(bytes)?;
                self.sink.finish_file()?;
            }
        }
        Ok(())
    }

    fn start(&mut self, path: &str, length: u64, kind: FileKind) -> io::Result<()> {
        self.written = (self.written.0 + 1, self.written.1 + length);
        self.sink.start_file(path, length, kind)
    }
}

impl FileSink for SimpleArchive<'_> {
    fn start_file(&mut self, path: &str, length: u64, kind: FileKind) -> io::Result<()> {
        let place = self.places.get(path).cloned();
        self.is_written = place.is_some();
        place.map_or(Ok(()), |place| self.start(&place, length, kind))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.is_written { self.sink.write(bytes) } else { Ok(()) }
    }

    fn finish_file(&mut self) -> io::Result<()> {
        if self.is_written { self.sink.finish_file() } else { Ok(()) }
    }
}
