//! Ctrl-C and SIGTERM end every long-running command within two seconds, even if it is stuck. Nothing half-written remains, and no
//! process that it started.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{MANIFEST, RunOutput, SLOW_EMBLEM, Workspace, signal, worker_of};

/// How long a command may take to end.
const LIMIT: Duration = Duration::from_secs(2);

/// Sends a signal, and waits for the end of the command and of everything it started.
#[track_caller]
fn interrupt(workspace: &Workspace, child: Child, name: &str, what: &str) -> RunOutput {
    let start = Instant::now();
    signal(&child, name);
    let output = RunOutput::new(child.wait_with_output().unwrap());
    assert!(start.elapsed() < LIMIT, "{what}: {:?} after SIG{name}", start.elapsed());
    assert_eq!(processes_in(workspace.root()), [""; 0], "{what}, SIG{name}");
    assert_eq!(output.code, Some(130), "{what}, SIG{name}: {}", output.stderr);
    output
}

/// The names of the processes whose working folder is this one.
fn processes_in(folder: &Path) -> Vec<String> {
    let folder = fs::canonicalize(folder).unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let inside = processes.filter(|process| fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == folder));
    inside.map(|process| fs::read_to_string(process.path().join("comm")).unwrap_or_default()).collect()
}

/// Every file and folder below a folder.
fn everything(folder: &Path) -> Vec<String> {
    let output = Command::new("find").arg(folder).args(["-printf", "%P %s %T@\n"]).output().unwrap();
    let mut lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    // The folder itself: a temporary file was in it.
    lines.retain(|line| !line.starts_with(' '));
    lines.sort();
    lines
}

/// The commands that make something from a manifest.
const COMMANDS: [&[&str]; 7] = [
    &["check", "manifest.yaml", "--html", "page.html"],
    &["manifest.yaml", "out.iso"],
    &["manifest.yaml", "-"],
    &["stage", "manifest.yaml", "out"],
    &["stage", "--zip", "out.zip", "manifest.yaml"],
    &["preview", "--no-open", "manifest.yaml"],
    &["print", "manifest.yaml", "out.pdf"],
];

/// Starts a command with a cache of its own, which is empty.
fn start(workspace: &Workspace, cache: &Path, arguments: &[&str]) -> Child {
    let mut command = workspace.command(arguments);
    command.env("XDG_CACHE_HOME", cache).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Interrupts the commands while a worker process runs.
fn interrupt_while_working(workspace: &Workspace, commands: &[&[&str]]) {
    for (number, arguments) in commands.iter().enumerate() {
        for name in ["INT", "TERM"] {
            let cache = tempfile::tempdir().unwrap();
            let before = everything(workspace.root());
            let child = start(workspace, cache.path(), arguments);
            worker_of(&child);
            // Half of the commands are interrupted after a while, the others at once.
            std::thread::sleep(Duration::from_millis(300 * (number as u64 % 2)));
            let what = arguments.join(" ");
            let output = interrupt(workspace, child, name, &what);
            assert!(output.stderr.contains("interrupted; nothing was changed"), "{what}: {}", output.stderr);
            assert!(!output.stderr.contains("[bad-picture]"), "{what}: {}", output.stderr);
            assert_eq!(everything(workspace.root()), before, "{what}");
            let cached = everything(cache.path());
            assert!(!cached.iter().any(|line| line.contains(".part")), "{what}: {cached:?}");
        }
    }
}

#[test]
fn commands_end_while_the_emblem_is_drawn() {
    let manifest = format!("{MANIFEST}launcher: {{emblem: emblem}}\n");
    let workspace = Workspace::new().with("manifest.yaml", manifest).with("emblem", SLOW_EMBLEM);
    interrupt_while_working(&workspace, &COMMANDS);
}

#[test]
fn commands_end_while_documents_are_read() {
    // For nested elements, the library takes time that grows with the square of their number.
    let slow = "<div>".repeat(300_000);
    let manifest = MANIFEST.replace("files/asia.pdf", "files/asia.html");
    let workspace = Workspace::new().with("manifest.yaml", manifest).with("files/asia.html", slow);
    interrupt_while_working(&workspace, &COMMANDS);
    interrupt_while_working(&workspace, &[&["init", "files"], &["init", "--update", "--output", "manifest.yaml", "."]]);
    let output = {
        let cache = tempfile::tempdir().unwrap();
        let child = start(&workspace, cache.path(), &["check", "--json", "manifest.yaml"]);
        worker_of(&child);
        interrupt(&workspace, child, "TERM", "check --json")
    };
    let result: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((&result["ok"], &result["error"]), (&false.into(), &"interrupted; nothing was changed".into()));
}

#[test]
fn a_command_ends_even_if_it_is_stuck() {
    // Nobody reads the image from the pipe, which is full.
    let workspace = Workspace::new();
    for name in ["INT", "TERM"] {
        let mut child = workspace.start(&["manifest.yaml", "-"]);
        child.stdout.as_mut().unwrap().read_exact(&mut [0; 1000]).unwrap();
        std::thread::sleep(Duration::from_millis(500));
        let start = Instant::now();
        signal(&child, name);
        let status = child.wait().unwrap();
        assert!(start.elapsed() < LIMIT && status.code() == Some(130), "{:?}, {status:?}", start.elapsed());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(said.contains("interrupted; nothing was changed"), "{said}");
    }
}

#[test]
fn a_finished_result_is_not_called_unchanged() {
    use std::io::Write;
    let workspace = Workspace::new();
    for (arguments, last) in [
        (&["manifest.yaml", "out.iso"][..], "out.iso.sha256"),
        (&["stage", "manifest.yaml", "out"], "out/SHA256SUMS"),
        (&["stage", "--zip", "out.zip", "manifest.yaml"], "out.zip"),
        (&["print", "manifest.yaml", "out.pdf"], "out.pdf"),
        (&["check", "--html", "page.html", "manifest.yaml"], "page.html"),
        (&["init", "--output", "new.yaml", "files"], "new.yaml"),
    ] {
        // Nobody reads from the pipe, which is full, so the command is stuck when it prints its result.
        let (_reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(&[b' '; 65_536]).unwrap();
        let mut command = workspace.command(arguments);
        let child = command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let start = Instant::now();
        while !workspace.path(last).exists() && start.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(300));
        let what = arguments.join(" ");
        let output = interrupt(&workspace, child, "INT", &what);
        assert!(output.stderr.contains("the result was already complete"), "{what}: {}", output.stderr);
        assert!(!output.stderr.contains("nothing was changed"), "{what}: {}", output.stderr);
        assert!(workspace.path(last).exists(), "{what}");
    }
}

#[test]
fn commands_end_while_they_write() {
    let workspace = Workspace::new().with_sparse("files/asia.pdf", 8 << 30);
    let workspace = workspace.with("manifest.yaml", MANIFEST.replace("  volume:", "  large_files: true\n  volume:"));
    for arguments in [
        &["--no-search", "manifest.yaml", "out.iso"][..],
        &["stage", "--no-search", "manifest.yaml", "out"],
        &["stage", "--no-search", "--zip", "out.zip", "manifest.yaml"],
    ] {
        for name in ["INT", "TERM"] {
            let before = everything(workspace.root());
            let child = workspace.start(arguments);
            let start = Instant::now();
            while everything(workspace.root()).len() == before.len() && start.elapsed() < Duration::from_secs(60) {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_millis(200));
            let what = arguments.join(" ");
            interrupt(&workspace, child, name, &what);
            assert_eq!(everything(workspace.root()), before, "{what}");
        }
    }
}

#[test]
fn verify_ends_while_it_reads() {
    let line = format!("{:064x}  big\n", 0);
    let workspace = Workspace::empty().with_sparse("folder/big", 64 << 30).with("folder/SHA256SUMS", line);
    for name in ["INT", "TERM"] {
        let child = workspace.start(&["verify", "--force", "--report", "log.txt", "folder"]);
        std::thread::sleep(Duration::from_millis(300));
        let output = interrupt(&workspace, child, name, "verify");
        assert!(output.stderr.contains("interrupted; nothing was verified"), "{}", output.stderr);
        let report = fs::read_to_string(workspace.path("log.txt")).unwrap();
        assert!(report.contains("verdict    NOT VERIFIED: interrupted; nothing was verified\n"), "{report}");
        fs::remove_file(workspace.path("log.txt")).unwrap();
    }
}

#[test]
fn burn_ends_with_the_program_that_burns() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = Workspace::new();
    workspace.run(&["manifest.yaml", "out.iso"]).expect_code(0);
    for (script, words) in [
        ("touch begun; sleep 1000", "do not use it"),
        // It asks for time to release the drive.
        ("trap '' TERM; touch begun; sleep 3; true", "may take a while to release the drive"),
    ] {
        for name in ["INT", "TERM"] {
            let workspace = Workspace::empty()
                .with("out.iso", fs::read(workspace.path("out.iso")).unwrap())
                .with("bin/xorriso", format!("#!/bin/sh\n{script}\n"));
            fs::set_permissions(workspace.path("bin/xorriso"), fs::Permissions::from_mode(0o755)).unwrap();
            let path = format!("{}:{}", workspace.path("bin").display(), std::env::var("PATH").unwrap());
            let mut command = workspace.command(&["burn", "--yes", "--device", "stdio:disc.img", "out.iso"]);
            let child = command.env("PATH", path).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            workspace.wait_for("begun", 0);
            let start = Instant::now();
            signal(&child, name);
            let output = RunOutput::new(child.wait_with_output().unwrap()).expect_code(130).expect_stderr(words);
            assert!(start.elapsed() < LIMIT, "{script}: {:?}: {}", start.elapsed(), output.stderr);
            while !processes_in(workspace.root()).is_empty() {
                assert!(start.elapsed() < Duration::from_secs(10), "{script}: {:?}", processes_in(workspace.root()));
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}
