//! Reading the documents, for the search and for what is worth knowing of them.

use std::sync::atomic::AtomicBool;

use crate::catalogue::Catalogue;
use crate::extraction::{self, Bounds, Cache, Extractions, Options};
use crate::progress::Progress;

/// Why the documents were not read.
pub(super) enum Unread {
    /// The user broke it off.
    Interrupted,
    /// This program cannot be found, to be started for each document.
    NoProgram(String),
}

/// Reads the documents of a collection, unless it wants no search.
pub(super) fn read(
    catalogue: &Catalogue,
    search: bool,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> Result<Extractions, Unread> {
    if !search || !catalogue.disc.search {
        return Ok(Extractions::none());
    }
    let program = std::env::current_exe().map_err(|error| Unread::NoProgram(error.to_string()))?;
    let options = Options { program, cache: Cache::of_user(), bounds: Bounds::of };
    extraction::extract_all(catalogue, options, progress, stop).map_err(|_| Unread::Interrupted)
}
