//! The media check: checksums stored in the image itself, with which `checkisomd5` (package
//! isomd5sum) checks a disc without mounting it.
//!
//! The format has no specification; this follows what `implantisomd5` writes. The text is in the
//! application-use area of the primary volume descriptor (ECMA-119 8.4.32), padded with spaces.
//! It contains the MD5 (RFC 1321) of the image, computed as if that area contained only spaces and
//! without the last 15 sectors, and a few digits of the running MD5 for each of 20 fragments, so
//! that a bad disc is noticed before its end is reached.

use std::ops::Range;

use crate::checksum::Md5;

/// Where the application-use area is within the sector of a volume descriptor (ECMA-119 8.4.32).
pub const APPLICATION_USE_RANGE: Range<usize> = 883..1395;
/// The contents of an application-use area.
pub type ApplicationUse = [u8; 512];
/// The area of an image without a media check. `implantisomd5` only writes into an area like this.
pub const BLANK_APPLICATION_USE: ApplicationUse = [b' '; 512];
/// How many sectors at the end of the image the checksum does not cover, because some drives cannot read them.
pub const SKIPPED_SECTORS: u64 = 15;

const SECTOR_LENGTH: u64 = 2048;
/// The bytes of the image where the primary descriptor, in sector 16 (ECMA-119 6.2.1), has the area.
const AREA_IN_IMAGE: Range<u64> =
    16 * SECTOR_LENGTH + APPLICATION_USE_RANGE.start as u64..16 * SECTOR_LENGTH + APPLICATION_USE_RANGE.end as u64;
const FRAGMENTS: u64 = 20;
/// Hexadecimal digits per fragment.
const DIGITS: usize = 3;
/// How many bytes isomd5sum reads at a time. A fragment is extended to the end of the block in which it ends.
const BLOCK: u64 = 32 << 10;

const MD5_KEY: &str = "ISO MD5SUM";
const SKIPPED_KEY: &str = "SKIPSECTORS";
const FRAGMENT_SUMS_KEY: &str = "FRAGMENT SUMS";
const FRAGMENT_COUNT_KEY: &str = "FRAGMENT COUNT";

/// Computes a media check.
///
/// It also verifies discs: the contents of the area are treated as spaces, so hashing a disc gives the area that the disc should
/// have.
#[derive(Clone)]
pub struct MediaCheckHasher {
    md5: Md5,
    /// How many bytes the checksum covers.
    covered: u64,
    /// How many bytes have been added, at most `covered`.
    position: u64,
    /// The fragment in which the last whole block started.
    fragment: u64,
    fragment_sums: String,
}

impl MediaCheckHasher {
    /// For an image of `size` bytes.
    pub fn new(size: u64) -> Self {
        Self {
            md5: Md5::default(),
            covered: size.saturating_sub(SKIPPED_SECTORS * SECTOR_LENGTH),
            position: 0,
            fragment: 0,
            fragment_sums: String::new(),
        }
    }

    /// Adds the next bytes of the image, starting at its first byte, in parts of any length.
    pub fn update(&mut self, mut bytes: &[u8]) {
        while self.position < self.covered && !bytes.is_empty() {
            let block = self.position / BLOCK * BLOCK;
            let end = self.covered.min(block + BLOCK);
            let (now, later) = bytes.split_at(bytes.len().min((end - self.position) as usize));
            self.add(now);
            if self.position == end {
                self.end_block(block);
            }
            bytes = later;
        }
    }

    /// The application-use area for the primary descriptor.
    pub fn finish(self) -> ApplicationUse {
        let text = format!(
            "{MD5_KEY} = {};{SKIPPED_KEY} = {SKIPPED_SECTORS};RHLISOSTATUS=0;{FRAGMENT_SUMS_KEY} = {};{FRAGMENT_COUNT_KEY} = {FRAGMENTS};\
             THIS IS NOT THE SAME AS RUNNING MD5SUM ON THIS ISO!!",
            to_hex(&self.md5.finish()),
            self.fragment_sums
        );
        let mut area = BLANK_APPLICATION_USE;
        area.iter_mut().zip(text.bytes()).for_each(|(target, byte)| *target = byte);
        area
    }

    fn add(&mut self, bytes: &[u8]) {
        let end = self.position + bytes.len() as u64;
        let offset = |position: u64| (position.clamp(self.position, end) - self.position) as usize;
        let (from, to) = (offset(AREA_IN_IMAGE.start), offset(AREA_IN_IMAGE.end));
        self.md5.update(&bytes[..from]);
        self.md5.update(&BLANK_APPLICATION_USE[..to - from]);
        self.md5.update(&bytes[to..]);
        self.position = end;
    }

    /// Records digits of the running MD5 if the block at `start` is the first to start in its fragment.
    ///
    /// In an image of fewer than 335 sectors a block spans several fragments. `checkisomd5` expects
    /// digits for each of them, so they are repeated here; `implantisomd5` leaves them out, and its
    /// own images then fail the check.
    fn end_block(&mut self, start: u64) {
        let fragment = (start / (self.covered / (FRAGMENTS + 1)).max(1)).min(FRAGMENTS);
        if fragment > self.fragment {
            let digest = self.md5.clone().finish();
            // The first digit of each byte, written without leading zeros.
            let digits: String = digest[..DIGITS].iter().flat_map(|byte| format!("{byte:x}").chars().next()).collect();
            self.fragment_sums += &digits.repeat((fragment - self.fragment) as usize);
            self.fragment = fragment;
        }
    }
}

/// A media check found in an image, which any program may have made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImplantedCheck {
    /// The MD5 of the image, 32 hexadecimal digits.
    pub md5: String,
    /// Sectors at the end of the image that the checksum does not cover; [`MediaCheckHasher`] only
    /// supports [`SKIPPED_SECTORS`].
    pub skipped_sectors: u64,
    /// The digits of all fragments; may be empty.
    pub fragment_sums: String,
    pub fragment_count: u64,
}

impl ImplantedCheck {
    /// Parses an application-use area; `None` if it does not contain a media check.
    pub fn parse(area: &ApplicationUse) -> Option<Self> {
        let text = std::str::from_utf8(area).ok()?;
        let value = |key: &str| {
            text.split(';')
                .filter_map(|part| part.split_once('='))
                .find(|(k, _)| k.trim() == key)
                .map(|(_, v)| v.trim())
        };
        let digits = |text: &&str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Self {
            md5: value(MD5_KEY).filter(digits).filter(|md5| md5.len() == 32)?.to_owned(),
            skipped_sectors: value(SKIPPED_KEY)?.parse().ok()?,
            fragment_sums: value(FRAGMENT_SUMS_KEY).filter(digits).unwrap_or_default().to_owned(),
            fragment_count: value(FRAGMENT_COUNT_KEY).and_then(|count| count.parse().ok()).unwrap_or(0),
        })
    }
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What `implantisomd5` 1.2.3 wrote into `image(sectors)`: sectors, MD5, fragment sums.
    const IMPLANTISOMD5: [(u64, &str, &str); 4] = [
        (18, "7374625568ead17cc1838303fee6e68b", ""),
        (335, "f55af7a3ae6eee8ceae36b69b426fd30", "4597e8b79987d6771344aa46efad1e5a79cd4377fa834bdd78f6e3f5f"),
        (1001, "8543c754cbda849af436211de742d63c", "576e64be80fa91cb3a71752b37ebf85fa7c8316da121519b8639a87ef7b1"),
        (5000, "6a9c3c90d0ac5efd2cf31c738deb6526", "847adf37c14239efaac6c26125edcbd83125175489387684a117cea9d9e6"),
    ];

    /// Sectors filled with a pattern, with a primary descriptor and a terminator where they belong.
    fn image(sectors: u64) -> Vec<u8> {
        let pattern = |at: u64| {
            let (sector, byte) = (at / SECTOR_LENGTH, at % SECTOR_LENGTH);
            (sector * 7 + byte * 13 + ((sector * byte) >> 5)) as u8
        };
        let mut image: Vec<u8> = (0..sectors * SECTOR_LENGTH).map(pattern).collect();
        for (sector, kind) in [(16, 1), (17, 255)] {
            let descriptor = &mut image[sector * 2048..(sector + 1) * 2048];
            descriptor.fill(0);
            descriptor[..7].copy_from_slice(&[kind, b'C', b'D', b'0', b'0', b'1', 1]);
        }
        image[AREA_IN_IMAGE.start as usize..AREA_IN_IMAGE.end as usize].fill(b' ');
        let size = &mut image[16 * 2048 + 80..16 * 2048 + 88];
        size[..4].copy_from_slice(&(sectors as u32).to_le_bytes());
        size[4..].copy_from_slice(&(sectors as u32).to_be_bytes());
        image
    }

    fn area(image: &[u8], chunk: usize) -> ApplicationUse {
        let mut check = MediaCheckHasher::new(image.len() as u64);
        image.chunks(chunk).for_each(|chunk| check.update(chunk));
        check.finish()
    }

    #[test]
    fn areas_match_implantisomd5() {
        for (sectors, md5, sums) in IMPLANTISOMD5 {
            let text = format!(
                "ISO MD5SUM = {md5};SKIPSECTORS = 15;RHLISOSTATUS=0;FRAGMENT SUMS = {sums};FRAGMENT COUNT = 20;\
                 THIS IS NOT THE SAME AS RUNNING MD5SUM ON THIS ISO!!"
            );
            let ours = area(&image(sectors), 1 << 16);
            assert_eq!(String::from_utf8_lossy(&ours), format!("{text:512}"), "{sectors} sectors");
        }
    }

    #[test]
    fn chunks_of_any_length_give_the_same_area() {
        for sectors in [18, 47, 335, 500] {
            let image = image(sectors);
            let whole = area(&image, image.len());
            for chunk in [1, 883, 2047, 2048, 10_007, 32 << 10, (32 << 10) + 1, 1 << 20] {
                assert_eq!(area(&image, chunk), whole, "{sectors} sectors by {chunk} bytes");
            }
        }
    }

    #[test]
    fn a_block_that_spans_several_fragments_counts_for_each() {
        // `implantisomd5` writes `be1` only once here; see decision 10.
        let implanted = ImplantedCheck::parse(&area(&image(46), 2048)).unwrap();
        assert_eq!((implanted.md5.as_str(), implanted.fragment_count), ("b20e1551cf8844eaeaa4d791b92f8fb4", 20));
        assert_eq!(implanted.fragment_sums, "be1".repeat(10));
    }

    #[test]
    fn the_area_counts_as_spaces_and_the_last_sectors_not_at_all() {
        let mut image = image(400);
        let before = area(&image, 4096);
        image[AREA_IN_IMAGE.start as usize..AREA_IN_IMAGE.end as usize].copy_from_slice(&before);
        assert_eq!(area(&image, 4096), before);
        let end = image.len() - SKIPPED_SECTORS as usize * SECTOR_LENGTH as usize;
        image[end] ^= 1;
        assert_eq!(area(&image, 4096), before);
        for at in [0, AREA_IN_IMAGE.start as usize - 1, AREA_IN_IMAGE.end as usize, end - 1] {
            image[at] ^= 1;
            assert_ne!(area(&image, 4096), before, "byte {at} is not covered");
            image[at] ^= 1;
        }
    }

    #[test]
    fn input_that_is_not_an_image_does_no_harm() {
        for size in
            [0, 1, 15 * SECTOR_LENGTH, 15 * SECTOR_LENGTH + 1, 15 * SECTOR_LENGTH + 20, 16 * SECTOR_LENGTH + 901]
        {
            let implanted = ImplantedCheck::parse(&area(&vec![7; size as usize], 1000)).unwrap();
            assert!(implanted.fragment_sums.len() <= 60);
        }
    }

    #[test]
    fn a_written_area_can_be_parsed() {
        let (sectors, md5, sums) = IMPLANTISOMD5[3];
        let expected = ImplantedCheck {
            md5: md5.to_owned(),
            skipped_sectors: 15,
            fragment_sums: sums.to_owned(),
            fragment_count: 20,
        };
        assert_eq!(ImplantedCheck::parse(&area(&image(sectors), 2048)), Some(expected));
        assert_eq!(ImplantedCheck::parse(&BLANK_APPLICATION_USE), None);
        assert_eq!(ImplantedCheck::parse(&[0; 512]), None);
        assert_eq!(ImplantedCheck::parse(&[0xff; 512]), None);
        let read = |text: &str| {
            let mut area = BLANK_APPLICATION_USE;
            area[..text.len()].copy_from_slice(text.as_bytes());
            ImplantedCheck::parse(&area)
        };
        let old = read(&format!("ISO MD5SUM = {md5};SKIPSECTORS = 0;")).unwrap();
        assert_eq!((old.skipped_sectors, old.fragment_sums.as_str(), old.fragment_count), (0, "", 0));
        assert_eq!(read(&format!("ISO MD5SUM = {};SKIPSECTORS = 15;", &md5[1..])), None);
        assert_eq!(read(&format!("ISO MD5SUM = {md5};SKIPSECTORS = few;")), None);
        assert_eq!(read(&format!("ISO MD5SUM = {md5}")), None);
    }
}
