//! PPTX and PPSX (ECMA-376): presentations in XML files in a ZIP archive.

use std::collections::HashSet;

use super::Extraction;
use super::markup::list_elements;
use super::office::{DRAWING_TEXT, graphics_rules, read_member, unreadable_package, with_metadata};
use super::package::list_relations;

/// Extracts the text of a presentation. The text of each slide, with its notes, begins a new part.
pub(super) fn extract(bytes: &[u8]) -> Extraction {
    let presentation = list_relations(bytes, "").into_iter().find(|relation| relation.kind == "officeDocument");
    let path = presentation.map_or_else(|| "ppt/presentation.xml".to_owned(), |relation| relation.target);
    let Some(presentation) = read_member(bytes, &path) else { return unreadable_package(bytes) };
    let relations = list_relations(bytes, &path);
    let mut seen = HashSet::new();
    let mut text = String::new();
    for slide in list_elements(&presentation).into_iter().filter(|element| element.name == "sldId") {
        let named = |(_, value): &(String, String)| {
            relations.iter().find(|relation| relation.kind == "slide" && relation.id == *value)
        };
        let Some(slide) = slide.attributes.iter().find_map(named) else { continue };
        // Each slide is read once, even if a damaged list names it several times.
        let Some(xml) =
            Some(&slide.target).filter(|path| seen.insert((*path).clone())).and_then(|path| read_member(bytes, path))
        else {
            continue;
        };
        text += &DRAWING_TEXT.read(&xml);
        for relation in list_relations(bytes, &slide.target) {
            let rules = if relation.kind == "notesSlide" { Some(DRAWING_TEXT) } else { graphics_rules(&relation.kind) };
            if let Some(rules) = rules.filter(|_| seen.insert(relation.target.clone())) {
                text += &rules.read(&read_member(bytes, &relation.target).unwrap_or_default());
            }
        }
        text.push('\u{c}');
    }
    let core = read_member(bytes, "docProps/core.xml").unwrap_or_default();
    with_metadata(Extraction::from_text(&text), &core)
}

#[cfg(test)]
mod tests {
    use super::super::TextLayer;
    use super::super::office::make_archive;
    use super::*;

    fn relations(list: &[(&str, &str, &str)]) -> String {
        let relation = |(id, kind, target): &(&str, &str, &str)| {
            format!("<Relationship Id=\"{id}\" Type=\"http://example.org/relationships/{kind}\" Target=\"{target}\"/>")
        };
        format!("<Relationships>{}</Relationships>", list.iter().map(relation).collect::<String>())
    }

    #[test]
    fn slides_are_read_in_the_order_of_the_presentation() {
        let slide = |text: &str| format!("<p:sld><p:sp><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp></p:sld>");
        let table = "<p:sld><a:tbl><a:tc><a:p><a:t>two</a:t><a:br><a:rPr/></a:br><a:t>lines</a:t></a:p></a:tc></a:tbl><mc:AlternateContent><mc:Choice><a:p><a:t>once</a:t></a:p>\
                     </mc:Choice><mc:Fallback><a:p><a:t>once</a:t></a:p></mc:Fallback></mc:AlternateContent></p:sld>";
        let files = [
            ("_rels/.rels", relations(&[("a", "officeDocument", "/ppt/presentation.xml")])),
            (
                "ppt/presentation.xml",
                "<p:presentation><p:sldIdLst><p:sldId r:id=\"r2\" id=\"256\"/><p:sldId id=\"257\" r:id=\"r1\"/><p:sldId r:id=\"r2\"/>\
                 </p:sldIdLst></p:presentation>"
                    .to_owned(),
            ),
            (
                "ppt/_rels/presentation.xml.rels",
                relations(&[("r1", "slide", "slides/slide1.xml"), ("r2", "slide", "slides/slide2.xml")]),
            ),
            ("ppt/slides/slide1.xml", table.to_owned()),
            ("ppt/slides/slide2.xml", slide("First")),
            (
                "ppt/slides/_rels/slide2.xml.rels",
                relations(&[("n", "notesSlide", "../notes/n.xml"), ("c", "chart", "../charts/c.xml")]),
            ),
            ("ppt/notes/n.xml", slide("Spoken</a:t></a:r><a:fld type=\"slidenum\"><a:t>7</a:t></a:fld><a:r><a:t> words")),
            (
                "ppt/charts/c.xml",
                "<c:chart><c:strRef><c:pt><c:v>Asia</c:v></c:pt></c:strRef><c:numRef><c:pt><c:v>0.25</c:v></c:pt></c:numRef></c:chart>"
                    .to_owned(),
            ),
        ];
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        let extraction = extract(&make_archive(&files));
        assert_eq!(extraction.pages, ["First\nSpoken words\nAsia\n", "two lines\nonce\n"]);
        assert_eq!((extraction.is_paginated, extraction.facts.text), (false, TextLayer::Good));
    }

    #[test]
    fn fonts_of_symbols_do_not_divide_words() {
        let slide = "<p:sld><a:p><a:r><a:rPr><a:sym typeface='Calibri'/></a:rPr><a:t>Wa</a:t></a:r>\
                     <a:r><a:rPr b='1'><a:sym typeface='Calibri'/></a:rPr><a:t>ter</a:t></a:r></a:p></p:sld>";
        assert_eq!(DRAWING_TEXT.read(slide), "Water\n");
    }

    #[test]
    fn damage_is_reported() {
        for bytes in [&b""[..], b"PK", &make_archive(&[("word/document.xml", b"<p/>")])] {
            assert!(matches!(extract(bytes).facts.text, TextLayer::Unreadable(_)));
        }
    }
}
