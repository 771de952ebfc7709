//! Explains why a manifest is not YAML: recognises common mistakes, and reports them where they were made instead of
//! where the parser noticed them.

use std::ops::Range;

use crate::diagnostic::{Finding, Place};

/// How many lines before the error are searched for a quote or bracket that was not closed.
const MAX_LINES_BACK: usize = 100;

/// A mistake that the author made.
struct Explanation {
    /// Where the mistake is, in bytes.
    at: Range<usize>,
    /// What is at this place.
    label: String,
    /// What to do about it.
    help: String,
}

/// A line of the manifest, and the byte at which it starts.
#[derive(Clone, Copy)]
struct Line<'t> {
    start: usize,
    text: &'t str,
}

impl<'t> Line<'t> {
    fn indent(&self) -> &'t str {
        &self.text[..self.text.len() - self.text.trim_start().len()]
    }

    /// The text after the hyphens of a sequence: where it starts in the line, and the text.
    fn content(&self) -> (usize, &'t str) {
        let mut at = self.indent().len();
        while let Some(rest) = self.text[at..].strip_prefix("- ") {
            at = self.text.len() - rest.trim_start().len();
        }
        (at, self.text[at..].trim_end())
    }

    /// The value of the line's key, or the item of a sequence if there is no key: where it starts, and the text.
    fn value(&self) -> (usize, &'t str) {
        let (at, content) = self.content();
        let value = find_key(content).and_then(|key| content[key.len() + 1..].strip_prefix(' ').map(str::trim_start));
        value.map_or((at, content), |value| (at + content.len() - value.len(), value))
    }

    fn range(&self, from: usize, length: usize) -> Range<usize> {
        self.start + from..self.start + from + length
    }

    fn has_content(&self) -> bool {
        let text = self.text.trim_start();
        !text.is_empty() && !text.starts_with('#')
    }
}

/// The text before the first colon, if it looks like a key.
fn find_key(content: &str) -> Option<&str> {
    let (key, _) = content.split_once(':')?;
    let is_key_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    (!key.is_empty() && key.chars().all(is_key_char)).then_some(key)
}

/// The finding for a text that is not YAML from the byte `at` on.
pub(super) fn explain_syntax_error(text: &str, at: usize, parser_message: &str) -> Finding {
    let lines = split_lines(text);
    let number = lines.iter().rposition(|line| line.start <= at).unwrap_or(0);
    let explanation = lines.get(number).and_then(|line| {
        let before = lines[..number].iter().rev().find(|line| line.has_content()).copied();
        find_tab(&lines, number)
            .or_else(|| find_escape(*line))
            .or_else(|| find_quote(&lines[..=number], at, parser_message))
            .or_else(|| find_bracket(&lines[..=number], parser_message))
            .or_else(|| [Some(*line), before].into_iter().flatten().find_map(find_special_character))
            .or_else(|| before.and_then(|before| find_missing_colon(before, parser_message)))
            .or_else(|| find_colon_in_text(*line))
            .or_else(|| before.and_then(|before| find_indentation(*line, before)))
    });
    let message = "the manifest cannot be read from here on";
    match explanation {
        Some(Explanation { at, label, help }) => {
            Finding::error("not-yaml", Place::Bytes(at), message).label(label).help(help)
        }
        None => Finding::error("not-yaml", Place::Bytes(at..at), message).label(parser_message.to_owned()).help(
            "look at this line and the one before it: is the indentation wrong, a colon missing, or a quote or bracket not \
             closed?",
        ),
    }
}

fn split_lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let current = Line { start, text: line.trim_end_matches(['\n', '\r']) };
            start += line.len();
            current
        })
        .collect()
}

/// A tab, on the line that the parser reports or up to two lines below it.
fn find_tab(lines: &[Line<'_>], number: usize) -> Option<Explanation> {
    let explanation = |line: &Line<'_>, at: usize, help: &str| Explanation {
        at: line.range(at, 1),
        label: "this is a tab".to_owned(),
        help: help.to_owned(),
    };
    let following = &lines[number..lines.len().min(number + 3)];
    let indented = following.iter().find_map(|line| {
        let at = line.indent().find('\t').filter(|_| line.has_content())?;
        Some(explanation(line, at, "indent this line with spaces instead, to match the lines above and below it"))
    });
    indented.or_else(|| {
        let line = &lines[number];
        let at = [":\t", "-\t"].into_iter().filter_map(|pattern| line.text.find(pattern)).min()?;
        Some(explanation(line, at + 1, "put a space here instead of the tab"))
    })
}

/// A backslash between double quotes that begins no character of YAML (YAML 1.2, 5.7), as in the path of a file on Windows.
fn find_escape(line: Line<'_>) -> Option<Explanation> {
    let (begin, value) = line.value();
    let quoted = value.strip_prefix('"')?;
    let mut rest = quoted;
    while let Some(at) = rest.find(['\\', '"']) {
        let (stop, after) = rest[at..].split_at(1);
        if stop == "\"" {
            return None;
        }
        let kind = after.chars().next()?;
        let digits = match kind {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let number = after.get(1..=digits).unwrap_or_default();
        let code = u32::from_str_radix(number, 16).ok().filter(|_| number.len() == digits);
        let is_right = match digits {
            0 => "0abt\tnvfre \"/\\N_LP".contains(kind),
            _ => code.and_then(char::from_u32).is_some(),
        };
        if !is_right {
            let start = begin + 1 + quoted.len() - rest.len() + at;
            let help = match code {
                Some(_) if digits > 0 => "no character has this number: write the character itself",
                _ if value.contains(' ') => "write `\\\\` for a backslash, or put the text in single quotes",
                _ => "write `/` between folders",
            };
            return Some(Explanation {
                at: line.range(start, 1 + kind.len_utf8()),
                label: "between double quotes, a backslash has a special meaning".to_owned(),
                help: help.to_owned(),
            });
        }
        rest = &after[kind.len_utf8()..];
    }
    None
}

/// A quote that is not closed, or closed too early.
fn find_quote(lines: &[Line<'_>], at: usize, parser_message: &str) -> Option<Explanation> {
    let line = lines.last()?;
    let (begin, value) = line.value();
    let key = line.text[..begin].trim_start();
    if parser_message.contains("trailing content") {
        let inner = value.trim_matches(['"', '\'']);
        let label = "the text in quotes ends before this".to_owned();
        let help = match value.chars().next()? {
            '\'' if !value.contains('"') => {
                format!("an apostrophe ends a text in single quotes: write `{key}\"{inner}\"`")
            }
            '"' if value.len() > 1 && value.ends_with('"') => {
                format!(
                    "a quote ends the text: use ‘…’ or “…” inside it, as in `{key}\"{}\"`",
                    with_typographic_quotes(inner)
                )
            }
            _ => "move the text that follows the closing quote inside the quotes".to_owned(),
        };
        return Some(Explanation { at: at..at, label, help });
    }
    if !parser_message.contains("quoted scalar") {
        return None;
    }
    let opened = lines.iter().rev().take(MAX_LINES_BACK).find_map(|line| {
        let (at, value) = line.value();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        (value.matches(quote).count() % 2 == 1).then_some((line, at, quote))
    });
    opened.map(|(line, at, quote)| Explanation {
        at: line.range(at, 1),
        label: "this quote is not closed".to_owned(),
        help: format!("add a {quote} at the end of the text"),
    })
}

/// A text with typographic quotes instead of straight ones.
fn with_typographic_quotes(text: &str) -> String {
    let mut open = false;
    let replaced = text.chars().map(|c| match c {
        '"' => {
            open = !open;
            if open { '“' } else { '”' }
        }
        c => c,
    });
    replaced.collect()
}

/// A bracket that is not closed on its line.
fn find_bracket(lines: &[Line<'_>], parser_message: &str) -> Option<Explanation> {
    if !["':' indicator", "flow", "end of stream", "',' or"].iter().any(|words| parser_message.contains(words)) {
        return None;
    }
    lines.iter().rev().take(MAX_LINES_BACK).find_map(|line| {
        let (at, value) = line.value();
        let (open, close) = match value.chars().next()? {
            '[' => ('[', ']'),
            '{' => ('{', '}'),
            _ => return None,
        };
        (value.matches(open).count() > value.matches(close).count()).then(|| Explanation {
            at: line.range(at, 1),
            label: "this bracket is not closed".to_owned(),
            help: format!("add a `{close}` at the end: `{value}{close}`"),
        })
    })
}

/// A character that has a special meaning in YAML, or a missing space after a hyphen or colon.
fn find_special_character(line: Line<'_>) -> Option<Explanation> {
    let (at, content) = line.content();
    let explanation = |from: usize, length: usize, label: String, help: String| {
        Some(Explanation { at: line.range(from, length), label, help })
    };
    if let Some(rest) = content.strip_prefix('-').filter(|rest| find_key(rest).is_some()) {
        let help = format!("put a space after the hyphen: `- {rest}`");
        return explanation(at, 1, "no space follows this hyphen".to_owned(), help);
    }
    if let Some((key, rest)) = content.split_once('：').filter(|(key, _)| !key.contains([':', ' '])) {
        let help = format!("use an ordinary colon and a space: `{key}: {}`", rest.trim());
        return explanation(at + key.len(), '：'.len_utf8(), "this is a full-width colon".to_owned(), help);
    }
    if let Some(key) = find_key(content) {
        let rest = &content[key.len() + 1..];
        if !rest.is_empty() && !rest.starts_with([' ', '/', '\\']) {
            let help = format!("put a space after the colon: `{key}: {rest}`");
            return explanation(at + key.len(), 1, "no space follows this colon".to_owned(), help);
        }
    }
    let (from, value) = line.value();
    let character = value.chars().next().filter(|c| matches!(c, '@' | '`' | '%' | '*' | '&' | '!' | '|' | '>'))?;
    let is_alone = value.len() == 1;
    let (text, comment) = split_comment(value);
    (!is_alone).then(|| Explanation {
        at: line.range(from, character.len_utf8()),
        label: format!("`{character}` has a special meaning here"),
        help: format!(
            "text that begins with it must be in quotes: `{}{}{comment}`",
            line.text[..from].trim_start(),
            in_quotes(text)
        ),
    })
}

/// A key without its colon, which the parser notices on the next line.
fn find_missing_colon(before: Line<'_>, parser_message: &str) -> Option<Explanation> {
    let (at, content) = before.content();
    if !parser_message.contains("simple key") || content.contains(':') {
        return None;
    }
    let (key, rest) = content.split_once(' ').unwrap_or((content, ""));
    let help = format!("if `{key}` is a key, put a colon after it: `{}`", format!("{key}: {rest}").trim_end());
    Some(Explanation { at: before.range(at + key.len(), 0), label: "a colon is missing here".to_owned(), help })
}

/// A text with a colon, which is read as a key.
fn find_colon_in_text(line: Line<'_>) -> Option<Explanation> {
    let (at, content) = line.content();
    let (key, rest) = content.split_once(": ")?;
    let (text, comment) = split_comment(rest);
    let colon = text.find(": ")?;
    let is_quoted = text.trim_start().starts_with(['{', '[', '"', '\'']);
    (!is_quoted).then(|| Explanation {
        at: line.range(at + key.len() + 2 + colon, 1),
        label: "this colon is read as the end of a key".to_owned(),
        help: format!(
            "text that contains a colon and a space must be in quotes: `{}: {}{comment}`",
            key.trim(),
            in_quotes(text)
        ),
    })
}

/// A value, and the comment after it with the spaces before it.
fn split_comment(value: &str) -> (&str, &str) {
    let end = value.find(" #").unwrap_or(value.len());
    value.split_at(value[..end].trim_end().len())
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.trim().replace('\\', "\\\\").replace('"', "\\\""))
}

/// A line that is not indented like the lines that it belongs with.
fn find_indentation(line: Line<'_>, before: Line<'_>) -> Option<Explanation> {
    let (indent, indent_before) = (line.indent().len(), before.indent().len());
    let column = before.content().0;
    let (_, value) = before.value();
    let spaces = |count: usize| format!("{count} {}", if count == 1 { "space" } else { "spaces" });
    // The line before may be a key with a value, which nothing can be indented under.
    let is_nested = !value.is_empty() && indent > column;
    let is_misaligned = indent < column && indent.abs_diff(column) == 1 || indent.abs_diff(indent_before) == 1;
    (is_nested || is_misaligned).then(|| Explanation {
        at: line.range(0, indent),
        label: format!("this line is indented by {}", spaces(indent)),
        help: format!(
            "the text of the line before starts in column {}: lines that belong together must start in the same column",
            column + 1
        ),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::diagnostic::Findings;
    use crate::manifest::ManifestFile;

    const VALID: &str = "disc:\n  title: Two reports\n  languages: [en, fr]\nsections:\n  - id: needs\n    reports:\n      - id: africa\n        title: Africa\n        variants:\n          en: a.pdf\n          fr: b.pdf\n";

    /// The line that the first finding points to, and its help.
    fn first_line_and_help(correct: &str, mistake: &str) -> (usize, String) {
        assert_eq!(VALID.matches(correct).count(), 1, "{correct}");
        let text = VALID.replace(correct, mistake);
        let mut findings = Findings::default();
        let file = ManifestFile::in_memory(text.into_bytes(), std::path::Path::new("."), &mut findings);
        if !findings.has_errors() {
            file.parse(&mut findings);
        }
        let records = crate::diagnostic::finding_records(&findings, &file);
        let first = records.into_iter().next().unwrap_or_else(|| panic!("nothing is wrong with {mistake}"));
        (first.line.unwrap(), first.help.join(" "))
    }

    #[test]
    fn common_mistakes_are_reported_where_they_were_made() {
        let cases = [
            ("          fr: b", "\t  fr: b", 11, "indent this line with spaces"),
            ("fr: b", "fr:\tb", 11, "put a space here instead of the tab"),
            ("en: a", "en:a", 10, "put a space after the colon: `en: a.pdf`"),
            ("fr: b", "fr:b", 11, "put a space after the colon: `fr: b.pdf`"),
            ("title: Two", "title:Two", 2, "put a space after the colon: `title: Two reports`"),
            ("title: Africa", "title: \"Africa", 8, "add a \" at the end of the text"),
            ("en: a.pdf", "en: \"files\\documents\\a.pdf\"", 10, "write `/` between folders"),
            ("title: Africa", "title: \"Africa \\& Asia\"", 8, "write `\\\\` for a backslash"),
            ("title: Africa", "title: \"Africa\\ud800\"", 8, "write the character itself"),
            ("title: Two reports", "title: 'Two reports", 2, "add a ' at the end of the text"),
            ("fr: b.pdf", "fr: \"b.pdf", 11, "add a \" at the end of the text"),
            ("title: Africa", "title: 'Women's report'", 8, "write `title: \"Women's report\"`"),
            ("title: Africa", "title: \"The \"new\" report\"", 8, "as in `title: \"The “new” report\"`"),
            ("        title: Africa", "       title: Africa", 8, "line before starts in column 9"),
            ("        title: Africa", "         title: Africa", 8, "line before starts in column 9"),
            ("[en, fr]", "[en, fr", 3, "add a `]` at the end: `[en, fr]`"),
            ("[en, fr]", "en, fr]: [a", 3, ""),
            ("title: Africa", "title: Africa: needs", 8, "in quotes: `title: \"Africa: needs\"`"),
            (
                "title: Africa",
                "title: Africa: \"needs\"  # check: a guess",
                8,
                "in quotes: `title: \"Africa: \\\"needs\\\"\"  # check: a guess`",
            ),
            ("title: Africa", "title: @Africa  # a", 8, "in quotes: `title: \"@Africa\"  # a`"),
            ("title: Africa", "title: @Africa", 8, "in quotes: `title: \"@Africa\"`"),
            ("title: Africa", "title: *Africa*", 8, "in quotes: `title: \"*Africa*\"`"),
            ("- id: africa", "-id: africa", 7, "put a space after the hyphen: `- id: africa`"),
            ("title: Africa", "title： Africa", 8, "an ordinary colon and a space: `title: Africa`"),
            ("title: Africa", "title Africa", 8, "put a colon after it: `title: Africa`"),
        ];
        for (correct, mistake, line, help) in cases {
            let (actual_line, actual_help) = first_line_and_help(correct, mistake);
            assert!(actual_line == line && actual_help.contains(help), "{mistake}: line {actual_line}: {actual_help}");
        }
    }
}
