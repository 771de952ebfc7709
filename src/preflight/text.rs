//! A disc before it is made, on a terminal.

use super::{Preflight, Share};
use crate::language::{format_capacity, format_size};

/// Where it is shown.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Its width in characters.
    pub width: usize,
    /// Whether it shows more than ASCII.
    pub unicode: bool,
}

/// How many lines a table has at most.
const LINES: usize = 20;

/// Characters before a bar.
const LEAD: usize = 11;

/// A disc before it is made, in lines.
pub fn text(preflight: &Preflight, screen: Screen) -> String {
    let mut text = String::new();
    let Preflight { size, documents, medium, .. } = preflight;
    let of = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    text += &format!("volume     {}\n", preflight.volume);
    text += &format!(
        "size       {}: documents {}, pages and search {}\n",
        format_size(*size),
        format_size(*documents),
        format_size(size.saturating_sub(*documents))
    );
    if let (Some((name, capacity)), Some(used)) = (medium, preflight.used()) {
        text += &format!(
            "medium     {name} holds {}: {} % are used\n",
            format_capacity(*capacity),
            format_args!("{}.{}", used / 10, used % 10)
        );
        let width = screen.width.saturating_sub(LEAD + 2).clamp(10, 60);
        text += &format!("{:LEAD$}{}\n", "", bar(*size, *capacity, width, screen.unicode, true));
    }
    shares(&mut text, "sections", &preflight.sections, screen);
    shares(&mut text, "languages", &preflight.languages, screen);
    for (number, Share { name, bytes, .. }) in preflight.largest.iter().enumerate() {
        let lead = if number == 0 { "largest" } else { "" };
        text += &format!("{lead:<LEAD$}{:>8}  {name}\n", format_size(*bytes));
    }
    let gaps = preflight.gaps().count();
    let all = of(preflight.reports.len(), "report", "reports");
    match gaps {
        0 => text += &format!("gaps       none: every one of {all} is there in every language\n"),
        _ => {
            text += &format!("gaps       {gaps} of {all} lack a language\n");
            for row in preflight.gaps().take(LINES) {
                text += &format!("{:LEAD$}{}: {}\n", "", row.report, row.lacks.join(" "));
            }
            if gaps > LINES {
                text += &format!("{:LEAD$}and {} more; `--json` and `--html` have all\n", "", gaps - LINES);
            }
        }
    }
    text
}

fn shares(text: &mut String, title: &str, shares: &[Share], screen: Screen) {
    let most = shares.iter().map(|share| share.bytes).max().unwrap_or(0);
    let longest = shares.iter().take(LINES).map(|share| share.name.chars().count()).max().unwrap_or(0).min(30);
    for (number, Share { name, files, bytes }) in shares.iter().take(LINES).enumerate() {
        let lead = if number == 0 { title } else { "" };
        let short: String = name.chars().take(longest).collect();
        let words = format!(
            "{lead:<LEAD$}{short:<longest$}  {:>8}  {files:>5} {}",
            format_size(*bytes),
            if *files == 1 { "file " } else { "files" }
        );
        let width = screen.width.saturating_sub(words.chars().count() + 3).min(30);
        let bar =
            if width < 5 { String::new() } else { format!("  {}", bar(*bytes, most, width, screen.unicode, false)) };
        text.push_str(&words);
        text.push_str(bar.trim_end());
        text.push('\n');
    }
    if shares.len() > LINES {
        *text += &format!("{:LEAD$}and {} more\n", "", shares.len() - LINES);
    }
}

/// A bar of so many characters, filled by `part` of `whole`; more than nothing is never shown as nothing.
fn bar(part: u64, whole: u64, width: usize, unicode: bool, frame: bool) -> String {
    let (full, empty) = if unicode { ("█", "░") } else { ("#", ".") };
    let whole = u128::from(whole.max(1));
    let filled = ((u128::from(part) * width as u128).div_ceil(whole) as usize).min(width);
    let rest = if frame { empty.repeat(width - filled) } else { String::new() };
    format!("{}{rest}", full.repeat(filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_what_they_stand_for() {
        assert_eq!(bar(0, 10, 10, false, true), "..........");
        assert_eq!(bar(1, 1000, 10, false, true), "#.........");
        assert_eq!(bar(5, 10, 10, false, true), "#####.....");
        assert_eq!(bar(20, 10, 4, true, true), "████");
        assert_eq!(bar(5, 10, 10, false, false), "#####");
        assert_eq!(bar(0, 0, 4, false, false), "");
    }
}
