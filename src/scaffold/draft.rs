//! What a folder's files make together: reports, their languages and formats, their sections; and what of that
//! is a guess.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::sheet::Entry;
use super::survey::{Found, Reason, Survey, is_web_page, rank};
use super::titles;
use super::tongue::{Names, Told, by_letters};
use crate::extraction::Facts;
use crate::language::{Language, PartialDate, Spellings};
use crate::names::{is_device_name, portable, shortened};

/// The longest id that is proposed: the disc's names have 30 characters, of which some are a language and an ending.
pub(super) const MOST_ID: usize = 20;

/// As many folders are sections of their own; of more the outermost are.
const MOST_SECTIONS: usize = 12;

/// As many pages that lead to each other are a document of many pages.
const CHAPTERS: usize = 3;

/// A page with less text than so many bytes that leads to chapters is one of them: a search, an index.
const LITTLE: usize = 1500;

/// What was read of a document.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// What it says of itself.
    pub facts: Facts,
    /// The beginning of its text.
    pub text: String,
}

/// A text, and why it is a guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess<T> {
    /// The text.
    pub value: T,
    /// Why somebody should look at it.
    pub check: Option<String>,
}

impl<T> Guess<T> {
    fn sure(value: T) -> Self {
        Self { value, check: None }
    }

    fn check(value: T, why: impl Into<String>) -> Self {
        Self { value, check: Some(why.into()) }
    }
}

/// A collection as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The title of the disc.
    pub title: Guess<String>,
    /// The languages, the one of most documents first.
    pub languages: Vec<Language>,
    /// Whether a file needs `large_files`.
    pub large_files: bool,
    /// The sections.
    pub sections: Vec<Section>,
}

impl Draft {
    /// Puts the path from the manifest's folder before those of the files.
    pub fn put_below(&mut self, folder: &str) {
        let variants = self.sections.iter_mut().flat_map(|s| &mut s.reports).flat_map(|r| &mut r.variants);
        variants.flat_map(|variant| &mut variant.files).for_each(|file| file.insert_str(0, folder));
    }

    /// How many guesses somebody should look at.
    pub fn checks(&self) -> usize {
        let of = |report: &Report| {
            report.checks.len()
                + report.titles.iter().filter(|(_, title)| title.check.is_some()).count()
                + report.date.iter().filter(|date| date.check.is_some()).count()
                + report.authors.iter().filter(|authors| authors.check.is_some()).count()
                + report.variants.iter().filter(|variant| variant.check.is_some()).count()
        };
        usize::from(self.title.check.is_some()) + self.sections.iter().flat_map(|s| &s.reports).map(of).sum::<usize>()
    }
}

/// A section as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its reports.
    pub reports: Vec<Report>,
}

/// A report as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id, unique in its section.
    pub id: String,
    /// Its titles by language; one without a language is for all.
    pub titles: Vec<(Option<Language>, Guess<String>)>,
    /// Its symbol, where a list gives one.
    pub symbol: Option<String>,
    /// What it is about, where a list says it.
    pub summary: Option<String>,
    /// Its subjects, where a list gives them.
    pub subjects: Vec<String>,
    /// Its date.
    pub date: Option<Guess<PartialDate>>,
    /// Its authors.
    pub authors: Option<Guess<Vec<String>>>,
    /// Its files by language, as readers want the formats.
    pub variants: Vec<Variant>,
    /// What else somebody should look at.
    pub checks: Vec<String>,
}

/// A language of a report as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// The language.
    pub language: Language,
    /// Its files, below the folder.
    pub files: Vec<String>,
    /// Why somebody should look at it.
    pub check: Option<String>,
}

/// A file on its way into a report.
struct Piece<'f> {
    found: &'f Found,
    known: &'f Known,
    /// Its folder without the parts that tell a language.
    folder: String,
    /// Its stem without what tells a language.
    rest: String,
    stem: String,
    language: Language,
    check: Option<String>,
    entry: Option<&'f Entry>,
}

/// Leaves out of a survey what the documents show to be no document of its own: chapters of web documents, and
/// what is compressed beside the same without compression.
///
/// A title that such a document has in its first chapter is lent to the whole beside it, if that has none.
pub fn sift(survey: &mut Survey, known: &mut HashMap<String, Known>, spellings: &Spellings) {
    let tongues = tongues(&survey.found, known, spellings);
    let mut chapters: BTreeSet<String> = BTreeSet::new();
    for pages in documents_of_pages(&survey.found, known) {
        let first = &survey.found[pages[0]];
        let language = &tongues[pages[0]].language;
        let folder = folder_of(&first.path);
        // The whole text beside them, or in the folder above.
        let is_whole = |number: &usize| {
            let other = &survey.found[*number];
            let place = folder_of(&other.path);
            !pages.contains(number)
                && tongues[*number].language.is_like(language)
                && (place == folder || folder_of(folder) == place && !folder.is_empty())
                && is_text(&other.format)
        };
        let whole: Vec<usize> = (0..survey.found.len()).filter(is_whole).collect();
        if whole.is_empty() {
            continue;
        }
        chapters.extend(pages.iter().map(|page| survey.found[*page].path.clone()));
        let stem = stem_of(&first.path);
        let facts = known.get(&first.path).map(|known| &known.facts);
        let said = facts.and_then(|facts| facts.heading.as_ref().or(facts.title.as_ref()));
        let Some(title) = said.and_then(|title| titles::plausible(title, stem)) else { continue };
        for number in whole {
            let facts = &mut known.entry(survey.found[number].path.clone()).or_default().facts;
            if facts.title.is_none() && facts.heading.is_none() {
                facts.title = Some(title.clone());
            }
        }
    }
    survey.leave_those(|found| chapters.contains(&found.path).then_some(Reason::Chapter));
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

/// Brings files together into a collection; `name` is that of the folder.
///
/// What `entries` say of a file, by its path, is surer than anything else.
pub fn draft(
    survey: &Survey,
    known: &HashMap<String, Known>,
    spellings: &Spellings,
    entries: &HashMap<String, Entry>,
    name: &str,
) -> Draft {
    let nothing = Known::default();
    let tongues = tongues(&survey.found, known, spellings);
    let groups = documents_of_pages(&survey.found, known);
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
            entry: entries.get(&found.path),
        })
        .collect();
    // The pages of a web document are one report, named after its first.
    let mut notes: HashMap<String, String> = HashMap::new();
    for pages in groups {
        let name = title_of(&pieces[pages[0]]).map_or_else(|| pieces[pages[0]].rest.clone(), |title| portable(&title));
        notes.insert(
            portable(&name),
            "pages that lead to each other: their links will not work on the disc; a PDF of the whole would be better"
                .to_owned(),
        );
        for page in pages {
            pieces[page].rest = name.clone();
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
        let own = headings.contains_key(&folder).then(|| folder.clone());
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

/// What is known of a file's language, and its names without what tells it.
struct Tongue {
    language: Language,
    folder: String,
    rest: String,
    check: Option<String>,
}

/// The language of each file: by its name, the names of its folders, its text, what it says of itself, in this order.
fn tongues(found: &[Found], known: &HashMap<String, Known>, spellings: &Spellings) -> Vec<Tongue> {
    let names = Names::new(spellings);
    let letters = by_letters(found.iter().map(|found| stem_of(&found.path)));
    let told: Vec<Vec<Told>> = found
        .iter()
        .map(|found| {
            let stem = stem_of(&found.path);
            let mut told = names.of_stem(stem);
            told.extend(letters.get(stem).cloned());
            told
        })
        .collect();
    // What a weak word would mean for several files of one name, it means.
    let mut alike: HashMap<(&str, String), BTreeSet<&Language>> = HashMap::new();
    for (found, told) in found.iter().zip(&told) {
        for one in told {
            alike.entry((folder_of(&found.path), portable(&one.rest))).or_default().insert(&one.language);
        }
    }
    let mut folders: HashMap<&str, BTreeSet<Language>> = HashMap::new();
    for found in found {
        let mut at = folder_of(&found.path);
        while !at.is_empty() {
            let (parent, name) = at.rsplit_once('/').unwrap_or(("", at));
            folders.entry(parent).or_default().extend(names.of_folder(name).map(|told| told.language));
            at = parent;
        }
    }
    let mut tongues: Vec<(Option<Language>, Tongue)> = Vec::new();
    for (found, told) in found.iter().zip(&told) {
        let known = known.get(&found.path);
        let by_text = known.and_then(|known| Language::of_text(&known.text));
        let agrees = |told: &Told| by_text.as_ref().is_none_or(|text| text.is_like(&told.language));
        let folder = folder_of(&found.path);
        let several = |told: &Told| alike.get(&(folder, portable(&told.rest))).is_some_and(|all| all.len() > 1);
        let by_name = told
            .iter()
            .find(|told| told.sure && agrees(told))
            .or_else(|| told.iter().find(|told| several(told) && agrees(told)))
            .or_else(|| told.iter().find(|told| by_text.as_ref().is_some_and(|text| text.is_like(&told.language))))
            .or_else(|| told.iter().find(|told| told.sure));
        let rest = by_name.map_or_else(|| stem_of(&found.path).to_owned(), |told| told.rest.clone());
        let mut kept: Vec<&str> = Vec::new();
        let mut by_folder = None;
        let mut parent = String::new();
        for part in folder.split('/').filter(|part| !part.is_empty()) {
            let told = names
                .of_folder(part)
                .filter(|told| told.sure || folders.get(parent.as_str()).is_some_and(|all| all.len() > 1));
            match told {
                Some(told) => by_folder = Some(told.language),
                None => kept.push(part),
            }
            parent = if parent.is_empty() { part.to_owned() } else { format!("{parent}/{part}") };
        }
        let named = by_name.map(|told| told.language.clone()).or(by_folder);
        let said = || {
            let said = known?.facts.language.as_deref()?;
            Language::parse(&said.trim().replace('_', "-")).ok()
        };
        let check = match (&named, &by_text) {
            (Some(named), Some(text)) if !text.is_like(named) => {
                Some(format!("the name says `{named}`, the text looks like `{text}`"))
            }
            _ => None,
        };
        let language = named.or(by_text).or_else(said);
        tongues.push((
            language.clone(),
            Tongue { language: language.unwrap_or_else(fallback), folder: kept.join("/"), rest, check },
        ));
    }
    // Where nothing tells it: the language of most.
    let mut counts: BTreeMap<&Language, usize> = BTreeMap::new();
    for language in tongues.iter().filter_map(|(language, _)| language.as_ref()) {
        *counts.entry(language).or_default() += 1;
    }
    let most =
        counts.into_iter().max_by_key(|(_, count)| *count).map_or_else(fallback, |(language, _)| language.clone());
    tongues
        .into_iter()
        .map(|(language, tongue)| match language {
            Some(_) => tongue,
            None => Tongue { language: most.clone(), check: Some("nothing tells the language".to_owned()), ..tongue },
        })
        .collect()
}

/// The language where no file tells any.
fn fallback() -> Language {
    Language::parse("en").unwrap_or_else(|_| unreachable!("English is a language"))
}

/// Sets of web pages in one folder that lead to each other: the numbers of their files, the first page first.
fn documents_of_pages(found: &[Found], known: &HashMap<String, Known>) -> Vec<Vec<usize>> {
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
        let is_first = |page: usize| stem_of(&found[page].path).starts_with("index");
        let first = all.iter().copied().find(|page| is_first(*page)).unwrap_or(start);
        let mut whole = vec![first];
        whole.extend(all.iter().copied().filter(|page| *page != first));
        let little = |page: usize| known.get(&found[page].path).is_none_or(|known| known.text.len() < LITTLE);
        let beside = (0..found.len()).filter(|page| {
            !seen.contains(page) && leads[*page].iter().any(|target| all.contains(target)) && little(*page)
        });
        let beside: Vec<usize> = beside.collect();
        seen.extend(beside.iter().copied());
        whole.extend(beside);
        documents.push(whole);
    }
    documents
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
    while parts.iter().all(|own| own.len() > common + 1 && own[common] == parts[0][common]) {
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

/// A report of its files.
fn report(mut pieces: Vec<Piece<'_>>) -> Report {
    pieces.sort_by_key(|piece| (piece.language.clone(), rank(piece.found)));
    let mut variants: Vec<Variant> = Vec::new();
    let mut titles: Vec<(Language, Guess<String>)> = Vec::new();
    let mut checks = Vec::new();
    let (mut authors, mut dates) = (None, Vec::new());
    let name = pieces.first().map(|piece| piece.rest.clone()).unwrap_or_default();
    for piece in &pieces {
        match variants.iter_mut().find(|variant| variant.language == piece.language) {
            Some(variant) => {
                variant.files.push(piece.found.path.clone());
                variant.check = variant.check.take().or_else(|| piece.check.clone());
            }
            None => variants.push(Variant {
                language: piece.language.clone(),
                files: vec![piece.found.path.clone()],
                check: piece.check.clone(),
            }),
        }
        let listed = piece.entry.and_then(|entry| entry.title.clone());
        if let Some(title) = listed.or_else(|| title_of(piece)) {
            match titles.iter_mut().find(|(language, _)| *language == piece.language) {
                // A second format may know better.
                Some((_, known)) if known.check.is_some() => *known = Guess::sure(title),
                Some(_) => {}
                None => titles.push((piece.language.clone(), Guess::sure(title))),
            }
        }
        let said = titles::authors(&piece.known.facts.authors);
        if authors.is_none() && !said.is_empty() {
            authors = Some(said);
        }
        dates.extend(piece.known.facts.date.as_deref().and_then(titles::date));
    }
    if pieces.iter().any(|piece| piece.found.compressed) {
        checks.push(
            "compressed: readers need a program to unpack it; unpack it here, and name what comes out".to_owned(),
        );
    }
    if pieces.iter().all(|piece| piece.entry.is_none()) {
        better_titles(&mut titles, &pieces);
    }
    let same: BTreeSet<&str> = titles.iter().map(|(_, title)| title.value.as_str()).collect();
    let titles = if titles.is_empty() {
        vec![(None, Guess::check(titles::readable(&name), "the name of the file"))]
    } else if variants.len() > 1 && titles.len() > 1 && same.len() == 1 {
        let title = titles.swap_remove(0).1.value;
        let listed = pieces.iter().all(|piece| piece.entry.is_some());
        vec![(None, if listed { Guess::sure(title) } else { Guess::check(title, "all languages say the same") })]
    } else if variants.len() == 1 {
        vec![(None, titles.swap_remove(0).1)]
    } else {
        titles.into_iter().map(|(language, title)| (Some(language), title)).collect()
    };
    let titles = titles
        .into_iter()
        .map(|(language, title)| match titles::says_something(&title.value) {
            true => (language, title),
            false => (language, Guess::check("Untitled".to_owned(), "its name says nothing")),
        })
        .collect();
    let date = dates.iter().max().copied();
    let entries = || pieces.iter().filter_map(|piece| piece.entry);
    let date = entries()
        .find_map(|entry| entry.date)
        .map(Guess::sure)
        .or(date.map(|date| Guess::check(date, "when the file was made, by what it says")));
    let listed = entries().find(|entry| !entry.authors.is_empty()).map(|entry| Guess::sure(entry.authors.clone()));
    Report {
        id: name,
        titles,
        symbol: entries().find_map(|entry| entry.symbol.clone()),
        summary: entries().find_map(|entry| entry.summary.clone()),
        subjects: entries()
            .find(|entry| !entry.subjects.is_empty())
            .map(|entry| entry.subjects.clone())
            .unwrap_or_default(),
        date,
        authors: listed.or(authors.map(|authors| Guess::check(authors, "by what the file says"))),
        variants,
        checks,
    }
}

/// Where two languages have the same title, another that the files of one give is likelier.
fn better_titles(titles: &mut [(Language, Guess<String>)], pieces: &[Piece<'_>]) {
    let before: Vec<String> = titles.iter().map(|(_, title)| title.value.clone()).collect();
    for (language, title) in titles {
        if before.iter().filter(|other| **other == title.value).count() < 2 {
            continue;
        }
        let mut others = pieces.iter().filter(|piece| piece.language == *language).filter_map(title_of);
        if let Some(other) = others.find(|other| *other != title.value) {
            *title = Guess::check(other, "its files say two titles");
        }
    }
}

fn title_of(piece: &Piece<'_>) -> Option<String> {
    let facts = &piece.known.facts;
    // The title of a web page often names the site.
    let first = if is_web_page(&piece.found.format) { facts.heading.as_ref() } else { facts.title.as_ref() };
    first.into_iter().chain(&facts.title).find_map(|title| titles::plausible(title, &piece.stem))
}

fn is_text(format: &str) -> bool {
    matches!(
        format,
        "pdf" | "html" | "htm" | "xhtml" | "epub" | "docx" | "odt" | "doc" | "rtf" | "txt" | "text" | "md" | "ps"
    )
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name without its ending, nor that of a compression.
fn stem_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let packed = [".gz", ".bz2", ".xz"].iter().any(|ending| name.to_lowercase().ends_with(ending));
    if packed { stem.rsplit_once('.').map_or(stem, |(stem, _)| stem) } else { stem }
}
