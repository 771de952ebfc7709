//! The manifest: bytes of a YAML file → typed keys, as the author wrote them.
//!
//! Only the form is checked here: the bounds (`bounds`), the keys and the kind of their
//! values (`form`). Every mistake of form is found in one go, by taking each out and reading on.
//! The only module that names `serde_yaml` and `saphyr-parser`.

mod bounds;
mod form;
mod mistakes;
mod positions;
mod schema;
mod types;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

pub use schema::{SCHEMA, is_schema};
pub use types::*;

use crate::diagnostic::{Finding, Findings, KeyPath, ManifestText, Place, Severity};

/// The largest manifest read, in bytes: room for some 100,000 variants.
pub const MAX_BYTES: u64 = 32_000_000;

/// A manifest as text, with the folder its relative paths start at.
pub struct ManifestFile {
    name: String,
    folder: PathBuf,
    text: String,
    positions: OnceCell<positions::Positions>,
}

/// Where a node of a manifest is, in bytes, and how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Where it begins: of lists and mappings in lines, their first item or key.
    pub start: usize,
    /// Where its last value ends.
    pub end: usize,
    /// Whether it is written in brackets.
    pub flow: bool,
    /// Whether it is a text or a number.
    pub leaf: bool,
}

/// What could be read of a manifest.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The keys and values that have the right form.
    pub manifest: Manifest,
    /// The places of those that have not, and were taken out.
    pub broken: Vec<KeyPath>,
}

impl Parsed {
    /// Whether what is missing at `path` was there in a wrong form, and has been reported.
    pub fn is_broken(&self, path: &KeyPath) -> bool {
        self.broken.iter().any(|broken| path.0.starts_with(&broken.0) || broken == path)
    }
}

impl ManifestFile {
    /// Reads a manifest, at most [`MAX_BYTES`] of it.
    ///
    /// # Errors
    /// The file cannot be opened or read. What is wrong with its bytes goes to the findings instead,
    /// and its text is then empty.
    pub fn read(path: &Path, findings: &mut Findings) -> io::Result<Self> {
        // Before it is opened: a pipe would wait for its other end.
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        let file = File::open(path)?;
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        let size = std::fs::metadata(path)?.len();
        Ok(Self::of(path.to_string_lossy().into_owned(), folder, bytes, size, findings))
    }

    /// A manifest of these bytes, of a file that has `size` of them.
    fn of(name: String, folder: PathBuf, bytes: Vec<u8>, size: u64, findings: &mut Findings) -> Self {
        let text = if bytes.len() as u64 > MAX_BYTES {
            let size = size / 1_000_000;
            findings.push(
                Finding::error(
                    "manifest-too-large",
                    Place::File(name.clone(), None),
                    format!("the manifest has {size} MB; at most {} MB are read", MAX_BYTES / 1_000_000),
                )
                .help("check that this is the manifest: it is a text that lists the files, not one of the files"),
            );
            String::new()
        } else {
            decode(bytes, &name, findings)
        };
        Self { name, folder, text, positions: OnceCell::new() }
    }

    /// A manifest that is in memory, whose relative paths start at `folder`.
    pub fn in_memory(bytes: Vec<u8>, folder: &Path, findings: &mut Findings) -> Self {
        let size = bytes.len() as u64;
        Self::of("manifest.yaml".to_owned(), folder.to_path_buf(), bytes, size, findings)
    }

    /// Where a node is; none if there is none at that path.
    pub fn span(&self, path: &KeyPath) -> Option<Span> {
        self.positions.get_or_init(|| positions::Positions::of(&self.text)).span(&self.text, path)
    }

    /// The folder that relative paths start at.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads the keys, and reports every mistake of form. `None` if no key could be read.
    pub fn parse(&self, findings: &mut Findings) -> Option<Parsed> {
        let errors = findings.count(Severity::Error);
        let readable = bounds::check(&self.text, findings)?;
        let parsed = form::parse(&readable, findings);
        findings.0.extend(self.find_cut_texts());
        findings.0.extend(self.find_unchecked_guesses());
        let unreadable =
            findings.count(Severity::Error) > errors && parsed.broken.is_empty() && parsed.manifest.disc.is_none();
        (!unreadable).then_some(parsed)
    }
}

impl ManifestFile {
    /// Texts that end where `#` starts a comment, though none seems intended: `Report #3`.
    fn find_cut_texts(&self) -> Vec<Finding> {
        let starts_word = |at: &usize| self.text[at + 2..].starts_with(char::is_alphanumeric);
        let places: Vec<usize> = self.text.match_indices(" #").map(|(at, _)| at).filter(starts_word).collect();
        if places.is_empty() {
            return Vec::new();
        }
        let positions = self.positions.get_or_init(|| positions::Positions::of(&self.text));
        let ends_text = |at: &usize| {
            let end = self.text[..*at].trim_end_matches(' ').len();
            positions.has_plain_text_until(&self.text, end)
        };
        let finding = |at: usize| {
            let line = self.text[at + 1..].lines().next().unwrap_or_default().trim_end();
            let message = format!("the text ends before `{line}`: a space and `#` start a comment");
            Finding::warning("cut-by-note", Place::Bytes(at + 1..at + 2), message)
                .help("if it belongs to the text, put the whole text in quotes: \"…\"; if it is a comment, put a space after the `#`")
        };
        places.into_iter().filter(ends_text).map(finding).collect()
    }

    /// Marks that `init` left and that are still there.
    fn find_unchecked_guesses(&self) -> Option<Finding> {
        let marks: Vec<usize> = self.text.match_indices("# check:").map(|(at, _)| at).collect();
        let first = *marks.first()?;
        let message = match marks.len() {
            1 => "a guess is still marked `# check:`".to_owned(),
            count => format!("{count} guesses are still marked `# check:`"),
        };
        let finding = Finding::note("guesses", Place::Bytes(first..first + "# check:".len()), message);
        Some(finding.help("check each guess, correct it if it is wrong, and delete its `# check:` mark"))
    }
}

impl ManifestText for ManifestFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn locate(&self, path: &KeyPath, key: bool) -> Option<Range<usize>> {
        self.positions.get_or_init(|| positions::Positions::of(&self.text)).locate(&self.text, path, key)
    }
}

/// The bytes as UTF-8 text without a byte order mark; empty, with a finding, if they are not UTF-8.
fn decode(bytes: Vec<u8>, name: &str, findings: &mut Findings) -> String {
    let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let before = &error.as_bytes()[..good];
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            let column = String::from_utf8_lossy(before).rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
            findings.push(
                Finding::error(
                    "not-utf-8",
                    Place::File(name.to_owned(), Some(line)),
                    format!(
                        "the manifest is not UTF-8 text: the first invalid character is at line {line}, column {column}"
                    ),
                )
                .help("in your editor, choose “Save as…” and the encoding UTF-8"),
            );
            String::new()
        }
    }
}

/// Reads a flat table of interface strings, `key: text` a line.
///
/// # Errors
/// What is wrong with the table, with its line.
pub fn interface_strings(yaml: &str) -> Result<BTreeMap<String, String>, String> {
    serde_yaml::from_str(yaml).map_err(|error| error.to_string())
}
