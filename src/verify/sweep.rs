//! One pass over all bytes of a volume: the digest of each file and of the whole, the media check,
//! and that nothing is where nothing belongs.

use std::io::{Read, Seek};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use super::Interrupted;
use super::claims::{Claim, Owner, stray};
use super::medium::{Medium, SECTOR};
use super::pages;
use super::verdict::{Problem, Problems};
use crate::checksum::{Digest, Hasher};
use crate::media_check::{Area, MediaCheck};
use crate::progress::Progress;

/// Bytes read at a time.
const CHUNK: u64 = 1 << 20;
/// Chunks under way between the reading and the digest of the whole.
const CHUNKS: usize = 4;

/// What bytes were found under which paths.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) paths: Vec<String>,
    /// First sector and length of each extent.
    pub(super) extents: Vec<(u32, u64)>,
    pub(super) length: u64,
}

/// What the pass gives.
#[derive(Debug)]
pub(super) struct Swept {
    /// By content; none if its bytes are not all in the volume.
    pub(super) digests: Vec<Option<Digest>>,
    pub(super) whole: Digest,
    /// The application-use area that the volume should have.
    pub(super) area: Option<Area>,
}

/// What is read.
pub(super) struct Volume<'v> {
    /// Bytes of it.
    pub(super) bytes: u64,
    /// Who owns which of them.
    pub(super) claims: &'v [Claim],
    pub(super) contents: &'v [Content],
    /// Whether a media check is implanted.
    pub(super) media_check: bool,
}

/// Reads a volume. `page` is given the bytes of every page of the launcher.
pub(super) fn sweep<R: Read + Seek>(
    medium: &mut Medium<'_, R>,
    volume: &Volume<'_>,
    page: &mut dyn FnMut(usize, &[u8]),
    progress: &mut dyn Progress,
    stop: &AtomicBool,
    problems: &mut Problems,
) -> Result<Swept, Interrupted> {
    let Volume { bytes: volume, claims, contents, media_check } = *volume;
    let mut files = Files { contents, open: None, digests: vec![None; contents.len()], page };
    for (number, content) in contents.iter().enumerate() {
        if content.length == 0 {
            files.digests[number] = Some(Hasher::default().finish());
        }
    }
    let mut gaps = Gaps { first: None, last: 0, problems, volume };
    progress.begin(volume);
    // The digest of the whole is computed beside that of the files, where there is a core for it.
    let (whole, area) = std::thread::scope(|scope| {
        let (to_whole, chunks) = mpsc::sync_channel::<(Vec<u8>, usize)>(CHUNKS);
        let (give_back, empty) = mpsc::channel();
        let whole = scope.spawn(move || {
            let mut whole = Hasher::default();
            let mut check = media_check.then(|| MediaCheck::new(volume));
            for (chunk, length) in chunks {
                whole.update(&chunk[..length]);
                if let Some(check) = &mut check {
                    check.update(&chunk[..length]);
                }
                if give_back.send(chunk).is_err() {
                    break;
                }
            }
            (whole.finish(), check.map(MediaCheck::finish))
        });
        let mut made = 0;
        let mut claim = 0;
        let mut at = 0;
        while at < volume {
            if stop.load(Ordering::Relaxed) {
                return Err(Interrupted);
            }
            let length = CHUNK.min(volume - at) as usize;
            let mut chunk = if made < CHUNKS {
                made += 1;
                vec![0; CHUNK.min(volume) as usize]
            } else {
                empty.recv().map_err(|_| Interrupted)?
            };
            medium.fill(at / SECTOR, &mut chunk[..length]);
            claim = distribute(&chunk[..length], at, claims, claim, &mut files, &mut gaps);
            at += length as u64;
            progress.advance(length as u64, None);
            to_whole.send((chunk, length)).map_err(|_| Interrupted)?;
        }
        gaps.end();
        drop(to_whole);
        whole.join().map_err(|_| Interrupted)
    })?;
    progress.end();
    Ok(Swept { digests: files.digests, whole, area })
}

/// Gives the bytes of a chunk to those who own them; gives the number of the next claim.
fn distribute(
    chunk: &[u8],
    start: u64,
    claims: &[Claim],
    mut next: usize,
    files: &mut Files<'_>,
    gaps: &mut Gaps<'_>,
) -> usize {
    let end = start + chunk.len() as u64;
    let mut at = start;
    while at < end {
        let Some(claim) = claims.get(next) else {
            gaps.look(&chunk[(at - start) as usize..], at);
            break;
        };
        if claim.start > at {
            let stop = claim.start.min(end);
            gaps.look(&chunk[(at - start) as usize..(stop - start) as usize], at);
            at = stop;
            if at == end {
                break;
            }
        }
        if at == claim.start {
            gaps.end();
        }
        let stop = claim.end().min(end);
        if let Owner::File(file, part) = claim.owner {
            files.take(file as usize, part as usize, claim, at, &chunk[(at - start) as usize..(stop - start) as usize]);
        }
        at = stop;
        if claim.end() <= end {
            next += 1;
        }
    }
    next
}

/// The content whose bytes are going by.
struct Open {
    content: usize,
    part: usize,
    hasher: Hasher,
    /// The bytes, of a page.
    html: Option<Vec<u8>>,
}

struct Files<'s> {
    contents: &'s [Content],
    open: Option<Open>,
    digests: Vec<Option<Digest>>,
    page: &'s mut dyn FnMut(usize, &[u8]),
}

impl Files<'_> {
    fn take(&mut self, content: usize, part: usize, claim: &Claim, at: u64, bytes: &[u8]) {
        if at == claim.start && part == 0 {
            let about = &self.contents[content];
            let wanted = about.length <= pages::MOST_BYTES && about.paths.iter().any(|path| pages::is_page(path));
            self.open = Some(Open { content, part: 0, hasher: Hasher::default(), html: wanted.then(Vec::new) });
        }
        // Parts that do not follow each other have been reported, and are not put together.
        let Some(open) = self.open.as_mut().filter(|open| open.content == content && open.part == part) else { return };
        open.hasher.update(bytes);
        if let Some(html) = &mut open.html {
            html.extend_from_slice(bytes);
        }
        if at + bytes.len() as u64 == claim.end() {
            open.part += 1;
            if open.part == self.contents[content].extents.len()
                && let Some(done) = self.open.take()
            {
                self.digests[content] = Some(done.hasher.finish());
                if let Some(html) = done.html {
                    (self.page)(content, &html);
                }
            }
        }
    }
}

/// Bytes that nobody owns.
struct Gaps<'s> {
    /// The first byte of this gap that is not zero.
    first: Option<u64>,
    last: u64,
    problems: &'s mut Problems,
    volume: u64,
}

impl Gaps<'_> {
    fn look(&mut self, bytes: &[u8], start: u64) {
        if bytes.iter().all(|byte| *byte == 0) {
            return;
        }
        let first = bytes.iter().position(|byte| *byte != 0).unwrap_or_default() as u64;
        let last = bytes.iter().rposition(|byte| *byte != 0).unwrap_or_default() as u64;
        self.first.get_or_insert(start + first);
        self.last = start + last;
    }

    fn end(&mut self) {
        let Some(first) = self.first.take() else { return };
        let padding = super::PADDING_SECTORS * SECTOR;
        if self.last >= self.volume.saturating_sub(padding) {
            let sector = self.last / SECTOR;
            let message = "the padding at the end of the volume is not zero";
            self.problems.push(Problem::of(13, message).in_sectors([(sector, 1)]));
        } else {
            stray(first, self.last, self.problems);
        }
    }
}
