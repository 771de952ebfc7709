//! The files of the search: an index for each language of the documents, and the script that reads it.

use std::collections::BTreeSet;

use super::generated::GeneratedFile;
use super::report_pages::ReportPages;
use super::scripts;
use crate::catalogue::{Catalogue, PublicationNumbers, Report, SourceId, Text, Variant};
use crate::checksum::Digest;
use crate::extraction::{Extraction, Extractions, Heading, TextLayer, mark_headings};
use crate::file_formats::{FormatKind, display_name};
use crate::language::{Direction, Language, LanguageFormat, PartialDate};
use crate::layout::Layout;
use crate::parallel::parallel_map;
use crate::search::{
    CatalogueIndexBuilder, CatalogueRecord, Field, FieldKind, INDEX_VERSION, IndexBuilder, IndexedDocument, PageTexts,
    RecordFile, character_tables, variants_shard,
};
use crate::worker::{decode, encode};

/// The tags of the languages that are written from right to left, separated by spaces.
pub(super) fn right_to_left(languages: &[&Language]) -> String {
    let tags = languages.iter().filter(|language| language.direction() == Direction::Rtl);
    tags.map(|language| language.as_str()).collect::<Vec<_>>().join(" ")
}

/// The indexes and their script.
pub(super) fn files(
    catalogue: &Catalogue,
    layout: &Layout,
    texts: &Extractions,
    pages: &ReportPages,
) -> Vec<GeneratedFile> {
    let [words, marks, digits] = character_tables();
    let characters = format!("makeDiscCharacters(\"{words}\",\"{marks}\",\"{digits}\");\n").into_bytes();
    let mut files = vec![
        GeneratedFile::new(layout.search_script.clone(), scripts::SEARCH.as_bytes()),
        GeneratedFile::new(layout.search_characters.clone(), &characters),
        GeneratedFile::new(layout.search_variants.clone(), &variants_shard("variants")),
    ];
    let records = index_catalogue(catalogue, layout, pages).finish(Layout::SEARCH_CATALOGUE_FOLDER);
    files.extend(
        records.into_iter().map(|(name, bytes)| GeneratedFile::new(layout.search_catalogue_path(&name), &bytes)),
    );
    let languages = catalogue.document_languages();
    let indexes = parallel_map(&languages, |language| {
        let documents = indexed_documents(catalogue, layout, texts, pages, language);
        index_files(texts, language, &layout.search_folder(language), documents)
    });
    for (language, shards) in languages.into_iter().zip(indexes) {
        files.extend(
            shards
                .into_iter()
                .map(|(name, bytes)| GeneratedFile::new(layout.search_shard_path(language, &name), &bytes)),
        );
    }
    files
}

/// The indices of the files of a variant that the index contains: every file with a title; and of those without a title, the first
/// text, the first table and the first captions, because the others are assumed to have the same contents in other formats. Files
/// without text are left out.
pub(super) fn indexed_files(variant: &Variant, texts: &Extractions) -> Vec<usize> {
    let mut untitled = BTreeSet::new();
    let mut indexed = Vec::new();
    for (f, file) in variant.files.iter().enumerate() {
        let text = texts.facts(file.source).map(|facts| &facts.text);
        let has_text = text.is_some_and(TextLayer::is_searchable);
        let is_own = match variant.recording_of(f) {
            Some(recording) => variant.files[recording].title.is_some(),
            None => file.title.is_some(),
        };
        let group = match file.kind() {
            kind @ (FormatKind::Spreadsheet | FormatKind::Captions) => kind,
            _ => FormatKind::Document,
        };
        if has_text && (is_own || untitled.insert(group)) {
            indexed.push(f);
        }
    }
    indexed
}

/// Indexes the metadata of all reports.
fn index_catalogue(catalogue: &Catalogue, layout: &Layout, pages: &ReportPages) -> CatalogueIndexBuilder {
    let default = catalogue.disc.default_language();
    let formats: Vec<(&Language, LanguageFormat)> =
        catalogue.disc.languages.iter().map(|language| (language, language.format())).collect();
    let mut builder = CatalogueIndexBuilder::new(default);
    for (s, r, report) in catalogue.reports() {
        let page = layout.search_path(default);
        let mut fields = report_fields(report);
        add_texts(&mut fields, FieldKind::Section, [&catalogue.sections[s].title]);
        if let Some(date) = report.date {
            add_dates(&mut fields, date, &formats);
        }
        let files = report.variants.iter().enumerate().flat_map(|(v, variant)| {
            // Captions are opened with their recording.
            let opened = (0..variant.files.len()).filter(|f| variant.recording_of(*f).is_none());
            let page = &page;
            opened.map(move |f| RecordFile {
                language: variant.language.clone(),
                link: layout.document_path(s, r, v, f).link_from(page),
                format: display_name(&variant.files[f].extension),
            })
        });
        builder.add(&CatalogueRecord {
            page: pages.link(layout, default, (s, r), &page),
            section: s as u32,
            year: report.date.map(|date| date.year),
            fields,
            files: files.collect(),
        });
    }
    builder
}

/// The searchable texts of a report, in all its languages. Titles come first.
fn report_fields(report: &Report) -> Vec<Field> {
    // Names all fields, so that the compiler points out a new one, which may have to be searchable.
    let Report {
        id: _,
        title,
        summary,
        symbol,
        date: _,
        authors,
        subjects,
        kind: _,
        publisher,
        place: _,
        series,
        numbers,
        licence: _,
        variants,
    } = report;
    let mut fields = Vec::new();
    for variant in variants {
        if let Some(title) = &variant.title {
            add_field(&mut fields, FieldKind::OwnTitle, Some(&variant.language), title);
        }
    }
    add_texts(&mut fields, FieldKind::Title, [title]);
    for variant in variants {
        for part in variant.files.iter().filter_map(|file| file.title.as_ref()) {
            add_field(&mut fields, FieldKind::Part, Some(&variant.language), part);
        }
    }
    symbol.iter().for_each(|symbol| add_field(&mut fields, FieldKind::Symbol, None, symbol));
    authors.iter().for_each(|author| add_field(&mut fields, FieldKind::Author, None, &author.name()));
    add_texts(&mut fields, FieldKind::Subject, subjects);
    add_texts(&mut fields, FieldKind::Series, series);
    add_texts(&mut fields, FieldKind::Publisher, publisher);
    for PublicationNumbers { isbn, issn, doi, pages: _ } in
        std::iter::once(numbers).chain(variants.iter().map(|variant| &variant.numbers))
    {
        isbn.iter().for_each(|number| add_field(&mut fields, FieldKind::Isbn, None, &number.text));
        issn.iter().for_each(|number| add_field(&mut fields, FieldKind::Issn, None, &number.text));
        doi.iter().for_each(|doi| add_field(&mut fields, FieldKind::Doi, None, doi));
    }
    add_texts(&mut fields, FieldKind::Summary, summary);
    fields
}

fn add_texts<'t>(fields: &mut Vec<Field>, kind: FieldKind, texts: impl IntoIterator<Item = &'t Text>) {
    for text in texts {
        match text {
            Text::Same(text) => add_field(fields, kind, None, text),
            Text::PerLanguage(texts) => {
                texts.iter().for_each(|(language, text)| add_field(fields, kind, Some(language), text));
            }
        }
    }
}

/// Adds a field, unless the report has it already.
fn add_field(fields: &mut Vec<Field>, kind: FieldKind, language: Option<&Language>, text: &str) {
    let is_same = |field: &Field| field.kind == kind && field.language.as_ref() == language && field.text == text;
    if !text.is_empty() && !fields.iter().any(is_same) {
        fields.push(Field { kind, language: language.cloned(), text: text.to_owned(), also_found_as: None });
    }
}

/// Adds a date in digits, and as the pages in each language show it.
fn add_dates(fields: &mut Vec<Field>, date: PartialDate, formats: &[(&Language, LanguageFormat)]) {
    add_field(fields, FieldKind::Date, None, &date.to_string());
    for (language, format) in formats {
        let text = format.date(date);
        // Many languages write a year alone in digits.
        if text == date.to_string() {
            continue;
        }
        let month = date.day.map(|_| format.date(PartialDate { day: None, ..date }));
        fields.push(Field { kind: FieldKind::Date, language: Some((*language).clone()), text, also_found_as: month });
    }
}

fn page_texts(text: Extraction) -> PageTexts {
    let Extraction { pages: mut texts, is_paginated, labels, headings, large_lines, facts: _ } = text;
    let mut headings: Vec<Heading> = headings.into_iter().chain(large_lines).collect();
    // In formats without pages, headings are marked already.
    if is_paginated {
        mark_headings(&mut texts, &mut headings);
    }
    let headings = headings.into_iter().map(|heading| (heading.page, heading.text)).collect();
    PageTexts { texts, is_paginated, labels, headings }
}

/// A document of an index, and the source of its text.
type IndexedSource = (SourceId, IndexedDocument);

/// The files of the index of a language. They are kept from one run to the next, because an index takes much longer to make than all
/// other files of a disc.
fn index_files(
    texts: &Extractions,
    language: &Language,
    folder: &str,
    documents: Vec<IndexedSource>,
) -> Vec<(String, Vec<u8>)> {
    let name = index_id(texts, language, folder, &documents).map(|id| format!("{id}.index"));
    if let Some(kept) = name.as_ref().and_then(|name| decode(&texts.kept(name)?)) {
        return kept;
    }
    let mut builder = IndexBuilder::new(language);
    let mut is_complete = true;
    for (source, document) in documents {
        match texts.text(source) {
            Some(text) if text.pages.is_empty() => {}
            Some(text) => builder.add(document, &page_texts(text)),
            // The text was in the cache when the documents were read, and cannot be read any more.
            None if texts.text_id(source).is_some_and(|id| !id.is_empty()) => is_complete = false,
            None => {}
        }
    }
    let files = builder.finish(folder);
    if let Some(name) = name.filter(|_| is_complete) {
        texts.keep(&name, &encode(&files));
    }
    files
}

/// Identifies everything from which an index is made. `None` if it cannot be identified.
fn index_id(texts: &Extractions, language: &Language, folder: &str, documents: &[IndexedSource]) -> Option<Digest> {
    let parts = documents.iter().map(|(source, document)| Some((texts.text_id(*source)?, document)));
    let parts: Vec<(&str, &IndexedDocument)> = parts.collect::<Option<_>>()?;
    let all = encode(&(INDEX_VERSION, language.as_str(), folder, parts));
    (!all.is_empty()).then(|| Digest::of(&all))
}

/// The documents in a language whose texts are indexed: the files of each variant that [`indexed_files`] returns, and every file of a
/// site that has text.
fn indexed_documents(
    catalogue: &Catalogue,
    layout: &Layout,
    texts: &Extractions,
    pages: &ReportPages,
    language: &Language,
) -> Vec<IndexedSource> {
    let page = layout.search_path(language);
    let default = catalogue.disc.default_language();
    let mut documents = Vec::new();
    for (number, (s, r, report)) in catalogue.reports().enumerate() {
        let report_number = number as u32;
        for (v, variant) in report.variants.iter().enumerate().filter(|(_, variant)| variant.language == *language) {
            let shown = report.title.localised(language, default);
            let (title, title_language) = match &variant.title {
                Some(title) => (title.as_str(), language),
                None => (shown.text, shown.other_language.unwrap_or(language)),
            };
            for f in indexed_files(variant, texts) {
                let source = variant.files[f].source;
                // Readers open the recording, not its captions.
                let f = variant.recording_of(f).unwrap_or(f);
                let file = &variant.files[f];
                let (title, title_language) = match &file.title {
                    Some(own) => (format!("{title}: {own}"), language),
                    None => (title.to_owned(), title_language),
                };
                let document = IndexedDocument {
                    title,
                    title_language: title_language.as_str().to_owned(),
                    report: pages.link(layout, language, (s, r), &page),
                    file: layout.document_path(s, r, v, f).link_from(&page),
                    format: display_name(&file.extension),
                    report_number,
                    own_title: file.title.clone().unwrap_or_default(),
                    is_recognised: texts.facts(file.source).is_some_and(|facts| facts.text == TextLayer::Recognised),
                };
                documents.push((source, document));
            }
            // The start page is among the files of the variant.
            let other_pages = variant.site.iter().flat_map(|site| site.files.iter().enumerate().skip(1));
            for (f, file) in other_pages {
                let Some(facts) = texts.facts(file.source) else { continue };
                let own_title =
                    facts.title.as_ref().or(facts.heading.as_ref()).filter(|title| !title.trim().is_empty());
                // A title such as “Index” does not say of which web site.
                let page_title = match own_title {
                    Some(own) if own.contains(title) => own.clone(),
                    own => format!("{title}: {}", own.unwrap_or(&file.path)),
                };
                let document = IndexedDocument {
                    title: page_title,
                    title_language: language.as_str().to_owned(),
                    report: pages.link(layout, language, (s, r), &page),
                    file: layout.document_path(s, r, v, f).link_from(&page),
                    format: display_name(&file.extension),
                    report_number,
                    own_title: own_title.cloned().unwrap_or_default(),
                    is_recognised: false,
                };
                documents.push((file.source, document));
            }
        }
    }
    documents
}
