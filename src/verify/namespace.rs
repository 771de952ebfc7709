//! The two directory trees in an image.

use super::naming;

/// One of the two directory trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Namespace {
    /// The tree of the primary descriptor, which also has Rock Ridge names.
    Primary,
    /// The tree of the supplementary descriptor with Joliet's escape sequence.
    Joliet,
}

/// Where the name of a path comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameSource {
    /// The identifier in the primary tree, in which names are cut off and changed.
    Identifier,
    /// Joliet, for which programs replace some characters and cut off long names.
    Joliet,
    /// UDF, for which programs change names as for Joliet.
    Udf,
    /// Rock Ridge, which has names as they were published.
    RockRidge,
}

impl Namespace {
    /// The adjective for messages, such as `primary` in `the primary tree`.
    pub(super) fn adjective(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Joliet => "Joliet",
        }
    }

    /// Decodes the identifier of a directory record.
    pub(super) fn decode(self, identifier: &[u8]) -> String {
        match self {
            Self::Primary => String::from_utf8_lossy(identifier).into_owned(),
            Self::Joliet => String::from_utf16_lossy(&naming::ucs2_units(identifier)),
        }
    }
}
