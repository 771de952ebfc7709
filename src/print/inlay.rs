//! The inlay under the tray of a jewel case, with a spine on each side.

use super::{Area, MIN_FONT_SIZE, Page, PageElement, PrintContent, TextAlign, TextStyle, Typesetter, cover};

/// Lengths in millimetres.
const WIDTH: f32 = 151.0;
const HEIGHT: f32 = 118.0;
const SPINE: f32 = 6.5;

pub(super) fn render(content: &PrintContent<'_>, typesetter: &mut Typesetter) -> Page {
    let mut page = Page::with_trim(WIDTH, HEIGHT);
    let Area { x, y, .. } = page.trim;
    let (accent, on_accent) = (content.colour("accent"), content.colour("on_accent"));
    let muted = content.colour("muted");
    let bleed = page.bleed;
    // The spines, with bleed.
    for left in [x - bleed, x + WIDTH - SPINE] {
        page.elements.push(PageElement::Area(Area::new(left, y - bleed, SPINE + bleed, HEIGHT + 2.0 * bleed), accent));
    }
    let disc = &content.catalogue.disc;
    let titles = content.titles();
    let (title, language) = titles.first().copied().unwrap_or((disc.volume.as_str(), content.main_language()));
    let style = TextStyle { size: 10.0, is_bold: true, colour: on_accent };
    let typeset =
        typesetter.typeset_to_fit(title, language, style, (HEIGHT - 40.0, SPINE - 1.0), MIN_FONT_SIZE, TextAlign::Left);
    let small = TextStyle { size: 8.0, is_bold: false, ..style };
    let volume = content.typeset_codes(typesetter, &disc.volume, small, (30.0, SPINE - 1.0), TextAlign::Left);
    // The bottom of the letters is towards the panel between the spines, so that both spines are upright when the case lies on
    // its back.
    for (spine, quarters) in [(x, 3), (x + WIDTH - SPINE, 1)] {
        for (typeset, from_top) in [(typeset.clone(), 5.0), (volume.clone(), HEIGHT - 5.0 - volume.width)] {
            let middle = (SPINE - typeset.height) / 2.0;
            let (x, y) = match quarters {
                1 => (spine + SPINE - middle, y + from_top),
                _ => (spine + middle, y + HEIGHT - from_top),
            };
            page.elements.push(PageElement::Text { x, y, quarters, typeset });
        }
    }
    let back = Area::new(x + SPINE, y, WIDTH - 2.0 * SPINE, HEIGHT).inset(8.0);
    let typeset = typesetter.typeset_to_fit(
        title,
        language,
        TextStyle { size: 14.0, is_bold: true, colour: accent },
        (back.width, 16.0),
        8.0,
        TextAlign::Start,
    );
    let head = typeset.height + 4.0;
    page.elements.push(PageElement::Text { x: back.x, y: back.y, quarters: 0, typeset });
    let foot = 9.0;
    let area = Area::new(back.x, back.y + head, back.width, back.height - head - foot);
    cover::list_contents(content, typesetter, content.main_language(), area, &mut page.elements);
    let line = format!("{} · {}", disc.volume, content.short_digest());
    let style = TextStyle { size: 7.0, is_bold: false, colour: muted };
    let typeset = content.typeset_codes(
        typesetter,
        &line,
        style,
        (back.width, foot),
        PrintContent::code_alignment(content.main_language()),
    );
    let bottom = back.y + back.height - typeset.height;
    page.elements.push(PageElement::Text { x: back.x, y: bottom, quarters: 0, typeset });
    page.with_crop_marks(&[SPINE, WIDTH - SPINE])
}
