//! Signed discs: what is written, what `verify` says about it, and that no change goes unnoticed. `tests/signatures/check.py`
//! checks the same with minisign.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use crate::common::{MANIFEST, SECRET, Workspace};
use make_disc::progress::Silence;
use make_disc::signature::{PublicKey, SecretKeyFile, trusted_comment};
use make_disc::verify::{self, Published, TargetKind, Verdict};

/// The public key of [`SECRET`].
const PUBLIC: &str = "untrusted comment: minisign public key F6DF2B5F5C44F148
RWRI8URcXyvf9rqxmTZMs2UWg0fNM8lBXpvm19SukMkJTJJctv90QOHW
";
const OTHER_SECRET: &str = "untrusted comment: minisign encrypted secret key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAiZrdXMl6WBrssRpmlBiNs68xfyXX4/yuF33w55kca74BD3ku1MjImT87uQFE8LmD4rWNFmAyO8JLGuTKRinufHzsdWun9qJlAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
";
const OTHER_PUBLIC: &str = "untrusted comment: minisign public key 1A587AC95CDD9A89
RWSJmt1cyXpYGj87uQFE8LmD4rWNFmAyO8JLGuTKRinufHzsdWun9qJl
";
/// A key that `minisign -G` made, with the password `secret`.
const ENCRYPTED: &str = "untrusted comment: minisign encrypted secret key
RWRTY0IysQuMryavtthP9Tgc2wqr0VBYuSoogNvlWYlNeJMS6PUAAAACAAAAAAAAAEAAAAAAk+cHqDloTjEepy3sgGt68r/8Y0jtDgtzzN5+9TtgL0oOHNJc4ZW/66TtaFx702qVJ4c6tFknGrH7a2CPYHpf4b5JsTT42AC2RA40iEHCsSMhKP/nCSY/tOhf4TaDuo8dcNEc/sQMANE=
";
const ENCRYPTED_PUBLIC: &str = "untrusted comment: minisign public key 3664935220EAFC75
RWR1/OogUpNkNhfh0TKMt62h5/L4bpddDrgtDSTLOIi3CTDf3QGBhOoz
";

/// Keys that `ssh-keygen -t ed25519` made for these tests.
const SSH_SECRET: &str = "-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACD6j6zspzhbi7WT+gPrgbNZnRK0CkmccbrK4HL8a6peGgAAAIhvRRgFb0UY
BQAAAAtzc2gtZWQyNTUxOQAAACD6j6zspzhbi7WT+gPrgbNZnRK0CkmccbrK4HL8a6peGg
AAAEBGN8T6+EldF/yo5coaqJQBJeSc4EGaDz/0oL/C9+WXYvqPrOynOFuLtZP6A+uBs1md
ErQKSZxxusrgcvxrql4aAAAAAAECAwQF
-----END OPENSSH PRIVATE KEY-----
";
const SSH_PUBLIC: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPqPrOynOFuLtZP6A+uBs1mdErQKSZxxusrgcvxrql4a";
const SSH_FINGERPRINT: &str = "SHA256:kgKLrM/faXD5TYXV8VvULZTxutm+QoingXyI0rIVqR8";
const OTHER_SSH_SECRET: &str = "-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACCY6jxYAyt6I8XDIm9+3EvvE5+bJZn+Zu5RsJZT7hOr4gAAAIhFvVEyRb1R
MgAAAAtzc2gtZWQyNTUxOQAAACCY6jxYAyt6I8XDIm9+3EvvE5+bJZn+Zu5RsJZT7hOr4g
AAAECtwL3c9bJ00x0Opzo0mg6MgQFnwBmgw7Cp1bKsdv6E/5jqPFgDK3ojxcMib37cS+8T
n5slmf5m7lGwllPuE6viAAAAAAECAwQF
-----END OPENSSH PRIVATE KEY-----
";
/// A key with the password `secret`.
const ENCRYPTED_SSH: &str = "-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABC71XJbbb
AfBhGqOviuDAGGAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIEc761EcgwWyjcmb
duw/eXBbPiZ6gVfrS10CAh0GeQs5AAAAkJnNJ8J2xiyVxEOLI9v7CwaSbCv11UT+p79Hln
Halyv7B2GScOtt8scV+gp6K4L361K36TzbREyanjFmqCBACYKfChxXJkMyYgAj4vOyTqNo
QwoU9DYkIwRBpYyFBePvSINRm3+48l2fj5rbCgcOMY6lH0LASgM8djedCwTwMpoc+PSbqF
PAO3Si5Qgo7KYX+w==
-----END OPENSSH PRIVATE KEY-----
";

/// A workspace with keys outside the documents' folder.
fn workspace() -> Workspace {
    Workspace::new().with("publisher.key", SECRET).with("publisher.pub", PUBLIC).with("other.key", OTHER_SECRET)
}

/// [`MANIFEST`] with a key.
fn signed_manifest(key: &str) -> String {
    MANIFEST.replace("date: 2008-06-30\n", &format!("date: 2008-06-30\n  sign: {key}\n"))
}

/// A workspace with keys of OpenSSH.
fn ssh_workspace() -> Workspace {
    let workspace = workspace().with("ssh", SSH_SECRET).with("ssh.pub", SSH_PUBLIC).with("other", OTHER_SSH_SECRET);
    let workspace = workspace.with("locked", ENCRYPTED_SSH);
    // ssh-keygen refuses to use keys that others can read.
    for key in ["ssh", "other", "locked"] {
        fs::set_permissions(workspace.path(key), fs::Permissions::from_mode(0o600)).unwrap();
    }
    workspace
}

fn public_key(file: &str) -> PublicKey {
    PublicKey::parse(file).unwrap()
}

fn verify_image(image: &[u8], key: Option<&str>) -> Verdict {
    let published = Published { key: key.map(public_key), ..Published::default() };
    let stop = AtomicBool::new(false);
    let mut source = Cursor::new(image);
    verify::verify_volume(&mut source, image.len() as u64, TargetKind::Image, &published, &mut Silence, &stop).unwrap()
}

#[test]
fn images_folders_and_archives_have_the_same_signature() {
    let workspace = workspace();
    let sign = ["--quiet", "--sign", "publisher.key"];
    workspace.run(&[&["manifest.yaml", "out.iso"], &sign[..]].concat()).expect_code(0);
    workspace.run(&[&["stage", "manifest.yaml", "folder"], &sign[..]].concat()).expect_code(0);
    workspace.run(&[&["stage", "manifest.yaml", "--zip", "out.zip"], &sign[..]].concat()).expect_code(0);
    let signature = fs::read_to_string(workspace.path("folder/SHA256SUMS.minisig")).unwrap();
    let comment = "trusted comment: make-disc\tvolume:TWO_REPORTS\tdate:2008-06-30\tfile:SHA256SUMS\thashed";
    assert_eq!(signature.lines().nth(2), Some(comment));
    assert_eq!(fs::read_to_string(workspace.path("folder/minisign.pub")).unwrap(), PUBLIC);
    for target in ["out.iso", "folder", "out.zip"] {
        let note = "signed with the key F6DF2B5F5C44F148: the signature matches the key on the disc";
        workspace.run(&["verify", target]).expect_code(0).expect_stdout(note).expect_stdout("INTACT");
        let public = PUBLIC.lines().nth(1).unwrap();
        for key in ["publisher.pub", public] {
            let run = workspace.run(&["verify", target, "--key", key]).expect_code(0);
            run.expect_stdout("signed with the key F6DF2B5F5C44F148, which was given");
        }
        let json = workspace.run(&["verify", "--json", target]).expect_code(0).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["signature"]["key"], "F6DF2B5F5C44F148");
        assert_eq!(json["signature"]["state"], "matches-key-on-disc");
    }
    let image = fs::read(workspace.path("out.iso")).unwrap();
    let verdict = verify_image(&image, None);
    assert_eq!(verdict.signature.unwrap().bytes, signature.as_bytes());
    // A second run, and a manifest that names the key, give the same bytes.
    for key in ["publisher.key", "publisher.pub", PUBLIC.lines().nth(1).unwrap()] {
        fs::write(workspace.path("manifest.yaml"), signed_manifest(key)).unwrap();
        workspace.run(&["--force", "manifest.yaml", "out.iso", "--sign", "publisher.key"]).expect_code(0);
        assert!(fs::read(workspace.path("out.iso")).unwrap() == image, "{key}");
    }
    // An earlier output is recognised with its signature.
    workspace.run(&["stage", "--force", "manifest.yaml", "folder", "--sign", "publisher.key"]).expect_code(0);
}

#[test]
fn an_unsigned_disc_has_no_key() {
    let workspace = workspace();
    workspace.run(&["--quiet", "manifest.yaml", "out.iso"]).expect_code(0);
    let run = workspace.run(&["verify", "out.iso", "--key", "publisher.pub"]).expect_code(4);
    run.expect_stdout("the checksum list is not signed").expect_stdout("NOT PROVEN");
    let run = workspace.run(&["verify", "out.iso", "--key", "nothing.pub"]).expect_code(2);
    run.expect_stderr("is neither a file nor a public key of minisign or OpenSSH");
    workspace.run(&["verify", "out.iso", "--key", "publisher.key"]).expect_code(2).expect_stderr("not a public key");
}

#[test]
fn the_manifest_can_name_the_key() {
    let workspace = workspace().with("manifest.yaml", signed_manifest("publisher.key"));
    workspace.run(&["check", "manifest.yaml"]).expect_code(0);
    let run = workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    run.expect_stdout("with the key F6DF2B5F5C44F148, in SHA256SUMS.minisig");
    let run = workspace.run(&["verify", "--manifest", "manifest.yaml", "out.iso"]).expect_code(0);
    run.expect_stdout("identical, byte for byte, to the image made from the manifest");
    let run = workspace.run(&["manifest.yaml", "two.iso", "--sign", "other.key"]).expect_code(2);
    run.expect_stderr(
        "but the manifest says that the disc is signed with the key F6DF2B5F5C44F148: sign with that key",
    );
    // With the public key alone, everything but the disc itself can be made.
    let workspace = workspace.with("manifest.yaml", signed_manifest("publisher.pub"));
    workspace.run(&["check", "manifest.yaml"]).expect_code(0);
    workspace.run(&["preview", "--no-open", "manifest.yaml"]).expect_code(0);
    let run = workspace.run(&["manifest.yaml", "two.iso"]).expect_code(2);
    run.expect_stderr("give the file of its secret key with `--sign`");
    assert!(!workspace.path("two.iso").exists());
}

#[test]
fn what_is_wrong_with_a_key_in_the_manifest_is_reported() {
    let check = |key: &str, code: &str, words: &str| {
        let workspace = workspace().with("alone.key", ENCRYPTED).with("manifest.yaml", signed_manifest(key));
        let run = workspace.run(&["check", "manifest.yaml"]).expect_code(1);
        run.expect_stderr(&format!("error[{code}]")).expect_stderr(words);
    };
    check("publisher.pup", "missing-file", "there is no key file `publisher.pup`");
    check("manifest.yaml", "bad-key", "`manifest.yaml` is not a key of minisign, or of OpenSSH with Ed25519");
    check("alone.key", "bad-key", "put the public key beside it, as `alone.pub`");
    let workspace = workspace().with("files/publisher.key", SECRET);
    let manifest = signed_manifest("files/publisher.key");
    workspace
        .with("manifest.yaml", manifest.replace("files/asia.pdf", "files/publisher.key"))
        .run(&["check", "manifest.yaml"])
        .expect_code(1)
        .expect_stderr("error[secret-key]: `files/publisher.key` is the secret key");
    // A key beside the documents is not taken for a forgotten document.
    let run = Workspace::new().with("files/publisher.key", SECRET).with("manifest.yaml", manifest);
    let run = run.run(&["check", "manifest.yaml"]).expect_code(0);
    assert!(!run.stderr.contains("publisher.key"), "{}", run.stderr);
}

#[test]
fn a_key_with_a_password_is_unlocked_without_a_terminal() {
    let workspace = workspace().with("locked.key", ENCRYPTED).with("locked.pub", ENCRYPTED_PUBLIC);
    let workspace = workspace.with("right", "secret\n").with("wrong", "secrets\n");
    let sign = |more: &[&str]| workspace.run(&[&["manifest.yaml", "out.iso", "--sign", "locked.key"], more].concat());
    sign(&["--password-file", "wrong"]).expect_code(2).expect_stderr("is not the password of `locked.key`");
    sign(&["--password-file", "right"]).expect_code(0);
    workspace.run(&["verify", "out.iso", "--key", "locked.pub"]).expect_code(0);
    let mut command = workspace.command(&["manifest.yaml", "two.iso", "--sign", "locked.key"]);
    let output = command.env("MAKE_DISC_KEY_PASSWORD", "secret").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(fs::read(workspace.path("out.iso")).unwrap() == fs::read(workspace.path("two.iso")).unwrap());
}

#[test]
fn a_secret_key_is_not_put_on_the_disc_by_mistake() {
    let workspace = Workspace::new().with("files/asia.pdf", SECRET);
    let run = workspace.run(&["manifest.yaml", "out.iso", "--sign", "files/asia.pdf"]).expect_code(2);
    run.expect_stderr("whoever has a secret key can sign in your name");
}

#[test]
fn a_missing_or_foreign_signature_is_reported() {
    let workspace = workspace();
    workspace.run(&["stage", "--quiet", "manifest.yaml", "one", "--sign", "publisher.key"]).expect_code(0);
    workspace.run(&["stage", "--quiet", "manifest.yaml", "two", "--sign", "other.key"]).expect_code(0);
    let signature = workspace.path("one/SHA256SUMS.minisig");
    let own = fs::read(&signature).unwrap();
    let verify = |words: &str| {
        workspace.run(&["verify", "one"]).expect_code(4).expect_stdout(words).expect_stdout("NOT INTACT");
    };
    fs::copy(workspace.path("two/SHA256SUMS.minisig"), &signature).unwrap();
    verify("not with the key F6DF2B5F5C44F148 on the disc");
    fs::write(&signature, &own[..own.len() - 20]).unwrap();
    verify("is not a signature of minisign");
    fs::write(&signature, "").unwrap();
    verify("is not a signature of minisign");
    fs::remove_file(&signature).unwrap();
    verify("is here: the signature of the checksum list is missing");
    // The list, the key and the signature of somebody else agree with each other: only the publisher's key shows that they are
    // not the publisher's.
    fs::write(&signature, own).unwrap();
    workspace.run(&["verify", "two"]).expect_code(0);
    let run = workspace.run(&["verify", "two", "--key", "publisher.pub"]).expect_code(4);
    run.expect_stdout("not with the key F6DF2B5F5C44F148 that was given").expect_stdout("NOT INTACT");
    // The signature of another volume with the same list.
    let renamed = MANIFEST.replace("TWO_REPORTS", "OTHER_NAME");
    let workspace = workspace.with("manifest.yaml", renamed);
    workspace.run(&["--quiet", "manifest.yaml", "other.iso", "--sign", "publisher.key"]).expect_code(0);
    let mut image = fs::read(workspace.path("other.iso")).unwrap();
    let at = image.windows(10).position(|bytes| bytes == b"OTHER_NAME").unwrap();
    image[at..at + 10].copy_from_slice(b"SOME_OTHER");
    let problems = verify_image(&image, Some(PUBLIC)).problems;
    assert!(problems.stored().iter().any(|problem| problem.message.contains("was made for the volume `OTHER_NAME`")));
}

/// Numbers that look random.
struct Random(u32);

impl Random {
    fn next(&mut self) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize
    }

    /// Changes one byte of a part.
    fn change(&mut self, bytes: &mut [u8]) {
        let place = self.next() % bytes.len();
        bytes[place] ^= (1 + self.next() % 255) as u8;
    }
}

const SIGNED_FILES: [&str; 3] = ["SHA256SUMS", "SHA256SUMS.minisig", "minisign.pub"];

#[test]
fn every_changed_byte_of_an_image_is_noticed() {
    let workspace = workspace();
    workspace.run(&["--quiet", "--no-search", "manifest.yaml", "out.iso", "--sign", "publisher.key"]).expect_code(0);
    let folder = ["stage", "--quiet", "--no-search", "manifest.yaml", "folder", "--sign", "publisher.key"];
    workspace.run(&folder).expect_code(0);
    let image = fs::read(workspace.path("out.iso")).unwrap();
    let places = SIGNED_FILES.map(|name| {
        let bytes = fs::read(workspace.path("folder").join(name)).unwrap();
        let at = (0..image.len()).step_by(2048).find(|at| image[*at..].starts_with(&bytes)).unwrap();
        at..at + bytes.len()
    });
    assert!(verify_image(&image, Some(PUBLIC)).problems.is_empty());
    let mut random = Random(28);
    for number in 0..60 {
        let mut changed = image.clone();
        random.change(&mut changed[places[number % 3].clone()]);
        let key = [None, Some(PUBLIC)][number / 3 % 2];
        assert!(!verify_image(&changed, key).problems.is_empty(), "{}, change {number}", SIGNED_FILES[number % 3]);
    }
}

/// 1,000 changes of single bytes in a small folder, with and without the publisher's key.
#[test]
fn every_changed_byte_of_a_folder_is_noticed() {
    let workspace = Workspace::empty().with("a.txt", "text").with("minisign.pub", PUBLIC);
    let list: String = ["a.txt", "minisign.pub"]
        .iter()
        .map(|name| {
            let output = Command::new("sha256sum").arg(name).current_dir(workspace.root()).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        })
        .collect();
    let key = SecretKeyFile::parse(SECRET).unwrap().unlock(b"").unwrap();
    let signature = key.sign(list.as_bytes(), &trusted_comment("V", "2008-06-30", "SHA256SUMS"));
    let workspace = workspace.with("SHA256SUMS", list).with("SHA256SUMS.minisig", signature);
    let is_intact = |key: Option<&str>| {
        let published = Published { key: key.map(public_key), ..Published::default() };
        let stop = AtomicBool::new(false);
        let verdict = verify::verify_folder(workspace.root(), &published, None, &mut Silence, &stop).unwrap().unwrap();
        verdict.problems.is_empty()
    };
    assert!(is_intact(None) && is_intact(Some(PUBLIC)) && !is_intact(Some(OTHER_PUBLIC)));
    let mut random = Random(29);
    for number in 0..1_000 {
        let path = workspace.path(SIGNED_FILES[number % 3]);
        let bytes = fs::read(&path).unwrap();
        let mut changed = bytes.clone();
        random.change(&mut changed);
        fs::write(&path, &changed).unwrap();
        assert!(!is_intact([None, Some(PUBLIC)][number / 3 % 2]), "{}, change {number}", path.display());
        fs::write(&path, bytes).unwrap();
    }
}

#[test]
fn discs_with_short_names_and_a_media_check_are_signed_too() {
    let workspace = workspace().with("manifest.yaml", MANIFEST.replace("date: 2008", "names: dos\n  date: 2008"));
    workspace.run(&["--media-check", "manifest.yaml", "out.iso", "--sign", "publisher.key"]).expect_code(0);
    let run = workspace.run(&["verify", "out.iso", "--key", "publisher.pub"]).expect_code(0);
    run.expect_stdout("the media check passes").expect_stdout("which was given with `--key`");
    workspace.run(&["stage", "--quiet", "manifest.yaml", "folder", "--sign", "publisher.key"]).expect_code(0);
    assert!(workspace.path("folder/sha256.sig").exists());
    workspace.run(&["verify", "folder", "--key", "publisher.pub"]).expect_code(0);
}

#[test]
fn a_second_signature_under_the_same_name_is_noticed() {
    let workspace = workspace();
    workspace.run(&["stage", "--quiet", "--sign", "publisher.key", "manifest.yaml", "disc"]).expect_code(0);
    let signature = workspace.path("disc/SHA256SUMS.minisig");
    fs::copy(&signature, workspace.path("disc/SHA256SUMS.MINISIG")).unwrap();
    let verify = || workspace.run(&["verify", "--key", "publisher.pub", "disc"]).expect_code(4);
    verify().expect_stdout("SHA256SUMS.MINISIG: is not in the checksum list");
    fs::write(&signature, "garbage").unwrap();
    verify().expect_stdout("is not a signature of minisign");
}

#[test]
fn discs_can_be_signed_with_openssh() {
    let workspace = ssh_workspace();
    let sign = ["--quiet", "--sign", "ssh"];
    workspace.run(&[&["manifest.yaml", "out.iso"], &sign[..]].concat()).expect_code(0);
    workspace.run(&[&["stage", "manifest.yaml", "folder"], &sign[..]].concat()).expect_code(0);
    workspace.run(&[&["stage", "manifest.yaml", "--zip", "out.zip"], &sign[..]].concat()).expect_code(0);
    let image = fs::read(workspace.path("out.iso")).unwrap();
    let signature = fs::read(workspace.path("folder/SHA256SUMS.sig")).unwrap();
    assert_eq!(verify_image(&image, None).signature.unwrap().bytes, signature);
    assert!(!workspace.path("folder/minisign.pub").exists());
    for target in ["out.iso", "folder", "out.zip"] {
        let note = format!("signed with the key {SSH_FINGERPRINT}: the signature matches the key on the disc");
        workspace.run(&["verify", target]).expect_code(0).expect_stdout(&note);
        for key in ["ssh.pub", SSH_PUBLIC] {
            let run = workspace.run(&["verify", target, "--key", key]).expect_code(0);
            run.expect_stdout(&format!("signed with the key {SSH_FINGERPRINT}, which was given"));
        }
        // A key of minisign says nothing about this signature.
        let run = workspace.run(&["verify", target, "--key", "publisher.pub"]).expect_code(4);
        run.expect_stdout("SHA256SUMS.minisig: does not exist: the checksum list is signed, but not with minisign");
    }
    // OpenSSH itself accepts the signature with the list of signers on the disc, with the command on the page.
    let command = "ssh-keygen -Y verify -f signers.txt -I publisher -n file -s SHA256SUMS.sig < SHA256SUMS";
    let verify = || Command::new("sh").args(["-c", command]).current_dir(workspace.path("folder")).output().unwrap();
    assert!(verify().status.success(), "{}", String::from_utf8_lossy(&verify().stderr));
    let page = fs::read_to_string(workspace.path("folder/pages/en/check.html")).unwrap();
    assert!(
        page.contains(&command.replace('<', "&lt;")) && page.contains(SSH_PUBLIC) && page.contains(SSH_FINGERPRINT)
    );
    // A manifest that names the key gives the same bytes, and the file of the secret key is enough to plan the disc.
    for key in ["ssh", "ssh.pub", SSH_PUBLIC] {
        fs::write(workspace.path("manifest.yaml"), signed_manifest(key)).unwrap();
        workspace.run(&["check", "manifest.yaml"]).expect_code(0);
        workspace.run(&["--force", "manifest.yaml", "out.iso", "--sign", "ssh"]).expect_code(0);
        assert!(fs::read(workspace.path("out.iso")).unwrap() == image, "{key}");
    }
    let run = workspace.run(&["verify", "--manifest", "manifest.yaml", "out.iso"]).expect_code(0);
    run.expect_stdout("identical, byte for byte, to the image made from the manifest");
    // An earlier output is recognised, and a signature in the other format is removed from it.
    workspace.run(&["stage", "--force", "manifest.yaml", "folder", "--sign", "ssh"]).expect_code(0);
    fs::write(workspace.path("manifest.yaml"), MANIFEST).unwrap();
    workspace.run(&["stage", "--force", "manifest.yaml", "folder", "--sign", "publisher.key"]).expect_code(0);
    assert!(!workspace.path("folder/SHA256SUMS.sig").exists() && !workspace.path("folder/signers.txt").exists());
}

#[test]
fn every_change_of_an_openssh_signature_is_noticed() {
    let workspace = ssh_workspace();
    let stage = ["stage", "--quiet", "--no-search", "manifest.yaml"];
    workspace.run(&[&stage[..], &["disc", "--sign", "ssh"]].concat()).expect_code(0);
    workspace.run(&[&stage[..], &["two", "--sign", "other"]].concat()).expect_code(0);
    workspace.run(&[&["--quiet", "--no-search", "manifest.yaml", "out.iso"], &["--sign", "ssh"][..]].concat());
    let image = fs::read(workspace.path("out.iso")).unwrap();
    let mut random = Random(30);
    for name in ["SHA256SUMS", "SHA256SUMS.sig", "signers.txt"] {
        let bytes = fs::read(workspace.path("disc").join(name)).unwrap();
        let at = (0..image.len()).step_by(2048).find(|at| image[*at..].starts_with(&bytes)).unwrap();
        for number in 0..20 {
            let mut changed = image.clone();
            random.change(&mut changed[at..at + bytes.len()]);
            let key = [None, Some(SSH_PUBLIC)][number % 2];
            assert!(!verify_image(&changed, key).problems.is_empty(), "{name}, change {number}");
        }
    }
    let signature = workspace.path("disc/SHA256SUMS.sig");
    let own = fs::read_to_string(&signature).unwrap();
    let verify = |words: &str| {
        workspace.run(&["verify", "disc"]).expect_code(4).expect_stdout(words).expect_stdout("NOT INTACT");
    };
    for damaged in [&own[1..], &own[..100], "", &own.replace('\n', "\r\n"), &own.replace("U1NIU0lH", "U1NIU0lI")] {
        fs::write(&signature, damaged).unwrap();
        verify("is not a signature of OpenSSH");
    }
    fs::remove_file(&signature).unwrap();
    fs::write(workspace.path("disc/sha256sums.Sig"), &own).unwrap();
    verify("SHA256SUMS.sig: is named `sha256sums.Sig` here");
    fs::remove_file(workspace.path("disc/sha256sums.Sig")).unwrap();
    fs::copy(workspace.path("two/SHA256SUMS.sig"), &signature).unwrap();
    verify(&format!("not with the key {SSH_FINGERPRINT} on the disc"));
    fs::remove_file(&signature).unwrap();
    verify("is here: the signature of the checksum list is missing");
    // The list, the signature and the key of somebody else agree with each other: only the publisher's key shows that they are
    // not the publisher's.
    workspace.run(&["verify", "two"]).expect_code(0);
    let run = workspace.run(&["verify", "two", "--key", "ssh.pub"]).expect_code(4);
    run.expect_stdout(&format!("not with the key {SSH_FINGERPRINT} that was given")).expect_stdout("NOT INTACT");
}

#[test]
fn an_openssh_signature_that_was_added_later_is_checked() {
    let workspace = ssh_workspace();
    workspace
        .run(&["stage", "--quiet", "--no-search", "manifest.yaml", "disc", "--sign", "publisher.key"])
        .expect_code(0);
    let sign = ["-q", "-Y", "sign", "-f", "../ssh", "-n", "file", "SHA256SUMS"];
    let signed = Command::new("ssh-keygen").args(sign).current_dir(workspace.path("disc")).output().unwrap();
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    // Each key checks the signature in its format. Without a key, the key on the disc decides.
    let run = workspace.run(&["verify", "disc", "--key", "ssh.pub"]).expect_code(0);
    run.expect_stdout("SHA256SUMS.minisig` is a signature of the checksum list; the signature was not checked");
    workspace.run(&["verify", "disc", "--key", "publisher.pub"]).expect_code(0);
    let run = workspace.run(&["verify", "disc"]).expect_code(0);
    run.expect_stdout("the signature matches the key on the disc").expect_stdout("SHA256SUMS.sig` is a signature");
}

#[test]
fn openssh_keys_that_cannot_be_used_are_refused() {
    let workspace = ssh_workspace();
    workspace
        .run(&["manifest.yaml", "out.iso", "--sign", "locked"])
        .expect_code(2)
        .expect_stderr("with `ssh-add locked`");
    let rsa = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n";
    let workspace = workspace.with("rsa", rsa);
    let run = workspace.run(&["manifest.yaml", "out.iso", "--sign", "rsa"]).expect_code(2);
    run.expect_stderr("`rsa` is a key of the kind `RSA`, but only keys of Ed25519 make the same signature");
    let workspace = workspace.with("manifest.yaml", signed_manifest("rsa"));
    workspace
        .run(&["check", "manifest.yaml"])
        .expect_code(1)
        .expect_stderr("error[bad-key]: `rsa` is a key of the kind");
    let workspace = workspace.with("manifest.yaml", signed_manifest("ssh"));
    let run = workspace.run(&["manifest.yaml", "out.iso", "--sign", "other"]).expect_code(2);
    run.expect_stderr(&format!("but the manifest says that the disc is signed with the key {SSH_FINGERPRINT}"));
    let run = workspace.run(&["manifest.yaml", "out.iso", "--sign", "publisher.pub"]).expect_code(2);
    run.expect_stderr("`publisher.pub` is a public key");
    // Without ssh-keygen, nothing can be signed, but everything else works.
    let mut command = workspace.command(&["manifest.yaml", "out.iso"]);
    let output = command.env("PATH", workspace.root()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("`ssh-keygen` is not installed"));
    assert!(!workspace.path("out.iso").exists());
}
