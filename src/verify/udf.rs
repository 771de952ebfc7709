//! Reads the tree of a UDF file system beside ISO 9660 (ECMA-167, UDF 1.02 and 1.50). Windows, macOS and Linux prefer it.
//!
//! Nothing is guessed: if a structure is damaged or not supported, reading fails with a reason.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use super::bytes::{le16, le32};
use super::descriptors::FIRST_SECTOR;
use super::ownership::{Owner, Ownership};
use super::sector_reader::{SECTOR_LENGTH, SectorReader, with_commas};
use crate::checksum::{Digest, Hasher};

/// How many sectors are always searched for the descriptors that announce UDF, which follow those of ISO 9660 (ECMA-167 2/8.3).
const RECOGNITION_SECTORS: u64 = 64;
/// How many sectors are searched at most, if known descriptors follow each other without a gap. Linux does the same.
const MAX_RECOGNITION_SECTORS: u64 = 4_096;
/// The sector of the first anchor (ECMA-167 3/8.4.2.1). There may be others in the last sector, and 256 sectors before it.
const ANCHOR_SECTOR: u64 = 256;
/// The sectors where the anchor is if blocks have 512, 1,024 or 4,096 bytes: Linux tries those sizes too.
const OTHER_ANCHOR_SECTORS: [u64; 3] = [64, 128, 512];
/// How many anchors are looked for at the end of the volume, where some programs fill the padding with them.
const MAX_ANCHORS: u64 = 1_024;
/// How many sectors of volume descriptors are read.
const MAX_SEQUENCE_SECTORS: u64 = 256;
/// How many levels of directories are read, including the root.
const MAX_LEVELS: usize = 32;
/// How many files and directories are read.
const MAX_ENTRIES: usize = 1_000_000;
/// How many bytes of directories are read.
const MAX_DIRECTORY_BYTES: u64 = 512 << 20;
/// The maximum number of extents of all files together.
const MAX_EXTENTS: usize = 4_000_000;
/// The maximum number of sectors in which the extents of files continue.
const MAX_CONTINUATIONS: usize = 100_000;
/// The longest symbolic link that is read, in bytes.
const MAX_LINK_BYTES: u64 = 1 << 16;

/// The identifiers of tags (ECMA-167 3/7.2.1 and 4/7.2.1).
const PRIMARY: u16 = 1;
const ANCHOR: u16 = 2;
const POINTER: u16 = 3;
const IMPLEMENTATION_USE: u16 = 4;
const PARTITION: u16 = 5;
const LOGICAL_VOLUME: u16 = 6;
const UNALLOCATED_SPACE: u16 = 7;
const TERMINATOR: u16 = 8;
const FILE_SET: u16 = 256;
const FILE_IDENTIFIER: u16 = 257;
const ALLOCATION_EXTENT: u16 = 258;
const FILE_ENTRY: u16 = 261;
const EXTENDED_FILE_ENTRY: u16 = 266;
/// The length of a tag in bytes.
const TAG_BYTES: usize = 16;

/// The permission to read for users who are neither the owner nor in the group (ECMA-167 4/14.9.5).
const READ_BY_OTHERS: u32 = 1 << 2;
/// The permission to use the names in a directory, for the same users.
const SEARCH_BY_OTHERS: u32 = 1;

/// The types of files (ECMA-167 4/14.6.6).
const DIRECTORY: u8 = 4;
const REGULAR_FILE: u8 = 5;
const SYMBOLIC_LINK: u8 = 12;

/// The highest revision of UDF that is read: 1.50, which has the same structures as 1.02 in a plain partition.
const MAX_REVISION: u16 = 0x0150;

/// A file of the tree.
pub(super) struct UdfFile {
    pub(super) path: String,
    /// In bytes.
    pub(super) length: u64,
    /// The first sector and the length of each extent.
    pub(super) extents: Vec<(u32, u64)>,
    /// The digest of its bytes, if they are in its entry instead of in extents.
    pub(super) embedded: Option<Digest>,
}

/// The tree of a UDF file system.
#[derive(Default)]
pub(super) struct UdfTree {
    pub(super) files: Vec<UdfFile>,
    /// The path and the target of each symbolic link.
    pub(super) links: Vec<(String, String)>,
    /// The paths of all directories.
    pub(super) directories: Vec<String>,
}

/// Why a tree cannot be read: a clause such as `the descriptor in sector 300 is damaged`.
type Reason = String;

/// Whether descriptors before the sector `end` announce UDF, or there is an anchor. Some programs look for the anchor alone.
pub(super) fn is_announced<R: Read + Seek>(reader: &mut SectorReader<'_, R>, end: u64) -> bool {
    recognition_sectors(reader, end)
        .iter()
        .any(|sector| matches!(reader.read(*sector, 1).get(1..6), Some(b"NSR02" | b"NSR03")))
        || ANCHOR_SECTOR < reader.sector_count().min(end) && is_anchor(&reader.read(ANCHOR_SECTOR, 1))
}

/// Whether a sector begins with an anchor that says that it is in block 256.
fn is_anchor(bytes: &[u8]) -> bool {
    check_tag(bytes, ANCHOR_SECTOR as u32).is_ok() && le16(bytes, 0) == ANCHOR
}

/// The sectors of the descriptors that announce UDF, and of those that enclose them.
fn recognition_sectors<R: Read + Seek>(reader: &mut SectorReader<'_, R>, end: u64) -> Vec<u64> {
    let last = reader.sector_count().min(end).min(FIRST_SECTOR + MAX_RECOGNITION_SECTORS);
    let mut found = Vec::new();
    for sector in FIRST_SECTOR..last {
        match reader.read(sector, 1).get(1..6) {
            Some(b"BEA01" | b"NSR02" | b"NSR03" | b"TEA01" | b"BOOT2") => found.push(sector),
            Some(b"CD001" | b"CDW02") => {}
            _ if sector < FIRST_SECTOR + RECOGNITION_SECTORS => {}
            _ => break,
        }
    }
    found
}

/// Reads all files of the tree, and records the sectors of its structures. `path_bytes` is how many bytes the names and paths
/// may take; `ends` are the sectors at which the volume may end.
pub(super) fn read<R: Read + Seek>(
    reader: &mut SectorReader<'_, R>,
    ends: &[u64],
    path_bytes: &mut usize,
    ownership: &mut Ownership,
) -> Result<UdfTree, Reason> {
    let end = ends.iter().copied().min().unwrap_or_default().min(reader.sector_count());
    let mut tree_reader = UdfReader {
        reader,
        end,
        partition: Partition::default(),
        structures: Vec::new(),
        tree: UdfTree::default(),
        entries: 0,
        extents: 0,
        continuations: 0,
        remaining_bytes: MAX_DIRECTORY_BYTES,
        path_bytes,
    };
    tree_reader.read_volume(ends)?;
    let UdfReader { mut structures, tree, .. } = tree_reader;
    structures.sort_unstable();
    structures.dedup();
    // Adjacent sectors are not joined: ISO 9660 may own some of the same sectors, and only equal ranges may have two owners.
    for sector in structures {
        ownership.add(sector * SECTOR_LENGTH, SECTOR_LENGTH, Owner::Structure);
    }
    Ok(tree)
}

/// The partition in which the files are.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Partition {
    first_sector: u64,
    sectors: u64,
}

/// What a sequence of volume descriptors says.
#[derive(Debug, PartialEq, Eq)]
struct Volume {
    partition: Partition,
    /// The extent with the description of the file set: its block in the partition, and its length in bytes.
    file_set: (u32, u32),
    /// The extent of the integrity descriptors: its first sector, and its length in bytes.
    integrity: (u32, u32),
}

/// A directory that is still to be read.
struct PendingDirectory {
    path: String,
    level: usize,
    entry: FileEntry,
}

struct FileEntry {
    file_type: u8,
    length: u64,
    contents: Contents,
}

enum Contents {
    /// The first sector and the length of each extent.
    Extents(Vec<(u32, u64)>),
    Embedded(Vec<u8>),
}

struct UdfReader<'t, 'r, R> {
    reader: &'t mut SectorReader<'r, R>,
    /// The sector where the ISO 9660 volume ends. The partition must end there or before.
    end: u64,
    partition: Partition,
    /// The sectors of all structures read.
    structures: Vec<u64>,
    tree: UdfTree,
    entries: usize,
    extents: usize,
    continuations: usize,
    /// How many more bytes of directories and links may be read.
    remaining_bytes: u64,
    path_bytes: &'t mut usize,
}

impl<R: Read + Seek> UdfReader<'_, '_, R> {
    fn read_volume(&mut self, ends: &[u64]) -> Result<(), Reason> {
        self.structures = recognition_sectors(self.reader, ends.iter().copied().max().unwrap_or_default());
        if self.structures.iter().any(|sector| self.reader.read(*sector, 1).get(1..6) == Some(b"NSR03")) {
            return Err("it is UDF version 2, which is not supported".to_owned());
        }
        let [main, reserve] = self.read_anchors(ends)?;
        let volume = self.read_sequence(main)?;
        // Systems use the second sequence if they cannot read the first.
        if self.read_sequence(reserve)? != volume {
            return Err("its two sequences of volume descriptors contradict each other".to_owned());
        }
        self.partition = volume.partition;
        let (first, length) = volume.integrity;
        let sectors = u64::from(length).div_ceil(SECTOR_LENGTH).min(MAX_SEQUENCE_SECTORS);
        self.structures.extend((0..sectors).map(|number| u64::from(first) + number));
        let root = self.read_file_set(volume.file_set)?;
        self.read_tree(root)
    }

    /// Reads the anchors. Returns the two sequences of volume descriptors: the first sector and the length in bytes of each.
    fn read_anchors(&mut self, ends: &[u64]) -> Result<[(u32, u32); 2], Reason> {
        let extents = |bytes: &[u8]| [(le32(bytes, 20), le32(bytes, 16)), (le32(bytes, 28), le32(bytes, 24))];
        let main = extents(&self.read_descriptor(ANCHOR_SECTOR, ANCHOR_SECTOR as u32, ANCHOR)?);
        self.structures.push(ANCHOR_SECTOR);
        let last_end = ends.iter().copied().max().unwrap_or_default();
        for sector in OTHER_ANCHOR_SECTORS.into_iter().filter(|sector| *sector < last_end) {
            if self.read_sector(sector).is_ok_and(|bytes| is_anchor(&bytes)) {
                return Err("it also has an anchor for blocks of another size".to_owned());
            }
        }
        for end in ends {
            let last = (0..MAX_ANCHORS).map_while(|number| end.checked_sub(1 + number));
            let mut is_padding = true;
            for (number, sector) in last.enumerate() {
                is_padding |= number as u64 == ANCHOR_SECTOR;
                if !is_padding || sector <= ANCHOR_SECTOR {
                    continue;
                }
                match self.read_descriptor(sector, sector as u32, ANCHOR) {
                    Ok(bytes) if extents(&bytes) == main => self.structures.push(sector),
                    Ok(_) => return Err("its anchors contradict each other".to_owned()),
                    Err(_) => is_padding = false,
                }
            }
        }
        Ok(main)
    }

    /// Reads a sequence of volume descriptors (ECMA-167 3/8.4.2).
    fn read_sequence(&mut self, (first, length): (u32, u32)) -> Result<Volume, Reason> {
        let (mut partition, mut logical_volume): (Option<Vec<u8>>, Option<Vec<u8>>) = (None, None);
        let sectors = |first: u32, length: u32| u64::from(first)..u64::from(first) + u64::from(length) / SECTOR_LENGTH;
        let mut rest = sectors(first, length);
        let mut count = 0;
        while let Some(sector) = rest.next() {
            if count == MAX_SEQUENCE_SECTORS {
                return Err(format!("it has more than {MAX_SEQUENCE_SECTORS} volume descriptors"));
            }
            count += 1;
            let bytes = self.read_sector(sector)?;
            let identifier = le16(&bytes, 0);
            check_tag(&bytes, sector as u32).map_err(|what| descriptor_fault(sector, what))?;
            self.structures.push(sector);
            match identifier {
                PRIMARY | IMPLEMENTATION_USE | UNALLOCATED_SPACE => {}
                PARTITION if partition.is_none() => partition = Some(bytes),
                LOGICAL_VOLUME if logical_volume.is_none() => logical_volume = Some(bytes),
                PARTITION | LOGICAL_VOLUME => {
                    return Err("it has more than one partition or logical volume, which is not supported".to_owned());
                }
                // The sequence continues elsewhere (ECMA-167 3/10.3).
                POINTER => rest = sectors(le32(&bytes, 24), le32(&bytes, 20)),
                TERMINATOR => break,
                _ => return Err(descriptor_fault(sector, "has an unexpected type")),
            }
        }
        let (Some(partition), Some(volume)) = (partition, logical_volume) else {
            return Err("its volume descriptors name no partition or no logical volume".to_owned());
        };
        self.parse_volume(&partition, &volume)
    }

    /// Combines a partition descriptor (ECMA-167 3/10.5) and a logical volume descriptor (3/10.6).
    fn parse_volume(&self, partition: &[u8], volume: &[u8]) -> Result<Volume, Reason> {
        if u64::from(le32(volume, 212)) != SECTOR_LENGTH {
            return Err("its blocks do not have 2,048 bytes".to_owned());
        }
        if volume.get(217..217 + 19) != Some(b"*OSTA UDF Compliant") || partition.get(25..31) != Some(b"+NSR02") {
            return Err("it does not conform to UDF 1.x".to_owned());
        }
        let revision = le16(volume, 240);
        if revision > MAX_REVISION {
            return Err(format!(
                "it is UDF version {:x}.{:02x}, which is not supported",
                revision >> 8,
                revision & 0xff
            ));
        }
        let map = &volume[440..];
        let (map_bytes, maps) = (le32(volume, 264), le32(volume, 268));
        if maps != 1 || map_bytes != 6 || map[0] != 1 || map[1] != 6 {
            let kinds: [(&[u8], &str); 3] =
                [(b"Virtual", "virtual"), (b"Sparable", "sparable"), (b"Metadata", "metadata")];
            let has = |kind: &[u8]| map.windows(kind.len()).any(|bytes| bytes == kind);
            let kind = kinds.iter().find(|(kind, _)| has(kind)).map_or("second or unknown", |(_, name)| name);
            return Err(format!("it has a {kind} partition, which is not supported"));
        }
        if le16(map, 4) != le16(partition, 22) {
            return Err("its logical volume is not in its partition".to_owned());
        }
        let (length, block, reference) = (le32(volume, 248), le32(volume, 252), le16(volume, 256));
        if reference != 0 {
            return Err("its file set is not in its partition".to_owned());
        }
        let partition = Partition { first_sector: le32(partition, 188).into(), sectors: le32(partition, 192).into() };
        if partition.first_sector + partition.sectors > self.end {
            return Err("its partition continues past the end of the ISO 9660 volume".to_owned());
        }
        Ok(Volume { partition, file_set: (block, length), integrity: (le32(volume, 436), le32(volume, 432)) })
    }

    /// Reads the file set descriptor (ECMA-167 4/14.1), and returns the block of the root directory's entry.
    fn read_file_set(&mut self, (block, length): (u32, u32)) -> Result<u32, Reason> {
        let sector = self.sector_of(block)?;
        let bytes = self.read_descriptor(sector, block, FILE_SET)?;
        let sectors = u64::from(length & MAX_EXTENT_LENGTH).div_ceil(SECTOR_LENGTH).min(MAX_SEQUENCE_SECTORS);
        self.structures.extend((0..sectors).map(|number| sector + number));
        // Some programs use the last descriptor of a file set.
        for number in 1..sectors {
            let bytes = self.read_sector(sector + number)?;
            let is_valid = check_tag(&bytes, block.saturating_add(number as u32)).is_ok();
            match le16(&bytes, 0) {
                TERMINATOR if is_valid => break,
                _ if bytes.iter().all(|byte| *byte == 0) => {}
                _ => {
                    return Err(descriptor_fault(
                        sector + number,
                        "follows the file set descriptor, but is not a terminating descriptor",
                    ));
                }
            }
        }
        let (root_block, reference) = (le32(&bytes, 404), le16(&bytes, 408));
        if reference != 0 {
            return Err("its root directory is not in its partition".to_owned());
        }
        if le32(&bytes, 448) != 0 {
            return Err("it has more than one file set, which is not supported".to_owned());
        }
        Ok(root_block)
    }

    fn read_tree(&mut self, root: u32) -> Result<(), Reason> {
        let mut seen = BTreeSet::from([root]);
        let entry = self.read_entry(root)?;
        if entry.file_type != DIRECTORY {
            return Err("its root is not a directory".to_owned());
        }
        let mut pending = vec![PendingDirectory { path: String::new(), level: 1, entry }];
        while let Some(directory) = pending.pop() {
            if directory.level > MAX_LEVELS {
                return Err(format!("it has more than {MAX_LEVELS} levels of directories"));
            }
            let bytes = self.read_contents(&directory.entry)?;
            let mut names = BTreeSet::new();
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let Some(identifier) = FileIdentifier::split(&mut rest)? else { continue };
                let name = identifier.name?;
                let path = join(&directory.path, &name);
                if !names.insert(name) {
                    return Err(format!("it has two entries with the name `{path}`"));
                }
                self.count_entry(&path)?;
                let entry = self.read_entry(identifier.block)?;
                if (entry.file_type == DIRECTORY) != identifier.is_directory {
                    return Err(format!("`{path}` is a directory in one place and a file in another"));
                }
                match entry.file_type {
                    DIRECTORY if seen.insert(identifier.block) => {
                        self.tree.directories.push(path.clone());
                        pending.push(PendingDirectory { path, level: directory.level + 1, entry });
                    }
                    DIRECTORY => return Err(format!("the directory `{path}` appears twice, or contains itself")),
                    REGULAR_FILE => self.add_file(path, entry),
                    SYMBOLIC_LINK => {
                        let target = self.read_link(&path, &entry)?;
                        self.count_path_bytes(target.len())?;
                        self.tree.links.push((path, target));
                    }
                    _ => return Err(format!("`{path}` is neither a file nor a directory")),
                }
            }
        }
        Ok(())
    }

    /// Counts an entry, and the bytes of its path.
    fn count_entry(&mut self, path: &str) -> Result<(), Reason> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            return Err(format!("it has more than {} entries", with_commas(MAX_ENTRIES as u64)));
        }
        self.count_path_bytes(path.len())
    }

    /// Counts bytes of names and paths, which are kept in memory.
    fn count_path_bytes(&mut self, bytes: usize) -> Result<(), Reason> {
        match self.path_bytes.checked_sub(bytes) {
            Some(rest) => *self.path_bytes = rest,
            None => return Err("its names and paths are too long to keep all of them".to_owned()),
        }
        Ok(())
    }

    /// The target of a symbolic link, whose contents are the components of a path (ECMA-167 4/14.16).
    fn read_link(&mut self, path: &str, entry: &FileEntry) -> Result<String, Reason> {
        let damaged = || format!("the symbolic link `{path}` is damaged");
        if entry.length > MAX_LINK_BYTES {
            return Err(damaged());
        }
        let bytes = self.read_contents(entry)?;
        parse_link(&bytes).ok_or_else(damaged)
    }

    fn add_file(&mut self, path: String, entry: FileEntry) {
        let (extents, embedded) = match entry.contents {
            Contents::Extents(extents) => (extents, None),
            Contents::Embedded(bytes) if bytes.is_empty() => (Vec::new(), None),
            Contents::Embedded(bytes) => {
                let mut hasher = Hasher::default();
                hasher.update(&bytes);
                (Vec::new(), Some(hasher.finish()))
            }
        };
        self.tree.files.push(UdfFile { path, length: entry.length, extents, embedded });
    }

    /// The bytes of a directory or a symbolic link.
    fn read_contents(&mut self, entry: &FileEntry) -> Result<Vec<u8>, Reason> {
        // Its extents may overlap, so that it seems to be longer than all sectors together.
        if entry.length > self.reader.length() {
            return Err("a directory or a link is longer than the image".to_owned());
        }
        let Some(rest) = self.remaining_bytes.checked_sub(entry.length) else {
            return Err("its directories and links are too large, or overlap".to_owned());
        };
        self.remaining_bytes = rest;
        let extents = match &entry.contents {
            Contents::Embedded(bytes) => return Ok(bytes.clone()),
            Contents::Extents(extents) => extents,
        };
        let mut contents = Vec::new();
        for (first, length) in extents {
            let sectors = length.div_ceil(SECTOR_LENGTH);
            for sector in u64::from(*first)..u64::from(*first) + sectors {
                let bytes = self.read_sector(sector)?;
                contents.extend_from_slice(&bytes);
                self.structures.push(sector);
            }
            contents.truncate(contents.len() - (sectors * SECTOR_LENGTH - length) as usize);
        }
        Ok(contents)
    }

    /// Reads a file entry (ECMA-167 4/14.9).
    fn read_entry(&mut self, block: u32) -> Result<FileEntry, Reason> {
        let sector = self.sector_of(block)?;
        let bytes = self.read_sector(sector)?;
        if le16(&bytes, 0) == EXTENDED_FILE_ENTRY {
            return Err("it has extended file entries (UDF 2), which are not supported".to_owned());
        }
        let bytes = self.read_descriptor(sector, block, FILE_ENTRY)?;
        self.structures.push(sector);
        if le16(&bytes, 20) != 4 {
            return Err(descriptor_fault(sector, "has a strategy that is not supported"));
        }
        if le16(&bytes, 48) == 0 {
            return Err(descriptor_fault(sector, "says that no name leads to its file, so only some systems show it"));
        }
        let needed = if bytes[27] == DIRECTORY { READ_BY_OTHERS | SEARCH_BY_OTHERS } else { READ_BY_OTHERS };
        if le32(&bytes, 44) & needed != needed {
            return Err(descriptor_fault(sector, "does not permit everybody to read its file"));
        }
        let (file_type, flags) = (bytes[27], le16(&bytes, 34));
        let length = u64::from(le32(&bytes, 56)) | u64::from(le32(&bytes, 60)) << 32;
        let start = (176_usize).saturating_add(le32(&bytes, 168) as usize);
        let allocation = start.checked_add(le32(&bytes, 172) as usize).and_then(|end| bytes.get(start..end));
        let Some(allocation) = allocation else {
            return Err(descriptor_fault(sector, "is too long"));
        };
        let contents = match flags & 7 {
            0 => Contents::Extents(self.read_extents(allocation, 8, length, sector)?),
            1 => Contents::Extents(self.read_extents(allocation, 16, length, sector)?),
            3 if allocation.len() as u64 == length => Contents::Embedded(allocation.to_vec()),
            _ => return Err(descriptor_fault(sector, "describes its extents in a way that is not supported")),
        };
        Ok(FileEntry { file_type, length, contents })
    }

    /// The extents that short or long allocation descriptors of `size` bytes name (ECMA-167 4/14.14.1 and 4/14.14.2), joined where
    /// one follows the other. The descriptors may continue in other blocks.
    fn read_extents(
        &mut self,
        allocation: &[u8],
        size: usize,
        length: u64,
        sector: u64,
    ) -> Result<Vec<(u32, u64)>, Reason> {
        if !allocation.len().is_multiple_of(size) {
            return Err(descriptor_fault(sector, "lists its extents in a table that is not complete"));
        }
        let mut extents: Vec<(u32, u64)> = Vec::new();
        let mut left = length;
        let mut allocation = allocation.to_vec();
        let mut at = 0;
        while let Some(descriptor) = allocation.get(at..at + size) {
            at += size;
            let (kind, bytes) = (le32(descriptor, 0) >> 30, u64::from(le32(descriptor, 0) & MAX_EXTENT_LENGTH));
            if bytes == 0 {
                break;
            }
            let is_elsewhere = size == 16 && le16(descriptor, 8) != 0;
            let block = le32(descriptor, 4);
            if kind == CONTINUATION && !is_elsewhere {
                allocation = self.read_continuation(block)?;
                at = 0;
                continue;
            }
            if kind != 0 || is_elsewhere {
                return Err(descriptor_fault(
                    sector,
                    "lists extents that are not recorded, or are in another partition",
                ));
            }
            let first = self.sector_of(block)?;
            if first + bytes.div_ceil(SECTOR_LENGTH) > self.partition.first_sector + self.partition.sectors {
                return Err(descriptor_fault(sector, "names an extent that continues past the end of the partition"));
            }
            let used = bytes.min(left);
            // Only the last extent may end within a block. It may also end after the file, in the same block.
            if used == 0 || used < bytes && bytes > used.next_multiple_of(SECTOR_LENGTH) {
                return Err(descriptor_fault(sector, "names extents that are longer than its file"));
            }
            left -= used;
            if left > 0 && !used.is_multiple_of(SECTOR_LENGTH) {
                return Err(descriptor_fault(sector, "names extents that are not whole blocks"));
            }
            match extents.last_mut() {
                Some((start, joined)) if u64::from(*start) + *joined / SECTOR_LENGTH == first => *joined += used,
                _ => extents.push((first as u32, used)),
            }
        }
        self.extents += extents.len();
        if left > 0 {
            return Err(descriptor_fault(sector, "names extents that are shorter than its file"));
        }
        if self.extents > MAX_EXTENTS {
            return Err("its files have too many extents".to_owned());
        }
        Ok(extents)
    }

    /// The further allocation descriptors of a file, in a block of their own (ECMA-167 4/14.5).
    fn read_continuation(&mut self, block: u32) -> Result<Vec<u8>, Reason> {
        const HEADER_BYTES: usize = 24;
        self.continuations += 1;
        if self.continuations > MAX_CONTINUATIONS {
            return Err("the extents of its files continue in too many places".to_owned());
        }
        let sector = self.sector_of(block)?;
        let bytes = self.read_descriptor(sector, block, ALLOCATION_EXTENT)?;
        self.structures.push(sector);
        let end = HEADER_BYTES.checked_add(le32(&bytes, 20) as usize);
        let allocation = end.and_then(|end| bytes.get(HEADER_BYTES..end));
        allocation.map(<[u8]>::to_vec).ok_or_else(|| descriptor_fault(sector, "is too long"))
    }

    /// The sector of a block of the partition.
    fn sector_of(&self, block: u32) -> Result<u64, Reason> {
        match u64::from(block) < self.partition.sectors {
            true => Ok(self.partition.first_sector + u64::from(block)),
            false => Err(format!("block {} is outside its partition", with_commas(block.into()))),
        }
    }

    fn read_sector(&mut self, sector: u64) -> Result<Vec<u8>, Reason> {
        if sector >= self.reader.sector_count() {
            return Err(format!("sector {} is outside the image", with_commas(sector)));
        }
        let bytes = self.reader.read(sector, 1);
        match self.reader.unreadable_in(sector, 1).is_empty() {
            true => Ok(bytes),
            false => Err(format!("sector {} cannot be read", with_commas(sector))),
        }
    }

    /// Reads a descriptor with an identifier, whose tag says that it is at `location`.
    fn read_descriptor(&mut self, sector: u64, location: u32, identifier: u16) -> Result<Vec<u8>, Reason> {
        let bytes = self.read_sector(sector)?;
        match check_tag(&bytes, location) {
            Ok(()) if le16(&bytes, 0) == identifier => Ok(bytes),
            Ok(()) => Err(descriptor_fault(sector, "has an unexpected type")),
            Err(what) => Err(descriptor_fault(sector, what)),
        }
    }
}

/// The bits of an extent's length. The other two bits are its kind (ECMA-167 4/14.14.1.1).
const MAX_EXTENT_LENGTH: u32 = (1 << 30) - 1;

/// The kind of an extent that contains further allocation descriptors (ECMA-167 4/14.14.1.1).
const CONTINUATION: u32 = 3;

/// The reason that a descriptor is damaged or not supported.
fn descriptor_fault(sector: u64, what: &str) -> Reason {
    format!("its descriptor in sector {} {what}", with_commas(sector))
}

/// A file identifier descriptor (ECMA-167 4/14.4).
struct FileIdentifier {
    name: Result<String, Reason>,
    is_directory: bool,
    /// The block of the file entry.
    block: u32,
}

impl FileIdentifier {
    /// Splits the first identifier off the bytes of a directory. `None` if it names the parent directory, or was deleted.
    fn split(bytes: &mut &[u8]) -> Result<Option<Self>, Reason> {
        const HIDDEN_BIT: u8 = 1;
        const DIRECTORY_BIT: u8 = 1 << 1;
        const DELETED_BIT: u8 = 1 << 2;
        const PARENT_BIT: u8 = 1 << 3;
        const FIXED_BYTES: usize = 38;
        let damaged = || "a directory is damaged".to_owned();
        let whole = *bytes;
        let fixed = whole.get(..FIXED_BYTES).ok_or_else(damaged)?;
        let name_start = FIXED_BYTES + usize::from(le16(fixed, 36));
        let name_end = name_start + usize::from(fixed[19]);
        let name = whole.get(name_start..name_end).ok_or_else(damaged)?;
        let location = le32(fixed, 12);
        if le16(fixed, 0) != FILE_IDENTIFIER || check_tag(whole, location).is_err() {
            return Err(damaged());
        }
        // The last identifier may have no padding.
        *bytes = whole.get(name_end.next_multiple_of(4)..).unwrap_or_default();
        let characteristics = fixed[18];
        if characteristics & PARENT_BIT != 0 && !name.is_empty() {
            return Err(damaged());
        }
        if characteristics & (DELETED_BIT | PARENT_BIT) != 0 {
            return Ok(None);
        }
        if le32(fixed, 20) & MAX_EXTENT_LENGTH == 0 {
            return Err("a directory entry gives its file entry a length of 0, so some programs cannot open the file"
                .to_owned());
        }
        if le16(fixed, 28) != 0 {
            return Err("an entry of a directory is not in its partition".to_owned());
        }
        let name = decode_name(name);
        if let Ok(name) = &name
            && characteristics & HIDDEN_BIT != 0
        {
            return Err(format!("`{name}` is hidden, so only some systems show it"));
        }
        Ok(Some(Self { name, is_directory: characteristics & DIRECTORY_BIT != 0, block: le32(fixed, 24) }))
    }
}

/// Decodes a name in compressed Unicode (UDF 2.1.1).
fn decode_name(bytes: &[u8]) -> Result<String, Reason> {
    let name = match bytes {
        [8, characters @ ..] => characters.iter().map(|byte| char::from(*byte)).collect(),
        [16, units @ ..] if units.len().is_multiple_of(2) => {
            let units: Vec<u16> = units.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => return Err("a name is in an unknown encoding".to_owned()),
    };
    if name.is_empty() || name == "." || name == ".." || name.contains(['/', '\0']) {
        return Err(format!("`{name}` is not a valid file name"));
    }
    Ok(name)
}

/// Parses the contents of a symbolic link (ECMA-167 4/14.16.1); `None` if they are damaged.
fn parse_link(mut bytes: &[u8]) -> Option<String> {
    let mut target = String::new();
    while !bytes.is_empty() {
        let ([kind, length, _, _], rest) = bytes.split_first_chunk()?;
        let (name, rest) = rest.split_at_checked((*length).into())?;
        bytes = rest;
        let name = match kind {
            // The root directory, of all file systems or of this one.
            1 | 2 if target.is_empty() => {
                target.push('/');
                continue;
            }
            3 => "..".to_owned(),
            4 => ".".to_owned(),
            5 => decode_name(name).ok()?,
            _ => return None,
        };
        if !target.is_empty() && !target.ends_with('/') {
            target.push('/');
        }
        target.push_str(&name);
    }
    (!target.is_empty()).then_some(target)
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Checks the tag of a descriptor (ECMA-167 3/7.2): its version, its checksum, the CRC of what follows, and its location.
fn check_tag(bytes: &[u8], location: u32) -> Result<(), &'static str> {
    let Some(tag) = bytes.get(..TAG_BYTES) else { return Err("is too short") };
    let sum = tag.iter().enumerate().filter(|(at, _)| *at != 4).fold(0_u8, |sum, (_, byte)| sum.wrapping_add(*byte));
    if !matches!(le16(tag, 2), 2 | 3) {
        return Err("has an unknown version");
    }
    if sum != tag[4] {
        return Err("has a wrong checksum");
    }
    let covered = bytes.get(TAG_BYTES..TAG_BYTES + usize::from(le16(tag, 10)));
    if covered.is_none_or(|covered| crc(covered) != le16(tag, 8)) {
        return Err("has a wrong CRC");
    }
    if le32(tag, 12) != location { Err("records a different location") } else { Ok(()) }
}

/// The CRC of ECMA-167 3/7.2.6, with the polynomial of ITU-T V.41.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc: u16, byte| crc << 8 ^ CRC_TABLE[usize::from((crc >> 8) as u8 ^ byte)])
}

const CRC_TABLE: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut value = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 0x8000 != 0 { value << 1 ^ 0x1021 } else { value << 1 };
            bit += 1;
        }
        table[byte] = value;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crc_agrees_with_the_standard() {
        // The example of ECMA-167 3/7.2.6.
        assert_eq!(crc(&[0x70, 0x6a, 0x77]), 0x3299);
    }

    #[test]
    fn descriptors_that_announce_udf_are_found_after_many_others() {
        let is_announced_at = |sector: usize, others: std::ops::Range<usize>| {
            let mut image = vec![0; 300 * SECTOR_LENGTH as usize];
            let mut put = |sector: usize, identifier: &[u8]| {
                image[sector * SECTOR_LENGTH as usize + 1..][..5].copy_from_slice(identifier);
            };
            others.for_each(|other| put(other, b"CD001"));
            put(sector, b"NSR02");
            let length = image.len() as u64;
            is_announced(&mut SectorReader::new(&mut std::io::Cursor::new(image), length), 300)
        };
        assert!(is_announced_at(20, 16..19));
        assert!(is_announced_at(200, 16..200));
        assert!(!is_announced_at(200, 16..19));
    }

    /// A volume of 1,000 sectors with one partition.
    struct Image(Vec<u8>);

    impl Image {
        const PARTITION_SECTOR: u32 = 400;
        const SEQUENCE_SECTOR: usize = 600;

        /// Both sequences of volume descriptors begin at the same sector, and have `length` sectors.
        fn new(length: u32) -> Self {
            let mut image = Self(vec![0; 1_000 * SECTOR_LENGTH as usize]);
            image.put_anchor(256, 256, length);
            let [mut partition, mut volume] = [[0; 600]; 2];
            partition[25..31].copy_from_slice(b"+NSR02");
            partition[188..192].copy_from_slice(&Self::PARTITION_SECTOR.to_le_bytes());
            partition[192] = 100;
            volume[212..216].copy_from_slice(&2048_u32.to_le_bytes());
            volume[217..236].copy_from_slice(b"*OSTA UDF Compliant");
            volume[240..242].copy_from_slice(&[2, 1]);
            volume[248..252].copy_from_slice(&6144_u32.to_le_bytes());
            (volume[264], volume[268], volume[440], volume[441]) = (6, 1, 1, 6);
            image.put_in_sequence(0, PARTITION, &partition);
            image.put_in_sequence(1, LOGICAL_VOLUME, &volume);
            image.put_in_sequence(2, TERMINATOR, &[0; 512]);
            image.put_in_partition(0, FILE_SET, &[0; 512]);
            image.put_in_partition(1, TERMINATOR, &[0; 512]);
            image
        }

        fn put(&mut self, sector: usize, location: u32, identifier: u16, bytes: &[u8]) {
            let mut bytes = bytes.to_vec();
            bytes[..TAG_BYTES].fill(0);
            bytes[..2].copy_from_slice(&identifier.to_le_bytes());
            bytes[2] = 2;
            let covered = (bytes.len() - TAG_BYTES) as u16;
            let crc = crc(&bytes[TAG_BYTES..]);
            bytes[8..10].copy_from_slice(&crc.to_le_bytes());
            bytes[10..12].copy_from_slice(&covered.to_le_bytes());
            bytes[12..16].copy_from_slice(&location.to_le_bytes());
            bytes[4] = bytes[..TAG_BYTES].iter().fold(0, |sum, byte| sum.wrapping_add(*byte));
            self.0[sector * SECTOR_LENGTH as usize..][..bytes.len()].copy_from_slice(&bytes);
        }

        fn put_anchor(&mut self, sector: usize, location: u32, sectors: u32) {
            let mut anchor = [0; 512];
            for at in [16, 24] {
                anchor[at..at + 4].copy_from_slice(&(sectors * SECTOR_LENGTH as u32).to_le_bytes());
                anchor[at + 4..at + 8].copy_from_slice(&(Self::SEQUENCE_SECTOR as u32).to_le_bytes());
            }
            self.put(sector, location, ANCHOR, &anchor);
        }

        fn put_in_sequence(&mut self, number: usize, identifier: u16, bytes: &[u8]) {
            let sector = Self::SEQUENCE_SECTOR + number;
            self.put(sector, sector as u32, identifier, bytes);
        }

        fn put_in_partition(&mut self, block: u32, identifier: u16, bytes: &[u8]) {
            self.put((Self::PARTITION_SECTOR + block) as usize, block, identifier, bytes);
        }

        /// Why the file set cannot be read. The root directory is not there, so there is always a reason.
        fn reason(self) -> String {
            let length = self.0.len() as u64;
            let mut file = std::io::Cursor::new(self.0);
            let mut reader = SectorReader::new(&mut file, length);
            read(&mut reader, &[1_000], &mut 1_000, &mut Ownership::default()).err().unwrap_or_default()
        }
    }

    /// The reason for an image in which only the root directory is missing.
    const WITHOUT_ROOT: &str = "its descriptor in sector 400 has an unexpected type";

    #[test]
    fn volume_descriptors_after_the_last_one_read_are_refused() {
        assert_eq!(Image::new(3).reason(), WITHOUT_ROOT);
        // The end of the extent ends the sequence too.
        assert_eq!(Image::new(2).reason(), WITHOUT_ROOT);
        let mut image = Image::new(300);
        assert_eq!(Image(image.0.clone()).reason(), WITHOUT_ROOT);
        for number in 2..256 {
            image.put_in_sequence(number, IMPLEMENTATION_USE, &[0; 512]);
        }
        assert_eq!(image.reason(), "it has more than 256 volume descriptors");
    }

    #[test]
    fn volume_descriptors_may_continue_elsewhere() {
        let continued = |target: u32| {
            let mut image = Image::new(3);
            let volume = image.0[601 * SECTOR_LENGTH as usize..][..600].to_vec();
            let mut pointer = [0; 512];
            pointer[20..24].copy_from_slice(&(2 * SECTOR_LENGTH as u32).to_le_bytes());
            pointer[24..28].copy_from_slice(&target.to_le_bytes());
            image.put_in_sequence(1, POINTER, &pointer);
            image.put(650, 650, LOGICAL_VOLUME, &volume);
            image.put(651, 651, TERMINATOR, &[0; 512]);
            image.reason()
        };
        assert_eq!(continued(650), WITHOUT_ROOT);
        assert_eq!(continued(601), "it has more than 256 volume descriptors");
        assert_eq!(continued(5_000), "sector 5,000 is outside the image");
    }

    #[test]
    fn tags_have_a_known_version() {
        let mut image = Image::new(20);
        image.put(256, 256, ANCHOR, &[0; 512]);
        let sector = &mut image.0[256 * SECTOR_LENGTH as usize..][..512];
        assert!(check_tag(sector, 256).is_ok());
        (sector[2], sector[4]) = (9, sector[4] + 7);
        assert_eq!(check_tag(sector, 256), Err("has an unknown version"));
    }

    #[test]
    fn links_are_parsed() {
        let parse = parse_link;
        assert_eq!(parse(b"\x05\x02\0\0\x08a").as_deref(), Some("a"));
        assert_eq!(parse(b"\x03\0\0\0\x04\0\0\0\x05\x03\0\0\x08ab").as_deref(), Some(".././ab"));
        assert_eq!(parse(b"\x02\0\0\0\x05\x02\0\0\x08a").as_deref(), Some("/a"));
        for damaged in
            [&b""[..], b"a", b"\x05\x09\0\0\x08a", b"\x05\x04\0\0\x08a/b", b"\x09\0\0\0", b"\x03\0\0\0\x02\0\0\0"]
        {
            assert_eq!(parse(damaged), None, "{}", damaged.escape_ascii());
        }
    }

    #[test]
    fn a_damaged_second_sequence_is_refused() {
        let mut image = Image::new(3);
        let mut anchor = image.0[256 * SECTOR_LENGTH as usize..][..512].to_vec();
        anchor[28..30].copy_from_slice(&[60, 0]);
        image.put(256, 256, ANCHOR, &anchor);
        assert_eq!(image.reason(), "its descriptor in sector 60 has an unknown version");
    }

    #[test]
    fn anchors_for_other_sizes_of_blocks_are_refused() {
        for sector in OTHER_ANCHOR_SECTORS {
            let mut image = Image::new(3);
            image.put_anchor(sector as usize, sector as u32, 3);
            assert_eq!(Image(image.0.clone()).reason(), WITHOUT_ROOT);
            image.put_anchor(sector as usize, 256, 3);
            assert_eq!(image.reason(), "it also has an anchor for blocks of another size");
        }
    }

    #[test]
    fn an_anchor_announces_udf() {
        let mut image = Image::new(3);
        let is_announced = |image: &Image| {
            let length = image.0.len() as u64;
            is_announced(&mut SectorReader::new(&mut std::io::Cursor::new(image.0.clone()), length), 1_000)
        };
        assert!(is_announced(&image));
        image.put_anchor(256, 257, 3);
        assert!(!is_announced(&image));
    }

    #[test]
    fn a_second_file_set_is_refused() {
        let mut image = Image::new(3);
        image.0[401 * SECTOR_LENGTH as usize..][..512].fill(0);
        assert_eq!(Image(image.0.clone()).reason(), WITHOUT_ROOT);
        image.put_in_partition(2, FILE_SET, &[0; 512]);
        let refused =
            "its descriptor in sector 402 follows the file set descriptor, but is not a terminating descriptor";
        assert_eq!(Image(image.0.clone()).reason(), refused);
        image.put_in_partition(1, TERMINATOR, &[0; 512]);
        assert_eq!(image.reason(), WITHOUT_ROOT);
    }

    #[test]
    fn names_are_decoded_and_checked() {
        assert_eq!(decode_name(b"\x08caf\xe9").as_deref(), Ok("café"));
        assert_eq!(decode_name(b"\x10\x06\x2a\0a").as_deref(), Ok("تa"));
        for name in [&b""[..], b"\x08", b"\x08..", b"\x08a/b", b"\x10\0a\0", b"\x09a", b"\x10\0a\0/", b"\x08a\0"] {
            assert!(decode_name(name).is_err(), "{}", name.escape_ascii());
        }
    }
}
