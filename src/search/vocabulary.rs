//! The words of an index, and the pages that each is on.

use std::collections::HashMap;

use super::analyser::Analyser;
use super::codec::{read_varint, shard_script, write_text, write_varint};

/// The size of a shard of words or postings before compression.
const SHARD_BYTES: usize = 8_000;

/// The parameters of Okapi BM25: `K1` controls how much the repetition of a word counts, and `B` how much the length of the
/// page does.
const BM25_K1: f64 = 1.2;
const BM25_B: f64 = 0.6;

/// The highest number of occurrences of a word that is counted on a page, and the highest weight: each is stored in
/// four bits.
const MAX_COUNT: u32 = 15;

/// A form has a list of its own pages only if it is on at most this many. Lists of more frequent forms would make the index
/// much larger.
const MAX_OWN_PAGES: u32 = 24;

/// A form has a list of its own pages only if its stem is on more than this many. If the stem is on fewer
/// pages, the search page loads the texts of all of them, and sees there which ones have the form.
const MAX_RERANKED_PAGES: u32 = 12;

/// The forms and stems of an index. Stems are numbered in the order in which they first occur.
#[derive(Default)]
pub(super) struct Vocabulary {
    stems: HashMap<String, usize>,
    /// Indexed by the number of the stem.
    postings: Vec<Postings>,
    forms: HashMap<String, Form>,
    /// The lists of the pages with exactly one form, indexed by the `own_list` of the form.
    own_postings: Vec<Postings>,
    pages: Vec<Page>,
    /// See [`Vocabulary::with_min_length`].
    min_length: u32,
}

/// The pages of a stem: for each page, 16 times the difference from the page before, plus the number of occurrences.
#[derive(Default)]
struct Postings {
    pages: u32,
    last_page: u32,
    bytes: Vec<u8>,
}

impl Postings {
    fn add(&mut self, page: u32, count: u32) {
        write_varint((page - self.last_page) << 4 | count.min(MAX_COUNT), &mut self.bytes);
        self.last_page = page;
        self.pages += 1;
    }
}

/// The lists of pages that a form of a query finds.
#[derive(Default)]
struct Form {
    stems: Vec<usize>,
    /// The list of the pages with exactly this form: an index of `own_postings`, and after `keep_own_lists` an index of
    /// `postings`.
    own_list: Option<usize>,
}

struct Page {
    /// The number of its words.
    length: u32,
    /// The factor by which the weights of its words are multiplied.
    importance: f64,
}

/// A form that occurs in no text, and the number of the stem that it finds.
pub(super) type ExtraForm = (String, usize);

impl Vocabulary {
    /// A vocabulary in which a page with fewer words than `min_length` is weighted as if it had this many. Otherwise the
    /// words of a cover or a caption would weigh more than the words of a page about the subject.
    pub fn with_min_length(min_length: u32) -> Self {
        Self { min_length, ..Self::default() }
    }

    pub fn page_count(&self) -> u32 {
        self.pages.len() as u32
    }

    /// The number of a stem that is in the index.
    pub fn stem(&self, stem: &str) -> Option<usize> {
        self.stems.get(stem).copied()
    }

    pub fn has_form(&self, form: &str) -> bool {
        self.forms.contains_key(form)
    }

    pub fn forms(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.forms.iter().map(|(text, form)| (text.as_str(), form.stems.as_slice()))
    }

    /// All stems, in alphabetical order.
    pub fn stems(&self) -> Vec<(&str, usize)> {
        let mut stems: Vec<(&str, usize)> = self.stems.iter().map(|(text, stem)| (text.as_str(), *stem)).collect();
        stems.sort_unstable();
        stems
    }

    /// Returns the number of a stem, and adds the form and the stem to the index if they are new.
    pub fn intern(&mut self, form: String, stem: String) -> usize {
        let next = self.postings.len();
        let stem = *self.stems.entry(stem).or_insert(next);
        if stem == next {
            self.postings.push(Postings::default());
        }
        self.add_form((form, stem));
        stem
    }

    /// Returns the number of the list of the pages with exactly this form, which is created if it does not exist. `None` if
    /// the form is not in the index.
    pub fn intern_own_list(&mut self, form: &str) -> Option<usize> {
        let next = self.own_postings.len();
        let own_list = *self.forms.get_mut(form)?.own_list.get_or_insert(next);
        if own_list == next {
            self.own_postings.push(Postings::default());
        }
        Some(own_list)
    }

    /// Adds a form, or another stem to an existing form.
    pub fn add_form(&mut self, (form, stem): ExtraForm) {
        let stems = &mut self.forms.entry(form).or_default().stems;
        if !stems.contains(&stem) {
            stems.push(stem);
        }
    }

    /// Adds a form without stems, unless the form is in the index already.
    pub fn add_empty_form(&mut self, form: &str) {
        self.forms.entry(form.to_owned()).or_default();
    }

    /// Adds forms that occur in no text, for the stems for which `is_of_language` is true.
    pub fn add_extra_forms(&mut self, analyser: &Analyser, is_of_language: &dyn Fn(usize) -> bool) {
        let mut extra: Vec<ExtraForm> = Vec::new();
        for (text, stem) in self.stems() {
            if is_of_language(stem) {
                let forms = analyser.extra_forms(text, |form| self.has_form(form));
                extra.extend(forms.into_iter().map(|form| (form, stem)));
                // A word and the same word with a particle find each other, if the texts have both.
                let bare = analyser.without_particle(text).and_then(|rest| Some((rest, self.stem(rest)?)));
                match bare {
                    Some((rest, bare)) => extra.extend([(rest.to_owned(), stem), (text.to_owned(), bare)]),
                    None => extra.extend(analyser.word_after_particle(text).map(|rest| (rest.to_owned(), stem))),
                }
            }
        }
        for (form, stems) in self.forms() {
            if let Some(other) = analyser.other_spelling(form).filter(|other| !self.has_form(other)) {
                extra.extend(stems.iter().filter(|stem| is_of_language(**stem)).map(|stem| (other.clone(), *stem)));
            }
        }
        // Maps have no order, but the order of stems in a form does not matter: they are sorted when they are written.
        extra.into_iter().for_each(|form| self.add_form(form));
    }

    /// Adds a page. `stem_counts` contains the number of times that each stem counts on the page, and `own_counts` the same
    /// for each form with a list of its own.
    pub fn add_page(
        &mut self,
        stem_counts: HashMap<usize, u32>,
        own_counts: HashMap<usize, u32>,
        length: u32,
        importance: f64,
    ) {
        let page = self.page_count();
        self.pages.push(Page { length, importance });
        for (stem, count) in stem_counts {
            self.postings[stem].add(page, count);
        }
        for (own_list, count) in own_counts {
            let postings = &mut self.own_postings[own_list];
            if postings.pages < MAX_OWN_PAGES {
                postings.add(page, count);
            } else {
                // The form is too frequent for a list of its own. Only the number of its pages is still needed.
                postings.pages += 1;
                postings.bytes = Vec::new();
            }
        }
    }

    /// Keeps the lists of forms that are much rarer than their stems: each becomes the list of an artificial stem. Otherwise
    /// the pages with the form of a query could be lost among pages with other forms of the word.
    fn keep_own_lists(&mut self) {
        let mut names = vec![String::new(); self.postings.len()];
        for (text, stem) in &self.stems {
            names[*stem].clone_from(text);
        }
        for (text, form) in &mut self.forms {
            let own = form.own_list.take().map(|own_list| std::mem::take(&mut self.own_postings[own_list]));
            let (Some(own), Some(&stem)) = (own, form.stems.first()) else { continue };
            let pages = self.postings[stem].pages;
            let is_rare = (1..=MAX_OWN_PAGES).contains(&own.pages);
            if is_rare && pages > MAX_RERANKED_PAGES && own.pages * 2 <= pages {
                form.own_list = Some(self.postings.len());
                // This name sorts directly after the stem, so that both lists are usually in the same file.
                self.stems.insert(format!("{}\u{1}{text}", names[stem]), self.postings.len());
                self.postings.push(own);
            }
        }
    }

    /// Adds the shards of words and of postings to `files`, and to `head` which words and stems are in which shard.
    /// `is_stop_word` says whether a form is a stop word.
    pub fn finish(
        mut self,
        folder: &str,
        is_stop_word: &dyn Fn(&str) -> bool,
        head: &mut Vec<u8>,
        files: &mut Vec<(String, Vec<u8>)>,
    ) {
        self.keep_own_lists();
        // Stems are in alphabetical order, because words with the same beginning are often searched for together.
        let mut stems: Vec<(String, usize)> = std::mem::take(&mut self.stems).into_iter().collect();
        stems.sort_unstable();
        let mut ranks = vec![0_u32; stems.len()];
        for (rank, (_, stem)) in stems.iter().enumerate() {
            ranks[*stem] = rank as u32;
        }
        self.write_posting_shards(&stems, folder, head, files);
        self.write_word_shards(&ranks, folder, is_stop_word, head, files);
    }

    /// Writes the pages of each stem with its weight on each page, and into `head` the number of stems in each shard.
    fn write_posting_shards(
        &mut self,
        stems: &[(String, usize)],
        folder: &str,
        head: &mut Vec<u8>,
        files: &mut Vec<(String, Vec<u8>)>,
    ) {
        let min_length = self.min_length;
        let length_of = |page: &Page| f64::from(page.length.max(min_length));
        let total: f64 = self.pages.iter().map(length_of).sum();
        let average = (total / self.pages.len().max(1) as f64).max(1.0);
        let mut shards: Vec<(u32, Vec<u8>)> = Vec::new();
        for (_, stem) in stems {
            let postings = std::mem::take(&mut self.postings[*stem]);
            let mut list = Vec::with_capacity(postings.bytes.len());
            let mut rest = postings.bytes.as_slice();
            let mut page_number = 0;
            while !rest.is_empty() {
                let (number, after) = read_varint(rest);
                rest = after;
                page_number += number >> 4;
                let page = &self.pages[page_number as usize];
                let count = f64::from(number & MAX_COUNT);
                let length = length_of(page) / average;
                let score = count * (BM25_K1 + 1.0) / (count + BM25_K1 * (1.0 - BM25_B + BM25_B * length));
                let weight = (score / (BM25_K1 + 1.0) * 15.0 * page.importance).round().clamp(1.0, 15.0) as u32;
                write_varint(number >> 4 << 4 | weight, &mut list);
            }
            let needs_new_shard =
                shards.last().is_none_or(|(_, shard)| !shard.is_empty() && shard.len() + list.len() > SHARD_BYTES);
            if needs_new_shard {
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
        ranks: &[u32],
        folder: &str,
        is_stop_word: &dyn Fn(&str) -> bool,
        head: &mut Vec<u8>,
        files: &mut Vec<(String, Vec<u8>)>,
    ) {
        let mut forms: Vec<(String, Form)> = std::mem::take(&mut self.forms).into_iter().collect();
        forms.sort_unstable_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
        let mut first_forms: Vec<String> = Vec::new();
        let mut shard: Vec<u8> = Vec::new();
        let mut previous = String::new();
        let finish = |number: usize, shard: &mut Vec<u8>, files: &mut Vec<(String, Vec<u8>)>| {
            files.push((format!("w{number}.js"), shard_script(&format!("{folder}/w{number}"), shard)));
            shard.clear();
        };
        for (form, Form { mut stems, own_list }) in forms {
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
            let flags = u32::from(own_list.is_some()) << 1 | u32::from(is_stop_word(&form));
            write_varint((stems.len() as u32) << 2 | flags, &mut shard);
            for stem in stems.into_iter().chain(own_list) {
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
