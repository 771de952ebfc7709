//! The inlay under the tray of a jewel case, with a spine on each side.

use std::collections::BTreeSet;

use super::{Area, MIN_FONT_SIZE, Page, PageElement, PrintContent, TextAlign, TextStyle, Typesetter, cover};
use crate::covers::cover_file;
use crate::language::Direction;

/// Lengths in millimetres.
const WIDTH: f32 = 151.0;
const HEIGHT: f32 = 118.0;
const SPINE: f32 = 6.5;
/// The row of covers: its height, and the smallest distance between two covers.
const COVER_HEIGHT: f32 = 30.0;
const COVER_GAP: f32 = 3.0;
/// The width of the line around a cover.
const COVER_BORDER: f32 = 0.15;

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
    let covers = cover_row(content, back);
    let row = if covers.is_empty() { 0.0 } else { COVER_HEIGHT + 4.0 };
    page.elements.extend(covers);
    let area = Area::new(back.x, back.y + head, back.width, back.height - head - foot - row);
    cover::list_contents(content, typesetter, content.main_language(), &[area], &mut page.elements);
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

/// A row of covers above the last line of the panel `back`: as many as have room, the first of each section before the second of any.
/// Programs that read the PDF aloud skip them: the leaflet names all documents.
fn cover_row(content: &PrintContent<'_>, back: Area) -> Vec<PageElement> {
    let sections = &content.catalogue.sections;
    let longest = sections.iter().map(|section| section.reports.len()).max().unwrap_or(0);
    let in_turn = (0..longest).flat_map(|r| sections.iter().filter_map(move |section| section.reports.get(r)));
    // Two reports may have the same file.
    let mut used = BTreeSet::new();
    let mut chosen = Vec::new();
    let mut width = 0.0;
    for report in in_turn {
        let language = content.main_language();
        let own = report.variants.iter().filter(|variant| variant.language == *language);
        let source = own.chain(&report.variants).find_map(|variant| Some(cover_file(variant)?.1.source));
        let Some((source, found)) = source.and_then(|source| Some((source, content.covers.get(source)?))) else {
            continue;
        };
        let picture = found.large.as_ref().unwrap_or(&found.small);
        // A wide picture, such as a slide, is lower than the others.
        let scale = COVER_HEIGHT / picture.height.max(picture.width) as f32;
        let (cover_width, cover_height) = (picture.width as f32 * scale, picture.height as f32 * scale);
        let gaps = COVER_GAP * chosen.len() as f32;
        if width + gaps + cover_width > back.width {
            break;
        }
        if used.insert(source) {
            width += cover_width;
            chosen.push((cover_width, cover_height, &picture.bytes));
        }
    }
    // A full row reaches from one margin to the other.
    let gap = match chosen.len() {
        4.. => ((back.width - width) / (chosen.len() - 1) as f32).min(3.0 * COVER_GAP),
        _ => 2.0 * COVER_GAP,
    };
    let bottom = back.y + back.height - 9.0;
    let line = content.colour("muted");
    let is_rtl = content.main_language().direction() == Direction::Rtl;
    let mut elements = Vec::new();
    let mut along = 0.0;
    for (width, height, jpeg) in chosen {
        let left = if is_rtl { back.x + back.width - along - width } else { back.x + along };
        let area = Area::new(left, bottom - height, width, height);
        elements.push(PageElement::Area(area.inset(-COVER_BORDER), line));
        elements.push(PageElement::Cover(area, jpeg.clone()));
        along += width + gap;
    }
    elements
}
