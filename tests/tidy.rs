//! Checks the source tree itself: which module may import which, which module uses a crate, what the documents must mention.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use make_disc::verify::Requirement;

/// Packages whose library has a different name.
const LIBRARY_NAMES: [(&str, &str); 1] = [("md-5", "md5")];

/// Dependencies that no module owns: `serde` is used wherever a type is read or written, `fontique` is in Cargo.toml
/// only to enable one of its features, and `mimalloc` is named only in `main.rs`, which is not part of the library.
const WITHOUT_OWNER: [&str; 3] = ["serde", "fontique", "mimalloc"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// All Rust files in a folder and the folders in it.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // `src/colours` is a package of its own.
            if !path.join("Cargo.toml").exists() {
                files.extend(sources(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// A source file of the crate, without its tests and comments.
struct SourceFile {
    /// The path of its module, such as `verify::tree`. For a `mod.rs` it is the path of its folder.
    module: Vec<String>,
    is_folder: bool,
    code: String,
}

impl SourceFile {
    fn read(path: &Path) -> SourceFile {
        let relative = path.strip_prefix(root().join("src")).unwrap().with_extension("");
        let mut module: Vec<String> = relative.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        let is_folder = module.last().unwrap() == "mod";
        if is_folder {
            module.pop();
        }
        let text = fs::read_to_string(path).unwrap();
        // Inline tests are at the end of a file.
        let tests = text.find("\nmod tests {").and_then(|at| text[..at].rfind("#[cfg(test)]"));
        let code = &text[..tests.unwrap_or(text.len())];
        let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        SourceFile { module, is_folder, code: code.join("\n") }
    }

    /// The paths in the code that begin with `crate`, `super` or `self`, as absolute paths without `crate`.
    fn imported_paths(&self) -> BTreeSet<Vec<String>> {
        let mut imported = BTreeSet::new();
        for start in ["crate::", "super::", "self::"] {
            for (at, _) in self.code.match_indices(start) {
                // Skips a match in the middle of a path or a word.
                if self.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                    continue;
                }
                let mut paths = Vec::new();
                expand_path(&self.code[at..], &mut Vec::new(), &mut paths);
                imported.extend(paths.into_iter().map(|path| self.absolute(path)));
            }
        }
        imported
    }

    fn absolute(&self, path: Vec<String>) -> Vec<String> {
        let mut base = self.module.clone();
        let mut rest = path.as_slice();
        while let Some((first, after)) = rest.split_first() {
            match first.as_str() {
                "crate" => base.clear(),
                "super" => drop(base.pop()),
                "self" => {}
                _ => break,
            }
            rest = after;
        }
        base.extend_from_slice(rest);
        base
    }
}

/// Expands the path or the tree of paths at the start of `code`: `a::{b, c::d}` is `a::b` and `a::c::d`. Returns what
/// follows it.
fn expand_path<'c>(code: &'c str, prefix: &mut Vec<String>, paths: &mut Vec<Vec<String>>) -> &'c str {
    let depth = prefix.len();
    let mut rest = code;
    loop {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if end > 0 {
            prefix.push(rest[..end].to_owned());
            rest = &rest[end..];
            if let Some(after) = rest.strip_prefix("::") {
                rest = after;
                continue;
            }
            paths.push(prefix.clone());
        } else if let Some(mut inner) = rest.strip_prefix('{') {
            loop {
                inner = inner.trim_start();
                if let Some(after) = inner.strip_prefix('}') {
                    rest = after;
                    break;
                }
                let before = inner.len();
                inner = expand_path(inner, prefix, paths).trim_start();
                if let Some(after) = inner.strip_prefix("as ") {
                    inner =
                        after.trim_start().trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').trim_start();
                }
                inner = inner.strip_prefix(',').unwrap_or(inner);
                if inner.len() == before {
                    // Not a tree of paths after all.
                    rest = inner;
                    break;
                }
            }
        } else {
            // A glob, or a type parameter.
            paths.push(prefix.clone());
            rest = rest.strip_prefix('*').unwrap_or(rest);
        }
        prefix.truncate(depth);
        return rest;
    }
}

/// All files of the crate except those that contain only tests.
fn files() -> Vec<SourceFile> {
    let paths = sources(&root().join("src"));
    paths.iter().filter(|path| !path.ends_with("tests.rs")).map(|path| SourceFile::read(path)).collect()
}

/// The code of each top-level module.
fn modules() -> BTreeMap<String, String> {
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    for file in files() {
        modules.entry(file.module[0].clone()).or_default().push_str(&file.code);
    }
    modules
}

/// The top-level modules that each top-level module imports.
fn imported_modules() -> BTreeMap<String, BTreeSet<String>> {
    let mut imported: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files() {
        let imports = file.imported_paths().into_iter().filter_map(|path| path.into_iter().next());
        imported.entry(file.module[0].clone()).or_default().extend(imports.filter(|name| *name != file.module[0]));
    }
    imported
}

/// The table of modules in docs/architecture.md, in the order of imports: each module with the crates that it owns.
fn module_table() -> Vec<(String, Vec<String>)> {
    let text = read("docs/architecture.md");
    let (_, table) = text.split_once("| module |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<String>>();
    rows.map(|row| row.split('|').map(quoted).collect::<Vec<_>>())
        .map(|cells| (cells[1].first().unwrap().clone(), cells[3].clone()))
        .collect()
}

/// The names in the dependency tables of Cargo.toml.
fn dependencies() -> Vec<String> {
    let cargo = read("Cargo.toml");
    let mut in_dependencies = false;
    let mut names = Vec::new();
    for line in cargo.lines() {
        if let Some(title) = line.strip_prefix('[') {
            in_dependencies = title.ends_with("dependencies]");
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| in_dependencies && !line.starts_with('#')) {
            names.push(name.trim().to_owned());
        }
    }
    assert!(names.len() > 20, "only {} dependencies were found", names.len());
    names
}

#[test]
fn every_module_imports_only_those_above_it_in_the_table() {
    let order: Vec<String> = module_table().into_iter().map(|(module, _)| module).collect();
    for (module, imports) in imported_modules() {
        if module == "main" {
            continue;
        }
        let place = order.iter().position(|known| *known == module);
        let place = place.unwrap_or_else(|| panic!("`{module}` is not in the table of docs/architecture.md"));
        for import in imports {
            let Some(other) = order.iter().position(|known| *known == import) else {
                assert!(module == "cli" || module == "lib", "`{module}` imports `{import}` from the crate root");
                continue;
            };
            assert!(other < place, "`{module}` imports `{import}`, which is below it in docs/architecture.md");
        }
    }
    let lines = modules()["main"].lines().filter(|line| !line.trim().is_empty()).count();
    assert!(lines <= 8, "main.rs must only name the allocator and call the library");
}

/// Users of an installed program do not have that folder.
#[test]
fn messages_do_not_refer_to_the_docs_folder() {
    for file in files() {
        for line in file.code.lines().filter(|line| line.contains("docs/")) {
            assert!(line.contains("include_str!"), "{}: {line}", file.module.join("::"));
        }
    }
}

#[test]
fn files_of_a_module_do_not_import_each_other_in_a_cycle() {
    let files = files();
    // The names that a `mod.rs` re-exports from the files beside it. Importing such a name means importing the file.
    let mut reexported: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.is_folder) {
        for (at, _) in file.code.match_indices("use ") {
            let mut paths = Vec::new();
            expand_path(&file.code[at + 4..], &mut Vec::new(), &mut paths);
            for path in paths.into_iter().filter(|path| path.len() > 1) {
                let name = [file.module.clone(), vec![path.last().unwrap().clone()]].concat();
                reexported.insert(name, [file.module.clone(), vec![path[0].clone()]].concat());
            }
        }
    }
    let modules: BTreeSet<&Vec<String>> = files.iter().map(|file| &file.module).collect();
    // For each file or folder, the files and folders beside it that it imports.
    let mut edges: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
    for file in &files {
        for path in file.imported_paths() {
            for depth in 1..file.module.len() {
                let mut target = path[..path.len().min(depth + 1)].to_vec();
                if let Some(module) = reexported.get(&target).filter(|_| !modules.contains(&target)) {
                    target = module.clone();
                }
                let source = &file.module[..=depth];
                if target.len() == depth + 1
                    && target[..depth] == source[..depth]
                    && target != source
                    && modules.contains(&target)
                {
                    edges.entry(source.to_vec()).or_default().insert(target);
                }
            }
        }
    }
    let reachable = |start: &Vec<String>| {
        let mut seen: BTreeSet<&Vec<String>> = BTreeSet::new();
        let mut open: Vec<&Vec<String>> = edges[start].iter().collect();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(edges.get(next).into_iter().flatten());
            }
        }
        seen
    };
    let in_cycles: Vec<String> =
        edges.keys().filter(|file| reachable(file).contains(file)).map(|file| file.join("::")).collect();
    assert!(in_cycles.is_empty(), "these files import each other in a cycle: {in_cycles:?}");
    assert!(edges.len() > 20, "only {} files with imports were found", edges.len());
}

#[test]
fn paths_in_braces_are_expanded() {
    let expanded = |code: &str| {
        let mut paths = Vec::new();
        expand_path(code, &mut Vec::new(), &mut paths);
        paths.iter().map(|path| path.join("::")).collect::<Vec<String>>()
    };
    let nested = expanded("crate::{a, b::{self as me, C, d::*}, e as f};");
    assert_eq!(nested, ["crate::a", "crate::b::self", "crate::b::C", "crate::b::d", "crate::e"]);
    assert_eq!(expanded("super::a::b(c::d)"), ["super::a::b"]);
}

/// The modules that `verify` may import. None of them makes any part of an image, see decision 11.
const IMPORTS_OF_VERIFY: [&str; 12] = [
    "archive",
    "checksum",
    "error_correction",
    "html",
    "language",
    "media_check",
    "names",
    "os_metadata",
    "progress",
    "signature",
    "system",
    "timestamp",
];

#[test]
fn verify_imports_no_module_that_makes_the_image() {
    for import in &imported_modules()["verify"] {
        assert!(IMPORTS_OF_VERIFY.contains(&import.as_str()), "`verify` imports `{import}`");
    }
}

#[test]
fn every_crate_is_used_by_its_owner_alone() {
    let modules = modules();
    let dependencies = dependencies();
    let mut owned = BTreeSet::new();
    for (owner, names) in module_table() {
        for name in names {
            assert!(dependencies.contains(&name), "docs/architecture.md names `{name}`, which is not in Cargo.toml");
            let library = LIBRARY_NAMES.iter().find(|(package, _)| *package == name).map(|(_, library)| *library);
            let library = library.map_or_else(|| name.replace('-', "_"), str::to_owned);
            for (module, code) in &modules {
                let path = format!("{library}::");
                // `nix::` is also part of `unix::`.
                let is_path = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
                let is_used =
                    code.match_indices(&path).any(|(at, _)| is_path(at)) || code.contains(&format!("use {library};"));
                if *module == owner {
                    assert!(is_used, "`{owner}` no longer uses `{name}`");
                } else {
                    assert!(!is_used, "`{module}` uses the crate `{name}`, which belongs to `{owner}`");
                }
            }
            assert!(owned.insert(name.clone()), "`{name}` has two owners");
        }
    }
    for name in dependencies.iter().filter(|name| !WITHOUT_OWNER.contains(&name.as_str()) && *name != "expect-test") {
        assert!(owned.contains(name), "no module in the table of docs/architecture.md owns `{name}`");
    }
}

#[test]
fn csv_is_written_by_one_function() {
    let code = &modules()["data_formats"];
    let (_, function) = code.split_once("pub fn to_csv<").unwrap();
    let (function, _) = function.split_once("\n}\n").unwrap();
    assert_eq!(code.matches("csv::Writer").count(), function.matches("csv::Writer").count());
    assert!(function.contains("guard_formulas("), "spreadsheet programs must not take a text for a formula");
}

#[test]
fn every_dependency_is_justified() {
    let decisions: String = fs::read_dir(root().join("docs/decisions"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for name in dependencies() {
        assert!(decisions.contains(&format!("`{name}`")), "docs/decisions does not say why `{name}` is needed");
    }
}

/// Crates that may be compiled in several versions: they are small, and our dependencies need different versions.
/// The comment above each group names the crates that bring in the additional versions. All other crates must have one
/// version, because every additional version makes the first build slower.
const ALLOWED_DUPLICATES: [&str; 14] = [
    // `postcard` has optional dependencies on three versions, of which none is compiled.
    "embedded-io",
    // `whatlang`.
    "foldhash",
    "hashbrown",
    // `ahash`. The second is compiled for UEFI only.
    "getrandom",
    "r-efi",
    // `krilla` and `usvg`.
    "imagesize",
    // `png` and `flate2`.
    "miniz_oxide",
    // `isolang`, `hayro-font` and `html5ever`.
    "phf",
    "phf_generator",
    "phf_shared",
    // `phf_macros`.
    "syn",
    // These are large: decision 26 says why there are two.
    "font-types",
    "read-fonts",
    "skrifa",
];

#[test]
fn large_crates_have_one_version() {
    let lock = read("Cargo.lock");
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let field = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
            line.unwrap().trim_matches('"')
        };
        versions.entry(field("name")).or_default().push(field("version"));
    }
    assert!(versions.len() > 100, "only {} crates were found", versions.len());
    versions.retain(|_, versions| versions.len() > 1);
    for (name, versions) in &versions {
        assert!(ALLOWED_DUPLICATES.contains(name), "`{name}` is compiled in several versions: {versions:?}");
        let is_font_crate = ["font-types", "read-fonts", "skrifa"].contains(name);
        assert!(!is_font_crate || versions.len() == 2, "`{name}` has more than two versions: {versions:?}");
    }
    for name in ALLOWED_DUPLICATES {
        assert!(versions.contains_key(name), "`{name}` no longer has several versions: remove it from the list");
    }
}

#[test]
fn every_finding_is_in_the_manual() {
    let manual = read("docs/manifest.md");
    let mut codes = BTreeSet::new();
    for code in modules().values() {
        for call in ["Finding::error(", "Finding::warning(", "Finding::note("] {
            for (at, _) in code.match_indices(call) {
                let rest = code[at + call.len()..].trim_start();
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
    let manual = read("docs/manifest.md");
    let english = read("assets/launcher/strings/en.yaml");
    for key in make_disc::strings::KEYS {
        let text = english.lines().find_map(|line| line.strip_prefix(&format!("{key}: \""))?.strip_suffix('"'));
        let text = text.unwrap_or_else(|| panic!("en.yaml has no string `{key}` in quotes"));
        let row = format!("| `{key}` | {text} |");
        assert!(manual.contains(&row), "docs/manifest.md does not show the string `{key}` as it is: {row}");
    }
}

#[test]
fn every_requirement_has_a_row_with_code_and_a_lint_test() {
    let conformance = read("docs/conformance.md");
    let lint = read("tests/readers/lint.py");
    let is_row =
        |line: &&str| line.strip_prefix("| ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let rows: Vec<String> = conformance.lines().filter(is_row).map(|row| row.replace("\\|", "")).collect();
    assert_eq!(rows.len(), Requirement::ALL.len(), "docs/conformance.md must have one row for each requirement");
    assert_eq!(
        lint.matches("\ndef requirement_").count(),
        rows.len(),
        "lint.py must have one test for each requirement"
    );
    for (requirement, row) in Requirement::ALL.into_iter().zip(&rows) {
        let (number, title) = (requirement.number(), requirement.title());
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(
            cells[1],
            number.to_string(),
            "the rows of docs/conformance.md must be in the order of their numbers"
        );
        let bold = cells[2].split("**").nth(1).unwrap_or_default();
        assert!(bold.eq_ignore_ascii_case(title), "requirement {number} is called `{title}`, not `{bold}`");
        let name = title.to_lowercase().replace([' ', '-'], "_");
        let test = format!("requirement_{number:02}_{name}");
        assert!(lint.contains(&format!("\ndef {test}(")), "lint.py has no `{test}`");
        assert!(cells[6].contains(&format!("`lint.py::{test}`")), "docs/conformance.md does not name `{test}`");
        for (cell, folder) in [(cells[4], "src"), (cells[5], "src/verify")] {
            for file in cell.split('`').filter(|word| word.ends_with(".rs")) {
                assert!(root().join(folder).join(file).exists(), "requirement {number}: there is no `{folder}/{file}`");
            }
        }
        assert!(cells[5].contains(".rs`"), "docs/conformance.md does not say which code checks requirement {number}");
    }
}

#[test]
fn the_top_level_contains_only_known_files() {
    let known = [
        "CONTRIBUTING.md",
        "Cargo.lock",
        "Cargo.toml",
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
        let is_image = name.ends_with(".iso") || name.ends_with(".iso.sha256");
        assert!(
            name.starts_with('.') || is_image || known.contains(&name.as_str()),
            "`{name}` is at the top level: move it into a folder, or add it to this test"
        );
    }
}

/// Cargo would not run a file that is in neither place.
#[test]
fn every_file_of_tests_is_run() {
    let (cargo, integration) = (read("Cargo.toml"), read("tests/integration.rs"));
    for entry in fs::read_dir(root().join("tests")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(
            integration.contains(&format!("\nmod {name};")) || cargo.contains(&format!("[[test]]\nname = \"{name}\"")),
            "tests/{name}.rs is not run: add `mod {name};` to tests/integration.rs"
        );
    }
}

#[test]
fn unsafe_code_is_in_one_module() {
    assert!(read("Cargo.toml").contains("unsafe_code = \"deny\""));
    let src = root().join("src");
    for path in sources(&src) {
        let code = fs::read_to_string(&path).unwrap();
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let is_allowed = path == src.join("checksum/interleaved.rs");
        assert_eq!(code.contains("unsafe"), is_allowed, "{}", path.display());
    }
}

/// The tests run only on Unix. Builds for other systems are made manually, see decision 25.
#[test]
fn code_for_unix_is_conditional() {
    let mut seen = 0;
    for path in sources(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            if !["std::os::unix", "std::os::fd", "rustix::", "rlimit::", "libc::", "seccompiler::"]
                .iter()
                .any(|name| line.contains(name))
            {
                continue;
            }
            seen += 1;
            let condition = lines[..number].iter().rposition(|line| line.trim_start().starts_with("#[cfg("));
            let is_conditional = condition.is_some_and(|at| {
                // Linux code may be further from its `#[cfg]`, because the list of system calls is long.
                let (limit, line) =
                    if lines[at].contains("target_os = \"linux\"") { (50, lines[at]) } else { (12, lines[at]) };
                (line.contains("#[cfg(unix)]") || limit == 50) && number - at <= limit
            });
            assert!(is_conditional, "{}:{}: not under `#[cfg(unix)]`: {line}", path.display(), number + 1);
        }
    }
    assert!(seen > 3, "only {seen} places were found");
}

#[test]
fn the_readme_shows_the_two_commands_and_ci_runs_the_second() {
    let readme = read("README.md");
    assert!(readme.contains("cargo run --release -- manifest.yaml out.iso"));
    assert!(readme.contains("bash tests/run"));
    assert!(read(".ci/run").contains("bash tests/run"));
}

/// The `opt-level` of each package in a table of a Cargo manifest, such as `profile.release.package`.
fn opt_levels(manifest: &str, table: &str) -> BTreeMap<String, String> {
    let text = read(manifest);
    let lines = text.lines().skip_while(|line| *line != format!("[{table}]")).skip(1);
    let rows = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once(" = { opt-level = "));
    rows.map(|(package, level)| (package.to_owned(), level[..1].to_owned())).collect()
}

/// Cargo compiles a dependency again if any of its settings differ.
#[test]
fn fuzz_targets_reuse_the_dependencies_of_the_gate_profile() {
    let mut expected = opt_levels("Cargo.toml", "profile.release.package");
    expected.extend(opt_levels("Cargo.toml", "profile.gate.package"));
    let mut actual = opt_levels("tests/fuzz/Cargo.toml", "profile.gate.package");
    assert_eq!(actual.remove("libfuzzer-sys").as_deref(), Some("2"));
    for levels in [&mut expected, &mut actual] {
        levels.retain(|_, level| level != "1");
        assert!(levels.len() > 20, "{levels:?}");
    }
    assert_eq!(expected, actual);
    for manifest in ["Cargo.toml", "tests/fuzz/Cargo.toml"] {
        assert!(read(manifest).split_once("[profile.gate]").unwrap().1.contains("lto = \"off\""), "{manifest}");
    }
}
