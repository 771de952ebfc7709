//! Languages as people write them in the names of files and folders.

use std::collections::{BTreeSet, HashMap};

use isolang::Language as Iso639;

use super::{BIBLIOGRAPHIC, Language, is_word_char, nfkc, to_ascii};

/// The languages whose names for other languages are recognised.
const NAMED_IN: [&str; 8] = ["en", "fr", "es", "ru", "ar", "zh", "de", "pt"];

/// The languages with a region or a script whose names are recognised.
const REGIONAL: [&str; 22] = [
    "pt-BR", "pt-PT", "zh-Hans", "zh-Hant", "zh-TW", "zh-HK", "zh-CN", "fr-CA", "fr-CH", "fr-BE", "es-419", "es-MX",
    "es-AR", "es-ES", "en-US", "en-GB", "en-CA", "de-AT", "de-CH", "sr-Latn", "sr-Cyrl", "uz-Cyrl",
];

/// Further names of languages, normalised as by [`normalise`].
const OTHER_NAMES: [(&str, &[&str]); 17] = [
    (
        "es",
        &[
            "castellano",
            "castilian",
            "castillan",
            "castelhano",
            "castigliano",
            "castellà",
            "kastilisch",
            "القشتالية",
            "кастильский",
        ],
    ),
    (
        "nl",
        &[
            "flemish",
            "holandés",
            "hollandais",
            "flamand",
            "holandês",
            "fiammingo",
            "holländisch",
            "flämisch",
            "голландский",
            "фламандский",
            "الفلمنكية",
        ],
    ),
    ("fi", &["finlandés", "finlandais", "finlandese"]),
    ("fa", &["farsi", "фарси", "الفارسية الإيرانية"]),
    ("ro", &["moldavian", "moldavo", "moldave", "moldovan"]),
    ("el", &["modern greek", "grec moderne", "griego moderno"]),
    ("nb", &["bokmal", "bokmål"]),
    ("nn", &["nynorsk"]),
    ("my", &["birmanais", "birmano"]),
    (
        "pt-BR",
        &[
            "brazilian portuguese",
            "portugais brésilien",
            "portugais du brésil",
            "portugués brasileño",
            "portugués de brasil",
            "português brasileiro",
            "português do brasil",
            "brasilianisches portugiesisch",
        ],
    ),
    ("pt-PT", &["european portuguese", "portugais européen", "português europeu"]),
    ("fr-CA", &["canadian french", "français canadien", "francés canadiense"]),
    ("es-419", &["latin american spanish", "espagnol latino américain", "español latinoamericano"]),
    (
        "zh-Hans",
        &[
            "simplified chinese",
            "chinois simplifié",
            "chino simplificado",
            "chinês simplificado",
            "简体",
            "简体中文",
            "简中",
        ],
    ),
    (
        "zh-Hant",
        &[
            "traditional chinese",
            "chinois traditionnel",
            "chino tradicional",
            "chinês tradicional",
            "繁體",
            "繁體中文",
            "繁体中文",
            "繁中",
        ],
    ),
    ("sr-Latn", &["serbian latin", "srpski latinica"]),
    ("sr-Cyrl", &["serbian cyrillic", "српски ћирилица"]),
];

/// Words for “language” and “version”, in lower case. Those of languages with spaces have one where the name of the language follows or
/// precedes them.
const NOUNS: [&str; 28] = [
    " language",
    " version",
    "version ",
    " documents",
    "langue ",
    "documents en ",
    "versión ",
    "versão ",
    "versione ",
    "idioma ",
    "língua ",
    "lingua ",
    " fassung",
    " sprache",
    " versie",
    "wersja ",
    "język ",
    "версия ",
    " язык",
    " мова",
    " kalba",
    "limba ",
    " jazyk",
    " dili",
    "bahasa ",
    "ภาษา",
    "版",
    "판",
];

/// Codes with a region but without a hyphen before it, as in the file name `latexsheet-ptbr`.
const JOINED_CODES: [(&str, &str); 9] = [
    ("ptbr", "pt-BR"),
    ("ptpt", "pt-PT"),
    ("zhcn", "zh-CN"),
    ("zhtw", "zh-TW"),
    ("zhhk", "zh-HK"),
    ("frca", "fr-CA"),
    ("enus", "en-US"),
    ("engb", "en-GB"),
    ("esmx", "es-MX"),
];

/// Codes that ISO 639 replaced, but that some programs still write. The old codes `ji` and `jw` are not here, because in file names they are
/// nearly always a Chinese syllable and the initials of a person.
const OLD_CODES: [(&str, &str); 1] = [("iw", "he")];

/// Language codes that are also common words.
const COMMON_WORDS: [&str; 31] = [
    "am", "an", "as", "be", "bin", "co", "de", "ha", "he", "hi", "ho", "id", "in", "io", "is", "it", "la", "may",
    "mar", "me", "my", "no", "om", "or", "per", "sa", "sh", "so", "to", "ta", "ti",
];

/// The names and codes of all languages that have a two-letter code.
pub struct LanguageNames {
    names: HashMap<String, Language>,
}

impl Default for LanguageNames {
    fn default() -> Self {
        let readers: Vec<Language> = NAMED_IN.into_iter().filter_map(|tag| Language::parse(tag).ok()).collect();
        let mut names = HashMap::new();
        for code in isolang::languages().filter_map(|language| language.to_639_1()) {
            let Ok(language) = Language::parse(code) else { continue };
            let autonym = std::iter::once(language.autonym());
            for name in autonym.chain(readers.iter().map(|reader| language.name_in(reader))) {
                for spelling in [name.to_lowercase(), to_ascii(&name).to_lowercase()] {
                    if spelling.chars().count() > 2 {
                        names.entry(spelling).or_insert_with(|| language.clone());
                    }
                }
            }
        }
        for tag in REGIONAL {
            let Ok(language) = Language::parse(tag) else { continue };
            let autonym = std::iter::once(language.autonym());
            // Both `Brazilian Portuguese` and `Portuguese (Brazil)` are usual.
            let composed = readers.iter().filter_map(|reader| language.composed_name_in(reader));
            for name in autonym.chain(readers.iter().map(|reader| language.name_in(reader))).chain(composed) {
                for spelling in [normalise(&name), normalise(&to_ascii(&name))] {
                    names.entry(spelling).or_insert_with(|| language.clone());
                }
            }
        }
        for (tag, others) in OTHER_NAMES {
            let Ok(language) = Language::parse(tag) else { continue };
            for name in others {
                for spelling in [normalise(name), normalise(&to_ascii(name))] {
                    names.entry(spelling).or_insert_with(|| language.clone());
                }
            }
        }
        Self { names }
    }
}

/// A name in lower case, with a single space between its words and no punctuation.
fn normalise(name: &str) -> String {
    let lower = nfkc(name).to_lowercase();
    lower.split(|c: char| !is_word_char(c)).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

impl LanguageNames {
    /// Finds a language by a name such as `English`, `francais` or `Español`.
    pub fn by_name(&self, name: &str) -> Option<Language> {
        // macOS writes accents as separate characters.
        let exact = || self.names.get(&nfkc(name.trim()).to_lowercase());
        exact().or_else(|| self.names.get(&normalise(name))).cloned()
    }

    /// Finds a language by the beginning of its name with a full stop, such as `engl.` and `рус.`. `None` if several languages begin so.
    pub fn by_abbreviation(&self, text: &str) -> Option<Language> {
        let short = normalise(text.trim().strip_suffix('.')?);
        if let Some(language) = self.by_code(&short).or_else(|| self.by_name(&short)) {
            return Some(language);
        }
        let fitting = self.names.iter().filter(|(name, _)| short.chars().count() > 2 && name.starts_with(&short));
        let primaries: BTreeSet<&str> = fitting.map(|(_, language)| language.primary()).collect();
        let mut primaries = primaries.into_iter();
        primaries.next().filter(|_| primaries.next().is_none()).and_then(|tag| Language::parse(tag).ok())
    }

    /// Finds a language by a name with a word for “language” or “version”, such as `русский язык`, `ภาษาไทย`, `English version` and
    /// `version française`.
    pub fn by_name_with_noun(&self, name: &str) -> Option<Language> {
        let name = normalise(name);
        let shorter = |noun: &&str| {
            let rest = name.strip_prefix(*noun).or_else(|| name.strip_suffix(*noun))?.trim();
            // “française”, “deutsche”
            self.by_name(rest).or_else(|| self.by_name(rest.strip_suffix('e')?))
        };
        NOUNS.iter().find_map(shorter)
    }

    /// Finds a language by its code: two letters, three letters (either form of ISO 639-2), or two with a region or
    /// script, such as `pt_BR` and `zh-hans`, or with a modifier as in locales, such as `sr@latin`.
    pub fn by_code(&self, code: &str) -> Option<Language> {
        let code = code.to_ascii_lowercase().replace('_', "-");
        let code = match code.split_once('@') {
            Some((code, modifier)) => with_modifier(code, modifier)?,
            // `ca_valencia` and `sr-latin` are files of `ca@valencia` and `sr@latin`.
            None => match code.split_once('-') {
                Some((primary, modifier)) if modifier.len() > 4 => with_modifier(primary, modifier).unwrap_or(code),
                _ => code,
            },
        };
        // The Spanish of Latin America is often marked as such, and not with the number of the region. `en_latam` is not a language.
        let code = match code.strip_suffix("-latam") {
            Some(primary @ ("es" | "pt")) => format!("{primary}-419"),
            _ => code,
        };
        let code = match OLD_CODES.iter().find(|(old, _)| code.split('-').next() == Some(old)) {
            Some((old, new)) => code.replacen(old, new, 1),
            None => code,
        };
        let mut parts = code.split('-');
        let primary = parts.next()?;
        let is_subtag = |part: &str| {
            let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
            matches!(part.len(), 2 | 4) && letters || part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit())
        };
        match primary.len() {
            2 if Iso639::from_639_1(primary).is_some() && parts.all(is_subtag) => Language::parse(&code).ok(),
            4 => {
                let (_, tag) = JOINED_CODES.iter().find(|(joined, _)| *joined == code)?;
                Language::parse(tag).ok()
            }
            3 if parts.next().is_none() => {
                let terminology = BIBLIOGRAPHIC.iter().find(|(_, b)| *b == primary).map_or(primary, |(t, _)| t);
                Language::parse(Iso639::from_639_3(terminology)?.to_639_1()?).ok()
            }
            _ => None,
        }
    }

    /// Whether a code is also a common word, which makes it a weak hint.
    pub fn is_common_word(code: &str) -> bool {
        COMMON_WORDS.contains(&code.to_ascii_lowercase().as_str())
    }
}

/// The code of a locale such as `sr@latin` with its modifier as a script. `None` if the modifier is unknown.
fn with_modifier(code: &str, modifier: &str) -> Option<String> {
    let script = match modifier {
        "latin" | "latn" | "ijekavianlatin" => "-latn",
        "cyrillic" | "cyrl" => "-cyrl",
        "devanagari" => "-deva",
        "euro" | "ijekavian" | "valencia" => "",
        _ => return None,
    };
    let (primary, rest) = code.split_at(code.find('-').unwrap_or(code.len()));
    Some(format!("{primary}{script}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_found_by_code_and_name() {
        let names = LanguageNames::default();
        let tag = |language: Option<Language>| language.map(|language| language.as_str().to_owned());
        let cases = [
            ("EN", "en"),
            ("fra", "fr"),
            ("fre", "fr"),
            ("zh-cn", "zh-CN"),
            ("pt_BR", "pt-BR"),
            ("zh_Hans", "zh-Hans"),
            ("es-419", "es-419"),
            ("sr-Latn", "sr-Latn"),
            ("zh_TW", "zh-TW"),
            ("ptbr", "pt-BR"),
            ("iw", "he"),
            ("iw_IL", "he-IL"),
            ("es_latam", "es-419"),
            ("ca_valencia", "ca"),
            ("sr-latin", "sr-Latn"),
        ];
        for (code, language) in cases {
            assert_eq!(tag(names.by_code(code)).as_deref(), Some(language), "{code}");
        }
        for none in ["xx", "the", "report", "e", "en-report", "2007", "ji", "jw", "en_latam", "ca_valent"] {
            assert_eq!(tag(names.by_code(none)), None, "{none}");
        }
        let cases = [
            ("English", "en"),
            ("Français", "fr"),
            ("francais", "fr"),
            ("ESPAÑOL", "es"),
            ("inglés", "en"),
            ("العربية", "ar"),
            ("Russe", "ru"),
            ("Castellano", "es"),
            ("finlandés", "fi"),
            ("Flamand", "nl"),
            ("HOLANDES", "nl"),
            ("portugais (Brésil)", "pt-BR"),
            ("Portuguese (Brazil)", "pt-BR"),
            ("Brazilian Portuguese", "pt-BR"),
            ("português do Brasil", "pt-BR"),
            ("français (Canada)", "fr-CA"),
            ("Chinese, simplified", "zh-Hans"),
            ("繁體中文", "zh-Hant"),
            ("Serbian (Latin)", "sr-Latn"),
            ("anglais (États-Unis)", "en-US"),
        ];
        for (name, language) in cases {
            assert_eq!(tag(names.by_name(name)).as_deref(), Some(language), "{name}");
        }
        assert_eq!(names.by_name("report"), None);
        for (name, language) in [
            ("Русский язык", "ru"),
            ("ภาษาไทย", "th"),
            ("English version", "en"),
            ("Version française", "fr"),
            ("Deutsche Fassung", "de"),
            ("Versión en", ""),
            ("日本語版", "ja"),
            ("Report version", ""),
        ] {
            assert_eq!(tag(names.by_name_with_noun(name)).unwrap_or_default(), language, "{name}");
        }
        for (name, language) in
            [("рус.", "ru"), ("engl.", "en"), ("fr.", "fr"), ("Franz.", "fr"), ("xyz.", ""), ("рус", "")]
        {
            assert_eq!(tag(names.by_abbreviation(name)).unwrap_or_default(), language, "{name}");
        }
    }
}
