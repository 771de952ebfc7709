//! A sheet of paper, and what is drawn on it; in millimetres, from the upper left corner.

use super::setting::Set;

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Colour(pub(super) [u8; 3]);

impl Colour {
    pub(super) const BLACK: Self = Self([0; 3]);

    /// Of `#rrggbb`; black if it is none.
    pub(super) fn parse(text: &str) -> Self {
        let channel = |at: usize| text.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
        Self([channel(1), channel(3), channel(5)])
    }
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

impl Area {
    pub(super) const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    /// What is left within margins.
    pub(super) fn inset(self, margin: f32) -> Self {
        Self::new(self.x + margin, self.y + margin, self.width - 2.0 * margin, self.height - 2.0 * margin)
    }
}

/// Something drawn.
pub(super) enum Mark {
    /// A filled rectangle.
    Area(Area, Colour),
    /// A ring between two radii around a middle; a disc if the inner is zero.
    Ring { x: f32, y: f32, inner: f32, outer: f32, colour: Colour },
    /// A line: from, to, width.
    Line((f32, f32), (f32, f32), f32, Colour),
    /// A picture in PNG.
    Picture(Area),
    /// A text, with its upper left corner, turned by quarters clockwise around it.
    Text { x: f32, y: f32, quarters: u8, set: Set },
}

/// A sheet.
pub(super) struct Sheet {
    pub(super) width: f32,
    pub(super) height: f32,
    /// What is left when it is cut.
    pub(super) trim: Area,
    /// How far colour goes beyond the cut.
    pub(super) bleed: f32,
    pub(super) marks: Vec<Mark>,
}

/// How far marks stand from the cut, and how long they are.
const MARK_FROM: f32 = 4.0;
const MARK_TO: f32 = 9.0;
const HAIRLINE: f32 = 0.1;

/// Paper around what is cut out.
pub(super) const MARGIN: f32 = 10.0;

impl Sheet {
    /// A sheet that is used as it is.
    pub(super) fn plain(width: f32, height: f32) -> Self {
        Self { width, height, trim: Area::new(0.0, 0.0, width, height), bleed: 0.0, marks: Vec::new() }
    }

    /// A sheet from which an area is cut, with marks at its corners.
    pub(super) fn cut(width: f32, height: f32) -> Self {
        let trim = Area::new(MARGIN, MARGIN, width, height);
        let (width, height) = (width + 2.0 * MARGIN, height + 2.0 * MARGIN);
        Self { width, height, trim, bleed: 3.0, marks: Vec::new() }
    }

    /// Draws the marks, last, so that nothing covers them. `folds` are distances from the left of the cut.
    pub(super) fn finish(mut self, folds: &[f32]) -> Self {
        let Area { x, y, width, height } = self.trim;
        let mut line = |from, to| self.marks.push(Mark::Line(from, to, HAIRLINE, Colour::BLACK));
        for at in [x, x + width] {
            line((at, y - MARK_TO), (at, y - MARK_FROM));
            line((at, y + height + MARK_FROM), (at, y + height + MARK_TO));
        }
        for at in [y, y + height] {
            line((x - MARK_TO, at), (x - MARK_FROM, at));
            line((x + width + MARK_FROM, at), (x + width + MARK_TO, at));
        }
        for fold in folds {
            // Short strokes say that it is folded, not cut.
            for part in 0..3 {
                let along = MARK_FROM + part as f32 * 2.0;
                line((x + fold, y - along - 1.0), (x + fold, y - along));
                line((x + fold, y + height + along), (x + fold, y + height + along + 1.0));
            }
        }
        self
    }
}
