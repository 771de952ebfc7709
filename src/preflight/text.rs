//! The preflight on a terminal.

use super::{Count, Preflight, Share};
use crate::escaping::escape_line;
use crate::language::{format_capacity, format_size};

/// What the terminal can show.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Its width in characters.
    pub width: usize,
    /// Whether it can show more than ASCII.
    pub shows_unicode: bool,
}

/// How many rows of a table are shown.
const MAX_ROWS: usize = 20;

/// The width of the first column, in characters.
const LABEL_WIDTH: usize = 11;

/// The preflight in lines of text.
pub fn render_text(preflight: &Preflight, terminal: Terminal) -> String {
    let mut text = String::new();
    let Preflight { size, documents, covers, medium, .. } = preflight;
    let counted = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    text += &format!("volume     {}\n", preflight.volume);
    let repair = match preflight.error_correction {
        0 => String::new(),
        bytes => format!(", error correction {}", format_size(bytes)),
    };
    text += &format!(
        "size       {}: documents {}, pages and search {}{repair}\n",
        format_size(*size),
        format_size(*documents),
        format_size(preflight.pages())
    );
    if covers.files > 0 {
        let files = counted(covers.files, "picture", "pictures");
        text += &format!("covers     {}: {files} of first pages\n", format_size(covers.bytes));
    }
    for (label, counts) in [("formats", &preflight.formats), ("claims", &preflight.claims)] {
        let unchecked = if label == "claims" { "; not checked" } else { "" };
        let counts: Vec<String> = counts
            .iter()
            .map(|Count { name, files }| format!("{name}: {}", counted(*files, "file", "files")))
            .collect();
        if !counts.is_empty() {
            text += &format!("{label:<LABEL_WIDTH$}{}{unchecked}\n", counts.join(", "));
        }
    }
    if let (Some((name, capacity)), Some(used)) = (medium, preflight.used_permille()) {
        text += &format!(
            "medium     {name}, {}: {} % used\n",
            format_capacity(*capacity),
            format_args!("{}.{}", used / 10, used % 10)
        );
        let width = terminal.width.saturating_sub(LABEL_WIDTH + 2).clamp(10, 60);
        text += &format!("{:LABEL_WIDTH$}{}\n", "", bar(*size, *capacity, width, terminal.shows_unicode, true));
    }
    write_shares(&mut text, "sections", &preflight.sections, terminal);
    write_shares(&mut text, "languages", &preflight.languages, terminal);
    for (number, Share { name, bytes, .. }) in preflight.largest.iter().enumerate() {
        let name = escape_line(name);
        let lead = if number == 0 { "largest" } else { "" };
        text += &format!("{lead:<LABEL_WIDTH$}{:>8}  {name}\n", format_size(*bytes));
    }
    let incomplete = preflight.incomplete_reports().count();
    let all = preflight.reports.len();
    match incomplete {
        0 => text += "missing    nothing: every report has every language\n",
        _ => {
            let is = if incomplete == 1 { "is" } else { "are" };
            text += &format!(
                "missing    {incomplete} of {} {is} not in every language\n",
                counted(all, "report", "reports")
            );
            for row in preflight.incomplete_reports().take(MAX_ROWS) {
                text += &format!("{:LABEL_WIDTH$}{}: {}\n", "", escape_line(&row.report), row.missing.join(" "));
            }
            if incomplete > MAX_ROWS {
                text +=
                    &format!("{:LABEL_WIDTH$}and {} more; `--json` and `--html` list all\n", "", incomplete - MAX_ROWS);
            }
            if preflight.may_have_separate_translations() {
                text += &format!(
                    "{:LABEL_WIDTH$}if some of these are translations of each other, make one report of them;\n{:LABEL_WIDTH$}`make-disc init --update FOLDER` names those that seem to be\n",
                    "", ""
                );
            }
        }
    }
    text
}

fn write_shares(text: &mut String, title: &str, shares: &[Share], terminal: Terminal) {
    let max_bytes = shares.iter().map(|share| share.bytes).max().unwrap_or(0);
    let longest = shares.iter().take(MAX_ROWS).map(|share| share.name.chars().count()).max().unwrap_or(0).min(30);
    for (number, Share { name, files, bytes }) in shares.iter().take(MAX_ROWS).enumerate() {
        let lead = if number == 0 { title } else { "" };
        let short: String = escape_line(name).chars().take(longest).collect();
        let words = format!(
            "{lead:<LABEL_WIDTH$}{short:<longest$}  {:>8}  {files:>5} {}",
            format_size(*bytes),
            if *files == 1 { "file " } else { "files" }
        );
        let width = terminal.width.saturating_sub(words.chars().count() + 3).min(30);
        let bar = if width < 5 {
            String::new()
        } else {
            format!("  {}", bar(*bytes, max_bytes, width, terminal.shows_unicode, false))
        };
        text.push_str(&words);
        text.push_str(bar.trim_end());
        text.push('\n');
    }
    if shares.len() > MAX_ROWS {
        *text += &format!("{:LABEL_WIDTH$}and {} more\n", "", shares.len() - MAX_ROWS);
    }
}

/// A bar that is filled in the proportion of `part` to `whole`, of `width` characters if it has a frame. A part above zero fills at
/// least one character.
fn bar(part: u64, whole: u64, width: usize, shows_unicode: bool, has_frame: bool) -> String {
    let (full, empty) = if shows_unicode { ("█", "░") } else { ("#", ".") };
    let whole = u128::from(whole.max(1));
    let filled = ((u128::from(part) * width as u128).div_ceil(whole) as usize).min(width);
    let rest = if has_frame { empty.repeat(width - filled) } else { String::new() };
    format!("{}{rest}", full.repeat(filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_bar_is_proportional_to_its_share() {
        assert_eq!(bar(0, 10, 10, false, true), "..........");
        assert_eq!(bar(1, 1000, 10, false, true), "#.........");
        assert_eq!(bar(5, 10, 10, false, true), "#####.....");
        assert_eq!(bar(20, 10, 4, true, true), "████");
        assert_eq!(bar(5, 10, 10, false, false), "#####");
        assert_eq!(bar(0, 0, 4, false, false), "");
    }
}
