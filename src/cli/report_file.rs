//! Reports of `verify` and `burn` in files, for the event log of an archive. docs/reports.md describes them, and
//! docs/verify-report.schema.json the JSON.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::error::CommandError;
use super::interruption::await_report;
use super::output::Lines;
use super::{Exit, output};
use crate::data_formats::{Value, json, to_json};
use crate::environment::{self, Host};
use crate::escaping::{escape_blank_runs, escape_json};
use crate::outputs::{Output, OutputKind};
use crate::path_text::show;
use crate::pipeline::PipelineError;

/// The options of commands that write reports.
#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// Also write a report for an event log: to FILE.json for programs, to FILE.txt as text, to both if FILE ends in neither
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Replace that report if it exists
    #[arg(short, long, requires = "report")]
    force: bool,
}

/// Something that was verified, or could not be.
pub(super) struct Event<'e> {
    /// The command, such as `verify`.
    pub(super) command: &'e str,
    /// What was done.
    pub(super) detail: &'e str,
    /// The verdict in lower case: `intact`, `files intact`, `not intact` or `not proven`; or `not verified`.
    pub(super) outcome: String,
    /// The verdict as a sentence, or why there is none.
    pub(super) outcome_detail: String,
    /// The target that was verified, as the user wrote it.
    pub(super) target: &'e Path,
    /// The kind of the target, such as `image`. `None` if it is not known.
    pub(super) kind: Option<Value>,
    /// The size of the target in bytes. `None` if it is not known.
    pub(super) size: Option<u64>,
    /// The model of the drive.
    pub(super) drive: Option<String>,
    /// The object that the command prints with `--json`.
    pub(super) result: Value,
    /// The text that the command prints without `--json`.
    pub(super) text: Lines,
}

/// The report as JSON. Its keys are named so that a PREMIS event can be made from them.
#[derive(Serialize)]
struct JsonReport<'e> {
    format: &'static str,
    event: Value,
    program: Value,
    host: Host,
    target: Value,
    result: &'e Value,
}

/// The reports that the user asked for, which are written when the run ends.
#[derive(Debug, Default)]
pub(super) struct ReportFiles {
    /// Their paths. JSON if they end in `.json`, otherwise text.
    paths: Vec<PathBuf>,
    force: bool,
    /// Whether their paths are not printed.
    quiet: bool,
}

impl ReportFiles {
    /// Returns an error if the reports could not be written, or would change the folder that is verified. With `quiet`, their
    /// paths are not printed.
    pub(super) fn new(arguments: &ReportArguments, target: &Path, quiet: bool) -> Result<Self, CommandError> {
        let ReportArguments { report: Some(path), force } = arguments else { return Ok(Self::default()) };
        let shown = show(path);
        // A wrong `SOURCE_DATE_EPOCH` is reported now, not after an hour of work.
        environment::now().map_err(PipelineError::BadEpoch)?;
        if path.is_dir() {
            let better = path.join("report.json");
            return Err(CommandError::usage(format!(
                "`{shown}` is a folder: name the report in it, such as `{}`",
                show(&better)
            )));
        }
        let paths = if OutputKind::Report.has_extension(path) {
            vec![path.clone()]
        } else {
            let with = |extension: &str| {
                let mut name = path.clone().into_os_string();
                name.push(extension);
                PathBuf::from(name)
            };
            vec![with(".json"), with(".txt")]
        };
        let files = Self { paths, force: *force, quiet };
        for output in files.outputs() {
            let folder = output.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let inside = |folder: PathBuf| {
                target.is_dir() && fs::canonicalize(target).is_ok_and(|target| folder.starts_with(target))
            };
            if fs::canonicalize(folder).is_ok_and(inside) {
                return Err(CommandError::usage(format!(
                    "the report `{}` would be in the folder that is verified, and count as an added file: write it to another folder",
                    show(output.path)
                )));
            }
            output.ensure_writable()?;
        }
        await_report(true);
        Ok(files)
    }

    fn outputs(&self) -> impl Iterator<Item = Output<'_>> {
        self.paths.iter().map(|path| Output { path, kind: OutputKind::Report, force: self.force })
    }

    /// Writes the reports, and prints their paths or why they cannot be written. Returns `exit`, or [`Exit::InputOutput`] if that
    /// is success but a report cannot be written.
    pub(super) fn write(&self, event: &Event<'_>, exit: Exit) -> Exit {
        if self.paths.is_empty() {
            return exit;
        }
        let mut final_exit = exit;
        // The time was valid when the run began.
        let date = environment::format_utc(environment::now().unwrap_or_default());
        let host = Host::detect();
        let mut written = Vec::new();
        for file in self.outputs() {
            let is_json = file.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
            let text = if is_json { event.to_json(&date, &host) } else { event.to_text(&date, &host) };
            let shown = show(file.path);
            match file.write(text.as_bytes()) {
                Ok(()) => written.push(shown),
                Err(error) => {
                    let why = output::describe(&error);
                    output::print_error(&format!(
                        "the report `{shown}` cannot be written: {why}; so there is no report of this run"
                    ));
                    if final_exit == Exit::Success {
                        final_exit = Exit::InputOutput;
                    }
                }
            }
        }
        await_report(false);
        if !self.quiet && !written.is_empty() {
            let mut text = Lines::default();
            text.row("report", escape_blank_runs(&written.join(", ")));
            output::print_lines_on_stderr(&text);
        }
        final_exit
    }

    /// Prints why there is no report of this run.
    pub(super) fn skip(&self, why: &str) {
        await_report(false);
        if !self.paths.is_empty() && !self.quiet {
            output::print_line(&format!("no report was written: {why}"));
        }
    }

    /// Writes the reports of a run that ended without a verdict. `detail` says what was done. If the command line was wrong,
    /// nothing was done: then a message says that there is no report.
    pub(super) fn write_failure(&self, command: &str, target: &Path, detail: &str, error: &CommandError) -> Exit {
        if error.exit == Exit::Usage {
            self.skip(detail);
            return error.exit;
        }
        let message = error.message.clone().unwrap_or_default();
        let mut text = Lines::default();
        text.row("verdict", format!("NOT VERIFIED: {message}"));
        let event = Event {
            command,
            detail,
            outcome: "not verified".to_owned(),
            outcome_detail: message.clone(),
            target,
            kind: None,
            size: None,
            drive: None,
            result: failure(error),
            text,
        };
        self.write(&event, error.exit)
    }
}

/// The object that is printed with `--json` if there is no verdict.
pub(super) fn failure(error: &CommandError) -> Value {
    json!({ "ok": false, "error": error.message.as_deref().unwrap_or_default(), "problems": [] })
}

impl Event<'_> {
    fn to_json(&self, date: &str, host: &Host) -> String {
        let Self { command: _, detail, outcome, outcome_detail, target, kind, size, drive, result, text: _ } = self;
        let report = JsonReport {
            format: OutputKind::REPORT_FORMAT,
            event: json!({
                "type": "fixity check",
                "date": date,
                "detail": detail,
                "outcome": outcome,
                "outcome_detail": outcome_detail,
            }),
            program: json!({ "name": "make-disc", "version": env!("CARGO_PKG_VERSION"), "command": self.command }),
            host: host.clone(),
            target: json!({ "path": target.to_string_lossy(), "kind": kind, "size": size, "drive": drive }),
            result,
        };
        escape_json(&to_json(&report).unwrap_or_default()).into_owned()
    }

    fn to_text(&self, date: &str, host: &Host) -> String {
        let mut text = Lines::default();
        text.row("format", OutputKind::REPORT_FORMAT);
        text.row("event", format!("fixity check: {}", self.detail));
        text.row("date", date);
        text.row("outcome", &self.outcome);
        text.row("program", format!("make-disc {}, {}", env!("CARGO_PKG_VERSION"), self.command));
        let kernel = host.kernel.as_deref().map(|kernel| format!(", {kernel}")).unwrap_or_default();
        text.row("host", format!("{}{kernel}, {}", host.system, host.machine));
        text.row("target", show(self.target));
        if let Some(drive) = &self.drive {
            text.row("drive", drive);
        }
        text.line("");
        text.append(&self.text);
        text.into_string()
    }
}
