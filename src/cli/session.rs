//! From a manifest to the plan of its disc, with what is said on the way: what the commands that make something
//! have in common.

use std::io::{self, Write};
use std::path::Path;

use super::documents::{self, Unread};
use super::interruption::interruptible;
use super::{Exit, output};
use crate::catalogue::Catalogue;
use crate::data_formats::json;
use crate::diagnostic::{self, Findings, did_you_mean};
use crate::extraction::{self, Extractions};
use crate::image::{Failure, Target, sync_parent_dir};
use crate::layout::Layout;
use crate::manifest::ManifestFile;
use crate::plan::Plan;
use crate::progress::{self, Progress};

/// Why nothing was made: the exit code, and a sentence unless the findings say it all.
pub(super) struct Stop(pub(super) Exit, pub(super) Option<String>);

impl Stop {
    pub(super) fn because(exit: Exit, message: impl Into<String>) -> Self {
        Self(exit, Some(message.into()))
    }
}

/// What the arguments say of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings<'a> {
    pub(super) manifest: &'a Path,
    pub(super) allow_outside: bool,
    /// Whether readers are to search inside the documents.
    pub(super) search: bool,
    pub(super) quiet: bool,
    /// Whether the result is JSON on standard output.
    pub(super) json: bool,
}

/// A run, and what it found.
pub(super) struct Session<'a> {
    pub(super) settings: Settings<'a>,
    pub(super) findings: Findings,
    pub(super) manuscript: Option<ManifestFile>,
}

impl<'a> Session<'a> {
    pub(super) fn new(settings: Settings<'a>) -> Self {
        Self { settings, findings: Findings::default(), manuscript: None }
    }

    /// The findings for `--json`.
    pub(super) fn records(&self) -> Vec<diagnostic::FindingRecord> {
        self.manuscript.as_ref().map_or_else(Vec::new, |manuscript| diagnostic::records(&self.findings, manuscript))
    }

    /// Says why nothing was made; `what` is that which was not, such as `no disc was`.
    pub(super) fn end(&self, Stop(exit, message): Stop, what: &str) -> Exit {
        if self.settings.json {
            let result = json!({ "ok": false, "error": message, "findings": self.records() });
            return output::print(&format!("{result}\n"), exit);
        }
        if let Some(message) = message {
            output::say_error(&message);
        }
        if let (Exit::Content, Some(summary)) = (exit, self.findings.summary()) {
            output::say(&format!("{what} made: {summary}"));
        }
        exit
    }

    /// Adds findings, shows them, and stops on errors.
    pub(super) fn heed(&mut self, findings: Findings) -> Result<(), Stop> {
        if let (Some(manuscript), false) = (&self.manuscript, self.settings.json) {
            output::show(&findings, manuscript, self.settings.quiet);
        }
        let errors = findings.has_errors();
        self.findings.append(findings);
        if errors { Err(Stop(Exit::Content, None)) } else { Ok(()) }
    }

    /// Stops if the manifest is not there and is named like a command.
    pub(super) fn is_no_command(&self) -> Result<(), Stop> {
        let manifest = self.settings.manifest;
        let near = manifest.to_str().filter(|_| !manifest.exists()).and_then(|m| did_you_mean(m, super::COMMANDS));
        match near {
            Some(near) => {
                let shown = manifest.display();
                Err(Stop::because(
                    Exit::Usage,
                    format!("there is no manifest `{shown}`: did you mean `make-disc {near}`?"),
                ))
            }
            None => Ok(()),
        }
    }

    /// Reads and judges the manifest.
    pub(super) fn examine(&mut self) -> Result<(Catalogue, Layout), Stop> {
        let Settings { manifest, allow_outside, .. } = self.settings;
        let examined = crate::examine(manifest, allow_outside)
            .map_err(|error| Stop::because(Exit::InputOutput, output::no_manifest(manifest, &error)))?;
        self.manuscript = Some(examined.manuscript);
        self.heed(examined.findings)?;
        examined.collection.ok_or(Stop(Exit::Content, None))
    }

    /// Reads the documents, makes the pages and plans the disc.
    pub(super) fn plan(&mut self, catalogue: &Catalogue, layout: &Layout) -> Result<Plan, Stop> {
        let epoch = super::build::source_date_epoch().map_err(|message| Stop::because(Exit::Usage, message))?;
        let texts = self.read_documents(catalogue)?;
        let mut findings = Findings::default();
        extraction::findings(catalogue, &texts, &mut findings);
        let plan = crate::assemble(catalogue, layout, &texts, epoch, &mut findings);
        self.heed(findings)?;
        plan.ok_or(Stop(Exit::Content, None))
    }

    pub(super) fn progress(&self, done: &'static str) -> Box<dyn Progress> {
        match self.settings {
            Settings { quiet: true, .. } => Box::new(progress::Silence),
            Settings { json: true, .. } => Box::new(progress::JsonLines::new()),
            _ => progress::for_stderr(done),
        }
    }

    fn read_documents(&self, catalogue: &Catalogue) -> Result<Extractions, Stop> {
        let stop = interruptible().map_err(|message| Stop::because(Exit::InputOutput, message))?;
        // Progress as JSON counts the bytes written, and nothing else.
        let mut progress: Box<dyn Progress> =
            if self.settings.json { Box::new(progress::Silence) } else { self.progress("documents read") };
        documents::read(catalogue, self.settings.search, progress.as_mut(), &stop).map_err(|unread| match unread {
            Unread::Interrupted => Stop::because(Exit::Interrupted, "interrupted; nothing was written"),
            Unread::NoProgram(error) => Stop::because(
                Exit::Fault,
                format!("make-disc does not find itself to read the documents: {error}; `--no-search` makes a disc without search"),
            ),
        })
    }
}

/// Why writing to `output` ended, for the user.
pub(super) fn stop(failure: Failure, output: &Path) -> Stop {
    match failure {
        Failure::Source { file, reason } => Stop::because(
            Exit::InputOutput,
            format!("`{file}`: {reason}; no disc was made, run again when nothing changes the files"),
        ),
        Failure::Output(error) => unwritable(output, &error),
        Failure::Interrupted => Stop::because(Exit::Interrupted, "interrupted; nothing was changed"),
        Failure::Fault(what) => {
            Stop::because(Exit::Fault, format!("a fault of make-disc, not of your manifest: {what}"))
        }
    }
}

/// Stops if the folder that something is to be written into is not there, before long work is done for nothing.
pub(super) fn has_folder(output: &Path) -> Result<(), Stop> {
    match output.parent().filter(|parent| !parent.as_os_str().is_empty() && !parent.exists()) {
        None => Ok(()),
        Some(parent) => Err(Stop::because(
            Exit::InputOutput,
            format!(
                "`{}` cannot be written: the folder `{}` is not there, make it first",
                output.display(),
                parent.display()
            ),
        )),
    }
}

/// That an output cannot be written, for the user.
pub(super) fn unwritable(output: &Path, error: &io::Error) -> Stop {
    let (shown, why) = (output.display(), output::plain(error));
    Stop::because(Exit::InputOutput, format!("`{shown}` cannot be written: {why}; nothing was changed"))
}

/// Writes a whole file, beside its place and then under its name.
pub(super) fn write(path: &Path, bytes: &[u8], replace: bool) -> Result<(), Stop> {
    let failed = |error: &io::Error| unwritable(path, error);
    let mut target = Target::create(path).map_err(|error| failed(&error))?;
    target.file().write_all(bytes).map_err(|error| failed(&error))?;
    target.sync().map_err(|error| failed(&error))?;
    target.publish(replace).map_err(|error| failed(&error))?;
    sync_parent_dir(path).map_err(|error| failed(&error))
}

/// Says why a command without findings ended early.
pub(super) fn ended(Stop(exit, message): Stop, json: bool) -> Exit {
    if json {
        return output::print(&format!("{}\n", json!({ "ok": false, "error": message, "findings": [] })), exit);
    }
    output::say_error(&message.unwrap_or_default());
    exit
}
