//! Languages as people write them in names of files and folders.

use std::collections::HashMap;

use isolang::Language as Iso639;

use super::{BIBLIOGRAPHIC, Language, composed, to_ascii};

/// In whose words languages are named, beside their own.
const READERS: [&str; 8] = ["en", "fr", "es", "ru", "ar", "zh", "de", "pt"];

/// Codes of languages that are words, too.
const WORDS: [&str; 31] = [
    "am", "an", "as", "be", "bin", "co", "de", "ha", "he", "hi", "ho", "id", "in", "io", "is", "it", "la", "may",
    "mar", "me", "my", "no", "om", "or", "per", "sa", "sh", "so", "to", "ta", "ti",
];

/// The names of the languages that have a code of two letters, and their codes.
pub struct Spellings {
    names: HashMap<String, Language>,
}

impl Default for Spellings {
    fn default() -> Self {
        let readers: Vec<Language> = READERS.into_iter().filter_map(|tag| Language::parse(tag).ok()).collect();
        let mut names = HashMap::new();
        for known in isolang::languages().filter_map(|known| known.to_639_1()) {
            let Ok(language) = Language::parse(known) else { continue };
            let own = std::iter::once(language.autonym());
            for name in own.chain(readers.iter().map(|reader| language.name_in(reader))) {
                for spelling in [name.to_lowercase(), to_ascii(&name).to_lowercase()] {
                    if spelling.chars().count() > 2 {
                        names.entry(spelling).or_insert_with(|| language.clone());
                    }
                }
            }
        }
        Self { names }
    }
}

impl Spellings {
    /// The language of a name such as `English`, `francais` or `Español`.
    pub fn of_name(&self, name: &str) -> Option<Language> {
        // Some systems write accents as signs of their own.
        self.names.get(&composed(name.trim()).to_lowercase()).cloned()
    }

    /// The language of a code: of two letters, of three (ISO 639-2, both kinds), or of two with a region or a
    /// script, such as `pt_BR` and `zh-hans`.
    pub fn of_code(&self, code: &str) -> Option<Language> {
        let code = code.to_ascii_lowercase().replace('_', "-");
        let mut parts = code.split('-');
        let primary = parts.next()?;
        let subtag = |part: &str| {
            let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
            matches!(part.len(), 2 | 4) && letters || part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit())
        };
        match primary.len() {
            2 if Iso639::from_639_1(primary).is_some() && parts.all(subtag) => Language::parse(&code).ok(),
            3 if parts.next().is_none() => {
                let terminology = BIBLIOGRAPHIC.iter().find(|(_, b)| *b == primary).map_or(primary, |(t, _)| t);
                Language::parse(Iso639::from_639_3(terminology)?.to_639_1()?).ok()
            }
            _ => None,
        }
    }

    /// Whether a code is a word as well, so that it tells little.
    pub fn is_word(code: &str) -> bool {
        WORDS.contains(&code.to_ascii_lowercase().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_codes_and_names() {
        let spellings = Spellings::default();
        let tag = |language: Option<Language>| language.map(|language| language.as_str().to_owned());
        let cases = [
            ("EN", "en"),
            ("fra", "fr"),
            ("fre", "fr"),
            ("zh-cn", "zh-CN"),
            ("pt_BR", "pt-BR"),
            ("zh_Hans", "zh-Hans"),
            ("es-419", "es-419"),
        ];
        for (code, language) in cases {
            assert_eq!(tag(spellings.of_code(code)).as_deref(), Some(language), "{code}");
        }
        for none in ["xx", "the", "report", "e", "en-report", "2007"] {
            assert_eq!(tag(spellings.of_code(none)), None, "{none}");
        }
        let cases = [
            ("English", "en"),
            ("Français", "fr"),
            ("francais", "fr"),
            ("ESPAÑOL", "es"),
            ("inglés", "en"),
            ("العربية", "ar"),
            ("中文", ""),
            ("Russe", "ru"),
        ];
        for (name, language) in cases.into_iter().filter(|(_, language)| !language.is_empty()) {
            assert_eq!(tag(spellings.of_name(name)).as_deref(), Some(language), "{name}");
        }
        assert_eq!(spellings.of_name("report"), None);
    }
}
