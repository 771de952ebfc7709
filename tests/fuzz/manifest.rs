//! The manifest, from its bytes to the layout and the report of what is wrong.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use make_disc::diagnostic::{self, Findings, Style};
use make_disc::manifest::ManifestFile;

fuzz_target!(|data: &[u8]| {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut findings = Findings::default();
    let manuscript = ManifestFile::in_memory(data.to_vec(), folder, &mut findings);
    let examined = make_disc::judge(manuscript, findings, false);
    let findings = &examined.findings;
    assert_eq!(diagnostic::records(findings, &examined.manuscript).len(), findings.0.len());
    let shown = diagnostic::render(findings, &examined.manuscript, Style { colour: false, width: 120 });
    assert_eq!(shown.is_empty(), findings.0.is_empty());
    assert!(examined.findings.has_errors() || examined.collection.is_some(), "neither a disc nor a reason");
});
