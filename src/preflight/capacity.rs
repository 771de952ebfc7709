//! Reports that a disc does not fit its medium, and what could be left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Catalogue, Medium, SourceId};
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::language::{Language, format_capacity, format_size};

/// How many documents a suggestion names.
const MAX_NAMED: usize = 3;

/// Reports that an image of `size` bytes leaves no room for the error correction.
pub fn report_no_room_for_repair(medium: Option<&Medium>, size: u64, findings: &mut Findings) {
    let message = match medium {
        Some(medium) => format!(
            "the disc needs {}, which leaves no room on `{}` ({}) for this amount of error correction",
            format_size(size),
            medium.name,
            format_capacity(medium.capacity)
        ),
        None => {
            format!("the disc needs {}, more than the largest medium with error correction holds", format_size(size))
        }
    };
    findings.push(
        Finding::error("no-room-for-repair", Place::Value(KeyPath::root().key("disc").key("repair")), message).help(
            "choose a larger medium with `media:`, a smaller share, or `repair: true` for as much as there is room for",
        ),
    );
}

/// Reports an error if the image, of `size` bytes, does not fit the medium that the manifest names.
pub fn report_overflow(catalogue: &Catalogue, size: u64, findings: &mut Findings) {
    let Some(medium) = catalogue.disc.medium.as_ref().map(|medium| medium.resolve_auto(size)) else { return };
    let Some(over) = size.checked_sub(medium.capacity).filter(|over| *over > 0) else { return };
    let mut finding = Finding::error(
        "too-large",
        Place::Value(KeyPath::root().key("disc").key("media")),
        format!(
            "the disc needs {}, but `{}` holds {}: it is {} too large",
            format_size(size),
            medium.name,
            format_capacity(medium.capacity),
            format_size(over)
        ),
    );
    finding = match Medium::smallest_for(size) {
        Some(Medium { name, capacity }) => {
            finding.help(format!("it fits on `media: {name}`, which holds {}", format_capacity(capacity)))
        }
        None => finding.help("no medium is large enough: divide the collection into several discs"),
    };
    if let Some((language, bytes)) = language_to_leave_out(catalogue, over) {
        finding =
            finding.help(format!("or leave out the documents in `{language}`, which take {}", format_size(bytes)));
    }
    finding = match documents_to_leave_out(catalogue, over) {
        Some(files) => {
            let named: Vec<String> = files
                .iter()
                .take(MAX_NAMED)
                .map(|(name, bytes)| format!("`{name}` ({})", format_size(*bytes)))
                .collect();
            let lead = match files.len() {
                1 => "or leave out the largest document".to_owned(),
                count => format!("or leave out the {count} largest documents"),
            };
            let more = if files.len() > MAX_NAMED { ", …" } else { "" };
            finding.help(format!("{lead}: {}{more}", named.join(", ")))
        }
        None if catalogue.disc.search => {
            finding.help("the pages and the search alone do not fit: leave out the search with `search: false`")
        }
        None => finding.help("the pages alone do not fit: choose a larger medium, or leave out a language"),
    };
    findings.push(finding);
}

/// Each document once, with its bytes and its languages.
fn documents(catalogue: &Catalogue) -> BTreeMap<SourceId, (u64, BTreeSet<&Language>)> {
    let mut documents: BTreeMap<SourceId, (u64, BTreeSet<&Language>)> = BTreeMap::new();
    for variant in catalogue.reports().flat_map(|(_, _, report)| &report.variants) {
        for (source, _) in variant.all_files() {
            let bytes = catalogue.source(source).length;
            documents.entry(source).or_insert((bytes, BTreeSet::new())).1.insert(&variant.language);
        }
    }
    documents
}

/// Among the languages whose documents can be left out to make the disc fit, the one with the fewest bytes. `None` if the
/// disc has one language.
fn language_to_leave_out(catalogue: &Catalogue, over: u64) -> Option<(&Language, u64)> {
    let mut bytes: BTreeMap<&Language, u64> = BTreeMap::new();
    for (length, languages) in documents(catalogue).into_values() {
        if let [language] = languages.into_iter().collect::<Vec<_>>().as_slice() {
            *bytes.entry(language).or_default() += length;
        }
    }
    let has_several = catalogue.disc.languages.len() > 1;
    bytes.into_iter().filter(|(_, bytes)| has_several && *bytes >= over).min_by_key(|(_, bytes)| *bytes)
}

/// The fewest documents that can be left out to make the disc fit, the largest first. `None` if leaving out all of them is not
/// enough.
fn documents_to_leave_out(catalogue: &Catalogue, over: u64) -> Option<Vec<(&str, u64)>> {
    let mut documents: Vec<(SourceId, u64)> =
        documents(catalogue).into_iter().map(|(id, (bytes, _))| (id, bytes)).collect();
    documents.sort_by_key(|(id, bytes)| (std::cmp::Reverse(*bytes), *id));
    let mut excess = over;
    let mut left_out = Vec::new();
    for (id, bytes) in documents {
        left_out.push((&*catalogue.source(id).path_in_manifest, bytes));
        excess = excess.saturating_sub(bytes);
        if excess == 0 {
            return Some(left_out);
        }
    }
    None
}
