//! What the pages are made of, read once: the foreword, the emblem, the theme.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::theme;
use crate::catalogue::{Catalogue, ForewordText, Source};
use crate::diagnostic::{Finding, Findings, KeyPath, Place, Severity, did_you_mean};
use crate::language::Language;

/// The most that is read of a text or a template.
const MOST_TEXT: u64 = 1 << 20;

/// The most that is read of the emblem.
const MOST_PICTURE: u64 = 32 << 20;

/// The contents of the files that the pages need.
#[derive(Debug, Default)]
pub struct Materials {
    /// The foreword's Markdown by language, in the order of the manifest; one under no language is for all.
    pub(super) foreword: Vec<(Option<Language>, String)>,
    /// The emblem's bytes, and how the manifest writes its path.
    pub(super) emblem: Option<(Vec<u8>, String)>,
    /// The theme's files by name, each with its path for messages.
    pub(super) theme: BTreeMap<&'static str, ThemeFile>,
    /// Whether a file of the theme could not be read, so that the others may not fit together.
    pub(super) is_theme_incomplete: bool,
}

/// A file of the theme.
#[derive(Debug)]
pub(super) struct ThemeFile {
    /// Its path, for messages.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Materials {
    /// Reads the files. Those that cannot be read, are too large or are not text are reported and left out.
    pub fn read(catalogue: &Catalogue, findings: &mut Findings) -> Self {
        let launcher = &catalogue.launcher;
        let at = KeyPath::root().key("launcher");
        let mut materials = Self::default();
        if let Some(foreword) = &launcher.foreword {
            let at = at.key("foreword").key("text");
            for (language, text) in &foreword.text {
                let at = language.as_ref().map_or_else(|| at.clone(), |language| at.key(language.as_str()));
                let markdown = match text {
                    ForewordText::Inline(text) => Ok(text.clone()),
                    ForewordText::File(id) => read_source(catalogue.source(*id), MOST_TEXT, &at)
                        .and_then(|bytes| text_of(bytes, &catalogue.source(*id).written, Place::Value(at))),
                };
                match markdown {
                    Ok(markdown) => materials.foreword.push((language.clone(), markdown)),
                    Err(finding) => findings.push(*finding),
                }
            }
        }
        if let Some(id) = launcher.emblem {
            let source = catalogue.source(id);
            match read_source(source, MOST_PICTURE, &at.key("emblem")) {
                Ok(bytes) => materials.emblem = Some((bytes, source.written.to_string())),
                Err(finding) => findings.push(*finding),
            }
        }
        if let Some(folder) = &launcher.theme {
            let errors = findings.count(Severity::Error);
            materials.read_theme(folder, &at.key("theme"), findings);
            materials.is_theme_incomplete = findings.count(Severity::Error) > errors;
        }
        materials
    }

    fn read_theme(&mut self, folder: &Path, at: &KeyPath, findings: &mut Findings) {
        let names = match names_in(folder) {
            Ok(names) => names,
            Err(error) => {
                let message = format!("the folder `{}` cannot be read: {error}", folder.display());
                findings.push(
                    Finding::error("unreadable-folder", Place::Value(at.clone()), message)
                        .help("allow yourself to read it, or choose another folder"),
                );
                return;
            }
        };
        for name in names {
            let path = folder.join(&name);
            let shown = path.display().to_string();
            let Some(known) = theme::FILES.into_iter().find(|known| *known == name) else {
                // What systems leave in folders is no mistake of the author.
                if !name.starts_with('.') && !matches!(name.as_str(), "Thumbs.db" | "desktop.ini") {
                    findings.push(unknown(&name, &shown));
                }
                continue;
            };
            // A link could bring a file from outside the manifest's folder, a pipe would never end.
            if !fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file()) {
                let message = format!("`{shown}` is a link, a folder or a device, not a regular file");
                findings.push(
                    Finding::error("not-a-file", Place::File(shown, None), message)
                        .help("put the file itself into the theme's folder"),
                );
                continue;
            }
            let text = read_file(&path, MOST_TEXT)
                .map_err(|error| Box::new(unreadable(&shown, &error, Place::File(shown.clone(), None))))
                .and_then(|bytes| text_of(bytes, &shown, Place::File(shown.clone(), None)));
            match text {
                Ok(text) => {
                    self.theme.insert(known, ThemeFile { path: shown, text });
                }
                Err(finding) => findings.push(*finding),
            }
        }
    }
}

/// The names in a folder, sorted.
fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn unknown(name: &str, path: &str) -> Finding {
    let finding = Finding::warning(
        "unknown-theme-file",
        Place::File(path.to_owned(), None),
        format!("`{name}` replaces nothing: no page is made from a file of this name"),
    );
    match did_you_mean(name, theme::FILES) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(format!("a theme may have these files: {}", theme::FILES.join(", "))),
    }
}

fn read_source(source: &Source, most: u64, at: &KeyPath) -> Result<Vec<u8>, Box<Finding>> {
    read_file(&source.path, most)
        .map_err(|error| Box::new(unreadable(&source.written, &error, Place::Value(at.clone()))))
}

fn unreadable(name: &str, error: &io::Error, place: Place) -> Finding {
    Finding::error("unreadable-file", place, format!("`{name}` cannot be read: {error}"))
        .help("check that the file is there and that you may read it")
}

fn read_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it has more than {} MiB", most >> 20)));
    }
    Ok(bytes)
}

/// UTF-8 text without a byte order mark.
fn text_of(bytes: Vec<u8>, name: &str, place: Place) -> Result<String, Box<Finding>> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        let message = format!("line {line} of `{name}` is not text in UTF-8");
        Box::new(
            Finding::error("not-utf-8", place, message)
                .help("in your editor, choose “Save as…” and the encoding UTF-8"),
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
