//! Verifies an image, or a disc in a drive.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};
use std::sync::atomic::AtomicBool;

use super::after_volume::{AfterVolume, has_archive_at_end};
use super::checksum_list::{self, ParsedList};
use super::file_check::FileCheck;
use super::namespace::NameSource;
use super::ownership::{OwnedRange, Owner, Ownership};
use super::published::{self, ComputedDigests, Published};
use super::requirement::Requirement;
use super::scan::{PADDING_SECTORS, Scan, ScanInput, StoredFile, scan};
use super::sector_reader::{SECTOR_LENGTH, SectorReader, describe_unreadable, with_commas};
use super::signature_check::{FoundSignature, choose_format};
use super::structure::Structure;
use super::symbolic_links::SymbolicLinks;
use super::verdict::{
    Basis, Maker, MediaCheckResult, Problem, ProblemCode, Problems, SectorRun, SignatureReport, TargetKind,
    TimestampReport, Verdict,
};
use super::{Interrupted, added_directories, links, maker, other_file_systems, pages, timestamp_check};
use crate::checksum::{Digest, find_checksum_list};
use crate::error_correction::Survey;
use crate::media_check::{ApplicationUse, BLANK_APPLICATION_USE, ImplantedCheck};
use crate::progress::Progress;
use crate::signature::{MAX_FILE_BYTES, SignatureFormat};
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
    let mut volume = VolumeCheck::new(source, length, kind, progress, stop)?;
    let (list, listed) = volume.read_list();
    let media_check = FoundMediaCheck::find(&volume.structure);
    let links = volume.structure.symbolic_links();
    let (scan, broken_links) = volume.scan(&listed, &links, media_check.is_some(), progress, stop)?;
    volume.report_changed_list(&list, &scan);
    let format = volume.choose_signature_format(&list, &listed, published);
    let check = FileCheck::new(listed, list.file(&volume.files), &volume.files, links);
    let mut check = check.with_signature_format(format);
    volume.compare_files(&mut check, &scan);
    if volume.is_foreign() {
        volume.check_directory_trees(&check, &list, format);
    }
    let missing = check.count_missing_in_trees(&volume.files, &scan.digests, volume.structure.tree_count());
    report_missing_in_a_tree(missing, &mut volume.problems);
    add_broken_links(broken_links, &mut volume.problems);
    report_unreadable_outside_files(&volume.reader, &mut volume.problems);
    let media_check = media_check.map_or(MediaCheckResult::None, |check| check.verify(&scan, &mut volume.problems));
    volume.notes.extend(volume.after.describe_correction(length));
    let image_digest = volume.is_completely_read().then_some(scan.image_digest);
    let list_digest = list.number.and_then(|number| scan.digests[number]);
    let computed = ComputedDigests {
        image: image_digest,
        with_correction: volume.after.correction.as_ref().and_then(|survey| survey.digest),
        list: list_digest,
        image_label: volume.label(),
        is_folder: false,
    };
    let mut confirmed = published::compare(&published.digests, &computed, &mut volume.problems);
    volume.report_contradicted_correction(&check);
    let timestamp = volume.check_timestamp(&list, list_digest);
    let signature = volume.check_signature(&list, &check, format, published, &mut confirmed);
    volume.add_document_titles();
    volume.report_other_contents(stop)?;
    let deviations = volume.set_aside_deviations();
    volume.report_unexplained_damage();
    Ok(Verdict {
        kind,
        volume_identifier: volume.identifier(),
        size: volume.sectors * SECTOR_LENGTH,
        has_trailing_sectors: volume.has_trailing_sectors(),
        problems: volume.problems.conclude(check.files_listed(), check.files_intact()),
        deviations,
        maker: Some(volume.maker),
        notes: volume.notes,
        confirmed,
        files_listed: check.files_listed(),
        files_intact: check.files_intact(),
        os_files: 0,
        files: check.files,
        is_as_manifest: false,
        image_digest,
        list_digest,
        media_check: Some(media_check),
        signature,
        timestamp,
    })
}

/// A volume whose structure has been read, and what has been found out about it so far. Each method checks one aspect of it.
struct VolumeCheck<'r, R> {
    reader: SectorReader<'r, R>,
    /// In bytes.
    length: u64,
    kind: TargetKind,
    structure: Structure,
    maker: Maker,
    /// The number of sectors of the volume.
    sectors: u64,
    after: AfterVolume,
    files: Vec<StoredFile>,
    /// The parts of the volume that have an owner, in ascending order.
    ranges: Vec<OwnedRange>,
    notes: Vec<String>,
    problems: Problems,
}

/// The checksum list on a volume.
struct FoundList {
    /// The number of its file; `None` if there is no list.
    number: Option<usize>,
    path: Option<String>,
    /// `None` if it cannot be read.
    bytes: Option<Vec<u8>>,
}

impl FoundList {
    fn file<'f>(&self, files: &'f [StoredFile]) -> Option<&'f StoredFile> {
        self.number.map(|number| &files[number])
    }

    /// Its path, or the empty string.
    fn path(&self) -> &str {
        self.path.as_deref().unwrap_or_default()
    }
}

fn paths(files: &[StoredFile]) -> impl Iterator<Item = &String> {
    files.iter().flat_map(|file| &file.paths)
}

impl<'r, R: Read + Seek> VolumeCheck<'r, R> {
    /// Reads the structure of the volume, and assigns each byte to its owner.
    fn new(
        source: &'r mut R,
        length: u64,
        kind: TargetKind,
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Self, Interrupted> {
        let mut reader = SectorReader::new(source, length);
        let mut problems = Problems::default();
        let mut structure = Structure::read(&mut reader, &mut problems);
        let first_descriptor = structure.descriptors.first();
        let sectors = first_descriptor.map_or(reader.sector_count(), |d| u64::from(d.volume_size));
        let after = AfterVolume::examine(&mut reader, kind, sectors, progress, stop)?;
        let maker = maker::find(&structure.descriptors);
        if matches!(maker, Maker::Other(_)) {
            let ends = [sectors, if kind == TargetKind::Image { reader.sector_count() } else { sectors }];
            structure.read_udf(&mut reader, &ends, &mut problems);
        }
        let files = structure.stored_files();
        let ownership = std::mem::take(&mut structure.ownership);
        let readable = sectors.min(reader.sector_count()) * SECTOR_LENGTH;
        let (ranges, used) = assign_ranges(ownership, &files, sectors, readable, &mut problems);
        let mut notes = std::mem::take(&mut structure.notes);
        after.check_size(used, reader.sector_count(), &mut notes, &mut problems);
        Ok(Self { reader, length, kind, structure, maker, sectors, after, files, ranges, notes, problems })
    }

    /// Whether another program made the disc.
    fn is_foreign(&self) -> bool {
        matches!(self.maker, Maker::Other(_))
    }

    /// How many bytes of the volume are there.
    fn readable_length(&self) -> u64 {
        self.sectors.min(self.reader.sector_count()) * SECTOR_LENGTH
    }

    fn is_completely_read(&self) -> bool {
        self.reader.unreadable().is_empty() && self.readable_length() == self.sectors * SECTOR_LENGTH
    }

    fn has_trailing_sectors(&self) -> bool {
        self.kind == TargetKind::Image && self.length > self.sectors * SECTOR_LENGTH
    }

    fn identifier(&self) -> Option<String> {
        self.structure.descriptors.first().map(|descriptor| descriptor.volume_identifier.clone())
    }

    /// What messages call the bytes whose digest is computed.
    fn label(&self) -> &'static str {
        match self.kind {
            _ if self.has_trailing_sectors() => "the volume (without the bytes after its end)",
            TargetKind::Device => "the disc",
            _ => "the image",
        }
    }

    /// Finds the checksum list, and reads the digests in it.
    fn read_list(&mut self) -> (FoundList, ParsedList) {
        let is_foreign = self.is_foreign();
        let short_list = || paths(&self.files).find(|path| is_foreign && *path == checksum_list::SHORT_LIST_NAME);
        let path = find_checksum_list(paths(&self.files)).or_else(short_list).cloned();
        let number = self.files.iter().position(|file| file.paths.iter().any(|other| Some(other) == path.as_ref()));
        if number.is_none() {
            let message = checksum_list::describe_missing(paths(&self.files));
            self.problems.add(Problem::new(ProblemCode::ChecksumList, message));
        }
        let known: OnceCell<HashSet<String>> = OnceCell::new();
        let files = &self.files;
        let exists = |path: &str| {
            let known = known.get_or_init(|| paths(files).map(|path| path.to_ascii_lowercase()).collect());
            known.contains(&path.to_ascii_lowercase())
        };
        let file = number.map(|number| &files[number]);
        let (notes, problems) = (&mut self.notes, &mut self.problems);
        let (listed, bytes) = read_list(&mut self.reader, file, &self.maker, &exists, notes, problems);
        (FoundList { number, path, bytes }, listed)
    }

    /// Reads the whole volume. Also returns a problem for each broken link on the pages.
    fn scan(
        &mut self,
        listed: &ParsedList,
        links: &SymbolicLinks,
        has_media_check: bool,
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<(Scan, Vec<Problem>), Interrupted> {
        let (is_foreign, length) = (self.is_foreign(), self.readable_length());
        let input = ScanInput { length, ranges: &self.ranges, files: &self.files, has_media_check };
        let on_disc: HashSet<&str> = paths(&self.files).map(String::as_str).collect();
        // Systems may show the names on another program's disc in lower case, and those names may be shortened. A listed file that is
        // missing is reported once, not for each link to it.
        let known: OnceCell<HashSet<String>> = OnceCell::new();
        let find_known =
            || paths(&self.files).chain(listed.digests.keys()).map(|path| path.to_ascii_lowercase()).collect();
        let exists = |target: &str| {
            on_disc.contains(target)
                || listed.digests.contains_key(target)
                || (is_foreign && known.get_or_init(find_known).contains(&target.to_ascii_lowercase()))
                || links.resolve(target).is_some_and(|found| on_disc.contains(found.as_str()))
        };
        scan_with_links(&mut self.reader, &input, &exists, progress, stop, &mut self.problems)
    }

    /// Reports that the list was not the same when the whole volume was read.
    fn report_changed_list(&mut self, list: &FoundList, scan: &Scan) {
        if let Some((number, bytes)) = list.number.zip(list.bytes.as_deref())
            && scan.digests[number].is_some_and(|scanned| Digest::from_reader(bytes).ok() != Some(scanned))
        {
            let message = "changed while the disc was verified";
            self.problems.add(Problem::new(ProblemCode::ChecksumList, message).at(&self.files[number].paths[0]));
        }
    }

    fn choose_signature_format(&self, list: &FoundList, listed: &ParsedList, published: &Published) -> SignatureFormat {
        let is_listed = |path: &str| listed.digests.keys().any(|listed| listed.eq_ignore_ascii_case(path));
        let exists = |path: &str| paths(&self.files).any(|other| other.eq_ignore_ascii_case(path));
        choose_format(list.path(), published.key.as_ref(), &is_listed, &exists)
    }

    /// Compares all files with the list.
    fn compare_files(&mut self, check: &mut FileCheck, scan: &Scan) {
        let is_foreign = self.is_foreign();
        let (files, problems) = (&self.files, &mut self.problems);
        for (file, digest) in files.iter().zip(&scan.digests) {
            check.check(file, *digest, unreadable_sectors(&self.reader, file), problems);
        }
        check.check_links(problems);
        check.check_udf_links(self.structure.udf_links(), files, &scan.digests, problems);
        let by_digest: OnceCell<HashMap<Digest, usize>> = OnceCell::new();
        let find_digests =
            || scan.digests.iter().zip(0..).filter_map(|(digest, number)| Some(((*digest)?, number))).collect();
        let reader = &mut self.reader;
        let mut is_table = |digest: Digest| {
            let file = by_digest.get_or_init(find_digests).get(&digest).map(|number| &files[*number]);
            file.filter(|file| file.length <= checksum_list::MAX_TABLE_BYTES && file.embedded.is_none())
                .is_some_and(|file| checksum_list::is_table_of_names(&read_file(reader, file)))
        };
        check.report_unlisted(is_foreign, &mut is_table, problems);
        check.report_missing(!self.structure.has_omitted_files(), problems);
        self.notes.extend(check.name_notes());
        self.notes.extend(check.link_notes());
    }

    /// Checks the directory trees of a disc made by another program: computers show one of them, so each must have the list and what
    /// belongs to it, and none may have directories that the list does not explain.
    fn check_directory_trees(&mut self, check: &FileCheck, list: &FoundList, format: SignatureFormat) {
        let in_all_trees = u8::MAX.checked_shr(u8::BITS - self.structure.tree_count() as u32).unwrap_or_default();
        let list = list.path();
        // Other names of the same bytes do not count, except shortened ones.
        let must_be_in_all_trees = |path: &String| {
            path == list
                || *path == format.signature_path(list)
                || *path == timestamp_path(list)
                || checksum_list::is_second_name(path)
        };
        for file in &self.files {
            let names = file.paths.iter().zip(&file.sources).zip(&file.trees);
            let counted =
                names.filter(|((path, source), _)| must_be_in_all_trees(path) || **source == NameSource::Identifier);
            let trees = counted.fold(0, |all, (_, trees)| all | trees);
            let path = file.paths.iter().find(|path| must_be_in_all_trees(path));
            if let Some(path) = path.filter(|_| trees != in_all_trees) {
                let message = "is not in every directory tree of the disc: some computers do not show it";
                self.problems.add(Problem::new(ProblemCode::OtherFileSystem, message).at(path));
            }
        }
        let exists = |name: &str| paths(&self.files).any(|path| checksum_list::is_spelling_of(path, name));
        let is_listed = |path: &str| check.lists(path);
        self.notes.extend(checksum_list::describe_missing_second_names(&is_listed, &exists));
        let has_listed_below = |path: &str| check.has_listed_below(path);
        let trees = &self.structure.trees;
        self.notes.extend(added_directories::check(trees, &has_listed_below, &mut self.problems));
        if trees.iter().any(links::has_common_serial) {
            let note = "all files have one Rock Ridge serial number, so `bsdtar` and similar programs unpack them as one file: copy the files from the mounted disc instead";
            self.notes.push(note.to_owned());
        }
    }

    /// Reports error correction with another checksum for bytes that are as they were published.
    fn report_contradicted_correction(&mut self, check: &FileCheck) {
        let Some(Survey { layers, readable_damage, .. }) = &self.after.correction else { return };
        let owner = |sector: u64| {
            let at = sector * SECTOR_LENGTH;
            let number = self.ranges.partition_point(|range| range.start <= at).checked_sub(1)?;
            match self.ranges[number].owner {
                Owner::File(file, _) if at < self.ranges[number].end() => Some(&self.files[file as usize]),
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
            self.problems.add(Problem::new(ProblemCode::Added, message).at(&file.paths[0]));
        }
    }

    /// Compares the timestamp of the list with the list. `None` if there is no timestamp, or it cannot be read, which has been reported.
    fn check_timestamp(&mut self, list: &FoundList, list_digest: Option<Digest>) -> Option<TimestampReport> {
        let list = (list.path.as_deref()?, list_digest?);
        let wanted = timestamp_path(list.0);
        let mut names = self.files.iter().flat_map(|file| file.paths.iter().map(move |path| (file, path)));
        let (file, path) = names.find(|(_, path)| path.eq_ignore_ascii_case(&wanted))?;
        let bytes = read_small_file(&mut self.reader, file, MAX_TIMESTAMP_BYTES)?;
        Some(timestamp_check::check(list, path, bytes, &mut self.notes, &mut self.problems))
    }

    /// Checks the signature of the list. `None` if the list cannot be read, or there is no signature.
    fn check_signature(
        &mut self,
        list: &FoundList,
        check: &FileCheck,
        format: SignatureFormat,
        published: &Published,
        confirmed: &mut Vec<String>,
    ) -> Option<SignatureReport> {
        let (bytes, list_path) = (list.bytes.as_deref()?, list.path.as_deref()?);
        let (path, key_path) = (format.signature_path(list_path), format.public_key_path());
        let (files, reader) = (&self.files, &mut self.reader);
        let mut read = |is_wanted: &dyn Fn(&String) -> bool| {
            let file = files.iter().find(|file| file.paths.iter().any(is_wanted))?;
            read_small_file(reader, file, MAX_FILE_BYTES)
        };
        let is_other =
            |other: &String| checksum_list::is_signature_of(other, list_path) && !other.eq_ignore_ascii_case(&path);
        let signature = read(&|other| other.eq_ignore_ascii_case(&path));
        let disc_key = read(&|path| path.eq_ignore_ascii_case(key_path) && check.lists(key_path));
        let volume = self.identifier();
        let found = FoundSignature {
            format,
            has_other: paths(&self.files).any(is_other),
            list: bytes,
            signature,
            path,
            disc_key,
            volume: volume.as_deref(),
            is_own: !self.is_foreign(),
        };
        found.check(published.key.as_ref(), &mut self.notes, confirmed, &mut self.problems)
    }

    /// Adds the titles of the documents to the problems.
    fn add_document_titles(&mut self) {
        let by_path: HashMap<&str, &StoredFile> =
            self.files.iter().flat_map(|file| file.paths.iter().map(move |path| (path.as_str(), file))).collect();
        let page_paths = by_path.keys().filter(|path| pages::is_page(path)).map(|path| (*path).to_owned()).collect();
        let reader = &mut self.reader;
        pages::add_document_titles(&mut self.problems, page_paths, &mut |path| {
            let file = *by_path.get(path)?;
            (file.length <= pages::MAX_PAGE_BYTES).then(|| read_file(reader, file))
        });
    }

    /// Reports what other programs may show instead of the volume.
    fn report_other_contents(&mut self, stop: &AtomicBool) -> Result<(), Interrupted> {
        if self.kind == TargetKind::Image && has_archive_at_end(self.reader.source(), self.length, &self.ranges) {
            let message = "a ZIP archive is at the end of the image: programs that unpack archives show its files";
            self.problems.add(Problem::new(ProblemCode::Added, message));
        }
        // Separate readers, because sectors outside the volume that cannot be read must not count as its errors.
        let mut reader = SectorReader::new(self.reader.source(), self.length);
        other_file_systems::report_containers(&mut reader, &mut self.problems);
        let mut reader = SectorReader::new(self.reader.source(), self.length);
        self.after.find_sessions(&mut reader, stop, &mut self.notes, &mut self.problems)
    }

    /// On a disc made by another program, takes the problems that do not affect the verdict out of the others, and returns them.
    fn set_aside_deviations(&mut self) -> Problems {
        // On discs made by make-disc, another file system is reported as bytes that belong to no file.
        if !self.is_foreign() {
            return Problems::default();
        }
        let mut reader = SectorReader::new(self.reader.source(), self.length);
        let system_area = other_file_systems::report(&mut reader, &self.ranges, &mut self.problems);
        let mut find = |sector| other_file_systems::find_near(&mut reader, sector);
        maker::set_aside_deviations(&mut self.problems, &mut self.notes, system_area, &mut find)
    }

    /// If there is no other problem, reports a sector that does not have the checksum in the error correction.
    fn report_unexplained_damage(&mut self) {
        let changed = self.after.correction.iter().flat_map(|survey| &survey.readable_damage).min();
        if let Some(sector) = changed.filter(|_| self.problems.is_empty()) {
            let message = format!(
                "nothing else is wrong, but sector {} does not have the checksum that the error correction has for it: the sector was changed, or the error correction belongs to another image; compare the image with another copy, and do not use `make-disc repair` on this image alone",
                with_commas(*sector)
            );
            self.problems.add(Problem::new(ProblemCode::Structure, message).in_sectors([(*sector, 1)]));
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

/// Reads a file of at most `max` bytes; returns no bytes for a longer one. `None` if it cannot be read, which has been reported.
fn read_small_file<R: Read + Seek>(reader: &mut SectorReader<'_, R>, file: &StoredFile, max: u64) -> Option<Vec<u8>> {
    let is_readable = unreadable_sectors(reader, file).is_empty();
    is_readable.then(|| if file.length <= max { read_file(reader, file) } else { Vec::new() })
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
