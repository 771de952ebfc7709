//! The label: what is printed on the disc itself.

use super::{
    Area, Colour, MIN_FONT_SIZE, Page, PageElement, PrintContent, TextAlign, TextStyle, Typesetter, join_parts,
};

// Diameters in millimetres.
const DISC_DIAMETER: f32 = 120.0;
const MINI_DISC_DIAMETER: f32 = 80.0;
/// The width of the edge that is kept free of text, in millimetres. The outer half of it is not printed at all.
const UNPRINTABLE_EDGE: f32 = 2.0;
/// The diameter of the middle of the disc, which cannot be printed on many blank discs. On others, only the inner 23 mm cannot.
const HUB_DIAMETER: f32 = 46.0;
const MINI_HUB_DIAMETER: f32 = 36.0;

/// The smallest fraction of their sizes in which the lines are printed.
const SMALLEST: f32 = 0.62;

/// The width of the rings that frame the label.
const RING_WIDTH: f32 = 0.6;

pub(super) fn render(content: &PrintContent<'_>, typesetter: &mut Typesetter) -> Page {
    let disc = &content.catalogue.disc;
    let is_mini = disc.medium.as_ref().is_some_and(|medium| medium.name.starts_with("mini-"));
    let diameter = if is_mini { MINI_DISC_DIAMETER } else { DISC_DIAMETER };
    let hub = if is_mini { MINI_HUB_DIAMETER } else { HUB_DIAMETER };
    let mut page = Page::uncut(diameter, diameter);
    let middle = diameter / 2.0;
    let (accent, text, muted) = (content.colour("accent"), content.colour("text"), content.colour("muted"));
    let outer = middle - UNPRINTABLE_EDGE / 2.0;
    let ring =
        |inner: f32, outer: f32, colour: Colour| PageElement::Ring { x: middle, y: middle, inner, outer, colour };
    page.elements.push(ring(outer - RING_WIDTH, outer, accent));
    page.elements.push(ring(hub / 2.0, hub / 2.0 + RING_WIDTH, accent));

    // The width of the circle at a distance from its centre, less a margin.
    let chord = |distance: f32| 2.0 * ((outer - 3.0).powi(2) - distance.powi(2)).max(0.0).sqrt();
    let printable_width = middle - hub / 2.0 - UNPRINTABLE_EDGE;
    // Above the hub: the emblem, and the title below it.
    let top = UNPRINTABLE_EDGE + 3.0;
    let has_emblem = content.branding.emblem.is_some();
    let emblem = if has_emblem { printable_width * 0.36 } else { printable_width * 0.12 };
    if has_emblem {
        let width = chord(middle - top - 2.0).min(emblem * 2.0);
        page.elements.extend(content.emblem(Area::new(middle - width / 2.0, top, width, emblem)));
    }
    let titles = content.titles();
    let below_emblem = top + emblem + 1.0;
    let width = chord(middle - below_emblem).min(diameter * 0.72);
    let area = Area::new(middle - width / 2.0, below_emblem, width, middle - hub / 2.0 - 1.5 - below_emblem);
    if let Some((title, language)) = titles.first() {
        let style = TextStyle { size: if is_mini { 10.0 } else { 14.0 }, is_bold: true, colour: accent };
        let typeset = typesetter.typeset_to_fit(
            title,
            language,
            style,
            (area.width, area.height),
            MIN_FONT_SIZE,
            TextAlign::Centre,
        );
        let y = area.y + (area.height - typeset.height) / 2.0;
        page.elements.push(PageElement::Text { x: area.x, y, quarters: 0, typeset });
    }
    // Below the hub: the other titles, publisher, date, volume name and public key. The digest is on the inlay.
    let language = content.main_language();
    let mut lines: Vec<Line<'_>> = Vec::new();
    let plain = |size: f32, colour: Colour| TextStyle { size, is_bold: false, colour };
    let others = titles.get(1..).unwrap_or_default();
    lines.extend(others.iter().map(|(title, language)| ((*title).to_owned(), *language, plain(9.0, text))));
    let date = disc.date.map(|date| language.format().date(date));
    lines.extend(disc.publisher.clone().map(|publisher| (publisher, language, plain(8.0, text))));
    let date_and_identifier: Vec<&str> = [date.as_deref(), disc.identifier.as_deref()].into_iter().flatten().collect();
    if !date_and_identifier.is_empty() {
        lines.push((join_parts(date_and_identifier), language, plain(8.0, text)));
    }
    lines.push((disc.volume.clone(), &content.english, TextStyle { size: 8.0, is_bold: true, colour: accent }));
    if let Some(signing) = &disc.signing {
        let text = signing.key.to_string();
        let (kind, key) = text.split_once(' ').unwrap_or(("minisign", &text));
        // In two halves, because the circle is narrow here.
        let (first, second) = key.split_at(key.len() / 2);
        for line in [format!("{kind} {first}"), second.to_owned()] {
            lines.push((line, &content.english, plain(MIN_FONT_SIZE, muted)));
        }
    }
    let below_hub = middle + hub / 2.0 + 2.0;
    let room = diameter - UNPRINTABLE_EDGE - 4.0 - below_hub;
    // Reduces the font sizes until all lines fit into the circle. If they do not fit in the smallest, leaves out titles.
    let mut omitted = 0;
    loop {
        let scales: &[f32] = if omitted == 0 { &[1.0, 0.92, 0.85, 0.78, 0.7, SMALLEST] } else { &[SMALLEST] };
        for scale in scales {
            let (elements, used, fits) = place_lines(&lines, typesetter, *scale, below_hub, diameter, &chord);
            let fits = fits && used <= room;
            if fits || (*scale <= SMALLEST && omitted == others.len()) {
                if used > room {
                    typesetter.shortened.extend(lines.last().map(|(line, ..)| line.clone()));
                }
                typesetter.omitted_titles = typesetter.omitted_titles.max(omitted);
                page.elements.extend(elements);
                return page;
            }
        }
        omitted += 1;
        lines.remove(others.len() - omitted);
    }
}

/// A line of the label with its language.
type Line<'l> = (String, &'l crate::language::Language, TextStyle);

/// Places lines below one another in the middle of the disc, in this fraction of their sizes. Returns them with their height, and
/// whether each is narrower than the circle.
fn place_lines(
    lines: &[Line<'_>],
    typesetter: &mut Typesetter,
    scale: f32,
    top: f32,
    diameter: f32,
    chord: &dyn Fn(f32) -> f32,
) -> (Vec<PageElement>, f32, bool) {
    let middle = diameter / 2.0;
    let (mut y, mut elements, mut fits) = (top, Vec::new(), true);
    for (line, language, style) in lines {
        let style = TextStyle { size: (style.size * scale).max(MIN_FONT_SIZE), ..*style };
        let height = style.size * 1.25 / super::geometry::POINTS_PER_MM;
        let width = chord(y + height - middle).min(diameter * 0.8);
        let typeset = typesetter.typeset_balanced(line, language, style, width.max(1.0), TextAlign::Centre);
        let bottom = chord(y + typeset.height - middle);
        fits &= typeset.width <= bottom.max(width * 0.5) + 0.01;
        let (x, height) = (middle - width / 2.0, typeset.height);
        elements.push(PageElement::Text { x, y, quarters: 0, typeset });
        y += height + 0.8;
    }
    (elements, y - top - 0.8, fits)
}
