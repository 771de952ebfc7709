//! Computes where every file will be in the image, from the names and lengths alone. hadris makes its own plan only when the image
//! is written, because planning takes long and keeps every name several times in memory.
//!
//! The rules are those of hadris-iso: the directories come first, each with its records in the primary tree and then in the Joliet
//! tree, then the files, the path tables and the padding. While the image is written, the device checks that hadris puts every file
//! at the computed place.

use std::collections::HashMap;

use super::{Failure, PADDING_SECTORS, SECTOR_LENGTH};
use crate::layout::primary_identifier;
use crate::plan::Plan;

/// The sector after the system area, the descriptors of both trees, and their terminator.
const FIRST_DIRECTORY_SECTOR: u64 = 19;

/// The largest part of a file that a directory record can describe, in whole sectors.
pub(super) const MAX_EXTENT: u64 = u32::MAX as u64 / SECTOR_LENGTH * SECTOR_LENGTH;

/// The maximum length of a directory record: an even number that fits into one byte.
const MAX_RECORD_LENGTH: usize = 254;

/// The lengths of the entries of Rock Ridge in bytes: `PX` and `TF`, `NM` without the name, and those that only the root has: `SP`,
/// `CE` and `ER`.
const ATTRIBUTES: usize = 44 + 19;
const NAME: usize = 5;
const INDICATOR: usize = 7;
const CONTINUATION: usize = 28;
const EXTENSION_REFERENCE: u64 = 237;

/// The places of the directories, and of all files that are not empty and whose bytes are known before the image is written.
pub(super) struct Sectors<'p> {
    /// The first sector of each file, and the index of its entry, in ascending order.
    pub(super) files: Vec<(u64, usize)>,
    /// The directories of both trees, in ascending order of their sectors.
    pub(super) directories: Vec<PlacedDirectory>,
    /// What is in each directory.
    pub(super) contents: Vec<Directory<'p>>,
    /// The number of sectors of the image, without the late files.
    pub(super) total: u64,
}

/// A directory of the primary tree or of the Joliet tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlacedDirectory {
    pub(super) sector: u64,
    pub(super) number: usize,
    pub(super) is_primary: bool,
}

/// A directory with its name, subdirectories and files, each sorted by name.
#[derive(Default)]
pub(super) struct Directory<'p> {
    name: &'p str,
    directories: Vec<usize>,
    /// The name of each file and the index of its entry.
    pub(super) files: Vec<(&'p str, usize)>,
}

impl<'p> Sectors<'p> {
    /// Finds the place of every file of a plan.
    ///
    /// # Errors
    /// [`Failure::Bug`] if a name is too long for its directory record.
    pub(super) fn assign(plan: &'p Plan) -> Result<Self, Failure> {
        let directories = directories(plan);
        let order = preorder(&directories);
        let mut next = FIRST_DIRECTORY_SECTOR;
        let mut placed = Vec::with_capacity(2 * order.len());
        for &number in &order {
            placed.push(PlacedDirectory { sector: next, number, is_primary: true });
            next += primary_sectors(plan, &directories, number)?;
            placed.push(PlacedDirectory { sector: next, number, is_primary: false });
            next += joliet_sectors(plan, &directories, number);
        }
        let mut files = Vec::with_capacity(plan.entries.len());
        let mut is_placed = vec![false; plan.entries.len()];
        for (_, index) in order.iter().flat_map(|directory| &directories[*directory].files) {
            let entry = &plan.entries[*index];
            // The bytes of an entry with several paths are stored with the first of them in this order.
            if entry.content.is_late() || entry.length == 0 || std::mem::replace(&mut is_placed[*index], true) {
                continue;
            }
            files.push((next, *index));
            next += entry.length.div_ceil(SECTOR_LENGTH);
        }
        for identifier_length in [1, 2] {
            let padded = |name: &str| 8 + (name.len() * identifier_length).next_multiple_of(2) as u64;
            let names: u64 = directories.iter().skip(1).map(|directory| padded(directory.name)).sum();
            // The root has an identifier of one byte. Each table is stored in both byte orders.
            next += 2 * (10 + names).div_ceil(SECTOR_LENGTH);
        }
        Ok(Self { files, directories: placed, contents: directories, total: next + PADDING_SECTORS })
    }
}

/// The directories of the disc; the first is the root.
fn directories(plan: &Plan) -> Vec<Directory<'_>> {
    let mut directories = vec![Directory::default()];
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (index, entry) in plan.entries.iter().enumerate() {
        for path in entry.paths() {
            let mut parent = 0;
            for folder in path.folders() {
                parent = *known.entry(folder).or_insert_with(|| {
                    let name = folder.rsplit('/').next().unwrap_or(folder);
                    let number = directories.len();
                    directories.push(Directory { name, ..Directory::default() });
                    directories[parent].directories.push(number);
                    number
                });
            }
            directories[parent].files.push((path.name(), index));
        }
    }
    let names: Vec<&str> = directories.iter().map(|directory| directory.name).collect();
    for directory in &mut directories {
        directory.directories.sort_unstable_by_key(|child| names[*child]);
        directory.files.sort_unstable();
    }
    directories
}

/// The numbers of the directories, each before its subdirectories.
fn preorder(directories: &[Directory<'_>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(directories.len());
    let mut pending = vec![0];
    while let Some(directory) = pending.pop() {
        order.push(directory);
        pending.extend(directories[directory].directories.iter().rev());
    }
    order
}

/// The number of sectors of a directory in the primary tree, with the continuation of its records.
fn primary_sectors(plan: &Plan, directories: &[Directory<'_>], number: usize) -> Result<u64, Failure> {
    let directory = &directories[number];
    let mut records = Vec::with_capacity(directory.directories.len() + directory.files.len());
    let mut add = |identifier: String, name: &str, count: u64| {
        let system_use = ATTRIBUTES + NAME + name.len();
        if system_use_offset(identifier.len()) + system_use > MAX_RECORD_LENGTH {
            return Err(Failure::Bug(format!("the name `{name}` is too long for a directory record")));
        }
        records.push((record_length(identifier.len(), system_use), identifier, count));
        Ok(())
    };
    for child in &directory.directories {
        let name = directories[*child].name;
        add(name.to_ascii_uppercase(), name, 1)?;
    }
    for (name, index) in &directory.files {
        add(primary_identifier(name), name, extent_count(plan.entries[*index].length))?;
    }
    records.sort_unstable_by(|a, b| a.1.cmp(&b.1));
    let is_root = number == 0;
    // In the root, the record of the directory itself has three more entries; the last, `ER`, is in a continuation area.
    let own = if is_root { INDICATOR + ATTRIBUTES + NAME + CONTINUATION } else { ATTRIBUTES + NAME };
    let special = [record_length(1, own), record_length(1, ATTRIBUTES + NAME)];
    let continued = if is_root { EXTENSION_REFERENCE.div_ceil(SECTOR_LENGTH) } else { 0 };
    Ok(count_sectors(special, records.iter().map(|(length, _, count)| (*length, *count))) + continued)
}

/// The number of sectors of a directory in the Joliet tree.
fn joliet_sectors(plan: &Plan, directories: &[Directory<'_>], number: usize) -> u64 {
    let directory = &directories[number];
    let subdirectories = directory.directories.iter().map(|child| (directories[*child].name, 1));
    let files = directory.files.iter().map(|(name, index)| (*name, extent_count(plan.entries[*index].length)));
    let mut names: Vec<(&str, u64)> = subdirectories.chain(files).collect();
    names.sort_unstable();
    let records = names.into_iter().map(|(name, count)| (record_length(2 * name.len(), 0), count));
    count_sectors([record_length(1, 0); 2], records)
}

/// How many records a file of this length has.
pub(super) fn extent_count(length: u64) -> u64 {
    length.div_ceil(MAX_EXTENT).max(1)
}

/// Where the system use area of a record begins.
fn system_use_offset(identifier: usize) -> usize {
    (33 + identifier).next_multiple_of(2)
}

fn record_length(identifier: usize, system_use: usize) -> u64 {
    (system_use_offset(identifier) + system_use).next_multiple_of(2) as u64
}

/// How many sectors these records take, in this order. `special` are the lengths of `.` and `..`; the others are lengths, each with the
/// number of records of that length. A record is never divided between sectors.
fn count_sectors(special: [u64; 2], records: impl Iterator<Item = (u64, u64)>) -> u64 {
    let mut used = special[0] + special[1];
    for (length, count) in records {
        for _ in 0..count {
            let room = SECTOR_LENGTH - used % SECTOR_LENGTH;
            if length > room {
                used += room;
            }
            used += length;
        }
    }
    used.div_ceil(SECTOR_LENGTH)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tree;
    use super::*;
    use crate::compressed::CompressedBytes;
    use crate::layout::DiscPath;
    use crate::plan::{Content, DateOrigin, DiscDate, Entry, VolumeIdentifiers};

    fn plan(mut files: Vec<(String, u64, Vec<String>)>) -> Plan {
        files.sort();
        let entry = |(path, length, links): &(String, u64, Vec<String>)| Entry {
            path: DiscPath::for_test(path),
            links: links.iter().map(|link| DiscPath::for_test(link)).collect(),
            length: *length,
            content: match path.as_str() {
                "SHA256SUMS" => Content::Checksums,
                "ro_crate.json" => {
                    Content::WithDigests { text: CompressedBytes::default(), digests_of: Box::default() }
                }
                _ => Content::Generated(CompressedBytes::default()),
            },
        };
        let mut entries: Vec<Entry> = files.iter().map(entry).collect();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        let volume = VolumeIdentifiers {
            identifier: "V".to_owned(),
            publisher: String::new(),
            preparer: String::new(),
            application: String::new(),
            copyright_file: None,
            abstract_file: None,
        };
        let date = DiscDate { seconds: 0, origin: DateOrigin::Manifest };
        Plan { volume, date, entries, media_check: false, repair: None, signature: None, timestamp: None }
    }

    /// Compares the places with those that hadris plans.
    fn compare(files: Vec<(String, u64, Vec<String>)>) {
        let plan = plan(files);
        let sectors = Sectors::assign(&plan).unwrap();
        let options = tree::volume_options(&plan).unwrap();
        let first_sector = |report: &hadris_fs::Report, entry: usize| {
            let extents = report.extents(format!("/{}", plan.entries[entry].path));
            extents.and_then(|extents| extents.first()).map(|extent| extent.offset() / SECTOR_LENGTH)
        };
        let rooms = tree::rooms(&plan, &sectors.files);
        let report = hadris_iso::plan(&tree::build_tree(&plan, &rooms).unwrap(), &options).unwrap();
        assert!(report.warnings().is_empty());
        assert_eq!(sectors.total * SECTOR_LENGTH, report.size());
        let with_rooms = sectors.files.iter().filter(|(_, entry)| rooms.contains_key(entry));
        for (sector, entry) in with_rooms {
            assert_eq!(first_sector(&report, *entry), Some(*sector), "{}", plan.entries[*entry].path);
        }
        // With a room for each file, instead of one for several.
        let rooms = sectors.files.iter().map(|(_, entry)| (*entry, plan.entries[*entry].length)).collect();
        let report = hadris_iso::plan(&tree::build_tree(&plan, &rooms).unwrap(), &options).unwrap();
        assert!(report.warnings().is_empty());
        assert_eq!(sectors.total * SECTOR_LENGTH, report.size());
        let mut expected = Vec::new();
        for (index, entry) in plan.entries.iter().enumerate() {
            if let Some(first) = first_sector(&report, index)
                && entry.length > 0
                && !entry.content.is_late()
            {
                expected.push((first, index));
            }
        }
        expected.sort_unstable();
        assert_eq!(sectors.files, expected);
    }

    fn file(path: &str, length: u64) -> (String, u64, Vec<String>) {
        (path.to_owned(), length, Vec::new())
    }

    #[test]
    fn files_are_where_hadris_plans_them() {
        compare(vec![file("SHA256SUMS", 500)]);
        compare(vec![file("a.txt", 1), file("a", 0), file("SHA256SUMS", 5)]);
        compare(vec![
            file("index.html", 2048),
            file("documents/a/b.txt", 2049),
            file("documents/a.b/c", 1),
            file("documents/a_b/c.pdf", 5 << 30),
            file("documents/a/a234567890123456789012345.html", 9 << 30),
            file("documents/empty.txt", 0),
            ("pages/volume.txt".to_owned(), 48, vec![".xdg-volume-info".to_owned(), "a/z.txt".to_owned()]),
            ("ro_crate.json".to_owned(), 12_000, vec!["ro-crate-metadata.json".to_owned()]),
            file("SHA256SUMS", 100),
        ]);
    }

    #[test]
    fn rooms_of_several_files_are_not_longer_than_an_extent() {
        let files = (0..9).map(|number| file(&format!("documents/{number}.bin"), (3 << 29) + number)).collect();
        compare(files);
        let mut files: Vec<_> = (0..4).map(|number| file(&format!("documents/{number}.bin"), 1)).collect();
        files[1].1 = u64::from(u32::MAX) + 1;
        let plan = plan(files);
        let sectors = Sectors::assign(&plan).unwrap();
        let rooms = tree::rooms(&plan, &sectors.files);
        assert_eq!(rooms.into_iter().collect::<Vec<_>>(), [(0, 2048), (1, 1 << 32), (2, 4096)]);
    }

    #[test]
    fn files_in_many_directories_are_where_hadris_plans_them() {
        let mut seed = 7_u64;
        let mut random = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for size in [10, 300, 3000] {
            let mut files = vec![file("SHA256SUMS", 1), file("readme.txt", 1)];
            for number in 0..size {
                let folder =
                    ["documents", "pages/en", "pages/fr/s1", "catalogue", "documents/y2000"][random(5) as usize];
                let name = "x".repeat(random(14) as usize);
                let extension = [".html", "", ".txt", ".x"][random(4) as usize];
                files.push(file(&format!("{folder}/{name}{number:x}{extension}"), random(9000)));
                if random(20) == 0 {
                    files.push(file(&format!("{folder}/f{number}_{name}/a.txt"), 3));
                }
            }
            compare(files);
        }
    }
}
