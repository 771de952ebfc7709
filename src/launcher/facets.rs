//! The other ways into the collection: by subject, by year, by author, by language; and where
//! somebody begins who has never seen it.
//!
//! Every way is a page that works without script. The list of documents has the same groups as
//! numbers at its entries, by which a script narrows it.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::context;
use minijinja::value::Value;

use super::pages::{Pages, Tongue};
use crate::catalogue::{Report, Shown};
use crate::language::{Collation, Language, PartialDate};
use crate::layout::{DiscPath, Way};

/// A group of a way: what its reports have in common.
pub(super) struct Group {
    /// What it is called, as a template shows it.
    title: Value,
    /// The same as plain text, for choices.
    plain: String,
    /// The letter it stands under, where a language has letters.
    initial: Option<String>,
    /// Its reports: the numbers of their sections and of themselves, in the manifest's order.
    reports: Vec<(usize, usize)>,
}

/// The ways of one language's pages.
pub(super) struct Facets {
    ways: Vec<(Way, Vec<Group>)>,
}

impl Facets {
    /// Groups the collection for the readers of a language.
    pub(super) fn of(pages: &Pages<'_>, tongue: &Tongue<'_>) -> Self {
        let ways = pages.ways();
        let groups = |way: &Way| match way {
            Way::Subjects => subjects(pages, tongue),
            Way::Years => years(pages, tongue),
            Way::Authors => authors(pages, tongue),
            Way::Languages => languages(pages, tongue),
        };
        Self { ways: ways.iter().map(|way| (*way, groups(way))).collect() }
    }

    /// The values of a way's page.
    pub(super) fn page(&self, pages: &Pages<'_>, tongue: &Tongue<'_>, way: Way) -> Value {
        let path = pages.layout.way(tongue.language, way);
        let mut shown: Vec<Value> = Vec::new();
        let mut letters: Vec<Value> = Vec::new();
        let mut last: Option<&str> = None;
        for (number, group) in self.groups(way).iter().enumerate() {
            let letter = group.initial.as_deref().filter(|letter| last != Some(letter));
            if let Some(letter) = letter {
                letters.push(context! { letter => letter, group => number });
                last = Some(letter);
            }
            let reports: Vec<Value> =
                group.reports.iter().map(|(s, r)| entry(pages, tongue, &path, (*s, *r))).collect();
            shown.push(context! {
                number => number,
                letter => letter,
                title => group.title.clone(),
                count => tongue.format.number(group.reports.len() as u64),
                reports => reports,
            });
        }
        // Few letters lead nowhere faster.
        let letters = if letters.len() < 4 { Vec::new() } else { letters };
        context! { way => name(way), groups => shown, letters => letters, ..self.bar(pages, tongue, &path) }
    }

    /// The links to all ways, for the pages that offer them.
    pub(super) fn bar(&self, pages: &Pages<'_>, tongue: &Tongue<'_>, from: &DiscPath) -> Value {
        let ways: Vec<Value> = self
            .ways
            .iter()
            .map(|(way, groups)| {
                context! {
                    key => name(*way),
                    href => pages.layout.way(tongue.language, *way).link_from(from),
                    count => tongue.format.number(groups.len() as u64),
                }
            })
            .collect();
        context! { ways => ways }
    }

    /// What the script of the list needs: the groups of each way with more than one.
    pub(super) fn choices(&self) -> Value {
        let choices: Vec<Value> = self
            .ways
            .iter()
            .filter(|(_, groups)| groups.len() > 1)
            .map(|(way, groups)| {
                let groups: Vec<Value> = groups.iter().map(|group| Value::from(group.plain.as_str())).collect();
                context! { key => name(*way), groups => groups }
            })
            .collect();
        Value::from(choices)
    }

    /// The numbers of the groups a report is in, by way: `s1 s4 y0`.
    pub(super) fn marks(&self) -> BTreeMap<(usize, usize), String> {
        let mut marks: BTreeMap<(usize, usize), String> = BTreeMap::new();
        for (way, groups) in self.ways.iter().filter(|(_, groups)| groups.len() > 1) {
            for (number, group) in groups.iter().enumerate() {
                for report in &group.reports {
                    let mark = marks.entry(*report).or_default();
                    if !mark.is_empty() {
                        mark.push(' ');
                    }
                    mark.push_str(&format!("{}{number}", name(*way)));
                }
            }
        }
        marks
    }

    /// The link to a group's place, by a way and the group's plain text.
    pub(super) fn link(
        &self,
        pages: &Pages<'_>,
        tongue: &Tongue<'_>,
        way: Way,
        plain: &str,
        from: &DiscPath,
    ) -> Option<String> {
        let number = self.groups(way).iter().position(|group| group.plain == plain)?;
        Some(format!("{}#group_{number}", pages.layout.way(tongue.language, way).link_from(from)))
    }

    fn groups(&self, way: Way) -> &[Group] {
        self.ways.iter().find(|(known, _)| *known == way).map_or(&[], |(_, groups)| groups)
    }
}

/// Where somebody begins: each section with its first document.
pub(super) fn start(pages: &Pages<'_>, tongue: &Tongue<'_>, facets: &Facets) -> Value {
    let path = pages.layout.start(tongue.language);
    let list = pages.layout.list(tongue.language).link_from(&path);
    let sections: Vec<Value> = pages
        .catalogue
        .sections
        .iter()
        .enumerate()
        .filter(|(_, section)| !section.reports.is_empty())
        .map(|(s, section)| {
            // Rather one that the reader can read.
            let own = |report: &Report| report.variants.iter().any(|variant| variant.language == *tongue.language);
            let first = section.reports.iter().position(own).unwrap_or(0);
            context! {
                title => pages.text(tongue, &section.title),
                href => format!("{list}#section_{}", section.id),
                count => tongue.format.number(section.reports.len() as u64),
                first => entry(pages, tongue, &path, (s, first)),
            }
        })
        .collect();
    context! { sections => sections, ..facets.bar(pages, tongue, &path) }
}

/// The part of a class name and of a string's key that a way has.
pub(super) fn name(way: Way) -> &'static str {
    match way {
        Way::Subjects => "subject",
        Way::Years => "year",
        Way::Authors => "author",
        Way::Languages => "language",
    }
}

/// What a group says of a report.
fn entry(pages: &Pages<'_>, tongue: &Tongue<'_>, from: &DiscPath, (s, r): (usize, usize)) -> Value {
    let report = &pages.catalogue.sections[s].reports[r];
    context! {
        href => pages.layout.report(tongue.language, s, r).link_from(from),
        title => pages.title(tongue, report),
        symbol => report.symbol.clone(),
        short_symbol => super::pages::is_short(report),
        date => report.date.map(|date| tongue.format.date(date)),
    }
}

fn subjects(pages: &Pages<'_>, tongue: &Tongue<'_>) -> Vec<Group> {
    let mut found: BTreeMap<String, (Value, Vec<(usize, usize)>)> = BTreeMap::new();
    for (s, r, report) in pages.catalogue.reports() {
        for subject in &report.subjects {
            let plain = pages.plain(tongue, subject);
            let (_, reports) =
                found.entry(plain.to_owned()).or_insert_with(|| (pages.text(tongue, subject), Vec::new()));
            if reports.last() != Some(&(s, r)) {
                reports.push((s, r));
            }
        }
    }
    alphabetical(tongue, found)
}

fn authors(pages: &Pages<'_>, tongue: &Tongue<'_>) -> Vec<Group> {
    let mut found: BTreeMap<String, (Value, Vec<(usize, usize)>)> = BTreeMap::new();
    for (s, r, report) in pages.catalogue.reports() {
        for author in BTreeSet::from_iter(&report.authors) {
            let title = || (tongue.shown(Shown { text: author, other: None }, true), Vec::new());
            found.entry(author.clone()).or_insert_with(title).1.push((s, r));
        }
    }
    alphabetical(tongue, found)
}

fn alphabetical(tongue: &Tongue<'_>, found: BTreeMap<String, (Value, Vec<(usize, usize)>)>) -> Vec<Group> {
    let collation = Collation::new(tongue.language);
    let mut groups: Vec<Group> = found
        .into_iter()
        .map(|(plain, (title, reports))| Group { title, initial: collation.index_letter(&plain), plain, reports })
        .collect();
    groups.sort_by(|a, b| collation.compare(&a.plain, &b.plain));
    groups
}

/// The newest first; what has no date at the end.
fn years(pages: &Pages<'_>, tongue: &Tongue<'_>) -> Vec<Group> {
    let mut found: BTreeMap<Option<u16>, Vec<(usize, usize)>> = BTreeMap::new();
    for (s, r, report) in pages.catalogue.reports() {
        found.entry(report.date.map(|date| date.year)).or_default().push((s, r));
    }
    found
        .into_iter()
        .rev()
        .map(|(year, reports)| {
            let plain = match year {
                Some(year) => tongue.format.date(PartialDate { year, month: None, day: None }),
                None => tongue.table.get("undated").to_owned(),
            };
            let title = tongue.shown(Shown { text: &plain, other: None }, false);
            Group { title, plain, initial: None, reports }
        })
        .collect()
}

/// In the order of the language bar.
fn languages(pages: &Pages<'_>, tongue: &Tongue<'_>) -> Vec<Group> {
    let reports_in = |language: &Language| {
        let has = |report: &Report| report.variants.iter().any(|variant| variant.language == *language);
        pages.catalogue.reports().filter(|(_, _, report)| has(report)).map(|(s, r, _)| (s, r)).collect::<Vec<_>>()
    };
    let languages = pages.catalogue.disc.languages.iter();
    let mut groups: Vec<Group> = languages
        .map(|language| {
            let plain = language.autonym();
            let other = (language != tongue.language).then_some(language);
            let title = context! {
                text => plain.clone(),
                same => false,
                lang => other.map(Language::as_str),
                dir => other.map(|other| other.direction().as_str()),
                gap => "",
                label => "",
            };
            Group { title, plain, initial: None, reports: reports_in(language) }
        })
        .collect();
    groups.retain(|group| !group.reports.is_empty());
    groups
}
