//! Web pages in one file with their pictures: MHTML (RFC 2557), as browsers and Word save them.

use super::{Extraction, text};
use crate::encodings::decode_label;

/// How much of a file is searched for the header of a message, in bytes.
const HEADER_BYTES: usize = 2048;

/// How deeply parts inside parts are read.
const MAX_DEPTH: usize = 8;

/// Whether these bytes begin like a message with several parts.
pub(super) fn is_web_archive(bytes: &[u8]) -> bool {
    let start = bytes[..bytes.len().min(HEADER_BYTES)].to_ascii_lowercase();
    let contains = |wanted: &[u8]| start.windows(wanted.len()).any(|window| window == wanted);
    contains(b"mime-version:") && contains(b"content-type:")
}

/// Extracts the text of the web pages: the page itself, and those in its frames.
pub(super) fn extract(bytes: &[u8]) -> Extraction {
    if !is_web_archive(bytes) {
        return Extraction::unreadable("it is damaged, or not a web archive");
    }
    let mut pages = Vec::new();
    collect_pages(bytes, 0, &mut pages);
    let mut pages = pages.iter().map(|page| text::extract_html(page.as_bytes()));
    let Some(mut extraction) = pages.next() else {
        return Extraction::unreadable("it contains no web page");
    };
    // What a page declares was true before the browser changed its encoding or the archive was decoded.
    extraction.facts.wrong_encoding = None;
    for frame in pages {
        let first = extraction.pages.len();
        extraction.headings.extend(frame.headings.into_iter().map(|heading| heading.moved(first)));
        extraction.pages.extend(frame.pages);
    }
    extraction
}

/// Adds the web pages of a message or of a part of one.
fn collect_pages(part: &[u8], depth: usize, pages: &mut Vec<String>) {
    let (header, body) = split_header(part);
    let content_type = header.field("content-type");
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind.starts_with("multipart/") {
        let Some(boundary) = parameter(&content_type, "boundary").filter(|_| depth < MAX_DEPTH) else { return };
        for inner in split_parts(body, &boundary) {
            collect_pages(inner, depth + 1, pages);
        }
    } else if matches!(kind.as_str(), "text/html" | "application/xhtml+xml") {
        let bytes = match header.field("content-transfer-encoding").trim().to_ascii_lowercase().as_str() {
            "quoted-printable" => decode_quoted_printable(body),
            "base64" => decode_base64(body),
            _ => body.to_vec(),
        };
        pages.push(decode_label(&bytes, &parameter(&content_type, "charset").unwrap_or_default()));
    }
}

/// The fields of a header; lines that continue a field are joined with it.
struct Header(String);

impl Header {
    /// The value of a field, given by its name in lower case; empty if it is missing.
    fn field(&self, name: &str) -> String {
        let fields = self.0.lines().filter_map(|line| line.split_once(':'));
        let mut values = fields.filter(|(field, _)| field.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value);
        values.next().unwrap_or_default().trim().to_owned()
    }
}

/// Divides a part into its header and its body.
fn split_header(part: &[u8]) -> (Header, &[u8]) {
    let mut fields = String::new();
    let mut rest = part;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let line = String::from_utf8_lossy(&rest[..end]);
        rest = &rest[end..];
        if line.trim().is_empty() {
            // Some programs begin the file with empty lines.
            if fields.is_empty() {
                continue;
            }
            break;
        }
        fields.push_str(if line.starts_with([' ', '\t']) { " " } else { "\n" });
        fields.push_str(line.trim());
    }
    (Header(fields), rest)
}

/// A parameter of a field, such as `charset`.
fn parameter(field: &str, name: &str) -> Option<String> {
    let parameters = field.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut values = parameters.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim());
    values.next().map(|value| value.trim_matches('"').to_owned()).filter(|value| !value.is_empty())
}

/// The parts between the lines that consist of two hyphens and the boundary.
fn split_parts<'b>(body: &'b [u8], boundary: &str) -> Vec<&'b [u8]> {
    let mut parts = Vec::new();
    let mut start = None;
    let mut offset = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let rest = line.trim_ascii_end().strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary.as_bytes()));
        if let Some(rest) = rest.filter(|rest| matches!(*rest, b"" | b"--")) {
            parts.extend(start.and_then(|start| body.get(start..offset)));
            start = rest.is_empty().then_some(offset + line.len());
        }
        offset += line.len();
    }
    // The end of a damaged file is missing.
    parts.extend(start.and_then(|start| body.get(start..)));
    parts
}

/// Decodes quoted-printable (RFC 2045, 6.7).
fn decode_quoted_printable(body: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16)).map(|digit| digit as u8);
    let mut decoded = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            decoded.push(*first);
        } else if let (Some(high), Some(low)) = (digit(after.first()), digit(after.get(1))) {
            decoded.push(high << 4 | low);
            rest = &after[2..];
        } else {
            // Blanks may follow at the end of the line.
            let blanks = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
            match after.get(blanks) {
                Some(b'\n') => rest = &after[blanks + 1..],
                _ => decoded.push(b'='),
            }
        }
    }
    decoded
}

/// Decodes base64 (RFC 2045, 6.8), which ignores all other characters.
fn decode_base64(body: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(body.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::super::TextLayer;
    use super::*;

    #[test]
    fn the_pages_of_a_web_archive_are_extracted() {
        let archive = "\r\nFrom: <Saved by a browser>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\
            \tboundary=\"==b==\"\r\n\r\n--==b==\r\nContent-Type: text/html; charset=windows-1251\r\nContent-Transfer-Encoding: \
            quoted-printable\r\nContent-Location: a.html\r\n\r\n<title>T</title><h1>=C2=EE=E4=E0</h1><p>one =\r\ntwo 1=3D1</p>\r\n\
            --==b==\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--==b==\r\nContent-Type: \
            multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n\
            PGgyPkZy\r\nYW1lPC9oMj4=\r\n--c--\r\n--==b==--\r\nafter";
        let extraction = extract(archive.as_bytes());
        assert_eq!(extraction.pages, ["\u{1}Вода\n\none two 1=1\n", "\u{1}Frame\n"]);
        let headings: Vec<(usize, &str)> = extraction.headings.iter().map(|h| (h.page, h.text.as_str())).collect();
        assert_eq!(headings, [(0, "Вода"), (1, "Frame")]);
        assert_eq!((extraction.facts.title.as_deref(), extraction.facts.text), (Some("T"), TextLayer::Good));
        let cut = &archive[..archive.find("--==b==\r\nContent-Type: image").unwrap_or_default()];
        assert_eq!(extract(cut.as_bytes()).pages.len(), 1);
    }

    #[test]
    fn the_encoding_of_an_archive_is_not_that_of_its_pages() {
        let archive = |charset: &str, body: &[u8]| {
            let header = format!(
                "MIME-Version: 1.0\nContent-Type: text/html; charset={charset}\nContent-Transfer-Encoding: quoted-printable\n\n"
            );
            extract(&[header.as_bytes(), body].concat())
        };
        let decoded = archive("windows-1251", b"<meta charset=3Dwindows-1251><p>=C2=EE=E4=E0 =C2=EE=E4=E0</p>");
        assert_eq!((decoded.pages.concat().trim(), decoded.facts.wrong_encoding), ("Вода Вода", None));
        let wrong = archive("us-ascii", "<p>café Вода</p>".as_bytes());
        assert_eq!(wrong.pages.concat().trim(), "café Вода");
    }

    #[test]
    fn line_breaks_of_quoted_printable_are_removed() {
        assert_eq!(decode_quoted_printable(b"a=\nb= \t\r\nc= d=\n=3D=3d=x="), b"abc= d===x=");
        // This would take hours if the rest were searched for each character.
        let equals = vec![b'='; 4 << 20];
        assert_eq!(decode_quoted_printable(&equals), equals);
    }

    #[test]
    fn damage_is_reported() {
        let empty =
            "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: image/png\n\n--b--\n";
        for archive in ["", "<html>", empty, "MIME-Version: 1.0\nContent-Type: multipart/related\n\n"] {
            assert!(matches!(extract(archive.as_bytes()).facts.text, TextLayer::Unreadable(_)), "{archive}");
        }
        let deep = "Mime-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(1000);
        assert!(extract(deep.as_bytes()).pages.is_empty());
    }
}
