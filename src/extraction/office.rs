//! DOCX (ECMA-376), and functions for all formats that consist of XML files in a ZIP archive.

use std::cell::Cell;
use std::collections::HashSet;

use super::compound::is_encrypted_package;
use super::markup::TextRules;
use super::package::list_relations;
use super::styles::{heading_styles, title_of_docx};
use super::{Extraction, Facts, TextLayer, rtf, text, web_archive};
use crate::archive;
use crate::encodings::{decode_markup, decode_text};

/// The largest member that is unpacked, in bytes: a thousand pages have about 20 MB of XML.
const MAX_MEMBER_BYTES: u64 = 128 << 20;

/// The text of a Word document. The file contains each text box twice, the second time for old programs (`Fallback`), and
/// text that a revision has moved also at its old place (`moveFrom`). Some programs mark deleted text only by the element around it
/// (`del`). Pronunciations (`rt`) and the descriptions of pictures follow the paragraph.
pub(super) const WORD_TEXT: TextRules<'_> = TextRules {
    skipped: &["Fallback", "moveFrom", "del"],
    deferred: &["txbxContent", "rt", "drawing", "pict"],
    attributes: &[("textpath", "string"), ("docPr", "descr"), ("shape", "alt")],
    ..TextRules::lines_of(&["t"], &["p"])
};

/// The text of a header or footer, without simple fields: these are page numbers.
const HEADER_TEXT: TextRules<'_> = TextRules { skipped: &["Fallback", "del", "fldSimple"], ..WORD_TEXT };

/// The text of shapes in slides and diagrams, without fields: these are dates and page numbers.
pub(super) const DRAWING_TEXT: TextRules<'_> = TextRules {
    skipped: &["Fallback", "fld"],
    attributes: &[("cNvPr", "descr")],
    ..TextRules::lines_of(&["t"], &["p"])
};

/// The text of a chart: its titles, and the names of its categories. Its numbers are in a workbook inside the document.
const CHART_TEXT: TextRules<'_> = TextRules {
    skipped: &["numCache", "numRef", "numLit", "numDim"],
    ..TextRules::lines_of(&["t", "v", "pt"], &["p", "pt"])
};

/// The rules for reading a diagram or a chart that a document refers to; `None` for other kinds of references.
pub(super) fn graphics_rules(kind: &str) -> Option<TextRules<'static>> {
    match kind {
        "diagramData" => Some(DRAWING_TEXT),
        "chart" | "chartEx" => Some(CHART_TEXT),
        _ => None,
    }
}

/// How deeply documents inside documents are read.
const MAX_INSERTED_DEPTH: usize = 2;

/// How much is unpacked of a document and the documents inside it, in bytes.
const MAX_UNPACKED_BYTES: u64 = 2 * MAX_MEMBER_BYTES;

/// What unpacking a member counts for at least, so that the number of members is limited too.
const MIN_UNPACKED_BYTES: u64 = 64 << 10;

/// Extracts the text of a Word document.
pub(super) fn extract_docx(bytes: &[u8]) -> Extraction {
    extract_docx_at(bytes, 0, &Cell::new(MAX_UNPACKED_BYTES))
}

/// Extracts the text of a Word document that is inside `depth` others. `budget` is the number of bytes that may still be unpacked.
fn extract_docx_at(bytes: &[u8], depth: usize, budget: &Cell<u64>) -> Extraction {
    let read_member = |path: &str| Some(decode_markup(&unpack(bytes, path, budget)?));
    let main = list_relations(bytes, "").into_iter().find(|relation| relation.kind == "officeDocument");
    let path = main.map_or_else(|| "word/document.xml".to_owned(), |relation| relation.target);
    let Some(document) = read_member(&path) else { return unreadable_package(bytes) };
    let relations = list_relations(bytes, &path);
    // Each part is read once, even if a damaged list names it several times.
    let mut read = HashSet::new();
    let mut is_new = |path: &str| read.insert(path.to_ascii_lowercase());
    let named = |kind: &'static str| relations.iter().filter(move |relation| relation.kind == kind);
    let styles = named("styles").next().map_or("word/styles.xml", |part| part.target.as_str());
    let styles = read_member(styles).unwrap_or_default();
    let headings = heading_styles(&styles);
    let mut text = WORD_TEXT.read_with_styles(&document, &|style| headings.contains(style));
    for inserted in named("aFChunk").filter(|part| depth < MAX_INSERTED_DEPTH && is_new(&part.target)) {
        text.push_str("\n\n");
        text.push_str(&inserted_text(bytes, &inserted.target, depth, budget));
    }
    for part in &relations {
        if let Some(rules) = graphics_rules(&part.kind).filter(|_| is_new(&part.target)) {
            text.push('\n');
            text.push_str(&rules.read(&read_member(&part.target).unwrap_or_default()));
        }
    }
    for notes in named("footnotes").chain(named("endnotes")).take(2) {
        text.push('\n');
        text.push_str(&WORD_TEXT.read(&read_member(&notes.target).unwrap_or_default()));
    }
    // Headers are repeated in every section, so each of their lines is kept once.
    let mut seen = HashSet::new();
    for part in named("header").chain(named("footer")) {
        if is_new(&part.target) {
            for line in HEADER_TEXT.read(&read_member(&part.target).unwrap_or_default()).lines() {
                if !line.trim().is_empty() && seen.insert(line.trim().to_owned()) {
                    text.push('\n');
                    text.push_str(line.trim());
                }
            }
        }
    }
    let core = read_member("docProps/core.xml").unwrap_or_default();
    let mut extraction = with_metadata(Extraction::from_text(&text), &core);
    extraction.facts.shown_title = title_of_docx(&document, &styles);
    extraction
}

/// The text of a document in another format that is inserted in a Word document (`altChunk`).
fn inserted_text(bytes: &[u8], path: &str, depth: usize, budget: &Cell<u64>) -> String {
    let Some(inserted) = unpack(bytes, path, budget) else { return String::new() };
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let extraction = match extension.to_ascii_lowercase().as_str() {
        _ if inserted.starts_with(b"PK") => extract_docx_at(&inserted, depth + 1, budget),
        _ if rtf::is_rtf(&inserted) => rtf::extract(&inserted),
        _ if web_archive::is_web_archive(&inserted) => web_archive::extract(&inserted),
        "txt" => Extraction::from_text(&decode_text(&inserted)),
        _ => text::extract_html(&inserted),
    };
    extraction.pages.join("\n")
}

/// Unpacks a member of the archive, unless it is larger than what may still be unpacked.
fn unpack(bytes: &[u8], path: &str, budget: &Cell<u64>) -> Option<Vec<u8>> {
    let limit = Some(budget.get().min(MAX_MEMBER_BYTES)).filter(|limit| *limit > 0)?;
    let member = archive::read_member(bytes, path, limit);
    let size = member.as_ref().map_or(0, |member| member.len() as u64);
    budget.set(budget.get().saturating_sub(size.max(MIN_UNPACKED_BYTES)));
    member
}

/// The result for a file that cannot be read as an archive: it is damaged, or encrypted and thus a compound file.
pub(super) fn unreadable_package(bytes: &[u8]) -> Extraction {
    if is_encrypted_package(bytes) { Extraction::encrypted() } else { Extraction::unreadable("it is damaged") }
}

/// Adds the facts from metadata with Dublin Core elements.
pub(super) fn with_metadata(mut extraction: Extraction, meta: &str) -> Extraction {
    let all = |name: &str| -> Vec<String> {
        let text = TextRules::lines_of(&[name], &[name]).read(meta);
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
    Some(decode_markup(&archive::read_member(bytes, name, MAX_MEMBER_BYTES)?))
}

/// An archive with these members, for the tests of the formats in archives.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) fn make_archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = archive::ArchiveWriter::new(std::io::Cursor::new(Vec::new()), (2000, 1, 1));
    for (name, bytes) in files {
        writer.start_file(name, bytes.len() as u64, true).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_notes_of_a_word_document_are_extracted() {
        let document = "<w:document><w:body><w:p><w:r><w:t>Water &amp; </w:t></w:r><w:r><w:t>s&#xE9;curit\u{e9}</w:t></w:r></w:p>\
                        <w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>سلام</w:t><w:tab/><w:t>x</w:t></w:r></w:p></w:body></w:document>";
        let notes = "<w:footnotes><w:footnote><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote></w:footnotes>";
        let core = "<cp:coreProperties><dc:title>The title</dc:title></cp:coreProperties>";
        let relations = "<Relationships><Relationship Id=\"a\" Type=\"x/footnotes\" Target=\"footnotes.xml\"/>\
                         <Relationship Id=\"b\" Type=\"x/header\" Target=\"header1.xml\"/>\
                         <Relationship Id=\"c\" Type=\"x/footer\" Target=\"header1.xml\"/></Relationships>";
        let header = "<w:hdr><w:p><w:r><w:t>Head</w:t></w:r></w:p><w:p><w:r><w:t>Head</w:t></w:r></w:p></w:hdr>";
        let extraction = extract_docx(&make_archive(&[
            ("word/document.xml", document.as_bytes()),
            ("word/_rels/document.xml.rels", relations.as_bytes()),
            ("word/footnotes.xml", notes.as_bytes()),
            ("word/header1.xml", header.as_bytes()),
            ("docProps/core.xml", core.as_bytes()),
        ]));
        assert_eq!(extraction.pages, ["Water & sécurité\nسلام x\n\nA note.\n\nHead\n"]);
        assert_eq!(extraction.facts.title.as_deref(), Some("The title"));
        assert_eq!((extraction.is_paginated, extraction.facts.text), (false, TextLayer::Good));
    }

    #[test]
    fn headings_of_a_word_document_are_marked() {
        let document = "<w:p><w:pPr><w:pStyle w:val='berschrift2'/></w:pPr><w:r><w:t>Wells</w:t></w:r></w:p><w:p><w:t>Deep</w:t></w:p>";
        let styles = "<w:styles><w:style w:styleId='berschrift2'><w:name w:val='heading 2'/></w:style></w:styles>";
        let files = [("word/document.xml", document.as_bytes()), ("word/styles.xml", styles.as_bytes())];
        let extraction = extract_docx(&make_archive(&files));
        assert_eq!(extraction.pages, ["\u{1}Wells\nDeep\n"]);
        assert_eq!(extraction.headings.iter().map(|heading| heading.text.as_str()).collect::<Vec<_>>(), ["Wells"]);
    }

    #[test]
    fn the_text_of_a_text_box_is_read_once() {
        let text_box = |text: &str| format!("<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>");
        let document = format!(
            "<w:p><w:r><w:t>Be</w:t></w:r><mc:AlternateContent><mc:Choice>{}</mc:Choice><mc:Fallback>{}</mc:Fallback>\
             </mc:AlternateContent><w:r><w:t>fore</w:t></w:r></w:p>",
            text_box("boxed"),
            text_box("boxed")
        );
        assert_eq!(WORD_TEXT.read(&document), "Before\nboxed\n");
    }

    #[test]
    fn moved_text_is_read_once_and_pronunciation_after_the_text() {
        let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
        let paragraph = |text: &str| format!("<w:p>{text}</w:p>");
        let moved = paragraph(&format!("<w:moveFrom>{}</w:moveFrom>", run("a")))
            + &paragraph(&format!("<w:moveTo>{}</w:moveTo>", run("a")));
        assert_eq!(WORD_TEXT.read(&moved), "\na\n");
        let ruby = format!(
            "<w:r><w:ruby><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>",
            run("かんじ"),
            run("漢字")
        );
        assert_eq!(WORD_TEXT.read(&paragraph(&(ruby + &run("です")))), "漢字です\nかんじ\n");
        let tabs = paragraph("<w:r><w:t>one</w:t><w:ptab w:alignment='right'/><w:t>two</w:t></w:r>");
        assert_eq!(WORD_TEXT.read(&tabs), "one two\n");
    }

    #[test]
    fn deleted_and_hidden_text_is_left_out() {
        let run = |properties: &str, text: &str| format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>");
        let document = format!(
            "<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>{}<w:del>{}</w:del>{}{}{}</w:p>",
            run("<w:b/>", "One "),
            run("", "deleted"),
            run("<w:vanish/>", "hidden"),
            run("<w:vanish w:val='0'/>", "two "),
            run("<w:webHidden/>", "three")
        );
        assert_eq!(WORD_TEXT.read(&document), "One two three\n");
    }

    #[test]
    fn symbols_word_art_and_choices_are_read() {
        let symbol = |font: &str, code: &str| format!("<w:r><w:sym w:font='{font}' w:char='{code}'/></w:r>");
        let document = format!(
            "<w:p><w:t>angle </w:t>{}<w:t>,yes</w:t>{}<w:t>no</w:t>{}</w:p><w:p><v:textpath string='Draft'/></w:p>\
             <w:p><w:ddList><w:result w:val='1'/><w:listEntry w:val='Well'/><w:listEntry w:val='Pump'/></w:ddList></w:p>",
            symbol("Symbol", "F061"),
            symbol("Wingdings", "F0E0"),
            symbol("Arial", "00E9")
        );
        assert_eq!(WORD_TEXT.read(&document), "angle α,yes noé\n Draft \nPump\n");
    }

    #[test]
    fn descriptions_of_pictures_follow_the_paragraph() {
        let picture = |description: &str| {
            format!(
                "<w:r><w:drawing><wp:inline><wp:docPr id='1' name='Picture 1' descr='{description}'/><pic:cNvPr descr='{description}'/></wp:inline></w:drawing></w:r>"
            )
        };
        let document = format!(
            "<w:p><w:r><w:t>Be</w:t></w:r>{}<w:r><w:t>fore</w:t></w:r></w:p><w:p><w:t>Next</w:t><w:pict><v:shape alt='A pump'/></w:pict></w:p>",
            picture("A woman at a well&#10;&#10;Description automatically generated")
        );
        let lines = |text: String| {
            text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect::<Vec<_>>()
        };
        assert_eq!(lines(WORD_TEXT.read(&document)), ["Before", "A woman at a well", "Next", "A pump"]);
        for name in [
            "C:\\Pictures\\well.png",
            "well.jpg",
            "https://example.org/a",
            "Description automatically generated",
            "image1.emf ",
        ] {
            let document = format!("<w:p><w:t>Text</w:t>{}</w:p>", picture(name));
            assert_eq!(lines(WORD_TEXT.read(&document)), ["Text"], "{name}");
        }
        for words in
            ["Automatic weather station", "Máy bơm tự động", "HTTP status codes", "A pump&#10;&#10;An automatic gauge"]
        {
            let text = WORD_TEXT.read(&format!("<w:p>{}</w:p>", picture(words)));
            assert!(text.contains(words.rsplit(';').next().unwrap()), "{words}");
        }
        let slide = "<p:pic><p:nvPicPr><p:cNvPr id='4' name='Picture 3' descr='Two wells'/></p:nvPicPr></p:pic><a:p><a:t>Text</a:t></a:p>";
        assert_eq!(lines(DRAWING_TEXT.read(slide)), ["Two wells", "Text"]);
    }

    #[test]
    fn charts_diagrams_and_inserted_documents_are_read() {
        const ARCHIVE: &str = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html\r\n\
                               Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>Archi=\r\nved caf=C3=A9</p>\r\n--b--\r\n";
        let relations = "<Relationships><Relationship Id='a' Type='x/aFChunk' Target='a.htm'/>\
                         <Relationship Id='b' Type='x/aFChunk' Target='/word/b.mht'/><Relationship Id='c' Type='x/aFChunk' Target='c.docx'/>\
                         <Relationship Id='d' Type='x/aFChunk' Target='d.rtf'/><Relationship Id='e' Type='x/aFChunk' Target='e.txt'/>\
                         <Relationship Id='f' Type='x/diagramData' Target='f.xml'/><Relationship Id='g' Type='x/chartEx' Target='g.xml'/>\
                         </Relationships>";
        let inner = make_archive(&[("word/document.xml", b"<w:p><w:t>Inner</w:t></w:p>")]);
        let extraction = extract_docx(&make_archive(&[
            ("word/document.xml", b"<w:p><w:t>Outer</w:t></w:p>"),
            ("word/_rels/document.xml.rels", relations.as_bytes()),
            ("word/a.htm", b"<p>Web</p>"),
            ("word/b.mht", ARCHIVE.as_bytes()),
            ("word/c.docx", &inner),
            ("word/d.rtf", b"{\\rtf1 Rich}"),
            ("word/e.txt", b"Plain"),
            ("word/f.xml", b"<a:p><a:t>Diagram</a:t></a:p>"),
            ("word/g.xml", b"<cx:numDim><cx:pt>5</cx:pt></cx:numDim><cx:pt>Asia</cx:pt><a:p><a:t>Chart</a:t></a:p>"),
        ]));
        let words: Vec<&str> = extraction.pages.iter().flat_map(|page| page.split_whitespace()).collect();
        assert_eq!(words.join(" "), "Outer Web Archived café Inner Rich Plain Diagram Asia Chart");
        let mut deep = inner;
        for _ in 0..6 {
            let relations = b"<Relationships><Relationship Id='a' Type='x/aFChunk' Target='a.docx'/></Relationships>";
            deep = make_archive(&[
                ("word/document.xml", b"<w:p/>"),
                ("word/_rels/document.xml.rels", relations),
                ("word/a.docx", &deep),
            ]);
        }
        assert!(extract_docx(&deep).pages.is_empty());
    }

    #[test]
    fn inserted_documents_do_not_multiply_the_text() {
        let relations = |targets: &[String]| {
            let relation = |target: &String| format!("<Relationship Id='a' Type='x/aFChunk' Target='{target}'/>");
            format!("<Relationships>{}</Relationships>", targets.iter().map(relation).collect::<String>())
        };
        let count = |document: &[u8]| extract_docx(document).pages.concat().matches("text").count();
        let text = b"<w:p><w:t>text</w:t></w:p>";
        // The same document several times, under names that differ in case.
        let targets: Vec<String> = ["a.docx", "A.docx", "a.DOCX"].repeat(20).into_iter().map(String::from).collect();
        let mut document = make_archive(&[("word/document.xml", text)]);
        for _ in 0..2 {
            document = make_archive(&[
                ("word/document.xml", text),
                ("word/_rels/document.xml.rels", relations(&targets).as_bytes()),
                ("word/a.docx", &document),
            ]);
        }
        assert_eq!(count(&document), 3);
        // Many parts that do not exist, or that are small.
        let targets: Vec<String> =
            (0..5000).map(|number| format!("{number}.txt")).chain(["a.txt".to_owned()]).collect();
        let document = make_archive(&[
            ("word/document.xml", text),
            ("word/_rels/document.xml.rels", relations(&targets).as_bytes()),
            ("word/a.txt", b"text"),
        ]);
        assert_eq!(count(&document), 1);
        let budget = Cell::new(3);
        assert_eq!((unpack(&document, "word/a.txt", &budget), budget.get()), (None, 0));
    }

    #[test]
    fn documents_of_other_programs_are_read() {
        const TEXT: &str = "<w:document><w:body><w:p><w:t>Вода</w:t></w:p></w:body></w:document>";
        let utf_16: Vec<u8> = format!("\u{feff}<?xml version='1.0' encoding='UTF-16'?>{TEXT}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for (name, document) in [
            ("word/document.xml", &utf_16[..]),
            ("word\\document.xml", TEXT.as_bytes()),
            ("Word/Document.XML", TEXT.as_bytes()),
        ] {
            let extraction = extract_docx(&make_archive(&[(name, document)]));
            assert_eq!(extraction.pages.concat().trim(), "Вода", "{name}");
        }
    }

    #[test]
    fn deeply_nested_elements_are_read() {
        let deep = "<a>".repeat(1_000_000) + "<w:p><w:t>text</w:t></w:p>";
        assert_eq!(WORD_TEXT.read(&deep), "text\n");
    }

    #[test]
    fn bombs_and_damage_are_reported() {
        let bomb = make_archive(&[("word/document.xml", &vec![b'a'; MAX_MEMBER_BYTES as usize + 1])]);
        assert!(bomb.len() < 1 << 20);
        let whole = make_archive(&[("word/document.xml", b"<w:p><w:t>text</w:t></w:p>")]);
        for bytes in [&bomb[..], &whole[..whole.len() / 2], b"", b"PK"] {
            assert!(matches!(extract_docx(bytes).facts.text, TextLayer::Unreadable(_)));
        }
    }
}
