//! Groups the files of a folder into reports, and the reports into sections.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::languages::{detect_languages, most_frequent};
use super::merge::{DocumentFile, NO_ROW, merge_into_report};
use super::metadata::{self, years_in_name};
use super::proposal::{DocumentInfo, Guess, MAX_ID, Proposal, ProposedReport, ProposedSection};
use super::register::RegisterRow;
use super::scan::{ExclusionReason, FolderScan, ScannedSite, folder_of, is_web_page, name_of, stem_of};
use super::series::complete_titles;
use super::versions::{VersionedName, split_dotted_number, split_version};
use super::web_documents::find_web_documents;
use crate::catalogue::confidentiality_mark;
use crate::file_formats::FormatKind;
use crate::language::{Language, LanguageNames};
use crate::names::{is_device_name, portable_name, shorten_name};

/// The maximum number of folders that each become a section. If there are more, only the top-level folders do.
const MAX_SECTIONS: usize = 12;

/// Names of folders for files that have nothing in common, as portable names. Such folders do not become sections.
const UNSORTED: [&str; 17] = [
    "old",
    "draft",
    "drafts",
    "misc",
    "miscellaneous",
    "tmp",
    "temp",
    "to_sort",
    "unsorted",
    "untitled_folder",
    "new_folder",
    "nouveau_dossier",
    "nueva_carpeta",
    "neuer_ordner",
    "divers",
    "varios",
    "export",
];

/// Other names of folders that say nothing about the documents in them. Such folders do not become sections either.
const NOT_SECTIONS: [&str; 12] =
    ["final", "finals", "final_versions", "new", "files", "fichiers", "archivos", "docs", "pdf", "pdfs", "doc", "word"];

/// Names of folders whose files have nothing in common either, but that may become sections.
const ARCHIVES: [&str; 3] = ["archive", "archives", "backup"];

/// A title that at least this many documents have in their metadata is treated as the title of a template or a series.
const MIN_SHARED: usize = 3;

/// The title of a disc or section whose folder has no usable name.
const DEFAULT_TITLE: &str = "Documents";

/// Proposes a collection from the files of the folder called `name`. `rows` has the row of each file in the register, which takes
/// precedence over everything else.
pub fn propose(
    scan: &FolderScan,
    documents: &HashMap<String, DocumentInfo>,
    names: &LanguageNames,
    rows: &HashMap<String, RegisterRow>,
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
            is_named_after_language: detected.from_name.is_some() && detected.stem == stem_of(&file.path),
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
            has_shared_title: false,
            is_assumed: detected.is_assumed,
        })
        .collect();
    place_sites(&mut files, scan);
    let web_reports = group_web_documents(&mut files, web_documents);
    group_by_letters(&mut files);
    group_by_year_of_folder(&mut files);
    drop_versions(&mut files);
    drop_letters(&mut files);
    group_translations(&mut files);
    group_by_numbers(&mut files);
    mark_shared_titles(&mut files);
    group_by_titles(&mut files);
    let headings = apply_rows(&mut files, !rows.is_empty());
    let groups = group_by_name(files);
    let folders = groups.iter().map(|group| &group.folder).filter(|folder| !headings.contains_key(*folder));
    let section_paths = assign_sections(&folders.cloned().collect());
    let mut sections: Vec<(String, Vec<ProposedReport>)> = Vec::new();
    for FileGroup { folder, name, files } in groups {
        // A folder with the name of a section in the register belongs to that section.
        let key = section_key(name_of(&folder).trim_start_matches(|c: char| !c.is_alphabetic()));
        let registered_section = [&folder, &key].into_iter().find(|key| headings.contains_key(*key)).cloned();
        let section = registered_section.or_else(|| section_paths.get(&folder).cloned()).unwrap_or_default();
        let mut report = merge_into_report(files);
        if web_reports.contains(&name) {
            report.review_notes.push(
                "the links between these web pages will not work on the disc; move them into a folder of their own, or print them to one PDF"
                    .to_owned(),
            );
        }
        report.review_notes.extend(note_on_archive(&report));
        if let Some(page) = page_with_pictures(&report, scan) {
            report.review_notes.push(format!(
                "the pictures and other files beside {page} are not listed; if the page needs them, move the page and these files into a folder of their own, and list that folder: {{folder: …, start: …}}"
            ));
        }
        match sections.iter_mut().find(|(path, _)| *path == section) {
            Some((_, reports)) => reports.push(report),
            None => sections.push((section, vec![report])),
        }
    }
    let has_registered_title = |file: &str| rows.get(file).is_some_and(|row| !row.titles.is_empty());
    sort_by_rows(&mut sections, rows);
    for (_, reports) in &mut sections {
        complete_titles(reports, documents, &has_registered_title);
    }
    complete_proposal(sections, &headings, scan, name)
}

/// Puts sections and reports in the order of their rows in the register. Those without a row come last, in the order in which they were.
fn sort_by_rows(sections: &mut [(String, Vec<ProposedReport>)], rows: &HashMap<String, RegisterRow>) {
    let position = |report: &ProposedReport| {
        let positions = report.files().filter_map(|file| Some(rows.get(file)?.position));
        positions.min().unwrap_or(usize::MAX)
    };
    for (_, reports) in sections.iter_mut() {
        reports.sort_by_key(position);
    }
    sections.sort_by_key(|(_, reports)| reports.first().map_or(usize::MAX, position));
}

/// A note on a ZIP archive, which only the register can put on the disc.
fn note_on_archive(report: &ProposedReport) -> Option<String> {
    let archive = report.files().find(|file| file.to_lowercase().ends_with(".zip"))?;
    Some(format!(
        "readers must unpack {archive} to read it; if it has a web site, write {{folder: …, start: index.html}} with its path, otherwise unpack it and list its documents"
    ))
}

/// The first web page of a report that has parts of web pages beside it or in a folder beside it. Web sites are ignored.
fn page_with_pictures(report: &ProposedReport, scan: &FolderScan) -> Option<String> {
    let parts = scan.excluded.get(&ExclusionReason::WebAsset)?;
    let variants = report.variants.iter().filter(|variant| variant.site.is_none());
    let is_page = |file: &&String| {
        let extension = file.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
        extension.is_some_and(|extension| is_web_page(&extension))
    };
    let has_parts = |file: &&String| {
        let folder = folder_of(file);
        let mut part_folders = parts.iter().map(|part| folder_of(part));
        part_folders
            .any(|part_folder| part_folder == folder || !part_folder.is_empty() && folder_of(part_folder) == folder)
    };
    variants.flat_map(|variant| &variant.files).filter(is_page).find(has_parts).cloned()
}

/// Gives the start page of each web site the name and the place of its folder, as if the site were a single file.
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
        // If the site's folder is `help/fr`, the folder without the language is `help`. The report stays in `help`, like other
        // documents in folders of languages.
        if folder_of(folder) != file.folder {
            file.folder = parent;
        }
    }
}

/// Gives all pages of a web document the same name; returns these names.
fn group_web_documents(files: &mut [DocumentFile<'_>], web_documents: Vec<Vec<usize>>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for pages in web_documents {
        let first = pages[0];
        let title = files[first].title();
        let name = title.as_deref().map_or_else(|| files[first].stem.clone(), portable_name);
        let language = most_frequent(pages.iter().map(|page| &files[*page].language));
        let folder = files[first].folder.clone();
        names.insert(portable_name(&name));
        for page in pages {
            let file = &mut files[page];
            // The folders of pages in different languages may differ, because the part that names the language was removed.
            file.folder.clone_from(&folder);
            (file.stem, file.web_title, file.is_later_page) = (name.clone(), title.clone(), page != first);
            (file.language, file.review_note) = (language.clone(), None);
        }
    }
    names
}

/// Marks the files whose metadata have the same title as those of several other documents.
fn mark_shared_titles(files: &mut [DocumentFile<'_>]) {
    let mut documents: HashMap<String, BTreeSet<(&str, String)>> = HashMap::new();
    for file in files.iter() {
        if let Some(title) = file.title() {
            documents.entry(portable_name(&title)).or_default().insert((&file.folder, portable_name(&file.stem)));
        }
    }
    let is_shared = |file: &DocumentFile<'_>| {
        file.web_title.is_none()
            && file.title().is_some_and(|title| {
                documents.get(&portable_name(&title)).is_some_and(|documents| documents.len() >= MIN_SHARED)
            })
    };
    let shared: Vec<bool> = files.iter().map(is_shared).collect();
    files.iter_mut().zip(shared).for_each(|(file, shared)| file.has_shared_title = shared);
}

/// Gives files of a folder the same name if their names differ only in spaces and hyphens, such as `Wells Top 10.pdf` and
/// `wells-top10.pdf`, and they are in different languages.
fn group_by_letters(files: &mut [DocumentFile<'_>]) {
    let letters = |file: &DocumentFile<'_>| without_separators(&portable_name(&file.stem));
    group_by_key(
        files,
        &letters,
        "grouped because its name differs only in spaces and hyphens from that of the others",
    );
}

/// Does the same for files of a folder such as `2018`, if their names differ in spaces, in the version, and in whether they repeat the
/// year of the folder: `Top 10 v3.pdf` and `top10-2018.pdf`. They must not have different versions.
fn group_by_year_of_folder(files: &mut [DocumentFile<'_>]) {
    let in_other_versions = |files: &[&DocumentFile<'_>]| {
        let versions = files.iter().filter_map(|file| split_version(&file.stem).version);
        versions.collect::<BTreeSet<_>>().len() > 1
    };
    let key = |file: &DocumentFile<'_>| {
        let year = years_in_name(name_of(&file.folder)).filter(|year| year.len() == 4)?;
        let base = split_version(&file.stem).base;
        // `Accounts 2017-2018.pdf` and `Accounts 2017.pdf` in `2018` are about different years.
        let is_about_year = years_in_name(&base).is_none_or(|years| years == year);
        is_about_year.then(|| without_separators(&portable_name(&without_number(&base, &year))))
    };
    let mut by_key: BTreeMap<(String, String), Vec<&DocumentFile<'_>>> = BTreeMap::new();
    for file in files.iter() {
        if let Some(key) = key(file) {
            by_key.entry((file.folder.clone(), key)).or_default().push(file);
        }
    }
    by_key.retain(|_, files| !in_other_versions(files));
    let keys: BTreeSet<(String, String)> = by_key.into_keys().collect();
    let key = |file: &DocumentFile<'_>| {
        let key = key(file).filter(|key| keys.contains(&(file.folder.clone(), key.clone())));
        key.unwrap_or_else(|| without_separators(&portable_name(&file.stem)))
    };
    group_by_key(
        files,
        &key,
        "grouped because its name differs from that of the others only in the year of the folder, in spaces or in the version",
    );
}

/// A text without a number, if that is not part of a longer number.
fn without_number(text: &str, number: &str) -> String {
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let found = text.match_indices(number).find(|(at, _)| {
        !is_digit(text[..*at].chars().next_back()) && !is_digit(text[at + number.len()..].chars().next())
    });
    found.map_or_else(|| text.to_owned(), |(at, _)| format!("{} {}", &text[..at], &text[at + number.len()..]))
}

/// Gives files of a folder with the same key the name of most of them, if they are in different languages. `note` says why.
fn group_by_key(files: &mut [DocumentFile<'_>], key: &dyn Fn(&DocumentFile<'_>) -> String, note: &str) {
    let mut by_letters: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        if file.site.is_none() && file.web_title.is_none() {
            by_letters.entry((file.folder.clone(), key(file))).or_default().push(index);
        }
    }
    for ((_, letters), members) in by_letters {
        let mut languages: BTreeMap<String, BTreeSet<&Language>> = BTreeMap::new();
        for n in &members {
            languages.entry(portable_name(&files[*n].stem)).or_default().insert(&files[*n].language);
        }
        let distinct: BTreeSet<&Language> = languages.values().flatten().copied().collect();
        let is_each_once = languages.values().map(BTreeSet::len).sum::<usize>() == distinct.len();
        let is_certain = members.iter().all(|n| !files[*n].is_assumed && !files[*n].language.is_not_one_language());
        if languages.len() < 2 || letters.is_empty() || !is_each_once || !is_certain {
            continue;
        }
        let most = languages.iter().max_by_key(|(_, languages)| languages.len()).map(|(name, _)| name.clone());
        let Some(first) = members.iter().find(|n| Some(portable_name(&files[**n].stem)) == most) else { continue };
        let stem = files[*first].stem.clone();
        for n in members {
            if Some(portable_name(&files[n].stem)) != most {
                files[n].review_note.get_or_insert_with(|| format!("{note}; separate it if it is a different report"));
                files[n].stem.clone_from(&stem);
            }
        }
    }
}

/// A portable name without its separators, except those between two digits: `1-2` and `12` are different numbers.
fn without_separators(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let is_digit = |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(char::is_ascii_digit);
    let is_kept = |at: usize| characters[at] != '_' || is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
    (0..characters.len()).filter(|at| is_kept(*at)).map(|at| characters[at]).collect()
}

/// Gives a file such as `guide-nl-1.3.pdf`, `guide-de-v2.pdf` or `guide-a4.pdf` the name of the other files of its folder that differ only
/// in the language and in the version or in the size or orientation of the paper, unless one of them is in its language. Of several versions
/// in a language, the newest gets it, in all its formats; for paper, a file in another format may be in its language.
fn drop_versions(files: &mut [DocumentFile<'_>]) {
    let mut languages: HashMap<(String, String), BTreeSet<Language>> = HashMap::new();
    let mut formats: HashSet<(String, String, Language, &str)> = HashSet::new();
    let mut dropped: HashMap<(String, String, Language), String> = HashMap::new();
    for file in files.iter().filter(|file| file.site.is_none()) {
        let (folder, name) = (file.folder.clone(), portable_name(&file.stem));
        languages.entry((folder.clone(), name.clone())).or_default().insert(file.language.clone());
        formats.insert((folder, name, file.language.clone(), file.file.format.as_str()));
    }
    let mut candidates: Vec<(&mut DocumentFile<'_>, String)> = files
        .iter_mut()
        .filter(|file| file.site.is_none() && file.web_title.is_none() && !file.is_assumed)
        .filter_map(|file| {
            let base = split_version(&file.stem).base;
            let rest = match split_dotted_number(&file.stem) {
                Some((rest, _)) => rest,
                None => Some(base)
                    .filter(|base| portable_name(base) != portable_name(&file.stem))
                    .or_else(|| without_paper(&file.stem))?,
            };
            Some((file, rest))
        })
        .collect();
    candidates.sort_by_cached_key(|(file, _)| {
        let name = split_version(&file.stem);
        let dotted = split_dotted_number(&file.stem).map(|(_, numbers)| numbers);
        std::cmp::Reverse((name.comparable_version(), dotted, !name.is_copy))
    });
    // `guide-1.2-fr.pdf`, `guide-1.2-es.pdf` and `guide-1.3-de.pdf`, without a `guide.pdf`. If no two files had the same number, it might
    // be that of a chapter.
    let mut versions: HashMap<(String, String), BTreeMap<Language, Vec<String>>> = HashMap::new();
    let mut majors: HashMap<String, u32> = HashMap::new();
    for (file, rest) in &candidates {
        majors.insert(portable_name(&file.stem), major_version(&file.stem));
        let versions = versions.entry((file.folder.clone(), portable_name(rest))).or_default();
        let (stems, stem) = (versions.entry(file.language.clone()).or_default(), portable_name(&file.stem));
        if stems.last() != Some(&stem) {
            stems.push(stem);
        }
    }
    let mut of_two_documents: HashSet<(String, String)> = HashSet::new();
    versions.retain(|key, by_language| {
        let newest = by_language.values().filter_map(|stems| stems.first());
        let distinct = newest.collect::<BTreeSet<_>>().len();
        // Two languages that have two numbers in common have chapters, or several versions that are translated.
        let mut languages_of: HashMap<&String, Vec<usize>> = HashMap::new();
        for (language, stems) in by_language.values().enumerate() {
            stems.iter().for_each(|stem| languages_of.entry(stem).or_default().push(language));
        }
        let mut pairs = HashSet::new();
        let has_chapters = languages_of.values().any(|languages| {
            let mut all =
                languages.iter().enumerate().flat_map(|(n, a)| languages[n + 1..].iter().map(move |b| (*a, *b)));
            all.any(|pair| !pairs.insert(pair))
        });
        // Each of `words-5.0` and `words-9.0` in two languages: not translations that are behind, but two documents.
        let mut by_major: BTreeMap<u32, usize> = BTreeMap::new();
        for stem in by_language.values().filter_map(|stems| stems.first()) {
            *by_major.entry(majors.get(stem).copied().unwrap_or_default()).or_default() += 1;
        }
        let are_two_documents = by_major.values().filter(|languages| **languages > 1).count() > 1;
        let are_behind = distinct > 1 && by_language.len() > distinct && !has_chapters;
        if are_behind && are_two_documents {
            of_two_documents.insert(key.clone());
        }
        are_behind && !are_two_documents
    });
    let mut noted: HashSet<String> = HashSet::new();
    for (file, rest) in candidates {
        let key = (file.folder.clone(), portable_name(&rest));
        let has_versions = versions.contains_key(&key);
        let is_of_two_documents = of_two_documents.contains(&key);
        let others = languages.entry(key).or_default();
        if others.is_empty() && !has_versions {
            // One note for each report
            if is_of_two_documents && noted.insert(format!("{}/{}", file.folder, portable_name(&file.stem))) {
                file.review_note.get_or_insert_with(|| {
                    "not grouped with files that have another main version; join them if they are translations of one document".to_owned()
                });
            }
            continue;
        }
        let is_paper = without_paper(&file.stem).is_some();
        let key = (file.folder.clone(), portable_name(&rest), file.language.clone());
        let format = (key.0.clone(), key.1.clone(), key.2.clone(), file.file.format.as_str());
        let is_format_of_the_same = dropped.get(&key) == Some(&portable_name(&file.stem));
        if others.insert(file.language.clone()) || is_format_of_the_same || is_paper && !formats.contains(&format) {
            formats.insert(format);
            dropped.insert(key, portable_name(&file.stem));
            if has_versions {
                file.review_note.get_or_insert_with(|| {
                    "grouped although the names have different versions; separate it if it is a different report"
                        .to_owned()
                });
            } else if split_dotted_number(&file.stem).is_none() {
                // A dotted number is hardly anything but a version.
                let what = if is_paper { "size or orientation of paper" } else { "version" };
                let note = format!(
                    "grouped although its name has a {what} and the others do not; separate it if it is a different report"
                );
                file.review_note.get_or_insert(note);
            }
            file.stem = rest;
        }
    }
}

/// The first number of the version in the name of a file, or 0. A year is not a main version, because translations may be some years
/// behind.
fn major_version(stem: &str) -> u32 {
    let dotted = split_dotted_number(stem).and_then(|(_, numbers)| numbers.first().copied());
    let number = dotted.or_else(|| split_version(stem).major());
    number.filter(|number| !(1900..=2099).contains(number)).unwrap_or_default()
}

/// The files of a folder that may be translations of each other. Leaves out files of which the folder has a newer version in the
/// same language, and copies whose original it has.
fn without_older(files: &[DocumentFile<'_>], members: Vec<usize>) -> Vec<usize> {
    let mut newest = BTreeMap::new();
    let key = |n: &usize| {
        let name = split_version(&files[*n].stem);
        let rank = (name.comparable_version(), !name.is_copy);
        ((&files[*n].language, portable_name(&name.base)), rank)
    };
    let stem = |n: &usize| portable_name(&files[*n].stem);
    for n in members.iter().filter(|n| files[**n].site.is_none()) {
        let (key, rank) = key(n);
        match newest.get(&key) {
            Some((known, _)) if *known >= rank => {}
            _ => _ = newest.insert(key, (rank, stem(n))),
        }
    }
    let is_newest = |n: &usize| newest.get(&key(n).0).is_none_or(|(_, newest)| *newest == stem(n));
    members.iter().filter(|n| is_newest(n)).copied().collect()
}

/// Gives files of a folder the same name if their names have the same numbers, such as `07 Wells.pdf` and `07 Puits.pdf`, or the same
/// version with a dot, and a word in common: `Pumps v2.9 Handbuch.pdf` and `Manual.Pumps.2.9.pdf`. The files must be in different languages
/// and about equally long, and no other files in the folder may have these numbers, except older versions and copies.
fn group_by_numbers(files: &mut [DocumentFile<'_>]) {
    let mut by_numbers: BTreeMap<(String, Vec<String>), Vec<usize>> = BTreeMap::new();
    let has_only_version = |stem: &str| numbers_in_name(stem).is_empty();
    for (index, file) in files.iter().enumerate() {
        let mut numbers = numbers_in_name(&file.stem);
        if has_only_version(&file.stem) {
            // A version with one number, such as `v2`, is too frequent to show that two files belong together.
            numbers = Some(runs_of_digits(&file.stem)).filter(|numbers| numbers.len() > 1).unwrap_or_default();
        }
        if !numbers.is_empty() && file.site.is_none() && file.web_title.is_none() {
            by_numbers.entry((file.folder.clone(), numbers)).or_default().push(index);
        }
    }
    for members in by_numbers.into_values() {
        // Many programs have a version 2.0.
        let mut stems = members.iter().map(|n| files[*n].stem.as_str());
        if stems.clone().any(has_only_version) && !share_word(&mut stems) {
            continue;
        }
        let members = without_older(files, members);
        let names: BTreeSet<String> = members.iter().map(|n| portable_name(&files[*n].stem)).collect();
        let languages: BTreeSet<&Language> = members.iter().map(|n| &files[*n].language).collect();
        let documents: BTreeSet<(&Language, String)> =
            members.iter().map(|n| (&files[*n].language, portable_name(&files[*n].stem))).collect();
        let is_each_once = names.len() == languages.len() && documents.len() == names.len() && names.len() > 1;
        let is_certain = members.iter().all(|n| !files[*n].is_assumed && !files[*n].language.is_not_one_language());
        // Files that already have the same name become one report anyway.
        if !is_each_once || !is_certain || !have_similar_lengths(members.iter().map(|n| &files[*n])) {
            continue;
        }
        let stem = files[members[0]].stem.clone();
        for member in members {
            let file = &mut files[member];
            file.stem.clone_from(&stem);
            file.review_note.get_or_insert_with(|| {
                "grouped because the names have the same numbers; separate the languages if they are different reports"
                    .to_owned()
            });
        }
    }
}

/// Whether all names have a word of at least four letters in common.
fn share_word(stems: &mut dyn Iterator<Item = &str>) -> bool {
    let words = |stem: &str| {
        let name = portable_name(stem);
        let words =
            name.split('_').filter(|word| word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic()));
        words.map(str::to_owned).collect::<BTreeSet<String>>()
    };
    let shared = stems.map(words).reduce(|all, own| all.intersection(&own).cloned().collect());
    shared.is_some_and(|shared| !shared.is_empty())
}

/// The fewest words of a title that two documents hardly have by chance.
const MIN_TITLE_WORDS: usize = 3;

/// How many characters names must have in common to begin alike.
const LENGTH_OF_START: usize = 4;

/// Gives files of a folder the same name if they have the same title, in different languages, and their names begin alike, such as
/// `guide.pdf` and `guide_kr.pdf`: the title on the first page of a translation is not always translated.
fn group_by_titles(files: &mut [DocumentFile<'_>]) {
    let mut by_title: BTreeMap<(String, String, String), Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        let is_certain = !file.is_assumed && !file.language.is_not_one_language();
        if file.site.is_some() || file.web_title.is_some() || file.has_shared_title || !is_certain {
            continue;
        }
        let title = file.best_title().map(|title| portable_name(&title.value)).unwrap_or_default();
        let start: String = portable_name(&file.stem).chars().take(LENGTH_OF_START).collect();
        if title.split('_').count() >= MIN_TITLE_WORDS && start.chars().count() == LENGTH_OF_START {
            by_title.entry((file.folder.clone(), title, start)).or_default().push(index);
        }
    }
    for members in by_title.into_values() {
        let members = without_older(files, members);
        let names: BTreeSet<String> = members.iter().map(|n| portable_name(&files[*n].stem)).collect();
        let languages: BTreeSet<&Language> = members.iter().map(|n| &files[*n].language).collect();
        // Others may already be in a report with one of these.
        let is_whole = |name: &String| {
            let in_report = files.iter().enumerate().filter(|(_, file)| portable_name(&file.stem) == *name);
            in_report.filter(|(_, file)| file.folder == files[members[0]].folder).all(|(n, _)| members.contains(&n))
        };
        if names.len() < 2
            || languages.len() != members.len()
            || names.len() != members.len()
            || !names.iter().all(is_whole)
            || !have_same_years(names.iter().map(String::as_str))
            || !have_similar_lengths(members.iter().map(|n| &files[*n]))
        {
            continue;
        }
        let stem = members.iter().map(|n| files[*n].stem.clone()).min_by_key(String::len).unwrap_or_default();
        for member in members {
            let file = &mut files[member];
            file.stem.clone_from(&stem);
            file.review_note.get_or_insert_with(|| {
                "grouped because the documents have the same title and similar names; separate the languages if they are different reports"
                    .to_owned()
            });
        }
    }
}

/// Gives a file such as `manual-e.pdf` or `kmanual.pdf` the name of `manual.pdf`, if they are in different languages and the letter is the
/// first of its language: in its code or its English name.
fn drop_letters(files: &mut [DocumentFile<'_>]) {
    let mut by_name: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for (index, file) in files.iter().enumerate() {
        by_name.entry((file.folder.clone(), portable_name(&file.stem))).or_default().push(index);
    }
    let files_beside = |file: &DocumentFile<'_>, stem: String| by_name.get(&(file.folder.clone(), stem));
    let is_known = |file: &DocumentFile<'_>| {
        file.site.is_none() && file.web_title.is_none() && !file.is_assumed && !file.language.is_not_one_language()
    };
    let original_of = |file: &DocumentFile<'_>| {
        let rests = names_without_letter(&portable_name(&file.stem), &file.language);
        rests.into_iter().filter(|_| is_known(file)).find_map(|rest| {
            let others = files_beside(file, rest)?.iter().map(|n| &files[*n]);
            let are_translations = others.clone().all(|other| is_known(other) && other.language != file.language)
                && have_similar_lengths(others.clone().chain([file]));
            others.map(|other| other.stem.clone()).next().filter(|_| are_translations)
        })
    };
    let originals: Vec<Option<String>> = files.iter().map(original_of).collect();
    // Of two names in one language, only the first is taken, but in all its formats.
    let mut taken: BTreeMap<(String, String, Language), String> = BTreeMap::new();
    for (file, original) in files.iter_mut().zip(originals) {
        let Some(stem) = original else { continue };
        let name = portable_name(&file.stem);
        let key = (file.folder.clone(), stem.clone(), file.language.clone());
        if *taken.entry(key).or_insert_with(|| name.clone()) != name {
            continue;
        }
        file.stem = stem;
        file.review_note.get_or_insert_with(|| {
            "grouped because only the first letter of its language is added to the name of another file; separate it if it is a different report"
                .to_owned()
        });
    }
}

/// The names that remain of a portable name if the first letter of a language is removed from the beginning or the end of one of its
/// parts.
fn names_without_letter(name: &str, language: &Language) -> Vec<String> {
    let english = language.name_and_tag().chars().next().map(|letter| letter.to_ascii_lowercase());
    let letters: Vec<char> = language.as_str().chars().next().into_iter().chain(english).collect();
    let parts: Vec<&str> = name.split('_').collect();
    let mut names = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        for rest in letters.iter().flat_map(|letter| [part.strip_prefix(*letter), part.strip_suffix(*letter)]).flatten()
        {
            let kept = parts.iter().enumerate().map(|(n, part)| if n == index { rest } else { part });
            names.push(kept.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_"));
        }
    }
    // An `s` at the end is more often a plural, and little remains of a short name.
    names.retain(|rest| rest.len() > 3 && name.strip_prefix(rest.as_str()) != Some("s"));
    names
}

/// The name without the size and orientation of paper at its end: `guide-a4`, `guide.portrait.a4`.
fn without_paper(stem: &str) -> Option<String> {
    const WORDS: [&str; 7] = ["a3", "a4", "a5", "b5", "letter", "portrait", "landscape"];
    let mut rest = stem;
    while let Some((before, word)) = rest.rsplit_once(['-', '_', '.', ' '])
        && WORDS.contains(&word.to_ascii_lowercase().as_str())
    {
        rest = before;
    }
    (rest != stem && rest.chars().filter(|c| c.is_alphabetic()).count() > 2).then(|| rest.to_owned())
}

/// The numbers in a name, without the number of a version or a copy.
fn numbers_in_name(stem: &str) -> Vec<String> {
    runs_of_digits(&split_version(stem).base)
}

fn runs_of_digits(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).map(str::to_owned).collect()
}

/// Whether some of these names have the same numbers, and others have other numbers: then only those with the same numbers are
/// translations of each other.
fn share_numbers_in_part<'f>(stems: impl Iterator<Item = &'f str>) -> bool {
    let mut counts: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for numbers in stems.map(numbers_in_name).filter(|numbers| !numbers.is_empty()) {
        *counts.entry(numbers).or_default() += 1;
    }
    counts.len() > 1 && counts.into_values().any(|count| count > 1)
}

/// Whether the numbers of pages are similar enough for these documents to be translations of each other. Unknown numbers are ignored.
fn have_similar_lengths<'f>(files: impl Iterator<Item = &'f DocumentFile<'f>>) -> bool {
    let known: Vec<u32> = files.filter_map(|file| file.document.facts.pages).collect();
    let (least, most) =
        (known.iter().min().copied().unwrap_or_default(), known.iter().max().copied().unwrap_or_default());
    most <= least.saturating_mul(2).saturating_add(1)
}

/// Whether all names that contain years contain the same ones: documents of 2019 and 2020 are not translations of each other.
fn have_same_years<'f>(stems: impl Iterator<Item = &'f str>) -> bool {
    let years: BTreeSet<String> = stems.filter_map(years_in_name).collect();
    years.len() < 2
}

/// Gives all documents of a folder the name of the folder, if it contains one document in each of several languages under different
/// names. Older versions, copies, and a few files of unknown language do not prevent that. The files of unknown language are added
/// to the report if they have about as many pages.
fn group_translations(files: &mut [DocumentFile<'_>]) {
    let mut by_folder: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        by_folder.entry(file.folder.clone()).or_default().push(index);
    }
    for (folder, members) in by_folder {
        let has_language = |n: &usize| !files[*n].is_assumed && !files[*n].language.is_not_one_language();
        let (members, unknown): (Vec<usize>, Vec<usize>) = members.into_iter().partition(has_language);
        let members = without_older(files, members);
        let languages: BTreeSet<&Language> = members.iter().map(|n| &files[*n].language).collect();
        let names: BTreeSet<String> = members.iter().map(|n| portable_name(&files[*n].stem)).collect();
        let documents: BTreeSet<(&Language, String)> =
            members.iter().map(|n| (&files[*n].language, portable_name(&files[*n].stem))).collect();
        let has_one_per_language = documents.len() == languages.len() && names.len() == languages.len();
        // Files of unknown language are accepted only beside more than two known languages.
        let are_few_unknown = unknown.is_empty() || languages.len() > 2 && unknown.len() * 3 <= languages.len();
        let are_similar = have_similar_lengths(members.iter().map(|n| &files[*n]))
            && have_same_years(members.iter().map(|n| files[*n].stem.as_str()))
            && !share_numbers_in_part(members.iter().map(|n| files[*n].stem.as_str()));
        // A folder for leftovers, or with copies, does not hold one report.
        let folder_name = portable_name(name_of(&folder));
        let is_leftover = UNSORTED.contains(&folder_name.as_str())
            || ARCHIVES.contains(&folder_name.as_str())
            || members.iter().any(|n| split_version(stem_of(&files[*n].file.path)).is_copy);
        // A web site and a file would not be in one report.
        let sites = members.iter().filter(|n| files[**n].site.is_some()).count();
        let is_report = !folder.is_empty()
            && languages.len() > 1
            && has_one_per_language
            && are_few_unknown
            && are_similar
            && (sites == 0 || sites == members.len());
        if is_leftover || !is_report {
            continue;
        }
        let taken: BTreeSet<Language> = languages.into_iter().cloned().collect();
        add_unknown(files, &folder, &members, &unknown, taken);
        // Their texts do not contradict the names, so `fr.pdf` and `es.pdf` are translations of each other.
        let is_certain = members.iter().all(|n| files[*n].is_named_after_language);
        for member in members {
            let file = &mut files[member];
            file.stem = name_of(&folder).to_owned();
            if !is_certain {
                file.review_note.get_or_insert_with(|| {
                    "grouped because the folder has one document in each language; separate them if they are different reports"
                        .to_owned()
                });
            }
        }
    }
}

/// Adds documents of unknown language to the translations in a folder. Each gets the most frequent language of the collection that
/// the folder does not have yet.
fn add_unknown(
    files: &mut [DocumentFile<'_>],
    folder: &str,
    members: &[usize],
    unknown: &[usize],
    mut taken: BTreeSet<Language>,
) {
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    for file in files.iter().filter(|file| !file.is_assumed && !file.language.is_not_one_language()) {
        *counts.entry(file.language.clone()).or_default() += 1;
    }
    let mut languages: Vec<(Language, usize)> = counts.into_iter().collect();
    languages.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for n in unknown {
        // A photo or a recording is not a translation.
        let format = |n: &usize| FormatKind::from_extension(&files[*n].file.format);
        let is_same_kind = members.iter().any(|member| format(member) == format(n));
        let pages = files[*n].document.facts.pages;
        let known = members.iter().filter_map(|member| files[*member].document.facts.pages);
        let known: Vec<u32> = known.collect();
        let fits = pages.is_none_or(|pages| known.iter().any(|other| pages.abs_diff(*other) <= other / 3 + 1));
        let Some((language, _)) = languages.iter().find(|(language, _)| !taken.contains(language)) else { return };
        if has_no_words(&files[*n].language) || !is_same_kind || !fits {
            continue;
        }
        taken.insert(language.clone());
        let file = &mut files[*n];
        (file.language, file.stem) = (language.clone(), name_of(folder).to_owned());
        file.review_note = Some(
            "grouped with the translations in its folder, in an assumed language; correct the grouping and the language if they are wrong"
                .to_owned(),
        );
    }
}

/// Whether the language is that of pictures and music without words.
fn has_no_words(language: &Language) -> bool {
    language.is_wordless()
}

/// Applies the rows of the register to their files; returns the headings of its sections, by [`section_key`].
fn apply_rows(files: &mut [DocumentFile<'_>], has_register: bool) -> HashMap<String, String> {
    if !has_register {
        return HashMap::new();
    }
    let before: Vec<ReportName> = files.iter().map(report_name).collect();
    let folders: Vec<String> = files.iter().map(|file| file.folder.clone()).collect();
    apply_own_rows(files);
    for by_symbol in [false, true] {
        join_rows_of_one_report(files, by_symbol);
    }
    follow_rows(files, &before);
    apply_sections(files, &folders)
}

/// What all files of one report have in common: the folder, the name, and whether it is a web site.
type ReportName = (String, String, bool);

fn report_name(file: &DocumentFile<'_>) -> ReportName {
    (file.folder.clone(), portable_name(&file.stem), file.site.is_some())
}

/// Applies what each row says about the language and the report of its own file.
fn apply_own_rows(files: &mut [DocumentFile<'_>]) {
    let mut folders: HashMap<&str, String> = HashMap::new();
    // A file in an unknown language beside translations was given a language that no translation has. It keeps that language.
    let known: BTreeSet<ReportName> = files.iter().filter(|file| !file.is_assumed).map(report_name).collect();
    for file in files {
        let Some(row) = file.row else {
            file.review_note.get_or_insert_with(|| NO_ROW.to_owned());
            continue;
        };
        if let Some(language) = &row.language {
            (file.language, file.review_note, file.is_assumed) = (language.clone(), None, false);
        } else if let Some(language) = row
            .register_language
            .as_ref()
            .filter(|_| file.is_assumed && !has_no_words(&file.language) && !known.contains(&report_name(file)))
        {
            file.language = language.clone();
            file.review_note = Some(
                "assumed from the language of the list's headings; correct it if the document is in another language"
                    .to_owned(),
            );
        }
        if let Some(named) = &row.named_version {
            file.review_note = Some(format!(
                "the list names {named}; this file seems to be its new version. If it is not, write {named} here instead"
            ));
        }
        if let Some(report) = &row.report {
            file.stem.clone_from(report);
            // The files of a report may be in several folders.
            file.folder.clone_from(folders.entry(report).or_insert_with(|| file.folder.clone()));
        }
    }
}

/// Joins files whose rows give no id of a report, but describe the same report in different languages: they have the same titles, or
/// with `by_symbol` the same symbol. Does nothing if any symbol is used for several documents in one language.
fn join_rows_of_one_report(files: &mut [DocumentFile<'_>], by_symbol: bool) {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        let Some(row) = file.row.filter(|row| row.report.is_none() && file.site.is_none()) else { continue };
        let symbol = row.symbol.as_deref().unwrap_or_default().to_lowercase();
        let key = if by_symbol {
            Some(symbol).filter(|symbol| symbol.contains(|c: char| c.is_ascii_digit()))
        } else {
            let mut titles: Vec<String> = row
                .titles
                .iter()
                // A title without a language is in the language of its file. If two such titles of files in different languages are
                // equal, that does not show that the files are one report.
                .filter(|(language, _)| language.is_some() || !symbol.is_empty())
                .map(|(language, title)| {
                    format!("{}={}", language.as_ref().map_or("", Language::as_str), title.to_lowercase())
                })
                .collect();
            titles.sort();
            (!titles.is_empty()).then(|| format!("{symbol}\n{}", titles.join("\n")))
        };
        if let Some(key) = key {
            groups.entry(key).or_default().push(index);
        }
    }
    // Each report has one document in each language, in one or more formats.
    let has_each_once = |members: &[usize]| {
        let documents: BTreeSet<(&Language, ReportName)> =
            members.iter().map(|n| (&files[*n].language, report_name(&files[*n]))).collect();
        let languages: BTreeSet<&Language> = members.iter().map(|n| &files[*n].language).collect();
        documents.len() == languages.len()
    };
    // If a symbol is used for several documents, symbols do not identify reports.
    if by_symbol && !groups.values().all(|members| has_each_once(members)) {
        return;
    }
    let row_of = |n: &usize| files[*n].row;
    let joined: Vec<Vec<usize>> = groups
        .into_values()
        .filter(|members| {
            let names: BTreeSet<ReportName> = members.iter().map(|n| report_name(&files[*n])).collect();
            let mut dates: Vec<String> = members.iter().filter_map(|n| Some(row_of(n)?.date?.to_string())).collect();
            dates.sort_by_key(|date| std::cmp::Reverse(date.len()));
            // Translations often have later dates. A symbol identifies the report in spite of that, but titles do not.
            let same_date = by_symbol || dates.iter().all(|date| dates[0].starts_with(date.as_str()));
            let sections: BTreeSet<String> =
                members.iter().filter_map(|n| Some(portable_name(row_of(n)?.section.as_deref()?))).collect();
            names.len() > 1 && same_date && sections.len() < 2 && has_each_once(members)
        })
        .collect();
    for members in joined {
        // All files get the name of the first. `follow_rows` adds the files without a row that had the same name.
        let (folder, stem) = (files[members[0]].folder.clone(), files[members[0]].stem.clone());
        for member in members {
            (files[member].folder, files[member].stem) = (folder.clone(), stem.clone());
        }
    }
}

/// Moves the files without a row to the report of the files that had the same name before the rows were applied. Captions and other
/// formats of a file also get its language.
fn follow_rows(files: &mut [DocumentFile<'_>], before: &[ReportName]) {
    let mut targets: HashMap<&ReportName, BTreeSet<(String, String)>> = HashMap::new();
    let mut languages: HashMap<(&str, &str), Language> = HashMap::new();
    for (file, name) in files.iter().zip(before).filter(|(file, _)| file.row.is_some()) {
        targets.entry(name).or_default().insert((file.folder.clone(), file.stem.clone()));
        languages.insert((folder_of(&file.file.path), stem_of(&file.file.path)), file.language.clone());
    }
    for (file, name) in files.iter_mut().zip(before).filter(|(file, _)| file.row.is_none()) {
        // If the rows put files with the same name into different reports, the files without a row stay where they are.
        let mut targets = targets.get(name).into_iter().flatten();
        if let (Some((folder, stem)), None) = (targets.next(), targets.next()) {
            (file.folder, file.stem) = (folder.clone(), stem.clone());
        }
        let language_of_same_name = languages.get(&(folder_of(&file.file.path), stem_of(&file.file.path)));
        if let Some(language) = language_of_same_name.filter(|_| file.is_assumed) {
            (file.language, file.is_assumed) = (language.clone(), false);
            file.review_note = None;
        }
    }
}

/// Gives all files of a report the section that the register gives one of them. Reports without a section get the section of the
/// other reports in their folder, if these are all in the same section. Returns the headings by [`section_key`].
fn apply_sections(files: &mut [DocumentFile<'_>], folders: &[String]) -> HashMap<String, String> {
    let mut headings: HashMap<String, String> = HashMap::new();
    let mut by_report: HashMap<ReportName, String> = HashMap::new();
    for file in files.iter() {
        if let Some(section) = file.row.and_then(|row| row.section.as_ref()) {
            let key = section_key(section);
            headings.entry(key.clone()).or_insert_with(|| section.clone());
            by_report.entry(report_name(file)).or_insert(key);
        }
    }
    let mut by_folder: HashMap<&str, BTreeSet<String>> = HashMap::new();
    for (file, folder) in files.iter().zip(folders) {
        if let Some(section) = by_report.get(&report_name(file)) {
            by_folder.entry(folder).or_default().insert(section.clone());
        }
    }
    for (file, folder) in files.iter_mut().zip(folders) {
        let in_folder = by_folder.get(folder.as_str()).filter(|sections| sections.len() == 1 && !folder.is_empty());
        let section = by_report.get(&report_name(file)).or_else(|| in_folder?.first());
        if let Some(section) = section {
            file.folder.clone_from(section);
        }
    }
    headings
}

/// The key of a section of the register, which takes the place of a folder. It begins with NUL, which no path can contain, so that it
/// is never the same as a folder.
fn section_key(heading: &str) -> String {
    format!("\0{}", portable_name(heading))
}

/// The files of one report.
struct FileGroup<'f> {
    folder: String,
    name: String,
    files: Vec<DocumentFile<'f>>,
}

/// Groups files by folder and name. The groups are in the order of their first files.
fn group_by_name(files: Vec<DocumentFile<'_>>) -> Vec<FileGroup<'_>> {
    let mut groups: Vec<FileGroup<'_>> = Vec::new();
    let mut indexes: HashMap<(String, String, Option<usize>), usize> = HashMap::new();
    let mut sites: HashMap<(String, String, Language), usize> = HashMap::new();
    for file in files {
        let portable = portable_name(&file.stem);
        let name = if portable.is_empty() { file.stem.clone() } else { portable };
        let folder = file.folder.clone();
        // A web site is a report by itself, even if other files have the same name, and a report cannot have two in one language.
        let number = file.site.as_ref().map(|_| {
            let count = sites.entry((folder.clone(), name.clone(), file.language.clone())).or_default();
            *count += 1;
            *count
        });
        let index = *indexes.entry((folder.clone(), name.clone(), number)).or_insert_with(|| {
            groups.push(FileGroup { folder, name, files: Vec::new() });
            groups.len() - 1
        });
        groups[index].files.push(file);
    }
    groups
}

/// The path of the section for each folder.
fn assign_sections(folders: &BTreeSet<String>) -> HashMap<String, String> {
    let says_nothing = |name: &str| UNSORTED.contains(&name) || NOT_SECTIONS.contains(&name);
    let is_section = |part: &&str| !part.is_empty() && !says_nothing(&portable_name(part));
    let paths: Vec<Vec<&str>> = folders.iter().map(|folder| folder.split('/').filter(is_section).collect()).collect();
    // Drop the folders that all paths start with, but keep the last folder of each path.
    let mut common = 0;
    while !paths.is_empty() && paths.iter().all(|path| path.len() > common + 1 && path[common] == paths[0][common]) {
        common += 1;
    }
    let fits = paths.iter().collect::<BTreeSet<_>>().len() <= MAX_SECTIONS;
    // A folder such as `2018` is named after the folder around it.
    let has_letters = |path: &[&str]| path.iter().any(|name| name.contains(char::is_alphabetic));
    if fits && !paths.iter().all(|path| has_letters(&path[common..])) {
        common = common.saturating_sub(1);
    }
    let paths: Vec<String> =
        paths.iter().map(|path| path.iter().skip(common).copied().collect::<Vec<_>>().join("/")).collect();
    let section = |path: String| if fits { path } else { path.split('/').next().unwrap_or_default().to_owned() };
    folders.iter().cloned().zip(paths.into_iter().map(section)).collect()
}

/// The name of the folder of a section. If it has no letters, such as `2018`, the names of the folders around it are before it, up to one
/// with letters. A number is not repeated: `Controls 2018/2018`.
fn section_name(path: &str) -> String {
    let name = name_of(path);
    if folder_of(path).is_empty() || name.contains(char::is_alphabetic) {
        return name.to_owned();
    }
    let around = section_name(folder_of(path));
    let last = around.rsplit(|c: char| !c.is_alphanumeric()).next();
    let is_repeated = last == Some(name) && years_in_name(name).is_some();
    if is_repeated { around } else { format!("{around} {name}") }
}

/// The name for the id of a section: that of its folder. If it has no letters, part of the name of the folder around it is before it, so
/// that the number is not too far behind for an id: `controls_2016`, `controls_2018`.
fn short_section_name(path: &str) -> String {
    let (name, whole) = (name_of(path), section_name(path));
    match whole.strip_suffix(name).filter(|_| !name.contains(char::is_alphabetic)) {
        Some(around) => {
            let number = portable_name(name);
            let around = shorten_name(&portable_name(around), MAX_ID.saturating_sub(number.len() + 1));
            format!("{around} {number}")
        }
        None => name.to_owned(),
    }
}

/// Makes the proposal of the reports in each section: adds titles of sections, ids and languages.
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
    let mut sections: Vec<ProposedSection> = sections
        .into_iter()
        .map(|(path, mut reports)| {
            let title = headings.get(&path).cloned().unwrap_or_else(|| from_folder(&section_name(&path)));
            let short = headings.get(&path).cloned().unwrap_or_else(|| from_folder(&short_section_name(&path)));
            let id = unique_id(&short, "section", MAX_ID, &mut taken);
            let mut taken = BTreeSet::new();
            // The id goes to the original document, not to a copy of the document.
            let is_copy = |report: &ProposedReport| report.files().all(|file| split_version(stem_of(file)).is_copy);
            let (copies, originals): (Vec<_>, Vec<_>) = reports.iter_mut().partition(|report| is_copy(report));
            for report in originals.into_iter().chain(copies) {
                report.id = unique_id(&report.id, "report", report.max_id(), &mut taken);
                let marked = report.files().find_map(|file| Some((file.to_owned(), confidentiality_mark(file)?)));
                report.review_notes.extend(marked.map(|(file, mark)| {
                    format!(
                        "the name of {file} says “{mark}”; if it must not be on the disc, remove it here, with its report if that has no other file, and list it under `exclude:`"
                    )
                }));
            }
            ProposedSection { id, title, reports }
        })
        .collect();
    note_versions(&mut sections);
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    for variant in sections.iter().flat_map(|section| &section.reports).flat_map(|report| &report.variants) {
        *counts.entry(variant.language.clone()).or_default() += 1;
    }
    let mut languages: Vec<(Language, usize)> = counts.into_iter().collect();
    languages.sort_by_key(|(language, count)| (std::cmp::Reverse(*count), language.as_str().to_owned()));
    Proposal {
        title: Guess::uncertain(from_folder(name), "taken from the folder name; write the disc's title"),
        languages: languages
            .into_iter()
            .map(|(language, _)| language)
            .filter(|language| !language.is_not_one_language())
            .collect(),
        title_languages: BTreeMap::new(),
        large_files: scan.files.iter().any(|file| file.length >= u64::from(u32::MAX) - 2047),
        sections,
    }
}

/// A file of a report, and the version in its name.
struct VersionedFile {
    /// The index of the report in the proposal.
    report: usize,
    path: String,
    name: VersionedName,
    /// The name without the version, as a portable name.
    base: String,
}

impl VersionedFile {
    fn new(report: usize, path: &str) -> Self {
        let name = split_version(stem_of(path));
        Self { report, path: path.to_owned(), base: portable_name(&name.base), name }
    }

    fn format(&self) -> String {
        self.path.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_lowercase())
    }

    fn is_beside(&self, other: &Self) -> bool {
        folder_of(&self.path) == folder_of(&other.path)
    }
}

/// Adds notes to reports that seem to be, or to contain, an older version of another file in the same folder, or a copy of another
/// file anywhere. No note asks for the removal of the newest version.
fn note_versions(sections: &mut [ProposedSection]) {
    let files: Vec<VersionedFile> = sections
        .iter()
        .flat_map(|section| &section.reports)
        .enumerate()
        .flat_map(|(report, proposed)| proposed.files().map(move |path| VersionedFile::new(report, path)))
        .collect();
    let mut by_base: HashMap<&str, Vec<&VersionedFile>> = HashMap::new();
    let mut by_report: HashMap<usize, Vec<&VersionedFile>> = HashMap::new();
    for file in files.iter().filter(|file| !file.base.is_empty()) {
        by_base.entry(&file.base).or_default().push(file);
        by_report.entry(file.report).or_default().push(file);
    }
    let others = |file: &VersionedFile| {
        let same = by_base.get(file.base.as_str()).into_iter().flatten().copied();
        let report = file.report;
        same.filter(move |other| other.report != report)
    };
    let reports = sections.iter_mut().flat_map(|section| {
        let is_only = section.reports.len() == 1;
        section.reports.iter_mut().map(move |report| (report, is_only))
    });
    for (number, (report, is_only)) in reports.enumerate() {
        // A section without reports would be empty on the pages.
        let whole = if is_only { "this section, which has no other report," } else { "this report" };
        let Some(own) = by_report.get(&number) else { continue };
        let newest = |file: &VersionedFile| {
            let newer = others(file).filter(|other| {
                other.is_beside(file) && other.name.comparable_version() > file.name.comparable_version()
            });
            // Of equal versions, prefer the original to a copy.
            newer.max_by_key(|other| {
                (other.name.comparable_version(), !other.name.is_copy, other.format() == file.format())
            })
        };
        let original = |file: &VersionedFile| {
            let same = others(file).filter(|other| {
                file.name.is_copy
                    && !other.name.is_copy
                    && other.name.comparable_version() == file.name.comparable_version()
                    && other.format() == file.format()
            });
            same.max_by_key(|other| other.is_beside(file))
        };
        let superseded: Vec<(&VersionedFile, &VersionedFile)> =
            own.iter().filter_map(|file| Some((*file, newest(file)?))).collect();
        let copied: Vec<(&VersionedFile, &VersionedFile)> =
            own.iter().filter_map(|file| Some((*file, original(file)?))).collect();
        let has_all_files = |pairs: &[(&VersionedFile, &VersionedFile)]| pairs.len() == own.len();
        let is_same_format = |(old, new): &&(&VersionedFile, &VersionedFile)| old.format() == new.format();
        let with_same_format = superseded.iter().filter(is_same_format).count();
        let is_clear = own.len() == 1 || with_same_format == 0 || with_same_format == own.len();
        if let Some((_, new)) = superseded.first().filter(|_| has_all_files(&superseded) && is_clear) {
            report.review_notes.push(format!(
                "{} looks like a newer version of this document; if it is, remove {whole} and list its files under `exclude:`",
                new.path
            ));
        } else if !superseded.is_empty() {
            // Other files of the report have no newer version, so the report must not be removed.
            report.review_notes.extend(superseded.iter().filter(is_same_format).map(
                |(old, new)| {
                    format!(
                        "{} looks like a newer version of {old}; if it is, remove {old} here, but not the other files of the report, and list {old} under `exclude:`",
                        new.path,
                        old = old.path
                    )
                },
            ));
        } else if let Some((_, original)) = copied.first().filter(|_| has_all_files(&copied)) {
            report.review_notes.push(format!(
                "this looks like a copy of {}; if it is, remove {whole} and list its files under `exclude:`",
                original.path
            ));
        } else {
            report.review_notes.extend(copied.iter().map(|(copy, original)| {
                format!(
                    "{copy} looks like a copy of {}; if it is, remove {copy} here, but not the other files of the report, and list {copy} under `exclude:`",
                    original.path,
                    copy = copy.path
                )
            }));
        }
    }
}

/// Derives an id of at most `max` characters from a text, or from `fallback` if the text has no usable letters. The id is not in
/// `taken`, and is added there.
pub(super) fn unique_id(text: &str, fallback: &str, max: usize, taken: &mut BTreeSet<String>) -> String {
    let short = shorten_name(&portable_name(text), max);
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
        let kept: String = base.chars().take(max.saturating_sub(suffix.len())).collect();
        id = format!("{}{suffix}", kept.trim_end_matches('_'));
    }
    id
}
