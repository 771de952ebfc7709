//! RTF (Rich Text Format 1.9.1). The only module that uses `rtf-parser-tt`.

use std::collections::HashSet;

use rtf_parser_tt::{Part, RtfDocument, TextOptions};

use super::headings::title_of_first_paragraph;
use super::{Extraction, Facts};

/// Whether these bytes are an RTF document. Word opens RTF documents under any extension.
pub(super) fn is_rtf(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{\\rtf")
}

/// Repairs the end of a damaged document: removes what follows the outermost group, or closes the groups that are still open.
fn repair_end(bytes: &[u8]) -> Vec<u8> {
    let mut open = 0usize;
    let mut is_escaped = false;
    let mut end = None;
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'{' => open += 1,
            b'}' => {
                open = open.saturating_sub(1);
                if open == 0 {
                    end = Some(index + 1);
                    break;
                }
            }
            _ => {}
        }
    }
    let mut repaired = bytes[..end.unwrap_or(bytes.len())].to_vec();
    if end.is_none() {
        // Remove a control word that is cut off.
        let start = repaired.iter().rposition(|byte| matches!(byte, b'\\' | b'}' | b' ')).unwrap_or_default();
        if repaired.get(start) == Some(&b'\\') {
            repaired.truncate(start);
        }
        repaired.extend(std::iter::repeat_n(b'}', open));
    }
    repaired
}

/// Extracts the text of an RTF document: its body, then its notes, headers and footers.
pub(super) fn extract(bytes: &[u8]) -> Extraction {
    if !is_rtf(bytes) {
        return Extraction::unreadable("it is damaged, or not an RTF document");
    }
    let Ok(document) = RtfDocument::from_bytes(bytes).or_else(|_| RtfDocument::from_bytes(&repair_end(bytes))) else {
        return Extraction::unreadable("it is damaged");
    };
    let mut text = document.get_text_with(TextOptions::default().headers_footers(false));
    // Headers are repeated in every section, so each of their lines is kept once.
    let is_header = |part: Part| matches!(part, Part::Header | Part::Footer);
    let headers: String =
        document.body.iter().filter(|block| is_header(block.part)).map(|block| block.text.as_str()).collect();
    let mut seen = HashSet::new();
    for line in headers.lines().map(str::trim).filter(|line| seen.insert(*line)) {
        text.push('\n');
        text.push_str(line);
    }
    let non_blank = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut extraction = Extraction::from_text(&text);
    extraction.facts = Facts {
        shown_title: title_of_first_paragraph(&text),
        title: non_blank(document.info.title),
        authors: non_blank(document.info.author).into_iter().collect(),
        ..extraction.facts
    };
    extraction
}

#[cfg(test)]
mod tests {
    use super::super::TextLayer;
    use super::*;

    #[test]
    fn the_text_of_an_rtf_document_is_extracted() {
        let source =
            b"{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset204 Arial;}{\\f1 Arial;}}{\\info{\\title Wells}}\
                       {\\header Head\\par}{\\header Head\\par}\\f0 \\'c2\\'ee\\'e4\\'e0 \\f1 caf\\'e9 \\u26085?\\par\
                       {\\field{\\*\\fldinst PAGE}{\\fldrslt 7}}{\\pict 0102}\\cell x{\\footnote A note}\\par}";
        let extraction = extract(source);
        let words: Vec<&str> = extraction.pages.iter().flat_map(|page| page.split_whitespace()).collect();
        assert_eq!(words, ["Вода", "café", "日", "7", "x", "A", "note", "Head"]);
        assert_eq!(extraction.facts.title.as_deref(), Some("Wells"));
    }

    #[test]
    fn a_damaged_end_is_ignored() {
        for source in
            [&b"{\\rtf1 {\\b text}}\0\0"[..], b"{\\rtf1 {\\b text", b"{\\rtf1 {\\b text}\\pa", b"{\\rtf1 {\\b text}\\'"]
        {
            let extraction = extract(source);
            assert_eq!(extraction.pages.concat().trim(), "text", "{}", String::from_utf8_lossy(source));
        }
    }

    #[test]
    fn damage_is_reported() {
        for bytes in [&b""[..], b"text", b"{\\rtf", b"\xff\xfe"] {
            let facts = extract(bytes).facts;
            assert!(matches!(facts.text, TextLayer::Unreadable(_) | TextLayer::None), "{:?}", facts.text);
        }
        let mut deep = b"{\\rtf1 text ".to_vec();
        deep.extend(b"{\\b ".repeat(200_000));
        let _ = extract(&deep);
    }
}
