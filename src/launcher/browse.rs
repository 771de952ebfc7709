//! The pages that list the collection by subject, year, author and language, and the page for new readers.
//!
//! All of them work without script. In the list of documents each entry carries the numbers of its groups, by which
//! a script filters the list.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::context;
use minijinja::value::Value;

use super::page_inputs::PageInputs;
use super::page_language::PageLanguage;
use crate::catalogue::{LocalisedText, Report};
use crate::language::{Collation, Language, PartialDate};
use crate::layout::{BrowseList, DiscPath};

/// A page has an alphabetical index if its groups begin with at least this many letters.
const MIN_LETTERS_FOR_INDEX: usize = 4;

/// The reports with one subject, year, author or language.
struct BrowseGroup {
    /// Its name as templates show it.
    title: Value,
    /// Its name as plain text, for the filters of the list of documents.
    plain: String,
    /// The letter it is listed under, in languages with an alphabet.
    initial: Option<String>,
    /// Its name in the address of the filtered list, the same in all languages: its first mention in the catalogue, a
    /// year, or a language.
    id: String,
    /// The indices of the section and of the report, in the order of the manifest.
    reports: Vec<(usize, usize)>,
}

/// The groups of every browse list, for the pages in one language.
pub(super) struct BrowseGroups {
    lists: Vec<(BrowseList, Vec<BrowseGroup>)>,
}

impl BrowseGroups {
    pub(super) fn new(inputs: &PageInputs<'_>, language: &PageLanguage<'_>) -> Self {
        let groups = |list: BrowseList| match list {
            BrowseList::Subjects => subjects(inputs, language),
            BrowseList::Years => years(inputs, language),
            BrowseList::Authors => authors(inputs, language),
            BrowseList::Languages => languages(inputs, language),
        };
        Self { lists: inputs.browse_lists().into_iter().map(|list| (list, groups(list))).collect() }
    }

    /// The values for the page of a browse list.
    pub(super) fn page(&self, inputs: &PageInputs<'_>, language: &PageLanguage<'_>, list: BrowseList) -> Value {
        let path = inputs.layout.browse_list_path(language.language, list);
        let mut shown: Vec<Value> = Vec::new();
        let mut letters: Vec<Value> = Vec::new();
        let mut last_letter: Option<&str> = None;
        for (number, group) in self.groups(list).iter().enumerate() {
            let letter = group.initial.as_deref().filter(|letter| last_letter != Some(letter));
            if let Some(letter) = letter {
                letters.push(context! { letter => letter, group => number });
                last_letter = Some(letter);
            }
            let reports: Vec<Value> =
                group.reports.iter().map(|(s, r)| entry(inputs, language, &path, (*s, *r))).collect();
            shown.push(context! {
                number => number,
                letter => letter,
                title => group.title.clone(),
                count => language.format.number(group.reports.len() as u64),
                reports => reports,
            });
        }
        let letters = if letters.len() < MIN_LETTERS_FOR_INDEX { Vec::new() } else { letters };
        context! { way => key(list), groups => shown, letters => letters, ..self.links(inputs, language, &path) }
    }

    /// The links to all browse lists.
    pub(super) fn links(&self, inputs: &PageInputs<'_>, language: &PageLanguage<'_>, from: &DiscPath) -> Value {
        let links: Vec<Value> = self
            .lists
            .iter()
            .map(|(list, groups)| {
                context! {
                    key => key(*list),
                    href => inputs.layout.browse_list_path(language.language, *list).link_from(from),
                    count => language.format.number(groups.len() as u64),
                }
            })
            .collect();
        context! { ways => links }
    }

    /// What readers can filter the list of documents by: the groups of each browse list that has several.
    pub(super) fn choices(&self) -> Value {
        let choices: Vec<Value> = self
            .lists
            .iter()
            .filter(|(_, groups)| groups.len() > 1)
            .map(|(list, groups)| {
                let names = groups.iter().map(|group| Value::from(group.plain.as_str()));
                let ids = groups.iter().map(|group| Value::from(group.id.as_str()));
                context! { key => key(*list), groups => names.collect::<Vec<_>>(), ids => ids.collect::<Vec<_>>() }
            })
            .collect();
        Value::from(choices)
    }

    /// The groups that each report is in, for the script that filters the list: `subject1 subject4 year0`.
    pub(super) fn memberships(&self) -> BTreeMap<(usize, usize), String> {
        let mut memberships: BTreeMap<(usize, usize), String> = BTreeMap::new();
        for (list, groups) in self.lists.iter().filter(|(_, groups)| groups.len() > 1) {
            for (number, group) in groups.iter().enumerate() {
                for report in &group.reports {
                    let names = memberships.entry(*report).or_default();
                    if !names.is_empty() {
                        names.push(' ');
                    }
                    names.push_str(&format!("{}{number}", key(*list)));
                }
            }
        }
        memberships
    }

    /// The link to a group, by its plain name.
    pub(super) fn group_link(
        &self,
        inputs: &PageInputs<'_>,
        language: &PageLanguage<'_>,
        list: BrowseList,
        plain: &str,
        from: &DiscPath,
    ) -> Option<String> {
        let number = self.groups(list).iter().position(|group| group.plain == plain)?;
        Some(format!("{}#group_{number}", inputs.layout.browse_list_path(language.language, list).link_from(from)))
    }

    fn groups(&self, list: BrowseList) -> &[BrowseGroup] {
        self.lists.iter().find(|(known, _)| *known == list).map_or(&[], |(_, groups)| groups)
    }
}

/// The values for the page for new readers: each section with its first document.
pub(super) fn start_page(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, groups: &BrowseGroups) -> Value {
    let path = inputs.layout.start_path(language.language);
    let list = inputs.layout.list_path(language.language).link_from(&path);
    let sections: Vec<Value> = inputs
        .catalogue
        .sections
        .iter()
        .enumerate()
        .filter(|(_, section)| !section.reports.is_empty())
        .map(|(s, section)| {
            // Preferably the first one in the reader's language.
            let own = |report: &Report| report.variants.iter().any(|variant| variant.language == *language.language);
            let first = section.reports.iter().position(own).unwrap_or(0);
            context! {
                title => language.text(&section.title),
                href => format!("{list}#section_{}", section.id),
                count => language.format.number(section.reports.len() as u64),
                first => entry(inputs, language, &path, (s, first)),
            }
        })
        .collect();
    context! { sections => sections, ..groups.links(inputs, language, &path) }
}

/// The name of a browse list in the keys of strings and in the values that the script filters by.
fn key(list: BrowseList) -> &'static str {
    match list {
        BrowseList::Subjects => "subject",
        BrowseList::Years => "year",
        BrowseList::Authors => "author",
        BrowseList::Languages => "language",
    }
}

/// An entry of a group, for the macro `entry`.
fn entry(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, from: &DiscPath, (s, r): (usize, usize)) -> Value {
    let href = inputs.layout.report_path(language.language, s, r).link_from(from);
    context! { href => href, ..language.report_heading(&inputs.catalogue.sections[s].reports[r]) }
}

/// A subject or author, while its reports are collected.
struct FoundGroup {
    title: Value,
    id: String,
    reports: Vec<(usize, usize)>,
}

impl FoundGroup {
    /// The group of the subject or author with this number in its first report.
    fn new(title: Value, (s, r): (usize, usize), number: usize) -> Self {
        Self { title, id: format!("{s}.{r}.{number}"), reports: Vec::new() }
    }
}

fn subjects(inputs: &PageInputs<'_>, language: &PageLanguage<'_>) -> Vec<BrowseGroup> {
    let mut found: BTreeMap<String, FoundGroup> = BTreeMap::new();
    for (s, r, report) in inputs.catalogue.reports() {
        for (number, subject) in report.subjects.iter().enumerate() {
            let plain = language.plain_text(subject);
            let new = || FoundGroup::new(language.text(subject), (s, r), number);
            let reports = &mut found.entry(plain.to_owned()).or_insert_with(new).reports;
            if reports.last() != Some(&(s, r)) {
                reports.push((s, r));
            }
        }
    }
    alphabetical(language, found)
}

fn authors(inputs: &PageInputs<'_>, language: &PageLanguage<'_>) -> Vec<BrowseGroup> {
    let mut found: BTreeMap<String, FoundGroup> = BTreeMap::new();
    for (s, r, report) in inputs.catalogue.reports() {
        for (number, author) in BTreeSet::from_iter(&report.authors).into_iter().enumerate() {
            let shown = LocalisedText { text: author, other_language: None };
            let new = || FoundGroup::new(language.shown_text(shown, true), (s, r), number);
            found.entry(author.clone()).or_insert_with(new).reports.push((s, r));
        }
    }
    alphabetical(language, found)
}

fn alphabetical(language: &PageLanguage<'_>, found: BTreeMap<String, FoundGroup>) -> Vec<BrowseGroup> {
    let collation = Collation::new(language.language);
    let mut groups: Vec<BrowseGroup> = found
        .into_iter()
        .map(|(plain, FoundGroup { title, id, reports })| {
            let initial = collation.index_letter(&plain);
            BrowseGroup { title, initial, id, plain, reports }
        })
        .collect();
    groups.sort_by(|a, b| collation.compare(&a.plain, &b.plain));
    groups
}

/// Newest first; reports without a date last.
fn years(inputs: &PageInputs<'_>, language: &PageLanguage<'_>) -> Vec<BrowseGroup> {
    let mut found: BTreeMap<Option<u16>, Vec<(usize, usize)>> = BTreeMap::new();
    for (s, r, report) in inputs.catalogue.reports() {
        found.entry(report.date.map(|date| date.year)).or_default().push((s, r));
    }
    found
        .into_iter()
        .rev()
        .map(|(year, reports)| {
            let plain = match year {
                Some(year) => language.format.date(PartialDate { year, month: None, day: None }),
                None => language.strings.get("undated").to_owned(),
            };
            let title = language.shown_text(LocalisedText { text: &plain, other_language: None }, false);
            let id = year.map_or_else(|| "undated".to_owned(), |year| year.to_string());
            BrowseGroup { title, plain, initial: None, id, reports }
        })
        .collect()
}

/// The languages of the documents.
fn languages(inputs: &PageInputs<'_>, language: &PageLanguage<'_>) -> Vec<BrowseGroup> {
    let reports_in = |wanted: &Language| {
        let has = |report: &Report| report.variants.iter().any(|variant| variant.language == *wanted);
        inputs.catalogue.reports().filter(|(_, _, report)| has(report)).map(|(s, r, _)| (s, r)).collect::<Vec<_>>()
    };
    let languages = inputs.catalogue.document_languages();
    languages
        .into_iter()
        .map(|listed| {
            let plain = language.name_of(listed);
            let other = (listed != language.language && !listed.is_not_one_language()).then_some(listed);
            let title = context! {
                text => plain.clone(),
                same => false,
                lang => other.map(Language::as_str),
                dir => other.map(|other| other.direction().as_str()),
                gap => "",
                label => "",
            };
            BrowseGroup { title, plain, initial: None, id: listed.as_str().to_owned(), reports: reports_in(listed) }
        })
        .collect()
}
