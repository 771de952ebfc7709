//! What identifiers may be: ECMA-119 7.5 and 7.6, Joliet, and what Windows makes of a name.

use std::cmp::Ordering;

use crate::names::is_device_name;

fn is_d_character(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'
}

/// A file identifier of the primary tree (ECMA-119 7.5.1): d-characters, one dot, version 1.
pub(super) fn primary_file(identifier: &[u8]) -> Result<(), &'static str> {
    let Some(name) = identifier.strip_suffix(b";1") else { return Err("does not end with `;1`") };
    // A name that begins with a dot, such as `.AUTOOPEN`, has an empty stem.
    if name.iter().filter(|byte| **byte == b'.').count() != 1 {
        return Err("has not exactly one dot");
    }
    if !name.iter().all(|byte| is_d_character(*byte) || *byte == b'.') {
        return Err("has characters that are no d-characters");
    }
    if name.len() == 1 {
        return Err("has neither a name nor an extension");
    }
    if name.len() - 1 > 30 {
        return Err("has more than 30 characters");
    }
    Ok(())
}

/// A directory identifier of the primary tree (ECMA-119 7.6.1).
pub(super) fn primary_directory(identifier: &[u8]) -> Result<(), &'static str> {
    if identifier.is_empty() || !identifier.iter().all(|byte| is_d_character(*byte)) {
        return Err("has characters that are no d-characters");
    }
    if identifier.len() > 31 { Err("has more than 31 characters") } else { Ok(()) }
}

/// The units of a Joliet identifier; an odd byte at its end is left out.
pub(super) fn units(identifier: &[u8]) -> Vec<u16> {
    identifier.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect()
}

/// A Joliet identifier.
pub(super) fn joliet(identifier: &[u8]) -> Result<(), &'static str> {
    if !identifier.len().is_multiple_of(2) || identifier.is_empty() {
        return Err("has an odd number of bytes");
    }
    let units = units(identifier);
    if units.len() > 64 {
        return Err("has more than 64 characters");
    }
    for unit in units {
        match unit {
            0..0x20 | 0x7f => return Err("has a control character"),
            0x2a | 0x2f | 0x3a | 0x3b | 0x3f | 0x5c => return Err("has one of `* / : ; ? \\`"),
            0xd800..0xe000 | 0xfffe | 0xffff => return Err("has a character that UCS-2 cannot hold"),
            _ => {}
        }
    }
    Ok(())
}

/// A name as Windows takes it.
pub(super) fn windows(name: &str) -> Result<(), &'static str> {
    let name = plain(name);
    if name.ends_with(['.', ' ']) {
        return Err("ends with a dot or a space");
    }
    if name.contains(['<', '>', '"', '|']) {
        return Err("has one of `< > \" |`");
    }
    let stem = name.split('.').next().unwrap_or_default();
    if is_device_name(stem.trim_end()) { Err("is a device of Windows") } else { Ok(()) }
}

/// A name without version and empty extension.
pub(super) fn plain(name: &str) -> &str {
    match name.rsplit_once(';') {
        Some((stem, version)) if !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) => {
            stem.strip_suffix('.').unwrap_or(stem)
        }
        _ => name,
    }
}

/// The name as the primary tree would spell it, without version: what every tree's name of a file
/// comes to.
pub(super) fn common(name: &str) -> String {
    let spelled = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_uppercase() } else { '_' };
    plain(name).chars().map(spelled).collect()
}

/// The order of file identifiers in a directory (ECMA-119 9.3): name, extension, version, the
/// shorter filled with spaces (in Joliet with zeros), the version descending.
pub(super) fn order<T: Copy + Ord + From<u8>>(a: &[T], b: &[T], filler: T) -> Ordering {
    let (a, b) = (Parts::of(a), Parts::of(b));
    filled(a.name, b.name, filler)
        .then_with(|| filled(a.extension, b.extension, filler))
        .then_with(|| filled(b.version, a.version, T::from(b'0')))
}

struct Parts<'i, T> {
    name: &'i [T],
    extension: &'i [T],
    version: &'i [T],
}

impl<'i, T: Copy + Ord + From<u8>> Parts<'i, T> {
    fn of(identifier: &'i [T]) -> Self {
        let (whole, version) = split(identifier, T::from(b';'));
        let (name, extension) = split(whole, T::from(b'.'));
        Self { name, extension, version }
    }
}

fn split<T: Copy + PartialEq>(all: &[T], at: T) -> (&[T], &[T]) {
    match all.iter().position(|unit| *unit == at) {
        Some(place) => (&all[..place], &all[place + 1..]),
        None => (all, &[]),
    }
}

/// Compares as if the shorter were filled up.
pub(super) fn filled<T: Copy + Ord>(a: &[T], b: &[T], filler: T) -> Ordering {
    let at = |units: &[T], place: usize| units.get(place).copied().unwrap_or(filler);
    (0..a.len().max(b.len()))
        .map(|place| at(a, place).cmp(&at(b, place)))
        .find(|o| o.is_ne())
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ordered_by_their_parts() {
        let order = |a: &str, b: &str| order(a.as_bytes(), b.as_bytes(), b' ');
        assert_eq!(order("A.MD;1", "A.MD5;1"), Ordering::Less);
        assert_eq!(order("A.B;1", "A_.B;1"), Ordering::Less);
        assert_eq!(order("A.B;2", "A.B;1"), Ordering::Less);
        assert_eq!(order("A.B;1", "A.B;1"), Ordering::Equal);
    }

    #[test]
    fn names_are_judged() {
        assert!(primary_file(b"SHA256SUMS.;1").is_ok() && primary_file(b".AUTOOPEN;1").is_ok());
        assert!(primary_file(b"A.B.C;1").is_err() && primary_file(b"a.B;1").is_err() && primary_file(b"A.B").is_err());
        assert!(windows("con.txt").is_err() && windows("CONSOLE.TXT;1").is_ok() && windows("a.").is_err());
        assert_eq!(common("README.;1"), common("readme"));
        assert_eq!(common(".xdg-volume-info"), common(".XDG_VOLUME_INFO;1"));
    }
}
