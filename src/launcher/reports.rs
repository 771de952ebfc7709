//! What the list of documents and the page of a report show about a report.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::Value;

use super::browse::BrowseGroups;
use super::page_language::{PageLanguage, language_value};
use super::site::Site;
use crate::catalogue::{Report, Section, Variant};
use crate::exports::EXPORTS;
use crate::extraction::{Facts, TextLayer};
use crate::file_formats::display_name;
use crate::layout::{BrowseList, DiscPath};

/// The number of sections from which the list has a table of contents.
const MIN_SECTIONS_FOR_CONTENTS: usize = 4;

/// The list of documents.
pub(super) fn list_page(site: &Site<'_>, language: &PageLanguage<'_>, groups: &BrowseGroups) -> Value {
    let path = site.layout.list(language.language);
    let memberships = groups.memberships();
    let sections: Vec<Value> = site
        .catalogue
        .sections
        .iter()
        .enumerate()
        .map(|(s, section)| list_section(site, language, &memberships, &path, s, section))
        .collect();
    context! {
        contents => sections.len() >= MIN_SECTIONS_FOR_CONTENTS,
        sections => sections,
        choices => groups.choices(),
        exports => export_links(site, language, &path),
        ..groups.links(site, language, &path)
    }
}

/// The links to the catalogue in other formats.
fn export_links(site: &Site<'_>, language: &PageLanguage<'_>, path: &DiscPath) -> Vec<Value> {
    EXPORTS
        .iter()
        .map(|export| {
            context! {
                href => export.path(site.layout).link_from(path),
                name => export.label,
                words => language.string(export.string_key),
            }
        })
        .collect()
}

fn list_section(
    site: &Site<'_>,
    language: &PageLanguage<'_>,
    memberships: &BTreeMap<(usize, usize), String>,
    path: &DiscPath,
    s: usize,
    section: &Section,
) -> Value {
    let reports: Vec<Value> = section
        .reports
        .iter()
        .enumerate()
        .map(|(r, report)| {
            context! {
                href => site.layout.report(language.language, s, r).link_from(path),
                marks => memberships.get(&(s, r)),
                iso_date => report.date.map(|date| date.to_string()),
                ..summary(site, language, path, (s, r), report)
            }
        })
        .collect();
    context! { id => section.id.clone(), title => language.text(&section.title), reports => reports }
}

/// The page of a report.
pub(super) fn report_page(
    site: &Site<'_>,
    language: &PageLanguage<'_>,
    groups: &BrowseGroups,
    path: &DiscPath,
    (s, r): (usize, usize),
    report: &Report,
) -> Value {
    let section = &site.catalogue.sections[s];
    let link = |list, plain: &str| groups.group_link(site, language, list, plain, path);
    context! {
        report => context! {
            authors => report.authors.iter().map(|author| context! {
                name => author,
                href => link(BrowseList::Authors, author),
            }).collect::<Vec<_>>(),
            summary => report.summary.as_ref().map(|summary| language.paragraphs(summary)),
            subjects => report.subjects.iter().map(|subject| context! {
                href => link(BrowseList::Subjects, language.plain_text(subject)),
                ..language.text(subject)
            }).collect::<Vec<_>>(),
            elsewhere => report.variants.iter().all(|variant| variant.language != *language.language),
            ..summary(site, language, path, (s, r), report)
        },
        section => context! { id => section.id.clone(), title => language.text(&section.title) },
    }
}

/// What both the list and the page of the report show.
fn summary(
    site: &Site<'_>,
    language: &PageLanguage<'_>,
    path: &DiscPath,
    (s, r): (usize, usize),
    report: &Report,
) -> Value {
    let mut variants: Vec<(usize, &Variant)> = report.variants.iter().enumerate().collect();
    // The page's own language first; the sort is stable, so the others keep their order.
    variants.sort_by_key(|(_, variant)| variant.language != *language.language);
    let variants: Vec<Value> = variants
        .into_iter()
        .map(|(v, variant)| {
            let files: Vec<Value> = variant
                .files
                .iter()
                .enumerate()
                .map(|(f, file)| {
                    let document = site.layout.document(s, r, v, f);
                    context! {
                        href => document.link_from(path),
                        path => document.as_str(),
                        format => display_name(&file.extension),
                        size => language.file_size(site.catalogue.source(file.source).length),
                        expect => site.texts.facts(file.source).map(|facts| describe_document(language, facts)),
                    }
                })
                .collect();
            context! {
                own => variant.language == *language.language,
                title => variant.title.clone(),
                files => files,
                ..language_value(&variant.language)
            }
        })
        .collect();
    context! { variants => variants, ..language.report_heading(report) }
}

/// What readers can expect of a document, in a few words each.
fn describe_document(language: &PageLanguage<'_>, facts: &Facts) -> Vec<Value> {
    let mut phrases = Vec::new();
    if let Some(pages) = facts.pages {
        let number = language.format.number(u64::from(pages));
        phrases.push(language.filled_string("file_pages", &[("number", &number)]));
    }
    match facts.text {
        TextLayer::Good => phrases.push(language.string("file_searchable")),
        TextLayer::Partial => phrases.push(language.string("file_partly_searchable")),
        TextLayer::None | TextLayer::Bad | TextLayer::Unreadable(_) => {
            phrases.push(language.string("file_not_searchable"));
        }
        TextLayer::Unsupported => {}
    }
    match facts.tagged {
        Some(true) => phrases.push(language.string("file_tagged")),
        Some(false) => phrases.push(language.string("file_untagged")),
        None => {}
    }
    phrases
}
