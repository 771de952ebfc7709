//! System use areas of directory records: their SUSP and Rock Ridge entries (SUSP 1.12, RRIP 1.12).

use std::io::{Read, Seek};

use super::bytes::{be32, is_zero, le32, orders_agree32};
use super::dates;
use super::ownership::{Owner, Ownership};
use super::requirement::Requirement;
use super::sector_reader::{SECTOR_LENGTH, SectorReader};
use super::tree::Links;
use super::verdict::{Basis, Problems};

/// How many continuation areas of one record are followed.
const MAX_CONTINUATIONS: usize = 16;
/// The identifiers of Rock Ridge in `ER` (RRIP 4.3), one of which an image must have.
const EXTENSION_IDENTIFIERS: [&[u8]; 3] = [b"RRIP_1991A", b"IEEE_1282", b"IEEE_P1282"];
/// The description of Rock Ridge in `ER`.
const EXTENSION_DESCRIPTION: &[u8] =
    b"THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS";

/// The bits of a mode with the file type (RRIP 4.1.1).
const FILE_TYPE: u32 = 0o170_000;

/// The file type of a symbolic link.
const SYMBOLIC_LINK: u32 = 0o120_000;

/// What a directory record describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordKind {
    /// `.` in the root directory.
    RootDot,
    /// `.` in any other directory.
    Dot,
    /// `..`.
    DotDot,
    /// A directory, in its parent.
    Directory,
    File,
}

impl RecordKind {
    pub(super) fn is_dot_or_dot_dot(self) -> bool {
        matches!(self, Self::RootDot | Self::Dot | Self::DotDot)
    }
}

/// What the entries of a record say.
#[derive(Debug, Default)]
pub(super) struct RockRidge {
    /// The name (`NM`).
    pub(super) name: Option<String>,
    /// The link count and the serial number (`PX`).
    pub(super) links: Option<Links>,
    /// `CL`: the first sector of the directory that is stored elsewhere but belongs here.
    pub(super) child_link: Option<u32>,
    /// The target, if it is a symbolic link (`SL`).
    pub(super) symbolic_link: Option<String>,
    /// `RE`: the directory is only stored here, and belongs where a `CL` is.
    pub(super) is_relocated: bool,
}

/// The longest name that is read, in bytes: no system shows a longer one.
const MAX_NAME_BYTES: usize = 255;

/// A continuation area, as `CE` gives it (SUSP 5.1).
struct Continuation {
    block: u32,
    /// In bytes from the start of the block.
    offset: u32,
    /// In bytes.
    length: u32,
}

impl Continuation {
    fn parse(entry: &[u8]) -> Self {
        Self { block: le32(entry, 4), offset: le32(entry, 12), length: le32(entry, 20) }
    }

    /// Whether it is not empty, and lies in a single sector of the volume's data area.
    fn is_valid(&self, sector_count: u64) -> bool {
        let end = u64::from(self.offset) + u64::from(self.length);
        self.block >= 16 && u64::from(self.block) < sector_count && end <= SECTOR_LENGTH && self.length > 0
    }
}

/// Reads the system use area of a record and its continuations, and reports what is wrong with them. `skipped` bytes before
/// `area` belong to another extension.
/// `date` is the record's date; `label` names the record; `budget` says how many continuations may be read, and becomes
/// `None` if that is not enough.
#[allow(clippy::too_many_arguments, reason = "the entries of a record cannot be read with less")]
pub(super) fn read<R: Read + Seek>(
    (area, skipped): (&[u8], u8),
    kind: RecordKind,
    date: &[u8; 7],
    label: &dyn Fn() -> String,
    budget: &mut Option<u32>,
    reader: &mut SectorReader<'_, R>,
    ownership: &mut Ownership,
    problems: &mut Problems,
) -> RockRidge {
    let mut parser = EntryParser::new(kind, date, skipped);
    let mut area = area.to_vec();
    let mut continuations = 0;
    while let Some(next) = parser.parse_area(&area) {
        continuations += 1;
        if !next.is_valid(reader.sector_count()) || continuations > MAX_CONTINUATIONS {
            parser
                .report(Basis::Reading, "`CE` does not point to a continuation area in a single sector of the volume");
            break;
        }
        *budget = budget.and_then(|remaining| remaining.checked_sub(1));
        if budget.is_none() {
            break;
        }
        let start = u64::from(next.block) * SECTOR_LENGTH + u64::from(next.offset);
        ownership.add(start, next.length.into(), Owner::Structure);
        let sector = reader.read(next.block.into(), 1);
        area = sector[next.offset as usize..(next.offset + next.length) as usize].to_vec();
    }
    parser.finish();
    for (basis, violation) in parser.violations {
        problems.add_violation(basis, Requirement::RockRidge, format!("{}: {violation}", label()));
    }
    parser.rock_ridge
}

/// Parses the entries of one record.
struct EntryParser<'d> {
    kind: RecordKind,
    /// How many bytes come before the entries of each record. `SP` must state this number.
    skipped: u8,
    date: &'d [u8; 7],
    violations: Vec<(Basis, String)>,
    rock_ridge: RockRidge,
    /// The bytes of all `NM` so far.
    name: Vec<u8>,
    /// Whether the last `NM` is flagged as continued in another.
    name_continues: bool,
    /// The signatures of all entries so far.
    signatures: Vec<[u8; 2]>,
    /// The flags of `RR`, which announce entries (RRIP 1991, 4.1.1; later versions do not have it).
    announced: Option<u8>,
    /// Whether `PX` and the record disagree about the kind of file.
    has_other_file_type: bool,
    /// Whether `PX` says that it is a symbolic link.
    is_symbolic_link: bool,
    /// The target of the link, from all `SL` so far.
    target: LinkTarget,
}

/// How many bytes may follow the last entry. If there are more, Linux reads them as another entry. If they are not a valid entry, it
/// ignores all entries of the record, including the name.
const MAX_AREA_PADDING: usize = 2;

/// The lengths of the shortest entries with all their fields (SUSP 5, RRIP 4.1; `RR`: RRIP 1991, 4.1.1).
const MIN_LENGTHS: [(&[u8; 2], usize); 12] = [
    (b"SP", 7),
    (b"CE", 28),
    (b"ER", 8),
    (b"RR", 5),
    (b"PX", 36),
    (b"PN", 20),
    (b"SL", 5),
    (b"NM", 5),
    (b"CL", 12),
    (b"PL", 12),
    (b"TF", 5),
    (b"ZF", 16),
];

/// The flags of `RR`, and the entries that they announce.
const ANNOUNCED_ENTRIES: [(u8, &[u8; 2]); 8] =
    [(1, b"PX"), (2, b"PN"), (4, b"SL"), (8, b"NM"), (16, b"CL"), (32, b"PL"), (64, b"RE"), (128, b"TF")];

/// The entries of SUSP and RRIP, and of the extensions for Apple (`AA`, `BA`), compression (`ZF`), extended attributes (`AL`) and
/// sparse files (`SF`).
const KNOWN_ENTRIES: [&[u8; 2]; 21] = [
    b"SP", b"CE", b"PD", b"ST", b"ER", b"ES", b"RR", b"PX", b"PN", b"SL", b"NM", b"CL", b"PL", b"RE", b"TF", b"SF",
    b"AA", b"BA", b"ZF", b"AL", b"XA",
];

impl<'d> EntryParser<'d> {
    fn new(kind: RecordKind, date: &'d [u8; 7], skipped: u8) -> Self {
        Self {
            kind,
            skipped,
            date,
            violations: Vec::new(),
            rock_ridge: RockRidge::default(),
            name: Vec::new(),
            name_continues: false,
            signatures: Vec::new(),
            announced: None,
            has_other_file_type: false,
            is_symbolic_link: false,
            target: LinkTarget::default(),
        }
    }

    /// Whether there is an entry of an unknown extension, such as an entry with a damaged signature.
    fn has_unknown_entry(&self) -> bool {
        self.signatures.iter().any(|signature| !KNOWN_ENTRIES.contains(&signature))
    }

    fn report(&mut self, basis: Basis, violation: impl Into<String>) {
        self.violations.push((basis, violation.into()));
    }

    /// Parses the entries of an area; returns where they continue, if they do.
    fn parse_area(&mut self, area: &[u8]) -> Option<Continuation> {
        let mut continuation = None;
        let mut at = 0;
        while at < area.len() {
            if area.len() - at < 4 || area[at] == 0 {
                let rest = &area[at..];
                if rest.len() > MAX_AREA_PADDING {
                    self.report(Basis::Reading, "its system use area ends with bytes that are not an entry");
                } else if !is_zero(rest) {
                    self.report(Basis::Convention, "its system use area ends with a byte that is not zero");
                }
                break;
            }
            let length = usize::from(area[at + 2]);
            let Some(entry) = area.get(at..at + length).filter(|_| length >= 4) else {
                self.report(Basis::Reading, "an entry in its system use area is too short, or longer than the area");
                break;
            };
            let signature = self.check_header(entry);
            // Linux does not show the file, or shows its plain name.
            if MIN_LENGTHS.iter().any(|(of, shortest)| **of == signature && length < *shortest) {
                self.report(Basis::Reading, format!("`{}` is too short", signature.escape_ascii()));
            }
            match &signature {
                b"CE" if entry.len() == 28 && continuation.is_none() => {
                    if [4, 12, 20].iter().any(|at| !orders_agree32(entry, *at)) {
                        self.report(Basis::Reading, "the byte orders of a number in `CE` disagree");
                    }
                    continuation = Some(Continuation::parse(entry));
                }
                b"ST" if entry.len() == 4 => {
                    if !is_zero(&area[at + length..]) {
                        self.report(Basis::Reading, "its system use area has bytes after `ST`, where it ends");
                    }
                    break;
                }
                _ => self.parse_entry(signature, entry),
            }
            at += length;
        }
        continuation
    }

    /// Checks the version of an entry and that it is not repeated (SUSP 4.1); returns its signature.
    fn check_header(&mut self, entry: &[u8]) -> [u8; 2] {
        let signature = [entry[0], entry[1]];
        // libarchive stops there, and does not find the name.
        if !signature.iter().all(u8::is_ascii_uppercase) {
            let message = format!("the entry `{}` is not named with two capital letters", signature.escape_ascii());
            self.report(Basis::Reading, message);
        }
        // Some systems ignore entries of other versions; others read them as version 1. Apple's entries are older than SUSP, and have
        // the kind of system in this byte.
        let is_apple = matches!(&signature, b"AA" | b"BA");
        if entry[3] != 1 && !is_apple {
            self.report(Basis::Reading, format!("`{}` has version {}, not 1", signature.escape_ascii(), entry[3]));
        }
        if self.signatures.contains(&signature) && !matches!(&signature, b"NM" | b"CE" | b"SL") {
            // Programs differ in which of these they use.
            let basis = if matches!(&signature, b"PX" | b"RR") { Basis::Reading } else { Basis::Convention };
            self.report(basis, format!("there is more than one `{}`", signature.escape_ascii()));
        }
        self.signatures.push(signature);
        signature
    }

    fn parse_entry(&mut self, signature: [u8; 2], entry: &[u8]) {
        match &signature {
            b"SP" => self.check_sharing_protocol(entry),
            b"ER" => self.check_extension_reference(entry),
            b"PX" => self.parse_attributes(entry),
            b"TF" => self.check_times(entry),
            b"NM" => self.parse_name(entry),
            b"RR" if entry.len() == 5 => self.announced = Some(entry[4]),
            b"CE" | b"CL" if entry.len() != 12 || &signature == b"CE" => {
                self.report(Basis::Reading, format!("`{}` is repeated or malformed", signature.escape_ascii()));
            }
            b"RE" if self.kind == RecordKind::File => {
                self.report(Basis::Reading, "`RE` hides it on some systems");
            }
            b"RE" => {
                self.rock_ridge.is_relocated = true;
                self.report(Basis::Convention, "`RE` says that the directory belongs elsewhere");
            }
            b"CL" => {
                if !orders_agree32(entry, 4) {
                    self.report(Basis::Reading, "the byte orders of a number in `CL` disagree");
                }
                self.rock_ridge.child_link = Some(le32(entry, 4));
                self.report(Basis::Convention, "`CL` refers to a directory that is stored elsewhere");
            }
            b"SL" => {
                if let Err(violation) = self.target.add(entry) {
                    self.report(Basis::Reading, violation);
                }
            }
            // Linux decompresses such a file or shows a device, not the bytes that are hashed here. xorriso writes and reads `Z2`.
            b"ZF" | b"Z2" | b"PN" | b"SF" => {
                let what = match &signature {
                    b"ZF" | b"Z2" => "is compressed, and only some systems decompress it",
                    b"SF" => "is a sparse file, and only some systems fill its gaps",
                    _ => "is a device, and only some systems show it as one",
                };
                self.report(Basis::Reading, format!("{what} (`{}`)", signature.escape_ascii()));
            }
            _ => self.report(
                Basis::Convention,
                format!("`{}` is not an entry that this disc should have", signature.escape_ascii()),
            ),
        }
    }

    /// `SP` (SUSP 5.3).
    fn check_sharing_protocol(&mut self, entry: &[u8]) {
        if self.kind != RecordKind::RootDot || entry != [b'S', b'P', 7, 1, 0xbe, 0xef, self.skipped] {
            self.report(Basis::Reading, "`SP` is malformed, or not in `.` of the root directory");
        }
    }

    /// `ER` (SUSP 5.5).
    fn check_extension_reference(&mut self, entry: &[u8]) {
        let length_at = |at: usize| entry.get(at).map_or(0, |length| usize::from(*length));
        let (identifier, description, source) = (length_at(4), length_at(5), length_at(6));
        let part = |from: usize, length: usize| entry.get(from..from + length).unwrap_or_default();
        let is_rock_ridge = EXTENSION_IDENTIFIERS.contains(&part(8, identifier))
            && part(8 + identifier, description).starts_with(EXTENSION_DESCRIPTION)
            && is_contact(part(8 + identifier + description, source));
        let has_all_bytes = entry.len() == 8 + identifier + description + source;
        // Systems that check the identifier ignore all Rock Ridge names if it is wrong.
        let basis =
            if EXTENSION_IDENTIFIERS.contains(&part(8, identifier)) { Basis::Convention } else { Basis::Reading };
        if self.kind != RecordKind::RootDot || !has_all_bytes || length_at(7) != 1 || !is_rock_ridge {
            self.report(basis, "`ER` does not identify Rock Ridge with the text that RRIP 4.3 requires");
        }
    }

    /// `PX` (RRIP 4.1.1).
    fn parse_attributes(&mut self, entry: &[u8]) {
        let mode = if self.kind == RecordKind::File { 0o100_444 } else { 0o040_555 };
        let file_type = if entry.len() >= 8 { le32(entry, 4) & FILE_TYPE } else { mode & FILE_TYPE };
        if file_type != mode & FILE_TYPE {
            self.has_other_file_type = true;
            self.is_symbolic_link = file_type == SYMBOLIC_LINK;
        }
        if entry.len() != 36 && entry.len() != 44 {
            self.report(Basis::Standard, format!("`PX` has {} bytes, not 44", entry.len()));
            return;
        }
        if (4..entry.len()).step_by(8).any(|at| !orders_agree32(entry, at)) {
            let has_two_types = be32(entry, 8) & FILE_TYPE != file_type;
            let basis = if has_two_types { Basis::Reading } else { Basis::Standard };
            self.report(basis, "the byte orders of a number in `PX` disagree");
        }
        if le32(entry, 4) & 0o444 == 0 && !self.kind.is_dot_or_dot_dot() {
            self.report(Basis::Standard, "`PX` permits nobody to read it");
        } else if le32(entry, 4) != mode {
            self.report(Basis::Convention, format!("the mode in `PX` is {:o}, not {mode:o}", le32(entry, 4)));
        }
        if le32(entry, 20) != 0 || le32(entry, 28) != 0 {
            self.report(Basis::Convention, "the owner or group in `PX` is not 0");
        }
        let serial = (entry.len() == 44).then(|| le32(entry, 36));
        self.rock_ridge.links = Some(Links { count: le32(entry, 12), serial });
    }

    /// `TF` (RRIP 4.1.6): timestamps in the short form, all equal to the date of the record.
    fn check_times(&mut self, entry: &[u8]) {
        let Some(flags) = entry.get(4).copied().filter(|flags| flags & 0x80 == 0 && flags & 2 != 0) else {
            self.report(Basis::Convention, "`TF` has no modification time in the short form");
            return;
        };
        if entry.len() != 5 + 7 * flags.count_ones() as usize {
            self.report(Basis::Standard, "the length of `TF` does not match its flags");
            return;
        }
        for time in entry[5..].chunks_exact(7) {
            if time != self.date {
                self.report(Basis::Convention, "a time in `TF` differs from the date of the record");
            }
            if let Err(violation) = <&[u8; 7]>::try_from(time).map_or(Ok(()), dates::check_recording_date) {
                self.report(Basis::Standard, format!("a time in `TF` {violation}"));
            }
        }
    }

    /// `NM` (RRIP 4.1.4).
    fn parse_name(&mut self, entry: &[u8]) {
        let Some(flags) = entry.get(4).copied() else {
            self.report(Basis::Reading, "`NM` is too short");
            return;
        };
        let expected_flags = match self.kind {
            RecordKind::RootDot | RecordKind::Dot => 2,
            RecordKind::DotDot => 4,
            RecordKind::Directory | RecordKind::File => 0,
        };
        if flags & !1 != expected_flags || (expected_flags != 0 && entry.len() > 5) {
            // With the flags for `.` and `..`, some readers ignore the name.
            let basis = if self.kind.is_dot_or_dot_dot() { Basis::Standard } else { Basis::Reading };
            self.report(basis, "the flags of `NM` are wrong");
        }
        if !self.name.is_empty() && !self.name_continues {
            self.report(Basis::Reading, "there is another `NM` after one that is not flagged as continued");
        }
        self.name_continues = flags & 1 != 0;
        if self.name.len() + entry.len() - 5 > MAX_NAME_BYTES {
            self.report(Basis::Reading, format!("its Rock Ridge name has more than {MAX_NAME_BYTES} bytes"));
            return;
        }
        self.name.extend_from_slice(&entry[5..]);
    }

    /// Checks that the record is a valid symbolic link, and keeps its target.
    fn check_symbolic_link(&mut self) {
        let what = "is a symbolic link, which only some systems follow (`SL`)";
        if self.kind != RecordKind::File || !self.is_symbolic_link || !self.target.is_complete() {
            // Linux shows a file, a directory or a broken link, not the bytes that are hashed here.
            self.report(Basis::Reading, format!("{what}, but not a valid one"));
            return;
        }
        self.report(Basis::Convention, what);
        self.rock_ridge.symbolic_link = Some(std::mem::take(&mut self.target).into_path());
    }

    /// Makes the checks that need all entries of the record.
    fn finish(&mut self) {
        if self.name_continues {
            self.report(Basis::Reading, "the last `NM` is flagged as continued, but no other follows");
        }
        let has_target = self.signatures.contains(b"SL");
        if has_target {
            self.check_symbolic_link();
        }
        // A record with `CL` is a file that refers to a directory; the type of a link has been checked above.
        let may_differ = self.kind == RecordKind::DotDot || self.rock_ridge.child_link.is_some() || has_target;
        if self.has_other_file_type && !may_differ {
            self.report(Basis::Reading, "`PX` makes it a different kind of file, such as a link or a device");
        }
        if let Some(announced) = self.announced {
            // Some systems ignore these entries if they are not announced.
            for (flag, signature) in ANNOUNCED_ENTRIES {
                let is_decisive = matches!(signature, b"NM" | b"SL" | b"PX" | b"CL" | b"RE");
                if is_decisive && announced & flag == 0 && self.signatures.contains(signature) {
                    self.report(Basis::Reading, format!("`RR` does not announce `{}`", signature.escape_ascii()));
                }
            }
            let is_right =
                |(flag, signature): (u8, &[u8; 2])| (announced & flag != 0) == self.signatures.contains(signature);
            if !ANNOUNCED_ENTRIES.into_iter().all(is_right) {
                self.report(Basis::Convention, "the flags of `RR` do not agree with the entries that follow");
            }
        }
        let is_root_dot = self.kind == RecordKind::RootDot;
        let needs_name = !self.kind.is_dot_or_dot_dot();
        for (signature, is_required) in
            [(b"SP", is_root_dot), (b"ER", is_root_dot), (b"PX", true), (b"TF", true), (b"NM", needs_name)]
        {
            if is_required && !self.signatures.contains(signature) {
                let is_announced = |(flag, entry): &(u8, &[u8; 2])| {
                    *entry == signature && self.announced.is_some_and(|announced| announced & flag != 0)
                };
                let is_lost = ANNOUNCED_ENTRIES.iter().any(is_announced) || self.has_unknown_entry();
                let basis = match signature {
                    // Without it, some systems ignore Rock Ridge.
                    b"ER" => Basis::Reading,
                    // Without it, some systems show no files at all.
                    b"PX" if is_root_dot => Basis::Reading,
                    // The entry is damaged: systems show the name of plain ISO 9660.
                    b"PX" | b"NM" if is_lost => Basis::Reading,
                    b"PX" => Basis::Standard,
                    _ => Basis::Convention,
                };
                self.report(basis, format!("there is no `{}`", signature.escape_ascii()));
            }
        }
        if !needs_name {
            return;
        }
        if self.name.is_empty() {
            if self.signatures.contains(b"NM") {
                self.report(Basis::Standard, "its Rock Ridge name is empty");
            }
            return;
        }
        let bytes = std::mem::take(&mut self.name);
        if std::str::from_utf8(&bytes).is_err() {
            // Systems decode it differently, and it must not match a listed name that contains U+FFFD.
            self.report(Basis::Reading, "its Rock Ridge name is not UTF-8");
        }
        let name = String::from_utf8_lossy(&bytes).into_owned();
        if name.contains(['/', '\0']) || name == "." || name == ".." {
            self.report(Basis::Reading, format!("`{}` is not a valid Rock Ridge name", name.escape_debug()));
        } else {
            self.rock_ridge.name = Some(name);
        }
    }
}

/// The target of a symbolic link, from the components in its `SL` entries (RRIP 4.1.3.1).
#[derive(Default)]
struct LinkTarget {
    components: Vec<Vec<u8>>,
    /// Whether the next component continues the last one.
    component_continues: bool,
    /// Whether another `SL` should follow.
    continues: bool,
    /// The length of all components in bytes.
    length: usize,
}

impl LinkTarget {
    /// The longest path that is read, in bytes: no system follows a longer one.
    const MAX_BYTES: usize = 4_096;

    /// Adds the components in an entry.
    ///
    /// # Errors
    /// What is wrong with it.
    fn add(&mut self, entry: &[u8]) -> Result<(), &'static str> {
        const MALFORMED: &str = "the target of the symbolic link (`SL`) is malformed";
        if !self.components.is_empty() && !self.continues {
            return Err("there is another `SL` after one that is not flagged as continued");
        }
        let (flags, mut rest) = entry.get(4..).and_then(<[u8]>::split_first).ok_or(MALFORMED)?;
        self.continues = flags & 1 != 0;
        while let [flags, length, after @ ..] = rest {
            let (name, after) = after.split_at_checked((*length).into()).ok_or(MALFORMED)?;
            self.length += name.len().max(2) + 1;
            if self.length > Self::MAX_BYTES {
                return Err("the target of the symbolic link (`SL`) is too long");
            }
            let name = match flags & !1 {
                0 => name,
                2 => b".",
                4 => b"..",
                // The root, which is empty before the first separator.
                8 if self.components.is_empty() => b"",
                _ => return Err(MALFORMED),
            };
            match self.components.last_mut().filter(|_| self.component_continues) {
                Some(last) => last.extend_from_slice(name),
                None => self.components.push(name.to_vec()),
            }
            self.component_continues = flags & 1 != 0;
            rest = after;
        }
        if rest.is_empty() { Ok(()) } else { Err(MALFORMED) }
    }

    /// Whether nothing more should follow: neither another entry nor the rest of a component.
    fn is_complete(&self) -> bool {
        !self.continues && !self.component_continues
    }

    fn into_path(self) -> String {
        let path = String::from_utf8_lossy(&self.components.join(&b'/')).into_owned();
        if self.components == [b""] { "/".to_owned() } else { path }
    }
}

/// Whether this is the contact text of `ER`, with one space or two between its sentences.
fn is_contact(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text).replace(".  ", ". ");
    text == "PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE. SEE PUBLISHER IDENTIFIER IN PRIMARY VOLUME DESCRIPTOR FOR CONTACT INFORMATION."
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// The violations that are reported for a file with these entries, except those of conventions.
    fn violations(entries: &[&[u8]]) -> Vec<(Basis, String)> {
        let mut parser = EntryParser::new(RecordKind::File, &[0; 7], 0);
        parser.parse_area(&entries.concat());
        parser.finish();
        parser.violations.retain(|(basis, _)| *basis != Basis::Convention);
        parser.violations
    }

    /// `PX` of a file of this kind.
    fn attributes(kind: u32) -> Vec<u8> {
        let numbers = [kind | 0o444, 1, 0, 0].map(|number: u32| [number.to_le_bytes(), number.to_be_bytes()].concat());
        [b"PX\x24\x01".to_vec(), numbers.concat()].concat()
    }

    #[test]
    fn entries_that_systems_read_differently_are_reported() {
        let file = attributes(0o100_000);
        let reading = |message: &str| vec![(Basis::Reading, message.to_owned())];
        assert_eq!(violations(&[b"NM\x06\x01\x00a", &file]), []);
        assert_eq!(violations(&[b"NM\x06\x02\x00a", &file]), reading("`NM` has version 2, not 1"));
        assert_eq!(violations(&[b"NM\x06\x01\x00\xff", &file]), reading("its Rock Ridge name is not UTF-8"));
        assert_eq!(violations(&[b"RR\x05\x01\x09", b"NM\x06\x01\x00a", &file]), []);
        let unannounced = violations(&[b"RR\x05\x01\x08", b"NM\x06\x01\x00a", &file]);
        assert_eq!(unannounced, reading("`RR` does not announce `PX`"));
    }

    #[test]
    fn links_must_be_complete_and_announced() {
        let (name, link) = (b"NM\x06\x01\x00a", attributes(SYMBOLIC_LINK));
        let target = b"SL\x0b\x01\x00\x00\x04asia";
        assert_eq!(violations(&[name, &link, target]), []);
        let invalid = "is a symbolic link, which only some systems follow (`SL`), but not a valid one";
        for unfinished in [b"SL\x0b\x01\x00\x01\x04asia", b"SL\x0b\x01\x01\x00\x04asia"] {
            assert_eq!(violations(&[name, &link, unfinished]), [(Basis::Reading, invalid.to_owned())]);
        }
        let unannounced = violations(&[b"RR\x05\x01\x09", name, &link, target]);
        assert_eq!(unannounced, [(Basis::Reading, "`RR` does not announce `SL`".to_owned())]);
        let entry = b"CL\x0c\x01\x14\0\0\0\0\0\0\x14";
        let unannounced = violations(&[b"RR\x05\x01\x09", name, &attributes(0o040_000), entry]);
        assert_eq!(unannounced, [(Basis::Reading, "`RR` does not announce `CL`".to_owned())]);
    }

    #[test]
    fn continuation_areas_are_read_within_the_budget() {
        let mut image = vec![0; 20 * SECTOR_LENGTH as usize];
        image[18 * SECTOR_LENGTH as usize..][..6].copy_from_slice(b"NM\x06\x01\x00a");
        let mut area = b"CE\x1c\x01".to_vec();
        for number in [18_u32, 0, 6] {
            area.extend(number.to_le_bytes());
            area.extend(number.to_be_bytes());
        }
        let length = image.len() as u64;
        let mut source = Cursor::new(image);
        let mut reader = SectorReader::new(&mut source, length);
        let mut budget = Some(2);
        let mut names = Vec::new();
        for _ in 0..3 {
            let (mut ownership, mut problems) = (Ownership::default(), Problems::default());
            let label = || "x".to_owned();
            let found = read(
                (&area, 0),
                RecordKind::File,
                &[0; 7],
                &label,
                &mut budget,
                &mut reader,
                &mut ownership,
                &mut problems,
            );
            names.push(found.name);
        }
        assert_eq!(names, [Some("a".to_owned()), Some("a".to_owned()), None]);
        assert_eq!(budget, None);
    }
}
