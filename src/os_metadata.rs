//! What operating systems, network storage and sync clients leave behind on a stick or in a folder.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::data_formats::parse_json;

/// The table, which is also part of the script of the page that checks the disc.
const TABLE: &str = include_str!("../assets/launcher/scripts/check/os_metadata.js");

/// Names in lower case; `*` stands for any characters.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    files: Vec<String>,
    folders: Vec<String>,
    top_folders: Vec<String>,
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
    contains(&OS_METADATA.files, file)
        || names.iter().any(|folder| contains(&OS_METADATA.folders, folder))
        || names.first().is_some_and(|top| contains(&OS_METADATA.top_folders, top))
}

/// Whether this is the path of a folder all of whose files are OS metadata.
pub fn is_os_metadata_folder(path: &str) -> bool {
    is_os_metadata(&format!("{path}/x"))
}

fn contains(names: &[String], name: &str) -> bool {
    names.iter().any(|known| match known.split_once('*') {
        Some((start, end)) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
        None => known == name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_applied_in_any_case() {
        assert!(OS_METADATA.files.len() > 20 && OS_METADATA.folders.len() > 5 && OS_METADATA.top_folders.len() > 20);
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
