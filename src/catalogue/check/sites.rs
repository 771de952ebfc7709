//! Folders of web pages that are one document.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Checker;
use crate::archive::{self, Archive};
use crate::catalogue::sources::{MIN_LARGE_FILE, io_message};
use crate::catalogue::{Exclusions, Site, SiteFile};
use crate::diagnostic::{Finding, KeyPath, Place, did_you_mean};
use crate::encodings::decode_text;
use crate::file_formats::FormatKind;
use crate::html::find_tags;
use crate::language::{fold_case, format_size};
use crate::manifest::Scalar;
use crate::os_metadata::is_os_metadata;
use crate::path_text::show;
use crate::system::{NoRoom, ensure_room, open_source};
use crate::temporary::TemporaryFolder;

/// The names of start pages, the most common first.
const START_PAGES: [&str; 8] = [
    "index.html",
    "index.htm",
    "index.xhtml",
    "default.html",
    "default.htm",
    "start.html",
    "home.html",
    "contents.html",
];

/// How deeply folders may be nested.
const MAX_LEVELS: usize = 64;

/// How many files a message names.
const MAX_NAMED: usize = 3;

/// The maximum total size of the files in an archive, in bytes: the capacity of the largest medium, BD-R XL.
const MAX_ARCHIVE_BYTES: u64 = 128_001_769_472;

/// The remedy if an archive cannot be unpacked.
const UNPACK_YOURSELF: &str = "unpack it with another program into a folder here, and write the path of that folder";

/// How many bytes at the beginning of a file are examined to find out its format.
const EXAMINED_BYTES: u64 = 2048;

/// Extensions of programs that generate pages on a server. In a copy of the site, files of these names contain the pages.
const SERVER_PAGES: [&str; 13] =
    ["php", "php3", "php4", "php5", "phtml", "asp", "aspx", "jsp", "cgi", "pl", "do", "cfm", "shtml"];

/// A file that was found in a folder or an archive.
struct FoundFile {
    /// Its path in the folder.
    path: String,
    /// The path with which it is opened.
    path_to_open: PathBuf,
}

/// Why a folder or an archive cannot be a document.
struct Unusable {
    /// The rest of a sentence that begins with its path.
    why: String,
    help: &'static str,
}

/// What a folder or an archive contains.
#[derive(Default)]
struct FolderContents {
    files: Vec<FoundFile>,
    /// The hidden files and those of operating systems, which are not put on the disc.
    left_out: Vec<String>,
    /// The files and folders that cannot be put on the disc, each with the reason.
    rejected: Vec<(String, String)>,
    /// The symbolic links that lead out of the manifest's folder.
    outside: Vec<String>,
}

impl Checker<'_> {
    /// Finds the files of a folder or an archive. `None`, with a finding, if it cannot be a document.
    pub(super) fn check_site(
        &mut self,
        Scalar(written): &Scalar,
        start: Option<&Scalar>,
        at: &KeyPath,
        large_files: bool,
    ) -> Option<Site> {
        let place = Place::Value(at.key("folder"));
        let path = self.sources.find_path(written, place.clone(), self.findings)?;
        let written = written.trim_end_matches('/');
        self.site_paths.push(path.clone());
        if path.is_dir() && self.sources.is_above_manifest(&path) {
            self.add_finding(
                Finding::error("bad-folder", place, format!("`{written}` contains the manifest itself"))
                    .help("move the web pages into a folder of their own, and write its name here"),
            );
            return None;
        }
        let resolved = self.sources.resolved_path(&path);
        let find_rule = |path: &str| self.exclusions.find(path);
        if let Some(rule) = find_rule(written).or_else(|| find_rule(resolved.as_deref()?)) {
            self.report_excluded(format!("`{written}` must not be on the disc: it is excluded"), rule, place);
            return None;
        }
        let (mut contents, unpacked) = match self.read_site(&path, written) {
            Ok(contents) => contents,
            Err(Unusable { why, help }) => {
                self.add_finding(Finding::error("bad-folder", place, format!("`{written}` {why}")).help(help));
                return None;
            }
        };
        contents.files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut excluded = self.leave_out_excluded(written, &mut contents);
        self.report_contents(written, &contents, &place);
        if contents.files.is_empty() {
            if let Some(rule) = excluded.values().next() {
                self.report_excluded(format!("all files in `{written}` are excluded from the disc"), *rule, place);
                return None;
            }
            let is_empty = contents.rejected.is_empty() && contents.outside.is_empty();
            if is_empty {
                self.add_finding(
                    Finding::error("bad-folder", place, format!("there are no files in `{written}`"))
                        .help("copy the web pages into it, or write the path of another folder"),
                );
            }
            return None;
        }
        let start_page = self.find_start(start, &mut contents.files, unpacked.is_some());
        // The files of an archive may have shorter paths now.
        excluded.extend(self.leave_out_excluded(written, &mut contents));
        let is_start = |path: &str| match (&start_page, start) {
            (Some(start_page), _) => path == start_page,
            (None, Some(Scalar(start))) => path == start.trim_start_matches("./"),
            (None, None) => START_PAGES.contains(&fold_case(path).as_str()),
        };
        if let Some((page, rule)) = excluded.iter().find(|(path, _)| is_start(path)) {
            let message = format!("the start page `{page}` of `{written}` must not be on the disc: it is excluded");
            self.report_excluded(message, *rule, place);
            return None;
        }
        let Some(start) = start_page else {
            self.report_missing_start(written, start, &contents.files, at);
            return None;
        };
        let mut files = Vec::with_capacity(contents.files.len());
        let mut too_large = Vec::new();
        for FoundFile { path, path_to_open } in &contents.files {
            let name = format!("{written}/{path}");
            match self.sources.add_site_file(path_to_open, &name, &place) {
                Ok(source) => {
                    let length = self.sources.length(source);
                    if length >= MIN_LARGE_FILE && !large_files {
                        too_large.push(format!("`{name}` ({})", format_size(length)));
                    }
                    files.push(SiteFile { path: path.clone(), source, extension: find_extension(path, path_to_open) });
                }
                Err(why) => self.add_finding(
                    Finding::error("unreadable-file", place.clone(), format!("`{name}` cannot be read: {why}"))
                        .help("check the file's permissions, or copy it here again"),
                ),
            }
        }
        if !too_large.is_empty() {
            let message = format!("{}: some systems cannot read files of 4 GiB or more", name_first(&too_large));
            self.add_finding(Finding::error("large-file", place, message).help(
                "remove them; or, if all your readers have recent systems, add `large_files: true` below `disc:`",
            ));
        }
        let start = files.iter().position(|file| file.path == start)?;
        files[..=start].rotate_right(1);
        if self.sources.length(files[0].source) == 0 {
            let message = format!("the start page `{}` of `{written}` is empty", files[0].path);
            self.add_finding(
                Finding::error("empty-file", Place::Key(at.clone()), message)
                    .help("copy the page here again, or choose another one with `start:`"),
            );
            return None;
        }
        Some(Site { written: written.into(), files, unpacked })
    }

    /// Removes what is excluded from the contents of a site. Returns the paths of the excluded files, each with the index of
    /// the entry of `exclude:` that excludes it.
    fn leave_out_excluded(&mut self, written: &str, contents: &mut FolderContents) -> BTreeMap<String, usize> {
        if self.exclusions.is_empty() {
            return BTreeMap::new();
        }
        let mut excluded = BTreeMap::new();
        let mut used = BTreeSet::new();
        let mut find_rule = |path: &str| {
            let rule = self.exclusions.find(&format!("{written}/{path}"));
            used.extend(rule);
            rule
        };
        contents.files.retain(|file| match find_rule(&file.path) {
            Some(rule) => {
                excluded.insert(file.path.clone(), rule);
                false
            }
            None => true,
        });
        contents.rejected.retain(|(path, _)| find_rule(path).is_none());
        contents.outside.retain(|path| find_rule(path).is_none());
        contents.left_out.retain(|path| find_rule(path).is_none());
        self.used_exclusions.extend(used);
        excluded
    }

    /// Lists the files of a folder, or unpacks an archive.
    fn read_site(
        &self,
        path: &Path,
        written: &str,
    ) -> Result<(FolderContents, Option<Arc<TemporaryFolder>>), Unusable> {
        let unreadable = |error: io::Error| Unusable {
            why: format!("cannot be read: {}", io_message(&error)),
            help: "check its permissions, or copy it here again",
        };
        if path.is_dir() {
            let mut contents = FolderContents::default();
            let resolved = fs::canonicalize(path).map_err(unreadable)?;
            self.list_folder(path, "", &mut vec![resolved], &mut contents);
            return Ok((contents, None));
        }
        let mut file = open_source(path).map_err(unreadable)?;
        if !archive::is_zip(&mut file) {
            return Err(Unusable {
                why: "is neither a folder nor a ZIP archive".to_owned(),
                help: "write the path of a folder of web pages, of a ZIP archive of them, or of an EPUB",
            });
        }
        let (contents, folder) = unpack(file, written, &self.exclusions)?;
        Ok((contents, Some(Arc::new(folder))))
    }

    /// Adds the files of a folder, at any depth. `resolved` contains the folder and those above it, so that links that lead
    /// back into one of them are noticed.
    fn list_folder(&self, folder: &Path, path: &str, resolved: &mut Vec<PathBuf>, contents: &mut FolderContents) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return contents.rejected.push((path.to_owned(), io_message(&error))),
        };
        let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for path_to_open in entries {
            let Some(name) = path_to_open.file_name() else { continue };
            let name = match name.to_str() {
                Some(name) => name.to_owned(),
                None => decode_text(name.as_encoded_bytes()),
            };
            let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            if is_hidden(&path, &name) {
                contents.left_out.push(path);
                continue;
            }
            let Ok(meta) = fs::symlink_metadata(&path_to_open) else { continue };
            let is_link = meta.file_type().is_symlink();
            if !is_link && meta.is_file() {
                contents.files.push(FoundFile { path, path_to_open });
                continue;
            }
            let target = match fs::canonicalize(&path_to_open) {
                Ok(target) => target,
                Err(error) if is_link => {
                    let why = format!("it is a symbolic link that leads nowhere: {}", io_message(&error));
                    contents.rejected.push((path, why));
                    continue;
                }
                Err(error) => {
                    contents.rejected.push((path, io_message(&error)));
                    continue;
                }
            };
            if is_link && !self.sources.is_allowed(&target) {
                contents.outside.push(path);
            } else if !target.is_dir() {
                contents.files.push(FoundFile { path, path_to_open });
            } else if resolved.contains(&target) {
                contents.rejected.push((path, "it is a symbolic link to a folder that contains it".to_owned()));
            } else if resolved.len() >= MAX_LEVELS {
                contents.rejected.push((path, "it is nested too deeply in folders".to_owned()));
            } else {
                resolved.push(target);
                self.list_folder(&path_to_open, &path, resolved, contents);
                resolved.pop();
            }
        }
    }

    fn report_contents(&mut self, written: &str, contents: &FolderContents, place: &Place) {
        let FolderContents { files: _, left_out, rejected, outside } = contents;
        for (path, why) in rejected {
            let message = format!("`{written}/{path}` cannot be put on the disc: {why}");
            self.add_finding(
                Finding::error("unreadable-file", place.clone(), message)
                    .help("copy it into the folder again, or remove it from there"),
            );
        }
        if !outside.is_empty() {
            let named: Vec<String> = outside.iter().map(|path| format!("`{written}/{path}`")).collect();
            let (is, links) = match outside.len() {
                1 => ("is", "a symbolic link that leads"),
                _ => ("are", "symbolic links that lead"),
            };
            let message = format!("{} {is} {links} out of the manifest's folder", name_first(&named));
            let mut finding = Finding::error("outside", place.clone(), message)
                .help("copy the files themselves into that folder, so that the folder is complete")
                .help("or allow it for this run with `--allow-outside`");
            finding.affected = if named.len() > 1 { named } else { Vec::new() };
            self.add_finding(finding);
        }
        if !left_out.is_empty() {
            let named: Vec<String> = left_out.iter().map(|path| format!("`{path}`")).collect();
            let message = format!(
                "hidden files and files of operating systems in `{written}` are left out: {}",
                name_first(&named)
            );
            let mut finding = Finding::note("hidden-files", place.clone(), message)
                .help("to put one on the disc, give it a name that does not begin with a dot");
            finding.affected = if named.len() > 1 { named } else { Vec::new() };
            self.add_finding(finding);
        }
    }

    /// Finds the path of the start page. If all files of an archive are in one folder, and the page is found only from there,
    /// removes the name of the folder from their paths.
    fn find_start(&self, start: Option<&Scalar>, files: &mut [FoundFile], is_archive: bool) -> Option<String> {
        let find = |files: &[FoundFile]| match start {
            Some(Scalar(start)) => {
                let start = start.trim_start_matches("./");
                let exact = files.iter().find(|file| file.path == start);
                exact.map(|file| file.path.clone())
            }
            None => START_PAGES
                .iter()
                .find_map(|name| files.iter().find(|file| fold_case(&file.path) == *name))
                .map(|file| file.path.clone())
                .or_else(|| find_book_start(files)),
        };
        if let Some(found) = find(files) {
            return Some(found);
        }
        if is_archive && let Some(folder) = common_folder(files) {
            files.iter_mut().for_each(|file| drop(file.path.drain(..folder.len())));
            if let Some(found) = find(files) {
                return Some(found);
            }
            files.iter_mut().for_each(|file| file.path.insert_str(0, &folder));
        }
        None
    }

    fn report_missing_start(&mut self, written: &str, start: Option<&Scalar>, files: &[FoundFile], at: &KeyPath) {
        let place = if start.is_some() { Place::Value(at.key("start")) } else { Place::Key(at.clone()) };
        let finding = match start {
            Some(Scalar(start)) => {
                let message = format!("there is no start page `{start}` in `{written}`");
                let finding = Finding::error("missing-start", place, message);
                let same = files.iter().find(|file| fold_case(&file.path) == fold_case(start));
                let near = same.map(|file| file.path.as_str());
                let near = near.or_else(|| did_you_mean(start, files.iter().map(|file| file.path.as_str())));
                match near {
                    Some(near) => finding.help(format!("did you mean `start: {near}`?")),
                    None => finding.help("write the path of the first page, from that folder"),
                }
            }
            None => {
                let message = format!("`{written}` has no `index.html`: readers would not know where to begin");
                let finding = Finding::error("missing-start", place, message);
                let is_page = |path: &str| FormatKind::from_extension(&extension_of(path)) == FormatKind::WebPage;
                let mut pages: Vec<&str> =
                    files.iter().map(|file| file.path.as_str()).filter(|path| is_page(path)).collect();
                pages.sort_by_key(|path| (path.matches('/').count(), *path));
                match pages.first() {
                    Some(page) => finding.help(format!("add the page to open first, such as `start: {page}`")),
                    None => finding.help("add the page to open first with `start:`"),
                }
            }
        };
        self.add_finding(finding);
    }
}

/// Names the first few of several files, and says how many more there are.
fn name_first(named: &[String]) -> String {
    let first = named.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>().join(", ");
    match named.len().saturating_sub(MAX_NAMED) {
        0 => first,
        more => format!("{first}, and {more} more"),
    }
}

fn is_hidden(path: &str, name: &str) -> bool {
    name.starts_with('.') || name == "__MACOSX" || is_os_metadata(path)
}

fn extension_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or("", |(_, extension)| extension).to_lowercase()
}

/// The folder that all files are in, with a `/` at its end.
fn common_folder(files: &[FoundFile]) -> Option<String> {
    let (folder, _) = files.first()?.path.split_once('/')?;
    let folder = format!("{folder}/");
    files.iter().all(|file| file.path.starts_with(&folder)).then_some(folder)
}

/// Unpacks an archive. The files get numbers as names, so that it does not matter which names the system allows.
fn unpack(file: File, written: &str, exclusions: &Exclusions) -> Result<(FolderContents, TemporaryFolder), Unusable> {
    let unusable = |why: String| Unusable { why, help: UNPACK_YOURSELF };
    let damaged = |error: io::Error| unusable(format!("cannot be unpacked: {}", io_message(&error)));
    let modified = file.metadata().and_then(|meta| meta.modified());
    let mut archive = Archive::open(file).map_err(damaged)?;
    if archive.has_duplicates() {
        let why = "contains several files of the same name, and programs differ in which of them they unpack";
        return Err(unusable(why.to_owned()));
    }
    let members = archive.members().map_err(damaged)?;
    let mut stored = Vec::with_capacity(members.len());
    for member in &members {
        stored.push(archive.stored_name(member).map_err(damaged)?);
    }
    let names = decode_names(stored.iter().map(|(name, _)| name.as_slice()).collect());
    let mut contents = FolderContents::default();
    let mut wanted = Vec::new();
    let mut seen = BTreeSet::new();
    for ((member, name), (_, is_link)) in members.iter().zip(names).zip(&stored) {
        // Some Windows programs write backslashes.
        let name = name.replace('\\', "/");
        if name.ends_with('/') {
            continue;
        }
        let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        let path = parts.join("/");
        if parts.is_empty() {
            contents.rejected.push((path, "it has no name".to_owned()));
        } else if parts.contains(&"..") {
            contents.rejected.push((path, "its path leads out of the archive".to_owned()));
        } else if *is_link {
            contents.rejected.push((path, "it is a symbolic link".to_owned()));
        } else if (1..=parts.len()).any(|end| is_hidden(&parts[..end].join("/"), parts[end - 1])) {
            contents.left_out.push(path);
        } else if parts.len() > MAX_LEVELS {
            contents.rejected.push((path, "it is nested too deeply in folders".to_owned()));
        } else if !seen.insert(path.clone()) {
            contents.rejected.push((path, "the archive contains it twice".to_owned()));
        } else {
            wanted.push((member, path));
        }
    }
    let is_excluded = |path: &str| exclusions.find(&format!("{written}/{path}")).is_some();
    // Excluded files are not unpacked. The caller removes them from the contents.
    let lengths = || wanted.iter().filter(|(_, path)| !is_excluded(path)).map(|(member, _)| member.length);
    let total = lengths().try_fold(0_u64, u64::checked_add).filter(|total| *total <= MAX_ARCHIVE_BYTES);
    let Some(total) = total else {
        let max = format_size(MAX_ARCHIVE_BYTES);
        return Err(unusable(format!("is too large: its files total more than {max}, which no disc can hold")));
    };
    let longest = lengths().max().unwrap_or(0);
    let place = show(&std::env::temp_dir());
    let cannot_unpack = |why: String| Unusable {
        why: format!("cannot be unpacked into `{place}`, the folder for temporary files: {why}"),
        help: "set `TMPDIR` to a folder on a drive with enough room, or unpack it yourself and write the path of that folder",
    };
    let folder = TemporaryFolder::new().map_err(|error| cannot_unpack(io_message(&error)))?;
    let probe_path = folder.path().join("probe");
    let mut probe = File::create_new(&probe_path).map_err(|error| cannot_unpack(io_message(&error)))?;
    ensure_room(&mut probe, total, longest).map_err(|no_room| {
        cannot_unpack(match no_room {
            NoRoom::Space { free } => {
                format!("{} is needed, but only {} is free", format_size(total), format_size(free))
            }
            NoRoom::ProcessLimit { longest } => {
                format!("a file is longer than the limit for file sizes (`ulimit -f`), {}", format_size(longest))
            }
            NoRoom::FileSystemLimit => "a file is longer than that file system allows".to_owned(),
            NoRoom::Unknown(error) => io_message(&error),
        })
    })?;
    drop(probe);
    fs::remove_file(&probe_path).map_err(|error| cannot_unpack(io_message(&error)))?;
    for (member, path) in wanted {
        let path_to_open = folder.path().join(format!("{}", member.number));
        if is_excluded(&path) {
            contents.files.push(FoundFile { path, path_to_open });
            continue;
        }
        let copied = archive.read(member).and_then(|reader| {
            let mut output = File::create_new(&path_to_open)?;
            // An archive that states a false length must not fill the disk.
            let copied = io::copy(&mut reader.take(member.length + 1), &mut output)?;
            if copied != member.length {
                let stated = member.length;
                return Err(io::Error::other(format!("it does not have the {stated} bytes that the archive states")));
            }
            // The disc may take its date from the newest source, so the file gets the time of the archive.
            if let Ok(modified) = modified {
                output.set_modified(modified)?;
            }
            Ok(())
        });
        copied.map_err(|error| unusable(format!("cannot be unpacked: `{written}/{path}`: {}", io_message(&error))))?;
        contents.files.push(FoundFile { path, path_to_open });
    }
    Ok((contents, folder))
}

/// Decodes the names of the members. Those that are not in UTF-8 are decoded together, because all of them are in the encoding
/// of the computer that made the archive.
fn decode_names(names: Vec<&[u8]>) -> Vec<String> {
    let is_other = |name: &&&[u8]| std::str::from_utf8(name).is_err();
    let others: Vec<&[u8]> = names.iter().filter(is_other).copied().collect();
    let decoded = decode_text(&others.join(&b'\n'));
    let mut decoded = decoded.split('\n');
    names
        .into_iter()
        .map(|name| match std::str::from_utf8(name) {
            Ok(name) => name.to_owned(),
            Err(_) => decoded.next().map_or_else(|| decode_text(name), str::to_owned),
        })
        .collect()
}

/// The page of an EPUB at which to start: its table of contents, or else its first page.
fn find_book_start(files: &[FoundFile]) -> Option<String> {
    let read = |path: &str| fs::read(&files.iter().find(|file| file.path == path)?.path_to_open).ok();
    let container = read("META-INF/container.xml")?;
    let text = |xml: &[u8], value| String::from_utf8_lossy(&xml[value]).into_owned();
    let root = find_tags(&container, true).into_iter().find_map(|tag| tag.attribute("full-path"))?;
    let package_path = text(&container, root);
    let package = read(&package_path)?;
    let folder = package_path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let tags = find_tags(&package, true);
    let tags_named =
        |name: &'static str| tags.iter().filter(move |tag| tag.name == name || tag.name.ends_with(&format!(":{name}")));
    let value = |tag: &crate::html::TagSpans, name: &str| tag.attribute(name).map(|value| text(&package, value));
    let contents = tags_named("item")
        .find(|item| value(item, "properties").is_some_and(|words| words.split_whitespace().any(|word| word == "nav")))
        .or_else(|| tags_named("reference").find(|item| value(item, "type").as_deref() == Some("toc")));
    let first = || {
        let id = tags_named("itemref").find_map(|item| value(item, "idref"))?;
        tags_named("item").find(|item| value(item, "id").as_ref() == Some(&id))
    };
    let href = value(contents.or_else(first)?, "href")?;
    archive::resolve_href(folder, &href).into_iter().find(|path| files.iter().any(|file| file.path == *path))
}

/// The extension of a file on the disc, which tells readers' computers how to open it. A file without a usable extension, or
/// with one of [`SERVER_PAGES`], gets one that fits its contents.
fn find_extension(path: &str, path_to_open: &Path) -> String {
    let extension = extension_of(path);
    let is_usable = (1..=10).contains(&extension.len())
        && extension.bytes().all(|b| b.is_ascii_alphanumeric())
        && !extension.bytes().all(|b| b.is_ascii_digit());
    let is_server_page = SERVER_PAGES.contains(&extension.as_str());
    if is_usable && !is_server_page {
        return extension;
    }
    let mut start = Vec::new();
    // A file that cannot be read is reported when it is added.
    let _ = File::open(path_to_open).and_then(|file| file.take(EXAMINED_BYTES).read_to_end(&mut start));
    let detected = detect_format(&start);
    if is_server_page && detected != "html" { extension } else { detected.to_owned() }
}

/// The extension for a file that starts with these bytes.
fn detect_format(start: &[u8]) -> &'static str {
    let signatures: [(&[u8], &str); 6] = [
        (b"%PDF-", "pdf"),
        (b"\x89PNG", "png"),
        (b"\xff\xd8\xff", "jpg"),
        (b"GIF8", "gif"),
        (b"PK\x03\x04", "zip"),
        (b"\x1f\x8b", "gz"),
    ];
    if let Some((_, extension)) = signatures.iter().find(|(signature, _)| start.starts_with(signature)) {
        return extension;
    }
    let text = decode_text(start).to_ascii_lowercase();
    let text = text.trim_start();
    let is_html = !text.starts_with("<?php")
        && text.starts_with('<')
        && ["<!doctype html", "<html", "<head", "<body", "<frameset"].iter().any(|tag| text.contains(tag));
    match () {
        () if is_html => "html",
        () if start.contains(&0) => "bin",
        () => "txt",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_of_a_file_without_an_extension_is_detected() {
        assert_eq!(detect_format(b"\n<!DOCTYPE HTML PUBLIC>"), "html");
        assert_eq!(detect_format(b"<?php echo '<html>';"), "txt");
        assert_eq!(detect_format(b"The licence\n"), "txt");
        assert_eq!(detect_format(b"%PDF-1.4"), "pdf");
        assert_eq!(detect_format(b"a\0b"), "bin");
        assert_eq!(detect_format(b""), "txt");
    }

    #[test]
    fn names_of_an_archive_are_decoded_together() {
        let russian =
            b"\xc2\xee\xe4\xe0 \xe8 \xe6\xe8\xe7\xed\xfc \xed\xe0 \xee\xf1\xf2\xf0\xee\xe2\xe5.html".as_slice();
        assert_eq!(decode_names(vec![b"a.html", russian]), ["a.html", "Вода и жизнь на острове.html"]);
    }
}
