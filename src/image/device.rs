//! The block device that hadris writes to. Every block of the image passes through it once, in ascending
//! order.
//!
//! In the extents of files, the device discards the blocks from hadris and takes chunks from the reader thread
//! instead. It hashes each file and the image, and fills in what hadris does not know (see `patch`). Some
//! files can be made only after the others have been hashed. These late files are after all others: first texts that contain
//! digests, then the checksum list, then its signature.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};

use hadris_io::{Error, ErrorKind, ErrorType};
use hadris_storage::{BlockIndex, BlockSize, sync::BlockDevice};

use super::extents::Extents;
use super::patch::{FIRST_DESCRIPTOR_SECTOR, patch_descriptors, patch_records};
use super::reader::{BUFFER_LENGTH, FileChunk, FileSlice};
use super::writer::OutputBuffer;
use super::{Failure, SECTOR_LENGTH};
use crate::checksum::{self, Digest, Hasher};
use crate::media_check::ApplicationUse;
use crate::plan::{Content, Plan};
use crate::progress::Progress;

/// The result of a pass over the image.
pub(super) struct PassDigests {
    /// The state of the digest of the image after its last byte.
    pub(super) image: Hasher,
    /// The digests of the files that are not empty, by the index of their entry.
    pub(super) files: Vec<Option<Digest>>,
    /// The digest of the checksum list.
    pub(super) list: Digest,
    /// The text of the checksum list.
    pub(super) checksums: Vec<u8>,
}

/// The device's connections to the other threads.
pub(super) struct Channels {
    /// File data from the reader.
    pub(super) chunks: Receiver<Result<FileChunk, Failure>>,
    /// Finished parts of the image, for the writer.
    pub(super) output: SyncSender<OutputBuffer>,
}

/// The file that is currently being hashed.
struct CurrentFile {
    entry: usize,
    /// How many of its bytes are still to come.
    remaining: u64,
    hasher: Hasher,
}

pub(super) struct Device<'a> {
    plan: &'a Plan,
    extents: &'a Extents<'a>,
    application_use: &'a ApplicationUse,
    channels: Channels,
    /// The index in `extents.files` of the file after the current one.
    next_file: usize,
    current: Option<CurrentFile>,
    image: Hasher,
    /// The digests of files, by the index of their entry.
    digests: Vec<Option<Digest>>,
    /// The bytes of the late files, once all others have been hashed.
    late: Vec<Vec<u8>>,
    /// The index in `extents.directories` of the next directory.
    next_directory: usize,
    /// The next sector expected from hadris.
    next_from_hadris: u64,
    /// The next sector of the image. It is ahead of `next_from_hadris` if a chunk contained more than hadris has sent.
    next_in_image: u64,
    sector_count: u64,
    /// Blocks that have not been sent to the writer yet.
    pending: Vec<u8>,
    progress: &'a mut dyn Progress,
    stop: &'a AtomicBool,
    failure: Option<Failure>,
}

impl<'a> Device<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        extents: &'a Extents<'a>,
        size: u64,
        application_use: &'a ApplicationUse,
        channels: Channels,
        progress: &'a mut dyn Progress,
        stop: &'a AtomicBool,
    ) -> Self {
        Self {
            digests: vec![None; plan.entries.len()],
            plan,
            extents,
            application_use,
            channels,
            next_file: 0,
            current: None,
            image: Hasher::default(),
            late: Vec::new(),
            next_directory: 0,
            next_from_hadris: 0,
            next_in_image: 0,
            sector_count: size / SECTOR_LENGTH,
            pending: Vec::new(),
            progress,
            stop,
            failure: None,
        }
    }

    /// Why writing stopped: the device's own failure, or else `default`.
    pub(super) fn into_failure(self, default: impl FnOnce() -> Failure) -> Failure {
        self.failure.unwrap_or_else(default)
    }

    /// Completes the pass after the last block.
    ///
    /// # Errors
    /// The device's own failure, or [`Failure::Bug`] if anything is missing in the image.
    pub(super) fn finish(mut self) -> Result<PassDigests, Failure> {
        let bug = |what: &str| Err(Failure::Bug(what.to_owned()));
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if self.next_in_image != self.sector_count || self.next_from_hadris != self.sector_count {
            return bug("the image ended early");
        }
        if self.next_directory != self.extents.directories.len() {
            return bug("a directory was not written");
        }
        let with_digests = self.extents.late.iter().filter(|late| has_digests(self.plan, late.entry)).count();
        if self.digests.iter().filter(|digest| digest.is_some()).count() != self.extents.files.len() + with_digests {
            return bug("a file was not written");
        }
        self.send_pending()?;
        let mut late = self.extents.late.iter().zip(self.late);
        let list = late.find(|(late, _)| matches!(self.plan.entries[late.entry].content, Content::Checksums));
        let checksums = list.map(|(_, bytes)| bytes).unwrap_or_default();
        let mut list = Hasher::default();
        list.update(&checksums);
        Ok(PassDigests { image: self.image, files: self.digests, list: list.finish(), checksums })
    }

    /// Takes blocks from hadris. `first` is their first sector.
    fn receive(&mut self, first: u64, blocks: &[u8]) -> Result<(), Failure> {
        if first != self.next_from_hadris {
            return Err(Failure::Bug(format!(
                "expected sector {} from hadris, received {first}",
                self.next_from_hadris
            )));
        }
        self.next_from_hadris += blocks.len() as u64 / SECTOR_LENGTH;
        while self.next_in_image < self.next_from_hadris {
            if self.stop.load(Ordering::Relaxed) {
                return Err(Failure::Interrupted);
            }
            match self.next_file_sector() {
                Some(start) if start <= self.next_in_image => self.receive_chunk()?,
                next => {
                    let end = next.map_or(self.next_from_hadris, |start| start.min(self.next_from_hadris));
                    let offset = |sector: u64| ((sector - first) * SECTOR_LENGTH) as usize;
                    // A copy, because some blocks are patched. It stays in the processor's cache.
                    let mut blocks = blocks[offset(self.next_in_image)..offset(end)].to_vec();
                    self.process_metadata(&mut blocks)?;
                }
            }
        }
        Ok(())
    }

    /// The sector where the next file data goes; within a file, the current sector.
    fn next_file_sector(&self) -> Option<u64> {
        match &self.current {
            Some(_) => Some(self.next_in_image),
            None => self.extents.files.get(self.next_file).map(|(sector, _)| *sector),
        }
    }

    /// Takes the next chunk of file data from the reader, hashes it and sends it to the writer.
    fn receive_chunk(&mut self) -> Result<(), Failure> {
        let chunk = self.channels.chunks.recv().map_err(|_| Failure::Bug("the files ended early".to_owned()))??;
        if chunk.first_sector != self.next_in_image {
            let (expected, actual) = (self.next_in_image, chunk.first_sector);
            return Err(Failure::Bug(format!("expected file data for sector {expected}, received {actual}")));
        }
        self.send_pending()?;
        for slice in &chunk.slices {
            self.hash_slice(&chunk, slice)?;
        }
        self.next_in_image += chunk.filled as u64 / SECTOR_LENGTH;
        let last_file = chunk.slices.last().map(|slice| self.plan.entries[slice.entry].path.name());
        self.progress.advance(chunk.filled as u64, last_file);
        self.send(OutputBuffer { buffer: chunk.buffer, filled: chunk.filled, reuse: true })
    }

    /// Hashes the data of one file in a chunk, for the file and the image.
    fn hash_slice(&mut self, chunk: &FileChunk, slice: &FileSlice) -> Result<(), Failure> {
        let path = &self.plan.entries[slice.entry].path;
        let mut current = match self.current.take() {
            Some(current) => current,
            None => self.start_file(slice.entry, chunk.first_sector + slice.offset as u64 / SECTOR_LENGTH)?,
        };
        if current.entry != slice.entry || current.remaining < slice.length as u64 {
            return Err(Failure::Bug(format!("`{path}` was read out of order")));
        }
        let end = slice.offset + slice.length;
        Hasher::update_both(&mut self.image, &mut current.hasher, &chunk.buffer[slice.offset..end]);
        self.image.update(&chunk.buffer[end..end.next_multiple_of(SECTOR_LENGTH as usize)]);
        current.remaining -= slice.length as u64;
        match (current.remaining, slice.is_last) {
            (0, true) => self.digests[current.entry] = Some(current.hasher.finish()),
            (0, false) | (_, true) => {
                return Err(Failure::Bug(format!("`{path}` does not have its planned length")));
            }
            (_, false) => self.current = Some(current),
        }
        Ok(())
    }

    /// Starts hashing the next file, which must be the entry at this sector.
    fn start_file(&mut self, entry: usize, sector: u64) -> Result<CurrentFile, Failure> {
        if self.extents.files.get(self.next_file) != Some(&(sector, entry)) {
            let path = &self.plan.entries[entry].path;
            return Err(Failure::Bug(format!("`{path}` was read for sector {sector}, which is not its extent")));
        }
        self.next_file += 1;
        Ok(CurrentFile { entry, remaining: self.plan.entries[entry].length, hasher: Hasher::default() })
    }

    /// Patches, hashes and sends blocks that are not file data. The first block is the current sector.
    fn process_metadata(&mut self, blocks: &mut [u8]) -> Result<(), Failure> {
        let first = self.next_in_image;
        let count = blocks.len() as u64 / SECTOR_LENGTH;
        if (first..first + count).contains(&FIRST_DESCRIPTOR_SECTOR) {
            let descriptors = &mut blocks[((FIRST_DESCRIPTOR_SECTOR - first) * SECTOR_LENGTH) as usize..];
            patch_descriptors(descriptors, self.application_use);
        }
        // hadris writes a directory with one call, so `blocks` contains all of it, and nothing else.
        if let Some(directory) = self.extents.directories.get(self.next_directory)
            && directory.sector == first
        {
            let extents = self.extents.of_directory(self.plan, *directory);
            if patch_records(blocks, &extents) != extents.len() {
                return Err(Failure::Bug(format!("the directory at sector {first} does not list the planned files")));
            }
            self.next_directory += 1;
        }
        self.insert_late_files(first, blocks)?;
        self.image.update(blocks);
        self.pending.extend_from_slice(blocks);
        self.next_in_image += count;
        self.progress.advance(blocks.len() as u64, None);
        if self.pending.len() >= BUFFER_LENGTH { self.send_pending() } else { Ok(()) }
    }

    /// Copies the late files into those blocks that belong to their extents.
    fn insert_late_files(&mut self, first: u64, blocks: &mut [u8]) -> Result<(), Failure> {
        let (start, end) = (first * SECTOR_LENGTH, first * SECTOR_LENGTH + blocks.len() as u64);
        for (number, late) in self.extents.late.iter().enumerate() {
            let place = late.bytes();
            if end <= place.start || place.end <= start {
                continue;
            }
            if self.late.is_empty() {
                self.late = self.make_late_files()?;
            }
            let (from, to) = (start.max(place.start), end.min(place.end));
            blocks[(from - start) as usize..(to - start) as usize]
                .copy_from_slice(&self.late[number][(from - place.start) as usize..(to - place.start) as usize]);
        }
        Ok(())
    }

    /// The bytes of the late files. Each is made from those before it.
    fn make_late_files(&mut self) -> Result<Vec<Vec<u8>>, Failure> {
        let mut files: Vec<Vec<u8>> = Vec::new();
        // The checksum list comes before its signature and its timestamp.
        let mut list_number = 0;
        for late in &self.extents.late {
            let list = files.get(list_number).map_or(&[][..], Vec::as_slice);
            let Plan { signature, timestamp, .. } = self.plan;
            let bytes = match (&self.plan.entries[late.entry].content, signature, timestamp) {
                (Content::WithDigests { text, digests_of }, ..) => {
                    let filled =
                        self.plan.fill_in_digests(text, digests_of, &|entry| Some(self.digest(entry)?.to_string()));
                    let filled = filled.map_err(Failure::Bug)?;
                    self.digests[late.entry] = Some(Digest::of(&filled));
                    filled
                }
                (Content::Signature, Some(signature), _) => signature.sign(list).map_err(Failure::Signature)?,
                (Content::Timestamp, _, Some(stamp)) => stamp.for_list(list).map_err(Failure::Timestamp)?,
                _ => {
                    list_number = files.len();
                    self.format_list(late.length)?
                }
            };
            if bytes.len() as u64 != late.length {
                let path = &self.plan.entries[late.entry].path;
                return Err(Failure::Bug(format!("`{path}` does not have its planned length")));
            }
            files.push(bytes);
        }
        Ok(files)
    }

    /// The digest of an entry that has been written.
    fn digest(&self, entry: usize) -> Option<Digest> {
        let is_empty = self.plan.entries[entry].length == 0;
        self.digests[entry].or_else(|| is_empty.then(|| Hasher::default().finish()))
    }

    /// The text of the checksum list, which has this length.
    fn format_list(&self, length: u64) -> Result<Vec<u8>, Failure> {
        let mut list = Vec::with_capacity(length as usize);
        for (path, entry) in self.plan.checksum_order() {
            let digest = self.digest(entry).ok_or_else(|| Failure::Bug(format!("`{path}` has no digest")))?;
            list.extend_from_slice(checksum::format_line(digest, path.as_str()).as_bytes());
        }
        Ok(list)
    }

    fn send_pending(&mut self) -> Result<(), Failure> {
        let buffer = std::mem::take(&mut self.pending);
        if buffer.is_empty() {
            return Ok(());
        }
        let filled = buffer.len();
        self.send(OutputBuffer { buffer, filled, reuse: false })
    }

    /// Sends bytes to the writer. The error here only says that the writer has stopped; the writer reports the reason.
    fn send(&mut self, output: OutputBuffer) -> Result<(), Failure> {
        self.channels.output.send(output).map_err(|_| Failure::Output(std::io::ErrorKind::BrokenPipe.into()))
    }
}

fn has_digests(plan: &Plan, entry: usize) -> bool {
    matches!(plan.entries[entry].content, Content::WithDigests { .. })
}

impl ErrorType for Device<'_> {
    type Error = Infallible;
}

impl BlockDevice for Device<'_> {
    fn block_size(&self) -> BlockSize {
        const SIZE: BlockSize = match BlockSize::new(SECTOR_LENGTH as u32) {
            Some(size) => size,
            None => unreachable!(),
        };
        SIZE
    }

    fn block_count(&self) -> u64 {
        self.sector_count
    }

    fn writable(&self) -> bool {
        true
    }

    fn read_blocks(&mut self, _: BlockIndex, _: &mut [u8]) -> Result<(), Error<Infallible>> {
        Err(Error::new(ErrorKind::Unsupported, "the device is write-only"))
    }

    fn write_blocks(&mut self, first: BlockIndex, buf: &[u8]) -> Result<(), Error<Infallible>> {
        self.receive(first.get(), buf).map_err(|failure| {
            self.failure = Some(failure);
            Error::new(ErrorKind::Io, "the device has stored the reason")
        })
    }

    fn flush(&mut self) -> Result<(), Error<Infallible>> {
        Ok(())
    }
}
