//! Who owns which bytes of the volume: what two own, and what nobody owns.

use super::medium::{SECTOR, grouped};
use super::verdict::{Code, Problem, Problems};

/// Who owns a run of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// A descriptor, a directory, a path table, a continuation area.
    Structure,
    /// A part of a file: the number of the file, and of the part.
    File(u32, u32),
}

/// A run of bytes and its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Claim {
    pub(super) start: u64,
    pub(super) length: u64,
    pub(super) owner: Owner,
}

impl Claim {
    pub(super) fn end(&self) -> u64 {
        self.start.saturating_add(self.length)
    }
}

/// All claims.
#[derive(Debug, Default)]
pub(super) struct Claims(Vec<Claim>);

impl Claims {
    pub(super) fn add(&mut self, start: u64, length: u64, owner: Owner) {
        if length > 0 {
            self.0.push(Claim { start, length, owner });
        }
    }

    /// The end of the last claim that lies in the volume.
    pub(super) fn end(&self, volume: u64) -> u64 {
        self.0.iter().map(Claim::end).filter(|end| *end <= volume).max().unwrap_or_default()
    }

    /// The claims in the order of their bytes, none overlapping: of two that do, the later is left
    /// out and reported. What lies outside of the volume is left out too; it has been reported.
    pub(super) fn in_order(
        mut self,
        volume: u64,
        name: &dyn Fn(Owner) -> String,
        problems: &mut Problems,
    ) -> Vec<Claim> {
        self.0.sort_unstable();
        self.0.dedup();
        let mut kept: Vec<Claim> = Vec::with_capacity(self.0.len());
        for claim in self.0 {
            if claim.end() > volume {
                continue;
            }
            match kept.last() {
                // Two share a sector at least.
                Some(last) if last.end().next_multiple_of(SECTOR) > claim.start && !inside_one_sector(last, &claim) => {
                    let sector = claim.start / SECTOR;
                    let message =
                        format!("{} and {} overlap at sector {}", name(last.owner), name(claim.owner), grouped(sector));
                    problems.push(Problem::of(10, message).in_sectors([(sector, 1)]));
                }
                _ => kept.push(claim),
            }
        }
        kept
    }
}

/// Continuation areas may lie side by side in one sector.
fn inside_one_sector(a: &Claim, b: &Claim) -> bool {
    a.owner == Owner::Structure && b.owner == Owner::Structure && a.end() <= b.start && !b.start.is_multiple_of(SECTOR)
}

/// Reports bytes that nobody owns and that are not zero.
pub(super) fn stray(first: u64, last: u64, problems: &mut Problems) {
    let (from, to) = (first / SECTOR, last / SECTOR);
    let place = if from == to {
        format!("in sector {}", grouped(from))
    } else {
        format!("from sector {} to {}", grouped(from), grouped(to))
    };
    let mut problem = if last < 16 * SECTOR {
        Problem::of(1, format!("the system area is not empty: bytes {place} are not zero"))
    } else {
        let message = format!("bytes {place} belong to no file and are not zero");
        Problem { code: Code::StrayBytes, ..Problem::of(10, message) }
    };
    problem.sectors.push((from, to - from + 1));
    problems.push(problem);
}
