//! Covers: which documents have one, how pages show them, and that they are the same on every machine.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::common::{Workspace, files, pdf, pdf_of};

/// A manifest with one report for each of these files.
fn manifest(files: &[&str], disc: &str) -> String {
    let reports: Vec<String> = files
        .iter()
        .enumerate()
        .map(|(number, file)| format!("{{id: r{number}, title: Report {number}, variants: {{en: {file}}}}}"))
        .collect();
    format!(
        "disc: {{title: Covers, volume: COVERS, languages: [en], date: 2008{disc}}}\n\
         sections: [{{id: s, title: Section, reports: [{}]}}]\n",
        reports.join(", ")
    )
}

fn stage(workspace: &Workspace, folder: &str) -> BTreeMap<String, Vec<u8>> {
    workspace.run(&["stage", "manifest.yaml", folder]).expect_code(0);
    files(&workspace.path(folder))
}

/// A PDF of one page with this content.
fn drawing(content: &str, resources: &str) -> String {
    pdf_of(
        &[
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] /Contents 4 0 R /Resources << {resources} >> >>"
            ),
            format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
            "[/Lab << /WhitePoint [0.9642 1 0.8249] /Range [-100 100 -100 100] >>]".to_owned(),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>".to_owned(),
        ],
        "",
    )
}

/// A page with colours of every kind, a gradient, curves and text.
fn colourful_page() -> String {
    drawing(
        "/L cs 60 40 -30 sc 0 0 100 100 re f /S cs 0.7 scn 100 0 100 100 re f 0.2 0.5 0.9 0.1 k 0 100 100 100 re f \
         /G gs 1 0.2 0.1 rg 50 50 100 100 re f q 100 200 m 200 200 200 300 100 290 c W n /Sh sh Q \
         5 w 1 J 1 j 0.1 0.8 0.3 0 K 20 220 m 80 300 l 90 210 l S BT /F 24 Tf 10 120 Td (Cover) Tj ET",
        "/Font << /F 6 0 R >> /ExtGState << /G << /ca 0.5 /BM /Multiply >> >> \
         /ColorSpace << /L 5 0 R /S [/Separation /Spot 5 0 R \
         << /FunctionType 2 /Domain [0 1] /C0 [100 0 0] /C1 [50 70 40] /N 1 >>] >> \
         /Shading << /Sh << /ShadingType 3 /ColorSpace /DeviceCMYK /Coords [150 250 10 160 250 60] \
         /Function << /FunctionType 2 /Domain [0 1] /C0 [0 1 0 0] /C1 [1 0 0.3 0] /N 1 >> >> >>",
    )
}

/// The answer of the worker process for a document.
fn draw_in_worker(workspace: &Workspace, format: &str, document: &[u8]) -> Vec<u8> {
    let mut command = workspace.command(&["draw-cover", format, "60", "4000000000"]);
    let mut worker = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    worker.stdin.take().unwrap().write_all(document).unwrap();
    worker.wait_with_output().unwrap().stdout
}

fn archive(workspace: &Workspace, members: &[(&str, &[u8])]) -> Vec<u8> {
    let folder = workspace.path("archive");
    for (name, bytes) in members {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let done = std::process::Command::new("bsdtar")
        .args(["-a", "-cf", "../archive.zip"])
        .args(fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()))
        .current_dir(&folder)
        .status()
        .unwrap();
    assert!(done.success());
    fs::remove_dir_all(&folder).unwrap();
    fs::read(workspace.path("archive.zip")).unwrap()
}

#[test]
fn documents_of_many_kinds_have_covers_that_the_pages_show() {
    let photo: &[u8] = include_bytes!("pictures/progressive.jpg");
    let workspace = Workspace::empty();
    let office = archive(&workspace, &[("docProps/thumbnail.jpeg", photo)]);
    let book = archive(
        &workspace,
        &[
            (
                "META-INF/container.xml",
                br#"<container><rootfiles><rootfile full-path="p.opf"/></rootfiles></container>"#,
            ),
            (
                "p.opf",
                br#"<package><manifest><item id="c" href="c.jpg" properties="cover-image"/></manifest></package>"#,
            ),
            ("c.jpg", photo),
        ],
    );
    let workspace = workspace
        .with("files/a.pdf", pdf("en", "A page with text"))
        .with("files/b.jpg", photo)
        .with("files/c.docx", office)
        .with("files/d.epub", book)
        .with("files/e.txt", "Text has no first page.")
        .with(
            "manifest.yaml",
            manifest(&["files/a.pdf", "files/b.jpg", "files/c.docx", "files/d.epub", "files/e.txt"], ""),
        );
    let staged = stage(&workspace, "out");
    for number in 0..4 {
        for size in ["small", "large"] {
            let cover = &staged[&format!("pages/covers/{size}/s/r{number}_en.jpg")];
            assert!(cover.starts_with(b"\xff\xd8\xff") && cover.len() < 40_000, "{number} {size}");
        }
    }
    assert_eq!(staged.keys().filter(|path| path.starts_with("pages/covers/")).count(), 8);
    let list = String::from_utf8(staged["pages/en/list.html"].clone()).unwrap();
    let image =
        r#"<img class="cover" src="../covers/small/s/r0_en.jpg" width="160" height="227" alt="" loading="lazy">"#;
    assert!(list.contains(image), "{list}");
    assert!(list.contains(r#"<span class="cover tile" aria-hidden="true">TXT</span>"#), "{list}");
    let page = String::from_utf8(staged["pages/en/s/r0.html"].clone()).unwrap();
    assert!(page.contains(r#"src="../../covers/large/s/r0_en.jpg" width="320" height="453" alt="Cover">"#), "{page}");
    // The page shows the picture itself.
    let page = String::from_utf8(staged["pages/en/s/r1.html"].clone()).unwrap();
    assert!(!page.contains("covers/large"), "{page}");
    let digests = String::from_utf8(staged["SHA256SUMS"].clone()).unwrap();
    assert_eq!(digests.matches("pages/covers/").count(), 8);
    workspace.run(&["verify", "out", "--manifest", "manifest.yaml"]).expect_code(0).expect_stdout("INTACT");
}

#[test]
fn the_manifest_can_turn_covers_off() {
    let workspace = Workspace::empty()
        .with("a.pdf", pdf("en", "A page"))
        .with("manifest.yaml", manifest(&["a.pdf"], ", covers: false"));
    let staged = stage(&workspace, "out");
    assert!(!staged.keys().any(|path| path.starts_with("pages/covers")));
    let list = String::from_utf8(staged["pages/en/list.html"].clone()).unwrap();
    assert!(!list.contains("class=\"cover"), "{list}");
}

#[test]
fn what_cannot_be_drawn_has_no_cover_and_is_not_an_error() {
    let endless = drawing("/F Do", "/XObject << /F 7 0 R >>").replace(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>\nendobj\n",
        "null\nendobj\n7 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] \
         /Resources << /XObject << /F 7 0 R >> >> /Length 11 >>\nstream\n/F Do /F Do\nendstream\nendobj\n",
    );
    let huge = drawing("0 0 9 9 re f", "").replace("[0 0 200 300]", "[0 0 1e30 1e-30]");
    let good = pdf("en", "A page that can be drawn");
    let documents = [
        drawing("", ""),
        endless,
        huge,
        good[..good.len() / 2].to_owned(),
        drawing(
            "BT /F 1e38 Tf 1e38 0 0 -1e38 1e38 1e38 Tm (x) Tj ET 1e38 w 0 0 m 1e38 1e38 l S",
            "/Font << /F 6 0 R >>",
        ),
        good,
    ];
    let names: Vec<String> = (0..documents.len()).map(|number| format!("{number}.pdf")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut workspace = Workspace::empty().with("manifest.yaml", manifest(&names, ""));
    for (name, document) in names.iter().zip(&documents) {
        workspace = workspace.with(name, document);
    }
    let staged = stage(&workspace, "out");
    assert!(staged.contains_key("pages/covers/small/s/r5_en.jpg"));
    for blank in [0, 2] {
        assert!(!staged.contains_key(&format!("pages/covers/small/s/r{blank}_en.jpg")), "{blank}");
    }
    let list = String::from_utf8(staged["pages/en/list.html"].clone()).unwrap();
    assert!(list.contains(r#"<span class="cover tile" aria-hidden="true">PDF</span>"#), "{list}");
}

#[test]
fn a_page_has_the_same_cover_on_every_machine() {
    let workspace = Workspace::empty();
    let answer = draw_in_worker(&workspace, "pdf", colourful_page().as_bytes());
    let start = answer.windows(3).position(|bytes| bytes == b"\xff\xd8\xff").unwrap();
    let workspace = workspace.with("covers", &answer[start..]);
    let output = std::process::Command::new("sha256sum").arg(workspace.path("covers")).output().unwrap();
    let digest = String::from_utf8(output.stdout).unwrap();
    // Emulated processors with and without SSE 4.1, AVX 2 and FMA gave the same digest.
    assert_eq!(&digest[..64], "919a87f6649469d878201573480d778ec29544c9b86b5403d735e44278f61c83");
}

#[test]
fn the_predicted_size_includes_covers() {
    let workspace = Workspace::empty().with("a.pdf", colourful_page()).with("manifest.yaml", manifest(&["a.pdf"], ""));
    let checked = workspace.run(&["check", "--json", "manifest.yaml"]).expect_code(0).stdout;
    let checked: serde_json::Value = serde_json::from_str(&checked).unwrap();
    assert_eq!(checked["preflight"]["covers"]["files"], 2);
    assert!(checked["preflight"]["covers"]["bytes"].as_u64().unwrap() > 3_000);
    workspace.run(&["check", "manifest.yaml"]).expect_code(0).expect_stdout("2 pictures of first pages");
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    assert_eq!(checked["preflight"]["size"].as_u64().unwrap(), fs::metadata(workspace.path("out.iso")).unwrap().len());
}
