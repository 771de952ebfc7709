//! Recognised text: files beside scanned documents are used for the search, and `ocr` writes them with an installed program.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::common::{RunOutput, Workspace, pdf, signal};

/// A PDF of one page that shows a shape, and no text.
fn scan() -> String {
    pdf("en", "Asia, in a few words").replace("(Asia, in a few words) Tj", "ET 0 0 99 99 re f      BT")
}

/// A workspace in which the PDF on Asia is a scan, and a folder for `PATH` that contains only these programs (name and script of
/// each).
fn workspace(programs: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::new().with("files/asia.pdf", scan());
    fs::create_dir(workspace.path("bin")).unwrap();
    for (name, script) in programs {
        let path = workspace.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    workspace
}

fn run(workspace: &Workspace, arguments: &[&str]) -> RunOutput {
    let mut command = workspace.command(arguments);
    command.env("XDG_CACHE_HOME", workspace.path("cache")).env("PATH", workspace.path("bin"));
    RunOutput::new(command.output().unwrap())
}

/// The page of the report on Asia, as `stage` writes it.
fn page(workspace: &Workspace) -> String {
    let _ = fs::remove_dir_all(workspace.path("out"));
    run(workspace, &["stage", "--quiet", "manifest.yaml", "out"]).expect_code(0);
    fs::read_to_string(workspace.path("out/pages/en/needs/asia.html")).unwrap()
}

const SEARCHABLE: &str = "can be searched: text recognised by machine";

#[test]
fn text_beside_a_scan_is_used_and_named() {
    for (name, contents) in [
        ("files/asia.txt", "Granaries and ferries\n\u{c}"),
        ("files/asia.pdf.TXT", "Granaries and ferries"),
        ("files/asia.hocr", "<div class='ocr_page'><span class='ocr_line'>Granaries and ferries</span></div>"),
        ("files/asia-1.xml", "<alto><Page><TextLine><String CONTENT='Granaries'/></TextLine></Page></alto>"),
    ] {
        let workspace = workspace(&[]);
        let without = page(&workspace);
        assert!(without.contains("cannot be searched") && !without.contains(SEARCHABLE), "{without}");
        let workspace = workspace.with(name, contents);
        assert!(page(&workspace).contains(SEARCHABLE), "{name}");
        let check = run(&workspace, &["check", "manifest.yaml"]).expect_code(0);
        let note = format!(
            "note[recognised-text]: `files/asia.pdf` can be searched: its text was recognised by OCR, and is in `{name}`"
        );
        assert!(check.stderr.contains(&note), "{}", check.stderr);
        assert!(!check.stderr.contains("no-text-layer") && !check.stderr.contains("not-on-disc"), "{}", check.stderr);
    }
}

#[test]
fn text_with_another_number_of_pages_is_not_used() {
    let workspace = workspace(&[]).with("files/asia.txt", "one\u{c}two\u{c}");
    assert!(!page(&workspace).contains(SEARCHABLE));
    let check = run(&workspace, &["check", "manifest.yaml"]).expect_code(0);
    let warning = "warning[recognised-text-pages]: `files/asia.txt` has 2 pages, but `files/asia.pdf` has 1";
    assert!(check.stderr.contains(warning), "{}", check.stderr);
    // Another file with the right number of pages is used instead.
    let workspace = workspace.with("files/asia.pdf.txt", "one");
    let check = run(&workspace, &["check", "manifest.yaml"]).expect_code(0);
    assert!(!check.stderr.contains("recognised-text-pages"), "{}", check.stderr);
    assert!(check.stderr.contains("is in `files/asia.pdf.txt`"), "{}", check.stderr);
}

#[test]
fn a_text_belongs_to_one_document() {
    let other = scan().replace("0 0 99 99", "9 9 90 90");
    let workspace = workspace(&[]).with("files/asia.PDF", other).with("files/asia.txt", "Granaries");
    let manifest = fs::read_to_string(workspace.path("manifest.yaml")).unwrap();
    let with_other =
        manifest.replace("variants: {en: files/asia.pdf}", "variants: {en: files/asia.pdf, fr: files/asia.PDF}");
    let workspace = workspace.with("manifest.yaml", with_other);
    assert!(!page(&workspace).contains(SEARCHABLE));
    let check = run(&workspace, &["check", "manifest.yaml"]).expect_code(0);
    let warning =
        "warning[recognised-text-shared]: `files/asia.txt` may be the text of `files/asia.pdf` or of `files/asia.PDF`";
    assert!(check.stderr.contains(warning), "{}", check.stderr);
    assert_eq!(check.stderr.matches("recognised-text-shared").count(), 1, "{}", check.stderr);
    // Renaming the file, as the warning advises, assigns it to one document. `ocr` uses the full name of the other for its text.
    fs::rename(workspace.path("files/asia.txt"), workspace.path("files/asia.pdf.txt")).unwrap();
    let check = run(&workspace, &["check", "manifest.yaml"]).expect_code(0);
    assert!(!check.stderr.contains("recognised-text-shared"), "{}", check.stderr);
    assert!(check.stderr.contains("`files/asia.pdf` can be searched"), "{}", check.stderr);
    let list = run(&workspace, &["ocr", "--dry-run", "--json", "manifest.yaml"]).expect_code(0);
    assert!(list.stdout.contains("files/asia.PDF.txt"), "{}", list.stdout);
    // The formats of a document have the same text.
    let both = manifest.replace("variants: {en: files/asia.pdf}", "variants: {en: [files/asia.pdf, files/asia.djvu]}");
    let workspace =
        workspace.with("manifest.yaml", both).with("files/asia.djvu", "AT&TFORM").with("files/asia.txt", "Granaries");
    fs::remove_file(workspace.path("files/asia.pdf.txt")).unwrap();
    let check = run(&workspace, &["check", "manifest.yaml"]).expect_code(0);
    assert!(check.stderr.contains("and 1 more can be searched"), "{}", check.stderr);
}

#[test]
fn excluded_files_and_links_are_not_used() {
    let excluded = workspace(&[]).with("files/asia.txt", "Granaries");
    let manifest = fs::read_to_string(excluded.path("manifest.yaml")).unwrap();
    let excluded = excluded.with("manifest.yaml", manifest + "exclude: [files/asia.txt]\n");
    assert!(!page(&excluded).contains(SEARCHABLE));
    let linked = workspace(&[]).with("secret", "Granaries");
    symlink(linked.path("secret"), linked.path("files/asia.txt")).unwrap();
    assert!(!page(&linked).contains(SEARCHABLE));
}

#[test]
fn a_document_with_text_of_its_own_does_not_need_the_text_beside_it() {
    let workspace = Workspace::new().with("files/asia.txt", "Granaries");
    fs::create_dir(workspace.path("bin")).unwrap();
    assert!(!page(&workspace).contains(SEARCHABLE));
    let check = run(&workspace, &["check", "manifest.yaml"]).expect_code(0);
    assert!(check.stderr.contains("not-on-disc") && check.stderr.contains("files/asia.txt"), "{}", check.stderr);
}

#[test]
fn init_proposes_no_report_for_the_text_of_a_scan() {
    let scanned = Workspace::empty()
        .with("docs/ferries.pdf", scan())
        .with("docs/ferries.txt", "Granaries and ferries")
        .with("docs/notes.txt", "A text that is a document of its own.");
    scanned.run(&["init", "docs"]).expect_code(0);
    let manifest = fs::read_to_string(scanned.path("docs/manifest.yaml")).unwrap();
    assert!(manifest.contains("en: ferries.pdf\n") && manifest.contains("und: notes.txt"), "{manifest}");
    let left_out = "the text of scanned documents, recognised by machine (the search uses it)\n#   ferries.txt\n";
    assert!(manifest.contains(left_out), "{manifest}");
    assert_eq!(manifest.matches("ferries.txt").count(), 1, "{manifest}");
    // Beside a document with text of its own, a text file is another format of it.
    let plain = Workspace::empty()
        .with("docs/ferries.pdf", pdf("en", "Granaries and ferries"))
        .with("docs/ferries.txt", "Granaries and ferries");
    plain.run(&["init", "docs"]).expect_code(0);
    assert!(fs::read_to_string(plain.path("docs/manifest.yaml")).unwrap().contains("ferries.txt"));
}

const LANGUAGES: (&str, &str) = ("tesseract", "echo 'List of available languages (2):'; echo eng; echo osd");

/// A script that writes its arguments to the file `calls`, and a text to the file that `--sidecar` names.
const OCRMYPDF: (&str, &str) =
    ("ocrmypdf", "echo \"$@\" >calls; while [ \"$1\" != --sidecar ]; do shift; done; echo Granaries >\"$2\"");

#[test]
fn ocr_writes_the_text_beside_the_document_once() {
    let workspace = workspace(&[LANGUAGES, OCRMYPDF]);
    let list = run(&workspace, &["ocr", "--dry-run", "manifest.yaml"]).expect_code(0);
    assert_eq!(list.stdout, "files/asia.pdf (1 page)\n");
    let output = run(&workspace, &["ocr", "manifest.yaml"]).expect_code(0);
    assert!(output.stdout.contains("wrote      files/asia.txt"), "{}", output.stdout);
    assert_eq!(fs::read_to_string(workspace.path("files/asia.txt")).unwrap(), "Granaries\n");
    let calls = fs::read_to_string(workspace.path("calls")).unwrap();
    assert!(calls.starts_with("--force-ocr ") && calls.contains(" -l eng "), "{calls}");
    assert!(page(&workspace).contains(SEARCHABLE));
    fs::remove_file(workspace.path("calls")).unwrap();
    run(&workspace, &["ocr", "manifest.yaml"]).expect_code(0).expect_stdout("no document needs text recognition");
    assert!(!workspace.path("calls").exists());
}

#[test]
fn a_document_that_ocrmypdf_refuses_is_recognised_page_by_page() {
    let tesseract =
        "case $1 in --list-langs) echo List:; echo eng;; *) echo \"$@\" >calls; echo Granaries >\"$2.txt\";; esac";
    let refusing = ("ocrmypdf", "echo 'DigitalSignatureError: Input PDF has a digital signature'; exit 2");
    let workspace =
        workspace(&[("tesseract", tesseract), refusing, ("pdftoppm", "for last; do :; done; : >\"$last.png\"")]);
    run(&workspace, &["ocr", "manifest.yaml"]).expect_code(0).expect_stdout("wrote      files/asia.txt");
    assert_eq!(fs::read_to_string(workspace.path("files/asia.txt")).unwrap(), "Granaries\n");
    assert!(fs::read_to_string(workspace.path("calls")).unwrap().ends_with(" -l eng\n"));
}

#[test]
fn the_pages_of_a_document_are_counted() {
    let tesseract = "case $1 in --list-langs) echo List:; echo eng;; *) echo Granaries >\"$2.txt\";; esac";
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R >>".to_owned();
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".to_owned(),
        page.clone(),
        page,
        "<< /Length 14 >>\nstream\n0 0 99 99 re f\nendstream".to_owned(),
    ];
    let workspace = workspace(&[("tesseract", tesseract), ("pdftoppm", "for last; do :; done; : >\"$last.png\"")])
        .with("files/asia.pdf", crate::common::pdf_of(&objects, ""));
    let output = run(&workspace, &["ocr", "manifest.yaml"]).expect_code(0);
    for line in ["1 of 1: files/asia.pdf (2 pages)", "  page 1 of 2", "  page 2 of 2"] {
        assert!(output.stderr.contains(line), "{line}: {}", output.stderr);
    }
    assert!(!run(&workspace, &["ocr", "--quiet", "manifest.yaml"]).stderr.contains("page 1"));
}

#[test]
fn ocr_never_replaces_a_file() {
    let workspace = workspace(&[LANGUAGES, OCRMYPDF]).with("files/asia.txt", "one\u{c}two");
    let output = run(&workspace, &["ocr", "manifest.yaml"]).expect_code(0);
    assert!(output.stdout.contains("files/asia.pdf.txt"), "{}", output.stdout);
    assert_eq!(fs::read_to_string(workspace.path("files/asia.txt")).unwrap(), "one\u{c}two");
}

#[test]
fn ocr_says_what_is_missing_or_has_failed() {
    let none = workspace(&[]);
    run(&none, &["ocr", "manifest.yaml"]).expect_code(2).expect_stderr("no program that recognises text was found");
    run(&none, &["ocr", "--engine", "tesseract", "manifest.yaml"])
        .expect_code(2)
        .expect_stderr("install them (on Debian-based systems, `sudo apt install tesseract-ocr poppler-utils`)");
    let no_data = workspace(&[("tesseract", "echo 'List:'; echo osd"), OCRMYPDF]);
    run(&no_data, &["ocr", "manifest.yaml"])
        .expect_code(3)
        .expect_stderr("`files/asia.pdf`: Tesseract has no data for English (`tesseract-ocr-eng`)");
    let failing = workspace(&[LANGUAGES, ("ocrmypdf", "printf 'no \\033[31mlicence\\n'; exit 4")]);
    let output = run(&failing, &["ocr", "manifest.yaml"]).expect_code(3);
    assert!(output.stderr.contains("ocrmypdf failed (exit status: 4)"), "{}", output.stderr);
    assert!(output.stderr.contains("licence") && !output.stderr.contains('\u{1b}'), "{}", output.stderr);
    let empty = workspace(&[LANGUAGES, ("ocrmypdf", "while [ \"$1\" != --sidecar ]; do shift; done; : >\"$2\"")]);
    run(&empty, &["ocr", "manifest.yaml"]).expect_code(3).expect_stderr("no text was recognised");
    for workspace in [none, no_data, failing, empty] {
        assert!(!workspace.path("files/asia.txt").exists());
    }
}

#[test]
fn ocr_ends_the_program_when_it_is_interrupted() {
    let slow = workspace(&[LANGUAGES, ("ocrmypdf", ": >started; exec sleep 600")]);
    let mut command = slow.command(&["ocr", "manifest.yaml"]);
    command.env("XDG_CACHE_HOME", slow.path("cache")).env("PATH", slow.path("bin"));
    command.stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    slow.wait_for("started", 0);
    signal(&child, "INT");
    let output = RunOutput::new(child.wait_with_output().unwrap()).expect_code(130);
    assert!(output.stderr.contains("interrupted: the texts written so far are kept"), "{}", output.stderr);
    assert!(!slow.path("files/asia.txt").exists());
}
