//! A proposed collection, with a note on each guess.

use std::collections::BTreeMap;

use super::register::{RegisterNumbers, RegisterRecord, RegisterText};
use crate::extraction::Facts;
use crate::language::{Language, PartialDate};
use crate::strings::is_built_in;

/// The maximum length of a proposed id in characters.
pub(super) const MAX_ID: usize = 20;

/// The limit for ids is never less than this, however long the language and the extension are.
const MIN_ID: usize = 4;

/// The maximum length of the name of a document on the disc.
const MAX_NAME: usize = 30;

/// What was read from a document.
#[derive(Debug, Clone, Default)]
pub struct DocumentInfo {
    /// The document's metadata, and facts about its text.
    pub facts: Facts,
    /// The beginning of the text.
    pub text: String,
}

/// A value, and why the user should check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess<T> {
    pub value: T,
    /// What was guessed, and what to do about it. `None` if the value is certain.
    pub review_note: Option<String>,
}

impl<T> Guess<T> {
    pub(super) fn certain(value: T) -> Self {
        Self { value, review_note: None }
    }

    pub(super) fn uncertain(value: T, review_note: impl Into<String>) -> Self {
        Self { value, review_note: Some(review_note.into()) }
    }
}

/// A proposed collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The title of the disc.
    pub title: Guess<String>,
    /// The languages of the documents, most frequent first.
    pub languages: Vec<Language>,
    /// The languages that the headings of title columns in the register name; for each, whether most rows have a title in it.
    pub title_languages: BTreeMap<Language, bool>,
    /// Whether the disc needs `large_files`.
    pub large_files: bool,
    pub sections: Vec<ProposedSection>,
}

impl Proposal {
    /// All reports, in the order of their sections.
    pub fn reports(&self) -> impl Iterator<Item = &ProposedReport> + Clone {
        self.sections.iter().flat_map(|section| &section.reports)
    }

    /// The files of all reports.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.reports().flat_map(ProposedReport::files)
    }

    /// The folders of all web sites.
    pub fn sites(&self) -> impl Iterator<Item = &str> {
        self.reports().flat_map(|report| &report.variants).filter_map(|variant| variant.site.as_deref())
    }

    /// Prepends the path from the manifest's folder to the documents' folder, which ends with `/`, to every file.
    pub fn prefix_paths(&mut self, folder: &str) {
        let reports = self.sections.iter_mut().flat_map(|section| &mut section.reports);
        let variants = reports.flat_map(|report| &mut report.variants);
        let paths = variants.flat_map(|variant| variant.files.iter_mut().chain(&mut variant.site));
        paths.for_each(|path| path.insert_str(0, folder));
    }

    /// The languages of the pages in a new manifest: those in which the register has titles, or if there are none, all languages of
    /// the documents. A language without documents counts only if most rows have titles in it, and the pages are available in it.
    pub fn page_languages(&self) -> Vec<Language> {
        let of_documents = self.languages.iter().filter(|language| self.title_languages.contains_key(language));
        let of_titles = self.title_languages.iter().filter(|(language, is_frequent)| {
            **is_frequent && !self.languages.contains(language) && is_built_in(language)
        });
        let with_titles: Vec<Language> = of_documents.chain(of_titles.map(|(language, _)| language)).cloned().collect();
        if with_titles.is_empty() { self.languages_without_regions() } else { with_titles }
    }

    /// The languages of the documents, but instead of several that differ only in the region, such as `es-419` and `es-AR`, the one
    /// without a region: its pages serve all of them.
    fn languages_without_regions(&self) -> Vec<Language> {
        let mut kept: Vec<Language> = Vec::new();
        for language in &self.languages {
            let plain = Language::parse(language.primary()).ok().filter(|plain| plain.has_same_script(language));
            let others = self.languages.iter().filter(|other| {
                plain.as_ref().is_some_and(|plain| plain.has_same_primary(other) && plain.has_same_script(other))
            });
            let page = plain.clone().filter(|_| others.count() > 1).unwrap_or_else(|| language.clone());
            if !kept.contains(&page) {
                kept.push(page);
            }
        }
        kept
    }

    /// The languages of the documents, and if the manifest is new, also those of its pages.
    fn known_languages(&self, page_languages: &[String]) -> Vec<Language> {
        let mut known = self.languages.clone();
        if page_languages.is_empty() {
            known.extend(self.page_languages().into_iter().filter(|language| !self.languages.contains(language)));
        }
        known
    }

    /// Whether the documents or the pages are in this language. `page_languages` is empty if the manifest is new.
    pub fn uses_language(&self, language: &Language, page_languages: &[String]) -> bool {
        is_used(language, &self.known_languages(page_languages), page_languages)
    }

    /// Removes the texts in languages that neither the documents nor the pages are in.
    pub fn retain_texts(&mut self, page_languages: &[String]) {
        let known = self.known_languages(page_languages);
        let is_kept = |language: &Language| is_used(language, &known, page_languages);
        let page_language_count = if page_languages.is_empty() { known.len() } else { page_languages.len() };
        for report in self.sections.iter_mut().flat_map(|section| &mut section.reports) {
            // If no title is left, the first one becomes the title for all languages.
            let first = report.titles.first().map(|(_, title)| (None, title.clone()));
            report.titles.retain(|(language, _)| language.as_ref().is_none_or(is_kept));
            if report.titles.is_empty() {
                report.titles.extend(first);
            }
            if let (1, [(language, _)]) = (report.variants.len(), report.titles.as_mut_slice()) {
                *language = None;
            }
            let retain = |text: &mut RegisterText| {
                if let RegisterText::PerLanguage(texts) = text {
                    texts.retain(|(language, _)| is_kept(language));
                }
            };
            report.summary.iter_mut().chain(&mut report.subjects).for_each(retain);
            let is_empty = |text: &RegisterText| matches!(text, RegisterText::PerLanguage(texts) if texts.is_empty());
            report.subjects.retain(|subject| !is_empty(subject));
            report.summary = report.summary.take().filter(|summary| !is_empty(summary));
            // If all pages are in one language, a single summary needs no language.
            if let (1, Some(RegisterText::PerLanguage(texts))) = (page_language_count, report.summary.as_ref())
                && let [(_, text)] = texts.as_slice()
            {
                report.summary = Some(RegisterText::One(text.clone()));
            }
        }
    }

    /// The number of guesses to check.
    pub fn count_review_notes(&self) -> usize {
        usize::from(self.title.review_note.is_some())
            + self.reports().map(ProposedReport::count_review_notes).sum::<usize>()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedSection {
    /// The id, unique in the collection.
    pub id: String,
    pub title: String,
    pub reports: Vec<ProposedReport>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedReport {
    /// The id, unique in its section.
    pub id: String,
    /// The titles by language. A title without a language is for all.
    pub titles: Vec<(Option<Language>, Guess<String>)>,
    /// The document symbol, from the register.
    pub symbol: Option<String>,
    /// The summary, from the register.
    pub summary: Option<RegisterText>,
    /// The subjects, from the register.
    pub subjects: Vec<RegisterText>,
    /// The date of publication.
    pub date: Option<Guess<PartialDate>>,
    pub authors: Option<Guess<Vec<String>>>,
    /// The fields for library catalogues, from the register.
    pub record: RegisterRecord,
    /// The numbers that are the same in all languages of the report, from the register.
    pub numbers: RegisterNumbers,
    pub variants: Vec<ProposedVariant>,
    /// What the user should check, apart from the guesses above.
    pub review_notes: Vec<String>,
}

impl ProposedReport {
    /// The maximum length of its id: the names of its files on the disc consist of the id, a language and an extension.
    pub(super) fn max_id(&self) -> usize {
        let extension =
            |file: &str| file.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_lowercase());
        let longest = self.variants.iter().flat_map(|variant| {
            let extensions: Vec<String> = variant.files.iter().map(|file| extension(file)).collect();
            // The disc numbers several files of one format, and also formats such as `md` and `md5`, of which one begins with the
            // other.
            let is_numbered = extensions.iter().enumerate().any(|(n, own)| {
                extensions.iter().enumerate().any(|(m, other)| n != m && other.starts_with(own.as_str()))
            });
            let number = if is_numbered { 3 } else { 0 };
            let language = variant.language.as_str().len();
            extensions.into_iter().map(move |extension| 1 + language + number + 1 + extension.len())
        });
        MAX_NAME.saturating_sub(longest.max().unwrap_or_default()).clamp(MIN_ID, MAX_ID)
    }

    /// The files of all variants.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.variants.iter().flat_map(|variant| &variant.files).map(String::as_str)
    }

    fn count_review_notes(&self) -> usize {
        self.review_notes.len()
            + self.titles.iter().filter(|(_, title)| title.review_note.is_some()).count()
            + self.date.iter().filter(|date| date.review_note.is_some()).count()
            + self.authors.iter().filter(|authors| authors.review_note.is_some()).count()
            + self.variants.iter().filter(|variant| variant.review_note.is_some()).count()
    }
}

/// One proposed language of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedVariant {
    pub language: Language,
    /// The paths of the files below the documents' folder, the most convenient format first. For a web site, only its start page.
    pub files: Vec<String>,
    /// The folder of the web site, if the variant is one.
    pub site: Option<String>,
    /// The numbers that differ between the languages of the report, from the register.
    pub numbers: RegisterNumbers,
    /// Why the user should check the variant.
    pub review_note: Option<String>,
}

fn is_used(language: &Language, document_languages: &[Language], page_languages: &[String]) -> bool {
    document_languages.contains(language)
        || page_languages.iter().any(|tag| tag.eq_ignore_ascii_case(language.as_str()))
}
