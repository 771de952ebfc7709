//! The launcher: the pages of the disc in all its languages, and the other files that are generated for readers and
//! operating systems.
//!
//! The layout decides all paths. User files are read only by [`Materials`].

mod accessibility;
mod bookmarks;
mod browse;
mod check_commands;
mod cover;
mod division;
mod emblem;
mod foreword;
mod generated;
mod home;
mod list_parts;
mod markdown;
mod materials;
mod media;
mod page_inputs;
mod page_language;
mod pages;
mod palette;
mod picture;
mod placeholders;
mod related;
mod report_pages;
mod reports;
mod scripts;
mod search;
mod shown;
mod strings;
mod text_files;
mod theme;
mod theme_files;

pub use emblem::{DrawFile, Purpose, draw, draw_in_worker};
pub use generated::GeneratedFile;
pub use materials::Materials;

use std::collections::BTreeMap;

use minijinja::context;

use crate::catalogue::Catalogue;
use crate::covers::Covers;
use crate::diagnostic::{Finding, Findings};
use crate::exports::{self, Origin};
use crate::extraction::Extractions;
use crate::language::Language;
use crate::layout::Layout;
use crate::site::RewrittenFiles;
use check_commands::CheckCommands;
use page_inputs::PageInputs;
use palette::{DarkEmblem, Palette};
use picture::Png;
use related::RelatedReports;
use report_pages::ReportPages;
use strings::InterfaceStrings;
use theme::Theme;

/// The emblem, colours and interface strings of a disc, for labels and covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branding {
    /// The emblem as a PNG that is large enough for print, with its width and height in pixels.
    pub emblem: Option<(Vec<u8>, u32, u32)>,
    /// The colours of light pages by name, as `#rrggbb`.
    pub colours: Vec<(&'static str, String)>,
    /// The interface strings of each language of the disc, each with its language if that is another one.
    pub strings: Vec<BTreeMap<&'static str, (String, Option<Language>)>>,
}

impl Branding {
    /// Reads the files that the branding comes from. `None` if a finding is an error.
    pub fn read(catalogue: &Catalogue, draw_file: DrawFile<'_>, findings: &mut Findings) -> Option<Self> {
        let materials = Materials::read(catalogue, findings);
        let emblem = materials.emblem.as_ref().and_then(|emblem| emblem.draw(Purpose::Print, draw_file, findings)?.png);
        let strings = strings::resolve(catalogue, &materials.strings, findings)?;
        let table = |strings: &InterfaceStrings| {
            let text =
                |(key, text): (&'static str, &str)| (key, (text.to_owned(), strings.borrowed_from(key).cloned()));
            strings.iter().map(text).collect()
        };
        let colours = palette::light(&catalogue.launcher.colours, findings);
        (!findings.has_errors()).then(|| Self {
            emblem: emblem.map(|png| (png.bytes, png.width, png.height)),
            colours,
            strings: strings.iter().map(table).collect(),
        })
    }
}

/// Everything that all pages are made from and that does not depend on the documents. It is prepared before the documents
/// are read, so that errors are reported early.
pub struct PreparedMaterials<'m> {
    materials: &'m Materials,
    /// `None` if the built-in strings cannot be read.
    strings: Option<Vec<InterfaceStrings>>,
    /// `None` if a template has an error.
    theme: Option<Theme<'m>>,
    emblem: Option<Png>,
    /// The emblem for dark pages, if it is another picture.
    emblem_dark: Option<Png>,
    /// How dark pages show the emblem.
    dark_emblem: DarkEmblem,
    is_emblem_on_white: bool,
    /// `None` if the emblem cannot be drawn.
    icon: Option<Vec<u8>>,
    palette: Palette,
}

impl<'m> PreparedMaterials<'m> {
    /// Compiles the theme, draws the emblem and the icon, and completes the interface strings. Reports what is wrong
    /// with any of them.
    pub fn new(
        catalogue: &Catalogue,
        materials: &'m Materials,
        draw_file: DrawFile<'_>,
        findings: &mut Findings,
    ) -> Self {
        let picture::Drawing { png: emblem, icon, suits_dark, is_on_white, .. } =
            emblem_and_icon(materials, draw_file, findings);
        let mut dark_emblem = if suits_dark { DarkEmblem::AsItIs } else { DarkEmblem::OnWhite };
        let dark_file = materials.emblem_dark.as_ref().filter(|_| emblem.is_some());
        let emblem_dark = dark_file.and_then(|dark| dark.draw(Purpose::Dark, draw_file, findings)?.png);
        if emblem_dark.is_some() {
            dark_emblem = DarkEmblem::AsItIs;
        }
        Self {
            materials,
            strings: strings::resolve(catalogue, &materials.strings, findings),
            theme: Theme::compile(&materials.theme, findings),
            emblem,
            emblem_dark,
            dark_emblem,
            is_emblem_on_white: is_on_white,
            icon,
            palette: palette::light(&catalogue.launcher.colours, findings),
        }
    }
}

/// What was read from the documents.
#[derive(Clone, Copy)]
pub struct DocumentContents<'d> {
    pub texts: &'d Extractions,
    /// The files of web sites whose links are different on the disc.
    pub sites: &'d RewrittenFiles,
    pub covers: &'d Covers,
}

/// Makes every file of the launcher, including the search index and the exports, and reports what is wrong with them. `None` if
/// a finding is an error.
pub fn render(
    catalogue: &Catalogue,
    layout: &Layout,
    prepared: &PreparedMaterials<'_>,
    documents: &DocumentContents<'_>,
    origin: &Origin,
    findings: &mut Findings,
) -> Option<Vec<GeneratedFile>> {
    let PreparedMaterials { materials, strings, theme, emblem, emblem_dark, icon, .. } = prepared;
    let DocumentContents { texts, sites, covers } = *documents;
    foreword::check_markdown(catalogue, layout, materials, findings);
    let (strings, theme) = (strings.as_ref()?, theme.as_ref()?);
    let formats: Vec<_> = catalogue.disc.languages.iter().map(|language| language.format()).collect();
    let mut files = Vec::new();

    files.extend(icon.as_ref().map(|icon| GeneratedFile::new(layout.icon.clone(), icon)));
    files.push(text_files::autorun(catalogue, layout));
    files.extend(text_files::autoopen(layout));
    files.extend(text_files::volume_info(catalogue, layout));
    files.extend(text_files::rights(catalogue, layout));
    if catalogue.disc.publishes_manifest {
        files.push(GeneratedFile::new(layout.manifest_path(), origin.manifest.as_bytes()));
    }
    let command = origin.command(catalogue, texts.has_search());
    files.extend(text_files::public_key(catalogue, layout));
    match stylesheet(catalogue, layout, theme, prepared) {
        Ok(stylesheet) => files.push(stylesheet),
        Err(finding) => findings.push(*finding),
    }
    for (path, script) in [(&layout.script, scripts::CHECK), (&layout.list_script, scripts::LIST)] {
        files.push(GeneratedFile::new(path.clone(), script.as_bytes()));
    }
    if texts.has_search() {
        files.push(GeneratedFile::new(layout.no_script_style.clone(), WITHOUT_SCRIPT.as_bytes()));
    }
    let outlines = reports::outlines(catalogue, texts);
    let report_pages = ReportPages::new(catalogue, texts, covers, &outlines, theme);
    // The index takes a long time to make, and is useless after an error.
    if texts.has_search() && !findings.has_errors() {
        files.extend(search::files(catalogue, layout, texts, &report_pages));
    }

    let emblem_size = emblem.as_ref().map(|emblem| (emblem.width, emblem.height));
    files.extend(emblem.as_ref().map(|emblem| GeneratedFile::new(layout.emblem.clone(), &emblem.bytes)));
    // Pages that are never dark do not show it.
    let emblem_dark = emblem_dark.as_ref().filter(|_| has_dark_pages(catalogue, theme));
    files.extend(emblem_dark.map(|dark| GeneratedFile::new(layout.emblem_dark.clone(), &dark.bytes)));
    files.extend(cover::files(catalogue, layout, covers));
    let captions = &materials.captions;
    let sections = reports::divide_sections(catalogue, layout, theme);
    let inputs = PageInputs {
        catalogue,
        layout,
        texts,
        theme,
        strings,
        emblem: emblem_size,
        emblem_dark: emblem_dark.map(|dark| (dark.width, dark.height)),
        captions,
        covers,
        sections: &sections,
        report_pages: &report_pages,
        related: RelatedReports::new(catalogue),
        outlines: &outlines,
    };
    pages::render(&inputs, materials, &mut files, findings);
    // The pages that state the number of files are in the checksum list too: one in each language, and the readme. The list
    // itself and its signature are not, nor are `.xdg-volume-info` and `ro-crate-metadata.json`, which are second names of listed files.
    let listed =
        files.len() + catalogue.disc.languages.len() + 1 + exports::EXPORTS.len() + count_document_paths(catalogue);
    let commands = CheckCommands::new(catalogue, layout, origin, command.clone());
    pages::render_check_pages(&inputs, &commands, listed as u64, &mut files, findings);
    files.push(text_files::readme(catalogue, layout, strings, &formats, &commands, listed as u64));
    files.extend(
        exports::generate_exports(catalogue, layout, sites, texts, (origin, &command))
            .into_iter()
            .map(|exports::ExportFile { path, bytes, digests_of }| GeneratedFile { path, bytes, digests_of }),
    );
    (!findings.has_errors()).then_some(files)
}

/// The rules for browsers with scripts switched off: the search needs them, so its fields would lead nowhere.
const WITHOUT_SCRIPT: &str = ".finder { display: none !important; }\n";

/// The number of paths that documents have. A source that is used twice has two.
fn count_document_paths(catalogue: &Catalogue) -> usize {
    catalogue.reports().flat_map(|(_, _, report)| &report.variants).map(|variant| variant.all_files().count()).sum()
}

/// Draws the emblem, if the disc has one, and the icon. If the emblem cannot be drawn, there is no icon.
fn emblem_and_icon(materials: &Materials, draw_file: DrawFile<'_>, findings: &mut Findings) -> picture::Drawing {
    match &materials.emblem {
        Some(emblem) => emblem.draw(Purpose::Disc, draw_file, findings).unwrap_or_default(),
        None => picture::Drawing { icon: picture::default_icon(), ..picture::Drawing::default() },
    }
}

/// Whether readers whose system is dark see dark pages. A theme's own rules are written for light pages only.
fn has_dark_pages(catalogue: &Catalogue, theme: &Theme<'_>) -> bool {
    palette::dark(&catalogue.launcher.colours).is_some() && !theme.has_own_style()
}

fn stylesheet(
    catalogue: &Catalogue,
    layout: &Layout,
    theme: &Theme<'_>,
    prepared: &PreparedMaterials<'_>,
) -> Result<GeneratedFile, Box<Finding>> {
    let dark = palette::dark(&catalogue.launcher.colours).filter(|_| has_dark_pages(catalogue, theme));
    let light = &prepared.palette;
    let placeholders: BTreeMap<_, _> = light.iter().map(|(name, _)| (*name, palette::placeholder(name))).collect();
    let is_emblem_on_white = prepared.is_emblem_on_white;
    let sheet = theme.render("style.css", context! { colour => placeholders, is_emblem_on_white })?;
    let dark_rules = dark.as_ref().map(|dark| (dark, prepared.dark_emblem));
    let mut bytes = palette::apply_colours(&String::from_utf8_lossy(&sheet), light, dark_rules).into_bytes();
    if dark.is_some() && prepared.emblem_dark.is_some() && !theme.shows_dark_emblem() {
        let picture = layout.emblem_dark.link_from(&layout.style);
        let rule = format!(
            "@media screen and (prefers-color-scheme: dark) {{\n  .emblem > img {{ content: url(\"{picture}\"); }}\n}}\n"
        );
        bytes.extend_from_slice(rule.as_bytes());
    }
    if let Some(overrides) = theme.overrides() {
        bytes.extend_from_slice(overrides.as_bytes());
    }
    Ok(GeneratedFile::new(layout.style.clone(), &bytes))
}

#[cfg(test)]
mod tests;
