//! `catalogue.json`: the collection as it is, for programs.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{Collection, Record};
use crate::catalogue::{self, Licence, PublicationKind, StandardNumber, Text};
use crate::compressed::CompressedBytes;
use crate::data_formats::to_json;
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
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<Texts<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Texts<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<Texts<'c>>,
    #[serde(flatten)]
    edition: Edition<'c>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<LicenceText<'c>>,
    #[serde(rename = "licenceId", skip_serializing_if = "Option::is_none")]
    licence_id: Option<&'c str>,
    #[serde(rename = "licenceUrl", skip_serializing_if = "Option::is_none")]
    licence_url: Option<&'c str>,
    variants: Vec<Variant<'c>>,
}

/// The name of a licence, or the terms in words.
#[derive(Serialize)]
#[serde(untagged)]
enum LicenceText<'c> {
    Name(&'c str),
    Words(Texts<'c>),
}

/// What a report or one of its variants says of the edition itself.
#[derive(Serialize)]
struct Edition<'c> {
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
struct Variant<'c> {
    key: &'c str,
    language: &'c str,
    title: &'c str,
    #[serde(flatten)]
    edition: Edition<'c>,
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
    let whole = collection.catalogue;
    let disc = &whole.disc;
    let sections = whole.sections.iter().map(|section| Section {
        id: &section.id,
        title: Texts(&section.title),
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
                    edition: own_edition,
                    licence,
                    variants,
                } = report;
                let known = match licence {
                    Some(Licence::Known(known)) => Some(known),
                    Some(Licence::Text(_)) | None => None,
                };
                Report {
                    id,
                    title: Texts(title),
                    summary: summary.as_ref().map(Texts),
                    symbol: symbol.as_deref(),
                    date: date.map(|date| date.to_string()),
                    authors,
                    subjects: subjects.iter().map(Texts).collect(),
                    kind: kind.map(PublicationKind::name),
                    publisher: publisher.as_ref().map(Texts),
                    place: place.as_ref().map(Texts),
                    series: series.as_ref().map(Texts),
                    edition: edition(own_edition),
                    licence: licence.as_ref().map(|licence| match licence {
                        Licence::Known(known) => LicenceText::Name(&known.name),
                        Licence::Text(text) => LicenceText::Words(Texts(text)),
                    }),
                    licence_id: known.map(|known| known.id.as_str()),
                    licence_url: known.map(|known| known.url.as_str()),
                    variants: variants.iter().zip(records.by_ref()).map(variant).collect(),
                }
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
    CompressedBytes::new(to_json(&whole).unwrap_or_default().as_bytes())
}

fn edition(edition: &catalogue::Edition) -> Edition<'_> {
    let catalogue::Edition { isbn, issn, doi, pages } = edition;
    Edition { isbn: texts(isbn), issn: texts(issn), doi: doi.as_deref(), pages: pages.as_deref() }
}

fn variant<'c>((own, record): (&'c catalogue::Variant, &'c Record<'c>)) -> Variant<'c> {
    let file = |file: &'c super::File<'c>| File {
        path: file.path.as_str(),
        bytes: file.length,
        media_type: file.media_type(),
    };
    Variant {
        key: &record.key,
        language: record.language.as_str(),
        title: record.title.text,
        edition: edition(&own.edition),
        files: record.files.iter().map(file).collect(),
    }
}

fn texts(numbers: &[StandardNumber]) -> Vec<&str> {
    numbers.iter().map(|number| number.text.as_str()).collect()
}
