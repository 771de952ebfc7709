//! Checks texts, which are the same in all languages of the disc or differ between them.

use std::collections::BTreeMap;

use super::Checker;
use crate::catalogue::Text;
use crate::diagnostic::{Finding, KeyPath, Place, Step};
use crate::language::{Language, is_invisible};
use crate::manifest::{self, Scalar};

impl Checker<'_> {
    /// Checks a text that is one line and the same in all languages; `None` if it is blank.
    pub(super) fn check_line(&mut self, scalar: Option<&Scalar>, at: &KeyPath) -> Option<String> {
        let Scalar(text) = scalar?;
        if text.trim().is_empty() {
            return None;
        }
        self.check_characters(text, at, false);
        Some(text.trim().to_owned())
    }

    /// Checks a text that is required. If it is missing, reports that and returns an empty text.
    pub(super) fn check_required_text(
        &mut self,
        text: Option<&manifest::TextValue>,
        at: &KeyPath,
        message_if_missing: &str,
    ) -> Text {
        let before = self.count_rejected_codes() + self.findings.0.len();
        let read = text.and_then(|text| self.check_text(text, at, true));
        let after = self.count_rejected_codes() + self.findings.0.len();
        read.unwrap_or_else(|| {
            // A text under a wrong language code is not missing: the code has its own finding.
            if (text.is_some() && (self.languages.is_empty() || after > before)) || self.parsed.manifest.disc.is_none()
            {
                return Text::Same(String::new());
            }
            let key = match at.0.last() {
                Some(Step::Key(key)) => key.to_string(),
                _ => String::new(),
            };
            let tag = self.languages.first().map_or("en", Language::as_str);
            self.report_missing_key(
                at,
                message_if_missing.to_owned(),
                &format!("add `{key}: {{{tag}: …}}`, with a text for each of the disc's languages"),
            );
            Text::Same(String::new())
        })
    }

    /// Checks a text, which may be different for each language; `None` if it is blank. If it `must_be_complete`, warns about
    /// the languages in which it is missing.
    pub(super) fn check_text(
        &mut self,
        text: &manifest::TextValue,
        at: &KeyPath,
        must_be_complete: bool,
    ) -> Option<Text> {
        match text {
            manifest::TextValue::One(text) if text.trim().is_empty() => None,
            manifest::TextValue::One(text) => {
                self.check_characters(text, at, true);
                Some(Text::Same(text.trim().to_owned()))
            }
            manifest::TextValue::PerLanguage(_) if self.languages.is_empty() => None,
            manifest::TextValue::PerLanguage(texts) => {
                let mut known = BTreeMap::new();
                for (tag, text) in texts {
                    let at = at.key(tag);
                    if let Some(language) = self.text_language(tag, &at)
                        && !text.trim().is_empty()
                    {
                        self.check_characters(text, &at, true);
                        known.insert(language, text.trim().to_owned());
                    }
                }
                if known.is_empty() {
                    return None;
                }
                if must_be_complete {
                    self.warn_about_missing_languages(&known, at);
                }
                let mut in_order: Vec<(Language, String)> =
                    self.languages.iter().filter_map(|language| known.remove_entry(language)).collect();
                in_order.extend(known);
                Some(Text::PerLanguage(in_order))
            }
        }
    }

    /// The title of the section or report at this path, in the first language of the pages that it has.
    fn title_of(&self, entry: &KeyPath) -> Option<String> {
        let index = |step: Option<&Step>| match step {
            Some(Step::Item(index)) => Some(*index),
            _ => None,
        };
        let section = self.parsed.manifest.sections.as_ref()?.get(index(entry.0.get(1))?)?;
        let title = match entry.0.get(3) {
            Some(_) => section.reports.as_ref()?.get(index(entry.0.get(3))?)?.title.as_ref()?,
            None => section.title.as_ref()?,
        };
        let text = match title {
            manifest::TextValue::One(text) => text,
            manifest::TextValue::PerLanguage(texts) => {
                let in_language = |language: &Language| {
                    let own = texts.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(language.as_str()));
                    own.map(|(_, text)| text).filter(|text| !text.trim().is_empty())
                };
                let first = self.languages.iter().find_map(in_language);
                first.or_else(|| texts.iter().map(|(_, text)| text).next())?
            }
        };
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Warns about the languages in which a text is missing, also in another form of the language in the same script.
    pub(super) fn warn_about_missing_languages(&mut self, known: &BTreeMap<Language, String>, at: &KeyPath) {
        let is_missing = |language: &&Language| !known.keys().any(|other| other.is_close_to(language));
        let missing: Vec<&str> = self.languages.iter().filter(is_missing).map(Language::as_str).collect();
        if missing.is_empty() || self.parsed.is_broken(at) {
            return;
        }
        let shown = self.languages.first().filter(|first| known.contains_key(first)).or_else(|| known.keys().next());
        let shown = shown.map_or_else(String::new, ToString::to_string);
        self.add_finding(
            Finding::warning(
                "missing-language",
                Place::Key(at.clone()),
                format!("{} has no text for: {}", at.in_words(|entry| self.title_of(entry)), missing.join(", ")),
            )
            .help(format!(
                "pages in that language show the text in `{shown}`, labelled as such; add a translation here, or remove the language from `languages:`"
            )),
        );
    }

    /// Rejects invisible characters, which can garble the text after them.
    pub(super) fn check_characters(&mut self, text: &str, at: &KeyPath, are_line_breaks_allowed: bool) {
        self.warn_about_quotes(text.trim(), at);
        let bad = text.chars().find_map(|c| match c {
            '\n' | '\t' if are_line_breaks_allowed => None,
            c if c.is_control() => Some((c, "a control character")),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                Some((c, "a character that changes the writing direction"))
            }
            _ => None,
        });
        if let Some((c, what)) = bad {
            self.add_finding(
                Finding::error(
                    "control-character",
                    Place::Value(at.clone()),
                    format!("this text contains {what}, U+{:04X}", c as u32),
                )
                .help(
                    "the character is invisible and was probably copied with the text: type the text again, or paste it without formatting",
                ),
            );
        } else if let Some(c) = text.chars().find(|c| is_invisible(*c) && !is_needed_by_scripts(*c)) {
            self.add_finding(
                Finding::warning(
                    "invisible-character",
                    Place::Value(at.clone()),
                    format!("this text contains an invisible character, U+{:04X}", c as u32),
                )
                .help(
                    "searches do not find words that contain it: type the text again, or paste it without formatting",
                ),
            );
        }
    }

    /// Warns about quotation marks that were probably meant for YAML but would be shown to readers.
    fn warn_about_quotes(&mut self, text: &str, at: &KeyPath) {
        let is_curly = text.starts_with(['“', '”', '„']) && text.ends_with(['“', '”']);
        let is_unpaired = text.ends_with('"') && text.matches('"').count() == 1;
        if is_curly || is_unpaired {
            let what =
                if is_curly { "is in curly quotes" } else { "ends with a quotation mark but does not begin with one" };
            self.add_finding(
                Finding::warning(
                    "quotes",
                    Place::Value(at.clone()),
                    format!("this text {what}: readers will see the quotation marks"),
                )
                .help("if they are not part of the text, put straight quotation marks at both ends: \"…\""),
            );
        }
    }
}

/// Whether an invisible character has a purpose in a title. These are soft hyphens, joiners, direction marks, variation
/// selectors, fillers of Korean and other scripts, the Braille blank, and the number signs of Arabic and Kaithi, which are
/// in fact visible.
fn is_needed_by_scripts(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}' | '\u{891}' | '\u{8E2}'
        | '\u{115F}' | '\u{1160}' | '\u{180B}'..='\u{180F}' | '\u{200C}'..='\u{200F}' | '\u{2060}' | '\u{2800}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1345F}' | '\u{16FE4}' | '\u{1D159}'
    )
}
