//! An image is written completely or not at all, and is the same on every machine and every day.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{MANIFEST, RunOutput, Workspace, files, pdf, signal};

/// A workspace whose last file takes a long time to write.
fn slow(bytes: u64) -> Workspace {
    Workspace::new().with_sparse("files/asia.pdf", bytes)
}

#[test]
fn a_build_writes_an_image_and_its_checksum_file() {
    let workspace = Workspace::new();
    let output = workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    for words in ["volume     TWO_REPORTS", "date       2008-06-30, from the manifest", "en 2, fr 1"] {
        assert!(output.stdout.contains(words), "{}", output.stdout);
    }
    assert_eq!(workspace.names(), ["files", "manifest.yaml", "out.iso", "out.iso.sha256"]);
    let checked =
        Command::new("sha256sum").args(["-c", "out.iso.sha256"]).current_dir(workspace.root()).output().unwrap();
    assert!(checked.status.success());
    let image = fs::read(workspace.path("out.iso")).unwrap();
    assert_eq!(image.len() % 2048, 0);
    assert!(image[..16 * 2048].iter().all(|byte| *byte == 0), "the system area is not empty");
    assert_eq!(&image[0x8001..0x8006], b"CD001");
}

#[test]
fn a_disc_without_documents_is_intact() {
    let manifest = "disc: {title: Nothing, volume: NOTHING, languages: [en, ar], date: 2024-01-01}\n\
                    sections: [{id: s, title: Empty, reports: []}]\n";
    let workspace = Workspace::new().with("manifest.yaml", manifest);
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    let output = workspace.run(&["verify", "out.iso"]).expect_code(0);
    assert!(output.stdout.contains("INTACT"), "{}", output.stdout);
}

#[test]
fn json_contains_result_and_progress() {
    let output = Workspace::new().run(&["--json", "manifest.yaml", "out.iso"]).expect_code(0);
    let result: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((result["ok"].as_bool(), result["documents"].as_u64()), (Some(true), Some(3)));
    assert_eq!(result["sha256"].as_str().unwrap().len(), 64);
    for line in output.stderr.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["progress"]["total"].as_u64().unwrap() > 0);
    }
    let failed =
        Workspace::new().with("manifest.yaml", "disc: {}").run(&["--json", "manifest.yaml", "out.iso"]).expect_code(1);
    let result: serde_json::Value = serde_json::from_str(&failed.stdout).unwrap();
    assert_eq!(result["ok"].as_bool(), Some(false));
    assert!(!result["findings"].as_array().unwrap().is_empty());
}

#[test]
fn the_list_contains_every_variant_with_both_paths() {
    let workspace = Workspace::new();
    let json = workspace.run(&["list", "--json", "manifest.yaml"]).expect_code(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let entries = json["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    assert_eq!(entries[1]["iso9660"], "/DOCUMENTS/NEEDS/AFRICA_FR.PDF;1");
    assert_eq!(entries[1]["joliet"], "/documents/needs/africa_fr.pdf");
    let csv = workspace.run(&["list", "--csv", "manifest.yaml"]).expect_code(0).stdout;
    assert_eq!(csv.lines().next(), Some("section,report,title,language,source,size,iso9660,joliet,file_title"));
    assert_eq!(csv.lines().count(), 4);
    workspace.run(&["list", "manifest.yaml"]).expect_code(0).expect_stdout("/documents/needs/asia_en.pdf");
}

#[test]
fn the_image_does_not_depend_on_place_or_time() {
    // The second time, the files are created in a different order, in a folder at a different depth.
    let one = Workspace::new();
    let other = Workspace::empty()
        .with("deep/er/files/asia.pdf", pdf("en", "Asia, in a few words"))
        .with("deep/er/files/africa.fr.pdf", pdf("fr", "Afrique, en langue de Paris"))
        .with("deep/er/files/africa.en.pdf", pdf("en", "Africa, in English"))
        .with("deep/er/manifest.yaml", MANIFEST);
    one.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    let command = |arguments: &str| {
        let program = env!("CARGO_BIN_EXE_make-disc");
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("umask 077; exec {arguments} {program} deep/er/manifest.yaml out.iso"));
        shell
            .current_dir(other.root())
            .env("TZ", "Asia/Kathmandu")
            .env("LANG", "ar_EG.UTF-8")
            .env("LC_ALL", "tr_TR.UTF-8");
        shell
    };
    RunOutput::new(command("faketime '2033-03-03 03:03:03'").output().unwrap()).expect_code(0);
    assert!(fs::read(one.path("out.iso")).unwrap() == fs::read(other.path("out.iso")).unwrap(), "the images differ");
    assert_eq!(fs::read(one.path("out.iso.sha256")).unwrap(), fs::read(other.path("out.iso.sha256")).unwrap());
}

#[test]
fn the_date_is_from_the_manifest_or_the_environment_or_the_newest_file() {
    let undated = MANIFEST.replace("  date: 2008-06-30\n", "");
    let workspace = Workspace::new().with("manifest.yaml", undated);
    let set = |name: &str, when: &str| {
        assert!(Command::new("touch").args(["-d", when]).arg(workspace.path(name)).status().unwrap().success());
    };
    set("files/asia.pdf", "2001-02-03T04:05:06Z");
    set("files/africa.en.pdf", "2002-03-04T05:06:07Z");
    set("files/africa.fr.pdf", "2000-01-01T00:00:00Z");
    workspace
        .run(&["manifest.yaml", "a.iso"])
        .expect_code(0)
        .expect_stdout("date       2002-03-04, from the newest source file");
    let with = |epoch: &str, output: &str| {
        RunOutput::new(workspace.command(&["manifest.yaml", output]).env("SOURCE_DATE_EPOCH", epoch).output().unwrap())
    };
    with("1214784000", "b.iso").expect_code(0).expect_stdout("date       2008-06-30, from SOURCE_DATE_EPOCH");
    with("soon", "c.iso").expect_code(2).expect_stderr("must be a number of seconds");
    with("99999999999", "d.iso").expect_code(1).expect_stderr("it must be between 1900 and 2155");
}

#[test]
fn an_existing_file_is_replaced_only_with_force() {
    let workspace = Workspace::new().with("out.iso", "precious");
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(2).expect_stderr("replace it with `--force`");
    assert_eq!(fs::read(workspace.path("out.iso")).unwrap(), b"precious");
    workspace.run(&["--force", "manifest.yaml", "out.iso"]).expect_code(0);
    assert!(fs::metadata(workspace.path("out.iso")).unwrap().len() > 100_000);
    let workspace = Workspace::new().with("out.iso.sha256", "of another");
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(2).expect_stderr("the checksum file of an image, exists");
    workspace.run(&["manifest.yaml", "files"]).expect_code(2).expect_stderr("is not a regular file");
    workspace.run(&["manifest.yaml", "o\nut.iso"]).expect_code(2).expect_stderr("without control characters");
    workspace
        .run(&["manifest.yaml", "out/"])
        .expect_code(2)
        .expect_stderr("is the path of a folder, not of a disc image: add a file name, as in `out/out.iso`");
    workspace.run(&["manifest.yaml", "none/out.iso"]).expect_code(3).expect_stderr("create it first");
}

#[test]
fn a_damaged_image_is_recognised_by_any_extension_that_a_build_accepts() {
    let workspace = Workspace::new();
    for extension in ["iso", "img", "image", "bin", "cdr", "raw", "toast"] {
        let name = format!("disc.{extension}");
        workspace.run(&["--quiet", "manifest.yaml", &name]).expect_code(0);
        let mut image = fs::read(workspace.path(&name)).unwrap();
        image[..20 * 2048].fill(0xff);
        fs::write(workspace.path(&name), image).unwrap();
        workspace.run(&["verify", &name]).expect_code(4).expect_stdout("NOT INTACT");
        workspace.run(&["--quiet", "--force", "manifest.yaml", &name]).expect_code(0);
        workspace.run(&["verify", &name]).expect_code(0);
    }
}

#[test]
fn an_input_is_never_overwritten() {
    let manifest = MANIFEST.replace("files/asia.pdf", "files/asia.iso");
    let workspace = Workspace::new()
        .with("manifest.yaml", &manifest)
        .with("files/asia.iso", "Asia")
        .with("files/notes.txt", "mine");
    fs::hard_link(workspace.path("files/asia.iso"), workspace.path("linked.iso")).unwrap();
    std::os::unix::fs::symlink("files/asia.iso", workspace.path("pointed.iso")).unwrap();
    workspace.run(&["--force", "manifest.yaml", "pointed.iso"]).expect_code(2).expect_stderr("is a symbolic link");
    for output in ["files/asia.iso", "./files/../files/asia.iso", "linked.iso"] {
        workspace
            .run(&["--force", "manifest.yaml", output])
            .expect_code(2)
            .expect_stderr("is one of the files that the disc is made from");
    }
    // Cameras and devices have files of these names; no checksum file shows that one of them was an image.
    for name in ["files/photo.raw", "files/firmware.bin"] {
        fs::write(workspace.path(name), vec![7; 40_000]).unwrap();
    }
    for output in ["manifest.yaml", "files/notes.txt", "files/photo.raw", "files/firmware.bin"] {
        workspace
            .run(&["--force", "manifest.yaml", output])
            .expect_code(2)
            .expect_stderr("exists and is not a disc image, so it is not replaced");
    }
    assert_eq!(fs::read(workspace.path("files/notes.txt")).unwrap(), b"mine");
    assert_eq!(fs::read(workspace.path("files/photo.raw")).unwrap(), [7; 40_000]);
    assert_eq!(fs::read(workspace.path("files/asia.iso")).unwrap(), b"Asia");
    assert_eq!(fs::read_to_string(workspace.path("manifest.yaml")).unwrap(), manifest);
}

#[test]
fn the_image_on_standard_output_is_the_same() {
    let workspace = Workspace::new();
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    let piped = workspace.command(&["manifest.yaml", "-"]).output().unwrap();
    assert!(piped.status.success());
    assert!(piped.stdout == fs::read(workspace.path("out.iso")).unwrap(), "the images differ");
    let full = fs::File::create("/dev/full").unwrap();
    RunOutput::new(workspace.command(&["manifest.yaml", "-"]).stdout(full).output().unwrap())
        .expect_code(3)
        .expect_stderr("the disk is full");
}

/// Whether `checkisomd5` accepts an image.
fn checkisomd5(image: &Path) -> bool {
    let output = RunOutput::new(Command::new("checkisomd5").arg(image).stdin(Stdio::null()).output().unwrap());
    assert!(matches!(output.code, Some(0 | 1)), "{}", output.stderr);
    output.code == Some(0)
}

#[test]
fn the_media_check_agrees_with_implantisomd5() {
    // With the search, the program would note that the file cannot be searched.
    let manifest = MANIFEST.replace("asia.pdf", "asia.bin").replace("  date:", "  search: false\n  date:");
    let workspace = Workspace::new()
        .with("keyed.yaml", manifest.replace("  date:", "  media_check: true\n  date:"))
        .with("manifest.yaml", format!("{manifest}exclude: asia.pdf\n"))
        .with("files/asia.bin", (0..1_000_003_u32).map(|at| (at * 7 / 3) as u8).collect::<Vec<_>>());
    workspace.run(&["manifest.yaml", "plain.iso"]).expect_code(0);
    let output = workspace
        .run(&["--media-check", "manifest.yaml", "out.iso"])
        .expect_code(0)
        .expect_stdout("checkisomd5 --verbose /dev/sr0");
    // Progress is printed only if the machine is slow.
    assert!(output.stderr.lines().all(|line| line.starts_with("written: ") || line.is_empty()), "{}", output.stderr);
    assert!(checkisomd5(&workspace.path("out.iso")) && !checkisomd5(&workspace.path("plain.iso")));
    let sums = Command::new("sha256sum").args(["-c", "out.iso.sha256"]).current_dir(workspace.root()).output().unwrap();
    assert!(sums.status.success());

    // The key in the manifest, a second run, and standard output all give the same image.
    let read = |name: &str| fs::read(workspace.path(name)).unwrap();
    let image = read("out.iso");
    workspace.run(&["keyed.yaml", "keyed.iso"]).expect_code(0);
    assert!(read("keyed.iso") == image, "the key gives a different image");
    workspace.run(&["--force", "--media-check", "keyed.yaml", "keyed.iso"]).expect_code(0);
    assert!(read("keyed.iso") == image, "a second run gives a different image");
    let piped = workspace.command(&["keyed.yaml", "-"]).output().unwrap();
    assert!(piped.status.success() && piped.stdout == image, "standard output gives a different image");

    // Only the application-use area differs, and implantisomd5 writes the same into it.
    let plain = read("plain.iso");
    let differs: Vec<usize> = (0..image.len()).filter(|at| image[*at] != plain[*at]).collect();
    let area = 16 * 2048 + 883..16 * 2048 + 1395;
    assert_eq!((plain.len(), plain[area.clone()].iter().all(|byte| *byte == b' ')), (image.len(), true));
    assert!(!differs.is_empty() && differs.iter().all(|at| area.contains(at)));
    assert!(Command::new("implantisomd5").arg(workspace.path("plain.iso")).output().unwrap().status.success());
    assert!(read("plain.iso") == image, "implantisomd5 writes something else");

    // Changes one byte in a document.
    let mut damaged = image;
    let document = damaged.len() / 2;
    damaged[document] ^= 1;
    fs::write(workspace.path("out.iso"), damaged).unwrap();
    assert!(!checkisomd5(&workspace.path("out.iso")));
}

#[test]
fn the_media_check_of_a_small_disc_passes() {
    // With fewer than 335 sectors, checkisomd5 rejects even what implantisomd5 has written.
    for style in ["portable", "dos"] {
        let manifest = MANIFEST.replace(
            "  date:",
            &format!("  names: {style}\n  media_check: true\n  search: false\n  covers: false\n  date:"),
        );
        let workspace = Workspace::new().with("manifest.yaml", manifest);
        workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
        assert!(fs::metadata(workspace.path("out.iso")).unwrap().len() < 335 * 2048);
        assert!(checkisomd5(&workspace.path("out.iso")), "names: {style}");
    }
}

#[test]
fn the_media_check_is_in_the_json_and_counted_as_progress() {
    let workspace = Workspace::new();
    for (arguments, check) in [
        (&["--json", "manifest.yaml", "a.iso"][..], false),
        (&["--json", "--media-check", "manifest.yaml", "b.iso"], true),
    ] {
        let output = workspace.run(arguments).expect_code(0);
        let result: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(result["media_check"].as_bool(), Some(check));
        let last: serde_json::Value = serde_json::from_str(output.stderr.lines().last().unwrap()).unwrap();
        let written = result["size"].as_u64().unwrap() * if check { 2 } else { 1 };
        assert_eq!(last["progress"]["total"].as_u64(), Some(written));
        assert_eq!(last["progress"]["done"].as_u64(), Some(written));
    }
}

#[test]
fn a_source_that_changes_between_the_passes_of_the_media_check_stops_it() {
    // The output of the pipe is from the second pass. Writing again to a page of a tmpfs that is already
    // mapped into memory does not change the modification time, so only the digests reveal the change. With a search or covers, the
    // digest of what was read for them would reveal it earlier.
    let manifest = MANIFEST.replace("  date: 2008-06-30\n", "  date: 2008-06-30\n  search: false\n  covers: false\n");
    let workspace = Workspace::new().with("manifest.yaml", manifest);
    let program = env!("CARGO_BIN_EXE_make-disc");
    let script = "\
import mmap, subprocess, sys
for way in 'plain', 'memory':
    open('files/africa.en.pdf', 'wb').write(bytes(8 << 20))
    open('files/asia.pdf', 'wb').write(bytes(4 << 20))
    file = open('files/asia.pdf', 'r+b')
    memory = mmap.mmap(file.fileno(), 0)
    memory[100] = 1
    run = subprocess.Popen([sys.argv[1], '--media-check', 'manifest.yaml', '-'], stdout=subprocess.PIPE)
    run.stdout.read(1 << 20)
    if way == 'plain':
        file.write(b'other')
        file.flush()
    else:
        memory[100] = 2
    while run.stdout.read(1 << 20):
        pass
    print(way, run.wait())
";
    let shell =
        "mount -t tmpfs none tmpfs && cp -r files manifest.yaml tmpfs && cd tmpfs && exec python3 -c \"$0\" \"$1\"";
    fs::create_dir(workspace.path("tmpfs")).unwrap();
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut unshare = Command::new("unshare");
    unshare
        .arg(if root { "-m" } else { "-mUr" })
        .args(["sh", "-c", shell, script, program])
        .current_dir(workspace.root());
    let output = RunOutput::new(unshare.output().unwrap())
        .expect_code(0)
        .expect_stderr("`files/asia.pdf`: it changed while the disc was being made")
        .expect_stderr("`files/asia.pdf`: its contents changed while the disc was being made");
    assert_eq!(output.stdout, "plain 3\nmemory 3\n");
}

#[test]
fn the_check_page_shows_the_number_of_files_in_the_list() {
    let manifest = MANIFEST.replace("files/asia.pdf", "files/africa.en.pdf");
    let workspace = Workspace::new().with("manifest.yaml", manifest);
    workspace.run(&["--quiet", "manifest.yaml", "out.iso"]).expect_code(0);
    let image = fs::read(workspace.path("out.iso")).unwrap();
    let text = String::from_utf8_lossy(&image);
    let number =
        |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<usize>().unwrap();
    let numbers: Vec<usize> = text.split("Files in the list: ").skip(1).map(number).collect();
    // The list starts at a sector, and its last sector is filled up with zeros.
    let list = text.rsplit('\0').find(|part| part.contains("  readme.txt\n")).unwrap();
    let listed = list.lines().count();
    // On the page and in readme.txt.
    assert_eq!(numbers, [listed, listed]);
}

#[test]
fn the_disc_says_how_it_was_made_but_nothing_about_this_computer() {
    let commented = format!(
        "# Made by hand\n{}exclude: [secret_draft.pdf]\n",
        MANIFEST.replace("disc:\n", "disc:   # all of it\n")
    );
    let workspace = Workspace::new().with("commented.yaml", commented).with("secret_draft.pdf", "x");
    workspace.run(&["--quiet", "manifest.yaml", "plain.iso"]).expect_code(0);
    workspace.run(&["--quiet", "commented.yaml", "commented.iso"]).expect_code(0);
    let plain = fs::read(workspace.path("plain.iso")).unwrap();
    assert!(plain == fs::read(workspace.path("commented.iso")).unwrap(), "comments change the disc");
    workspace.run(&["stage", "--quiet", "manifest.yaml", "folder"]).expect_code(0);
    let read = |name: &str| fs::read_to_string(workspace.path(name)).unwrap();
    let check = read("folder/pages/en/check.html");
    assert!(
        check.contains("<code>make-disc manifest.yaml out.iso</code>") && check.contains("catalogue/manifest.yaml")
    );
    let mut digest = Command::new("sha256sum");
    let digest = digest.arg(workspace.path("folder/catalogue/manifest.yaml")).output().unwrap().stdout;
    let digest = std::str::from_utf8(&digest).unwrap().split(' ').next().unwrap();
    assert!(check.contains(&format!("<code>{digest}</code>")) && read("folder/ro_crate.json").contains(digest));
    // The digest of the manifest is on the disc even if the manifest is not.
    let hidden = MANIFEST.replace("  date: 2008-06-30\n", "  manifest: false\n");
    fs::write(workspace.path("hidden.yaml"), hidden).unwrap();
    let mut stage = workspace.command(&["stage", "--quiet", "--no-search", "hidden.yaml", "hidden"]);
    assert!(stage.env("SOURCE_DATE_EPOCH", "1214784000").status().unwrap().success());
    assert!(!workspace.path("hidden/catalogue/manifest.yaml").exists());
    let again = "<code>SOURCE_DATE_EPOCH=1214784000 make-disc manifest.yaml out.iso --no-search</code>";
    assert!(read("hidden/pages/en/check.html").contains(again));
}

#[test]
fn a_published_manifest_names_no_folders_outside_and_makes_the_same_disc() {
    let workspace = Workspace::new()
        .with("back room/asia draft 3.pdf", pdf("en", "Asia, in a few words"))
        .with("back room/site/start here.html", "<!DOCTYPE html><title>Site</title><a href='b.html'>Next</a>")
        .with("back room/site/b.html", "<!DOCTYPE html><title>Page</title><p>Words")
        .with("back room/notes.md", "About *Asia*.");
    let manifest = |folder: &str| {
        let site = format!("{{en: {folder}/asia draft 3.pdf, fr: {{folder: {folder}/site, start: start here.html}}}}");
        let foreword = format!(
            "launcher: {{foreword: {{text: {{en: {folder}/notes.md, fr: '[Asie](<{folder}/asia draft 3.pdf>)'}}}}}}\n"
        );
        MANIFEST.replace("files/", "../files/").replace("{en: ../files/asia.pdf}", &site) + &foreword
    };
    let room = workspace.path("back room");
    for (name, folder) in [("one", "../back room"), ("two/three", "../../back room"), ("four", room.to_str().unwrap())]
    {
        fs::create_dir_all(workspace.path(name)).unwrap();
        let up = if name.contains('/') { "../../files/" } else { "../files/" };
        fs::write(workspace.path(&format!("{name}/manifest.yaml")), manifest(folder).replace("../files/", up)).unwrap();
        workspace
            .run(&["--quiet", "--allow-outside", &format!("{name}/manifest.yaml"), &format!("{name}.iso")])
            .expect_code(0);
    }
    let image = |name: &str| fs::read(workspace.path(name)).unwrap();
    assert!(image("one.iso") == image("two/three.iso"), "relative paths outside change the disc");
    assert!(image("one.iso") == image("four.iso"), "absolute paths change the disc");
    workspace.run(&["stage", "--quiet", "--allow-outside", "one/manifest.yaml", "staged"]).expect_code(0);
    let root = workspace.root().to_str().unwrap();
    for (path, bytes) in files(&workspace.path("staged")) {
        let text = String::from_utf8_lossy(&bytes);
        let found = ["back room", "asia draft", "start here", root].into_iter().find(|secret| text.contains(secret));
        assert_eq!(found, None, "{path}");
    }
    let published = fs::read_to_string(workspace.path("staged/catalogue/manifest.yaml")).unwrap();
    for kept in [
        "en: documents/needs/asia_en.pdf\n",
        "folder: documents/needs/asia_fr\n",
        "en: notes.md\n",
        "(<documents/needs/asia_en.pdf>)",
    ] {
        assert!(published.contains(kept), "{kept}: {published}");
    }
    // All documents of this disc came from outside, so the disc and the foreword are enough to make it again.
    fs::copy(workspace.path("staged/catalogue/manifest.yaml"), workspace.path("staged/manifest.yaml")).unwrap();
    fs::copy(workspace.path("back room/notes.md"), workspace.path("staged/notes.md")).unwrap();
    workspace.run(&["--quiet", "staged/manifest.yaml", "again.iso"]).expect_code(0);
    assert!(image("one.iso") == image("again.iso"), "the published manifest makes another disc");
}

#[test]
fn a_result_that_cannot_be_printed_is_a_failure() {
    let workspace = Workspace::new();
    let full = || fs::File::create("/dev/full").unwrap();
    for arguments in
        [&["check", "manifest.yaml"][..], &["list", "--csv", "manifest.yaml"], &["manifest.yaml", "out.iso"]]
    {
        RunOutput::new(workspace.command(arguments).stdout(full()).output().unwrap())
            .expect_code(3)
            .expect_stderr("cannot be written to standard output");
    }
    assert!(workspace.path("out.iso").exists());
}

#[test]
fn an_interruption_leaves_everything_unchanged() {
    let workspace = slow(3 << 30).with("out.iso", "precious");
    let child = workspace.start(&["--force", "manifest.yaml", "out.iso"]);
    workspace.wait_for(".out.iso.", 1 << 20);
    signal(&child, "INT");
    RunOutput::new(child.wait_with_output().unwrap())
        .expect_code(130)
        .expect_stderr("interrupted; nothing was changed");
    assert_eq!(workspace.names(), ["files", "manifest.yaml", "out.iso"]);
    assert_eq!(fs::read(workspace.path("out.iso")).unwrap(), b"precious");
}

#[test]
fn a_killed_run_does_not_leave_a_partial_target() {
    let workspace = slow(3 << 30).with("out.iso", "precious");
    for output in ["out.iso", "new.iso"] {
        let mut child = workspace.start(&["--force", "manifest.yaml", output]);
        workspace.wait_for(&format!(".{output}."), 1 << 20);
        signal(&child, "KILL");
        child.wait().unwrap();
    }
    assert_eq!(fs::read(workspace.path("out.iso")).unwrap(), b"precious");
    assert!(!workspace.path("new.iso").exists() && !workspace.path("new.iso.sha256").exists());
}

#[test]
fn a_full_disk_leaves_the_existing_image_unchanged() {
    // In a separate mount namespace: a file system of 2 MB for a larger image.
    let workspace = Workspace::new().with("files/asia.pdf", vec![7; 4 << 20]).with("small/out.iso", "precious");
    let program = env!("CARGO_BIN_EXE_make-disc");
    let script = format!(
        "mount -t tmpfs -o size=2m none small && echo precious > small/out.iso || exit 99
         {program} --force manifest.yaml small/out.iso; echo \"code $?\"
         {program} manifest.yaml small/new.iso; echo \"code $?\"
         ls -A small; cat small/out.iso"
    );
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut unshare = Command::new("unshare");
    unshare.arg(if root { "-m" } else { "-mUr" }).args(["sh", "-c", &script]).current_dir(workspace.root());
    let output = RunOutput::new(unshare.output().unwrap()).expect_code(0);
    assert_eq!(output.stdout, "code 3\ncode 3\nout.iso\nprecious\n");
    // The space is checked before anything is written.
    assert_eq!(output.stderr.matches("is free; nothing was changed").count(), 2, "{}", output.stderr);
}

#[test]
fn a_source_that_changes_during_the_build_stops_the_build() {
    for (what, length) in [("shrank", 100), ("grew", 100 << 20)] {
        // The last file on the disc is blocked by a pipe that is not being read yet.
        let workspace =
            Workspace::new().with("files/africa.en.pdf", vec![1; 8 << 20]).with("files/asia.pdf", vec![2; 4 << 20]);
        let mut child = workspace.start(&["manifest.yaml", "-"]);
        let mut stdout = child.stdout.take().unwrap();
        let mut first = vec![0; 1 << 20];
        stdout.read_exact(&mut first).unwrap();
        fs::OpenOptions::new().write(true).open(workspace.path("files/asia.pdf")).unwrap().set_len(length).unwrap();
        std::io::copy(&mut stdout, &mut std::io::sink()).unwrap();
        RunOutput::new(child.wait_with_output().unwrap()).expect_code(3).expect_stderr(&format!(
            "`files/asia.pdf`: it {what} from 4194304 to {length} bytes while the disc was being made"
        ));
    }
}

#[test]
fn a_source_rewritten_at_the_same_length_stops_the_build() {
    let workspace = slow(3 << 30).with("files/africa.en.pdf", vec![1; 8 << 20]);
    let child = workspace.start(&["manifest.yaml", "out.iso"]);
    workspace.wait_for(".out.iso.", 1 << 20);
    fs::write(workspace.path("files/asia.pdf"), "now another text").unwrap();
    fs::OpenOptions::new().write(true).open(workspace.path("files/asia.pdf")).unwrap().set_len(3 << 30).unwrap();
    RunOutput::new(child.wait_with_output().unwrap())
        .expect_code(3)
        .expect_stderr("`files/asia.pdf`: it changed while the disc was being made");
    assert_eq!(workspace.names(), ["files", "manifest.yaml"]);
}

/// Starts a build to standard output, runs a shell script while the first file is being read and the last is not open yet,
/// and returns the image and the output.
fn change_during_build(workspace: &Workspace, options: &[&str], script: &str) -> (Vec<u8>, RunOutput) {
    let arguments = [options, &["manifest.yaml", "-"]].concat();
    let mut child = workspace.start(&arguments);
    let mut stdout = child.stdout.take().unwrap();
    let mut image = vec![0; 1 << 20];
    stdout.read_exact(&mut image).unwrap();
    let changed =
        Command::new("sh").args(["-ec", script]).current_dir(workspace.root().join("files")).status().unwrap();
    assert!(changed.success(), "{script}");
    stdout.read_to_end(&mut image).unwrap();
    (image, RunOutput::new(child.wait_with_output().unwrap()))
}

/// A workspace with a long first file.
fn long_first_file() -> Workspace {
    Workspace::new().with("files/africa.en.pdf", vec![1; 8 << 20]).with("files/asia.pdf", vec![2; 1 << 20])
}

#[test]
fn a_source_whose_metadata_alone_changes_does_not_stop_the_build() {
    let workspace = long_first_file();
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    let expected = fs::read(workspace.path("out.iso")).unwrap();
    // The first file is being read, the second is read later.
    for file in ["africa.en.pdf", "asia.pdf"] {
        for (change, options) in [
            ("ln FILE backup; rm backup", &["--no-search"][..]),
            ("chmod 600 FILE", &["--no-search"]),
            ("cp -p FILE copy; mv copy FILE", &["--no-search"]),
            // The time of modification is different: the bytes are compared with those that were read for the search.
            ("touch FILE", &[]),
        ] {
            let script = change.replace("FILE", file);
            let reference = if options.is_empty() {
                expected.clone()
            } else {
                workspace.command(&["--no-search", "manifest.yaml", "-"]).output().unwrap().stdout
            };
            let (image, output) = change_during_build(&workspace, options, &script);
            output.expect_code(0);
            assert!(image == reference, "{script}");
        }
    }
}

#[test]
fn a_source_with_other_bytes_but_the_same_length_and_time_is_noticed() {
    let rewrite = |file: &str, at: u32| {
        format!(
            "touch -r {file} kept; printf x | dd of={file} bs=1 seek={at} conv=notrunc status=none; touch -r kept {file}"
        )
    };
    // Bytes that were already read, and those of a file whose text was read for the search.
    for (script, file) in [(rewrite("africa.en.pdf", 10), "africa.en.pdf"), (rewrite("asia.pdf", 10), "asia.pdf")] {
        let words = format!("`files/{file}`: it changed while the disc was being made");
        change_during_build(&long_first_file(), &[], &script).1.expect_code(3).expect_stderr(&words);
    }
    // Without search, a file whose cover was drawn.
    let (_, output) = change_during_build(&long_first_file(), &["--no-search"], &rewrite("asia.pdf", 10));
    output.expect_code(3).expect_stderr("`files/asia.pdf`: it changed while the disc was being made");
    // Nothing was read from this file yet, not even for its cover, so the disc contains all of the new version.
    let manifest = MANIFEST.replace("  date: 2008-06-30\n", "  date: 2008-06-30\n  covers: false\n");
    let workspace = long_first_file().with("manifest.yaml", manifest);
    let (image, output) = change_during_build(&workspace, &["--no-search"], &rewrite("asia.pdf", 10));
    output.expect_code(0);
    let now = workspace.command(&["--no-search", "manifest.yaml", "-"]).output().unwrap();
    assert!(now.status.success() && now.stdout == image);
}

/// Runs a shell script in its own mount namespace, in the workspace. `$0` is the program.
fn run_with_mounts(workspace: &Workspace, script: &str) -> RunOutput {
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut unshare = Command::new("unshare");
    unshare.arg(if root { "-m" } else { "-mUr" }).args(["sh", "-c", script, env!("CARGO_BIN_EXE_make-disc")]);
    RunOutput::new(unshare.current_dir(workspace.root()).output().unwrap())
}

#[test]
fn a_read_only_folder_is_reported_before_anything_is_read() {
    let workspace = Workspace::new().with("medium/there", "");
    // The manifest does not exist: reading it would be another error.
    let output = run_with_mounts(
        &workspace,
        "mount -t tmpfs -o ro none medium || exit 99
         for run in 'none.yaml medium/out.iso' 'print none.yaml medium/out.pdf' 'check none.yaml --html medium/out.html' \\
             'stage none.yaml --zip medium/out.zip' 'stage none.yaml medium/stick' 'stage none.yaml medium' \\
             'init . --output medium/manifest.yaml'; do
             $0 $run; echo code $?
         done",
    );
    assert_eq!(output.stdout, "code 3\n".repeat(7), "{}", output.stderr);
    assert_eq!(
        output.stderr.matches("the file system is read-only; nothing was changed").count(),
        7,
        "{}",
        output.stderr
    );
}

#[test]
fn a_name_that_is_too_long_is_refused_before_anything_is_read() {
    let workspace = Workspace::new();
    let name = |length: usize, extension: &str| format!("{}{extension}", "x".repeat(length - extension.len()));
    let image = name(255, ".iso");
    workspace
        .run(&["none.yaml", &image])
        .expect_code(2)
        .expect_stderr("`.sha256` is added to it for the checksum file");
    workspace
        .run(&["none.yaml", &name(249, ".iso")])
        .expect_code(2)
        .expect_stderr("(at most 248 bytes in that folder; this name has 249)");
    let long = |extension: &str| name(256, extension);
    for run in [
        &["none.yaml", &long(".iso")][..],
        &["stage", "none.yaml", "--zip", &long(".zip")],
        &["stage", "none.yaml", &long("")],
        &["print", "none.yaml", &long(".pdf")],
        &["check", "none.yaml", "--html", &long(".html")],
        &["init", "files", "--output", &long(".yaml")],
    ] {
        workspace.run(run).expect_code(2).expect_stderr("use a shorter name");
    }
    assert_eq!(workspace.names(), ["files", "manifest.yaml"]);
    // Names of exactly the maximum length are accepted.
    workspace.run(&["--quiet", "manifest.yaml", &name(248, ".iso")]).expect_code(0);
    workspace.run(&["verify", &name(248, ".iso")]).expect_code(0);
    workspace.run(&["stage", "--quiet", "manifest.yaml", "--zip", &name(255, ".zip")]).expect_code(0);
    workspace.run(&["stage", "--quiet", "manifest.yaml", &name(255, "")]).expect_code(0);
    workspace.run(&["check", "--quiet", "manifest.yaml", "--html", &name(255, ".html")]).expect_code(0);
}

#[test]
fn a_limit_for_file_sizes_is_a_message_and_not_a_signal() {
    let workspace = Workspace::new().with("out.iso", "precious");
    let limited = |blocks: u32, arguments: &str| {
        let script = format!("ulimit -f {blocks}; exec $0 {arguments}");
        let mut shell = Command::new("bash");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_make-disc")]).current_dir(workspace.root());
        // The cache is empty, and the texts of the documents cannot be stored in it.
        RunOutput::new(shell.env("XDG_CACHE_HOME", workspace.path("cache")).output().unwrap())
    };
    // The limit, in units of 1024 bytes, is checked before writing.
    limited(100, "--force --no-search manifest.yaml out.iso")
        .expect_code(3)
        .expect_stderr("the limit for file sizes (`ulimit -f`) is 103 kB; nothing was changed");
    assert_eq!(fs::read(workspace.path("out.iso")).unwrap(), b"precious");
    limited(1, "stage --no-search manifest.yaml stick").expect_code(3).expect_stderr("(`ulimit -f`)");
    // The length of an archive, a page or a manifest is not known in advance, so writing fails.
    for (blocks, arguments) in [
        (20, "stage manifest.yaml --zip out.zip"),
        (1, "check manifest.yaml --html page.html"),
        (0, "init files --output new.yaml"),
    ] {
        limited(blocks, arguments).expect_code(3).expect_stderr("longer than the limit for file sizes (`ulimit -f`)");
    }
    fs::remove_dir_all(workspace.path("cache")).ok();
    assert_eq!(workspace.names(), ["files", "manifest.yaml", "out.iso"]);
}

/// The command after a label in the output, as a user copies it.
fn suggested_command(output: &RunOutput, label: &str) -> String {
    output.stdout.lines().find_map(|line| line.split_once(label)).unwrap().1.trim().to_owned()
}

#[test]
fn suggested_commands_work_with_every_name() {
    let bytes = |text: &[u8]| -> std::ffi::OsString { std::os::unix::ffi::OsStringExt::from_vec(text.to_vec()) };
    for (name, shown) in [
        (bytes(b"-x.iso"), "wrote      ./-x.iso\n"),
        (bytes(b"a b'c\"$d.iso"), "wrote      a b'c\"$d.iso\n"),
        (bytes(b"back\\slash.iso"), "wrote      back\\slash.iso\n"),
        (bytes(b"out\xff\xe9.iso"), "wrote      out\\xff\\xe9.iso\n"),
        (bytes(b"-dir \xff/-out\xff.iso"), "wrote      ./-dir \\xff/-out\\xff.iso\n"),
        ("été\u{202e}.iso".into(), "wrote      été\\u{202e}.iso\n"),
    ] {
        let workspace = Workspace::new();
        let path = workspace.root().join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let with_name = |arguments: &[&str]| RunOutput::new(workspace.command(arguments).arg(&name).output().unwrap());
        let built = with_name(&["manifest.yaml", "--"]).expect_code(0).expect_stdout(shown);
        let shell = |command: &str| {
            let path = format!(
                "{}:{}",
                Path::new(env!("CARGO_BIN_EXE_make-disc")).parent().unwrap().display(),
                std::env::var("PATH").unwrap()
            );
            let run = Command::new("bash")
                .args(["-c", command])
                .env("LC_ALL", "C.UTF-8")
                .env("PATH", path)
                .current_dir(workspace.root())
                .output();
            assert!(run.unwrap().status.success(), "{command}");
        };
        shell(&suggested_command(&built, "the image:"));
        with_name(&["verify", "--"]).expect_code(0).expect_stdout("published");
        with_name(&["manifest.yaml", "--"]).expect_code(2).expect_stderr("replace it with `--force`");
        // A folder of that name, without the extension of an image.
        let name = name.as_encoded_bytes().strip_suffix(b".iso").map(bytes).unwrap();
        let staged = workspace.command(&["stage", "manifest.yaml", "--"]).arg(&name).output().unwrap();
        let staged = RunOutput::new(staged).expect_code(0).expect_stdout(&shown.replace(".iso\n", "\n"));
        shell(&suggested_command(&staged, "check "));
    }
}

#[test]
fn a_link_that_leads_nowhere_is_named() {
    use std::os::unix::fs::symlink;
    let workspace = Workspace::new().with("good.yaml", MANIFEST);
    symlink("gone.iso", workspace.path("out.iso")).unwrap();
    symlink("/media/stick", workspace.path("discs")).unwrap();
    let to_stick = "symbolic link to `/media/stick`, which does not exist";
    workspace
        .run(&["manifest.yaml", "out.iso"])
        .expect_code(2)
        .expect_stderr("is a symbolic link to `gone.iso`, which does not exist");
    workspace
        .run(&["manifest.yaml", "discs/out.iso"])
        .expect_code(3)
        .expect_stderr(&format!("`discs` is a {to_stick}"));
    workspace
        .run(&["stage", "manifest.yaml", "discs/stick"])
        .expect_code(3)
        .expect_stderr(&format!("`discs` is a {to_stick}"));
    workspace.run(&["stage", "manifest.yaml", "discs"]).expect_code(2).expect_stderr(to_stick);
    workspace.run(&["verify", "out.iso"]).expect_code(3).expect_stderr("it is a symbolic link to `gone.iso`");
    workspace.run(&["check", "discs/manifest.yaml"]).expect_code(3).expect_stderr(&format!("`discs` is a {to_stick}"));
    workspace.run(&["init", "discs"]).expect_code(3).expect_stderr(&format!("it is a {to_stick}"));
    fs::remove_file(workspace.path("files/asia.pdf")).unwrap();
    symlink("../discs/asia.pdf", workspace.path("files/asia.pdf")).unwrap();
    symlink("gone.svg", workspace.path("emblem.svg")).unwrap();
    let with_emblem = format!("{MANIFEST}launcher:\n  emblem: emblem.svg\n");
    fs::write(workspace.path("manifest.yaml"), with_emblem).unwrap();
    workspace
        .run(&["check", "manifest.yaml"])
        .expect_code(1)
        .expect_stderr("`files/asia.pdf` is a symbolic link to `../discs/asia.pdf`, which does not exist")
        .expect_stderr("`emblem.svg` is a symbolic link to `gone.svg`, which does not exist");
}

#[test]
fn usage_errors_say_what_to_do() {
    let workspace = Workspace::new();
    workspace
        .run(&["manifest.yaml", "check"])
        .expect_code(2)
        .expect_stderr("did you mean `make-disc check manifest.yaml`?");
    workspace.run(&["manifest.yaml", "out.pdf"]).expect_code(2).expect_stderr("use a name such as `out.iso`");
    workspace
        .run(&["manifest.yaml", "CDs/out.iso"])
        .expect_code(3)
        .expect_stderr("the folder `CDs` does not exist: create it first");
    workspace.run(&["manifst.yaml", "out.iso"]).expect_code(3).expect_stderr("did you mean `manifest.yaml`?");
    workspace
        .run(&["check", "."])
        .expect_code(3)
        .expect_stderr("is a folder: give the manifest in it, `./manifest.yaml`");
    workspace
        .run(&["init", "manifest.yaml"])
        .expect_code(2)
        .expect_stderr("give the folder that contains the documents");
    let workspace = Workspace::new();
    workspace.run(&[]).expect_code(2).expect_stderr("make-disc manifest.yaml out.iso");
    for (written, command) in [("chek", "check"), ("schem", "schema"), ("completion", "completions"), ("mann", "man")] {
        let words = format!("did you mean `make-disc {command}`?");
        workspace.run(&[written, "manifest.yaml"]).expect_code(2).expect_stderr(&words);
        workspace.run(&[written]).expect_code(2).expect_stderr(&words);
    }
    workspace
        .run(&["out.iso", "manifest.yaml"])
        .expect_code(2)
        .expect_stderr("if the two names are swapped, give the manifest first, then the image");
    for name in ["build", "make", "create"] {
        let words = format!("there is no command `{name}`: `make-disc manifest.yaml out.iso` makes the disc");
        workspace.run(&[name, "manifest.yaml", "out.iso"]).expect_code(2).expect_stderr(&words);
        workspace.run(&[name, "--quiet", "manifest.yaml"]).expect_code(2).expect_stderr(&words);
    }
    workspace.run(&["manifest.yaml"]).expect_code(2).expect_stderr("<OUTPUT>");
    workspace.run(&["--help"]).expect_code(0).expect_stdout("Exit codes:");
    workspace.run(&["--version"]).expect_code(0).expect_stdout("make-disc ");
    workspace.run(&["--json", "manifest.yaml", "-"]).expect_code(2).expect_stderr("both need standard output");
}

#[test]
fn a_name_that_begins_with_a_hyphen_gets_a_remedy_that_works() {
    let workspace = Workspace::new();
    workspace
        .run(&["manifest.yaml", "-my disc.iso"])
        .expect_code(2)
        .expect_stderr("`-my disc.iso` is read as options: write `'./-my disc.iso'`");
    workspace.run(&["manifest.yaml", "./-my disc.iso"]).expect_code(0);
    workspace
        .run(&["verify", "-usb"])
        .expect_code(2)
        .expect_stderr("`-usb` is read as options: if it is the name of a file, write `./-usb`");
    workspace.run(&["check", "--htlm", "x.html"]).expect_code(2).expect_stderr("'--html'");
}

#[test]
fn the_digest_of_another_disc_is_not_printed() {
    let workspace = Workspace::new().with("other.yaml", MANIFEST.replace("TWO_REPORTS", "MY_DOCS"));
    workspace.run(&["other.yaml", "out.iso"]).expect_code(0);
    let print = |manifest| workspace.run(&["print", "--only", "label", "--image", "out.iso", manifest, "out.pdf"]);
    print("manifest.yaml")
        .expect_code(2)
        .expect_stderr("`out.iso` is the disc `MY_DOCS`, not `TWO_REPORTS`: give the image made from this manifest");
    assert!(!workspace.path("out.pdf").exists());
    print("other.yaml").expect_code(0);
}
