//! What a disc will need is known before it is made, and what would have to go is said.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;

use common::{Desk, MANIFEST, pdf};

fn json(desk: &Desk, code: i32) -> serde_json::Value {
    serde_json::from_str(&desk.run(&["check", "--json", "manifest.yaml"]).ended(code).stdout).unwrap()
}

fn with_media(media: &str) -> String {
    MANIFEST.replace("  volume:", &format!("  media: {media}\n  volume:"))
}

#[test]
fn the_size_is_that_of_the_image() {
    for (number, manifest) in [
        MANIFEST.to_owned(),
        MANIFEST.replace("  volume:", "  search: false\n  volume:"),
        MANIFEST.replace("  volume:", "  names: dos\n  media_check: true\n  volume:"),
    ]
    .into_iter()
    .enumerate()
    {
        let desk = Desk::new().with("manifest.yaml", manifest);
        let said = json(&desk, 0)["preflight"]["size"].as_u64().unwrap();
        desk.run(&["manifest.yaml", "out.iso"]).ended(0);
        assert_eq!(said, fs::metadata(desk.path("out.iso")).unwrap().len(), "{number}");
    }
}

#[test]
fn what_just_fits_fits_and_a_byte_more_does_not() {
    let size = json(&Desk::new(), 0)["preflight"]["size"].as_u64().unwrap();
    // A size is written in units; thousandths of a kB are bytes.
    let media = |bytes: u64| with_media(&format!("{}.{:03} kB", bytes / 1000, bytes % 1000));
    let desk = Desk::new().with("manifest.yaml", media(size));
    desk.run(&["check", "manifest.yaml"]).ended(0).printed("100.0 % are used");
    desk.run(&["manifest.yaml", "out.iso"]).ended(0);
    let desk = Desk::new().with("manifest.yaml", media(size - 1));
    let ran = desk.run(&["check", "manifest.yaml"]).ended(1).said("too much");
    assert!(ran.stderr.contains("it fits `media: cd-700`"), "{}", ran.stderr);
    desk.run(&["manifest.yaml", "out.iso"]).ended(1).said("too much");
    assert_eq!(desk.names(), ["files", "manifest.yaml"]);
}

#[test]
fn what_would_have_to_go_is_named() {
    let desk = Desk::new()
        .with_sparse("files/asia.pdf", 9 << 20)
        .with_sparse("files/africa.fr.pdf", 3 << 20)
        .with("manifest.yaml", with_media("8 MB"));
    let said = desk.run(&["check", "manifest.yaml"]).ended(1).stderr;
    for words in [
        "it fits `media: cd-700`, which holds 737 MB",
        "or without the documents in `en`, which have 9.5 MB",
        "or without the largest document: `files/asia.pdf` (9.5 MB)",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    // Of a kind that is not read.
    let large = with_media("auto").replace("files/asia.pdf", "files/asia.bin");
    let desk = desk.with_sparse("files/asia.bin", 900 << 20).with("manifest.yaml", large);
    desk.run(&["check", "manifest.yaml"]).ended(0).printed("medium     dvd-5 holds 4.7 GB");
    let desk = Desk::new().with("manifest.yaml", with_media("auto"));
    desk.run(&["manifest.yaml", "out.iso"]).ended(0).printed("% of `cd-700`");
}

#[test]
fn gaps_shares_and_largest_files_are_shown() {
    let desk = Desk::new();
    let ran = desk.run(&["check", "manifest.yaml"]).ended(0);
    for words in ["gaps       1 of 2 reports lack a language", "needs/asia: fr", "languages  en", "largest"] {
        assert!(ran.stdout.contains(words), "{words}\n{}", ran.stdout);
    }
    let preflight = &json(&desk, 0)["preflight"];
    assert_eq!(preflight["languages"][0]["files"].as_u64(), Some(2));
    assert_eq!(preflight["reports"][1]["lacks"][0], "fr");
    let sum: u64 = preflight["largest"].as_array().unwrap().iter().map(|file| file["bytes"].as_u64().unwrap()).sum();
    assert_eq!(preflight["documents"].as_u64(), Some(sum));
    let mut narrow = desk.command(&["check", "manifest.yaml"]);
    let text = narrow.env("COLUMNS", "60").env("LC_ALL", "C").output().unwrap().stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 60), "{text}");
}

#[test]
fn a_document_in_another_language_is_noticed() {
    let french =
        "Les participants sont convenus que les femmes doivent prendre part à toutes les étapes du processus de paix. "
            .repeat(4);
    let english =
        "The participants agreed that women should take part in every stage of the peace process, and that. ".repeat(4);
    let manifest = MANIFEST.replace("files/asia.pdf", "files/asia.txt");
    let desk = Desk::new().with("manifest.yaml", &manifest).with("files/asia.txt", &french);
    desk.run(&["check", "manifest.yaml"]).ended(0).said("it looks like `fr`, not `en`");
    for right in [english.clone(), format!("{english}\u{c}{french}\u{c}{french}"), "Tabla 1".to_owned()] {
        let desk = Desk::new().with("manifest.yaml", &manifest).with("files/asia.txt", right);
        assert!(!desk.run(&["check", "manifest.yaml"]).ended(0).stderr.contains("wrong-language"));
    }
}

#[test]
fn the_same_bytes_under_two_names_are_noticed() {
    let desk = Desk::new().with("files/africa.fr.pdf", pdf("en", "Africa, in English"));
    let ran = desk.run(&["check", "manifest.yaml"]).ended(0);
    assert!(
        ran.stderr.contains("`files/africa.fr.pdf` holds the same bytes as `files/africa.en.pdf`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_page_shows_it_to_a_colleague() {
    let desk = Desk::new().with("manifest.yaml", MANIFEST.replace("en: Africa", "en: \"<b>Africa & more</b>\""));
    desk.run(&["check", "--html", "page.html", "manifest.yaml"]).ended(0).printed("page       page.html");
    let page = fs::read_to_string(desk.path("page.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("&lt;b&gt;Africa &amp; more&lt;/b&gt;"), "{page}");
    desk.run(&["check", "--html", "page.html", "manifest.yaml"]).ended(2).said("`page.html` exists");
    desk.run(&["check", "--force", "--html", "page.html", "manifest.yaml"]).ended(0);
    desk.run(&["check", "--force", "--html", "manifest.yaml", "manifest.yaml"]).ended(2).said("is named like no page");
    let again = fs::read_to_string(desk.path("page.html")).unwrap();
    assert_eq!(page, again);
}

#[test]
fn the_name_alone_shows_how_to_begin() {
    let said = Desk::empty().run(&[]).ended(2).stderr;
    assert!(said.lines().count() < 10, "{said}");
    for words in ["make-disc init FOLDER", "make-disc preview", "make-disc manifest.yaml out.iso", "make-disc --help"] {
        assert!(said.contains(words), "{said}");
    }
    Desk::empty().run(&["--help"]).ended(0).printed("Exit codes: 0 done");
    Desk::empty().run(&["verfy", "out.iso"]).ended(2).said("did you mean `make-disc verify`");
}
