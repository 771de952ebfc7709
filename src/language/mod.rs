//! Languages: BCP 47 tags, writing direction, names, and how each formats dates and sizes.
//!
//! The only module that uses the ICU4X crates, `isolang` and `hanconv`. Their data comes from CLDR, ISO 639 and OpenCC, so that the
//! program needs few tables of its own.

mod characters;
mod collation;
mod date;
mod detection;
mod format;
mod frequent_words;
mod han;
mod names;
mod plurals;

use std::borrow::Cow;
use std::fmt;

use icu_locale::names::{LanguageIdentifierDisplayName, RegionDisplayName, ScriptDisplayName};
use icu_locale::{Locale, LocaleCanonicalizer, LocaleDirectionality, LocaleExpander, TransformResult};
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};

pub use characters::{
    CharDirection, can_be_joined, char_direction, combining_mark_ranges, decimal_digit, decimal_digit_ranges,
    is_broken_in_words, is_combining_mark, is_ignored_in_words, is_invisible, is_undefined, is_word_char, nfkc, nfkd,
    word_char_ranges,
};
pub use collation::{Collation, filing_form};
pub use date::PartialDate;
pub use detection::{count_wrong_words, has_wrong_letters};
pub use format::{LanguageFormat, format_capacity, format_size};
pub use han::{simplified, simplified_characters};
pub use names::LanguageNames;
pub use plurals::Plurals;

/// A canonical BCP 47 tag such as `fr`, `zh-Hans` or `pt-BR`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language {
    tag: String,
}

/// The languages whose terminological code in ISO 639-2 (first) differs from the bibliographic one (second).
const BIBLIOGRAPHIC: [(&str, &str); 20] = [
    ("bod", "tib"),
    ("ces", "cze"),
    ("cym", "wel"),
    ("deu", "ger"),
    ("ell", "gre"),
    ("eus", "baq"),
    ("fas", "per"),
    ("fra", "fre"),
    ("hye", "arm"),
    ("isl", "ice"),
    ("kat", "geo"),
    ("mkd", "mac"),
    ("mri", "mao"),
    ("msa", "may"),
    ("mya", "bur"),
    ("nld", "dut"),
    ("ron", "rum"),
    ("slk", "slo"),
    ("sqi", "alb"),
    ("zho", "chi"),
];

/// The codes of ISO 639-2 for what is not one known language: several languages, unknown, and no words at all.
const NOT_ONE_LANGUAGE: [&str; 3] = ["mul", "und", "zxx"];

/// The direction in which a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Direction {
    /// The value of the HTML attribute `dir`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

impl Language {
    /// Parses a BCP 47 tag and puts it into canonical form (`ZH-hans` becomes `zh-Hans`).
    ///
    /// # Errors
    /// A message for the author of the manifest: the tag is not well formed (RFC 5646 §2.1), or its primary language
    /// is not a code of ISO 639.
    pub fn parse(text: &str) -> Result<Self, String> {
        let language = Self::parse_of_document(text)?;
        if language.is_not_one_language() {
            return Err(format!("`{text}` is not the code of one language"));
        }
        Ok(language)
    }

    /// Parses the tag of a document, which may also be `mul` (in several languages), `zxx` (without words) or `und`
    /// (unknown).
    ///
    /// # Errors
    /// As for [`Self::parse`].
    pub fn parse_of_document(text: &str) -> Result<Self, String> {
        // RFC 5646 allows only hyphens; ICU would also accept `pt_BR`.
        let is_well_formed = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let mut locale = match Locale::try_from_str(text) {
            Ok(locale) if is_well_formed => locale,
            _ => return Err(format!("`{text}` is not a language code")),
        };
        LocaleCanonicalizer::new_common().canonicalize(&mut locale);
        let primary = locale.id.language.to_string();
        if iso_639(&primary).is_none() || primary == "mis" {
            return Err(format!("`{primary}` is not a language code of ISO 639"));
        }
        Ok(Self { tag: locale.to_string() })
    }

    /// Whether the tag means several languages, an unknown language or no language.
    pub fn is_not_one_language(&self) -> bool {
        NOT_ONE_LANGUAGE.contains(&self.primary())
    }

    /// Whether the tag is that of documents without words, such as pictures.
    pub fn is_wordless(&self) -> bool {
        self.primary() == "zxx"
    }

    /// The language code that somebody probably meant by a text that is not a valid code.
    ///
    /// For a name, the code of the language with that name, in English or in the language itself. For two or three
    /// letters, the language whose English name starts with them, or the main language of the country with that code.
    pub fn suggest(text: &str) -> Option<&'static str> {
        let wanted = text.to_lowercase();
        if wanted.len() <= 3 && wanted.bytes().all(|b| b.is_ascii_alphabetic()) && Self::parse(&wanted).is_err() {
            let has_prefix = |tag: &&&str| {
                isolang::Language::from_639_1(tag).is_some_and(|l| l.to_name().to_lowercase().starts_with(&wanted))
            };
            let common = ["en", "fr", "es", "ar", "zh", "ru", "pt", "de"];
            return common.iter().find(has_prefix).copied().or_else(|| main_language_code(&wanted));
        }
        let language = isolang::Language::from_639_3(&wanted).or_else(|| {
            isolang::languages().find(|l| {
                l.to_name().to_lowercase() == wanted
                    || l.to_autonym().is_some_and(|autonym| autonym.to_lowercase() == wanted)
            })
        })?;
        Some(language.to_639_1().unwrap_or(language.to_639_3()))
    }

    /// The main language of the country with this code of two letters: `et` for `ee` (Estonia).
    pub fn main_language_of_country(code: &str) -> Option<Self> {
        Self::parse(main_language_code(&code.to_lowercase())?).ok()
    }

    /// The MARC code of the language, which is its ISO 639-2/B code. `None` for a language without a two-letter code: MARC
    /// has codes for only some of these.
    pub fn marc_code(&self) -> Option<&'static str> {
        if let Some(code) = NOT_ONE_LANGUAGE.iter().find(|code| **code == self.primary()) {
            return Some(code);
        }
        let code = isolang::Language::from_639_1(self.primary())?.to_639_3();
        Some(BIBLIOGRAPHIC.iter().find(|(terminology, _)| *terminology == code).map_or(code, |(_, code)| code))
    }

    /// The code of the language in ISO 639-3. `None` if the tag means several languages, an unknown language or no language.
    pub fn iso_639_3(&self) -> Option<&'static str> {
        iso_639(self.primary()).filter(|_| !self.is_not_one_language()).map(|known| known.to_639_3())
    }

    /// The tag without its region, if this region is the default of the language (CLDR likely subtags): `fr` for `fr-FR`.
    ///
    /// Always `None` for Portuguese and Chinese, whose written standards differ by region.
    pub fn without_default_region(&self) -> Option<Self> {
        let (primary, region) = self.tag.split_once('-')?;
        let mut id = self.locale().id;
        let is_shorter = LocaleExpander::new_common().minimize(&mut id) == TransformResult::Modified;
        let is_region_only = region.len() == 2 && !["pt", "zh"].contains(&primary) && id.to_string() == primary;
        (is_shorter && is_region_only).then(|| Self { tag: primary.to_owned() })
    }

    /// Whether the tag has a script, a region or another subtag.
    pub fn has_subtags(&self) -> bool {
        self.tag.contains('-')
    }

    pub fn as_str(&self) -> &str {
        &self.tag
    }

    /// The tag as part of a file name: lower case, `_` for the hyphen.
    pub fn name_part(&self) -> String {
        self.tag.to_ascii_lowercase().replace('-', "_")
    }

    /// The direction of the script that the language is usually written in (CLDR likely subtags).
    pub fn direction(&self) -> Direction {
        if LocaleDirectionality::new_common().is_right_to_left(&self.locale().id) {
            Direction::Rtl
        } else {
            Direction::Ltr
        }
    }

    /// The language's name for itself: `Français`, `العربية`, `Português (Brasil)`.
    pub fn autonym(&self) -> String {
        let name = self.cldr_name(self).or_else(|| {
            let primary = self.locale().id.language.to_string();
            iso_639(&primary).map(|known| known.to_autonym().unwrap_or(known.to_name()).to_owned())
        });
        let name = name.unwrap_or_else(|| self.tag.clone());
        let mut capitalised = String::with_capacity(name.len());
        let mut characters = name.chars();
        if let Some(first) = characters.next() {
            capitalised.extend(first.to_uppercase());
            capitalised.push_str(characters.as_str());
        }
        capitalised
    }

    /// The language's name in the language of a reader: `arabe`, `espagnol`. Falls back to the autonym.
    pub fn name_in(&self, reader: &Self) -> String {
        self.cldr_name(reader).unwrap_or_else(|| self.autonym())
    }

    /// The English name and the tag, for messages: ``French (`fr`)``.
    pub fn name_and_tag(&self) -> String {
        let english = Self { tag: "en".to_owned() };
        format!("{} (`{}`)", self.name_in(&english), self.tag)
    }

    /// The name of the language, followed by the name of its region, or else of its script, in brackets: `portugais
    /// (Brésil)`. `None` if it has neither.
    fn composed_name_in(&self, reader: &Self) -> Option<String> {
        let locale = reader.locale();
        let id = self.locale().id;
        let of_region =
            |region| RegionDisplayName::new_light_with_fallback((&locale).into(), region).as_borrowed().to_string();
        let of_script =
            |script| ScriptDisplayName::new_light_with_fallback((&locale).into(), script).as_borrowed().to_string();
        let subtag = id.region.map(of_region).or_else(|| id.script.map(of_script))?;
        let primary = Self { tag: self.primary().to_owned() };
        Some(format!("{} ({subtag})", primary.name_in(reader)))
    }

    /// The name from CLDR; `None` if CLDR only repeats the tag.
    fn cldr_name(&self, reader: &Self) -> Option<String> {
        let locale = reader.locale();
        let name = LanguageIdentifierDisplayName::try_new_heavy((&locale).into(), self.locale().id, Default::default());
        let name = name.ok()?.as_borrowed().to_string();
        let primary = self.primary();
        (!name.is_empty() && name != primary && !name.starts_with(&format!("{primary} ("))).then_some(name)
    }

    /// How this language writes dates and sizes.
    pub fn format(&self) -> LanguageFormat {
        // CLDR formats plain `en` as in the United States; `en-001` is international English.
        let locale = if self.tag == "en" { Locale::try_from_str("en-001").ok() } else { None };
        LanguageFormat::new(&locale.unwrap_or_else(|| self.locale()))
    }

    /// The primary language subtag, such as `pt` in `pt-BR`.
    pub fn primary(&self) -> &str {
        self.tag.split('-').next().unwrap_or_default()
    }

    fn locale(&self) -> Locale {
        Locale::try_from_str(&self.tag).unwrap_or(Locale::UNKNOWN)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tag)
    }
}

fn main_language_code(country: &str) -> Option<&'static str> {
    let mut id = Locale::try_from_str(&format!("und-{country}")).ok().filter(|_| country.len() == 2)?.id;
    LocaleExpander::new_extended().maximize(&mut id);
    isolang::Language::from_639_1(&id.language.to_string())?.to_639_1()
}

fn iso_639(code: &str) -> Option<isolang::Language> {
    isolang::Language::from_639_1(code).or_else(|| isolang::Language::from_639_3(code))
}

/// A file name as case-insensitive file systems compare it: composed (Unicode NFC) and in lower case.
pub fn fold_case(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let lower: String = ComposingNormalizer::new_nfc().normalize(name).to_lowercase();
    ComposingNormalizer::new_nfc().normalize(&lower).into_owned()
}

/// A text in which each letter and its accents are a single character, if Unicode has one (Unicode NFC).
pub fn compose(text: &str) -> Cow<'_, str> {
    ComposingNormalizer::new_nfc().normalize(text)
}

/// A text in which accents are separate characters (Unicode NFD).
pub fn decompose(text: &str) -> Cow<'_, str> {
    DecomposingNormalizer::new_nfd().normalize(text)
}

/// Transliterates text in any script into ASCII letters, for file names and volume descriptors.
pub fn to_ascii(text: &str) -> String {
    deunicode::deunicode(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_parsed_into_canonical_form() {
        assert_eq!(Language::parse("ZH-hans").unwrap().as_str(), "zh-Hans");
        assert_eq!(Language::parse("pt-BR").unwrap().name_part(), "pt_br");
        for invalid in ["english", "", "x", "e n", "xx", "pt_BR", "und", "mul", "zxx", "mis", "en-"] {
            assert!(Language::parse(invalid).is_err(), "{invalid}");
        }
        for of_document in ["mul", "zxx", "und", "de-AT"] {
            assert_eq!(Language::parse_of_document(of_document).unwrap().as_str(), of_document);
        }
        assert!(Language::parse_of_document("sp").is_err() && Language::parse_of_document("mis").is_err());
    }

    #[test]
    fn a_code_is_suggested_for_names_and_wrong_codes() {
        assert_eq!(Language::suggest("French"), Some("fr"));
        assert_eq!(Language::suggest("español"), Some("es"));
        assert_eq!(Language::suggest("fra"), Some("fr"));
        assert_eq!(Language::suggest("sp"), Some("es"));
        assert_eq!(Language::suggest("jp"), Some("ja"));
        assert_eq!(Language::suggest("qq"), None);
    }

    #[test]
    fn languages_have_names_and_directions() {
        let language = |tag: &str| Language::parse(tag).unwrap();
        let autonyms: Vec<String> =
            ["ar", "zh", "en", "fr", "ru", "es"].iter().map(|tag| language(tag).autonym()).collect();
        assert_eq!(autonyms, ["العربية", "中文", "English", "Français", "Русский", "Español"]);
        assert_eq!(language("zh-Hant").autonym(), "繁體中文");
        assert_eq!(language("pt-BR").autonym(), "Português (Brasil)");
        assert_eq!(language("ti").autonym(), "ትግርኛ");
        assert_eq!(language("ar").name_in(&language("fr")), "arabe");
        assert_eq!(language("es").name_in(&language("zh")), "西班牙语");
        assert_eq!(language("ar").direction(), Direction::Rtl);
        assert_eq!(language("fa").direction(), Direction::Rtl);
        assert_eq!(language("az-Arab").direction(), Direction::Rtl);
        assert_eq!(language("ru").direction(), Direction::Ltr);
    }
}
