//! The booklet in the lid of a jewel case: one sheet, printed on both sides and folded once.

use super::{
    Area, Colour, MIN_FONT_SIZE, Page, PageElement, PrintContent, TextAlign, TextColumn, TextStyle, Typesetter,
};

/// The width and height of the folded booklet in millimetres.
const SIDE: f32 = 120.0;

pub(super) fn render(content: &PrintContent<'_>, typesetter: &mut Typesetter) -> Vec<Page> {
    let outside = outside(content, typesetter);
    let inside = inside(content, typesetter);
    vec![outside, inside]
}

/// The outer side of the sheet: the back on the left, and the front on the right.
fn outside(content: &PrintContent<'_>, typesetter: &mut Typesetter) -> Page {
    let mut page = Page::with_trim(2.0 * SIDE, SIDE);
    let disc = &content.catalogue.disc;
    let (accent, on_accent) = (content.colour("accent"), content.colour("on_accent"));
    let (text, muted) = (content.colour("text"), content.colour("muted"));
    let Area { x, y, .. } = page.trim;
    let front = Area::new(x + SIDE, y, SIDE, SIDE);
    // A coloured field at the top of the front, with bleed.
    let field = SIDE * 0.62;
    page.elements
        .push(PageElement::Area(Area::new(front.x, y - page.bleed, SIDE + page.bleed, field + page.bleed), accent));
    let margin = 10.0;
    let titles = content.titles();
    let mut column =
        TextColumn::new(Area::new(front.x + margin, y + margin, SIDE - 2.0 * margin, field - 2.0 * margin));
    if let Some((title, language)) = titles.first() {
        let style = TextStyle { size: 24.0, is_bold: true, colour: on_accent };
        let room = if titles.len() > 1 { column.remaining_height() * 0.6 } else { column.remaining_height() };
        let typeset =
            typesetter.typeset_to_fit(title, language, style, (column.area.width, room), 9.0, TextAlign::Start);
        column.add(typeset, 4.0, &mut page.elements);
    }
    for (number, (title, language)) in titles.iter().enumerate().skip(1) {
        if column.remaining_height() < 5.0 {
            typesetter.omitted_titles = typesetter.omitted_titles.max(titles.len() - number);
            break;
        }
        let style = TextStyle { size: 12.0, is_bold: false, colour: on_accent };
        let typeset = typesetter.typeset(title, language, style, column.area.width, TextAlign::Start);
        if !column.add(typeset, 1.5, &mut page.elements) {
            let typeset = typesetter.typeset_to_fit(
                title,
                language,
                style,
                (column.area.width, column.remaining_height().max(3.0)),
                MIN_FONT_SIZE,
                TextAlign::Start,
            );
            column.add(typeset, 1.5, &mut page.elements);
        }
    }
    let lower = Area::new(front.x + margin, y + field + 7.0, SIDE - 2.0 * margin, SIDE - field - 7.0 - margin);
    let emblem = 24.0;
    let has_emblem = content.branding.emblem.is_some();
    if has_emblem {
        page.elements.extend(content.emblem(Area::new(lower.x, lower.y + lower.height - emblem, emblem, emblem)));
    }
    let language = content.main_language();
    let date = disc.date.map(|date| language.format().date(date));
    let indent = if has_emblem { emblem + 6.0 } else { 0.0 };
    let mut column =
        TextColumn::new(Area::new(lower.x + indent, lower.y + lower.height - emblem, lower.width - indent, emblem));
    let lines = [
        (disc.publisher.clone(), 11.0, true, text),
        (date, 10.0, false, text),
        (disc.identifier.clone(), 9.0, false, muted),
    ];
    for (line, size, is_bold, colour) in lines {
        let Some(line) = line else { continue };
        let typeset = typesetter.typeset_to_fit(
            &line,
            language,
            TextStyle { size, is_bold, colour },
            (column.area.width, column.remaining_height().max(3.0)),
            MIN_FONT_SIZE,
            TextAlign::Start,
        );
        column.add(typeset, 1.0, &mut page.elements);
    }
    // The back: how to open the disc, its volume name and its digest.
    let back = Area::new(x, y, SIDE, SIDE).inset(margin);
    let mut column = TextColumn::new(back);
    for language in content.languages.iter().take(6) {
        let open = content.interface_string("readme_open", language).replace("{index}", content.layout.index.as_str());
        let name = TextStyle { size: 8.0, is_bold: true, colour: accent };
        let words = TextStyle { size: 9.0, is_bold: false, colour: text };
        let heading = typesetter.typeset(&language.autonym(), language, name, back.width, TextAlign::Start);
        let typeset = typesetter.typeset(&open, language, words, back.width, TextAlign::Start);
        if column.remaining_height() < heading.height + typeset.height + 22.0 {
            break;
        }
        column.add(heading, 0.3, &mut page.elements);
        column.add(typeset, 3.0, &mut page.elements);
    }
    let foot = [(disc.volume.clone(), true, accent), (content.short_digest(), false, muted)];
    let mut bottom = back.y + back.height;
    for (line, is_bold, colour) in foot.into_iter().rev() {
        let style = TextStyle { size: 8.0, is_bold, colour };
        let typeset =
            content.typeset_codes(typesetter, &line, style, (back.width, 6.0), PrintContent::code_alignment(language));
        bottom -= typeset.height;
        page.elements.push(PageElement::Text { x: back.x, y: bottom, quarters: 0, typeset });
    }
    page.with_crop_marks(&[SIDE])
}

/// The inner side of the sheet: the contents of the disc in up to two languages, one on each half.
fn inside(content: &PrintContent<'_>, typesetter: &mut Typesetter) -> Page {
    let mut page = Page::with_trim(2.0 * SIDE, SIDE);
    for (side, language) in content.languages.iter().take(2).enumerate() {
        let area = Area::new(page.trim.x + side as f32 * SIDE, page.trim.y, SIDE, SIDE).inset(10.0);
        list_contents(content, typesetter, language, area, &mut page.elements);
    }
    page.with_crop_marks(&[SIDE])
}

/// Lists the sections and their reports in the largest font size in which all fit. If they do not fit in the smallest, lists
/// only the sections.
pub(super) fn list_contents(
    content: &PrintContent<'_>,
    typesetter: &mut Typesetter,
    language: &crate::language::Language,
    area: Area,
    elements: &mut Vec<PageElement>,
) {
    let default = content.catalogue.disc.default_language();
    let (accent, text) = (content.colour("accent"), content.colour("text"));
    for size in [9.0, 8.0, 7.0, MIN_FONT_SIZE] {
        let mut list = Vec::new();
        let mut column = TextColumn::new(area);
        let mut all_fit = true;
        let heading = |size: f32, colour: Colour| TextStyle { size, is_bold: true, colour };
        for section in &content.catalogue.sections {
            let shown = section.title.localised(language, default);
            let title_language = shown.other_language.unwrap_or(language);
            all_fit &= column.add(
                typesetter.typeset(
                    shown.text,
                    title_language,
                    heading(size + 1.0, accent),
                    area.width,
                    TextAlign::Start,
                ),
                0.6,
                &mut list,
            );
            for report in &section.reports {
                let shown = report.title.localised(language, default);
                let title_language = shown.other_language.unwrap_or(language);
                let style = TextStyle { size, is_bold: false, colour: text };
                all_fit &= column.add(
                    typesetter.typeset(shown.text, title_language, style, area.width, TextAlign::Start),
                    0.5,
                    &mut list,
                );
                if !all_fit {
                    break;
                }
            }
            column.y += 2.0;
            if !all_fit {
                break;
            }
        }
        if all_fit {
            elements.append(&mut list);
            return;
        }
    }
    // Too many reports: only the sections, each with the number of its reports.
    let mut column = TextColumn::new(area);
    for section in &content.catalogue.sections {
        let shown = section.title.localised(language, default);
        let title_language = shown.other_language.unwrap_or(language);
        let number = language.format().number(section.reports.len() as u64);
        let line = format!("{} ({number})", shown.text);
        let typeset = typesetter.typeset(
            &line,
            title_language,
            TextStyle { size: 9.0, is_bold: false, colour: text },
            area.width,
            TextAlign::Start,
        );
        if column.remaining_height() < typeset.height * 2.5 {
            let rest = typesetter.typeset(
                "…",
                language,
                TextStyle { size: 9.0, is_bold: false, colour: text },
                area.width,
                TextAlign::Start,
            );
            column.add(rest, 0.0, elements);
            break;
        }
        column.add(typeset, 1.5, elements);
    }
}
