//! The index of the metadata of all reports, in all languages.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::analyser::{Analyser, RunKind, bigrams, compounds, fold, split_runs};
use super::codec::{shard_script, write_text, write_varint};
use super::shards::Shards;
use super::vocabulary::Vocabulary;
use crate::language::Language;

/// The longest title that is found as a whole, in words. Longer ones are found by their first words.
const MAX_KEY_WORDS: usize = 12;

/// The kind of a field of a report. Its number is written to the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// The title of the report.
    Title = 0,
    /// The title of a variant, if the variant has one of its own.
    OwnTitle = 1,
    Symbol = 2,
    Author = 3,
    Subject = 4,
    Publisher = 5,
    Series = 6,
    Isbn = 7,
    Issn = 8,
    Doi = 9,
    Section = 10,
    Summary = 11,
    /// The title of one of its files, such as “Annex 2”.
    Part = 12,
    Date = 13,
}

impl FieldKind {
    /// How many times each word of such a field counts.
    fn weight(self) -> u32 {
        match self {
            Self::Title | Self::OwnTitle => 5,
            Self::Symbol | Self::Isbn | Self::Issn | Self::Doi => 4,
            Self::Author | Self::Subject | Self::Series | Self::Part => 2,
            Self::Publisher | Self::Section | Self::Summary | Self::Date => 1,
        }
    }

    /// Whether readers search for the whole text of such a field, so that it gets a form of its own.
    fn has_key(self) -> bool {
        !matches!(self, Self::Section | Self::Summary | Self::Publisher)
    }

    /// A word that readers may write before the text of such a field in a query.
    fn label(self) -> Option<&'static str> {
        match self {
            Self::Isbn => Some("isbn"),
            Self::Issn => Some("issn"),
            Self::Doi => Some("doi"),
            _ => None,
        }
    }
}

/// A text about a report; its language is `None` if it is the same in all languages.
#[derive(Debug, Clone)]
pub struct Field {
    pub kind: FieldKind,
    pub language: Option<Language>,
    pub text: String,
    /// Another text under which the field is found, only as a whole: the month and the year of a date. The single words of
    /// this text are not indexed, because months are numbers in some languages.
    pub also_found_as: Option<String>,
}

/// A file of a report.
#[derive(Debug, Clone)]
pub struct RecordFile {
    pub language: Language,
    /// A link relative to the folder of a language's pages.
    pub link: String,
    pub format: String,
}

/// What the search page shows about a report.
#[derive(Debug, Clone)]
pub struct CatalogueRecord {
    /// The link to the page of the report, relative to the folder of a language's pages.
    pub page: String,
    /// The number of its section.
    pub section: u32,
    pub year: Option<u16>,
    pub fields: Vec<Field>,
    pub files: Vec<RecordFile>,
}

/// The form under which a text is found as a whole; `None` if it has no words. It begins with an equals sign, which no word
/// contains.
fn key_of(forms: &[String]) -> Option<String> {
    (!forms.is_empty()).then(|| format!("={}", forms[..forms.len().min(MAX_KEY_WORDS)].join(" ")))
}

fn key_of_text(text: &str) -> Option<String> {
    let forms: Vec<String> = split_runs(text)
        .iter()
        .flat_map(|run| match run.kind {
            RunKind::Word => vec![fold(run.text)],
            RunKind::Unspaced => bigrams(run.text).collect(),
        })
        .filter(|form| !form.is_empty())
        .collect();
    key_of(&forms)
}

/// Whether a form can be the number of a day or a month.
fn is_short_number(form: &str) -> bool {
    form.len() <= 2 && form.bytes().all(|byte| byte.is_ascii_digit())
}

/// Builds the index of the metadata. Each report is one page.
pub struct CatalogueIndexBuilder {
    /// The language in which texts are analysed that are the same in all languages.
    default_language: Language,
    analysers: BTreeMap<Language, LanguageWords>,
    vocabulary: Vocabulary,
    /// The languages of fields and files, in the order of their numbers.
    languages: Vec<Language>,
    sections_and_years: Vec<(u32, Option<u16>)>,
    records: Shards,
}

/// The analyser of a language, and the stems of all words in this language.
struct LanguageWords {
    analyser: Analyser,
    stems: BTreeSet<usize>,
}

impl CatalogueIndexBuilder {
    pub fn new(default_language: &Language) -> Self {
        Self {
            default_language: default_language.clone(),
            analysers: BTreeMap::new(),
            vocabulary: Vocabulary::default(),
            languages: Vec::new(),
            sections_and_years: Vec::new(),
            records: Shards::default(),
        }
    }

    pub fn add(&mut self, record: &CatalogueRecord) {
        let mut counts: HashMap<usize, u32> = HashMap::new();
        let mut length = 0;
        for field in &record.fields {
            let (stems, words) = self.stems_in(field);
            for stem in stems {
                *counts.entry(stem).or_default() += field.kind.weight();
            }
            length += words;
        }
        let languages: BTreeSet<_> = record.fields.iter().map(|field| &field.language).collect();
        self.vocabulary.add_page(counts, HashMap::new(), length / languages.len().max(1) as u32, 1.0);
        self.sections_and_years.push((record.section, record.year));
        self.write_record(record);
    }

    fn write_record(&mut self, record: &CatalogueRecord) {
        let mut bytes = Vec::new();
        write_text(&record.page, &mut bytes);
        write_varint(record.fields.len() as u32, &mut bytes);
        for field in &record.fields {
            write_varint(field.kind as u32, &mut bytes);
            // The numbers of languages start at 1, because 0 means that the text is the same in all languages.
            let language = field.language.as_ref().map_or(0, |language| self.language_number(language) + 1);
            write_varint(language, &mut bytes);
            write_text(&field.text, &mut bytes);
        }
        write_varint(record.files.len() as u32, &mut bytes);
        for file in &record.files {
            write_varint(self.language_number(&file.language) + 1, &mut bytes);
            write_text(&file.link, &mut bytes);
            write_text(&file.format, &mut bytes);
        }
        self.records.push(|shard| shard.extend_from_slice(&bytes));
    }

    fn language_number(&mut self, language: &Language) -> u32 {
        let known = self.languages.iter().position(|known| known == language);
        let number = known.unwrap_or_else(|| {
            self.languages.push(language.clone());
            self.languages.len() - 1
        });
        number as u32
    }

    /// The stems of the words and compounds of a field and of the forms for its whole text, and the number of its words.
    fn stems_in(&mut self, field: &Field) -> (Vec<usize>, u32) {
        let language = field.language.as_ref().unwrap_or(&self.default_language);
        let words = self
            .analysers
            .entry(language.clone())
            .or_insert_with(|| LanguageWords { analyser: Analyser::new(language), stems: BTreeSet::new() });
        let mut stems = Vec::new();
        let mut forms = Vec::new();
        let runs = split_runs(&field.text);
        for run in &runs {
            match run.kind {
                RunKind::Word => {
                    if let Some(word) = words.analyser.analyse(run.text) {
                        forms.push(word.form.clone());
                        // A query for `14` is not meant to find everything that was published on a 14th.
                        let is_day_or_month = field.kind == FieldKind::Date && is_short_number(&word.form);
                        if !is_day_or_month {
                            stems.push(self.vocabulary.intern(word.form, word.stem));
                        }
                    }
                }
                RunKind::Unspaced => {
                    for pair in bigrams(run.text) {
                        forms.push(pair.clone());
                        stems.push(self.vocabulary.intern(pair.clone(), pair));
                    }
                    let last = fold(run.text).chars().last().map(String::from);
                    stems.extend(last.map(|last| self.vocabulary.intern(last.clone(), last)));
                }
            }
        }
        let count = forms.len() as u32;
        for compound in compounds(&field.text, &runs) {
            if let Some(word) = words.analyser.analyse_compound(compound) {
                stems.push(self.vocabulary.intern(word.form, word.stem));
            }
        }
        let label = field.kind.label().map(str::to_owned);
        // A year is found like any other word: it is not more important than a title that contains it.
        let has_key = field.kind.has_key() && (field.kind != FieldKind::Date || forms.len() > 1);
        let keys = has_key.then(|| key_of(&forms)).into_iter().chain(field.also_found_as.as_deref().map(key_of_text));
        words.stems.extend(&stems);
        let whole = label.into_iter().chain(keys.flatten());
        stems.extend(whole.map(|form| self.vocabulary.intern(form.clone(), form)));
        (stems, count)
    }

    /// Returns the names and contents of the files of the index, as for the index of a language.
    pub fn finish(mut self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        let mut head = Vec::new();
        write_varint(self.vocabulary.page_count(), &mut head);
        write_varint(self.languages.len() as u32, &mut head);
        self.languages.iter().for_each(|language| write_text(language.as_str(), &mut head));
        for words in self.analysers.values() {
            self.vocabulary.add_extra_forms(&words.analyser, &|stem| words.stems.contains(&stem));
        }
        let analysers = &self.analysers;
        for words in analysers.values() {
            words.analyser.stop_words().for_each(|word| self.vocabulary.add_empty_form(&word));
        }
        let is_stop_word = |form: &str| analysers.values().any(|words| words.analyser.is_stop_word(form));
        self.vocabulary.finish(folder, &is_stop_word, &mut head, &mut files);
        self.records.finish(folder, 'r', &mut head, &mut files);
        let mut facets = Vec::new();
        for (section, year) in self.sections_and_years {
            write_varint(section, &mut facets);
            write_varint(year.map_or(0, u32::from), &mut facets);
        }
        files.push(("facets.js".to_owned(), shard_script(&format!("{folder}/facets"), &facets)));
        files.push(("head.js".to_owned(), shard_script(&format!("{folder}/head"), &head)));
        files
    }
}
