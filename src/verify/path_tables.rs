//! Path tables (ECMA-119 6.9, 9.4): each against the tree, and against its twin in the other order.

use std::io::{Read, Seek};

use super::claims::{Claims, Owner};
use super::descriptors::{Descriptor, Namespace};
use super::directories::Tree;
use super::medium::{Medium, SECTOR, be16, be32, grouped, in_words, le16, le32};
use super::naming;
use super::verdict::{Code, Problem, Problems};

/// Larger than any table of 65,535 directories.
const MOST_BYTES: u32 = 32 << 20;

/// A record of a path table.
#[derive(Debug, PartialEq, Eq)]
struct Record<'t> {
    identifier: &'t [u8],
    extent: u32,
    parent: usize,
}

/// Reads the tables of a descriptor, and reports where they are wrong.
pub(super) fn check<R: Read + Seek>(
    descriptor: &Descriptor,
    tree: &Tree,
    medium: &mut Medium<'_, R>,
    claims: &mut Claims,
    problems: &mut Problems,
) {
    let word = descriptor.namespace.word();
    let due = in_order(tree);
    let size = descriptor.path_table_size;
    let [l, optional_l, m, optional_m] = descriptor.path_tables;
    if size == 0 || size > MOST_BYTES {
        problems.structure(5, format!("the {word} path tables are said to have {} bytes", grouped(size.into())));
        return;
    }
    for (name, place, big_endian, optional) in [
        ("L", l, false, false),
        ("M", m, true, false),
        ("optional L", optional_l, false, true),
        ("optional M", optional_m, true, true),
    ] {
        if optional && place == 0 {
            continue;
        }
        let words = format!("the {word} {name} path table");
        let first = u64::from(place);
        let sectors = u64::from(size).div_ceil(SECTOR);
        if first < 16 || first + sectors > u64::from(descriptor.space) {
            problems.structure(5, format!("{words} lies outside of the volume, at sector {}", grouped(first)));
            continue;
        }
        claims.add(first * SECTOR, size.into(), Owner::Structure);
        if first + sectors > medium.sectors() {
            let message = format!("{words} lies where the image is cut off, at sector {}", grouped(first));
            problems.push(Problem::new(Code::Unreadable, message).in_sectors([(first, sectors)]));
            continue;
        }
        let bytes = medium.read(first, sectors as usize);
        let bad = medium.bad_in(first, sectors);
        if !bad.is_empty() {
            let message = format!("{words}: {}", in_words(&bad, "unreadable", "sector"));
            problems.push(Problem::new(Code::Unreadable, message).in_sectors(bad));
            continue;
        }
        let mut wrong = |what: String| problems.structure(5, format!("{words}: {what}"));
        if bytes[size as usize..].iter().any(|byte| *byte != 0) {
            wrong("its last sector is not zero behind it".to_owned());
        }
        match records(&bytes[..size as usize], big_endian) {
            Ok(found) => compare(&found, &due, tree, &mut wrong),
            Err(what) => wrong(what),
        }
    }
}

fn records(bytes: &[u8], big_endian: bool) -> Result<Vec<Record<'_>>, String> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let number = found.len() + 1;
        let length = usize::from(bytes[at]);
        let end = at + 8 + length;
        let Some(record) = bytes.get(at..end).filter(|_| length > 0) else {
            return Err(format!("record {} is cut off or empty", grouped(number as u64)));
        };
        if record[1] != 0 {
            return Err(format!("record {} has extended attributes", grouped(number as u64)));
        }
        let padding = length % 2;
        if padding == 1 && bytes.get(end).is_none_or(|byte| *byte != 0) {
            return Err(format!("record {} is not padded with zero", grouped(number as u64)));
        }
        let extent = if big_endian { be32(record, 2) } else { le32(record, 2) };
        let parent = if big_endian { be16(record, 6) } else { le16(record, 6) };
        found.push(Record { identifier: &record[8..], extent, parent: parent.into() });
        at = end + padding;
    }
    Ok(found)
}

/// The tree's directories as a path table lists them: by level, by the parent's number, by name.
fn in_order(tree: &Tree) -> Vec<Record<'_>> {
    let mut listed =
        vec![Record { identifier: &[0], extent: tree.directories.first().map_or(0, |d| d.extent), parent: 1 }];
    // The numbers in the tree of those at one level, in the order of the table.
    let mut level = vec![0_u32];
    let mut before = 1;
    while !level.is_empty() && !tree.directories.is_empty() {
        let mut next = Vec::new();
        for (place, number) in level.iter().enumerate() {
            let mut children: Vec<u32> = tree.directories[*number as usize].directories.clone().collect();
            children.sort_by(|a, b| {
                let name = |number: &u32| &tree.directories[*number as usize].identifier;
                match tree.namespace {
                    Namespace::Primary => naming::filled(name(a), name(b), b' '),
                    Namespace::Joliet => naming::filled(&naming::units(name(a)), &naming::units(name(b)), 0),
                }
            });
            for child in children {
                let directory = &tree.directories[child as usize];
                listed.push(Record {
                    identifier: &directory.identifier,
                    extent: directory.extent,
                    parent: before + place,
                });
                next.push(child);
            }
        }
        before += level.len();
        level = next;
    }
    listed
}

fn compare(found: &[Record<'_>], due: &[Record<'_>], tree: &Tree, wrong: &mut dyn FnMut(String)) {
    if let Some(at) = found.iter().enumerate().skip(1).position(|(at, record)| record.parent == 0 || record.parent > at)
    {
        wrong(format!("record {} names a parent that does not come before it", grouped(at as u64 + 2)));
        return;
    }
    // What a damaged tree lacks is not the table's fault.
    if !tree.whole {
        return;
    }
    if found.len() != due.len() {
        wrong(format!("{} directories, where the tree has {}", grouped(found.len() as u64), grouped(due.len() as u64)));
    }
    let differences = found.iter().zip(due).filter(|(found, due)| found != due).count();
    if let Some(at) = found.iter().zip(due).position(|(found, due)| found != due) {
        let (found, due) = (&found[at], &due[at]);
        let what = if found.identifier != due.identifier {
            "has another name, or another place in the order, than in the tree".to_owned()
        } else if found.extent != due.extent {
            format!("says sector {}, the tree {}", grouped(found.extent.into()), grouped(due.extent.into()))
        } else {
            format!("says that its parent is {}, the tree {}", found.parent, due.parent)
        };
        let more =
            if differences > 1 { format!("; {} records differ", grouped(differences as u64)) } else { String::new() };
        wrong(format!("record {} {what}{more}", grouped(at as u64 + 1)));
    }
}
