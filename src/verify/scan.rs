//! Reads all bytes of a volume once, in order. Computes the digests of each file and of the whole volume, and the media
//! check. Reports bytes that nothing owns and that are not zero.

use std::io::{Read, Seek};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use super::Interrupted;
use super::descriptors;
use super::namespace::NameSource;
use super::ownership::{OwnedRange, Owner, report_stray_bytes};
use super::pages;
use super::requirement::Requirement;
use super::sector_reader::{SECTOR_LENGTH, SectorReader};
use super::verdict::{Basis, Problem, Problems};
use crate::checksum::{Digest, Hasher};
use crate::media_check::{ApplicationUse, MediaCheckHasher};
use crate::progress::Progress;

/// Sectors of zeros at the end of the volume, because drives may fail to read the last sectors of a burned disc.
pub(super) const PADDING_SECTORS: u64 = 150;

/// The message if the padding has other bytes.
pub(super) const PADDING_NOT_ZERO: &str = "the padding at the end of the volume is not zero";

/// Bytes read at a time.
const CHUNK_BYTES: u64 = 1 << 20;
/// How many chunks may be waiting for the thread that hashes the whole volume.
const MAX_CHUNKS: usize = 4;

/// Contents that are stored once on the disc, and all paths that lead to them.
#[derive(Debug, Default)]
pub(super) struct StoredFile {
    pub(super) paths: Vec<String>,
    /// For each path, the trees that contain it, as bits: bit 0 is the first tree.
    pub(super) trees: Vec<u8>,
    /// For each path, where it comes from.
    pub(super) sources: Vec<NameSource>,
    /// The first sector of each extent, and its length in bytes.
    pub(super) extents: Vec<(u32, u64)>,
    /// The length of all extents together, in bytes.
    pub(super) length: u64,
    /// The digest of its bytes, if they are in a structure instead of in extents.
    pub(super) embedded: Option<Digest>,
}

/// What to scan.
pub(super) struct ScanInput<'v> {
    /// How many bytes to read.
    pub(super) length: u64,
    /// In ascending order, without overlaps.
    pub(super) ranges: &'v [OwnedRange],
    /// The files that the ranges refer to.
    pub(super) files: &'v [StoredFile],
    pub(super) has_media_check: bool,
}

#[derive(Debug)]
pub(super) struct Scan {
    /// By stored file; `None` if not all of its bytes are in the volume.
    pub(super) digests: Vec<Option<Digest>>,
    /// The digest of everything that was read.
    pub(super) image_digest: Digest,
    /// The application-use area that the volume should have, if it has a media check.
    pub(super) application_use: Option<ApplicationUse>,
}

/// Scans a volume. `on_page` receives the number and the bytes of every page of the launcher.
pub(super) fn scan<R: Read + Seek>(
    reader: &mut SectorReader<'_, R>,
    input: &ScanInput<'_>,
    on_page: &mut dyn FnMut(usize, &[u8]),
    progress: &mut dyn Progress,
    stop: &AtomicBool,
    problems: &mut Problems,
) -> Result<Scan, Interrupted> {
    let length = input.length;
    let mut files = FileHasher::new(input.files, on_page);
    let mut gaps = GapChecker { first: None, last: 0, problems, volume_length: length };
    progress.begin(length);
    // The whole volume is hashed in a separate thread, at the same time as the files.
    let (image_digest, application_use) = std::thread::scope(|scope| {
        let (to_hasher, chunks) = mpsc::sync_channel::<Chunk>(MAX_CHUNKS);
        let (give_back, empty_buffers) = mpsc::channel();
        let media_check = input.has_media_check.then(|| MediaCheckHasher::new(length));
        let hasher = scope.spawn(move || hash_chunks(chunks, give_back, media_check));
        let mut buffers_made = 0;
        let mut next_range = 0;
        let mut at = 0;
        while at < length {
            if stop.load(Ordering::Relaxed) {
                return Err(Interrupted);
            }
            let filled = CHUNK_BYTES.min(length - at) as usize;
            let mut buffer = if buffers_made < MAX_CHUNKS {
                buffers_made += 1;
                vec![0; CHUNK_BYTES.min(length) as usize]
            } else {
                empty_buffers.recv().map_err(|_| Interrupted)?
            };
            reader.fill(at / SECTOR_LENGTH, &mut buffer[..filled]);
            next_range = distribute(&buffer[..filled], at, input.ranges, next_range, &mut files, &mut gaps);
            at += filled as u64;
            progress.advance(filled as u64, None);
            to_hasher.send(Chunk { buffer, filled }).map_err(|_| Interrupted)?;
        }
        gaps.end_gap(true);
        drop(to_hasher);
        hasher.join().map_err(|_| Interrupted)
    })?;
    progress.end();
    Ok(Scan { digests: files.digests, image_digest, application_use })
}

/// A buffer, and how many of its bytes are in use.
struct Chunk {
    buffer: Vec<u8>,
    filled: usize,
}

/// Hashes chunks until there are no more, and gives their buffers back.
fn hash_chunks(
    chunks: Receiver<Chunk>,
    give_back: Sender<Vec<u8>>,
    mut media_check: Option<MediaCheckHasher>,
) -> (Digest, Option<ApplicationUse>) {
    let mut hasher = Hasher::default();
    for Chunk { buffer, filled } in chunks {
        hasher.update(&buffer[..filled]);
        if let Some(media_check) = &mut media_check {
            media_check.update(&buffer[..filled]);
        }
        if give_back.send(buffer).is_err() {
            break;
        }
    }
    (hasher.finish(), media_check.map(MediaCheckHasher::finish))
}

/// Passes the bytes of a chunk to the files that own them, and the others to the gap checker. `next` is
/// the first range that has not ended before the chunk; returns the same for the next chunk.
fn distribute(
    chunk: &[u8],
    chunk_start: u64,
    ranges: &[OwnedRange],
    mut next: usize,
    files: &mut FileHasher<'_>,
    gaps: &mut GapChecker<'_>,
) -> usize {
    let chunk_end = chunk_start + chunk.len() as u64;
    let bytes = |from: u64, to: u64| &chunk[(from - chunk_start) as usize..(to - chunk_start) as usize];
    let mut at = chunk_start;
    while at < chunk_end {
        let Some(range) = ranges.get(next) else {
            gaps.check(bytes(at, chunk_end), at);
            break;
        };
        if range.start > at {
            let end = range.start.min(chunk_end);
            gaps.check(bytes(at, end), at);
            at = end;
            if at == chunk_end {
                break;
            }
        }
        if at == range.start {
            gaps.end_gap(false);
        }
        let end = range.end().min(chunk_end);
        if let Owner::File(file, extent) = range.owner {
            files.update(file as usize, extent as usize, range, at, bytes(at, end));
        }
        at = end;
        if range.end() <= chunk_end {
            next += 1;
        }
    }
    next
}

/// The file that is being hashed.
struct OpenFile {
    number: usize,
    /// The extent whose bytes come next.
    extent: usize,
    hasher: Hasher,
    /// The bytes, if it is a page.
    html: Option<Vec<u8>>,
}

/// Hashes files, one after the other.
struct FileHasher<'s> {
    files: &'s [StoredFile],
    open: Option<OpenFile>,
    /// By file.
    digests: Vec<Option<Digest>>,
    on_page: &'s mut dyn FnMut(usize, &[u8]),
}

impl<'s> FileHasher<'s> {
    fn new(files: &'s [StoredFile], on_page: &'s mut dyn FnMut(usize, &[u8])) -> Self {
        // An empty file owns no bytes, so it is never opened.
        let known =
            |file: &StoredFile| file.embedded.or_else(|| (file.length == 0).then(|| Hasher::default().finish()));
        let digests = files.iter().map(known).collect();
        Self { files, open: None, digests, on_page }
    }

    /// Adds bytes of an extent of a file.
    fn update(&mut self, number: usize, extent: usize, range: &OwnedRange, at: u64, bytes: &[u8]) {
        if at == range.start && extent == 0 {
            let file = &self.files[number];
            let is_page = file.length <= pages::MAX_PAGE_BYTES && file.paths.iter().any(|path| pages::is_page(path));
            let html = is_page.then(Vec::new);
            self.open = Some(OpenFile { number, extent: 0, hasher: Hasher::default(), html });
        }
        // Extents that do not follow each other have been reported, and such a file gets no digest.
        let Some(open) = self.open.as_mut().filter(|open| open.number == number && open.extent == extent) else {
            return;
        };
        open.hasher.update(bytes);
        if let Some(html) = &mut open.html {
            html.extend_from_slice(bytes);
        }
        if at + bytes.len() as u64 == range.end() {
            open.extent += 1;
            if open.extent == self.files[number].extents.len()
                && let Some(done) = self.open.take()
            {
                self.digests[number] = Some(done.hasher.finish());
                if let Some(html) = done.html {
                    (self.on_page)(number, &html);
                }
            }
        }
    }
}

/// Reports bytes in the gaps between owned ranges that are not zero.
struct GapChecker<'s> {
    /// The first byte of the current gap that is not zero.
    first: Option<u64>,
    /// The last byte of the current gap that is not zero.
    last: u64,
    problems: &'s mut Problems,
    volume_length: u64,
}

impl GapChecker<'_> {
    fn check(&mut self, bytes: &[u8], start: u64) {
        let Some(first) = bytes.iter().position(|byte| *byte != 0) else { return };
        let last = bytes.iter().rposition(|byte| *byte != 0).unwrap_or_default();
        self.first.get_or_insert(start + first as u64);
        self.last = start + last as u64;
    }

    /// `is_last` says whether no range follows, as after the last file.
    fn end_gap(&mut self, is_last: bool) {
        let Some(first) = self.first.take() else { return };
        let padding = PADDING_SECTORS * SECTOR_LENGTH;
        let is_at_end = is_last && first >= descriptors::FIRST_SECTOR * SECTOR_LENGTH;
        if is_at_end && self.last >= self.volume_length.saturating_sub(padding) {
            let sector = self.last / SECTOR_LENGTH;
            self.problems.add(
                Problem::violation(Basis::Convention, Requirement::Padding, PADDING_NOT_ZERO).in_sectors([(sector, 1)]),
            );
        } else {
            report_stray_bytes(first, self.last, self.problems);
        }
    }
}
