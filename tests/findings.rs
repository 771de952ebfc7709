//! Everything that is wrong with a manifest is reported in one run, with its place and what to do about it.

#![allow(clippy::unwrap_used)]

use std::fs;

use crate::common::{MANIFEST, Workspace};
use expect_test::{expect, expect_file};

/// Twelve mistakes of twelve kinds.
const TWELVE: &str = "\
disc:
  title: {en: Women and peace, fr: Femmes et paix}
  volume: un 1325
  languages: [en, fr, spanish]
  publsher: The office
  date: 2008-13
  media: cd-70
sections:
  - id: needs
    title: {en: Needs, fr: Besoins}
    reports:
      - id: africa
        title: {en: Africa, fr: Afrique}
        variants:
          en: files/africa_en.pdf
          sp: files/africa.fr.pdf
      - id: africa
        title: {en: Asia}
        authors: [ECA, {name: ESCAP}]
        variants:
          en: files/empty.pdf
          fr: ../secret.pdf
      - id: europe
        title: {en: \"Europe \u{202e}\", fr: Europe}
";

#[test]
fn twelve_mistakes_are_all_reported_in_one_run() {
    let workspace = Workspace::new().with("manifest.yaml", TWELVE).with("files/empty.pdf", "");
    let output = workspace.run(&["check", "manifest.yaml"]).expect_code(1);
    expect_file!["findings/twelve.txt"].assert_eq(&output.stderr);
    expect!["manifest.yaml: 13 errors, 1 warning\n"].assert_eq(&output.stdout);

    let records = workspace.run(&["check", "--json", "manifest.yaml"]).expect_code(1).stdout;
    let records: serde_json::Value = serde_json::from_str(&records).unwrap();
    let findings = records["findings"].as_array().unwrap();
    for finding in findings {
        assert!(finding["line"].as_u64().unwrap() > 0 && finding["column"].as_u64().unwrap() > 0, "{finding}");
        assert_eq!(finding["file"], "manifest.yaml");
        assert!(!finding["help"].as_array().unwrap().is_empty(), "no remedy: {finding}");
    }
}

#[test]
fn a_build_of_a_manifest_with_errors_writes_nothing() {
    let workspace = Workspace::new().with("manifest.yaml", TWELVE).with("files/empty.pdf", "");
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(1).expect_stderr("no disc was made: 13 errors, 1 warning");
    assert_eq!(workspace.names(), ["files", "manifest.yaml"]);
}

/// Runs `check` on this manifest with the usual files, and returns its standard error.
fn check(manifest: impl AsRef<[u8]>, code: i32) -> String {
    Workspace::new().with("manifest.yaml", manifest).run(&["check", "manifest.yaml"]).expect_code(code).stderr
}

#[test]
fn only_another_form_of_the_language_in_the_same_script_is_no_missing_text() {
    let with_title = |chinese: &str| {
        let disc = format!(
            "disc: {{title: {{en: Peace, pt-BR: Paz, {chinese}: 和平}}, volume: FORMS, languages: [en, pt, pt-BR, zh-TW, {chinese}], date: 2008-06}}"
        );
        disc + "\nsections: [{id: a, title: A, reports: [{id: b, title: B, variants: {en: files/asia.pdf}}]}]\n"
    };
    let close = check(with_title("zh-Hant"), 0);
    assert!(!close.contains("missing-language"), "{close}");
    let other_script = check(with_title("zh-CN"), 0);
    assert!(other_script.contains("`disc.title` has no text for: zh-TW"), "{other_script}");
}

#[test]
fn commands_other_than_check_show_only_the_first_warnings() {
    let mut manifest = MANIFEST.to_owned();
    for number in 0..30 {
        manifest.push_str(&format!(
            "      - {{id: r{number}, title: {{en: Report {number}}}, variants: {{en: files/r{number}.txt}}}}\n"
        ));
    }
    let workspace = (0..30).fold(Workspace::new().with("manifest.yaml", manifest), |workspace, number| {
        workspace.with(&format!("files/r{number}.txt"), format!("The report number {number}"))
    });
    let count = |text: &str| text.matches("warning[missing-language]").count();
    let checked = workspace.run(&["check", "--all", "manifest.yaml"]).expect_code(0);
    assert_eq!(count(&checked.stderr), 30, "{}", checked.stderr);
    for arguments in [
        &["manifest.yaml", "out.iso"][..],
        &["stage", "manifest.yaml", "out"],
        &["print", "--only", "label", "manifest.yaml", "out.pdf"],
        &["preview", "--no-open", "manifest.yaml"],
    ] {
        let output = workspace.run(arguments).expect_code(0);
        assert_eq!(count(&output.stderr), 10, "{}", output.stderr);
        assert!(
            output.stderr.ends_with("\n20 more warnings and notes: make-disc check manifest.yaml\n"),
            "{}",
            output.stderr
        );
    }
    // An error is shown, wherever it is, and the last line says what happened.
    let broken = std::fs::read_to_string(workspace.path("manifest.yaml")).unwrap() + "nonsense: 1\n";
    std::fs::write(workspace.path("manifest.yaml"), broken).unwrap();
    let output = workspace.run(&["manifest.yaml", "other.iso"]).expect_code(1);
    assert!(output.stderr.starts_with("error[unknown-key]") && count(&output.stderr) == 10, "{}", output.stderr);
    assert!(
        output
            .stderr
            .contains("\n20 more warnings and notes: make-disc check manifest.yaml\nno disc was made: 1 error")
    );
}

#[test]
fn a_wrong_language_code_gives_one_finding() {
    let findings = |manifest: String| {
        let workspace = Workspace::new().with("manifest.yaml", manifest);
        let json = workspace.run(&["check", "--json", "manifest.yaml"]).expect_code(1).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let findings = json["findings"].as_array().unwrap().clone();
        let word = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap().to_owned();
        findings.iter().map(|finding| (word(finding, "code"), word(finding, "message"))).collect::<Vec<_>>()
    };
    let bad = |message: &str| vec![("bad-language".to_owned(), message.to_owned())];
    let in_list = MANIFEST.replace("languages: [en, fr]", "languages: [en, french]");
    assert_eq!(findings(in_list.clone()), bad("`french` is not a language code"));
    // The same wrong code in `disc.languages` and in the texts.
    assert_eq!(findings(in_list.replace("fr: ", "french: ")), bad("`french` is not a language code"));
    // The wrong code only in the texts.
    let in_texts = findings(MANIFEST.replace("fr: ", "french: "));
    let in_texts: Vec<_> = in_texts.into_iter().filter(|(code, _)| code == "bad-language").collect();
    assert_eq!(in_texts, bad("`french` is not a language code; it is used here and in 4 more places"));
}

#[test]
fn years_need_four_digits() {
    let with_date = |date: &str| MANIFEST.replacen("id: asia\n", &format!("id: asia\n        date: {date}\n"), 1);
    let found = check(with_date("850-03"), 1);
    assert!(found.contains("help: write the year with four digits: `0850-03`"), "{found}");
    // This may be any of three days.
    let found = check(with_date("12-05-08"), 1);
    assert!(found.contains("help: write it as 2008, 2008-06 or 2008-06-30"), "{found}");
    check(with_date("0850-03"), 0);
}

#[test]
fn a_good_manifest_has_no_findings() {
    let output = Workspace::new().run(&["check", "manifest.yaml"]).expect_code(0);
    expect![[r#""#]].assert_eq(&output.stderr);
    // The size of the pages changes with every change of a page.
    let kilobytes = |start: &str, end: &str| {
        let number = output.stdout.split(start).nth(1).and_then(|rest| rest.split(end).next()).unwrap();
        assert!((500..1000).contains(&number.parse::<u32>().unwrap()), "{number}");
        number.to_owned()
    };
    let (size, pages) = (kilobytes("size       ", " kB"), kilobytes("pages and search ", " kB\n"));
    let shown = output.stdout.replace(&format!(" {size} kB:"), " SIZE kB:");
    let shown = shown.replace(&format!("search {pages} kB"), "search PAGES kB");
    expect![[r#"
        manifest.yaml: nothing is wrong

        volume     TWO_REPORTS
        size       SIZE kB: documents 2.7 kB, pages and search PAGES kB
        covers     7.2 kB: 6 pictures of first pages
        formats    PDF 1.7: 3 files
        sections   needs    2.7 kB      3 files  ██████████████████████████████
        languages  en    1.8 kB      2 files  ██████████████████████████████
                   fr    0.9 kB      1 file   ████████████████
        largest      0.9 kB  files/africa.fr.pdf
                     0.9 kB  files/asia.pdf
                     0.9 kB  files/africa.en.pdf
        missing    1 of 2 reports is not in every language
                   needs/asia: fr
    "#]]
    .assert_eq(&shown);
}

#[test]
fn all_wrong_keys_and_values_are_reported() {
    let manifest = crate::common::MANIFEST
        .replace("  volume: TWO_REPORTS\n", "  volume: [TWO]\n  volume: TWO\n  large_files: maybe\n")
        .replace("id: needs", "id: &asia needs\n    colour: blue")
        .replace("variants: {en: files/asia.pdf}", "variants: *asia");
    expect_file!["findings/form.txt"].assert_eq(&check(manifest, 1));
}

#[test]
fn a_text_cut_off_by_a_comment_is_reported_and_guesses_are_counted() {
    let manifest = MANIFEST.replace("title: {en: Asia, fr: Asie}", "title: Asia & Water #3 of 4");
    assert_ne!(manifest, MANIFEST);
    let stderr = check(&manifest, 0);
    assert!(stderr.contains("the text ends before `#3 of 4`: a space and `#` start a comment"), "{stderr}");
    let noted = MANIFEST.replace(
        "title: {en: Asia, fr: Asie}",
        "title: \"Asia #3\"  #note\n        summary: >\n          See #3\n          # check: x",
    );
    let stderr = check(&noted, 0);
    assert!(!stderr.contains("start a comment"), "{stderr}");
    assert!(stderr.contains("a guess is still marked `# check:`"), "{stderr}");
}

#[test]
fn invalid_yaml_is_shown_where_it_stops_being_valid() {
    let manifest = crate::common::MANIFEST.replace("title: {en: Asia, fr: Asie}", "title: Asia: the facts");
    expect_file!["findings/not_yaml.txt"].assert_eq(&check(manifest, 1));
    let tabbed = crate::common::MANIFEST.replace("  volume:", "\tvolume:");
    assert!(check(tabbed, 1).contains("with spaces instead"));
}

#[test]
fn empty_and_unrelated_files_are_rejected_with_an_explanation() {
    assert!(check("", 1).contains("the manifest has no `disc:`"));
    assert!(check("- a\n- b\n", 1).contains("it should be the keys `disc`"));
    assert!(check("disc: {title: A}\n---\ndisc: {title: B}\n", 1).contains("a second YAML document"));
    assert!(check(b"disc:\n  title: Caf\xe9\n", 1).contains("line 2, column 13"));
    assert!(check("\u{feff}disc: {}\n", 1).contains("`disc` has no title"));
}

#[test]
fn alias_bombs_and_huge_files_are_rejected_quickly() {
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, last) in ('b'..='z').zip('a'..) {
        let items = vec![format!("*{last}"); 10].join(", ");
        bomb += &format!("{name}: &{name} [{items}]\n");
    }
    assert!(check(&bomb, 1).contains("an alias (`*name`) cannot be used"));
    let stderr = check("[".repeat(100_000), 1);
    assert!(stderr.contains("more than 32 levels"), "{stderr:.2000}");
    assert!(check("{a: ".repeat(100_000), 1).contains("more than 32 levels"));

    let workspace = Workspace::new().with_sparse("giant.yaml", 100_000_000);
    workspace
        .run(&["check", "giant.yaml"])
        .expect_code(1)
        .expect_stderr("the manifest has 100 MB; at most 32 MB are allowed");
    workspace.run(&["check", "files"]).expect_code(3).expect_stderr("is a folder without a manifest");
    assert!(std::process::Command::new("mkfifo").arg(workspace.path("pipe.yaml")).status().unwrap().success());
    workspace.run(&["check", "pipe.yaml"]).expect_code(3).expect_stderr("is not a regular file");
    workspace.run(&["check", "none.yaml"]).expect_code(3).expect_stderr("there is no such file");
}

#[test]
fn files_that_cannot_go_on_a_disc_are_reported() {
    let with = |file: &str| crate::common::MANIFEST.replace("files/asia.pdf", file);
    assert!(check(with("files"), 1).contains("`files` is a folder"));
    assert!(
        check(with("files/Asia.PDF"), 1)
            .contains("there is `asia.pdf` in that folder: upper and lower case must match")
    );
    assert!(check(with("'files\\asia.pdf'"), 1).contains("write `/` between folders"));
    for (path, remedy) in [
        ("'C:\\docs\\files\\asia.pdf'", "without a drive letter: write `files/asia.pdf`"),
        ("C:/files/asia.pdf", "without a drive letter: write `files/asia.pdf`"),
        ("'\\\\server\\docs\\a.pdf'", "copy the file into that folder, and write `a.pdf`"),
    ] {
        let stderr = check(with(path), 1);
        assert!(stderr.contains(remedy), "{path}: {stderr}");
    }
    assert!(check(with("docs/asia.pdf"), 1).contains("there is `files/asia.pdf`: if the file was moved there"));
    assert!(check(with("docs/europe.pdf"), 1).contains("there is no folder `docs` either"));
    assert!(check(with("/etc/hostname"), 1).contains("is outside the manifest's folder"));
    assert!(check(with("files/../../x.pdf"), 1).contains("is outside the manifest's folder"));

    let workspace = Workspace::new().with("manifest.yaml", with("link.pdf"));
    let outside = Workspace::empty().with("far.pdf", "far");
    std::os::unix::fs::symlink(outside.path("far.pdf"), workspace.path("link.pdf")).unwrap();
    workspace.run(&["check", "manifest.yaml"]).expect_code(1).expect_stderr("`link.pdf` leads outside");
    workspace.run(&["check", "--allow-outside", "manifest.yaml"]).expect_code(0);
    // The link is a folder on the path.
    std::os::unix::fs::symlink(outside.root(), workspace.path("linked")).unwrap();
    let workspace = workspace.with("manifest.yaml", with("linked/far.pdf"));
    let words = "`linked/far.pdf` leads outside the manifest's folder through a symbolic link";
    workspace.run(&["check", "manifest.yaml"]).expect_code(1).expect_stderr(words);

    let workspace = Workspace::new().with("manifest.yaml", with("pipe.pdf"));
    let made = std::process::Command::new("mkfifo").arg(workspace.path("pipe.pdf")).status().unwrap();
    assert!(made.success());
    workspace.run(&["check", "manifest.yaml"]).expect_code(1).expect_stderr("a device or a pipe");
}

#[test]
fn files_of_4_gib_need_the_key_large_files() {
    let workspace = Workspace::new().with_sparse("files/asia.pdf", 5 << 30);
    workspace
        .run(&["check", "manifest.yaml"])
        .expect_code(1)
        .expect_stderr("some systems cannot read files of 4 GiB or more");
    let manifest = crate::common::MANIFEST.replace("  volume:", "  large_files: true\n  volume:");
    workspace.with("manifest.yaml", manifest).run(&["check", "manifest.yaml"]).expect_code(0);
}

#[test]
fn compressed_documents_are_reported() {
    let workspace = Workspace::new().with("files/asia.pdf.gz", "x").with("files/data.tar.gz", "x");
    let check = |file: &str| {
        let manifest = crate::common::MANIFEST.replace("files/asia.pdf", file);
        fs::write(workspace.path("manifest.yaml"), manifest).unwrap();
        workspace.run(&["check", "manifest.yaml"]).expect_code(0)
    };
    check("files/asia.pdf.gz").expect_stderr("compressed-document").expect_stderr("list `asia.pdf` instead");
    assert!(!check("files/data.tar.gz").stderr.contains("compressed-document"));
}

#[test]
fn a_file_that_is_used_twice_is_reported() {
    let manifest = crate::common::MANIFEST.replace("files/asia.pdf", "./files/africa.en.pdf");
    let stderr = check(manifest, 0);
    assert!(stderr.contains("its contents are stored only once") && stderr.contains("first used here"), "{stderr}");
}

#[test]
fn names_that_are_too_long_get_a_suggestion() {
    let long = crate::common::MANIFEST.replace("id: asia", "id: assessment_of_the_needs_of_asia");
    let stderr = check(long, 1);
    assert!(stderr.contains("`id: assessment_of_the_needs"), "{stderr}");
    let dos =
        crate::common::MANIFEST.replace("  volume:", "  names: dos\n  volume:").replace("id: needs", "id: assessments");
    let stderr = check(dos, 1);
    assert!(stderr.contains("the limit is 8"), "{stderr}");
    let device = crate::common::MANIFEST.replace("id: asia", "id: aux");
    assert!(check(device, 1).contains("`aux` is a reserved device name on Windows"));
    let twice = crate::common::MANIFEST
        .replace("variants: {en: files/asia.pdf}", "variants: {en: {files: files/asia.pdf, name: africa_en}}");
    assert!(check(twice, 1).contains("two files would both be named `africa_en.pdf`"));
}

#[test]
fn a_disc_that_is_too_large_says_by_how_much() {
    let workspace = Workspace::new()
        .with("manifest.yaml", crate::common::MANIFEST.replace("  volume:", "  media: 10 kB\n  volume:"));
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(1).expect_stderr("`10 kB` holds 10 kB:");
    assert_eq!(workspace.names(), ["files", "manifest.yaml"]);
}

/// The number of errors, and the standard error.
fn errors(manifest: impl AsRef<[u8]>) -> (usize, String) {
    let stderr = check(manifest, 1);
    (stderr.matches("error[").count(), stderr)
}

#[test]
fn one_error_in_the_languages_gives_one_finding() {
    let with = |languages: &str| crate::common::MANIFEST.replace("languages: [en, fr]", languages);
    for (languages, count, words) in [
        ("languages: [English, French]", 2, "the code of that language is `fr`"),
        ("languages: en, fr", 1, "it should be a list"),
        ("languages: []", 1, "`disc` does not list its languages"),
        ("Languages: [en, fr]", 1, "did you mean `languages`?"),
        ("languages: [en, fr]\n  rights: {de: Frei}", 1, "the pages are not in `de`, but in en, fr"),
        ("languages: [en_GB, fr]", 1, "write it with a hyphen: `en-GB`"),
    ] {
        let (actual_count, stderr) = errors(with(languages));
        assert_eq!(actual_count, count, "{languages}:\n{stderr}");
        assert!(stderr.contains(words), "{words} is not in:\n{stderr}");
    }
    let in_list =
        crate::common::MANIFEST.replacen("en: files/africa.en.pdf", "en: [{folder: files, start: africa.en.pdf}]", 1);
    let (count, stderr) = errors(&in_list);
    assert!(count > 0 && stderr.contains("a folder cannot be one of several files"), "{stderr}");
    let file = "en: {file: files/africa.en.pdf, title: Africa, description: The first}";
    let (count, stderr) = errors(crate::common::MANIFEST.replacen("en: files/africa.en.pdf", file, 1));
    let help = "a file with a title or a description of its own is written in a list";
    assert_eq!((count, stderr.matches(help).count()), (2, 2), "{stderr}");
    // Ids are made from titles in the first language, and cannot be made while that is unknown.
    let without_ids = |languages: &str| {
        let (count, stderr) =
            errors(with(languages).replace("id: needs\n    ", "").replace("id: africa\n        ", ""));
        assert_eq!(count, 1, "{stderr}");
        stderr
    };
    let stderr = without_ids("languages: en, fr");
    assert!(stderr.contains("write them as a list: `languages: [en, fr]`"), "{stderr}");
    without_ids("langauges: [en, fr]");
    without_ids("languages: []");
    without_ids("languages: [englisch]");
    let (count, stderr) = errors(crate::common::MANIFEST.replace("disc:", "Disc:"));
    assert_eq!(count, 1, "{stderr}");
}

#[test]
fn documents_may_be_in_languages_that_the_pages_are_not_in() {
    let manifest = crate::common::MANIFEST.replace("languages: [en, fr]", "languages: [en]");
    let stderr = check(&manifest, 0);
    assert!(stderr.contains("note[other-language]: 1 document is in `fr` (Français), which the pages are not in"));
    assert!(!stderr.contains("undeclared-language"), "{stderr}");
    let special = manifest.replace("fr: files/africa.fr.pdf", "mul: files/africa.fr.pdf").replace("Afrique", "");
    let stderr = check(&special, 1);
    assert!(stderr.contains("the pages are not in `fr`, but in en; it is used here and in"), "{stderr}");
    for wrong in ["sp", "mis", "spanish", "zz"] {
        let stderr = check(manifest.replace("fr: files/africa.fr.pdf", &format!("{wrong}: files/africa.fr.pdf")), 1);
        assert!(stderr.contains("error[bad-language]"), "{wrong}: {stderr}");
    }
}

#[test]
fn interface_text_is_read_from_a_file() {
    let manifest = format!("{}launcher: {{strings: {{ti: strings.ti.yaml}}}}\n", crate::common::MANIFEST)
        .replace("languages: [en, fr]", "languages: [en, fr, ti]");
    let workspace = Workspace::new().with("manifest.yaml", &manifest);
    workspace.run(&["strings", "ti"]).expect_code(0).expect_stdout("strings.ti.yaml");
    workspace.run(&["strings", "ti"]).expect_code(2).expect_stderr("exists");
    let output = workspace.run(&["check", "manifest.yaml"]).expect_code(0);
    let warnings = output.stderr.matches("warning[missing-strings]").count();
    assert_eq!(warnings, 1, "{}", output.stderr);
    let empty = std::fs::read_to_string(workspace.path("strings.ti.yaml")).unwrap();
    let filled: String = empty
        .lines()
        .map(|line| match line.strip_suffix(" \"\"") {
            Some(key) if key == "documents:" => format!("{key} \"ሰነዳት\"\n"),
            Some(key) => format!("{key} \"ትግርኛ\"\n"),
            None => format!("{line}\n"),
        })
        .collect();
    let workspace = workspace.with("strings.ti.yaml", &filled);
    let stderr = workspace.run(&["check", "--all", "manifest.yaml"]).expect_code(0).stderr;
    assert!(!stderr.contains("missing-strings"), "{stderr}");
    let line = filled.lines().position(|line| line.starts_with("documents:")).unwrap() + 1;
    let place = format!("strings.ti.yaml:{line}");
    assert!(stderr.contains("warning[placeholder]: `documents` should contain") && stderr.contains(&place), "{stderr}");
    let broken = filled.replace("documents: \"", "documents: \"\"").replace("home:", "hom:");
    let stderr = workspace.with("strings.ti.yaml", broken).run(&["check", "manifest.yaml"]).expect_code(1).stderr;
    assert!(stderr.contains("error[not-yaml]") && stderr.contains(&place), "{stderr}");
}

#[test]
fn a_file_of_interface_text_is_written_beside_the_manifest() {
    let workspace = Workspace::new().with("collection/manifest.yaml", crate::common::MANIFEST);
    workspace
        .run(&["strings", "ti", "collection/manifest.yaml"])
        .expect_code(0)
        .expect_stdout("wrote      collection/strings.ti.yaml")
        .expect_stdout("next       fill it in; then name it in the manifest:")
        .expect_stdout("  strings: {ti: \"strings.ti.yaml\"}");
    // In another folder, the path is the one that the manifest needs.
    std::fs::create_dir(workspace.path("collection/texts")).unwrap();
    workspace
        .run(&["strings", "sw", "collection/manifest.yaml", "--output", "collection/texts/sw.yaml"])
        .expect_code(0)
        .expect_stdout("{sw: \"texts/sw.yaml\"}");
    // Where there is no manifest, the file has to be moved.
    std::fs::create_dir(workspace.path("elsewhere")).unwrap();
    workspace
        .run(&["strings", "ti", "--output", "elsewhere/ti.yaml"])
        .expect_code(0)
        .expect_stdout("next       move it into the folder of the manifest, and fill it in");
    workspace.run(&["strings", "ti", "none.yaml"]).expect_code(2).expect_stderr("there is no manifest `none.yaml`");
}

#[test]
fn findings_name_a_report_in_the_first_language_of_the_pages() {
    let manifest = crate::common::MANIFEST
        .replace("title: {en: Asia, fr: Asie}", "title: {ru: Азия, fr: Asie, en: Asia}")
        .replace("languages: [en, fr]", "languages: [en, fr, es]")
        .replace("en: files/asia.pdf", "en: files/asia.pdf, ru: files/africa.fr.pdf");
    let workspace = Workspace::new().with("manifest.yaml", manifest);
    let stderr = workspace.run(&["check", "manifest.yaml"]).expect_code(0).stderr;
    assert!(stderr.contains("`title` of the report “Asia” has no text for: es"), "{stderr}");
}

#[test]
fn a_missing_file_is_reported_once() {
    let manifest = crate::common::MANIFEST.replace(
        "variants: {en: files/asia.pdf}",
        "variants: {en: gone.pdf, fr: gone.pdf, es: gone.pdf, de: lost.pdf}",
    );
    let workspace = Workspace::new().with("manifest.yaml", manifest);
    let stderr = workspace.run(&["check", "manifest.yaml"]).expect_code(1).stderr;
    assert_eq!(stderr.matches("gone.pdf`").count(), 1, "{stderr}");
    assert!(
        stderr.contains("error[missing-file]: there is no file `gone.pdf`, which the manifest lists 3 times"),
        "{stderr}"
    );
    assert!(stderr.contains("error[missing-file]: there is no file `lost.pdf`\n"), "{stderr}");
}

#[test]
fn what_is_excluded_cannot_be_on_the_disc() {
    let manifest = format!("{}exclude: [drafts/, '*.zip', 'gone*']\n", crate::common::MANIFEST);
    let workspace = Workspace::new()
        .with("manifest.yaml", &manifest)
        .with("drafts/asia.pdf", "x")
        .with("files/all.zip", "x")
        .with("files/new.pdf", "x")
        .with("Thumbs.db", "x")
        .with("files/st/autorun.inf", "x")
        .with("files/st/SHA256SUMS", "x")
        .with("files/st/pages/x.html", "x")
        .with("elsewhere.pdf", "x");
    let stderr = workspace.run(&["check", "manifest.yaml"]).expect_code(0).stderr;
    let names: Vec<&str> =
        stderr.lines().filter_map(|line| line.strip_prefix("  = note: ").or(line.strip_prefix(" = note: "))).collect();
    assert_eq!(names, ["files/new.pdf", "files/st/ (a copy of a disc)"], "{stderr}");
    assert!(stderr.contains("warning[unused-exclusion]: `gone*` excludes no file"), "{stderr}");
    let stderr = workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0).stderr;
    assert!(stderr.contains("files/new.pdf"), "{stderr}");
    // An image in the folder of the documents is not mistaken for a forgotten document.
    workspace.run(&["manifest.yaml", "files/out.iso"]).expect_code(0);
    let stderr = workspace.run(&["check", "manifest.yaml"]).expect_code(0).stderr;
    assert!(!stderr.contains("out.iso"), "{stderr}");
    let listed = manifest.replace("en: files/asia.pdf", "en: ./drafts/asia.pdf").replace("[drafts/,", "[DRAFTS/,");
    let workspace = workspace.with("manifest.yaml", listed);
    let output = workspace.run(&["manifest.yaml", "out2.iso"]).expect_code(1);
    assert!(
        output.stderr.contains("error[excluded-file]: `./drafts/asia.pdf` must not be on the disc"),
        "{}",
        output.stderr
    );
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../drafts", workspace.path("files/link")).unwrap();
        let linked = manifest.replace("en: files/asia.pdf", "en: files/link/asia.pdf");
        let output = workspace.with("manifest.yaml", linked).run(&["check", "manifest.yaml"]).expect_code(1);
        assert!(output.stderr.contains("error[excluded-file]: `files/link/asia.pdf`"), "{}", output.stderr);
    }
    let bad = manifest.replace("drafts/,", "'a/**b',");
    assert!(check(bad, 1).contains("error[bad-pattern]: `a/**b` is not a pattern"));
}

#[test]
fn confidential_names_give_a_warning() {
    let manifest = crate::common::MANIFEST.replace("files/asia.pdf", "files/asia_CONFIDENTIAL.pdf");
    let workspace = Workspace::new()
        .with("manifest.yaml", &manifest)
        .with("files/asia_CONFIDENTIAL.pdf", crate::common::pdf("en", "x"));
    let stderr = workspace.run(&["check", "manifest.yaml"]).expect_code(0).stderr;
    assert!(stderr.contains("warning[confidential]: `files/asia_CONFIDENTIAL.pdf`"), "{stderr}");
    // An excluded file does not go on the disc, so the warning would be wrong.
    let manifest = manifest.replacen("sections:", "exclude: \"*CONFIDENTIAL*\"\nsections:", 1);
    let stderr = workspace.with("manifest.yaml", manifest).run(&["check", "manifest.yaml"]).expect_code(1).stderr;
    assert!(stderr.contains("error[excluded-file]") && !stderr.contains("goes on the disc"), "{stderr}");
}

#[test]
fn a_shortened_list_of_errors_says_so() {
    let reports: String =
        (0..150).map(|n| format!("      - {{id: r{n}, titel: T, variants: {{en: files/asia.pdf}}}}\n")).collect();
    let stderr = check(format!("{}{reports}", crate::common::MANIFEST), 1);
    assert!(stderr.contains("error[unknown-key]: and 97 more of these"), "{stderr}");
    assert!(stderr.contains("only the first 100 mistakes are shown"));
}

#[test]
fn one_cause_gives_one_finding() {
    let (count, stderr) = errors(crate::common::MANIFEST.replace("id: asia", "id: africa"));
    assert_eq!(count, 1, "{stderr}");
    let long = crate::common::MANIFEST.replace("id: africa", "id: assessment_of_the_needs_of_africa_and_asia");
    let (count, stderr) = errors(long);
    assert_eq!(count, 1, "{stderr}");
}

#[test]
fn bibliographic_fields_are_checked() {
    let with = |line: &str| crate::common::MANIFEST.replace("id: asia", &format!("id: asia\n        {line}"));
    for (line, status, words) in [
        ("isbn: 978-0-306-40615-3", 0, "its last character is `3`, and the others require `7`"),
        ("isbn: E.08.IV.1", 1, "`E.08.IV.1` is not an ISBN"),
        ("isbn: '978-0-306-40615-7, 0-306-40615-2'", 1, "write several numbers as a list"),
        ("issn: 0378-5954", 0, "its last character is `4`, and the others require `5`"),
        ("doi: 11.18356/a", 1, "`11.18356/a` is not a DOI"),
        ("kind: reprot", 1, "did you mean `report`?"),
        ("pages: 0", 1, "`0` is not a number of pages"),
        ("licence: CC-BY-40", 0, "did you mean `CC-BY-4.0`?"),
    ] {
        let stderr = check(with(line), status);
        assert!(stderr.contains(words), "{words} is not in:\n{stderr}");
    }
    for line in
        ["isbn: [978-0-306-40615-7, 0-306-40615-2]", "doi: https://doi.org/10.18356/a", "licence: CC BY-NC 3.0 IGO"]
    {
        let stderr = check(with(line), 0);
        assert!(!stderr.contains("isbn") && !stderr.contains("doi") && !stderr.contains("licence"), "{stderr}");
    }
}

#[test]
fn common_mistakes_get_a_specific_suggestion() {
    let file = |file: &str| crate::common::MANIFEST.replace("files/asia.pdf", file);
    let disc = |line: &str| crate::common::MANIFEST.replace("  volume:", &format!("  {line}\n  volume:"));
    let dated = |date: &str| crate::common::MANIFEST.replace("2008-06-30", date);
    let foreword = |text: &str| format!("launcher:\n  foreword: {{text: {text}}}\n{}", crate::common::MANIFEST);
    for (manifest, words) in [
        (file("none"), "if there is no document in this language, remove this line"),
        (file("\"~$asia.docx\""), "a shortcut or a temporary file of a program"),
        (file("Files/asia.pdf"), "there is a folder `files`: upper and lower case must match"),
        (file("https://example.org/asia.pdf"), "download the file"),
        (file("'files/*.pdf'"), "write the name of each file"),
        (file("'files/asia.pdf, files/africa.en.pdf'"), "write them as a list"),
        (dated("30/06/2008"), "write it as `2008-06-30`"),
        (dated("2008/6"), "write it as `2008-06`"),
        (disc("media: DVD"), "did you mean `dvd-5`?"),
        (disc("media: CD"), "did you mean `cd-650`?"),
        (foreword("foreword.docx"), "save it as plain text in UTF-8"),
    ] {
        let stderr = check(&manifest, 1);
        assert!(stderr.contains(words), "{words} is not in:\n{stderr}");
    }
    let stderr = check(disc("publisher: Water for All\""), 0);
    assert!(stderr.contains("ends with a quotation mark but does not begin with one"), "{stderr}");
}

/// The ids that the findings propose.
fn proposed_ids(stderr: &str) -> Vec<String> {
    let ids = stderr.lines().filter_map(|line| line.split_once("help: choose a shorter one: `id: "));
    ids.map(|(_, rest)| rest.trim_end_matches('`').to_owned()).collect()
}

#[test]
fn proposed_ids_are_different_and_short_enough() {
    let title = "Assessment of the needs of women and girls";
    let long = MANIFEST
        .replace("id: africa\n        title: {en: Africa, fr: Afrique}", &format!("title: {title} in Africa"))
        .replace("id: asia\n        title: {en: Asia, fr: Asie}", &format!("title: {title} in Asia"));
    let ids = proposed_ids(&check(&long, 1));
    assert_eq!(ids, ["assessment_of_the_needs", "assessment_of_the_2"]);
    let shortened = long
        .replace(&format!("title: {title} in Africa"), &format!("id: {}\n        title: Africa", ids[0]))
        .replace(&format!("title: {title} in Asia"), &format!("id: {}\n        title: Asia", ids[1]));
    check(&shortened, 0);

    let stderr = check(long.replace("in Africa", "in Asia"), 1);
    assert!(stderr.contains("give one of them another `id:`, such as `assessment_of_the_2`"), "{stderr}");
    assert_eq!(proposed_ids(&stderr), ids);
    let dos = MANIFEST.replace("  volume:", "  names: dos\n  volume:").replace("id: africa", "id: asia");
    assert!(check(dos, 1).contains("such as `asia_2`"));
}

#[test]
fn options_before_a_command_get_the_order_to_write() {
    let workspace = Workspace::new();
    for (arguments, order) in [
        (&["--quiet", "check", "manifest.yaml"][..], "`make-disc check --quiet manifest.yaml`"),
        (&["--quiet", "stage", "manifest.yaml", "a folder"], "`make-disc stage --quiet manifest.yaml 'a folder'`"),
        (&["--json", "--force", "init", "files"], "`make-disc init --json --force files`"),
    ] {
        let output = workspace.run(arguments).expect_code(2);
        assert!(output.stderr.contains(order), "{}", output.stderr);
    }
    // A manifest may have the name of a command.
    let workspace = workspace.with("check", MANIFEST);
    workspace.run(&["--quiet", "check", "out.iso"]).expect_code(0);
}

#[test]
fn a_key_without_a_value_is_named_as_such_and_not_reported_twice() {
    let manifest = crate::common::MANIFEST.replacen("        title:", "        title:\n        # ", 1);
    assert_ne!(manifest, crate::common::MANIFEST);
    let workspace = Workspace::new().with("manifest.yaml", &manifest);
    let output = workspace.run(&["check", "manifest.yaml"]).expect_code(1);
    output.expect_stderr("`title:` is here, but nothing follows it; complete it: `title: {");
    // The key is added instead of completed.
    let twice = manifest.replacen("        title:\n", "        title: {en: A}\n        title:\n", 1);
    let workspace = workspace.with("manifest.yaml", twice);
    let output = workspace.run(&["check", "manifest.yaml"]).expect_code(1);
    assert!(output.stderr.contains("error[duplicate-key]"), "{}", output.stderr);
    assert_eq!(output.stderr.matches("error[").count(), 1, "{}", output.stderr);
}
