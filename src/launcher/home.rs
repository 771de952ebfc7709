//! The home page: the sections, the newest reports, and the foreword.

use std::cmp::Reverse;

use minijinja::context;
use minijinja::value::Value;

use super::cover;
use super::foreword::ForewordPages;
use super::page_inputs::PageInputs;
use super::page_language::PageLanguage;
use super::reports::{MainFile, covered_entry};
use crate::layout::DiscPath;

/// The maximum number of sections on the page. The others are in the list of documents.
const MAX_SECTIONS: usize = 24;

/// Only this many reports of a section are tried for its cover.
const MAX_TRIED_FOR_COVER: usize = 20;

/// How many of the newest reports the page shows.
const NEWEST: usize = 6;

/// The values for the home page.
pub(super) fn home_page(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, foreword: &ForewordPages<'_>) -> Value {
    let path = inputs.layout.home_path(language.language);
    let signature = inputs.catalogue.launcher.foreword.as_ref().and_then(|foreword| foreword.signature.as_ref());
    let signature = signature.map(|signature| {
        context! {
            name => signature.name.as_ref().map(|name| language.text(name)),
            role => signature.role.as_ref().map(|role| language.text(role)),
        }
    });
    let sections = inputs.catalogue.sections.iter().enumerate().filter(|(_, section)| !section.reports.is_empty());
    let sections: Vec<Value> = sections
        .map(|(s, section)| {
            context! {
                title => language.text(&section.title),
                href => inputs.section_link(language.language, s, &path),
                cover => section_cover(inputs, language, s, &path),
                count => language.format.number(section.reports.len() as u64),
            }
        })
        .collect();
    context! {
        foreword => foreword.on_page(language),
        signature => signature,
        more_sections => sections.len() > MAX_SECTIONS,
        all_sections => language.format.number(sections.len() as u64),
        sections => sections.into_iter().take(MAX_SECTIONS).collect::<Vec<_>>(),
        newest => newest(inputs, language, &path),
    }
}

/// The newest reports. Empty if the disc has no others, or all have the same date.
fn newest(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, path: &DiscPath) -> Vec<Value> {
    let mut dated: Vec<_> =
        inputs.catalogue.reports().filter_map(|(s, r, report)| Some((report.date?, (s, r)))).collect();
    // The sort is stable: reports of the same date stay in the order of the manifest.
    dated.sort_by_key(|(date, _)| Reverse(*date));
    let has_several_dates = dated.first().map(|(date, _)| date) != dated.last().map(|(date, _)| date);
    let is_selection = inputs.catalogue.reports().nth(NEWEST).is_some();
    if !has_several_dates || !is_selection {
        return Vec::new();
    }
    dated.into_iter().take(NEWEST).map(|(_, report)| covered_entry(inputs, language, path, report)).collect()
}

/// The first cover with a picture in a section; if there is none, the first one, with the name of a format.
fn section_cover(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, s: usize, path: &DiscPath) -> Option<Value> {
    let reports = inputs.catalogue.sections[s].reports.iter().enumerate().take(MAX_TRIED_FOR_COVER);
    let covers = || {
        reports.clone().filter_map(|(r, report)| {
            let main = MainFile::choose(inputs, language, report);
            cover::of_report(inputs, main.indices(), (s, r), path)
        })
    };
    covers().find(has_picture).or_else(|| covers().next())
}

/// Whether a cover has a picture, not only the name of a format.
fn has_picture(cover: &Value) -> bool {
    cover.get_attr("href").is_ok_and(|href| href.is_true())
}
