//! OpenDocument texts and presentations (ISO/IEC 26300), which are XML files in a ZIP archive.

use std::collections::HashSet;

use super::Extraction;
use super::markup::TextRules;
use super::office::{read_member, unreadable_package, with_metadata};
use super::styles::title_of_open_document;

/// Reads paragraphs and headings with everything in them, except comments, deleted text and page numbers. Notes, text boxes and
/// pronunciations follow the paragraph to which they are anchored.
const TEXT: TextRules<'_> = TextRules {
    text: &["p", "h"],
    is_nested: true,
    paragraphs: &["p", "h"],
    skipped: &["annotation", "tracked-changes", "page-number", "page-count", "scripts", "note-citation"],
    hiding: &[],
    deferred: &["note", "frame", "custom-shape", "rect", "g", "ruby-text"],
    pages: &["page"],
    headings: &["h"],
    attributes: &[
        ("text", "current-value"),
        ("formatted-text", "current-value"),
        ("combobox", "current-value"),
        ("fixed-text", "label"),
        ("checkbox", "label"),
        ("radio", "label"),
        ("button", "label"),
    ],
};

/// Extracts the text of an OpenDocument text or presentation. The text of each slide, with its notes, begins a new part.
pub(super) fn extract(bytes: &[u8]) -> Extraction {
    if is_encrypted(bytes) {
        return Extraction::encrypted();
    }
    let Some(content) = read_member(bytes, "content.xml") else { return unreadable_package(bytes) };
    let mut text = TEXT.read(&content);
    // The headers, footers and master pages repeat many lines. Each is kept once.
    let styles = read_member(bytes, "styles.xml").unwrap_or_default();
    let masters = TEXT.read(&styles);
    let mut seen = HashSet::new();
    for line in masters.lines().map(str::trim).filter(|line| !line.is_empty() && seen.insert(*line)) {
        text.push_str(line);
        text.push('\n');
    }
    let meta = read_member(bytes, "meta.xml").unwrap_or_default();
    let mut extraction = with_metadata(Extraction::from_text(&text), &meta);
    extraction.facts.shown_title = title_of_open_document(&content, &styles);
    extraction
}

/// Whether the contents are encrypted (ISO/IEC 26300-3, 4.8).
fn is_encrypted(bytes: &[u8]) -> bool {
    read_member(bytes, "META-INF/manifest.xml").is_some_and(|manifest| manifest.contains("encryption-data"))
}

#[cfg(test)]
mod tests {
    use super::super::office::make_archive;
    use super::*;

    #[test]
    fn the_text_of_an_open_document_is_extracted() {
        let content = "<office:body><text:tracked-changes><text:p>deleted</text:p></text:tracked-changes><text:h>Head</text:h>\
            <text:p>One<text:s/><text:span>two</text:span><text:note><text:note-citation>1</text:note-citation><text:note-body>\
            <text:p>A note</text:p></text:note-body></text:note> <text:title>three</text:title><office:annotation><text:p>No</text:p>\
            </office:annotation></text:p></office:body>";
        let styles = "<style:master-page><style:footer><text:p>Foot <text:page-number>1</text:page-number></text:p></style:footer>\
            <style:footer-left><text:p>Foot</text:p></style:footer-left></style:master-page>";
        let file = make_archive(&[("content.xml", content.as_bytes()), ("styles.xml", styles.as_bytes())]);
        assert_eq!(extract(&file).pages, ["\u{1}Head\nOne two three\nA note\nFoot\n"]);
    }

    #[test]
    fn pronunciation_and_descriptions_follow_the_paragraph() {
        let content = "<text:p><text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>かん</text:ruby-text></text:ruby>\
            <text:ruby><text:ruby-base>字</text:ruby-base><text:ruby-text>じ</text:ruby-text></text:ruby>です<draw:frame>\
            <svg:title>A well</svg:title><svg:desc>A deep well</svg:desc></draw:frame></text:p>";
        let file = make_archive(&[("content.xml", content.as_bytes())]);
        assert_eq!(extract(&file).pages, ["漢字です\nかん\nじ\nA well A deep well\n"]);
    }

    #[test]
    fn the_labels_and_values_of_forms_are_read() {
        let content = "<office:forms><form:form><form:fixed-text form:label='Name'/><form:text form:current-value='Anna' form:value='x'>\
            <form:properties/></form:text><form:checkbox form:label='Agreed'/><form:textarea form:current-value='Seen'>\
            <text:p>Seen</text:p></form:textarea></form:form></office:forms><text:p>Text</text:p>";
        let file = make_archive(&[("content.xml", content.as_bytes())]);
        assert_eq!(extract(&file).pages, ["Name\nAnna\nAgreed\nSeen\nText\n"]);
        // A list box shows all of its options, a list that drops down only the choice.
        let list = |attributes: &str| {
            format!(
                "<form:listbox {attributes}><form:option form:label='Well'/><form:option form:current-selected='true' form:label='Pump'/></form:listbox>"
            )
        };
        let content = list("form:size='4'") + &list("form:dropdown='true'") + "<text:p>Text</text:p>";
        let file = make_archive(&[("content.xml", content.as_bytes())]);
        assert_eq!(extract(&file).pages, ["Well\nPump\nPump\nText\n"]);
    }

    #[test]
    fn each_slide_of_an_open_document_presentation_is_a_part() {
        let slide = |text: &str, notes: &str| {
            format!(
                "<draw:page><draw:frame><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>\
                 <table:table-cell><text:p>cell</text:p></table:table-cell><presentation:notes><draw:frame><text:p>{notes}</text:p>\
                 </draw:frame></presentation:notes></draw:page>"
            )
        };
        let content = slide("One", "first") + &slide("Two", "second");
        let file = make_archive(&[("content.xml", content.as_bytes())]);
        assert_eq!(extract(&file).pages, ["One\ncell\nfirst\n", "Two\ncell\nsecond\n"]);
    }

    #[test]
    fn encrypted_documents_are_not_damaged() {
        let manifest = b"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>";
        let file = make_archive(&[("META-INF/manifest.xml", manifest), ("content.xml", b"\x01\x02")]);
        assert!(extract(&file).facts.is_encrypted);
        assert!(!extract(&make_archive(&[("other", b"")])).facts.is_encrypted);
    }
}
