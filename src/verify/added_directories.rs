//! Directories of discs made by other programs that are not in the checksum list, which names only files.

use std::collections::{BTreeMap, BTreeSet};

use super::namespace::Namespace;
use super::tree::Tree;
use super::tree_comparison::find_empty_directories;
use super::verdict::{CappedNotes, Problem, ProblemCode, Problems};
use crate::language::fold_case;

/// Reports directories without listed files whose names differ from another name in the same directory only in upper and lower
/// case, because many systems show only one of the two. Returns notes about other empty directories. `has_listed_below` says
/// whether the list names a file in a directory.
pub(super) fn check(trees: &[Tree], has_listed_below: &dyn Fn(&str) -> bool, problems: &mut Problems) -> Vec<String> {
    let mut clashing = BTreeSet::new();
    let mut empty = BTreeSet::new();
    for tree in trees {
        let paths = find_clashing_directories(tree).into_iter().map(|number| tree.directory_path(number));
        clashing.extend(paths.filter(|path| !has_listed_below(path)));
        // The names of this tree are shortened if there is another one.
        let is_shortened = tree.namespace == Namespace::Primary
            && trees.len() > 1
            && tree.directories.iter().all(|directory| directory.rock_ridge_name.is_none());
        if !is_shortened {
            empty.extend(find_empty_directories(tree).into_iter().map(|number| tree.directory_path(number)));
        }
    }
    for path in &clashing {
        let message = "is a folder whose name differs from another only in upper and lower case: many systems show only one of the two";
        problems.add(Problem::new(ProblemCode::Added, message).at(path));
    }
    let mut notes = CappedNotes::default();
    // Programs leave the directory for relocated ones empty.
    for path in empty.difference(&clashing).filter(|path| !path.eq_ignore_ascii_case("rr_moved")) {
        notes.add(|| format!("the folder `{path}` is empty; a checksum list names only files"));
    }
    notes.into_notes("more empty folder", "more empty folders")
}

/// The numbers of the directories whose names differ from another name in the same directory only in upper and lower case.
fn find_clashing_directories(tree: &Tree) -> Vec<u32> {
    let mut clashing = Vec::new();
    for (parent, directories) in tree.children().into_iter().enumerate().filter(|(_, children)| !children.is_empty()) {
        let files = tree.directories[parent].files.clone().map(|number| tree.file_name(number));
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        let names = directories.iter().map(|number| tree.directory_name(*number)).chain(files);
        names.for_each(|name| *counts.entry(fold_case(&name)).or_default() += 1);
        let is_clashing =
            |number: &u32| counts.get(&fold_case(&tree.directory_name(*number))).is_some_and(|count| *count > 1);
        clashing.extend(directories.iter().copied().filter(is_clashing));
    }
    clashing
}
