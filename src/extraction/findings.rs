//! What is worth saying of the documents before they are published.

use std::collections::HashMap;

use super::{Extractions, Facts, TextLayer};
use crate::catalogue::{Catalogue, SourceId};
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::language::Language;

/// How many documents a finding names; of more it says how many.
const NAMED: usize = 5;

/// A kind of finding: which documents it concerns, and what to do about them.
struct Kind {
    code: &'static str,
    /// What is wrong, after the document's name.
    says: &'static str,
    help: &'static str,
    concerns: fn(&Facts, &Language) -> Option<String>,
}

const KINDS: [Kind; 9] = [
    Kind {
        code: "unreadable-document",
        says: "the text cannot be read",
        help: "open it in a PDF reader or word processor; if it is damaged, save it anew, or ask its author for another copy",
        concerns: |facts, _| match &facts.text {
            TextLayer::Unreadable(why) if !facts.encrypted => Some(why.clone()),
            _ => None,
        },
    },
    Kind {
        code: "encrypted-document",
        says: "the document is protected by a password: readers cannot open it",
        help: "ask its author for a copy without a password",
        concerns: |facts, _| facts.encrypted.then(String::new),
    },
    Kind {
        code: "no-text-layer",
        says: "the document has no text, only pictures of it: readers cannot search it, and screen readers are silent",
        help: "let a program recognise the text: `ocrmypdf in.pdf out.pdf`, or the OCR of your PDF editor",
        concerns: |facts, _| (facts.text == TextLayer::None).then(String::new),
    },
    Kind {
        code: "partial-text",
        says: "some pages have no text, only pictures of it: readers cannot search those",
        help: "let a program recognise the text: `ocrmypdf --skip-text in.pdf out.pdf`",
        concerns: |facts, _| (facts.text == TextLayer::Partial).then(String::new),
    },
    Kind {
        code: "bad-text-layer",
        says: "the letters look right, but the file does not say which they are: readers cannot search or copy them",
        help: "make the PDF anew from its source with embedded Unicode fonts, or `ocrmypdf --force-ocr in.pdf out.pdf`",
        concerns: |facts, _| (facts.text == TextLayer::Bad).then(String::new),
    },
    Kind {
        code: "wrong-language",
        says: "the text is in another language than the one that the manifest gives it, by its looks",
        help: "check whether the right file stands here; if most of it is meant to be in that language, leave it",
        concerns: |facts, language| {
            let pages: usize = facts.looks_like.iter().map(|(_, pages)| pages).sum();
            let (most, count) = facts.looks_like.iter().max_by_key(|(_, count)| *count)?;
            let looks_like = Language::parse(most).ok()?;
            // A page in its own language is enough: the rest may be quotations, tables, or examples.
            let other = |tag: &String| Language::parse(tag).is_ok_and(|other| language.is_distinguishable_from(&other));
            let own = !facts.looks_like.iter().all(|(tag, _)| other(tag));
            (!own && count * 5 >= pages * 4).then(|| format!("it looks like `{looks_like}`, not `{language}`"))
        },
    },
    Kind {
        code: "untagged-pdf",
        says: "the PDF is not tagged: screen readers cannot tell headings, lists and tables",
        help: "export it again with tags: in LibreOffice “Tagged PDF”, in Word “Document structure tags for accessibility”",
        concerns: |facts, _| (facts.tagged == Some(false) && !facts.encrypted).then(String::new),
    },
    Kind {
        code: "pdf-without-title",
        says: "the PDF has no title of its own: readers see its file name instead",
        help: "set the title in the document’s properties, and export it again",
        concerns: |facts, _| (facts.tagged.is_some() && !facts.encrypted && facts.title.is_none()).then(String::new),
    },
    Kind {
        code: "pdf-language",
        says: "the PDF does not say that it is in the language that the manifest gives it: screen readers may pronounce it wrongly",
        help: "set the language of the document in the program that made it, and export it again",
        concerns: |facts, language| {
            if facts.tagged.is_none() || facts.encrypted {
                return None;
            }
            match &facts.language {
                None => Some(String::new()),
                Some(said) if primary(said) != primary(language.as_str()) => Some(format!("it says `{said}`")),
                Some(_) => None,
            }
        },
    },
];

fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// Says what readers of the documents will miss, each kind once with the documents it concerns.
pub fn findings(catalogue: &Catalogue, extractions: &Extractions, findings: &mut Findings) {
    for kind in KINDS {
        let mut concerned: Vec<(Place, String, String)> = Vec::new();
        for (s, r, report) in catalogue.reports() {
            let at = KeyPath::root().key("sections").item(s).key("reports").item(r).key("variants");
            for variant in &report.variants {
                for file in &variant.files {
                    let why =
                        extractions.facts(file.source).and_then(|facts| (kind.concerns)(facts, &variant.language));
                    if let Some(why) = why {
                        let place = Place::Value(at.key(variant.language.as_str()));
                        concerned.push((place, catalogue.source(file.source).written.to_string(), why));
                    }
                }
            }
        }
        findings.0.extend(finding(&kind, concerned));
    }
    same_bytes(catalogue, extractions, findings);
}

/// Says which documents hold the same bytes under several names: one was copied twice, or in the place of another.
fn same_bytes(catalogue: &Catalogue, extractions: &Extractions, findings: &mut Findings) {
    let mut first: HashMap<&str, (SourceId, Place)> = HashMap::new();
    for (s, r, report) in catalogue.reports() {
        let at = KeyPath::root().key("sections").item(s).key("reports").item(r).key("variants");
        for variant in &report.variants {
            for file in &variant.files {
                let Some(digest) = extractions.digest(file.source) else { continue };
                let place = Place::Value(at.key(variant.language.as_str()));
                match first.get(digest) {
                    None => {
                        first.insert(digest, (file.source, place));
                    }
                    // One file that is named twice has a finding of its own.
                    Some((known, _)) if *known == file.source => {}
                    Some((known, there)) => {
                        let name = |id: SourceId| &catalogue.source(id).written;
                        let (own, other) = (name(file.source), name(*known));
                        let message = format!("`{own}` holds the same bytes as `{other}`");
                        findings.push(
                            Finding::warning("same-bytes", place, message)
                                .also(there.clone(), "the other is here")
                                .help("if one of them was copied in the place of another document, copy the right one; else name one file twice: its bytes are stored once"),
                        );
                    }
                }
            }
        }
    }
}

fn finding(kind: &Kind, concerned: Vec<(Place, String, String)>) -> Option<Finding> {
    let count = concerned.len();
    let mut concerned = concerned.into_iter();
    let (place, name, why) = concerned.next()?;
    let with = |name: &str, why: &str| if why.is_empty() { format!("`{name}`") } else { format!("`{name}`: {why}") };
    let message = match count {
        1 => format!("{}: {}", with(&name, &why), kind.says),
        2 => format!("{}, and one more: {}", with(&name, &why), kind.says),
        _ => format!("{}, and {} more: {}", with(&name, &why), count - 1, kind.says),
    };
    let mut finding = Finding::warning(kind.code, place, message);
    if count > 1 {
        let rest = concerned.as_slice().iter().map(|(_, name, why)| (name, why));
        finding.concerns = std::iter::once((&name, &why)).chain(rest).map(|(name, why)| with(name, why)).collect();
    }
    for (place, name, why) in concerned.by_ref().take(NAMED - 1) {
        finding = finding.also(place, with(&name, &why));
    }
    Some(finding.help(kind.help))
}
