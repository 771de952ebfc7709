//! What is printed on standard error and on standard output. Everything that people read is escaped here, because it
//! may contain names and texts from discs, documents and manifests.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::Exit;
use crate::data_formats::Value;
use crate::diagnostic::{self, Detail, Findings, ManifestText, Severity, Style};
use crate::escaping::{escape_json, escape_line, escape_lines};
use crate::path_text::show;
use crate::system::{DanglingLink, find_dangling_link};

/// Lines of text for people. Line breaks in added text are escaped, so that a file name cannot forge a line.
#[derive(Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    pub(super) fn line(&mut self, line: &str) {
        self.0 += &escape_line(line);
        self.0.push('\n');
    }

    /// Adds a line with a label in the first column. The label is empty if the line continues the one before.
    pub(super) fn row(&mut self, label: &str, text: impl AsRef<str>) {
        self.line(&format!("{label:<11}{}", text.as_ref()));
    }

    /// Adds several lines. Names in them must have been escaped before, with [`escape_line`].
    pub(super) fn block(&mut self, lines: &str) {
        lines.lines().for_each(|line| self.line(line));
    }

    /// Adds all lines of another text.
    pub(super) fn append(&mut self, other: &Self) {
        self.0 += &other.0;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

/// Prints a line on standard error.
pub(super) fn print_line(line: &str) {
    // If standard error is closed, the run continues.
    let _ = writeln!(io::stderr(), "{}", escape_line(line));
}

/// Prints several lines of the program's own text on standard error.
pub(super) fn print_block(text: &str) {
    let _ = writeln!(io::stderr(), "{}", escape_lines(text));
}

/// Prints lines on standard error.
pub(super) fn print_lines_on_stderr(lines: &Lines) {
    let _ = io::stderr().write_all(lines.0.as_bytes());
}

/// Prints on standard error that something failed.
pub(super) fn print_error(message: &str) {
    let message = escape_line(message);
    if use_colour() {
        // The program's own escape sequences must not be escaped.
        let _ = writeln!(io::stderr(), "\x1b[1;31merror\x1b[0m: {message}");
    } else {
        print_line(&format!("error: {message}"));
    }
}

/// Prints lines to standard output and returns `exit`, like [`print_data`].
pub(super) fn print(lines: &Lines, exit: Exit) -> Exit {
    print_data(&lines.0, exit)
}

/// Prints a JSON value to standard output and returns `exit`, like [`print_data`].
pub(super) fn print_json(value: &Value, exit: Exit) -> Exit {
    print_data(&format!("{}\n", escape_json(&value.to_string())), exit)
}

/// Prints text for another program to standard output, as it is, and returns `exit`. If that fails, reports it and
/// returns [`Exit::InputOutput`]. It is not a failure if the reader has closed the pipe.
pub(super) fn print_data(text: &str, exit: Exit) -> Exit {
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

/// Prints findings on standard error; with `quiet` only errors. If there are many of one kind, most are shown in one line each.
pub(super) fn print_findings(findings: &Findings, manifest: &dyn ManifestText, quiet: bool) {
    print_findings_with(findings, manifest, quiet, Detail::Brief);
}

/// Like [`print_findings`], with this much detail.
pub(super) fn print_findings_with(findings: &Findings, manifest: &dyn ManifestText, quiet: bool, detail: Detail) {
    let mut shown = findings.clone();
    if quiet {
        shown.0.retain(|finding| finding.severity == Severity::Error);
    }
    let style = Style { uses_colour: use_colour(), width: 120, detail };
    let text = diagnostic::render_findings(&shown, manifest, style);
    let _ = io::stderr().write_all(text.as_bytes());
}

/// A file-system error in plain words, without its number.
pub(super) fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        io::ErrorKind::AlreadyExists => "it was created in the meantime".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::NotADirectory => "part of its path is a file, not a folder".to_owned(),
        io::ErrorKind::InvalidFilename => "its name is too long".to_owned(),
        io::ErrorKind::QuotaExceeded => "your share of the disk (quota) is used up".to_owned(),
        io::ErrorKind::FileTooLarge => "it would be longer than the limit for file sizes (`ulimit -f`), or than its file system allows (FAT: 4 GiB)".to_owned(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
    }
}

/// Why a path cannot be read, in plain words: like [`describe`], but names a symbolic link whose target does not exist.
pub(super) fn describe_at(path: &Path, error: &io::Error) -> String {
    let link = Some(path).filter(|_| error.kind() == io::ErrorKind::NotFound).and_then(find_dangling_link);
    match link {
        Some(DanglingLink { link, target }) if link == path => {
            format!("it is a symbolic link to `{}`, which does not exist", show(&target))
        }
        Some(DanglingLink { link, target }) => {
            format!("`{}` is a symbolic link to `{}`, which does not exist", show(&link), show(&target))
        }
        None => describe(error),
    }
}

/// A number and what it counts, such as `1 report` or `2 reports`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
