//! Volume descriptors and directory records, read with bounds on everything.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek, SeekFrom};

const SECTOR: u64 = 2048;
/// Levels of directories, the root included (ECMA-119 6.8.2.1).
const MOST_LEVELS: usize = 8;
/// Bytes of one directory, far above any real one.
const MOST_DIRECTORY: u32 = 64 << 20;

/// Which names are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespace {
    /// The primary tree's identifiers.
    Primary,
    /// The primary tree's records under their Rock Ridge names (RRIP 4.1.4).
    RockRidge,
    /// The tree of the supplementary descriptor with Joliet's escape sequence.
    Joliet,
}

/// A file as its records describe it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// The first sector of its first extent.
    pub(super) first: u32,
    /// Bytes in all its extents.
    pub(super) length: u64,
}

/// A record of a directory.
struct Record {
    name: String,
    extent: u32,
    length: u32,
    directory: bool,
    more: bool,
}

/// Reads an image.
pub(super) struct Reader<'i, R> {
    image: &'i mut R,
    size: u64,
}

type Damaged<T> = Result<T, String>;

impl<'i, R: Read + Seek> Reader<'i, R> {
    pub(super) fn new(image: &'i mut R, size: u64) -> Self {
        Self { image, size }
    }

    /// Every file of a namespace by its path.
    pub(super) fn files(&mut self, namespace: Namespace) -> io::Result<Damaged<BTreeMap<String, Found>>> {
        let root = match self.root(namespace)? {
            Ok(root) => root,
            Err(damage) => return Ok(Err(damage)),
        };
        let mut files = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut pending = vec![(String::new(), root, 1)];
        while let Some((path, (extent, length), level)) = pending.pop() {
            if level > MOST_LEVELS {
                return Ok(Err(format!("`{path}` is deeper than {MOST_LEVELS} levels")));
            }
            if !seen.insert(extent) {
                return Ok(Err(format!("`{path}` is a directory that was met before")));
            }
            let records = match self.directory(namespace, extent, length)? {
                Ok(records) => records,
                Err(damage) => return Ok(Err(format!("`{path}/`: {damage}"))),
            };
            let mut parts: Option<Found> = None;
            for record in records {
                let path = format!("{path}/{}", record.name);
                if record.directory {
                    pending.push((path, (record.extent, record.length), level + 1));
                    continue;
                }
                let so_far = parts.take().unwrap_or(Found { first: record.extent, length: 0 });
                let found = Found { length: so_far.length + u64::from(record.length), ..so_far };
                if record.more {
                    parts = Some(found);
                } else if files.insert(path.clone(), found).is_some() {
                    return Ok(Err(format!("`{path}` is there twice")));
                }
            }
        }
        Ok(Ok(files))
    }

    /// The extent and length of the root directory.
    fn root(&mut self, namespace: Namespace) -> io::Result<Damaged<(u32, u32)>> {
        for number in 16..64 {
            let Some(descriptor) = self.read(number, SECTOR as usize)? else { break };
            if &descriptor[1..6] != b"CD001" {
                break;
            }
            let joliet = || matches!(&descriptor[88..91], b"%/@" | b"%/C" | b"%/E");
            let wanted = match descriptor[0] {
                1 => namespace != Namespace::Joliet,
                2 => namespace == Namespace::Joliet && joliet(),
                255 => break,
                _ => false,
            };
            if wanted {
                return Ok(both(&descriptor, 158).and_then(|extent| Ok((extent, both(&descriptor, 166)?))));
            }
        }
        Ok(Err("there is no volume descriptor of it".to_owned()))
    }

    fn directory(&mut self, namespace: Namespace, extent: u32, length: u32) -> io::Result<Damaged<Vec<Record>>> {
        if length > MOST_DIRECTORY || u64::from(length) % SECTOR != 0 {
            return Ok(Err(format!("a directory of {length} bytes")));
        }
        let Some(bytes) = self.read(u64::from(extent), length as usize)? else {
            return Ok(Err("a directory outside the image".to_owned()));
        };
        let mut records = Vec::new();
        for sector in bytes.chunks_exact(SECTOR as usize) {
            let mut at = 0;
            while at < sector.len() && sector[at] != 0 {
                let end = at + usize::from(sector[at]);
                let Some(record) = sector.get(at..end).filter(|record| record.len() > 33) else {
                    return Ok(Err("a record crosses its sector".to_owned()));
                };
                let name_end = 33 + usize::from(record[32]);
                let Some(identifier) = record.get(33..name_end) else {
                    return Ok(Err("an identifier longer than its record".to_owned()));
                };
                if !matches!(identifier, [0] | [1]) {
                    match self.record(namespace, record, identifier)? {
                        Ok(record) => records.push(record),
                        Err(damage) => return Ok(Err(damage)),
                    }
                }
                at = end;
            }
        }
        Ok(Ok(records))
    }

    fn record(&mut self, namespace: Namespace, record: &[u8], identifier: &[u8]) -> io::Result<Damaged<Record>> {
        let name = match namespace {
            Namespace::Primary => Ok(String::from_utf8_lossy(identifier).into_owned()),
            Namespace::Joliet => {
                let units: Vec<u16> =
                    identifier.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
                String::from_utf16(&units).map_err(|_| "an identifier that is not UCS-2".to_owned())
            }
            Namespace::RockRidge => {
                let start = (33 + identifier.len() + 1) & !1;
                self.rock_ridge_name(record.get(start..).unwrap_or_default())?
            }
        };
        Ok(name.and_then(|name| {
            if name.is_empty() || name.contains('/') {
                return Err("a record without a name".to_owned());
            }
            Ok(Record {
                name,
                extent: both(record, 2)?,
                length: both(record, 10)?,
                directory: record[25] & 2 != 0,
                more: record[25] & 0x80 != 0,
            })
        }))
    }

    /// The `NM` entries of a system use area, joined; `CE` is followed (SUSP 5.1).
    fn rock_ridge_name(&mut self, area: &[u8]) -> io::Result<Damaged<String>> {
        let mut name = Vec::new();
        let mut area = area.to_vec();
        for _ in 0..32 {
            let mut continued = None;
            let mut at = 0;
            while at + 4 <= area.len() {
                let length = usize::from(area[at + 2]);
                let Some(entry) = area.get(at..at + length).filter(|entry| entry.len() >= 4) else { break };
                match &entry[..2] {
                    b"NM" if entry.len() >= 5 => name.extend_from_slice(&entry[5..]),
                    b"CE" if entry.len() >= 28 => continued = Some((both(entry, 4), both(entry, 12), both(entry, 20))),
                    b"ST" => break,
                    _ => {}
                }
                at += length;
            }
            match continued {
                None => {
                    return Ok(String::from_utf8(name).map_err(|_| "a Rock Ridge name that is not UTF-8".to_owned()));
                }
                Some((Ok(block), Ok(offset), Ok(length))) => {
                    let read = self.read(u64::from(block), SECTOR as usize)?;
                    let part =
                        read.as_deref().and_then(|sector| sector.get(offset as usize..(offset + length) as usize));
                    let Some(part) = part else {
                        return Ok(Err("a continuation area outside its sector".to_owned()));
                    };
                    area = part.to_vec();
                }
                Some(_) => return Ok(Err("a continuation area whose fields disagree".to_owned())),
            }
        }
        Ok(Err("a chain of continuation areas without end".to_owned()))
    }

    /// Bytes from a sector on; `None` if they are not in the image.
    fn read(&mut self, sector: u64, length: usize) -> io::Result<Option<Vec<u8>>> {
        let start = sector * SECTOR;
        if start + length as u64 > self.size {
            return Ok(None);
        }
        let mut bytes = vec![0; length];
        self.image.seek(SeekFrom::Start(start))?;
        self.image.read_exact(&mut bytes)?;
        Ok(Some(bytes))
    }
}

/// A number stored in both byte orders (ECMA-119 7.3.3), if the two agree.
fn both(bytes: &[u8], at: usize) -> Damaged<u32> {
    let four = |at: usize| -> Option<[u8; 4]> { bytes.get(at..at + 4)?.try_into().ok() };
    match (four(at), four(at + 4)) {
        (Some(little), Some(big)) if u32::from_le_bytes(little) == u32::from_be_bytes(big) => {
            Ok(u32::from_le_bytes(little))
        }
        _ => Err("the two byte orders of a number disagree".to_owned()),
    }
}
