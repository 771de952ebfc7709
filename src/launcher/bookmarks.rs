//! The bookmarks of PDFs, in the order in which their titles are read.

use crate::language::{CharDirection, char_direction};

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
    use super::in_reading_order;

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
