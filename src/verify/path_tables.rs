//! Path tables (ECMA-119 6.9, 9.4), compared with the tree of directories.

use std::io::{Read, Seek};

use super::bytes::{be16, be32, is_zero, le16, le32};
use super::descriptors::Descriptor;
use super::namespace::Namespace;
use super::naming;
use super::ownership::{Owner, Ownership};
use super::requirement::Requirement;
use super::sector_reader::{SECTOR_LENGTH, SectorReader, describe_unreadable, with_commas};
use super::tree::Tree;
use super::verdict::{Basis, Problem, ProblemCode, Problems};

/// More than a table of 65,535 directories can have.
const MAX_PATH_TABLE_BYTES: u32 = 32 << 20;

/// A record of a path table.
#[derive(Debug, PartialEq, Eq)]
struct PathTableEntry<'t> {
    identifier: &'t [u8],
    extent: u32,
    /// The number of the parent's record, counted from 1.
    parent: usize,
}

/// A path table, as its descriptor describes it.
struct PathTable {
    /// What messages call it.
    label: String,
    first_sector: u64,
    is_big_endian: bool,
}

/// Reads the path tables of a descriptor, and reports where they differ from the tree.
pub(super) fn check<R: Read + Seek>(
    descriptor: &Descriptor,
    tree: &Tree,
    reader: &mut SectorReader<'_, R>,
    ownership: &mut Ownership,
    problems: &mut Problems,
) {
    let namespace = descriptor.namespace.adjective();
    let size = descriptor.path_table_size;
    if size == 0 || size > MAX_PATH_TABLE_BYTES {
        let message =
            format!("the {namespace} descriptor says that its path tables have {} bytes", with_commas(size.into()));
        problems.add_violation(Basis::Reading, Requirement::PathTables, message);
        return;
    }
    let expected = list_directories(tree);
    let [l, optional_l, m, optional_m] = descriptor.path_tables;
    for (name, first_sector, is_big_endian, is_optional) in [
        ("L", l, false, false),
        ("M", m, true, false),
        ("optional L", optional_l, false, true),
        ("optional M", optional_m, true, true),
    ] {
        if is_optional && first_sector == 0 {
            continue;
        }
        let label = format!("the {namespace} {name} path table");
        let table = PathTable { label, first_sector: first_sector.into(), is_big_endian };
        let Some(bytes) = read_table(&table, descriptor, reader, ownership, problems) else { continue };
        if !is_zero(&bytes[size as usize..]) {
            let message = format!("{}: the rest of its last sector is not zero", table.label);
            problems.add_violation(Basis::Convention, Requirement::PathTables, message);
        }
        let mut report = |violation: String| {
            problems.add_violation(Basis::Reading, Requirement::PathTables, format!("{}: {violation}", table.label));
        };
        match parse(&bytes[..size as usize], table.is_big_endian) {
            Ok(entries) => compare(&entries, &expected, tree, &mut report),
            Err(violation) => report(violation),
        }
    }
}

/// The sectors of a table. If they cannot be read, reports that and returns `None`.
fn read_table<R: Read + Seek>(
    table: &PathTable,
    descriptor: &Descriptor,
    reader: &mut SectorReader<'_, R>,
    ownership: &mut Ownership,
    problems: &mut Problems,
) -> Option<Vec<u8>> {
    let PathTable { label, first_sector, .. } = table;
    let first = *first_sector;
    let size = u64::from(descriptor.path_table_size);
    let count = size.div_ceil(SECTOR_LENGTH);
    if first < 16 || first + count > u64::from(descriptor.volume_size) {
        let message = format!("{label} is outside the volume, at sector {}", with_commas(first));
        problems.add_violation(Basis::Reading, Requirement::PathTables, message);
        return None;
    }
    ownership.add(first * SECTOR_LENGTH, size, Owner::Structure);
    if first + count > reader.sector_count() {
        let message = format!("{label} is in the missing part of the image, at sector {}", with_commas(first));
        problems.add(Problem::new(ProblemCode::Unreadable, message).in_sectors([(first, count)]));
        return None;
    }
    let bytes = reader.read(first, count as usize);
    let unreadable = reader.unreadable_in(first, count);
    if !unreadable.is_empty() {
        let message = format!("{label}: {}", describe_unreadable(&unreadable, "sector"));
        problems.add(Problem::new(ProblemCode::Unreadable, message).in_sectors(unreadable));
        return None;
    }
    Some(bytes)
}

/// Parses the records of a table.
///
/// # Errors
/// The first malformed record, in words.
fn parse(bytes: &[u8], is_big_endian: bool) -> Result<Vec<PathTableEntry<'_>>, String> {
    let mut entries = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let number = with_commas(entries.len() as u64 + 1);
        let length = usize::from(bytes[at]);
        let end = at + 8 + length;
        let Some(record) = bytes.get(at..end).filter(|_| length > 0) else {
            return Err(format!("record {number} is cut off or empty"));
        };
        if record[1] != 0 {
            return Err(format!("record {number} has extended attributes"));
        }
        let padding = length % 2;
        if padding == 1 && bytes.get(end) != Some(&0) {
            return Err(format!("the padding byte of record {number} is not zero"));
        }
        let extent = if is_big_endian { be32(record, 2) } else { le32(record, 2) };
        let parent = if is_big_endian { be16(record, 6) } else { le16(record, 6) };
        entries.push(PathTableEntry { identifier: &record[8..], extent, parent: parent.into() });
        at = end + padding;
    }
    Ok(entries)
}

/// The tree's directories as a path table lists them: by level, then by the parent's number, then by name.
fn list_directories(tree: &Tree) -> Vec<PathTableEntry<'_>> {
    let root_extent = tree.directories.first().map_or(0, |root| root.extent);
    let mut entries = vec![PathTableEntry { identifier: &[0], extent: root_extent, parent: 1 }];
    // The directories at the current level, by their numbers in the tree, in the order of the table.
    let mut level = vec![0_u32];
    // The record number, in the table, of the first directory at the current level.
    let mut first_of_level = 1;
    while !level.is_empty() && !tree.directories.is_empty() {
        let mut next_level = Vec::new();
        for (index, number) in level.iter().enumerate() {
            for child in sort_children(tree, *number) {
                let directory = &tree.directories[child as usize];
                entries.push(PathTableEntry {
                    identifier: &directory.identifier,
                    extent: directory.extent,
                    parent: first_of_level + index,
                });
                next_level.push(child);
            }
        }
        first_of_level += level.len();
        level = next_level;
    }
    entries
}

/// The numbers of the directories in a directory, ordered by identifier.
fn sort_children(tree: &Tree, number: u32) -> Vec<u32> {
    let mut children: Vec<u32> = tree.directories[number as usize].directories.clone().collect();
    let identifier = |number: &u32| &tree.directories[*number as usize].identifier;
    children.sort_by(|a, b| match tree.namespace {
        Namespace::Primary => naming::compare_padded(identifier(a), identifier(b), b' '),
        Namespace::Joliet => {
            naming::compare_padded(&naming::ucs2_units(identifier(a)), &naming::ucs2_units(identifier(b)), 0)
        }
    });
    children
}

/// Compares the records of a table with those expected from the tree.
fn compare(found: &[PathTableEntry<'_>], expected: &[PathTableEntry<'_>], tree: &Tree, report: &mut dyn FnMut(String)) {
    let has_later_parent = |(index, entry): (usize, &PathTableEntry<'_>)| entry.parent == 0 || entry.parent > index;
    if let Some(at) = found.iter().enumerate().skip(1).position(has_later_parent) {
        let number = with_commas(at as u64 + 2);
        report(format!("record {number} names a parent that does not come before it"));
        return;
    }
    // The tree of a damaged disc may be incomplete, which is not the table's fault.
    if !tree.is_complete {
        return;
    }
    if found.len() != expected.len() {
        let (found, expected) = (with_commas(found.len() as u64), with_commas(expected.len() as u64));
        report(format!("it has {found} directories, but the tree has {expected}"));
    }
    let count = found.iter().zip(expected).filter(|(found, expected)| found != expected).count();
    let Some(at) = found.iter().zip(expected).position(|(found, expected)| found != expected) else { return };
    let (number, found, expected) = (with_commas(at as u64 + 1), &found[at], &expected[at]);
    let difference = if found.identifier != expected.identifier {
        "does not have the name that the tree has at this place".to_owned()
    } else if found.extent != expected.extent {
        let (found, expected) = (with_commas(found.extent.into()), with_commas(expected.extent.into()));
        format!("says sector {found}, but the tree says {expected}")
    } else {
        format!("says that its parent is record {}, but the tree says {}", found.parent, expected.parent)
    };
    let total = if count > 1 { format!("; {} records differ", with_commas(count as u64)) } else { String::new() };
    report(format!("record {number} {difference}{total}"));
}
