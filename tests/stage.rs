//! A staged folder or archive contains all files of the disc, or nothing at all.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{RunOutput, Workspace, files, pdf, signal};

/// Unpacks an image or an archive with another program.
fn unpacked(workspace: &Workspace, what: &str, to: &str) -> BTreeMap<String, Vec<u8>> {
    fs::create_dir(workspace.path(to)).unwrap();
    let done = Command::new("bsdtar").args(["-xf", what, "-C", to]).current_dir(workspace.root()).status().unwrap();
    assert!(done.success());
    let found = files(&workspace.path(to));
    assert!(Command::new("chmod").args(["-R", "u+w", to]).current_dir(workspace.root()).status().unwrap().success());
    found
}

#[test]
fn folder_archive_and_disc_contain_the_same_files() {
    let workspace = Workspace::new();
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    workspace
        .run(&["stage", "manifest.yaml", "stick"])
        .expect_code(0)
        .expect_stdout("check      make-disc verify stick");
    workspace.run(&["stage", "manifest.yaml", "--zip", "out.zip"]).expect_code(0);
    let of_disc = unpacked(&workspace, "out.iso", "of_disc");
    assert!(of_disc.len() > 20);
    let staged = files(&workspace.path("stick"));
    assert_eq!(staged.keys().collect::<Vec<_>>(), of_disc.keys().collect::<Vec<_>>());
    assert!(staged == of_disc, "the bytes in the folder differ");
    assert!(unpacked(&workspace, "out.zip", "of_archive") == of_disc, "the bytes in the archive differ");
    for place in ["stick", "of_archive"] {
        let mut checked = Command::new("sha256sum");
        checked.args(["-c", "--strict", "--quiet", "SHA256SUMS"]).current_dir(workspace.path(place));
        assert!(checked.status().unwrap().success());
    }
    for place in ["stick", "out.zip", "of_disc"] {
        workspace.run(&["verify", place, "--manifest", "manifest.yaml"]).expect_code(0).expect_stdout("INTACT");
    }
    let json = workspace.run(&["stage", "--json", "manifest.yaml", "other"]).expect_code(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["files"].as_u64().unwrap(), staged.len() as u64);
    workspace.run(&["verify", "stick", "--sha256", json["sha256_of_list"].as_str().unwrap()]).expect_code(0);
}

#[test]
fn an_archive_is_the_same_each_time_and_other_programs_accept_it() {
    let workspace = Workspace::new();
    workspace.run(&["stage", "manifest.yaml", "--zip", "one.zip"]).expect_code(0);
    let mut later = Command::new("faketime");
    later.args(["2033-03-03 03:03:03", env!("CARGO_BIN_EXE_make-disc"), "stage", "manifest.yaml", "--zip", "two.zip"]);
    RunOutput::new(later.current_dir(workspace.root()).env("TZ", "Asia/Kathmandu").output().unwrap()).expect_code(0);
    assert!(fs::read(workspace.path("one.zip")).unwrap() == fs::read(workspace.path("two.zip")).unwrap());
    assert!(
        Command::new("7zz").args(["t", "one.zip"]).current_dir(workspace.root()).output().unwrap().status.success()
    );
    let script = "import zipfile; z = zipfile.ZipFile('one.zip'); assert z.testzip() is None; \
                  assert all(i.date_time == (2008, 6, 30, 0, 0, 0) for i in z.infolist())";
    assert!(Command::new("python3").args(["-c", script]).current_dir(workspace.root()).status().unwrap().success());
}

#[test]
fn a_changed_archive_is_not_intact() {
    let workspace = Workspace::new();
    workspace.run(&["stage", "manifest.yaml", "--zip", "out.zip"]).expect_code(0);
    let good = fs::read(workspace.path("out.zip")).unwrap();
    // Changes a byte of a document, which is stored without compression.
    let at = good.windows(8).position(|bytes| bytes == b"%PDF-1.7").unwrap();
    let mut bad = good.clone();
    bad[at + 6] ^= 1;
    fs::write(workspace.path("bad.zip"), &bad).unwrap();
    workspace.run(&["verify", "bad.zip"]).expect_code(4).expect_stdout("NOT INTACT");
    fs::write(workspace.path("cut.zip"), &good[..good.len() - 100]).unwrap();
    workspace.run(&["verify", "cut.zip"]).expect_code(4).expect_stderr("cannot be unpacked");
    // The same change with a correct CRC: only the checksum list reveals it.
    let script = "import zipfile; a = zipfile.ZipFile('out.zip'); b = zipfile.ZipFile('sly.zip', 'w')\n\
                  for i in a.infolist():\n    d = a.read(i); b.writestr(i, d.replace(b'Africa', b'Azania') if i.filename.endswith('.pdf') else d)\n\
                  b.writestr('../outside', b'x'); b.writestr('pages/more.html', b'x'); b.close()";
    assert!(Command::new("python3").args(["-c", script]).current_dir(workspace.root()).status().unwrap().success());
    let output = workspace.run(&["verify", "sly.zip"]).expect_code(4);
    for words in ["does not match the checksum list", "../outside", "pages/more.html"] {
        assert!(output.stdout.contains(words), "{}", output.stdout);
    }
}

#[test]
fn existing_files_are_left_alone() {
    let workspace = Workspace::new().with("full/letter.txt", "mine").with("notes.txt", "mine").with("empty/.keep", "");
    fs::remove_file(workspace.path("empty/.keep")).unwrap();
    workspace
        .run(&["stage", "manifest.yaml", "full"])
        .expect_code(2)
        .expect_stderr("`letter.txt`: choose a new or an empty folder");
    workspace.run(&["stage", "--force", "manifest.yaml", "full"]).expect_code(2);
    workspace.run(&["stage", "manifest.yaml", "notes.txt"]).expect_code(2).expect_stderr("is not a folder");
    workspace
        .run(&["stage", "--force", "manifest.yaml", "--zip", "notes.txt"])
        .expect_code(2)
        .expect_stderr("is not a ZIP archive");
    workspace.run(&["stage", "manifest.yaml", "."]).expect_code(2).expect_stderr("contains files that go on the disc");
    workspace.run(&["stage", "manifest.yaml", "no/such/folder"]).expect_code(3).expect_stderr("create it first");
    workspace.run(&["stage", "manifest.yaml"]).expect_code(2);
    assert_eq!(files(&workspace.path("full")).len(), 1);
    assert_eq!(fs::read(workspace.path("notes.txt")).unwrap(), b"mine");
    // The root of a USB stick, with files that operating systems put there.
    let workspace = workspace.with("empty/System Volume Information/IndexerVolumeGuid", "x");
    workspace.run(&["stage", "manifest.yaml", "empty"]).expect_code(0);
    workspace.run(&["verify", "empty"]).expect_code(0);
}

#[test]
fn an_earlier_stage_is_replaced_completely() {
    let workspace = Workspace::new();
    workspace.run(&["stage", "manifest.yaml", "stick"]).expect_code(0);
    let before = files(&workspace.path("stick"));
    workspace
        .run(&["stage", "manifest.yaml", "stick"])
        .expect_code(2)
        .expect_stderr("contains the files of an earlier `make-disc stage`");
    let text = fs::read_to_string(workspace.path("manifest.yaml")).unwrap();
    let other = text.replace("id: asia", "id: asia_and_pacific").replace("files/africa.en.pdf", "files/new.pdf");
    let workspace = workspace.with("manifest.yaml", other).with("files/new.pdf", pdf("en", "Africa, once more"));
    // If a source is missing, the earlier stage is not changed.
    let broken = Workspace::new();
    broken.run(&["stage", "manifest.yaml", "stick"]).expect_code(0);
    let staged = files(&broken.path("stick"));
    fs::remove_file(broken.path("files/asia.pdf")).unwrap();
    broken.run(&["stage", "--force", "manifest.yaml", "stick"]).expect_code(1);
    assert_eq!(files(&broken.path("stick")), staged);
    workspace.run(&["stage", "--force", "manifest.yaml", "stick"]).expect_code(0);
    workspace.run(&["verify", "stick", "--manifest", "manifest.yaml"]).expect_code(0);
    let after = files(&workspace.path("stick"));
    assert!(
        after.contains_key("documents/needs/asia_and_pacific_en.pdf")
            && !after.contains_key("documents/needs/asia_en.pdf")
    );
    assert_ne!(before["documents/needs/africa_en.pdf"], after["documents/needs/africa_en.pdf"]);
}

#[test]
fn a_folder_where_a_file_must_be_is_named_before_anything_is_written() {
    // Antivirus programs create such a folder on USB sticks.
    let workspace = Workspace::new().with("stick/autorun.inf/con", "");
    fs::remove_file(workspace.path("stick/autorun.inf/con")).unwrap();
    fs::create_dir(workspace.path("stick/documents")).unwrap();
    workspace
        .run(&["stage", "manifest.yaml", "stick"])
        .expect_code(2)
        .expect_stderr("`stick/autorun.inf` is a folder (some programs create it")
        .expect_stderr("nothing was changed");
    let names = |folder: &str| {
        fs::read_dir(workspace.path(folder)).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>()
    };
    assert_eq!((names("stick").len(), names("stick/autorun.inf").len(), names("stick/documents").len()), (2, 0, 0));
    fs::remove_dir(workspace.path("stick/autorun.inf")).unwrap();
    workspace.run(&["stage", "manifest.yaml", "stick"]).expect_code(0);
}

#[test]
fn an_interrupted_stage_leaves_nothing() {
    for target in [vec!["stick"], vec!["--zip", "out.zip"]] {
        let workspace = Workspace::new().with_sparse("files/asia.pdf", 3 << 30);
        let mut arguments = vec!["stage", "--no-search", "manifest.yaml"];
        arguments.extend(&target);
        let run = workspace.start(&arguments);
        if target.len() == 1 {
            let begun = std::time::Instant::now();
            let metadata = || fs::metadata(workspace.path("stick/.make-disc.part/documents/needs/asia_en.pdf"));
            while !metadata().is_ok_and(|meta| meta.len() > 1 << 20) {
                assert!(begun.elapsed().as_secs() < 60, "nothing was written");
            }
        } else {
            workspace.wait_for(".out.zip.", 1 << 20);
        }
        signal(&run, "INT");
        RunOutput::new(run.wait_with_output().unwrap()).expect_code(130);
        assert_eq!(workspace.names(), ["files", "manifest.yaml"]);
    }
}

#[test]
fn files_that_make_disc_did_not_write_are_never_replaced() {
    // A folder that happens to contain a checksum list is not an earlier stage.
    let list = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a.pdf\n";
    let workspace = Workspace::new().with("own/a.pdf", "a").with("own/SHA256SUMS", list);
    workspace
        .run(&["stage", "--force", "manifest.yaml", "own"])
        .expect_code(2)
        .expect_stderr("contains files that do not belong to the disc");
    assert_eq!(fs::read(workspace.path("own/a.pdf")).unwrap(), b"a");
    // A staged file that somebody changed later is not replaced either.
    workspace.run(&["stage", "manifest.yaml", "stick"]).expect_code(0);
    workspace
        .run(&["stage", "manifest.yaml", "stick"])
        .expect_code(2)
        .expect_stderr("contains the files of an earlier `make-disc stage`");
    let note = workspace.path("stick/readme.txt");
    fs::set_permissions(&note, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    fs::write(&note, "mine").unwrap();
    workspace.run(&["stage", "--force", "manifest.yaml", "stick"]).expect_code(2).expect_stderr("`readme.txt`");
    assert_eq!(fs::read(&note).unwrap(), b"mine");
    // The sources of the disc are not replaced either.
    workspace
        .run(&["stage", "--force", "manifest.yaml", "."])
        .expect_code(2)
        .expect_stderr("contains files that go on the disc");
    let workspace = workspace.with("documents.html", "x").with("list.xlsx", b"PK\x03\x04");
    let source = "files/africa.en.pdf";
    let before = fs::read(workspace.path(source)).unwrap();
    workspace
        .run(&["stage", "--force", "manifest.yaml", "--zip", "list.xlsx"])
        .expect_code(2)
        .expect_stderr("is not a ZIP archive");
    workspace.run(&["init", "--force", ".", "--output", source]).expect_code(2).expect_stderr("is not a manifest");
    workspace.run(&["print", "--force", "manifest.yaml", source]).expect_code(2);
    assert_eq!(fs::read(workspace.path(source)).unwrap(), before);
}

/// Browsers are started with `xdg-open`, as on every Linux desktop. In this test a script replaces it.
#[test]
#[cfg(target_os = "linux")]
fn a_preview_opens_the_first_page_in_the_browser_once() {
    use std::os::unix::fs::PermissionsExt;

    let workspace = Workspace::new().with("bin/xdg-open", "#!/bin/sh\nprintf '%s\\n' \"$@\" >> \"$OPENED\"\n");
    fs::set_permissions(workspace.path("bin/xdg-open"), fs::Permissions::from_mode(0o755)).unwrap();
    let preview = |arguments: &[&str], path: &std::path::Path| {
        let mut command = workspace.command(arguments);
        let command = command.env("XDG_CACHE_HOME", workspace.path("cache")).env("OPENED", workspace.path("opened"));
        RunOutput::new(command.env("PATH", path).output().unwrap())
    };
    let shown = preview(&["preview", "manifest.yaml"], &workspace.path("bin")).expect_code(0).stdout;
    let start = shown.lines().find_map(|line| line.strip_prefix("preview    ")).unwrap();
    // The browser runs in the background, so the command may end before it has started.
    let mut opened = String::new();
    for _ in 0..200 {
        opened = fs::read_to_string(workspace.path("opened")).unwrap_or_default();
        if !opened.is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(opened.lines().collect::<Vec<_>>(), [start], "{shown}");
    assert!(std::path::Path::new(start).ends_with("index.html") && std::path::Path::new(start).is_absolute());
    // If there is no browser, that is reported, and the pages are still written.
    preview(&["preview", "manifest.yaml"], &workspace.path("nothing"))
        .expect_code(0)
        .expect_stderr("no browser could be opened");
}

#[test]
fn a_preview_contains_the_pages_and_links_to_the_documents() {
    let workspace = Workspace::new();
    let preview = |arguments: &[&str]| {
        let mut command = workspace.command(arguments);
        RunOutput::new(command.env("XDG_CACHE_HOME", workspace.path("cache")).output().unwrap())
    };
    let json = preview(&["preview", "--no-open", "--json", "manifest.yaml"]).expect_code(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let start = Path::new(json["start"].as_str().unwrap()).to_path_buf();
    let root = start.parent().unwrap().to_path_buf();
    workspace.run(&["stage", "manifest.yaml", "stick"]).expect_code(0);
    let mut staged = files(&workspace.path("stick"));
    staged.remove("SHA256SUMS");
    assert!(files(&root) == staged, "the bytes in the preview differ");
    // A second preview replaces the first, and none of the old pages are left.
    let text = fs::read_to_string(workspace.path("manifest.yaml")).unwrap();
    fs::write(workspace.path("manifest.yaml"), text.replace("id: asia", "id: asien")).unwrap();
    preview(&["preview", "--no-open", "manifest.yaml"]).expect_code(0).expect_stdout("index.html");
    let now = files(&root);
    assert!(now.contains_key("pages/fr/needs/asien.html") && !now.contains_key("pages/fr/needs/asia.html"));
    fs::write(workspace.path("manifest.yaml"), "disc: {}").unwrap();
    preview(&["preview", "--no-open", "manifest.yaml"]).expect_code(1).expect_stderr("no pages were made");
}

#[test]
fn watch_makes_the_preview_again_after_a_change() {
    let workspace = Workspace::new();
    let mut command = workspace.command(&["preview", "--no-open", "--watch", "manifest.yaml"]);
    command.env("XDG_CACHE_HOME", workspace.path("cache"));
    command.stdout(fs::File::create(workspace.path("printed.txt")).unwrap()).stderr(std::process::Stdio::piped());
    let run = command.spawn().unwrap();
    let begun = std::time::Instant::now();
    let wait_for = |words: &str, is_there: &dyn Fn() -> bool| {
        while !is_there() {
            assert!(begun.elapsed().as_secs() < 60, "`{words}` is not shown");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    let shows = |words: &str| {
        let pages = workspace.path("cache/make-disc/preview");
        wait_for(words, &|| {
            pages.is_dir()
                && files(&pages).iter().any(|(path, bytes)| {
                    path.ends_with("pages/en/list.html") && String::from_utf8_lossy(bytes).contains(words)
                })
        });
    };
    // Until the command says so, it may still write pages, and an interruption is a failure.
    let prints = |words: &str| {
        wait_for(words, &|| fs::read_to_string(workspace.path("printed.txt")).unwrap().contains(words));
    };
    shows("Africa");
    prints("press Ctrl-C to stop");
    let text = fs::read_to_string(workspace.path("manifest.yaml")).unwrap();
    // An error in between is reported, and does not end the command.
    fs::write(workspace.path("manifest.yaml"), "disc: {}").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    fs::write(workspace.path("manifest.yaml"), text.replace("en: Africa", "en: Azania")).unwrap();
    shows("Azania");
    prints("made again");
    signal(&run, "INT");
    RunOutput::new(run.wait_with_output().unwrap()).expect_code(0).expect_stderr("no pages were made");
}

#[test]
fn an_archive_is_not_made_as_a_folder() {
    let workspace = Workspace::new();
    workspace
        .run(&["stage", "manifest.yaml", "my 2.zip"])
        .expect_code(2)
        .expect_stderr("for an archive: `make-disc stage --zip 'my 2.zip' manifest.yaml`");
    workspace
        .run(&["stage", "manifest.yaml", "x.ISO"])
        .expect_code(2)
        .expect_stderr("for an image: `make-disc manifest.yaml x.ISO`");
    workspace
        .run(&["stage", "manifest.yaml", "x.toast"])
        .expect_code(2)
        .expect_stderr("for a folder, choose a name without `.toast`");
    assert_eq!(workspace.names(), ["files", "manifest.yaml"]);
    fs::create_dir(workspace.path("stick.zip")).unwrap();
    workspace.run(&["stage", "manifest.yaml", "stick.zip"]).expect_code(0);
}

#[test]
fn a_bag_lists_every_file_with_its_digest() {
    let workspace = Workspace::new();
    workspace.run(&["stage", "--quiet", "manifest.yaml", "folder"]).expect_code(0);
    workspace.run(&["stage", "manifest.yaml", "--bag", "bag"]).expect_code(0).expect_stdout("BagIt 1.0");
    let read = |name: &str| fs::read_to_string(workspace.path(name)).unwrap();
    assert_eq!(read("bag/bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    for list in ["manifest-sha256.txt", "tagmanifest-sha256.txt"] {
        let mut check = Command::new("sha256sum");
        let checked = check.args(["--quiet", "--strict", "-c", list]).current_dir(workspace.path("bag")).status();
        assert!(checked.unwrap().success(), "{list}");
    }
    // The payload is what `stage` writes.
    workspace.run(&["verify", "bag/data"]).expect_code(0);
    assert_eq!(read("bag/data/SHA256SUMS"), read("folder/SHA256SUMS"));
    let mut names: Vec<String> = read("folder/SHA256SUMS").lines().map(|line| line[66..].to_owned()).collect();
    names.extend([".xdg-volume-info", "ro-crate-metadata.json", "SHA256SUMS"].map(str::to_owned));
    names.sort();
    let listed = read("bag/manifest-sha256.txt");
    let listed: Vec<&str> = listed.lines().map(|line| line[66..].strip_prefix("data/").unwrap()).collect();
    assert_eq!(listed, names);
    let bytes: u64 = names.iter().map(|name| fs::metadata(workspace.path("folder").join(name)).unwrap().len()).sum();
    let info = format!(
        "External-Description: Two reports\nInternal-Sender-Identifier: TWO_REPORTS\nBagging-Date: 2008-06-30\nPayload-Oxum: {bytes}.{}\n",
        names.len()
    );
    assert!(read("bag/bag-info.txt").starts_with(&info), "{}", read("bag/bag-info.txt"));
    // A bag is never changed.
    let run = workspace.run(&["stage", "--force", "manifest.yaml", "--bag", "bag"]).expect_code(2);
    run.expect_stderr("contains files that do not belong to the disc");
    // An archive contains the same bag in a folder of its own name.
    workspace.run(&["stage", "--quiet", "manifest.yaml", "--bag", "deposit.zip"]).expect_code(0);
    let unpacked = Command::new("bsdtar").args(["-xf", "deposit.zip"]).current_dir(workspace.root()).status();
    assert!(unpacked.unwrap().success());
    assert_eq!(read("deposit/tagmanifest-sha256.txt"), read("bag/tagmanifest-sha256.txt"));
    workspace.run(&["verify", "deposit/data"]).expect_code(0);
}

#[test]
fn items_for_dspace_contain_the_documents_of_a_report_in_all_languages() {
    let workspace = Workspace::new();
    let run = workspace.run(&["stage", "manifest.yaml", "--saf", "items"]).expect_code(0);
    run.expect_stdout("2, in DSpace's Simple Archive Format");
    let read = |name: &str| fs::read_to_string(workspace.path(name)).unwrap();
    let contents = "africa_en.pdf\tbundle:ORIGINAL\tdescription:English\tprimary:true\n\
                    africa_fr.pdf\tbundle:ORIGINAL\tdescription:Français\n";
    assert_eq!(read("items/00001_needs_africa/contents"), contents);
    let description = read("items/00001_needs_africa/dublin_core.xml");
    for field in [
        r#"<dcvalue element="title" qualifier="none" language="en">Africa</dcvalue>"#,
        r#"<dcvalue element="title" qualifier="alternative" language="fr">Afrique</dcvalue>"#,
        r#"<dcvalue element="language" qualifier="iso">fr</dcvalue>"#,
    ] {
        assert!(description.contains(field), "{description}");
    }
    let document = fs::read(workspace.path("items/00001_needs_africa/africa_fr.pdf")).unwrap();
    assert_eq!(document, fs::read(workspace.path("files/africa.fr.pdf")).unwrap());
    let files: Vec<String> = files(&workspace.path("items")).into_keys().collect();
    assert_eq!(files.len(), 7, "{files:?}");
    let run = workspace.run(&["stage", "--force", "manifest.yaml", "--saf", "items"]).expect_code(2);
    run.expect_stderr("contains files that do not belong to the disc");
    workspace.run(&["stage", "manifest.yaml", "--saf", "x", "--bag", "y"]).expect_code(2);
}
