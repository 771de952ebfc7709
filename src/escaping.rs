//! Makes text from discs, documents, manifests and file names safe to print.
//!
//! Such text could otherwise move the cursor, add lines that look like those of make-disc, or show characters in another
//! order than they are stored in. What cannot be printed is shown as an escape, as in `\n` and `\u{202e}`.

use std::borrow::Cow;
use std::fmt::Write;

/// Escapes everything that must not reach a terminal within a line: line breaks, tabs, control characters, and
/// characters that are invisible or change the writing direction.
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

/// Writes the blanks as escapes wherever three or more of them follow each other: a terminal wraps long lines, so a name with
/// many blanks could begin a line with text of its own. For sentences with names in them.
pub fn escape_blank_runs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_blank) {
        let (before, from) = rest.split_at(start);
        let (run, after) = from.split_at(from.find(|c| !is_blank(c)).unwrap_or(from.len()));
        out.push_str(before);
        if run.chars().count() < 3 {
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

/// Replaces each unprintable character of a line by one that is shown, `\u{fffd}`, so that columns stay the same.
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
    let is_unprintable = |previous: Option<char>, c: char| is_unprintable(previous, c) || is_also_unprintable(c);
    let mut previous = None;
    let is_safe = text.chars().all(|c| {
        let safe = !is_unprintable(previous, c);
        previous = Some(c);
        safe
    });
    if is_safe {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut previous = None;
    for c in text.chars() {
        if is_unprintable(previous, c) {
            replace(&mut out, c);
        } else {
            out.push(c);
        }
        previous = Some(c);
    }
    Cow::Owned(out)
}

/// Whether a character must not be printed as it is. Line breaks (LF) and tabs are left to the caller.
fn is_unprintable(previous: Option<char>, c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // They join or separate letters, for example in Persian and Hindi. Between ASCII letters they only deceive.
        '\u{200C}' | '\u{200D}' => previous.is_none_or(|previous| previous.is_ascii()),
        // They choose a variant of the character before them, for example an emoji in colour.
        '\u{FE00}'..='\u{FE0F}' => previous.is_none_or(|previous| previous.is_ascii_alphanumeric()),
        c => c.is_control() || is_invisible_or_directional(c),
    }
}

/// Whether a character is invisible, changes the writing direction or ends a line (Unicode's `Default_Ignorable_Code_Point`
/// and `Bidi_Control`, the separators of lines and paragraphs, and the marks of interlinear annotations), apart from
/// the joiners and variation selectors that some scripts need.
pub fn is_invisible_or_directional(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
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
        ] {
            assert_eq!(escape_line(text), escaped);
        }
    }

    #[test]
    fn text_in_every_script_is_kept() {
        for text in ["Évaluation", "می\u{200c}خواهم", "क्\u{200d}ष", "安理会", "❤\u{fe0f}", "تقرير", "“quoted” – ‘x’"]
        {
            assert!(matches!(escape_line(text), Cow::Borrowed(same) if same == text), "{text}");
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
