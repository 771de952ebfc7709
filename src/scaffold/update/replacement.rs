//! Finds files that seem to replace a file in the manifest: new versions (`plan_v5.pdf` for `plan_v4.pdf`), renamed and moved files.

use std::collections::{BTreeMap, BTreeSet};

use super::listed::{FileInManifest, normalise_path};
use crate::names::portable_name;
use crate::scaffold::proposal::Proposal;
use crate::scaffold::scan::{folder_of, name_of, stem_of};
use crate::scaffold::versions::{VersionedName, follows, split_version};

/// Finds the files of the proposal that seem to replace files in the manifest; returns old and new paths. If the old file still
/// exists, only a newer version replaces it. If it does not, a file with a later date or a greater dotted number (`1.4`) in its name
/// also does, and so does a file that seems to be the old one under a new name or in another folder.
pub(super) fn find_replacements(
    proposal: &Proposal,
    listed: &BTreeMap<String, FileInManifest>,
    exists: &dyn Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    let mut old: BTreeMap<_, Vec<(VersionedName, &String)>> = BTreeMap::new();
    for path in listed.keys() {
        let name = split_version(stem_of(path));
        old.entry(version_key(path, &name)).or_default().push((name, path));
    }
    let mut newest: BTreeMap<String, (VersionedName, String)> = BTreeMap::new();
    for path in proposal.files().map(normalise_path).filter(|path| !listed.contains_key(path)) {
        let name = split_version(stem_of(&path));
        let before = old.get(&version_key(&path, &name)).into_iter().flatten();
        let Some((_, replaced)) = before
            .filter(|(other, _)| name.version.is_some() && name.comparable_version() > other.comparable_version())
            .max_by_key(|(other, _)| other.comparable_version())
        else {
            continue;
        };
        let is_newer =
            newest.get(*replaced).is_none_or(|(known, _)| known.comparable_version() < name.comparable_version());
        if is_newer {
            newest.insert((*replaced).clone(), (name, path));
        }
    }
    let mut replacements: BTreeMap<String, String> = newest.into_iter().map(|(old, (_, new))| (old, new)).collect();
    let gone = listed.iter().filter(|(path, file)| !replacements.contains_key(*path) && !exists(&file.written));
    let dated: Vec<(String, String)> = gone
        .filter_map(|(path, _)| {
            let is_later = |new: &String| {
                folder_of(new) == folder_of(path)
                    && extension(new) == extension(path)
                    && follows(stem_of(new), stem_of(path))
            };
            let new = proposal.files().map(normalise_path).filter(|new| !listed.contains_key(new));
            let mut later = new.filter(is_later);
            later.next().filter(|_| later.next().is_none()).map(|new| (path.clone(), new))
        })
        .collect();
    let renamed = find_renamed(proposal, listed, &replacements, exists);
    // If two files of a series are gone, a single new file does not replace both.
    for (old, new) in &dated {
        if dated.iter().filter(|(_, other)| other == new).count() == 1 {
            replacements.insert(old.clone(), new.clone());
        }
    }
    for (old, new) in renamed {
        replacements.entry(old).or_insert(new);
    }
    let moved = find_moved(proposal, listed, &replacements, exists);
    replacements.extend(moved);
    replacements
}

/// Finds files that seem to have been moved to another folder, or whose folder was renamed: the file in the manifest is gone, and
/// exactly one new file has its name. Returns the old and the new path of each.
fn find_moved(
    proposal: &Proposal,
    listed: &BTreeMap<String, FileInManifest>,
    replacements: &BTreeMap<String, String>,
    exists: &dyn Fn(&str) -> bool,
) -> Vec<(String, String)> {
    let is_gone = |(path, file): &(&String, &FileInManifest)| {
        !file.is_site && !replacements.contains_key(*path) && !exists(&file.written)
    };
    let mut old: BTreeSet<String> = listed.iter().filter(is_gone).map(|(path, _)| path.clone()).collect();
    if old.is_empty() {
        return Vec::new();
    }
    let taken: BTreeSet<&String> = replacements.values().collect();
    let variants = proposal.reports().flat_map(|report| &report.variants).filter(|variant| variant.site.is_none());
    let paths = variants.flat_map(|variant| &variant.files).map(|file| normalise_path(file));
    let mut new: BTreeSet<String> = paths.filter(|path| !listed.contains_key(path) && !taken.contains(path)).collect();
    let mut moved = pair_by(|path| name_of(path).to_owned(), &old, &new);
    for (from, to) in &moved {
        old.remove(from);
        new.remove(to);
    }
    // Several folders may have files of the same name. If a folder above was renamed, the last two parts of the path are still the
    // same.
    let name_in_folder = |path: &str| {
        let above = folder_of(folder_of(path));
        path[above.len()..].trim_start_matches('/').to_owned()
    };
    moved.extend(pair_by(name_in_folder, &old, &new));
    moved
}

/// Pairs an old with a new path if they have the same key, and no other old or new path has it.
fn pair_by<K: Ord>(key: impl Fn(&str) -> K, old: &BTreeSet<String>, new: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut by_key: BTreeMap<K, [Vec<&String>; 2]> = BTreeMap::new();
    for (side, paths) in [old, new].into_iter().enumerate() {
        for path in paths {
            by_key.entry(key(path)).or_default()[side].push(path);
        }
    }
    let only = |[old, new]: [Vec<&String>; 2]| match (old.as_slice(), new.as_slice()) {
        ([old], [new]) => Some(((*old).clone(), (*new).clone())),
        _ => None,
    };
    by_key.into_values().filter_map(only).collect()
}

/// Finds files that seem to have been renamed: the file in the manifest is gone, and its report has exactly one new file in the same
/// folder, language and format. Returns the old and the new path of each.
fn find_renamed(
    proposal: &Proposal,
    listed: &BTreeMap<String, FileInManifest>,
    replacements: &BTreeMap<String, String>,
    exists: &dyn Fn(&str) -> bool,
) -> Vec<(String, String)> {
    let mut renamed = Vec::new();
    let is_taken = |path: &str| replacements.values().any(|other| other == path);
    for report in proposal.reports() {
        let files = report.files().map(normalise_path);
        let reports: Vec<(usize, usize)> =
            files.filter_map(|file| listed.get(&file)).map(|file| (file.section, file.report)).collect();
        for variant in report.variants.iter().filter(|variant| variant.site.is_none()) {
            let files = variant.files.iter().map(|file| normalise_path(file));
            let new: Vec<String> = files.filter(|file| !listed.contains_key(file) && !is_taken(file)).collect();
            for (path, file) in listed.iter().filter(|(path, _)| !replacements.contains_key(*path)) {
                let is_same_language = file.language.eq_ignore_ascii_case(variant.language.as_str());
                if exists(&file.written) || !is_same_language || !reports.contains(&(file.section, file.report)) {
                    continue;
                }
                let mut fitting =
                    new.iter().filter(|new| folder_of(new) == folder_of(path) && extension(new) == extension(path));
                if let (Some(new), None) = (fitting.next(), fitting.next()) {
                    renamed.push((path.clone(), new.clone()));
                }
            }
        }
    }
    let is_only = |(_, new): &(String, String)| renamed.iter().filter(|(_, other)| other == new).count() == 1;
    renamed.iter().filter(|pair| is_only(pair)).cloned().collect()
}

fn extension(path: &str) -> String {
    path.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_lowercase())
}

/// The key that all versions of a file have: the folder, the name without the version, and the format.
fn version_key(path: &str, name: &VersionedName) -> (String, String, String) {
    (folder_of(path).to_owned(), portable_name(&name.base), extension(path))
}
