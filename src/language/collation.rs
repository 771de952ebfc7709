//! Alphabetical order in each language, and the letters that an index groups entries under.

use std::cmp::Ordering;

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::preferences::CollationNumericOrdering;
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
    is_arabic: bool,
    headings: Headings,
}

impl Collation {
    pub fn new(language: &Language) -> Self {
        let locale = language.locale();
        let collator = |strength| {
            let mut options = CollatorOptions::default();
            options.strength = Some(strength);
            let mut preferences = CollatorPreferences::from(&locale);
            // “No. 2” comes before “No. 19”.
            preferences.numeric_ordering = Some(CollationNumericOrdering::True);
            CollatorBorrowed::try_new(preferences, options).ok()
        };
        let base = collator(Strength::Primary);
        let headings = Headings::new(language, base.as_ref());
        Self { full: collator(Strength::Tertiary), base, is_arabic: is_arabic(language), headings }
    }

    /// Sorts items by their texts: first by the headings of an index, then as [`Collation::compare`] does. In Chinese, this brings
    /// together words that begin with a Latin A and those whose pronunciation does.
    pub fn sort_by_text<T>(&self, items: &mut Vec<T>, text: impl Fn(&T) -> &str) {
        let mut ranked: Vec<(usize, T)> = items.drain(..).map(|item| (self.rank(text(&item)), item)).collect();
        ranked.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| self.compare(text(x), text(y))));
        items.extend(ranked.into_iter().map(|(_, item)| item));
    }

    /// The place of a text in an index with [`Headings`]: texts that do not begin with a letter come first, those without one of the
    /// headings last. Without headings, 0 for all texts.
    fn rank(&self, text: &str) -> usize {
        let names = &self.headings.names;
        let first = text.chars().find(|character| character.is_alphanumeric());
        if names.is_empty() || !first.is_some_and(char::is_alphabetic) {
            return 0;
        }
        let letter = self.index_letter(text);
        letter.and_then(|letter| names.iter().position(|name| *name == letter)).unwrap_or(names.len()) + 1
    }

    /// Compares two texts; those that the language considers equal are compared by code point.
    pub fn compare(&self, a: &str, b: &str) -> Ordering {
        self.full.as_ref().map_or(Ordering::Equal, |collator| collator.compare(a, b)).then_with(|| a.cmp(b))
    }

    /// The letter that an index lists a text under: `E` for `Évaluation` in French, `Ñ` for `ñandú` in Spanish.
    /// For Chinese, Japanese and Korean see [`Headings`]. `None` if the text does not start with a letter, or in another language
    /// with a Chinese character.
    pub fn index_letter(&self, text: &str) -> Option<String> {
        let first = text.chars().find(|character| character.is_alphanumeric())?;
        if !first.is_alphabetic() {
            return None;
        }
        if is_from_large_script(first) {
            return self.headings.of(first, self.base.as_ref()?);
        }
        // An alif with a hamza or a madda is an alif in Arabic.
        if self.is_arabic && matches!(first, 'آ' | 'أ' | 'إ' | 'ٱ') {
            return Some("ا".to_owned());
        }
        let letter: String = first.to_uppercase().take(1).collect();
        let base: String = DecomposingNormalizer::new_nfkd().normalize(&letter).chars().take(1).collect();
        match &self.base {
            Some(collator) if collator.compare(&letter, &base) != Ordering::Equal => Some(letter),
            _ => Some(base),
        }
    }
}

/// The headings of an index in Chinese, Japanese and Korean, whose characters are too many for headings of their own.
///
/// - Chinese: the letter with which the pronunciation begins, or in the order by strokes (traditional characters), their number.
///   The CLDR has a mark before the first character under each: U+FDD0 with the letter, or with a Braille pattern for the number.
/// - Japanese: the rows of the kana table. Kana come first; the 2,965 characters of JIS level 1 follow, sorted by one of their
///   readings, so that the first character of each row is known. The others are sorted by radical and have no heading.
/// - Korean: the first consonant. Chinese characters are sorted by their readings.
#[derive(Default)]
struct Headings {
    names: Vec<String>,
    /// In ascending order: the first text under a heading, and the index of its name; or `None` if there is no heading from
    /// there on.
    marks: Vec<(String, Option<usize>)>,
}

/// The rows of the kana table, each with its first character of JIS level 1.
const JAPANESE_ROWS: [(&str, &str); 10] = [
    ("あ", "亜"),
    ("か", "下"),
    ("さ", "些"),
    ("た", "他"),
    ("な", "奈"),
    ("は", "巴"),
    ("ま", "摩"),
    ("や", "也"),
    ("ら", "羅"),
    ("わ", "倭"),
];

/// The first character of JIS level 2.
const JAPANESE_END: &str = "弌";

/// The consonants, each with the first syllable that begins with it. Doubled ones are listed under the single ones.
const KOREAN_CONSONANTS: [(&str, &str); 14] = [
    ("ㄱ", "가"),
    ("ㄴ", "나"),
    ("ㄷ", "다"),
    ("ㄹ", "라"),
    ("ㅁ", "마"),
    ("ㅂ", "바"),
    ("ㅅ", "사"),
    ("ㅇ", "아"),
    ("ㅈ", "자"),
    ("ㅊ", "차"),
    ("ㅋ", "카"),
    ("ㅌ", "타"),
    ("ㅍ", "파"),
    ("ㅎ", "하"),
];

/// Comes after all texts that begin with the last syllable, and before all characters without a reading.
const KOREAN_END: &str = "힣힣";

/// A character that is in no Chinese order, and so comes after all characters that are in one.
const CHINESE_END: &str = "\u{9fff}";

/// The greatest number of strokes that a character has.
const MAX_STROKES: u32 = 48;

impl Headings {
    fn new(language: &Language, collator: Option<&CollatorBorrowed<'_>>) -> Self {
        let Some(collator) = collator else { return Self::default() };
        match language.primary() {
            "zh" => Self::chinese(collator),
            "ja" => {
                let names = JAPANESE_ROWS.map(|(kana, _)| kana.to_owned()).to_vec();
                let kana = JAPANESE_ROWS.iter().map(|(kana, _)| *kana).enumerate();
                let others = JAPANESE_ROWS.iter().map(|(_, first)| *first).enumerate();
                Self::from_marks(names, kana.chain(others), JAPANESE_END)
            }
            "ko" => {
                let names = KOREAN_CONSONANTS.map(|(consonant, _)| consonant.to_owned()).to_vec();
                Self::from_marks(names, KOREAN_CONSONANTS.iter().map(|(_, first)| *first).enumerate(), KOREAN_END)
            }
            _ => Self::default(),
        }
    }

    fn from_marks<'m>(names: Vec<String>, marks: impl Iterator<Item = (usize, &'m str)>, end: &str) -> Self {
        let marks = marks.map(|(name, mark)| (mark.to_owned(), Some(name)));
        Self { names, marks: marks.chain([(end.to_owned(), None)]).collect() }
    }

    /// The headings by pronunciation, or if the order does not have their marks, by strokes.
    fn chinese(collator: &CollatorBorrowed<'_>) -> Self {
        let letters: Vec<(String, char)> = ('A'..='Z').map(|letter| (letter.to_string(), letter)).collect();
        let strokes: Vec<(String, char)> = (1..=MAX_STROKES)
            .filter_map(|number| Some((format!("{number}畫"), char::from_u32(0x2800 + number)?)))
            .collect();
        for headings in [letters, strokes] {
            let marks = headings.iter().enumerate().map(|(name, (_, sign))| (format!("\u{fdd0}{sign}"), Some(name)));
            // No pronunciation begins with I, U or V, and no character has some numbers of strokes.
            let mut marks: Vec<(String, Option<usize>)> =
                marks.filter(|(mark, _)| collator.compare(mark, CHINESE_END) == Ordering::Less).collect();
            if !marks.is_empty() {
                marks.push((CHINESE_END.to_owned(), None));
                return Self { names: headings.into_iter().map(|(name, _)| name).collect(), marks };
            }
        }
        Self::default()
    }

    /// The heading of texts that begin with a character.
    fn of(&self, first: char, collator: &CollatorBorrowed<'_>) -> Option<String> {
        let first = first.to_string();
        let next = self.marks.partition_point(|(mark, _)| collator.compare(mark, &first) != Ordering::Greater);
        let (_, name) = self.marks.get(next.checked_sub(1)?)?;
        self.names.get((*name)?).cloned()
    }
}

/// Whether a character belongs to a script with thousands of characters: Chinese, Japanese, Korean.
fn is_from_large_script(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{2fdf}' | '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_arabic(language: &Language) -> bool {
    language.primary() == "ar"
}

/// The Arabic article, which is joined to the next word.
const ARABIC_ARTICLE: &str = "ال";

/// The beginnings of words whose first two letters only look like the Arabic article: verbal nouns with `الت` whose root
/// begins with lām, and names and words from other languages.
const NOT_ARABIC_ARTICLES: [&str; 14] = [
    "الله",
    "التزام",
    "التماس",
    "التهاب",
    "التحاق",
    "التقاء",
    "التقاط",
    "التفاف",
    "التباس",
    "التئام",
    "التواء",
    "الكترون",
    "الذي",
    "التي",
];

/// The rest of an Arabic title after its article.
fn strip_arabic_article(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(ARABIC_ARTICLE)?;
    let is_word =
        rest.chars().next().is_some_and(char::is_alphabetic) && rest.chars().nth(1).is_some_and(char::is_alphabetic);
    (is_word && !NOT_ARABIC_ARTICLES.iter().any(|word| text.starts_with(word))).then_some(rest)
}

/// The articles that titles in a language may begin with. Those that are joined to the next word end with an apostrophe.
fn articles(language: &Language) -> &'static [&'static str] {
    match language.primary() {
        "de" => &["der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "eines"],
        "en" => &["the", "a", "an"],
        "es" => &["el", "la", "los", "las", "lo", "un", "una", "unos", "unas"],
        "fr" => &["le", "la", "les", "un", "une", "des", "l’", "l'"],
        "it" => &["il", "lo", "la", "i", "gli", "le", "un", "uno", "una", "l’", "l'", "un’", "un'"],
        "nl" => &["de", "het", "een"],
        "pt" => &["o", "a", "os", "as", "um", "uma", "uns", "umas"],
        _ => &[],
    }
}

/// The part of a title that decides its place in an alphabetical list: the title without an article, and without signs such
/// as quotation marks or `(c)` before its first letter or digit.
pub fn filing_form<'t>(language: &Language, text: &'t str) -> &'t str {
    let without_signs = |text: &'t str| text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let copyright = ["(c)", "(C)"].into_iter().find_map(|sign| text.trim_start().strip_prefix(sign));
    let text = without_signs(copyright.unwrap_or(text));
    if is_arabic(language) {
        return strip_arabic_article(text).unwrap_or(text);
    }
    let rest = articles(language).iter().find_map(|article| {
        let length: usize = text.chars().take(article.chars().count()).map(char::len_utf8).sum();
        let (start, rest) = text.split_at(length);
        let is_article = start.to_lowercase() == *article;
        let is_joined = article.ends_with(['’', '\'']);
        (is_article && (is_joined || rest.starts_with(char::is_whitespace))).then(|| without_signs(rest))
    });
    // A title that consists of an article only is filed under this article.
    rest.filter(|rest| !rest.is_empty()).unwrap_or(text)
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
        assert_eq!(sorted("en", &["No. 19", "No. 2"]), ["No. 2", "No. 19"]);
        assert_eq!(sorted("ar", &["تقرير ١٩", "تقرير ٢"]), ["تقرير ٢", "تقرير ١٩"]);
        // By pronunciation: an, nü, zhong.
        assert_eq!(sorted("zh", &["中", "女", "安"]), ["安", "女", "中"]);
    }

    #[test]
    fn titles_are_filed_without_articles_and_signs() {
        let filed = |tag: &str, text| filing_form(&Language::parse(tag).unwrap(), text);
        assert_eq!(filed("en", "The Harbour"), "Harbour");
        assert_eq!(filed("en", "“A Harbour”"), "Harbour”");
        assert_eq!(filed("en", "(c) Ministry of Works"), "Ministry of Works");
        assert_eq!(filed("en", "Theory of tides"), "Theory of tides");
        assert_eq!(filed("fr", "L’eau"), "eau");
        assert_eq!(filed("fr-CA", "Les puits"), "puits");
        assert_eq!(filed("de", "Die Häfen"), "Häfen");
        assert_eq!(filed("en", "Die Häfen"), "Die Häfen");
        assert_eq!(filed("ja", "A"), "A");
        assert_eq!(filed("en", "The"), "The");
        assert_eq!(filed("en", "…"), "");
        assert_eq!(filed("ar", "التعليم والصحة"), "تعليم والصحة");
        assert_eq!(filed("ar", "«المياه»"), "مياه»");
        assert_eq!(filed("ar", "الالتزام"), "التزام");
        for whole in ["التزامات الدول", "الله", "ألمانيا", "آليات", "ال", "تقرير"] {
            assert_eq!(filed("ar", whole), whole);
        }
        assert_eq!(filed("fa", "الزامات"), "الزامات");
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
        for word in ["أمن", "إدارة", "آليات", "استعراض"] {
            assert_eq!(letter("ar", word).as_deref(), Some("ا"));
        }
        assert_eq!(letter("fa", "آب").as_deref(), Some("آ"));
        assert_eq!(letter("en", "安全"), None);
        assert_eq!(letter("en", "1325"), None);
        assert_eq!(letter("en", "—"), None);
    }

    #[test]
    fn chinese_japanese_and_korean_texts_have_headings() {
        let letters = |tag: &str, text: &str| {
            let collation = collation(tag);
            text.chars().map(|c| collation.index_letter(&c.to_string()).unwrap_or("-".to_owned())).collect::<String>()
        };
        assert_eq!(letters("zh", "安保才地饿发国海家可老民年哦平气日水土我西一中AÉ"), "ABCDEFGHJKLMNOPQRSTWXYZAE");
        assert_eq!(letters("zh-TW", "一人水民安"), "1畫2畫4畫5畫6畫");
        assert_eq!(letters("ja", "あガそチのホミゆレんG"), "あかさたなはまやらわG");
        assert_eq!(letters("ja", "愛会算知年法民有利和丐"), "あかさたなはまやらわ-");
        assert_eq!(letters("ko", "가까나따락물빵쌀아짜창키통피흙水大"), "ㄱㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎㅅㄷ");
        // A character that is in no order.
        assert_eq!(["zh", "zh-TW", "ja", "ko"].map(|tag| letters(tag, "\u{20ffe}")), ["-"; 4]);
        // The headings are in ascending order.
        for tag in ["zh", "zh-TW", "ja", "ko"] {
            let collation = collation(tag);
            assert!(!collation.headings.marks.is_empty(), "{tag}");
            for pair in collation.headings.marks.windows(2) {
                assert_eq!(collation.compare(&pair[0].0, &pair[1].0), Ordering::Less, "{tag} {pair:?}");
            }
        }
    }

    #[test]
    fn items_are_sorted_by_their_headings() {
        let sorted = |tag: &str, mut words: Vec<&'static str>| {
            collation(tag).sort_by_text(&mut words, |word| word);
            words.join(" ")
        };
        assert_eq!(
            sorted("zh", vec!["水", "Zoo", "安", "Air", "中", "2020", "Ж", "Safe"]),
            "2020 安 Air 水 Safe 中 Zoo Ж"
        );
        assert_eq!(sorted("ja", vec!["愛", "Air", "カ", "さ", "アイ", "会", "丐"]), "アイ 愛 カ 会 さ Air 丐");
        assert_eq!(sorted("ko", vec!["나", "Air", "大", "가"]), "가 나 大 Air");
        assert_eq!(sorted("fr", vec!["zone", "état", "Eau"]), "Eau état zone");
    }
}
