//! Files with titles, pictures and recordings with captions.

#![allow(clippy::unwrap_used)]

use std::fs;

use crate::common::{Workspace, files, pdf_of};

const MANIFEST: &str = "disc: {title: Test, languages: [en], date: 2008}\n\
                        sections:\n\
                        - id: s\n  title: S\n  reports:\n  - id: opening\n    title: Opening\n    variants:\n      en:\n";

const CAPTIONS: &str = "WEBVTT\n\n00:01.000 --> 00:02.000\nThe lighthouse\n";

fn workspace(files: &str) -> Workspace {
    Workspace::empty()
        .with("m.yaml", format!("{MANIFEST}{files}"))
        .with("film.mp4", "not a film")
        .with("talk.mp3", "not a talk")
        .with("old.avi", "not a film either")
        .with("film.vtt", CAPTIONS)
        .with("talk.srt", "1\n00:00:01,000 --> 00:00:02,000\nThe keeper\n")
        .with("empty.vtt", "WEBVTT\n")
        .with("a.txt", "Budget of the harbour")
        .with("b.txt", "Members of the committee")
        .with("hall.jpg", "not a picture")
}

fn page(workspace: &Workspace) -> String {
    workspace.run(&["stage", "m.yaml", "stick"]).expect_code(0);
    let all = files(&workspace.path("stick"));
    String::from_utf8(all["pages/en/s/opening.html"].clone()).unwrap()
}

#[test]
fn captions_have_the_name_of_their_recording_and_are_part_of_the_page() {
    let list =
        "      - {file: film.mp4, title: Film}\n      - film.vtt\n      - talk.mp3\n      - talk.srt\n      - a.txt\n";
    let workspace = workspace(list);
    workspace.run(&["check", "m.yaml"]).expect_code(0);
    workspace.run(&["stage", "m.yaml", "stick"]).expect_code(0);
    let all = files(&workspace.path("stick"));
    let documents: Vec<&str> = all.keys().filter_map(|path| path.strip_prefix("documents/s/")).collect();
    assert_eq!(documents, ["opening_en.mp3", "opening_en.mp4", "opening_en.srt", "opening_en.txt", "opening_en.vtt"]);
    let page = String::from_utf8(all["pages/en/s/opening.html"].clone()).unwrap();
    assert_eq!(page.matches("src=\"data:text/vtt;charset=utf-8,WEBVTT%0A%0A00:00:01.000").count(), 1, "{page}");
    assert!(page.contains("The keeper</p></details>"), "{page}");
    assert!(page.contains("media-src 'self' data:"));
}

#[test]
fn two_recordings_with_captions_are_numbered_together() {
    let workspace =
        workspace("      - film.mp4\n      - film.vtt\n      - {file: copy.mp4, title: Copy}\n      - talk.srt\n")
            .with("copy.mp4", "another film");
    workspace.run(&["stage", "m.yaml", "stick"]).expect_code(0);
    let all = files(&workspace.path("stick"));
    let documents: Vec<&str> = all.keys().filter_map(|path| path.strip_prefix("documents/s/")).collect();
    assert_eq!(documents, ["opening_en_1.mp4", "opening_en_1.vtt", "opening_en_3.mp4", "opening_en_3.srt"]);
}

#[test]
fn titles_tell_files_apart() {
    let titled = workspace("      - {file: a.txt, title: Annex 1}\n      - {file: b.txt, title: Annex 2 <b>}\n");
    titled.run(&["check", "m.yaml"]).expect_code(0);
    let page = page(&titled);
    assert!(page.contains("Annex 1") && page.contains("Annex 2 &lt;b&gt;"), "{page}");
    titled.run(&["list", "m.yaml", "--json"]).expect_stdout("\"file_title\": \"Annex 1\"");
    let all = files(&titled.path("stick"));
    let catalogue = String::from_utf8(all["catalogue/catalogue.json"].clone()).unwrap();
    assert!(catalogue.contains("Annex 1"), "{catalogue}");
    let marc = String::from_utf8(all["catalogue/marc21.xml"].clone()).unwrap();
    assert!(marc.contains("code=\"3\">Annex 1<"), "{marc}");

    let untitled = workspace("      - a.txt\n      - b.txt\n");
    untitled.run(&["check", "m.yaml"]).expect_code(0).expect_stderr("files-look-alike");
    let page = self::page(&untitled);
    assert!(page.contains(">a</") && page.contains(">b</"), "{page}");
}

#[test]
fn what_readers_miss_is_reported() {
    let list = "      - film.vtt\n      - old.avi\n      - film.mp4\n      - empty.vtt\n      - hall.jpg\n";
    let output = workspace(list).run(&["check", "m.yaml"]).expect_code(0);
    for code in ["captions-alone", "not-playable", "no-captions", "bad-captions", "no-description"] {
        assert!(output.stderr.contains(&format!("[{code}]")), "{code}: {}", output.stderr);
    }
}

#[test]
fn recordings_with_captions_or_a_transcript_can_be_searched() {
    let unsearchable =
        |list: &str| workspace(list).run(&["check", "m.yaml"]).expect_code(0).stderr.contains("[not-searchable]");
    assert!(unsearchable("      - talk.mp3\n"));
    assert!(!unsearchable("      - talk.mp3\n      - talk.srt\n"));
    assert!(!unsearchable("      - talk.mp3\n      - a.txt\n"));
    // Of two recordings, the text belongs to the one of the same name.
    let both = "      - film.mp4\n      - talk.mp3\n      - a.txt\n";
    let output = workspace(both).run(&["check", "m.yaml"]).expect_code(0);
    assert!(output.stderr.contains("2 files cannot be searched"), "{}", output.stderr);
}

#[test]
fn the_help_says_how_accessible_the_documents_are() {
    let workspace = workspace("      - film.mp4\n      - film.vtt\n      - old.avi\n      - report.pdf\n")
        .with("report.pdf", pdf_with_bookmarks());
    workspace.run(&["stage", "m.yaml", "stick"]).expect_code(0);
    let all = files(&workspace.path("stick"));
    let help = String::from_utf8(all["pages/en/help.html"].clone()).unwrap();
    assert!(help.contains("<li>Recordings without captions: 1 of 2</li>"), "{help}");
    assert!(help.contains("a list or a table: 1 of 1</li>"), "{help}");
}

#[test]
fn persons_are_shown_with_their_given_names_first() {
    let manifest = format!("{MANIFEST}      - a.txt\n")
        .replace("    variants:", "    authors: [\"Oetiker, Tobias\", \"Ministry of Works, Kenya\"]\n    variants:");
    let workspace = workspace("").with("m.yaml", manifest);
    workspace.run(&["stage", "m.yaml", "stick"]).expect_code(0);
    let all = files(&workspace.path("stick"));
    let text = |path: &str| String::from_utf8(all[path].clone()).unwrap();
    for (path, shown) in [
        ("pages/en/list.html", "<bdi>Tobias Oetiker</bdi>"),
        ("pages/en/s/opening.html", "<bdi>Tobias Oetiker</bdi>"),
        ("pages/en/s/opening.html", "Oetiker, Tobias; Ministry of Works, Kenya. Opening"),
        ("pages/en/authors.html", "<bdi>Oetiker, Tobias</bdi>"),
        ("catalogue/catalogue.bib", "author = {Oetiker, Tobias and {Ministry of Works, Kenya}}"),
        ("catalogue/catalogue.ris", "AU  - Oetiker, Tobias\r\nAU  - Ministry of Works, Kenya\r\n"),
    ] {
        assert!(text(path).contains(shown), "{path}: {}", text(path));
    }
}

#[test]
fn a_file_with_keys_needs_a_path() {
    let output = workspace("      - {title: Annex}\n").run(&["check", "m.yaml"]).expect_code(1);
    assert!(output.stderr.contains("there is no `file:` here"), "{}", output.stderr);
    let output = workspace("      - {file: a.txt, titel: Annex}\n").run(&["check", "m.yaml"]).expect_code(1);
    assert!(output.stderr.contains("did you mean `title`?"), "{}", output.stderr);
    let output = workspace("      - {file: missing.txt, title: Annex}\n").run(&["check", "m.yaml"]).expect_code(1);
    assert!(output.stderr.contains("missing.txt"), "{}", output.stderr);
}

#[test]
fn an_update_keeps_files_with_keys() {
    let workspace =
        workspace("      - {file: a.txt, title: Annex 1}\n").with("c/report.en.txt", "A new report about boats");
    let before = std::fs::read_to_string(workspace.path("m.yaml")).unwrap();
    workspace.run(&["init", ".", "--update", "-o", "m.yaml"]).expect_code(0);
    let after = std::fs::read_to_string(workspace.path("m.yaml")).unwrap();
    assert!(after.contains("- {file: a.txt, title: Annex 1}") && after.len() > before.len(), "{after}");
    assert_eq!(after.matches("a.txt").count(), 1, "{after}");
}

#[test]
fn the_first_rows_of_a_table_are_shown() {
    let rows: String = (0..30).map(|row| format!("{row},<b>{row}</b>,text\n")).collect();
    let workspace = workspace("      - catches.csv\n").with("catches.csv", format!("Year,Tonnes,Kind\n{rows}"));
    let page = page(&workspace);
    assert!(page.contains("<th scope=\"col\" dir=\"auto\">Tonnes</th>"), "{page}");
    assert!(page.contains("&lt;b&gt;9&lt;") && !page.contains("&lt;b&gt;10&lt;"), "{page}");
    assert!(page.contains("First rows: 10 of 30"), "{page}");
}

/// A PDF of three pages with a bookmark for each.
fn pdf_with_bookmarks() -> String {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Outlines 6 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 >>".to_owned(),
    ];
    objects.extend((0..3).map(|_| "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>".to_owned()));
    objects.push("<< /Type /Outlines /First 7 0 R /Last 9 0 R /Count 3 >>".to_owned());
    for (number, title) in ["Foreword", "Wells <deep>", "Annex"].into_iter().enumerate() {
        let next = if number < 2 { format!("/Next {} 0 R", number + 8) } else { String::new() };
        objects.push(format!("<< /Title ({title}) /Parent 6 0 R /Dest [{} 0 R /Fit] {next} >>", number + 3));
    }
    pdf_of(&objects, "")
}

/// A PDF of two pages with eight chapters of two sections.
fn pdf_with_chapters() -> String {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Outlines 5 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".to_owned(),
    ];
    objects.extend((0..2).map(|_| "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>".to_owned()));
    objects.push("<< /Type /Outlines /First 6 0 R >>".to_owned());
    for chapter in 0..8 {
        let number = 6 + 3 * chapter;
        let next = if chapter < 7 { format!("/Next {} 0 R", number + 3) } else { String::new() };
        let first = format!("/First {} 0 R", number + 1);
        objects.push(format!("<< /Title (Chapter {chapter}) /Parent 5 0 R /Dest [3 0 R /Fit] {first} {next} >>"));
        for section in 1..=2 {
            let next = if section < 2 { format!("/Next {} 0 R", number + 2) } else { String::new() };
            objects.push(format!("<< /Title (Section {section}) /Parent {number} 0 R /Dest [4 0 R /Fit] {next} >>"));
        }
    }
    pdf_of(&objects, "")
}

#[test]
fn the_contents_are_the_chapters_of_a_pdf() {
    let workspace = workspace("      - wells.pdf\n").with("wells.pdf", pdf_with_chapters());
    let page = page(&workspace);
    for chapter in 0..8 {
        assert!(page.contains(&format!("opening_en.pdf#page=1\"><bdi>Chapter {chapter}</bdi>")), "{page}");
    }
    assert!(!page.contains("<bdi>Section"), "{page}");
}

#[test]
fn the_bookmarks_of_a_pdf_lead_to_its_pages() {
    let workspace = workspace("      - wells.pdf\n").with("wells.pdf", pdf_with_bookmarks());
    let page = page(&workspace);
    for (number, title) in [(1, "Foreword"), (2, "Wells &lt;deep&gt;"), (3, "Annex")] {
        let link = format!("opening_en.pdf#page={number}\"><bdi>{title}</bdi>");
        assert!(page.contains(&link), "{link}: {page}");
    }
    assert!(page.contains("<span class=\"part\">3 pages</span>"), "{page}");
}

#[test]
fn a_report_may_have_many_formats_in_each_language() {
    let files =
        |language: &str| ["csv", "md", "rtf", "html", "txt"].map(|format| format!("files/a.{language}.{format}"));
    let mut workspace = Workspace::empty();
    for file in files("en").iter().chain(&files("fr")) {
        workspace = workspace.with(file, format!("{{\\rtf1 {file}}}"));
    }
    let manifest = format!(
        "disc: {{title: T, volume: T, languages: [en, fr], date: 2008}}\nsections:\n- {{id: s, title: S, reports: [{{id: r, title: R, variants: {{en: [{}], fr: [{}]}}}}]}}\n",
        files("en").join(", "),
        files("fr").join(", ")
    );
    let workspace = workspace.with("manifest.yaml", manifest);
    workspace.run(&["stage", "--quiet", "manifest.yaml", "disc"]).expect_code(0);
    let read = |page: &str| fs::read_to_string(workspace.path(&format!("disc/pages/en/{page}"))).unwrap();
    let report = read("s/r.html");
    for language in ["en", "fr"] {
        for format in ["csv", "md", "rtf", "html", "txt"] {
            assert!(report.contains(&format!("/r_{language}.{format}\"")), "{language} {format}\n{report}");
        }
    }
    // The list has the first three, and a link to the page of the report.
    assert_eq!(read("list.html").matches("</span>+2</a>").count(), 2, "{}", read("list.html"));
}
