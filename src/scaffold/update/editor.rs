//! Inserts text into a manifest and leaves every other byte as it is.

use crate::diagnostic::{KeyPath, ManifestText};
use crate::manifest::{ManifestFile, NodeSpan};
use crate::scaffold::yaml::{flow_scalar, flow_value, scalar};

/// Lines that must be added by hand, because the place is written in a way that cannot be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualAddition {
    /// The line of the manifest where they belong, from 1.
    pub line: usize,
    /// The lines to add.
    pub lines: Vec<String>,
}

/// Text to insert at a byte offset.
struct Insertion {
    at: usize,
    /// The nesting depth of the node that the text extends. At one offset the deepest node ends first, so its text
    /// comes first.
    depth: usize,
    text: String,
}

pub(super) struct Editor<'m> {
    manifest: &'m ManifestFile,
    text: &'m str,
    insertions: Vec<Insertion>,
    by_hand: Vec<ManualAddition>,
}

impl<'m> Editor<'m> {
    pub(super) fn new(manifest: &'m ManifestFile) -> Self {
        Self { manifest, text: manifest.text(), insertions: Vec::new(), by_hand: Vec::new() }
    }

    /// Inserts a comment above the line of a node, unless one of the `# check:` comments right above that line already starts
    /// with `prefix`.
    pub(super) fn comment_above(&mut self, place: &KeyPath, prefix: &str, comment: &str) {
        // Inside brackets, the line above can be in the middle of a text: go above the outermost bracket.
        let parents = place.ancestors();
        let outermost = parents.iter().filter_map(|parent| self.manifest.span(parent)).find(|span| span.is_flow);
        let Some(span) = outermost.or_else(|| self.manifest.span(place)) else { return };
        let start = self.line_start(span.start);
        let is_check = |line: &&str| line.trim_start().starts_with("# check:");
        // Several files may be on one line, each with its own comment above it.
        let mut checks = self.text[..start].lines().rev().take_while(is_check);
        let is_inserted = self.insertions.iter().any(|other| other.at == start && other.text.contains(comment));
        if !is_inserted && !checks.any(|line| line.trim_start().starts_with(prefix)) {
            let line = &self.text[start..];
            let indentation = line.len() - line.trim_start_matches(' ').len();
            self.insert(start, 0, format!("{}{comment}\n", " ".repeat(indentation)));
        }
    }

    /// Adds texts to a list of `length` items. Returns whether it could.
    pub(super) fn add_items(&mut self, place: &KeyPath, length: usize, depth: usize, texts: &[String]) -> bool {
        let Some(span) = self.manifest.span(place) else { return false };
        if span.is_flow {
            let last = length.checked_sub(1).map(|last| place.item(last));
            let scalars: Vec<String> = texts.iter().map(|text| flow_scalar(text)).collect();
            return self.insert_in_brackets(&span, last.as_ref(), depth, &scalars.join(", "))
                || self.note_manual_addition(span.start, item_lines(texts));
        }
        match self.hyphen_column(&span).filter(|_| !span.is_scalar) {
            Some(column) => self.insert_lines(self.after_line(span.end), depth, column, &item_lines(texts)),
            None => self.note_manual_addition(span.start, item_lines(texts)),
        }
    }

    /// Adds an item of several lines, the first with its hyphen, to a list. The list cannot be in brackets.
    pub(super) fn add_block_item(&mut self, place: &KeyPath, depth: usize, lines: &[String]) -> bool {
        let span = self.manifest.span(place);
        let block = span.as_ref().filter(|span| !span.is_flow && !span.is_scalar);
        match block.and_then(|span| Some((self.hyphen_column(span)?, span.end))) {
            Some((column, end)) => self.insert_lines(self.after_line(end), depth, column, lines),
            None => self.note_manual_addition(span.map_or(0, |span| span.start), lines.to_vec()),
        }
    }

    /// Adds a key to a mapping, whose last key is at `last`. `lines` are inserted if the mapping is not in brackets, `flow` if
    /// it is.
    pub(super) fn add_key(
        &mut self,
        place: &KeyPath,
        last: Option<&KeyPath>,
        depth: usize,
        lines: &[String],
        flow: &str,
    ) -> bool {
        let Some(span) = self.manifest.span(place) else { return false };
        if span.is_flow {
            self.insert_in_brackets(&span, last, depth, flow) || self.note_manual_addition(span.start, lines.to_vec())
        } else if span.is_scalar {
            self.note_manual_addition(span.start, lines.to_vec())
        } else {
            let column = span.start - self.line_start(span.start);
            self.insert_lines(self.after_line(span.end), depth, column, lines)
        }
    }

    /// Turns a single or empty value into a list, and adds texts to it.
    pub(super) fn add_to_value(&mut self, place: &KeyPath, is_empty: bool, depth: usize, texts: &[String]) -> bool {
        let Some(span) = self.manifest.span(place) else { return false };
        let end = self.end_of(&span);
        let value = &self.text[span.start..end];
        // The parser puts the span of a missing value on the colon of its key, or just after it.
        if value.is_empty() || value == ":" {
            let before = self.text[..span.start].trim_end_matches(' ');
            let colon = if self.text[span.start..].starts_with(':') {
                Some(span.start)
            } else {
                before.strip_suffix(':').map(str::len)
            };
            let Some(colon) = colon else { return self.note_manual_addition(span.start, item_lines(texts)) };
            return self.insert(colon + 1, depth, format!(" {}", flow_value(texts)));
        }
        let is_quoted = value.starts_with(['"', '\'']);
        let is_simple = !value.contains([',', '[', ']', '{', '}', '#', ':']) && !value.starts_with(['&', '!', '*']);
        if !span.is_scalar || is_empty || value.contains('\n') || !(is_quoted || is_simple) {
            return self.note_manual_addition(span.start, item_lines(texts));
        }
        let scalars: Vec<String> = texts.iter().map(|text| flow_scalar(text)).collect();
        self.insert(span.start, depth, "[".to_owned()) && self.insert(end, depth, format!(", {}]", scalars.join(", ")))
    }

    /// The edited text, and what must be added by hand.
    pub(super) fn finish(mut self) -> (String, Vec<ManualAddition>) {
        // A stable sort: insertions at the same offset and depth keep their order.
        self.insertions.sort_by_key(|insertion| (insertion.at, std::cmp::Reverse(insertion.depth)));
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for Insertion { at, text: inserted, .. } in &self.insertions {
            text.push_str(&self.text[from..*at]);
            if inserted.ends_with('\n') && !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(inserted);
            from = *at;
        }
        text.push_str(&self.text[from..]);
        (text, self.by_hand)
    }

    fn insert(&mut self, at: usize, depth: usize, text: String) -> bool {
        self.insertions.push(Insertion { at, depth, text });
        true
    }

    fn insert_lines(&mut self, at: usize, depth: usize, column: usize, lines: &[String]) -> bool {
        let text = lines.iter().map(|line| format!("{}{line}\n", " ".repeat(column))).collect();
        self.insert(at, depth, text)
    }

    /// Inserts text after the last node inside brackets, or after the opening bracket if there is none.
    fn insert_in_brackets(&mut self, span: &NodeSpan, last: Option<&KeyPath>, depth: usize, text: &str) -> bool {
        let Some(last) = last else { return self.insert(span.start + 1, depth, text.to_owned()) };
        let Some(last) = self.manifest.span(last) else { return false };
        self.insert(self.end_of(&last), depth, format!(", {text}"))
    }

    fn note_manual_addition(&mut self, at: usize, lines: Vec<String>) -> bool {
        let line = self.text[..at.min(self.text.len())].matches('\n').count() + 1;
        self.by_hand.push(ManualAddition { line, lines });
        false
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// The start of the line after the one in which a node ends.
    fn after_line(&self, end: usize) -> usize {
        // The span of a block scalar includes the line breaks at its end.
        let last = self.text[..end].trim_end_matches(['\n', '\r', ' ']).len();
        self.text[last..].find('\n').map_or(self.text.len(), |newline| last + newline + 1)
    }

    /// The column of the hyphens of a list; `None` if the first item is not on the line of its hyphen.
    fn hyphen_column(&self, list: &NodeSpan) -> Option<usize> {
        let before = &self.text[self.line_start(list.start)..list.start];
        let hyphen = before.rfind('-')?;
        let is_blank = |text: &str| text.chars().all(|c| c == ' ');
        (is_blank(&before[..hyphen]) && is_blank(&before[hyphen + 1..])).then_some(hyphen)
    }

    /// The end of a node. The parser includes a comment after a quoted scalar in its span; this excludes it.
    fn end_of(&self, span: &NodeSpan) -> usize {
        let value = &self.text[span.start..span.end];
        let Some(quote) = value.chars().next().filter(|c| span.is_scalar && matches!(c, '"' | '\'')) else {
            return span.end;
        };
        let mut is_escaped = false;
        for (at, c) in value.char_indices().skip(1) {
            match c {
                _ if is_escaped => is_escaped = false,
                '\\' if quote == '"' => is_escaped = true,
                // Two apostrophes in a row mean one.
                '\'' if quote == '\'' && value[at + 1..].starts_with('\'') => is_escaped = true,
                _ if c == quote => return span.start + at + 1,
                _ => {}
            }
        }
        span.end
    }
}

fn item_lines(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| format!("- {}", scalar(text))).collect()
}
