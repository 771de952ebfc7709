//! Makes the catalogue from the manifest's keys, and reports everything that is wrong with them.

mod disc;
mod exclusions;
mod files;
mod languages;
mod launcher;
mod record;
mod reports;
mod signing;
mod sites;
mod texts;
mod timestamp;
mod variants;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::sources::Sources;
use super::{Catalogue, Exclusions, SourceId};
use crate::diagnostic::{Finding, Findings, KeyPath, ManifestText, Place, Step, did_you_mean};
use crate::language::Language;
use crate::manifest::{self, ManifestFile, OneOrMany, Parsed};

/// Makes the catalogue, and reports everything that is wrong with the manifest and the files it names.
///
/// Relative paths start from the manifest's folder. If there are errors, the catalogue is incomplete, but later steps can still
/// check it for further mistakes. `None` if the disc has no language.
pub fn check_manifest(
    parsed: &Parsed,
    file: &ManifestFile,
    allow_outside: bool,
    findings: &mut Findings,
) -> Option<Catalogue> {
    let mut checker = Checker {
        parsed,
        file,
        sources: Sources::new(file.folder(), allow_outside),
        findings,
        languages: Vec::new(),
        is_language_unknown: false,
        document_languages: document_languages(parsed),
        uses: BTreeMap::new(),
        extensions: HashSet::new(),
        undeclared: BTreeMap::new(),
        bad_codes: BTreeMap::new(),
        rejected_languages: BTreeSet::new(),
        proposed_ids: BTreeSet::new(),
        exclusions: Exclusions::default(),
        site_paths: Vec::new(),
        used_exclusions: BTreeSet::new(),
    };
    let root = KeyPath::root();
    let default_disc = manifest::DiscKeys::default();
    let disc = parsed.manifest.disc.as_ref().unwrap_or(&default_disc);
    let disc_at = root.key("disc");
    if parsed.manifest.disc.is_none() && !parsed.is_broken(&disc_at) && !checker.is_misspelt(&disc_at) {
        checker.findings.push(
            Finding::error("missing-key", Place::Nowhere, "the manifest has no `disc:`")
                .help("begin the manifest with `disc:`, and add `title:` and `languages:` below it"),
        );
    }
    checker.languages = checker.check_languages(disc, &root.key("disc"));
    let disc = checker.check_disc(disc, &root.key("disc"));
    let launcher = checker.check_launcher(parsed.manifest.launcher.as_ref(), &root.key("launcher"));
    let exclusions = checker.check_exclusions(&root.key("exclude"));
    checker.exclusions = exclusions.clone();
    let sections = checker.check_sections(&root.key("sections"), disc.large_files);
    checker.report_wrong_languages();
    checker.note_other_languages(&sections);
    checker.check_files_of_variants(&sections);
    checker.report_published_key(disc.signing.as_ref());
    checker.report_excluded_files(&exclusions);
    checker.warn_about_confidential_files(&exclusions);
    merge_missing_files(checker.findings);
    let has_languages = !disc.languages.is_empty();
    let Checker { sources, site_paths, used_exclusions, .. } = checker;
    let sources = sources.into_vec();
    has_languages.then_some(Catalogue { disc, launcher, sections, exclusions, used_exclusions, sources, site_paths })
}

/// The maximum number of places that a finding about a missing file shows.
const MAX_PLACES: usize = 5;

/// Reports a missing file once, however often the manifest lists it.
fn merge_missing_files(findings: &mut Findings) {
    let mut merged: Vec<(Finding, usize)> = Vec::new();
    for finding in std::mem::take(&mut findings.0) {
        let is_same = |(other, _): &&mut (Finding, usize)| {
            finding.code == "missing-file"
                && (other.code, &other.message, &other.help) == (finding.code, &finding.message, &finding.help)
        };
        match merged.iter_mut().find(is_same) {
            Some((first, count)) => {
                *count += 1;
                if *count <= MAX_PLACES {
                    first.related.push((finding.place, "listed here, too".to_owned()));
                }
            }
            None => merged.push((finding, 1)),
        }
    }
    findings.0 = merged
        .into_iter()
        .map(|(mut finding, count)| {
            if count > 1 {
                finding.message = format!("{}, which the manifest lists {count} times", finding.message);
            }
            finding
        })
        .collect();
}

/// Checks the parts of the manifest. The parameter `at` of its methods is the place of a value in the manifest.
struct Checker<'m> {
    parsed: &'m Parsed,
    /// The manifest as it is written.
    file: &'m ManifestFile,
    sources: Sources<'m>,
    findings: &'m mut Findings,
    /// The languages of the pages.
    languages: Vec<Language>,
    /// The entries of `exclude:`, which are also applied to the files of web sites.
    exclusions: Exclusions,
    /// The path of every folder and archive of web pages.
    site_paths: Vec<PathBuf>,
    /// The indices of the entries of `exclude:` that exclude a file of a web site.
    used_exclusions: BTreeSet<usize>,
    /// Whether a value in `disc.languages` is invalid. Then any other language may be the one that was meant there, and is not
    /// reported as undeclared.
    is_language_unknown: bool,
    /// The languages of the documents whose codes are valid.
    document_languages: BTreeSet<Language>,
    /// How many documents each source is used for.
    uses: BTreeMap<SourceId, u32>,
    /// The extensions of all documents.
    extensions: HashSet<Arc<str>>,
    /// The languages that are used but not declared, each with its first place and the number of its uses.
    undeclared: BTreeMap<Language, (Place, usize)>,
    /// The invalid language codes, each with the reason, its first place and the number of its uses.
    bad_codes: BTreeMap<String, (String, Place, usize)>,
    /// The invalid codes in `disc.languages`.
    rejected_languages: BTreeSet<String>,
    /// The ids that findings propose.
    proposed_ids: BTreeSet<String>,
}

/// The languages that the documents of the manifest are in.
fn document_languages(parsed: &Parsed) -> BTreeSet<Language> {
    let sections = parsed.manifest.sections.iter().flatten();
    let variants = sections
        .flat_map(|section| section.reports.iter().flatten())
        .flat_map(|report| report.variants.iter().flat_map(|variants| &variants.0));
    let tags: BTreeSet<&str> = variants.map(|(tag, _)| tag.as_str()).collect();
    tags.into_iter().filter_map(|tag| Language::parse(tag).ok()).collect()
}

impl Checker<'_> {
    fn add_finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Reports that a required key is missing or has no value, unless it is misspelt or its value was rejected already.
    fn report_missing_key(&mut self, path: &KeyPath, message: String, help: &str) {
        if self.parsed.is_broken(path) || self.is_misspelt(path) {
            return;
        }
        // If the key is there without a value, the advice to add it would lead to a duplicate key.
        if let (Some(Step::Key(key)), Some(rest)) = (path.0.last(), help.strip_prefix("add "))
            && self.has_no_value(path)
        {
            let help = format!("`{key}:` is here, but nothing follows it; complete it: {rest}");
            self.add_finding(Finding::error("missing-key", Place::Key(path.clone()), message).help(&help));
            return;
        }
        let mut parent = path.clone();
        parent.0.pop();
        self.add_finding(Finding::error("missing-key", Place::Key(parent), message).help(help));
    }

    /// Whether a key is in the manifest without a value.
    fn has_no_value(&self, path: &KeyPath) -> bool {
        let value = self.file.span(path).and_then(|span| self.file.text().get(span.start..span.end));
        value.is_some_and(|value| matches!(value.trim(), "" | ":" | "~" | "null" | "[]" | "{}"))
    }

    /// Whether an unknown key in the same mapping is probably a misspelling of this key.
    fn is_misspelt(&self, path: &KeyPath) -> bool {
        let Some((Step::Key(wanted), wanted_parent)) = path.0.split_last() else { return false };
        self.parsed.broken.iter().any(|broken| {
            matches!(broken.0.split_last(), Some((Step::Key(key), parent))
                if parent == wanted_parent && did_you_mean(key, [&**wanted]).is_some())
        })
    }

    /// Checks each value with `check_one`, and returns the valid ones.
    fn check_each<T, U>(
        &mut self,
        written: Option<&OneOrMany<T>>,
        at: &KeyPath,
        mut check_one: impl FnMut(&mut Self, &T, &KeyPath) -> Option<U>,
    ) -> Vec<U> {
        let Some(written) = written else {
            return Vec::new();
        };
        let path_of_value = |index| if written.is_sequence { at.item(index) } else { at.clone() };
        let mut checked = Vec::with_capacity(written.values.len());
        for (index, value) in written.values.iter().enumerate() {
            let at = path_of_value(index);
            if !self.parsed.broken.contains(&at) {
                checked.extend(check_one(self, value, &at));
            }
        }
        checked
    }
}
