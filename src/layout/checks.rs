//! Checks of everything that becomes a folder or a page on the disc: ids, languages, and the number of folders.

use std::collections::BTreeSet;

use super::language_folder;
use super::rules::NameRules;
use crate::catalogue::Catalogue;
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::names::{is_device_name, numbered_name, shorten_name};

/// How many directories a path table can number (ECMA-119 9.4.4).
const MAX_DIRECTORIES: usize = 65_535;

/// The maximum lengths of an id, in characters.
pub(super) struct IdLimits {
    pub(super) max: usize,
    /// The maximum length of an id that is proposed instead of one that is too long. It may be smaller than `max`, because the
    /// names of a report's documents contain its id and more, and must fit too.
    pub(super) max_proposed: usize,
}

/// The ids of all sections, or of all reports of one section, and the ids that have been proposed instead of some of them.
pub(super) struct SiblingIds(BTreeSet<String>);

impl SiblingIds {
    pub(super) fn new<'i>(ids: impl Iterator<Item = &'i String>) -> Self {
        Self(ids.cloned().collect())
    }

    /// A shorter id, which no sibling has and which was not proposed for another.
    fn propose(&mut self, id: &str, max_length: usize) -> String {
        let short = shorten_name(id, max_length);
        let is_taken = |id: &str| self.0.contains(id);
        let proposed = if is_taken(&short) { numbered_name(id, max_length, is_taken) } else { short };
        self.0.insert(proposed.clone());
        proposed
    }
}

/// Checks the id of a section or a report, which becomes the name of a folder or a page.
pub(super) fn check_id(
    id: &str,
    limits: IdLimits,
    siblings: &mut SiblingIds,
    kind: &str,
    at: &KeyPath,
    findings: &mut Findings,
) {
    let max_length = limits.max;
    let place = || Place::Value(at.key("id"));
    if id.is_empty() {
        // The catalogue has reported why.
    } else if is_device_name(id) {
        let message = format!("`{id}` is a reserved device name on Windows");
        findings.push(
            Finding::error("reserved-name", place(), message)
                .help(format!("choose another id, such as `id: {id}_{kind}`")),
        );
    } else if id.len() > max_length {
        let message = format!(
            "the id `{id}` has {} characters; the limit is {max_length}, because names on the disc are made from it",
            id.len()
        );
        let shorter = siblings.propose(id, limits.max_proposed);
        findings.push(
            Finding::error("name-too-long", place(), message).help(format!("choose a shorter one: `id: {shorter}`")),
        );
    }
}

/// Checks that every language can have a folder.
pub(super) fn check_language_folders(catalogue: &Catalogue, rules: NameRules, findings: &mut Findings) {
    for language in catalogue.all_languages() {
        let name = language_folder(language);
        if name.len() > rules.max_folder {
            let index = catalogue.disc.languages.iter().position(|page_language| page_language == language);
            let at = match index {
                Some(index) => KeyPath::root().key("disc").key("languages").item(index),
                None => KeyPath::root().key("sections"),
            };
            let message = format!(
                "the folder for the language `{language}` would be named `{name}`; the limit is {} characters",
                rules.max_folder
            );
            findings.push(
                Finding::error("name-too-long", Place::Value(at), message)
                    .help("use a shorter language code, or `names: portable`"),
            );
        }
    }
}

/// Checks that the path tables can number all directories.
///
/// `nested` is the number of folders inside the document folders of sections: a folder for each report if names are DOS names,
/// and the folders of sites.
pub(super) fn check_directory_count(catalogue: &Catalogue, nested: usize, findings: &mut Findings) {
    let languages = catalogue.disc.languages.len();
    let indexes = catalogue.all_languages().len();
    // Each section has a folder of documents, and a folder of pages in each language. Each language has a folder of pages
    // and one for its search index. The other 6 are the root, its folders for documents, exports and pages,
    // `pages/search`, and the search index of the metadata.
    let pages = catalogue.sections.len() * (languages + 1) + 6 + languages + indexes + nested;
    // Covers are in two sizes. Each size has a folder with the same folders as the documents, and one folder contains both.
    let covers = if catalogue.disc.covers { 3 + 2 * (catalogue.sections.len() + nested) } else { 0 };
    let directories = pages + covers;
    if directories > MAX_DIRECTORIES {
        let message = format!("the disc would have {directories} folders; the limit is {MAX_DIRECTORIES}");
        findings.push(
            Finding::error("too-many-folders", Place::Key(KeyPath::root().key("sections")), message)
                .help("use fewer sections, or divide the collection into several discs"),
        );
    }
}
