//! The foreword on the home page, and where its links lead.

use std::collections::HashMap;
use std::sync::OnceLock;

use minijinja::context;
use minijinja::value::Value;

use super::markdown;
use super::materials::Materials;
use super::page_inputs::{self, PageInputs};
use super::page_language::PageLanguage;
use crate::catalogue::Catalogue;
use crate::diagnostic::{Findings, KeyPath, Place};
use crate::language::Language;
use crate::layout::{DiscPath, Layout};

/// Reports what is wrong with the Markdown of the foreword, in each of its languages.
pub(super) fn check_markdown(catalogue: &Catalogue, layout: &Layout, materials: &Materials, findings: &mut Findings) {
    let targets = LinkTargets::new(catalogue, layout);
    let page = layout.home_path(catalogue.disc.default_language());
    let at = KeyPath::root().key("launcher").key("foreword").key("text");
    for (language, text) in &materials.foreword {
        let at = language.as_ref().map_or_else(|| at.clone(), |language| at.key(language.as_str()));
        markdown::to_html(text, &|link| targets.link(link, &page), &Place::Value(at), findings);
    }
}

/// Renders the foreword for the home pages.
pub(super) struct ForewordPages<'s> {
    inputs: &'s PageInputs<'s>,
    materials: &'s Materials,
    targets: LinkTargets<'s>,
}

impl<'s> ForewordPages<'s> {
    pub(super) fn new(inputs: &'s PageInputs<'s>, materials: &'s Materials) -> Self {
        let targets = LinkTargets::new(inputs.catalogue, inputs.layout);
        Self { inputs, materials, targets }
    }

    /// The foreword for a home page: in the language of the page or another form of it, as for other texts, or else the
    /// one for all languages, or else in the default language, or else the first one.
    pub(super) fn on_page(&self, page_language: &PageLanguage<'_>) -> Option<Value> {
        let default = self.inputs.catalogue.disc.default_language();
        let find = |wanted: Option<&Language>| self.materials.foreword.iter().find(|(l, _)| l.as_ref() == wanted);
        let is_close = |language: &Language| language.is_close_to(page_language.language);
        let find_close = || self.materials.foreword.iter().find(|(l, _)| l.as_ref().is_some_and(is_close));
        let (language, text) = find(Some(page_language.language))
            .or_else(find_close)
            .or_else(|| find(None))
            .or_else(|| find(Some(default)))
            .or(self.materials.foreword.first())?;
        let page = self.inputs.layout.home_path(page_language.language);
        let resolve = |link: &str| self.targets.link(link, &page);
        // `check_markdown` has reported the findings.
        let html = markdown::to_html(text, &resolve, &Place::Nowhere, &mut Findings::default());
        let other = language.as_ref().filter(|language| *language != page_language.language);
        Some(context! {
            html => Value::from_safe_string(html),
            same => language.is_none(),
            lang => other.map(Language::as_str),
            dir => other.map(|other| other.direction().as_str()),
            notice => other.map(|other| page_language.language_notice(other)),
        })
    }
}

/// What a link in the foreword can lead to: documents by their path as written in the manifest, and files by
/// their path on the disc.
struct LinkTargets<'s> {
    catalogue: &'s Catalogue,
    layout: &'s Layout,
    /// Made for the first link: most forewords have none.
    paths: OnceLock<HashMap<String, DiscPath>>,
}

impl<'s> LinkTargets<'s> {
    fn new(catalogue: &'s Catalogue, layout: &'s Layout) -> Self {
        Self { catalogue, layout, paths: OnceLock::new() }
    }

    fn collect_paths(&self) -> HashMap<String, DiscPath> {
        let Self { catalogue, layout, .. } = self;
        let browse_lists = page_inputs::browse_lists(catalogue);
        let mut targets = HashMap::new();
        for language in &catalogue.disc.languages {
            let fixed =
                [Layout::home_path, Layout::list_path, Layout::start_path, Layout::help_path, Layout::check_path]
                    .map(|page| page(layout, language));
            for page in browse_lists.iter().map(|list| layout.browse_list_path(language, *list)).chain(fixed) {
                targets.insert(page.as_str().to_owned(), page);
            }
        }
        // Not the checksum list: Linux shows it under another name in the plain ISO 9660 view.
        for path in [&layout.index, &layout.readme] {
            targets.insert(path.as_str().to_owned(), path.clone());
        }
        for (s, r, report) in catalogue.reports() {
            for (v, variant) in report.variants.iter().enumerate() {
                for (f, file) in variant.files.iter().enumerate() {
                    let path = layout.document_path(s, r, v, f);
                    targets.insert(path.as_str().to_owned(), path.clone());
                    let path_in_manifest = &*catalogue.source(file.source).path_in_manifest;
                    targets.entry(path_in_manifest.trim_start_matches("./").to_owned()).or_insert_with(|| path.clone());
                }
            }
        }
        targets
    }

    fn link(&self, target: &str, from: &DiscPath) -> Option<String> {
        let paths = self.paths.get_or_init(|| self.collect_paths());
        paths.get(target.trim_start_matches("./")).map(|path| path.link_from(from))
    }
}
