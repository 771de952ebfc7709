//! The leaflet: the list of documents, in each language.

use super::{
    Area, Page, PageElement, PaperSize, PrintContent, TextAlign, TextColumn, TextRole, TextStyle, Typesetter, isolate,
    join_parts,
};
use crate::catalogue::{Author, PublicationNumbersRef, Report};
use crate::language::Language;

/// The margin around the text, in millimetres.
const LEAFLET_MARGIN: f32 = 20.0;

pub(super) fn render(content: &PrintContent<'_>, typesetter: &mut Typesetter, paper: PaperSize) -> Vec<Page> {
    content.languages.iter().flat_map(|language| pages(content, typesetter, paper, language)).collect()
}

fn pages(content: &PrintContent<'_>, typesetter: &mut Typesetter, paper: PaperSize, language: &Language) -> Vec<Page> {
    let (width, height) = match paper {
        PaperSize::A4 => (210.0, 297.0),
        PaperSize::Letter => (215.9, 279.4),
    };
    let area =
        Area::new(LEAFLET_MARGIN, LEAFLET_MARGIN, width - 2.0 * LEAFLET_MARGIN, height - 2.0 * LEAFLET_MARGIN - 8.0);
    let catalogue = content.catalogue;
    let default = catalogue.disc.default_language();
    let (accent, text, muted) = (content.colour("accent"), content.colour("text"), content.colour("muted"));
    let plain = |size: f32| TextStyle { size, is_bold: false, colour: text };
    let fine_print = TextStyle { size: 8.5, is_bold: false, colour: muted };
    let mut pages = vec![Page::uncut(width, height)];
    let mut column = TextColumn::new(area);
    // Adds texts that stay on one page, such as a heading and the first report below it.
    let mut block = |gap: f32, texts: Vec<(super::TypesetText, f32)>, pages: &mut Vec<Page>| {
        column.y += if column.y > area.y { gap } else { 0.0 };
        let needed_height: f32 = texts.iter().map(|(typeset, space_after)| typeset.height + space_after).sum();
        if needed_height > column.remaining_height() && column.y > area.y {
            pages.push(Page::uncut(width, height));
            column = TextColumn::new(area);
        }
        for (typeset, space_after) in texts {
            // A block that is longer than a page continues on the next one.
            if typeset.height > column.remaining_height() && column.y > area.y {
                pages.push(Page::uncut(width, height));
                column = TextColumn::new(area);
            }
            if let Some(page) = pages.last_mut() {
                let height = typeset.height;
                if !column.add(typeset.clone(), space_after, &mut page.elements) {
                    page.elements.push(PageElement::Text { x: area.x, y: column.y, quarters: 0, typeset });
                    column.y += height + space_after;
                }
            }
        }
    };
    let title = catalogue.disc.title.localised(language, default);
    let title_language = title.other_language.unwrap_or(language);
    let date = catalogue.disc.date.map(|date| language.format().date(date));
    let publisher_and_date: Vec<&str> =
        [catalogue.disc.publisher.as_deref(), date.as_deref()].into_iter().flatten().collect();
    let (list, list_language) = content.interface_string("list", language);
    let mut head = vec![
        (
            typesetter
                .typeset(
                    title.text,
                    title_language,
                    TextStyle { size: 20.0, is_bold: true, colour: accent },
                    area.width,
                    TextAlign::Start,
                )
                .with_role(TextRole::Heading(1)),
            2.0,
        ),
        (
            typesetter.typeset(
                list,
                list_language,
                TextStyle { size: 13.0, ..plain(13.0) },
                area.width,
                TextAlign::Start,
            ),
            1.5,
        ),
    ];
    head.extend(
        publisher_and_date
            .into_iter()
            .map(|line| (typesetter.typeset(line, language, fine_print, area.width, TextAlign::Start), 0.5)),
    );
    if let Some((_, space_after)) = head.last_mut() {
        *space_after = 7.0;
    }
    block(0.0, head, &mut pages);
    for (s, section) in catalogue.sections.iter().enumerate() {
        let shown = section.title.localised(language, default);
        let title_language = shown.other_language.unwrap_or(language);
        let style = TextStyle { size: 13.0, is_bold: true, colour: accent };
        let mut heading = vec![(
            typesetter
                .typeset(shown.text, title_language, style, area.width, TextAlign::Start)
                .with_role(TextRole::Heading(2)),
            2.0,
        )];
        for (r, report) in section.reports.iter().enumerate() {
            let mut texts = std::mem::take(&mut heading);
            texts.extend(entry(content, typesetter, language, (s, r), report, area.width, (plain(10.0), fine_print)));
            block(if r == 0 { 3.0 } else { 0.0 }, texts, &mut pages);
        }
    }
    let count = pages.len();
    let format = language.format();
    for (number, page) in pages.iter_mut().enumerate() {
        let page_number = format!("{} / {}", format.number(number as u64 + 1), format.number(count as u64));
        let line = format!("{} · {} · {page_number}", catalogue.disc.volume, content.short_digest());
        let style = TextStyle { size: 8.0, is_bold: false, colour: muted };
        let typeset = content
            .typeset_codes(typesetter, &line, style, (area.width, 8.0), TextAlign::Centre)
            .with_role(TextRole::Footer);
        page.elements.push(PageElement::Text { x: area.x, y: height - LEAFLET_MARGIN - 3.0, quarters: 0, typeset });
    }
    pages
}

/// A report: its title, symbol, date and authors, and its files by language.
fn entry(
    content: &PrintContent<'_>,
    typesetter: &mut Typesetter,
    language: &Language,
    (s, r): (usize, usize),
    report: &Report,
    width: f32,
    (plain, fine_print): (TextStyle, TextStyle),
) -> Vec<(super::TypesetText, f32)> {
    let default = content.catalogue.disc.default_language();
    // Names all fields, so that the compiler points out a new one. The leaflet shows only what identifies a report.
    let Report {
        id: _,
        title,
        summary: _,
        symbol,
        date,
        authors,
        subjects: _,
        kind: _,
        publisher: _,
        place: _,
        series: _,
        numbers,
        licence: _,
        variants,
    } = report;
    let shown = title.localised(language, default);
    let title_language = shown.other_language.unwrap_or(language);
    let mut texts = vec![(
        typesetter
            .typeset(shown.text, title_language, TextStyle { is_bold: true, ..plain }, width, TextAlign::Start)
            .with_role(TextRole::Heading(3)),
        0.5,
    )];
    let date = date.map(|date| language.format().date(date));
    let own = variants.iter().find(|variant| variant.language == *language);
    let PublicationNumbersRef { isbn, issn: _, doi: _, pages: _ } =
        own.map_or(numbers.or(numbers), |own| own.numbers.or(numbers));
    let isbn: Vec<String> = isbn.iter().map(|isbn| format!("ISBN {}", isbn.text)).collect();
    let authors: Vec<String> = authors.iter().map(Author::name).collect();
    let about: Vec<&str> = [symbol.as_deref(), date.as_deref()]
        .into_iter()
        .flatten()
        .chain(authors.iter().map(String::as_str))
        .chain(isbn.iter().map(String::as_str))
        .collect();
    if !about.is_empty() {
        texts.push((typesetter.typeset(&join_parts(about), language, fine_print, width, TextAlign::Start), 0.3));
    }
    let (pair, _) = content.interface_string("pair", language);
    for (v, variant) in variants.iter().enumerate() {
        let files: Vec<String> =
            (0..variant.files.len()).map(|f| content.layout.document_path(s, r, v, f).as_str().to_owned()).collect();
        let files = join_parts(files.iter().map(String::as_str));
        let line = pair.replace("{name}", &isolate(&variant.language.name_in(language))).replace("{value}", &files);
        texts.push((typesetter.typeset(&line, language, fine_print, width, TextAlign::Start), 0.3));
    }
    if let Some((_, space_after)) = texts.last_mut() {
        *space_after = 3.5;
    }
    texts
}
