//! Findings: what is wrong or worth knowing, where it is, and what to do about it.
//!
//! A finding refers to a place in the manifest by a key path. The byte range is looked up only when the finding is shown,
//! so that a manifest without findings needs no positions. Only this module uses the crate `annotate-snippets`.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use crate::escaping::{escape_line, mask_line};
use crate::path_text::quote_for_shell;

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// No disc can be made.
    Error,
    /// The disc can be made, but is probably not what was intended.
    Warning,
    /// The program made a decision that the author may want to know about.
    Note,
}

/// A step from a node of the manifest to one of its children.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The value under a key of a mapping.
    Key(Arc<str>),
    /// An item of a sequence, counted from zero.
    Item(usize),
}

/// The path from the root of the manifest to one of its nodes, such as `disc.title.fr`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyPath(pub Vec<Step>);

impl KeyPath {
    /// The root of the manifest.
    pub fn root() -> Self {
        Self::default()
    }

    /// The value under `key` of the mapping at this path.
    pub fn key(&self, key: impl AsRef<str>) -> Self {
        self.with(Step::Key(key.as_ref().into()))
    }

    /// Item `index` of the sequence at this path.
    pub fn item(&self, index: usize) -> Self {
        self.with(Step::Item(index))
    }

    /// The nodes that contain this one, the outermost first.
    pub fn ancestors(&self) -> Vec<Self> {
        (1..self.0.len()).map(|length| Self(self.0[..length].to_vec())).collect()
    }

    /// The path for a message, with the titles of sections and reports instead of their numbers: `authors[2]` of the
    /// report “Asia”. `title_of` looks up the title of a section or a report by its path.
    pub fn in_words(&self, title_of: impl Fn(&Self) -> Option<String>) -> String {
        let item = self.0.windows(2).rposition(
            |pair| matches!(pair, [Step::Key(key), Step::Item(_)] if matches!(&**key, "sections" | "reports")),
        );
        let Some(item) = item else { return format!("`{self}`") };
        let (entry, rest) = (Self(self.0[..item + 2].to_vec()), Self(self.0[item + 2..].to_vec()));
        let kind = if self.0[item] == Step::Key("reports".into()) { "report" } else { "section" };
        let name = match title_of(&entry) {
            Some(title) => format!("the {kind} “{title}”"),
            None => format!("this {kind}"),
        };
        if rest.0.is_empty() { name } else { format!("`{rest}` of {name}") }
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if index == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Item(item) => write!(f, "[{}]", item + 1)?,
            }
        }
        Ok(())
    }
}

/// Where a finding is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// No particular place: it concerns the whole run.
    Nowhere,
    /// The value at a path in the manifest.
    Value(KeyPath),
    /// The last key of a path in the manifest.
    Key(KeyPath),
    /// These bytes of the manifest.
    Bytes(Range<usize>),
    /// Another file, and the line in it if it is known, counted from one.
    File(String, Option<usize>),
}

/// Something that is wrong or worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How serious it is.
    pub severity: Severity,
    /// The permanent name of its kind, such as `missing-file`.
    pub code: &'static str,
    /// What is wrong, in plain words, without a full stop.
    pub message: String,
    /// A few words to show at the place; can be empty.
    pub label: String,
    /// Where it is.
    pub place: Place,
    /// Related places, each with a few words.
    pub related: Vec<(Place, String)>,
    /// The names of everything that it affects, if there are several. The terminal shows only some.
    pub affected: Vec<String>,
    /// What to do about it.
    pub help: Vec<String>,
}

impl Finding {
    /// A finding that stops the build.
    pub fn error(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, place, message.into())
    }

    /// A finding that does not stop the build.
    pub fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, place, message.into())
    }

    /// A finding that tells the author about a decision.
    pub fn note(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, place, message.into())
    }

    /// Whether it names files that may be on the disc by mistake, or may have been forgotten. Their names are always shown.
    pub fn is_about_choice(&self) -> bool {
        matches!(self.code, "confidential" | "not-on-disc")
    }

    fn new(severity: Severity, code: &'static str, place: Place, message: String) -> Self {
        Self {
            severity,
            code,
            message,
            label: String::new(),
            place,
            related: Vec::new(),
            affected: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Sets the words shown at the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn also(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// All findings of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Adds all findings of another list.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// The number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|finding| finding.severity == severity).count()
    }

    /// `2 errors, 1 warning`, or nothing if there are none.
    pub fn summary(&self) -> Option<String> {
        let part = |severity, one: &str, many: &str| match self.count(severity) {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        };
        let parts: Vec<String> = [
            part(Severity::Error, "error", "errors"),
            part(Severity::Warning, "warning", "warnings"),
            part(Severity::Note, "note", "notes"),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// A part of a node of the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodePart {
    /// Its key in the mapping that contains it.
    Key,
    /// Its value.
    Value,
}

/// The text of a manifest, in which nodes can be found.
pub trait ManifestText {
    /// The path of the file as the user gave it.
    fn name(&self) -> &str;
    /// The text.
    fn text(&self) -> &str;
    /// The bytes of a part of the node at `path`. `None` if there is no such node.
    fn locate(&self, path: &KeyPath, part: NodePart) -> Option<Range<usize>>;
}

/// How findings are shown.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether to use colours.
    pub uses_colour: bool,
    /// The width of the terminal in columns. If a line is longer, only a part of it around the place is shown.
    pub width: usize,
    /// How much of many findings, or of a finding about many files, is shown.
    pub detail: Detail,
}

/// How much of many findings, or of a finding about many files, is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// If there are many of one kind, most have one line each. A finding about many files names some of them.
    Brief,
    /// Every finding is shown. A finding about many files names some of them, unless it is about the choice of files
    /// ([`Finding::is_about_choice`]).
    EachFinding,
    /// Every finding is shown, with the names of all files.
    Everything,
}

/// How many findings of one kind are shown in full.
const MAX_SIMILAR: usize = 3;

/// How many more findings of one kind are shown with one line each.
const MAX_SIMILAR_LINES: usize = 10;

/// How many bytes of a long line are shown before a place; twice as many are shown after it.
const CONTEXT_BYTES: usize = 160;

/// A finding with the bytes of the manifest where it is.
struct Located<'f> {
    finding: &'f Finding,
    range: Option<Range<usize>>,
}

/// The text of the manifest, and where its lines start.
struct LineIndex<'m> {
    manifest: &'m dyn ManifestText,
    starts: Vec<usize>,
    /// The start of a line, a byte in it and the byte's column, from the last call of [`LineIndex::column`]. Places are
    /// looked up in order, so that the characters of one long line are counted only once.
    last: Cell<(usize, usize, usize)>,
}

impl<'m> LineIndex<'m> {
    fn new(manifest: &'m dyn ManifestText) -> Self {
        let breaks = manifest.text().match_indices('\n').map(|(at, _)| at + 1);
        Self { manifest, starts: std::iter::once(0).chain(breaks).collect(), last: Cell::new((0, 0, 1)) }
    }

    /// The line that a byte is on, counted from one, and the byte at which the line starts.
    fn line(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        (line, self.starts[line - 1])
    }

    /// The column of a byte in characters, counted from one.
    fn column(&self, at: usize) -> usize {
        let (_, line_start) = self.line(at);
        let (last_start, last_at, last_column) = self.last.get();
        let (from, column) =
            if last_start == line_start && last_at <= at { (last_at, last_column) } else { (line_start, 1) };
        let column = column + self.manifest.text()[from..at].chars().count();
        self.last.set((line_start, at, column));
        column
    }
}

/// Renders findings, each with the lines that it refers to: errors first, then warnings, then notes, in the order of their
/// places. If there are many of one kind, only the first are shown in full, followed by one line for each of the others.
pub fn render_findings(findings: &Findings, manifest: &dyn ManifestText, style: Style) -> String {
    let renderer = if style.uses_colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(style.width);
    let mut out = String::new();
    let mut render = |group: Group<'_>| {
        out.push_str(&renderer.render(&[group]));
        out.push_str("\n\n");
    };
    let lines = LineIndex::new(manifest);
    let mut located = sort_by_place(findings, manifest);
    located.sort_by_key(|located| located.finding.severity);
    let kind = |located: &Located<'_>| (located.finding.severity, located.finding.code);
    let mut kinds: HashMap<(Severity, &str), Vec<&Located<'_>>> = HashMap::new();
    for located in &located {
        kinds.entry(kind(located)).or_default().push(located);
    }
    // If only one finding were left out, a line that says so would hardly be shorter.
    kinds.retain(|_, similar| style.detail == Detail::Brief && similar.len() > MAX_SIMILAR + 1);
    let mut shown: HashMap<(Severity, &str), usize> = HashMap::new();
    for located in &located {
        let shown = shown.entry(kind(located)).or_default();
        *shown += 1;
        let similar = kinds.get(&kind(located));
        if similar.is_some() && *shown > MAX_SIMILAR {
            continue;
        }
        render(message_group(located, &lines, style.detail));
        if let Some(others) = similar.filter(|_| *shown == MAX_SIMILAR).and_then(|similar| similar.get(MAX_SIMILAR..)) {
            render(summary_group(located.finding, others, &lines));
        }
    }
    out
}

/// One line for each of the other findings of one kind.
fn summary_group<'a>(finding: &Finding, others: &[&Located<'a>], lines: &LineIndex<'a>) -> Group<'a> {
    let title = format!("and {} more of these", others.len());
    let mut group = Group::with_title(level_of(finding.severity).primary_title(title).id(finding.code));
    for Located { finding, range } in others.iter().take(MAX_SIMILAR_LINES) {
        let place = match (range, &finding.place) {
            (Some(range), _) => format!("line {}: ", lines.line(floor_boundary(lines.manifest.text(), range.start)).0),
            (None, Place::File(path, Some(line))) => format!("{path}:{line}: "),
            (None, Place::File(path, None)) => format!("{path}: "),
            (None, _) => String::new(),
        };
        group = group.element(Level::NOTE.message(escape_line(&format!("{place}{}", finding.message)).into_owned()));
    }
    if others.len() > MAX_SIMILAR_LINES {
        let more = format!("and {} more", others.len() - MAX_SIMILAR_LINES);
        group = group.element(Level::NOTE.message(more));
    }
    let manifest = quote_for_shell(Path::new(lines.manifest.name()));
    let all = format!("`make-disc check --all {manifest}` shows each with its lines and what to do");
    group.element(Level::HELP.message(escape_line(&all).into_owned()))
}

fn level_of(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// The findings in the order of their places.
fn sort_by_place<'f>(findings: &'f Findings, manifest: &dyn ManifestText) -> Vec<Located<'f>> {
    let mut located: Vec<Located<'f>> =
        findings.0.iter().map(|finding| Located { finding, range: find_range(&finding.place, manifest) }).collect();
    // Findings without a place in the manifest come first.
    located.sort_by_key(|located| located.range.as_ref().map_or((0, 0), |range| (range.start, range.end)));
    located
}

/// The byte range of a place. For a value that does not exist, the range of the nearest node that would contain it.
fn find_range(place: &Place, manifest: &dyn ManifestText) -> Option<Range<usize>> {
    let (path, part) = match place {
        Place::Value(path) => (path, NodePart::Value),
        Place::Key(path) => (path, NodePart::Key),
        Place::Bytes(range) => return Some(range.clone()),
        Place::Nowhere | Place::File(..) => return None,
    };
    if let Some(range) = manifest.locate(path, part) {
        return Some(range);
    }
    let mut parent = path.clone();
    while parent.0.pop().is_some() {
        if let Some(range) =
            manifest.locate(&parent, NodePart::Key).or_else(|| manifest.locate(&parent, NodePart::Value))
        {
            return Some(range);
        }
    }
    Some(0..0)
}

/// How many names of affected files are shown on the terminal.
const MAX_NAMES: usize = 40;

/// A name for the page that lists all findings, which no file in the current folder has.
fn unused_page_name() -> String {
    let mut names = (1..100).map(|number| match number {
        1 => "report.html".to_owned(),
        _ => format!("report-{number}.html"),
    });
    names.find(|name| !Path::new(name).exists()).unwrap_or_else(|| "report.html".to_owned())
}

fn message_group<'a>(located: &Located<'a>, lines: &LineIndex<'a>, detail: Detail) -> Group<'a> {
    let finding = located.finding;
    let level = level_of(finding.severity);
    let mut group = Group::with_title(level.primary_title(escape_line(&finding.message)).id(finding.code));
    if let Some(range) = &located.range {
        if let Some(origin) = origin_of_truncated_line(lines, range) {
            group = group.element(origin);
        }
        group = group.element(annotated_line(lines, range, AnnotationKind::Primary, &finding.label));
    } else if let Place::File(path, line) = &finding.place {
        let origin = Origin::path(escape_line(path));
        group = group.element(match line {
            Some(line) => origin.line(*line),
            None => origin,
        });
    }
    for (place, label) in &finding.related {
        if let Place::File(path, line) = place {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            let also = escape_line(&format!("{path}{line}: {label}")).into_owned();
            group = group.element(Level::NOTE.with_name("also").message(also));
        } else if let Some(range) = find_range(place, lines.manifest) {
            if !finding.affected.is_empty() {
                // If it affects several things, the number of each line is enough.
                let line = lines.line(floor_boundary(lines.manifest.text(), range.start)).0;
                group = group.element(Level::NOTE.message(escape_line(&format!("line {line}: {label}")).into_owned()));
                continue;
            }
            group = group.element(annotated_line(lines, &range, AnnotationKind::Context, label));
        }
    }
    let shown = if finding.place == Place::Nowhere {
        // There are no lines to show, so the names are shown.
        for name in finding.affected.iter().take(MAX_NAMES) {
            group = group.element(Level::NOTE.message(escape_line(name).into_owned()));
        }
        MAX_NAMES
    } else {
        finding.related.len() + 1
    };
    let hidden = finding.affected.len().saturating_sub(shown);
    let names_all = match detail {
        Detail::Brief => false,
        Detail::EachFinding => finding.is_about_choice(),
        Detail::Everything => true,
    };
    if names_all {
        for name in finding.affected.iter().skip(shown) {
            group = group.element(Level::NOTE.message(escape_line(name).into_owned()));
        }
    } else if hidden > 0 {
        let manifest = quote_for_shell(Path::new(lines.manifest.name()));
        let page = unused_page_name();
        let more = format!("{hidden} more not shown here; `make-disc check --html {page} {manifest}` lists them all");
        group = group.element(Level::HELP.message(escape_line(&more).into_owned()));
    }
    for help in &finding.help {
        group = group.element(Level::HELP.message(escape_line(help)));
    }
    group
}

/// The first line of a place, with the place marked in it.
fn annotated_line<'a>(
    lines: &LineIndex<'a>,
    range: &Range<usize>,
    kind: AnnotationKind,
    label: &'a str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let text = lines.manifest.text();
    let start = floor_boundary(text, range.start);
    let (line, line_start) = lines.line(start);
    // Only a part of a long line is shown: a program may have written the whole manifest on one line.
    let from = floor_boundary(text, start.saturating_sub(CONTEXT_BYTES)).max(line_start);
    let until = floor_boundary(text, start + 2 * CONTEXT_BYTES);
    let line_end = text[start..until].find(['\n', '\r']).map_or(until, |at| start + at);
    let end = floor_boundary(text, range.end).clamp(start, line_end);
    // Characters that must not be printed are masked; each part by itself, because the lengths in bytes change.
    let (before, marked) = (mask_line(&text[from..start]), mask_line(&text[start..end]));
    let annotation = kind.span(before.len()..before.len() + marked.len());
    let source = format!("{before}{marked}{}", mask_line(&text[end..line_end]));
    let snippet = Snippet::source(source).line_start(line).annotation(if label.is_empty() {
        annotation
    } else {
        annotation.label(escape_line(label))
    });
    if from == line_start { snippet.path(escape_line(lines.manifest.name())) } else { snippet }
}

/// The file, line and column of a place, if only a part of its line is shown. `annotate-snippets` shows them only for snippets
/// that start at the beginning of a line.
fn origin_of_truncated_line<'a>(lines: &LineIndex<'a>, range: &Range<usize>) -> Option<Origin<'a>> {
    let start = floor_boundary(lines.manifest.text(), range.start);
    let (line, line_start) = lines.line(start);
    let is_truncated = floor_boundary(lines.manifest.text(), start.saturating_sub(CONTEXT_BYTES)) > line_start;
    is_truncated.then(|| Origin::path(escape_line(lines.manifest.name())).line(line).char_column(lines.column(start)))
}

/// The nearest character boundary at or before a byte.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A finding as one object of `--json`.
#[derive(Debug, Serialize)]
pub struct FindingRecord {
    /// How serious it is.
    pub severity: Severity,
    /// The permanent name of its kind.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The path of the file that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, counted from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column in characters, counted from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// The names of everything that it affects, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub affected: Vec<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<String>,
}

/// The findings as records, in the order of their places.
pub fn finding_records(findings: &Findings, manifest: &dyn ManifestText) -> Vec<FindingRecord> {
    let lines = LineIndex::new(manifest);
    sort_by_place(findings, manifest)
        .into_iter()
        .map(|Located { finding, range }| {
            let (file, line, column) = match (&range, &finding.place) {
                (Some(range), _) => {
                    let text = manifest.text();
                    let at = floor_boundary(text, range.start);
                    let (line, _) = lines.line(at);
                    let column = lines.column(at);
                    (Some(manifest.name().to_owned()), Some(line), Some(column))
                }
                (None, Place::File(path, line)) => (Some(path.clone()), *line, None),
                _ => (None, None, None),
            };
            FindingRecord {
                severity: finding.severity,
                code: finding.code,
                message: finding.message.clone(),
                file,
                line,
                column,
                affected: finding.affected.clone(),
                help: finding.help.clone(),
            }
        })
        .collect()
}

/// The candidate most similar to `written`, if it is similar enough that `written` may be a typing error.
pub fn did_you_mean<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let similarity = |candidate: &str| strsim::normalized_damerau_levenshtein(&written.to_lowercase(), candidate);
    candidates
        .into_iter()
        .map(|candidate| (similarity(candidate), candidate))
        .filter(|(similarity, _)| *similarity >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_sections_and_reports_by_their_titles() {
        let report = KeyPath::root().key("sections").item(5).key("reports").item(4);
        let title_of = |path: &KeyPath| (path.0.len() == 4).then(|| "Asia".to_owned());
        assert_eq!(report.key("authors").item(1).in_words(title_of), "`authors[2]` of the report “Asia”");
        assert_eq!(report.in_words(title_of), "the report “Asia”");
        assert_eq!(report.in_words(|_| None), "this report");
        let section = KeyPath::root().key("sections").item(0);
        assert_eq!(section.key("title").in_words(title_of), "`title` of this section");
        assert_eq!(KeyPath::root().key("disc").key("title").in_words(title_of), "`disc.title`");
    }
}
