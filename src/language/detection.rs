//! Detects the language of a text.

use std::collections::BTreeMap;

use icu_locale::{Locale, LocaleExpander};
use icu_properties::props::Script;
use icu_properties::{CodePointMapData, PropertyNamesShort};
use isolang::Language as Iso639;

use super::{Language, frequent_words};

/// How many letters carry as much information as one East Asian character.
const WIDE_WEIGHT: usize = 5;

/// The minimum number of letters from which a language is detected.
const MIN_LETTERS: usize = 120;

/// Groups of languages that detection confuses with each other.
const SIMILAR: [&[&str]; 11] = [
    &["nb", "nn", "no", "da"],
    &["hr", "sr", "bs", "me"],
    &["id", "ms"],
    &["pt", "gl"],
    &["es", "gl"],
    &["ca", "oc"],
    &["ga", "gd"],
    &["kk", "ky", "tt", "ba", "mn"],
    &["rw", "sn", "zu"],
    &["ku", "ckb"],
    &["cs", "sk"],
];

/// The maximum number of pages to sample from a document.
const MAX_PAGES: usize = 40;

/// The maximum number of letters to examine: more do not change the result.
const MAX_LETTERS: usize = 20_000;

impl Language {
    /// Detects the language of a running text from the frequency of letters and letter sequences, or from letters and words that only
    /// one language has. `None` if the text is too short, in several languages, in one that is not known, or if its font shows other
    /// letters than the text contains.
    pub fn detect(text: &str) -> Option<Self> {
        if has_wrong_letters(text) {
            return None;
        }
        let letters: String = text
            .chars()
            .filter(|c| c.is_alphabetic() || c.is_whitespace() || *c == '\'')
            .scan(0, |count, c| {
                *count += usize::from(c.is_alphabetic());
                (*count <= MAX_LETTERS).then_some(c)
            })
            .collect();
        let count = |wide: bool| letters.chars().filter(|c| c.is_alphabetic() && is_wide(*c) == wide).count();
        let (wide, narrow) = (count(true) * WIDE_WEIGHT, count(false));
        if wide + narrow < MIN_LETTERS {
            return None;
        }
        let start: String = text.chars().take(MAX_LETTERS).collect();
        if let Some(tag) = frequent_words::recognise(&start) {
            return Self::parse(tag).ok();
        }
        // Chinese, Japanese and Korean texts contain many Latin words, whose letters could outnumber the others.
        let letters = if wide > narrow { letters.replace(|c: char| !is_wide(c), " ") } else { letters };
        let detection = whatlang::detect(&letters).filter(|detection| detection.confidence() > 0.5)?;
        let code = match detection.lang() {
            // Mandarin in ISO 639-3 is plain Chinese in BCP 47.
            whatlang::Lang::Cmn => "zh",
            whatlang::Lang::Pes => "fa",
            other => Iso639::from_639_3(other.code())?.to_639_1()?,
        };
        Self::parse(code).ok()
    }

    /// Guesses the language of a short text such as a title from the script of most of its letters (CLDR likely
    /// subtags). `None` for Latin letters, which many languages use.
    pub fn guess_from_script(text: &str) -> Option<Self> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for letter in text.chars().filter(|c| c.is_alphabetic()) {
            let script = CodePointMapData::<Script>::new().get(letter);
            let name = match PropertyNamesShort::<Script>::new().get(script)? {
                // Japanese mixes hiragana and katakana.
                "Hira" | "Kana" => "Jpan",
                name => name,
            };
            *counts.entry(name).or_default() += 1;
        }
        let most = counts.iter().max_by_key(|(_, count)| **count).map(|(name, _)| *name)?;
        let script = if counts.contains_key("Jpan") && most == "Hani" { "Jpan" } else { most };
        let mut id = Locale::try_from_str(&format!("und-{script}")).ok()?.id;
        LocaleExpander::new_extended().maximize(&mut id);
        let language = Self::parse(&id.language.to_string()).ok()?;
        (!matches!(script, "Latn" | "Zyyy" | "Zinh")).then_some(language)
    }

    /// Detects the languages of pages sampled evenly from a document, and counts the pages in each.
    pub fn detect_pages(pages: &[String]) -> Vec<(Self, usize)> {
        let step = pages.len().div_ceil(MAX_PAGES).max(1);
        let mut counts: BTreeMap<Self, usize> = BTreeMap::new();
        for language in pages.iter().step_by(step).filter_map(|page| Self::detect(page)) {
            *counts.entry(language).or_default() += 1;
        }
        counts.into_iter().collect()
    }

    /// Whether [`Language::detect`] can tell this language and `other` apart.
    pub fn is_distinguishable_from(&self, other: &Self) -> bool {
        let (own, other_tag) = (self.primary(), other.primary());
        let is_similar = SIMILAR.iter().any(|group| group.contains(&own) && group.contains(&other_tag));
        !is_similar && self.is_distinguishable_in_long_texts(other)
    }

    /// Whether the languages of many pages tell this language and `other` apart, even if they are similar.
    pub fn is_distinguishable_in_long_texts(&self, other: &Self) -> bool {
        let (own, other) = (self.primary(), other.primary());
        let is_supported = Iso639::from_639_1(own).map(|own| own.to_639_3()).is_some_and(|code| {
            // The statistics have Mandarin and Iranian Persian instead of Chinese and Persian.
            matches!(code, "zho" | "fas") || whatlang::Lang::from_code(code).is_some()
        });
        (is_supported || frequent_words::is_recognised(own)) && own != other
    }

    /// Whether both are usually written in the same script (CLDR likely subtags), as Russian and Ukrainian are.
    pub fn has_same_script(&self, other: &Self) -> bool {
        let script = |language: &Self| {
            let mut id = language.locale().id;
            LocaleExpander::new_extended().maximize(&mut id);
            id.script
        };
        script(self) == script(other)
    }

    /// Whether both are forms of one language, such as `pt` and `pt-BR`.
    pub fn has_same_primary(&self, other: &Self) -> bool {
        self.primary() == other.primary()
    }

    /// Whether readers of one can read the other: both are forms of one language in the same script. Simplified Chinese is no
    /// substitute for traditional Chinese.
    pub fn is_close_to(&self, other: &Self) -> bool {
        self.has_same_primary(other) && self.has_same_script(other)
    }
}

/// Whether many words of a text consist of the wrong letters: the font shows other ones. See [`count_wrong_words`].
pub fn has_wrong_letters(text: &str) -> bool {
    let (words, wrong) = count_wrong_words(text);
    wrong > 5 && wrong * 5 > words
}

/// Counts the words of four letters or more, and among them those that consist mostly of accented letters. No language has such words:
/// the text was written in a font that draws Cyrillic letters, for example, in place of accented Latin ones.
pub fn count_wrong_words(text: &str) -> (usize, usize) {
    let (mut words, mut wrong) = (0, 0);
    for word in text.split(|c: char| !c.is_alphabetic()) {
        let letters = word.chars().count();
        if letters > 3 {
            words += 1;
            wrong += usize::from(word.chars().filter(|c| matches!(c, 'À'..='ÿ')).count() * 3 > letters * 2);
        }
    }
    (words, wrong)
}

/// Whether a character is East Asian, and so carries as much information as several letters.
fn is_wide(character: char) -> bool {
    character >= '\u{2e80}'
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn detected(text: &str) -> Option<String> {
        Language::detect(text).map(|language| language.as_str().to_owned())
    }

    #[test]
    fn languages_that_are_confused_are_not_distinguishable() {
        let is_distinguishable = |one: &str, other: &str| {
            Language::parse(one).unwrap().is_distinguishable_from(&Language::parse(other).unwrap())
        };
        for (one, other) in [("ky", "mn"), ("rw", "sn"), ("ku", "ckb"), ("kk", "ba")] {
            assert!(!is_distinguishable(one, other), "{one}, {other}");
        }
        assert!(is_distinguishable("ku", "en") && is_distinguishable("mn", "ru"));
    }

    #[test]
    fn languages_are_detected_from_running_text() {
        let texts = [
            (
                "en",
                "The participants agreed that women should take part in every stage of the peace process, and that the \
                    offices in the region need more people who can follow what was promised and report on it each year.",
            ),
            (
                "fr",
                "Les participants sont convenus que les femmes doivent prendre part à toutes les étapes du processus de \
                    paix, et que les bureaux de la région ont besoin de personnes qui suivent ce qui a été promis.",
            ),
            (
                "es",
                "Los participantes acordaron que las mujeres deben tomar parte en todas las etapas del proceso de paz, y \
                    que las oficinas de la región necesitan más personas que sigan lo que se prometió cada año.",
            ),
            (
                "ru",
                "Участники согласились, что женщины должны участвовать во всех этапах мирного процесса, и что отделениям \
                    в регионе нужно больше людей, которые следят за тем, что было обещано, и сообщают об этом каждый год.",
            ),
            (
                "ar",
                "اتفق المشاركون على أن تشارك النساء في جميع مراحل عملية السلام، وأن المكاتب في المنطقة تحتاج إلى مزيد من \
                    الأشخاص الذين يتابعون ما تم الوعد به ويقدمون تقريرا عنه كل عام إلى جميع الدول والمنظمات التي شاركت فيه.",
            ),
            (
                "zh",
                "与会者一致认为，妇女应当参与和平进程的每一个阶段，而且该地区的办事处需要更多的人来跟踪所作的承诺，并每年提出报告。",
            ),
        ];
        for (language, text) in texts {
            assert_eq!(detected(text).as_deref(), Some(language), "{text}");
        }
    }

    #[test]
    fn text_in_the_wrong_encoding_has_no_detected_language() {
        let text = "Ðóêîâîäñòâî ïî ñîçäàíèþ ïàêåòîâ Debian îáúÿñíÿåò, êàê ñäåëàòü ïàêåò ñ ïîìîùüþ dpkg-buildpackage. ";
        assert_eq!(detected(&text.repeat(4)), None);
        let text = "L’été, les élèves ont été appelés à créer des œuvres ; une équipe déléguée a été créée à côté de l’école. ";
        assert_eq!(detected(&text.repeat(4)).as_deref(), Some("fr"));
    }

    #[test]
    fn languages_are_guessed_from_the_script() {
        let guessed = |text: &str| Language::guess_from_script(text).map(|language| language.as_str().to_owned());
        let cases = [
            ("التقرير السنوي 2019", "ar"),
            ("2019年年度报告", "zh"),
            ("年度報告の概要", "ja"),
            ("Годовой отчёт", "ru"),
            ("연례 보고서", "ko"),
            ("Ετήσια έκθεση", "el"),
        ];
        for (text, language) in cases {
            assert_eq!(guessed(text).as_deref(), Some(language), "{text}");
        }
        assert_eq!(guessed("Annual report"), None);
        assert_eq!(guessed("2019"), None);
    }

    #[test]
    fn pages_are_counted_by_language() {
        let english =
            "The participants agreed that women should take part in every stage of the peace process. ".repeat(3);
        let french =
            "Les participants sont convenus que les femmes doivent prendre part à toutes les étapes. ".repeat(3);
        let mut pages = vec![english; 60];
        pages.extend(vec![french; 20]);
        pages.push("12".to_owned());
        let counts: Vec<(String, usize)> = Language::detect_pages(&pages)
            .into_iter()
            .map(|(language, count)| (language.as_str().to_owned(), count))
            .collect();
        assert_eq!(counts, [("en".to_owned(), 20), ("fr".to_owned(), 7)]);
        let language = |tag| Language::parse(tag).unwrap();
        assert!(
            language("fr").is_distinguishable_from(&language("en"))
                && language("zh-Hans").is_distinguishable_from(&language("en"))
        );
        assert!(
            !language("nb").is_distinguishable_from(&language("da"))
                && !language("en-GB").is_distinguishable_from(&language("en"))
        );
        assert!(!language("wo").is_distinguishable_from(&language("fr")), "the statistics do not cover Wolof");
    }

    #[test]
    fn short_texts_have_no_detected_language() {
        assert_eq!(detected("Annual report 2007"), None);
        assert_eq!(detected(&"1234 5678 ".repeat(100)), None);
    }

    #[test]
    fn languages_share_a_script() {
        let language = |tag: &str| Language::parse(tag).unwrap();
        assert!(language("ru").has_same_script(&language("uk")));
        assert!(!language("ru").has_same_script(&language("en")));
        assert!(!language("zh-TW").has_same_script(&language("zh-CN")));
    }

    #[test]
    fn regions_do_not_change_the_primary_language() {
        let language = |tag| Language::parse(tag).unwrap();
        assert!(language("pt-BR").has_same_primary(&language("pt")));
        assert!(!language("pt-BR").has_same_primary(&language("es")));
    }

    #[test]
    fn close_forms_have_the_same_script() {
        let language = |tag| Language::parse(tag).unwrap();
        assert!(language("pt-BR").is_close_to(&language("pt")) && language("zh-TW").is_close_to(&language("zh-Hant")));
        for (one, other) in [("zh-CN", "zh-TW"), ("sr", "sr-Latn"), ("ru", "uk")] {
            assert!(!language(one).is_close_to(&language(other)), "{one} {other}");
        }
    }
}
