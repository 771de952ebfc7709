//! The index of one language, built document by document.

use std::collections::HashMap;

use super::Pages;
use super::analyser::{Analyser, Piece, Word, pairs, pieces};
use super::codec::{deflate, pack, put, put_text, script, take};
use crate::language::Language;

/// Bytes of a shard before it is deflated: some kilobytes on the disc.
const SHARD: usize = 8_000;

/// Bytes of text in a shard of texts.
const TEXT_SHARD: usize = 8_000;

/// Documents in a shard of documents.
const DOCUMENT_SHARD: usize = 32;

/// How much a word's repetition counts, and how much the length of its page (Okapi BM25).
const REPETITION: f64 = 1.2;
const LENGTH: f64 = 0.6;

/// The most that is seen of how often a word is on a page.
const MOST_OFTEN: u32 = 15;

/// What the page says of a document. Links start at the folder of a language's pages.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its title, in the index's language if there is one.
    pub title: String,
    /// The language of the title.
    pub title_language: String,
    /// The link to its report's page.
    pub report: String,
    /// The link to the file.
    pub file: String,
    /// Its format, for people.
    pub format: String,
    /// Other words under which it is found: its symbol, its authors, its subjects.
    pub words: String,
}

/// The index while documents are added.
pub struct Builder {
    analyser: Analyser,
    /// Words as texts have them, with their stems: most were seen before.
    seen: HashMap<String, Option<usize>>,
    /// Stems by their text, and the pages of each.
    stems: HashMap<String, usize>,
    postings: Vec<Postings>,
    /// The stems of each form.
    forms: HashMap<String, Vec<usize>>,
    /// Words on each page.
    lengths: Vec<u32>,
    documents: Vec<Document>,
    /// How many pages each document has, and whether they are numbered.
    extents: Vec<(u32, bool)>,
    text: Vec<u8>,
    text_pages: u32,
    /// Shards of texts, packed, with the number of pages in each.
    texts: Vec<(u32, Vec<u8>)>,
}

/// The pages of a stem: numbers as differences, times 16, plus how often.
#[derive(Default)]
struct Postings {
    pages: u32,
    last: u32,
    bytes: Vec<u8>,
}

impl Builder {
    /// The index of a language.
    pub fn new(language: &Language) -> Self {
        Self {
            analyser: Analyser::of(language),
            seen: HashMap::new(),
            stems: HashMap::new(),
            postings: Vec::new(),
            forms: HashMap::new(),
            lengths: Vec::new(),
            documents: Vec::new(),
            extents: Vec::new(),
            text: Vec::new(),
            text_pages: 0,
            texts: Vec::new(),
        }
    }

    /// Adds a document. One without text is found by its title.
    pub fn add(&mut self, document: Document, pages: &Pages) {
        let first = format!("{}\n{}", document.title, document.words);
        let count = pages.texts.len().max(1);
        for number in 0..count {
            let text = pages.texts.get(number).map(String::as_str).unwrap_or_default();
            self.page(text, if number == 0 { &first } else { "" });
        }
        self.extents.push((count as u32, pages.numbered));
        self.documents.push(document);
    }

    fn page(&mut self, text: &str, title: &str) {
        let page = self.lengths.len() as u32;
        let mut often: HashMap<usize, u32> = HashMap::new();
        let mut count = 0;
        for (part, counts) in [(text, true), (title, false)] {
            for stem in self.stems_of(part) {
                *often.entry(stem).or_default() += 1;
                count += u32::from(counts);
            }
        }
        self.lengths.push(count);
        for (stem, often) in often {
            let postings = &mut self.postings[stem];
            put((page - postings.last) << 4 | often.min(MOST_OFTEN), &mut postings.bytes);
            postings.last = page;
            postings.pages += 1;
        }
        put_text(text, &mut self.text);
        self.text_pages += 1;
        if self.text.len() >= TEXT_SHARD {
            self.end_text();
        }
    }

    /// The stems of a text's words, in its order.
    fn stems_of(&mut self, text: &str) -> Vec<usize> {
        let mut stems = Vec::new();
        for piece in pieces(text) {
            match piece {
                Piece::Word(word) => {
                    let stem = match self.seen.get(word) {
                        Some(stem) => *stem,
                        None => {
                            let stem = self.analyser.word(word).map(|word| self.know(word));
                            self.seen.insert(word.to_owned(), stem);
                            stem
                        }
                    };
                    stems.extend(stem);
                }
                Piece::Signs(signs) => stems.extend(pairs(signs).map(|pair| match self.stems.get(&pair) {
                    Some(stem) => *stem,
                    None => self.know(Word { form: pair.clone(), stem: pair }),
                })),
            }
        }
        stems
    }

    /// The number of a word's stem, by which it is found from now on.
    fn know(&mut self, word: Word) -> usize {
        let next = self.postings.len();
        let stem = *self.stems.entry(word.stem).or_insert(next);
        if stem == next {
            self.postings.push(Postings::default());
        }
        let stems = self.forms.entry(word.form).or_default();
        if !stems.contains(&stem) {
            stems.push(stem);
        }
        stem
    }

    fn end_text(&mut self) {
        let mut packed = Vec::new();
        pack(&deflate(&self.text), &mut packed);
        self.texts.push((self.text_pages, packed));
        self.text.clear();
        self.text_pages = 0;
    }

    /// The files of the index, by name. `folder` is the part of their names within scripts.
    pub fn finish(mut self, folder: &str) -> Vec<(String, Vec<u8>)> {
        if self.text_pages > 0 {
            self.end_text();
        }
        let mut files = Vec::new();
        let mut head = Vec::new();
        put(self.lengths.len() as u32, &mut head);
        put(self.extents.len() as u32, &mut head);
        for (pages, numbered) in &self.extents {
            put(pages << 1 | u32::from(*numbered), &mut head);
        }

        // Stems in alphabetical order, so that what is searched together is stored together.
        let mut stems: Vec<(String, usize)> = std::mem::take(&mut self.stems).into_iter().collect();
        stems.sort_unstable();
        let mut ranks = vec![0_u32; stems.len()];
        for (rank, (_, stem)) in stems.iter().enumerate() {
            ranks[*stem] = rank as u32;
        }
        self.shards_of_postings(&stems, folder, &mut head, &mut files);
        self.shards_of_words(&stems, &ranks, folder, &mut head, &mut files);

        put(self.texts.len() as u32, &mut head);
        for (number, (pages, packed)) in std::mem::take(&mut self.texts).into_iter().enumerate() {
            put(pages, &mut head);
            let mut script = format!("makeDiscShard(\"{folder}/t{number}\",\"").into_bytes();
            script.extend_from_slice(&packed);
            script.extend_from_slice(b"\");\n");
            files.push((format!("t{number}.js"), script));
        }
        put(DOCUMENT_SHARD as u32, &mut head);
        for (number, documents) in self.documents.chunks(DOCUMENT_SHARD).enumerate() {
            let mut bytes = Vec::new();
            for d in documents {
                for text in [&d.title, &d.title_language, &d.report, &d.file, &d.format] {
                    put_text(text, &mut bytes);
                }
            }
            files.push((format!("d{number}.js"), script(&format!("{folder}/d{number}"), &bytes)));
        }
        files.push(("head.js".to_owned(), script(&format!("{folder}/head"), &head)));
        files
    }

    /// The pages of each stem, with how much it counts there.
    fn shards_of_postings(
        &mut self,
        stems: &[(String, usize)],
        folder: &str,
        head: &mut Vec<u8>,
        files: &mut Vec<(String, Vec<u8>)>,
    ) {
        let total: f64 = self.lengths.iter().map(|length| f64::from(*length)).sum();
        let average = (total / self.lengths.len().max(1) as f64).max(1.0);
        let mut shards: Vec<(u32, Vec<u8>)> = Vec::new();
        for (_, stem) in stems {
            let postings = std::mem::take(&mut self.postings[*stem]);
            let mut list = Vec::with_capacity(postings.bytes.len());
            let mut rest = postings.bytes.as_slice();
            let mut page = 0;
            while !rest.is_empty() {
                let (number, after) = take(rest);
                rest = after;
                page += number >> 4;
                let often = f64::from(number & 15);
                let length = f64::from(self.lengths[page as usize]) / average;
                let weight = often * (REPETITION + 1.0) / (often + REPETITION * (1.0 - LENGTH + LENGTH * length));
                let impact = (weight / (REPETITION + 1.0) * 15.0).round().clamp(1.0, 15.0) as u32;
                put(number >> 4 << 4 | impact, &mut list);
            }
            let full = shards.last().is_none_or(|(_, shard)| !shard.is_empty() && shard.len() + list.len() > SHARD);
            if full {
                shards.push((0, Vec::new()));
            }
            if let Some((count, shard)) = shards.last_mut() {
                *count += 1;
                put(list.len() as u32, shard);
                shard.extend_from_slice(&list);
            }
            // What the words need of it.
            self.postings[*stem].pages = postings.pages;
        }
        put(shards.len() as u32, head);
        for (number, (count, shard)) in shards.into_iter().enumerate() {
            put(count, head);
            files.push((format!("p{number}.js"), script(&format!("{folder}/p{number}"), &shard)));
        }
    }

    /// The forms in the order of their UTF-16 units, by which scripts compare, each with its stems and
    /// the number of pages these are on.
    fn shards_of_words(
        &mut self,
        stems: &[(String, usize)],
        ranks: &[u32],
        folder: &str,
        head: &mut Vec<u8>,
        files: &mut Vec<(String, Vec<u8>)>,
    ) {
        for (text, stem) in stems {
            for form in self.analyser.also(text) {
                let known = self.forms.entry(form).or_default();
                if !known.contains(stem) {
                    known.push(*stem);
                }
            }
        }
        let mut forms: Vec<(String, Vec<usize>)> = std::mem::take(&mut self.forms).into_iter().collect();
        forms.sort_unstable_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
        let mut firsts: Vec<String> = Vec::new();
        let mut shard: Vec<u8> = Vec::new();
        let mut last = String::new();
        let end = |number: usize, shard: &mut Vec<u8>, files: &mut Vec<(String, Vec<u8>)>| {
            files.push((format!("w{number}.js"), script(&format!("{folder}/w{number}"), shard)));
            shard.clear();
        };
        for (form, mut of) in forms {
            if shard.len() >= SHARD {
                end(firsts.len() - 1, &mut shard, files);
            }
            if shard.is_empty() {
                firsts.push(form.clone());
                last.clear();
            }
            let shared = form.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
            put(shared as u32, &mut shard);
            put((form.len() - shared) as u32, &mut shard);
            shard.extend_from_slice(&form.as_bytes()[shared..]);
            of.sort_unstable_by_key(|stem| ranks[*stem]);
            put(of.len() as u32, &mut shard);
            for stem in of {
                put(ranks[stem], &mut shard);
                put(self.postings[stem].pages, &mut shard);
            }
            last = form;
        }
        if !shard.is_empty() {
            end(firsts.len() - 1, &mut shard, files);
        }
        put(firsts.len() as u32, head);
        for first in firsts {
            put_text(&first, head);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn built() -> Vec<(String, Vec<u8>)> {
        let mut builder = Builder::new(&Language::parse("en").unwrap());
        for number in 0..40 {
            let document = Document {
                title: format!("Report {number}"),
                title_language: "en".to_owned(),
                report: "s/r.html".to_owned(),
                file: "../../documents/s/r_en.pdf".to_owned(),
                format: "PDF".to_owned(),
                words: String::new(),
            };
            let texts = (0..5).map(|page| format!("page {page} of {number} {}", "water ".repeat(400))).collect();
            builder.add(document, &Pages { texts, numbered: true });
        }
        builder.finish("en")
    }

    #[test]
    fn the_same_documents_give_the_same_bytes() {
        assert_eq!(built(), built());
    }

    #[test]
    fn every_shard_has_its_name() {
        let files = built();
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
