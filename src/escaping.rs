//! Makes text from discs, documents, manifests and file names safe to print.
//!
//! Such text could otherwise move the cursor, add lines that look like those of make-disc, or show characters in another
//! order than they are stored in. What cannot be printed is shown as an escape, as in `\n` and `\u{202e}`.

use std::borrow::Cow;
use std::fmt::Write;
use std::iter;

use crate::language::{can_be_joined, is_combining_mark, is_invisible, is_undefined};

/// Escapes everything that must not reach a terminal within a line: line breaks, tabs, control characters, and
/// characters that are invisible, unassigned, or change the writing direction.
pub fn escape_line(text: &str) -> Cow<'_, str> {
    replace_unprintable(text, |c| c == '\n' || c == '\t', push_escape)
}

/// Like [`escape_line`], but keeps line breaks (LF) and tabs, for text that consists of lines.
pub fn escape_lines(text: &str) -> Cow<'_, str> {
    replace_unprintable(text, |_| false, push_escape)
}

/// Writes the unprintable characters of a JSON text as escapes, which does not change its meaning.
pub fn escape_json(json: &str) -> Cow<'_, str> {
    replace_unprintable(
        json,
        |_| false,
        |out, c| {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        },
    )
}

/// Writes a run of blanks as escapes, unless it is a single blank or two ordinary spaces. A terminal wraps long lines, so a name with
/// many blanks could begin a line with text of its own. For sentences that contain names.
pub fn escape_blank_runs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_blank) {
        let (before, from) = rest.split_at(start);
        let (run, after) = from.split_at(from.find(|c| !is_blank(c)).unwrap_or(from.len()));
        out.push_str(before);
        let count = run.chars().count();
        if count < 2 || (count == 2 && run == "  ") {
            out.push_str(run);
        } else {
            out.extend(run.chars().flat_map(char::escape_unicode));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

/// Replaces each unprintable character of a line with the visible character `\u{fffd}`, so that columns stay the same.
pub fn mask_line(text: &str) -> Cow<'_, str> {
    replace_unprintable(text, |c| c == '\n', |out, _| out.push(char::REPLACEMENT_CHARACTER))
}

fn push_escape(out: &mut String, c: char) {
    out.extend(c.escape_default());
}

fn replace_unprintable(
    text: &str,
    is_also_unprintable: impl Fn(char) -> bool,
    mut replace: impl FnMut(&mut String, char),
) -> Cow<'_, str> {
    let is_safe = classify(text).all(|(c, unprintable)| !unprintable && !is_also_unprintable(c));
    if is_safe {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (c, unprintable) in classify(text) {
        if unprintable || is_also_unprintable(c) {
            replace(&mut out, c);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The characters of a text, each with whether it must not be printed as it is. Line breaks (LF) and tabs are left to the
/// caller.
fn classify(text: &str) -> impl Iterator<Item = (char, bool)> {
    /// More marks on one character cover the lines around it. Tibetan and Hebrew with all their signs have up to five.
    const MAX_MARKS: usize = 6;
    // The last character that is not a mark above or below another, and how many marks have followed it.
    let mut base = None;
    let mut marks = 0;
    let mut chars = text.chars().peekable();
    iter::from_fn(move || {
        let c = chars.next()?;
        let is_mark = !c.is_ascii() && is_combining_mark(c);
        marks = if is_mark { marks + 1 } else { 0 };
        let unprintable = match c {
            '\n' | '\t' => false,
            _ if marks > MAX_MARKS => true,
            c if c.is_ascii() => c.is_control(),
            // They join or separate letters, for example in Persian and Hindi. Elsewhere they only deceive.
            '\u{200C}' | '\u{200D}' => {
                !base.zip(chars.peek()).is_some_and(|(before, after)| can_be_joined(before, *after))
            }
            c => c.is_control() || is_invisible(c) || is_undefined(c) || is_rare_space(c),
        };
        if !is_mark {
            base = Some(c);
        }
        Some((c, unprintable))
    })
}

/// Whether a character is a space that ordinary texts do not contain. In a name it would look like one of the usual spaces.
fn is_rare_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, ' ' | '\u{A0}' | '\u{2009}' | '\u{202F}' | '\u{3000}')
}

/// A text for a page, with a blank in place of each control character and line separator except `\n`, and of each character that
/// overrides the writing direction.
pub fn without_controls(text: &str) -> String {
    let is_bad =
        |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202d}' | '\u{202e}');
    text.chars().map(|c| if is_bad(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
    use icu_properties::{CodePointMapData, CodePointSetData};

    use super::*;
    use crate::data_formats::Value;

    #[test]
    fn unprintable_characters_become_visible() {
        for (text, escaped) in [
            ("plain.pdf", "plain.pdf"),
            ("a\nverdict    INTACT", r"a\nverdict    INTACT"),
            ("\x1b[2K\r\u{7}\u{9b}1m", r"\u{1b}[2K\r\u{7}\u{9b}1m"),
            ("fdp\u{202e}exe.", r"fdp\u{202e}exe."),
            ("a\u{200b}b\u{2028}c\u{feff}\u{e0041}\u{ad}", r"a\u{200b}b\u{2028}c\u{feff}\u{e0041}\u{ad}"),
            ("in\u{200d}tact", r"in\u{200d}tact"),
            ("a\tb", r"a\tb"),
            (
                "o\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}",
                "o\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\\u{307}",
            ),
        ] {
            assert_eq!(escape_line(text), escaped);
        }
    }

    #[test]
    fn text_in_every_script_is_kept() {
        for text in [
            "Évaluation\u{a0}: l’été",
            "می\u{200c}خواهم",
            "بَ\u{200c}ب",
            "क्\u{200d}ष",
            "র\u{200d}্যাব",
            "安理会",
            "❤",
            "تقرير",
            "“quoted” – ‘x’",
        ] {
            assert!(matches!(escape_line(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn joiners_are_kept_only_where_they_change_letters() {
        for (text, escaped) in [
            ("安\u{200d}理", "安\\u{200d}理"),
            ("é\u{200c}t", "é\\u{200c}t"),
            ("e\u{301}\u{200d}t", "e\u{301}\\u{200d}t"),
            ("می\u{200c}", "می\\u{200c}"),
            ("می\u{200c}a", "می\\u{200c}a"),
            ("ب\u{200c}\u{200c}ب", "ب\\u{200c}\\u{200c}ب"),
            ("١\u{200d}٢", "١\\u{200d}٢"),
            ("\u{200d}", r"\u{200d}"),
            ("👩\u{200d}💻", "👩\\u{200d}💻"),
            ("❤\u{fe0f}", "❤\\u{fe0f}"),
            ("report\u{2800}\u{13441}\u{1d159}.pdf", r"report\u{2800}\u{13441}\u{1d159}.pdf"),
        ] {
            assert_eq!(escape_line(text), escaped);
        }
    }

    #[test]
    fn every_code_point_is_visible_or_escaped() {
        let categories = CodePointMapData::<GeneralCategory>::new();
        let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        let spaces = " \u{a0}\u{2009}\u{202f}\u{3000}";
        let blank_looking = "\u{2800}\u{fffc}\u{13441}\u{13442}\u{16fe4}\u{1d159}";
        for c in '\0'..=char::MAX {
            use GeneralCategory as Category;
            let category = categories.get(c);
            let is_shown = match category {
                Category::SpaceSeparator => spaces.contains(c),
                Category::Control | Category::Format | Category::LineSeparator | Category::ParagraphSeparator => false,
                Category::Unassigned | Category::PrivateUse => false,
                _ => !ignorable.contains(c) && !blank_looking.contains(c),
            };
            for text in [c.to_string(), format!("安{c}理")] {
                assert_eq!(escape_line(&text) == text, is_shown, "U+{:04X}, {category:?}", u32::from(c));
            }
        }
    }

    #[test]
    fn line_breaks_are_kept_only_where_lines_are_expected() {
        assert_eq!(escape_lines("a\n\tb\r"), "a\n\tb\\r");
        assert_eq!(mask_line("a\u{202e}b\x1b"), "a\u{fffd}b\u{fffd}");
    }

    #[test]
    fn runs_of_blanks_become_visible() {
        assert_eq!(escape_blank_runs("a b  c\u{3000}d"), "a b  c\u{3000}d");
        assert_eq!(escape_blank_runs("x \u{2800}\u{a0}y "), r"x\u{20}\u{2800}\u{a0}y ");
        assert_eq!(escape_blank_runs("   "), r"\u{20}\u{20}\u{20}");
        // An ideographic space takes two columns.
        assert_eq!(escape_blank_runs("verdict\u{3000}\u{3000}INTACT"), r"verdict\u{3000}\u{3000}INTACT");
        assert_eq!(escape_blank_runs("verdict\u{a0} INTACT"), r"verdict\u{a0}\u{20}INTACT");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let value = Value::from("x\u{7f}\u{202e}\u{e0041}y\n");
        let json = value.to_string();
        let escaped = escape_json(&json);
        assert_eq!(escaped, "\"x\\u007f\\u202e\\udb40\\udc41y\\n\"");
        assert_eq!(escaped.parse::<Value>().ok(), Some(value));
    }
}
