//! Bytes that wait to be written, packed: pages and catalogues repeat themselves, and a disc may have a
//! hundred megabytes of them. The only module that names `lz4_flex`.

use std::io::{self, Write};

/// Unpacked bytes of a piece: what is unpacked at once.
const PIECE: usize = 128 << 10;

/// Bytes in memory, packed where that makes them fewer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packed {
    length: u64,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// As they are.
    Plain(Box<[u8]>),
    /// A block of LZ4, and the length of what it holds.
    Lz4(Box<[u8]>, usize),
}

impl Packed {
    /// Packs bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let pieces = bytes.chunks(PIECE).map(Piece::of).collect();
        Self { length: bytes.len() as u64, pieces }
    }

    /// How many bytes it holds, unpacked.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What it holds, in pieces of some length, each unpacked when it is asked for.
    ///
    /// # Errors
    /// A piece is not what was packed: the memory is at fault, or we are.
    pub fn pieces(&self) -> impl Iterator<Item = io::Result<Vec<u8>>> + '_ {
        self.pieces.iter().map(|piece| match piece {
            Piece::Plain(bytes) => Ok(bytes.to_vec()),
            Piece::Lz4(block, length) => lz4_flex::block::decompress(block, *length).map_err(io::Error::other),
        })
    }
}

impl Piece {
    fn of(bytes: &[u8]) -> Self {
        let block = lz4_flex::block::compress(bytes);
        if block.len() < bytes.len() {
            Self::Lz4(block.into_boxed_slice(), bytes.len())
        } else {
            Self::Plain(bytes.into())
        }
    }
}

/// Packs bytes as they come.
#[derive(Debug, Default)]
pub struct Packer {
    packed: Packed,
    /// Fewer than a piece.
    rest: Vec<u8>,
}

impl Packer {
    /// All that came.
    pub fn finish(mut self) -> Packed {
        if !self.rest.is_empty() {
            self.packed.pieces.push(Piece::of(&self.rest));
        }
        self.packed
    }
}

impl Write for Packer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE - self.rest.len());
        self.rest.extend_from_slice(&bytes[..taken]);
        self.packed.length += taken as u64;
        if self.rest.len() == PIECE {
            self.packed.pieces.push(Piece::of(&self.rest));
            self.rest.clear();
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn unpacked(packed: &Packed) -> Vec<u8> {
        packed.pieces().flat_map(Result::unwrap).collect()
    }

    #[test]
    fn what_is_packed_comes_back() {
        let text: Vec<u8> = (0..3 * PIECE + 17).map(|n| b"abcdefgh"[n % 8] + u8::from(n % 1000 == 0)).collect();
        let mut seed = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        })
        .take(PIECE + 5)
        .collect();
        for bytes in [Vec::new(), vec![7], text[..PIECE].to_vec(), text.clone(), noise] {
            let packed = Packed::of(&bytes);
            assert_eq!(packed.length(), bytes.len() as u64);
            assert_eq!(unpacked(&packed), bytes);
            for step in [1, 1000, PIECE, 2 * PIECE] {
                let mut packer = Packer::default();
                bytes.chunks(step).for_each(|part| packer.write_all(part).unwrap());
                assert_eq!(packer.finish(), packed, "{step}");
            }
        }
        let packed = Packed::of(&text);
        let smaller =
            packed.pieces.iter().filter(|piece| matches!(piece, Piece::Lz4(block, _) if block.len() < PIECE / 10));
        assert_eq!(smaller.count(), 3, "a text is packed");
    }
}
