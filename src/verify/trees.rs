//! The two trees side by side: the same names, the same extents, the same dates.

use std::collections::BTreeMap;

use super::descriptors::Namespace;
use super::directories::Tree;
use super::naming;
use super::verdict::{Problem, Problems};

/// Files of 4 GiB and more cannot have one extent (ECMA-119 9.1.4).
pub(super) const LARGE: u64 = 1 << 32;

/// Compares the trees, directory by directory.
pub(super) fn compare(primary: &Tree, joliet: &Tree, problems: &mut Problems) {
    let mut pending = vec![(0_u32, 0_u32)];
    while let Some((a, b)) = pending.pop() {
        let (Some(here), Some(there)) = (primary.directories.get(a as usize), joliet.directories.get(b as usize))
        else {
            continue;
        };
        if here.date != there.date {
            let path = joliet.directory_path(b);
            problems.structure(16, format!("the directory `{path}/` has another date in the Joliet tree"));
        }
        let mut directories = by_name(joliet, there.directories.clone(), Tree::directory_name);
        for number in here.directories.clone() {
            let directory = &primary.directories[number as usize];
            match take(&directory.identifier, &mut directories) {
                Some(other) => {
                    rock_ridge_name(directory.name.as_deref(), &joliet.directory_name(other), "directory", problems);
                    pending.push((number, other));
                }
                None => lone(primary, joliet, primary.directory_path(number), "directory", problems),
            }
        }
        for number in directories.into_values().flatten() {
            lone(joliet, primary, joliet.directory_path(number), "directory", problems);
        }
        let mut files = by_name(joliet, there.files.clone(), Tree::file_name);
        for number in here.files.clone() {
            let file = &primary.files[number as usize];
            match take(&file.identifier, &mut files) {
                Some(other) => {
                    rock_ridge_name(file.name.as_deref(), &joliet.file_name(other), "file", problems);
                    same_file(primary, number, joliet, other, problems);
                }
                None => lone(primary, joliet, primary.file_path(number), "file", problems),
            }
        }
        for number in files.into_values().flatten() {
            lone(joliet, primary, joliet.file_path(number), "file", problems);
        }
    }
}

type Numbers = BTreeMap<String, Vec<u32>>;

fn by_name(tree: &Tree, numbers: std::ops::Range<u32>, name: fn(&Tree, u32) -> String) -> Numbers {
    let mut named = Numbers::new();
    for number in numbers {
        named.entry(naming::common(&name(tree, number))).or_default().push(number);
    }
    named
}

/// The other tree's entry of the name that an identifier of the primary tree spells.
fn take(identifier: &[u8], others: &mut Numbers) -> Option<u32> {
    let common = naming::common(&String::from_utf8_lossy(identifier));
    let numbers = others.get_mut(&common)?;
    let number = numbers.pop();
    if numbers.is_empty() {
        others.remove(&common);
    }
    number
}

fn rock_ridge_name(rock_ridge: Option<&str>, joliet: &str, kind: &str, problems: &mut Problems) {
    if let Some(name) = rock_ridge.filter(|name| *name != joliet) {
        let what =
            format!("the {kind} `{joliet}` of the Joliet tree is called `{}` in Rock Ridge", name.escape_debug());
        problems.structure(15, what);
    }
}

fn lone(has: &Tree, lacks: &Tree, path: String, kind: &str, problems: &mut Problems) {
    // What cannot be read is not missing.
    if lacks.whole {
        let message = format!(
            "the {kind} `{path}` is in the {} tree, not in the {} one",
            has.namespace.word(),
            lacks.namespace.word()
        );
        problems.push(Problem::of(10, message).at(path));
    }
}

fn same_file(primary: &Tree, a: u32, joliet: &Tree, b: u32, problems: &mut Problems) {
    let (here, there) = (&primary.files[a as usize], &joliet.files[b as usize]);
    let path = || joliet.file_path(b);
    if (here.first, here.length, &here.parts) != (there.first, there.length, &there.parts) {
        let message = format!("the file `{}` has another place or length in the Joliet tree", path());
        problems.push(Problem::of(10, message).at(path()));
    }
    if here.date != there.date {
        let message = format!("the file `{}` has another date in the Joliet tree", path());
        problems.push(Problem::of(16, message).at(path()));
    }
}

/// The files that descriptors name must be in the root (ECMA-119 8.4.23 to 8.4.25).
pub(super) fn named_files(tree: &Tree, named: &[(&'static str, String)], problems: &mut Problems) {
    let Some(root) = tree.directories.first().filter(|_| tree.whole) else { return };
    for (kind, name) in named {
        let there = root.files.clone().any(|number| {
            let identifier = &tree.files[number as usize].identifier;
            let own = match tree.namespace {
                Namespace::Primary => String::from_utf8_lossy(identifier).into_owned(),
                Namespace::Joliet => String::from_utf16_lossy(&naming::units(identifier)),
            };
            naming::plain(&own).eq_ignore_ascii_case(naming::plain(name))
        });
        if !there {
            let word = tree.namespace.word();
            let message = format!("the {word} descriptor names `{name}` as its {kind}, which is not in the root");
            problems.push(Problem::of(4, message));
        }
    }
}

/// Files of several extents, of which some systems show a part only.
pub(super) fn large_files(tree: &Tree, notes: &mut Vec<String>, problems: &mut Problems) {
    for (number, file) in tree.files.iter().enumerate() {
        if file.length >= LARGE {
            let path = tree.file_path(number as u32);
            notes.push(format!("`{path}` has 4 GiB or more: some older systems cannot read it whole"));
        } else if file.parts.is_some() {
            let path = tree.file_path(number as u32);
            let message = format!("the file `{path}` has several extents without need");
            problems.push(Problem::of(12, message).at(path));
        }
    }
}
