//! What an author did where the YAML parser stopped: the usual mistakes, told where they are and not where they
//! were noticed.

use std::ops::Range;

use crate::diagnostic::{Finding, Place};

/// How many lines before the place may hold the beginning of what was not closed.
const BACK: usize = 100;

/// A mistake: its bytes, what stands there, and the remedy.
struct Mistake {
    at: Range<usize>,
    label: String,
    help: String,
}

/// A line of the manifest, and where it begins.
#[derive(Clone, Copy)]
struct Line<'t> {
    start: usize,
    text: &'t str,
}

impl<'t> Line<'t> {
    fn indent(&self) -> &'t str {
        &self.text[..self.text.len() - self.text.trim_start().len()]
    }

    /// What stands behind the hyphens of a list: where it begins in the line, and the text.
    fn content(&self) -> (usize, &'t str) {
        let mut at = self.indent().len();
        while let Some(rest) = self.text[at..].strip_prefix("- ") {
            at = self.text.len() - rest.trim_start().len();
        }
        (at, self.text[at..].trim_end())
    }

    /// The value of the key that stands in it, or else of the list's entry: where it begins, and the text.
    fn value(&self) -> (usize, &'t str) {
        let (at, content) = self.content();
        let behind = key_of(content).and_then(|key| content[key.len() + 1..].strip_prefix(' ').map(str::trim_start));
        behind.map_or((at, content), |value| (at + content.len() - value.len(), value))
    }

    fn range(&self, from: usize, length: usize) -> Range<usize> {
        self.start + from..self.start + from + length
    }

    fn says_something(&self) -> bool {
        let text = self.text.trim_start();
        !text.is_empty() && !text.starts_with('#')
    }
}

/// The key before the first colon, if what is there looks like one.
fn key_of(content: &str) -> Option<&str> {
    let (key, _) = content.split_once(':')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    (!key.is_empty() && key.chars().all(plain)).then_some(key)
}

/// A finding for an author on text that is no YAML from the byte `at` on, which the parser calls `info`.
pub(super) fn not_yaml(text: &str, at: usize, info: &str) -> Finding {
    let lines = lines(text);
    let number = lines.iter().rposition(|line| line.start <= at).unwrap_or(0);
    let found = lines.get(number).and_then(|line| {
        let before = lines[..number].iter().rev().find(|line| line.says_something()).copied();
        tab(&lines, number)
            .or_else(|| quotes(&lines[..=number], at, info))
            .or_else(|| bracket(&lines[..=number], info))
            .or_else(|| [Some(*line), before].into_iter().flatten().find_map(spelling))
            .or_else(|| before.and_then(|before| no_colon(before, info)))
            .or_else(|| colon_in_text(*line))
            .or_else(|| before.and_then(|before| indentation(*line, before)))
    });
    let message = "the manifest cannot be read from here on";
    match found {
        Some(Mistake { at, label, help }) => {
            Finding::error("not-yaml", Place::Bytes(at), message).label(label).help(help)
        }
        None => Finding::error("not-yaml", Place::Bytes(at..at), message).label(info.to_owned()).help(
            "compare this line and the one before it with the lines that work: the indentation, a missing colon, \
             a quote or bracket that is not closed",
        ),
    }
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let own = Line { start, text: line.trim_end_matches(['\n', '\r']) };
            start += line.len();
            own
        })
        .collect()
}

/// A tab, which is noticed up to two lines early.
fn tab(lines: &[Line<'_>], number: usize) -> Option<Mistake> {
    let mistake = |line: &Line<'_>, at: usize, help: &str| Mistake {
        at: line.range(at, 1),
        label: "a tab stands here".to_owned(),
        help: help.to_owned(),
    };
    let near = &lines[number..lines.len().min(number + 3)];
    let indented = near.iter().find_map(|line| {
        let at = line.indent().find('\t').filter(|_| line.says_something())?;
        Some(mistake(line, at, "indent this line with spaces instead, as many as the lines beside it have"))
    });
    indented.or_else(|| {
        let line = &lines[number];
        let at = [":\t", "-\t"].into_iter().filter_map(|sign| line.text.find(sign)).min()?;
        Some(mistake(line, at + 1, "put a space here instead of the tab"))
    })
}

/// A quote that is not closed, or closed too early.
fn quotes(lines: &[Line<'_>], at: usize, info: &str) -> Option<Mistake> {
    let line = lines.last()?;
    let (begin, value) = line.value();
    let key = line.text[..begin].trim_start();
    if info.contains("trailing content") {
        let inner = value.trim_matches(['"', '\'']);
        let label = "the text in quotes ends before this".to_owned();
        let help = match value.chars().next()? {
            '\'' if !value.contains('"') => {
                format!("an apostrophe ends a text in single quotes: write `{key}\"{inner}\"`")
            }
            '"' if value.len() > 1 && value.ends_with('"') => {
                format!("a quote ends the text: use ‘…’ or “…” within, as in `{key}\"{}\"`", typographic(inner))
            }
            _ => "what stands behind the closing quote belongs before it".to_owned(),
        };
        return Some(Mistake { at: at..at, label, help });
    }
    if !info.contains("quoted scalar") {
        return None;
    }
    let opened = lines.iter().rev().take(BACK).find_map(|line| {
        let (at, value) = line.value();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        (value.matches(quote).count() % 2 == 1).then_some((line, at, quote))
    });
    opened.map(|(line, at, quote)| Mistake {
        at: line.range(at, 1),
        label: "this quote is not closed".to_owned(),
        help: format!("put a {quote} at the end of the text, too"),
    })
}

/// Straight quotes within a text as typographic ones.
fn typographic(text: &str) -> String {
    let mut open = false;
    let turned = text.chars().map(|c| match c {
        '"' => {
            open = !open;
            if open { '“' } else { '”' }
        }
        c => c,
    });
    turned.collect()
}

/// A bracket that is not closed on its line.
fn bracket(lines: &[Line<'_>], info: &str) -> Option<Mistake> {
    if !["':' indicator", "flow", "end of stream", "',' or"].iter().any(|words| info.contains(words)) {
        return None;
    }
    lines.iter().rev().take(BACK).find_map(|line| {
        let (at, value) = line.value();
        let (open, close) = match value.chars().next()? {
            '[' => ('[', ']'),
            '{' => ('{', '}'),
            _ => return None,
        };
        (value.matches(open).count() > value.matches(close).count()).then(|| Mistake {
            at: line.range(at, 1),
            label: "this bracket is not closed".to_owned(),
            help: format!("put a `{close}` at the end, too: `{value}{close}`"),
        })
    })
}

/// A sign that means something else where it stands, or a space that lacks.
fn spelling(line: Line<'_>) -> Option<Mistake> {
    let (at, content) = line.content();
    let mistake = |from: usize, length: usize, label: String, help: String| {
        Some(Mistake { at: line.range(from, length), label, help })
    };
    if let Some(rest) = content.strip_prefix('-').filter(|rest| key_of(rest).is_some()) {
        let help = format!("put a space behind the hyphen: `- {rest}`");
        return mistake(at, 1, "no space follows this hyphen".to_owned(), help);
    }
    if let Some((key, rest)) = content.split_once('：').filter(|(key, _)| !key.contains([':', ' '])) {
        let help = format!("use a narrow colon and a space: `{key}: {}`", rest.trim());
        return mistake(at + key.len(), '：'.len_utf8(), "this is a wide colon".to_owned(), help);
    }
    if let Some(key) = key_of(content) {
        let rest = &content[key.len() + 1..];
        if !rest.is_empty() && !rest.starts_with([' ', '/', '\\']) {
            let help = format!("put a space behind the colon: `{key}: {rest}`");
            return mistake(at + key.len(), 1, "no space follows this colon".to_owned(), help);
        }
    }
    let (from, value) = line.value();
    let sign = value.chars().next().filter(|c| matches!(c, '@' | '`' | '%' | '*' | '&' | '!' | '|' | '>'))?;
    let lone = value.len() == 1;
    (!lone).then(|| Mistake {
        at: line.range(from, sign.len_utf8()),
        label: format!("`{sign}` means something else here"),
        help: format!(
            "a text that begins with it must be in quotes: `{}\"{}\"`",
            line.text[..from].trim_start(),
            value.replace('\\', "\\\\").replace('"', "\\\"")
        ),
    })
}

/// A key without its colon, which is noticed on the line behind.
fn no_colon(before: Line<'_>, info: &str) -> Option<Mistake> {
    let (at, content) = before.content();
    if !info.contains("simple key") || content.contains(':') {
        return None;
    }
    let (key, rest) = content.split_once(' ').unwrap_or((content, ""));
    let help = format!("if `{key}` is a key, put a colon behind it: `{}`", format!("{key}: {rest}").trim_end());
    Some(Mistake { at: before.range(at + key.len(), 0), label: "no colon is here".to_owned(), help })
}

/// A text with a colon, which is taken for a key.
fn colon_in_text(line: Line<'_>) -> Option<Mistake> {
    let (at, content) = line.content();
    let (key, text) = content.split_once(": ")?;
    let colon = text.find(": ")?;
    let quoted = text.trim_start().starts_with(['{', '[', '"', '\'']);
    (!quoted).then(|| Mistake {
        at: line.range(at + key.len() + 2 + colon, 1),
        label: "this colon is taken for the end of a key".to_owned(),
        help: format!("a text that holds a colon and a space must be in quotes: `{}: \"{}\"`", key.trim(), text.trim()),
    })
}

/// A line that stands between the columns.
fn indentation(line: Line<'_>, before: Line<'_>) -> Option<Mistake> {
    let (own, other) = (line.indent().len(), before.indent().len());
    let column = before.content().0;
    let (_, value) = before.value();
    let spaces = |count: usize| format!("{count} {}", if count == 1 { "space" } else { "spaces" });
    // The line before may be a key with a value, below which nothing can stand.
    let below = !value.is_empty() && own > column;
    let astray = own < column && own.abs_diff(column) == 1 || own.abs_diff(other) == 1;
    (below || astray).then(|| Mistake {
        at: line.range(0, own),
        label: format!("{} before it", spaces(own)),
        help: format!(
            "the line before it has its text in column {}: indent what belongs together alike, with as many spaces",
            column + 1
        ),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::diagnostic::Findings;
    use crate::manifest::ManifestFile;

    const SOUND: &str = "disc:\n  title: Two reports\n  languages: [en, fr]\nsections:\n  - id: needs\n    reports:\n      - id: africa\n        title: Africa\n        variants:\n          en: a.pdf\n          fr: b.pdf\n";

    /// The line that is shown, and the remedy.
    fn told(there: &str, mistake: &str) -> (usize, String) {
        assert_eq!(SOUND.matches(there).count(), 1, "{there}");
        let text = SOUND.replace(there, mistake);
        let mut findings = Findings::default();
        let file = ManifestFile::in_memory(text.into_bytes(), std::path::Path::new("."), &mut findings);
        if !findings.has_errors() {
            file.parse(&mut findings);
        }
        let records = crate::diagnostic::records(&findings, &file);
        let first = records.into_iter().next().unwrap_or_else(|| panic!("nothing is wrong with {mistake}"));
        (first.line.unwrap(), first.help.join(" "))
    }

    #[test]
    fn usual_mistakes_are_told_where_they_are() {
        let cases = [
            ("          fr: b", "\t  fr: b", 11, "indent this line with spaces"),
            ("fr: b", "fr:\tb", 11, "put a space here instead of the tab"),
            ("en: a", "en:a", 10, "put a space behind the colon: `en: a.pdf`"),
            ("fr: b", "fr:b", 11, "put a space behind the colon: `fr: b.pdf`"),
            ("title: Two", "title:Two", 2, "put a space behind the colon: `title: Two reports`"),
            ("title: Africa", "title: \"Africa", 8, "put a \" at the end of the text, too"),
            ("title: Two reports", "title: 'Two reports", 2, "put a ' at the end of the text, too"),
            ("fr: b.pdf", "fr: \"b.pdf", 11, "put a \" at the end of the text, too"),
            ("title: Africa", "title: 'Women's report'", 8, "write `title: \"Women's report\"`"),
            ("title: Africa", "title: \"The \"new\" report\"", 8, "as in `title: \"The “new” report\"`"),
            ("        title: Africa", "       title: Africa", 8, "has its text in column 9"),
            ("        title: Africa", "         title: Africa", 8, "has its text in column 9"),
            ("[en, fr]", "[en, fr", 3, "put a `]` at the end, too: `[en, fr]`"),
            ("[en, fr]", "en, fr]: [a", 3, ""),
            ("title: Africa", "title: Africa: needs", 8, "in quotes: `title: \"Africa: needs\"`"),
            ("title: Africa", "title: @Africa", 8, "in quotes: `title: \"@Africa\"`"),
            ("title: Africa", "title: *Africa*", 8, "in quotes: `title: \"*Africa*\"`"),
            ("- id: africa", "-id: africa", 7, "put a space behind the hyphen: `- id: africa`"),
            ("title: Africa", "title： Africa", 8, "a narrow colon and a space: `title: Africa`"),
            ("title: Africa", "title Africa", 8, "put a colon behind it: `title: Africa`"),
        ];
        for (there, mistake, line, help) in cases {
            let (shown, told) = told(there, mistake);
            assert!(shown == line && told.contains(help), "{mistake}: line {shown}: {told}");
        }
    }
}
