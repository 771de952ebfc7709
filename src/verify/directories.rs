//! Reads the directories of a namespace into a tree (ECMA-119 6.8), and checks how they are stored.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};
use std::rc::Rc;

use super::descriptors::Descriptor;
use super::links;
use super::namespace::Namespace;
use super::naming;
use super::ownership::{Owner, Ownership};
use super::record::{self, Record};
use super::requirement::Requirement;
use super::sector_reader::{SECTOR_BUFFER_LENGTH, SECTOR_LENGTH, SectorReader, describe_unreadable, with_commas};
use super::tree::{Directory, File, SymbolicLink, Tree};
use super::verdict::{Basis, Problem, ProblemCode, Problems};

/// How many directories and files of a tree are read. This limits memory.
pub(super) const MAX_ENTRIES: usize = 1_000_000;
/// How many bytes of directories of a tree are read.
const MAX_DIRECTORY_BYTES: u64 = 512 << 20;
/// How many bytes the names and paths of all trees may have together. They are kept in memory, some more than once.
pub(super) const MAX_PATH_BYTES: usize = 96 << 20;
/// Levels of directories, including the root (ECMA-119 6.8.2.1).
const MAX_LEVELS: u8 = 8;
/// How many levels are read. Other programs write more than the standard allows.
const MAX_READABLE_LEVELS: u8 = 32;
/// The maximum number of relocated directories.
pub(super) const MAX_RELOCATIONS: usize = 1_000;
/// How many continuation areas are read: one for each entry, because a long name needs one.
pub(super) const MAX_CONTINUATIONS: u32 = MAX_ENTRIES as u32;
/// Sectors read at a time.
const CHUNK_SECTORS: u64 = 32;

/// Reads the tree of a descriptor, and reports what is wrong with it. `path_bytes` is how many bytes the names and paths of
/// this tree and of all trees read after it may take.
pub(super) fn read<R: Read + Seek>(
    descriptor: &Descriptor,
    reader: &mut SectorReader<'_, R>,
    path_bytes: &mut usize,
    ownership: &mut Ownership,
    problems: &mut Problems,
) -> Tree {
    let volume_sectors = u64::from(descriptor.volume_size);
    let readable = volume_sectors.min(reader.sector_count()) * SECTOR_LENGTH;
    let mut tree_reader = TreeReader {
        tree: Tree {
            namespace: descriptor.namespace,
            directories: Vec::new(),
            files: Vec::new(),
            symbolic_links: Vec::new(),
            is_complete: true,
            has_omitted_files: false,
        },
        reader,
        ownership,
        problems,
        volume_sectors,
        remaining_bytes: MAX_DIRECTORY_BYTES.min(readable),
        seen_extents: BTreeSet::new(),
        has_rock_ridge: false,
        has_xa_records: false,
        remaining_continuations: MAX_CONTINUATIONS,
        relocations: Vec::new(),
        record_count: 0,
        path_bytes,
    };
    tree_reader.add_root(&descriptor.root_record);
    let mut next = 0;
    while next < tree_reader.tree.directories.len() {
        tree_reader.read_directory(next as u32);
        next += 1;
    }
    tree_reader.apply_relocations();
    let TreeReader { mut tree, problems, .. } = tree_reader;
    tree.remove_separators();
    links::check(&tree, problems);
    tree
}

/// Reads a tree level by level.
pub(super) struct TreeReader<'t, 'r, R> {
    pub(super) tree: Tree,
    pub(super) reader: &'t mut SectorReader<'r, R>,
    pub(super) ownership: &'t mut Ownership,
    pub(super) problems: &'t mut Problems,
    pub(super) volume_sectors: u64,
    /// How many more bytes of directories may be read, so that loops and overlaps end.
    remaining_bytes: u64,
    /// First sectors of the directories read so far.
    seen_extents: BTreeSet<u32>,
    /// Whether `.` of the root directory has `SP`; without it Rock Ridge does not apply.
    pub(super) has_rock_ridge: bool,
    /// Whether CD-ROM XA records come before the entries of Rock Ridge.
    pub(super) has_xa_records: bool,
    /// How many continuation areas may still be read.
    pub(super) remaining_continuations: u32,
    /// The records of directories that are stored elsewhere (`CL`).
    pub(super) relocations: Vec<RelocationRecord>,
    /// How many records have been read, in all directories.
    record_count: usize,
    /// How many more bytes names and paths may take.
    path_bytes: &'t mut usize,
}

/// A record with `CL` (RRIP 4.1.5.1).
pub(super) struct RelocationRecord {
    /// The number of the directory in which it is.
    pub(super) parent: u32,
    pub(super) name: Box<str>,
    /// The first sector of the directory that it points to.
    pub(super) extent: u32,
    /// What messages call it.
    pub(super) label: String,
}

/// The directory that is being read, and what its records so far contained.
pub(super) struct DirectoryCursor {
    /// The directory's number in the tree.
    pub(super) number: u32,
    /// What messages call it.
    pub(super) label: Rc<str>,
    pub(super) record_count: usize,
    /// The identifier of the previous record, to check the order.
    pub(super) previous_identifier: Option<Box<[u8]>>,
    /// The extents so far of a file whose last record has not been read yet.
    pub(super) open_extents: Vec<(u32, u32)>,
    /// The Rock Ridge name of the previous record.
    pub(super) open_name: Option<Box<str>>,
    /// The names so far, by their case-folded form.
    pub(super) names: BTreeMap<String, String>,
    pub(super) files: Vec<File>,
    pub(super) directories: Vec<Directory>,
    pub(super) symbolic_links: Vec<SymbolicLink>,
    /// The identifiers and names of records that are neither files nor directories.
    pub(super) other_names: Vec<(Box<[u8]>, Box<str>)>,
    /// The length of all names and link targets so far, in bytes.
    pub(super) name_bytes: usize,
}

impl DirectoryCursor {
    fn new(number: u32, label: Rc<str>) -> Self {
        Self {
            number,
            label,
            record_count: 0,
            previous_identifier: None,
            open_extents: Vec::new(),
            open_name: None,
            names: BTreeMap::new(),
            files: Vec::new(),
            directories: Vec::new(),
            symbolic_links: Vec::new(),
            other_names: Vec::new(),
            name_bytes: 0,
        }
    }
}

impl<R: Read + Seek> TreeReader<'_, '_, R> {
    /// Adds the root directory, from its record in the descriptor.
    fn add_root(&mut self, bytes: &[u8]) {
        let label = format!("the record of the {} root directory in its descriptor", self.tree.namespace.adjective());
        let root = Record::root(bytes, &label);
        record::check_fields(&root, self.problems);
        self.tree.directories.push(Directory {
            parent: 0,
            identifier: Box::from([0]),
            rock_ridge_name: None,
            extent: root.extent(),
            length: root.length(),
            date: root.date(),
            level: 1,
            directories: 0..0,
            files: 0..0,
            links: None,
            path_length: 0,
            is_marked_relocated: false,
            relocation: None,
        });
    }

    /// Reads the records of a directory, and appends what it contains to the tree.
    fn read_directory(&mut self, number: u32) {
        let label = self.tree.directory_label(number);
        let Some((extent, end)) = self.locate(number, &label) else {
            self.tree.is_complete = false;
            return;
        };
        let mut cursor = DirectoryCursor::new(number, label.into());
        let ends_empty = self.read_sectors(&mut cursor, extent, end);
        let unreadable = self.reader.unreadable_in(extent, end - extent);
        if !unreadable.is_empty() {
            self.tree.is_complete = false;
            let message = format!("{}: {}", cursor.label, describe_unreadable(&unreadable, "sector"));
            self.problems.add(Problem::new(ProblemCode::Unreadable, message).in_sectors(unreadable));
        } else {
            if ends_empty {
                let message = format!("{} ends with a sector without records", cursor.label);
                self.problems.add_violation(Basis::Standard, Requirement::DirectoryRecords, message);
            }
            if cursor.record_count < 2 {
                let message = format!("{} does not start with `.` and `..`", cursor.label);
                self.problems.add_violation(Basis::Standard, Requirement::DirectoryRecords, message);
            }
        }
        if !cursor.open_extents.is_empty() {
            let message = format!("{}: its last file should continue, but no further extent follows", cursor.label);
            self.problems.add_violation(Basis::Reading, Requirement::MultiExtentFiles, message);
        }
        self.append(cursor);
    }

    /// The sectors of a directory, from the first to the one after the last. If the directory cannot be read, reports that
    /// and returns `None`.
    fn locate(&mut self, number: u32, label: &str) -> Option<(u64, u64)> {
        let directory = &self.tree.directories[number as usize];
        let (extent, length, level) = (u64::from(directory.extent), u64::from(directory.length), directory.level);
        let end = extent + length.div_ceil(SECTOR_LENGTH);
        let sector = with_commas(extent);
        let violation = if length == 0 || length % SECTOR_LENGTH != 0 {
            let length = with_commas(length);
            Some((Requirement::DirectoryRecords, format!("has {length} bytes, not a positive multiple of 2,048")))
        } else if extent < 16 || end > self.volume_sectors {
            Some((Requirement::Extents, format!("is outside the volume, at sector {sector}")))
        } else if level > MAX_READABLE_LEVELS {
            Some((Requirement::PrimaryNames, format!("is at level {level}; at most {MAX_READABLE_LEVELS} are read")))
        } else if !self.seen_extents.insert(extent as u32) {
            let violation = format!("is in the same place as another directory, at sector {sector}");
            Some((Requirement::DirectoryRecords, violation))
        } else if length > self.remaining_bytes && end <= self.reader.sector_count() {
            let violation =
                "does not fit into the volume together with the other directories: they overlap, or are too large";
            Some((Requirement::Extents, violation.to_owned()))
        } else {
            None
        };
        if let Some((requirement, violation)) = violation {
            self.problems.add_violation(Basis::Reading, requirement, format!("{label} {violation}"));
            return None;
        }
        if end > self.reader.sector_count() {
            let message = format!("{label} is in the missing part of the image, at sector {sector}");
            self.problems.add(Problem::new(ProblemCode::Unreadable, message).in_sectors([(extent, end - extent)]));
            return None;
        }
        if level > MAX_LEVELS {
            // Joliet has no such limit.
            let basis = match self.tree.namespace {
                Namespace::Primary => Basis::Standard,
                Namespace::Joliet => Basis::Convention,
            };
            let message = format!("{label} is at level {level}; at most {MAX_LEVELS} are allowed");
            self.problems.add_violation(basis, Requirement::PrimaryNames, message);
        }
        self.remaining_bytes -= length;
        self.ownership.add(extent * SECTOR_LENGTH, length, Owner::Structure);
        Some((extent, end))
    }

    /// Reads the records of all sectors; returns whether the last sector has none.
    fn read_sectors(&mut self, cursor: &mut DirectoryCursor, extent: u64, end: u64) -> bool {
        let mut is_empty = false;
        let mut buffer = vec![0; (CHUNK_SECTORS * SECTOR_LENGTH) as usize];
        let mut at = extent;
        while at < end {
            let count = CHUNK_SECTORS.min(end - at);
            let chunk = &mut buffer[..(count * SECTOR_LENGTH) as usize];
            self.reader.fill(at, chunk);
            for (sector, bytes) in (at..).zip(chunk.chunks_exact(SECTOR_BUFFER_LENGTH)) {
                let is_readable = self.reader.unreadable_in(sector, 1).is_empty();
                if is_empty && is_readable {
                    let message = format!("{}: there are sectors after one without records", cursor.label);
                    self.problems.add_violation(Basis::Standard, Requirement::DirectoryRecords, message);
                }
                is_empty = self.read_sector(cursor, sector, bytes) == 0 && is_readable;
            }
            at += count;
        }
        is_empty
    }

    /// Reads the records of a sector; returns how many there are.
    fn read_sector(&mut self, cursor: &mut DirectoryCursor, sector: u64, contents: &[u8]) -> usize {
        let mut at = 0;
        let mut count = 0;
        loop {
            match record::find_next(contents, at) {
                Ok(None) => break,
                Ok(Some(record)) => {
                    if !self.has_room(cursor) {
                        break;
                    }
                    self.read_record(cursor, record.bytes, record.identifier);
                    cursor.record_count += 1;
                    count += 1;
                    at += record.bytes.len();
                }
                Err(violation) => {
                    let message = format!("{}: in sector {} {violation}", cursor.label, with_commas(sector));
                    self.problems.add_violation(Basis::Reading, Requirement::DirectoryRecords, message);
                    break;
                }
            }
        }
        count
    }

    /// Whether another entry may be read. If not, reports it once.
    fn has_room(&mut self, cursor: &DirectoryCursor) -> bool {
        if cursor.name_bytes > *self.path_bytes {
            self.report_long_paths();
            return false;
        }
        // Records are counted, because a file may have several.
        self.record_count += usize::from(cursor.record_count > 0);
        if self.record_count <= MAX_ENTRIES {
            return true;
        }
        if self.tree.is_complete {
            let message = format!(
                "the {} tree has more than {} entries; only those were checked",
                self.tree.namespace.adjective(),
                with_commas(MAX_ENTRIES as u64)
            );
            self.problems.add_violation(Basis::Reading, Requirement::DirectoryRecords, message);
        }
        self.tree.is_complete = false;
        false
    }

    /// Moves directories that are stored elsewhere (`CL`) to their places in the tree, and checks how they are marked.
    fn apply_relocations(&mut self) {
        self.apply_child_links();
        self.check_relocated_identifiers();
        let is_only_storage = |number: usize| {
            let directory = &self.tree.directories[number];
            let mut stored = directory.directories.clone().map(|child| &self.tree.directories[child as usize]);
            directory.files.is_empty() && stored.all(|child| child.relocation.is_some())
        };
        let is_hidden = |(number, directory): (usize, &Directory)| {
            directory.is_marked_relocated && directory.relocation.is_none() && !is_only_storage(number)
        };
        let is_unmarked = |directory: &Directory| directory.relocation.is_some() && !directory.is_marked_relocated;
        if let Some(number) = self.tree.directories.iter().position(is_unmarked) {
            let label = self.tree.directory_label(number as u32);
            let message = format!("{label} is stored elsewhere without `RE`, so some systems show it twice");
            self.problems.add_violation(Basis::Reading, Requirement::RockRidge, message);
        }
        if let Some(number) = self.tree.directories.iter().enumerate().position(is_hidden) {
            let label = self.tree.directory_label(number as u32);
            let message =
                format!("{label} is marked with `RE`, which hides it on some systems, but no `CL` points to it");
            self.problems.add_violation(Basis::Reading, Requirement::RockRidge, message);
        }
    }

    /// Reports, once, that there are too many continuation areas.
    pub(super) fn report_too_many_continuations(&mut self) {
        if std::mem::take(&mut self.tree.is_complete) {
            let message = format!(
                "the {} tree has more than {} continuation areas (`CE`); only those were read, so names may be missing",
                self.tree.namespace.adjective(),
                with_commas(MAX_CONTINUATIONS.into())
            );
            self.problems.add_violation(Basis::Reading, Requirement::RockRidge, message);
        }
    }

    /// Reports, once, that the names and paths are too long to keep all of them.
    fn report_long_paths(&mut self) {
        self.tree.is_complete = false;
        if !std::mem::replace(&mut self.tree.has_omitted_files, true) {
            let message = format!(
                "the names and paths on the disc have more than {} MB together; only the first ones in the {} tree were checked",
                MAX_PATH_BYTES / 1_000_000,
                self.tree.namespace.adjective()
            );
            self.problems.add(Problem::new(ProblemCode::ChecksumList, message));
        }
    }

    /// Reports, once, that there are too many directories which are stored elsewhere.
    pub(super) fn report_too_many_relocations(&mut self) {
        if std::mem::take(&mut self.tree.is_complete) {
            let message =
                format!("more than {MAX_RELOCATIONS} directories are stored elsewhere (`CL`); only those were read");
            self.problems.add_violation(Basis::Reading, Requirement::RockRidge, message);
        }
    }

    fn apply_child_links(&mut self) {
        if self.relocations.is_empty() {
            return;
        }
        let by_extent: BTreeMap<u32, u32> =
            self.tree.directories.iter().zip(0..).map(|(directory, number)| (directory.extent, number)).collect();
        for record in std::mem::take(&mut self.relocations) {
            let result = match by_extent.get(&record.extent) {
                Some(number) => self.tree.relocate(*number, record.parent, record.name),
                None => Err("points to a sector where there is no directory"),
            };
            if let Err(violation) = result {
                let message = format!("{}: `CL` {violation}", record.label);
                self.problems.add_violation(Basis::Reading, Requirement::RockRidge, message);
                self.tree.is_complete = false;
            }
        }
        if self.tree.is_deeper_than(MAX_READABLE_LEVELS.into()) {
            let message = format!("`CL` puts directories at more than {MAX_READABLE_LEVELS} levels");
            self.problems.add_violation(Basis::Reading, Requirement::RockRidge, message);
            self.tree.is_complete = false;
            self.tree.directories.iter_mut().for_each(|directory| directory.relocation = None);
        }
        if self.relocated_path_bytes() > *self.path_bytes {
            self.report_long_paths();
            self.tree.directories.iter_mut().for_each(|directory| directory.relocation = None);
        }
    }

    /// The length of all paths in bytes, with relocated directories in their places.
    fn relocated_path_bytes(&self) -> usize {
        let tree = &self.tree;
        let links = tree.symbolic_links.iter().map(|link| tree.directory_path(link.parent).len() + link.name.len());
        let directory = |number: u32| {
            let files = tree.directories[number as usize].files.clone();
            let folder = tree.directory_path(number).len() + 1;
            files.map(|file| folder + tree.file_name(file).len()).sum::<usize>() + folder
        };
        (0..tree.directories.len() as u32).map(directory).sum::<usize>() + links.sum::<usize>()
    }

    /// Reports entries that systems without Rock Ridge show under the name of another entry of the same directory.
    fn check_identifiers(&mut self, cursor: &DirectoryCursor) {
        let files = cursor.files.iter().filter_map(|file| {
            let contents = if file.length == 0 { (0, 0) } else { (file.extent, file.length) };
            Some((&file.identifier, file.rock_ridge_name.as_deref()?, Some(contents)))
        });
        let directories = cursor
            .directories
            .iter()
            .filter_map(|directory| Some((&directory.identifier, directory.rock_ridge_name.as_deref()?, None)));
        let others = cursor.other_names.iter().map(|(identifier, name)| (identifier, name.as_ref(), None));
        let named: Vec<_> = files.chain(directories).chain(others).collect();
        let is_misnamed = |identifier: &[u8], name: &str| {
            !naming::have_common_spelling(&self.tree.namespace.decode(identifier), name)
        };
        let misnamed: Vec<_> = named.iter().filter(|(identifier, name, _)| is_misnamed(identifier, name)).collect();
        // Most directories end here, so that the spellings of many names need no time and no memory.
        if misnamed.is_empty() {
            return;
        }
        let spellings: BTreeMap<String, Option<(u32, u64)>> =
            named.iter().map(|(_, name, contents)| (naming::common_spelling(name), *contents)).collect();
        for (identifier, name, contents) in misnamed {
            let shown = naming::common_spelling(&self.tree.namespace.decode(identifier));
            // If both names belong to the same file, either is right.
            if spellings.get(&shown).is_some_and(|other| contents.is_none() || other != contents) {
                let message = format!(
                    "{}: `{name}` has the identifier of something else, so some systems show it under the wrong name",
                    cursor.label
                );
                self.problems.add_violation(Basis::Reading, Requirement::PrimaryNames, message);
            }
        }
    }

    /// Reports directories that are stored elsewhere (`CL`), and whose identifier is the name of another one stored in the same
    /// place: systems without Rock Ridge show them there.
    fn check_relocated_identifiers(&mut self) {
        let relocated =
            || self.tree.directories.iter().filter_map(|directory| Some((directory, directory.relocation.as_ref()?)));
        let spellings: BTreeSet<(u32, String)> = relocated()
            .map(|(directory, relocation)| (directory.parent, naming::common_spelling(&relocation.name)))
            .collect();
        let misnamed: Vec<String> = relocated()
            .filter_map(|(directory, relocation)| {
                let shown = naming::common_spelling(&self.tree.namespace.decode(&directory.identifier));
                let is_other = shown != naming::common_spelling(&relocation.name)
                    && spellings.contains(&(directory.parent, shown));
                is_other.then(|| relocation.name.to_string())
            })
            .collect();
        for name in misnamed {
            let message = format!(
                "the directory `{name}`, which is stored elsewhere (`CL`), has the identifier of another directory there, so some systems show it under the wrong name"
            );
            self.problems.add_violation(Basis::Reading, Requirement::PrimaryNames, message);
        }
    }

    /// Appends the entries of a directory that has been read.
    fn append(&mut self, mut cursor: DirectoryCursor) {
        self.check_identifiers(&cursor);
        let folder = self.tree.directory_path(cursor.number).len() + 1;
        let shown = |identifier: &[u8], name: Option<&str>| folder + name.map_or(identifier.len(), str::len);
        let file = |file: &File| shown(&file.identifier, file.rock_ridge_name.as_deref());
        let directory = |directory: &Directory| shown(&directory.identifier, directory.rock_ridge_name.as_deref());
        let link = |link: &SymbolicLink| folder + link.name.len() + link.target.len();
        let path_bytes = cursor.files.iter().map(file).sum::<usize>()
            + cursor.directories.iter().map(directory).sum::<usize>()
            + cursor.symbolic_links.iter().map(link).sum::<usize>();
        match self.path_bytes.checked_sub(path_bytes) {
            Some(rest) => *self.path_bytes = rest,
            None => {
                self.report_long_paths();
                cursor.files.clear();
                cursor.directories.clear();
                cursor.symbolic_links.clear();
            }
        }
        let (first_file, first_directory) = (self.tree.files.len() as u32, self.tree.directories.len() as u32);
        self.tree.files.append(&mut cursor.files);
        self.tree.directories.append(&mut cursor.directories);
        self.tree.symbolic_links.append(&mut cursor.symbolic_links);
        let (file_end, directory_end) = (self.tree.files.len() as u32, self.tree.directories.len() as u32);
        let directory = &mut self.tree.directories[cursor.number as usize];
        directory.files = first_file..file_end;
        directory.directories = first_directory..directory_end;
    }
}
