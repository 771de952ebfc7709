//! The files in a staged folder or archive are those of the disc, complete or not there at all.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Desk, Ran, pdf, signal};

/// Every file below a folder, by path.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, root: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

/// Unpacks an image or an archive with another program.
fn unpacked(desk: &Desk, what: &str, to: &str) -> BTreeMap<String, Vec<u8>> {
    fs::create_dir(desk.path(to)).unwrap();
    let done = Command::new("bsdtar").args(["-xf", what, "-C", to]).current_dir(desk.root()).status().unwrap();
    assert!(done.success());
    let found = files(&desk.path(to));
    assert!(Command::new("chmod").args(["-R", "u+w", to]).current_dir(desk.root()).status().unwrap().success());
    found
}

#[test]
fn folder_archive_and_disc_contain_the_same_files() {
    let desk = Desk::new();
    desk.run(&["manifest.yaml", "out.iso"]).ended(0);
    desk.run(&["stage", "manifest.yaml", "stick"]).ended(0).printed("check      make-disc verify stick");
    desk.run(&["stage", "manifest.yaml", "--zip", "out.zip"]).ended(0);
    let of_disc = unpacked(&desk, "out.iso", "of_disc");
    assert!(of_disc.len() > 20);
    let staged = files(&desk.path("stick"));
    assert_eq!(staged.keys().collect::<Vec<_>>(), of_disc.keys().collect::<Vec<_>>());
    assert!(staged == of_disc, "the folder's bytes are others");
    assert!(unpacked(&desk, "out.zip", "of_archive") == of_disc, "the archive's bytes are others");
    for place in ["stick", "of_archive"] {
        let mut checked = Command::new("sha256sum");
        checked.args(["-c", "--strict", "--quiet", "SHA256SUMS"]).current_dir(desk.path(place));
        assert!(checked.status().unwrap().success());
    }
    for place in ["stick", "out.zip", "of_disc"] {
        desk.run(&["verify", place, "--manifest", "manifest.yaml"]).ended(0).printed("INTACT");
    }
    let json = desk.run(&["stage", "--json", "manifest.yaml", "other"]).ended(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["files"].as_u64().unwrap(), staged.len() as u64);
    desk.run(&["verify", "stick", "--sha256", json["sha256_of_list"].as_str().unwrap()]).ended(0);
}

#[test]
fn an_archive_is_the_same_each_time_and_other_programs_accept_it() {
    let desk = Desk::new();
    desk.run(&["stage", "manifest.yaml", "--zip", "one.zip"]).ended(0);
    let mut later = Command::new("faketime");
    later.args(["2033-03-03 03:03:03", env!("CARGO_BIN_EXE_make-disc"), "stage", "manifest.yaml", "--zip", "two.zip"]);
    Ran::of(later.current_dir(desk.root()).env("TZ", "Asia/Kathmandu").output().unwrap()).ended(0);
    assert!(fs::read(desk.path("one.zip")).unwrap() == fs::read(desk.path("two.zip")).unwrap());
    assert!(Command::new("7zz").args(["t", "one.zip"]).current_dir(desk.root()).output().unwrap().status.success());
    let script = "import zipfile; z = zipfile.ZipFile('one.zip'); assert z.testzip() is None; \
                  assert all(i.date_time == (2008, 6, 30, 0, 0, 0) for i in z.infolist())";
    assert!(Command::new("python3").args(["-c", script]).current_dir(desk.root()).status().unwrap().success());
}

#[test]
fn a_changed_archive_is_not_intact() {
    let desk = Desk::new();
    desk.run(&["stage", "manifest.yaml", "--zip", "out.zip"]).ended(0);
    let good = fs::read(desk.path("out.zip")).unwrap();
    // A byte of a document, which is stored as it is.
    let at = good.windows(8).position(|bytes| bytes == b"%PDF-1.7").unwrap();
    let mut bad = good.clone();
    bad[at + 6] ^= 1;
    fs::write(desk.path("bad.zip"), &bad).unwrap();
    desk.run(&["verify", "bad.zip"]).ended(4).printed("NOT INTACT");
    fs::write(desk.path("cut.zip"), &good[..good.len() - 100]).unwrap();
    desk.run(&["verify", "cut.zip"]).ended(4).said("cannot be unpacked");
    // The same with its sums made right: the list knows.
    let script = "import zipfile; a = zipfile.ZipFile('out.zip'); b = zipfile.ZipFile('sly.zip', 'w')\n\
                  for i in a.infolist():\n    d = a.read(i); b.writestr(i, d.replace(b'Africa', b'Azania') if i.filename.endswith('.pdf') else d)\n\
                  b.writestr('../outside', b'x'); b.writestr('pages/more.html', b'x'); b.close()";
    assert!(Command::new("python3").args(["-c", script]).current_dir(desk.root()).status().unwrap().success());
    let ran = desk.run(&["verify", "sly.zip"]).ended(4);
    for words in ["does not match the checksum list", "../outside", "pages/more.html"] {
        assert!(ran.stdout.contains(words), "{}", ran.stdout);
    }
}

#[test]
fn existing_files_are_left_alone() {
    let desk = Desk::new().with("full/letter.txt", "mine").with("notes.txt", "mine").with("empty/.keep", "");
    fs::remove_file(desk.path("empty/.keep")).unwrap();
    desk.run(&["stage", "manifest.yaml", "full"]).ended(2).said("`letter.txt`: choose a new or an empty folder");
    desk.run(&["stage", "--force", "manifest.yaml", "full"]).ended(2);
    desk.run(&["stage", "manifest.yaml", "notes.txt"]).ended(2).said("is not a folder");
    desk.run(&["stage", "--force", "manifest.yaml", "--zip", "notes.txt"]).ended(2).said("is not a ZIP archive");
    desk.run(&["stage", "manifest.yaml", "."]).ended(2).said("contains files that go on the disc");
    desk.run(&["stage", "manifest.yaml", "no/such/folder"]).ended(3).said("create it first");
    desk.run(&["stage", "manifest.yaml"]).ended(2);
    assert_eq!(files(&desk.path("full")).len(), 1);
    assert_eq!(fs::read(desk.path("notes.txt")).unwrap(), b"mine");
    // The root of a stick, with what systems put there.
    let desk = desk.with("empty/System Volume Information/IndexerVolumeGuid", "x");
    desk.run(&["stage", "manifest.yaml", "empty"]).ended(0);
    desk.run(&["verify", "empty"]).ended(0);
}

#[test]
fn an_earlier_stage_is_replaced_completely() {
    let desk = Desk::new();
    desk.run(&["stage", "manifest.yaml", "stick"]).ended(0);
    let before = files(&desk.path("stick"));
    desk.run(&["stage", "manifest.yaml", "stick"]).ended(2).said("contains the files of an earlier `make-disc stage`");
    let text = fs::read_to_string(desk.path("manifest.yaml")).unwrap();
    let other = text.replace("id: asia", "id: asia_and_pacific").replace("files/africa.en.pdf", "files/new.pdf");
    let desk = desk.with("manifest.yaml", other).with("files/new.pdf", pdf("en", "Africa, once more"));
    // A source that cannot be read leaves the earlier stage as it was.
    let broken = Desk::new();
    fs::remove_file(broken.path("files/asia.pdf")).unwrap();
    broken.run(&["stage", "manifest.yaml", "stick"]).ended(1);
    assert!(!broken.path("stick").exists());
    desk.run(&["stage", "--force", "manifest.yaml", "stick"]).ended(0);
    desk.run(&["verify", "stick", "--manifest", "manifest.yaml"]).ended(0);
    let after = files(&desk.path("stick"));
    assert!(
        after.contains_key("documents/needs/asia_and_pacific_en.pdf")
            && !after.contains_key("documents/needs/asia_en.pdf")
    );
    assert_ne!(before["documents/needs/africa_en.pdf"], after["documents/needs/africa_en.pdf"]);
}

#[test]
fn an_interrupted_stage_leaves_nothing() {
    for target in [vec!["stick"], vec!["--zip", "out.zip"]] {
        let desk = Desk::new().with_sparse("files/asia.pdf", 3 << 30);
        let mut arguments = vec!["stage", "--no-search", "manifest.yaml"];
        arguments.extend(&target);
        let run = desk.start(&arguments);
        if target.len() == 1 {
            let begun = std::time::Instant::now();
            let there = || fs::metadata(desk.path("stick/.make-disc.part/documents/needs/asia_en.pdf"));
            while !there().is_ok_and(|meta| meta.len() > 1 << 20) {
                assert!(begun.elapsed().as_secs() < 60, "nothing was written");
            }
        } else {
            desk.wait_for(".out.zip.", 1 << 20);
        }
        signal(&run, "INT");
        Ran::of(run.wait_with_output().unwrap()).ended(130);
        assert_eq!(desk.names(), ["files", "manifest.yaml"]);
    }
}

#[test]
fn files_that_make_disc_did_not_write_are_never_replaced() {
    // A folder that has a checksum list of its own is no stage.
    let list = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a.pdf\n";
    let desk = Desk::new().with("own/a.pdf", "a").with("own/SHA256SUMS", list);
    desk.run(&["stage", "--force", "manifest.yaml", "own"]).ended(2).said("contains files that are not the disc's");
    assert_eq!(fs::read(desk.path("own/a.pdf")).unwrap(), b"a");
    // Nor is what was changed in a stage.
    desk.run(&["stage", "manifest.yaml", "stick"]).ended(0);
    desk.run(&["stage", "manifest.yaml", "stick"]).ended(2).said("contains the files of an earlier `make-disc stage`");
    let note = desk.path("stick/readme.txt");
    fs::set_permissions(&note, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    fs::write(&note, "mine").unwrap();
    desk.run(&["stage", "--force", "manifest.yaml", "stick"]).ended(2).said("`readme.txt`");
    assert_eq!(fs::read(&note).unwrap(), b"mine");
    // Nor what the disc is made of.
    desk.run(&["stage", "--force", "manifest.yaml", "."]).ended(2).said("contains files that go on the disc");
    let desk = desk.with("documents.html", "x").with("list.xlsx", b"PK\x03\x04");
    let source = "files/africa.en.pdf";
    let before = fs::read(desk.path(source)).unwrap();
    desk.run(&["stage", "--force", "manifest.yaml", "--zip", "list.xlsx"]).ended(2).said("is not a ZIP archive");
    desk.run(&["init", "--force", ".", "--output", source]).ended(2).said("is not a manifest");
    desk.run(&["print", "--force", "manifest.yaml", source]).ended(2);
    assert_eq!(fs::read(desk.path(source)).unwrap(), before);
}

/// Browsers are started with `xdg-open`, as on every Linux desktop; here a script takes its place.
#[test]
#[cfg(target_os = "linux")]
fn a_preview_opens_the_first_page_in_the_browser_once() {
    use std::os::unix::fs::PermissionsExt;

    let desk = Desk::new().with("bin/xdg-open", "#!/bin/sh\nprintf '%s\\n' \"$@\" >> \"$OPENED\"\n");
    fs::set_permissions(desk.path("bin/xdg-open"), fs::Permissions::from_mode(0o755)).unwrap();
    let preview = |arguments: &[&str], path: &std::path::Path| {
        let mut command = desk.command(arguments);
        let command = command.env("XDG_CACHE_HOME", desk.path("cache")).env("OPENED", desk.path("opened"));
        Ran::of(command.env("PATH", path).output().unwrap())
    };
    let shown = preview(&["preview", "manifest.yaml"], &desk.path("bin")).ended(0).stdout;
    let start = shown.lines().find_map(|line| line.strip_prefix("preview    ")).unwrap();
    // It goes on by itself.
    let mut opened = String::new();
    for _ in 0..200 {
        opened = fs::read_to_string(desk.path("opened")).unwrap_or_default();
        if !opened.is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(opened.lines().collect::<Vec<_>>(), [start], "{shown}");
    assert!(std::path::Path::new(start).ends_with("index.html") && std::path::Path::new(start).is_absolute());
    // Where there is none, it says so, and the pages are there.
    preview(&["preview", "manifest.yaml"], &desk.path("nothing")).ended(0).said("no browser could be opened");
}

#[test]
fn a_preview_contains_the_pages_and_links_to_the_documents() {
    let desk = Desk::new();
    let preview = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        Ran::of(command.env("XDG_CACHE_HOME", desk.path("cache")).output().unwrap())
    };
    let json = preview(&["preview", "--no-open", "--json", "manifest.yaml"]).ended(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let start = Path::new(json["start"].as_str().unwrap()).to_path_buf();
    let root = start.parent().unwrap().to_path_buf();
    desk.run(&["stage", "manifest.yaml", "stick"]).ended(0);
    let mut staged = files(&desk.path("stick"));
    staged.remove("SHA256SUMS");
    assert!(files(&root) == staged, "the preview shows other bytes");
    // A second one takes the place of the first, and leaves none of its pages.
    let text = fs::read_to_string(desk.path("manifest.yaml")).unwrap();
    fs::write(desk.path("manifest.yaml"), text.replace("id: asia", "id: asien")).unwrap();
    preview(&["preview", "--no-open", "manifest.yaml"]).ended(0).printed("index.html");
    let now = files(&root);
    assert!(now.contains_key("pages/fr/needs/asien.html") && !now.contains_key("pages/fr/needs/asia.html"));
    fs::write(desk.path("manifest.yaml"), "disc: {}").unwrap();
    preview(&["preview", "--no-open", "manifest.yaml"]).ended(1).said("no pages were made");
}

#[test]
fn watch_makes_the_preview_again_after_a_change() {
    let desk = Desk::new();
    let mut command = desk.command(&["preview", "--no-open", "--watch", "manifest.yaml"]);
    command.env("XDG_CACHE_HOME", desk.path("cache"));
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let run = command.spawn().unwrap();
    let begun = std::time::Instant::now();
    let shows = |words: &str| {
        let pages = desk.path("cache/make-disc/preview");
        while !(pages.is_dir()
            && files(&pages).iter().any(|(path, bytes)| {
                path.ends_with("pages/en/list.html") && String::from_utf8_lossy(bytes).contains(words)
            }))
        {
            assert!(begun.elapsed().as_secs() < 60, "`{words}` is not shown");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    shows("Africa");
    let text = fs::read_to_string(desk.path("manifest.yaml")).unwrap();
    // What is wrong in between is said, and does not end it.
    fs::write(desk.path("manifest.yaml"), "disc: {}").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    fs::write(desk.path("manifest.yaml"), text.replace("en: Africa", "en: Azania")).unwrap();
    shows("Azania");
    signal(&run, "INT");
    let ran = Ran::of(run.wait_with_output().unwrap()).ended(0);
    assert!(
        ran.stdout.contains("made again") && ran.stderr.contains("no pages were made"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
}
