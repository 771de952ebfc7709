//! One report of its files: their languages and formats, and what they say of title, date and authors.

use std::collections::BTreeSet;

use super::draft::{Guess, Known, Report, Variant};
use super::sheet::Entry;
use super::survey::{Found, is_web_page, rank};
use super::titles;
use crate::language::Language;

/// A file on its way into a report.
pub(super) struct Piece<'f> {
    pub(super) found: &'f Found,
    pub(super) known: &'f Known,
    /// Its folder without the parts that tell a language.
    pub(super) folder: String,
    /// Its stem without what tells a language.
    pub(super) rest: String,
    pub(super) stem: String,
    pub(super) language: Language,
    pub(super) check: Option<String>,
    /// The title of the web document that it is a page of.
    pub(super) title: Option<String>,
    /// Whether it is a later page of one.
    pub(super) later: bool,
    pub(super) entry: Option<&'f Entry>,
}

/// A report of its files.
pub(super) fn report(mut pieces: Vec<Piece<'_>>) -> Report {
    pieces.sort_by_key(|piece| (piece.language.clone(), piece.later, rank(piece.found)));
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

/// The title that a file gives, if it is one.
pub(super) fn title_of(piece: &Piece<'_>) -> Option<String> {
    if piece.title.is_some() {
        return piece.title.clone();
    }
    let facts = &piece.known.facts;
    // The title of a web page often names the site.
    let first = if is_web_page(&piece.found.format) { facts.heading.as_ref() } else { facts.title.as_ref() };
    first.into_iter().chain(&facts.title).find_map(|title| titles::plausible(title, &piece.stem))
}
