//! EPUB (W3C EPUB 3): web pages in ZIP, in the order of their spine.

use std::collections::HashMap;

use super::office::{about, no_document, part};
use super::{Extraction, plain};
use crate::data_formats::{XmlEvent, XmlReader};

/// Reads a book.
pub(super) fn extract(bytes: &[u8]) -> Extraction {
    let Some(container) = part(bytes, "META-INF/container.xml") else { return no_document() };
    let root = elements(&container).into_iter().find(|element| element.name == "rootfile");
    let Some(place) = root.and_then(|root| root.attributes.get("full-path").cloned()) else { return no_document() };
    let Some(package) = part(bytes, &place) else { return no_document() };
    let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
    let parts = elements(&package);
    let of = |name: &'static str| parts.iter().filter(move |part| part.name == name).map(|part| &part.attributes);
    let items: HashMap<&str, &str> =
        of("item").filter_map(|item| Some((item.get("id")?.as_str(), item.get("href")?.as_str()))).collect();
    let mut pages = Vec::new();
    for item in of("itemref").filter_map(|item| items.get(item.get("idref")?.as_str())) {
        let path = if folder.is_empty() { (*item).to_owned() } else { format!("{folder}/{item}") };
        if let Some(page) = part(bytes, &path) {
            pages.extend(plain::html(page.as_bytes()).pages);
        }
    }
    about(Extraction { pages, ..Extraction::default() }, &package)
}

struct Element {
    name: String,
    attributes: HashMap<String, String>,
}

/// The elements of a small file, without their order.
fn elements(xml: &str) -> Vec<Element> {
    let mut reader = XmlReader::from_str(xml);
    let mut elements = Vec::new();
    loop {
        match reader.read_event() {
            Ok(XmlEvent::Start(start) | XmlEvent::Empty(start)) => {
                let attributes = start.attributes().flatten();
                let attributes = attributes.map(|attribute| {
                    let value = attribute.normalized_value(Default::default());
                    let value = value.map(|value| value.into_owned()).unwrap_or_default();
                    (attribute.key.local_name().as_ref().to_owned(), value)
                });
                elements
                    .push(Element { name: start.local_name().as_ref().to_owned(), attributes: attributes.collect() });
            }
            Ok(XmlEvent::Eof) | Err(_) => return elements,
            Ok(_) => {}
        }
    }
}
