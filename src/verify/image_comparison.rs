//! Compares an image that was just written with what it should contain.

use std::collections::HashMap;
use std::io::{Read, Seek};

use super::namespace::Namespace;
use super::sector_reader::SectorReader;
use super::structure::Structure;
use super::tree::Tree;
use super::verdict::Problems;

/// A file that an image must contain.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedFile<'f> {
    /// Its path in the Joliet tree and in Rock Ridge, from the root: `pages/style.css`.
    pub path: &'f str,
    /// In bytes.
    pub length: u64,
}

/// Checks that the structure of an image meets all requirements, and that each of its trees contains
/// exactly the expected names and lengths. `iso9660` returns the path in the primary tree for a path, with version:
/// `/PAGES/STYLE.CSS;1`. It is asked for one path at a time, because all of them would take much memory.
///
/// # Errors
/// The first difference, in words.
pub fn ensure_image_matches(
    image: &mut (impl Read + Seek),
    size: u64,
    expected: &[ExpectedFile<'_>],
    iso9660: &dyn Fn(&str) -> String,
) -> Result<(), String> {
    let mut reader = SectorReader::new(image, size);
    let mut problems = Problems::default();
    let structure = Structure::read(&mut reader, &mut problems);
    if let Some(problem) = problems.stored().first() {
        return Err(problem.message.clone());
    }
    let by_path = expected.iter().enumerate().map(|(number, file)| (file.path, number)).collect();
    structure.trees.iter().try_for_each(|tree| ensure_tree_matches(tree, expected, &by_path, iso9660))
}

/// `by_path` maps the paths of the expected files to their indices.
fn ensure_tree_matches(
    tree: &Tree,
    expected: &[ExpectedFile<'_>],
    by_path: &HashMap<&str, usize>,
    iso9660: &dyn Fn(&str) -> String,
) -> Result<(), String> {
    let in_tree = |difference: String| format!("{} tree: {difference}", tree.namespace.adjective());
    let mut found = vec![false; expected.len()];
    for (number, directory) in tree.directories.iter().enumerate() {
        let mut path = tree.directory_path(number as u32);
        if !path.is_empty() {
            path.push('/');
        }
        let folder_length = path.len();
        let identifier_folder = with_slashes(tree.identifier_path(number as u32));
        for number in directory.files.clone() {
            let file = &tree.files[number as usize];
            path.truncate(folder_length);
            path += &tree.file_name(number);
            let Some(index) = by_path.get(path.as_str()).copied() else {
                return Err(in_tree(format!("`/{path}` was not planned")));
            };
            if file.length != expected[index].length {
                let (actual, planned) = (file.length, expected[index].length);
                return Err(in_tree(format!("`/{path}` has {actual} bytes, not {planned}")));
            }
            if tree.namespace == Namespace::Primary {
                let identifiers = format!("{identifier_folder}{}", String::from_utf8_lossy(&file.identifier));
                if identifiers != iso9660(&path) {
                    return Err(in_tree(format!("`/{path}` has the identifiers `{identifiers}`")));
                }
            }
            if std::mem::replace(&mut found[index], true) {
                return Err(in_tree(format!("`/{path}` is in the tree twice")));
            }
        }
    }
    match found.iter().position(|found| !found) {
        Some(index) => Err(in_tree(format!("`/{}` is missing", expected[index].path))),
        None => Ok(()),
    }
}

fn with_slashes(folder: String) -> String {
    if folder.is_empty() { "/".to_owned() } else { format!("/{folder}/") }
}
