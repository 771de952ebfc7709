//! The first page of a divided list, with the headings, and the links between its pages.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::Value;

use super::division::{Division, MAX_ENTRY_BYTES, Slice};
use super::page_inputs::PageInputs;
use super::page_language::PageLanguage;
use crate::layout::{BrowseList, DiscPath};

/// The approximate size of a heading on the first page, in bytes.
const HEADING_BYTES: usize = 250;

/// A list of reports under headings: the list of documents if `list` is `None`.
#[derive(Clone, Copy)]
pub(super) struct DividedList<'d> {
    pub list: Option<BrowseList>,
    pub division: &'d Division,
}

/// A heading, as the first page of a divided list shows it.
pub(super) struct Heading {
    pub title: Value,
    /// The letter whose first heading this is.
    pub letter: Option<String>,
    /// The anchor of the heading.
    pub anchor: String,
    /// The number of its reports.
    pub count: usize,
    /// In a list of titles: the title with which each of its parts begins, by the number of the report.
    pub part_titles: BTreeMap<usize, Value>,
}

impl DividedList<'_> {
    /// Whether the first page has room for this number of headings.
    pub(super) fn lists_all_headings(self, headings: usize) -> bool {
        headings * HEADING_BYTES <= MAX_ENTRY_BYTES
    }

    /// The headings of the list, each with the number of its reports and the links to their pages. If one page has no room for
    /// all headings, the first and the last heading of each page.
    pub(super) fn overview(
        self,
        inputs: &PageInputs<'_>,
        language: &PageLanguage<'_>,
        headings: &[Heading],
        from: &DiscPath,
    ) -> Value {
        let number = |number: usize| language.format.number(number as u64);
        let page =
            |page: usize| inputs.list_page_path(language.language, self.list, self.division, page).link_from(from);
        if !self.lists_all_headings(headings.len()) {
            let page_heading = |(index, slices): (usize, &Vec<Slice>)| {
                let (first, last) = (slices.first()?, slices.last()?);
                Some(context! {
                    title => headings.get(first.group)?.title.clone(),
                    last => (first.group != last.group).then(|| headings.get(last.group).map(|last| last.title.clone())),
                    letter => (),
                    href => page(index),
                    count => number(slices.iter().map(|slice| slice.entries.len()).sum()),
                    more => Vec::<Value>::new(),
                })
            };
            return Value::from(self.division.pages.iter().enumerate().filter_map(page_heading).collect::<Vec<_>>());
        }
        let heading_value = |(group, heading): (usize, &Heading)| {
            let slices: Vec<(usize, &Slice)> = self.division.slices_of(group).collect();
            let href = |index: usize| format!("{}#{}", page(index), heading.anchor);
            let first = slices.first().map_or(0, |(index, _)| *index);
            // A divided heading has links to all its parts, also to the first.
            let parts = if slices.len() > 1 { &slices[..] } else { &[] };
            let more: Vec<Value> = parts
                .iter()
                .map(|(index, slice)| {
                    let title = heading.part_titles.get(&slice.entries.start).cloned();
                    context! { href => href(*index), range => range(language, slice), title => title }
                })
                .collect();
            context! {
                number => group,
                title => heading.title.clone(),
                last => (),
                letter => heading.letter.clone(),
                href => href(first),
                count => number(heading.count),
                more => more,
            }
        };
        Value::from(headings.iter().enumerate().map(heading_value).collect::<Vec<_>>())
    }

    /// The number of a page of the list, the headings on it, and its links to the pages before and after it. `titles` are the
    /// titles of all headings.
    pub(super) fn part(
        self,
        inputs: &PageInputs<'_>,
        language: &PageLanguage<'_>,
        index: usize,
        from: &DiscPath,
        titles: &[Value],
    ) -> Value {
        let all = self.division.pages.len();
        let page = |index: usize| {
            (index < all)
                .then(|| inputs.list_page_path(language.language, self.list, self.division, index).link_from(from))
        };
        let overview = match self.list {
            None => inputs.layout.list_path(language.language),
            Some(list) => inputs.layout.browse_list_path(language.language, list),
        };
        let previous = index.checked_sub(1);
        context! {
            number => language.format.number(index as u64 + 1),
            all => language.format.number(all as u64),
            headings => self.headings_of(language, index, titles),
            previous => previous.and_then(page),
            previous_headings => previous.and_then(|index| self.headings_of(language, index, titles)),
            next => page(index + 1),
            next_headings => self.headings_of(language, index + 1, titles),
            overview => overview.link_from(from),
            way => self.list.map(key),
            all_headings => language.format.number(titles.len() as u64),
        }
    }

    /// What is on a page of the list: the titles of its first and its last heading; or if there is only one, its title, and the
    /// range of its reports if they are not all of them.
    fn headings_of(self, language: &PageLanguage<'_>, index: usize, titles: &[Value]) -> Option<Value> {
        let slices = self.division.pages.get(index)?;
        let (first, last) = (slices.first()?, slices.last()?);
        let is_one = first.group == last.group;
        let is_whole = self.division.slices_of(first.group).count() == 1;
        Some(context! {
            first => titles.get(first.group)?.clone(),
            last => if is_one { None } else { titles.get(last.group).cloned() },
            range => (is_one && !is_whole).then(|| range(language, first)),
        })
    }
}

/// The name of a browse list in the keys of strings and in the values that the script filters by.
pub(super) fn key(list: BrowseList) -> &'static str {
    match list {
        BrowseList::Titles => "title",
        BrowseList::Subjects => "subject",
        BrowseList::Years => "year",
        BrowseList::Authors => "author",
        BrowseList::Languages => "language",
    }
}

/// The entries of a group that are on a page, counted from 1: `151–300`. `None` if all are.
pub(super) fn range_of(language: &PageLanguage<'_>, slice: &Slice, all: usize) -> Option<String> {
    (slice.entries.len() < all).then(|| range(language, slice))
}

fn range(language: &PageLanguage<'_>, slice: &Slice) -> String {
    let number = |number: usize| language.format.number(number as u64);
    format!("{}–{}", number(slice.entries.start + 1), number(slice.entries.end))
}
