//! Checks an updated manifest before it is written.

use std::collections::BTreeSet;

use super::listed::{find_listed_files, normalise_path};
use crate::manifest::{self, Manifest, TextValue};
use crate::scaffold::proposal::Proposal;

/// Whether an updated manifest contains everything in the old manifest, lists all added files, and lists the files of each proposed
/// report in one report. Ignores comments and the order of lines.
pub fn is_faithful_update(before: &Manifest, after: &Manifest, added: &[String], proposal: &Proposal) -> bool {
    let added: BTreeSet<String> = added.iter().map(|file| normalise_path(file)).collect();
    let sections = |manifest: &Manifest| manifest.sections.clone().unwrap_or_default();
    let (old_sections, new_sections) = (sections(before), sections(after));
    let without_languages = |manifest: &Manifest| {
        let disc = manifest.disc.clone().map(|disc| manifest::DiscKeys { languages: None, ..disc });
        format!("{disc:?} {:?}", manifest.launcher)
    };
    let keeps_sections = old_sections.len() <= new_sections.len()
        && old_sections.iter().zip(&new_sections).all(|(old, new)| is_faithful_section(old, new, &added));
    let (listed_before, listed_after) = (find_listed_files(&old_sections), find_listed_files(&new_sections));
    let has_expected_places = proposal.reports().all(|report| {
        let places: BTreeSet<(usize, usize)> = report
            .files()
            .filter_map(|file| listed_after.get(&normalise_path(file)))
            .map(|listed| (listed.section, listed.report))
            .collect();
        let is_new = report.files().any(|file| added.contains(&normalise_path(file)));
        let old_files = report.files().filter(|file| listed_before.contains_key(&normalise_path(file)));
        // People may have divided the files of a proposed report between several reports. Otherwise, all its files must be in the
        // same report.
        !is_new || places.len() == 1 || old_files.count() > 1
    });
    without_languages(before) == without_languages(after)
        && keeps_sections
        && has_expected_places
        && added.iter().all(|file| listed_after.contains_key(file))
}

fn is_faithful_section(old: &manifest::SectionKeys, new: &manifest::SectionKeys, added: &BTreeSet<String>) -> bool {
    let reports = |section: &manifest::SectionKeys| section.reports.clone().unwrap_or_default();
    let (old_reports, new_reports) = (reports(old), reports(new));
    format!("{:?} {:?}", old.id, old.title) == format!("{:?} {:?}", new.id, new.title)
        && old_reports.len() <= new_reports.len()
        && old_reports.iter().zip(&new_reports).all(|(old, new)| is_faithful_report(old, new, added))
}

fn is_faithful_report(old: &manifest::ReportKeys, new: &manifest::ReportKeys, added: &BTreeSet<String>) -> bool {
    let without_variants = |report: &manifest::ReportKeys| {
        format!("{:?}", manifest::ReportKeys { title: None, variants: None, ..report.clone() })
    };
    let variants = |report: &manifest::ReportKeys| report.variants.clone().unwrap_or_default().0;
    let files = |variant: &manifest::VariantKeys| -> Vec<String> {
        let files = variant.files.iter().flat_map(|files| &files.values).map(|file| normalise_path(&file.file.0));
        files.filter(|file| !file.is_empty()).collect()
    };
    let new_variants = variants(new);
    let old_variants = variants(old);
    // A title may be added only in a language in which files were added.
    let is_new_language = |tag: &str| {
        let has = |variants: &[(String, manifest::VariantKeys)]| variants.iter().any(|(other, _)| other == tag);
        has(&new_variants) && !has(&old_variants)
    };
    let keeps_titles = match (&old.title, &new.title) {
        (Some(TextValue::PerLanguage(old)), Some(TextValue::PerLanguage(new))) => {
            let (kept, added): (Vec<_>, Vec<_>) = new.iter().partition(|title| old.contains(title));
            kept.len() == old.len() && added.iter().all(|(tag, _)| is_new_language(tag))
        }
        // The title of a report in one language may become its title in that language.
        (Some(TextValue::One(old)), Some(TextValue::PerLanguage(new))) => {
            let is_old = |(tag, title): &(String, String)| {
                title.split_whitespace().eq(old.split_whitespace())
                    && old_variants.iter().all(|(own, _)| own.eq_ignore_ascii_case(tag))
            };
            old_variants.len() == 1
                && new.iter().filter(|title| is_old(title)).count() == 1
                && new.iter().all(|title| is_old(title) || is_new_language(&title.0))
        }
        (old, new) => format!("{old:?}") == format!("{new:?}"),
    };
    keeps_titles
        && without_variants(old) == without_variants(new)
        && old_variants.iter().all(|(tag, old)| {
            new_variants.iter().any(|(new_tag, new)| {
                let kept: Vec<String> = files(new).into_iter().filter(|file| !added.contains(file)).collect();
                new_tag == tag
                    && kept == files(old)
                    && (&new.title, &new.name, &new.folder, &new.start)
                        == (&old.title, &old.name, &old.folder, &old.start)
            })
        })
}
