//! Languages: BCP 47 tags, their direction and own names, and how each writes dates and sizes.
//!
//! The only module that names the ICU4X crates and `isolang`; what it knows comes from CLDR and
//! ISO 639, none of it from tables of ours.

mod characters;
mod collation;
mod detection;
mod naming;

use std::fmt;

use icu_calendar::{Date, Gregorian};
use icu_datetime::{FixedCalendarDateTimeFormatter, fieldsets};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale::names::LanguageIdentifierDisplayName;
use icu_locale::{Locale, LocaleCanonicalizer, LocaleDirectionality, LocaleExpander, TransformResult};
use icu_normalizer::ComposingNormalizer;

pub use characters::{Script, composed, decomposed, is_mark, is_word, script};
pub use collation::Collation;
pub use naming::Spellings;

/// A language of the collection: a canonical BCP 47 tag such as `fr`, `zh-Hans` or `pt-BR`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language {
    tag: String,
}

/// Where the bibliographic code of ISO 639-2 is not the terminological one.
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

/// The direction a language is written in, as HTML's `dir` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Direction {
    /// The value of an HTML `dir` attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

impl Language {
    /// Parses a BCP 47 tag, and puts it into its canonical form (`ZH-hans` becomes `zh-Hans`).
    ///
    /// # Errors
    /// A sentence for the author of the manifest: the tag is not well formed (RFC 5646 §2.1), or its
    /// primary language is no code of ISO 639.
    pub fn parse(text: &str) -> Result<Self, String> {
        // RFC 5646 tags use hyphens only; ICU would take `pt_BR` too.
        let well_formed = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let mut locale = match Locale::try_from_str(text) {
            Ok(locale) if well_formed => locale,
            _ => return Err(format!("`{text}` is not a language code")),
        };
        LocaleCanonicalizer::new_common().canonicalize(&mut locale);
        let primary = locale.id.language.to_string();
        if iso_639(&primary).is_none() || primary == "und" {
            return Err(format!("`{primary}` is not a language that ISO 639 knows"));
        }
        Ok(Self { tag: locale.to_string() })
    }

    /// The code of the language that `name` is a name of, in English or in the language itself.
    ///
    /// Of a code that is none, the language that begins like it in English, or that of most in a country with that code.
    pub fn suggest(name: &str) -> Option<&'static str> {
        let wanted = name.to_lowercase();
        if wanted.len() <= 3 && wanted.bytes().all(|b| b.is_ascii_alphabetic()) && Self::parse(&wanted).is_err() {
            let begins = |tag: &&&str| {
                isolang::Language::from_639_1(tag).is_some_and(|l| l.to_name().to_lowercase().starts_with(&wanted))
            };
            let often = ["en", "fr", "es", "ar", "zh", "ru", "pt", "de"];
            let of_country = || {
                let mut id = Locale::try_from_str(&format!("und-{wanted}")).ok().filter(|_| wanted.len() == 2)?.id;
                LocaleExpander::new_extended().maximize(&mut id);
                isolang::Language::from_639_1(&id.language.to_string())?.to_639_1()
            };
            return often.iter().find(begins).copied().or_else(of_country);
        }
        let language = isolang::Language::from_639_3(&wanted).or_else(|| {
            isolang::languages().find(|l| {
                l.to_name().to_lowercase() == wanted
                    || l.to_autonym().is_some_and(|autonym| autonym.to_lowercase() == wanted)
            })
        })?;
        Some(language.to_639_1().unwrap_or(language.to_639_3()))
    }

    /// The code that MARC has for the language, that of ISO 639-2/B; none for languages without a code
    /// of two letters, of which MARC knows some only.
    pub fn marc_code(&self) -> Option<&'static str> {
        let primary = self.tag.split('-').next()?;
        let code = isolang::Language::from_639_1(primary)?.to_639_3();
        Some(BIBLIOGRAPHIC.iter().find(|(terminology, _)| *terminology == code).map_or(code, |(_, code)| code))
    }

    /// The tag without a region that is the likeliest for the language (CLDR likely subtags): `fr` for `fr-FR`.
    ///
    /// None if there is no such region to leave out, and for Portuguese and Chinese, whose written standards go by it.
    pub fn without_likely_region(&self) -> Option<Self> {
        let (primary, region) = self.tag.split_once('-')?;
        let mut id = self.locale().id;
        let changed = LocaleExpander::new_common().minimize(&mut id) == TransformResult::Modified;
        let plain = region.len() == 2 && !["pt", "zh"].contains(&primary) && id.to_string() == primary;
        (changed && plain).then(|| Self { tag: primary.to_owned() })
    }

    /// Whether the tag says more than the language: a script, a region.
    pub fn has_subtags(&self) -> bool {
        self.tag.contains('-')
    }

    /// The tag, for `lang` attributes.
    pub fn as_str(&self) -> &str {
        &self.tag
    }

    /// The tag as a part of a file name: lower case, `_` for the hyphen.
    pub fn name_part(&self) -> String {
        self.tag.to_ascii_lowercase().replace('-', "_")
    }

    /// The direction its usual script is written in (CLDR likely subtags).
    pub fn direction(&self) -> Direction {
        if LocaleDirectionality::new_common().is_right_to_left(&self.locale().id) {
            Direction::Rtl
        } else {
            Direction::Ltr
        }
    }

    /// The language's name in itself: `Français`, `العربية`, `Português (Brasil)`.
    pub fn autonym(&self) -> String {
        let name = self.name_by_cldr(self).or_else(|| {
            let primary = self.locale().id.language.to_string();
            iso_639(&primary).map(|known| known.to_autonym().unwrap_or(known.to_name()).to_owned())
        });
        let name = name.unwrap_or_else(|| self.tag.clone());
        let mut capital = String::with_capacity(name.len());
        let mut characters = name.chars();
        if let Some(first) = characters.next() {
            capital.extend(first.to_uppercase());
            capital.push_str(characters.as_str());
        }
        capital
    }

    /// The language's name in the language of a reader: `arabe`, `espagnol`; its own name if theirs
    /// has none for it.
    pub fn name_in(&self, reader: &Self) -> String {
        self.name_by_cldr(reader).unwrap_or_else(|| self.autonym())
    }

    /// The name that CLDR has, if it is more than the tag again.
    fn name_by_cldr(&self, reader: &Self) -> Option<String> {
        let locale = reader.locale();
        let name = LanguageIdentifierDisplayName::try_new_heavy((&locale).into(), self.locale().id, Default::default());
        let name = name.ok()?.as_borrowed().to_string();
        let primary = self.tag.split('-').next().unwrap_or_default();
        (!name.is_empty() && name != primary && !name.starts_with(&format!("{primary} ("))).then_some(name)
    }

    /// How this language writes dates and sizes.
    pub fn format(&self) -> LanguageFormat {
        // English of no country is international English, not that of the United States.
        let locale = if self.tag == "en" { Locale::try_from_str("en-001").ok() } else { None };
        LanguageFormat::new(&locale.unwrap_or_else(|| self.locale()))
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

fn iso_639(code: &str) -> Option<isolang::Language> {
    isolang::Language::from_639_1(code).or_else(|| isolang::Language::from_639_3(code))
}

/// A date known to the year, the month or the day (Gregorian calendar).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartialDate {
    /// The year, 1 to 9999.
    pub year: u16,
    /// The month, 1 to 12, if known.
    pub month: Option<u8>,
    /// The day of the month, if known; only with a month.
    pub day: Option<u8>,
}

impl PartialDate {
    /// Reads a date as people write it, the day or the year first; none if it may mean two days.
    pub fn of_people(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(['/', '.', '-', ' ']).filter(|part| !part.is_empty()).collect();
        let numbers: Vec<u16> = parts.iter().map(|part| part.parse::<u16>().ok()).collect::<Option<_>>()?;
        // With dots the day is first wherever people write so.
        let dots = text.matches('.').count() == 2;
        let iso = match numbers[..] {
            [year, month] if year > 999 => format!("{year:04}-{month:02}"),
            [month, year] if year > 999 => format!("{year:04}-{month:02}"),
            [year, month, day] if year > 999 => format!("{year:04}-{month:02}-{day:02}"),
            // Of two numbers that may both be months, nobody can tell the day.
            [day, month, year] if year > 999 && (dots && month <= 12 || day > 12 || day == month) => {
                format!("{year:04}-{month:02}-{day:02}")
            }
            [month, day, year] if year > 999 && day > 12 => format!("{year:04}-{month:02}-{day:02}"),
            _ => return None,
        };
        Self::parse(&iso).ok()
    }

    /// Parses `2008`, `2008-06` or `2008-06-30`.
    ///
    /// # Errors
    /// A sentence for the author of the manifest: another form, or a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('-').collect();
        let digits = |part: &str, width: usize| {
            (part.len() == width && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<u16>().ok())
                .flatten()
        };
        let shape = || format!("`{text}` is not a date written as year, year-month or year-month-day");
        if parts.is_empty() || parts.len() > 3 {
            return Err(shape());
        }
        let year = digits(parts[0], 4).filter(|year| *year > 0).ok_or_else(shape)?;
        let mut rest = [None, None];
        for (slot, part) in rest.iter_mut().zip(&parts[1..]) {
            *slot = Some(digits(part, 2).and_then(|n| u8::try_from(n).ok()).ok_or_else(shape)?);
        }
        let [month, day] = rest;
        let date = Self { year, month, day };
        Date::try_new_gregorian(i32::from(year), month.unwrap_or(1), day.unwrap_or(1))
            .map_err(|_| format!("`{text}` is no day of the calendar"))?;
        Ok(date)
    }

    /// The first second of the date in UTC, in seconds since 1970-01-01.
    pub fn start(self) -> i64 {
        let days_from_epoch = |date: Date<Gregorian>| date.to_rata_die().to_i64_date();
        let epoch = Date::try_new_gregorian(1970, 1, 1).map_or(0, days_from_epoch);
        let day = Date::try_new_gregorian(i32::from(self.year), self.month.unwrap_or(1), self.day.unwrap_or(1))
            .map_or(epoch, days_from_epoch);
        (day - epoch) * 86_400
    }

    /// The date in UTC of a number of seconds since 1970-01-01, to the day.
    pub fn of_seconds(seconds: i64) -> Self {
        let epoch = Date::try_new_gregorian(1970, 1, 1).map_or(0, |date| date.to_rata_die().to_i64_date());
        let day = icu_calendar::types::RataDie::new(epoch + seconds.div_euclid(86_400));
        let date = Date::from_rata_die(day, Gregorian);
        Self {
            year: u16::try_from(date.year().extended_year()).unwrap_or(9999),
            month: Some(date.month().ordinal),
            day: Some(date.day_of_month().0),
        }
    }
}

/// As ISO 8601 writes it: `2008`, `2008-06`, `2008-06-30`.
impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        for part in [self.month, self.day].into_iter().flatten() {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

/// How one language writes dates and numbers; made once for a language, used for every page.
pub struct LanguageFormat {
    day: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YMD>>,
    month: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YM>>,
    number: Option<DecimalFormatter>,
}

impl LanguageFormat {
    fn new(locale: &Locale) -> Self {
        Self {
            day: FixedCalendarDateTimeFormatter::try_new(locale.into(), fieldsets::YMD::long()).ok(),
            month: FixedCalendarDateTimeFormatter::try_new(locale.into(), fieldsets::YM::long()).ok(),
            number: DecimalFormatter::try_new(locale.into(), Default::default()).ok(),
        }
    }

    /// The date as the language writes it, with the month's name.
    pub fn date(&self, date: PartialDate) -> String {
        let Some(month) = date.month else {
            return date.to_string();
        };
        let Ok(gregorian) = Date::try_new_gregorian(i32::from(date.year), month, date.day.unwrap_or(1)) else {
            return date.to_string();
        };
        let written = match date.day {
            Some(_) => self.day.as_ref().map(|f| f.format(&gregorian).to_string()),
            None => self.month.as_ref().map(|f| f.format(&gregorian).to_string()),
        };
        written.unwrap_or_else(|| date.to_string())
    }

    /// A whole number with the language's digits and grouping.
    pub fn number(&self, number: u64) -> String {
        self.decimal(Decimal::from(number))
    }

    /// A size in bytes, as a number and the key of its unit (`kB`, `MB`, `GB`: powers of 1000).
    /// Two digits at the least are given; never zero for a file that has bytes.
    pub fn size(&self, bytes: u64) -> (String, &'static str) {
        let (tenths, unit) = scale(bytes);
        let mut number = Decimal::from(tenths);
        if tenths < 100 {
            number.multiply_pow10(-1);
            number.absolute.trim_end();
        } else {
            number = Decimal::from(tenths.div_ceil(10));
        }
        (self.decimal(number), unit)
    }

    fn decimal(&self, number: Decimal) -> String {
        match &self.number {
            Some(formatter) => formatter.format(&number).to_string(),
            None => number.to_string(),
        }
    }
}

/// A size in tenths of the largest decimal unit that leaves at least one of it.
fn scale(bytes: u64) -> (u64, &'static str) {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let (size, unit) = UNITS.into_iter().find(|(size, _)| bytes >= *size).unwrap_or((1_000, "kB"));
    ((u128::from(bytes) * 10).div_ceil(u128::from(size)) as u64, unit)
}

/// A size for a terminal, in English: `1.4 MB`.
pub fn plain_size(bytes: u64) -> String {
    let (tenths, unit) = scale(bytes);
    if tenths < 100 && tenths % 10 != 0 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", tenths.div_ceil(10))
    }
}

/// What something holds, for a terminal, in English: rounded to what is nearest, where [`plain_size`] rounds up.
pub fn plain_room(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let (size, unit) = UNITS.into_iter().find(|(size, _)| bytes >= *size).unwrap_or((1_000, "kB"));
    let tenths = (u128::from(bytes) * 10 + u128::from(size) / 2) / u128::from(size);
    if tenths < 100 && tenths % 10 != 0 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", (tenths + 5) / 10)
    }
}

/// A name as systems that overlook case compare it: composed (Unicode NFC), in small letters.
pub fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let small: String = ComposingNormalizer::new_nfc().normalize(name).to_lowercase();
    ComposingNormalizer::new_nfc().normalize(&small).into_owned()
}

/// Text in any script as ASCII letters near to its sound, for names and descriptor fields.
pub fn to_ascii(text: &str) -> String {
    deunicode::deunicode(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_parsed_and_made_canonical() {
        assert_eq!(Language::parse("ZH-hans").unwrap().as_str(), "zh-Hans");
        assert_eq!(Language::parse("pt-BR").unwrap().name_part(), "pt_br");
        for bad in ["english", "", "x", "e n", "xx", "pt_BR", "und", "en-"] {
            assert!(Language::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Language::suggest("French"), Some("fr"));
        assert_eq!(Language::suggest("español"), Some("es"));
        assert_eq!(Language::suggest("fra"), Some("fr"));
        assert_eq!(Language::suggest("sp"), Some("es"));
        assert_eq!(Language::suggest("jp"), Some("ja"));
        assert_eq!(Language::suggest("qq"), None);
    }

    #[test]
    fn the_six_languages_have_names_and_directions() {
        let named = |tag: &str| Language::parse(tag).unwrap();
        let names: Vec<String> = ["ar", "zh", "en", "fr", "ru", "es"].iter().map(|t| named(t).autonym()).collect();
        assert_eq!(names, ["العربية", "中文", "English", "Français", "Русский", "Español"]);
        assert_eq!(named("zh-Hant").autonym(), "繁體中文");
        assert_eq!(named("pt-BR").autonym(), "Português (Brasil)");
        assert_eq!(named("ti").autonym(), "ትግርኛ");
        assert_eq!(named("ar").name_in(&named("fr")), "arabe");
        assert_eq!(named("es").name_in(&named("zh")), "西班牙语");
        assert_eq!(named("ar").direction(), Direction::Rtl);
        assert_eq!(named("fa").direction(), Direction::Rtl);
        assert_eq!(named("az-Arab").direction(), Direction::Rtl);
        assert_eq!(named("ru").direction(), Direction::Ltr);
    }

    #[test]
    fn dates_are_strict_and_written_in_the_language() {
        let date = |text: &str| PartialDate::parse(text).unwrap();
        assert_eq!(date("2007-11").to_string(), "2007-11");
        assert_eq!(date("1970-01-02").start(), 86_400);
        assert_eq!(PartialDate::of_seconds(1_214_784_000).to_string(), "2008-06-30");
        for bad in ["2008-13", "2008-02-30", "08", "2008-6", "2008/06", "yesterday", "2008-06-30-1", ""] {
            assert!(PartialDate::parse(bad).is_err(), "{bad}");
        }
        let written = |tag: &str, text: &str| Language::parse(tag).unwrap().format().date(date(text));
        assert_eq!(written("fr", "2007-11"), "novembre 2007");
        assert_eq!(written("zh", "2008-02-09"), "2008年2月9日");
        assert_eq!(written("en", "2008-06-30"), "30 June 2008");
        assert_eq!(written("ru", "2007"), "2007");
        assert_eq!(written("pt-BR", "2007-11"), "novembro de 2007");
        assert_eq!(written("ar", "2007-11"), "نوفمبر 2007");
    }

    #[test]
    fn sizes_are_rounded_up() {
        let size = |tag: &str, bytes| Language::parse(tag).unwrap().format().size(bytes);
        assert_eq!(size("en", 1), ("0.1".into(), "kB"));
        assert_eq!(size("fr", 1_450_000), ("1,5".into(), "MB"));
        assert_eq!(size("en", 123_400_000), ("124".into(), "MB"));
        assert_eq!(plain_size(5_368_709_120), "5.4 GB");
        assert_eq!(plain_size(2_000_000), "2 MB");
    }
}
