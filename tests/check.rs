//! `check` reports everything that is wrong, how large the disc will be, and what could be left out.

#![allow(clippy::unwrap_used)]

use std::fs;

use crate::common::{MANIFEST, Workspace, pdf};

fn json(workspace: &Workspace, code: i32) -> serde_json::Value {
    serde_json::from_str(&workspace.run(&["check", "--json", "manifest.yaml"]).expect_code(code).stdout).unwrap()
}

fn with_media(media: &str) -> String {
    MANIFEST.replace("  volume:", &format!("  media: {media}\n  volume:"))
}

#[test]
fn check_predicts_the_exact_size_of_the_image() {
    for (number, manifest) in [
        MANIFEST.to_owned(),
        MANIFEST.replace("  volume:", "  search: false\n  volume:"),
        MANIFEST.replace("  volume:", "  names: dos\n  media_check: true\n  volume:"),
        MANIFEST.replace("  volume:", "  repair: true\n  volume:"),
    ]
    .into_iter()
    .enumerate()
    {
        let workspace = Workspace::new().with("manifest.yaml", manifest);
        let predicted = json(&workspace, 0)["preflight"]["size"].as_u64().unwrap();
        workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
        assert_eq!(predicted, fs::metadata(workspace.path("out.iso")).unwrap().len(), "{number}");
    }
}

#[test]
fn check_counts_error_correction_apart_from_the_pages() {
    let plain = json(&Workspace::new(), 0)["preflight"].clone();
    assert_eq!(plain["error_correction"], 0);
    let manifest = MANIFEST.replace("  volume:", "  repair: all\n  volume:");
    let workspace = Workspace::new().with("manifest.yaml", manifest);
    let preflight = json(&workspace, 0)["preflight"].clone();
    let number = |key: &str| preflight[key].as_u64().unwrap();
    assert!(number("error_correction") > 700_000_000, "{preflight}");
    let pages = |of: &serde_json::Value| {
        ["documents", "error_correction"]
            .iter()
            .fold(of["size"].as_u64().unwrap(), |rest, key| rest - of[key].as_u64().unwrap())
    };
    // The manifest is on the disc too, with this key.
    assert!(pages(&preflight).abs_diff(pages(&plain)) < 20_000, "{preflight} {plain}");
    let output = workspace.run(&["check", "manifest.yaml", "--html", "page.html"]).expect_code(0);
    output
        .expect_stdout("size       736 MB: documents 2.7 kB, pages and search")
        .expect_stdout("kB, error correction 735 MB\n");
    let page = fs::read_to_string(workspace.path("page.html")).unwrap();
    assert!(page.contains("kB of pages and search, 735 MB of error correction."), "{page}");
}

#[test]
fn an_image_fits_a_medium_of_exactly_its_size_but_not_a_smaller_one() {
    let size = json(&Workspace::new(), 0)["preflight"]["size"].as_u64().unwrap();
    // In the manifest a size needs a unit. With three decimals, a size in kB is exact to the byte.
    let media = |bytes: u64| with_media(&format!("{}.{:03} kB", bytes / 1000, bytes % 1000));
    let workspace = Workspace::new().with("manifest.yaml", media(size));
    workspace.run(&["check", "manifest.yaml"]).expect_code(0).expect_stdout("100.0 % used");
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    let workspace = Workspace::new().with("manifest.yaml", media(size - 1));
    let output = workspace.run(&["check", "manifest.yaml"]).expect_code(1).expect_stderr("too large");
    assert!(output.stderr.contains("it fits on `media: cd-700`"), "{}", output.stderr);
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(1).expect_stderr("too large");
    assert_eq!(workspace.names(), ["files", "manifest.yaml"]);
}

#[test]
fn check_suggests_what_to_leave_out_if_the_disc_is_too_large() {
    let workspace = Workspace::new()
        .with_sparse("files/asia.pdf", 9 << 20)
        .with_sparse("files/africa.fr.pdf", 3 << 20)
        .with("manifest.yaml", with_media("8 MB"));
    let stderr = workspace.run(&["check", "manifest.yaml"]).expect_code(1).stderr;
    for words in [
        "it fits on `media: cd-700`, which holds 737 MB",
        "or leave out the documents in `en`, which take 9.5 MB",
        "or leave out the largest document: `files/asia.pdf` (9.5 MB)",
    ] {
        assert!(stderr.contains(words), "{words}\n{stderr}");
    }
    // A kind of file whose text is not read.
    let large = with_media("auto").replace("files/asia.pdf", "files/asia.bin");
    let workspace = workspace.with_sparse("files/asia.bin", 900 << 20).with("manifest.yaml", large);
    workspace.run(&["check", "manifest.yaml"]).expect_code(0).expect_stdout("medium     dvd-5, 4.7 GB");
    let workspace = Workspace::new().with("manifest.yaml", with_media("auto"));
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0).expect_stdout("% of `cd-700`");
}

#[test]
fn check_shows_missing_languages_shares_and_the_largest_files() {
    let workspace = Workspace::new();
    let output = workspace.run(&["check", "manifest.yaml"]).expect_code(0);
    for words in ["missing    1 of 2 reports is not in every language", "needs/asia: fr", "languages  en", "largest"] {
        assert!(output.stdout.contains(words), "{words}\n{}", output.stdout);
    }
    let preflight = &json(&workspace, 0)["preflight"];
    assert_eq!(preflight["languages"][0]["files"].as_u64(), Some(2));
    assert_eq!(preflight["reports"][1]["lacks"][0], "fr");
    let sum: u64 = preflight["largest"].as_array().unwrap().iter().map(|file| file["bytes"].as_u64().unwrap()).sum();
    assert_eq!(preflight["documents"].as_u64(), Some(sum));
    let mut narrow = workspace.command(&["check", "manifest.yaml"]);
    let text = narrow.env("COLUMNS", "60").env("LC_ALL", "C").output().unwrap().stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 60), "{text}");
}

#[test]
fn a_document_in_the_wrong_language_is_reported() {
    let french =
        "Les participants sont convenus que les femmes doivent prendre part à toutes les étapes du processus de paix. "
            .repeat(4);
    let english =
        "The participants agreed that women should take part in every stage of the peace process, and that. ".repeat(4);
    let manifest = MANIFEST.replace("files/asia.pdf", "files/asia.txt");
    let workspace = Workspace::new().with("manifest.yaml", &manifest).with("files/asia.txt", &french);
    workspace
        .run(&["check", "manifest.yaml"])
        .expect_code(0)
        .expect_stderr("it looks like French (`fr`), not English (`en`)");
    for right in [english.clone(), format!("{english}\u{c}{french}\u{c}{french}"), "Tabla 1".to_owned()] {
        let workspace = Workspace::new().with("manifest.yaml", &manifest).with("files/asia.txt", right);
        assert!(!workspace.run(&["check", "manifest.yaml"]).expect_code(0).stderr.contains("wrong-language"));
    }
}

#[test]
fn a_page_that_declares_the_wrong_encoding_is_reported() {
    let manifest = MANIFEST.replace("files/asia.pdf", "files/asia.html");
    let page = |encoding: &str| format!("<meta charset={encoding}><title>Été</title><p>déjà à côté");
    for (encoding, is_wrong) in [("iso-8859-1", true), ("utf-8", false)] {
        let workspace = Workspace::new().with("manifest.yaml", &manifest).with("files/asia.html", page(encoding));
        let said = workspace.run(&["check", "manifest.yaml"]).expect_code(0).stderr;
        assert_eq!(said.contains("warning[wrong-encoding]"), is_wrong, "{said}");
    }
}

#[test]
fn two_files_with_the_same_contents_are_reported() {
    let workspace = Workspace::new().with("files/africa.fr.pdf", pdf("en", "Africa, in English"));
    let output = workspace.run(&["check", "manifest.yaml"]).expect_code(0);
    assert!(
        output.stderr.contains("`files/africa.fr.pdf` has the same contents as `files/africa.en.pdf`"),
        "{}",
        output.stderr
    );
}

#[test]
fn the_html_page_escapes_text_and_replaces_only_pages() {
    let workspace =
        Workspace::new().with("manifest.yaml", MANIFEST.replace("en: Africa", "en: \"<b>Africa & more</b>\""));
    workspace
        .run(&["check", "--html", "page.html", "manifest.yaml"])
        .expect_code(0)
        .expect_stdout("page       page.html");
    let page = fs::read_to_string(workspace.path("page.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("&lt;b&gt;Africa &amp; more&lt;/b&gt;"), "{page}");
    workspace
        .run(&["check", "--html", "page.html", "manifest.yaml"])
        .expect_code(2)
        .expect_stderr("`page.html` exists");
    workspace.run(&["check", "--force", "--html", "page.html", "manifest.yaml"]).expect_code(0);
    workspace
        .run(&["check", "--force", "--html", "manifest.yaml", "manifest.yaml"])
        .expect_code(2)
        .expect_stderr("exists and is not a web page, so it is not replaced");
    let again = fs::read_to_string(workspace.path("page.html")).unwrap();
    assert_eq!(page, again);
}

#[test]
fn without_arguments_the_first_steps_are_shown() {
    let stderr = Workspace::empty().run(&[]).expect_code(2).stderr;
    assert!(stderr.lines().count() < 10, "{stderr}");
    for words in ["make-disc init FOLDER", "make-disc preview", "make-disc manifest.yaml out.iso", "make-disc --help"] {
        assert!(stderr.contains(words), "{stderr}");
    }
    Workspace::empty().run(&["--help"]).expect_code(0).expect_stdout("Exit codes: 0 success");
    Workspace::empty().run(&["verfy", "out.iso"]).expect_code(2).expect_stderr("did you mean `make-disc verify`");
}

/// A manifest with warnings in the documents, the catalogue and the launcher.
fn with_launcher(launcher: &str) -> String {
    format!("launcher: {launcher}\n{MANIFEST}").replace("{en: Asia, fr: Asie}", "{en: Asia}")
}

/// The severities and codes of all findings, sorted.
fn codes(workspace: &Workspace, code: i32) -> Vec<String> {
    let findings = json(workspace, code)["findings"].as_array().unwrap().clone();
    let text = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let mut codes: Vec<String> =
        findings.iter().map(|finding| format!("{}:{}", text(finding, "severity"), text(finding, "code"))).collect();
    codes.sort();
    codes
}

#[test]
fn an_error_in_the_launcher_does_not_hide_what_else_is_wrong() {
    let scanned = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
                   3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n";
    // One or more errors in the launcher do not hide the warnings about the catalogue and the documents.
    let warnings = |codes: &[String]| -> Vec<String> {
        codes.iter().filter(|code| code.starts_with("warning:")).cloned().collect()
    };
    let good = Workspace::new().with("manifest.yaml", with_launcher("{}")).with("files/asia.pdf", scanned);
    let expected = warnings(&codes(&good, 0));
    assert!(expected.len() >= 3 && expected.contains(&"warning:missing-language".to_owned()), "{expected:?}");

    let bad_emblem = Workspace::new()
        .with("manifest.yaml", with_launcher("{emblem: emblem.png}"))
        .with("files/asia.pdf", scanned)
        .with("emblem.png", "not a picture");
    let found = codes(&bad_emblem, 1);
    assert!(found.contains(&"error:bad-picture".to_owned()), "{found:?}");
    assert_eq!(warnings(&found), expected);

    // No page shows an emblem for dark pages if there is no emblem for light pages, or if the manifest sets the background.
    for launcher in ["{emblem_dark: e.svg}", "{emblem: e.svg, emblem_dark: e.svg, colours: {background: \"#fff\"}}"] {
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>"#;
        let unused = Workspace::new().with("manifest.yaml", with_launcher(launcher)).with("e.svg", svg);
        let found = codes(&unused.with("files/asia.pdf", scanned), 0);
        assert!(found.contains(&"warning:unused-emblem".to_owned()), "{launcher}: {found:?}");
    }

    // All of these are wrong at once: the emblem, a template that does not compile, one that fails, the stylesheet and the
    // foreword.
    let all = Workspace::new()
        .with(
            "manifest.yaml",
            with_launcher(
                "{emblem: emblem.png, theme: theme, foreword: {text: {en: foreword.md}}, colours: {text: \"#fff\"}}",
            ),
        )
        .with("files/asia.pdf", scanned)
        .with("emblem.png", "not a picture")
        .with("foreword.md", b"\xff")
        .with("theme/help.html", "{% if %}")
        .with("theme/list.html", "{{ }}")
        .with("theme/style.css", b"\xff");
    let found = codes(&all, 1);
    for (code, count) in
        [("error:bad-picture", 1), ("error:template", 2), ("error:not-utf-8", 2), ("warning:low-contrast", 1)]
    {
        assert_eq!(found.iter().filter(|other| *other == code).count(), count, "{code}: {found:?}");
    }
    for warning in expected {
        assert!(found.contains(&warning), "{warning}: {found:?}");
    }
}

#[test]
fn templates_that_fail_are_reported_with_a_bad_emblem_and_once_each() {
    let workspace = Workspace::new()
        .with("manifest.yaml", with_launcher("{emblem: emblem.png, theme: theme}"))
        .with("emblem.png", "not a picture")
        .with("theme/help.html", "{{ no_such.key }}")
        .with("theme/list.html", "{{ neither.this }}");
    let found = codes(&workspace, 1);
    assert_eq!(found.iter().filter(|code| *code == "error:template").count(), 2, "{found:?}");
    assert_eq!(found.iter().filter(|code| *code == "error:bad-picture").count(), 1, "{found:?}");
}

#[test]
fn errors_in_the_manifest_do_not_hide_those_of_the_launcher_and_the_documents() {
    let manifest = with_launcher("{emblem: emblem.png}").replace("files/africa.fr.pdf", "files/missing.pdf");
    let workspace = Workspace::new()
        .with("manifest.yaml", manifest)
        .with("files/asia.pdf", "%PDF-1.4\n")
        .with("emblem.png", "not a picture");
    let found = codes(&workspace, 1);
    for code in ["error:missing-file", "error:bad-picture", "warning:unreadable-document"] {
        assert!(found.contains(&code.to_owned()), "{code}: {found:?}");
    }
    // A build reports the same errors, except those in the documents, which it does not read.
    let stderr = workspace.run(&["manifest.yaml", "out.iso"]).expect_code(1).stderr;
    assert!(
        stderr.contains("missing-file") && stderr.contains("bad-picture") && !stderr.contains("unreadable-document"),
        "{stderr}"
    );
    assert!(!workspace.path("out.iso").exists());
}

#[test]
fn a_date_that_no_disc_can_have_is_reported_with_other_errors() {
    let manifest = with_launcher("{emblem: emblem.png}").replace("  date: 2008-06-30\n", "");
    let workspace = Workspace::new().with("manifest.yaml", manifest).with("emblem.png", "not a picture");
    let output =
        workspace.command(&["check", "manifest.yaml"]).env("SOURCE_DATE_EPOCH", "99999999999").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("error[bad-date]") && stderr.contains("error[bad-picture]"), "{stderr}");
}

#[test]
fn an_error_outside_the_manifest_does_not_hide_its_findings() {
    let manifest = MANIFEST.replace("files/africa.fr.pdf", "files/missing.pdf");
    let workspace = Workspace::new().with("manifest.yaml", manifest);
    for arguments in
        [&["check", "manifest.yaml"][..], &["manifest.yaml", "out.iso"], &["stage", "manifest.yaml", "out"]]
    {
        let output = workspace.command(arguments).env("SOURCE_DATE_EPOCH", "yesterday").output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            stderr.contains("error[missing-file]") && stderr.contains("SOURCE_DATE_EPOCH"),
            "{arguments:?}: {stderr}"
        );
    }
    let output = workspace
        .command(&["check", "--json", "manifest.yaml"])
        .env("SOURCE_DATE_EPOCH", "yesterday")
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains("SOURCE_DATE_EPOCH") && stdout.contains("missing-file"), "{stdout}");
}

#[test]
fn a_disc_date_in_the_future_is_mentioned_by_check_alone() {
    let workspace = Workspace::new();
    let run_at = |epoch: &str, arguments: &[&str]| {
        let output = workspace.command(arguments).env("SOURCE_DATE_EPOCH", epoch).output().unwrap();
        crate::common::RunOutput::new(output).expect_code(0)
    };
    // The disc is dated 2008-06-30. This is two days before it.
    let output = run_at("1214611200", &["check", "manifest.yaml"]);
    let output = output.expect_stderr("warning[future-date]: the disc is dated 2008-06-30, but today is 2008-06-28");
    output.expect_stderr("correct the date");
    let json = run_at("1214611200", &["check", "--json", "manifest.yaml"]).stdout;
    assert!(json.contains("future-date"), "{json}");
    // From the hour on in which that day begins somewhere on Earth, the date is not in the future.
    for epoch in ["1214740800", "1214784000", "1999999999"] {
        assert!(!run_at(epoch, &["check", "manifest.yaml"]).stderr.contains("future-date"), "{epoch}");
    }
    // A build neither warns about the date nor depends on the clock.
    let built = run_at("1214611200", &["manifest.yaml", "a.iso"]);
    assert!(!built.stderr.contains("future-date"), "{}", built.stderr);
    run_at("1999999999", &["manifest.yaml", "b.iso"]);
    assert_eq!(fs::read(workspace.path("a.iso")).unwrap(), fs::read(workspace.path("b.iso")).unwrap());
    // By the clock, without the variable.
    let workspace = Workspace::new().with("manifest.yaml", MANIFEST.replace("2008-06-30", "2150"));
    workspace.run(&["check", "manifest.yaml"]).expect_code(0).expect_stderr("the disc is dated 2150, but today is 20");
    // A file from the future, if the manifest has no date.
    let workspace = Workspace::new().with("manifest.yaml", MANIFEST.replace("  date: 2008-06-30\n", ""));
    assert!(!workspace.run(&["check", "manifest.yaml"]).expect_code(0).stderr.contains("future-date"));
    let file = fs::File::options().write(true).open(workspace.path("files/asia.pdf")).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(4_000_000_000)).unwrap();
    workspace
        .run(&["check", "manifest.yaml"])
        .expect_code(0)
        .expect_stderr("the disc is dated 2096-10-02, from the newest source file, but today is 20");
}

#[test]
fn the_command_that_lists_all_documents_works_as_printed() {
    let variants: String = (0..12).map(|n| format!("{{id: r{n}, title: T{n}, variants: {{en: {n}.pdf}}}}, ")).collect();
    let manifest = format!(
        "disc: {{title: T, languages: [en], date: 2008}}\nsections: [{{id: s, title: S, reports: [{variants}]}}]\n"
    );
    let mut workspace = Workspace::empty().with("my manifest.yaml", manifest);
    for n in 0..12 {
        workspace = workspace.with(&format!("{n}.pdf"), crate::common::pdf("fr", &format!("Document {n}")));
    }
    let command = "make-disc check --html report.html 'my manifest.yaml'";
    workspace.run(&["check", "my manifest.yaml"]).expect_code(0).expect_stderr(&format!("`{command}` lists them all"));
    // A build lists only some as well: there may be thousands. If they may be on the disc by mistake, it lists all.
    workspace
        .run(&["my manifest.yaml", "out.iso"])
        .expect_code(0)
        .expect_stderr("not shown here; `make-disc check --html report.html");
}

/// The first line of each finding on the terminal.
fn headings(stderr: &str) -> Vec<&str> {
    let starts = ["error[", "warning[", "note["];
    stderr.lines().filter(|line| starts.iter().any(|start| line.starts_with(start))).collect()
}

#[test]
fn errors_are_shown_first_and_many_of_one_kind_in_short() {
    let mut manifest = MANIFEST.to_owned();
    for number in 0..30 {
        manifest.push_str(&format!(
            "      - {{id: r{number}, title: {{en: Report {number}}}, variants: {{en: files/r{number}.pdf}}}}\n"
        ));
    }
    let workspace = Workspace::new().with("manifest.yaml", manifest);
    let stderr = workspace.run(&["check", "manifest.yaml"]).expect_code(1).stderr;
    let shown = headings(&stderr);
    let kinds: Vec<&str> = shown.iter().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(kinds[..8], [["error[missing-file]"; 4], ["warning[missing-language]"; 4]].concat()[..], "{stderr}");
    assert_eq!(shown[3], "error[missing-file]: and 27 more of these", "{stderr}");
    // Ten of the others have a line each, with the number of the line.
    assert!(stderr.contains("`files/r12.pdf`") && !stderr.contains("`files/r13.pdf`"), "{stderr}");
    assert!(stderr.contains(" = note: and 17 more\n"), "{stderr}");
    assert!(stderr.lines().count() < 120, "{stderr}");
    // The command that shows all of them works as printed.
    assert!(stderr.contains("`make-disc check --all manifest.yaml` shows each"), "{stderr}");
    let all = workspace.run(&["check", "--all", "manifest.yaml"]).expect_code(1).stderr;
    assert_eq!(all.matches("error[missing-file]").count(), 30, "{all}");
    // `--json` leaves nothing out.
    let found = codes(&workspace, 1);
    assert_eq!(found.iter().filter(|code| *code == "error:missing-file").count(), 30);
}

#[test]
fn reports_that_readers_cannot_tell_apart_are_reported() {
    let with = |reports: &str| {
        let workspace = Workspace::new()
            .with("manifest.yaml", format!("{MANIFEST}{reports}"))
            .with("files/b.pdf", pdf("en", "Another document"))
            .with("files/c.pdf", pdf("en", "And another document"));
        workspace.run(&["check", "manifest.yaml"]).expect_code(0).stderr
    };
    let report = |id: &str, rest: &str| {
        format!("      - {{id: {id}, title: Wells, {rest}, variants: {{en: files/{id}.pdf}}}}\n")
    };
    let same = with(&(report("b", "date: 2008") + &report("c", "date: 2008")));
    assert!(
        same.contains("warning[same-title]: two reports of this section have the title “Wells” and the date 2008"),
        "{same}"
    );
    for different in
        [report("b", "date: 2008") + &report("c", "date: 2009"), report("b", "symbol: A") + &report("c", "symbol: B")]
    {
        assert!(!with(&different).contains("same-title"), "{different}");
    }
}

#[test]
fn character_recognition_is_advised_only_where_it_helps() {
    let manifest = |name: &str, language: &str| {
        format!(
            "disc: {{title: T, languages: [en]}}\nsections: [{{title: S, reports: [{{title: R, variants: {{{language}: {name}}}}}]}}]\n"
        )
    };
    let drawn = pdf("en", "").replace("BT /F 12 Tf 72 720 Td () Tj ET", "0 0 100 100 re f           0 0 m");
    for (name, contents, language, advised) in [
        ("scan.pdf", drawn.as_str(), "en", "`ocrmypdf -l LANGUAGE in.pdf out.pdf`"),
        ("map.pdf", drawn.as_str(), "zxx", ""),
        ("blank.pdf", &pdf("en", ""), "en", "warning[no-text]"),
        ("empty.txt", " \n", "en", ""),
    ] {
        let workspace = Workspace::empty().with("manifest.yaml", manifest(name, language)).with(name, contents);
        let stderr = workspace.run(&["check", "manifest.yaml"]).expect_code(0).stderr;
        assert!(stderr.contains(advised), "{name}: {stderr}");
        assert_eq!(stderr.contains("ocrmypdf"), advised.contains("ocrmypdf"), "{name}: {stderr}");
        assert_eq!(stderr.contains("[no-text"), !advised.is_empty(), "{name}: {stderr}");
    }
}

#[test]
fn the_html_page_says_yes_only_of_languages_that_a_report_has() {
    let manifest = crate::common::MANIFEST.replace("en: files/asia.pdf", "de: files/asia.pdf");
    let workspace = Workspace::new().with("manifest.yaml", &manifest);
    workspace.run(&["check", "manifest.yaml", "--html", "page.html"]).expect_code(0);
    let page = fs::read_to_string(workspace.path("page.html")).unwrap();
    // In the order en, fr, de: one report is in two languages of the pages, the other only in German.
    let rows: Vec<Vec<&str>> = page
        .split("<tr>")
        .filter(|row| row.contains("scope=\"row\"") && row.contains("<td class=\"good\">yes"))
        .map(|row| row.split("<td").skip(1).filter_map(|cell| cell.split(['>', '<']).nth(1)).collect())
        .collect();
    assert!(rows.contains(&vec!["yes", "yes", "–"]) && rows.contains(&vec!["missing", "missing", "yes"]), "{rows:?}");
}
