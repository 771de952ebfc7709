//! A tree of directories and files, as read from one volume descriptor.

use std::ops::Range;

use super::namespace::Namespace;
use super::naming;

#[derive(Debug)]
pub(super) struct Directory {
    /// The number of the parent directory; the root is its own parent.
    pub(super) parent: u32,
    pub(super) identifier: Box<[u8]>,
    pub(super) rock_ridge_name: Option<Box<str>>,
    /// The first sector.
    pub(super) extent: u32,
    /// In bytes.
    pub(super) length: u32,
    pub(super) date: [u8; 7],
    /// 1 for the root.
    pub(super) level: u8,
    /// The numbers of the directories in it.
    pub(super) directories: Range<u32>,
    /// The numbers of the files in it.
    pub(super) files: Range<u32>,
    pub(super) links: Option<Links>,
    /// The length of its path in characters, with one separator after each name, as ECMA-119 6.8.2.1 and Joliet count it.
    pub(super) path_length: u32,
    /// Whether it has `RE` (RRIP 4.1.5.3): some systems do not show it where it is stored.
    pub(super) is_marked_relocated: bool,
    /// Where Rock Ridge says that it belongs, if it is stored elsewhere.
    pub(super) relocation: Option<Relocation>,
}

/// Where a directory belongs that is stored elsewhere, because it would be too deep there (RRIP 4.1.5).
#[derive(Debug)]
pub(super) struct Relocation {
    /// The number of the directory in which it belongs.
    pub(super) parent: u32,
    /// Its name there.
    pub(super) name: Box<str>,
}

#[derive(Debug)]
pub(super) struct File {
    /// The number of the directory that contains it.
    pub(super) parent: u32,
    pub(super) identifier: Box<[u8]>,
    pub(super) rock_ridge_name: Option<Box<str>>,
    /// The first sector of its first extent.
    pub(super) extent: u32,
    /// The length of all extents together, in bytes.
    pub(super) length: u64,
    /// The first sector and the length in bytes of each extent, if it has more than one.
    pub(super) multiple_extents: Option<Box<[(u32, u32)]>>,
    pub(super) date: [u8; 7],
    pub(super) links: Option<Links>,
}

impl File {
    /// The first sector and the length in bytes of each extent.
    pub(super) fn extents(&self) -> Vec<(u32, u64)> {
        match &self.multiple_extents {
            Some(extents) => extents.iter().map(|(first, length)| (*first, u64::from(*length))).collect(),
            None => vec![(self.extent, self.length)],
        }
    }
}

/// A symbolic link, which only Rock Ridge has (RRIP 4.1.3).
#[derive(Debug)]
pub(super) struct SymbolicLink {
    /// The number of the directory that contains it.
    pub(super) parent: u32,
    pub(super) name: Box<str>,
    /// The path that it leads to, as it is written.
    pub(super) target: Box<str>,
}

/// What the Rock Ridge entry `PX` says about links (RRIP 4.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Links {
    pub(super) count: u32,
    /// The file serial number (an inode number); absent in the short form of `PX`.
    pub(super) serial: Option<u32>,
}

/// All directories and files of a namespace.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) namespace: Namespace,
    /// The root first, then level by level.
    pub(super) directories: Vec<Directory>,
    pub(super) files: Vec<File>,
    pub(super) symbolic_links: Vec<SymbolicLink>,
    /// Whether every directory could be read.
    pub(super) is_complete: bool,
    /// Whether files were left out because the names and paths are too long to keep all of them.
    pub(super) has_omitted_files: bool,
}

impl Tree {
    pub(super) fn directory_name(&self, number: u32) -> String {
        let directory = &self.directories[number as usize];
        if let Some(relocation) = &directory.relocation {
            return relocation.name.to_string();
        }
        self.display_name(&directory.identifier, directory.rock_ridge_name.as_deref())
    }

    pub(super) fn file_name(&self, number: u32) -> String {
        let file = &self.files[number as usize];
        self.display_name(&file.identifier, file.rock_ridge_name.as_deref())
    }

    /// The name to show: the Rock Ridge name, or the identifier without its version.
    fn display_name(&self, identifier: &[u8], rock_ridge_name: Option<&str>) -> String {
        match (rock_ridge_name, self.namespace) {
            (Some(name), _) => name.to_owned(),
            // Joliet allows versions too, which systems do not show.
            (None, _) => naming::strip_version(&self.namespace.decode(identifier)).to_owned(),
        }
    }

    /// The path of a directory, without a `/` at either end; empty for the root.
    pub(super) fn directory_path(&self, number: u32) -> String {
        join_ancestors(number, |number| self.parent(number), |number| self.directory_name(number))
    }

    /// The directory in which a directory belongs; the root for the root.
    pub(super) fn parent(&self, number: u32) -> u32 {
        let directory = &self.directories[number as usize];
        directory.relocation.as_ref().map_or(directory.parent, |relocation| relocation.parent)
    }

    /// The directories that belong in each directory, by number.
    pub(super) fn children(&self) -> Vec<Vec<u32>> {
        let mut children = vec![Vec::new(); self.directories.len()];
        for number in 1..self.directories.len() as u32 {
            children[self.parent(number) as usize].push(number);
        }
        children
    }

    /// Whether a directory is at a deeper level than `levels`; the root is at level 1.
    pub(super) fn is_deeper_than(&self, levels: usize) -> bool {
        let depth = |mut number: u32| {
            let mut depth = 1;
            while number != 0 && depth <= levels {
                number = self.parent(number);
                depth += 1;
            }
            depth
        };
        (0..self.directories.len() as u32).any(|number| depth(number) > levels)
    }

    /// Records that a directory belongs in `parent` under this name.
    ///
    /// # Errors
    /// If the directory contains `parent`, is the root, or has been relocated before.
    pub(super) fn relocate(&mut self, number: u32, parent: u32, name: Box<str>) -> Result<(), &'static str> {
        let mut ancestor = parent;
        while ancestor != 0 && ancestor != number {
            ancestor = self.parent(ancestor);
        }
        if ancestor == number {
            return Err("points to a directory that contains it");
        }
        if self.directories[number as usize].relocation.is_some() {
            return Err("points to a directory to which another `CL` points");
        }
        self.directories[number as usize].relocation = Some(Relocation { parent, name });
        Ok(())
    }

    /// The path of a directory in primary identifiers; empty for the root.
    pub(super) fn identifier_path(&self, number: u32) -> String {
        let directory = |number: u32| &self.directories[number as usize];
        let name = |number| String::from_utf8_lossy(&directory(number).identifier).into_owned();
        join_ancestors(number, |number| directory(number).parent, name)
    }

    pub(super) fn file_path(&self, number: u32) -> String {
        join(&self.directory_path(self.files[number as usize].parent), &self.file_name(number))
    }

    /// The paths of all symbolic links, and what they lead to.
    pub(super) fn symbolic_links(&self) -> impl Iterator<Item = (String, String)> {
        let path = |link: &SymbolicLink| join(&self.directory_path(link.parent), &link.name);
        self.symbolic_links.iter().map(move |link| (path(link), link.target.to_string()))
    }

    /// The paths of all files, by number.
    pub(super) fn file_paths(&self) -> Vec<String> {
        let mut paths = vec![String::new(); self.files.len()];
        for (number, directory) in self.directories.iter().enumerate() {
            let folder = self.directory_path(number as u32);
            for file in directory.files.clone() {
                paths[file as usize] = join(&folder, &self.file_name(file));
            }
        }
        paths
    }

    /// Removes the dot at the end of names without an extension, if the disc has no version numbers. With a version number, the dot
    /// is never part of the name (ECMA-119 7.5.1), and is removed elsewhere.
    pub(super) fn remove_separators(&mut self) {
        let identifiers = || self.files.iter().map(|file| &*file.identifier);
        if self.namespace == Namespace::Primary && naming::have_separators_without_versions(identifiers) {
            for file in &mut self.files {
                if let Some(name) = file.identifier.strip_suffix(b".") {
                    file.identifier = name.into();
                }
            }
        }
    }

    /// What messages call a directory: ``the Joliet directory `pages` ``.
    pub(super) fn directory_label(&self, number: u32) -> String {
        let path = self.directory_path(number);
        let namespace = self.namespace.adjective();
        if path.is_empty() {
            format!("the {namespace} root directory")
        } else {
            format!("the {namespace} directory `{path}`")
        }
    }
}

/// The names of a directory and those that contain it, from the outermost on, without the root.
fn join_ancestors(mut number: u32, parent: impl Fn(u32) -> u32, name: impl Fn(u32) -> String) -> String {
    let mut names = Vec::new();
    while number != 0 {
        names.push(name(number));
        number = parent(number);
    }
    names.reverse();
    names.join("/")
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
