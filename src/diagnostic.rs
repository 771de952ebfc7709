//! Findings: what is wrong or worth knowing, where, and what to do about it.
//!
//! A finding names a place in the manifest by the path of its key; the byte range is looked up when
//! the finding is shown, so that a manifest without findings pays nothing for positions.
//! The only module that names `annotate-snippets`.

use std::cell::Cell;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// No disc is made.
    Error,
    /// The disc is made, and somebody will be surprised by it.
    Warning,
    /// Something was decided that the author may want to know.
    Note,
}

/// A step from a YAML node to one of its children.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The value under a key of a mapping.
    Key(Arc<str>),
    /// An item of a list, from zero.
    Item(usize),
}

/// The way from the root of the manifest to one of its nodes, as in `disc.title.fr`.
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

    /// Item `index` of the list at this path.
    pub fn item(&self, index: usize) -> Self {
        self.with(Step::Item(index))
    }

    /// The nodes around this one, the outermost first.
    pub fn ancestors(&self) -> Vec<Self> {
        (1..self.0.len()).map(|length| Self(self.0[..length].to_vec())).collect()
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
    /// Of the whole run.
    Nowhere,
    /// The value at a path of the manifest.
    Value(KeyPath),
    /// The key that ends a path of the manifest.
    Key(KeyPath),
    /// Bytes of the manifest.
    Bytes(Range<usize>),
    /// Another file, and the line in it if known, from one.
    File(String, Option<usize>),
}

/// One thing that is wrong or worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// A short, lasting name of its kind, such as `missing-file`.
    pub code: &'static str,
    /// What is wrong, in plain words; no full stop.
    pub message: String,
    /// A few words at the place itself.
    pub label: String,
    /// Where it is.
    pub place: Place,
    /// Other places that belong to it, each with a few words.
    pub related: Vec<(Place, String)>,
    /// All that it is about, where it is about several: more than a terminal has room for.
    pub concerns: Vec<String>,
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

    /// Something decided for the author.
    pub fn note(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, place, message.into())
    }

    fn new(severity: Severity, code: &'static str, place: Place, message: String) -> Self {
        Self {
            severity,
            code,
            message,
            label: String::new(),
            place,
            related: Vec::new(),
            concerns: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Adds a few words at the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds another place that belongs to the finding.
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
    /// Adds one.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Adds all of another list.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether one of them stops the build.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many there are of a weight.
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

impl From<Finding> for Findings {
    fn from(finding: Finding) -> Self {
        Self(vec![finding])
    }
}

/// The manifest as text, with a way to find its nodes.
pub trait ManifestText {
    /// The file's name as the user gave it.
    fn name(&self) -> &str;
    /// Its text.
    fn text(&self) -> &str;
    /// The bytes of the value at `path`, or of its key. `None` if there is no such node.
    fn locate(&self, path: &KeyPath, key: bool) -> Option<Range<usize>>;
}

/// How findings are shown.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// With colours.
    pub colour: bool,
    /// Columns of the terminal; longer lines are cut around the place.
    pub width: usize,
}

/// Bytes of a long line that are shown before a place; twice as many after it.
const WINDOW: usize = 160;

/// A finding with its place resolved.
struct Located<'f> {
    finding: &'f Finding,
    spot: Option<Range<usize>>,
}

/// The manifest's text, and where its lines start.
struct Lines<'m> {
    manuscript: &'m dyn ManifestText,
    starts: Vec<usize>,
    /// The column that was asked for last, and its line's start and byte: places come in order, so
    /// that columns of one long line are counted once.
    last: Cell<(usize, usize, usize)>,
}

impl<'m> Lines<'m> {
    fn of(manuscript: &'m dyn ManifestText) -> Self {
        let breaks = manuscript.text().match_indices('\n').map(|(at, _)| at + 1);
        Self { manuscript, starts: std::iter::once(0).chain(breaks).collect(), last: Cell::new((0, 0, 1)) }
    }

    /// The line that a byte is on, from one, and the byte it starts at.
    fn line(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        (line, self.starts[line - 1])
    }

    /// The column of a byte in characters, from one.
    fn column(&self, at: usize) -> usize {
        let (_, line_start) = self.line(at);
        let (last_start, last_at, last_column) = self.last.get();
        let (from, column) =
            if last_start == line_start && last_at <= at { (last_at, last_column) } else { (line_start, 1) };
        let column = column + self.manuscript.text()[from..at].chars().count();
        self.last.set((line_start, at, column));
        column
    }
}

/// Shows findings in the order of their places, each with the lines it is about.
pub fn render(findings: &Findings, manuscript: &dyn ManifestText, style: Style) -> String {
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(style.width);
    let mut out = String::new();
    let lines = Lines::of(manuscript);
    for located in ordered(findings, manuscript) {
        out.push_str(&renderer.render(&[group(&located, &lines)]));
        out.push_str("\n\n");
    }
    out
}

fn ordered<'f>(findings: &'f Findings, manuscript: &dyn ManifestText) -> Vec<Located<'f>> {
    let mut located: Vec<Located<'f>> =
        findings.0.iter().map(|finding| Located { finding, spot: resolve(&finding.place, manuscript) }).collect();
    // What has no place is of the whole, and comes first.
    located.sort_by_key(|l| l.spot.as_ref().map_or((0, 0), |spot| (spot.start, spot.end)));
    located
}

/// The bytes of a place; of a value that is not there, those of the nearest node above it.
fn resolve(place: &Place, manuscript: &dyn ManifestText) -> Option<Range<usize>> {
    let (path, key) = match place {
        Place::Value(path) => (path, false),
        Place::Key(path) => (path, true),
        Place::Bytes(range) => return Some(range.clone()),
        Place::Nowhere | Place::File(..) => return None,
    };
    if let Some(spot) = manuscript.locate(path, key) {
        return Some(spot);
    }
    let mut above = path.clone();
    while above.0.pop().is_some() {
        if let Some(spot) = manuscript.locate(&above, true).or_else(|| manuscript.locate(&above, false)) {
            return Some(spot);
        }
    }
    Some(0..0)
}

fn group<'a>(located: &Located<'a>, lines: &Lines<'a>) -> Group<'a> {
    let finding = located.finding;
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(finding.message.as_str()).id(finding.code));
    if let Some(spot) = &located.spot {
        if let Some(origin) = origin(lines, spot) {
            group = group.element(origin);
        }
        group = group.element(snippet(lines, spot, AnnotationKind::Primary, &finding.label));
    } else if let Place::File(path, line) = &finding.place {
        let origin = Origin::path(path.as_str());
        group = group.element(match line {
            Some(line) => origin.line(*line),
            None => origin,
        });
    }
    for (place, label) in &finding.related {
        if let Some(spot) = resolve(place, lines.manuscript) {
            group = group.element(snippet(lines, &spot, AnnotationKind::Context, label));
        }
    }
    let unnamed = finding.concerns.len().saturating_sub(finding.related.len() + 1);
    if unnamed > 0 {
        let more = format!("{unnamed} more are not named here; `make-disc check --html` names all");
        group = group.element(Level::HELP.message(more));
    }
    for help in &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}

/// The lines of a place: the first one only if it goes over several.
fn snippet<'a>(
    lines: &Lines<'a>,
    spot: &Range<usize>,
    kind: AnnotationKind,
    label: &'a str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let text = lines.manuscript.text();
    let start = floor_boundary(text, spot.start);
    let (line, line_start) = lines.line(start);
    // Of a long line only what is around the place: manifests may be written by programs, on one.
    let from = floor_boundary(text, start.saturating_sub(WINDOW)).max(line_start);
    let until = floor_boundary(text, start + 2 * WINDOW);
    let line_end = text[start..until].find(['\n', '\r']).map_or(until, |at| start + at);
    let end = floor_boundary(text, spot.end).clamp(start, line_end);
    let annotation = kind.span(start - from..end - from);
    let snippet = Snippet::source(&text[from..line_end]).line_start(line).annotation(if label.is_empty() {
        annotation
    } else {
        annotation.label(label)
    });
    if from == line_start { snippet.path(lines.manuscript.name()) } else { snippet }
}

/// The origin that a snippet cut at its left cannot tell itself.
fn origin<'a>(lines: &Lines<'a>, spot: &Range<usize>) -> Option<Origin<'a>> {
    let start = floor_boundary(lines.manuscript.text(), spot.start);
    let (line, line_start) = lines.line(start);
    let cut = floor_boundary(lines.manuscript.text(), start.saturating_sub(WINDOW)) > line_start;
    cut.then(|| Origin::path(lines.manuscript.name()).line(line).char_column(lines.column(start)))
}

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
    /// How much it weighs.
    pub severity: Severity,
    /// A short, lasting name of its kind.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The file it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// From one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// In characters, from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// All that it is about, where it is about several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub concerns: Vec<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<String>,
}

/// The findings as records, in the order of their places.
pub fn records(findings: &Findings, manuscript: &dyn ManifestText) -> Vec<FindingRecord> {
    let lines = Lines::of(manuscript);
    ordered(findings, manuscript)
        .into_iter()
        .map(|Located { finding, spot }| {
            let (file, line, column) = match (&spot, &finding.place) {
                (Some(spot), _) => {
                    let text = manuscript.text();
                    let at = floor_boundary(text, spot.start);
                    let (line, _) = lines.line(at);
                    let column = lines.column(at);
                    (Some(manuscript.name().to_owned()), Some(line), Some(column))
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
                concerns: finding.concerns.clone(),
                help: finding.help.clone(),
            }
        })
        .collect()
}

/// `, did you mean …?` for the candidate nearest to what was written, if one is near enough.
pub fn did_you_mean<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let near = |candidate: &str| strsim::normalized_damerau_levenshtein(&written.to_lowercase(), candidate);
    candidates
        .into_iter()
        .map(|candidate| (near(candidate), candidate))
        .filter(|(nearness, _)| *nearness >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
