//! Numbers in on-disc structures. A number that extends past the end of its slice reads as zero.

pub(super) fn le16(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(bytes, at))
}

pub(super) fn be16(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes(array(bytes, at))
}

pub(super) fn le32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

pub(super) fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(array(bytes, at))
}

/// Whether the two byte orders of a 16-bit number have the same value (ECMA-119 7.2.3).
pub(super) fn orders_agree16(bytes: &[u8], at: usize) -> bool {
    le16(bytes, at) == be16(bytes, at + 2)
}

/// Whether the two byte orders of a 32-bit number have the same value (ECMA-119 7.3.3).
pub(super) fn orders_agree32(bytes: &[u8], at: usize) -> bool {
    le32(bytes, at) == be32(bytes, at + 4)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..at + N).and_then(|part| part.try_into().ok()).unwrap_or([0; N])
}

pub(super) fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}
