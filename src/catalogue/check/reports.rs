//! Sections and their reports.

use std::collections::BTreeMap;

use super::Checker;
use crate::catalogue::{Report, Section, Text};
use crate::diagnostic::{Finding, KeyPath, Place};
use crate::manifest::{self, Scalar};
use crate::names::portable_name;

impl Checker<'_> {
    pub(super) fn sections(&mut self, at: &KeyPath, large_files: bool) -> Vec<Section> {
        let written = self.parsed.manifest.sections.as_deref().unwrap_or_default();
        if written.is_empty() {
            self.missing(
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
            let title = self.required_text(section.title.as_ref(), &at.key("title"), "a section has no title");
            let id = self.id(section.id.as_ref(), &title, &at, "section", &mut ids);
            let reports = section.reports.as_deref().unwrap_or_default();
            if reports.is_empty() && !self.parsed.is_broken(&at.key("reports")) {
                self.report(
                    Finding::warning("empty-section", Place::Key(at.clone()), "this section has no reports")
                        .help("add `reports:` to it, or remove the section"),
                );
            }
            let mut report_ids = BTreeMap::new();
            let reports = reports
                .iter()
                .enumerate()
                .map(|(index, report)| {
                    self.one_report(report, &at.key("reports").item(index), &mut report_ids, large_files)
                })
                .collect();
            sections.push(Section { id, title, reports });
        }
        sections
    }

    /// The id as written, or made of the title; unique among its siblings.
    fn id(
        &mut self,
        id: Option<&Scalar>,
        title: &Text,
        at: &KeyPath,
        kind: &str,
        taken: &mut BTreeMap<String, KeyPath>,
    ) -> String {
        let here = at.key("id");
        let id = match id {
            Some(Scalar(id)) => {
                let good = portable_name(id);
                if *id != good || id.is_empty() {
                    let finding = Finding::error(
                        "bad-id",
                        Place::Value(here.clone()),
                        format!(
                            "`{id}` cannot be an id: it names files on the disc, so only a-z, 0-9 and single _ can stand in it"
                        ),
                    );
                    self.report(if good.is_empty() { finding } else { finding.help(format!("use `id: {good}`")) });
                    return String::new();
                }
                good
            }
            None if self.parsed.is_broken(&here) => return String::new(),
            None => {
                let made = self
                    .languages
                    .first()
                    .map_or_else(String::new, |first| portable_name(title.shown(first, first).text));
                if made.is_empty() {
                    if *title != Text::Same(String::new()) {
                        self.missing(
                            &here,
                            format!("this {kind} needs an id: its title gives none"),
                            "add `id:` with a short name in a-z, 0-9 and _",
                        );
                    }
                    return String::new();
                }
                made
            }
        };
        let named = |path: &KeyPath| Place::Value(path.key("id"));
        if let Some(first) = taken.get(&id) {
            let finding = Finding::error("duplicate-id", named(at), format!("two {kind}s have the id `{id}`"))
                .also(named(first), "the other one")
                .help(format!("give one of them another `id:`, such as `{id}_2`"));
            self.report(finding);
        } else {
            taken.insert(id.clone(), at.clone());
        }
        id
    }

    fn one_report(
        &mut self,
        report: &manifest::Report,
        at: &KeyPath,
        ids: &mut BTreeMap<String, KeyPath>,
        large_files: bool,
    ) -> Report {
        if self.parsed.broken.contains(at) {
            let title = Text::Same(String::new());
            return Report {
                id: String::new(),
                title,
                summary: None,
                symbol: None,
                date: None,
                authors: Vec::new(),
                subjects: Vec::new(),
                variants: Vec::new(),
            };
        }
        let title = self.required_text(report.title.as_ref(), &at.key("title"), "a report has no title");
        let id = self.id(report.id.as_ref(), &title, at, "report", ids);
        let summary = report.summary.as_ref().and_then(|summary| self.text(summary, &at.key("summary"), false));
        let authors = self.list(report.authors.as_ref(), &at.key("authors"), |checker, Scalar(author), at| {
            checker.line(Some(&Scalar(author.clone())), at)
        });
        let subjects = self.list(report.subjects.as_ref(), &at.key("subjects"), |checker, subject, at| {
            checker.text(subject, at, false)
        });
        Report {
            id,
            title,
            summary,
            symbol: self.line(report.symbol.as_ref(), &at.key("symbol")),
            date: self.date(report.date.as_ref(), &at.key("date")),
            authors,
            subjects,
            variants: self.variants(report, &at.key("variants"), large_files),
        }
    }
}
