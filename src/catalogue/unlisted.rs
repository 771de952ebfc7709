//! Finds the files in the manifest's folder that are neither on the disc nor excluded from it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, FileType};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::{Catalogue, Site, Source, Stamp, confidentiality_mark};
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::names::portable_name;
use crate::os_metadata::{is_os_metadata, is_os_metadata_folder};
use crate::path_text::quote_for_shell;
use crate::system::open_regular_file;

/// The maximum number of files that are looked at. A manifest in somebody's home folder must not make every build slow.
const MAX_FILES: usize = 100_000;

/// The maximum depth of folders to search.
const MAX_LEVELS: usize = 32;

/// Reports files that are neither on the disc nor excluded, exclusions that exclude nothing, and copies of excluded files.
///
/// Files are looked for in the deepest folder that contains all documents: the manifest may be further up, among unrelated
/// files. `texts` are the files with recognised text, which are used for the search, but are not on the disc.
pub fn report_unlisted_files(
    catalogue: &Catalogue,
    texts: &[PathBuf],
    folder: &Path,
    manifest: &Path,
    findings: &mut Findings,
) {
    let mut walk = Walk {
        catalogue,
        used_identities: catalogue
            .sources
            .iter()
            .map(|source| source.stamp.identity)
            .filter(|identity| *identity != (0, 0))
            .collect(),
        used_paths: catalogue
            .sources
            .iter()
            .map(|source| Cow::Borrowed(&*source.path))
            .chain(texts.iter().map(Cow::from))
            .chain(catalogue.disc.signing.iter().flat_map(|signing| signing.files.iter().map(Cow::from)))
            .chain(catalogue.disc.timestamp.iter().map(|timestamp| Cow::from(&timestamp.path)))
            // The archives of web sites.
            .chain(sites(catalogue).map(|site| Cow::from(folder.join(&*site.written))))
            .collect(),
        manifest: manifest.file_name().map(|name| folder.join(name)),
        unlisted: Vec::new(),
        earlier_discs: Vec::new(),
        files_left: MAX_FILES,
    };
    let start = common_folder(catalogue);
    walk.search_folder(&folder.join(&start), &start, 0);
    let Walk { unlisted: mut all, earlier_discs, files_left, .. } = walk;
    report_unused_exclusions(catalogue, folder, findings);
    report_copies_of_excluded_files(catalogue, folder, findings);
    let what = match (all.len(), earlier_discs.len()) {
        (1, 0) => "1 file in the folder of the documents is".to_owned(),
        (count, 0) => format!("{count} files in the folder of the documents are"),
        (0, 1) => "1 folder beside the documents is".to_owned(),
        (files, folders) => format!("{} files and folders in the folder of the documents are", files + folders),
    };
    all.extend(earlier_discs.iter().map(|folder| format!("{folder}/ (a copy of a disc)")));
    if all.is_empty() {
        return;
    }
    let rest =
        if files_left == 0 { format!("; only the first {MAX_FILES} files were looked at") } else { String::new() };
    let documents = folder.join(&start);
    let documents = if documents.as_os_str().is_empty() { Path::new(".") } else { &documents };
    let output = match manifest.file_name() {
        Some(name) if start.is_empty() && name == "manifest.yaml" => String::new(),
        Some(name) => format!("--output {} ", quote_for_shell(&folder.join(name))),
        None => String::new(),
    };
    let mut finding =
        Finding::note("not-on-disc", Place::Nowhere, format!("{what} not on the disc{rest}")).help(format!(
            "`make-disc init --update {output}{}` adds documents that were not in the folder when the manifest was made or last updated; list others in the manifest yourself, or under `exclude:` if they must not be on the disc",
            quote_for_shell(documents)
        ));
    finding.affected = all;
    findings.push(finding);
}

/// Reports the exclusions that exclude nothing in the manifest's folder, unless it has too many files to tell.
fn report_unused_exclusions(catalogue: &Catalogue, folder: &Path, findings: &mut Findings) {
    if catalogue.exclusions.is_empty() {
        return;
    }
    let all = 0..catalogue.exclusions.written().count();
    // The exclusions of files inside the archives of web sites are in `used_exclusions`.
    let mut unused: BTreeSet<usize> = all.filter(|index| !catalogue.used_exclusions.contains(index)).collect();
    let mut files_left = MAX_FILES;
    let mut folders = vec![(folder.to_path_buf(), String::new(), 0)];
    while let Some((folder, path, level)) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if unused.is_empty() || files_left == 0 {
                return;
            }
            files_left -= 1;
            let name = entry.file_name().to_string_lossy().into_owned();
            let inner = if path.is_empty() { name } else { format!("{path}/{name}") };
            for index in catalogue.exclusions.find_all(&inner) {
                unused.remove(&index);
            }
            if level < MAX_LEVELS && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push((entry.path(), inner, level + 1));
            }
        }
    }
    for (index, written) in catalogue.exclusions.written().enumerate().filter(|(index, _)| unused.contains(index)) {
        findings.push(unused_exclusion(index, written));
    }
}

/// Reports the files on the disc that have the same contents as an excluded file.
fn report_copies_of_excluded_files(catalogue: &Catalogue, folder: &Path, findings: &mut Findings) {
    if catalogue.exclusions.is_empty() {
        return;
    }
    let mut by_length: HashMap<u64, Vec<&Source>> = HashMap::new();
    for source in catalogue.sources.iter().filter(|source| source.length > 0) {
        by_length.entry(source.length).or_default().push(source);
    }
    let mut copies = Vec::new();
    let mut files_left = MAX_FILES;
    let mut folders = vec![(folder.to_path_buf(), String::new(), 0)];
    while let Some((folder, path, level)) = folders.pop() {
        let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries.into_iter().take(files_left) {
            files_left -= 1;
            let name = entry.file_name().to_string_lossy().into_owned();
            let inner = if path.is_empty() { name } else { format!("{path}/{name}") };
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && level < MAX_LEVELS {
                folders.push((entry.path(), inner, level + 1));
            } else if kind.is_file()
                && let Some(index) = catalogue.exclusions.find(&inner)
            {
                let is_excluded_by_path = catalogue.exclusions.written().nth(index) == Some(&inner);
                let length = entry.metadata().map_or(0, |meta| meta.len());
                let same_length = by_length.get(&length).into_iter().flatten();
                for source in same_length.filter(|source| have_same_contents(&source.path, &entry.path())) {
                    // `init` excludes the second copy of a document by its path.
                    if is_named_as_copy(&inner, &source.path_in_manifest, is_excluded_by_path) {
                        continue;
                    }
                    copies.push(format!("`{}` is the same as `{inner}`", source.path_in_manifest));
                }
            }
        }
    }
    copies.sort();
    let Some(first) = copies.first() else { return };
    let message = match copies.len() {
        1 => format!("{first}, which is excluded"),
        2 => format!("{first}, which is excluded, and one more file on the disc is a copy of an excluded one"),
        count => {
            format!("{first}, which is excluded, and {} more files on the disc are copies of excluded ones", count - 1)
        }
    };
    let mut finding = Finding::warning("excluded-copy", Place::Nowhere, message)
        .help("if its contents must not be on the disc, remove it from the manifest; otherwise there is nothing to do");
    finding.affected = if copies.len() > 1 { copies } else { Vec::new() };
    findings.push(finding);
}

/// Whether an excluded file is only a copy of a file on the disc, as their names show: `plan (2).pdf` and `plan.pdf`. Always
/// false if the excluded name is marked as confidential. If `exclude:` has the path of this file itself, and not its folder or a
/// pattern, the names may also be equal, or the excluded one the shorter.
fn is_named_as_copy(excluded: &str, listed: &str, is_excluded_by_path: bool) -> bool {
    let stem = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        portable_name(name.rsplit_once('.').map_or(name, |(stem, _)| stem))
    };
    let (excluded_stem, listed_stem) = (stem(excluded), stem(listed));
    let is_part = |part: &str, whole: &str| part.len() > 2 && format!("_{whole}_").contains(&format!("_{part}_"));
    confidentiality_mark(excluded).is_none()
        && (is_part(&listed_stem, &excluded_stem) && (is_excluded_by_path || listed_stem != excluded_stem)
            || is_excluded_by_path && is_part(&excluded_stem, &listed_stem))
}

/// Whether two files have the same bytes. Files that cannot be read are different.
fn have_same_contents(a: &Path, b: &Path) -> bool {
    let (Ok(a), Ok(b)) = (open_regular_file(a), open_regular_file(b)) else { return false };
    let (mut a, mut b) = (BufReader::with_capacity(1 << 16, a), BufReader::with_capacity(1 << 16, b));
    loop {
        let (Ok(left), Ok(right)) = (a.fill_buf(), b.fill_buf()) else { return false };
        let length = left.len().min(right.len());
        if left[..length] != right[..length] {
            return false;
        }
        if length == 0 {
            return left.is_empty() && right.is_empty();
        }
        a.consume(length);
        b.consume(length);
    }
}

fn unused_exclusion(index: usize, written: &str) -> Finding {
    Finding::warning(
        "unused-exclusion",
        Place::Value(KeyPath::root().key("exclude").item(index)),
        format!("`{written}` excludes no file"),
    )
    .help("check how it is written: a path starts from the manifest's folder, and `*` stands for any part of a name")
}

/// The search for files that are not on the disc.
struct Walk<'c> {
    catalogue: &'c Catalogue,
    /// The device and inode of every file on the disc.
    used_identities: HashSet<(u64, u64)>,
    used_paths: HashSet<Cow<'c, Path>>,
    manifest: Option<PathBuf>,
    unlisted: Vec<String>,
    /// Folders with the files of an earlier disc.
    earlier_discs: Vec<String>,
    files_left: usize,
}

fn sites(catalogue: &Catalogue) -> impl Iterator<Item = &Site> {
    catalogue.reports().flat_map(|(_, _, report)| &report.variants).filter_map(|variant| variant.site.as_ref())
}

/// The path of the deepest folder that contains all documents in the manifest's folder; empty if it is the manifest's folder.
fn common_folder(catalogue: &Catalogue) -> String {
    let variants = catalogue.reports().flat_map(|(_, _, report)| &report.variants);
    let files = variants.filter(|variant| variant.site.is_none()).flat_map(|variant| &variant.files);
    let paths = files.map(|file| &*catalogue.source(file.source).path_in_manifest);
    let mut common: Option<Vec<&str>> = None;
    for path in paths.chain(sites(catalogue).map(|site| &*site.written)) {
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        parts.pop();
        if path.starts_with('/') || parts.contains(&"..") {
            continue;
        }
        let shared = match common {
            None => parts,
            Some(common) => common.into_iter().zip(parts).take_while(|(a, b)| a == b).map(|(a, _)| a).collect(),
        };
        common = Some(shared);
    }
    common.unwrap_or_default().join("/")
}

impl Walk<'_> {
    fn search_folder(&mut self, folder: &Path, path: &str, level: usize) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        let mut entries: Vec<(String, FileType)> = entries
            .flatten()
            .filter_map(|entry| Some((entry.file_name().to_string_lossy().into_owned(), entry.file_type().ok()?)))
            .collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        if level > 0 && is_copy_of_disc(entries.iter().map(|(name, _)| name.as_str())) {
            // A copy of a disc from which this disc takes files is not reported.
            if !self.used_paths.iter().any(|used| used.starts_with(folder)) {
                self.earlier_discs.push(path.to_owned());
            }
            return;
        }
        let names: HashSet<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
        for (name, kind) in &entries {
            if self.files_left == 0 {
                return;
            }
            let inner = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            let full = folder.join(name);
            if self.catalogue.exclusions.find(&inner).is_some() {
                continue;
            }
            if kind.is_dir() {
                let is_theme = self.catalogue.launcher.theme.as_deref().is_some_and(|theme| is_same(theme, &full));
                if level < MAX_LEVELS && !name.starts_with('.') && !is_os_metadata_folder(&inner) && !is_theme {
                    self.search_folder(&full, &inner, level + 1);
                }
            } else {
                self.files_left -= 1;
                if !self.is_accounted_for(name, &inner, &full, &names) {
                    self.unlisted.push(inner);
                }
            }
        }
    }

    /// Whether a file is on the disc, or is one that nobody would put there, such as a hidden file. `siblings` are the names in
    /// its folder.
    fn is_accounted_for(&self, name: &str, path: &str, full: &Path, siblings: &HashSet<&str>) -> bool {
        if name.starts_with('.') || name.starts_with("~$") || is_os_metadata(path) {
            return true;
        }
        if self.used_paths.contains(full) || self.manifest.as_deref() == Some(full) {
            return true;
        }
        // An image that was made in this folder, and its checksum file.
        let image = name.strip_suffix(".sha256").unwrap_or(name);
        if siblings.contains(format!("{image}.sha256").as_str()) {
            return true;
        }
        // It may be used under another path, through a link. A link to a folder is not a file.
        fs::metadata(full)
            .is_ok_and(|meta| meta.is_dir() || self.used_identities.contains(&Stamp::from_metadata(&meta).identity))
    }
}

/// Whether a folder with entries of these names has the files that are at the top of every disc.
pub fn is_copy_of_disc<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let (mut has_autorun, mut has_pages, mut has_checksums) = (false, false, false);
    for name in names {
        has_autorun |= name.eq_ignore_ascii_case("autorun.inf");
        has_pages |= name.eq_ignore_ascii_case("pages");
        has_checksums |= name.eq_ignore_ascii_case("SHA256SUMS") || name.eq_ignore_ascii_case("sha256.sum");
    }
    has_autorun && has_pages && has_checksums
}

fn is_same(a: &Path, b: &Path) -> bool {
    a == b || fs::canonicalize(a).is_ok_and(|a| fs::canonicalize(b).is_ok_and(|b| a == b))
}
