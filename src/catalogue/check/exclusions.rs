//! Checks `exclude:`, and that no file on the disc is excluded from it.

use std::collections::BTreeMap;

use super::Checker;
use crate::catalogue::{Exclusions, confidentiality_mark};
use crate::diagnostic::{Finding, KeyPath, Place};
use crate::file_formats::Format;
use crate::manifest::Scalar;

impl Checker<'_> {
    pub(super) fn check_exclusions(&mut self, at: &KeyPath) -> Exclusions {
        let mut exclusions = Exclusions::default();
        let written = self.parsed.manifest.exclude.as_ref();
        self.check_each(written, at, |checker, Scalar(text), at| {
            checker.check_characters(text, at, false);
            if let Err(message) = exclusions.add(text.trim()) {
                checker.add_finding(
                    Finding::error(
                        "bad-pattern",
                        Place::Value(at.clone()),
                        format!("`{text}` is not a pattern: {message}"),
                    )
                    .help("`*` stands for any part of a name, `?` for one character, and `**` for any number of folders: `drafts/**`, `*.zip`"),
                );
            }
            Some(())
        });
        exclusions
    }

    /// Reports that something is excluded. `rule` is the index of the entry of `exclude:` that excludes it.
    pub(super) fn report_excluded(&mut self, message: String, rule: usize, place: Place) {
        let at = KeyPath::root().key("exclude");
        let is_sequence = self.parsed.manifest.exclude.as_ref().is_some_and(|exclude| exclude.is_sequence);
        let rule_at = if is_sequence { at.item(rule) } else { at };
        self.add_finding(
            Finding::error("excluded-file", place, message)
                .also(Place::Value(rule_at), "excluded here")
                .help("remove it here, or change that entry of `exclude:`"),
        );
        self.used_exclusions.insert(rule);
    }

    /// Reports every file that goes on the disc although it is excluded from it.
    pub(super) fn report_excluded_files(&mut self, exclusions: &Exclusions) {
        let at = KeyPath::root().key("exclude");
        let is_sequence = self.parsed.manifest.exclude.as_ref().is_some_and(|exclude| exclude.is_sequence);
        if exclusions.is_empty() {
            return;
        }
        let conflicts: Vec<Finding> = self
            .sources
            .iter()
            .filter_map(|(source, place)| {
                let resolved = || exclusions.find(&self.sources.resolved_path(&source.path)?);
                let rule = exclusions.find(&source.path_in_manifest).or_else(resolved)?;
                let rule_at = if is_sequence { at.item(rule) } else { at.clone() };
                Some(
                    Finding::error(
                        "excluded-file",
                        place.clone(),
                        format!("`{}` must not be on the disc: it is excluded", source.path_in_manifest),
                    )
                    .also(Place::Value(rule_at), "excluded here")
                    .help("remove the file here, and the whole report if it has no other file; or remove the file from `exclude:`"),
                )
            })
            .collect();
        conflicts.into_iter().for_each(|finding| self.add_finding(finding));
    }

    /// Warns about files whose names say that they are not for publication, with one finding for each such word. Excluded files
    /// have an error of their own.
    pub(super) fn warn_about_confidential_files(&mut self, exclusions: &Exclusions) {
        let sections = self.parsed.manifest.sections.iter().flatten();
        let variants = sections
            .flat_map(|section| section.reports.iter().flatten())
            .flat_map(|report| report.variants.iter().flat_map(|variants| &variants.0));
        let sites: Vec<String> = variants
            .filter_map(|(_, variant)| Some(format!("{}/", variant.folder.as_ref()?.0.trim_end_matches('/'))))
            .collect();
        let is_in_site = |path: &str| sites.iter().any(|site| path.starts_with(site.as_str()));
        // The pictures and programs of web pages are named by those who made the pages: `images/draft.png` is an icon.
        let is_document = |path: &str| {
            let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
            Format::from_extension(&extension).is_some_and(|format| format.is_text)
        };
        let mut by_mark: BTreeMap<(&str, bool), Vec<(String, Place)>> = BTreeMap::new();
        for (source, place) in self.sources.iter() {
            let path = &*source.path_in_manifest;
            if let Some(mark) = confidentiality_mark(path)
                && exclusions.find(path).is_none()
            {
                let is_in_site = is_in_site(path);
                if is_document(path) || !is_in_site {
                    by_mark.entry((mark, is_in_site)).or_default().push((path.to_owned(), place.clone()));
                }
            }
        }
        for ((mark, is_in_site), files) in by_mark {
            let help = match is_in_site {
                true => {
                    "if it may be published, ignore this; otherwise remove it from the folder of the web site, and also the links to it from the pages there"
                }
                false => {
                    "if it may be published, rename it, or ignore this; otherwise list it under `exclude:`, and remove it here if it is listed here"
                }
            };
            let (first, place) = files[0].clone();
            let more = match files.len() {
                1 => String::new(),
                2 => ", and one more".to_owned(),
                count => format!(", and {} more", count - 1),
            };
            let mut finding = Finding::warning(
                "confidential",
                place,
                format!("`{first}`{more}: the name says “{mark}”, but the file goes on the disc"),
            )
            .help(help);
            finding.related =
                files.iter().skip(1).take(5).map(|(name, place)| (place.clone(), format!("`{name}`"))).collect();
            if files.len() > 1 {
                finding.affected = files.into_iter().map(|(name, _)| name).collect();
            }
            self.add_finding(finding);
        }
    }
}
