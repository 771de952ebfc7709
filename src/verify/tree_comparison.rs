//! Compares the two trees: they must have the same names, extents and dates.
//!
//! The *twin* of an entry of the primary tree is the entry of the Joliet tree for the same file or directory.

use std::collections::BTreeMap;
use std::ops::Range;

use super::naming;
use super::requirement::Requirement;
use super::tree::{File, Tree};
use super::verdict::{Basis, CappedNotes, Problem, Problems};

/// Files of this many bytes or more need more than one extent (ECMA-119 9.1.4).
const LARGE_FILE: u64 = 1 << 32;

/// Compares the trees, directory by directory.
pub(super) fn compare(primary: &Tree, joliet: &Tree, problems: &mut Problems) {
    let sides = [Side::new(primary), Side::new(joliet)];
    TreeComparison { primary, joliet, sides, problems, pending: vec![(0, 0)] }.run();
}

struct TreeComparison<'t> {
    primary: &'t Tree,
    joliet: &'t Tree,
    sides: [Side; 2],
    problems: &'t mut Problems,
    /// Pairs of directories that are still to be compared, by their numbers in each tree.
    pending: Vec<(u32, u32)>,
}

/// What the comparison needs to know about each directory of a tree, by number.
struct Side {
    /// The directories that belong in it.
    children: Vec<Vec<u32>>,
    /// The lowest first sector of the files in it or below it, which is the same in both trees.
    first_extents: Vec<Option<u32>>,
}

impl Side {
    fn new(tree: &Tree) -> Self {
        let children = tree.children();
        let mut first_extents: Vec<Option<u32>> = tree
            .directories
            .iter()
            .map(|directory| {
                let files = directory.files.clone().map(|number| &tree.files[number as usize]);
                files.filter(|file| file.length > 0).map(|file| file.extent).min()
            })
            .collect();
        // A directory has a higher number than the one that it is stored in, but not always than the one that it belongs in. So
        // relocated directories count where they are stored.
        for number in (1..tree.directories.len()).rev() {
            let parent = tree.directories[number].parent as usize;
            first_extents[parent] = [first_extents[parent], first_extents[number]].into_iter().flatten().min();
        }
        Self { children, first_extents }
    }
}

impl Side {
    /// Whether nothing belongs in a directory, although other directories are stored there (RRIP 4.1.5).
    fn is_only_storage(&self, tree: &Tree, number: u32) -> bool {
        let directory = &tree.directories[number as usize];
        directory.files.is_empty() && !directory.directories.is_empty() && self.children[number as usize].is_empty()
    }
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
                self.problems.add_violation(Basis::Convention, Requirement::Dates, message);
            }
            self.compare_directories(number, twin);
            self.compare_files(directory.files.clone(), twin_directory.files.clone());
        }
    }

    fn compare_directories(&mut self, number: u32, twin: u32) {
        let (primary, joliet) = (self.primary, self.joliet);
        let twins = self.sides[1].children[twin as usize].clone();
        let mut twins = Twins::new(twins, |twin| joliet.directory_name(twin));
        let mut unmatched = Vec::new();
        for child in std::mem::take(&mut self.sides[0].children[number as usize]) {
            let directory = &primary.directories[child as usize];
            let rock_ridge_name = match &directory.relocation {
                Some(relocation) => Some(relocation.name.as_ref()),
                None => directory.rock_ridge_name.as_deref(),
            };
            match twins.take_named(rock_ridge_name, &directory.identifier) {
                Some(twin) => {
                    let names = (rock_ridge_name, &*directory.identifier);
                    self.compare_names(names, &joliet.directory_name(twin), "directory");
                    self.pending.push((child, twin));
                }
                None => unmatched.push(child),
            }
        }
        // Some programs cut names or replace characters in one of the trees. Then the contents show which entries are the same.
        let first_extent = |twin: &u32| self.sides[1].first_extents[*twin as usize];
        let mut rest = Rest::new(twins.into_rest(), |twin| first_extent(&twin));
        for child in unmatched {
            match self.sides[0].first_extents[child as usize].and_then(|extent| rest.take(extent)) {
                Some(twin) => {
                    self.report_name(&primary.directory_name(child), &joliet.directory_name(twin), "directory");
                    self.pending.push((child, twin));
                }
                // A folder that only stores relocated folders.
                None if self.sides[0].is_only_storage(primary, child) => {}
                None => self.report_missing(primary, joliet, primary.directory_path(child), "directory"),
            }
        }
        for number in rest.into_numbers() {
            self.report_missing(joliet, primary, joliet.directory_path(number), "directory");
        }
    }

    fn compare_files(&mut self, files: Range<u32>, twins: Range<u32>) {
        let (primary, joliet) = (self.primary, self.joliet);
        let mut twins = Twins::new(twins.collect(), |twin| joliet.file_name(twin));
        let mut unmatched = Vec::new();
        for number in files {
            let file = &primary.files[number as usize];
            match twins.take_named(file.rock_ridge_name.as_deref(), &file.identifier) {
                Some(twin) => {
                    let names = (file.rock_ridge_name.as_deref(), &*file.identifier);
                    self.compare_names(names, &joliet.file_name(twin), "file");
                    self.compare_file(number, twin);
                }
                None => unmatched.push(number),
            }
        }
        let location = |file: &File| (file.length > 0).then_some((file.extent, file.length));
        let mut rest = Rest::new(twins.into_rest(), |twin| location(&joliet.files[twin as usize]));
        for number in unmatched {
            match location(&primary.files[number as usize]).and_then(|location| rest.take(location)) {
                Some(twin) => self.report_name(&primary.file_name(number), &joliet.file_name(twin), "file"),
                None => self.report_missing(primary, joliet, primary.file_path(number), "file"),
            }
        }
        for number in rest.into_numbers() {
            self.report_missing(joliet, primary, joliet.file_path(number), "file");
        }
    }

    /// Reports that the names of an entry in the two trees are not variants of each other.
    fn report_name(&mut self, primary: &str, joliet: &str, kind: &str) {
        let message = format!("the {kind} `{joliet}` of the Joliet tree is called `{primary}` in the primary tree");
        self.problems.add_violation(Basis::Convention, Requirement::Extents, message);
    }

    /// Compares the Rock Ridge name and the identifier of an entry with its Joliet name.
    fn compare_names(&mut self, (rock_ridge, identifier): (Option<&str>, &[u8]), joliet: &str, kind: &str) {
        let identifier = String::from_utf8_lossy(identifier);
        if !naming::have_common_spelling(&identifier, joliet) {
            self.report_name(&identifier.escape_debug().to_string(), joliet, kind);
        }
        if let Some(name) = rock_ridge.filter(|name| *name != joliet) {
            let message =
                format!("the {kind} `{joliet}` of the Joliet tree is called `{}` in Rock Ridge", name.escape_debug());
            self.problems.add_violation(Basis::Convention, Requirement::RockRidge, message);
        }
    }

    fn compare_file(&mut self, number: u32, twin: u32) {
        let (file, twin_file) = (&self.primary.files[number as usize], &self.joliet.files[twin as usize]);
        let has_same_extents = (file.extent, file.length, &file.multiple_extents)
            == (twin_file.extent, twin_file.length, &twin_file.multiple_extents);
        let mut report = |basis, requirement, difference: &str| {
            let path = self.joliet.file_path(twin);
            let message = format!("the file `{path}` has a different {difference} in the Joliet tree");
            self.problems.add(Problem::violation(basis, requirement, message).at(path));
        };
        if !has_same_extents {
            report(Basis::Reading, Requirement::Extents, "location or length");
        }
        if file.date != twin_file.date {
            report(Basis::Convention, Requirement::Dates, "date");
        }
    }

    /// Reports a path that only one tree has, unless the other could not be read completely.
    fn report_missing(&mut self, found_in: &Tree, missing_in: &Tree, path: String, kind: &str) {
        if missing_in.is_complete {
            let (found_in, missing_in) = (found_in.namespace.adjective(), missing_in.namespace.adjective());
            let message = format!("the {kind} `{path}` is in the {found_in} tree but not in the {missing_in} tree");
            self.problems.add(Problem::violation(Basis::Convention, Requirement::Extents, message).at(path));
        }
    }
}

/// The entries of a Joliet directory for which no entry of the primary tree has been found yet. There may be very many, so their names
/// are not kept.
struct Twins<N> {
    /// The common spelling of the name of each entry, and its number. They are sorted by spelling, name and number.
    entries: Vec<(Box<str>, u32)>,
    /// For each count of entries from the first on, the count without the entries at the end that have been taken. It may lead there
    /// in several steps.
    free_ends: Vec<u32>,
    /// Returns the name of an entry.
    name: N,
}

impl<N: Fn(u32) -> String> Twins<N> {
    fn new(numbers: Vec<u32>, name: N) -> Self {
        let with_spelling = |number| (naming::common_spelling(&name(number)).into_boxed_str(), number);
        let mut entries: Vec<(Box<str>, u32)> = numbers.into_iter().map(with_spelling).collect();
        entries.sort_by(|(a, first), (b, second)| {
            a.cmp(b).then_with(|| name(*first).cmp(&name(*second))).then_with(|| first.cmp(second))
        });
        let free_ends = (0..=entries.len() as u32).collect();
        Self { entries, free_ends, name }
    }

    /// Removes the entry with a Rock Ridge name or, if there is none, an entry with the common spelling of an identifier.
    fn take_named(&mut self, rock_ridge_name: Option<&str>, identifier: &[u8]) -> Option<u32> {
        let exact = rock_ridge_name.and_then(|name| self.take(&naming::common_spelling(name), Some(name)));
        exact.or_else(|| self.take(&naming::common_spelling(&String::from_utf8_lossy(identifier)), None))
    }

    /// Removes the last entry with a spelling, and with this name unless it is `None`.
    fn take(&mut self, spelling: &str, name: Option<&str>) -> Option<u32> {
        let start = self.entries.partition_point(|(other, _)| **other < *spelling);
        let same = self.entries[start..].partition_point(|(other, _)| **other == *spelling);
        let (start, end) = match name {
            None => (start, start + same),
            Some(name) => {
                let same = &self.entries[start..start + same];
                let from = same.partition_point(|(_, number)| *(self.name)(*number) < *name);
                (start + from, start + same.partition_point(|(_, number)| *(self.name)(*number) <= *name))
            }
        };
        let end = self.free_end(end);
        if end <= start {
            return None;
        }
        self.free_ends[end] = end as u32 - 1;
        Some(self.entries[end - 1].1)
    }

    /// The number of the first `end` entries without those at the end that have been taken.
    fn free_end(&mut self, end: usize) -> usize {
        let mut free = end;
        while self.free_ends[free] as usize != free {
            free = self.free_ends[free] as usize;
        }
        // Shortens the way for the next time.
        let mut step = end;
        while step != free {
            step = std::mem::replace(&mut self.free_ends[step], free as u32) as usize;
        }
        free
    }

    fn into_rest(self) -> impl Iterator<Item = u32> {
        let is_free = (1..).zip(self.free_ends.into_iter().skip(1)).map(|(count, free)| count == free);
        self.entries.into_iter().zip(is_free).filter(|(_, is_free)| *is_free).map(|((_, number), _)| number)
    }
}

/// The entries that no name matches, by what they contain.
struct Rest<K> {
    by_contents: BTreeMap<Option<K>, Vec<u32>>,
}

impl<K: Ord> Rest<K> {
    fn new(numbers: impl Iterator<Item = u32>, contents: impl Fn(u32) -> Option<K>) -> Self {
        let mut by_contents: BTreeMap<Option<K>, Vec<u32>> = BTreeMap::new();
        for number in numbers {
            by_contents.entry(contents(number)).or_default().push(number);
        }
        Self { by_contents }
    }

    /// Removes an entry with the same contents.
    fn take(&mut self, contents: K) -> Option<u32> {
        self.by_contents.get_mut(&Some(contents))?.pop()
    }

    fn into_numbers(self) -> impl Iterator<Item = u32> {
        self.by_contents.into_values().flatten()
    }
}

/// Reports directories without any file in or below them. The checksum list cannot name them.
pub(super) fn check_empty_directories(tree: &Tree, problems: &mut Problems) {
    for number in find_empty_directories(tree) {
        let label = tree.directory_label(number);
        let message = format!("{label} is empty: make-disc does not make empty folders");
        problems.add_violation(Basis::Convention, Requirement::DirectoryRecords, message);
    }
}

/// The numbers of the directories below which there are no files. Empty if the tree could not be read completely. Relocated
/// directories count where they belong.
pub(super) fn find_empty_directories(tree: &Tree) -> Vec<u32> {
    let mut has_files = vec![false; tree.directories.len()];
    let with_files = (0..).zip(&tree.directories).filter(|(_, directory)| !directory.files.is_empty());
    for (mut number, _) in with_files {
        while !std::mem::replace(&mut has_files[number as usize], true) {
            number = tree.parent(number);
        }
    }
    let is_empty = |number: &u32| !has_files[*number as usize] && tree.is_complete;
    (1..tree.directories.len() as u32).filter(is_empty).collect()
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
            problems.add_violation(Basis::Standard, Requirement::DescriptorIdentifiers, message);
        }
    }
}

/// Notes files that some systems can read only in part, and reports files with more extents than needed.
pub(super) fn check_large_files(tree: &Tree, notes: &mut Vec<String>, problems: &mut Problems) {
    let mut large = CappedNotes::default();
    for (number, file) in tree.files.iter().enumerate() {
        if file.length >= LARGE_FILE {
            let path = || tree.file_path(number as u32);
            large.add(|| format!("`{}` has 4 GiB or more: some older systems cannot read all of it", path()));
        } else if file.multiple_extents.is_some() {
            let path = tree.file_path(number as u32);
            let message = format!("the file `{path}` has more than one extent, although one is enough for its length");
            problems.add(Problem::violation(Basis::Convention, Requirement::MultiExtentFiles, message).at(path));
        }
    }
    notes.extend(large.into_notes("more file of 4 GiB or more", "more files of 4 GiB or more"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_are_found_by_name_and_then_by_spelling() {
        let names = ["a-b.txt", "A_b.txt", "a_b.txt", "c", "a_b.txt", "a b.txt"];
        let name = |number: u32| names[number as usize].to_owned();
        let mut twins = Twins::new((0..6).collect(), name);
        assert_eq!(twins.take_named(Some("a_b.txt"), b"X"), Some(4));
        assert_eq!(twins.take_named(Some("a_b.txt"), b"X"), Some(2));
        assert_eq!(twins.take_named(Some("a_b.txt"), b"X"), None);
        assert_eq!(twins.take_named(Some("d"), b"C;1"), Some(3));
        assert_eq!(twins.take_named(None, b"C"), None);
        assert_eq!(twins.take_named(None, b"A_B.TXT;1"), Some(0));
        assert_eq!(twins.take_named(Some("A_b.txt"), b""), Some(1));
        assert_eq!(twins.into_rest().collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn many_entries_with_one_spelling_are_taken_quickly() {
        let mut twins = Twins::new((0..20_000).collect(), |_| "a".to_owned());
        for number in (0..20_000).rev() {
            assert_eq!(twins.take_named(Some("a"), b"A"), Some(number));
        }
        assert_eq!(twins.take_named(None, b"A"), None);
    }
}
