//! New versions of files that a manifest lists: `plan_v5.pdf` beside `plan_v4.pdf`.

use std::collections::BTreeMap;

use super::listed::{FileInManifest, normalise_path};
use crate::names::portable_name;
use crate::scaffold::proposal::Proposal;
use crate::scaffold::scan::{folder_of, stem_of};
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
            .filter(|(other, _)| name.version.is_some() && name.version > other.version)
            .max_by_key(|(other, _)| other.version.clone())
        else {
            continue;
        };
        let is_newer = newest.get(*replaced).is_none_or(|(known, _)| known.version < name.version);
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
    // Two files of a series that are both gone have no common successor.
    for (old, new) in &dated {
        if dated.iter().filter(|(_, other)| other == new).count() == 1 {
            found.insert(old.clone(), new.clone());
        }
    }
    found
}

fn extension(path: &str) -> String {
    path.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_lowercase())
}

/// What versions of a file have in common: the folder, the name without the version, and the format.
fn key(path: &str, name: &VersionedName) -> (String, String, String) {
    (folder_of(path).to_owned(), portable_name(&name.base), extension(path))
}
