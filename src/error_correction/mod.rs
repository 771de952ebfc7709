//! Error correction for damaged discs, in dvdisaster's format for augmented images, RS03: Reed-Solomon parity in the sectors after the
//! end of the volume, with which dvdisaster too can restore an image. Decision 39 has the reasons. The only module that uses `crc32fast`.

mod bit_planes;
mod code;
mod encoder;
mod field;
mod parity_check;
mod restorer;
mod rs03;
mod source;
mod survey;

pub use encoder::append;
pub use restorer::{RestoreError, Restored, restore};
pub use rs03::{FINGERPRINT_SECTOR, Layers, is_rs02_header};
pub use source::Source;
pub use survey::{Survey, survey};

/// The length of a sector in bytes.
const SECTOR_BYTES: usize = 2048;
const SECTOR_LENGTH: u64 = SECTOR_BYTES as u64;

/// The sizes of the media that dvdisaster fills by default, in sectors: CD, DVD, DVD with two layers, BD, BD with two layers.
const MEDIA_SECTORS: [u64; 5] = [359_424, 2_295_104, 4_171_712, 11_826_176, 23_652_352];

/// The share of parity with `repair: true`, in percent of the data, if the medium has room for it.
const DEFAULT_SHARE: u64 = 20;

/// The shares that a manifest may ask for, in percent of the data: they need 8 to 170 sectors of parity out of 255.
const SHARES: std::ops::RangeInclusive<u64> = 4..=200;

/// How much error correction an image gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// A fifth of the data, or less if the medium has no room for it.
    Default,
    /// At least this share of the data, in percent.
    Share(u64),
    /// As much as the medium has room for.
    All,
}

impl Amount {
    /// Parses `true`, `all`, or a share such as `15 %`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "true" => Some(Self::Default),
            "all" => Some(Self::All),
            _ => {
                let percent = text.strip_suffix('%')?.trim_end().parse().ok()?;
                SHARES.contains(&percent).then_some(Self::Share(percent))
            }
        }
    }

    /// The layers for an image on a medium with this many sectors; `None` if there is no room. Without a medium, [`Amount::All`]
    /// fills the smallest medium that has room and that dvdisaster fills.
    pub fn layers(self, image_sectors: u64, medium_sectors: Option<u64>) -> Option<Layers> {
        let fits = |layers: &Layers| medium_sectors.is_none_or(|medium| layers.total_sectors() <= medium);
        match self {
            Self::Default => Layers::with_share(image_sectors, DEFAULT_SHARE)
                .filter(fits)
                .or_else(|| Layers::new(image_sectors, medium_sectors?)),
            Self::Share(percent) => Layers::with_share(image_sectors, percent).filter(fits),
            Self::All => match medium_sectors {
                // The sizes that dvdisaster fills come first, so that both programs write the same bytes.
                Some(medium) => {
                    let sizes = MEDIA_SECTORS.iter().rev().filter(|size| **size <= medium).chain([&medium]);
                    sizes.filter_map(|size| Layers::new(image_sectors, *size)).next()
                }
                None => MEDIA_SECTORS.iter().find_map(|medium| Layers::new(image_sectors, *medium)),
            },
        }
    }
}
