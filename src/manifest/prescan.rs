//! Checks the events of the YAML parser before anything is built in memory: aliases, which can expand a short text to
//! gigabytes, deep nesting, repeated keys and further documents are errors.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, Span};

use super::syntax_errors::explain_syntax_error;
use crate::diagnostic::{Finding, Findings, Place};

/// The maximum number of levels of nested sequences and mappings. A manifest needs eight.
const MAX_DEPTH: usize = 32;

/// A sequence or mapping that has started but not ended.
enum OpenCollection {
    Sequence,
    Mapping {
        /// The keys so far, and where they are.
        keys: BTreeMap<String, Range<usize>>,
        /// Whether a key has been read and its value comes next.
        expects_value: bool,
        /// Where the last key starts, if the mapping already had it.
        repeated_from: Option<usize>,
    },
}

/// Checks the text, and returns it with the aliases and repeated keys overwritten by spaces, so that all other bytes keep
/// their positions. `None` after an error that stops the reading: not YAML, too deep, more than one document.
pub(super) fn prescan(text: &str, findings: &mut Findings) -> Option<String> {
    match overwrite_rejected(text, findings) {
        Ok(readable) => Some(readable),
        Err(finding) => {
            findings.push(*finding);
            None
        }
    }
}

fn overwrite_rejected(text: &str, findings: &mut Findings) -> Result<String, Box<Finding>> {
    let offsets = ByteOffsets::new(text);
    let mut rejected: Vec<Range<usize>> = Vec::new();
    let mut open: Vec<OpenCollection> = Vec::new();
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let at = offsets.at(error.marker().index());
            Box::new(match error.info() {
                info if info.contains("recursion") || info.contains("too deep") => too_deep(at..at),
                info => explain_syntax_error(text, at, info),
            })
        })?;
        let range = offsets.range(&span);
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(Box::new(
                        Finding::error(
                            "second-yaml-document",
                            Place::Bytes(range),
                            "a second YAML document starts here",
                        )
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
                    .help("write the value out here instead; if `*` is the start of a text, put the text in quotes"),
                );
                finish_value(&mut open, range.end, &mut rejected);
                rejected.push(range);
            }
            Event::Scalar(value, ..) => {
                let is_key = record_if_key(&mut open, &value, &range, findings);
                if !is_key {
                    finish_value(&mut open, range.end, &mut rejected);
                }
            }
            Event::SequenceStart(..) => open.push(OpenCollection::Sequence),
            Event::MappingStart(..) => {
                open.push(OpenCollection::Mapping { keys: BTreeMap::new(), expects_value: false, repeated_from: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
                finish_value(&mut open, range.end, &mut rejected);
            }
            _ => {}
        }
        if open.len() > MAX_DEPTH {
            return Err(Box::new(too_deep(offsets.range(&span))));
        }
    }
    Ok(with_ranges_blanked(text, &rejected))
}

/// Records a scalar as a key if it is one, and reports a key that the mapping already has. Returns whether it is a key.
fn record_if_key(open: &mut [OpenCollection], value: &str, range: &Range<usize>, findings: &mut Findings) -> bool {
    let Some(OpenCollection::Mapping { keys, expects_value, repeated_from }) = open.last_mut() else {
        return false;
    };
    if *expects_value {
        return false;
    }
    if let Some(first) = keys.get(value) {
        findings.push(
            Finding::error("duplicate-key", Place::Bytes(range.clone()), format!("the key `{value}` is given twice"))
                .also(Place::Bytes(first.clone()), "first here")
                .help("keep one of the two"),
        );
        *repeated_from = Some(range.start);
    } else {
        keys.insert(value.to_owned(), range.clone());
    }
    *expects_value = true;
    true
}

/// Records that a value has ended. If its key is repeated, adds both to the ranges that will be overwritten.
fn finish_value(open: &mut [OpenCollection], end: usize, rejected: &mut Vec<Range<usize>>) {
    if let Some(OpenCollection::Mapping { expects_value, repeated_from, .. }) = open.last_mut() {
        *expects_value = false;
        if let Some(start) = repeated_from.take() {
            rejected.push(start..end);
        }
    }
}

fn with_ranges_blanked(text: &str, ranges: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for range in ranges {
        let end = range.end.min(bytes.len());
        // An empty value ends before the colon of its key.
        let rest = bytes.get(end..).unwrap_or_default();
        let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
        let end = if rest.get(spaces) == Some(&b':') { end + spaces + 1 } else { end };
        for byte in &mut bytes[range.start.min(end)..end] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
    // Only whole characters were replaced, so this is still UTF-8.
    String::from_utf8(bytes).unwrap_or_default()
}

fn too_deep(at: Range<usize>) -> Finding {
    Finding::error(
        "too-deep",
        Place::Bytes(at),
        format!("lists and keys are nested more than {MAX_DEPTH} levels deep here"),
    )
    .help("check the brackets and the indentation: a manifest needs eight levels at most")
}

/// Converts positions of the parser, which count characters, into byte offsets.
pub(super) struct ByteOffsets {
    /// The byte offset of every 64th character.
    marks: Vec<usize>,
    is_ascii: bool,
    text: String,
}

impl ByteOffsets {
    pub(super) fn new(text: &str) -> Self {
        let is_ascii = text.is_ascii();
        let marks = if is_ascii { Vec::new() } else { text.char_indices().step_by(64).map(|(at, _)| at).collect() };
        Self { marks, is_ascii, text: if is_ascii { String::new() } else { text.to_owned() } }
    }

    pub(super) fn at(&self, character: usize) -> usize {
        if self.is_ascii {
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
