//! Text files and HTML.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::Extraction;

/// About how many characters a piece of running text has: what a printed page holds.
const PIECE: usize = 3000;

/// A text file as text: by its byte order mark, as UTF-8, or in the encoding it is likeliest to be in.
pub(super) fn text(bytes: &[u8]) -> String {
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
    let config = html2text::config::plain_no_decorate().link_footnotes(false);
    match config.string_from_read(source.as_bytes(), 1000) {
        Ok(text) => Extraction::running(&text),
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
