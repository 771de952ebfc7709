//! Writes texts as YAML scalars (YAML 1.2, 7.3).

use super::scan::is_forbidden_in_manifest;
use crate::data_formats::Value;

/// Words that YAML 1.1 or 1.2 reads as a boolean or null.
const RESERVED_WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// A text as a scalar: plain if every YAML program reads it as this text, otherwise in double quotes.
pub(super) fn scalar(text: &str) -> String {
    let starts_with_letter = text.chars().next().is_some_and(char::is_alphabetic);
    let is_safe = |c: char| c.is_alphanumeric() || " _/.,()'’-".contains(c);
    let is_reserved = RESERVED_WORDS.contains(&text.to_lowercase().as_str());
    let is_plain =
        starts_with_letter && !is_reserved && text.chars().all(is_safe) && !text.ends_with(' ') && !text.contains("  ");
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// A text as a scalar inside brackets, where a comma would end an unquoted text.
pub(super) fn flow_scalar(text: &str) -> String {
    if text.contains(',') { quoted(text) } else { scalar(text) }
}

/// Texts as the value of a key on one line: a scalar, or a sequence in brackets.
pub(super) fn flow_value(texts: &[String]) -> String {
    let scalars: Vec<String> = texts.iter().map(|text| flow_scalar(text)).collect();
    if scalars.len() == 1 { scalars.concat() } else { format!("[{}]", scalars.join(", ")) }
}

/// A language tag as a key. Norwegian `no` is quoted, because some programs read it as “false”.
pub(super) fn language_key(tag: &str) -> String {
    if tag == "no" { quoted(tag) } else { tag.to_owned() }
}

/// A text in double quotes. Every JSON string is also valid in YAML.
pub(super) fn quoted(text: &str) -> String {
    Value::from(without_forbidden(text)).to_string()
}

/// A text on one line, for a comment.
pub(super) fn to_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without the characters that no manifest can contain, and with spaces for line breaks. Titles have such characters if they
/// were decoded with the wrong encoding.
fn without_forbidden(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    spaced.filter(|c| !is_forbidden_in_manifest(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_where_yaml_would_read_something_else() {
        for plain in ["Annual report", "reports/a-b.pdf", "L’eau", "Отчёт"] {
            assert_eq!(scalar(plain), plain);
        }
        let quoted = [
            "yes", "2008", "1e3", "- a", "a: b", "a #b", "\"a\"", "a ", "", "&a", "@a", "null", "[a]", "Yes", "a\nb",
            "~",
        ];
        for text in quoted {
            assert!(scalar(text).starts_with('"'), "{text}");
        }
        assert_eq!(scalar("L\u{92}eau\u{202e}\u{fffe}\r\nx\u{7f}"), "\"Leau  x\"");
    }
}
