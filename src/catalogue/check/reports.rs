//! Sections and their reports.

use std::collections::{BTreeMap, HashMap};

use super::Checker;
use super::record::WrittenNumbers;
use crate::catalogue::{Author, Report, Section, Text};
use crate::diagnostic::{Finding, KeyPath, Place};
use crate::manifest::{self, Scalar};
use crate::names::{numbered_name, portable_name};

/// The maximum length of a proposed id. A language and an extension must fit into the name as well: `ID_pt_br.pdf`.
const MAX_PROPOSED_ID: usize = 20;

/// What readers see of a report in the list of documents: its titles in the languages of the disc, its date and its symbol.
type ReaderView<'r> = (Vec<String>, Option<String>, Option<&'r str>);

impl Checker<'_> {
    pub(super) fn check_sections(&mut self, at: &KeyPath, large_files: bool) -> Vec<Section> {
        let written = self.parsed.manifest.sections.as_deref().unwrap_or_default();
        if written.is_empty() {
            self.report_missing_key(
                at,
                "the manifest lists no documents".to_owned(),
                "add `sections:`, and in each section its `reports:`",
            );
        }
        let mut ids: BTreeMap<String, KeyPath> = BTreeMap::new();
        let mut sections = Vec::with_capacity(written.len());
        for (index, section) in written.iter().enumerate() {
            let at = at.item(index);
            if self.parsed.broken.contains(&at) {
                sections.push(Section { id: String::new(), title: Text::Same(String::new()), reports: Vec::new() });
                continue;
            }
            let manifest::SectionKeys { id, title, reports } = section;
            let title = self.check_required_text(title.as_ref(), &at.key("title"), "this section has no title");
            let id = self.check_id(id.as_ref(), &title, &at, "section", &mut ids);
            let reports = reports.as_deref().unwrap_or_default();
            if reports.is_empty() && !self.parsed.is_broken(&at.key("reports")) {
                self.add_finding(
                    Finding::warning("empty-section", Place::Key(at.clone()), "this section has no reports")
                        .help("add `reports:` to it, or remove the section"),
                );
            }
            let mut report_ids = BTreeMap::new();
            let reports: Vec<Report> = reports
                .iter()
                .enumerate()
                .map(|(index, report)| {
                    self.check_report(report, &at.key("reports").item(index), &mut report_ids, large_files)
                })
                .collect();
            self.check_titles(&reports, &at.key("reports"));
            sections.push(Section { id, title, reports });
        }
        sections
    }

    /// Warns about reports of a section that readers cannot tell apart, because they have the same title, date and symbol.
    fn check_titles(&mut self, reports: &[Report], at: &KeyPath) {
        let Some(default) = self.languages.first().cloned() else { return };
        let mut same: Vec<Vec<usize>> = Vec::new();
        let mut groups: HashMap<ReaderView<'_>, usize> = HashMap::new();
        for (index, report) in reports.iter().enumerate() {
            let localised = self.languages.iter().map(|language| report.title.localised(language, &default).text);
            let titles: Vec<String> = localised.map(|title| title.trim().to_lowercase()).collect();
            if titles.iter().all(String::is_empty) {
                continue;
            }
            let date = report.date.map(|date| date.to_string());
            let group = *groups.entry((titles, date, report.symbol.as_deref())).or_insert(same.len());
            match same.get_mut(group) {
                Some(members) => members.push(index),
                None => same.push(vec![index]),
            }
        }
        for members in same {
            let [first, others @ .., last] = members.as_slice() else { continue };
            let place = |index: usize| Place::Value(at.item(index).key("title"));
            let Some(report) = reports.get(*last) else { continue };
            let count = if others.is_empty() { "two".to_owned() } else { members.len().to_string() };
            let title = report.title.localised(&default, &default).text;
            let message = match report.date {
                Some(date) => format!("{count} reports of this section have the title “{title}” and the date {date}"),
                None => format!("{count} reports of this section have the title “{title}” and no date"),
            };
            let mut finding = Finding::warning("same-title", place(*last), message);
            for other in [first].into_iter().chain(others) {
                finding = finding.also(place(*other), if others.is_empty() { "the other one" } else { "another one" });
            }
            self.add_finding(finding.help("if they are one report in several languages or formats, list all files in its `variants:`; if one is an old version or a copy of another, remove it and list its files under `exclude:`; otherwise give them different titles or dates"));
        }
    }

    /// The id as written, or one made from the title. Reports an error if another of the section's reports, or another section,
    /// has the same id.
    fn check_id(
        &mut self,
        id: Option<&Scalar>,
        title: &Text,
        at: &KeyPath,
        kind: &str,
        taken: &mut BTreeMap<String, KeyPath>,
    ) -> String {
        let id_at = at.key("id");
        let id = match id {
            Some(Scalar(id)) => {
                let good = portable_name(id);
                if *id != good || id.is_empty() {
                    let finding = Finding::error(
                        "bad-id",
                        Place::Value(id_at.clone()),
                        format!(
                            "`{id}` cannot be an id: files on the disc are named after it, so it may contain only the letters a-z, digits, and single underscores between them"
                        ),
                    );
                    self.add_finding(finding.help(match good.as_str() {
                        "" => "use a short name of the letters a-z, digits and underscores".to_owned(),
                        good => format!("use `id: {good}`"),
                    }));
                    return String::new();
                }
                good
            }
            None if self.parsed.is_broken(&id_at) => return String::new(),
            None => {
                let id_from_title = self
                    .languages
                    .first()
                    .map_or_else(String::new, |first| portable_name(title.localised(first, first).text));
                if id_from_title.is_empty() {
                    // A missing title or missing languages have findings of their own.
                    if !self.languages.is_empty() && *title != Text::Same(String::new()) {
                        self.report_missing_key(
                            &id_at,
                            format!("this {kind} needs an id: none can be made from its title"),
                            "add `id:` with a short name of the letters a-z, digits and underscores",
                        );
                    }
                    return String::new();
                }
                id_from_title
            }
        };
        let place_of_id = |path: &KeyPath| Place::Value(path.key("id"));
        if let Some(first) = taken.get(&id) {
            let is_taken = |id: &str| taken.contains_key(id) || self.proposed_ids.contains(id);
            let names = self.parsed.manifest.disc.as_ref().and_then(|disc| disc.names.as_ref());
            let max = if names.is_some_and(|Scalar(names)| names == "dos") { 8 } else { MAX_PROPOSED_ID };
            let other = numbered_name(&id, max, is_taken);
            let finding = Finding::error("duplicate-id", place_of_id(at), format!("two {kind}s have the id `{id}`"))
                .also(place_of_id(first), "the other one")
                .help(format!("give one of them another `id:`, such as `{other}`"));
            self.proposed_ids.insert(other);
            self.add_finding(finding);
        } else {
            taken.insert(id.clone(), at.clone());
        }
        id
    }

    fn check_report(
        &mut self,
        report: &manifest::ReportKeys,
        at: &KeyPath,
        ids: &mut BTreeMap<String, KeyPath>,
        large_files: bool,
    ) -> Report {
        if self.parsed.broken.contains(at) {
            return Report::default();
        }
        let manifest::ReportKeys {
            id,
            title,
            summary,
            symbol,
            date,
            authors,
            subjects,
            kind,
            publisher,
            place,
            series,
            isbn,
            issn,
            doi,
            pages,
            licence,
            variants,
        } = report;
        let title = self.check_required_text(title.as_ref(), &at.key("title"), "this report has no title");
        let id = self.check_id(id.as_ref(), &title, at, "report", ids);
        let mut text =
            |text: &Option<manifest::TextValue>, key: &str| self.check_text(text.as_ref()?, &at.key(key), false);
        let summary = text(summary, "summary");
        let (publisher, place, series) = (text(publisher, "publisher"), text(place, "place"), text(series, "series"));
        let authors = self.check_each(authors.as_ref(), &at.key("authors"), |checker, author, at| {
            checker.check_line(Some(author), at).map(Author::new)
        });
        let subjects = self.check_each(subjects.as_ref(), &at.key("subjects"), |checker, subject, at| {
            checker.check_text(subject, at, false)
        });
        let numbers =
            WrittenNumbers { isbn: isbn.as_ref(), issn: issn.as_ref(), doi: doi.as_ref(), pages: pages.as_ref() };
        Report {
            id,
            title,
            summary,
            symbol: self.check_line(symbol.as_ref(), &at.key("symbol")),
            date: self.check_date(date.as_ref(), &at.key("date")),
            authors,
            subjects,
            kind: self.check_kind(kind.as_ref(), &at.key("kind")),
            publisher,
            place,
            series,
            numbers: self.check_numbers(&numbers, at),
            licence: self.check_licence(licence.as_ref(), &at.key("licence")),
            variants: self.check_variants(variants.as_ref(), &at.key("variants"), large_files),
        }
    }
}
