//! The references between the members of an archive in the formats of ECMA-376.

use super::markup::{XmlElement, list_elements};
use crate::archive;
use crate::encodings::decode_markup;

/// The largest file of references, in bytes.
const MAX_RELATIONS_BYTES: u64 = 16 << 20;

/// A reference from one member of the archive to another (ECMA-376, part 2).
pub(super) struct Relation {
    pub id: String,
    /// The last part of its type, for example `slide`.
    pub kind: String,
    /// The path of the other member.
    pub target: String,
}

/// The references of a member, or of the archive itself if `path` is empty.
pub(super) fn list_relations(bytes: &[u8], path: &str) -> Vec<Relation> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let separator = if folder.is_empty() { "" } else { "/" };
    let xml = archive::read_member(bytes, &format!("{folder}{separator}_rels/{name}.rels"), MAX_RELATIONS_BYTES);
    let xml = decode_markup(&xml.unwrap_or_default());
    let relations = list_elements(&xml).into_iter().filter(|element| element.name == "Relationship");
    let relation = |element: XmlElement| {
        if element.get("TargetMode") == Some("External") {
            return None;
        }
        let kind = element.get("Type")?.rsplit('/').next()?.to_owned();
        Some(Relation {
            id: element.get("Id")?.to_owned(),
            kind,
            target: archive::resolve(folder, element.get("Target")?),
        })
    };
    relations.filter_map(relation).collect()
}
