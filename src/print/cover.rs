//! The booklet in the lid of a jewel case: one sheet, printed on both sides and folded once.

use std::iter;

use super::geometry::POINTS_PER_MM;
use super::{
    Area, Colour, MIN_FONT_SIZE, Page, PageElement, PrintContent, TextAlign, TextColumn, TextStyle, TypesetText,
    Typesetter,
};
use crate::catalogue::Text;
use crate::language::{Direction, Language};

/// The width and height of the folded booklet in millimetres.
const SIDE: f32 = 120.0;
/// Between the columns of a list, in millimetres.
const COLUMN_GAP: f32 = 4.0;

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
    let room = Area::new(front.x + margin, y + margin, SIDE - 2.0 * margin, field - 2.0 * margin);
    list_titles(&titles, typesetter, room, on_accent, &mut page.elements);
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
    let room = Area::new(back.x, back.y, back.width, back.height - 10.0);
    list_instructions(content, typesetter, room, &mut page.elements);
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

/// The disc's titles: the first one large, the others below it, as large as the room allows. If they do not fit in the smallest size,
/// leaves out the last ones.
fn list_titles(
    titles: &[(&str, &Language)],
    typesetter: &mut Typesetter,
    room: Area,
    colour: Colour,
    elements: &mut Vec<PageElement>,
) {
    let Some(((title, language), others)) = titles.split_first() else { return };
    let style = TextStyle { size: 24.0, is_bold: true, colour };
    // The share of the height that the first title may take, and the size of the others.
    let arrangements: &[(f32, f32)] = match others {
        [] => &[(1.0, MIN_FONT_SIZE)],
        _ => &[(0.6, 12.0), (0.6, 10.0), (0.45, 10.0), (0.45, 8.0), (0.35, 8.0), (0.35, 7.0), (0.35, MIN_FONT_SIZE)],
    };
    let shortened = typesetter.shortened.len();
    for (number, (share, size)) in arrangements.iter().enumerate() {
        typesetter.shortened.truncate(shortened);
        let mut column = TextColumn::new(room);
        let mut list = Vec::new();
        let first_room = (room.width, room.height * share);
        let typeset = typesetter.typeset_to_fit(title, language, style, first_room, 9.0, TextAlign::Start);
        column.add(typeset, 4.0, &mut list);
        let style = TextStyle { size: *size, is_bold: false, colour };
        let fitting = others.iter().take_while(|(title, language)| {
            let typeset = typesetter.typeset_balanced(title, language, style, room.width, TextAlign::Start);
            column.add(typeset, 1.5, &mut list)
        });
        let omitted = others.len() - fitting.count();
        if omitted == 0 || number + 1 == arrangements.len() {
            typesetter.omitted_titles = typesetter.omitted_titles.max(omitted);
            elements.append(&mut list);
            return;
        }
    }
}

/// Says how to open the disc in all languages that have this text: in one column, or if there are many, in two or three, and in a
/// smaller font. Leaves out the last ones if there is no room for them.
fn list_instructions(
    content: &PrintContent<'_>,
    typesetter: &mut Typesetter,
    room: Area,
    elements: &mut Vec<PageElement>,
) {
    let (accent, text) = (content.colour("accent"), content.colour("text"));
    let instructions = content.instructions();
    let arrangements = [(1, 9.0), (1, 8.0), (2, 9.0), (2, 8.0), (2, 7.0), (3, 7.0), (3, MIN_FONT_SIZE)];
    for (columns, size) in arrangements {
        let width = (room.width - (columns - 1) as f32 * COLUMN_GAP) / columns as f32;
        let column = |number: usize| {
            TextColumn::new(Area::new(room.x + number as f32 * (width + COLUMN_GAP), room.y, width, room.height))
        };
        let (mut list, mut number, mut current, mut all_fit) = (Vec::new(), 0, column(0), true);
        for (open, language) in &instructions {
            let name = TextStyle { size: (size - 1.0).max(MIN_FONT_SIZE), is_bold: true, colour: accent };
            let words = TextStyle { size, is_bold: false, colour: text };
            let heading = typesetter.typeset(&language.autonym(), language, name, width, TextAlign::Start);
            let typeset = typesetter.typeset(open, language, words, width, TextAlign::Start);
            if current.remaining_height() < heading.height + 0.3 + typeset.height {
                number += 1;
                current = column(number);
            }
            all_fit &= number < columns;
            if !all_fit {
                break;
            }
            current.add(heading, 0.3, &mut list);
            current.add(typeset, size / 3.0, &mut list);
        }
        if all_fit || (columns, size) == (3, MIN_FONT_SIZE) {
            elements.append(&mut list);
            return;
        }
    }
}

/// The inner side of the sheet: the contents of the disc in two languages, one on each half. If the titles are the same in all
/// languages, they are one list on both halves.
fn inside(content: &PrintContent<'_>, typesetter: &mut Typesetter) -> Page {
    let mut page = Page::with_trim(2.0 * SIDE, SIDE);
    let half = |side: f32| Area::new(page.trim.x + side * SIDE, page.trim.y, SIDE, SIDE).inset(10.0);
    let halves = [half(0.0), half(1.0)];
    let first = content.main_language();
    let titles = all_titles(content, first);
    let second = content.languages.iter().skip(1).find(|language| all_titles(content, language) != titles);
    match second {
        Some(second) => {
            for (language, area) in [first, second].into_iter().zip(halves) {
                let name = TextStyle { size: 8.0, is_bold: true, colour: content.colour("muted") };
                let name = typesetter.typeset(&language.autonym(), language, name, area.width, TextAlign::Start);
                let below = name.height + 1.5;
                page.elements.push(PageElement::Text { x: area.x, y: area.y, quarters: 0, typeset: name });
                let room = Area::new(area.x, area.y + below, area.width, area.height - below);
                list_contents(content, typesetter, language, &[room], &mut page.elements);
            }
        }
        None => {
            let mut in_order = halves;
            if first.direction() == Direction::Rtl {
                in_order.reverse();
            }
            list_contents(content, typesetter, first, &in_order, &mut page.elements);
        }
    }
    page.with_crop_marks(&[SIDE])
}

/// The titles of all sections and reports as readers of a language see them.
fn all_titles<'c>(content: &PrintContent<'c>, language: &Language) -> Vec<&'c str> {
    let default = content.catalogue.disc.default_language();
    let sections = content.catalogue.sections.iter();
    sections
        .flat_map(|section| iter::once(&section.title).chain(section.reports.iter().map(|report| &report.title)))
        .map(|title| title.localised(language, default).text)
        .collect()
}

/// Columns that texts fill one after the other.
struct Columns<'a> {
    areas: &'a [Area],
    current: TextColumn,
}

impl<'a> Columns<'a> {
    fn new(areas: &'a [Area]) -> Self {
        let first = areas.first().copied().unwrap_or(Area::new(0.0, 0.0, 0.0, 0.0));
        Self { areas: areas.get(1..).unwrap_or_default(), current: TextColumn::new(first) }
    }

    /// Adds a text if there is room for it and for `room_after` below it, in the current column or in the next. Returns whether there was.
    fn add(
        &mut self,
        typeset: TypesetText,
        (space_after, room_after): (f32, f32),
        elements: &mut Vec<PageElement>,
    ) -> bool {
        if self.current.remaining_height() < typeset.height + room_after
            && let Some((next, rest)) = self.areas.split_first()
        {
            (self.current, self.areas) = (TextColumn::new(*next), rest);
        }
        self.current.add(typeset, space_after, elements)
    }
}

/// Lists the sections and their reports in the largest font size in which all fit into the areas. If they do not fit in the smallest,
/// lists only the sections.
pub(super) fn list_contents(
    content: &PrintContent<'_>,
    typesetter: &mut Typesetter,
    language: &Language,
    areas: &[Area],
    elements: &mut Vec<PageElement>,
) {
    let default = content.catalogue.disc.default_language();
    let width = areas.first().map_or(0.0, |area| area.width);
    let (accent, text) = (content.colour("accent"), content.colour("text"));
    for size in [9.0, 8.0, 7.0, MIN_FONT_SIZE] {
        let mut list = Vec::new();
        let mut columns = Columns::new(areas);
        let mut add = |title: &Text, style: TextStyle, (space_after, room_after): (f32, f32)| {
            let shown = title.localised(language, default);
            let title_language = shown.other_language.unwrap_or(language);
            let typeset = typesetter.typeset(shown.text, title_language, style, width, TextAlign::Start);
            columns.add(typeset, (space_after, room_after), &mut list)
        };
        let all_fit = content.catalogue.sections.iter().all(|section| {
            let heading = TextStyle { size: size + 1.0, is_bold: true, colour: accent };
            // The room below a heading is for the first title.
            add(&section.title, heading, (0.6, 2.0 * size / POINTS_PER_MM))
                && section.reports.iter().enumerate().all(|(number, report)| {
                    let space_after = if number + 1 == section.reports.len() { 2.5 } else { 0.5 };
                    add(&report.title, TextStyle { size, is_bold: false, colour: text }, (space_after, 0.0))
                })
        });
        if all_fit {
            elements.append(&mut list);
            return;
        }
    }
    // Too many reports: only the sections, each with the number of its reports.
    let mut columns = Columns::new(areas);
    let style = TextStyle { size: 9.0, is_bold: false, colour: text };
    for section in &content.catalogue.sections {
        let shown = section.title.localised(language, default);
        let title_language = shown.other_language.unwrap_or(language);
        let number = language.format().number(section.reports.len() as u64);
        let line = format!("{} ({number})", shown.text);
        let typeset = typesetter.typeset(&line, title_language, style, width, TextAlign::Start);
        let room_after = typeset.height * 1.5;
        if columns.areas.is_empty() && columns.current.remaining_height() < typeset.height + room_after {
            let rest = typesetter.typeset("…", language, style, width, TextAlign::Start);
            columns.add(rest, (0.0, 0.0), elements);
            break;
        }
        columns.add(typeset, (1.5, room_after), elements);
    }
}
