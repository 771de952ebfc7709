//! What hadris takes for a block device: every block of the image goes by here once, in order.
//!
//! Where the extent of a file is due, the runs that `filler` has ready take the place of what hadris
//! sends. On the way each file and the image are hashed, and three things are set that hadris leaves
//! open: the application-use area, and the place and the bytes of the checksum list. The list is known
//! only when all else has gone by, so its extent is the last before the padding, and the records that
//! name it are pointed there.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};

use hadris_fs::Report;
use hadris_io::{Error, ErrorKind, ErrorType};
use hadris_storage::{BlockIndex, BlockSize, sync::BlockDevice};

use super::drain::Portion;
use super::filler::{BUFFER, Run};
use super::{Failure, SECTOR};
use crate::checksum::{self, Digest, Hasher};
use crate::media_check::{APPLICATION_USE, Area};
use crate::plan::{Content, Plan};
use crate::progress::Progress;

/// Where the first volume descriptor is (ECMA-119 6.2.1).
const FIRST_DESCRIPTOR: u64 = 16;
/// The root directory's record in a volume descriptor (ECMA-119 8.4.18).
const ROOT_RECORD: usize = 156;

/// Where the bytes of entries lie.
pub(super) struct Extents {
    /// First sector and number of the entry, ascending.
    pub(super) files: Vec<(u64, usize)>,
    list_start: u64,
    list_length: u64,
}

impl Extents {
    /// Takes the extents out of hadris' report. The parts of a file of 4 GiB and more follow each
    /// other without a gap, so the first sector tells all.
    pub(super) fn of(plan: &Plan, report: &Report, list_start: u64, list_length: u64) -> Result<Self, Failure> {
        let mut files = Vec::with_capacity(plan.entries.len());
        for (number, entry) in plan.entries.iter().enumerate() {
            if matches!(entry.content, Content::Checksums) || entry.length == 0 {
                continue;
            }
            // Links share the extent; hadris reports it under each name.
            let extents = report.extents(format!("/{}", entry.path)).or_else(|| report.extents(entry.path.as_str()));
            let extents = extents.unwrap_or_default();
            let length: u64 = extents.iter().map(hadris_fs::Extent::len).sum();
            let joined = extents.windows(2).all(|pair| pair[0].end() == pair[1].offset());
            match extents.first() {
                Some(first) if length == entry.length && joined => files.push((first.offset() / SECTOR, number)),
                _ => return Err(Failure::Fault(format!("`{}` has no extent of its length", entry.path))),
            }
        }
        files.sort_unstable();
        Ok(Self { files, list_start, list_length })
    }
}

/// The file whose blocks are going by.
struct Current {
    entry: usize,
    left: u64,
    hasher: Hasher,
}

/// What was hashed in a pass.
pub(super) struct Written {
    /// The digest of the image.
    pub(super) image: Digest,
    /// The digests of the files that are not empty, by entry.
    pub(super) files: Vec<Option<Digest>>,
    /// Of the checksum list.
    pub(super) list: Digest,
    /// The checksum list itself.
    pub(super) checksums: Vec<u8>,
}

/// What the device is connected to.
pub(super) struct Pipes {
    /// The files' bytes.
    pub(super) runs: Receiver<Result<Run, Failure>>,
    /// The image's.
    pub(super) portions: SyncSender<Portion>,
}

/// The device.
pub(super) struct Device<'a> {
    plan: &'a Plan,
    extents: &'a Extents,
    application_use: &'a Area,
    pipes: Pipes,
    /// The next of `extents.files`.
    next_file: usize,
    current: Option<Current>,
    image: Hasher,
    /// By entry.
    digests: Vec<Option<Digest>>,
    list: Vec<u8>,
    /// First sectors of the root directories, by the identifier that the list has in each.
    roots: Vec<(u64, Vec<u8>)>,
    patched: usize,
    /// The next sector that hadris is to send.
    sent: u64,
    /// The next sector of the image; before the other where a file's run went ahead.
    sector: u64,
    sectors: u64,
    /// Blocks that are not with `drain` yet.
    pending: Vec<u8>,
    progress: &'a mut dyn Progress,
    stop: &'a AtomicBool,
    failure: Option<Failure>,
}

impl<'a> Device<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        extents: &'a Extents,
        size: u64,
        application_use: &'a Area,
        pipes: Pipes,
        progress: &'a mut dyn Progress,
        stop: &'a AtomicBool,
    ) -> Self {
        Self {
            digests: vec![None; plan.entries.len()],
            plan,
            extents,
            application_use,
            pipes,
            next_file: 0,
            current: None,
            image: Hasher::default(),
            list: Vec::new(),
            roots: Vec::new(),
            patched: 0,
            sent: 0,
            sector: 0,
            sectors: size / SECTOR,
            pending: Vec::new(),
            progress,
            stop,
            failure: None,
        }
    }

    /// The reason why writing stopped: the device's own, or else the caller's.
    pub(super) fn failure(self, other: impl FnOnce() -> Failure) -> Failure {
        self.failure.unwrap_or_else(other)
    }

    /// The digests, once every block has gone by.
    pub(super) fn finish(mut self) -> Result<Written, Failure> {
        let fault = |what: &str| Err(Failure::Fault(what.to_owned()));
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if self.sector != self.sectors || self.sent != self.sectors {
            return fault("the image ended early");
        }
        if self.roots.len() != 2 || self.patched != 2 {
            return fault("a root directory does not name the checksum list");
        }
        if self.digests.iter().filter(|digest| digest.is_some()).count() != self.extents.files.len() {
            return fault("a file was not written");
        }
        self.hand_on_pending()?;
        let mut list = Hasher::default();
        list.update(&self.list);
        Ok(Written { image: self.image.finish(), files: self.digests, list: list.finish(), checksums: self.list })
    }

    /// Takes the blocks from `first` on, as hadris has them.
    fn take(&mut self, first: u64, blocks: &[u8]) -> Result<(), Failure> {
        if first != self.sent {
            return Err(Failure::Fault(format!("sector {first} came where {} was due", self.sent)));
        }
        self.sent += blocks.len() as u64 / SECTOR;
        while self.sector < self.sent {
            if self.stop.load(Ordering::Relaxed) {
                return Err(Failure::Interrupted);
            }
            match self.next_file() {
                Some(start) if start <= self.sector => self.run()?,
                next => {
                    let end = next.map_or(self.sent, |start| start.min(self.sent));
                    let part = |sector: u64| ((sector - first) * SECTOR) as usize;
                    // A copy, as some blocks are changed; it stays in the cache of the processor.
                    let mut part = blocks[part(self.sector)..part(end)].to_vec();
                    self.blocks(&mut part)?;
                }
            }
        }
        Ok(())
    }

    /// The first sector of the next file, or the one that is due if a file is on its way.
    fn next_file(&self) -> Option<u64> {
        match &self.current {
            Some(_) => Some(self.sector),
            None => self.extents.files.get(self.next_file).map(|(start, _)| *start),
        }
    }

    /// Takes the next run of files' bytes.
    fn run(&mut self) -> Result<(), Failure> {
        let run = self.pipes.runs.recv().map_err(|_| Failure::Fault("the files ended early".to_owned()))??;
        if run.start != self.sector {
            let message = format!("a file was read for sector {} where {} was due", run.start, self.sector);
            return Err(Failure::Fault(message));
        }
        self.hand_on_pending()?;
        let mut name = None;
        for piece in &run.pieces {
            let mut current = match self.current.take() {
                Some(current) => current,
                None => self.begin(piece.entry, run.start + piece.from as u64 / SECTOR)?,
            };
            if current.entry != piece.entry || current.left < piece.length as u64 {
                return Err(Failure::Fault(format!("`{}` was read out of turn", self.plan.entries[piece.entry].path)));
            }
            let end = piece.from + piece.length;
            Hasher::update_both(&mut self.image, &mut current.hasher, &run.buffer[piece.from..end]);
            self.image.update(&run.buffer[end..end.next_multiple_of(SECTOR as usize)]);
            current.left -= piece.length as u64;
            name = Some(piece.entry);
            match (current.left, piece.ends) {
                (0, true) => self.digests[current.entry] = Some(current.hasher.finish()),
                (0, false) | (_, true) => {
                    let path = &self.plan.entries[piece.entry].path;
                    return Err(Failure::Fault(format!("`{path}` has another length than planned")));
                }
                (_, false) => self.current = Some(current),
            }
        }
        self.sector += run.filled as u64 / SECTOR;
        self.progress.advance(run.filled as u64, name.map(|entry| self.plan.entries[entry].path.name()));
        self.hand_on(Portion { buffer: run.buffer, filled: run.filled, again: true })
    }

    /// Begins the next file, which must be this one, here.
    fn begin(&mut self, entry: usize, sector: u64) -> Result<Current, Failure> {
        if self.extents.files.get(self.next_file) != Some(&(sector, entry)) {
            return Err(Failure::Fault(format!("`{}` came at sector {sector}", self.plan.entries[entry].path)));
        }
        self.next_file += 1;
        Ok(Current { entry, left: self.plan.entries[entry].length, hasher: Hasher::default() })
    }

    /// Takes blocks that are no file's, from the sector that is due on.
    fn blocks(&mut self, blocks: &mut [u8]) -> Result<(), Failure> {
        let first = self.sector;
        let sectors = blocks.len() as u64 / SECTOR;
        if first <= FIRST_DESCRIPTOR && FIRST_DESCRIPTOR < first + sectors {
            self.descriptors(&mut blocks[((FIRST_DESCRIPTOR - first) * SECTOR) as usize..]);
        }
        self.point_to_list(first, blocks);
        self.insert_list(first, blocks)?;
        self.image.update(blocks);
        self.pending.extend_from_slice(blocks);
        self.sector += sectors;
        self.progress.advance(blocks.len() as u64, None);
        if self.pending.len() >= BUFFER { self.hand_on_pending() } else { Ok(()) }
    }

    fn hand_on_pending(&mut self) -> Result<(), Failure> {
        let buffer = std::mem::take(&mut self.pending);
        if buffer.is_empty() {
            return Ok(());
        }
        let filled = buffer.len();
        self.hand_on(Portion { buffer, filled, again: false })
    }

    /// Gives bytes to `drain`, which tells why if it takes no more.
    fn hand_on(&mut self, portion: Portion) -> Result<(), Failure> {
        self.pipes.portions.send(portion).map_err(|_| Failure::Output(std::io::ErrorKind::BrokenPipe.into()))
    }

    /// Notes where the root directories are, and fills the application-use area.
    fn descriptors(&mut self, blocks: &mut [u8]) {
        let name =
            self.plan.entries.iter().find(|e| matches!(e.content, Content::Checksums)).map_or("", |e| e.path.as_str());
        for descriptor in blocks.chunks_exact_mut(SECTOR as usize) {
            let identifier = match descriptor[0] {
                1 => {
                    descriptor[APPLICATION_USE].copy_from_slice(self.application_use);
                    let dot = if name.contains('.') { "" } else { "." };
                    format!("{name}{dot};1").to_ascii_uppercase().into_bytes()
                }
                2 => name.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                255 => return,
                _ => continue,
            };
            let extent = u32::from_le_bytes(field(descriptor, ROOT_RECORD + 2));
            self.roots.push((u64::from(extent), identifier));
        }
    }

    /// Points the list's records at its extent, in a root directory that starts here.
    ///
    /// hadris writes a directory in one piece, so it is whole when its first sector comes.
    fn point_to_list(&mut self, first: u64, blocks: &mut [u8]) {
        let Some((_, identifier)) = self.roots.iter().find(|(root, _)| *root == first) else {
            return;
        };
        let (start, length) = (self.extents.list_start as u32, self.extents.list_length as u32);
        let mut at = 0;
        while at + 33 < blocks.len() {
            let record = usize::from(blocks[at]);
            if record == 0 {
                // The rest of a sector that no record fits (ECMA-119 6.8.1.1).
                at = (at / SECTOR as usize + 1) * SECTOR as usize;
                continue;
            }
            let name = at + 33..at + 33 + usize::from(blocks[at + 32]);
            if blocks.get(name) == Some(identifier.as_slice()) {
                blocks[at + 2..at + 6].copy_from_slice(&start.to_le_bytes());
                blocks[at + 6..at + 10].copy_from_slice(&start.to_be_bytes());
                blocks[at + 10..at + 14].copy_from_slice(&length.to_le_bytes());
                blocks[at + 14..at + 18].copy_from_slice(&length.to_be_bytes());
                self.patched += 1;
                return;
            }
            at += record;
        }
    }

    /// Puts the list into the blocks that are its extent.
    fn insert_list(&mut self, first: u64, blocks: &mut [u8]) -> Result<(), Failure> {
        let (start, end) = (first * SECTOR, first * SECTOR + blocks.len() as u64);
        let list = self.extents.list_start * SECTOR..self.extents.list_start * SECTOR + self.extents.list_length;
        if end <= list.start || list.end <= start {
            return Ok(());
        }
        if self.list.is_empty() {
            for (path, entry) in self.plan.checksum_order() {
                let digest = match self.digests[entry] {
                    Some(digest) => digest,
                    None if self.plan.entries[entry].length == 0 => Hasher::default().finish(),
                    None => return Err(Failure::Fault(format!("`{path}` has no digest"))),
                };
                self.list.extend_from_slice(checksum::line(digest, path.as_str()).as_bytes());
            }
            if self.list.len() as u64 != self.extents.list_length {
                return Err(Failure::Fault("the checksum list has another length than planned".to_owned()));
            }
        }
        let (from, to) = (start.max(list.start), end.min(list.end));
        blocks[(from - start) as usize..(to - start) as usize]
            .copy_from_slice(&self.list[(from - list.start) as usize..(to - list.start) as usize]);
        Ok(())
    }
}

/// Four bytes of a structure.
fn field(bytes: &[u8], at: usize) -> [u8; 4] {
    [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
}

impl ErrorType for Device<'_> {
    type Error = Infallible;
}

impl BlockDevice for Device<'_> {
    fn block_size(&self) -> BlockSize {
        const SIZE: BlockSize = match BlockSize::new(SECTOR as u32) {
            Some(size) => size,
            None => unreachable!(),
        };
        SIZE
    }

    fn block_count(&self) -> u64 {
        self.sectors
    }

    fn writable(&self) -> bool {
        true
    }

    fn read_blocks(&mut self, _: BlockIndex, _: &mut [u8]) -> Result<(), Error<Infallible>> {
        Err(Error::new(ErrorKind::Unsupported, "blocks go by once"))
    }

    fn write_blocks(&mut self, first: BlockIndex, buf: &[u8]) -> Result<(), Error<Infallible>> {
        self.take(first.get(), buf).map_err(|failure| {
            self.failure = Some(failure);
            Error::new(ErrorKind::Io, "see the device's failure")
        })
    }

    fn flush(&mut self) -> Result<(), Error<Infallible>> {
        Ok(())
    }
}
