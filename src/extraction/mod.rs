//! The text of the documents, page by page, for the search; and what readers can expect of them.
//!
//! Each document is read by a process of its own (`worker`), which may crash, loop or run out of
//! memory: that costs its text and nothing else. What was read is kept by the digest of the document
//! (`cache`), so that it is read once.

mod cache;
mod epub;
mod findings;
mod lines;
mod office;
mod pdf;
mod plain;
mod worker;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use serde::{Deserialize, Serialize};

pub use cache::{Cache, user_cache};
pub use findings::findings;
pub use plain::text as decoded;
pub use worker::{Bounds, run as work};

use crate::catalogue::{Catalogue, SourceId};
use crate::file_formats::{Extractor, Format};
use crate::language::Language;
use crate::progress::Progress;

/// The text of one document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extraction {
    /// Its pages; of a format without pages, pieces of some thousand characters.
    pub pages: Vec<String>,
    /// Whether they are numbered pages of the file, which `#page=1` leads to.
    pub numbered: bool,
    /// What a reader can expect.
    pub facts: Facts,
}

/// What a reader can expect of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// How many pages it has, if it has any.
    pub pages: Option<u32>,
    /// Whether it can be searched.
    pub text: TextLayer,
    /// Whether it is a tagged PDF (ISO 32000-1, 14.8), which screen readers need; none for other formats.
    pub tagged: Option<bool>,
    /// The title it gives itself.
    pub title: Option<String>,
    /// The language it says it is in.
    pub language: Option<String>,
    /// The languages that some of its pages look like, each with the number of those pages.
    pub looks_like: Vec<(String, usize)>,
    /// Its first heading, of a web page.
    pub heading: Option<String>,
    /// Who it says made it.
    pub authors: Vec<String>,
    /// When it says it was made, as it says so.
    pub date: Option<String>,
    /// Where its links lead, of a web page, as written.
    pub links: Vec<String>,
    /// Whether it is encrypted so that it was not read.
    pub encrypted: bool,
}

/// Whether the text of a document can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextLayer {
    /// It can.
    Good,
    /// More than a tenth of its pages are pictures without text.
    Partial,
    /// It has none: it was scanned, or its letters were drawn.
    None,
    /// It has one, which does not tell the characters.
    Bad,
    /// It could not be read, for this reason.
    Unreadable(String),
    /// It is in a format that is not read.
    #[default]
    Unsupported,
}

impl Facts {
    fn of(text: TextLayer) -> Self {
        Self { text, ..Self::default() }
    }
}

impl Extraction {
    /// Nothing, for a reason that follows "it cannot be read: ".
    fn unreadable(why: impl Into<String>) -> Self {
        Self { facts: Facts::of(TextLayer::Unreadable(why.into())), ..Self::default() }
    }

    /// Text that has no pages, in pieces.
    fn running(text: &str) -> Self {
        let pages = plain::pieces(text);
        let layer = if pages.is_empty() { TextLayer::None } else { TextLayer::Good };
        Self { pages, numbered: false, facts: Facts::of(layer) }
    }

    /// Reads a document of a format, which is the extension of its name in small letters.
    fn of(bytes: Vec<u8>, format: &str) -> Self {
        let mut read = Self::read(bytes, format);
        let looks_like = Language::detect_pages(&read.pages).into_iter();
        read.facts.looks_like = looks_like.map(|(language, pages)| (language.as_str().to_owned(), pages)).collect();
        read
    }

    fn read(bytes: Vec<u8>, format: &str) -> Self {
        match extractor(format) {
            Some(Extractor::Pdf) => pdf::extract(bytes),
            Some(Extractor::PlainText) => Self::running(&plain::text(&bytes)),
            Some(Extractor::Html) => plain::html(&bytes),
            Some(Extractor::Epub) => epub::extract(&bytes),
            Some(Extractor::Docx) => office::docx(&bytes),
            Some(Extractor::OpenDocument) => office::open_document(&bytes),
            None => Self::default(),
        }
    }
}

fn extractor(format: &str) -> Option<Extractor> {
    Format::from_extension(format).and_then(|format| format.extractor)
}

/// Whether documents of a format, given by its extension, are read at all.
pub fn is_read(format: &str) -> bool {
    extractor(format).is_some()
}

/// How documents are read.
pub struct Options {
    /// The program that reads one: this one, by a hidden command.
    pub program: PathBuf,
    /// Where texts are kept.
    pub cache: Cache,
    /// What reading a document of a length in bytes may use.
    pub bounds: fn(u64) -> Bounds,
}

/// The texts of a collection: the facts here, the texts in the cache.
pub struct Extractions {
    facts: BTreeMap<SourceId, Facts>,
    entries: BTreeMap<SourceId, PathBuf>,
    wanted: bool,
    /// Which may go when they do.
    _cache: Option<Cache>,
}

impl Extractions {
    /// None, for discs without search.
    pub fn none() -> Self {
        Self { facts: BTreeMap::new(), entries: BTreeMap::new(), wanted: false, _cache: None }
    }

    /// Whether there is to be a search.
    pub fn wanted(&self) -> bool {
        self.wanted
    }

    /// What was found out about a document; none if it was not looked at.
    pub fn facts(&self, source: SourceId) -> Option<&Facts> {
        self.facts.get(&source)
    }

    /// What documents with the same bytes have in common; none of one that was not read.
    fn digest(&self, source: SourceId) -> Option<&str> {
        self.entries.get(&source)?.file_stem()?.to_str()
    }

    /// A document's text; none if it could not be read.
    pub fn text(&self, source: SourceId) -> Option<Extraction> {
        cache::load(self.entries.get(&source)?)
    }
}

/// Broken off by the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

/// A document to be read.
#[derive(Debug, Clone, Copy)]
pub struct Document<'d> {
    /// Where it is.
    pub path: &'d Path,
    /// What it is called in messages.
    pub written: &'d str,
    /// Bytes.
    pub length: u64,
    /// Its format: the extension of its name in small letters.
    pub format: &'d str,
}

/// What was found out about a document, and where its text is kept, if it could be read.
type Read = (Facts, Option<PathBuf>);

/// Reads every document of a collection that is in a format with text.
///
/// # Errors
/// The user broke it off.
pub fn extract_all(
    catalogue: &Catalogue,
    options: Options,
    progress: &mut dyn Progress,
    interrupted: &AtomicBool,
) -> Result<Extractions, Interrupted> {
    let mut wanted: BTreeMap<SourceId, &str> = BTreeMap::new();
    for (_, _, report) in catalogue.reports() {
        for file in report.variants.iter().flat_map(|variant| &variant.files) {
            wanted.entry(file.source).or_insert(&file.extension);
        }
    }
    let documents: Vec<Document<'_>> = wanted
        .iter()
        .map(|(id, format)| {
            let source = catalogue.source(*id);
            Document { path: &source.path, written: &source.written, length: source.length, format }
        })
        .collect();
    let read = read_all(&documents, &options, progress, interrupted)?;
    let (mut facts, mut entries) = (BTreeMap::new(), BTreeMap::new());
    for (id, (known, entry)) in wanted.keys().zip(read) {
        facts.insert(*id, known);
        entries.extend(entry.map(|entry| (*id, entry)));
    }
    Ok(Extractions { facts, entries, wanted: true, _cache: Some(options.cache) })
}

/// Reads documents, as many at a time as there are processors; the results are in the order of the documents.
///
/// # Errors
/// The user broke it off.
pub fn read_all(
    documents: &[Document<'_>],
    options: &Options,
    progress: &mut dyn Progress,
    interrupted: &AtomicBool,
) -> Result<Vec<Read>, Interrupted> {
    progress.begin(documents.iter().map(|document| document.length).sum());
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(documents.len());
    let mut read: Vec<Read> = documents.iter().map(|_| Read::default()).collect();
    thread::scope(|scope| {
        let (results, told) = mpsc::channel();
        let mut refused = 0;
        for worker in 0..workers {
            let (results, next) = (results.clone(), &next);
            let work = move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(document) = documents.get(number) else { return };
                    if interrupted.load(Ordering::Relaxed) {
                        return;
                    }
                    let result = if is_read(document.format) {
                        options.cache.read_or(document.path, document.format, |out| {
                            let bounds = (options.bounds)(document.length);
                            worker::ask(&options.program, document.path, bounds, document.format, out, interrupted)
                        })
                    } else {
                        Read::default()
                    };
                    if results.send((number, result)).is_err() {
                        return;
                    }
                }
            };
            if thread::Builder::new().spawn_scoped(scope, work.clone()).is_err() {
                refused += 1;
                // Without any other thread this one does it all, and tells of it afterwards.
                if refused == worker + 1 && refused == workers {
                    work();
                }
            }
        }
        drop(results);
        for (number, result) in told {
            progress.advance(documents[number].length, Some(documents[number].written));
            read[number] = result;
        }
    });
    progress.end();
    if interrupted.load(Ordering::Relaxed) { Err(Interrupted) } else { Ok(read) }
}

/// The text of a document, where [`read_all`] has said that it is kept.
pub fn text_at(entry: &Path) -> Option<Extraction> {
    cache::load(entry)
}
