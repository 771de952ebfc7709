//! The index with which readers search the documents, from `file://` and without a server.
//!
//! The index of each language consists of scripts of a few kilobytes, which the search page loads when it needs them:
//! `head.js` lists the others, `w*` contain the words, `p*` the pages of each word, `t*` the texts from which passages
//! are shown, and `d*` the titles and links of the documents. Another index has the metadata of all reports in all
//! languages. `docs/search.md` describes the format. The scripts in `assets/launcher/scripts/search` read it.

mod analyser;
mod arabic;
mod catalogue;
mod codec;
mod index;
mod page_kind;
mod shards;
mod spelling;
mod stop_words;
mod vocabulary;

use crate::language;

pub use analyser::character_tables;
pub use catalogue::{CatalogueIndexBuilder, CatalogueRecord, Field, FieldKind, RecordFile};
pub use index::{IndexBuilder, IndexedDocument};

/// Increase this whenever the index of any texts may be different: indexes are kept from one run to the next. A test compares an
/// index with the one of this version.
pub const INDEX_VERSION: u32 = 3;

/// The shard with the traditional Chinese characters and their simplified forms, which the search page needs for queries in Chinese
/// characters. For each, the difference from the character before, and twice the difference of its simplified form from it, or, if this is
/// negative, twice its absolute value minus one.
pub fn variants_shard(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut last = 0;
    for (traditional, simplified) in language::simplified_characters() {
        let (from, to) = (u32::from(*traditional), u32::from(*simplified));
        codec::write_varint(from - last, &mut bytes);
        codec::write_varint(if to >= from { 2 * (to - from) } else { 2 * (from - to) - 1 }, &mut bytes);
        last = from;
    }
    codec::shard_script(name, &bytes)
}

/// The text of each page of a document. In formats without pages, it is divided into parts of similar length.
#[derive(Debug, Clone, Default)]
pub struct PageTexts {
    pub texts: Vec<String>,
    /// Whether `texts` are the pages of the file, so that `#page=1` links to the first.
    pub is_paginated: bool,
    /// The printed number of each page; empty if the pages are simply counted.
    pub labels: Vec<String>,
    /// Headings, each with the index of the page on which its part of the document begins.
    pub headings: Vec<(usize, String)>,
}
