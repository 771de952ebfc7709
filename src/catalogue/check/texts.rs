//! Texts: in the languages of the disc, or the same in all.

use std::collections::BTreeMap;

use super::Checker;
use crate::catalogue::Text;
use crate::diagnostic::{Finding, KeyPath, Place, Step};
use crate::language::Language;
use crate::manifest::{self, Scalar};

impl Checker<'_> {
    /// A text on one line, the same in all languages.
    pub(super) fn line(&mut self, scalar: Option<&Scalar>, at: &KeyPath) -> Option<String> {
        let Scalar(text) = scalar?;
        if text.trim().is_empty() {
            return None;
        }
        self.characters(text, at, false);
        Some(text.trim().to_owned())
    }

    /// A text that must be there; empty with a finding if it is not.
    pub(super) fn required_text(&mut self, text: Option<&manifest::TextValue>, at: &KeyPath, missing: &str) -> Text {
        let before = self.undeclared.values().map(|(_, count)| count).sum::<usize>() + self.findings.0.len();
        let read = text.and_then(|text| self.text(text, at, true));
        let after = self.undeclared.values().map(|(_, count)| count).sum::<usize>() + self.findings.0.len();
        read.unwrap_or_else(|| {
            // Without languages no text can be judged; a text under a wrong code is there all the same.
            if (text.is_some() && (self.languages.is_empty() || after > before)) || self.parsed.manifest.disc.is_none()
            {
                return Text::Same(String::new());
            }
            let key = match at.0.last() {
                Some(Step::Key(key)) => key.to_string(),
                _ => String::new(),
            };
            let tag = self.languages.first().map_or("en", Language::as_str);
            self.missing(
                at,
                missing.to_owned(),
                &format!("add `{key}: {{{tag}: …}}`, with a text for each of the disc's languages"),
            );
            Text::Same(String::new())
        })
    }

    /// A text in its languages; warns about missing ones if `complete` is wanted.
    pub(super) fn text(&mut self, text: &manifest::TextValue, at: &KeyPath, complete: bool) -> Option<Text> {
        match text {
            manifest::TextValue::One(text) if text.trim().is_empty() => None,
            manifest::TextValue::One(text) => {
                self.characters(text, at, true);
                Some(Text::Same(text.trim().to_owned()))
            }
            manifest::TextValue::PerLanguage(_) if self.languages.is_empty() => None,
            manifest::TextValue::PerLanguage(texts) => {
                let mut known = BTreeMap::new();
                for (tag, text) in texts {
                    let at = at.key(tag);
                    if let Some(language) = self.declared(tag, &at)
                        && !text.trim().is_empty()
                    {
                        self.characters(text, &at, true);
                        known.insert(language, text.trim().to_owned());
                    }
                }
                if known.is_empty() {
                    return None;
                }
                if complete {
                    self.gaps(&known, at);
                }
                let in_order = self.languages.iter().filter_map(|language| known.remove_entry(language)).collect();
                Some(Text::PerLanguage(in_order))
            }
        }
    }

    /// The title of a section or a report, by its path: in the first language if it has several.
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
            manifest::TextValue::PerLanguage(texts) => texts.iter().map(|(_, text)| text).next()?,
        };
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Warns about the languages in which a text is missing.
    pub(super) fn gaps(&mut self, known: &BTreeMap<Language, String>, at: &KeyPath) {
        let missing: Vec<&str> =
            self.languages.iter().filter(|language| !known.contains_key(language)).map(Language::as_str).collect();
        if missing.is_empty() || self.parsed.is_broken(at) {
            return;
        }
        let shown = self.languages.first().filter(|first| known.contains_key(first)).or_else(|| known.keys().next());
        let shown = shown.map_or_else(String::new, ToString::to_string);
        self.report(
            Finding::warning(
                "missing-language",
                Place::Key(at.clone()),
                format!("{} has no text for: {}", at.in_words(|entry| self.title_of(entry)), missing.join(", ")),
            )
            .help(format!(
                "pages in that language show the text in `{shown}`, labelled as such; add a translation here"
            )),
        );
    }

    /// Refuses characters that nobody sees and that garble what follows them.
    pub(super) fn characters(&mut self, text: &str, at: &KeyPath, lines: bool) {
        self.quotes(text.trim(), at);
        let bad = text.chars().find_map(|c| match c {
            '\n' | '\t' if lines => None,
            c if c.is_control() => Some((c, "a control character")),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                Some((c, "a character that changes the writing direction"))
            }
            _ => None,
        });
        if let Some((c, what)) = bad {
            self.report(
                Finding::error(
                    "control-character",
                    Place::Value(at.clone()),
                    format!("this text contains {what}, U+{:04X}", c as u32),
                )
                .help(
                    "it cannot be seen and comes with copied text: type the text again, or paste it without formatting",
                ),
            );
        }
    }

    /// Warns of quotes that would be printed although they were meant for YAML.
    fn quotes(&mut self, text: &str, at: &KeyPath) {
        let curly = text.starts_with(['“', '”', '„']) && text.ends_with(['“', '”']);
        let lost = text.ends_with('"') && text.matches('"').count() == 1;
        if curly || lost {
            let what =
                if curly { "is in curly quotes" } else { "ends with a quotation mark but does not begin with one" };
            self.report(
                Finding::warning(
                    "quotes",
                    Place::Value(at.clone()),
                    format!("this text {what}: readers will see the quotation marks"),
                )
                .help("if they are not part of the text, use straight quotes at both ends: \"…\""),
            );
        }
    }
}
