//! Draws the covers of documents: small pictures of the first page of a PDF, of a picture, or of the cover or the preview that an
//! e-book or an office document contains.
//!
//! Each document is drawn in a worker process. A document that cannot be drawn has no cover, which is not an error. Covers are
//! cached by the digest of the document (docs/decisions/0037-covers.md).

mod canvas;
mod page;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, SourceId, Variant, VariantFile};
use crate::checksum::{Digest, Hasher};
use crate::extraction::{Cache, Extractions, find_thumbnail, has_thumbnails};
use crate::parallel::parallel_map;
use crate::pixels::Pixels;
use crate::progress::Progress;
use crate::worker::{self, Limits};

/// Increase this whenever the cover of any document may be drawn differently.
const VERSION: u32 = 2;

/// The name of the hidden command that draws.
const COMMAND: &str = "draw-cover";

/// A cover fits into an area of this width and height in pixels: for lists, and for the page of a report.
const SMALL: (u32, u32) = (160, 240);
const LARGE: (u32, u32) = (320, 480);

/// The quality of the JPEGs, up to 100. At this quality, the small print of a page has no visible shadows.
const QUALITY: u8 = 75;

/// The maximum length in bytes of a document that gets a cover: it is read into memory.
const MAX_DOCUMENT_BYTES: u64 = 600_000_000;

/// A collection with more documents than this has only small covers, because all are kept in memory until they are written.
const MAX_LARGE_COVERS: usize = 5_000;

/// How many documents are drawn between two updates of the progress.
const DRAWN_AT_ONCE: usize = 8;

/// A JPEG and its size in pixels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// The cover of a document in the sizes in which it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// For lists.
    pub small: Picture,
    /// For the page of a report. `None` in large collections.
    pub large: Option<Picture>,
}

/// The covers of a collection, by document.
#[derive(Debug, Default)]
pub struct Covers {
    covers: BTreeMap<SourceId, Cover>,
    /// The digests of the documents that were looked at, whether they have a cover or not.
    digests: BTreeMap<SourceId, Digest>,
}

pub struct CoverOptions {
    /// The program that has the hidden command of the worker process: make-disc itself.
    pub program: PathBuf,
    /// It is opened when the first document is looked up: reading the list of what is in it takes a while.
    pub cache: LazyLock<Cache>,
}

/// What the worker process returns about a document.
#[derive(Debug, Serialize, Deserialize)]
struct WorkerAnswer {
    /// The digest of the bytes that it has read, in hexadecimal digits.
    digest: String,
    cover: Option<Cover>,
}

/// The user has interrupted the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

impl Covers {
    /// The cover of a document; `None` if it has none.
    pub fn get(&self, source: SourceId) -> Option<&Cover> {
        self.covers.get(&source)
    }

    /// The digest of the document from which a cover was drawn or could not be drawn; `None` if it was not looked at.
    pub fn digest(&self, source: SourceId) -> Option<Digest> {
        self.digests.get(&source).copied()
    }

    /// Whether no document has a cover.
    pub fn is_empty(&self) -> bool {
        self.covers.is_empty()
    }

    /// Draws the covers of a collection. There are none if the manifest switches them off.
    ///
    /// # Errors
    /// The user has interrupted the program.
    pub fn draw(
        catalogue: &Catalogue,
        texts: &Extractions,
        options: &CoverOptions,
        progress: &mut dyn Progress,
        interrupted: &AtomicBool,
    ) -> Result<Self, Interrupted> {
        if !catalogue.disc.covers {
            return Ok(Self::default());
        }
        let variants = catalogue.reports().flat_map(|(_, _, report)| &report.variants);
        let files: BTreeMap<SourceId, &str> =
            variants.filter_map(cover_file).map(|(_, file)| (file.source, &*file.extension)).collect();
        let files: Vec<(SourceId, &str)> = files.into_iter().collect();
        let length = |source: SourceId| catalogue.source(source).length;
        progress.begin(files.iter().map(|(source, _)| length(*source)).sum());
        let (mut covers, mut digests) = (BTreeMap::new(), BTreeMap::new());
        for batch in files.chunks(DRAWN_AT_ONCE) {
            let drawn = parallel_map(batch, |(source, format)| {
                let document = catalogue.source(*source);
                if document.length > MAX_DOCUMENT_BYTES || interrupted.load(Ordering::Relaxed) {
                    return None;
                }
                let kind = format!("{format}.cover{VERSION}");
                let draw = |file| draw_in_worker(file, document.length, format, options, interrupted);
                let (digest, answer) = options.cache.get_or_make(&document.path, texts.digest(*source), &kind, draw)?;
                Some((Digest::parse(&digest)?, worker::decode::<Option<Cover>>(&answer)?))
            });
            for ((source, _), drawn) in batch.iter().zip(drawn) {
                let document = catalogue.source(*source);
                progress.advance(document.length, Some(&document.path_in_manifest));
                let Some((digest, cover)) = drawn else { continue };
                digests.insert(*source, digest);
                covers.extend(cover.map(|cover| (*source, cover)));
            }
        }
        progress.end();
        if !files.is_empty() {
            options.cache.save_known_digests();
        }
        if interrupted.load(Ordering::Relaxed) {
            return Err(Interrupted);
        }
        if files.len() > MAX_LARGE_COVERS {
            covers.values_mut().for_each(|cover| cover.large = None);
        }
        Ok(Self { covers, digests })
    }
}

/// The file whose cover represents a variant, and its index: the first file in a format that has covers.
pub fn cover_file(variant: &Variant) -> Option<(usize, &VariantFile)> {
    if variant.site.is_some() {
        return None;
    }
    variant.files.iter().enumerate().find(|(_, file)| has_cover(&file.extension))
}

/// Whether documents with this extension can have a cover.
fn has_cover(format: &str) -> bool {
    matches!(format, "pdf" | "jpg" | "jpeg" | "png") || has_thumbnails(format)
}

/// The limits for drawing a document of this length in bytes. A page takes a tenth of a second.
fn limits(length: u64) -> Limits {
    Limits { seconds: 20 + (length >> 23), memory_bytes: (5 << 28) + 5 * length }
}

/// Draws a document in a worker process. Returns the digest of the bytes that it read, and the encoded `Option<Cover>`.
fn draw_in_worker(
    file: File,
    length: u64,
    format: &str,
    options: &CoverOptions,
    interrupted: &AtomicBool,
) -> Option<(String, Vec<u8>)> {
    let answer = worker::run(&options.program, &[COMMAND, format], file, limits(length), interrupted).ok()?;
    let WorkerAnswer { digest, cover } = worker::decode(&answer)?;
    Some((digest, worker::encode(&cover)))
}

/// Reads a document and draws its cover. Runs in the worker process.
pub fn draw(input: &mut dyn Read, format: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut hasher = Hasher::default();
    let answer = match input.take(MAX_DOCUMENT_BYTES).read_to_end(&mut bytes) {
        Ok(_) => {
            hasher.update(&bytes);
            WorkerAnswer { digest: hasher.finish().to_string(), cover: draw_document(bytes, format) }
        }
        Err(_) => WorkerAnswer { digest: String::new(), cover: None },
    };
    worker::encode(&answer)
}

fn draw_document(bytes: Vec<u8>, format: &str) -> Option<Cover> {
    let pixels = match format {
        "pdf" => page::draw_first_page(bytes, LARGE.0)?,
        "jpg" | "jpeg" | "png" => read_picture(&bytes)?,
        _ => read_picture(&find_thumbnail(&bytes, format)?)?,
    };
    let large = fit(pixels.on_white(), LARGE);
    if is_blank(&large) {
        return None;
    }
    let small = fit(large.clone(), SMALL);
    Some(Cover { small: encode(&small)?, large: Some(encode(&large)?) })
}

fn read_picture(bytes: &[u8]) -> Option<Pixels> {
    if bytes.starts_with(b"\xff\xd8\xff") { Pixels::from_jpeg(bytes).ok() } else { Pixels::from_png(bytes).ok() }
}

/// Scales a picture down if it does not fit into an area.
fn fit(pixels: Pixels, (max_width, max_height): (u32, u32)) -> Pixels {
    let (width, height) = (u64::from(pixels.width()), u64::from(pixels.height()));
    if width <= u64::from(max_width) && height <= u64::from(max_height) {
        return pixels;
    }
    // Rounded to the nearest pixel.
    let scaled = |length: u64, new: u32, old: u64| (((length * u64::from(new) + old / 2) / old) as u32).max(1);
    if width * u64::from(max_height) >= height * u64::from(max_width) {
        pixels.scaled(max_width, scaled(height, max_width, width))
    } else {
        pixels.scaled(scaled(width, max_height, height), max_height)
    }
}

/// Whether a picture shows nothing.
fn is_blank(pixels: &Pixels) -> bool {
    /// The largest invisible difference between the channels of colours.
    const MAX_DIFFERENCE: u8 = 8;
    let Some(first) = pixels.pixels().next() else { return true };
    pixels.pixels().all(|pixel| pixel.iter().zip(first).all(|(a, b)| a.abs_diff(*b) <= MAX_DIFFERENCE))
}

fn encode(pixels: &Pixels) -> Option<Picture> {
    Some(Picture { bytes: pixels.to_jpeg(QUALITY)?, width: pixels.width(), height: pixels.height() })
}
