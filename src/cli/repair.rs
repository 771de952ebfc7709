//! `make-disc repair TARGET... OUT`: restores an image from damaged copies.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use clap::Args;

use super::build::publish_image;
use super::error::CommandError;
use super::interruption::{ensure_not_interrupted, interrupt_flag};
use super::output::Lines;
use super::{Exit, output};
use crate::checksum::{self, Digest};
use crate::error_correction::{RestoreError, Restored, Source, restore};
use crate::image::Target;
use crate::outputs::{Output, OutputKind, checksum_file_path, ensure_room};
use crate::path_text::{quote_for_shell, show};
use crate::progress::{self, Progress};
use crate::system::is_same_file;
use crate::temporary::defer_interruption;
use crate::verify::{self, FoundDigest, Interrupted, Published, TargetKind, verify_volume};

#[derive(Debug, Args)]
pub(super) struct RepairArguments {
    /// The damaged copies, images or drives such as /dev/sr0, and then the image to write
    #[arg(required = true, num_args = 2.., value_names = ["TARGET", "OUT"])]
    paths: Vec<PathBuf>,
    /// Replace the image to write if it exists
    #[arg(short, long)]
    force: bool,
    /// Print only errors
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(arguments: &RepairArguments) -> Exit {
    repair(arguments).unwrap_or_else(|error| error.report(false))
}

fn repair(arguments: &RepairArguments) -> Result<Exit, CommandError> {
    let Some((path, targets)) = arguments.paths.split_last() else {
        return Err(CommandError::usage("give at least one damaged copy, and the image to write"));
    };
    for target in targets {
        if is_same_file(target, path) {
            return Err(CommandError::usage(format!(
                "`{}` is a damaged copy: give the restored image another name, after the copies",
                show(path)
            )));
        }
    }
    let output = Output { path, kind: OutputKind::Image, force: arguments.force };
    output.ensure_writable()?;
    let interrupted = interrupt_flag()?;
    let mut sources = Vec::new();
    let mut longest = 0;
    for target in targets {
        let (file, length) = open(target)?;
        longest = longest.max(length);
        sources.push(Source::new(file, length));
    }
    let failed = |error: io::Error| CommandError::unwritable(path, &error);
    let mut target = Target::create(path).map_err(failed)?;
    let checksum_file = Target::create(&checksum_file_path(path)).map_err(failed)?;
    ensure_room(target.file(), path, longest, (path, longest))?;
    let mut progress: Box<dyn Progress> =
        if arguments.quiet { Box::new(progress::Silence) } else { progress::for_stderr("restored") };
    let restored = restore(&mut sources, target.file(), progress.as_mut(), &interrupted)
        .map_err(|error| describe(error, targets, path))?;
    let confirmed = compare_digests(targets, restored.digest)?;
    if restored.changed_sectors > 0 && confirmed.is_empty() {
        ensure_intact_files_stay(&restored, &targets[0], target.file(), &interrupted)?;
    }
    target.sync().map_err(failed)?;
    // If no checksum file beside a copy confirms the digest, none is written: it would look as if it had been published with the
    // image.
    let mut checksum_file = if confirmed.is_empty() { None } else { Some(checksum_file) };
    if let Some(checksum_file) = &mut checksum_file {
        let line = checksum::format_line_for_name(restored.digest, path.file_name().unwrap_or_default());
        checksum_file.file().write_all(&line).map_err(failed)?;
        checksum_file.sync().map_err(failed)?;
    }
    let _deferred = defer_interruption();
    ensure_not_interrupted()?;
    publish_image(target, checksum_file, path, arguments.force)?;
    if arguments.quiet {
        return Ok(Exit::Success);
    }
    Ok(output::print(&report(&restored, path, &confirmed), Exit::Success))
}

/// Opens a copy; also returns its length.
fn open(target: &Path) -> Result<(File, u64), CommandError> {
    let unreadable = |error: io::Error| CommandError::unreadable(target, &error);
    let meta = fs::metadata(target).map_err(unreadable)?;
    if !meta.is_file() && !super::verify::is_block_device(&meta) {
        return Err(CommandError::usage(format!(
            "`{}` is neither an image nor a drive: give one of these",
            show(target)
        )));
    }
    let mut file = File::open(target).map_err(unreadable)?;
    let length = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
    Ok((file, length))
}

/// Compares the restored image with the checksum files of the copies. Returns those that have its digest.
fn compare_digests(targets: &[PathBuf], digest: Digest) -> Result<Vec<PathBuf>, CommandError> {
    let mut confirmed = Vec::new();
    for target in targets {
        let path = checksum_file_path(target);
        let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match verify::read_checksum_file(&path, &name) {
            Some(FoundDigest::One(published)) if published == digest => confirmed.push(path),
            Some(FoundDigest::OfOtherNames(published)) if published.contains(&digest) => confirmed.push(path),
            Some(FoundDigest::One(_) | FoundDigest::OfOtherNames(_)) => {
                return Err(CommandError::new(
                    Exit::Verification,
                    format!(
                        "the restored image does not have the digest in `{}`; nothing was written: give another copy as well, or move that file elsewhere if it belongs to another image",
                        show(&path)
                    ),
                ));
            }
            Some(FoundDigest::Unusable(_)) | None => {}
        }
    }
    Ok(confirmed)
}

/// The error correction says that some readable sectors of the copy are wrong. Returns an error if it cannot be trusted: if the copy
/// has no problems, or if the restored image would change or lose a file that is intact in the copy. Such error correction
/// was probably made for another image.
fn ensure_intact_files_stay(
    restored: &Restored,
    target: &Path,
    image: &mut File,
    interrupted: &AtomicBool,
) -> Result<(), CommandError> {
    // Verifies only the volume, without the error correction after it.
    let verify = |file: &mut File| {
        let published = Published::default();
        let length = restored.volume_bytes;
        verify_volume(file, length, TargetKind::Image, &published, &mut progress::Silence, interrupted)
            .map_err(|Interrupted| CommandError::interrupted())
    };
    let refuse = |why: String| {
        let message = format!(
            "{why}, so this error correction may belong to another image; nothing was written: give another copy as well, or put the image's checksum file beside `{}`, as `{}`",
            show(target),
            show(&checksum_file_path(target))
        );
        Err(CommandError::new(Exit::Verification, message))
    };
    let (mut copy, _) = open(target)?;
    let before = verify(&mut copy)?;
    if before.problems.is_empty() {
        return refuse(format!(
            "nothing is wrong with the files in `{}` and its structure, but the error correction would change {} of it",
            show(target),
            output::count(restored.changed_sectors as usize, "sector", "sectors")
        ));
    }
    let after = verify(image)?;
    let after: HashMap<&str, Option<Digest>> =
        after.files.iter().map(|file| (file.path.as_str(), file.digest)).collect();
    let is_changed =
        |file: &&verify::CheckedFile| file.is_intact && after.get(file.path.as_str()) != Some(&file.digest);
    match before.files.iter().find(is_changed) {
        Some(file) => refuse(format!(
            "`{}` is intact in `{}`, but the error correction would change or remove it",
            show(Path::new(&file.path)),
            show(target)
        )),
        None => Ok(()),
    }
}

/// The message about why nothing was restored, and what to do.
fn describe(error: RestoreError, targets: &[PathBuf], path: &Path) -> CommandError {
    let wrong = |message: String| CommandError::new(Exit::Verification, format!("{message}; nothing was written"));
    let sectors = |count: u64| output::count(count as usize, "sector", "sectors");
    match error {
        RestoreError::NoErrorCorrection => wrong(format!(
            "`{}` has no error correction, or none that can be found: give another copy of the image as well, from which the missing sectors can be taken",
            show(&targets[0])
        )),
        RestoreError::TooDamaged { sectors: count, first } => wrong(format!(
            "{} of the image cannot be restored, the first of them sector {first}: give another copy of the image as well",
            sectors(count)
        )),
        RestoreError::Different { sectors: count, first } => wrong(format!(
            "the copies have no error correction, and differ in {}, the first of them sector {first}, so that it is not known which is right: find out with `make-disc verify` which copies are intact",
            sectors(count)
        )),
        RestoreError::OtherImage { copy } => wrong(format!(
            "`{}` and `{}` are copies of different images: give only copies of the same image",
            show(&targets[0]),
            show(&targets[copy])
        )),
        RestoreError::Contradiction { sector } => wrong(format!(
            "the error correction contradicts itself: sector {sector} belongs to another image, so what it would restore cannot be trusted; give another copy of the image"
        )),
        RestoreError::WrongMd5 => wrong(
            "the restored image does not have the MD5 that is stored with its error correction: give another copy of the image as well"
                .to_owned(),
        ),
        RestoreError::Output(error) => CommandError::unwritable(path, &error),
        RestoreError::Interrupted => CommandError::interrupted(),
    }
}

fn report(restored: &Restored, path: &Path, confirmed: &[PathBuf]) -> Lines {
    let Restored { digest, image_sectors, correction_sectors, has_error_correction, .. } = *restored;
    let sectors = |count: u64| output::count(count as usize, "sector", "sectors");
    let mut text = Lines::default();
    text.row("wrote", show(path));
    text.row(
        "restored",
        match (image_sectors, correction_sectors) {
            (0, 0) => "nothing: no sector was damaged".to_owned(),
            (image, 0) if !has_error_correction => {
                format!("{} that the first copy does not have, taken from the other copies", sectors(image))
            }
            (image, correction) => {
                format!("{} of the image, {} of the error correction", sectors(image), sectors(correction))
            }
        },
    );
    text.row("sha256", format!("{digest}  the image"));
    for path in confirmed {
        text.row("published", format!("the digest in `{}` matches the image", show(path)));
    }
    if confirmed.is_empty() {
        text.row(
            "note",
            "no checksum file that can be used is beside the copies, so none was written: compare the digest with one that was published",
        );
    }
    text.row("next", format!("make-disc verify {}", quote_for_shell(path)));
    text
}
