//! The error that ends a command: an exit code, and a message for the user.

use std::io;
use std::path::Path;

use super::{Exit, output};
use crate::data_formats::json;
use crate::diagnostic::{FindingRecord, did_you_mean};
use crate::extraction;
use crate::image::Failure;
use crate::outputs::OutputError;
use crate::path_text::{quote_for_shell, show};
use crate::pipeline::PipelineError;

/// Why a command ended early.
#[derive(Debug, Clone)]
pub(super) struct CommandError {
    pub(super) exit: Exit,
    /// `None` if the findings, which are shown elsewhere, are the reason.
    pub(super) message: Option<String>,
}

impl CommandError {
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: Some(message.into()) }
    }

    /// The command line is wrong, or asks for something that is not allowed.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Reading or writing failed.
    pub(super) fn io(message: impl Into<String>) -> Self {
        Self::new(Exit::InputOutput, message)
    }

    /// At least one of the findings is an error. They are shown elsewhere.
    pub(super) fn findings() -> Self {
        Self { exit: Exit::Content, message: None }
    }

    /// A file cannot be read.
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::io(format!("`{}` cannot be read: {}", show(path), output::describe_at(path, error)))
    }

    /// An output cannot be written.
    pub(super) fn unwritable(path: &Path, error: &io::Error) -> Self {
        Self::io(format!("`{}` cannot be written: {}; nothing was changed", show(path), output::describe(error)))
    }

    /// The manifest cannot be read. Suggests the one that was probably meant.
    pub(super) fn unreadable_manifest(path: &Path, error: &io::Error) -> Self {
        let shown = show(path);
        if path.is_dir() {
            let inner = path.join("manifest.yaml");
            return Self::io(match inner.is_file() {
                true => format!("`{shown}` is a folder: give the manifest in it, `{}`", show(&inner)),
                false => format!(
                    "`{shown}` is a folder without a manifest: `make-disc init {}` proposes one",
                    quote_for_shell(path)
                ),
            });
        }
        let why = output::describe_at(path, error);
        let similar = Some(path).filter(|_| error.kind() == io::ErrorKind::NotFound).and_then(similar_manifest);
        Self::io(match similar {
            Some(similar) => {
                format!("the manifest `{shown}` cannot be read: {why}; did you mean `{}`?", show(&similar))
            }
            None => format!("the manifest `{shown}` cannot be read: {why}"),
        })
    }

    /// The image, the archive or the folder at `output` was not written.
    pub(super) fn not_written(failure: Failure, output: &Path) -> Self {
        match failure {
            Failure::Source { file, reason } => {
                // The digest of the file may have been remembered from an earlier run, and be that of other bytes.
                extraction::forget_known_digests();
                Self::io(format!(
                    "`{file}`: {reason}; nothing was made: correct this, or wait until the file no longer changes, and run the command again"
                ))
            }
            Failure::Output(error) => Self::unwritable(output, &error),
            Failure::Signature(why) => Self::io(format!("the disc cannot be signed: {why}; nothing was made")),
            Failure::Timestamp(why) => Self::new(
                Exit::Content,
                format!(
                    "{why}; nothing was made: move the timestamp away, write the files with `make-disc stage`, have the new list stamped, and run the command again"
                ),
            ),
            Failure::Interrupted => Self::interrupted(),
            Failure::Bug(what) => Self::internal(&what),
        }
    }

    /// The user interrupted the command before anything was written.
    pub(super) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "interrupted; nothing was changed")
    }

    /// Something happened that should be impossible.
    pub(super) fn internal(what: &str) -> Self {
        Self::new(Exit::Internal, format!("this is a bug in make-disc, not in your manifest; please report it: {what}"))
    }

    /// Prints why the command ended, as a JSON object if `json` is true, and returns the exit code.
    pub(super) fn report(self, json: bool) -> Exit {
        if json {
            return self.report_json(&[]);
        }
        let Self { exit, message } = self;
        if let Some(message) = message {
            output::print_error(&message);
        }
        exit
    }

    /// Prints why the command ended and what was found before, as a JSON object, and returns the exit code.
    pub(super) fn report_json(self, findings: &[FindingRecord]) -> Exit {
        let Self { exit, message } = self;
        output::print_json(&json!({ "ok": false, "error": message, "findings": findings }), exit)
    }
}

impl From<OutputError> for CommandError {
    fn from(error: OutputError) -> Self {
        match error {
            OutputError::Refused(message) => Self::usage(message),
            OutputError::UnusableLocation(message) => Self::io(message),
            OutputError::Unwritable(path, error) => Self::unwritable(&path, &error),
        }
    }
}

impl From<PipelineError> for CommandError {
    fn from(error: PipelineError) -> Self {
        match error {
            PipelineError::BadEpoch(text) => {
                Self::usage(format!("SOURCE_DATE_EPOCH is `{text}`: it must be a number of seconds since 1970-01-01"))
            }
            PipelineError::NoExecutable(error) => Self::internal(&format!(
                "make-disc cannot locate its own executable, which it needs to read documents, lists and emblems: {error}"
            )),
            PipelineError::Interrupted => Self::interrupted(),
            PipelineError::Image(failure) => Self::not_written(failure, Path::new("the image")),
        }
    }
}

/// The manifest in the same folder whose name is most similar to that of `path`.
fn similar_manifest(path: &Path) -> Option<std::path::PathBuf> {
    let name = path.file_name()?.to_str()?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names: Vec<String> = std::fs::read_dir(parent)
        .ok()?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|other| other.ends_with(".yaml") || other.ends_with(".yml"))
        .collect();
    let similar = did_you_mean(name, names.iter().map(String::as_str))?;
    Some(path.with_file_name(similar))
}
