//! The thread that prepares the bytes of files before the device needs them: it reads the sources and
//! unpacks generated files, in the order of their extents, into a fixed set of buffers that are reused.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender};

use super::{Failure, SECTOR_LENGTH};
use crate::catalogue::{Doubt, Source, SourceReader};
use crate::checksum::Digest;
use crate::compressed::{CompressedBytes, Decompressor};
use crate::plan::{Content, Plan};

/// Length of a buffer in bytes. All buffers together fit the processor's caches; copying takes twice as
/// long with larger ones.
pub(super) const BUFFER_LENGTH: usize = 256 << 10;

pub(super) const BUFFER_COUNT: usize = 8;

/// Consecutive sectors of the image that contain file data: part of a long file, or several short files
/// with zeros up to the end of each sector.
pub(super) struct FileChunk {
    pub(super) first_sector: u64,
    pub(super) buffer: Vec<u8>,
    /// How many bytes of the buffer are used: a multiple of the sector length.
    pub(super) filled: usize,
    /// The file data in the buffer, in ascending order.
    pub(super) slices: Vec<FileSlice>,
}

/// Bytes of one file in a chunk.
pub(super) struct FileSlice {
    /// The index of the entry in the plan.
    pub(super) entry: usize,
    /// The offset in the chunk.
    pub(super) offset: usize,
    pub(super) length: usize,
    /// Whether these are the last bytes of the file.
    pub(super) is_last: bool,
}

impl FileChunk {
    /// Reserves space for the next bytes of an entry, and zeros the rest of their last sector.
    fn reserve(&mut self, entry: usize, length: usize, is_last: bool) -> &mut [u8] {
        let offset = self.filled;
        self.filled += length.next_multiple_of(SECTOR_LENGTH as usize);
        self.buffer[offset + length..self.filled].fill(0);
        self.slices.push(FileSlice { entry, offset, length, is_last });
        &mut self.buffer[offset..offset + length]
    }
}

/// Sends the bytes of all files as chunks, until all files are read, one fails, or the receiver is gone.
///
/// `files` contains the first sector of each file and the index of its entry, in ascending order. Returns the entries that
/// may have changed while they were read.
pub(super) fn read_files<'p>(
    plan: &'p Plan,
    files: &[(u64, usize)],
    free_buffers: &Receiver<Vec<u8>>,
    chunks: &SyncSender<Result<FileChunk, Failure>>,
) -> Vec<(usize, Doubt<'p>)> {
    let mut reader = FileReader { chunk: None, free_buffers, chunks };
    let mut decompressor = Decompressor::default();
    let mut doubts = Vec::new();
    for &(first_sector, index) in files {
        let entry = &plan.entries[index];
        let (result, name) = match &entry.content {
            Content::Source { source, known } => {
                let read = reader.read_source(first_sector, index, entry.length, source, known.as_deref().copied());
                (read.map(|doubt| doubts.extend(doubt.map(|doubt| (index, doubt)))), &*source.path_in_manifest)
            }
            Content::Generated(bytes) => {
                (reader.unpack(first_sector, index, bytes, &mut decompressor), entry.path.as_str())
            }
            Content::WithDigests { .. } | Content::Checksums | Content::Signature | Content::Timestamp => continue,
        };
        let failure = match result {
            Ok(()) => continue,
            Err(ReadError::Source(reason)) => Failure::Source { file: name.to_owned(), reason },
            Err(ReadError::Unpack(error)) => Failure::Bug(format!("`{name}`: {error}")),
            Err(ReadError::ReceiverGone) => return doubts,
        };
        // If the receiver is gone, it has already reported why.
        let _ = chunks.send(Err(failure));
        return doubts;
    }
    let _ = reader.send_chunk();
    doubts
}

/// Why reading stopped early.
enum ReadError {
    /// A source cannot be read or has changed. Contains the reason, for a message.
    Source(String),
    /// A generated file could not be unpacked.
    Unpack(String),
    /// The device no longer receives chunks.
    ReceiverGone,
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Unpack(error.to_string())
    }
}

struct FileReader<'f> {
    /// The chunk being filled.
    chunk: Option<FileChunk>,
    free_buffers: &'f Receiver<Vec<u8>>,
    chunks: &'f SyncSender<Result<FileChunk, Failure>>,
}

impl FileReader<'_> {
    fn read_source<'p>(
        &mut self,
        first_sector: u64,
        entry: usize,
        length: u64,
        source: &'p Source,
        known: Option<Digest>,
    ) -> Result<Option<Doubt<'p>>, ReadError> {
        let mut source_reader = SourceReader::open(&source.path, &source.stamp, known).map_err(ReadError::Source)?;
        let (mut sector, mut remaining) = (first_sector, length);
        while remaining > 0 {
            let chunk = self.chunk_at(sector)?;
            let count = remaining.min((BUFFER_LENGTH - chunk.filled) as u64) as usize;
            remaining -= count as u64;
            source_reader.read_exact(chunk.reserve(entry, count, remaining == 0)).map_err(ReadError::Source)?;
            sector += (count as u64).div_ceil(SECTOR_LENGTH);
        }
        source_reader.finish().map_err(ReadError::Source)
    }

    fn unpack(
        &mut self,
        first_sector: u64,
        entry: usize,
        packed: &CompressedBytes,
        decompressor: &mut Decompressor,
    ) -> Result<(), ReadError> {
        let (mut sector, mut remaining) = (first_sector, packed.length());
        packed.decompress(decompressor, |mut unpacked| {
            while !unpacked.is_empty() {
                let chunk = self.chunk_at(sector)?;
                let (bytes, rest) = unpacked.split_at(unpacked.len().min(BUFFER_LENGTH - chunk.filled));
                remaining -= bytes.len() as u64;
                chunk.reserve(entry, bytes.len(), remaining == 0).copy_from_slice(bytes);
                sector += (bytes.len() as u64).div_ceil(SECTOR_LENGTH);
                unpacked = rest;
            }
            Ok(())
        })
    }

    /// The chunk to put data for `sector` into: the current one if it continues there and has room, or else
    /// a new one.
    fn chunk_at(&mut self, sector: u64) -> Result<&mut FileChunk, ReadError> {
        let continues = |chunk: &FileChunk| {
            chunk.first_sector + chunk.filled as u64 / SECTOR_LENGTH == sector && chunk.filled < BUFFER_LENGTH
        };
        if !self.chunk.as_ref().is_some_and(continues) {
            self.send_chunk()?;
            let buffer = self.free_buffers.recv().map_err(|_| ReadError::ReceiverGone)?;
            self.chunk = Some(FileChunk { first_sector: sector, buffer, filled: 0, slices: Vec::new() });
        }
        self.chunk.as_mut().ok_or(ReadError::ReceiverGone)
    }

    fn send_chunk(&mut self) -> Result<(), ReadError> {
        match self.chunk.take() {
            Some(chunk) => self.chunks.send(Ok(chunk)).map_err(|_| ReadError::ReceiverGone),
            None => Ok(()),
        }
    }
}
