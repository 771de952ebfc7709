//! Stores bytes in scripts: compressed with deflate, and packed into ASCII characters, which neither web servers nor
//! editors change.

use miniz_oxide::deflate::compress_to_vec;

/// The level of compression: higher ones are much slower and hardly compress better.
const DEFLATE_LEVEL: u8 = 9;

/// The script of a shard with these contents.
pub(super) fn shard_script(name: &str, bytes: &[u8]) -> Vec<u8> {
    packed_shard_script(name, &compress(bytes))
}

/// The script of a shard whose contents are compressed already.
pub(super) fn packed_shard_script(name: &str, packed: &[u8]) -> Vec<u8> {
    [format!("makeDiscShard(\"{name}\",\"").as_bytes(), packed, b"\");\n"].concat()
}

/// Deflates bytes and packs them into a string literal.
pub(super) fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    pack(&compress_to_vec(bytes, DEFLATE_LEVEL), &mut packed);
    packed
}

/// Packs seven bits into each character of a string literal in ASCII, lowest bits first. Base64 would pack only six, and
/// raw bytes would need a character set that web servers may override.
fn pack(bytes: &[u8], out: &mut Vec<u8>) {
    let mut buffer: u32 = 0;
    let mut bits = 0;
    for byte in bytes {
        buffer |= u32::from(*byte) << bits;
        bits += 8;
        while bits >= 7 {
            push_escaped((buffer & 0x7f) as u8, out);
            buffer >>= 7;
            bits -= 7;
        }
    }
    if bits > 0 {
        push_escaped((buffer & 0x7f) as u8, out);
    }
}

fn push_escaped(character: u8, out: &mut Vec<u8>) {
    match character {
        0 => out.extend_from_slice(b"\\x00"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', character]),
        other => out.push(other),
    }
}

/// Writes a number in as few bytes as possible: seven bits in each, lowest bits first. The eighth bit is set if more bytes
/// follow.
pub(super) fn write_varint(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads a number written by [`write_varint`]. Returns it and the bytes after it.
pub(super) fn read_varint(bytes: &[u8]) -> (u32, &[u8]) {
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        number |= u32::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return (number, &bytes[index + 1..]);
        }
    }
    (number, &[])
}

/// Writes the length of a text in bytes, and the text.
pub(super) fn write_text(text: &str, out: &mut Vec<u8>) {
    write_varint(text.len() as u32, out);
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_written() {
        for number in [0, 1, 127, 128, 16_383, 16_384, 1_000_000, u32::MAX] {
            let mut bytes = Vec::new();
            write_varint(number, &mut bytes);
            bytes.push(7);
            assert_eq!(read_varint(&bytes), (number, &[7][..]));
        }
    }

    #[test]
    fn scripts_are_one_line_of_ascii() {
        let bytes: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let script = shard_script("en/w0", &bytes);
        assert!(script.is_ascii());
        assert_eq!(script.iter().filter(|byte| **byte == b'\n').count(), 1);
        assert!(!script.contains(&b'\r') && !script.contains(&0));
    }

    #[test]
    fn packing_adds_about_a_fifth() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let mut packed = Vec::new();
        pack(&bytes, &mut packed);
        assert!(packed.len() < bytes.len() * 122 / 100, "{}", packed.len());
    }
}
