//! The requirements on the structure of a volume, numbered as in docs/conformance.md.

use std::fmt;

use serde::{Serialize, Serializer};

/// A requirement on the structure of a volume. Its row in docs/conformance.md says what it requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Requirement {
    /// Whole sectors, an empty system area, and the set of volume descriptors.
    VolumeDescriptors = 1,
    /// Logical blocks of 2,048 bytes.
    BlockSize = 2,
    /// Numbers in both byte orders, and the size of the volume.
    ByteOrdersAndSize = 3,
    /// Identifiers and dates in the volume descriptors.
    DescriptorIdentifiers = 4,
    /// Path tables.
    PathTables = 5,
    /// Directories, and the layout of their records.
    DirectoryRecords = 6,
    /// The order of the records of a directory.
    RecordOrder = 7,
    /// Names and paths in the primary tree.
    PrimaryNames = 8,
    /// Names and paths in the Joliet tree.
    JolietNames = 9,
    /// Where files are, the same in both trees, without overlaps or stray bytes.
    Extents = 10,
    /// Names that Windows accepts and can tell apart.
    WindowsNames = 11,
    /// Files of more than one extent.
    MultiExtentFiles = 12,
    /// Zeros at the end of the volume.
    Padding = 13,
    /// The application-use area, with the media check.
    ApplicationUse = 14,
    /// Rock Ridge names and attributes.
    RockRidge = 15,
    /// Dates of files and directories.
    Dates = 16,
}

impl Requirement {
    /// All requirements, by number.
    pub const ALL: [Self; 16] = [
        Self::VolumeDescriptors,
        Self::BlockSize,
        Self::ByteOrdersAndSize,
        Self::DescriptorIdentifiers,
        Self::PathTables,
        Self::DirectoryRecords,
        Self::RecordOrder,
        Self::PrimaryNames,
        Self::JolietNames,
        Self::Extents,
        Self::WindowsNames,
        Self::MultiExtentFiles,
        Self::Padding,
        Self::ApplicationUse,
        Self::RockRidge,
        Self::Dates,
    ];

    /// The number by which scripts and docs/conformance.md know it.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// A few words, as in docs/conformance.md.
    pub fn title(self) -> &'static str {
        match self {
            Self::VolumeDescriptors => "volume descriptors",
            Self::BlockSize => "block size",
            Self::ByteOrdersAndSize => "byte orders and volume size",
            Self::DescriptorIdentifiers => "descriptor identifiers",
            Self::PathTables => "path tables",
            Self::DirectoryRecords => "directory records",
            Self::RecordOrder => "record order",
            Self::PrimaryNames => "primary names",
            Self::JolietNames => "Joliet names",
            Self::Extents => "extents",
            Self::WindowsNames => "Windows names",
            Self::MultiExtentFiles => "multi-extent files",
            Self::Padding => "padding",
            Self::ApplicationUse => "application use",
            Self::RockRidge => "Rock Ridge",
            Self::Dates => "dates",
        }
    }
}

/// The number.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

/// The number, which scripts rely on.
impl Serialize for Requirement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_all_requirements_is_complete_and_in_order() {
        let numbers: Vec<u8> = Requirement::ALL.into_iter().map(Requirement::number).collect();
        assert_eq!(numbers, (1..=Requirement::ALL.len() as u8).collect::<Vec<_>>());
        let is_variant = |line: &&str| {
            let value = line.strip_suffix(',').and_then(|line| line.split_once(" = "));
            value.is_some_and(|(_, number)| number.parse::<u8>().is_ok())
        };
        let variants = include_str!("requirement.rs").lines().filter(is_variant).count();
        assert_eq!(variants, Requirement::ALL.len(), "`ALL` has all variants");
    }
}
