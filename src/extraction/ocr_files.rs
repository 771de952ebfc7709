//! Files beside a scanned document with the text that an OCR program has recognised in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::ocr_formats::OcrFormat;
use super::{Extraction, ExtractionOptions, Facts, InputDocument, Interrupted, TextLayer, cache, extract_documents};
use crate::catalogue::{Catalogue, SourceId};
use crate::file_formats::FormatKind;
use crate::progress::Silence;

/// The endings of the names of these files in lower case, and their formats. An ending follows the name of the document, with or
/// without the document's extension.
const SUFFIXES: [(&str, OcrFormat); 5] = [
    (".hocr", OcrFormat::Hocr),
    ("_hocr.html", OcrFormat::Hocr),
    (".alto.xml", OcrFormat::Alto),
    (".xml", OcrFormat::Alto),
    (".txt", OcrFormat::PlainText),
];

/// A file that may contain the recognised text of a document; or several files, one for each of its pages, in the order of
/// the pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) format: OcrFormat,
    /// The names of the files, all in the folder of the document.
    pub(super) names: Vec<String>,
}

/// The names of the files in folders, each of which is read once.
#[derive(Default)]
pub(super) struct Listings(BTreeMap<PathBuf, Vec<String>>);

impl Listings {
    /// The files beside a document that may contain its text, the best first. Symbolic links are ignored, because they may
    /// lead out of the manifest's folder.
    pub(super) fn candidates(&mut self, document: &Path) -> Vec<Candidate> {
        let folder = document.parent().unwrap_or(Path::new(""));
        let names = self.0.entry(folder.to_path_buf()).or_insert_with(|| list_files(folder));
        let Some(name) = document.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
        candidates(name, names)
    }
}

/// The names of the regular files of a folder, sorted. Empty if it cannot be read.
fn list_files(folder: &Path) -> Vec<String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let mut names: Vec<String> = files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// Finds the candidates for a document among the sorted names of the files in its folder.
fn candidates(document: &str, names: &[String]) -> Vec<Candidate> {
    let stem = document.rsplit_once('.').map_or(document, |(stem, _)| stem);
    let mut candidates = Vec::new();
    for (suffix, format) in SUFFIXES {
        for prefix in [document, stem] {
            let mut pages: BTreeMap<u32, &String> = BTreeMap::new();
            for name in names.iter().filter(|name| *name != document) {
                let Some(rest) = name.strip_prefix(prefix).map(str::to_ascii_lowercase) else { continue };
                if rest == suffix {
                    candidates.push(Candidate { format, names: vec![name.clone()] });
                } else if let Some(page) = rest.strip_suffix(suffix).and_then(page_number) {
                    pages.entry(page).or_insert(name);
                }
            }
            // Programs count from 0 or from 1.
            let first = pages.keys().next().copied().filter(|first| *first <= 1);
            if let Some(first) = first
                && pages.keys().copied().eq(first..first.saturating_add(u32::try_from(pages.len()).unwrap_or(u32::MAX)))
            {
                candidates.push(Candidate { format, names: pages.into_values().cloned().collect() });
            }
        }
    }
    candidates
}

/// The number of a page, from the part of a file name between the name of the document and the ending, such as `-012`.
fn page_number(infix: &str) -> Option<u32> {
    let digits = infix.strip_prefix(['-', '_', '.'])?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

/// The text of a document that an OCR program has recognised.
#[derive(Debug)]
pub struct RecognisedText {
    /// The paths of the files with the text.
    pub paths: Vec<PathBuf>,
    /// Their paths as in the manifest.
    pub shown_paths: Vec<String>,
    /// The cache entries of the files.
    entries: Vec<PathBuf>,
    /// Whether it replaces the document's own text on all pages, because that text is unusable.
    replaces_all: bool,
}

/// A file beside a document whose text is not used.
#[derive(Debug)]
pub struct UnusedText {
    pub document: SourceId,
    /// The path of the file, or of the first, as in the manifest.
    pub shown_path: String,
    pub reason: UnusedReason,
}

/// Why a text is not used.
#[derive(Debug)]
pub enum UnusedReason {
    /// It does not have as many pages as the document.
    PageCount { pages: u32, wanted_pages: u32 },
    /// It may belong to this other document instead.
    MayBelongTo(SourceId),
}

impl RecognisedText {
    /// The text of a document, merged from its own text and the recognised text.
    pub(super) fn merge(&self, own: Extraction) -> Extraction {
        let texts = self.entries.iter().filter_map(|entry| cache::load(entry));
        merge(own, texts.flat_map(|text| text.pages).collect(), self.replaces_all)
    }
}

/// A candidate that was read.
struct ReadCandidate {
    names: Vec<String>,
    /// The number of pages; `None` if a file is not in the expected format, or one of several files has more than one page.
    pages: Option<u32>,
    /// The cache entries of the files; `None` if one could not be stored.
    entries: Option<Vec<PathBuf>>,
    detected_languages: Vec<(String, usize)>,
}

/// Reads the candidates of documents, and returns them in the same order.
fn read_candidates(
    documents: Vec<(&Path, Vec<Candidate>)>,
    options: &ExtractionOptions,
    interrupted: &AtomicBool,
) -> Result<Vec<Vec<ReadCandidate>>, Interrupted> {
    let mut files: Vec<(PathBuf, OcrFormat)> = Vec::new();
    for (path, candidates) in &documents {
        for candidate in candidates {
            files.extend(candidate.names.iter().map(|name| (path.with_file_name(name), candidate.format)));
        }
    }
    let inputs: Vec<InputDocument<'_>> = files
        .iter()
        .map(|(path, format)| InputDocument {
            path,
            shown_path: "",
            length: fs::metadata(path).map_or(0, |meta| meta.len()),
            format: format.name(),
        })
        .collect();
    let mut outcomes = extract_documents(&inputs, options, &mut Silence, interrupted)?.into_iter();
    let mut read_one = |candidate: Candidate| {
        let outcomes: Vec<_> = outcomes.by_ref().take(candidate.names.len()).collect();
        let counts: Option<Vec<u32>> = outcomes.iter().map(|(facts, _)| facts.as_ref()?.pages).collect();
        // If there are several files, each must have exactly one page.
        let counts = counts.filter(|counts| counts.len() == 1 || counts.iter().all(|count| *count == 1));
        ReadCandidate {
            names: candidate.names,
            pages: counts.map(|counts| counts.iter().sum()),
            entries: outcomes.iter().map(|(_, entry)| entry.clone()).collect(),
            detected_languages: outcomes
                .into_iter()
                .filter_map(|(facts, _)| facts)
                .flat_map(|facts| facts.detected_languages)
                .collect(),
        }
    };
    Ok(documents.into_iter().map(|(_, candidates)| candidates.into_iter().map(&mut read_one).collect()).collect())
}

/// Finds the files with the recognised text of PDFs, given by their paths and numbers of pages. Returns their paths for each PDF.
///
/// # Errors
/// The user has interrupted the program.
pub fn find_recognised_texts(
    pdfs: &[(PathBuf, u32)],
    options: &ExtractionOptions,
    interrupted: &AtomicBool,
) -> Result<Vec<Vec<PathBuf>>, Interrupted> {
    let mut listings = Listings::default();
    let documents = pdfs.iter().map(|(path, _)| (path.as_path(), listings.candidates(path))).collect();
    let read = read_candidates(documents, options, interrupted)?;
    let texts_of = |((path, pages), candidates): (&(PathBuf, u32), Vec<ReadCandidate>)| {
        let matching = candidates.into_iter().find(|candidate| candidate.pages == Some(*pages));
        matching.into_iter().flat_map(|candidate| candidate.names).map(|name| path.with_file_name(name)).collect()
    };
    Ok(pdfs.iter().zip(read).map(texts_of).collect())
}

/// Reads the recognised text of all documents that have no text of their own, and updates the facts about these documents. A document
/// without facts has a format that is not supported.
///
/// # Errors
/// The user has interrupted the program.
pub(super) fn read_all(
    catalogue: &Catalogue,
    facts: &mut BTreeMap<SourceId, Box<Facts>>,
    options: &ExtractionOptions,
    interrupted: &AtomicBool,
) -> Result<(BTreeMap<SourceId, RecognisedText>, Vec<UnusedText>), Interrupted> {
    let mut listings = Listings::default();
    let documents = documents_without_text(catalogue, facts);
    if documents.is_empty() {
        return Ok((BTreeMap::new(), Vec::new()));
    }
    let candidates_for = |document: &SourceId| {
        let source = catalogue.source(*document);
        let is_allowed = |name: &String| {
            let path = beside(&source.path_in_manifest, name);
            catalogue.exclusions.find(&path).is_none()
        };
        let mut candidates = listings.candidates(&source.path);
        candidates.retain(|candidate| candidate.names.iter().all(is_allowed));
        (source.path.as_ref(), candidates)
    };
    let read = read_candidates(documents.iter().map(candidates_for).collect(), options, interrupted)?;
    let claims = find_claims(catalogue, facts, documents.iter().zip(&read));
    let listed_paths: BTreeSet<&str> = catalogue.sources.iter().map(|source| &*source.path_in_manifest).collect();
    let (mut recognised, mut unused) = (BTreeMap::new(), Vec::new());
    for (document, candidates) in documents.into_iter().zip(read) {
        let source = catalogue.source(document);
        let document_pages = facts.get(&document).and_then(|facts| facts.pages);
        let mut unused_candidates = Vec::new();
        for candidate in candidates {
            let (Some(pages), Some(entries)) = (candidate.pages, candidate.entries) else { continue };
            let shown_paths: Vec<String> =
                candidate.names.iter().map(|name| beside(&source.path_in_manifest, name)).collect();
            if let Some(wanted_pages) = document_pages.filter(|wanted| *wanted != pages) {
                let shown_path = shown_paths.into_iter().next().unwrap_or_default();
                // A file that the manifest lists is a document itself. It is probably not meant as the text of this one.
                if !listed_paths.contains(shown_path.as_str()) {
                    let reason = UnusedReason::PageCount { pages, wanted_pages };
                    unused_candidates.push(UnusedText { document, shown_path, reason });
                }
                continue;
            }
            match shown_paths.first().and_then(|first| claims.get(first)).map(Vec::as_slice) {
                Some([(_, variant), (other, other_variant), ..]) if variant != other_variant => {
                    // Reported once, for the first of the documents.
                    let shown_path = shown_paths.into_iter().next().unwrap_or_default();
                    let is_first = claims
                        .get(&shown_path)
                        .is_some_and(|all| all.first().is_some_and(|(first, _)| *first == document));
                    if is_first {
                        unused_candidates.push(UnusedText {
                            document,
                            shown_path,
                            reason: UnusedReason::MayBelongTo(*other),
                        });
                    }
                    continue;
                }
                Some(claims) if claims.iter().any(|(claimant, _)| *claimant == document) => {}
                _ => continue,
            }
            let document_facts = facts.entry(document).or_default();
            if document_facts.detected_languages.is_empty() {
                document_facts.detected_languages = candidate.detected_languages;
            }
            let replaces_all = document_facts.text == TextLayer::Bad;
            document_facts.text = TextLayer::Recognised;
            let paths = candidate.names.iter().map(|name| source.path.with_file_name(name)).collect();
            recognised.insert(document, RecognisedText { paths, shown_paths, entries, replaces_all });
            unused_candidates.clear();
            break;
        }
        unused.extend(unused_candidates);
    }
    Ok((recognised, unused))
}

/// A variant, by the indices of its section, its report and itself.
type VariantIndex = (usize, usize, usize);

/// A document to which a text may belong, and its variant. All documents of a variant have the same text.
type Claim = (SourceId, VariantIndex);

/// The documents to which each text may belong, by the path of the first file of the text. A text that has the full name of a
/// document, such as `scan.pdf.txt`, belongs to this document, which then claims no other. If documents of different variants
/// claim a text, the first two claims have different variants.
fn find_claims<'d>(
    catalogue: &Catalogue,
    facts: &BTreeMap<SourceId, Box<Facts>>,
    documents: impl Iterator<Item = (&'d SourceId, &'d Vec<ReadCandidate>)>,
) -> BTreeMap<String, Vec<Claim>> {
    let mut variants: BTreeMap<SourceId, VariantIndex> = BTreeMap::new();
    for (section, number, report) in catalogue.reports() {
        for (index, variant) in report.variants.iter().enumerate() {
            for (source, _) in variant.all_files() {
                variants.entry(source).or_insert((section, number, index));
            }
        }
    }
    let mut claims: BTreeMap<String, Vec<(Claim, bool)>> = BTreeMap::new();
    for (document, candidates) in documents {
        let path = &catalogue.source(*document).path_in_manifest;
        let wanted_pages = facts.get(document).and_then(|facts| facts.pages);
        let fits = |candidate: &&ReadCandidate| {
            candidate.entries.is_some()
                && candidate.pages.is_some()
                && wanted_pages.is_none_or(|pages| candidate.pages == Some(pages))
        };
        let first_path = |candidate: &ReadCandidate| Some(beside(path, candidate.names.first()?));
        let has_full_name = |text: &String| text.starts_with(&**path);
        let texts: Vec<String> = candidates.iter().filter(fits).filter_map(first_path).collect();
        let is_certain = texts.iter().any(has_full_name);
        for text in texts.into_iter().filter(|text| !is_certain || has_full_name(text)) {
            let claim = (*document, variants.get(document).copied().unwrap_or_default());
            claims.entry(text).or_default().push((claim, is_certain));
        }
    }
    let decide = |(text, mut claims): (String, Vec<(Claim, bool)>)| {
        if claims.iter().any(|(_, is_certain)| *is_certain) {
            claims.retain(|(_, is_certain)| *is_certain);
        }
        let mut claims: Vec<Claim> = claims.into_iter().map(|(claim, _)| claim).collect();
        let first = claims.first().map(|(_, variant)| *variant);
        if let Some(other) = claims.iter().position(|(_, variant)| Some(*variant) != first) {
            claims.swap(1, other);
        }
        (text, claims)
    };
    claims.into_iter().map(decide).collect()
}

/// The documents for which recognised text is used: PDFs without usable text on all or many pages, and pictures. The files of
/// web sites are left out.
fn documents_without_text(catalogue: &Catalogue, facts: &BTreeMap<SourceId, Box<Facts>>) -> BTreeSet<SourceId> {
    let variants = catalogue.reports().flat_map(|(_, _, report)| &report.variants);
    let files = variants.filter(|variant| variant.site.is_none()).flat_map(|variant| variant.all_files());
    let has_no_text = |(source, extension): &(SourceId, &str)| {
        let is_picture = *extension == "djvu" || FormatKind::from_extension(extension) == FormatKind::Picture;
        match facts.get(source) {
            None => is_picture,
            Some(facts) if facts.text == TextLayer::Unsupported => is_picture,
            Some(facts) => *extension == "pdf" && facts.text.needs_recognised_text(),
        }
    };
    files.filter(has_no_text).map(|(source, _)| source).collect()
}

/// The path of a file that is in the same folder as the file `path`.
fn beside(path: &str, name: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_owned(),
    }
}

/// Replaces the text of the pages without words, or of all pages if `replaces_all`, by the recognised text.
pub(super) fn merge(mut own: Extraction, recognised: Vec<String>, replaces_all: bool) -> Extraction {
    if own.pages.is_empty() {
        return Extraction { pages: recognised, ..own };
    }
    for (page, text) in own.pages.iter_mut().zip(recognised) {
        if replaces_all || needs_ocr(page) {
            *page = text;
        }
    }
    own
}

/// Whether a page has so little text that it is probably a picture with a page number or a stamp.
pub(super) fn needs_ocr(page: &str) -> bool {
    !super::pdf::has_words(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_candidates(document: &str, names: &[&str]) -> Vec<Candidate> {
        let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        names.sort();
        candidates(document, &names)
    }

    fn candidate(format: OcrFormat, names: &[&str]) -> Candidate {
        Candidate { format, names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    #[test]
    fn files_with_the_name_of_the_document_are_found() {
        let names = ["a.pdf", "a.TXT", "a.pdf.txt", "a.hocr", "ab.txt", "a.docx", "A.txt", "a.xml"];
        let wanted = [
            candidate(OcrFormat::Hocr, &["a.hocr"]),
            candidate(OcrFormat::Alto, &["a.xml"]),
            candidate(OcrFormat::PlainText, &["a.pdf.txt"]),
            candidate(OcrFormat::PlainText, &["a.TXT"]),
        ];
        assert_eq!(find_candidates("a.pdf", &names), wanted);
        assert_eq!(find_candidates("a.txt", &["a.txt"]), []);
    }

    #[test]
    fn files_of_single_pages_are_found_if_none_is_missing() {
        let pages = ["a_0001.alto.xml", "a_0002.alto.xml", "a_0010.alto.xml"];
        assert_eq!(find_candidates("a.pdf", &pages), []);
        assert_eq!(find_candidates("a.pdf", &pages[..2]), [candidate(OcrFormat::Alto, &pages[..2])]);
        let from_zero = ["a-0.txt", "a-1.txt", "a-10.txt", "a-2.txt", "a-3.txt", "a-4.txt", "a-5.txt"];
        assert_eq!(find_candidates("a.pdf", &from_zero), []);
        assert_eq!(
            find_candidates("a.pdf", &["a-2.txt", "a-1.txt"]),
            [candidate(OcrFormat::PlainText, &["a-1.txt", "a-2.txt"])]
        );
        // Two reports, not two pages.
        assert_eq!(find_candidates("report.pdf", &["report-2007.txt", "report-2008.txt"]), []);
    }

    #[test]
    fn recognised_text_is_used_for_pages_without_text() {
        let own = Extraction { pages: vec!["Water and security".into(), "2".into()], ..Extraction::default() };
        let recognised = || vec!["WATER".to_owned(), "Villages".to_owned()];
        assert_eq!(merge(own.clone(), recognised(), false).pages, ["Water and security", "Villages"]);
        assert_eq!(merge(own, recognised(), true).pages, ["WATER", "Villages"]);
        assert_eq!(merge(Extraction::default(), recognised(), false).pages, ["WATER", "Villages"]);
    }
}
