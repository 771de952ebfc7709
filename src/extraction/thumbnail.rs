//! The picture of the cover or the first page that an e-book or an office document contains.

use super::markup::{XmlElement, list_elements};
use super::office::read_member;
use super::package::list_relations;
use crate::archive;
use crate::file_formats::{Extractor, Format};

/// The largest picture that is read, in bytes.
const MAX_PICTURE_BYTES: u64 = 32 << 20;

/// Where a format keeps its picture.
#[derive(Clone, Copy)]
enum Location {
    /// The cover of an e-book (W3C EPUB 3).
    Epub,
    /// `Thumbnails/thumbnail.png` (OpenDocument 1.3, part 2).
    OpenDocument,
    /// The thumbnail of a package (ECMA-376, part 2).
    Package,
}

impl Location {
    fn of_format(format: &str) -> Option<Self> {
        match (format, Format::from_extension(format)?.extractor?) {
            (_, Extractor::Epub) => Some(Self::Epub),
            (_, Extractor::OpenDocument) | ("ods", _) => Some(Self::OpenDocument),
            (_, Extractor::Docx | Extractor::Pptx) | ("xlsx" | "xlsm", _) => Some(Self::Package),
            _ => None,
        }
    }
}

/// Whether documents of a format, given by its extension, can contain a picture of their cover or first page.
pub fn has_thumbnails(format: &str) -> bool {
    Location::of_format(format).is_some()
}

/// The bytes of the picture of the cover or first page; `None` if the document contains none.
pub fn find_thumbnail(bytes: &[u8], format: &str) -> Option<Vec<u8>> {
    let path = match Location::of_format(format)? {
        Location::Epub => return epub_cover(bytes),
        Location::OpenDocument => "Thumbnails/thumbnail.png".to_owned(),
        Location::Package => {
            let relation = list_relations(bytes, "").into_iter().find(|relation| relation.kind == "thumbnail");
            relation.map_or_else(|| "docProps/thumbnail.jpeg".to_owned(), |relation| relation.target)
        }
    };
    archive::read_member(bytes, &path, MAX_PICTURE_BYTES)
}

/// The cover: the item that is marked as the cover, or in EPUB 2 the item that a `meta` element names.
fn epub_cover(bytes: &[u8]) -> Option<Vec<u8>> {
    let container = list_elements(&read_member(bytes, "META-INF/container.xml")?);
    let package_path = container.iter().find(|element| element.name == "rootfile")?.get("full-path")?;
    let all = list_elements(&read_member(bytes, package_path)?);
    let is_marked = |item: &&XmlElement| {
        item.get("properties").is_some_and(|properties| properties.split_whitespace().any(|word| word == "cover-image"))
    };
    let items = || all.iter().filter(|element| element.name == "item");
    let named = || {
        let meta = all.iter().find(|element| element.name == "meta" && element.get("name") == Some("cover"))?;
        items().find(|item| item.get("id") == meta.get("content"))
    };
    let href = items().find(is_marked).or_else(named)?.get("href")?;
    let folder = package_path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut paths = archive::resolve_href(folder, href).into_iter();
    paths.find_map(|path| archive::read_member(bytes, &path, MAX_PICTURE_BYTES))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::office::make_archive;
    use super::*;

    #[test]
    fn the_cover_of_an_e_book_is_marked_or_named() {
        let container = br#"<container><rootfiles><rootfile full-path="o/p.opf"/></rootfiles></container>"#;
        for package in [
            r#"<package><item id="a" href="a.png"/><item id="b" href="i/b.png" properties="svg cover-image"/></package>"#,
            r#"<package><meta name="cover" content="b"/><item id="a" href="a.png"/><item id="b" href="i/b.png"/></package>"#,
            r#"<package><item id="b" href="../o/%69/b%2Epng" properties="cover-image"/></package>"#,
        ] {
            let book = make_archive(&[
                ("META-INF/container.xml", container),
                ("o/p.opf", package.as_bytes()),
                ("o/a.png", b"another picture"),
                ("o/i/b.png", b"the cover"),
            ]);
            assert_eq!(find_thumbnail(&book, "epub").unwrap(), b"the cover");
        }
        assert_eq!(find_thumbnail(b"not an archive", "epub"), None);
    }

    #[test]
    fn office_documents_have_previews() {
        let relations =
            br#"<Relationships><Relationship Id="r" Type="x/metadata/thumbnail" Target="t/p.jpeg"/></Relationships>"#;
        let named = make_archive(&[("_rels/.rels", relations), ("t/p.jpeg", b"named")]);
        let usual = make_archive(&[("docProps/thumbnail.jpeg", b"usual")]);
        let open = make_archive(&[("Thumbnails/thumbnail.png", b"open")]);
        assert_eq!(find_thumbnail(&named, "docx").unwrap(), b"named");
        assert_eq!(find_thumbnail(&usual, "xlsx").unwrap(), b"usual");
        assert_eq!(find_thumbnail(&open, "ods").unwrap(), b"open");
        assert_eq!(find_thumbnail(&usual, "odt"), None);
        assert!(!has_thumbnails("txt") && !has_thumbnails("xls") && has_thumbnails("odp"));
    }
}
