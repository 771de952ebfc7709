//! Images with error correction: `--repair`, `disc.repair` and `make-disc repair`. `tests/readers/repair.py` compares them with dvdisaster's.

#![allow(clippy::unwrap_used)]

use std::fs;

use crate::common::{MANIFEST, Workspace, pdf};

const SECTOR: usize = 2048;

/// A workspace with an image that has the default amount of error correction.
fn workspace_with_image() -> Workspace {
    let workspace = Workspace::new();
    workspace.run(&["--repair", "manifest.yaml", "out.iso"]).expect_code(0);
    workspace
}

/// The number of parity sectors in each column.
fn roots(image: &[u8]) -> usize {
    let volume = layers(image).0;
    u32::from_le_bytes(image[volume * SECTOR + 80..][..4].try_into().unwrap()) as usize
}

/// The number of sectors of the volume, and of a layer according to the header of the error correction.
fn layers(image: &[u8]) -> (usize, usize) {
    let number = |at: usize| u32::from_le_bytes(image[at..at + 4].try_into().unwrap()) as usize;
    let volume = number(16 * SECTOR + 80);
    (volume, number(volume * SECTOR + 120))
}

fn damage(workspace: &Workspace, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let mut image = fs::read(workspace.path("out.iso")).unwrap();
    change(&mut image);
    fs::write(workspace.path(name), image).unwrap();
}

#[test]
fn an_image_with_error_correction_is_intact_and_always_the_same() {
    let workspace = workspace_with_image();
    let image = fs::read(workspace.path("out.iso")).unwrap();
    let output = workspace.run(&["verify", "out.iso"]).expect_code(0);
    for words in [
        "verdict    INTACT",
        "the digest in `out.iso.sha256` matches the image with its error correction",
        "% of the data, follows the volume, in the format RS03 of dvdisaster",
        "no damage was found in the image or in the error correction",
    ] {
        assert!(output.stdout.contains(words), "{words}: {}", output.stdout);
    }
    workspace.run(&["verify", "--manifest", "manifest.yaml", "out.iso"]).expect_code(0);
    // The key in the manifest gives the same image. Its volume is an image without error correction.
    let manifest = MANIFEST.replace("  date:", "  repair: 20 %\n  date:");
    let other = Workspace::new().with("manifest.yaml", manifest);
    other.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    assert!(fs::read(other.path("out.iso")).unwrap() == image);
    workspace.run(&["manifest.yaml", "plain.iso"]).expect_code(0);
    other
        .run(&["--force", "manifest.yaml", "out.iso"])
        .expect_code(0)
        .expect_stdout("repair     error correction as long as");
    let plain = fs::read(workspace.path("plain.iso")).unwrap();
    assert_eq!(layers(&image).0 * SECTOR, plain.len());
    assert!(image.starts_with(&plain));
}

#[test]
fn a_damaged_image_is_restored() {
    let workspace = workspace_with_image();
    let image = fs::read(workspace.path("out.iso")).unwrap();
    let (volume, layer) = layers(&image);
    let roots = u32::from_le_bytes(image[volume * SECTOR + 80..][..4].try_into().unwrap()) as usize;
    let lost = layer * roots * 8 / 10;
    let zero = |image: &mut Vec<u8>, from: usize, count: usize| image[from * SECTOR..(from + count) * SECTOR].fill(0);
    type Change<'c> = Box<dyn Fn(&mut Vec<u8>) + 'c>;
    let cases: [(&str, Change); 6] = [
        ("a scratch", Box::new(|image| zero(image, 30, lost))),
        ("wrong bytes", Box::new(|image| image[40 * SECTOR..45 * SECTOR].fill(0x5a))),
        ("wrong parity", Box::new(|image| zero(image, image.len() / SECTOR - 12, 12))),
        ("no header", Box::new(|image| zero(image, volume, 2))),
        ("no end", Box::new(|image| image.truncate(image.len() - lost * SECTOR))),
        (
            "a bit in every seventh sector",
            Box::new(|image| {
                for sector in (16..volume).step_by(7) {
                    image[sector * SECTOR + 100] ^= 4;
                }
            }),
        ),
    ];
    for (what, change) in cases {
        damage(&workspace, "bad.iso", change);
        let verdict = workspace.run(&["verify", "bad.iso"]);
        let _ = fs::remove_file(workspace.path("good.iso.sha256"));
        let output = workspace.run(&["repair", "--force", "bad.iso", "good.iso"]).expect_code(0);
        assert!(fs::read(workspace.path("good.iso")).unwrap() == image, "{what}: {}", output.stdout);
        assert!(!verdict.stdout.contains("too many"), "{what}: {}", verdict.stdout);
    }
    // The result is compared with the published digest.
    fs::copy(workspace.path("out.iso.sha256"), workspace.path("bad.iso.sha256")).unwrap();
    let list = fs::read_to_string(workspace.path("bad.iso.sha256")).unwrap().replace("out.iso", "bad.iso");
    fs::write(workspace.path("bad.iso.sha256"), &list).unwrap();
    workspace
        .run(&["repair", "--force", "bad.iso", "good.iso"])
        .expect_code(0)
        .expect_stdout("the digest in `bad.iso.sha256` matches the image");
    fs::write(workspace.path("bad.iso.sha256"), format!("{}  bad.iso\n", "0".repeat(64))).unwrap();
    workspace
        .run(&["repair", "bad.iso", "other.iso"])
        .expect_code(4)
        .expect_stderr("does not have the digest in `bad.iso.sha256`");
    assert!(!workspace.path("other.iso").exists());
}

#[test]
fn sectors_missing_in_one_copy_come_from_another() {
    let workspace = workspace_with_image();
    let image = fs::read(workspace.path("out.iso")).unwrap();
    // Each copy has more damage than its own error correction can repair.
    let (volume, layer) = layers(&image);
    let end = 20 + (roots(&image) + 4) * layer;
    assert!(end < volume, "{end} {volume}");
    damage(&workspace, "first.iso", |image| image[20 * SECTOR..end * SECTOR].fill(9));
    damage(&workspace, "second.iso", |image| image[end * SECTOR..].fill(0));
    for copy in ["first.iso", "second.iso"] {
        workspace.run(&["repair", copy, "good.iso"]).expect_code(4);
    }
    workspace.run(&["repair", "first.iso", "second.iso", "good.iso"]).expect_code(0);
    assert!(fs::read(workspace.path("good.iso")).unwrap() == image);
    // Without error correction, copies that were cut off complete each other, but not copies that differ.
    workspace.run(&["manifest.yaml", "plain.iso"]).expect_code(0);
    let plain = fs::read(workspace.path("plain.iso")).unwrap();
    fs::write(workspace.path("cut.iso"), &plain[..plain.len() - 9 * SECTOR]).unwrap();
    workspace
        .run(&["repair", "cut.iso", "alone.iso"])
        .expect_code(4)
        .expect_stderr("`cut.iso` has no error correction");
    workspace.run(&["repair", "cut.iso", "plain.iso", "whole.iso"]).expect_code(0);
    assert!(fs::read(workspace.path("whole.iso")).unwrap() == plain);
    // What follows the end of the volume in another copy is not missing from this one.
    fs::write(workspace.path("longer.iso"), [&plain[..], &[7; 20 * SECTOR]].concat()).unwrap();
    workspace.run(&["repair", "plain.iso", "longer.iso", "same.iso"]).expect_code(0);
    assert!(fs::read(workspace.path("same.iso")).unwrap() == plain);
    let mut wrong = plain.clone();
    wrong[50 * SECTOR] ^= 1;
    fs::write(workspace.path("wrong.iso"), wrong).unwrap();
    workspace
        .run(&["repair", "wrong.iso", "plain.iso", "unknown.iso"])
        .expect_code(4)
        .expect_stderr("differ in 1 sector, the first of them sector 50");
    // Copies of another image.
    let other = Workspace::new().with("manifest.yaml", MANIFEST.replace("TWO_REPORTS", "OTHER"));
    other.run(&["--repair", "manifest.yaml", "out.iso"]).expect_code(0);
    fs::copy(other.path("out.iso"), workspace.path("other.iso")).unwrap();
    workspace
        .run(&["repair", "first.iso", "other.iso", "mixed.iso"])
        .expect_code(4)
        .expect_stderr("are copies of different images");
    for name in ["alone.iso", "unknown.iso", "mixed.iso", "mixed.iso.sha256"] {
        assert!(!workspace.path(name).exists(), "{name}");
    }
}

#[test]
fn too_much_damage_is_reported_and_nothing_is_written() {
    let workspace = workspace_with_image();
    let image = fs::read(workspace.path("out.iso")).unwrap();
    let end = 20 + (roots(&image) + 4) * layers(&image).1;
    damage(&workspace, "bad.iso", |image| image[20 * SECTOR..end * SECTOR].fill(7));
    workspace.run(&["verify", "bad.iso"]).expect_code(4).expect_stdout("this is too much for `make-disc repair` alone");
    let before = workspace.names();
    workspace
        .run(&["repair", "bad.iso", "good.iso"])
        .expect_code(4)
        .expect_stderr("cannot be restored, the first of them sector 20");
    assert_eq!(workspace.names(), before);
    // The copy itself is never overwritten.
    workspace
        .run(&["repair", "--force", "bad.iso", "bad.iso"])
        .expect_code(2)
        .expect_stderr("`bad.iso` is a damaged copy");
    workspace.run(&["repair", "bad.iso"]).expect_code(2);
    workspace.run(&["repair", "missing.iso", "good.iso"]).expect_code(3);
    workspace.run(&["repair", "files", "good.iso"]).expect_code(2).expect_stderr("is neither an image nor a drive");
}

#[test]
fn forged_headers_do_no_harm() {
    let workspace = workspace_with_image();
    let volume = layers(&fs::read(workspace.path("out.iso")).unwrap()).0;
    for at in [16, 20, 68, 69, 72, 75, 76, 80, 96, 116, 120, 122, 124, 127] {
        damage(&workspace, "forged.iso", |image| image[volume * SECTOR + at] ^= 0x81);
        workspace.run(&["verify", "forged.iso"]).expect_code(0).expect_stdout("the error correction has ");
        workspace.run(&["repair", "--force", "forged.iso", "good.iso"]).expect_code(0);
    }
}

#[test]
fn only_zeros_may_follow_the_error_correction() {
    let workspace = workspace_with_image();
    damage(&workspace, "zeros.iso", |image| image.resize(image.len() + 5 * SECTOR, 0));
    workspace.run(&["verify", "zeros.iso"]).expect_code(0);
    damage(&workspace, "more.iso", |image| {
        image.resize(image.len() + 5 * SECTOR, 0);
        image.resize(image.len() + SECTOR, 7);
    });
    workspace.run(&["verify", "more.iso"]).expect_code(4).expect_stdout("past the end of the volume");
}

#[test]
fn wrong_parity_is_noticed_although_it_has_no_checksums() {
    let workspace = workspace_with_image();
    let image = fs::read(workspace.path("out.iso")).unwrap();
    let (volume, layer) = layers(&image);
    let first = image.len() / SECTOR - layer;
    for changed in [first * SECTOR + 5, image.len() - 1] {
        damage(&workspace, "bad.iso", |image| image[changed] ^= 1);
        workspace
            .run(&["verify", "bad.iso"])
            .expect_code(0)
            .expect_stdout("the image has no damaged sectors, the error correction has at least 1 damaged sector");
    }
    // All of the parity is wrong.
    damage(&workspace, "bad.iso", |image| image[first * SECTOR..].fill(0x3c));
    workspace
        .run(&["verify", "bad.iso"])
        .expect_code(0)
        .expect_stdout(&format!("has at least {layer} damaged sectors"));
    workspace
        .run(&["repair", "bad.iso", "good.iso"])
        .expect_code(0)
        .expect_stdout("no checksum file that can be used is beside");
    assert!(fs::read(workspace.path("good.iso")).unwrap() == image && !workspace.path("good.iso.sha256").exists());
    // The error correction of another image with the same length.
    let other = Workspace::new().with("files/africa.en.pdf", pdf("en", "Africa, in Swedish"));
    other.run(&["--repair", "manifest.yaml", "out.iso"]).expect_code(0);
    let correction = fs::read(other.path("out.iso")).unwrap().split_off(volume * SECTOR);
    damage(&workspace, "mixed.iso", |image| {
        image.truncate(volume * SECTOR);
        image.extend_from_slice(&correction);
    });
    assert!(correction != image[volume * SECTOR..]);
    let output = workspace.run(&["verify", "mixed.iso"]);
    assert!(!output.stdout.contains("no damage was found"), "{}", output.stdout);
}

#[test]
fn error_correction_cannot_make_another_image_of_an_intact_one() {
    let workspace = workspace_with_image();
    let (_, layer) = layers(&fs::read(workspace.path("out.iso")).unwrap());
    let original = fs::read(workspace.path("out.iso")).unwrap();
    let checksums = (254 - roots(&original)) * layer * SECTOR;
    // The checksums and the parity of another image, whose descriptor and documents differ.
    let other = Workspace::new()
        .with("manifest.yaml", MANIFEST.replace("TWO_REPORTS", "OLD_REPORTS"))
        .with("files/africa.en.pdf", pdf("en", "Afrika, in Swahili"));
    other.run(&["--repair", "manifest.yaml", "out.iso"]).expect_code(0);
    let theirs = fs::read(other.path("out.iso")).unwrap();
    assert!(theirs.len() == original.len() && theirs[checksums..] != original[checksums..]);
    damage(&workspace, "forged.iso", |image| image[checksums..].copy_from_slice(&theirs[checksums..]));
    // Sectors of checksums that name another image and have correct CRCs, and parity that matches nothing.
    damage(&workspace, "invented.iso", |image| {
        for sector in image[checksums..checksums + layer * SECTOR].chunks_exact_mut(SECTOR) {
            sector[1024 + 32..1024 + 48].fill(0x77);
            sector[1120..1124].copy_from_slice(&0x4c_5047_u32.to_le_bytes());
            let crc = !crc32fast::hash(sector);
            sector[1120..1124].copy_from_slice(&crc.to_le_bytes());
        }
        image[checksums + layer * SECTOR..].fill(0x99);
    });
    for forged in ["forged.iso", "invented.iso"] {
        let output = workspace.run(&["verify", forged]).expect_code(0);
        assert!(output.stdout.contains("the error correction has"), "{}", output.stdout);
        workspace
            .run(&["repair", forged, "good.iso"])
            .expect_code(4)
            .expect_stderr("the error correction contradicts itself");
    }
}

#[test]
fn error_correction_cannot_change_the_directories_of_an_intact_image() {
    let published = workspace_with_image();
    let image = fs::read(published.path("out.iso")).unwrap();
    let list = fs::read_to_string(published.path("out.iso.sha256")).unwrap();
    let volume = layers(&image).0 * SECTOR;
    // Other times in all descriptors and directories, as on a disc with another date, and the same files.
    let mut mixed = image.clone();
    replace_all(&mut mixed[..volume], b"2008063000000000", b"2008063000000700");
    replace_all(&mut mixed[..volume], &[108, 6, 30, 0, 0, 0, 0], &[108, 6, 30, 0, 0, 7, 0]);
    assert!(mixed != image);
    let workspace = Workspace::empty().with("mixed.iso", mixed);
    workspace.run(&["verify", "mixed.iso"]).expect_code(4).expect_stdout("nothing else is wrong, but sector");
    workspace
        .run(&["repair", "mixed.iso", "good.iso"])
        .expect_code(4)
        .expect_stderr("nothing is wrong with the files in `mixed.iso` and its structure");
    assert_eq!(workspace.names(), ["mixed.iso"]);
    // The published digest shows which of the two is right.
    let workspace = workspace.with("mixed.iso.sha256", list.replace("out.iso", "mixed.iso"));
    workspace.run(&["repair", "mixed.iso", "good.iso"]).expect_code(0);
    assert!(fs::read(workspace.path("good.iso")).unwrap() == image);
}

/// Replaces bytes with others of the same length, wherever they are.
fn replace_all(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(from.len()).position(|window| window == from) {
        at += found;
        bytes[at..at + to.len()].copy_from_slice(to);
        at += to.len();
    }
}

#[test]
fn copies_of_different_images_are_refused() {
    let with_text = |text: &str| {
        let workspace = Workspace::new().with("files/africa.en.pdf", pdf("en", text));
        workspace.run(&["--repair", "manifest.yaml", "out.iso"]).expect_code(0);
        fs::read(workspace.path("out.iso")).unwrap()
    };
    let (one, other) = (with_text("Report one"), with_text("Report two"));
    assert!(one.len() == other.len() && one != other);
    // The error correction of the other one, whose descriptor is the same.
    let volume = layers(&one).0 * SECTOR;
    let mixed = [&one[..volume], &other[volume..]].concat();
    Workspace::empty()
        .with("mixed.iso", mixed)
        .run(&["verify", "mixed.iso"])
        .expect_code(4)
        .expect_stdout("it belongs to another image");
    // The other image is refused even if this image is also damaged elsewhere.
    let mut damaged = [&one[..volume], &other[volume..]].concat();
    damaged[volume - 1] ^= 1;
    let workspace = Workspace::empty().with("damaged.iso", damaged);
    workspace
        .run(&["repair", "damaged.iso", "good.iso"])
        .expect_code(4)
        .expect_stderr("is intact in `damaged.iso`, but the error correction would change or remove it");
    assert_eq!(workspace.names(), ["damaged.iso"]);
    let workspace = Workspace::empty().with("one.iso", &one).with("other.iso", &other).with("same.iso", &one);
    workspace
        .run(&["repair", "one.iso", "other.iso", "good.iso"])
        .expect_code(4)
        .expect_stderr("`one.iso` and `other.iso` are copies of different images");
    workspace.run(&["repair", "one.iso", "same.iso", "good.iso"]).expect_code(0);
}

#[test]
fn a_header_that_claims_a_huge_file_is_not_believed() {
    let workspace = workspace_with_image();
    let volume = layers(&fs::read(workspace.path("out.iso")).unwrap()).0;
    damage(&workspace, "huge.iso", |image| {
        let header = &mut image[volume * SECTOR..(volume + 2) * SECTOR];
        header[120..128].copy_from_slice(&200_000_u64.to_le_bytes());
        header[96..100].copy_from_slice(&0x4c_5047_u32.to_le_bytes());
        // CRC-32 without the final inversion.
        let crc = !crc32fast::hash(header);
        header[96..100].copy_from_slice(&crc.to_le_bytes());
    });
    workspace.run(&["verify", "huge.iso"]).expect_code(4).expect_stdout("past the end of the volume");
    workspace.run(&["repair", "huge.iso", "good.iso"]).expect_code(4).expect_stderr("cannot be restored");
}

#[test]
fn an_impossible_amount_is_an_error_with_advice() {
    let with_keys =
        |keys: &str| Workspace::new().with("manifest.yaml", MANIFEST.replace("  date:", &format!("{keys}\n  date:")));
    for wrong in ["much", "15", "3 %", "201 %", "-5 %"] {
        with_keys(&format!("  repair: {wrong}"))
            .run(&["check", "manifest.yaml"])
            .expect_code(1)
            .expect_stderr(&format!("`{wrong}` is not an amount of error correction"));
    }
    with_keys("  repair: 50 %\n  media: 1 MB")
        .run(&["check", "manifest.yaml"])
        .expect_code(1)
        .expect_stderr("error[no-room-for-repair]");
    // The image gets as much error correction as there is room for.
    let workspace = with_keys("  repair: true\n  media: 1100 kB");
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    assert!(fs::metadata(workspace.path("out.iso")).unwrap().len() <= 1_100_000);
    let workspace = with_keys("  repair: false");
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    let plain = Workspace::new();
    plain.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    assert!(fs::read(workspace.path("out.iso")).unwrap() == fs::read(plain.path("out.iso")).unwrap());
    plain.run(&["--repair=15", "manifest.yaml", "other.iso"]).expect_code(2).expect_stderr("--repair=15%");
    plain.run(&["--repair", "manifest.yaml", "-"]).expect_code(2).expect_stderr("give a file name for the image");
}

#[test]
fn check_predicts_the_size_with_error_correction() {
    let workspace = Workspace::new().with("manifest.yaml", MANIFEST.replace("  date:", "  repair: 30 %\n  date:"));
    let output = workspace.run(&["check", "--json", "manifest.yaml"]).expect_code(0);
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    let size = fs::metadata(workspace.path("out.iso")).unwrap().len();
    assert!(output.stdout.contains(&size.to_string()), "{size}: {}", output.stdout);
}
