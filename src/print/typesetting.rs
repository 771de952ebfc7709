//! Typesetting: shapes texts and breaks them into lines, in every script for which the system has a font. Only this
//! module uses the crate `parley`.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use parley::fontique::{Collection, CollectionOptions, SourceCache};
use parley::layout::Alignment;
use parley::style::{FontFamily, FontFamilyName, FontWeight, GenericFamily, LineHeight, OverflowWrap, StyleProperty};
use parley::{FontContext, Layout, LayoutContext};

use super::geometry::{Colour, POINTS_PER_MM};
use crate::language::{Direction, Language, is_broken_in_words};

#[derive(Debug, Clone, Copy)]
pub(super) struct TextStyle {
    /// In points.
    pub(super) size: f32,
    pub(super) is_bold: bool,
    pub(super) colour: Colour,
}

/// The distance of lines, as a multiple of the font size.
const LINE_HEIGHT: f32 = 1.25;

/// How lines are aligned within their width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextAlign {
    /// Where lines begin: on the left in left-to-right text, on the right in right-to-left text.
    Start,
    Centre,
    Left,
    Right,
}

/// A text as positioned glyphs.
#[derive(Clone)]
pub(super) struct TypesetText {
    pub(super) text: String,
    pub(super) runs: Vec<GlyphRun>,
    /// In millimetres.
    pub(super) height: f32,
    pub(super) width: f32,
    pub(super) colour: Colour,
    /// The tag of its language.
    pub(super) language: String,
    pub(super) role: TextRole,
}

/// What a text is for programs that read the PDF aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextRole {
    Paragraph,
    /// A heading of this level.
    Heading(u16),
    /// A line that is repeated on every page, which is not read.
    Footer,
}

impl TypesetText {
    pub(super) fn with_role(self, role: TextRole) -> Self {
        Self { role, ..self }
    }
}

/// Glyphs of one font in one line.
#[derive(Clone)]
pub(super) struct GlyphRun {
    pub(super) font: parley::FontData,
    /// In points.
    pub(super) size: f32,
    pub(super) x: f32,
    pub(super) baseline: f32,
    pub(super) glyphs: Vec<PositionedGlyph>,
}

/// A glyph; lengths are in points.
#[derive(Clone)]
pub(super) struct PositionedGlyph {
    pub(super) id: u32,
    pub(super) advance: f32,
    pub(super) x: f32,
    pub(super) y: f32,
    /// The bytes of the text that it shows.
    pub(super) text: Range<usize>,
}

/// Typesets texts with the available fonts, and records what could not be shown.
pub(super) struct Typesetter {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    /// Characters that no font has, each with the text that contains it.
    pub(super) missing_glyphs: BTreeSet<(char, String)>,
    /// Texts that had to be shortened.
    pub(super) shortened: Vec<String>,
    /// The number of titles that were left out, on the item that left out the most.
    pub(super) omitted_titles: usize,
}

/// Font families that go well together, then the system's default. The families of the language come directly after Noto
/// Sans, because Chinese and Japanese fonts draw their shared characters differently.
fn font_families(language: &Language) -> FontFamily<'static> {
    let for_language: &[&str] = match language.primary() {
        "zh" if ["TW", "HK", "MO", "Hant"].iter().any(|part| language.as_str().contains(part)) => {
            &["Noto Sans CJK TC", "Noto Sans TC", "PingFang TC", "Microsoft JhengHei"]
        }
        "ja" => &["Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic"],
        "ko" => &["Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic"],
        _ => &[],
    };
    let all = [
        "Noto Sans",
        "Noto Sans Arabic",
        "Noto Sans Hebrew",
        "Noto Sans Devanagari",
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "Segoe UI",
        "Helvetica Neue",
        "PingFang SC",
        "Microsoft YaHei",
        "Liberation Sans",
        "DejaVu Sans",
    ];
    let named = |name: &&'static str| FontFamilyName::Named(Cow::Borrowed(name));
    let latin_first = all.iter().take(1).chain(for_language).chain(all.iter().skip(1)).map(named);
    FontFamily::List(Cow::Owned(latin_first.chain([FontFamilyName::Generic(GenericFamily::SansSerif)]).collect()))
}

/// Loads the system's fonts, and does nothing with them.
///
/// # Panics
/// This version of fontique panics if fontconfig is installed but finds no font at all. Later ones do not, but they
/// bring a third version of the crates that read fonts: see decision 26.
pub(super) fn load_system_fonts() {
    drop(FontContext::new());
}

fn font_context(use_system_fonts: bool) -> FontContext {
    if use_system_fonts {
        return FontContext::new();
    }
    let without_system = CollectionOptions { system_fonts: false, ..CollectionOptions::default() };
    FontContext { collection: Collection::new(without_system), source_cache: SourceCache::default() }
}

impl Typesetter {
    /// Loads the system's fonts if `use_system_fonts`, and those in `folder`.
    pub(super) fn new(use_system_fonts: bool, folder: Option<&Path>) -> Self {
        let mut fonts = font_context(use_system_fonts);
        if let Some(folder) = folder {
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
            // Reading a named pipe could wait forever.
            let mut files: Vec<_> = files.filter(|path| path.is_file()).collect();
            files.sort();
            fonts.collection.load_fonts_from_paths(files);
        }
        Self {
            fonts,
            layouts: LayoutContext::new(),
            missing_glyphs: BTreeSet::new(),
            shortened: Vec::new(),
            omitted_titles: 0,
        }
    }

    pub(super) fn has_fonts(&mut self) -> bool {
        self.fonts.collection.family_names().next().is_some()
    }

    /// Breaks a text into lines of at most this width in millimetres. Words that are longer than a line are broken.
    pub(super) fn typeset(
        &mut self,
        text: &str,
        language: &Language,
        style: TextStyle,
        width: f32,
        alignment: TextAlign,
    ) -> TypesetText {
        let typeset = self.typeset_words(text, language, style, width, alignment, OverflowWrap::Normal);
        if typeset.width <= width + 0.01 {
            return typeset;
        }
        self.typeset_words(text, language, style, width, alignment, OverflowWrap::BreakWord)
    }

    /// Breaks a text into lines. A word that is longer than a line is broken or not, as `long_words` says.
    fn typeset_words(
        &mut self,
        text: &str,
        language: &Language,
        style: TextStyle,
        width: f32,
        alignment: TextAlign,
        long_words: OverflowWrap,
    ) -> TypesetText {
        let text = text.split('\n').map(str::trim).collect::<Vec<_>>().join("\n");
        let is_rtl = language.direction() == Direction::Rtl;
        let mut layout = self.layout(&text, language, style, long_words);
        let mut direction_mark = "";
        if layout.is_rtl() != is_rtl {
            // Parley takes the direction from the first letter. An invisible mark (Unicode Standard Annex 9) before that
            // letter makes it use the direction of the language. `runs` leaves out the mark's glyph.
            direction_mark = if is_rtl { "\u{200f}" } else { "\u{200e}" };
            layout = self.layout(&format!("{direction_mark}{text}"), language, style, long_words);
        }
        layout.break_all_lines(Some(width * POINTS_PER_MM));
        let parley_alignment = match alignment {
            TextAlign::Start => Alignment::Start,
            TextAlign::Centre => Alignment::Center,
            TextAlign::Left => Alignment::Left,
            TextAlign::Right => Alignment::Right,
        };
        layout.align(parley_alignment, Default::default());
        let runs = self.runs(&layout, &text, direction_mark.len());
        TypesetText {
            runs,
            height: layout.height() / POINTS_PER_MM,
            width: layout.width() / POINTS_PER_MM,
            colour: style.colour,
            text,
            language: language.as_str().to_owned(),
            role: TextRole::Paragraph,
        }
    }

    /// Shapes a text.
    fn layout(&mut self, text: &str, language: &Language, style: TextStyle, long_words: OverflowWrap) -> Layout<()> {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(font_families(language)));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(LINE_HEIGHT)));
        builder.push_default(StyleProperty::FontWeight(FontWeight::new(if style.is_bold { 700.0 } else { 400.0 })));
        builder.push_default(StyleProperty::OverflowWrap(long_words));
        builder.push_default(StyleProperty::Locale(parley::Language::parse(language.as_str()).ok()));
        builder.build(text)
    }

    /// The glyphs of a layout, whose text is `text` after a direction mark of `mark_length` bytes.
    fn runs(&mut self, layout: &Layout<()>, text: &str, mark_length: usize) -> Vec<GlyphRun> {
        let mut runs = Vec::new();
        for line in layout.lines() {
            let mut x = line.metrics().offset;
            for run in line.runs() {
                let start = x;
                let mut glyphs: Vec<PositionedGlyph> = Vec::new();
                for cluster in run.visual_clusters() {
                    let range = cluster.text_range();
                    if range.end <= mark_length {
                        continue;
                    }
                    let range = range.start.saturating_sub(mark_length)..range.end - mark_length;
                    if text[range.clone()].chars().all(|c| matches!(c, '\u{2066}'..='\u{2069}')) {
                        continue;
                    }
                    if cluster.is_ligature_continuation() {
                        if let Some(glyph) = glyphs.last_mut() {
                            glyph.text = glyph.text.start.min(range.start)..glyph.text.end.max(range.end);
                        }
                        continue;
                    }
                    for glyph in cluster.glyphs() {
                        if glyph.id == 0 {
                            let unknown = text[range.clone()].chars().filter(|c| !c.is_whitespace() && !c.is_control());
                            self.missing_glyphs.extend(unknown.map(|c| (c, text.to_owned())));
                        }
                        glyphs.push(PositionedGlyph {
                            id: glyph.id,
                            advance: glyph.advance,
                            x: glyph.x,
                            y: glyph.y,
                            text: range.clone(),
                        });
                        x += glyph.advance;
                    }
                }
                if !glyphs.is_empty() {
                    let (font, size) = (run.font().clone(), run.font_size());
                    runs.push(GlyphRun { font, size, x: start, baseline: line.metrics().baseline, glyphs });
                }
            }
        }
        runs
    }

    /// Breaks a title into as few lines of at most this width as possible, which are about equally long.
    pub(super) fn typeset_balanced(
        &mut self,
        text: &str,
        language: &Language,
        style: TextStyle,
        width: f32,
        alignment: TextAlign,
    ) -> TypesetText {
        let typeset = self.typeset(text, language, style, width, alignment);
        self.balance(typeset, language, style, width, alignment)
    }

    /// Breaks a text again, into lines that are about equally long: in the smallest width in which they do not become more. Texts in
    /// scripts that are broken inside words, such as Chinese, stay as they are.
    fn balance(
        &mut self,
        typeset: TypesetText,
        language: &Language,
        style: TextStyle,
        width: f32,
        alignment: TextAlign,
    ) -> TypesetText {
        const STEPS: usize = 7;
        let line = style.size * LINE_HEIGHT / POINTS_PER_MM;
        if typeset.height < line * 1.5 || typeset.text.chars().any(is_broken_in_words) {
            return typeset;
        }
        let (mut too_narrow, mut narrowest, mut best) = (width / 2.0, width, None);
        for _ in 0..STEPS {
            let middle = (too_narrow + narrowest) / 2.0;
            let whole = OverflowWrap::Normal;
            let narrower = self.typeset_words(&typeset.text, language, style, middle, alignment, whole);
            if narrower.height <= typeset.height + 0.01 && narrower.width <= middle + 0.01 {
                (narrowest, best) = (middle, Some(narrower));
            } else {
                too_narrow = middle;
            }
        }
        let Some(mut best) = best else { return typeset };
        // To where the lines would be in the whole width.
        let is_rtl = language.direction() == Direction::Rtl;
        let share = match alignment {
            TextAlign::Centre => 0.5,
            TextAlign::Left => 0.0,
            TextAlign::Right => 1.0,
            TextAlign::Start => f32::from(u8::from(is_rtl)),
        };
        for run in &mut best.runs {
            run.x += (width - narrowest) * share * POINTS_PER_MM;
        }
        best
    }

    /// Typesets a text in the size of `style`, or in a smaller size if it does not fit. If it does not fit at `min_size`
    /// points either, shortens it and adds it to `shortened`.
    pub(super) fn typeset_to_fit(
        &mut self,
        text: &str,
        language: &Language,
        style: TextStyle,
        (width, height): (f32, f32),
        min_size: f32,
        alignment: TextAlign,
    ) -> TypesetText {
        let fits = |typeset: &TypesetText| typeset.height <= height && typeset.width <= width + 0.01;
        let mut size = style.size;
        loop {
            let style = TextStyle { size, ..style };
            let typeset = self.typeset_words(text, language, style, width, alignment, OverflowWrap::Normal);
            if fits(&typeset) {
                return self.balance(typeset, language, style, width, alignment);
            }
            if size <= min_size {
                break;
            }
            size = (size - 0.5).max(min_size);
        }
        self.shortened.push(text.to_owned());
        let mut words: Vec<&str> = text.split_inclusive(' ').collect();
        let style = TextStyle { size: min_size, ..style };
        while words.len() > 1 {
            words.pop();
            let shorter = format!("{}…", words.concat().trim_end());
            let typeset = self.typeset_words(&shorter, language, style, width, alignment, OverflowWrap::Normal);
            if fits(&typeset) {
                return typeset;
            }
        }
        let mut letters: Vec<char> = text.chars().collect();
        while letters.len() > 1 {
            letters.truncate(letters.len() * 9 / 10);
            let shorter: String = letters.iter().chain(['…'].iter()).collect();
            let typeset = self.typeset_words(&shorter, language, style, width, alignment, OverflowWrap::Normal);
            if fits(&typeset) {
                return typeset;
            }
        }
        self.typeset("…", language, style, width, alignment)
    }
}
