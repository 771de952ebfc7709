//! Names and paths on the disc, the same in every view of it.

use std::fmt;
use std::sync::Arc;

/// A path on the disc from its root, with `/`, such as `documents/needs/africa_fr.pdf`.
///
/// Its parts consist of a-z, 0-9, `_` and at most one dot, so that the primary tree's upper case,
/// Joliet and Rock Ridge show the same name, compared without case, and a relative link works in
/// each. Two names set by convention go beyond it: `SHA256SUMS`, in capitals, and
/// `.xdg-volume-info`, which nothing links to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DiscPath(Arc<str>);

impl DiscPath {
    /// A path of parts that the layout made or checked.
    pub(super) fn of(parts: &[&str]) -> Self {
        Self(parts.join("/").into())
    }

    /// As Joliet and Rock Ridge hold it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As the Joliet tree holds it, from the root.
    pub fn joliet(&self) -> String {
        format!("/{}", self.0)
    }

    /// As the primary tree holds it, from the root: upper case, a version (ECMA-119 7.5.1).
    pub fn iso9660(&self) -> String {
        let (folder, name) = self.0.rsplit_once('/').map_or(("", self.as_str()), |(f, n)| (f, n));
        let folder = if folder.is_empty() { String::new() } else { format!("/{}", folder.to_ascii_uppercase()) };
        format!("{folder}/{}", primary_identifier(name))
    }

    /// The parts, the file's name last.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// The name without its folders.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The folders above it, the outermost first: `documents`, `documents/needs`.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }

    /// The relative link to this path from a page at `from`.
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

/// A file identifier of the primary tree: d-characters, exactly one dot, version 1.
fn primary_identifier(name: &str) -> String {
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
    fn links_are_relative() {
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
