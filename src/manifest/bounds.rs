//! What is refused before the YAML is read into memory: bombs, depth, repetition.
//!
//! Works on parser events, so that nothing grows with what aliases would expand to.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, Span};

use super::mistakes::explain_syntax_error;
use crate::diagnostic::{Finding, Findings, Place};

/// Nested lists and mappings; the format needs eight.
const MAX_DEPTH: usize = 32;

/// A mapping or list that is open.
enum Open {
    List,
    /// The keys so far, with their spans; the key whose value comes next; where a repeated key began.
    Mapping {
        keys: BTreeMap<String, Range<usize>>,
        awaits: Option<String>,
        repeated: Option<usize>,
    },
}

/// Checks the text, and gives it back with what was refused blanked out, every other byte in place.
/// `None` after a finding that lets nothing be read: not YAML, too deep, more than one document.
pub(super) fn check(text: &str, findings: &mut Findings) -> Option<String> {
    match scan(text, findings) {
        Ok(readable) => Some(readable),
        Err(finding) => {
            findings.push(*finding);
            None
        }
    }
}

fn scan(text: &str, findings: &mut Findings) -> Result<String, Box<Finding>> {
    let bytes = ByteOffsets::of(text);
    let mut blank: Vec<Range<usize>> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let at = bytes.at(error.marker().index());
            Box::new(match error.info() {
                info if info.contains("recursion") || info.contains("too deep") => too_deep(at..at),
                info => explain_syntax_error(text, at, info),
            })
        })?;
        let range = bytes.range(&span);
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(Box::new(
                        Finding::error("two-documents", Place::Bytes(range), "a second YAML document starts here")
                            .help("a manifest is one document: remove the line `---`"),
                    ));
                }
            }
            Event::Alias(_) => {
                findings.push(
                    Finding::error(
                        "alias",
                        Place::Bytes(range.clone()),
                        "an alias (`*name`) cannot be used in a manifest",
                    )
                    .help("write the text out here; if it is meant as text, put it in quotes"),
                );
                finish_value(&mut open, range.end, &mut blank);
                blank.push(range);
            }
            Event::Scalar(value, ..) => {
                let is_key = take_key(&mut open, &value, &range, findings);
                if !is_key {
                    finish_value(&mut open, range.end, &mut blank);
                }
            }
            Event::SequenceStart(..) => open.push(Open::List),
            Event::MappingStart(..) => {
                open.push(Open::Mapping { keys: BTreeMap::new(), awaits: None, repeated: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
                finish_value(&mut open, range.end, &mut blank);
            }
            _ => {}
        }
        if open.len() > MAX_DEPTH {
            return Err(Box::new(too_deep(bytes.range(&span))));
        }
    }
    Ok(blanked(text, &blank))
}

/// Takes a scalar as a key if one is due; reports a repeated one.
fn take_key(open: &mut [Open], value: &str, range: &Range<usize>, findings: &mut Findings) -> bool {
    let Some(Open::Mapping { keys, awaits, repeated }) = open.last_mut() else {
        return false;
    };
    if awaits.is_some() {
        return false;
    }
    if let Some(first) = keys.get(value) {
        findings.push(
            Finding::error("duplicate-key", Place::Bytes(range.clone()), format!("the key `{value}` is given twice"))
                .also(Place::Bytes(first.clone()), "first here")
                .help("keep one of the two"),
        );
        *repeated = Some(range.start);
    } else {
        keys.insert(value.to_owned(), range.clone());
    }
    *awaits = Some(value.to_owned());
    true
}

/// A value ended: if it belongs to a repeated key, both are taken out.
fn finish_value(open: &mut [Open], end: usize, blank: &mut Vec<Range<usize>>) {
    if let Some(Open::Mapping { awaits, repeated, .. }) = open.last_mut() {
        *awaits = None;
        if let Some(start) = repeated.take() {
            blank.push(start..end);
        }
    }
}

fn blanked(text: &str, ranges: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for range in ranges {
        let end = range.end.min(bytes.len());
        for byte in &mut bytes[range.start.min(end)..end] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
    // Whole characters were replaced, so this is UTF-8 still.
    String::from_utf8(bytes).unwrap_or_default()
}

fn too_deep(at: Range<usize>) -> Finding {
    Finding::error("too-deep", Place::Bytes(at), format!("more than {MAX_DEPTH} levels are nested here"))
        .help("check the brackets and the indentation: a manifest needs eight levels at most")
}

/// From the parser's positions, in characters, to bytes; in ascending order, so cheap.
pub(super) struct ByteOffsets {
    /// The byte offset of every 64th character.
    marks: Vec<usize>,
    ascii: bool,
    text: String,
}

impl ByteOffsets {
    pub(super) fn of(text: &str) -> Self {
        let ascii = text.is_ascii();
        let marks = if ascii { Vec::new() } else { text.char_indices().step_by(64).map(|(at, _)| at).collect() };
        Self { marks, ascii, text: if ascii { String::new() } else { text.to_owned() } }
    }

    pub(super) fn at(&self, character: usize) -> usize {
        if self.ascii {
            return character;
        }
        let Some(mark) = self.marks.get(character / 64) else {
            return self.text.len();
        };
        self.text[*mark..].char_indices().nth(character % 64).map_or(self.text.len(), |(at, _)| mark + at)
    }

    pub(super) fn range(&self, span: &Span) -> Range<usize> {
        self.at(span.start.index())..self.at(span.end.index())
    }
}
