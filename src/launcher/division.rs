//! How long lists are divided into several pages, so that no page takes an old computer long to show.

use std::mem;
use std::ops::Range;

/// The maximum size of the entries of a page, in bytes. The rest of the page is added to it.
pub(super) const MAX_ENTRY_BYTES: usize = 220_000;

/// The maximum number of entries of a page, and of a list that is not divided.
pub(super) const MAX_ENTRIES: usize = 150;

/// The maximum number of reports on a page of the list of documents, if it is divided. An entry there takes five times as much
/// room as in the other lists.
pub(super) const MAX_REPORTS: usize = 60;

/// The size of the heading of a group, in bytes.
const HEADING_BYTES: usize = 300;

/// A group of a list, or as many of its entries as one page has room for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slice {
    /// The index of the group.
    pub group: usize,
    /// The indices of the entries in the group.
    pub entries: Range<usize>,
}

/// A list, divided into pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Division {
    /// What each page contains. There is at least one.
    pub pages: Vec<Vec<Slice>>,
    /// The number of the page on which each group begins.
    first_pages: Vec<usize>,
}

impl Division {
    /// Divides a list, given the size of each entry of each group in bytes. If one page has no room for all entries, each page
    /// has at most `max_entries`.
    pub(super) fn new(groups: &[Vec<usize>], max_entries: usize) -> Self {
        let whole = Self::with_pages_of(groups, MAX_ENTRIES);
        if max_entries == MAX_ENTRIES || !whole.is_divided() { whole } else { Self::with_pages_of(groups, max_entries) }
    }

    fn with_pages_of(groups: &[Vec<usize>], max_entries: usize) -> Self {
        let size = |bytes: &usize| (*bytes).max(MAX_ENTRY_BYTES / max_entries);
        let mut pages = Vec::new();
        let mut first_pages = Vec::new();
        let mut page: Vec<Slice> = Vec::new();
        let mut used = 0;
        for (group, entries) in groups.iter().enumerate() {
            // A group is divided only if it does not fit on a page of its own.
            let all: usize = entries.iter().map(size).sum();
            if !page.is_empty() && used + HEADING_BYTES + all > MAX_ENTRY_BYTES {
                pages.push(mem::take(&mut page));
                used = 0;
            }
            first_pages.push(pages.len());
            used += HEADING_BYTES;
            // The parts of a divided group are of about the same length.
            let parts = all.div_ceil(MAX_ENTRY_BYTES - HEADING_BYTES).max(1);
            let entries_of_part = entries.len().div_ceil(parts);
            let mut start = 0;
            for (number, bytes) in entries.iter().enumerate() {
                let is_full = used + size(bytes) > MAX_ENTRY_BYTES || number - start == entries_of_part;
                if is_full && number > start {
                    page.push(Slice { group, entries: start..number });
                    pages.push(mem::take(&mut page));
                    used = HEADING_BYTES;
                    start = number;
                }
                used += size(bytes);
            }
            page.push(Slice { group, entries: start..entries.len() });
        }
        if !page.is_empty() || pages.is_empty() {
            pages.push(page);
        }
        Self { pages, first_pages }
    }

    /// A list that stays on one page.
    pub(super) fn undivided(groups: &[usize]) -> Self {
        let slices = groups.iter().enumerate().map(|(group, entries)| Slice { group, entries: 0..*entries });
        Self { pages: vec![slices.collect()], first_pages: vec![0; groups.len()] }
    }

    pub(super) fn is_divided(&self) -> bool {
        self.pages.len() > 1
    }

    /// The pages of the list by index. In a divided list, `None` comes before them: its first page, with the headings only.
    pub(super) fn page_numbers(&self) -> Vec<Option<usize>> {
        let overview = self.is_divided().then_some(None);
        overview.into_iter().chain((0..self.pages.len()).map(Some)).collect()
    }

    /// The index of the page on which a group begins.
    pub(super) fn first_page_of(&self, group: usize) -> usize {
        self.first_pages.get(group).copied().unwrap_or_default()
    }

    /// The entries of a group on each page that has some, with the index of the page.
    pub(super) fn slices_of(&self, group: usize) -> impl Iterator<Item = (usize, &Slice)> {
        let pages = self.pages.iter().enumerate().skip(self.first_page_of(group));
        pages.take_while(move |(_, slices)| slices.first().is_some_and(|slice| slice.group <= group)).flat_map(
            move |(page, slices)| slices.iter().filter(move |slice| slice.group == group).map(move |s| (page, s)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_list_stays_on_one_page() {
        let division = Division::new(&[vec![500; 20], Vec::new(), vec![500; 30]], MAX_REPORTS);
        assert!(!division.is_divided());
        assert_eq!(division, Division::undivided(&[20, 0, 30]));
        assert!(!Division::new(&[], MAX_ENTRIES).is_divided());
    }

    #[test]
    fn groups_stay_whole_if_possible_and_every_entry_is_on_a_page() {
        let groups = [vec![1000; 60], vec![1000; 60], vec![1000; 60], vec![1000; 400], vec![9000; 3]];
        let division = Division::new(&groups, MAX_ENTRIES);
        assert_eq!([0, 1, 2, 3].map(|group| division.first_page_of(group)), [0, 0, 1, 2]);
        let parts: Vec<_> = division.slices_of(3).map(|(page, slice)| (page, slice.entries.clone())).collect();
        assert_eq!(parts, [(2, 0..134), (3, 134..268), (4, 268..400)]);
        assert_eq!(division.slices_of(0).count(), 1);
        for (group, entries) in groups.iter().enumerate() {
            let shown: Vec<usize> = division.slices_of(group).flat_map(|(_, slice)| slice.entries.clone()).collect();
            assert_eq!(shown, (0..entries.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn pages_of_a_divided_list_of_documents_are_short() {
        let sizes = |groups: &[usize]| {
            let division = Division::new(&groups.iter().map(|all| vec![500; *all]).collect::<Vec<_>>(), MAX_REPORTS);
            let size = |page: &Vec<Slice>| page.iter().map(|slice| slice.entries.len()).sum::<usize>();
            division.pages.iter().map(size).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&[100, 20]), [120]);
        assert_eq!(sizes(&[125, 40, 30, 20]), [42, 42, 41, 40, 50]);
    }

    #[test]
    fn large_entries_fill_pages_too() {
        let division = Division::new(&[vec![100_000; 5], vec![MAX_ENTRY_BYTES * 2]], MAX_REPORTS);
        let sizes: Vec<usize> =
            division.pages.iter().map(|page| page.iter().map(|slice| slice.entries.len()).sum()).collect();
        assert_eq!(sizes, [2, 2, 1, 1]);
    }
}
