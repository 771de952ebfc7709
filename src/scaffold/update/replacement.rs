//! Finds files that seem to replace a file in the manifest: new versions (`plan_v5.pdf` for `plan_v4.pdf`), renamed and moved files.

use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    let mut new: HashMap<(String, String), Vec<String>> = HashMap::new();
    for path in proposal.files().map(normalise_path).filter(|path| !listed.contains_key(path)) {
        new.entry((folder_of(&path).to_owned(), extension(&path))).or_default().push(path);
    }
    let dated: Vec<(String, String)> = gone
        .filter_map(|(path, _)| {
            let beside = new.get(&(folder_of(path).to_owned(), extension(path))).into_iter().flatten();
            let mut later = beside.filter(|new| follows(stem_of(new), stem_of(path)));
            later.next().filter(|_| later.next().is_none()).map(|new| (path.clone(), new.clone()))
        })
        .collect();
    let renamed = find_renamed(proposal, listed, &replacements, exists);
    // If two files of a series are gone, a single new file does not replace both.
    replacements.extend(with_one_successor(dated));
    for (old, new) in renamed {
        replacements.entry(old).or_insert(new);
    }
    let moved = find_moved(proposal, listed, &replacements, exists);
    replacements.extend(moved);
    let sites = find_moved_sites(proposal, listed, exists);
    replacements.extend(sites);
    replacements
}

/// The pairs of an old and a new path whose new path is in no other pair.
fn with_one_successor(pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    pairs.iter().for_each(|(_, new)| *counts.entry(new.clone()).or_default() += 1);
    pairs.into_iter().filter(|(_, new)| counts.get(new) == Some(&1)).collect()
}

/// Finds web sites whose folder seems to have been moved or renamed: the listed one is gone, and there is one new site in its language
/// with the same start page, in a folder of the same name if possible. Returns the old and the new path of each start page.
fn find_moved_sites(
    proposal: &Proposal,
    listed: &BTreeMap<String, FileInManifest>,
    exists: &dyn Fn(&str) -> bool,
) -> Vec<(String, String)> {
    // For each start page, the language and the folder of the site.
    let gone = listed.iter().filter(|(_, file)| file.is_site && !exists(&file.written));
    let old_sites: HashMap<&String, (String, String)> =
        gone.map(|(path, file)| (path, (file.language.to_ascii_lowercase(), normalise_path(&file.written)))).collect();
    if old_sites.is_empty() {
        return Vec::new();
    }
    let new = proposal.reports().flat_map(|report| &report.variants).filter_map(|variant| {
        let path = normalise_path(variant.files.first()?);
        let folder = normalise_path(variant.site.as_deref()?);
        (!listed.contains_key(&path)).then(|| (path, (variant.language.as_str().to_ascii_lowercase(), folder)))
    });
    let new_sites: HashMap<String, (String, String)> = new.collect();
    let mut old: BTreeSet<String> = old_sites.keys().map(|path| (*path).clone()).collect();
    let mut new: BTreeSet<String> = new_sites.keys().cloned().collect();
    let mut moved = Vec::new();
    for with_folder in [true, false] {
        let key = |path: &str| {
            let (language, folder) = old_sites.get(&path.to_owned()).or_else(|| new_sites.get(path))?;
            let start = path.strip_prefix(folder.as_str())?.to_owned();
            Some((language.clone(), start, with_folder.then(|| name_of(folder).to_owned())))
        };
        let found = pair_by(key, &old, &new);
        for (from, to) in &found {
            old.remove(from);
            new.remove(to);
        }
        moved.extend(found);
    }
    moved
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
    let taken: BTreeSet<&str> = replacements.values().map(String::as_str).collect();
    let mut gone: BTreeMap<(usize, usize), Vec<(&String, &FileInManifest)>> = BTreeMap::new();
    for (path, file) in listed.iter().filter(|(path, file)| !replacements.contains_key(*path) && !exists(&file.written))
    {
        gone.entry((file.section, file.report)).or_default().push((path, file));
    }
    for report in proposal.reports() {
        let files = report.files().map(normalise_path);
        let reports: BTreeSet<(usize, usize)> =
            files.filter_map(|file| listed.get(&file)).map(|file| (file.section, file.report)).collect();
        for variant in report.variants.iter().filter(|variant| variant.site.is_none()) {
            let files = variant.files.iter().map(|file| normalise_path(file));
            let new: Vec<String> =
                files.filter(|file| !listed.contains_key(file) && !taken.contains(file.as_str())).collect();
            for (path, file) in reports.iter().filter_map(|place| gone.get(place)).flatten() {
                if !file.language.eq_ignore_ascii_case(variant.language.as_str()) {
                    continue;
                }
                let mut fitting =
                    new.iter().filter(|new| folder_of(new) == folder_of(path) && extension(new) == extension(path));
                if let (Some(new), None) = (fitting.next(), fitting.next()) {
                    renamed.push(((*path).clone(), new.clone()));
                }
            }
        }
    }
    with_one_successor(renamed)
}

fn extension(path: &str) -> String {
    path.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_lowercase())
}

/// The key that all versions of a file have: the folder, the name without the version, and the format.
fn version_key(path: &str, name: &VersionedName) -> (String, String, String) {
    (folder_of(path).to_owned(), portable_name(&name.base), extension(path))
}
