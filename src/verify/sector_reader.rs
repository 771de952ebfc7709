//! Reads sectors from a source that may be damaged: unreadable sectors are recorded and read as zeros.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};

use super::verdict::SectorRun;

/// The length of a logical sector in bytes (ECMA-119 6.1.2).
pub(super) const SECTOR_LENGTH: u64 = 2048;
/// The same length, for buffers.
pub(super) const SECTOR_BUFFER_LENGTH: usize = 2048;

/// Reads an image, a device, or a single file by sectors.
pub(super) struct SectorReader<'r, R> {
    source: &'r mut R,
    /// The length of the source in bytes.
    length: u64,
    /// Runs of unreadable sectors: the first sector of each, and the sector after its last.
    unreadable: BTreeMap<u64, u64>,
}

impl<'r, R: Read + Seek> SectorReader<'r, R> {
    pub(super) fn new(source: &'r mut R, length: u64) -> Self {
        Self { source, length, unreadable: BTreeMap::new() }
    }

    pub(super) fn source(&mut self) -> &mut R {
        self.source
    }

    /// The length of the source in bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// How many whole sectors the source has.
    pub(super) fn sector_count(&self) -> u64 {
        self.length / SECTOR_LENGTH
    }

    /// Fills a buffer, starting at a sector. If that fails, reads sector by sector; a sector that
    /// still fails, or is past the end, becomes zeros and is recorded as unreadable.
    pub(super) fn fill(&mut self, first: u64, buffer: &mut [u8]) {
        if self.try_fill(first * SECTOR_LENGTH, buffer).is_ok() {
            return;
        }
        for (number, sector) in (first..).zip(buffer.chunks_mut(SECTOR_BUFFER_LENGTH)) {
            if self.try_fill(number * SECTOR_LENGTH, sector).is_err() {
                sector.fill(0);
                self.record_unreadable(number);
            }
        }
    }

    /// Reads sectors into a new buffer, like [`fill`](Self::fill).
    pub(super) fn read(&mut self, first: u64, count: usize) -> Vec<u8> {
        let mut buffer = vec![0; count * SECTOR_BUFFER_LENGTH];
        self.fill(first, &mut buffer);
        buffer
    }

    /// What follows the last whole sector; `None` if nothing does, or if it cannot be read.
    pub(super) fn read_incomplete_sector(&mut self) -> Option<Vec<u8>> {
        let start = self.sector_count() * SECTOR_LENGTH;
        let mut bytes = vec![0; (self.length - start) as usize];
        self.try_fill(start, &mut bytes).ok()?;
        (!bytes.is_empty()).then_some(bytes)
    }

    /// The unreadable sectors found so far within a range.
    pub(super) fn unreadable_in(&self, first: u64, count: u64) -> Vec<SectorRun> {
        let end = first.saturating_add(count);
        let before = self.unreadable.range(..first).next_back();
        before
            .into_iter()
            .chain(self.unreadable.range(first..end))
            .map(|(start, stop)| (*start.max(&first), *stop.min(&end)))
            .filter(|(start, stop)| start < stop)
            .map(|(start, stop)| (start, stop - start))
            .collect()
    }

    /// All unreadable sectors found so far.
    pub(super) fn unreadable(&self) -> Vec<SectorRun> {
        self.unreadable.iter().map(|(start, stop)| (*start, stop - start)).collect()
    }

    fn try_fill(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        if offset.saturating_add(buffer.len() as u64) > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.source.seek(SeekFrom::Start(offset))?;
        self.source.read_exact(buffer)
    }

    /// Adds a sector to the runs, joining neighbours.
    fn record_unreadable(&mut self, sector: u64) {
        let joined = self.unreadable.range(..=sector).next_back().filter(|(_, stop)| **stop >= sector);
        let (start, stop) = joined.map_or((sector, sector + 1), |(start, stop)| (*start, *stop.max(&(sector + 1))));
        let stop = self.unreadable.remove(&stop).unwrap_or(stop);
        self.unreadable.insert(start, stop);
    }
}

/// Unreadable sectors in words: `14 unreadable sectors starting at sector 81,920`.
pub(super) fn describe_unreadable(runs: &[SectorRun], unit: &str) -> String {
    let total: u64 = runs.iter().map(|(_, count)| count).sum();
    let first = with_commas(runs.first().map_or(0, |(first, _)| *first));
    let count = with_commas(total);
    match runs.len() {
        _ if total == 1 => format!("{unit} {first} is unreadable"),
        0 | 1 => format!("{count} unreadable {unit}s starting at {unit} {first}"),
        places => format!("{count} unreadable {unit}s in {places} places, the first at {unit} {first}"),
    }
}

/// A number with commas between thousands.
pub(super) fn with_commas(number: u64) -> String {
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
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A source in which some sectors cannot be read, as on a scratched disc.
    struct ScratchedDisc {
        bytes: Cursor<Vec<u8>>,
        unreadable: Vec<u64>,
    }

    impl Read for ScratchedDisc {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let current = self.bytes.position() / SECTOR_LENGTH;
            match self.unreadable.iter().copied().filter(|sector| *sector >= current).min() {
                Some(next) if next == current => Err(io::Error::from_raw_os_error(5)),
                Some(next) => {
                    let room = (next * SECTOR_LENGTH - self.bytes.position()) as usize;
                    let end = buffer.len().min(room);
                    self.bytes.read(&mut buffer[..end])
                }
                None => self.bytes.read(buffer),
            }
        }
    }

    impl Seek for ScratchedDisc {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.bytes.seek(to)
        }
    }

    #[test]
    fn unreadable_sectors_become_zeros_and_are_recorded_as_runs() {
        let mut source = ScratchedDisc { bytes: Cursor::new(vec![7; 10 * 2048]), unreadable: vec![3, 4, 8] };
        let mut reader = SectorReader::new(&mut source, 10 * SECTOR_LENGTH);
        let read = reader.read(0, 12);
        assert_eq!(reader.unreadable(), [(3, 2), (8, 1), (10, 2)]);
        assert_eq!(reader.unreadable_in(4, 5), [(4, 1), (8, 1)]);
        assert_eq!(reader.unreadable_in(5, 3), []);
        for (number, sector) in read.chunks(2048).enumerate() {
            let expected = if [3, 4, 8, 10, 11].contains(&number) { 0 } else { 7 };
            assert!(sector.iter().all(|byte| *byte == expected), "sector {number}");
        }
    }

    #[test]
    fn runs_are_joined_in_any_order() {
        let mut source = Cursor::new(Vec::new());
        let mut reader = SectorReader::new(&mut source, 0);
        for sector in [5, 3, 4, 9, 4] {
            reader.record_unreadable(sector);
        }
        assert_eq!(reader.unreadable(), [(3, 3), (9, 1)]);
    }

    #[test]
    fn unreadable_sectors_are_described_in_words() {
        assert_eq!(describe_unreadable(&[(81_920, 1)], "sector"), "sector 81,920 is unreadable");
        assert_eq!(describe_unreadable(&[(7, 1234)], "block"), "1,234 unreadable blocks starting at block 7");
        assert_eq!(
            describe_unreadable(&[(3, 3), (9, 1)], "sector"),
            "4 unreadable sectors in 2 places, the first at sector 3"
        );
        assert_eq!(with_commas(1_234_567), "1,234,567");
    }
}
