//! The media that discs are burned on, and their capacities.

use super::{Disc, Medium};
use crate::error_correction::Amount;

/// Bytes of user data in a sector of a data disc (Mode 1, ECMA-130 14).
const SECTOR_LENGTH: u64 = 2048;

/// The names of the media, with the number of sectors that fit on every blank disc of that kind: for `cd-650` and
/// `mini-cd`, 74 and 21 minutes at 75 sectors per second; for `cd-700`, what every blank disc of 80 minutes has; for `dvd-5`, `dvd-9` and
/// the BD formats, the smallest of their variants.
const MEDIA: [(&str, u64); 14] = [
    ("cd-650", 333_000),
    ("cd-700", 359_844),
    ("mini-cd", 94_500),
    ("mini-dvd", 714_544),
    ("dvd-5", 2_295_104),
    ("dvd+r", 2_295_104),
    ("dvd-r", 2_298_496),
    ("dvd-9", 4_171_712),
    ("dvd-r-dl", 4_171_712),
    ("dvd+r-dl", 4_173_824),
    ("bd-25", 12_219_392),
    ("bd-50", 24_438_784),
    ("bd-100", 48_878_592),
    ("bd-128", 62_500_864),
];

/// The media that `auto` chooses from, in order of capacity: they are widely available, or the only ones of their size.
const COMMON_MEDIA: [&str; 7] = ["cd-700", "dvd-5", "dvd-9", "bd-25", "bd-50", "bd-100", "bd-128"];

/// With this name in the manifest, the program chooses the medium.
const AUTO: &str = "auto";

impl Disc {
    /// The medium that limits the error correction of an image of `size` bytes; `None` if no medium limits it: the
    /// manifest names none, or says `auto` and asks for a share, so that the medium is chosen after the error correction is known.
    pub fn medium_for_repair(&self, amount: Amount, size: u64) -> Option<Medium> {
        let medium = self.medium.as_ref().filter(|medium| medium.name != AUTO || amount == Amount::All)?;
        Some(medium.resolve_auto(size))
    }
}

impl Medium {
    /// The names that [`Medium::parse`] accepts, for messages.
    pub fn names() -> impl Iterator<Item = &'static str> {
        MEDIA.into_iter().map(|(name, _)| name).chain([AUTO])
    }

    /// Parses the name of a medium, or a size such as `4.3 GB` or `700 MiB`.
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.trim().to_ascii_lowercase();
        if name == AUTO {
            return Some(Self { name, capacity: u64::MAX });
        }
        let capacity =
            named_capacity(&name).or_else(|| parse_size(&name)).filter(|capacity| *capacity >= SECTOR_LENGTH)?;
        Some(Self { name: text.trim().to_owned(), capacity })
    }

    /// This medium, or if it is `auto`, the smallest common one that holds `size` bytes, or the largest if none does.
    pub fn resolve_auto(&self, size: u64) -> Self {
        if self.name != AUTO {
            return self.clone();
        }
        let fits = Self::common().find(|medium| medium.capacity >= size);
        fits.or_else(|| Self::common().last()).unwrap_or_else(|| self.clone())
    }

    /// The smallest common medium that holds `size` bytes.
    pub fn smallest_for(size: u64) -> Option<Self> {
        Self::common().find(|medium| medium.capacity >= size)
    }

    fn common() -> impl Iterator<Item = Self> {
        COMMON_MEDIA
            .into_iter()
            .filter_map(|name| Some(Self { name: name.to_owned(), capacity: named_capacity(name)? }))
    }
}

fn named_capacity(name: &str) -> Option<u64> {
    MEDIA.into_iter().find(|(known, _)| *known == name).map(|(_, sectors)| sectors * SECTOR_LENGTH)
}

fn parse_size(text: &str) -> Option<u64> {
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(split);
    let factor: f64 = match unit {
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        "kib" => 1024.0,
        "mib" => 1_048_576.0,
        "gib" => 1_073_741_824.0,
        _ => return None,
    };
    let number: f64 = number.trim().parse().ok()?;
    let bytes = number * factor;
    (number > 0.0 && bytes < 1e15).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_are_names_or_sizes() {
        let capacity = |text: &str| Medium::parse(text).map(|medium| medium.capacity);
        assert_eq!(capacity("CD-700"), Some(736_960_512));
        assert_eq!(capacity("DVD+R"), Some(4_700_372_992));
        assert_eq!(capacity("4.3 GB"), Some(4_300_000_000));
        assert_eq!(capacity("1MiB"), Some(1_048_576));
        for bad in ["floppy", "4.3", "GB", "-1 GB", "1e99 GB", "NaN GB", ""] {
            assert_eq!(capacity(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_smallest_medium_that_holds_it_is_chosen() {
        let chosen = |size| Medium::parse("auto").map(|medium| medium.resolve_auto(size).name);
        assert_eq!(chosen(1).as_deref(), Some("cd-700"));
        assert_eq!(chosen(736_960_512).as_deref(), Some("cd-700"));
        assert_eq!(chosen(736_960_513).as_deref(), Some("dvd-5"));
        assert_eq!(chosen(1 << 50).as_deref(), Some("bd-128"));
        let own = Medium::parse("dvd-9").map(|medium| medium.resolve_auto(1).name);
        assert_eq!(own.as_deref(), Some("dvd-9"));
    }
}
