//! Has the bytes of files ready before the writer wants them, in the order of their extents, in buffers that
//! are used again: reads the sources, unpacks what was generated.
//!
//! A run of bytes is a stretch of the image: a part of a long file, or many short ones with the zeros
//! between them.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender};

use super::{Failure, SECTOR};
use crate::catalogue::{Reading, Stamp};
use crate::packed::Packed;
use crate::plan::{Content, Plan};

/// Bytes of a buffer. All of them fit the processor's caches: with larger ones copying takes twice as long.
pub(super) const BUFFER: usize = 256 << 10;

/// How many buffers there are.
pub(super) const BUFFERS: usize = 8;

/// A stretch of the image that files fill.
pub(super) struct Run {
    /// Its first sector.
    pub(super) start: u64,
    /// Its bytes, `filled` of them, whole sectors.
    pub(super) buffer: Vec<u8>,
    pub(super) filled: usize,
    /// What of it are bytes of files, in their order.
    pub(super) pieces: Vec<Piece>,
}

impl Run {
    /// Room for the next bytes of an entry, with zeros after it to the end of its sector.
    fn piece(&mut self, entry: usize, length: usize, ends: bool) -> &mut [u8] {
        let from = self.filled;
        self.filled += length.next_multiple_of(SECTOR as usize);
        self.buffer[from + length..self.filled].fill(0);
        self.pieces.push(Piece { entry, from, length, ends });
        &mut self.buffer[from..from + length]
    }
}

/// Bytes of one file in a run.
pub(super) struct Piece {
    pub(super) entry: usize,
    /// Where they begin in the run.
    pub(super) from: usize,
    pub(super) length: usize,
    /// Whether they are the file's last.
    pub(super) ends: bool,
}

/// Fills buffers and hands them on, until all files are read, one fails, or nobody takes more.
///
/// `files` are the first sectors of extents with the number of their entry, ascending.
pub(super) fn fill(
    plan: &Plan,
    files: &[(u64, usize)],
    buffers: &Receiver<Vec<u8>>,
    runs: &SyncSender<Result<Run, Failure>>,
) {
    let mut filler = Filler { run: None, buffers, runs };
    for (start, entry) in files {
        let entry_of = &plan.entries[*entry];
        let (filled, name) = match &entry_of.content {
            Content::Source { path, written, stamp } => {
                (filler.source(*start, *entry, entry_of.length, path, stamp), &**written)
            }
            Content::Generated(bytes) => (filler.generated(*start, *entry, bytes), entry_of.path.as_str()),
            Content::Checksums => continue,
        };
        match filled {
            Ok(()) => {}
            Err(Stop::Source(reason)) => {
                let _ = runs.send(Err(Failure::Source { file: name.to_owned(), reason }));
                return;
            }
            Err(Stop::Fault(error)) => {
                let _ = runs.send(Err(Failure::Fault(format!("`{name}`: {error}"))));
                return;
            }
            Err(Stop::NobodyListens) => return,
        }
    }
    let _ = filler.hand_on();
}

/// Why no more is read.
enum Stop {
    /// A source cannot be read, or was changed: what happened.
    Source(String),
    /// What was generated is lost.
    Fault(String),
    /// The writer has ended.
    NobodyListens,
}

struct Filler<'f> {
    run: Option<Run>,
    buffers: &'f Receiver<Vec<u8>>,
    runs: &'f SyncSender<Result<Run, Failure>>,
}

impl Filler<'_> {
    fn source(&mut self, start: u64, entry: usize, length: u64, path: &Path, stamp: &Stamp) -> Result<(), Stop> {
        let mut reading = Reading::begin(path, stamp).map_err(Stop::Source)?;
        let (mut sector, mut left) = (start, length);
        while left > 0 {
            let run = self.run_at(sector)?;
            let take = left.min((BUFFER - run.filled) as u64) as usize;
            left -= take as u64;
            reading.fill(run.piece(entry, take, left == 0)).map_err(Stop::Source)?;
            sector += (take as u64).div_ceil(SECTOR);
        }
        reading.end().map_err(Stop::Source)
    }

    fn generated(&mut self, start: u64, entry: usize, packed: &Packed) -> Result<(), Stop> {
        let (mut sector, mut left) = (start, packed.length());
        for unpacked in packed.pieces() {
            let unpacked = unpacked.map_err(|error| Stop::Fault(error.to_string()))?;
            let mut unpacked = unpacked.as_slice();
            while !unpacked.is_empty() {
                let run = self.run_at(sector)?;
                let (now, later) = unpacked.split_at(unpacked.len().min(BUFFER - run.filled));
                left -= now.len() as u64;
                run.piece(entry, now.len(), left == 0).copy_from_slice(now);
                sector += (now.len() as u64).div_ceil(SECTOR);
                unpacked = later;
            }
        }
        Ok(())
    }

    /// The run that has room for what is at `sector`.
    fn run_at(&mut self, sector: u64) -> Result<&mut Run, Stop> {
        let follows = |run: &Run| run.start + run.filled as u64 / SECTOR == sector && run.filled < BUFFER;
        if !self.run.as_ref().is_some_and(follows) {
            self.hand_on()?;
            let buffer = self.buffers.recv().map_err(|_| Stop::NobodyListens)?;
            self.run = Some(Run { start: sector, buffer, filled: 0, pieces: Vec::new() });
        }
        self.run.as_mut().ok_or(Stop::NobodyListens)
    }

    fn hand_on(&mut self) -> Result<(), Stop> {
        match self.run.take() {
            Some(run) => self.runs.send(Ok(run)).map_err(|_| Stop::NobodyListens),
            None => Ok(()),
        }
    }
}
