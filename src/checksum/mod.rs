//! Digests, and the checksum lists that `sha256sum -c` reads. The only module that uses `sha2` and `md5`.

mod interleaved;
mod md5;

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, Read};

use sha2::block_api::compress256 as compress;

pub use md5::Md5;

/// The unit that SHA-256 processes (FIPS 180-4, 5.2.1).
type Block = [u8; 64];

/// The initial hash value (FIPS 180-4, 5.3.3).
const INITIAL_STATE: [u32; 8] =
    [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

/// The SHA-512 digest of bytes (FIPS 180-4).
pub fn sha512(bytes: &[u8]) -> [u8; 64] {
    use sha2::Digest as _;
    sha2::Sha512::digest(bytes).into()
}

/// The SHA-384 digest of bytes (FIPS 180-4).
pub fn sha384(bytes: &[u8]) -> [u8; 48] {
    use sha2::Digest as _;
    sha2::Sha384::digest(bytes).into()
}

/// A SHA-256 digest (FIPS 180-4).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of everything that a reader yields.
    ///
    /// # Errors
    /// The reader’s errors.
    pub fn from_reader(mut reader: impl Read) -> io::Result<Self> {
        let mut hasher = Hasher::default();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match reader.read(&mut buffer)? {
                0 => return Ok(hasher.finish()),
                n => hasher.update(&buffer[..n]),
            }
        }
    }

    /// The digest of bytes in memory.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::default();
        hasher.update(bytes);
        hasher.finish()
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Parses 64 hexadecimal digits in lower case, as `sha256sum` writes them.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let mut bytes = [0; 32];
        let text = text.as_bytes();
        if text.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One text instead of 32: images with many files have many digests.
        let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value & 15)]);
        let text: String = self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect();
        f.write_str(&text)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Computes a digest from bytes that arrive piece by piece.
#[derive(Debug, Clone)]
pub struct Hasher {
    state: [u32; 8],
    /// How many bytes have been added.
    length: u64,
    /// The last `length % 64` bytes, which do not fill a block yet.
    partial: Block,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { state: INITIAL_STATE, length: 0, partial: [0; 64] }
    }
}

impl Hasher {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        let bytes = self.fill_partial_block(bytes);
        let (blocks, rest) = bytes.as_chunks();
        compress(&mut self.state, blocks);
        self.store_partial_block(bytes.len(), rest);
    }

    /// Adds the same bytes to two digests. If both are at a block boundary, this is almost as fast as adding the bytes to
    /// one.
    pub fn update_both(a: &mut Self, b: &mut Self, bytes: &[u8]) {
        if !a.length.is_multiple_of(64) || !b.length.is_multiple_of(64) {
            a.update(bytes);
            b.update(bytes);
            return;
        }
        let (blocks, rest) = bytes.as_chunks();
        interleaved::compress_both(&mut a.state, &mut b.state, blocks);
        a.store_partial_block(bytes.len(), rest);
        b.store_partial_block(bytes.len(), rest);
    }

    /// Fills up the partial block, if there is one; returns the remaining bytes.
    fn fill_partial_block<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let filled = (self.length % 64) as usize;
        if filled == 0 {
            return bytes;
        }
        let (now, later) = bytes.split_at(bytes.len().min(64 - filled));
        self.partial[filled..filled + now.len()].copy_from_slice(now);
        self.length += now.len() as u64;
        if filled + now.len() == 64 {
            compress(&mut self.state, &[self.partial]);
        }
        later
    }

    /// Counts `length` bytes whose whole blocks have been compressed, and stores the rest.
    fn store_partial_block(&mut self, length: usize, rest: &[u8]) {
        if length > 0 {
            self.partial[..rest.len()].copy_from_slice(rest);
            self.length += length as u64;
        }
    }

    /// The digest of all bytes added.
    pub fn finish(mut self) -> Digest {
        // FIPS 180-4, 5.1.1: a one, zeros, and the length in bits.
        let bits = self.length.wrapping_mul(8).to_be_bytes();
        let end = if self.length % 64 < 56 { 56 } else { 120 };
        let mut padding = [0; 128];
        padding[0] = 0x80;
        let zeros = end - (self.length % 64) as usize;
        padding[zeros..zeros + 8].copy_from_slice(&bits);
        self.update(&padding[..zeros + 8]);
        let mut digest = [0; 32];
        for (bytes, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(self.state) {
            *bytes = word.to_be_bytes();
        }
        Digest(digest)
    }
}

/// A line of a checksum list: the digest, two spaces (text mode), the name.
pub fn format_line(digest: Digest, name: &str) -> String {
    format!("{digest}  {name}\n")
}

/// A line for a file whose name may contain anything, as `sha256sum` writes it: a name with a backslash or a line break is
/// escaped, and the line begins with a backslash.
pub fn format_line_for_name(digest: Digest, name: &OsStr) -> Vec<u8> {
    let name = name.as_encoded_bytes();
    let mut line = Vec::with_capacity(name.len() + 68);
    if name.iter().any(|byte| matches!(byte, b'\\' | b'\n' | b'\r')) {
        line.push(b'\\');
    }
    line.extend_from_slice(format!("{digest}  ").as_bytes());
    for byte in name {
        match byte {
            b'\\' => line.extend_from_slice(br"\\"),
            b'\n' => line.extend_from_slice(br"\n"),
            b'\r' => line.extend_from_slice(br"\r"),
            byte => line.push(*byte),
        }
    }
    line.push(b'\n');
    line
}

/// The length in bytes of a line that [`format_line`] returns, known before the digest.
pub fn line_length(name: &str) -> u64 {
    64 + 2 + name.len() as u64 + 1
}

/// Parses a line: 64 hexadecimal digits, two spaces, and a relative path without `.` or `..`.
pub fn parse_line(line: &[u8]) -> Option<(Digest, &str)> {
    let text = std::str::from_utf8(line).ok()?;
    let (digest, path) = text.split_at_checked(64)?;
    let path = path.strip_prefix("  ")?;
    let is_valid = !path.is_empty()
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
        && !path.chars().any(|c| c.is_control() || c == '\\');
    if is_valid { Some((Digest::parse(digest)?, path)) } else { None }
}

/// Whether this is a path at which a disc may have its checksum list.
pub fn is_checksum_list(path: &str) -> bool {
    path.eq_ignore_ascii_case("SHA256SUMS") || path.eq_ignore_ascii_case("sha256.sum")
}

/// The checksum list among some paths. `SHA256SUMS` in exactly this spelling is preferred to other spellings, and these to
/// `sha256.sum`.
pub fn find_checksum_list<'p>(paths: impl IntoIterator<Item = &'p String>) -> Option<&'p String> {
    let rank = |path: &str| (path != "SHA256SUMS", !path.eq_ignore_ascii_case("SHA256SUMS"));
    paths.into_iter().filter(|path| is_checksum_list(path)).min_by_key(|path| (rank(path), *path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_of_abc_matches_the_standard() {
        let digest = Digest::from_reader(&b"abc"[..]).map(|digest| digest.to_string());
        assert_eq!(digest.ok().as_deref(), Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }

    #[test]
    fn input_in_pieces_of_any_length_gives_the_digest_of_sha2() {
        use sha2::Digest as _;
        let bytes: Vec<u8> = (0..5_000_u32).map(|n| ((n * n) >> 3) as u8).collect();
        let wanted = |bytes: &[u8]| Digest(sha2::Sha256::digest(bytes).into());
        for length in (0..300).chain([1_000, 4_096, 4_999]) {
            for piece in [1, 3, 63, 64, 65, 200, 5_000] {
                let (mut one, mut a, mut b) = (Hasher::default(), Hasher::default(), Hasher::default());
                // `b` has other content, and at some lengths starts within a block.
                let start = &bytes[..length % 3 * 32];
                b.update(start);
                for part in bytes[..length].chunks(piece) {
                    one.update(part);
                    Hasher::update_both(&mut a, &mut b, part);
                }
                assert_eq!(one.finish(), wanted(&bytes[..length]), "{length} bytes, {piece} at a time");
                assert_eq!(a.finish(), wanted(&bytes[..length]), "{length} bytes, {piece} at a time");
                assert_eq!(
                    b.finish(),
                    wanted(&[start, &bytes[..length]].concat()),
                    "{length} bytes, {piece} at a time"
                );
            }
        }
    }

    #[test]
    fn a_digest_survives_formatting_and_parsing() {
        let digest = Digest::from_reader(&b"abc"[..]).ok();
        assert_eq!(digest.and_then(|digest| Digest::parse(&digest.to_string())), digest);
        assert_eq!(Digest::parse(&"G".repeat(64)), None);
        assert_eq!(Digest::parse("00"), None);
    }
}
