//! Compares the files of a volume with its checksum list.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::checksum_list::{
    ListedDigests, ParsedList, describe_added, describe_beyond_cut, is_icon_file, is_list_path,
};
use super::namespace::NameSource;
use super::scan::StoredFile;
use super::sector_reader::{SECTOR_LENGTH, describe_unreadable};
use super::short_names::{joliet_key, may_stand_for};
use super::symbolic_links::SymbolicLinks;
use super::verdict::{CappedNotes, CheckedFile, Problem, ProblemCode, Problems, SectorRun};
use crate::checksum::Digest;

/// How often a name on the disc is compared with one of the list, to find shortened names.
const MAX_NAME_COMPARISONS: usize = 1_000_000;

/// Checks files one by one, and remembers which files of the list were found.
pub(super) struct FileCheck {
    listed: ListedDigests,
    /// Whether the rest of the list is probably missing.
    is_cut_off: bool,
    /// Where the list itself is.
    list_extents: Option<Vec<(u32, u64)>>,
    /// The paths in the list that were found.
    found: BTreeSet<String>,
    /// Those of them that match the list.
    intact: BTreeSet<String>,
    pub(super) files: Vec<CheckedFile>,
    /// Links that lead to files.
    links: SymbolicLinks,
    /// The names of the list itself, with its digest.
    list_names: Vec<(String, Digest)>,
    /// Files with names that the list does not have.
    unlisted: Vec<UnlistedFile>,
    /// The lines of the list by the shortened names of their files.
    paired: HashMap<String, String>,
    /// A note for each file whose name is shortened on the disc.
    shortened: CappedNotes,
}

/// A file with names that the list does not have.
struct UnlistedFile {
    digest: Digest,
    /// The names, each with the trees that have it.
    names: Vec<(String, NameSource, u8)>,
    /// How many of its names each tree has.
    names_by_tree: [usize; u8::BITS as usize],
    /// How many lines of the list name it.
    lines: usize,
}

impl FileCheck {
    pub(super) fn new(list: ParsedList, list_file: Option<&StoredFile>, links: SymbolicLinks) -> Self {
        let list_extents = list_file.map(|file| file.extents.clone());
        let ParsedList { digests: listed, is_cut_off } = list;
        Self {
            listed,
            is_cut_off,
            list_extents,
            found: BTreeSet::new(),
            intact: BTreeSet::new(),
            files: Vec::new(),
            links,
            list_names: Vec::new(),
            unlisted: Vec::new(),
            paired: HashMap::new(),
            shortened: CappedNotes::default(),
        }
    }

    pub(super) fn files_listed(&self) -> u64 {
        self.listed.len() as u64
    }

    /// How many files of the list are there and match it.
    pub(super) fn files_intact(&self) -> u64 {
        self.intact.len() as u64
    }

    /// Checks a stored file under each of its paths.
    pub(super) fn check(
        &mut self,
        file: &StoredFile,
        digest: Option<Digest>,
        unreadable: Vec<SectorRun>,
        problems: &mut Problems,
    ) {
        let digest = digest.filter(|_| unreadable.is_empty());
        let is_list = Some(&file.extents) == self.list_extents.as_ref();
        let surplus = self.surplus_paths(file, is_list);
        let mut unlisted = Vec::new();
        for ((path, source), trees) in file.paths.iter().zip(&file.sources).zip(&file.trees) {
            self.files.push(CheckedFile { path: path.clone(), digest });
            let listed_path = self.find_listed_path(path);
            let listed = listed_path.as_ref().and_then(|listed| self.listed.get(listed).copied());
            self.found.extend(listed_path.clone());
            let Some(digest) = digest else {
                problems.add(describe_unread(&unreadable).at(path));
                continue;
            };
            if is_list && is_list_path(path) {
                self.list_names.push((path.clone(), digest));
            }
            match listed {
                Some(listed) if listed == digest => self.intact.extend(listed_path),
                Some(_) => {
                    let sectors =
                        file.extents.iter().map(|(first, length)| (u64::from(*first), length.div_ceil(SECTOR_LENGTH)));
                    let problem = Problem::new(ProblemCode::Changed, "does not match the checksum list");
                    problems.add(problem.in_sectors(sectors).at(path));
                }
                None if self.listed.is_empty() || (is_list && is_list_path(path)) => {}
                None if !surplus.contains(path) => {}
                // Programs that copy the files of a disc make two files of the two names.
                None if is_icon_file(path) && self.listed.values().any(|listed| *listed == digest) => {}
                None => unlisted.push((path.clone(), *source, *trees)),
            }
        }
        if let Some(digest) = digest.filter(|_| !unlisted.is_empty()) {
            let in_tree = |tree: u32| file.trees.iter().filter(|trees| **trees & (1 << tree) != 0).count();
            let names_by_tree = std::array::from_fn(|tree| in_tree(tree as u32));
            let lines: BTreeSet<_> = file.paths.iter().filter_map(|path| self.find_listed_path(path)).collect();
            self.unlisted.push(UnlistedFile { digest, names: unlisted, names_by_tree, lines: lines.len() });
        }
    }

    /// Reports the files that the list does not name. With `may_be_shortened`, as on the disc of another program, a file
    /// with the digest of a line whose file has not been found is that file, if its name could be the shortened one.
    pub(super) fn report_unlisted(&mut self, may_be_shortened: bool, problems: &mut Problems) {
        let mut missing: HashMap<Digest, Vec<String>> = HashMap::new();
        if may_be_shortened {
            for (path, digest) in self.listed.iter().filter(|(path, _)| !self.found.contains(*path)) {
                missing.entry(*digest).or_default().push(path.clone());
            }
        }
        let mut comparisons_left = MAX_NAME_COMPARISONS;
        let mut beyond_cut = 0;
        // The lines whose files were found, with the trees in which they were.
        let mut used: HashMap<String, u8> = HashMap::new();
        for mut file in std::mem::take(&mut self.unlisted) {
            let lines = missing.get(&file.digest).map(Vec::as_slice).unwrap_or_default();
            let mut paired = BTreeSet::new();
            file.names.retain(|(name, source, trees)| {
                let lines = lines.get(..comparisons_left).unwrap_or(lines);
                comparisons_left -= lines.len();
                let is_line = |line: &&String| {
                    used.get(*line).is_none_or(|used| used & trees == 0) && may_stand_for(name, line, *source)
                };
                // The name with which it has most in common.
                let common = |line: &&String| name.bytes().zip(line.bytes()).take_while(|(a, b)| a == b).count();
                let Some(line) = lines.iter().filter(is_line).max_by_key(common) else { return true };
                *used.entry(line.clone()).or_default() |= trees;
                if paired.insert(line) && self.found.insert(line.clone()) {
                    self.shortened.add(|| {
                        format!("`{line}` is called `{name}` on the disc, where names are shortened or changed")
                    });
                }
                self.intact.insert(line.clone());
                self.paired.insert(name.clone(), line.clone());
                false
            });
            let lines = file.lines + paired.len();
            for (name, source, trees) in file.names {
                let is_in_crowded_tree = file
                    .names_by_tree
                    .iter()
                    .enumerate()
                    .any(|(tree, names)| trees & (1 << tree) != 0 && *names > lines);
                if paired.is_empty() || source != NameSource::Identifier || is_in_crowded_tree {
                    match self.is_cut_off {
                        true => beyond_cut += 1,
                        false => problems.add(describe_added(&name)),
                    }
                }
            }
        }
        describe_beyond_cut(beyond_cut).into_iter().for_each(|problem| problems.add(problem));
    }

    /// Notes about the files whose names are shortened.
    pub(super) fn shortened_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.shortened).into_notes("more shortened name", "more shortened names")
    }

    /// Paths of this file that should be reported as added. An unlisted path is usually a listed one as another tree spells
    /// it (in upper case, say), and is fine. But if a tree has more names for the file than the list has, the extra ones
    /// were not published; which they are is unknown, so all unlisted names in that tree are returned.
    ///
    /// Example: the list has `guide.pdf` alone. If the primary tree has `GUI001.PDF` for it and the Joliet tree `guide.pdf`,
    /// nothing is returned. If the Joliet tree also has `extra.pdf` for it, `extra.pdf` is.
    fn surplus_paths<'f>(&self, file: &'f StoredFile, is_list: bool) -> BTreeSet<&'f String> {
        // The list does not name itself, but its own name is known.
        let is_known = |path: &String| self.find_listed_path(path).is_some() || (is_list && is_list_path(path));
        let is_listed: Vec<bool> = file.paths.iter().map(is_known).collect();
        let listed = is_listed.iter().filter(|is_listed| **is_listed).count();
        let mut surplus = BTreeSet::new();
        for tree in (0..u8::BITS).map(|number| 1_u8 << number) {
            let in_tree = || (0..file.paths.len()).filter(|path| file.trees[*path] & tree != 0);
            let unlisted =
                || in_tree().filter(|path| !is_listed[*path] && (listed == 0 || !is_icon_file(&file.paths[*path])));
            let listed_here = in_tree().filter(|path| is_listed[*path]).count();
            if listed == 0 || listed_here + unlisted().count() > listed {
                surplus.extend(unlisted().map(|path| &file.paths[path]));
            }
        }
        let mut variants = None;
        for (path, source) in file.paths.iter().zip(&file.sources) {
            if self.listed.contains_key(path) || (is_list && is_list_path(path)) || is_icon_file(path) {
                continue;
            }
            let is_variant = match source {
                NameSource::Identifier => true,
                NameSource::RockRidge => false,
                NameSource::Joliet => {
                    let listed = || file.paths.iter().filter_map(|path| self.find_listed_path(path));
                    let keys = || listed().map(|path| joliet_key(&path)).collect::<HashSet<String>>();
                    variants.get_or_insert_with(keys).contains(&joliet_key(path))
                }
            };
            if !is_variant {
                surplus.insert(path);
            }
        }
        surplus
    }

    /// Whether one of the first `trees` trees has fewer names of a file than the list has. Symbolic links, which are only
    /// in the first tree, count there.
    pub(super) fn is_incomplete_in_a_tree(&self, file: &StoredFile, trees: usize) -> bool {
        let line = |path: &String| self.find_listed_path(path).or_else(|| self.paired.get(path).cloned());
        let lines: BTreeSet<String> = file.paths.iter().filter_map(line).collect();
        let links = lines.iter().filter(|line| self.links.resolve(line).as_ref() != Some(*line)).count();
        (0..trees).any(|tree| {
            let names = file.trees.iter().filter(|trees| **trees & (1 << tree) != 0).count();
            names + if tree == 0 { links } else { 0 } < lines.len()
        })
    }

    /// The path by which the list names a file: the same one, or the same in lower case if it is in capital letters, as
    /// in plain ISO 9660.
    fn find_listed_path(&self, path: &str) -> Option<String> {
        if self.listed.contains_key(path) {
            return Some(path.to_owned());
        }
        if path.contains(|c: char| c.is_ascii_lowercase()) {
            return None;
        }
        let lower_case = path.to_ascii_lowercase();
        self.listed.contains_key(&lower_case).then_some(lower_case)
    }

    /// Checks the files that the list names by a symbolic link, as `sha256sum -c` does. Joliet may have another file in the
    /// place of the link.
    pub(super) fn check_links(&mut self, problems: &mut Problems) {
        if self.links.is_empty() {
            return;
        }
        let digests: HashMap<&str, Option<Digest>> =
            self.files.iter().map(|file| (file.path.as_str(), file.digest)).collect();
        let listed = self.listed.iter().map(|(path, digest)| (path, digest, ProblemCode::Changed));
        let lists = self.list_names.iter().map(|(path, digest)| (path, digest, ProblemCode::ChecksumList));
        let mut found = Vec::new();
        for (path, expected, code) in listed.chain(lists) {
            let is_found = code == ProblemCode::ChecksumList || self.found.contains(path);
            let target = self.links.resolve(path);
            if is_found && target.as_ref() == Some(path) {
                continue;
            }
            let (code, message) = match target.and_then(|target| digests.get(target.as_str())) {
                Some(Some(actual)) if actual == expected => {
                    if !is_found {
                        self.intact.insert(path.clone());
                        found.push(path.clone());
                    }
                    continue;
                }
                Some(Some(_)) if code == ProblemCode::ChecksumList => {
                    (code, "the file that it leads to is another one")
                }
                Some(Some(_)) => (code, "the file that it leads to does not match the checksum list"),
                Some(None) => (ProblemCode::Unreadable, "the file that it leads to cannot be read"),
                None if code == ProblemCode::ChecksumList => (code, "it leads to no file on the disc"),
                None if is_found => {
                    (ProblemCode::Missing, "it leads to no file on the disc, so some systems do not show it")
                }
                None => continue,
            };
            problems.add(Problem::new(code, format!("is reached through a symbolic link, and {message}")).at(path));
            self.intact.remove(path);
            found.push(path.clone());
        }
        self.found.extend(found);
    }

    /// Notes about the links of the disc.
    pub(super) fn link_notes(&self) -> Vec<String> {
        if self.links.is_empty() {
            return Vec::new();
        }
        let files: HashSet<&str> = self.files.iter().map(|file| file.path.as_str()).collect();
        self.links.notes(|path| files.contains(path))
    }

    /// Reports the files of the list that were not found.
    pub(super) fn report_missing(&self, problems: &mut Problems) {
        for path in self.listed.keys().filter(|path| !self.found.contains(*path)) {
            problems.add(Problem::new(ProblemCode::Missing, MISSING).at(path));
        }
    }
}

/// Shown for a file that is only in the list.
pub(super) const MISSING: &str = "is in the checksum list but does not exist";

/// The problem that says why a file has no digest.
fn describe_unread(unreadable: &[SectorRun]) -> Problem {
    if unreadable.is_empty() {
        let message = "its location on the disc is wrong, so it cannot be read completely";
        return Problem::new(ProblemCode::Unreadable, message);
    }
    let message = describe_unreadable(unreadable, "sector");
    Problem::new(ProblemCode::Unreadable, message).in_sectors(unreadable.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksum::Hasher;

    fn check_stored(listed: &[&str], list_file: &StoredFile, links: &[(&str, &str)]) -> (u64, Vec<ProblemCode>) {
        let digests = listed.iter().map(|path| ((*path).to_owned(), Hasher::default().finish())).collect();
        let links = links.iter().map(|(path, target)| ((*path).to_owned(), (*target).to_owned())).collect();
        let links = SymbolicLinks::new(links, HashSet::new);
        let mut check = FileCheck::new(ParsedList { digests, is_cut_off: false }, Some(list_file), links);
        let mut problems = Problems::default();
        let file = StoredFile {
            paths: vec!["a.txt".to_owned()],
            trees: vec![1],
            sources: vec![NameSource::RockRidge],
            ..StoredFile::default()
        };
        check.check(&file, Some(Hasher::default().finish()), Vec::new(), &mut problems);
        let mut hasher = Hasher::default();
        hasher.update(b"list");
        check.check(list_file, Some(hasher.finish()), Vec::new(), &mut problems);
        check.check_links(&mut problems);
        (check.files_intact(), problems.stored().iter().map(|problem| problem.code).collect())
    }

    #[test]
    fn a_link_in_place_of_the_list_is_reported() {
        let list_file = StoredFile {
            paths: vec!["SHA256SUMS".to_owned(), "list.txt".to_owned()],
            trees: vec![2, 2],
            sources: vec![NameSource::Joliet; 2],
            extents: vec![(20, 4)],
            length: 4,
        };
        let check = |target| check_stored(&["a.txt"], &list_file, &[("SHA256SUMS", target)]).1;
        let without_links = check_stored(&["a.txt"], &list_file, &[]);
        assert_eq!(without_links, (1, Vec::new()));
        assert_eq!(check("list.txt"), []);
        assert_eq!(check("a.txt"), [ProblemCode::ChecksumList]);
        assert_eq!(check("nowhere"), [ProblemCode::ChecksumList]);
    }

    #[test]
    fn many_files_with_the_same_bytes_are_not_all_compared() {
        const FILES: usize = 70_000;
        let digest = Hasher::default().finish();
        let digests = (0..FILES).map(|number| (format!("a{number}"), digest)).collect();
        let mut check = FileCheck::new(ParsedList { digests, is_cut_off: false }, None, SymbolicLinks::default());
        let file = StoredFile {
            paths: (0..FILES).map(|number| format!("b{number}")).collect(),
            trees: vec![1; FILES],
            sources: vec![NameSource::RockRidge; FILES],
            ..StoredFile::default()
        };
        let mut problems = Problems::default();
        check.check(&file, Some(digest), Vec::new(), &mut problems);
        check.report_unlisted(true, &mut problems);
        assert_eq!(problems.count(ProblemCode::Added), FILES as u64);
    }
}
