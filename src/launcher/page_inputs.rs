//! The data from which the pages of all languages are made.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::Value;

use super::division::{Division, MAX_ENTRIES};
use super::related::RelatedReports;
use super::report_pages::ReportPages;
use super::strings::InterfaceStrings;
use super::theme::Theme;
use crate::catalogue::{Catalogue, Report, SourceId};
use crate::covers::Covers;
use crate::extraction::{Captions, Extractions, Heading};
use crate::language::Language;
use crate::layout::{BrowseList, DiscPath, Layout};

/// The data from which every page is made.
pub(super) struct PageInputs<'c> {
    pub catalogue: &'c Catalogue,
    pub layout: &'c Layout,
    pub texts: &'c Extractions,
    pub theme: &'c Theme<'c>,
    /// The interface strings of each language, in the order of the disc's languages.
    pub strings: &'c [InterfaceStrings],
    /// The width and height of the emblem in pixels.
    pub emblem: Option<(u32, u32)>,
    /// The same for the emblem of dark pages, if it is another picture.
    pub emblem_dark: Option<(u32, u32)>,
    /// The captions of recordings.
    pub captions: &'c BTreeMap<SourceId, Captions>,
    /// The pictures of first pages.
    pub covers: &'c Covers,
    /// How the list of documents is divided into pages: in the same way in all languages.
    pub sections: &'c Division,
    pub report_pages: &'c ReportPages,
    pub related: RelatedReports<'c>,
    /// The bookmarks of the PDFs that have some.
    pub outlines: &'c BTreeMap<SourceId, Vec<Heading>>,
}

impl PageInputs<'_> {
    /// The path of a page of a browse list; of the list of documents if `list` is `None`.
    pub(super) fn list_page_path(
        &self,
        language: &Language,
        list: Option<BrowseList>,
        division: &Division,
        page: usize,
    ) -> DiscPath {
        match list {
            _ if division.is_divided() => self.layout.list_part_path(language, list, page + 1),
            None => self.layout.list_path(language),
            Some(list) => self.layout.browse_list_path(language, list),
        }
    }

    /// The link to a section in the list of documents.
    pub(super) fn section_link(&self, language: &Language, section: usize, from: &DiscPath) -> String {
        let page = self.list_page_path(language, None, self.sections, self.sections.first_page_of(section));
        format!("{}#section_{}", page.link_from(from), self.catalogue.sections[section].id)
    }

    /// The link to a report: to its page, or to its place on a page with several.
    pub(super) fn report_link(&self, language: &Language, report: (usize, usize), from: &DiscPath) -> String {
        self.report_pages.link(self.layout, language, report, from)
    }

    pub(super) fn browse_lists(&self) -> Vec<BrowseList> {
        browse_lists(self.catalogue)
    }

    pub(super) fn emblem_size(&self) -> Option<Value> {
        let dark = self.emblem_dark.map(|(width, height)| context! { width => width, height => height });
        self.emblem.map(|(width, height)| context! { width => width, height => height, dark => dark })
    }

    /// The links that any page may need.
    pub(super) fn links(&self, from: &DiscPath, language: &Language) -> Value {
        let layout = self.layout;
        context! {
            index => layout.index.link_from(from),
            style => layout.style.link_from(from),
            noscript => layout.no_script_style.link_from(from),
            script => layout.script.link_from(from),
            list_script => layout.list_script.link_from(from),
            icon => layout.icon.link_from(from),
            emblem => layout.emblem.link_from(from),
            emblem_dark => layout.emblem_dark.link_from(from),
            home => layout.home_path(language).link_from(from),
            list => layout.list_path(language).link_from(from),
            start => layout.start_path(language).link_from(from),
            search => self.texts.has_search().then(|| layout.search_path(language).link_from(from)),
            search_script => layout.search_script.link_from(from),
            help => layout.help_path(language).link_from(from),
            check => layout.check_path(language).link_from(from),
        }
    }
}

/// The browse lists that are not empty. Titles have one only if the list of documents is too long to show all of them on one
/// page.
pub(super) fn browse_lists(catalogue: &Catalogue) -> Vec<BrowseList> {
    let any = |has: &dyn Fn(&Report) -> bool| catalogue.reports().any(|(_, _, report)| has(report));
    [
        (BrowseList::Titles, catalogue.reports().count() > MAX_ENTRIES),
        (BrowseList::Subjects, any(&|report| !report.subjects.is_empty())),
        (BrowseList::Years, any(&|report| report.date.is_some())),
        (BrowseList::Authors, any(&|report| !report.authors.is_empty())),
        (BrowseList::Languages, catalogue.all_languages().len() > 1),
    ]
    .into_iter()
    .filter_map(|(list, shown)| shown.then_some(list))
    .collect()
}
