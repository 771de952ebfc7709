//! The text of a PDF, page by page, and what it says of itself.
//!
//! The only module that names the `hayro` crates: they find the glyphs of a page with their places
//! and characters; `lines` puts them together.

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

use super::lines::{Glyph, Lines};
use super::{Extraction, Facts, TextLayer};

/// The most that a page may say, in bytes: a page of a telephone book has some 20 kB.
const MOST_PAGE: usize = 1 << 20;

/// Reads a PDF (ISO 32000).
pub(super) fn extract(bytes: Vec<u8>) -> Extraction {
    let pdf = match Pdf::new(bytes) {
        Ok(pdf) => pdf,
        Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => {
            let facts = Facts { encrypted: true, ..Facts::of(TextLayer::Unreadable("it needs a password".to_owned())) };
            return Extraction { numbered: true, facts, ..Extraction::default() };
        }
        Err(LoadPdfError::Decryption(_)) => {
            let facts = Facts { encrypted: true, ..Facts::of(TextLayer::Unreadable("it is encrypted".to_owned())) };
            return Extraction { numbered: true, facts, ..Extraction::default() };
        }
        Err(LoadPdfError::Invalid) => {
            return Extraction::unreadable("it is damaged: no page of it can be found");
        }
    };
    let cache = InterpreterCache::new();
    let mut unknown = 0;
    let mut known = 0;
    // Pages that show a picture and say nothing, as scanned ones do.
    let mut pictures = 0;
    let mut pages = Vec::new();
    for page in pdf.pages().iter() {
        let Reader { lines, pictured, .. } = read(page, &cache, &pdf);
        unknown += lines.unknown;
        known += lines.known;
        let text = lines.into_text();
        pictures += usize::from(pictured && !has_words(&text));
        pages.push(text);
    }
    let count = pages.len();
    if count == 0 {
        return Extraction::unreadable("it is damaged: it has no pages");
    }
    let with_text = pages.iter().filter(|text| has_words(text)).count();
    let text = match with_text {
        // Of a few characters nobody can tell.
        _ if unknown * 3 > known && unknown + known > 20 => TextLayer::Bad,
        0 => TextLayer::None,
        // A cover is often a picture.
        _ if pictures > 1 && pictures * 10 > count => TextLayer::Partial,
        _ => TextLayer::Good,
    };
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let marked =
        catalog.as_ref().and_then(|c| c.get::<Dict<'_>>("MarkInfo")).and_then(|info| info.get::<bool>("Marked"));
    let tagged = marked == Some(true) && catalog.as_ref().is_some_and(|c| c.contains_key("StructTreeRoot"));
    let language =
        catalog.as_ref().and_then(|c| c.get::<object::String<'_>>("Lang")).map(|text| string(text.as_bytes()));
    let about = pdf.metadata();
    let title = about.title.as_deref().map(string);
    let author = about.author.as_deref().map(string);
    let date = about.creation_date.as_ref().map(|date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day));
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let facts = Facts {
        pages: u32::try_from(count).ok(),
        tagged: Some(tagged),
        title: filled(title),
        language: filled(language),
        authors: filled(author).into_iter().collect(),
        date,
        ..Facts::of(text)
    };
    Extraction { pages, numbered: true, facts }
}

/// Whether a page says more than a number.
fn has_words(text: &str) -> bool {
    text.chars().filter(|character| character.is_alphabetic()).take(8).count() >= 8
}

fn read<'a>(page: &'a Page<'a>, cache: &InterpreterCache<'a>, pdf: &'a Pdf) -> Reader {
    let (width, height) = page.render_dimensions();
    let mut context = Context::new(
        page.initial_transform(true).to_kurbo(),
        Rect::new(0.0, 0.0, f64::from(width), f64::from(height)),
        cache,
        pdf.xref(),
        InterpreterSettings::default(),
    );
    let mut reader = Reader::default();
    interpret_page(page, &mut context, &mut reader);
    reader
}

/// Takes the glyphs that are drawn, and leaves all else.
#[derive(Default)]
struct Reader {
    lines: Lines,
    /// Whether there is a picture on the page.
    pictured: bool,
    /// For each marked content that is open: what it says instead of its glyphs (ISO 32000-1, 14.9.4),
    /// until it has been said.
    spoken: Vec<Option<Option<String>>>,
}

impl Reader {
    /// What a glyph says: its own text, or that of the marked content around it.
    fn text(&mut self, own: Option<BfString>) -> Option<String> {
        if let Some(text) = self.spoken.iter_mut().flatten().next() {
            return Some(text.take().unwrap_or_default());
        }
        match own? {
            BfString::Char(character) => Some(character.to_string()),
            BfString::String(text) => Some(text),
        }
    }
}

impl<'a> Device<'a> for Reader {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            let advance = match &**glyph {
                hayro_interpret::font::Glyph::Outline(outline) => outline.advance_width(),
                hayro_interpret::font::Glyph::Type3(drawn) => drawn.advance_width(),
            };
            let place: Affine = props.transform * glyph.transform();
            let text = self.text(glyph.as_unicode());
            if self.lines.bytes() > MOST_PAGE {
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
        self.spoken.push(actual.map(|text| Some(string(text.as_bytes()))));
    }

    fn end_marked_content(&mut self) {
        self.spoken.pop();
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.pictured = true;
    }
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// A text string (ISO 32000-1, 7.9.2.2): UTF-16 or UTF-8 if it says so, or else PDFDocEncoding, of
/// which what differs from Latin-1 is rare in titles and is shown as such.
fn string(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        let units = rest.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair));
        return char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect();
    }
    if let Some(rest) = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        return String::from_utf8_lossy(rest).into_owned();
    }
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
