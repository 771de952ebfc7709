//! The paths on the disc that replace paths in the manifest that is put on the disc.

use std::collections::HashMap;

use super::{DiscPath, Layout};
use crate::catalogue::{Catalogue, NameStyle, SourceId};
use crate::language::Language;
use crate::manifest::{PathKind, VariantPath};

/// Finds the paths on the disc of what a manifest names under `variants:`.
pub struct ManifestPaths<'l> {
    catalogue: &'l Catalogue,
    layout: &'l Layout,
    /// The first path of each source. A source that the manifest names twice has one path here, so that a disc that is made from
    /// the files of this one has it once as well.
    first: HashMap<SourceId, &'l DiscPath>,
}

impl<'l> ManifestPaths<'l> {
    pub fn new(catalogue: &'l Catalogue, layout: &'l Layout) -> Self {
        let mut first = HashMap::new();
        for (section, report, keys) in catalogue.reports() {
            for (number, variant) in keys.variants.iter().enumerate() {
                let paths = layout.variant_paths(section, report, number);
                for ((source, _), path) in variant.all_files().zip(paths) {
                    first.entry(source).or_insert(path);
                }
            }
        }
        Self { catalogue, layout, first }
    }

    /// The path from the top of the disc. The path of a start page begins at the folder of its site instead. `None` if the disc has no such
    /// file.
    pub fn find(&self, VariantPath { section, report, language, kind }: VariantPath<'_>) -> Option<String> {
        let language = Language::parse_of_document(language).ok()?;
        let variants = &self.catalogue.sections.get(section)?.reports.get(report)?.variants;
        let number = variants.iter().position(|variant| variant.language == language)?;
        if let PathKind::File(file) = kind {
            return Some(self.first.get(&variants[number].files.get(file)?.source)?.to_string());
        }
        // The start page comes first.
        let start = self.layout.variant_paths(section, report, number).first()?;
        let level = match self.catalogue.disc.names {
            NameStyle::Portable => 2,
            NameStyle::Dos => 3,
        };
        let folder = start.folders().nth(level)?;
        match kind {
            PathKind::Start => Some(start.as_str()[folder.len() + 1..].to_owned()),
            _ => Some(folder.to_owned()),
        }
    }
}
