//! Dates in volume descriptors and directory records.

/// Checks a recording date (ECMA-119 9.1.5): years since 1900, month, day, hour, minute, second, and
/// the offset from UTC in quarters of an hour.
pub(super) fn check_recording_date(date: &[u8; 7]) -> Result<(), String> {
    let [year, month, day, hour, minute, second, zone] = *date;
    check_calendar(1900 + u32::from(year), month.into(), day.into(), hour.into(), minute.into(), second.into())?;
    check_time_zone(zone)
}

/// Checks a date of a volume descriptor (ECMA-119 8.4.26.1): sixteen digits and the offset, or unset.
pub(super) fn check_descriptor_date(field: &[u8]) -> Result<(), String> {
    let (digits, zone) = field.split_at(16);
    if digits.iter().all(|byte| *byte == b'0') {
        // Unset.
        return if zone == [0] { Ok(()) } else { Err("is unset but has a time zone".to_owned()) };
    }
    let number = |from: usize, to: usize| -> Result<u32, String> {
        let part = &digits[from..to];
        if !part.iter().all(u8::is_ascii_digit) {
            return Err("is not sixteen digits".to_owned());
        }
        Ok(part.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
    };
    // Hundredths of a second.
    number(14, 16)?;
    check_calendar(number(0, 4)?, number(4, 6)?, number(6, 8)?, number(8, 10)?, number(10, 12)?, number(12, 14)?)?;
    check_time_zone(zone[0])
}

fn check_calendar(year: u32, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> Result<(), String> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    if year == 0 || day == 0 || day > days || hour > 23 || minute > 59 || second > 59 {
        return Err(format!(
            "is {year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}, which does not exist"
        ));
    }
    Ok(())
}

fn check_time_zone(zone: u8) -> Result<(), String> {
    let zone = i16::from(zone.cast_signed());
    if (-48..=52).contains(&zone) {
        Ok(())
    } else {
        Err(format!("has the time zone {zone}; -48 to 52 quarters of an hour are allowed"))
    }
}
