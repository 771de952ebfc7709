//! Edits the text of a manifest, and leaves every other byte as it is.

use std::ops::Range;

use crate::diagnostic::{KeyPath, ManifestText, NodePart};
use crate::manifest::{ManifestFile, NodeSpan};
use crate::scaffold::yaml::{flow_scalar, flow_value, quoted, scalar};

/// Lines that people must write, because the YAML there is in a style that the program cannot edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualEdit {
    /// The line of the manifest where the lines belong, from 1.
    pub line: usize,
    /// Whether the lines replace the key there and its value; otherwise they are added.
    pub is_replacement: bool,
    pub lines: Vec<String>,
}

/// A change of the text of the manifest.
struct Edit {
    /// The byte offset.
    at: usize,
    /// How many bytes the new text replaces.
    replaced: usize,
    /// The nesting depth of the node to which the text is added. If several nodes end at one offset, the deepest ends first, so its
    /// text comes first.
    depth: usize,
    text: String,
}

/// The lines of an item of a sequence, with the comments right above it.
#[derive(Debug, Clone)]
pub(super) struct ItemLines {
    /// Where the lines are in the text.
    pub(super) range: Range<usize>,
    /// The lines, not indented.
    pub(super) lines: Vec<String>,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// There is only the key.
    Empty,
    /// A text or a number.
    Scalar,
    /// A sequence or mapping in brackets; simple if it is on one line, without comments.
    Brackets { is_simple: bool },
    /// A sequence or mapping with a line for each item or key.
    Block,
}

pub(super) struct Editor<'m> {
    manifest: &'m ManifestFile,
    text: &'m str,
    edits: Vec<Edit>,
    by_hand: Vec<ManualEdit>,
}

impl<'m> Editor<'m> {
    pub(super) fn new(manifest: &'m ManifestFile) -> Self {
        Self { manifest, text: manifest.text(), edits: Vec::new(), by_hand: Vec::new() }
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
        let is_inserted = self.edits.iter().any(|other| other.at == start && other.text.contains(comment));
        if !is_inserted && !checks.any(|line| line.trim_start().starts_with(prefix)) {
            let line = &self.text[start..];
            let indentation = line.len() - line.trim_start_matches(' ').len();
            self.insert(start, 0, format!("{}{comment}\n", " ".repeat(indentation)));
        }
    }

    /// Removes the `# check:` comments right above the line of a node for which `is_settled` holds.
    pub(super) fn remove_comments_above(&mut self, place: &KeyPath, is_settled: &dyn Fn(&str) -> bool) {
        let parents = place.ancestors();
        let outermost = parents.iter().filter_map(|parent| self.manifest.span(parent)).find(|span| span.is_flow);
        let Some(span) = outermost.or_else(|| self.manifest.span(place)) else { return };
        let mut end = self.line_start(span.start);
        let lines: Vec<&str> = self.text[..end].split_inclusive('\n').rev().collect();
        for line in lines.into_iter().take_while(|line| line.trim_start().starts_with("# check:")) {
            let start = end - line.len();
            if is_settled(line.trim()) && !self.edits.iter().any(|other| other.at == start) {
                self.replace(start..end, String::new());
            }
            end = start;
        }
    }

    /// Adds texts to a sequence of `length` items. Returns whether that was possible.
    pub(super) fn add_items(&mut self, place: &KeyPath, length: usize, depth: usize, texts: &[String]) -> bool {
        let Some(span) = self.manifest.span(place) else { return false };
        if span.is_flow {
            let last = length.checked_sub(1).map(|last| place.item(last));
            let scalars: Vec<String> = texts.iter().map(|text| flow_scalar(text)).collect();
            return self.insert_in_brackets(&span, last.as_ref(), depth, &scalars.join(", "))
                || self.record_addition_at(span.start, item_lines(texts));
        }
        match self.hyphen_column(&span).filter(|_| !span.is_scalar) {
            Some(column) => self.insert_lines(self.after_line(span.end), depth, column, &item_lines(texts)),
            None => self.record_addition_at(span.start, item_lines(texts)),
        }
    }

    /// Adds an item of several lines to a sequence that is not in brackets. The first line begins with the hyphen.
    pub(super) fn add_block_item(&mut self, place: &KeyPath, depth: usize, lines: &[String]) -> bool {
        let span = self.manifest.span(place);
        let block = span.as_ref().filter(|span| !span.is_flow && !span.is_scalar);
        match block.and_then(|span| Some((self.hyphen_column(span)?, span.end))) {
            Some((column, end)) => self.insert_lines(self.after_line(end), depth, column, lines),
            None => self.record_addition_at(span.map_or(0, |span| span.start), lines.to_vec()),
        }
    }

    /// Adds a key to a mapping whose last key is at `last`. Inserts `flow` if the mapping is in brackets, otherwise `lines`.
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
            self.insert_in_brackets(&span, last, depth, flow) || self.record_addition_at(span.start, lines.to_vec())
        } else if span.is_scalar {
            self.record_addition_at(span.start, lines.to_vec())
        } else {
            let column = span.start - self.line_start(span.start);
            self.insert_lines(self.after_line(span.end), depth, column, lines)
        }
    }

    /// Turns a single or empty value into a sequence, and adds texts to it.
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
            let Some(colon) = colon else { return self.record_addition_at(span.start, item_lines(texts)) };
            return self.insert(colon + 1, depth, format!(" {}", flow_value(texts)));
        }
        let is_quoted = value.starts_with(['"', '\'']);
        let is_simple = !value.contains([',', '[', ']', '{', '}', '#', ':']) && !value.starts_with(['&', '!', '*']);
        if !span.is_scalar || is_empty || value.contains('\n') || !(is_quoted || is_simple) {
            return self.record_addition_at(span.start, item_lines(texts));
        }
        let scalars: Vec<String> = texts.iter().map(|text| flow_scalar(text)).collect();
        self.insert(span.start, depth, "[".to_owned()) && self.insert(end, depth, format!(", {}]", scalars.join(", ")))
    }

    /// Whether there is a node, even if it has no value.
    pub(super) fn has(&self, place: &KeyPath) -> bool {
        self.manifest.span(place).is_some()
    }

    /// How a node is written; `None` if there is none.
    pub(super) fn style(&self, place: &KeyPath) -> Option<Style> {
        let span = self.manifest.span(place)?;
        let value = &self.text[span.start..self.end_of(&span)];
        Some(match (span.is_scalar, span.is_flow) {
            (true, _) if value.is_empty() || value == ":" => Style::Empty,
            (true, _) => Style::Scalar,
            (false, true) => Style::Brackets { is_simple: !value.contains(['\n', '#']) },
            (false, false) => Style::Block,
        })
    }

    /// The text of a node as it is written.
    pub(super) fn written(&self, place: &KeyPath) -> Option<&'m str> {
        let span = self.manifest.span(place)?;
        self.text.get(span.start..self.end_of(&span)).map(str::trim_end)
    }

    /// Replaces a text, and keeps the kind of quotation marks. Returns whether that was possible.
    pub(super) fn replace_text(&mut self, place: &KeyPath, text: &str) -> bool {
        let Some(span) = self.manifest.span(place).filter(|span| span.is_scalar) else { return false };
        let end = span.start + self.text[span.start..self.end_of(&span)].trim_end().len();
        let value = &self.text[span.start..end];
        if self.style(place) == Some(Style::Empty) {
            let value = if self.is_in_brackets(place) { flow_scalar(text) } else { scalar(text) };
            return self.fill_empty(&span, &value);
        }
        match value.chars().next() {
            Some('|' | '>') => return self.replace_block_text(span.start..end, text),
            Some('"') => self.replace(span.start..end, quoted(text)),
            Some('\'') => self.replace(span.start..end, format!("'{}'", text.replace('\'', "''"))),
            Some('&' | '!' | '*') | None => return false,
            Some(_) if self.is_in_brackets(place) => self.replace(span.start..end, flow_scalar(text)),
            Some(_) => self.replace(span.start..end, scalar(text)),
        };
        self.remove_check(end)
    }

    /// Replaces a text, or a sequence in brackets, by another value. Returns whether that was possible.
    pub(super) fn replace_value(&mut self, place: &KeyPath, value: &str) -> bool {
        let Some(span) = self.manifest.span(place) else { return false };
        let end = span.start + self.text[span.start..self.end_of(&span)].trim_end().len();
        let before = &self.text[span.start..end];
        match self.style(place) {
            Some(Style::Empty) => return self.fill_empty(&span, value),
            Some(Style::Scalar) if !before.starts_with(['|', '>', '&', '!', '*']) => {
                if let Some(header) = self.block_header(span.start) {
                    return self.replace(header..end, value.to_owned());
                }
            }
            Some(Style::Brackets { is_simple: true }) => {}
            _ => return false,
        }
        self.replace(span.start..end, value.to_owned()) && self.remove_check(end)
    }

    /// The offset of the `|` or `>` on the line above a text. `None` if that line does not end with one.
    fn block_header(&self, text_start: usize) -> Option<usize> {
        let above = self.text[..text_start].trim_end_matches(' ').strip_suffix('\n')?.trim_end_matches(['\r', ' ']);
        let header = above.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
        let at = header.len().checked_sub(1)?;
        let is_after_key = header[..at].ends_with([' ', '\t']);
        (is_after_key && header.ends_with(['|', '>'])).then_some(at)
    }

    /// Adds a key to a mapping after another key. Inserts `flow` if the mapping is in brackets, otherwise `lines`.
    pub(super) fn add_key_after(
        &mut self,
        mapping: &KeyPath,
        after: &KeyPath,
        depth: usize,
        lines: &[String],
        flow: &str,
    ) -> bool {
        let (Some(span), Some(previous)) = (self.manifest.span(mapping), self.manifest.span(after)) else {
            return false;
        };
        if span.is_scalar {
            return false;
        }
        if span.is_flow {
            return self.insert_in_brackets(&span, Some(after), depth, flow);
        }
        let column = span.start - self.line_start(span.start);
        self.insert_lines(self.after_line(previous.end), depth, column, lines)
    }

    /// Adds an item, written as YAML, to a sequence that is not in brackets.
    pub(super) fn add_written_item(&mut self, sequence: &KeyPath, depth: usize, item: &str) -> bool {
        let span = self.manifest.span(sequence).filter(|span| !span.is_flow && !span.is_scalar);
        let Some(span) = span else { return false };
        let Some(column) = self.hyphen_column(&span) else { return false };
        self.insert_lines(self.after_line(span.end), depth, column, &[format!("- {item}")])
    }

    /// Removes the lines of an item from a sequence that is not in brackets.
    pub(super) fn remove_item(&mut self, item: &KeyPath) -> bool {
        let Some(span) = self.manifest.span(item) else { return false };
        let start = self.line_start(span.start);
        let is_alone = self.text[start..span.start].trim() == "-";
        is_alone && self.replace(start..self.after_line(span.end), String::new())
    }

    /// The lines of an item of a sequence that is not in brackets. `None` if the lines cannot be moved: because the item shares
    /// them with something else, or because it has a YAML anchor (`&`) or alias (`*`).
    pub(super) fn item_lines(&self, item: &KeyPath) -> Option<ItemLines> {
        let span = self.manifest.span(item)?;
        let first = self.line_start(span.start);
        let before = &self.text[first..span.start];
        let column = before.find('-').filter(|_| before.trim() == "-")?;
        let end = self.after_line(span.end);
        let is_comment = |line: &&str| {
            let indentation = line.len() - line.trim_start_matches(' ').len();
            line.trim_start().starts_with('#') && indentation >= column
        };
        let comments = self.text[..first].split_inclusive('\n').rev().take_while(is_comment);
        let start = first - comments.map(str::len).sum::<usize>();
        let text = self.text.get(start..end)?;
        let has_anchor_or_alias = |line: &str| {
            let value =
                line.split_once(": ").map_or(line.trim_start_matches([' ', '-']), |(_, value)| value).trim_start();
            value.starts_with(['&', '*'])
        };
        let lines: Option<Vec<String>> = text
            .lines()
            .map(|line| {
                let rest = line.strip_prefix(&" ".repeat(column));
                rest.or_else(|| line.trim().is_empty().then_some("")).map(str::to_owned)
            })
            .collect();
        let lines = lines.filter(|lines| !lines.iter().any(|line| has_anchor_or_alias(line)))?;
        Some(ItemLines { range: start..end, lines })
    }

    /// Whether items of several lines can be added to a sequence.
    pub(super) fn is_block_sequence(&self, sequence: &KeyPath) -> bool {
        let span = self.manifest.span(sequence).filter(|span| !span.is_flow && !span.is_scalar);
        span.is_some_and(|span| self.hyphen_column(&span).is_some())
    }

    /// Removes a part of the text.
    pub(super) fn cut(&mut self, range: Range<usize>) {
        self.replace(range, String::new());
    }

    pub(super) fn rename_key(&mut self, place: &KeyPath, key: &str) -> bool {
        match self.manifest.locate(place, NodePart::Key) {
            Some(range) if self.text.get(range.clone()).is_some_and(|text| !text.contains(['\n', ':', '{'])) => {
                self.replace(range, key.to_owned())
            }
            _ => false,
        }
    }

    /// Records that people must add lines to a node. Always returns `false`: nothing was edited.
    pub(super) fn record_addition(&mut self, place: &KeyPath, lines: Vec<String>) -> bool {
        let start = self.manifest.span(place).map_or(0, |span| span.start);
        self.record_addition_at(start, lines)
    }

    /// Records that people must replace a key and its value. Always returns `false`: nothing was edited.
    pub(super) fn record_replacement(&mut self, place: &KeyPath, lines: Vec<String>) -> bool {
        let key = self.manifest.locate(place, NodePart::Key).map(|range| range.start);
        let start = key.or_else(|| Some(self.manifest.span(place)?.start)).unwrap_or_default();
        self.record_manual_edit(start, true, lines)
    }

    /// Inserts a value after the colon of a key that has none.
    fn fill_empty(&mut self, span: &NodeSpan, value: &str) -> bool {
        let before = self.text[..span.start].trim_end_matches(' ');
        let colon = if self.text[span.start..].starts_with(':') {
            Some(span.start)
        } else {
            before.strip_suffix(':').map(str::len)
        };
        colon.is_some_and(|colon| self.insert(colon + 1, usize::MAX, format!(" {value}")))
    }

    /// Replaces a text in lines below `|` or `>` by a single line.
    fn replace_block_text(&mut self, range: Range<usize>, text: &str) -> bool {
        let value = &self.text[range.clone()];
        let Some((header, content)) = value.split_once('\n') else { return false };
        // A digit after `|` or `>` states the indentation. Such texts are not edited.
        if header.split('#').next().is_some_and(|header| header.contains(|c: char| c.is_ascii_digit())) {
            return false;
        }
        let Some(first) = content.lines().find(|line| !line.trim().is_empty()) else { return false };
        let indentation = first.len() - first.trim_start_matches(' ').len();
        let start = range.start + header.len() + 1;
        self.replace(start..range.end, format!("{}{text}", " ".repeat(indentation)))
    }

    /// Removes the comment `  # check: …` after a value that was replaced. Always returns `true`: the value was edited.
    fn remove_check(&mut self, end: usize) -> bool {
        let rest = self.text[end..].lines().next().unwrap_or_default();
        if rest.trim_start_matches([' ', '\t']).starts_with("# check:") {
            self.replace(end..end + rest.len(), String::new());
        }
        true
    }

    /// Removes the mark of a guess (`# check: …`) that contains `word`, after a key or after its value on the same line.
    pub(super) fn remove_check_about(&mut self, place: &KeyPath, word: &str) {
        let Some((span, key)) = self.manifest.span(place).zip(self.manifest.locate(place, NodePart::Key)) else {
            return;
        };
        let line = self.text[key.end..].lines().next().unwrap_or_default();
        let is_on_line = span.start < key.end + line.len() && !self.text[key.end..span.start].contains('#');
        let end = if is_on_line {
            span.start + self.text[span.start..self.end_of(&span)].trim_end().len()
        } else {
            key.end + line.find(':').map_or(0, |at| at + 1)
        };
        let rest = self.text[end..].lines().next().unwrap_or_default();
        if rest.contains(word) {
            self.remove_check(end);
        }
    }

    /// Whether a node, or what contains it, is written in brackets.
    pub(super) fn is_in_brackets(&self, place: &KeyPath) -> bool {
        place.ancestors().iter().filter_map(|parent| self.manifest.span(parent)).any(|span| span.is_flow)
    }

    /// The edited text, and what must be written by hand.
    pub(super) fn finish(mut self) -> (String, Vec<ManualEdit>) {
        // A stable sort: edits at the same offset and depth keep their order.
        self.edits.sort_by_key(|edit| (edit.at, std::cmp::Reverse(edit.depth)));
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for Edit { at, replaced, text: inserted, .. } in &self.edits {
            text.push_str(self.text.get(from..*at).unwrap_or_default());
            if inserted.ends_with('\n') && !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(inserted);
            from = from.max(at + replaced);
        }
        text.push_str(&self.text[from..]);
        (text, self.by_hand)
    }

    fn insert(&mut self, at: usize, depth: usize, text: String) -> bool {
        self.edits.push(Edit { at, replaced: 0, depth, text });
        true
    }

    fn replace(&mut self, range: Range<usize>, text: String) -> bool {
        let Range { start: at, end } = range;
        self.edits.push(Edit { at, replaced: end.saturating_sub(at), depth: usize::MAX, text });
        true
    }

    fn insert_lines(&mut self, at: usize, depth: usize, column: usize, lines: &[String]) -> bool {
        let indented = |line: &String| match line.as_str() {
            "" => "\n".to_owned(),
            line => format!("{}{line}\n", " ".repeat(column)),
        };
        self.insert(at, depth, lines.iter().map(indented).collect())
    }

    /// Inserts text after the last node inside brackets, or after the opening bracket if there is none.
    fn insert_in_brackets(&mut self, span: &NodeSpan, last: Option<&KeyPath>, depth: usize, text: &str) -> bool {
        let Some(last) = last else { return self.insert(span.start + 1, depth, text.to_owned()) };
        let Some(last) = self.manifest.span(last) else { return false };
        self.insert(self.end_of(&last), depth, format!(", {text}"))
    }

    fn record_addition_at(&mut self, at: usize, lines: Vec<String>) -> bool {
        self.record_manual_edit(at, false, lines)
    }

    fn record_manual_edit(&mut self, at: usize, is_replacement: bool, lines: Vec<String>) -> bool {
        let line = self.text[..at.min(self.text.len())].matches('\n').count() + 1;
        self.by_hand.push(ManualEdit { line, is_replacement, lines });
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

    /// The column of the hyphens of a sequence; `None` if the first item is not on the line of its hyphen.
    fn hyphen_column(&self, sequence: &NodeSpan) -> Option<usize> {
        let before = &self.text[self.line_start(sequence.start)..sequence.start];
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
