//! A collection as it is proposed: what of it is sure, and what is a guess.

use crate::extraction::Facts;
use crate::language::{Language, PartialDate};

/// What was read of a document.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// What it says of itself.
    pub facts: Facts,
    /// The beginning of its text.
    pub text: String,
}

/// A text, and why it is a guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess<T> {
    /// The text.
    pub value: T,
    /// Why somebody should look at it.
    pub check: Option<String>,
}

impl<T> Guess<T> {
    pub(super) fn sure(value: T) -> Self {
        Self { value, check: None }
    }

    pub(super) fn check(value: T, why: impl Into<String>) -> Self {
        Self { value, check: Some(why.into()) }
    }
}

/// A collection as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The title of the disc.
    pub title: Guess<String>,
    /// The languages, the one of most documents first.
    pub languages: Vec<Language>,
    /// Whether a file needs `large_files`.
    pub large_files: bool,
    /// The sections.
    pub sections: Vec<Section>,
}

impl Draft {
    /// Puts the path from the manifest's folder before those of the files.
    pub fn put_below(&mut self, folder: &str) {
        let variants = self.sections.iter_mut().flat_map(|s| &mut s.reports).flat_map(|r| &mut r.variants);
        variants.flat_map(|variant| &mut variant.files).for_each(|file| file.insert_str(0, folder));
    }

    /// How many guesses somebody should look at.
    pub fn checks(&self) -> usize {
        let of = |report: &Report| {
            report.checks.len()
                + report.titles.iter().filter(|(_, title)| title.check.is_some()).count()
                + report.date.iter().filter(|date| date.check.is_some()).count()
                + report.authors.iter().filter(|authors| authors.check.is_some()).count()
                + report.variants.iter().filter(|variant| variant.check.is_some()).count()
        };
        usize::from(self.title.check.is_some()) + self.sections.iter().flat_map(|s| &s.reports).map(of).sum::<usize>()
    }
}

/// A section as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its reports.
    pub reports: Vec<Report>,
}

/// A report as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id, unique in its section.
    pub id: String,
    /// Its titles by language; one without a language is for all.
    pub titles: Vec<(Option<Language>, Guess<String>)>,
    /// Its symbol, where a list gives one.
    pub symbol: Option<String>,
    /// What it is about, where a list says it.
    pub summary: Option<String>,
    /// Its subjects, where a list gives them.
    pub subjects: Vec<String>,
    /// Its date.
    pub date: Option<Guess<PartialDate>>,
    /// Its authors.
    pub authors: Option<Guess<Vec<String>>>,
    /// Its files by language, as readers want the formats.
    pub variants: Vec<Variant>,
    /// What else somebody should look at.
    pub checks: Vec<String>,
}

/// A language of a report as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// The language.
    pub language: Language,
    /// Its files, below the folder.
    pub files: Vec<String>,
    /// Why somebody should look at it.
    pub check: Option<String>,
}
