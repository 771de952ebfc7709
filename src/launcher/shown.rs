//! Which files the page of a report shows itself.

use crate::catalogue::{Source, VariantFile};
use crate::file_formats::{Format, FormatKind};

/// The maximum size of a picture that a page shows, in bytes: old computers take long to draw larger ones.
const MAX_PICTURE_BYTES: u64 = 8 << 20;

/// Whether the page of a report shows or plays a file.
pub(super) fn is_shown(file: &VariantFile, source: &Source) -> bool {
    let is_possible = Format::from_extension(&file.extension).is_some_and(Format::is_shown_in_pages);
    is_possible && (file.kind() != FormatKind::Picture || source.length <= MAX_PICTURE_BYTES)
}
