//! The version of a PDF, and the standards for archives and for screen readers to which it says that it conforms.

use std::collections::BTreeMap;

use hayro_syntax::object::{Dict, Stream};

use super::PdfFormat;
use crate::data_formats::{XmlEvent, XmlReader, XmlStart};

/// The header is looked for in this many bytes at the beginning of the file, as PDF viewers do.
const HEADER_BYTES: usize = 1024;

/// Longer metadata is not read.
const MAX_METADATA_BYTES: usize = 4 << 20;

/// The properties in the metadata that name a standard. ISO 19005 and ISO 14289 prescribe these prefixes.
const PROPERTIES: [&str; 3] = ["pdfaid:part", "pdfaid:conformance", "pdfuaid:part"];

/// The parts and levels of PDF/A (ISO 19005).
const PDF_A: [&str; 11] = ["1A", "1B", "2A", "2B", "2U", "3A", "3B", "3U", "4", "4E", "4F"];

/// The parts of PDF/UA (ISO 14289).
const PDF_UA: [&str; 2] = ["1", "2"];

/// The version in the header, such as `1.7`.
pub(super) fn header_version(bytes: &[u8]) -> Option<String> {
    let start = bytes.get(..HEADER_BYTES).unwrap_or(bytes);
    let at = start.windows(5).position(|window| window == b"%PDF-")?;
    match start.get(at + 5..)? {
        [_, b'.', _, digit, ..] if digit.is_ascii_digit() => None,
        [major, b'.', minor, ..] if major.is_ascii_digit() && minor.is_ascii_digit() => {
            Some(format!("{}.{}", char::from(*major), char::from(*minor)))
        }
        _ => None,
    }
}

/// The version with what the metadata of the document claims.
pub(super) fn pdf_format(version: Option<String>, catalog: Option<&Dict<'_>>) -> PdfFormat {
    let metadata = catalog.and_then(|catalog| catalog.get::<Stream<'_>>("Metadata"));
    let metadata = metadata.and_then(|stream| stream.decoded_data().ok().map(|bytes| bytes.into_owned()));
    let metadata = metadata.filter(|bytes| bytes.len() <= MAX_METADATA_BYTES);
    let claims = metadata.map(|bytes| claims(&String::from_utf8_lossy(&bytes))).unwrap_or_default();
    PdfFormat { version, claims }
}

/// The standards that metadata in XMP names, such as `PDF/A-2b` and `PDF/UA-1`.
fn claims(xmp: &str) -> Vec<String> {
    let values = properties(xmp);
    let value = |key: &str| values.get(key).map(String::as_str).unwrap_or_default();
    let archive = format!("{}{}", value("pdfaid:part"), value("pdfaid:conformance").to_ascii_uppercase());
    let archive = PDF_A.contains(&archive.as_str()).then(|| format!("PDF/A-{}", archive.to_ascii_lowercase()));
    let accessible = Some(value("pdfuaid:part")).filter(|part| PDF_UA.contains(part));
    archive.into_iter().chain(accessible.map(|part| format!("PDF/UA-{part}"))).collect()
}

/// The values of [`PROPERTIES`], which may be attributes or elements.
fn properties(xmp: &str) -> BTreeMap<&'static str, String> {
    let known = |name: &str| PROPERTIES.into_iter().find(|property| *property == name);
    let mut values = BTreeMap::new();
    let add_attributes = |values: &mut BTreeMap<&'static str, String>, start: &XmlStart<'_>| {
        for attribute in start.attributes().flatten() {
            if let Some(property) = known(attribute.key.as_ref())
                && let Ok(value) = attribute.normalized_value(Default::default())
            {
                values.entry(property).or_insert_with(|| value.trim().to_owned());
            }
        }
    };
    let mut current = None;
    let mut reader = XmlReader::from_str(xmp.trim_start_matches('\u{feff}'));
    // Reading stops at the first error in the XML.
    while let Ok(event) = reader.read_event() {
        match event {
            XmlEvent::Start(start) => {
                add_attributes(&mut values, &start);
                current = known(start.name().as_ref());
            }
            XmlEvent::Empty(empty) => add_attributes(&mut values, &empty),
            XmlEvent::Text(text) => {
                if let Some(property) = current.take() {
                    values.entry(property).or_insert_with(|| text.trim().to_owned());
                }
            }
            XmlEvent::End(_) => current = None,
            XmlEvent::Eof => break,
            _ => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_has_the_version() {
        assert_eq!(header_version(b"%PDF-1.4\n%").as_deref(), Some("1.4"));
        assert_eq!(header_version(b"\xef\xbb\xbf\n%PDF-2.0\r").as_deref(), Some("2.0"));
        assert_eq!(header_version(b"%PDF-x.y"), None);
        assert_eq!(header_version(b"%PDF-1"), None);
        assert_eq!(header_version(b"%PDF-1.41\n"), None);
        assert_eq!(header_version(&[b' '; 3000]), None);
    }

    #[test]
    fn claims_are_elements_or_attributes() {
        let elements = "\u{feff}<?xpacket begin='' id='W5M0'?><x:xmpmeta><rdf:RDF><rdf:Description>\
            <pdfaid:part> 2 </pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\
            <pdfuaid:part>1</pdfuaid:part></rdf:Description></rdf:RDF></x:xmpmeta>";
        assert_eq!(claims(elements), ["PDF/A-2b", "PDF/UA-1"]);
        let attributes = "<rdf:Description pdfaid:part='1' pdfaid:conformance='a' pdfaid:rev='2005'/>";
        assert_eq!(claims(attributes), ["PDF/A-1a"]);
        assert_eq!(claims("<d><pdfaid:part>4</pdfaid:part></d>"), ["PDF/A-4"]);
        // A standard that does not exist, one without a level, and input without usable metadata.
        for other in ["<d pdfaid:part='9' pdfuaid:part='one'/>", "<d pdfaid:part='1'/>", "<d><", ""] {
            assert!(claims(other).is_empty(), "{other}");
        }
    }
}
