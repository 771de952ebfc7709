//! Restores an image from damaged copies.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use super::bit_planes::{Matrix, multiply_sectors};
use super::code::{CODE_WORD, find_errors, parity_matrix, recovery_matrix, syndrome_matrix};
use super::encoder::BATCH;
use super::rs03::{self, Identity, Layers};
use super::source::{READ_BATCH, Source};
use super::{SECTOR_BYTES, SECTOR_LENGTH};
use crate::checksum::{Digest, Hasher, Md5};
use crate::progress::Progress;

#[derive(Debug)]
pub struct Restored {
    /// The digest of the restored image with its error correction.
    pub digest: Digest,
    /// How many sectors of the image are missing or different in the first copy.
    pub image_sectors: u64,
    /// How many of these can be read in the first copy, so that only the error correction says that they are damaged.
    pub changed_sectors: u64,
    /// The length of the image without its error correction, in bytes.
    pub volume_bytes: u64,
    /// The same as `image_sectors` for the error correction.
    pub correction_sectors: u64,
    /// Whether the copies have error correction. Otherwise, the sectors come from the copies as they are.
    pub has_error_correction: bool,
}

/// Why an image was not restored.
#[derive(Debug)]
pub enum RestoreError {
    /// There is only one copy, and its error correction cannot be found.
    NoErrorCorrection,
    /// Too many sectors are damaged: this many sectors of the image cannot be restored, and this is the first of them.
    TooDamaged { sectors: u64, first: u64 },
    /// There is no error correction, and the copies differ in this many sectors, of which this is the first.
    Different { sectors: u64, first: u64 },
    /// The copy with this index is of another image than the first one.
    OtherImage { copy: usize },
    /// An intact sector of the error correction names another image than the first one does.
    Contradiction { sector: u64 },
    /// The restored image does not have the MD5 that is stored in the error correction.
    WrongMd5,
    /// The output could not be written.
    Output(io::Error),
    /// The user interrupted the program.
    Interrupted,
}

/// Restores an image from one or more copies.
///
/// # Errors
/// [`RestoreError`]; the output may have been written in part.
pub fn restore<R: Read + Seek, F: Read + Write + Seek>(
    sources: &mut [Source<R>],
    output: &mut F,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> Result<Restored, RestoreError> {
    let mut description: Option<(Layers, Identity)> = None;
    for (copy, source) in sources.iter_mut().enumerate() {
        match (&description, source.find_description(&|| stop.load(Ordering::Relaxed))) {
            (None, found) => description = found,
            (Some(first), Some(found)) if *first != found => return Err(RestoreError::OtherImage { copy }),
            _ => {}
        }
    }
    stop_if_interrupted(stop)?;
    let (layers, identity) = match description {
        Some(description) => description,
        None if sources.len() > 1 => return combine(sources, output, progress, stop),
        None => return Err(RestoreError::NoErrorCorrection),
    };
    let total = layers.total_sectors();
    let present = sources.iter().map(Source::sector_count).max().unwrap_or(0);
    if !layers.can_be_restored_from(present) {
        return Err(RestoreError::TooDamaged { sectors: layers.image_sectors, first: 0 });
    }
    progress.begin(2 * total * SECTOR_LENGTH);
    let mut restorer = Restorer {
        layers,
        identity,
        parity: parity_matrix(layers.roots()),
        syndromes: syndrome_matrix(layers.roots()),
        recovery: None,
        lost: None,
        image_sectors: 0,
        changed_sectors: 0,
        correction_sectors: 0,
    };
    restorer.restore_layers(sources, output, progress, stop)?;
    if let Some((first, sectors)) = restorer.lost {
        return Err(RestoreError::TooDamaged { sectors, first });
    }
    let (digest, md5) = hash(output, total, layers.image_sectors, progress, stop)?;
    progress.end();
    let mut fingerprint_sector = vec![0; SECTOR_BYTES];
    output
        .seek(SeekFrom::Start(rs03::FINGERPRINT_SECTOR * SECTOR_LENGTH))
        .and_then(|_| output.read_exact(&mut fingerprint_sector))
        .map_err(RestoreError::Output)?;
    // If the restored image does not have the stored MD5 values, the parity was made for another image.
    let has_fingerprint = Md5::of(&fingerprint_sector) == identity.fingerprint;
    if !has_fingerprint || identity.md5.is_some_and(|stored| stored != md5) {
        return Err(RestoreError::WrongMd5);
    }
    Ok(Restored {
        digest,
        image_sectors: restorer.image_sectors,
        changed_sectors: restorer.changed_sectors,
        volume_bytes: layers.image_sectors * SECTOR_LENGTH,
        correction_sectors: restorer.correction_sectors,
        has_error_correction: true,
    })
}

fn stop_if_interrupted(stop: &AtomicBool) -> Result<(), RestoreError> {
    if stop.load(Ordering::Relaxed) { Err(RestoreError::Interrupted) } else { Ok(()) }
}

/// Takes each sector from the first copy in which it can be read. If copies differ, that is an error: nothing shows which is right.
fn combine<R: Read + Seek, F: Read + Write + Seek>(
    sources: &mut [Source<R>],
    output: &mut F,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> Result<Restored, RestoreError> {
    let volume = sources.iter_mut().find_map(volume_sectors);
    // A copy that ends exactly at the end of the volume is complete, even if other copies are longer: what follows is not part of
    // the image.
    let is_complete = |volume: &u64| sources.iter().any(|source| source.sector_count() == *volume);
    let longest = sources.iter().map(Source::sector_count).max().unwrap_or(0);
    let total = volume.filter(is_complete).unwrap_or(longest);
    progress.begin(2 * total * SECTOR_LENGTH);
    let (mut missing, mut different) = (SectorTally::default(), SectorTally::default());
    let mut replaced = 0;
    output.seek(SeekFrom::Start(0)).map_err(RestoreError::Output)?;
    for first in (0..total).step_by(READ_BATCH as usize) {
        stop_if_interrupted(stop)?;
        let count = READ_BATCH.min(total - first);
        let copies: Vec<_> = sources.iter_mut().map(|source| source.read(first, count)).collect();
        let mut bytes = Vec::with_capacity(count as usize * SECTOR_BYTES);
        for number in 0..count as usize {
            let range = number * SECTOR_BYTES..(number + 1) * SECTOR_BYTES;
            let mut readable = copies.iter().filter(|copy| copy.is_read[number]).map(|copy| &copy.bytes[range.clone()]);
            match readable.next() {
                Some(sector) => {
                    if readable.any(|other| other != sector) {
                        different.add(first + number as u64);
                    }
                    replaced += u64::from(!copies[0].is_read[number]);
                    bytes.extend_from_slice(sector);
                }
                None => {
                    missing.add(first + number as u64);
                    bytes.resize(bytes.len() + SECTOR_BYTES, 0);
                }
            }
        }
        output.write_all(&bytes).map_err(RestoreError::Output)?;
        progress.advance(bytes.len() as u64, None);
    }
    match (missing.0, different.0) {
        (Some((first, sectors)), _) => return Err(RestoreError::TooDamaged { sectors, first }),
        (_, Some((first, sectors))) => return Err(RestoreError::Different { sectors, first }),
        _ => {}
    }
    let (digest, _) = hash(output, total, 0, progress, stop)?;
    progress.end();
    Ok(Restored {
        digest,
        image_sectors: replaced,
        changed_sectors: 0,
        volume_bytes: total * SECTOR_LENGTH,
        correction_sectors: 0,
        has_error_correction: false,
    })
}

/// How many sectors the volume has (ECMA-119 8.4.8), if its primary descriptor can be read.
fn volume_sectors<R: Read + Seek>(source: &mut Source<R>) -> Option<u64> {
    const DESCRIPTOR: u64 = 16;
    let sector = source.read(DESCRIPTOR, 1);
    let size = sector.bytes.get(80..84)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))?;
    (sector.is_read.first() == Some(&true) && sector.bytes.starts_with(b"\x01CD001\x01")).then_some(size.into())
}

/// Counts sectors, and remembers the first of them.
#[derive(Default)]
struct SectorTally(Option<(u64, u64)>);

impl SectorTally {
    fn add(&mut self, sector: u64) {
        self.0 = Some(match self.0 {
            None => (sector, 1),
            Some((first, count)) => (first.min(sector), count + 1),
        });
    }
}

/// The digest of the output, and the MD5 of its first `image_sectors`.
fn hash<F: Read + Seek>(
    output: &mut F,
    sectors: u64,
    image_sectors: u64,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> Result<(Digest, [u8; 16]), RestoreError> {
    let (mut digest, mut md5) = (Hasher::default(), Md5::default());
    output.seek(SeekFrom::Start(0)).map_err(RestoreError::Output)?;
    let mut buffer = vec![0; READ_BATCH as usize * SECTOR_BYTES];
    for first in (0..sectors).step_by(READ_BATCH as usize) {
        stop_if_interrupted(stop)?;
        let bytes = &mut buffer[..(READ_BATCH.min(sectors - first) as usize) * SECTOR_BYTES];
        output.read_exact(bytes).map_err(RestoreError::Output)?;
        digest.update(bytes);
        let in_image = (image_sectors.saturating_sub(first) as usize).saturating_mul(SECTOR_BYTES).min(bytes.len());
        md5.update(&bytes[..in_image]);
        progress.advance(bytes.len() as u64, None);
    }
    Ok((digest.finish(), md5.finish()))
}

/// Restores an image column by column.
struct Restorer {
    layers: Layers,
    identity: Identity,
    parity: Matrix,
    syndromes: Matrix,
    /// The last recovery matrix, and the layers that it recovers: a scratch loses the same layers in many columns.
    recovery: Option<(Vec<usize>, Matrix)>,
    /// The first sector that cannot be restored, and how many such sectors there are.
    lost: Option<(u64, u64)>,
    image_sectors: u64,
    changed_sectors: u64,
    correction_sectors: u64,
}

/// A column: the sectors of all layers at one place.
struct Column {
    /// By layer; zeros where the sector is damaged.
    sectors: Vec<Vec<u8>>,
    /// The layers whose sectors are damaged, in ascending order.
    damaged: Vec<usize>,
}

impl Restorer {
    fn restore_layers<R: Read + Seek, F: Write + Seek>(
        &mut self,
        sources: &mut [Source<R>],
        output: &mut F,
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<(), RestoreError> {
        let Layers { layer_sectors, .. } = self.layers;
        // The checksums of the first column are in the last one.
        let last = self.layers.sector(self.layers.checksum_layer(), layer_sectors - 1);
        let mut crcs = sources.iter_mut().find_map(|source| self.crcs(&source.read(last, 1).bytes));
        let mut first = 0;
        while first < layer_sectors {
            stop_if_interrupted(stop)?;
            let count = BATCH.min(layer_sectors - first);
            let mut bytes: Vec<Vec<u8>> = vec![Vec::new(); CODE_WORD];
            let copies: Vec<Vec<_>> = sources
                .iter_mut()
                .map(|source| {
                    (0..CODE_WORD).map(|layer| source.read(self.layers.sector(layer, first), count)).collect()
                })
                .collect();
            for number in 0..count as usize {
                let range = number * SECTOR_BYTES..(number + 1) * SECTOR_BYTES;
                let checksum_layer = self.layers.checksum_layer();
                let checksums: Vec<Option<&[u8]>> = copies
                    .iter()
                    .map(|copy| &copy[checksum_layer].bytes[range.clone()])
                    .map(|sector| self.crcs(sector).map(|_| sector))
                    .collect();
                // A sector of checksums with a valid CRC and the fingerprint of another image is not damaged: it was made for that image.
                let is_foreign =
                    |sector: &[u8]| rs03::parse_checksum_sector(sector).is_some() && self.crcs(sector).is_none();
                if copies.iter().any(|copy| is_foreign(&copy[checksum_layer].bytes[range.clone()])) {
                    let sector = self.layers.sector(checksum_layer, first + number as u64);
                    return Err(RestoreError::Contradiction { sector });
                }
                // If intact sectors of checksums differ between the copies, the copies are of different images.
                let known = || checksums.iter().enumerate().filter_map(|(copy, sector)| Some((copy, (*sector)?)));
                if let Some((copy, _)) = known().find(|(_, sector)| known().any(|(_, first)| first != *sector)) {
                    return Err(RestoreError::OtherImage { copy: copy.max(1) });
                }
                let candidates = |layer: usize| -> Vec<&[u8]> {
                    let readable = copies.iter().map(|copy| &copy[layer]).filter(|sectors| sectors.is_read[number]);
                    readable.map(|sectors| &sectors.bytes[range.clone()]).collect()
                };
                let mut column = self.choose(&candidates, crcs.as_deref());
                let is_whole = self.repair(&mut column, crcs.as_deref());
                for (layer, sector) in column.sectors.iter().enumerate().take(self.layers.checksum_layer() + 1) {
                    let at = self.layers.sector(layer, first + number as u64);
                    let original = copies.first().map(|copy| &copy[layer]).filter(|sectors| sectors.is_read[number]);
                    let is_damaged = original.is_none_or(|sectors| sectors.bytes[range.clone()] != **sector);
                    match at < self.layers.image_sectors {
                        true => {
                            self.image_sectors += u64::from(is_damaged);
                            self.changed_sectors += u64::from(is_damaged && original.is_some());
                        }
                        false => self.correction_sectors += u64::from(is_damaged),
                    }
                    if !is_whole && at < self.layers.image_sectors && column.damaged.contains(&layer) {
                        let (first, count) = self.lost.unwrap_or((at, 0));
                        self.lost = Some((first.min(at), count + 1));
                    }
                }
                crcs = self.crcs(&column.sectors[self.layers.checksum_layer()]);
                for (bytes, sector) in bytes.iter_mut().zip(column.sectors) {
                    bytes.extend(sector);
                }
            }
            // Parity has no checksums, so all of it is computed again.
            let first_parity_layer = self.layers.checksum_layer() + 1;
            let inputs: Vec<&[u8]> = bytes[..first_parity_layer].iter().map(Vec::as_slice).collect();
            let parity = multiply_sectors(&self.parity, &inputs);
            for (number, sectors) in parity.into_iter().enumerate() {
                let layer = first_parity_layer + number;
                let original = copies.first().map(|copy| &copy[layer]);
                self.correction_sectors += (0..count as usize)
                    .filter(|number| {
                        let range = number * SECTOR_BYTES..(number + 1) * SECTOR_BYTES;
                        original.is_none_or(|copy| {
                            !copy.is_read[*number] || copy.bytes[range.clone()] != sectors[range.clone()]
                        })
                    })
                    .count() as u64;
                bytes[layer] = sectors;
            }
            for (layer, bytes) in bytes.iter().enumerate() {
                let at = self.layers.sector(layer, first) * SECTOR_LENGTH;
                output.seek(SeekFrom::Start(at)).and_then(|_| output.write_all(bytes)).map_err(RestoreError::Output)?;
            }
            progress.advance(count * rs03::LAYERS * SECTOR_LENGTH, None);
            first += count;
        }
        Ok(())
    }

    /// The checksums in a sector of the checksum layer; `None` if it is damaged.
    fn crcs(&self, sector: &[u8]) -> Option<Vec<u32>> {
        let (layers, identity) = rs03::parse_checksum_sector(sector)?;
        let is_ours = layers == self.layers && identity.fingerprint == self.identity.fingerprint;
        is_ours.then(|| rs03::stored_crcs(sector, layers))
    }

    /// Chooses a sector for each layer from the copies.
    fn choose<'c>(&self, candidates: &dyn Fn(usize) -> Vec<&'c [u8]>, crcs: Option<&[u32]>) -> Column {
        let mut column = Column { sectors: Vec::with_capacity(CODE_WORD), damaged: Vec::new() };
        for layer in 0..CODE_WORD {
            let candidates = candidates(layer);
            let agree = || candidates.first().filter(|first| candidates.iter().all(|other| other == *first));
            let sector = match crcs {
                _ if layer == self.layers.checksum_layer() => {
                    candidates.iter().find(|sector| self.crcs(sector).is_some())
                }
                Some(crcs) if layer < crcs.len() => candidates.iter().find(|sector| rs03::crc(sector) == crcs[layer]),
                _ => agree(),
            };
            if sector.is_none() {
                column.damaged.push(layer);
            }
            column.sectors.push(sector.map_or_else(|| vec![0; SECTOR_BYTES], |sector| sector.to_vec()));
        }
        column
    }

    /// Restores the damaged sectors of a column, except for parity sectors. Returns whether the column is then consistent.
    fn repair(&mut self, column: &mut Column, crcs: Option<&[u32]>) -> bool {
        let checksum_layer = self.layers.checksum_layer();
        if crcs.is_some() && column.damaged.iter().all(|layer| *layer > checksum_layer) {
            return true;
        }
        // Nothing shows directly whether a parity sector is wrong or, without checksums, any other sector.
        loop {
            if column.damaged.len() > self.layers.roots() {
                return false;
            }
            self.recover(column);
            if self.is_consistent(column, crcs) {
                return true;
            }
            let inputs: Vec<&[u8]> = column.sectors.iter().map(Vec::as_slice).collect();
            let syndromes = multiply_sectors(&self.syndromes, &inputs);
            let at = (0..SECTOR_BYTES).find(|at| syndromes.iter().any(|syndrome| syndrome[*at] != 0));
            let errors = at.and_then(|at| {
                let syndromes: Vec<u8> = syndromes.iter().map(|syndrome| syndrome[at]).collect();
                find_errors(&syndromes, &column.damaged)
            });
            match errors {
                Some(errors) if !errors.is_empty() => {
                    column.damaged.extend(errors);
                    column.damaged.sort_unstable();
                }
                _ => return false,
            }
        }
    }

    /// Computes the damaged sectors from the others.
    fn recover(&mut self, column: &mut Column) {
        if column.damaged.is_empty() {
            return;
        }
        let recovery = match self.recovery.take() {
            Some((layers, matrix)) if layers == column.damaged => matrix,
            _ => recovery_matrix(&column.damaged),
        };
        let intact =
            column.sectors.iter().enumerate().filter(|(layer, _)| column.damaged.binary_search(layer).is_err());
        let inputs: Vec<&[u8]> = intact.map(|(_, sector)| sector.as_slice()).collect();
        let recovered = multiply_sectors(&recovery, &inputs);
        for (layer, sector) in column.damaged.iter().zip(recovered) {
            column.sectors[*layer] = sector;
        }
        self.recovery = Some((column.damaged.clone(), recovery));
    }

    /// Whether the sectors of a column agree with their checksums, or with each other if there are none.
    fn is_consistent(&self, column: &Column, crcs: Option<&[u32]>) -> bool {
        if self.crcs(&column.sectors[self.layers.checksum_layer()]).is_none() {
            return false;
        }
        match crcs {
            Some(crcs) => column.sectors.iter().zip(crcs).all(|(sector, crc)| rs03::crc(sector) == *crc),
            None => {
                let inputs: Vec<&[u8]> = column.sectors.iter().map(Vec::as_slice).collect();
                multiply_sectors(&self.syndromes, &inputs).iter().flatten().all(|byte| *byte == 0)
            }
        }
    }
}
