//! Puts the pieces of a line with right-to-left text into reading order.

use std::cmp::Ordering;

use crate::language::{CharDirection, char_direction};

/// The direction of the first character that has one.
fn text_direction(text: &str) -> Option<CharDirection> {
    text.chars().find_map(char_direction)
}

/// A line in reading order.
pub(super) struct OrderedLine {
    pub text: String,
    pub brackets: Brackets,
}

/// How a line with right-to-left text stores its brackets. A bracket in such text is displayed as its mirror image. Most
/// documents store the displayed characters; some store the original ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Brackets {
    /// The line has no brackets.
    None,
    Mirrored,
    Unmirrored,
    /// The line does not show it, for example because a bracket is closed only in the next line. [`OrderedLine::text`]
    /// assumes that they are mirror images. This is the same line on the assumption that they are not.
    Unclear(String),
}

/// Reorders the pieces of a line from left-to-right order into reading order. This reverses the reordering that a
/// renderer does for display (Unicode Standard Annex 9, rule L2).
pub(super) fn to_reading_order(pieces: Vec<String>) -> OrderedLine {
    let reversed = reversed_pieces(&pieces);
    let count = |wanted| pieces.iter().filter(|piece| text_direction(piece) == Some(wanted)).count();
    let is_right_to_left = count(CharDirection::RightToLeft) >= count(CharDirection::LeftToRight);
    let mut runs: Vec<(bool, Vec<String>)> = Vec::new();
    for (piece, is_reversed) in pieces.into_iter().zip(reversed) {
        match runs.last_mut() {
            Some((run_is_reversed, run)) if *run_is_reversed == is_reversed => run.push(piece),
            _ => runs.push((is_reversed, vec![piece])),
        }
    }
    let join = if is_right_to_left { join_right_to_left } else { join_left_to_right };
    let (mirrored, unmirrored) = (join(&runs, true), join(&runs, false));
    if mirrored == unmirrored {
        return OrderedLine { text: mirrored, brackets: Brackets::None };
    }
    match unpaired_brackets(&mirrored).cmp(&unpaired_brackets(&unmirrored)) {
        Ordering::Less => OrderedLine { text: mirrored, brackets: Brackets::Mirrored },
        Ordering::Greater => OrderedLine { text: unmirrored, brackets: Brackets::Unmirrored },
        Ordering::Equal => OrderedLine { text: mirrored, brackets: Brackets::Unclear(unmirrored) },
    }
}

/// Which pieces are read from right to left.
fn reversed_pieces(pieces: &[String]) -> Vec<bool> {
    use CharDirection::{LeftToRight, Number, RightToLeft};
    let directions: Vec<Option<CharDirection>> = pieces.iter().map(|piece| text_direction(piece)).collect();
    let count = |wanted| directions.iter().filter(|direction| **direction == Some(wanted)).count();
    let base_is_reversed = count(RightToLeft) >= count(LeftToRight);
    // A number after left-to-right letters belongs to them (Unicode Standard Annex 9, rule W7).
    let mut is_after_letters = Vec::with_capacity(pieces.len());
    let mut last_strong = None;
    for direction in &directions {
        if matches!(direction, Some(LeftToRight | RightToLeft)) {
            last_strong = *direction;
        }
        is_after_letters.push(last_strong == Some(LeftToRight));
    }
    let mut reversed = Vec::with_capacity(pieces.len());
    let mut before = None;
    while let Some(direction) = directions.get(reversed.len()) {
        let index = reversed.len();
        match direction {
            // Numbers are read from left to right in every line.
            Some(LeftToRight | Number) => reversed.push(false),
            Some(RightToLeft) => reversed.push(true),
            None => {
                let length = directions[index..].iter().take_while(|direction| direction.is_none()).count();
                let after = directions.get(index + length).copied().flatten();
                let is_unspaced =
                    pieces[index..index + length].iter().all(|piece| !piece.contains(char::is_whitespace));
                let is_reversed = match (before, after) {
                    (Some(RightToLeft), Some(RightToLeft)) => true,
                    (None | Some(RightToLeft), _) | (_, None | Some(RightToLeft)) => base_is_reversed,
                    // Punctuation inside a document symbol or a date.
                    _ if is_unspaced => false,
                    _ if index > 0 && is_after_letters[index - 1] => false,
                    _ => base_is_reversed,
                };
                reversed.extend(std::iter::repeat_n(is_reversed, length));
                continue;
            }
        }
        before = *direction;
    }
    reversed
}

fn push_reversed(out: &mut String, run: &[String], mirror: bool) {
    for piece in run.iter().rev() {
        if mirror { out.push_str(&mirror_bracket(piece)) } else { out.push_str(piece) }
    }
}

fn join_right_to_left(runs: &[(bool, Vec<String>)], mirror: bool) -> String {
    let mut out = String::new();
    for (is_reversed, run) in runs.iter().rev() {
        if *is_reversed { push_reversed(&mut out, run, mirror) } else { out.extend(run.iter().map(String::as_str)) }
    }
    out
}

/// In a left-to-right line, a number between right-to-left words is part of the right-to-left text.
fn join_left_to_right(runs: &[(bool, Vec<String>)], mirror: bool) -> String {
    let mut out = String::new();
    let mut first = 0;
    while first < runs.len() {
        let last = (first..runs.len()).take_while(|next| runs[*next].0 || is_numeric(&runs[*next].1)).last();
        match last.filter(|_| runs[first].0) {
            Some(last) => {
                let last = if runs[last].0 { last } else { last.saturating_sub(1).max(first) };
                out.push_str(&join_right_to_left(&runs[first..=last], mirror));
                first = last + 1;
            }
            None => {
                out.extend(runs[first].1.iter().map(String::as_str));
                first += 1;
            }
        }
    }
    out
}

fn is_numeric(run: &[String]) -> bool {
    run.iter().all(|piece| text_direction(piece) != Some(CharDirection::LeftToRight))
        && run.iter().any(|piece| text_direction(piece) == Some(CharDirection::Number))
}

const BRACKETS: [(char, char); 5] = [('(', ')'), ('[', ']'), ('«', '»'), ('{', '}'), ('‹', '›')];

/// Replaces a bracket by its mirror image. Returns any other piece unchanged.
fn mirror_bracket(piece: &str) -> String {
    let mirror = |character| {
        BRACKETS.iter().find_map(|(open, close)| match character {
            _ if character == *open => Some(*close),
            _ if character == *close => Some(*open),
            _ => None,
        })
    };
    let mut characters = piece.chars();
    match (characters.next().and_then(mirror), characters.next()) {
        (Some(mirrored), None) => mirrored.to_string(),
        _ => piece.to_owned(),
    }
}

/// How many brackets have no partner.
fn unpaired_brackets(text: &str) -> usize {
    let mut open: Vec<char> = Vec::new();
    let mut unpaired = 0;
    for character in text.chars() {
        if let Some((_, close)) = BRACKETS.iter().find(|(start, _)| *start == character) {
            open.push(*close);
        } else if BRACKETS.iter().any(|(_, close)| *close == character) {
            match open.last() == Some(&character) {
                true => drop(open.pop()),
                false => unpaired += 1,
            }
        }
    }
    unpaired + open.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a line with one glyph for each character into reading order.
    fn reorder(visual: &str) -> String {
        to_reading_order(visual.chars().map(String::from).collect()).text
    }

    #[test]
    fn brackets_may_be_unclear() {
        let brackets = |visual: &str| to_reading_order(visual.chars().map(String::from).collect()).brackets;
        assert_eq!(brackets("ج بأ"), Brackets::None);
        assert_eq!(brackets("(بأ) ج"), Brackets::Mirrored);
        assert_eq!(brackets(")بأ( ج"), Brackets::Unmirrored);
        assert_eq!(brackets("بأ) ج"), Brackets::Unclear("ج )أب".to_owned()));
    }

    #[test]
    fn right_to_left_lines_are_read_from_the_right() {
        assert_eq!(reorder("ملاس"), "سالم");
        assert_eq!(reorder("باتك ىرتشا دمحأ"), "أحمد اشترى كتاب");
        // Numbers with their separators and Latin words keep their order.
        assert_eq!(reorder("1325 رارقلا"), "القرار 1325");
        assert_eq!(reorder("2008/06/30 خيراتلا"), "التاريخ 2008/06/30");
        assert_eq!(reorder("ةيملاعلا WHO world ةمظنم"), "منظمة WHO world العالمية");
        // Brackets that are stored as their mirror images.
        assert_eq!(reorder("(بأ) ج"), "ج (أب)");
        // Brackets that are stored unmirrored.
        assert_eq!(reorder(")بأ( ج"), "ج (أب)");
    }

    #[test]
    fn symbols_keep_their_order_in_right_to_left_lines() {
        assert_eq!(reorder("A/74/120 ةقيثولا"), "الوثيقة A/74/120");
        assert_eq!(reorder("اهيلإ S/RES/1325 رارقلا"), "القرار S/RES/1325 إليها");
        assert_eq!(reorder("120/A ةقيثولا"), "الوثيقة 120/A");
        assert_eq!(reorder("(2000) 1325 رارقلا"), "القرار 1325 (2000)");
        assert_eq!(reorder("ISO 9660 ةفصاوملا"), "المواصفة ISO 9660");
    }

    #[test]
    fn right_to_left_words_in_a_left_to_right_line_are_reversed() {
        assert_eq!(reorder("The word ملاس means peace"), "The word سالم means peace");
    }
}
