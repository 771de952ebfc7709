//! The text of a PDF, page by page, and its metadata.
//!
//! `pdf_page` finds the glyphs of a page with their positions and `pdf_fonts` their characters; `lines` assembles them.

use hayro_syntax::object::{self, Dict, Name};
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf, PdfData};

use super::headings::{BodyHeight, LargeLines, title_of_page};
use super::hyphens::{Vocabulary, join_hyphenated_words};
use super::lines::{PlacedLine, assemble};
use super::pdf_fonts::Fonts;
use super::pdf_format::{header_version, pdf_format};
use super::pdf_page::{HiddenLayers, PageContents};
use super::pdf_strings::decode_string;
use super::pdf_structure::{bookmarks, dynamic_form_text, has_certain_page_numbers, page_labels};
use super::{Extraction, Facts, Heading, TextLayer, mark_headings};

/// The maximum size of the text of a page: a page of a telephone book has about 20 kB.
const MAX_PAGE_BYTES: usize = 1 << 20;

/// The title is looked for on this many pages at the beginning, because a cover without text may precede it.
const MAX_TITLE_PAGES: usize = 3;

/// The height of the running text is found on this many pages at the beginning.
const MAX_BODY_PAGES: usize = 8;

/// To tell a title from the name of its author, its words are looked for in lower case on this many pages at the beginning.
const MAX_LOWER_CASE_PAGES: usize = 40;

/// On how many of the next pages letters are counted, if a page has too few to know which characters its glyphs are.
const MAX_PAGES_AHEAD: usize = 4;

/// A page was scanned if pictures cover more than this fraction of it.
const SCANNED_AREA: f64 = 0.4;

/// A scanned page with less text than this has only a page number or a stamp.
const MIN_TEXT_ON_SCAN: usize = 12;

/// A page that is mostly a picture and has less text than this is a cover, whose title may be part of the picture.
const MAX_TEXT_ON_COVER: usize = 60;

pub(super) fn extract(bytes: Vec<u8>) -> Extraction {
    let version = header_version(&bytes);
    let pdf = match open(bytes) {
        Ok(pdf) => pdf,
        Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => return Extraction::encrypted(),
        Err(LoadPdfError::Decryption(_)) => {
            let facts = Facts {
                is_encrypted: true,
                ..Facts::with_text_layer(TextLayer::Unreadable("it is encrypted".to_owned()))
            };
            return Extraction { is_paginated: true, facts, ..Extraction::default() };
        }
        Err(LoadPdfError::Invalid) => {
            return Extraction::unreadable("the file is damaged and has no readable page");
        }
    };
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let layers = HiddenLayers::of_document(catalog.as_ref());
    let mut fonts = Fonts::new();
    let mut unknown_glyphs = 0;
    let mut known_characters = 0;
    let mut scanned_pages = 0;
    let mut pages_with_text = 0;
    let mut nonsense_pages = 0;
    let mut pages: Vec<String> = Vec::new();
    let mut vocabulary = Vocabulary::default();
    let mut title_pages: Vec<Vec<PlacedLine>> = Vec::new();
    // Whether a page had more words than a cover that is a picture.
    let mut has_title_page = false;
    let mut covers = 0;
    let mut body = BodyHeight::default();
    let mut is_blank = true;
    let mut has_looked_ahead = false;
    let headings = catalog.as_ref().map(|catalog| bookmarks(&pdf, catalog)).unwrap_or_default();
    let mut large_lines = LargeLines::default();
    for page in pdf.pages().iter() {
        let mut contents = PageContents::read(page, &mut fonts, &layers);
        if contents.has_open_glyphs && !has_looked_ahead {
            // The next pages may have enough letters to know which characters the glyphs of this page are.
            has_looked_ahead = true;
            for next in pdf.pages().iter().skip(pages.len() + 1).take(MAX_PAGES_AHEAD) {
                PageContents::read(next, &mut fonts, &layers);
            }
            contents = PageContents::read(page, &mut fonts, &layers);
        }
        let PageContents { glyphs, values, picture_area, has_drawing, has_open_glyphs: _ } = contents;
        is_blank &= picture_area == 0.0 && !has_drawing && glyphs.is_empty() && values.is_empty();
        // The first page with text is the cover or the title page. If the cover is a picture with few words, the next page may be.
        let is_first = pages.len() < MAX_TITLE_PAGES && !has_title_page;
        let page = assemble(glyphs, is_first || headings.is_empty() || pages.len() < MAX_BODY_PAGES);
        unknown_glyphs += page.unknown_glyphs;
        known_characters += page.known_characters;
        let mut text = page.text;
        append_values(&mut text, &values);
        if pages.is_empty()
            && let Some(form) = catalog.as_ref().and_then(dynamic_form_text)
        {
            text.push_str(&form);
        }
        truncate(&mut text, MAX_PAGE_BYTES);
        if picture_area > SCANNED_AREA && !has_words(&text) {
            scanned_pages += 1;
        } else if amount_of_text(&text) > 0 {
            pages_with_text += 1;
            has_title_page |= picture_area < SCANNED_AREA || amount_of_text(&text) > MAX_TEXT_ON_COVER;
        }
        if headings.is_empty() {
            large_lines.add(pages.len(), &page.lines);
        }
        if is_first {
            title_pages.push(page.lines);
            covers += usize::from(!has_title_page && (picture_area > 0.0 || has_drawing));
        } else if pages.len() < MAX_BODY_PAGES {
            body.add(&page.lines);
        }
        nonsense_pages += usize::from(is_nonsense(&text));
        vocabulary.add(&text);
        pages.push(text);
    }
    let count = pages.len();
    if count == 0 {
        return Extraction::unreadable("the file is damaged and has no pages");
    }
    let pages: Vec<String> = pages.iter().map(|page| join_hyphenated_words(page, &vocabulary)).collect();
    let text = match pages_with_text {
        // A few characters are not enough to decide.
        _ if unknown_glyphs * 3 > known_characters && unknown_glyphs + known_characters > 20 => TextLayer::Bad,
        _ if nonsense_pages * 2 > pages_with_text => TextLayer::Bad,
        0 => TextLayer::None,
        // A cover is often a picture.
        _ if scanned_pages > 1 && scanned_pages * 10 > count => TextLayer::Partial,
        _ => TextLayer::Good,
    };
    let marked =
        catalog.as_ref().and_then(|c| c.get::<Dict<'_>>("MarkInfo")).and_then(|info| info.get::<bool>("Marked"));
    let is_tagged = marked == Some(true) && catalog.as_ref().is_some_and(|c| c.contains_key("StructTreeRoot"));
    let language =
        catalog.as_ref().and_then(|c| c.get::<object::String<'_>>("Lang")).map(|text| decode_string(text.as_bytes()));
    let metadata = pdf.metadata();
    let title = metadata.title.as_deref().map(decode_string);
    let author = metadata.author.as_deref().map(decode_string);
    let date =
        metadata.creation_date.as_ref().map(|date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day));
    let occurs_in_lower_case = |word: &str| {
        let is_word = |other: &str| other == word;
        pages.iter().take(MAX_LOWER_CASE_PAGES).any(|page| page.split(|c: char| !c.is_alphabetic()).any(is_word))
    };
    let mut shown_titles = title_pages.iter().enumerate().filter_map(|(page, lines)| {
        Some((page, title_of_page(lines, page == 0, body.height(), &occurs_in_lower_case)?))
    });
    let (title_page, shown_title) = shown_titles.next().unzip();
    let is_title_after_cover = covers > 0 && title_page > Some(0);
    let non_blank = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let facts = Facts {
        pages: u32::try_from(count).ok(),
        is_tagged: Some(is_tagged),
        title: non_blank(title),
        language: non_blank(language),
        authors: non_blank(author).into_iter().collect(),
        date,
        shown_title,
        is_title_after_cover,
        is_blank,
        pdf: Some(pdf_format(version, catalog.as_ref())),
        ..Facts::with_text_layer(text)
    };
    let large_lines = large_lines.into_headings();
    if !has_certain_page_numbers(&pdf, catalog.as_ref()) {
        // The pages are parts of a document without pages: a link to page 3 might open page 2.
        let mut pages = pages;
        let mut headings: Vec<Heading> = headings.into_iter().chain(large_lines).collect();
        // A part without a heading is named after the last one before it.
        headings.sort_by_key(|heading| heading.page);
        mark_headings(&mut pages, &mut headings);
        return Extraction { pages, facts, headings, ..Extraction::default() };
    }
    let labels = catalog.as_ref().map(|catalog| page_labels(catalog, count)).unwrap_or_default();
    Extraction { pages, is_paginated: true, facts, labels, headings, large_lines }
}

/// Opens a PDF. If only its attached files are encrypted, it is opened without a password.
pub(super) fn open(bytes: Vec<u8>) -> Result<Pdf, LoadPdfError> {
    let data = PdfData::from(bytes);
    let error = match Pdf::new(data.clone()) {
        Ok(pdf) => return Ok(pdf),
        Err(error) => error,
    };
    // Rename the key `Encrypt`, so that it has no effect.
    let mut bytes = data.as_ref().to_vec();
    drop(data);
    let mut end = 0;
    let key = b"/Encrypt";
    while let Some(start) = bytes.get(end..).and_then(|rest| rest.windows(key.len()).position(|window| window == key)) {
        end += start + key.len();
        if bytes.get(end).is_none_or(|next| !next.is_ascii_alphanumeric())
            && let Some(last) = bytes.get_mut(end - 1)
        {
            *last = b'_';
        }
    }
    let pdf = Pdf::new(bytes).map_err(|_| error)?;
    let is_attachment_filter = |dict: &Dict<'_>| {
        let filter = |key: &str| dict.get::<Name<'_>>(key);
        let is_identity = |key: &str| filter(key).is_none_or(|name| &*name == b"Identity");
        dict.get::<i32>("V").is_some_and(|version| version >= 4)
            && filter("Filter").is_some()
            && dict.contains_key("CF")
            && is_identity("StmF")
            && is_identity("StrF")
    };
    let mut objects = pdf.objects().into_iter();
    let encrypts_only_attachments =
        objects.any(|object| object.into_dict().is_some_and(|dict| is_attachment_filter(&dict)));
    drop(objects);
    if encrypts_only_attachments { Ok(pdf) } else { Err(error) }
}

/// Whether a text consists mostly of accented letters and symbols. No language does: the font declares the wrong characters
/// for its glyphs.
fn is_nonsense(text: &str) -> bool {
    let (mut all, mut strange) = (0, 0);
    for character in text.chars().filter(|character| !character.is_whitespace() && !character.is_ascii_punctuation()) {
        all += 1;
        strange += usize::from(matches!(character, '\u{a1}'..='\u{ff}'));
    }
    all > 20 && strange * 2 > all
}

/// Adds the values of form fields that are not already part of the text of a page.
fn append_values(text: &mut String, values: &[String]) {
    let normal = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown = if values.is_empty() { String::new() } else { normal(text) };
    for value in values {
        let value = normal(value);
        if !value.is_empty() && !shown.contains(&value) {
            text.push_str(&value);
            text.push('\n');
            shown.push(' ');
            shown.push_str(&value);
        }
    }
}

fn truncate(text: &mut String, length: usize) {
    let mut end = length.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}

/// Whether a page has more text than a page number or a stamp.
pub(super) fn has_words(text: &str) -> bool {
    amount_of_text(text) >= MIN_TEXT_ON_SCAN
}

/// How much text a page has: the number of its letters and digits. Characters of scripts in which one or two of them are a
/// word count more.
fn amount_of_text(text: &str) -> usize {
    let weight = |character: char| match character {
        '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'.. => 4,
        _ => 1,
    };
    text.chars().filter(|character| character.is_alphanumeric()).map(weight).sum()
}
