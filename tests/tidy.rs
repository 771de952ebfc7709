//! The rules of the house, held by a test.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order of the pipeline: each may import those before it.
const ORDER: [&str; 30] = [
    "language",
    "names",
    "file_formats",
    "data_formats",
    "archive",
    "html",
    "compressed",
    "parallel",
    "diagnostic",
    "manifest",
    "strings",
    "catalogue",
    "layout",
    "checksum",
    "media_check",
    "progress",
    "extraction",
    "search",
    "exports",
    "launcher",
    "preflight",
    "plan",
    "image",
    "stage",
    "verify",
    "scaffold",
    "burn",
    "print",
    "lib",
    "cli",
];

/// Third-party crates, and the one module that names each. `serde` is a language of its own: its
/// derives stand wherever a type is read or shown.
const OWNERS: [(&str, &str); 53] = [
    ("icu_locale", "language"),
    ("icu_datetime", "language"),
    ("icu_calendar", "language"),
    ("icu_decimal", "language"),
    ("icu_normalizer", "language"),
    ("icu_collator", "language"),
    ("icu_properties", "language"),
    ("hayro_interpret", "extraction"),
    ("html2text", "extraction"),
    ("quick_xml", "data_formats"),
    ("zip", "archive"),
    ("chardetng", "extraction"),
    ("encoding_rs", "extraction"),
    ("wait_timeout", "extraction"),
    ("etcetera", "extraction"),
    ("postcard", "extraction"),
    ("rlimit", "extraction"),
    ("rust_stemmers", "search"),
    ("miniz_oxide", "search"),
    ("isolang", "language"),
    ("deunicode", "language"),
    ("whatlang", "language"),
    ("annotate_snippets", "diagnostic"),
    ("strsim", "diagnostic"),
    ("serde_yaml", "manifest"),
    ("serde_path_to_error", "manifest"),
    ("saphyr_parser", "manifest"),
    ("sha2", "checksum"),
    ("md5", "media_check"),
    ("lz4_flex", "compressed"),
    ("minijinja", "launcher"),
    ("pulldown_cmark", "launcher"),
    ("resvg", "launcher"),
    ("indicatif", "progress"),
    ("hadris_iso", "image"),
    ("hadris_fs", "image"),
    ("hadris_io", "image"),
    ("hadris_storage", "image"),
    ("tempfile", "image"),
    ("html5gum", "html"),
    ("mime_guess", "file_formats"),
    ("rustix", "catalogue"),
    ("clap", "cli"),
    ("ctrlc", "cli"),
    ("csv", "data_formats"),
    ("open", "cli"),
    ("clap_complete", "cli"),
    ("calamine", "scaffold"),
    ("krilla", "print"),
    ("parley", "print"),
    ("clap_mangen", "cli"),
    ("serde_json", "data_formats"),
    ("comfy_table", "cli"),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Each module's code, without its tests and comments.
fn modules() -> BTreeMap<String, String> {
    let src = root().join("src");
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    for path in sources(&src).into_iter().filter(|path| !path.ends_with("tests.rs")) {
        let below = path.strip_prefix(&src).unwrap().with_extension("");
        let module = below.components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        modules.entry(module).or_default().push_str(&code.join("\n"));
    }
    modules
}

fn imports(code: &str) -> BTreeSet<&str> {
    let after = |lead: &str| -> Vec<&str> {
        let name = |rest: &'_ str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        code.match_indices(lead).map(|(at, _)| &code[at + lead.len()..]).map(|rest| &rest[..name(rest)]).collect()
    };
    after("crate::").into_iter().filter(|name| !name.is_empty()).collect()
}

#[test]
fn every_module_has_a_place_and_imports_only_those_before_it() {
    for (module, code) in modules() {
        if module == "main" {
            assert!(code.trim().lines().count() <= 5, "main.rs is three lines");
            continue;
        }
        let place = ORDER.iter().position(|known| *known == module);
        let place = place.unwrap_or_else(|| panic!("`{module}` has no place in the order"));
        for import in imports(&code) {
            let Some(other) = ORDER.iter().position(|known| *known == import) else {
                assert!(module == "cli" || module == "lib", "`{module}` imports `{import}` from the crate's root");
                continue;
            };
            assert!(other <= place, "`{module}` imports `{import}`, which comes after it");
        }
    }
}

#[test]
fn verify_imports_nothing_of_what_it_judges() {
    let verify = &modules()["verify"];
    let imported = imports(verify);
    for judged in ["image", "plan", "launcher", "layout", "catalogue"] {
        assert!(!imported.contains(judged), "`verify` imports `{judged}`");
    }
}

#[test]
fn every_crate_has_one_owner() {
    for (module, code) in modules() {
        for (name, owner) in OWNERS {
            let named = code.contains(&format!("{name}::")) || code.contains(&format!("use {name}"));
            assert!(!named || module == owner, "`{module}` names the crate `{name}`, which `{owner}` owns");
        }
    }
    // The crate `image` has the name of a module of ours, which is imported as `crate::image`.
    for (module, code) in modules() {
        assert!(!code.contains("use image::") || module == "launcher", "`{module}` names the crate `image`");
    }
    for (name, owner) in OWNERS {
        assert!(modules()[owner].contains(name), "`{owner}` no longer names `{name}`");
    }
}

#[test]
fn every_dependency_is_justified() {
    let cargo = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let decisions: String = fs::read_dir(root().join("docs/decisions"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let (_, dependencies) = cargo.split_once("[dependencies]").unwrap();
    let names = dependencies
        .lines()
        .take_while(|line| !line.starts_with("[profile"))
        .filter_map(|line| line.split_once(" = "))
        .filter(|(name, _)| !name.starts_with('#') && !name.starts_with('['))
        .map(|(name, _)| name.trim());
    let mut count = 0;
    for name in names {
        assert!(decisions.contains(&format!("`{name}`")), "docs/decisions does not say why `{name}` is there");
        count += 1;
    }
    assert!(count > 20, "only {count} dependencies were looked at");
}

#[test]
fn every_finding_is_in_the_manual() {
    let manual = fs::read_to_string(root().join("docs/manifest.md")).unwrap();
    let mut codes = BTreeSet::new();
    for code in modules().values() {
        for lead in ["Finding::error(", "Finding::warning(", "Finding::note("] {
            for (at, _) in code.match_indices(lead) {
                let rest = code[at + lead.len()..].trim_start();
                if let Some(name) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                    codes.insert(name.to_owned());
                }
            }
        }
    }
    assert!(codes.len() > 40, "only {} codes were found", codes.len());
    for code in codes {
        assert!(manual.contains(&format!("| `{code}` |")), "docs/manifest.md does not explain `{code}`");
    }
}

#[test]
fn every_interface_string_is_in_the_manual() {
    let manual = fs::read_to_string(root().join("docs/manifest.md")).unwrap();
    for key in make_disc::strings::KEYS {
        assert!(manual.contains(&format!("| `{key}` |")), "docs/manifest.md does not show the string `{key}`");
    }
}

#[test]
fn every_requirement_has_its_row_with_code_and_test() {
    let table = fs::read_to_string(root().join("docs/conformance.md")).unwrap();
    let lint = fs::read_to_string(root().join("tests/readers/lint.py")).unwrap();
    for number in 1..=16 {
        let row = table.lines().find(|line| line.starts_with(&format!("| {number} |"))).unwrap();
        let test = row.split("lint.py::").nth(1).unwrap().split('`').next().unwrap();
        assert!(test.starts_with(&format!("requirement_{number:02}_")), "{row}");
        assert!(lint.contains(&format!("def {test}(")), "there is no test `{test}`");
        let cells = row.replace("\\|", "");
        let judges = cells.split('|').nth(5).unwrap();
        assert!(judges.contains(".rs`"), "requirement {number} names no code");
        for file in judges.split('`').filter(|word| word.ends_with(".rs")) {
            assert!(root().join("src/verify").join(file).exists(), "there is no `src/verify/{file}`");
        }
    }
}

#[test]
fn the_top_level_holds_what_was_agreed() {
    let agreed = [
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "assets",
        "docs",
        "manifest.yaml",
        "src",
        "tests",
        "target",
    ];
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let made = name.ends_with(".iso") || name.ends_with(".iso.sha256");
        assert!(name.starts_with('.') || made || agreed.contains(&name.as_str()), "`{name}` at the top level");
    }
}

#[test]
fn unsafe_code_is_in_one_module() {
    assert!(fs::read_to_string(root().join("Cargo.toml")).unwrap().contains("unsafe_code = \"deny\""));
    let src = root().join("src");
    for path in sources(&src) {
        let code = fs::read_to_string(&path).unwrap();
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let here = code.contains("unsafe");
        let wanted = path == src.join("checksum/interleaved.rs");
        assert_eq!(here, wanted, "{}", path.display());
    }
}

/// What only Unix has stands under a condition: other systems are compiled for by hand only, see decision 25.
#[test]
fn what_only_unix_has_is_asked_for_on_unix_alone() {
    let mut seen = 0;
    for path in sources(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            if !["std::os::unix", "std::os::fd", "rustix::", "rlimit::", "libc::"]
                .iter()
                .any(|name| line.contains(name))
            {
                continue;
            }
            seen += 1;
            let condition = lines[..number].iter().rposition(|line| line.trim_start().starts_with("#[cfg("));
            let near = condition.is_some_and(|at| lines[at].contains("#[cfg(unix)]") && number - at <= 12);
            assert!(near, "{}:{}: not under `#[cfg(unix)]`: {line}", path.display(), number + 1);
        }
    }
    assert!(seen > 3, "only {seen} places were looked at");
}

#[test]
fn the_readme_has_the_two_commands_and_the_gate_runs_the_second() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains("cargo run --release -- manifest.yaml out.iso"));
    assert!(readme.contains("bash tests/run"));
    assert!(fs::read_to_string(root().join(".ci/run")).unwrap().contains("bash tests/run"));
}
