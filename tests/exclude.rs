//! Excluded and confidential files: they stay off the disc, or are reported.

#![allow(clippy::unwrap_used)]

use std::fs;

use crate::common::{Workspace, pdf};

#[test]
fn a_copy_of_an_excluded_file_is_reported() {
    let manifest = format!("{}exclude: drafts/\n", crate::common::MANIFEST);
    let workspace = Workspace::new()
        .with("manifest.yaml", manifest)
        .with("drafts/plan.pdf", pdf("en", "Asia, in a few words"))
        .with("files/asia.pdf", pdf("en", "Asia, in a few words"))
        .with("drafts/other.pdf", pdf("en", "Asia, in a few worda"));
    let message = "warning[excluded-copy]: `files/asia.pdf` is the same as `drafts/plan.pdf`, which is excluded";
    workspace.run(&["check", "manifest.yaml"]).expect_code(0).expect_stderr(message);
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0).expect_stderr(message);
    let workspace = workspace.with("drafts/plan.pdf", pdf("en", "Asia, in a few worda"));
    let output = workspace.run(&["check", "manifest.yaml"]).expect_code(0);
    assert!(!output.stderr.contains("excluded-copy"), "{}", output.stderr);
}

#[test]
fn an_excluded_file_that_is_only_a_second_copy_is_not_reported() {
    let check_file = |excluded: &str, file: &str| {
        let contents = pdf("en", "Asia, in a few words");
        Workspace::new()
            .with("manifest.yaml", format!("{}exclude: ['{excluded}']\n", crate::common::MANIFEST))
            .with("files/asia.pdf", &contents)
            .with(file, &contents)
            .run(&["check", "manifest.yaml"])
            .expect_code(0)
            .stderr
            .contains("excluded-copy")
    };
    let check = |excluded: &str| check_file(excluded, excluded.trim_end_matches('*'));
    assert!(!check_file("old stuff/", "old stuff/Copy of Asia.pdf"));
    assert!(check_file("old stuff/", "old stuff/salaries.pdf"));
    for copy in ["files/asia (2).pdf", "files/Copy of Asia.pdf", "old/asia.pdf"] {
        assert!(!check(copy), "{copy}");
    }
    for secret in ["files/salaries.pdf", "files/asia confidential.pdf", "old/asia.pdf*"] {
        assert!(check(secret), "{secret}");
    }
}

#[test]
fn a_new_proposal_keeps_the_exclusions() {
    let workspace = Workspace::empty()
        .with("docs/asia.en.pdf", pdf("en", "Asia, in a few words"))
        .with("docs/budget.en.pdf", pdf("en", "Salaries of everybody"));
    workspace.run(&["init", "docs"]).expect_code(0);
    let path = workspace.path("docs/manifest.yaml");
    let edited = fs::read_to_string(&path).unwrap().replace("\nsections:", "\nexclude:\n- budget*\nsections:");
    fs::write(&path, edited).unwrap();
    workspace.run(&["init", "--force", "docs"]).expect_code(0);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("budget*"), "{text}");
    assert!(!text.contains(": budget.en.pdf") && text.contains("#   budget.en.pdf"), "{text}");
}

#[test]
fn an_update_adds_no_page_languages() {
    let workspace = Workspace::empty().with("docs/asia.en.pdf", pdf("en", "Asia, in a few words"));
    workspace.run(&["init", "docs"]).expect_code(0);
    let workspace = workspace.with("docs/asia.fr.pdf", pdf("fr", "L’Asie en quelques mots, dans la langue de Paris"));
    workspace.run(&["init", "--update", "docs"]).expect_code(0);
    let text = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert!(text.contains("languages: [en]") && text.contains("asia.fr.pdf"), "{text}");
}

#[test]
fn a_build_always_shows_confidential_names() {
    // More than ten warnings: a build shows the first ten.
    let mut reports = String::new();
    let mut workspace = Workspace::empty().with("files/plan_confidential.pdf", pdf("en", "The plan"));
    for number in 0..30 {
        workspace = workspace.with(&format!("files/{number}.avi"), format!("{number}"));
        reports.push_str(&format!(
            "  - {{id: r{number}, title: '\"R{number}\"', variants: {{en: files/{number}.avi}}}}\n"
        ));
    }
    let manifest = format!(
        "disc: {{title: T, languages: [en], date: 2008}}\nsections:\n- id: s\n  title: S\n  reports:\n{reports}  \
         - {{id: plan, title: Plan, variants: {{en: files/plan_confidential.pdf}}}}\n"
    );
    let workspace = workspace.with("manifest.yaml", manifest);
    let output = workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    assert!(output.stderr.contains("[confidential]: `files/plan_confidential.pdf`"), "{}", output.stderr);
    assert!(output.stderr.matches("warning[quotes]").count() <= 10, "{}", output.stderr);
}
