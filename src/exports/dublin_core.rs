//! Dublin Core: a record of the fifteen elements (ISO 15836-1) for each language of a report, each an
//! `oai_dc:dc`, which is what harvesters read.

use super::{Collection, one_line};
use crate::compressed::{CompressedBytes, Compressor};
use crate::data_formats::XmlText;
use crate::language::Language;
use crate::layout::DiscPath;

pub(super) fn write(collection: &Collection<'_>, _: &DiscPath) -> CompressedBytes {
    let mut xml = XmlText::to(Compressor::default());
    xml.begin(
        "records",
        &[
            ("xmlns:oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ],
    );
    for record in &collection.records {
        let report = record.report;
        xml.begin("oai_dc:dc", &[]);
        let mut plain = |name: &str, value: &str| xml.element(name, &[], &one_line(value));
        plain("dc:identifier", &record.key);
        if let Some(symbol) = &report.symbol {
            plain("dc:identifier", symbol);
        }
        for author in &report.authors {
            plain("dc:creator", author);
        }
        if let Some(publisher) = collection.publisher {
            plain("dc:publisher", publisher);
        }
        if let Some(date) = report.date {
            plain("dc:date", &date.to_string());
        }
        if record.is_text() {
            // The DCMI Type Vocabulary's word.
            plain("dc:type", "Text");
        }
        plain("dc:language", record.language.as_str());
        for file in &record.files {
            plain("dc:format", file.media_type());
            plain("dc:identifier", file.path.as_str());
        }
        for other in &record.others {
            plain("dc:relation", &other.key);
        }
        let marked = [("dc:title", Some(record.title)), ("dc:description", record.summary)]
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
            .chain(record.subjects.iter().map(|subject| ("dc:subject", *subject)))
            .chain([("dc:relation", collection.title)])
            .chain(collection.rights_in(record.language).map(|rights| ("dc:rights", rights)));
        for (name, text) in marked {
            let language = text.language.map(Language::as_str);
            let attributes: Vec<(&str, &str)> = language.map(|tag| ("xml:lang", tag)).into_iter().collect();
            xml.element(name, &attributes, &text.line());
        }
        xml.end();
    }
    xml.finish().finish()
}
