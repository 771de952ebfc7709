//! The index by which readers search the documents, from `file://`, without a server.
//!
//! One index for each language of the documents, of scripts of some kilobytes that a page loads as it
//! needs them: `head.js` says where everything is, `w*` hold the words, `p*` the pages of each word,
//! `t*` the texts for the passages shown, `d*` what is said of the documents. `docs/search.md` has the
//! format byte by byte; the scripts in `assets/launcher/search` read it.

mod analyser;
mod codec;
mod index;

pub use analyser::character_tables;
pub use index::{Builder, Document};

/// The text of a document.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    /// Its pages, or pieces.
    pub texts: Vec<String>,
    /// Whether `#page=1` leads to the first of them.
    pub numbered: bool,
}
