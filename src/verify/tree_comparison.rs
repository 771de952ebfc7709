//! Compares the two trees: they must have the same names, extents and dates.

use std::collections::BTreeMap;
use std::ops::Range;

use super::naming;
use super::requirement::Requirement;
use super::tree::Tree;
use super::verdict::{Problem, Problems};

/// Files of this many bytes or more need more than one extent (ECMA-119 9.1.4).
const LARGE_FILE: u64 = 1 << 32;

/// Compares the trees, directory by directory.
pub(super) fn compare(primary: &Tree, joliet: &Tree, problems: &mut Problems) {
    TreeComparison { primary, joliet, problems, pending: vec![(0, 0)] }.run();
}

struct TreeComparison<'t> {
    primary: &'t Tree,
    joliet: &'t Tree,
    problems: &'t mut Problems,
    /// Pairs of directories that are still to be compared, by their numbers in each tree.
    pending: Vec<(u32, u32)>,
}

impl TreeComparison<'_> {
    fn run(mut self) {
        while let Some((number, twin)) = self.pending.pop() {
            let (Some(directory), Some(twin_directory)) =
                (self.primary.directories.get(number as usize), self.joliet.directories.get(twin as usize))
            else {
                continue;
            };
            if directory.date != twin_directory.date {
                let path = self.joliet.directory_path(twin);
                let message = format!("the directory `{path}/` has a different date in the Joliet tree");
                self.problems.add_violation(Requirement::Dates, message);
            }
            self.compare_directories(directory.directories.clone(), twin_directory.directories.clone());
            self.compare_files(directory.files.clone(), twin_directory.files.clone());
        }
    }

    fn compare_directories(&mut self, directories: Range<u32>, twins: Range<u32>) {
        let (primary, joliet) = (self.primary, self.joliet);
        let mut twins = index_by_name(joliet, twins, Tree::directory_name);
        for number in directories {
            let directory = &primary.directories[number as usize];
            match take_twin(&directory.identifier, &mut twins) {
                Some(twin) => {
                    let name = joliet.directory_name(twin);
                    self.compare_names(directory.rock_ridge_name.as_deref(), &name, "directory");
                    self.pending.push((number, twin));
                }
                None => self.report_missing(primary, joliet, primary.directory_path(number), "directory"),
            }
        }
        for number in twins.into_values().flatten() {
            self.report_missing(joliet, primary, joliet.directory_path(number), "directory");
        }
    }

    fn compare_files(&mut self, files: Range<u32>, twins: Range<u32>) {
        let (primary, joliet) = (self.primary, self.joliet);
        let mut twins = index_by_name(joliet, twins, Tree::file_name);
        for number in files {
            let file = &primary.files[number as usize];
            match take_twin(&file.identifier, &mut twins) {
                Some(twin) => {
                    self.compare_names(file.rock_ridge_name.as_deref(), &joliet.file_name(twin), "file");
                    self.compare_file(number, twin);
                }
                None => self.report_missing(primary, joliet, primary.file_path(number), "file"),
            }
        }
        for number in twins.into_values().flatten() {
            self.report_missing(joliet, primary, joliet.file_path(number), "file");
        }
    }

    fn compare_names(&mut self, rock_ridge: Option<&str>, joliet: &str, kind: &str) {
        if let Some(name) = rock_ridge.filter(|name| *name != joliet) {
            let message =
                format!("the {kind} `{joliet}` of the Joliet tree is called `{}` in Rock Ridge", name.escape_debug());
            self.problems.add_violation(Requirement::RockRidge, message);
        }
    }

    fn compare_file(&mut self, number: u32, twin: u32) {
        let (file, twin_file) = (&self.primary.files[number as usize], &self.joliet.files[twin as usize]);
        let has_same_extents = (file.extent, file.length, &file.multiple_extents)
            == (twin_file.extent, twin_file.length, &twin_file.multiple_extents);
        let mut report = |requirement, difference: &str| {
            let path = self.joliet.file_path(twin);
            let message = format!("the file `{path}` has a different {difference} in the Joliet tree");
            self.problems.add(Problem::violation(requirement, message).at(path));
        };
        if !has_same_extents {
            report(Requirement::Extents, "location or length");
        }
        if file.date != twin_file.date {
            report(Requirement::Dates, "date");
        }
    }

    /// Reports a path that only one tree has, unless the other could not be read completely.
    fn report_missing(&mut self, has: &Tree, has_not: &Tree, path: String, kind: &str) {
        if has_not.is_complete {
            let (has, has_not) = (has.namespace.adjective(), has_not.namespace.adjective());
            let message = format!("the {kind} `{path}` is in the {has} tree but not in the {has_not} tree");
            self.problems.add(Problem::violation(Requirement::Extents, message).at(path));
        }
    }
}

/// The numbers of entries by the common spelling of their names.
type NumbersByName = BTreeMap<String, Vec<u32>>;

fn index_by_name(tree: &Tree, numbers: Range<u32>, name: fn(&Tree, u32) -> String) -> NumbersByName {
    let mut index = NumbersByName::new();
    for number in numbers {
        index.entry(naming::common_spelling(&name(tree, number))).or_default().push(number);
    }
    index
}

/// Removes the entry of the other tree that a primary identifier stands for, and returns its number.
fn take_twin(identifier: &[u8], twins: &mut NumbersByName) -> Option<u32> {
    let name = naming::common_spelling(&String::from_utf8_lossy(identifier));
    let numbers = twins.get_mut(&name)?;
    let number = numbers.pop();
    if numbers.is_empty() {
        twins.remove(&name);
    }
    number
}

/// Checks that the files that a descriptor names are in the root directory (ECMA-119 8.4.23 to 8.4.25).
pub(super) fn check_named_files(tree: &Tree, named: &[(&'static str, String)], problems: &mut Problems) {
    let Some(root) = tree.directories.first().filter(|_| tree.is_complete) else { return };
    for (field, name) in named {
        let exists = root.files.clone().any(|number| {
            let file_name = tree.namespace.decode(&tree.files[number as usize].identifier);
            naming::strip_version(&file_name).eq_ignore_ascii_case(naming::strip_version(name))
        });
        if !exists {
            let message = format!(
                "the {} descriptor names `{name}` as its {field}, which is not in the root directory",
                tree.namespace.adjective()
            );
            problems.add_violation(Requirement::DescriptorIdentifiers, message);
        }
    }
}

/// Notes files that some systems can read only in part, and reports files with more extents than needed.
pub(super) fn check_large_files(tree: &Tree, notes: &mut Vec<String>, problems: &mut Problems) {
    for (number, file) in tree.files.iter().enumerate() {
        if file.length >= LARGE_FILE {
            let path = tree.file_path(number as u32);
            notes.push(format!("`{path}` has 4 GiB or more: some older systems cannot read all of it"));
        } else if file.multiple_extents.is_some() {
            let path = tree.file_path(number as u32);
            let message = format!("the file `{path}` has more than one extent, although one is enough for its length");
            problems.add(Problem::violation(Requirement::MultiExtentFiles, message).at(path));
        }
    }
}
