//! The scripts of the pages, each joined from its parts when the program is compiled.

/// Joins parts into one function, which keeps their names out of the page.
macro_rules! script {
    ($($part:literal),+ $(,)?) => {
        concat!(
            "(function () {\n\"use strict\";\n\n",
            $(include_str!(concat!("../../assets/launcher/scripts/", $part)), "\n",)+
            "}());\n"
        )
    };
}

/// Checks the disc in the browser, and copies the commands that do so.
pub(super) const CHECK: &str = script!(
    "common.js",
    "check/copy.js",
    "check/systems.js",
    "check/sha256.js",
    "check/os_metadata.js",
    "check/files.js",
    "check/signature.js",
    "check/timestamp.js",
    "check/openssh.js",
    "check/page.js"
);

/// Filters and sorts the list of documents.
pub(super) const LIST: &str = script!("common.js", "list.js");

/// Searches the index.
pub(super) const SEARCH: &str = script!(
    "common.js",
    "search/inflate.js",
    "search/reader.js",
    "search/words.js",
    "search/shards.js",
    "search/index.js",
    "search/catalogue.js",
    "search/results.js",
    "search/page.js",
);
