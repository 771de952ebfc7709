//! Finds the files in the manifest's folder that are neither on the disc nor excluded from it.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use super::{Catalogue, Site, Stamp};
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::os_metadata::{is_os_metadata, is_os_metadata_folder};

/// How many files are looked at. A manifest in somebody's home folder must not make every build slow.
const MAX_FILES: usize = 100_000;

/// The maximum depth of folders to search.
const MAX_LEVELS: usize = 32;

/// Reports the files that are neither on the disc nor excluded, in the folder that all documents are in, and the exclusions
/// that exclude nothing. The manifest may be in a folder above, where there are other things.
pub fn report_unlisted_files(catalogue: &Catalogue, folder: &Path, manifest: &Path, findings: &mut Findings) {
    let mut walk = Walk {
        catalogue,
        used: catalogue
            .sources
            .iter()
            .map(|source| source.stamp.identity)
            .filter(|identity| *identity != (0, 0))
            .collect(),
        used_paths: catalogue
            .sources
            .iter()
            .map(|source| source.path.to_path_buf())
            // The archives of web sites.
            .chain(sites(catalogue).map(|site| folder.join(&*site.written)))
            .collect(),
        manifest: manifest.file_name().map(|name| folder.join(name)),
        unlisted: Vec::new(),
        earlier_discs: Vec::new(),
        excluded: BTreeMap::new(),
        files_left: MAX_FILES,
        documents_folder: common_folder(catalogue),
    };
    if catalogue.exclusions.is_empty() {
        let start = walk.documents_folder.clone();
        walk.folder(&folder.join(&start), &start, 0);
    } else {
        walk.folder(folder, "", 0);
    }
    let Walk { unlisted, earlier_discs, excluded, files_left, .. } = walk;
    if files_left > 0 {
        for (index, written) in catalogue.exclusions.written().enumerate() {
            if !excluded.contains_key(&index) {
                findings.push(unused_exclusion(index, written));
            }
        }
    }
    let mut all = unlisted;
    all.extend(earlier_discs.iter().map(|folder| format!("{folder}/ (a copy of a disc)")));
    if all.is_empty() {
        return;
    }
    let count = all.len();
    let (what, are) = match (count, files_left) {
        (1, _) => ("1 file".to_owned(), "is"),
        (_, 0) => (format!("at least {count} files"), "are"),
        _ => (format!("{count} files"), "are"),
    };
    let mut finding = Finding::note(
        "not-on-disc",
        Place::Nowhere,
        format!("{what} in the folder of the documents {are} not on the disc"),
    )
    .help(
        "`make-disc init --update FOLDER` adds new documents; list those that must not be on the disc under `exclude:`",
    );
    finding.affected = all;
    findings.push(finding);
}

fn unused_exclusion(index: usize, written: &str) -> Finding {
    Finding::note(
        "unused-exclusion",
        Place::Value(KeyPath::root().key("exclude").item(index)),
        format!("`{written}` excludes no file"),
    )
    .help("check how it is written: a path starts from the manifest's folder, and `*` stands for any part of a name")
}

struct Walk<'c> {
    catalogue: &'c Catalogue,
    /// The device and inode of every file on the disc.
    used: HashSet<(u64, u64)>,
    used_paths: HashSet<PathBuf>,
    manifest: Option<PathBuf>,
    unlisted: Vec<String>,
    /// Folders with the files of an earlier disc.
    earlier_discs: Vec<String>,
    /// How many files each exclusion excludes, by its number.
    excluded: BTreeMap<usize, usize>,
    files_left: usize,
    /// The folder that all documents are in, from the manifest's folder; empty if it is that folder.
    documents_folder: String,
}

fn sites(catalogue: &Catalogue) -> impl Iterator<Item = &Site> {
    catalogue.reports().flat_map(|(_, _, report)| &report.variants).filter_map(|variant| variant.site.as_ref())
}

/// The deepest folder that all documents below the manifest's folder are in; empty if it is the manifest's folder.
fn common_folder(catalogue: &Catalogue) -> String {
    let variants = catalogue.reports().flat_map(|(_, _, report)| &report.variants);
    let files = variants.filter(|variant| variant.site.is_none()).flat_map(|variant| &variant.files);
    let paths = files.map(|file| &catalogue.source(file.source).path_in_manifest);
    let mut common: Option<Vec<&str>> = None;
    for path in paths.chain(sites(catalogue).map(|site| &site.written)) {
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
    fn folder(&mut self, folder: &Path, path: &str, level: usize) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        let mut entries: Vec<(String, FileType)> = entries
            .flatten()
            .filter_map(|entry| Some((entry.file_name().to_string_lossy().into_owned(), entry.file_type().ok()?)))
            .collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        if level > 0 && is_copy_of_disc(entries.iter().map(|(name, _)| name.as_str())) {
            if self.is_beside_documents(path) {
                self.earlier_discs.push(path.to_owned());
            }
            return;
        }
        for (name, kind) in &entries {
            let inner = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            let full = folder.join(name);
            if let Some(index) = self.catalogue.exclusions.find(&inner) {
                *self.excluded.entry(index).or_default() += 1;
            } else if kind.is_dir() {
                let is_theme = self.catalogue.launcher.theme.as_deref().is_some_and(|theme| is_same(theme, &full));
                if level < MAX_LEVELS && !name.starts_with('.') && !is_os_metadata_folder(&inner) && !is_theme {
                    self.folder(&full, &inner, level + 1);
                }
            } else if self.files_left > 0 {
                self.files_left -= 1;
                if self.is_beside_documents(&inner) && !self.is_expected(name, &inner, &full, &entries) {
                    self.unlisted.push(inner);
                }
            }
        }
    }

    /// Whether a path is below the folder of the documents.
    fn is_beside_documents(&self, path: &str) -> bool {
        let folder = &self.documents_folder;
        folder.is_empty() || path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether a file is on the disc, or nobody would look for it there.
    fn is_expected(&self, name: &str, path: &str, full: &Path, beside: &[(String, FileType)]) -> bool {
        if name.starts_with('.') || name.starts_with("~$") || is_os_metadata(path) {
            return true;
        }
        if self.used_paths.contains(full) || self.manifest.as_deref() == Some(full) {
            return true;
        }
        // An image that was made here, and its checksum file.
        let image = name.strip_suffix(".sha256").unwrap_or(name);
        let has = |wanted: String| beside.iter().any(|(name, _)| *name == wanted);
        if has(format!("{image}.sha256")) {
            return true;
        }
        // It may be used under another path, through a link.
        fs::metadata(full).is_ok_and(|meta| self.used.contains(&Stamp::from_metadata(&meta).identity))
    }
}

/// Whether a folder with entries of these names has the files that are at the top of every disc.
pub fn is_copy_of_disc<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let mut found = [false; 3];
    for name in names {
        found[0] |= name.eq_ignore_ascii_case("autorun.inf");
        found[1] |= name.eq_ignore_ascii_case("pages");
        found[2] |= name.eq_ignore_ascii_case("SHA256SUMS") || name.eq_ignore_ascii_case("sha256.sum");
    }
    found == [true; 3]
}

fn is_same(a: &Path, b: &Path) -> bool {
    a == b || fs::canonicalize(a).is_ok_and(|a| fs::canonicalize(b).is_ok_and(|b| a == b))
}
