//! The inlay below the tray of a jewel case, with a spine on each side.

use super::{Area, Content, LEAST, Mark, Place, Sheet, Style, Type, cover};

/// In millimetres.
const WIDTH: f32 = 151.0;
const HEIGHT: f32 = 118.0;
const SPINE: f32 = 6.5;

pub(super) fn inlay(content: &Content<'_>, types: &mut Type) -> Sheet {
    let mut sheet = Sheet::cut(WIDTH, HEIGHT);
    let Area { x, y, .. } = sheet.trim;
    let (accent, on_accent) = (content.colour("accent"), content.colour("on_accent"));
    let muted = content.colour("muted");
    let bleed = sheet.bleed;
    // The spines, to the edge and beyond.
    for left in [x - bleed, x + WIDTH - SPINE] {
        sheet.marks.push(Mark::Area(Area::new(left, y - bleed, SPINE + bleed, HEIGHT + 2.0 * bleed), accent));
    }
    let disc = &content.catalogue.disc;
    let titles = content.titles();
    let (title, language) = titles.first().copied().unwrap_or((disc.volume.as_str(), content.default()));
    let style = Style { size: 10.0, bold: true, colour: on_accent };
    let set = types.fit(title, language, style, (HEIGHT - 40.0, SPINE - 1.0), LEAST, Place::Left);
    let small = Style { size: 8.0, bold: false, ..style };
    let volume = content.code(types, &disc.volume, small, (30.0, SPINE - 1.0), Place::Left);
    // Letters stand on the panel between the spines: they are upright on either side of a case that lies on its back.
    for (spine, quarters) in [(x, 3), (x + WIDTH - SPINE, 1)] {
        for (set, from_top) in [(set.clone(), 5.0), (volume.clone(), HEIGHT - 5.0 - volume.width)] {
            let middle = (SPINE - set.height) / 2.0;
            let (x, y) = match quarters {
                1 => (spine + SPINE - middle, y + from_top),
                _ => (spine + middle, y + HEIGHT - from_top),
            };
            sheet.marks.push(Mark::Text { x, y, quarters, set });
        }
    }
    let back = Area::new(x + SPINE, y, WIDTH - 2.0 * SPINE, HEIGHT).inset(8.0);
    let set = types.fit(
        title,
        language,
        Style { size: 14.0, bold: true, colour: accent },
        (back.width, 16.0),
        8.0,
        Place::Start,
    );
    let head = set.height + 4.0;
    sheet.marks.push(Mark::Text { x: back.x, y: back.y, quarters: 0, set });
    let foot = 9.0;
    let area = Area::new(back.x, back.y + head, back.width, back.height - head - foot);
    cover::contents(content, types, content.default(), area, &mut sheet.marks);
    let line = format!("{} · {}", disc.volume, content.digest());
    let style = Style { size: 7.0, bold: false, colour: muted };
    let set = content.code(types, &line, style, (back.width, foot), Content::beside(content.default()));
    let bottom = back.y + back.height - set.height;
    sheet.marks.push(Mark::Text { x: back.x, y: bottom, quarters: 0, set });
    sheet.finish(&[SPINE, WIDTH - SPINE])
}
