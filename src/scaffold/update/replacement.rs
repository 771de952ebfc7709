//! New versions of files that a manifest lists: `plan_v5.pdf` beside `plan_v4.pdf`.

use std::collections::BTreeMap;

use super::listed::{FileInManifest, normalise_path};
use crate::names::portable_name;
use crate::scaffold::proposal::Proposal;
use crate::scaffold::scan::{folder_of, name_of, stem_of};
use crate::scaffold::versions::{VersionedName, follows, split_version};

/// Finds, for each listed file, the newest file of the proposal that seems to be a new version of it. For a file that no longer
/// exists, that may also be one with a later date or a greater number such as 1.4 in its name.
pub(super) fn find_replacements(
    proposal: &Proposal,
    listed: &BTreeMap<String, FileInManifest>,
    exists: &dyn Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    let mut old: BTreeMap<_, Vec<(VersionedName, &String)>> = BTreeMap::new();
    for path in listed.keys() {
        let name = split_version(stem_of(path));
        old.entry(key(path, &name)).or_default().push((name, path));
    }
    let mut newest: BTreeMap<String, (VersionedName, String)> = BTreeMap::new();
    for path in proposal.files().map(normalise_path).filter(|path| !listed.contains_key(path)) {
        let name = split_version(stem_of(&path));
        let before = old.get(&key(&path, &name)).into_iter().flatten();
        let Some((_, replaced)) = before
            .filter(|(other, _)| name.version.is_some() && name.order() > other.order())
            .max_by_key(|(other, _)| other.order())
        else {
            continue;
        };
        let is_newer = newest.get(*replaced).is_none_or(|(known, _)| known.order() < name.order());
        if is_newer {
            newest.insert((*replaced).clone(), (name, path));
        }
    }
    let mut found: BTreeMap<String, String> = newest.into_iter().map(|(old, (_, new))| (old, new)).collect();
    let gone = listed.iter().filter(|(path, file)| !found.contains_key(*path) && !exists(&file.written));
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
    let renamed = find_renamed(proposal, listed, &found, exists);
    // Two files of a series that are both gone have no common successor.
    for (old, new) in &dated {
        if dated.iter().filter(|(_, other)| other == new).count() == 1 {
            found.insert(old.clone(), new.clone());
        }
    }
    for (old, new) in renamed {
        found.entry(old).or_insert(new);
    }
    let moved = find_moved(proposal, listed, &found, exists);
    found.extend(moved);
    found
}

/// Finds files that seem to have been moved to another folder, or whose folder was renamed: the listed one is gone, and there is one new
/// file of the same name. Returns the old and the new path of each.
fn find_moved(
    proposal: &Proposal,
    listed: &BTreeMap<String, FileInManifest>,
    found: &BTreeMap<String, String>,
    exists: &dyn Fn(&str) -> bool,
) -> Vec<(String, String)> {
    /// The old and new paths of one name.
    type Paths = (Vec<String>, Vec<String>);
    let mut by_name: BTreeMap<String, Paths> = BTreeMap::new();
    for (path, file) in listed.iter().filter(|(path, _)| !found.contains_key(*path)) {
        if !file.is_site && !exists(&file.written) {
            by_name.entry(name_of(path).to_owned()).or_default().0.push(path.clone());
        }
    }
    for report in proposal.reports() {
        for variant in report.variants.iter().filter(|variant| variant.site.is_none()) {
            for path in variant.files.iter().map(|file| normalise_path(file)) {
                let is_new = !listed.contains_key(&path) && !found.values().any(|other| *other == path);
                if let Some((_, new)) = by_name.get_mut(name_of(&path)).filter(|_| is_new) {
                    new.push(path);
                }
            }
        }
    }
    let mut moved = Vec::new();
    for (old, new) in by_name.into_values() {
        if let ([old], [new]) = (old.as_slice(), new.as_slice()) {
            moved.push((old.clone(), new.clone()));
            continue;
        }
        // Files of the same name in several folders: the folder that contains theirs may have been renamed.
        for old in &old {
            let mut likely = new.iter().filter(|new| shared_folders(old, new) > 0);
            if let (Some(new), None) = (likely.next(), likely.next()) {
                moved.push((old.clone(), new.clone()));
            }
        }
    }
    let is_only = |(_, new): &(String, String)| moved.iter().filter(|(_, other)| other == new).count() == 1;
    moved.iter().filter(|pair| is_only(pair)).cloned().collect()
}

/// How many folders at the end two paths have in common.
fn shared_folders(one: &str, other: &str) -> usize {
    let folders = |path: &'_ str| -> Vec<String> { folder_of(path).split('/').rev().map(str::to_owned).collect() };
    folders(one).iter().zip(&folders(other)).take_while(|(one, other)| one == other && !one.is_empty()).count()
}

/// Finds files that seem to have been renamed: the listed one is gone, and the same report has a new file of its folder, in its
/// language and format. Returns the old and the new path of each.
fn find_renamed(
    proposal: &Proposal,
    listed: &BTreeMap<String, FileInManifest>,
    found: &BTreeMap<String, String>,
    exists: &dyn Fn(&str) -> bool,
) -> Vec<(String, String)> {
    let mut renamed = Vec::new();
    let is_taken = |path: &str| found.values().any(|other| other == path);
    for report in proposal.reports() {
        let files = report.files().map(normalise_path);
        let reports: Vec<(usize, usize)> =
            files.filter_map(|file| listed.get(&file)).map(|file| (file.section, file.report)).collect();
        for variant in report.variants.iter().filter(|variant| variant.site.is_none()) {
            let files = variant.files.iter().map(|file| normalise_path(file));
            let new: Vec<String> = files.filter(|file| !listed.contains_key(file) && !is_taken(file)).collect();
            for (path, file) in listed.iter().filter(|(path, _)| !found.contains_key(*path)) {
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

/// What versions of a file have in common: the folder, the name without the version, and the format.
fn key(path: &str, name: &VersionedName) -> (String, String, String) {
    (folder_of(path).to_owned(), portable_name(&name.base), extension(path))
}
