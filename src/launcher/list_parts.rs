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

/// A heading that is divided into more parts than this has the links to them folded.
const MAX_SHOWN_PARTS: usize = 6;

/// A list of at most this many pages has links to all of them on each page.
const MAX_LINKED_PAGES: usize = 12;

/// How many pages before and after the current one have links if the list has more; and how many multiples of ten, of a hundred and so on.
const LINKED_AROUND: usize = 2;

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
                    folded => (),
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
                // The titles with which parts begin are an index to them, and are not folded.
                folded => (more.len() > MAX_SHOWN_PARTS && heading.part_titles.is_empty()).then(|| {
                    language.filled_string("file_pages", &[("number", &number(more.len()))])
                }),
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
            pages => linked_pages(index, all).into_iter().map(|(number, is_after_gap)| context! {
                number => language.format.number(number as u64 + 1),
                href => page(number),
                headings => self.headings_of(language, number, titles),
                here => number == index,
                is_after_gap => is_after_gap,
            }).collect::<Vec<_>>(),
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

/// The pages of a list to which each page has links, and whether some were left out before them: the first and the last page, those near
/// the current one, and round numbers, which are further apart the further away they are.
fn linked_pages(index: usize, all: usize) -> Vec<(usize, bool)> {
    let is_linked = |page: usize| {
        let is_round = |unit: usize| (page + 1).is_multiple_of(unit) && page.abs_diff(index) <= LINKED_AROUND * unit;
        all <= MAX_LINKED_PAGES || page == 0 || page + 1 == all || [1, 10, 100, 1000].into_iter().any(is_round)
    };
    // A single page is not left out.
    let is_between = |page: usize| page > 0 && is_linked(page - 1) && is_linked(page + 1);
    let pages: Vec<usize> = (0..all).filter(|page| is_linked(*page) || is_between(*page)).collect();
    let is_after_gap = |at: usize| at > 0 && pages[at] > pages[at - 1] + 1;
    pages.iter().enumerate().map(|(at, page)| (*page, is_after_gap(at))).collect()
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

#[cfg(test)]
mod tests {
    use super::linked_pages;

    /// The numbers of the pages, with `…` where some are left out.
    fn shown(page: usize, all: usize) -> String {
        let link =
            |(number, is_after_gap): (usize, bool)| format!("{}{}", if is_after_gap { "… " } else { "" }, number + 1);
        linked_pages(page - 1, all).into_iter().map(link).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_page_can_be_reached_in_a_few_steps() {
        assert_eq!(shown(1, 1), "1");
        assert_eq!(shown(3, 12), "1 2 3 4 5 6 7 8 9 10 11 12");
        assert_eq!(shown(1, 51), "1 2 3 … 10 … 20 … 51");
        assert_eq!(shown(5, 51), "1 2 3 4 5 6 7 … 10 … 20 … 51");
        assert_eq!(shown(27, 51), "1 … 10 … 20 … 25 26 27 28 29 30 … 40 … 51");
        assert_eq!(shown(127, 345), "1 … 100 … 110 … 120 … 125 126 127 128 129 130 … 140 … 200 … 300 … 345");
    }
}
