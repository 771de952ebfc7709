//! Compares an image that was just written with what it should contain.

use std::collections::HashMap;
use std::io::{Read, Seek};

use super::namespace::Namespace;
use super::sector_reader::SectorReader;
use super::structure::Structure;
use super::tree::{File, Tree};
use super::verdict::Problems;

/// A file that an image must contain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpectedFile {
    /// Its path in the primary tree, with version: `/PAGES/STYLE.CSS;1`.
    pub iso9660: String,
    /// Its path in the Joliet tree and in Rock Ridge: `/pages/style.css`.
    pub joliet: String,
    /// In bytes.
    pub length: u64,
}

/// Checks that the structure of an image meets all requirements, and that each of its trees contains
/// exactly the expected names and lengths.
///
/// # Errors
/// The first difference, in words.
pub fn ensure_image_matches(
    image: &mut (impl Read + Seek),
    size: u64,
    expected: &[ExpectedFile],
) -> Result<(), String> {
    let mut reader = SectorReader::new(image, size);
    let mut problems = Problems::default();
    let structure = Structure::read(&mut reader, &mut problems);
    if let Some(problem) = problems.stored().first() {
        return Err(problem.message.clone());
    }
    let by_path = expected.iter().enumerate().map(|(number, file)| (file.joliet.as_str(), number)).collect();
    structure.trees.iter().try_for_each(|tree| ensure_tree_matches(tree, expected, &by_path))
}

/// `by_path` maps the paths of the expected files to their indices.
fn ensure_tree_matches(tree: &Tree, expected: &[ExpectedFile], by_path: &HashMap<&str, usize>) -> Result<(), String> {
    let in_tree = |difference: String| format!("{} tree: {difference}", tree.namespace.adjective());
    let mut found = vec![false; expected.len()];
    for (number, directory) in tree.directories.iter().enumerate() {
        let folder = with_slashes(tree.directory_path(number as u32));
        let identifier_folder = with_slashes(tree.identifier_path(number as u32));
        for number in directory.files.clone() {
            let file = &tree.files[number as usize];
            let path = format!("{folder}{}", tree.file_name(number));
            let Some(index) = by_path.get(path.as_str()).copied() else {
                return Err(in_tree(format!("`{path}` was not planned")));
            };
            ensure_file_matches(tree, file, &identifier_folder, &path, &expected[index]).map_err(in_tree)?;
            if std::mem::replace(&mut found[index], true) {
                return Err(in_tree(format!("`{path}` is in the tree twice")));
            }
        }
    }
    match found.iter().position(|found| !found) {
        Some(index) => Err(in_tree(format!("`{}` is missing", expected[index].joliet))),
        None => Ok(()),
    }
}

fn ensure_file_matches(
    tree: &Tree,
    file: &File,
    identifier_folder: &str,
    path: &str,
    expected: &ExpectedFile,
) -> Result<(), String> {
    if file.length != expected.length {
        return Err(format!("`{path}` has {} bytes, not {}", file.length, expected.length));
    }
    if tree.namespace == Namespace::Primary {
        let identifiers = format!("{identifier_folder}{}", String::from_utf8_lossy(&file.identifier));
        if identifiers != expected.iso9660 {
            return Err(format!("`{path}` has the identifiers `{identifiers}`"));
        }
    }
    Ok(())
}

fn with_slashes(folder: String) -> String {
    if folder.is_empty() { "/".to_owned() } else { format!("/{folder}/") }
}
