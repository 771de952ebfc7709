//! Finds out how much of an image with error correction is damaged, and whether it can be restored.

use std::io::{Read, Seek};
use std::sync::atomic::{AtomicBool, Ordering};

use super::SECTOR_BYTES;
use super::parity_check::ParityCheck;
use super::rs03::{self, FINGERPRINT_SECTOR, HEADER_SECTORS, Identity, Layers};
use super::source::{READ_BATCH, Source};
use crate::checksum::{Digest, Hasher, Md5};
use crate::progress::Progress;

/// The state of an image with error correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    pub layers: Layers,
    /// The digest of the image and its error correction; `None` if a sector cannot be read.
    pub digest: Option<Digest>,
    /// How many sectors of the image are damaged: they cannot be read, or do not have their checksum.
    pub image_sectors: u64,
    /// The same for the error correction. Parity sectors have no checksums, so a column whose parity does not match its
    /// data counts as one.
    pub correction_sectors: u64,
    /// The first of the damaged sectors of the image that can be read, so that only their checksums say that they are damaged.
    pub readable_damage: Vec<u64>,
    /// Whether no column has more damaged sectors than it has parity sectors.
    pub is_restorable: bool,
}

/// How many damaged sectors that can be read are listed.
const MAX_READABLE_DAMAGE: usize = 10_000;

/// Surveys an image whose volume has this many sectors. `None` if it has no error correction, or the error correction of another image,
/// or if the user interrupts the program. If the header is damaged, error correction is found only if `is_thorough`, which may read the
/// whole image.
pub fn survey<R: Read + Seek>(
    source: &mut Source<R>,
    volume_sectors: u64,
    is_thorough: bool,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> Option<Survey> {
    let header = rs03::parse_header(&source.read(volume_sectors, HEADER_SECTORS).bytes);
    let found = match header {
        None if is_thorough => source.find_description(&|| stop.load(Ordering::Relaxed)),
        header => header,
    };
    let (layers, identity) = found?;
    if layers.image_sectors != volume_sectors || !layers.can_be_restored_from(source.sector_count()) {
        return None;
    }
    progress.begin(layers.total_sectors() * SECTOR_BYTES as u64);
    let crcs = read_crcs(source, layers, identity, stop)?;
    if !has_fingerprint(source, layers, identity, &crcs) {
        return None;
    }
    let checksum_layer = layers.checksum_layer();
    let mut parity = ParityCheck::new(layers);
    let mut damaged_in_column = vec![0_u16; layers.layer_sectors as usize];
    let (mut image_sectors, mut correction_sectors) = (0, 0);
    let mut digest = Some(Hasher::default());
    let mut readable_damage = Vec::new();
    for first in (0..layers.total_sectors()).step_by(READ_BATCH as usize) {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let count = READ_BATCH.min(layers.total_sectors() - first);
        let sectors = source.read(first, count);
        for (number, bytes) in (first..).zip(sectors.bytes.chunks_exact(SECTOR_BYTES)) {
            let (layer, column) = ((number / layers.layer_sectors) as usize, number % layers.layer_sectors);
            let is_intact = match crcs[column as usize].get(layer) {
                Some(crc) => rs03::crc(bytes) == *crc,
                None if layer == checksum_layer => describes(rs03::parse_checksum_sector(bytes), layers, identity),
                None => true,
            };
            parity.add(layer, column, bytes);
            if is_intact && sectors.is_read[(number - first) as usize] {
                continue;
            }
            damaged_in_column[column as usize] += 1;
            let is_readable = sectors.is_read[(number - first) as usize];
            if is_readable && number < layers.image_sectors && readable_damage.len() < MAX_READABLE_DAMAGE {
                readable_damage.push(number);
            }
            match number < layers.image_sectors {
                true => image_sectors += 1,
                false => correction_sectors += 1,
            }
        }
        match &mut digest {
            Some(hasher) if sectors.is_read.iter().all(|is_read| *is_read) => hasher.update(&sectors.bytes),
            _ => digest = None,
        }
        progress.advance(sectors.bytes.len() as u64, None);
    }
    progress.end();
    let undamaged = (0..).zip(&damaged_in_column).filter(|(_, damaged)| **damaged == 0);
    correction_sectors += undamaged.filter(|(column, _)| !parity.is_code_word(*column)).count() as u64;
    let is_restorable = damaged_in_column.iter().all(|count| usize::from(*count) <= layers.roots());
    let digest = digest.map(Hasher::finish);
    Some(Survey { layers, digest, image_sectors, correction_sectors, readable_damage, is_restorable })
}

/// For each column, the checksums of its sectors of data; empty if the sector that contains them is damaged. `None` if the user
/// interrupts the program.
fn read_crcs<R: Read + Seek>(
    source: &mut Source<R>,
    layers: Layers,
    identity: Identity,
    stop: &AtomicBool,
) -> Option<Vec<Vec<u32>>> {
    let mut crcs = vec![Vec::new(); layers.layer_sectors as usize];
    for first in (0..layers.layer_sectors).step_by(READ_BATCH as usize) {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let count = READ_BATCH.min(layers.layer_sectors - first);
        let bytes = source.read(layers.sector(layers.checksum_layer(), first), count).bytes;
        for (column, sector) in (first..).zip(bytes.chunks_exact(SECTOR_BYTES)) {
            if describes(rs03::parse_checksum_sector(sector), layers, identity) {
                // A sector has the checksums of the next column.
                crcs[((column + 1) % layers.layer_sectors) as usize] = rs03::stored_crcs(sector, layers);
            }
        }
    }
    Some(crcs)
}

/// Whether a structure of the error correction describes this image.
fn describes(found: Option<(Layers, Identity)>, layers: Layers, identity: Identity) -> bool {
    found.is_some_and(|(found, found_identity)| found == layers && found_identity.fingerprint == identity.fingerprint)
}

/// Whether the error correction was made for this image. If the fingerprint sector, which shows it, is damaged, assumes so.
fn has_fingerprint<R: Read + Seek>(
    source: &mut Source<R>,
    layers: Layers,
    identity: Identity,
    crcs: &[Vec<u32>],
) -> bool {
    let (layer, column) = (FINGERPRINT_SECTOR / layers.layer_sectors, FINGERPRINT_SECTOR % layers.layer_sectors);
    let bytes = source.read(FINGERPRINT_SECTOR, 1).bytes;
    let is_damaged = crcs[column as usize].get(layer as usize).is_none_or(|crc| rs03::crc(&bytes) != *crc);
    is_damaged || Md5::of(&bytes) == identity.fingerprint
}
