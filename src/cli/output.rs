//! What is said on standard error, and written to standard output.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::Exit;
use crate::diagnostic::{self, Findings, Manuscript, Style};

/// Says a line on standard error.
pub(super) fn say(line: &str) {
    // Nobody listens: no reason to stop.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Says that something failed.
pub(super) fn say_error(message: &str) {
    if colours() {
        say(&format!("\x1b[1;31merror\x1b[0m: {message}"));
    } else {
        say(&format!("error: {message}"));
    }
}

/// Writes to standard output, and gives the exit code: `done`, or that of a failed output, which it
/// says. A reader that has gone away is no failure.
pub(super) fn print(text: &str, done: Exit) -> Exit {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            say_error(&format!("the result cannot be written to standard output: {}", plain(&error)));
            Exit::InputOutput
        }
        _ => done,
    }
}

/// Whether standard error is a terminal that wants colours (<https://no-color.org>).
fn colours() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stderr().is_terminal() && !set("NO_COLOR") && !dumb
}

/// Shows findings on standard error.
pub(super) fn show(findings: &Findings, manuscript: &dyn Manuscript, quiet: bool) {
    let mut shown = findings.clone();
    if quiet {
        shown.0.retain(|finding| finding.severity == diagnostic::Severity::Error);
    }
    let style = Style { colour: colours(), width: 120 };
    let text = diagnostic::render(&shown, manuscript, style);
    if !text.is_empty() {
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// A message of the file system's, without its number.
pub(super) fn plain(error: &io::Error) -> String {
    let text = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "the system does not permit it".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::AlreadyExists => "it exists by now".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    };
    text.split(" (os error").next().map_or(text.clone(), str::to_owned)
}

/// Says that the manifest cannot be read.
pub(super) fn unreadable_manifest(path: &Path, error: &io::Error, json: bool) -> Exit {
    let message = format!("the manifest `{}` cannot be read: {}", path.display(), plain(error));
    if json {
        let result = crate::formats::json!({ "ok": false, "error": message, "findings": [] });
        return print(&format!("{result}\n"), Exit::InputOutput);
    }
    say_error(&message);
    Exit::InputOutput
}
