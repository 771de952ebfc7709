//! What a folder's files make together: which are one report, and the sections they stand in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::chapters::{documents_of_pages, of_most};
use super::draft::{Draft, Guess, Known, Report, Section};
use super::languages::tongues;
use super::report::{Piece, report, title_of};
use super::sheet::Entry;
use super::survey::{Survey, stem_of};
use super::titles;
use crate::language::{Language, LanguageNames};
use crate::names::{is_device_name, portable, shortened};

/// The longest id that is proposed: the disc's names have 30 characters, of which some are a language and an ending.
pub(super) const MOST_ID: usize = 20;

/// As many folders are sections of their own; of more the outermost are.
const MOST_SECTIONS: usize = 12;

/// Brings files together into a collection; `name` is that of the folder.
///
/// What `entries` say of a file, by its path, is surer than anything else.
pub fn draft(
    survey: &Survey,
    known: &HashMap<String, Known>,
    spellings: &LanguageNames,
    entries: &HashMap<String, Entry>,
    name: &str,
) -> Draft {
    let nothing = Known::default();
    let tongues = tongues(&survey.found, known, spellings);
    let groups = documents_of_pages(&survey.found, known, &tongues);
    let mut pieces: Vec<Piece<'_>> = survey
        .found
        .iter()
        .zip(tongues)
        .map(|(found, tongue)| Piece {
            found,
            known: known.get(&found.path).unwrap_or(&nothing),
            folder: tongue.folder,
            rest: tongue.rest,
            stem: stem_of(&found.path).to_owned(),
            language: tongue.language,
            check: tongue.check,
            title: None,
            later: false,
            entry: entries.get(&found.path),
        })
        .collect();
    // The pages of a web document are one report, named after its first.
    let mut notes: HashMap<String, String> = HashMap::new();
    for pages in groups {
        let first = pages[0];
        let title = title_of(&pieces[first]);
        let name = title.as_deref().map_or_else(|| pieces[first].rest.clone(), portable);
        let language = of_most(pages.iter().map(|page| &pieces[*page].language));
        notes.insert(
            portable(&name),
            "pages that lead to each other: their links will not work on the disc; a PDF of the whole would be better"
                .to_owned(),
        );
        for page in pages {
            let piece = &mut pieces[page];
            (piece.rest, piece.title, piece.later) = (name.clone(), title.clone(), page != first);
            (piece.language, piece.check) = (language.clone(), None);
        }
    }
    by_folder(&mut pieces);
    let mut headings: HashMap<String, String> = HashMap::new();
    for piece in &mut pieces {
        let Some(entry) = piece.entry else {
            if !entries.is_empty() {
                piece.check.get_or_insert("no row in the list".to_owned());
            }
            continue;
        };
        if let Some(language) = &entry.language {
            (piece.language, piece.check) = (language.clone(), None);
        }
        if let Some(report) = &entry.report {
            piece.rest.clone_from(report);
        }
        if let Some(section) = &entry.section {
            // A folder that no path can be.
            let folder = format!("\0{}", portable(section));
            headings.entry(folder.clone()).or_insert_with(|| section.clone());
            piece.folder = folder;
        }
    }
    // By folder and name, in the order of their paths.
    let mut reports: Vec<((String, String), Vec<Piece<'_>>)> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    for piece in pieces {
        let name = portable(&piece.rest);
        let key = (piece.folder.clone(), if name.is_empty() { piece.rest.clone() } else { name });
        let place = *places.entry(key.clone()).or_insert_with(|| {
            reports.push((key, Vec::new()));
            reports.len() - 1
        });
        reports[place].1.push(piece);
    }
    let folders: BTreeSet<String> = reports.iter().map(|((folder, _), _)| folder.clone()).collect();
    let section_of = sections(&folders.iter().filter(|folder| !headings.contains_key(*folder)).cloned().collect());
    let mut sections: Vec<(String, Vec<Report>)> = Vec::new();
    for ((folder, key), pieces) in reports {
        // A folder that is called like a section of the list is that section.
        let listed = format!("\0{}", portable(folder.rsplit('/').next().unwrap_or_default()));
        let own = [&folder, &listed].into_iter().find(|key| headings.contains_key(*key)).cloned();
        let section = own.or_else(|| section_of.get(&folder).cloned()).unwrap_or_default();
        let mut report = report(pieces);
        report.checks.extend(notes.get(&key).cloned());
        match sections.iter_mut().find(|(known, _)| *known == section) {
            Some((_, reports)) => reports.push(report),
            None => sections.push((section, vec![report])),
        }
    }
    finish(sections, &headings, survey, name)
}

/// Gives ids and counts languages.
fn finish(
    sections: Vec<(String, Vec<Report>)>,
    headings: &HashMap<String, String>,
    survey: &Survey,
    name: &str,
) -> Draft {
    let mut taken = BTreeSet::new();
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    let sections: Vec<Section> = sections
        .into_iter()
        .map(|(path, mut reports)| {
            let last = path.rsplit('/').next().unwrap_or(&path);
            let made = || Some(titles::readable(last)).filter(|title| titles::says_something(title));
            let title = headings.get(&path).cloned().or_else(made).unwrap_or_else(|| "Documents".to_owned());
            let id = unique(&title, "section", &mut taken);
            let mut of_reports = BTreeSet::new();
            for report in &mut reports {
                report.id = unique(&report.id, "report", &mut of_reports);
                report.variants.iter().for_each(|variant| *counts.entry(variant.language.clone()).or_default() += 1);
            }
            Section { id, title, reports }
        })
        .collect();
    let mut languages: Vec<(Language, usize)> = counts.into_iter().collect();
    languages.sort_by_key(|(language, count)| (std::cmp::Reverse(*count), language.as_str().to_owned()));
    let title = Some(titles::readable(name)).filter(|title| titles::says_something(title));
    Draft {
        title: Guess::check(title.unwrap_or_else(|| "Documents".to_owned()), "the name of the folder"),
        languages: languages.into_iter().map(|(language, _)| language).collect(),
        large_files: survey.found.iter().any(|found| found.length >= u64::from(u32::MAX) - 2047),
        sections,
    }
}

/// An id made of a text that nothing else has.
pub(super) fn unique(text: &str, kind: &str, taken: &mut BTreeSet<String>) -> String {
    let made = shortened(&portable(text), MOST_ID);
    let made = match made {
        made if made.is_empty() => kind.to_owned(),
        made if is_device_name(&made) => format!("{made}_{kind}"),
        made => made,
    };
    let mut id = made.clone();
    let mut number = 1;
    while !taken.insert(id.clone()) {
        number += 1;
        let end = format!("_{number}");
        id = format!("{}{end}", made.chars().take(MOST_ID - end.len()).collect::<String>().trim_end_matches('_'));
    }
    id
}

/// Where a folder holds one text in several languages under unlike names, its name is the report's.
fn by_folder(pieces: &mut [Piece<'_>]) {
    let mut by_folder: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, piece) in pieces.iter().enumerate() {
        by_folder.entry(piece.folder.clone()).or_default().push(number);
    }
    for (folder, numbers) in by_folder {
        let languages: BTreeSet<&Language> = numbers.iter().map(|n| &pieces[*n].language).collect();
        let names: BTreeSet<String> = numbers.iter().map(|n| portable(&pieces[*n].rest)).collect();
        let texts: BTreeSet<(&Language, String)> =
            numbers.iter().map(|n| (&pieces[*n].language, portable(&pieces[*n].rest))).collect();
        let once = texts.len() == languages.len();
        if folder.is_empty() || languages.len() < 2 || names.len() != languages.len() || !once {
            continue;
        }
        let name = folder.rsplit('/').next().unwrap_or(&folder).to_owned();
        for number in numbers {
            pieces[number].rest = name.clone();
            let why = "brought together because the folder holds one document in each language".to_owned();
            pieces[number].check.get_or_insert(why);
        }
    }
}

/// The section of each folder, by its path.
fn sections(folders: &BTreeSet<String>) -> HashMap<String, String> {
    let parts: Vec<Vec<&str>> =
        folders.iter().map(|f| f.split('/').filter(|part| !part.is_empty()).collect()).collect();
    // What all have in common says nothing; the last part of each stays.
    let mut common = 0;
    while !parts.is_empty() && parts.iter().all(|own| own.len() > common + 1 && own[common] == parts[0][common]) {
        common += 1;
    }
    let own = |parts: &[&str]| parts.iter().skip(common).copied().collect::<Vec<_>>().join("/");
    let whole: BTreeSet<String> = parts.iter().map(|parts| own(parts)).collect();
    folders
        .iter()
        .zip(&parts)
        .map(|(folder, parts)| {
            let path = own(parts);
            let section =
                if whole.len() <= MOST_SECTIONS { path } else { path.split('/').next().unwrap_or_default().to_owned() };
            (folder.clone(), section)
        })
        .collect()
}
