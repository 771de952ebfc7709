//! The type of everything that the launcher makes.

use crate::compressed::CompressedBytes;
use crate::layout::DiscPath;

/// A file of the disc that is generated, not copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    pub path: DiscPath,
    pub bytes: CompressedBytes,
    /// The files whose digests are to be filled in, in the order of their places in the text.
    pub digests_of: Vec<DiscPath>,
}

impl GeneratedFile {
    pub(super) fn new(path: DiscPath, bytes: &[u8]) -> Self {
        Self { path, bytes: CompressedBytes::new(bytes), digests_of: Vec::new() }
    }
}
