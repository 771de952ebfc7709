//! What is printed to go with a disc: its label, the cover and inlay of its case, a leaflet that lists the documents, and a tag
//! for a USB stick with the same files.
//!
//! `typesetting` turns texts into positioned glyphs, `page` places them in millimetres, `pdf` writes the pages.

mod cover;
mod geometry;
mod inlay;
mod label;
mod leaflet;
mod page;
mod pdf;
mod tag;
mod typesetting;

use std::collections::BTreeMap;
use std::path::Path;

use crate::catalogue::Catalogue;
use crate::checksum::Digest;
use crate::covers::Covers;
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::language::{Direction, Language};
use crate::launcher::Branding;
use crate::layout::Layout;
use geometry::{Area, Colour};
use page::{Page, PageElement};
use typesetting::{TextAlign, TextRole, TextStyle, TypesetText, Typesetter};

/// The smallest font size that is printed, in points.
const MIN_FONT_SIZE: f32 = 6.0;

/// Something that is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrintItem {
    /// The label on the disc.
    Label,
    /// The booklet in the lid of a jewel case.
    Cover,
    /// The inlay under the tray of a jewel case, with the spines.
    Inlay,
    /// The list of documents.
    Leaflet,
    /// A tag for a USB stick.
    Tag,
}

impl PrintItem {
    /// All items, in the order of the pages.
    pub const ALL: [Self; 5] = [Self::Label, Self::Cover, Self::Inlay, Self::Leaflet, Self::Tag];

    /// The items for a disc in a case.
    pub const FOR_DISC: [Self; 4] = [Self::Label, Self::Cover, Self::Inlay, Self::Leaflet];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Cover => "cover",
            Self::Inlay => "inlay",
            Self::Leaflet => "leaflet",
            Self::Tag => "tag",
        }
    }
}

/// The paper of the leaflet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperSize {
    /// 210 by 297 mm.
    A4,
    /// 215.9 by 279.4 mm.
    Letter,
}

/// What to print, and how.
#[derive(Debug, Clone, Copy)]
pub struct PrintOptions<'o> {
    pub items: &'o [PrintItem],
    /// Languages of the disc, the most important first.
    pub languages: &'o [Language],
    /// The paper of the leaflet.
    pub paper: PaperSize,
    /// Whether the system's fonts are used: see [`load_system_fonts`].
    pub use_system_fonts: bool,
    /// A folder with fonts to use in addition to the system's.
    pub fonts: Option<&'o Path>,
    /// The covers that the inlay shows; empty for an inlay without.
    pub covers: &'o Covers,
}

pub struct Printed {
    pub pdf: Vec<u8>,
    /// The number of pages of each item.
    pub pages: Vec<(PrintItem, usize)>,
    /// Warnings about characters that no font has, and texts that were shortened or left out.
    pub findings: Findings,
}

/// The data that the items are made from.
struct PrintContent<'c> {
    catalogue: &'c Catalogue,
    layout: &'c Layout,
    branding: &'c Branding,
    languages: &'c [Language],
    covers: &'c Covers,
    digest: Digest,
    /// English: lines of codes, such as the digest, are typeset like English text.
    english: Language,
}

/// Loads the system's fonts, in a process that is started to find out whether this succeeds: it panics if the system's
/// font library is installed but finds no font.
pub fn load_system_fonts() {
    typesetting::load_system_fonts();
}

/// Makes the PDF of the items for a collection whose image has this digest.
///
/// # Errors
/// A message that there are no fonts, or that a font cannot be used.
pub fn print(
    catalogue: &Catalogue,
    layout: &Layout,
    branding: &Branding,
    digest: Digest,
    options: &PrintOptions<'_>,
) -> Result<Printed, String> {
    let mut typesetter = Typesetter::new(options.use_system_fonts, options.fonts);
    if !typesetter.has_fonts() {
        return Err("there are no fonts: install some (on Debian, the packages fonts-noto-core and libfontconfig1), or give a folder of fonts with `--fonts`".to_owned());
    }
    let content = PrintContent {
        catalogue,
        layout,
        branding,
        languages: options.languages,
        covers: options.covers,
        digest,
        english: Language::parse("en")?,
    };
    let mut pages = Vec::new();
    let mut page_counts = Vec::new();
    for item in PrintItem::ALL.into_iter().filter(|item| options.items.contains(item)) {
        let before = pages.len();
        match item {
            PrintItem::Label => pages.push(label::render(&content, &mut typesetter)),
            PrintItem::Cover => pages.extend(cover::render(&content, &mut typesetter)),
            PrintItem::Inlay => pages.push(inlay::render(&content, &mut typesetter)),
            PrintItem::Leaflet => pages.extend(leaflet::render(&content, &mut typesetter, options.paper)),
            PrintItem::Tag => pages.push(tag::render(&content, &mut typesetter)),
        }
        page_counts.push((item, pages.len() - before));
    }
    let emblem = branding.emblem.as_ref().map(|emblem| emblem.0.as_slice());
    let default = catalogue.disc.default_language();
    let title = catalogue.disc.title.localised(default, default).text;
    let pdf = pdf::write_pdf(&pages, emblem, title, default.as_str())?;
    Ok(Printed { pdf, pages: page_counts, findings: collect_findings(&typesetter) })
}

fn collect_findings(typesetter: &Typesetter) -> Findings {
    let mut findings = Findings::default();
    let mut by_text: BTreeMap<&str, String> = BTreeMap::new();
    for (character, text) in &typesetter.missing_glyphs {
        by_text.entry(text).or_default().push(*character);
    }
    if let Some((text, characters)) = by_text.first_key_value() {
        let more = match by_text.len() - 1 {
            0 => String::new(),
            1 => " and in 1 other text".to_owned(),
            more => format!(" and in {more} other texts"),
        };
        findings.push(
            Finding::warning(
                "missing-glyph",
                Place::Nowhere,
                format!("no font can show `{characters}` in “{text}”{more}: boxes are printed instead"),
            )
            .help("install fonts for that script (on Debian, fonts-noto-core and fonts-noto-cjk), or give a folder of fonts with `--fonts`"),
        );
    }
    if typesetter.omitted_titles > 0 {
        let titles = match typesetter.omitted_titles {
            1 => "the title in 1 language is left out".to_owned(),
            more => format!("the titles in {more} languages are left out"),
        };
        let message = format!("{titles}: the label, the cover or the tag has no room for more");
        findings.push(
            Finding::warning("cut-on-paper", Place::Value(KeyPath::root().key("disc").key("languages")), message)
                .help("choose the most important languages with `--language`, or print several labels"),
        );
    }
    for text in &typesetter.shortened {
        findings.push(
            Finding::warning(
                "cut-on-paper",
                Place::Value(KeyPath::root().key("disc")),
                format!("“{text}” does not fit, and is shortened in print"),
            )
            .help("use a shorter text in the manifest, or leave it as it is: the pages on the disc show the full text"),
        );
    }
    findings
}

impl PrintContent<'_> {
    fn colour(&self, name: &str) -> Colour {
        self.branding
            .colours
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(Colour::BLACK, |(_, css)| Colour::parse(css))
    }

    fn main_language(&self) -> &Language {
        self.languages.first().unwrap_or_else(|| self.catalogue.disc.default_language())
    }

    /// An interface string of the pages for readers of a language of the disc, and the language that it is in.
    fn interface_string<'l>(&'l self, key: &str, language: &'l Language) -> (&'l str, &'l Language) {
        let index = self.catalogue.disc.languages.iter().position(|own| own == language).unwrap_or(0);
        match self.branding.strings.get(index).and_then(|strings| strings.get(key)) {
            Some((text, other)) => (text, other.as_ref().unwrap_or(language)),
            None => ("", language),
        }
    }

    /// How to open the disc, once in each of the printed languages that have this text. If none has, once in another.
    fn instructions(&self) -> Vec<(String, &Language)> {
        let text = |language| self.interface_string("readme_open", language);
        let mut shown: Vec<(&str, &Language)> =
            self.languages.iter().filter(|language| text(language).1 == *language).map(text).collect();
        if shown.is_empty() {
            shown.extend(self.languages.first().map(text));
        }
        let index = self.layout.index.as_str();
        shown.into_iter().map(|(text, language)| (text.replace("{index}", index), language)).collect()
    }

    /// Typesets a line of codes (volume, digest, page number), which runs from left to right in every language.
    fn typeset_codes(
        &self,
        typesetter: &mut Typesetter,
        line: &str,
        style: TextStyle,
        room: (f32, f32),
        alignment: TextAlign,
    ) -> TypesetText {
        typesetter.typeset_to_fit(line, &self.english, style, room, MIN_FONT_SIZE, alignment)
    }

    /// The alignment of a line of codes between lines in this language.
    fn code_alignment(language: &Language) -> TextAlign {
        match language.direction() {
            Direction::Ltr => TextAlign::Left,
            Direction::Rtl => TextAlign::Right,
        }
    }

    /// The titles of the disc in the printed languages, without repetitions.
    fn titles(&self) -> Vec<(&str, &Language)> {
        let mut titles: Vec<(&str, &Language)> = Vec::new();
        for language in self.languages {
            let shown = self.catalogue.disc.title.localised(language, self.catalogue.disc.default_language());
            let language = shown.other_language.unwrap_or(language);
            if !titles.iter().any(|(text, _)| *text == shown.text) {
                titles.push((shown.text, language));
            }
        }
        titles
    }

    /// The first sixteen digits of the digest, in groups of four.
    fn short_digest(&self) -> String {
        let digits = self.digest.to_string();
        let groups: Vec<&str> = (0..4).filter_map(|group| digits.get(group * 4..group * 4 + 4)).collect();
        format!("SHA-256 {} …", groups.join(" "))
    }

    /// The emblem in the middle of an area, as large as possible.
    fn emblem(&self, area: Area) -> Option<PageElement> {
        let (_, width, height) = self.branding.emblem.as_ref()?;
        let (width, height) = (*width as f32, *height as f32);
        let scale = (area.width / width).min(area.height / height);
        let (width, height) = (width * scale, height * scale);
        let (x, y) = (area.x + (area.width - width) / 2.0, area.y + (area.height - height) / 2.0);
        Some(PageElement::Picture(Area::new(x, y, width, height)))
    }
}

/// Joins parts that may be written in different directions, so that each keeps its place: a number or a symbol is not moved to the
/// other side of the Arabic name beside it.
fn join_parts<'p>(parts: impl IntoIterator<Item = &'p str>) -> String {
    parts.into_iter().map(isolate).collect::<Vec<_>>().join(" · ")
}

/// A part of a line, within the characters that Unicode Standard Annex 9 calls isolates. They are not printed.
fn isolate(part: &str) -> String {
    format!("\u{2068}{part}\u{2069}")
}

/// Places texts below one another in an area. `y` is where the next one starts.
struct TextColumn {
    area: Area,
    y: f32,
}

impl TextColumn {
    fn new(area: Area) -> Self {
        Self { area, y: area.y }
    }

    fn remaining_height(&self) -> f32 {
        self.area.y + self.area.height - self.y
    }

    /// Adds a text if there is room for it. Returns whether there was.
    fn add(&mut self, typeset: TypesetText, space_after: f32, elements: &mut Vec<PageElement>) -> bool {
        if typeset.height > self.remaining_height() + 0.01 {
            return false;
        }
        let height = typeset.height;
        elements.push(PageElement::Text { x: self.area.x, y: self.y, quarters: 0, typeset });
        self.y += height + space_after;
        true
    }
}
