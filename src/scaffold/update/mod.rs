//! Updates a manifest that people have edited: adds new files, marks missing ones, and leaves every other byte as it
//! is.

mod diff;
mod editor;
mod faithful;
mod listed;
mod register_applier;
mod removed;
mod replacement;
mod sections;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use self::editor::Editor;
use self::listed::{
    FileInManifest, effective_id, files_place, find_listed_files, find_listed_folders, is_same_text, normalise_path,
    report_id, section_id, section_place, variants_place,
};
use self::replacement::find_replacements;
use self::sections::find_section;
use super::grouping::unique_id;
use super::language_hints::path_without_language;
use super::manifest_text::{report_lines, section_lines, site_values, text_in_brackets, title_line, variant_lines};
use super::proposal::{Guess, MAX_ID, Proposal, ProposedReport, ProposedSection, ProposedVariant};
use super::register::RegisterText;
use super::scan::name_of;
use super::yaml::{flow_scalar, flow_value, language_key, scalar};
use crate::diagnostic::KeyPath;
use crate::language::{Language, LanguageNames};
use crate::manifest::{self, Manifest, ManifestFile, TextValue};

pub use diff::{ChangedLines, changed_lines, find_moved_lines};
pub use editor::ManualEdit;
pub use faithful::is_faithful_update;
pub use register_applier::apply_register;
pub use removed::{SeenFiles, leave_out_excluded_files, leave_out_removed_files};

/// The result of an update.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// The whole text of the updated manifest.
    pub text: String,
    /// The files that were added.
    pub added: Vec<String>,
    /// The files that the manifest lists but that do not exist.
    pub missing: Vec<String>,
    /// The files and web sites of the manifest that seem to have been moved, or to have a new version.
    pub replacements: Vec<Replacement>,
    /// The languages of added files for which the disc has no pages.
    pub new_languages: Vec<String>,
    /// What people must write, because the program cannot edit the place.
    pub by_hand: Vec<ManualEdit>,
    /// The reports of the manifest that seem to be one report in several languages: for each such set, the id of each report after
    /// the id of its section (`needs/africa`).
    pub separate: Vec<Vec<String>>,
}

/// A file or web site of the manifest of which there seems to be a new version, or that seems to have been moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// The path in the manifest, as written.
    pub listed: String,
    /// The new path.
    pub new: String,
    pub is_moved: bool,
}

/// How deeply a node is nested, which decides the order of insertions at the same offset.
mod depth {
    pub(super) const SECTIONS: usize = 1;
    pub(super) const REPORTS: usize = 2;
    pub(super) const FIELDS: usize = 3;
    pub(super) const VARIANTS: usize = 4;
    pub(super) const TEXTS: usize = 5;
    pub(super) const FILES: usize = 5;
}

/// Updates a manifest with a new proposal for its folder. `exists` says whether a file exists, given its path as the manifest
/// has it.
pub fn update_manifest(
    file: &ManifestFile,
    manifest: &Manifest,
    proposal: &Proposal,
    exists: &dyn Fn(&str) -> bool,
) -> Update {
    let sections = manifest.sections.as_deref().unwrap_or_default();
    let listed = find_listed_files(sections);
    let mut updater = Updater {
        editor: Editor::new(file),
        sections,
        listed,
        report_ids: HashMap::new(),
        added: Vec::new(),
        names: OnceCell::new(),
    };
    let newer = find_replacements(proposal, &updater.listed, exists);
    updater.unmark_restored(exists);
    let missing = updater.mark_missing(exists, &newer);
    let replacements = updater.mark_replacements(exists, &newer);
    // New versions are not added: the person who edits the manifest decides whether they replace the old ones.
    let proposal = &without_files(proposal, &newer);
    let new_languages = updater.new_languages(manifest, proposal);
    let mut new_sections: Vec<ProposedSection> =
        proposal.sections.iter().filter_map(|section| updater.update_section(section)).collect();
    let mut taken: BTreeSet<String> = sections.iter().map(section_id).collect();
    for section in &mut new_sections {
        section.id = unique_id(&section.id, "section", MAX_ID, &mut taken);
        updater.add_section(section);
    }
    let separate = updater.find_separate_translations(proposal);
    let Updater { editor, added, .. } = updater;
    let (text, by_hand) = editor.finish();
    Update { text, added, missing, replacements, by_hand, new_languages, separate }
}

/// The files that a manifest lists, as normalised paths. For a web site, the path is that of its start page, with the folder.
pub fn listed_paths(manifest: &Manifest) -> Vec<(String, Option<String>)> {
    let sections = manifest.sections.as_deref().unwrap_or_default();
    let listed = find_listed_files(sections);
    let folder = |path: &str, written: &str| Some(normalise_path(written)).filter(|written| written != path);
    listed.iter().map(|(path, file)| (path.clone(), folder(path, &file.written))).collect()
}

/// The paths of files that belong to the launcher and are not documents: the emblem, the foreword, interface strings, and
/// the folder of the theme, which ends with `/`.
pub fn launcher_files(manifest: &Manifest) -> BTreeSet<String> {
    let Some(launcher) = &manifest.launcher else { return BTreeSet::new() };
    let emblem = launcher.emblem.iter().chain(&launcher.emblem_dark).map(|emblem| emblem.0.as_str());
    let foreword = match launcher.foreword.as_ref().and_then(|foreword| foreword.text.as_ref()) {
        None => Vec::new(),
        Some(manifest::TextValue::One(text)) => vec![text.as_str()],
        Some(manifest::TextValue::PerLanguage(texts)) => texts.iter().map(|(_, text)| text.as_str()).collect(),
    };
    let strings = launcher.strings.iter().flat_map(|strings| &strings.0).filter_map(|(_, strings)| match strings {
        manifest::StringsKeys::File(path) => Some(path.0.as_str()),
        manifest::StringsKeys::Inline(_) => None,
    });
    let theme = launcher.theme.iter().map(|theme| format!("{}/", normalise_path(&theme.0)));
    // A foreword of several lines is the text itself, not the path of a file.
    emblem.chain(foreword).chain(strings).filter(|path| !path.contains('\n')).map(normalise_path).chain(theme).collect()
}

/// The paths that a manifest lists as folders or archives of web pages. Each is returned twice, without and with a final `/`,
/// because it may be an archive or a folder.
pub fn listed_folders(manifest: &Manifest) -> BTreeSet<String> {
    let folders = find_listed_folders(manifest.sections.as_deref().unwrap_or_default());
    folders.flat_map(|folder| [format!("{folder}/"), folder]).collect()
}

/// The paths of all documents that a manifest lists.
pub fn listed_files(manifest: &Manifest) -> BTreeSet<String> {
    find_listed_files(manifest.sections.as_deref().unwrap_or_default()).into_keys().collect()
}

/// The proposal without the files that are new versions of files in the manifest.
fn without_files(proposal: &Proposal, newer: &BTreeMap<String, String>) -> Proposal {
    let mut proposal = proposal.clone();
    let is_kept = |file: &String| !newer.values().any(|new| *new == normalise_path(file));
    for section in &mut proposal.sections {
        for report in &mut section.reports {
            report.variants.iter_mut().for_each(|variant| variant.files.retain(is_kept));
            report.variants.retain(|variant| !variant.files.is_empty());
        }
        section.reports.retain(|report| !report.variants.is_empty());
    }
    proposal.sections.retain(|section| !section.reports.is_empty());
    proposal
}

/// The title of a proposed report in the language of one of its variants.
fn title_of_variant<'r>(report: &'r ProposedReport, variant: &ProposedVariant) -> Option<&'r Guess<String>> {
    // In a proposal, the title of a report in one language has no language.
    let title = report.titles.iter().find(|(language, _)| match language {
        Some(language) => *language == variant.language,
        None => report.variants.len() == 1,
    });
    title.map(|(_, title)| title)
}

struct Updater<'m> {
    editor: Editor<'m>,
    sections: &'m [manifest::SectionKeys],
    listed: BTreeMap<String, FileInManifest>,
    /// The ids of the reports of a section, including the reports that were added; by the index of the section.
    report_ids: HashMap<usize, BTreeSet<String>>,
    added: Vec<String>,
    names: OnceCell<LanguageNames>,
}

impl Updater<'_> {
    /// Removes comments of earlier updates that are no longer true: that a file no longer exists, if it exists again; and that a
    /// file has a new version or was moved, if the manifest now lists the new file here.
    fn unmark_restored(&mut self, exists: &dyn Fn(&str) -> bool) {
        let restored = self.listed.values().filter(|file| exists(&file.written));
        for FileInManifest { place, written, .. } in restored {
            let name = scalar(written);
            let is_back = format!("# check: {name} no longer exists");
            let is_here = [
                format!(" no longer exists, but {name} does: if "),
                format!(" no longer exists, but {name} seems to be its new version: if "),
                format!(" may have a new version, {name}: if "),
            ];
            self.editor.remove_comments_above(place, &|comment| {
                comment.starts_with(&is_back) || is_here.iter().any(|text| comment.contains(text))
            });
        }
    }

    /// Writes a comment above each file that does not exist; returns these files.
    fn mark_missing(&mut self, exists: &dyn Fn(&str) -> bool, newer: &BTreeMap<String, String>) -> Vec<String> {
        let mut missing = Vec::new();
        let is_missing =
            |(path, file): &(&String, &FileInManifest)| !exists(&file.written) && !newer.contains_key(*path);
        for (_, FileInManifest { place, written, .. }) in self.listed.iter().filter(is_missing) {
            let prefix = format!("# check: {} ", scalar(written));
            let comment = format!("{prefix}no longer exists; restore the file or remove it here");
            self.editor.comment_above(place, &prefix, &comment);
            missing.push(written.clone());
        }
        missing
    }

    /// Writes a comment above each file that seems to have a new version, and returns the pairs of old and new file.
    fn mark_replacements(
        &mut self,
        exists: &dyn Fn(&str) -> bool,
        newer: &BTreeMap<String, String>,
    ) -> Vec<Replacement> {
        let mut replacements = Vec::new();
        for (path, new) in newer {
            let Some(FileInManifest { place, written, is_site, .. }) = self.listed.get(path) else { continue };
            let folder = normalise_path(written);
            // The manifest lists the folder of a web site, but `listed` has the path of its start page.
            let new = match path.strip_prefix(folder.as_str()).filter(|_| *is_site) {
                Some(start) => new.strip_suffix(start).unwrap_or(new).to_owned(),
                None => new.clone(),
            };
            let is_moved = *is_site || name_of(path) == name_of(&new);
            // This prefix is the same as in `mark_missing`: a file must not get both comments.
            let prefix = format!("# check: {} ", scalar(written));
            let new_name = scalar(&new);
            let comment = if is_moved {
                let what = if *is_site { "folder" } else { "file" };
                format!(
                    "{prefix}no longer exists, but {new_name} does: if the {what} was moved there, write that path here"
                )
            } else if exists(written) {
                format!(
                    "{prefix}may have a new version, {new_name}: if so, write that name here, and list the old one under `exclude:`"
                )
            } else {
                format!(
                    "{prefix}no longer exists, but {new_name} seems to be its new version: if so, write that name here"
                )
            };
            self.editor.comment_above(place, &prefix, &comment);
            replacements.push(Replacement { listed: written.clone(), new, is_moved });
        }
        replacements
    }

    /// Finds reports of one section that are in different languages and that are one report in the proposal.
    fn find_separate_translations(&self, proposal: &Proposal) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        for report in proposal.reports() {
            let listed: Vec<&FileInManifest> =
                report.files().filter_map(|file| self.listed.get(&normalise_path(file))).collect();
            let places: BTreeSet<(usize, usize)> = listed.iter().map(|file| (file.section, file.report)).collect();
            let sections: BTreeSet<usize> = places.iter().map(|(section, _)| *section).collect();
            // A report that also has files of other proposed reports was put together by hand.
            let of_places: Vec<&FileInManifest> =
                self.listed.values().filter(|file| places.contains(&(file.section, file.report))).collect();
            let languages: BTreeSet<(usize, usize, String)> =
                of_places.iter().map(|file| (file.section, file.report, file.language.to_ascii_lowercase())).collect();
            let distinct: BTreeSet<&String> = languages.iter().map(|(_, _, language)| language).collect();
            if places.len() < 2
                || sections.len() > 1
                || of_places.len() > listed.len()
                || distinct.len() < languages.len()
            {
                continue;
            }
            found.push(places.iter().filter_map(|place| report_id(self.sections, *place)).collect());
        }
        found
    }

    /// The languages of new files for which the disc has no pages. They are not added to `disc.languages`, which somebody chose.
    fn new_languages(&self, manifest: &Manifest, proposal: &Proposal) -> Vec<String> {
        let present: Vec<&str> =
            manifest.disc.iter().flat_map(|disc| disc.languages.iter().flatten()).map(|tag| tag.0.as_str()).collect();
        let variants = proposal.reports().flat_map(|report| &report.variants);
        let new: BTreeSet<&str> = variants
            .filter(|variant| variant.files.iter().any(|file| !self.is_listed(file)))
            .filter(|variant| !variant.language.is_not_one_language())
            .map(|variant| variant.language.as_str())
            .filter(|tag| !present.iter().any(|present| present.eq_ignore_ascii_case(tag)))
            .collect();
        new.into_iter().map(str::to_owned).collect()
    }

    /// Adds the new reports and files of a proposed section to the corresponding section of the manifest: the one that has some of
    /// its files, or else the same id or title. Returns the reports for which the manifest has no such section.
    fn update_section(&mut self, section: &ProposedSection) -> Option<ProposedSection> {
        let with_same_files = section.reports.iter().find_map(|report| self.find_report(report)).map(|(s, _)| s);
        let with_same_id = self.sections.iter().position(|existing| section_id(existing) == section.id);
        let existing_section = with_same_files.or(with_same_id).or_else(|| find_section(self.sections, &section.title));
        let mut remaining = Vec::new();
        for report in &section.reports {
            if let Some((section_index, report_index)) = self.find_report(report) {
                self.update_report(section_index, report_index, report);
            } else if let Some(section_index) = existing_section {
                self.add_report(section_index, report);
            } else {
                remaining.push(report.clone());
            }
        }
        (!remaining.is_empty()).then(|| ProposedSection { reports: remaining, ..section.clone() })
    }

    /// The indexes of the section and report in the manifest to which a proposed report belongs: a report that has one of its files,
    /// or the same web site in other languages.
    fn find_report(&self, report: &ProposedReport) -> Option<(usize, usize)> {
        let listed = report.files().find_map(|file| self.listed.get(&normalise_path(file)));
        let place = |listed: &FileInManifest| (listed.section, listed.report);
        listed.map(place).or_else(|| {
            // The files of a web site that the manifest lists are not in the proposal.
            let sites: Option<Vec<(String, &str)>> = report
                .variants
                .iter()
                .map(|variant| {
                    let folder = normalise_path(variant.site.as_deref()?);
                    Some((self.without_language(&folder, variant.language.as_str())?, variant.language.as_str()))
                })
                .collect();
            let sites = sites?;
            let is_beside = |listed: &&FileInManifest| {
                let key = self.without_language(&normalise_path(&listed.written), &listed.language);
                listed.is_site && key.is_some_and(|key| sites.iter().all(|(site, _)| *site == key))
            };
            let in_other_language = self.listed.values().find(is_beside)?;
            let others = self.listed.values().filter(|other| place(other) == place(in_other_language));
            let has_language = |tag: &str| others.clone().any(|other| other.language.eq_ignore_ascii_case(tag));
            (!sites.iter().any(|(_, tag)| has_language(tag))).then(|| place(in_other_language))
        })
    }

    /// The path of a folder without the part that names the language. `None` if no part does.
    fn without_language(&self, folder: &str, tag: &str) -> Option<String> {
        let names = self.names.get_or_init(LanguageNames::default);
        path_without_language(folder, &Language::parse(tag).ok()?, names)
    }

    /// Adds new files and languages to a report that the manifest has.
    fn update_report(&mut self, section_index: usize, report_index: usize, report: &ProposedReport) {
        let existing = self.sections[section_index].reports.iter().flatten().nth(report_index);
        let variants = existing.and_then(|existing| existing.variants.as_ref());
        let existing_variants = variants.map(|variants| variants.0.as_slice()).unwrap_or_default();
        let place = variants_place(section_index, report_index);
        let mut in_new_languages: Vec<&ProposedVariant> = Vec::new();
        for variant in &report.variants {
            let new: Vec<String> = variant.files.iter().filter(|file| !self.is_listed(file)).cloned().collect();
            if new.is_empty() {
                continue;
            }
            let tag = variant.language.as_str();
            let is_added = match existing_variants.iter().find(|(written, _)| written.eq_ignore_ascii_case(tag)) {
                // Files cannot be added to a web site, and a document cannot be turned into one.
                Some((_, existing)) if existing.folder.is_some() || variant.site.is_some() => false,
                Some((written, existing)) => {
                    self.add_files(&files_place(&place.key(written), existing), existing, &new)
                }
                None => {
                    let last = existing_variants.last().map(|(tag, _)| place.key(tag));
                    let value = site_values(variant).map_or_else(
                        || flow_value(&new),
                        |(folder, start)| format!("{{folder: {}, start: {}}}", flow_scalar(folder), flow_scalar(start)),
                    );
                    let flow = format!("{tag}: {value}");
                    let lines = variant_lines(&ProposedVariant { files: new.clone(), ..variant.clone() });
                    let is_added = self.editor.add_key(&place, last.as_ref(), depth::VARIANTS, &lines, &flow);
                    if is_added {
                        in_new_languages.push(variant);
                    }
                    is_added
                }
            };
            if is_added {
                self.added.extend(new);
            }
        }
        match (existing.and_then(|report| report.title.as_ref()), existing_variants) {
            (Some(TextValue::PerLanguage(titles)), _) => {
                for variant in in_new_languages {
                    self.add_title(section_index, report_index, titles, report, variant);
                }
            }
            (Some(TextValue::One(title)), [(tag, _)]) => {
                self.divide_title(section_index, report_index, (tag, title), report, &in_new_languages);
            }
            _ => {}
        }
    }

    /// Gives a report a title in each language, if it was in one language, `existing`, and the documents in the new languages have
    /// other titles.
    fn divide_title(
        &mut self,
        section_index: usize,
        report_index: usize,
        existing: (&str, &str),
        report: &ProposedReport,
        in_new_languages: &[&ProposedVariant],
    ) {
        let (tag, title) = existing;
        let Ok(language) = Language::parse(tag) else { return };
        let new = in_new_languages.iter().filter_map(|variant| {
            let new = title_of_variant(report, variant).filter(|new| !is_same_text(&new.value, title))?;
            Some((variant.language.clone(), new))
        });
        let new: Vec<(Language, &Guess<String>)> = new.collect();
        if language.is_not_one_language() || new.is_empty() {
            return;
        }
        let texts = new.iter().map(|(language, new)| (language.clone(), new.value.clone()));
        let texts = RegisterText::PerLanguage(std::iter::once((language, title.to_owned())).chain(texts).collect());
        let mut value = text_in_brackets(&texts);
        let place = section_place(section_index).key("reports").item(report_index).key("title");
        if new.iter().any(|(_, new)| new.review_note.is_some()) && !self.editor.is_in_brackets(&place) {
            let tags: Vec<&str> = new.iter().map(|(language, _)| language.as_str()).collect();
            value.push_str(&format!(
                "  # check: the titles in other languages ({}) were taken from the documents; correct them if they are wrong",
                tags.join(", ")
            ));
        }
        // If the title is written in a style that cannot be edited, it stays the title for all languages.
        self.editor.replace_value(&place, &value);
    }

    /// Adds the title in a new language to the titles of a report.
    fn add_title(
        &mut self,
        section_index: usize,
        report_index: usize,
        existing: &[(String, String)],
        report: &ProposedReport,
        variant: &ProposedVariant,
    ) {
        let tag = variant.language.as_str();
        let is_taken = existing.iter().any(|(other, _)| other.eq_ignore_ascii_case(tag));
        let Some(title) = title_of_variant(report, variant).filter(|_| !is_taken) else { return };
        let place = section_place(section_index).key("reports").item(report_index).key("title");
        let last = existing.last().map(|(tag, _)| place.key(tag));
        let flow = format!("{}: {}", language_key(tag), flow_scalar(&title.value));
        let line = title_line(&variant.language, title);
        self.editor.add_key(&place, last.as_ref(), depth::TEXTS, &[line], &flow);
    }

    fn add_files(&mut self, place: &KeyPath, variant: &manifest::VariantKeys, new: &[String]) -> bool {
        match &variant.files {
            Some(files) if files.is_sequence => self.editor.add_items(place, files.values.len(), depth::FILES, new),
            files => {
                let is_empty =
                    files.as_ref().is_none_or(|files| files.values.iter().all(|file| file.file.0.is_empty()));
                self.editor.add_to_value(place, is_empty, depth::FILES, new)
            }
        }
    }

    fn add_report(&mut self, section_index: usize, report: &ProposedReport) {
        let existing_reports = self.sections[section_index].reports.iter().flatten();
        let taken = self.report_ids.entry(section_index).or_insert_with(|| {
            existing_reports.map(|report| effective_id(report.id.as_ref(), report.title.as_ref())).collect()
        });
        let report = ProposedReport { id: unique_id(&report.id, "report", report.max_id(), taken), ..report.clone() };
        let place = KeyPath::root().key("sections").item(section_index).key("reports");
        if self.editor.add_block_item(&place, depth::REPORTS, &report_lines(&report)) {
            self.added.extend(report.files().map(str::to_owned));
        }
    }

    fn add_section(&mut self, section: &ProposedSection) {
        let unindented: Vec<String> = section_lines(section).into_iter().map(|line| line[2..].to_owned()).collect();
        if self.editor.add_block_item(&KeyPath::root().key("sections"), depth::SECTIONS, &unindented) {
            self.added.extend(section.reports.iter().flat_map(ProposedReport::files).map(str::to_owned));
        }
    }

    fn is_listed(&self, file: &str) -> bool {
        self.listed.contains_key(&normalise_path(file))
    }
}
