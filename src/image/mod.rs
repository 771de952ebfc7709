//! The writer: the plan → one pass over the image, hashed as it goes by, into a sink.
//!
//! hadris-iso plans the extents and writes every block once, in ascending order; `device` stands
//! in its way, hashes files, and puts the checksum list, known last, at the image's end. A media
//! check is known last but stands at the beginning: then a pass that writes nothing goes before.
//! This module is the only one that names the hadris crates.

mod device;
mod drain;
mod filler;
mod lengths;
mod sinks;
mod target;
mod tree;

use std::io::{self, Write};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::sync_channel;
use std::thread;

use hadris_fs::Report;

pub use target::{Standing, Target, keep_names};

use crate::checksum::Digest;
use crate::media_check::{self, Area};
use crate::plan::{Content, Plan};
use crate::progress::Progress;
use device::{Device, Extents, Pipes, Written};
use sinks::Summed;

/// Bytes of a logical sector (ECMA-119 6.1.2).
pub const SECTOR: u64 = 2048;

// What the media check does not sum must be nothing but padding.
const _: () = assert!(media_check::SKIPPED_SECTORS <= tree::PADDING_SECTORS);

/// Why no image was written.
#[derive(Debug)]
pub enum Failure {
    /// A source file could not be read, or is not what it was when the run began.
    Source {
        /// As the manifest writes it.
        file: String,
        /// What happened.
        reason: String,
    },
    /// The image could not be written.
    Output(io::Error),
    /// The user broke it off.
    Interrupted,
    /// What must not happen: a fault of ours.
    Fault(String),
}

/// The digests of an image that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digests {
    /// Of the whole image.
    pub image: Digest,
    /// Of the checksum list on it, by which a copy of the disc's files can be anchored.
    pub list: Digest,
    /// The checksum list itself.
    pub checksums: Vec<u8>,
}

/// A planned image.
pub struct Image<'p> {
    plan: &'p Plan,
    tree: hadris_fs::Tree,
    options: hadris_iso::IsoOptions,
    extents: Extents,
    size: u64,
}

impl<'p> Image<'p> {
    /// Lays the entries of a plan out in extents, without I/O.
    ///
    /// # Errors
    /// [`Failure::Fault`] if the plan cannot be laid out.
    pub fn of(plan: &'p Plan) -> Result<Self, Failure> {
        let tree = tree::of(plan)?;
        let options = tree::options(plan)?;
        let report = lay_out(&tree, &options)?;
        // The list has no extent in hadris' plan; room for it is made before the padding.
        let list: u64 = plan.entries.iter().filter(|e| matches!(e.content, Content::Checksums)).map(|e| e.length).sum();
        let list_sectors = list.div_ceil(SECTOR);
        let whole = report.size() / SECTOR + list_sectors;
        // That moves no extent, and planning costs as much again: the device sees whether the size is right.
        let options = options.with_min_image_blocks(whole);
        let list_start = whole - tree::PADDING_SECTORS - list_sectors;
        let extents = Extents::of(plan, &report, list_start, list)?;
        Ok(Self { plan, tree, options, extents, size: whole * SECTOR })
    }

    /// Its length in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Writes it, with a media check if the plan wants one: then every source is read twice.
    ///
    /// # Errors
    /// [`Failure`]; the sink then holds a part of an image.
    pub fn write(
        self,
        sink: &mut (dyn Write + Send),
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Digests, Failure> {
        let passes = if self.plan.media_check { 2 } else { 1 };
        progress.begin(passes * self.size);
        let digests = self.passes(sink, progress, stop);
        progress.end();
        digests
    }

    fn passes(
        &self,
        sink: &mut (dyn Write + Send),
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Digests, Failure> {
        let written = if self.plan.media_check {
            let mut summed = Summed::new(self.size);
            let before = self.pass(&media_check::BLANK, &mut summed, progress, stop)?;
            let written = self.pass(&summed.finish(), sink, progress, stop)?;
            read_alike(self.plan, &before.files, &written.files)?;
            written
        } else {
            self.pass(&media_check::BLANK, sink, progress, stop)?
        };
        Ok(Digests { image: written.image, list: written.list, checksums: written.checksums })
    }

    /// Sends every block of the image to a sink once. One thread reads the sources, this one hashes, and
    /// one writes.
    fn pass(
        &self,
        application_use: &Area,
        sink: &mut (dyn Write + Send),
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Written, Failure> {
        thread::scope(|scope| {
            let (used, buffers) = sync_channel(filler::BUFFERS);
            for _ in 0..filler::BUFFERS {
                let _ = used.send(vec![0; filler::BUFFER]);
            }
            let (filled, runs) = sync_channel(filler::BUFFERS);
            let (portions, to_write) = sync_channel(filler::BUFFERS);
            thread::Builder::new()
                .spawn_scoped(scope, move || filler::fill(self.plan, &self.extents.files, &buffers, &filled))
                .map_err(Failure::Output)?;
            let drain = thread::Builder::new()
                .spawn_scoped(scope, move || drain::drain(sink, &to_write, &used))
                .map_err(Failure::Output)?;

            let pipes = Pipes { runs, portions };
            let mut device = Device::new(self.plan, &self.extents, self.size, application_use, pipes, progress, stop);
            let hashed = match hadris_iso::sync::write(&mut device, &self.tree, &self.options) {
                Ok(_) => device.finish(),
                Err(error) => Err(device.failure(|| Failure::Fault(error.to_string()))),
            };
            // The device is gone, and the channel with it: the others come to their ends.
            let drained = match drain.join() {
                Ok(drained) => drained,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            match (hashed, drained) {
                // What stops the sink stops the others, which do not know why.
                (Ok(_) | Err(Failure::Output(_) | Failure::Fault(_)), Err(error)) => Err(Failure::Output(error)),
                (hashed, _) => hashed,
            }
        })
    }
}

/// Whether every file had the same bytes both times: a change that no stamp shows would make the
/// media check wrong.
fn read_alike(plan: &Plan, before: &[Option<Digest>], now: &[Option<Digest>]) -> Result<(), Failure> {
    let differs = plan.entries.iter().zip(before.iter().zip(now)).find(|(_, (before, now))| before != now);
    match differs.map(|(entry, _)| (&entry.content, &entry.path)) {
        None => Ok(()),
        Some((Content::Source { written, .. }, _)) => Err(Failure::Source {
            file: written.to_string(),
            reason: "it held other bytes when it was read again while the disc was made".to_owned(),
        }),
        Some((_, path)) => Err(Failure::Fault(format!("`{path}` was not the same twice"))),
    }
}

fn lay_out(tree: &hadris_fs::Tree, options: &hadris_iso::IsoOptions) -> Result<Report, Failure> {
    let report = hadris_iso::plan(tree, options).map_err(|error| Failure::Fault(error.to_string()))?;
    match report.warnings().first() {
        Some(warning) => Err(Failure::Fault(format!("a name would not be kept: {warning}"))),
        None => Ok(report),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::progress::Silence;

    /// A slow medium that is full after a while.
    struct Full(usize);

    impl Write for Full {
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
    fn a_slow_medium_that_fills_up_is_told_as_such() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.bin"), vec![7; 24 << 20]).unwrap();
        let manifest = folder.path().join("manifest.yaml");
        let text = "disc: {title: T, volume: V, languages: [en], date: 2008}\nsections: [{id: s, title: S, reports: [{id: a, title: A, variants: {en: a.bin}}]}]\n";
        std::fs::write(&manifest, text).unwrap();
        let (catalogue, layout) = crate::examine(&manifest, false).unwrap().collection.unwrap();
        for room in [0, 1 << 20, 8 << 20, 20 << 20] {
            let (plan, _) =
                crate::assemble(&catalogue, &layout, &crate::extraction::Extractions::none(), None).unwrap();
            let image = Image::of(&plan).unwrap();
            let written = image.write(&mut Full(room), &mut Silence, &AtomicBool::new(false));
            let full = matches!(&written, Err(Failure::Output(error)) if error.kind() == io::ErrorKind::StorageFull);
            assert!(full, "{room}: {written:?}");
        }
    }
}
