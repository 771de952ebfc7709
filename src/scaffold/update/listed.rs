//! Finds the files that a manifest lists, and where it lists them.

use std::collections::BTreeMap;

use crate::diagnostic::KeyPath;
use crate::manifest;
use crate::names::portable_name;
use crate::scaffold::proposal::MAX_ID;

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
    /// The language under which it is listed.
    pub(super) language: String,
    /// Whether it is the start page of a web site.
    pub(super) is_site: bool,
}

/// Finds every file that the manifest lists; the keys are the normalised paths.
pub(super) fn find_listed_files(sections: &[manifest::SectionKeys]) -> BTreeMap<String, FileInManifest> {
    let mut listed = BTreeMap::new();
    for (section_index, section) in sections.iter().enumerate() {
        for (report_index, report) in section.reports.iter().flatten().enumerate() {
            for (tag, variant) in report.variants.iter().flat_map(|variants| &variants.0) {
                let variants = variants_place(section_index, report_index);
                if let Some(manifest::Scalar(folder)) = &variant.folder {
                    // A web site is found by its start page, because a proposal also has the start page as its file.
                    let start = variant.start.as_ref().map_or("index.html", |start| start.0.as_str());
                    let place = variants.key(tag).key("folder");
                    let file_in_manifest = FileInManifest {
                        section: section_index,
                        report: report_index,
                        place,
                        written: folder.clone(),
                        language: tag.clone(),
                        is_site: true,
                    };
                    listed.insert(normalise_path(&format!("{folder}/{start}")), file_in_manifest);
                }
                let Some(files) = &variant.files else { continue };
                let files_place = files_place(&variants.key(tag), variant);
                for (index, manifest::FileKeys { file: manifest::Scalar(file), is_long_form, .. }) in
                    files.values.iter().enumerate()
                {
                    let place = if files.is_sequence { files_place.item(index) } else { files_place.clone() };
                    let place = if *is_long_form { place.key("file") } else { place };
                    let file_in_manifest = FileInManifest {
                        section: section_index,
                        report: report_index,
                        place,
                        written: file.clone(),
                        language: tag.clone(),
                        is_site: false,
                    };
                    listed.insert(normalise_path(file), file_in_manifest);
                }
            }
        }
    }
    listed
}

/// The folders and archives of web pages that the manifest lists, as normalised paths.
pub(super) fn find_listed_folders(sections: &[manifest::SectionKeys]) -> impl Iterator<Item = String> {
    let reports = sections.iter().flat_map(|section| section.reports.iter().flatten());
    let variants = reports.flat_map(|report| report.variants.iter().flat_map(|variants| &variants.0));
    variants.filter_map(|(_, variant)| Some(normalise_path(&variant.folder.as_ref()?.0)))
}

pub(super) fn section_place(section: usize) -> KeyPath {
    KeyPath::root().key("sections").item(section)
}

pub(super) fn section_id(section: &manifest::SectionKeys) -> String {
    effective_id(section.id.as_ref(), section.title.as_ref())
}

/// The id of a section or report, which is derived from its title if it is not given.
pub(super) fn effective_id(id: Option<&manifest::Scalar>, title: Option<&manifest::TextValue>) -> String {
    let from_title = || match title? {
        manifest::TextValue::One(text) => Some(portable_name(text)),
        manifest::TextValue::PerLanguage(texts) => texts.first().map(|(_, text)| portable_name(text)),
    };
    let id = id.map(|id| id.0.clone()).or_else(from_title).unwrap_or_default();
    id.chars().take(MAX_ID.max(64)).collect()
}

/// The id of a report, with that of its section: `needs/africa`. `place` has the indexes of the section and of the report.
pub(super) fn report_id(sections: &[manifest::SectionKeys], place: (usize, usize)) -> Option<String> {
    let section = sections.get(place.0)?;
    let report = section.reports.as_ref()?.get(place.1)?;
    Some(format!("{}/{}", section_id(section), effective_id(report.id.as_ref(), report.title.as_ref())))
}

/// The key path of the variants of a report.
pub(super) fn variants_place(section: usize, report: usize) -> KeyPath {
    KeyPath::root().key("sections").item(section).key("reports").item(report).key("variants")
}

/// The key path of the files of a variant. In the short form, the value of the variant is its files.
pub(super) fn files_place(variant_place: &KeyPath, variant: &manifest::VariantKeys) -> KeyPath {
    if variant.is_long_form { variant_place.key("files") } else { variant_place.clone() }
}

/// The path without empty parts and `.`.
pub(super) fn normalise_path(path: &str) -> String {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/")
}

/// Whether two texts differ at most in their spaces and line breaks.
pub(super) fn is_same_text(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}
