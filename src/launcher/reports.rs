//! The values for the list of documents and for the pages of reports.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::context;
use minijinja::value::Value;

use super::bookmarks::{in_reading_order, shown_depth};
use super::browse::{self, BrowseGroups};
use super::cover;
use super::division::{Division, MAX_REPORTS, Slice};
use super::list_parts::{DividedList, Heading, range_of};
use super::media;
use super::page_inputs::PageInputs;
use super::page_language::{PageLanguage, beginning, longest_html};
use super::report_pages;
use super::search::indexed_files;
use super::shown::is_shown;
use super::theme::{Theme, escaped};
use crate::catalogue::{
    Author, Catalogue, Licence, LocalisedText, PublicationKind, PublicationNumbersRef, Report, Section, SourceId, Text,
    Variant, VariantFile, doi_url,
};
use crate::exports::EXPORTS;
use crate::extraction::{Extractions, Facts, Heading as Bookmark, TextLayer};
use crate::file_formats::display_name;
use crate::language::{PartialDate, filing_form};
use crate::layout::{BrowseList, DiscPath, Layout};
use crate::parallel::parallel_map;

/// The list has a table of contents if it has at least this many sections.
const MIN_SECTIONS_FOR_CONTENTS: usize = 2;

/// The maximum number of sections in the table of contents.
const MAX_SIDE_SECTIONS: usize = 60;

/// How many characters of a summary the list shows at most.
const MAX_SUMMARY: usize = 220;

/// How many authors of a report the list names at most.
const MAX_LISTED_AUTHORS: usize = 3;

/// How many authors are named under the title of a report at most. If there are more, the record names all.
const MAX_BYLINE_AUTHORS: usize = 8;

/// If a report has more languages than this, the list shows only the first [`LISTED_LANGUAGES`], and links to the page of the report.
const MAX_NAMED_LANGUAGES: usize = 6;
const LISTED_LANGUAGES: usize = 5;

/// How many files of a variant the list links to at most. The built-in template `list.html` contains the same number.
const MAX_LISTED_FILES: usize = 3;

/// The page of a report shows the bookmarks of a PDF that has at least this many.
const MIN_BOOKMARKS: usize = 3;

/// How many bookmarks the page shows at most.
const MAX_BOOKMARKS: usize = 100;

/// How many bookmarks the built-in template `report.html` shows before readers unfold the others.
const SHOWN_BOOKMARKS: usize = 10;

/// Divides the list of documents into pages, in the same way in all languages.
pub(super) fn divide_sections(catalogue: &Catalogue, layout: &Layout, theme: &Theme<'_>) -> Division {
    let sections = || catalogue.sections.iter().enumerate();
    if theme.can_divide("list.html") {
        let sizes = |(s, section): (usize, &Section)| {
            (0..section.reports.len()).map(|r| entry_bytes(catalogue, layout, (s, r))).collect::<Vec<_>>()
        };
        Division::new(&sections().map(sizes).collect::<Vec<_>>(), MAX_REPORTS)
    } else {
        Division::undivided(&sections().map(|(_, section)| section.reports.len()).collect::<Vec<_>>())
    }
}

/// About how many bytes an entry of the list takes, with its choices in the filters.
fn entry_bytes(catalogue: &Catalogue, layout: &Layout, (s, r): (usize, usize)) -> usize {
    let report = &catalogue.sections[s].reports[r];
    let name = |text: &Text| 80 + longest_html(text);
    let summary = report.summary.as_ref().map_or(0, |text| 60 + longest_html(text).min(MAX_SUMMARY * 4));
    let groups: usize = report.subjects.iter().map(name).sum::<usize>()
        + report.authors.iter().map(|author| 160 + author.filed().len()).sum::<usize>();
    let titles = report.variants.iter().filter_map(|variant| variant.title.as_ref()).map(String::len).max();
    let files: usize = report
        .variants
        .iter()
        .enumerate()
        .map(|(v, variant)| {
            let paths = layout.variant_paths(s, r, v).iter().take(MAX_LISTED_FILES);
            let labels = variant.files.iter().take(MAX_LISTED_FILES).filter_map(|file| file.title.as_ref());
            120 + paths.map(|path| 140 + path.as_str().len()).sum::<usize>() + labels.map(String::len).sum::<usize>()
        })
        .sum();
    let cover = match report.variants.first() {
        Some(_) if catalogue.disc.covers => cover::bytes_in_list(layout, layout.document_path(s, r, 0, 0)),
        _ => 0,
    };
    400 + cover + longest_html(&report.title).max(titles.unwrap_or_default()) + summary + groups + files
}

/// The values for a page of the list of documents; `None` is the first page of a divided list, with the headings only.
pub(super) fn list_content(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    groups: &BrowseGroups,
    page: Option<usize>,
) -> Value {
    let division = inputs.sections;
    let divided = DividedList { list: None, division };
    let Some(index) = page else {
        let path = inputs.layout.list_path(language.language);
        let headings: Vec<Heading> = inputs
            .catalogue
            .sections
            .iter()
            .map(|section| Heading {
                title: language.text(&section.title),
                letter: None,
                anchor: format!("section_{}", section.id),
                count: section.reports.len(),
                part_titles: BTreeMap::new(),
            })
            .collect();
        let overview = divided.overview(inputs, language, &headings, &path);
        return list_page(inputs, language, groups, &path, (overview, Value::from(())), &[]);
    };
    let path = inputs.list_page_path(language.language, None, division, index);
    let part = division.is_divided().then(|| {
        let titles: Vec<Value> =
            inputs.catalogue.sections.iter().map(|section| language.text(&section.title)).collect();
        divided.part(inputs, language, index, &path, &titles)
    });
    let slices = division.pages.get(index).map_or(&[][..], Vec::as_slice);
    list_page(inputs, language, groups, &path, (Value::from(()), Value::from(part)), slices)
}

/// A page of the list of documents with the reports in `slices`.
fn list_page(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    groups: &BrowseGroups,
    path: &DiscPath,
    (overview, part): (Value, Value),
    slices: &[Slice],
) -> Value {
    let sections: Vec<Value> = slices.iter().map(|slice| list_section(inputs, language, groups, path, slice)).collect();
    let mut shown = slices.iter().filter(|slice| !slice.entries.is_empty());
    let first = shown.next();
    let last = shown.next_back().or(first);
    let choices = match (first, last) {
        (Some(first), Some(last)) => {
            groups.choices((first.group, first.entries.start), (last.group, last.entries.end.saturating_sub(1)))
        }
        _ => Value::from(Vec::<Value>::new()),
    };
    let side = if slices.is_empty() { Vec::new() } else { side_sections(inputs, language, path, slices) };
    context! {
        overview => overview,
        part => part,
        contents => side.len() >= MIN_SECTIONS_FOR_CONTENTS,
        side => side,
        sections => sections,
        choices => choices,
        exports => export_links(inputs, language, path),
        ..groups.links(inputs, language, path)
    }
}

/// The table of contents beside a page of the list: links to all sections, or if there are many, to those on the page and some
/// before and after them.
fn side_sections(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    path: &DiscPath,
    slices: &[Slice],
) -> Vec<Value> {
    let sections = &inputs.catalogue.sections;
    let first = slices.first().map_or(0, |slice| slice.group);
    let last = slices.last().map_or(0, |slice| slice.group);
    let around = MAX_SIDE_SECTIONS / 4;
    let shown = if sections.len() <= MAX_SIDE_SECTIONS {
        0..=sections.len()
    } else {
        first.saturating_sub(around)..=last.min(first + 2 * around) + around
    };
    let near = sections.iter().enumerate().filter(|(s, _)| shown.contains(s));
    near.map(|(s, section)| {
        context! {
            title => language.text(&section.title),
            count => language.format.number(section.reports.len() as u64),
            here => s >= first && s <= last,
            href => inputs.section_link(language.language, s, path),
        }
    })
    .collect()
}

/// The links to the catalogue in other formats.
fn export_links(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, path: &DiscPath) -> Vec<Value> {
    EXPORTS
        .iter()
        .map(|export| {
            context! {
                href => export.path(inputs.layout).link_from(path),
                name => export.label,
                words => language.string(export.string_key),
            }
        })
        .collect()
}

fn list_section(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    groups: &BrowseGroups,
    path: &DiscPath,
    slice: &Slice,
) -> Value {
    let s = slice.group;
    let section = &inputs.catalogue.sections[s];
    let reports: Vec<Value> = slice
        .entries
        .clone()
        .map(|r| {
            let report = &section.reports[r];
            let about = report.summary.as_ref().map(|summary| {
                let shown = language.localised(summary);
                let text = beginning(shown.text, MAX_SUMMARY);
                language.shown_text(LocalisedText { text: &text, ..shown }, matches!(summary, Text::Same(_)))
            });
            let title = language.plain_title(report);
            let filed = filing_form(language.language, title);
            let year = report.date.map(|date| PartialDate { month: None, day: None, ..date });
            context! {
                href => inputs.report_link(language.language, (s, r), path),
                cover => cover::of_report(inputs, MainFile::choose(inputs, language, report).indices(), (s, r), path),
                marks => groups.marks((s, r)),
                iso_date => report.date.map(|date| date.to_string()),
                about => about,
                filed => (filed != title).then_some(filed),
                authors => report
                    .authors
                    .iter()
                    .take(MAX_LISTED_AUTHORS)
                    .map(|author| Value::from(author.name()))
                    .collect::<Vec<_>>(),
                more_authors => report.authors.len() > MAX_LISTED_AUTHORS,
                year => year.map(|year| language.format.date(year)),
                listed_languages => LISTED_LANGUAGES,
                more_languages => (report.variants.len() > MAX_NAMED_LANGUAGES).then(|| {
                    let number = language.format.number((report.variants.len() - LISTED_LANGUAGES) as u64);
                    language.filled_string("more_items", &[("number", &number)])
                }),
                ..shared_values(inputs, language, path, (s, r), report)
            }
        })
        .collect();
    context! {
        id => section.id.clone(),
        title => language.text(&section.title),
        range => range_of(language, slice, section.reports.len()),
        count => language.format.number(section.reports.len() as u64),
        reports => reports,
    }
}

/// The title, date and cover of a report, for lists of a few.
pub(super) fn covered_entry(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    path: &DiscPath,
    (s, r): (usize, usize),
) -> Value {
    let main = MainFile::choose(inputs, language, &inputs.catalogue.sections[s].reports[r]);
    context! {
        cover => cover::of_report(inputs, main.indices(), (s, r), path),
        ..browse::entry(inputs, language, path, (s, r))
    }
}

/// The page of a report.
pub(super) fn report_page(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    groups: &BrowseGroups,
    path: &DiscPath,
    (s, r): (usize, usize),
) -> Value {
    let section = &inputs.catalogue.sections[s];
    let report = &section.reports[r];
    let entry = |report| browse::entry(inputs, language, path, report);
    let main = MainFile::choose(inputs, language, report);
    let contents = contents(inputs, language, path, (s, r), &main);
    context! {
        report => context! {
            shown => media::shown_files(inputs, language, path, (s, r), report),
            search_number => search_number(inputs, (s, r), report),
            cover => cover::of_page(inputs, main.indices(), (s, r), path),
            more_contents => language.format.number(contents.as_ref().map_or(0, Vec::len).saturating_sub(SHOWN_BOOKMARKS) as u64),
            contents => contents,
            related => inputs
                .related
                .related_to((s, r))
                .into_iter()
                .map(|report| covered_entry(inputs, language, path, report))
                .collect::<Vec<_>>(),
            previous => r.checked_sub(1).map(|r| entry((s, r))),
            next => section.reports.get(r + 1).map(|_| entry((s, r + 1))),
            ..record_values(inputs, language, groups, path, (s, r))
        },
        section => section_value(inputs, language, path, s),
    }
}

/// A page with several reports of a section.
pub(super) fn reports_page(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    groups: &BrowseGroups,
    path: &DiscPath,
    (s, page): (usize, usize),
) -> Value {
    let pages = inputs.report_pages.of_section(s);
    let records: Vec<(usize, Value)> =
        pages[page].iter().map(|r| (*r, record_values(inputs, language, groups, path, (s, *r)))).collect();
    let shared = shared_details(records.iter().map(|(_, record)| record));
    let left_out: BTreeMap<&str, ()> = shared.keys().map(|key| (*key, ())).collect();
    let reports: Vec<Value> = records
        .into_iter()
        .map(|(r, record)| {
            context! {
                anchor => report_pages::anchor(r),
                // Themes written for earlier templates show all details of every report.
                own_details => context! { ..Value::from(left_out.clone()), ..record.clone() },
                ..record
            }
        })
        .collect();
    let is_shared = |page: &usize| pages[*page].len() > 1;
    // Reports that have a page of their own are not counted.
    let range = |page: usize| {
        let before: usize = (0..page).filter(is_shared).map(|page| pages[page].len()).sum();
        let number = |report: usize| language.format.number(report as u64);
        format!("{}–{}", number(before + 1), number(before + pages[page].len()))
    };
    let link = |page: usize| {
        let href = inputs.report_pages.path(inputs.layout, language.language, s, page).link_from(path);
        context! { href => href, range => range(page) }
    };
    context! {
        reports => reports,
        shared_details => (!shared.is_empty()).then(|| {
            let others = ["authors", "kind", "series", "publisher", "place", "isbn", "issn", "doi", "pages", "licence"];
            let mut details: BTreeMap<&str, Value> = others.into_iter().map(|key| (key, Value::from(()))).collect();
            details.extend(shared);
            context! { authors_in_line => true, ..Value::from(details) }
        }),
        page_range => range(page),
        previous => (0..page).rev().find(is_shared).map(link),
        next => (page + 1..pages.len()).find(is_shared).map(link),
        section => section_value(inputs, language, path, s),
    }
}

/// The details that are the same for all reports on a page, which shows them once.
fn shared_details<'v>(mut records: impl Iterator<Item = &'v Value>) -> BTreeMap<&'static str, Value> {
    let value = |record: &Value, key: &str| record.get_attr(key).ok().filter(|value| !value.is_none());
    let of = |record: &Value| {
        let details = ["kind", "series", "publisher", "place", "licence"].into_iter();
        details.filter_map(|key| Some((key, value(record, key)?))).collect::<BTreeMap<_, _>>()
    };
    let mut shared = records.next().map(of).unwrap_or_default();
    for record in records {
        shared.retain(|key, shown| value(record, key).as_ref() == Some(&*shown));
    }
    shared
}

fn section_value(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, path: &DiscPath, s: usize) -> Value {
    let section = &inputs.catalogue.sections[s];
    context! {
        id => section.id.clone(),
        title => language.text(&section.title),
        href => inputs.section_link(language.language, s, path),
    }
}

/// The values that both a page of one report and a page of several reports show.
fn record_values(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    groups: &BrowseGroups,
    path: &DiscPath,
    (s, r): (usize, usize),
) -> Value {
    let link = |list, plain: &str| groups.group_link(inputs, language, list, plain, path);
    let report = &inputs.catalogue.sections[s].reports[r];
    // Names all fields, so that the compiler points out a new one, which may have to be shown.
    let Report {
        id: _,
        title: _,
        summary,
        symbol: _,
        date: _,
        authors,
        subjects,
        kind,
        publisher,
        place,
        series,
        numbers: _,
        licence,
        variants,
    } = report;
    let text = |text: &Option<_>| text.as_ref().map(|text| language.text(text));
    let not_in_language = !variants.iter().any(|variant| language.is_for_readers(variant));
    let main = MainFile::choose(inputs, language, report);
    let main_language = &variants[main.variant].language;
    let open = if main_language.is_not_one_language() {
        language.string("files")
    } else {
        language.filled_string("open_in", &[("language", &escaped(&language.name_in_page(main_language)))])
    };
    // The page shows the variants for readers of its language first, so the position of the main variant on the page is not
    // its position in the report.
    let is_before = |v: usize| match (language.matches(&variants[v]), language.matches(&variants[main.variant])) {
        (is_own, is_main_own) if is_own == is_main_own => v < main.variant,
        (is_own, _) => is_own,
    };
    let position = (0..variants.len()).filter(|v| is_before(*v)).count();
    let values = |field: fn(PublicationNumbersRef<'_>) -> Vec<String>| number_values(language, report, field);
    context! {
        authors => authors.iter().map(|author| context! {
            name => author.name(),
            href => link(BrowseList::Authors, author.filed()),
        }).collect::<Vec<_>>(),
        summary => summary.as_ref().map(|summary| language.paragraphs(summary)),
        subjects => subjects.iter().map(|subject| context! {
            href => link(BrowseList::Subjects, language.plain_text(subject)),
            ..language.text(subject)
        }).collect::<Vec<_>>(),
        kind => kind.map(PublicationKind::string_key),
        publisher => text(publisher),
        place => text(place),
        series => text(series),
        isbn => values(|numbers| numbers.isbn.iter().map(|isbn| isbn.text.clone()).collect()),
        issn => values(|numbers| numbers.issn.iter().map(|issn| issn.text.clone()).collect()),
        doi => values(|numbers| numbers.doi.map(str::to_owned).into_iter().collect()),
        pages => values(|numbers| numbers.pages.map(str::to_owned).into_iter().collect()),
        licence => licence.as_ref().map(|licence| match licence {
            Licence::Known(known) => context! { text => known.name.as_str(), href => known.url.as_str() },
            Licence::Text(words) => context! { href => (), ..language.text(words) },
        }),
        open => open,
        has_others => (0..).zip(variants).any(|(v, variant)| v != main.variant && !language.matches(variant)),
        has_other_files => variants.iter().map(opened_files).sum::<usize>() > 1,
        main_file => context! { variant => main.variant, file => main.file, position => position },
        authors_in_line => authors.len() <= MAX_BYLINE_AUTHORS,
        first_authors => MAX_BYLINE_AUTHORS,
        more_authors => language.format.number(authors.len().saturating_sub(MAX_BYLINE_AUTHORS) as u64),
        citation => citation(inputs, language, report),
        not_in_language => not_in_language,
        // Themes written for earlier templates use the old names: `elsewhere` here, and `expect` for `hints`.
        elsewhere => not_in_language,
        ..shared_values(inputs, language, path, (s, r), report)
    }
}

/// The number of files of a variant that readers open: captions are opened with their recording.
fn opened_files(variant: &Variant) -> usize {
    (0..variant.files.len()).filter(|f| variant.recording_of(*f).is_none()).count()
}

/// The bookmarks of all PDFs that have at least [`MIN_BOOKMARKS`].
pub(super) fn outlines(catalogue: &Catalogue, texts: &Extractions) -> BTreeMap<SourceId, Vec<Bookmark>> {
    let files = catalogue.reports().flat_map(|(_, _, report)| &report.variants).flat_map(|variant| &variant.files);
    let pdfs: BTreeSet<SourceId> = files
        .map(|file| file.source)
        .filter(|source| texts.facts(*source).is_some_and(|facts| facts.pages > Some(1) && facts.is_tagged.is_some()))
        .collect();
    let pdfs: Vec<SourceId> = pdfs.into_iter().collect();
    let outlines = parallel_map(&pdfs, |source| {
        let Some(text) = texts.own_text(*source) else { return Vec::new() };
        let ordered = text.headings.into_iter().map(|bookmark| {
            let page = text.pages.get(bookmark.page).map_or("", String::as_str);
            Bookmark { text: in_reading_order(&bookmark.text, page), ..bookmark }
        });
        ordered.collect()
    });
    pdfs.into_iter().zip(outlines).filter(|(_, outline)| outline.len() >= MIN_BOOKMARKS).collect()
}

/// The main file of a report, which its page offers first.
pub(super) struct MainFile {
    variant: usize,
    file: usize,
}

impl MainFile {
    /// The indices of the variant and of the file.
    pub(super) fn indices(&self) -> (usize, usize) {
        (self.variant, self.file)
    }

    /// Chooses the variant in the language of the page, or else one for its readers, or else the first. In it, chooses the first
    /// file that the page does not show itself and that is not captions, or else the first file.
    pub(super) fn choose(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, report: &Report) -> Self {
        let is_own = |variant: &Variant| variant.language == *language.language;
        let variants = || report.variants.iter();
        let variant = variants()
            .position(is_own)
            .or_else(|| variants().position(|variant| language.matches(variant)))
            .or_else(|| variants().position(|variant| language.is_for_readers(variant)))
            .unwrap_or(0);
        let main_variant = &report.variants[variant];
        let is_document = |(f, file): (usize, &VariantFile)| {
            let is_shown = is_shown(file, inputs.catalogue.source(file.source));
            (!is_shown && main_variant.recording_of(f).is_none()).then_some(f)
        };
        let file = main_variant.files.iter().enumerate().find_map(is_document).unwrap_or(0);
        Self { variant, file }
    }
}

/// The bookmarks of the main file, with links to its pages.
fn contents(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    path: &DiscPath,
    (s, r): (usize, usize),
    main: &MainFile,
) -> Option<Vec<Value>> {
    let file = &inputs.catalogue.sections[s].reports[r].variants[main.variant].files[main.file];
    let outline = inputs.outlines.get(&file.source)?;
    let document = inputs.layout.document_path(s, r, main.variant, main.file).link_from(path);
    let depth = shown_depth(outline);
    let shown = outline.iter().filter(|bookmark| bookmark.depth <= depth).take(MAX_BOOKMARKS);
    let bookmarks = shown.map(|bookmark| {
        let page = bookmark.page + 1;
        let shown = language.filled_string("search_page", &[("number", &language.format.number(page as u64))]);
        context! {
            title => bookmark.text.as_str(),
            href => format!("{document}#page={page}"),
            page => shown,
            is_below => bookmark.depth > 0,
        }
    });
    Some(bookmarks.collect())
}

/// The citation of a report, with its parts in the order of ISO 690.
fn citation(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, report: &Report) -> String {
    let numbers = report.variants.iter().find(|variant| variant.language == *language.language);
    let numbers = numbers.map_or(report.numbers.or(&report.numbers), |variant| variant.numbers.or(&report.numbers));
    let text = |text: &Option<Text>| text.as_ref().map(|text| language.plain_text(text).to_owned());
    let publisher = text(&report.publisher).or_else(|| inputs.catalogue.disc.publisher.clone());
    let published = [text(&report.place), publisher].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let year = report.date.map(|date| date.year.to_string());
    let published = [Some(published).filter(|text| !text.is_empty()), year].into_iter().flatten().collect::<Vec<_>>();
    let parts = [
        Some(report.authors.iter().map(Author::filed).collect::<Vec<_>>().join("; ")),
        Some(language.plain_title(report).to_owned()),
        Some(published.join(", ")),
        text(&report.series),
        report.symbol.clone(),
        numbers.isbn.first().map(|isbn| format!("ISBN {}", isbn.text)),
        numbers.doi.map(|doi| format!("https://doi.org/{doi}")),
    ];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(|part| part.trim_end_matches('.').to_owned()).collect();
    format!("{}.", parts.join(". "))
}

/// The number by which the search page knows a report; `None` if none of its files can be searched.
fn search_number(inputs: &PageInputs<'_>, (s, r): (usize, usize), report: &Report) -> Option<usize> {
    let is_searchable = |source| {
        let text = inputs.texts.facts(source).map(|facts| &facts.text);
        text.is_some_and(TextLayer::is_searchable)
    };
    let mut sources = report.variants.iter().flat_map(|variant| variant.all_files()).map(|(source, _)| source);
    let before = inputs.catalogue.sections[..s].iter().map(|section| section.reports.len()).sum::<usize>();
    sources.any(is_searchable).then_some(before + r)
}

/// The values of a field for the variant in the page's language, then those of the other variants that differ, labelled with
/// their languages.
fn number_values(
    language: &PageLanguage<'_>,
    report: &Report,
    field: fn(PublicationNumbersRef<'_>) -> Vec<String>,
) -> Vec<Value> {
    let report_numbers = &report.numbers;
    let variants = report.variants.iter().map(|variant| (&variant.language, field(variant.numbers.or(report_numbers))));
    let (own, others): (Vec<_>, Vec<_>) = variants.partition(|(other, _)| *other == language.language);
    let own = own.into_iter().next().map_or_else(|| field(report_numbers.or(report_numbers)), |(_, values)| values);
    let shown =
        |value: &String, label: Option<Value>| context! { text => value, url => doi_url(value), label => label };
    let mut all: Vec<Value> = own.iter().map(|value| shown(value, None)).collect();
    let mut seen = vec![own];
    for (other, values) in others {
        // Values that several other variants share are shown once, with the language of the first.
        if !seen.contains(&values) {
            all.extend(values.iter().map(|value| shown(value, language.label(other))));
            seen.push(values);
        }
    }
    all
}

/// The values that the list and the pages of reports show.
fn shared_values(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    path: &DiscPath,
    (s, r): (usize, usize),
    report: &Report,
) -> Value {
    let Report {
        id: _,
        title: _,
        summary: _,
        symbol: _,
        date: _,
        authors: _,
        subjects: _,
        kind: _,
        publisher: _,
        place: _,
        series: _,
        numbers: _,
        licence: _,
        variants,
    } = report;
    let mut variants: Vec<(usize, &Variant)> = variants.iter().enumerate().collect();
    // The page's own language first; the sort is stable, so the others keep their order.
    variants.sort_by_key(|(_, variant)| !language.matches(variant));
    let variants: Vec<Value> = variants
        .into_iter()
        .map(|(v, variant)| {
            let number = v;
            let indexed = indexed_files(variant, inputs.texts);
            let files: Vec<Value> = variant
                .files
                .iter()
                .enumerate()
                .map(|(f, file)| {
                    let document = inputs.layout.document_path(s, r, v, f);
                    let facts = inputs.texts.facts(file.source);
                    if let Some(folder) = &variant.site {
                        let length = |(source, _)| inputs.catalogue.source(source).length;
                        let is_searchable = |(source, _)| {
                            let text = inputs.texts.facts(source).map(|facts| &facts.text);
                            text.is_some_and(TextLayer::is_searchable)
                        };
                        let searchable = variant.all_files().any(is_searchable);
                        let number = language.format.number(folder.files.len() as u64);
                        return context! {
                            number => f,
                            pages => (),
                            label => (),
                            is_shown => false,
                            is_captions => false,
                            href => document.link_from(path),
                            path => document.as_str(),
                            format => language.string("web_site"),
                            count => language.filled_string("file_count", &[("number", &number)]),
                            size => language.file_size(variant.all_files().map(length).sum()),
                            hints => searchable.then(|| vec![language.string("file_searchable")]),
                            expect => searchable.then(|| vec![language.string("file_searchable")]),
                        };
                    }
                    let captions = variant.captions_of(f);
                    let is_indexed = indexed.contains(&f) || captions.is_some_and(|f| indexed.contains(&f));
                    let is_captions = variant.recording_of(f).is_some();
                    let document_facts = facts.filter(|_| !is_captions);
                    let mut hints = document_facts.map(|facts| describe_document(language, facts, is_indexed));
                    if captions.is_some() {
                        let hints = hints.get_or_insert_default();
                        hints.push(language.string("file_captions"));
                        if is_indexed {
                            hints.push(language.string("file_searchable"));
                        }
                    }
                    let source = inputs.catalogue.source(file.source);
                    context! {
                        number => f,
                        pages => document_facts.and_then(|facts| facts.pages).map(|pages| {
                            let number = language.format.number(u64::from(pages));
                            language.filled_string("file_pages", &[("number", &number)])
                        }),
                        label => media::label(inputs, variant, f),
                        is_shown => is_shown(file, source),
                        is_captions => is_captions,
                        href => document.link_from(path),
                        path => document.as_str(),
                        format => display_name(&file.extension),
                        count => (),
                        size => language.file_size(source.length),
                        expect => hints.clone(),
                        hints => hints,
                    }
                })
                .collect();
            context! {
                number => number,
                own => language.matches(variant),
                title => variant.title.clone(),
                files => files,
                ..language.language_value(&variant.language)
            }
        })
        .collect();
    context! {
        // Only themes written for earlier templates use this: lists showed the codes of many languages.
        is_compact => variants.len() > MAX_NAMED_LANGUAGES,
        variants => variants,
        ..language.report_heading(report)
    }
}

/// Short phrases that say what readers can expect of a document.
fn describe_document(language: &PageLanguage<'_>, facts: &Facts, is_indexed: bool) -> Vec<Value> {
    let mut hints = Vec::new();
    if let Some(pages) = facts.pages {
        let number = language.format.number(u64::from(pages));
        hints.push(language.filled_string("file_pages", &[("number", &number)]));
    }
    match facts.text {
        // The index contains only one format of each document. Nothing is said about searching the others.
        TextLayer::Good | TextLayer::Partial | TextLayer::Recognised if !is_indexed => {}
        TextLayer::Good => hints.push(language.string("file_searchable")),
        TextLayer::Partial => hints.push(language.string("file_partly_searchable")),
        TextLayer::Recognised => hints.push(language.string("file_recognised")),
        TextLayer::None | TextLayer::Bad | TextLayer::Unreadable(_) => {
            hints.push(language.string("file_not_searchable"));
        }
        TextLayer::Unsupported => {}
    }
    match facts.is_tagged {
        Some(true) => hints.push(language.string("file_tagged")),
        Some(false) => hints.push(language.string("file_untagged")),
        None => {}
    }
    hints
}
