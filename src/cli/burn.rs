//! `make-disc burn`: an image onto a disc, and the disc held against the image.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, BufRead, IsTerminal, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use super::build::sidecar;
use super::interruption::interruptible;
use super::session::{Stop, ended};
use super::{Exit, output};
use crate::burn::{self, Difference, Drive, Tool};
use crate::checksum::Digest;
use crate::data_formats::json;
use crate::language::format_size;
use crate::progress::{self, Progress};
use crate::verify;

/// How long a drive may take to know the disc that it has burned.
const SETTLING: Duration = Duration::from_secs(60);

/// How long to wait for the news of an interruption that ended the tool.
const HEARING: Duration = Duration::from_millis(200);

#[derive(Debug, Args)]
pub(super) struct BurnArguments {
    /// The image
    image: PathBuf,
    /// The drive, such as /dev/sr0, if there are several
    #[arg(short, long)]
    device: Option<OsString>,
    /// The burning program, if not the best that is there
    #[arg(long, value_parser = tool)]
    tool: Option<Tool>,
    /// How fast to burn, as the drive counts: slow is sure
    #[arg(long)]
    speed: Option<u32>,
    /// Burn without asking
    #[arg(short, long)]
    yes: bool,
    /// Do not hold the disc against the image afterwards
    #[arg(long)]
    no_verify: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
}

fn tool(name: &str) -> Result<Tool, String> {
    Tool::ALL.into_iter().find(|tool| tool.name() == name).ok_or_else(|| {
        let names: Vec<&str> = Tool::ALL.into_iter().map(Tool::name).collect();
        format!("it is one of {}", names.join(", "))
    })
}

pub(super) fn run(arguments: &BurnArguments) -> Exit {
    burn(arguments).unwrap_or_else(|stop| ended(stop, arguments.json))
}

fn burn(arguments: &BurnArguments) -> Result<Exit, Stop> {
    let image = &arguments.image;
    let shown = image.display();
    let flag = interruptible().map_err(|message| Stop::because(Exit::InputOutput, message))?;
    let size = sound(image)?;
    let (tool, program) = chosen(arguments, size)?;
    if let (true, Some(device)) = (tool.finds_drive(), &arguments.device) {
        let (device, name) = (device.to_string_lossy(), tool.name());
        let message =
            format!("{name} burns in the drive that it finds, which may not be `{device}`: leave `--device` out");
        return Err(Stop::because(Exit::Usage, message));
    }
    let device = if tool.finds_drive() { OsString::new() } else { drive(arguments)? };
    let call = tool.arguments(image, &device, arguments.speed);
    let on = if device.is_empty() { "the disc in the drive".to_owned() } else { device.to_string_lossy().into_owned() };
    if arguments.dry_run {
        let words: Vec<String> = call.iter().map(|word| super::build::quoted(Path::new(word))).collect();
        return Ok(output::print(&format!("{} {}\n", program.display(), words.join(" ")), Exit::Done));
    }
    let question = format!(
        "Burn {shown} ({}) onto {on} with {}? What is on a rewritable disc there will be lost.",
        format_size(size),
        tool.name()
    );
    consent(arguments, &question)?;
    if flag.load(Ordering::Relaxed) {
        return Err(Stop::because(Exit::Interrupted, "interrupted; nothing was burned"));
    }
    let mut silent = io::sink();
    let mut loud = io::stderr();
    let said: &mut dyn io::Write = if arguments.quiet || arguments.json { &mut silent } else { &mut loud };
    let (status, last) = tool.run(&program, &call, said).map_err(|error| {
        let why = output::plain(&error);
        Stop::because(Exit::InputOutput, format!("`{}` cannot be started: {why}", program.display()))
    })?;
    if !status.success() {
        // The tool may hear of an interruption a little before we do.
        thread::sleep(HEARING);
    }
    if flag.load(Ordering::Relaxed) {
        return Err(Stop::because(Exit::Interrupted, "interrupted: the disc is not whole, do not use it"));
    }
    if !status.success() {
        let last = if last.is_empty() { String::new() } else { format!("; it said last:\n{last}") };
        return Err(Stop::because(
            Exit::InputOutput,
            format!(
                "{} could not burn the disc ({status}): is an empty disc that is large enough in the drive, and may you use it?{last}",
                tool.name()
            ),
        ));
    }
    let difference = match (arguments.no_verify, tool.compares()) {
        (true, _) | (false, true) => None,
        (false, false) => Some(verified(arguments, size, &device, &flag)?),
    };
    Ok(report(arguments, tool, &on, difference.as_ref()))
}

/// The size of an image that is one, and is what its checksum file says.
fn sound(image: &Path) -> Result<u64, Stop> {
    let shown = image.display();
    let failed = |error: &io::Error| {
        Stop::because(Exit::InputOutput, format!("`{shown}` cannot be read: {}", output::plain(error)))
    };
    let mut file = File::open(image).map_err(|error| failed(&error))?;
    let meta = file.metadata().map_err(|error| failed(&error))?;
    if !meta.is_file() || meta.len() % 2048 != 0 || !verify::is_image(&mut file) {
        return Err(Stop::because(
            Exit::Verification,
            format!("`{shown}` is no disc image: make one with `make-disc manifest.yaml out.iso`"),
        ));
    }
    let beside = sidecar(image);
    let name = image.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let published = fs::read_to_string(&beside).ok().and_then(|text| verify::published_digest(&text, &name));
    if let Some(published) = published {
        let digest = File::open(image).and_then(Digest::of).map_err(|error| failed(&error))?;
        if digest != published {
            return Err(Stop::because(
                Exit::Verification,
                format!(
                    "`{shown}` is not what `{}` says: it was changed or damaged, make or copy it anew",
                    beside.display()
                ),
            ));
        }
    }
    Ok(meta.len())
}

fn chosen(arguments: &BurnArguments, size: u64) -> Result<(Tool, PathBuf), Stop> {
    if let Some(tool) = arguments.tool {
        let path = tool.path().ok_or_else(|| {
            Stop::because(Exit::Usage, format!("there is no program `{}` here: install it", tool.name()))
        })?;
        return Ok((tool, path));
    }
    let device = arguments.device.as_deref();
    let there = Tool::ALL.into_iter().filter(|tool| tool.burns(size, device));
    there.filter_map(|tool| Some((tool, tool.path()?))).next().ok_or_else(|| {
        Stop::because(
            Exit::Usage,
            "there is no program here that burns discs: install xorriso, or burn the image with another program (docs/burning.md)",
        )
    })
}

fn drive(arguments: &BurnArguments) -> Result<OsString, Stop> {
    if let Some(device) = &arguments.device {
        return Ok(device.clone());
    }
    let drives = burn::drives();
    match drives.as_slice() {
        [drive] => Ok(drive.device.clone().into()),
        [] => Err(Stop::because(
            Exit::InputOutput,
            "no drive that burns discs was found: connect one, or name it with `--device`",
        )),
        several => {
            let name = |drive: &Drive| match &drive.model {
                Some(model) => format!("{} ({model})", drive.device.display()),
                None => drive.device.display().to_string(),
            };
            let names: Vec<String> = several.iter().map(name).collect();
            Err(Stop::because(
                Exit::Usage,
                format!("there are several drives: name one with `--device`: {}", names.join(", ")),
            ))
        }
    }
}

/// Asks once.
fn consent(arguments: &BurnArguments, question: &str) -> Result<(), Stop> {
    if arguments.yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() || arguments.json {
        return Err(Stop::because(
            Exit::Usage,
            "burning wants a yes, and nobody is there to say it: give it with `--yes`",
        ));
    }
    output::say(&format!("{question} [y/N]"));
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    // In the languages of most who read this.
    let yes = ["y", "yes", "o", "oui", "s", "sí", "si", "j", "ja", "да"];
    if read.is_ok() && yes.contains(&answer.trim().to_lowercase().as_str()) {
        return Ok(());
    }
    Err(Stop::because(Exit::Usage, "nothing was burned"))
}

/// Holds the disc against the image.
fn verified(arguments: &BurnArguments, size: u64, device: &OsStr, flag: &AtomicBool) -> Result<Difference, Stop> {
    let mut progress: Box<dyn Progress> = match arguments {
        BurnArguments { quiet: false, json: false, .. } => progress::for_stderr("compared"),
        _ => Box::new(progress::Silence),
    };
    let mut disc = settled(device, size, flag)?;
    let mut image = File::open(&arguments.image).map_err(|error| {
        let (shown, why) = (arguments.image.display(), output::plain(&error));
        Stop::because(Exit::InputOutput, format!("`{shown}` cannot be read any more: {why}"))
    })?;
    burn::compare(&mut image, size, &mut disc, progress.as_mut(), flag).map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => unheld(),
        _ => Stop::because(Exit::InputOutput, format!("the image cannot be read any more: {}", output::plain(&error))),
    })
}

fn unheld() -> Stop {
    Stop::because(Exit::Interrupted, "interrupted: the disc is burned, and not held against the image")
}

/// Opens the disc, once the drive knows it and says that it holds `size` bytes; after a while it is read as it is.
fn settled(device: &OsStr, size: u64, flag: &AtomicBool) -> Result<File, Stop> {
    let text = device.to_string_lossy();
    let path = text.strip_prefix("stdio:").map_or_else(|| PathBuf::from(device), PathBuf::from);
    let begun = Instant::now();
    loop {
        match File::open(&path) {
            Ok(mut file) => {
                // A file's length does not change any more.
                let knows = file.metadata().is_ok_and(|meta| meta.is_file())
                    || file.seek(SeekFrom::End(0)).is_ok_and(|end| end >= size);
                if knows || begun.elapsed() > SETTLING {
                    return file.rewind().map(|()| file).map_err(|error| {
                        let (shown, why) = (path.display(), output::plain(&error));
                        let message = format!("the disc is burned, but `{shown}` cannot be read: {why}");
                        Stop::because(Exit::InputOutput, message)
                    });
                }
                if flag.load(Ordering::Relaxed) {
                    return Err(unheld());
                }
                thread::sleep(Duration::from_millis(500));
            }
            Err(_) if flag.load(Ordering::Relaxed) => return Err(unheld()),
            Err(error) if error.kind() == io::ErrorKind::NotFound || begun.elapsed() > SETTLING => {
                let why = output::plain(&error);
                return Err(Stop::because(
                    Exit::InputOutput,
                    format!(
                        "the disc is burned, but `{}` cannot be read: {why}; take it out, put it in again, and run `make-disc verify {0}`",
                        path.display()
                    ),
                ));
            }
            Err(_) => thread::sleep(Duration::from_millis(500)),
        }
    }
}

fn report(arguments: &BurnArguments, tool: Tool, on: &str, difference: Option<&Difference>) -> Exit {
    let good = difference.is_none_or(Difference::is_none);
    let exit = if good { Exit::Done } else { Exit::Verification };
    if arguments.json {
        let result = json!({
            "ok": good,
            "image": arguments.image.to_string_lossy(),
            "device": on,
            "tool": tool.name(),
            "compared": difference.is_some() || tool.compares(),
            "changed_sectors": difference.map(|difference| difference.changed),
            "unreadable_sectors": difference.map(|difference| difference.unreadable),
            "first_sector": difference.and_then(|difference| difference.first),
        });
        return output::print(&format!("{result}\n"), exit);
    }
    if let Some(Difference { changed, unreadable, first: Some(first) }) = difference {
        output::say_error(&format!(
            "the disc is not the image: {changed} sectors hold other bytes and {unreadable} cannot be read, from sector {first} on; \
             take it out, put it in again, and run `make-disc verify {on}`; if that finds damage, too, throw the disc away and burn \
             another more slowly, with `--speed`",
            on = on.strip_prefix("stdio:").unwrap_or(on)
        ));
        return exit;
    }
    if arguments.quiet {
        return exit;
    }
    let compared = match (difference, tool.compares()) {
        (Some(_), _) => "every byte is as in the image",
        (None, true) => "the program compared it with the image",
        (None, false) => "not compared with the image",
    };
    output::print(&format!("burned     {} onto {on}: {compared}\n", arguments.image.display()), exit)
}
