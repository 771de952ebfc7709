//! MARC 21 in XML: a record for each language of a report, for library systems.
//!
//! Fields as the MARC 21 Format for Bibliographic Data has them; 191 is the United Nations' own, for
//! the symbols of its documents.

use std::collections::BTreeSet;

use super::{Collection, Record, one_line};
use crate::compressed::{CompressedBytes, Compressor};
use crate::data_formats::XmlText;
use crate::language::PartialDate;
use crate::layout::DiscPath;

const NAMESPACE: &str = "http://www.loc.gov/MARC21/slim";

/// New, of a type that follows, a part of a monograph (the disc), Unicode, abbreviated, described by rules
/// that are not known. Texts are language material, all else counts as computer files.
fn leader(record: &Record<'_>) -> &'static str {
    if record.is_text() { "00000naa a22000003u 4500" } else { "00000nma a22000003u 4500" }
}

pub(super) fn write(collection: &Collection<'_>, _: &DiscPath) -> CompressedBytes {
    let mut xml = XmlText::to(Compressor::default());
    xml.begin("collection", &[("xmlns", NAMESPACE)]);
    for record in &collection.records {
        xml.begin("record", &[]);
        xml.element("leader", &[], leader(record));
        let control =
            |xml: &mut XmlText<Compressor>, tag: &str, value: &str| xml.element("controlfield", &[("tag", tag)], value);
        control(&mut xml, "001", &record.key);
        // An electronic resource on an optical disc; the rest is not said.
        control(&mut xml, "007", "co |||||||||||");
        control(&mut xml, "008", &fixed(collection, record));
        for (tag, indicators, subfields) in fields(collection, record) {
            let attributes = [("tag", tag), ("ind1", &indicators[..1]), ("ind2", &indicators[1..])];
            xml.begin("datafield", &attributes);
            for (code, value) in subfields {
                xml.element("subfield", &[("code", code)], &one_line(&value));
            }
            xml.end();
        }
        xml.end();
    }
    xml.finish().finish()
}

/// A field: its tag, its two indicators, its subfields.
type Field = (&'static str, &'static str, Vec<(&'static str, String)>);

/// The variable fields in the order of their tags.
fn fields(collection: &Collection<'_>, record: &Record<'_>) -> Vec<Field> {
    let report = record.report;
    let text = |text: &str| text.to_owned();
    let mut fields: Vec<Field> = Vec::new();
    if record.language.marc_code().is_none() || record.language.has_subtags() {
        fields.push(("041", " 7", vec![("a", text(record.language.as_str())), ("2", text("rfc5646"))]));
    }
    if let Some(symbol) = &report.symbol {
        fields.push(("088", "  ", vec![("a", symbol.clone())]));
        if symbol.contains('/') {
            fields.push(("191", "  ", vec![("a", symbol.clone())]));
        }
    }
    fields.push(("245", "00", vec![("a", text(record.title.text))]));
    let publisher = collection.publisher.map(|publisher| ("b", text(publisher)));
    let date = report.date.map(|date| ("c", date.to_string()));
    if publisher.is_some() || date.is_some() {
        fields.push(("264", " 1", publisher.into_iter().chain(date).collect()));
    }
    // Content, medium and carrier in the words and codes of RDA.
    let (content, code) = if record.is_text() { ("text", "txt") } else { ("unspecified", "zzz") };
    fields.push(("336", "  ", vec![("a", text(content)), ("b", text(code)), ("2", text("rdacontent"))]));
    fields.push(("337", "  ", vec![("a", text("computer")), ("b", text("c")), ("2", text("rdamedia"))]));
    fields.push(("338", "  ", vec![("a", text("computer disc")), ("b", text("cd")), ("2", text("rdacarrier"))]));
    let formats: BTreeSet<(bool, &str)> = record.files.iter().map(|file| (!file.is_text(), file.extension)).collect();
    for (other, format) in formats {
        let kind = (!other).then(|| ("a", text("text file")));
        fields.push(("347", "  ", kind.into_iter().chain([("b", format.to_uppercase())]).collect()));
    }
    if let Some(summary) = &record.summary {
        fields.push(("520", "  ", vec![("a", text(summary.text))]));
    }
    if let Some(rights) = collection.rights_in(record.language) {
        fields.push(("540", "  ", vec![("a", text(rights.text))]));
    }
    fields.push(("546", "  ", vec![("a", record.language.autonym())]));
    for subject in &record.subjects {
        fields.push(("653", "  ", vec![("a", text(subject.text))]));
    }
    // The manifest does not say which names are persons' and which are bodies'.
    for author in &report.authors {
        fields.push(("720", "  ", vec![("a", author.clone())]));
    }
    let mut host = vec![("t", text(collection.title.text))];
    let published = [collection.publisher.map(text), collection.date.map(|date| date.to_string())];
    let published: Vec<String> = published.into_iter().flatten().collect();
    if !published.is_empty() {
        host.push(("d", published.join(", ")));
    }
    host.push(("g", text(record.section.title.shown(record.language, collection.default).text)));
    if let Some(identifier) = collection.identifier {
        host.push(("o", text(identifier)));
    }
    fields.push(("773", "0 ", host));
    for other in &record.others {
        let code = other.language.marc_code().map(|code| ("e", text(code)));
        let other = [("t", text(other.title.text)), ("w", other.key.clone())];
        fields.push(("775", "0 ", code.into_iter().chain(other).collect()));
    }
    for file in &record.files {
        let folder = file.path.folders().last().unwrap_or_default();
        fields.push((
            "856",
            " 0",
            vec![
                ("d", text(folder)),
                ("f", text(file.path.name())),
                ("q", text(file.media_type())),
                ("s", format!("{} bytes", file.length)),
            ],
        ));
    }
    fields
}

/// The forty characters of 008, of a book or, in what is said, of a computer file; `|` where nothing is said.
fn fixed(collection: &Collection<'_>, record: &Record<'_>) -> String {
    // No clock may reach the disc: its own date stands for the day of the record, which must be one.
    let day = collection.date.unwrap_or(PartialDate { year: 1970, month: None, day: None });
    let entered = format!("{:02}{:02}{:02}", day.year % 100, day.month.unwrap_or(1), day.day.unwrap_or(1));
    let dates = match record.report.date {
        None => "nuuuuuuuu".to_owned(),
        Some(PartialDate { year, month: None, .. }) => format!("s{year:04}    "),
        Some(PartialDate { year, month: Some(month), day: None }) => format!("e{year:04}{month:02}  "),
        Some(PartialDate { year, month: Some(month), day: Some(day) }) => format!("e{year:04}{month:02}{day:02}"),
    };
    // No place; the form is direct electronic (q); not modified; not from a cataloguing agency.
    let language = record.language.marc_code().unwrap_or("|||");
    format!("{entered}{dates}xx |||||q|||||||||||{language} d")
}
