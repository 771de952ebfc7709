//! Burning: the burning program gets the right arguments, the disc is compared with the image, and failures are reported.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::common::{RunOutput, Workspace};

/// A workspace with an image, and a folder for `PATH` that contains only these programs (name and script of each).
fn workspace(programs: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::new();
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    fs::create_dir(workspace.path("bin")).unwrap();
    for (name, script) in programs {
        fs::write(workspace.path("bin").join(name), format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")).unwrap();
        fs::set_permissions(workspace.path("bin").join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    workspace
}

fn burn(workspace: &Workspace, arguments: &[&str]) -> RunOutput {
    let mut all = vec!["burn"];
    all.extend(arguments);
    RunOutput::new(workspace.command(&all).env("PATH", workspace.path("bin")).output().unwrap())
}

#[test]
fn xorriso_burns_a_disc_that_is_then_compared_with_the_image() {
    let workspace = workspace(&[("xorriso", "exec xorriso \"$@\"")]);
    let output = burn(&workspace, &["--yes", "--device", "stdio:disc.img", "out.iso"]).expect_code(0);
    assert!(
        output.stdout.contains("every byte is the same as in the image") && output.stderr.contains("xorriso"),
        "{}",
        output.stderr
    );
    let (image, disc) = (fs::read(workspace.path("out.iso")).unwrap(), fs::read(workspace.path("disc.img")).unwrap());
    assert!(disc.starts_with(&image));
    workspace.run(&["verify", "out.iso"]).expect_code(0);
    let json = burn(&workspace, &["--json", "--yes", "--device", "stdio:other.img", "out.iso"]).expect_code(0).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json["ok"].as_bool(), json["changed_sectors"].as_u64()), (Some(true), Some(0)));
    burn(&workspace, &["--yes", "--report", "log", "--device", "stdio:third.img", "out.iso"]).expect_code(0);
    let report = fs::read_to_string(workspace.path("log.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["event"]["outcome"].as_str(), Some("intact"));
    assert_eq!(report["result"]["changed_sectors"].as_u64(), Some(0));
    let text = fs::read_to_string(workspace.path("log.txt")).unwrap();
    assert!(text.ends_with("verdict    INTACT: every byte is the same as in the image\n"), "{text}");
}

#[test]
fn a_disc_that_differs_from_the_image_is_reported() {
    let wrong = "xorriso \"$@\" && printf 'X' | dd of=disc.img bs=1 seek=600000 conv=notrunc 2>/dev/null";
    let workspace = workspace(&[("xorriso", wrong)]);
    let size = fs::metadata(workspace.path("out.iso")).unwrap().len();
    assert!(size > 600_000);
    let output =
        burn(&workspace, &["--yes", "--report", "log.txt", "--device", "stdio:disc.img", "out.iso"]).expect_code(4);
    let report = fs::read_to_string(workspace.path("log.txt")).unwrap();
    assert!(report.contains("verdict    NOT INTACT: 1 sector with different contents"), "{report}");
    assert!(
        output.stderr.contains("1 sector with different contents and 0 that cannot be read, the first at sector 292"),
        "{}",
        output.stderr
    );
    let short = "xorriso \"$@\" && truncate -s 500000 disc.img";
    let workspace = self::workspace(&[("xorriso", short)]);
    burn(&workspace, &["--yes", "--device", "stdio:disc.img", "out.iso"])
        .expect_code(4)
        .expect_stderr("cannot be read");
}

/// Runs `burn` with a report, and returns the output and the report.
fn burn_with_report(workspace: &Workspace, arguments: &[&str], code: i32) -> (RunOutput, serde_json::Value) {
    let all = [&["--force", "--report", "log.json"][..], arguments].concat();
    let output = burn(workspace, &all).expect_code(code);
    let report = fs::read_to_string(workspace.path("log.json")).unwrap();
    (output, serde_json::from_str(&report).unwrap())
}

#[test]
fn the_report_says_what_is_printed() {
    // `hdiutil` compares the disc itself, unless told not to.
    let workspace = workspace(&[("hdiutil", "printf '%s\\n' \"$@\" > called")]);
    let (output, report) = burn_with_report(&workspace, &["--yes", "out.iso"], 0);
    assert!(output.stdout.contains("hdiutil compared it with the image"), "{}", output.stdout);
    assert!(output.stderr.ends_with("report     log.json\n"), "{}", output.stderr);
    assert_eq!(report["event"]["outcome"].as_str(), Some("intact"));
    assert_eq!(report["result"]["compared"].as_bool(), Some(true));
    let (output, report) = burn_with_report(&workspace, &["--yes", "--no-verify", "out.iso"], 0);
    assert!(output.stdout.contains("not compared with the image"), "{}", output.stdout);
    assert!(fs::read_to_string(workspace.path("called")).unwrap().contains("-noverifyburn"));
    assert_eq!(report["event"]["outcome"].as_str(), Some("not verified"));
    assert_eq!(report["result"]["compared"].as_bool(), Some(false));
    let (output, _) = burn_with_report(&workspace, &["--yes", "--quiet", "out.iso"], 0);
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", ""));
}

#[test]
fn a_burn_that_fails_has_a_report_too() {
    let workspace = workspace(&[("xorriso", "exit 5")]).with("other.iso", "not an image");
    let device = ["--yes", "--device", "stdio:disc.img"];
    for (image, code, detail) in [
        ("other.iso", 4, "nothing was burned"),
        ("none.iso", 3, "nothing was burned"),
        ("out.iso", 3, "burning was started but failed; nothing was compared"),
    ] {
        let (output, report) = burn_with_report(&workspace, &[&device[..], &[image]].concat(), code);
        assert_eq!(report["event"]["outcome"].as_str(), Some("not verified"), "{image}");
        assert_eq!(report["event"]["detail"].as_str(), Some(detail), "{image}");
        assert_eq!(report["target"]["path"].as_str(), Some("stdio:disc.img"));
        let message = report["event"]["outcome_detail"].as_str().unwrap();
        assert!(!message.is_empty() && output.stderr.contains(message), "{}", output.stderr);
        let (printed, report) = burn_with_report(&workspace, &[&device[..], &["--json", image]].concat(), code);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&printed.stdout).unwrap(), report["result"]);
    }
    // Nothing was done, so there is nothing to report.
    for arguments in [&["--device", "stdio:disc.img", "out.iso"][..], &["--tool", "wodim", "--yes", "out.iso"]] {
        let all = [&["--report", "none.json"][..], arguments].concat();
        burn(&workspace, &all).expect_code(2).expect_stderr("no report was written: nothing was burned");
    }
    let dry = ["--report", "none.json", "--dry-run", "--device", "stdio:disc.img", "out.iso"];
    burn(&workspace, &dry).expect_code(0).expect_stderr("no report was written: nothing was burned");
    assert!(!workspace.path("none.json").exists());
}

#[test]
fn the_last_output_of_a_tool_that_fails_is_shown() {
    let workspace = workspace(&[("xorriso", "echo 'FATAL : no blank medium'; exit 5")]);
    let output = burn(&workspace, &["--yes", "--device", "/dev/null", "out.iso"]).expect_code(3);
    assert!(
        output.stderr.contains("could not burn the disc")
            && output.stderr.contains("its last output was: FATAL : no blank medium")
    );
    let json = burn(&workspace, &["--json", "--yes", "--device", "/dev/null", "out.iso"]).expect_code(3).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["error"].as_str().unwrap().contains("no blank medium"));
}

#[test]
fn each_tool_is_called_with_its_own_arguments() {
    let record = "printf '%s\\n' \"$@\" > called";
    let workspace = workspace(&[("wodim", record), ("growisofs", record)]);
    burn(&workspace, &["--yes", "--no-verify", "--speed", "4", "--device", "/dev/sr9", "out.iso"]).expect_code(0);
    let called = fs::read_to_string(workspace.path("called")).unwrap();
    assert_eq!(called.lines().collect::<Vec<_>>(), ["-v", "dev=/dev/sr9", "speed=4", "-dao", "out.iso"]);
    burn(&workspace, &["--yes", "--no-verify", "--tool", "growisofs", "--device", "/dev/sr9", "out.iso"])
        .expect_code(0);
    let called = fs::read_to_string(workspace.path("called")).unwrap();
    assert_eq!(called.lines().collect::<Vec<_>>(), ["-dvd-compat", "-Z", "/dev/sr9=out.iso"]);
    let output = burn(&workspace, &["--dry-run", "--device", "/dev/sr9", "out.iso"]).expect_code(0);
    assert!(output.stdout.ends_with("wodim -v 'dev=/dev/sr9' -dao out.iso\n"), "{}", output.stdout);
    burn(&workspace, &["--yes", "--tool", "xorriso", "out.iso"])
        .expect_code(2)
        .expect_stderr("`xorriso` is not installed");
}

#[test]
fn problems_are_reported_before_anything_is_burned() {
    let workspace = workspace(&[]);
    burn(&workspace, &["--yes", "--device", "/dev/sr9", "out.iso"]).expect_code(2).expect_stderr("install xorriso");
    // growisofs does not burn images that fit on a CD.
    let workspace = self::workspace(&[("growisofs", "exit 0")]);
    burn(&workspace, &["--yes", "--device", "/dev/sr9", "out.iso"])
        .expect_code(2)
        .expect_stderr("found no program that can burn this image: install xorriso");
    burn(&workspace, &["--yes", "manifest.yaml"]).expect_code(4).expect_stderr("is not a disc image");
    burn(&workspace, &["--yes", "none.iso"]).expect_code(3).expect_stderr("there is no such file");
    let workspace = self::workspace(&[("xorriso", "exec xorriso \"$@\"")]);
    burn(&workspace, &["--device", "stdio:disc.img", "out.iso"]).expect_code(2).expect_stderr("confirm with `--yes`");
    burn(&workspace, &["--yes", "--device", "stdio:out.iso", "out.iso"])
        .expect_code(2)
        .expect_stderr("is the image itself");
    fs::hard_link(workspace.path("out.iso"), workspace.path("hard.iso")).unwrap();
    burn(&workspace, &["--yes", "--device", "stdio:hard.iso", "out.iso"])
        .expect_code(2)
        .expect_stderr("is the image itself");
    let asked = burn(&workspace, &["--json", "--device", "stdio:disc.img", "out.iso"]).expect_code(2);
    assert!(asked.stdout.contains("`--json` cannot ask for confirmation"), "{}", asked.stdout);
    assert!(!workspace.path("disc.img").exists());
    // An image that does not match its checksum file is not burned.
    let mut image = fs::read(workspace.path("out.iso")).unwrap();
    image[600_000] ^= 1;
    fs::write(workspace.path("out.iso"), image).unwrap();
    burn(&workspace, &["--yes", "--device", "stdio:disc.img", "out.iso"])
        .expect_code(4)
        .expect_stderr("it was changed or damaged");
    assert!(!workspace.path("disc.img").exists());
    // This can be tested only on a machine without a drive.
    if fs::read_to_string("/proc/sys/dev/cdrom/info").is_err() {
        let workspace = self::workspace(&[("xorriso", "exit 0")]);
        burn(&workspace, &["--yes", "out.iso"]).expect_code(3).expect_stderr("no drive that burns discs was found");
    }
}

#[test]
fn an_interrupted_burn_says_that_the_disc_is_incomplete() {
    let workspace = workspace(&[("xorriso", "trap 'exit 1' INT; touch begun; while :; do sleep 0.1; done")]);
    let mut command = workspace.command(&["burn", "--yes", "--device", "stdio:disc.img", "out.iso"]);
    command
        .env("PATH", workspace.path("bin"))
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    use std::os::unix::process::CommandExt;
    let run = command.process_group(0).spawn().unwrap();
    workspace.wait_for("begun", 0);
    // A terminal sends the signal to all processes of the group.
    let group = std::process::Command::new("kill").args(["-INT", "--", &format!("-{}", run.id())]).status().unwrap();
    assert!(group.success());
    RunOutput::new(run.wait_with_output().unwrap())
        .expect_code(130)
        .expect_stderr("the disc is incomplete, do not use it");
}
