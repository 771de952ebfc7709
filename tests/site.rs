//! A folder of web pages as one document.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::common::{Workspace, files};

const MANIFEST: &str = "disc: {title: Test, languages: [en, fr], date: 2008}\n\
                        sections:\n\
                        - id: s\n  title: S\n  reports:\n  - id: guide\n    title: Guide\n    variants:\n";

/// A workspace with a site, and the lines of its variants.
fn site(variants: &str) -> Workspace {
    Workspace::empty()
        .with("m.yaml", format!("{MANIFEST}{variants}"))
        .with(
            "site/index.html",
            "<!DOCTYPE html>\n<title>Start</title><link rel=stylesheet href=css/main.css>\n\
             <a href=\"%C3%9Cber%20uns/\">about</a> <a href=plain.html>plain</a> <img src='IMG/logo.png'>\n\
             <a href=missing.html>x</a> <a href='../../out.html'>y</a> <a href=http://example.org/>z</a>\n\
             <script>\nlocation = 'Über uns/index.html';\n</script>",
        )
        .with("site/Über uns/index.html", "<title>About whales</title><p>Whales</p><a href='../'>home</a>")
        .with("site/plain.html", "<title>Plain page</title><p>Dolphins</p><a href='index.html#x'>home</a>")
        .with("site/css/main.css", "p { background: url(../img/logo.png) }")
        .with("site/img/logo.png", "picture")
        .with("site/empty.js", "")
        .with("site/LICENCE", "Terms")
        .with("site/.htaccess", "x")
}

#[test]
fn a_site_is_on_the_disc_with_links_that_work() {
    let workspace = site("      en: {folder: site, start: index.html}\n");
    workspace.run(&["m.yaml", "out.iso"]).expect_code(0);
    workspace.run(&["verify", "out.iso", "--manifest", "m.yaml"]).expect_code(0);
    workspace.run(&["stage", "m.yaml", "stick"]).expect_code(0);
    workspace.run(&["verify", "stick"]).expect_code(0);
    let all = files(&workspace.path("stick"));
    let of_site: BTreeMap<&str, &[u8]> = all
        .iter()
        .filter_map(|(path, bytes)| Some((path.strip_prefix("documents/s/guide_en/")?, bytes.as_slice())))
        .collect();
    let names: Vec<&str> = of_site.keys().copied().collect();
    let expected =
        ["css/main.css", "empty.js", "img/logo.png", "index.html", "licence.txt", "plain.html", "uber_uns/index.html"];
    assert_eq!(names, expected);
    let start = String::from_utf8(of_site["index.html"].to_vec()).unwrap();
    assert!(
        start.contains(
            "<a href=\"uber_uns/index.html\">about</a> <a href=plain.html>plain</a> <img src='img/logo.png'>"
        ),
        "{start}"
    );
    assert_eq!(
        of_site["uber_uns/index.html"],
        b"<title>About whales</title><p>Whales</p><a href='../index.html'>home</a>"
    );
    // Files that need no correction keep their bytes.
    for name in ["plain.html", "css/main.css", "img/logo.png", "empty.js"] {
        assert_eq!(of_site[name], fs::read(workspace.path("site").join(name)).unwrap(), "{name}");
    }
    let page = String::from_utf8(all["pages/en/s/guide.html"].clone()).unwrap();
    assert!(page.contains("../../../documents/s/guide_en/index.html"), "{page}");
    assert!(page.contains("web site") && page.contains("7 files"), "{page}");
    let catalogue = String::from_utf8(all["catalogue/catalogue.json"].clone()).unwrap();
    assert!(catalogue.contains(&format!("\"bytes\":{}", start.len())), "{catalogue}");
    // The image has the same files, including the empty one.
    fs::create_dir(workspace.path("disc")).unwrap();
    let unpacked = Command::new("bsdtar").args(["-xf", "out.iso", "-C", "disc"]).current_dir(workspace.root()).status();
    assert!(unpacked.unwrap().success());
    assert!(files(&workspace.path("disc")) == all, "the image has different files");
    assert!(
        Command::new("chmod").args(["-R", "u+w", "disc"]).current_dir(workspace.root()).status().unwrap().success()
    );
}

#[test]
fn links_of_a_single_page_are_checked() {
    let workspace = Workspace::empty()
        .with("m.yaml", format!("{MANIFEST}      en: page.html\n      fr: page.fr.html\n"))
        .with(
            "page.html",
            "<!DOCTYPE html>\n<title>T</title><a href=#x>x</a> <a href='mailto:a@b.org'>m</a> <a href=https://a.org/>o</a>\n\
             <a href=annex.pdf>a</a> <a href='annex.pdf#p'>a</a> <img src='img/a.png'> <a href=guide_fr.html>fr</a>\n",
        )
        .with("page.fr.html", "<title>T</title><p>Texte</p><a href=guide_en.html>en</a>")
        .with("annex.pdf", "x");
    let report = workspace.run(&["check", "m.yaml"]).expect_code(0).stderr;
    let expected = "warning[dead-page-link]: links in `page.html` lead to 2 files that will not be beside it on the disc: page.html:3: `annex.pdf`";
    assert!(report.contains(expected), "{report}");
    assert_eq!(report.matches("dead-page-link").count(), 1, "{report}");
}

#[test]
fn what_cannot_be_corrected_is_reported() {
    let workspace = site("      en: {folder: site, start: index.html}\n");
    let report = workspace.run(&["check", "m.yaml"]).expect_code(0).stderr;
    for expected in [
        "warning[dead-site-link]: a link in `site` leads to a file that is not there: site/index.html:4: `missing.html`",
        "warning[link-out-of-site]: a link leads out of `site` to a file that will not be there on the disc: site/index.html:4: `../../out.html`",
        "warning[scripted-link]: a script in `site` builds links or reads files itself, which cannot be corrected: site/index.html:6: location",
        "warning[renamed-in-script]: a script in `site` names a file that has another name on the disc: site/index.html:6: `Über uns/index.html`, which is `uber_uns/index.html` on the disc",
        "note[other-case]: a link in `site` and its file differ in upper and lower case; it is corrected on the disc: site/index.html:3: `IMG/logo.png`",
        "note[renamed-files]: 2 of 7 files in `site` are renamed on the disc",
        "note[hidden-files]: hidden files and files of operating systems in `site` are left out: `.htaccess`",
        "note[online-links]: 1 link in `site` leads to other sites",
    ] {
        assert!(report.contains(expected), "{expected}\n{report}");
    }
}

#[test]
fn dos_names_are_short_in_all_folders() {
    let workspace = site("      en: {folder: site, start: index.html}\n");
    let text = fs::read_to_string(workspace.path("m.yaml")).unwrap().replace("date:", "names: dos, date:");
    fs::write(workspace.path("m.yaml"), text).unwrap();
    workspace.run(&["stage", "m.yaml", "stick"]).expect_code(0);
    let all = files(&workspace.path("stick"));
    let start = String::from_utf8(all["docs/s/guide/en/index.htm"].clone()).unwrap();
    assert!(start.contains("\"uber_uns/index.htm\"") && start.contains("href=plain.htm>"), "{start}");
    for path in all.keys() {
        for name in path.split('/') {
            let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
            assert!(stem.len() <= 8 && extension.len() <= 3, "{path}");
        }
    }
}

#[test]
fn an_archive_is_unpacked() {
    let workspace = site("      en: {folder: site.zip}\n      fr: {folder: book.epub}\n")
        .with("book/mimetype", "application/epub+zip")
        .with("book/META-INF/container.xml", "<container><rootfiles><rootfile full-path='OEBPS/book.opf'/></rootfiles></container>")
        .with(
            "book/OEBPS/book.opf",
            "<package><manifest><item id='c' href='Ch-1.xhtml'/><item id='n' properties='nav' href='./n%61v.xhtml'/></manifest>\
             <spine><itemref idref='c'/></spine></package>",
        )
        .with("book/OEBPS/nav.xhtml", "<html><title/><a href='Ch-1.xhtml'>1</a></html>")
        .with("book/OEBPS/Ch-1.xhtml", "<html><p>One</p></html>");
    for (folder, name, inside) in [(".", "site.zip", "site"), ("book", "../book.epub", ".")] {
        let mut zip = Command::new("bsdtar");
        zip.args(["--format", "zip", "-cf", name, inside]).current_dir(workspace.path(folder));
        assert!(zip.status().unwrap().success());
    }
    fs::create_dir(workspace.path("temporary")).unwrap();
    let commands: [&[&str]; 3] =
        [&["m.yaml", "out.iso"], &["verify", "out.iso", "--manifest", "m.yaml"], &["stage", "m.yaml", "stick"]];
    for arguments in commands {
        let mut command = workspace.command(arguments);
        assert!(command.env("TMPDIR", workspace.path("temporary")).status().unwrap().success());
        assert_eq!(fs::read_dir(workspace.path("temporary")).unwrap().count(), 0, "{arguments:?}");
    }
    let all = files(&workspace.path("stick"));
    // The archive contains a single folder, whose contents are the site.
    assert!(all.contains_key("documents/s/guide_en/index.html"), "{:?}", all.keys());
    let contents = String::from_utf8(all["documents/s/guide_fr/oebps/nav.xhtml"].clone()).unwrap();
    assert_eq!(contents, "<html><title/><a href='ch_1.xhtml'>1</a></html>");
    let page = String::from_utf8(all["pages/fr/s/guide.html"].clone()).unwrap();
    assert!(page.contains("documents/s/guide_fr/oebps/nav.xhtml"), "{page}");
    let list = workspace.run(&["list", "m.yaml"]).expect_code(0).stdout;
    assert!(list.contains("site.zip/index.html"), "{list}");
}

/// Makes `site.zip` from the folder `site`.
fn make_archive(workspace: &Workspace) {
    let mut zip = Command::new("bsdtar");
    zip.args(["--format", "zip", "-cf", "site.zip", "site"]).current_dir(workspace.root());
    assert!(zip.status().unwrap().success());
}

#[test]
fn no_output_replaces_an_archive_or_is_written_into_a_site() {
    let workspace = site("      en: {folder: site.zip}\n      fr: {folder: site, start: index.html}\n")
        .with("site/old.html", "<!doctype html><title>make-disc</title>");
    make_archive(&workspace);
    let archive = fs::read(workspace.path("site.zip")).unwrap();
    let before = files(&workspace.path("site"));
    for arguments in ["stage --zip site.zip --force m.yaml", "stage --zip ../DIR/site.zip --force m.yaml"] {
        let name = workspace.root().file_name().unwrap().to_str().unwrap();
        let arguments = arguments.replace("DIR", name);
        let arguments: Vec<&str> = arguments.split(' ').collect();
        workspace.run(&arguments).expect_code(2).expect_stderr("is one of the files that the disc is made from");
    }
    for arguments in [
        "stage --zip site/out.zip m.yaml",
        "m.yaml site/out.iso",
        "m.yaml site/img/out.iso",
        "check --html site/report.html m.yaml",
        "print m.yaml site/out.pdf",
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        workspace.run(&arguments).expect_code(2).expect_stderr("would be among the web pages in `site`");
    }
    for folder in ["site", "site/out", "site/img"] {
        workspace.run(&["stage", "m.yaml", folder]).expect_code(2).expect_stderr("choose another folder");
    }
    // The report of `check` is not written into the site even if the site cannot be a document.
    let text = fs::read_to_string(workspace.path("m.yaml")).unwrap().replace("index.html", "gone.html");
    fs::write(workspace.path("m.yaml"), text).unwrap();
    workspace.run(&["check", "--html", "site/report.html", "m.yaml"]).expect_code(2);
    assert!(files(&workspace.path("site")) == before);
    assert!(fs::read(workspace.path("site.zip")).unwrap() == archive);
    // A folder that has only the archive.
    let workspace = site("      en: {folder: files/site.zip}\n");
    make_archive(&workspace);
    fs::create_dir(workspace.path("files")).unwrap();
    fs::rename(workspace.path("site.zip"), workspace.path("files/site.zip")).unwrap();
    workspace.run(&["stage", "m.yaml", "files"]).expect_code(2).expect_stderr("contains files that go on the disc");
}

#[cfg(unix)]
#[test]
fn unpacked_archives_are_removed() {
    let workspace = site("      en: {folder: site.zip}\n").with("bad.yaml", "").with("temporary/keep", "");
    make_archive(&workspace);
    let text = fs::read_to_string(workspace.path("m.yaml")).unwrap();
    fs::write(workspace.path("bad.yaml"), text.replace("site.zip", "site.zip, start: gone.html")).unwrap();
    fs::write(workspace.path("tiny.yaml"), text.replace("date:", "medium: 20 kB, date:")).unwrap();
    fs::remove_file(workspace.path("temporary/keep")).unwrap();
    for (arguments, code) in [
        ("m.yaml out.iso", 0),
        ("m.yaml out.iso", 2),
        ("stage m.yaml stick", 0),
        ("stage m.yaml stick", 2),
        ("stage --zip out.zip m.yaml", 0),
        ("check m.yaml", 0),
        ("list m.yaml", 0),
        ("preview --no-open m.yaml", 0),
        ("print --only label --image out.iso m.yaml label.pdf", 0),
        ("verify out.iso --manifest m.yaml", 0),
        ("verify stick --manifest m.yaml", 0),
        ("bad.yaml other.iso", 1),
        ("check bad.yaml", 1),
        ("tiny.yaml other.iso", 1),
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let mut command = workspace.command(&arguments);
        command.env("TMPDIR", workspace.path("temporary")).env("XDG_CACHE_HOME", workspace.path("cache"));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {}", String::from_utf8_lossy(&output.stderr));
        let left: Vec<_> = fs::read_dir(workspace.path("temporary")).unwrap().collect();
        assert!(left.is_empty(), "{arguments:?}: {left:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_preview_has_the_files_of_archives_and_never_changes_a_document() {
    let workspace = site("      en: {folder: site.zip}\n      fr: {folder: site, start: index.html}\n");
    make_archive(&workspace);
    let preview = || {
        let mut command = workspace.command(&["preview", "--no-open", "--json", "m.yaml"]);
        let output = command.env("XDG_CACHE_HOME", workspace.path("cache")).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        // Reading a link that leads nowhere would be an error.
        files(&workspace.path("cache"))
    };
    let plain = fs::read(workspace.path("site/plain.html")).unwrap();
    let all = preview();
    let find = |all: &BTreeMap<String, Vec<u8>>, end: &str| {
        all.iter().find(|(path, _)| path.ends_with(end)).map(|(_, bytes)| bytes.clone())
    };
    for language in ["en", "fr"] {
        assert!(find(&all, &format!("guide_{language}/plain.html")).as_ref() == Some(&plain));
    }
    // A page that was linked and is now corrected.
    let changed = "<title>Plain page</title><a href='IMG/logo.png'>x</a>";
    fs::write(workspace.path("site/plain.html"), changed).unwrap();
    let all = preview();
    let corrected = "<title>Plain page</title><a href='img/logo.png'>x</a>";
    assert_eq!(find(&all, "guide_fr/plain.html").unwrap(), corrected.as_bytes());
    assert!(find(&all, "guide_en/plain.html").unwrap() == plain);
    assert_eq!(fs::read_to_string(workspace.path("site/plain.html")).unwrap(), changed);
}

#[test]
fn an_excluded_site_is_an_error_and_excluded_files_give_none() {
    let workspace = site("      en: {folder: site.zip}\n      fr: {folder: site, start: index.html}\n");
    make_archive(&workspace);
    let text = fs::read_to_string(workspace.path("m.yaml")).unwrap();
    for (exclude, expected) in [
        ("site/", "error[excluded-file]: `site` must not be on the disc: it is excluded"),
        ("\"*.zip\"", "error[excluded-file]: `site.zip` must not be on the disc: it is excluded"),
        ("\"site/**\"", "error[excluded-file]: all files in `site` are excluded"),
        ("site/index.html", "error[excluded-file]: the start page `index.html` of `site` must not be on the disc"),
        ("site.zip/index.html", "error[excluded-file]: the start page `index.html` of `site.zip` must not be on the"),
    ] {
        fs::write(workspace.path("m.yaml"), format!("{text}exclude: [{exclude}]\n")).unwrap();
        let report = workspace.run(&["check", "m.yaml"]).expect_code(1).stderr;
        assert!(report.contains(expected) && !report.contains("unused-exclusion"), "{exclude}: {report}");
    }
    for name in ["site.zip/plain.html", "site.zip/site/plain.html"] {
        fs::write(workspace.path("m.yaml"), format!("{text}exclude: [{name}]\n")).unwrap();
        let report = workspace.run(&["check", "m.yaml"]).expect_code(0).stderr;
        assert!(!report.contains("unused-exclusion"), "{name}: {report}");
        assert!(!workspace.run(&["list", "m.yaml"]).expect_code(0).stdout.contains("site.zip/plain.html"));
    }
}

#[cfg(unix)]
#[test]
fn links_to_excluded_files_of_a_site_say_so() {
    let workspace = site("      en: {folder: site, start: index.html}\n");
    let text = fs::read_to_string(workspace.path("m.yaml")).unwrap();
    fs::write(workspace.path("m.yaml"), format!("{text}exclude: [site/plain.html]\n")).unwrap();
    let report = workspace.run(&["check", "m.yaml"]).expect_code(0).stderr;
    for expected in [
        "warning[dead-site-link]: a link in `site` leads to a file that is excluded from the disc: site/index.html:",
        "= help: remove the links from the pages; or if readers should have the files after all, remove them from `exclude:`",
        "warning[dead-site-link]: a link in `site` leads to a file that is not there: site/index.html:4: `missing.html`",
    ] {
        assert!(report.contains(expected), "{expected}\n{report}");
    }
}

#[test]
fn an_excluded_link_gives_no_error() {
    let workspace = site("      en: {folder: site}\n");
    std::os::unix::fs::symlink("/etc/hostname", workspace.path("site/host.txt")).unwrap();
    std::os::unix::fs::symlink("nowhere", workspace.path("site/lost.html")).unwrap();
    let text = fs::read_to_string(workspace.path("m.yaml")).unwrap();
    fs::write(workspace.path("m.yaml"), format!("{text}exclude: [host.txt, lost.html]\n")).unwrap();
    workspace.run(&["check", "m.yaml"]).expect_code(0);
}

#[cfg(unix)]
#[test]
fn an_archive_for_which_there_is_no_room_is_not_unpacked() {
    let workspace = site("      en: {folder: site.zip}\n").with("site/large.bin", vec![0; 300_000]);
    make_archive(&workspace);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -f 100; exec \"$0\" list m.yaml", env!("CARGO_BIN_EXE_make-disc")]);
    let output = command.current_dir(workspace.root()).output().unwrap();
    let report = String::from_utf8(output.stderr).unwrap();
    assert!(report.contains("error[bad-folder]: `site.zip` cannot be unpacked into"), "{report}");
    assert!(report.contains("ulimit -f") && report.contains("set `TMPDIR`"), "{report}");
}

#[test]
fn bad_folders_are_one_error_each() {
    let workspace = site("      en: {folder: PLACE}\n").with("empty/.hidden", "x").with("other/a.html", "<p>");
    let text = fs::read_to_string(workspace.path("m.yaml")).unwrap();
    for (variant, expected) in [
        ("{folder: nothing}", "error[missing-file]: there is no file or folder `nothing`"),
        ("{folder: site/plain.html}", "error[bad-folder]: `site/plain.html` is neither a folder nor a ZIP archive"),
        ("{folder: empty}", "error[bad-folder]: there are no files in `empty`"),
        ("{folder: .}", "error[bad-folder]: `.` contains the manifest itself"),
        ("{folder: other}", "error[missing-start]: `other` has no `index.html`"),
        ("{folder: site, start: Index.html}", "error[missing-start]: there is no start page `Index.html` in `site`"),
        ("{folder: site, start: empty.js}", "error[empty-file]: the start page `empty.js` of `site` is empty"),
        ("{folder: site, files: site/plain.html}", "error[files-and-folder]"),
        ("{files: site/plain.html, start: x}", "error[missing-key]: `start:` needs `folder:`"),
        ("site", "{folder: site, start: index.html}"),
    ] {
        fs::write(workspace.path("m.yaml"), text.replace("{folder: PLACE}", variant)).unwrap();
        let report = workspace.run(&["check", "m.yaml"]).expect_code(1).stderr;
        assert!(report.contains(expected), "{variant}: {report}");
        assert_eq!(report.matches("error[").count(), 1, "{report}");
    }
}

#[test]
fn excluded_files_are_left_out_and_an_archive_is_not_unlisted() {
    let workspace = site("      en: {folder: files/site, start: index.html}\n      fr: {folder: files/site.zip}\n");
    fs::create_dir(workspace.path("files")).unwrap();
    fs::rename(workspace.path("site"), workspace.path("files/site")).unwrap();
    let mut zip = Command::new("bsdtar");
    zip.args(["--format", "zip", "-cf", "site.zip", "site"]).current_dir(workspace.path("files"));
    assert!(zip.status().unwrap().success());
    let text = fs::read_to_string(workspace.path("m.yaml")).unwrap() + "exclude: [LICENCE]\n";
    fs::write(workspace.path("m.yaml"), text).unwrap();
    let report = workspace.run(&["check", "m.yaml"]).expect_code(0).stderr;
    assert!(!report.contains("not-on-disc") && !report.contains("unused-exclusion"), "{report}");
    workspace.run(&["stage", "m.yaml", "stick"]).expect_code(0);
    let all = files(&workspace.path("stick"));
    assert!(all.contains_key("documents/s/guide_fr/index.html"));
    assert!(!all.keys().any(|path| path.contains("licence")), "{:?}", all.keys());
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_refused() {
    use std::os::unix::fs::symlink;
    let workspace = site("      en: {folder: site}\n");
    symlink("/etc/hostname", workspace.path("site/host.txt")).unwrap();
    symlink("../site", workspace.path("site/again")).unwrap();
    symlink("nowhere", workspace.path("site/lost.html")).unwrap();
    let report = workspace.run(&["check", "m.yaml"]).expect_code(1).stderr;
    assert!(report.contains("error[outside]: `site/host.txt` is a symbolic link that leads out"), "{report}");
    assert!(
        report.contains("`site/again` cannot be put on the disc: it is a symbolic link to a folder that contains it"),
        "{report}"
    );
    assert!(
        report.contains("`site/lost.html` cannot be put on the disc: it is a symbolic link that leads nowhere"),
        "{report}"
    );
    for name in ["host.txt", "again", "lost.html"] {
        fs::remove_file(workspace.path("site").join(name)).unwrap();
    }
    symlink("plain.html", workspace.path("site/same.html")).unwrap();
    workspace.run(&["check", "m.yaml"]).expect_code(0);
}

#[test]
fn each_page_is_found_under_its_own_title() {
    let workspace = site("      en: {folder: site}\n");
    workspace.run(&["stage", "m.yaml", "stick"]).expect_code(0);
    let all = files(&workspace.path("stick"));
    let head = &all["pages/search/en/head.js"];
    assert!(!head.is_empty());
    let list = workspace.run(&["check", "--json", "m.yaml"]).expect_code(0).stdout;
    assert!(list.contains("\"documents\""), "{list}");
}

#[test]
fn init_proposes_a_site_and_keeps_it() {
    let links: String =
        (0..20).map(|number| format!("<a href=ch{number}.html>{number}</a><a href=index.html>0</a>")).collect();
    let page = |title: &str| format!("<html lang=en><title>{title}</title><h1>{title}</h1>{links}</html>");
    let chapters = (0..20).fold(Workspace::empty(), |workspace, number| {
        workspace.with(&format!("docs/My guide/ch{number}.html"), page(&format!("Chapter {number}")))
    });
    let workspace = chapters
        .with("docs/My guide/index.html", page("Guide to wells"))
        .with("docs/My guide/img/a.png", "x")
        .with("docs/My guide/style.css", "p {}")
        .with("docs/other.txt", "The other document is about pumps and pipes.");
    workspace.run(&["init", "docs"]).expect_code(0).expect_stdout("2 reports in 1 language (en), 2 files");
    let manifest = workspace.path("docs/manifest.yaml");
    let text = fs::read_to_string(&manifest).unwrap();
    assert!(text.contains("en: {folder: My guide, start: index.html}"), "{text}");
    assert!(text.contains("title: Guide to wells") && text.contains("id: my_guide"), "{text}");
    workspace.run(&["check", "docs/manifest.yaml"]).expect_code(0);
    workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("there are no new files in the folder");
    assert_eq!(fs::read_to_string(&manifest).unwrap(), text);
    // A new site is added.
    for name in ["index", "a", "b", "c"] {
        let links = "<a href=index.html>0</a><a href=a.html>1</a><a href=b.html>2</a><a href=c.html>3</a>";
        let text = format!("<html lang=en><title>Pumps {name}</title>{links}</html>");
        fs::create_dir_all(workspace.path("docs/pumps")).unwrap();
        fs::write(workspace.path(&format!("docs/pumps/{name}.html")), text).unwrap();
    }
    workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("added      pumps/index.html");
    let updated = fs::read_to_string(&manifest).unwrap();
    assert!(updated.contains("en: {folder: pumps, start: index.html}"), "{updated}");
    workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("there are no new files in the folder");
    // A site that somebody removed or commented out does not come back.
    for other in [
        updated.replace("en: {folder: pumps, start: index.html}", "en: other.txt"),
        updated.replace(
            "en: {folder: pumps, start: index.html}",
            "# en: {folder: pumps, start: index.html}\n          en: other.txt",
        ),
    ] {
        fs::write(&manifest, other).unwrap();
        workspace.run(&["init", "--update", "docs"]).expect_code(0);
        assert!(!fs::read_to_string(&manifest).unwrap().contains("en: {folder: pumps, start: a"), "the site is back");
        assert!(!fs::read_to_string(&manifest).unwrap().contains("pumps/"), "pages of the site are back");
    }
    fs::write(&manifest, &updated).unwrap();
    fs::remove_dir_all(workspace.path("docs/pumps")).unwrap();
    workspace.run(&["init", "--update", "docs"]).expect_code(0).expect_stdout("pumps no longer exists");
}

/// Writes an archive with Python, which allows every name and repeats. Each member is a name, a text and a mode.
fn write_archive(workspace: &Workspace, name: &str, members: &str) {
    let script = format!(
        "import warnings, zipfile\nwarnings.simplefilter('ignore')\nwith zipfile.ZipFile('{name}', 'w') as archive:\n  \
         for name, text, mode in [('index.html', '<title>Start</title>', 0o100644), {members}]:\n    \
         info = zipfile.ZipInfo(name)\n    info.external_attr = mode << 16\n    archive.writestr(info, text)\n"
    );
    let status = Command::new("python3").args(["-c", &script]).current_dir(workspace.root()).status().unwrap();
    assert!(status.success());
}

#[test]
fn archives_with_names_that_mislead_are_refused() {
    for (members, message) in [
        ("('../out.html', 'x', 0o100644)", "its path leads out of the archive"),
        ("('a/../../out.html', 'x', 0o100644)", "its path leads out of the archive"),
        ("('..\\\\out.html', 'x', 0o100644)", "its path leads out of the archive"),
        ("('link.html', '/etc/passwd', 0o120777)", "it is a symbolic link"),
        ("('/', 'x', 0o100644), ('./.', 'x', 0o100644)", "it has no name"),
        ("('a.html', 'x', 0o100644), ('a.html', 'y', 0o100644)", "several files of the same name"),
        ("('a/b.html', 'x', 0o100644), ('a\\\\b.html', 'y', 0o100644)", "the archive contains it twice"),
    ] {
        let workspace = Workspace::empty().with("m.yaml", format!("{MANIFEST}      en: {{folder: odd.zip}}\n"));
        write_archive(&workspace, "odd.zip", members);
        workspace.run(&["check", "m.yaml"]).expect_code(1).expect_stderr(message);
        workspace.run(&["stage", "m.yaml", "stick"]).expect_code(1);
        assert_eq!(workspace.names(), ["m.yaml", "odd.zip"], "{members}");
    }
}

#[test]
fn archives_with_unusual_names_are_unpacked() {
    let workspace = Workspace::empty().with("m.yaml", format!("{MANIFEST}      en: {{folder: odd.zip}}\n"));
    let members = "('/etc/rooted.html', 'a', 0o100644), ('C:/drive.html', 'b', 0o100644), ('b', 'c', 0o100644), \
                   ('b/in.html', 'd', 0o100644), ('x' * 200 + '.html', 'e', 0o100644), ('Case.html', 'g', \
                   0o100644), ('case.html', 'h', 0o100644)";
    write_archive(&workspace, "odd.zip", members);
    workspace.run(&["stage", "m.yaml", "stick"]).expect_code(0);
    workspace.run(&["verify", "stick", "--manifest", "m.yaml"]).expect_code(0);
    let all = files(&workspace.path("stick"));
    let texts: Vec<&str> = all
        .iter()
        .filter(|(path, _)| path.starts_with("documents/s/guide_en/"))
        .map(|(_, bytes)| std::str::from_utf8(bytes).unwrap())
        .filter(|text| text.len() == 1)
        .collect();
    let mut sorted = texts.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["a", "b", "c", "d", "e", "g", "h"], "{:?}", all.keys());
}

#[test]
fn an_update_does_not_call_the_pages_of_a_site_removed() {
    let workspace = Workspace::empty()
        .with(
            "docs/w/index.html",
            "<title>Start</title><a href=p1.html>1</a><a href=p2.html>2</a><a href=p3.html>3</a>",
        )
        .with("docs/w/p1.html", "<title>One</title>Whales<a href=index.html>up</a>")
        .with("docs/w/p2.html", "<title>Two</title>Dolphins<a href=index.html>up</a>")
        .with("docs/w/p3.html", "<title>Three</title>Seals<a href=index.html>up</a>");
    workspace.run(&["init", "docs"]).expect_code(0);
    let before = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    assert!(before.contains("folder: w"), "{before}");
    let output = workspace.run(&["init", "--update", "docs"]).expect_code(0);
    assert!(!output.stdout.contains("was in the manifest before"), "{}", output.stdout);
    assert_eq!(fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap(), before);
}

#[test]
fn init_proposes_a_site_whose_first_page_has_spaces_and_accents_in_its_name() {
    let page = |name: &str, links: &str| {
        format!("<html lang=es><title>{name}</title><h1>{name}</h1><p>Los capítulos de la página {name}.</p>{links}")
    };
    let all: String = (1..=13).map(|n| format!("<a href='cap%C3%ADtulos/cap%20{n}.html'>{n}</a> ")).collect();
    let mut workspace = Workspace::empty().with("docs/sitio/página principal.html", page("Principal", &all));
    for n in 1..=13 {
        let back = "<a href='../p%C3%A1gina%20principal.html#inicio'>Principal</a>";
        workspace = workspace.with(&format!("docs/sitio/capítulos/cap {n}.html"), page(&format!("Capítulo {n}"), back));
    }
    workspace.run(&["init", "docs"]).expect_code(0);
    let manifest = fs::read_to_string(workspace.path("docs/manifest.yaml")).unwrap();
    let site = "es: {folder: sitio, start: página principal.html}  # check: ";
    assert!(manifest.contains(site), "{manifest}");
    assert!(manifest.contains("make sure that this is the page at which readers should start"), "{manifest}");
}
