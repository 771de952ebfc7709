//! The language of each file of a folder, and its names without what tells it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::draft::Known;
use super::survey::{Found, folder_of, stem_of};
use super::tongue::{Names, Told, by_letters};
use crate::language::{Language, LanguageNames};
use crate::names::portable;

/// What is known of a file's language, and its names without what tells it.
pub(super) struct Tongue {
    pub(super) language: Language,
    pub(super) folder: String,
    pub(super) rest: String,
    pub(super) check: Option<String>,
    /// What the name of the file tells.
    pub(super) by_name: Option<Language>,
    /// Whether nothing tells the language.
    pub(super) guessed: bool,
}

/// The language of each file: by its name, the names of its folders, its text, what it says of itself, in this order.
pub(super) fn tongues(found: &[Found], known: &HashMap<String, Known>, spellings: &LanguageNames) -> Vec<Tongue> {
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
    // Of folders beside each other the same.
    let mut folders: HashMap<(&str, String), BTreeSet<Language>> = HashMap::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for found in found {
        let mut at = folder_of(&found.path);
        while !at.is_empty() && seen.insert(at) {
            let (parent, name) = at.rsplit_once('/').unwrap_or(("", at));
            for told in names.of_folder(name).into_iter().chain(names.of_stem(name)) {
                folders.entry((parent, portable(&told.rest))).or_default().insert(told.language);
            }
            at = parent;
        }
    }
    let mut tongues: Vec<(Option<Language>, Tongue)> = Vec::new();
    for (found, told) in found.iter().zip(&told) {
        let known = known.get(&found.path);
        let by_text = known.and_then(|known| Language::detect(&known.text));
        let agrees = |told: &Told| by_text.as_ref().is_none_or(|text| text.has_same_primary(&told.language));
        let folder = folder_of(&found.path);
        let several = |told: &Told| alike.get(&(folder, portable(&told.rest))).is_some_and(|all| all.len() > 1);
        let by_name = told
            .iter()
            .find(|told| told.sure && agrees(told))
            .or_else(|| told.iter().find(|told| several(told) && agrees(told)))
            .or_else(|| {
                told.iter().find(|told| by_text.as_ref().is_some_and(|text| text.has_same_primary(&told.language)))
            })
            .or_else(|| told.iter().find(|told| told.sure && !told.first));
        let rest = by_name.map_or_else(|| stem_of(&found.path).to_owned(), |told| told.rest.clone());
        let own = by_name.map(|told| &told.language).or(by_text.as_ref());
        let mut kept: Vec<String> = Vec::new();
        let mut by_folder = None;
        let mut parent = String::new();
        for part in folder.split('/').filter(|part| !part.is_empty()) {
            let several =
                |told: &Told| folders.get(&(parent.as_str(), portable(&told.rest))).is_some_and(|all| all.len() > 1);
            let whole = names.of_folder(part).filter(|told| told.sure || several(told));
            // `guide-fr` beside `guide-de`, or with French in it.
            let ending = || {
                let mut told = names.of_stem(part).into_iter();
                told.find(|told| own.map_or_else(|| several(told), |own| own.has_same_primary(&told.language)))
            };
            match whole.or_else(ending) {
                Some(told) => {
                    by_folder = Some(told.language);
                    kept.extend(Some(told.rest).filter(|rest| !rest.is_empty()));
                }
                None => kept.push(part.to_owned()),
            }
            parent = if parent.is_empty() { part.to_owned() } else { format!("{parent}/{part}") };
        }
        let by_name = by_name.map(|told| told.language.clone());
        let named = by_name.clone().or(by_folder);
        let said = || {
            let said = known?.facts.language.as_deref()?;
            Language::parse(&said.trim().replace('_', "-")).ok()
        };
        let check = match (&named, &by_text) {
            (Some(named), Some(text)) if !text.has_same_primary(named) => {
                Some(format!("the name says `{named}`, the text looks like `{text}`"))
            }
            _ => None,
        };
        let language = named.or(by_text).or_else(said);
        // The letters of the name or the title, where nothing else tells it.
        let title = || known.and_then(|known| known.facts.title.clone()).unwrap_or_default();
        let of_letters =
            || Language::guess_from_script(stem_of(&found.path)).or_else(|| Language::guess_from_script(&title()));
        let letters = if language.is_none() { of_letters() } else { None };
        let check = check.or_else(|| letters.as_ref().map(|_| "by the letters of its name".to_owned()));
        let language = language.or(letters);
        tongues.push((
            language.clone(),
            Tongue {
                language: language.unwrap_or_else(fallback),
                folder: kept.join("/"),
                rest,
                check,
                by_name,
                guessed: false,
            },
        ));
    }
    without_regions(guessed(found, tongues))
}

/// Gives those a language of which nothing tells it.
fn guessed(found: &[Found], tongues: Vec<(Option<Language>, Tongue)>) -> Vec<Tongue> {
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    let mut beside: HashMap<(String, String), Vec<Language>> = HashMap::new();
    let mut formats: HashMap<(&str, &str), Language> = HashMap::new();
    let key = |tongue: &Tongue| (tongue.folder.clone(), portable(&tongue.rest));
    for ((language, tongue), found) in tongues.iter().zip(found) {
        let Some(language) = language else { continue };
        formats.entry((folder_of(&found.path), stem_of(&found.path))).or_insert_with(|| language.clone());
        *counts.entry(language.clone()).or_default() += 1;
        beside.entry(key(tongue)).or_default().push(language.clone());
    }
    // Of as many, English: programs and names are in it most often.
    let mut counts: Vec<(Language, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(language, count)| (std::cmp::Reverse(*count), *language != fallback()));
    let guess = |tongue: &Tongue, found: &Found| {
        if let Some(language) = formats.get(&(folder_of(&found.path), stem_of(&found.path))) {
            return language.clone();
        }
        // Beside translations, the original: in the language of most that the report lacks.
        let there = beside.get(&key(tongue)).map(Vec::as_slice).unwrap_or_default();
        let other = counts.iter().map(|(language, _)| language).find(|language| !there.contains(language));
        other.cloned().unwrap_or_else(fallback)
    };
    let guesses: Vec<Option<Language>> = tongues
        .iter()
        .zip(found)
        .map(|((language, tongue), found)| language.is_none().then(|| guess(tongue, found)))
        .collect();
    tongues
        .into_iter()
        .zip(guesses)
        .map(|((_, tongue), guess)| match guess {
            None => tongue,
            Some(language) => {
                Tongue { language, check: Some("nothing tells the language".to_owned()), guessed: true, ..tongue }
            }
        })
        .collect()
}

/// Says `fr` for `fr-FR` where no other region's French is in the collection: a region that goes without saying
/// would make another language beside the one without.
fn without_regions(mut tongues: Vec<Tongue>) -> Vec<Tongue> {
    let all: BTreeSet<Language> = tongues.iter().map(|tongue| tongue.language.clone()).collect();
    let shorter: HashMap<Language, Language> = all
        .iter()
        .filter_map(|long| Some((long.clone(), long.without_default_region()?)))
        .filter(|(long, short)| {
            !all.iter().any(|other| other.has_same_primary(short) && other != long && other != short)
        })
        .collect();
    for tongue in &mut tongues {
        if let Some(short) = shorter.get(&tongue.language) {
            tongue.language = short.clone();
        }
    }
    tongues
}

/// The language where no file tells any.
pub(super) fn fallback() -> Language {
    Language::parse("en").unwrap_or_else(|_| unreachable!("English is a language"))
}
