//! The booklet in the lid of a jewel case: one sheet, folded once.

use super::{Area, Colour, Column, Content, LEAST, Mark, Place, Sheet, Style, Type};

/// The side of the booklet in millimetres.
const SIDE: f32 = 120.0;

pub(super) fn cover(content: &Content<'_>, types: &mut Type) -> Vec<Sheet> {
    let outside = outside(content, types);
    let inside = inside(content, types);
    vec![outside, inside]
}

/// Back and front: the front is on the right, where the fold is its left edge.
fn outside(content: &Content<'_>, types: &mut Type) -> Sheet {
    let mut sheet = Sheet::cut(2.0 * SIDE, SIDE);
    let disc = &content.catalogue.disc;
    let (accent, on_accent) = (content.colour("accent"), content.colour("on_accent"));
    let (text, muted) = (content.colour("text"), content.colour("muted"));
    let Area { x, y, .. } = sheet.trim;
    let front = Area::new(x + SIDE, y, SIDE, SIDE);
    // A field of colour in the upper part, to the edge and beyond.
    let field = SIDE * 0.62;
    sheet.marks.push(Mark::Area(Area::new(front.x, y - sheet.bleed, SIDE + sheet.bleed, field + sheet.bleed), accent));
    let margin = 10.0;
    let titles = content.titles();
    let mut column = Column::new(Area::new(front.x + margin, y + margin, SIDE - 2.0 * margin, field - 2.0 * margin));
    if let Some((title, language)) = titles.first() {
        let style = Style { size: 24.0, bold: true, colour: on_accent };
        let room = if titles.len() > 1 { column.left() * 0.6 } else { column.left() };
        let set = types.fit(title, language, style, (column.area.width, room), 9.0, Place::Start);
        column.put(set, 4.0, &mut sheet.marks);
    }
    for (number, (title, language)) in titles.iter().enumerate().skip(1) {
        if column.left() < 5.0 {
            types.omitted = types.omitted.max(titles.len() - number);
            break;
        }
        let style = Style { size: 12.0, bold: false, colour: on_accent };
        let set = types.set(title, language, style, column.area.width, Place::Start);
        if !column.put(set, 1.5, &mut sheet.marks) {
            let set =
                types.fit(title, language, style, (column.area.width, column.left().max(3.0)), LEAST, Place::Start);
            column.put(set, 1.5, &mut sheet.marks);
        }
    }
    let lower = Area::new(front.x + margin, y + field + 7.0, SIDE - 2.0 * margin, SIDE - field - 7.0 - margin);
    let emblem = 24.0;
    let has_emblem = content.branding.emblem.is_some();
    if has_emblem {
        sheet.marks.extend(content.emblem(Area::new(lower.x, lower.y + lower.height - emblem, emblem, emblem)));
    }
    let language = content.default();
    let date = disc.date.map(|date| language.format().date(date));
    let beside = if has_emblem { emblem + 6.0 } else { 0.0 };
    let mut column =
        Column::new(Area::new(lower.x + beside, lower.y + lower.height - emblem, lower.width - beside, emblem));
    let lines = [
        (disc.publisher.clone(), 11.0, true, text),
        (date, 10.0, false, text),
        (disc.identifier.clone(), 9.0, false, muted),
    ];
    for (line, size, bold, colour) in lines {
        let Some(line) = line else { continue };
        let set = types.fit(
            &line,
            language,
            Style { size, bold, colour },
            (column.area.width, column.left().max(3.0)),
            LEAST,
            Place::Start,
        );
        column.put(set, 1.0, &mut sheet.marks);
    }
    // The back: what it is, how to open it, what proves it.
    let back = Area::new(x, y, SIDE, SIDE).inset(margin);
    let mut column = Column::new(back);
    for language in content.languages.iter().take(6) {
        let open = content.word("readme_open", language).replace("{index}", content.layout.index.as_str());
        let name = Style { size: 8.0, bold: true, colour: accent };
        let words = Style { size: 9.0, bold: false, colour: text };
        let heading = types.set(&language.autonym(), language, name, back.width, Place::Start);
        let set = types.set(&open, language, words, back.width, Place::Start);
        if column.left() < heading.height + set.height + 22.0 {
            break;
        }
        column.put(heading, 0.3, &mut sheet.marks);
        column.put(set, 3.0, &mut sheet.marks);
    }
    let foot = [(disc.volume.clone(), true, accent), (content.digest(), false, muted)];
    let mut bottom = back.y + back.height;
    for (line, bold, colour) in foot.into_iter().rev() {
        let style = Style { size: 8.0, bold, colour };
        let set = content.code(types, &line, style, (back.width, 6.0), Content::beside(language));
        bottom -= set.height;
        sheet.marks.push(Mark::Text { x: back.x, y: bottom, quarters: 0, set });
    }
    sheet.finish(&[SIDE])
}

/// What is on the disc, in one language on each side.
fn inside(content: &Content<'_>, types: &mut Type) -> Sheet {
    let mut sheet = Sheet::cut(2.0 * SIDE, SIDE);
    for (side, language) in content.languages.iter().take(2).enumerate() {
        let area = Area::new(sheet.trim.x + side as f32 * SIDE, sheet.trim.y, SIDE, SIDE).inset(10.0);
        contents(content, types, language, area, &mut sheet.marks);
    }
    sheet.finish(&[SIDE])
}

/// Sections and their reports; letters as large as lets all be there.
pub(super) fn contents(
    content: &Content<'_>,
    types: &mut Type,
    language: &crate::language::Language,
    area: Area,
    marks: &mut Vec<Mark>,
) {
    let default = content.catalogue.disc.default_language();
    let (accent, text) = (content.colour("accent"), content.colour("text"));
    for size in [9.0, 8.0, 7.0, LEAST] {
        let mut own = Vec::new();
        let mut column = Column::new(area);
        let mut all = true;
        let heading = |size: f32, colour: Colour| Style { size, bold: true, colour };
        for section in &content.catalogue.sections {
            let shown = section.title.shown(language, default);
            let of = shown.other.unwrap_or(language);
            all &= column.put(
                types.set(shown.text, of, heading(size + 1.0, accent), area.width, Place::Start),
                0.6,
                &mut own,
            );
            for report in &section.reports {
                let shown = report.title.shown(language, default);
                let of = shown.other.unwrap_or(language);
                let style = Style { size, bold: false, colour: text };
                all &= column.put(types.set(shown.text, of, style, area.width, Place::Start), 0.5, &mut own);
                if !all {
                    break;
                }
            }
            column.y += 2.0;
            if !all {
                break;
            }
        }
        if all {
            marks.append(&mut own);
            return;
        }
    }
    // Too many reports: the sections, each with how many it has.
    let mut column = Column::new(area);
    for section in &content.catalogue.sections {
        let shown = section.title.shown(language, default);
        let of = shown.other.unwrap_or(language);
        let number = language.format().number(section.reports.len() as u64);
        let line = format!("{} ({number})", shown.text);
        let set = types.set(&line, of, Style { size: 9.0, bold: false, colour: text }, area.width, Place::Start);
        if column.left() < set.height * 2.5 {
            let rest =
                types.set("…", language, Style { size: 9.0, bold: false, colour: text }, area.width, Place::Start);
            column.put(rest, 0.0, marks);
            break;
        }
        column.put(set, 1.5, marks);
    }
}
