//! The index of one language, built document by document.

use std::collections::HashMap;

use super::PageTexts;
use super::analyser::{Analyser, TextRun, Word, bigrams, split_runs};
use super::codec::{compress, packed_shard_script, read_varint, shard_script, write_text, write_varint};
use crate::language::Language;

/// The size of a shard of words or postings before compression.
const SHARD_BYTES: usize = 8_000;

/// The size of a shard of texts before compression.
const TEXT_SHARD_BYTES: usize = 8_000;

const DOCUMENTS_PER_SHARD: usize = 32;

/// The parameters of Okapi BM25: `K1` controls how much the repetition of a word counts, and `B` how much the length of the
/// page does.
const BM25_K1: f64 = 1.2;
const BM25_B: f64 = 0.6;

/// The highest number of occurrences of a word that is counted on a page, and the highest weight: each is stored in
/// four bits.
const MAX_COUNT: u32 = 15;

/// What the search page shows about a document. Links are relative to the folder of a language's pages.
#[derive(Debug, Clone)]
pub struct IndexedDocument {
    pub title: String,
    pub title_language: String,
    /// The link to the page of its report.
    pub report: String,
    /// The link to the file.
    pub file: String,
    /// The name of its format.
    pub format: String,
    /// Other words by which readers can find it, such as its symbol, authors, subjects and ISBN.
    pub words: String,
}

/// Builds the index of a language. Stems are numbered in the order in which they first occur.
pub struct IndexBuilder {
    analyser: Analyser,
    /// A cache, because most words occur many times: the stem of each word as it is written in the texts, or `None` if
    /// folding leaves nothing of it.
    stem_of_word: HashMap<String, Option<usize>>,
    stems: HashMap<String, usize>,
    /// Indexed by the number of the stem.
    postings: Vec<Postings>,
    stems_of_form: HashMap<String, Vec<usize>>,
    /// The number of words on each page.
    page_lengths: Vec<u32>,
    documents: Vec<IndexedDocument>,
    /// The number of pages of each document, and whether they are numbered.
    page_counts: Vec<(u32, bool)>,
    /// The shard of texts that is not full yet, and the number of its pages.
    text_shard: Vec<u8>,
    text_shard_pages: u32,
    /// The compressed shards of texts, with the number of pages in each.
    text_shards: Vec<(u32, Vec<u8>)>,
}

/// The pages of a stem: for each page, 16 times the difference from the page before, plus the number of occurrences.
#[derive(Default)]
struct Postings {
    pages: u32,
    last_page: u32,
    bytes: Vec<u8>,
}

impl IndexBuilder {
    pub fn new(language: &Language) -> Self {
        Self {
            analyser: Analyser::new(language),
            stem_of_word: HashMap::new(),
            stems: HashMap::new(),
            postings: Vec::new(),
            stems_of_form: HashMap::new(),
            page_lengths: Vec::new(),
            documents: Vec::new(),
            page_counts: Vec::new(),
            text_shard: Vec::new(),
            text_shard_pages: 0,
            text_shards: Vec::new(),
        }
    }

    /// Adds a document. Its title and its other words count as part of its first page, which exists even if the document
    /// has no text.
    pub fn add(&mut self, document: IndexedDocument, pages: &PageTexts) {
        let title = format!("{}\n{}", document.title, document.words);
        let count = pages.texts.len().max(1);
        for number in 0..count {
            let text = pages.texts.get(number).map(String::as_str).unwrap_or_default();
            self.add_page(text, if number == 0 { &title } else { "" });
        }
        self.page_counts.push((count as u32, pages.numbered));
        self.documents.push(document);
    }

    fn add_page(&mut self, text: &str, title: &str) {
        let page = self.page_lengths.len() as u32;
        let mut counts: HashMap<usize, u32> = HashMap::new();
        let mut length = 0;
        for (part, is_text) in [(text, true), (title, false)] {
            for stem in self.stems_in(part) {
                *counts.entry(stem).or_default() += 1;
                length += u32::from(is_text);
            }
        }
        self.page_lengths.push(length);
        for (stem, count) in counts {
            let postings = &mut self.postings[stem];
            write_varint((page - postings.last_page) << 4 | count.min(MAX_COUNT), &mut postings.bytes);
            postings.last_page = page;
            postings.pages += 1;
        }
        write_text(text, &mut self.text_shard);
        self.text_shard_pages += 1;
        if self.text_shard.len() >= TEXT_SHARD_BYTES {
            self.finish_text_shard();
        }
    }

    /// The stems of the words in a text, in the order of the text.
    fn stems_in(&mut self, text: &str) -> Vec<usize> {
        let mut stems = Vec::new();
        for run in split_runs(text) {
            match run {
                TextRun::Word(word) => {
                    let stem = match self.stem_of_word.get(word) {
                        Some(stem) => *stem,
                        None => {
                            let stem = self.analyser.analyse(word).map(|word| self.intern(word));
                            self.stem_of_word.insert(word.to_owned(), stem);
                            stem
                        }
                    };
                    stems.extend(stem);
                }
                TextRun::Unspaced(run) => {
                    let pairs: Vec<String> = bigrams(run).collect();
                    // The last character begins no pair: with it, every single character is the beginning of something.
                    let last =
                        pairs.last().and_then(|pair| pair.char_indices().nth(1).map(|(at, _)| pair[at..].to_owned()));
                    stems.extend(pairs.into_iter().chain(last).map(|pair| match self.stems.get(&pair) {
                        Some(stem) => *stem,
                        None => self.intern(Word { form: pair.clone(), stem: pair }),
                    }));
                }
            }
        }
        stems
    }

    /// Returns the number of a word's stem, and adds the form and the stem to the index if they are new.
    fn intern(&mut self, word: Word) -> usize {
        let next = self.postings.len();
        let stem = *self.stems.entry(word.stem).or_insert(next);
        if stem == next {
            self.postings.push(Postings::default());
        }
        let stems = self.stems_of_form.entry(word.form).or_default();
        if !stems.contains(&stem) {
            stems.push(stem);
        }
        stem
    }

    fn finish_text_shard(&mut self) {
        self.text_shards.push((self.text_shard_pages, compress(&self.text_shard)));
        self.text_shard.clear();
        self.text_shard_pages = 0;
    }

    /// Returns the names and contents of the files of the index. Each is a script that passes its own path, which begins
    /// with `folder`, and its contents to the search page.
    pub fn finish(mut self, folder: &str) -> Vec<(String, Vec<u8>)> {
        if self.text_shard_pages > 0 {
            self.finish_text_shard();
        }
        let mut files = Vec::new();
        let mut head = Vec::new();
        write_varint(self.page_lengths.len() as u32, &mut head);
        write_varint(self.page_counts.len() as u32, &mut head);
        for (pages, numbered) in &self.page_counts {
            write_varint(pages << 1 | u32::from(*numbered), &mut head);
        }

        // In alphabetical order, because words with the same beginning are often searched for together.
        let mut stems: Vec<(String, usize)> = std::mem::take(&mut self.stems).into_iter().collect();
        stems.sort_unstable();
        let mut ranks = vec![0_u32; stems.len()];
        for (rank, (_, stem)) in stems.iter().enumerate() {
            ranks[*stem] = rank as u32;
        }
        self.write_posting_shards(&stems, folder, &mut head, &mut files);
        self.write_word_shards(&stems, &ranks, folder, &mut head, &mut files);

        write_varint(self.text_shards.len() as u32, &mut head);
        for (number, (pages, packed)) in std::mem::take(&mut self.text_shards).into_iter().enumerate() {
            write_varint(pages, &mut head);
            files.push((format!("t{number}.js"), packed_shard_script(&format!("{folder}/t{number}"), &packed)));
        }
        write_varint(DOCUMENTS_PER_SHARD as u32, &mut head);
        for (number, documents) in self.documents.chunks(DOCUMENTS_PER_SHARD).enumerate() {
            let mut bytes = Vec::new();
            for d in documents {
                for text in [&d.title, &d.title_language, &d.report, &d.file, &d.format] {
                    write_text(text, &mut bytes);
                }
            }
            files.push((format!("d{number}.js"), shard_script(&format!("{folder}/d{number}"), &bytes)));
        }
        files.push(("head.js".to_owned(), shard_script(&format!("{folder}/head"), &head)));
        files
    }

    /// Writes the pages of each stem with its weight on each page, and into `head` the number of stems in each shard.
    fn write_posting_shards(
        &mut self,
        stems: &[(String, usize)],
        folder: &str,
        head: &mut Vec<u8>,
        files: &mut Vec<(String, Vec<u8>)>,
    ) {
        let total: f64 = self.page_lengths.iter().map(|length| f64::from(*length)).sum();
        let average = (total / self.page_lengths.len().max(1) as f64).max(1.0);
        let mut shards: Vec<(u32, Vec<u8>)> = Vec::new();
        for (_, stem) in stems {
            let postings = std::mem::take(&mut self.postings[*stem]);
            let mut list = Vec::with_capacity(postings.bytes.len());
            let mut rest = postings.bytes.as_slice();
            let mut page = 0;
            while !rest.is_empty() {
                let (number, after) = read_varint(rest);
                rest = after;
                page += number >> 4;
                let count = f64::from(number & MAX_COUNT);
                let length = f64::from(self.page_lengths[page as usize]) / average;
                let score = count * (BM25_K1 + 1.0) / (count + BM25_K1 * (1.0 - BM25_B + BM25_B * length));
                let weight = (score / (BM25_K1 + 1.0) * 15.0).round().clamp(1.0, 15.0) as u32;
                write_varint(number >> 4 << 4 | weight, &mut list);
            }
            let is_full =
                shards.last().is_none_or(|(_, shard)| !shard.is_empty() && shard.len() + list.len() > SHARD_BYTES);
            if is_full {
                shards.push((0, Vec::new()));
            }
            if let Some((count, shard)) = shards.last_mut() {
                *count += 1;
                write_varint(list.len() as u32, shard);
                shard.extend_from_slice(&list);
            }
            // `write_word_shards` needs this number.
            self.postings[*stem].pages = postings.pages;
        }
        write_varint(shards.len() as u32, head);
        for (number, (count, shard)) in shards.into_iter().enumerate() {
            write_varint(count, head);
            files.push((format!("p{number}.js"), shard_script(&format!("{folder}/p{number}"), &shard)));
        }
    }

    /// Writes the forms with their stems and the number of pages of each stem, and into `head` the first form of each shard.
    /// Forms are in the order of their UTF-16 units, because JavaScript compares strings in this way.
    fn write_word_shards(
        &mut self,
        stems: &[(String, usize)],
        ranks: &[u32],
        folder: &str,
        head: &mut Vec<u8>,
        files: &mut Vec<(String, Vec<u8>)>,
    ) {
        let known_forms = &self.stems_of_form;
        let extra: Vec<(String, usize)> = stems
            .iter()
            .flat_map(|(text, stem)| {
                let forms = self.analyser.extra_forms(text, |form| known_forms.contains_key(form));
                forms.into_iter().map(|form| (form, *stem))
            })
            .collect();
        for (form, stem) in extra {
            let known = self.stems_of_form.entry(form).or_default();
            if !known.contains(&stem) {
                known.push(stem);
            }
        }
        let mut forms: Vec<(String, Vec<usize>)> = std::mem::take(&mut self.stems_of_form).into_iter().collect();
        forms.sort_unstable_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
        let mut first_forms: Vec<String> = Vec::new();
        let mut shard: Vec<u8> = Vec::new();
        let mut previous = String::new();
        let finish = |number: usize, shard: &mut Vec<u8>, files: &mut Vec<(String, Vec<u8>)>| {
            files.push((format!("w{number}.js"), shard_script(&format!("{folder}/w{number}"), shard)));
            shard.clear();
        };
        for (form, mut stems) in forms {
            if shard.len() >= SHARD_BYTES {
                finish(first_forms.len() - 1, &mut shard, files);
            }
            if shard.is_empty() {
                first_forms.push(form.clone());
                previous.clear();
            }
            let shared = form.bytes().zip(previous.bytes()).take_while(|(a, b)| a == b).count();
            write_varint(shared as u32, &mut shard);
            write_varint((form.len() - shared) as u32, &mut shard);
            shard.extend_from_slice(&form.as_bytes()[shared..]);
            stems.sort_unstable_by_key(|stem| ranks[*stem]);
            write_varint(stems.len() as u32, &mut shard);
            for stem in stems {
                write_varint(ranks[stem], &mut shard);
                write_varint(self.postings[stem].pages, &mut shard);
            }
            previous = form;
        }
        if !shard.is_empty() {
            finish(first_forms.len() - 1, &mut shard, files);
        }
        write_varint(first_forms.len() as u32, head);
        for first in first_forms {
            write_text(&first, head);
        }
    }
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
                words: String::new(),
            };
            let texts = (0..5).map(|page| format!("page {page} of {number} {}", "water ".repeat(400))).collect();
            builder.add(document, &PageTexts { texts, numbered: true });
        }
        builder.finish("en")
    }

    #[test]
    fn the_same_documents_give_the_same_bytes() {
        assert_eq!(build_index(), build_index());
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
