//! The collection: every report with its variants, and every source file. Building it finds the mistakes in the manifest.
//!
//! A [`Catalogue`] has been checked: ids are unique, languages are declared, and every source was a readable regular
//! file of the stated length when the catalogue was made.

mod author;
mod check;
mod confidential;
mod exclusions;
mod identifiers;
mod licence;
mod media;
mod publication_kind;
mod site;
mod source_reader;
mod sources;
mod text;
mod unlisted;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use author::Author;
pub use check::check_manifest;
pub use confidential::confidentiality_mark;
pub use exclusions::Exclusions;
pub use identifiers::{StandardNumber, doi_url};
pub use licence::{KnownLicence, Licence};
pub use publication_kind::PublicationKind;
pub use site::{Site, SiteFile};
pub use source_reader::{Doubt, SourceReader};
pub use sources::io_message;
pub use text::{LocalisedText, Text};
pub use unlisted::{is_copy_of_disc, report_unlisted_files};

use crate::error_correction::Amount;
use crate::file_formats::FormatKind;
use crate::language::{Language, PartialDate};
use crate::signature::PublicKey;
use crate::timestamp::Timestamp;

/// The whole collection and the disc it goes on.
#[derive(Debug, Clone)]
pub struct Catalogue {
    pub disc: Disc,
    /// The settings of the launcher.
    pub launcher: Launcher,
    /// The sections in the order of the manifest.
    pub sections: Vec<Section>,
    /// What must not be on the disc.
    pub exclusions: Exclusions,
    /// The indices of the entries of `exclude:` that exclude a file of a web site. The file may be inside an archive.
    pub used_exclusions: BTreeSet<usize>,
    /// Every source file once, however often the manifest names it. The plan shares them, because there may be very many.
    pub sources: Vec<Arc<Source>>,
    /// The path of every folder and archive of web pages that the manifest names, even if a finding rejects it.
    pub site_paths: Vec<PathBuf>,
}

/// The facts and settings of the disc as a whole.
#[derive(Debug, Clone)]
pub struct Disc {
    /// The title of the collection.
    pub title: Text,
    /// The volume identifier: 1 to 16 d-characters (ECMA-119 7.4.1), as Joliet has room for 16.
    pub volume: String,
    /// The languages of the pages, in the order of the language bar: at least one, of which the first is the default.
    /// Documents may be in other languages.
    pub languages: Vec<Language>,
    pub publisher: Option<String>,
    /// The person or organisation that made the disc.
    pub preparer: Option<String>,
    /// The date of publication.
    pub date: Option<PartialDate>,
    /// An ISBN, a document symbol, or a number in a series.
    pub identifier: Option<String>,
    /// The terms of use.
    pub rights: Option<Text>,
    /// The medium that the disc must fit on.
    pub medium: Option<Medium>,
    pub names: NameStyle,
    /// Whether files of 4 GiB or more are allowed: some systems cannot read them.
    pub large_files: bool,
    /// Whether the image contains checksums with which the disc can be checked without mounting it.
    pub media_check: bool,
    /// How much error correction the image gets.
    pub repair: Option<Amount>,
    /// Whether readers can search inside the documents.
    pub search: bool,
    /// Whether the pages show pictures of the first pages of documents.
    pub covers: bool,
    /// Whether the manifest is on the disc.
    pub publishes_manifest: bool,
    /// How the disc is signed; `None` if it is not.
    pub signing: Option<Signing>,
    /// The timestamp of the checksum list; `None` if the disc has none, and will not get one.
    pub timestamp: Option<ListTimestamp>,
}

/// The timestamp of the checksum list, which the user obtains from an authority when the list is complete.
#[derive(Debug, Clone)]
pub struct ListTimestamp {
    pub path: PathBuf,
    /// The path as written in the manifest, for messages.
    pub path_in_manifest: String,
    /// The timestamp itself; `None` if the user does not have it yet.
    pub found: Option<FoundTimestamp>,
}

/// The file of a timestamp.
#[derive(Debug, Clone)]
pub struct FoundTimestamp {
    pub bytes: Vec<u8>,
    /// What it says. `None` if that does not matter, because it is from a disc that was made earlier.
    pub timestamp: Option<Timestamp>,
}

/// The key with which a disc is signed.
#[derive(Debug, Clone)]
pub struct Signing {
    /// The public key, which is on the disc.
    pub key: PublicKey,
    /// The file of the secret key, if the manifest names it.
    pub secret_key: Option<PathBuf>,
    /// The files of the public and the secret key that are known.
    pub files: Vec<PathBuf>,
}

impl Disc {
    /// The language of the text that a page shows if there is none in its own language.
    pub fn default_language(&self) -> &Language {
        &self.languages[0]
    }
}

/// A medium and its capacity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Medium {
    /// A name such as `cd-700`, or a size as it is written in the manifest.
    pub name: String,
    /// The number of bytes of user data.
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

/// The index of a source in [`Catalogue::sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub usize);

/// A file that goes on the disc or into its pages.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path with which it is opened.
    pub path: Box<Path>,
    /// The path as it is written in the manifest, for messages.
    pub path_in_manifest: Box<str>,
    /// Its length in bytes. Only a file of a site can be empty.
    pub length: u64,
    /// Shows whether the file has changed since the catalogue was made.
    pub stamp: Stamp,
}

/// The metadata of a file. If its length or a time is different later, the file may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// In bytes.
    pub length: u64,
    /// When its contents were modified, in nanoseconds since 1970-01-01.
    pub modified: i128,
    /// When its contents or metadata were changed, in nanoseconds since 1970-01-01; 0 if the system does not record it.
    pub changed: i128,
    /// The device and inode; zeros if the system has none.
    pub identity: (u64, u64),
}

/// A section of the list of documents.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its folder is named after it.
    pub id: String,
    pub title: Text,
    /// In the order of the manifest.
    pub reports: Vec<Report>,
}

/// A publication, with all its language variants.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Unique in its section. Its files on the disc are named after it.
    pub id: String,
    pub title: Text,
    /// A description of the contents in a few sentences.
    pub summary: Option<Text>,
    /// A document number such as `S/RES/1325 (2000)`.
    pub symbol: Option<String>,
    /// The date of publication.
    pub date: Option<PartialDate>,
    /// Persons and corporate bodies.
    pub authors: Vec<Author>,
    /// Subject headings of a few words each.
    pub subjects: Vec<Text>,
    pub kind: Option<PublicationKind>,
    /// Its publisher, if it is not the disc's.
    pub publisher: Option<Text>,
    /// The place of publication.
    pub place: Option<Text>,
    /// The series or journal that it is part of.
    pub series: Option<Text>,
    /// Each number applies to the variants that do not have their own.
    pub numbers: PublicationNumbers,
    /// Its terms of use, if they are not the disc's.
    pub licence: Option<Licence>,
    /// One for each language, and at least one. Languages of the pages come first, in the order of the language bar.
    pub variants: Vec<Variant>,
}

/// The numbers of a publication, which may differ between the variants of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicationNumbers {
    /// There may be several, such as those of the printed and the electronic edition.
    pub isbn: Vec<StandardNumber>,
    /// The ISSNs of the series.
    pub issn: Vec<StandardNumber>,
    /// Without `https://doi.org/`.
    pub doi: Option<String>,
    /// A number or range of pages, or a description as in library catalogues, such as `xii, 120 p.`.
    pub pages: Option<String>,
}

/// The numbers of one variant. Those that it does not have are taken from its report.
#[derive(Debug, Clone, Copy)]
pub struct PublicationNumbersRef<'e> {
    pub isbn: &'e [StandardNumber],
    pub issn: &'e [StandardNumber],
    pub doi: Option<&'e str>,
    pub pages: Option<&'e str>,
}

/// A report in one language, in one or more files.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Any language, or one of the codes `mul`, `und` and `zxx`.
    pub language: Language,
    /// Replaces the title of the report.
    pub title: Option<String>,
    /// Replaces the values of the report that are different for this variant.
    pub numbers: PublicationNumbers,
    /// The name of its files without the extension, if the manifest sets it.
    pub name: Option<String>,
    /// At least one, in the order of the manifest. If the variant is a site, only its start page.
    pub files: Vec<VariantFile>,
    /// The files of a folder of web pages that is one document.
    pub site: Option<Site>,
}

impl Variant {
    /// The source and the extension of every file that goes on the disc, in the order of the paths of the layout.
    pub fn all_files(&self) -> impl Iterator<Item = (SourceId, &str)> {
        let site_files = self.site.iter().flat_map(|site| &site.files);
        let listed_files = self.files.iter().filter(|_| self.site.is_none());
        listed_files
            .map(|file| (file.source, &*file.extension))
            .chain(site_files.map(|file| (file.source, file.extension.as_str())))
    }

    /// The index of the captions of a recording in `files`: the next file with captions, unless another recording comes
    /// before it.
    pub fn captions_of(&self, recording: usize) -> Option<usize> {
        self.files.get(recording).filter(|file| file.kind().is_recording())?;
        let later_files = self.files.iter().enumerate().skip(recording + 1);
        let (next, file) = later_files
            .into_iter()
            .find(|(_, file)| file.kind().is_recording() || file.kind() == FormatKind::Captions)?;
        (file.kind() == FormatKind::Captions).then_some(next)
    }

    /// The index of the recording in `files` to which a file of captions belongs.
    pub fn recording_of(&self, captions: usize) -> Option<usize> {
        self.files.get(captions).filter(|file| file.kind() == FormatKind::Captions)?;
        let mut earlier_files = self.files.iter().enumerate().take(captions).rev();
        let (last, file) =
            earlier_files.find(|(_, file)| file.kind().is_recording() || file.kind() == FormatKind::Captions)?;
        file.kind().is_recording().then_some(last)
    }
}

/// One file of a variant.
#[derive(Debug, Clone)]
pub struct VariantFile {
    pub source: SourceId,
    /// The extension of its name, in lower case and without the dot. Files with the same extension share it.
    pub extension: Arc<str>,
    /// What it is, in the language of the variant, such as `Annex 2`.
    pub title: Option<String>,
    /// What a picture shows, for readers who cannot see it.
    pub description: Option<String>,
}

impl VariantFile {
    /// A file without a title.
    pub fn new(source: SourceId, extension: Arc<str>) -> Self {
        Self { source, extension, title: None, description: None }
    }

    pub fn kind(&self) -> FormatKind {
        FormatKind::from_extension(&self.extension)
    }
}

/// The settings of the launcher.
#[derive(Debug, Clone, Default)]
pub struct Launcher {
    /// The picture on the home page.
    pub emblem: Option<SourceId>,
    /// The picture that dark pages show instead.
    pub emblem_dark: Option<SourceId>,
    /// Colours that replace those of the theme.
    pub colours: Colours,
    pub foreword: Option<Foreword>,
    /// A folder of templates that replace the built-in ones of the same name.
    pub theme: Option<PathBuf>,
    /// The interface strings for each language, by key. They replace the built-in ones or add to them.
    pub strings: BTreeMap<Language, BTreeMap<String, String>>,
    /// Files with more interface strings.
    pub string_files: Vec<(Language, SourceId)>,
}

/// Colours in the form `#rrggbb`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Colours {
    pub text: Option<String>,
    pub background: Option<String>,
    /// The colour of headings, bars and rules.
    pub accent: Option<String>,
    pub link: Option<String>,
}

/// The foreword of the disc.
#[derive(Debug, Clone)]
pub struct Foreword {
    /// Its Markdown in each language. The language is `None` if the text is for all languages.
    pub text: Vec<(Option<Language>, ForewordText)>,
    pub signature: Option<Signatory>,
}

/// Where the Markdown of a foreword is.
#[derive(Debug, Clone)]
pub enum ForewordText {
    File(SourceId),
    /// The text itself is in the manifest.
    Inline(String),
}

/// Who signs the foreword.
#[derive(Debug, Clone)]
pub struct Signatory {
    pub name: Option<Text>,
    /// The office or title of the person who signs.
    pub role: Option<Text>,
}

impl Catalogue {
    /// Whether a file is one of the sources, even if the path differs.
    pub fn has_source(&self, path: &Path) -> bool {
        let resolved = std::fs::canonicalize(path).ok();
        let is_same =
            |source: &Path| source == path || resolved.is_some() && std::fs::canonicalize(source).ok() == resolved;
        self.sources.iter().any(|source| is_same(&source.path))
    }

    pub fn source(&self, id: SourceId) -> &Source {
        &self.sources[id.0]
    }

    /// The languages of the documents: first those that the pages are in too, in their order, then the others by tag.
    pub fn document_languages(&self) -> Vec<&Language> {
        let used: BTreeSet<&Language> =
            self.reports().flat_map(|(_, _, report)| &report.variants).map(|variant| &variant.language).collect();
        let page_languages = self.disc.languages.iter().filter(|language| used.contains(language));
        let mut others: Vec<&Language> =
            used.iter().copied().filter(|language| !self.disc.languages.contains(language)).collect();
        // Moves `mul`, `und` and `zxx` to the end. The sort is stable, so the others stay in the order of their tags.
        others.sort_by_key(|language| language.is_not_one_language());
        page_languages.chain(others).collect()
    }

    /// The languages of the pages, then those that only documents are in.
    pub fn all_languages(&self) -> Vec<&Language> {
        let documents = self.document_languages();
        let only_documents = documents.into_iter().filter(|language| !self.disc.languages.contains(language));
        self.disc.languages.iter().chain(only_documents).collect()
    }

    /// The temporary folders with the files of archives, which are removed with the catalogue.
    pub fn temporary_folders(&self) -> impl Iterator<Item = &Path> {
        let variants = self.reports().flat_map(|(_, _, report)| &report.variants);
        variants.filter_map(|variant| variant.site.as_ref()?.unpacked.as_ref()).map(|folder| folder.path())
    }

    /// Removes the files that were unpacked from the archives of sites.
    pub fn remove_unpacked_files(&mut self) {
        let reports = self.sections.iter_mut().flat_map(|section| &mut section.reports);
        let sites = reports.flat_map(|report| &mut report.variants).filter_map(|variant| variant.site.as_mut());
        sites.for_each(|site| site.unpacked = None);
    }

    /// Every report, with the index of its section, and its own index in the section.
    pub fn reports(&self) -> impl Iterator<Item = (usize, usize, &Report)> {
        self.sections
            .iter()
            .enumerate()
            .flat_map(|(s, section)| section.reports.iter().enumerate().map(move |(r, report)| (s, r, report)))
    }
}

impl PublicationNumbers {
    /// These numbers, with the missing ones taken from `other`.
    pub fn or<'e>(&'e self, other: &'e Self) -> PublicationNumbersRef<'e> {
        let Self { isbn, issn, doi, pages } = self;
        PublicationNumbersRef {
            isbn: if isbn.is_empty() { &other.isbn } else { isbn },
            issn: if issn.is_empty() { &other.issn } else { issn },
            doi: doi.as_deref().or(other.doi.as_deref()),
            pages: pages.as_deref().or(other.pages.as_deref()),
        }
    }
}
