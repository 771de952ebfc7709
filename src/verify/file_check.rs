//! Compares the files of a volume with its checksum list.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::checksum_list::{ListedDigests, is_icon_file};
use super::namespace::NameSource;
use super::scan::StoredFile;
use super::sector_reader::{SECTOR_LENGTH, describe_unreadable};
use super::symbolic_links::SymbolicLinks;
use super::verdict::{CheckedFile, Problem, ProblemCode, Problems, SectorRun};
use crate::checksum::{Digest, is_checksum_list};

/// Names of about this many characters may have been cut off: 64 is the limit of Joliet, and some programs add a number.
const CUT_NAME_LENGTH: usize = 60;

/// What a path has in common with the same path as programs write it in Joliet: they replace some characters, and cut off
/// names.
fn joliet_key(path: &str) -> String {
    let name = |name: &str| {
        let replace = |c: char| if c.is_control() || c > '\u{ffff}' || "*:;?\\".contains(c) { '_' } else { c };
        let replaced: Vec<char> = name.chars().map(replace).collect();
        let is_long = replaced.len() >= CUT_NAME_LENGTH;
        replaced.into_iter().take(if is_long { CUT_NAME_LENGTH / 2 } else { CUT_NAME_LENGTH }).collect::<String>()
    };
    path.split('/').map(name).collect::<Vec<_>>().join("/")
}

/// Checks files one by one, and remembers which files of the list were found.
pub(super) struct FileCheck {
    listed: ListedDigests,
    /// Where the list itself is.
    list_extents: Option<Vec<(u32, u64)>>,
    /// The paths in the list that were found.
    found: BTreeSet<String>,
    /// Those of them that match the list.
    intact: BTreeSet<String>,
    pub(super) files: Vec<CheckedFile>,
    /// Links that lead to files.
    links: SymbolicLinks,
}

impl FileCheck {
    pub(super) fn new(listed: ListedDigests, list: Option<&StoredFile>, links: SymbolicLinks) -> Self {
        let list_extents = list.map(|list| list.extents.clone());
        Self { listed, list_extents, found: BTreeSet::new(), intact: BTreeSet::new(), files: Vec::new(), links }
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
        for path in &file.paths {
            self.files.push(CheckedFile { path: path.clone(), digest });
            let listed_path = self.find_listed_path(path);
            let listed = listed_path.as_ref().and_then(|listed| self.listed.get(listed).copied());
            self.found.extend(listed_path.clone());
            let Some(digest) = digest else {
                problems.add(describe_unread(&unreadable).at(path));
                continue;
            };
            match listed {
                Some(listed) if listed == digest => self.intact.extend(listed_path),
                Some(_) => {
                    let sectors =
                        file.extents.iter().map(|(first, length)| (u64::from(*first), length.div_ceil(SECTOR_LENGTH)));
                    let problem = Problem::new(ProblemCode::Changed, "does not match the checksum list");
                    problems.add(problem.in_sectors(sectors).at(path));
                }
                None if self.listed.is_empty() || (is_list && is_checksum_list(path)) => {}
                None if !surplus.contains(path) => {}
                // Programs that copy the files of a disc make two files of the two names.
                None if is_icon_file(path) && self.listed.values().any(|listed| *listed == digest) => {}
                None => problems.add(Problem::new(ProblemCode::Added, "is not in the checksum list").at(path)),
            }
        }
    }

    /// Paths of this file that should be reported as added. An unlisted path is usually a listed one as another tree spells
    /// it (in upper case, say), and is fine. But if a tree has more names for the file than the list has, the extra ones
    /// were not published; which they are is unknown, so all unlisted names in that tree are returned.
    ///
    /// Example: the list has `guide.pdf` alone. If the primary tree has `GUI001.PDF` for it and the Joliet tree `guide.pdf`,
    /// nothing is returned. If the Joliet tree also has `extra.pdf` for it, `extra.pdf` is.
    fn surplus_paths<'f>(&self, file: &'f StoredFile, is_list: bool) -> BTreeSet<&'f String> {
        // The list does not name itself, but its own name is known.
        let is_known = |path: &String| self.find_listed_path(path).is_some() || (is_list && is_checksum_list(path));
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
            if self.listed.contains_key(path) || (is_list && is_checksum_list(path)) || is_icon_file(path) {
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

    /// Whether the list names a file by any of its paths.
    pub(super) fn is_listed(&self, file: &StoredFile) -> bool {
        file.paths.iter().any(|path| self.find_listed_path(path).is_some())
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

    /// Checks the files that the list names by a symbolic link, as `sha256sum -c` does.
    pub(super) fn check_links(&mut self, problems: &mut Problems) {
        if self.links.is_empty() {
            return;
        }
        let digests: HashMap<&str, Option<Digest>> =
            self.files.iter().map(|file| (file.path.as_str(), file.digest)).collect();
        let (mut found, mut intact) = (Vec::new(), Vec::new());
        for (path, listed) in self.listed.iter().filter(|(path, _)| !self.found.contains(*path)) {
            let Some(actual) = self.links.resolve(path).and_then(|target| digests.get(target.as_str())) else {
                continue;
            };
            match actual {
                Some(actual) if actual == listed => intact.push(path.clone()),
                Some(_) => {
                    let message = "is a symbolic link, and the file that it leads to does not match the checksum list";
                    problems.add(Problem::new(ProblemCode::Changed, message).at(path));
                }
                None => {
                    let message = "is a symbolic link, and the file that it leads to cannot be read";
                    problems.add(Problem::new(ProblemCode::Unreadable, message).at(path));
                }
            }
            found.push(path.clone());
        }
        self.found.extend(found);
        self.intact.extend(intact);
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
