//! `verify` confirms what was published, and names damaged documents by their titles.

#![allow(clippy::unwrap_used)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{MANIFEST, RunOutput, Workspace};
use md5::Digest as _;
use serde_json::Value;

/// A workspace with the image of [`MANIFEST`] and its checksum file.
fn workspace_with_image() -> Workspace {
    let workspace = Workspace::new();
    workspace.run(&["--quiet", "manifest.yaml", "out.iso"]).expect_code(0);
    workspace
}

/// Where a text first occurs in the image.
fn find_text(image: &[u8], text: &str) -> usize {
    image.windows(text.len()).position(|window| window == text.as_bytes()).unwrap()
}

fn with_changed_image(workspace: Workspace, change: impl FnOnce(&mut Vec<u8>)) -> Workspace {
    let mut image = fs::read(workspace.path("out.iso")).unwrap();
    change(&mut image);
    workspace.with("out.iso", image)
}

fn parse_json(output: &RunOutput) -> Value {
    serde_json::from_str(&output.stdout).unwrap()
}

/// The folder `copy` with the files of the image, unpacked by another program.
fn unpack(workspace: &Workspace) -> PathBuf {
    let folder = workspace.path("copy");
    fs::create_dir(&folder).unwrap();
    let image = workspace.path("out.iso");
    let done = Command::new("bsdtar").arg("-xf").arg(image).arg("-C").arg(&folder).status().unwrap();
    assert!(done.success());
    let done = Command::new("chmod").args(["-R", "u+w"]).arg(&folder).status().unwrap();
    assert!(done.success());
    folder
}

#[test]
fn a_good_image_is_intact() {
    let workspace = workspace_with_image();
    let output = workspace.run(&["verify", "out.iso"]).expect_code(0);
    for words in ["volume     TWO_REPORTS", "verdict    INTACT", "the digest in `out.iso.sha256` matches the image"] {
        assert!(output.stdout.contains(words), "{}", output.stdout);
    }
    let result = parse_json(&workspace.run(&["verify", "--json", "out.iso"]).expect_code(0));
    assert_eq!((result["ok"].as_bool(), result["kind"].as_str()), (Some(true), Some("image")));
    assert_eq!(result["files_listed"], result["files_intact"]);
    let checksum_file = fs::read_to_string(workspace.path("out.iso.sha256")).unwrap();
    assert_eq!(result["sha256"].as_str().unwrap(), &checksum_file[..64]);
    assert_eq!(workspace.run(&["verify", "--quiet", "out.iso"]).expect_code(0).stdout, "");
}

#[test]
fn a_changed_document_is_named_by_its_title() {
    let workspace = with_changed_image(workspace_with_image(), |image| {
        let at = find_text(image, "Afrique, en langue de Paris");
        image[at] ^= 1;
    });
    let output = workspace.run(&["verify", "out.iso"]).expect_code(4);
    let expected = "changed    “Africa” (French, PDF): does not match the checksum list\n           \
                documents/needs/africa_fr.pdf\n";
    assert!(output.stdout.contains(expected), "{}", output.stdout);
    let output = output.expect_stdout("verdict    NOT INTACT: 1 file changed, 1 published digest not matched");
    assert!(output.stdout.contains("structure  sound\n"), "{}", output.stdout);
}

#[test]
fn unreadable_sectors_are_named_and_the_rest_is_checked() {
    let workspace = Workspace::new().with("files/africa.fr.pdf", vec![b'x'; 40 * 2048]);
    workspace.run(&["--quiet", "manifest.yaml", "out.iso"]).expect_code(0);
    let image = fs::read(workspace.path("out.iso")).unwrap();
    let first = find_text(&image, &"x".repeat(2048)) / 2048;
    let shim = workspace.path("scratched.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/common/scratched.c");
    let compiled =
        Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&shim).arg(source).arg("-ldl").status();
    assert!(compiled.unwrap().success());
    let scratched = |sectors: String| {
        let mut command = workspace.command(&["verify", "out.iso"]);
        let file = fs::canonicalize(workspace.path("out.iso")).unwrap();
        command.env("LD_PRELOAD", &shim).env("SCRATCHED_FILE", file).env("SCRATCHED_SECTORS", sectors);
        RunOutput::new(command.output().unwrap()).expect_code(4)
    };
    let output = scratched(format!("{},14", first + 3));
    let expected =
        format!("unreadable “Africa” (French, PDF): 14 unreadable sectors starting at sector {}\n", first + 3);
    assert!(output.stdout.contains(&expected), "{}", output.stdout);
    output.expect_stdout("NOT INTACT: 1 read error, 1 published digest not matched");
    // If a directory of one tree is unreadable, every file can still be found through the other tree.
    let root = u32::from_le_bytes(image[16 * 2048 + 158..][..4].try_into().unwrap());
    let output = scratched(format!("{root},1"));
    assert!(output.stdout.contains("the primary root directory: sector 19 is unreadable"), "{}", output.stdout);
    let files = output.stdout.lines().find(|line| line.starts_with("files")).unwrap();
    let numbers: Vec<&str> = files.split_whitespace().collect();
    assert_eq!(numbers[1], numbers[3], "{files}");
}

#[test]
fn documents_lost_from_a_cut_image_are_named() {
    let workspace = with_changed_image(workspace_with_image(), |image| {
        let at = find_text(image, "Afrique, en langue de Paris");
        image.truncate(at);
    });
    let output =
        workspace.run(&["verify", "out.iso"]).expect_code(4).expect_stdout("requirement 3: the volume is cut off");
    let damaged = output.stdout.lines().find(|line| line.contains("documents/needs/africa_fr.pdf: sector "));
    assert!(damaged.is_some_and(|line| line.contains("unreadable")), "{}", output.stdout);
    assert!(!output.stdout.contains("documents/needs/africa_en.pdf"), "{}", output.stdout);
}

/// The header of error correction in dvdisaster's format RS02, for an image of this many sectors.
fn rs02_header(sectors: u64, fingerprint_sector: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 4096];
    header[..16].copy_from_slice(b"*dvdisaster*RS02");
    header[20..36].copy_from_slice(&md5::Md5::digest(fingerprint_sector));
    header[68..76].copy_from_slice(&sectors.to_le_bytes());
    header[92] = 16;
    header[96..100].copy_from_slice(&0x4c_5047_u32.to_le_bytes());
    let crc = !crc32fast::hash(&header);
    header[96..100].copy_from_slice(&crc.to_le_bytes());
    header
}

#[test]
fn sectors_after_the_volume_and_a_wrong_checksum_file_are_noticed() {
    // Drives and disc-reading programs add zeros.
    let with_sectors =
        |bytes: &[u8]| with_changed_image(workspace_with_image(), |image| image.extend_from_slice(bytes));
    let output = with_sectors(&[0; 4096]).run(&["verify", "out.iso"]).expect_code(0);
    assert!(output.stdout.contains("note       the image continues 2 sectors past the end"), "{}", output.stdout);
    let image = fs::read(workspace_with_image().path("out.iso")).unwrap();
    let sectors = (image.len() / 2048) as u64;
    let with_correction = |sectors, fingerprint_sector: &[u8]| {
        let header = rs02_header(sectors, fingerprint_sector);
        with_sectors(&[&[0; 2048][..], &header, &[0; 2048]].concat())
    };
    with_correction(sectors, &image[16 * 2048..17 * 2048])
        .run(&["verify", "out.iso"])
        .expect_code(0)
        .expect_stdout("with error correction of dvdisaster in the format RS02, of which only the header was checked");
    // Error correction of other images, and error correction with a damaged header.
    with_correction(sectors + 4, &image[16 * 2048..17 * 2048]).run(&["verify", "out.iso"]).expect_code(4);
    with_correction(sectors, &image[17 * 2048..18 * 2048]).run(&["verify", "out.iso"]).expect_code(4);
    let mut correction = [&[0; 2048], &rs02_header(sectors, &image[16 * 2048..17 * 2048])[..], &[0; 2048]].concat();
    correction[2048 + 1000] = 1;
    with_sectors(&correction)
        .run(&["verify", "out.iso"])
        .expect_code(4)
        .expect_stdout("the image continues 4 sectors past the end");
    correction[2048 + 1000] = 0;
    // The error correction, and after it a whole image.
    let another = fs::read(workspace_with_image().path("out.iso")).unwrap();
    with_sectors(&[&correction[..], &another].concat())
        .run(&["verify", "out.iso"])
        .expect_code(4)
        .expect_stdout("has another volume descriptor, which may belong to a later session that starts at sector");
    correction[2047] = 1;
    with_sectors(&correction)
        .run(&["verify", "out.iso"])
        .expect_code(4)
        .expect_stdout("requirement 3: the image continues 4 sectors past the end of the volume");
    let workspace = workspace_with_image().with("out.iso.sha256", format!("{}  out.iso\n", "0".repeat(64)));
    workspace
        .run(&["verify", "out.iso"])
        .expect_code(4)
        .expect_stdout("the digest in `out.iso.sha256` does not match the image");
    let workspace = workspace_with_image().with("out.iso.sha256", "nothing\n");
    workspace.run(&["verify", "out.iso"]).expect_code(4).expect_stdout("the digest in `out.iso.sha256` cannot be used");
}

#[test]
fn a_published_digest_confirms_an_image_or_a_list() {
    let workspace = workspace_with_image();
    let result = parse_json(&workspace.run(&["verify", "--json", "out.iso"]).expect_code(0));
    for key in ["sha256", "sha256_of_list"] {
        workspace.run(&["verify", "--sha256", result[key].as_str().unwrap(), "out.iso"]).expect_code(0);
    }
    workspace
        .run(&["verify", "--sha256", &"0".repeat(64), "out.iso"])
        .expect_code(4)
        .expect_stdout("matches neither the image nor the checksum list");
    workspace.run(&["verify", "--sha256", "0815", "out.iso"]).expect_code(2).expect_stderr("64 digits");
    let folder = unpack(&workspace);
    let list = result["sha256_of_list"].as_str().unwrap();
    workspace
        .run(&["verify", "--sha256", list, folder.to_str().unwrap()])
        .expect_code(0)
        .expect_stdout("matches the checksum list");
    let whole = result["sha256"].as_str().unwrap();
    workspace.run(&["verify", "--sha256", whole, folder.to_str().unwrap()]).expect_code(4);
}

#[test]
fn changes_in_a_copied_folder_are_reported() {
    let workspace = workspace_with_image();
    let folder = unpack(&workspace);
    workspace.run(&["verify", "copy"]).expect_code(0).expect_stdout("verdict    INTACT");
    fs::write(folder.join(".DS_Store"), "x").unwrap();
    workspace.run(&["verify", "copy"]).expect_code(0).expect_stdout(
        "`.DS_Store` is not in the checksum list, and was not checked: operating systems add files with such names",
    );
    fs::write(folder.join("documents/needs/asia_en.pdf"), "Asie").unwrap();
    fs::remove_file(folder.join("documents/needs/africa_fr.pdf")).unwrap();
    fs::write(folder.join("new.txt"), "new").unwrap();
    let output = workspace.run(&["verify", "copy"]).expect_code(4);
    for expected in [
        "changed    “Asia” (English, PDF): does not match the checksum list",
        "missing    “Africa” (French, PDF): is in the checksum list but does not exist",
        "added      new.txt: is not in the checksum list",
        "NOT INTACT: 1 file changed, 1 file missing, 1 file added",
    ] {
        assert!(output.stdout.contains(expected), "{expected}:\n{}", output.stdout);
    }
    fs::remove_file(folder.join("SHA256SUMS")).unwrap();
    workspace.run(&["verify", "copy"]).expect_code(4).expect_stdout("there is no checksum list");
}

#[test]
fn sectors_after_the_volume_are_not_part_of_its_digest() {
    let workspace = workspace_with_image();
    let mut bytes = fs::read(workspace.path("out.iso")).unwrap();
    bytes.extend([1; 6144]);
    fs::write(workspace.path("out.iso"), bytes).unwrap();
    let output = workspace
        .run(&["verify", "out.iso"])
        .expect_code(4)
        .expect_stdout("the image continues 3 sectors past the end of the volume");
    let output = output
        .expect_stdout("the volume (without the bytes after its end)")
        .expect_stdout("matches the volume (without the bytes after its end)");
    assert!(!output.stdout.contains("the whole"), "{}", output.stdout);
}

#[test]
fn a_digest_is_read_in_every_common_format() {
    let workspace = workspace_with_image();
    let text = fs::read_to_string(workspace.path("out.iso.sha256")).unwrap();
    let digest = &text[..64];
    for form in [
        format!("SHA256 (out.iso) = {digest}\n"),
        format!("{} *out.iso\r\n", digest.to_uppercase()),
        format!("{digest}\n"),
        format!("{}  other_out.iso\n{digest}  out.iso\n", "0".repeat(64)),
    ] {
        fs::write(workspace.path("out.iso.sha256"), &form).unwrap();
        workspace.run(&["verify", "out.iso"]).expect_code(0).expect_stdout("`out.iso.sha256` matches the image");
    }
    fs::write(workspace.path("out.iso.sha256"), "nothing\n").unwrap();
    workspace.run(&["verify", "out.iso"]).expect_code(4).expect_stdout("the digest in `out.iso.sha256` cannot be used");
}

#[test]
fn small_deviations_in_a_folder_are_reported() {
    let workspace = workspace_with_image();
    let folder = unpack(&workspace);
    let rename = |from: &str, to: &str| fs::rename(folder.join(from), folder.join(to)).unwrap();
    rename("index.html", "INDEX.HTML");
    let output = workspace.run(&["verify", "copy"]).expect_code(4);
    assert!(output.stdout.contains("is named `INDEX.HTML` here"), "{}", output.stdout);
    rename("INDEX.HTML", "index.html");
    // A copy of a document under another name does not belong to the disc.
    fs::copy(folder.join("documents/needs/asia_en.pdf"), folder.join("documents/needs/asia_ru.pdf")).unwrap();
    workspace
        .run(&["verify", "copy"])
        .expect_code(4)
        .expect_stdout("documents/needs/asia_ru.pdf: is not in the checksum list");
    fs::remove_file(folder.join("documents/needs/asia_ru.pdf")).unwrap();
    // The checksum list after a text editor has converted its line endings.
    let list = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    fs::remove_file(folder.join("SHA256SUMS")).unwrap();
    fs::write(folder.join("SHA256SUMS"), list.replace('\n', "\r\n")).unwrap();
    workspace.run(&["verify", "copy"]).expect_code(0).expect_stdout("the checksum list was changed by a text editor");
}

#[test]
fn a_folder_with_all_names_in_lower_case_is_intact() {
    let workspace = workspace_with_image();
    let folder = unpack(&workspace);
    fs::rename(folder.join("SHA256SUMS"), folder.join("sha256sums")).unwrap();
    workspace.run(&["verify", "copy"]).expect_code(0);
    fs::write(folder.join("sha256sums"), "").unwrap();
    workspace.run(&["verify", "copy"]).expect_code(4).expect_stdout("names no files");
}

#[test]
fn a_renamed_file_with_a_second_dot_is_not_taken_for_plain_iso_9660() {
    let workspace = workspace_with_image();
    let folder = workspace.path("renamed");
    fs::create_dir(&folder).unwrap();
    let digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    fs::write(folder.join("sha256.sum"), format!("{digest}  a.txt\n{digest}  readme\n")).unwrap();
    fs::write(folder.join("a.txt"), "a").unwrap();
    fs::write(folder.join("readme."), "a").unwrap();
    workspace.run(&["verify", "renamed"]).expect_code(0).expect_stdout("end with a dot");
    fs::rename(folder.join("a.txt"), folder.join("a.txt.")).unwrap();
    workspace.run(&["verify", "renamed"]).expect_code(4).expect_stdout("added      a.txt.: is not in");
}

#[test]
fn missing_changed_and_added_files_are_found_with_the_manifest() {
    let workspace = workspace_with_image();
    workspace
        .run(&["verify", "--manifest", "manifest.yaml", "out.iso"])
        .expect_code(0)
        .expect_stdout("it is identical, byte for byte, to the image made from the manifest");
    let workspace = workspace.with("files/asia.pdf", "Asia, second edition").with("files/asia.fr.pdf", "L’Asie");
    let edited = MANIFEST.replace("en: files/asia.pdf", "en: files/asia.pdf, fr: files/asia.fr.pdf");
    let edited = edited.replace("en: files/africa.en.pdf, ", "");
    let workspace = workspace.with("manifest.yaml", edited);
    let output = workspace.run(&["verify", "--manifest", "manifest.yaml", "out.iso"]).expect_code(4);
    for expected in [
        "documents/needs/asia_en.pdf: the manifest would make different contents",
        "documents/needs/asia_fr.pdf: the manifest would make this file, but it does not exist",
        "documents/needs/africa_en.pdf: the manifest would not make this file",
    ] {
        assert!(output.stdout.contains(expected), "{expected}:\n{}", output.stdout);
    }
    let workspace = Workspace::new();
    workspace.run(&["--quiet", "manifest.yaml", "out.iso"]).expect_code(0);
    let workspace = workspace.with("manifest.yaml", MANIFEST.replace("2008-06-30", "2009-06-30"));
    workspace.run(&["verify", "--manifest", "manifest.yaml", "out.iso"]).expect_code(4);
    let workspace = workspace.with("manifest.yaml", "disc: {}");
    workspace
        .run(&["verify", "--manifest", "manifest.yaml", "out.iso"])
        .expect_code(1)
        .expect_stderr("no disc can be made from");
}

#[test]
fn an_implanted_media_check_is_checked() {
    let workspace = Workspace::new();
    workspace.run(&["--quiet", "--media-check", "manifest.yaml", "out.iso"]).expect_code(0);
    let output = workspace.run(&["verify", "--manifest", "manifest.yaml", "out.iso"]).expect_code(0);
    let output = output.expect_stdout("the media check passes");
    assert!(output.stdout.contains("byte for byte"), "{}", output.stdout);
    let workspace = with_changed_image(workspace, |image| {
        let at = find_text(image, "ISO MD5SUM = ") + 13;
        image[at] = if image[at] == b'0' { b'1' } else { b'0' };
    });
    fs::remove_file(workspace.path("out.iso.sha256")).unwrap();
    workspace.run(&["verify", "out.iso"]).expect_code(4).expect_stdout("requirement 14: the media check fails");
}

#[test]
fn a_broken_link_is_noticed() {
    let workspace = workspace_with_image();
    let folder = unpack(&workspace);
    let page = folder.join("pages/en/list.html");
    let text = fs::read_to_string(&page).unwrap().replace("asia_en.pdf", "asia_xx.pdf");
    fs::write(&page, &text).unwrap();
    // The page has two links to the same missing file.
    let text = text.replacen("</body>", r#"<a href="../../documents/needs/asia_xx.pdf#page=2">2</a></body>"#, 1);
    fs::write(&page, &text).unwrap();
    // The list contains the new digest of the page, so only the link is wrong.
    let sums = Command::new("sha256sum").arg("pages/en/list.html").current_dir(&folder).output().unwrap();
    let list = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let line = String::from_utf8(sums.stdout).unwrap();
    let list: String = list
        .lines()
        .map(|old| if old.ends_with("  pages/en/list.html") { line.clone() } else { format!("{old}\n") })
        .collect();
    fs::write(folder.join("SHA256SUMS"), list).unwrap();
    let output = workspace.run(&["verify", "copy"]).expect_code(4);
    assert!(
        output.stdout.contains("(English): the link to `../../documents/needs/asia_xx.pdf` is broken"),
        "{}",
        output.stdout
    );
    let output = output.expect_stdout("1 broken link");
    // A listed file that is missing is one problem, however many pages link to it.
    fs::remove_file(folder.join("documents/needs/africa_en.pdf")).unwrap();
    let broken = output.stdout.matches("is broken").count();
    let output = workspace.run(&["verify", "copy"]).expect_code(4).expect_stdout("africa_en.pdf");
    assert_eq!(output.stdout.matches("is broken").count(), broken, "{}", output.stdout);
}

#[test]
fn targets_that_cannot_be_verified_are_refused() {
    let workspace = workspace_with_image();
    workspace.run(&["verify", "nothing.iso"]).expect_code(3).expect_stderr("there is no such file or folder");
    workspace
        .run(&["verify", "manifest.yaml"])
        .expect_code(4)
        .expect_stderr("is not a disc image: give an image, a drive such as /dev/sr0");
    workspace
        .run(&["verify", "/dev/null"])
        .expect_code(2)
        .expect_stderr("is not an image, a drive, a folder or an archive");
    let output = workspace.run(&["verify", "files"]).expect_code(4).expect_stdout("there is no checksum list");
    output.expect_stdout("NOT PROVEN: there is no usable checksum list");
    File::create(workspace.path("empty.iso")).unwrap();
    workspace.run(&["verify", "--json", "empty.iso"]).expect_code(4);
    workspace.run(&["verifi", "out.iso"]).expect_code(2);
}

/// All keys of a JSON value.
fn keys(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => map.iter().flat_map(|(key, value)| [vec![key.clone()], keys(value)].concat()).collect(),
        Value::Array(values) => values.iter().flat_map(keys).collect(),
        _ => Vec::new(),
    }
}

/// The names of all properties in a JSON Schema.
fn properties(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(map) => {
            let own = map.get("properties").and_then(Value::as_object).into_iter().flat_map(|own| own.keys().cloned());
            own.chain(map.values().flat_map(properties)).collect()
        }
        Value::Array(values) => values.iter().flat_map(properties).collect(),
        _ => Vec::new(),
    }
}

fn report(workspace: &Workspace, name: &str) -> Value {
    let report: Value = serde_json::from_str(&fs::read_to_string(workspace.path(name)).unwrap()).unwrap();
    let schema =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verify-report.schema.json")).unwrap();
    let known = properties(&serde_json::from_str(&schema).unwrap());
    for key in keys(&report) {
        assert!(known.contains(&key), "docs/verify-report.schema.json does not have `{key}`");
    }
    report
}

#[test]
fn a_report_has_what_an_event_log_needs() {
    let workspace = workspace_with_image();
    let run = |arguments: &[&str]| {
        RunOutput::new(workspace.command(arguments).env("SOURCE_DATE_EPOCH", "1214784000").output().unwrap())
    };
    let printed = run(&["verify", "out.iso"]).expect_code(0).stdout;
    let reported = run(&["verify", "--report", "log", "out.iso"]).expect_code(0);
    assert_eq!(
        (reported.stdout.as_str(), reported.stderr.as_str()),
        (printed.as_str(), "report     log.json, log.txt\n")
    );
    let json = report(&workspace, "log.json");
    let event = &json["event"];
    assert_eq!((json["format"].as_str(), event["type"].as_str()), (Some("make-disc report 1"), Some("fixity check")));
    assert_eq!((event["outcome"].as_str(), event["date"].as_str()), (Some("intact"), Some("2008-06-30T00:00:00Z")));
    assert!(event["outcome_detail"].as_str().unwrap().starts_with("INTACT: every file"), "{event}");
    assert_eq!(json["program"]["version"].as_str(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!((json["target"]["path"].as_str(), json["target"]["kind"].as_str()), (Some("out.iso"), Some("image")));
    assert_eq!(json["target"]["size"].as_u64(), Some(fs::metadata(workspace.path("out.iso")).unwrap().len()));
    assert_eq!(json["result"], parse_json(&run(&["verify", "--json", "out.iso"]).expect_code(0)));
    let text = fs::read_to_string(workspace.path("log.txt")).unwrap();
    assert!(text.starts_with("format     make-disc report 1\n") && text.ends_with(&printed), "{text}");
    assert!(text.contains("date       2008-06-30T00:00:00Z\n") && text.contains("\nhost       "), "{text}");
    // It contains nothing that identifies the user or the computer.
    let host: Vec<&String> = json["host"].as_object().unwrap().keys().collect();
    assert_eq!(host, ["kernel", "machine", "system"]);
    let folder = workspace.root().to_str().unwrap();
    assert!(!text.contains(folder) && !json.to_string().contains(folder), "{text}");
    // Running it again gives the same report.
    run(&["verify", "--quiet", "--force", "--report", "log.json", "out.iso"]).expect_code(0);
    assert_eq!(report(&workspace, "log.json"), json);
    for arguments in [["--sha256", "0815"], ["--report", "log"]] {
        let arguments = [&["verify"][..], &arguments, &["out.iso"]].concat();
        run(&arguments).expect_code(2);
    }
}

#[test]
fn a_report_is_written_whatever_the_verdict_is() {
    let workspace = with_changed_image(workspace_with_image(), |image| {
        let at = find_text(image, "Afrique, en langue de Paris");
        image[at] ^= 1;
    });
    workspace.run(&["verify", "--report", "a.json", "out.iso"]).expect_code(4);
    let json = report(&workspace, "a.json");
    assert_eq!(json["event"]["outcome"].as_str(), Some("not intact"));
    let problems = json["result"]["problems"].as_array().unwrap();
    let codes: Vec<_> = problems.iter().map(|problem| problem["code"].as_str()).collect();
    assert!(codes.contains(&Some("changed")) && codes.contains(&Some("digest")), "{codes:?}");
    workspace.run(&["verify", "--quiet", "--report", "b", "files"]).expect_code(4);
    assert_eq!(report(&workspace, "b.json")["event"]["outcome"].as_str(), Some("not proven"));
    assert!(fs::read_to_string(workspace.path("b.txt")).unwrap().contains("verdict    NOT PROVEN"));
    // Targets for which there is no verdict.
    for (number, (target, code)) in [("none.iso", 3), ("manifest.yaml", 4)].into_iter().enumerate() {
        let output = workspace.run(&["verify", "--report", &format!("c{number}"), target]).expect_code(code);
        let json = report(&workspace, &format!("c{number}.json"));
        assert_eq!(json["event"]["outcome"].as_str(), Some("not verified"));
        let message = json["result"]["error"].as_str().unwrap();
        assert!(output.stderr.contains(message), "{message}");
        assert_eq!((json["target"]["path"].as_str(), json["target"]["kind"].as_str()), (Some(target), None));
        let text = fs::read_to_string(workspace.path(&format!("c{number}.txt"))).unwrap();
        assert!(text.contains(&format!("verdict    NOT VERIFIED: {message}\n")), "{text}");
    }
    let wrong = workspace.run(&["verify", "--report", "d", "--sha256", "0815", "out.iso"]).expect_code(2);
    wrong.expect_stderr("no report was written: nothing was compared");
    assert!(!workspace.path("d.json").exists());
}

#[test]
fn a_report_replaces_nothing_and_is_not_in_the_verified_folder() {
    let workspace = workspace_with_image().with("notes.txt", "mine").with("data.json", "{\"format\": \"mine\"}");
    unpack(&workspace);
    for name in ["notes.txt", "data.json"] {
        let output = workspace.run(&["verify", "--force", "--report", name, "out.iso"]).expect_code(2);
        output.expect_stderr("is not a make-disc report, so it is not replaced");
    }
    assert_eq!(fs::read_to_string(workspace.path("notes.txt")).unwrap(), "mine");
    workspace.run(&["verify", "--report", "log", "out.iso"]).expect_code(0);
    let output = workspace.run(&["verify", "--report", "log.txt", "out.iso"]).expect_code(2);
    output.expect_stderr("replace it with `--force`");
    workspace.run(&["verify", "--force", "--report", "log", "out.iso"]).expect_code(0);
    std::os::unix::fs::symlink("copy/pages", workspace.path("elsewhere")).unwrap();
    for name in ["copy/log", "copy/pages/log.json", "elsewhere/log.txt"] {
        let output = workspace.run(&["verify", "--report", name, "copy"]).expect_code(2);
        output.expect_stderr("would be in the folder that is verified");
    }
    workspace.run(&["verify", "--report", "copy", "out.iso"]).expect_code(2).expect_stderr("is a folder");
    workspace.run(&["verify", "--report", "none/log", "out.iso"]).expect_code(3).expect_stderr("does not exist");
    workspace.run(&["verify", "--report", "copy.json", "copy"]).expect_code(0);
    // The command runs inside the folder.
    let inside = |name: &str| {
        let mut command = workspace.command(&["verify", "--report", name, "."]);
        RunOutput::new(command.current_dir(workspace.path("copy")).output().unwrap())
    };
    inside("log.json").expect_code(2).expect_stderr("would be in the folder that is verified");
    inside("../inside.json").expect_code(0);
    // If it cannot be written at the end, the verdict is still printed.
    let limited = |target: &str| {
        let program = env!("CARGO_BIN_EXE_make-disc");
        let script = format!("ulimit -f 0; trap '' XFSZ; exec '{program}' verify --report full {target}");
        let output = Command::new("sh").args(["-c", &script]).current_dir(workspace.root()).output().unwrap();
        RunOutput::new(output).expect_stderr("the report `full.json` cannot be written").expect_stdout("verdict    ")
    };
    limited("out.iso").expect_code(3);
    limited("files").expect_code(4);
    assert!(workspace.names().iter().all(|name| !name.contains("full")), "{:?}", workspace.names());
}
