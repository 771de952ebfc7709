//! The files of the search: an index for each language of the documents, and the script that reads it.

use std::collections::BTreeSet;

use super::generated::GeneratedFile;
use super::scripts;
use crate::catalogue::{Catalogue, PublicationNumbersRef, Report, Text, Variant};
use crate::extraction::{Extractions, TextLayer};
use crate::file_formats::{FormatKind, display_name};
use crate::language::{Direction, Language};
use crate::layout::Layout;
use crate::parallel::parallel_map;
use crate::search::{IndexBuilder, IndexedDocument, PageTexts, character_tables};

/// The tags of the languages that are written from right to left, separated by spaces.
pub(super) fn right_to_left(languages: &[&Language]) -> String {
    let tags = languages.iter().filter(|language| language.direction() == Direction::Rtl);
    tags.map(|language| language.as_str()).collect::<Vec<_>>().join(" ")
}

/// The index and its script.
pub(super) fn files(catalogue: &Catalogue, layout: &Layout, texts: &Extractions) -> Vec<GeneratedFile> {
    let [words, marks, digits] = character_tables();
    let characters = format!("makeDiscCharacters(\"{words}\",\"{marks}\",\"{digits}\");\n").into_bytes();
    let mut files = vec![
        GeneratedFile::new(layout.search_script.clone(), scripts::SEARCH.as_bytes()),
        GeneratedFile::new(layout.search_characters.clone(), &characters),
    ];
    let languages = catalogue.document_languages();
    let indexes = parallel_map(&languages, |language| {
        build_index(catalogue, layout, texts, language).finish(&layout.search_folder(language))
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

/// The numbers of the files of a variant that are documents of their own in the index: each file with a title, and of those
/// without, the first that has text, a table and captions, because the others contain the same in other formats.
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

/// Indexes the variants in a language. Each is indexed by the files that [`indexed_files`] returns, or by its title alone if
/// there are none. In a site, every file that has text is a document of its own.
fn build_index(catalogue: &Catalogue, layout: &Layout, texts: &Extractions, language: &Language) -> IndexBuilder {
    let page = layout.search_path(language);
    let default = catalogue.disc.default_language();
    let mut builder = IndexBuilder::new(language);
    for (s, r, report) in catalogue.reports() {
        for (v, variant) in report.variants.iter().enumerate().filter(|(_, variant)| variant.language == *language) {
            let with_text = indexed_files(variant, texts).into_iter().filter_map(|f| {
                texts.text(variant.files[f].source).filter(|text| !text.pages.is_empty()).map(|text| (f, text))
            });
            let mut indexed: Vec<(usize, PageTexts)> =
                with_text.map(|(f, text)| (f, PageTexts { texts: text.pages, numbered: text.numbered })).collect();
            if indexed.is_empty() {
                indexed.push((0, PageTexts::default()));
            }
            let shown = report.title.localised(language, default);
            let (title, title_language) = match &variant.title {
                Some(title) => (title.as_str(), language),
                None => (shown.text, shown.other_language.unwrap_or(language)),
            };
            // Names all fields, so that the compiler points out a new one, by which it may have to be possible to search.
            let Report {
                id: _,
                title: _,
                summary: _,
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
                variants: _,
            } = report;
            let text = |text: &'_ Text| text.localised(language, default).text.to_owned();
            let PublicationNumbersRef { isbn, issn, doi, pages: _ } = variant.numbers.or(numbers);
            let words: Vec<String> = symbol
                .iter()
                .chain(authors)
                .cloned()
                .chain(subjects.iter().chain(publisher).chain(series).map(text))
                .chain(isbn.iter().chain(issn).flat_map(|number| [number.text.clone(), number.compact()]))
                .chain(doi.map(str::to_owned))
                .collect();
            for (f, pages) in indexed {
                // Readers open the recording, not its captions.
                let f = variant.recording_of(f).unwrap_or(f);
                let file = &variant.files[f];
                let (title, title_language) = match &file.title {
                    Some(own) => (format!("{title}: {own}"), language),
                    None => (title.to_owned(), title_language),
                };
                builder.add(
                    IndexedDocument {
                        title,
                        title_language: title_language.as_str().to_owned(),
                        report: layout.report_path(language, s, r).link_from(&page),
                        file: layout.document_path(s, r, v, f).link_from(&page),
                        format: display_name(&file.extension),
                        words: words.join("\n"),
                    },
                    &pages,
                );
            }
            let others = variant.site.iter().flat_map(|site| site.files.iter().enumerate().skip(1));
            for (f, file) in others {
                let Some(text) = texts.text(file.source).filter(|text| !text.pages.is_empty()) else { continue };
                let facts = &text.facts;
                let own_title =
                    facts.title.as_ref().or(facts.heading.as_ref()).filter(|title| !title.trim().is_empty());
                builder.add(
                    IndexedDocument {
                        title: own_title.map_or_else(|| format!("{title}: {}", file.path), String::clone),
                        title_language: language.as_str().to_owned(),
                        report: layout.report_path(language, s, r).link_from(&page),
                        file: layout.document_path(s, r, v, f).link_from(&page),
                        format: display_name(&file.extension),
                        words: String::new(),
                    },
                    &PageTexts { texts: text.pages, numbered: text.numbered },
                );
            }
        }
    }
    builder
}
