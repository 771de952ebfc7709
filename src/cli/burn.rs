//! `make-disc burn`: burns an image, then compares the disc with it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use super::error::CommandError;
use super::interruption::{interrupt_flag, set_message, wait_for_user};
use super::output::Lines;
use super::report_file::{Event, ReportArguments, ReportFiles, failure};
use super::{Exit, output};
use crate::burn::{self, Difference, Drive, Tool};
use crate::checksum::Digest;
use crate::data_formats::{Value, json};
use crate::escaping::escape_blank_runs;
use crate::language::format_size;
use crate::outputs::checksum_file_path;
use crate::path_text::{quote_argument, quote_for_shell, show};
use crate::programs;
use crate::progress::{self, Progress};
use crate::system::{is_same_file, open_source};
use crate::verify::{self, FoundDigest};

/// How long to wait until the drive can read the disc that it has burned.
const DRIVE_READY_TIMEOUT: Duration = Duration::from_secs(60);

/// How long to wait for the signal of Ctrl-C after the tool has failed. The tool may receive the same signal, and end before
/// this process has handled it.
const SIGNAL_GRACE: Duration = Duration::from_millis(200);

// The messages if the user interrupts the command.
const NOT_BURNED: &str = "interrupted; nothing was burned";
const INCOMPLETE: &str = "interrupted: the disc is incomplete, do not use it";
const STILL_STOPPING: &str = "interrupted: the disc is incomplete, do not use it; the burning program was asked to stop, and may take a while to release the drive";
const FINISHED: &str = "interrupted after the disc was burned: the result may not have been shown";
const NOT_COMPARED: &str = "interrupted: the disc is burned, but was not compared with the image";

#[derive(Debug, Args)]
pub(super) struct BurnArguments {
    /// The image
    image: PathBuf,
    /// The drive, such as /dev/sr0, if there are several
    #[arg(short, long)]
    device: Option<OsString>,
    /// The program to burn with, instead of the first of these that is installed: xorriso, growisofs, wodim, cdrecord, hdiutil, isoburn
    #[arg(long, value_parser = parse_tool)]
    tool: Option<Tool>,
    /// The speed factor, such as 4 for 4x; slower is more reliable
    #[arg(long)]
    speed: Option<u32>,
    /// Burn without asking
    #[arg(short, long)]
    yes: bool,
    /// Do not compare the disc with the image afterwards
    #[arg(long)]
    no_verify: bool,
    /// Print the command that would be run, and do nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    report: ReportArguments,
    /// Print only errors
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
}

fn parse_tool(name: &str) -> Result<Tool, String> {
    Tool::ALL.into_iter().find(|tool| tool.name() == name).ok_or_else(|| {
        let names: Vec<&str> = Tool::ALL.into_iter().map(Tool::name).collect();
        format!("use one of {}", names.join(", "))
    })
}

pub(super) fn run(arguments: &BurnArguments) -> Exit {
    set_message(NOT_BURNED);
    let quiet = arguments.quiet || arguments.json;
    let files = match ReportFiles::new(&arguments.report, &arguments.image, quiet) {
        Ok(files) => files,
        Err(error) => return error.report(arguments.json),
    };
    let device = arguments.device.as_deref().map_or(ANY_DRIVE.into(), OsStr::to_string_lossy).into_owned();
    let mut attempt = Attempt { target_name: device, detail: NOTHING_BURNED };
    match burn(arguments, &mut attempt) {
        Ok(None) => {
            files.skip("nothing was burned, because of `--dry-run`");
            Exit::Success
        }
        Ok(Some(burned)) => {
            set_message(FINISHED);
            let exit = report(arguments, &burned);
            files.write(&event(arguments, &burned), exit)
        }
        Err(error) => {
            let exit = match arguments.json {
                true => output::print_json(&failure(&error), error.exit),
                false => error.clone().report(false),
            };
            files.write_failure("burn", Path::new(&attempt.target_name), attempt.detail, &error);
            exit
        }
    }
}

/// What is known about a run, for the report if it fails.
struct Attempt {
    /// The drive.
    target_name: String,
    /// What was done.
    detail: &'static str,
}

/// The name in messages of a drive that the burning program chooses.
const ANY_DRIVE: &str = "the disc in the drive";

const NOTHING_BURNED: &str = "nothing was burned";

/// Burns the image, and compares the disc with it. `None` if it only printed the command.
fn burn(arguments: &BurnArguments, attempt: &mut Attempt) -> Result<Option<Burned>, CommandError> {
    let image = &arguments.image;
    let shown = show(image);
    let interrupted = interrupt_flag()?;
    let (size, digest) = validate_image(image)?;
    let (tool, program) = choose_tool(arguments, size)?;
    if let (true, Some(device)) = (tool.finds_drive(), &arguments.device) {
        let (device, name) = (device.to_string_lossy(), tool.name());
        let message =
            format!("{name} chooses the drive itself, which may not be `{device}`: do not use `--device` with it");
        return Err(CommandError::usage(message));
    }
    let device = if tool.finds_drive() { OsString::new() } else { choose_drive(arguments)? };
    if is_same_file(&drive_path(&device), image) {
        let message =
            format!("`{shown}` is the image itself: give the drive or the file to burn it to with `--device`");
        return Err(CommandError::usage(message));
    }
    let tool_arguments = tool.arguments(image, &device, arguments.speed, !arguments.no_verify);
    let target_name = if device.is_empty() { ANY_DRIVE.to_owned() } else { device.to_string_lossy().into_owned() };
    attempt.target_name.clone_from(&target_name);
    if arguments.dry_run {
        let words: Vec<String> = tool_arguments.iter().map(|word| quote_argument(word)).collect();
        let mut text = Lines::default();
        text.line(&format!("{} {}", quote_for_shell(&program), words.join(" ")));
        return match output::print(&text, Exit::Success) {
            Exit::Success => Ok(None),
            exit => Err(CommandError { exit, message: None }),
        };
    }
    let question = format!(
        "Burn {shown} ({}) to {target_name} with {}? If the disc is rewritable, its contents will be lost.",
        format_size(size),
        tool.name()
    );
    ask_for_consent(arguments, &question)?;
    if interrupted.load(Ordering::Relaxed) {
        return Err(CommandError::new(Exit::Interrupted, NOT_BURNED));
    }
    let mut nowhere = io::sink();
    let mut stderr = io::stderr();
    let tool_output: &mut dyn io::Write = if arguments.quiet || arguments.json { &mut nowhere } else { &mut stderr };
    set_message(STILL_STOPPING);
    attempt.detail = "burning was started but failed; nothing was compared";
    let ran = programs::run(&program, &tool_arguments, &[], tool_output, &interrupted).map_err(|error| {
        let why = output::describe(&error);
        CommandError::io(format!("`{}` cannot be started: {why}", show(&program)))
    });
    let (status, last) = match ran {
        Ok(ran) => ran,
        Err(error) => {
            attempt.detail = NOTHING_BURNED;
            return Err(error);
        }
    };
    if !status.success() {
        thread::sleep(SIGNAL_GRACE);
    }
    if interrupted.load(Ordering::Relaxed) {
        return Err(CommandError::new(Exit::Interrupted, INCOMPLETE));
    }
    set_message(NOT_COMPARED);
    if !status.success() {
        let last = if last.is_empty() { String::new() } else { format!("; its last output was: {last}") };
        let differs = match !arguments.no_verify && tool.verifies_disc() {
            true => ", or found that it differs from the image",
            false => "",
        };
        return Err(CommandError::io(format!(
            "{} could not burn the disc{differs} ({status}): check that the drive contains a blank disc that is large enough, and that you have permission to use the drive{last}",
            tool.name()
        )));
    }
    attempt.detail = "the disc was burned, but could not be compared with the image";
    let comparison = match (arguments.no_verify, tool.verifies_disc()) {
        (true, _) => Comparison::None,
        (false, true) => {
            ensure_unchanged(image, digest, || open_source(image).and_then(Digest::from_reader))?;
            Comparison::ByTool
        }
        (false, false) => {
            let (difference, compared) = compare(arguments, size, &device, &interrupted)?;
            ensure_unchanged(image, digest, || Ok(compared))?;
            Comparison::ByMakeDisc(difference)
        }
    };
    Ok(Some(Burned { tool, target_name, size, comparison }))
}

/// A disc that was burned.
struct Burned {
    tool: Tool,
    /// The drive.
    target_name: String,
    /// The size of the image.
    size: u64,
    comparison: Comparison,
}

/// Who compared a disc with the image.
enum Comparison {
    None,
    /// The program that burned it, which would have failed if they differed.
    ByTool,
    /// make-disc, with the differences that it found.
    ByMakeDisc(Difference),
}

impl Comparison {
    fn difference(&self) -> Option<&Difference> {
        match self {
            Self::None | Self::ByTool => None,
            Self::ByMakeDisc(difference) => Some(difference),
        }
    }
}

/// Returns an error if the image no longer has the digest that its checksum file confirmed.
fn ensure_unchanged(
    image: &Path,
    confirmed: Option<Digest>,
    read: impl FnOnce() -> io::Result<Digest>,
) -> Result<(), CommandError> {
    let Some(confirmed) = confirmed else { return Ok(()) };
    let shown = show(image);
    match read() {
        Ok(digest) if digest == confirmed => Ok(()),
        Ok(_) => Err(CommandError::new(
            Exit::Verification,
            format!(
                "`{shown}` was changed while the disc was burned, and no longer matches its checksum file: the disc is not what was published, so do not hand it out; get the image again, and burn another disc"
            ),
        )),
        Err(error) => Err(CommandError::io(format!("`{shown}` can no longer be read: {}", output::describe(&error)))),
    }
}

/// Returns the size of a disc image, and its digest if a checksum file confirms it. Returns an error if the file is not a disc
/// image, or does not match its checksum file.
fn validate_image(image: &Path) -> Result<(u64, Option<Digest>), CommandError> {
    let shown = show(image);
    let failed = |error: &io::Error| CommandError::io(format!("`{shown}` cannot be read: {}", output::describe(error)));
    let mut file = open_source(image).map_err(|error| failed(&error))?;
    let meta = file.metadata().map_err(|error| failed(&error))?;
    if !meta.is_file() || meta.len() % 2048 != 0 || !verify::is_image(&mut file) {
        return Err(CommandError::new(
            Exit::Verification,
            format!("`{shown}` is not a disc image: make one with `make-disc manifest.yaml out.iso`"),
        ));
    }
    let checksum_file = checksum_file_path(image);
    let name = image.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Some(published) = verify::read_checksum_file(&checksum_file, &name) else { return Ok((meta.len(), None)) };
    let refused = |why: String| Err(CommandError::new(Exit::Verification, why));
    let shown_checksum_file = show(&checksum_file);
    let expected = match published {
        FoundDigest::One(digest) => vec![digest],
        FoundDigest::OfOtherNames(digests) => digests,
        FoundDigest::Unusable(why) => {
            return refused(format!(
                "`{shown_checksum_file}` should contain the digest of the image, but cannot be used: {why}; correct or delete that file"
            ));
        }
    };
    let digest = File::open(image).and_then(Digest::from_reader).map_err(|error| failed(&error))?;
    if !expected.contains(&digest) {
        return refused(format!(
            "`{shown}` does not match the digest in `{shown_checksum_file}`: it was changed or damaged; make it or copy it again"
        ));
    }
    Ok((meta.len(), Some(digest)))
}

fn choose_tool(arguments: &BurnArguments, size: u64) -> Result<(Tool, PathBuf), CommandError> {
    if let Some(tool) = arguments.tool {
        let path = tool.path().ok_or_else(|| {
            CommandError::usage(format!("`{}` is not installed: install it, or leave out `--tool`", tool.name()))
        })?;
        return Ok((tool, path));
    }
    let device = arguments.device.as_deref();
    let suitable = Tool::ALL.into_iter().filter(|tool| tool.can_burn(size, device));
    suitable.filter_map(|tool| Some((tool, tool.path()?))).next().ok_or_else(|| {
        CommandError::usage(
            "make-disc found no program that can burn this image: install xorriso, or burn the image with your system's own program for burning discs",
        )
    })
}

fn choose_drive(arguments: &BurnArguments) -> Result<OsString, CommandError> {
    if let Some(device) = &arguments.device {
        return Ok(device.clone());
    }
    let drives = burn::drives();
    match drives.as_slice() {
        [drive] => Ok(drive.device.clone().into()),
        [] => {
            Err(CommandError::io("no drive that burns discs was found: connect one, or give its path with `--device`"))
        }
        several => {
            let name = |drive: &Drive| match &drive.model {
                Some(model) => format!("{} ({model})", drive.device.display()),
                None => drive.device.display().to_string(),
            };
            let names: Vec<String> = several.iter().map(name).collect();
            Err(CommandError::usage(format!(
                "there are several drives ({}): choose one with `--device`",
                names.join(", ")
            )))
        }
    }
}

/// Asks the user whether to burn, unless the arguments contain the answer. Returns an error if the answer is not yes.
fn ask_for_consent(arguments: &BurnArguments, question: &str) -> Result<(), CommandError> {
    if arguments.yes {
        return Ok(());
    }
    if arguments.json {
        return Err(CommandError::usage("`--json` cannot ask for confirmation: confirm with `--yes`"));
    }
    if !io::stdin().is_terminal() {
        return Err(CommandError::usage(
            "burning needs your confirmation, and this is not a terminal: confirm with `--yes`",
        ));
    }
    output::print_line(&format!("{question} [y/N]"));
    let mut answer = String::new();
    let read = wait_for_user(|| io::stdin().lock().read_line(&mut answer));
    // “Yes” in several European languages.
    let yes = ["y", "yes", "o", "oui", "s", "sí", "si", "j", "ja", "да"];
    if read.is_ok() && yes.contains(&answer.trim().to_lowercase().as_str()) {
        return Ok(());
    }
    Err(CommandError::usage("nothing was burned"))
}

/// Compares the disc with the image. Also returns the digest of the image as it was compared.
fn compare(
    arguments: &BurnArguments,
    size: u64,
    device: &OsStr,
    interrupted: &AtomicBool,
) -> Result<(Difference, Digest), CommandError> {
    let mut progress: Box<dyn Progress> = match arguments {
        BurnArguments { quiet: false, json: false, .. } => progress::for_stderr("compared"),
        _ => Box::new(progress::Silence),
    };
    let mut disc = open_when_ready(device, size, interrupted)?;
    let mut image = File::open(&arguments.image).map_err(|error| {
        let (shown, why) = (show(&arguments.image), output::describe(&error));
        CommandError::io(format!("`{shown}` can no longer be read: {why}"))
    })?;
    burn::compare(&mut image, size, &mut disc, progress.as_mut(), interrupted).map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => interrupted_comparison(),
        _ => CommandError::io(format!("the image can no longer be read: {}", output::describe(&error))),
    })
}

fn interrupted_comparison() -> CommandError {
    CommandError::new(Exit::Interrupted, NOT_COMPARED)
}

/// The path of a drive, or of a file that is burned to instead of one.
fn drive_path(device: &OsStr) -> PathBuf {
    let text = device.to_string_lossy();
    text.strip_prefix("stdio:").map_or_else(|| PathBuf::from(device), PathBuf::from)
}

/// Opens the disc as soon as the drive reports at least `size` bytes. After [`DRIVE_READY_TIMEOUT`], opens it even if the drive
/// reports less.
fn open_when_ready(device: &OsStr, size: u64, interrupted: &AtomicBool) -> Result<File, CommandError> {
    let path = drive_path(device);
    let started = Instant::now();
    loop {
        match File::open(&path) {
            Ok(mut file) => {
                // A regular file already has its final length.
                let is_ready = file.metadata().is_ok_and(|meta| meta.is_file())
                    || file.seek(SeekFrom::End(0)).is_ok_and(|end| end >= size);
                if is_ready || started.elapsed() > DRIVE_READY_TIMEOUT {
                    return file.rewind().map(|()| file).map_err(|error| {
                        let (shown, why) = (show(&path), output::describe(&error));
                        let message = format!("the disc is burned, but `{shown}` cannot be read: {why}; take the disc out, put it in again, and run `make-disc verify {}`", quote_for_shell(&path));
                        CommandError::io(message)
                    });
                }
                if interrupted.load(Ordering::Relaxed) {
                    return Err(interrupted_comparison());
                }
                thread::sleep(Duration::from_millis(500));
            }
            Err(_) if interrupted.load(Ordering::Relaxed) => return Err(interrupted_comparison()),
            Err(error) if error.kind() == io::ErrorKind::NotFound || started.elapsed() > DRIVE_READY_TIMEOUT => {
                let why = output::describe(&error);
                return Err(CommandError::io(format!(
                    "the disc is burned, but `{}` cannot be read: {why}; take the disc out, put it in again, and run `make-disc verify {}`",
                    show(&path),
                    quote_for_shell(&path)
                )));
            }
            Err(_) => thread::sleep(Duration::from_millis(500)),
        }
    }
}

/// The result as JSON.
fn result(arguments: &BurnArguments, burned: &Burned) -> Value {
    let Burned { tool, target_name, size: _, comparison } = burned;
    let difference = comparison.difference();
    json!({
        "ok": difference.is_none_or(Difference::is_none),
        "image": arguments.image.to_string_lossy(),
        "device": target_name,
        "tool": tool.name(),
        "compared": !matches!(comparison, Comparison::None),
        "changed_sectors": difference.map(|difference| difference.changed),
        "unreadable_sectors": difference.map(|difference| difference.unreadable),
        "first_sector": difference.and_then(|difference| difference.first),
    })
}

/// What a report in a file says about the disc.
fn event<'e>(arguments: &BurnArguments, burned: &'e Burned) -> Event<'e> {
    let Burned { tool, target_name, size, comparison } = burned;
    let (outcome, outcome_detail) = match comparison {
        Comparison::ByTool => ("intact", format!("{} compared the disc with the image", tool.name())),
        Comparison::None => ("not verified", "the disc was not compared with the image".to_owned()),
        Comparison::ByMakeDisc(difference) => match difference.first {
            None => ("intact", "every byte is the same as in the image".to_owned()),
            Some(first) => (
                "not intact",
                format!(
                    "{} with different contents and {} that cannot be read, the first at sector {first}",
                    output::count(difference.changed as usize, "sector", "sectors"),
                    difference.unreadable
                ),
            ),
        },
    };
    let mut text = Lines::default();
    text.row("burned", escape_blank_runs(&format!("{} with {}", show(&arguments.image), tool.name())));
    text.row("verdict", format!("{}: {outcome_detail}", outcome.to_uppercase()));
    Event {
        command: "burn",
        detail: match comparison {
            Comparison::None => "the disc was burned from an image",
            Comparison::ByTool => {
                "the disc was burned from an image, and compared with it by the program that burned it"
            }
            Comparison::ByMakeDisc(_) => "the disc was burned from an image, and every byte was compared with it",
        },
        outcome: outcome.to_owned(),
        outcome_detail,
        target: Path::new(target_name),
        kind: Some(json!("device")),
        size: Some(*size),
        drive: burn::model(Path::new(target_name)),
        result: result(arguments, burned),
        text,
    }
}

fn report(arguments: &BurnArguments, burned: &Burned) -> Exit {
    let Burned { tool, target_name, size: _, comparison } = burned;
    let difference = comparison.difference();
    let is_same = difference.is_none_or(Difference::is_none);
    let exit = if is_same { Exit::Success } else { Exit::Verification };
    if arguments.json {
        return output::print_json(&result(arguments, burned), exit);
    }
    if let Some(Difference { changed, unreadable, first: Some(first) }) = difference {
        output::print_error(&format!(
            "the disc differs from the image: {} with different contents and {} that cannot be read, the first at sector {first}; \
             take the disc out, put it in again, and run `make-disc verify {target_name}`; if that finds damage too, throw the disc away and \
             burn another more slowly, with `--speed`",
            output::count(*changed as usize, "sector", "sectors"),
            unreadable,
            target_name = target_name.strip_prefix("stdio:").unwrap_or(target_name)
        ));
        return exit;
    }
    if arguments.quiet {
        return exit;
    }
    let compared = match comparison {
        Comparison::ByMakeDisc(_) => "every byte is the same as in the image".to_owned(),
        Comparison::ByTool => format!("{} compared it with the image", tool.name()),
        Comparison::None => "not compared with the image".to_owned(),
    };
    let mut text = Lines::default();
    text.row("burned", escape_blank_runs(&format!("{} to {target_name}: {compared}", show(&arguments.image))));
    output::print(&text, exit)
}
