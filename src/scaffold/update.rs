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
    /// How deep what it belongs to is nested: at one byte the deepest comes first, as it ends there first. What
    /// belongs to what begins there comes last, with none.
    depth: usize,
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
                    updater.append(&path, 2, &write::report(&report), &report);
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
        updater.append_lines(&KeyPath::root().key("sections"), 1, &lines, added);
    }
    updater.finish()
}

/// The files that the pages of a disc are made of, which are no documents: emblem and foreword, and the folder of
/// the theme, with a `/` at its end.
pub fn used_by_launcher(manifest: &Manifest) -> BTreeSet<String> {
    let launcher = manifest.launcher.as_ref();
    let emblem = launcher.and_then(|launcher| launcher.emblem.as_ref()).map(|emblem| emblem.0.as_str());
    let texts =
        match launcher.and_then(|launcher| launcher.foreword.as_ref()).and_then(|foreword| foreword.text.as_ref()) {
            None => Vec::new(),
            Some(manifest::Text::One(text)) => vec![text.as_str()],
            Some(manifest::Text::PerLanguage(texts)) => texts.iter().map(|(_, text)| text.as_str()).collect(),
        };
    let theme = launcher.and_then(|launcher| launcher.theme.as_ref()).map(|theme| format!("{}/", plain(&theme.0)));
    emblem.into_iter().chain(texts).filter(|path| !path.contains('\n')).map(plain).chain(theme).collect()
}

/// Whether a manifest brought up to date says what it said before, and of each file that was added what the draft says
/// of it; marks and the order of lines are not looked at.
pub fn is_faithful(before: &Manifest, after: &Manifest, added: &[String], draft: &Draft) -> bool {
    let added: BTreeSet<String> = added.iter().map(|file| plain(file)).collect();
    let of = |manifest: &Manifest| manifest.sections.clone().unwrap_or_default();
    let (own, grown) = (of(before), of(after));
    let head = |manifest: &Manifest| {
        let disc = manifest.disc.clone().map(|disc| manifest::Disc { languages: None, ..disc });
        format!("{disc:?} {:?}", manifest.launcher)
    };
    let sections = own.len() <= grown.len()
        && own.iter().zip(&grown).all(|(own, grown)| {
            let reports = |section: &manifest::Section| section.reports.clone().unwrap_or_default();
            let (reports, more) = (reports(own), reports(grown));
            format!("{:?} {:?}", own.id, own.title) == format!("{:?} {:?}", grown.id, grown.title)
                && reports.len() <= more.len()
                && reports.iter().zip(&more).all(|(own, grown)| is_faithful_report(own, grown, &added))
        });
    let now = known(&grown);
    let then = known(&own);
    let placed = draft.sections.iter().flat_map(|section| &section.reports).all(|report| {
        let places: BTreeSet<(usize, usize)> =
            files(report).filter_map(|(_, file)| now.get(&plain(file))).map(|known| (known.s, known.r)).collect();
        let fresh = files(report).any(|(_, file)| added.contains(&plain(file)));
        // What people put into several reports stays there; what is new is with what it belongs to.
        !fresh || places.len() == 1 || files(report).filter(|(_, file)| then.contains_key(&plain(file))).count() > 1
    });
    head(before) == head(after) && sections && placed && added.iter().all(|file| now.contains_key(file))
}

fn is_faithful_report(own: &manifest::Report, grown: &manifest::Report, added: &BTreeSet<String>) -> bool {
    let plainly = |report: &manifest::Report| format!("{:?}", manifest::Report { variants: None, ..report.clone() });
    let variants = |report: &manifest::Report| report.variants.clone().unwrap_or_default().0;
    let files = |variant: &manifest::Variant| -> Vec<String> {
        let files = variant.files.iter().flat_map(|files| &files.values).map(|file| plain(&file.0));
        files.filter(|file| !file.is_empty()).collect()
    };
    let (own_variants, grown_variants) = (variants(own), variants(grown));
    plainly(own) == plainly(grown)
        && own_variants.iter().all(|(tag, variant)| {
            grown_variants.iter().any(|(other, more)| {
                let old: Vec<String> = files(more).into_iter().filter(|file| !added.contains(file)).collect();
                other == tag && old == files(variant) && (&more.title, &more.name) == (&variant.title, &variant.name)
            })
        })
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
    fn insert(&mut self, at: usize, depth: usize, text: String) {
        self.insertions.push(Insertion { at, depth, text });
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
    fn insert_lines(&mut self, at: usize, depth: usize, indentation: usize, lines: &[String]) {
        let mut text = String::new();
        for line in lines {
            text.push_str(&" ".repeat(indentation));
            text.push_str(line);
            text.push('\n');
        }
        self.insert(at, depth, text);
    }

    /// How far in the hyphens of a list stand; none if they cannot be seen from its first item.
    fn hyphens(&self, list: &Span) -> Option<usize> {
        let start = self.line_start(list.start);
        let before = &self.text[start..list.start];
        let hyphen = before.rfind('-')?;
        (before[..hyphen].chars().all(|c| c == ' ') && before[hyphen + 1..].chars().all(|c| c == ' ')).then_some(hyphen)
    }

    fn by_hand(&mut self, at: usize, lines: &[String]) -> bool {
        let line = self.line(at);
        self.update.by_hand.push((line, lines.to_vec()));
        false
    }

    fn mark_vanished(&mut self, known: &BTreeMap<String, Known>, is_there: &dyn Fn(&str) -> bool) {
        for Known { at, written, .. } in known.values() {
            if is_there(written) {
                continue;
            }
            self.update.vanished.push(written.clone());
            // Above what stands in brackets as a whole: within, a line may be the middle of a text.
            let parents = at.ancestors();
            let outermost = parents.iter().filter_map(|parent| self.manuscript.span(parent)).find(|span| span.flow);
            let Some(span) = outermost.or_else(|| self.manuscript.span(at)) else { continue };
            let start = self.line_start(span.start);
            let line = &self.text[start..];
            let indentation = line.len() - line.trim_start_matches(' ').len();
            let mark = format!("# check: {} is not there any more", write::scalar(written));
            let above = self.text[..start].trim_end_matches('\n').rsplit('\n').next().unwrap_or_default();
            let marked = self.insertions.iter().any(|other| other.at == start && other.text.contains(&mark));
            // Several may be in one line, each with a mark above it.
            let before = self.text[..start].lines().rev().take_while(|line| line.trim_start().starts_with("# check:"));
            if above.trim() != mark && !before.clone().any(|line| line.trim() == mark) && !marked {
                self.insert(start, 0, format!("{}{mark}\n", " ".repeat(indentation)));
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
        let wanted: Vec<String> = wanted
            .into_iter()
            .filter(|tag| !own.iter().any(|own| own.eq_ignore_ascii_case(tag)))
            .map(str::to_owned)
            .collect();
        if !wanted.is_empty() {
            self.items(&path, own.len(), 3, &wanted);
        }
    }

    /// Adds texts to a list of so many; gives whether it can be added to.
    fn items(&mut self, path: &KeyPath, there: usize, depth: usize, texts: &[String]) -> bool {
        let Some(span) = self.manuscript.span(path) else { return false };
        let lines: Vec<String> = texts.iter().map(|text| format!("- {}", write::scalar(text))).collect();
        let last = there.checked_sub(1).map(|last| path.item(last));
        if span.flow {
            let texts: Vec<String> = texts.iter().map(|text| write::flow(text)).collect();
            return self.in_brackets(&span, last.as_ref(), depth, &texts) || self.by_hand(span.start, &lines);
        }
        match (span.leaf, self.hyphens(&span)) {
            (false, Some(hyphens)) => {
                let behind = self.behind(span.end);
                self.insert_lines(behind, depth, hyphens, &lines);
                true
            }
            _ => self.by_hand(span.start, &lines),
        }
    }

    /// Adds texts behind the last of what stands in brackets, if they are not empty.
    fn in_brackets(&mut self, span: &Span, last: Option<&KeyPath>, depth: usize, texts: &[String]) -> bool {
        let at = match last {
            Some(last) => match self.manuscript.span(last) {
                Some(last) => self.end(&last),
                None => return false,
            },
            None => span.start + 1,
        };
        let comma = if last.is_some() { ", " } else { "" };
        self.insert(at, depth, format!("{comma}{}", texts.join(", ")));
        true
    }

    /// Where a node ends: the parser counts a note behind a text in quotes to the text.
    fn end(&self, span: &Span) -> usize {
        let value = &self.text[span.start..span.end];
        let Some(quote) = value.chars().next().filter(|c| span.leaf && matches!(c, '"' | '\'')) else {
            return span.end;
        };
        let mut escaped = false;
        for (at, c) in value.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' if quote == '"' => escaped = true,
                // An apostrophe that is doubled stands for itself.
                '\'' if quote == '\'' && value[at + 1..].starts_with('\'') => escaped = true,
                _ if c == quote => return span.start + at + 1,
                _ => {}
            }
        }
        span.end
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
            let added = match there {
                Some((written, there)) => {
                    let path = of_files(&of_variant(s, r, written), there);
                    self.more_files(&path, there, &fresh)
                }
                None => {
                    let path = KeyPath::root().key("sections").item(s).key("reports").item(r).key("variants");
                    let variant = Variant { files: fresh.clone(), ..variant.clone() };
                    let last =
                        own.variants.iter().flat_map(|variants| &variants.0).last().map(|(tag, _)| path.key(tag));
                    self.key(&path, last.as_ref(), &variant)
                }
            };
            if added {
                self.update.added.extend(fresh);
            }
        }
    }

    fn more_files(&mut self, path: &KeyPath, there: &manifest::Variant, fresh: &[String]) -> bool {
        let Some(span) = self.manuscript.span(path) else { return false };
        let own = there.files.as_ref();
        if let Some(files) = own.filter(|files| files.list) {
            return self.items(path, files.values.len(), 5, fresh);
        }
        let written: Vec<String> = fresh.iter().map(|file| write::flow(file)).collect();
        let end = self.end(&span);
        let value = &self.text[span.start..end];
        // A key without a value: its colon is there, or just before.
        if value.is_empty() || value == ":" {
            let colon = match self.text[span.start..].starts_with(':') {
                true => Some(span.start),
                false => self.text[..span.start].trim_end_matches(' ').strip_suffix(':').map(str::len),
            };
            let Some(colon) = colon else {
                let lines: Vec<String> = fresh.iter().map(|file| format!("- {}", write::scalar(file))).collect();
                return self.by_hand(span.start, &lines);
            };
            let files = if written.len() == 1 { written.concat() } else { format!("[{}]", written.join(", ")) };
            self.insert(colon + 1, 5, format!(" {files}"));
            return true;
        }
        let quoted = value.starts_with(['"', '\'']);
        let sound = span.leaf
            && own.is_some_and(|files| files.values.iter().any(|file| !file.0.is_empty()))
            && !value.contains('\n')
            && (quoted || !value.contains([',', '[', ']', '{', '}', '#', ':']) && !value.starts_with(['&', '!', '*']));
        if !sound {
            let lines: Vec<String> = fresh.iter().map(|file| format!("- {}", write::scalar(file))).collect();
            return self.by_hand(span.start, &lines);
        }
        // One file becomes a list.
        self.insert(span.start, 5, "[".to_owned());
        self.insert(end, 5, format!(", {}]", written.join(", ")));
        true
    }

    /// Adds a language to the variants of a report, of which `last` is the last.
    fn key(&mut self, path: &KeyPath, last: Option<&KeyPath>, variant: &Variant) -> bool {
        let Some(span) = self.manuscript.span(path) else { return false };
        let lines = write::variant(variant);
        if span.flow {
            let files: Vec<String> = variant.files.iter().map(|file| write::flow(file)).collect();
            let files = if files.len() == 1 { files.concat() } else { format!("[{}]", files.join(", ")) };
            let key = format!("{}: {files}", variant.language.as_str());
            self.in_brackets(&span, last, 4, &[key]) || self.by_hand(span.start, &lines)
        } else if span.leaf {
            self.by_hand(span.start, &lines)
        } else {
            let indentation = span.start - self.line_start(span.start);
            let behind = self.behind(span.end);
            self.insert_lines(behind, 4, indentation, &lines);
            true
        }
    }

    fn append(&mut self, path: &KeyPath, depth: usize, lines: &[String], report: &Report) {
        let added = files(report).map(|(_, file)| file.to_owned()).collect();
        self.append_lines(path, depth, lines, added);
    }

    /// Adds an item of several lines to a list.
    fn append_lines(&mut self, path: &KeyPath, depth: usize, lines: &[String], added: Vec<String>) {
        let span = self.manuscript.span(path);
        let place = span
            .as_ref()
            .filter(|span| !span.flow && !span.leaf)
            .and_then(|span| Some((self.hyphens(span)?, span.end)));
        match place {
            Some((hyphens, end)) => {
                let behind = self.behind(end);
                self.insert_lines(behind, depth, hyphens, lines);
                self.update.added.extend(added);
            }
            None => {
                self.by_hand(span.map_or(0, |span| span.start), lines);
            }
        }
    }

    fn finish(mut self) -> Update {
        // Those at one place and of one depth stay in their order.
        self.insertions.sort_by_key(|insertion| (insertion.at, std::cmp::Reverse(insertion.depth)));
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for Insertion { at, text: inserted, .. } in &self.insertions {
            text.push_str(&self.text[from..*at]);
            let lines = inserted.ends_with('\n');
            if lines && !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(inserted);
            from = *at;
        }
        text.push_str(&self.text[from..]);
        self.update.text = text;
        self.update
    }
}
