//! What is printed on standard error and on standard output.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::Exit;
use crate::diagnostic::{self, Findings, ManifestText, Severity, Style};

/// Prints a line on standard error.
pub(super) fn print_line(line: &str) {
    // If standard error is closed, the run continues.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints on standard error that something failed.
pub(super) fn print_error(message: &str) {
    if use_colour() {
        print_line(&format!("\x1b[1;31merror\x1b[0m: {message}"));
    } else {
        print_line(&format!("error: {message}"));
    }
}

/// Prints to standard output and returns `exit`. If that fails, reports it and returns [`Exit::InputOutput`]. It is not
/// a failure if the reader has closed the pipe.
pub(super) fn print(text: &str, exit: Exit) -> Exit {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            print_error(&format!("the result cannot be written to standard output: {}", describe(&error)));
            Exit::InputOutput
        }
        _ => exit,
    }
}

/// Whether standard error is a terminal that shows colours (<https://no-color.org>).
fn use_colour() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stderr().is_terminal() && !is_set("NO_COLOR") && !is_dumb
}

/// Prints findings on standard error; with `quiet` only errors.
pub(super) fn print_findings(findings: &Findings, manifest: &dyn ManifestText, quiet: bool) {
    let mut shown = findings.clone();
    if quiet {
        shown.0.retain(|finding| finding.severity == Severity::Error);
    }
    let style = Style { colour: use_colour(), width: 120 };
    let text = diagnostic::render_findings(&shown, manifest, style);
    let _ = io::stderr().write_all(text.as_bytes());
}

/// An error of the file system in plain words, without its number.
pub(super) fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::AlreadyExists => "it was created in the meantime".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
    }
}

/// A path as a POSIX shell reads it, in quotes if it needs them.
pub(super) fn quote_for_shell(path: &Path) -> String {
    let text = path.display().to_string();
    let needs_no_quotes = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c);
    if !text.is_empty() && text.chars().all(needs_no_quotes) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// `1 report`, `2 reports`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_only_if_a_shell_needs_it() {
        for (path, quoted) in
            [("out.iso", "out.iso"), ("my disc.iso", "'my disc.iso'"), ("it's", r"'it'\''s'"), ("", "''")]
        {
            assert_eq!(quote_for_shell(Path::new(path)), quoted);
        }
    }
}
