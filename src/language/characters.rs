//! What Unicode knows of characters.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use icu_properties::CodePointMapData;
use icu_properties::props::{BidiClass, GeneralCategory};

/// The direction of a character (Unicode Standard Annex 9, table 4), as far as texts need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// From left to right.
    Left,
    /// From right to left.
    Right,
    /// A digit: from left to right, wherever it stands.
    Number,
}

/// The direction of a character; none for what takes that of its neighbours.
pub fn script(character: char) -> Option<Script> {
    match CodePointMapData::<BidiClass>::new().get(character) {
        BidiClass::LeftToRight => Some(Script::Left),
        BidiClass::RightToLeft | BidiClass::ArabicLetter => Some(Script::Right),
        BidiClass::EuropeanNumber | BidiClass::ArabicNumber => Some(Script::Number),
        _ => None,
    }
}

/// Whether a character is one of a word: a letter or a number.
pub fn is_word(character: char) -> bool {
    character.is_alphanumeric() && !is_mark(character)
}

/// Whether a character is a mark on another: an accent, a vowel sign.
pub fn is_mark(character: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    matches!(category, GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

/// A text with its accents and ligatures taken apart (Unicode NFKD).
pub fn decomposed(text: &str) -> Cow<'_, str> {
    DecomposingNormalizer::new_nfkd().normalize(text)
}

/// A text with its accents put together, and ligatures and other shapes as plain letters (Unicode NFKC).
pub fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizer::new_nfkc().normalize(text)
}
