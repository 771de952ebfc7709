//! The user's files that the pages are made from, read once: the foreword, the emblem, the theme, captions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::emblem::{Emblem, MAX_EMBLEM_BYTES};
use super::strings::StringFile;
use super::theme_files::{THEME_FILE_NAMES, ThemeFile, ThemeFiles};
use crate::catalogue::{Catalogue, ForewordText, Source, SourceId, io_message};
use crate::diagnostic::{Finding, Findings, KeyPath, Place, Severity, did_you_mean};
use crate::extraction::Captions;
use crate::language::Language;
use crate::system::open_regular_file;

/// The maximum size of a text or template, in bytes.
const MAX_TEXT_BYTES: u64 = 1 << 20;

/// The contents of the user's files.
#[derive(Debug, Default)]
pub struct Materials {
    /// The foreword's Markdown by language, in the order of the manifest. One without a language is for all languages.
    pub(super) foreword: Vec<(Option<Language>, String)>,
    pub(super) emblem: Option<Emblem>,
    /// The emblem for dark pages.
    pub(super) emblem_dark: Option<Emblem>,
    /// The files of interface strings.
    pub(super) strings: Vec<StringFile>,
    pub(super) theme: ThemeFiles,
    /// The captions of recordings.
    pub(super) captions: BTreeMap<SourceId, Captions>,
}

impl Materials {
    /// Reads the files. Files that cannot be read, are too large or are not UTF-8 text are reported and left out.
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
                    ForewordText::File(id) => {
                        read_source(catalogue.source(*id), MAX_TEXT_BYTES, &at).and_then(|bytes| {
                            decode_utf8(bytes, &catalogue.source(*id).path_in_manifest, Place::Value(at))
                        })
                    }
                };
                match markdown {
                    Ok(markdown) => materials.foreword.push((language.clone(), markdown)),
                    Err(finding) => findings.push(*finding),
                }
            }
        }
        for (language, id) in &launcher.string_files {
            let source = catalogue.source(*id);
            let at = at.key("strings").key(language.as_str());
            let text = read_source(source, MAX_TEXT_BYTES, &at)
                .and_then(|bytes| decode_utf8(bytes, &source.path_in_manifest, Place::Value(at)));
            match text {
                Ok(text) => {
                    let path = source.path_in_manifest.to_string();
                    materials.strings.push(StringFile { language: language.clone(), path, text });
                }
                Err(finding) => findings.push(*finding),
            }
        }
        let mut open_emblem = |id: Option<SourceId>, key: &'static str| {
            let source = catalogue.source(id?);
            let name = source.path_in_manifest.to_string();
            match open_file(&source.path, MAX_EMBLEM_BYTES) {
                Ok(file) => Some(Emblem { file, name, key }),
                Err(error) => {
                    findings.push(unreadable(&source.path_in_manifest, &error, Place::Value(at.key(key))));
                    None
                }
            }
        };
        materials.emblem = open_emblem(launcher.emblem, "emblem");
        materials.emblem_dark = open_emblem(launcher.emblem_dark, "emblem_dark");
        if let Some(folder) = &launcher.theme {
            let errors = findings.count(Severity::Error);
            materials.read_theme(folder, &at.key("theme"), findings);
            materials.theme.is_incomplete = findings.count(Severity::Error) > errors;
        }
        materials.read_captions(catalogue, findings);
        materials
    }

    fn read_captions(&mut self, catalogue: &Catalogue, findings: &mut Findings) {
        let variants = catalogue.reports().flat_map(|(_, _, report)| &report.variants);
        let captions: BTreeSet<SourceId> = variants
            .flat_map(|variant| {
                (0..variant.files.len()).filter_map(|f| Some(variant.files[variant.captions_of(f)?].source))
            })
            .collect();
        for id in captions {
            let Source { path, path_in_manifest: name, .. } = catalogue.source(id);
            let place = Place::File(name.to_string(), None);
            match read_file(path, MAX_TEXT_BYTES).map(|bytes| Captions::read(&bytes)) {
                Ok(Some(captions)) => {
                    self.captions.insert(id, captions);
                }
                Ok(None) => findings.push(
                    Finding::warning(
                        "bad-captions",
                        place,
                        format!("`{name}` has no captions: no line with times such as `00:01.000 --> 00:04.000`"),
                    )
                    .help("save the captions as WebVTT or SRT in your subtitle editor"),
                ),
                Err(error) => findings.push(unreadable(name, &error, place)),
            }
        }
    }

    fn read_theme(&mut self, folder: &Path, at: &KeyPath, findings: &mut Findings) {
        let names = match names_in(folder) {
            Ok(names) => names,
            Err(error) => {
                let message = format!("the folder `{}` cannot be read: {}", folder.display(), io_message(&error));
                findings.push(
                    Finding::error("unreadable-folder", Place::Value(at.clone()), message)
                        .help("check its permissions, or choose another folder"),
                );
                return;
            }
        };
        for name in names {
            let path = folder.join(&name);
            let shown = path.display().to_string();
            let Some(known) = THEME_FILE_NAMES.into_iter().find(|known| *known == name) else {
                // Operating systems leave hidden files and these two behind.
                if !name.starts_with('.') && !matches!(name.as_str(), "Thumbs.db" | "desktop.ini") {
                    findings.push(unknown_theme_file(&name, &shown));
                }
                continue;
            };
            // A link could point outside the manifest's folder, and reading a pipe could wait forever.
            if !fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file()) {
                let message = format!("`{shown}` is a link, a folder or a device, not a regular file");
                findings.push(
                    Finding::error("not-a-file", Place::File(shown, None), message)
                        .help("copy the file itself into the theme's folder"),
                );
                continue;
            }
            let text = read_file(&path, MAX_TEXT_BYTES)
                .map_err(|error| Box::new(unreadable(&shown, &error, Place::File(shown.clone(), None))))
                .and_then(|bytes| decode_utf8(bytes, &shown, Place::File(shown.clone(), None)));
            match text {
                Ok(text) => {
                    self.theme.by_name.insert(known, ThemeFile { path: shown, text });
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

fn unknown_theme_file(name: &str, path: &str) -> Finding {
    let finding = Finding::warning(
        "unknown-theme-file",
        Place::File(path.to_owned(), None),
        format!("`{name}` is not used: a theme has no file of this name"),
    );
    match did_you_mean(name, THEME_FILE_NAMES) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(format!("a theme may have these files: {}", THEME_FILE_NAMES.join(", "))),
    }
}

fn read_source(source: &Source, max_bytes: u64, at: &KeyPath) -> Result<Vec<u8>, Box<Finding>> {
    read_file(&source.path, max_bytes)
        .map_err(|error| Box::new(unreadable(&source.path_in_manifest, &error, Place::Value(at.clone()))))
}

fn unreadable(name: &str, error: &io::Error, place: Place) -> Finding {
    let finding = Finding::error("unreadable-file", place, format!("`{name}` cannot be read: {}", io_message(error)));
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => {
            finding.help("check that the file exists and that you have permission to read it")
        }
        _ => finding.help("use another file: it must be a regular file, and not too large"),
    }
}

fn read_file(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // The file may grow after its length was checked.
    open_file(path, max_bytes)?.take(max_bytes).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a regular file of at most `max_bytes`.
fn open_file(path: &Path, max_bytes: u64) -> io::Result<File> {
    let file = open_regular_file(path)?;
    if file.metadata()?.len() > max_bytes {
        return Err(io::Error::other(format!("it is larger than {} MiB", max_bytes >> 20)));
    }
    Ok(file)
}

/// Decodes UTF-8 and removes a byte order mark.
fn decode_utf8(bytes: Vec<u8>, name: &str, place: Place) -> Result<String, Box<Finding>> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        let message = format!("line {line} of `{name}` is not UTF-8 text");
        Box::new(
            Finding::error("not-utf-8", place, message)
                .help("in your editor, choose “Save as…” and the encoding UTF-8"),
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_system_are_shown_without_their_numbers() {
        let finding = unreadable("a.md", &io::Error::from_raw_os_error(2), Place::File("a.md".to_owned(), None));
        assert!(finding.message.starts_with("`a.md` cannot be read: ") && !finding.message.contains("os error"));
    }
}
