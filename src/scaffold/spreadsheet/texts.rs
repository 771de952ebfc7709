//! What the rows of one report say together, with its texts in each language.

use super::{ListNumbers, ListRecord, ListRow, ListTexts};
use crate::language::{Language, PartialDate};

/// A text for all languages, or one for each language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListedText {
    /// One text for all languages.
    One(String),
    /// The texts by language.
    PerLanguage(Vec<(Language, String)>),
}

/// What a list says about a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedReport {
    /// The titles by language.
    pub titles: Vec<(Language, String)>,
    /// The summaries by language.
    pub summaries: Vec<(Language, String)>,
    /// The subjects, each by language.
    pub subjects: Vec<Vec<(Language, String)>>,
    /// The document symbol.
    pub symbol: Option<String>,
    /// The heading of the section.
    pub section: Option<String>,
    /// The date of publication.
    pub date: Option<PartialDate>,
    /// Whether the list has a date that cannot be read.
    pub has_unreadable_date: bool,
    /// People and organisations.
    pub authors: Vec<String>,
    /// Other fields for catalogues.
    pub record: ListRecord,
    /// The numbers of each language that has one.
    pub numbers: Vec<(Language, ListNumbers)>,
    /// The fields in which rows differ although the report has only one value: the name of each, the value that counts, and another one.
    pub differences: Vec<(&'static str, String, String)>,
}

impl ListedReport {
    /// Merges the rows of a report's files, each with the language of the file. Of several values, the first counts.
    pub fn new<'r>(rows: impl Iterator<Item = (&'r Language, &'r ListRow)>) -> Self {
        type Differences = Vec<(&'static str, String, String)>;
        fn fill<T: Clone + PartialEq + ToString>(
            name: &'static str,
            field: &mut Option<T>,
            other: &Option<T>,
            differences: &mut Differences,
        ) {
            match (&*field, other) {
                // The first difference of each field is enough.
                (Some(first), Some(other))
                    if first != other && !differences.iter().any(|(known, ..)| *known == name) =>
                {
                    differences.push((name, first.to_string(), other.to_string()));
                }
                (None, Some(_)) => field.clone_from(other),
                _ => {}
            }
        }
        let mut differences = Differences::new();
        let rows: Vec<(&Language, &ListRow)> = rows.collect();
        let languages: Vec<&Language> = rows.iter().map(|(language, _)| *language).collect();
        let mut merged = Self::default();
        let mut subjects: Vec<(Language, Vec<String>)> = Vec::new();
        for (language, row) in rows {
            // All fields are listed, so that the compiler reports one that is not merged.
            let ListRow {
                named: _,
                language: _,
                list_language: _,
                report: _,
                titles,
                symbol,
                section,
                date,
                has_unreadable_date,
                authors,
                subjects: row_subjects,
                summaries,
                record,
                numbers,
            } = row;
            add_texts(&mut merged.titles, titles, language, &languages);
            add_texts(&mut merged.summaries, summaries, language, &languages);
            add_texts(&mut subjects, row_subjects, language, &languages);
            fill("symbol", &mut merged.symbol, symbol, &mut differences);
            // Each row may have the heading in its own language.
            merged.section = merged.section.take().or_else(|| section.clone());
            fill("date", &mut merged.date, date, &mut differences);
            merged.has_unreadable_date |= has_unreadable_date;
            let joined = |authors: &[String]| Some(authors.join("; ")).filter(|text| !text.is_empty());
            fill("authors", &mut joined(&merged.authors), &joined(authors), &mut differences);
            if merged.authors.is_empty() {
                merged.authors.clone_from(authors);
            }
            let ListRecord { kind, publisher, place, series, licence } = record;
            merged.record.kind = merged.record.kind.or(*kind);
            fill("publisher", &mut merged.record.publisher, publisher, &mut differences);
            fill("place", &mut merged.record.place, place, &mut differences);
            fill("series", &mut merged.record.series, series, &mut differences);
            fill("licence", &mut merged.record.licence, licence, &mut differences);
            if *numbers != ListNumbers::default() {
                merged.numbers.push((language.clone(), numbers.clone()));
            }
        }
        merged.subjects = pair_subjects(subjects);
        merged.differences = differences;
        merged
    }

    /// In which fields the rows differ: `date (2019, also 2021-05), symbol (A/1, also A/2)`. `None` if in none.
    pub fn describe_differences(&self) -> Option<String> {
        let described = self.differences.iter().map(|(name, first, other)| format!("{name} ({first}, also {other})"));
        let described: Vec<String> = described.collect();
        (!described.is_empty()).then(|| described.join(", "))
    }

    /// The summary, if there is one. Only one that is the same in several languages has no language: otherwise pages in other
    /// languages would show it as a text of their own.
    pub fn summary(&self) -> Option<ListedText> {
        text_with_language(self.summaries.clone())
    }

    /// The subjects as texts.
    pub fn subject_texts(&self) -> Vec<ListedText> {
        self.subjects.iter().filter_map(|texts| one_or_per_language(texts.clone())).collect()
    }
}

/// Adds the texts of a row to those by language. A text without a language is in that of the file; one in a language is added
/// to the file of that language, with or without a region.
fn add_texts<T: Clone>(
    by_language: &mut Vec<(Language, T)>,
    texts: &ListTexts<T>,
    of_file: &Language,
    languages: &[&Language],
) {
    for (stated, text) in texts {
        let language = match stated {
            None => of_file,
            Some(stated) if languages.contains(&stated) => stated,
            Some(stated) => {
                let same_primary = |language: &&&Language| {
                    language.primary() == stated.primary() && (!language.has_subtags() || !stated.has_subtags())
                };
                languages.iter().find(same_primary).copied().unwrap_or(stated)
            }
        };
        if !by_language.iter().any(|(other, _)| other == language) {
            by_language.push((language.clone(), text.clone()));
        }
    }
}

/// One text if there is only one or if all are the same.
pub(in crate::scaffold) fn one_or_per_language(texts: Vec<(Language, String)>) -> Option<ListedText> {
    let (_, first) = texts.first()?;
    Some(if texts.iter().all(|(_, text)| text == first) {
        ListedText::One(first.clone())
    } else {
        ListedText::PerLanguage(texts)
    })
}

/// One text if several languages have the same.
pub(in crate::scaffold) fn text_with_language(texts: Vec<(Language, String)>) -> Option<ListedText> {
    if texts.len() == 1 { Some(ListedText::PerLanguage(texts)) } else { one_or_per_language(texts) }
}

/// Pairs the subjects of each language with those of the others, if all have the same number of subjects.
fn pair_subjects(by_language: Vec<(Language, Vec<String>)>) -> Vec<Vec<(Language, String)>> {
    let by_language: Vec<_> = by_language.into_iter().filter(|(_, subjects)| !subjects.is_empty()).collect();
    let count = by_language.first().map_or(0, |(_, subjects)| subjects.len());
    if by_language.iter().all(|(_, subjects)| subjects.len() == count) {
        let item = |index: usize| {
            let texts = by_language
                .iter()
                .filter_map(|(language, subjects)| Some((language.clone(), subjects.get(index)?.clone())));
            texts.collect()
        };
        return (0..count).map(item).collect();
    }
    let mut subjects: Vec<Vec<(Language, String)>> = Vec::new();
    for (language, texts) in by_language {
        for text in texts {
            let item = vec![(language.clone(), text)];
            if !subjects.contains(&item) {
                subjects.push(item);
            }
        }
    }
    subjects
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_assigned_to_languages() {
        let [en, fr, pt] = ["en", "fr", "pt-BR"].map(|tag| Language::parse(tag).unwrap());
        let text = |text: &str| text.to_owned();
        let english = ListRow {
            titles: vec![(None, text("Wells")), (Some(fr.clone()), text("Puits"))],
            subjects: vec![(None, vec![text("Water"), text("Peace")])],
            ..ListRow::default()
        };
        let portuguese = ListRow {
            titles: vec![(Some(Language::parse("pt").unwrap()), text("Poços"))],
            subjects: vec![(None, vec![text("Água"), text("Paz")])],
            summaries: vec![(None, text("Um resumo"))],
            ..ListRow::default()
        };
        let merged = ListedReport::new([(&en, &english), (&pt, &portuguese)].into_iter());
        assert_eq!(merged.titles, [(en.clone(), text("Wells")), (fr, text("Puits")), (pt.clone(), text("Poços"))]);
        assert_eq!(
            merged.subject_texts(),
            [("Water", "Água"), ("Peace", "Paz")].map(|(first, second)| {
                ListedText::PerLanguage(vec![(en.clone(), text(first)), (pt.clone(), text(second))])
            })
        );
        let summary = ListedText::PerLanguage(vec![(pt, text("Um resumo"))]);
        assert_eq!(merged.summary(), Some(summary));
    }
}
