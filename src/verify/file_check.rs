//! Compares the files of a volume with its checksum list.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::checksum_list::{
    ListedDigests, ParsedList, SECOND_NAMES, UnreadNames, describe_added, describe_beyond_cut, describe_cut,
    describe_signature, describe_translation_tables, find_original, is_digest_of, is_list_path, is_second_name,
    is_signature_of, is_translation_table,
};
use super::namespace::NameSource;
use super::scan::StoredFile;
use super::sector_reader::{SECTOR_LENGTH, describe_unreadable};
use super::short_names::{self, MAX_COMPARED_BYTES, NameIndex};
use super::spelling::comparison_key;
use super::symbolic_links::SymbolicLinks;
use super::verdict::{CappedNotes, CheckedFile, Problem, ProblemCode, Problems, SectorRun};
use crate::checksum::Digest;
use crate::signature::SignatureFormat;
use crate::timestamp::timestamp_path;

/// Checks files one by one, and remembers which files of the list were found.
pub(super) struct FileCheck {
    listed: ListedDigests,
    /// Whether the rest of the list may be missing.
    is_cut_off: bool,
    /// The files that malformed lines of the list may name.
    unread: UnreadNames,
    /// The number and the path of the last line, if it has no line ending.
    unterminated: Option<(usize, String)>,
    /// Where the list itself is, and its path.
    list_extents: Option<Vec<(u32, u64)>>,
    list_path: Option<String>,
    /// The paths in the list that were found.
    found: BTreeSet<String>,
    /// The paths in the list whose files match it.
    intact: BTreeSet<String>,
    pub(super) files: Vec<CheckedFile>,
    /// The symbolic links of the first tree.
    links: SymbolicLinks,
    /// The symbolic links of UDF, and the number of its tree.
    udf_links: (SymbolicLinks, usize),
    /// The digest of the list itself.
    list_digest: Option<Digest>,
    /// The digests of the files of the first tree, by path; empty if that tree has no symbolic links.
    first_tree: HashMap<String, Option<Digest>>,
    /// All paths of the list, as the primary tree would spell them.
    spellings: OnceCell<BTreeSet<String>>,
    /// How many bytes of names may still be compared to find shortened names.
    comparable_bytes: Cell<usize>,
    /// Files with names that are not in the list.
    unlisted: Vec<UnlistedFile>,
    /// The path in the list of each file whose name on the disc is shortened, by that name.
    paired: HashMap<String, String>,
    /// A note for each file whose name is shortened on the disc.
    shortened: CappedNotes,
    /// The first table of names that another program wrote (`TRANS.TBL`), and how many there are.
    translation_tables: (Option<String>, u64),
    /// The signatures of the list that were not checked.
    signatures: BTreeSet<String>,
    /// The signature and the timestamp of the list, which are checked separately.
    made_after_list: [MadeAfterList; 2],
    /// The kinds of names that may be spelled in capital letters where the list has small ones: always identifiers, and the others if
    /// all names of that kind are in capital letters.
    capital_sources: Vec<NameSource>,
}

/// A file that is made after the list, and about it.
struct MadeAfterList {
    path: String,
    /// What it is, in messages.
    what: &'static str,
    /// The digest of the file that is checked: `None` if there is no such file, `Some(None)` if it cannot be read.
    digest: Option<Option<Digest>>,
}

impl MadeAfterList {
    fn new(path: String, what: &'static str) -> Self {
        Self { path, what, digest: None }
    }

    fn is(&self, path: &str) -> bool {
        path.eq_ignore_ascii_case(&self.path)
    }
}

/// A file with names that are not in the list.
struct UnlistedFile {
    digest: Digest,
    /// The names, each with the trees that have it.
    names: Vec<(String, NameSource, u8)>,
    /// The path in the list of another name of the file.
    entry: Option<String>,
}

impl FileCheck {
    /// `files` are all files of the volume, `list_file` is the one with the checksum list.
    pub(super) fn new(
        list: ParsedList,
        list_file: Option<&StoredFile>,
        files: &[StoredFile],
        links: SymbolicLinks,
    ) -> Self {
        let is_small = |name: &String| name.contains(|c: char| c.is_ascii_lowercase());
        let has_small = |source: NameSource| {
            let mut names = files.iter().flat_map(|file| file.paths.iter().zip(&file.sources));
            names.any(|(path, of)| *of == source && is_small(path))
        };
        let all = [NameSource::Identifier, NameSource::Joliet, NameSource::Udf, NameSource::RockRidge];
        let capital_sources =
            all.into_iter().filter(|source| *source == NameSource::Identifier || !has_small(*source)).collect();
        let list_extents = list_file.map(|file| file.extents.clone());
        let list_path = list_file.and_then(|file| file.paths.first().cloned());
        let name = list_path.as_deref().unwrap_or_default();
        let made_after_list = [
            MadeAfterList::new(SignatureFormat::Minisign.signature_path(name), "signature"),
            MadeAfterList::new(timestamp_path(name), "timestamp"),
        ];
        let ParsedList { digests: listed, is_cut_off, unterminated, unread } = list;
        Self {
            listed,
            is_cut_off,
            unread,
            unterminated,
            list_extents,
            list_path,
            found: BTreeSet::new(),
            intact: BTreeSet::new(),
            files: Vec::new(),
            links,
            udf_links: (SymbolicLinks::default(), usize::MAX),
            list_digest: None,
            first_tree: HashMap::new(),
            spellings: OnceCell::new(),
            comparable_bytes: Cell::new(MAX_COMPARED_BYTES),
            unlisted: Vec::new(),
            paired: HashMap::new(),
            shortened: CappedNotes::default(),
            translation_tables: (None, 0),
            signatures: BTreeSet::new(),
            made_after_list,
            capital_sources,
        }
    }

    /// Expects a signature in this format.
    pub(super) fn with_signature_format(mut self, format: SignatureFormat) -> Self {
        self.made_after_list[0].path = format.signature_path(self.list_path.as_deref().unwrap_or_default());
        self
    }

    /// Whether the list names this path, in any case.
    pub(super) fn lists(&self, path: &str) -> bool {
        self.listed.keys().any(|listed| listed.eq_ignore_ascii_case(path))
    }

    /// Whether the list names a file in a folder.
    pub(super) fn has_listed_below(&self, folder: &str) -> bool {
        let inside = format!("{folder}/");
        self.listed.range(inside.clone()..).next().is_some_and(|(path, _)| path.starts_with(&inside))
    }

    /// Whether a file of the list is there and matches it.
    pub(super) fn is_intact(&self, path: &str) -> bool {
        self.intact.contains(path)
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
        if is_list {
            self.list_digest = digest;
        }
        // Every file with the name of the signature or the timestamp must be the one that is checked.
        for made in &mut self.made_after_list {
            let Some(path) = file.paths.iter().find(|path| made.is(path)) else { continue };
            match (made.digest, digest) {
                (Some(Some(first)), Some(other)) if first != other => {
                    let message = format!(
                        "is the {} of the checksum list, but another file has the same name in another directory tree, or the same name in other upper and lower case: some computers show that file",
                        made.what
                    );
                    problems.add(Problem::new(ProblemCode::Added, message).at(path));
                }
                (None, _) => made.digest = Some(digest),
                _ => {}
            }
        }
        if self.made_after_list.iter().any(|made| file.paths.iter().all(|path| made.is(path))) {
            let files = file.paths.iter().map(|path| CheckedFile {
                path: path.clone(),
                path_here: None,
                digest,
                is_harmless: true,
                is_intact: false,
            });
            self.files.extend(files);
            if digest.is_none() {
                problems.add(describe_unread(&unreadable).at(&file.paths[0]));
            }
            return;
        }
        let surplus = self.surplus_paths(file, is_list);
        let originals: Vec<&str> = file.paths.iter().filter_map(|path| find_original(path)).collect();
        let mut unlisted = Vec::new();
        for ((path, source), trees) in file.paths.iter().zip(&file.sources).zip(&file.trees) {
            if trees & 1 != 0 && !self.links.is_empty() {
                self.first_tree.insert(path.clone(), digest);
            }
            let listed_path = self.find_listed_path(path, *source);
            let listed = listed_path.as_ref().and_then(|listed| self.listed.get(listed).copied());
            let is_intact = digest.is_some() && digest == listed;
            self.files.push(CheckedFile { path: path.clone(), path_here: None, digest, is_harmless: false, is_intact });
            self.found.extend(listed_path.clone());
            let Some(digest) = digest else {
                problems.add(describe_unread(&unreadable).at(path));
                continue;
            };
            match listed {
                Some(listed) if listed == digest => {
                    if *source == NameSource::RockRidge && is_cut_on_linux(path) {
                        self.shortened.add(|| {
                            format!(
                                "`{path}` is cut off on Linux, which shows at most {MAX_LINUX_BYTES} bytes of a name"
                            )
                        });
                    }
                    self.intact.extend(listed_path);
                }
                Some(_) => {
                    let sectors =
                        file.extents.iter().map(|(first, length)| (u64::from(*first), length.div_ceil(SECTOR_LENGTH)));
                    let problem = Problem::new(ProblemCode::Changed, "does not match the checksum list");
                    problems.add(problem.in_sectors(sectors).at(path));
                }
                None if self.listed.is_empty() || (is_list && is_list_path(path)) => {}
                None if find_original(path).is_none() && !surplus.contains(path) => {
                    let mut names = file.paths.iter().zip(&file.sources);
                    let line = names.find_map(|(path, source)| self.find_listed_path(path, *source));
                    if let (Some(line), NameSource::Joliet | NameSource::Udf) = (line, source) {
                        self.shortened.add(|| {
                            format!(
                                "`{line}` is called `{path}` on Windows, where names are shortened or changed: links to it do not work there"
                            )
                        });
                    }
                }
                // Some files have two names, and copying the disc turns them into two files.
                None if find_original(path)
                    .or(originals.first().copied().filter(|_| *source == NameSource::Identifier))
                    .is_some_and(|original| is_digest_of(original, &self.listed, digest)) => {}
                None => unlisted.push((path.clone(), *source, *trees)),
            }
        }
        if let Some(digest) = digest.filter(|_| !unlisted.is_empty()) {
            let mut names = file.paths.iter().zip(&file.sources);
            let entry = names.find_map(|(path, source)| self.find_listed_path(path, *source));
            self.unlisted.push(UnlistedFile { digest, names: unlisted, entry });
        }
    }

    /// Reports the files that the list does not name. If `may_be_shortened`, as on discs made by other programs, an unlisted file
    /// counts as a missing one if both have the same digest, and the name of the unlisted one could be a shortened form of the
    /// other name. `is_table` tells whether the file with a digest is a table of names.
    pub(super) fn report_unlisted(
        &mut self,
        may_be_shortened: bool,
        is_table: &mut dyn FnMut(Digest) -> bool,
        problems: &mut Problems,
    ) {
        let files = std::mem::take(&mut self.unlisted);
        self.spellings();
        let listed = std::mem::take(&mut self.listed);
        let mut missing: HashMap<Digest, Vec<&str>> = HashMap::new();
        if may_be_shortened {
            missing.extend(files.iter().map(|file| (file.digest, Vec::new())));
            for (path, digest) in listed.iter().filter(|(path, _)| !self.found.contains(*path)) {
                if let Some(entries) = missing.get_mut(digest).filter(|_| short_names::is_possible(path)) {
                    entries.push(path);
                }
            }
        }
        let by_key: HashMap<(Digest, String), &str> = missing
            .iter()
            .flat_map(|(digest, entries)| entries.iter().map(move |entry| (*digest, *entry)))
            .filter(|(_, entry)| !entry.is_ascii())
            .map(|(digest, entry)| ((digest, comparison_key(entry)), entry))
            .collect();
        // For each digest and tree, the list entries that have not been matched with a name yet.
        let mut unmatched: HashMap<(Digest, u32), NameIndex<'_>> = HashMap::new();
        let mut used: HashMap<&str, u8> = HashMap::new();
        let mut beyond_cut = 0;
        let mut harmless = HashSet::new();
        for UnlistedFile { digest, names, entry: other_entry } in files {
            let entries = missing.get(&digest).map(Vec::as_slice).unwrap_or_default();
            for (name, source, trees) in names {
                let entry = if entries.is_empty() {
                    None
                } else {
                    let tree = trees.leading_zeros();
                    let index =
                        unmatched.entry((digest, tree)).or_insert_with(|| NameIndex::new(entries.iter().copied()));
                    let is_unmatched = |entry: &str| used.get(entry).is_none_or(|used| used & trees == 0);
                    // Some systems store accents in another way.
                    let same = (!name.is_ascii()).then(|| by_key.get(&(digest, comparison_key(&name))).copied());
                    let same = same.flatten().filter(|entry| is_unmatched(entry));
                    same.or_else(|| self.find_entry(index, &name, source, &is_unmatched))
                };
                let Some(entry) = entry else {
                    let may_be_harmless = may_be_shortened && other_entry.is_none();
                    if may_be_harmless && self.list_path.as_ref().is_some_and(|list| is_signature_of(&name, list)) {
                        harmless.insert(name.clone());
                        self.signatures.insert(name);
                    } else if may_be_harmless && is_translation_table(&name) && is_table(digest) {
                        harmless.insert(name.clone());
                        self.translation_tables.1 += u64::from(trees & 1 != 0 || self.translation_tables.1 == 0);
                        self.translation_tables.0.get_or_insert(name);
                    } else if may_be_shortened && is_shortened_second_name(&name, source, digest, &listed) {
                        harmless.insert(name);
                    } else if self.is_cut_off {
                        beyond_cut += 1;
                    } else if other_entry.is_some() || !self.unread.may_name(&name) {
                        problems.add(describe_unlisted(&name, source, other_entry.as_deref()));
                    }
                    continue;
                };
                *used.entry(entry).or_default() |= trees;
                if let Some(index) = unmatched.get_mut(&(digest, trees.leading_zeros())) {
                    index.remove(entry);
                }
                if self.found.insert(entry.to_owned()) {
                    self.shortened.add(|| {
                        format!("`{entry}` is called `{name}` on the disc, where names are shortened or changed")
                    });
                }
                self.intact.insert(entry.to_owned());
                self.paired.insert(name, entry.to_owned());
            }
        }
        drop((unmatched, used, by_key, missing));
        self.listed = listed;
        for file in &mut self.files {
            file.is_harmless |= harmless.contains(&file.path);
        }
        describe_beyond_cut(beyond_cut).into_iter().for_each(|problem| problems.add(problem));
    }

    /// Finds the list entry that a name on the disc may be a shortened form of. A name whose spelling in the primary tree is
    /// exactly that of an entry matches only that entry. Otherwise an entry is not returned if another entry of the list, which
    /// may be matched already, fits the name better.
    fn find_entry<'l>(
        &self,
        index: &NameIndex<'l>,
        name: &str,
        source: NameSource,
        is_unmatched: &dyn Fn(&str) -> bool,
    ) -> Option<&'l str> {
        let spelling = short_names::spell(name);
        let is_known = self.spellings().contains(&spelling);
        let is_unmatched = |entry: &str| {
            let published = short_names::spell(entry);
            let is_exact = published == spelling;
            is_unmatched(entry)
                && (is_exact || !short_names::fits_another_better(&spelling, &published, source, self.spellings()))
        };
        index.find(name, &spelling, source, is_known, &is_unmatched, &self.comparable_bytes)
    }

    /// Notes about the files whose names are shortened, and those that other programs write beside them.
    pub(super) fn name_notes(&mut self) -> Vec<String> {
        let mut notes = std::mem::take(&mut self.shortened).into_notes("more shortened name", "more shortened names");
        let (first, count) = std::mem::take(&mut self.translation_tables);
        notes.extend(describe_translation_tables(first.as_deref(), count));
        notes.extend(std::mem::take(&mut self.signatures).iter().map(|path| describe_signature(path)));
        notes
    }

    /// Paths of this file that should be reported as added. An unlisted path is usually a listed one as another tree spells
    /// it (in upper case, say), and is fine. But if a tree has more names for the file than the list has, the extra ones
    /// were not published. It is unknown which ones are extra, so all unlisted names in that tree are returned.
    ///
    /// Example: the list has `guide.pdf` alone. If the primary tree has `GUI001.PDF` for it and the Joliet tree `guide.pdf`,
    /// nothing is returned. If the Joliet tree also has `extra.pdf` for it, `extra.pdf` is.
    fn surplus_paths<'f>(&self, file: &'f StoredFile, is_list: bool) -> BTreeSet<&'f String> {
        // The list does not name itself, but its own name is known.
        let is_known = |(path, source): (&String, &NameSource)| {
            self.find_listed_path(path, *source).is_some() || (is_list && is_list_path(path))
        };
        let is_listed: Vec<bool> = file.paths.iter().zip(&file.sources).map(is_known).collect();
        let listed = is_listed.iter().filter(|is_listed| **is_listed).count();
        let mut surplus = BTreeSet::new();
        for tree in (0..u8::BITS).map(|number| 1_u8 << number) {
            let in_tree = || (0..file.paths.len()).filter(|path| file.trees[*path] & tree != 0);
            let unlisted =
                || in_tree().filter(|path| !is_listed[*path] && (listed == 0 || !is_second_name(&file.paths[*path])));
            let listed_here = in_tree().filter(|path| is_listed[*path]).count();
            if listed == 0 || listed_here + unlisted().count() > listed {
                surplus.extend(unlisted().map(|path| &file.paths[path]));
            }
        }
        // The paths by which the list names the file, and the name of the list itself.
        let entries: OnceCell<Vec<String>> = OnceCell::new();
        let entry = |(path, source): (&String, &NameSource)| {
            self.find_listed_path(path, *source).or_else(|| (is_list && is_list_path(path)).then(|| path.clone()))
        };
        let find_entries = || file.paths.iter().zip(&file.sources).filter_map(entry).collect();
        let index: OnceCell<NameIndex<'_>> = OnceCell::new();
        for (path, source) in file.paths.iter().zip(&file.sources) {
            if self.listed.contains_key(path) || (is_list && is_list_path(path)) || is_second_name(path) {
                continue;
            }
            let is_variant = match source {
                NameSource::RockRidge => false,
                NameSource::Joliet | NameSource::Udf | NameSource::Identifier => {
                    let entries = || entries.get_or_init(find_entries).iter().map(String::as_str);
                    let index = index.get_or_init(|| NameIndex::new(entries()));
                    self.find_entry(index, path, *source, &|_| true).is_some()
                }
            };
            if !is_variant {
                surplus.insert(path);
            }
        }
        surplus
    }

    /// How many files of the list are missing, summed over the first `trees` trees. For each tree and digest, this is the number
    /// of list entries with the digest that no name in the tree matches, minus the number of unmatched names in the tree
    /// with the digest, each of which may be a renamed entry. Files that are changed in a tree are not missing there, and
    /// symbolic links are only in the first one and in UDF.
    pub(super) fn count_missing_in_trees(
        &self,
        files: &[StoredFile],
        digests: &[Option<Digest>],
        trees: usize,
    ) -> usize {
        #[derive(Default)]
        struct Names {
            /// For each entry of the list, the trees that have a name for it, as bits.
            entries: BTreeMap<String, u8>,
            /// How many names match no entry, by tree.
            others: [usize; u8::BITS as usize],
        }
        let mut found: HashMap<Digest, Names> = HashMap::new();
        let mut changed: HashMap<String, u8> = HashMap::new();
        for (file, digest) in files.iter().zip(digests) {
            let Some(digest) = digest else { continue };
            for ((path, source), in_trees) in file.paths.iter().zip(&file.sources).zip(&file.trees) {
                let listed_path = self.find_listed_path(path, *source);
                if let Some(entry) = listed_path.as_ref().filter(|entry| self.listed.get(*entry) != Some(digest)) {
                    *changed.entry(entry.clone()).or_default() |= in_trees;
                    continue;
                }
                let paired = || self.paired.get(path).filter(|entry| self.listed.get(*entry) == Some(digest)).cloned();
                let entry = listed_path.or_else(paired);
                if entry.is_none() && is_second_name(path) {
                    continue;
                }
                let names = found.entry(*digest).or_default();
                if let Some(entry) = entry {
                    *names.entries.entry(entry).or_default() |= in_trees;
                    continue;
                }
                for (tree, count) in names.others.iter_mut().enumerate() {
                    *count += usize::from(in_trees & (1 << tree) != 0);
                }
            }
        }
        let count = |names: &Names| {
            let (udf_links, udf_tree) = &self.udf_links;
            let is_link = |entry: &String, tree: usize| {
                let leads = |links: &SymbolicLinks| !links.is_empty() && links.resolve(entry).as_ref() != Some(entry);
                tree == 0 && leads(&self.links) || tree == *udf_tree && leads(udf_links)
            };
            let missing = |(tree, others): (usize, usize)| {
                let is_missing = |(entry, in_trees): &(&String, &u8)| {
                    let changed = changed.get(*entry).copied().unwrap_or_default();
                    (*in_trees | changed) & (1 << tree) == 0 && !is_link(entry, tree)
                };
                names.entries.iter().filter(is_missing).count().saturating_sub(others)
            };
            names.others.into_iter().enumerate().take(trees).map(missing).sum::<usize>()
        };
        found.values().map(count).sum()
    }

    fn spellings(&self) -> &BTreeSet<String> {
        self.spellings.get_or_init(|| self.listed.keys().map(|path| short_names::spell(path)).collect())
    }

    /// The path by which the list names a file: the same one, or the same in lower case if it is in capital letters, as
    /// in plain ISO 9660. A tree that has small letters in other names shows the true case, so a name in capital letters there
    /// is not the listed name in small letters.
    fn find_listed_path(&self, path: &str, source: NameSource) -> Option<String> {
        if self.listed.contains_key(path) {
            return Some(path.to_owned());
        }
        if !self.capital_sources.contains(&source) || path.contains(|c: char| c.is_ascii_lowercase()) {
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
        let mut found = Vec::new();
        for (path, expected) in &self.listed {
            let is_found = self.found.contains(path);
            let target = self.links.resolve(path);
            if is_found && target.as_ref() == Some(path) {
                continue;
            }
            let (code, message) = match target.and_then(|target| self.first_tree.get(&target)) {
                Some(Some(actual)) if actual == expected => {
                    if !is_found {
                        self.intact.insert(path.clone());
                        found.push(path.clone());
                    }
                    continue;
                }
                Some(Some(_)) => (ProblemCode::Changed, "the file that it leads to does not match the checksum list"),
                Some(None) => (ProblemCode::Unreadable, "the file that it leads to cannot be read"),
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
        let target =
            |path: &str| self.links.resolve(path).and_then(|target| self.first_tree.get(&target).copied().flatten());
        for path in self.links.paths().filter(|path| is_list_path(path)) {
            if self.list_digest.is_some() && target(path) != self.list_digest {
                let message = "is a symbolic link with the name of the checksum list, but does not lead to the list that was used";
                problems.add(Problem::new(ProblemCode::Added, message).at(path));
            }
        }
        for path in self.links.paths() {
            let message = if let Some(made) = self.made_after_list.iter().find(|made| made.is(path)) {
                let is_checked = made.digest.flatten().is_some_and(|digest| target(path) == Some(digest));
                let what = made.what;
                (!is_checked).then(|| {
                    format!("is a symbolic link with the name of the {what} of the checksum list, but does not lead to the {what} that was checked")
                })
            } else {
                let original = find_original(path).filter(|_| !self.listed.contains_key(path));
                let is_copy =
                    |original| target(path).is_some_and(|digest| is_digest_of(original, &self.listed, digest));
                let is_other = original.is_some_and(|original| !self.listed.is_empty() && !is_copy(original));
                is_other.then(|| {
                    "is a symbolic link, and does not lead to the listed file that it should be another name of"
                        .to_owned()
                })
            };
            if let Some(message) = message {
                problems.add(Problem::new(ProblemCode::Added, message).at(path));
            }
        }
    }

    /// Checks the files that the list names by a symbolic link of UDF, which may have other links than the first tree. `digests`
    /// has the digest of each of `files`.
    pub(super) fn check_udf_links(
        &mut self,
        (links, tree): (SymbolicLinks, usize),
        files: &[StoredFile],
        digests: &[Option<Digest>],
        problems: &mut Problems,
    ) {
        if !links.is_empty() {
            let tree_bit = 1_u8.checked_shl(tree as u32).unwrap_or_default();
            let in_tree: HashMap<&str, Option<Digest>> = files
                .iter()
                .zip(digests)
                .flat_map(|(file, digest)| {
                    file.paths.iter().zip(&file.trees).map(move |(path, trees)| (path, trees, digest))
                })
                .filter(|(_, trees, _)| **trees & tree_bit != 0)
                .map(|(path, _, digest)| (path.as_str(), *digest))
                .collect();
            for (path, expected) in &self.listed {
                let target = links.resolve(path);
                if target.as_ref() == Some(path) {
                    continue;
                }
                let (code, message) = match target.and_then(|target| in_tree.get(target.as_str())) {
                    Some(Some(actual)) if actual == expected => {
                        if self.found.insert(path.clone()) {
                            self.intact.insert(path.clone());
                        }
                        continue;
                    }
                    Some(Some(_)) => {
                        (ProblemCode::Changed, "the file that it leads to does not match the checksum list")
                    }
                    Some(None) => (ProblemCode::Unreadable, "the file that it leads to cannot be read"),
                    None => (ProblemCode::Missing, "it leads to no file on the disc, so some systems do not show it"),
                };
                let message = format!("is reached through a symbolic link of UDF, and {message}");
                problems.add(Problem::new(code, message).at(path));
                self.found.insert(path.clone());
                self.intact.remove(path);
            }
        }
        self.udf_links = (links, tree);
    }

    /// Notes about the links of the disc.
    pub(super) fn link_notes(&self) -> Vec<String> {
        let (udf_links, _) = &self.udf_links;
        if self.links.is_empty() && udf_links.is_empty() {
            return Vec::new();
        }
        let files: HashSet<&str> = self.files.iter().map(|file| file.path.as_str()).collect();
        let mut notes = self.links.notes(&SymbolicLinks::default(), |path| files.contains(path));
        notes.extend(udf_links.notes(&self.links, |path| files.contains(path)));
        notes
    }

    /// Reports the files of the list that were not found. If not all files of the disc are known, only says how many.
    pub(super) fn report_missing(&mut self, are_all_known: bool, problems: &mut Problems) {
        // If the last line of the list is cut off, the end of the path in it is missing.
        if let Some((number, path)) = self.unterminated.take_if(|(_, path)| !self.found.contains(path)) {
            self.listed.remove(&path);
            let list = self.list_path.as_deref().unwrap_or_default();
            problems.add(describe_cut(number, list));
        }
        let mut missing = self.listed.keys().filter(|path| !self.found.contains(*path));
        if !are_all_known {
            let count = missing.count();
            let message = format!("{count} of the files in the checksum list were not compared");
            problems.add(Problem::new(ProblemCode::ChecksumList, message));
            return;
        }
        for path in missing.by_ref() {
            problems.add(Problem::new(ProblemCode::Missing, MISSING).at(path));
        }
    }
}

/// The message for a file that is only in the list.
pub(super) const MISSING: &str = "is in the checksum list but does not exist";

/// The longest name that Linux shows in full, in bytes: of a longer one, it drops the last `NM` entry.
const MAX_LINUX_BYTES: usize = 253;

fn is_cut_on_linux(path: &str) -> bool {
    path.split('/').any(|name| name.len() > MAX_LINUX_BYTES)
}

/// Whether a name is a shortened second name of a listed file.
fn is_shortened_second_name(name: &str, source: NameSource, digest: Digest, listed: &ListedDigests) -> bool {
    SECOND_NAMES.iter().any(|(second, original)| {
        short_names::may_be_short_for(name, second, source) && is_digest_of(original, listed, digest)
    })
}

/// The problem with a name that is not in the list. `entry` is the path of the same file in the list, if it has one.
fn describe_unlisted(name: &str, source: NameSource, entry: Option<&str>) -> Problem {
    match entry {
        Some(entry) if source != NameSource::RockRidge => {
            let message = format!(
                "some systems show the file `{entry}` under this name, which is not a shortened form of its real name"
            );
            Problem::new(ProblemCode::Added, message).at(name)
        }
        _ => describe_added(name),
    }
}

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
        let mut check = FileCheck::new(ParsedList { digests, ..ParsedList::default() }, Some(list_file), &[], links);
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
            trees: vec![2, 3],
            sources: vec![NameSource::Joliet; 2],
            extents: vec![(20, 4)],
            length: 4,
            embedded: None,
        };
        let check = |target| check_stored(&["a.txt"], &list_file, &[("SHA256SUMS", target)]).1;
        let without_links = check_stored(&["a.txt"], &list_file, &[]);
        assert_eq!(without_links, (1, Vec::new()));
        assert_eq!(check("list.txt"), []);
        assert_eq!(check("a.txt"), [ProblemCode::Added]);
        assert_eq!(check("nowhere"), [ProblemCode::Added]);
    }

    #[test]
    fn a_name_in_the_primary_tree_must_fit_its_own_file() {
        let digest = |text: &str| {
            let mut hasher = Hasher::default();
            hasher.update(text.as_bytes());
            hasher.finish()
        };
        let check = |africa: &str, asia: &str| {
            let digests = ["Africa.pdf", "Asia.pdf"].map(|path| (path.to_owned(), digest(path))).into();
            let list = ParsedList { digests, ..ParsedList::default() };
            let mut check = FileCheck::new(list, None, &[], SymbolicLinks::default());
            let mut problems = Problems::default();
            for (number, (identifier, path)) in [(africa, "Africa.pdf"), (asia, "Asia.pdf")].into_iter().enumerate() {
                let file = StoredFile {
                    paths: vec![path.to_owned(), identifier.to_owned()],
                    trees: vec![2, 1],
                    sources: vec![NameSource::Joliet, NameSource::Identifier],
                    extents: vec![(20 + number as u32, 10)],
                    ..StoredFile::default()
                };
                check.check(&file, Some(digest(path)), Vec::new(), &mut problems);
            }
            check.report_unlisted(true, &mut |_| false, &mut problems);
            problems.count(ProblemCode::Added)
        };
        assert_eq!(check("AFRICA.PDF", "ASIA.PDF"), 0);
        assert_eq!(check("AFRICA_.PDF", "ASIA_.PDF"), 0);
        assert_eq!(check("AFRI0001.PDF", "ASIA~1.PDF"), 0);
        assert_eq!(check("ASIA.PDF", "AFRICA.PDF"), 2);
        assert_eq!(check("ASIA_.PDF", "AFRICA_.PDF"), 2);
        assert_eq!(check("AFRICA.PDF", "SETUP.EXE"), 1);
    }

    #[test]
    fn a_tree_needs_a_name_for_each_list_entry() {
        let digest = |text: &str| {
            let mut hasher = Hasher::default();
            hasher.update(text.as_bytes());
            hasher.finish()
        };
        let digests = ["a.txt", "b.txt"].map(|path| (path.to_owned(), digest("same"))).into();
        let list = ParsedList { digests, ..ParsedList::default() };
        let check = FileCheck::new(list, None, &[], SymbolicLinks::default());
        let missing = |files: &[(&str, &[(&str, u8)])]| {
            let file = |(_, names): &(&str, &[(&str, u8)])| StoredFile {
                paths: names.iter().map(|(path, _)| (*path).to_owned()).collect(),
                trees: names.iter().map(|(_, trees)| *trees).collect(),
                sources: vec![NameSource::Identifier; names.len()],
                ..StoredFile::default()
            };
            let digests: Vec<_> = files.iter().map(|(text, _)| Some(digest(text))).collect();
            check.count_missing_in_trees(&files.iter().map(file).collect::<Vec<_>>(), &digests, 2)
        };
        assert_eq!(missing(&[("same", &[("a.txt", 3), ("b.txt", 2), ("B_.TXT", 1)])]), 0);
        assert_eq!(missing(&[("same", &[("a.txt", 3), ("b.txt", 1)])]), 1);
        // In the first tree, both names match the same entry.
        assert_eq!(missing(&[("same", &[("a.txt", 3), ("A.TXT", 1), ("b.txt", 2)])]), 1);
        // The file is changed in one tree.
        assert_eq!(missing(&[("same", &[("a.txt", 3), ("b.txt", 1)]), ("other", &[("b.txt", 2)])]), 0);
        assert_eq!(missing(&[("other", &[("a.txt", 1)])]), 0);
    }

    #[test]
    fn many_files_with_the_same_bytes_are_not_all_compared() {
        const FILES: usize = 70_000;
        let digest = Hasher::default().finish();
        let digests = (0..FILES).map(|number| (format!("a{number}"), digest)).collect();
        let mut check =
            FileCheck::new(ParsedList { digests, ..ParsedList::default() }, None, &[], SymbolicLinks::default());
        let file = StoredFile {
            paths: (0..FILES).map(|number| format!("b{number}")).collect(),
            trees: vec![1; FILES],
            sources: vec![NameSource::RockRidge; FILES],
            ..StoredFile::default()
        };
        let mut problems = Problems::default();
        check.check(&file, Some(digest), Vec::new(), &mut problems);
        check.report_unlisted(true, &mut |_| false, &mut problems);
        assert_eq!(problems.count(ProblemCode::Added), FILES as u64);
    }
}
