//! Unicode properties of characters, and normalisation.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use icu_properties::CodePointMapData;
use icu_properties::props::{BidiClass, GeneralCategory};

/// The bidirectional class of a character (Unicode Standard Annex 9, table 4), reduced to what text extraction needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CharDirection {
    /// A letter of a left-to-right script.
    LeftToRight,
    /// A letter of a right-to-left script.
    RightToLeft,
    /// A digit: always read from left to right.
    Number,
}

/// The direction of a character; `None` if it takes the direction of its neighbours.
pub fn char_direction(character: char) -> Option<CharDirection> {
    match CodePointMapData::<BidiClass>::new().get(character) {
        BidiClass::LeftToRight => Some(CharDirection::LeftToRight),
        BidiClass::RightToLeft | BidiClass::ArabicLetter => Some(CharDirection::RightToLeft),
        BidiClass::EuropeanNumber | BidiClass::ArabicNumber => Some(CharDirection::Number),
        _ => None,
    }
}

/// Whether a character can be part of a word: a letter or a digit.
pub fn is_word_char(character: char) -> bool {
    character.is_alphanumeric() && !is_combining_mark(character)
}

/// Whether a character modifies the one before it, as accents and vowel signs do.
pub fn is_combining_mark(character: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    matches!(category, GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

/// The text in Unicode NFKD: accents and ligatures decomposed.
pub fn nfkd(text: &str) -> Cow<'_, str> {
    DecomposingNormalizer::new_nfkd().normalize(text)
}

/// The text in Unicode NFKC: accents composed, ligatures and presentation forms replaced by plain letters.
pub fn nfkc(text: &str) -> Cow<'_, str> {
    ComposingNormalizer::new_nfkc().normalize(text)
}
