//! `make-disc verify`: checks an image, a disc, a folder or an archive.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::error::CommandError;
use super::interruption::{interrupt_flag, set_message};
use super::output::Lines;
use super::report_file::{Event, ReportFiles, failure};
use super::signing::read_small_file;
use super::{Exit, VerifyArguments, output};
use crate::archive::is_zip;
use crate::burn;
use crate::checksum::Digest;
use crate::data_formats::{Value, json};
use crate::escaping::escape_blank_runs;
use crate::image::{Failure, Image};
use crate::language::format_size;
use crate::outputs::{OutputKind, checksum_file_path};
use crate::path_text::{quote_for_shell, show};
use crate::pipeline::{PipelineError, PlanOptions, Project};
use crate::plan::Signer;
use crate::progress::{self, Progress};
use crate::signature::PublicKey;
use crate::verify::{
    self, ExpectedImage, FoundDigest, Interrupted, Maker, MediaCheckResult, Problem, ProblemCode, Published,
    PublishedDigest, TargetKind, Verdict,
};

/// The message if the user interrupts the command.
const INTERRUPTED_BEFORE_VERDICT: &str = "interrupted; nothing was verified";

/// The message if the user interrupts the command after everything was compared.
const INTERRUPTED_AFTER_VERDICT: &str =
    "interrupted after everything was compared: the verdict may not have been shown";

struct Kind {
    code: ProblemCode,
    /// The label of the lines that show its problems.
    label: &'static str,
    /// The words after the number of problems in the verdict: singular, then plural.
    one: &'static str,
    many: &'static str,
}

const fn kind(code: ProblemCode, label: &'static str, one: &'static str, many: &'static str) -> Kind {
    Kind { code, label, one, many }
}

/// The kinds of problems in the order in which they are shown.
const KINDS: [Kind; 17] = [
    // Problems with the list come first, because they explain others.
    kind(ProblemCode::ChecksumList, "list", "problem with the checksum list", "problems with the checksum list"),
    kind(
        ProblemCode::ChecksumFile,
        "checksum",
        "problem with the checksum file beside it",
        "problems with the checksum file beside it",
    ),
    kind(ProblemCode::Unreadable, "unreadable", "read error", "read errors"),
    kind(ProblemCode::Changed, "changed", "file changed", "files changed"),
    kind(ProblemCode::Missing, "missing", "file missing", "files missing"),
    kind(ProblemCode::Added, "added", "file added", "files added"),
    kind(
        ProblemCode::OtherFileSystem,
        "other",
        "possible other file system that was not checked",
        "possible other file systems that were not checked",
    ),
    kind(ProblemCode::NotCompared, "unchecked", "file that could not be compared", "files that could not be compared"),
    kind(ProblemCode::Digest, "digest", "published digest not matched", "published digests not matched"),
    kind(ProblemCode::Signature, "signature", "wrong signature", "wrong signatures"),
    kind(ProblemCode::Timestamp, "timestamp", "wrong timestamp", "wrong timestamps"),
    kind(ProblemCode::NotSigned, "signature", "signature missing", "signatures missing"),
    kind(ProblemCode::Manifest, "manifest", "difference from the manifest", "differences from the manifest"),
    kind(ProblemCode::BrokenLink, "link", "broken link", "broken links"),
    kind(ProblemCode::MediaCheck, "media", "failed media check", "failed media checks"),
    kind(ProblemCode::Structure, "structure", "problem in the structure", "problems in the structure"),
    kind(ProblemCode::StrayBytes, "stray", "unused area with data", "unused areas with data"),
];

pub(super) fn run(arguments: &VerifyArguments) -> Exit {
    let quiet = arguments.quiet || arguments.json;
    let files = match ReportFiles::new(&arguments.report, &arguments.target, quiet) {
        Ok(files) => files,
        Err(error) => return report_error(error, arguments),
    };
    match verify(arguments) {
        Ok(verdict) => {
            set_message(INTERRUPTED_AFTER_VERDICT);
            let exit = report(&verdict, arguments);
            files.write(&event(&verdict, arguments), exit)
        }
        Err(error) => {
            let exit = report_error(error.clone(), arguments);
            files.write_failure("verify", &arguments.target, "nothing was compared", &error);
            exit
        }
    }
}

fn report_error(error: CommandError, arguments: &VerifyArguments) -> Exit {
    if arguments.json {
        return output::print_json(&failure(&error), error.exit);
    }
    error.report(false)
}

fn verify(arguments: &VerifyArguments) -> Result<Verdict, CommandError> {
    let interrupted = interrupt_flag()?;
    set_message(INTERRUPTED_BEFORE_VERDICT);
    let Some(manifest) = &arguments.manifest else { return verify_target(arguments, None, &interrupted) };
    // The expected files of a folder or an archive must be known before it is verified, because only these are read.
    let is_zip_file = |target: &Path| File::open(target).is_ok_and(|mut file| is_zip(&mut file));
    let is_volume = match fs::metadata(&arguments.target) {
        Ok(meta) => !(meta.is_dir() || meta.is_file() && is_zip_file(&arguments.target)),
        Err(error) => return Err(CommandError::unreadable(&arguments.target, &error)),
    };
    let (mut verdict, expected) = if is_volume {
        let verdict = verify_target(arguments, None, &interrupted)?;
        let signature = verdict.signature.as_ref().map(|signature| signature.bytes.clone());
        let timestamp = verdict.timestamp.as_ref().map(|timestamp| timestamp.bytes.clone());
        // The disc itself shows whether it was made with a media check. The manifest may have changed since.
        let media_check = !matches!(verdict.media_check, Some(MediaCheckResult::None) | None);
        let expected = expected_image(manifest, arguments, media_check, (signature, timestamp), &interrupted)?;
        (verdict, expected)
    } else {
        let expected = expected_image(manifest, arguments, false, (None, None), &interrupted)?;
        (verify_target(arguments, Some(&expected), &interrupted)?, expected)
    };
    verify::compare_with_manifest(&mut verdict, &expected);
    Ok(verdict)
}

/// Verifies the target. `expected` is what a folder or an archive should contain.
fn verify_target(
    arguments: &VerifyArguments,
    expected: Option<&ExpectedImage>,
    interrupted: &AtomicBool,
) -> Result<Verdict, CommandError> {
    let target = &arguments.target;
    let shown = show(target);
    let failed = |error: io::Error| CommandError::unreadable(target, &error);
    let mut published = Vec::new();
    if let Some(text) = &arguments.sha256 {
        let Some(digest) = Digest::parse(&text.trim().to_ascii_lowercase()) else {
            return Err(CommandError::usage(format!(
                "`--sha256 {text}` is not a digest: a digest has 64 digits, 0 to 9 and a to f"
            )));
        };
        published.push(PublishedDigest {
            source: "given with `--sha256`".to_owned(),
            digest: FoundDigest::One(digest),
            may_be_of_list: true,
        });
    }
    let key = arguments.key.as_deref().map(read_key).transpose()?;
    let mut progress = progress(arguments);
    let meta = fs::metadata(target).map_err(failed)?;
    if meta.is_dir() {
        let published = Published { digests: published, key };
        let verdict =
            verify::verify_folder(target, &published, expected, progress.as_mut(), interrupted).map_err(failed)?;
        return verdict.map_err(interruption_error);
    }
    let kind = if meta.is_file() { TargetKind::Image } else { TargetKind::Device };
    if kind == TargetKind::Device && !is_block_device(&meta) {
        return Err(CommandError::usage(format!(
            "`{shown}` is not an image, a drive, a folder or an archive: give one of these"
        )));
    }
    let mut file = File::open(target).map_err(failed)?;
    let checksum_file = checksum_file_path(target);
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if kind == TargetKind::Image
        && let Some(digest) = verify::read_checksum_file(&checksum_file, &name)
    {
        published.push(PublishedDigest {
            source: format!("in `{}`", show(&checksum_file)),
            digest,
            may_be_of_list: false,
        });
    }
    let published = Published { digests: published, key };
    if kind == TargetKind::Image && is_zip(&mut file) {
        // A file that is both a ZIP archive and a disc image: some programs would read one, some the other.
        if verify::is_image(&mut file) {
            let message = format!(
                "`{shown}` is both a ZIP archive and a disc image: make-disc never writes such a file, so do not trust it"
            );
            return Err(CommandError::new(Exit::Verification, message));
        }
        file.rewind().map_err(failed)?;
        let verdict =
            verify::verify_archive(file, &published, expected, progress.as_mut(), interrupted).map_err(|error| {
                let message =
                    format!("`{shown}` cannot be unpacked: {}; download or copy it again", output::describe(&error));
                CommandError::new(Exit::Verification, message)
            })?;
        return verdict.map_err(interruption_error);
    }
    let length = file.seek(SeekFrom::End(0)).map_err(failed)?;
    // The system area takes the first 16 sectors (ECMA-119 6.2.1), so an image is always longer.
    if length <= 16 * 2048 || (kind == TargetKind::Image && !is_named_or_begins_as_image(target)) {
        return Err(CommandError::new(
            Exit::Verification,
            format!(
                "`{shown}` is not a disc image: give an image, a drive such as /dev/sr0, an archive, or the folder that contains SHA256SUMS"
            ),
        ));
    }
    if is_raw_image(&mut file) {
        return Err(CommandError::new(
            Exit::Verification,
            format!(
                "`{shown}` has sectors of 2,352 bytes, as some programs copy discs: nothing was verified; convert it with `bchunk`, `ccd2iso` or the program that made it, or verify the disc itself"
            ),
        ));
    }
    verify::verify_volume(&mut file, length, kind, &published, progress.as_mut(), interrupted)
        .map_err(interruption_error)
}

/// Whether a file begins with the synchronisation pattern of a sector that is stored as a whole (ECMA-130 14.1).
fn is_raw_image(file: &mut File) -> bool {
    let mut start = [0; 12];
    let read = file.rewind().and_then(|()| file.read_exact(&mut start));
    read.is_ok() && start[0] == 0 && start[11] == 0 && start[1..11].iter().all(|byte| *byte == 0xff)
}

/// The public key in a file, or in the text itself.
fn read_key(argument: &str) -> Result<PublicKey, CommandError> {
    if let Some(key) = PublicKey::parse(argument) {
        return Ok(key);
    }
    let path = Path::new(argument);
    let shown = show(path);
    if !path.exists() {
        return Err(CommandError::usage(format!(
            "`--key {shown}` is neither a file nor a public key of minisign or OpenSSH: such a key begins with `RW`, or with `ssh-ed25519`"
        )));
    }
    PublicKey::parse(&read_small_file(path)?).ok_or_else(|| {
        CommandError::usage(format!(
            "`{shown}` is not a public key of minisign, or of OpenSSH with Ed25519: give the `.pub` file that the publisher has published, or the key in it"
        ))
    })
}

fn interruption_error(_: Interrupted) -> CommandError {
    CommandError::new(Exit::Interrupted, INTERRUPTED_BEFORE_VERDICT)
}

fn progress(arguments: &VerifyArguments) -> Box<dyn Progress> {
    match arguments {
        VerifyArguments { quiet: true, .. } => Box::new(progress::Silence),
        VerifyArguments { json: true, .. } => Box::new(progress::JsonLines::new()),
        _ => progress::for_stderr("checked"),
    }
}

#[cfg(unix)]
pub(super) fn is_block_device(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    meta.file_type().is_block_device()
}

#[cfg(not(unix))]
pub(super) fn is_block_device(_: &fs::Metadata) -> bool {
    true
}

/// Whether a file should be read as an image. If its beginning is damaged, only its name shows that it is one.
fn is_named_or_begins_as_image(path: &Path) -> bool {
    OutputKind::Image.has_extension(path) || OutputKind::Image.matches_file(path)
}

/// Makes the image of the manifest without writing it anywhere, and returns what it contains. The signature and the timestamp are taken from the disc:
/// only the owner of the secret key could make it again, and it is verified separately.
fn expected_image(
    manifest: &Path,
    arguments: &VerifyArguments,
    media_check: bool,
    (signature, timestamp): (Option<Vec<u8>>, Option<Vec<u8>>),
    interrupted: &AtomicBool,
) -> Result<ExpectedImage, CommandError> {
    let mut project = Project::load(manifest, arguments.allow_outside)
        .map_err(|error| CommandError::unreadable_manifest(manifest, &error))?;
    if let Some(key) = &arguments.key {
        project.sign_with(read_key(key)?);
    }
    project.stamp_with(timestamp);
    let options = PlanOptions {
        search: !arguments.no_search,
        media_check: false,
        repair: None,
        find_all: false,
        unlisted_files: false,
    };
    let plan = project.plan(options, &mut progress::Silence, interrupted).map_err(|error| match error {
        PipelineError::Interrupted => interruption_error(Interrupted),
        other => other.into(),
    })?;
    let Some(mut plan) = plan else {
        output::print_findings(project.findings(), project.manifest(), true);
        let shown = show(manifest);
        return Err(CommandError::new(
            Exit::Content,
            format!("no disc can be made from `{shown}`: `make-disc check {}` says why", quote_for_shell(manifest)),
        ));
    };
    plan.media_check = media_check;
    if let (Some(planned), Some(bytes)) = (&mut plan.signature, signature) {
        planned.signer = Signer::Earlier(bytes);
    }
    let failed = |failure| match failure {
        Failure::Source { file, reason } => CommandError::io(format!("`{file}`: {reason}")),
        Failure::Output(error) => CommandError::io(output::describe(&error)),
        Failure::Signature(why) | Failure::Timestamp(why) => CommandError::io(why),
        Failure::Interrupted => interruption_error(Interrupted),
        Failure::Bug(what) => CommandError::internal(&what),
    };
    let image = Image::new(&plan).map_err(failed)?;
    let digests = image.write(&mut io::sink(), &mut progress::Silence, interrupted).map_err(failed)?;
    Ok(ExpectedImage {
        checksum_list: digests.checksums,
        image_digest: digests.image,
        volume_identifier: plan.volume.identifier.clone(),
    })
}

fn report(verdict: &Verdict, arguments: &VerifyArguments) -> Exit {
    let exit = if verdict.problems.is_empty() { Exit::Success } else { Exit::Verification };
    if arguments.json {
        return output::print_json(&result(verdict, arguments), exit);
    }
    output::print(&render_text(verdict, &arguments.target, arguments.quiet), exit)
}

/// The verdict with everything that was found.
fn result(verdict: &Verdict, arguments: &VerifyArguments) -> Value {
    json!({
        "ok": verdict.problems.is_empty(),
        "verdict": verdict_word(verdict).to_lowercase(),
        "target": arguments.target.to_string_lossy(),
        "kind": verdict.kind,
        "volume": verdict.volume_identifier,
        "size": verdict.size,
        "files_listed": verdict.files_listed,
        "files_intact": verdict.files_intact,
        "os_files": verdict.os_files,
        "sha256": verdict.image_digest.map(|digest| digest.to_string()),
        "sha256_of_list": verdict.list_digest.map(|digest| digest.to_string()),
        "media_check": verdict.media_check,
        "signature": verdict.signature,
        "timestamp": verdict.timestamp,
        "layers": layers(verdict),
        "maker": maker_name(verdict),
        "problems": verdict.problems.stored(),
        "problem_count": verdict.problems.total(),
        "deviations": verdict.deviations.stored(),
        "deviation_count": verdict.deviations.total(),
        "published": verdict.confirmed,
        "notes": verdict.notes,
    })
}

/// The verdict, as a report in a file describes it.
fn event<'e>(verdict: &'e Verdict, arguments: &'e VerifyArguments) -> Event<'e> {
    let detail = match (verdict.kind, &arguments.manifest) {
        (TargetKind::Image | TargetKind::Device, Some(_)) if verdict.files_listed == 0 => {
            "there is no usable checksum list; the SHA-256 digest of every file was compared with the disc that the manifest describes, and the structure of the volume with the standards"
        }
        (TargetKind::Image | TargetKind::Device, None) if verdict.files_listed == 0 => {
            "no file could be compared, because there is no usable checksum list; the structure of the volume was compared with the standards"
        }
        (_, Some(_)) if verdict.files_listed == 0 => {
            "there is no usable checksum list; the SHA-256 digest of every file was compared with the disc that the manifest describes"
        }
        (_, _) if verdict.files_listed == 0 => "no file could be compared, because there is no usable checksum list",
        (TargetKind::Image | TargetKind::Device, None) => {
            "the SHA-256 digest of every file was compared with the checksum list, and the structure of the volume with the standards"
        }
        (TargetKind::Image | TargetKind::Device, Some(_)) => {
            "the SHA-256 digest of every file was compared with the checksum list and with the disc that the manifest describes, and the structure of the volume with the standards"
        }
        (_, None) => "the SHA-256 digest of every file was compared with the checksum list",
        (_, Some(_)) => {
            "the SHA-256 digest of every file was compared with the checksum list and with the disc that the manifest describes"
        }
    };
    Event {
        command: "verify",
        detail,
        outcome: verdict_word(verdict).to_lowercase(),
        outcome_detail: verdict_line(verdict),
        target: &arguments.target,
        kind: Some(json!(verdict.kind)),
        size: Some(verdict.size),
        drive: Some(&arguments.target)
            .filter(|_| verdict.kind == TargetKind::Device)
            .and_then(|path| burn::model(path)),
        result: result(verdict, arguments),
        text: render_text(verdict, &arguments.target, false),
    }
}

/// The result as text, with `quiet` only the problems.
fn render_text(verdict: &Verdict, target: &Path, quiet: bool) -> Lines {
    let mut text = Lines::default();
    // In the order of `KINDS`: files come before the structure.
    let mut problems: Vec<&Problem> = verdict.problems.stored().iter().collect();
    problems.sort_by_key(|problem| KINDS.iter().position(|kind| kind.code == problem.code));
    for problem in problems {
        let label = KINDS.iter().find(|kind| kind.code == problem.code).map_or("", |kind| kind.label);
        let requirement = problem.requirement.map(|number| format!("requirement {number}: ")).unwrap_or_default();
        // The title that the collection has for the file, or else its path.
        let about = match (&problem.document, &problem.path) {
            (Some(document), _) => format!("{document}: "),
            (None, Some(path)) if problem.requirement.is_none() => format!("{path}: "),
            _ => String::new(),
        };
        text.row(label, escape_blank_runs(&format!("{requirement}{about}{}", problem.message)));
        if let (Some(_), Some(path)) = (&problem.document, &problem.path) {
            text.row("", escape_blank_runs(path));
        }
    }
    let more = verdict.problems.total() - verdict.problems.stored().len() as u64;
    if more > 0 {
        text.row("", format!("and {} of these kinds", output::count(more as usize, "more problem", "more problems")));
    }
    if quiet {
        return text;
    }
    let what = match verdict.kind {
        TargetKind::Image => "a disc image",
        TargetKind::Device => "a disc in a drive",
        TargetKind::Folder => "a folder",
        TargetKind::Archive => "an archive",
    };
    if !text.is_empty() {
        text.line("");
    }
    let verified = format!("{}, {what} of {}", show(target), format_size(verdict.size));
    text.row("verified", escape_blank_runs(&verified));
    if let Some(volume) = &verdict.volume_identifier {
        text.row("volume", escape_blank_runs(volume));
    }
    let files = match verdict.files_listed {
        0 if verdict.is_as_manifest => {
            format!("{}, compared only with the manifest", output::count(verdict.files.len(), "file", "files"))
        }
        0 => format!("{}, none compared with a checksum list", output::count(verdict.files.len(), "file", "files")),
        listed => format!("{} of {listed} match the checksum list", verdict.files_intact),
    };
    text.row("files", files);
    if verdict.maker.is_some() {
        text.row("structure", escape_blank_runs(&describe_structure(verdict)));
    }
    if let Some(Maker::Other(application)) = &verdict.maker {
        // Some programs add a copyright notice.
        let name = application.split(" (C)").next().unwrap_or_default();
        let name = if name.is_empty() { "which the disc does not name".to_owned() } else { format!("`{name}`") };
        let made_by = format!("another program, {name}: the stricter rules for discs made by make-disc do not apply");
        text.row("made by", escape_blank_runs(&made_by));
    }
    if let Some(check) = verdict.media_check {
        match check {
            MediaCheckResult::None => {}
            MediaCheckResult::Passed => text.row("media", "the media check passes"),
            MediaCheckResult::Failed => text.row("media", "the media check fails"),
        }
    }
    if let Some(digest) = verdict.image_digest {
        let what = match verdict.kind {
            _ if verdict.has_trailing_sectors => "the volume (without the bytes after its end)",
            TargetKind::Device => "the whole disc",
            _ => "the whole image",
        };
        text.row("sha256", format!("{digest}  {what}"));
    }
    if let Some(digest) = verdict.list_digest {
        let label = if verdict.image_digest.is_some() { "" } else { "sha256" };
        text.row(label, format!("{digest}  the checksum list"));
    }
    for published in &verdict.confirmed {
        text.row("published", escape_blank_runs(published));
    }
    for note in &verdict.notes {
        text.row("note", escape_blank_runs(note));
    }
    text.row("verdict", verdict_line(verdict));
    text
}

/// The verdict, in capitals.
fn verdict_word(verdict: &Verdict) -> &'static str {
    // Without a checksum list, it is not known whether the files are right or wrong.
    let is_unknown = verdict.problems.total() == count_unproven(verdict);
    let is_foreign = matches!(verdict.maker, Some(Maker::Other(_)));
    match (verdict.problems.is_empty(), is_unknown) {
        (true, _) if is_foreign => "FILES INTACT",
        (true, _) => "INTACT",
        (false, true) => "NOT PROVEN",
        (false, false) => "NOT INTACT",
    }
}

/// The number of problems that only mean that something could not be checked.
fn count_unproven(verdict: &Verdict) -> u64 {
    let codes = [
        ProblemCode::ChecksumList,
        ProblemCode::ChecksumFile,
        ProblemCode::OtherFileSystem,
        ProblemCode::NotCompared,
        ProblemCode::NotSigned,
    ];
    codes.into_iter().map(|code| verdict.problems.count(code)).sum()
}

/// The verdict and what it is based on.
fn verdict_line(verdict: &Verdict) -> String {
    let word = verdict_word(verdict);
    if verdict.problems.is_empty() {
        let mut line = format!("{word}: every file matches the checksum list.");
        if matches!(verdict.maker, Some(Maker::Other(_))) {
            line.push_str(" Another program made this disc, so only its files and the standards were checked.");
        }
        if verdict.os_files > 0 {
            let (one, many) = (
                "extra file with a name that operating systems use was",
                "extra files with names that operating systems use were",
            );
            let files = output::count(verdict.os_files as usize, one, many);
            line.push_str(&format!(" {files} not checked."));
        }
        if verdict.confirmed.is_empty() {
            line.push_str(" To be sure that the list is genuine, compare a digest above with the published one.");
        }
        line
    } else if verdict.problems.total() != count_unproven(verdict) {
        format!("{word}: {}. Do not rely on this copy: get another one, and verify that.", summary(verdict))
    } else if verdict.files_listed == 0 && verdict.is_as_manifest {
        format!("{word}: there is no usable checksum list, but every file matches the disc that the manifest produces.")
    } else if verdict.files_listed == 0 {
        format!("{word}: there is no usable checksum list, so no file could be compared. Nothing is known to be wrong.")
    } else {
        format!("{word}: {}. Nothing else is known to be wrong.", summary(verdict))
    }
}

/// The state of the structure of an image or disc.
fn describe_structure(verdict: &Verdict) -> String {
    let problems = structure_problems(verdict);
    if problems > 0 {
        return output::count(problems as usize, "problem", "problems");
    }
    let Some(first) = verdict.deviations.stored().first() else { return "sound".to_owned() };
    let deviations = output::count(verdict.deviations.total() as usize, "small deviation", "small deviations");
    let example = match (verdict.deviations.total(), first.requirement) {
        (1, Some(number)) => format!(": {} (requirement {number})", first.message),
        (_, Some(number)) => {
            format!(", such as: {} (requirement {number}); `--json` lists them", first.message)
        }
        (_, None) => String::new(),
    };
    format!("sound, with {deviations} from the standards that operating systems tolerate{example}")
}

fn structure_problems(verdict: &Verdict) -> u64 {
    verdict.problems.count(ProblemCode::Structure) + verdict.problems.count(ProblemCode::StrayBytes)
}

/// The three layers of the verdict: the files against their checksum list, the structure against the standards, and what
/// make-disc promises beyond them.
fn layers(verdict: &Verdict) -> Value {
    let problems_beyond_files = structure_problems(verdict) + verdict.problems.count(ProblemCode::MediaCheck);
    let files = match verdict.problems.total() - problems_beyond_files - verdict.problems.count(ProblemCode::BrokenLink)
    {
        0 => "intact",
        others if others == count_unproven(verdict) => "not proven",
        _ => "not intact",
    };
    let structure = match (&verdict.maker, problems_beyond_files) {
        (None, _) => None,
        (Some(_), 0) => Some("sound"),
        (Some(_), _) => Some("faulty"),
    };
    let conventions = match &verdict.maker {
        Some(Maker::MakeDisc) if verdict.problems.is_empty() => "met",
        Some(Maker::MakeDisc) => "see problems",
        _ => "not applicable",
    };
    json!({ "files": files, "structure": structure, "conventions": conventions })
}

/// The name of the program that made the disc; `None` for a folder or archive.
fn maker_name(verdict: &Verdict) -> Option<&str> {
    match verdict.maker.as_ref()? {
        Maker::MakeDisc => Some("make-disc"),
        Maker::Other(application) => Some(application),
    }
}

/// The number of problems of each kind.
fn summary(verdict: &Verdict) -> String {
    let counted = KINDS.iter().map(|kind| (verdict.problems.count(kind.code), kind)).filter(|(count, _)| *count > 0);
    let parts: Vec<String> = counted.map(|(count, kind)| output::count(count as usize, kind.one, kind.many)).collect();
    parts.join(", ")
}
