//! Text strings of PDFs: titles, bookmarks, the values of forms.

/// The characters of PDFDocEncoding (ISO 32000-1, annex D.2) from 0x18 to 0x1f.
const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];

/// The characters of PDFDocEncoding from 0x80 to 0xa0.
const SPECIAL: [char; 33] = [
    '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ',
    'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{fffd}', '€',
];

/// Decodes a text string (ISO 32000-1, 7.9.2.2): UTF-16 or UTF-8 if it has a byte order mark, or else PDFDocEncoding.
pub(super) fn decode_string(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
        without_language_marks(char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect())
    };
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        return utf16(rest, u16::from_be_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        return utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        return without_language_marks(String::from_utf8_lossy(rest).into_owned());
    }
    bytes
        .iter()
        .map(|byte| match byte {
            0x18..=0x1f => ACCENTS[usize::from(byte - 0x18)],
            0x80..=0xa0 => SPECIAL[usize::from(byte - 0x80)],
            _ => char::from(*byte),
        })
        .collect()
}

/// Removes language codes, which are enclosed in escape characters.
fn without_language_marks(text: String) -> String {
    if !text.contains('\u{1b}') {
        return text;
    }
    text.split('\u{1b}').step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_decoded_by_their_byte_order_marks() {
        assert_eq!(decode_string(b"Wells \x84 a \x8dguide\x8e \xe9"), "Wells — a “guide” é");
        assert_eq!(decode_string(b"\xfe\xff\0A\x06\x27"), "A\u{627}");
        assert_eq!(decode_string(b"\xff\xfeA\0"), "A");
        assert_eq!(decode_string(b"\xfe\xff\0\x1b\0e\0n\0\x1b\0A"), "A");
        assert_eq!(decode_string(b"\xef\xbb\xbf\xc3\xa9"), "é");
    }
}
