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
    is_arabic: bool,
}

impl Collation {
    pub fn new(language: &Language) -> Self {
        let locale = language.locale();
        let collator = |strength| {
            let mut options = CollatorOptions::default();
            options.strength = Some(strength);
            CollatorBorrowed::try_new(CollatorPreferences::from(&locale), options).ok()
        };
        Self { full: collator(Strength::Tertiary), base: collator(Strength::Primary), is_arabic: is_arabic(language) }
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
        assert_eq!(letter("zh", "安全"), None);
        assert_eq!(letter("en", "1325"), None);
        assert_eq!(letter("en", "—"), None);
    }
}
