//! Makes a multilingual, checksummed ISO 9660 data disc from one manifest.
//!
//! The work is done in steps, and each step is a module that imports only the ones before it:
//! manifest → catalogue → layout → launcher → plan → image. `pipeline` runs them in this order. `verify` checks the
//! result, and imports none of the modules that make it. docs/architecture.md describes all modules.

mod archive;
mod burn;
mod catalogue;
mod checksum;
// The fuzz targets do without it, and then most of the code is not reachable and not compiled.
#[cfg(not(fuzzing))]
pub mod cli;
mod compressed;
mod covers;
mod data_formats;
pub mod diagnostic;
mod encodings;
mod environment;
mod error_correction;
mod escaping;
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
mod ocr;
mod os_metadata;
mod outputs;
mod parallel;
mod path_text;
mod pipeline;
mod pixels;
mod plan;
mod preflight;
mod print;
mod programs;
pub mod progress;
mod scaffold;
mod search;
pub mod signature;
mod site;
mod stage;
pub mod strings;
mod system;
mod temporary;
mod timestamp;
pub mod verify;
mod workbooks;
mod worker;

use std::path::Path;

use diagnostic::Findings;

/// Checks a manifest in memory, and whether the files that it names exist in `folder`. Does not read these files.
pub fn check_manifest(bytes: Vec<u8>, folder: &Path) -> Checked {
    let project = pipeline::Project::from_bytes(bytes, folder);
    let style = diagnostic::Style { uses_colour: false, width: 120, detail: diagnostic::Detail::Everything };
    Checked {
        findings: project.findings().clone(),
        text: diagnostic::render_findings(project.findings(), project.manifest(), style),
        records: project.finding_records(),
        is_complete: project.collection().is_some(),
    }
}

/// What [`check_manifest`] found.
pub struct Checked {
    /// Everything that is wrong or worth knowing.
    pub findings: Findings,
    /// The findings as a terminal shows them.
    pub text: String,
    /// The findings as they are in JSON.
    pub records: Vec<diagnostic::FindingRecord>,
    /// Whether a disc could be made, because there is no error.
    pub is_complete: bool,
}
