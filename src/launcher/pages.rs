//! All pages, and the values that their templates are filled with.

use std::collections::BTreeSet;
use std::io;
use std::ops::Range;

use minijinja::context;
use minijinja::value::{Value, merge_maps};

use super::accessibility;
use super::browse::{self, BrowseGroups};
use super::check_commands::{CERTIFICATE_FILE, CheckCommands, verify_timestamp};
use super::division::MAX_ENTRIES;
use super::foreword::ForewordPages;
use super::generated::GeneratedFile;
use super::home::home_page;
use super::materials::Materials;
use super::page_inputs::PageInputs;
use super::page_language::{PageLanguage, own_name};
use super::{reports, search};
use crate::catalogue::Text;
use crate::checksum::{Digest, Hasher, format_line};
use crate::compressed::{CompressedBytes, Decompressor};
use crate::diagnostic::{Finding, Findings};
use crate::exports::{Origin, measure_sources};
use crate::file_formats::{FormatKind, display_name};
use crate::language::Language;
use crate::layout::{BrowseList, DiscPath, Layout};
use crate::parallel::{parallel_map, parallel_map_with};

/// How many pages of one report are made and compressed together, or the same number of reports on shared pages.
const REPORTS_TOGETHER: usize = 24;

/// How many files are read together to compute their digests.
const FILES_TOGETHER: usize = 200;

/// A page and its path, or the finding for an error in its template.
type RenderResult = Result<(DiscPath, Vec<u8>), Box<Finding>>;

/// Some pages in one language, which one thread makes.
struct Task {
    /// The index of the language.
    language: usize,
    pages: PageSet,
}

/// Pages that are made together.
enum PageSet {
    Home,
    Start,
    /// A page of the list of documents; `None` is the first page of a divided list.
    List(Option<usize>),
    Search,
    /// A page of a browse list; `None` is the first page of a divided list.
    Browse(BrowseList, Option<usize>),
    Help,
    /// Some of the pages of a section's reports.
    Reports(usize, Range<usize>),
}

/// Renders all pages except those that [`render_check_pages`] renders. An error in a template is reported once, however many
/// pages are made from it.
pub(super) fn render(
    inputs: &PageInputs<'_>,
    materials: &Materials,
    files: &mut Vec<GeneratedFile>,
    findings: &mut Findings,
) {
    let foreword = ForewordPages::new(inputs, materials);
    let indices: Vec<usize> = (0..inputs.catalogue.disc.languages.len()).collect();
    let groups = parallel_map(&indices, |index| BrowseGroups::new(inputs, &page_language(inputs, *index)));
    let tasks: Vec<Task> = indices.iter().flat_map(|index| tasks(inputs, *index, &groups[*index])).collect();
    // A `PageLanguage` cannot be shared between threads, so each thread makes its own.
    let no_languages = || indices.iter().map(|_| None).collect::<Vec<Option<PageLanguage<'_>>>>();
    let rendered = parallel_map_with(&tasks, no_languages, |languages, Task { language: index, pages }| {
        let language = languages[*index].get_or_insert_with(|| page_language(inputs, *index));
        compress(render_set(inputs, (language, *index), &groups, &foreword, pages))
    });
    add_pages(compress(vec![index_page(inputs)]).into_iter().chain(rendered.into_iter().flatten()), files, findings);
    if inputs.catalogue.reports().count() > MAX_ENTRIES {
        for template in ["list.html", "way.html"].into_iter().filter(|template| !inputs.theme.can_divide(template)) {
            inputs.theme.report_undivided(template, findings);
        }
    }
}

/// Renders the pages "Check this disc", which state the number of all other files.
pub(super) fn render_check_pages(
    inputs: &PageInputs<'_>,
    commands: &CheckCommands,
    listed: u64,
    files: &mut Vec<GeneratedFile>,
    findings: &mut Findings,
) {
    let fingerprint = disc_fingerprint(inputs, files).to_string();
    let pages = (0..inputs.catalogue.disc.languages.len()).map(|index| {
        let language = &page_language(inputs, index);
        let content = check_page(inputs, language, commands, listed, &fingerprint);
        render_page(inputs, language, "check", &|language| inputs.layout.check_path(language), content)
    });
    add_pages(compress(pages.collect()).into_iter(), files, findings);
}

/// The disc's language with this index.
fn page_language<'c>(inputs: &PageInputs<'c>, index: usize) -> PageLanguage<'c> {
    PageLanguage::new(inputs.catalogue, &inputs.catalogue.disc.languages[index], &inputs.strings[index])
}

fn compress(pages: Vec<RenderResult>) -> Vec<Result<GeneratedFile, Box<Finding>>> {
    let (mut paths, mut files, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for page in pages {
        match page {
            Ok((path, bytes)) => {
                paths.push(path);
                files.push(bytes);
            }
            Err(finding) => failures.push(Err(finding)),
        }
    }
    let compressed = CompressedBytes::of_similar_files(&files);
    let pages = paths
        .into_iter()
        .zip(compressed)
        .map(|(path, bytes)| Ok(GeneratedFile { path, bytes, digests_of: Vec::new() }));
    pages.chain(failures).collect()
}

fn add_pages(
    pages: impl Iterator<Item = Result<GeneratedFile, Box<Finding>>>,
    files: &mut Vec<GeneratedFile>,
    findings: &mut Findings,
) {
    for page in pages {
        match page {
            Ok(page) => files.push(page),
            Err(finding) if findings.0.contains(&finding) => {}
            Err(finding) => findings.push(*finding),
        }
    }
}

/// The page on which readers choose a language.
fn index_page(inputs: &PageInputs<'_>) -> RenderResult {
    let disc = &inputs.catalogue.disc;
    let path = &inputs.layout.index;
    let default = disc.default_language();
    let choices: Vec<Value> = disc
        .languages
        .iter()
        .map(|language| {
            let shown = disc.title.localised(language, default);
            // The heading of the page is in the default language, so another language has a title only if it has its own.
            let has_own = matches!(disc.title, Text::PerLanguage(_)) && shown.other_language.is_none();
            let title = has_own.then(|| {
                context! {
                    text => shown.text,
                    lang => language.as_str(),
                    dir => language.direction().as_str(),
                }
            });
            context! {
                title => title,
                href => inputs.layout.home_path(language).link_from(path),
                ..own_name(language)
            }
        })
        .collect();
    let context = context! {
        lang => default.as_str(),
        dir => default.direction().as_str(),
        page => "index",
        title => disc.title.localised(default, default).text,
        same_title => matches!(disc.title, Text::Same(_)),
        publisher => disc.publisher.clone(),
        choices => choices,
        emblem => inputs.emblem_size(),
        link => inputs.links(path, default),
    };
    Ok((path.clone(), inputs.theme.render_page("index.html", context)?))
}

/// The tasks for all pages in the disc's language with this index.
fn tasks(inputs: &PageInputs<'_>, language: usize, groups: &BrowseGroups) -> Vec<Task> {
    let mut sets = vec![PageSet::Home, PageSet::Start];
    sets.extend(inputs.sections.page_numbers().into_iter().map(PageSet::List));
    sets.extend(inputs.texts.has_search().then_some(PageSet::Search));
    for list in inputs.browse_lists() {
        sets.extend(groups.pages(list).into_iter().map(|page| PageSet::Browse(list, page)));
    }
    sets.push(PageSet::Help);
    for s in 0..inputs.catalogue.sections.len() {
        let pages = inputs.report_pages.of_section(s);
        let mut start = 0;
        while start < pages.len() {
            let mut reports = 0;
            let more = pages[start..].iter().take_while(|page| {
                let has_room = reports < REPORTS_TOGETHER;
                reports += page.len();
                has_room
            });
            let end = start + more.count();
            sets.push(PageSet::Reports(s, start..end));
            start = end;
        }
    }
    sets.into_iter().map(|pages| Task { language, pages }).collect()
}

fn render_set(
    inputs: &PageInputs<'_>,
    (language, language_index): (&PageLanguage<'_>, usize),
    all_groups: &[BrowseGroups],
    foreword: &ForewordPages<'_>,
    pages: &PageSet,
) -> Vec<RenderResult> {
    let groups = &all_groups[language_index];
    let layout = inputs.layout;
    let page = |template, path_in: &dyn Fn(&Language) -> DiscPath, content| {
        vec![render_page(inputs, language, template, path_in, content)]
    };
    match pages {
        PageSet::Home => page("home", &|language| layout.home_path(language), home_page(inputs, language, foreword)),
        PageSet::Start => {
            page("start", &|language| layout.start_path(language), browse::start_page(inputs, language, groups))
        }
        PageSet::List(index) => {
            let path_in = |language: &Language| match index {
                Some(index) => inputs.list_page_path(language, None, inputs.sections, *index),
                None => layout.list_path(language),
            };
            page("list", &path_in, reports::list_content(inputs, language, groups, *index))
        }
        PageSet::Search => {
            page("search", &|language| layout.search_path(language), search_page(inputs, language, groups))
        }
        PageSet::Browse(list, index) => {
            // Each language has its own order. A link to another language leads to the page of its list that has the first entry of
            // this page.
            let place = index.and_then(|index| groups.first_on_page(*list, index));
            let page_in = |other: &Language| {
                let position = inputs.catalogue.disc.languages.iter().position(|language| language == other)?;
                all_groups.get(position)?.page_with(*list, place.as_ref()?)
            };
            let path_in = |other: &Language| match (index, page_in(other)) {
                (Some(index), _) if other == language.language => groups.page_path(inputs, other, *list, *index),
                (Some(_), Some(page)) => groups.page_path(inputs, other, *list, page),
                _ => layout.browse_list_path(other, *list),
            };
            page("way", &path_in, groups.content(inputs, language, *list, *index))
        }
        PageSet::Help => page("help", &|language| layout.help_path(language), help_page(inputs, language)),
        PageSet::Reports(s, range) => {
            let pages = range.clone().map(|page| {
                let path_in = |language: &Language| inputs.report_pages.path(layout, language, *s, page);
                let path = path_in(language.language);
                let (template, content) = match inputs.report_pages.of_section(*s)[page].as_slice() {
                    [r] => ("report", reports::report_page(inputs, language, groups, &path, (*s, *r))),
                    _ => ("records", reports::reports_page(inputs, language, groups, &path, (*s, page))),
                };
                render_page(inputs, language, template, &path_in, content)
            });
            pages.collect()
        }
    }
}

/// Renders a page with `content` and the values that all pages have. `path_in` returns the path of the page in a language.
fn render_page(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    template: &str,
    path_in: &dyn Fn(&Language) -> DiscPath,
    content: Value,
) -> RenderResult {
    let path = path_in(language.language);
    let common = language.common_values(template, &path, || common_values(inputs, language, template, &path))?;
    let languages = context! {
        languages => language.page_links(inputs.catalogue, &path, path_in),
        number_of_languages => language.format.number(inputs.catalogue.disc.languages.len() as u64),
    };
    let context = merge_maps([content, common, languages]);
    let bytes = inputs.theme.render_page(&format!("{template}.html"), context)?;
    Ok((path, bytes))
}

/// The values that are the same for all pages that are made from one template and are in one folder.
fn common_values(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    template: &str,
    path: &DiscPath,
) -> Result<Value, Box<Finding>> {
    let values = context! {
        lang => language.language.as_str(),
        dir => language.language.direction().as_str(),
        page => template,
        t => language.marked_strings.clone(),
        plain => language.plain_strings.clone(),
        disc => language.disc.clone(),
        emblem => inputs.emblem_size(),
        link => inputs.links(path, language.language),
    };
    Ok(context! { shared => inputs.theme.render_shared(&values)?, ..values })
}

fn search_page(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, groups: &BrowseGroups) -> Value {
    let languages = inputs.catalogue.document_languages();
    let all = inputs.catalogue.all_languages();
    let join = |texts: Vec<String>, separator: &str| texts.join(separator);
    // The link is the same from the search page of every language.
    let page = inputs.layout.search_path(inputs.catalogue.disc.default_language());
    let page_path = inputs.layout.search_path(language.language);
    let folder = inputs.layout.search_characters.link_from(&page);
    context! {
        search => context! {
            folder => folder.trim_end_matches(inputs.layout.search_characters.name()),
            folders => join(languages.iter().map(|language| inputs.layout.search_folder(language)).collect(), " "),
            languages => join(languages.iter().map(|language| language.as_str().to_owned()).collect(), " "),
            names => join(languages.iter().map(|indexed| language.name_of(indexed)).collect(), "|"),
            rtl => search::right_to_left(&all),
            catalogue => Layout::SEARCH_CATALOGUE_FOLDER,
            default => inputs.catalogue.disc.default_language().as_str(),
            close => join(
                all.iter()
                    .filter(|other| **other != language.language && other.is_close_to(language.language))
                    .map(|other| other.as_str().to_owned())
                    .collect(),
                " ",
            ),
            sections => join(
                inputs.catalogue.sections.iter().map(|section| one_line(language.plain_text(&section.title))).collect(),
                "\n",
            ),
            choices => languages.iter().map(|indexed| language.language_value(indexed)).collect::<Vec<_>>(),
        },
        ..groups.links(inputs, language, &page_path)
    }
}

/// A text without line breaks.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn help_page(inputs: &PageInputs<'_>, language: &PageLanguage<'_>) -> Value {
    let extensions: BTreeSet<&str> = inputs
        .catalogue
        .reports()
        .flat_map(|(_, _, report)| &report.variants)
        .flat_map(|variant| &variant.files)
        .map(|file| &*file.extension)
        .collect();
    let formats: BTreeSet<(FormatKind, String)> = extensions
        .into_iter()
        .map(|extension| (FormatKind::from_extension(extension), display_name(extension)))
        .collect();
    let formats: Vec<(FormatKind, String)> = formats.into_iter().collect();
    let formats: Vec<Value> = formats
        .chunk_by(|(a, _), (b, _)| a.help_key() == b.help_key())
        .map(|same_kind| {
            let names: Vec<&str> = same_kind.iter().map(|(_, name)| name.as_str()).collect();
            context! { names => names.join(", "), needs => language.string(same_kind[0].0.help_key()) }
        })
        .collect();
    context! {
        accessibility => accessibility::statement(inputs, language),
        formats => formats,
        name => context! {
            index => inputs.layout.index.name(),
            readme => inputs.layout.readme.name(),
            folder => inputs.layout.documents_folder(),
            code => language.language.name_part(),
            checksums => inputs.layout.checksums.name(),
            public_key => public_key_name(inputs),
        },
        signed => signing_key(inputs),
        stamped => timestamp(inputs),
    }
}

/// A digest by which the page "Check this disc" tells its own disc from other discs and editions. It covers everything on the
/// disc except the pages that state it and the files that are made after them.
fn disc_fingerprint(inputs: &PageInputs<'_>, files: &[GeneratedFile]) -> Digest {
    // Several files at a time, because pages are compressed together.
    let parts: Vec<&[GeneratedFile]> = files.chunks(FILES_TOGETHER).collect();
    let generated = parallel_map(&parts, |files| {
        let mut decompressor = Decompressor::default();
        let lines = files.iter().map(|file| {
            let mut hasher = Hasher::default();
            let update = |bytes: &[u8]| -> io::Result<()> {
                hasher.update(bytes);
                Ok(())
            };
            // Bytes that cannot be decompressed are reported when they are written.
            let _ = file.bytes.decompress(&mut decompressor, update);
            format_line(hasher.finish(), file.path.as_str())
        });
        lines.collect::<String>()
    });
    let mut all = Hasher::default();
    generated.iter().for_each(|lines| all.update(lines.as_bytes()));
    for (s, r, report) in inputs.catalogue.reports() {
        for (v, variant) in report.variants.iter().enumerate() {
            for ((source, _), path) in variant.all_files().zip(inputs.layout.variant_paths(s, r, v)) {
                let length = inputs.catalogue.source(source).length;
                let digest = inputs.texts.digest(source).unwrap_or_default();
                all.update(format!("{digest}  {length}  {path}\n").as_bytes());
            }
        }
    }
    all.finish()
}

fn check_page(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    commands: &CheckCommands,
    listed: u64,
    fingerprint: &str,
) -> Value {
    context! {
        // Identifies the disc; it is not a signature. Themes for earlier versions use this name.
        sign => fingerprint,
        listed_files => listed,
        name => context! {
            list => inputs.layout.checksums.name(),
            readme => inputs.layout.readme.name(),
            volume_info => inputs.layout.volume_info.as_str(),
            copy => inputs.layout.xdg_volume_info.as_ref().map(DiscPath::as_str),
            manifest => inputs.catalogue.disc.publishes_manifest.then(|| inputs.layout.manifest_path().as_str().to_owned()),
            crate_file => inputs.layout.ro_crate.as_str(),
            crate_copy => inputs.layout.ro_crate_metadata.as_ref().map(DiscPath::as_str),
            public_key => public_key_name(inputs),
        },
        signed => signing_key(inputs),
        stamped => timestamp(inputs),
        listed => language.format.number(listed),
        origin => context! {
            program => Origin::PROGRAM,
            digest => commands.manifest_digest.clone(),
            files => language.format.number(measure_sources(inputs.catalogue).0 as u64),
            size => language.file_size(measure_sources(inputs.catalogue).1),
        },
        command => context! {
            windows => commands.windows.clone(),
            windows_one => commands.windows_one.clone(),
            macos => commands.macos.clone(),
            linux => commands.linux.clone(),
            signature => commands.signature.clone(),
            again => commands.again.clone(),
        },
    }
}

/// The name of the public key on the disc.
fn public_key_name(inputs: &PageInputs<'_>) -> Option<String> {
    let format = inputs.catalogue.disc.signing.as_ref()?.key.format();
    Some(inputs.layout.public_key(format).name().to_owned())
}

/// The timestamp of the checksum list, which the disc has, or will have when the user has obtained it. Nothing on the pages depends on
/// which, because the timestamp is of a list with the digests of these pages.
fn timestamp(inputs: &PageInputs<'_>) -> Option<Value> {
    inputs.catalogue.disc.timestamp.as_ref()?;
    Some(context! {
        file => inputs.layout.timestamp().as_str(),
        program => "openssl",
        certificate => CERTIFICATE_FILE,
        command => verify_timestamp(inputs.layout),
    })
}

/// The public key with which the disc is signed.
fn signing_key(inputs: &PageInputs<'_>) -> Option<Value> {
    let key = inputs.catalogue.disc.signing.as_ref()?.key;
    let (program, file) = (key.format().program(), public_key_name(inputs));
    Some(context! { id => key.id(), key => key.to_string(), program => program, file => file })
}
