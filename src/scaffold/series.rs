//! Completes the titles of reports that all have the title of their series, such as booklets with the same cover: a line that is on
//! the first page of only one of them is added to the title of that report.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::metadata;
use super::proposal::{DocumentInfo, Guess, ProposedReport};
use super::scan::{folder_of, stem_of};
use super::versions::split_version;
use crate::language::Language;
use crate::names::portable_name;

/// The maximum number of characters that are searched for a distinguishing line.
const MAX_SEARCHED: usize = 3000;

/// The maximum length, in characters, of a line that is added to a title.
const MAX_ADDED: usize = 80;

/// The place of a title in a section: the index of the report, and the index of the variant that has it.
type TitlePlace = (usize, usize);

/// Completes titles that several reports of a section have. `has_registered_title` says whether the register gives a file's title.
pub(super) fn complete_titles(
    reports: &mut [ProposedReport],
    documents: &HashMap<String, DocumentInfo>,
    has_registered_title: &dyn Fn(&str) -> bool,
) {
    let mut by_title: BTreeMap<(Language, String), Vec<(TitlePlace, String)>> = BTreeMap::new();
    for (r, report) in reports.iter().enumerate() {
        for (v, variant) in report.variants.iter().enumerate() {
            if let Some(title) = title_in(report, &variant.language)
                && let Some(file) = variant.files.first().filter(|file| !has_registered_title(file))
            {
                let key = (variant.language.clone(), portable_name(&title.value));
                by_title.entry(key).or_default().push(((r, v), file.clone()));
            }
        }
    }
    let lines_of = |file: &String| documents.get(file).map(|document| first_lines(&document.text)).unwrap_or_default();
    let authors_of = |file: &String| -> Vec<String> {
        let stated = documents.get(file).map(|document| metadata::plausible_authors(&document.facts.authors));
        stated.unwrap_or_default().iter().map(|author| portable_name(author)).collect()
    };
    // The numbers of the lines that were added, by report and title.
    let mut numbers: BTreeMap<(usize, String), usize> = BTreeMap::new();
    let mut single: Vec<(TitlePlace, String)> = Vec::new();
    for ((_, name), members) in by_title {
        if let [(place, file)] = members.as_slice() {
            single.push((*place, file.clone()));
            continue;
        }
        let bases: BTreeSet<(&str, String)> =
            members.iter().map(|(_, file)| (folder_of(file), split_version(stem_of(file)).base)).collect();
        // Versions of one document rightly have the same title.
        if bases.len() < members.len() {
            continue;
        }
        let lines: Vec<Vec<(String, String)>> = members.iter().map(|(_, file)| lines_of(file)).collect();
        for (number, (place, _)) in members.iter().enumerate() {
            // Further down, the same words may be part of the text.
            let lines_near = |at: usize| {
                let others = lines.iter().enumerate().filter(move |(other, _)| *other != number);
                others.flat_map(move |(_, lines)| lines.iter().enumerate().filter(move |(n, _)| n.abs_diff(at) <= NEAR))
            };
            let is_elsewhere = |at: usize, name: &str| lines_near(at).any(|(_, (_, other))| other == name);
            let is_nearly_elsewhere =
                |at: usize, name: &str| lines_near(at).any(|(_, (_, other))| are_variants(name, other));
            let own = lines.get(number).into_iter().flatten().enumerate();
            let authors = authors_of(&members[number].1);
            let is_new = |own: &str| !name.contains(own) && !authors.iter().any(|author| author == own);
            let own: Vec<(usize, &(String, String))> = own
                .filter(|(at, (line, name))| can_be_added(line) && is_new(name) && !is_elsewhere(*at, name))
                .collect();
            let distinct = own.iter().find(|(at, (_, name))| !is_nearly_elsewhere(*at, name));
            if let Some((at, (line, _))) = distinct.or(own.first()).copied() {
                numbers.entry((place.0, name.clone())).or_insert(at);
                complete_title(reports, *place, line);
            }
        }
    }
    // If no other report has this title in this language, but a translation of the title was completed, the line with the same
    // number as in the translation is added.
    for (place, file) in single {
        let title = reports.get(place.0).and_then(|report| {
            let variant = report.variants.get(place.1)?;
            Some(portable_name(&title_in(report, &variant.language)?.value))
        });
        let number = title.and_then(|title| numbers.get(&(place.0, title)));
        let line = number.and_then(|number| lines_of(&file).into_iter().nth(*number)).map(|(line, _)| line);
        if let Some(line) = line.filter(|line| can_be_added(line)) {
            complete_title(reports, place, &line);
        }
    }
}

/// How many lines apart the lines of several documents are compared.
const NEAR: usize = 4;

/// The fewest letters of a word that two variants of a line have in common.
const SHARED_IN_WORD: usize = 5;

/// Whether two portable names begin alike and differ from the middle of a word on, but not in numbers: `the_typesetting_program` and
/// `the_typesetter`. Such lines are variants of a subtitle and say nothing about the document.
fn are_variants(a: &str, b: &str) -> bool {
    let shared: String = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    let in_word = shared.rsplit('_').next().unwrap_or_default();
    let (rest_a, rest_b) = (&a[shared.len()..], &b[shared.len()..]);
    let goes_on = |rest: &str| rest.starts_with(char::is_alphabetic);
    in_word.chars().filter(|c| c.is_alphabetic()).count() >= SHARED_IN_WORD
        && goes_on(rest_a)
        && goes_on(rest_b)
        && shared.len() * 2 > a.len().max(b.len())
}

/// Whether a line may be part of a title.
fn can_be_added(line: &str) -> bool {
    line.chars().count() <= MAX_ADDED && !metadata::is_unfinished(line) && metadata::plausible_title(line, "").is_some()
}

/// The title of a report in a language.
fn title_in<'r>(report: &'r ProposedReport, language: &Language) -> Option<&'r Guess<String>> {
    let found = report.titles.iter().find(|(own, _)| own.as_ref().is_none_or(|own| own == language));
    found.map(|(_, title)| title)
}

/// Adds a line to the title of a report in the language of one of its variants.
fn complete_title(reports: &mut [ProposedReport], (r, v): TitlePlace, line: &str) {
    let Some(report) = reports.get_mut(r) else { return };
    // A title for all languages becomes a separate title in each language.
    if let ([(None, title)], true) = (report.titles.as_slice(), report.variants.len() > 1) {
        let title = title.clone();
        report.titles = report.variants.iter().map(|own| (Some(own.language.clone()), title.clone())).collect();
    }
    let Some(language) = report.variants.get(v).map(|variant| variant.language.clone()) else { return };
    let is_own = |own: &Option<Language>| own.as_ref().is_none_or(|own| *own == language);
    let Some((_, title)) = report.titles.iter_mut().find(|(own, _)| is_own(own)) else { return };
    let value = match portable_name(line).contains(&portable_name(&title.value)) {
        true => line.to_owned(),
        false => format!("{}: {line}", title.value),
    };
    let note = format!(
        "several documents of this section have the title “{}”, so a line from the first page of this one was added; correct it if needed",
        title.value
    );
    *title = Guess::uncertain(value, note);
}

/// The first lines of a text, each with its portable name.
fn first_lines(text: &str) -> Vec<(String, String)> {
    let start: String = text.chars().take(MAX_SEARCHED).collect();
    let lines = start.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines
        .map(|line| (portable_name(&line), line))
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, line)| (line, name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_of_a_subtitle_are_recognised() {
        assert!(are_variants("das_notensatzsystem", "das_notensatzprogramm"));
        assert!(are_variants("el_equipo_de_desarrollo_de_wells", "el_equipo_de_desarrolladores_de_wells"));
        for (a, b) in [
            ("annual_report_2007", "annual_report_2008"),
            ("water_policy", "water_plan"),
            ("part_one", "part_two"),
            ("wells", "wells_and_pumps"),
            ("wells", "wells"),
        ] {
            assert!(!are_variants(a, b), "{a}, {b}");
        }
    }
}
