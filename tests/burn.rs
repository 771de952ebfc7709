//! Burning: the tool gets the right arguments, the disc is compared with the image, and failures are reported.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::{Desk, Ran};

/// A desk with an image, and a path with only these programs: their names and their scripts.
fn desk(programs: &[(&str, &str)]) -> Desk {
    let desk = Desk::new();
    desk.run(&["manifest.yaml", "out.iso"]).ended(0);
    fs::create_dir(desk.path("bin")).unwrap();
    for (name, script) in programs {
        fs::write(desk.path("bin").join(name), format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")).unwrap();
        fs::set_permissions(desk.path("bin").join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    desk
}

fn burn(desk: &Desk, arguments: &[&str]) -> Ran {
    let mut all = vec!["burn"];
    all.extend(arguments);
    Ran::of(desk.command(&all).env("PATH", desk.path("bin")).output().unwrap())
}

#[test]
fn xorriso_burns_a_disc_that_is_then_compared_with_the_image() {
    let desk = desk(&[("xorriso", "exec xorriso \"$@\"")]);
    let ran = burn(&desk, &["--yes", "--device", "stdio:disc.img", "out.iso"]).ended(0);
    assert!(
        ran.stdout.contains("every byte is the same as in the image") && ran.stderr.contains("xorriso"),
        "{}",
        ran.stderr
    );
    let (image, disc) = (fs::read(desk.path("out.iso")).unwrap(), fs::read(desk.path("disc.img")).unwrap());
    assert!(disc.starts_with(&image));
    desk.run(&["verify", "out.iso"]).ended(0);
    let json = burn(&desk, &["--json", "--yes", "--device", "stdio:other.img", "out.iso"]).ended(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json["ok"].as_bool(), json["changed_sectors"].as_u64()), (Some(true), Some(0)));
}

#[test]
fn a_disc_that_differs_from_the_image_is_reported() {
    let wrong = "xorriso \"$@\" && printf 'X' | dd of=disc.img bs=1 seek=600000 conv=notrunc 2>/dev/null";
    let desk = desk(&[("xorriso", wrong)]);
    let size = fs::metadata(desk.path("out.iso")).unwrap().len();
    assert!(size > 600_000);
    let ran = burn(&desk, &["--yes", "--device", "stdio:disc.img", "out.iso"]).ended(4);
    assert!(
        ran.stderr.contains("1 sector with other contents and 0 that cannot be read, the first at sector 292"),
        "{}",
        ran.stderr
    );
    let short = "xorriso \"$@\" && truncate -s 500000 disc.img";
    let desk = self::desk(&[("xorriso", short)]);
    burn(&desk, &["--yes", "--device", "stdio:disc.img", "out.iso"]).ended(4).said("cannot be read");
}

#[test]
fn the_last_output_of_a_tool_that_fails_is_shown() {
    let desk = desk(&[("xorriso", "echo 'FATAL : no blank medium'; exit 5")]);
    let ran = burn(&desk, &["--yes", "--device", "/dev/null", "out.iso"]).ended(3);
    assert!(
        ran.stderr.contains("could not burn the disc")
            && ran.stderr.contains("its last output was:\nFATAL : no blank medium")
    );
    let json = burn(&desk, &["--json", "--yes", "--device", "/dev/null", "out.iso"]).ended(3).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["error"].as_str().unwrap().contains("no blank medium"));
}

#[test]
fn each_tool_is_called_with_its_own_arguments() {
    let record = "printf '%s\\n' \"$@\" > called";
    let desk = desk(&[("wodim", record), ("growisofs", record)]);
    burn(&desk, &["--yes", "--no-verify", "--speed", "4", "--device", "/dev/sr9", "out.iso"]).ended(0);
    let called = fs::read_to_string(desk.path("called")).unwrap();
    assert_eq!(called.lines().collect::<Vec<_>>(), ["-v", "dev=/dev/sr9", "speed=4", "-dao", "out.iso"]);
    burn(&desk, &["--yes", "--no-verify", "--tool", "growisofs", "--device", "/dev/sr9", "out.iso"]).ended(0);
    let called = fs::read_to_string(desk.path("called")).unwrap();
    assert_eq!(called.lines().collect::<Vec<_>>(), ["-dvd-compat", "-Z", "/dev/sr9=out.iso"]);
    let ran = burn(&desk, &["--dry-run", "--device", "/dev/sr9", "out.iso"]).ended(0);
    assert!(ran.stdout.ends_with("wodim -v 'dev=/dev/sr9' -dao out.iso\n"), "{}", ran.stdout);
    burn(&desk, &["--yes", "--tool", "xorriso", "out.iso"]).ended(2).said("`xorriso` is not installed");
}

#[test]
fn problems_are_reported_before_anything_is_burned() {
    let desk = desk(&[]);
    burn(&desk, &["--yes", "--device", "/dev/sr9", "out.iso"]).ended(2).said("install xorriso");
    burn(&desk, &["--yes", "manifest.yaml"]).ended(4).said("is not a disc image");
    burn(&desk, &["--yes", "none.iso"]).ended(3).said("there is no such file");
    let desk = self::desk(&[("xorriso", "exec xorriso \"$@\"")]);
    burn(&desk, &["--device", "stdio:disc.img", "out.iso"]).ended(2).said("confirm with `--yes`");
    assert!(!desk.path("disc.img").exists());
    // An image that was changed since it was made is not burned.
    let mut image = fs::read(desk.path("out.iso")).unwrap();
    image[600_000] ^= 1;
    fs::write(desk.path("out.iso"), image).unwrap();
    burn(&desk, &["--yes", "--device", "stdio:disc.img", "out.iso"]).ended(4).said("it was changed or damaged");
    assert!(!desk.path("disc.img").exists());
    // A machine without a drive.
    if fs::read_to_string("/proc/sys/dev/cdrom/info").is_err() {
        let desk = self::desk(&[("xorriso", "exit 0")]);
        burn(&desk, &["--yes", "out.iso"]).ended(3).said("no drive that burns discs was found");
    }
}

#[test]
fn an_interrupted_burn_says_that_the_disc_is_incomplete() {
    let desk = desk(&[("xorriso", "trap 'exit 1' INT; touch begun; while :; do sleep 0.1; done")]);
    let mut command = desk.command(&["burn", "--yes", "--device", "stdio:disc.img", "out.iso"]);
    command.env("PATH", desk.path("bin")).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    use std::os::unix::process::CommandExt;
    let run = command.process_group(0).spawn().unwrap();
    desk.wait_for("begun", 0);
    // As a terminal does: all of the group get it.
    let group = std::process::Command::new("kill").args(["-INT", "--", &format!("-{}", run.id())]).status().unwrap();
    assert!(group.success());
    Ran::of(run.wait_with_output().unwrap()).ended(130).said("the disc is incomplete, do not use it");
}
