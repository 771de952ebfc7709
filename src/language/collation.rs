//! The order in which a language lists words, and the letters it lists them under.

use std::cmp::Ordering;

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_normalizer::DecomposingNormalizer;

use super::Language;

/// The alphabetical order of a language (CLDR; Unicode Technical Standard 10).
pub struct Collation {
    /// None if ICU lacks its own data, which it has not been seen to: then by code points.
    whole: Option<CollatorBorrowed<'static>>,
    letters: Option<CollatorBorrowed<'static>>,
}

impl Collation {
    /// The order of a language.
    pub fn of(language: &Language) -> Self {
        let locale = language.locale();
        let collator = |strength| {
            let mut options = CollatorOptions::default();
            options.strength = Some(strength);
            CollatorBorrowed::try_new(CollatorPreferences::from(&locale), options).ok()
        };
        Self { whole: collator(Strength::Tertiary), letters: collator(Strength::Primary) }
    }

    /// Compares two texts; those the language takes for equal, by their code points.
    pub fn compare(&self, a: &str, b: &str) -> Ordering {
        self.whole.as_ref().map_or(Ordering::Equal, |collator| collator.compare(a, b)).then_with(|| a.cmp(b))
    }

    /// The letter that a text is listed under: `E` for `Évaluation` in French, `Ñ` for `ñandú` in
    /// Spanish; none for what begins with no letter of an alphabet, as Chinese does.
    pub fn initial(&self, text: &str) -> Option<String> {
        let first = text.chars().find(|character| character.is_alphanumeric())?;
        if !first.is_alphabetic() || without_alphabet(first) {
            return None;
        }
        let letter: String = first.to_uppercase().take(1).collect();
        let base: String = DecomposingNormalizer::new_nfkd().normalize(&letter).chars().take(1).collect();
        match &self.letters {
            Some(collator) if collator.compare(&letter, &base) != Ordering::Equal => Some(letter),
            _ => Some(base),
        }
    }
}

/// Whether a character belongs to a script of thousands of signs: Han and its kin, Hangul syllables.
fn without_alphabet(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{2fdf}' | '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn collation(tag: &str) -> Collation {
        Collation::of(&Language::parse(tag).unwrap())
    }

    #[test]
    fn words_are_listed_as_the_language_does() {
        let sorted = |tag: &str, words: &[&'static str]| {
            let collation = collation(tag);
            let mut words = words.to_vec();
            words.sort_by(|a, b| collation.compare(a, b));
            words
        };
        assert_eq!(sorted("fr", &["zone", "état", "Eau", "éclair"]), ["Eau", "éclair", "état", "zone"]);
        assert_eq!(sorted("es", &["ñandú", "oso", "nube"]), ["nube", "ñandú", "oso"]);
        assert_eq!(sorted("sv", &["ö", "z", "å"]), ["z", "å", "ö"]);
        // By the sounds: an, nü, zhong.
        assert_eq!(sorted("zh", &["中", "女", "安"]), ["安", "女", "中"]);
    }

    #[test]
    fn a_letter_is_its_own_where_the_language_says_so() {
        let initial = |tag: &str, text: &str| collation(tag).initial(text);
        assert_eq!(initial("fr", "Évaluation").as_deref(), Some("E"));
        assert_eq!(initial("fr", "« État »").as_deref(), Some("E"));
        assert_eq!(initial("es", "ñandú").as_deref(), Some("Ñ"));
        assert_eq!(initial("en", "ñandú").as_deref(), Some("N"));
        assert_eq!(initial("sv", "ångström").as_deref(), Some("Å"));
        assert_eq!(initial("ru", "женщины").as_deref(), Some("Ж"));
        assert_eq!(initial("ar", "أمن").as_deref(), Some("ا"));
        assert_eq!(initial("zh", "安全"), None);
        assert_eq!(initial("en", "1325"), None);
        assert_eq!(initial("en", "—"), None);
    }
}
