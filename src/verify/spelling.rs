//! How a system may spell all names of a disc: in capital or small letters only, or with accents stored in another way. If only
//! some of the names are spelled differently, somebody has renamed files.

use std::borrow::Cow;

use crate::language;

/// A path in the spelling in which paths are compared: without regard to case, and to how accents are stored.
pub(super) fn comparison_key(path: &str) -> String {
    if path.is_ascii() { path.to_ascii_lowercase() } else { language::compose(path).to_ascii_lowercase() }
}

/// How a system stores the accents of all names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accents {
    /// As they were published.
    Unchanged,
    /// As part of their letters (Unicode NFC).
    Composed,
    /// As characters of their own (Unicode NFD).
    Separate,
    /// As characters of their own, except for characters that old Macs do not decompose.
    SeparateAsOnMacs,
}

impl Accents {
    const ALL: [Self; 4] = [Self::Unchanged, Self::Composed, Self::Separate, Self::SeparateAsOnMacs];

    fn convert(self, path: &str) -> Cow<'_, str> {
        match self {
            _ if path.is_ascii() => path.into(),
            Self::Unchanged => path.into(),
            Self::Composed => language::compose(path),
            Self::Separate => language::decompose(path),
            Self::SeparateAsOnMacs => decompose_as_macs(path).into(),
        }
    }

    /// How the accents of all these names are stored, compared with the published names; upper and lower case do not matter. Each
    /// pair is an actual name and the published one. `None` if not all names are stored in the same way.
    pub(super) fn find<'n>(names: impl Iterator<Item = (&'n str, &'n str)> + Clone) -> Option<Self> {
        let is_same = |accents: Self, (actual, published): (&str, &str)| {
            actual.eq_ignore_ascii_case(published) && published.is_ascii()
                || actual.eq_ignore_ascii_case(&accents.convert(published))
        };
        Self::ALL.into_iter().find(|accents| names.clone().all(|name| is_same(*accents, name)))
    }
}

/// Decomposes accents like HFS+, which keeps the characters in some ranges, such as the sign for ångström.
fn decompose_as_macs(path: &str) -> String {
    let is_kept = |c: char| matches!(c, '\u{2000}'..='\u{2fff}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2faff}');
    let mut decomposed = String::with_capacity(path.len() * 2);
    let mut rest = path;
    while !rest.is_empty() {
        let (changed, kept) = rest.split_at(rest.find(is_kept).unwrap_or(rest.len()));
        let (kept, next) = kept.split_at(kept.find(|c| !is_kept(c)).unwrap_or(kept.len()));
        decomposed.push_str(&language::decompose(changed));
        decomposed.push_str(kept);
        rest = next;
    }
    decomposed
}

/// Whether the ASCII letters in these names are all capital, or all small, as some systems show the names of a disc.
pub(super) fn are_all_in_one_case<'n>(names: impl Iterator<Item = &'n str> + Clone) -> bool {
    names.clone().all(|name| !name.contains(|c: char| c.is_ascii_lowercase()))
        || names.clone().all(|name| !name.contains(|c: char| c.is_ascii_uppercase()))
}

/// Whether these names contain ASCII letters, and all of them are capital letters.
pub(super) fn are_capital<'n>(names: impl Iterator<Item = &'n str> + Clone) -> bool {
    names.clone().any(|name| name.contains(|c: char| c.is_ascii_uppercase()))
        && names.clone().all(|name| !name.contains(|c: char| c.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_of_all_names_are_changed_in_one_way() {
        let find = |names: &[(&str, &str)]| Accents::find(names.iter().copied());
        assert_eq!(find(&[("a", "a"), ("\u{e9}", "\u{e9}")]), Some(Accents::Unchanged));
        assert_eq!(find(&[("A", "a"), ("e\u{301}", "\u{e9}")]), Some(Accents::Separate));
        assert_eq!(find(&[("\u{e8}", "\u{e8}"), ("e\u{301}", "\u{e9}")]), None);
        // Signs that Unicode replaces with letters, some of them ASCII.
        assert_eq!(find(&[("\u{e8}", "\u{e8}"), ("\u{c5}", "\u{212b}")]), Some(Accents::Composed));
        assert_eq!(find(&[("\u{e8}", "\u{e8}"), ("K", "\u{212a}")]), Some(Accents::Composed));
        assert_eq!(find(&[("e\u{300}", "\u{e8}"), ("A\u{30a}", "\u{212b}")]), Some(Accents::Separate));
        assert_eq!(find(&[("e\u{300}", "\u{e8}"), ("\u{212b}", "\u{212b}")]), Some(Accents::SeparateAsOnMacs));
        assert_eq!(find(&[("e\u{300}", "\u{e8}"), ("\u{c5}", "\u{212b}")]), None);
        assert_eq!(find(&[("K", "\u{212a}"), ("\u{212b}", "\u{212b}")]), None);
    }
}
