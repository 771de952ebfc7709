//! Names on the disc: the same in every view, made of ids and languages, independent of the rest.

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
fn ids_and_languages_make_the_names() {
    assert_eq!(
        paths(&Desk::new()),
        ["/documents/needs/africa_en.pdf", "/documents/needs/africa_fr.pdf", "/documents/needs/asia_en.pdf"]
    );
}

#[test]
fn titles_make_names_where_ids_are_not_given() {
    let manifest =
        MANIFEST.replace("      - id: africa\n        title: {en: Africa,", "      - title: {en: \"Afrique: l’Été\",");
    assert_eq!(paths(&Desk::new().with("manifest.yaml", manifest))[0], "/documents/needs/afrique_l_ete_en.pdf");
}

#[test]
fn a_name_does_not_depend_on_other_entries() {
    let (head, reports) = MANIFEST.split_once("    reports:\n").unwrap();
    let at = reports.find("      - id: asia").unwrap();
    let (africa, asia) = reports.split_at(at);
    let turned = format!("{head}    reports:\n{asia}{africa}");
    let mut of_turned = paths(&Desk::new().with("manifest.yaml", turned));
    let mut of_one = paths(&Desk::new());
    of_turned.sort();
    of_one.sort();
    assert_eq!(of_turned, of_one);
}

#[test]
fn formats_keep_their_endings_and_equal_ones_are_numbered() {
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
fn names_of_eight_and_three_are_folders_by_report() {
    let desk = Desk::new().with("manifest.yaml", MANIFEST.replace("  volume:", "  names: dos\n  volume:"));
    assert_eq!(paths(&desk)[1], "/docs/needs/africa/fr.pdf");
    desk.run(&["manifest.yaml", "out.iso"]).ended(0).printed("opened with index.htm");
}

#[test]
fn a_language_is_never_a_device_of_windows() {
    // `con` is a language of ISO 639-3.
    let manifest = MANIFEST.replace("fr:", "con:").replace("[en, fr]", "[en, con]");
    let desk = Desk::new().with("manifest.yaml", manifest);
    desk.run(&["--quiet", "manifest.yaml", "out.iso"]).ended(0);
    let image = std::fs::read(desk.path("out.iso")).unwrap();
    let has = |text: &str| image.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(has("  pages/con_/index.html\n") && !has("  pages/con/"));
}

#[test]
fn a_long_code_of_a_language_does_not_fit_eight_characters() {
    let manifest = MANIFEST.replace("fr:", "sr-Latn-RS:").replace("[en, fr]", "[en, sr-Latn-RS]");
    let desk = Desk::new().with("manifest.yaml", manifest.replace("  volume:", "  names: dos\n  volume:"));
    desk.run(&["check", "manifest.yaml"]).ended(1).said("`sr_latn_rs`, of more than 8 characters");
}
