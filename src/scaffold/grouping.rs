//! Groups the files of a folder into reports, and the reports into sections.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::languages::{detect_languages, most_frequent};
use super::merge::{DocumentFile, merge_into_report};
use super::metadata;
use super::proposal::{DocumentInfo, Guess, Proposal, ProposedReport, ProposedSection};
use super::scan::{FolderScan, ScannedSite, name_of};
use super::spreadsheet::ListRow;
use super::web_documents::find_web_documents;
use crate::catalogue::confidentiality_mark;
use crate::language::{Language, LanguageNames};
use crate::names::{is_device_name, portable_name, shorten_name};

/// The maximum length of a proposed id in characters. Names on the disc can have 30, including a language and an extension.
pub(super) const MAX_ID: usize = 20;

/// The maximum number of folders that each become a section. If there are more, only the top-level folders do.
const MAX_SECTIONS: usize = 12;

/// The title of a disc or section whose folder has no usable name.
const DEFAULT_TITLE: &str = "Documents";

/// Proposes a collection from the files of the folder called `name`. `rows` maps the path of a file to its row in the
/// organisation's list, which takes precedence over everything else.
pub fn propose(
    scan: &FolderScan,
    documents: &HashMap<String, DocumentInfo>,
    names: &LanguageNames,
    rows: &HashMap<String, ListRow>,
    name: &str,
) -> Proposal {
    let unread = DocumentInfo::default();
    let languages = detect_languages(&scan.files, documents, names);
    let web_documents = find_web_documents(&scan.files, documents, &languages);
    let mut files: Vec<DocumentFile<'_>> = scan
        .files
        .iter()
        .zip(languages)
        .map(|(file, detected)| DocumentFile {
            file,
            document: documents.get(&file.path).unwrap_or(&unread),
            row: rows.get(&file.path),
            language: detected.language,
            folder: detected.folder,
            stem: detected.stem,
            review_note: detected.review_note,
            web_title: None,
            is_later_page: false,
            site: None,
        })
        .collect();
    place_sites(&mut files, scan);
    let web_reports = group_web_documents(&mut files, web_documents);
    group_translations(&mut files);
    let headings = apply_rows(&mut files, !rows.is_empty());
    let groups = group_by_name(files);
    let folders = groups.iter().map(|group| &group.folder).filter(|folder| !headings.contains_key(*folder));
    let section_paths = assign_sections(&folders.cloned().collect());
    let mut sections: Vec<(String, Vec<ProposedReport>)> = Vec::new();
    for FileGroup { folder, name, files } in groups {
        // A folder with the same name as a section of the list belongs to that section.
        let listed = section_key(name_of(&folder));
        let listed_section = [&folder, &listed].into_iter().find(|key| headings.contains_key(*key)).cloned();
        let section = listed_section.or_else(|| section_paths.get(&folder).cloned()).unwrap_or_default();
        let mut report = merge_into_report(files);
        if web_reports.contains(&name) {
            report.review_notes.push(
                "the links between these web pages will not work on the disc; move them into a folder of their own, or print them to one PDF"
                    .to_owned(),
            );
        }
        match sections.iter_mut().find(|(path, _)| *path == section) {
            Some((_, reports)) => reports.push(report),
            None => sections.push((section, vec![report])),
        }
    }
    complete_proposal(sections, &headings, scan, name)
}

/// Treats the start page of each web site like a file in place of the folder.
fn place_sites(files: &mut [DocumentFile<'_>], scan: &FolderScan) {
    for file in files {
        let Some(ScannedSite { folder, language, review_note }) = scan.sites.get(&file.file.path) else { continue };
        (file.language, file.review_note) = (language.clone(), review_note.clone());
        file.site = Some(folder.clone());
        file.web_title = file.title();
        let (parent, name) = file.folder.rsplit_once('/').unwrap_or(("", &file.folder));
        let (parent, name) = (parent.to_owned(), name.to_owned());
        if !portable_name(&name).is_empty() {
            file.stem = name;
        } else if let Some(title) = &file.web_title {
            file.stem = portable_name(title);
        }
        file.folder = parent;
    }
}

/// Gives the pages of each web document the same name; returns these names.
fn group_web_documents(files: &mut [DocumentFile<'_>], web_documents: Vec<Vec<usize>>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for pages in web_documents {
        let first = pages[0];
        let title = files[first].title();
        let name = title.as_deref().map_or_else(|| files[first].stem.clone(), portable_name);
        let language = most_frequent(pages.iter().map(|page| &files[*page].language));
        names.insert(portable_name(&name));
        for page in pages {
            let file = &mut files[page];
            (file.stem, file.web_title, file.is_later_page) = (name.clone(), title.clone(), page != first);
            (file.language, file.review_note) = (language.clone(), None);
        }
    }
    names
}

/// If a folder contains one document in each of several languages, under different names, gives them all the name of the
/// folder.
fn group_translations(files: &mut [DocumentFile<'_>]) {
    let mut by_folder: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        by_folder.entry(file.folder.clone()).or_default().push(index);
    }
    for (folder, members) in by_folder {
        let languages: BTreeSet<&Language> = members.iter().map(|n| &files[*n].language).collect();
        let names: BTreeSet<String> = members.iter().map(|n| portable_name(&files[*n].stem)).collect();
        let documents: BTreeSet<(&Language, String)> =
            members.iter().map(|n| (&files[*n].language, portable_name(&files[*n].stem))).collect();
        let one_per_language = documents.len() == languages.len() && names.len() == languages.len();
        if folder.is_empty() || languages.len() < 2 || !one_per_language {
            continue;
        }
        for member in members {
            let file = &mut files[member];
            file.stem = name_of(&folder).to_owned();
            file.review_note.get_or_insert_with(|| {
                "grouped because the folder has one document in each language; separate them if they are different reports"
                    .to_owned()
            });
        }
    }
}

/// Applies the rows of the organisation's list to their files; returns the headings of its sections by their keys.
fn apply_rows(files: &mut [DocumentFile<'_>], has_list: bool) -> HashMap<String, String> {
    let mut headings: HashMap<String, String> = HashMap::new();
    let mut folders: HashMap<&str, String> = HashMap::new();
    for file in files {
        let Some(row) = file.row else {
            if has_list {
                file.review_note.get_or_insert_with(|| "this file has no row in the list".to_owned());
            }
            continue;
        };
        if let Some(language) = &row.language {
            (file.language, file.review_note) = (language.clone(), None);
        }
        if let Some(report) = &row.report {
            file.stem.clone_from(report);
            // The files of a report may be in several folders.
            file.folder.clone_from(folders.entry(report).or_insert_with(|| file.folder.clone()));
        }
        if let Some(section) = &row.section {
            file.folder = section_key(section);
            headings.entry(file.folder.clone()).or_insert_with(|| section.clone());
        }
    }
    headings
}

/// The key of a section of the list, in maps that are otherwise keyed by folder. It begins with NUL, which no path can
/// contain, so that it is never the same as a folder.
fn section_key(heading: &str) -> String {
    format!("\0{}", portable_name(heading))
}

/// The files of one report.
struct FileGroup<'f> {
    folder: String,
    name: String,
    files: Vec<DocumentFile<'f>>,
}

/// Groups files by folder and name, in the order of their paths.
fn group_by_name(files: Vec<DocumentFile<'_>>) -> Vec<FileGroup<'_>> {
    let mut groups: Vec<FileGroup<'_>> = Vec::new();
    let mut indexes: HashMap<(String, String, bool), usize> = HashMap::new();
    for file in files {
        let portable = portable_name(&file.stem);
        let name = if portable.is_empty() { file.stem.clone() } else { portable };
        let folder = file.folder.clone();
        // A web site has no other files.
        let index = *indexes.entry((folder.clone(), name.clone(), file.site.is_some())).or_insert_with(|| {
            groups.push(FileGroup { folder, name, files: Vec::new() });
            groups.len() - 1
        });
        groups[index].files.push(file);
    }
    groups
}

/// The path of the section of each folder.
fn assign_sections(folders: &BTreeSet<String>) -> HashMap<String, String> {
    let paths: Vec<Vec<&str>> =
        folders.iter().map(|folder| folder.split('/').filter(|part| !part.is_empty()).collect()).collect();
    // Drop the folders that all paths start with, but always keep the last.
    let mut common = 0;
    while !paths.is_empty() && paths.iter().all(|path| path.len() > common + 1 && path[common] == paths[0][common]) {
        common += 1;
    }
    let paths: Vec<String> =
        paths.iter().map(|path| path.iter().skip(common).copied().collect::<Vec<_>>().join("/")).collect();
    let fits = paths.iter().collect::<BTreeSet<_>>().len() <= MAX_SECTIONS;
    let section = |path: String| if fits { path } else { path.split('/').next().unwrap_or_default().to_owned() };
    folders.iter().cloned().zip(paths.into_iter().map(section)).collect()
}

/// Completes the proposal with the titles of sections, the ids and the languages.
fn complete_proposal(
    sections: Vec<(String, Vec<ProposedReport>)>,
    headings: &HashMap<String, String>,
    scan: &FolderScan,
    name: &str,
) -> Proposal {
    let from_folder = |folder: &str| {
        let title = Some(metadata::title_from_name(folder)).filter(|title| metadata::has_word_char(title));
        title.unwrap_or_else(|| DEFAULT_TITLE.to_owned())
    };
    let mut taken = BTreeSet::new();
    let sections: Vec<ProposedSection> = sections
        .into_iter()
        .map(|(path, mut reports)| {
            let title = headings.get(&path).cloned().unwrap_or_else(|| from_folder(name_of(&path)));
            let id = unique_id(&title, "section", &mut taken);
            let mut taken = BTreeSet::new();
            for report in &mut reports {
                report.id = unique_id(&report.id, "report", &mut taken);
                let marked = report.files().find_map(|file| Some((file.to_owned(), confidentiality_mark(file)?)));
                report.review_notes.extend(marked.map(|(file, mark)| {
                    format!("the name of {file} says “{mark}”; if it must not be on the disc, move it to `exclude:`")
                }));
            }
            ProposedSection { id, title, reports }
        })
        .collect();
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    for variant in sections.iter().flat_map(|section| &section.reports).flat_map(|report| &report.variants) {
        *counts.entry(variant.language.clone()).or_default() += 1;
    }
    let mut languages: Vec<(Language, usize)> = counts.into_iter().collect();
    languages.sort_by_key(|(language, count)| (std::cmp::Reverse(*count), language.as_str().to_owned()));
    Proposal {
        title: Guess::uncertain(from_folder(name), "taken from the folder name; write the disc's title"),
        languages: languages.into_iter().map(|(language, _)| language).collect(),
        large_files: scan.files.iter().any(|file| file.length >= u64::from(u32::MAX) - 2047),
        sections,
    }
}

/// Derives from a text an id that is not in `taken`, and adds the id to `taken`. `fallback` is used if the text has
/// no usable letters.
pub(super) fn unique_id(text: &str, fallback: &str, taken: &mut BTreeSet<String>) -> String {
    let short = shorten_name(&portable_name(text), MAX_ID);
    let base = if short.is_empty() {
        fallback.to_owned()
    } else if is_device_name(&short) {
        format!("{short}_{fallback}")
    } else {
        short
    };
    let mut id = base.clone();
    let mut number = 1;
    while !taken.insert(id.clone()) {
        number += 1;
        let suffix = format!("_{number}");
        let kept: String = base.chars().take(MAX_ID - suffix.len()).collect();
        id = format!("{}{suffix}", kept.trim_end_matches('_'));
    }
    id
}
