//! Rewrites the links of sites, so that they work under the names that files have on the disc. Links of single pages are only
//! checked.
//!
//! `links` finds out what a link leads to and how it is written on the disc; `markup` finds the links in pages, drawings
//! and stylesheets (`css`), and what scripts do with links (`scripts`); `findings` reports what could not be rewritten. Only
//! this file reads sources.

mod css;
mod findings;
mod links;
mod markup;
mod scripts;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::catalogue::{Catalogue, Site, SiteFile, Source, SourceReader, Variant};
use crate::checksum::Digest;
use crate::compressed::CompressedBytes;
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::extraction::Extractions;
use crate::layout::{DiscPath, Layout};
use crate::parallel::parallel_map;
use links::{SiteMap, path_from_manifest};
use markup::{FileKind, FileReport, rewrite_file};

/// Larger files are copied as they are: they are data, not pages.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// The files of sites whose links were rewritten, by the indices of section, report, variant and file.
#[derive(Debug, Default)]
pub struct RewrittenFiles(HashMap<(usize, usize, usize, usize), CompressedBytes>);

impl RewrittenFiles {
    /// The length of a rewritten file in bytes; `None` if it goes on the disc as it is.
    pub fn length(&self, file: (usize, usize, usize, usize)) -> Option<u64> {
        self.0.get(&file).map(CompressedBytes::length)
    }

    /// A rewritten file, which is removed; `None` if it goes on the disc as it is.
    pub fn take(&mut self, file: (usize, usize, usize, usize)) -> Option<CompressedBytes> {
        self.0.remove(&file)
    }
}

/// What was done with one file: its compressed new contents, and what is to be reported. The error says why it cannot be
/// read, as a clause for a message.
type Outcome = Result<(FileReport, Option<CompressedBytes>), String>;

/// Rewrites the links of all sites, and reports those that will not work on the disc. `None` if the user interrupted it.
pub fn rewrite_sites(
    catalogue: &Catalogue,
    layout: &Layout,
    texts: &Extractions,
    findings: &mut Findings,
    interrupted: &AtomicBool,
) -> Option<RewrittenFiles> {
    let mut rewritten = RewrittenFiles::default();
    let on_disc = documents_on_disc(catalogue, layout);
    for (s, r, report) in catalogue.reports() {
        for (v, variant) in report.variants.iter().enumerate() {
            let Some(site) = &variant.site else { continue };
            let map = SiteMap::new(site, layout.variant_paths(s, r, v)).with_documents(&on_disc);
            let numbers: Vec<usize> = (0..site.files.len()).collect();
            let outcomes = parallel_map(&numbers, |number| {
                if interrupted.load(Ordering::Relaxed) {
                    return Ok(Default::default());
                }
                let file = &site.files[*number];
                let source = catalogue.source(file.source);
                let Some(kind) = FileKind::of(&file.path, &file.extension) else { return Ok(Default::default()) };
                if source.length > MAX_FILE_BYTES {
                    return Ok(Default::default());
                }
                let bytes = read(source, texts.digest(file.source))?;
                let mut report = rewrite_file(&map, *number, kind, &bytes);
                let compressed = report.rewritten.take().map(|bytes| CompressedBytes::new(&bytes));
                Outcome::Ok((report, compressed))
            });
            if interrupted.load(Ordering::Relaxed) {
                return None;
            }
            let at = KeyPath::root().key("sections").item(s).key("reports").item(r).key("variants");
            let place = Place::Value(at.key(variant.language.as_str()).key("folder"));
            let mut reports = Vec::with_capacity(outcomes.len());
            for (f, outcome) in outcomes.into_iter().enumerate() {
                match outcome {
                    Ok((report, compressed)) => {
                        reports.push(report);
                        rewritten.0.extend(compressed.map(|bytes| ((s, r, v, f), bytes)));
                    }
                    Err(why) => {
                        let name = &catalogue.source(site.files[f].source).path_in_manifest;
                        reports.push(FileReport::default());
                        findings.push(
                            Finding::error("unreadable-file", place.clone(), format!("`{name}` cannot be read: {why}"))
                                .help("run the command again when no other program changes the folder"),
                        );
                    }
                }
            }
            findings::report(&map, &reports, &catalogue.exclusions, &place, findings);
        }
    }
    Some(rewritten)
}

/// All documents and files of sites by their paths from the manifest; the path of a site's folder leads to its start page. Empty if there
/// are no sites.
fn documents_on_disc(catalogue: &Catalogue, layout: &Layout) -> HashMap<String, DiscPath> {
    let mut found = HashMap::new();
    if !catalogue.reports().any(|(_, _, report)| report.variants.iter().any(|variant| variant.site.is_some())) {
        return found;
    }
    for (s, r, report) in catalogue.reports() {
        for (v, variant) in report.variants.iter().enumerate() {
            let paths = layout.variant_paths(s, r, v);
            let Some(site) = &variant.site else {
                for (file, path) in variant.files.iter().zip(paths) {
                    let written = catalogue.source(file.source).path_in_manifest.to_string();
                    let written = path_from_manifest(&written);
                    written.map(|written| found.entry(written).or_insert_with(|| path.clone()));
                }
                continue;
            };
            let Some(folder) = path_from_manifest(&site.written) else { continue };
            for (file, path) in site.files.iter().zip(paths) {
                found.entry(format!("{folder}/{}", file.path)).or_insert_with(|| path.clone());
            }
            if let Some(start) = paths.first() {
                found.entry(folder).or_insert_with(|| start.clone());
            }
        }
    }
    found
}

/// Reports the links of web pages that are documents by themselves, if they lead to files that are not on the disc at that place:
/// such a page is copied as it is. `None` if the user interrupted it.
pub fn check_single_pages(
    catalogue: &Catalogue,
    layout: &Layout,
    texts: &Extractions,
    findings: &mut Findings,
    interrupted: &AtomicBool,
) -> Option<()> {
    let page_kind = |variant: &Variant, path: &DiscPath, extension: &str| {
        let kind = FileKind::of(path.as_str(), extension).filter(|_| variant.site.is_none());
        kind.filter(|kind| matches!(kind, FileKind::Html | FileKind::Xml))
    };
    // Most collections have no such page, and a list of all files would be made for nothing.
    let has_page = catalogue.reports().any(|(s, r, report)| {
        report.variants.iter().enumerate().any(|(v, variant)| {
            let mut files = variant.all_files().zip(layout.variant_paths(s, r, v));
            files.any(|((_, extension), path)| page_kind(variant, path, extension).is_some())
        })
    });
    if !has_page {
        return Some(());
    }
    let (mut files, mut paths, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    for (s, r, report) in catalogue.reports() {
        for (v, variant) in report.variants.iter().enumerate() {
            for ((source, extension), path) in variant.all_files().zip(layout.variant_paths(s, r, v)) {
                if let Some(kind) = page_kind(variant, path, extension) {
                    let at = KeyPath::root().key("sections").item(s).key("reports").item(r).key("variants");
                    pages.push((files.len(), kind, Place::Value(at.key(variant.language.as_str()))));
                }
                files.push(SiteFile { path: path.as_str().to_owned(), source, extension: extension.to_owned() });
                paths.push(path.clone());
            }
        }
    }
    let disc = Site::from_files("", files);
    let map = SiteMap::new(&disc, &paths);
    let reports = parallel_map(&pages, |(number, kind, _)| {
        let source = catalogue.source(disc.files[*number].source);
        if interrupted.load(Ordering::Relaxed) || source.length > MAX_FILE_BYTES {
            return None;
        }
        // A page that cannot be read is reported when the disc is made.
        let bytes = read(source, texts.digest(disc.files[*number].source)).ok()?;
        Some(rewrite_file(&map, *number, *kind, &bytes))
    });
    if interrupted.load(Ordering::Relaxed) {
        return None;
    }
    for ((number, _, place), report) in pages.iter().zip(reports) {
        let name = &catalogue.source(disc.files[*number].source).path_in_manifest;
        findings.0.extend(report.and_then(|report| findings::report_single_page(name, &report, place)));
    }
    Some(())
}

/// Reads a source. `known` is the digest of the bytes whose text was read.
fn read(source: &Source, known: Option<&str>) -> Result<Vec<u8>, String> {
    let mut bytes = vec![0; usize::try_from(source.length).map_err(|error| error.to_string())?];
    let mut reader = SourceReader::open(&source.path, &source.stamp, known.and_then(Digest::parse))?;
    reader.read_exact(&mut bytes)?;
    if let Some(doubt) = reader.finish()? {
        let digest = Digest::from_reader(bytes.as_slice()).map_err(|error| error.to_string())?;
        doubt.settle(digest, &AtomicBool::new(false))?;
    }
    Ok(bytes)
}
