//! Which language a text is in.

use std::collections::BTreeMap;

use icu_locale::{Locale, LocaleExpander};
use icu_properties::props::Script;
use icu_properties::{CodePointMapData, PropertyNamesShort};
use isolang::Language as Iso639;

use super::Language;

/// As many letters say what one wide character says.
const WEIGHT: usize = 5;

/// Letters that a text needs so that its language can be told.
const ENOUGH: usize = 120;

/// Languages that statistics of letters take for each other.
const ALIKE: [&[&str]; 5] =
    [&["nb", "nn", "no", "da"], &["hr", "sr", "bs", "me"], &["id", "ms"], &["pt", "gl"], &["cs", "sk"]];

/// How many pages of a text are looked at.
const PAGES: usize = 40;

/// How many letters are looked at: more say no more.
const MOST: usize = 20_000;

impl Language {
    /// The language that a running text is in, by the frequency of its letters and their neighbours;
    /// none if it is too short, mixed, or in a language that the statistics do not know.
    pub fn of_text(text: &str) -> Option<Self> {
        let letters: String = text
            .chars()
            .filter(|c| c.is_alphabetic() || c.is_whitespace() || *c == '\'')
            .scan(0, |count, c| {
                *count += usize::from(c.is_alphabetic());
                (*count <= MOST).then_some(c)
            })
            .collect();
        let weigh = |wide: bool| letters.chars().filter(|c| c.is_alphabetic() && is_wide(*c) == wide).count();
        let (wide, narrow) = (weigh(true) * WEIGHT, weigh(false));
        if wide + narrow < ENOUGH {
            return None;
        }
        // Chinese, Japanese and Korean texts name much in Latin letters, which would outnumber theirs.
        let letters = if wide > narrow { letters.replace(|c: char| !is_wide(c), " ") } else { letters };
        let found = whatlang::detect(&letters).filter(|found| found.confidence() > 0.5)?;
        let code = match found.lang() {
            // What ISO 639-3 calls Mandarin is written Chinese in BCP 47.
            whatlang::Lang::Cmn => "zh",
            whatlang::Lang::Pes => "fa",
            other => Iso639::from_639_3(other.code())?.to_639_1()?,
        };
        Self::parse(code).ok()
    }

    /// The likeliest language of the script that most letters of a short text are in, such as a title (CLDR likely
    /// subtags); none for Latin letters.
    pub fn of_letters(text: &str) -> Option<Self> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for letter in text.chars().filter(|c| c.is_alphabetic()) {
            let script = CodePointMapData::<Script>::new().get(letter);
            let name = match PropertyNamesShort::<Script>::new().get(script)? {
                // Japanese texts mix them.
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

    /// The languages of some pages, spread over a text, each with the number of pages that are in it.
    pub fn of_pages(pages: &[String]) -> Vec<(Self, usize)> {
        let step = pages.len().div_ceil(PAGES).max(1);
        let mut counts: BTreeMap<Self, usize> = BTreeMap::new();
        for found in pages.iter().step_by(step).filter_map(|page| Self::of_text(page)) {
            *counts.entry(found).or_default() += 1;
        }
        counts.into_iter().collect()
    }

    /// Whether a text in this language can well be told from one in `other` by [`Language::of_text`].
    pub fn is_told_from(&self, other: &Self) -> bool {
        let primary = |language: &Self| language.tag.split('-').next().unwrap_or_default().to_owned();
        let (own, other) = (primary(self), primary(other));
        let known = Iso639::from_639_1(&own).is_some_and(|own| {
            own.to_639_3() == "zho" || own.to_639_3() == "fas" || whatlang::Lang::from_code(own.to_639_3()).is_some()
        });
        known
            && own != other
            && !ALIKE.iter().any(|group| group.contains(&own.as_str()) && group.contains(&other.as_str()))
    }

    /// Whether a text that seems to be in `other` can be one in this language: their primary languages are
    /// the same.
    pub fn is_like(&self, other: &Self) -> bool {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
        primary(&self.tag) == primary(&other.tag)
    }
}

/// Whether a character says as much as some letters: those of East Asia do.
fn is_wide(character: char) -> bool {
    character >= '\u{2e80}'
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<String> {
        Language::of_text(text).map(|language| language.as_str().to_owned())
    }

    #[test]
    fn a_text_tells_its_language() {
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
            assert_eq!(of(text).as_deref(), Some(language), "{text}");
        }
    }

    #[test]
    fn letters_tell_a_language() {
        let of = |text: &str| Language::of_letters(text).map(|language| language.as_str().to_owned());
        let cases = [
            ("التقرير السنوي 2019", "ar"),
            ("2019年年度报告", "zh"),
            ("年度報告の概要", "ja"),
            ("Годовой отчёт", "ru"),
            ("연례 보고서", "ko"),
            ("Ετήσια έκθεση", "el"),
        ];
        for (text, language) in cases {
            assert_eq!(of(text).as_deref(), Some(language), "{text}");
        }
        assert_eq!(of("Annual report"), None);
        assert_eq!(of("2019"), None);
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
        let counts: Vec<(String, usize)> = Language::of_pages(&pages)
            .into_iter()
            .map(|(language, count)| (language.as_str().to_owned(), count))
            .collect();
        assert_eq!(counts, [("en".to_owned(), 20), ("fr".to_owned(), 7)]);
        let language = |tag| Language::parse(tag).unwrap();
        assert!(language("fr").is_told_from(&language("en")) && language("zh-Hans").is_told_from(&language("en")));
        assert!(!language("nb").is_told_from(&language("da")) && !language("en-GB").is_told_from(&language("en")));
        assert!(!language("wo").is_told_from(&language("fr")), "the statistics do not know Wolof");
    }

    #[test]
    fn too_little_tells_nothing() {
        assert_eq!(of("Annual report 2007"), None);
        assert_eq!(of(&"1234 5678 ".repeat(100)), None);
    }

    #[test]
    fn likeness_is_of_the_primary_language() {
        let language = |tag| Language::parse(tag).unwrap();
        assert!(language("pt-BR").is_like(&language("pt")));
        assert!(!language("pt-BR").is_like(&language("es")));
    }
}
