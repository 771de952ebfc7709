//! Finds related reports, which have the same subjects or series.

use std::collections::BTreeMap;

use crate::catalogue::{Catalogue, Text};

/// The indices of a section and a report.
type ReportIndex = (usize, usize);

/// How many related reports a page shows at most.
const MAX_RELATED: usize = 5;

/// A subject or series with more reports than this is ignored: it says little about each of them.
const MAX_GROUP: usize = 200;

/// The reports by their subjects and series.
pub(super) struct RelatedReports<'c> {
    groups: BTreeMap<(Kind, &'c str), Vec<ReportIndex>>,
    catalogue: &'c Catalogue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Subject,
    Series,
}

impl<'c> RelatedReports<'c> {
    pub(super) fn new(catalogue: &'c Catalogue) -> Self {
        let mut this = Self { groups: BTreeMap::new(), catalogue };
        for (s, r, _) in catalogue.reports() {
            for group in this.groups_of((s, r)) {
                let reports = this.groups.entry(group).or_default();
                if reports.last() != Some(&(s, r)) {
                    reports.push((s, r));
                }
            }
        }
        this
    }

    fn groups_of(&self, (s, r): ReportIndex) -> Vec<(Kind, &'c str)> {
        let catalogue = self.catalogue;
        let default = catalogue.disc.default_language();
        let name = |text: &'c Text| text.localised(default, default).text;
        let report = &catalogue.sections[s].reports[r];
        let subjects = report.subjects.iter().map(|subject| (Kind::Subject, name(subject)));
        subjects.chain(report.series.iter().map(|series| (Kind::Series, name(series)))).collect()
    }

    /// The reports that are related to `report`, the most closely related first. A rare subject in common counts more than a
    /// frequent one.
    pub(super) fn related_to(&self, report: ReportIndex) -> Vec<ReportIndex> {
        let mut weights: BTreeMap<ReportIndex, usize> = BTreeMap::new();
        for group in self.groups_of(report) {
            let Some(others) = self.groups.get(&group).filter(|others| others.len() <= MAX_GROUP) else { continue };
            for other in others.iter().filter(|other| **other != report) {
                *weights.entry(*other).or_default() += 1000 / others.len();
            }
        }
        let mut related: Vec<(ReportIndex, usize)> = weights.into_iter().collect();
        related.sort_by(|(a, weight_a), (b, weight_b)| weight_b.cmp(weight_a).then(a.cmp(b)));
        related.into_iter().take(MAX_RELATED).map(|(report, _)| report).collect()
    }
}
