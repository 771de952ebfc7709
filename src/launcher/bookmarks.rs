//! The bookmarks of PDFs: which of them a page shows, and the order in which their titles are read.

use crate::extraction::Heading;
use crate::language::{CharDirection, char_direction};

/// Bookmarks of the next depth are shown as well if there are at most this many together,
const MAX_AT_A_GLANCE: usize = 12;

/// or if those above them are fewer than this, such as the parts of a book.
const MIN_AT_A_GLANCE: usize = 6;

/// The depth of the bookmarks that readers need for an overview: chapters, without the sections of all chapters.
pub(super) fn shown_depth(bookmarks: &[Heading]) -> u8 {
    let count = |depth: u8| bookmarks.iter().filter(|bookmark| bookmark.depth <= depth).count();
    let deepest = bookmarks.iter().map(|bookmark| bookmark.depth).max().unwrap_or_default();
    let is_shown = |depth: &u8| count(*depth) <= MAX_AT_A_GLANCE || count(*depth - 1) < MIN_AT_A_GLANCE;
    (1..=deepest).take_while(is_shown).last().unwrap_or_default()
}

/// The title of a bookmark in the order in which it is read. Some browsers write Arabic and Hebrew titles into a PDF as they are
/// displayed, with their words from left to right. Such a title is turned round if the page that it leads to has its words in
/// the opposite order, and not as they are.
pub(super) fn in_reading_order(title: &str, page: &str) -> String {
    let words: Vec<&str> = title.split_whitespace().collect();
    let is_right_to_left = title.chars().any(|c| char_direction(c) == Some(CharDirection::RightToLeft));
    if words.len() < 2 || !is_right_to_left {
        return title.to_owned();
    }
    let on_page: Vec<String> = page.split_whitespace().map(letters).filter(|word| !word.is_empty()).collect();
    let mut wanted: Vec<String> = words.iter().map(|word| letters(word)).filter(|word| !word.is_empty()).collect();
    let is_on_page = |wanted: &[String]| !wanted.is_empty() && on_page.windows(wanted.len()).any(|part| part == wanted);
    if is_on_page(&wanted) {
        return title.to_owned();
    }
    wanted.reverse();
    if !is_on_page(&wanted) {
        return title.to_owned();
    }
    words.iter().rev().map(|word| with_sign_at_end(word)).collect::<Vec<_>>().join(" ")
}

/// A word without punctuation.
fn letters(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A word with the punctuation that stands before it at its end.
fn with_sign_at_end(word: &str) -> String {
    let rest = word.trim_start_matches(['.', ',', ':', ';', '!', '?', '،', '؛', '؟', '…']);
    let (signs, rest) = word.split_at(word.len() - rest.len());
    format!("{rest}{signs}")
}

#[cfg(test)]
mod tests {
    use super::{in_reading_order, shown_depth};
    use crate::extraction::Heading;

    #[test]
    fn chapters_are_shown_without_all_their_sections() {
        let shown = |outline: &[u8]| {
            let bookmarks = outline.iter().map(|depth| Heading { page: 0, text: String::new(), depth: *depth });
            shown_depth(&bookmarks.collect::<Vec<_>>())
        };
        let repeated = |outline: &[u8], times: usize| outline.repeat(times);
        assert_eq!(shown(&[]), 0);
        // Eight chapters of four sections.
        assert_eq!(shown(&repeated(&[0, 1, 1, 1, 1], 8)), 0);
        // Few chapters with few sections.
        assert_eq!(shown(&repeated(&[0, 1, 1], 4)), 1);
        assert_eq!(shown(&repeated(&[0, 1, 2, 2, 2, 2, 2], 6)), 1);
        // Three parts of ten chapters of two sections, and a book whose title is above everything.
        assert_eq!(shown(&repeated(&[&[0][..], &[1, 2, 2].repeat(10)].concat(), 3)), 1);
        assert_eq!(shown(&[&[0][..], &[1, 2, 2].repeat(10)].concat()), 1);
    }

    #[test]
    fn reversed_arabic_titles_are_turned_round() {
        let page = "مقدمة\nخطاب\nالكراهية\nقم بحماية.\n2024 Annual report";
        for (title, expected) in [
            ("الكراهية خطاب", "خطاب الكراهية"),
            ("خطاب الكراهية", "خطاب الكراهية"),
            (".بحماية قم", "قم بحماية."),
            // Neither order is on the page.
            ("الأرض خطاب", "الأرض خطاب"),
            ("مقدمة", "مقدمة"),
            ("report Annual", "report Annual"),
            ("", ""),
        ] {
            assert_eq!(in_reading_order(title, page), expected);
        }
    }
}
