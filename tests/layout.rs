//! Names on the disc: the same in every view, made from ids and languages, independent of other entries.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Desk, MANIFEST};

/// The Joliet paths of all documents.
fn paths(desk: &Desk) -> Vec<String> {
    let json = desk.run(&["list", "--json", "manifest.yaml"]).ended(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    json["entries"].as_array().unwrap().iter().map(|entry| entry["joliet"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn names_are_made_from_ids_and_languages() {
    assert_eq!(
        paths(&Desk::new()),
        ["/documents/needs/africa_en.pdf", "/documents/needs/africa_fr.pdf", "/documents/needs/asia_en.pdf"]
    );
}

#[test]
fn names_are_made_from_titles_if_there_are_no_ids() {
    let manifest =
        MANIFEST.replace("      - id: africa\n        title: {en: Africa,", "      - title: {en: \"Afrique: l’Été\",");
    assert_eq!(paths(&Desk::new().with("manifest.yaml", manifest))[0], "/documents/needs/afrique_l_ete_en.pdf");
}

#[test]
fn a_name_does_not_depend_on_other_entries() {
    let (head, reports) = MANIFEST.split_once("    reports:\n").unwrap();
    let at = reports.find("      - id: asia").unwrap();
    let (africa, asia) = reports.split_at(at);
    let reversed_manifest = format!("{head}    reports:\n{asia}{africa}");
    let mut reversed = paths(&Desk::new().with("manifest.yaml", reversed_manifest));
    let mut original = paths(&Desk::new());
    reversed.sort();
    original.sort();
    assert_eq!(reversed, original);
}

#[test]
fn files_keep_their_extensions_and_are_numbered_if_these_are_equal() {
    let files = "{en: [files/asia.pdf, files/africa.en.pdf, files/notes.md, files/notes.md5]}";
    let desk = Desk::new()
        .with("manifest.yaml", MANIFEST.replace("{en: files/asia.pdf}", files))
        .with("files/notes.md", "notes")
        .with("files/notes.md5", "sum");
    assert_eq!(
        paths(&desk)[2..],
        ["asia_en_1.pdf", "asia_en_2.pdf", "asia_en_3.md", "asia_en_4.md5"]
            .map(|name| format!("/documents/needs/{name}"))
    );
    desk.run(&["manifest.yaml", "out.iso"]).ended(0);
}

#[test]
fn dos_names_put_each_report_into_a_folder() {
    let desk = Desk::new().with("manifest.yaml", MANIFEST.replace("  volume:", "  names: dos\n  volume:"));
    assert_eq!(paths(&desk)[1], "/docs/needs/africa/fr.pdf");
    desk.run(&["manifest.yaml", "out.iso"]).ended(0).printed("start with index.htm");
}

#[test]
fn a_language_folder_is_never_a_windows_device_name() {
    // `con` is an ISO 639-3 code.
    let manifest = MANIFEST.replace("fr:", "con:").replace("[en, fr]", "[en, con]");
    let desk = Desk::new().with("manifest.yaml", manifest);
    desk.run(&["--quiet", "manifest.yaml", "out.iso"]).ended(0);
    let image = std::fs::read(desk.path("out.iso")).unwrap();
    let has = |text: &str| image.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(has("  pages/con_/index.html\n") && !has("  pages/con/"));
}

#[test]
fn a_long_language_code_does_not_fit_eight_characters() {
    let manifest = MANIFEST.replace("fr:", "sr-Latn-RS:").replace("[en, fr]", "[en, sr-Latn-RS]");
    let desk = Desk::new().with("manifest.yaml", manifest.replace("  volume:", "  names: dos\n  volume:"));
    desk.run(&["check", "manifest.yaml"]).ended(1).said("`sr_latn_rs`; the limit is 8 characters");
}
