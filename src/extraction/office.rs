//! DOCX (ECMA-376) and OpenDocument (ISO/IEC 26300), which are XML files in a ZIP archive.

use super::{Extraction, Facts, TextLayer};
use crate::archive;
use crate::data_formats::{XmlEvent, XmlReader, resolve_predefined_entity};

/// The largest member that is unpacked, in bytes: a thousand pages have about 20 MB of XML.
const MAX_MEMBER_BYTES: u64 = 128 << 20;

/// Extracts the text of a Word document.
pub(super) fn extract_docx(bytes: &[u8]) -> Extraction {
    let read = |name| read_member(bytes, name);
    let Some(document) = read("word/document.xml") else { return unreadable() };
    let mut text = extract_paragraphs(&document, "p", &["t"]);
    for notes in ["word/footnotes.xml", "word/endnotes.xml"] {
        if let Some(notes) = read(notes) {
            text.push('\n');
            text.push_str(&extract_paragraphs(&notes, "p", &["t"]));
        }
    }
    let core = read("docProps/core.xml").unwrap_or_default();
    with_metadata(Extraction::from_text(&text), &core)
}

/// Extracts the text of an OpenDocument text, spreadsheet or presentation.
pub(super) fn extract_open_document(bytes: &[u8]) -> Extraction {
    let Some(content) = read_member(bytes, "content.xml") else { return unreadable() };
    let text = extract_paragraphs(&content, "p", &["p", "h", "span", "a"]);
    let meta = read_member(bytes, "meta.xml").unwrap_or_default();
    with_metadata(Extraction::from_text(&text), &meta)
}

pub(super) fn unreadable() -> Extraction {
    Extraction::unreadable("it is damaged, or protected by a password")
}

/// Adds the facts from metadata with Dublin Core elements.
pub(super) fn with_metadata(mut extraction: Extraction, meta: &str) -> Extraction {
    let all = |name: &str| -> Vec<String> {
        let text = extract_paragraphs(meta, name, &[name]);
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    let first = |names: &[&str]| names.iter().find_map(|name| all(name).into_iter().next());
    let text = if extraction.pages.is_empty() { TextLayer::None } else { TextLayer::Good };
    let authors = Some(all("creator")).filter(|authors| !authors.is_empty()).unwrap_or_else(|| all("initial-creator"));
    extraction.facts = Facts {
        title: first(&["title"]),
        language: first(&["language"]),
        authors,
        date: first(&["created", "creation-date", "date"]),
        ..Facts::with_text_layer(text)
    };
    extraction
}

/// Reads a member of the archive; `None` if it is missing, damaged or too large.
pub(super) fn read_member(bytes: &[u8], name: &str) -> Option<String> {
    Some(String::from_utf8_lossy(&archive::read_member(bytes, name, MAX_MEMBER_BYTES)?).into_owned())
}

/// The text directly inside elements named in `within`, with a line break after each `paragraph` element. Reading stops
/// at the first error in the XML.
fn extract_paragraphs(xml: &str, paragraph: &str, within: &[&str]) -> String {
    let mut reader = XmlReader::from_str(xml);
    let mut text = String::new();
    let mut open: Vec<bool> = Vec::new();
    loop {
        match reader.read_event() {
            Ok(XmlEvent::Start(start)) => open.push(within.contains(&start.local_name().as_ref())),
            Ok(XmlEvent::End(end)) => {
                open.pop();
                let name = end.local_name();
                if name.as_ref() == paragraph || name.as_ref() == "h" {
                    text.push('\n');
                }
            }
            Ok(XmlEvent::Empty(empty)) => match empty.local_name().as_ref() {
                "tab" | "s" | "br" | "line-break" => text.push(' '),
                _ => {}
            },
            Ok(XmlEvent::Text(piece)) if open.last() == Some(&true) => {
                text.push_str(&piece);
            }
            Ok(XmlEvent::GeneralRef(reference)) if open.last() == Some(&true) => {
                if let Ok(Some(character)) = reference.resolve_char_ref() {
                    text.push(character);
                } else if let Some(known) = resolve_predefined_entity(&reference) {
                    text.push_str(known);
                }
            }
            Ok(XmlEvent::Eof) | Err(_) => return text,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use std::io::Cursor;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn paragraphs_and_notes_of_a_word_document_are_extracted() {
        let document = "<w:document><w:body><w:p><w:r><w:t>Water &amp; </w:t></w:r><w:r><w:t>s&#xE9;curit\u{e9}</w:t></w:r></w:p>\
                        <w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>سلام</w:t><w:tab/><w:t>x</w:t></w:r></w:p></w:body></w:document>";
        let notes = "<w:footnotes><w:footnote><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote></w:footnotes>";
        let core = "<cp:coreProperties><dc:title>The title</dc:title></cp:coreProperties>";
        let extraction = extract_docx(&archive(&[
            ("word/document.xml", document.as_bytes()),
            ("word/footnotes.xml", notes.as_bytes()),
            ("docProps/core.xml", core.as_bytes()),
        ]));
        assert_eq!(extraction.pages, ["Water & sécurité\nسلام x\n\nA note.\n"]);
        assert_eq!(extraction.facts.title.as_deref(), Some("The title"));
        assert_eq!((extraction.numbered, extraction.facts.text), (false, TextLayer::Good));
    }

    #[test]
    fn the_text_of_an_open_document_is_extracted() {
        let content =
            "<office:body><text:h>Head</text:h><text:p>One<text:s/><text:span>two</text:span></text:p></office:body>";
        let extraction = extract_open_document(&archive(&[("content.xml", content.as_bytes())]));
        assert_eq!(extraction.pages, ["Head\nOne two\n"]);
    }

    #[test]
    fn bombs_and_damage_are_reported() {
        let bomb = archive(&[("word/document.xml", &vec![b'a'; MAX_MEMBER_BYTES as usize + 1])]);
        assert!(bomb.len() < 1 << 20);
        let whole = archive(&[("word/document.xml", b"<w:p><w:t>text</w:t></w:p>")]);
        for bytes in [&bomb[..], &whole[..whole.len() / 2], b"", b"PK"] {
            assert!(matches!(extract_docx(bytes).facts.text, TextLayer::Unreadable(_)));
        }
    }
}
