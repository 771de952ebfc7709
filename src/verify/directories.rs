//! Directories and their records (ECMA-119 6.8, 9), read into a tree.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io::{Read, Seek};
use std::ops::Range;

use super::claims::{Claims, Owner};
use super::dates;
use super::descriptors::{Descriptor, Namespace};
use super::medium::{Medium, SECTOR, SECTOR_BYTES, agree16, agree32, grouped, in_words, le16, le32};
use super::naming;
use super::rock_ridge::{self, Of};
use super::verdict::{Code, Problem, Problems};

/// Directories and files of one tree that are read; memory is bounded by it.
pub(super) const MOST_ENTRIES: usize = 1_000_000;
/// Bytes of all directories of one tree that are read.
const MOST_BYTES: u64 = 512 << 20;
/// Levels of directories, the root included (ECMA-119 6.8.2.1).
const MOST_LEVELS: u8 = 8;
/// Sectors read at a time.
const AT_ONCE: u64 = 32;
/// Bytes of a record before its identifier.
const HEAD: usize = 33;

/// A directory.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) parent: u32,
    pub(super) identifier: Box<[u8]>,
    /// The Rock Ridge name.
    pub(super) name: Option<Box<str>>,
    pub(super) extent: u32,
    pub(super) length: u32,
    pub(super) date: [u8; 7],
    pub(super) level: u8,
    /// Directories in it, by their numbers.
    pub(super) directories: Range<u32>,
    /// Files in it, by their numbers.
    pub(super) files: Range<u32>,
    /// Links, and the serial number if there is one.
    links: Option<(u32, Option<u32>)>,
    /// Characters of its path as ECMA-119 6.8.2.1 counts them, and in Joliet.
    path: u32,
}

/// A file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) parent: u32,
    pub(super) identifier: Box<[u8]>,
    /// The Rock Ridge name.
    pub(super) name: Option<Box<str>>,
    pub(super) first: u32,
    /// Bytes in all its extents.
    pub(super) length: u64,
    /// Its extents, if there are several.
    pub(super) parts: Option<Box<[(u32, u32)]>>,
    pub(super) date: [u8; 7],
    links: Option<(u32, Option<u32>)>,
}

impl File {
    /// First sector and length of each extent.
    pub(super) fn extents(&self) -> Vec<(u32, u64)> {
        match &self.parts {
            Some(parts) => parts.iter().map(|(first, length)| (*first, u64::from(*length))).collect(),
            None => vec![(self.first, self.length)],
        }
    }
}

/// All directories and files of a namespace.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) namespace: Namespace,
    /// The root first, then level by level.
    pub(super) directories: Vec<Directory>,
    pub(super) files: Vec<File>,
    /// Whether every directory could be read.
    pub(super) whole: bool,
}

impl Tree {
    /// The name of a record: Rock Ridge's, Joliet's, or the primary one without its version.
    fn name_of(&self, identifier: &[u8], name: Option<&str>) -> String {
        match (name, self.namespace) {
            (Some(name), _) => name.to_owned(),
            (None, Namespace::Joliet) => String::from_utf16_lossy(&naming::units(identifier)),
            (None, Namespace::Primary) => naming::plain(&String::from_utf8_lossy(identifier)).to_owned(),
        }
    }

    pub(super) fn directory_name(&self, number: u32) -> String {
        let directory = &self.directories[number as usize];
        self.name_of(&directory.identifier, directory.name.as_deref())
    }

    pub(super) fn file_name(&self, number: u32) -> String {
        let file = &self.files[number as usize];
        self.name_of(&file.identifier, file.name.as_deref())
    }

    /// The path of a directory, without a `/` at either end; empty for the root.
    pub(super) fn directory_path(&self, number: u32) -> String {
        self.path_by(number, |number| self.directory_name(number))
    }

    /// The same, of identifiers as they are.
    pub(super) fn own_path(&self, number: u32) -> String {
        self.path_by(number, |number| {
            String::from_utf8_lossy(&self.directories[number as usize].identifier).into_owned()
        })
    }

    fn path_by(&self, mut number: u32, name: impl Fn(u32) -> String) -> String {
        let mut parts = Vec::new();
        while number != 0 {
            parts.push(name(number));
            number = self.directories[number as usize].parent;
        }
        parts.reverse();
        parts.join("/")
    }

    /// The path of a file.
    pub(super) fn file_path(&self, number: u32) -> String {
        join(&self.directory_path(self.files[number as usize].parent), &self.file_name(number))
    }

    /// The paths of all files, by their numbers.
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
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Reads a namespace's tree from the root down, and reports what is wrong with it.
pub(super) fn read<R: Read + Seek>(
    descriptor: &Descriptor,
    medium: &mut Medium<'_, R>,
    claims: &mut Claims,
    problems: &mut Problems,
) -> Tree {
    let tree = Tree { namespace: descriptor.namespace, directories: Vec::new(), files: Vec::new(), whole: true };
    let sectors = u64::from(descriptor.space);
    let there = medium.sectors();
    let mut walk = Walk {
        tree,
        medium,
        claims,
        problems,
        sectors,
        budget: MOST_BYTES.min(sectors.min(there) * SECTOR),
        seen: BTreeSet::new(),
        rock_ridge: false,
    };
    walk.root(&descriptor.root);
    let mut next = 0;
    while next < walk.tree.directories.len() {
        walk.directory(next as u32);
        next += 1;
    }
    walk.links();
    walk.tree
}

struct Walk<'w, 'm, R> {
    tree: Tree,
    medium: &'w mut Medium<'m, R>,
    claims: &'w mut Claims,
    problems: &'w mut Problems,
    /// Sectors of the volume.
    sectors: u64,
    /// Bytes of directories that may still be read: loops and overlaps end here.
    budget: u64,
    seen: BTreeSet<u32>,
    rock_ridge: bool,
}

/// What a directory's records are being held to.
struct Here {
    number: u32,
    /// In words, for messages.
    words: String,
    records: usize,
    /// The identifier and extent of the record before, for the order.
    before: Option<Box<[u8]>>,
    /// The extents of a file whose last record has not come.
    parts: Vec<(u32, u32)>,
    /// Names in it, folded, with whether each is a directory.
    names: BTreeSet<String>,
    files: Vec<File>,
    directories: Vec<Directory>,
}

impl<R: Read + Seek> Walk<'_, '_, R> {
    fn words(&self, number: u32) -> String {
        let path = self.tree.directory_path(number);
        let word = self.tree.namespace.word();
        if path.is_empty() { format!("the {word} root directory") } else { format!("the {word} directory `{path}`") }
    }

    fn root(&mut self, record: &[u8]) {
        let words = format!("the {} root directory’s record in its descriptor", self.tree.namespace.word());
        self.fields(record, &words, true);
        let mut date = [0; 7];
        date.copy_from_slice(&record[18..25]);
        self.tree.directories.push(Directory {
            parent: 0,
            identifier: Box::from([0]),
            name: None,
            extent: le32(record, 2),
            length: le32(record, 10),
            date,
            level: 1,
            directories: 0..0,
            files: 0..0,
            links: None,
            path: 0,
        });
    }

    /// Reads the records of a directory, and puts what it holds at the end of the tree.
    fn directory(&mut self, number: u32) {
        let directory = &self.tree.directories[number as usize];
        let (extent, length, level) = (u64::from(directory.extent), u64::from(directory.length), directory.level);
        let words = self.words(number);
        let end = extent + length.div_ceil(SECTOR);
        let refusal = if length == 0 || length % SECTOR != 0 {
            Some((6, format!("has {} bytes, not a multiple of 2,048", grouped(length))))
        } else if extent < 16 || end > self.sectors {
            Some((10, format!("lies outside of the volume, at sector {}", grouped(extent))))
        } else if level > MOST_LEVELS {
            Some((8, format!("is at level {level}; a path has at most {MOST_LEVELS}")))
        } else if !self.seen.insert(extent as u32) {
            Some((6, format!("lies where another one does, at sector {}", grouped(extent))))
        } else if length > self.budget && end <= self.medium.sectors() {
            Some((10, "does not fit the volume with the other directories: they overlap, or are too large".to_owned()))
        } else {
            None
        };
        if let Some((requirement, what)) = refusal {
            self.problems.structure(requirement, format!("{words} {what}"));
            self.tree.whole = false;
            return;
        }
        if end > self.medium.sectors() {
            let message = format!("{words} lies where the image is cut off, at sector {}", grouped(extent));
            self.problems.push(Problem::new(Code::Unreadable, message).in_sectors([(extent, end - extent)]));
            self.tree.whole = false;
            return;
        }
        self.budget -= length;
        self.claims.add(extent * SECTOR, length, Owner::Structure);
        let mut here = Here {
            number,
            words,
            records: 0,
            before: None,
            parts: Vec::new(),
            names: BTreeSet::new(),
            files: Vec::new(),
            directories: Vec::new(),
        };
        let mut ended = false;
        let mut buffer = vec![0; (AT_ONCE * SECTOR) as usize];
        let mut at = extent;
        while at < end {
            let count = AT_ONCE.min(end - at);
            let part = &mut buffer[..(count * SECTOR) as usize];
            self.medium.fill(at, part);
            for (sector, bytes) in (at..).zip(part.chunks_exact(SECTOR_BYTES)) {
                if ended && self.medium.bad_in(sector, 1).is_empty() {
                    let what = format!("{}: records go on behind a sector without any", here.words);
                    self.problems.structure(6, what);
                }
                ended = self.sector(&mut here, sector, bytes) == 0 && self.medium.bad_in(sector, 1).is_empty();
            }
            at += count;
        }
        let bad = self.medium.bad_in(extent, end - extent);
        if !bad.is_empty() {
            self.tree.whole = false;
            let message = format!("{}: {}", here.words, in_words(&bad, "unreadable", "sector"));
            self.problems.push(Problem::new(Code::Unreadable, message).in_sectors(bad));
        } else {
            if ended {
                self.problems.structure(6, format!("{} ends in a sector without records", here.words));
            }
            if here.records < 2 {
                self.problems.structure(6, format!("{} does not begin with itself and its parent", here.words));
            }
        }
        if !here.parts.is_empty() {
            self.problems.structure(12, format!("{}: its last file is to go on, and does not", here.words));
        }
        let (files, directories) = (self.tree.files.len() as u32, self.tree.directories.len() as u32);
        self.tree.files.append(&mut here.files);
        self.tree.directories.append(&mut here.directories);
        let (all_files, all) = (self.tree.files.len() as u32, self.tree.directories.len() as u32);
        let directory = &mut self.tree.directories[number as usize];
        directory.files = files..all_files;
        directory.directories = directories..all;
    }

    /// Reads the records of a sector; gives their number.
    fn sector(&mut self, here: &mut Here, sector: u64, bytes: &[u8]) -> usize {
        let mut at = 0;
        let mut records = 0;
        while at < SECTOR_BYTES {
            let length = usize::from(bytes[at]);
            if length == 0 {
                if bytes[at..].iter().any(|byte| *byte != 0) {
                    let what = format!("{}: sector {} is not zero behind its last record", here.words, grouped(sector));
                    self.problems.structure(6, what);
                }
                break;
            }
            let Some(record) = bytes.get(at..at + length) else {
                let what = format!("{}: a record crosses the end of sector {}", here.words, grouped(sector));
                self.problems.structure(6, what);
                break;
            };
            let identifier = length.checked_sub(HEAD).and_then(|room| {
                let name = usize::from(record[32]);
                (0 < name && name <= room).then(|| &record[HEAD..HEAD + name])
            });
            let Some(identifier) = identifier else {
                let what =
                    format!("{}: a record in sector {} is too short for what it holds", here.words, grouped(sector));
                self.problems.structure(6, what);
                break;
            };
            if self.tree.files.len() + self.tree.directories.len() + here.files.len() + here.directories.len()
                > MOST_ENTRIES
            {
                if self.tree.whole {
                    let what = format!(
                        "the {} tree has more than {} entries; only those are looked at",
                        self.tree.namespace.word(),
                        grouped(MOST_ENTRIES as u64)
                    );
                    self.problems.structure(6, what);
                }
                self.tree.whole = false;
                break;
            }
            self.record(here, record, identifier);
            here.records += 1;
            records += 1;
            at += length;
        }
        records
    }

    fn record(&mut self, here: &mut Here, record: &[u8], identifier: &[u8]) {
        let name_end = HEAD + identifier.len();
        let padded = name_end + usize::from(identifier.len().is_multiple_of(2));
        let display = match identifier {
            [0] => "`.`".to_owned(),
            [1] => "`..`".to_owned(),
            _ => {
                let text = match self.tree.namespace {
                    Namespace::Primary => String::from_utf8_lossy(identifier).into_owned(),
                    Namespace::Joliet => String::from_utf16_lossy(&naming::units(identifier)),
                };
                format!("`{}`", text.escape_debug())
            }
        };
        let words = format!("{}: {display}", here.words);
        let dot = here.records == 0;
        let dots = here.records < 2;
        let directory = record[25] & 2 != 0;
        self.fields(record, &words, directory);
        if !record.len().is_multiple_of(2) {
            self.problems.structure(6, format!("{words}: a record of an odd length, {}", record.len()));
        }
        if identifier.len().is_multiple_of(2) && record.get(name_end).is_none_or(|pad| *pad != 0) {
            self.problems.structure(6, format!("{words}: the byte behind the identifier is not zero"));
        }
        if dots && identifier != [u8::from(!dot)] {
            let what = format!("{words}: stands where {} belongs", if dot { "`.`" } else { "`..`" });
            self.problems.structure(6, what);
        }
        if !dots && matches!(identifier, [0] | [1]) {
            self.problems.structure(6, format!("{words}: does not stand first"));
        }
        let mut date = [0; 7];
        date.copy_from_slice(&record[18..25]);
        let area = record.get(padded..).unwrap_or_default();
        let special = matches!(identifier, [0] | [1]);
        let of = match identifier {
            [0] if here.number == 0 => Of::RootItself,
            [0] => Of::Itself,
            [1] => Of::Parent,
            _ if directory => Of::Directory,
            _ => Of::File,
        };
        let rock_ridge = match self.tree.namespace {
            Namespace::Joliet => {
                if !area.is_empty() {
                    self.problems.structure(6, format!("{words}: bytes behind a Joliet identifier"));
                }
                None
            }
            Namespace::Primary => {
                if of == Of::RootItself {
                    self.rock_ridge = area.starts_with(b"SP");
                    if !self.rock_ridge {
                        self.problems.structure(15, format!("{words}: its system use area does not begin with `SP`"));
                    }
                }
                // Without `SP` nothing of Rock Ridge counts, and its lack is said once.
                self.rock_ridge.then(|| {
                    rock_ridge::read(area, of, &date, &|| words.clone(), self.medium, self.claims, self.problems)
                })
            }
        };
        let links = rock_ridge.as_ref().and_then(|found| found.links);
        if special {
            self.dot(here, record, identifier, &words, links);
            return;
        }
        let name = rock_ridge.and_then(|found| found.name);
        self.name(here, identifier, name.as_deref(), directory, &words);
        let (extent, length) = (le32(record, 2), le32(record, 10));
        let more = record[25] & 0x80 != 0;
        let same = here.before.as_deref() == Some(identifier);
        if !same || here.parts.is_empty() {
            self.order(here, identifier, &words);
            if !here.parts.is_empty() {
                self.problems.structure(12, format!("{words}: the file before it is to go on, and does not"));
                here.parts.clear();
            }
        }
        here.before = Some(Box::from(identifier));
        let parent = here.number;
        let parent_of = &self.tree.directories[parent as usize];
        let path = parent_of.path + self.path_length(identifier);
        let (most, what) = match self.tree.namespace {
            Namespace::Primary => (255, 8),
            Namespace::Joliet => (240, 9),
        };
        // ECMA-119 counts the directories beside the characters; Joliet's bound is of a path with `/`.
        if path > most {
            self.problems.structure(what, format!("{words}: its path has {path} characters, more than {most}"));
        }
        if directory {
            here.directories.push(Directory {
                parent,
                identifier: Box::from(identifier),
                name: name.map(String::into_boxed_str),
                extent,
                length,
                date,
                level: parent_of.level.saturating_add(1),
                directories: 0..0,
                files: 0..0,
                links,
                path: path + 1,
            });
            return;
        }
        self.extent(extent, length, &words);
        if more || !here.parts.is_empty() {
            if more && (length == 0 || u64::from(length) % SECTOR != 0) {
                self.problems.structure(12, format!("{words}: an extent that is not the last has no whole sectors"));
            }
            here.parts.push((extent, length));
            if more {
                return;
            }
        }
        let parts = std::mem::take(&mut here.parts);
        let whole: u64 = if parts.is_empty() { length.into() } else { parts.iter().map(|(_, l)| u64::from(*l)).sum() };
        if parts
            .windows(2)
            .any(|pair| u64::from(pair[0].0) + u64::from(pair[0].1).div_ceil(SECTOR) != u64::from(pair[1].0))
        {
            self.problems.structure(12, format!("{words}: its extents do not follow each other"));
        }
        here.files.push(File {
            parent,
            identifier: Box::from(identifier),
            name: name.map(String::into_boxed_str),
            first: parts.first().map_or(extent, |(first, _)| *first),
            length: whole,
            parts: (parts.len() > 1).then(|| parts.into_boxed_slice()),
            date,
            links,
        });
    }

    fn path_length(&self, identifier: &[u8]) -> u32 {
        match self.tree.namespace {
            Namespace::Primary => identifier.len() as u32,
            Namespace::Joliet => identifier.len() as u32 / 2,
        }
    }

    /// The fields that every record has (ECMA-119 9.1).
    fn fields(&mut self, record: &[u8], words: &str, directory: bool) {
        for (name, agree) in [
            ("extent", agree32(record, 2)),
            ("length", agree32(record, 10)),
            ("volume sequence number", agree16(record, 28)),
        ] {
            if !agree {
                self.problems.structure(3, format!("{words}: the byte orders of its {name} disagree"));
            }
        }
        if le16(record, 28) != 1 {
            self.problems.structure(3, format!("{words}: is said to be on volume {}", le16(record, 28)));
        }
        if record[1] != 0 || record[26] != 0 || record[27] != 0 {
            self.problems.structure(6, format!("{words}: has extended attributes or is interleaved"));
        }
        // Only the flags of a directory and of a file that goes on (ECMA-119 9.1.6).
        let allowed = if directory { 2 } else { 0x80 };
        if record[25] & !allowed != 0 {
            self.problems.structure(6, format!("{words}: has file flags {:#04x}", record[25]));
        }
        let date: [u8; 7] = record[18..25].try_into().unwrap_or_default();
        if let Err(what) = dates::recording_date(&date) {
            self.problems.structure(16, format!("{words}: its date {what}"));
        }
    }

    /// `.` and `..` must say what the directories' own records say.
    fn dot(&mut self, here: &Here, record: &[u8], identifier: &[u8], words: &str, links: Option<(u32, Option<u32>)>) {
        let own = &self.tree.directories[here.number as usize];
        let due = if identifier == [0] { own } else { &self.tree.directories[own.parent as usize] };
        let mut wrong = Vec::new();
        if record[25] & 2 == 0 {
            wrong.push((6, "is no directory".to_owned()));
        }
        if le32(record, 2) != due.extent {
            wrong.push((
                6,
                format!("lies at sector {}, not {}", grouped(le32(record, 2).into()), grouped(due.extent.into())),
            ));
        }
        if le32(record, 10) != due.length {
            wrong.push((
                6,
                format!("has {} bytes, not {}", grouped(le32(record, 10).into()), grouped(due.length.into())),
            ));
        }
        if record[18..25] != due.date {
            wrong.push((16, "has another date than the directory’s record".to_owned()));
        }
        // The root has no record of its own with links, so its `.` says them.
        let known = if here.number == 0 && identifier == [0] { None } else { due.links };
        if let (Some((known, serial)), Some((links, own_serial))) = (known, links) {
            if known != links {
                wrong.push((15, format!("has {links} links, its directory {known}")));
            }
            if serial != own_serial {
                wrong.push((15, "has another serial number than its directory".to_owned()));
            }
        }
        for (requirement, what) in wrong {
            self.problems.structure(requirement, format!("{words} {what}"));
        }
        if here.number == 0 && identifier == [0] {
            self.tree.directories[0].links = links;
        }
    }

    /// Judges a name by itself and beside those that its directory has already.
    fn name(&mut self, here: &mut Here, identifier: &[u8], rock_ridge: Option<&str>, directory: bool, words: &str) {
        let (requirement, verdict, shown) = match self.tree.namespace {
            Namespace::Primary if directory => {
                (8, naming::primary_directory(identifier), String::from_utf8_lossy(identifier).into_owned())
            }
            Namespace::Primary => {
                (8, naming::primary_file(identifier), String::from_utf8_lossy(identifier).into_owned())
            }
            Namespace::Joliet => (9, naming::joliet(identifier), String::from_utf16_lossy(&naming::units(identifier))),
        };
        if let Err(what) = verdict {
            self.problems.structure(requirement, format!("{words}: {what}"));
        }
        for name in [Some(shown.as_str()), rock_ridge].into_iter().flatten() {
            if let Err(what) = naming::windows(name) {
                self.problems.structure(11, format!("{words}: {what}"));
                break;
            }
        }
        // The parts of one file share their name.
        let goes_on = !here.parts.is_empty() && here.before.as_deref() == Some(identifier);
        if goes_on {
            return;
        }
        let mut folded = vec![crate::language::fold_case(naming::plain(&shown))];
        folded.extend(rock_ridge.map(|name| format!("/{}", crate::language::fold_case(name))));
        for name in folded {
            if !here.names.insert(name) {
                self.problems
                    .structure(11, format!("{words}: its directory has that name twice, compared without case"));
                break;
            }
        }
    }

    fn order(&mut self, here: &Here, identifier: &[u8], words: &str) {
        let Some(before) = here.before.as_deref() else { return };
        let ordered = match self.tree.namespace {
            Namespace::Primary => naming::order(before, identifier, b' '),
            Namespace::Joliet => naming::order(&naming::units(before), &naming::units(identifier), 0),
        };
        if ordered == Ordering::Greater {
            self.problems.structure(7, format!("{words}: stands behind a name that it should stand before"));
        }
    }

    fn extent(&mut self, extent: u32, length: u32, words: &str) {
        let end = u64::from(extent) + u64::from(length).div_ceil(SECTOR);
        if extent < 16 || end > self.sectors || u64::from(extent) >= self.sectors {
            let what = format!("{words}: lies outside of the volume, from sector {} on", grouped(extent.into()));
            self.problems.structure(10, what);
        }
    }

    /// Links that `PX` counts: two and one for each directory in it, or the names of a file.
    fn links(&mut self) {
        let mut wrong = Vec::new();
        for (number, directory) in self.tree.directories.iter().enumerate() {
            let due = 2 + directory.directories.len() as u32;
            if let Some((links, _)) = directory.links.filter(|(links, _)| *links != due && self.tree.whole) {
                wrong.push(format!("{}: has {links} links, not {due}", self.words(number as u32)));
            }
        }
        let mut by_serial: Vec<(u32, u32, u32)> = Vec::new();
        for (number, file) in self.tree.files.iter().enumerate() {
            if let Some((_, Some(serial))) = file.links {
                by_serial.push((serial, number as u32, file.first));
            } else if let Some((links, None)) = file.links
                && links == 0
            {
                wrong.push(format!("the file `{}` has no links", self.tree.file_path(number as u32)));
            }
        }
        by_serial.sort_unstable();
        for same in by_serial.chunk_by(|a, b| a.0 == b.0) {
            for (_, number, first) in same {
                let file = &self.tree.files[*number as usize];
                let links = file.links.map_or(0, |(links, _)| links);
                if self.tree.whole && (links as usize != same.len() || *first != same[0].2) {
                    let path = self.tree.file_path(*number);
                    wrong.push(format!(
                        "the file `{path}` has {links} links; {} files have its serial number",
                        same.len()
                    ));
                }
            }
        }
        // Each directory has one of its own, each file one that all its names share, from 1 on.
        let of_directories = self.tree.directories.iter().filter_map(|directory| directory.links?.1);
        let of_files = by_serial.chunk_by(|a, b| a.0 == b.0).map(|same| same[0].0);
        let mut serials: Vec<u32> = of_directories.chain(of_files).collect();
        serials.sort_unstable();
        if self.tree.whole && serials.iter().zip(1..).any(|(serial, due)| *serial != due) {
            wrong.push(format!("the serial numbers of files and directories are not 1 to {}", serials.len()));
        }
        for what in wrong {
            self.problems.structure(15, what);
        }
    }
}
