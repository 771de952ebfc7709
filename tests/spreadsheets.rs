//! The files for spreadsheet programs contain no formulas, and `init --from` reads their texts back unchanged.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{Workspace, pdf};

/// Titles that a spreadsheet program would calculate, or not show as they are.
const TITLES: [&str; 8] = [
    "=HYPERLINK(\"http://example.org\",\"A\")",
    "+41 22 917",
    "-x",
    "@SUM(1)",
    "＝1+1",
    "A;=1+1",
    "'-x",
    "\"=1+1\"; -2",
];

/// A workspace with a report for each title. The title is also the symbol and one of the authors.
fn workspace() -> Workspace {
    let mut manifest = "disc:\n  title: A\n  volume: A\n  languages: [en]\n  date: 2008-06-30\n  publisher: =1+1\n\
                        sections:\n  - id: a\n    title: Guides for all\n    reports:\n"
        .to_owned();
    let mut workspace = Workspace::empty();
    for (number, title) in TITLES.iter().enumerate() {
        let quoted = title.replace('\'', "''");
        let author = quoted.split(';').next().unwrap();
        manifest += &format!(
            "      - id: r{number}\n        title: '{quoted}'\n        authors: [Ada, '{author}']\n        \
             symbol: '{quoted}'\n        variants: {{en: f{number}.pdf}}\n"
        );
        workspace = workspace.with(&format!("f{number}.pdf"), pdf("en", &format!("Text {number}")));
    }
    workspace.with("manifest.yaml", manifest)
}

/// The cells of all CSV files that the program writes: the catalogue on the disc, and the output of `list --csv`.
fn all_csv(workspace: &Workspace) -> Vec<Vec<Vec<String>>> {
    workspace.run(&["stage", "--no-search", "manifest.yaml", "disc"]).expect_code(0);
    let catalogue = fs::read_to_string(workspace.path("disc/catalogue/catalogue.csv")).unwrap();
    let list = workspace.run(&["list", "--csv", "manifest.yaml"]).expect_code(0).stdout;
    let cells = |text: &str| {
        let text = text.trim_start_matches('\u{feff}').to_owned();
        let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        rows.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    vec![cells(&catalogue), cells(&list)]
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[test]
fn no_cell_is_a_formula() {
    let files = all_csv(&workspace());
    for (file, rows) in files.iter().enumerate() {
        assert_eq!(rows.len(), 1 + TITLES.len(), "{file}");
        let cells: Vec<&String> = rows.iter().flatten().collect();
        for part in cells.iter().flat_map(|cell| cell.split(';')) {
            let start = part.trim_start_matches(['"', ' ']).chars().next();
            assert!(!start.is_some_and(|c| "=+-@＝\t".contains(c)), "{file}: {part}");
        }
        let guarded = cells.iter().filter(|cell| cell.starts_with('\'')).count();
        assert!(guarded >= TITLES.len() - 1, "{file}: {guarded}");
    }
    let calls = |path: &PathBuf| fs::read_to_string(path).unwrap().matches(" to_csv(").count();
    let calls: usize =
        sources(Path::new("src")).iter().filter(|path| !path.ends_with("data_formats.rs")).map(calls).sum();
    assert_eq!(calls, files.len(), "`all_csv` must have everything that is written as CSV");
}

#[test]
fn init_restores_the_texts_of_an_exported_catalogue() {
    let workspace = workspace();
    all_csv(&workspace);
    workspace.run(&["init", "--from", "disc/catalogue/catalogue.csv", "disc/documents"]).expect_code(0);
    let listed = |manifest: &str| {
        let list = workspace.run(&["list", "--json", manifest]).expect_code(0).stdout;
        let list: serde_json::Value = serde_json::from_str(&list).unwrap();
        let entries = list["entries"].as_array().unwrap().iter();
        let mut titles: Vec<String> = entries.map(|entry| entry["title"].as_str().unwrap().to_owned()).collect();
        titles.sort();
        titles
    };
    let mut titles = TITLES.map(str::to_owned).to_vec();
    titles.sort();
    assert_eq!(listed("manifest.yaml"), titles);
    assert_eq!(listed("disc/documents/manifest.yaml"), titles);
    // The catalogue has the titles of sections besides their ids.
    let proposed = fs::read_to_string(workspace.path("disc/documents/manifest.yaml")).unwrap();
    assert!(proposed.contains("    title: Guides for all\n"), "{proposed}");
    // Symbols and authors, in the catalogue of a disc that is made from it.
    workspace.run(&["stage", "--no-search", "disc/documents/manifest.yaml", "second"]).expect_code(0);
    let texts = |folder: &str| {
        let json = fs::read_to_string(workspace.path(folder).join("catalogue/catalogue.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let reports = json["sections"][0]["reports"].as_array().unwrap().iter();
        let mut texts: Vec<String> =
            reports.map(|report| format!("{} {}", report["symbol"], report["authors"])).collect();
        texts.sort();
        texts
    };
    assert_eq!(texts("second"), texts("disc"));
}
