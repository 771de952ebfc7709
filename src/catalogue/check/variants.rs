//! The variants of a report, and their files.

use super::Checker;
use super::record::WrittenEdition;
use crate::catalogue::sources::LARGE;
use crate::catalogue::{SourceId, Variant, VariantFile};
use crate::diagnostic::{Finding, KeyPath, Place};
use crate::language::{Language, format_size};
use crate::manifest::{self, OrderedMap, Scalar};
use crate::names::{is_device_name, portable_name};

impl Checker<'_> {
    pub(super) fn variants(
        &mut self,
        variants: Option<&OrderedMap<manifest::VariantKeys>>,
        at: &KeyPath,
        large_files: bool,
    ) -> Vec<Variant> {
        let written = variants.map_or(&[][..], |variants| &variants.0);
        if written.is_empty() {
            let tag = self.languages.first().map_or("en", Language::as_str).to_owned();
            self.missing(
                at,
                "this report has no variants: there is no document to read".to_owned(),
                &format!("add `variants:`, and in it the file of each language, such as `{tag}: reports/file.pdf`"),
            );
        }
        let mut variants: Vec<Variant> = Vec::new();
        for (tag, variant) in written {
            let at = at.key(tag);
            let language = self.declared(tag, &at);
            let manifest::VariantKeys { files, title, name, isbn, issn, doi, pages, is_long_form } = variant;
            let files_at = if *is_long_form { at.key("files") } else { at.clone() };
            let mut names = Vec::new();
            let read_files = self.list(files.as_ref(), &files_at, |checker, Scalar(path), at| {
                checker.document(path, at, large_files, &mut names)
            });
            if files.as_ref().is_none_or(|files| files.values.is_empty()) {
                self.missing(
                    &files_at,
                    format!("no file is named for `{tag}`"),
                    "write the file's path, or remove the language here",
                );
            }
            let title = self.line(title.as_ref(), &at.key("title"));
            let name = self.line(name.as_ref(), &at.key("name")).filter(|name| self.stem(name, &at.key("name")));
            let edition =
                WrittenEdition { isbn: isbn.as_ref(), issn: issn.as_ref(), doi: doi.as_ref(), pages: pages.as_ref() };
            let edition = self.edition(&edition, &at);
            if let Some(language) = language {
                variants.push(Variant { language, title, edition, name, files: read_files });
            }
        }
        // Variants are shown in the order of the language bar, however the manifest lists them.
        variants.sort_by_key(|variant| self.languages.iter().position(|language| *language == variant.language));
        variants
    }

    /// Whether a name set by the author can be one on the disc.
    fn stem(&mut self, name: &str, at: &KeyPath) -> bool {
        let good = portable_name(name);
        let reserved = is_device_name(name);
        if name != good || reserved {
            let why = if reserved {
                "Windows keeps it for a device"
            } else {
                "it may contain only a-z, 0-9 and single _; its extension comes from the file"
            };
            let finding = Finding::error(
                "bad-name",
                Place::Value(at.clone()),
                format!("`{name}` cannot name a file on the disc: {why}"),
            );
            let better = if reserved { format!("{name}_1") } else { good };
            self.report(if better.is_empty() { finding } else { finding.help(format!("use `name: {better}`")) });
            return false;
        }
        true
    }

    fn document(
        &mut self,
        path: &str,
        at: &KeyPath,
        large_files: bool,
        same_variant: &mut Vec<SourceId>,
    ) -> Option<VariantFile> {
        let place = Place::Value(at.clone());
        if means_none(path) {
            self.report(
                Finding::error("missing-file", place, format!("`{path}` is not a file"))
                    .help("if there is no document in this language, remove this line"),
            );
            return None;
        }
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        if is_leftover(name) {
            self.report(
                Finding::error(
                    "not-a-document",
                    place,
                    format!("`{name}` is a file that a program left behind, not a document"),
                )
                .help("close the program and name the document itself"),
            );
            return None;
        }
        let source = self.sources.file(path, place.clone(), self.findings)?;
        let extension = self.extension(path, &place);
        if same_variant.contains(&source) {
            self.report(
                Finding::error("same-file", place, format!("`{path}` is named twice for this language"))
                    .help("remove one of the two"),
            );
            return None;
        }
        same_variant.push(source);
        let uses = self.uses.entry(source).or_insert(0);
        *uses += 1;
        if *uses > 1 {
            let mut finding = Finding::note(
                "same-file",
                place.clone(),
                format!("`{path}` is used more than once; its bytes are stored once"),
            );
            if let Some(first) = self.sources.first_place(source) {
                finding = finding.also(first.clone(), "first used here");
            }
            self.report(finding.help("nothing to do if the same document is meant"));
        }
        let length = self.sources.length(source);
        if length >= LARGE && !large_files {
            self.report(
                Finding::error(
                    "large-file",
                    place,
                    format!("`{path}` has {}: files of 4 GiB and more cannot be read everywhere", format_size(length)),
                )
                .help(
                    "split the file; or, if your readers have current systems, add `large_files: true` below `disc:`",
                ),
            );
        }
        Some(VariantFile { source, extension: extension? })
    }

    /// The ending of a source's name, which its name on the disc keeps.
    fn extension(&mut self, path: &str, place: &Place) -> Option<String> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let extension = name
            .rsplit_once('.')
            .filter(|(stem, _)| !stem.is_empty())
            .map(|(_, extension)| extension.to_ascii_lowercase());
        let good = |extension: &String| !extension.is_empty() && extension.bytes().all(|b| b.is_ascii_alphanumeric());
        let extension = extension.filter(good);
        if extension.is_none() && !name.trim().is_empty() {
            self.report(
                Finding::error(
                    "no-ending",
                    place.clone(),
                    format!("`{name}` does not end in a dot and letters or digits, such as `.pdf`"),
                )
                .help("rename the file: a reader's computer chooses the program by the ending"),
            );
        }
        extension
    }
}

/// What Word, browsers and Windows leave beside documents.
fn is_leftover(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    name.starts_with("~$")
        || [".lnk", ".tmp", ".part", ".crdownload", ".url"].iter().any(|ending| lower.ends_with(ending))
}

/// What stands for "there is none" in other lists.
fn means_none(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "none" | "n/a" | "na" | "-" | "--" | "no" | "tbd" | "todo")
}
