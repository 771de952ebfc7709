//! All pages, and the values that their templates are filled with.

use std::collections::BTreeSet;

use minijinja::context;
use minijinja::value::Value;

use super::accessibility;
use super::browse::{self, BrowseGroups};
use super::check_commands::CheckCommands;
use super::division::MAX_ENTRIES;
use super::foreword::ForewordPages;
use super::generated::GeneratedFile;
use super::home::home_page;
use super::materials::Materials;
use super::page_inputs::PageInputs;
use super::page_language::{PageLanguage, own_name};
use super::{reports, search};
use crate::catalogue::Text;
use crate::diagnostic::{Finding, Findings};
use crate::file_formats::{FormatKind, display_name};
use crate::language::Language;
use crate::layout::{DiscPath, Layout};
use crate::parallel::parallel_map;

/// A page, or the finding for an error in its template.
type RenderResult = Result<GeneratedFile, Box<Finding>>;

/// Renders all pages but those that [`render_check_pages`] renders. An error in a template is reported once, however many pages
/// are made from it.
pub(super) fn render(
    inputs: &PageInputs<'_>,
    materials: &Materials,
    files: &mut Vec<GeneratedFile>,
    findings: &mut Findings,
) {
    let foreword = ForewordPages::new(inputs, materials);
    let numbers: Vec<usize> = (0..inputs.catalogue.disc.languages.len()).collect();
    let by_language = parallel_map(&numbers, |number| pages_in(inputs, *number, &foreword));
    add_pages(std::iter::once(index_page(inputs)).chain(by_language.into_iter().flatten()), files, findings);
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
    let languages = inputs.catalogue.disc.languages.iter().zip(inputs.strings);
    let pages = languages.map(|(language, strings)| {
        let format = language.format();
        let language = &PageLanguage::new(inputs.catalogue, language, strings, &format);
        let content = check_page(inputs, language, commands, listed);
        render_page(inputs, language, "check", &|language| inputs.layout.check_path(language), content)
    });
    add_pages(pages, files, findings);
}

fn add_pages(pages: impl Iterator<Item = RenderResult>, files: &mut Vec<GeneratedFile>, findings: &mut Findings) {
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
            let title = matches!(disc.title, Text::PerLanguage(_)).then(|| {
                let title_language = shown.other_language.unwrap_or(language);
                context! {
                    text => shown.text,
                    lang => title_language.as_str(),
                    dir => title_language.direction().as_str(),
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
    Ok(GeneratedFile::new(path.clone(), &inputs.theme.render("index.html", context)?))
}

/// All pages in the disc's language with this number.
fn pages_in(inputs: &PageInputs<'_>, number: usize, foreword: &ForewordPages<'_>) -> Vec<RenderResult> {
    let layout = inputs.layout;
    let format = inputs.catalogue.disc.languages[number].format();
    let language = &PageLanguage::new(
        inputs.catalogue,
        &inputs.catalogue.disc.languages[number],
        &inputs.strings[number],
        &format,
    );
    let groups = BrowseGroups::new(inputs, language);
    let page = |template, path_in: &dyn Fn(&Language) -> DiscPath, content| {
        render_page(inputs, language, template, path_in, content)
    };
    let mut files = vec![
        page("home", &|language| layout.home_path(language), home_page(inputs, language, foreword)),
        page("start", &|language| layout.start_path(language), browse::start_page(inputs, language, &groups)),
    ];
    for (part, content) in reports::list_pages(inputs, language, &groups) {
        let path_in = |language: &Language| match part {
            Some(part) => layout.list_part_path(language, None, part),
            None => layout.list_path(language),
        };
        files.push(page("list", &path_in, content));
    }
    if inputs.texts.has_search() {
        files.push(page("search", &|language| layout.search_path(language), search_page(inputs, language)));
    }
    for list in inputs.browse_lists() {
        for (part, content) in groups.pages(inputs, language, list) {
            // Each language has its own order, and so its own pages: the links between languages lead to the first.
            let path_in = |other: &Language| match part {
                Some(part) if other == language.language => layout.list_part_path(other, Some(list), part),
                _ => layout.browse_list_path(other, list),
            };
            files.push(page("way", &path_in, content));
        }
    }
    files.push(page("help", &|language| layout.help_path(language), help_page(inputs, language)));
    for (s, r, report) in inputs.catalogue.reports() {
        let path = layout.report_path(language.language, s, r);
        let content = reports::report_page(inputs, language, &groups, &path, (s, r), report);
        files.push(page("report", &|language| layout.report_path(language, s, r), content));
    }
    files
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
    let languages: Vec<Value> = inputs
        .catalogue
        .disc
        .languages
        .iter()
        .map(|other| {
            context! {
                href => path_in(other).link_from(&path),
                current => other == language.language,
                ..own_name(other)
            }
        })
        .collect();
    let context = context! {
        lang => language.language.as_str(),
        dir => language.language.direction().as_str(),
        page => template,
        t => language.marked_strings.clone(),
        plain => language.plain_strings.clone(),
        disc => language.disc.clone(),
        languages => languages,
        emblem => inputs.emblem_size(),
        link => inputs.links(&path, language.language),
        ..content
    };
    let bytes = inputs.theme.render(&format!("{template}.html"), context)?;
    Ok(GeneratedFile::new(path, &bytes))
}

fn search_page(inputs: &PageInputs<'_>, language: &PageLanguage<'_>) -> Value {
    let languages = inputs.catalogue.document_languages();
    let join = |texts: Vec<String>, separator: &str| texts.join(separator);
    // The link is the same from the search page of every language.
    let page = inputs.layout.search_path(inputs.catalogue.disc.default_language());
    let folder = inputs.layout.search_characters.link_from(&page);
    context! {
        search => context! {
            folder => folder.trim_end_matches(inputs.layout.search_characters.name()),
            folders => join(languages.iter().map(|language| inputs.layout.search_folder(language)).collect(), " "),
            languages => join(languages.iter().map(|language| language.as_str().to_owned()).collect(), " "),
            names => join(languages.iter().map(|indexed| language.name_of(indexed)).collect(), "|"),
            rtl => search::right_to_left(&inputs.catalogue.all_languages()),
            catalogue => Layout::SEARCH_CATALOGUE_FOLDER,
            default => inputs.catalogue.disc.default_language().as_str(),
            sections => join(
                inputs.catalogue.sections.iter().map(|section| one_line(language.plain_text(&section.title))).collect(),
                "\n",
            ),
            choices => languages.iter().map(|indexed| language.language_value(indexed)).collect::<Vec<_>>(),
        },
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
        .map(|file| file.extension.as_str())
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
            public_key => inputs.layout.public_key.name(),
        },
        signed => signing_key(inputs),
    }
}

fn check_page(inputs: &PageInputs<'_>, language: &PageLanguage<'_>, commands: &CheckCommands, listed: u64) -> Value {
    context! {
        name => context! {
            list => inputs.layout.checksums.name(),
            readme => inputs.layout.readme.name(),
            volume_info => inputs.layout.volume_info.as_str(),
            copy => inputs.layout.xdg_volume_info.as_ref().map(DiscPath::as_str),
            public_key => inputs.layout.public_key.name(),
        },
        signed => signing_key(inputs),
        listed => language.format.number(listed),
        command => context! {
            windows => commands.windows.clone(),
            windows_one => commands.windows_one.clone(),
            macos => commands.macos.clone(),
            linux => commands.linux.clone(),
            signature => commands.signature.clone(),
        },
    }
}

/// The public key with which the disc is signed.
fn signing_key(inputs: &PageInputs<'_>) -> Option<Value> {
    let key = inputs.catalogue.disc.signing.as_ref()?.key;
    Some(context! { id => key.id(), key => key.to_string() })
}
