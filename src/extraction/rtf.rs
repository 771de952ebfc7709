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
    let (mut offset, mut last, mut last_but_one) = (0, 0, 0);
    while offset < bytes.len() {
        match bytes[offset] {
            b'{' => open += 1,
            b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        (last_but_one, last) = (last, offset);
        offset = token_end(bytes, offset);
        if bytes[last] == b'}' && open == 0 {
            return bytes[..offset].to_vec();
        }
    }
    // Remove a control word or the code of a character that is cut off.
    let is_code = bytes[last_but_one..last] == *b"\\'" && bytes.len() - last < 2;
    let end = match bytes.get(last) {
        _ if is_code => last_but_one,
        Some(b'\\') => last,
        _ => bytes.len(),
    };
    let mut repaired = bytes[..end].to_vec();
    repaired.extend(std::iter::repeat_n(b'}', open));
    repaired
}

/// Rewrites what `rtf-parser-tt` does not read: the text of shapes follows the document, and text that a revision has deleted is hidden.
fn rewrite(bytes: &[u8]) -> Vec<u8> {
    let document = Vec::with_capacity(bytes.len());
    let mut rewriter = Rewriter { document, ..Rewriter::default() };
    rewriter.copy(bytes, 0);
    let Rewriter { mut document, texts, .. } = rewriter;
    if !texts.is_empty()
        && let Some(end) = document.iter().rposition(|byte| *byte == b'}')
    {
        let rest = document.split_off(end);
        for text in texts {
            document.extend_from_slice(b"{\\par\\pard ");
            document.extend_from_slice(&text);
            document.extend_from_slice(b"\\par}");
        }
        document.extend_from_slice(&rest);
    }
    document
}

/// How deeply shapes inside shapes are read.
const MAX_SHAPES: usize = 8;

#[derive(Default)]
struct Rewriter {
    document: Vec<u8>,
    /// The texts of the shapes.
    texts: Vec<Vec<u8>>,
    /// Why the text is hidden at the current place, and in each open group around it.
    hiding: Hiding,
    groups: Vec<Hiding>,
}

/// Why a text is hidden.
#[derive(Clone, Copy, Default)]
struct Hiding {
    is_hidden: bool,
    is_deleted: bool,
}

impl Hiding {
    /// Takes note of a control word. Returns what to write instead of it; `None` if it has nothing to do with hiding.
    fn read(&mut self, token: &[u8]) -> Option<&'static [u8]> {
        let letters = token.iter().skip(1).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (name, value) = token.split_at_checked(1 + letters)?;
        let is_on = value != b"0";
        match name {
            b"\\v" => self.is_hidden = is_on,
            b"\\deleted" => self.is_deleted = is_on,
            _ => return None,
        }
        Some(if self.is_hidden || self.is_deleted { b"\\v" } else { b"\\v0" })
    }
}

impl Rewriter {
    /// Copies a document, or the text of a shape, without the shapes in it.
    fn copy(&mut self, bytes: &[u8], depth: usize) {
        let mut offset = 0;
        while offset < bytes.len() {
            let end = token_end(bytes, offset);
            let token = &bytes[offset..end];
            if bytes[offset] == b'{' && matches!(split_name(&bytes[offset..]).0, b"shp" | b"do") {
                let end = group_end(bytes, offset);
                if depth < MAX_SHAPES {
                    self.read_shape(&bytes[offset + 1..end], depth);
                }
                offset = end;
                continue;
            }
            match token {
                b"{" => self.groups.push(self.hiding),
                b"}" => self.hiding = self.groups.pop().unwrap_or_default(),
                b"\\plain" => self.hiding = Hiding::default(),
                _ => {}
            }
            self.document.extend_from_slice(self.hiding.read(token).unwrap_or(token));
            offset = end;
        }
    }

    /// Collects the texts of a shape. Its result for old programs (`shprslt`) repeats them.
    fn read_shape(&mut self, bytes: &[u8], depth: usize) {
        let mut offset = 0;
        while offset < bytes.len() {
            let (name, rest) = split_name(&bytes[offset..]);
            if !matches!(name, b"shptxt" | b"dptxbxtext" | b"sp" | b"shprslt") {
                offset = token_end(bytes, offset);
                continue;
            }
            let end = group_end(bytes, offset);
            let contents = bytes.get(bytes.len() - rest.len()..end).unwrap_or_default();
            let contents = contents.strip_suffix(b"}").unwrap_or(contents);
            offset = end;
            match name {
                b"shptxt" | b"dptxbxtext" => {
                    let mut text = Self::default();
                    text.copy(contents, depth + 1);
                    self.texts.push(text.document);
                    self.texts.append(&mut text.texts);
                }
                b"sp" => self.texts.extend(word_art(contents)),
                _ => {}
            }
        }
    }
}

/// The words of WordArt, if the property of a shape has them.
fn word_art(property: &[u8]) -> Option<Vec<u8>> {
    const NAME: &[u8] = b"gtextUNICODE";
    const VALUE: &[u8] = b"{\\sv ";
    let find = |wanted: &[u8]| property.windows(wanted.len()).position(|window| window == wanted);
    find(NAME)?;
    let start = find(VALUE)?;
    let value = property.get(start + VALUE.len()..group_end(property, start))?;
    Some(value.strip_suffix(b"}").unwrap_or(value).to_vec())
}

/// The first control word of a group, without the mark of groups that old programs may ignore, and what follows the word.
fn split_name(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some(rest) = bytes.strip_prefix(b"{") else { return (b"", bytes) };
    let rest = rest.trim_ascii_start();
    let rest = rest.strip_prefix(b"\\*").unwrap_or(rest).trim_ascii_start();
    let Some(rest) = rest.strip_prefix(b"\\") else { return (b"", rest) };
    rest.split_at(rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count())
}

/// The end of the group that begins at an offset, or of the document.
fn group_end(bytes: &[u8], start: usize) -> usize {
    let mut open = 0usize;
    let mut offset = start;
    while offset < bytes.len() {
        match bytes[offset] {
            b'{' => open += 1,
            b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        offset = token_end(bytes, offset);
        if open == 0 {
            break;
        }
    }
    offset
}

/// The end of the control word, the binary data, the brace or the text that begins at an offset.
fn token_end(bytes: &[u8], start: usize) -> usize {
    let rest = &bytes[start..];
    let count = |from: usize, matches: fn(&u8) -> bool| rest.iter().skip(from).take_while(|byte| matches(byte)).count();
    let length = match rest {
        [b'\\', letter, ..] if letter.is_ascii_alphabetic() => {
            let letters = count(1, u8::is_ascii_alphabetic);
            let sign = usize::from(rest.get(1 + letters) == Some(&b'-'));
            let digits = count(1 + letters + sign, u8::is_ascii_digit);
            let word = 1 + letters + if digits > 0 { sign + digits } else { 0 };
            let number = std::str::from_utf8(&rest[1 + letters..word]).unwrap_or_default();
            match number.parse::<usize>() {
                // The data follow a space.
                Ok(length) if &rest[1..=letters] == b"bin" => word.saturating_add(length).saturating_add(1),
                _ => word,
            }
        }
        [b'\\', ..] => 2,
        [b'{' | b'}', ..] => 1,
        _ => count(0, |byte| !matches!(byte, b'\\' | b'{' | b'}')).max(1),
    };
    start.saturating_add(length).min(bytes.len())
}

/// Extracts the text of an RTF document: its body, then its notes, headers and footers.
pub(super) fn extract(bytes: &[u8]) -> Extraction {
    if !is_rtf(bytes) {
        return Extraction::unreadable("it is damaged, or not an RTF document");
    }
    let Ok(document) = RtfDocument::from_bytes(&rewrite(&repair_end(bytes))) else {
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
        for source in [
            &b"{\\rtf1 {\\b text}}\0\0}"[..],
            b"{\\rtf1 {\\b text",
            b"{\\rtf1 {\\b text}\\pa",
            b"{\\rtf1 {\\b text}\\'e",
        ] {
            let extraction = extract(source);
            assert_eq!(extraction.pages.concat().trim(), "text", "{}", String::from_utf8_lossy(source));
        }
    }

    #[test]
    fn the_text_of_shapes_is_read_once() {
        let shape = |text: &str| {
            format!(
                "{{\\shp{{\\*\\shpinst\\shpleft1{{\\sp{{\\sn a}}{{\\sv 202}}}}{{\\shptxt \\pard {text}\\par}}}}\
            {{\\shprslt{{\\*\\do{{\\dptxbx{{\\dptxbxtext\\pard {text}\\par}}}}}}}}}}"
            )
        };
        let source = format!(
            "{{\\rtf1\\ansi\\ansicpg1251 be{}fore{{\\*\\do\\dobxpage\\dptxbx{{\\dptxbxtext\\pard old\\par}}}} {{\\pict\\bin3 {{}}{{}}\\par \
             after{{\\shp{{\\*\\shpinst{{\\sp{{\\sn gtextUNICODE}}{{\\sv Draft}}}}}}}}}}",
            shape(&format!("\\'c2\\'ee\\'e4\\'e0{}", shape("inner")))
        );
        let extraction = extract(source.as_bytes());
        let words: Vec<&str> = extraction.pages.iter().flat_map(|page| page.split_whitespace()).collect();
        assert_eq!(words.join(" "), "before after Вода inner old Draft", "{source}");
    }

    #[test]
    fn the_text_of_shapes_follows_a_document_that_is_cut_off() {
        let source =
            b"{\\rtf1\\ansi one{\\shp{\\*\\shpinst{\\sp{\\sn gtextUNICODE}{\\sv Draft}\n}}} two {\\b three} four\
                       {\\shp{\\*\\shpinst{\\shptxt box";
        for rest in ["", " and", " \\\\", "}}} five"] {
            let extraction = extract(&[&source[..], rest.as_bytes()].concat());
            let words: Vec<&str> = extraction.pages.iter().flat_map(|page| page.split_whitespace()).collect();
            let start = if rest.contains("five") { "one two three four five" } else { "one two three four" };
            assert!(words.join(" ").starts_with(&format!("{start} Draft box")), "{rest}: {words:?}");
        }
    }

    #[test]
    fn deleted_text_is_left_out() {
        let source =
            b"{\\rtf1 keep {\\deleted gone}{\\revised in}{\\deleted1\\b gone }ser\\deleted gone\\deleted0 ted}";
        assert_eq!(extract(source).pages.concat().trim(), "keep inserted");
        // Hidden text that is deleted stays hidden when the deleted text ends, and deleted text when the hidden text ends.
        let source = b"{\\rtf1 a{\\v x\\deleted y\\deleted0 z}b{\\deleted x\\v y\\v0 z}c{\\v x}d\\deleted e\\plain f}";
        assert_eq!(extract(source).pages.concat().trim(), "abcdf");
    }

    #[test]
    fn damage_is_reported() {
        for bytes in [&b""[..], b"text", b"{\\rtf", b"\xff\xfe"] {
            let facts = extract(bytes).facts;
            assert!(matches!(facts.text, TextLayer::Unreadable(_) | TextLayer::None), "{:?}", facts.text);
        }
        let shapes =
            [b"{\\rtf1{\\shp".to_vec(), b"{\\*\\shpinst".repeat(100_000), b"{\\shptxt{\\shp".repeat(50_000)].concat();
        let _ = extract(&shapes);
        let mut deep = b"{\\rtf1 text ".to_vec();
        deep.extend(b"{\\b ".repeat(200_000));
        let _ = extract(&deep);
    }
}
