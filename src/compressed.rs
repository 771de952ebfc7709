//! Keeps generated files compressed in memory until they are written: pages and catalogues are repetitive, and a disc may have a
//! hundred megabytes of them. The only module that uses `lz4_flex`.

use std::io::{self, Write};
use std::sync::Arc;

/// The number of uncompressed bytes in a chunk.
const CHUNK_LENGTH: usize = 128 << 10;

/// The maximum number of bytes of similar files that are compressed together.
const SHARED_LENGTH: usize = 48 << 10;

/// Bytes in memory, compressed in chunks. All chunks but the last have [`CHUNK_LENGTH`] bytes, which is a whole number of sectors: an
/// image is written from them one by one.
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
    /// A part of several files that were compressed together.
    Part { shared: Arc<CompressedChunk>, start: usize, length: usize },
}

/// Decompresses files. Keeps the bytes of the last shared chunk, because the next file is often a part of the same chunk.
#[derive(Debug, Default)]
pub struct Decompressor {
    /// The shared chunk to which `bytes` belong.
    shared: Option<Arc<CompressedChunk>>,
    bytes: Vec<u8>,
}

impl CompressedBytes {
    /// Compresses bytes.
    pub fn new(bytes: &[u8]) -> Self {
        let chunks = bytes.chunks(CHUNK_LENGTH).map(CompressedChunk::compress).collect();
        Self { length: bytes.len() as u64, chunks }
    }

    /// Compresses files together that are short and have much of their text in common, such as pages.
    pub fn of_similar_files(files: &[Vec<u8>]) -> Vec<Self> {
        let mut compressed = Vec::with_capacity(files.len());
        let mut rest = files;
        while !rest.is_empty() {
            let mut total = 0;
            let fitting = rest.iter().take_while(|file| {
                total += file.len();
                total <= SHARED_LENGTH
            });
            let count = fitting.count();
            if count < 2 {
                compressed.push(Self::new(&rest[0]));
                rest = &rest[1..];
                continue;
            }
            let (together, after) = rest.split_at(count);
            rest = after;
            let shared = Arc::new(CompressedChunk::compress(&together.concat()));
            let mut start = 0;
            compressed.extend(together.iter().map(|file| {
                let chunk = CompressedChunk::Part { shared: shared.clone(), start, length: file.len() };
                start += file.len();
                Self { length: file.len() as u64, chunks: vec![chunk] }
            }));
        }
        compressed
    }

    /// The uncompressed length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Passes the uncompressed bytes to `receive`, in parts.
    ///
    /// # Errors
    /// `receive` fails, or a part cannot be decompressed, because of a bug in this module or defective memory.
    pub fn decompress<E: From<io::Error>>(
        &self,
        decompressor: &mut Decompressor,
        mut receive: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.chunks.iter().try_for_each(|chunk| receive(decompressor.decompress(chunk)?))
    }

    /// The uncompressed bytes in chunks, each decompressed when the iterator reaches it.
    ///
    /// # Errors
    /// A chunk cannot be decompressed, because of a bug in this module or defective memory.
    pub fn chunks(&self) -> impl Iterator<Item = io::Result<Vec<u8>>> + '_ {
        self.chunks.iter().map(|chunk| Decompressor::default().decompress(chunk).map(<[u8]>::to_vec))
    }
}

impl Decompressor {
    fn decompress<'d>(&'d mut self, chunk: &'d CompressedChunk) -> io::Result<&'d [u8]> {
        let (whole, part) = match chunk {
            CompressedChunk::Stored(bytes) => return Ok(bytes),
            CompressedChunk::Lz4(..) => {
                self.shared = None;
                (chunk, None)
            }
            CompressedChunk::Part { shared, start, length } => {
                let is_known = self.shared.as_ref().is_some_and(|known| Arc::ptr_eq(known, shared));
                if is_known {
                    return part_of(&self.bytes, *start, *length);
                }
                self.shared = Some(shared.clone());
                (&**shared, Some((*start, *length)))
            }
        };
        let decompressed = match whole {
            CompressedChunk::Lz4(block, length) => {
                self.bytes.resize(*length, 0);
                lz4_flex::block::decompress_into(block, &mut self.bytes).map_err(io::Error::other)
            }
            CompressedChunk::Stored(bytes) => {
                self.bytes.clear();
                self.bytes.extend_from_slice(bytes);
                Ok(bytes.len())
            }
            CompressedChunk::Part { .. } => Err(io::Error::other("a shared chunk is itself a part of a chunk")),
        };
        match decompressed {
            Ok(length) if length == self.bytes.len() => {}
            Ok(_) => {
                self.shared = None;
                return Err(io::Error::other("a chunk is too short"));
            }
            Err(error) => {
                self.shared = None;
                return Err(error);
            }
        }
        match part {
            Some((start, length)) => part_of(&self.bytes, start, length),
            None => Ok(&self.bytes),
        }
    }
}

fn part_of(bytes: &[u8], start: usize, length: usize) -> io::Result<&[u8]> {
    bytes.get(start..start + length).ok_or_else(|| io::Error::other("a chunk is too short"))
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
    /// Writes bytes that are compressed already. Compresses them again, so that all chunks but the last have the same length.
    ///
    /// # Errors
    /// A chunk cannot be decompressed, because of a bug in this module or defective memory.
    pub fn append(&mut self, bytes: &CompressedBytes) -> io::Result<()> {
        let mut decompressor = Decompressor::default();
        bytes.decompress(&mut decompressor, |part| self.write_all(part))
    }

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
    fn similar_files_are_compressed_together() {
        let page = |n: usize| format!("{}{n}{}", "beginning ".repeat(150), "end ".repeat(n % 7)).into_bytes();
        let mut files: Vec<Vec<u8>> = (0..200).map(page).collect();
        files.insert(3, Vec::new());
        files.insert(40, vec![7; 2 * SHARED_LENGTH]);
        files.push(vec![1]);
        let compressed = CompressedBytes::of_similar_files(&files);
        assert_eq!(compressed.len(), files.len());
        let mut decompressor = Decompressor::default();
        for at in (0..files.len()).chain((0..files.len()).rev()) {
            let mut bytes = Vec::new();
            let receive = |part: &[u8]| {
                bytes.extend_from_slice(part);
                Ok::<_, io::Error>(())
            };
            compressed[at].decompress(&mut decompressor, receive).unwrap();
            assert_eq!((&bytes, compressed[at].length()), (&files[at], files[at].len() as u64));
            assert_eq!(decompressed(&compressed[at]), files[at]);
        }
        assert!(CompressedBytes::of_similar_files(&[]).is_empty());
    }

    #[test]
    fn compressed_bytes_can_be_appended() {
        let mut text = Compressor::default();
        for part in ["a", "b"] {
            text.write_all(part.as_bytes()).unwrap();
            text.append(&CompressedBytes::new(&[part.as_bytes()[0]; CHUNK_LENGTH + 3])).unwrap();
        }
        text.write_all(b"c").unwrap();
        let text = text.finish();
        let expected = ["a".repeat(CHUNK_LENGTH + 4), "b".repeat(CHUNK_LENGTH + 4), "c".to_owned()].concat();
        let lengths: Vec<usize> = text.chunks().map(|chunk| chunk.unwrap().len()).collect();
        assert_eq!(lengths, [CHUNK_LENGTH, CHUNK_LENGTH, 9]);
        assert_eq!((text.length(), decompressed(&text)), (expected.len() as u64, expected.into_bytes()));
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
