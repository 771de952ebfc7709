//! The names and paths of documents.

use std::collections::BTreeMap;

use super::rules::NameRules;
use super::site_names::site_names;
use super::{DiscPath, language_folder};
use crate::catalogue::{NameStyle, Report, Site, Variant};
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::names::shorten_name;

/// The maximum number of folders in a path: a hierarchy has 8 levels, including the root (ECMA-119 6.8.2.1).
const MAX_FOLDERS: usize = 7;

/// The minimum length of a proposed id. If an id of this length does not fit, something else in the name is too long.
const MIN_PROPOSED_ID: usize = 8;

/// The maximum length of a report's id with which the names of all its documents fit.
pub(super) fn max_id_for_documents(rules: NameRules, report: &Report) -> usize {
    if rules.style == NameStyle::Dos {
        return rules.max_page_stem();
    }
    let named_after_id = report.variants.iter().filter(|variant| variant.name.is_none());
    let limits = named_after_id.flat_map(|variant| {
        let number = if variant.files.len() > 1 { "_1".len() } else { 0 };
        let suffix = "_".len() + variant.language.name_part().len() + number;
        let max_stem = |extension: &str| match variant.site {
            Some(_) => rules.max_folder,
            None => rules.max_stem_with(extension),
        };
        variant.files.iter().map(move |file| max_stem(&file.extension).saturating_sub(suffix))
    });
    limits.min().unwrap_or(rules.max_page_stem()).max(MIN_PROPOSED_ID)
}

/// The names used in one folder, each with its variant in the manifest and the id of its report.
#[derive(Default)]
pub(super) struct UsedNames(BTreeMap<String, (KeyPath, String)>);

/// The paths of a report's documents, by variant.
///
/// A portable name identifies report and language even when a file is copied off the disc. Eight
/// characters are too few for that, so DOS names give each report its own folder and name files by language.
pub(super) fn document_paths(
    rules: NameRules,
    section: &str,
    report: &Report,
    at: &KeyPath,
    section_names: &mut UsedNames,
    findings: &mut Findings,
) -> Vec<Vec<DiscPath>> {
    let mut report_names = UsedNames::default();
    let names = if rules.style == NameStyle::Dos { &mut report_names } else { section_names };
    let mut paths = Vec::with_capacity(report.variants.len());
    for variant in &report.variants {
        let at = at.key("variants").key(variant.language.as_str());
        if let Some(site) = &variant.site {
            let folder = base_name(rules, report, variant);
            if folder.len() > rules.max_folder && report.id.len() <= rules.max_page_stem() {
                findings.push(folder_too_long(rules, report, variant, &folder, &at));
            }
            names.insert(&folder, report, &at, findings);
            paths.push(site_paths(rules, section, report, site, &folder));
            continue;
        }
        let mut variant_paths = Vec::with_capacity(variant.files.len());
        for name in file_names(rules, report, variant, &at, findings) {
            names.insert(&name, report, &at, findings);
            variant_paths.push(match rules.style {
                NameStyle::Portable => DiscPath::from_parts(&[rules.documents_folder, section, &name]),
                NameStyle::Dos => DiscPath::from_parts(&[rules.documents_folder, section, &report.id, &name]),
            });
        }
        paths.push(variant_paths);
    }
    paths
}

impl UsedNames {
    /// Adds a name, and reports it if it is used already.
    fn insert(&mut self, name: &str, report: &Report, at: &KeyPath, findings: &mut Findings) {
        let Some((other, other_id)) = self.0.insert(name.to_owned(), (at.clone(), report.id.clone())) else {
            return;
        };
        // If two reports have the same id, the catalogue has reported that.
        let is_same_report = other.0[..4] == at.0[..4];
        if is_same_report || other_id != report.id {
            let message = format!("two files would both be named `{name}` on the disc");
            findings.push(
                Finding::error("name-taken", Place::Key(at.clone()), message)
                    .also(Place::Key(other), "the other one")
                    .help("give one of them another `name:`, or one of the reports another `id:`"),
            );
        }
    }
}

/// The name of a variant's files without the extension, or of its folder.
fn base_name(rules: NameRules, report: &Report, variant: &Variant) -> String {
    variant.name.clone().unwrap_or_else(|| match rules.style {
        NameStyle::Portable => format!("{}_{}", report.id, variant.language.name_part()),
        NameStyle::Dos => language_folder(&variant.language),
    })
}

/// The paths of the files of a site in its folder on the disc.
fn site_paths(rules: NameRules, section: &str, report: &Report, site: &Site, folder: &str) -> Vec<DiscPath> {
    let folders = match rules.style {
        NameStyle::Portable => vec![rules.documents_folder, section, folder],
        NameStyle::Dos => vec![rules.documents_folder, section, &report.id, folder],
    };
    let names = site_names(rules, &site.files, MAX_FOLDERS - folders.len());
    names.iter().map(|name| DiscPath::from_parts(&[folders.as_slice(), &[name.as_str()]].concat())).collect()
}

/// The finding for a name that is too long for the folder of a site.
fn folder_too_long(rules: NameRules, report: &Report, variant: &Variant, folder: &str, at: &KeyPath) -> Finding {
    let max = rules.max_folder;
    let message = format!("the folder name `{folder}` has {} characters; the limit is {max}", folder.len());
    let finding = Finding::error("name-too-long", Place::Key(at.clone()), message);
    if variant.name.is_some() {
        return finding.help(format!("choose a shorter `name:`, such as `{}`", shorten_name(folder, max)));
    }
    let suffix = folder.len() - report.id.len().min(folder.len());
    match max.checked_sub(suffix).filter(|max_id| rules.style == NameStyle::Portable && *max_id > 0) {
        Some(max_id) => {
            finding.help(format!("give the report a shorter id: `id: {}`", shorten_name(&report.id, max_id)))
        }
        None => finding.help("set a shorter `name:` for this variant"),
    }
}

/// The names of a variant's files.
fn file_names(
    rules: NameRules,
    report: &Report,
    variant: &Variant,
    at: &KeyPath,
    findings: &mut Findings,
) -> Vec<String> {
    let base = base_name(rules, report, variant);
    let is_numbered = variant.files.iter().enumerate().any(|(i, a)| {
        variant.files.iter().enumerate().any(|(j, b)| i != j && need_numbers(&a.extension, &b.extension))
    });
    variant
        .files
        .iter()
        .enumerate()
        .map(|(index, file)| {
            // Players find the captions of a recording by their name.
            let number = variant.recording_of(index).unwrap_or(index) + 1;
            let stem = if is_numbered { format!("{base}_{number}") } else { base.clone() };
            // If the id alone is too long, that has been reported.
            if !rules.fits(&stem, &file.extension) && report.id.len() <= rules.max_page_stem() {
                findings.push(name_too_long(rules, report, variant, &stem, &file.extension, at));
            }
            format!("{stem}.{}", file.extension)
        })
        .collect()
}

/// Whether two files with the same stem need numbers: the extensions are equal, or `b` is longer and continues after `a`
/// with a digit. In the second case, programs that compare whole identifiers sort them differently from ECMA-119 9.3 (`.MD;1`
/// after `.MD5;1`, because `;` sorts after the digits).
fn need_numbers(a: &str, b: &str) -> bool {
    a == b || b.strip_prefix(a).is_some_and(|rest| rest.as_bytes()[0].is_ascii_digit())
}

/// The finding for a file name that is too long, with advice on what to shorten.
fn name_too_long(
    rules: NameRules,
    report: &Report,
    variant: &Variant,
    stem: &str,
    extension: &str,
    at: &KeyPath,
) -> Finding {
    let limit = match rules.style {
        NameStyle::Portable => format!("the limit is {}, including the extension", rules.max_name),
        NameStyle::Dos => "with `names: dos` the limits are 8 before the dot and 3 after it".to_owned(),
    };
    let length = stem.len() + 1 + extension.len();
    let message = format!("the name `{stem}.{extension}` has {length} characters; {limit}");
    let finding = Finding::error("name-too-long", Place::Key(at.clone()), message);
    if extension.len() > rules.max_extension {
        return finding.help(format!("rename the file: its extension `.{extension}` alone is too long"));
    }
    let max_stem = rules.max_stem_with(extension);
    if variant.name.is_some() {
        return finding.help(format!("choose a shorter `name:`, such as `{}`", shorten_name(stem, max_stem)));
    }
    let suffix_length = stem.len() - report.id.len().min(stem.len());
    match max_stem.checked_sub(suffix_length).filter(|max_id| rules.style == NameStyle::Portable && *max_id > 0) {
        Some(max_id) => {
            finding.help(format!("give the report a shorter id: `id: {}`", shorten_name(&report.id, max_id)))
        }
        None => finding.help("set a shorter `name:` for this variant"),
    }
}
