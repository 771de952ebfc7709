//! The links in stylesheets.

use std::ops::Range;

/// A link in a stylesheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CssLink {
    /// The bytes of the link, without quotes.
    pub(super) place: Range<usize>,
    /// Whether it is in quotes.
    pub(super) is_quoted: bool,
}

/// Finds the links in `url(…)` and `@import "…"`. The encoding is compatible with ASCII.
pub(super) fn find_links(css: &[u8]) -> Vec<CssLink> {
    let mut links = Vec::new();
    let mut at = 0;
    // Whether the next string is a link, as after `@import` or in `image-set(`.
    let mut expects_link = false;
    while at < css.len() {
        let rest = &css[at..];
        if rest.starts_with(b"/*") {
            at = find(css, at + 2, b"*/").map_or(css.len(), |end| end + 2);
        } else if starts_with_word(rest, b"url(") && !follows_name(css, at) {
            let start = skip_spaces(css, at + 4);
            match css.get(start) {
                Some(quote @ (b'"' | b'\'')) => {
                    let end = end_of_string(css, start + 1, *quote);
                    links.push(CssLink { place: start + 1..end, is_quoted: true });
                    at = end + 1;
                }
                _ => {
                    let mut end = start;
                    while end < css.len() && css[end] != b')' {
                        end += if css[end] == b'\\' { 2 } else { 1 };
                    }
                    let end = end.min(css.len());
                    let trimmed = css[start..end].trim_ascii_end().len();
                    links.push(CssLink { place: start..start + trimmed, is_quoted: false });
                    at = end + 1;
                }
            }
            expects_link = false;
        } else if starts_with_word(rest, b"@import") {
            expects_link = true;
            at += 7;
        } else if starts_with_word(rest, b"image-set(") {
            expects_link = true;
            at += 10;
        } else {
            match css[at] {
                quote @ (b'"' | b'\'') => {
                    let end = end_of_string(css, at + 1, quote);
                    if expects_link {
                        links.push(CssLink { place: at + 1..end, is_quoted: true });
                        expects_link = false;
                    }
                    at = end + 1;
                }
                b'\\' => at += 2,
                byte => {
                    if matches!(byte, b';' | b'{' | b'}') {
                        expects_link = false;
                    } else if byte == b',' {
                        // The next image of `image-set(`; in `@import` no comma comes before the link.
                        expects_link = links.last().is_some_and(|_| is_in_image_set(css, at));
                    }
                    at += 1;
                }
            }
        }
    }
    links
}

/// Whether the nearest open parenthesis before an offset belongs to `image-set(`.
fn is_in_image_set(css: &[u8], at: usize) -> bool {
    let mut depth = 0;
    for (index, byte) in css[..at].iter().enumerate().rev().take(2000) {
        match byte {
            b')' => depth += 1,
            b'(' if depth == 0 => {
                let function = &css[(index + 1).saturating_sub(b"image-set(".len())..=index];
                return function.eq_ignore_ascii_case(b"image-set(");
            }
            b'(' => depth -= 1,
            b';' | b'{' | b'}' => return false,
            _ => {}
        }
    }
    false
}

/// Resolves the escapes of a stylesheet, such as `\20 `.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        let mut number = String::new();
        while number.len() < 6
            && let Some(digit) = characters.next_if(char::is_ascii_hexdigit)
        {
            number.push(digit);
        }
        if number.is_empty() {
            plain.extend(characters.next().filter(|c| *c != '\n'));
        } else {
            plain.extend(u32::from_str_radix(&number, 16).ok().and_then(char::from_u32));
            characters.next_if(|c| c.is_ascii_whitespace());
        }
    }
    plain
}

/// Writes a link as a part of a stylesheet.
pub(super) fn escape(link: &str, is_quoted: bool) -> String {
    let mut escaped = String::with_capacity(link.len());
    for character in link.chars() {
        let is_special = match is_quoted {
            true => matches!(character, '"' | '\'' | '\\'),
            false => matches!(character, '"' | '\'' | '\\' | '(' | ')') || character.is_ascii_whitespace(),
        };
        if is_special {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

fn starts_with_word(bytes: &[u8], word: &[u8]) -> bool {
    bytes.len() >= word.len() && bytes[..word.len()].eq_ignore_ascii_case(word)
}

fn follows_name(css: &[u8], at: usize) -> bool {
    at > 0 && (css[at - 1].is_ascii_alphanumeric() || matches!(css[at - 1], b'-' | b'_'))
}

fn skip_spaces(css: &[u8], at: usize) -> usize {
    let at = at.min(css.len());
    at + css[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn find(bytes: &[u8], from: usize, pattern: &[u8]) -> Option<usize> {
    let from = from.min(bytes.len());
    bytes[from..].windows(pattern.len()).position(|window| window == pattern).map(|at| from + at)
}

/// Where a string ends that began before `at`.
fn end_of_string(css: &[u8], mut at: usize, quote: u8) -> usize {
    while at < css.len() && css[at] != quote && css[at] != b'\n' {
        at += if css[at] == b'\\' { 2 } else { 1 };
    }
    at.min(css.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_in_a_stylesheet() {
        let css = br#"@charset "utf-8"; @import 'a.css' screen; @import url("b.css");
            /* url(no.png) */ p::before { content: "url(no.png)"; background: URL( c\ d.png ) }
            @font-face { src: url(e.eot?#iefix) format("x"), url('f.woff') } a { content: "x" }
            b { background: IMAGE-set("g.png" 1x, 'h.png' 2x); color: rgba(0, "no", 0); my-url(no) } @namespace "no"; c { x: url() } url(i"#;
        let found: Vec<&str> =
            find_links(css).into_iter().map(|link| std::str::from_utf8(&css[link.place]).unwrap_or_default()).collect();
        assert_eq!(found, ["a.css", "b.css", "c\\ d.png", "e.eot?#iefix", "f.woff", "g.png", "h.png", "", "i"]);
    }

    #[test]
    fn escapes_are_resolved_and_written() {
        assert_eq!(unescape("a\\20 b\\)c\\e9"), "a b)cé");
        assert_eq!(escape("a.png#(x)", false), "a.png#\\(x\\)");
        assert_eq!(escape("a'b", true), "a\\'b");
    }
}
