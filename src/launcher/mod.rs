//! The launcher: the pages of the disc in all its languages, the files that open them, and what
//! tells systems and readers what the disc is.
//!
//! It decides no path: the layout does. It reads no file but through [`Materials`].

mod facets;
mod markdown;
mod materials;
mod pages;
mod palette;
mod picture;
mod plain;
mod scripts;
mod search;
mod strings;
mod theme;

pub use materials::Materials;

use crate::catalogue::Catalogue;
use crate::compressed::CompressedBytes;
use crate::diagnostic::{Finding, Findings, Place};
use crate::exports;
use crate::extraction::Extractions;
use crate::layout::{DiscPath, Layout};
use pages::Pages;
use palette::Palette;
use picture::Png;
use strings::Words;
use theme::Theme;

/// A file of the disc that is made, not copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Where it goes.
    pub path: DiscPath,
    /// What it holds.
    pub bytes: CompressedBytes,
}

impl GeneratedFile {
    fn new(path: DiscPath, bytes: &[u8]) -> Self {
        Self { path, bytes: CompressedBytes::new(bytes) }
    }
}

/// What the launcher shows that can be shown elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ornaments {
    /// The emblem as a PNG, large enough for print, with its size in pixels.
    pub emblem: Option<(Vec<u8>, u32, u32)>,
    /// The colours of light pages by name, as `#rrggbb`.
    pub colours: Vec<(&'static str, String)>,
    /// The interface strings of each language of the disc.
    pub words: Vec<std::collections::BTreeMap<&'static str, String>>,
}

impl Ornaments {
    /// Those of a collection; its emblem is read. `None` if a finding is an error.
    pub fn of(catalogue: &Catalogue, findings: &mut Findings) -> Option<Self> {
        let materials = Materials::read(catalogue, findings);
        let emblem =
            materials.emblem.as_ref().and_then(|(bytes, name)| picture::emblem(bytes, name, findings)?.printable());
        let words = strings::resolve(catalogue, findings)?;
        let table = |words: &strings::Words| words.iter().map(|(key, text)| (key, text.to_owned())).collect();
        let colours = palette::light(&catalogue.launcher.colours, findings);
        (!findings.has_errors()).then(|| Self {
            emblem: emblem.map(|png| (png.bytes, png.width, png.height)),
            colours,
            words: words.iter().map(table).collect(),
        })
    }
}

/// What all pages are made with, made ready before the documents are read.
pub struct Ingredients<'m> {
    materials: &'m Materials,
    /// `None` if the built-in strings cannot be read.
    strings: Option<Vec<Words>>,
    /// `None` if a template is wrong.
    theme: Option<Theme<'m>>,
    emblem: Option<Png>,
    /// `None` if the emblem could not be drawn.
    icon: Option<Vec<u8>>,
    palette: Palette,
}

impl<'m> Ingredients<'m> {
    /// Compiles the theme, draws the emblem and the icon, and completes the interface strings. All that is wrong
    /// with any of them is reported.
    pub fn prepare(catalogue: &Catalogue, materials: &'m Materials, findings: &mut Findings) -> Self {
        let (emblem, icon) = pictures(materials, findings);
        Self {
            materials,
            strings: strings::resolve(catalogue, findings),
            theme: Theme::new(materials, findings),
            emblem,
            icon,
            palette: palette::light(&catalogue.launcher.colours, findings),
        }
    }
}

/// Makes every file of the launcher, and reports all that is wrong with any of them. `None` if a finding is an
/// error.
pub fn render(
    catalogue: &Catalogue,
    layout: &Layout,
    ingredients: &Ingredients<'_>,
    texts: &Extractions,
    findings: &mut Findings,
) -> Option<Vec<GeneratedFile>> {
    let Ingredients { materials, strings, theme, emblem, icon, palette } = ingredients;
    pages::check_foreword(catalogue, layout, materials, findings);
    let (strings, theme) = (strings.as_ref()?, theme.as_ref()?);
    let formats: Vec<_> = catalogue.disc.languages.iter().map(|language| language.format()).collect();
    let mut files = Vec::new();

    files.extend(icon.as_ref().map(|icon| GeneratedFile::new(layout.icon.clone(), icon)));
    files.push(plain::autorun(catalogue, layout));
    files.extend(plain::autoopen(layout));
    files.extend(plain::volume_info(catalogue, layout));
    files.extend(plain::rights(catalogue, layout));
    match style(catalogue, layout, theme, palette) {
        Ok(style) => files.push(style),
        Err(finding) => findings.push(*finding),
    }
    for (path, script) in [(&layout.script, scripts::CHECK), (&layout.list_script, scripts::LIST)] {
        files.push(GeneratedFile::new(path.clone(), script.as_bytes()));
    }
    // After an error nobody needs the index, which takes long to make.
    if texts.wanted() && !findings.has_errors() {
        files.extend(search::files(catalogue, layout, texts));
    }

    let size = emblem.as_ref().map(|emblem| (emblem.width, emblem.height));
    files.extend(emblem.as_ref().map(|emblem| GeneratedFile::new(layout.emblem.clone(), &emblem.bytes)));
    let mut pages = Pages { catalogue, layout, texts, theme, strings, emblem: size, listed: 0 };
    // What the readme and the pages say of the list must count them too. Neither the list itself is
    // in it nor the second name of the volume's name and icon.
    pages.listed = (files.len() + exports::EXPORTS.len() + 1 + pages.count() + documents(catalogue)) as u64;
    let commands = plain::Commands::of(layout);
    files.push(plain::readme(catalogue, layout, strings, &formats, &commands, pages.listed));
    pages.render(&commands, materials, &mut files, findings);
    files.extend(exports::files(catalogue, layout).into_iter().map(|(path, bytes)| GeneratedFile { path, bytes }));
    (!findings.has_errors()).then_some(files)
}

/// How many paths the documents have; a source that is used twice has two.
fn documents(catalogue: &Catalogue) -> usize {
    catalogue.reports().flat_map(|(_, _, report)| &report.variants).map(|variant| variant.files.len()).sum()
}

/// The emblem, if there is one, and the icon; no icon if one of them cannot be made.
fn pictures(materials: &Materials, findings: &mut Findings) -> (Option<Png>, Option<Vec<u8>>) {
    let emblem = match &materials.emblem {
        Some((bytes, name)) => match picture::emblem(bytes, name, findings) {
            Some(emblem) => Some(emblem),
            None => return (None, None),
        },
        None => None,
    };
    let mut made = |what: &str, bytes: bool| {
        if !bytes {
            findings.push(Finding::error("bad-picture", Place::Nowhere, format!("the {what} could not be made")));
        }
    };
    let png = emblem.as_ref().map(|emblem| emblem.png());
    made("emblem", png.as_ref().is_none_or(Option::is_some));
    let icon = match emblem {
        Some(emblem) => emblem.icon(),
        None => picture::disc(&mut Findings::default()).and_then(|disc| disc.icon()),
    };
    made("icon", icon.is_some());
    (png.flatten(), icon)
}

fn style(
    catalogue: &Catalogue,
    layout: &Layout,
    theme: &Theme<'_>,
    light: &Palette,
) -> Result<GeneratedFile, Box<Finding>> {
    // A theme's own rules know nothing of dark pages.
    let dark = palette::dark(&catalogue.launcher.colours).filter(|_| !theme.has_own_style());
    let placeholders = light.iter().map(|(name, _)| (*name, palette::placeholder(name))).collect();
    let sheet = String::from_utf8_lossy(&theme.render("style.css", pages::style_context(placeholders))?).into_owned();
    let mut bytes = palette::coloured(&sheet, light, dark.as_ref()).into_bytes();
    if let Some(overrides) = theme.overrides() {
        bytes.extend_from_slice(overrides.as_bytes());
    }
    Ok(GeneratedFile::new(layout.style.clone(), &bytes))
}

#[cfg(test)]
mod tests;
