//! EPUB (W3C EPUB 3): web pages in a ZIP archive, which are read in the order of the spine.

use std::collections::HashMap;

use super::markup::{XmlElement, list_elements};
use super::office::{read_member, unreadable_package, with_metadata};
use super::{Extraction, svg, text};
use crate::archive;

pub(super) fn extract(bytes: &[u8]) -> Extraction {
    // In some archives, the whole book is inside a folder.
    let is_container = |name: &String| name.ends_with("/META-INF/container.xml") && name.matches('/').count() == 2;
    let container_path = archive::member_names(bytes).into_iter().find(is_container);
    let outer_folder = container_path
        .and_then(|name| Some(name.strip_suffix("META-INF/container.xml")?.to_owned()))
        .unwrap_or_default();
    let read_member = |path: &str| match read_member(bytes, path) {
        None if !outer_folder.is_empty() => read_member(bytes, &format!("{outer_folder}{path}")),
        member => member,
    };
    let container = read_member("META-INF/container.xml").unwrap_or_default();
    let root = list_elements(&container).into_iter().find(|element| element.name == "rootfile");
    let package_path = root
        .and_then(|root| root.get("full-path").map(str::to_owned))
        .or_else(|| archive::member_names(bytes).into_iter().find(|name| name.ends_with(".opf")));
    let Some(package_path) = package_path else { return unreadable_package(bytes) };
    let Some(package) = read_member(&package_path) else { return unreadable_package(bytes) };
    let folder = package_path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let all = list_elements(&package);
    let named = |name: &'static str| all.iter().filter(move |element| element.name == name);
    let items: HashMap<&str, &XmlElement> = named("item").filter_map(|item| Some((item.get("id")?, item))).collect();
    let spine = named("itemref").filter_map(|item| items.get(item.get("idref")?)).map(|item| shown_item(item, &items));
    let mut chapters: Vec<&str> = spine.filter_map(|item| item.get("href")).collect();
    if chapters.is_empty() {
        // A damaged book without reading order.
        chapters = named("item").filter(|item| is_page(item)).filter_map(|item| item.get("href")).collect();
    }
    let (mut pages, mut headings) = (Vec::new(), Vec::new());
    for item in chapters {
        let [path, decoded] = archive::resolve_href(folder, item);
        let page = read_member(&path).or_else(|| read_member(&decoded));
        if let Some(page) = page {
            let is_drawing = path.to_ascii_lowercase().ends_with(".svg");
            let extract = if is_drawing { svg::extract } else { text::extract_html };
            let Extraction { pages: parts, headings: page_headings, .. } = extract(page.as_bytes());
            headings.extend(page_headings.into_iter().map(|heading| heading.moved(pages.len())));
            pages.extend(parts);
        }
    }
    with_metadata(Extraction { pages, headings, ..Extraction::default() }, &package)
}

/// Whether an item is a page or a drawing, not the list of the chapters.
fn is_page(item: &XmlElement) -> bool {
    let is_known = matches!(item.get("media-type"), Some("application/xhtml+xml" | "text/html" | "image/svg+xml"));
    is_known && !item.get("properties").is_some_and(|properties| properties.split(' ').any(|name| name == "nav"))
}

/// The item that is shown instead of one that is neither a page nor a drawing, if the book has one.
fn shown_item<'i>(item: &'i XmlElement, items: &HashMap<&str, &'i XmlElement>) -> &'i XmlElement {
    // Items may name each other in a circle.
    const MAX_FALLBACKS: usize = 10;
    let fallback = |item: &&'i XmlElement| items.get(item.get("fallback")?).copied();
    std::iter::successors(Some(item), fallback).take(MAX_FALLBACKS).find(|item| is_page(item)).unwrap_or(item)
}

#[cfg(test)]
mod tests {
    use super::super::office::make_archive;
    use super::*;

    #[test]
    fn chapters_are_found_by_their_addresses() {
        const CONTAINER: &[u8] = b"<container><rootfile full-path='OEBPS/package/book.opf'/></container>";
        for (name, address) in [
            ("OEBPS/text/Chapter 1\u{e9}.xhtml", "../text/Chapter%201%C3%A9.xhtml"),
            ("OEBPS/package/50%25.xhtml", "50%25.xhtml"),
            ("OEBPS/package/a.xhtml", "./a.xhtml#start"),
            ("OEBPS/package/Text/A.xhtml", "text/a.xhtml"),
        ] {
            let package = format!("<package><item id='a' href='{address}'/><itemref idref='a'/></package>");
            let book = make_archive(&[
                ("META-INF/container.xml", CONTAINER),
                ("OEBPS/package/book.opf", package.as_bytes()),
                (name, b"<html><p>Water</p></html>"),
            ]);
            assert_eq!(extract(&book).pages.concat().trim(), "Water", "{address}");
        }
    }

    #[test]
    fn books_without_reading_order_or_with_other_formats_are_read() {
        const ITEM: &str = "<item id='a' href='a.xhtml' media-type='application/xhtml+xml'/>";
        let nav = "<item id='n' href='n.xhtml' properties='nav' media-type='application/xhtml+xml'/>";
        let other = "<item id='x' href='x.xml' media-type='application/x-dtbook+xml' fallback='a'/>";
        for (container, package) in [
            (true, format!("<package>{nav}{ITEM}<spine/></package>")),
            (true, format!("<package>{ITEM}{other}<itemref idref='x'/></package>")),
            (false, format!("<package>{ITEM}<itemref idref='a' linear='no'/></package>")),
        ] {
            let mut members: Vec<(&str, &[u8])> = vec![
                ("O/book.opf", package.as_bytes()),
                ("O/a.xhtml", b"<?xml version='1.0'?><html><title/><p>Water</p></html>"),
                ("O/n.xhtml", b"<p>Contents</p>"),
                ("O/x.xml", b"<book>Data</book>"),
            ];
            if container {
                members.push(("META-INF/container.xml", b"<container><rootfile full-path='O/book.opf'/></container>"));
            }
            assert_eq!(extract(&make_archive(&members)).pages.concat().trim(), "Water", "{package}");
        }
    }
}
