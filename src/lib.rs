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
use plan::{DiscDate, Plan};

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
    let mut findings = Findings::default();
    let manuscript = ManifestFile::read(manifest, &mut findings)?;
    Ok(judge(manuscript, findings, allow_outside))
}

/// Judges a manifest that was read, and the files it names, without reading those.
pub fn judge(manuscript: ManifestFile, mut findings: Findings, allow_outside: bool) -> Examined {
    let collection = collection(&manuscript, &mut findings, allow_outside);
    Examined { manuscript, findings, collection }
}

fn collection(manuscript: &ManifestFile, findings: &mut Findings, allow_outside: bool) -> Option<(Catalogue, Layout)> {
    if findings.has_errors() {
        return None;
    }
    let parsed = manuscript.parse(findings)?;
    let catalogue = catalogue::check(&parsed, manuscript.folder(), allow_outside, findings)?;
    let layout = Layout::of(&catalogue, findings);
    Some((catalogue, layout))
}

/// Makes the pages and plans the disc, of a collection without errors. `None` after an error.
pub fn assemble(
    catalogue: &Catalogue,
    layout: &Layout,
    texts: &Extractions,
    epoch: Option<i64>,
    findings: &mut Findings,
) -> Option<Plan> {
    let materials = launcher::Materials::read(catalogue, findings);
    let prepared = launcher::PreparedMaterials::new(catalogue, &materials, findings);
    let date = DiscDate::of(catalogue, epoch, findings);
    let files = launcher::render(catalogue, layout, &prepared, texts, findings)?;
    Some(Plan::of(catalogue, layout, files, date?))
}
