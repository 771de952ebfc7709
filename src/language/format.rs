//! Dates, numbers and sizes as each language writes them.

use icu_calendar::Gregorian;
use icu_datetime::options::YearStyle;
use icu_datetime::{FixedCalendarDateTimeFormatter, fieldsets};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale::Locale;

use super::date::PartialDate;

/// How one language writes dates and numbers. It is expensive to create, so all pages of a language share one.
pub struct LanguageFormat {
    day: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YMD>>,
    month: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YM>>,
    year: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::Y>>,
    number: Option<DecimalFormatter>,
}

impl LanguageFormat {
    pub(super) fn new(locale: &Locale) -> Self {
        Self {
            day: FixedCalendarDateTimeFormatter::try_new(locale.into(), fieldsets::YMD::long()).ok(),
            month: FixedCalendarDateTimeFormatter::try_new(locale.into(), fieldsets::YM::long()).ok(),
            year: FixedCalendarDateTimeFormatter::try_new(
                locale.into(),
                fieldsets::Y::long().with_year_style(YearStyle::Full),
            )
            .ok(),
            number: DecimalFormatter::try_new(locale.into(), Default::default()).ok(),
        }
    }

    /// The date with the name of the month, or the year alone, as the language writes it.
    pub fn date(&self, date: PartialDate) -> String {
        let Some(first_day) = date.first_day() else { return date.to_string() };
        let written = match (date.month, date.day) {
            (None, _) => self.year.as_ref().map(|f| f.format(&first_day).to_string()),
            (_, Some(_)) => self.day.as_ref().map(|f| f.format(&first_day).to_string()),
            (_, None) => self.month.as_ref().map(|f| f.format(&first_day).to_string()),
        };
        written.unwrap_or_else(|| date.to_string())
    }

    /// A whole number with the digits and grouping of the language.
    pub fn number(&self, number: u64) -> String {
        self.decimal(Decimal::from(number))
    }

    /// A size in bytes, rounded up to at least two significant digits, as a number and the key of its unit (`kB`,
    /// `MB`, `GB`: powers of 1000).
    pub fn size(&self, bytes: u64) -> (String, &'static str) {
        let (tenths, unit) = in_tenths(bytes);
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

/// The largest decimal unit that a size contains at least once, in bytes, and its key.
fn unit_of(bytes: u64) -> (u64, &'static str) {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    UNITS.into_iter().find(|(size, _)| bytes >= *size).unwrap_or((1_000, "kB"))
}

/// A size in tenths of its unit, rounded up.
fn in_tenths(bytes: u64) -> (u64, &'static str) {
    let (size, unit) = unit_of(bytes);
    ((u128::from(bytes) * 10).div_ceil(u128::from(size)) as u64, unit)
}

/// A size in English for the terminal, rounded up: `1.4 MB`.
pub fn format_size(bytes: u64) -> String {
    let (tenths, unit) = in_tenths(bytes);
    if tenths < 100 && tenths % 10 != 0 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", tenths.div_ceil(10))
    }
}

/// A capacity in English for the terminal, rounded to nearest, whereas [`format_size`] rounds up.
pub fn format_capacity(bytes: u64) -> String {
    let (size, unit) = unit_of(bytes);
    let tenths = (u128::from(bytes) * 10 + u128::from(size) / 2) / u128::from(size);
    if tenths < 100 && tenths % 10 != 0 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", (tenths + 5) / 10)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Language;
    use super::*;

    #[test]
    fn dates_are_written_as_in_the_language() {
        let written =
            |tag: &str, text: &str| Language::parse(tag).unwrap().format().date(PartialDate::parse(text).unwrap());
        assert_eq!(written("fr", "2007-11"), "novembre 2007");
        assert_eq!(written("zh", "2008-02-09"), "2008年2月9日");
        assert_eq!(written("en", "2008-06-30"), "30 June 2008");
        for language in ["en", "fr", "ar", "ru", "de", "pl", "sw", "vi", "hi"] {
            assert_eq!(written(language, "2007"), "2007");
        }
        assert_eq!(written("en", "0850"), "850 AD");
        assert_eq!(written("zh", "2007"), "2007年");
        assert_eq!(written("ja", "2007"), "2007年");
        assert_eq!(written("ko", "2007"), "2007년");
        assert_eq!(written("fa", "2007"), "۲۰۰۷");
        assert_eq!(written("pt-BR", "2007-11"), "novembro de 2007");
        assert_eq!(written("ar", "2007-11"), "نوفمبر 2007");
    }

    #[test]
    fn sizes_are_rounded_up() {
        let size = |tag: &str, bytes| Language::parse(tag).unwrap().format().size(bytes);
        assert_eq!(size("en", 1), ("0.1".into(), "kB"));
        assert_eq!(size("fr", 1_450_000), ("1,5".into(), "MB"));
        assert_eq!(size("en", 123_400_000), ("124".into(), "MB"));
        assert_eq!(format_size(5_368_709_120), "5.4 GB");
        assert_eq!(format_size(2_000_000), "2 MB");
    }
}
