//! EPUB (W3C EPUB 3): web pages in a ZIP archive, which are read in the order of the spine.

use std::collections::HashMap;

use super::office::{read_member, unreadable, with_metadata};
use super::{Extraction, text};
use crate::data_formats::{XmlEvent, XmlReader};

pub(super) fn extract(bytes: &[u8]) -> Extraction {
    let Some(container) = read_member(bytes, "META-INF/container.xml") else { return unreadable() };
    let root = list_elements(&container).into_iter().find(|element| element.name == "rootfile");
    let Some(package_path) = root.and_then(|root| root.attributes.get("full-path").cloned()) else {
        return unreadable();
    };
    let Some(package) = read_member(bytes, &package_path) else { return unreadable() };
    let folder = package_path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let all = list_elements(&package);
    let named =
        |name: &'static str| all.iter().filter(move |element| element.name == name).map(|element| &element.attributes);
    let items: HashMap<&str, &str> =
        named("item").filter_map(|item| Some((item.get("id")?.as_str(), item.get("href")?.as_str()))).collect();
    let mut pages = Vec::new();
    for item in named("itemref").filter_map(|item| items.get(item.get("idref")?.as_str())) {
        let path = if folder.is_empty() { (*item).to_owned() } else { format!("{folder}/{item}") };
        if let Some(page) = read_member(bytes, &path) {
            pages.extend(text::extract_html(page.as_bytes()).pages);
        }
    }
    with_metadata(Extraction { pages, ..Extraction::default() }, &package)
}

struct XmlElement {
    name: String,
    attributes: HashMap<String, String>,
}

/// All elements of an XML file, without their nesting.
fn list_elements(xml: &str) -> Vec<XmlElement> {
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
                elements.push(XmlElement {
                    name: start.local_name().as_ref().to_owned(),
                    attributes: attributes.collect(),
                });
            }
            Ok(XmlEvent::Eof) | Err(_) => return elements,
            Ok(_) => {}
        }
    }
}
