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
mod search;
mod strings;
mod theme;

pub use materials::Materials;

use crate::catalogue::Catalogue;
use crate::compressed::CompressedBytes;
use crate::diagnostic::Findings;
use crate::exports;
use crate::extraction::Extractions;
use crate::layout::{DiscPath, Layout};
use pages::Pages;
use picture::{Picture, Png};
use theme::Theme;

/// The check of the disc in the browser.
const SCRIPT: &str = include_str!("../../assets/launcher/check.js");

/// What narrows the list of documents.
const LIST_SCRIPT: &str = include_str!("../../assets/launcher/list.js");

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
    /// Those of a collection; its emblem is read.
    ///
    /// # Errors
    /// Findings, at least one of them an error: an emblem that is no picture.
    pub fn of(catalogue: &Catalogue) -> Result<Self, Findings> {
        let materials = Materials::read(catalogue)?;
        let mut findings = Findings::default();
        let emblem = match &materials.emblem {
            Some((bytes, name)) => picture::emblem(bytes, name, &mut findings)?.printable(),
            None => None,
        };
        let words = strings::resolve(catalogue, &mut findings)?;
        let table = |words: &strings::Words| words.iter().map(|(key, text)| (key, text.to_owned())).collect();
        Ok(Self {
            emblem: emblem.map(|png| (png.bytes, png.width, png.height)),
            colours: palette::light(&catalogue.launcher.colours, &mut findings),
            words: words.iter().map(table).collect(),
        })
    }
}

/// Makes every file of the launcher, and says what is worth knowing about them.
///
/// # Errors
/// Findings, at least one of them an error: an emblem that is no picture, a template that is wrong.
pub fn render(
    catalogue: &Catalogue,
    layout: &Layout,
    materials: &Materials,
    texts: &Extractions,
) -> Result<(Vec<GeneratedFile>, Findings), Findings> {
    let mut findings = materials.findings().clone();
    let strings = strings::resolve(catalogue, &mut findings)?;
    let formats: Vec<_> = catalogue.disc.languages.iter().map(|language| language.format()).collect();
    let theme = Theme::of(materials)?;
    let mut files = Vec::new();

    let (emblem, icon) = pictures(materials, &mut findings)?;
    files.push(GeneratedFile::new(layout.icon.clone(), &icon));
    files.push(plain::autorun(catalogue, layout));
    files.extend(plain::autoopen(layout));
    files.extend(plain::volume_info(catalogue, layout));
    files.extend(plain::rights(catalogue, layout));
    files.push(style(catalogue, layout, &theme, &mut findings)?);
    for (path, script) in [(&layout.script, SCRIPT), (&layout.list_script, LIST_SCRIPT)] {
        files.push(GeneratedFile::new(path.clone(), script.as_bytes()));
    }
    if texts.wanted() {
        files.extend(search::files(catalogue, layout, texts));
    }

    let size = emblem.as_ref().map(|emblem| (emblem.width, emblem.height));
    files.extend(emblem.map(|emblem| GeneratedFile::new(layout.emblem.clone(), &emblem.bytes)));
    let mut pages = Pages { catalogue, layout, texts, theme: &theme, strings: &strings, emblem: size, listed: 0 };
    // What the readme and the pages say of the list must count them too. Neither the list itself is
    // in it nor the second name of the volume's name and icon.
    pages.listed = (files.len() + exports::EXPORTS.len() + 1 + pages.count() + documents(catalogue)) as u64;
    let commands = plain::Commands::of(layout);
    files.push(plain::readme(catalogue, layout, &strings, &formats, &commands, pages.listed));
    pages.render(&commands, materials, &mut files, &mut findings)?;
    files.extend(exports::files(catalogue, layout).into_iter().map(|(path, bytes)| GeneratedFile { path, bytes }));
    Ok((files, findings))
}

/// How many paths the documents have; a source that is used twice has two.
fn documents(catalogue: &Catalogue) -> usize {
    catalogue.reports().flat_map(|(_, _, report)| &report.variants).map(|variant| variant.files.len()).sum()
}

/// The emblem, if there is one, and the icon.
fn pictures(materials: &Materials, findings: &mut Findings) -> Result<(Option<Png>, Vec<u8>), Findings> {
    let unmade = |what: &str| {
        let message = format!("the {what} could not be made");
        Findings::from(crate::diagnostic::Finding::error("bad-picture", crate::diagnostic::Place::Nowhere, message))
    };
    let emblem: Option<Picture> = match &materials.emblem {
        Some((bytes, name)) => Some(picture::emblem(bytes, name, findings)?),
        None => None,
    };
    let png = match &emblem {
        Some(picture) => Some(picture.png().ok_or_else(|| unmade("emblem"))?),
        None => None,
    };
    let icon = match emblem {
        Some(picture) => picture.icon(),
        None => picture::disc()?.icon(),
    };
    Ok((png, icon.ok_or_else(|| unmade("icon"))?))
}

fn style(
    catalogue: &Catalogue,
    layout: &Layout,
    theme: &Theme<'_>,
    findings: &mut Findings,
) -> Result<GeneratedFile, Findings> {
    let colours = &catalogue.launcher.colours;
    let light = palette::light(colours, findings);
    // A theme's own rules know nothing of dark pages.
    let dark = palette::dark(colours).filter(|_| !theme.has_own_style());
    let placeholders = light.iter().map(|(name, _)| (*name, palette::placeholder(name))).collect();
    let sheet = String::from_utf8_lossy(&theme.render("style.css", pages::style_context(placeholders))?).into_owned();
    let mut bytes = palette::coloured(&sheet, &light, dark.as_ref()).into_bytes();
    if let Some(overrides) = theme.overrides() {
        bytes.extend_from_slice(overrides.as_bytes());
    }
    Ok(GeneratedFile::new(layout.style.clone(), &bytes))
}

#[cfg(test)]
mod tests;
