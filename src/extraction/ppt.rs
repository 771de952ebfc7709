//! PPT: the binary format of PowerPoint 97 to 2003 ([MS-PPT]).

use std::collections::{HashMap, HashSet};

use super::Extraction;
use super::compound::{CompoundFile, u16_at, u32_at, usize_at};
use crate::encodings::decode_code_page;

// Types of records.
const DOCUMENT: u16 = 0x03e8;
const SLIDE: u16 = 0x03ee;
const SLIDE_ATOM: u16 = 0x03ef;
const NOTES: u16 = 0x03f0;
const SLIDE_PERSIST_ATOM: u16 = 0x03f3;
const TEXT_CHARS_ATOM: u16 = 0x0fa0;
const TEXT_HEADER_ATOM: u16 = 0x0f9f;
const TEXT_BYTES_ATOM: u16 = 0x0fa8;
const C_STRING: u16 = 0x0fba;
const HEADERS_FOOTERS: u16 = 0x0fd9;
const SLIDE_LIST: u16 = 0x0ff0;
const USER_EDIT_ATOM: u16 = 0x0ff5;
const PERSIST_DIRECTORY_ATOM: u16 = 0x1772;
const CRYPT_SESSION: u16 = 0x2f14;
const CLIENT_TEXT_BOX: u16 = 0xf00d;

/// The deepest nesting that is read. Groups of shapes are nested, but not as deeply.
const MAX_DEPTH: usize = 64;

/// The mark of an encrypted presentation in the stream `Current User`.
const ENCRYPTED_TOKEN: u32 = 0xf3d1_c4df;

/// Extracts the text of an old PowerPoint presentation. The text of each slide, with its notes, begins a new part.
pub(super) fn extract(bytes: &[u8]) -> Extraction {
    let Some(mut file) = CompoundFile::open(bytes) else {
        return Extraction::unreadable("it is damaged, or not a PowerPoint presentation");
    };
    if file.is_encrypted_package() {
        return Extraction::encrypted();
    }
    let Some(stream) = file.read("PowerPoint Document") else {
        return Extraction::unreadable(
            "it was made by PowerPoint 95 or an older version, which is not supported: open it in a program that reads it, and save it as .pptx",
        );
    };
    let user = file.read("Current User").unwrap_or_default();
    let (edit, is_encrypted) = (usize_at(&user, 16), u32_at(&user, 12) == Some(ENCRYPTED_TOKEN));
    if is_encrypted || (file.has("EncryptedSummary") && has_crypt_session(&stream)) {
        return Extraction::encrypted();
    }
    let presentation = Presentation { stream: &stream, objects: find_objects(&stream, edit) };
    if presentation.objects.is_empty() && !records(&stream).any(|record| matches!(record.kind, DOCUMENT | SLIDE)) {
        return Extraction::unreadable("it is damaged");
    }
    let slides = presentation.slides().unwrap_or_else(|| presentation.all_slides());
    let mut text = slides.join("\u{c}");
    text += &presentation.footers();
    let extraction = Extraction::from_text(&text);
    extraction.with_properties(&mut file)
}

/// A record: its type, a number whose meaning depends on the type, and its contents.
#[derive(Clone, Copy)]
struct Record<'s> {
    kind: u16,
    instance: u16,
    is_container: bool,
    contents: &'s [u8],
}

/// The records that follow each other in `bytes`. The last one may be cut off.
fn records(mut bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    std::iter::from_fn(move || {
        let (head, kind, length) = (u16_at(bytes, 0)?, u16_at(bytes, 2)?, usize_at(bytes, 4)?);
        let rest = bytes.get(8..)?;
        let (contents, next) = rest.split_at(length.min(rest.len()));
        bytes = next;
        Some(Record { kind, instance: head >> 4, is_container: head & 0xf == 0xf, contents })
    })
}

/// The record at an offset of the stream.
fn record_at(stream: &[u8], offset: usize) -> Option<Record<'_>> {
    records(stream.get(offset..)?).next()
}

fn has_crypt_session(stream: &[u8]) -> bool {
    records(stream).any(|record| record.kind == CRYPT_SESSION)
}

/// The offset of the newest version of each object, by the number of the object. A presentation that was saved quickly also
/// contains older versions.
fn find_objects(stream: &[u8], newest_edit: Option<usize>) -> HashMap<u32, usize> {
    let mut objects = HashMap::new();
    let mut seen = HashSet::new();
    let mut next = newest_edit;
    while let Some(offset) = next.filter(|offset| seen.insert(*offset)) {
        let Some(edit) = record_at(stream, offset).filter(|record| record.kind == USER_EDIT_ATOM) else { break };
        let directory = usize_at(edit.contents, 12).and_then(|offset| record_at(stream, offset));
        if let Some(directory) = directory.filter(|record| record.kind == PERSIST_DIRECTORY_ATOM) {
            let mut numbers = directory.contents.chunks_exact(4).map_while(|bytes| u32_at(bytes, 0));
            while let Some(entry) = numbers.next() {
                for (object, offset) in (entry & 0xf_ffff..).zip(numbers.by_ref().take((entry >> 20) as usize)) {
                    if let Ok(offset) = usize::try_from(offset) {
                        objects.entry(object).or_insert(offset);
                    }
                }
            }
        }
        next = usize_at(edit.contents, 8).filter(|previous_edit| *previous_edit != 0);
    }
    objects
}

struct Presentation<'s> {
    stream: &'s [u8],
    objects: HashMap<u32, usize>,
}

impl<'s> Presentation<'s> {
    fn object(&self, number: u32) -> Option<Record<'s>> {
        record_at(self.stream, *self.objects.get(&number)?)
    }

    /// The texts of the slides in their order; `None` if the order cannot be found.
    fn slides(&self) -> Option<Vec<String>> {
        let newest = self.objects.values().filter_map(|offset| record_at(self.stream, *offset));
        let document = newest.filter(|record| record.kind == DOCUMENT).last()?;
        let list = |instance| {
            let mut lists = records(document.contents).filter(|record| record.kind == SLIDE_LIST);
            lists.find(|list| list.instance == instance)
        };
        // The pages of notes, by the number that slides use for them.
        let mut notes: HashMap<u32, Record<'_>> = HashMap::new();
        for atom in
            list(2).iter().flat_map(|list| records(list.contents)).filter(|atom| atom.kind == SLIDE_PERSIST_ATOM)
        {
            if let (Some(object), Some(number)) = (u32_at(atom.contents, 0), u32_at(atom.contents, 12))
                && let Some(page) = self.object(object).filter(|page| page.kind == NOTES)
            {
                notes.insert(number, page);
            }
        }
        let mut slides: Vec<String> = Vec::new();
        let mut current: Option<Record<'_>> = None;
        let mut text = String::new();
        let mut seen = HashSet::new();
        let mut finish = |slide: Option<Record<'s>>, text: &mut String| {
            let mut whole = std::mem::take(text);
            if let Some(slide) = slide {
                collect_text_boxes(slide.contents, 0, &mut whole);
                let atom = records(slide.contents).find(|record| record.kind == SLIDE_ATOM);
                if let Some(page) = atom.and_then(|atom| notes.get(&u32_at(atom.contents, 16)?)) {
                    collect_text_boxes(page.contents, 0, &mut whole);
                }
            }
            slides.push(whole);
        };
        let mut is_first = true;
        for record in records(list(0)?.contents) {
            if record.kind == SLIDE_PERSIST_ATOM {
                if !is_first {
                    finish(current, &mut text);
                }
                is_first = false;
                // Every slide is read once, even if a damaged list names it several times, or under several numbers.
                let offset = u32_at(record.contents, 0).and_then(|number| self.objects.get(&number));
                let offset = offset.filter(|offset| seen.insert(**offset));
                current =
                    offset.and_then(|offset| record_at(self.stream, *offset)).filter(|record| record.kind == SLIDE);
            } else {
                add_text(record, &mut text);
            }
        }
        if !is_first {
            finish(current, &mut text);
        }
        Some(slides)
    }

    /// The headers and footers of the presentation and of its slides, once each.
    fn footers(&self) -> String {
        let mut seen = HashSet::new();
        let mut text = String::new();
        let mut offsets: Vec<&usize> = self.objects.values().collect();
        offsets.sort_unstable();
        for object in offsets.into_iter().filter_map(|offset| record_at(self.stream, *offset)) {
            if !matches!(object.kind, DOCUMENT | SLIDE | NOTES) {
                continue;
            }
            for list in records(object.contents).filter(|record| record.kind == HEADERS_FOOTERS) {
                for line in records(list.contents).filter(|record| record.kind == C_STRING) {
                    let line = decode_code_page(line.contents, 1200);
                    if !line.trim().is_empty() && seen.insert(line.clone()) {
                        text += line.trim();
                        text.push('\n');
                    }
                }
            }
        }
        text
    }

    /// The texts of all slides and pages of notes in the order of the stream, each as a slide of its own. Older versions may
    /// be among them.
    fn all_slides(&self) -> Vec<String> {
        let pages = records(self.stream).filter(|record| matches!(record.kind, SLIDE | NOTES));
        pages
            .map(|page| {
                let mut text = String::new();
                collect_text_boxes(page.contents, 0, &mut text);
                text
            })
            .collect()
    }
}

/// Adds the text of all shapes.
fn collect_text_boxes(contents: &[u8], depth: usize, text: &mut String) {
    for record in records(contents) {
        if record.kind == CLIENT_TEXT_BOX {
            // A header says only what kind of text follows.
            for atom in records(record.contents).filter(|atom| atom.kind != TEXT_HEADER_ATOM) {
                add_text(atom, text);
            }
        } else if record.is_container && depth < MAX_DEPTH {
            collect_text_boxes(record.contents, depth + 1, text);
        }
    }
}

/// Adds the text of a record, if it has any.
fn add_text(record: Record<'_>, text: &mut String) {
    let decoded = match record.kind {
        TEXT_CHARS_ATOM => decode_code_page(record.contents, 1200),
        // The low bytes of UTF-16 units whose high bytes are zero.
        TEXT_BYTES_ATOM => record.contents.iter().map(|byte| char::from(*byte)).collect(),
        _ => return,
    };
    // An asterisk alone is a placeholder for the number of the slide or a date.
    if decoded.trim() == "*" {
        return;
    }
    text.extend(decoded.chars().filter_map(|c| match c {
        '\r' | '\u{b}' => Some('\n'),
        '\t' | '\n' => Some(c),
        c if c.is_control() => None,
        c => Some(c),
    }));
    text.push('\n');
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn record(kind: u16, head: u16, contents: &[u8]) -> Vec<u8> {
        let mut bytes = head.to_le_bytes().to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(u32::try_from(contents.len()).unwrap().to_le_bytes());
        bytes.extend(contents);
        bytes
    }

    fn numbers(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    fn wide(text: &str) -> Vec<u8> {
        record(TEXT_CHARS_ATOM, 0, &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())
    }

    fn page(kind: u16, notes: u32, text: &str) -> Vec<u8> {
        let atom = record(SLIDE_ATOM, 2, &numbers(&[0, 0, 0, 0, notes, 0]));
        let shape = record(0xf004, 0xf, &record(CLIENT_TEXT_BOX, 0xf, &wide(text)));
        record(kind, 0xf, &[atom, record(0x040c, 0xf, &shape)].concat())
    }

    /// A presentation of two slides. The stream contains them in the opposite order, and also an old version of the second.
    fn presentation(token: u32) -> Vec<u8> {
        let mut stream = Vec::new();
        let mut add = |bytes: Vec<u8>| {
            let offset = u32::try_from(stream.len()).unwrap();
            stream.extend(bytes);
            offset
        };
        let old = add(page(SLIDE, 0, "outdated"));
        let second = add(page(SLIDE, 0, "two"));
        let first = add(page(SLIDE, 77, "one"));
        let notes = add(page(NOTES, 0, "spoken"));
        let entry = |object: u32, number: u32| record(SLIDE_PERSIST_ATOM, 0, &numbers(&[object, 0, 0, number, 0]));
        let slides =
            [entry(2, 256), record(TEXT_BYTES_ATOM, 0, b"Titre \xe9"), entry(3, 257), wide("Вода\r*"), wide("*")];
        let document = add(record(
            DOCUMENT,
            0xf,
            &[
                record(SLIDE_LIST, 0xf, &slides.concat()),
                record(SLIDE_LIST, 0x2f, &entry(4, 77)),
                record(HEADERS_FOOTERS, 0x3f, &record(C_STRING, 0x20, b"F\0o\0o\0t\0")),
            ]
            .concat(),
        ));
        let old_directory = add(record(PERSIST_DIRECTORY_ATOM, 0, &numbers(&[3 | 1 << 20, old])));
        let old_edit = add(record(USER_EDIT_ATOM, 0, &numbers(&[0, 0, 0, old_directory, 1])));
        let directory =
            add(record(PERSIST_DIRECTORY_ATOM, 0, &numbers(&[1 | 4 << 20, document, first, second, notes])));
        let edit = add(record(USER_EDIT_ATOM, 0, &numbers(&[0, 0, old_edit, directory, 1])));
        let user = numbers(&[0x0ff6_0000, 0, 20, token, edit]);
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        file.create_stream("PowerPoint Document").unwrap().write_all(&stream).unwrap();
        file.create_stream("Current User").unwrap().write_all(&user).unwrap();
        file.into_inner().into_inner()
    }

    #[test]
    fn slides_are_read_in_their_order_with_their_notes() {
        let extraction = extract(&presentation(0xe391_c05f));
        assert_eq!(extraction.pages, ["Titre é\none\nspoken\n", "Вода\n*\ntwo\nFoot\n"]);
    }

    #[test]
    fn encryption_and_damage_are_told_apart() {
        assert!(extract(&presentation(ENCRYPTED_TOKEN)).facts.is_encrypted);
        let whole = presentation(0xe391_c05f);
        assert!(!extract(&whole[..700]).facts.is_encrypted);
        assert!(extract(&whole[..700]).pages.is_empty());
    }

    #[test]
    fn loops_and_deep_nesting_end() {
        // An edit that names itself as the previous edit.
        let edit = record(USER_EDIT_ATOM, 0, &numbers(&[0, 0, 0, 0, 1]));
        let mut stream = vec![0; 8];
        stream.extend(edit);
        stream[8 + 8 + 8..][..4].copy_from_slice(&8u32.to_le_bytes());
        assert!(find_objects(&stream, Some(8)).is_empty());
        let mut nested = wide("deep");
        for _ in 0..1000 {
            nested = record(0xf003, 0xf, &nested);
        }
        let mut text = String::new();
        collect_text_boxes(&nested, 0, &mut text);
        assert_eq!(text, "");
    }
}
