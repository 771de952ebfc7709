//! Arithmetic in GF(2^8), the field of dvdisaster's Reed-Solomon code.

/// The irreducible polynomial: x^8 + x^7 + x^2 + x + 1.
const POLYNOMIAL: u16 = 0x187;

/// The number of elements other than zero.
pub(super) const ORDER: usize = 255;

/// The powers of the element 2, which generates the field, and their logarithms. The powers are stored twice, so that the sum of
/// two logarithms is a valid index.
struct Tables {
    powers: [u8; 2 * ORDER],
    logarithms: [u8; 256],
}

const TABLES: Tables = {
    let mut tables = Tables { powers: [0; 2 * ORDER], logarithms: [0; 256] };
    let (mut power, mut element) = (0, 1_u16);
    while power < ORDER {
        tables.powers[power] = element as u8;
        tables.powers[power + ORDER] = element as u8;
        tables.logarithms[element as usize] = power as u8;
        element <<= 1;
        if element > 0xff {
            element ^= POLYNOMIAL;
        }
        power += 1;
    }
    tables
};

static FIELD: Tables = TABLES;

/// 2 to this power.
pub(super) fn power_of_two(exponent: usize) -> u8 {
    FIELD.powers[exponent % ORDER]
}

pub(super) fn multiply(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        return 0;
    }
    FIELD.powers[usize::from(FIELD.logarithms[usize::from(a)]) + usize::from(FIELD.logarithms[usize::from(b)])]
}

/// The inverse of an element other than zero.
pub(super) fn invert(a: u8) -> u8 {
    FIELD.powers[ORDER - usize::from(FIELD.logarithms[usize::from(a)])]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_has_an_inverse() {
        for a in 1..=255 {
            assert_eq!(multiply(a, invert(a)), 1, "{a}");
        }
    }

    #[test]
    fn products_are_those_of_polynomials() {
        let product = |a: u8, b: u8| {
            let mut product = (0..8).filter(|bit| b >> bit & 1 == 1).fold(0_u16, |sum, bit| sum ^ u16::from(a) << bit);
            for bit in (8..16).rev() {
                if product >> bit & 1 == 1 {
                    product ^= POLYNOMIAL << (bit - 8);
                }
            }
            product as u8
        };
        for a in 0..=255 {
            for b in 0..=255 {
                assert_eq!(multiply(a, b), product(a, b), "{a} times {b}");
            }
        }
    }
}
