//! Completes the titles of reports that all have the title of their series, such as booklets with the same cover: a line that only
//! the first page of one has is added to its title.

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

/// The place of a title in a section: the index of the report, and the index of the title in the report.
type TitlePlace = (usize, usize);

/// Completes titles that several reports of a section have. `has_registered_title` says whether the register gives a file's title.
pub(super) fn complete_titles(
    reports: &mut [ProposedReport],
    documents: &HashMap<String, DocumentInfo>,
    has_registered_title: &dyn Fn(&str) -> bool,
) {
    let mut by_title: BTreeMap<(Language, String), Vec<(TitlePlace, String)>> = BTreeMap::new();
    for (r, report) in reports.iter().enumerate() {
        for (t, (language, title)) in report.titles.iter().enumerate() {
            let mut variants = report.variants.iter();
            let variant =
                variants.find(|variant| language.as_ref().is_none_or(|language| *language == variant.language));
            if let Some(variant) = variant
                && let Some(file) = variant.files.first().filter(|file| !has_registered_title(file))
            {
                let key = (variant.language.clone(), portable_name(&title.value));
                by_title.entry(key).or_default().push(((r, t), file.clone()));
            }
        }
    }
    for members in by_title.into_values().filter(|members| members.len() > 1) {
        let bases: BTreeSet<(&str, String)> =
            members.iter().map(|(_, file)| (folder_of(file), split_version(stem_of(file)).base)).collect();
        // Versions of one document rightly have the same title.
        if bases.len() < members.len() {
            continue;
        }
        let lines: Vec<Vec<(String, String)>> = members
            .iter()
            .map(|(_, file)| documents.get(file).map(|document| first_lines(&document.text)).unwrap_or_default())
            .collect();
        for (number, ((r, t), _)) in members.iter().enumerate() {
            let Some((_, title)) = reports.get_mut(*r).and_then(|report| report.titles.get_mut(*t)) else { continue };
            let is_elsewhere = |name: &String| {
                lines
                    .iter()
                    .enumerate()
                    .any(|(other, lines)| other != number && lines.iter().any(|(_, other_name)| other_name == name))
            };
            let distinguishing = lines.get(number).into_iter().flatten().filter(|(_, name)| !is_elsewhere(name));
            let mut short = distinguishing.filter(|(line, _)| line.chars().count() <= MAX_ADDED);
            let Some((line, name)) = short.find(|(line, _)| metadata::plausible_title(line, "").is_some()) else {
                continue;
            };
            let value = match name.contains(&portable_name(&title.value)) {
                true => line.clone(),
                false => format!("{}: {line}", title.value),
            };
            let note = format!(
                "several documents of this section have the title “{}”, so a line from the first page of this one was added; correct it if needed",
                title.value
            );
            *title = Guess::uncertain(value, note);
        }
    }
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
