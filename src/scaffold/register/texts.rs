//! Merges the rows of one report, and assigns its texts to languages.

use super::{ColumnTexts, RegisterNumbers, RegisterRecord, RegisterRow};
use crate::catalogue::PublicationKind;
use crate::language::{Language, PartialDate};

/// A text for all languages, or one for each language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegisterText {
    /// One text for all languages.
    One(String),
    /// The texts by language.
    PerLanguage(Vec<(Language, String)>),
}

/// What the register says about a report: its rows, merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterReport {
    /// The titles by language.
    pub titles: Vec<(Language, String)>,
    /// The summaries by language.
    pub summaries: Vec<(Language, String)>,
    /// The subjects, each with its translations by language.
    pub subjects: Vec<Vec<(Language, String)>>,
    pub symbol: Option<String>,
    /// The heading of the section.
    pub section: Option<String>,
    /// The date of publication.
    pub date: Option<PartialDate>,
    /// Whether a row has a date that cannot be read, or says that there is none. The dates of the files are then not used.
    pub rules_out_file_date: bool,
    /// People and organisations.
    pub authors: Vec<String>,
    pub record: RegisterRecord,
    /// The numbers by language, for the languages that have any.
    pub numbers: Vec<(Language, RegisterNumbers)>,
    /// The fields in which the rows differ, although a report has only one value for them: the name of the field, the value that
    /// is used, and a different one.
    pub differences: Vec<(&'static str, String, String)>,
}

impl RegisterReport {
    /// Merges the rows of a report's files; each row comes with the language of its file. If rows have different values, the
    /// first one is used.
    pub fn new<'r>(rows: impl Iterator<Item = (&'r Language, &'r RegisterRow)>) -> Self {
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
        let rows: Vec<(&Language, &RegisterRow)> = rows.collect();
        let languages: Vec<&Language> = rows.iter().map(|(language, _)| *language).collect();
        let mut merged = Self::default();
        let mut subjects: Vec<(Language, Vec<String>)> = Vec::new();
        for (language, row) in &rows {
            add_texts(&mut merged.titles, &row.titles, language, &languages);
            add_texts(&mut merged.summaries, &row.summaries, language, &languages);
            add_texts(&mut subjects, &row.subjects, language, &languages);
            if row.numbers != RegisterNumbers::default() {
                merged.numbers.push(((*language).clone(), row.numbers.clone()));
            }
        }
        let mut in_order: Vec<&RegisterRow> = rows.iter().map(|(_, row)| *row).collect();
        in_order.sort_by_key(|row| row.position);
        for row in in_order {
            // No `..` in this pattern: the compiler then points out a new field that is not merged here.
            let RegisterRow {
                position: _,
                named_version: _,
                language: _,
                register_language: _,
                report: _,
                titles: _,
                symbol,
                section,
                date,
                rules_out_file_date,
                authors,
                subjects: _,
                summaries: _,
                record,
                numbers: _,
            } = row;
            fill("symbol", &mut merged.symbol, symbol, &mut differences);
            // Different headings are not a mistake: each row may have the heading in its own language.
            merged.section = merged.section.take().or_else(|| section.clone());
            match (&merged.date, date) {
                // A more precise date is not a different one.
                (Some(first), Some(other)) if other.to_string().starts_with(&first.to_string()) => {
                    merged.date = Some(*other);
                }
                (Some(first), Some(other)) if first.to_string().starts_with(&other.to_string()) => {}
                _ => fill("date", &mut merged.date, date, &mut differences),
            }
            merged.rules_out_file_date |= rules_out_file_date;
            let joined = |authors: &[String]| Some(authors.join("; ")).filter(|text| !text.is_empty());
            fill("authors", &mut joined(&merged.authors), &joined(authors), &mut differences);
            if merged.authors.is_empty() {
                merged.authors.clone_from(authors);
            }
            let RegisterRecord { kind, publisher, place, series, licence } = record;
            let name = |kind: &Option<PublicationKind>| kind.map(PublicationKind::name);
            fill("kind", &mut name(&merged.record.kind), &name(kind), &mut differences);
            merged.record.kind = merged.record.kind.or(*kind);
            fill("publisher", &mut merged.record.publisher, publisher, &mut differences);
            fill("place", &mut merged.record.place, place, &mut differences);
            fill("series", &mut merged.record.series, series, &mut differences);
            fill("licence", &mut merged.record.licence, licence, &mut differences);
        }
        merged.subjects = pair_subjects(subjects);
        merged.differences = differences;
        merged
    }

    /// The fields in which the rows differ: `date (2019, also 2021-05), symbol (A/1, also A/2)`. `None` if they agree.
    pub fn describe_differences(&self) -> Option<String> {
        let described = self.differences.iter().map(|(name, first, other)| format!("{name} ({first}, also {other})"));
        let described: Vec<String> = described.collect();
        (!described.is_empty()).then(|| described.join(", "))
    }

    /// The summary, if there is one. A summary in only one language keeps that language: pages in other languages would show a summary
    /// without a language as their own.
    pub fn summary(&self) -> Option<RegisterText> {
        text_with_language(self.summaries.clone())
    }

    pub fn subject_texts(&self) -> Vec<RegisterText> {
        self.subjects.iter().filter_map(|texts| one_or_per_language(texts.clone())).collect()
    }
}

/// Adds the texts of a row to `by_language`, unless it has a text in that language. A text without a language is in the language
/// of the file. Where only the region differs, such as a title in `pt` of a file in `pt-BR`, the language of the file is used.
fn add_texts<T: Clone>(
    by_language: &mut Vec<(Language, T)>,
    texts: &ColumnTexts<T>,
    file_language: &Language,
    languages: &[&Language],
) {
    for (stated, text) in texts {
        let language = match stated {
            None => file_language,
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

/// One text for all languages if there is only one, or if all are the same.
pub(in crate::scaffold) fn one_or_per_language(texts: Vec<(Language, String)>) -> Option<RegisterText> {
    let (_, first) = texts.first()?;
    Some(if texts.iter().all(|(_, text)| text == first) {
        RegisterText::One(first.clone())
    } else {
        RegisterText::PerLanguage(texts)
    })
}

/// One text for all languages if several languages have the same. A single text keeps its language.
pub(in crate::scaffold) fn text_with_language(texts: Vec<(Language, String)>) -> Option<RegisterText> {
    if texts.len() == 1 { Some(RegisterText::PerLanguage(texts)) } else { one_or_per_language(texts) }
}

/// Pairs each subject with its translations by position, if all languages have the same number of subjects.
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
    fn the_first_row_counts_and_the_more_precise_date() {
        let [en, fr] = ["en", "fr"].map(|tag| Language::parse(tag).unwrap());
        let row = |position: usize, date: &str, symbol: &str| RegisterRow {
            position,
            date: Some(PartialDate::parse(date).unwrap()),
            symbol: Some(symbol.to_owned()),
            ..RegisterRow::default()
        };
        let (english, french) = (row(7, "2020-04", "A/2"), row(3, "2020-04-19", "A/1"));
        let merged = RegisterReport::new([(&en, &english), (&fr, &french)].into_iter());
        assert_eq!(merged.date.map(|date| date.to_string()).as_deref(), Some("2020-04-19"));
        assert_eq!(merged.describe_differences().as_deref(), Some("symbol (A/1, also A/2)"));
    }

    #[test]
    fn texts_are_assigned_to_languages() {
        let [en, fr, pt] = ["en", "fr", "pt-BR"].map(|tag| Language::parse(tag).unwrap());
        let text = |text: &str| text.to_owned();
        let english = RegisterRow {
            titles: vec![(None, text("Wells")), (Some(fr.clone()), text("Puits"))],
            subjects: vec![(None, vec![text("Water"), text("Peace")])],
            ..RegisterRow::default()
        };
        let portuguese = RegisterRow {
            titles: vec![(Some(Language::parse("pt").unwrap()), text("Poços"))],
            subjects: vec![(None, vec![text("Água"), text("Paz")])],
            summaries: vec![(None, text("Um resumo"))],
            ..RegisterRow::default()
        };
        let merged = RegisterReport::new([(&en, &english), (&pt, &portuguese)].into_iter());
        assert_eq!(merged.titles, [(en.clone(), text("Wells")), (fr, text("Puits")), (pt.clone(), text("Poços"))]);
        assert_eq!(
            merged.subject_texts(),
            [("Water", "Água"), ("Peace", "Paz")].map(|(first, second)| {
                RegisterText::PerLanguage(vec![(en.clone(), text(first)), (pt.clone(), text(second))])
            })
        );
        let summary = RegisterText::PerLanguage(vec![(pt, text("Um resumo"))]);
        assert_eq!(merged.summary(), Some(summary));
    }
}
