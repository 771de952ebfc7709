//! The pages that list the collection by title, subject, year, author and language, and the page for new readers.
//!
//! All of them work without script. In the list of documents each entry carries the numbers of its groups, by which
//! a script filters the list.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

use minijinja::context;
use minijinja::value::Value;

use super::division::{Division, MAX_ENTRIES};
use super::list_parts::{DividedList, Heading, key, range_of};
use super::page_inputs::PageInputs;
use super::page_language::{PageLanguage, longest_html};
use crate::catalogue::{LocalisedText, Report};
use crate::language::{Collation, Language, PartialDate, filing_form};
use crate::layout::{BrowseList, DiscPath};

/// A page has an alphabetical index if its groups begin with at least this many letters.
const MIN_LETTERS_FOR_INDEX: usize = 4;

/// The first page of a list that is divided into pages has its groups under letters if there are at least this many. Readers see
/// fewer at a glance.
const MIN_GROUPS_UNDER_LETTERS: usize = 20;

/// The page for new readers names at most this many languages of the documents.
const MAX_START_LANGUAGES: usize = 12;

/// The reports with one subject, year, author or language.
struct BrowseGroup {
    /// Its name as templates show it.
    title: Value,
    /// Its name as plain text, for the filters of the list of documents.
    plain: String,
    /// The letter it is listed under, in languages with an alphabet.
    initial: Option<String>,
    /// Identifies it in the address of the filtered list, in the same way in all languages: by its first mention in the
    /// catalogue, its year or its language code.
    id: String,
    /// The indices of the section and of the report, in the order of the manifest.
    reports: Vec<(usize, usize)>,
    /// The same reports as pages show them: titles in alphabetical order, others with the newest first and those without a date
    /// last.
    shown: Vec<(usize, usize)>,
}

impl BrowseGroup {
    fn new(inputs: &PageInputs<'_>, title: Value, plain: String, id: String, reports: Vec<(usize, usize)>) -> Self {
        let mut shown = reports.clone();
        // The sort is stable: reports of the same date stay in the order of the manifest.
        shown.sort_by_key(|(s, r)| Reverse(inputs.catalogue.sections[*s].reports[*r].date));
        Self { title, plain, initial: None, id, reports, shown }
    }
}

/// A browse list, and how it is divided into pages.
struct BrowsedGroups {
    list: BrowseList,
    groups: Vec<BrowseGroup>,
    /// The groups by their plain names.
    by_name: HashMap<String, usize>,
    /// The groups of each report, in ascending order.
    groups_of_reports: HashMap<(usize, usize), Vec<u32>>,
    division: Division,
}

/// The groups of every browse list, for the pages in one language.
pub(super) struct BrowseGroups {
    lists: Vec<BrowsedGroups>,
}

impl BrowseGroups {
    pub(super) fn new(inputs: &PageInputs<'_>, language: &PageLanguage<'_>) -> Self {
        let is_divided = inputs.theme.can_divide("way.html");
        let lists = inputs.browse_lists().into_iter().map(|list| {
            let groups = match list {
                BrowseList::Titles => titles(inputs, language),
                BrowseList::Subjects => subjects(inputs, language),
                BrowseList::Years => years(inputs, language),
                BrowseList::Authors => authors(inputs, language),
                BrowseList::Languages => languages(inputs, language),
            };
            let division = if is_divided {
                let sizes = |group: &BrowseGroup| {
                    let reports = group.shown.iter();
                    reports.map(|(s, r)| entry_bytes(&inputs.catalogue.sections[*s].reports[*r])).collect()
                };
                Division::new(&groups.iter().map(sizes).collect::<Vec<_>>(), MAX_ENTRIES)
            } else {
                Division::undivided(&groups.iter().map(|group| group.reports.len()).collect::<Vec<_>>())
            };
            let by_name =
                groups.iter().enumerate().rev().map(|(number, group)| (group.plain.clone(), number)).collect();
            let mut groups_of_reports: HashMap<_, Vec<u32>> = HashMap::new();
            for (number, group) in (0..).zip(&groups).filter(|_| is_filter(list, &groups)) {
                for report in &group.reports {
                    groups_of_reports.entry(*report).or_default().push(number);
                }
            }
            BrowsedGroups { list, groups, by_name, groups_of_reports, division }
        });
        Self { lists: lists.collect() }
    }

    /// The pages of a browse list by index. In a divided list, `None` comes before them: its first page, with the headings only.
    pub(super) fn pages(&self, list: BrowseList) -> Vec<Option<usize>> {
        let Some(browsed) = self.lists.iter().find(|browsed| browsed.list == list) else { return Vec::new() };
        browsed.division.page_numbers()
    }

    /// What a page of a browse list begins with: the identifier of a group, and the number of its first report there.
    pub(super) fn first_on_page(&self, list: BrowseList, page: usize) -> Option<(&str, usize)> {
        let browsed = self.lists.iter().find(|browsed| browsed.list == list)?;
        let slice = browsed.division.pages.get(page)?.first()?;
        Some((browsed.groups.get(slice.group)?.id.as_str(), slice.entries.start))
    }

    /// The page of a browse list that has a report of a group, given as [`BrowseGroups::first_on_page`] returns it.
    pub(super) fn page_with(&self, list: BrowseList, (id, report): &(&str, usize)) -> Option<usize> {
        let browsed = self.lists.iter().find(|browsed| browsed.list == list)?;
        let group = browsed.groups.iter().position(|group| group.id == *id)?;
        let mut slices = browsed.division.slices_of(group);
        slices.find(|(_, slice)| slice.entries.contains(report)).map(|(page, _)| page)
    }

    /// The path of a page of a browse list.
    pub(super) fn page_path(
        &self,
        inputs: &PageInputs<'_>,
        language: &Language,
        list: BrowseList,
        page: usize,
    ) -> DiscPath {
        match self.lists.iter().find(|browsed| browsed.list == list) {
            Some(browsed) => inputs.list_page_path(language, Some(list), &browsed.division, page),
            None => inputs.layout.browse_list_path(language, list),
        }
    }

    /// The values for a page of a browse list.
    pub(super) fn content(
        &self,
        inputs: &PageInputs<'_>,
        language: &PageLanguage<'_>,
        list: BrowseList,
        page: Option<usize>,
    ) -> Value {
        let Some(browsed) = self.lists.iter().find(|browsed| browsed.list == list) else { return Value::from(()) };
        let BrowsedGroups { groups, division, .. } = browsed;
        let divided = DividedList { list: Some(list), division };
        let initials = letters_by_first_group(groups);
        let has_dates = inputs.catalogue.reports().any(|(_, _, report)| report.date.is_some());
        // Whether letters on the first page can lead to headings there instead of other pages.
        let has_all_headings = divided.lists_all_headings(groups.len());
        let letter_links = |path: &DiscPath, from_overview: bool| {
            let link = |(group, letter): (&usize, &&str)| {
                let page =
                    inputs.list_page_path(language.language, Some(list), division, division.first_page_of(*group));
                let href = if from_overview && has_all_headings {
                    format!("#letter_{group}")
                } else if page == *path {
                    format!("#group_{group}")
                } else {
                    format!("{}#group_{group}", page.link_from(path))
                };
                context! { letter => *letter, href => href }
            };
            let links: Vec<Value> = initials.iter().map(link).collect();
            if links.len() < MIN_LETTERS_FOR_INDEX { Vec::new() } else { links }
        };
        let Some(index) = page else {
            let path = inputs.layout.browse_list_path(language.language, list);
            // The groups of titles are letters themselves.
            let has_letters = list != BrowseList::Titles && groups.len() >= MIN_GROUPS_UNDER_LETTERS;
            let headings: Vec<Heading> = groups
                .iter()
                .enumerate()
                .map(|(number, group)| Heading {
                    title: group.title.clone(),
                    letter: initials.get(&number).filter(|_| has_letters).map(|letter| (*letter).to_owned()),
                    anchor: format!("group_{number}"),
                    count: group.reports.len(),
                    part_titles: division
                        .slices_of(number)
                        .filter(|_| list == BrowseList::Titles)
                        .filter_map(|(_, slice)| {
                            let (s, r) = *group.shown.get(slice.entries.start)?;
                            let heading = language.report_heading(&inputs.catalogue.sections[s].reports[r]);
                            Some((slice.entries.start, heading.get_attr("title").ok()?))
                        })
                        .collect(),
                })
                .collect();
            let overview = divided.overview(inputs, language, &headings, &path);
            return context! {
                way => key(list),
                overview => overview,
                part => (),
                is_newest_first => false,
                groups => Vec::<Value>::new(),
                letters => Vec::<Value>::new(),
                letter_links => if has_letters { letter_links(&path, true) } else { Vec::new() },
                ..self.links(inputs, language, &path)
            };
        };
        let path = inputs.list_page_path(language.language, Some(list), division, index);
        let slices = division.pages.get(index).map_or(&[][..], Vec::as_slice);
        let group_entry = |report: (usize, usize)| match list {
            // The heading names the language.
            BrowseList::Languages => context! { only_in => (), ..entry(inputs, language, &path, report) },
            _ => entry(inputs, language, &path, report),
        };
        let shown: Vec<Value> = slices
            .iter()
            .map(|slice| {
                let group = &groups[slice.group];
                let reports = &group.shown[slice.entries.clone()];
                context! {
                    number => slice.group,
                    letter => initials.get(&slice.group).copied(),
                    title => group.title.clone(),
                    range => range_of(language, slice, group.reports.len()),
                    count => language.format.number(group.reports.len() as u64),
                    reports => reports.iter().map(|report| group_entry(*report)).collect::<Vec<_>>(),
                }
            })
            .collect();
        let letters: Vec<Value> = slices
            .iter()
            .filter_map(|slice| Some(context! { letter => *initials.get(&slice.group)?, group => slice.group }))
            .collect();
        context! {
            way => key(list),
            overview => (),
            part => division.is_divided().then(|| divided.part(inputs, language, index, &path, &titles_of(groups))),
            is_newest_first => !matches!(list, BrowseList::Years | BrowseList::Titles) && has_dates,
            groups => shown,
            // Themes written for earlier templates show only the letters of the page.
            letters => if letters.len() < MIN_LETTERS_FOR_INDEX { Vec::new() } else { letters },
            letter_links => letter_links(&path, false),
            ..self.links(inputs, language, &path)
        }
    }

    /// The links to all browse lists.
    pub(super) fn links(&self, inputs: &PageInputs<'_>, language: &PageLanguage<'_>, from: &DiscPath) -> Value {
        let links: Vec<Value> = self
            .lists
            .iter()
            .map(|BrowsedGroups { list, groups, .. }| {
                context! {
                    key => key(*list),
                    href => inputs.layout.browse_list_path(language.language, *list).link_from(from),
                    count => language.format.number(groups.len() as u64),
                }
            })
            .collect();
        context! { ways => links }
    }

    /// The filters for the reports from `first` to `last`: the groups of each browse list that they are in, if there are several.
    pub(super) fn choices(&self, first: (usize, usize), last: (usize, usize)) -> Value {
        let has_any = |group: &BrowseGroup| {
            let next = group.reports.partition_point(|report| *report < first);
            group.reports.get(next).is_some_and(|report| *report <= last)
        };
        let filter = |BrowsedGroups { list, groups, .. }: &BrowsedGroups| {
            let groups: Vec<_> = groups.iter().enumerate().filter(|(_, group)| has_any(group)).collect();
            (groups.len() > 1).then(|| {
                context! {
                    key => key(*list),
                    numbers => groups.iter().map(|(number, _)| *number).collect::<Vec<_>>(),
                    groups => groups.iter().map(|(_, group)| Value::from(group.plain.as_str())).collect::<Vec<_>>(),
                    ids => groups.iter().map(|(_, group)| Value::from(group.id.as_str())).collect::<Vec<_>>(),
                }
            })
        };
        let filtering = self.lists.iter().filter(|browsed| is_filter(browsed.list, &browsed.groups));
        Value::from(filtering.filter_map(filter).collect::<Vec<_>>())
    }

    /// The groups that a report is in, for the script that filters the list: `subject1 subject4 year0`.
    pub(super) fn marks(&self, report: (usize, usize)) -> Option<String> {
        let mut marks = String::new();
        for BrowsedGroups { list, groups_of_reports, .. } in
            self.lists.iter().filter(|browsed| is_filter(browsed.list, &browsed.groups))
        {
            for number in groups_of_reports.get(&report).into_iter().flatten() {
                if !marks.is_empty() {
                    marks.push(' ');
                }
                let _ = write!(marks, "{}{number}", key(*list));
            }
        }
        Some(marks).filter(|marks| !marks.is_empty())
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
        let BrowsedGroups { by_name, division, .. } = self.lists.iter().find(|browsed| browsed.list == list)?;
        let number = *by_name.get(plain)?;
        let page = inputs.list_page_path(language.language, Some(list), division, division.first_page_of(number));
        Some(format!("{}#group_{number}", page.link_from(from)))
    }
}

/// Whether readers can filter the list of documents by the groups of a browse list.
fn is_filter(list: BrowseList, groups: &[BrowseGroup]) -> bool {
    list != BrowseList::Titles && groups.len() > 1
}

/// The titles of groups, for the links between the pages of a divided list.
fn titles_of(groups: &[BrowseGroup]) -> Vec<Value> {
    groups.iter().map(|group| group.title.clone()).collect()
}

/// The letters of an alphabetical list by the index of the first group of each.
fn letters_by_first_group(groups: &[BrowseGroup]) -> BTreeMap<usize, &str> {
    let mut initials = BTreeMap::new();
    let mut last: Option<&str> = None;
    for (number, group) in groups.iter().enumerate() {
        let letter = group.initial.as_deref().filter(|letter| last != Some(letter));
        if let Some(letter) = letter {
            initials.insert(number, letter);
            last = Some(letter);
        }
    }
    initials
}

/// About how many bytes the entry of a report takes in a browse list.
fn entry_bytes(report: &Report) -> usize {
    250 + longest_html(&report.title) + report.symbol.as_ref().map_or(0, String::len)
}

/// The values for the page for new readers: each section with its first document.
pub(super) fn start_page(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, groups: &BrowseGroups) -> Value {
    let path = inputs.layout.start_path(language.language);
    let sections: Vec<Value> = inputs
        .catalogue
        .sections
        .iter()
        .enumerate()
        .filter(|(_, section)| !section.reports.is_empty())
        .map(|(s, section)| {
            // Preferably the first one in the reader's language.
            let has_own =
                |report: &Report| report.variants.iter().any(|variant| variant.language == *language.language);
            let first = section.reports.iter().position(has_own).unwrap_or(0);
            context! {
                title => language.text(&section.title),
                href => inputs.section_link(language.language, s, &path),
                count => language.format.number(section.reports.len() as u64),
                first => entry(inputs, language, &path, (s, first)),
            }
        })
        .collect();
    let (document_languages, more_languages) = document_languages(inputs, language, groups, &path);
    context! {
        sections => sections,
        document_languages => document_languages,
        more_languages => more_languages,
        ..groups.links(inputs, language, &path)
    }
}

/// The first few languages of the documents, with links to their documents, and the number of the other languages.
fn document_languages(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    groups: &BrowseGroups,
    path: &DiscPath,
) -> (Vec<Value>, Option<String>) {
    let all = inputs.catalogue.document_languages();
    let others = all.len().checked_sub(MAX_START_LANGUAGES).filter(|others| *others > 0);
    let named = all.into_iter().take(MAX_START_LANGUAGES).map(|listed| {
        let href = groups.group_link(inputs, language, BrowseList::Languages, &language.name_of(listed), path);
        context! { href => href, ..language.language_value(listed) }
    });
    (named.collect(), others.map(|others| language.format.number(others as u64)))
}

/// The entries of groups and of the page for new readers name at most this many languages of a report.
const MAX_ENTRY_LANGUAGES: usize = 3;

/// The languages of a report if none of them is the page's: the first few, and the number of the others.
fn only_in(language: &PageLanguage<'_>, report: &Report) -> (Vec<Value>, Option<String>) {
    if report.variants.iter().any(|variant| language.matches(variant)) {
        return (Vec::new(), None);
    }
    let named = report.variants.iter().take(MAX_ENTRY_LANGUAGES);
    let others = report.variants.len().checked_sub(MAX_ENTRY_LANGUAGES).filter(|others| *others > 0);
    (
        named.map(|variant| language.language_value(&variant.language)).collect(),
        others.map(|others| language.format.number(others as u64)),
    )
}

/// An entry of a group, for the macro `entry`.
pub(super) fn entry(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    from: &DiscPath,
    (s, r): (usize, usize),
) -> Value {
    let href = inputs.report_link(language.language, (s, r), from);
    let report = &inputs.catalogue.sections[s].reports[r];
    let (only_in, more_languages) = only_in(language, report);
    context! {
        href => href,
        only_in => only_in,
        more_languages => more_languages,
        ..language.report_heading(report)
    }
}

/// A subject or author, while its reports are collected.
struct FoundGroup {
    title: Value,
    id: String,
    reports: Vec<(usize, usize)>,
}

impl FoundGroup {
    /// The group of a subject or author. `number` is its index in the first report that has it.
    fn new(title: Value, (s, r): (usize, usize), number: usize) -> Self {
        Self { title, id: format!("{s}.{r}.{number}"), reports: Vec::new() }
    }
}

/// The titles by their first letters, in alphabetical order. Titles that begin with a digit come under `0–9`, and titles that
/// do not begin with a letter of an alphabet under an ellipsis.
fn titles(inputs: &PageInputs<'_>, language: &PageLanguage<'_>) -> Vec<BrowseGroup> {
    let collation = Collation::new(language.language);
    let filed = |(s, r, report)| (filing_form(language.language, language.plain_title(report)), (s, r));
    let mut sorted: Vec<(&str, (usize, usize))> = inputs.catalogue.reports().map(filed).collect();
    collation.sort_by_text(&mut sorted, |(title, _)| title);
    let mut groups: Vec<BrowseGroup> = Vec::new();
    for (title, report) in sorted {
        let initial = collation.index_letter(title);
        let begins_with_digit = title.starts_with(char::is_numeric);
        let name = initial.clone().unwrap_or_else(|| if begins_with_digit { "0–9" } else { "…" }.to_owned());
        let position = groups.iter().position(|group| group.plain == name).unwrap_or_else(|| {
            let shown = language.shown_text(LocalisedText { text: &name, other_language: None }, false);
            let group = BrowseGroup::new(inputs, shown, name.clone(), name, Vec::new());
            groups.push(BrowseGroup { initial, ..group });
            groups.len() - 1
        });
        groups[position].shown.push(report);
    }
    for group in &mut groups {
        group.reports.clone_from(&group.shown);
        group.reports.sort_unstable();
    }
    groups
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
    alphabetical_groups(inputs, language, found)
}

fn authors(inputs: &PageInputs<'_>, language: &PageLanguage<'_>) -> Vec<BrowseGroup> {
    let mut found: BTreeMap<String, FoundGroup> = BTreeMap::new();
    for (s, r, report) in inputs.catalogue.reports() {
        for (number, author) in BTreeSet::from_iter(&report.authors).into_iter().enumerate() {
            let filed = author.filed();
            let shown = LocalisedText { text: filed, other_language: None };
            let new = || FoundGroup::new(language.shown_text(shown, true), (s, r), number);
            found.entry(filed.to_owned()).or_insert_with(new).reports.push((s, r));
        }
    }
    alphabetical_groups(inputs, language, found)
}

fn alphabetical_groups(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    found: BTreeMap<String, FoundGroup>,
) -> Vec<BrowseGroup> {
    let collation = Collation::new(language.language);
    let mut groups: Vec<BrowseGroup> = found
        .into_iter()
        .map(|(plain, FoundGroup { title, id, reports })| {
            let initial = collation.index_letter(filing_form(language.language, &plain));
            BrowseGroup { initial, ..BrowseGroup::new(inputs, title, plain, id, reports) }
        })
        .collect();
    // The sort is stable: groups that are filed under the same text stay in the order of their names.
    collation.sort_by_text(&mut groups, |group| filing_form(language.language, &group.plain));
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
            BrowseGroup::new(inputs, title, plain, id, reports)
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
            BrowseGroup::new(inputs, title, plain, listed.as_str().to_owned(), reports_in(listed))
        })
        .collect()
}
