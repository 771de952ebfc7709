//! `catalogue.json`: all fields of the collection, with texts in all languages, for programs.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{BibliographicRecord, Collection};
use crate::catalogue::{self, Author, Licence, PublicationKind, StandardNumber, Text};
use crate::compressed::CompressedBytes;
use crate::data_formats::to_compact_json;
use crate::layout::DiscPath;

/// How many levels of values begin on lines of their own: down to the reports, each of which is one line.
const LINE_LEVELS: usize = 4;

#[derive(Serialize)]
struct JsonCatalogue<'c> {
    format: &'static str,
    disc: JsonDisc<'c>,
    sections: Vec<JsonSection<'c>>,
}

#[derive(Serialize)]
struct JsonDisc<'c> {
    title: JsonText<'c>,
    volume: &'c str,
    languages: Vec<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<JsonText<'c>>,
}

#[derive(Serialize)]
struct JsonSection<'c> {
    id: &'c str,
    title: JsonText<'c>,
    reports: Vec<JsonReport<'c>>,
}

#[derive(Serialize)]
struct JsonReport<'c> {
    id: &'c str,
    title: JsonText<'c>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<JsonText<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    symbol: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    authors: Vec<&'c str>,
    subjects: Vec<JsonText<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<JsonText<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonText<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<JsonText<'c>>,
    #[serde(flatten)]
    numbers: JsonNumbers<'c>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<JsonLicence<'c>>,
    #[serde(rename = "licenceId", skip_serializing_if = "Option::is_none")]
    licence_id: Option<&'c str>,
    #[serde(rename = "licenceUrl", skip_serializing_if = "Option::is_none")]
    licence_url: Option<&'c str>,
    variants: Vec<JsonVariant<'c>>,
}

/// The name of a licence, or the terms in words.
#[derive(Serialize)]
#[serde(untagged)]
enum JsonLicence<'c> {
    Name(&'c str),
    Words(JsonText<'c>),
}

/// The numbers of a report or variant itself, without those that a variant takes from its report.
#[derive(Serialize)]
struct JsonNumbers<'c> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    isbn: Vec<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    issn: Vec<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doi: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pages: Option<&'c str>,
}

#[derive(Serialize)]
struct JsonVariant<'c> {
    key: &'c str,
    language: &'c str,
    title: &'c str,
    #[serde(flatten)]
    numbers: JsonNumbers<'c>,
    files: Vec<JsonFile<'c>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonFile<'c> {
    path: &'c str,
    bytes: u64,
    media_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pronom: Option<&'static str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    claims: &'c [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'c str>,
}

/// A string, or an object with a string for each language.
struct JsonText<'c>(&'c Text);

impl Serialize for JsonText<'_> {
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

pub(super) fn write_json(collection: &Collection<'_>, _: &DiscPath) -> CompressedBytes {
    let mut records = collection.records.iter();
    let catalogue = collection.catalogue;
    let disc = &catalogue.disc;
    let sections = catalogue.sections.iter().map(|section| JsonSection {
        id: &section.id,
        title: JsonText(&section.title),
        reports: section
            .reports
            .iter()
            .map(|report| {
                let catalogue::Report {
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
                    numbers: own_numbers,
                    licence,
                    variants,
                } = report;
                let known = match licence {
                    Some(Licence::Known(known)) => Some(known),
                    Some(Licence::Text(_)) | None => None,
                };
                JsonReport {
                    id,
                    title: JsonText(title),
                    summary: summary.as_ref().map(JsonText),
                    symbol: symbol.as_deref(),
                    date: date.map(|date| date.to_string()),
                    authors: authors.iter().map(Author::filed).collect(),
                    subjects: subjects.iter().map(JsonText).collect(),
                    kind: kind.map(PublicationKind::name),
                    publisher: publisher.as_ref().map(JsonText),
                    place: place.as_ref().map(JsonText),
                    series: series.as_ref().map(JsonText),
                    numbers: json_numbers(own_numbers),
                    licence: licence.as_ref().map(|licence| match licence {
                        Licence::Known(known) => JsonLicence::Name(&known.name),
                        Licence::Text(text) => JsonLicence::Words(JsonText(text)),
                    }),
                    licence_id: known.map(|known| known.id.as_str()),
                    licence_url: known.map(|known| known.url.as_str()),
                    variants: variants.iter().zip(records.by_ref()).map(json_variant).collect(),
                }
            })
            .collect(),
    });
    let json = JsonCatalogue {
        format: "make-disc catalogue 1",
        sections: sections.collect(),
        disc: JsonDisc {
            title: JsonText(&disc.title),
            volume: &disc.volume,
            languages: disc.languages.iter().map(|language| language.as_str()).collect(),
            publisher: disc.publisher.as_deref(),
            date: disc.date.map(|date| date.to_string()),
            identifier: disc.identifier.as_deref(),
            rights: disc.rights.as_ref().map(JsonText),
        },
    };
    CompressedBytes::new(to_compact_json(&json, LINE_LEVELS).unwrap_or_default().as_bytes())
}

fn json_numbers(numbers: &catalogue::PublicationNumbers) -> JsonNumbers<'_> {
    let catalogue::PublicationNumbers { isbn, issn, doi, pages } = numbers;
    JsonNumbers { isbn: number_texts(isbn), issn: number_texts(issn), doi: doi.as_deref(), pages: pages.as_deref() }
}

fn json_variant<'c>((variant, record): (&'c catalogue::Variant, &'c BibliographicRecord<'c>)) -> JsonVariant<'c> {
    let file = |file: &'c super::RecordFile<'c>| JsonFile {
        path: file.path.as_str(),
        bytes: file.length,
        media_type: file.media_type(),
        pronom: file.pronom_id(),
        claims: file.claims(),
        title: file.title,
    };
    JsonVariant {
        key: &record.key,
        language: record.language.as_str(),
        title: record.title.text,
        numbers: json_numbers(&variant.numbers),
        files: record.files.iter().map(file).collect(),
    }
}

fn number_texts(numbers: &[StandardNumber]) -> Vec<&str> {
    numbers.iter().map(|number| number.text.as_str()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::data_formats::{Value, parse_json};

    /// The test names every field of `JsonReport`, so that the compiler reports a new field here.
    #[test]
    fn the_schema_has_every_field_of_a_report() {
        let text = Text::Same("text".to_owned());
        let numbers = JsonNumbers { isbn: vec!["1"], issn: vec!["1"], doi: Some("1"), pages: Some("1") };
        let report = JsonReport {
            id: "id",
            title: JsonText(&text),
            summary: Some(JsonText(&text)),
            symbol: Some("symbol"),
            date: Some("2008".to_owned()),
            authors: Vec::new(),
            subjects: Vec::new(),
            kind: Some("book"),
            publisher: Some(JsonText(&text)),
            place: Some(JsonText(&text)),
            series: Some(JsonText(&text)),
            numbers,
            licence: Some(JsonLicence::Name("name")),
            licence_id: Some("id"),
            licence_url: Some("url"),
            variants: Vec::new(),
        };
        let names = |object: &Value| object.as_object().unwrap().keys().cloned().collect::<BTreeSet<String>>();
        let schema: Value = parse_json(include_str!("../../docs/catalogue.schema.json")).unwrap();
        let report: Value = parse_json(&to_compact_json(&report, 0).unwrap()).unwrap();
        let described = schema.pointer("/$defs/report/properties").unwrap();
        assert_eq!(names(&report), names(described), "docs/catalogue.schema.json must have the same fields");
    }
}
