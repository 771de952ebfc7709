//! Warnings about problems in the documents that should be solved before the disc is published.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use super::{Extractions, Facts, RecognisedText, TextLayer, UnusedReason};
use crate::catalogue::{Catalogue, SourceId, Variant, VariantFile};
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::file_formats::{FormatKind, display_name};
use crate::language::Language;
use crate::path_text::quote_for_shell;

/// The number of documents for which a finding shows where the manifest lists them.
const MAX_NAMED_DOCUMENTS: usize = 5;

/// Something that can be wrong with documents. All documents that fail the check are named in one finding.
struct DocumentCheck {
    code: &'static str,
    /// What is wrong. Messages show it between the name of the document and the details.
    problem: &'static str,
    help: &'static str,
    /// The details about a document that fails, possibly empty; `None` if it passes.
    fails: fn(&Facts, &Language) -> Option<String>,
}

const CHECKS: [DocumentCheck; 11] = [
    DocumentCheck {
        code: "unreadable-document",
        problem: "the text cannot be read",
        help: "try to open it: if its own program can, save it again from there; if it is damaged, ask its author for another copy",
        fails: |facts, _| match &facts.text {
            TextLayer::Unreadable(why) if !facts.is_encrypted => Some(why.clone()),
            _ => None,
        },
    },
    DocumentCheck {
        code: "encrypted-document",
        problem: "the document is protected by a password: readers cannot open it",
        help: "ask its author for a copy without a password",
        fails: |facts, _| facts.is_encrypted.then(String::new),
    },
    DocumentCheck {
        code: "no-text-layer",
        problem: "the document contains only pictures of text: readers cannot search it, and screen readers cannot read it aloud",
        help: "run `make-disc ocr MANIFEST` to recognise the text for the search; for screen readers, make a copy with text, with your PDF editor’s OCR or with `ocrmypdf -l LANGUAGE in.pdf out.pdf`, where LANGUAGE is a code such as `eng` or `fra`; if it is a map or a photo without words, list it under `zxx` instead of a language",
        // A map or a photo has no text to recognise, and a page that shows nothing is a mistake of another kind.
        fails: |facts, language| {
            let is_pdf = facts.is_tagged.is_some();
            (facts.text == TextLayer::None && is_pdf && !facts.is_blank && !language.is_wordless()).then(String::new)
        },
    },
    DocumentCheck {
        code: "no-text",
        problem: "every page of the document is blank",
        help: "make sure that it is the right file, and export it again",
        fails: |facts, language| {
            (facts.text == TextLayer::None && facts.is_blank && !language.is_wordless()).then(String::new)
        },
    },
    DocumentCheck {
        code: "partial-text",
        problem: "some pages contain only pictures of text: readers cannot search them",
        help: "run `make-disc ocr MANIFEST` to recognise their text for the search; for screen readers, make a copy with text, with your PDF editor’s OCR or with `ocrmypdf --skip-text -l LANGUAGE in.pdf out.pdf`, where LANGUAGE is a code such as `eng` or `fra`",
        fails: |facts, _| (facts.text == TextLayer::Partial).then(String::new),
    },
    DocumentCheck {
        code: "bad-text-layer",
        problem: "the text looks right, but the file does not say which characters it consists of: readers cannot search or copy it",
        help: "export the PDF again from its source with embedded Unicode fonts, or recognise the text: run `make-disc ocr MANIFEST`, or `ocrmypdf --force-ocr -l LANGUAGE in.pdf out.pdf`, where LANGUAGE is a code such as `eng` or `fra`",
        fails: |facts, _| (facts.text == TextLayer::Bad).then(String::new),
    },
    DocumentCheck {
        code: "wrong-language",
        problem: "the text seems to be in a different language from the one in the manifest",
        help: "if it is the right file, move it to the language that it is in; if only quotations or examples are in the language in the manifest, or the text was recognised wrongly, ignore this warning; otherwise replace the file",
        fails: |facts, language| {
            if language.is_not_one_language() {
                return None;
            }
            let pages: usize = facts.detected_languages.iter().map(|(_, pages)| pages).sum();
            let (most, count) = facts.detected_languages.iter().max_by_key(|(_, count)| *count)?;
            let detected = Language::parse(most).ok()?;
            // One page in the right language is enough: the rest may be quotations, tables or examples.
            let is_other_language =
                |tag: &String| Language::parse(tag).is_ok_and(|other| language.is_distinguishable_from(&other));
            let has_own_language = !facts.detected_languages.iter().all(|(tag, _)| is_other_language(tag));
            (!has_own_language && count * 5 >= pages * 4)
                .then(|| format!("it looks like {}, not {}", detected.name_and_tag(), language.name_and_tag()))
        },
    },
    DocumentCheck {
        code: WRONG_ENCODING,
        problem: "the page declares the wrong encoding: browsers show other characters instead of its letters",
        help: "open it in an editor, and save it in the encoding that it declares, or write the right one in `<meta charset=…>`",
        fails: |facts, _| facts.wrong_encoding.as_ref().map(|declared| format!("it declares {declared}")),
    },
    DocumentCheck {
        code: "untagged-pdf",
        problem: "the PDF is not tagged: screen readers cannot recognise headings, lists and tables",
        help: "export it again with tags: in LibreOffice “Tagged PDF”, in Word “Document structure tags for accessibility”",
        fails: |facts, _| (facts.is_tagged == Some(false) && !facts.is_encrypted).then(String::new),
    },
    DocumentCheck {
        code: "pdf-without-title",
        problem: "the PDF has no title of its own: readers see its file name instead",
        help: "set the title in the document’s properties, and export it again",
        fails: |facts, _| (facts.is_tagged.is_some() && !facts.is_encrypted && facts.title.is_none()).then(String::new),
    },
    DocumentCheck {
        code: "pdf-language",
        problem: "the PDF does not declare the language that the manifest gives it, so screen readers may pronounce it wrongly",
        help: "set the language of the document in the program that made it, and export it again",
        fails: |facts, language| {
            if facts.is_tagged.is_none() || facts.is_encrypted || language.is_not_one_language() {
                return None;
            }
            match &facts.language {
                None => Some(String::new()),
                Some(declared) if primary_subtag(declared) != primary_subtag(language.as_str()) => {
                    Some(format!("it declares `{declared}`"))
                }
                Some(_) => None,
            }
        },
    },
];

/// The code of the check for the encoding of web pages, which also applies to those of sites.
const WRONG_ENCODING: &str = "wrong-encoding";

/// The primary subtag of a language tag, which may be separated by `_` as well.
fn primary_subtag(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// Reports problems that readers will have with the documents: one finding for each problem, with all documents that have
/// it.
pub fn check_documents(catalogue: &Catalogue, extractions: &Extractions, manifest: &Path, findings: &mut Findings) {
    let first = findings.0.len();
    // The documents that fail each check: their places, their names and the details.
    let mut failed: [Vec<(Place, String, String)>; CHECKS.len()] = [const { Vec::new() }; CHECKS.len()];
    for (s, r, report) in catalogue.reports() {
        for variant in &report.variants {
            for (source, extension) in variant.all_files() {
                // Nothing is known about documents in formats that are not supported.
                let Some(facts) = extractions.facts_of_supported(source) else { continue };
                // A page of a site may have no text, or one in another language.
                let is_document = || {
                    let kind = FormatKind::from_extension(extension);
                    matches!(kind, FormatKind::Pdf | FormatKind::Document)
                };
                let is_checked =
                    |check: &DocumentCheck| variant.site.is_none() || check.code == WRONG_ENCODING || is_document();
                for (check, failed) in CHECKS.iter().zip(&mut failed).filter(|(check, _)| is_checked(check)) {
                    if let Some(details) = (check.fails)(facts, &variant.language) {
                        let reports = KeyPath::root().key("sections").item(s).key("reports");
                        let place = Place::Value(reports.item(r).key("variants").key(variant.language.as_str()));
                        failed.push((place, catalogue.source(source).path_in_manifest.to_string(), details));
                    }
                }
            }
        }
    }
    for (check, failed) in CHECKS.iter().zip(failed) {
        findings.0.extend(describe_failures(check, failed));
    }
    check_duplicates(catalogue, extractions, findings);
    report_recognised_texts(catalogue, extractions, findings);
    if extractions.has_search() {
        findings.0.extend(describe_unsearchable(catalogue, extractions));
    }
    // The command contains the path of the manifest, so that it can be copied.
    let manifest = quote_for_shell(manifest);
    for help in findings.0.iter_mut().skip(first).flat_map(|finding| &mut finding.help) {
        *help = help.replace("make-disc ocr MANIFEST`", &format!("make-disc ocr {manifest}`"));
    }
}

/// Reports the files with recognised text: which of them the search uses, and which it cannot use.
fn report_recognised_texts(catalogue: &Catalogue, extractions: &Extractions, findings: &mut Findings) {
    if extractions.unused_texts().is_empty() && extractions.recognised_texts().next().is_none() {
        return;
    }
    let mut places: HashMap<SourceId, Place> = HashMap::new();
    for (s, r, report) in catalogue.reports() {
        let variants_path = KeyPath::root().key("sections").item(s).key("reports").item(r).key("variants");
        for variant in &report.variants {
            for (source, _) in variant.all_files() {
                places.entry(source).or_insert_with(|| Place::Value(variants_path.key(variant.language.as_str())));
            }
        }
    }
    let place = |source: SourceId| places.get(&source).cloned().unwrap_or(Place::Nowhere);
    let name = |source: SourceId| &catalogue.source(source).path_in_manifest;
    for text in extractions.unused_texts() {
        let (file, document) = (&text.shown_path, name(text.document));
        let (pages, wanted) = match text.reason {
            UnusedReason::PageCount { pages, wanted_pages } => (count_pages(pages), wanted_pages),
            UnusedReason::MayBelongTo(other) => {
                let other = name(other);
                let ending = file.rsplit_once('.').map_or("txt", |(_, ending)| ending);
                let message =
                    format!("`{file}` may be the text of `{document}` or of `{other}`: the search uses it for neither");
                findings.push(Finding::warning("recognised-text-shared", place(text.document), message).help(format!(
                    "find out which of them it belongs to, and rename it to `{document}.{ending}` or `{other}.{ending}`"
                )));
                continue;
            }
        };
        findings.push(
            Finding::warning(
                "recognised-text-pages",
                place(text.document),
                format!("`{file}` has {pages}, but `{document}` has {wanted}: the search does not use its text"),
            )
            .help("if it is the text of this document, put a form feed between its pages, as OCR programs do, or move the file away and run `make-disc ocr MANIFEST`; if it is another text, rename it"),
        );
    }
    let used: Vec<_> = extractions.recognised_texts().collect();
    let Some((first, text)) = used.first() else { return };
    let describe = |source: SourceId, text: &RecognisedText| match text.shown_paths.as_slice() {
        [file] => format!("`{}`: its text is in `{file}`", name(source)),
        files => {
            format!("`{}`: its text is in `{}` and other files", name(source), files.first().map_or("", String::as_str))
        }
    };
    let message = match used.len() {
        1 => {
            let files = if text.shown_paths.len() > 1 { " and other files" } else { "" };
            let (name, file) = (name(*first), text.shown_paths.first().map_or("", String::as_str));
            format!("`{name}` can be searched: its text was recognised by OCR, and is in `{file}`{files}")
        }
        count => format!(
            "`{}` and {} more can be searched: their texts were recognised by OCR, and are in files beside them",
            name(*first),
            count - 1
        ),
    };
    let mut finding = Finding::note("recognised-text", place(*first), message).help(
        "readers are told that it may contain errors, which you can correct in that file; screen readers still cannot read the document itself",
    );
    if used.len() > 1 {
        finding = finding.label(describe(*first, text));
        finding.affected = used.iter().map(|(source, text)| describe(*source, text)).collect();
    }
    findings.push(finding);
}

fn count_pages(count: u32) -> String {
    if count == 1 { "1 page".to_owned() } else { format!("{count} pages") }
}

/// Reports all documents that cannot be searched, in one finding: those in formats without text, and those whose text is
/// empty. Leaves out documents for which another finding says so.
fn describe_unsearchable(catalogue: &Catalogue, extractions: &Extractions) -> Option<Finding> {
    let mut named: Vec<(Place, String)> = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut seen: HashSet<SourceId> = HashSet::new();
    for (s, r, report) in catalogue.reports() {
        let variants_path = KeyPath::root().key("sections").item(s).key("reports").item(r).key("variants");
        // The pictures and scripts of a site belong to its pages.
        for variant in report.variants.iter().filter(|variant| variant.site.is_none()) {
            for (number, VariantFile { source, extension, .. }) in variant.files.iter().enumerate() {
                let (source, extension) = (*source, &**extension);
                let Some(facts) = extractions.facts(source).filter(|_| !seen.contains(&source)) else { continue };
                if is_recording_with_text(catalogue, extractions, variant, number) {
                    continue;
                }
                let kind = match facts.text {
                    TextLayer::Unsupported => display_name(extension),
                    TextLayer::None if facts.is_tagged.is_none() => format!("{} without text", display_name(extension)),
                    _ => continue,
                };
                seen.insert(source);
                named.push((
                    Place::Value(variants_path.key(variant.language.as_str())),
                    catalogue.source(source).path_in_manifest.to_string(),
                ));
                *counts.entry(kind).or_default() += 1;
            }
        }
    }
    let count = named.len();
    let mut rest = named.iter();
    let (place, name) = rest.next()?;
    let kinds: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let message = match count {
        1 => format!("`{name}` cannot be searched: {}", kinds.concat().trim_start_matches("1 ")),
        _ => format!("{count} files cannot be searched: {}", kinds.join(", ")),
    };
    let mut finding = Finding::note("not-searchable", place.clone(), message);
    if count > 1 {
        finding.affected = named.iter().map(|(_, name)| format!("`{name}`")).collect();
        finding = finding.label(format!("`{name}`"));
    }
    for (place, name) in rest.take(MAX_NAMED_DOCUMENTS - 1) {
        finding = finding.also(place.clone(), format!("`{name}`"));
    }
    Some(finding.help(
        "readers find them by their titles, subjects and summaries; if their text matters, add a copy as PDF or in another format that can be searched",
    ))
}

/// Whether a file is a recording whose words can be found: in its captions, or in a transcript. A transcript is a text file
/// with the same name, or any text file if there is only one recording.
fn is_recording_with_text(catalogue: &Catalogue, extractions: &Extractions, variant: &Variant, number: usize) -> bool {
    let Some(recording) = variant.files.get(number).filter(|file| file.kind().is_recording()) else { return false };
    let stem = |file: &VariantFile| {
        let path = catalogue.source(file.source).path_in_manifest.to_string();
        path.rsplit_once('.').map_or(path.clone(), |(stem, _)| stem.to_owned())
    };
    let is_only = variant.files.iter().filter(|file| file.kind().is_recording()).count() == 1;
    let has_text = |file: &&VariantFile| {
        let text = extractions.facts(file.source).map(|facts| &facts.text);
        matches!(text, Some(TextLayer::Good | TextLayer::Partial))
    };
    variant.captions_of(number).is_some()
        || variant.files.iter().filter(has_text).any(|file| is_only || stem(file) == stem(recording))
}

/// Reports different files with the same contents: one may have been copied instead of another.
fn check_duplicates(catalogue: &Catalogue, extractions: &Extractions, findings: &mut Findings) {
    let mut first_files: HashMap<&str, (SourceId, Place)> = HashMap::new();
    for (s, r, report) in catalogue.reports() {
        let variants_path = KeyPath::root().key("sections").item(s).key("reports").item(r).key("variants");
        for variant in &report.variants {
            for file in &variant.files {
                let Some(digest) = extractions.digest(file.source) else { continue };
                let place = Place::Value(variants_path.key(variant.language.as_str()));
                match first_files.get(digest) {
                    None => {
                        first_files.insert(digest, (file.source, place));
                    }
                    // Another check reports a file that the manifest lists twice.
                    Some((first_source, _)) if *first_source == file.source => {}
                    Some((first_source, first_place)) => {
                        let name = |id: SourceId| &catalogue.source(id).path_in_manifest;
                        let (own, other) = (name(file.source), name(*first_source));
                        let message = format!("`{own}` has the same contents as `{other}`");
                        findings.push(
                            Finding::warning("same-bytes", place, message)
                                .also(first_place.clone(), "the other file is here")
                                .help("if one is an unneeded copy, remove it from the manifest and list it under `exclude:`; if it should be another document, replace it with that document; if both places are right, list the same file in both, so that its contents are stored only once"),
                        );
                    }
                }
            }
        }
    }
}

/// One finding for all documents that fail a check.
fn describe_failures(check: &DocumentCheck, failed: Vec<(Place, String, String)>) -> Option<Finding> {
    let count = failed.len();
    let mut failed = failed.into_iter();
    let (place, name, details) = failed.next()?;
    let describe = |name: &str, details: &str| {
        if details.is_empty() { format!("`{name}`") } else { format!("`{name}`: {details}") }
    };
    let problem = check.problem;
    let message = match count {
        1 if details.is_empty() => format!("`{name}`: {problem}"),
        1 => format!("`{name}`: {problem}: {details}"),
        _ => format!("`{name}` and {} more: {problem}", count - 1),
    };
    let mut finding = Finding::warning(check.code, place, message);
    if count > 1 {
        // The message has no details about the first document.
        if !details.is_empty() {
            finding = finding.label(describe(&name, &details));
        }
        let rest = failed.as_slice().iter().map(|(_, name, details)| (name, details));
        let all = std::iter::once((&name, &details)).chain(rest);
        finding.affected = all.map(|(name, details)| describe(name, details)).collect();
    }
    for (place, name, details) in failed.by_ref().take(MAX_NAMED_DOCUMENTS - 1) {
        finding = finding.also(place, describe(&name, &details));
    }
    Some(finding.help(check.help))
}
