//! Appends error correction to an image.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use super::bit_planes::{Matrix, multiply_sectors};
use super::code::parity_matrix;
use super::rs03::{self, FINGERPRINT_SECTOR, HEADER_SECTORS, Identity, Layers};
use super::{SECTOR_BYTES, SECTOR_LENGTH};
use crate::checksum::{Hasher, Md5};
use crate::progress::Progress;

/// How many sectors of each layer are processed at a time.
pub(super) const BATCH: u64 = 32;
/// How many sectors of padding are written at a time.
const PADDING_BATCH: u64 = 512;

/// Appends the error correction to a file that contains the image and nothing else. Adds everything that was written to a digest.
///
/// # Errors
/// Errors of reading or writing the file; [`io::ErrorKind::Interrupted`] if the user interrupts the program.
pub fn append<F: Read + Write + Seek>(
    file: &mut F,
    layers: Layers,
    digest: &mut Hasher,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> io::Result<()> {
    let mut sector = vec![0; SECTOR_BYTES];
    file.seek(SeekFrom::Start(FINGERPRINT_SECTOR * SECTOR_LENGTH))?;
    file.read_exact(&mut sector)?;
    let identity = Identity { fingerprint: Md5::of(&sector), md5: None };
    let start = layers.image_sectors * SECTOR_LENGTH;
    progress.begin(
        layers.total_sectors() * SECTOR_LENGTH + (layers.total_sectors() - layers.image_sectors) * SECTOR_LENGTH,
    );
    file.seek(SeekFrom::Start(start))?;
    file.write_all(&rs03::header(layers, &identity))?;
    let (padding, end) = (layers.image_sectors + HEADER_SECTORS, layers.data_layers * layers.layer_sectors);
    for first in (padding..end).step_by(PADDING_BATCH as usize) {
        stop_if_interrupted(stop)?;
        let numbers = first..end.min(first + PADDING_BATCH);
        let sectors: Vec<u8> = numbers.flat_map(|number| rs03::padding_sector(&identity, number)).collect();
        file.write_all(&sectors)?;
    }
    Encoder { layers, identity, parity: parity_matrix(layers.roots()) }.write_layers(file, progress, stop)?;
    // The digest is computed over the sectors in ascending order.
    file.seek(SeekFrom::Start(start))?;
    let mut rest = file.take((layers.total_sectors() - layers.image_sectors) * SECTOR_LENGTH);
    let mut buffer = vec![0; 1 << 20];
    loop {
        stop_if_interrupted(stop)?;
        match rest.read(&mut buffer)? {
            0 => break,
            count => {
                digest.update(&buffer[..count]);
                progress.advance(count as u64, None);
            }
        }
    }
    progress.end();
    Ok(())
}

fn stop_if_interrupted(stop: &AtomicBool) -> io::Result<()> {
    if stop.load(Ordering::Relaxed) { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
}

/// Computes checksums and parity, and writes them.
struct Encoder {
    layers: Layers,
    identity: Identity,
    parity: Matrix,
}

/// The sectors of some columns in each layer of data.
struct Columns {
    /// How many columns.
    count: u64,
    /// For each layer, the bytes of these sectors.
    layers: Vec<Vec<u8>>,
}

impl Encoder {
    fn write_layers<F: Read + Write + Seek>(
        &self,
        file: &mut F,
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> io::Result<()> {
        // A sector of checksums has the checksums of the next column. The one in the last column has those of the first.
        let mut columns = self.read_columns(file, 0)?;
        let first_crcs = columns.crcs(0);
        let mut first = 0;
        while first < self.layers.layer_sectors {
            stop_if_interrupted(stop)?;
            let following = first + columns.count;
            let next = self.read_columns(file, following)?;
            let checksums: Vec<u8> = (1..=columns.count)
                .flat_map(|column| {
                    let crcs = match () {
                        () if column < columns.count => columns.crcs(column as usize),
                        () if next.count > 0 => next.crcs(0),
                        () => first_crcs.clone(),
                    };
                    rs03::checksum_sector(self.layers, &self.identity, &crcs)
                })
                .collect();
            let mut inputs: Vec<&[u8]> = columns.layers.iter().map(Vec::as_slice).collect();
            inputs.push(&checksums);
            let parity = multiply_sectors(&self.parity, &inputs);
            for (number, bytes) in std::iter::once(&checksums).chain(&parity).enumerate() {
                let sector = self.layers.sector(self.layers.checksum_layer() + number, first);
                file.seek(SeekFrom::Start(sector * SECTOR_LENGTH))?;
                file.write_all(bytes)?;
            }
            progress.advance(columns.count * rs03::LAYERS * SECTOR_LENGTH, None);
            (first, columns) = (following, next);
        }
        Ok(())
    }

    fn read_columns<F: Read + Seek>(&self, file: &mut F, first: u64) -> io::Result<Columns> {
        let count = BATCH.min(self.layers.layer_sectors - first);
        let mut layers = Vec::with_capacity(self.layers.checksum_layer());
        for layer in 0..self.layers.checksum_layer() {
            let mut bytes = vec![0; count as usize * SECTOR_BYTES];
            file.seek(SeekFrom::Start(self.layers.sector(layer, first) * SECTOR_LENGTH))?;
            file.read_exact(&mut bytes)?;
            layers.push(bytes);
        }
        Ok(Columns { count, layers })
    }
}

impl Columns {
    /// The CRC of each layer's sector in a column.
    fn crcs(&self, column: usize) -> Vec<u32> {
        self.layers.iter().map(|bytes| rs03::crc(&bytes[column * SECTOR_BYTES..(column + 1) * SECTOR_BYTES])).collect()
    }
}
