//! Bytes in scripts: deflated, and packed into characters that every server and editor leaves alone.

use miniz_oxide::deflate::compress_to_vec;

/// The best compression that is not much slower than the next.
const LEVEL: u8 = 9;

/// A script that hands `bytes` to the page under a name.
pub(super) fn script(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut script = format!("makeDiscShard(\"{name}\",\"").into_bytes();
    pack(&deflate(bytes), &mut script);
    script.extend_from_slice(b"\");\n");
    script
}

/// Deflated (RFC 1951).
pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, LEVEL)
}

/// Seven bits a character, the lowest first, as a string literal of ASCII characters. Base64 has six;
/// bytes as they are would need a character set that web servers override.
pub(super) fn pack(bytes: &[u8], out: &mut Vec<u8>) {
    let mut held: u32 = 0;
    let mut bits = 0;
    for byte in bytes {
        held |= u32::from(*byte) << bits;
        bits += 8;
        while bits >= 7 {
            literal((held & 0x7f) as u8, out);
            held >>= 7;
            bits -= 7;
        }
    }
    if bits > 0 {
        literal((held & 0x7f) as u8, out);
    }
}

fn literal(character: u8, out: &mut Vec<u8>) {
    match character {
        0 => out.extend_from_slice(b"\\x00"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', character]),
        other => out.push(other),
    }
}

/// A number in as few bytes as it needs: seven bits each, the lowest first, the eighth set where more
/// follow.
pub(super) fn put(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The next number, and what follows it.
pub(super) fn take(bytes: &[u8]) -> (u32, &[u8]) {
    let mut number = 0;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        number |= u32::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return (number, &bytes[at + 1..]);
        }
    }
    (number, &[])
}

/// A text with its length in bytes before it.
pub(super) fn put_text(text: &str, out: &mut Vec<u8>) {
    put(text.len() as u32, out);
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        for number in [0, 1, 127, 128, 16_383, 16_384, 1_000_000, u32::MAX] {
            let mut bytes = Vec::new();
            put(number, &mut bytes);
            bytes.push(7);
            assert_eq!(take(&bytes), (number, &[7][..]));
        }
    }

    #[test]
    fn scripts_are_ascii_on_one_line() {
        let bytes: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let script = script("en/w0", &bytes);
        assert!(script.is_ascii());
        assert_eq!(script.iter().filter(|byte| **byte == b'\n').count(), 1);
        assert!(!script.contains(&b'\r') && !script.contains(&0));
    }

    #[test]
    fn packing_costs_a_fifth() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let mut packed = Vec::new();
        pack(&bytes, &mut packed);
        assert!(packed.len() < bytes.len() * 122 / 100, "{}", packed.len());
    }
}
