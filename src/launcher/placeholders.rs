//! Placeholders in interface strings: `{number}`, and `{number, plural, one {# page} other {# pages}}` with a form for each
//! plural category of the language, in the notation of ICU messages.

use std::collections::BTreeSet;

use crate::language::{Plurals, decimal_digit};

/// The names of the plural categories (CLDR).
const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// A piece of a string. `written` is the piece as it is in the string, with its braces.
enum Piece<'t> {
    Text(&'t str),
    /// `{name}`.
    Placeholder {
        name: &'t str,
        written: &'t str,
    },
    /// `{name, plural, …}`, with the text for each plural category.
    Plural {
        name: &'t str,
        forms: Vec<(&'t str, &'t str)>,
        written: &'t str,
    },
}

/// The names of the placeholders of a string.
pub(super) fn placeholders(text: &str) -> BTreeSet<&str> {
    pieces(text)
        .into_iter()
        .flat_map(|piece| match piece {
            Piece::Text(_) => Vec::new(),
            Piece::Placeholder { name, .. } => vec![name],
            Piece::Plural { name, forms, .. } => {
                forms.into_iter().flat_map(|(_, form)| placeholders(form)).chain([name]).collect()
            }
        })
        .collect()
}

/// The categories for which a text has a form.
#[cfg(test)]
pub(super) fn plural_categories(text: &str) -> BTreeSet<&str> {
    let forms = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Plural { forms, .. } => Some(forms),
        _ => None,
    });
    forms.flatten().map(|(category, _)| category).collect()
}

/// Whether a text has forms for the plural.
pub(super) fn has_plural(text: &str) -> bool {
    pieces(text).iter().any(|piece| matches!(piece, Piece::Plural { .. }))
}

/// Replaces the placeholders of a text. Placeholders without a value stay as they are. Numbers may be written with the digits and
/// separators of any language.
pub(super) fn fill(text: &str, values: &[(&str, &str)], plurals: &Plurals) -> String {
    let value_of = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Placeholder { name, written } => filled.push_str(value_of(name).unwrap_or(written)),
            Piece::Plural { name, forms, written } => {
                let Some(value) = value_of(name) else {
                    filled.push_str(written);
                    continue;
                };
                let category = count_in(value).map_or("other", |count| plurals.category(count));
                let form_of = |wanted: &str| forms.iter().find(|(category, _)| *category == wanted);
                // A string may omit the form for a rare category, such as that of millions in French.
                let form = form_of(category).or_else(|| form_of("other")).or(forms.last());
                let form = form.map_or("", |(_, form)| *form);
                // The `#` in `&#39;`, which is an apostrophe in HTML, does not stand for the number.
                let mut before = ' ';
                for part in form.split_inclusive('#') {
                    let start = part.strip_suffix('#').unwrap_or(part);
                    filled.push_str(&fill(start, values, plurals));
                    before = start.chars().last().unwrap_or(before);
                    if start.len() < part.len() {
                        filled.push_str(if before == '&' { "#" } else { value });
                        before = '#';
                    }
                }
            }
        }
    }
    filled
}

/// The whole number in a text such as `1,234` or `١٢`.
fn count_in(text: &str) -> Option<u64> {
    let mut digits = text.chars().filter_map(decimal_digit).peekable();
    digits.peek()?;
    digits.try_fold(0_u64, |number, digit| number.checked_mul(10)?.checked_add(u64::from(digit)))
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        let inside = closing_brace(from).map(|end| (&from[1..end], &from[..=end], &from[end + 1..]));
        match inside {
            Some((content, written, after)) => {
                pieces.push(match parse_plural(content) {
                    Some((name, forms)) => Piece::Plural { name, forms, written },
                    None if content.contains('{') => Piece::Text(written),
                    None => Piece::Placeholder { name: content, written },
                });
                rest = after;
            }
            None => {
                pieces.push(Piece::Text(from));
                return pieces;
            }
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The position of the brace that closes the one at the start of a text.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, character)| {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}

/// The name and the forms of `number, plural, one {…} other {…}`. The form for `other` is required.
fn parse_plural(content: &str) -> Option<(&str, Vec<(&str, &str)>)> {
    let (name, rest) = content.split_once(',')?;
    let mut rest = rest.trim_start().strip_prefix("plural")?.trim_start().strip_prefix(',')?.trim();
    let mut forms = Vec::new();
    while !rest.is_empty() {
        let (category, from) = rest.split_at(rest.find('{')?);
        let category = category.trim();
        let end = closing_brace(from)?;
        CATEGORIES.contains(&category).then(|| forms.push((category, &from[1..end])))?;
        rest = from[end + 1..].trim_start();
    }
    forms.iter().any(|(category, _)| *category == "other").then_some((name.trim(), forms))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn filled(tag: &str, text: &str, values: &[(&str, &str)]) -> String {
        fill(text, values, &Plurals::new(&Language::parse(tag).unwrap()))
    }

    #[test]
    fn placeholders_are_filled_once() {
        assert_eq!(filled("en", "{a} and {b}, {c}", &[("a", "{b}"), ("b", "2")]), "{b} and 2, {c}");
        assert_eq!(filled("en", "no end {a", &[("a", "1")]), "no end {a");
    }

    #[test]
    fn each_number_has_the_form_of_its_language() {
        let english = "{n, plural, one {# page} other {# pages}}";
        let pages = |number| filled("en", english, &[("n", number)]);
        assert_eq!([pages("0"), pages("1"), pages("1,001")], ["0 pages", "1 page", "1,001 pages"]);
        let russian = "{n, plural, one {# файл} few {# файла} many {# файлов} other {# файла}}";
        let files = |number| filled("ru", russian, &[("n", number)]);
        assert_eq!(
            [files("1"), files("2"), files("5"), files("11"), files("21"), files("1\u{a0}004")]
                .map(|text| { text.split_whitespace().last().unwrap().to_owned() }),
            ["файл", "файла", "файлов", "файлов", "файл", "файла"]
        );
        let arabic = "{n, plural, zero {zero} one {one} two {two} few {few} many {many} other {other}}";
        let form = |number| filled("ar", arabic, &[("n", number)]);
        assert_eq!(
            [form("0"), form("1"), form("٢"), form("٣"), form("11"), form("100")],
            ["zero", "one", "two", "few", "many", "other"]
        );
        // French has a form for millions, which may be left out.
        assert_eq!(filled("fr", "{n, plural, one {# page} other {# pages}}", &[("n", "1 000 000")]), "1 000 000 pages");
    }

    #[test]
    fn forms_may_have_other_placeholders_and_apostrophes() {
        let text = "{n, plural, one {it&#39;s # in {languages}} other {they&#39;re # in {languages}}}.";
        let filled = |number| filled("en", text, &[("n", number), ("languages", "<b>#</b>")]);
        assert_eq!([filled("1"), filled("2")], ["it&#39;s 1 in <b>#</b>.", "they&#39;re 2 in <b>#</b>."]);
        assert_eq!(placeholders(text), BTreeSet::from(["n", "languages"]));
    }

    #[test]
    fn what_is_not_a_plural_stays_as_it_is() {
        for text in
            ["{n, plural, one {#}}", "{n, plural, some {#} other {#}}", "{n, plural other {#}}", "{n, plural, other #}"]
        {
            assert_eq!(filled("en", text, &[("n", "1")]), text, "{text}");
            assert!(!has_plural(text));
        }
    }
}
