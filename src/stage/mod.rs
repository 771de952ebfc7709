//! Writes the disc's files without an image around them: to a folder, for USB sticks and web servers, or to an archive.
//! They have the same paths and bytes as on the disc, and include the checksum list.

mod archive;
mod bag;
mod folder;
mod preview;
mod saf;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

pub use archive::ArchiveSink;
pub use bag::Bag;
pub use folder::{Folder, FolderError};
pub use preview::{Preview, write_preview};
pub use saf::SimpleArchive;

use crate::catalogue::SourceReader;
use crate::checksum::{self, Digest, Hasher};
use crate::image::Failure;
use crate::layout::DiscPath;
use crate::plan::{Content, Entry, Plan};
use crate::progress::Progress;

/// How many bytes are read at a time.
const BUFFER_LENGTH: usize = 256 << 10;

/// Where files are written, one after another.
pub trait FileSink {
    /// Starts a file of `length` bytes. `path` is its path on the disc.
    ///
    /// # Errors
    /// It cannot be created.
    fn start_file(&mut self, path: &str, length: u64, kind: FileKind) -> io::Result<()>;

    /// Writes the next bytes of the file.
    ///
    /// # Errors
    /// They cannot be written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Completes the file.
    ///
    /// # Errors
    /// It cannot be written.
    fn finish_file(&mut self) -> io::Result<()>;
}

/// The kind of a file, which decides whether an archive compresses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A document: most formats are compressed already.
    Document,
    /// A page or another generated file.
    Generated,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// The digest of the checksum list, by which all files can be verified.
    pub list: Digest,
    /// The length of all files in bytes.
    pub size: u64,
    pub files: usize,
    /// The path and the digest of every file.
    pub digests: Vec<(DiscPath, Digest)>,
}

/// Writes every file of the plan, the checksum list last.
///
/// # Errors
/// [`Failure`]; some of the files may have been written.
pub fn write(
    plan: &Plan,
    sink: &mut dyn FileSink,
    progress: &mut dyn Progress,
    interrupted: &AtomicBool,
) -> Result<Staged, Failure> {
    progress.begin(plan.paths().map(|(_, entry)| entry.length).sum());
    let written = write_files(plan, sink, progress, interrupted);
    progress.end();
    written
}

fn write_files(
    plan: &Plan,
    sink: &mut dyn FileSink,
    progress: &mut dyn Progress,
    interrupted: &AtomicBool,
) -> Result<Staged, Failure> {
    let mut digests: Vec<Option<Digest>> = vec![None; plan.entries.len()];
    let mut writer = FileWriter { sink, progress, interrupted, buffer: vec![0; BUFFER_LENGTH] };
    let mut staged = Staged { list: Hasher::default().finish(), size: 0, files: 0, digests: Vec::new() };
    for (number, entry) in plan.entries.iter().enumerate() {
        for path in std::iter::once(&entry.path).chain(&entry.links) {
            let Some(digest) = writer.write_entry(path, entry)? else { continue };
            if digests[number].replace(digest).is_some_and(|before| before != digest) {
                return Err(changed_between_reads(entry));
            }
            staged.size += entry.length;
            staged.files += 1;
            staged.digests.push((path.clone(), digest));
        }
    }
    let late = plan.late_entries();
    for number in &late {
        let entry = &plan.entries[*number];
        let Content::WithDigests { text, digests_of } = &entry.content else { continue };
        let filled =
            plan.fill_in_digests(text, digests_of, &|entry| Some(digests[entry]?.to_string())).map_err(Failure::Bug)?;
        for path in entry.paths() {
            let digest = writer.write_bytes(path, &filled)?;
            digests[*number] = Some(digest);
            staged.size += entry.length;
            staged.files += 1;
            staged.digests.push((path.clone(), digest));
        }
    }
    let mut list = Vec::new();
    for (path, number) in plan.checksum_order() {
        let digest = digests[number].ok_or_else(|| Failure::Bug(format!("`{path}` has no digest")))?;
        list.extend_from_slice(checksum::format_line(digest, path.as_str()).as_bytes());
    }
    // The list comes last, because a folder that has one is complete.
    let late = late.into_iter().rev().map(|entry| &plan.entries[entry]);
    for entry in late.filter(|entry| entry.content.is_unlisted()) {
        let made = match (&entry.content, &plan.signature, &plan.timestamp) {
            (Content::Signature, Some(signature), _) => Some(signature.sign(&list).map_err(Failure::Signature)?),
            (Content::Timestamp, _, Some(stamp)) => Some(stamp.for_list(&list).map_err(Failure::Timestamp)?),
            _ => None,
        };
        let bytes = made.as_ref().unwrap_or(&list);
        staged.list = writer.write_bytes(&entry.path, bytes)?;
        staged.size += bytes.len() as u64;
        staged.files += 1;
        staged.digests.push((entry.path.clone(), staged.list));
    }
    Ok(staged)
}

fn changed_between_reads(entry: &Entry) -> Failure {
    match &entry.content {
        Content::Source { source, .. } => Failure::Source {
            file: source.path_in_manifest.to_string(),
            reason: "its contents changed while the disc was being made".to_owned(),
        },
        _ => Failure::Bug(format!("`{}` had different contents when it was generated again", entry.path)),
    }
}

/// Writes one file at a time.
struct FileWriter<'t> {
    sink: &'t mut dyn FileSink,
    progress: &'t mut dyn Progress,
    interrupted: &'t AtomicBool,
    buffer: Vec<u8>,
}

impl FileWriter<'_> {
    /// Writes an entry under one of its paths, and returns its digest. Skips late entries, whose bytes are not known yet, and
    /// returns `None`.
    fn write_entry(&mut self, path: &DiscPath, entry: &Entry) -> Result<Option<Digest>, Failure> {
        let mut hasher = Hasher::default();
        match &entry.content {
            Content::WithDigests { .. } | Content::Checksums | Content::Signature | Content::Timestamp => {
                return Ok(None);
            }
            Content::Generated(packed) => {
                self.start(path, entry.length, FileKind::Generated)?;
                for chunk in packed.chunks() {
                    let chunk = chunk.map_err(|error| Failure::Bug(format!("`{path}`: {error}")))?;
                    self.write_chunk(path, &chunk, &mut hasher)?;
                }
            }
            Content::Source { source, known } => {
                let failed = |reason| Failure::Source { file: source.path_in_manifest.to_string(), reason };
                let known = known.as_deref().copied();
                let mut source_reader = SourceReader::open(&source.path, &source.stamp, known).map_err(failed)?;
                self.start(path, entry.length, FileKind::Document)?;
                let mut buffer = std::mem::take(&mut self.buffer);
                let mut left = entry.length;
                while left > 0 {
                    let part = &mut buffer[..left.min(BUFFER_LENGTH as u64) as usize];
                    source_reader.read_exact(part).map_err(failed)?;
                    self.write_chunk(path, part, &mut hasher)?;
                    left -= part.len() as u64;
                }
                self.buffer = buffer;
                if let Some(doubt) = source_reader.finish().map_err(failed)? {
                    let settled = doubt.settle(hasher.clone().finish(), self.interrupted);
                    self.ensure_not_interrupted()?;
                    settled.map_err(failed)?;
                }
            }
        }
        self.sink.finish_file().map_err(Failure::Output)?;
        Ok(Some(hasher.finish()))
    }

    fn write_bytes(&mut self, path: &DiscPath, bytes: &[u8]) -> Result<Digest, Failure> {
        let mut hasher = Hasher::default();
        self.start(path, bytes.len() as u64, FileKind::Generated)?;
        self.write_chunk(path, bytes, &mut hasher)?;
        self.sink.finish_file().map_err(Failure::Output)?;
        Ok(hasher.finish())
    }

    fn start(&mut self, path: &DiscPath, length: u64, kind: FileKind) -> Result<(), Failure> {
        self.sink.start_file(path.as_str(), length, kind).map_err(Failure::Output)
    }

    fn ensure_not_interrupted(&self) -> Result<(), Failure> {
        if self.interrupted.load(Ordering::Relaxed) { Err(Failure::Interrupted) } else { Ok(()) }
    }

    fn write_chunk(&mut self, path: &DiscPath, bytes: &[u8], hasher: &mut Hasher) -> Result<(), Failure> {
        self.ensure_not_interrupted()?;
        hasher.update(bytes);
        self.sink.write(bytes).map_err(Failure::Output)?;
        self.progress.advance(bytes.len() as u64, Some(path.name()));
        Ok(())
    }
}
