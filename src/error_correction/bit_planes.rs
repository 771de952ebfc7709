//! Multiplies sectors by a matrix over GF(2^8).
//!
//! A sector is stored as eight planes: plane `b` has bit `b` of all its bytes. A product with a constant then only combines whole
//! planes with exclusive or, which compilers turn into vector instructions on every processor, without tables. The results do not
//! depend on the processor.

use super::SECTOR_BYTES;
use super::field::multiply;
use crate::parallel::parallel_map;

const PLANES: usize = 8;
const PLANE_WORDS: usize = SECTOR_BYTES / PLANES / size_of::<u64>();

/// How many sectors are added to a sum at a time: their planes fit into the processor's fastest cache.
const GROUP: usize = 8;

type Plane = [u64; PLANE_WORDS];
type Planes = [Plane; PLANES];

/// A matrix of coefficients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matrix {
    /// All of the same length.
    pub(super) rows: Vec<Vec<u8>>,
}

/// Multiplies a matrix with columns of sectors: returns for each row the sum of all inputs, each multiplied by its coefficient
/// in the row. All inputs have the same length, a multiple of the length of a sector. Uses all cores.
pub(super) fn multiply_sectors(matrix: &Matrix, inputs: &[&[u8]]) -> Vec<Vec<u8>> {
    let length = inputs.first().map_or(0, |input| input.len());
    let numbers: Vec<usize> = (0..length / SECTOR_BYTES).collect();
    let products = parallel_map(&numbers, |number| {
        let range = number * SECTOR_BYTES..(number + 1) * SECTOR_BYTES;
        let mut sums = vec![[[0; PLANE_WORDS]; PLANES]; matrix.rows.len()];
        for (group, inputs) in inputs.chunks(GROUP).enumerate() {
            let planes: Vec<Planes> = inputs.iter().map(|input| to_planes(&input[range.clone()])).collect();
            for (sum, row) in sums.iter_mut().zip(&matrix.rows) {
                add_products(sum, &planes, &row[group * GROUP..]);
            }
        }
        sums
    });
    let mut outputs = vec![Vec::with_capacity(length); matrix.rows.len()];
    for sums in products {
        for (output, sum) in outputs.iter_mut().zip(sums) {
            from_planes(sum, output);
        }
    }
    outputs
}

/// Adds sectors to a sum, each multiplied by its coefficient.
fn add_products(sum: &mut Planes, sectors: &[Planes], coefficients: &[u8]) {
    // For each plane of the sum, the planes that are added to it, and how many there are.
    let mut sources = [[&sectors[0][0]; GROUP * PLANES]; PLANES];
    let mut counts = [0; PLANES];
    for (planes, coefficient) in sectors.iter().zip(coefficients) {
        for (bit, plane) in planes.iter().enumerate() {
            let product = multiply(*coefficient, 1 << bit);
            for (target, (sources, count)) in sources.iter_mut().zip(&mut counts).enumerate() {
                // There is no branch, because the processor could not predict it.
                sources[*count & (GROUP * PLANES - 1)] = plane;
                *count += usize::from(product >> target & 1);
            }
        }
    }
    for ((target, sources), count) in sum.iter_mut().zip(&sources).zip(counts) {
        add_planes(target, &sources[..count]);
    }
}

/// Adds planes to another one, part by part, so that the sum of each part stays in the processor's registers.
fn add_planes(target: &mut Plane, sources: &[&Plane]) {
    const PART: usize = 8;
    let (parts, _) = target.as_chunks_mut::<PART>();
    for (number, part) in parts.iter_mut().enumerate() {
        let mut sum = *part;
        for source in sources {
            let values = &source[number * PART..(number + 1) * PART];
            sum.iter_mut().zip(values).for_each(|(word, value)| *word ^= value);
        }
        *part = sum;
    }
}

fn to_planes(sector: &[u8]) -> Planes {
    let mut planes = [[0; PLANE_WORDS]; PLANES];
    let (words, _) = sector.as_chunks();
    for (word, bytes) in planes.iter_mut().flatten().zip(words) {
        *word = u64::from_le_bytes(*bytes);
    }
    transpose(&mut planes);
    planes
}

fn from_planes(mut planes: Planes, sector: &mut Vec<u8>) {
    transpose(&mut planes);
    for word in planes.iter().flatten() {
        sector.extend_from_slice(&word.to_le_bytes());
    }
}

/// Exchanges rows and columns of each matrix of eight by eight bits, whose rows are the bytes at the same place of the planes.
fn transpose(planes: &mut Planes) {
    const MASKS: [(usize, u64); 3] =
        [(4, 0x0f0f_0f0f_0f0f_0f0f), (2, 0x3333_3333_3333_3333), (1, 0x5555_5555_5555_5555)];
    for (distance, mask) in MASKS {
        for row in (0..PLANES).filter(|row| row & distance == 0) {
            let (upper, lower) = planes.split_at_mut(row + distance);
            for (a, b) in upper[row].iter_mut().zip(&mut lower[0]) {
                let different = (*a >> distance ^ *b) & mask;
                *b ^= different;
                *a ^= different << distance;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sectors_are_multiplied_byte_by_byte() {
        let sectors: Vec<Vec<u8>> = (0..5_usize)
            .map(|n| (0..3 * SECTOR_BYTES).map(|at| (at * 31 + (at >> 8) * n + n * 77) as u8).collect())
            .collect();
        let rows: Vec<Vec<u8>> =
            [[0, 1, 2, 3, 4], [0x80, 0xff, 0, 0x1d, 0x87], [1, 0, 0, 0, 0]].iter().map(|row| row.to_vec()).collect();
        let inputs: Vec<&[u8]> = sectors.iter().map(Vec::as_slice).collect();
        let outputs = multiply_sectors(&Matrix { rows: rows.clone() }, &inputs);
        for (row, output) in rows.iter().zip(&outputs) {
            let expected: Vec<u8> = (0..3 * SECTOR_BYTES)
                .map(|at| row.iter().zip(&sectors).fold(0, |sum, (factor, sector)| sum ^ multiply(*factor, sector[at])))
                .collect();
            assert_eq!(*output, expected);
        }
    }
}
