//! What goes with a disc on paper: the label on it, the cover and the inlay of its case, and the list of documents
//! as a leaflet. Sheets in millimetres (`sheet`), texts in type (`setting`), a PDF (`pdf`).
//!
//! The only module that names `krilla` and `parley`.

mod cover;
mod inlay;
mod label;
mod leaflet;
mod pdf;
mod setting;
mod sheet;

use std::collections::BTreeMap;
use std::path::Path;

use crate::catalogue::Catalogue;
use crate::checksum::Digest;
use crate::diagnostic::{Finding, Findings, KeyPath, Place as At};
use crate::language::{Direction, Language};
use crate::launcher::Branding;
use crate::layout::Layout;
use setting::{Place, Set, Style, Type};
use sheet::{Area, Colour, Mark, Sheet};

/// The smallest letters that are printed, in points.
const LEAST: f32 = 6.0;

/// A piece of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// The label on the disc.
    Label,
    /// The booklet in the lid of the case.
    Cover,
    /// The inlay below the tray, with the spines.
    Inlay,
    /// The list of documents.
    Leaflet,
}

impl Piece {
    /// All of them, in the order of the pages.
    pub const ALL: [Self; 4] = [Self::Label, Self::Cover, Self::Inlay, Self::Leaflet];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Cover => "cover",
            Self::Inlay => "inlay",
            Self::Leaflet => "leaflet",
        }
    }
}

/// The paper of the leaflet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// 210 by 297 mm.
    A4,
    /// 215.9 by 279.4 mm.
    Letter,
}

/// What to print, and how.
#[derive(Debug, Clone, Copy)]
pub struct Options<'o> {
    /// Which pieces.
    pub pieces: &'o [Piece],
    /// In which of the disc's languages.
    pub languages: &'o [Language],
    /// The paper of the leaflet.
    pub paper: Paper,
    /// A folder with fonts beside those of the system.
    pub fonts: Option<&'o Path>,
}

/// What was printed.
pub struct Printed {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// How many pages each piece has.
    pub pages: Vec<(Piece, usize)>,
    /// What is worth knowing: characters without a font, texts that were cut.
    pub findings: Findings,
}

/// What all pieces show.
struct Content<'c> {
    catalogue: &'c Catalogue,
    layout: &'c Layout,
    branding: &'c Branding,
    languages: &'c [Language],
    digest: Digest,
    /// For codes.
    latin: Language,
}

/// Prints the pieces of a collection whose image has this digest.
///
/// # Errors
/// A sentence: there are no fonts, or one cannot be used.
pub fn print(
    catalogue: &Catalogue,
    layout: &Layout,
    branding: &Branding,
    digest: Digest,
    options: &Options<'_>,
) -> Result<Printed, String> {
    let mut types = Type::new(options.fonts);
    if !types.has_fonts() {
        return Err("there are no fonts: install some (in Debian, the packages fonts-noto-core and libfontconfig1), or name a folder with `--fonts`".to_owned());
    }
    let content =
        Content { catalogue, layout, branding, languages: options.languages, digest, latin: Language::parse("en")? };
    let mut sheets = Vec::new();
    let mut pages = Vec::new();
    for piece in Piece::ALL.into_iter().filter(|piece| options.pieces.contains(piece)) {
        let before = sheets.len();
        match piece {
            Piece::Label => sheets.push(label::label(&content, &mut types)),
            Piece::Cover => sheets.extend(cover::cover(&content, &mut types)),
            Piece::Inlay => sheets.push(inlay::inlay(&content, &mut types)),
            Piece::Leaflet => sheets.extend(leaflet::leaflet(&content, &mut types, options.paper)),
        }
        pages.push((piece, sheets.len() - before));
    }
    let emblem = branding.emblem.as_ref().map(|emblem| emblem.0.as_slice());
    let default = catalogue.disc.default_language();
    let title = catalogue.disc.title.shown(default, default).text;
    let pdf = pdf::pdf(&sheets, emblem, title, default.as_str())?;
    Ok(Printed { pdf, pages, findings: findings(&types) })
}

fn findings(types: &Type) -> Findings {
    let mut findings = Findings::default();
    let mut by_text: BTreeMap<&str, String> = BTreeMap::new();
    for (character, text) in &types.missing {
        by_text.entry(text).or_default().push(*character);
    }
    if let Some((text, characters)) = by_text.first_key_value() {
        let more = if by_text.len() > 1 { format!(", and {} more texts", by_text.len() - 1) } else { String::new() };
        findings.push(
            Finding::warning(
                "missing-glyph",
                At::Nowhere,
                format!("no font here can show `{characters}` in “{text}”{more}: boxes are printed instead"),
            )
            .help("install fonts for that script (in Debian, fonts-noto-core and fonts-noto-cjk), or name a folder with `--fonts`"),
        );
    }
    if types.omitted > 0 {
        let message = format!(
            "label or cover have room for some languages only: the titles in {} more are left out",
            types.omitted
        );
        findings.push(
            Finding::warning("cut-on-paper", At::Value(KeyPath::root().key("disc").key("languages")), message)
                .help("choose those that matter with `--language`, or print several labels"),
        );
    }
    for text in &types.cut {
        findings.push(
            Finding::warning(
                "cut-on-paper",
                At::Value(KeyPath::root().key("disc")),
                format!("“{text}” does not fit on paper, and is cut"),
            )
            .help("give a shorter text in the manifest; the pages of the disc have room for the long one"),
        );
    }
    findings
}

impl Content<'_> {
    fn colour(&self, name: &str) -> Colour {
        self.branding
            .colours
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(Colour::BLACK, |(_, css)| Colour::parse(css))
    }

    fn default(&self) -> &Language {
        self.languages.first().unwrap_or_else(|| self.catalogue.disc.default_language())
    }

    /// A word of the pages in a language.
    fn word(&self, key: &str, language: &Language) -> &str {
        let number = self.catalogue.disc.languages.iter().position(|own| own == language).unwrap_or(0);
        self.branding.strings.get(number).and_then(|strings| strings.get(key)).map_or("", String::as_str)
    }

    /// A line of codes (volume, digest, page), which reads from the left in every language.
    fn code(&self, types: &mut Type, line: &str, style: Style, room: (f32, f32), place: Place) -> Set {
        types.fit(line, &self.latin, style, room, LEAST, place)
    }

    /// Where a line of codes stands beside lines of a language.
    fn beside(language: &Language) -> Place {
        match language.direction() {
            Direction::Ltr => Place::Left,
            Direction::Rtl => Place::Right,
        }
    }

    /// The title in each language that has one of its own, the default first.
    fn titles(&self) -> Vec<(&str, &Language)> {
        let mut titles: Vec<(&str, &Language)> = Vec::new();
        for language in self.languages {
            let shown = self.catalogue.disc.title.shown(language, self.catalogue.disc.default_language());
            let language = shown.other.unwrap_or(language);
            if !titles.iter().any(|(text, _)| *text == shown.text) {
                titles.push((shown.text, language));
            }
        }
        titles
    }

    /// The first sixteen digits of the digest, in groups of four.
    fn digest(&self) -> String {
        let digits = self.digest.to_string();
        let groups: Vec<&str> = (0..4).filter_map(|group| digits.get(group * 4..group * 4 + 4)).collect();
        format!("SHA-256 {} …", groups.join(" "))
    }

    /// The emblem's place in an area, as large as it fits, in its middle.
    fn emblem(&self, area: Area) -> Option<Mark> {
        let (_, width, height) = self.branding.emblem.as_ref()?;
        let (width, height) = (*width as f32, *height as f32);
        let scale = (area.width / width).min(area.height / height);
        let (width, height) = (width * scale, height * scale);
        let (x, y) = (area.x + (area.width - width) / 2.0, area.y + (area.height - height) / 2.0);
        Some(Mark::Picture(Area::new(x, y, width, height)))
    }
}

/// Lines set one below the other.
struct Column {
    area: Area,
    y: f32,
}

impl Column {
    fn new(area: Area) -> Self {
        Self { area, y: area.y }
    }

    fn left(&self) -> f32 {
        self.area.y + self.area.height - self.y
    }

    /// Puts a text down, if it fits.
    fn put(&mut self, set: Set, below: f32, marks: &mut Vec<Mark>) -> bool {
        if set.height > self.left() + 0.01 {
            return false;
        }
        let height = set.height;
        marks.push(Mark::Text { x: self.area.x, y: self.y, quarters: 0, set });
        self.y += height + below;
        true
    }
}
