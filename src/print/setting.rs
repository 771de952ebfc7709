//! Texts set in type: shaped, broken into lines, in every script that a font of the system has.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::panic;
use std::path::Path;

use parley::fontique::{Collection, CollectionOptions, SourceCache};
use parley::layout::Alignment;
use parley::style::{FontFamily, FontFamilyName, FontWeight, GenericFamily, LineHeight, StyleProperty};
use parley::{FontContext, Layout, LayoutContext};

use super::sheet::Colour;
use crate::language::{Direction, Language};

/// Points of a millimetre.
pub(super) const POINTS: f32 = 72.0 / 25.4;

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// In points.
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) colour: Colour,
}

/// Where lines stand within their width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Where lines of the language begin.
    Start,
    Middle,
    Left,
    Right,
}

/// A text in type.
#[derive(Clone)]
pub(super) struct Set {
    pub(super) text: String,
    pub(super) runs: Vec<Run>,
    /// In millimetres.
    pub(super) height: f32,
    pub(super) width: f32,
    pub(super) colour: Colour,
}

/// Glyphs of one font in one line.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) font: parley::FontData,
    /// In points.
    pub(super) size: f32,
    pub(super) x: f32,
    pub(super) baseline: f32,
    pub(super) glyphs: Vec<Glyph>,
}

/// A glyph, with what it stands for; lengths in points.
#[derive(Clone)]
pub(super) struct Glyph {
    pub(super) id: u32,
    pub(super) advance: f32,
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) text: Range<usize>,
}

/// The fonts, and what they could not show.
pub(super) struct Type {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    /// Characters that no font has, with the text they are in.
    pub(super) missing: BTreeSet<(char, String)>,
    /// Texts that had to be cut.
    pub(super) cut: Vec<String>,
    /// How many titles there was no room for, on the piece that has room for the fewest.
    pub(super) omitted: usize,
}

/// Families that look well beside each other, where they are there; after them whatever the system has. Those
/// of the language's own script come first: characters that Chinese and Japanese share look different in them.
fn families(language: &Language) -> FontFamily<'static> {
    let own: &[&str] = match language.as_str().split('-').next().unwrap_or_default() {
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
    let latin_first = all.iter().take(1).chain(own).chain(all.iter().skip(1)).map(named);
    FontFamily::List(Cow::Owned(latin_first.chain([FontFamilyName::Generic(GenericFamily::SansSerif)]).collect()))
}

/// The fonts of the system; none if it has none.
fn system_fonts() -> FontContext {
    // This version of fontique panics if fontconfig is installed but finds no font at all. Later ones do not, but they
    // bring a third generation of the crates that read fonts: see decision 26.
    let report = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let fonts = panic::catch_unwind(FontContext::new);
    panic::set_hook(report);
    fonts.unwrap_or_else(|_| {
        let without_system = CollectionOptions { system_fonts: false, ..CollectionOptions::default() };
        FontContext { collection: Collection::new(without_system), source_cache: SourceCache::default() }
    })
}

impl Type {
    /// With the fonts of the system, and those in a folder.
    pub(super) fn new(folder: Option<&Path>) -> Self {
        let mut fonts = system_fonts();
        if let Some(folder) = folder {
            let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
            let mut files: Vec<_> = files.collect();
            files.sort();
            fonts.collection.load_fonts_from_paths(files);
        }
        Self { fonts, layouts: LayoutContext::new(), missing: BTreeSet::new(), cut: Vec::new(), omitted: 0 }
    }

    /// Whether there is any font.
    pub(super) fn has_fonts(&mut self) -> bool {
        self.fonts.collection.family_names().next().is_some()
    }

    /// Sets a text in lines of a width in millimetres.
    pub(super) fn set(&mut self, text: &str, language: &Language, style: Style, width: f32, place: Place) -> Set {
        let text = text.split('\n').map(str::trim).collect::<Vec<_>>().join("\n");
        let is_rtl = language.direction() == Direction::Rtl;
        let mut layout = self.layout(&text, language, style);
        let mut mark = "";
        if layout.is_rtl() != is_rtl {
            // Parley takes the direction from the first letter: an invisible mark (Unicode Standard Annex 9) before it
            // gives the language's, and is dropped again below.
            mark = if is_rtl { "\u{200f}" } else { "\u{200e}" };
            layout = self.layout(&format!("{mark}{text}"), language, style);
        }
        layout.break_all_lines(Some(width * POINTS));
        let alignment = match place {
            Place::Start => Alignment::Start,
            Place::Middle => Alignment::Center,
            Place::Left => Alignment::Left,
            Place::Right => Alignment::Right,
        };
        layout.align(alignment, Default::default());
        let runs = self.runs(&layout, &text, mark.len());
        Set { runs, height: layout.height() / POINTS, width: layout.width() / POINTS, colour: style.colour, text }
    }

    /// Shapes a text.
    fn layout(&mut self, text: &str, language: &Language, style: Style) -> Layout<()> {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(families(language)));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(1.25)));
        builder.push_default(StyleProperty::FontWeight(FontWeight::new(if style.bold { 700.0 } else { 400.0 })));
        builder.push_default(StyleProperty::Locale(parley::Language::parse(language.as_str()).ok()));
        builder.build(text)
    }

    /// The glyphs of a layout; its text begins with a mark of so many bytes that `text` does not have.
    fn runs(&mut self, layout: &Layout<()>, text: &str, mark: usize) -> Vec<Run> {
        let mut runs = Vec::new();
        for line in layout.lines() {
            let mut x = line.metrics().offset;
            for run in line.runs() {
                let start = x;
                let mut glyphs: Vec<Glyph> = Vec::new();
                for cluster in run.visual_clusters() {
                    let range = cluster.text_range();
                    if range.end <= mark {
                        continue;
                    }
                    let range = range.start.saturating_sub(mark)..range.end - mark;
                    if cluster.is_ligature_continuation() {
                        if let Some(glyph) = glyphs.last_mut() {
                            glyph.text = glyph.text.start.min(range.start)..glyph.text.end.max(range.end);
                        }
                        continue;
                    }
                    for glyph in cluster.glyphs() {
                        if glyph.id == 0 {
                            let unknown = text[range.clone()].chars().filter(|c| !c.is_whitespace() && !c.is_control());
                            self.missing.extend(unknown.map(|c| (c, text.to_owned())));
                        }
                        glyphs.push(Glyph {
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
                    runs.push(Run { font, size, x: start, baseline: line.metrics().baseline, glyphs });
                }
            }
        }
        runs
    }

    /// Sets a text as large as `style` says or smaller, so that it fits; cut, and noted, if it does not fit at
    /// `least` points.
    pub(super) fn fit(
        &mut self,
        text: &str,
        language: &Language,
        style: Style,
        (width, height): (f32, f32),
        least: f32,
        place: Place,
    ) -> Set {
        let fits = |set: &Set| set.height <= height && set.width <= width + 0.01;
        let mut size = style.size;
        loop {
            let set = self.set(text, language, Style { size, ..style }, width, place);
            if fits(&set) {
                return set;
            }
            if size <= least {
                break;
            }
            size = (size - 0.5).max(least);
        }
        self.cut.push(text.to_owned());
        let mut words: Vec<&str> = text.split_inclusive(' ').collect();
        let style = Style { size: least, ..style };
        while words.len() > 1 {
            words.pop();
            let shorter = format!("{}…", words.concat().trim_end());
            let set = self.set(&shorter, language, style, width, place);
            if fits(&set) {
                return set;
            }
        }
        let mut letters: Vec<char> = text.chars().collect();
        while letters.len() > 1 {
            letters.truncate(letters.len() * 9 / 10);
            let shorter: String = letters.iter().chain(['…'].iter()).collect();
            let set = self.set(&shorter, language, style, width, place);
            if fits(&set) {
                return set;
            }
        }
        self.set("…", language, style, width, place)
    }
}
