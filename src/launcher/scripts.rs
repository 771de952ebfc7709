//! The scripts of the pages, each joined from its parts when the program is compiled.

/// Checks the disc in the browser.
pub(super) const CHECK: &str = include_str!("../../assets/launcher/check.js");

/// Filters and sorts the list of documents.
pub(super) const LIST: &str = include_str!("../../assets/launcher/list.js");

/// Searches the index.
pub(super) const SEARCH: &str = concat!(
    include_str!("../../assets/launcher/search/open.js"),
    include_str!("../../assets/launcher/search/inflate.js"),
    include_str!("../../assets/launcher/search/shards.js"),
    include_str!("../../assets/launcher/search/words.js"),
    include_str!("../../assets/launcher/search/index.js"),
    include_str!("../../assets/launcher/search/results.js"),
    include_str!("../../assets/launcher/search/address.js"),
);
