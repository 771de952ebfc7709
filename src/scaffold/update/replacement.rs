//! New versions of files that a manifest lists: `plan_v5.pdf` beside `plan_v4.pdf`.

use std::collections::BTreeMap;

use super::listed::{FileInManifest, normalise_path};
use crate::names::portable_name;
use crate::scaffold::proposal::Proposal;
use crate::scaffold::scan::{folder_of, stem_of};
use crate::scaffold::versions::{VersionedName, split_version};

/// Finds, for each listed file, the newest file of the proposal that seems to be a new version of it.
pub(super) fn find_replacements(
    proposal: &Proposal,
    listed: &BTreeMap<String, FileInManifest>,
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
    newest.into_iter().map(|(old, (_, new))| (old, new)).collect()
}

/// What versions of a file have in common: the folder, the name without the version, and the format.
fn key(path: &str, name: &VersionedName) -> (String, String, String) {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    (folder_of(path).to_owned(), portable_name(&name.base), extension.to_lowercase())
}
