//! Dublin Core: a record for each language variant of a report, with the fifteen elements of ISO 15836-1. Each record is an
//! `oai_dc:dc` element, which harvesters can read.

use super::{BibliographicRecord, Collection, format_page_count, one_line};
use crate::catalogue::{PublicationKind, PublicationNumbersRef, doi_url};
use crate::compressed::{CompressedBytes, Compressor};
use crate::data_formats::XmlWriter;
use crate::language::Language;
use crate::layout::DiscPath;

/// The records and their elements begin on lines of their own.
const LINE_LEVELS: usize = 3;

pub(super) fn write_dublin_core(collection: &Collection<'_>, _: &DiscPath) -> CompressedBytes {
    let mut xml = XmlWriter::new(Compressor::default(), LINE_LEVELS);
    xml.begin(
        "records",
        &[
            ("xmlns:oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ],
    );
    for record in &collection.records {
        let BibliographicRecord {
            key,
            language,
            section: _,
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
        xml.begin("oai_dc:dc", &[]);
        let mut add = |name: &str, value: &str| xml.element(name, &[], &one_line(value));
        add("dc:identifier", key);
        if let Some(symbol) = symbol {
            add("dc:identifier", symbol);
        }
        for isbn in *isbn {
            add("dc:identifier", &format!("urn:isbn:{}", isbn.compact()));
        }
        if let Some(doi) = doi {
            add("dc:identifier", &doi_url(doi));
        }
        for author in *authors {
            add("dc:creator", author.filed());
        }
        // The place comes before the publisher, as when the Library of Congress converts MARC to Dublin Core.
        let published = match (place, publisher) {
            (Some(place), Some(publisher)) => Some(format!("{}: {}", place.text, publisher.text)),
            (place, publisher) => place.or(*publisher).map(|text| text.text.to_owned()),
        };
        if let Some(published) = published {
            add("dc:publisher", &published);
        }
        if let Some(date) = date {
            add("dc:date", &date.to_string());
        }
        if let Some(term) = dcmi_type(record) {
            add("dc:type", term);
        }
        if let Some(kind) = kind {
            add("dc:type", kind.name());
        }
        add("dc:language", language.as_str());
        if let Some(pages) = pages {
            add("dc:format", &format_page_count(pages));
        }
        for file in files {
            add("dc:format", file.media_type());
            add("dc:identifier", file.path.as_str());
        }
        for other in other_languages {
            add("dc:relation", &other.key);
        }
        // An ISSN identifies the series.
        for issn in *issn {
            add("dc:relation", &format!("urn:issn:{}", issn.text));
        }
        let licence = terms.and_then(|terms| terms.licence);
        if let Some(licence) = licence {
            add("dc:rights", &licence.url);
        }
        let tagged_texts = [("dc:title", Some(*title)), ("dc:description", *summary)]
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
            .chain(subjects.iter().map(|subject| ("dc:subject", *subject)))
            .chain(series.map(|series| ("dc:relation", series)))
            .chain([("dc:relation", collection.title)])
            .chain(terms.map(|terms| ("dc:rights", terms.text)));
        for (name, text) in tagged_texts {
            let language = text.language.map(Language::as_str);
            let attributes: Vec<(&str, &str)> = language.map(|tag| ("xml:lang", tag)).into_iter().collect();
            xml.element(name, &attributes, &text.line());
        }
        xml.end();
    }
    xml.finish().finish()
}

/// The term of the DCMI Type Vocabulary.
fn dcmi_type(record: &BibliographicRecord<'_>) -> Option<&'static str> {
    match record.kind {
        Some(PublicationKind::Map) => Some("StillImage"),
        Some(PublicationKind::Dataset) => Some("Dataset"),
        Some(PublicationKind::Video) => Some("MovingImage"),
        Some(PublicationKind::Audio) => Some("Sound"),
        _ => record.is_text().then_some("Text"),
    }
}
