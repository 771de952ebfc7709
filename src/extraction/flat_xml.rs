//! Documents that are one XML file: OpenDocument and Office Open XML without an archive, and the XML of Word 2003.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use super::office::{self, WORD_TEXT};
use super::{Extraction, open_document, slides, table};
use crate::archive::ArchiveWriter;
use crate::encodings::decode_markup;
use crate::system::open_regular_file;

/// How much of a file is examined for the kind of document that it is, in bytes.
const EXAMINED_BYTES: usize = 4096;

/// The name of the outermost element of an XML file that begins like this.
fn root_name(xml: &str) -> &str {
    let mut rest = xml.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!") => ">",
            _ => break,
        };
        rest = rest.split_once(end).map_or("", |(_, rest)| rest.trim_start());
    }
    let name = rest.strip_prefix('<').unwrap_or_default();
    &name[..name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(name.len())]
}

/// Whether an XML file is an office document, judged by its first bytes. Files that cannot be read are taken for one: whoever reads them
/// reports why.
pub(super) fn may_be_office_document(path: &Path) -> bool {
    let mut start = Vec::new();
    match open_regular_file(path).and_then(|file| file.take(EXAMINED_BYTES as u64).read_to_end(&mut start)) {
        Ok(_) => matches!(root_name(&decode_markup(&start)), "pkg:package" | "w:wordDocument" | "office:document"),
        Err(_) => true,
    }
}

/// Reads an XML file that is an office document. Other XML files are not read: nothing says which of their texts readers see.
pub(super) fn extract(bytes: &[u8]) -> Extraction {
    let xml = decode_markup(bytes);
    let root = root_name(&xml[..xml.floor_char_boundary(EXAMINED_BYTES)]);
    if root == "pkg:package" {
        return match archive_of_package(&xml) {
            Some(archive) if xml.contains("pkg:name=\"/ppt/presentation.xml\"") => slides::extract(&archive),
            Some(archive) => office::extract_docx(&archive),
            None => Extraction::unreadable("it is damaged"),
        };
    }
    if root == "w:wordDocument" {
        return Extraction::from_text(&WORD_TEXT.read(&xml));
    }
    if root == "office:document" { extract_open_document(bytes) } else { Extraction::default() }
}

/// Whether Word or PowerPoint saved this document as XML. They open such documents under any extension.
pub(super) fn is_office_document(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(EXAMINED_BYTES)];
    ["<pkg:package", "<w:wordDocument"].iter().any(|tag| start.windows(tag.len()).any(|part| part == tag.as_bytes()))
}

/// Reads an OpenDocument text, presentation or workbook that is one XML file.
pub(super) fn extract_open_document(bytes: &[u8]) -> Extraction {
    let xml = decode_markup(bytes);
    let Some(archive) = archive_of_open_document(&xml) else {
        return Extraction::unreadable("it is damaged, or not an OpenDocument file");
    };
    if xml.contains("<office:spreadsheet") {
        table::extract_workbook(&archive)
    } else {
        open_document::extract(&archive)
    }
}

/// An archive with the parts of an Office Open XML file (“Flat OPC”).
fn archive_of_package(xml: &str) -> Option<Vec<u8>> {
    let parts = xml.split("<pkg:part ").skip(1).filter_map(|part| {
        let name = part.split_once("pkg:name=\"")?.1.split_once('"')?.0;
        let data = part.split_once("<pkg:xmlData")?.1.split_once('>')?.1;
        let data = data.rsplit_once("</pkg:xmlData>").map_or(data, |(data, _)| data);
        Some((name.trim_start_matches('/'), data))
    });
    make_archive(&parts.collect::<Vec<_>>())
}

/// An archive with the parts of an OpenDocument file. The master pages are among the styles, as in an archive.
fn archive_of_open_document(xml: &str) -> Option<Vec<u8>> {
    let body = xml.find("<office:body")?;
    let (styles, text) = xml.split_at(body);
    let content = match (styles.find("<office:master-styles"), styles.find("</office:master-styles>")) {
        (Some(start), Some(end)) if start < end => format!("{}{}{text}", &styles[..start], &styles[end..]),
        _ => xml.to_owned(),
    };
    // After the master pages were removed, their closing tag would be the first error.
    let content = content.replacen("</office:master-styles>", "", 1);
    make_archive(&[("content.xml", &content), ("styles.xml", styles), ("meta.xml", styles)])
}

/// An archive with these members, which are not compressed. `None` if there are none.
fn make_archive(members: &[(&str, &str)]) -> Option<Vec<u8>> {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new()), (2000, 1, 1));
    for (name, contents) in members {
        writer.start_file(name, contents.len() as u64, false).ok()?;
        writer.write_all(contents.as_bytes()).ok()?;
    }
    if members.is_empty() { None } else { Some(writer.finish().ok()?.into_inner()) }
}

#[cfg(test)]
mod tests {
    use super::super::TextLayer;
    use super::*;

    fn words_of(extraction: &Extraction) -> String {
        extraction.pages.iter().flat_map(|page| page.split_whitespace()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn word_documents_in_xml_are_read() {
        let part = |name: &str, xml: &str| {
            format!("<pkg:part pkg:name=\"{name}\" pkg:contentType=\"a/b\"><pkg:xmlData>{xml}</pkg:xmlData></pkg:part>")
        };
        let relations =
            "<Relationships><Relationship Id='a' Type='x/footnotes' Target='footnotes.xml'/></Relationships>";
        let package = format!(
            "<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><pkg:package xmlns:pkg=\"x\">{}{}{}{}\
             <pkg:part pkg:name=\"/word/media/a.png\"><pkg:binaryData>AAAA</pkg:binaryData></pkg:part></pkg:package>",
            part(
                "/word/document.xml",
                "<w:document><w:body><w:p><w:r><w:t>A well</w:t></w:r></w:p></w:body></w:document>"
            ),
            part("/word/_rels/document.xml.rels", relations),
            part("/word/footnotes.xml", "<w:footnotes><w:p><w:t>A note</w:t></w:p></w:footnotes>"),
            part("/docProps/core.xml", "<cp:coreProperties><dc:title>Wells</dc:title></cp:coreProperties>"),
        );
        for bytes in [package.clone().into_bytes(), format!("\u{feff}{package}").into_bytes()] {
            let extraction = extract(&bytes);
            assert_eq!(
                (words_of(&extraction), extraction.facts.title.as_deref()),
                ("A well A note".to_owned(), Some("Wells"))
            );
            assert!(is_office_document(&bytes));
        }
        let word_2003 =
            b"<?xml version='1.0'?><w:wordDocument><o:DocumentProperties><o:Title>T</o:Title></o:DocumentProperties>\
                          <w:body><w:p><w:r><w:t>Old</w:t></w:r></w:p></w:body></w:wordDocument>";
        assert_eq!(words_of(&extract(word_2003)), "Old");
    }

    #[test]
    fn open_documents_in_xml_are_read() {
        let document = |body: &str| {
            format!(
                "<?xml version='1.0'?><office:document><office:meta><dc:title>Wells</dc:title></office:meta><office:styles/>\
                 <office:master-styles><style:master-page><style:footer><text:p>Foot</text:p></style:footer></style:master-page>\
                 </office:master-styles><office:body>{body}</office:body></office:document>"
            )
        };
        let text = document("<office:text><text:h>Head</text:h><text:p>Body</text:p></office:text>");
        let extraction = extract_open_document(text.as_bytes());
        assert_eq!(extraction.pages, ["\u{1}Head\nBody\nFoot\n"]);
        assert_eq!(extraction.facts.title.as_deref(), Some("Wells"));
        assert_eq!(words_of(&extract(text.as_bytes())), "\u{1}Head Body Foot");
        let slide = |text: &str| format!("<draw:page><draw:frame><text:p>{text}</text:p></draw:frame></draw:page>");
        let slides = document(&format!("<office:presentation>{}{}</office:presentation>", slide("One"), slide("Two")));
        assert_eq!(extract_open_document(slides.as_bytes()).pages.len(), 3);
        let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
        let rows = format!("<table:table-row>{}{}</table:table-row>", cell("Depth"), cell("12"));
        let sheet =
            format!("<office:spreadsheet><table:table table:name='Wells'>{rows}</table:table></office:spreadsheet>");
        let extraction = extract_open_document(document(&sheet).as_bytes());
        assert_eq!(words_of(&extraction), "Wells Depth 12");
        assert_eq!(extraction.facts.table.map(|table| table.column_count), Some(2));
    }

    #[test]
    fn other_xml_is_not_read_and_damage_is_reported() {
        assert_eq!(extract(b"<data><p>text</p></data>").facts.text, TextLayer::Unsupported);
        assert_eq!(extract(b"").facts.text, TextLayer::Unsupported);
        for bytes in [&b"<pkg:package>"[..], b"<office:document><office:meta>"] {
            assert!(matches!(extract(bytes).facts.text, TextLayer::Unreadable(_)));
        }
        assert!(matches!(extract_open_document(b"text").facts.text, TextLayer::Unreadable(_)));
    }
}
