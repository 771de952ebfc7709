//! The list of documents on paper, in each language.

use super::{Area, Column, Content, Mark, Paper, Place, Sheet, Style, Type};
use crate::language::Language;

/// Millimetres around the text.
const MARGIN: f32 = 20.0;

pub(super) fn leaflet(content: &Content<'_>, types: &mut Type, paper: Paper) -> Vec<Sheet> {
    content.languages.iter().flat_map(|language| pages(content, types, paper, language)).collect()
}

fn pages(content: &Content<'_>, types: &mut Type, paper: Paper, language: &Language) -> Vec<Sheet> {
    let (width, height) = match paper {
        Paper::A4 => (210.0, 297.0),
        Paper::Letter => (215.9, 279.4),
    };
    let area = Area::new(MARGIN, MARGIN, width - 2.0 * MARGIN, height - 2.0 * MARGIN - 8.0);
    let catalogue = content.catalogue;
    let default = catalogue.disc.default_language();
    let (accent, text, muted) = (content.colour("accent"), content.colour("text"), content.colour("muted"));
    let plain = |size: f32| Style { size, bold: false, colour: text };
    let quiet = Style { size: 8.5, bold: false, colour: muted };
    let mut sheets = vec![Sheet::plain(width, height)];
    let mut column = Column::new(area);
    // What belongs together stays together: a heading with the first of what follows.
    let mut block = |gap: f32, sets: Vec<(super::Set, f32)>, sheets: &mut Vec<Sheet>| {
        column.y += if column.y > area.y { gap } else { 0.0 };
        let needs: f32 = sets.iter().map(|(set, below)| set.height + below).sum();
        if needs > column.left() && column.y > area.y {
            sheets.push(Sheet::plain(width, height));
            column = Column::new(area);
        }
        for (set, below) in sets {
            // What is longer than a page goes on on the next.
            if set.height > column.left() && column.y > area.y {
                sheets.push(Sheet::plain(width, height));
                column = Column::new(area);
            }
            if let Some(sheet) = sheets.last_mut() {
                let height = set.height;
                if !column.put(set.clone(), below, &mut sheet.marks) {
                    sheet.marks.push(Mark::Text { x: area.x, y: column.y, quarters: 0, set });
                    column.y += height + below;
                }
            }
        }
    };
    let title = catalogue.disc.title.shown(language, default);
    let of = title.other.unwrap_or(language);
    let date = catalogue.disc.date.map(|date| language.format().date(date));
    let by: Vec<&str> = [catalogue.disc.publisher.as_deref(), date.as_deref()].into_iter().flatten().collect();
    let mut head = vec![
        (types.set(title.text, of, Style { size: 20.0, bold: true, colour: accent }, area.width, Place::Start), 2.0),
        (
            types.set(
                content.word("list", language),
                language,
                Style { size: 13.0, ..plain(13.0) },
                area.width,
                Place::Start,
            ),
            1.5,
        ),
    ];
    // Each on its own line: in one, names and numbers of two directions would trade places.
    head.extend(by.into_iter().map(|line| (types.set(line, language, quiet, area.width, Place::Start), 0.5)));
    if let Some((_, below)) = head.last_mut() {
        *below = 7.0;
    }
    block(0.0, head, &mut sheets);
    for (s, section) in catalogue.sections.iter().enumerate() {
        let shown = section.title.shown(language, default);
        let of = shown.other.unwrap_or(language);
        let style = Style { size: 13.0, bold: true, colour: accent };
        let mut heading = vec![(types.set(shown.text, of, style, area.width, Place::Start), 2.0)];
        for (r, report) in section.reports.iter().enumerate() {
            let mut sets = std::mem::take(&mut heading);
            sets.extend(entry(content, types, language, (s, r), report, area.width, (plain(10.0), quiet)));
            block(if r == 0 { 3.0 } else { 0.0 }, sets, &mut sheets);
        }
    }
    let count = sheets.len();
    let format = language.format();
    for (number, sheet) in sheets.iter_mut().enumerate() {
        let page = format!("{} / {}", format.number(number as u64 + 1), format.number(count as u64));
        let line = format!("{} · {} · {page}", catalogue.disc.volume, content.digest());
        let style = Style { size: 8.0, bold: false, colour: muted };
        let set = content.code(types, &line, style, (area.width, 8.0), Place::Middle);
        sheet.marks.push(Mark::Text { x: area.x, y: height - MARGIN - 3.0, quarters: 0, set });
    }
    sheets
}

/// A report: its title, what identifies it, and its files by language.
fn entry(
    content: &Content<'_>,
    types: &mut Type,
    language: &Language,
    (s, r): (usize, usize),
    report: &crate::catalogue::Report,
    width: f32,
    (plain, quiet): (Style, Style),
) -> Vec<(super::Set, f32)> {
    let default = content.catalogue.disc.default_language();
    let shown = report.title.shown(language, default);
    let of = shown.other.unwrap_or(language);
    let mut sets = vec![(types.set(shown.text, of, Style { bold: true, ..plain }, width, Place::Start), 0.5)];
    let date = report.date.map(|date| language.format().date(date));
    let about: Vec<&str> = [report.symbol.as_deref(), date.as_deref()]
        .into_iter()
        .flatten()
        .chain(report.authors.iter().map(String::as_str))
        .collect();
    if !about.is_empty() {
        sets.push((types.set(&about.join(" · "), language, quiet, width, Place::Start), 0.3));
    }
    for (v, variant) in report.variants.iter().enumerate() {
        let files: Vec<String> =
            (0..variant.files.len()).map(|f| content.layout.document(s, r, v, f).as_str().to_owned()).collect();
        let line = format!("{}: {}", variant.language.name_in(language), files.join(", "));
        sets.push((types.set(&line, language, quiet, width, Place::Start), 0.3));
    }
    if let Some((_, below)) = sets.last_mut() {
        *below = 3.5;
    }
    sets
}
