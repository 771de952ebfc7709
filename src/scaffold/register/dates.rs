//! Reads dates as people write them in registers, and finds the order of day and month.

use crate::language::{PartialDate, to_ascii};

/// What people write where a document has no date; compared with the text in lower case, without spaces and punctuation.
const UNDATED: [&str; 29] = [
    "nd",
    "sd",
    "sf",
    "oj",
    "od",
    "sa",
    "na",
    "nodate",
    "undated",
    "unknown",
    "sansdate",
    "nondaté",
    "nondate",
    "sinfecha",
    "semdata",
    "senzadata",
    "ohnedatum",
    "ohnejahr",
    "unbekannt",
    "inconnue",
    "desconocida",
    "desconhecida",
    "бг",
    "бд",
    "бездаты",
    "безгода",
    "دت",
    "不详",
    "无日期",
];

/// Whether a text says that a document has no date: “n.d.”.
pub(super) fn means_undated(text: &str) -> bool {
    let is_sign = |c: char| c.is_whitespace() || matches!(c, '.' | '/' | '(' | ')' | '[' | ']' | '-' | '?' | '–' | '—');
    let letters: String = text.to_lowercase().chars().filter(|c| !is_sign(*c)).collect();
    UNDATED.contains(&letters.as_str()) || !text.trim().is_empty() && letters.is_empty()
}

/// Whether a text is the number of a day as spreadsheet programs store it, from 1954 to 2064: without a date format, they show 39629 for
/// 2008-06-30.
pub(super) fn is_day_number(text: &str) -> bool {
    text.len() == 5 && text.parse().is_ok_and(|number: u32| (20_000..60_000).contains(&number))
}

/// The names of the months: in Latin script without accents, in Arabic (two sets), Chinese and Russian. Names in Latin script may
/// be shortened to their first three letters or more.
const MONTHS: [&[&str]; 12] = [
    &[
        "january",
        "janvier",
        "enero",
        "janeiro",
        "januar",
        "janner",
        "gennaio",
        "январь",
        "января",
        "يناير",
        "كانون الثاني",
        "一月",
    ],
    &[
        "february",
        "fevrier",
        "febrero",
        "fevereiro",
        "februar",
        "febbraio",
        "февраль",
        "февраля",
        "فبراير",
        "شباط",
        "二月",
    ],
    &["march", "mars", "marzo", "marco", "marz", "maerz", "март", "марта", "مارس", "آذار", "三月"],
    &["april", "avril", "abril", "aprile", "апрель", "апреля", "أبريل", "ابريل", "نيسان", "四月"],
    &["may", "mai", "mayo", "maio", "maggio", "май", "мая", "مايو", "أيار", "五月"],
    &["june", "juin", "junio", "junho", "juni", "giugno", "июнь", "июня", "يونيو", "يونيه", "حزيران", "六月"],
    &["july", "juillet", "julio", "julho", "juli", "luglio", "июль", "июля", "يوليو", "يوليه", "تموز", "七月"],
    &["august", "aout", "agosto", "август", "августа", "أغسطس", "اغسطس", "آب", "八月"],
    &[
        "september",
        "septembre",
        "septiembre",
        "setembro",
        "settembre",
        "сентябрь",
        "сентября",
        "سبتمبر",
        "أيلول",
        "九月",
    ],
    &[
        "october",
        "octobre",
        "octubre",
        "outubro",
        "oktober",
        "ottobre",
        "октябрь",
        "октября",
        "أكتوبر",
        "اكتوبر",
        "تشرين الأول",
        "十月",
    ],
    &["november", "novembre", "noviembre", "novembro", "ноябрь", "ноября", "نوفمبر", "تشرين الثاني", "十一月"],
    &[
        "december",
        "decembre",
        "diciembre",
        "dezembro",
        "dezember",
        "dicembre",
        "декабрь",
        "декабря",
        "ديسمبر",
        "كانون الأول",
        "十二月",
    ],
];

/// Words in dates that are skipped.
const FILLERS: [&str; 15] =
    ["de", "del", "of", "the", "le", "der", "den", "am", "do", "г", "года", "год", "م", "year", "и"];

/// A date in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellDate {
    /// A date that can be read in only one way.
    Date(PartialDate),
    /// Either of the first two numbers could be the month: 5/11/2007.
    Ambiguous { first: u8, second: u8, year: u16 },
    /// The text is not a date.
    Unreadable,
}

/// Whether the day or the month is written first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateOrder {
    DayFirst,
    MonthFirst,
}

/// Reads the date in a cell. Unknown parts, such as the day in 2021-06-00, are left out.
pub(super) fn read(text: &str) -> CellDate {
    let text = with_ascii_digits(text);
    let text = text.trim().trim_end_matches('.');
    // The year of an old document has four digits, too.
    if text.starts_with('0')
        && let Ok(date) = PartialDate::parse(text)
    {
        return CellDate::Date(date);
    }
    // Libraries put a year in brackets that is not printed in the document.
    let text = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    // Drop a time after the date.
    let text = match text.split_once(['T', ' ']) {
        Some((date, time)) if date.contains('-') && time.contains(':') => date,
        _ => text,
    };
    let parts: Vec<&str> = text.split(['/', '.', '-', '–', ' ', ',']).filter(|part| !part.is_empty()).collect();
    let numbers: Option<Vec<u16>> = parts.iter().map(|part| part.parse::<u16>().ok()).collect();
    let date = match numbers.as_deref() {
        Some([year]) if *year > 999 => partial(*year, 0, 0),
        Some([year, month] | [month, year]) if *year > 999 => partial(*year, *month, 0),
        Some([year, month, day]) if *year > 999 => partial(*year, *month, *day),
        Some([first, second, year]) if *year > 999 => {
            let is_dotted = text.matches('.').count() >= 2;
            return read_numbers(*first, *second, *year, is_dotted);
        }
        Some(_) => None,
        None if parts.len() == 1 && text.len() == 8 => read_digits(text),
        None => read_words(text),
    };
    date.map_or(CellDate::Unreadable, CellDate::Date)
}

/// Reads the date in a cell of a column with a known order.
pub(super) fn read_in_order(text: &str, order: Option<DateOrder>) -> Option<PartialDate> {
    match (read(text), order) {
        (CellDate::Date(date), _) => Some(date),
        (CellDate::Ambiguous { first, second, year }, Some(DateOrder::DayFirst)) => {
            partial(year, u16::from(second), u16::from(first))
        }
        (CellDate::Ambiguous { first, second, year }, Some(DateOrder::MonthFirst)) => {
            partial(year, u16::from(first), u16::from(second))
        }
        _ => None,
    }
}

/// The order of day and month in a date, if only one of the two numbers can be the month.
pub(super) fn order_shown_by(text: &str) -> Option<DateOrder> {
    let text = with_ascii_digits(text);
    let text = text.split(' ').next().unwrap_or_default();
    let parts: Vec<u16> = text.split(['/', '-']).map(|part| part.parse().unwrap_or(0)).collect();
    match parts[..] {
        [13..=31, 1..=12, year] if year > 999 => Some(DateOrder::DayFirst),
        [1..=12, 13..=31, year] if year > 999 => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

/// The date with these parts. A month or day of zero is unknown.
fn partial(year: u16, month: u16, day: u16) -> Option<PartialDate> {
    let text = match (month, day) {
        (0, 0) => format!("{year:04}"),
        (_, 0) => format!("{year:04}-{month:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}"),
    };
    PartialDate::parse(&text).ok()
}

/// Reads a date with the year at the end. If it is written with dots, the day always comes first.
fn read_numbers(first: u16, second: u16, year: u16, is_dotted: bool) -> CellDate {
    let date = match (first, second) {
        (0, month) => partial(year, month, 0),
        (month, 0) => partial(year, month, 0),
        (day, month) if is_dotted || day > 12 || day == month => partial(year, month, day),
        (month, day) if day > 12 => partial(year, month, day),
        (first, second) => match (u8::try_from(first), u8::try_from(second)) {
            (Ok(first), Ok(second)) => return CellDate::Ambiguous { first, second, year },
            _ => None,
        },
    };
    date.map_or(CellDate::Unreadable, CellDate::Date)
}

/// Reads a date of eight digits, such as 20210605.
fn read_digits(text: &str) -> Option<PartialDate> {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
    let date = partial(part(0, 4)?, part(4, 6)?, part(6, 8)?)?;
    (1000..=2200).contains(&date.year).then_some(date)
}

/// Reads a date with the name of a month.
fn read_words(text: &str) -> Option<PartialDate> {
    let mut month = None;
    let mut has_filler = false;
    let mut numbers = Vec::new();
    let lower = text.to_lowercase();
    // Only Arabic has month names of two words.
    let two_words = MONTHS.iter().zip(1..).find_map(|(names, number)| {
        let name = names.iter().find(|name| name.contains(' ') && lower.contains(**name))?;
        Some((number, lower.replace(name, " ")))
    });
    let rest = match two_words {
        Some((number, rest)) => {
            month = Some(number);
            rest
        }
        None => lower,
    };
    for word in rest.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let ending = &word[digits.len()..];
        if let Ok(number) = digits.parse::<u16>() {
            // “1st”, “2nd”, “1er”, “5º”
            if !matches!(ending, "" | "st" | "nd" | "rd" | "th" | "er" | "º" | "ª" | "о" | "го") {
                return None;
            }
            numbers.push(number);
        } else if let Some(number) = month_by_name(word) {
            if month.replace(number).is_some() {
                return None;
            }
        } else if FILLERS.contains(&word) {
            has_filler = true;
        } else {
            return None;
        }
    }
    match (month, numbers[..].as_ref()) {
        // “2023 г.”
        (None, [year]) if has_filler && *year > 999 && !text.contains('?') => partial(*year, 0, 0),
        (Some(month), [year]) if *year > 999 => partial(*year, month, 0),
        (Some(month), [day @ 1..=31, year] | [year, day @ 1..=31]) if *year > 999 => partial(*year, month, *day),
        _ => None,
    }
}

fn month_by_name(word: &str) -> Option<u16> {
    let folded = if word.chars().all(|c| c < '\u{370}') { to_ascii(word).to_lowercase() } else { word.to_owned() };
    let may_be_shortened = folded.is_ascii() && folded.len() >= 3;
    let exact = MONTHS.iter().zip(1..).find(|(names, _)| names.contains(&folded.as_str()));
    let shortened = || {
        let mut fitting = MONTHS
            .iter()
            .zip(1..)
            .filter(|(names, _)| may_be_shortened && names.iter().any(|name| name.starts_with(folded.as_str())));
        // `jui` could be June or July.
        fitting.next().filter(|_| fitting.next().is_none())
    };
    exact.or_else(shortened).map(|(_, number)| number)
}

/// The text with ASCII digits instead of Arabic, Persian and full-width digits, and with hyphens instead of the Chinese, Japanese
/// and Korean signs for year and month.
fn with_ascii_digits(text: &str) -> String {
    let digit = |c: char, zero: char| char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c);
    let mut converted = String::with_capacity(text.len());
    let is_month_name =
        MONTHS.iter().flat_map(|names| names.iter()).any(|name| name.ends_with('月') && text.contains(*name));
    for c in text.chars() {
        match c {
            '٠'..='٩' => converted.push(digit(c, '٠')),
            '۰'..='۹' => converted.push(digit(c, '۰')),
            '０'..='９' => converted.push(digit(c, '０')),
            '年' | '년' => converted.push('-'),
            '月' | '월' if !is_month_name => converted.push('-'),
            '日' | '일' | '号' => {}
            _ => converted.push(c),
        }
    }
    converted.trim().trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Option<String> {
        match read(text) {
            CellDate::Date(date) => Some(date.to_string()),
            CellDate::Ambiguous { .. } => Some("ambiguous".to_owned()),
            CellDate::Unreadable => None,
        }
    }

    #[test]
    fn dates_are_read_as_far_as_they_are_known() {
        for (text, expected) in [
            ("2008", "2008"),
            ("2008-06", "2008-06"),
            ("2008-06-30", "2008-06-30"),
            ("2008-06-30T12:00:00Z", "2008-06-30"),
            ("2008-06-30 00:00:00", "2008-06-30"),
            ("2021-00-00", "2021"),
            ("2021-06-00", "2021-06"),
            ("00/06/2021", "2021-06"),
            ("00.00.2021", "2021"),
            ("06/2021", "2021-06"),
            ("20210605", "2021-06-05"),
            ("31/12/2018", "2018-12-31"),
            ("12/31/2018", "2018-12-31"),
            ("5.11.2007", "2007-11-05"),
            ("5/11/2007", "ambiguous"),
            ("5/5/2007", "2007-05-05"),
            ("12/14/1819", "1819-12-14"),
            ("June 2021", "2021-06"),
            ("juin 2021", "2021-06"),
            ("Juin 2021", "2021-06"),
            ("5 June 2007", "2007-06-05"),
            ("June 5th, 2007", "2007-06-05"),
            ("1er août 2007", "2007-08-01"),
            ("5 de noviembre de 2007", "2007-11-05"),
            ("10 févr. 2008", "2008-02-10"),
            ("5. März 2007", "2007-03-05"),
            ("março de 2010", "2010-03"),
            ("5 ноября 2007 г.", "2007-11-05"),
            ("ноябрь 2007", "2007-11"),
            ("٥ نوفمبر ٢٠٠٧", "2007-11-05"),
            ("تشرين الثاني 2007", "2007-11"),
            ("2007年11月5日", "2007-11-05"),
            ("2007年11月", "2007-11"),
            ("2007年", "2007"),
            ("2023 г.", "2023"),
            ("2023 год", "2023"),
            ("[2015]", "2015"),
        ] {
            assert_eq!(date(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "n.d.",
            "circa 1910",
            "[2015?]",
            "[1910",
            "Jun-21",
            "5/11/07",
            "jui 2007",
            "2008-13",
            "31/02/2008",
            "1910-1915",
            "39391",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn ways_to_write_that_there_is_no_date_are_recognised() {
        for text in ["n.d.", "N. D.", "s.d.", "[s.d.]", "s/d", "o. J.", "sans date", "б/д", "без даты", "-", "?"]
        {
            assert!(means_undated(text), "{text}");
        }
        for text in ["", "2008", "about 1950", "nd 2008"] {
            assert!(!means_undated(text), "{text}");
        }
    }

    #[test]
    fn a_date_shows_the_order_if_only_one_number_can_be_the_month() {
        assert_eq!(order_shown_by("31/12/2018"), Some(DateOrder::DayFirst));
        assert_eq!(order_shown_by("12-31-2018"), Some(DateOrder::MonthFirst));
        for text in ["5/11/2007", "31.12.2018", "2018-12-31", "13/13/2018"] {
            assert_eq!(order_shown_by(text), None, "{text}");
        }
        let read = |order| read_in_order("5/11/2007", order).map(|date| date.to_string());
        assert_eq!(read(Some(DateOrder::DayFirst)).as_deref(), Some("2007-11-05"));
        assert_eq!(read(Some(DateOrder::MonthFirst)).as_deref(), Some("2007-05-11"));
        assert_eq!(read(None), None);
    }
}
