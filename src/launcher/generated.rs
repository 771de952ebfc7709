//! The type of the files that the launcher makes.

use crate::compressed::CompressedBytes;
use crate::layout::DiscPath;

/// A file of the disc that is generated, not copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    pub path: DiscPath,
    pub bytes: CompressedBytes,
    /// The files whose digests will replace the placeholders in the text, in the order of the placeholders.
    pub digests_of: Vec<DiscPath>,
}

impl GeneratedFile {
    pub(super) fn new(path: DiscPath, bytes: &[u8]) -> Self {
        Self { path, bytes: CompressedBytes::new(bytes), digests_of: Vec::new() }
    }
}
