//! The interface strings in every language of the disc.

use std::collections::{BTreeMap, BTreeSet};

use super::placeholders::{has_plural, placeholders};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::language::Language;
use crate::strings::{BUILT_IN, FALLBACK_LANGUAGE, KEY_COUNT, KEYS, unknown_string};

/// Strings by key.
type Table = BTreeMap<String, String>;

/// A file of interface strings that the manifest names.
#[derive(Debug)]
pub(super) struct StringFile {
    pub language: Language,
    /// Its path as it is written in the manifest.
    pub path: String,
    pub text: String,
}

impl StringFile {
    /// The place of a key in the file.
    fn place_of(&self, key: &str) -> Place {
        let is_key = |line: &str| {
            let line = line.trim_start().trim_start_matches(['"', '\'']);
            line.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
        };
        Place::File(self.path.clone(), self.text.lines().position(is_key).map(|index| index + 1))
    }

    /// Parses the file, and reports what is wrong with it.
    fn parse(&self, findings: &mut Findings) -> Table {
        let mut table = match crate::manifest::parse_interface_strings(&self.text) {
            Ok(table) => table,
            Err((error, line)) => {
                findings.push(
                    Finding::error(
                        "not-yaml",
                        Place::File(self.path.clone(), line),
                        format!("`{}` cannot be read as a file of interface texts: {error}", self.path),
                    )
                    .help("each line is a key, a colon, and the text in \"double quotes\"; write \\\" for a quotation mark in it"),
                );
                return Table::new();
            }
        };
        table.retain(|key, _| {
            let is_known = KEYS.contains(&key.as_str());
            if !is_known {
                findings.push(unknown_string(key, self.place_of(key)));
            }
            is_known
        });
        for (key, text) in &table {
            let bad = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
            if let Some(c) = bad {
                findings.push(
                    Finding::error(
                        "control-character",
                        self.place_of(key),
                        format!("this text contains a control character, U+{:04X}", c as u32),
                    )
                    .help("type the text again, or paste it without formatting"),
                );
            }
        }
        table
    }
}

/// All interface strings of one language.
#[derive(Debug, Default)]
pub(super) struct InterfaceStrings {
    texts: BTreeMap<&'static str, String>,
    /// The strings that are missing in this language, each with the language from which it is taken instead.
    borrowed: BTreeMap<&'static str, Language>,
}

impl InterfaceStrings {
    /// A string; empty if the key is unknown.
    pub(super) fn get(&self, key: &str) -> &str {
        self.texts.get(key).map(String::as_str).unwrap_or_default()
    }

    /// The language that a string is borrowed from; `None` if it is in the language itself.
    pub(super) fn borrowed_from(&self, key: &str) -> Option<&Language> {
        self.borrowed.get(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.texts.iter().map(|(key, text)| (*key, text.as_str()))
    }
}

/// The strings of every language of the disc, in the disc's order. `None` after an error.
pub(super) fn resolve(
    catalogue: &Catalogue,
    files: &[StringFile],
    findings: &mut Findings,
) -> Option<Vec<InterfaceStrings>> {
    let needed: BTreeSet<&str> =
        catalogue.disc.languages.iter().map(Language::primary).chain(std::iter::once(FALLBACK_LANGUAGE)).collect();
    let mut built_in = BTreeMap::new();
    for (tag, _, yaml) in BUILT_IN.into_iter().filter(|(tag, ..)| needed.contains(tag)) {
        match crate::manifest::parse_interface_strings(yaml) {
            Ok(table) => {
                built_in.insert(tag, table);
            }
            Err((error, _)) => {
                let message = format!("the built-in interface text `{tag}` cannot be read: {error}");
                findings.push(Finding::error("built-in-strings", Place::Nowhere, message));
                return None;
            }
        }
    }
    let mut custom: BTreeMap<Language, Table> = BTreeMap::new();
    let mut places = BTreeMap::new();
    for file in files {
        let table = file.parse(findings);
        places.extend(table.keys().map(|key| ((file.language.clone(), key.clone()), file.place_of(key))));
        custom.entry(file.language.clone()).or_default().extend(table);
    }
    for (language, table) in &catalogue.launcher.strings {
        custom.entry(language.clone()).or_default().extend(table.clone());
    }
    let files = files.iter().map(|file| (file.language.clone(), file.path.clone())).collect();
    let sources = StringSources { built_in, custom, places, files };
    let default = catalogue.disc.default_language();
    Some(catalogue.disc.languages.iter().map(|language| sources.complete(language, default, findings)).collect())
}

/// All interface strings that a disc can use.
struct StringSources {
    /// The built-in strings of the languages that are needed.
    built_in: BTreeMap<&'static str, Table>,
    /// The strings in the manifest and in files that it names.
    custom: BTreeMap<Language, Table>,
    /// The places of the strings in files.
    places: BTreeMap<(Language, String), Place>,
    /// The file of each language that has one.
    files: BTreeMap<Language, String>,
}

impl StringSources {
    fn file_of(&self, language: &Language) -> Option<&str> {
        self.files.get(language).map(String::as_str)
    }

    /// The custom or built-in string in a language. A string that is missing in `zh-Hant` is taken from `zh`.
    fn find(&self, language: &Language, key: &str) -> Option<&str> {
        let primary = language.primary();
        let own = self.custom.get(language).and_then(|table| table.get(key));
        let custom_of_primary =
            || self.custom.iter().find(|(l, t)| l.as_str() == primary && t.contains_key(key)).map(|(_, t)| &t[key]);
        own.or_else(|| self.built_in.get(language.as_str())?.get(key))
            .or_else(custom_of_primary)
            .or_else(|| self.built_in.get(primary)?.get(key))
            .map(String::as_str)
    }

    fn complete(&self, language: &Language, default: &Language, findings: &mut Findings) -> InterfaceStrings {
        let mut strings = InterfaceStrings::default();
        for key in KEYS {
            let text = self.find(language, key).or_else(|| {
                let (text, source) = match self.find(default, key) {
                    Some(text) => (text, Some(default.clone())),
                    None => (
                        self.built_in.get(FALLBACK_LANGUAGE)?.get(key)?.as_str(),
                        Language::parse(FALLBACK_LANGUAGE).ok(),
                    ),
                };
                strings.borrowed.extend(source.map(|source| (key, source)));
                Some(text)
            });
            strings.texts.insert(key, text.unwrap_or_default().to_owned());
        }
        let missing = strings.borrowed.len();
        let at = KeyPath::root().key("launcher").key("strings").key(language.as_str());
        if missing > 0 {
            let name = language.autonym();
            findings.push(
                Finding::warning(
                    "missing-strings",
                    Place::Value(at.clone()),
                    format!("{missing} of the {KEY_COUNT} texts of the pages are missing in {name} ({language})"),
                )
                .help(if let Some(file) = self.file_of(language) {
                    format!("fill in the texts that are empty in `{file}`")
                } else {
                    format!(
                    "in the folder of the manifest, run `make-disc strings {language}`: it writes `strings.{language}.yaml`; fill it in, and name it in the manifest: `strings: {{{language}: strings.{language}.yaml}}` under `launcher:`"
                    )
                })
                .help("until then the pages show these texts in another language"),
            );
        } else if !self.custom.contains_key(language) && is_in_another_script(language) {
            findings.push(
                Finding::note(
                    "other-script",
                    Place::Value(at.clone()),
                    format!(
                        "the pages in `{language}` use the texts of `{}`, which are in another script",
                        language.primary()
                    ),
                )
                .help(format!(
                    "to write them in the right script, run `make-disc strings {language}` in the folder of the manifest, and fill in the file that it writes"
                )),
            );
        }
        self.check_placeholders(language, &at, findings);
        strings
    }

    /// Warns about unknown and missing placeholders in the strings of the manifest and its files.
    fn check_placeholders(&self, language: &Language, at: &KeyPath, findings: &mut Findings) {
        let (Some(own), Some(model)) = (self.custom.get(language), self.built_in.get(FALLBACK_LANGUAGE)) else {
            return;
        };
        for (key, text) in own {
            let Some(model) = model.get(key) else { continue };
            let (actual, expected) = (placeholders(text), placeholders(model));
            let place = || {
                let place = self.places.get(&(language.clone(), key.clone())).cloned();
                place.unwrap_or_else(|| Place::Value(at.key(key)))
            };
            if has_plural(text) && !has_plural(model) {
                findings.push(
                    Finding::warning("placeholder", place(), format!("`{key}` cannot have forms for the plural"))
                        .help(format!("the English text is: {model}")),
                );
            } else if actual != expected {
                let names: Vec<String> = expected.iter().map(|name| format!("`{{{name}}}`")).collect();
                let message = match names.len() {
                    0 => format!("`{key}` should not contain names in braces"),
                    _ => format!("`{key}` should contain exactly these names in braces: {}", names.join(", ")),
                };
                findings.push(
                    Finding::warning("placeholder", place(), message).help(format!("the English text is: {model}")),
                );
            }
        }
    }
}

/// Whether the tag names a different script from that of the built-in strings.
fn is_in_another_script(language: &Language) -> bool {
    let Some((_, usual, _)) = BUILT_IN.iter().find(|(tag, ..)| *tag == language.primary()) else { return false };
    language.as_str().split('-').skip(1).any(|part| match part.len() {
        4 => part.bytes().all(|b| b.is_ascii_alphabetic()) && part != *usual,
        2 => *usual == "Hans" && matches!(part, "TW" | "HK" | "MO"),
        _ => false,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::placeholders::plural_categories;
    use super::*;
    use crate::language::Plurals;

    #[test]
    fn built_in_languages_have_the_same_keys_and_placeholders() {
        let (_, _, english) = BUILT_IN.into_iter().find(|(tag, ..)| *tag == FALLBACK_LANGUAGE).unwrap();
        let english = crate::manifest::parse_interface_strings(english).unwrap();
        let keys: BTreeSet<&str> = english.keys().map(String::as_str).collect();
        let known = BTreeSet::from(KEYS);
        assert!(keys == known, "only in src/strings.rs or only in English: {:?}", keys.symmetric_difference(&known));
        for (tag, _, yaml) in BUILT_IN {
            let table = crate::manifest::parse_interface_strings(yaml).unwrap();
            let missing: Vec<&String> = english.keys().filter(|key| !table.contains_key(*key)).collect();
            assert!(missing.is_empty(), "{tag}.yaml has no {missing:?}");
            assert_eq!(table.len(), english.len(), "{tag}.yaml has more keys than English");
            for (key, text) in &table {
                assert_eq!(placeholders(text), placeholders(&english[key]), "{tag}: {key}");
                assert!(!text.trim().is_empty() && text.trim() == text, "{tag}: {key}");
            }
        }
    }

    #[test]
    fn built_in_plurals_have_the_form_of_every_number() {
        for (tag, _, yaml) in BUILT_IN {
            let plurals = Plurals::new(&Language::parse(tag).unwrap());
            let used: BTreeSet<&str> = (0..200).map(|number| plurals.category(number)).collect();
            for (key, text) in crate::manifest::parse_interface_strings(yaml).unwrap() {
                let categories = plural_categories(&text);
                let missing: Vec<_> = used.iter().filter(|category| !categories.contains(*category)).collect();
                // Some words have only one form.
                assert!(categories.len() < 2 || missing.is_empty(), "{tag}: {key} has no form for {missing:?}");
            }
        }
    }

    #[test]
    fn another_script_is_detected() {
        let other = |tag: &str| is_in_another_script(&Language::parse(tag).unwrap());
        assert!(other("zh-Hant") && other("zh-TW") && !other("zh-Hans") && !other("es-419") && !other("sw"));
    }
}
