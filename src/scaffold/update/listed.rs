//! Finds the files that a manifest lists.

use std::collections::BTreeMap;

use crate::diagnostic::KeyPath;
use crate::manifest;

/// A file that the manifest lists.
pub(super) struct FileInManifest {
    /// The index of its section.
    pub(super) section: usize,
    /// The index of its report in the section.
    pub(super) report: usize,
    /// The key path of its value.
    pub(super) place: KeyPath,
    /// The path as written.
    pub(super) written: String,
}

/// Finds every file that the manifest lists; the keys are the normalised paths.
pub(super) fn find_listed_files(sections: &[manifest::SectionKeys]) -> BTreeMap<String, FileInManifest> {
    let mut listed = BTreeMap::new();
    for (section_index, section) in sections.iter().enumerate() {
        for (report_index, report) in section.reports.iter().flatten().enumerate() {
            for (tag, variant) in report.variants.iter().flat_map(|variants| &variants.0) {
                let Some(files) = &variant.files else { continue };
                let variants = variants_place(section_index, report_index);
                let files_place = files_place(&variants.key(tag), variant);
                for (index, manifest::Scalar(file)) in files.values.iter().enumerate() {
                    let place = if files.is_list { files_place.item(index) } else { files_place.clone() };
                    let file_in_manifest =
                        FileInManifest { section: section_index, report: report_index, place, written: file.clone() };
                    listed.insert(normalise_path(file), file_in_manifest);
                }
            }
        }
    }
    listed
}

/// The key path of the variants of a report.
pub(super) fn variants_place(section: usize, report: usize) -> KeyPath {
    KeyPath::root().key("sections").item(section).key("reports").item(report).key("variants")
}

/// The key path of the files of a variant: that of the variant itself in the short form, of `files` in the long form.
pub(super) fn files_place(variant_place: &KeyPath, variant: &manifest::VariantKeys) -> KeyPath {
    if variant.is_long_form { variant_place.key("files") } else { variant_place.clone() }
}

/// A path without empty parts and `.`.
pub(super) fn normalise_path(path: &str) -> String {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/")
}
