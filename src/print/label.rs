//! The label: what is printed on the disc itself.

use super::{Area, Colour, Content, LEAST, Mark, Place, Sheet, Style, Type};

/// Diameters in millimetres: of a disc and of a small one; what of them can be printed; the hub, on which old
/// blanks cannot be printed and new ones are clear from 23 mm on.
const DISC: f32 = 120.0;
const SMALL: f32 = 80.0;
const EDGE: f32 = 2.0;
const HUB: f32 = 46.0;

/// How many titles are set beside the first.
const OTHERS: usize = 4;

/// Width of the rings that frame the label.
const RING: f32 = 0.6;

pub(super) fn label(content: &Content<'_>, types: &mut Type) -> Sheet {
    let disc = &content.catalogue.disc;
    let small = disc.medium.as_ref().is_some_and(|medium| medium.name.starts_with("mini-"));
    let diameter = if small { SMALL } else { DISC };
    let hub = if small { 36.0 } else { HUB };
    let mut sheet = Sheet::plain(diameter, diameter);
    let middle = diameter / 2.0;
    let (accent, text, muted) = (content.colour("accent"), content.colour("text"), content.colour("muted"));
    let outer = middle - EDGE / 2.0;
    let ring = |inner: f32, outer: f32, colour: Colour| Mark::Ring { x: middle, y: middle, inner, outer, colour };
    sheet.marks.push(ring(outer - RING, outer, accent));
    sheet.marks.push(ring(hub / 2.0, hub / 2.0 + RING, accent));

    // How wide a circle is at a distance from its middle, with some air.
    let chord = |distance: f32| 2.0 * ((outer - 3.0).powi(2) - distance.powi(2)).max(0.0).sqrt();
    let free = middle - hub / 2.0 - EDGE;
    // Above the hub: the emblem, and the title below it.
    let top = EDGE + 3.0;
    let has_emblem = content.branding.emblem.is_some();
    let emblem = if has_emblem { free * 0.36 } else { free * 0.12 };
    if has_emblem {
        let width = chord(middle - top - 2.0).min(emblem * 2.0);
        sheet.marks.extend(content.emblem(Area::new(middle - width / 2.0, top, width, emblem)));
    }
    let titles = content.titles();
    let from = top + emblem + 1.0;
    let width = chord(middle - from).min(diameter * 0.72);
    let area = Area::new(middle - width / 2.0, from, width, middle - hub / 2.0 - 1.5 - from);
    if let Some((title, language)) = titles.first() {
        let style = Style { size: if small { 10.0 } else { 14.0 }, bold: true, colour: accent };
        let set = types.fit(title, language, style, (area.width, area.height), LEAST, Place::Middle);
        let y = area.y + (area.height - set.height) / 2.0;
        sheet.marks.push(Mark::Text { x: area.x, y, quarters: 0, set });
    }
    // Below it: the other titles, who and when, what proves it.
    let language = content.default();
    let mut lines: Vec<(String, &crate::language::Language, Style)> = Vec::new();
    let plain = |size: f32, colour: Colour| Style { size, bold: false, colour };
    let others = titles.iter().skip(1).take(OTHERS);
    types.omitted = types.omitted.max(titles.len().saturating_sub(1 + OTHERS));
    lines.extend(others.map(|(title, language)| ((*title).to_owned(), *language, plain(9.0, text))));
    let date = disc.date.map(|date| language.format().date(date));
    lines.extend(disc.publisher.clone().map(|publisher| (publisher, language, plain(8.0, text))));
    let when: Vec<&str> = [date.as_deref(), disc.identifier.as_deref()].into_iter().flatten().collect();
    if !when.is_empty() {
        lines.push((when.join(" · "), language, plain(8.0, text)));
    }
    lines.push((disc.volume.clone(), &content.latin, Style { size: 8.0, bold: true, colour: accent }));
    lines.push((content.digest(), &content.latin, plain(7.0, muted)));
    let below = middle + hub / 2.0 + 2.0;
    let room = diameter - EDGE - 4.0 - below;
    // Smaller and smaller until all fit below each other, each within the circle.
    for scale in [1.0, 0.92, 0.85, 0.78, 0.7, 0.62] {
        let (mut y, mut marks, mut fits) = (below, Vec::new(), true);
        for (line, language, style) in &lines {
            let style = Style { size: (style.size * scale).max(LEAST), ..*style };
            let height = style.size * 1.25 / super::setting::POINTS;
            let width = chord(y + height - middle).min(diameter * 0.8);
            let set = types.set(line, language, style, width.max(1.0), Place::Middle);
            let bottom = chord(y + set.height - middle);
            fits &= set.width <= bottom.max(width * 0.5) + 0.01;
            let (x, height) = (middle - width / 2.0, set.height);
            marks.push(Mark::Text { x, y, quarters: 0, set });
            y += height + 0.8;
        }
        if (fits && y - below <= room) || scale < 0.65 {
            let used = y - below - 0.8;
            if used > room {
                types.cut.extend(lines.last().map(|(line, ..)| line.clone()));
            }
            sheet.marks.extend(marks);
            break;
        }
    }
    sheet
}
