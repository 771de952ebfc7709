//! The plan in hadris' terms: a tree of nodes, and the options of the volume.
//!
//! For every file that is not empty, hadris keeps an extent, a region and several copies of the path: half a kilobyte. So almost all
//! files are empty here, and the device fills in where they are (see `patch`). A few files have a *room*, which is as long
//! as they and the files after them together, so that hadris puts everything else at its place.

use std::collections::{BTreeMap, BTreeSet};

use hadris_fs::{Content as NodeContent, DateTime, Node, Owner, PathError, Permissions, SetAttr, Tree};
use hadris_iso::{IsoId, IsoLevel, IsoOptions, NameCase, Relocation};

use super::placeholders::placeholders;
use super::sectors::{MAX_EXTENT, extent_count};
use super::{Failure, SECTOR_LENGTH};
use crate::plan::Plan;

/// The lengths of the files that are not empty in hadris' tree, by the index of their entry. `files` are the first sector and the
/// entry of each file, in ascending order.
///
/// A room is never longer than one extent, unless it is the room of a single file: that file has several records, which hadris writes
/// with their extents.
pub(super) fn rooms(plan: &Plan, files: &[(u64, usize)]) -> BTreeMap<usize, u64> {
    let mut rooms = BTreeMap::new();
    // The first sector and the entry of the file that has the current room.
    let mut current: Option<(u64, usize)> = None;
    for &(sector, entry) in files {
        let length = plan.entries[entry].length;
        if extent_count(length) > 1 {
            rooms.insert(entry, length);
            current = None;
            continue;
        }
        let end = (sector + length.div_ceil(SECTOR_LENGTH)) * SECTOR_LENGTH;
        match current {
            Some((start, first)) if end - start * SECTOR_LENGTH <= MAX_EXTENT => {
                rooms.insert(first, end - start * SECTOR_LENGTH);
            }
            _ => {
                rooms.insert(entry, end - sector * SECTOR_LENGTH);
                current = Some((sector, entry));
            }
        }
    }
    rooms
}

/// Builds hadris' tree of the entries, with the same names in every namespace.
pub(super) fn build_tree(plan: &Plan, rooms: &BTreeMap<usize, u64>) -> Result<Tree, Failure> {
    let bug = |error: PathError| Failure::Bug(error.to_string());
    let time = recorded_time(plan)?;
    let attributes = |mode| {
        SetAttr::new()
            .with_permissions(Permissions::new(mode))
            .with_owner(Owner::new(0, 0))
            .with_modified(time)
            .with_accessed(time)
    };
    let mut tree = Tree::new();
    tree.replace("/", Node::dir().with_attrs(attributes(0o555))).map_err(bug)?;
    let mut folders = BTreeSet::new();
    for (path, _) in plan.paths() {
        for folder in path.folders() {
            if folders.insert(folder) {
                tree.insert(folder, Node::dir().with_attrs(attributes(0o555))).map_err(bug)?;
            }
        }
    }
    let placeholders = placeholders(rooms.values().copied()).map_err(bug)?;
    for (index, entry) in plan.entries.iter().enumerate() {
        let content = match rooms.get(&index) {
            None => NodeContent::empty(),
            // The device takes the actual bytes from the reader thread.
            Some(length) => placeholders
                .get(length)
                .cloned()
                .ok_or_else(|| Failure::Bug(format!("`{}` has no placeholder", entry.path)))?,
        };
        tree.insert(entry.path.as_str(), Node::file(content).with_attrs(attributes(0o444))).map_err(bug)?;
        for link in &entry.links {
            tree.link(entry.path.as_str(), link.as_str()).map_err(bug)?;
        }
    }
    Ok(tree)
}

/// The contents of the volume descriptors, and the namespaces to write.
pub(super) fn volume_options(plan: &Plan) -> Result<IsoOptions, Failure> {
    let volume = &plan.volume;
    let mut options = IsoOptions::new()
        .with_level(IsoLevel::L3)
        .with_name_case(NameCase::Upper)
        .with_joliet()
        .with_rock_ridge()
        .with_relocation(Relocation::Refuse)
        .with_time(recorded_time(plan)?)
        .with_id(IsoId::Volume, &volume.identifier)
        .with_id(IsoId::VolumeSet, &volume.identifier)
        .with_id(IsoId::Publisher, &volume.publisher)
        .with_id(IsoId::Preparer, &volume.preparer)
        .with_id(IsoId::Application, &volume.application);
    for (id, name) in [(IsoId::CopyrightFile, &volume.copyright_file), (IsoId::AbstractFile, &volume.abstract_file)] {
        if let Some(name) = name {
            options = options.with_id(id, name);
        }
    }
    Ok(options)
}

/// The date of the disc, in UTC.
fn recorded_time(plan: &Plan) -> Result<DateTime, Failure> {
    let seconds = plan.date.seconds;
    DateTime::from_unix_seconds(seconds)
        .and_then(|time| time.with_utc_offset_minutes(Some(0)))
        .map_err(|_| Failure::Bug(format!("{seconds} is not a valid time")))
}
