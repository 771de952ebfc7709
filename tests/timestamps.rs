//! Discs with a timestamp of their checksum list. `tests/signatures/timestamps.py` checks the same with openssl.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::process::Command;

use crate::common::{MANIFEST, RunOutput, SECRET, Workspace, pdf};
use sha2::{Digest, Sha256};

const SEQUENCE: u8 = 0x30;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

/// An element of DER with a tag and contents.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let length = match contents.len() {
        length @ 0..0x80 => vec![length as u8],
        length @ 0x80..0x100 => vec![0x81, length as u8],
        length => vec![0x82, (length >> 8) as u8, length as u8],
    };
    [&[tag], &length[..], &contents].concat()
}

/// An object identifier that begins with 1.2.840.113549.1.
fn rsa_identifier(rest: &[u8]) -> Vec<u8> {
    der(OBJECT_IDENTIFIER, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01], rest])
}

/// What an authority answers to a request for bytes, with a signature of nobody. The structures are those of RFC 3161 and RFC 5652.
fn timestamp(stamped: &[u8], certificate: &[u8]) -> Vec<u8> {
    der(SEQUENCE, &[&der(SEQUENCE, &[&der(2, &[&[0]])]), &token(stamped, certificate)])
}

/// The token in [`timestamp`].
fn token(stamped: &[u8], certificate: &[u8]) -> Vec<u8> {
    let algorithm = der(SEQUENCE, &[&der(OBJECT_IDENTIFIER, &[SHA256]), &[5, 0]]);
    let imprint = der(SEQUENCE, &[&algorithm, &der(OCTET_STRING, &[&Sha256::digest(stamped)])]);
    let one = der(2, &[&[1]]);
    let info = der(
        SEQUENCE,
        &[&one, &der(OBJECT_IDENTIFIER, &[&[0x2a, 3]]), &imprint, &one, &der(0x18, &[b"20261130054809Z"])],
    );
    let content = der(SEQUENCE, &[&rsa_identifier(&[9, 16, 1, 4]), &der(0xa0, &[&der(OCTET_STRING, &[&info])])]);
    let digest = der(0x31, &[&der(OCTET_STRING, &[&Sha256::digest(&info)])]);
    let attributes = der(0xa0, &[&der(SEQUENCE, &[&rsa_identifier(&[9, 4]), &digest])]);
    let signature = [algorithm.clone(), der(OCTET_STRING, &[&[7; 64]])].concat();
    let signer = der(SEQUENCE, &[&one, &der(SEQUENCE, &[]), &algorithm, &attributes, &signature]);
    let certificates = if certificate.is_empty() { Vec::new() } else { der(0xa0, &[&der(SEQUENCE, &[certificate])]) };
    let signed = der(SEQUENCE, &[&one, &der(0x31, &[&algorithm]), &content, &certificates, &der(0x31, &[&signer])]);
    der(SEQUENCE, &[&rsa_identifier(&[7, 2]), &der(0xa0, &[&signed])])
}

/// [`MANIFEST`] with a timestamp, in the file `disc.tsr`, which does not exist yet.
fn workspace() -> Workspace {
    Workspace::new().with("manifest.yaml", manifest(""))
}

fn manifest(other_keys: &str) -> String {
    MANIFEST.replace("date: 2008-06-30\n", &format!("date: 2008-06-30\n  timestamp: disc.tsr\n{other_keys}"))
}

/// Stamps the list of a folder.
fn stamp(workspace: Workspace, list: &str) -> Workspace {
    let stamped = timestamp(&fs::read(workspace.path(list)).unwrap(), b"certificate");
    workspace.with("disc.tsr", stamped)
}

#[test]
fn a_timestamp_goes_on_the_disc_and_does_not_change_the_list() {
    let workspace = workspace();
    let run = workspace.run(&["stage", "manifest.yaml", "first"]).expect_code(0);
    run.expect_stderr("warning[no-timestamp]: there is no file `disc.tsr`: the disc will not have a timestamp")
        .expect_stderr("`openssl ts -query -data FOLDER/SHA256SUMS -sha256 -cert -out disc.tsq`");
    assert!(!workspace.path("first/SHA256SUMS.tsr").exists());
    workspace.run(&["verify", "first"]).expect_code(0).expect_stdout("INTACT");

    let workspace = stamp(workspace, "first/SHA256SUMS");
    let run = workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    run.expect_stdout("2026-11-30T05:48:09Z, in SHA256SUMS.tsr");
    workspace.run(&["stage", "manifest.yaml", "folder"]).expect_code(0);
    workspace.run(&["stage", "manifest.yaml", "--zip", "out.zip"]).expect_code(0);
    let read = |path: &str| fs::read(workspace.path(path)).unwrap();
    assert_eq!(read("first/SHA256SUMS"), read("folder/SHA256SUMS"));
    assert_eq!(read("folder/SHA256SUMS.tsr"), read("disc.tsr"));
    for target in ["out.iso", "folder", "out.zip"] {
        let run = workspace.run(&["verify", target]).expect_code(0).expect_stdout("INTACT");
        let run = run.expect_stdout("the checksum list existed at 2026-11-30T05:48:09Z, according to the timestamp");
        run.expect_stdout("-CAfile authority.pem -attime 1796017689");
        let report = workspace.run(&["verify", target, "--json"]).expect_code(0).stdout;
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["timestamp"]["state"], "matches-list");
    }
    let run = workspace.run(&["verify", "out.iso", "--manifest", "manifest.yaml"]).expect_code(0);
    run.expect_stdout("identical, byte for byte");
    // Pages say how to check it.
    let page = fs::read_to_string(workspace.path("folder/pages/en/check.html")).unwrap();
    assert!(page.contains("openssl ts -verify -data SHA256SUMS -in SHA256SUMS.tsr -CAfile authority.pem"), "{page}");
}

#[test]
fn a_copy_of_the_disc_makes_the_same_disc() {
    // The documents are outside the manifest's folder, the timestamp is in a folder of its own.
    let original = manifest("").replace("disc.tsr", "kept/stamp.tsr").replace("files/", "../files/");
    let workspace = Workspace::new().with("inner/manifest.yaml", original);
    let outside = "--allow-outside";
    workspace.run(&["stage", "inner/manifest.yaml", "first", outside]).expect_code(0);
    let stamped = timestamp(&fs::read(workspace.path("first/SHA256SUMS")).unwrap(), b"certificate");
    let workspace = workspace.with("inner/kept/stamp.tsr", stamped);
    workspace.run(&["inner/manifest.yaml", "first.iso", outside]).expect_code(0);
    workspace.run(&["stage", "inner/manifest.yaml", "copy", outside]).expect_code(0);
    let published = fs::read_to_string(workspace.path("copy/catalogue/manifest.yaml")).unwrap();
    assert!(published.contains("timestamp: SHA256SUMS.tsr\n"), "{published}");
    let workspace = workspace.with("copy/manifest.yaml", published);
    workspace.run(&["copy/manifest.yaml", "second.iso"]).expect_code(0);
    assert!(fs::read(workspace.path("first.iso")).unwrap() == fs::read(workspace.path("second.iso")).unwrap());
}

#[test]
fn a_timestamp_of_another_list_stops_the_run() {
    let workspace = workspace();
    workspace.run(&["stage", "manifest.yaml", "first", "--no-search"]).expect_code(0);
    let workspace = stamp(workspace, "first/SHA256SUMS");
    let before = workspace.names();
    for command in [&["manifest.yaml", "out.iso"][..], &["stage", "manifest.yaml", "folder"]] {
        let run = workspace.run(command).expect_code(1);
        run.expect_stderr("the timestamp `disc.tsr`, made at 2026-11-30T05:48:09Z, is of another checksum list")
            .expect_stderr("move the timestamp away");
    }
    assert_eq!(workspace.names(), before);
    workspace.run(&["manifest.yaml", "out.iso", "--no-search"]).expect_code(0);
}

#[test]
fn names_of_eight_characters_have_a_timestamp_too() {
    let workspace = Workspace::new().with("manifest.yaml", manifest("  names: dos\n"));
    let run = workspace.run(&["stage", "manifest.yaml", "first"]).expect_code(0);
    run.expect_stderr("-data FOLDER/sha256.sum -sha256");
    let workspace = stamp(workspace, "first/sha256.sum");
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    let run = workspace.run(&["verify", "out.iso"]).expect_code(0);
    run.expect_stdout("openssl ts -verify -data sha256.sum -in sha256.tsr");
}

#[test]
fn files_that_are_not_timestamps_are_refused_with_a_remedy() {
    let workspace = workspace();
    let query = der(SEQUENCE, &[&der(2, &[&[1]]), &der(SEQUENCE, &[])]);
    let refused = der(SEQUENCE, &[&der(SEQUENCE, &[&der(2, &[&[2]])])]);
    for (bytes, words) in [
        (b"%PDF-1.7".to_vec(), "`disc.tsr` is not a timestamp (RFC 3161), or it is damaged"),
        (token(b"list", b"certificate"), "`disc.tsr` is only the token of a timestamp"),
        (query, "`disc.tsr` is a request for a timestamp, not the answer to it"),
        (refused, "`disc.tsr` says that the authority refused the request"),
        (timestamp(b"list", b""), "`disc.tsr` does not contain the certificate of the authority"),
    ] {
        fs::write(workspace.path("disc.tsr"), bytes).unwrap();
        let run = workspace.run(&["check", "manifest.yaml"]).expect_code(1);
        run.expect_stderr("error[bad-timestamp]").expect_stderr(words).expect_stderr("or move it away for now");
    }
}

#[test]
fn a_name_that_was_probably_meant_is_suggested() {
    let workspace = workspace().with("Disc.tsr", timestamp(b"list", b"certificate"));
    workspace.run(&["check", "manifest.yaml"]).expect_code(0).expect_stderr("did you mean `Disc.tsr`");
}

#[test]
fn verify_reports_a_timestamp_of_another_list_and_a_damaged_one() {
    let workspace = workspace();
    workspace.run(&["stage", "manifest.yaml", "first", "--quiet"]).expect_code(0);
    let workspace = stamp(workspace, "first/SHA256SUMS");
    workspace.run(&["manifest.yaml", "out.iso", "--quiet"]).expect_code(0);
    let image = fs::read(workspace.path("out.iso")).unwrap();
    let good = fs::read(workspace.path("disc.tsr")).unwrap();
    let at = image.windows(good.len()).position(|window| window == good).unwrap();
    let time = good.windows(15).position(|window| window == b"20261130054809Z").unwrap();
    let damaged = [&good[..time], b"19", &good[time + 2..]].concat();
    let not_a_timestamp = [b"x", &good[1..]].concat();
    for (bytes, words) in [
        (timestamp(b"other", b"certificate"), "is a timestamp of another checksum list, made at 2026-11-30T05:48:09Z"),
        (damaged, "is not a timestamp (RFC 3161): it is damaged, or another file"),
        (not_a_timestamp, "is not a timestamp (RFC 3161): it is damaged, or another file"),
    ] {
        fs::write(workspace.path("first/SHA256SUMS.tsr"), &bytes).unwrap();
        let mut changed = image.clone();
        changed[at..at + bytes.len()].copy_from_slice(&bytes);
        fs::write(workspace.path("changed.iso"), changed).unwrap();
        for target in ["first", "changed.iso"] {
            let run = workspace.run(&["verify", target]).expect_code(4).expect_stdout("NOT INTACT");
            run.expect_stdout(words).expect_stdout("SHA256SUMS.tsr");
        }
    }
}

#[test]
fn a_timestamp_in_a_folder_is_replaced_only_by_itself() {
    let workspace = workspace();
    workspace.run(&["stage", "manifest.yaml", "folder", "--quiet"]).expect_code(0);
    let workspace = stamp(workspace, "folder/SHA256SUMS");
    let force = ["stage", "manifest.yaml", "folder", "--quiet", "--force"];
    workspace.run(&force).expect_code(0);
    workspace.run(&force).expect_code(0);
    assert!(workspace.path("folder/SHA256SUMS.tsr").exists());
    fs::rename(workspace.path("disc.tsr"), workspace.path("kept.tsr")).unwrap();
    let run = workspace.run(&force).expect_code(2);
    run.expect_stderr("contains files that do not belong to the disc, `SHA256SUMS.tsr`");
}

#[test]
fn a_disc_with_everything_is_the_same_at_any_place_and_time() {
    let everything = "  sign: publisher.key\n  media: cd-700\n  media_check: true\n  repair: 20 %\n";
    let manifest = manifest(everything);
    let documents = [
        ("africa.en.pdf", pdf("en", "Africa, in English")),
        ("africa.fr.pdf", pdf("fr", "Afrique, en langue de Paris")),
        ("asia.pdf", pdf("en", "Asia, in a few words")),
    ];
    let at = |folder: &str, reversed: bool| {
        let mut documents = documents.iter().collect::<Vec<_>>();
        if reversed {
            documents.reverse();
        }
        let workspace = Workspace::empty().with(&format!("{folder}/publisher.key"), SECRET);
        documents
            .into_iter()
            .fold(workspace, |workspace, (name, bytes)| workspace.with(&format!("{folder}/files/{name}"), bytes))
            .with(&format!("{folder}/manifest.yaml"), &manifest)
    };
    let one = at("here", false);
    one.run(&["stage", "here/manifest.yaml", "first"]).expect_code(0);
    let names: Vec<String> = crate::common::files(&one.path("first")).into_keys().collect();
    for part in ["SHA256SUMS.minisig", "catalogue/manifest.yaml", "pages/search/", "pages/covers/"] {
        assert!(names.iter().any(|name| name.starts_with(part)), "{part}: {names:?}");
    }
    let stamped = timestamp(&fs::read(one.path("first/SHA256SUMS")).unwrap(), b"certificate");
    let one = one.with("here/disc.tsr", &stamped);
    one.run(&["here/manifest.yaml", "out.iso"]).expect_code(0);
    let report = one.run(&["verify", "out.iso"]).expect_code(0).expect_stdout("verdict    INTACT");
    for words in ["signed with the key", "the checksum list existed at", "in the format RS03", "media check"] {
        assert!(report.stdout.contains(words), "{words}: {}", report.stdout);
    }
    // On the other computer there is one processor, the files were made in another order and at another time, and nothing was read before.
    let other = at("deep/er", true).with("deep/er/disc.tsr", &stamped);
    for (name, _) in &documents {
        let file = other.path(&format!("deep/er/files/{name}"));
        assert!(Command::new("touch").args(["-d", "1999-12-31T23:59:59Z"]).arg(file).status().unwrap().success());
    }
    fs::create_dir(other.path("home")).unwrap();
    let program = env!("CARGO_BIN_EXE_make-disc");
    let script =
        format!("umask 077; exec taskset -c 0 faketime '2033-03-03 03:03:03' {program} deep/er/manifest.yaml out.iso");
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).current_dir(other.root());
    command.env("HOME", other.path("home")).env("XDG_CACHE_HOME", other.path("home/cache"));
    command.env("TZ", "Asia/Kathmandu").env("LANG", "ar_EG.UTF-8").env("LC_ALL", "tr_TR.UTF-8");
    RunOutput::new(command.output().unwrap()).expect_code(0);
    for file in ["out.iso", "out.iso.sha256"] {
        assert!(fs::read(one.path(file)).unwrap() == fs::read(other.path(file)).unwrap(), "{file} differs");
    }
}
