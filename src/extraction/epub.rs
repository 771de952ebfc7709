//! EPUB (W3C EPUB 3): web pages in a ZIP archive, which are read in the order of the spine.

use std::collections::HashMap;

use super::markup::list_elements;
use super::office::{read_member, unreadable_package, with_metadata};
use super::{Extraction, Heading, svg, text};
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
    let Some(container) = read_member("META-INF/container.xml") else { return unreadable_package(bytes) };
    let root = list_elements(&container).into_iter().find(|element| element.name == "rootfile");
    let Some(package_path) = root.and_then(|root| root.get("full-path").map(str::to_owned)) else {
        return unreadable_package(bytes);
    };
    let Some(package) = read_member(&package_path) else { return unreadable_package(bytes) };
    let folder = package_path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let all = list_elements(&package);
    let named = |name: &'static str| all.iter().filter(move |element| element.name == name);
    let items: HashMap<&str, &str> =
        named("item").filter_map(|item| Some((item.get("id")?, item.get("href")?))).collect();
    let (mut pages, mut headings) = (Vec::new(), Vec::new());
    for item in named("itemref").filter_map(|item| items.get(item.get("idref")?)) {
        let [path, decoded] = archive::resolve_href(folder, item);
        let page = read_member(&path).or_else(|| read_member(&decoded));
        if let Some(page) = page {
            let is_drawing = path.to_ascii_lowercase().ends_with(".svg");
            let extract = if is_drawing { svg::extract } else { text::extract_html };
            let Extraction { pages: parts, headings: page_headings, .. } = extract(page.as_bytes());
            let moved = |heading: Heading| Heading { page: heading.page + pages.len(), ..heading };
            headings.extend(page_headings.into_iter().map(moved));
            pages.extend(parts);
        }
    }
    with_metadata(Extraction { pages, headings, ..Extraction::default() }, &package)
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
}
