//! Burning: the tool gets the right arguments, the disc is held against the image, and what goes wrong is said.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::{Desk, Ran};

/// A desk with an image, and programs of these names and scripts alone in its path.
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
fn a_disc_is_burned_by_xorriso_and_held_against_the_image() {
    let desk = desk(&[("xorriso", "exec xorriso \"$@\"")]);
    let ran = burn(&desk, &["--yes", "--device", "stdio:disc.img", "out.iso"]).ended(0);
    assert!(ran.stdout.contains("every byte is as in the image") && ran.stderr.contains("xorriso"), "{}", ran.stderr);
    let (image, disc) = (fs::read(desk.path("out.iso")).unwrap(), fs::read(desk.path("disc.img")).unwrap());
    assert!(disc.starts_with(&image));
    desk.run(&["verify", "out.iso"]).ended(0);
    let json = burn(&desk, &["--json", "--yes", "--device", "stdio:other.img", "out.iso"]).ended(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json["ok"].as_bool(), json["changed_sectors"].as_u64()), (Some(true), Some(0)));
}

#[test]
fn a_disc_that_came_out_otherwise_is_thrown_away() {
    let wrong = "xorriso \"$@\" && printf 'X' | dd of=disc.img bs=1 seek=600000 conv=notrunc 2>/dev/null";
    let desk = desk(&[("xorriso", wrong)]);
    let size = fs::metadata(desk.path("out.iso")).unwrap().len();
    assert!(size > 600_000);
    let ran = burn(&desk, &["--yes", "--device", "stdio:disc.img", "out.iso"]).ended(4);
    assert!(
        ran.stderr.contains("1 sectors hold other bytes and 0 cannot be read, from sector 292 on"),
        "{}",
        ran.stderr
    );
    let short = "xorriso \"$@\" && truncate -s 500000 disc.img";
    let desk = self::desk(&[("xorriso", short)]);
    burn(&desk, &["--yes", "--device", "stdio:disc.img", "out.iso"]).ended(4).said("cannot be read");
}

#[test]
fn a_tool_that_fails_has_the_last_word() {
    let desk = desk(&[("xorriso", "echo 'FATAL : no blank medium'; exit 5")]);
    let ran = burn(&desk, &["--yes", "--device", "/dev/null", "out.iso"]).ended(3);
    assert!(
        ran.stderr.contains("could not burn the disc") && ran.stderr.contains("it said last:\nFATAL : no blank medium")
    );
    let json = burn(&desk, &["--json", "--yes", "--device", "/dev/null", "out.iso"]).ended(3).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["error"].as_str().unwrap().contains("no blank medium"));
}

#[test]
fn each_tool_is_called_by_its_own_rules() {
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
    burn(&desk, &["--yes", "--tool", "xorriso", "out.iso"]).ended(2).said("there is no program `xorriso` here");
}

#[test]
fn what_cannot_be_burned_is_said_before() {
    let desk = desk(&[]);
    burn(&desk, &["--yes", "--device", "/dev/sr9", "out.iso"]).ended(2).said("install xorriso");
    burn(&desk, &["--yes", "manifest.yaml"]).ended(4).said("is no disc image");
    burn(&desk, &["--yes", "none.iso"]).ended(3).said("there is no such file");
    let desk = self::desk(&[("xorriso", "exec xorriso \"$@\"")]);
    burn(&desk, &["--device", "stdio:disc.img", "out.iso"]).ended(2).said("give it with `--yes`");
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
fn a_run_that_is_broken_off_says_what_the_disc_is_worth() {
    let desk = desk(&[("xorriso", "trap 'exit 1' INT; touch begun; while :; do sleep 0.1; done")]);
    let mut command = desk.command(&["burn", "--yes", "--device", "stdio:disc.img", "out.iso"]);
    command.env("PATH", desk.path("bin")).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    use std::os::unix::process::CommandExt;
    let run = command.process_group(0).spawn().unwrap();
    desk.wait_for("begun", 0);
    // As a terminal does: all of the group get it.
    let group = std::process::Command::new("kill").args(["-INT", "--", &format!("-{}", run.id())]).status().unwrap();
    assert!(group.success());
    Ran::of(run.wait_with_output().unwrap()).ended(130).said("the disc is not whole, do not use it");
}
