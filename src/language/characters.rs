//! Unicode properties of characters, and normalisation.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use icu_properties::props::{BidiClass, DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, Script};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Characters that are drawn as nothing or as a blank, although their properties are those of letters, marks or symbols.
const BLANK_LOOKING: [char; 6] = [
    // BRAILLE PATTERN BLANK.
    '\u{2800}',
    // OBJECT REPLACEMENT CHARACTER: the place of a picture in copied text.
    '\u{FFFC}',
    // EGYPTIAN HIEROGLYPH FULL BLANK, HALF BLANK.
    '\u{13441}',
    '\u{13442}',
    // KHITAN SMALL SCRIPT FILLER.
    '\u{16FE4}',
    // MUSICAL SYMBOL NULL NOTEHEAD.
    '\u{1D159}',
];

/// The scripts in which U+200C and U+200D between letters change how these are written.
const SCRIPTS_WITH_JOINERS: [Script; 32] = [
    Script::Arabic,
    Script::Syriac,
    Script::Mongolian,
    Script::Nko,
    Script::Mandaic,
    Script::Manichaean,
    Script::PhagsPa,
    Script::HanifiRohingya,
    Script::Adlam,
    Script::Devanagari,
    Script::Bengali,
    Script::Gurmukhi,
    Script::Gujarati,
    Script::Oriya,
    Script::Tamil,
    Script::Telugu,
    Script::Kannada,
    Script::Malayalam,
    Script::Sinhala,
    Script::Grantha,
    Script::Tirhuta,
    Script::Newa,
    Script::Modi,
    Script::Sharada,
    Script::Kaithi,
    Script::SylotiNagri,
    Script::MeeteiMayek,
    Script::Tibetan,
    Script::Myanmar,
    Script::Khmer,
    Script::Balinese,
    Script::Javanese,
];

/// The scripts whose lines are broken between the letters of a word, because there are no spaces or because it is usual.
const SCRIPTS_BROKEN_IN_WORDS: [Script; 9] = [
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Bopomofo,
    Script::Hangul,
    Script::Thai,
    Script::Lao,
    Script::Khmer,
    Script::Myanmar,
];

/// Whether lines can be broken inside a word before or after this letter.
pub fn is_broken_in_words(character: char) -> bool {
    SCRIPTS_BROKEN_IN_WORDS.contains(&CodePointMapData::<Script>::new().get(character))
}

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
    is_mark_category(CodePointMapData::<GeneralCategory>::new().get(character))
}

fn is_mark_category(category: GeneralCategory) -> bool {
    matches!(category, GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

/// The code points below `end` of which words consist ([`is_word_char`]).
pub fn word_char_ranges(end: u32) -> Vec<RangeInclusive<u32>> {
    let mut ranges: Vec<RangeInclusive<u32>> = Vec::new();
    let mut marks = combining_mark_ranges().into_iter().peekable();
    for code in 0..end {
        while marks.next_if(|mark| *mark.end() < code).is_some() {}
        let is_mark = marks.peek().is_some_and(|mark| *mark.start() <= code);
        if is_mark || !char::from_u32(code).is_some_and(char::is_alphanumeric) {
            continue;
        }
        match ranges.last_mut() {
            Some(last) if *last.end() + 1 == code => *last = *last.start()..=code,
            _ => ranges.push(code..=code),
        }
    }
    ranges
}

/// The code points of combining marks ([`is_combining_mark`]).
pub fn combining_mark_ranges() -> Vec<RangeInclusive<u32>> {
    category_ranges(is_mark_category)
}

/// The code points of decimal digits ([`decimal_digit`]).
pub fn decimal_digit_ranges() -> Vec<RangeInclusive<u32>> {
    category_ranges(|category| category == GeneralCategory::DecimalNumber)
}

fn category_ranges(is_wanted: fn(GeneralCategory) -> bool) -> Vec<RangeInclusive<u32>> {
    let all = CodePointMapData::<GeneralCategory>::new().iter_ranges_mapped(is_wanted);
    all.filter(|part| part.value).map(|part| part.range).collect()
}

/// The digit from 0 to 9 that a character of any script represents; `None` if it is not a decimal digit.
pub fn decimal_digit(character: char) -> Option<u32> {
    if character.is_ascii() {
        return character.to_digit(10);
    }
    let is_digit = |code: u32| char::from_u32(code).is_some_and(is_decimal_digit);
    if !is_decimal_digit(character) {
        return None;
    }
    // Unicode assigns decimal digits in runs that begin with a zero.
    let code = u32::from(character);
    let before = (1..).take_while(|distance| is_digit(code - distance)).count() as u32;
    Some(before % 10)
}

fn is_decimal_digit(character: char) -> bool {
    CodePointMapData::<GeneralCategory>::new().get(character) == GeneralCategory::DecimalNumber
}

/// Whether a character is ignored when words are compared: soft hyphens, the Arabic tatweel, which lengthens letters, and
/// characters without width that say where a line may or must not end.
pub fn is_ignored_in_words(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Whether a character is invisible, looks like a blank without being one, changes the writing direction or ends a line:
/// Unicode's general categories Cf, Zl and Zp, its property `Default_Ignorable_Code_Point`, and some others that are drawn as
/// nothing. Joiners and variation selectors are among them.
pub fn is_invisible(character: char) -> bool {
    if character.is_ascii() {
        return false;
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    matches!(category, GeneralCategory::Format | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator)
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
        || BLANK_LOOKING.contains(&character)
}

/// Whether Unicode gives a code point no meaning: it is unassigned, or reserved for private use.
pub fn is_undefined(character: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    matches!(category, GeneralCategory::Unassigned | GeneralCategory::PrivateUse)
}

/// Whether two letters or marks belong to the same script, and a joiner between them changes how they are written. If
/// combining marks follow a letter, `before` is the letter.
pub fn can_be_joined(before: char, after: char) -> bool {
    let letters = GeneralCategoryGroup::Letter.union(GeneralCategoryGroup::Mark);
    let categories = CodePointMapData::<GeneralCategory>::new();
    let scripts = CodePointMapData::<Script>::new();
    let script = scripts.get(before);
    SCRIPTS_WITH_JOINERS.contains(&script)
        && scripts.get(after) == script
        && [before, after].into_iter().all(|character| letters.contains(categories.get(character)))
}

/// The text in Unicode NFKD: accents and ligatures decomposed.
pub fn nfkd(text: &str) -> Cow<'_, str> {
    DecomposingNormalizer::new_nfkd().normalize(text)
}

/// The text in Unicode NFKC: accents composed, ligatures and presentation forms replaced by plain letters.
pub fn nfkc(text: &str) -> Cow<'_, str> {
    ComposingNormalizer::new_nfkc().normalize(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_some_scripts_are_broken_between_letters() {
        assert!("안和のカไກក".chars().all(is_broken_in_words));
        assert!(!"aя2 ءहα-".chars().any(is_broken_in_words));
    }
}
