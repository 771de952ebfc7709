//! Names on the disc are the same in every view, are made from ids and languages, and do not depend on other entries.

#![allow(clippy::unwrap_used)]

use crate::common::{MANIFEST, Workspace};

/// The Joliet paths of all documents.
fn paths(workspace: &Workspace) -> Vec<String> {
    let json = workspace.run(&["list", "--json", "manifest.yaml"]).expect_code(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    json["entries"].as_array().unwrap().iter().map(|entry| entry["joliet"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn names_are_made_from_ids_and_languages() {
    assert_eq!(
        paths(&Workspace::new()),
        ["/documents/needs/africa_en.pdf", "/documents/needs/africa_fr.pdf", "/documents/needs/asia_en.pdf"]
    );
}

#[test]
fn names_are_made_from_titles_if_there_are_no_ids() {
    let manifest =
        MANIFEST.replace("      - id: africa\n        title: {en: Africa,", "      - title: {en: \"Afrique: l’Été\",");
    assert_eq!(paths(&Workspace::new().with("manifest.yaml", manifest))[0], "/documents/needs/afrique_l_ete_en.pdf");
}

#[test]
fn a_name_does_not_depend_on_other_entries() {
    let (head, reports) = MANIFEST.split_once("    reports:\n").unwrap();
    let at = reports.find("      - id: asia").unwrap();
    let (africa, asia) = reports.split_at(at);
    let reversed_manifest = format!("{head}    reports:\n{asia}{africa}");
    let mut reversed = paths(&Workspace::new().with("manifest.yaml", reversed_manifest));
    let mut original = paths(&Workspace::new());
    reversed.sort();
    original.sort();
    assert_eq!(reversed, original);
}

#[test]
fn files_keep_their_extensions_and_are_numbered_if_these_are_equal() {
    let files = "{en: [files/asia.pdf, files/africa.en.pdf, files/notes.md, files/notes.md5]}";
    let workspace = Workspace::new()
        .with("manifest.yaml", MANIFEST.replace("{en: files/asia.pdf}", files))
        .with("files/notes.md", "notes")
        .with("files/notes.md5", "sum");
    assert_eq!(
        paths(&workspace)[2..],
        ["asia_en_1.pdf", "asia_en_2.pdf", "asia_en_3.md", "asia_en_4.md5"]
            .map(|name| format!("/documents/needs/{name}"))
    );
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
}

#[test]
fn dos_names_put_each_report_into_a_folder() {
    let workspace = Workspace::new().with("manifest.yaml", MANIFEST.replace("  volume:", "  names: dos\n  volume:"));
    assert_eq!(paths(&workspace)[1], "/docs/needs/africa/fr.pdf");
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0).expect_stdout("start with index.htm");
}

#[test]
fn a_language_folder_is_never_a_windows_device_name() {
    // `con` is an ISO 639-3 code.
    let manifest = MANIFEST.replace("fr:", "con:").replace("[en, fr]", "[en, con]");
    let workspace = Workspace::new().with("manifest.yaml", manifest);
    workspace.run(&["--quiet", "manifest.yaml", "out.iso"]).expect_code(0);
    let image = std::fs::read(workspace.path("out.iso")).unwrap();
    let has = |text: &str| image.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(has("  pages/con_/index.html\n") && !has("  pages/con/"));
}

#[test]
fn a_long_language_code_does_not_fit_eight_characters() {
    let manifest = MANIFEST.replace("fr:", "sr-Latn-RS:").replace("[en, fr]", "[en, sr-Latn-RS]");
    let workspace = Workspace::new().with("manifest.yaml", manifest.replace("  volume:", "  names: dos\n  volume:"));
    workspace.run(&["check", "manifest.yaml"]).expect_code(1).expect_stderr("`sr_latn_rs`; the limit is 8 characters");
}
