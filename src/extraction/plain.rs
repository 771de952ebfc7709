//! Text files and HTML.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::{Extraction, Facts};
use crate::html::PageMetadata;

/// About how many characters a piece of running text has: what a printed page holds.
const PIECE: usize = 3000;

/// A text file as text: by its byte order mark, as UTF-8, or in the encoding it is likeliest to be in.
pub fn text(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow).decode(bytes).0.into_owned()
}

/// A web page, without what is no text.
pub(super) fn html(bytes: &[u8]) -> Extraction {
    let source = text(bytes);
    let config = html2text::config::with_decorator(html2text::render::TrivialDecorator::new());
    match config.string_from_read(source.as_bytes(), 1000) {
        Ok(text) => {
            let Extraction { pages, numbered, facts } = Extraction::running(&text);
            let PageMetadata { language, title, heading, authors, date, links } = PageMetadata::parse(&source);
            Extraction { pages, numbered, facts: Facts { title, language, heading, authors, date, links, ..facts } }
        }
        Err(error) => Extraction::unreadable(error.to_string()),
    }
}

/// Running text in pieces, each of whole paragraphs where they are not too long. A form feed ends a
/// piece.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    for part in text.split('\u{c}') {
        let mut piece = String::new();
        for line in part.lines().map(str::trim_end) {
            let long = piece.len() + line.len() > PIECE && !piece.is_empty();
            let ends = line.is_empty() || piece.len() > 2 * PIECE;
            if (long && ends) || piece.len() + line.len() > 4 * PIECE {
                pieces.push(std::mem::take(&mut piece));
            }
            piece.push_str(line);
            piece.push('\n');
        }
        pieces.push(piece);
    }
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_their_encoding() {
        assert_eq!(text("L’eau".as_bytes()), "L’eau");
        assert_eq!(text(b"\xff\xfeA\0\xe9\0"), "Aé");
        assert_eq!(text(b"\xef\xbb\xbfA"), "A");
        let russian: Vec<u8> =
            b"\xc2\xee\xe4\xe0 \xe8 \xe6\xe8\xe7\xed\xfc \xed\xe0 \xee\xf1\xf2\xf0\xee\xe2\xe5".to_vec();
        assert_eq!(text(&russian), "Вода и жизнь на острове");
    }

    #[test]
    fn web_pages_give_their_text_alone() {
        let page = "<html><head><title>T</title><style>p { color: red }</style></head><body><h1>Wells</h1>\
                    <p>Deep &amp; <a href='x.html'>clean</a></p><script>alert(1)</script></body></html>";
        let extraction = html(page.as_bytes());
        let words: Vec<&str> = extraction.pages.iter().flat_map(|page| page.split_whitespace()).collect();
        assert_eq!(words, ["Wells", "Deep", "&", "clean"]);
    }

    #[test]
    fn running_text_is_cut_between_paragraphs() {
        let text = format!("{}\n\n", "A paragraph of some words.".repeat(20)).repeat(30);
        let pieces = pieces(&text);
        assert!(pieces.len() > 3);
        assert!(pieces.iter().all(|piece| piece.len() < 3 * PIECE && piece.trim_end().ends_with('.')));
        assert_eq!(super::pieces("one\u{c}two\u{c}\u{c}"), ["one\n", "two\n"]);
        assert_eq!(super::pieces(" \n\n "), [""; 0]);
    }
}
