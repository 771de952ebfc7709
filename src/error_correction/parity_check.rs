//! Finds out which code words of an image are damaged, in one pass over its sectors in ascending order. Computing all syndromes would
//! need as much memory as the parity, or reading the image column by column, which takes hours on a drive.

use std::hash::{BuildHasher, RandomState};

use super::SECTOR_BYTES;
use super::bit_planes::Matrix;
use super::code::{CODE_WORD, syndrome_matrix};
use super::field::multiply;
use super::rs03::Layers;

/// Up to this length of a layer, in bytes, each code word has four sums instead of one. An image for a DVD with two recording
/// layers is within the limit.
const MAX_WIDE_BYTES: u64 = 40 << 20;

/// For each code word, sums of its bytes multiplied by factors: random combinations of the syndromes. All sums of an intact code word are
/// zero. If a single byte is wrong, no sum is zero; if several are wrong, each sum is zero with a probability of 1 in 256. A damaged
/// sector has thousands of bytes, so damage is noticed. Because the factors are random, nobody can make an image whose wrong parity is
/// not noticed.
pub(super) struct ParityCheck {
    /// The factors of each layer.
    factors: Vec<[u8; 4]>,
    sums: Sums,
    /// The layer whose products are in the table, and for each value of a byte its products with the factors.
    table: (usize, Box<[u32; 256]>),
}

enum Sums {
    /// Four for each code word.
    Wide(Vec<u32>),
    /// One for each code word.
    Narrow(Vec<u8>),
}

impl ParityCheck {
    pub(super) fn new(layers: Layers) -> Self {
        let syndromes = syndrome_matrix(layers.roots());
        let mut factors = vec![[0; 4]; CODE_WORD];
        for sum in 0..4 {
            // A factor of zero would hide damage to its layer. One random combination in three has no zero.
            let column = loop {
                let column = random_combination(&syndromes);
                if !column.contains(&0) {
                    break column;
                }
            };
            factors.iter_mut().zip(column).for_each(|(factors, factor)| factors[sum] = factor);
        }
        let bytes = layers.layer_sectors as usize * SECTOR_BYTES;
        let sums = match bytes as u64 {
            ..=MAX_WIDE_BYTES => Sums::Wide(vec![0; bytes]),
            _ => Sums::Narrow(vec![0; bytes]),
        };
        Self { factors, sums, table: (usize::MAX, Box::new([0; 256])) }
    }

    /// Adds the sector of a layer in a column.
    pub(super) fn add(&mut self, layer: usize, column: u64, sector: &[u8]) {
        if self.table.0 != layer {
            let factors = self.factors[layer];
            *self.table.1 =
                std::array::from_fn(|byte| u32::from_le_bytes(factors.map(|factor| multiply(factor, byte as u8))));
            self.table.0 = layer;
        }
        let table = &self.table.1;
        let range = column as usize * SECTOR_BYTES..(column as usize + 1) * SECTOR_BYTES;
        match &mut self.sums {
            Sums::Wide(sums) => {
                sums[range].iter_mut().zip(sector).for_each(|(sum, byte)| *sum ^= table[usize::from(*byte)]);
            }
            Sums::Narrow(sums) => {
                sums[range].iter_mut().zip(sector).for_each(|(sum, byte)| *sum ^= table[usize::from(*byte)] as u8);
            }
        }
    }

    /// Whether all layers of a column, which must have been added, agree with each other.
    pub(super) fn is_code_word(&self, column: u64) -> bool {
        let range = column as usize * SECTOR_BYTES..(column as usize + 1) * SECTOR_BYTES;
        match &self.sums {
            Sums::Wide(sums) => sums[range].iter().all(|sum| *sum == 0),
            Sums::Narrow(sums) => sums[range].iter().all(|sum| *sum == 0),
        }
    }
}

/// The sum of all rows of a matrix, each multiplied by a random factor.
fn random_combination(matrix: &Matrix) -> Vec<u8> {
    // The standard library's hash function has random keys.
    let random = RandomState::new();
    let mut sum = vec![0; CODE_WORD];
    for (number, row) in matrix.rows.iter().enumerate() {
        let multiplier = random.hash_one(number) as u8;
        sum.iter_mut().zip(row).for_each(|(sum, value)| *sum ^= multiply(*value, multiplier));
    }
    sum
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::bit_planes::multiply_sectors;
    use super::super::code::parity_matrix;
    use super::*;

    #[test]
    fn wrong_bytes_are_noticed_in_every_layer() {
        let layers = Layers::with_share(200, 15).unwrap();
        let data: Vec<Vec<u8>> = (0..CODE_WORD - layers.roots())
            .map(|layer| (0..SECTOR_BYTES).map(|at| (at * 7 + layer * 13 + (at >> 8)) as u8).collect())
            .collect();
        let inputs: Vec<&[u8]> = data.iter().map(Vec::as_slice).collect();
        let mut word = data.clone();
        word.extend(multiply_sectors(&parity_matrix(layers.roots()), &inputs));
        let is_code_word = |word: &[Vec<u8>], wide: bool| {
            let mut check = ParityCheck::new(layers);
            if !wide {
                check.sums = Sums::Narrow(vec![0; layers.layer_sectors as usize * SECTOR_BYTES]);
            }
            word.iter().enumerate().for_each(|(layer, sector)| check.add(layer, 0, sector));
            check.is_code_word(0)
        };
        for wide in [true, false] {
            assert!(is_code_word(&word, wide));
            for layer in 0..CODE_WORD {
                let mut damaged = word.clone();
                damaged[layer][100..200].iter_mut().for_each(|byte| *byte ^= 0x5a);
                assert!(!is_code_word(&damaged, wide), "{layer}");
            }
        }
    }
}
