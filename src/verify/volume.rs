//! Verifies an image, or a disc in a drive.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};

use super::checksum_list::{self, ParsedList};
use super::file_check::FileCheck;
use super::namespace::NameSource;
use super::ownership::{OwnedRange, Owner, Ownership};
use super::published::{self, ComputedDigests, Published};
use super::requirement::Requirement;
use super::scan::{PADDING_SECTORS, Scan, ScanInput, StoredFile, scan};
use super::sector_reader::{SECTOR_BUFFER_LENGTH, SECTOR_LENGTH, SectorReader, describe_unreadable, with_commas};
use super::signature_check::{FoundSignature, choose_format};
use super::structure::Structure;
use super::verdict::{Basis, Maker, MediaCheckResult, Problem, ProblemCode, Problems, SectorRun, TargetKind, Verdict};
use super::{Interrupted, added_directories, descriptors, links, maker, other_file_systems, pages, timestamp_check};
use crate::checksum::{Digest, find_checksum_list};
use crate::error_correction::{self, FINGERPRINT_SECTOR, Source, Survey};
use crate::media_check::{ApplicationUse, BLANK_APPLICATION_USE, ImplantedCheck};
use crate::progress::Progress;
use crate::signature::MAX_FILE_BYTES;
use crate::timestamp::{MAX_TIMESTAMP_BYTES, timestamp_path};

/// Verifies an image, or a disc in a drive, of `length` bytes.
///
/// # Errors
/// [`Interrupted`] if `stop` was set.
pub fn verify_volume(
    source: &mut (impl Read + Seek),
    length: u64,
    kind: TargetKind,
    published: &Published,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> Result<Verdict, Interrupted> {
    let mut reader = SectorReader::new(source, length);
    let mut problems = Problems::default();
    let mut structure = Structure::read(&mut reader, &mut problems);
    let volume_identifier = structure.descriptors.first().map(|descriptor| descriptor.volume_identifier.clone());
    let first_descriptor = structure.descriptors.first();
    let volume_sectors = first_descriptor.map_or(reader.sector_count(), |d| u64::from(d.volume_size));
    let trailing = find_trailing_data(&mut reader, kind, volume_sectors, stop)?;
    let is_thorough = trailing == TrailingData::Other;
    let correction = error_correction::survey(
        &mut Source::new(reader.source(), length),
        volume_sectors,
        is_thorough,
        progress,
        stop,
    );
    if stop.load(Ordering::Relaxed) {
        return Err(Interrupted);
    }
    let trailing = match &correction {
        // Only zeros may follow the error correction.
        Some(survey) if is_thorough => {
            match find_trailing_data(&mut reader, kind, survey.layers.total_sectors(), stop)? {
                TrailingData::None | TrailingData::Zeros => TrailingData::ErrorCorrection,
                TrailingData::ErrorCorrection | TrailingData::Other => TrailingData::Other,
            }
        }
        _ => trailing,
    };
    let readable = volume_sectors.min(reader.sector_count()) * SECTOR_LENGTH;
    let maker = maker::find(&structure.descriptors);
    let is_foreign = matches!(maker, Maker::Other(_));
    if is_foreign {
        let ends = [volume_sectors, if kind == TargetKind::Image { reader.sector_count() } else { volume_sectors }];
        structure.read_udf(&mut reader, &ends, &mut problems);
    }
    let files = structure.stored_files();
    let ownership = std::mem::take(&mut structure.ownership);
    let (ranges, used) = assign_ranges(ownership, &files, volume_sectors, readable, &mut problems);
    check_size(trailing, (volume_sectors, used), reader.sector_count(), &mut structure.notes, &mut problems);
    let paths = || files.iter().flat_map(|file| &file.paths);
    let short_list = || paths().find(|path| is_foreign && *path == checksum_list::SHORT_LIST_NAME);
    let list_path = find_checksum_list(paths()).or_else(short_list);
    let list = files.iter().position(|file| file.paths.iter().any(|path| Some(path) == list_path));
    let list_name = list_path.cloned();
    if list.is_none() {
        problems.add(Problem::new(ProblemCode::ChecksumList, checksum_list::describe_missing(paths())));
    }
    let known: OnceCell<HashSet<String>> = OnceCell::new();
    let exists = |path: &str| {
        let known = known.get_or_init(|| paths().map(|path| path.to_ascii_lowercase()).collect());
        known.contains(&path.to_ascii_lowercase())
    };
    let list_file = list.map(|number| &files[number]);
    let (listed, list_bytes) = read_list(&mut reader, list_file, &maker, &exists, &mut structure.notes, &mut problems);

    let media_check = FoundMediaCheck::find(&structure);
    let input = ScanInput { length: readable, ranges: &ranges, files: &files, has_media_check: media_check.is_some() };
    let links = structure.symbolic_links();
    let on_disc: HashSet<&str> = paths().map(String::as_str).collect();
    // Systems may show the names on another program's disc in lower case, and those names may be shortened. A listed file that is
    // missing is reported once, not for each link to it.
    let known: OnceCell<HashSet<String>> = OnceCell::new();
    let find_known = || paths().chain(listed.digests.keys()).map(|path| path.to_ascii_lowercase()).collect();
    let exists = |target: &str| {
        on_disc.contains(target)
            || listed.digests.contains_key(target)
            || (is_foreign && known.get_or_init(find_known).contains(&target.to_ascii_lowercase()))
            || links.resolve(target).is_some_and(|found| on_disc.contains(found.as_str()))
    };
    let (scan, broken_links) = scan_with_links(&mut reader, &input, &exists, progress, stop, &mut problems)?;
    if let Some((number, bytes)) = list.zip(list_bytes.as_deref())
        && scan.digests[number].is_some_and(|scanned| Digest::from_reader(bytes).ok() != Some(scanned))
    {
        let message = "changed while the disc was verified";
        problems.add(Problem::new(ProblemCode::ChecksumList, message).at(&files[number].paths[0]));
    }
    let signature_format = {
        let is_listed = |path: &str| listed.digests.keys().any(|listed| listed.eq_ignore_ascii_case(path));
        let exists = |path: &str| paths().any(|other| other.eq_ignore_ascii_case(path));
        choose_format(list_name.as_deref().unwrap_or_default(), published.key.as_ref(), &is_listed, &exists)
    };
    let check = FileCheck::new(listed, list.map(|number| &files[number]), &files, links);
    let mut check = check.with_signature_format(signature_format);
    for (file, digest) in files.iter().zip(&scan.digests) {
        check.check(file, *digest, unreadable_sectors(&reader, file), &mut problems);
    }
    check.check_links(&mut problems);
    check.check_udf_links(structure.udf_links(), &files, &scan.digests, &mut problems);
    let by_digest: OnceCell<HashMap<Digest, usize>> = OnceCell::new();
    let find_digests =
        || scan.digests.iter().zip(0..).filter_map(|(digest, number)| Some(((*digest)?, number))).collect();
    let mut is_table = |digest: Digest| {
        let file = by_digest.get_or_init(find_digests).get(&digest).map(|number| &files[*number]);
        file.filter(|file| file.length <= checksum_list::MAX_TABLE_BYTES && file.embedded.is_none())
            .is_some_and(|file| checksum_list::is_table_of_names(&read_file(&mut reader, file)))
    };
    check.report_unlisted(is_foreign, &mut is_table, &mut problems);
    check.report_missing(!structure.is_too_long(), &mut problems);
    structure.notes.extend(check.name_notes());
    structure.notes.extend(check.link_notes());
    let in_all_trees = u8::MAX.checked_shr(u8::BITS - structure.tree_count() as u32).unwrap_or_default();
    for file in files.iter().filter(|_| is_foreign) {
        let list = list_name.as_deref().unwrap_or_default();
        // Other names of the same bytes do not count, except shortened ones.
        let must_be_in_all_trees = |path: &String| {
            path == list
                || *path == signature_format.signature_path(list)
                || *path == timestamp_path(list)
                || checksum_list::is_second_name(path)
        };
        let names = file.paths.iter().zip(&file.sources).zip(&file.trees);
        let counted =
            names.filter(|((path, source), _)| must_be_in_all_trees(path) || **source == NameSource::Identifier);
        let trees = counted.fold(0, |all, (_, trees)| all | trees);
        if let Some(path) = file.paths.iter().find(|path| must_be_in_all_trees(path)).filter(|_| trees != in_all_trees)
        {
            let message = "is not in every directory tree of the disc: some computers do not show it";
            problems.add(Problem::new(ProblemCode::OtherFileSystem, message).at(path));
        }
    }
    if is_foreign {
        let paths = files.iter().flat_map(|file| &file.paths);
        let exists = |name: &str| paths.clone().any(|path| checksum_list::is_spelling_of(path, name));
        let is_listed = |path: &str| check.lists(path);
        structure.notes.extend(checksum_list::describe_missing_second_names(&is_listed, &exists));
        let has_listed_below = |path: &str| check.has_listed_below(path);
        structure.notes.extend(added_directories::check(&structure.trees, &has_listed_below, &mut problems));
        if structure.trees.iter().any(links::has_common_serial) {
            let note = "all files have one Rock Ridge serial number, so `bsdtar` and similar programs unpack them as one file: copy the files from the mounted disc instead";
            structure.notes.push(note.to_owned());
        }
    }
    report_missing_in_a_tree(
        check.count_missing_in_trees(&files, &scan.digests, structure.tree_count()),
        &mut problems,
    );
    add_broken_links(broken_links, &mut problems);

    report_unreadable_outside_files(&reader, &mut problems);
    let media_check = media_check.map_or(MediaCheckResult::None, |check| check.verify(&scan, &mut problems));
    let is_completely_read = reader.unreadable().is_empty() && readable == volume_sectors * SECTOR_LENGTH;
    let image_digest = is_completely_read.then_some(scan.image_digest);
    let list_digest = list.and_then(|number| scan.digests[number]);
    let extra = reader.sector_count().saturating_sub(volume_sectors);
    match &correction {
        Some(survey) => structure.notes.push(describe_correction(survey, length)),
        None if trailing == TrailingData::ErrorCorrection => structure.notes.push(format!(
            "the image continues {} sectors past the end of the volume, with error correction of dvdisaster in the format RS02, of which only the header was checked: `dvdisaster --test` checks the rest",
            with_commas(extra)
        )),
        None => {}
    }
    let has_trailing_sectors = kind == TargetKind::Image && length > volume_sectors * SECTOR_LENGTH;
    let image_label = match kind {
        _ if has_trailing_sectors => "the volume (without the bytes after its end)",
        TargetKind::Device => "the disc",
        _ => "the image",
    };
    let computed = ComputedDigests {
        image: image_digest,
        with_correction: correction.as_ref().and_then(|survey| survey.digest),
        list: list_digest,
        image_label,
        is_folder: false,
    };
    let mut confirmed = published::compare(&published.digests, &computed, &mut problems);
    if let Some(Survey { layers, readable_damage, .. }) = &correction {
        let owner = |sector: u64| {
            let at = sector * SECTOR_LENGTH;
            let number = ranges.partition_point(|range| range.start <= at).checked_sub(1)?;
            match ranges[number].owner {
                Owner::File(file, _) if at < ranges[number].end() => Some(&files[file as usize]),
                _ => None,
            }
        };
        // A repair with these checksums would replace published bytes with others.
        let contradicted = readable_damage.iter().filter_map(|sector| Some((sector, owner(*sector)?)));
        let contradicted = contradicted.filter(|(_, file)| file.paths.iter().any(|path| check.is_intact(path)));
        if let Some((sector, file)) = contradicted.min_by_key(|(sector, _)| **sector) {
            let message = format!(
                "is as it was published, but the error correction after sector {} has another checksum for sector {}: it belongs to another image, which `make-disc repair` would produce",
                with_commas(layers.image_sectors()),
                with_commas(*sector)
            );
            problems.add(Problem::new(ProblemCode::Added, message).at(&file.paths[0]));
        }
    }
    let timestamp = list_name.as_deref().zip(list_digest).and_then(|(list_name, list_digest)| {
        let wanted = timestamp_path(list_name);
        let paths = files.iter().flat_map(|file| file.paths.iter().map(move |path| (file, path)));
        let (file, path) = paths.into_iter().find(|(_, path)| path.eq_ignore_ascii_case(&wanted))?;
        // Files that cannot be read have been reported.
        let is_readable = unreadable_sectors(&reader, file).is_empty();
        let is_small = file.length <= MAX_TIMESTAMP_BYTES;
        let bytes = is_readable.then(|| if is_small { read_file(&mut reader, file) } else { Vec::new() })?;
        let list = (list_name, list_digest);
        Some(timestamp_check::check(list, path, bytes, &mut structure.notes, &mut problems))
    });
    let signature = list_bytes.zip(list_name).and_then(|(list, list_path)| {
        let mut read = |is_wanted: &dyn Fn(&String) -> bool| {
            let file = files.iter().find(|file| file.paths.iter().any(is_wanted))?;
            // Files that cannot be read have been reported.
            let is_readable = unreadable_sectors(&reader, file).is_empty();
            let small = file.length <= MAX_FILE_BYTES;
            is_readable.then(|| if small { read_file(&mut reader, file) } else { Vec::new() })
        };
        let (path, key_path) = (signature_format.signature_path(&list_path), signature_format.public_key_path());
        let is_other =
            |other: &String| checksum_list::is_signature_of(other, &list_path) && !other.eq_ignore_ascii_case(&path);
        let found = FoundSignature {
            format: signature_format,
            has_other: files.iter().flat_map(|file| &file.paths).any(is_other),
            list: &list,
            signature: read(&|other| other.eq_ignore_ascii_case(&path)),
            path,
            disc_key: read(&|path| path.eq_ignore_ascii_case(key_path) && check.lists(key_path)),
            volume: volume_identifier.as_deref(),
            is_own: !is_foreign,
        };
        found.check(published.key.as_ref(), &mut structure.notes, &mut confirmed, &mut problems)
    });
    add_document_titles(&mut reader, &files, &mut problems);
    if kind == TargetKind::Image && has_archive_at_end(source, length, &ranges) {
        let message = "a ZIP archive is at the end of the image: programs that unpack archives show its files";
        problems.add(Problem::new(ProblemCode::Added, message));
    }
    let mut reader = SectorReader::new(source, length);
    other_file_systems::report_containers(&mut reader, &mut problems);
    // Use separate readers, because sectors that are unreadable here are outside the volume and must not count as its errors.
    match kind {
        TargetKind::Device => {
            let mut reader = SectorReader::new(source, length);
            find_later_session(&mut reader, volume_sectors, stop, &mut structure.notes, &mut problems)?;
        }
        _ if volume_sectors > 0 => {
            let mut reader = SectorReader::new(source, length);
            let end = reader.sector_count();
            if let Search::Found(sector) = find_volume(&mut reader, volume_sectors..end, stop)? {
                let session = with_commas(sector.saturating_sub(descriptors::FIRST_SECTOR));
                let message = format!(
                    "after the end of the volume, sector {} has another volume descriptor, which may belong to a later session that starts at sector {session}: Linux shows the files that were verified if the image is opened as a file, but those of the last session if it is burned to a disc; verify the disc itself, or the folder that it shows",
                    with_commas(sector)
                );
                problems.add(Problem::new(ProblemCode::OtherFileSystem, message).in_sectors([(sector, 1)]));
            }
        }
        _ => {}
    }
    let deviations = match maker {
        // On discs made by make-disc, another file system is reported as bytes that belong to no file.
        Maker::MakeDisc => Problems::default(),
        Maker::Other(_) => {
            let mut reader = SectorReader::new(source, length);
            let system_area = other_file_systems::report(&mut reader, &ranges, &mut problems);
            let mut find = |sector| other_file_systems::find_near(&mut reader, sector);
            maker::set_aside_deviations(&mut problems, &mut structure.notes, system_area, &mut find)
        }
    };
    let changed = correction.iter().flat_map(|survey| &survey.readable_damage).min();
    if let Some(sector) = changed.filter(|_| problems.is_empty()) {
        let message = format!(
            "nothing else is wrong, but sector {} does not have the checksum that the error correction has for it: the sector was changed, or the error correction belongs to another image; compare the image with another copy, and do not use `make-disc repair` on this image alone",
            with_commas(*sector)
        );
        problems.add(Problem::new(ProblemCode::Structure, message).in_sectors([(*sector, 1)]));
    }
    Ok(Verdict {
        kind,
        volume_identifier,
        size: volume_sectors * SECTOR_LENGTH,
        problems: problems.conclude(check.files_listed(), check.files_intact()),
        deviations,
        maker: Some(maker),
        notes: structure.notes,
        confirmed,
        files_listed: check.files_listed(),
        files_intact: check.files_intact(),
        os_files: 0,
        files: check.files,
        has_trailing_sectors,
        is_as_manifest: false,
        image_digest,
        list_digest,
        media_check: Some(media_check),
        signature,
        timestamp,
    })
}

/// What follows the end of the volume in an image.
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

/// A note about the error correction of an image: how much of the image and of the correction is damaged, and whether both can be
/// restored.
fn describe_correction(survey: &Survey, length: u64) -> String {
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
fn has_archive_at_end(source: &mut (impl Read + Seek), length: u64, ranges: &[OwnedRange]) -> bool {
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

/// Checks that the image is as long as its volume, whose files and structures end before the sector `used`.
fn check_size(
    trailing: TrailingData,
    (volume_sectors, used): (u64, u64),
    actual: u64,
    notes: &mut Vec<String>,
    problems: &mut Problems,
) {
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
            Problem::violation(Basis::Reading, Requirement::ByteOrdersAndSize, message).in_sectors([(actual, missing)]),
        );
        return;
    }
    let extra = actual - volume_sectors;
    let plural = if extra == 1 { "" } else { "s" };
    let message = format!("the image continues {} sector{plural} past the end of the volume", with_commas(extra));
    match trailing {
        TrailingData::None => {}
        TrailingData::Zeros => {
            notes.push(format!("{message}, all zeros, which drives and disc-reading programs often add"));
        }
        // `verify_volume` adds a note about it.
        TrailingData::ErrorCorrection => {}
        TrailingData::Other => {
            let problem = Problem::violation(Basis::Convention, Requirement::ByteOrdersAndSize, message);
            problems.add(problem.in_sectors([(volume_sectors, extra)]));
        }
    }
}

/// The ranges of the structure and of all files in ascending order, and the sector after the last of them; reports overlaps and missing
/// padding.
fn assign_ranges(
    mut ownership: Ownership,
    files: &[StoredFile],
    volume_sectors: u64,
    readable: u64,
    problems: &mut Problems,
) -> (Vec<OwnedRange>, u64) {
    for (number, file) in files.iter().enumerate() {
        for (extent, (first, length)) in file.extents.iter().enumerate() {
            ownership.add(u64::from(*first) * SECTOR_LENGTH, *length, Owner::File(number as u32, extent as u32));
        }
    }
    let used = ownership.last_end(volume_sectors * SECTOR_LENGTH).div_ceil(SECTOR_LENGTH);
    if used + PADDING_SECTORS > volume_sectors {
        let padding = volume_sectors.saturating_sub(used);
        let plural = if padding == 1 { "" } else { "s" };
        let message = format!("the volume ends with {padding} sector{plural} of padding, not {PADDING_SECTORS}");
        problems.add_violation(Basis::Convention, Requirement::Padding, message);
    }
    let name = |owner: Owner| match owner {
        Owner::Structure => "a structure of the volume".to_owned(),
        Owner::File(number, _) => {
            files[number as usize].paths.first().map_or_else(String::new, |path| format!("the file `{path}`"))
        }
    };
    (ownership.into_sorted(readable, &name, problems), used)
}

/// The digests in the checksum list, and the list itself. If it is too large or unreadable, reports that and returns no digests.
fn read_list<R: Read + Seek>(
    reader: &mut SectorReader<'_, R>,
    file: Option<&StoredFile>,
    maker: &Maker,
    exists: &dyn Fn(&str) -> bool,
    notes: &mut Vec<String>,
    problems: &mut Problems,
) -> (ParsedList, Option<Vec<u8>>) {
    let Some(file) = file else { return (ParsedList::default(), None) };
    if file.length > checksum_list::MAX_LIST_BYTES {
        let message = format!("the checksum list is too large, with {} bytes", with_commas(file.length));
        problems.add(Problem::new(ProblemCode::ChecksumList, message));
        return (ParsedList::default(), None);
    }
    let bytes = read_file(reader, file);
    if unreadable_sectors(reader, file).is_empty() {
        let parsed = match maker {
            Maker::MakeDisc => checksum_list::parse(&bytes, &file.paths[0], problems),
            Maker::Other(_) => checksum_list::parse_copied(&bytes, &file.paths[0], exists, notes, problems),
        };
        (parsed, Some(bytes))
    } else {
        // It is reported with the other files that cannot be read.
        (ParsedList::default(), None)
    }
}

/// After this many broken links no further pages are searched.
const MAX_BROKEN_LINKS: usize = 10_000;

/// Scans the volume; also returns a problem for each broken link on the pages.
fn scan_with_links<R: Read + Seek>(
    reader: &mut SectorReader<'_, R>,
    input: &ScanInput<'_>,
    exists: &dyn Fn(&str) -> bool,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
    problems: &mut Problems,
) -> Result<(Scan, Vec<Problem>), Interrupted> {
    let mut broken_links = Vec::new();
    let mut on_page = |number: usize, html: &[u8]| {
        if broken_links.len() > MAX_BROKEN_LINKS {
            return;
        }
        // Where names are shortened, the links fit only the names of another tree.
        let broken_by_name = input.files[number].paths.iter().map(|path| pages::find_broken_links(html, path, exists));
        broken_links.extend(broken_by_name.map(Vec::from_iter).min_by_key(Vec::len).unwrap_or_default());
    };
    let scan = scan(reader, input, &mut on_page, progress, stop, problems)?;
    Ok((scan, broken_links))
}

/// Reports listed files that one of the trees does not have.
fn report_missing_in_a_tree(count: usize, problems: &mut Problems) {
    if count > 0 {
        let message = if count == 1 {
            "1 listed file is not in every directory tree of the disc: some computers will not show it".to_owned()
        } else {
            format!(
                "{count} listed files are not in every directory tree of the disc: some computers will not show them"
            )
        };
        problems.add(Problem::new(ProblemCode::OtherFileSystem, message));
    }
}

/// Adds the broken links of undamaged pages. On a damaged page the links may be damaged too.
fn add_broken_links(broken_links: Vec<Problem>, problems: &mut Problems) {
    let damaged: HashSet<String> = problems.stored().iter().filter_map(|problem| problem.path.clone()).collect();
    for problem in broken_links {
        if problem.path.as_ref().is_none_or(|path| !damaged.contains(path)) {
            problems.add(problem);
        }
    }
}

/// If no file was reported as unreadable, reports the unreadable sectors, which must then be outside all files.
fn report_unreadable_outside_files<R: Read + Seek>(reader: &SectorReader<'_, R>, problems: &mut Problems) {
    let unreadable = reader.unreadable();
    if !unreadable.is_empty() && problems.count(ProblemCode::Unreadable) == 0 {
        let message = format!("{}, outside all files", describe_unreadable(&unreadable, "sector"));
        problems.add(Problem::new(ProblemCode::Unreadable, message).in_sectors(unreadable));
    }
}

/// A media check in the primary descriptor.
struct FoundMediaCheck {
    area: ApplicationUse,
    implanted: ImplantedCheck,
}

impl FoundMediaCheck {
    fn find(structure: &Structure) -> Option<Self> {
        let area = structure.primary_descriptor()?.application_use;
        let implanted = ImplantedCheck::parse(&area).filter(|_| area != BLANK_APPLICATION_USE)?;
        Some(Self { area, implanted })
    }

    /// Compares the media check on the disc with the one that was computed from the bytes of the volume.
    fn verify(self, scan: &Scan, problems: &mut Problems) -> MediaCheckResult {
        let expected = scan.application_use.unwrap_or(BLANK_APPLICATION_USE);
        // Other programs may write other fragment sums. Then the MD5 of the image decides.
        let differs_only_in_fragments = || {
            ImplantedCheck::parse(&expected).is_some_and(|expected| {
                expected.md5 == self.implanted.md5 && expected.fragment_sums != self.implanted.fragment_sums
            })
        };
        if self.area == expected || differs_only_in_fragments() {
            return MediaCheckResult::Passed;
        }
        let message = "the media check fails: the volume has changed since its checksums were written";
        let problem = Problem::new(ProblemCode::MediaCheck, message);
        problems.add(Problem { requirement: Some(Requirement::ApplicationUse), ..problem });
        MediaCheckResult::Failed
    }
}

/// Reads all bytes of a file, or fewer if part of it is past the end of the image.
fn read_file<R: Read + Seek>(reader: &mut SectorReader<'_, R>, file: &StoredFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (first, length) in &file.extents {
        let count = length.div_ceil(SECTOR_LENGTH);
        if u64::from(*first) + count > reader.sector_count() {
            break;
        }
        let sectors = reader.read((*first).into(), count as usize);
        bytes.extend_from_slice(&sectors[..*length as usize]);
    }
    bytes
}

/// The sectors of a file that could not be read, or that are past the end of the image.
fn unreadable_sectors<R: Read + Seek>(reader: &SectorReader<'_, R>, file: &StoredFile) -> Vec<SectorRun> {
    let mut unreadable = Vec::new();
    for (first, length) in &file.extents {
        let (first, count) = (u64::from(*first), length.div_ceil(SECTOR_LENGTH));
        unreadable.extend(reader.unreadable_in(first, count));
        let available_end = reader.sector_count().clamp(first, first + count);
        if available_end < first + count {
            unreadable.push((available_end, first + count - available_end));
        }
    }
    unreadable
}

fn add_document_titles<R: Read + Seek>(
    reader: &mut SectorReader<'_, R>,
    files: &[StoredFile],
    problems: &mut Problems,
) {
    let by_path: HashMap<&str, &StoredFile> =
        files.iter().flat_map(|file| file.paths.iter().map(move |path| (path.as_str(), file))).collect();
    let page_paths = by_path.keys().filter(|path| pages::is_page(path)).map(|path| (*path).to_owned()).collect();
    pages::add_document_titles(problems, page_paths, &mut |path| {
        let file = *by_path.get(path)?;
        (file.length <= pages::MAX_PAGE_BYTES).then(|| read_file(reader, file))
    });
}
