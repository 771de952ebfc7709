//! What follows the end of a volume: zeros, error correction, later sessions, an archive.

use std::io::{Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};

use super::Interrupted;
use super::descriptors;
use super::ownership::{OwnedRange, Owner};
use super::requirement::Requirement;
use super::sector_reader::{SECTOR_BUFFER_LENGTH, SECTOR_LENGTH, SectorReader, with_commas};
use super::verdict::{Basis, Problem, ProblemCode, Problems, TargetKind};
use crate::error_correction::{self, FINGERPRINT_SECTOR, Source, Survey};
use crate::progress::Progress;

/// What follows the end of a volume in an image.
pub(super) struct AfterVolume {
    kind: TargetKind,
    volume_sectors: u64,
    data: TrailingData,
    /// The error correction of the image, if it has any in the format RS03.
    pub(super) correction: Option<Survey>,
}

/// The data after the end of the volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TrailingData {
    /// Nothing, or it does not matter: a disc may be longer than its volume.
    None,
    /// Only zeros, which drives and disc-reading programs often add.
    Zeros,
    /// Error correction from dvdisaster for this volume, with an intact header.
    ErrorCorrection,
    /// Anything else.
    Other,
}

impl AfterVolume {
    /// Finds out what follows a volume of this many sectors.
    pub(super) fn examine<R: Read + Seek>(
        reader: &mut SectorReader<'_, R>,
        kind: TargetKind,
        volume_sectors: u64,
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Self, Interrupted> {
        let data = find_trailing_data(reader, kind, volume_sectors, stop)?;
        let is_thorough = data == TrailingData::Other;
        let length = reader.length();
        let mut source = Source::new(reader.source(), length);
        let correction = error_correction::survey(&mut source, volume_sectors, is_thorough, progress, stop);
        if stop.load(Ordering::Relaxed) {
            return Err(Interrupted);
        }
        let data = match &correction {
            // Only zeros may follow the error correction.
            Some(survey) if is_thorough => {
                match find_trailing_data(reader, kind, survey.layers.total_sectors(), stop)? {
                    TrailingData::None | TrailingData::Zeros => TrailingData::ErrorCorrection,
                    TrailingData::ErrorCorrection | TrailingData::Other => TrailingData::Other,
                }
            }
            _ => data,
        };
        Ok(Self { kind, volume_sectors, data, correction })
    }

    /// Checks that the image is as long as its volume, whose files and structures end before the sector `used`.
    pub(super) fn check_size(&self, used: u64, actual: u64, notes: &mut Vec<String>, problems: &mut Problems) {
        let volume_sectors = self.volume_sectors;
        if actual < volume_sectors {
            let missing = volume_sectors - actual;
            // The padding is there because drives may fail to read the last sectors of a disc.
            if used <= actual {
                notes.push(format!(
                    "the last {} of the padding after all files {} missing, as in copies of discs whose last sectors a drive could not read",
                    if missing == 1 { "sector".to_owned() } else { format!("{} sectors", with_commas(missing)) },
                    if missing == 1 { "is" } else { "are" }
                ));
                return;
            }
            let message = format!(
                "the volume is cut off: it has only {} of its {} sectors; copy or download it again",
                with_commas(actual),
                with_commas(volume_sectors)
            );
            problems.add(
                Problem::violation(Basis::Reading, Requirement::ByteOrdersAndSize, message)
                    .in_sectors([(actual, missing)]),
            );
            return;
        }
        let extra = actual - volume_sectors;
        let plural = if extra == 1 { "" } else { "s" };
        let message = format!("the image continues {} sector{plural} past the end of the volume", with_commas(extra));
        match self.data {
            TrailingData::None => {}
            TrailingData::Zeros => {
                notes.push(format!("{message}, all zeros, which drives and disc-reading programs often add"));
            }
            // `describe_correction` describes it.
            TrailingData::ErrorCorrection => {}
            TrailingData::Other => {
                let problem = Problem::violation(Basis::Convention, Requirement::ByteOrdersAndSize, message);
                problems.add(problem.in_sectors([(volume_sectors, extra)]));
            }
        }
    }

    /// A note about the error correction of an image of `length` bytes. `None` if it has none.
    pub(super) fn describe_correction(&self, length: u64) -> Option<String> {
        match &self.correction {
            Some(survey) => Some(describe_survey(survey, length)),
            None if self.data == TrailingData::ErrorCorrection => Some(format!(
                "the image continues {} sectors past the end of the volume, with error correction of dvdisaster in the format RS02, of which only the header was checked: `dvdisaster --test` checks the rest",
                with_commas((length / SECTOR_LENGTH).saturating_sub(self.volume_sectors))
            )),
            None => None,
        }
    }

    /// Looks for the volume descriptors of later sessions.
    pub(super) fn find_sessions<R: Read + Seek>(
        &self,
        reader: &mut SectorReader<'_, R>,
        stop: &AtomicBool,
        notes: &mut Vec<String>,
        problems: &mut Problems,
    ) -> Result<(), Interrupted> {
        if self.kind == TargetKind::Device {
            return find_later_session(reader, self.volume_sectors, stop, notes, problems);
        }
        if self.volume_sectors == 0 {
            return Ok(());
        }
        let end = reader.sector_count();
        if let Search::Found(sector) = find_volume(reader, self.volume_sectors..end, stop)? {
            let session = with_commas(sector.saturating_sub(descriptors::FIRST_SECTOR));
            let message = format!(
                "after the end of the volume, sector {} has another volume descriptor, which may belong to a later session that starts at sector {session}: Linux shows the files that were verified if the image is opened as a file, but those of the last session if it is burned to a disc; verify the disc itself, or the folder that it shows",
                with_commas(sector)
            );
            problems.add(Problem::new(ProblemCode::OtherFileSystem, message).in_sectors([(sector, 1)]));
        }
        Ok(())
    }
}

/// A note about the error correction of an image: how much of the image and of the correction is damaged, and whether both can be
/// restored.
fn describe_survey(survey: &Survey, length: u64) -> String {
    let Survey { layers, image_sectors, correction_sectors, is_restorable, .. } = *survey;
    let correction = format!(
        "error correction, as long as {:.0} % of the data, follows the volume, in the format RS03 of dvdisaster",
        layers.share()
    );
    let damaged = |count: u64| match count {
        1 => "1 damaged sector".to_owned(),
        count => format!("{} damaged sectors", with_commas(count)),
    };
    let state = match (image_sectors, correction_sectors) {
        (count, _) if length < layers.total_sectors() * SECTOR_LENGTH => {
            let image = if count == 0 { "no damaged sectors".to_owned() } else { damaged(count) };
            format!("the end of the error correction is missing, and the image has {image}")
        }
        (0, 0) => "no damage was found in the image or in the error correction".to_owned(),
        (0, count) => format!("the image has no damaged sectors, the error correction has at least {}", damaged(count)),
        (count, _) => format!("the image has {}", damaged(count)),
    };
    let remedy = match (is_restorable, image_sectors + correction_sectors) {
        (_, 0) => "",
        (true, _) => {
            ": `make-disc repair` can restore this, unless more of the error correction is damaged than was found"
        }
        (false, _) => ": this is too much for `make-disc repair` alone, so give it another copy as well",
    };
    format!("{correction}; {state}{remedy}")
}

/// Finds out what follows the end of the volume.
fn find_trailing_data<R: Read + Seek>(
    reader: &mut SectorReader<'_, R>,
    kind: TargetKind,
    volume_sectors: u64,
    stop: &AtomicBool,
) -> Result<TrailingData, Interrupted> {
    const BATCH: u64 = 512;
    if kind != TargetKind::Image || reader.sector_count() <= volume_sectors {
        return Ok(TrailingData::None);
    }
    let mut at = volume_sectors;
    while at < reader.sector_count() {
        if stop.load(Ordering::Relaxed) {
            return Err(Interrupted);
        }
        let count = BATCH.min(reader.sector_count() - at);
        let bytes = reader.read(at, count as usize);
        if bytes.iter().any(|byte| *byte != 0) {
            let mut sectors = (at..).zip(bytes.chunks(SECTOR_BUFFER_LENGTH));
            let found = sectors.find(|(_, sector)| sector.iter().any(|byte| *byte != 0));
            let is_header = found.is_some_and(|(at, _)| {
                // Programs that make images add sectors before the header, which the error correction protects too.
                at + 2 <= reader.sector_count() && {
                    let fingerprint_sector = reader.read(FINGERPRINT_SECTOR, 1);
                    error_correction::is_rs02_header(&reader.read(at, 2), &(volume_sectors..=at), &fingerprint_sector)
                }
            });
            return Ok(if is_header { TrailingData::ErrorCorrection } else { TrailingData::Other });
        }
        at += count;
    }
    Ok(TrailingData::Zeros)
}

/// The sectors between the end of a session on a CD and the next one: a lead-out of 6,750, a lead-in of 4,500 and a pregap of
/// 150 (ECMA-394 and the multi-session specification of CD-R).
const SESSION_GAP: u64 = 11_400;
/// How many sectors programs that burn discs may add at the end of a track.
const MAX_TRACK_PADDING: u64 = 302;

/// How many sectors after the end of the volume are searched on a disc: sessions on DVD and BD begin soon after each other.
const MAX_SESSION_DISTANCE: u64 = 32_768;

/// What a search for another volume has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Search {
    /// The sector of a volume descriptor.
    Found(u64),
    /// All sectors were read, and there is none.
    None,
    /// This sector is the first one that cannot be read.
    Unreadable(u64),
}

/// Searches for the first volume descriptor in some sectors.
fn find_volume<R: Read + Seek>(
    reader: &mut SectorReader<'_, R>,
    sectors: std::ops::Range<u64>,
    stop: &AtomicBool,
) -> Result<Search, Interrupted> {
    const BATCH: u64 = 32;
    // The identifiers of ISO 9660 (ECMA-119 8.1.2), its predecessor High Sierra, and UDF (ECMA-167 2/9.1). The type before an
    // identifier and the version after it can be anything, because some systems do not look at them.
    const IDENTIFIERS: [(usize, &[u8]); 6] =
        [(1, b"CD001"), (9, b"CDROM"), (1, b"BEA01"), (1, b"NSR02"), (1, b"NSR03"), (1, b"TEA01")];
    let is_descriptor =
        |sector: &[u8]| IDENTIFIERS.iter().any(|(at, identifier)| sector[*at..].starts_with(identifier));
    let mut at = sectors.start;
    while at < sectors.end {
        if stop.load(Ordering::Relaxed) {
            return Err(Interrupted);
        }
        let count = BATCH.min(sectors.end - at);
        let bytes = reader.read(at, count as usize);
        let found = bytes.chunks(SECTOR_BUFFER_LENGTH).position(is_descriptor).map(|number| at + number as u64);
        let unreadable = reader.unreadable_in(at, count).first().map(|(first, _)| *first);
        match (found, unreadable) {
            (Some(found), unreadable) if unreadable.is_none_or(|first| found < first) => {
                return Ok(Search::Found(found));
            }
            (_, Some(first)) => return Ok(Search::Unreadable(first)),
            _ => at += count,
        }
    }
    Ok(Search::None)
}

/// Looks for a later session on a disc: computers show the files of the last session, and `verify` reads the first.
fn find_later_session<R: Read + Seek>(
    reader: &mut SectorReader<'_, R>,
    volume_sectors: u64,
    stop: &AtomicBool,
    notes: &mut Vec<String>,
    problems: &mut Problems,
) -> Result<(), Interrupted> {
    let sectors = reader.sector_count();
    let extra = sectors.saturating_sub(volume_sectors);
    if extra == 0 {
        return Ok(());
    }
    let after = find_volume(reader, volume_sectors..sectors.min(volume_sectors + MAX_SESSION_DISTANCE), stop)?;
    // On a CD, the sectors between two sessions cannot be read.
    let window = volume_sectors + SESSION_GAP + descriptors::FIRST_SECTOR;
    let window = window..sectors.min(window + MAX_TRACK_PADDING);
    let found = match after {
        Search::Unreadable(first) if first < window.start => find_volume(reader, window.clone(), stop)?,
        found => found,
    };
    let count = with_commas(extra);
    match (found, after) {
        (Search::Found(sector), _) if !window.contains(&sector) => {
            let message = format!(
                "after the end of the volume, sector {} has another volume descriptor: if it belongs to a later session, and not to an earlier recording, computers show the files of that session, so verify the folder that they show",
                with_commas(sector)
            );
            problems.add(Problem::new(ProblemCode::OtherFileSystem, message).in_sectors([(sector, 1)]));
        }
        (Search::Found(sector), _) => {
            let message = format!(
                "another session starts at sector {}: computers show the files of that session, not those that were verified; verify the folder that they show",
                with_commas(sector.saturating_sub(descriptors::FIRST_SECTOR))
            );
            problems.add(Problem::new(ProblemCode::Added, message).in_sectors([(sector, 1)]));
        }
        // Drives count a few unreadable sectors at the end of a track as part of it.
        (_, Search::Unreadable(first)) if sectors - first <= MAX_TRACK_PADDING => {}
        (_, Search::Unreadable(first)) => {
            let message = format!(
                "the drive reports {count} sectors after the end of the volume, which cannot be read from sector {} on: if they contain another session, computers show the files of that session, so verify the folder that they show",
                with_commas(first)
            );
            problems.add(Problem::new(ProblemCode::OtherFileSystem, message).in_sectors([(first, sectors - first)]));
        }
        (_, _) if extra > MAX_TRACK_PADDING => {
            let searched = if extra > MAX_SESSION_DISTANCE {
                format!("in the first {} of them there is no", with_commas(MAX_SESSION_DISTANCE))
            } else {
                "there is no".to_owned()
            };
            notes.push(format!(
                "the drive reports {count} sectors after the end of the volume; {searched} volume descriptor of another session"
            ));
        }
        _ => {}
    }
    Ok(())
}

/// Whether the image ends with the directory of a ZIP archive that is not in a file on the disc. Programs that unpack archives
/// look for it from the end of the image (APPNOTE.TXT 4.3.16).
pub(super) fn has_archive_at_end(source: &mut (impl Read + Seek), length: u64, ranges: &[OwnedRange]) -> bool {
    const MAX_END_BYTES: u64 = 22 + 65_535;
    let start = length.saturating_sub(MAX_END_BYTES);
    let mut end = Vec::new();
    let read = source.seek(SeekFrom::Start(start)).and_then(|_| source.take(MAX_END_BYTES).read_to_end(&mut end));
    let is_in_file = |at: u64| {
        let number = ranges.partition_point(|range| range.start <= at);
        let range = number.checked_sub(1).and_then(|number| ranges.get(number));
        range.is_some_and(|range| at < range.end() && matches!(range.owner, Owner::File(..)))
    };
    let mut places = (start..).zip(end.windows(4)).filter(|(_, bytes)| *bytes == b"PK\x05\x06");
    read.is_ok() && places.any(|(at, _)| !is_in_file(at))
}
