//! Splits text into words, and finds for each word its stem and the form that is compared with queries.
//!
//! The search page folds the words of a query as [`fold`] does. It needs no stemmer, because the index maps forms to stems.

use std::ops::RangeInclusive;

use rust_stemmers::{Algorithm, Stemmer};

use super::arabic;
use super::spelling;
use super::stop_words::stop_words;
use crate::language::{self, Language};

/// Analyses the words of one language.
pub(super) struct Analyser {
    stemmer: Option<Stemmer>,
    is_arabic: bool,
    is_english: bool,
    is_chinese: bool,
    /// The letters that are joined to the beginnings of words, such as the conjunction “and”.
    particles: &'static [&'static str],
    /// Whether words before apostrophes are words of their own, as in *l’eau*.
    has_elisions: bool,
    stop_words: &'static [&'static str],
    endings: &'static [&'static str],
}

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// The folded word, which is compared with the words of a query.
    pub form: String,
    /// The same for all inflections of the word.
    pub stem: String,
}

impl Analyser {
    /// In languages without a stemmer, the form of each word is its stem.
    pub fn new(language: &Language) -> Self {
        let algorithm = match language.primary() {
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
        let primary = language.primary();
        Self {
            stemmer: algorithm.map(Stemmer::create),
            is_arabic: primary == "ar",
            is_english: primary == "en",
            is_chinese: primary == "zh",
            particles: particles(primary),
            has_elisions: matches!(primary, "fr" | "it" | "ca" | "oc"),
            stop_words: stop_words(primary),
            endings: endings(language),
        }
    }

    /// The form and stem of a word; `None` if folding leaves nothing.
    pub(super) fn analyse(&self, word: &str) -> Option<Word> {
        let form = fold(word);
        (!form.is_empty()).then(|| Word { stem: self.stem(word, &form), form })
    }

    /// The index entry for a compound as a whole, in addition to its words; `None` if this language does not treat it as a
    /// compound.
    pub(super) fn analyse_compound(&self, compound: Compound) -> Option<Word> {
        match compound.word {
            None => Some(Word { form: compound.form.clone(), stem: compound.form }),
            Some(word) if !(self.has_elisions && compound.has_apostrophe) => self.analyse(&word),
            Some(_) => None,
        }
    }

    /// Whether several forms may have one stem.
    pub(super) fn has_stems(&self) -> bool {
        self.stemmer.is_some() || self.is_arabic
    }

    /// The words that hardly tell what a text is about.
    pub(super) fn stop_words(&self) -> impl Iterator<Item = String> {
        let with_and = self.stop_words.iter().filter(|_| self.is_arabic).map(|word| format!("{AND_IN_ARABIC}{word}"));
        self.stop_words.iter().map(|word| (*word).to_owned()).chain(with_and)
    }

    pub(super) fn is_stop_word(&self, form: &str) -> bool {
        let is_listed = |form: &str| self.stop_words.binary_search(&form).is_ok();
        is_listed(form)
            || self.is_arabic && form.strip_prefix([AND_IN_ARABIC, 'ف']).is_some_and(is_listed)
            || self.is_chinese && has_particle(form)
    }

    /// The American spelling of a British form, or the British spelling of an American one; `None` in other languages, and
    /// for words with only one spelling.
    pub(super) fn other_spelling(&self, form: &str) -> Option<String> {
        self.is_english.then(|| spelling::other_spelling(form)).flatten()
    }

    /// The rest of a form after a particle that is joined to its beginning; `None` if it has none, or the rest is too short
    /// for a word.
    pub(super) fn without_particle<'f>(&self, form: &'f str) -> Option<&'f str> {
        let rest = self.particles.iter().find_map(|particle| form.strip_prefix(*particle))?;
        (rest.chars().count() >= 3).then_some(rest)
    }

    /// The rest of an Arabic form after a particle, if its first letter is almost certainly a particle and not part of the
    /// word. It is indexed even if no text has the word without a particle, because readers search for it.
    pub(super) fn word_after_particle<'f>(&self, form: &'f str) -> Option<&'f str> {
        let rest = self.without_particle(form).filter(|_| self.is_arabic)?;
        let is_conjunction = form.starts_with([AND_IN_ARABIC, 'ف']);
        (is_conjunction || rest.chars().count() >= 4).then_some(rest)
    }

    fn stem(&self, word: &str, form: &str) -> String {
        if self.is_arabic {
            return arabic::stem(strip_article(form)).to_owned();
        }
        let Some(stemmer) = &self.stemmer else { return form.to_owned() };
        // The Russian stemmer does not know ё, which most texts write as е.
        let mut lower = language::nfkc(&word.to_lowercase()).replace('ё', "е");
        if self.is_english
            && let Some(american) = spelling::american(&lower)
        {
            lower = american;
        }
        let stem = fold(&stemmer.stem(&lower));
        if stem.is_empty() { form.to_owned() } else { stem }
    }

    /// Forms of a stem that readers may search for although no text contains them. `is_known` says whether a text contains a
    /// form.
    pub fn extra_forms(&self, stem: &str, is_known: impl Fn(&str) -> bool) -> Vec<String> {
        if self.stemmer.is_some() {
            return self.dictionary_forms(stem, is_known);
        }
        if !self.is_arabic || !stem.chars().next().is_some_and(|first| ('\u{620}'..'\u{64b}').contains(&first)) {
            return Vec::new();
        }
        vec![stem.to_owned(), format!("ال{stem}")]
    }
}

impl Analyser {
    /// The forms under which dictionaries may list a word with this stem: if a document contains “cities”, readers may search for
    /// “city”. Empty if a text already contains one of these forms, to keep the index small.
    fn dictionary_forms(&self, stem: &str, is_known: impl Fn(&str) -> bool) -> Vec<String> {
        if stem.chars().count() < MIN_STEM_OF_FORMS || stem.chars().any(|character| !character.is_alphabetic()) {
            return Vec::new();
        }
        let end_in_y = stem.strip_suffix('i').map(|rest| format!("{rest}y"));
        let forms = self.endings.iter().map(|ending| format!("{stem}{ending}")).chain(end_in_y);
        let forms: Vec<String> = forms.filter(|form| self.stem(form, form) == stem).collect();
        if forms.iter().any(|form| is_known(form)) { Vec::new() } else { forms }
    }
}

/// The Arabic conjunction that is joined to the word after it.
const AND_IN_ARABIC: char = 'و';

/// Whether a pair of Chinese characters has a particle, and is not a word of its own.
fn has_particle(pair: &str) -> bool {
    pair.chars().count() == 2
        && pair.contains(['的', '了', '吗', '呢', '么', '在', '是', '我', '你'])
        && !["目的", "了解", "的士", "现在", "存在", "在线", "所在", "自我", "我国"].contains(&pair)
}

/// The minimum length of a stem for which dictionary forms are added: shorter stems are mostly abbreviations and parts of
/// formulas.
const MIN_STEM_OF_FORMS: usize = 3;

/// The prepositions, conjunctions and articles that are joined to words, apart from the Arabic article.
fn particles(primary: &str) -> &'static [&'static str] {
    match primary {
        "ar" => &["و", "ف", "ب", "ل", "ك"],
        "he" => &["ו", "ה", "ב", "ל", "מ", "ש", "כ"],
        _ => &[],
    }
}

/// The endings of dictionary forms after the stem, without accents.
fn endings(language: &Language) -> &'static [&'static str] {
    match language.primary() {
        "en" => &["", "e"],
        "fr" => &["", "e", "er"],
        "es" | "pt" => &["", "o", "a", "e", "ar", "er", "ir"],
        "it" => &["o", "a", "e", "i", "are", "ere", "ire"],
        "de" => &["", "e", "en", "er"],
        "nl" => &["", "e", "en"],
        "da" | "nb" | "nn" | "no" | "sv" => &["", "a", "e", "en", "er"],
        "ru" => &["", "а", "я", "о", "ь", "ыи", "ии", "ать", "ить"],
        "ro" => &["", "a", "e", "i", "u"],
        _ => &[],
    }
}

/// Removes the article from an Arabic word, with the prepositions and conjunctions that are joined to it.
fn strip_article(form: &str) -> &str {
    for article in ["وبال", "وكال", "فبال", "فكال", "ولل", "فلل", "وال", "بال", "كال", "فال", "لل", "ال"]
    {
        if let Some(rest) = form.strip_prefix(article).filter(|rest| rest.chars().count() >= 3) {
            return rest;
        }
    }
    form
}

/// The form of a word that is compared: in lower case, without accents and vowel signs, and with variants of a letter
/// replaced by one letter, and traditional Chinese characters by simplified ones. The search page does the same with the words of a query, in
/// `assets/launcher/scripts/search/words.js`; `tests/scripts` compares the two.
pub fn fold(word: &str) -> String {
    let lower = word.to_lowercase();
    let decomposed = language::nfkd(&lower);
    let mut form = String::with_capacity(decomposed.len());
    for character in decomposed.chars().filter(|c| !language::is_combining_mark(*c)) {
        match character {
            'œ' => form.push_str("oe"),
            'æ' => form.push_str("ae"),
            'ß' => form.push_str("ss"),
            'ø' => form.push('o'),
            'ł' => form.push('l'),
            'ı' => form.push('i'),
            'đ' | 'ð' => form.push('d'),
            'þ' => form.push_str("th"),
            // Alef maqsura, ta marbuta, and the Persian letters that some keyboards enter instead of Arabic ones.
            'ى' | 'ی' => form.push('ي'),
            'ة' => form.push('ه'),
            'ک' => form.push('ك'),
            other if language::is_ignored_in_words(other) => {}
            other if language::is_word_char(other) => {
                let digit = language::decimal_digit(other).and_then(|digit| char::from_digit(digit, 10));
                form.push(digit.unwrap_or_else(|| language::simplified(other)));
            }
            _ => {}
        }
    }
    form
}

/// How a run of characters is divided into forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunKind {
    /// The run is one word.
    Word,
    /// Characters of a script without spaces between words: each pair of neighbours is a form.
    Unspaced,
}

/// A word, or characters of a script without spaces, and where it begins in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextRun<'t> {
    pub kind: RunKind,
    pub start: usize,
    pub text: &'t str,
}

impl TextRun<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The words and unspaced runs of a text, in the order of the text.
pub(super) fn split_runs(text: &str) -> Vec<TextRun<'_>> {
    let mut runs = Vec::new();
    let mut open: Option<(usize, RunKind)> = None;
    let mut close = |open: &mut Option<(usize, RunKind)>, end: usize| {
        if let Some((start, kind)) = open.take() {
            runs.push(TextRun { kind, start, text: &text[start..end] });
        }
    };
    // Whether the last character that is not blank is Chinese or Japanese.
    let mut follows_cjk = false;
    for (index, character) in text.char_indices() {
        let kind = if is_unspaced(character) {
            Some(RunKind::Unspaced)
        } else if language::is_word_char(character) {
            Some(RunKind::Word)
        } else if language::is_combining_mark(character) || language::is_ignored_in_words(character) {
            // A mark belongs to the character before it.
            open.map(|(_, kind)| kind)
        } else if character.is_whitespace() && follows_cjk && continues_in_cjk(&text[index..]) {
            open.map(|(_, kind)| kind)
        } else {
            None
        };
        follows_cjk = if is_unspaced(character) || language::is_word_char(character) {
            is_cjk(character)
        } else {
            follows_cjk && kind.is_some()
        };
        if open.map(|(_, kind)| kind) != kind {
            close(&mut open, index);
            open = kind.map(|kind| (index, kind));
        }
    }
    close(&mut open, text.len());
    runs
}

/// Words that are joined by single characters, such as `A/RES/60/1` or `co-operation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Compound {
    /// The form that is indexed for the whole compound: symbols with their slashes and dots, others without hyphens.
    pub form: String,
    /// The compound written as one word, which is stemmed. `None` for symbols and numbers, which have no inflections.
    pub word: Option<String>,
    pub has_apostrophe: bool,
}

/// The longest compound, in UTF-16 units. Longer ones are mostly addresses on the web.
const MAX_COMPOUND: usize = 40;

/// Numbers with hyphens are joined from this many digits on, such as ISSNs; `3-4` is not 34.
const MIN_JOINED_DIGITS: usize = 8;

/// The compounds of a text. The search page has the same rules.
pub(super) fn compounds(text: &str, runs: &[TextRun<'_>]) -> Vec<Compound> {
    let joiner = |before: &TextRun<'_>, after: &TextRun<'_>| {
        if before.kind != RunKind::Word || after.kind != RunKind::Word {
            return None;
        }
        let mut separator = text.get(before.end()..after.start).unwrap_or_default().chars();
        let class = separator.next().filter(|_| separator.next().is_none()).and_then(joiner_class)?;
        (!fold(before.text).is_empty() && !fold(after.text).is_empty()).then_some(class)
    };
    let mut compounds = Vec::new();
    // The words of the current compound, each with the class of the character before it.
    let mut parts: Vec<(Option<char>, TextRun<'_>)> = Vec::new();
    for (number, run) in runs.iter().enumerate() {
        let Some(class) = runs.get(number + 1).and_then(|next| joiner(run, next)) else {
            if !parts.is_empty() {
                compounds.extend(symbol(&parts));
                let words = parts.chunk_by(|_, (class, _)| matches!(class, Some('-' | '\'')));
                compounds.extend(words.filter_map(joined_word));
                parts.clear();
            }
            continue;
        };
        if parts.is_empty() {
            parts.push((None, *run));
        }
        parts.push((Some(class), runs[number + 1]));
    }
    compounds
}

/// The character that replaces a character between two words of a compound: all hyphens become one, and so do all
/// apostrophes. `None` if it does not join words.
fn joiner_class(character: char) -> Option<char> {
    match character {
        '/' | '.' => Some(character),
        '-' | '\u{2010}' | '\u{2011}' | '\u{2013}' | '\u{2212}' => Some('-'),
        '\'' | '\u{2019}' | '\u{2bc}' => Some('\''),
        _ => None,
    }
}

fn is_short(form: &str) -> bool {
    form.encode_utf16().count() <= MAX_COMPOUND
}

/// The parts of a compound as one symbol; `None` if they contain no slash or no digit, or are too long.
fn symbol(parts: &[(Option<char>, TextRun<'_>)]) -> Option<Compound> {
    let mut form = String::new();
    for (class, run) in parts {
        form.extend(*class);
        form.push_str(&fold(run.text));
    }
    let is_symbol = form.contains('/') && form.chars().any(|character| character.is_ascii_digit()) && is_short(&form);
    is_symbol.then_some(Compound { form, word: None, has_apostrophe: false })
}

/// Parts with hyphens and apostrophes between them as one word; `None` if there is only one, or they form a short number or
/// are too long.
fn joined_word(parts: &[(Option<char>, TextRun<'_>)]) -> Option<Compound> {
    let word: String = parts.iter().map(|(_, run)| run.text).collect();
    let form: String = parts.iter().map(|(_, run)| fold(run.text)).collect();
    let is_number = is_number(&form);
    let is_long_enough = !is_number || form.len() >= MIN_JOINED_DIGITS;
    let has_apostrophe = parts.iter().skip(1).any(|(class, _)| *class == Some('\''));
    (parts.len() > 1 && is_long_enough && is_short(&form)).then_some(Compound {
        form,
        word: (!is_number).then_some(word),
        has_apostrophe,
    })
}

/// Whether a form has only digits, except for the check digit X of ISBNs and ISSNs.
fn is_number(form: &str) -> bool {
    let digits = form.strip_suffix('x').unwrap_or(form);
    digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty()
}

/// Whether a character belongs to a script without spaces. Digits do not: numbers are words in every script.
fn is_unspaced(character: char) -> bool {
    UNSPACED_RANGES.iter().any(|range| range.contains(&u32::from(character)))
        && (is_cjk(character) || language::decimal_digit(character).is_none())
}

/// Whether a character is Chinese or Japanese. Words of such characters continue in the next line, and may have blanks
/// between their characters.
fn is_cjk(character: char) -> bool {
    u32::from(character) >= FIRST_CJK && UNSPACED_RANGES.iter().any(|range| range.contains(&u32::from(character)))
}

/// Where the Chinese and Japanese ranges begin in [`UNSPACED_RANGES`].
const FIRST_CJK: u32 = 0x3040;

/// The maximum number of blanks and line breaks in a word.
const MAX_BLANKS_IN_WORD: usize = 4;

/// Whether a text begins with a few blanks that a Chinese or Japanese character follows.
fn continues_in_cjk(text: &str) -> bool {
    let after = text.chars().take(MAX_BLANKS_IN_WORD + 1).find(|character| !character.is_whitespace());
    after.is_some_and(is_cjk)
}

/// The characters of scripts without spaces between words: Thai, Lao, Burmese, Khmer, kana and Han. The search page has
/// the same list.
const UNSPACED_RANGES: [std::ops::RangeInclusive<u32>; 8] = [
    0x0e00..=0x0eff,
    0x1000..=0x109f,
    0x1780..=0x17ff,
    0x3040..=0x30ff,
    0x3400..=0x4dbf,
    0x4e00..=0x9fff,
    0xf900..=0xfaff,
    0x20000..=0x3ffff,
];

/// The pairs of neighbouring characters of an unspaced run; a single character is returned alone.
pub(super) fn bigrams(run: &str) -> impl Iterator<Item = String> {
    let folded: Vec<char> = fold(run).chars().collect();
    let size = folded.len().clamp(1, 2);
    folded.windows(size).map(|pair| pair.iter().collect::<String>()).collect::<Vec<_>>().into_iter()
}

/// How many code points the tables for the search page cover: those with letters.
const CODES_IN_TABLES: u32 = 0x40000;

/// Tables for the search page, of the characters that words consist of, of the marks that are ignored, and of the digits. Each
/// contains the lengths, in base 36, of the ranges that are alternately outside and inside the set, starting at U+0000.
pub fn character_tables() -> [String; 3] {
    let table = |ranges: Vec<RangeInclusive<u32>>| {
        let mut lengths = Vec::new();
        let mut end = 0;
        for range in ranges.into_iter().filter(|range| *range.start() < CODES_IN_TABLES) {
            lengths.push(to_base_36(range.start() - end));
            end = CODES_IN_TABLES.min(range.end() + 1);
            lengths.push(to_base_36(end - range.start()));
        }
        if end == CODES_IN_TABLES {
            // The length of the last range is not needed.
            lengths.pop();
        }
        lengths.join(" ")
    };
    let words = language::word_char_ranges(CODES_IN_TABLES);
    [table(words), table(language::combining_mark_ranges()), table(language::decimal_digit_ranges())]
}

fn to_base_36(mut number: u32) -> String {
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
        let analyser = Analyser::new(&Language::parse(tag).unwrap());
        let words = split_runs(text).into_iter().flat_map(|run| match run.kind {
            RunKind::Word => analyser.analyse(run.text).map(|word| (word.form, word.stem)).into_iter().collect(),
            RunKind::Unspaced => bigrams(run.text).map(|pair| (pair.clone(), pair)).collect::<Vec<_>>(),
        });
        words.collect()
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
            ("١٣٢٥", "1325"),
            ("۱۳۲۵", "1325"),
            ("१३२५", "1325"),
            ("zero\u{200b}width", "zerowidth"),
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
            ("ar", "الأمن وَالأمن بالأمن وبالأمن فللأمن أمن آمنة أمنها"),
        ] {
            let stems = stems(tag, forms);
            assert!(stems.iter().all(|stem| *stem == stems[0]), "{stems:?}");
        }
    }

    #[test]
    fn spellings_have_one_stem() {
        for words in ["organise organize organisations", "colour color colours Colors", "centre centres center"] {
            let stems = stems("en", words);
            assert!(stems.iter().all(|stem| *stem == stems[0]), "{stems:?}");
        }
        let english = Analyser::new(&Language::parse("en").unwrap());
        assert_eq!(english.other_spelling("harbour").as_deref(), Some("harbor"));
        assert_eq!(english.other_spelling("globalization").as_deref(), Some("globalisation"));
        assert_eq!(english.other_spelling("four"), None);
        assert!(english.is_stop_word("how") && !english.is_stop_word("water"));
        let arabic = Analyser::new(&Language::parse("ar").unwrap());
        assert_eq!(arabic.without_particle("ومفاوضات"), Some("مفاوضات"));
        assert_eq!([arabic.word_after_particle("ونفط"), arabic.word_after_particle("بنفط")], [Some("نفط"), None]);
        assert!(["ومن", "فهو", "وماذا"].iter().all(|word| arabic.is_stop_word(word)) && !arabic.is_stop_word("ونفط"));
        assert!(arabic.stop_words().any(|word| word == "وكيف"));
        let chinese = Analyser::new(&Language::parse("zh").unwrap());
        let minor =
            ["什么", "堤的", "的谈", "多少", "目的", "了解", "灯塔", "的"].map(|pair| chinese.is_stop_word(pair));
        assert_eq!(minor, [true, true, true, true, false, false, false, false]);
    }

    #[test]
    fn stems_have_the_dictionary_forms_of_their_words() {
        for (tag, word, form) in [
            ("en", "cities", "city"),
            ("en", "bodies", "body"),
            ("en", "wives", "wive"),
            ("en", "policies", "policy"),
            ("ru", "воду", "вода"),
            ("ru", "ёлке", "елка"),
            ("es", "puertos", "puerto"),
            ("fr", "femmes", "femme"),
        ] {
            let analyser = Analyser::new(&Language::parse(tag).unwrap());
            let stem = analyser.analyse(word).unwrap().stem;
            let forms = analyser.extra_forms(&stem, |_| false);
            assert!(forms.iter().any(|extra| extra == form), "{word}: {forms:?}");
            assert_eq!(analyser.extra_forms(&stem, |known| known == form), [""; 0]);
        }
    }

    #[test]
    fn texts_are_divided_into_words() {
        assert_eq!(stems("fr", "l’île"), ["l", "ile"]);
        assert_eq!(words("en", "S/RES/1325")[2].0, "1325");
        assert_eq!(stems("zh", "安\n 全　理"), ["安全", "全理"]);
        assert_eq!(stems("th", "มาตรา ๑๓๒๕").last().map(String::as_str), Some("1325"));
        assert_eq!(words("en", "zero\u{200b}width")[0].0, "zerowidth");
        assert_eq!(stems("zh", "安全理事会第1325号"), ["安全", "全理", "理事", "事会", "会第", "1325", "号"]);
        assert_eq!(stems("ja", "テスト。木"), ["テス", "スト", "木"]);
        assert_eq!(stems("ko", "한국 어").len(), 2);
        assert_eq!(words("en", "co\u{ad}operate")[0].0, "cooperate");
    }

    #[test]
    fn words_that_are_joined_are_found_as_one() {
        let forms = |text: &str| -> Vec<String> {
            compounds(text, &split_runs(text)).into_iter().map(|compound| compound.form).collect()
        };
        for (text, expected) in [
            ("co-operation", &["cooperation"][..]),
            ("A/RES/60/1.", &["a/res/60/1"]),
            ("A/C.2/71/L.3, A/٦١", &["a/c.2/71/l.3", "a/61"]),
            ("ISBN 978-0-306-40615-7", &["9780306406157"]),
            ("0-8044-2957-X 2434-561X", &["080442957x", "2434561x"]),
            ("3-4 and 24-7", &[]),
            ("O’Brien’s and/or e.g. 851.5", &["obriens"]),
            ("A/60/1-e", &["a/60/1-e", "1e"]),
            ("a - b, 安-全, x--y", &[]),
        ] {
            assert_eq!(forms(text), expected, "{text}");
        }
        let word = compounds("Co‑Operations", &split_runs("Co‑Operations")).remove(0).word;
        assert_eq!(word.as_deref(), Some("CoOperations"));
    }

    #[test]
    fn the_tables_for_the_page_agree_with_the_language_module() {
        let [words, marks, digits] = character_tables();
        let contains = |table: &str, code: u32| {
            let mut end = 0;
            for (number, length) in table.split(' ').enumerate() {
                end += u32::from_str_radix(length, 36).unwrap();
                if code < end {
                    return number % 2 == 1;
                }
            }
            // The last range has no end.
            table.split(' ').count() % 2 == 1
        };
        for code in (0..0x3000).chain(0x1f000..0x20100) {
            let Some(character) = char::from_u32(code) else { continue };
            assert_eq!(contains(&words, code), language::is_word_char(character), "{code:x}");
            assert_eq!(contains(&marks, code), language::is_combining_mark(character), "{code:x}");
            assert_eq!(contains(&digits, code), language::decimal_digit(character).is_some(), "{code:x}");
        }
        assert!(words.len() < 8000 && marks.len() < 4000, "{} {}", words.len(), marks.len());
    }

    /// Sentences in the languages of the United Nations and in other scripts, and words with a special meaning in
    /// JavaScript.
    const SENTENCES: [&str; 23] = [
        "The lighthouse keeper’s co-operation in S/RES/1325 (2000) was re\u{ad}markable: 3,5 km² of \u{fb01}elds.",
        "L’Été à l’ÎLE: des œuvres « naïves » de l’État, ça et là, aujourd’hui.",
        "La negociación sobre el rompeolas empezó en el año 2008; ¿quién pagará?",
        "Смотритель маяка и ёлки: солёность воды, ЖЕНЩИНЫ И МИР.",
        "الأمـــن والسَّلام: المُفاوضات حول حاجز الأمواج في القرار ١٣٢٥ (٢٠٠٠)، إلى المنظمة.",
        "安全理事会第1325号决议：妇女、和平与安全。ＡＢＣ１２３",
        "捕撈許可證，圖書館與檔案館在港口後面。",
        "防波堤の交渉はトウキョウで行われた。ヿ ゟ が か\u{3099}",
        "การเจรจาเรื่องเขื่อนกันคลื่น น้ำ ทำ",
        "ໜັງສື ໝາ ພາສາລາວ ຄໍາ",
        "ការចរចាអំពីទំនប់រលក",
        "မြန်မာဘာသာ စကားပြော",
        "한국어 문장과 ㈜회사, 각\u{1103}",
        "Straße, STRASSE, ẞ; İstanbul, ısı, Iğdır; Łódź, Đà Nẵng, Þór, Ærø, smørrebrød",
        "Ο ΟΔΟΣ ΤΗΣ ΕΙΡΗΝΗΣ· ὁδός ᾳ ΐ",
        "הַשָּׁלוֹם וְהַבִּטָּחוֹן ﬡ",
        "शांति और सुरक्षा, महिलाएँ",
        "Հայաստան և խաղաղություն, ԵՒ",
        "ﷺ ﷲ ﻻ ﺍﻟﺴﻼم پیش‌نویس کتابِ",
        "\u{1d54f}\u{1d7d9} ⅷ Ⅷ № ㎏ ½ ﬃ ǅ ŉ",
        "constructor __proto__ toString hasOwnProperty valueOf",
        "👩‍👩‍👧 emoji☎️ x\u{20e3} a\u{301}\u{302}b",
        "\u{301}leading mark, trailing\u{301} \u{640} \u{ad}",
    ];

    /// Blocks of characters from which the random texts are made.
    const BLOCKS: [(u32, u32); 34] = [
        (0x20, 0x7e),
        (0xa0, 0xff),
        (0x100, 0x17f),
        (0x180, 0x24f),
        (0x250, 0x2af),
        (0x300, 0x36f),
        (0x370, 0x3ff),
        (0x400, 0x4ff),
        (0x531, 0x587),
        (0x591, 0x5f4),
        (0x600, 0x6ff),
        (0x750, 0x77f),
        (0x900, 0x97f),
        (0xe01, 0xe5b),
        (0xe81, 0xedf),
        (0x1000, 0x109f),
        (0x10a0, 0x10ff),
        (0x1100, 0x11ff),
        (0x1780, 0x17f9),
        (0x1e00, 0x1eff),
        (0x1f00, 0x1ffe),
        (0x2000, 0x209c),
        (0x2100, 0x218b),
        (0x2460, 0x24ff),
        (0x3041, 0x30ff),
        (0x3300, 0x33ff),
        (0x3400, 0x34ff),
        (0x4e00, 0x9fa5),
        (0xac00, 0xd7a3),
        (0xf900, 0xfad9),
        (0xfb00, 0xfdff),
        (0xfe70, 0xffdc),
        (0x10400, 0x1044f),
        (0x1d400, 0x1d7ff),
    ];

    /// Pseudo-random texts, the same in every run (the linear congruential generator of Knuth's MMIX).
    fn random_texts() -> Vec<String> {
        let mut state = 1325_u64;
        let mut below = |limit: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32 % limit
        };
        let between = [" ", "-", "’", ".", "\u{301}", "\u{64e}", "\u{ad}", "\u{640}", "\u{200d}", "A", "ا", "水"];
        (0..1200)
            .map(|_| {
                let blocks = [BLOCKS[below(34) as usize], BLOCKS[below(34) as usize]];
                let mut text = String::new();
                for _ in 0..=below(9) {
                    if below(6) == 0 {
                        text.push_str(between[below(12) as usize]);
                    }
                    let (first, last) = blocks[below(2) as usize];
                    text.extend(char::from_u32(first + below(last - first + 1)));
                }
                text
            })
            .collect()
    }

    /// Arabic words with each of several endings.
    fn arabic_forms() -> Vec<String> {
        let words = ["ملف", "كلم", "سياسي", "مدن", "بيت", "يد"];
        let endings =
            ["", "ه", "ات", "ين", "ون", "ي", "ها", "هم", "تي", "اتي", "اتهم", "يه", "يات", "ا", "تهما", "يون"];
        let with_endings = |word: &str| endings.map(|ending| format!("{word}{ending}"));
        words.iter().flat_map(|word| with_endings(word)).collect()
    }

    /// A JSON string in ASCII.
    fn json_string(text: &str) -> String {
        let units = text.encode_utf16().map(|unit| match u8::try_from(unit) {
            Ok(byte @ (b' '..=b'~')) if byte != b'"' && byte != b'\\' => char::from(byte).to_string(),
            _ => format!("\\u{unit:04x}"),
        });
        format!("\"{}\"", units.collect::<String>())
    }

    #[test]
    fn folding_json_for_the_tests_of_the_search_page_is_up_to_date() {
        let [words, marks, digits] = character_tables();
        let texts = SENTENCES.map(str::to_owned).into_iter().chain(random_texts());
        let lines: Vec<String> = texts
            .map(|text| {
                let runs = split_runs(&text);
                let forms = runs.iter().flat_map(|run| match run.kind {
                    RunKind::Word => Some(fold(run.text)).filter(|form| !form.is_empty()).into_iter().collect(),
                    RunKind::Unspaced => bigrams(run.text).collect::<Vec<_>>(),
                });
                let forms: Vec<String> = forms.map(|form| json_string(&form)).collect();
                let compounds: Vec<String> = compounds(&text, &runs).iter().map(|c| json_string(&c.form)).collect();
                format!("[{}, [{}], [{}]]", json_string(&text), forms.join(", "), compounds.join(", "))
            })
            .collect();
        let arabic: Vec<String> = arabic_forms()
            .iter()
            .map(|form| format!("[{}, {}]", json_string(form), json_string(arabic::stem(form))))
            .collect();
        let (traditional, simplified): (String, String) = language::simplified_characters().iter().copied().unzip();
        let json = format!(
            "{{\"words\": \"{words}\",\n\"marks\": \"{marks}\",\n\"digits\": \"{digits}\",\n\
             \"traditional\": \"{traditional}\",\n\"simplified\": \"{simplified}\",\n\"texts\": [\n{}\n],\n\"arabic\": [\n{}\n]}}\n",
            lines.join(",\n"),
            arabic.join(",\n")
        );
        expect_test::expect_file!["../../tests/scripts/folding.json"].assert_eq(&json);
    }
}
