//! Draws the first page of a PDF.

use hayro_interpret::kurbo::{Affine, Rect};
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, RectExt, TransformExt, interpret_page};

use super::canvas::Canvas;
use crate::extraction::open_pdf;
use crate::pixels::Pixels;

/// The maximum ratio of the sides of a page: a longer or wider page is a scroll or a mistake.
const MAX_RATIO: f64 = 3.0;

/// Draws the first page with this width; `None` if it cannot be drawn.
pub(super) fn draw_first_page(bytes: Vec<u8>, width: u32) -> Option<Pixels> {
    let pdf = open_pdf(bytes)?;
    let page = pdf.pages().first()?;
    let (page_width, page_height) = page.render_dimensions();
    let (page_width, page_height) = (f64::from(page_width), f64::from(page_height));
    let ratio = page_height / page_width;
    if !(1.0 / MAX_RATIO..=MAX_RATIO).contains(&ratio) {
        return None;
    }
    let height = ((f64::from(width) * ratio).round() as u32).max(1);
    let scale = Affine::scale_non_uniform(f64::from(width) / page_width, f64::from(height) / page_height);
    let transform = scale * page.initial_transform(true).to_kurbo();
    let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut canvas = Canvas::new(width, height)?;
    canvas.fill([255; 4]);
    let cache = InterpreterCache::new();
    let mut context = Context::new(transform, area, &cache, page.xref(), InterpreterSettings::default());
    let crop = transform.transform_rect_bbox(page.intersected_crop_box().to_kurbo());
    canvas.limit_to(crop);
    interpret_page(page, &mut context, &mut canvas);
    Pixels::from_rgba(width, height, canvas.into_rgba())
}
