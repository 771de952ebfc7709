//! Glyphs with their places, put together to lines of text in the order in which they are read.

use hayro_interpret::kurbo::Point;

use crate::language::{CharDirection, char_direction, nfkc};

/// A glyph on a page.
pub(super) struct Glyph {
    /// What it says; none if the PDF does not tell.
    pub text: Option<String>,
    /// Where it stands, in a page that counts downwards.
    pub start: Point,
    /// Where the next one would stand.
    pub end: Point,
    /// The height of its letters above its place.
    pub above: Point,
}

/// A gap between letters that is a space, in parts of their height.
const SPACE: f64 = 0.18;

/// How far letters of one line stand from its base, in parts of their height: exponents do.
const LINE: f64 = 0.45;

/// The text of a page while it is read.
#[derive(Default)]
pub(super) struct Lines {
    text: String,
    line: Vec<Placed>,
    /// Glyphs whose characters are known.
    pub known: usize,
    /// Glyphs of which nobody knows what they say.
    pub unknown: usize,
}

/// A glyph in its line.
struct Placed {
    text: String,
    /// Along the line.
    from: f64,
    to: f64,
    /// Across it, from the line's first glyph.
    height: f64,
    start: Point,
    along: (f64, f64),
}

impl Lines {
    /// The next glyph that is drawn.
    pub(super) fn push(&mut self, glyph: Glyph) {
        let height = (glyph.above - glyph.start).hypot();
        let text = match glyph.text {
            Some(text) if text.chars().any(is_unknown) => None,
            text => text,
        };
        let Some(text) = text else {
            self.unknown += 1;
            return;
        };
        self.known += text.chars().count();
        if !(height.is_finite() && height > 0.0) {
            return;
        }
        let width = (glyph.end - glyph.start).hypot();
        let along = match width {
            width if width > 0.0 => ((glyph.end.x - glyph.start.x) / width, (glyph.end.y - glyph.start.y) / width),
            _ => self.line.last().map_or((1.0, 0.0), |last| last.along),
        };
        if let Some(first) = self.line.first() {
            let (dx, dy) = (glyph.start.x - first.start.x, glyph.start.y - first.start.y);
            let across = (dy * first.along.0 - dx * first.along.1).abs();
            let turned = along.0 * first.along.0 + along.1 * first.along.1 < 0.9;
            if across > LINE * first.height.max(height) || turned {
                self.end_line();
            }
        }
        let axis = self.line.first().map_or(along, |first| first.along);
        let from = glyph.start.x * axis.0 + glyph.start.y * axis.1;
        self.line.push(Placed { text, from, to: from + width, height, start: glyph.start, along: axis });
    }

    /// Bytes so far.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.line.len()
    }

    /// The whole text, a line each.
    pub(super) fn into_text(mut self) -> String {
        self.end_line();
        joined(&self.text)
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        let right_to_left = line.iter().any(|glyph| glyph.text.chars().any(is_right_to_left));
        if right_to_left {
            line.sort_by(|a, b| a.from.total_cmp(&b.from));
        }
        // The glyphs with the spaces between them, in the order in which they stand or were drawn.
        let mut words: Vec<String> = Vec::with_capacity(line.len() * 5 / 4);
        let mut before: Option<&Placed> = None;
        for glyph in &line {
            if let Some(before) = before {
                let gap = glyph.from - before.to;
                let size = before.height.max(glyph.height);
                // Far to the left is another column or another run.
                let apart = gap > SPACE * size || gap < -1.5 * size;
                let spaced = words.last().is_some_and(|last| last.ends_with(char::is_whitespace));
                if apart && !spaced && !glyph.text.starts_with(char::is_whitespace) {
                    words.push(" ".to_owned());
                }
            }
            words.push(plain(&glyph.text));
            before = Some(glyph);
        }
        let text = if right_to_left { in_reading_order(words) } else { words.concat() };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            self.text.push_str(&text);
            self.text.push('\n');
        }
    }
}

/// Words that were divided at the end of a line, whole again.
fn joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let divided = line.strip_suffix(['-', '\u{ad}', '\u{2010}']).filter(|rest| rest.ends_with(char::is_alphabetic));
        let goes_on = lines.peek().is_some_and(|next| next.starts_with(char::is_lowercase));
        match divided {
            Some(rest) if goes_on => out.push_str(rest),
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

/// Ligatures and the shapes of Arabic letters as the letters themselves.
fn plain(text: &str) -> String {
    let shaped = |character: char| matches!(character, '\u{fb00}'..='\u{fb06}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    if text.chars().any(shaped) { nfkc(text).into_owned() } else { text.to_owned() }
}

/// What is no character of a text: for private use, a control, or a replacement.
fn is_unknown(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. | '\u{fffd}')
        || (character.is_control() && !character.is_whitespace())
}

fn is_right_to_left(character: char) -> bool {
    char_direction(character) == Some(CharDirection::RightToLeft)
}

/// The direction of a piece of text: that of its first character that has one.
fn direction(text: &str) -> Option<CharDirection> {
    text.chars().find_map(char_direction)
}

/// Pieces of a line as they stand from left to right, in the order in which they are read: what a
/// renderer did to show them (Unicode Standard Annex 9, rule L2), undone.
fn in_reading_order(mut pieces: Vec<String>) -> String {
    let directions: Vec<Option<CharDirection>> = pieces.iter().map(|piece| direction(piece)).collect();
    let count = |wanted| directions.iter().filter(|direction| **direction == wanted).count();
    let base = if count(Some(CharDirection::RightToLeft)) >= count(Some(CharDirection::LeftToRight)) {
        CharDirection::RightToLeft
    } else {
        CharDirection::LeftToRight
    };
    // Pieces between two of one direction go with them, others with the line.
    let mut levels: Vec<bool> = Vec::with_capacity(pieces.len());
    for (at, direction) in directions.iter().enumerate() {
        let strong = |direction: &&Option<CharDirection>| {
            matches!(direction, Some(CharDirection::LeftToRight | CharDirection::RightToLeft))
        };
        let backwards = match direction {
            Some(CharDirection::LeftToRight) => false,
            Some(CharDirection::RightToLeft) => true,
            // A number reads from left to right wherever it stands.
            Some(CharDirection::Number) => false,
            None => {
                let is_number = |at: usize| directions.get(at) == Some(&Some(CharDirection::Number));
                let separator = at > 0 && is_number(at - 1) && is_number(at + 1) && pieces[at].trim() == pieces[at];
                let before = directions[..at].iter().rev().find(strong);
                let after = directions[at..].iter().find(strong);
                match (before, after) {
                    _ if separator => false,
                    (Some(before), Some(after)) if before == after => *before == Some(CharDirection::RightToLeft),
                    _ => base == CharDirection::RightToLeft,
                }
            }
        };
        levels.push(backwards);
    }
    let mut out = String::new();
    let mut runs: Vec<(bool, Vec<String>)> = Vec::new();
    for (piece, backwards) in pieces.drain(..).zip(levels) {
        match runs.last_mut() {
            Some((same, run)) if *same == backwards => run.push(piece),
            _ => runs.push((backwards, vec![piece])),
        }
    }
    if base == CharDirection::RightToLeft {
        runs.reverse();
        for (backwards, run) in runs {
            if backwards { run.iter().rev().for_each(|piece| out.push_str(&mirrored(piece))) } else { out.extend(run) }
        }
        return out;
    }
    // In a line from left to right a number between words from the right belongs to them.
    let mut at = 0;
    while at < runs.len() {
        let last = (at..runs.len()).take_while(|next| runs[*next].0 || is_numeric(&runs[*next].1)).last();
        match last.filter(|_| runs[at].0) {
            Some(last) => {
                let last = if runs[last].0 { last } else { last.saturating_sub(1).max(at) };
                for (backwards, run) in runs[at..=last].iter().rev() {
                    if *backwards {
                        run.iter().rev().for_each(|piece| out.push_str(&mirrored(piece)))
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
    run.iter().all(|piece| direction(piece) != Some(CharDirection::LeftToRight))
        && run.iter().any(|piece| direction(piece) == Some(CharDirection::Number))
}

/// A bracket in text from the right was drawn as its mirror image.
fn mirrored(piece: &str) -> String {
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

    /// What stands on a line from left to right, a character a glyph.
    fn read(visual: &str) -> String {
        in_reading_order(visual.chars().map(String::from).collect())
    }

    #[test]
    fn lines_from_the_right_are_read_from_the_right() {
        assert_eq!(read("ملاس"), "سالم");
        assert_eq!(read("باتك ىرتشا دمحأ"), "أحمد اشترى كتاب");
        // A number keeps its order, with its separators; so do words in Latin letters.
        assert_eq!(read("1325 رارقلا"), "القرار 1325");
        assert_eq!(read("2008/06/30 خيراتلا"), "التاريخ 2008/06/30");
        assert_eq!(read("ةيملاعلا WHO world ةمظنم"), "منظمة WHO world العالمية");
        // Brackets were drawn as their mirror images.
        assert_eq!(read("(بأ) ج"), "ج (أب)");
    }

    #[test]
    fn words_from_the_right_in_a_line_from_the_left_are_turned() {
        assert_eq!(read("The word ملاس means peace"), "The word سالم means peace");
    }

    #[test]
    fn divided_words_are_joined() {
        assert_eq!(joined("inter-\nnational\nlaw"), "international\nlaw");
        assert_eq!(joined("Anglo-\nSaxon\n5-\n6"), "Anglo-\nSaxon\n5-\n6");
    }
}
