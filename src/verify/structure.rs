//! The structure of a volume: descriptors, path tables, and the trees of directories.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use super::descriptors::{self, Descriptor};
use super::namespace::{NameSource, Namespace};
use super::ownership::Ownership;
use super::scan::StoredFile;
use super::sector_reader::SectorReader;
use super::symbolic_links::SymbolicLinks;
use super::tree::Tree;
use super::verdict::Problems;
use super::{directories, naming, path_tables, tree_comparison};

/// The structure of a volume.
pub(super) struct Structure {
    pub(super) descriptors: Vec<Descriptor>,
    /// By descriptor.
    pub(super) trees: Vec<Tree>,
    pub(super) ownership: Ownership,
    pub(super) notes: Vec<String>,
}

impl Structure {
    /// Reads the structure, and reports what is wrong with it.
    pub(super) fn read<R: Read + Seek>(reader: &mut SectorReader<'_, R>, problems: &mut Problems) -> Self {
        let mut ownership = Ownership::default();
        let descriptors = descriptors::read(reader, &mut ownership, problems);
        let mut notes = Vec::new();
        let mut trees: Vec<Tree> = Vec::new();
        for descriptor in &descriptors {
            let tree = directories::read(descriptor, reader, &mut ownership, problems);
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
        Self { descriptors, trees, ownership, notes }
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

    /// The files of both trees, each stored file once. Paths are spelled as in the Joliet tree if they are in it.
    pub(super) fn stored_files(&self) -> Vec<StoredFile> {
        let mut stored: Vec<StoredFile> = Vec::new();
        let mut by_extents: HashMap<Vec<(u32, u64)>, usize> = HashMap::new();
        // The number of the file and of its path.
        let mut seen: HashMap<String, (usize, usize)> = HashMap::new();
        let mut seen_spellings: HashMap<String, (usize, usize)> = HashMap::new();
        let links: HashSet<String> = self.trees.iter().flat_map(Tree::symbolic_links).map(|(path, _)| path).collect();
        for (tree_number, tree) in self.trees.iter().enumerate().rev() {
            let tree_bit = 1_u8.checked_shl(tree_number as u32).unwrap_or_default();
            for (file, path) in tree.files.iter().zip(tree.file_paths()) {
                // Joliet has no links; some programs put an empty file in their place.
                if tree.namespace == Namespace::Joliet && file.length == 0 && links.contains(&path) {
                    continue;
                }
                // Empty files are one stored file, wherever they begin.
                let extents = if file.length > 0 { file.extents() } else { Vec::new() };
                let source = match (tree.namespace, &file.rock_ridge_name) {
                    (Namespace::Joliet, _) => NameSource::Joliet,
                    (Namespace::Primary, Some(_)) => NameSource::RockRidge,
                    (Namespace::Primary, None) => NameSource::Identifier,
                };
                // The same path is skipped; an identifier is the same in the spelling of the other tree too.
                let exact = format!("{extents:?} {path}");
                let names: Vec<String> = path.split('/').map(naming::common_spelling).collect();
                let spelling = format!("{extents:?} {}", names.join("/"));
                let same = match source {
                    NameSource::Identifier => seen_spellings.get(&spelling),
                    _ => seen.get(&exact),
                };
                // Two entries of one tree are never the same path.
                let same = same.filter(|(file, path)| stored[*file].trees[*path] & tree_bit == 0);
                if let Some((file, path)) = same {
                    stored[*file].trees[*path] |= tree_bit;
                    stored[*file].sources[*path] = stored[*file].sources[*path].max(source);
                    continue;
                }
                let known = by_extents.get(&extents).copied();
                let number = known.unwrap_or_else(|| {
                    by_extents.insert(extents.clone(), stored.len());
                    stored.push(StoredFile { extents, length: file.length, ..StoredFile::default() });
                    stored.len() - 1
                });
                let place = (number, stored[number].paths.len());
                seen.insert(exact, place);
                seen_spellings.entry(spelling).or_insert(place);
                stored[number].paths.push(path);
                stored[number].trees.push(tree_bit);
                stored[number].sources.push(source);
            }
        }
        stored
    }
}
