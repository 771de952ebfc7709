//! What is said on standard error, and written to standard output.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::Exit;
use crate::diagnostic::{self, Findings, ManifestText, Style, did_you_mean};

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
pub(super) fn show(findings: &Findings, manuscript: &dyn ManifestText, quiet: bool) {
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

/// Why the manifest cannot be read, and which may be meant.
pub(super) fn no_manifest(path: &Path, error: &io::Error) -> String {
    let shown = path.display();
    if path.is_dir() {
        let inner = path.join("manifest.yaml");
        return match inner.is_file() {
            true => format!("`{shown}` is a folder: name the manifest in it, `{}`", inner.display()),
            false => format!("`{shown}` is a folder without a manifest: `make-disc init {shown}` proposes one"),
        };
    }
    let why = plain(error);
    let near = || {
        let name = path.file_name()?.to_str()?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let names: Vec<String> = std::fs::read_dir(parent)
            .ok()?
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|other| other.ends_with(".yaml") || other.ends_with(".yml"))
            .collect();
        let near = did_you_mean(name, names.iter().map(String::as_str))?;
        Some(path.with_file_name(near))
    };
    match near().filter(|_| error.kind() == io::ErrorKind::NotFound) {
        Some(near) => format!("the manifest `{shown}` cannot be read: {why}; did you mean `{}`?", near.display()),
        None => format!("the manifest `{shown}` cannot be read: {why}"),
    }
}

/// Says that the manifest cannot be read.
pub(super) fn unreadable_manifest(path: &Path, error: &io::Error, json: bool) -> Exit {
    let message = no_manifest(path, error);
    if json {
        let result = crate::data_formats::json!({ "ok": false, "error": message, "findings": [] });
        return print(&format!("{result}\n"), Exit::InputOutput);
    }
    say_error(&message);
    Exit::InputOutput
}
