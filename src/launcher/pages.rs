//! All pages, and the values that their templates are filled with.

use std::collections::BTreeSet;

use minijinja::context;
use minijinja::value::Value;

use super::browse::{self, BrowseGroups};
use super::check_commands::CheckCommands;
use super::foreword::ForewordPages;
use super::generated::GeneratedFile;
use super::materials::Materials;
use super::page_language::{PageLanguage, own_name};
use super::site::Site;
use super::{reports, search};
use crate::catalogue::Text;
use crate::diagnostic::{Finding, Findings};
use crate::file_formats::{FormatKind, display_name};
use crate::language::Language;
use crate::layout::DiscPath;
use crate::parallel::parallel_map;

/// A page, or the finding for an error in its template.
type RenderResult = Result<GeneratedFile, Box<Finding>>;

/// Renders all pages. An error in a template is reported once, however many pages are made from it.
pub(super) fn render(
    site: &Site<'_>,
    commands: &CheckCommands,
    materials: &Materials,
    files: &mut Vec<GeneratedFile>,
    findings: &mut Findings,
) {
    let foreword = ForewordPages::new(site, materials);
    let numbers: Vec<usize> = (0..site.catalogue.disc.languages.len()).collect();
    let by_language = parallel_map(&numbers, |number| pages_in(site, *number, commands, &foreword));
    for page in std::iter::once(index_page(site)).chain(by_language.into_iter().flatten()) {
        match page {
            Ok(page) => files.push(page),
            Err(finding) if findings.0.contains(&finding) => {}
            Err(finding) => findings.push(*finding),
        }
    }
}

/// The page on which readers choose a language.
fn index_page(site: &Site<'_>) -> RenderResult {
    let disc = &site.catalogue.disc;
    let path = &site.layout.index;
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
                href => site.layout.home_path(language).link_from(path),
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
        emblem => site.emblem_size(),
        link => site.links(path, default),
    };
    Ok(GeneratedFile::new(path.clone(), &site.theme.render("index.html", context)?))
}

/// All pages in the disc's language with this number.
fn pages_in(
    site: &Site<'_>,
    number: usize,
    commands: &CheckCommands,
    foreword: &ForewordPages<'_>,
) -> Vec<RenderResult> {
    let layout = site.layout;
    let format = site.catalogue.disc.languages[number].format();
    let language =
        &PageLanguage::new(site.catalogue, &site.catalogue.disc.languages[number], &site.strings[number], &format);
    let groups = BrowseGroups::new(site, language);
    let page = |template, path_in: &dyn Fn(&Language) -> DiscPath, content| {
        render_page(site, language, template, path_in, content)
    };
    let mut files = vec![
        page("home", &|language| layout.home_path(language), home_page(site, language, foreword)),
        page("list", &|language| layout.list_path(language), reports::list_page(site, language, &groups)),
        page("start", &|language| layout.start_path(language), browse::start_page(site, language, &groups)),
    ];
    if site.texts.has_search() {
        files.push(page("search", &|language| layout.search_path(language), search_page(site, language)));
    }
    for list in site.browse_lists() {
        let content = groups.page(site, language, list);
        files.push(page("way", &|language| layout.browse_list_path(language, list), content));
    }
    files.push(page("help", &|language| layout.help_path(language), help_page(site, language)));
    files.push(page("check", &|language| layout.check_path(language), check_page(site, language, commands)));
    for (s, r, report) in site.catalogue.reports() {
        let path = layout.report_path(language.language, s, r);
        let content = reports::report_page(site, language, &groups, &path, (s, r), report);
        files.push(page("report", &|language| layout.report_path(language, s, r), content));
    }
    files
}

/// Renders a page with `content` and the values that all pages have. `path_in` returns the path of the page in a language.
fn render_page(
    site: &Site<'_>,
    language: &PageLanguage<'_>,
    template: &str,
    path_in: &dyn Fn(&Language) -> DiscPath,
    content: Value,
) -> RenderResult {
    let path = path_in(language.language);
    let languages: Vec<Value> = site
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
        emblem => site.emblem_size(),
        link => site.links(&path, language.language),
        ..content
    };
    let bytes = site.theme.render(&format!("{template}.html"), context)?;
    Ok(GeneratedFile::new(path, &bytes))
}

fn home_page(site: &Site<'_>, language: &PageLanguage<'_>, foreword: &ForewordPages<'_>) -> Value {
    let signature = site.catalogue.launcher.foreword.as_ref().and_then(|foreword| foreword.signature.as_ref());
    let signature = signature.map(|signature| {
        context! {
            name => signature.name.as_ref().map(|name| language.text(name)),
            role => signature.role.as_ref().map(|role| language.text(role)),
        }
    });
    context! { foreword => foreword.on_page(language), signature => signature }
}

fn search_page(site: &Site<'_>, language: &PageLanguage<'_>) -> Value {
    let languages = site.catalogue.document_languages();
    let join = |texts: Vec<String>, separator: &str| texts.join(separator);
    // The link is the same from the search page of every language.
    let page = site.layout.search_path(site.catalogue.disc.default_language());
    let folder = site.layout.search_characters.link_from(&page);
    context! {
        search => context! {
            folder => folder.trim_end_matches(site.layout.search_characters.name()),
            folders => join(languages.iter().map(|language| site.layout.search_folder(language)).collect(), " "),
            languages => join(languages.iter().map(|language| language.as_str().to_owned()).collect(), " "),
            names => join(languages.iter().map(|indexed| language.name_of(indexed)).collect(), "|"),
            rtl => search::right_to_left(&languages),
            choices => languages.iter().map(|indexed| language.language_value(indexed)).collect::<Vec<_>>(),
        },
    }
}

fn help_page(site: &Site<'_>, language: &PageLanguage<'_>) -> Value {
    let extensions: BTreeSet<&str> = site
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
        formats => formats,
        name => context! {
            index => site.layout.index.name(),
            readme => site.layout.readme.name(),
            folder => site.layout.documents_folder(),
            code => language.language.name_part(),
        },
    }
}

fn check_page(site: &Site<'_>, language: &PageLanguage<'_>, commands: &CheckCommands) -> Value {
    context! {
        name => context! {
            list => site.layout.checksums.name(),
            readme => site.layout.readme.name(),
            volume_info => site.layout.volume_info.as_str(),
            copy => site.layout.xdg_volume_info.as_ref().map(DiscPath::as_str),
        },
        listed => language.format.number(site.listed_files),
        command => context! {
            windows => commands.windows.clone(),
            windows_one => commands.windows_one.clone(),
            macos => commands.macos.clone(),
            linux => commands.linux.clone(),
        },
    }
}
