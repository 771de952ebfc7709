//! The index of one language, built document by document.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::PageTexts;
use super::analyser::{Analyser, RunKind, bigrams, compounds, split_runs};
use super::codec::{shard_script, write_text, write_varint};
use super::page_kind::importance;
use super::shards::Shards;
use super::vocabulary::Vocabulary;
use crate::language::Language;

const DOCUMENTS_PER_SHARD: usize = 32;

/// See [`Vocabulary::with_min_length`].
const MIN_PAGE_LENGTH: u32 = 20;

/// How many times the words of a heading count on the page on which its part of the document begins, in addition to the
/// heading in the text of the page.
const HEADING_WEIGHT: u32 = 4;

/// The maximum length of a page label such as `Annex 2-14`, in characters.
const MAX_LABEL_LENGTH: usize = 20;

/// The maximum length of a heading that names a part of a document without pages.
const MAX_PART_NAME: usize = 80;

/// What the search page shows about a document. Links are relative to the folder of a language's pages.
#[derive(Debug, Clone, Serialize)]
pub struct IndexedDocument {
    pub title: String,
    pub title_language: String,
    /// The link to the page of its report.
    pub report: String,
    /// The link to the file.
    pub file: String,
    /// The name of its format.
    pub format: String,
    /// The number of its report in the catalogue. The documents of a report are added one after the other.
    pub report_number: u32,
    /// The part of its title that no other document has, such as “Annex 2”. It counts as part of its first page.
    pub own_title: String,
    /// Whether an OCR program recognised its text.
    pub is_recognised: bool,
}

/// The numbers that the vocabulary has given to a word.
#[derive(Clone, Copy)]
struct KnownWord {
    stem: usize,
    /// The list of the pages with exactly the form of the word.
    own_list: Option<usize>,
}

/// The words of a text.
struct Words {
    /// The stems of its words and compounds.
    stems: Vec<usize>,
    /// For its words, the lists of the pages with exactly their forms.
    own_lists: Vec<usize>,
    /// The number of its words.
    count: u32,
}

/// Builds the index of a language.
pub struct IndexBuilder {
    analyser: Analyser,
    /// A cache of the words as they are written in the texts, because most words occur many times. `None` if folding leaves
    /// nothing.
    known_words: HashMap<String, Option<KnownWord>>,
    vocabulary: Vocabulary,
    documents: Vec<IndexedDocument>,
    /// The number of pages of each document, and whether they are the pages of the file.
    page_counts: Vec<(u32, bool)>,
    /// The labels of the pages of each document, empty if the pages are simply counted.
    labels: Vec<Vec<String>>,
    texts: Shards,
}

impl IndexBuilder {
    pub fn new(language: &Language) -> Self {
        Self {
            analyser: Analyser::new(language),
            known_words: HashMap::new(),
            vocabulary: Vocabulary::with_min_length(MIN_PAGE_LENGTH),
            documents: Vec::new(),
            page_counts: Vec::new(),
            labels: Vec::new(),
            texts: Shards::default(),
        }
    }

    /// Adds a document. Its first page exists even if the document has no text.
    pub fn add(&mut self, document: IndexedDocument, pages: &PageTexts) {
        let count = pages.texts.len().max(1);
        let mut headings: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for (page, heading) in &pages.headings {
            headings.entry(*page).or_default().push(heading);
        }
        for number in 0..count {
            let text = pages.texts.get(number).map(String::as_str).unwrap_or_default();
            let title = if number == 0 { document.own_title.as_str() } else { "" };
            let headings = headings.get(&number).map(|headings| headings.join("\n")).unwrap_or_default();
            self.add_page(text, &[(title, 1), (&headings, HEADING_WEIGHT)]);
        }
        self.page_counts.push((count as u32, pages.is_paginated));
        let shorten = |label: &String| label.chars().take(MAX_LABEL_LENGTH).collect();
        let labels: Vec<String> = pages.labels.iter().take(count).map(shorten).collect();
        self.labels.push(if pages.is_paginated { labels } else { part_names(pages) });
        self.documents.push(document);
    }

    /// Adds a page. `extra_texts` are texts about the page, such as its headings, each with the number of times that its
    /// words count.
    fn add_page(&mut self, text: &str, extra_texts: &[(&str, u32)]) {
        let (mut stem_counts, mut own_counts) = (HashMap::new(), HashMap::new());
        let words = self.words_of(text);
        words.stems.into_iter().for_each(|stem| *stem_counts.entry(stem).or_default() += 1);
        words.own_lists.into_iter().for_each(|list| *own_counts.entry(list).or_default() += 1);
        for (extra_text, weight) in extra_texts {
            let extra = self.words_of(extra_text);
            extra.stems.into_iter().for_each(|stem| *stem_counts.entry(stem).or_default() += weight);
            extra.own_lists.into_iter().for_each(|list| *own_counts.entry(list).or_default() += weight);
        }
        self.vocabulary.add_page(stem_counts, own_counts, words.count, importance(text));
        self.texts.push(|shard| write_text(text, shard));
    }

    fn words_of(&mut self, text: &str) -> Words {
        let (mut stems, mut own_lists) = (Vec::new(), Vec::new());
        let runs = split_runs(text);
        for run in &runs {
            match run.kind {
                RunKind::Word => {
                    let known = match self.known_words.get(run.text) {
                        Some(known) => *known,
                        None => {
                            let word = self.analyser.analyse(run.text);
                            let known = word.map(|word| {
                                let stem = self.vocabulary.intern(word.form.clone(), word.stem);
                                // Without a stemmer, the form and the stem are on the same pages.
                                let has_stems = self.analyser.has_stems();
                                let own_list = has_stems.then(|| self.vocabulary.intern_own_list(&word.form)).flatten();
                                KnownWord { stem, own_list }
                            });
                            self.known_words.insert(run.text.to_owned(), known);
                            known
                        }
                    };
                    stems.extend(known.map(|known| known.stem));
                    own_lists.extend(known.and_then(|known| known.own_list));
                }
                RunKind::Unspaced => {
                    let pairs: Vec<String> = bigrams(run.text).collect();
                    // The last character begins no pair, so it is a form itself: then every single character is the beginning
                    // of a form, and a query of one character finds it.
                    let last_character =
                        |pair: &String| pair.char_indices().nth(1).map(|(at, _)| pair[at..].to_owned());
                    let last = pairs.last().and_then(last_character);
                    stems.extend(pairs.into_iter().chain(last).map(|pair| match self.vocabulary.stem(&pair) {
                        Some(stem) => stem,
                        None => self.vocabulary.intern(pair.clone(), pair),
                    }));
                }
            }
        }
        let count = stems.len() as u32;
        for compound in compounds(text, &runs) {
            if let Some(word) = self.analyser.analyse_compound(compound) {
                stems.push(self.vocabulary.intern(word.form, word.stem));
            }
        }
        Words { stems, own_lists, count }
    }

    /// Returns the names and contents of the files of the index. Each is a script that passes its own path, which begins
    /// with `folder`, and its contents to the search page.
    pub fn finish(mut self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        let mut head = Vec::new();
        write_varint(self.vocabulary.page_count(), &mut head);
        self.write_documents(folder, &mut head, &mut files);
        self.vocabulary.add_extra_forms(&self.analyser, &|_| true);
        let analyser = &self.analyser;
        // The search page must know stop words even if no text has them.
        analyser.stop_words().for_each(|word| self.vocabulary.add_empty_form(&word));
        self.vocabulary.finish(folder, &|form| analyser.is_stop_word(form), &mut head, &mut files);
        self.texts.finish(folder, 't', &mut head, &mut files);
        files.push(("head.js".to_owned(), shard_script(&format!("{folder}/head"), &head)));
        files
    }

    /// Adds the shards of documents to `files`, and to `head` the data that the search page always needs about every document.
    fn write_documents(&self, folder: &str, head: &mut Vec<u8>, files: &mut Vec<(String, Vec<u8>)>) {
        let mut formats: Vec<&str> = Vec::new();
        write_varint(self.documents.len() as u32, head);
        let mut report = 0;
        for ((pages, is_paginated), document) in self.page_counts.iter().zip(&self.documents) {
            let format = formats.iter().position(|known| *known == document.format).unwrap_or_else(|| {
                formats.push(&document.format);
                formats.len() - 1
            });
            write_varint(pages << 1 | u32::from(*is_paginated), head);
            write_varint(document.report_number - report, head);
            write_varint(format as u32, head);
            report = document.report_number;
        }
        write_varint(formats.len() as u32, head);
        formats.iter().for_each(|format| write_text(format, head));
        write_varint(DOCUMENTS_PER_SHARD as u32, head);
        for (number, documents) in self.documents.chunks(DOCUMENTS_PER_SHARD).enumerate() {
            let mut bytes = Vec::new();
            let labels = self.labels.iter().skip(number * DOCUMENTS_PER_SHARD);
            for (d, labels) in documents.iter().zip(labels) {
                for text in [&d.title, &d.title_language, &d.report, &d.file] {
                    write_text(text, &mut bytes);
                }
                write_varint(u32::from(d.is_recognised), &mut bytes);
                write_varint(labels.len() as u32, &mut bytes);
                labels.iter().for_each(|label| write_text(label, &mut bytes));
            }
            files.push((format!("d{number}.js"), shard_script(&format!("{folder}/d{number}"), &bytes)));
        }
    }
}

/// The name of each part of a document without pages: the last heading before the part. Empty if the document has no
/// headings. A heading inside the part is not its name: it is marked in the text.
fn part_names(pages: &PageTexts) -> Vec<String> {
    let Some(last) = pages.headings.iter().map(|(part, _)| *part).max() else { return Vec::new() };
    let before = |part: usize| pages.headings.iter().rev().find(|(heading, _)| *heading < part);
    let shorten = |(_, heading): &(usize, String)| heading.chars().take(MAX_PART_NAME).collect();
    let parts = if last == 0 && pages.texts.len() == 1 { 0 } else { pages.texts.len() };
    (0..parts).map(|part| before(part).map(shorten).unwrap_or_default()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn build_index() -> Vec<(String, Vec<u8>)> {
        let mut builder = IndexBuilder::new(&Language::parse("en").unwrap());
        for number in 0..40 {
            let document = IndexedDocument {
                title: format!("Report {number}"),
                title_language: "en".to_owned(),
                report: "s/r.html".to_owned(),
                file: "../../documents/s/r_en.pdf".to_owned(),
                format: "PDF".to_owned(),
                report_number: number,
                own_title: String::new(),
                is_recognised: false,
            };
            let texts = (0..5).map(|page| format!("page {page} of {number} {}", "water ".repeat(400))).collect();
            builder.add(document, &PageTexts { texts, is_paginated: true, labels: Vec::new(), headings: Vec::new() });
        }
        builder.finish("en")
    }

    #[test]
    fn the_same_documents_give_the_same_bytes() {
        assert_eq!(build_index(), build_index());
    }

    #[test]
    fn an_index_of_other_bytes_has_another_version() {
        let texts = [
            ("en", "The wells of the districts were measured. Co-operation costs 1,325 dollars (A/RES/60/1)."),
            ("fr", "L'eau des puits est mesurée dans les écoles : 1 325 fois."),
            ("es", "¿Dónde están los pozos de agua potable de las niñas?"),
            ("ru", "Ёлки стояли у воды. Колодцы измеряли учителя."),
            ("ar", "قِيسَتِ الآبارُ في المدارس عام ١٣٢٥ وبالمياه"),
            ("zh", "水井的深度由学校的老师测量。軟體 1325"),
            ("de", "Wasserschutzgebiete und Größen der Häuser"),
            ("th", "น้ำในบ่อน้ำ"),
        ];
        let indexes = texts.map(|(tag, text)| {
            let mut builder = IndexBuilder::new(&Language::parse(tag).unwrap());
            let document = IndexedDocument {
                title: "A".to_owned(),
                title_language: tag.to_owned(),
                report: "s/r.html".to_owned(),
                file: "r.pdf".to_owned(),
                format: "PDF".to_owned(),
                report_number: 3,
                own_title: "Annex 2".to_owned(),
                is_recognised: tag == "es",
            };
            let page = |words: usize| text.split(' ').skip(words).collect::<Vec<_>>().join(" ");
            let pages = PageTexts {
                texts: vec![page(0), page(1), page(2).repeat(30)],
                is_paginated: tag != "de",
                labels: vec!["i".to_owned(), "1".to_owned(), "2".to_owned()],
                headings: vec![(1, page(3))],
            };
            builder.add(document, &pages);
            builder.finish(tag)
        });
        let digest = crate::checksum::Digest::of(&crate::worker::encode(&indexes)).to_string();
        let expected = "0ff09aad8a78b3ea774b3b08c32405493799d05bf3efea7c20bbf6ffc7c2c696";
        assert_eq!(digest, expected, "increase `INDEX_VERSION` and change the digest here");
    }

    #[test]
    fn parts_are_named_after_the_heading_before_them() {
        let pages = |headings: &[(usize, &str)]| PageTexts {
            texts: vec!["a".to_owned(); 4],
            headings: headings.iter().map(|(part, heading)| (*part, (*heading).to_owned())).collect(),
            ..PageTexts::default()
        };
        assert_eq!(part_names(&pages(&[(0, "One"), (1, "Two"), (1, "Three")])), ["", "One", "Three", "Three"]);
        assert_eq!(part_names(&pages(&[])), [""; 0]);
    }

    #[test]
    fn every_shard_calls_the_page_with_its_name() {
        let files = build_index();
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        for name in ["head.js", "w0.js", "p0.js", "t0.js", "t1.js", "d0.js", "d1.js"] {
            assert!(names.contains(&name), "{names:?}");
        }
        for (name, script) in &files {
            let begin = format!("makeDiscShard(\"en/{}\",\"", name.trim_end_matches(".js"));
            assert!(script.starts_with(begin.as_bytes()), "{name}");
        }
    }
}
