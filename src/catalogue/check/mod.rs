//! From the manifest's keys to the catalogue, with everything that is wrong.

mod disc;
mod languages;
mod launcher;
mod record;
mod reports;
mod texts;
mod variants;

use std::collections::BTreeMap;
use std::path::Path;

use super::sources::Sources;
use super::{Catalogue, SourceId};
use crate::diagnostic::{Finding, Findings, KeyPath, Place, Step, did_you_mean};
use crate::language::Language;
use crate::manifest::{self, OneOrMany, Parsed};

/// Makes the catalogue, and reports all that is wrong with the manifest and its files.
///
/// `folder` is where relative paths start. With errors in the findings the catalogue is as far as
/// it could be made, for more to be found in it; `None` without any language.
pub fn check(parsed: &Parsed, folder: &Path, allow_outside: bool, findings: &mut Findings) -> Option<Catalogue> {
    let mut checker = Checker {
        parsed,
        sources: Sources::new(folder, allow_outside),
        findings,
        languages: Vec::new(),
        uses: BTreeMap::new(),
        undeclared: BTreeMap::new(),
    };
    let root = KeyPath::root();
    let default_disc = manifest::DiscKeys::default();
    let disc = parsed.manifest.disc.as_ref().unwrap_or(&default_disc);
    let disc_at = root.key("disc");
    if parsed.manifest.disc.is_none() && !parsed.is_broken(&disc_at) && !checker.is_misspelt(&disc_at) {
        checker.findings.push(
            Finding::error("missing-key", Place::Nowhere, "the manifest has no `disc:`")
                .help("begin it with `disc:`, and below that `title:` and `languages:`"),
        );
    }
    checker.languages = checker.languages(disc, &root.key("disc"));
    let disc = checker.disc(disc, &root.key("disc"));
    let launcher = checker.launcher(parsed.manifest.launcher.as_ref(), &root.key("launcher"));
    let sections = checker.sections(&root.key("sections"), disc.large_files);
    checker.report_undeclared();
    let usable = !disc.languages.is_empty();
    let sources = checker.sources.into_vec();
    usable.then_some(Catalogue { disc, launcher, sections, sources })
}

struct Checker<'m> {
    parsed: &'m Parsed,
    sources: Sources<'m>,
    findings: &'m mut Findings,
    languages: Vec<Language>,
    /// How often a source became a document.
    uses: BTreeMap<SourceId, u32>,
    /// Languages that are used and not declared: where first, and how often.
    undeclared: BTreeMap<Language, (Place, usize)>,
}

impl Checker<'_> {
    fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Reports a key that must be there and is not, unless it was there in a wrong form or misspelt.
    fn missing(&mut self, path: &KeyPath, message: String, help: &str) {
        if !self.parsed.is_broken(path) && !self.is_misspelt(path) {
            let mut above = path.clone();
            above.0.pop();
            self.report(Finding::error("missing-key", Place::Key(above), message).help(help));
        }
    }

    /// Whether a key that does not belong there was most likely meant to be this one.
    fn is_misspelt(&self, path: &KeyPath) -> bool {
        let Some((Step::Key(wanted), above)) = path.0.split_last() else { return false };
        self.parsed.broken.iter().any(|broken| {
            matches!(broken.0.split_last(), Some((Step::Key(key), parent))
                if parent == above && did_you_mean(key, [&**wanted]).is_some())
        })
    }

    fn list<T, U>(
        &mut self,
        list: Option<&OneOrMany<T>>,
        at: &KeyPath,
        mut one: impl FnMut(&mut Self, &T, &KeyPath) -> Option<U>,
    ) -> Vec<U> {
        let Some(list) = list else {
            return Vec::new();
        };
        let path = |index| if list.is_list { at.item(index) } else { at.clone() };
        let mut read = Vec::new();
        for (index, value) in list.values.iter().enumerate() {
            let at = path(index);
            if !self.parsed.broken.contains(&at) {
                read.extend(one(self, value, &at));
            }
        }
        read
    }
}
