//! Rules for identifiers in directory records (ECMA-119 7.5 and 7.6, Joliet, Windows), and their order.

use std::cmp::Ordering;

use crate::names::is_device_name;

fn is_d_character(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'
}

/// Checks a file identifier of the primary tree (ECMA-119 7.5.1): d-characters, one dot, version 1.
pub(super) fn check_primary_file(identifier: &[u8]) -> Result<(), &'static str> {
    let Some(name) = identifier.strip_suffix(b";1") else { return Err("does not end with `;1`") };
    // The name may start with the dot, as `.AUTOOPEN` does.
    if name.iter().filter(|byte| **byte == b'.').count() != 1 {
        return Err("does not have exactly one dot");
    }
    if !name.iter().all(|byte| is_d_character(*byte) || *byte == b'.') {
        return Err("has characters other than d-characters (A-Z, 0-9, _)");
    }
    if name.len() == 1 {
        return Err("has neither a name nor an extension");
    }
    if name.len() - 1 > 30 {
        return Err("has more than 30 characters");
    }
    Ok(())
}

/// Checks a directory identifier of the primary tree (ECMA-119 7.6.1).
pub(super) fn check_primary_directory(identifier: &[u8]) -> Result<(), &'static str> {
    if identifier.is_empty() || !identifier.iter().all(|byte| is_d_character(*byte)) {
        return Err("has characters other than d-characters (A-Z, 0-9, _)");
    }
    if identifier.len() > 31 { Err("has more than 31 characters") } else { Ok(()) }
}

/// The UCS-2 units of a Joliet identifier, without an odd byte at its end.
pub(super) fn ucs2_units(identifier: &[u8]) -> Vec<u16> {
    identifier.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect()
}

/// Checks a Joliet identifier.
pub(super) fn check_joliet(identifier: &[u8]) -> Result<(), &'static str> {
    if !identifier.len().is_multiple_of(2) || identifier.is_empty() {
        return Err("is empty, or has an odd number of bytes");
    }
    let units = ucs2_units(identifier);
    if units.len() > 64 {
        return Err("has more than 64 characters");
    }
    for unit in units {
        match unit {
            0..0x20 | 0x7f => return Err("has a control character"),
            0x2a | 0x2f | 0x3a | 0x3b | 0x3f | 0x5c => return Err("has one of `* / : ; ? \\`"),
            0xd800..0xe000 | 0xfffe | 0xffff => return Err("has a character that does not exist in UCS-2"),
            _ => {}
        }
    }
    Ok(())
}

/// Checks that Windows accepts a name.
pub(super) fn check_windows(name: &str) -> Result<(), &'static str> {
    let name = strip_version(name);
    if name.ends_with(['.', ' ']) {
        return Err("ends with a dot or a space");
    }
    if name.contains(['<', '>', '"', '|']) {
        return Err("has one of `< > \" |`");
    }
    let stem = name.split('.').next().unwrap_or_default();
    if is_device_name(stem.trim_end()) { Err("is the name of a Windows device") } else { Ok(()) }
}

/// A name without its version. If it has a version, the dot of an empty extension is removed as well.
pub(super) fn strip_version(name: &str) -> &str {
    match name.rsplit_once(';') {
        Some((stem, version)) if !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) => {
            stem.strip_suffix('.').unwrap_or(stem)
        }
        _ => name,
    }
}

/// Whether dots at the end of file identifiers separate an empty extension although the disc has no versions, as on discs made
/// with `mkisofs -omit-version-number`. There every identifier has a dot, and those that end with a dot have no other.
pub(super) fn have_separators_without_versions<'i, I: Iterator<Item = &'i [u8]>>(identifiers: impl Fn() -> I) -> bool {
    let dots = |name: &[u8]| name.iter().filter(|byte| **byte == b'.').count();
    let is_separated = |name: &[u8]| match name.strip_suffix(b".") {
        Some(rest) => !rest.is_empty() && dots(rest) == 0,
        None => dots(name) > 0 && !name.contains(&b';'),
    };
    identifiers().any(|name| name.ends_with(b".")) && identifiers().all(is_separated)
}

/// The name as the primary tree would spell it, without version. It is the same for the names of a file in all trees.
pub(super) fn common_spelling(name: &str) -> String {
    spell(name).collect()
}

/// Whether two names have the same [`common_spelling`].
pub(super) fn have_common_spelling(a: &str, b: &str) -> bool {
    spell(a).eq(spell(b))
}

fn spell(name: &str) -> impl Iterator<Item = char> {
    let spell = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_uppercase() } else { '_' };
    strip_version(name).chars().map(spell)
}

/// Compares file identifiers of one directory (ECMA-119 9.3): by name, extension and version. The shorter of two parts is
/// padded with `padding`: a space, or zero in Joliet. Versions are in descending order.
pub(super) fn compare_identifiers<T: Copy + Ord + From<u8>>(a: &[T], b: &[T], padding: T) -> Ordering {
    let (a, b) = (IdentifierParts::parse(a), IdentifierParts::parse(b));
    compare_padded(a.name, b.name, padding)
        .then_with(|| compare_padded(a.extension, b.extension, padding))
        .then_with(|| compare_padded(b.version, a.version, T::from(b'0')))
}

struct IdentifierParts<'i, T> {
    name: &'i [T],
    extension: &'i [T],
    version: &'i [T],
}

impl<'i, T: Copy + Ord + From<u8>> IdentifierParts<'i, T> {
    fn parse(identifier: &'i [T]) -> Self {
        let (file_name, version) = split_at_first(identifier, T::from(b';'));
        let (name, extension) = split_at_first(file_name, T::from(b'.'));
        Self { name, extension, version }
    }
}

fn split_at_first<T: Copy + PartialEq>(identifier: &[T], separator: T) -> (&[T], &[T]) {
    match identifier.iter().position(|unit| *unit == separator) {
        Some(index) => (&identifier[..index], &identifier[index + 1..]),
        None => (identifier, &[]),
    }
}

/// Compares as if the shorter one were padded to the length of the other.
pub(super) fn compare_padded<T: Copy + Ord>(a: &[T], b: &[T], padding: T) -> Ordering {
    let unit = |units: &[T], index: usize| units.get(index).copied().unwrap_or(padding);
    (0..a.len().max(b.len()))
        .map(|index| unit(a, index).cmp(&unit(b, index)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_compared_part_by_part() {
        let compare = |a: &str, b: &str| compare_identifiers(a.as_bytes(), b.as_bytes(), b' ');
        assert_eq!(compare("A.MD;1", "A.MD5;1"), Ordering::Less);
        assert_eq!(compare("A.B;1", "A_.B;1"), Ordering::Less);
        assert_eq!(compare("A.B;2", "A.B;1"), Ordering::Less);
        assert_eq!(compare("A.B;1", "A.B;1"), Ordering::Equal);
    }

    #[test]
    fn dots_without_versions_are_separators_if_they_are_on_the_whole_disc() {
        let are_separators =
            |names: &[&str]| have_separators_without_versions(|| names.iter().map(|name| name.as_bytes()));
        assert!(are_separators(&["A.PDF", "README.", "SHA256SUMS."]));
        assert!(!are_separators(&["A.PDF;1", "README.", "SHA256SUMS.;1"]));
        assert!(!are_separators(&["A.PDF", "A.TXT.", "SHA256SUMS."]));
        assert!(!are_separators(&["A.PDF", "README", "README."]));
        assert!(!are_separators(&["A.PDF", "."]));
        assert!(!are_separators(&["A.PDF"]));
    }

    #[test]
    fn names_are_checked() {
        assert!(check_primary_file(b"SHA256SUMS.;1").is_ok());
        assert!(check_primary_file(b".AUTOOPEN;1").is_ok());
        for name in [&b"A.B.C;1"[..], b"a.B;1", b"A.B"] {
            assert!(check_primary_file(name).is_err(), "{}", name.escape_ascii());
        }
        assert!(check_windows("con.txt").is_err());
        assert!(check_windows("CONSOLE.TXT;1").is_ok());
        assert!(check_windows("a.").is_err());
        assert_eq!(common_spelling("README.;1"), common_spelling("readme"));
        assert_eq!(common_spelling(".xdg-volume-info"), common_spelling(".XDG_VOLUME_INFO;1"));
    }
}
