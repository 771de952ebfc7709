//! Sheets as a PDF. The only part that knows krilla.

use std::collections::HashMap;
use std::sync::Arc;

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Data, Document};

use super::setting::{POINTS, Set};
use super::sheet::{Area, Colour, Mark, Sheet};

/// Writes sheets; `emblem` is a PNG.
pub(super) fn pdf(sheets: &[Sheet], emblem: Option<&[u8]>, title: &str, language: &str) -> Result<Vec<u8>, String> {
    let mut document = Document::new();
    let picture = match emblem {
        Some(png) => Some(Image::from_png(Data::from(png.to_vec()), true)?),
        None => None,
    };
    // No date: no clock reaches what we write.
    document.set_metadata(
        Metadata::new()
            .title(title.to_owned())
            .language(language.to_owned())
            .creator(concat!("make-disc ", env!("CARGO_PKG_VERSION")).to_owned()),
    );
    let mut fonts: HashMap<(u64, u32), Font> = HashMap::new();
    for sheet in sheets {
        let size =
            PageSettings::from_wh(sheet.width * POINTS, sheet.height * POINTS).ok_or("a sheet without a size")?;
        let around = |margin: f32| {
            let Area { x, y, width, height } = sheet.trim.inset(-margin);
            Rect::from_xywh(x * POINTS, y * POINTS, width * POINTS, height * POINTS)
        };
        let mut page = document.start_page_with(size.with_trim_box(around(0.0)).with_bleed_box(around(sheet.bleed)));
        let mut surface = page.surface();
        for mark in &sheet.marks {
            draw(&mut surface, mark, picture.as_ref(), &mut fonts)?;
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| format!("{error:?}"))
}

fn fill(colour: Colour) -> Fill {
    let [r, g, b] = colour.0;
    Fill { paint: rgb::Color::new(r, g, b).into(), opacity: NormalizedF32::ONE, rule: FillRule::EvenOdd }
}

fn draw(
    surface: &mut Surface<'_>,
    mark: &Mark,
    picture: Option<&Image>,
    fonts: &mut HashMap<(u64, u32), Font>,
) -> Result<(), String> {
    let mut path = PathBuilder::new();
    match mark {
        Mark::Area(Area { x, y, width, height }, colour) => {
            let rect = Rect::from_xywh(x * POINTS, y * POINTS, width * POINTS, height * POINTS);
            path.push_rect(rect.ok_or("an area without a size")?);
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*colour)));
        }
        Mark::Ring { x, y, inner, outer, colour } => {
            circle(&mut path, x * POINTS, y * POINTS, outer * POINTS);
            if *inner > 0.0 {
                circle(&mut path, x * POINTS, y * POINTS, inner * POINTS);
            }
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*colour)));
        }
        Mark::Line(from, to, width, colour) => {
            path.move_to(from.0 * POINTS, from.1 * POINTS);
            path.line_to(to.0 * POINTS, to.1 * POINTS);
            surface.set_fill(None);
            let [r, g, b] = colour.0;
            surface.set_stroke(Some(Stroke {
                paint: rgb::Color::new(r, g, b).into(),
                width: width * POINTS,
                ..Stroke::default()
            }));
        }
        Mark::Picture(Area { x, y, width, height }) => {
            if let (Some(picture), Some(size)) = (picture, Size::from_wh(width * POINTS, height * POINTS)) {
                surface.push_transform(&Transform::from_translate(x * POINTS, y * POINTS));
                surface.draw_image(picture.clone(), size);
                surface.pop();
            }
            return Ok(());
        }
        Mark::Text { x, y, quarters, set } => {
            surface.push_transform(&Transform::from_translate(x * POINTS, y * POINTS));
            surface.push_transform(&Transform::from_rotate(f32::from(*quarters) * 90.0));
            text(surface, set, fonts)?;
            surface.pop();
            surface.pop();
            return Ok(());
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
    Ok(())
}

/// A circle of four curves.
fn circle(path: &mut PathBuilder, x: f32, y: f32, radius: f32) {
    // The distance of control points at which a curve is nearest to a quarter of a circle.
    let control = radius * 0.552_284_8;
    path.move_to(x + radius, y);
    path.cubic_to(x + radius, y + control, x + control, y + radius, x, y + radius);
    path.cubic_to(x - control, y + radius, x - radius, y + control, x - radius, y);
    path.cubic_to(x - radius, y - control, x - control, y - radius, x, y - radius);
    path.cubic_to(x + control, y - radius, x + radius, y - control, x + radius, y);
    path.close();
}

fn text(surface: &mut Surface<'_>, set: &Set, fonts: &mut HashMap<(u64, u32), Font>) -> Result<(), String> {
    surface.set_stroke(None);
    surface.set_fill(Some(fill(set.colour)));
    for run in &set.runs {
        let key = (run.font.data.id(), run.font.index);
        let font = match fonts.get(&key) {
            Some(font) => font.clone(),
            None => {
                let data: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(run.font.data.clone());
                let font = Font::new(Data::from(data), run.font.index).ok_or("a font cannot be embedded")?;
                fonts.insert(key, font.clone());
                font
            }
        };
        let glyphs: Vec<KrillaGlyph> = run
            .glyphs
            .iter()
            .map(|glyph| {
                KrillaGlyph::new(
                    GlyphId::new(glyph.id),
                    glyph.advance / run.size,
                    glyph.x / run.size,
                    glyph.y / run.size,
                    0.0,
                    glyph.text.clone(),
                    None,
                )
            })
            .collect();
        surface.draw_glyphs(Point::from_xy(run.x, run.baseline), &glyphs, font, &set.text, run.size, false);
    }
    Ok(())
}
