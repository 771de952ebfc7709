//! `catalogue.json`: the collection as it is, for programs.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{Collection, Record};
use crate::catalogue::Text;
use crate::compressed::CompressedBytes;
use crate::data_formats::json_text;
use crate::layout::DiscPath;

#[derive(Serialize)]
struct Whole<'c> {
    format: &'static str,
    disc: Disc<'c>,
    sections: Vec<Section<'c>>,
}

#[derive(Serialize)]
struct Disc<'c> {
    title: Texts<'c>,
    volume: &'c str,
    languages: Vec<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<Texts<'c>>,
}

#[derive(Serialize)]
struct Section<'c> {
    id: &'c str,
    title: Texts<'c>,
    reports: Vec<Report<'c>>,
}

#[derive(Serialize)]
struct Report<'c> {
    id: &'c str,
    title: Texts<'c>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Texts<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    symbol: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    authors: &'c [String],
    subjects: Vec<Texts<'c>>,
    variants: Vec<Variant<'c>>,
}

#[derive(Serialize)]
struct Variant<'c> {
    key: &'c str,
    language: &'c str,
    title: &'c str,
    files: Vec<File<'c>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'c> {
    path: &'c str,
    bytes: u64,
    media_type: &'static str,
}

/// A text, or an object of texts by language.
struct Texts<'c>(&'c Text);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Text::Same(text) => serializer.serialize_str(text),
            Text::PerLanguage(texts) => {
                let mut map = serializer.serialize_map(Some(texts.len()))?;
                for (language, text) in texts {
                    map.serialize_entry(language.as_str(), text)?;
                }
                map.end()
            }
        }
    }
}

pub(super) fn write(collection: &Collection<'_>, _: &DiscPath) -> CompressedBytes {
    let mut records = collection.records.iter();
    let catalogue = collection.catalogue;
    let disc = &catalogue.disc;
    let sections = catalogue.sections.iter().map(|section| Section {
        id: &section.id,
        title: Texts(&section.title),
        reports: section
            .reports
            .iter()
            .map(|report| Report {
                id: &report.id,
                title: Texts(&report.title),
                summary: report.summary.as_ref().map(Texts),
                symbol: report.symbol.as_deref(),
                date: report.date.map(|date| date.to_string()),
                authors: &report.authors,
                subjects: report.subjects.iter().map(Texts).collect(),
                variants: records.by_ref().take(report.variants.len()).map(variant).collect(),
            })
            .collect(),
    });
    let whole = Whole {
        format: "make-disc catalogue 1",
        sections: sections.collect(),
        disc: Disc {
            title: Texts(&disc.title),
            volume: &disc.volume,
            languages: disc.languages.iter().map(|language| language.as_str()).collect(),
            publisher: disc.publisher.as_deref(),
            date: disc.date.map(|date| date.to_string()),
            identifier: disc.identifier.as_deref(),
            rights: disc.rights.as_ref().map(Texts),
        },
    };
    CompressedBytes::new(json_text(&whole).unwrap_or_default().as_bytes())
}

fn variant<'c>(record: &'c Record<'c>) -> Variant<'c> {
    let file = |file: &'c super::File<'c>| File {
        path: file.path.as_str(),
        bytes: file.length,
        media_type: file.media_type(),
    };
    Variant {
        key: &record.key,
        language: record.language.as_str(),
        title: record.title.text,
        files: record.files.iter().map(file).collect(),
    }
}
