//! Assembles glyphs with their positions into lines of text in reading order.

use hayro_interpret::kurbo::Point;

use crate::language::{CharDirection, char_direction, nfkc};

/// A glyph on a page.
pub(super) struct Glyph {
    /// Its characters; `None` if the PDF does not say.
    pub text: Option<String>,
    /// Its origin, on a page whose y axis points down.
    pub start: Point,
    /// The origin of the next glyph.
    pub end: Point,
    /// The point above the origin at the height of the font.
    pub above: Point,
}

/// The smallest gap between glyphs that counts as a space, as a fraction of their height.
const MIN_SPACE_WIDTH: f64 = 0.18;

/// The greatest distance of a glyph from the baseline of its line, as a fraction of its height. It is
/// large enough for superscripts.
const MAX_BASELINE_SHIFT: f64 = 0.45;

/// Assembles the text of a page from glyphs in the order in which they are drawn.
#[derive(Default)]
pub(super) struct LineAssembler {
    text: String,
    line: Vec<PlacedGlyph>,
    /// The number of characters of the glyphs whose text is known.
    pub known_characters: usize,
    /// The number of glyphs whose text is unknown.
    pub unknown_glyphs: usize,
    /// The lines with their places, if they are wanted.
    pub placed_lines: Option<Vec<PlacedLine>>,
}

/// A line of text on a page.
pub(super) struct PlacedLine {
    pub text: String,
    /// The height of the font of most of its letters.
    pub height: f64,
    /// Its baseline, from the top of the page.
    pub y: f64,
    /// Whether it is written from side to side.
    pub is_horizontal: bool,
}

/// A glyph in its line.
struct PlacedGlyph {
    text: String,
    /// Where it begins and ends along the line.
    from: f64,
    to: f64,
    /// The height of the font.
    height: f64,
    start: Point,
    /// The direction of the line, a vector of length 1.
    direction: (f64, f64),
}

impl LineAssembler {
    /// Adds the next glyph that is drawn.
    pub(super) fn push(&mut self, glyph: Glyph) {
        let height = (glyph.above - glyph.start).hypot();
        let text = match glyph.text {
            Some(text) if text.chars().any(is_unknown) => None,
            text => text,
        };
        let Some(text) = text else {
            self.unknown_glyphs += 1;
            return;
        };
        self.known_characters += text.chars().count();
        if !(height.is_finite() && height > 0.0) {
            return;
        }
        let width = (glyph.end - glyph.start).hypot();
        let direction = match width {
            width if width > 0.0 => ((glyph.end.x - glyph.start.x) / width, (glyph.end.y - glyph.start.y) / width),
            _ => self.line.last().map_or((1.0, 0.0), |last| last.direction),
        };
        if let Some(first) = self.line.first() {
            let (dx, dy) = (glyph.start.x - first.start.x, glyph.start.y - first.start.y);
            let baseline_distance = (dy * first.direction.0 - dx * first.direction.1).abs();
            let is_turned = direction.0 * first.direction.0 + direction.1 * first.direction.1 < 0.9;
            if baseline_distance > MAX_BASELINE_SHIFT * first.height.max(height) || is_turned {
                self.end_line();
            }
        }
        let axis = self.line.first().map_or(direction, |first| first.direction);
        let from = glyph.start.x * axis.0 + glyph.start.y * axis.1;
        self.line.push(PlacedGlyph { text, from, to: from + width, height, start: glyph.start, direction: axis });
    }

    /// The approximate size of the text so far.
    pub(super) fn text_bytes(&self) -> usize {
        self.text.len() + self.line.len()
    }

    /// The text: the lines of the page, with words that were hyphenated at the end of a line joined.
    pub(super) fn into_text(mut self) -> String {
        self.end_line();
        join_hyphenated_words(&self.text)
    }

    /// Completes the line.
    pub(super) fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        let has_right_to_left_text = line.iter().any(|glyph| glyph.text.chars().any(is_right_to_left));
        if has_right_to_left_text {
            line.sort_by(|a, b| a.from.total_cmp(&b.from));
        }
        // The glyphs and the spaces between them: from left to right in a line with right-to-left text,
        // otherwise in the order in which they are drawn.
        let mut pieces: Vec<String> = Vec::with_capacity(line.len() * 5 / 4);
        let mut before: Option<&PlacedGlyph> = None;
        for glyph in &line {
            if let Some(before) = before {
                let gap = glyph.from - before.to;
                let size = before.height.max(glyph.height);
                // A glyph far to the left is in another column or text run.
                let is_apart = gap > MIN_SPACE_WIDTH * size || gap < -1.5 * size;
                let has_space = pieces.last().is_some_and(|last| last.ends_with(char::is_whitespace));
                if is_apart && !has_space && !glyph.text.starts_with(char::is_whitespace) {
                    pieces.push(" ".to_owned());
                }
            }
            pieces.push(expand_presentation_forms(&glyph.text));
            before = Some(glyph);
        }
        let text = if has_right_to_left_text { to_reading_order(pieces) } else { pieces.concat() };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            self.text.push_str(&text);
            self.text.push('\n');
            if let (Some(lines), Some(first)) = (&mut self.placed_lines, line.first()) {
                let is_horizontal = first.direction.0.abs() > 0.9;
                lines.push(PlacedLine { text, height: letter_height(&line), y: first.start.y, is_horizontal });
            }
        }
    }
}

/// The height of the font of the letters of a line: the greatest that at least a quarter of them have, so that neither a
/// large initial nor the small letters of small capitals decide.
fn letter_height(line: &[PlacedGlyph]) -> f64 {
    let has_letter = |glyph: &&PlacedGlyph| glyph.text.chars().any(char::is_alphanumeric);
    let mut heights: Vec<f64> = line.iter().filter(has_letter).map(|glyph| glyph.height).collect();
    heights.sort_by(|a, b| b.total_cmp(a));
    heights.get(heights.len() / 4).copied().or_else(|| line.first().map(|glyph| glyph.height)).unwrap_or_default()
}

/// Joins words that are hyphenated at the end of a line.
pub(super) fn join_hyphenated_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let hyphenated =
            line.strip_suffix(['-', '\u{ad}', '\u{2010}']).filter(|rest| rest.ends_with(char::is_alphabetic));
        let continues = lines.peek().is_some_and(|next| next.starts_with(char::is_lowercase));
        match hyphenated {
            Some(rest) if continues => out.push_str(rest),
            _ => {
                out.push_str(line);
                if lines.peek().is_some() {
                    out.push('\n');
                }
            }
        }
    }
    out
}

/// Replaces ligatures and the contextual shapes of Arabic letters with the letters themselves.
fn expand_presentation_forms(text: &str) -> String {
    let is_presentation_form = |character: char| matches!(character, '\u{fb00}'..='\u{fb06}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    if text.chars().any(is_presentation_form) { nfkc(text).into_owned() } else { text.to_owned() }
}

/// Whether a character carries no text: private use, control and replacement characters.
fn is_unknown(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. | '\u{fffd}')
        || (character.is_control() && !character.is_whitespace())
}

fn is_right_to_left(character: char) -> bool {
    char_direction(character) == Some(CharDirection::RightToLeft)
}

/// The direction of the first character that has one.
fn text_direction(text: &str) -> Option<CharDirection> {
    text.chars().find_map(char_direction)
}

/// Reorders the pieces of a line from left-to-right order into reading order. This reverses the reordering that a
/// renderer does for display (Unicode Standard Annex 9, rule L2).
fn to_reading_order(mut pieces: Vec<String>) -> String {
    let directions: Vec<Option<CharDirection>> = pieces.iter().map(|piece| text_direction(piece)).collect();
    let count = |wanted| directions.iter().filter(|direction| **direction == wanted).count();
    let base = if count(Some(CharDirection::RightToLeft)) >= count(Some(CharDirection::LeftToRight)) {
        CharDirection::RightToLeft
    } else {
        CharDirection::LeftToRight
    };
    // A piece without a direction takes the direction of its neighbours if they agree, otherwise that of the line.
    let mut reversed: Vec<bool> = Vec::with_capacity(pieces.len());
    for (at, direction) in directions.iter().enumerate() {
        let is_strong = |direction: &&Option<CharDirection>| {
            matches!(direction, Some(CharDirection::LeftToRight | CharDirection::RightToLeft))
        };
        let is_reversed = match direction {
            Some(CharDirection::LeftToRight) => false,
            Some(CharDirection::RightToLeft) => true,
            // Numbers are read from left to right in every line.
            Some(CharDirection::Number) => false,
            None => {
                let is_number = |at: usize| directions.get(at) == Some(&Some(CharDirection::Number));
                let is_separator = at > 0 && is_number(at - 1) && is_number(at + 1) && pieces[at].trim() == pieces[at];
                let before = directions[..at].iter().rev().find(is_strong);
                let after = directions[at..].iter().find(is_strong);
                match (before, after) {
                    _ if is_separator => false,
                    (Some(before), Some(after)) if before == after => *before == Some(CharDirection::RightToLeft),
                    _ => base == CharDirection::RightToLeft,
                }
            }
        };
        reversed.push(is_reversed);
    }
    let mut out = String::new();
    let mut runs: Vec<(bool, Vec<String>)> = Vec::new();
    for (piece, is_reversed) in pieces.drain(..).zip(reversed) {
        match runs.last_mut() {
            Some((run_is_reversed, run)) if *run_is_reversed == is_reversed => run.push(piece),
            _ => runs.push((is_reversed, vec![piece])),
        }
    }
    if base == CharDirection::RightToLeft {
        runs.reverse();
        for (is_reversed, run) in runs {
            if is_reversed {
                run.iter().rev().for_each(|piece| out.push_str(&mirror_bracket(piece)))
            } else {
                out.extend(run)
            }
        }
        return out;
    }
    // In a left-to-right line, a number between right-to-left words is part of the right-to-left text.
    let mut at = 0;
    while at < runs.len() {
        let last = (at..runs.len()).take_while(|next| runs[*next].0 || is_numeric(&runs[*next].1)).last();
        match last.filter(|_| runs[at].0) {
            Some(last) => {
                let last = if runs[last].0 { last } else { last.saturating_sub(1).max(at) };
                for (is_reversed, run) in runs[at..=last].iter().rev() {
                    if *is_reversed {
                        run.iter().rev().for_each(|piece| out.push_str(&mirror_bracket(piece)))
                    } else {
                        out.extend(run.iter().cloned())
                    }
                }
                at = last + 1;
            }
            None => {
                out.extend(runs[at].1.iter().cloned());
                at += 1;
            }
        }
    }
    out
}

fn is_numeric(run: &[String]) -> bool {
    run.iter().all(|piece| text_direction(piece) != Some(CharDirection::LeftToRight))
        && run.iter().any(|piece| text_direction(piece) == Some(CharDirection::Number))
}

/// Swaps a bracket in right-to-left text, which was drawn as its mirror image, back to the original character.
fn mirror_bracket(piece: &str) -> String {
    let mirror = |character| match character {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '«' => '»',
        '»' => '«',
        other => other,
    };
    if piece.chars().count() == 1 { piece.chars().map(mirror).collect() } else { piece.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a line with one glyph for each character into reading order.
    fn reorder(visual: &str) -> String {
        to_reading_order(visual.chars().map(String::from).collect())
    }

    #[test]
    fn right_to_left_lines_are_read_from_the_right() {
        assert_eq!(reorder("ملاس"), "سالم");
        assert_eq!(reorder("باتك ىرتشا دمحأ"), "أحمد اشترى كتاب");
        // Numbers with their separators and Latin words keep their order.
        assert_eq!(reorder("1325 رارقلا"), "القرار 1325");
        assert_eq!(reorder("2008/06/30 خيراتلا"), "التاريخ 2008/06/30");
        assert_eq!(reorder("ةيملاعلا WHO world ةمظنم"), "منظمة WHO world العالمية");
        // Brackets are drawn as their mirror images.
        assert_eq!(reorder("(بأ) ج"), "ج (أب)");
    }

    #[test]
    fn right_to_left_words_in_a_left_to_right_line_are_reversed() {
        assert_eq!(reorder("The word ملاس means peace"), "The word سالم means peace");
    }

    #[test]
    fn hyphenated_words_are_joined() {
        assert_eq!(join_hyphenated_words("inter-\nnational\nlaw"), "international\nlaw");
        assert_eq!(join_hyphenated_words("Anglo-\nSaxon\n5-\n6"), "Anglo-\nSaxon\n5-\n6");
    }
}
