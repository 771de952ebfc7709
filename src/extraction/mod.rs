//! Extracts the text of the documents, page by page, for the search, and facts about them for readers.
//!
//! Each document is read in a worker process. If that crashes, loops or runs out of memory, only the text of this document
//! is missing. Texts are cached by the digest of the document (`cache`), so that each is read only once.

mod cache;
mod captions;
mod compound;
mod direction;
mod doc;
mod document_reader;
mod entry_file;
mod epub;
mod findings;
mod flat_xml;
mod glyph_numbers;
mod heading_marks;
mod headings;
mod hyphens;
mod known_digests;
mod lines;
mod markup;
mod ocr_files;
mod ocr_formats;
mod office;
mod open_document;
mod package;
mod pdf;
mod pdf_fonts;
mod pdf_format;
mod pdf_page;
mod pdf_strings;
mod pdf_structure;
mod ppt;
mod rtf;
mod slides;
mod styles;
mod svg;
mod table;
mod text;
mod thumbnail;
mod to_unicode;
mod web_archive;
mod wrong_extension;

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use serde::{Deserialize, Serialize};

pub use cache::{Cache, forget_known_digests, user_cache_folder};
pub use captions::Captions;
pub use findings::check_documents;
pub use heading_marks::mark_headings;
pub use ocr_files::{RecognisedText, UnusedReason, UnusedText, find_recognised_texts};
pub use table::TablePreview;
pub use thumbnail::{find_thumbnail, has_thumbnails};

use document_reader::DocumentReader;
use hyphens::UnknownHyphen;
use ocr_formats::OcrFormat;

use crate::catalogue::{Catalogue, SourceId};
use crate::checksum::Digest;
use crate::encodings::decode_text;
use crate::file_formats::{Extractor, Format, FormatKind};
use crate::language::Language;
use crate::progress::Progress;
use crate::worker::{self, Limits};

/// The text of one document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extraction {
    /// The text of each page. In formats without pages, the text is divided into parts of a few thousand characters, and each
    /// heading begins with a [`HEADING_MARK`].
    pub pages: Vec<String>,
    /// Whether `pages` are the pages of the file, so that `#page=1` links to the first.
    pub is_paginated: bool,
    pub facts: Facts,
    /// The printed number of each page, such as `iv`; empty if the pages are simply counted.
    pub labels: Vec<String>,
    /// The bookmarks of a PDF, or the headings of a format without pages.
    pub headings: Vec<Heading>,
    /// The lines of a PDF without bookmarks that look like headings: they are larger than the running text.
    pub large_lines: Vec<Heading>,
}

/// Marks the beginning of each heading in the text of a format without pages, and in the index also in the pages of PDFs. XML
/// forbids this control character, so documents in XML do not contain it.
pub const HEADING_MARK: char = '\u{1}';

/// A heading, and the page on which its part of the document begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// An index of [`Extraction::pages`].
    pub page: usize,
    pub text: String,
    /// How many bookmarks it is under in the outline of a PDF; 0 in other formats.
    pub depth: u8,
}

impl Heading {
    /// The heading after its page has been moved behind `pages` others.
    fn moved(self, pages: usize) -> Self {
        Self { page: self.page + pages, ..self }
    }
}

/// The properties of a document, from its contents and its metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The number of pages; `None` for formats without pages.
    pub pages: Option<u32>,
    pub text: TextLayer,
    /// Whether it is a tagged PDF (ISO 32000-1, 14.8), which screen readers need; `None` for other formats.
    pub is_tagged: Option<bool>,
    /// The title in its metadata.
    pub title: Option<String>,
    /// The language in its metadata.
    pub language: Option<String>,
    /// The languages detected on its pages, each with the number of pages.
    pub detected_languages: Vec<(String, usize)>,
    /// The first heading of a web page.
    pub heading: Option<String>,
    /// The title that the first page with text shows.
    pub shown_title: Option<String>,
    /// Whether that page follows a cover without a title in its text: it may be the beginning of the document.
    pub is_title_after_cover: bool,
    /// Whether every page is blank.
    pub is_blank: bool,
    /// The authors in its metadata.
    pub authors: Vec<String>,
    /// The date in its metadata, as written there.
    pub date: Option<String>,
    /// The targets of the links of a web page, as written.
    pub links: Vec<String>,
    /// The first rows of a spreadsheet or a CSV file.
    pub table: Option<TablePreview>,
    /// Whether it could not be read because it is encrypted.
    pub is_encrypted: bool,
    /// The encoding that a web page declares, if it is in another one.
    pub wrong_encoding: Option<String>,
    /// What a PDF says about its own format; `None` for other formats.
    pub pdf: Option<PdfFormat>,
}

/// What a PDF says about its own format.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PdfFormat {
    /// The version in its header, such as `1.7`.
    pub version: Option<String>,
    /// The standards that its metadata names, such as `PDF/A-2b`. Nobody has checked that it conforms to them.
    pub claims: Vec<String>,
}

/// Whether the text of a document can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextLayer {
    Good,
    /// More than a tenth of its pages are pictures without text.
    Partial,
    /// It has no text of its own on all or some pages, but a file beside it has the text that an OCR program recognised.
    Recognised,
    /// It has no text: it was scanned, or its letters are drawn as shapes.
    None,
    /// It has text, but does not say which characters the glyphs represent.
    Bad,
    /// It could not be read, for this reason: a sentence about the document ("it needs a password").
    Unreadable(String),
    /// Its format is not supported.
    #[default]
    Unsupported,
}

impl TextLayer {
    /// Whether readers find words of the document, at least of some pages.
    pub fn is_searchable(&self) -> bool {
        matches!(self, Self::Good | Self::Partial | Self::Recognised)
    }

    /// Whether only OCR could find the words of a PDF, at least on some pages.
    pub fn needs_recognised_text(&self) -> bool {
        matches!(self, Self::None | Self::Partial | Self::Bad)
    }
}

impl Facts {
    fn with_text_layer(text: TextLayer) -> Self {
        Self { text, ..Self::default() }
    }
}

impl Extraction {
    /// A document that cannot be read. The reason is a sentence as in [`TextLayer::Unreadable`].
    fn unreadable(reason: impl Into<String>) -> Self {
        Self { facts: Facts::with_text_layer(TextLayer::Unreadable(reason.into())), ..Self::default() }
    }

    /// A document that needs a password.
    fn encrypted() -> Self {
        let text = TextLayer::Unreadable("it needs a password".to_owned());
        Self { facts: Facts { is_encrypted: true, ..Facts::with_text_layer(text) }, ..Self::default() }
    }

    /// Adds the facts from the properties of a document in a binary format of Microsoft Office.
    fn with_properties(mut self, file: &mut compound::CompoundFile<'_>) -> Self {
        let Facts { title, authors, date, .. } = file.properties();
        self.facts = Facts { title, authors, date, ..self.facts };
        self
    }

    /// Running text without pages.
    fn from_text(text: &str) -> Self {
        let mut pages = text::split_into_parts(text);
        let headings = text::find_headings(&mut pages);
        let layer = if pages.is_empty() { TextLayer::None } else { TextLayer::Good };
        Self { pages, headings, facts: Facts::with_text_layer(layer), ..Self::default() }
    }

    /// Reads a document, and detects its languages. `format` is the extension of its name in lower case.
    fn read(bytes: Vec<u8>, format: &str) -> Self {
        let wrong_extension = wrong_extension::describe(&bytes, format);
        let mut extraction = Self::extract(bytes, format);
        if let (TextLayer::Unreadable(_), false, Some(why)) =
            (&extraction.facts.text, extraction.facts.is_encrypted, wrong_extension)
        {
            extraction = Self::unreadable(why);
        }
        let detected = Language::detect_pages(&extraction.pages).into_iter();
        extraction.facts.detected_languages =
            detected.map(|(language, pages)| (language.as_str().to_owned(), pages)).collect();
        extraction
    }

    fn extract(bytes: Vec<u8>, format: &str) -> Self {
        if let Some(format) = OcrFormat::from_name(format) {
            return format.extract(&bytes);
        }
        match extractor(format) {
            Some(Extractor::Pdf) => pdf::extract(bytes),
            Some(Extractor::Csv) => table::extract_csv(&bytes, format),
            Some(Extractor::Workbook) => table::extract_workbook(&bytes),
            Some(Extractor::PlainText) => {
                let text = decode_text(&bytes);
                let mut extraction = Self::from_text(&text);
                hyphens::join_words_of_pages(&mut extraction.pages, UnknownHyphen::Belongs);
                extraction.facts.shown_title = headings::title_of_text(&text);
                extraction
            }
            Some(Extractor::Html) => text::extract_html(&bytes),
            Some(Extractor::Epub) => epub::extract(&bytes),
            Some(Extractor::Docx) => office::extract_docx(&bytes),
            Some(Extractor::Captions) => captions::extract(&bytes),
            Some(Extractor::OpenDocument) => open_document::extract(&bytes),
            Some(Extractor::Pptx) => slides::extract(&bytes),
            Some(Extractor::Rtf) => rtf::extract(&bytes),
            Some(Extractor::WebArchive) => web_archive::extract(&bytes),
            Some(Extractor::Svg) => svg::extract(&bytes),
            Some(Extractor::Xml) => flat_xml::extract(&bytes),
            Some(Extractor::FlatOpenDocument) => flat_xml::extract_open_document(&bytes),
            // Word and PowerPoint open documents in other formats under these extensions as well.
            Some(Extractor::Doc) if rtf::is_rtf(&bytes) => rtf::extract(&bytes),
            Some(Extractor::Doc) if bytes.starts_with(b"PK") => office::extract_docx(&bytes),
            Some(Extractor::Doc) if flat_xml::is_office_document(&bytes) => flat_xml::extract(&bytes),
            Some(Extractor::Doc) => doc::extract(&bytes),
            Some(Extractor::Ppt) if bytes.starts_with(b"PK") => slides::extract(&bytes),
            Some(Extractor::Ppt) => ppt::extract(&bytes),
            None => Self::default(),
        }
    }
}

fn extractor(format: &str) -> Option<Extractor> {
    Format::from_extension(format).and_then(|format| format.extractor)
}

/// Whether the text of documents of a format, given by its extension, can be extracted.
pub fn is_supported(format: &str) -> bool {
    extractor(format).is_some() || OcrFormat::from_name(format).is_some()
}

pub struct ExtractionOptions {
    /// The program that has the hidden command of the worker process: make-disc itself.
    pub program: PathBuf,
    pub cache: Cache,
    /// The limits for a document of this length in bytes.
    pub limits: fn(u64) -> Limits,
}

/// The facts about all documents, and the cache entries that contain their texts.
pub struct Extractions {
    facts: BTreeMap<SourceId, Box<Facts>>,
    /// Whether the format of each document is not supported, by number.
    unsupported: Vec<bool>,
    entries: BTreeMap<SourceId, PathBuf>,
    recognised: BTreeMap<SourceId, RecognisedText>,
    unused_texts: Vec<UnusedText>,
    has_search: bool,
    /// `None` if no document was read. A temporary cache is removed when this is dropped.
    cache: Option<Cache>,
}

impl Extractions {
    /// Contains no texts: no document is read for a disc without search.
    pub fn without_search() -> Self {
        Self {
            facts: BTreeMap::new(),
            unsupported: Vec::new(),
            entries: BTreeMap::new(),
            recognised: BTreeMap::new(),
            unused_texts: Vec::new(),
            has_search: false,
            cache: None,
        }
    }

    /// Whether the disc gets a search page.
    pub fn has_search(&self) -> bool {
        self.has_search
    }

    /// `None` if the document was not read.
    pub fn facts(&self, source: SourceId) -> Option<&Facts> {
        static UNSUPPORTED: LazyLock<Facts> = LazyLock::new(Facts::default);
        let is_unsupported = || self.unsupported.get(source.0).is_some_and(|is_unsupported| *is_unsupported);
        self.facts_of_supported(source).or_else(|| is_unsupported().then_some(&*UNSUPPORTED))
    }

    /// `None` if the document was not read, or its format is not supported.
    fn facts_of_supported(&self, source: SourceId) -> Option<&Facts> {
        self.facts.get(&source).map(Box::as_ref)
    }

    /// The digest of a document; `None` if it could not be read.
    pub fn digest(&self, source: SourceId) -> Option<&str> {
        self.entries.get(&source)?.file_stem()?.to_str()
    }

    /// The text of a document, with the recognised text of pages that have none; `None` if there is no text.
    pub fn text(&self, source: SourceId) -> Option<Extraction> {
        let own = self.own_text(source);
        match self.recognised.get(&source) {
            Some(recognised) => Some(recognised.merge(own.unwrap_or_default())),
            None => own,
        }
    }

    /// The text of a document without the text in files beside it; `None` if it could not be read.
    pub fn own_text(&self, source: SourceId) -> Option<Extraction> {
        cache::load(self.entries.get(&source)?)
    }

    /// Identifies the text that [`text`](Self::text) returns, without reading it. `None` if a part of it was read from files beside the
    /// document.
    pub fn text_id(&self, source: SourceId) -> Option<&str> {
        if self.recognised.contains_key(&source) {
            return None;
        }
        match self.entries.get(&source) {
            Some(entry) => entry.file_name()?.to_str(),
            None => Some(""),
        }
    }

    /// Data that was derived from the texts and kept by [`keep`](Self::keep), if there is any.
    pub fn kept(&self, name: &str) -> Option<Vec<u8>> {
        self.cache.as_ref()?.load_derived(name)
    }

    /// Keeps data that was derived from the texts for the next run, under a name that identifies all that it was derived from. Does
    /// nothing if it cannot be kept.
    pub fn keep(&self, name: &str, data: &[u8]) {
        if let Some(cache) = &self.cache {
            cache.store_derived(name, data);
        }
    }

    /// The recognised texts that are used, by document.
    pub fn recognised_texts(&self) -> impl Iterator<Item = (SourceId, &RecognisedText)> {
        self.recognised.iter().map(|(source, text)| (*source, text))
    }

    /// The PDFs that need OCR, and for each of their pages whether this page needs it. PDFs whose text has been recognised
    /// are left out.
    pub fn scans(&self) -> impl Iterator<Item = (SourceId, Vec<bool>)> {
        let scanned = self
            .facts
            .iter()
            .filter(|(_, facts)| facts.is_tagged.is_some() && !facts.is_blank && facts.text.needs_recognised_text());
        scanned.filter_map(|(source, facts)| {
            let pages = self.own_text(*source)?.pages;
            let is_bad = facts.text == TextLayer::Bad;
            Some((*source, pages.iter().map(|page| is_bad || ocr_files::needs_ocr(page)).collect()))
        })
    }

    /// What the PDFs say about their formats, each document once.
    pub fn pdf_formats(&self) -> impl Iterator<Item = &PdfFormat> {
        self.facts.values().filter_map(|facts| facts.pdf.as_ref())
    }

    /// The files with recognised text that cannot be used.
    pub fn unused_texts(&self) -> &[UnusedText] {
        &self.unused_texts
    }
}

/// The user has interrupted the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

/// A document to be read.
#[derive(Debug, Clone, Copy)]
pub struct InputDocument<'d> {
    pub path: &'d Path,
    /// Its path as shown in messages.
    pub shown_path: &'d str,
    /// In bytes.
    pub length: u64,
    /// The extension of its name in lower case.
    pub format: &'d str,
}

/// The facts about a document, and the cache entry with its text, if it could be read. The facts are `None` if its format is not
/// supported: a disc may have very many files of such formats.
type Outcome = (Option<Box<Facts>>, Option<PathBuf>);

/// Reads every document of a collection.
///
/// # Errors
/// The user has interrupted the program.
pub fn extract_catalogue(
    catalogue: &Catalogue,
    options: ExtractionOptions,
    progress: &mut dyn Progress,
    interrupted: &AtomicBool,
) -> Result<Extractions, Interrupted> {
    let mut formats: BTreeMap<SourceId, &str> = BTreeMap::new();
    for (_, _, report) in catalogue.reports() {
        for variant in &report.variants {
            for (source, extension) in variant.all_files() {
                // The pictures of a site are not found by themselves: they belong to its pages.
                let is_part = variant.site.is_some() && FormatKind::from_extension(extension) == FormatKind::Picture;
                let format = formats.entry(source).or_default();
                if !is_part && format.is_empty() {
                    *format = extension;
                }
            }
        }
    }
    // Most XML files are data. They are not read only to find that out.
    for (id, format) in &mut formats {
        if extractor(format) == Some(Extractor::Xml) && !flat_xml::may_be_office_document(&catalogue.source(*id).path) {
            *format = "";
        }
    }
    let documents: Vec<InputDocument<'_>> = formats
        .iter()
        .map(|(id, format)| {
            let source = catalogue.source(*id);
            InputDocument { path: &source.path, shown_path: &source.path_in_manifest, length: source.length, format }
        })
        .collect();
    let outcomes = extract_documents(&documents, &options, progress, interrupted)?;
    let (mut facts, mut entries) = (BTreeMap::new(), BTreeMap::new());
    let mut unsupported = vec![false; catalogue.sources.len()];
    for (id, (document_facts, entry)) in formats.keys().zip(outcomes) {
        match document_facts {
            Some(document_facts) => drop(facts.insert(*id, document_facts)),
            None => unsupported[id.0] = true,
        }
        entries.extend(entry.map(|entry| (*id, entry)));
    }
    let (recognised, unused_texts) = ocr_files::read_all(catalogue, &mut facts, &options, interrupted)?;
    let cache = Some(options.cache);
    Ok(Extractions { facts, unsupported, entries, recognised, unused_texts, has_search: true, cache })
}

/// Reads documents, as many at a time as there are processors, and returns the results in the order of the documents.
///
/// # Errors
/// The user has interrupted the program.
pub fn extract_documents(
    documents: &[InputDocument<'_>],
    options: &ExtractionOptions,
    progress: &mut dyn Progress,
    interrupted: &AtomicBool,
) -> Result<Vec<Outcome>, Interrupted> {
    progress.begin(documents.iter().map(|document| document.length).sum());
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(documents.len());
    let mut outcomes: Vec<Outcome> = documents.iter().map(|_| Outcome::default()).collect();
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let mut refused = 0;
        for worker in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            let work = move || {
                let mut reader = DocumentReader::new(options, interrupted);
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(document) = documents.get(number) else { return };
                    if interrupted.load(Ordering::Relaxed) {
                        return;
                    }
                    let result = if is_supported(document.format) {
                        let read = |file| reader.read(document, file);
                        let (facts, entry) = options.cache.get_or_extract(document.path, document.format, read);
                        (Some(Box::new(facts)), entry)
                    } else {
                        Outcome::default()
                    };
                    if sender.send((number, result)).is_err() {
                        return;
                    }
                }
            };
            if thread::Builder::new().spawn_scoped(scope, work.clone()).is_err() {
                refused += 1;
                // If the system allows no thread at all, the current thread does all the work, and reports progress afterwards.
                if refused == worker + 1 && refused == workers {
                    work();
                }
            }
        }
        drop(sender);
        for (number, result) in receiver {
            progress.advance(documents[number].length, Some(documents[number].shown_path));
            outcomes[number] = result;
        }
    });
    progress.end();
    options.cache.save_known_digests();
    if interrupted.load(Ordering::Relaxed) { Err(Interrupted) } else { Ok(outcomes) }
}

/// The limits for a document of this length in bytes. A page takes a few milliseconds. The allocator cannot use the last fifth of the
/// address space for large blocks.
pub fn limits_for_length(length: u64) -> Limits {
    Limits { seconds: 60 + (length >> 20), memory_bytes: (5 << 28) + 5 * length }
}

/// The answer of the worker process about a document.
#[derive(Debug, Serialize, Deserialize)]
struct WorkerAnswer {
    /// The digest of the bytes that the worker read, in hexadecimal digits. It differs from the digest that the cache computed if
    /// the document was changed in between.
    digest: String,
    extraction: Extraction,
}

impl WorkerAnswer {
    fn read(bytes: Vec<u8>, format: &str) -> Self {
        Self { digest: Digest::of(&bytes).to_string(), extraction: Extraction::read(bytes, format) }
    }
}

/// Reads a document, and returns its digest and its text, encoded. Runs in the worker process.
pub fn extract(input: &mut dyn Read, format: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    worker::encode(&match input.read_to_end(&mut bytes) {
        Ok(_) => WorkerAnswer::read(bytes, format),
        // Where else the memory limit is reached, the process is aborted: the reason must not depend on the place.
        Err(error) if error.kind() == ErrorKind::OutOfMemory => std::process::abort(),
        Err(error) => WorkerAnswer { digest: String::new(), extraction: Extraction::unreadable(error.to_string()) },
    })
}

/// Reads a small document, given as its format, a zero byte and its contents, and returns the same as [`extract`]. Runs in the
/// worker process.
pub fn extract_small(request: &[u8]) -> Vec<u8> {
    let end = request.iter().position(|byte| *byte == 0).unwrap_or(request.len());
    let (format, rest) = request.split_at(end);
    let bytes = rest.get(1..).unwrap_or_default().to_vec();
    worker::encode(&WorkerAnswer::read(bytes, &String::from_utf8_lossy(format)))
}

/// Opens a PDF; `None` if it is too damaged or needs a password.
pub fn open_pdf(bytes: Vec<u8>) -> Option<hayro_syntax::Pdf> {
    pdf::open(bytes).ok()
}

/// Reads a cache entry that [`extract_documents`] has returned.
pub fn load_text(entry: &Path) -> Option<Extraction> {
    cache::load(entry)
}
