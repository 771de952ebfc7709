//! The values that the list of documents and the page of a report show about a report.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::Value;

use super::browse::BrowseGroups;
use super::media;
use super::page_inputs::PageInputs;
use super::page_language::PageLanguage;
use super::search::indexed_files;
use crate::catalogue::{Licence, PublicationKind, PublicationNumbersRef, Report, Section, Variant, doi_url};
use crate::exports::EXPORTS;
use crate::extraction::{Facts, TextLayer};
use crate::file_formats::display_name;
use crate::layout::{BrowseList, DiscPath};

/// The list has a table of contents if it has at least this many sections.
const MIN_SECTIONS_FOR_CONTENTS: usize = 4;

/// The list of documents.
pub(super) fn list_page(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, groups: &BrowseGroups) -> Value {
    let path = inputs.layout.list_path(language.language);
    let memberships = groups.memberships();
    let sections: Vec<Value> = inputs
        .catalogue
        .sections
        .iter()
        .enumerate()
        .map(|(s, section)| list_section(inputs, language, &memberships, &path, s, section))
        .collect();
    context! {
        contents => sections.len() >= MIN_SECTIONS_FOR_CONTENTS,
        sections => sections,
        choices => groups.choices(),
        exports => export_links(inputs, language, &path),
        ..groups.links(inputs, language, &path)
    }
}

/// The links to the catalogue in other formats.
fn export_links(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, path: &DiscPath) -> Vec<Value> {
    EXPORTS
        .iter()
        .map(|export| {
            context! {
                href => export.path(inputs.layout).link_from(path),
                name => export.label,
                words => language.string(export.string_key),
            }
        })
        .collect()
}

fn list_section(
    inputs: &PageInputs<'_>,
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
                href => inputs.layout.report_path(language.language, s, r).link_from(path),
                marks => memberships.get(&(s, r)),
                iso_date => report.date.map(|date| date.to_string()),
                ..shared_values(inputs, language, path, (s, r), report)
            }
        })
        .collect();
    context! { id => section.id.clone(), title => language.text(&section.title), reports => reports }
}

/// The page of a report.
pub(super) fn report_page(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    groups: &BrowseGroups,
    path: &DiscPath,
    (s, r): (usize, usize),
    report: &Report,
) -> Value {
    let section = &inputs.catalogue.sections[s];
    let link = |list, plain: &str| groups.group_link(inputs, language, list, plain, path);
    // Names all fields, so that the compiler points out a new one, which may have to be shown.
    let Report {
        id: _,
        title: _,
        summary,
        symbol: _,
        date: _,
        authors,
        subjects,
        kind,
        publisher,
        place,
        series,
        numbers: _,
        licence,
        variants,
    } = report;
    let text = |text: &Option<_>| text.as_ref().map(|text| language.text(text));
    let values = |field: fn(PublicationNumbersRef<'_>) -> Vec<String>| number_values(language, report, field);
    context! {
        report => context! {
            authors => authors.iter().map(|author| context! {
                name => author,
                href => link(BrowseList::Authors, author),
            }).collect::<Vec<_>>(),
            summary => summary.as_ref().map(|summary| language.paragraphs(summary)),
            subjects => subjects.iter().map(|subject| context! {
                href => link(BrowseList::Subjects, language.plain_text(subject)),
                ..language.text(subject)
            }).collect::<Vec<_>>(),
            kind => kind.map(PublicationKind::string_key),
            publisher => text(publisher),
            place => text(place),
            series => text(series),
            isbn => values(|numbers| numbers.isbn.iter().map(|isbn| isbn.text.clone()).collect()),
            issn => values(|numbers| numbers.issn.iter().map(|issn| issn.text.clone()).collect()),
            doi => values(|numbers| numbers.doi.map(str::to_owned).into_iter().collect()),
            pages => values(|numbers| numbers.pages.map(str::to_owned).into_iter().collect()),
            licence => licence.as_ref().map(|licence| match licence {
                Licence::Known(known) => context! { text => known.name.as_str(), href => known.url.as_str() },
                Licence::Text(words) => context! { href => (), ..language.text(words) },
            }),
            shown => media::shown_files(inputs, language, path, (s, r), report),
            search_number => search_number(inputs, (s, r), report),
            not_in_language => !variants.iter().any(|variant| language.is_for_readers_of(variant)),
            ..shared_values(inputs, language, path, (s, r), report)
        },
        section => context! { id => section.id.clone(), title => language.text(&section.title) },
    }
}

/// The number by which the search page knows a report; `None` if none of its files can be searched.
fn search_number(inputs: &PageInputs<'_>, (s, r): (usize, usize), report: &Report) -> Option<usize> {
    let is_searchable = |source| {
        let text = inputs.texts.facts(source).map(|facts| &facts.text);
        text.is_some_and(TextLayer::is_searchable)
    };
    let mut sources = report.variants.iter().flat_map(|variant| variant.all_files()).map(|(source, _)| source);
    let before = inputs.catalogue.sections[..s].iter().map(|section| section.reports.len()).sum::<usize>();
    sources.any(is_searchable).then_some(before + r)
}

/// The values of a field for the variant in the page's language, then those of the other variants that differ, labelled with
/// their languages.
fn number_values(
    language: &PageLanguage<'_>,
    report: &Report,
    field: fn(PublicationNumbersRef<'_>) -> Vec<String>,
) -> Vec<Value> {
    let of_report = &report.numbers;
    let variants = report.variants.iter().map(|variant| (&variant.language, field(variant.numbers.or(of_report))));
    let (own, others): (Vec<_>, Vec<_>) = variants.partition(|(other, _)| *other == language.language);
    let own = own.into_iter().next().map_or_else(|| field(of_report.or(of_report)), |(_, values)| values);
    let shown =
        |value: &String, label: Option<Value>| context! { text => value, url => doi_url(value), label => label };
    let mut all: Vec<Value> = own.iter().map(|value| shown(value, None)).collect();
    let mut seen = vec![own];
    for (other, values) in others {
        // A value that several other variants share is shown once, with the first of them.
        if !seen.contains(&values) {
            all.extend(values.iter().map(|value| shown(value, language.label(other))));
            seen.push(values);
        }
    }
    all
}

/// The values that both the list and the page of the report show.
fn shared_values(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    path: &DiscPath,
    (s, r): (usize, usize),
    report: &Report,
) -> Value {
    let Report {
        id: _,
        title: _,
        summary: _,
        symbol: _,
        date: _,
        authors: _,
        subjects: _,
        kind: _,
        publisher: _,
        place: _,
        series: _,
        numbers: _,
        licence: _,
        variants,
    } = report;
    let mut variants: Vec<(usize, &Variant)> = variants.iter().enumerate().collect();
    // The page's own language first; the sort is stable, so the others keep their order.
    variants.sort_by_key(|(_, variant)| !language.is_for_readers_of(variant));
    let variants: Vec<Value> = variants
        .into_iter()
        .map(|(v, variant)| {
            let indexed = indexed_files(variant, inputs.texts);
            let files: Vec<Value> = variant
                .files
                .iter()
                .enumerate()
                .map(|(f, file)| {
                    let document = inputs.layout.document_path(s, r, v, f);
                    let facts = inputs.texts.facts(file.source);
                    if let Some(folder) = &variant.site {
                        let length = |(source, _)| inputs.catalogue.source(source).length;
                        let is_searchable = |(source, _)| {
                            let text = inputs.texts.facts(source).map(|facts| &facts.text);
                            text.is_some_and(TextLayer::is_searchable)
                        };
                        let searchable = variant.all_files().any(is_searchable);
                        let number = language.format.number(folder.files.len() as u64);
                        return context! {
                            label => (),
                            is_shown => false,
                            is_captions => false,
                            href => document.link_from(path),
                            path => document.as_str(),
                            format => language.string("web_site"),
                            count => language.filled_string("file_count", &[("number", &number)]),
                            size => language.file_size(variant.all_files().map(length).sum()),
                            hints => searchable.then(|| vec![language.string("file_searchable")]),
                        };
                    }
                    let captions = variant.captions_of(f);
                    let is_indexed = indexed.contains(&f) || captions.is_some_and(|f| indexed.contains(&f));
                    let is_captions = variant.recording_of(f).is_some();
                    let of_file = facts.filter(|_| !is_captions);
                    let mut hints = of_file.map(|facts| describe_document(language, facts, is_indexed));
                    if captions.is_some() {
                        let hints = hints.get_or_insert_default();
                        hints.push(language.string("file_captions"));
                        if is_indexed {
                            hints.push(language.string("file_searchable"));
                        }
                    }
                    let source = inputs.catalogue.source(file.source);
                    context! {
                        label => media::label(inputs, variant, f),
                        is_shown => media::is_shown(file, source),
                        is_captions => is_captions,
                        href => document.link_from(path),
                        path => document.as_str(),
                        format => display_name(&file.extension),
                        count => (),
                        size => language.file_size(source.length),
                        hints => hints,
                    }
                })
                .collect();
            context! {
                own => language.is_for_readers_of(variant),
                title => variant.title.clone(),
                files => files,
                ..language.language_value(&variant.language)
            }
        })
        .collect();
    context! { variants => variants, ..language.report_heading(report) }
}

/// Short phrases that say what readers can expect of a document.
fn describe_document(language: &PageLanguage<'_>, facts: &Facts, is_indexed: bool) -> Vec<Value> {
    let mut hints = Vec::new();
    if let Some(pages) = facts.pages {
        let number = language.format.number(u64::from(pages));
        hints.push(language.filled_string("file_pages", &[("number", &number)]));
    }
    match facts.text {
        // The index has only one format of each document: for the others, nothing is said about searching.
        TextLayer::Good | TextLayer::Partial | TextLayer::Recognised if !is_indexed => {}
        TextLayer::Good => hints.push(language.string("file_searchable")),
        TextLayer::Partial => hints.push(language.string("file_partly_searchable")),
        TextLayer::Recognised => hints.push(language.string("file_recognised")),
        TextLayer::None | TextLayer::Bad | TextLayer::Unreadable(_) => {
            hints.push(language.string("file_not_searchable"));
        }
        TextLayer::Unsupported => {}
    }
    match facts.tagged {
        Some(true) => hints.push(language.string("file_tagged")),
        Some(false) => hints.push(language.string("file_untagged")),
        None => {}
    }
    hints
}
