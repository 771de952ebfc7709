//! The command line: arguments, what is printed where, and exit codes.

mod build;
mod burn;
mod check;
mod error;
mod init;
mod interruption;
mod list;
mod ocr;
mod output;
mod preview;
mod print;
mod reference;
mod repair;
mod report_file;
mod session;
mod signing;
mod stage;
mod strings;
mod verify;

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand};

use self::report_file::ReportArguments;
use self::session::{Session, Settings};
use self::signing::SigningArguments;
use crate::covers;
use crate::diagnostic::did_you_mean;
use crate::encodings::decode_text;
use crate::error_correction::Amount;
use crate::escaping::escape_line;
use crate::extraction;
use crate::launcher::{self, Purpose};
use crate::outputs::PathState;
use crate::path_text::{quote_argument, quote_for_shell};
use crate::scaffold;
use crate::worker::{self, Limits};

/// How a run ended. Scripts see it as the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Exit {
    /// Everything was done.
    Success = 0,
    /// There is an error in the manifest or in a file it names.
    Content = 1,
    /// The command line is wrong, a program that the command needs is missing, or the user did not confirm.
    Usage = 2,
    /// Reading or writing failed.
    InputOutput = 3,
    /// An image, a disc or a copy differs from what was planned or published.
    Verification = 4,
    /// A bug in make-disc.
    Internal = 70,
    /// Interrupted by the user (128 and the number of SIGINT).
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Shown if the program is run without arguments.
const FIRST_STEPS: &str = "\
make-disc makes a disc of your documents, in every language, from one text file.

  1. make-disc init FOLDER             proposes that file for a folder of documents
  2. make-disc preview manifest.yaml   shows the pages; change the file until they are right
  3. make-disc manifest.yaml out.iso   makes the disc

`make-disc --help` shows everything else.";

const EXAMPLES: &str = "\
Examples:
  make-disc init FOLDER                  propose a manifest for the documents in a folder
  make-disc check manifest.yaml          show what is wrong, and how to correct it
  make-disc preview manifest.yaml        show its pages in the browser
  make-disc manifest.yaml out.iso        make the disc
  make-disc stage manifest.yaml FOLDER   write only its files, for a USB stick or a web server
  make-disc print manifest.yaml out.pdf  make the label, cover, inlay and leaflet
  make-disc list manifest.yaml           list every document, with its name on the disc
  make-disc burn out.iso                 burn the image, then compare the disc with it
  make-disc verify out.iso               check every file of the image against its checksum list
  make-disc verify /dev/sr0              do the same for a disc in a drive

Exit codes: 0 success, 1 an error in the manifest or its files, 2 wrong usage or a missing
program, 3 reading or writing failed, 4 verification failed, 70 a bug in make-disc, 130 interrupted.";

/// Makes a multilingual, checksummed data disc image from one manifest.
#[derive(Debug, Parser)]
#[command(
    name = "make-disc",
    version,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    build: Option<BuildArguments>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Propose a manifest for a folder of documents
    Init(init::InitArguments),
    /// Show everything that is wrong with a disc, and how large it will be, before you make it
    Check(check::CheckArguments),
    /// List every report and language variant with its source, size and paths on the disc
    List(ListArguments),
    /// Check every file of an image, a disc in a drive, a folder or an archive against its checksum list
    Verify(VerifyArguments),
    /// Restore an image from damaged copies, with the error correction on them
    Repair(repair::RepairArguments),
    /// Recognise the text of scanned documents with an installed program, and write it beside them
    Ocr(ocr::OcrArguments),
    /// Make only the pages, and open them in the browser
    Preview(preview::PreviewArguments),
    /// Print the label, the cover and the inlay of the case, and the list of documents, as a PDF
    Print(print::PrintArguments),
    /// Burn an image to disc, then compare the disc with it
    Burn(burn::BurnArguments),
    /// Write the disc's files to a folder or an archive, for USB sticks and web servers
    Stage(stage::StageArguments),
    /// Write a file of the pages' texts, to translate them into another language or to change them
    Strings(strings::StringsArguments),
    /// Print the JSON Schema of the manifest, for editors
    Schema,
    /// Print a script that completes commands in a shell
    Completions(reference::CompletionsArguments),
    /// Print the licences of the software and data in this program that others wrote
    #[command(alias = "licenses")]
    Licences,
    /// Print the manual page, or write the pages of all commands
    Man(reference::ManArguments),
    /// Read the document on standard input and write its text; the program starts this for each document
    #[command(hide = true)]
    ExtractText {
        /// The format, by its usual extension
        format: String,
        #[command(flatten)]
        limits: LimitArguments,
    },
    /// Read the small documents on standard input, one after the other, and write the text of each
    #[command(hide = true)]
    ExtractTexts {
        #[command(flatten)]
        limits: LimitArguments,
    },
    /// Read the list on standard input and write its cells; the program starts this for `init --from`
    #[command(hide = true)]
    ReadRegister {
        /// The format, by its usual extension
        format: String,
        #[command(flatten)]
        limits: LimitArguments,
    },
    /// Draw the cover of the document on standard input and write it; the program starts this for each document
    #[command(hide = true)]
    DrawCover {
        /// The extension of the file's name
        format: String,
        #[command(flatten)]
        limits: LimitArguments,
    },
    /// Draw the emblem on standard input and write it; the program starts this for the emblem
    #[command(hide = true)]
    DrawEmblem {
        /// What the picture is for
        #[arg(value_parser = |name: &str| Purpose::from_name(name).ok_or("not a purpose"))]
        purpose: Purpose,
        #[command(flatten)]
        limits: LimitArguments,
    },
    /// Load the fonts of the system; the program starts this to find out whether that succeeds
    #[command(hide = true)]
    LoadFonts,
}

/// What a worker process may use.
#[derive(Debug, Clone, Copy, Args)]
struct LimitArguments {
    /// Processor time, in seconds
    seconds: u64,
    /// Memory, in bytes
    memory: u64,
}

impl LimitArguments {
    fn serve(self, work: impl FnOnce(&mut dyn Read) -> Vec<u8>) -> Exit {
        let limits = Limits { seconds: self.seconds, memory_bytes: self.memory };
        if worker::serve(limits, work) { Exit::Success } else { Exit::InputOutput }
    }

    fn serve_many(self, work: impl FnMut(&[u8]) -> Vec<u8>) -> Exit {
        let limits = Limits { seconds: self.seconds, memory_bytes: self.memory };
        if worker::serve_many(limits, work) { Exit::Success } else { Exit::InputOutput }
    }
}

#[derive(Debug, Args)]
struct BuildArguments {
    /// The manifest, a YAML file; paths in it are relative to its folder
    manifest: PathBuf,
    /// The image to write; `-` for standard output
    output: PathBuf,
    /// Replace the image if it exists
    #[arg(short, long)]
    force: bool,
    /// Include checksums with which `checkisomd5` can check a disc, as `disc.media_check` does
    #[arg(long)]
    media_check: bool,
    /// Append error correction with which a damaged disc can be restored, as `disc.repair` does: a fifth of the data, a share such
    /// as `15%`, or `all` for as much as the medium has room for
    #[arg(long, value_name = "SHARE", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = parse_repair)]
    repair: Option<Amount>,
    // The rest repeats `SigningArguments` and `CommonArguments`: clap does not accept a flattened group inside an optional one.
    /// Sign the checksum list with this secret key of minisign or OpenSSH, as `disc.sign` does
    #[arg(long, value_name = "KEY")]
    sign: Option<PathBuf>,
    /// Read the password of that key, if it is one of minisign, from this file, not from the terminal
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Allow files outside the manifest's folder
    #[arg(long)]
    allow_outside: bool,
    /// Make the disc without search, as `search: false` does
    #[arg(long)]
    no_search: bool,
    /// Print only errors
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as one JSON object, and progress as JSON lines on standard error
    #[arg(long)]
    json: bool,
}

fn parse_repair(text: &str) -> Result<Amount, String> {
    Amount::parse(text)
        .ok_or_else(|| "use `--repair`, `--repair=all`, or a share of 4 to 200 % such as `--repair=15%`".to_owned())
}

impl BuildArguments {
    fn signing(&self) -> SigningArguments {
        SigningArguments { sign: self.sign.clone(), password_file: self.password_file.clone() }
    }

    fn common(&self) -> CommonArguments {
        let Self { allow_outside, no_search, quiet, json, .. } = *self;
        CommonArguments { allow_outside, no_search, quiet, json }
    }
}

/// The arguments of all commands that make something from a manifest.
#[derive(Debug, Args)]
struct CommonArguments {
    /// Allow files outside the manifest's folder
    #[arg(long)]
    allow_outside: bool,
    /// Make the disc without search, as `search: false` does
    #[arg(long)]
    no_search: bool,
    /// Print only errors
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as one JSON object, and progress as JSON lines on standard error
    #[arg(long)]
    json: bool,
}

impl CommonArguments {
    fn session<'a>(&self, manifest: &'a Path) -> Session<'a> {
        Session::new(Settings {
            manifest,
            allow_outside: self.allow_outside,
            search: !self.no_search,
            quiet: self.quiet,
            json: self.json,
        })
    }
}

#[derive(Debug, Args)]
struct ListArguments {
    /// The manifest
    manifest: PathBuf,
    /// Allow files outside the manifest's folder
    #[arg(long)]
    allow_outside: bool,
    /// Print one JSON object
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print comma-separated values
    #[arg(long)]
    csv: bool,
}

#[derive(Debug, Args)]
struct VerifyArguments {
    /// An image, a drive such as /dev/sr0, or a folder or ZIP archive of its files
    target: PathBuf,
    /// The published digest, of the image or of its checksum list: 64 hexadecimal digits
    #[arg(long, value_name = "DIGEST")]
    sha256: Option<String>,
    /// The publisher's public key, as a file or as text: the checksum list must be signed with it
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Also compare with the disc that this manifest describes
    #[arg(long, value_name = "MANIFEST")]
    manifest: Option<PathBuf>,
    /// Allow files outside the manifest's folder
    #[arg(long, requires = "manifest")]
    allow_outside: bool,
    /// The disc was made with `--no-search`
    #[arg(long, requires = "manifest")]
    no_search: bool,
    #[command(flatten)]
    report: ReportArguments,
    /// Print only problems
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as one JSON object, and progress as JSON lines on standard error
    #[arg(long)]
    json: bool,
}

/// The names of all commands that users run.
fn command_names() -> Vec<String> {
    let commands = Arguments::command();
    let public = commands.get_subcommands().filter(|command| !command.is_hide_set());
    public.map(|command| command.get_name().to_owned()).collect()
}

/// An argument that is probably a misspelt command, and the command that was meant. `None` if the argument is a command, an
/// option or the name of a file, or resembles no command.
fn misspelt_command(argument: &OsStr) -> Option<(String, String)> {
    let name = argument.to_str().filter(|name| !name.starts_with('-'))?;
    let commands = command_names();
    let is_file_name = name.contains('.') || PathState::at(Path::new(name)) != PathState::Vacant;
    if is_file_name || commands.iter().any(|command| command == name) {
        return None;
    }
    let similar = did_you_mean(name, commands.iter().map(String::as_str))?;
    Some((name.to_owned(), similar.to_owned()))
}

fn misspelt_command_message(name: &str, command: &str) -> String {
    format!("there is no manifest `{name}`: did you mean `make-disc {command}`?")
}

/// A message if the first argument is a command that other programs have for making something.
fn foreign_command_message(arguments: &[OsString]) -> Option<String> {
    let name = arguments.get(1)?.to_str().filter(|name| matches!(*name, "build" | "make" | "create"))?;
    if PathState::at(Path::new(name)) != PathState::Vacant {
        return None;
    }
    let is_path = |argument: &&OsString| !argument.as_encoded_bytes().starts_with(b"-");
    let paths: Vec<&Path> = arguments.iter().skip(2).filter(is_path).map(Path::new).collect();
    let (manifest, output) = match paths.as_slice() {
        [manifest, output] => (quote_for_shell(manifest), quote_for_shell(output)),
        [manifest] => (quote_for_shell(manifest), "out.iso".to_owned()),
        _ => ("manifest.yaml".to_owned(), "out.iso".to_owned()),
    };
    Some(format!("there is no command `{name}`: `make-disc {manifest} {output}` makes the disc"))
}

/// A message if an argument that was read as options is probably the name of a file.
fn name_read_as_option_message(arguments: &[OsString], error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidArg) else { return None };
    let contains_unknown = |text: &str| match unknown.strip_prefix("--") {
        Some(_) => text.starts_with(unknown.as_str()),
        None => !text.starts_with("--") && text.contains(unknown.trim_start_matches('-')),
    };
    let texts = arguments.iter().skip(1).take_while(|argument| *argument != "--").filter_map(|text| text.to_str());
    let mut options = texts.filter(|text| text.starts_with('-') && contains_unknown(text));
    options.find_map(|text| {
        let written = quote_for_shell(Path::new(text));
        let is_name = text.contains([' ', '.', '/']) || PathState::at(Path::new(text)) != PathState::Vacant;
        let is_cluster = text.len() > 2 && !text.starts_with("--");
        match (is_name, is_cluster) {
            (true, _) => Some(format!("`{text}` is read as options: write `{written}`")),
            (false, true) => {
                Some(format!("`{text}` is read as options: if it is the name of a file, write `{written}`"))
            }
            (false, false) => None,
        }
    })
}

/// A message if options are before a command, where they would belong to the command that builds a disc.
fn options_before_command_message(arguments: &[OsString]) -> Option<String> {
    let is_option = |argument: &&OsString| argument.as_encoded_bytes().starts_with(b"-");
    let options: Vec<&OsString> = arguments.iter().skip(1).take_while(is_option).collect();
    let command = arguments.get(options.len() + 1)?;
    let is_command = command_names().iter().any(|name| command == name.as_str());
    if options.is_empty() || !is_command || PathState::at(Path::new(command)) != PathState::Vacant {
        return None;
    }
    let rest = arguments.iter().skip(options.len() + 2);
    let written: Vec<String> =
        std::iter::once(command).chain(options).chain(rest).map(|argument| quote_argument(argument)).collect();
    Some(format!("options come after the command: write `make-disc {}`", written.join(" ")))
}

/// The message about invalid arguments, with escapes for the characters that must not be printed. `None` if the arguments
/// contain no such characters.
fn error_with_escapes(arguments: &[OsString]) -> Option<String> {
    let texts: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let escaped: Vec<_> = texts.iter().map(|text| escape_line(text)).collect();
    if texts == escaped {
        return None;
    }
    let parsed = Arguments::try_parse_from(escaped.iter().map(|argument| argument.as_ref()));
    parsed.err().map(|error| error.render().to_string())
}

/// Runs the program with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    interruption::block_file_size_signal();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if arguments.len() < 2 {
        output::print_block(FIRST_STEPS);
        return Exit::Usage.into();
    }
    let misspelt = misspelt_command(&arguments[1]);
    let early_message = foreign_command_message(&arguments).or_else(|| options_before_command_message(&arguments));
    let original_arguments = arguments.clone();
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => match early_message {
            Some(message) => {
                output::print_error(&message);
                return Exit::Usage.into();
            }
            None => arguments,
        },
        Err(error) => {
            let is_usage_error = error.use_stderr();
            let message = early_message.or_else(|| name_read_as_option_message(&original_arguments, &error));
            if let Some(message) = message.filter(|_| is_usage_error) {
                output::print_error(&message);
                return Exit::Usage.into();
            }
            if let Some((name, command)) = misspelt.filter(|_| is_usage_error) {
                output::print_error(&misspelt_command_message(&name, &command));
                return Exit::Usage.into();
            }
            if is_usage_error && let Some(error) = error_with_escapes(&original_arguments) {
                output::print_block(error.trim_end());
            } else {
                // If the message cannot be printed, the exit code stays the same.
                let _ = error.print();
            }
            return if is_usage_error { Exit::Usage } else { Exit::Success }.into();
        }
    };
    end_process_on_panic();
    if original_arguments.iter().any(|argument| argument == "--json") {
        interruption::use_json();
    }
    let exit = match (arguments.command, arguments.build) {
        (Some(Command::Init(arguments)), _) => init::run(&arguments),
        (Some(Command::Check(arguments)), _) => check::run(&arguments),
        (Some(Command::List(arguments)), _) => list::run(&arguments),
        (Some(Command::Verify(arguments)), _) => verify::run(&arguments),
        (Some(Command::Repair(arguments)), _) => repair::run(&arguments),
        (Some(Command::Ocr(arguments)), _) => ocr::run(&arguments),
        (Some(Command::Burn(arguments)), _) => burn::run(&arguments),
        (Some(Command::Preview(arguments)), _) => preview::run(&arguments),
        (Some(Command::Print(arguments)), _) => print::run(&arguments),
        (Some(Command::Stage(arguments)), _) => stage::run(&arguments),
        (Some(Command::Strings(arguments)), _) => strings::run(&arguments),
        (Some(Command::Schema), _) => reference::schema(),
        (Some(Command::Completions(arguments)), _) => reference::completions(&arguments),
        (Some(Command::Licences), _) => reference::licences(),
        (Some(Command::Man(arguments)), _) => reference::man(&arguments),
        (Some(Command::ExtractTexts { limits }), _) => limits.serve_many(extraction::extract_small),
        (Some(Command::ExtractText { format, limits }), _) => limits.serve(|input| extraction::extract(input, &format)),
        (Some(Command::ReadRegister { format, limits }), _) => {
            limits.serve(|input| scaffold::read_register(input, &format, decode_text))
        }
        (Some(Command::DrawCover { format, limits }), _) => limits.serve(|input| covers::draw(input, &format)),
        (Some(Command::DrawEmblem { purpose, limits }), _) => limits.serve(|input| launcher::draw(input, purpose)),
        (Some(Command::LoadFonts), _) => print::load_fonts(),
        (None, Some(arguments)) => build::run(&arguments),
        (None, None) => Exit::Usage,
    };
    exit.into()
}

/// After a panic in any thread, removes everything half-written and ends the process with [`Exit::Internal`]. It does so without
/// unwinding, because the program is compiled to abort when it panics.
fn end_process_on_panic() {
    panic::set_hook(Box::new(|fault| {
        interruption::clean_up_after_panic();
        output::print_error(&format!("this is a bug in make-disc, not in your manifest: {fault}").replace('\n', " "));
        output::print_line("please report it, and attach the manifest if you can");
        std::process::exit(Exit::Internal as i32);
    }));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::temporary;

    /// Makes the test below panic in the process that it starts.
    const UNFINISHED: &str = "MAKE_DISC_TEST_UNFINISHED";

    #[test]
    fn a_panic_in_any_thread_ends_the_process_and_leaves_nothing_half_written() {
        if let Some(path) = std::env::var_os(UNFINISHED) {
            end_process_on_panic();
            let _unfinished = temporary::Unfinished::file(path.as_ref());
            let _changes = temporary::defer_interruption();
            let _ = std::thread::spawn(|| panic!("on purpose")).join();
            return;
        }
        let folder = temporary::create_private_folder().unwrap();
        let path = folder.join("half-written");
        std::fs::write(&path, "x").unwrap();
        let mut other = std::process::Command::new(std::env::current_exe().unwrap());
        let name = "cli::tests::a_panic_in_any_thread_ends_the_process_and_leaves_nothing_half_written";
        let output = other.args(["--exact", name, "--nocapture"]).env(UNFINISHED, &path).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(Exit::Internal as i32), "{message}");
        assert!(message.contains("error: this is a bug in make-disc") && message.contains("on purpose"), "{message}");
        assert!(!path.exists());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
