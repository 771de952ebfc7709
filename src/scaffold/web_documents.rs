//! Finds web documents: sets of web pages that link to each other, such as the chapters of a manual.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::languages::{DetectedLanguage, detect_languages, most_frequent};
use super::metadata;
use super::proposal::DocumentInfo;
use super::scan::{
    ExclusionReason, FolderScan, ScannedFile, ScannedSite, folder_of, is_page_about_folder, is_readme, is_web_page,
    name_of, stem_of,
};
use crate::encodings::decode_percent;
use crate::file_formats::{Format, FormatKind};
use crate::language::{Language, LanguageNames};
use crate::names::portable_name;

/// The minimum number of pages of a web document.
const MIN_PAGES: usize = 3;

/// The maximum number of pages of a web document that are listed as the files of a report. A longer document is left out, unless
/// it has a single-file version or a folder of its own: readers could not find their way in so many files.
const MAX_PAGES: usize = 12;

/// A page with less text than this, in bytes, belongs to a web document if it links to its pages: a search form, an index.
const MAX_AUXILIARY_TEXT: usize = 1500;

/// Handles web documents, once the documents have been read. If a web document has a single-file version, excludes its pages; if that
/// version has no title, it gets the title of the first page. Otherwise, if the document has a folder of its own, adds the folder as
/// a web site. Otherwise excludes its pages if there are too many.
pub fn group_web_pages(scan: &mut FolderScan, documents: &mut HashMap<String, DocumentInfo>, names: &LanguageNames) {
    let languages = detect_languages(&scan.files, documents, names);
    let mut chapters: BTreeSet<String> = BTreeSet::new();
    let mut too_long: BTreeSet<String> = BTreeSet::new();
    let mut sites: Vec<(String, ScannedSite)> = Vec::new();
    let web_documents = find_web_documents(&scan.files, documents, &languages);
    let in_documents: BTreeSet<usize> = web_documents.iter().flatten().copied().collect();
    let about_pages =
        scan.files.iter().enumerate().filter(|(n, file)| is_page_about_folder(file) && !in_documents.contains(n));
    let about_pages: BTreeSet<String> = about_pages.map(|(_, file)| file.path.clone()).collect();
    for pages in &web_documents {
        let pages = pages.as_slice();
        let path = |page: &usize| scan.files[*page].path.clone();
        let single_files = find_single_file_versions(pages, &scan.files, documents, &languages);
        if !single_files.is_empty() {
            chapters.extend(pages.iter().map(path));
            copy_title(
                &scan.files[pages[0]],
                single_files.iter().map(|file| (&scan.files[*file], &languages[*file])),
                documents,
            );
            let language = most_frequent(pages.iter().map(|page| &languages[*page].language));
            for file in single_files.iter().filter(|file| languages[**file].is_unknown()) {
                let facts = &mut documents.entry(scan.files[*file].path.clone()).or_default().facts;
                facts.language.get_or_insert_with(|| language.as_str().to_owned());
            }
        } else if let Some(site) = find_site(pages, &web_documents, scan, &languages) {
            sites.push(site);
        } else if pages.len() > MAX_PAGES {
            // Among the files left out, the first page represents the document. The other pages count as chapters.
            too_long.insert(path(&pages[0]));
            chapters.extend(pages[1..].iter().map(path));
        }
    }
    scan.exclude_where(|file| {
        let as_chapter = || chapters.contains(&file.path).then_some(ExclusionReason::WebChapter);
        let as_about_folder = || about_pages.contains(&file.path).then_some(ExclusionReason::AboutFolder);
        let as_document = too_long.contains(&file.path).then_some(ExclusionReason::WebDocument);
        as_document.or_else(as_chapter).or_else(as_about_folder)
    });
    // If the folder of one site contains that of another, the outer one comes first.
    sites.sort_by(|(_, a), (_, b)| a.folder.cmp(&b.folder));
    for (start, site) in sites {
        if scan.files.iter().any(|file| file.path == start) {
            scan.add_site(start, site);
        }
    }
}

/// The start page and the folder of a web document, if the folder contains little else.
fn find_site(
    pages: &[usize],
    web_documents: &[Vec<usize>],
    scan: &FolderScan,
    languages: &[DetectedLanguage],
) -> Option<(String, ScannedSite)> {
    let files = scan.files.as_slice();
    let folder = common_folder(pages, files);
    if folder.is_empty() {
        return None;
    }
    let others = web_documents.iter().filter(|other| other.as_slice() != pages);
    if others.into_iter().any(|other| common_folder(other, files) == folder) {
        return None;
    }
    // If most files of the folder are other documents, it is not a web site.
    let prefix = format!("{folder}/");
    let below = files.iter().enumerate().filter(|(index, file)| {
        file.path.starts_with(&prefix) && (!is_page_about_folder(file) || pages.contains(index))
    });
    let below = below.count();
    if below > 2 * pages.len() {
        return None;
    }
    let is_index = |page: &&usize| {
        let path = files[**page].path.as_str();
        folder_of(path) == folder && stem_of(path).eq_ignore_ascii_case("index")
    };
    let index = pages.iter().find(is_index);
    let has_own_folder = below == pages.len();
    let start = index.or(pages.first().filter(|_| has_own_folder || pages.len() > MAX_PAGES))?;
    let folder = if has_own_folder { folder_with_pictures(folder, pages, scan) } else { folder };
    let language = most_frequent(pages.iter().map(|page| &languages[*page].language));
    let about_language = languages[*start].review_note.clone().filter(|_| languages[*start].language == language);
    let about_start =
        index.is_none().then(|| "make sure that this is the page at which readers should start".to_owned());
    let review_note = match (about_start, about_language) {
        (Some(start), Some(language)) => Some(format!("{start}; {language}")),
        (start, language) => start.or(language),
    };
    Some((files[*start].path.clone(), ScannedSite { folder: folder.to_owned(), language, review_note }))
}

/// The folder of a web document, or the one above if there is nothing else in it but folders with parts of these pages: `pages`
/// beside `pictures`.
fn folder_with_pictures<'f>(folder: &'f str, pages: &[usize], scan: &FolderScan) -> &'f str {
    let above = folder_of(folder);
    if above.is_empty() {
        return folder;
    }
    let prefix = format!("{above}/");
    let is_beside = |path: &str| {
        let is_in_folder = path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        path.starts_with(&prefix) && folder_of(path) != above && !is_in_folder
    };
    let pages: BTreeSet<usize> = pages.iter().copied().collect();
    let is_part =
        |file: &ScannedFile| FormatKind::from_extension(&file.format) == FormatKind::Picture && is_beside(&file.path);
    let files = || scan.files.iter().enumerate().filter(|(_, file)| file.path.starts_with(&prefix));
    let has_only_parts = files().all(|(index, file)| pages.contains(&index) || is_part(file));
    let assets = scan.excluded.get(&ExclusionReason::WebAsset).into_iter().flatten();
    let has_parts = files().any(|(_, file)| is_part(file)) || assets.into_iter().any(|path| is_beside(path));
    if has_only_parts && has_parts { above } else { folder }
}

/// The innermost folder that contains all of these files.
fn common_folder<'f>(pages: &[usize], files: &'f [ScannedFile]) -> &'f str {
    let folders = pages.iter().map(|page| folder_of(&files[*page].path));
    folders
        .reduce(|common, folder| {
            let is_in = |common: &str| {
                common.is_empty()
                    || folder.strip_prefix(common).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let mut common = common;
            while !is_in(common) {
                common = folder_of(common);
            }
            common
        })
        .unwrap_or_default()
}

/// Finds the files that seem to contain the whole text of a web document. They may be in the folder of the pages, in a folder whose
/// path differs only in the language, or in the folder above. If some have the name of a folder of the pages, only they are returned.
fn find_single_file_versions(
    pages: &[usize],
    files: &[ScannedFile],
    documents: &HashMap<String, DocumentInfo>,
    languages: &[DetectedLanguage],
) -> Vec<usize> {
    let first = &files[pages[0]];
    let language = most_frequent(pages.iter().map(|page| &languages[*page].language));
    let length: u64 = pages.iter().map(|page| files[*page].length).sum();
    let folder = folder_of(&first.path);
    let folder_names: Vec<String> = folder.split('/').map(portable_name).collect();
    let is_named_like_folder = |file: &usize| {
        let stem = portable_name(&languages[*file].stem);
        !stem.is_empty() && folder_names.iter().any(|name| name.starts_with(&stem))
    };
    let is_single_file = |file: &usize| {
        let other = &files[*file];
        let is_near = || {
            folder_of(&other.path) == folder
                || languages[*file].folder == languages[pages[0]].folder
                || !folder.is_empty() && folder_of(folder) == folder_of(&other.path) && is_named_like_folder(file)
        };
        // Another page of the same folder may have nothing to do with them.
        let is_whole = || {
            let title = |file: &ScannedFile| {
                let facts = &documents.get(&file.path)?.facts;
                [&facts.title, &facts.heading].into_iter().flatten().next().cloned()
            };
            other.length.saturating_mul(3) >= length
                && title(first).zip(title(other)).is_none_or(|(first, other)| metadata::share_words(&first, &other))
        };
        let is_long_enough = || !is_web_page(&other.format) || is_whole();
        !pages.contains(file)
            && (languages[*file].is_unknown() || languages[*file].language.has_same_primary(&language))
            && Format::from_extension(&other.format).is_some_and(|format| format.is_text)
            && is_near()
            && (is_long_enough() || is_named_like_folder(file))
    };
    let single_files: Vec<usize> = (0..files.len()).filter(is_single_file).collect();
    let named: Vec<usize> = single_files.iter().copied().filter(is_named_like_folder).collect();
    if named.is_empty() { single_files } else { named }
}

/// Gives the single-file versions of a web document the title of its first page, unless they have one.
fn copy_title<'f>(
    first: &ScannedFile,
    single_files: impl Iterator<Item = (&'f ScannedFile, &'f DetectedLanguage)>,
    documents: &mut HashMap<String, DocumentInfo>,
) {
    let facts = documents.get(&first.path).map(|document| &document.facts);
    let title = facts.and_then(|facts| facts.heading.as_ref().or(facts.title.as_ref()));
    let Some(title) = title.and_then(|title| metadata::plausible_title(title, stem_of(&first.path))) else { return };
    for (file, _) in single_files.filter(|(_, language)| !language.is_assumed) {
        let facts = &mut documents.entry(file.path.clone()).or_default().facts;
        if facts.title.is_none() && facts.heading.is_none() {
            facts.title = Some(title.clone());
        }
    }
}

/// Excludes compressed copies of other files.
pub fn drop_compressed_copies(scan: &mut FolderScan, documents: &HashMap<String, DocumentInfo>, names: &LanguageNames) {
    let languages = detect_languages(&scan.files, documents, names);
    let (compressed, uncompressed): (Vec<_>, Vec<_>) =
        scan.files.iter().zip(&languages).partition(|(file, _)| file.compressed);
    let key = |detected: &DetectedLanguage| {
        (detected.folder.clone(), portable_name(&detected.stem), detected.language.as_str().to_owned())
    };
    let originals: BTreeSet<_> = uncompressed.into_iter().map(|(_, detected)| key(detected)).collect();
    let copies: BTreeSet<String> = compressed
        .into_iter()
        .filter(|(_, detected)| originals.contains(&key(detected)))
        .map(|(file, _)| file.path.clone())
        .collect();
    scan.exclude_where(|file| copies.contains(&file.path).then_some(ExclusionReason::CompressedCopy));
}

/// Finds the web documents. Each is a list of indexes of its pages, beginning with the first page. Translations that link to each
/// other are separate documents, if the names of their files give the language.
pub(super) fn find_web_documents(
    files: &[ScannedFile],
    documents: &HashMap<String, DocumentInfo>,
    languages: &[DetectedLanguage],
) -> Vec<Vec<usize>> {
    let mut web_documents = Vec::new();
    for pages in find_linked_pages(files, documents) {
        let mut by_language: BTreeMap<Option<&Language>, Vec<usize>> = BTreeMap::new();
        for page in pages {
            by_language.entry(languages[page].from_name.as_ref()).or_default().push(page);
        }
        let mut translations: Vec<Vec<usize>> = by_language.into_values().collect();
        translations.sort_by_key(|pages| std::cmp::Reverse(pages.len()));
        // Fewer pages are not a translation: the code in their names means something else.
        let few = translations.iter().position(|pages| pages.len() < MIN_PAGES).unwrap_or(translations.len());
        let others: Vec<usize> = translations.split_off(few).into_iter().flatten().collect();
        if let Some(largest) = translations.first_mut() {
            largest.extend(others);
        }
        for mut pages in translations {
            let is_index = |page: &usize| stem_of(&files[*page].path).starts_with("index");
            let first = pages.iter().position(is_index).unwrap_or(0);
            pages[..=first].rotate_right(1);
            web_documents.push(pages);
        }
    }
    web_documents
}

/// Finds sets of pages that link to each other, regardless of their languages. The page with the most links comes first.
fn find_linked_pages(files: &[ScannedFile], documents: &HashMap<String, DocumentInfo>) -> Vec<Vec<usize>> {
    let links = resolve_links(files, documents);
    let is_page = |file: &usize| is_web_page(&files[*file].format);
    let mut order: Vec<usize> = (0..files.len()).filter(is_page).collect();
    // The page with the most links is the table of contents. In a short document, the next page may have as many.
    let mut links_to = vec![0_usize; files.len()];
    links.iter().flatten().for_each(|target| links_to[*target] += 1);
    order.sort_by_key(|page| {
        let path = files[*page].path.as_str();
        (std::cmp::Reverse(links[*page].len()), std::cmp::Reverse(links_to[*page]), path.len(), path)
    });
    let mut seen = BTreeSet::new();
    let mut sets = Vec::new();
    for first in order {
        if seen.contains(&first) {
            continue;
        }
        let (mut linked, mut next) = (BTreeSet::new(), vec![first]);
        while let Some(page) = next.pop() {
            if seen.insert(page) {
                linked.insert(page);
                next.extend(links[page].iter().copied().filter(|other| links[*other].contains(&page)));
            }
        }
        if linked.len() < MIN_PAGES {
            continue;
        }
        // Add pages that link to the document, but to which it does not link back.
        let is_short = |page: usize| {
            documents.get(&files[page].path).is_none_or(|document| document.text.len() < MAX_AUXILIARY_TEXT)
        };
        let is_auxiliary = |page: &usize| {
            let same_folder = folder_of(&files[*page].path) == folder_of(&files[first].path);
            let links_to_it = || links[*page].iter().any(|target| linked.contains(target));
            !seen.contains(page)
                && is_page(page)
                && (same_folder && linked.len() > MAX_PAGES || (same_folder || links_to_it()) && is_short(*page))
        };
        let auxiliary: Vec<usize> = (0..files.len()).filter(is_auxiliary).collect();
        let mut pages = vec![first];
        pages.extend(linked.iter().copied().filter(|page| *page != first));
        pages.extend(&auxiliary);
        seen.extend(auxiliary);
        sets.push(pages);
    }
    join_pages_of_folders(&mut sets, files, &links);
    sets
}

/// Makes one document of all pages in a folder whose index page, or readme, leads to most of the others, even if these do not
/// link back: a wiki, or a manual with a page for each subject. Folders with other documents are left as they are.
fn join_pages_of_folders(found: &mut Vec<Vec<usize>>, files: &[ScannedFile], links: &[BTreeSet<usize>]) {
    let mut folders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        folders.entry(folder_of(&file.path)).or_default().push(index);
    }
    for pages in folders.into_values().filter(|pages| pages.len() >= MIN_PAGES) {
        let total: u64 = pages.iter().map(|page| files[*page].length).sum();
        // A page with half of the text may be the whole document in one file.
        if pages.iter().any(|page| !is_web_page(&files[*page].format) || files[*page].length * 2 > total) {
            continue;
        }
        let name = |page: &usize| name_of(&files[*page].path);
        let index = pages.iter().find(|page| stem_of(name(page)).eq_ignore_ascii_case("index"));
        let Some(start) = index.or_else(|| pages.iter().find(|page| is_readme(name(page)))) else { continue };
        let start = *start;
        let pages: BTreeSet<usize> = pages.iter().copied().collect();
        let (mut reached, mut next) = (BTreeSet::from([start]), vec![start]);
        while let Some(page) = next.pop() {
            let in_folder = links[page].iter().copied().filter(|target| pages.contains(target));
            next.extend(in_folder.filter(|target| reached.insert(*target)));
        }
        if reached.len() < MIN_PAGES || reached.len() * 2 < pages.len() {
            continue;
        }
        let (joined, others): (Vec<Vec<usize>>, Vec<Vec<usize>>) =
            std::mem::take(found).into_iter().partition(|set| set.iter().any(|page| pages.contains(page)));
        *found = others;
        let rest: BTreeSet<usize> = joined.into_iter().flatten().chain(pages).filter(|page| *page != start).collect();
        found.push(std::iter::once(start).chain(rest).collect());
    }
}

/// For each file, the indexes of the web pages of the scanned folder that it links to.
fn resolve_links(files: &[ScannedFile], documents: &HashMap<String, DocumentInfo>) -> Vec<BTreeSet<usize>> {
    let pages = files.iter().enumerate().filter(|(_, file)| is_web_page(&file.format));
    let indexes: HashMap<&str, usize> = pages.map(|(index, file)| (file.path.as_str(), index)).collect();
    let targets = |(index, file): (usize, &ScannedFile)| {
        let links = documents.get(&file.path).map(|document| document.facts.links.as_slice()).unwrap_or_default();
        let folder = folder_of(&file.path);
        let target = |link: &String| {
            let name = decode_percent(link.split(['#', '?']).next().unwrap_or_default(), None);
            let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
            for part in name.split('/') {
                match part {
                    "." => {}
                    // A link out of the scanned folder leads to no file.
                    ".." => _ = parts.pop()?,
                    part => parts.push(part),
                }
            }
            indexes.get(parts.join("/").as_str()).copied().filter(|target| *target != index)
        };
        links.iter().filter_map(target).collect()
    };
    files.iter().enumerate().map(targets).collect()
}
