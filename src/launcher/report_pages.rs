//! Which pages the reports have: usually one each, but in a large collection of small documents, plain reports share pages.
//! Files on a disc take whole sectors of 2 KiB, so the pages of such a collection would take more space than its documents.

use std::collections::BTreeMap;

use super::page_language::longest_html;
use super::shown::is_shown;
use super::theme::{Theme, escaped};
use crate::catalogue::{Author, Catalogue, Licence, PublicationNumbers, Report, SourceId, Text, Variant, VariantFile};
use crate::covers::{Covers, cover_file};
use crate::exports::measure_sources;
use crate::extraction::{Extractions, Heading};
use crate::language::Language;
use crate::layout::{DiscPath, Layout};

/// The space on the disc that the page of a plain report takes: two sectors.
const BYTES_OF_OWN_PAGE: u64 = 4096;

/// Reports share pages only if their own pages would take more than this together.
const MAX_BYTES_OF_OWN_PAGES: u64 = 32 << 20;

/// The maximum number of reports on a page.
const MAX_REPORTS: usize = 30;

/// The maximum size of the entries of a page, in bytes.
const MAX_ENTRY_BYTES: usize = 100_000;

/// How the reports of each section are divided into pages, in the same way in all languages.
pub(super) struct ReportPages {
    sections: Vec<PagesOfSection>,
}

#[derive(Default)]
struct PagesOfSection {
    /// The indices of the reports on each page.
    pages: Vec<Vec<usize>>,
    /// The index of the page of each report.
    page_of: Vec<usize>,
}

impl ReportPages {
    pub(super) fn new(
        catalogue: &Catalogue,
        texts: &Extractions,
        covers: &Covers,
        outlines: &BTreeMap<SourceId, Vec<Heading>>,
        theme: &Theme<'_>,
    ) -> Self {
        let are_shared = theme.can_share_report_pages() && own_pages_are_too_large(catalogue);
        let is_plain = |report: &Report| {
            let is_plain_variant = |variant: &Variant| {
                let has_cover = cover_file(variant).is_some_and(|(_, file)| covers.get(file.source).is_some());
                !has_cover
                    && variant.files.iter().all(|file| {
                        let has_table = texts.facts(file.source).is_some_and(|facts| facts.table.is_some());
                        let shown = is_shown(file, catalogue.source(file.source));
                        !has_table && !shown && !outlines.contains_key(&file.source)
                    })
            };
            report.variants.iter().all(is_plain_variant)
        };
        let sections = catalogue.sections.iter().map(|section| {
            divide(section.reports.iter().map(|report| (are_shared && is_plain(report)).then(|| entry_bytes(report))))
        });
        Self { sections: sections.collect() }
    }

    /// The indices of the reports on each page of a section. A page of one report shows everything about it; the others show
    /// what fits in a list.
    pub(super) fn of_section(&self, section: usize) -> &[Vec<usize>] {
        &self.sections[section].pages
    }

    /// The path of the page with this index.
    pub(super) fn path(&self, layout: &Layout, language: &Language, section: usize, page: usize) -> DiscPath {
        layout.report_path(language, section, self.sections[section].pages[page][0])
    }

    /// The link from a page to a report.
    pub(super) fn link(
        &self,
        layout: &Layout,
        language: &Language,
        (section, report): (usize, usize),
        from: &DiscPath,
    ) -> String {
        let page = self.sections[section].page_of[report];
        let link = self.path(layout, language, section, page).link_from(from);
        match self.sections[section].pages[page].len() {
            1 => link,
            _ => format!("{link}#{}", anchor(report)),
        }
    }
}

/// The anchor of a report on a page with several. It is short, because a disc with such pages has many links to it.
pub(super) fn anchor(report: usize) -> String {
    format!("r{}", report + 1)
}

/// Whether a page for each report would take too much space: more than a fixed size and more than all documents.
fn own_pages_are_too_large(catalogue: &Catalogue) -> bool {
    let pages = catalogue.reports().count() as u64 * catalogue.disc.languages.len() as u64;
    let (_, documents) = measure_sources(catalogue);
    pages * BYTES_OF_OWN_PAGE > documents.max(MAX_BYTES_OF_OWN_PAGES)
}

/// Divides the reports of a section. A report for which there is no size has a page of its own.
fn divide(sizes: impl Iterator<Item = Option<usize>>) -> PagesOfSection {
    let mut section = PagesOfSection::default();
    // The shared page that is being filled, and its size.
    let mut open: Option<(usize, usize)> = None;
    for (report, size) in sizes.enumerate() {
        let fits = |(page, used): &(usize, usize), size: usize| {
            section.pages[*page].len() < MAX_REPORTS && used + size <= MAX_ENTRY_BYTES
        };
        let page = match (size, open.take_if(|_| size.is_some())) {
            (Some(size), Some(last)) if fits(&last, size) => {
                open = Some((last.0, last.1 + size));
                last.0
            }
            (size, _) => {
                section.pages.push(Vec::new());
                let page = section.pages.len() - 1;
                open = size.map(|size| (page, size)).or(open);
                page
            }
        };
        section.pages[page].push(report);
        section.page_of.push(page);
    }
    section
}

/// About how many bytes a report takes on a page with several.
fn entry_bytes(report: &Report) -> usize {
    // Names all fields, so that the compiler points out a new one, which may take space.
    let Report {
        id: _,
        title,
        summary,
        symbol,
        date: _,
        authors,
        subjects,
        kind: _,
        publisher,
        place,
        series,
        numbers,
        licence,
        variants,
    } = report;
    // Some texts are in the record and again in the citation.
    let cited = |text: &Option<Text>| text.as_ref().map_or(0, |text| 120 + 2 * longest_html(text));
    let numbers_bytes = |numbers: &PublicationNumbers| {
        let PublicationNumbers { isbn, issn, doi, pages } = numbers;
        let standard: usize = isbn.iter().chain(issn).map(|number| 80 + 2 * number.text.len()).sum();
        standard
            + doi.as_ref().map_or(0, |doi| 180 + 3 * doi.len())
            + pages.as_ref().map_or(0, |pages| 80 + pages.len())
    };
    let licence = match licence {
        Some(Licence::Text(words)) => 120 + longest_html(words),
        Some(Licence::Known(known)) => 200 + known.name.len() + known.url.len(),
        None => 0,
    };
    let file_bytes = |file: &VariantFile| 250 + file.title.as_ref().map_or(0, |title| 2 * escaped(title).len());
    let variant_bytes =
        |variant: &Variant| 150 + numbers_bytes(&variant.numbers) + variant.files.iter().map(file_bytes).sum::<usize>();
    let names: usize = authors.iter().map(|author| 120 + 2 * Author::filed(author).len()).sum();
    let groups: usize = subjects.iter().map(|subject| 120 + longest_html(subject)).sum();
    600 + 2 * symbol.as_ref().map_or(0, String::len)
        + 2 * longest_html(title)
        + summary.as_ref().map_or(0, |summary| 120 + longest_html(summary))
        + [publisher, place, series].into_iter().map(cited).sum::<usize>()
        + numbers_bytes(numbers)
        + licence
        + names
        + groups
        + variants.iter().map(variant_bytes).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::{MAX_ENTRY_BYTES, MAX_REPORTS, divide};

    #[test]
    fn plain_reports_share_pages() {
        let section = divide((0..70).map(|_| Some(900)));
        assert_eq!(section.pages.iter().map(Vec::len).collect::<Vec<_>>(), [MAX_REPORTS, MAX_REPORTS, 10]);
        assert_eq!((section.page_of[0], section.page_of[29], section.page_of[30]), (0, 0, 1));
    }

    #[test]
    fn a_report_with_a_page_of_its_own_does_not_end_a_shared_page() {
        let sizes = [Some(10), None, Some(10), None, None, Some(MAX_ENTRY_BYTES), Some(1)];
        let section = divide(sizes.into_iter());
        assert_eq!(section.pages, [vec![0, 2], vec![1], vec![3], vec![4], vec![5], vec![6]]);
        for (report, page) in section.page_of.iter().enumerate() {
            assert!(section.pages[*page].contains(&report));
        }
        assert!(divide([].into_iter()).pages.is_empty());
    }
}
