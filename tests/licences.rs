//! The licences of everything in the program that others wrote are complete, and the program prints them.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::process::Command;

use crate::common::Workspace;
use serde_json::Value;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn notices() -> String {
    fs::read_to_string(format!("{FOLDER}/assets/licences.txt")).unwrap()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(FOLDER).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The packages that the program is compiled from on this system, as name and version.
fn packages() -> BTreeSet<String> {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // Packages for other systems may not have been downloaded.
    let metadata = cargo(&["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", host]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let array = |value: &'_ Value| value.as_array().unwrap().clone();
    let nodes = array(&metadata["resolve"]["nodes"]);
    let nodes: BTreeMap<&str, &Value> = nodes.iter().map(|node| (node["id"].as_str().unwrap(), node)).collect();
    let root = metadata["resolve"]["root"].as_str().unwrap();
    let mut found = BTreeSet::new();
    let mut open = vec![root.to_owned()];
    while let Some(id) = open.pop() {
        for dependency in array(&nodes[id.as_str()]["deps"]) {
            // Dependencies for builds or for tests have a kind.
            let is_normal = array(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            let package = dependency["pkg"].as_str().unwrap().to_owned();
            if is_normal && found.insert(package.clone()) {
                open.push(package);
            }
        }
    }
    let packages = array(&metadata["packages"]);
    // Packages without a source are in this repository.
    let is_by_others =
        |package: &&Value| !package["source"].is_null() && found.contains(package["id"].as_str().unwrap());
    let packages = packages.iter().filter(is_by_others);
    packages
        .map(|package| format!("{} {}", package["name"].as_str().unwrap(), package["version"].as_str().unwrap()))
        .collect()
}

#[test]
fn every_package_is_listed_with_a_text_and_no_other_version() {
    let notices = notices();
    let index = notices.lines().take_while(|line| !line.starts_with("====="));
    let listed: BTreeSet<&str> = index.filter_map(|line| line.split_once(": ")).map(|(package, _)| package).collect();
    let packages = packages();
    assert!(packages.len() > 250, "only {} packages were found", packages.len());
    for package in &packages {
        assert!(listed.contains(package.as_str()), "`{package}` is not listed: run tests/licences/notices.py");
    }
    let lock = fs::read_to_string(format!("{FOLDER}/Cargo.lock")).unwrap();
    let lock = lock.replace("\"\nversion = \"", " ");
    for package in listed {
        let is_locked = lock.contains(&format!("name = \"{package}\"\n"));
        assert!(
            is_locked || package == "Rust standard library",
            "`{package}` is not in Cargo.lock: run tests/licences/notices.py"
        );
        let has_text = notices.lines().any(|line| line.strip_prefix("  ") == Some(package));
        assert!(has_text, "there is no licence for `{package}`");
    }
    for licence in ["Apache-2.0", "MIT", "BSD-3-Clause", "Unicode-3.0", "Zlib", "ISC"] {
        assert!(notices.contains(&format!("\n{licence}\n=====")), "{licence}");
    }
}

#[test]
fn the_program_prints_the_licences_and_the_reader_may_stop() {
    let workspace = Workspace::empty();
    for name in ["licences", "licenses"] {
        assert_eq!(workspace.run(&[name]).expect_code(0).stdout, notices());
    }
    let mut run = workspace.start(&["licences"]);
    let mut start = [0; 10];
    let mut stdout = run.stdout.take().unwrap();
    stdout.read_exact(&mut start).unwrap();
    // The rest does not fit into the buffer of the pipe, so writing it fails.
    drop(stdout);
    let output = run.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}
