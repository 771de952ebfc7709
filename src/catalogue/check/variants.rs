//! Checks the variants of a report, and their files.

use std::sync::Arc;

use super::Checker;
use super::record::WrittenNumbers;
use crate::catalogue::sources::MIN_LARGE_FILE;
use crate::catalogue::{SourceId, Variant, VariantFile};
use crate::diagnostic::{Finding, KeyPath, Place};
use crate::file_formats::{Format, FormatKind};
use crate::language::{Language, format_size};
use crate::manifest::{self, FileKeys, OrderedMap, Scalar};
use crate::names::{is_device_name, portable_name};

impl Checker<'_> {
    pub(super) fn check_variants(
        &mut self,
        variants: Option<&OrderedMap<manifest::VariantKeys>>,
        at: &KeyPath,
        large_files: bool,
    ) -> Vec<Variant> {
        let written = variants.map_or(&[][..], |variants| &variants.0);
        if written.is_empty() {
            let tag = self.languages.first().map_or("en", Language::as_str).to_owned();
            self.report_missing_key(
                at,
                "this report has no variants: there is no document to read".to_owned(),
                &format!("add `variants:`, and below it the file for each language, such as `{tag}: reports/file.pdf`"),
            );
        }
        let mut variants: Vec<Variant> = Vec::with_capacity(written.len());
        for (tag, variant) in written {
            let at = at.key(tag);
            let language = self.document_language(tag, &at);
            let manifest::VariantKeys { files, folder, start, title, name, isbn, issn, doi, pages, is_long_form } =
                variant;
            let files_at = if *is_long_form { at.key("files") } else { at.clone() };
            let mut sources_of_variant = Vec::new();
            let mut read_files = self.check_each(files.as_ref(), &files_at, |checker, file, at| {
                checker.check_file(file, at, large_files, &mut sources_of_variant)
            });
            let has_files = files.as_ref().is_some_and(|files| !files.values.is_empty());
            let mut site = None;
            if let Some(folder) = folder {
                if has_files {
                    self.add_finding(
                        Finding::error(
                            "files-and-folder",
                            Place::Key(at.key("folder")),
                            "a variant has either `files:` or `folder:`, not both",
                        )
                        .help("remove one of them; files that belong to the web pages can be copied into the folder"),
                    );
                }
                site = self.check_site(folder, start.as_ref(), &at, large_files);
                if let Some(first) = site.as_ref().and_then(|site| site.files.first()) {
                    read_files = vec![VariantFile::new(first.source, first.extension.as_str().into())];
                }
            } else if start.is_some() {
                self.add_finding(
                    Finding::error(
                        "missing-key",
                        Place::Key(at.key("start")),
                        "`start:` needs `folder:`: it names a page in a folder",
                    )
                    .help("add `folder:` with the folder of the web pages, or remove `start:`"),
                );
            } else if !has_files {
                self.report_missing_key(
                    &files_at,
                    format!("there is no file for the language `{tag}`"),
                    "write the path of the file, or remove this language",
                );
            }
            let title = self.check_line(title.as_ref(), &at.key("title"));
            let name = self.check_line(name.as_ref(), &at.key("name"));
            let name = name.and_then(|name| self.check_file_stem(name, &at.key("name")));
            let numbers =
                WrittenNumbers { isbn: isbn.as_ref(), issn: issn.as_ref(), doi: doi.as_ref(), pages: pages.as_ref() };
            let numbers = self.check_numbers(&numbers, &at);
            if let Some(language) = language {
                variants.push(Variant { language, title, numbers, name, files: read_files, site });
            }
        }
        // Saves memory: a large collection has many reports, and most of them have few variants.
        variants.shrink_to_fit();
        // First the languages of the pages, in the order of the language bar, then the others.
        variants.sort_by_cached_key(|variant| {
            let position = self.languages.iter().position(|language| *language == variant.language);
            let is_other = variant.language.is_not_one_language();
            (position.unwrap_or(usize::MAX), is_other, variant.language.clone())
        });
        variants
    }

    /// Checks a name for the files of a variant, without their extension; `None` if files on the disc cannot have it.
    fn check_file_stem(&mut self, name: String, at: &KeyPath) -> Option<String> {
        let good = portable_name(&name);
        let is_reserved = is_device_name(&name);
        if name != good || is_reserved {
            let why = if is_reserved {
                "Windows reserves this name for a device"
            } else {
                "it may contain only the letters a-z, digits, and single underscores between them; its extension comes from the file"
            };
            let finding = Finding::error(
                "bad-name",
                Place::Value(at.clone()),
                format!("`{name}` cannot be the name of a file on the disc: {why}"),
            );
            let better = if is_reserved { format!("{name}_1") } else { good };
            self.add_finding(finding.help(match better.as_str() {
                "" => "use a short name of the letters a-z, digits and underscores".to_owned(),
                better => format!("use `name: {better}`"),
            }));
            return None;
        }
        Some(name)
    }

    /// Checks a file, its title and its description.
    fn check_file(
        &mut self,
        file: &FileKeys,
        at: &KeyPath,
        large_files: bool,
        sources_of_variant: &mut Vec<SourceId>,
    ) -> Option<VariantFile> {
        let FileKeys { file: Scalar(path), title, description, is_long_form } = file;
        let path_at = if *is_long_form { at.key("file") } else { at.clone() };
        if *is_long_form && path.is_empty() {
            self.report_missing_key(
                &path_at,
                "there is no `file:` here".to_owned(),
                "add `file:` with the path of the file that this title belongs to",
            );
            return None;
        }
        let title = self.check_line(title.as_ref(), &at.key("title"));
        let description = self.check_line(description.as_ref(), &at.key("description"));
        let file = self.check_document(path, &path_at, large_files, sources_of_variant)?;
        Some(VariantFile { title, description, ..file })
    }

    fn check_document(
        &mut self,
        path: &str,
        at: &KeyPath,
        large_files: bool,
        sources_of_variant: &mut Vec<SourceId>,
    ) -> Option<VariantFile> {
        let place = Place::Value(at.clone());
        if means_none(path) {
            self.add_finding(
                Finding::error("missing-file", place, format!("`{path}` is not a file"))
                    .help("if there is no document in this language, remove this line"),
            );
            return None;
        }
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        if is_leftover(name) {
            self.add_finding(
                Finding::error(
                    "not-a-document",
                    place,
                    format!("`{name}` is a shortcut or a temporary file of a program, not a document"),
                )
                .help("write the name of the document itself here"),
            );
            return None;
        }
        let source = self.sources.add_file(path, place.clone(), self.findings)?;
        let extension = self.check_extension(path, &place);
        self.check_compression(name, &place);
        if sources_of_variant.contains(&source) {
            self.add_finding(
                Finding::error("same-file", place, format!("`{path}` is listed twice for this language"))
                    .help("remove one of the two"),
            );
            return None;
        }
        sources_of_variant.push(source);
        let uses = self.uses.entry(source).or_insert(0);
        *uses += 1;
        if *uses > 1 {
            let mut finding = Finding::note(
                "same-file",
                place.clone(),
                format!("`{path}` is used more than once; its contents are stored only once"),
            );
            if let Some(first) = self.sources.first_place(source) {
                finding = finding.also(first.clone(), "first used here");
            }
            self.add_finding(
                finding.help("if this is intended, there is nothing to do; otherwise correct one of the paths"),
            );
        }
        let length = self.sources.length(source);
        if length >= MIN_LARGE_FILE && !large_files {
            self.add_finding(
                Finding::error(
                    "large-file",
                    place,
                    format!("`{path}` is too large ({}): some systems cannot read files of 4 GiB or more", format_size(length)),
                )
                .help(
                    "split the file; or, if all your readers have recent systems, add `large_files: true` below `disc:`",
                ),
            );
        }
        let extension = self.shared_extension(extension?);
        Some(VariantFile::new(source, extension))
    }

    /// The same extension, in the memory that all files with this extension share.
    fn shared_extension(&mut self, extension: String) -> Arc<str> {
        if let Some(known) = self.extensions.get(extension.as_str()) {
            return known.clone();
        }
        let extension: Arc<str> = extension.into();
        self.extensions.insert(extension.clone());
        extension
    }

    /// Warns about a document that is compressed as a whole, such as `a.pdf.gz`.
    fn check_compression(&mut self, name: &str, place: &Place) {
        let Some((stem, outer)) = name.rsplit_once('.') else { return };
        let is_compressed = FormatKind::from_extension(&outer.to_ascii_lowercase()) == FormatKind::Compressed;
        let inner = stem.rsplit_once('.').and_then(|(_, inner)| Format::from_extension(&inner.to_ascii_lowercase()));
        // A `.tar.gz` is an archive, which is published as it is.
        if !is_compressed || inner.is_none_or(|inner| inner.kind == FormatKind::Archive) {
            return;
        }
        let message = format!("`{name}` is a compressed document: many readers have no program that opens it");
        self.add_finding(Finding::warning("compressed-document", place.clone(), message).help(format!(
            "decompress it (on Windows with 7-Zip, on other systems with a double click or `gunzip`, `bunzip2` or `unxz`), and list `{stem}` instead"
        )));
    }

    /// The extension of a file's name, which it keeps on the disc.
    fn check_extension(&mut self, path: &str, place: &Place) -> Option<String> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let extension = name
            .rsplit_once('.')
            .filter(|(stem, _)| !stem.is_empty())
            .map(|(_, extension)| extension.to_ascii_lowercase());
        let is_valid =
            |extension: &String| !extension.is_empty() && extension.bytes().all(|b| b.is_ascii_alphanumeric());
        let extension = extension.filter(is_valid);
        if extension.is_none() && !name.trim().is_empty() {
            self.add_finding(
                Finding::error(
                    "no-extension",
                    place.clone(),
                    format!("`{name}` has no extension of letters or digits, such as `.pdf`"),
                )
                .help("rename the file: the extension tells readers' computers which program opens it"),
            );
        }
        extension
    }
}

/// Whether this is the name of a lock file, a shortcut or an unfinished download, as made by Word, Windows and browsers.
fn is_leftover(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    name.starts_with("~$")
        || [".lnk", ".tmp", ".part", ".crdownload", ".url"].iter().any(|ending| lower.ends_with(ending))
}

/// Whether a value is one that people write if there is no file.
fn means_none(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "none" | "n/a" | "na" | "-" | "--" | "no" | "tbd" | "todo")
}
