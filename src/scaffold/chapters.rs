//! Web documents of many pages, and what stands beside the same in another form.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::draft::Known;
use super::languages::{Tongue, fallback, tongues};
use super::survey::{Found, Reason, Survey, folder_of, is_web_page, stem_of};
use super::titles;
use crate::file_formats::Format;
use crate::language::{Language, LanguageNames};
use crate::names::portable;

/// As many pages that lead to each other are a document of many pages.
const CHAPTERS: usize = 3;

/// A web document of more pages is left out if there is no whole: nobody finds their way in so many formats.
const MOST_PAGES: usize = 12;

/// A page with less text than so many bytes that leads to chapters is one of them: a search, an index.
const LITTLE: usize = 1500;

/// Leaves out of a survey what the documents show to be no document of its own: chapters of web documents, and
/// what is compressed beside the same without compression.
///
/// A title that such a document has in its first chapter is lent to the whole beside it, if that has none.
pub fn sift(survey: &mut Survey, known: &mut HashMap<String, Known>, spellings: &LanguageNames) {
    let tongues = tongues(&survey.found, known, spellings);
    let mut chapters: BTreeSet<String> = BTreeSet::new();
    let mut sites: BTreeSet<String> = BTreeSet::new();
    for pages in documents_of_pages(&survey.found, known, &tongues) {
        let first = &survey.found[pages[0]];
        let language = &of_most(pages.iter().map(|page| &tongues[*page].language));
        let folder = folder_of(&first.path);
        // Named like a folder that the pages are in.
        let parts: Vec<String> = folder_of(&first.path).split('/').map(portable).collect();
        let is_named = |number: &usize| {
            let rest = portable(&tongues[*number].rest);
            !rest.is_empty() && parts.iter().any(|part| part.starts_with(&rest))
        };
        // The whole text beside them, but for the language, or in the folder above.
        let is_whole = |number: &usize| {
            let other = &survey.found[*number];
            let place = folder_of(&other.path);
            !pages.contains(number)
                && tongues[*number].language.has_same_primary(language)
                && (place == folder
                    || tongues[*number].folder == tongues[pages[0]].folder
                    || folder_of(folder) == place && !folder.is_empty() && is_named(number))
                && is_text(&other.format)
        };
        let whole: Vec<usize> = (0..survey.found.len()).filter(is_whole).collect();
        if whole.is_empty() {
            if pages.len() > MOST_PAGES {
                chapters.extend(pages[1..].iter().map(|page| survey.found[*page].path.clone()));
                sites.insert(first.path.clone());
            }
            continue;
        }
        chapters.extend(pages.iter().map(|page| survey.found[*page].path.clone()));
        // Of several, those of that name.
        let named: Vec<usize> = whole.iter().copied().filter(is_named).collect();
        let whole = if named.is_empty() { whole } else { named };
        let stem = stem_of(&first.path);
        let facts = known.get(&first.path).map(|known| &known.facts);
        let said = facts.and_then(|facts| facts.heading.as_ref().or(facts.title.as_ref()));
        let Some(title) = said.and_then(|title| titles::plausible(title, stem)) else { continue };
        for number in whole.into_iter().filter(|number| !tongues[*number].guessed) {
            let facts = &mut known.entry(survey.found[number].path.clone()).or_default().facts;
            if facts.title.is_none() && facts.heading.is_none() {
                facts.title = Some(title.clone());
            }
        }
    }
    // Of a document without a whole the first page stands for all.
    survey.leave_those(|found| {
        let site = sites.contains(&found.path).then_some(Reason::Site);
        site.or_else(|| chapters.contains(&found.path).then_some(Reason::Chapter))
    });
    let tongues = self::tongues(&survey.found, known, spellings);
    let key = |number: usize| {
        let Tongue { folder, rest, language, .. } = &tongues[number];
        (folder.clone(), portable(rest), language.as_str().to_owned())
    };
    let plain: BTreeSet<_> = (0..survey.found.len()).filter(|n| !survey.found[*n].compressed).map(key).collect();
    let beside: BTreeSet<String> = (0..survey.found.len())
        .filter(|n| survey.found[*n].compressed && plain.contains(&key(*n)))
        .map(|n| survey.found[n].path.clone())
        .collect();
    survey.leave_those(|found| beside.contains(&found.path).then_some(Reason::Compressed));
}

/// Sets of web pages in one folder that lead to each other: the numbers of their files, the first page first.
/// Where names tell several languages, translations lead to each other: each is a set of its own.
pub(super) fn documents_of_pages(
    found: &[Found],
    known: &HashMap<String, Known>,
    tongues: &[Tongue],
) -> Vec<Vec<usize>> {
    let mut documents = Vec::new();
    for pages in pages_together(found, known) {
        let mut by_language: BTreeMap<Option<&Language>, Vec<usize>> = BTreeMap::new();
        for page in pages {
            by_language.entry(tongues[page].by_name.as_ref()).or_default().push(page);
        }
        // A few pages among many are no translation: their names mean something else.
        let mut sets: Vec<Vec<usize>> = by_language.into_values().collect();
        sets.sort_by_key(|pages| std::cmp::Reverse(pages.len()));
        let few = sets.iter().position(|pages| pages.len() < CHAPTERS).unwrap_or(sets.len());
        let rest: Vec<usize> = sets.split_off(few).into_iter().flatten().collect();
        if let Some(largest) = sets.first_mut() {
            largest.extend(rest);
        }
        for mut pages in sets {
            let is_first = |page: &usize| stem_of(&found[*page].path).starts_with("index");
            let first = pages.iter().position(is_first).unwrap_or(0);
            pages[..=first].rotate_right(1);
            documents.push(pages);
        }
    }
    documents
}

/// The same whatever the names tell; the page with most links first.
fn pages_together(found: &[Found], known: &HashMap<String, Known>) -> Vec<Vec<usize>> {
    let places: HashMap<&str, usize> =
        found.iter().enumerate().filter(|(_, f)| is_web_page(&f.format)).map(|(n, f)| (f.path.as_str(), n)).collect();
    let leads: Vec<Vec<usize>> = found
        .iter()
        .enumerate()
        .map(|(number, page)| {
            let links = known.get(&page.path).map(|known| known.facts.links.as_slice()).unwrap_or_default();
            let folder = folder_of(&page.path);
            let target = |link: &String| {
                let name = link.split(['#', '?']).next().unwrap_or_default();
                let name = name.strip_prefix("./").unwrap_or(name);
                let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
                places.get(path.as_str()).copied().filter(|target| *target != number)
            };
            links.iter().filter_map(target).collect::<BTreeSet<usize>>().into_iter().collect()
        })
        .collect();
    let mutual = |a: usize, b: usize| leads[a].contains(&b) && leads[b].contains(&a);
    let mut seen = BTreeSet::new();
    let mut documents = Vec::new();
    let mut order: Vec<usize> = places.values().copied().collect();
    // The page with most links is the table of contents.
    order.sort_by_key(|page| (std::cmp::Reverse(leads[*page].len()), found[*page].path.as_str()));
    for start in order {
        if seen.contains(&start) {
            continue;
        }
        let (mut pages, mut next) = (Vec::new(), vec![start]);
        while let Some(page) = next.pop() {
            if seen.insert(page) {
                pages.push(page);
                next.extend(leads[page].iter().copied().filter(|other| mutual(page, *other)));
            }
        }
        if pages.len() < CHAPTERS {
            continue;
        }
        let all: BTreeSet<usize> = pages.iter().copied().collect();
        let mut whole = vec![start];
        whole.extend(all.iter().copied().filter(|page| *page != start));
        let little = |page: usize| known.get(&found[page].path).is_none_or(|known| known.text.len() < LITTLE);
        let beside = (0..found.len()).filter(|page| {
            let near = || folder_of(&found[*page].path) == folder_of(&found[start].path);
            let leads = || leads[*page].iter().any(|target| all.contains(target));
            !seen.contains(page)
                && is_web_page(&found[*page].format)
                && (near() && pages.len() > MOST_PAGES || (near() || leads()) && little(*page))
        });
        let beside: Vec<usize> = beside.collect();
        seen.extend(beside.iter().copied());
        whole.extend(beside);
        documents.push(whole);
    }
    documents
}

/// The language of most.
pub(super) fn of_most<'l>(languages: impl Iterator<Item = &'l Language>) -> Language {
    let mut counts: BTreeMap<&Language, usize> = BTreeMap::new();
    languages.for_each(|language| *counts.entry(language).or_default() += 1);
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map_or_else(fallback, |(language, _)| language.clone())
}

fn is_text(format: &str) -> bool {
    Format::from_extension(format).is_some_and(|format| format.is_text)
}
