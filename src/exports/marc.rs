//! MARC 21 in XML, for library systems: a record for each language variant of a report.
//!
//! The fields are those of the MARC 21 Format for Bibliographic Data, and field 191, in which the United Nations records
//! the symbols of its documents.

use std::collections::BTreeSet;

use super::{BibliographicRecord, Collection, format_page_count, one_line, page_range};
use crate::catalogue::{PublicationKind, PublicationNumbersRef};
use crate::compressed::{CompressedBytes, Compressor};
use crate::data_formats::XmlWriter;
use crate::language::PartialDate;
use crate::layout::DiscPath;

const NAMESPACE: &str = "http://www.loc.gov/MARC21/slim";

/// The collection, its records and their fields begin on lines of their own, and the subfields do not.
const LINE_LEVELS: usize = 3;

/// The leader of a new record for a component part of a monograph (the disc), in Unicode. The encoding level is
/// "abbreviated", and the cataloguing rules are unknown.
fn leader(record: &BibliographicRecord<'_>) -> String {
    format!("00000n{}a a22000003u 4500", content_codes(record).record_type)
}

/// The MARC codes for a type of content.
struct ContentCodes {
    /// Leader/06.
    record_type: char,
    /// The RDA term and code of the content type.
    rda: (&'static str, &'static str),
    /// The position of the form of item in 008. Other positions also depend on the type, but are not filled in.
    form_of_item: usize,
}

/// The codes for the content of a record. If it is not text and has no kind with codes of its own, it is a computer file.
fn content_codes(record: &BibliographicRecord<'_>) -> ContentCodes {
    let (record_type, rda, form_of_item) = match record.kind {
        Some(PublicationKind::Map) => ('e', ("cartographic image", "cri"), 29),
        Some(PublicationKind::Dataset) => ('m', ("computer dataset", "cod"), 23),
        Some(PublicationKind::Video) => ('g', ("two-dimensional moving image", "tdi"), 29),
        Some(PublicationKind::Audio) => ('i', ("spoken word", "spw"), 23),
        _ if record.is_text() => ('a', ("text", "txt"), 23),
        _ => ('m', ("unspecified", "zzz"), 23),
    };
    ContentCodes { record_type, rda, form_of_item }
}

/// The genre term in 655, which is not from a published vocabulary.
fn genre(kind: PublicationKind) -> Option<&'static str> {
    match kind {
        PublicationKind::Report => Some("Reports"),
        PublicationKind::Book => Some("Books"),
        PublicationKind::Article => Some("Articles"),
        PublicationKind::Guidelines => Some("Guidelines"),
        PublicationKind::Brief => Some("Briefs"),
        PublicationKind::Resolution => Some("Resolutions"),
        PublicationKind::Map => Some("Maps"),
        PublicationKind::Dataset => Some("Datasets"),
        PublicationKind::Presentation => Some("Presentations"),
        PublicationKind::Video => Some("Videos"),
        PublicationKind::Audio => Some("Audio recordings"),
        PublicationKind::Other => None,
    }
}

pub(super) fn write_marc(collection: &Collection<'_>, _: &DiscPath) -> CompressedBytes {
    let mut xml = XmlWriter::new(Compressor::default(), LINE_LEVELS);
    xml.begin("collection", &[("xmlns", NAMESPACE)]);
    for record in &collection.records {
        xml.begin("record", &[]);
        xml.element("leader", &[], &leader(record));
        let control = |xml: &mut XmlWriter<Compressor>, tag: &str, value: &str| {
            xml.element("controlfield", &[("tag", tag)], value)
        };
        control(&mut xml, "001", &record.key);
        // An electronic resource on an optical disc. The other positions are not coded.
        control(&mut xml, "007", "co |||||||||||");
        control(&mut xml, "008", &field_008(collection, record));
        for (tag, indicators, subfields) in variable_fields(collection, record) {
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

/// A field: its tag, its two indicators, and its subfields with their codes.
type Field = (&'static str, &'static str, Vec<(&'static str, String)>);

/// The variable fields, in the order of their tags.
fn variable_fields(collection: &Collection<'_>, record: &BibliographicRecord<'_>) -> Vec<Field> {
    let BibliographicRecord {
        key: _,
        language,
        section,
        id: _,
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
        numbers: PublicationNumbersRef { isbn, issn, doi, pages },
        terms,
        files,
        other_languages,
    } = record;
    let text = |text: &str| text.to_owned();
    let mut fields: Vec<Field> = Vec::new();
    for isbn in *isbn {
        fields.push(("020", "  ", vec![(if isbn.is_valid { "a" } else { "z" }, isbn.compact())]));
    }
    // If the series has a name, the ISSN is next to it in 490.
    for issn in issn.iter().filter(|_| series.is_none()) {
        fields.push(("022", "  ", vec![(if issn.is_valid { "a" } else { "y" }, issn.text.clone())]));
    }
    if let Some(doi) = doi {
        fields.push(("024", "7 ", vec![("a", text(doi)), ("2", text("doi"))]));
    }
    if language.marc_code().is_none() || language.has_subtags() {
        fields.push(("041", " 7", vec![("a", text(language.as_str())), ("2", text("rfc5646"))]));
    }
    if let Some(symbol) = symbol {
        fields.push(("088", "  ", vec![("a", text(symbol))]));
        if symbol.contains('/') {
            fields.push(("191", "  ", vec![("a", text(symbol))]));
        }
    }
    fields.push(("245", "00", vec![("a", text(title.text))]));
    let published: Vec<(&str, String)> = [
        place.map(|place| ("a", text(place.text))),
        publisher.map(|publisher| ("b", text(publisher.text))),
        date.map(|date| ("c", date.to_string())),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !published.is_empty() {
        fields.push(("264", " 1", published));
    }
    if let Some(pages) = pages {
        let range = page_range(pages).filter(|_| *kind == Some(PublicationKind::Article));
        let extent = range.map_or_else(|| format_page_count(pages), |(first, last)| format!("pages {first}-{last}"));
        fields.push(("300", "  ", vec![("a", extent)]));
    }
    // The content, media and carrier types in the terms and codes of RDA.
    let (content, code) = content_codes(record).rda;
    fields.push(("336", "  ", vec![("a", text(content)), ("b", text(code)), ("2", text("rdacontent"))]));
    fields.push(("337", "  ", vec![("a", text("computer")), ("b", text("c")), ("2", text("rdamedia"))]));
    fields.push(("338", "  ", vec![("a", text("computer disc")), ("b", text("cd")), ("2", text("rdacarrier"))]));
    let formats: BTreeSet<(bool, &str)> = files.iter().map(|file| (!file.is_text(), file.extension)).collect();
    for (is_other, format) in formats {
        let kind = (!is_other).then(|| ("a", text("text file")));
        fields.push(("347", "  ", kind.into_iter().chain([("b", format.to_uppercase())]).collect()));
    }
    if let Some(series) = series {
        let numbers = issn.iter().filter(|issn| issn.is_valid).map(|issn| ("x", issn.text.clone()));
        fields.push(("490", "0 ", [("a", text(series.text))].into_iter().chain(numbers).collect()));
    }
    if let Some(summary) = summary {
        fields.push(("520", "  ", vec![("a", text(summary.text))]));
    }
    if let Some(terms) = terms {
        let licence = terms.licence.map(|known| ("u", known.url.clone()));
        fields.push(("540", "  ", [("a", text(terms.text.text))].into_iter().chain(licence).collect()));
    }
    fields.push(("546", "  ", vec![("a", language.autonym())]));
    for subject in subjects {
        fields.push(("653", "  ", vec![("a", text(subject.text))]));
    }
    if let Some(genre) = kind.and_then(genre) {
        fields.push(("655", " 7", vec![("a", text(genre)), ("2", text("local"))]));
    }
    // Only persons whose family name is before a comma are known not to be corporate bodies.
    for author in *authors {
        let kind = if author.is_person() { "1 " } else { "  " };
        fields.push(("720", kind, vec![("a", text(author.filed()))]));
    }
    let mut host = vec![("t", text(collection.title.text))];
    let published = [collection.publisher.map(text), collection.date.map(|date| date.to_string())];
    let published: Vec<String> = published.into_iter().flatten().collect();
    if !published.is_empty() {
        host.push(("d", published.join(", ")));
    }
    host.push(("g", text(section.title.localised(language, collection.default_language).text)));
    if let Some(identifier) = collection.identifier {
        host.push(("o", text(identifier)));
    }
    fields.push(("773", "0 ", host));
    for other in other_languages {
        let code = other.language.marc_code().map(|code| ("e", text(code)));
        let other = [("t", text(other.title.text)), ("w", other.key.clone())];
        fields.push(("775", "0 ", code.into_iter().chain(other).collect()));
    }
    for file in files {
        let folder = file.path.folders().last().unwrap_or_default();
        let materials = file.title.map(|title| ("3", text(title)));
        fields.push((
            "856",
            " 0",
            materials
                .into_iter()
                .chain([
                    ("d", text(folder)),
                    ("f", text(file.path.name())),
                    ("q", text(file.media_type())),
                    ("s", format!("{} bytes", file.length)),
                ])
                .collect(),
        ));
    }
    fields
}

/// The forty characters of field 008. Positions that are not coded contain `|`.
fn field_008(collection: &Collection<'_>, record: &BibliographicRecord<'_>) -> String {
    // The disc must not depend on the clock, so the date on which the record was entered is the date of the disc.
    let day = collection.date.unwrap_or(PartialDate { year: 1970, month: None, day: None });
    let entered = format!("{:02}{:02}{:02}", day.year % 100, day.month.unwrap_or(1), day.day.unwrap_or(1));
    let dates = match record.date {
        None => "nuuuuuuuu".to_owned(),
        Some(PartialDate { year, month: None, .. }) => format!("s{year:04}    "),
        Some(PartialDate { year, month: Some(month), day: None }) => format!("e{year:04}{month:02}  "),
        Some(PartialDate { year, month: Some(month), day: Some(day) }) => format!("e{year:04}{month:02}{day:02}"),
    };
    // The place is unknown (xx), the form of item is direct electronic (q), the record is not modified, and its source is
    // not a cataloguing agency (d).
    let language = record.language.marc_code().unwrap_or("|||");
    let form_of_item = content_codes(record).form_of_item;
    let by_type: String = (18..35).map(|position| if position == form_of_item { 'q' } else { '|' }).collect();
    format!("{entered}{dates}xx {by_type}{language} d")
}
