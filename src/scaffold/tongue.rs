//! The language that the name of a file or a folder tells.

use std::collections::{BTreeMap, BTreeSet};

use crate::language::{Language, LanguageNames, is_word_char};

/// What a name tells of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// The language.
    pub(super) language: Language,
    /// The name without what told it.
    pub(super) rest: String,
    /// Whether it cannot well mean something else.
    pub(super) sure: bool,
    /// Whether it stands at the beginning, where two capital letters may be another short form.
    pub(super) first: bool,
}

/// Reads names of files: all of a collection, as one lends the other its meaning.
pub(super) struct Names<'s> {
    spellings: &'s LanguageNames,
}

impl<'s> Names<'s> {
    pub(super) fn new(spellings: &'s LanguageNames) -> Self {
        Self { spellings }
    }

    /// What a file's name, without its ending, could tell: at its end, at its beginning, in brackets.
    pub(super) fn of_stem(&self, stem: &str) -> Vec<Told> {
        let mut told = Vec::new();
        // `report (French)`
        if let Some((before, inner)) = stem.strip_suffix([')', ']']).and_then(|open| open.rsplit_once(['(', '['])) {
            let inner = inner.trim();
            let named = self.spellings.by_name(inner).or_else(|| self.spellings.by_code(inner));
            told.extend(named.map(|language| Told {
                language,
                rest: before.trim().to_owned(),
                sure: true,
                first: false,
            }));
        }
        let ends: Vec<usize> = stem.match_indices(SEPARATORS).map(|(at, _)| at).collect();
        // The last part, and the last two for `zh-cn`, `pt_BR`.
        for at in ends.iter().rev().take(2) {
            let (rest, token) = (&stem[..*at], &stem[at + 1..]);
            if !rest.chars().any(is_word_char) {
                continue;
            }
            let separator = stem[*at..].chars().next().unwrap_or(' ');
            if let Some((language, sure)) = self.token(token, separator) {
                told.push(Told { language, rest: rest.trim_end_matches(SEPARATORS).to_owned(), sure, first: false });
            }
        }
        // `FR - rapport`
        for at in ends.iter().take(2) {
            let (token, rest) = (&stem[..*at], stem[at + 1..].trim_start_matches(SEPARATORS));
            if !rest.chars().any(is_word_char) {
                continue;
            }
            if let Some((language, _)) = self.token(token, ' ') {
                let sure = token.len() == 2 && token.bytes().all(|b| b.is_ascii_uppercase());
                told.push(Told { language, rest: rest.to_owned(), sure, first: true });
            }
        }
        // `Annual Report (EN) final`, `guide_EN v2`
        for (at, _) in stem.match_indices(['(', '[']) {
            let Some(length) = stem[at..].find([')', ']']) else { continue };
            let (inner, after) = (stem[at + 1..at + length].trim(), &stem[at + length + 1..]);
            let named = self.spellings.by_name(inner).or_else(|| self.spellings.by_code(inner));
            if let Some(language) = named.filter(|_| after.chars().any(is_word_char)) {
                told.push(Told { language, rest: joined(&stem[..at], after), sure: true, first: false });
            }
        }
        for pair in ends.windows(2) {
            let (token, after) = (&stem[pair[0] + 1..pair[1]], &stem[pair[1] + 1..]);
            let capital = token.len() <= 3 && token.bytes().all(|b| b.is_ascii_uppercase());
            let named = || self.spellings.by_name(token);
            let language = capital.then(|| self.spellings.by_code(token)).flatten().or_else(named);
            if let Some(language) = language.filter(|_| stem[..pair[0]].chars().any(is_word_char)) {
                told.push(Told { language, rest: joined(&stem[..pair[0]], after), sure: false, first: false });
            }
        }
        // A region before a mere language: the longest is meant.
        told.sort_by_key(|told| (!told.sure, told.rest.len()));
        told
    }

    fn token(&self, token: &str, separator: char) -> Option<(Language, bool)> {
        if let Some(language) = self.spellings.by_name(token) {
            return Some((language, separator != ' '));
        }
        let language = self.spellings.by_code(token)?;
        let upper = token.bytes().all(|b| !b.is_ascii_lowercase());
        let primary = token.split(['-', '_']).next().unwrap_or_default();
        let sure = match token.len() {
            2 => {
                separator == '.'
                    || (upper && separator != ' ')
                    || (separator != ' ' && !LanguageNames::is_common_word(token))
            }
            3 => (separator == '.' || upper) && !LanguageNames::is_common_word(token),
            _ => separator == '.' || !LanguageNames::is_common_word(primary),
        };
        Some((language, sure))
    }

    /// What a folder's name tells.
    pub(super) fn of_folder(&self, name: &str) -> Option<Told> {
        let name = name.trim();
        let named = self.spellings.by_name(name).map(|language| (language, true));
        let coded = || Some((self.spellings.by_code(name)?, !LanguageNames::is_common_word(name)));
        let (language, sure) = named.or_else(coded)?;
        Some(Told { language, rest: String::new(), sure, first: false })
    }
}

/// What is left of a name around what told the language.
fn joined(before: &str, after: &str) -> String {
    format!("{} {}", before.trim_end_matches(SEPARATORS).trim_end(), after.trim_start_matches(SEPARATORS).trim_start())
}

/// What stands between the parts of a name.
const SEPARATORS: [char; 4] = ['.', '-', '_', ' '];

/// The six official languages of the United Nations by the letters that end the names of its files.
const LETTERS: [(&str, &str); 6] = [("A", "ar"), ("C", "zh"), ("E", "en"), ("F", "fr"), ("R", "ru"), ("S", "es")];

/// The languages of files whose names differ in such a letter alone: `A_62_1_E`, `A_62_1_F`.
pub(super) fn by_letters<'n>(stems: impl Iterator<Item = &'n str>) -> BTreeMap<String, Told> {
    let mut by_rest: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for stem in stems {
        if let Some((rest, letter)) = split_letter(stem) {
            by_rest.entry(rest).or_default().insert(letter);
        }
    }
    by_rest.retain(|_, letters| letters.len() > 1);
    let told = |rest: &str, letter: &str| {
        let (_, tag) = LETTERS.iter().find(|(known, _)| *known == letter)?;
        let language = Language::parse(tag).ok()?;
        let rest = rest.trim_end_matches(SEPARATORS).to_owned();
        Some(Told { language, rest, sure: true, first: false })
    };
    by_rest
        .iter()
        .flat_map(|(rest, letters)| letters.iter().map(move |letter| (*rest, *letter)))
        .filter_map(|(rest, letter)| Some((format!("{rest}{letter}"), told(rest, letter)?)))
        .collect()
}

fn split_letter(stem: &str) -> Option<(&str, &str)> {
    let at = stem.rfind(['-', '_', '.', ' '])? + 1;
    let (rest, letter) = stem.split_at(at);
    LETTERS.iter().any(|(known, _)| *known == letter).then_some((rest, letter))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_their_language() {
        let spellings = LanguageNames::default();
        let names = Names::new(&spellings);
        let sure = |stem: &str| {
            let told = names.of_stem(stem).into_iter().find(|told| told.sure);
            told.map(|told| (told.language.as_str().to_owned(), told.rest))
        };
        let cases = [
            ("report-en", "en", "report"),
            ("report_fr", "fr", "report"),
            ("report.es", "es", "report"),
            ("debian-faq.zh-cn", "zh-CN", "debian-faq"),
            ("Report ENG", "", ""),
            ("report_ENG", "en", "report"),
            ("guide_pt_BR", "pt-BR", "guide"),
            ("Rapport annuel (français)", "fr", "Rapport annuel"),
            ("report.it", "it", "report"),
            ("annual_report_Spanish", "es", "annual_report"),
            ("FR - rapport", "fr", "rapport"),
            ("EN_summary", "en", "summary"),
            ("Annual Report 2020 (EN) FINAL", "en", "Annual Report 2020 FINAL"),
            ("Rapport [Franc\u{327}ais] final", "fr", "Rapport final"),
        ];
        for (stem, language, rest) in cases.into_iter().filter(|(_, language, _)| !language.is_empty()) {
            assert_eq!(sure(stem), Some((language.to_owned(), rest.to_owned())), "{stem}");
        }
        for stem in [
            "what-it-is",
            "yes-or-no",
            "report",
            "en",
            "to_do",
            "may",
            "report-may",
            "plan-2007",
            "by-and-for",
            "part-of-it",
        ] {
            assert_eq!(sure(stem), None, "{stem}");
        }
    }

    #[test]
    fn letters_tell_languages_where_there_are_several() {
        let told = by_letters(["A_62_1_E", "A_62_1_F", "Plan_B", "Annex-A", "annex_c"].into_iter());
        let told: Vec<(&str, &str)> = told.iter().map(|(stem, told)| (stem.as_str(), told.language.as_str())).collect();
        assert_eq!(told, [("A_62_1_E", "en"), ("A_62_1_F", "fr")]);
    }
}
