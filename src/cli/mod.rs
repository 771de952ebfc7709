//! The command line: arguments, what is printed where, exit codes. The only module that names
//! `clap`, `ctrlc` and `comfy-table`.

mod build;
mod burn;
mod check;
mod documents;
mod init;
mod interruption;
mod list;
mod output;
mod preview;
mod print;
mod reference;
mod session;
mod stage;
mod verify;

use std::ffi::OsString;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use self::session::{Session, Settings};
use crate::extraction::Bounds;

/// How a run ended, for the caller's scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Exit {
    /// All done.
    Done = 0,
    /// The manifest or what it names is wrong.
    Content = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Reading or writing failed.
    InputOutput = 3,
    /// What is there is not what was planned or published.
    Verification = 4,
    /// A fault of ours.
    Fault = 70,
    /// Broken off by the user (128 and the number of SIGINT).
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The commands, for those who misspell one.
const COMMANDS: [&str; 8] = ["burn", "check", "init", "list", "preview", "print", "stage", "verify"];

/// What somebody needs who types the name alone.
const BEGIN: &str = "\
make-disc makes a disc of your documents, in every language, from one text file.

  1. make-disc init FOLDER             proposes that file for a folder of documents
  2. make-disc preview manifest.yaml   shows the pages; change the file until they are right
  3. make-disc manifest.yaml out.iso   makes the disc

`make-disc --help` shows all it can do.";

const EXAMPLES: &str = "\
Examples:
  make-disc init FOLDER                  propose a manifest for the documents in a folder
  make-disc check manifest.yaml          what is wrong, and what to do about it
  make-disc preview manifest.yaml        see its pages in the browser
  make-disc manifest.yaml out.iso        make the disc
  make-disc stage manifest.yaml FOLDER   its files alone, for a stick or a web server
  make-disc print manifest.yaml out.pdf  label, cover, inlay, and the list on paper
  make-disc list manifest.yaml           every document, with its name on the disc
  make-disc burn out.iso                 burn it, and hold the disc against it
  make-disc verify out.iso               prove that the image is what was published
  make-disc verify /dev/sr0              the same of a disc in a drive

Exit codes: 0 done, 1 manifest or content, 2 usage, 3 input or output, 4 verification,
70 a fault of make-disc, 130 interrupted.";

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
    /// Say all that is wrong with a disc, and what it will need, before it is made
    Check(check::CheckArguments),
    /// Print every report and language variant with its source, size and paths on the disc
    List(ListArguments),
    /// Prove that an image, a disc in a drive, a folder or an archive is what was published
    Verify(VerifyArguments),
    /// Make the pages alone, and open them in the browser
    Preview(preview::PreviewArguments),
    /// Print the label, the cover and the inlay of the case, and the list of documents, as a PDF
    Print(print::PrintArguments),
    /// Burn an image onto a disc, and hold the disc against it
    Burn(burn::BurnArguments),
    /// Put the disc's files into a folder or an archive, for sticks and web servers
    Stage(stage::StageArguments),
    /// Print the JSON Schema of the manifest, for editors
    Schema,
    /// Print a script that completes commands in a shell
    Completions(reference::CompletionsArguments),
    /// Print the manual page, or write the pages of all commands
    Man(reference::ManArguments),
    /// Read one document and write its text to standard output; started for each document
    #[command(hide = true)]
    ExtractText {
        /// The format, by its usual ending
        format: String,
        /// The document
        file: PathBuf,
        /// Processor time it may use, in seconds
        seconds: u64,
        /// Memory it may use, in bytes
        memory: u64,
    },
}

#[derive(Debug, Args)]
struct BuildArguments {
    /// The manifest, a YAML file; its relative paths start at its folder
    manifest: PathBuf,
    /// The image to write, or `-` for standard output
    output: PathBuf,
    /// Replace the image if it exists
    #[arg(short, long)]
    force: bool,
    /// Put sums in the image by which `checkisomd5` checks a disc, as `disc.media_check` does
    #[arg(long)]
    media_check: bool,
    // What follows is `MakingArguments`: clap does not take what is optional for there if it holds such a group.
    /// Allow files outside the manifest's folder
    #[arg(long)]
    allow_outside: bool,
    /// Leave the search out, as `search: false` does
    #[arg(long)]
    no_search: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as one JSON object, and progress as JSON lines on standard error
    #[arg(long)]
    json: bool,
}

impl BuildArguments {
    fn making(&self) -> MakingArguments {
        let Self { allow_outside, no_search, quiet, json, .. } = *self;
        MakingArguments { allow_outside, no_search, quiet, json }
    }
}

/// What the commands have in common that make something of a manifest.
#[derive(Debug, Args)]
struct MakingArguments {
    /// Allow files outside the manifest's folder
    #[arg(long)]
    allow_outside: bool,
    /// Leave the search out, as `search: false` does
    #[arg(long)]
    no_search: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as one JSON object, and progress as JSON lines on standard error
    #[arg(long)]
    json: bool,
}

impl MakingArguments {
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
    /// The digest that was published, of the image or of its checksum list: 64 hexadecimal digits
    #[arg(long, value_name = "DIGEST")]
    sha256: Option<String>,
    /// Also compare with what this manifest would make
    #[arg(long, value_name = "MANIFEST")]
    manifest: Option<PathBuf>,
    /// Allow the manifest files outside its folder
    #[arg(long, requires = "manifest")]
    allow_outside: bool,
    /// The disc was made with `--no-search`
    #[arg(long, requires = "manifest")]
    no_search: bool,
    /// Print nothing but what is wrong
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as one JSON object, and progress as JSON lines on standard error
    #[arg(long)]
    json: bool,
}

/// Runs the program with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if arguments.len() < 2 {
        output::say(BEGIN);
        return Exit::Usage.into();
    }
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let usage = error.use_stderr();
            // A closed output is no reason for another code.
            let _ = error.print();
            return if usage { Exit::Usage } else { Exit::Done }.into();
        }
    };
    panic::set_hook(Box::new(|fault| {
        output::say_error(&format!("a fault of make-disc, not of your manifest: {fault}"));
        output::say("please report it, with the manifest if you can");
    }));
    let run = panic::AssertUnwindSafe(|| match (arguments.command, arguments.build) {
        (Some(Command::Init(arguments)), _) => init::run(&arguments),
        (Some(Command::Check(arguments)), _) => check::run(&arguments),
        (Some(Command::List(arguments)), _) => list::run(&arguments),
        (Some(Command::Verify(arguments)), _) => verify::run(&arguments),
        (Some(Command::Burn(arguments)), _) => burn::run(&arguments),
        (Some(Command::Preview(arguments)), _) => preview::run(&arguments),
        (Some(Command::Print(arguments)), _) => print::run(&arguments),
        (Some(Command::Stage(arguments)), _) => stage::run(&arguments),
        (Some(Command::Schema), _) => reference::schema(),
        (Some(Command::Completions(arguments)), _) => reference::completions(&arguments),
        (Some(Command::Man(arguments)), _) => reference::man(&arguments),
        (Some(Command::ExtractText { format, file, seconds, memory }), _) => {
            if crate::extraction::work(&file, &format, Bounds { seconds, memory }) {
                Exit::Done
            } else {
                Exit::InputOutput
            }
        }
        (None, Some(arguments)) => build::run(&arguments),
        (None, None) => Exit::Usage,
    });
    panic::catch_unwind(run).unwrap_or(Exit::Fault).into()
}
