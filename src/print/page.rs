//! Pages and what is drawn on them. Lengths are in millimetres, from the upper left corner.

use super::geometry::{Area, Colour};
use super::typesetting::TypesetText;

/// Something drawn on a page.
pub(super) enum PageElement {
    /// A filled rectangle.
    Area(Area, Colour),
    /// A ring between two radii around a centre; a filled circle if the inner radius is zero.
    Ring { x: f32, y: f32, inner: f32, outer: f32, colour: Colour },
    /// A line: start, end, width.
    Line((f32, f32), (f32, f32), f32, Colour),
    /// The emblem.
    Picture(Area),
    /// The cover of a document, a JPEG.
    Cover(Area, Vec<u8>),
    /// A text with its upper left corner, around which it is turned clockwise by quarter turns.
    Text { x: f32, y: f32, quarters: u8, typeset: TypesetText },
}

pub(super) struct Page {
    pub(super) width: f32,
    pub(super) height: f32,
    /// The area that remains after cutting.
    pub(super) trim: Area,
    /// How far coloured areas extend beyond the cut.
    pub(super) bleed: f32,
    pub(super) elements: Vec<PageElement>,
}

/// The distances from the cut at which crop marks start and end.
const CROP_MARK_START: f32 = 4.0;
const CROP_MARK_END: f32 = 9.0;
const CROP_MARK_WIDTH: f32 = 0.1;

/// The width of the paper around the area that is cut out.
pub(super) const CUT_MARGIN: f32 = 10.0;

impl Page {
    /// A page that is not cut.
    pub(super) fn uncut(width: f32, height: f32) -> Self {
        Self { width, height, trim: Area::new(0.0, 0.0, width, height), bleed: 0.0, elements: Vec::new() }
    }

    /// A page from which an area of this size is cut.
    pub(super) fn with_trim(width: f32, height: f32) -> Self {
        let trim = Area::new(CUT_MARGIN, CUT_MARGIN, width, height);
        let (width, height) = (width + 2.0 * CUT_MARGIN, height + 2.0 * CUT_MARGIN);
        Self { width, height, trim, bleed: 3.0, elements: Vec::new() }
    }

    /// Adds crop marks and fold marks. Called last, so that nothing covers them. `folds` are distances from the left cut.
    pub(super) fn with_crop_marks(mut self, folds: &[f32]) -> Self {
        let Area { x, y, width, height } = self.trim;
        let mut line = |from, to| self.elements.push(PageElement::Line(from, to, CROP_MARK_WIDTH, Colour::BLACK));
        for at in [x, x + width] {
            line((at, y - CROP_MARK_END), (at, y - CROP_MARK_START));
            line((at, y + height + CROP_MARK_START), (at, y + height + CROP_MARK_END));
        }
        for at in [y, y + height] {
            line((x - CROP_MARK_END, at), (x - CROP_MARK_START, at));
            line((x + width + CROP_MARK_START, at), (x + width + CROP_MARK_END, at));
        }
        for fold in folds {
            // Short strokes mark a fold, not a cut.
            for part in 0..3 {
                let along = CROP_MARK_START + part as f32 * 2.0;
                line((x + fold, y - along - 1.0), (x + fold, y - along));
                line((x + fold, y + height + along), (x + fold, y + height + along + 1.0));
            }
        }
        self
    }
}
