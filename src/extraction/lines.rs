//! Assembles glyphs with their positions into lines of text in reading order.

use std::collections::HashMap;

use hayro_font::kurbo::Point;

use super::direction::{Brackets, to_reading_order};
use crate::language::{CharDirection, char_direction, is_combining_mark, nfkc};

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

impl Glyph {
    fn height(&self) -> f64 {
        (self.above - self.start).hypot()
    }
}

// All these distances are fractions of the height of the font.

/// The smallest gap between glyphs that counts as a space, unless the line has a clearer spacing of its own.
const SPACE: f64 = 0.18;

/// The smallest gap that counts as a space between words that are placed one by one, in a line whose letters are close together.
const TIGHT_SPACE: f64 = 0.13;

/// The smallest gap that can be a space in a line whose letters are close together.
const MIN_SPACE: f64 = 0.095;

/// The smallest gap between the letters of letter-spaced text.
const MIN_LETTER_SPACING: f64 = 0.1;

/// The greatest gap between the letters of letter-spaced text.
const MAX_LETTER_SPACING: f64 = 0.8;

/// The smallest space between Chinese and Japanese characters, which are often set apart to fill the line.
const WIDE_SPACE: f64 = 0.8;

/// The greatest distance of a glyph from the baseline of its line. It is large enough for superscripts.
const MAX_BASELINE_SHIFT: f64 = 0.45;

/// The greatest gap between the letters of a word that is written along a curve.
const MAX_CURVE_GAP: f64 = 0.25;

/// The cosine of the greatest angle between neighbouring letters of such a word.
const MAX_CURVE_TURN: f64 = 0.8;

/// The smallest gap between a title and a smaller text at the other end of its line, such as the number of a version.
const GAP_TO_ASIDE: f64 = 3.0;

/// Such a text is at most this many times as large as the title.
const MAX_SIZE_OF_ASIDE: f64 = 0.75;

/// How far a letter is moved when it is drawn twice to look bold, or with a shadow.
const MAX_BOLD_SHIFT: f64 = 0.15;

/// The text of a page.
#[derive(Default)]
pub(super) struct PageText {
    /// Its lines. Words may be divided at their ends.
    pub text: String,
    /// The number of characters of the glyphs whose text is known.
    pub known_characters: usize,
    /// The number of glyphs whose text is unknown.
    pub unknown_glyphs: usize,
    /// The lines with their positions; empty unless they were requested.
    pub lines: Vec<PlacedLine>,
}

/// A line of text with its position on the page.
pub(super) struct PlacedLine {
    pub text: String,
    /// The height of the font of most of its letters.
    pub height: f64,
    /// Its baseline, from the top of the page.
    pub y: f64,
    /// Whether it is written horizontally.
    pub is_horizontal: bool,
}

/// Assembles the text of a page from glyphs in the order in which they are drawn.
pub(super) fn assemble(glyphs: Vec<Glyph>, keep_lines: bool) -> PageText {
    let mut assembler = LineAssembler {
        page: PageText::default(),
        line: Vec::new(),
        is_curved: false,
        keep_lines,
        unclear: Vec::new(),
        mirrored: 0,
    };
    let mut drawn = DrawnGlyphs::default();
    for glyph in glyphs {
        assembler.push(glyph, &mut drawn);
    }
    assembler.end_line();
    assembler.decide_brackets();
    assembler.page
}

/// The glyphs that have been drawn on a page, by the cell that they begin in.
#[derive(Default)]
struct DrawnGlyphs(HashMap<(i64, i64), Vec<(Point, String)>>);

impl DrawnGlyphs {
    /// The size of a cell on the page.
    const CELL: f64 = 4.0;

    /// The maximum number of glyphs that are remembered for a cell.
    const MAX_GLYPHS: usize = 50;

    /// Whether the same characters have been drawn in almost the same place; if not, they are remembered.
    fn is_repeated(&mut self, text: &str, glyph: &Glyph, height: f64) -> bool {
        let (start, width) = (glyph.start, (glyph.end - glyph.start).hypot());
        if !(start.x.abs() < 1e6 && start.y.abs() < 1e6) {
            return false;
        }
        let limit = if width > 0.0 { (MAX_BOLD_SHIFT * height).min(0.7 * width) } else { MAX_BOLD_SHIFT * height };
        let cell = |value: f64| (value / Self::CELL).floor() as i64;
        let reach = limit.min(3.0 * Self::CELL);
        for x in cell(start.x - reach)..=cell(start.x + reach) {
            for y in cell(start.y - reach)..=cell(start.y + reach) {
                let mut neighbours = self.0.get(&(x, y)).into_iter().flatten();
                if neighbours.any(|(point, other)| other == text && (*point - start).hypot() <= limit) {
                    return true;
                }
            }
        }
        let cell_glyphs = self.0.entry((cell(start.x), cell(start.y))).or_default();
        if cell_glyphs.len() < Self::MAX_GLYPHS {
            cell_glyphs.push((start, text.to_owned()));
        }
        false
    }
}

struct LineAssembler {
    page: PageText,
    line: Vec<PlacedGlyph>,
    /// Whether the last glyph of the line follows a curve.
    is_curved: bool,
    keep_lines: bool,
    unclear: Vec<UnclearLine>,
    /// The number of lines with mirrored brackets minus the number of lines with unmirrored ones.
    mirrored: i32,
}

/// A line that does not show whether its brackets are mirrored: the other lines of the page decide.
struct UnclearLine {
    /// Where it begins in the text of the page.
    start: usize,
    /// Its index in `PageText::lines`, if lines are kept.
    number: usize,
    /// Its text if its brackets are not mirrored.
    unmirrored: String,
}

/// A glyph in its line.
struct PlacedGlyph {
    text: String,
    /// Where the glyph begins and ends along the line.
    from: f64,
    to: f64,
    /// The height of the font.
    height: f64,
    start: Point,
    /// The direction of the line, a vector of length 1.
    direction: (f64, f64),
    /// The origin of the next glyph, if it follows directly.
    end: Point,
    /// The direction of the glyph itself.
    own_direction: (f64, f64),
}

impl PlacedGlyph {
    /// A glyph without text is not blank: its characters belong to another glyph.
    fn is_blank(&self) -> bool {
        !self.text.is_empty() && self.text.chars().all(char::is_whitespace)
    }

    /// Whether another glyph is a mark over this one, or a part of it: the next gap begins at the end of this glyph.
    fn covers(&self, mark: &Self) -> bool {
        let has_width = mark.to - mark.from > 0.01 * mark.height;
        !has_width && !mark.is_blank() && (self.from..self.to).contains(&mark.from)
    }

    fn gap_to(&self, next: &Self) -> f64 {
        (next.from - self.to) / self.height.max(next.height)
    }
}

impl LineAssembler {
    /// Adds the next glyph that is drawn.
    fn push(&mut self, glyph: Glyph, drawn: &mut DrawnGlyphs) {
        let height = glyph.height();
        let text = match &glyph.text {
            Some(text) if !text.chars().any(is_unknown) => text.clone(),
            _ => {
                self.page.unknown_glyphs += 1;
                return;
            }
        };
        let is_shown = height.is_finite() && height > 0.0;
        if is_shown && drawn.is_repeated(&text, &glyph, height) {
            return;
        }
        self.page.known_characters += text.chars().count();
        if !is_shown {
            return;
        }
        let width = (glyph.end - glyph.start).hypot();
        let direction = match width {
            width if width > 0.0 => ((glyph.end.x - glyph.start.x) / width, (glyph.end.y - glyph.start.y) / width),
            _ => self.line.last().map_or((1.0, 0.0), |last| last.direction),
        };
        let continues_curve = self.line.last().is_some_and(|last| {
            let gap = (glyph.start - last.end).hypot();
            let turn = direction.0 * last.own_direction.0 + direction.1 * last.own_direction.1;
            gap <= MAX_CURVE_GAP * height.min(last.height) && turn > MAX_CURVE_TURN
        });
        let mut is_curve = false;
        if let Some(first) = self.line.first() {
            let (dx, dy) = (glyph.start.x - first.start.x, glyph.start.y - first.start.y);
            let baseline_distance = (dy * first.direction.0 - dx * first.direction.1).abs();
            let is_turned = direction.0 * first.direction.0 + direction.1 * first.direction.1 < 0.9;
            is_curve = self.is_curved || baseline_distance > MAX_BASELINE_SHIFT * first.height.max(height) || is_turned;
            if is_curve && !continues_curve {
                self.end_line();
                is_curve = false;
            }
        }
        self.is_curved = is_curve;
        let axis = self.line.first().map_or(direction, |first| first.direction);
        let from = match self.line.last() {
            Some(last) if is_curve => last.to + (glyph.start - last.end).hypot(),
            _ => glyph.start.x * axis.0 + glyph.start.y * axis.1,
        };
        // The characters of a mark without width belong to the letter beside it.
        if text.is_empty() && width <= 0.01 * height {
            return;
        }
        self.line.push(PlacedGlyph {
            text,
            from,
            to: from + width,
            height,
            start: glyph.start,
            direction: axis,
            end: glyph.end,
            own_direction: direction,
        });
    }

    fn end_line(&mut self) {
        let mut line = attach_accents(std::mem::take(&mut self.line));
        let has_right_to_left_text = line.iter().any(|glyph| glyph.text.chars().any(is_right_to_left));
        if has_right_to_left_text || is_drawn_out_of_order(&line) {
            line.sort_by(|a, b| a.from.total_cmp(&b.from));
            remove_covered_blanks(&mut line);
        }
        if has_right_to_left_text {
            line = attach_vowel_signs(line);
            sort_overlapping_letters(&mut line);
        }
        let spacing = Spacing::of_line(&line);
        // The glyphs and the spaces between them: from left to right in a line with right-to-left text or if they are drawn out
        // of order, otherwise in the order in which they are drawn.
        let mut pieces: Vec<String> = Vec::with_capacity(line.len() * 5 / 4);
        let mut before: Option<&PlacedGlyph> = None;
        // The number of letters since the last space.
        let mut letters = 0;
        // Where a text of another size begins far from the text before it: the number of pieces before it.
        let aside = (self.keep_lines && !has_right_to_left_text).then(|| start_of_aside(&line)).flatten();
        let mut pieces_before_aside = None;
        for (index, glyph) in line.iter().enumerate() {
            if aside == Some(index) {
                pieces_before_aside = Some(pieces.len());
            }
            if glyph.is_blank() && (spacing.ignores_blanks || is_misplaced_blank(before, glyph, line.get(index + 1))) {
                continue;
            }
            if before.is_some_and(|before| before.covers(glyph)) {
                pieces.push(expand_presentation_forms(&glyph.text));
                continue;
            }
            if let Some(before) = before {
                let has_space = pieces.last().is_some_and(|last| last.ends_with(char::is_whitespace));
                let is_apart = spacing.is_space(before, glyph) || is_note_mark(before, glyph, letters);
                if is_apart && !has_space && !glyph.text.starts_with(char::is_whitespace) {
                    pieces.push(" ".to_owned());
                    letters = 0;
                }
            }
            letters = if glyph.text.chars().all(char::is_alphabetic) { letters + 1 } else { 0 };
            pieces.push(expand_presentation_forms(&glyph.text));
            before = Some(glyph);
        }
        let with_single_spaces = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let asides: Vec<(String, &[PlacedGlyph])> = match (aside, pieces_before_aside) {
            (Some(glyphs), Some(before)) => {
                let (own, other) = pieces.split_at(before);
                let (own_glyphs, other_glyphs) = line.split_at(glyphs);
                vec![(own.concat(), own_glyphs), (other.concat(), other_glyphs)]
            }
            _ => Vec::new(),
        };
        let text = if has_right_to_left_text {
            let ordered = to_reading_order(pieces);
            match ordered.brackets {
                Brackets::None => {}
                Brackets::Mirrored => self.mirrored += 1,
                Brackets::Unmirrored => self.mirrored -= 1,
                Brackets::Unclear(unmirrored) => self.unclear.push(UnclearLine {
                    start: self.page.text.len(),
                    number: self.page.lines.len(),
                    unmirrored: with_single_spaces(&unmirrored),
                }),
            }
            ordered.text
        } else {
            pieces.concat()
        };
        let text = with_single_spaces(&text);
        if !text.is_empty() {
            self.page.text.push_str(&text);
            self.page.text.push('\n');
            let parts = if asides.is_empty() { vec![(text, line.as_slice())] } else { asides };
            for (text, glyphs) in parts.into_iter().filter(|_| self.keep_lines) {
                let (text, Some(first)) = (with_single_spaces(&text), glyphs.first()) else { continue };
                let is_horizontal = first.direction.0.abs() > 0.9;
                let placed = PlacedLine { text, height: letter_height(glyphs), y: first.start.y, is_horizontal };
                self.page.lines.extend(Some(placed).filter(|placed| !placed.text.is_empty()));
            }
        }
    }
}

impl LineAssembler {
    /// Assumes unmirrored brackets in the unclear lines if most other lines of the page have unmirrored brackets.
    fn decide_brackets(&mut self) {
        if self.mirrored >= 0 {
            return;
        }
        for UnclearLine { start, number, unmirrored } in self.unclear.drain(..) {
            // A bracket and its mirror image have the same number of bytes.
            let range = start..start + unmirrored.len();
            if self.page.text.get(range.clone()).is_some_and(|line| line.chars().count() == unmirrored.chars().count())
            {
                self.page.text.replace_range(range, &unmirrored);
                if let Some(line) = self.page.lines.get_mut(number) {
                    line.text = unmirrored;
                }
            }
        }
    }
}

/// Corrects the order of letters that were sorted by where they begin. A letter with a tail, such as the Arabic ra, may reach under all
/// of the letter after it, and then begins to the left of it: only the middles of the letters are in their order.
fn sort_overlapping_letters(line: &mut [PlacedGlyph]) {
    let is_letter = |glyph: &PlacedGlyph| !glyph.is_blank() && glyph.to - glyph.from > 0.01 * glyph.height;
    let middle = |glyph: &PlacedGlyph| (glyph.from + glyph.to) / 2.0;
    for letters in line.split_mut(|glyph| !is_letter(glyph)) {
        letters.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
    }
}

/// Removes blanks that are drawn over a letter: after sorting, they would divide a word. The letter may be drawn before the blank, or
/// begin where the blank begins.
fn remove_covered_blanks(line: &mut Vec<PlacedGlyph>) {
    let middle = |blank: &PlacedGlyph| (blank.from + blank.to) / 2.0;
    let mut is_covered = vec![false; line.len()];
    let mut end = f64::NEG_INFINITY;
    for (glyph, is_covered) in line.iter().zip(&mut is_covered) {
        match glyph.is_blank() {
            true => *is_covered = end > middle(glyph),
            false => end = end.max(glyph.to),
        }
    }
    let mut letter: Option<&PlacedGlyph> = None;
    for (glyph, is_covered) in line.iter().zip(&mut is_covered).rev() {
        match letter {
            _ if !glyph.is_blank() => letter = Some(glyph),
            Some(letter) if letter.to > middle(glyph) => {
                *is_covered |= letter.from - glyph.from < 0.1 * (glyph.to - glyph.from);
            }
            _ => {}
        }
    }
    let mut is_covered = is_covered.into_iter();
    line.retain(|glyph| !(is_covered.next() == Some(true) && glyph.to > glyph.from));
}

/// Which gaps between the glyphs of a line are spaces.
struct Spacing {
    /// The smallest gap that counts as a space.
    space: f64,
    /// Whether blanks are drawn between the letters of words.
    ignores_blanks: bool,
}

impl Spacing {
    fn of_line(line: &[PlacedGlyph]) -> Self {
        let usual = Self { space: SPACE, ignores_blanks: false };
        let letters: Vec<&PlacedGlyph> = line.iter().filter(|glyph| !glyph.is_blank()).collect();
        let is_narrow = |glyph: &PlacedGlyph| !glyph.text.chars().any(is_wide);
        let pairs = letters.windows(2).filter(|pair| pair.iter().all(|glyph| is_narrow(glyph)));
        let mut gaps: Vec<f64> = pairs.map(|pair| pair[0].gap_to(pair[1])).filter(|gap| gap.is_finite()).collect();
        if gaps.len() < 3 {
            return usual;
        }
        gaps.sort_by(f64::total_cmp);
        let Some(median) = gaps.get(gaps.len() / 2).copied() else { return usual };
        let blanks = line.len() - letters.len();
        if let Some(spacing) = Self::of_letterspaced_line(&letters, &gaps, median, blanks) {
            return spacing;
        }
        // If the line contains blanks, smaller gaps are kerning.
        let is_tight = gaps.iter().filter(|gap| (**gap - median).abs() < 0.04).count() * 5 >= gaps.len() * 3;
        if blanks * 15 < letters.len() && is_tight && median.abs() < 0.06 {
            // The smallest gap that is clearly larger than those between letters.
            let pair = gaps.windows(2).find(|pair| pair[1] >= MIN_SPACE && pair[0] <= 0.5 * pair[1]);
            if let Some(pair) = pair.filter(|pair| pair[1] <= SPACE * 1.2) {
                return Self { space: (pair[0].max(0.0) + pair[1]) / 2.0, ..usual };
            }
        }
        // Text may have blanks between some words, and none between others.
        if is_tight && median.abs() < 0.06 { Self { space: TIGHT_SPACE, ..usual } } else { usual }
    }

    /// The spacing of a line whose letters are set apart, as in many titles: `W A T E R`. `None` if it is not such a line.
    fn of_letterspaced_line(letters: &[&PlacedGlyph], gaps: &[f64], median: f64, blanks: usize) -> Option<Self> {
        let first_quarter = gaps.get(gaps.len() / 4).copied()?;
        let is_even = median - first_quarter <= 0.25 * median + 0.02;
        if first_quarter < MIN_LETTER_SPACING || median > MAX_LETTER_SPACING || !is_even {
            return None;
        }
        let are_letters = letters.iter().all(|glyph| glyph.text.chars().count() <= 2)
            && letters.iter().filter(|glyph| glyph.text.chars().all(char::is_alphabetic)).count() * 10
                >= letters.len() * 8;
        // Letters in alphabetical sequence, such as “A B C D”, are the labels of columns.
        let follows = |pair: &[&PlacedGlyph]| match (pair[0].text.chars().next(), pair[1].text.chars().next()) {
            (Some(one), Some(other)) => u32::from(one).abs_diff(u32::from(other)) <= 1,
            _ => false,
        };
        let in_sequence = letters.windows(2).filter(|pair| follows(pair)).count();
        let space = median * 1.5 + 0.06;
        let words = 1 + gaps.iter().filter(|gap| **gap > space).count();
        let is_spaced_by_blanks = blanks * 2 > letters.len();
        // Single letters with blanks between them may be variables of a formula.
        let is_long = letters.len() >= if is_spaced_by_blanks { 5 * words } else { 3 * words };
        let is_title = in_sequence * 3 < letters.len();
        (are_letters && is_long && is_title).then_some(Self { space, ignores_blanks: true })
    }

    fn is_space(&self, before: &PlacedGlyph, after: &PlacedGlyph) -> bool {
        let gap = before.gap_to(after);
        let are_wide =
            before.text.chars().next_back().is_some_and(is_wide) && after.text.chars().next().is_some_and(is_wide);
        // A glyph far to the left is in another column or text run.
        gap > if are_wide { WIDE_SPACE } else { self.space } || gap < -1.5
    }
}

/// Whether a blank is not between the letters before and after it, which touch each other: it is drawn over one of them, because the
/// width of a ligature is not that of its letters, or in another place.
fn is_misplaced_blank(before: Option<&PlacedGlyph>, blank: &PlacedGlyph, after: Option<&PlacedGlyph>) -> bool {
    let Some((before, after)) = before.zip(after) else { return false };
    let middle = (blank.from + blank.to) / 2.0;
    let is_between = (before.to..=after.to).contains(&middle) || before.to > after.to;
    !before.is_blank() && !after.is_blank() && !is_between && before.gap_to(after).abs() < MIN_SPACE
}

/// Whether to put a space between a letter and a superscript number: the number is the mark of a footnote after a word, or
/// the number of a verse before its text. `letters` is the number of letters before the number. After at most three, the
/// number is treated as the exponent of a unit or variable.
fn is_note_mark(before: &PlacedGlyph, after: &PlacedGlyph, letters: usize) -> bool {
    let is_digit = |glyph: &PlacedGlyph| glyph.text.chars().all(|character| character.is_ascii_digit());
    let is_letter = |glyph: &PlacedGlyph| glyph.text.chars().all(char::is_alphabetic);
    let is_raised = |mark: &PlacedGlyph, letter: &PlacedGlyph| {
        let (dx, dy) = (mark.start.x - letter.start.x, mark.start.y - letter.start.y);
        let rise = dx * letter.direction.1 - dy * letter.direction.0;
        !mark.text.is_empty() && mark.height < 0.85 * letter.height && rise > 0.2 * letter.height
    };
    is_digit(before) && is_letter(after) && is_raised(before, after)
        || letters > 3 && is_letter(before) && is_digit(after) && is_raised(after, before)
}

/// Whether the glyphs of a line are not drawn in reading order, but for example sorted by font. `false` if glyphs lie on top
/// of each other: they keep their order.
fn is_drawn_out_of_order(line: &[PlacedGlyph]) -> bool {
    let shown: Vec<&PlacedGlyph> = line.iter().filter(|glyph| !glyph.is_blank()).collect();
    if !shown.windows(2).any(|pair| pair[0].gap_to(pair[1]) < -0.5) {
        return false;
    }
    let mut sorted = shown;
    sorted.sort_by(|a, b| a.from.total_cmp(&b.from));
    sorted.windows(2).all(|pair| pair[0].gap_to(pair[1]) > -0.35)
}

/// Whether a character is as wide as the font is high, and belongs to a script without spaces.
fn is_wide(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
}

/// Combines accents that are drawn as glyphs of their own, before or after the letter, with the letter.
fn attach_accents(line: Vec<PlacedGlyph>) -> Vec<PlacedGlyph> {
    if !line.iter().any(|glyph| accent(&glyph.text).is_some()) {
        return line;
    }
    let mut out: Vec<PlacedGlyph> = Vec::with_capacity(line.len());
    // Accents that belong to the letter that follows.
    let mut waiting: Vec<PlacedGlyph> = Vec::new();
    for mut glyph in line {
        let Some(mark) = accent(&glyph.text) else {
            for accent_before in waiting.drain(..) {
                match accent(&accent_before.text) {
                    Some(mark) if is_over(&accent_before, &glyph) => glyph.text = with_mark(&glyph.text, mark),
                    _ => out.push(accent_before),
                }
            }
            out.push(glyph);
            continue;
        };
        if let Some(letter) = out.last_mut().filter(|letter| waiting.is_empty() && is_over(&glyph, letter)) {
            letter.text = with_mark(&letter.text, mark);
        } else {
            waiting.push(glyph);
        }
    }
    out.extend(waiting);
    out
}

/// Joins vowel signs that are drawn as glyphs of their own, as in Arabic and Hebrew, to the letter that each is closest to. Otherwise
/// the distance from a sign without width to the end of its letter would be taken for a space. The line is sorted.
fn attach_vowel_signs(line: Vec<PlacedGlyph>) -> Vec<PlacedGlyph> {
    let is_sign = |glyph: &PlacedGlyph| !glyph.text.is_empty() && glyph.text.chars().all(is_combining_mark);
    if !line.iter().any(is_sign) {
        return line;
    }
    let mut out: Vec<PlacedGlyph> = Vec::with_capacity(line.len());
    // Signs that are to the left of the middle of the letter that follows, or not over any letter.
    let mut waiting: Vec<PlacedGlyph> = Vec::new();
    for mut glyph in line {
        if is_sign(&glyph) {
            waiting.push(glyph);
            continue;
        }
        for sign in waiting.drain(..) {
            let distance = distance_to(&sign, &glyph);
            match out.last_mut().filter(|before| distance_to(&sign, before) < distance) {
                Some(before) => before.text.push_str(&sign.text),
                None if distance < f64::INFINITY => glyph.text.push_str(&sign.text),
                None => out.push(sign),
            }
        }
        out.push(glyph);
    }
    for sign in waiting {
        match out.last_mut().filter(|before| distance_to(&sign, before) < f64::INFINITY) {
            Some(before) => before.text.push_str(&sign.text),
            None => out.push(sign),
        }
    }
    out
}

/// How far the middle of a vowel sign is from a letter; infinite if it cannot belong to it. Over a letter, the distance is negative: the
/// closer to its middle, the smaller.
fn distance_to(sign: &PlacedGlyph, letter: &PlacedGlyph) -> f64 {
    let is_letter = letter.text.chars().next().is_some_and(char::is_alphabetic);
    let middle = (sign.from + sign.to) / 2.0;
    let half = (letter.to - letter.from) / 2.0;
    let distance = (middle - letter.from - half).abs() - half;
    if is_letter && distance < 0.3 * letter.height { distance } else { f64::INFINITY }
}

/// Whether an accent is above or below a letter, not beside it.
fn is_over(accent: &PlacedGlyph, letter: &PlacedGlyph) -> bool {
    let mut characters = letter.text.chars();
    let is_letter = characters.next().is_some_and(char::is_alphabetic) && characters.all(is_combining_mark);
    let width = letter.to - letter.from;
    let is_combining = accent.text.chars().all(is_combining_mark);
    if is_combining && accent.to - accent.from < 0.1 * accent.height {
        // It has no width of its own, and may be drawn to the left of its origin.
        let slack = 0.1 * letter.height;
        return is_letter && accent.from > letter.from - slack && accent.from < letter.to + slack;
    }
    let middle = (accent.from + accent.to) / 2.0;
    is_letter && width > 0.0 && (middle - (letter.from + letter.to) / 2.0).abs() < 0.4 * width
}

/// The combining character of an accent that is a glyph of its own.
fn accent(text: &str) -> Option<char> {
    let mut characters = text.chars();
    let (Some(only), None) = (characters.next(), characters.next()) else { return None };
    Some(match only {
        '`' | '\u{2cb}' => '\u{300}',
        '´' | '\u{2ca}' => '\u{301}',
        '^' | 'ˆ' => '\u{302}',
        '~' | '˜' => '\u{303}',
        '¯' | 'ˉ' => '\u{304}',
        '˘' => '\u{306}',
        '˙' => '\u{307}',
        '¨' => '\u{308}',
        '˚' => '\u{30a}',
        '˝' => '\u{30b}',
        'ˇ' => '\u{30c}',
        '¸' => '\u{327}',
        '˛' => '\u{328}',
        '\u{300}'..='\u{36f}' => only,
        _ => return None,
    })
}

fn with_mark(letter: &str, mark: char) -> String {
    // Dotless letters are drawn only under accents.
    let letter = letter.replace('ı', "i").replace('ȷ', "j");
    nfkc(&format!("{letter}{mark}")).into_owned()
}

/// The height of the font of the letters of a line: the greatest that at least a quarter of them have, so that neither a
/// large initial nor the small letters of small capitals decide.
fn letter_height(line: &[PlacedGlyph]) -> f64 {
    let has_letter = |glyph: &&PlacedGlyph| glyph.text.chars().any(char::is_alphanumeric);
    let mut heights: Vec<f64> = line.iter().filter(has_letter).map(|glyph| glyph.height).collect();
    heights.sort_by(|a, b| b.total_cmp(a));
    heights.get(heights.len() / 4).copied().or_else(|| line.first().map(|glyph| glyph.height)).unwrap_or_default()
}

/// The maximum number of wide gaps in a line at which an aside is looked for: the heights on both sides are sorted for each.
const MAX_GAPS: usize = 16;

/// The index of the first glyph that is far from the glyphs before it, if the text from there on is much smaller or much larger.
fn start_of_aside(line: &[PlacedGlyph]) -> Option<usize> {
    let mut gaps = 0;
    let mut last: Option<&PlacedGlyph> = None;
    for (index, glyph) in line.iter().enumerate().filter(|(_, glyph)| !glyph.is_blank()) {
        let is_far = last.is_some_and(|last| last.gap_to(glyph) > GAP_TO_ASIDE);
        last = Some(glyph);
        if !is_far {
            continue;
        }
        gaps += 1;
        let (own, other) = line.split_at(index);
        let (own, other) = (letter_height(own), letter_height(other));
        if own.min(other) < MAX_SIZE_OF_ASIDE * own.max(other) {
            return Some(index);
        }
        if gaps == MAX_GAPS {
            break;
        }
    }
    None
}

/// Replaces ligatures, the contextual shapes of Arabic letters, and Chinese radicals and compatibility characters with the letters and
/// characters themselves.
fn expand_presentation_forms(text: &str) -> String {
    let is_presentation_form = |character: char| matches!(character, '\u{2e80}'..='\u{2fd5}' | '\u{f900}'..='\u{fb06}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    if !text.chars().any(is_presentation_form) {
        return text.to_owned();
    }
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character_of_radical(character) {
            // macOS writes the radical and the character for one glyph.
            Some(plain) if rest.as_str().starts_with(plain) => {}
            plain => expanded.push(plain.unwrap_or(character)),
        }
    }
    nfkc(&expanded).into_owned()
}

/// The character that looks the same as a radical, which macOS writes instead of it. For radicals in the block of the Kangxi dictionary, it
/// is equivalent; for the others, Unicode lists it (`EquivalentUnifiedIdeograph`).
fn character_of_radical(radical: char) -> Option<char> {
    const OTHERS: &str = "⺁厂⺈刀⺊卜⺒巳⺓幺⺛旡⺝月⺞歺⺟母⺠民⺫目⺬示⺶羊⺻聿⺼肉⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻒镸⻓长⻔门⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟";
    match radical {
        '\u{2e80}'..='\u{2eff}' => {
            let mut others = OTHERS.chars();
            others.find(|other| *other == radical)?;
            others.next()
        }
        '\u{2f00}'..='\u{2fd5}' => nfkc(radical.encode_utf8(&mut [0; 4])).chars().next(),
        _ => None,
    }
}

/// Whether a character carries no text: private use, control and replacement characters.
pub(super) fn is_unknown(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. | '\u{fffd}')
        || (character.is_control() && !character.is_whitespace())
}

fn is_right_to_left(character: char) -> bool {
    char_direction(character) == Some(CharDirection::RightToLeft)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of glyphs that are half as wide as the font is high. The number is the gap before the glyph, in hundredths of
    /// the height.
    fn text_of(glyphs: &[(&str, i32)]) -> String {
        let mut x = 0.0;
        let glyphs = glyphs.iter().map(|(text, gap)| {
            let start = Point::new(x + f64::from(*gap) / 10.0, 100.0);
            x = start.x + 5.0;
            Glyph { text: Some((*text).to_owned()), start, end: Point::new(x, 100.0), above: Point::new(start.x, 90.0) }
        });
        assemble(glyphs.collect(), false).text.trim_end().to_owned()
    }

    /// Reads a text with these gaps between letters and between words, in hundredths of the height of the font.
    fn spaced(text: &str, letter_gap: i32, word_gap: i32, has_blanks: bool) -> String {
        let mut glyphs = Vec::new();
        let characters: Vec<String> = text.chars().map(String::from).collect();
        let mut gap = 0;
        for character in &characters {
            if character == " " {
                if has_blanks {
                    glyphs.push((" ", 0));
                }
                gap = word_gap;
            } else {
                glyphs.push((character.as_str(), gap));
                gap = letter_gap;
            }
        }
        text_of(&glyphs)
    }

    /// The text of a page with these lines, whose characters are drawn from left to right.
    fn page_of(lines: &[&str]) -> String {
        let glyphs = lines.iter().enumerate().flat_map(|(number, line)| {
            let y = 100.0 + 20.0 * number as f64;
            line.chars().enumerate().map(move |(index, character)| {
                let x = 5.0 * index as f64;
                let (start, end) = (Point::new(x, y), Point::new(x + 5.0, y));
                Glyph { text: Some(character.to_string()), start, end, above: Point::new(x, y - 10.0) }
            })
        });
        assemble(glyphs.collect(), false).text
    }

    #[test]
    fn lines_that_show_how_brackets_are_drawn_decide_for_the_others() {
        assert_eq!(page_of(&[")بأ( ج", "بأ( ج"]), "ج (أب)\nج (أب\n");
        assert_eq!(page_of(&["(بأ) ج", "بأ) ج"]), "ج (أب)\nج (أب\n");
    }

    #[test]
    fn a_small_text_far_from_a_title_is_not_part_of_it() {
        let lines = |second: f64, gap: f64| {
            let mut x = 0.0;
            let glyphs = "Wells|V 1.1".chars().filter_map(|character| {
                let (is_second, is_gap) = (x >= 60.0, character == '|');
                let height = if is_second { second } else { 20.0 };
                let (start, width) = (Point::new(x, 100.0), if is_gap { gap } else { height * 0.6 });
                x += width;
                let end = Point::new(x, 100.0);
                let above = Point::new(start.x, 100.0 - height);
                (!is_gap).then(|| Glyph { text: Some(character.to_string()), start, end, above })
            });
            let page = assemble(glyphs.collect(), true);
            assert_eq!(page.text, "Wells V 1.1\n");
            page.lines.into_iter().map(|line| line.text).collect::<Vec<_>>()
        };
        assert_eq!(lines(8.0, 200.0), ["Wells", "V 1.1"]);
        assert_eq!(lines(18.0, 200.0), ["Wells V 1.1"], "as large as the title");
        assert_eq!(lines(8.0, 20.0), ["Wells V 1.1"], "beside the title");
    }

    #[test]
    fn gaps_are_judged_by_the_spacing_of_the_line() {
        assert_eq!(spaced("two years", 0, 10, false), "two years");
        assert_eq!(spaced("two years ago", 2, 12, false), "two years ago");
        assert_eq!(spaced("two years", 0, 25, false), "two years");
        // Kerning, in a line with blanks.
        assert_eq!(spaced("to Av year", 10, 0, true), "to Av year");
        assert_eq!(text_of(&[("A", 0), ("V", 9), ("A", 0), ("T", 0), ("O", 0)]), "AVATO");
    }

    #[test]
    fn letter_spaced_words_are_joined() {
        assert_eq!(spaced("WATER AND PEACE", 30, 80, false), "WATER AND PEACE");
        assert_eq!(spaced("WATER", 60, 0, false), "WATER");
        assert_eq!(
            text_of(&[("W", 0), (" ", 0), ("A", 0), (" ", 0), ("T", 0), (" ", 0), ("E", 0), (" ", 0), ("R", 0)]),
            "WATER"
        );
        // The labels of columns.
        assert_eq!(
            text_of(&[("A", 0), (" ", 0), ("B", 0), (" ", 0), ("C", 0), (" ", 0), ("D", 0), (" ", 0), ("E", 0)]),
            "A B C D E"
        );
        assert_eq!(spaced("12345", 30, 0, false), "1 2 3 4 5");
    }

    #[test]
    fn accents_are_combined_with_their_letters() {
        // Drawn before the letter, and after it.
        assert_eq!(text_of(&[("n", 0), ("´", 0), ("e", -50), ("e", 0)]), "née");
        assert_eq!(text_of(&[("n", 0), ("ı", 0), ("¨", -50), ("f", 0)]), "nïf");
        assert_eq!(text_of(&[("c", 0), ("¸", -50), ("a", 0)]), "ça");
        assert_eq!(text_of(&[("e", 0), ("\u{301}", -50), ("e", 0)]), "ée");
        assert_eq!(text_of(&[("x", 0), ("^", 0), ("y", 0), ("~", 0), ("z", 0)]), "x^y~z");
    }

    #[test]
    fn vowel_signs_stay_with_their_letters() {
        // The places of letters and signs, as displayed: the signs have no width.
        let line = |glyphs: &[(&str, f64, f64)]| {
            let glyphs = glyphs.iter().map(|(text, from, to)| {
                let start = Point::new(*from, 100.0);
                Glyph {
                    text: Some((*text).to_owned()),
                    start,
                    end: Point::new(*to, 100.0),
                    above: Point::new(*from, 90.0),
                }
            });
            assemble(glyphs.collect(), false).text.trim_end().to_owned()
        };
        let (fathatan, damma, shadda) = ("\u{64b}", "\u{64f}", "\u{651}");
        let letters = [("ا", 0.0, 3.0), ("ي", 3.0, 9.0), (fathatan, 5.0, 5.0), ("ب", 9.0, 15.0), (damma, 12.0, 12.0)];
        assert_eq!(line(&letters), "بُيًا");
        // Drawn before their letters, two over one letter, and with a width of their own.
        let letters = [(shadda, 2.0, 4.0), (damma, 2.5, 4.5), ("ي", 0.0, 6.0), ("ب", 6.0, 12.0)];
        assert_eq!(line(&letters), "بيُّ".replace("\u{64f}\u{651}", "\u{651}\u{64f}"));
        // In Hebrew, and with a gap that is a space.
        let letters =
            [("ם", 0.0, 6.0), ("ל", 10.0, 15.0), ("\u{5b8}", 12.0, 12.0), ("ש", 15.0, 22.0), ("\u{5c1}", 21.0, 21.0)];
        assert_eq!(line(&letters), "ש\u{5c1}ל\u{5b8} ם");
    }

    #[test]
    fn letters_over_the_tails_of_others_keep_their_order() {
        // An alef above a ra, as displayed.
        let places = [("ب", 0.0, 4.0), ("ا", 4.0, 6.0), ("ر", 3.7, 7.5), ("د", 7.5, 11.0)];
        let glyphs = places.map(|(text, from, to)| Glyph {
            text: Some(text.to_owned()),
            start: Point::new(from, 100.0),
            end: Point::new(to, 100.0),
            above: Point::new(from, 90.0),
        });
        assert_eq!(assemble(glyphs.into(), false).text, "دراب\n");
    }

    #[test]
    fn letters_that_are_drawn_twice_are_read_once() {
        assert_eq!(text_of(&[("c", 0), ("c", -48), ("a", 0), ("a", -46), ("r", 0), ("r", -47)]), "car");
        assert_eq!(text_of(&[("l", 0), ("l", 0), ("l", -10)]), "lll");
    }

    #[test]
    fn glyphs_that_are_drawn_out_of_order_are_sorted() {
        assert_eq!(text_of(&[("a", 0), ("c", 50), ("b", -100)]), "abc");
        // With a blank on one of the letters.
        assert_eq!(text_of(&[("a", 0), ("c", 50), ("b", -100), (" ", -50)]), "abc");
        // Glyphs above each other stay in their order.
        assert_eq!(text_of(&[("a", 0), ("b", 0), ("c", -90), ("d", 0)]), "abcd");
    }

    #[test]
    fn words_along_a_curve_stay_together() {
        // An arc of a circle: each letter is turned by 15 degrees.
        let (mut at, mut angle) = (Point::new(0.0, 100.0), -1.3_f64);
        let glyphs = "Conduct of".chars().map(|character| {
            let start = at;
            let direction = (angle.cos(), angle.sin());
            at = Point::new(start.x + 6.0 * direction.0, start.y + 6.0 * direction.1);
            angle += 0.26;
            let above = Point::new(start.x + 10.0 * direction.1, start.y - 10.0 * direction.0);
            Glyph { text: Some(character.to_string()), start, end: at, above }
        });
        assert_eq!(assemble(glyphs.collect(), false).text, "Conduct of\n");
        // A line that begins at the end of another one, but is turned by 90 degrees.
        let glyph = |text: &str, start: Point, end: Point, above: Point| Glyph {
            text: Some(text.to_owned()),
            start,
            end,
            above,
        };
        let corner = Point::new(10.0, 100.0);
        let glyphs = vec![
            glyph("a", Point::new(0.0, 100.0), corner, Point::new(0.0, 90.0)),
            glyph("b", corner, Point::new(10.0, 110.0), Point::new(20.0, 100.0)),
        ];
        assert_eq!(assemble(glyphs, false).text, "a\nb\n");
    }

    #[test]
    fn chinese_characters_that_are_set_apart_stay_together() {
        assert_eq!(spaced("安全理事会", 40, 0, false), "安全理事会");
        assert_eq!(text_of(&[("安", 0), ("全", 150)]), "安 全");
    }
}
