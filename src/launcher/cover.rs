//! The covers of reports: their files, and how pages show them.

use std::collections::BTreeSet;

use minijinja::context;
use minijinja::value::Value;

use super::generated::GeneratedFile;
use super::page_inputs::PageInputs;
use super::shown::is_shown;
use crate::catalogue::Catalogue;
use crate::covers::{Cover, Covers, cover_file};
use crate::file_formats::display_name;
use crate::layout::{CoverSize, DiscPath, Layout};

/// The files of all covers.
pub(super) fn files(catalogue: &Catalogue, layout: &Layout, covers: &Covers) -> Vec<GeneratedFile> {
    let mut files = Vec::new();
    // Files whose names differ only in the extension share the path of their covers.
    let mut used = BTreeSet::new();
    for (s, r, report) in catalogue.reports() {
        for (v, variant) in report.variants.iter().enumerate() {
            let Some((f, file)) = cover_file(variant) else { continue };
            let Some(Cover { small, large }) = covers.get(file.source) else { continue };
            let document = layout.document_path(s, r, v, f);
            let sizes = [(CoverSize::Small, Some(small)), (CoverSize::Large, large.as_ref())];
            for (size, picture) in sizes {
                let path = layout.cover_path(document, size);
                if let Some(picture) = picture
                    && used.insert(path.clone())
                {
                    files.push(GeneratedFile::new(path, &picture.bytes));
                }
            }
        }
    }
    files
}

/// The cover of a report for the page at `path`. `main` has the indices of the variant and of the file that the report's page
/// offers first. If that variant has no cover, the value has only the name of the file's format. `None` if the disc has no covers.
pub(super) fn of_report(
    inputs: &PageInputs<'_>,
    main: (usize, usize),
    (s, r): (usize, usize),
    path: &DiscPath,
) -> Option<Value> {
    if inputs.covers.is_empty() {
        return None;
    }
    let (v, f) = main;
    let variant = &inputs.catalogue.sections[s].reports[r].variants[v];
    let picture = picture(inputs, (s, r, v), path, CoverSize::Small);
    let format = match variant.site {
        Some(_) => "HTML".to_owned(),
        None => display_name(&variant.files[f].extension),
    };
    Some(picture.unwrap_or_else(|| context! { href => (), format => format }))
}

/// The cover for the page of a report, unless the page shows the picture itself.
pub(super) fn of_page(
    inputs: &PageInputs<'_>,
    main: (usize, usize),
    (s, r): (usize, usize),
    path: &DiscPath,
) -> Option<Value> {
    let (v, _) = main;
    let (_, file) = cover_file(&inputs.catalogue.sections[s].reports[r].variants[v])?;
    if is_shown(file, inputs.catalogue.source(file.source)) {
        return None;
    }
    let large = picture(inputs, (s, r, v), path, CoverSize::Large);
    large.or_else(|| picture(inputs, (s, r, v), path, CoverSize::Small))
}

fn picture(
    inputs: &PageInputs<'_>,
    (s, r, v): (usize, usize, usize),
    path: &DiscPath,
    size: CoverSize,
) -> Option<Value> {
    let variant = &inputs.catalogue.sections[s].reports[r].variants[v];
    let (f, file) = cover_file(variant)?;
    let cover = inputs.covers.get(file.source)?;
    let picture = match size {
        CoverSize::Small => &cover.small,
        CoverSize::Large => cover.large.as_ref()?,
    };
    let href = inputs.layout.cover_path(inputs.layout.document_path(s, r, v, f), size).link_from(path);
    Some(context! { href => href, width => picture.width, height => picture.height })
}

/// About how many bytes the cover of a report takes in a list.
pub(super) fn bytes_in_list(layout: &Layout, document: &DiscPath) -> usize {
    110 + layout.cover_path(document, CoverSize::Small).as_str().len()
}
