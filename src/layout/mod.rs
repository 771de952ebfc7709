//! Assigns a path on the disc to every file of the collection and of the launcher.
//!
//! Names of documents are made from ids (from the manifest, or derived from titles) and from languages. They are
//! never shortened or changed: a name that does not fit is a finding. Only names in web sites are shortened or changed. A name
//! depends only on its own entry in the manifest, which includes the other files of the same variant.

mod checks;
mod documents;
mod manifest_paths;
mod path;
mod rules;
mod site_names;

pub use manifest_paths::ManifestPaths;
pub use path::DiscPath;
pub(crate) use path::primary_identifier;

use std::collections::BTreeSet;

use crate::catalogue::{Catalogue, NameStyle, Section};
use crate::diagnostic::{Findings, KeyPath};
use crate::language::Language;
use crate::names::is_device_name;
use crate::signature::SignatureFormat;
use crate::timestamp::timestamp_path;
use checks::{IdLimits, SiblingIds, check_directory_count, check_id, check_language_folders};
use documents::{UsedNames, document_paths, max_id_for_documents};
use rules::NameRules;

/// A page that lists the collection in groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrowseList {
    /// By title, if the list of documents takes several pages.
    Titles,
    /// By subject, in alphabetical order.
    Subjects,
    /// By year of publication, the newest first.
    Years,
    /// By author, a person or an organisation.
    Authors,
    /// By language.
    Languages,
}

/// The sizes of the pictures of first pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoverSize {
    /// For lists.
    Small,
    /// For the page of a report.
    Large,
}

/// The paths of everything on the disc.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The page at the root where readers choose a language.
    pub index: DiscPath,
    /// The stylesheet of all pages.
    pub style: DiscPath,
    /// The stylesheet that hides the search fields of pages if scripts are off.
    pub no_script_style: DiscPath,
    /// The script of the page "Check this disc".
    pub script: DiscPath,
    /// The script that filters the list of documents.
    pub list_script: DiscPath,
    /// The script that searches the documents.
    pub search_script: DiscPath,
    /// The character data that the search script needs.
    pub search_characters: DiscPath,
    /// The traditional Chinese characters and their simplified forms, for queries in Chinese characters.
    pub search_variants: DiscPath,
    /// The emblem as the pages show it.
    pub emblem: DiscPath,
    /// The emblem as dark pages show it, if it is another picture.
    pub emblem_dark: DiscPath,
    /// The icon of the volume, with a different name on each disc, because Explorer caches icons by path.
    pub icon: DiscPath,
    pub autorun: DiscPath,
    /// A description of the disc as plain text, in all its languages.
    pub readme: DiscPath,
    /// The terms of use as plain text.
    pub rights: DiscPath,
    /// The volume's name and icon for freedesktop systems, under a name that is valid in every tree.
    pub volume_info: DiscPath,
    /// A second path for the bytes of [`Layout::volume_info`], with the name that those systems look for. `None` with
    /// DOS names.
    pub xdg_volume_info: Option<DiscPath>,
    /// The description of the disc as linked data, under a name that is valid in every tree.
    pub ro_crate: DiscPath,
    /// A second path for the bytes of [`Layout::ro_crate`], with the name that RO-Crate requires. `None` with DOS names.
    pub ro_crate_metadata: Option<DiscPath>,
    /// Tells freedesktop systems what to open. `None` with DOS names, because its name is not an 8.3 name.
    pub autoopen: Option<DiscPath>,
    /// The checksum list.
    pub checksums: DiscPath,
    rules: NameRules,
    sections: Vec<SectionPaths>,
}

#[derive(Debug, Clone)]
struct SectionPaths {
    folder: String,
    reports: Vec<ReportPaths>,
}

#[derive(Debug, Clone)]
struct ReportPaths {
    /// The file name of the report's page.
    page: String,
    /// The paths of the report's files, by variant.
    documents: Vec<Vec<DiscPath>>,
}

impl Layout {
    /// Assigns a path to every file, and reports names that do not fit.
    pub fn new(catalogue: &Catalogue, findings: &mut Findings) -> Self {
        let style = catalogue.disc.names;
        let rules = NameRules::new(style);
        let mut ids = SiblingIds::new(catalogue.sections.iter().map(|section| &section.id));
        let sections = (0..).zip(&catalogue.sections);
        let sections: Vec<SectionPaths> =
            sections.map(|(index, section)| section_paths(rules, index, section, &mut ids, findings)).collect();
        check_language_folders(catalogue, rules, findings);
        check_directory_count(catalogue, count_nested_folders(&sections), findings);

        let root = |name: &str| DiscPath::from_parts(&[name]);
        let page_asset = |name: &str| DiscPath::from_parts(&["pages", name]);
        let portable_only = |name: &str| (style == NameStyle::Portable).then(|| root(name));
        let (checksums, ro_crate) = match style {
            NameStyle::Portable => ("SHA256SUMS", "ro_crate.json"),
            NameStyle::Dos => ("sha256.sum", "rocrate.jsn"),
        };
        Self {
            index: root(&format!("index.{}", rules.page_extension)),
            style: page_asset("style.css"),
            no_script_style: page_asset("noscript.css"),
            script: page_asset("check.js"),
            list_script: page_asset("list.js"),
            search_script: page_asset("search.js"),
            search_characters: DiscPath::from_parts(&["pages", "search", "chars.js"]),
            search_variants: DiscPath::from_parts(&["pages", "search", "variants.js"]),
            emblem: page_asset("emblem.png"),
            emblem_dark: page_asset("emb_dark.png"),
            icon: root(&format!("{}.ico", icon_stem(catalogue))),
            autorun: root("autorun.inf"),
            readme: root("readme.txt"),
            rights: root("rights.txt"),
            volume_info: page_asset("volume.txt"),
            xdg_volume_info: portable_only(".xdg-volume-info"),
            ro_crate: root(ro_crate),
            ro_crate_metadata: portable_only("ro-crate-metadata.json"),
            autoopen: portable_only(".autoopen"),
            checksums: root(checksums),
            rules,
            sections,
        }
    }

    /// The signature of the checksum list, if the disc is signed.
    pub fn signature(&self, format: SignatureFormat) -> DiscPath {
        DiscPath::from_parts(&[&format.signature_path(self.checksums.name())])
    }

    /// The timestamp of the checksum list, if the disc has one.
    pub fn timestamp(&self) -> DiscPath {
        DiscPath::from_parts(&[&timestamp_path(self.checksums.name())])
    }

    /// The public key for that signature.
    pub fn public_key(&self, format: SignatureFormat) -> DiscPath {
        DiscPath::from_parts(&[format.public_key_path()])
    }

    /// The name of the folder that contains all documents.
    pub fn documents_folder(&self) -> &'static str {
        self.rules.documents_folder
    }

    /// The path of an export of the catalogue, given its name in each style.
    pub fn export_path(&self, portable: &str, dos: &str) -> DiscPath {
        let name = match self.rules.style {
            NameStyle::Portable => portable,
            NameStyle::Dos => dos,
        };
        DiscPath::from_parts(&[self.exports_folder(), name])
    }

    /// The path of the manifest, if it is on the disc.
    pub fn manifest_path(&self) -> DiscPath {
        self.export_path("manifest.yaml", "manifest.yml")
    }

    /// The name of the folder that contains the exports.
    pub fn exports_folder(&self) -> &'static str {
        self.rules.exports_folder
    }

    /// The home page in a language.
    pub fn home_path(&self, language: &Language) -> DiscPath {
        self.page_path(language, "index")
    }

    /// The list of documents in a language.
    pub fn list_path(&self, language: &Language) -> DiscPath {
        self.page_path(language, "list")
    }

    /// The help page in a language.
    pub fn help_path(&self, language: &Language) -> DiscPath {
        self.page_path(language, "help")
    }

    /// The page "Check this disc" in a language.
    pub fn check_path(&self, language: &Language) -> DiscPath {
        self.page_path(language, "check")
    }

    /// The search page in a language.
    pub fn search_path(&self, language: &Language) -> DiscPath {
        self.page_path(language, "search")
    }

    /// The path of a file of the search index for a language.
    pub fn search_shard_path(&self, language: &Language, name: &str) -> DiscPath {
        DiscPath::from_parts(&["pages", "search", &self.search_folder(language), name])
    }

    /// The name of the folder of the search index for a language.
    pub fn search_folder(&self, language: &Language) -> String {
        language_folder(language)
    }

    /// The path of a file of the search index of the metadata.
    pub fn search_catalogue_path(&self, name: &str) -> DiscPath {
        DiscPath::from_parts(&["pages", "search", Self::SEARCH_CATALOGUE_FOLDER, name])
    }

    /// The name of the folder of the search index of the metadata. No language has this code: codes of this length are
    /// reserved.
    pub const SEARCH_CATALOGUE_FOLDER: &'static str = "reports";

    /// The picture of the first page of a document, given the document's own path. It has the same path in another folder.
    pub fn cover_path(&self, document: &DiscPath, size: CoverSize) -> DiscPath {
        let folder = match size {
            CoverSize::Small => "small",
            CoverSize::Large => "large",
        };
        let (_, below) = document.as_str().split_once('/').unwrap_or_default();
        let stem = below.rsplit_once('.').map_or(below, |(stem, _)| stem);
        DiscPath::from_parts(&[Self::COVERS_FOLDER, folder, &format!("{stem}.jpg")])
    }

    /// The folder of the pictures of first pages. No language has this name, as with [`Self::SEARCH_CATALOGUE_FOLDER`].
    pub const COVERS_FOLDER: &'static str = "pages/covers";

    /// The page for readers who are new to the collection, in a language.
    pub fn start_path(&self, language: &Language) -> DiscPath {
        self.page_path(language, "start")
    }

    /// The page of a browse list in a language.
    pub fn browse_list_path(&self, language: &Language, list: BrowseList) -> DiscPath {
        let stem = match list {
            BrowseList::Titles => "titles",
            BrowseList::Subjects => "subjects",
            BrowseList::Years => "years",
            BrowseList::Authors => "authors",
            BrowseList::Languages => "language",
        };
        self.page_path(language, stem)
    }

    /// One page of a list that is divided into several pages: of a browse list, or of the list of documents if `list` is `None`.
    /// Numbers start at 1.
    pub fn list_part_path(&self, language: &Language, list: Option<BrowseList>, number: usize) -> DiscPath {
        // Four letters, so that the name of the 9999th page still has eight characters.
        let stem = match list {
            None => "list",
            Some(BrowseList::Titles) => "titl",
            Some(BrowseList::Subjects) => "subj",
            Some(BrowseList::Years) => "year",
            Some(BrowseList::Authors) => "auth",
            Some(BrowseList::Languages) => "lang",
        };
        self.page_path(language, &format!("{stem}{number}"))
    }

    /// The page of a report in a language, by the indices of its section and of the report.
    pub fn report_path(&self, language: &Language, section: usize, report: usize) -> DiscPath {
        let section = &self.sections[section];
        DiscPath::from_parts(&["pages", &language_folder(language), &section.folder, &section.reports[report].page])
    }

    /// The paths of all files of a variant, by the indices of its section, report and variant. They are in the order of the
    /// variant's or the site's files.
    pub fn variant_paths(&self, section: usize, report: usize, variant: usize) -> &[DiscPath] {
        &self.sections[section].reports[report].documents[variant]
    }

    /// The path of a document, by the indices of its section, report, variant and file.
    pub fn document_path(&self, section: usize, report: usize, variant: usize, file: usize) -> &DiscPath {
        &self.sections[section].reports[report].documents[variant][file]
    }

    fn page_path(&self, language: &Language, stem: &str) -> DiscPath {
        let name = format!("{stem}.{}", self.rules.page_extension);
        DiscPath::from_parts(&["pages", &language_folder(language), &name])
    }
}

/// The paths of a section's pages and documents.
fn section_paths(
    rules: NameRules,
    index: usize,
    section: &Section,
    ids: &mut SiblingIds,
    findings: &mut Findings,
) -> SectionPaths {
    let at = KeyPath::root().key("sections").item(index);
    let limits = IdLimits { max: rules.max_folder, max_proposed: rules.max_folder };
    check_id(&section.id, limits, ids, "section", &at, findings);
    let mut ids = SiblingIds::new(section.reports.iter().map(|report| &report.id));
    let mut used_names = UsedNames::default();
    let mut reports = Vec::with_capacity(section.reports.len());
    for (index, report) in section.reports.iter().enumerate() {
        let at = at.key("reports").item(index);
        let max = rules.max_page_stem();
        let limits = IdLimits { max, max_proposed: max.min(max_id_for_documents(rules, report)) };
        check_id(&report.id, limits, &mut ids, "report", &at, findings);
        reports.push(ReportPaths {
            page: format!("{}.{}", report.id, rules.page_extension),
            documents: document_paths(rules, &section.id, report, &at, &mut used_names, findings),
        });
    }
    SectionPaths { folder: section.id.clone(), reports }
}

/// The number of folders inside the document folders of sections: a folder for each report if names are DOS names, and the folders
/// of sites.
fn count_nested_folders(sections: &[SectionPaths]) -> usize {
    let documents = sections.iter().flat_map(|section| &section.reports).flat_map(|report| &report.documents);
    let folders: BTreeSet<&str> = documents.flatten().flat_map(|path| path.folders().skip(2)).collect();
    folders.len()
}

/// The name of the icon without its extension, from the volume identifier.
fn icon_stem(catalogue: &Catalogue) -> String {
    let volume = catalogue.disc.volume.to_ascii_lowercase();
    let stem = match catalogue.disc.names {
        NameStyle::Portable => volume,
        NameStyle::Dos => volume.chars().take(8).collect(),
    };
    if is_device_name(&stem) || stem.is_empty() { "disc".to_owned() } else { stem }
}

/// The folder name for a language. It differs from the code if that is a Windows device name, as some ISO 639 codes are.
fn language_folder(language: &Language) -> String {
    let name = language.name_part();
    if is_device_name(&name) { format!("{name}_") } else { name }
}
