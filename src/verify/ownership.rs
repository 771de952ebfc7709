//! Which structure or file owns which bytes of the volume, so that overlaps and stray bytes are noticed.

use super::requirement::Requirement;
use super::sector_reader::{SECTOR_LENGTH, with_commas};
use super::verdict::{Basis, Problem, ProblemCode, Problems};

/// The owner of a range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// A descriptor, a directory, a path table or a continuation area.
    Structure,
    /// An extent of a file: the number of the file's content, and of the extent.
    File(u32, u32),
}

/// A range of bytes and its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OwnedRange {
    pub(super) start: u64,
    pub(super) length: u64,
    pub(super) owner: Owner,
}

impl OwnedRange {
    pub(super) fn end(&self) -> u64 {
        self.start.saturating_add(self.length)
    }
}

/// All ranges with an owner.
#[derive(Debug, Default)]
pub(super) struct Ownership(Vec<OwnedRange>);

impl Ownership {
    pub(super) fn add(&mut self, start: u64, length: u64, owner: Owner) {
        if length > 0 {
            self.0.push(OwnedRange { start, length, owner });
        }
    }

    /// The end of the last range in a volume of this many bytes.
    pub(super) fn last_end(&self, volume: u64) -> u64 {
        self.0.iter().map(OwnedRange::end).filter(|end| *end <= volume).max().unwrap_or_default()
    }

    /// The ranges in ascending order, without overlaps: of two that overlap, the later is dropped and
    /// reported. Ranges outside the volume are dropped too; whoever added them has reported them.
    pub(super) fn into_sorted(
        mut self,
        volume: u64,
        name: &dyn Fn(Owner) -> String,
        problems: &mut Problems,
    ) -> Vec<OwnedRange> {
        self.0.sort_unstable();
        self.0.dedup();
        let mut sorted: Vec<OwnedRange> = Vec::with_capacity(self.0.len());
        for range in self.0 {
            if range.end() > volume {
                continue;
            }
            match sorted.last() {
                Some(last) if overlap(last, &range) => {
                    let sector = range.start / SECTOR_LENGTH;
                    let owners = match (last.owner, range.owner) {
                        (Owner::Structure, Owner::Structure) => "two structures of the volume".to_owned(),
                        (a, b) => format!("{} and {}", name(a), name(b)),
                    };
                    let message = format!("{owners} overlap at sector {}", with_commas(sector));
                    problems.add(
                        Problem::violation(Basis::Reading, Requirement::Extents, message).in_sectors([(sector, 1)]),
                    );
                }
                _ => sorted.push(range),
            }
        }
        sorted
    }
}

/// Whether a range and the next one share a sector. Only continuation areas may do so.
fn overlap(range: &OwnedRange, next: &OwnedRange) -> bool {
    let are_continuation_areas = range.owner == Owner::Structure
        && next.owner == Owner::Structure
        && range.end() <= next.start
        && !next.start.is_multiple_of(SECTOR_LENGTH);
    range.end().next_multiple_of(SECTOR_LENGTH) > next.start && !are_continuation_areas
}

/// Reports bytes that nothing owns and that are not zero.
pub(super) fn report_stray_bytes(first: u64, last: u64, problems: &mut Problems) {
    let (from, to) = (first / SECTOR_LENGTH, last / SECTOR_LENGTH);
    let place = if from == to {
        format!("in sector {}", with_commas(from))
    } else {
        format!("in sectors {} to {}", with_commas(from), with_commas(to))
    };
    let problem = if last < 16 * SECTOR_LENGTH {
        let message = format!("the system area is not empty: bytes {place} are not zero");
        Problem::violation(Basis::Convention, Requirement::VolumeDescriptors, message)
    } else {
        let message = format!("bytes {place} belong to no file but are not zero");
        Problem {
            code: ProblemCode::StrayBytes,
            ..Problem::violation(Basis::Convention, Requirement::Extents, message)
        }
    };
    problems.add(problem.in_sectors([(from, to - from + 1)]));
}
