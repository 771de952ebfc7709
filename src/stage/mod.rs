//! The disc's files without an image around them: in a folder, for sticks and web servers, or in an archive.
//! The same paths and bytes as on the disc, the checksum list among them.

mod folder;
mod pack;
mod preview;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

pub use folder::{Folder, Occupied};
pub use pack::Pack;
pub use preview::{Pages, Shown};

use crate::catalogue::Reading;
use crate::checksum::{self, Digest, Hasher};
use crate::image::Failure;
use crate::layout::DiscPath;
use crate::plan::{Content, Entry, Plan};
use crate::progress::Progress;

/// Bytes that are read at a time.
const BUFFER: usize = 256 << 10;

/// What files are put into, one after the other.
pub trait Tree {
    /// Begins a file of so many bytes.
    ///
    /// # Errors
    /// It cannot be made.
    fn begin(&mut self, path: &DiscPath, length: u64, kind: Kind) -> io::Result<()>;

    /// Takes the file's next bytes.
    ///
    /// # Errors
    /// They cannot be written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Ends the file.
    ///
    /// # Errors
    /// It cannot be written.
    fn end(&mut self) -> io::Result<()>;
}

/// What a file is, for what packs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A document, which is packed itself as a rule.
    Document,
    /// A page or another file that was made.
    Made,
}

/// The digest of the checksum list that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// By which the files can be anchored.
    pub list: Digest,
    /// Bytes of all files.
    pub size: u64,
    /// How many files there are.
    pub files: usize,
}

/// Puts every file of the plan into a tree, the checksum list last.
///
/// # Errors
/// [`Failure`]; the tree then holds a part of the files.
pub fn write(
    plan: &Plan,
    tree: &mut dyn Tree,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> Result<Staged, Failure> {
    progress.begin(plan.paths().map(|(_, entry)| entry.length).sum());
    let written = files(plan, tree, progress, stop);
    progress.end();
    written
}

fn files(plan: &Plan, tree: &mut dyn Tree, progress: &mut dyn Progress, stop: &AtomicBool) -> Result<Staged, Failure> {
    let mut digests: Vec<Option<Digest>> = vec![None; plan.entries.len()];
    let mut file = File { tree, progress, stop, buffer: vec![0; BUFFER] };
    let mut staged = Staged { list: Hasher::default().finish(), size: 0, files: 0 };
    for (number, entry) in plan.entries.iter().enumerate() {
        for path in std::iter::once(&entry.path).chain(&entry.links) {
            let Some(digest) = file.write(path, entry)? else { continue };
            if digests[number].replace(digest).is_some_and(|before| before != digest) {
                return Err(held_other_bytes(entry));
            }
            staged.size += entry.length;
            staged.files += 1;
        }
    }
    let mut list = Vec::new();
    for (path, number) in plan.checksum_order() {
        let digest = digests[number].ok_or_else(|| Failure::Fault(format!("`{path}` has no digest")))?;
        list.extend_from_slice(checksum::line(digest, path.as_str()).as_bytes());
    }
    for entry in plan.entries.iter().filter(|entry| matches!(entry.content, Content::Checksums)) {
        staged.list = file.bytes(&entry.path, &list)?;
        staged.size += list.len() as u64;
        staged.files += 1;
    }
    Ok(staged)
}

fn held_other_bytes(entry: &Entry) -> Failure {
    match &entry.content {
        Content::Source { written, .. } => Failure::Source {
            file: written.to_string(),
            reason: "it held other bytes when it was read again".to_owned(),
        },
        _ => Failure::Fault(format!("`{}` was not the same twice", entry.path)),
    }
}

/// One file at a time.
struct File<'t> {
    tree: &'t mut dyn Tree,
    progress: &'t mut dyn Progress,
    stop: &'t AtomicBool,
    buffer: Vec<u8>,
}

impl File<'_> {
    /// Writes an entry under one of its paths; nothing of the checksum list, which is not known yet.
    fn write(&mut self, path: &DiscPath, entry: &Entry) -> Result<Option<Digest>, Failure> {
        let mut hasher = Hasher::default();
        match &entry.content {
            Content::Checksums => return Ok(None),
            Content::Generated(packed) => {
                self.begin(path, entry.length, Kind::Made)?;
                for piece in packed.chunks() {
                    let piece = piece.map_err(|error| Failure::Fault(format!("`{path}`: {error}")))?;
                    self.take(path, &piece, &mut hasher)?;
                }
            }
            Content::Source { path: source, written, stamp } => {
                let changed = |reason| Failure::Source { file: written.to_string(), reason };
                let mut reading = Reading::begin(source, stamp).map_err(changed)?;
                self.begin(path, entry.length, Kind::Document)?;
                let mut buffer = std::mem::take(&mut self.buffer);
                let mut left = entry.length;
                while left > 0 {
                    let part = &mut buffer[..left.min(BUFFER as u64) as usize];
                    reading.fill(part).map_err(changed)?;
                    self.take(path, part, &mut hasher)?;
                    left -= part.len() as u64;
                }
                self.buffer = buffer;
                reading.end().map_err(changed)?;
            }
        }
        self.tree.end().map_err(Failure::Output)?;
        Ok(Some(hasher.finish()))
    }

    fn bytes(&mut self, path: &DiscPath, bytes: &[u8]) -> Result<Digest, Failure> {
        let mut hasher = Hasher::default();
        self.begin(path, bytes.len() as u64, Kind::Made)?;
        self.take(path, bytes, &mut hasher)?;
        self.tree.end().map_err(Failure::Output)?;
        Ok(hasher.finish())
    }

    fn begin(&mut self, path: &DiscPath, length: u64, kind: Kind) -> Result<(), Failure> {
        self.tree.begin(path, length, kind).map_err(Failure::Output)
    }

    fn take(&mut self, path: &DiscPath, bytes: &[u8], hasher: &mut Hasher) -> Result<(), Failure> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Failure::Interrupted);
        }
        hasher.update(bytes);
        self.tree.write(bytes).map_err(Failure::Output)?;
        self.progress.advance(bytes.len() as u64, Some(path.name()));
        Ok(())
    }
}
