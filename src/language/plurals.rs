//! Plural forms.

use icu_plurals::{PluralCategory, PluralRules};

use super::Language;

/// The plural rules of a language (CLDR).
#[derive(Debug, Default)]
pub struct Plurals {
    /// `None` if ICU has no rules for it, or the language is unknown: all numbers then have the form `other`.
    rules: Option<PluralRules>,
}

impl Plurals {
    pub fn new(language: &Language) -> Self {
        Self { rules: PluralRules::try_new_cardinal((&language.locale()).into()).ok() }
    }

    /// The category of a number of things: `one`, `few` and so on.
    pub fn category(&self, number: u64) -> &'static str {
        match self.rules.as_ref().map_or(PluralCategory::Other, |rules| rules.category_for(number)) {
            PluralCategory::Zero => "zero",
            PluralCategory::One => "one",
            PluralCategory::Two => "two",
            PluralCategory::Few => "few",
            PluralCategory::Many => "many",
            PluralCategory::Other => "other",
        }
    }
}
