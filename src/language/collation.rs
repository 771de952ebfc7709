//! Alphabetical order in each language, and the letters that an index groups entries under.

use std::cmp::Ordering;

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_normalizer::DecomposingNormalizer;

use super::Language;

/// The alphabetical order of a language (CLDR; Unicode Technical Standard 10).
pub struct Collation {
    /// Compares letters, accents and case. `None` if ICU has no data for it, which should not happen: text is then
    /// compared by code point.
    full: Option<CollatorBorrowed<'static>>,
    /// Compares base letters only.
    base: Option<CollatorBorrowed<'static>>,
}

impl Collation {
    pub fn new(language: &Language) -> Self {
        let locale = language.locale();
        let collator = |strength| {
            let mut options = CollatorOptions::default();
            options.strength = Some(strength);
            CollatorBorrowed::try_new(CollatorPreferences::from(&locale), options).ok()
        };
        Self { full: collator(Strength::Tertiary), base: collator(Strength::Primary) }
    }

    /// Compares two texts; those that the language considers equal are compared by code point.
    pub fn compare(&self, a: &str, b: &str) -> Ordering {
        self.full.as_ref().map_or(Ordering::Equal, |collator| collator.compare(a, b)).then_with(|| a.cmp(b))
    }

    /// The letter that an index lists a text under: `E` for `Évaluation` in French, `Ñ` for `ñandú` in Spanish.
    /// `None` if the text does not start with a letter of an alphabet, as in Chinese.
    pub fn index_letter(&self, text: &str) -> Option<String> {
        let first = text.chars().find(|character| character.is_alphanumeric())?;
        if !first.is_alphabetic() || is_from_large_script(first) {
            return None;
        }
        let letter: String = first.to_uppercase().take(1).collect();
        let base: String = DecomposingNormalizer::new_nfkd().normalize(&letter).chars().take(1).collect();
        match &self.base {
            Some(collator) if collator.compare(&letter, &base) != Ordering::Equal => Some(letter),
            _ => Some(base),
        }
    }
}

/// Whether a character belongs to a script with thousands of characters: Chinese, Japanese, Korean.
fn is_from_large_script(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{2fdf}' | '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn collation(tag: &str) -> Collation {
        Collation::new(&Language::parse(tag).unwrap())
    }

    #[test]
    fn words_are_sorted_in_the_order_of_the_language() {
        let sorted = |tag: &str, words: &[&'static str]| {
            let collation = collation(tag);
            let mut words = words.to_vec();
            words.sort_by(|a, b| collation.compare(a, b));
            words
        };
        assert_eq!(sorted("fr", &["zone", "état", "Eau", "éclair"]), ["Eau", "éclair", "état", "zone"]);
        assert_eq!(sorted("es", &["ñandú", "oso", "nube"]), ["nube", "ñandú", "oso"]);
        assert_eq!(sorted("sv", &["ö", "z", "å"]), ["z", "å", "ö"]);
        // By pronunciation: an, nü, zhong.
        assert_eq!(sorted("zh", &["中", "女", "安"]), ["安", "女", "中"]);
    }

    #[test]
    fn index_letters_follow_the_alphabet_of_the_language() {
        let letter = |tag: &str, text: &str| collation(tag).index_letter(text);
        assert_eq!(letter("fr", "Évaluation").as_deref(), Some("E"));
        assert_eq!(letter("fr", "« État »").as_deref(), Some("E"));
        assert_eq!(letter("es", "ñandú").as_deref(), Some("Ñ"));
        assert_eq!(letter("en", "ñandú").as_deref(), Some("N"));
        assert_eq!(letter("sv", "ångström").as_deref(), Some("Å"));
        assert_eq!(letter("ru", "женщины").as_deref(), Some("Ж"));
        assert_eq!(letter("ar", "أمن").as_deref(), Some("ا"));
        assert_eq!(letter("zh", "安全"), None);
        assert_eq!(letter("en", "1325"), None);
        assert_eq!(letter("en", "—"), None);
    }
}
