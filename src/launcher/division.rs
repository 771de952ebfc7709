//! How long lists are divided into several pages, so that no page takes an old computer long to show.

use std::mem;
use std::ops::Range;

/// The maximum size of the entries of a page, in bytes. The rest of the page is added to it.
pub(super) const MAX_ENTRY_BYTES: usize = 220_000;

/// The maximum number of entries of a page.
pub(super) const MAX_ENTRIES: usize = 150;

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
    /// Divides a list, given the size of each entry of each group in bytes.
    pub(super) fn new(groups: &[Vec<usize>]) -> Self {
        let size = |bytes: &usize| (*bytes).max(MAX_ENTRY_BYTES / MAX_ENTRIES);
        let mut pages = Vec::new();
        let mut first_pages = Vec::new();
        let mut page: Vec<Slice> = Vec::new();
        let mut used = 0;
        for (group, entries) in groups.iter().enumerate() {
            // A group is divided only if it does not fit on a page of its own.
            let whole = HEADING_BYTES + entries.iter().map(size).sum::<usize>();
            if !page.is_empty() && used + whole > MAX_ENTRY_BYTES {
                pages.push(mem::take(&mut page));
                used = 0;
            }
            first_pages.push(pages.len());
            used += HEADING_BYTES;
            let mut start = 0;
            for (number, bytes) in entries.iter().enumerate() {
                if used + size(bytes) > MAX_ENTRY_BYTES && number > start {
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
        let division = Division::new(&[vec![500; 20], Vec::new(), vec![500; 30]]);
        assert!(!division.is_divided());
        assert_eq!(division, Division::undivided(&[20, 0, 30]));
        assert!(!Division::new(&[]).is_divided());
    }

    #[test]
    fn groups_stay_whole_if_possible_and_every_entry_is_on_a_page() {
        let groups = [vec![1000; 60], vec![1000; 60], vec![1000; 60], vec![1000; 400], vec![9000; 3]];
        let division = Division::new(&groups);
        assert_eq!([0, 1, 2, 3].map(|group| division.first_page_of(group)), [0, 0, 1, 2]);
        let parts: Vec<_> = division.slices_of(3).map(|(page, slice)| (page, slice.entries.clone())).collect();
        assert_eq!(parts, [(2, 0..149), (3, 149..298), (4, 298..400)]);
        assert_eq!(division.slices_of(0).count(), 1);
        for (group, entries) in groups.iter().enumerate() {
            let shown: Vec<usize> = division.slices_of(group).flat_map(|(_, slice)| slice.entries.clone()).collect();
            assert_eq!(shown, (0..entries.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn large_entries_fill_pages_too() {
        let division = Division::new(&[vec![100_000; 5], vec![MAX_ENTRY_BYTES * 2]]);
        let sizes: Vec<usize> =
            division.pages.iter().map(|page| page.iter().map(|slice| slice.entries.len()).sum()).collect();
        assert_eq!(sizes, [2, 2, 1, 1]);
    }
}
