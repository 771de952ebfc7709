//! Writes pages as a PDF. Only this file uses the crate `krilla`.

use std::collections::HashMap;
use std::num::NonZeroU16;
use std::sync::Arc;

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Tag, TagGroup, TagTree};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Data, Document};

use super::geometry::{Area, Colour, POINTS_PER_MM};
use super::page::{Page, PageElement};
use super::typesetting::{TextRole, TypesetText};

/// Writes a PDF; `emblem` is a PNG.
pub(super) fn write_pdf(pages: &[Page], emblem: Option<&[u8]>, title: &str, language: &str) -> Result<Vec<u8>, String> {
    let mut document = Document::new();
    let picture = match emblem {
        Some(png) => Some(Image::from_png(Data::from(png.to_vec()), true)?),
        None => None,
    };
    // No date, so that the same pages give the same bytes.
    document.set_metadata(
        Metadata::new()
            .title(title.to_owned())
            .language(language.to_owned())
            .creator(concat!("make-disc ", env!("CARGO_PKG_VERSION")).to_owned()),
    );
    let mut fonts: HashMap<(u64, u32), Font> = HashMap::new();
    // Programs read the texts aloud in this order. Everything else is decoration.
    let mut tags = TagTree::new().with_lang(Some(language.to_owned()));
    for page in pages {
        let size = PageSettings::from_wh(page.width * POINTS_PER_MM, page.height * POINTS_PER_MM)
            .ok_or("a page has no size")?;
        let trim_with = |margin: f32| {
            let Area { x, y, width, height } = page.trim.inset(-margin);
            Rect::from_xywh(x * POINTS_PER_MM, y * POINTS_PER_MM, width * POINTS_PER_MM, height * POINTS_PER_MM)
        };
        let settings = size.with_trim_box(trim_with(0.0)).with_bleed_box(trim_with(page.bleed));
        let mut pdf_page = document.start_page_with(settings);
        let mut surface = pdf_page.surface();
        for element in &page.elements {
            let group = match element {
                PageElement::Text { typeset, .. } => tag_group(typeset),
                _ => None,
            };
            let decoration = ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other));
            let identifier = surface.start_tagged(if group.is_some() { ContentTag::Other } else { decoration });
            let drawn = draw(&mut surface, element, picture.as_ref(), &mut fonts);
            surface.end_tagged();
            if let Some(mut group) = group {
                group.push(identifier);
                tags.push(group);
            }
            drawn?;
        }
        surface.finish();
        pdf_page.finish();
    }
    document.set_tag_tree(tags);
    document.finish().map_err(|error| format!("{error:?}"))
}

/// The tag of a text for programs that read it aloud. `None` if they should skip it.
fn tag_group(typeset: &TypesetText) -> Option<TagGroup> {
    let language = Some(typeset.language.clone());
    match typeset.role {
        TextRole::Footer => None,
        TextRole::Paragraph => Some(TagGroup::new(Tag::P.with_lang(language))),
        TextRole::Heading(level) => Some(TagGroup::new(Tag::Hn(NonZeroU16::new(level)?, None).with_lang(language))),
    }
}

fn fill(colour: Colour) -> Fill {
    let [r, g, b] = colour.0;
    Fill { paint: rgb::Color::new(r, g, b).into(), opacity: NormalizedF32::ONE, rule: FillRule::EvenOdd }
}

fn draw(
    surface: &mut Surface<'_>,
    element: &PageElement,
    picture: Option<&Image>,
    fonts: &mut HashMap<(u64, u32), Font>,
) -> Result<(), String> {
    let mut path = PathBuilder::new();
    match element {
        PageElement::Area(Area { x, y, width, height }, colour) => {
            let rect =
                Rect::from_xywh(x * POINTS_PER_MM, y * POINTS_PER_MM, width * POINTS_PER_MM, height * POINTS_PER_MM);
            path.push_rect(rect.ok_or("an area has no size")?);
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*colour)));
        }
        PageElement::Ring { x, y, inner, outer, colour } => {
            circle(&mut path, x * POINTS_PER_MM, y * POINTS_PER_MM, outer * POINTS_PER_MM);
            if *inner > 0.0 {
                circle(&mut path, x * POINTS_PER_MM, y * POINTS_PER_MM, inner * POINTS_PER_MM);
            }
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*colour)));
        }
        PageElement::Line(from, to, width, colour) => {
            path.move_to(from.0 * POINTS_PER_MM, from.1 * POINTS_PER_MM);
            path.line_to(to.0 * POINTS_PER_MM, to.1 * POINTS_PER_MM);
            surface.set_fill(None);
            let [r, g, b] = colour.0;
            surface.set_stroke(Some(Stroke {
                paint: rgb::Color::new(r, g, b).into(),
                width: width * POINTS_PER_MM,
                ..Stroke::default()
            }));
        }
        PageElement::Picture(area) => {
            if let Some(picture) = picture {
                draw_picture(surface, *area, picture.clone());
            }
            return Ok(());
        }
        PageElement::Cover(area, jpeg) => {
            draw_picture(surface, *area, Image::from_jpeg(Data::from(jpeg.clone()), true)?);
            return Ok(());
        }
        PageElement::Text { x, y, quarters, typeset } => {
            surface.push_transform(&Transform::from_translate(x * POINTS_PER_MM, y * POINTS_PER_MM));
            surface.push_transform(&Transform::from_rotate(f32::from(*quarters) * 90.0));
            draw_text(surface, typeset, fonts)?;
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

fn draw_picture(surface: &mut Surface<'_>, Area { x, y, width, height }: Area, picture: Image) {
    if let Some(size) = Size::from_wh(width * POINTS_PER_MM, height * POINTS_PER_MM) {
        surface.push_transform(&Transform::from_translate(x * POINTS_PER_MM, y * POINTS_PER_MM));
        surface.draw_image(picture, size);
        surface.pop();
    }
}

/// Adds a circle, made of four Bézier curves.
fn circle(path: &mut PathBuilder, x: f32, y: f32, radius: f32) {
    // With control points at this distance a curve comes closest to a quarter of a circle.
    let control = radius * 0.552_284_8;
    path.move_to(x + radius, y);
    path.cubic_to(x + radius, y + control, x + control, y + radius, x, y + radius);
    path.cubic_to(x - control, y + radius, x - radius, y + control, x - radius, y);
    path.cubic_to(x - radius, y - control, x - control, y - radius, x, y - radius);
    path.cubic_to(x + control, y - radius, x + radius, y - control, x + radius, y);
    path.close();
}

fn draw_text(
    surface: &mut Surface<'_>,
    typeset: &TypesetText,
    fonts: &mut HashMap<(u64, u32), Font>,
) -> Result<(), String> {
    surface.set_stroke(None);
    surface.set_fill(Some(fill(typeset.colour)));
    for run in &typeset.runs {
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
        surface.draw_glyphs(Point::from_xy(run.x, run.baseline), &glyphs, font, &typeset.text, run.size, false);
    }
    Ok(())
}
