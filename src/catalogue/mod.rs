//! The collection: every report and its variants, every source file, and all that is wrong with them.
//!
//! What a [`Catalogue`] holds has been checked: ids are unique, languages are declared, every
//! source was a readable regular file of the stated length when the catalogue was made.

mod check;
mod identifiers;
mod licence;
mod media;
mod publication_kind;
mod source_reader;
mod sources;
mod text;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use check::check;
pub use identifiers::{StandardNumber, doi_url};
pub use licence::{KnownLicence, Licence};
pub use publication_kind::PublicationKind;
pub use source_reader::SourceReader;
pub use sources::open_source;
pub use text::{LocalisedText, Text};

use crate::language::{Language, PartialDate};

/// The whole collection and the disc it goes on.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// What the disc as a whole is.
    pub disc: Disc,
    /// How the launcher looks and what it says.
    pub launcher: Launcher,
    /// The sections in the order of the manifest.
    pub sections: Vec<Section>,
    /// Every source file once, however often the manifest names it.
    pub sources: Vec<Source>,
}

/// The disc as a whole.
#[derive(Debug, Clone)]
pub struct Disc {
    /// The title of the collection.
    pub title: Text,
    /// The volume identifier: 1 to 16 d-characters (ECMA-119 7.4.1; 16 for Joliet's sake).
    pub volume: String,
    /// The languages in the order of the language bar; at least one, the first is the default.
    pub languages: Vec<Language>,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Who prepared the data.
    pub preparer: Option<String>,
    /// The date of publication.
    pub date: Option<PartialDate>,
    /// An ISBN, a symbol, a number of a series.
    pub identifier: Option<String>,
    /// The terms of use.
    pub rights: Option<Text>,
    /// The medium it must fit.
    pub medium: Option<Medium>,
    /// How files are named.
    pub names: NameStyle,
    /// Whether files of 4 GiB and more are allowed, which some readers cannot read.
    pub large_files: bool,
    /// Whether the image carries sums by which the disc can be checked without mounting it.
    pub media_check: bool,
    /// Whether readers can search inside the documents.
    pub search: bool,
}

impl Disc {
    /// The language shown where another is missing.
    pub fn default_language(&self) -> &Language {
        &self.languages[0]
    }
}

/// A medium, by the name the manifest gives it, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Medium {
    /// `cd-700`, or the size as written.
    pub name: String,
    /// Bytes of user data.
    pub capacity: u64,
}

/// How files on the disc are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameStyle {
    /// At most 30 characters: interchange level 2 (ECMA-119 10.2).
    Portable,
    /// Eight and three characters: interchange level 1 (ECMA-119 10.1).
    Dos,
}

/// A number of a source in [`Catalogue::sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub usize);

/// A file that goes on the disc or into its pages.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where to open it.
    pub path: Arc<Path>,
    /// As the manifest writes it.
    pub written: Arc<str>,
    /// Its length in bytes; more than zero.
    pub length: u64,
    /// What tells whether the file was changed since.
    pub stamp: Stamp,
}

/// What the file system says of a file: if any of it differs later, the file was touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Bytes.
    pub length: u64,
    /// Nanoseconds since 1970-01-01.
    pub modified: i128,
    /// Nanoseconds since 1970-01-01; 0 where the system keeps none.
    pub changed: i128,
    /// Device and inode; zeros where the system has none.
    pub identity: (u64, u64),
}

/// A part of the list of documents.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its id, which names its folder.
    pub id: String,
    /// Its heading.
    pub title: Text,
    /// Its reports in the order of the manifest.
    pub reports: Vec<Report>,
}

/// A work: one bibliographic record, whatever its languages.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Its id, which names its files; unique in its section.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// What it is about, in some sentences.
    pub summary: Option<Text>,
    /// A document number such as `S/RES/1325 (2000)`.
    pub symbol: Option<String>,
    /// When it was published.
    pub date: Option<PartialDate>,
    /// Persons and bodies.
    pub authors: Vec<String>,
    /// What it is about, in a few words each.
    pub subjects: Vec<Text>,
    /// What kind of work it is.
    pub kind: Option<PublicationKind>,
    /// Who published it, if that is not the disc's publisher.
    pub publisher: Option<Text>,
    /// Where it was published.
    pub place: Option<Text>,
    /// The series or journal it is part of.
    pub series: Option<Text>,
    /// What holds for every variant that does not say otherwise.
    pub edition: Edition,
    /// The terms of use, if they are not the disc's.
    pub licence: Option<Licence>,
    /// Its languages in the order of the disc's; at least one.
    pub variants: Vec<Variant>,
}

/// What may differ between the language editions of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edition {
    /// Of print and electronic form, for example.
    pub isbn: Vec<StandardNumber>,
    /// Of the series.
    pub issn: Vec<StandardNumber>,
    /// Without `https://doi.org/`.
    pub doi: Option<String>,
    /// A number of pages, or their extent in words such as `xii, 120 p.`.
    pub pages: Option<String>,
}

/// What holds for one language of a report.
#[derive(Debug, Clone, Copy)]
pub struct EditionRef<'e> {
    pub isbn: &'e [StandardNumber],
    pub issn: &'e [StandardNumber],
    pub doi: Option<&'e str>,
    pub pages: Option<&'e str>,
}

/// One language of a report, in one or more files.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The language; one of the disc's.
    pub language: Language,
    /// A title of this variant alone.
    pub title: Option<String>,
    /// What differs from the report's.
    pub edition: Edition,
    /// The stem of its file names, if the manifest sets it.
    pub name: Option<String>,
    /// Its files in the order of the manifest; at least one.
    pub files: Vec<VariantFile>,
}

/// One file of a variant.
#[derive(Debug, Clone)]
pub struct VariantFile {
    /// Where its bytes are.
    pub source: SourceId,
    /// The extension of its name, lower case, without the dot.
    pub extension: String,
}

/// What the manifest says of the launcher.
#[derive(Debug, Clone, Default)]
pub struct Launcher {
    /// The picture on the home page.
    pub emblem: Option<SourceId>,
    /// Colours that differ from the theme's.
    pub colours: Colours,
    /// The foreword.
    pub foreword: Option<Foreword>,
    /// A folder of templates that replace the built-in ones of the same name.
    pub theme: Option<PathBuf>,
    /// Interface strings of languages, by key, that replace or add to the built-in ones.
    pub strings: BTreeMap<Language, BTreeMap<String, String>>,
}

/// Colours, as `#rrggbb`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Colours {
    /// Text.
    pub text: Option<String>,
    /// Paper.
    pub background: Option<String>,
    /// Headings, bars and rules.
    pub accent: Option<String>,
    /// Links.
    pub link: Option<String>,
}

/// The foreword of the disc.
#[derive(Debug, Clone)]
pub struct Foreword {
    /// Its Markdown by language; one under no language is for all.
    pub text: Vec<(Option<Language>, ForewordText)>,
    /// Who signs it.
    pub signature: Option<Signature>,
}

/// Where the Markdown of a foreword is.
#[derive(Debug, Clone)]
pub enum ForewordText {
    /// In a file.
    File(SourceId),
    /// In the manifest.
    Inline(String),
}

/// The signature under the foreword.
#[derive(Debug, Clone)]
pub struct Signature {
    /// Who.
    pub name: Option<Text>,
    /// As what.
    pub role: Option<Text>,
}

impl Catalogue {
    /// A source by its number.
    pub fn source(&self, id: SourceId) -> &Source {
        &self.sources[id.0]
    }

    /// Every report, with the numbers of its section and of itself.
    pub fn reports(&self) -> impl Iterator<Item = (usize, usize, &Report)> {
        self.sections
            .iter()
            .enumerate()
            .flat_map(|(s, section)| section.reports.iter().enumerate().map(move |(r, report)| (s, r, report)))
    }
}

impl Edition {
    /// This edition, with what it does not say taken from another.
    pub fn or<'e>(&'e self, other: &'e Self) -> EditionRef<'e> {
        let Self { isbn, issn, doi, pages } = self;
        EditionRef {
            isbn: if isbn.is_empty() { &other.isbn } else { isbn },
            issn: if issn.is_empty() { &other.issn } else { issn },
            doi: doi.as_deref().or(other.doi.as_deref()),
            pages: pages.as_deref().or(other.pages.as_deref()),
        }
    }
}
