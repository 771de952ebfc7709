//! The media check: sums that stand in the image itself, by which `checkisomd5` (package
//! isomd5sum) checks a disc without mounting it. The only module that names `md5`.
//!
//! The form has no specification; it is what `implantisomd5` is seen to write. The text stands in the
//! application-use area of the primary volume descriptor (ECMA-119 8.4.32), filled up with spaces.
//! It holds the MD5 (RFC 1321) of the image, with that area taken as spaces and without the last
//! 15 sectors, and for each of 20 fragments some digits of the sum so far, so that a bad disc is
//! noticed before its end.

use std::ops::Range;

use md5::{Digest as _, Md5};

/// The application-use area of a volume descriptor (ECMA-119 8.4.32), in its sector.
pub const APPLICATION_USE: Range<usize> = 883..1395;
/// The bytes of an application-use area.
pub type Area = [u8; 512];
/// The area of an image without a media check; stock tools refuse another to put one in.
pub const BLANK: Area = [b' '; 512];
/// Sectors at the end of the image that are not summed: a drive may fail to read them.
pub const SKIPPED_SECTORS: u64 = 15;

const SECTOR: u64 = 2048;
/// The area of the primary descriptor, in sector 16 (ECMA-119 6.2.1), in the image.
const PLACE: Range<u64> = 16 * SECTOR + APPLICATION_USE.start as u64..16 * SECTOR + APPLICATION_USE.end as u64;
const FRAGMENTS: u64 = 20;
/// Hexadecimal digits for each fragment.
const DIGITS: usize = 3;
/// Bytes that the stock tools read at a time; a fragment ends with the piece in which its end lies.
const PIECE: u64 = 32 << 10;

const SUM: &str = "ISO MD5SUM";
const SKIPPED: &str = "SKIPSECTORS";
const FRAGMENT_SUMS: &str = "FRAGMENT SUMS";
const FRAGMENT_COUNT: &str = "FRAGMENT COUNT";

/// A media check in the making.
///
/// It also serves to verify: the area counts as spaces, whatever it holds, so the bytes of a disc
/// give the area that the disc should have.
#[derive(Clone)]
pub struct MediaCheck {
    md5: Md5,
    /// Bytes that are summed.
    summed: u64,
    /// Bytes taken in; no more are counted than are summed.
    at: u64,
    /// The fragment that the last whole piece began in.
    fragment: u64,
    fragment_sums: String,
}

impl MediaCheck {
    /// For an image of so many bytes.
    pub fn new(size: u64) -> Self {
        Self {
            md5: Md5::new(),
            summed: size.saturating_sub(SKIPPED_SECTORS * SECTOR),
            at: 0,
            fragment: 0,
            fragment_sums: String::new(),
        }
    }

    /// Takes in the next bytes of the image, from its first on, in parts of any length.
    pub fn update(&mut self, mut bytes: &[u8]) {
        while self.at < self.summed && !bytes.is_empty() {
            let piece = self.at / PIECE * PIECE;
            let end = self.summed.min(piece + PIECE);
            let (now, later) = bytes.split_at(bytes.len().min((end - self.at) as usize));
            self.sum(now);
            if self.at == end {
                self.end_piece(piece);
            }
            bytes = later;
        }
    }

    /// The whole application-use area, as it is to stand in the primary descriptor.
    pub fn finish(self) -> Area {
        let text = format!(
            "{SUM} = {};{SKIPPED} = {SKIPPED_SECTORS};RHLISOSTATUS=0;{FRAGMENT_SUMS} = {};{FRAGMENT_COUNT} = {FRAGMENTS};\
             THIS IS NOT THE SAME AS RUNNING MD5SUM ON THIS ISO!!",
            hexadecimal(&self.md5.finalize()),
            self.fragment_sums
        );
        let mut area = BLANK;
        area.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
        area
    }

    fn sum(&mut self, bytes: &[u8]) {
        let end = self.at + bytes.len() as u64;
        let cut = |place: u64| (place.clamp(self.at, end) - self.at) as usize;
        let (from, to) = (cut(PLACE.start), cut(PLACE.end));
        self.md5.update(&bytes[..from]);
        self.md5.update(&BLANK[..to - from]);
        self.md5.update(&bytes[to..]);
        self.at = end;
    }

    /// Notes the sum so far if the piece from `start` on is the first that begins in its fragment.
    ///
    /// In an image below 335 sectors a piece passes several fragments. The stock checker looks for
    /// digits of each; so they are repeated, where the stock implanter leaves them out and its own
    /// image fails.
    fn end_piece(&mut self, start: u64) {
        let fragment = (start / (self.summed / (FRAGMENTS + 1)).max(1)).min(FRAGMENTS);
        if fragment > self.fragment {
            let digest = self.md5.clone().finalize();
            // The first digit of each byte, as a number without leading zeros.
            let digits: String = digest[..DIGITS].iter().flat_map(|byte| format!("{byte:x}").chars().next()).collect();
            self.fragment_sums += &digits.repeat((fragment - self.fragment) as usize);
            self.fragment = fragment;
        }
    }
}

/// A media check as an image carries it, whichever tool made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Implanted {
    /// The MD5 of the image, 32 hexadecimal digits.
    pub md5: String,
    /// Sectors at the end of the image that are not summed; [`MediaCheck`] knows only
    /// [`SKIPPED_SECTORS`].
    pub skipped_sectors: u64,
    /// The digits of all fragments; empty if there are none.
    pub fragment_sums: String,
    /// How many fragments there are.
    pub fragment_count: u64,
}

impl Implanted {
    /// Reads an application-use area; `None` if it holds no media check.
    pub fn parse(area: &Area) -> Option<Self> {
        let text = std::str::from_utf8(area).ok()?;
        let value = |key: &str| {
            text.split(';')
                .filter_map(|part| part.split_once('='))
                .find(|(k, _)| k.trim() == key)
                .map(|(_, v)| v.trim())
        };
        let digits = |text: &&str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Self {
            md5: value(SUM).filter(digits).filter(|md5| md5.len() == 32)?.to_owned(),
            skipped_sectors: value(SKIPPED)?.parse().ok()?,
            fragment_sums: value(FRAGMENT_SUMS).filter(digits).unwrap_or_default().to_owned(),
            fragment_count: value(FRAGMENT_COUNT).and_then(|count| count.parse().ok()).unwrap_or(0),
        })
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What `implantisomd5` 1.2.3 put into `image(sectors)`: sectors, MD5, fragment sums.
    const STOCK: [(u64, &str, &str); 4] = [
        (18, "7374625568ead17cc1838303fee6e68b", ""),
        (335, "f55af7a3ae6eee8ceae36b69b426fd30", "4597e8b79987d6771344aa46efad1e5a79cd4377fa834bdd78f6e3f5f"),
        (1001, "8543c754cbda849af436211de742d63c", "576e64be80fa91cb3a71752b37ebf85fa7c8316da121519b8639a87ef7b1"),
        (5000, "6a9c3c90d0ac5efd2cf31c738deb6526", "847adf37c14239efaac6c26125edcbd83125175489387684a117cea9d9e6"),
    ];

    /// Sectors of a pattern, with a primary descriptor and a terminator in their places.
    fn image(sectors: u64) -> Vec<u8> {
        let pattern = |at: u64| {
            let (sector, byte) = (at / SECTOR, at % SECTOR);
            (sector * 7 + byte * 13 + ((sector * byte) >> 5)) as u8
        };
        let mut image: Vec<u8> = (0..sectors * SECTOR).map(pattern).collect();
        for (sector, kind) in [(16, 1), (17, 255)] {
            let descriptor = &mut image[sector * 2048..(sector + 1) * 2048];
            descriptor.fill(0);
            descriptor[..7].copy_from_slice(&[kind, b'C', b'D', b'0', b'0', b'1', 1]);
        }
        image[PLACE.start as usize..PLACE.end as usize].fill(b' ');
        let size = &mut image[16 * 2048 + 80..16 * 2048 + 88];
        size[..4].copy_from_slice(&(sectors as u32).to_le_bytes());
        size[4..].copy_from_slice(&(sectors as u32).to_be_bytes());
        image
    }

    fn area(image: &[u8], chunk: usize) -> Area {
        let mut check = MediaCheck::new(image.len() as u64);
        image.chunks(chunk).for_each(|chunk| check.update(chunk));
        check.finish()
    }

    #[test]
    fn areas_are_those_of_the_stock_tool() {
        for (sectors, md5, sums) in STOCK {
            let text = format!(
                "ISO MD5SUM = {md5};SKIPSECTORS = 15;RHLISOSTATUS=0;FRAGMENT SUMS = {sums};FRAGMENT COUNT = 20;\
                 THIS IS NOT THE SAME AS RUNNING MD5SUM ON THIS ISO!!"
            );
            let ours = area(&image(sectors), 1 << 16);
            assert_eq!(String::from_utf8_lossy(&ours), format!("{text:512}"), "{sectors} sectors");
        }
    }

    #[test]
    fn chunks_of_any_length_give_the_same() {
        for sectors in [18, 47, 335, 500] {
            let image = image(sectors);
            let whole = area(&image, image.len());
            for chunk in [1, 883, 2047, 2048, 10_007, 32 << 10, (32 << 10) + 1, 1 << 20] {
                assert_eq!(area(&image, chunk), whole, "{sectors} sectors by {chunk} bytes");
            }
        }
    }

    #[test]
    fn a_piece_that_passes_several_fragments_counts_for_each() {
        // The stock implanter writes `be1` alone here; see the decision.
        let implanted = Implanted::parse(&area(&image(46), 2048)).unwrap();
        assert_eq!((implanted.md5.as_str(), implanted.fragment_count), ("b20e1551cf8844eaeaa4d791b92f8fb4", 20));
        assert_eq!(implanted.fragment_sums, "be1".repeat(10));
    }

    #[test]
    fn the_area_counts_as_spaces_and_the_end_not_at_all() {
        let mut image = image(400);
        let before = area(&image, 4096);
        image[PLACE.start as usize..PLACE.end as usize].copy_from_slice(&before);
        assert_eq!(area(&image, 4096), before);
        let end = image.len() - SKIPPED_SECTORS as usize * SECTOR as usize;
        image[end] ^= 1;
        assert_eq!(area(&image, 4096), before);
        for at in [0, PLACE.start as usize - 1, PLACE.end as usize, end - 1] {
            image[at] ^= 1;
            assert_ne!(area(&image, 4096), before, "byte {at} is not summed");
            image[at] ^= 1;
        }
    }

    #[test]
    fn images_that_are_no_images_do_no_harm() {
        for size in [0, 1, 15 * SECTOR, 15 * SECTOR + 1, 15 * SECTOR + 20, 16 * SECTOR + 901] {
            let implanted = Implanted::parse(&area(&vec![7; size as usize], 1000)).unwrap();
            assert!(implanted.fragment_sums.len() <= 60);
        }
    }

    #[test]
    fn an_area_is_read_back() {
        let (sectors, md5, sums) = STOCK[3];
        let expected =
            Implanted { md5: md5.to_owned(), skipped_sectors: 15, fragment_sums: sums.to_owned(), fragment_count: 20 };
        assert_eq!(Implanted::parse(&area(&image(sectors), 2048)), Some(expected));
        assert_eq!(Implanted::parse(&BLANK), None);
        assert_eq!(Implanted::parse(&[0; 512]), None);
        assert_eq!(Implanted::parse(&[0xff; 512]), None);
        let read = |text: &str| {
            let mut area = BLANK;
            area[..text.len()].copy_from_slice(text.as_bytes());
            Implanted::parse(&area)
        };
        let old = read(&format!("ISO MD5SUM = {md5};SKIPSECTORS = 0;")).unwrap();
        assert_eq!((old.skipped_sectors, old.fragment_sums.as_str(), old.fragment_count), (0, "", 0));
        assert_eq!(read(&format!("ISO MD5SUM = {};SKIPSECTORS = 15;", &md5[1..])), None);
        assert_eq!(read(&format!("ISO MD5SUM = {md5};SKIPSECTORS = few;")), None);
        assert_eq!(read(&format!("ISO MD5SUM = {md5}")), None);
    }
}
