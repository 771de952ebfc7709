//! `catalogue.json`: the collection as it is, for programs.

use serde::Serialize;

use super::Collection;
use crate::catalogue::{Catalogue, Text};
use crate::formats::{Map, Value, json};

pub(super) fn file(catalogue: &Catalogue, collection: &Collection<'_>) -> Vec<u8> {
    let mut records = collection.records.iter();
    let disc = &catalogue.disc;
    let sections: Vec<Value> = catalogue
        .sections
        .iter()
        .map(|section| {
            let reports: Vec<Value> = section
                .reports
                .iter()
                .map(|report| {
                    let variants: Vec<Value> = records
                        .by_ref()
                        .take(report.variants.len())
                        .map(|record| {
                            let files: Vec<Value> = record
                                .files
                                .iter()
                                .map(|file| {
                                    json!({
                                        "path": file.path.as_str(),
                                        "bytes": file.length,
                                        "mediaType": file.media_type(),
                                    })
                                })
                                .collect();
                            object([
                                ("key", json!(record.key)),
                                ("language", json!(record.language.as_str())),
                                ("title", json!(record.title.text)),
                                ("files", json!(files)),
                            ])
                        })
                        .collect();
                    object([
                        ("id", json!(report.id)),
                        ("title", text(&report.title)),
                        ("summary", optional(report.summary.as_ref().map(text))),
                        ("symbol", optional(report.symbol.as_ref())),
                        ("date", optional(report.date.map(|date| date.to_string()))),
                        ("authors", json!(report.authors)),
                        ("subjects", report.subjects.iter().map(text).collect()),
                        ("variants", json!(variants)),
                    ])
                })
                .collect();
            json!({ "id": section.id, "title": text(&section.title), "reports": reports })
        })
        .collect();
    let languages: Vec<&str> = disc.languages.iter().map(|language| language.as_str()).collect();
    let disc = object([
        ("title", text(&disc.title)),
        ("volume", json!(disc.volume)),
        ("languages", json!(languages)),
        ("publisher", optional(disc.publisher.as_ref())),
        ("date", optional(disc.date.map(|date| date.to_string()))),
        ("identifier", optional(disc.identifier.as_ref())),
        ("rights", optional(disc.rights.as_ref().map(text))),
    ]);
    let whole = object([("format", json!("make-disc catalogue 1")), ("disc", disc), ("sections", json!(sections))]);
    format!("{whole:#}\n").into_bytes()
}

/// An object without the members that have nothing to say.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let said = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(said.map(|(name, value)| (name.to_owned(), value)).collect())
}

fn optional(value: Option<impl Serialize>) -> Value {
    value.map_or(Value::Null, |value| json!(value))
}

/// A text, or an object of texts by language.
fn text(text: &Text) -> Value {
    match text {
        Text::Same(text) => json!(text),
        Text::PerLanguage(texts) => {
            let members = texts.iter().map(|(language, text)| (language.as_str().to_owned(), json!(text)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}
