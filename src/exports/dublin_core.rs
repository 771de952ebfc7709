//! Dublin Core: a record of the fifteen elements (ISO 15836-1) for each language of a report, each an
//! `oai_dc:dc`, which is what harvesters read.

use super::{Collection, Record, extent, one_line};
use crate::catalogue::{EditionRef, PublicationKind, doi_url};
use crate::compressed::{CompressedBytes, Compressor};
use crate::data_formats::XmlWriter;
use crate::language::Language;
use crate::layout::DiscPath;

pub(super) fn write(collection: &Collection<'_>, _: &DiscPath) -> CompressedBytes {
    let mut xml = XmlWriter::new(Compressor::default());
    xml.begin(
        "records",
        &[
            ("xmlns:oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ],
    );
    for record in &collection.records {
        let Record {
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
            edition: EditionRef { isbn, issn, doi, pages },
            terms,
            files,
            others,
        } = record;
        xml.begin("oai_dc:dc", &[]);
        let mut plain = |name: &str, value: &str| xml.element(name, &[], &one_line(value));
        plain("dc:identifier", key);
        if let Some(symbol) = symbol {
            plain("dc:identifier", symbol);
        }
        for isbn in *isbn {
            plain("dc:identifier", &format!("urn:isbn:{}", isbn.compact()));
        }
        if let Some(doi) = doi {
            plain("dc:identifier", &doi_url(doi));
        }
        for author in *authors {
            plain("dc:creator", author);
        }
        // The place stands before the publisher, as the Library of Congress makes Dublin Core of MARC.
        let published = match (place, publisher) {
            (Some(place), Some(publisher)) => Some(format!("{}: {}", place.text, publisher.text)),
            (place, publisher) => place.or(*publisher).map(|text| text.text.to_owned()),
        };
        if let Some(published) = published {
            plain("dc:publisher", &published);
        }
        if let Some(date) = date {
            plain("dc:date", &date.to_string());
        }
        if let Some(word) = dcmi_type(record) {
            plain("dc:type", word);
        }
        if let Some(kind) = kind {
            plain("dc:type", kind.name());
        }
        plain("dc:language", language.as_str());
        if let Some(pages) = pages {
            plain("dc:format", &extent(pages));
        }
        for file in files {
            plain("dc:format", file.media_type());
            plain("dc:identifier", file.path.as_str());
        }
        for other in others {
            plain("dc:relation", &other.key);
        }
        // An ISSN is the number of the series.
        for issn in *issn {
            plain("dc:relation", &format!("urn:issn:{}", issn.text));
        }
        let licence = terms.and_then(|terms| terms.licence);
        if let Some(licence) = licence {
            plain("dc:rights", &licence.url);
        }
        let marked = [("dc:title", Some(*title)), ("dc:description", *summary)]
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
            .chain(subjects.iter().map(|subject| ("dc:subject", *subject)))
            .chain(series.map(|series| ("dc:relation", series)))
            .chain([("dc:relation", collection.title)])
            .chain(terms.map(|terms| ("dc:rights", terms.text)));
        for (name, text) in marked {
            let language = text.language.map(Language::as_str);
            let attributes: Vec<(&str, &str)> = language.map(|tag| ("xml:lang", tag)).into_iter().collect();
            xml.element(name, &attributes, &text.line());
        }
        xml.end();
    }
    xml.finish().finish()
}

/// The word of the DCMI Type Vocabulary.
fn dcmi_type(record: &Record<'_>) -> Option<&'static str> {
    match record.kind {
        Some(PublicationKind::Map) => Some("StillImage"),
        Some(PublicationKind::Dataset) => Some("Dataset"),
        Some(PublicationKind::Video) => Some("MovingImage"),
        Some(PublicationKind::Audio) => Some("Sound"),
        _ => record.is_text().then_some("Text"),
    }
}
