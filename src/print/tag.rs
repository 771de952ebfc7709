//! The tag for a USB stick with the same files as the disc: a card with a hole for a cord.

use super::{
    Area, Colour, MIN_FONT_SIZE, Page, PageElement, PrintContent, TextAlign, TextColumn, TextStyle, Typesetter,
};

/// Lengths in millimetres.
const WIDTH: f32 = 54.0;
const HEIGHT: f32 = 86.0;
const MARGIN: f32 = 5.0;
/// The hole, and the distance of its middle from the upper edge.
const HOLE_DIAMETER: f32 = 5.0;
const HOLE_MIDDLE: f32 = 7.0;
/// The height of the coloured field with the titles.
const FIELD: f32 = 46.0;
/// The height of the lines with the volume name and the digest.
const FOOT: f32 = 7.0;
const EMBLEM: f32 = 11.0;

pub(super) fn render(content: &PrintContent<'_>, typesetter: &mut Typesetter) -> Page {
    let mut page = Page::with_trim(WIDTH, HEIGHT);
    let disc = &content.catalogue.disc;
    let language = content.main_language();
    let [accent, on_accent, text, muted] = ["accent", "on_accent", "text", "muted"].map(|name| content.colour(name));
    let Area { x, y, .. } = page.trim;
    let bleed = page.bleed;
    let field = Area::new(x - bleed, y - bleed, WIDTH + 2.0 * bleed, FIELD + bleed);
    page.elements.push(PageElement::Area(field, accent));
    let hole = |inner: f32, outer: f32, colour: Colour| PageElement::Ring {
        x: x + WIDTH / 2.0,
        y: y + HOLE_MIDDLE,
        inner,
        outer,
        colour,
    };
    page.elements.push(hole(0.0, HOLE_DIAMETER / 2.0, on_accent));
    let below_hole = y + HOLE_MIDDLE + HOLE_DIAMETER / 2.0 + 3.0;
    let inner = WIDTH - 2.0 * MARGIN;
    let mut column = TextColumn::new(Area::new(x + MARGIN, below_hole, inner, y + FIELD - 3.0 - below_hole));
    let titles = content.titles();
    for (number, (title, language)) in titles.iter().enumerate() {
        let (size, is_bold, share) = if number == 0 { (13.0, true, 0.62) } else { (8.0, false, 1.0) };
        let share = if titles.len() == 1 { 1.0 } else { share };
        if column.remaining_height() < 4.0 {
            typesetter.omitted_titles = typesetter.omitted_titles.max(titles.len() - number);
            break;
        }
        let style = TextStyle { size, is_bold, colour: on_accent };
        let room = (inner, column.remaining_height() * share);
        let typeset = typesetter.typeset_to_fit(title, language, style, room, MIN_FONT_SIZE, TextAlign::Start);
        column.add(typeset, 1.2, &mut page.elements);
    }
    // Below the field: who published it and when, and how to open it.
    let lower = Area::new(x + MARGIN, y + FIELD + 4.0, inner, HEIGHT - FIELD - 4.0 - FOOT - MARGIN);
    let mut beside = lower;
    if content.branding.emblem.is_some() {
        page.elements.extend(content.emblem(Area::new(lower.x, lower.y, EMBLEM, EMBLEM)));
        beside = Area::new(lower.x + EMBLEM + 3.0, lower.y, inner - EMBLEM - 3.0, EMBLEM);
    }
    let mut column = TextColumn::new(beside);
    let date = disc.date.map(|date| language.format().date(date));
    for (line, is_bold) in [(disc.publisher.clone(), true), (date, false)] {
        let Some(line) = line else { continue };
        let style = TextStyle { size: 8.0, is_bold, colour: text };
        let room = (beside.width, column.remaining_height().max(3.0));
        let typeset = typesetter.typeset_to_fit(&line, language, style, room, MIN_FONT_SIZE, TextAlign::Start);
        column.add(typeset, 0.8, &mut page.elements);
    }
    let top = if content.branding.emblem.is_some() { lower.y + EMBLEM + 2.0 } else { column.y + 1.0 };
    let mut column = TextColumn::new(Area::new(lower.x, top, inner, lower.y + lower.height - top));
    for (open, language) in content.instructions() {
        let style = TextStyle { size: 7.0, is_bold: false, colour: text };
        let typeset = typesetter.typeset(&open, language, style, inner, TextAlign::Start);
        if !column.add(typeset, 0.8, &mut page.elements) {
            break;
        }
    }
    let mut bottom = y + HEIGHT - MARGIN;
    for line in [content.short_digest(), disc.volume.clone()] {
        let style = TextStyle { size: MIN_FONT_SIZE, is_bold: false, colour: muted };
        let alignment = PrintContent::code_alignment(language);
        let typeset = content.typeset_codes(typesetter, &line, style, (inner, FOOT / 2.0), alignment);
        bottom -= typeset.height;
        page.elements.push(PageElement::Text { x: x + MARGIN, y: bottom, quarters: 0, typeset });
    }
    page.with_crop_marks(&[])
}
