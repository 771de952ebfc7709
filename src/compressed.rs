//! Generated files, kept compressed in memory until they are written: pages and catalogues are repetitive, and a disc
//! may have a hundred megabytes of them. The only module that uses `lz4_flex`.

use std::io::{self, Write};

/// Uncompressed bytes in a chunk.
const CHUNK_LENGTH: usize = 128 << 10;

/// Bytes in memory, compressed in chunks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompressedBytes {
    length: u64,
    chunks: Vec<CompressedChunk>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum CompressedChunk {
    /// Stored as it is, because compression would not make it smaller.
    Stored(Box<[u8]>),
    /// An LZ4 block, and its uncompressed length.
    Lz4(Box<[u8]>, usize),
}

impl CompressedBytes {
    /// Compresses bytes.
    pub fn new(bytes: &[u8]) -> Self {
        let chunks = bytes.chunks(CHUNK_LENGTH).map(CompressedChunk::compress).collect();
        Self { length: bytes.len() as u64, chunks }
    }

    /// The uncompressed length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The uncompressed bytes in chunks, each decompressed when the iterator reaches it.
    ///
    /// # Errors
    /// A chunk cannot be decompressed, because of a bug in this module or defective memory.
    pub fn chunks(&self) -> impl Iterator<Item = io::Result<Vec<u8>>> + '_ {
        self.chunks.iter().map(|chunk| match chunk {
            CompressedChunk::Stored(bytes) => Ok(bytes.to_vec()),
            CompressedChunk::Lz4(block, length) => {
                lz4_flex::block::decompress(block, *length).map_err(io::Error::other)
            }
        })
    }
}

impl CompressedChunk {
    fn compress(bytes: &[u8]) -> Self {
        let block = lz4_flex::block::compress(bytes);
        if block.len() < bytes.len() {
            Self::Lz4(block.into_boxed_slice(), bytes.len())
        } else {
            Self::Stored(bytes.into())
        }
    }
}

/// Compresses bytes as they are written.
#[derive(Debug, Default)]
pub struct Compressor {
    compressed: CompressedBytes,
    /// The last bytes, which do not fill a chunk yet.
    pending: Vec<u8>,
}

impl Compressor {
    /// Returns everything that was written.
    pub fn finish(mut self) -> CompressedBytes {
        if !self.pending.is_empty() {
            self.compressed.chunks.push(CompressedChunk::compress(&self.pending));
        }
        self.compressed
    }
}

impl Write for Compressor {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(CHUNK_LENGTH - self.pending.len());
        self.pending.extend_from_slice(&bytes[..taken]);
        self.compressed.length += taken as u64;
        if self.pending.len() == CHUNK_LENGTH {
            self.compressed.chunks.push(CompressedChunk::compress(&self.pending));
            self.pending.clear();
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

    fn decompressed(compressed: &CompressedBytes) -> Vec<u8> {
        compressed.chunks().flat_map(Result::unwrap).collect()
    }

    #[test]
    fn decompression_returns_the_original_bytes() {
        let text: Vec<u8> = (0..3 * CHUNK_LENGTH + 17).map(|n| b"abcdefgh"[n % 8] + u8::from(n % 1000 == 0)).collect();
        let mut seed = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        })
        .take(CHUNK_LENGTH + 5)
        .collect();
        for bytes in [Vec::new(), vec![7], text[..CHUNK_LENGTH].to_vec(), text.clone(), noise] {
            let compressed = CompressedBytes::new(&bytes);
            assert_eq!(compressed.length(), bytes.len() as u64);
            assert_eq!(decompressed(&compressed), bytes);
            for step in [1, 1000, CHUNK_LENGTH, 2 * CHUNK_LENGTH] {
                let mut compressor = Compressor::default();
                bytes.chunks(step).for_each(|part| compressor.write_all(part).unwrap());
                assert_eq!(compressor.finish(), compressed, "{step}");
            }
        }
        let compressed = CompressedBytes::new(&text);
        let is_small = |chunk: &&CompressedChunk| matches!(chunk, CompressedChunk::Lz4(block, _) if block.len() < CHUNK_LENGTH / 10);
        assert_eq!(compressed.chunks.iter().filter(is_small).count(), 3, "a repetitive text is compressed");
    }
}
