//! The manifest: turns the bytes of a YAML file into typed keys, as the author wrote them.
//!
//! `prescan` checks the YAML before it is read into memory, and `syntax_errors` explains text that is not YAML.
//! `deserialize` checks the keys and the types of their values; what the values mean is checked by `catalogue`. All mistakes
//! are found in one run. The only module that uses `serde_yaml` and `saphyr-parser`.

mod deserialize;
mod positions;
mod prescan;
mod published;
mod schema;
mod syntax_errors;
mod types;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub use published::{FindOnDisc, PathKind, VariantPath};
pub use schema::{SCHEMA, is_schema};
pub use types::*;

use crate::diagnostic::{Finding, Findings, KeyPath, ManifestText, NodePart, Place, Severity};
use crate::system::open_regular_file;

/// The largest manifest that is read, in bytes. It has room for about 100,000 variants.
pub const MAX_BYTES: u64 = 32_000_000;

/// The text of a manifest, and the folder that relative paths in it start from.
pub struct ManifestFile {
    name: String,
    folder: PathBuf,
    text: String,
    positions: OnceLock<positions::Positions>,
}

/// Whether a foreword is the name of a file: one line that ends like the name of a text file. Anything else is the text itself.
pub fn is_foreword_file(text: &str) -> bool {
    let name = text.trim().to_ascii_lowercase();
    !name.contains('\n') && [".md", ".markdown", ".txt"].iter().any(|ending| name.ends_with(ending))
}

/// Where a node of a manifest is, in bytes, and how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSpan {
    /// Where it starts. A sequence or mapping that is not in brackets starts with its first item or key.
    pub start: usize,
    /// Where its last value ends.
    pub end: usize,
    /// Whether it is a sequence or mapping in brackets.
    pub is_flow: bool,
    /// Whether it is text or a number.
    pub is_scalar: bool,
}

/// The readable part of a manifest.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The keys and values without mistakes.
    pub manifest: Manifest,
    /// The places of the mistakes, which were reported and removed.
    pub broken: Vec<KeyPath>,
}

impl Parsed {
    /// Whether the value at `path`, or one that contains it, was removed because of a mistake that has been reported.
    pub fn is_broken(&self, path: &KeyPath) -> bool {
        self.broken.iter().any(|broken| path.0.starts_with(&broken.0) || broken == path)
    }
}

impl ManifestFile {
    /// Reads a manifest, at most [`MAX_BYTES`] of it.
    ///
    /// # Errors
    /// The file cannot be opened or read. If its bytes are not a text, that is a finding, and the manifest is empty.
    pub fn read(path: &Path, findings: &mut Findings) -> io::Result<Self> {
        let file = open_regular_file(path)?;
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        let size = std::fs::metadata(path)?.len();
        Ok(Self::from_bytes(path.to_string_lossy().into_owned(), folder, bytes, size, findings))
    }

    /// A manifest from the bytes of a file. `size` is the length of the file, of which `bytes` may be only the beginning.
    fn from_bytes(name: String, folder: PathBuf, bytes: Vec<u8>, size: u64, findings: &mut Findings) -> Self {
        let text = if bytes.len() as u64 > MAX_BYTES {
            let size = size / 1_000_000;
            findings.push(
                Finding::error(
                    "manifest-too-large",
                    Place::File(name.clone(), None),
                    format!("the manifest has {size} MB; at most {} MB are allowed", MAX_BYTES / 1_000_000),
                )
                .help(
                    "check that this is the manifest: a text file that lists the documents, not one of the documents",
                ),
            );
            String::new()
        } else {
            decode(bytes, &name, findings)
        };
        Self { name, folder, text, positions: OnceLock::new() }
    }

    /// A manifest that is in memory. Relative paths in it start from `folder`.
    pub fn in_memory(bytes: Vec<u8>, folder: &Path, findings: &mut Findings) -> Self {
        let size = bytes.len() as u64;
        Self::from_bytes("manifest.yaml".to_owned(), folder.to_path_buf(), bytes, size, findings)
    }

    /// Where a node is. `None` if there is no node at that path.
    pub fn span(&self, path: &KeyPath) -> Option<NodeSpan> {
        self.positions().span(&self.text, path)
    }

    /// The folder that relative paths start from.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads the keys, and reports all mistakes in the syntax, the keys and the types of their values. `None` if no key could
    /// be read.
    pub fn parse(&self, findings: &mut Findings) -> Option<Parsed> {
        let errors = findings.count(Severity::Error);
        let readable = prescan::prescan(&self.text, findings)?;
        let parsed = deserialize::deserialize(&readable, findings);
        findings.0.extend(self.find_cut_texts());
        findings.0.extend(self.find_unchecked_guesses());
        let unreadable =
            findings.count(Severity::Error) > errors && parsed.broken.is_empty() && parsed.manifest.disc.is_none();
        (!unreadable).then_some(parsed)
    }

    /// The manifest as it is put on the disc: see `published`. `None` if it cannot be read.
    pub fn published(&self, find_on_disc: FindOnDisc<'_>) -> Option<String> {
        published::publish(&self.text, find_on_disc)
    }

    fn positions(&self) -> &positions::Positions {
        self.positions.get_or_init(|| positions::Positions::new(&self.text))
    }

    /// Reports texts that end where `#` starts a comment, although the author probably meant it as text: `Report #3`.
    fn find_cut_texts(&self) -> Vec<Finding> {
        let starts_word = |at: &usize| self.text[at + 2..].starts_with(char::is_alphanumeric);
        let places: Vec<usize> = self.text.match_indices(" #").map(|(at, _)| at).filter(starts_word).collect();
        if places.is_empty() {
            return Vec::new();
        }
        let positions = self.positions();
        let ends_text = |at: &usize| {
            let end = self.text[..*at].trim_end_matches(' ').len();
            positions.has_plain_text_until(&self.text, end)
        };
        let finding = |at: usize| {
            let line = self.text[at + 1..].lines().next().unwrap_or_default().trim_end();
            let message = format!("the text ends before `{line}`: a space and `#` start a comment");
            Finding::warning("cut-by-comment", Place::Bytes(at + 1..at + 2), message)
                .help("if it belongs to the text, put the whole text in quotes: \"…\"; if it is a comment, put a space after the `#`")
        };
        places.into_iter().filter(ends_text).map(finding).collect()
    }

    /// Reports the marks of `init` that nobody has deleted.
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

    fn locate(&self, path: &KeyPath, part: NodePart) -> Option<Range<usize>> {
        self.positions().locate(&self.text, path, part)
    }
}

/// Decodes UTF-8 and removes a byte order mark. If the bytes are not UTF-8, reports that, and returns an empty text.
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

/// Parses a table of interface strings, with `key: text` on each line. Keys without a text are left out.
///
/// # Errors
/// What is wrong with the table, and its line, counted from one, if it is known.
pub fn parse_interface_strings(yaml: &str) -> Result<BTreeMap<String, String>, (String, Option<usize>)> {
    let table: Option<BTreeMap<String, Option<Scalar>>> = serde_yaml::from_str(yaml)
        .map_err(|error| (error.to_string(), error.location().map(|location| location.line())))?;
    let texts = table.unwrap_or_default().into_iter().filter_map(|(key, text)| Some((key, text?.0)));
    Ok(texts.filter(|(_, text)| !text.trim().is_empty()).collect())
}
