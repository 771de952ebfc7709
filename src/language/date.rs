//! Dates that may be known only to the month or the year.

use std::fmt;

use icu_calendar::types::RataDie;
use icu_calendar::{Date, Gregorian};

/// A date known to the year, the month or the day (Gregorian calendar).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartialDate {
    /// The year, 1 to 9999.
    pub year: u16,
    /// The month, 1 to 12, if known.
    pub month: Option<u8>,
    /// The day of the month, if known; `None` if the month is not known.
    pub day: Option<u8>,
}

impl PartialDate {
    /// Parses `2008`, `2008-06` or `2008-06-30`.
    ///
    /// # Errors
    /// A message for the author of the manifest: the text has another form, or the day does not exist.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('-').collect();
        let digits = |part: &str, width: usize| {
            (part.len() == width && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<u16>().ok())
                .flatten()
        };
        let wrong_form = || format!("`{text}` is not a date written as year, year-month or year-month-day");
        if parts.is_empty() || parts.len() > 3 {
            return Err(wrong_form());
        }
        let year = digits(parts[0], 4).filter(|year| *year > 0).ok_or_else(wrong_form)?;
        let mut month_and_day = [None, None];
        for (slot, part) in month_and_day.iter_mut().zip(&parts[1..]) {
            *slot = Some(digits(part, 2).and_then(|n| u8::try_from(n).ok()).ok_or_else(wrong_form)?);
        }
        let [month, day] = month_and_day;
        let date = Self { year, month, day };
        date.first_day().ok_or_else(|| format!("`{text}` does not exist in the calendar"))?;
        Ok(date)
    }

    /// Parses a date whose year has three digits, as that of an old document, such as 850. Two digits could be the end of a year.
    pub fn parse_short_year(text: &str) -> Option<Self> {
        let has_short_year = text.split('-').next().is_some_and(|year| year.len() == 3);
        has_short_year.then(|| Self::parse(&format!("0{text}")).ok()).flatten()
    }

    /// Parses a date as people write it, with the day or the year first. `None` if it could mean two different days.
    pub fn parse_informal(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(['/', '.', '-', ' ']).filter(|part| !part.is_empty()).collect();
        let numbers: Vec<u16> = parts.iter().map(|part| part.parse::<u16>().ok()).collect::<Option<_>>()?;
        // In dates with dots the day always comes first.
        let is_dotted = text.matches('.').count() == 2;
        let iso = match numbers[..] {
            [year, month] if year > 999 => format!("{year:04}-{month:02}"),
            [month, year] if year > 999 => format!("{year:04}-{month:02}"),
            [year, month, day] if year > 999 => format!("{year:04}-{month:02}-{day:02}"),
            // If both numbers could be months, the order is unknown.
            [day, month, year] if year > 999 && (is_dotted && month <= 12 || day > 12 || day == month) => {
                format!("{year:04}-{month:02}-{day:02}")
            }
            [month, day, year] if year > 999 && day > 12 => format!("{year:04}-{month:02}-{day:02}"),
            _ => return None,
        };
        Self::parse(&iso).ok()
    }

    /// The day in UTC of a Unix time, in seconds since 1970-01-01.
    pub fn from_unix_seconds(seconds: i64) -> Self {
        let day = RataDie::new(unix_epoch() + seconds.div_euclid(SECONDS_PER_DAY));
        let date = Date::from_rata_die(day, Gregorian);
        Self {
            year: u16::try_from(date.year().extended_year()).unwrap_or(9999),
            month: Some(date.month().ordinal),
            day: Some(date.day_of_month().0),
        }
    }

    /// The first second of the date in UTC, in seconds since 1970-01-01.
    pub fn start_seconds(self) -> i64 {
        let day = self.first_day().map_or(unix_epoch(), rata_die_days);
        (day - unix_epoch()) * SECONDS_PER_DAY
    }

    /// The first day of the year or month, or the day itself.
    pub(super) fn first_day(self) -> Option<Date<Gregorian>> {
        Date::try_new_gregorian(i32::from(self.year), self.month.unwrap_or(1), self.day.unwrap_or(1)).ok()
    }
}

const SECONDS_PER_DAY: i64 = 86_400;

fn rata_die_days(date: Date<Gregorian>) -> i64 {
    date.to_rata_die().to_i64_date()
}

/// The rata die day of 1970-01-01.
fn unix_epoch() -> i64 {
    Date::try_new_gregorian(1970, 1, 1).map_or(0, rata_die_days)
}

/// ISO 8601: `2008`, `2008-06`, `2008-06-30`.
impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        for part in [self.month, self.day].into_iter().flatten() {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_dates_are_parsed() {
        let date = |text: &str| PartialDate::parse(text).unwrap();
        assert_eq!(date("2007-11").to_string(), "2007-11");
        assert_eq!(date("1970-01-02").start_seconds(), 86_400);
        assert_eq!(PartialDate::from_unix_seconds(1_214_784_000).to_string(), "2008-06-30");
        for invalid in ["2008-13", "2008-02-30", "08", "2008-6", "2008/06", "yesterday", "2008-06-30-1", ""] {
            assert!(PartialDate::parse(invalid).is_err(), "{invalid}");
        }
    }

    #[test]
    fn informal_dates_are_parsed_only_if_unambiguous() {
        let date = |text: &str| PartialDate::parse_informal(text).map(|date| date.to_string());
        assert_eq!(date("31/12/2018").as_deref(), Some("2018-12-31"));
        assert_eq!(date("12/31/2018").as_deref(), Some("2018-12-31"));
        assert_eq!(date("5.11.2007").as_deref(), Some("2007-11-05"));
        assert_eq!(date("11/2007").as_deref(), Some("2007-11"));
        assert_eq!(date("5/11/2007"), None, "5 November or 11 May");
        assert_eq!(date("5 June 2007"), None);
    }
}
