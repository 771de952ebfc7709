//! Reading sectors from a medium that may be damaged: what cannot be read is noted, and is zeros.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};

use super::verdict::Sectors;

/// Bytes of a logical sector (ECMA-119 6.1.2).
pub(super) const SECTOR: u64 = 2048;
/// The same as a length in memory.
pub(super) const SECTOR_BYTES: usize = 2048;

/// An image, a device, or a file of a folder.
pub(super) struct Medium<'m, R> {
    source: &'m mut R,
    length: u64,
    /// First sectors of the runs that cannot be read, with the sector behind each.
    bad: BTreeMap<u64, u64>,
}

impl<'m, R: Read + Seek> Medium<'m, R> {
    /// A medium of so many bytes.
    pub(super) fn new(source: &'m mut R, length: u64) -> Self {
        Self { source, length, bad: BTreeMap::new() }
    }

    /// Bytes that there are.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Whole sectors that there are.
    pub(super) fn sectors(&self) -> u64 {
        self.length / SECTOR
    }

    /// Fills a buffer from a sector on. A read that fails is tried again sector by sector; sectors
    /// that fail alone, or that are not there, are zeros and are noted as unreadable.
    pub(super) fn fill(&mut self, first: u64, buffer: &mut [u8]) {
        if self.try_fill(first * SECTOR, buffer).is_ok() {
            return;
        }
        for (number, sector) in (first..).zip(buffer.chunks_mut(SECTOR_BYTES)) {
            if self.try_fill(number * SECTOR, sector).is_err() {
                sector.fill(0);
                self.note(number);
            }
        }
    }

    /// Some sectors in memory of their own.
    pub(super) fn read(&mut self, first: u64, sectors: usize) -> Vec<u8> {
        let mut buffer = vec![0; sectors * SECTOR_BYTES];
        self.fill(first, &mut buffer);
        buffer
    }

    /// The unreadable sectors of a range, as far as it was read.
    pub(super) fn bad_in(&self, first: u64, sectors: u64) -> Vec<Sectors> {
        let end = first.saturating_add(sectors);
        let before = self.bad.range(..first).next_back();
        before
            .into_iter()
            .chain(self.bad.range(first..end))
            .map(|(start, stop)| (*start.max(&first), *stop.min(&end)))
            .filter(|(start, stop)| start < stop)
            .map(|(start, stop)| (start, stop - start))
            .collect()
    }

    /// All unreadable sectors that were met.
    pub(super) fn bad(&self) -> Vec<Sectors> {
        self.bad.iter().map(|(start, stop)| (*start, stop - start)).collect()
    }

    fn try_fill(&mut self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        if offset.saturating_add(buffer.len() as u64) > self.length {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.source.seek(SeekFrom::Start(offset))?;
        self.source.read_exact(buffer)
    }

    fn note(&mut self, sector: u64) {
        let joined = self.bad.range(..=sector).next_back().filter(|(_, stop)| **stop >= sector);
        let (start, stop) = joined.map_or((sector, sector + 1), |(start, stop)| (*start, *stop.max(&(sector + 1))));
        let stop = self.bad.remove(&stop).unwrap_or(stop);
        self.bad.insert(start, stop);
    }
}

/// Numbers at a place in a structure; the callers' structures are long enough, and what is not
/// there is zero.
pub(super) fn le16(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(bytes, at))
}

pub(super) fn be16(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes(array(bytes, at))
}

pub(super) fn le32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

pub(super) fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(array(bytes, at))
}

/// Whether the two halves of a number of 16 bits agree (ECMA-119 7.2.3).
pub(super) fn agree16(bytes: &[u8], at: usize) -> bool {
    le16(bytes, at) == be16(bytes, at + 2)
}

/// Whether the two halves of a number of 32 bits agree (ECMA-119 7.3.3).
pub(super) fn agree32(bytes: &[u8], at: usize) -> bool {
    le32(bytes, at) == be32(bytes, at + 4)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..at + N).and_then(|part| part.try_into().ok()).unwrap_or([0; N])
}

/// Runs of sectors in words: `14 unreadable sectors from 81,920`.
pub(super) fn in_words(sectors: &[Sectors], kind: &str, unit: &str) -> String {
    let total: u64 = sectors.iter().map(|(_, count)| count).sum();
    let plural = if total == 1 { "" } else { "s" };
    let first = sectors.first().map_or(0, |(first, _)| *first);
    let places = if sectors.len() > 1 { format!(", in {} places", sectors.len()) } else { String::new() };
    format!("{} {kind} {unit}{plural} from {}{places}", grouped(total), grouped(first))
}

/// A number with commas.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) mod tests {
    use std::io::{self, Cursor};

    use super::*;

    /// Bytes of which some sectors cannot be read, as on a scratched disc.
    pub(in crate::verify) struct Scratched {
        pub(in crate::verify) bytes: Cursor<Vec<u8>>,
        pub(in crate::verify) bad: Vec<u64>,
    }

    impl Read for Scratched {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let at = self.bytes.position() / SECTOR;
            match self.bad.iter().copied().filter(|bad| *bad >= at).min() {
                Some(bad) if bad == at => Err(io::Error::from_raw_os_error(5)),
                Some(bad) => {
                    let room = (bad * SECTOR - self.bytes.position()) as usize;
                    let end = buffer.len().min(room);
                    self.bytes.read(&mut buffer[..end])
                }
                None => self.bytes.read(buffer),
            }
        }
    }

    impl Seek for Scratched {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.bytes.seek(to)
        }
    }

    #[test]
    fn unreadable_sectors_are_zeros_and_noted_as_runs() {
        let mut source = Scratched { bytes: Cursor::new(vec![7; 10 * 2048]), bad: vec![3, 4, 8] };
        let mut medium = Medium::new(&mut source, 10 * SECTOR);
        let read = medium.read(0, 12);
        assert_eq!(medium.bad(), [(3, 2), (8, 1), (10, 2)]);
        assert_eq!(medium.bad_in(4, 5), [(4, 1), (8, 1)]);
        assert_eq!(medium.bad_in(5, 3), []);
        for (number, sector) in read.chunks(2048).enumerate() {
            let bad = [3, 4, 8, 10, 11].contains(&number);
            assert!(sector.iter().all(|byte| *byte == if bad { 0 } else { 7 }), "sector {number}");
        }
    }

    #[test]
    fn runs_join_in_any_order() {
        let mut source = Cursor::new(Vec::new());
        let mut medium = Medium::new(&mut source, 0);
        for sector in [5, 3, 4, 9, 4] {
            medium.note(sector);
        }
        assert_eq!(medium.bad(), [(3, 3), (9, 1)]);
        assert_eq!(in_words(&medium.bad(), "unreadable", "sector"), "4 unreadable sectors from 3, in 2 places");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
