//! `verify` confirms what was published, and names what was not by its title in the collection.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Desk, MANIFEST, Ran};
use serde_json::Value;

/// A desk with the image of [`MANIFEST`] and its checksum file.
fn desk_with_image() -> Desk {
    let desk = Desk::new();
    desk.run(&["--quiet", "manifest.yaml", "out.iso"]).ended(0);
    desk
}

/// Where a text first occurs in the image.
fn find_text(image: &[u8], text: &str) -> usize {
    image.windows(text.len()).position(|window| window == text.as_bytes()).unwrap()
}

fn with_changed_image(desk: Desk, change: impl FnOnce(&mut Vec<u8>)) -> Desk {
    let mut image = fs::read(desk.path("out.iso")).unwrap();
    change(&mut image);
    desk.with("out.iso", image)
}

fn parse_json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap()
}

/// The folder `copy` with the files of the image, unpacked by another program.
fn unpack(desk: &Desk) -> PathBuf {
    let folder = desk.path("copy");
    fs::create_dir(&folder).unwrap();
    let image = desk.path("out.iso");
    let done = Command::new("bsdtar").arg("-xf").arg(image).arg("-C").arg(&folder).status().unwrap();
    assert!(done.success());
    let done = Command::new("chmod").args(["-R", "u+w"]).arg(&folder).status().unwrap();
    assert!(done.success());
    folder
}

#[test]
fn a_good_image_is_intact() {
    let desk = desk_with_image();
    let ran = desk.run(&["verify", "out.iso"]).ended(0);
    for words in ["volume     TWO_REPORTS", "verdict    INTACT", "the digest in `out.iso.sha256` matches the image"] {
        assert!(ran.stdout.contains(words), "{}", ran.stdout);
    }
    let result = parse_json(&desk.run(&["verify", "--json", "out.iso"]).ended(0));
    assert_eq!((result["ok"].as_bool(), result["kind"].as_str()), (Some(true), Some("image")));
    assert_eq!(result["files_listed"], result["files_intact"]);
    let sidecar = fs::read_to_string(desk.path("out.iso.sha256")).unwrap();
    assert_eq!(result["sha256"].as_str().unwrap(), &sidecar[..64]);
    assert_eq!(desk.run(&["verify", "--quiet", "out.iso"]).ended(0).stdout, "");
}

#[test]
fn a_changed_document_is_named_by_its_title() {
    let desk = with_changed_image(desk_with_image(), |image| {
        let at = find_text(image, "Afrique, en langue de Paris");
        image[at] ^= 1;
    });
    let ran = desk.run(&["verify", "out.iso"]).ended(4);
    let expected = "changed    “Africa” (French, PDF): does not match the checksum list\n           \
                documents/needs/africa_fr.pdf\n";
    assert!(ran.stdout.contains(expected), "{}", ran.stdout);
    let ran = ran.printed("verdict    NOT INTACT: 1 changed, 1 in a published digest");
    assert!(!ran.stdout.contains("structure"), "{}", ran.stdout);
}

#[test]
fn unreadable_sectors_are_named_and_the_rest_is_checked() {
    let desk = Desk::new().with("files/africa.fr.pdf", vec![b'x'; 40 * 2048]);
    desk.run(&["--quiet", "manifest.yaml", "out.iso"]).ended(0);
    let image = fs::read(desk.path("out.iso")).unwrap();
    let first = find_text(&image, &"x".repeat(2048)) / 2048;
    let shim = desk.path("scratched.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/common/scratched.c");
    let made = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&shim).arg(source).arg("-ldl").status();
    assert!(made.unwrap().success());
    let scratched = |sectors: String| {
        let mut command = desk.command(&["verify", "out.iso"]);
        let file = fs::canonicalize(desk.path("out.iso")).unwrap();
        command.env("LD_PRELOAD", &shim).env("SCRATCHED_FILE", file).env("SCRATCHED_SECTORS", sectors);
        Ran::of(command.output().unwrap()).ended(4)
    };
    let ran = scratched(format!("{},14", first + 3));
    let expected =
        format!("unreadable “Africa” (French, PDF): 14 unreadable sectors starting at sector {}\n", first + 3);
    assert!(ran.stdout.contains(&expected), "{}", ran.stdout);
    assert!(ran.stdout.contains("NOT INTACT: 1 unreadable, 1 in a published digest"), "{}", ran.stdout);
    // If a directory of one tree is unreadable, every file can still be found through the other tree.
    let root = u32::from_le_bytes(image[16 * 2048 + 158..][..4].try_into().unwrap());
    let ran = scratched(format!("{root},1"));
    assert!(ran.stdout.contains("the primary root directory: sector 19 is unreadable"), "{}", ran.stdout);
    let files = ran.stdout.lines().find(|line| line.starts_with("files")).unwrap();
    let numbers: Vec<&str> = files.split_whitespace().collect();
    assert_eq!(numbers[1], numbers[3], "{files}");
}

#[test]
fn documents_lost_from_a_cut_image_are_named() {
    let desk = with_changed_image(desk_with_image(), |image| {
        let at = find_text(image, "Afrique, en langue de Paris");
        image.truncate(at);
    });
    let ran = desk.run(&["verify", "out.iso"]).ended(4).printed("requirement 3: it is cut off");
    let damaged = ran.stdout.lines().find(|line| line.contains("documents/needs/africa_fr.pdf: sector "));
    assert!(damaged.is_some_and(|line| line.contains("unreadable")), "{}", ran.stdout);
    assert!(!ran.stdout.contains("documents/needs/africa_en.pdf"), "{}", ran.stdout);
}

#[test]
fn sectors_after_the_volume_and_a_wrong_checksum_file_are_noticed() {
    let desk = with_changed_image(desk_with_image(), |image| image.extend_from_slice(&[0; 4096]));
    desk.run(&["verify", "out.iso"])
        .ended(4)
        .printed("requirement 3: the image continues 2 sectors past the end of the volume");
    let desk = desk_with_image().with("out.iso.sha256", format!("{}  out.iso\n", "0".repeat(64)));
    desk.run(&["verify", "out.iso"]).ended(4).printed("the digest in `out.iso.sha256` does not match the image");
    let desk = desk_with_image().with("out.iso.sha256", "nothing\n");
    desk.run(&["verify", "out.iso"]).ended(4).printed("the digest in `out.iso.sha256` cannot be read");
}

#[test]
fn a_published_digest_confirms_an_image_or_a_list() {
    let desk = desk_with_image();
    let result = parse_json(&desk.run(&["verify", "--json", "out.iso"]).ended(0));
    for key in ["sha256", "sha256_of_list"] {
        desk.run(&["verify", "--sha256", result[key].as_str().unwrap(), "out.iso"]).ended(0);
    }
    desk.run(&["verify", "--sha256", &"0".repeat(64), "out.iso"])
        .ended(4)
        .printed("matches neither the image nor the checksum list");
    desk.run(&["verify", "--sha256", "0815", "out.iso"]).ended(2).said("64 digits");
    let folder = unpack(&desk);
    let list = result["sha256_of_list"].as_str().unwrap();
    desk.run(&["verify", "--sha256", list, folder.to_str().unwrap()]).ended(0).printed("matches the checksum list");
    let whole = result["sha256"].as_str().unwrap();
    desk.run(&["verify", "--sha256", whole, folder.to_str().unwrap()]).ended(4);
}

#[test]
fn changes_in_a_copied_folder_are_reported() {
    let desk = desk_with_image();
    let folder = unpack(&desk);
    desk.run(&["verify", "copy"]).ended(0).printed("verdict    INTACT");
    fs::write(folder.join(".DS_Store"), "x").unwrap();
    desk.run(&["verify", "copy"]).ended(0).printed("`.DS_Store` was added by an operating system");
    fs::write(folder.join("documents/needs/asia_en.pdf"), "Asie").unwrap();
    fs::remove_file(folder.join("documents/needs/africa_fr.pdf")).unwrap();
    fs::write(folder.join("new.txt"), "new").unwrap();
    let ran = desk.run(&["verify", "copy"]).ended(4);
    for expected in [
        "changed    “Asia” (English, PDF): does not match the checksum list",
        "missing    “Africa” (French, PDF): is in the checksum list but not there",
        "added      new.txt: is not in the checksum list",
        "NOT INTACT: 1 changed, 1 missing, 1 added",
    ] {
        assert!(ran.stdout.contains(expected), "{expected}:\n{}", ran.stdout);
    }
    fs::remove_file(folder.join("SHA256SUMS")).unwrap();
    desk.run(&["verify", "copy"]).ended(4).printed("there is no checksum list");
}

#[test]
fn sectors_after_the_volume_are_not_part_of_its_digest() {
    let desk = desk_with_image();
    let mut bytes = fs::read(desk.path("out.iso")).unwrap();
    bytes.extend([1; 6144]);
    fs::write(desk.path("out.iso"), bytes).unwrap();
    let ran =
        desk.run(&["verify", "out.iso"]).ended(4).printed("the image continues 3 sectors past the end of the volume");
    let ran = ran
        .printed("the volume, without what follows it")
        .printed("matches the volume without the sectors after its end");
    assert!(!ran.stdout.contains("the whole"), "{}", ran.stdout);
}

#[test]
fn a_digest_is_read_in_every_common_format() {
    let desk = desk_with_image();
    let text = fs::read_to_string(desk.path("out.iso.sha256")).unwrap();
    let digest = &text[..64];
    for form in [
        format!("SHA256 (out.iso) = {digest}\n"),
        format!("{} *out.iso\r\n", digest.to_uppercase()),
        format!("{digest}\n"),
        format!("{}  other_out.iso\n{digest}  out.iso\n", "0".repeat(64)),
    ] {
        fs::write(desk.path("out.iso.sha256"), &form).unwrap();
        desk.run(&["verify", "out.iso"]).ended(0).printed("`out.iso.sha256` matches the image");
    }
    fs::write(desk.path("out.iso.sha256"), "nothing\n").unwrap();
    desk.run(&["verify", "out.iso"]).ended(4).printed("the digest in `out.iso.sha256` cannot be read");
}

#[test]
fn a_single_name_in_different_case_is_reported() {
    let desk = desk_with_image();
    let folder = unpack(&desk);
    let rename = |from: &str, to: &str| fs::rename(folder.join(from), folder.join(to)).unwrap();
    rename("index.html", "INDEX.HTML");
    let ran = desk.run(&["verify", "copy"]).ended(4);
    assert!(ran.stdout.contains("is there as `INDEX.HTML`"), "{}", ran.stdout);
    rename("INDEX.HTML", "index.html");
    // A copy of a document under another name does not belong to the disc.
    fs::copy(folder.join("documents/needs/asia_en.pdf"), folder.join("documents/needs/asia_ru.pdf")).unwrap();
    desk.run(&["verify", "copy"]).ended(4).printed("documents/needs/asia_ru.pdf: is not in the checksum list");
    fs::remove_file(folder.join("documents/needs/asia_ru.pdf")).unwrap();
    // As if a text editor had converted the line endings.
    let list = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    fs::remove_file(folder.join("SHA256SUMS")).unwrap();
    fs::write(folder.join("SHA256SUMS"), list.replace('\n', "\r\n")).unwrap();
    let ran = desk.run(&["verify", "copy"]).ended(4).printed("has Windows line endings");
    assert!(ran.stdout.contains("NOT PROVEN: 1 in the checksum list"), "{}", ran.stdout);
}

#[test]
fn a_folder_with_all_names_in_lower_case_is_intact() {
    let desk = desk_with_image();
    let folder = unpack(&desk);
    fs::rename(folder.join("SHA256SUMS"), folder.join("sha256sums")).unwrap();
    desk.run(&["verify", "copy"]).ended(0);
    fs::write(folder.join("sha256sums"), "").unwrap();
    desk.run(&["verify", "copy"]).ended(4).printed("names no files");
}

#[test]
fn missing_changed_and_added_files_are_found_with_the_manifest() {
    let desk = desk_with_image();
    desk.run(&["verify", "--manifest", "manifest.yaml", "out.iso"])
        .ended(0)
        .printed("it is identical, byte for byte, to what the manifest makes");
    let desk = desk.with("files/asia.pdf", "Asia, second edition").with("files/asia.fr.pdf", "L’Asie");
    let edited = MANIFEST.replace("en: files/asia.pdf", "en: files/asia.pdf, fr: files/asia.fr.pdf");
    let edited = edited.replace("en: files/africa.en.pdf, ", "");
    let desk = desk.with("manifest.yaml", edited);
    let ran = desk.run(&["verify", "--manifest", "manifest.yaml", "out.iso"]).ended(4);
    for expected in [
        "documents/needs/asia_en.pdf: the manifest would make different contents",
        "documents/needs/asia_fr.pdf: the manifest would make this file, but it is not there",
        "documents/needs/africa_en.pdf: it is there, but the manifest would not make it",
    ] {
        assert!(ran.stdout.contains(expected), "{expected}:\n{}", ran.stdout);
    }
    let desk = Desk::new();
    desk.run(&["--quiet", "manifest.yaml", "out.iso"]).ended(0);
    let desk = desk.with("manifest.yaml", MANIFEST.replace("2008-06-30", "2009-06-30"));
    desk.run(&["verify", "--manifest", "manifest.yaml", "out.iso"]).ended(4);
    let desk = desk.with("manifest.yaml", "disc: {}");
    desk.run(&["verify", "--manifest", "manifest.yaml", "out.iso"]).ended(1).said("no disc can be made from");
}

#[test]
fn an_implanted_media_check_is_checked() {
    let desk = Desk::new();
    desk.run(&["--quiet", "--media-check", "manifest.yaml", "out.iso"]).ended(0);
    let ran = desk.run(&["verify", "--manifest", "manifest.yaml", "out.iso"]).ended(0);
    let ran = ran.printed("the implanted check passes");
    assert!(ran.stdout.contains("byte for byte"), "{}", ran.stdout);
    let desk = with_changed_image(desk, |image| {
        let at = find_text(image, "ISO MD5SUM = ") + 13;
        image[at] = if image[at] == b'0' { b'1' } else { b'0' };
    });
    fs::remove_file(desk.path("out.iso.sha256")).unwrap();
    desk.run(&["verify", "out.iso"]).ended(4).printed("requirement 14: the implanted media check fails");
}

#[test]
fn a_broken_link_is_noticed() {
    let desk = desk_with_image();
    let folder = unpack(&desk);
    let page = folder.join("pages/en/list.html");
    let text = fs::read_to_string(&page).unwrap().replace("asia_en.pdf", "asia_xx.pdf");
    fs::write(&page, &text).unwrap();
    // With the new digest of the page in the list, only the link is wrong.
    let sums = Command::new("sha256sum").arg("pages/en/list.html").current_dir(&folder).output().unwrap();
    let list = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let line = String::from_utf8(sums.stdout).unwrap();
    let list: String = list
        .lines()
        .map(|old| if old.ends_with("  pages/en/list.html") { line.clone() } else { format!("{old}\n") })
        .collect();
    fs::write(folder.join("SHA256SUMS"), list).unwrap();
    let ran = desk.run(&["verify", "copy"]).ended(4);
    assert!(
        ran.stdout.contains("(English): the link to `../../documents/needs/asia_xx.pdf` is broken"),
        "{}",
        ran.stdout
    );
}

#[test]
fn targets_that_cannot_be_verified_are_refused() {
    let desk = desk_with_image();
    desk.run(&["verify", "nothing.iso"]).ended(3).said("there is no such file or folder");
    desk.run(&["verify", "manifest.yaml"])
        .ended(4)
        .said("is not a disc image: name an image, a drive such as /dev/sr0");
    desk.run(&["verify", "/dev/null"]).ended(2).said("neither an image, a drive nor a folder");
    let ran = desk.run(&["verify", "files"]).ended(4).printed("there is no checksum list");
    ran.printed("NOT PROVEN: 1 in the checksum list");
    File::create(desk.path("empty.iso")).unwrap();
    desk.run(&["verify", "--json", "empty.iso"]).ended(4);
    desk.run(&["verifi", "out.iso"]).ended(2);
}
