//! One text file in, one disc out: a multilingual, checksummed ISO 9660 data disc from a manifest.
//!
//! The pipeline, each step a module of plain types that imports only those before it:
//! manifest → catalogue → layout → launcher → plan → image; `verify` stands apart.

mod archive;
mod burn;
mod catalogue;
mod checksum;
pub mod cli;
mod compressed;
mod data_formats;
pub mod diagnostic;
mod exports;
mod extraction;
mod file_formats;
mod html;
mod image;
mod language;
mod launcher;
mod layout;
pub mod manifest;
mod media_check;
mod names;
mod parallel;
mod plan;
mod preflight;
mod print;
pub mod progress;
mod scaffold;
mod search;
mod stage;
pub mod strings;
pub mod verify;

use std::io;
use std::path::Path;

use catalogue::Catalogue;
use diagnostic::Findings;
use extraction::Extractions;
use layout::Layout;
use manifest::ManifestFile;
use plan::Plan;

/// A manifest that was read and judged, and all that was found.
pub struct Examined {
    /// The manifest as text, for findings to be shown in.
    pub manuscript: ManifestFile,
    /// Everything wrong or worth knowing.
    pub findings: Findings,
    /// The collection and its paths; complete only if no finding is an error.
    pub collection: Option<(Catalogue, Layout)>,
}

/// Reads a manifest and judges it and the files it names, without reading those.
///
/// # Errors
/// The manifest itself cannot be read.
pub fn examine(manifest: &Path, allow_outside: bool) -> io::Result<Examined> {
    let (manuscript, findings) = ManifestFile::read(manifest)?;
    Ok(judge(manuscript, findings, allow_outside))
}

/// Judges a manifest that was read, and the files it names, without reading those.
pub fn judge(manuscript: ManifestFile, mut findings: Findings, allow_outside: bool) -> Examined {
    if findings.has_errors() {
        return Examined { manuscript, findings, collection: None };
    }
    let (parsed, of_form) = manuscript.parse();
    let unreadable = of_form.has_errors() && parsed.broken.is_empty() && parsed.manifest.disc.is_none();
    findings.append(of_form);
    if unreadable {
        return Examined { manuscript, findings, collection: None };
    }
    let (catalogue, of_content) = catalogue::check(&parsed, manuscript.folder(), allow_outside);
    findings.append(of_content);
    let collection = catalogue.map(|catalogue| {
        let (layout, of_names) = Layout::of(&catalogue);
        findings.append(of_names);
        (catalogue, layout)
    });
    Examined { manuscript, findings, collection }
}

/// Makes the pages and plans the disc, of a collection without errors.
///
/// # Errors
/// Findings, at least one of them an error.
pub fn assemble(
    catalogue: &Catalogue,
    layout: &Layout,
    texts: &Extractions,
    epoch: Option<i64>,
) -> Result<(Plan, Findings), Findings> {
    let materials = launcher::Materials::read(catalogue)?;
    let (files, findings) = launcher::render(catalogue, layout, &materials, texts)?;
    let plan = Plan::of(catalogue, layout, files, epoch)?;
    Ok((plan, findings))
}
