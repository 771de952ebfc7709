//! Folders of web pages.

use std::sync::Arc;

use super::SourceId;
use crate::temporary::TemporaryFolder;

/// A folder of web pages that is one document: all its files go on the disc, and links between them work there.
#[derive(Debug, Clone)]
pub struct Site {
    /// The path of the folder or archive as it is written in the manifest, without a `/` at its end.
    pub written: Arc<str>,
    /// Every file: first the start page, then the others in the order of their paths.
    pub files: Vec<SiteFile>,
    /// The temporary folder with the files of an archive. It is removed with this value.
    pub(super) unpacked: Option<Arc<TemporaryFolder>>,
}

/// A file of a site.
#[derive(Debug, Clone)]
pub struct SiteFile {
    /// Its path in the folder, with `/` as separator.
    pub path: String,
    pub source: SourceId,
    /// The extension of its name on the disc, in lower case and without the dot.
    pub extension: String,
}

impl Site {
    /// A site whose files are in a folder, not in an archive.
    pub(crate) fn from_files(written: &str, files: Vec<SiteFile>) -> Self {
        Self { written: written.into(), files, unpacked: None }
    }
}
