//! Sentences for the help page about obstacles in the documents, for readers with disabilities.

use std::collections::BTreeMap;

use minijinja::value::Value;

use super::page_inputs::PageInputs;
use super::page_language::PageLanguage;
use crate::catalogue::SourceId;
use crate::extraction::{Facts, TextLayer};

/// A sentence for each kind of obstacle: how many documents have it, out of how many that could.
pub(super) fn statement(inputs: &PageInputs<'_>, language: &PageLanguage<'_>) -> Vec<Value> {
    let mut pdfs: BTreeMap<SourceId, &Facts> = BTreeMap::new();
    // Whether each recording has captions.
    let mut recordings: BTreeMap<SourceId, bool> = BTreeMap::new();
    for variant in inputs.catalogue.reports().flat_map(|(_, _, report)| &report.variants) {
        for (f, file) in variant.files.iter().enumerate() {
            if file.kind().is_recording() {
                recordings.insert(file.source, variant.captions_of(f).is_some());
            } else if let Some(facts) = inputs.texts.facts(file.source).filter(|facts| facts.is_tagged.is_some()) {
                pdfs.insert(file.source, facts);
            }
        }
    }
    let among_pdfs = |key, has_obstacle: fn(&Facts) -> bool| {
        (key, pdfs.values().filter(|facts| has_obstacle(facts)).count(), pdfs.len())
    };
    let without_captions = recordings.values().filter(|has_captions| !**has_captions).count();
    [
        among_pdfs("access_text", |facts| !matches!(facts.text, TextLayer::Good)),
        among_pdfs("access_tags", |facts| facts.is_tagged == Some(false)),
        among_pdfs("access_language", |facts| facts.language.is_none()),
        ("access_captions", without_captions, recordings.len()),
    ]
    .into_iter()
    .filter(|(_, _, all)| *all > 0)
    .map(|(key, number, all)| {
        let [number, all] = [number, all].map(|count| language.format.number(count as u64));
        language.filled_string(key, &[("number", &number), ("all", &all)])
    })
    .collect()
}
