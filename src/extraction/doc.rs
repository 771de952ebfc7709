//! DOC: the binary format of Word 6 to 2003 ([MS-DOC]).

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use super::Extraction;
use super::compound::{CompoundFile, u16_at, u32_at, usize_at};
use super::headings::title_of_first_paragraph;
use crate::encodings::{decode_code_page, guess_code_page};

/// The bits of the flags in the header of the stream `WordDocument`.
const IS_COMPLEX: u16 = 0x0004;
const IS_ENCRYPTED: u16 = 0x0100;
const USES_TABLE_1: u16 = 0x0200;

/// The characters that delimit a field: its code, such as `HYPERLINK "…"`, and what is shown in its place.
const FIELD_BEGIN: char = '\u{13}';
const FIELD_SEPARATOR: char = '\u{14}';
const FIELD_END: char = '\u{15}';

const TOO_OLD: &str =
    "it was made by a version of Word that is not supported: open it in LibreOffice and save it as .docx";

/// Extracts the text of an old Word document.
pub(super) fn extract(bytes: &[u8]) -> Extraction {
    let Some(mut file) = CompoundFile::open(bytes) else {
        // The first bytes of Word 1 and 2.
        let is_word_2 = matches!(bytes, [0x9b..=0xdb, 0xa5, ..]);
        return Extraction::unreadable(if is_word_2 { TOO_OLD } else { "it is damaged, or not a Word document" });
    };
    if file.is_encrypted_package() {
        return Extraction::encrypted();
    }
    let Some(stream) = file.read("WordDocument") else {
        return Extraction::unreadable("it contains no Word document");
    };
    let Some(flags) = u16_at(&stream, 10) else {
        return Extraction::unreadable("it is damaged");
    };
    if flags & IS_ENCRYPTED != 0 {
        return Extraction::encrypted();
    }
    let parts = match u16_at(&stream, 0) {
        Some(0xa5ec) => {
            let table = file.read(if flags & USES_TABLE_1 != 0 { "1Table" } else { "0Table" }).unwrap_or_default();
            read_word_97(&stream, &table)
        }
        // Word 6 and 95, and Word 2 in a compound file.
        Some(0xa5dc | 0xa59b..=0xa59d) => read_word_95(&stream, flags),
        _ => None,
    };
    let Some(parts) = parts else {
        return Extraction::unreadable(if u16_at(&stream, 0) == Some(0xa5ec) { "it is damaged" } else { TOO_OLD });
    };
    let shown_title = title_of_first_paragraph(&parts.main);
    let mut extraction = Extraction::from_text(&parts.into_text());
    extraction.facts.shown_title = shown_title;
    extraction.with_properties(&mut file)
}

/// The parts of a document, which follow each other in its text.
struct Parts {
    main: String,
    notes: String,
    headers: String,
    text_boxes: String,
}

impl Parts {
    /// `lengths` are the numbers of characters in the main text, footnotes, headers, macros, comments, endnotes, text boxes,
    /// and text boxes in headers.
    fn new(text: &[char], lengths: [usize; 8]) -> Self {
        let mut rest = text;
        let [main, footnotes, headers, _, _, endnotes, boxes, header_boxes] = lengths.map(|length| {
            let (part, others) = rest.split_at(length.min(rest.len()));
            rest = others;
            shown_text(part)
        });
        Self { main, notes: footnotes + "\n" + &endnotes, headers: headers + "\n" + &header_boxes, text_boxes: boxes }
    }

    /// Headers are repeated in every section, so each of their lines is kept once.
    fn into_text(self) -> String {
        let mut seen = HashSet::new();
        let headers: Vec<&str> =
            self.headers.lines().map(str::trim).filter(|line| !line.is_empty() && seen.insert(*line)).collect();
        format!("{}\n{}\n{}\n{}", self.main, self.text_boxes, self.notes, headers.join("\n"))
    }
}

/// Reads the text of Word 97 and newer: a table of pieces, each in Windows-1252 or UTF-16.
fn read_word_97(stream: &[u8], table: &[u8]) -> Option<Parts> {
    let length = |at| usize_at(stream, at).unwrap_or_default();
    let lengths = [0x4c, 0x50, 0x54, 0x58, 0x5c, 0x60, 0x64, 0x68].map(length);
    let start = usize_at(stream, 0x1a2)?;
    let pieces = table.get(start..start.checked_add(usize_at(stream, 0x1a6)?)?)?;
    Some(Parts::new(&read_pieces(stream, pieces, None, &hidden_ranges(stream, table))?, lengths))
}

/// Reads the text of Word 6 and 95, which is in the code page of the document's language. It is in pieces only if the document
/// was saved quickly.
fn read_word_95(stream: &[u8], flags: u16) -> Option<Parts> {
    let length = |at| usize_at(stream, at).unwrap_or_default();
    let lengths = [0x34, 0x38, 0x3c, 0x40, 0x44, 0x48, 0x4c, 0x50].map(length);
    // A byte says whether it was written on a Macintosh.
    let code_page = match (stream.get(18), code_page_of_language(u16_at(stream, 6)?)) {
        (Some(1), 1252) => 10000,
        (Some(1), 1251) => 10007,
        // The file states the language of the copy of Word that wrote it. The text may be in another language.
        (_, 1252) => match guess_code_page(stream.get(usize_at(stream, 0x18)?..usize_at(stream, 0x1c)?)?) {
            // Other guesses are not reliable: languages in Latin script are too similar.
            guessed @ (1251 | 1253 | 1255 | 1256) => guessed,
            _ => 1252,
        },
        (_, code_page) => code_page,
    };
    if flags & IS_COMPLEX != 0 {
        let start = usize_at(stream, 0x160)?;
        let pieces = stream.get(start..start.checked_add(usize_at(stream, 0x164)?)?)?;
        return Some(Parts::new(&read_pieces(stream, pieces, Some(code_page), &[])?, lengths));
    }
    let start = usize_at(stream, 0x18)?;
    let total = lengths.iter().fold(0usize, |sum, length| sum.saturating_add(*length));
    let text = stream.get(start..)?;
    let bytes = &text[..total.min(text.len())];
    // The lengths count bytes. They are converted to characters, because some code pages have two bytes for a character.
    let mut parts = bytes;
    let mut text = String::new();
    let mut counts = [0; 8];
    for (count, length) in counts.iter_mut().zip(lengths) {
        let (part, rest) = parts.split_at(length.min(parts.len()));
        parts = rest;
        let decoded = decode_code_page(part, code_page);
        *count = decoded.chars().count();
        text += &decoded;
    }
    Some(Parts::new(&text.chars().collect::<Vec<_>>(), counts))
}

/// The ranges of the stream with text that is hidden or that a revision has deleted, in ascending order and without overlaps
/// ([MS-DOC], 2.8.5 and 2.9.33).
fn hidden_ranges(stream: &[u8], table: &[u8]) -> Vec<Range<usize>> {
    let start = usize_at(stream, 0xfa).unwrap_or_default();
    let length = usize_at(stream, 0xfe).unwrap_or_default();
    let list = start.checked_add(length).and_then(|end| table.get(start..end)).unwrap_or_default();
    let count = list.len().saturating_sub(4) / 8;
    let mut ranges: Vec<Range<usize>> = Vec::new();
    // A damaged list may name a page several times.
    let pages = (0..count).filter_map(|index| usize_at(list, 4 * (count + 1) + 4 * index));
    let pages: BTreeSet<usize> = pages.map(|page| page & 0x3f_ffff).collect();
    // Each page has 512 bytes: `runs + 1` positions, `runs` places of properties, the properties, and the number of runs.
    for start in pages.into_iter().map(|page| page * 512) {
        let Some(page) = stream.get(start..start + 512) else { continue };
        let runs = usize::from(page[511]);
        for run in 0..runs {
            let (from, to) = (usize_at(page, 4 * run), usize_at(page, 4 * run + 4));
            let place = page.get(4 * (runs + 1) + run).map_or(0, |place| 2 * usize::from(*place));
            let properties = || page.get(place + 1..place + 1 + usize::from(*page.get(place)?));
            if let (Some(from), Some(to)) = (from, to)
                && place > 0
                && from < to
                && properties().is_some_and(is_hidden)
            {
                ranges.push(from..to);
            }
        }
    }
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, range| {
        let overlaps = next.start <= range.end;
        if overlaps {
            range.end = range.end.max(next.end);
        }
        overlaps
    });
    ranges
}

/// Whether the properties of characters say that these are hidden or deleted.
fn is_hidden(mut properties: &[u8]) -> bool {
    const DELETED: u16 = 0x0800;
    const HIDDEN: u16 = 0x083c;
    let (mut is_deleted, mut is_hidden) = (false, false);
    while let (Some(property), Some(value)) = (u16_at(properties, 0), properties.get(2)) {
        // Set, or the opposite of the style.
        let is_set = matches!(value, 1 | 0x81);
        match property {
            DELETED => is_deleted = is_set,
            HIDDEN => is_hidden = is_set,
            _ => {}
        }
        let length = match property >> 13 {
            0 | 1 => 1,
            2 | 4 | 5 => 2,
            3 => 4,
            7 => 3,
            _ => 1 + usize::from(*value),
        };
        properties = properties.get(2 + length..).unwrap_or_default();
    }
    is_deleted || is_hidden
}

/// Replaces the hidden characters of a piece with placeholders. `offset` is the place of the piece in the stream, `size` the
/// size of a character in bytes. The marks of cells and fields stay.
fn hide(text: &mut [char], offset: usize, size: usize, hidden: &[Range<usize>]) {
    let first = hidden.partition_point(|range| range.end <= offset);
    let end = offset.saturating_add(text.len() * size);
    for range in hidden[first..].iter().take_while(|range| range.start < end) {
        let from = range.start.saturating_sub(offset) / size;
        let to = (range.end.saturating_sub(offset) / size).min(text.len());
        for character in text.get_mut(from..to).unwrap_or_default() {
            if !matches!(*character, '\u{7}' | FIELD_BEGIN | FIELD_SEPARATOR | FIELD_END) {
                *character = '\u{1}';
            }
        }
    }
}

/// Reads the pieces of a text (a `Clx`) in the order of the text. If `code_page` is `None`, each piece says how it is encoded. The
/// ranges `hidden` of the stream are left out.
fn read_pieces(stream: &[u8], mut pieces: &[u8], code_page: Option<u16>, hidden: &[Range<usize>]) -> Option<Vec<char>> {
    // Formatting comes before the table of pieces.
    while pieces.first() == Some(&1) {
        pieces = pieces.get(3 + usize::from(u16_at(pieces, 1)?)..)?;
    }
    if pieces.first() != Some(&2) {
        return None;
    }
    let length = usize_at(pieces, 1)?;
    let table = pieces.get(5..5usize.checked_add(length)?).or_else(|| pieces.get(5..))?;
    // `count + 1` positions of four bytes, then `count` pieces of eight bytes.
    let count = table.len().checked_sub(4)? / 12;
    let mut text: Vec<char> = Vec::new();
    for index in 0..count {
        let (Some(start), Some(end)) = (usize_at(table, 4 * index), usize_at(table, 4 * index + 4)) else { break };
        let Some(position) = u32_at(table, 4 * (count + 1) + 8 * index + 2) else { break };
        let Some(length) = end.checked_sub(start) else { break };
        // Pieces of an intact file do not overlap, so its text is not longer than the stream.
        let length = length.min(stream.len().saturating_sub(text.len()));
        let offset = (position & 0x3fff_ffff) as usize;
        let read = |offset: usize, bytes: usize| {
            let rest = stream.get(offset..).unwrap_or_default();
            &rest[..bytes.min(rest.len())]
        };
        let before = text.len();
        match code_page {
            Some(code_page) => text.extend(decode_code_page(read(offset, length), code_page).chars()),
            None if position & 0x4000_0000 != 0 => {
                text.extend(decode_code_page(read(offset / 2, length), 1252).chars());
                hide(&mut text[before..], offset / 2, 1, hidden);
            }
            // The lengths count UTF-16 units. After a character of two units, a placeholder is added, which is not shown.
            None => {
                let units = read(offset, 2 * length).chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
                for character in char::decode_utf16(units) {
                    let character = character.unwrap_or('\u{fffd}');
                    text.push(character);
                    text.extend((1..character.len_utf16()).map(|_| '\u{1}'));
                }
                hide(&mut text[before..], offset, 2, hidden);
            }
        }
        // Text that cannot be read is replaced by placeholders, so that later positions stay right.
        text.resize(text.len().max(before + length), '\u{1}');
    }
    Some(text)
}

/// The text as Word shows it: without the codes of fields, and without the placeholders of pictures and notes.
fn shown_text(text: &[char]) -> String {
    let mut shown = String::with_capacity(text.len());
    // For each open field, whether its code is being read.
    let mut fields: Vec<bool> = Vec::new();
    let mut codes = 0usize;
    let mut code = String::new();
    for (index, character) in text.iter().enumerate() {
        match *character {
            FIELD_BEGIN => {
                if codes == 0 {
                    code.clear();
                }
                fields.push(true);
                codes += 1;
            }
            FIELD_SEPARATOR => {
                if let Some(is_code) = fields.last_mut().filter(|is_code| **is_code) {
                    *is_code = false;
                    codes -= 1;
                }
            }
            FIELD_END => {
                if fields.pop() == Some(true) {
                    codes -= 1;
                    shown.push_str(annotated_text(&code).filter(|_| codes == 0).unwrap_or_default());
                }
            }
            other if codes > 0 => code.push(other),
            // The end of a cell; two of them are the end of a row.
            '\u{7}' if index > 0 && text[index - 1] == '\u{7}' => shown.push('\n'),
            '\u{7}' => shown.push('\t'),
            '\r' | '\u{b}' | '\u{e}' => shown.push('\n'),
            '\t' | '\n' | '\u{c}' => shown.push(*character),
            '\u{1e}' => shown.push('-'),
            '\u{1f}' | '\u{ad}' | '\0'..='\u{1d}' => {}
            // Characters of symbol fonts are in the private use area.
            '\u{f000}'..='\u{f0ff}' => shown.push(' '),
            other => shown.push(other),
        }
    }
    shown
}

/// The text to which a field adds its pronunciation, in Chinese and Japanese documents: `EQ \o\ad(\s\up 9(とうきょう),東京)`.
fn annotated_text(code: &str) -> Option<&str> {
    let code = code.trim().strip_prefix("EQ").filter(|code| code.contains("\\o"))?;
    let (_, text) = code.strip_suffix(')')?.rsplit_once([',', ';'])?;
    Some(text)
}

/// The code page of Windows in which programs of the 1990s wrote a language ([MS-LCID]).
fn code_page_of_language(language: u16) -> u16 {
    match language & 0x3ff {
        0x05 | 0x0e | 0x15 | 0x18 | 0x1b | 0x1c | 0x24 => 1250,
        // Serbian and Bosnian in Cyrillic, Croatian in Latin script.
        0x1a => match language {
            0x0c1a | 0x1c1a | 0x201a => 1251,
            _ => 1250,
        },
        0x02 | 0x19 | 0x22 | 0x23 | 0x2f => 1251,
        0x08 => 1253,
        0x1f => 1254,
        0x0d => 1255,
        0x01 | 0x20 | 0x29 => 1256,
        0x25..=0x27 => 1257,
        0x2a => 1258,
        0x1e => 874,
        0x11 => 932,
        0x12 => 949,
        0x04 => match language {
            0x0404 | 0x0c04 | 0x1404 => 950,
            _ => 936,
        },
        _ => 1252,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{Cursor, Write};

    use super::super::TextLayer;
    use super::*;

    /// A compound file with these streams.
    fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for (name, bytes) in streams {
            file.create_stream(name).unwrap().write_all(bytes).unwrap();
        }
        file.into_inner().into_inner()
    }

    fn put(bytes: &mut [u8], at: usize, value: u32) {
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    /// A document of Word 97 whose text is in these pieces, in the order of the text. They are stored in the opposite order.
    fn word_97(pieces: &[(&str, bool)], lengths: [u32; 8]) -> Vec<u8> {
        let (stream, table) = word_97_streams(pieces, lengths);
        compound(&[("WordDocument", &stream), ("0Table", &table)])
    }

    /// The streams of such a document. The pieces follow the first 0x600 bytes.
    fn word_97_streams(pieces: &[(&str, bool)], lengths: [u32; 8]) -> (Vec<u8>, Vec<u8>) {
        let mut stream = vec![0; 0x600];
        stream[..2].copy_from_slice(&0xa5ecu16.to_le_bytes());
        for (index, length) in lengths.into_iter().enumerate() {
            put(&mut stream, 0x4c + 4 * index, length);
        }
        let mut places = vec![0; pieces.len()];
        for (index, (text, is_wide)) in pieces.iter().enumerate().rev() {
            let start = u32::try_from(stream.len()).unwrap();
            places[index] = if *is_wide { start } else { (2 * start) | 0x4000_0000 };
            if *is_wide {
                stream.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            } else {
                stream.extend(text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()));
            }
        }
        let mut position = 0u32;
        let mut table = vec![];
        for (text, _) in pieces {
            table.extend(position.to_le_bytes());
            position += u32::try_from(text.encode_utf16().count()).unwrap();
        }
        table.extend(position.to_le_bytes());
        for place in places {
            table.extend([0, 0]);
            table.extend(place.to_le_bytes());
            table.extend([0, 0]);
        }
        // Formatting before the table.
        let mut clx = vec![1, 2, 0, 9, 9, 2];
        clx.extend(u32::try_from(table.len()).unwrap().to_le_bytes());
        clx.extend(table);
        put(&mut stream, 0x1a6, u32::try_from(clx.len()).unwrap());
        (stream, clx)
    }

    fn words(extraction: &Extraction) -> Vec<&str> {
        extraction.pages.iter().flat_map(|page| page.split_whitespace()).collect()
    }

    #[test]
    fn pieces_are_read_in_the_order_of_the_text() {
        let file = word_97(
            &[("Eau pot\u{e9} ", false), ("Вода 😀\r", true), ("note\r", false), ("Header\rHeader\r", false)],
            [16, 5, 14, 0, 0, 0, 0, 0],
        );
        let extraction = extract(&file);
        assert_eq!(words(&extraction), ["Eau", "poté", "Вода", "😀", "note", "Header"]);
        assert_eq!(extraction.facts.text, TextLayer::Good);
    }

    #[test]
    fn deleted_and_hidden_text_is_left_out() {
        // Bold, deleted; hidden, and then not; a property of variable length before the deletion.
        let deleted: &[u8] = &[6, 0x35, 8, 1, 0, 8, 1];
        let shown: &[u8] = &[6, 0x3c, 8, 1, 0x3c, 8, 0];
        let hidden: &[u8] = &[8, 0x47, 0xca, 2, 9, 9, 0x3c, 8, 0x81];
        for is_wide in [false, true] {
            let (mut stream, mut table) =
                word_97_streams(&[("one gone two\u{7}HIDE end", is_wide)], [21, 0, 0, 0, 0, 0, 0, 0]);
            let size = if is_wide { 2 } else { 1 };
            for (index, position) in [0, 4, 9, 12, 17, 21].into_iter().enumerate() {
                put(&mut stream, 0x400 + 4 * index, 0x600 + size * position);
            }
            for (run, place, properties) in [(1, 100, deleted), (2, 120, shown), (3, 140, hidden)] {
                stream[0x400 + 24 + run] = place / 2;
                let place = 0x400 + usize::from(place);
                stream[place..place + properties.len()].copy_from_slice(properties);
            }
            stream[0x5ff] = 5;
            put(&mut stream, 0xfa, u32::try_from(table.len()).unwrap());
            put(&mut stream, 0xfe, 12);
            table.extend([0x600u32, 0x600 + size * 21, 2].into_iter().flat_map(u32::to_le_bytes));
            let file = compound(&[("WordDocument", &stream), ("0Table", &table)]);
            assert_eq!(words(&extract(&file)), ["one", "two", "end"], "{is_wide}");
        }
    }

    #[test]
    fn hidden_ranges_do_not_overlap() {
        let hidden: &[u8] = &[3, 0x3c, 8, 1];
        let mut stream = vec![0; 0x800];
        // Two pages with one run each; the runs overlap.
        for (page, from, to) in [(0x400, 10, 20), (0x600, 5, 15)] {
            put(&mut stream, page, from);
            put(&mut stream, page + 4, to);
            stream[page + 8] = 50;
            stream[page + 100..page + 104].copy_from_slice(hidden);
            stream[page + 511] = 1;
        }
        let count = 1000u32;
        let pages = (0..count).flat_map(|index| [2u32, 3, 0x40_0002][index as usize % 3].to_le_bytes());
        let mut table: Vec<u8> = (0..=count).flat_map(u32::to_le_bytes).collect();
        table.extend(pages.collect::<Vec<u8>>());
        put(&mut stream, 0xfe, u32::try_from(table.len()).unwrap());
        assert_eq!(hidden_ranges(&stream, &table), std::iter::once(5..20).collect::<Vec<_>>());
    }

    #[test]
    fn only_the_results_of_fields_are_shown() {
        let text: Vec<char> =
            "a \u{13} IF \u{13} X \u{14}hidden\u{15} \u{14}shown \u{13} PAGE \u{14}7\u{15}\u{15} b\u{7}c\u{7}\u{7}d\u{15}".chars().collect();
        assert_eq!(shown_text(&text), "a shown 7 b\tc\t\nd");
        let text: Vec<char> =
            "\u{13} EQ \\* jc2 \\o\\ad(\\s\\up 9(とうきょう),東京)\u{15}駅\u{13} EQ \\f(1,2)\u{15}".chars().collect();
        assert_eq!(shown_text(&text), "東京駅");
    }

    #[test]
    fn word_95_is_read_in_the_code_page_of_its_language() {
        let mut stream = vec![0; 0x300];
        stream[..2].copy_from_slice(&0xa5dcu16.to_le_bytes());
        put(&mut stream, 0x18, 0x300);
        let mut read = |language: u16, is_mac: bool, text: &[u8]| {
            stream.truncate(0x300);
            stream[6..8].copy_from_slice(&language.to_le_bytes());
            stream[18] = u8::from(is_mac);
            stream.extend(text);
            put(&mut stream, 0x1c, u32::try_from(0x300 + text.len()).unwrap());
            put(&mut stream, 0x34, u32::try_from(text.len()).unwrap());
            words(&extract(&compound(&[("WordDocument", &stream)]))).join(" ")
        };
        assert_eq!(read(0x0419, false, b"\xc2\xee\xe4\xe0\r"), "Вода");
        assert_eq!(read(0x040c, false, b"d\xe9cembre\r"), "décembre");
        assert_eq!(read(0x040c, true, b"d\x8ecembre\r"), "décembre");
        // A Russian text that was written with an English copy of Word.
        let russian = b"\xc2\xee\xe4\xe0 \xe8 \xe6\xe8\xe7\xed\xfc \xed\xe0 \xee\xf1\xf2\xf0\xee\xe2\xe5";
        assert_eq!(read(0x0409, false, russian), "Вода и жизнь на острове");
    }

    #[test]
    fn encryption_and_damage_are_told_apart() {
        let mut stream = vec![0; 0x600];
        stream[..2].copy_from_slice(&0xa5ecu16.to_le_bytes());
        stream[10..12].copy_from_slice(&IS_ENCRYPTED.to_le_bytes());
        assert!(extract(&compound(&[("WordDocument", &stream)])).facts.is_encrypted);
        assert!(extract(&compound(&[("EncryptedPackage", b"x")])).facts.is_encrypted);
        let whole = word_97(&[("text\r", false)], [5, 0, 0, 0, 0, 0, 0, 0]);
        for bytes in [&b""[..], &whole[..600], &compound(&[("Other", b"x")])] {
            let extraction = extract(bytes);
            assert!(matches!(extraction.facts.text, TextLayer::Unreadable(_)) && !extraction.facts.is_encrypted);
        }
    }

    #[test]
    fn pieces_that_overlap_do_not_multiply_the_text() {
        let mut table = Vec::new();
        let count = 2000u32;
        for index in 0..=count {
            table.extend((index * 100_000).to_le_bytes());
        }
        for _ in 0..count {
            table.extend([0, 0, 0, 0, 0, 0x40, 0, 0]);
        }
        let mut clx = vec![2];
        clx.extend(u32::try_from(table.len()).unwrap().to_le_bytes());
        clx.extend(table);
        let stream = vec![b'a'; 100_000];
        assert_eq!(read_pieces(&stream, &clx, None, &[]).unwrap().len(), 100_000);
    }
}
