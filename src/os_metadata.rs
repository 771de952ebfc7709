//! What operating systems, network storage and sync clients leave behind on a stick or in a folder.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::data_formats::parse_json;

/// The table, which is also part of the script of the page that checks the disc.
const TABLE: &str = include_str!("../assets/launcher/scripts/check/os_metadata.js");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    files: Names,
    folders: Names,
    top_folders: Names,
}

/// Names in lower case.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Vec<String>")]
struct Names {
    whole: HashSet<String>,
    /// The beginnings and ends of names in which `*` stands for any characters.
    patterns: Vec<(String, String)>,
}

impl From<Vec<String>> for Names {
    fn from(names: Vec<String>) -> Self {
        let mut sorted = Self::default();
        for name in names {
            match name.split_once('*') {
                Some((start, end)) => sorted.patterns.push((start.to_owned(), end.to_owned())),
                None => drop(sorted.whole.insert(name)),
            }
        }
        sorted
    }
}

impl Names {
    fn contain(&self, name: &str) -> bool {
        let fits = |(start, end): &(String, String)| {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        };
        self.whole.contains(name) || self.patterns.iter().any(fits)
    }
}

static OS_METADATA: LazyLock<Table> = LazyLock::new(|| {
    let json = TABLE.find('{').zip(TABLE.rfind('}')).map(|(start, end)| &TABLE[start..=end]);
    json.and_then(parse_json).unwrap_or_default()
});

/// Whether this is the path of a file that operating systems and similar programs create. Letters may be of any case,
/// because some file systems change it.
pub fn is_os_metadata(path: &str) -> bool {
    let lower_case = path.to_ascii_lowercase();
    let mut names = lower_case.split('/').collect::<Vec<_>>();
    let file = names.pop().unwrap_or_default();
    OS_METADATA.files.contain(file)
        || names.iter().any(|folder| OS_METADATA.folders.contain(folder))
        || names.first().is_some_and(|top| OS_METADATA.top_folders.contain(top))
}

/// Whether this is the path of a folder all of whose files are OS metadata.
pub fn is_os_metadata_folder(path: &str) -> bool {
    is_os_metadata(&format!("{path}/x"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_applied_in_any_case() {
        let count = |names: &Names| names.whole.len() + names.patterns.len();
        let Table { files, folders, top_folders } = &*OS_METADATA;
        assert!(count(files) > 20 && count(folders) > 5 && count(top_folders) > 20);
        for path in [
            "docs/.DS_Store",
            "docs/._a.pdf",
            "THUMBS.DB",
            "Desktop.ini",
            "SYSTEM~1/x/../System Volume Information/@eaDir/y",
            "System Volume Information/WPSettings.dat",
            ".Trash-1000/info/a",
            "FOUND.000/FILE0000.CHK",
            "docs/@eaDir/a.pdf/SYNOINDEX",
            "docs/~$report.docx",
            "LOST.DIR/1",
            "docs/~$report.DOCX",
            ".sync_0a1b.db",
            "docs/.~lock.a.odt#",
        ] {
            assert!(is_os_metadata(path), "{path}");
        }
        for path in [
            "a",
            "docs/ds_store",
            "thumbs.db.txt",
            "docs/System Volume Information/x",
            "found.pdf",
            "~$Start here.exe",
            "found.0 - start here/setup.exe",
            ".~lock.a.odt",
            ".hidden",
            ".trash",
            "des\u{212a}top.ini",
        ] {
            assert!(!is_os_metadata(path), "{path}");
        }
        assert!(is_os_metadata_folder("$RECYCLE.BIN/S-1-5") && !is_os_metadata_folder("documents"));
    }
}
