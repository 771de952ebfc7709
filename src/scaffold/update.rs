//! A manifest that people have edited, brought up to date with its folder: what is new is put in, what is gone is
//! marked, and every other byte stays as it is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::draft::{Draft, Report, Section, Variant};
use super::gather::{MOST_ID, unique};
use super::write;
use crate::diagnostic::KeyPath;
use crate::manifest::{self, Manifest, ManifestFile, Span};
use crate::names::portable;

/// What became of a manifest.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// The whole text.
    pub text: String,
    /// The files that were put in.
    pub added: Vec<String>,
    /// The files that are not there any more.
    pub vanished: Vec<String>,
    /// What must be put in by hand, as the place is written in a way that cannot be added to: lines to add, and
    /// the line of the manifest where they belong.
    pub by_hand: Vec<(usize, Vec<String>)>,
}

/// Text that goes in at a byte.
struct Insertion {
    at: usize,
    text: String,
}

struct Updater<'m> {
    manuscript: &'m ManifestFile,
    text: &'m str,
    insertions: Vec<Insertion>,
    update: Update,
}

/// Brings a manifest up to date with what its folder would be proposed as. `is_there` says whether a file exists,
/// by its path as the manifest writes it.
pub fn update(
    manuscript: &ManifestFile,
    text: &str,
    manifest: &Manifest,
    draft: &Draft,
    is_there: &dyn Fn(&str) -> bool,
) -> Update {
    let mut updater = Updater { manuscript, text, insertions: Vec::new(), update: Update::default() };
    let sections = manifest.sections.as_deref().unwrap_or_default();
    let known = known(sections);
    updater.mark_vanished(&known, is_there);
    updater.languages(manifest, draft, &known);
    let mut fresh: Vec<Section> = Vec::new();
    let mut ids: HashMap<usize, BTreeSet<String>> = HashMap::new();
    for section in &draft.sections {
        let place = |report: &Report| {
            files(report).find_map(|(_, file)| known.get(&plain(file)).map(|known| (known.s, known.r)))
        };
        let of_others = section.reports.iter().find_map(place).map(|(s, _)| s);
        let by_id = sections.iter().position(|own| id_of(own.id.as_ref(), own.title.as_ref()) == section.id);
        let mut without = Vec::new();
        for report in &section.reports {
            match (place(report), of_others.or(by_id)) {
                (Some((s, r)), _) => {
                    updater.more_of(&sections[s].reports.as_deref().unwrap_or_default()[r], s, r, report, &known)
                }
                (None, Some(s)) => {
                    let taken = ids.entry(s).or_insert_with(|| {
                        let reports = sections[s].reports.iter().flatten();
                        reports.map(|own| id_of(own.id.as_ref(), own.title.as_ref())).collect()
                    });
                    let report = Report { id: unique(&report.id, "report", taken), ..report.clone() };
                    let path = KeyPath::root().key("sections").item(s).key("reports");
                    updater.append(&path, &write::report(&report), &report);
                }
                (None, None) => without.push(report.clone()),
            }
        }
        if !without.is_empty() {
            fresh.push(Section { reports: without, ..section.clone() });
        }
    }
    let mut taken: BTreeSet<String> = sections.iter().map(|own| id_of(own.id.as_ref(), own.title.as_ref())).collect();
    for section in fresh {
        let section = Section { id: unique(&section.id, "section", &mut taken), ..section };
        let lines: Vec<String> = write::section(&section).into_iter().map(|line| line[2..].to_owned()).collect();
        let added: Vec<String> = section.reports.iter().flat_map(files).map(|(_, file)| file.to_owned()).collect();
        updater.append_lines(&KeyPath::root().key("sections"), &lines, added);
    }
    updater.finish()
}

/// The files that the pages of a disc are made of, which are no documents: emblem and foreword.
pub fn used_by_launcher(manifest: &Manifest) -> BTreeSet<String> {
    let launcher = manifest.launcher.as_ref();
    let emblem = launcher.and_then(|launcher| launcher.emblem.as_ref()).map(|emblem| emblem.0.as_str());
    let texts =
        match launcher.and_then(|launcher| launcher.foreword.as_ref()).and_then(|foreword| foreword.text.as_ref()) {
            None => Vec::new(),
            Some(manifest::Text::One(text)) => vec![text.as_str()],
            Some(manifest::Text::PerLanguage(texts)) => texts.iter().map(|(_, text)| text.as_str()).collect(),
        };
    emblem.into_iter().chain(texts).filter(|path| !path.contains('\n')).map(plain).collect()
}

/// Where a file of the manifest stands.
struct Known {
    s: usize,
    r: usize,
    /// The path of its value.
    at: KeyPath,
    /// As it is written.
    written: String,
}

/// Every file of the manifest, by its plain path.
fn known(sections: &[manifest::Section]) -> BTreeMap<String, Known> {
    let mut known = BTreeMap::new();
    for (s, section) in sections.iter().enumerate() {
        for (r, report) in section.reports.iter().flatten().enumerate() {
            for (tag, variant) in report.variants.iter().flat_map(|variants| &variants.0) {
                let Some(files) = &variant.files else { continue };
                for (f, manifest::Scalar(file)) in files.values.iter().enumerate() {
                    let at = of_files(&of_variant(s, r, tag), variant);
                    let at = if files.list { at.item(f) } else { at };
                    known.insert(plain(file), Known { s, r, at, written: file.clone() });
                }
            }
        }
    }
    known
}

fn of_variant(s: usize, r: usize, tag: &str) -> KeyPath {
    KeyPath::root().key("sections").item(s).key("reports").item(r).key("variants").key(tag)
}

fn of_files(at: &KeyPath, variant: &manifest::Variant) -> KeyPath {
    if variant.keyed { at.key("files") } else { at.clone() }
}

/// A path without what does not change it.
fn plain(path: &str) -> String {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/")
}

fn files(report: &Report) -> impl Iterator<Item = (&Variant, &str)> {
    report.variants.iter().flat_map(|variant| variant.files.iter().map(move |file| (variant, file.as_str())))
}

/// The id that a section or report has, or is given.
fn id_of(id: Option<&manifest::Scalar>, title: Option<&manifest::Text>) -> String {
    let of_title = || match title? {
        manifest::Text::One(text) => Some(portable(text)),
        manifest::Text::PerLanguage(texts) => texts.first().map(|(_, text)| portable(text)),
    };
    id.map(|id| id.0.clone()).or_else(of_title).unwrap_or_default().chars().take(MOST_ID.max(64)).collect()
}

impl Updater<'_> {
    fn insert(&mut self, at: usize, text: String) {
        self.insertions.push(Insertion { at, text });
    }

    /// The line that a byte is in, from one.
    fn line(&self, at: usize) -> usize {
        self.text[..at.min(self.text.len())].matches('\n').count() + 1
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// Behind the line in which something ends.
    fn behind(&self, end: usize) -> usize {
        // A text of several lines ends with its line.
        let last = self.text[..end].trim_end_matches(['\n', '\r', ' ']).len();
        self.text[last..].find('\n').map_or(self.text.len(), |newline| last + newline + 1)
    }

    /// Lines behind a line, each with its indentation.
    fn insert_lines(&mut self, at: usize, indentation: usize, lines: &[String]) {
        let mut text = String::new();
        if at > 0 && !self.text[..at].ends_with('\n') {
            text.push('\n');
        }
        for line in lines {
            text.push_str(&" ".repeat(indentation));
            text.push_str(line);
            text.push('\n');
        }
        self.insert(at, text);
    }

    /// How far in the hyphens of a list stand; none if they cannot be seen from its first item.
    fn hyphens(&self, list: &Span) -> Option<usize> {
        let start = self.line_start(list.start);
        let before = &self.text[start..list.start];
        let hyphen = before.rfind('-')?;
        (before[..hyphen].chars().all(|c| c == ' ') && before[hyphen + 1..].chars().all(|c| c == ' ')).then_some(hyphen)
    }

    fn by_hand(&mut self, at: usize, lines: &[String]) {
        let line = self.line(at);
        self.update.by_hand.push((line, lines.to_vec()));
    }

    fn mark_vanished(&mut self, known: &BTreeMap<String, Known>, is_there: &dyn Fn(&str) -> bool) {
        for Known { at, written, .. } in known.values() {
            if is_there(written) {
                continue;
            }
            self.update.vanished.push(written.clone());
            let Some(span) = self.manuscript.span(at) else { continue };
            let start = self.line_start(span.start);
            let line = &self.text[start..];
            let indentation = line.len() - line.trim_start_matches(' ').len();
            let mark = format!("# check: {} is not there any more", write::scalar(written));
            let above = self.text[..start].trim_end_matches('\n').rsplit('\n').next().unwrap_or_default();
            let marked = self.insertions.iter().any(|other| other.at == start && other.text.contains(&mark));
            // Several may be in one line, each with a mark above it.
            let before = self.text[..start].lines().rev().take_while(|line| line.trim_start().starts_with("# check:"));
            if above.trim() != mark && !before.clone().any(|line| line.trim() == mark) && !marked {
                self.insert(start, format!("{}{mark}\n", " ".repeat(indentation)));
            }
        }
    }

    /// Adds the languages of what is new to those of the disc.
    fn languages(&mut self, manifest: &Manifest, draft: &Draft, known: &BTreeMap<String, Known>) {
        let own: Vec<&str> =
            manifest.disc.iter().flat_map(|disc| disc.languages.iter().flatten()).map(|tag| tag.0.as_str()).collect();
        let variants = draft.sections.iter().flat_map(|section| &section.reports).flat_map(|report| &report.variants);
        let fresh = variants.filter(|variant| variant.files.iter().any(|file| !known.contains_key(&plain(file))));
        let wanted: BTreeSet<&str> = fresh.map(|variant| variant.language.as_str()).collect();
        let path = KeyPath::root().key("disc").key("languages");
        for tag in wanted.into_iter().filter(|tag| !own.iter().any(|own| own.eq_ignore_ascii_case(tag))) {
            self.item(&path, tag);
        }
    }

    /// Adds a text to a list.
    fn item(&mut self, path: &KeyPath, text: &str) {
        let Some(span) = self.manuscript.span(path) else { return };
        let line = vec![format!("- {}", write::scalar(text))];
        if span.flow {
            self.before_bracket(&span, write::flow(text));
        } else if let (false, Some(hyphens)) = (span.leaf, self.hyphens(&span)) {
            let behind = self.behind(span.end);
            self.insert_lines(behind, hyphens, &line);
        } else {
            self.by_hand(span.start, &line);
        }
    }

    /// Adds something in front of the bracket that ends a list or mapping.
    fn before_bracket(&mut self, span: &Span, text: String) {
        let inner = &self.text[span.start + 1..span.end - 1];
        let full = inner.trim_end();
        let comma = if full.is_empty() || full.ends_with(',') { "" } else { ", " };
        self.insert(span.start + 1 + full.len(), format!("{comma}{text}"));
    }

    /// Adds what is new of a report that is there.
    fn more_of(
        &mut self,
        own: &manifest::Report,
        s: usize,
        r: usize,
        report: &Report,
        known: &BTreeMap<String, Known>,
    ) {
        for variant in &report.variants {
            let fresh: Vec<String> =
                variant.files.iter().filter(|file| !known.contains_key(&plain(file))).cloned().collect();
            if fresh.is_empty() {
                continue;
            }
            let tag = variant.language.as_str();
            let there =
                own.variants.iter().flat_map(|variants| &variants.0).find(|(own, _)| own.eq_ignore_ascii_case(tag));
            match there {
                Some((written, there)) => {
                    let path = of_files(&of_variant(s, r, written), there);
                    fresh.iter().for_each(|file| self.more_files(&path, there, file));
                }
                None => {
                    let path = KeyPath::root().key("sections").item(s).key("reports").item(r).key("variants");
                    let variant = Variant { files: fresh.clone(), ..variant.clone() };
                    self.key(&path, &variant);
                }
            }
            self.update.added.extend(fresh);
        }
    }

    fn more_files(&mut self, path: &KeyPath, there: &manifest::Variant, file: &str) {
        let Some(span) = self.manuscript.span(path) else { return };
        let list = there.files.as_ref().is_some_and(|files| files.list);
        if list {
            return self.item(path, file);
        }
        // One file becomes a list of two; a second new one finds the bracket.
        let value = &self.text[span.start..span.end];
        let sound = span.leaf
            && !value.contains('\n')
            && (value.starts_with(['"', '\'']) || !value.contains([',', '[', ']', '{', '}']));
        if !sound {
            return self.by_hand(span.start, &[format!("- {}", write::scalar(file))]);
        }
        match self.insertions.iter_mut().find(|other| other.at == span.end && other.text.ends_with(']')) {
            Some(closing) => closing.text = format!("{}, {}]", closing.text.trim_end_matches(']'), write::flow(file)),
            None => {
                self.insert(span.start, "[".to_owned());
                self.insert(span.end, format!(", {}]", write::flow(file)));
            }
        }
    }

    /// Adds a language to the variants of a report.
    fn key(&mut self, path: &KeyPath, variant: &Variant) {
        let Some(span) = self.manuscript.span(path) else { return };
        let lines = write::variant(variant);
        if span.flow {
            let files: Vec<String> = variant.files.iter().map(|file| write::flow(file)).collect();
            let files = if files.len() == 1 { files.concat() } else { format!("[{}]", files.join(", ")) };
            self.before_bracket(&span, format!("{}: {files}", variant.language.as_str()));
        } else if span.leaf {
            self.by_hand(span.start, &lines);
        } else {
            let indentation = span.start - self.line_start(span.start);
            let behind = self.behind(span.end);
            self.insert_lines(behind, indentation, &lines);
        }
    }

    fn append(&mut self, path: &KeyPath, lines: &[String], report: &Report) {
        let added = files(report).map(|(_, file)| file.to_owned()).collect();
        self.append_lines(path, lines, added);
    }

    /// Adds an item of several lines to a list.
    fn append_lines(&mut self, path: &KeyPath, lines: &[String], added: Vec<String>) {
        let span = self.manuscript.span(path);
        let place = span
            .as_ref()
            .filter(|span| !span.flow && !span.leaf)
            .and_then(|span| Some((self.hyphens(span)?, span.end)));
        match place {
            Some((hyphens, end)) => {
                let behind = self.behind(end);
                self.insert_lines(behind, hyphens, lines);
                self.update.added.extend(added);
            }
            None => self.by_hand(span.map_or(0, |span| span.start), lines),
        }
    }

    fn finish(mut self) -> Update {
        // Those at one place stay in their order.
        self.insertions.sort_by_key(|insertion| insertion.at);
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for Insertion { at, text: inserted } in &self.insertions {
            text.push_str(&self.text[from..*at]);
            text.push_str(inserted);
            from = *at;
        }
        text.push_str(&self.text[from..]);
        self.update.text = text;
        self.update
    }
}
