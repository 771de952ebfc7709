//! Finds the character encodings of text files and web pages, and decodes them. The only module that uses `encoding_rs` and
//! `chardetng`.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

/// Browsers look for the name of the encoding in this many bytes at the start of a web page or stylesheet.
const PRESCAN_BYTES: usize = 1024;

/// Decodes a text file. The encoding is that of its byte order mark; UTF-16 or ISO-2022-JP if it looks like that; UTF-8 if all or
/// nearly all of it is valid; otherwise the most likely one.
pub fn decode_text(bytes: &[u8]) -> String {
    decode(bytes, || None)
}

/// Decodes a web page or an XML file. The encoding is found as for a text file, but one that the file declares comes before the
/// most likely one, if the file can be read with it.
pub fn decode_markup(bytes: &[u8]) -> String {
    decode(bytes, || find_declared(&bytes[..bytes.len().min(PRESCAN_BYTES)]).filter(|declared| !is_utf_16(declared)))
}

fn decode(bytes: &[u8], find_declared: impl Fn() -> Option<&'static Encoding>) -> String {
    if let Some(text) = decode_utf_32(bytes) {
        return text;
    }
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    if let Some(encoding) = marked.or_else(|| find_utf_16(bytes)) {
        // Another program may have added a line ending of one byte, which is not a character in UTF-16.
        let odd = if is_utf_16(encoding) { bytes.len() % 2 } else { 0 };
        return encoding.decode(&bytes[..bytes.len() - odd]).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return decode_iso_2022_jp(bytes).unwrap_or_else(|| text.to_owned());
    }
    if is_mostly_utf_8(bytes) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    if let Some((text, _, false)) = find_declared().map(|declared| declared.decode(bytes)) {
        return text.into_owned();
    }
    guess_encoding(bytes).decode(bytes).0.into_owned()
}

/// Decodes a text in UTF-32 that begins with a byte order mark. In little-endian order, this begins with the mark of UTF-16.
fn decode_utf_32(bytes: &[u8]) -> Option<String> {
    let to_number = match bytes {
        [0xff, 0xfe, 0, 0, ..] => u32::from_le_bytes,
        [0, 0, 0xfe, 0xff, ..] => u32::from_be_bytes,
        _ => return None,
    };
    let characters = bytes[4..].as_chunks::<4>().0.iter();
    Some(characters.map(|bytes| char::from_u32(to_number(*bytes)).unwrap_or('\u{fffd}')).collect())
}

/// Decodes a text in ISO-2022-JP, which consists of ASCII bytes. `None` if it has none of the sequences that switch to Japanese
/// characters, or is not valid.
fn decode_iso_2022_jp(bytes: &[u8]) -> Option<String> {
    const ESCAPE: u8 = 0x1b;
    let switches = |bytes: &[u8]| bytes[0] == ESCAPE && matches!(&bytes[1..], b"$B" | b"$@" | b"(J" | b"(I");
    if !bytes.is_ascii() || !bytes.windows(3).any(switches) {
        return None;
    }
    let (text, _, has_errors) = encoding_rs::ISO_2022_JP.decode(bytes);
    (!has_errors).then(|| text.into_owned())
}

/// Whether a text that is not valid UTF-8 is in UTF-8 all the same: its end is cut off inside a character, or a few bytes are damaged.
/// In other encodings, hardly any letters outside ASCII look like UTF-8.
fn is_mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut characters, mut errors) = (0, 0);
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        characters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let is_cut_off =
            chunks.peek().is_none() && std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none());
        errors += usize::from(!chunk.invalid().is_empty() && !is_cut_off);
    }
    characters > 0 && characters >= 10 * errors
}

/// How many bytes of a text are searched for signs of UTF-16.
const UTF_16_SAMPLE: usize = 64 << 10;

/// Recognises UTF-16 without a byte order mark, as some OCR programs write it. In every pair of bytes for a space, line ending or Latin
/// letter, the high byte is zero; for most other letters it is a small number. Texts in other encodings have hardly any zero bytes.
fn find_utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(UTF_16_SAMPLE) & !1];
    let (pairs, _) = sample.as_chunks::<2>();
    let count = |is_counted: &dyn Fn(&[u8; 2]) -> bool| pairs.iter().filter(|pair| is_counted(pair)).count();
    let is_ascii = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' '..=b'~');
    let (little, big) =
        (count(&|pair| is_ascii(pair[0]) && pair[1] == 0), count(&|pair| pair[0] == 0 && is_ascii(pair[1])));
    let (encoding, ascii, others, high) =
        if little > big { (encoding_rs::UTF_16LE, little, big, 1) } else { (encoding_rs::UTF_16BE, big, little, 0) };
    if ascii * 100 < pairs.len().max(1) || ascii <= 4 * others {
        return None;
    }
    // In Latin, Greek, Cyrillic, Arabic or Indian scripts, most high bytes are small. In Chinese, Japanese or Korean they are not, but
    // then the bytes are hardly ever valid UTF-8.
    let small = count(&|pair| pair[high] < 0x20);
    if small * 5 < pairs.len() * 4 && (ascii < 2 || std::str::from_utf8(sample).is_ok()) {
        return None;
    }
    // The sample may end within a character of two units.
    let (_, has_errors) = encoding.decode_without_bom_handling(&sample[..sample.len().saturating_sub(2)]);
    (!has_errors).then_some(encoding)
}

/// Decodes a web page for which an encoding with this name is stated outside it. That comes before the one that the page declares.
/// Otherwise the encoding is found as for other web pages.
pub fn decode_label(bytes: &[u8], label: &str) -> String {
    let stated = || Encoding::for_label(label.as_bytes()).filter(|stated| !is_utf_16(stated));
    let declared = || find_declared(&bytes[..bytes.len().min(PRESCAN_BYTES)]).filter(|declared| !is_utf_16(declared));
    decode(bytes, || stated().or_else(declared))
}

/// Decodes a text in the code page of Windows or macOS with this number. Unknown code pages are treated as Windows-1252.
pub fn decode_code_page(bytes: &[u8], code_page: u16) -> String {
    let encoding = match code_page {
        874 => encoding_rs::WINDOWS_874,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        1200 => encoding_rs::UTF_16LE,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        10000 => encoding_rs::MACINTOSH,
        10007 => encoding_rs::X_MAC_CYRILLIC,
        20866 => encoding_rs::KOI8_R,
        65001 => encoding_rs::UTF_8,
        _ => encoding_rs::WINDOWS_1252,
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// The most likely code page of Windows for a text. Code pages with several bytes for a character are not considered: the result is
/// then 1252.
pub fn guess_code_page(bytes: &[u8]) -> u16 {
    let name = guess_encoding(bytes).name();
    let number = name.strip_prefix("windows-").and_then(|number| number.parse().ok());
    number.unwrap_or(1252)
}

/// The most likely encoding of a text.
fn guess_encoding(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// The encoding of a web page or a stylesheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageEncoding(&'static Encoding);

impl PageEncoding {
    pub const UTF_8: Self = Self(encoding_rs::UTF_8);

    /// Finds the encoding as browsers do: by the byte order mark, by the name at the start of the file, or else by the contents.
    pub fn of(bytes: &[u8]) -> Self {
        if let Some((encoding, _)) = Encoding::for_bom(bytes) {
            return Self(encoding);
        }
        if let Some(encoding) = find_declared(&bytes[..bytes.len().min(PRESCAN_BYTES)]) {
            // A page whose declaration is readable as ASCII is not in UTF-16, whatever the declaration says.
            return Self(if is_utf_16(encoding) { encoding_rs::UTF_8 } else { encoding });
        }
        Self(if std::str::from_utf8(bytes).is_ok() { encoding_rs::UTF_8 } else { guess_encoding(bytes) })
    }

    /// The name of the encoding that a web page declares, if it is certainly in another one: it declares UTF-8 but more than a few
    /// bytes are not valid, or it declares an encoding with other letters, but all of them are valid UTF-8.
    pub fn wrongly_declared(bytes: &[u8]) -> Option<&'static str> {
        if Encoding::for_bom(bytes).is_some() {
            return None;
        }
        let declared =
            find_declared(&bytes[..bytes.len().min(PRESCAN_BYTES)]).filter(|declared| !is_utf_16(declared))?;
        let is_wrong = match std::str::from_utf8(bytes) {
            // Two letters may by chance look like one of UTF-8, but hardly all of them.
            Ok(text) => {
                declared != encoding_rs::UTF_8
                    && text.chars().filter(|c| !c.is_ascii()).count() > 3
                    && declared != encoding_rs::ISO_2022_JP
            }
            Err(_) => declared == encoding_rs::UTF_8 && !is_mostly_utf_8(bytes),
        };
        is_wrong.then(|| declared.name())
    }

    /// Whether the bytes of ASCII characters always mean these characters, so that markup can be found without decoding.
    pub fn is_ascii_compatible(self) -> bool {
        !is_utf_16(self.0) && self.0 != encoding_rs::ISO_2022_JP
    }

    /// Decodes a part of a page, without looking for a byte order mark.
    pub fn decode(self, bytes: &[u8]) -> String {
        self.0.decode_without_bom_handling(bytes).0.into_owned()
    }

    /// Encodes a part of a page. Characters that the encoding does not have become numeric references such as `&#233;`.
    pub fn encode(self, text: &str) -> Vec<u8> {
        if is_utf_16(self.0) {
            let bytes = if self.0 == encoding_rs::UTF_16LE { u16::to_le_bytes } else { u16::to_be_bytes };
            return text.encode_utf16().flat_map(bytes).collect();
        }
        self.0.encode(text).0.into_owned()
    }
}

/// Decodes percent-encoding, such as `%20` (RFC 3986, 2.1). If the result is not UTF-8, it is in `encoding`; without one, the text
/// is left as it is.
pub fn decode_percent(text: &str, encoding: Option<PageEncoding>) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex =
            text.get(at + 1..at + 3).filter(|hex| bytes[at] == b'%' && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    match (String::from_utf8(decoded), encoding) {
        (Ok(decoded), _) => decoded.into(),
        (Err(error), Some(encoding)) => encoding.decode(error.as_bytes()).into(),
        (Err(_), None) => text.into(),
    }
}

fn is_utf_16(encoding: &'static Encoding) -> bool {
    encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE
}

/// Finds the encoding that is named in `<meta charset=…>`, in `<meta content="…; charset=…">`, in an XML declaration or in
/// `@charset`.
fn find_declared(start: &[u8]) -> Option<&'static Encoding> {
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    ["charset", "encoding"].into_iter().find_map(|key| {
        text.match_indices(key).find_map(|(at, _)| {
            let rest = text[at + key.len()..].trim_start();
            // `@charset` of a stylesheet has no equals sign.
            let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start().trim_start_matches(['"', '\'']);
            let end = rest.find(|c: char| c.is_whitespace() || "\"';/>?".contains(c)).unwrap_or(rest.len());
            Encoding::for_label(&rest.as_bytes()[..end])
        })
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn utf_32_is_recognised_by_its_mark() {
        let little: Vec<u8> = "\u{feff}Вода 😀".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        let big: Vec<u8> = "\u{feff}Вода 😀".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        assert_eq!((decode_text(&little), decode_text(&big)), ("Вода 😀".to_owned(), "Вода 😀".to_owned()));
    }

    #[test]
    fn a_wrong_declaration_is_recognised() {
        let wrong = |page: &[u8]| PageEncoding::wrongly_declared(page).map(str::to_lowercase);
        let utf_8 = "<meta charset=iso-8859-1><p>déjà à été".as_bytes();
        assert_eq!(wrong(utf_8).as_deref(), Some("windows-1252"));
        assert_eq!(wrong(b"<meta charset=utf-8><p>d\xe9j\xe0 \xe0").as_deref(), Some("utf-8"));
        for right in [
            "<meta charset=utf-8><p>déjà à été".as_bytes(),
            b"<meta charset=iso-8859-1><p>d\xe9j\xe0 \xe0 \xe9t\xe9",
            b"<meta charset=iso-8859-1><p>only ASCII",
            "<p>déjà à été".as_bytes(),
        ] {
            assert_eq!(wrong(right), None);
        }
    }

    #[test]
    fn texts_are_decoded_from_their_encoding() {
        assert_eq!(decode_text("L’eau".as_bytes()), "L’eau");
        assert_eq!(decode_text(b"\xff\xfeA\0\xe9\0"), "Aé");
        assert_eq!(decode_text(b"\xef\xbb\xbfA"), "A");
        for text in ["Water and peace.\n", "Вода и жизнь\n", "水と平和 \u{20000}\n"] {
            let units = || text.encode_utf16();
            let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
            assert_eq!((decode_text(&little), decode_text(&big)), (text.to_owned(), text.to_owned()));
            assert_eq!(decode_text(&[b"\xff\xfe", &little[..], b"\n"].concat()), text);
        }
        assert_eq!(decode_text(b"a\0b\0\0c"), "a\0b\0\0c");
        let russian: Vec<u8> =
            b"\xc2\xee\xe4\xe0 \xe8 \xe6\xe8\xe7\xed\xfc \xed\xe0 \xee\xf1\xf2\xf0\xee\xe2\xe5".to_vec();
        assert_eq!(decode_text(&russian), "Вода и жизнь на острове");
        assert_eq!(decode_text(b"\x1b$B?e\x1b(B and \x1b$BJ?OB\x1b(B"), "水 and 平和");
        assert_eq!(decode_text(b"a \x1b[1mbold\x1b[0m word"), "a \u{1b}[1mbold\u{1b}[0m word");
    }

    #[test]
    fn damaged_utf_8_is_not_taken_for_another_encoding() {
        let sentence = "L’eau est un élément nécessaire à la santé, et la sécurité dépend de l’accès. ";
        let cut = &sentence.trim_end_matches(". ").as_bytes()[..sentence.rfind('è').unwrap() + 1];
        assert_eq!(decode_text(cut), format!("{}\u{fffd}", &sentence[..sentence.rfind('è').unwrap()]));
        let (before, after) = (sentence.repeat(2), sentence.repeat(3));
        let damaged = [before.as_bytes(), b"\xff", after.as_bytes()].concat();
        assert_eq!(decode_text(&damaged), format!("{before}\u{fffd}{after}"));
        assert_eq!(decode_text(&"水と平和".as_bytes()[..11]), "水と平\u{fffd}");
        let page = [b"<meta charset=utf-8>", &damaged[..]].concat();
        assert_eq!(PageEncoding::wrongly_declared(&page), None);
        // One or two letters may look like UTF-8 by chance.
        assert_eq!(decode_text(b"\xe9t\xe9 \xc3\xa9 d\xe9j\xe0 \xe0 l'\xe9cole"), "été Ã© déjà à l'école");
    }

    #[test]
    fn the_declared_encoding_of_a_page_comes_before_the_most_likely_one() {
        assert_eq!(decode_markup(b"<meta charset=big5>\xa4\xf4"), "<meta charset=big5>水");
        assert_eq!(
            decode_markup(b"<?xml version='1.0' encoding='iso-8859-2'?><p>\xb1\xbf"),
            "<?xml version='1.0' encoding='iso-8859-2'?><p>ąż"
        );
        // Not if the page cannot be read with it, or is in UTF-8.
        assert_eq!(
            decode_markup(b"<meta charset=big5>d\xe9j\xe0 \xe0 l'\xe9cole"),
            "<meta charset=big5>déjà à l'école"
        );
        assert_eq!(decode_markup("<meta charset=iso-8859-1>l’été".as_bytes()), "<meta charset=iso-8859-1>l’été");
    }

    #[test]
    fn the_stated_encoding_of_a_page_comes_before_the_declared_one() {
        assert_eq!(decode_label(b"<meta charset=big5>\xc2\xee", "windows-1251"), "<meta charset=big5>Во");
        assert_eq!(decode_label(b"<meta charset=big5>\xa4\xf4", "unknown"), "<meta charset=big5>水");
        // Not if the page is in UTF-8, and not UTF-16, which is recognised.
        assert_eq!(decode_label("café Вода".as_bytes(), "us-ascii"), "café Вода");
        assert_eq!(decode_label(b"<p>Water</p>", "utf-16le"), "<p>Water</p>");
    }

    #[test]
    fn percent_encoding_is_decoded() {
        for (text, decoded) in
            [("a%20b", "a b"), ("%C3%a9t%E9", "%C3%a9t%E9"), ("100 %", "100 %"), ("%+5%4", "%+5%4"), ("%é%41", "%éA")]
        {
            assert_eq!(decode_percent(text, None), decoded);
        }
        let western = PageEncoding::of(b"charset=iso-8859-1");
        assert_eq!(decode_percent("%E9t%E9", Some(western)), "été");
        assert_eq!(decode_percent("%C3%A9", Some(western)), "é");
    }

    #[test]
    fn the_encoding_of_a_page_is_the_one_that_browsers_use() {
        let name = |page: &[u8]| PageEncoding::of(page).0.name();
        assert_eq!(name(b"<html><meta charset=koi8-r>"), "KOI8-R");
        assert_eq!(
            name(b"<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=iso-8859-1'>\xe9"),
            "windows-1252"
        );
        assert_eq!(name(b"<?xml version='1.0' encoding='Shift_JIS'?>"), "Shift_JIS");
        assert_eq!(name(b"@charset \"euc-kr\";"), "EUC-KR");
        assert_eq!(name(b"\xff\xfe<\0"), "UTF-16LE");
        assert_eq!(name(b"<meta charset=utf-16>"), "UTF-8");
        assert_eq!(name("<title>Où</title>".as_bytes()), "UTF-8");
        assert_eq!(name(b"<title>O\xf9 est la biblioth\xe8que ?</title>"), "windows-1252");
    }

    #[test]
    fn parts_of_a_page_are_written_in_its_encoding() {
        let encode = |label: &str, text| PageEncoding::of(format!("charset={label}").as_bytes()).encode(text);
        assert_eq!(encode("koi8-r", "да"), b"\xc4\xc1");
        assert_eq!(encode("windows-1252", "é да"), b"\xe9 &#1076;&#1072;");
        assert_eq!(PageEncoding::of(b"\xfe\xff").encode("aé"), b"\0a\0\xe9");
    }
}
