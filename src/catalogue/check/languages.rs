//! Checks the languages of the disc, and the language codes that other keys use.

use std::collections::BTreeMap;

use super::Checker;
use crate::catalogue::Section;
use crate::diagnostic::{Finding, KeyPath, Place};
use crate::language::Language;
use crate::manifest::{self, Scalar};

impl Checker<'_> {
    pub(super) fn check_languages(&mut self, disc: &manifest::DiscKeys, at: &KeyPath) -> Vec<Language> {
        let at = at.key("languages");
        let mut languages: Vec<Language> = Vec::new();
        for (index, Scalar(tag)) in disc.languages.iter().flatten().enumerate() {
            let place = Place::Value(at.item(index));
            if self.parsed.broken.contains(&at.item(index)) {
                self.is_language_unknown = true;
                continue;
            }
            match Language::parse(tag) {
                Ok(language) if languages.contains(&language) => {
                    let first = languages.iter().position(|known| *known == language).unwrap_or(0);
                    self.add_finding(
                        Finding::error(
                            "duplicate-language",
                            place,
                            format!("the language `{language}` is listed twice"),
                        )
                        .also(Place::Value(at.item(first)), "first here")
                        .help("keep one of the two"),
                    );
                }
                Ok(language) => languages.push(language),
                Err(message) => {
                    self.is_language_unknown = true;
                    self.rejected_languages.insert(tag.clone());
                    self.add_finding(bad_language(tag, message, place));
                }
            }
        }
        if disc.languages.as_ref().is_none_or(Vec::is_empty) && self.parsed.manifest.disc.is_some() {
            self.report_missing_key(
                &at,
                "`disc` does not list its languages".to_owned(),
                "add `languages: [en, fr, es]`, with the default language first",
            );
        }
        languages
    }

    /// Checks the language of a document, which need not be one of the pages.
    pub(super) fn document_language(&mut self, tag: &str, at: &KeyPath) -> Option<Language> {
        match Language::parse_of_document(tag) {
            Ok(language) => Some(language),
            Err(message) => {
                self.count_bad_code(tag, message, Place::Key(at.clone()));
                None
            }
        }
    }

    /// Checks the language of a text of the collection, which must be one that the pages or documents are in.
    pub(super) fn text_language(&mut self, tag: &str, at: &KeyPath) -> Option<Language> {
        match Language::parse(tag) {
            Ok(language) if self.document_languages.contains(&language) => Some(language),
            _ => self.page_language(tag, at),
        }
    }

    /// Checks that a language code used as a key is one that the pages are in.
    pub(super) fn page_language(&mut self, tag: &str, at: &KeyPath) -> Option<Language> {
        let place = Place::Key(at.clone());
        match Language::parse(tag) {
            Ok(language) if self.languages.contains(&language) => Some(language),
            Ok(language) => {
                if !self.languages.is_empty() {
                    self.undeclared.entry(language).or_insert((place, 0)).1 += 1;
                }
                None
            }
            Err(message) => {
                self.count_bad_code(tag, message, place);
                None
            }
        }
    }

    fn count_bad_code(&mut self, tag: &str, message: String, place: Place) {
        self.bad_codes.entry(tag.to_owned()).or_insert((message, place, 0)).2 += 1;
    }

    /// How many language codes were rejected so far, apart from those in `disc.languages`.
    pub(super) fn count_rejected_codes(&self) -> usize {
        let undeclared = self.undeclared.values().map(|(_, count)| count);
        undeclared.chain(self.bad_codes.values().map(|(_, _, count)| count)).sum()
    }

    /// Reports each invalid language code and each undeclared language once. An invalid code that is also in `disc.languages`
    /// was reported there.
    pub(super) fn report_wrong_languages(&mut self) {
        for (tag, (message, place, count)) in std::mem::take(&mut self.bad_codes) {
            if !self.rejected_languages.contains(&tag) {
                self.findings.push(bad_language(&tag, format!("{message}{}", in_more_places(count)), place));
            }
        }
        let all: Vec<&str> = self.languages.iter().map(Language::as_str).collect();
        let all = all.join(", ");
        let undeclared = std::mem::take(&mut self.undeclared);
        if self.is_language_unknown {
            return;
        }
        for (language, (place, count)) in undeclared {
            let more = in_more_places(count);
            self.findings.push(
                Finding::error(
                    "undeclared-language",
                    place,
                    format!("the pages are not in `{language}`, but in {all}{more}"),
                )
                .also(Place::Key(KeyPath::root().key("disc").key("languages")), "declared here")
                .help(format!("add `{language}` to `disc.languages`, or correct or remove it here")),
            );
        }
    }
}

impl Checker<'_> {
    /// Adds a note for each language of documents that the pages are not in, because its code may be a mistake.
    pub(super) fn note_other_languages(&mut self, sections: &[Section]) {
        let mut others: BTreeMap<&Language, (KeyPath, usize)> = BTreeMap::new();
        for (s, section) in sections.iter().enumerate() {
            for (r, report) in section.reports.iter().enumerate() {
                for variant in report.variants.iter().filter(|variant| !self.languages.contains(&variant.language)) {
                    let at = || {
                        let report = KeyPath::root().key("sections").item(s).key("reports").item(r);
                        report.key("variants").key(variant.language.as_str())
                    };
                    others.entry(&variant.language).or_insert_with(|| (at(), 0)).1 += 1;
                }
            }
        }
        if self.languages.is_empty() || self.is_language_unknown {
            return;
        }
        for (language, (at, count)) in others {
            if language.is_not_one_language() {
                continue;
            }
            let documents = if count == 1 { "1 document is".to_owned() } else { format!("{count} documents are") };
            self.add_finding(
                Finding::note(
                    "other-language",
                    Place::Key(at),
                    format!("{documents} in `{language}` ({}), which the pages are not in", language.autonym()),
                )
                .help(format!(
                    "if that is right, there is nothing to do; to have pages in this language too, add `{language}` to `disc.languages`"
                )),
            );
        }
    }
}

/// The end of a message about something that is used in `count` places. The message points to the first of them.
fn in_more_places(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        2 => "; it is used here and in 1 more place".to_owned(),
        n => format!("; it is used here and in {} more places", n - 1),
    }
}

fn bad_language(tag: &str, message: String, place: Place) -> Finding {
    let finding = Finding::error("bad-language", place, message);
    if tag.contains('_') && Language::parse(&tag.replace('_', "-")).is_ok() {
        return finding.help(format!("write it with a hyphen: `{}`", tag.replace('_', "-")));
    }
    match Language::suggest(tag) {
        Some(code) => finding.help(format!("the code of that language is `{code}`")),
        None => finding.help("use a BCP 47 language code, such as `en`, `fr`, `zh-Hans` or `pt-BR`"),
    }
}
