//! Reads the records of a directory: checks their names, order and extents, and adds them to the tree.

use std::cmp::Ordering;
use std::io::{Read, Seek};

use super::directories::{DirectoryCursor, MAX_RELOCATIONS, RelocationRecord, TreeReader};
use super::namespace::Namespace;
use super::naming;
use super::record::{Record, check_fields};
use super::requirement::Requirement;
use super::rock_ridge::{self, RecordKind, RockRidge};
use super::sector_reader::{SECTOR_LENGTH, with_commas};
use super::tree::{Directory, File, Links, SymbolicLink};
use super::verdict::Basis;
use super::xa;
use crate::language;

/// The signatures of the entries that systems read: those of Rock Ridge, and of extensions to it.
const ENTRIES: [&[u8]; 11] = [b"SP", b"CE", b"ER", b"RR", b"PX", b"NM", b"SL", b"CL", b"RE", b"ZF", b"PN"];

/// Whether an area contains one of these entries, possibly after others, whose lengths tell systems how far to skip.
fn has_entries(mut area: &[u8]) -> bool {
    while let [first, second, length, ..] = area {
        if ENTRIES.contains(&&[*first, *second][..]) {
            return true;
        }
        match area.get(usize::from(*length)..).filter(|_| *length > 0) {
            Some(rest) => area = rest,
            None => break,
        }
    }
    false
}

impl<R: Read + Seek> TreeReader<'_, '_, R> {
    /// Checks a record, and adds its file or directory to the cursor.
    pub(super) fn read_record(&mut self, cursor: &mut DirectoryCursor, bytes: &[u8], identifier: &[u8]) {
        let record = Record::new(bytes, identifier, self.tree.namespace, cursor.number, &cursor.label);
        check_fields(&record, self.problems);
        self.check_layout(cursor, &record);
        let mut rock_ridge = self.read_system_use(&record);
        cursor.name_bytes += identifier.len()
            + rock_ridge.name.as_ref().map_or(0, String::len)
            + rock_ridge.symbolic_link.as_ref().map_or(0, String::len);
        if record.kind.is_dot_or_dot_dot() {
            self.check_dot(cursor, &record, rock_ridge.links);
            return;
        }
        if let Some(extent) = rock_ridge.child_link {
            if self.relocations.len() >= MAX_RELOCATIONS {
                self.report_too_many_relocations();
                return;
            }
            self.check_unique(cursor, &record, rock_ridge.name.as_deref());
            if record.length() > 0 {
                let message = format!(
                    "{}: refers to a directory stored elsewhere (`CL`), but its record has contents, which some systems show as a file",
                    record.label
                );
                self.problems.add_violation(Basis::Reading, Requirement::RockRidge, message);
            }
            let name = rock_ridge.name.unwrap_or_else(|| self.tree.namespace.decode(identifier)).into_boxed_str();
            cursor.other_names.push((Box::from(identifier), name.clone()));
            self.relocations.push(RelocationRecord {
                parent: cursor.number,
                name,
                extent,
                label: record.label.to_string(),
            });
            return;
        }
        self.check_name(cursor, &record, rock_ridge.name.as_deref());
        let is_same_file = cursor.previous_identifier.as_deref() == Some(identifier);
        let name = rock_ridge.name.as_deref();
        if !cursor.open_extents.is_empty() && cursor.open_name.as_deref() != name {
            let message = format!("{}: its extents have different Rock Ridge names", record.label);
            self.problems.add_violation(Basis::Reading, Requirement::MultiExtentFiles, message);
        }
        cursor.open_name = name.map(Box::from);
        if !is_same_file || cursor.open_extents.is_empty() {
            self.check_order(cursor, &record);
            if !cursor.open_extents.is_empty() {
                let message =
                    format!("{}: the file before it should continue, but no further extent follows", record.label);
                self.problems.add_violation(Basis::Reading, Requirement::MultiExtentFiles, message);
                cursor.open_extents.clear();
            }
        }
        cursor.previous_identifier = Some(Box::from(identifier));
        let path_length = self.check_path_length(cursor, &record);
        if record.is_directory() {
            self.add_directory(cursor, &record, rock_ridge, path_length);
        } else if let Some(target) = self.take_link_target(cursor, &record, &mut rock_ridge) {
            let name = rock_ridge.name.unwrap_or_else(|| self.tree.namespace.decode(identifier)).into_boxed_str();
            cursor.other_names.push((Box::from(identifier), name.clone()));
            cursor.symbolic_links.push(SymbolicLink { parent: cursor.number, name, target: target.into_boxed_str() });
        } else {
            self.add_extent(cursor, &record, rock_ridge);
        }
    }

    /// Checks the length and padding of a record, and that `.` and `..` are where they belong.
    fn check_layout(&mut self, cursor: &DirectoryCursor, record: &Record<'_>) {
        let mut report = |basis, violation: &str| {
            let message = format!("{}: {violation}", record.label);
            self.problems.add_violation(basis, Requirement::DirectoryRecords, message);
        };
        if record.bytes.len() % 2 == 1 {
            report(Basis::Standard, &format!("its record has an odd length, {}", record.bytes.len()));
        }
        if !record.has_valid_padding() {
            report(Basis::Standard, "the padding byte after its identifier is not zero");
        }
        match (cursor.record_count, record.identifier) {
            (0, [0]) | (1, [1]) => {}
            (0, _) => report(Basis::Reading, "is in the place of `.`"),
            (1, _) => report(Basis::Reading, "is in the place of `..`"),
            (_, [0] | [1]) => report(Basis::Reading, "is not one of the first two records"),
            _ => {}
        }
    }

    /// Reads the system use area, which is empty in Joliet.
    fn read_system_use(&mut self, record: &Record<'_>) -> RockRidge {
        let area = record.system_use();
        if self.tree.namespace == Namespace::Joliet {
            if !area.is_empty() {
                let message = format!("{}: its record has bytes after the Joliet identifier", record.label);
                self.problems.add_violation(Basis::Convention, Requirement::DirectoryRecords, message);
            }
            return RockRidge::default();
        }
        // `SP` says how many bytes come before the entries of all other records (SUSP 5.3), as a CD-ROM XA record does.
        let xa = xa::split(area);
        if record.kind == RecordKind::RootDot {
            let entries = xa.as_ref().map_or(area, |(_, entries)| entries);
            self.has_rock_ridge = entries.starts_with(b"SP");
            let skipped = entries.get(6).copied().filter(|_| self.has_rock_ridge).unwrap_or_default();
            self.has_xa_records = xa.is_some() && usize::from(skipped) == xa::RECORD_LENGTH;
            if !self.has_rock_ridge {
                let message = format!("{}: its system use area does not start with `SP`", record.label);
                self.problems.add_violation(Basis::Convention, Requirement::RockRidge, message);
            }
        }
        if let Some(violation) = xa.as_ref().and_then(|(attributes, _)| attributes.check().err()) {
            let message = format!("{}: {violation} (CD-ROM XA)", record.label);
            self.problems.add_violation(Basis::Reading, Requirement::Extents, message);
        }
        // Without `SP` there is no Rock Ridge, which has been reported. But some systems read the entries all the same, at the beginning
        // or after the 14 bytes of CD-ROM XA.
        if !self.has_rock_ridge {
            if has_entries(area) || area.get(xa::RECORD_LENGTH..).is_some_and(has_entries) {
                let message = format!("{}: has Rock Ridge entries, which some systems read without `SP`", record.label);
                self.problems.add_violation(Basis::Reading, Requirement::RockRidge, message);
            }
            return RockRidge::default();
        }
        let entries = match (xa, self.has_xa_records) {
            (Some((_, entries)), true) => entries,
            (None, false) => area,
            (found, _) => {
                let count = if found.is_some() { "a" } else { "no" };
                let message = format!("{}: has {count} CD-ROM XA record, although `SP` says otherwise", record.label);
                self.problems.add_violation(Basis::Reading, Requirement::RockRidge, message);
                found.map_or(area, |(_, entries)| entries)
            }
        };
        let label = || record.label.to_string();
        let mut budget = Some(self.remaining_continuations);
        let skipped = if self.has_xa_records { xa::RECORD_LENGTH } else { 0 };
        let found = rock_ridge::read(
            (entries, skipped as u8),
            record.kind,
            &record.date(),
            &label,
            &mut budget,
            self.reader,
            self.ownership,
            self.problems,
        );
        match budget {
            Some(remaining) => self.remaining_continuations = remaining,
            None => self.report_too_many_continuations(),
        }
        found
    }

    /// Checks that `.` and `..` agree with the records of the directories that they refer to.
    fn check_dot(&mut self, cursor: &DirectoryCursor, record: &Record<'_>, links: Option<Links>) {
        let own = &self.tree.directories[cursor.number as usize];
        let is_dot = record.identifier == [0];
        let directory = if is_dot { own } else { &self.tree.directories[own.parent as usize] };
        let mut report = |basis, requirement, violation: String| {
            self.problems.add_violation(basis, requirement, format!("{} {violation}", record.label));
        };
        if !record.has_directory_flag() {
            report(Basis::Standard, Requirement::DirectoryRecords, "is not a directory".to_owned());
        }
        let number = |number: u32| with_commas(number.into());
        if record.extent() != directory.extent {
            // Some readers take the contents of a directory from its `.`.
            let basis = if is_dot { Basis::Reading } else { Basis::Standard };
            let violation = format!("is at sector {}, not {}", number(record.extent()), number(directory.extent));
            report(basis, Requirement::DirectoryRecords, violation);
        }
        if record.length() != directory.length {
            let basis = if is_dot { Basis::Reading } else { Basis::Standard };
            let violation = format!("has {} bytes, not {}", number(record.length()), number(directory.length));
            report(basis, Requirement::DirectoryRecords, violation);
        }
        if record.date() != directory.date {
            report(
                Basis::Convention,
                Requirement::Dates,
                "has a different date from the record of that directory".to_owned(),
            );
        }
        // No other record has the links of the root, so there is nothing to compare its `.` with.
        let is_root_dot = cursor.number == 0 && is_dot;
        if let (Some(known), Some(links)) = (directory.links.filter(|_| !is_root_dot), links) {
            if known.count != links.count {
                let violation = format!("has {} links, but that directory has {}", links.count, known.count);
                report(Basis::Convention, Requirement::RockRidge, violation);
            }
            if known.serial != links.serial {
                report(
                    Basis::Convention,
                    Requirement::RockRidge,
                    "has a different serial number from that directory".to_owned(),
                );
            }
        }
        if is_root_dot {
            self.tree.directories[0].links = links;
        }
    }

    /// Checks a name by itself and among the others of its directory.
    fn check_name(&mut self, cursor: &mut DirectoryCursor, record: &Record<'_>, rock_ridge_name: Option<&str>) {
        let Record { identifier, label, .. } = record;
        let (requirement, result) = match self.tree.namespace {
            Namespace::Primary if record.is_directory() => {
                (Requirement::PrimaryNames, naming::check_primary_directory(identifier))
            }
            Namespace::Primary => (Requirement::PrimaryNames, naming::check_primary_file(identifier)),
            Namespace::Joliet => (Requirement::JolietNames, naming::check_joliet(identifier)),
        };
        let name = self.tree.namespace.decode(identifier);
        if let Err(violation) = result {
            let is_path = name.contains(['/', '\0']) || name == "." || name == "..";
            let basis = if is_path { Basis::Reading } else { Basis::Standard };
            self.problems.add_violation(basis, requirement, format!("{label}: {violation}"));
        }
        let mut names = [Some(name.as_str()), rock_ridge_name].into_iter().flatten();
        if let Some(violation) = names.find_map(|name| naming::check_windows(name).err()) {
            self.problems.add_violation(Basis::Convention, Requirement::WindowsNames, format!("{label}: {violation}"));
        }
        self.check_unique(cursor, record, rock_ridge_name);
    }

    /// Checks that no other name in the directory is the same without regard to case.
    fn check_unique(&mut self, cursor: &mut DirectoryCursor, record: &Record<'_>, rock_ridge_name: Option<&str>) {
        let Record { identifier, label, .. } = record;
        let name = self.tree.namespace.decode(identifier);
        // The records of one file have the same name.
        let continues_a_file =
            !cursor.open_extents.is_empty() && cursor.previous_identifier.as_deref() == Some(*identifier);
        if continues_a_file {
            return;
        }
        // No identifier contains `/`, so the two kinds of names do not clash.
        let rock_ridge_name = rock_ridge_name.map(|name| format!("/{name}"));
        for name in [Some(naming::strip_version(&name).to_owned()), rock_ridge_name].into_iter().flatten() {
            let Some(other) = cursor.names.insert(language::fold_case(&name), name.clone()) else { continue };
            let (basis, difference) = match other == name {
                true => (Basis::Reading, ""),
                false => (Basis::Convention, ", apart from upper and lower case"),
            };
            let message = format!("{label}: another name in its directory is the same{difference}");
            self.problems.add_violation(basis, Requirement::WindowsNames, message);
            break;
        }
    }

    /// Checks the order of records (ECMA-119 9.3).
    fn check_order(&mut self, cursor: &DirectoryCursor, record: &Record<'_>) {
        let Some(previous) = cursor.previous_identifier.as_deref() else { return };
        let order = match self.tree.namespace {
            Namespace::Primary => naming::compare_identifiers(previous, record.identifier, b' '),
            Namespace::Joliet => {
                naming::compare_identifiers(&naming::ucs2_units(previous), &naming::ucs2_units(record.identifier), 0)
            }
        };
        if order == Ordering::Greater {
            let message = format!("{}: should come before the name that precedes it", record.label);
            self.problems.add_violation(Basis::Standard, Requirement::RecordOrder, message);
        }
    }

    /// Checks the length of a path, and returns it in characters.
    fn check_path_length(&mut self, cursor: &DirectoryCursor, record: &Record<'_>) -> u32 {
        let identifier_length = record.identifier.len() as u32;
        // ECMA-119 counts the separators too; Joliet's limit is that of a path with `/`.
        let (name_length, max, requirement) = match self.tree.namespace {
            Namespace::Primary => (identifier_length, 255, Requirement::PrimaryNames),
            Namespace::Joliet => (identifier_length / 2, 240, Requirement::JolietNames),
        };
        let length = self.tree.directories[cursor.number as usize].path_length + name_length;
        if length > max {
            let message = format!("{}: its path has {length} characters, more than {max}", record.label);
            self.problems.add_violation(Basis::Standard, requirement, message);
        }
        length
    }

    fn add_directory(
        &self,
        cursor: &mut DirectoryCursor,
        record: &Record<'_>,
        rock_ridge: RockRidge,
        path_length: u32,
    ) {
        let parent = &self.tree.directories[cursor.number as usize];
        cursor.directories.push(Directory {
            parent: cursor.number,
            identifier: Box::from(record.identifier),
            rock_ridge_name: rock_ridge.name.map(String::into_boxed_str),
            extent: record.extent(),
            length: record.length(),
            date: record.date(),
            level: parent.level.saturating_add(1),
            directories: 0..0,
            files: 0..0,
            links: rock_ridge.links,
            path_length: path_length + 1,
            is_marked_relocated: rock_ridge.is_relocated,
            relocation: None,
        });
    }

    /// The target of a record, if it is a symbolic link. A link with contents is reported and treated as a file, because systems
    /// without Rock Ridge show it as one.
    fn take_link_target(
        &mut self,
        cursor: &DirectoryCursor,
        record: &Record<'_>,
        rock_ridge: &mut RockRidge,
    ) -> Option<String> {
        let target = rock_ridge.symbolic_link.take()?;
        if record.length() == 0 && !record.continues() && cursor.open_extents.is_empty() {
            return Some(target);
        }
        let message = format!(
            "{}: is a symbolic link, but its record has contents, which systems without Rock Ridge show as a file",
            record.label
        );
        self.problems.add_violation(Basis::Reading, Requirement::RockRidge, message);
        None
    }

    /// Checks an extent of a file; adds the file if it was the last one.
    fn add_extent(&mut self, cursor: &mut DirectoryCursor, record: &Record<'_>, rock_ridge: RockRidge) {
        let (extent, length, label) = (record.extent(), record.length(), &record.label);
        let end = u64::from(extent) + u64::from(length).div_ceil(SECTOR_LENGTH);
        // An empty file may have no extent; its record then has sector 0.
        let is_nowhere = extent == 0 && length == 0;
        if !is_nowhere && (extent < 16 || end > self.volume_sectors || u64::from(extent) >= self.volume_sectors) {
            let message = format!("{label}: is outside the volume, starting at sector {}", with_commas(extent.into()));
            let basis = if length == 0 { Basis::Convention } else { Basis::Reading };
            self.problems.add_violation(basis, Requirement::Extents, message);
        }
        let continues = record.continues();
        if continues && (length == 0 || u64::from(length) % SECTOR_LENGTH != 0) {
            let message = format!("{label}: an extent other than its last is not a whole number of sectors");
            self.problems.add_violation(Basis::Reading, Requirement::MultiExtentFiles, message);
        }
        cursor.open_extents.push((extent, length));
        if continues {
            return;
        }
        let extents = std::mem::take(&mut cursor.open_extents);
        let is_contiguous = extents
            .windows(2)
            .all(|pair| u64::from(pair[0].0) + u64::from(pair[0].1).div_ceil(SECTOR_LENGTH) == u64::from(pair[1].0));
        if !is_contiguous {
            let message = format!("{label}: its extents do not follow each other");
            self.problems.add_violation(Basis::Convention, Requirement::MultiExtentFiles, message);
        }
        cursor.files.push(File {
            parent: cursor.number,
            identifier: Box::from(record.identifier),
            rock_ridge_name: rock_ridge.name.map(String::into_boxed_str),
            extent: extents[0].0,
            length: extents.iter().map(|(_, length)| u64::from(*length)).sum(),
            multiple_extents: (extents.len() > 1).then(|| extents.into_boxed_slice()),
            date: record.date(),
            links: rock_ridge.links,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_after_others_are_found() {
        let name = b"NM\x06\x01\x00a";
        assert!(has_entries(name));
        for first in [&b"TF\x05\x01\x00"[..], b"ZZ\x04\x01", b"ES\x05\x01\x00", b"zz\x04\x02"] {
            assert!(has_entries(&[first, name].concat()), "{}", first.escape_ascii());
            assert!(!has_entries(first), "{}", first.escape_ascii());
        }
        assert!(!has_entries(b"AA\x0e\x02TEXTttxt\0\0"));
        assert!(!has_entries(b"\0\0\0\0"));
        assert!(!has_entries(b"A"));
    }
}
