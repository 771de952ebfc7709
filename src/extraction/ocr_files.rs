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

/// The names of such files, after the name of the document with or without its extension, and their formats. In lower case.
const SUFFIXES: [(&str, OcrFormat); 5] = [
    (".hocr", OcrFormat::Hocr),
    ("_hocr.html", OcrFormat::Hocr),
    (".alto.xml", OcrFormat::Alto),
    (".xml", OcrFormat::Alto),
    (".txt", OcrFormat::PlainText),
];

/// A file that may have the recognised text of a document, or a file for each of its pages, in their order.
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
    /// The files beside a document that may have its text, the best first. Links are ignored, because they may lead out of the
    /// manifest's folder.
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
    let mut found = Vec::new();
    for (suffix, format) in SUFFIXES {
        for prefix in [document, stem] {
            let mut pages: BTreeMap<u32, &String> = BTreeMap::new();
            for name in names.iter().filter(|name| *name != document) {
                let Some(rest) = name.strip_prefix(prefix).map(str::to_ascii_lowercase) else { continue };
                if rest == suffix {
                    found.push(Candidate { format, names: vec![name.clone()] });
                } else if let Some(page) = rest.strip_suffix(suffix).and_then(page_number) {
                    pages.entry(page).or_insert(name);
                }
            }
            // Programs count from 0 or from 1.
            let first = pages.keys().next().copied().filter(|first| *first <= 1);
            if let Some(first) = first
                && pages.keys().copied().eq(first..first.saturating_add(u32::try_from(pages.len()).unwrap_or(u32::MAX)))
            {
                found.push(Candidate { format, names: pages.into_values().cloned().collect() });
            }
        }
    }
    found
}

/// The number of a page, from what is between the name of the document and the suffix, such as `-012`.
fn page_number(between: &str) -> Option<u32> {
    let digits = between.strip_prefix(['-', '_', '.'])?;
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
    /// Where the cache has their texts.
    entries: Vec<PathBuf>,
    /// Whether the document's own text is worthless.
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
    Pages { pages: u32, wanted_pages: u32 },
    /// It may just as well be that of another document.
    MayBelongTo(SourceId),
}

impl RecognisedText {
    /// The text of a document, given its own text.
    pub(super) fn merge(&self, own: Extraction) -> Extraction {
        let texts = self.entries.iter().filter_map(|entry| cache::load(entry));
        merge(own, texts.flat_map(|text| text.pages).collect(), self.replaces_all)
    }
}

/// A candidate that was read.
struct ReadCandidate {
    names: Vec<String>,
    /// `None` if it is not in its format.
    pages: Option<u32>,
    /// Where the cache has the texts. `None` if one of them could not be kept.
    entries: Option<Vec<PathBuf>>,
    detected_languages: Vec<(String, usize)>,
}

/// Reads the candidates for each of some documents, given by their paths.
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
        let counts: Option<Vec<u32>> = outcomes.iter().map(|(facts, _)| facts.pages).collect();
        // Each of several files has one page.
        let counts = counts.filter(|counts| counts.len() == 1 || counts.iter().all(|count| *count == 1));
        ReadCandidate {
            names: candidate.names,
            pages: counts.map(|counts| counts.iter().sum()),
            entries: outcomes.iter().map(|(_, entry)| entry.clone()).collect(),
            detected_languages: outcomes.into_iter().flat_map(|(facts, _)| facts.detected_languages).collect(),
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
        let found = candidates.into_iter().find(|candidate| candidate.pages == Some(*pages));
        found.into_iter().flat_map(|found| found.names).map(|name| path.with_file_name(name)).collect()
    };
    Ok(pdfs.iter().zip(read).map(texts_of).collect())
}

/// Reads the recognised text of all documents that have no text of their own, and corrects their facts.
///
/// # Errors
/// The user has interrupted the program.
pub(super) fn read_all(
    catalogue: &Catalogue,
    facts: &mut BTreeMap<SourceId, Facts>,
    options: &ExtractionOptions,
    interrupted: &AtomicBool,
) -> Result<(BTreeMap<SourceId, RecognisedText>, Vec<UnusedText>), Interrupted> {
    let mut listings = Listings::default();
    let documents = documents_without_text(catalogue, facts);
    let candidates_for = |document: &SourceId| {
        let source = catalogue.source(*document);
        let is_allowed = |name: &String| {
            let path = beside(&source.path_in_manifest, name);
            catalogue.exclusions.find(&path).is_none()
        };
        let mut found = listings.candidates(&source.path);
        found.retain(|candidate| candidate.names.iter().all(is_allowed));
        (source.path.as_ref(), found)
    };
    let read = read_candidates(documents.iter().map(candidates_for).collect(), options, interrupted)?;
    let claims = find_claims(catalogue, facts, documents.iter().zip(&read));
    let listed: BTreeSet<&str> = catalogue.sources.iter().map(|source| &*source.path_in_manifest).collect();
    let (mut recognised, mut unused) = (BTreeMap::new(), Vec::new());
    for (document, candidates) in documents.into_iter().zip(read) {
        let (Some(own), source) = (facts.get_mut(&document), catalogue.source(document)) else { continue };
        let mut unused_here = Vec::new();
        for candidate in candidates {
            let (Some(pages), Some(entries)) = (candidate.pages, candidate.entries) else { continue };
            let shown_paths: Vec<String> =
                candidate.names.iter().map(|name| beside(&source.path_in_manifest, name)).collect();
            if let Some(wanted_pages) = own.pages.filter(|wanted| *wanted != pages) {
                let shown_path = shown_paths.into_iter().next().unwrap_or_default();
                // A text that is a document of its own need not be that of this one.
                if !listed.contains(shown_path.as_str()) {
                    let reason = UnusedReason::Pages { pages, wanted_pages };
                    unused_here.push(UnusedText { document, shown_path, reason });
                }
                continue;
            }
            match shown_paths.first().and_then(|first| claims.get(first)).map(Vec::as_slice) {
                Some([(_, own_group), (other, group), ..]) if own_group != group => {
                    // Named once, at the first of the documents.
                    let shown_path = shown_paths.into_iter().next().unwrap_or_default();
                    let is_first = claims
                        .get(&shown_path)
                        .is_some_and(|all| all.first().is_some_and(|(first, _)| *first == document));
                    if is_first {
                        unused_here.push(UnusedText {
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
            if own.detected_languages.is_empty() {
                own.detected_languages = candidate.detected_languages;
            }
            let replaces_all = own.text == TextLayer::Bad;
            own.text = TextLayer::Recognised;
            let paths = candidate.names.iter().map(|name| source.path.with_file_name(name)).collect();
            recognised.insert(document, RecognisedText { paths, shown_paths, entries, replaces_all });
            unused_here.clear();
            break;
        }
        unused.extend(unused_here);
    }
    Ok((recognised, unused))
}

/// A document that may have a text, and its group: the formats of a language version have the same text.
type Claim = (SourceId, (usize, usize, usize));

/// The documents that each text may belong to, by the path of its first file. A text with the full name of a document, such as
/// `scan.pdf.txt`, belongs to that one, which then has no other. If claims remain of several language versions, one of another group
/// than the first comes second.
fn find_claims<'d>(
    catalogue: &Catalogue,
    facts: &BTreeMap<SourceId, Facts>,
    documents: impl Iterator<Item = (&'d SourceId, &'d Vec<ReadCandidate>)>,
) -> BTreeMap<String, Vec<Claim>> {
    let mut groups: BTreeMap<SourceId, (usize, usize, usize)> = BTreeMap::new();
    for (section, number, report) in catalogue.reports() {
        for (variant, files) in report.variants.iter().enumerate() {
            for (source, _) in files.all_files() {
                groups.entry(source).or_insert((section, number, variant));
            }
        }
    }
    let mut claims: BTreeMap<String, Vec<(Claim, bool)>> = BTreeMap::new();
    for (document, candidates) in documents {
        let path = &catalogue.source(*document).path_in_manifest;
        let wanted = facts.get(document).and_then(|own| own.pages);
        let fits = |candidate: &&ReadCandidate| {
            candidate.entries.is_some()
                && candidate.pages.is_some()
                && wanted.is_none_or(|pages| candidate.pages == Some(pages))
        };
        let first_path = |candidate: &ReadCandidate| Some(beside(path, candidate.names.first()?));
        let has_full_name = |text: &String| text.starts_with(&**path);
        let texts: Vec<String> = candidates.iter().filter(fits).filter_map(first_path).collect();
        let is_certain = texts.iter().any(has_full_name);
        for text in texts.into_iter().filter(|text| !is_certain || has_full_name(text)) {
            let claim = (*document, groups.get(document).copied().unwrap_or_default());
            claims.entry(text).or_default().push((claim, is_certain));
        }
    }
    let decide = |(text, mut claims): (String, Vec<(Claim, bool)>)| {
        if claims.iter().any(|(_, is_certain)| *is_certain) {
            claims.retain(|(_, is_certain)| *is_certain);
        }
        let mut claims: Vec<Claim> = claims.into_iter().map(|(claim, _)| claim).collect();
        let first = claims.first().map(|(_, group)| *group);
        if let Some(other) = claims.iter().position(|(_, group)| Some(*group) != first) {
            claims.swap(1, other);
        }
        (text, claims)
    };
    claims.into_iter().map(decide).collect()
}

/// The documents whose text is missing on all or many pages, and those that are pictures. Not the files of web sites.
fn documents_without_text(catalogue: &Catalogue, facts: &BTreeMap<SourceId, Facts>) -> BTreeSet<SourceId> {
    let variants = catalogue.reports().flat_map(|(_, _, report)| &report.variants);
    let files = variants.filter(|variant| variant.site.is_none()).flat_map(|variant| variant.all_files());
    let has_no_text = |(source, extension): &(SourceId, &str)| {
        let is_picture = *extension == "djvu" || FormatKind::from_extension(extension) == FormatKind::Picture;
        facts.get(source).is_some_and(|facts| match facts.text {
            TextLayer::Unsupported => is_picture,
            _ => *extension == "pdf" && facts.text.needs_recognised_text(),
        })
    };
    files.filter(has_no_text).map(|(source, _)| source).collect()
}

/// The path of a file in the same folder as another, as in the manifest.
fn beside(path: &str, name: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_owned(),
    }
}

/// Puts the recognised text of each page in place of its own, if that has no words, or if `replaces_all`.
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

/// Whether so little can be read on a page that it is probably a picture with a page number or a stamp.
pub(super) fn needs_ocr(page: &str) -> bool {
    !super::pdf::has_words(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(document: &str, names: &[&str]) -> Vec<Candidate> {
        let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        names.sort();
        candidates(document, &names)
    }

    fn one(format: OcrFormat, names: &[&str]) -> Candidate {
        Candidate { format, names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    #[test]
    fn files_with_the_name_of_the_document_are_found() {
        let names = ["a.pdf", "a.TXT", "a.pdf.txt", "a.hocr", "ab.txt", "a.docx", "A.txt", "a.xml"];
        let wanted = [
            one(OcrFormat::Hocr, &["a.hocr"]),
            one(OcrFormat::Alto, &["a.xml"]),
            one(OcrFormat::PlainText, &["a.pdf.txt"]),
            one(OcrFormat::PlainText, &["a.TXT"]),
        ];
        assert_eq!(found("a.pdf", &names), wanted);
        assert_eq!(found("a.txt", &["a.txt"]), []);
    }

    #[test]
    fn files_of_single_pages_are_found_if_none_is_missing() {
        let pages = ["a_0001.alto.xml", "a_0002.alto.xml", "a_0010.alto.xml"];
        assert_eq!(found("a.pdf", &pages), []);
        assert_eq!(found("a.pdf", &pages[..2]), [one(OcrFormat::Alto, &pages[..2])]);
        let from_zero = ["a-0.txt", "a-1.txt", "a-10.txt", "a-2.txt", "a-3.txt", "a-4.txt", "a-5.txt"];
        assert_eq!(found("a.pdf", &from_zero), []);
        assert_eq!(found("a.pdf", &["a-2.txt", "a-1.txt"]), [one(OcrFormat::PlainText, &["a-1.txt", "a-2.txt"])]);
        // Two reports, not two pages.
        assert_eq!(found("report.pdf", &["report-2007.txt", "report-2008.txt"]), []);
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
