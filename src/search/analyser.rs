//! Texts as words, words as the forms and stems under which they are found. The only module that names
//! `rust-stemmers`.
//!
//! The page folds a query as [`fold`] does, and needs nothing else: which stem a form belongs to is
//! in the index.

use rust_stemmers::{Algorithm, Stemmer};

use crate::language::{self, Language};

/// How the words of a language are found.
pub(super) struct Analyser {
    stemmer: Option<Stemmer>,
    arabic: bool,
}

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As it is looked up.
    pub form: String,
    /// What it has in common with its other forms.
    pub stem: String,
}

impl Analyser {
    /// That of a language; words of one without a stemmer are their own stems.
    pub fn of(language: &Language) -> Self {
        let algorithm = match language.as_str().split('-').next().unwrap_or_default() {
            "da" => Some(Algorithm::Danish),
            "nl" => Some(Algorithm::Dutch),
            "en" => Some(Algorithm::English),
            "fi" => Some(Algorithm::Finnish),
            "fr" => Some(Algorithm::French),
            "de" => Some(Algorithm::German),
            "hu" => Some(Algorithm::Hungarian),
            "it" => Some(Algorithm::Italian),
            "nb" | "nn" | "no" => Some(Algorithm::Norwegian),
            "pt" => Some(Algorithm::Portuguese),
            "ro" => Some(Algorithm::Romanian),
            "ru" => Some(Algorithm::Russian),
            "es" => Some(Algorithm::Spanish),
            "sv" => Some(Algorithm::Swedish),
            "tr" => Some(Algorithm::Turkish),
            _ => None,
        };
        let arabic = language.as_str().split('-').next() == Some("ar");
        Self { stemmer: algorithm.map(Stemmer::create), arabic }
    }

    /// A word as it is found; none if nothing of it is left.
    pub(super) fn word(&self, word: &str) -> Option<Word> {
        let form = fold(word);
        (!form.is_empty()).then(|| Word { stem: self.stem(word, &form), form })
    }

    fn stem(&self, word: &str, form: &str) -> String {
        if self.arabic {
            return without_article(form).to_owned();
        }
        let Some(stemmer) = &self.stemmer else { return form.to_owned() };
        let stem = fold(&stemmer.stem(&language::nfkc(&word.to_lowercase())));
        if stem.is_empty() { form.to_owned() } else { stem }
    }

    /// Other forms under which somebody may look for a stem, though no text has them.
    pub fn also(&self, stem: &str) -> Vec<String> {
        if !self.arabic || !stem.chars().next().is_some_and(|first| ('\u{620}'..'\u{64b}').contains(&first)) {
            return Vec::new();
        }
        vec![stem.to_owned(), format!("ال{stem}")]
    }
}

/// An Arabic word without its article and what is written before that in one word.
fn without_article(form: &str) -> &str {
    for article in ["وال", "بال", "كال", "فال", "ولل", "لل", "ال"] {
        if let Some(rest) = form.strip_prefix(article).filter(|rest| rest.chars().count() >= 3) {
            return rest;
        }
    }
    form
}

/// A word as it is compared: in small letters, without accents and vowel signs, in plain shapes. The
/// page does the same with what readers write.
pub fn fold(word: &str) -> String {
    let small = word.to_lowercase();
    let small = language::nfkd(&small);
    let mut form = String::with_capacity(small.len());
    for character in small.chars().filter(|c| !language::is_combining_mark(*c)) {
        match character {
            'œ' => form.push_str("oe"),
            'æ' => form.push_str("ae"),
            'ß' => form.push_str("ss"),
            'ø' => form.push('o'),
            'ł' => form.push('l'),
            'ı' => form.push('i'),
            'đ' | 'ð' => form.push('d'),
            'þ' => form.push_str("th"),
            // Alef maqsura, ta marbuta, and the Persian letters that keyboards give for Arabic ones.
            'ى' | 'ی' => form.push('ي'),
            'ة' => form.push('ه'),
            'ک' => form.push('ك'),
            // The stroke that stretches words.
            'ـ' => {}
            other if language::is_word_char(other) => form.push(other),
            _ => {}
        }
    }
    form
}

/// A part of a text that is searched.
pub(super) enum Piece<'t> {
    /// A word.
    Word(&'t str),
    /// Signs of a script that puts no spaces between words.
    Signs(&'t str),
}

/// The parts of a text in its order.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        Word,
        Signs,
    }
    let mut pieces = Vec::new();
    let mut open: Option<(usize, Kind)> = None;
    let mut close = |open: &mut Option<(usize, Kind)>, end: usize| {
        if let Some((start, kind)) = open.take() {
            pieces.push(match kind {
                Kind::Word => Piece::Word(&text[start..end]),
                Kind::Signs => Piece::Signs(&text[start..end]),
            });
        }
    };
    for (at, character) in text.char_indices() {
        let kind = if is_sign(character) {
            Some(Kind::Signs)
        } else if language::is_word_char(character) {
            Some(Kind::Word)
        } else if language::is_combining_mark(character) || character == '\u{ad}' || character == 'ـ' {
            // A mark belongs to what it stands on.
            open.map(|(_, kind)| kind)
        } else {
            None
        };
        if open.map(|(_, kind)| kind) != kind {
            close(&mut open, at);
            open = kind.map(|kind| (at, kind));
        }
    }
    close(&mut open, text.len());
    pieces
}

/// Whether a script puts no spaces between its words: Thai, Lao, Burmese, Khmer, kana and Han.
fn is_sign(character: char) -> bool {
    SIGNS.iter().any(|range| range.contains(&u32::from(character)))
}

/// The blocks of those scripts, which the page knows too.
const SIGNS: [std::ops::RangeInclusive<u32>; 8] = [
    0x0e00..=0x0eff,
    0x1000..=0x109f,
    0x1780..=0x17ff,
    0x3040..=0x30ff,
    0x3400..=0x4dbf,
    0x4e00..=0x9fff,
    0xf900..=0xfaff,
    0x20000..=0x3ffff,
];

/// Each two neighbouring signs; one alone if there is no other.
pub(super) fn pairs(signs: &str) -> impl Iterator<Item = String> {
    let folded: Vec<char> = fold(signs).chars().collect();
    let size = folded.len().clamp(1, 2);
    folded.windows(size).map(|pair| pair.iter().collect::<String>()).collect::<Vec<_>>().into_iter()
}

/// The characters of words, and the marks that are left out, for the page: the lengths of the ranges
/// of each in turn, outside and inside, from 0 on, in base 36.
pub fn character_tables() -> (String, String) {
    let table = |inside: &dyn Fn(char) -> bool| {
        let mut lengths = Vec::new();
        let mut now = false;
        let mut length = 0_u32;
        for code in 0..0x40000 {
            if char::from_u32(code).is_some_and(inside) != now {
                lengths.push(base_36(length));
                length = 0;
                now = !now;
            }
            length += 1;
        }
        lengths.join(" ")
    };
    (table(&language::is_word_char), table(&language::is_combining_mark))
}

fn base_36(mut number: u32) -> String {
    let mut digits = Vec::new();
    loop {
        digits.extend(char::from_digit(number % 36, 36));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn words(tag: &str, text: &str) -> Vec<(String, String)> {
        let analyser = Analyser::of(&Language::parse(tag).unwrap());
        let found = pieces(text).into_iter().flat_map(|piece| match piece {
            Piece::Word(word) => analyser.word(word).map(|word| (word.form, word.stem)).into_iter().collect(),
            Piece::Signs(signs) => pairs(signs).map(|pair| (pair.clone(), pair)).collect::<Vec<_>>(),
        });
        found.collect()
    }

    fn stems(tag: &str, text: &str) -> Vec<String> {
        words(tag, text).into_iter().map(|(_, stem)| stem).collect()
    }

    #[test]
    fn words_are_folded() {
        for (word, form) in [
            ("Évaluation", "evaluation"),
            ("ŒUVRE", "oeuvre"),
            ("Straße", "strasse"),
            ("ﬁn", "fin"),
            ("مُنَظَّمَة", "منظمه"),
            ("الأمـــن", "الامن"),
            ("إلى", "الي"),
            ("Ёлка", "елка"),
            ("１３２５", "1325"),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(fold(word), form, "{word}");
        }
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for (tag, forms) in [
            ("en", "negotiation negotiations negotiated"),
            ("fr", "recommandé recommandée recommandés"),
            ("es", "negociación negociaciones"),
            ("ru", "женщина женщины женщинам"),
            ("ar", "الأمن وَالأمن بالأمن أمن"),
        ] {
            let stems = stems(tag, forms);
            assert!(stems.iter().all(|stem| *stem == stems[0]), "{stems:?}");
        }
    }

    #[test]
    fn texts_are_divided_into_words() {
        assert_eq!(stems("fr", "l’île"), ["l", "ile"]);
        assert_eq!(words("en", "S/RES/1325")[2].0, "1325");
        assert_eq!(stems("zh", "安全理事会第1325号"), ["安全", "全理", "理事", "事会", "会第", "1325", "号"]);
        assert_eq!(stems("ja", "テスト。木"), ["テス", "スト", "木"]);
        assert_eq!(stems("ko", "한국 어").len(), 2);
        assert_eq!(words("en", "co\u{ad}operate")[0].0, "cooperate");
    }

    #[test]
    fn the_tables_tell_what_the_code_tells() {
        let (words, marks) = character_tables();
        let reads = |table: &str, code: u32| {
            let mut end = 0;
            for (number, length) in table.split(' ').enumerate() {
                end += u32::from_str_radix(length, 36).unwrap();
                if code < end {
                    return number % 2 == 1;
                }
            }
            // The last range goes on.
            table.split(' ').count() % 2 == 1
        };
        for code in (0..0x3000).chain(0x1f000..0x20100) {
            let Some(character) = char::from_u32(code) else { continue };
            assert_eq!(reads(&words, code), language::is_word_char(character), "{code:x}");
            assert_eq!(reads(&marks, code), language::is_combining_mark(character), "{code:x}");
        }
        assert!(words.len() < 8000 && marks.len() < 4000, "{} {}", words.len(), marks.len());
    }
}
