//! The index by which readers search the documents, from `file://`, without a server.
//!
//! Each language of the documents has an index of scripts of a few kilobytes, which the search page loads as needed:
//! `head.js` says where everything is, `w*` contain the words, `p*` the pages of each word, `t*` the texts for the
//! passages that are shown, `d*` the titles and links of the documents. `docs/search.md` describes the format; the scripts in `assets/launcher/scripts/search` read it.

mod analyser;
mod codec;
mod index;

pub use analyser::character_tables;
pub use index::{IndexBuilder, IndexedDocument};

/// The text of a document, page by page; of a format without pages, in parts of similar length.
#[derive(Debug, Clone, Default)]
pub struct PageTexts {
    pub texts: Vec<String>,
    /// Whether `#page=1` links to the first of them.
    pub numbered: bool,
}
