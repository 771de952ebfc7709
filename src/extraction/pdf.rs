//! The text of a PDF, page by page, and its metadata.
//!
//! The `hayro` crates find the glyphs of a page with their positions and characters; `lines` assembles them.

use hayro_interpret::font::GlyphRun;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::object::{self, Dict};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::util::TransformExt;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, interpret_page,
};

use super::headings::title_of_page;
use super::lines::{Glyph, LineAssembler};
use super::{Extraction, Facts, TextLayer};

/// The maximum size of the text of a page: a page of a telephone book has about 20 kB.
const MAX_PAGE_BYTES: usize = 1 << 20;

/// Among how many pages at the beginning the title is looked for: before it there may be a cover without text.
const MAX_TITLE_PAGES: usize = 3;

pub(super) fn extract(bytes: Vec<u8>) -> Extraction {
    let pdf = match Pdf::new(bytes) {
        Ok(pdf) => pdf,
        Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => {
            let facts = Facts {
                encrypted: true,
                ..Facts::with_text_layer(TextLayer::Unreadable("it needs a password".to_owned()))
            };
            return Extraction { numbered: true, facts, ..Extraction::default() };
        }
        Err(LoadPdfError::Decryption(_)) => {
            let facts = Facts {
                encrypted: true,
                ..Facts::with_text_layer(TextLayer::Unreadable("it is encrypted".to_owned()))
            };
            return Extraction { numbered: true, facts, ..Extraction::default() };
        }
        Err(LoadPdfError::Invalid) => {
            return Extraction::unreadable("the file is damaged and has no readable page");
        }
    };
    let cache = InterpreterCache::new();
    let mut unknown_glyphs = 0;
    let mut known_characters = 0;
    // Pages with a picture but no text: they are probably scanned.
    let mut scanned_pages = 0;
    let mut pages = Vec::new();
    let mut shown_title = None;
    let mut is_blank = true;
    for page in pdf.pages().iter() {
        // The first page with text is the cover or the title page.
        let is_first = pages.len() < MAX_TITLE_PAGES && !pages.iter().any(|text: &String| has_words(text));
        let GlyphCollector { mut lines, has_picture, has_drawing, .. } = collect_glyphs(page, &cache, &pdf, is_first);
        is_blank &= !has_picture && !has_drawing && lines.known_characters + lines.unknown_glyphs == 0;
        lines.end_line();
        if let Some(placed) = lines.placed_lines.take() {
            shown_title = title_of_page(&placed);
        }
        unknown_glyphs += lines.unknown_glyphs;
        known_characters += lines.known_characters;
        let text = lines.into_text();
        scanned_pages += usize::from(has_picture && !has_words(&text));
        pages.push(text);
    }
    let count = pages.len();
    if count == 0 {
        return Extraction::unreadable("the file is damaged and has no pages");
    }
    let with_text = pages.iter().filter(|text| has_words(text)).count();
    let text = match with_text {
        // A few characters are not enough to decide.
        _ if unknown_glyphs * 3 > known_characters && unknown_glyphs + known_characters > 20 => TextLayer::Bad,
        0 => TextLayer::None,
        // A cover is often a picture.
        _ if scanned_pages > 1 && scanned_pages * 10 > count => TextLayer::Partial,
        _ => TextLayer::Good,
    };
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let marked =
        catalog.as_ref().and_then(|c| c.get::<Dict<'_>>("MarkInfo")).and_then(|info| info.get::<bool>("Marked"));
    let tagged = marked == Some(true) && catalog.as_ref().is_some_and(|c| c.contains_key("StructTreeRoot"));
    let language =
        catalog.as_ref().and_then(|c| c.get::<object::String<'_>>("Lang")).map(|text| decode_string(text.as_bytes()));
    let metadata = pdf.metadata();
    let title = metadata.title.as_deref().map(decode_string);
    let author = metadata.author.as_deref().map(decode_string);
    let date =
        metadata.creation_date.as_ref().map(|date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day));
    let non_blank = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let facts = Facts {
        pages: u32::try_from(count).ok(),
        tagged: Some(tagged),
        title: non_blank(title),
        language: non_blank(language),
        authors: non_blank(author).into_iter().collect(),
        date,
        shown_title,
        is_blank,
        ..Facts::with_text_layer(text)
    };
    Extraction { pages, numbered: true, facts }
}

/// Whether a page has more text than a page number.
pub(super) fn has_words(text: &str) -> bool {
    text.chars().filter(|character| character.is_alphabetic()).take(8).count() >= 8
}

fn collect_glyphs<'a>(
    page: &'a Page<'a>,
    cache: &InterpreterCache<'a>,
    pdf: &'a Pdf,
    keep_lines: bool,
) -> GlyphCollector {
    let (width, height) = page.render_dimensions();
    let mut context = Context::new(
        page.initial_transform(true).to_kurbo(),
        Rect::new(0.0, 0.0, f64::from(width), f64::from(height)),
        cache,
        pdf.xref(),
        InterpreterSettings::default(),
    );
    let mut collector = GlyphCollector::default();
    collector.lines.placed_lines = keep_lines.then(Vec::new);
    interpret_page(page, &mut context, &mut collector);
    collector
}

/// Collects the glyphs that a page draws, and ignores everything else.
#[derive(Default)]
struct GlyphCollector {
    lines: LineAssembler,
    has_picture: bool,
    has_drawing: bool,
    /// For each open marked-content sequence, the text that replaces the text of its glyphs, if there is one (ISO 32000-1,
    /// 14.9.4). Its first glyph takes this text, and the other glyphs have none.
    replacements: Vec<Option<Option<String>>>,
}

impl GlyphCollector {
    /// The text of a glyph: its own, or the one that replaces it in the marked-content sequence around it.
    fn glyph_text(&mut self, own: Option<BfString>) -> Option<String> {
        if let Some(text) = self.replacements.iter_mut().flatten().next() {
            return Some(text.take().unwrap_or_default());
        }
        match own? {
            BfString::Char(character) => Some(character.to_string()),
            BfString::String(text) => Some(text),
        }
    }
}

impl<'a> Device<'a> for GlyphCollector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            let advance = match &**glyph {
                hayro_interpret::font::Glyph::Outline(outline) => outline.advance_width(),
                hayro_interpret::font::Glyph::Type3(drawn) => drawn.advance_width(),
            };
            let place: Affine = props.transform * glyph.transform();
            let text = self.glyph_text(glyph.as_unicode());
            if self.lines.text_bytes() > MAX_PAGE_BYTES {
                return;
            }
            self.lines.push(Glyph {
                text,
                start: place * Point::ORIGIN,
                end: place * Point::new(f64::from(advance.unwrap_or(500.0)), 0.0),
                above: place * Point::new(0.0, 1000.0),
            });
        }
    }

    fn begin_marked_content(&mut self, _: &[u8], properties: Option<&Dict<'_>>) {
        let actual = properties.and_then(|dict| dict.get::<object::String<'_>>("ActualText"));
        self.replacements.push(actual.map(|text| Some(decode_string(text.as_bytes()))));
    }

    fn end_marked_content(&mut self) {
        self.replacements.pop();
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.has_drawing = true;
    }
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.has_picture = true;
    }
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Decodes a text string (ISO 32000-1, 7.9.2.2): UTF-16 or UTF-8 if it has a byte order mark, or else PDFDocEncoding. The
/// latter is decoded as Latin-1, because the characters in which the two differ are rare in titles.
fn decode_string(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        let units = rest.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair));
        return char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect();
    }
    if let Some(rest) = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        return String::from_utf8_lossy(rest).into_owned();
    }
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
