//! Writes the planned image to a sink, hashing it on the way.
//!
//! hadris-iso plans the extents and writes every block once, in ascending order, to `device`, which hashes
//! the files. The checksum list can be completed only after all files, so `device` puts it at the end of the image.
//! A media check can also be computed only from the whole image, but it is stored at the beginning, so it needs a first
//! pass that writes nothing.

mod device;
mod extents;
mod media_check_sink;
mod patch;
mod placeholders;
mod reader;
mod sectors;
mod target;
mod tree;
mod writer;

use std::io::{self, Read, Seek, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

pub use target::{SetAside, Target, parent_folder, sync_folder, sync_parent_dir};

use crate::catalogue::Doubt;
use crate::checksum::{Digest, Hasher};
use crate::error_correction::{self, Amount, Layers};
use crate::media_check::{self, ApplicationUse};
use crate::plan::{Content, Plan};
use crate::progress::Progress;
use device::{Channels, Device, PassDigests};
use extents::Extents;
use media_check_sink::MediaCheckSink;
use sectors::Sectors;

/// The length of a logical sector in bytes (ECMA-119 6.1.2).
pub const SECTOR_LENGTH: u64 = 2048;

/// How many sectors of zeros end the volume, because drives may fail to read the last sectors of a burned disc.
const PADDING_SECTORS: u64 = 150;

// The media check may only skip padding.
const _: () = assert!(media_check::SKIPPED_SECTORS <= PADDING_SECTORS);

/// Why an image was not written.
#[derive(Debug)]
pub enum Failure {
    /// A source file could not be read, or has changed since the run started.
    Source {
        /// The path as written in the manifest.
        file: String,
        reason: String,
    },
    /// The image could not be written.
    Output(io::Error),
    /// The checksum list could not be signed.
    Signature(String),
    /// The timestamp is of another checksum list.
    Timestamp(String),
    /// The user interrupted the program.
    Interrupted,
    /// A bug in make-disc.
    Bug(String),
}

/// The digests of a written image.
#[derive(Debug, Clone)]
pub struct Digests {
    pub image: Digest,
    /// The digest of the checksum list, which authenticates a copy of the disc's files.
    pub list: Digest,
    /// The text of the checksum list.
    pub checksums: Vec<u8>,
    /// What is needed to append the error correction, if the image has one.
    appendix: Option<Appendix>,
}

/// What is known after an image was written, and needed to append its error correction.
#[derive(Debug, Clone)]
struct Appendix {
    layers: Layers,
    /// It has hashed everything written so far.
    hasher: Hasher,
}

impl Digests {
    /// Appends the error correction, if the image has one, to a file with the image that was written. Afterwards, the digest of
    /// the image covers both.
    ///
    /// # Errors
    /// [`Failure::Output`] and [`Failure::Interrupted`].
    pub fn append_error_correction<F: Read + Write + Seek>(
        &mut self,
        file: &mut F,
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<(), Failure> {
        let Some(Appendix { layers, mut hasher }) = self.appendix.take() else { return Ok(()) };
        match error_correction::append(file, layers, &mut hasher, progress, stop) {
            Ok(()) => self.image = hasher.finish(),
            Err(_) if stop.load(Ordering::Relaxed) => return Err(Failure::Interrupted),
            Err(error) => return Err(Failure::Output(error)),
        }
        Ok(())
    }
}

/// A planned image.
pub struct Image<'p> {
    plan: &'p Plan,
    extents: Extents<'p>,
    /// The length of the volume in bytes.
    volume_size: u64,
    error_correction: Option<Layers>,
}

impl<'p> Image<'p> {
    /// Assigns extents to the entries of a plan, without I/O.
    ///
    /// # Errors
    /// [`Failure::Bug`] if a name does not fit.
    pub fn new(plan: &'p Plan) -> Result<Self, Failure> {
        // The late files have no room in hadris' plan; their extents are inserted before the padding.
        let late: Vec<usize> = plan.late_entries();
        let late_sectors: u64 = late.iter().map(|entry| plan.entries[*entry].length.div_ceil(SECTOR_LENGTH)).sum();
        let assigned = Sectors::assign(plan)?;
        let sectors = assigned.total + late_sectors;
        let first_late_sector = assigned.total - PADDING_SECTORS;
        let extents = Extents::new(plan, assigned, &late, first_late_sector)?;
        Ok(Self { plan, extents, volume_size: sectors * SECTOR_LENGTH, error_correction: None })
    }

    /// The length of the image in bytes, with its error correction.
    pub fn size(&self) -> u64 {
        self.error_correction.map_or(self.volume_size, |layers| layers.total_sectors() * SECTOR_LENGTH)
    }

    /// The length of the volume in bytes, which any error correction follows.
    pub fn volume_size(&self) -> u64 {
        self.volume_size
    }

    /// Adds error correction to the plan of the image, on a medium with this many bytes, if there is room for it.
    pub fn add_error_correction(&mut self, amount: Amount, capacity: Option<u64>) {
        let medium_sectors = capacity.map(|bytes| bytes / SECTOR_LENGTH);
        self.error_correction = amount.layers(self.volume_size / SECTOR_LENGTH, medium_sectors);
    }

    /// The error correction that must be appended after the image was written ([`Digests::append_error_correction`]).
    pub fn error_correction(&self) -> Option<Layers> {
        self.error_correction
    }

    /// Writes the volume, without error correction. If the plan asks for a media check, every source is read twice.
    ///
    /// # Errors
    /// [`Failure`]; the sink may have received part of the image.
    pub fn write(
        self,
        sink: &mut (dyn Write + Send),
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Digests, Failure> {
        let passes = if self.plan.media_check { 2 } else { 1 };
        progress.begin(passes * self.volume_size);
        let digests = self.write_passes(sink, progress, stop);
        progress.end();
        digests
    }

    fn write_passes(
        &self,
        sink: &mut (dyn Write + Send),
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Digests, Failure> {
        let written = if self.plan.media_check {
            let mut media_check = MediaCheckSink::new(self.volume_size);
            let first = self.write_pass(&media_check::BLANK_APPLICATION_USE, &mut media_check, progress, stop)?;
            let second = self.write_pass(&media_check.finish(), sink, progress, stop)?;
            ensure_same_files(self.plan, &first.files, &second.files)?;
            second
        } else {
            self.write_pass(&media_check::BLANK_APPLICATION_USE, sink, progress, stop)?
        };
        Ok(Digests {
            image: written.image.clone().finish(),
            list: written.list,
            checksums: written.checksums,
            appendix: self.error_correction.map(|layers| Appendix { layers, hasher: written.image }),
        })
    }

    /// Sends every block of the image to a sink once. This thread hashes the blocks; two others read the
    /// sources and write to the sink.
    fn write_pass(
        &self,
        application_use: &ApplicationUse,
        sink: &mut (dyn Write + Send),
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<PassDigests, Failure> {
        let tree = tree::build_tree(self.plan, &tree::rooms(self.plan, &self.extents.files))?;
        // This makes room for the late files before the padding, and moves no other extent.
        let options = tree::volume_options(self.plan)?.with_min_image_blocks(self.volume_size / SECTOR_LENGTH);
        thread::scope(|scope| {
            let (return_buffer, free_buffers) = sync_channel(reader::BUFFER_COUNT);
            for _ in 0..reader::BUFFER_COUNT {
                let _ = return_buffer.send(vec![0; reader::BUFFER_LENGTH]);
            }
            let (send_chunk, chunks) = sync_channel(reader::BUFFER_COUNT);
            let (output, to_write) = sync_channel(reader::BUFFER_COUNT);
            let reader = thread::Builder::new()
                .spawn_scoped(scope, move || {
                    reader::read_files(self.plan, &self.extents.files, &free_buffers, &send_chunk)
                })
                .map_err(Failure::Output)?;
            let writer = thread::Builder::new()
                .spawn_scoped(scope, move || writer::write_buffers(sink, &to_write, &return_buffer))
                .map_err(Failure::Output)?;

            let channels = Channels { chunks, output };
            let mut device =
                Device::new(self.plan, &self.extents, self.volume_size, application_use, channels, progress, stop);
            let hashed = match hadris_iso::sync::write(&mut device, &tree, &options) {
                Ok(report) => match report.warnings().first() {
                    Some(warning) => Err(Failure::Bug(format!("hadris has changed a name: {warning}"))),
                    None => device.finish(),
                },
                Err(error) => Err(device.into_failure(|| Failure::Bug(error.to_string()))),
            };
            // The device has been dropped and its channels closed, so both threads terminate.
            let written = writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let doubts = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let hashed = match (hashed, written) {
                // If the sink failed, the other threads stopped as well, without knowing why.
                (Ok(_) | Err(Failure::Output(_) | Failure::Bug(_)), Err(error)) => Err(Failure::Output(error)),
                (hashed, _) => hashed,
            }?;
            settle_doubts(self.plan, &doubts, &hashed.files, stop)?;
            Ok(hashed)
        })
    }
}

/// Ensures that the files whose times changed while they were used still have the bytes that were read.
fn settle_doubts(
    plan: &Plan,
    doubts: &[(usize, Doubt)],
    digests: &[Option<Digest>],
    stop: &AtomicBool,
) -> Result<(), Failure> {
    for (index, doubt) in doubts {
        let (entry, digest) = (&plan.entries[*index], digests[*index]);
        let digest = digest.ok_or_else(|| Failure::Bug(format!("`{}` has no digest", entry.path)))?;
        match (doubt.settle(digest, stop), &entry.content) {
            _ if stop.load(Ordering::Relaxed) => return Err(Failure::Interrupted),
            (Err(reason), Content::Source { source, .. }) => {
                return Err(Failure::Source { file: source.path_in_manifest.to_string(), reason });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Ensures that every file had the same bytes in both passes: a change that left its stamp the same would make the media
/// check wrong.
fn ensure_same_files(plan: &Plan, first: &[Option<Digest>], second: &[Option<Digest>]) -> Result<(), Failure> {
    let changed = plan.entries.iter().zip(first.iter().zip(second)).find(|(_, (first, second))| first != second);
    match changed.map(|(entry, _)| (&entry.content, &entry.path)) {
        None => Ok(()),
        Some((Content::Source { source, .. }, _)) => Err(Failure::Source {
            file: source.path_in_manifest.to_string(),
            reason: "its contents changed while the disc was being made".to_owned(),
        }),
        Some((_, path)) => Err(Failure::Bug(format!("`{path}` was different in the second pass"))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::pipeline::{PlanOptions, Project};
    use crate::progress::Silence;

    /// A slow medium with room for this many bytes.
    struct LimitedMedium(usize);

    impl Write for LimitedMedium {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            std::thread::sleep(Duration::from_millis(5));
            if self.0 < bytes.len() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0 -= bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_medium_is_reported_as_such() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.bin"), vec![7; 24 << 20]).unwrap();
        let manifest = folder.path().join("manifest.yaml");
        let text = "disc: {title: T, volume: V, languages: [en], date: 2008}\nsections: [{id: s, title: S, reports: [{id: a, title: A, variants: {en: a.bin}}]}]\n";
        std::fs::write(&manifest, text).unwrap();
        let mut project = Project::load(&manifest, false).unwrap();
        let options =
            PlanOptions { search: false, media_check: false, repair: None, find_all: false, unlisted_files: false };
        let plan = project.plan(options, &mut Silence, &AtomicBool::new(false)).unwrap().unwrap();
        for room in [0, 1 << 20, 8 << 20, 20 << 20] {
            let image = Image::new(&plan).unwrap();
            let written = image.write(&mut LimitedMedium(room), &mut Silence, &AtomicBool::new(false));
            let full = matches!(&written, Err(Failure::Output(error)) if error.kind() == io::ErrorKind::StorageFull);
            assert!(full, "{room}: {written:?}");
        }
    }
}
