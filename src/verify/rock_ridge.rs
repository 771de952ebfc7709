//! System use areas: SUSP and Rock Ridge entries of a directory record (SUSP 1.12, RRIP 1.12).

use std::io::{Read, Seek};

use super::claims::{Claims, Owner};
use super::dates;
use super::medium::{Medium, SECTOR, agree32, le32};
use super::verdict::Problems;

/// Continuation areas of one record.
const MOST_CONTINUATIONS: usize = 16;
/// What `ER` says of Rock Ridge (RRIP 4.3), under either of its names.
const EXTENSIONS: [&[u8]; 2] = [b"RRIP_1991A", b"IEEE_1282"];
const DESCRIPTOR: &[u8] = b"THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS";

/// Which record an area belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// `.` of the root directory.
    RootItself,
    /// `.` of another.
    Itself,
    /// `..`.
    Parent,
    /// A directory in its parent.
    Directory,
    /// A file.
    File,
}

/// What an area says.
#[derive(Debug, Default)]
pub(super) struct RockRidge {
    /// The name (`NM`).
    pub(super) name: Option<String>,
    /// Links, and the serial number if there is one (`PX`).
    pub(super) links: Option<(u32, Option<u32>)>,
}

/// Reads the area of a record, and reports what is wrong with it. `owner` names the record.
pub(super) fn read<R: Read + Seek>(
    area: &[u8],
    of: Of,
    date: &[u8; 7],
    owner: &dyn Fn() -> String,
    medium: &mut Medium<'_, R>,
    claims: &mut Claims,
    problems: &mut Problems,
) -> RockRidge {
    let mut reading = Reading {
        of,
        date,
        wrong: Vec::new(),
        found: RockRidge::default(),
        name: Vec::new(),
        seen: Vec::new(),
        continues: false,
    };
    let mut area = area.to_vec();
    let mut continuations = 0;
    while let Some((block, offset, length)) = reading.entries(&area) {
        continuations += 1;
        let start = u64::from(block) * SECTOR + u64::from(offset);
        let inside =
            block >= 16 && u64::from(block) < medium.sectors() && u64::from(offset) + u64::from(length) <= SECTOR;
        if !inside || length == 0 || continuations > MOST_CONTINUATIONS {
            reading.wrong.push("`CE` leads to no continuation area of one sector inside the volume".to_owned());
            break;
        }
        claims.add(start, length.into(), Owner::Structure);
        let sector = medium.read(block.into(), 1);
        area = sector[offset as usize..(offset + length) as usize].to_vec();
    }
    reading.finish();
    for what in reading.wrong {
        problems.structure(15, format!("{}: {what}", owner()));
    }
    reading.found
}

struct Reading<'d> {
    of: Of,
    date: &'d [u8; 7],
    wrong: Vec<String>,
    found: RockRidge,
    name: Vec<u8>,
    seen: Vec<[u8; 2]>,
    continues: bool,
}

impl Reading<'_> {
    /// Reads the entries of an area; gives the place of the next one.
    fn entries(&mut self, area: &[u8]) -> Option<(u32, u32, u32)> {
        let mut next = None;
        let mut at = 0;
        while at < area.len() {
            if area.len() - at < 4 || area[at] == 0 {
                if area[at..].iter().any(|byte| *byte != 0) || area.len() - at > 3 {
                    self.wrong.push("its system use area ends in something that is no entry".to_owned());
                }
                break;
            }
            let length = usize::from(area[at + 2]);
            let Some(entry) = area.get(at..at + length).filter(|_| length >= 4) else {
                self.wrong.push("an entry of its system use area is longer than the area, or too short".to_owned());
                break;
            };
            let signature = [entry[0], entry[1]];
            if entry[3] != 1 {
                self.wrong.push(format!("`{}` has version {}, not 1", signature.escape_ascii(), entry[3]));
            }
            if self.seen.contains(&signature) && &signature != b"NM" && &signature != b"CE" {
                self.wrong.push(format!("`{}` stands there twice", signature.escape_ascii()));
            }
            self.seen.push(signature);
            match &signature {
                b"SP" => self.sharing(entry),
                b"CE" if entry.len() == 28 && next.is_none() => {
                    if [4, 12, 20].iter().any(|at| !agree32(entry, *at)) {
                        self.wrong.push("the byte orders of a number in `CE` disagree".to_owned());
                    }
                    next = Some((le32(entry, 4), le32(entry, 12), le32(entry, 20)));
                }
                b"ER" => self.extension(entry),
                b"PX" => self.attributes(entry),
                b"TF" => self.times(entry),
                b"NM" => self.alternate_name(entry),
                b"RR" if entry.len() == 5 => {}
                b"ST" if entry.len() == 4 => break,
                other => {
                    self.wrong.push(format!("`{}` is not an entry that the disc is to have", other.escape_ascii()))
                }
            }
            at += length;
        }
        next
    }

    /// `SP` (SUSP 5.3).
    fn sharing(&mut self, entry: &[u8]) {
        if self.of != Of::RootItself || entry != [b'S', b'P', 7, 1, 0xbe, 0xef, 0] {
            self.wrong.push("`SP` is wrong, or not where it belongs".to_owned());
        }
    }

    /// `ER` (SUSP 5.5).
    fn extension(&mut self, entry: &[u8]) {
        let field = |at: usize| entry.get(at).map_or(0, |length| usize::from(*length));
        let (identifier, descriptor, source) = (field(4), field(5), field(6));
        let whole = entry.len() == 8 + identifier + descriptor + source;
        let part = |from: usize, length: usize| entry.get(from..from + length).unwrap_or_default();
        let words = part(8 + identifier, descriptor);
        let rest = part(8 + identifier + descriptor, source);
        let known = EXTENSIONS.contains(&part(8, identifier)) && words.starts_with(DESCRIPTOR);
        if self.of != Of::RootItself || !whole || field(7) != 1 || !known || !is_contact(rest) {
            self.wrong.push("`ER` does not announce Rock Ridge as RRIP 4.3 words it".to_owned());
        }
    }

    /// `PX` (RRIP 4.1.1).
    fn attributes(&mut self, entry: &[u8]) {
        if entry.len() != 36 && entry.len() != 44 {
            self.wrong.push(format!("`PX` has {} bytes, not 44", entry.len()));
            return;
        }
        if (4..entry.len()).step_by(8).any(|at| !agree32(entry, at)) {
            self.wrong.push("the byte orders of a number in `PX` disagree".to_owned());
        }
        let mode = if self.of == Of::File { 0o100_444 } else { 0o040_555 };
        if le32(entry, 4) != mode {
            self.wrong.push(format!("the mode in `PX` is {:o}, not {mode:o}", le32(entry, 4)));
        }
        if le32(entry, 20) != 0 || le32(entry, 28) != 0 {
            self.wrong.push("the owner in `PX` is not 0".to_owned());
        }
        self.found.links = Some((le32(entry, 12), (entry.len() == 44).then(|| le32(entry, 36))));
    }

    /// `TF` (RRIP 4.1.6): stamps in short form, each that of the record.
    fn times(&mut self, entry: &[u8]) {
        let Some(flags) = entry.get(4).copied().filter(|flags| flags & 0x80 == 0 && flags & 2 != 0) else {
            self.wrong.push("`TF` has no time of modification in short form".to_owned());
            return;
        };
        if entry.len() != 5 + 7 * flags.count_ones() as usize {
            self.wrong.push("`TF` has not the length that its flags say".to_owned());
            return;
        }
        for stamp in entry[5..].chunks_exact(7) {
            if stamp != self.date {
                self.wrong.push("a time in `TF` is not that of the record".to_owned());
            }
            if let Err(what) = <&[u8; 7]>::try_from(stamp).map_or(Ok(()), dates::recording_date) {
                self.wrong.push(format!("a time in `TF` {what}"));
            }
        }
    }

    /// `NM` (RRIP 4.1.4).
    fn alternate_name(&mut self, entry: &[u8]) {
        let Some(flags) = entry.get(4).copied() else {
            self.wrong.push("`NM` is too short".to_owned());
            return;
        };
        let flags_due = match self.of {
            Of::RootItself | Of::Itself => 2,
            Of::Parent => 4,
            _ => 0,
        };
        if flags & !1 != flags_due || (flags_due != 0 && entry.len() > 5) {
            self.wrong.push("the flags of `NM` are wrong".to_owned());
        }
        if self.name.is_empty() == self.continues && !self.name.is_empty() {
            self.wrong.push("a second `NM` where none was to follow".to_owned());
        }
        self.continues = flags & 1 != 0;
        self.name.extend_from_slice(&entry[5..]);
    }

    fn finish(&mut self) {
        if self.continues {
            self.wrong.push("`NM` is to go on, and does not".to_owned());
        }
        let has = |signature: &[u8; 2]| self.seen.contains(signature);
        let mut missing = Vec::new();
        for (signature, due) in [
            (b"SP", self.of == Of::RootItself),
            (b"ER", self.of == Of::RootItself),
            (b"PX", true),
            (b"TF", true),
            (b"NM", matches!(self.of, Of::File | Of::Directory)),
        ] {
            if due && !has(signature) {
                missing.push(format!("there is no `{}`", signature.escape_ascii()));
            }
        }
        self.wrong.append(&mut missing);
        if !matches!(self.of, Of::File | Of::Directory) || self.name.is_empty() {
            return;
        }
        match String::from_utf8(std::mem::take(&mut self.name)) {
            Ok(name) if name.contains(['/', '\0']) || name == "." || name == ".." => {
                self.wrong.push(format!("its Rock Ridge name `{}` is none", name.escape_debug()));
            }
            Ok(name) => self.found.name = Some(name),
            Err(_) => self.wrong.push("its Rock Ridge name is not UTF-8".to_owned()),
        }
    }
}

/// The text on where to ask, whose two sentences have one space between them or two.
fn is_contact(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text).replace(".  ", ". ");
    text == "PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE. SEE PUBLISHER IDENTIFIER IN PRIMARY VOLUME DESCRIPTOR FOR CONTACT INFORMATION."
}
