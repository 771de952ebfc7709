//! The Reed-Solomon code of RS03. A code word has 255 bytes; the last ones are parity, one byte for each root of the code.
//!
//! A code word is a polynomial whose first byte is the coefficient of the highest power; it is a multiple of the polynomial whose
//! roots are consecutive powers of the primitive element, from [`FIRST_ROOT_EXPONENT`] on.

use super::bit_planes::Matrix;
use super::field::{ORDER, invert, multiply, power_of_two};

/// The length of a code word in bytes.
pub(super) const CODE_WORD: usize = ORDER;
/// The exponent of the first root: the roots are consecutive powers of the primitive element.
const FIRST_ROOT_EXPONENT: usize = 0x70;
/// The logarithm of the primitive element to base 2.
const PRIMITIVE_LOGARITHM: usize = 11;

/// A power of the primitive element.
fn primitive_power(exponent: usize) -> u8 {
    power_of_two(PRIMITIVE_LOGARITHM * (exponent % ORDER))
}

/// The factor of a byte of the code word in a syndrome.
fn syndrome_factor(syndrome: usize, position: usize) -> u8 {
    primitive_power((FIRST_ROOT_EXPONENT + syndrome) * (CODE_WORD - 1 - position))
}

/// The matrix that computes the parity from the other bytes of a code word, with a row for each byte of parity.
pub(super) fn parity_matrix(roots: usize) -> Matrix {
    // The generator polynomial without its highest coefficient, which is 1. The second highest comes first.
    let mut polynomial: Vec<u8> = Vec::new();
    for root in (0..roots).map(|number| primitive_power(FIRST_ROOT_EXPONENT + number)) {
        // Multiply by (x + root).
        let shifted = polynomial.iter().copied().chain([0]);
        let scaled = [1].into_iter().chain(polynomial.iter().copied()).map(|coefficient| multiply(coefficient, root));
        polynomial = shifted.zip(scaled).map(|(a, b)| a ^ b).collect();
    }
    // The parity of a code word whose other bytes are zero except for a 1, which moves from the last position to the first.
    let mut remainder = polynomial.clone();
    let mut rows = vec![vec![0; CODE_WORD - roots]; roots];
    for position in (0..CODE_WORD - roots).rev() {
        for (row, byte) in rows.iter_mut().zip(&remainder) {
            row[position] = *byte;
        }
        let highest = remainder[0];
        remainder.rotate_left(1);
        remainder[roots - 1] = 0;
        for (byte, coefficient) in remainder.iter_mut().zip(&polynomial) {
            *byte ^= multiply(highest, *coefficient);
        }
    }
    Matrix { rows }
}

/// The matrix that computes the bytes at the `lost` positions from the bytes at all other positions, in ascending order. At most
/// as many bytes may be lost as the code has roots.
pub(super) fn recovery_matrix(lost: &[usize]) -> Matrix {
    let known: Vec<usize> = (0..CODE_WORD).filter(|position| !lost.contains(position)).collect();
    // For each lost byte, the equation that a syndrome is zero. The lost bytes are on the left, the known ones on the right.
    let mut equations: Vec<Vec<u8>> = (0..lost.len())
        .map(|syndrome| lost.iter().chain(&known).map(|position| syndrome_factor(syndrome, *position)).collect())
        .collect();
    for column in 0..lost.len() {
        // The left side is a Vandermonde matrix with scaled columns, so there is always a pivot.
        let Some(pivot) = (column..lost.len()).find(|row| equations[*row][column] != 0) else { continue };
        equations.swap(column, pivot);
        let scale = invert(equations[column][column]);
        equations[column].iter_mut().for_each(|value| *value = multiply(*value, scale));
        let pivot = equations[column].clone();
        for (row, equation) in equations.iter_mut().enumerate() {
            let factor = equation[column];
            if row != column && factor != 0 {
                equation.iter_mut().zip(&pivot).for_each(|(value, other)| *value ^= multiply(factor, *other));
            }
        }
    }
    equations.iter_mut().for_each(|equation| drop(equation.drain(..lost.len())));
    Matrix { rows: equations }
}

/// The matrix that computes the syndromes of a code word. They are all zero if it is intact.
pub(super) fn syndrome_matrix(roots: usize) -> Matrix {
    let row = |syndrome| (0..CODE_WORD).map(|position| syndrome_factor(syndrome, position)).collect();
    Matrix { rows: (0..roots).map(row).collect() }
}

/// Locates the errors in a code word. The bytes at the `lost` positions are known to be missing (erasures), so their values do not
/// matter. `None` if there are more errors than the code can correct. Uses the algorithm of Berlekamp and Massey, starting from the
/// erasure locator polynomial.
pub(super) fn find_errors(syndromes: &[u8], lost: &[usize]) -> Option<Vec<usize>> {
    let roots = syndromes.len();
    let locator = |position: usize| primitive_power(CODE_WORD - 1 - position);
    // The locator polynomial, lowest coefficient first.
    let mut polynomial = vec![1];
    for position in lost {
        polynomial.push(0);
        for index in (1..polynomial.len()).rev() {
            polynomial[index] ^= multiply(polynomial[index - 1], locator(*position));
        }
    }
    let (mut length, mut previous) = (lost.len(), polynomial.clone());
    for step in lost.len()..roots {
        previous.insert(0, 0);
        let discrepancy = polynomial
            .iter()
            .enumerate()
            .take(step + 1)
            .fold(0, |sum, (index, value)| sum ^ multiply(*value, syndromes[step - index]));
        if discrepancy == 0 {
            continue;
        }
        let mut next = polynomial.clone();
        next.resize(next.len().max(previous.len()), 0);
        next.iter_mut().zip(&previous).for_each(|(value, other)| *value ^= multiply(discrepancy, *other));
        if 2 * length <= step + lost.len() {
            length = step + 1 + lost.len() - length;
            let scale = invert(discrepancy);
            previous = polynomial.iter().map(|value| multiply(*value, scale)).collect();
        }
        polynomial = next;
    }
    while polynomial.last() == Some(&0) {
        polynomial.pop();
    }
    let is_root = |position: &usize| {
        let inverse = primitive_power(ORDER - (CODE_WORD - 1 - position) % ORDER);
        polynomial.iter().rev().fold(0, |sum, coefficient| multiply(sum, inverse) ^ coefficient) == 0
    };
    let found: Vec<usize> = (0..CODE_WORD).filter(is_root).collect();
    let errors = found.len().checked_sub(lost.len())?;
    (found.len() + 1 == polynomial.len() && lost.len() + 2 * errors <= roots)
        .then(|| found.into_iter().filter(|position| !lost.contains(position)).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn apply(matrix: &Matrix, bytes: &[u8]) -> Vec<u8> {
        matrix.rows.iter().map(|row| row.iter().zip(bytes).fold(0, |sum, (a, b)| sum ^ multiply(*a, *b))).collect()
    }

    fn code_word(roots: usize, seed: usize) -> Vec<u8> {
        let mut word: Vec<u8> = (0..CODE_WORD - roots).map(|n| (n * (seed | 1) + seed) as u8).collect();
        word.extend(apply(&parity_matrix(roots), &word));
        word
    }

    #[test]
    fn the_parity_agrees_with_dvdisaster() {
        let word: Vec<u8> = (0..223).collect();
        let parity = apply(&parity_matrix(32), &word);
        assert_eq!((parity[0], parity[31]), (0x2f, 0xcf));
    }

    #[test]
    fn syndromes_of_a_code_word_are_zero() {
        for roots in [8, 32, 170] {
            assert!(apply(&syndrome_matrix(roots), &code_word(roots, 5)).iter().all(|byte| *byte == 0), "{roots}");
        }
    }

    #[test]
    fn as_many_bytes_as_roots_are_recovered() {
        for roots in [8, 33, 170] {
            let word = code_word(roots, 9);
            for lost in [
                (0..roots).collect::<Vec<_>>(),
                (CODE_WORD - roots..CODE_WORD).collect(),
                (0..roots).map(|n| n * CODE_WORD / roots).collect(),
                vec![254],
            ] {
                let known: Vec<u8> =
                    word.iter().enumerate().filter(|(at, _)| !lost.contains(at)).map(|(_, byte)| *byte).collect();
                let expected: Vec<u8> = lost.iter().map(|at| word[*at]).collect();
                assert_eq!(apply(&recovery_matrix(&lost), &known), expected, "{roots} roots, {lost:?}");
            }
        }
    }

    #[test]
    fn errors_are_located_beside_lost_bytes() {
        let roots = 32;
        let word = code_word(roots, 3);
        let syndromes = |word: &[u8]| apply(&syndrome_matrix(roots), word);
        let cases: [(&[usize], &[usize]); 6] = [
            (&[], &[0]),
            (&[], &[0, 7, 100, 254]),
            (&[3, 4, 5], &[6, 200]),
            (&[], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 250]),
            (&[0, 10, 20, 30, 40, 50, 60, 70, 80, 90], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12]),
            (&[5], &[]),
        ];
        for (lost, wrong) in cases {
            let mut damaged = word.clone();
            lost.iter().chain(wrong).for_each(|at| damaged[*at] ^= (at * 3 + 1) as u8 | 1);
            assert_eq!(find_errors(&syndromes(&damaged), lost).as_deref(), Some(wrong), "{lost:?} {wrong:?}");
        }
        let mut damaged = word;
        (0..17).for_each(|at| damaged[at * 9] ^= at as u8 + 1);
        assert_eq!(find_errors(&syndromes(&damaged), &[]), None);
    }
}
