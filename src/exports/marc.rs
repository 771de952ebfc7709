//! MARC 21 in XML: a record for each language of a report, for library systems.
//!
//! Fields as the MARC 21 Format for Bibliographic Data has them; 191 is the United Nations' own, for
//! the symbols of its documents.

use std::collections::BTreeSet;

use super::{Collection, Record, extent, one_line, page_range};
use crate::catalogue::{EditionRef, PublicationKind};
use crate::compressed::{CompressedBytes, Compressor};
use crate::data_formats::XmlWriter;
use crate::language::PartialDate;
use crate::layout::DiscPath;

const NAMESPACE: &str = "http://www.loc.gov/MARC21/slim";

/// New, of a type that follows, a part of a monograph (the disc), Unicode, abbreviated, described by rules
/// that are not known.
fn leader(record: &Record<'_>) -> String {
    format!("00000n{}a a22000003u 4500", content(record).record_type)
}

/// How a kind of content is coded.
struct Content {
    /// Leader/06.
    record_type: char,
    /// The term and the code of RDA.
    rda: (&'static str, &'static str),
    /// Where 008 has the form of item; other positions differ by type, too, and are not filled in.
    form_of_item: usize,
}

/// What is neither text nor of a kind that is named counts as a computer file.
fn content(record: &Record<'_>) -> Content {
    let (record_type, rda, form_of_item) = match record.kind {
        Some(PublicationKind::Map) => ('e', ("cartographic image", "cri"), 29),
        Some(PublicationKind::Dataset) => ('m', ("computer dataset", "cod"), 23),
        Some(PublicationKind::Video) => ('g', ("two-dimensional moving image", "tdi"), 29),
        Some(PublicationKind::Audio) => ('i', ("spoken word", "spw"), 23),
        _ if record.is_text() => ('a', ("text", "txt"), 23),
        _ => ('m', ("unspecified", "zzz"), 23),
    };
    Content { record_type, rda, form_of_item }
}

/// The term of 655, from a list of our own.
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

pub(super) fn write(collection: &Collection<'_>, _: &DiscPath) -> CompressedBytes {
    let mut xml = XmlWriter::new(Compressor::default());
    xml.begin("collection", &[("xmlns", NAMESPACE)]);
    for record in &collection.records {
        xml.begin("record", &[]);
        xml.element("leader", &[], &leader(record));
        let control = |xml: &mut XmlWriter<Compressor>, tag: &str, value: &str| {
            xml.element("controlfield", &[("tag", tag)], value)
        };
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
    let Record {
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
        edition: EditionRef { isbn, issn, doi, pages },
        terms,
        files,
        others,
    } = record;
    let text = |text: &str| text.to_owned();
    let mut fields: Vec<Field> = Vec::new();
    for isbn in *isbn {
        fields.push(("020", "  ", vec![(if isbn.is_valid { "a" } else { "z" }, isbn.compact())]));
    }
    // The ISSN of a series that is named stands beside its name.
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
        let extent = range.map_or_else(|| extent(pages), |(first, last)| format!("pages {first}-{last}"));
        fields.push(("300", "  ", vec![("a", extent)]));
    }
    // Content, medium and carrier in the words and codes of RDA.
    let (content, code) = content(record).rda;
    fields.push(("336", "  ", vec![("a", text(content)), ("b", text(code)), ("2", text("rdacontent"))]));
    fields.push(("337", "  ", vec![("a", text("computer")), ("b", text("c")), ("2", text("rdamedia"))]));
    fields.push(("338", "  ", vec![("a", text("computer disc")), ("b", text("cd")), ("2", text("rdacarrier"))]));
    let formats: BTreeSet<(bool, &str)> = files.iter().map(|file| (!file.is_text(), file.extension)).collect();
    for (other, format) in formats {
        let kind = (!other).then(|| ("a", text("text file")));
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
    // The manifest does not say which names are persons' and which are bodies'.
    for author in *authors {
        fields.push(("720", "  ", vec![("a", author.clone())]));
    }
    let mut host = vec![("t", text(collection.title.text))];
    let published = [collection.publisher.map(text), collection.date.map(|date| date.to_string())];
    let published: Vec<String> = published.into_iter().flatten().collect();
    if !published.is_empty() {
        host.push(("d", published.join(", ")));
    }
    host.push(("g", text(section.title.localised(language, collection.default).text)));
    if let Some(identifier) = collection.identifier {
        host.push(("o", text(identifier)));
    }
    fields.push(("773", "0 ", host));
    for other in others {
        let code = other.language.marc_code().map(|code| ("e", text(code)));
        let other = [("t", text(other.title.text)), ("w", other.key.clone())];
        fields.push(("775", "0 ", code.into_iter().chain(other).collect()));
    }
    for file in files {
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
    let dates = match record.date {
        None => "nuuuuuuuu".to_owned(),
        Some(PartialDate { year, month: None, .. }) => format!("s{year:04}    "),
        Some(PartialDate { year, month: Some(month), day: None }) => format!("e{year:04}{month:02}  "),
        Some(PartialDate { year, month: Some(month), day: Some(day) }) => format!("e{year:04}{month:02}{day:02}"),
    };
    // No place; the form is direct electronic (q); not modified; not from a cataloguing agency.
    let language = record.language.marc_code().unwrap_or("|||");
    let form_of_item = content(record).form_of_item;
    let by_type: String = (18..35).map(|position| if position == form_of_item { 'q' } else { '|' }).collect();
    format!("{entered}{dates}xx {by_type}{language} d")
}
