//! The layout engine: a path on the disc for every file of the collection and of the launcher.
//!
//! Names come from ids, or from titles made portable, and from languages. Nothing is cut and
//! nothing renamed: what cannot be named is a finding. A name depends on no entry but its own and
//! those of the same variant.

mod path;

use std::collections::BTreeMap;

pub use path::DiscPath;

use crate::catalogue::{Catalogue, NameStyle, Report, Variant};
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::language::Language;
use crate::names::{is_device_name, shortened};

/// Directories that a path table can number (ECMA-119 9.4.4).
const MOST_DIRECTORIES: usize = 65_535;

/// A page that lists the collection in groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrowseList {
    /// By subject, in alphabetical order.
    Subjects,
    /// By year of publication, the newest first.
    Years,
    /// By author, a person or an organisation.
    Authors,
    /// By language.
    Languages,
}

/// Where everything is on the disc.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The page that offers the languages, at the root.
    pub index: DiscPath,
    /// The stylesheet of all pages.
    pub style: DiscPath,
    /// The script of the page "Check this disc".
    pub script: DiscPath,
    /// The script that narrows the list of documents.
    pub list_script: DiscPath,
    /// The script that searches the documents.
    pub search_script: DiscPath,
    /// What it knows of characters.
    pub search_characters: DiscPath,
    /// The emblem as the pages show it.
    pub emblem: DiscPath,
    /// The icon of the volume, named per disc: Explorer remembers icons by their path.
    pub icon: DiscPath,
    /// What Windows reads of the disc.
    pub autorun: DiscPath,
    /// What the disc is, as plain text in all its languages.
    pub readme: DiscPath,
    /// The terms of use as plain text.
    pub rights: DiscPath,
    /// The volume's name and icon for freedesktop systems, under a name that every tree can hold.
    pub volume_info: DiscPath,
    /// The same under the name those systems look for: a link to [`Layout::volume_info`].
    pub xdg_volume_info: Option<DiscPath>,
    /// What freedesktop systems open of the disc; has no name of eight and three characters.
    pub autoopen: Option<DiscPath>,
    /// The list of SHA-256 digests.
    pub checksums: DiscPath,
    names: NameRules,
    sections: Vec<SectionPaths>,
}

/// The paths of a section's reports.
#[derive(Debug, Clone)]
struct SectionPaths {
    folder: String,
    reports: Vec<ReportPaths>,
}

/// The name of a report's page and the paths of its files, by variant.
#[derive(Debug, Clone)]
struct ReportPaths {
    page: String,
    documents: Vec<Vec<DiscPath>>,
}

/// The bounds of one style of names.
#[derive(Debug, Clone, Copy)]
struct NameRules {
    stem: usize,
    extension: usize,
    whole: usize,
    folder: usize,
    page: &'static str,
    documents: &'static str,
    exports: &'static str,
    style: NameStyle,
}

impl NameRules {
    fn of(style: NameStyle) -> Self {
        match style {
            // ECMA-119 10.2 and 7.5.1, counting the dot.
            NameStyle::Portable => Self {
                stem: 28,
                extension: 28,
                whole: 30,
                folder: 30,
                page: "html",
                documents: "documents",
                exports: "catalogue",
                style,
            },
            // ECMA-119 10.1.
            NameStyle::Dos => Self {
                stem: 8,
                extension: 3,
                whole: 12,
                folder: 8,
                page: "htm",
                documents: "docs",
                exports: "catalog",
                style,
            },
        }
    }

    fn fits(self, stem: &str, extension: &str) -> bool {
        stem.len() <= self.stem && extension.len() <= self.extension && stem.len() + 1 + extension.len() <= self.whole
    }

    /// The longest stem that fits with this extension.
    fn stem_for(self, extension: &str) -> usize {
        self.stem.min(self.whole.saturating_sub(extension.len() + 1))
    }
}

impl Layout {
    /// Gives every file its path, and reports what cannot be named.
    pub fn of(catalogue: &Catalogue, findings: &mut Findings) -> Self {
        let style = catalogue.disc.names;
        let names = NameRules::of(style);
        let sections = catalogue
            .sections
            .iter()
            .enumerate()
            .map(|(s, section)| {
                let at = KeyPath::root().key("sections").item(s);
                check_id(&section.id, names.folder, "section", &at, findings);
                let mut folder = Folder::default();
                let reports = section
                    .reports
                    .iter()
                    .enumerate()
                    .map(|(r, report)| {
                        let at = at.key("reports").item(r);
                        check_id(&report.id, names.stem_for(names.page), "report", &at, findings);
                        ReportPaths {
                            page: format!("{}.{}", report.id, names.page),
                            documents: documents(style, &section.id, report, &at, &mut folder, findings),
                        }
                    })
                    .collect();
                SectionPaths { folder: section.id.clone(), reports }
            })
            .collect::<Vec<_>>();

        for (index, language) in catalogue.disc.languages.iter().enumerate() {
            let name = language_folder(language);
            if name.len() > names.folder {
                let at = KeyPath::root().key("disc").key("languages").item(index);
                let message = format!(
                    "the folder of `{language}` would be named `{name}`, of more than {} characters",
                    names.folder
                );
                findings.push(
                    Finding::error("name-too-long", Place::Value(at), message)
                        .help("use a shorter code of the language, or `names: portable`"),
                );
            }
        }
        let mut directories =
            sections.len() * (catalogue.disc.languages.len() + 1) + 5 + 2 * catalogue.disc.languages.len();
        if style == NameStyle::Dos {
            directories += catalogue.reports().count();
        }
        if directories > MOST_DIRECTORIES {
            findings.push(
                Finding::error(
                    "too-many-folders",
                    Place::Key(KeyPath::root().key("sections")),
                    format!(
                        "the disc would have {directories} folders; its directory tables can number {MOST_DIRECTORIES}"
                    ),
                )
                .help("use fewer sections, or make several discs"),
            );
        }

        let root = |name: &str| DiscPath::of(&[name]);
        let portable_only = |name: &str| (style == NameStyle::Portable).then(|| root(name));
        let icon = match style {
            NameStyle::Portable => catalogue.disc.volume.to_ascii_lowercase(),
            NameStyle::Dos => catalogue.disc.volume.to_ascii_lowercase().chars().take(8).collect(),
        };
        let icon = if is_device_name(&icon) || icon.is_empty() { "disc".to_owned() } else { icon };
        Self {
            index: root(&format!("index.{}", names.page)),
            style: DiscPath::of(&["pages", "style.css"]),
            script: DiscPath::of(&["pages", "check.js"]),
            list_script: DiscPath::of(&["pages", "list.js"]),
            search_script: DiscPath::of(&["pages", "search.js"]),
            search_characters: DiscPath::of(&["pages", "search", "chars.js"]),
            emblem: DiscPath::of(&["pages", "emblem.png"]),
            icon: root(&format!("{icon}.ico")),
            autorun: root("autorun.inf"),
            readme: root("readme.txt"),
            rights: root("rights.txt"),
            volume_info: DiscPath::of(&["pages", "volume.txt"]),
            xdg_volume_info: portable_only(".xdg-volume-info"),
            autoopen: portable_only(".autoopen"),
            checksums: root(match style {
                NameStyle::Portable => "SHA256SUMS",
                NameStyle::Dos => "sha256.sum",
            }),
            names,
            sections,
        }
    }

    /// The folder of all documents.
    pub fn documents_folder(&self) -> &'static str {
        self.names.documents
    }

    /// The path of an export of the catalogue, given its name in each style.
    pub fn export(&self, portable: &str, dos: &str) -> DiscPath {
        let name = match self.names.style {
            NameStyle::Portable => portable,
            NameStyle::Dos => dos,
        };
        DiscPath::of(&[self.exports_folder(), name])
    }

    /// The folder of the exports.
    pub fn exports_folder(&self) -> &'static str {
        self.names.exports
    }

    /// The home page in a language.
    pub fn home(&self, language: &Language) -> DiscPath {
        self.page(language, "index")
    }

    /// The list of documents in a language.
    pub fn list(&self, language: &Language) -> DiscPath {
        self.page(language, "list")
    }

    /// The help page in a language.
    pub fn help(&self, language: &Language) -> DiscPath {
        self.page(language, "help")
    }

    /// The page "Check this disc" in a language.
    pub fn check(&self, language: &Language) -> DiscPath {
        self.page(language, "check")
    }

    /// The page that searches the documents, in a language.
    pub fn search(&self, language: &Language) -> DiscPath {
        self.page(language, "search")
    }

    /// A part of the index of a language.
    pub fn search_shard(&self, language: &Language, name: &str) -> DiscPath {
        DiscPath::of(&["pages", "search", &self.search_folder(language), name])
    }

    /// The name of the folder of a language's index.
    pub fn search_folder(&self, language: &Language) -> String {
        language_folder(language)
    }

    /// The page for those who are new to the collection, in a language.
    pub fn start(&self, language: &Language) -> DiscPath {
        self.page(language, "start")
    }

    /// The page of a browse list in a language.
    pub fn browse_list(&self, language: &Language, list: BrowseList) -> DiscPath {
        let stem = match list {
            BrowseList::Subjects => "subjects",
            BrowseList::Years => "years",
            BrowseList::Authors => "authors",
            BrowseList::Languages => "language",
        };
        self.page(language, stem)
    }

    /// The page of a report, by the numbers of its section and of itself, in a language.
    pub fn report(&self, language: &Language, section: usize, report: usize) -> DiscPath {
        let section = &self.sections[section];
        DiscPath::of(&["pages", &language_folder(language), &section.folder, &section.reports[report].page])
    }

    /// A document, by the numbers of its section, its report, its variant and its file.
    pub fn document(&self, section: usize, report: usize, variant: usize, file: usize) -> &DiscPath {
        &self.sections[section].reports[report].documents[variant][file]
    }

    fn page(&self, language: &Language, stem: &str) -> DiscPath {
        DiscPath::of(&["pages", &language_folder(language), &format!("{stem}.{}", self.names.page)])
    }
}

/// A language as a name of its own; some codes of ISO 639 are devices of Windows.
fn language_folder(language: &Language) -> String {
    let name = language.name_part();
    if is_device_name(&name) { format!("{name}_") } else { name }
}

/// The names taken in one folder, each with the place and the report's id that took it.
#[derive(Default)]
struct Folder(BTreeMap<String, (KeyPath, String)>);

/// The paths of a report's documents.
///
/// Portable names tell section, report and language even when a file is copied off the disc; eight
/// characters cannot, so that DOS names put a report into a folder and name its files by language.
fn documents(
    style: NameStyle,
    section: &str,
    report: &Report,
    at: &KeyPath,
    folder: &mut Folder,
    findings: &mut Findings,
) -> Vec<Vec<DiscPath>> {
    let rules = NameRules::of(style);
    let mut own = Folder::default();
    let folder = if style == NameStyle::Dos { &mut own } else { folder };
    report
        .variants
        .iter()
        .map(|variant| {
            let at = at.key("variants").key(variant.language.as_str());
            names_of(style, report, variant, &at, findings)
                .into_iter()
                .map(|name| {
                    let taken = folder.0.insert(name.clone(), (at.clone(), report.id.clone()));
                    // Of two reports with one id the catalogue has said it.
                    if let Some((other, _)) = taken.filter(|(other, id)| other.0[..4] == at.0[..4] || *id != report.id)
                    {
                        findings.push(
                            Finding::error(
                                "name-taken",
                                Place::Key(at.clone()),
                                format!("two files would both be named `{name}` on the disc"),
                            )
                            .also(Place::Key(other), "the other one")
                            .help("give one of them another `name:`, or one of the reports another `id:`"),
                        );
                    }
                    match style {
                        NameStyle::Portable => DiscPath::of(&[rules.documents, section, &name]),
                        NameStyle::Dos => DiscPath::of(&[rules.documents, section, &report.id, &name]),
                    }
                })
                .collect()
        })
        .collect()
}

/// The names of a variant's files.
fn names_of(
    style: NameStyle,
    report: &Report,
    variant: &Variant,
    at: &KeyPath,
    findings: &mut Findings,
) -> Vec<String> {
    let rules = NameRules::of(style);
    let derived = match style {
        NameStyle::Portable => format!("{}_{}", report.id, variant.language.name_part()),
        NameStyle::Dos => language_folder(&variant.language),
    };
    let base = variant.name.clone().unwrap_or(derived);
    let clash =
        variant.files.iter().enumerate().any(|(i, a)| {
            variant.files.iter().enumerate().any(|(j, b)| i != j && sort_apart(&a.extension, &b.extension))
        });
    variant
        .files
        .iter()
        .enumerate()
        .map(|(index, file)| {
            let stem = if clash { format!("{base}_{}", index + 1) } else { base.clone() };
            // A report whose id alone is too long has its finding.
            if !rules.fits(&stem, &file.extension) && report.id.len() <= rules.stem_for(rules.page) {
                findings.push(too_long(style, rules, report, variant, &stem, &file.extension, at));
            }
            format!("{stem}.{}", file.extension)
        })
        .collect()
}

/// Whether two files of one stem need a number each: the extensions are equal, or one continues
/// the other with a digit, which writers that compare whole identifiers sort otherwise than
/// ECMA-119 9.3 (`.MD;1` after `.MD5;1`, as `;` follows the digits).
fn sort_apart(a: &str, b: &str) -> bool {
    a == b || b.strip_prefix(a).is_some_and(|rest| rest.as_bytes()[0].is_ascii_digit())
}

fn too_long(
    style: NameStyle,
    rules: NameRules,
    report: &Report,
    variant: &Variant,
    stem: &str,
    extension: &str,
    at: &KeyPath,
) -> Finding {
    let allowed = match style {
        NameStyle::Portable => format!("a name on the disc may have {} with its ending", rules.whole),
        NameStyle::Dos => "with `names: dos` a name may have 8, and 3 after the dot".to_owned(),
    };
    let length = stem.len() + 1 + extension.len();
    let finding = Finding::error(
        "name-too-long",
        Place::Key(at.clone()),
        format!("the name `{stem}.{extension}` has {length} characters; {allowed}"),
    );
    if extension.len() > rules.extension {
        return finding.help(format!("rename the file: its ending `.{extension}` alone is too long"));
    }
    let room = rules.stem_for(extension);
    if variant.name.is_some() {
        return finding.help(format!("choose a shorter `name:`, such as `{}`", shortened(stem, room)));
    }
    let tail = stem.len() - report.id.len().min(stem.len());
    match room.checked_sub(tail).filter(|room| style == NameStyle::Portable && *room > 0) {
        Some(room) => finding.help(format!("give the report a shorter id: `id: {}`", shortened(&report.id, room))),
        None => finding.help("set a shorter `name:` for this variant"),
    }
}

/// Checks the id of a section or a report, which names a folder or a page.
fn check_id(id: &str, most: usize, kind: &str, at: &KeyPath, findings: &mut Findings) {
    let place = || Place::Value(at.key("id"));
    if id.is_empty() {
        // The catalogue has said why.
    } else if is_device_name(id) {
        findings.push(
            Finding::error("reserved-name", place(), format!("Windows keeps the name `{id}` for a device"))
                .help(format!("choose another id, such as `id: {id}_{kind}`")),
        );
    } else if id.len() > most {
        findings.push(
            Finding::error(
                "name-too-long",
                place(),
                format!(
                    "the id `{id}` has {} characters; here it may have {most}, as it names files on the disc",
                    id.len()
                ),
            )
            .help(format!("choose a shorter one: `id: {}`", shortened(id, most))),
        );
    }
}
