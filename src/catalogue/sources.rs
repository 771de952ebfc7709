//! Finds and checks the source files without reading them.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use super::{Source, SourceId, Stamp};
use crate::diagnostic::{Finding, Findings, Place, did_you_mean};
use crate::language::to_ascii;
use crate::path_text::show;
use crate::system::{DanglingLink, ensure_readable, find_dangling_link};

/// A path whose symbolic links are resolved.
struct ResolvedPath {
    path: PathBuf,
    /// The metadata, if it was read in order to resolve the path.
    meta: Option<Metadata>,
}

/// The smallest length in bytes of a file that `hadris-iso` divides into several extents. All extents except the last consist
/// of whole sectors, and the length of an extent has 32 bits (ECMA-119 7.3.3).
pub(super) const MIN_LARGE_FILE: u64 = (u32::MAX as u64 / 2048) * 2048;

/// The source files found so far.
pub(super) struct Sources<'m> {
    folder: &'m Path,
    allow_outside: bool,
    /// The manifest's folder with symbolic links resolved.
    resolved_folder: Option<PathBuf>,
    sources: Vec<Arc<Source>>,
    /// Where the manifest first names each source.
    places: Vec<Place>,
    /// The sources by resolved path, as a string, because comparing paths component by component is slow.
    ids_by_path: HashMap<OsString, SourceId>,
    /// The folders that were resolved already, by their path as written.
    resolved_folders: HashMap<OsString, Option<PathBuf>>,
    /// The names in folders where a file was missing, by their lower-case form.
    listings: BTreeMap<PathBuf, BTreeMap<String, String>>,
    /// The result of [`find_unique_names`] for the manifest's folder, once a file is missing.
    unique_names: Option<HashMap<String, Option<String>>>,
    /// How many more names may be compared to find suggestions. If thousands of files are missing, misspelling is not
    /// the cause, and comparing all names would take long.
    comparisons_left: usize,
}

impl<'m> Sources<'m> {
    pub(super) fn new(folder: &'m Path, allow_outside: bool) -> Self {
        Self {
            folder,
            allow_outside,
            resolved_folder: fs::canonicalize(folder).ok(),
            sources: Vec::new(),
            places: Vec::new(),
            ids_by_path: HashMap::new(),
            resolved_folders: HashMap::new(),
            listings: BTreeMap::new(),
            unique_names: None,
            comparisons_left: 100_000,
        }
    }

    pub(super) fn into_vec(mut self) -> Vec<Arc<Source>> {
        self.sources.shrink_to_fit();
        self.sources
    }

    /// Adds the file whose path in the manifest is `path_in_manifest`. `None`, with a finding, if it cannot be put on a disc.
    pub(super) fn add_file(
        &mut self,
        path_in_manifest: &str,
        place: Place,
        findings: &mut Findings,
    ) -> Option<SourceId> {
        let (path, resolved) = self.allowed_path(path_in_manifest, &place, findings)?;
        let (resolved, meta) = match resolved {
            Some(ResolvedPath { path, meta }) => (Some(path), meta),
            None => (None, None),
        };
        if let Some(resolved) = &resolved
            && let Some(id) = self.ids_by_path.get(resolved.as_os_str())
        {
            return Some(*id);
        }
        match examine_source(&path, meta, path_in_manifest, &place) {
            Ok(source) => {
                let id = SourceId(self.sources.len());
                self.sources.push(Arc::new(source));
                self.places.push(place);
                if let Some(resolved) = resolved {
                    self.ids_by_path.insert(resolved.into_os_string(), id);
                }
                Some(id)
            }
            Err(Rejection::Missing) => {
                let finding = self.describe_missing("file", &path, path_in_manifest, place);
                findings.push(finding);
                None
            }
            Err(Rejection::Unsuitable(finding)) => {
                findings.push(*finding);
                None
            }
        }
    }

    /// A path from the manifest's folder after following symbolic links; `None` if it is outside.
    pub(super) fn resolved_path(&self, path: &Path) -> Option<String> {
        let resolved = fs::canonicalize(path).ok()?;
        let below = resolved.strip_prefix(self.resolved_folder.as_deref()?).ok()?;
        Some(below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
    }

    /// Every source, with the place that first names it.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Source, &Place)> {
        self.sources.iter().map(Arc::as_ref).zip(&self.places)
    }

    /// Adds a file of a site. Unlike other sources it may be empty.
    ///
    /// # Errors
    /// Why it cannot be read, as the end of a sentence about it.
    pub(super) fn add_site_file(&mut self, path: &Path, written: &str, place: &Place) -> Result<SourceId, String> {
        let resolved = fs::canonicalize(path).map_err(|error| io_message(&error))?;
        if let Some(id) = self.ids_by_path.get(resolved.as_os_str()) {
            return Ok(*id);
        }
        let meta = fs::metadata(path).map_err(|error| io_message(&error))?;
        if !meta.is_file() {
            return Err("it is a device or a pipe, not a regular file".to_owned());
        }
        ensure_readable(path).map_err(|error| io_message(&error))?;
        let stamp = Stamp::from_metadata(&meta);
        let id = SourceId(self.sources.len());
        let source = Source { path: path.into(), path_in_manifest: written.into(), length: meta.len(), stamp };
        self.sources.push(Arc::new(source));
        self.places.push(place.clone());
        self.ids_by_path.insert(resolved.into_os_string(), id);
        Ok(id)
    }

    /// Whether a path whose symbolic links are resolved may be on the disc.
    pub(super) fn is_allowed(&self, resolved: &Path) -> bool {
        self.allow_outside || self.resolved_folder.as_ref().is_none_or(|folder| resolved.starts_with(folder))
    }

    /// Whether a folder is the manifest's folder or contains it.
    pub(super) fn is_above_manifest(&self, folder: &Path) -> bool {
        let manifest_folder = self.resolved_folder.as_ref();
        fs::canonicalize(folder).is_ok_and(|folder| manifest_folder.is_some_and(|below| below.starts_with(&folder)))
    }

    /// Finds a folder or a file that the manifest names. `None`, with a finding, if there is none.
    pub(super) fn find_path(&mut self, written: &str, place: Place, findings: &mut Findings) -> Option<PathBuf> {
        let (path, _) = self.allowed_path(written, &place, findings)?;
        if path.exists() {
            return Some(path);
        }
        let finding = self.describe_missing("file or folder", &path, written, place);
        findings.push(finding);
        None
    }

    /// Finds the file of a key, which may be outside the manifest's folder. `None`, with a finding, if there is none.
    pub(super) fn find_key(&mut self, written: &str, place: Place, findings: &mut Findings) -> Option<PathBuf> {
        let path = self.folder.join(written);
        if path.is_file() {
            return Some(path);
        }
        let finding = self.describe_missing(KEY_FILE, &path, written, place);
        findings.push(finding);
        None
    }

    /// The path of a file that the manifest names, and that need not exist. `None`, with a finding, if the path is not allowed.
    pub(super) fn find_optional(&mut self, written: &str, place: &Place, findings: &mut Findings) -> Option<PathBuf> {
        self.allowed_path(written, place, findings).map(|(path, _)| path)
    }

    /// The name of a file beside a missing one that was probably meant.
    pub(super) fn find_near(&mut self, path: &Path) -> Option<String> {
        let parent = path.parent().unwrap_or(self.folder);
        let name = path.file_name()?.to_string_lossy().into_owned();
        let listing = self.listings.entry(parent.to_path_buf()).or_insert_with(|| list_names(parent));
        match listing.get(&name.to_lowercase()) {
            Some(same) => Some(same.clone()),
            None if self.comparisons_left >= listing.len() => {
                self.comparisons_left -= listing.len();
                most_similar(&name, listing).map(str::to_owned)
            }
            None => None,
        }
    }

    /// The path of a source as it is written in the manifest.
    pub(super) fn path_in_manifest(&self, id: SourceId) -> &str {
        &self.sources[id.0].path_in_manifest
    }

    /// The length of a source in bytes.
    pub(super) fn length(&self, id: SourceId) -> u64 {
        self.sources[id.0].length
    }

    /// Where the manifest first names a source.
    pub(super) fn first_place(&self, id: SourceId) -> Option<&Place> {
        self.places.get(id.0)
    }

    /// Finds a folder that the manifest names. `None`, with a finding, if there is none.
    pub(super) fn find_folder(
        &mut self,
        path_in_manifest: &str,
        place: Place,
        findings: &mut Findings,
    ) -> Option<PathBuf> {
        let (path, _) = self.allowed_path(path_in_manifest, &place, findings)?;
        if path.is_dir() {
            return Some(path);
        }
        findings.push(match find_dangling_link(&path) {
            Some(DanglingLink { link, target }) => {
                describe_dangling_link("missing-folder", self.folder, (&link, &target), path_in_manifest, place)
            }
            None => Finding::error("missing-folder", place, format!("there is no folder `{path_in_manifest}`"))
                .help(format!("paths are relative to the manifest's folder: {}", show(self.folder))),
        });
        None
    }

    /// The path to open, and the resolved path if the file exists. `None`, with a finding, if the path is not allowed.
    fn allowed_path(
        &mut self,
        path_in_manifest: &str,
        place: &Place,
        findings: &mut Findings,
    ) -> Option<(PathBuf, Option<ResolvedPath>)> {
        if path_in_manifest.trim().is_empty() {
            findings.push(
                Finding::error("missing-file", place.clone(), "the path is empty")
                    .help("write the path of the file, relative to the manifest's folder"),
            );
            return None;
        }
        if path_in_manifest.chars().any(char::is_control) {
            findings.push(
                Finding::error("control-character", place.clone(), "this path contains an invisible control character")
                    .help(
                        "if the path is in double quotes, a backslash has a special meaning: write `/` between folders",
                    )
                    .help("otherwise type the path again"),
            );
            return None;
        }
        let path = self.folder.join(path_in_manifest);
        let resolved = self.resolve(&path);
        if self.allow_outside {
            return Some((path, resolved));
        }
        let mut depth = 0_i32;
        let leads_outside = Path::new(path_in_manifest).is_absolute()
            || Path::new(path_in_manifest).components().any(|part| {
                match part {
                    Component::ParentDir => depth -= 1,
                    Component::Normal(_) => depth += 1,
                    _ => {}
                }
                depth < 0
            });
        let outside = |how: &str| {
            Finding::error("outside", place.clone(), format!("`{path_in_manifest}` {how}"))
                .help("copy it into that folder, so that the folder is complete")
                .help("or allow it for this run with `--allow-outside`")
        };
        if leads_outside {
            findings.push(outside("is outside the manifest's folder"));
            return None;
        }
        if let (Some(resolved_folder), Some(resolved)) = (&self.resolved_folder, &resolved)
            && !resolved.path.starts_with(resolved_folder)
        {
            findings.push(outside("leads outside the manifest's folder through a symbolic link"));
            return None;
        }
        Some((path, resolved))
    }

    /// Resolves the symbolic links of a path; `None` if it does not exist.
    fn resolve(&mut self, path: &Path) -> Option<ResolvedPath> {
        let (parent, name) = (path.parent()?, path.file_name());
        let resolved_parent = match self.resolved_folders.get(parent.as_os_str()) {
            Some(resolved) => resolved.clone(),
            None => {
                let resolved = fs::canonicalize(parent).ok();
                self.resolved_folders.insert(parent.as_os_str().to_owned(), resolved.clone());
                resolved
            }
        }?;
        let Some(name) = name else {
            return Some(ResolvedPath { path: fs::canonicalize(path).ok()?, meta: None });
        };
        let path = resolved_parent.join(name);
        let meta = fs::symlink_metadata(&path).ok()?;
        if meta.file_type().is_symlink() {
            return Some(ResolvedPath { path: fs::canonicalize(&path).ok()?, meta: None });
        }
        Some(ResolvedPath { path, meta: Some(meta) })
    }

    /// The existing folder whose path differs only in case.
    fn find_folder_ignoring_case(&mut self, wanted: &Path) -> Option<String> {
        let mut existing = PathBuf::new();
        for part in wanted.components() {
            let folder = self.folder.join(&existing);
            let listing = self.listings.entry(folder.clone()).or_insert_with(|| list_names(&folder));
            existing.push(listing.get(&part.as_os_str().to_string_lossy().to_lowercase())?);
        }
        Some(existing.display().to_string())
    }

    /// The only file of this name in the manifest's folder and the folders in it.
    fn find_elsewhere(&mut self, name: &str) -> Option<String> {
        let names = self.unique_names.get_or_insert_with(|| find_unique_names(self.folder));
        names.get(&name.to_lowercase()).cloned().flatten()
    }

    /// The finding for a file or folder that does not exist, with the most likely cause. `what` names it in the message: `file`,
    /// for instance.
    fn describe_missing(&mut self, what: &str, path: &Path, path_in_manifest: &str, place: Place) -> Finding {
        if let Some(DanglingLink { link, target }) = find_dangling_link(path) {
            return describe_dangling_link("missing-file", self.folder, (&link, &target), path_in_manifest, place);
        }
        let mut finding = Finding::error("missing-file", place, format!("there is no {what} `{path_in_manifest}`"));
        if let Some(parts) = split_windows_path(path_in_manifest) {
            let rule = "paths start from the manifest's folder, without a drive letter";
            // The end of the path that leads to a file from the manifest's folder.
            let mut ends = (0..parts.len()).map(|first| parts[first..].join("/"));
            return finding.help(match ends.find(|end| self.folder.join(end).is_file()) {
                Some(end) => format!("{rule}: write `{end}`"),
                None => match parts.last() {
                    Some(name) => format!("{rule}: copy the file into that folder, and write `{name}`"),
                    None => rule.to_owned(),
                },
            });
        }
        if path_in_manifest.contains('\\') && cfg!(unix) {
            return finding.help(format!("write `/` between folders: `{}`", path_in_manifest.replace('\\', "/")));
        }
        if path_in_manifest.contains("://") {
            return finding.help("download the file into the manifest's folder, and write its name here");
        }
        if path_in_manifest.contains(['*', '?']) {
            return finding.help("write the name of each file: `*` and `?` are not wildcards here");
        }
        if path_in_manifest.contains(", ")
            || path_in_manifest.matches("/").count() > 1
                && path_in_manifest.contains(' ')
                && path_in_manifest.matches('.').count() > 1
        {
            finding.help.push("if this is meant to be several files, write them as a list: [first, second]".to_owned());
        }
        let parent = path.parent().unwrap_or(self.folder);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !parent.is_dir() {
            let shown = parent.strip_prefix(self.folder).unwrap_or(parent);
            if let Some(folder) = self.find_folder_ignoring_case(shown) {
                return finding.help(format!("there is a folder `{folder}`: upper and lower case must match"));
            }
            return match self.find_elsewhere(&name) {
                Some(moved) => finding.help(describe_moved(&moved)),
                None => finding.help(format!(
                    "there is no folder `{}` either; paths are relative to the manifest's folder",
                    show(shown)
                )),
            };
        }
        match self.find_near(path).as_deref() {
            Some(near) if near.to_lowercase() == name.to_lowercase() => {
                finding.help(format!("there is `{near}` in that folder: upper and lower case must match"))
            }
            Some(near) if to_ascii(near) == to_ascii(&name) => finding.help(format!(
                "there is `{near}` in that folder, with different accents or the same ones encoded differently: copy the name from here"
            )),
            _ if let Some(moved) = self.find_elsewhere(&name) => finding.help(describe_moved(&moved)),
            Some(near) => finding.help(format!("did you mean `{near}`, which is in that folder?")),
            None => {
                let finding = finding.help("check the spelling; paths are relative to the manifest's folder");
                match what {
                    KEY_FILE => finding.help("or delete the line with `sign:`; the disc will then not be signed"),
                    _ => finding.help(
                        "if it no longer belongs on the disc, delete its line, or the report if this is its only file",
                    ),
                }
            }
        }
    }
}

/// The name in messages for a file with a key for signatures.
const KEY_FILE: &str = "key file";

/// The components of a Windows path after its drive letter or `\\`; `None` if it has neither.
fn split_windows_path(path: &str) -> Option<Vec<&str>> {
    let rest = match path.as_bytes() {
        [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic() => &path[2..],
        [b'\\', b'\\', ..] => path,
        _ => return None,
    };
    Some(rest.split(['\\', '/']).filter(|part| !matches!(*part, "" | "." | "..")).collect())
}

/// The finding for a file or folder that does not exist because a link on its path leads nowhere.
fn describe_dangling_link(
    code: &'static str,
    folder: &Path,
    (link, target): (&Path, &Path),
    path_in_manifest: &str,
    place: Place,
) -> Finding {
    let (link, target) = (show(link.strip_prefix(folder).unwrap_or(link)), show(target));
    let what = if link == path_in_manifest {
        format!("`{path_in_manifest}`")
    } else {
        format!("`{link}`, on the path of `{path_in_manifest}`,")
    };
    let message = format!("{what} is a symbolic link to `{target}`, which does not exist");
    Finding::error(code, place, message)
        .help("copy the file or folder that the link should lead to into the manifest's folder")
        .help("or restore it where the link leads; perhaps a drive or a network share is not connected")
}

/// The most similar name. Extensions are not compared: two names are not similar because both end with `.pdf`.
fn most_similar<'l>(name: &str, listing: &'l BTreeMap<String, String>) -> Option<&'l str> {
    let stem_length = |name: &'_ str| name.rsplit_once('.').map_or(name.len(), |(stem, _)| stem.len());
    let near = did_you_mean(&name[..stem_length(name)], listing.keys().map(|other| &other[..stem_length(other)]))?;
    listing.iter().find(|(lower, _)| &lower[..stem_length(lower)] == near).map(|(_, other)| other.as_str())
}

/// Why a file cannot be a source.
enum Rejection {
    Missing,
    Unsuitable(Box<Finding>),
}

/// Checks that a path is a readable file that is not empty.
fn examine_source(
    path: &Path,
    meta: Option<Metadata>,
    path_in_manifest: &str,
    place: &Place,
) -> Result<Source, Rejection> {
    let reject = |finding: Finding| Rejection::Unsuitable(Box::new(finding));
    let unreadable = |error: &std::io::Error| {
        reject(
            Finding::error(
                "unreadable-file",
                place.clone(),
                format!("`{path_in_manifest}` cannot be read: {}", io_message(error)),
            )
            .help("check the file's permissions, or copy it here again"),
        )
    };
    let meta = match meta.map_or_else(|| fs::metadata(path), Ok) {
        Ok(meta) => meta,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Err(Rejection::Missing);
        }
        Err(error) => return Err(unreadable(&error)),
    };
    if meta.is_dir() {
        return Err(reject(
            Finding::error("not-a-file", place.clone(), format!("`{path_in_manifest}` is a folder, not a file"))
                .help("write the path of a file in that folder")
                .help(format!(
                    "or, if it is a web site, put all of it on the disc: `{{folder: {path_in_manifest}, start: index.html}}`"
                )),
        ));
    }
    if !meta.is_file() {
        return Err(reject(
            Finding::error(
                "not-a-file",
                place.clone(),
                format!("`{path_in_manifest}` is a device or a pipe, not a regular file"),
            )
            .help("copy its contents into a file"),
        ));
    }
    if meta.len() == 0 {
        return Err(reject(
            Finding::error("empty-file", place.clone(), format!("`{path_in_manifest}` is empty: it has 0 bytes"))
                .help("copy the file here again; an interrupted copy often leaves an empty file"),
        ));
    }
    ensure_readable(path).map_err(|error| unreadable(&error))?;
    Ok(Source {
        path: path.into(),
        path_in_manifest: path_in_manifest.into(),
        length: meta.len(),
        stamp: Stamp::from_metadata(&meta),
    })
}

/// The system's message for an error, without its number.
pub fn io_message(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
    }
}

/// Maps the name of each file at any depth below a folder, in lower case, to its path, or to `None` if several files have this
/// name. Empty if there are too many files: an incomplete map would depend on the order in which the system lists them.
fn find_unique_names(folder: &Path) -> HashMap<String, Option<String>> {
    const MAX_FILES: usize = 100_000;
    const MAX_DEPTH: usize = 32;
    let mut names: HashMap<String, Option<String>> = HashMap::new();
    let mut folders = vec![(folder.to_path_buf(), 0)];
    let mut left = MAX_FILES;
    while let Some((current, depth)) = folders.pop() {
        for entry in fs::read_dir(&current).into_iter().flatten().flatten() {
            let Some(rest) = left.checked_sub(1) else { return HashMap::new() };
            left = rest;
            let path = entry.path();
            match entry.file_type() {
                // Hidden folders contain deleted files, and copies made by other programs.
                Ok(kind)
                    if kind.is_dir()
                        && depth < MAX_DEPTH
                        && !entry.file_name().as_encoded_bytes().starts_with(b".") =>
                {
                    folders.push((path, depth + 1));
                }
                Ok(kind) if kind.is_file() => {
                    let below = path.strip_prefix(folder).unwrap_or(&path);
                    let shown = below.to_str().map(|path| path.replace(std::path::MAIN_SEPARATOR, "/"));
                    let name = entry.file_name().to_string_lossy().to_lowercase();
                    names.entry(name).and_modify(|known| *known = None).or_insert(shown);
                }
                _ => {}
            }
        }
    }
    names
}

/// The help for a missing file if another folder has a file of its name.
fn describe_moved(path: &str) -> String {
    format!("there is `{path}`: if the file was moved there, write that path")
}

/// The names in a folder, by their form in lower case.
fn list_names(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names.into_iter().map(|name| (name.to_lowercase(), name)).collect()
}

impl Stamp {
    pub fn from_metadata(meta: &Metadata) -> Self {
        let modified = meta.modified().ok().map_or(0, |time| match time.duration_since(UNIX_EPOCH) {
            Ok(after) => after.as_nanos() as i128,
            Err(before) => -(before.duration().as_nanos() as i128),
        });
        #[cfg(unix)]
        let (changed, identity) = {
            use std::os::unix::fs::MetadataExt;
            let changed = i128::from(meta.ctime()) * 1_000_000_000 + i128::from(meta.ctime_nsec());
            (changed, (meta.dev(), meta.ino()))
        };
        #[cfg(not(unix))]
        let (changed, identity) = (0, (0, 0));
        Self { length: meta.len(), modified, changed, identity }
    }

    /// The modification time in seconds since 1970-01-01, rounded down.
    pub fn modified_seconds(&self) -> i64 {
        i64::try_from(self.modified.div_euclid(1_000_000_000)).unwrap_or(0)
    }
}
