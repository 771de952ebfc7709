//! The structure of a volume: descriptors, path tables, and the trees of directories.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use super::descriptors::{self, Descriptor};
use super::namespace::{NameSource, Namespace};
use super::ownership::Ownership;
use super::scan::StoredFile;
use super::sector_reader::{SECTOR_LENGTH, SectorReader, with_commas};
use super::short_names::{self, MAX_COMPARED_BYTES, NameIndex};
use super::symbolic_links::SymbolicLinks;
use super::tree::Tree;
use super::udf::{self, UdfTree};
use super::verdict::Problems;
use super::{directories, other_file_systems, path_tables, tree_comparison};
use crate::checksum::{Digest, Hasher};

pub(super) struct Structure {
    pub(super) descriptors: Vec<Descriptor>,
    /// By descriptor.
    pub(super) trees: Vec<Tree>,
    /// The tree of a UDF file system.
    udf: Option<UdfTree>,
    pub(super) ownership: Ownership,
    pub(super) notes: Vec<String>,
    /// How many bytes the names and paths of further trees may take.
    path_bytes: usize,
}

impl Structure {
    /// Reads the structure, and reports what is wrong with it.
    pub(super) fn read<R: Read + Seek>(reader: &mut SectorReader<'_, R>, problems: &mut Problems) -> Self {
        let mut ownership = Ownership::default();
        let descriptors = descriptors::read(reader, &mut ownership, problems);
        let mut notes = Vec::new();
        let mut trees: Vec<Tree> = Vec::new();
        let mut path_bytes = directories::MAX_PATH_BYTES;
        for descriptor in &descriptors {
            let tree = directories::read(descriptor, reader, &mut path_bytes, &mut ownership, problems);
            path_tables::check(descriptor, &tree, reader, &mut ownership, problems);
            tree_comparison::check_empty_directories(&tree, problems);
            tree_comparison::check_named_files(&tree, &descriptor.named_files, problems);
            trees.push(tree);
        }
        let find = |namespace| trees.iter().find(|tree| tree.namespace == namespace);
        if let (Some(primary), Some(joliet)) = (find(Namespace::Primary), find(Namespace::Joliet)) {
            tree_comparison::compare(primary, joliet, problems);
        }
        if let Some(tree) = trees.last() {
            tree_comparison::check_large_files(tree, &mut notes, problems);
        }
        Self { descriptors, trees, udf: None, ownership, notes, path_bytes }
    }

    /// Reads the tree of a UDF file system, if there is one. `ends` are the sectors where the volume and the image end. If the
    /// tree cannot be read, reports that.
    pub(super) fn read_udf<R: Read + Seek>(
        &mut self,
        reader: &mut SectorReader<'_, R>,
        ends: &[u64],
        problems: &mut Problems,
    ) {
        if !udf::is_announced(reader, ends.iter().copied().max().unwrap_or_default()) {
            return;
        }
        match udf::read(reader, ends, &mut self.path_bytes, &mut self.ownership) {
            Ok(tree) => {
                let count = with_commas(tree.files.len() as u64);
                let files_were = if tree.files.len() == 1 {
                    "file of a UDF file system was"
                } else {
                    "files of a UDF file system were"
                };
                self.notes.push(format!("{count} {files_were} compared as well"));
                self.udf = Some(tree);
            }
            Err(reason) => problems.add(other_file_systems::describe_unchecked("a UDF", &reason)),
        }
    }

    pub(super) fn primary_descriptor(&self) -> Option<&Descriptor> {
        self.descriptors.iter().find(|descriptor| descriptor.namespace == Namespace::Primary)
    }

    /// The symbolic links of all trees, and the directories that they can lead to.
    pub(super) fn symbolic_links(&self) -> SymbolicLinks {
        let links = self.trees.iter().flat_map(Tree::symbolic_links).collect();
        SymbolicLinks::new(links, || {
            let paths =
                |tree: &Tree| (0..tree.directories.len() as u32).map(|number| tree.directory_path(number)).collect();
            self.trees.iter().flat_map(|tree| -> Vec<String> { paths(tree) }).collect()
        })
    }

    /// The symbolic links of a UDF file system, and the number of its tree.
    pub(super) fn udf_links(&self) -> (SymbolicLinks, usize) {
        let links = self.udf.iter().flat_map(|tree| tree.links.iter().cloned()).collect();
        let directories =
            || self.udf.iter().flat_map(|tree| tree.directories.iter().cloned()).chain([String::new()]).collect();
        (SymbolicLinks::new(links, directories), self.trees.len())
    }

    /// Whether files were left out because names and paths are too long.
    pub(super) fn has_omitted_files(&self) -> bool {
        self.trees.iter().any(|tree| tree.has_omitted_files)
    }

    /// How many trees of directories there are.
    pub(super) fn tree_count(&self) -> usize {
        self.trees.len() + usize::from(self.udf.is_some())
    }

    /// The files of all trees, each stored file once. Paths are spelled as in the Joliet tree if they are in it.
    pub(super) fn stored_files(&self) -> Vec<StoredFile> {
        let mut stored = StoredFiles::default();
        let links: HashSet<String> = self.trees.iter().flat_map(Tree::symbolic_links).map(|(path, _)| path).collect();
        let link_index = NameIndex::new(links.iter().map(String::as_str));
        let comparable_bytes = Cell::new(MAX_COMPARED_BYTES);
        // Joliet has no symbolic links. Instead of a link, some programs write an empty file, in Joliet and in UDF.
        let is_in_place_of_link = |path: &str| {
            let spelling = short_names::spell(path);
            let find = || link_index.find(path, &spelling, NameSource::Joliet, false, &|_| true, &comparable_bytes);
            links.contains(path) || find().is_some()
        };
        for (tree_number, tree) in self.trees.iter().enumerate().rev() {
            for (file, path) in tree.files.iter().zip(tree.file_paths()) {
                if tree.namespace == Namespace::Joliet && file.length == 0 && is_in_place_of_link(&path) {
                    continue;
                }
                // All empty files count as the same stored file, wherever they begin.
                let extents = if file.length > 0 { file.extents() } else { Vec::new() };
                let source = match (tree.namespace, &file.rock_ridge_name) {
                    (Namespace::Joliet, _) => NameSource::Joliet,
                    (Namespace::Primary, Some(_)) => NameSource::RockRidge,
                    (Namespace::Primary, None) => NameSource::Identifier,
                };
                stored.add(Contents { extents, embedded: None }, file.length, path, source, tree_number);
            }
        }
        for file in self.udf.iter().flat_map(|tree| &tree.files) {
            if file.length == 0 && is_in_place_of_link(&file.path) {
                continue;
            }
            let contents = Contents { extents: file.extents.clone(), embedded: file.embedded };
            stored.add(contents, file.length, file.path.clone(), NameSource::Udf, self.trees.len());
        }
        stored.files
    }
}

/// Where the bytes of a file are.
#[derive(PartialEq, Eq, Hash)]
struct Contents {
    extents: Vec<(u32, u64)>,
    embedded: Option<Digest>,
}

/// Merges extents that follow each other: trees divide large files at different places.
fn join(extents: &[(u32, u64)]) -> Vec<(u32, u64)> {
    let mut joined: Vec<(u32, u64)> = Vec::with_capacity(1);
    for (first, length) in extents {
        match joined.last_mut() {
            Some((start, before))
                if before.is_multiple_of(SECTOR_LENGTH)
                    && u64::from(*start) + *before / SECTOR_LENGTH == u64::from(*first) =>
            {
                *before += length;
            }
            _ => joined.push((*first, *length)),
        }
    }
    joined
}

/// The stored files of all trees, as they are collected.
#[derive(Default)]
struct StoredFiles {
    files: Vec<StoredFile>,
    by_contents: HashMap<Contents, usize>,
    /// The numbers of the file and of its path. The key is a digest of the file's number and the path, or the spelling of the path,
    /// because paths may be long.
    seen: HashMap<Digest, (usize, usize)>,
    seen_spellings: HashMap<Digest, (usize, usize)>,
}

impl StoredFiles {
    /// Adds a path of a tree.
    fn add(&mut self, contents: Contents, length: u64, path: String, source: NameSource, tree: usize) {
        let tree_bit = 1_u8.checked_shl(tree as u32).unwrap_or_default();
        let Contents { extents, embedded } = contents;
        let next = self.files.len();
        let number = *self.by_contents.entry(Contents { extents: join(&extents), embedded }).or_insert(next);
        if number == next {
            self.files.push(StoredFile { extents, length, embedded, ..StoredFile::default() });
        }
        let key = |path: &str| {
            let mut hasher = Hasher::default();
            hasher.update(&number.to_le_bytes());
            hasher.update(path.as_bytes());
            hasher.finish()
        };
        // A path that another tree has as well is not added again. An identifier counts as the same path if its spelling is the same.
        let (exact, spelling) = (key(&path), key(&short_names::spell(&path)));
        let same = match source {
            NameSource::Identifier => self.seen_spellings.get(&spelling),
            _ => self.seen.get(&exact),
        };
        let file = &mut self.files[number];
        // Two entries of the same tree are never the same path.
        if let Some((_, path)) = same.filter(|(_, path)| file.trees[*path] & tree_bit == 0) {
            file.trees[*path] |= tree_bit;
            file.sources[*path] = file.sources[*path].max(source);
            return;
        }
        let place = (number, file.paths.len());
        self.seen.insert(exact, place);
        self.seen_spellings.entry(spelling).or_insert(place);
        file.paths.push(path);
        file.trees.push(tree_bit);
        file.sources.push(source);
    }
}
