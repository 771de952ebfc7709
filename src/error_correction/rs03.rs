//! The structures of an RS03 augmented image: its layers, and the sectors that describe it. Numbers are little-endian.

use std::ops::RangeInclusive;

use super::SECTOR_BYTES;
use super::code::CODE_WORD;
use crate::checksum::Md5;

/// The layers of an image: a code word takes one byte from each.
pub(super) const LAYERS: u64 = CODE_WORD as u64;
/// The minimum number of layers with data, without the layer of checksums.
const MIN_DATA_LAYERS: u64 = 84;
/// The minimum number of roots in images that make-disc writes.
const MIN_ROOTS: u64 = 8;
/// The length of the header in sectors.
pub(super) const HEADER_SECTORS: u64 = 2;
/// The sector whose MD5 identifies the image: the one with the primary descriptor.
pub const FINGERPRINT_SECTOR: u64 = 16;

/// A copy cannot be restored if it claims to be part of a file of more than this many times its length.
const MAX_GROWTH: u64 = 4;

/// The longest file that is accepted, in sectors: more than the largest media have (BDXL, 128 GB).
const MAX_SECTORS: u64 = 1 << 26;

/// The text at the beginning of a header, and in each sector of checksums.
const COOKIE: &[u8; 16] = b"*dvdisaster*RS03";
/// The text at the beginning of the header of the older format RS02, which has its fields at the same places.
const RS02_COOKIE: &[u8; 16] = b"*dvdisaster*RS02";
/// The version of dvdisaster that writes the same bytes, and the first version that can read them.
const CREATOR_VERSION: u32 = 7905;
const NEEDED_VERSION: u32 = 7900;
/// What a structure contains in place of its own CRC while the CRC is computed.
const CRC_PLACEHOLDER: u32 = 0x4c_5047;
/// The offset of the CRC in the header.
const HEADER_CRC_AT: usize = 96;
/// The offsets of the description and of the CRC in a sector of checksums.
const DESCRIPTION_AT: usize = 1024;
const CHECKSUMS_CRC_AT: usize = 1120;
/// The flag that says that the MD5 of the image is stored.
const HAS_MD5: u32 = 1;
/// The beginning of a sector that dvdisaster or another program wrote in place of one that it could not read.
const DEAD_SECTOR: &[u8] = b"dvdisaster dead sector marker";

/// How an image and its error correction are divided into layers. Layer after layer, they fill the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layers {
    /// The number of sectors of the protected image.
    pub(super) image_sectors: u64,
    /// The number of sectors of a layer.
    pub(super) layer_sectors: u64,
    /// The number of layers that contain the image, the header and padding.
    pub(super) data_layers: u64,
}

impl Layers {
    /// The layers of a file of at most this many sectors; `None` if there is no room for the minimum of error correction.
    pub(super) fn new(image_sectors: u64, max_sectors: u64) -> Option<Self> {
        let layer_sectors = max_sectors / LAYERS;
        if image_sectors == 0 || layer_sectors == 0 {
            return None;
        }
        let data_layers = (image_sectors + HEADER_SECTORS).div_ceil(layer_sectors).max(MIN_DATA_LAYERS);
        (data_layers + 1 + MIN_ROOTS <= LAYERS).then_some(Self { image_sectors, layer_sectors, data_layers })
    }

    /// The layers of the shortest file with at least this share of parity, in percent of the other data.
    pub(super) fn with_share(image_sectors: u64, percent: u64) -> Option<Self> {
        let roots = (MIN_ROOTS..LAYERS - MIN_DATA_LAYERS).find(|roots| roots * 100 >= percent * (LAYERS - roots))?;
        let data_layers = LAYERS - 1 - roots;
        Self::new(image_sectors, (image_sectors + HEADER_SECTORS).div_ceil(data_layers) * LAYERS)
    }

    /// The number of parity sectors in each column; as many lost sectors can be restored.
    pub fn roots(self) -> usize {
        (LAYERS - 1 - self.data_layers) as usize
    }

    /// The number of sectors of the image without its error correction.
    pub fn image_sectors(self) -> u64 {
        self.image_sectors
    }

    /// The number of sectors of the image with its error correction.
    pub fn total_sectors(self) -> u64 {
        self.layer_sectors * LAYERS
    }

    /// The share of parity, in percent of the other data.
    pub fn share(self) -> f64 {
        self.roots() as f64 * 100.0 / (CODE_WORD - self.roots()) as f64
    }

    /// Whether a copy of this many sectors can contain enough of the file: at least a quarter of it must be there.
    pub(super) fn can_be_restored_from(self, sectors: u64) -> bool {
        self.total_sectors() / MAX_GROWTH <= sectors
    }

    /// The layer with the checksums.
    pub(super) fn checksum_layer(self) -> usize {
        self.data_layers as usize
    }

    /// The sector of a layer in a column.
    pub(super) fn sector(self, layer: usize, column: u64) -> u64 {
        layer as u64 * self.layer_sectors + column
    }
}

/// What identifies the image in every structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    /// The MD5 of [`FINGERPRINT_SECTOR`].
    pub(super) fingerprint: [u8; 16],
    /// The MD5 of the image; `None` if it is not stored.
    pub(super) md5: Option<[u8; 16]>,
}

/// The CRC of dvdisaster: CRC-32 without the final inversion.
pub(super) fn crc(bytes: &[u8]) -> u32 {
    !crc32fast::hash(bytes)
}

/// The header, which follows the image.
pub(super) fn header(layers: Layers, identity: &Identity) -> Vec<u8> {
    let mut bytes = vec![0; HEADER_SECTORS as usize * SECTOR_BYTES];
    bytes[..16].copy_from_slice(COOKIE);
    put32(&mut bytes, 16, if identity.md5.is_some() { HAS_MD5 } else { 0 });
    bytes[20..36].copy_from_slice(&identity.fingerprint);
    bytes[36..52].copy_from_slice(&identity.md5.unwrap_or_default());
    put64(&mut bytes, 68, layers.image_sectors);
    put32(&mut bytes, 76, layers.data_layers as u32 + 1);
    put32(&mut bytes, 80, layers.roots() as u32);
    put32(&mut bytes, 84, CREATOR_VERSION);
    put32(&mut bytes, 88, NEEDED_VERSION);
    put32(&mut bytes, 92, FINGERPRINT_SECTOR as u32);
    put32(&mut bytes, HEADER_CRC_AT, CRC_PLACEHOLDER);
    put32(&mut bytes, 116, SECTOR_BYTES as u32);
    put64(&mut bytes, 120, layers.layer_sectors);
    let crc = crc(&bytes);
    put32(&mut bytes, HEADER_CRC_AT, crc);
    bytes
}

/// A sector that fills up the layers of data. `number` is its place in the file.
pub(super) fn padding_sector(identity: &Identity, number: u64) -> Vec<u8> {
    let mut bytes = vec![0; SECTOR_BYTES];
    let number = number.to_string();
    let end = "dvdisaster padding sector end marker";
    for (at, text) in [
        (0, PADDING_TEXT.as_bytes()),
        (0x100, b"Padding sector marker version"),
        (0x120, b"1.00"),
        (0x140, b"Padding sector number"),
        (0x160, number.as_bytes()),
        (0x180, b"Medium fingerprint"),
        (0x1a0, &identity.fingerprint),
        (0x1c0, b"Medium fingerprint sector"),
        (0x1e0, b"16"),
        (SECTOR_BYTES - 1 - end.len(), end.as_bytes()),
    ] {
        bytes[at..at + text.len()].copy_from_slice(text);
    }
    bytes
}

/// The text of a sector that fills up the layers of data, as dvdisaster writes it.
const PADDING_TEXT: &str = "dvdisaster padding sector       \
    This is a padding sector needed for augmenting the image with error correction data.";

/// A sector of the checksum layer: the CRCs of the sectors in the next column, and a description of the image.
pub(super) fn checksum_sector(layers: Layers, identity: &Identity, crcs: &[u32]) -> Vec<u8> {
    let mut bytes = vec![0; SECTOR_BYTES];
    for (layer, crc) in crcs.iter().enumerate() {
        put32(&mut bytes, layer * 4, *crc);
    }
    let at = DESCRIPTION_AT;
    bytes[at..at + 16].copy_from_slice(COOKIE);
    put32(&mut bytes, at + 16, if identity.md5.is_some() { HAS_MD5 } else { 0 });
    put32(&mut bytes, at + 20, CREATOR_VERSION);
    put32(&mut bytes, at + 24, NEEDED_VERSION);
    put32(&mut bytes, at + 28, FINGERPRINT_SECTOR as u32);
    bytes[at + 32..at + 48].copy_from_slice(&identity.fingerprint);
    bytes[at + 48..at + 64].copy_from_slice(&identity.md5.unwrap_or_default());
    put64(&mut bytes, at + 64, layers.image_sectors);
    put32(&mut bytes, at + 72, SECTOR_BYTES as u32);
    put32(&mut bytes, at + 76, layers.data_layers as u32 + 1);
    put32(&mut bytes, at + 80, layers.roots() as u32);
    put64(&mut bytes, at + 88, layers.layer_sectors);
    put32(&mut bytes, CHECKSUMS_CRC_AT, CRC_PLACEHOLDER);
    let crc = crc(&bytes);
    put32(&mut bytes, CHECKSUMS_CRC_AT, crc);
    bytes
}

/// The description of an image in a header that is intact.
pub(super) fn parse_header(bytes: &[u8]) -> Option<(Layers, Identity)> {
    let bytes = bytes.get(..HEADER_SECTORS as usize * SECTOR_BYTES)?;
    if !bytes.starts_with(COOKIE) || !has_own_crc(bytes, HEADER_CRC_AT) {
        return None;
    }
    let md5 = (get32(bytes, 16) & HAS_MD5 != 0).then(|| get_md5(bytes, 36));
    let identity = Identity { fingerprint: get_md5(bytes, 20), md5 };
    let data_layers = u64::from(get32(bytes, 76)).checked_sub(1)?;
    checked_layers(get64(bytes, 68), data_layers, get32(bytes, 80), get64(bytes, 120)).map(|layers| (layers, identity))
}

/// Whether two sectors are the intact header of error correction in the older format RS02, for an image with a number of sectors in this
/// range and with this fingerprint sector.
pub fn is_rs02_header(bytes: &[u8], image_sectors: &RangeInclusive<u64>, fingerprint_sector: &[u8]) -> bool {
    bytes.len() == HEADER_SECTORS as usize * SECTOR_BYTES
        && bytes.starts_with(RS02_COOKIE)
        && has_own_crc(bytes, HEADER_CRC_AT)
        && image_sectors.contains(&get64(bytes, 68))
        && get32(bytes, 92) == FINGERPRINT_SECTOR as u32
        && get_md5(bytes, 20) == Md5::of(fingerprint_sector)
}

/// The description of an image in a sector of the checksum layer that is intact.
pub(super) fn parse_checksum_sector(bytes: &[u8]) -> Option<(Layers, Identity)> {
    let at = DESCRIPTION_AT;
    if bytes.len() != SECTOR_BYTES || bytes[at..at + 16] != *COOKIE || !has_own_crc(bytes, CHECKSUMS_CRC_AT) {
        return None;
    }
    let md5 = (get32(bytes, at + 16) & HAS_MD5 != 0).then(|| get_md5(bytes, at + 48));
    let identity = Identity { fingerprint: get_md5(bytes, at + 32), md5 };
    let layers = checked_layers(
        get64(bytes, at + 64),
        u64::from(get32(bytes, at + 76)).checked_sub(1)?,
        get32(bytes, at + 80),
        get64(bytes, at + 88),
    )?;
    Some((layers, identity))
}

/// The CRCs in a sector of the checksum layer.
pub(super) fn stored_crcs(bytes: &[u8], layers: Layers) -> Vec<u32> {
    (0..layers.checksum_layer()).map(|layer| get32(bytes, layer * 4)).collect()
}

/// Whether a sector was written in place of one that could not be read.
pub(super) fn is_dead(sector: &[u8]) -> bool {
    sector.starts_with(DEAD_SECTOR)
}

/// The layers, if the numbers in a structure agree with each other.
fn checked_layers(image_sectors: u64, data_layers: u64, roots: u32, layer_sectors: u64) -> Option<Layers> {
    let layers = Layers { image_sectors, layer_sectors, data_layers };
    let is_possible = (1..LAYERS - 1).contains(&data_layers)
        && (1..=MAX_SECTORS / LAYERS).contains(&layer_sectors)
        && image_sectors.checked_add(HEADER_SECTORS)? <= data_layers * layer_sectors
        && layers.roots() == roots as usize;
    is_possible.then_some(layers)
}

fn has_own_crc(bytes: &[u8], at: usize) -> bool {
    let mut copy = bytes.to_vec();
    put32(&mut copy, at, CRC_PLACEHOLDER);
    crc(&copy) == get32(bytes, at)
}

fn put32(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

fn put64(bytes: &mut [u8], at: usize, value: u64) {
    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

fn get32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|n| bytes[at + n]))
}

fn get64(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|n| bytes[at + n]))
}

fn get_md5(bytes: &[u8], at: usize) -> [u8; 16] {
    std::array::from_fn(|n| bytes[at + n])
}
