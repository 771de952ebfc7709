//! The manifest, from its bytes to the layout and the report of what is wrong.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let checked = make_disc::check_manifest(data.to_vec(), folder);
    let findings = &checked.findings;
    assert_eq!(checked.records.len(), findings.0.len());
    assert_eq!(checked.text.is_empty(), findings.0.is_empty());
    assert!(findings.has_errors() || checked.is_complete, "neither a disc nor a reason");
});
