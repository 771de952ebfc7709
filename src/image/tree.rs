//! The plan in hadris' terms: a tree of nodes, and the options of the volume.

use std::collections::BTreeSet;

use hadris_fs::{Content as NodeContent, DateTime, Node, Owner, PathError, Permissions, SetAttr, Tree};
use hadris_iso::{IsoId, IsoLevel, IsoOptions, NameCase, Relocation};

use super::Failure;
use super::placeholders::placeholders;
use crate::plan::{Content, Plan};

/// How many sectors of zeros end the volume, because drives may fail to read the last sectors of a burned disc.
pub(super) const PADDING_SECTORS: u64 = 150;

/// Builds hadris' tree of the entries, with the same names in every namespace.
pub(super) fn build_tree(plan: &Plan) -> Result<Tree, Failure> {
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
    let placeholders = placeholders(plan.entries.iter().map(|entry| entry.length)).map_err(bug)?;
    for entry in &plan.entries {
        let content = match &entry.content {
            // Its extent is reserved separately, after all others.
            Content::WithDigests { .. } | Content::Checksums | Content::Signature | Content::Timestamp => {
                NodeContent::empty()
            }
            // The device takes the actual bytes from the reader thread.
            Content::Source { .. } | Content::Generated(_) => placeholders
                .get(&entry.length)
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
