//! Paths on the disc, which are the same in every view of it.

use std::fmt;
use std::sync::Arc;

/// A path from the root of the disc, such as `documents/needs/africa_fr.pdf`.
///
/// Each part consists of a-z, 0-9, `_` and at most one dot. So names are the same in the primary tree, Joliet and Rock
/// Ridge, except that the primary tree has upper case, and relative links work in each. The names that are fixed by convention are
/// exceptions: `SHA256SUMS` and its signature, with capital letters, and `.xdg-volume-info` and `ro-crate-metadata.json`, which
/// nothing links to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DiscPath(Arc<str>);

impl DiscPath {
    /// Does not check the parts: the layout has made or checked them.
    pub(super) fn from_parts(parts: &[&str]) -> Self {
        Self(parts.join("/").into())
    }

    #[cfg(test)]
    pub(crate) fn for_test(path: &str) -> Self {
        Self(path.into())
    }

    /// The path as stored in Joliet and Rock Ridge.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The absolute path in the Joliet tree.
    pub fn joliet(&self) -> String {
        format!("/{}", self.0)
    }

    /// The absolute path in the primary tree: in upper case, with a version (ECMA-119 7.5.1).
    pub fn iso9660(&self) -> String {
        Self::iso9660_of(&self.0)
    }

    /// The absolute path in the primary tree for a path on the disc.
    pub fn iso9660_of(path: &str) -> String {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = if folder.is_empty() { String::new() } else { format!("/{}", folder.to_ascii_uppercase()) };
        format!("{folder}/{}", primary_identifier(name))
    }

    /// The file name.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The paths of the folders that contain the file, outermost first: `documents`, `documents/needs`.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }

    /// The relative link to this path from the page at `from`.
    pub fn link_from(&self, from: &Self) -> String {
        let common = from
            .folders()
            .zip(self.folders())
            .take_while(|(a, b)| a == b)
            .last()
            .map_or(0, |(folder, _)| folder.len() + 1);
        let up = from.0[common..].matches('/').count();
        format!("{}{}", "../".repeat(up), &self.0[common..])
    }
}

impl fmt::Display for DiscPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The file identifier in the primary tree: d-characters, exactly one dot, version 1.
pub(crate) fn primary_identifier(name: &str) -> String {
    let upper: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_uppercase() } else { '_' })
        .collect();
    let dot = if upper.contains('.') { "" } else { "." };
    format!("{upper}{dot};1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> DiscPath {
        DiscPath(text.into())
    }

    #[test]
    fn links_are_relative_to_the_page() {
        let page = path("pages/en/needs/africa.html");
        assert_eq!(path("pages/en/needs/asia.html").link_from(&page), "asia.html");
        assert_eq!(path("pages/fr/needs/africa.html").link_from(&page), "../../fr/needs/africa.html");
        assert_eq!(path("documents/needs/africa_en.pdf").link_from(&page), "../../../documents/needs/africa_en.pdf");
        assert_eq!(path("index.html").link_from(&page), "../../../index.html");
        assert_eq!(page.link_from(&path("index.html")), "pages/en/needs/africa.html");
    }

    #[test]
    fn primary_identifiers_have_one_dot_and_a_version() {
        assert_eq!(path("documents/needs/africa_en.pdf").iso9660(), "/DOCUMENTS/NEEDS/AFRICA_EN.PDF;1");
        assert_eq!(path("SHA256SUMS").iso9660(), "/SHA256SUMS.;1");
        assert_eq!(path(".xdg-volume-info").iso9660(), "/.XDG_VOLUME_INFO;1");
    }
}
