//! Verifies the files of a folder (a mounted disc, a copy on a USB stick, an unpacked archive) or of an archive.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::checksum_list::{
    self, ListedDigests, ParsedList, SECOND_NAMES, UnreadNames, find_original, is_digest_of, is_in_case_of_view,
    is_signature_of, is_spelling_of,
};
use super::file_check::MISSING;
use super::file_source::{
    FileSource, FolderContents, SourceFile, SourceFiles, find_in_archive, find_in_folder, strip_additions,
};
use super::manifest_comparison::ExpectedImage;
use super::published::{self, ComputedDigests, Published};
use super::sector_reader::describe_unreadable;
use super::signature_check::{FoundSignature, choose_format};
use super::spelling::{Accents, are_all_in_one_case, are_capital, comparison_key};
use super::verdict::{
    CheckedFile, Problem, ProblemCode, Problems, SignatureReport, TargetKind, TimestampReport, Verdict,
};
use super::{Interrupted, archive_structure, pages, timestamp_check};
use crate::archive::Archive;
use crate::checksum::{Digest, Hasher, find_checksum_list, is_checksum_list};
use crate::os_metadata::is_os_metadata;
use crate::progress::Progress;
use crate::signature::{MAX_FILE_BYTES, PublicKey, SignatureFormat};
use crate::timestamp::{MAX_TIMESTAMP_BYTES, timestamp_path};

/// What a file is: the list itself, a second name of a listed file, or any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    List,
    SecondName,
    Other,
}

/// Verifies a folder against the checksum list in it. Files that the list does not name are not read, except those that will be
/// compared with `expected`.
///
/// # Errors
/// The outer error: the folder itself cannot be read. The inner one: [`Interrupted`], if `stop` was set.
pub fn verify_folder(
    root: &Path,
    published: &Published,
    expected: Option<&ExpectedImage>,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> io::Result<Result<Verdict, Interrupted>> {
    fs::read_dir(root)?;
    let FolderContents { files, notes, problems, .. } = find_in_folder(root);
    let mut notes = notes
        .into_notes("more folder that is empty or cannot be read", "more folders that are empty or cannot be read");
    let files = strip_additions(files, &mut notes);
    let mut check = FolderCheck::new(&files, FileSource::Folder, problems);
    check.notes = notes;
    Ok(check.run(TargetKind::Folder, published, expected, progress, stop))
}

/// Verifies an archive against the checksum list in it. Members that the list does not name are not unpacked, except those that will
/// be compared with `expected`.
///
/// # Errors
/// The outer error: the archive as a whole cannot be read. The inner one: [`Interrupted`], if `stop` was set.
pub fn verify_archive(
    file: File,
    published: &Published,
    expected: Option<&ExpectedImage>,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> io::Result<Result<Verdict, Interrupted>> {
    let mut problems = Problems::default();
    let archive_digest = match published.digests.is_empty() {
        true => None,
        false => match hash_whole(&file, stop)? {
            None => return Ok(Err(Interrupted)),
            digest => digest,
        },
    };
    let mut file = file;
    let mut notes = Vec::new();
    if !archive_structure::check(&mut file, &mut notes, &mut problems)? {
        // Reading its members could take very long, and would prove nothing.
        let mut check = FolderCheck::new(&EMPTY, FileSource::Folder, problems);
        check.is_unreadable_archive = true;
        check.archive_digest = archive_digest;
        return Ok(check.run(TargetKind::Archive, published, expected, progress, stop));
    }
    let mut archive = Archive::open(file)?;
    let files = find_in_archive(&mut archive, &mut notes, &mut problems)?;
    let mut check = FolderCheck::new(&files, FileSource::Archive(archive), problems);
    check.archive_digest = archive_digest;
    check.notes = notes;
    Ok(check.run(TargetKind::Archive, published, expected, progress, stop))
}

/// The digest of a whole file; `None` if `stop` was set.
fn hash_whole(mut file: &File, stop: &AtomicBool) -> io::Result<Option<Digest>> {
    let mut hasher = Hasher::default();
    let mut buffer = vec![0; 1 << 20];
    loop {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match file.read(&mut buffer)? {
            0 => return Ok(Some(hasher.finish())),
            length => hasher.update(&buffer[..length]),
        }
    }
}

/// How many files of operating systems are named in notes. Further ones are only counted.
const MAX_OS_NOTES: u64 = 20;

/// How many bytes of tables of names (`TRANS.TBL`) are read in total.
const MAX_ALL_TABLE_BYTES: u64 = 256 << 20;

static EMPTY: SourceFiles = SourceFiles::new();

/// Checks files, and remembers the results.
struct FolderCheck<'f> {
    files: &'f SourceFiles,
    source: FileSource,
    problems: Problems,
    notes: Vec<String>,
    checked: Vec<CheckedFile>,
    list_path: Option<&'f String>,
    /// The format of the signature of the list.
    signature_format: SignatureFormat,
    /// The signature of the list, where make-disc and programs of that format put it.
    signature_path: Option<&'f String>,
    /// The timestamp of the list.
    timestamp_path: Option<&'f String>,
    files_intact: u64,
    /// Whether the rest of the list may be missing.
    is_cut_off: bool,
    /// The files that malformed lines of the list may name.
    unread: UnreadNames,
    /// How many files may be in the missing part of the list.
    beyond_cut: u64,
    /// How many files of operating systems are not in the list.
    os_files: u64,
    /// The first table of names that another program wrote (`TRANS.TBL`), and how many there are.
    translation_tables: (Option<String>, u64),
    /// How many more bytes of tables of names may be read.
    table_bytes: u64,
    /// Whether the files could not be listed because the archive contradicts itself, which has been reported.
    is_unreadable_archive: bool,
    /// The digest of the whole archive, if it was needed.
    archive_digest: Option<Digest>,
}

/// Files, and lines of the list, whose names differ only in how accents are stored.
type SameSpelling<'f, 'l> = (Vec<&'f String>, Vec<(&'l String, &'l Digest)>);

/// A line of the checksum list whose file exists.
struct ListedFile {
    /// The path as the list spells it.
    path: String,
    digest: Digest,
}

/// What the files are compared with.
struct Comparison<'f> {
    /// The digest of the checksum list, if it was read.
    list_digest: Option<Digest>,
    listed: ListedDigests,
    /// The line of the list for each file that it names.
    found: BTreeMap<&'f String, ListedFile>,
    /// The files with second names that make-disc gives to some files.
    second_names: Vec<&'f String>,
    /// All files, by path in lower case.
    by_lower_case: HashMap<String, &'f String>,
}

/// Whether a checksum list names what every disc of make-disc has.
fn lists_pages_of_make_disc(listed: &ListedDigests) -> bool {
    listed.contains_key("index.html") && listed.keys().any(|path| path.starts_with("pages/"))
}

impl<'f> FolderCheck<'f> {
    fn new(files: &'f SourceFiles, source: FileSource, problems: Problems) -> Self {
        Self {
            files,
            source,
            problems,
            notes: Vec::new(),
            checked: Vec::new(),
            list_path: None,
            signature_format: SignatureFormat::Minisign,
            signature_path: None,
            timestamp_path: None,
            files_intact: 0,
            is_cut_off: false,
            unread: UnreadNames::default(),
            beyond_cut: 0,
            os_files: 0,
            translation_tables: (None, 0),
            table_bytes: MAX_ALL_TABLE_BYTES,
            is_unreadable_archive: false,
            archive_digest: None,
        }
    }

    fn run(
        mut self,
        kind: TargetKind,
        published: &Published,
        expected: Option<&ExpectedImage>,
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Verdict, Interrupted> {
        self.list_path = find_checksum_list(self.files.keys());
        let by_lower_case: HashMap<String, &String> =
            self.files.keys().map(|path| (path.to_ascii_lowercase(), path)).collect();
        let (listed, list_bytes) = self.read_listed(&by_lower_case);
        let list_digest = list_bytes.as_deref().and_then(|bytes| Digest::from_reader(bytes).ok());
        self.find_signature_and_timestamp(&listed, published, &by_lower_case);
        let found = self.find_listed(&listed, &by_lower_case);
        self.report_changed_accents(&found);
        self.report_changed_case(&found, &listed);
        self.report_renamed_list(&found, &listed);
        self.report_clashing_folders(&by_lower_case);
        // If several spellings of a second name exist, only one of them is accepted: the one in the case of this view,
        // because some views show all names in capitals.
        let is_capital_view = are_capital(found.keys().copied().map(String::as_str));
        let find = |(name, _): &(&str, &str)| {
            self.files.keys().find(|path| is_spelling_of(path, name) && is_in_case_of_view(path, is_capital_view))
        };
        let second_names: Vec<&String> = SECOND_NAMES.iter().filter_map(find).collect();
        let comparison = Comparison { list_digest, listed, found, second_names, by_lower_case };
        self.check_files(&comparison, expected, progress, stop)?;
        self.add_notes_about_list(&comparison);
        let computed = ComputedDigests {
            image: self.archive_digest,
            with_correction: None,
            list: list_digest,
            image_label: if kind == TargetKind::Archive { "the archive" } else { "the folder" },
            is_folder: kind == TargetKind::Folder,
        };
        let Comparison { listed, by_lower_case, .. } = comparison;
        let mut confirmed = published::compare(&published.digests, &computed, &mut self.problems);
        let signature = self.check_signature(&list_bytes, &listed, published.key.as_ref(), &mut confirmed);
        let timestamp = list_digest.and_then(|digest| self.check_timestamp(digest));
        self.add_document_titles(&by_lower_case);
        let files_listed = listed.len() as u64;
        let size = self.files.values().map(|file| file.length).fold(0, u64::saturating_add);
        Ok(Verdict {
            kind,
            volume_identifier: None,
            size,
            problems: self.problems.conclude(files_listed, self.files_intact),
            deviations: Problems::default(),
            maker: None,
            notes: self.notes,
            confirmed,
            files: self.checked,
            files_listed,
            files_intact: self.files_intact,
            os_files: self.os_files,
            image_digest: self.archive_digest,
            has_trailing_sectors: false,
            is_as_manifest: false,
            list_digest,
            media_check: None,
            signature,
            timestamp,
        })
    }

    /// Reads the checksum list, with paths as they are in this folder. Also returns its bytes.
    fn read_listed(&mut self, by_lower_case: &HashMap<String, &'f String>) -> (ListedDigests, Option<Vec<u8>>) {
        let list_path = self.list_path;
        let exists = |path: &str| by_lower_case.contains_key(&path.to_ascii_lowercase());
        let (mut list, list_bytes) = self.read_list(list_path, &exists);
        self.remove_folder(&mut list.digests, list_path, &exists);
        let ParsedList { digests: mut listed, is_cut_off, unterminated, unread } = list;
        (self.is_cut_off, self.unread) = (is_cut_off, unread);
        // If the last line of the list is cut off, the end of the path in it is missing.
        if let Some((number, path)) = unterminated.filter(|(_, path)| !exists(path)) {
            listed.remove(&path);
            let list = list_path.map_or("", String::as_str);
            self.problems.add(checksum_list::describe_cut(number, list));
        }
        (listed, list_bytes)
    }

    fn find_signature_and_timestamp(
        &mut self,
        listed: &ListedDigests,
        published: &Published,
        by_lower_case: &HashMap<String, &'f String>,
    ) {
        let Some(list) = self.list_path else { return };
        let exists = |path: &str| by_lower_case.contains_key(&path.to_ascii_lowercase());
        let is_listed = |path: &str| listed.keys().any(|listed| listed.eq_ignore_ascii_case(path));
        self.signature_format = choose_format(list, published.key.as_ref(), &is_listed, &exists);
        // The exact name comes first: on systems that distinguish upper and lower case, programs read the file with that name.
        let find = |wanted: String| {
            let exact = self.files.get_key_value(&wanted).map(|(path, _)| path);
            exact.or_else(|| self.files.keys().find(|path| path.eq_ignore_ascii_case(&wanted)))
        };
        self.signature_path = find(self.signature_format.signature_path(list));
        self.timestamp_path = find(timestamp_path(list));
    }

    /// Reads and compares the files that the list or `expected` names, and reports the others.
    fn check_files(
        &mut self,
        comparison: &Comparison<'f>,
        expected: Option<&ExpectedImage>,
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<(), Interrupted> {
        let Comparison { listed, found, second_names, .. } = comparison;
        let list_path = self.list_path;
        // Missing files are included: they are reported once each, not for every link to them.
        let listed_names: HashSet<String> = listed.keys().map(|path| path.to_ascii_lowercase()).collect();
        let are_needed = !listed.is_empty() || expected.is_some();
        let expected_keys = expected.map(ExpectedImage::keys).unwrap_or_default();
        // A file that is not in the list has no digest to compare with, and may be huge: it is not read.
        let is_needed = |path: &String, file: &SourceFile| {
            found.contains_key(path)
                || (Some(path) == list_path && file.length <= checksum_list::MAX_LIST_BYTES)
                || (are_needed && second_names.contains(&path))
                || expected_keys.contains(&comparison_key(path))
        };
        progress
            .begin(self.files.iter().filter(|(path, file)| is_needed(path, file)).map(|(_, file)| file.length).sum());
        for (path, file) in self.files {
            if stop.load(Ordering::Relaxed) {
                return Err(Interrupted);
            }
            let listed_path = found.get(path).map_or(path, |line| &line.path);
            let mut checked = CheckedFile {
                path: listed_path.clone(),
                path_here: (path != listed_path).then(|| path.clone()),
                digest: None,
                is_harmless: false,
                is_intact: false,
            };
            if !is_needed(path, file) {
                checked.is_harmless = match listed.is_empty() {
                    true => expected.is_some() && self.note_unlisted(path),
                    false => Some(path) != list_path && self.report_unlisted(path),
                };
                self.checked.push(checked);
                continue;
            }
            let hashed = self.hash(path, file, progress, stop)?;
            checked.digest = hashed.as_ref().map(|(digest, _)| *digest);
            checked.is_intact = found.get(path).is_some_and(|line| Some(line.digest) == checked.digest);
            self.checked.push(checked);
            if let Some((digest, html)) = hashed {
                self.check_file(path, digest, &html, &listed_names, comparison);
            }
        }
        progress.end();
        Ok(())
    }

    /// Compares a file, and checks the links in it if it is an undamaged page. `listed_names` are the paths of the list in lower case.
    fn check_file(
        &mut self,
        path: &'f String,
        digest: Digest,
        html: &[u8],
        listed_names: &HashSet<String>,
        comparison: &Comparison<'f>,
    ) {
        let Comparison { list_digest, listed, found, second_names, by_lower_case } = comparison;
        if Some(path) == self.list_path && list_digest.is_some_and(|read| read != digest) {
            let message = "changed while the files were verified";
            self.problems.add(Problem::new(ProblemCode::ChecksumList, message).at(path));
        }
        let role = match () {
            () if Some(path) == self.list_path => Role::List,
            () if second_names.contains(&path) => Role::SecondName,
            () => Role::Other,
        };
        let is_intact = self.check(path, digest, found.get(path), listed, role);
        if is_intact && !html.is_empty() {
            let exists = |target: &str| {
                let target = target.to_ascii_lowercase();
                by_lower_case.contains_key(&target) || listed_names.contains(&target)
            };
            for problem in pages::find_broken_links(html, path, &exists) {
                self.problems.add(problem);
            }
        }
    }

    /// Adds what is known only after all files were compared with the list.
    fn add_notes_about_list(&mut self, comparison: &Comparison<'f>) {
        if let Some(problem) = checksum_list::describe_beyond_cut(self.beyond_cut) {
            self.problems.add(problem);
        }
        let (first, count) = std::mem::take(&mut self.translation_tables);
        self.notes.extend(checksum_list::describe_translation_tables(first.as_deref(), count));
        let is_listed = |beside: &str| comparison.found.keys().any(|path| path.eq_ignore_ascii_case(beside));
        let exists = |name: &str| comparison.second_names.iter().any(|path| is_spelling_of(path, name));
        self.notes.extend(checksum_list::describe_missing_second_names(&is_listed, &exists));
    }

    /// Whether this is a signature of the list in another format than the one that is checked.
    fn is_unchecked_signature(&self, path: &str, list: &str) -> bool {
        is_signature_of(path, list) && !path.eq_ignore_ascii_case(&self.signature_format.signature_path(list))
    }

    /// Checks the signature of the checksum list.
    fn check_signature(
        &mut self,
        list: &Option<Vec<u8>>,
        listed: &ListedDigests,
        key: Option<&PublicKey>,
        confirmed: &mut Vec<String>,
    ) -> Option<SignatureReport> {
        let (list, list_path) = (list.as_deref()?, self.list_path?);
        let (signature_path, format) = (self.signature_path, self.signature_format);
        let is_key = |path: &String| path.eq_ignore_ascii_case(format.public_key_path());
        let key_path = self.files.keys().find(|path| is_key(path)).filter(|_| listed.keys().any(is_key));
        let is_other = |path: &String| is_signature_of(path, list_path) && Some(path) != signature_path;
        let has_other = self.files.keys().any(is_other);
        let files = self.files;
        let mut read = |path: &String| {
            let file = &files[path];
            if file.length > MAX_FILE_BYTES { Ok(Vec::new()) } else { self.source.read(file) }
        };
        let disc_key = key_path.and_then(|path| read(path).ok());
        let signature = match signature_path.map(|path| (path, read(path))) {
            None => None,
            Some((_, Ok(bytes))) => Some(bytes),
            Some((path, Err(error))) => {
                self.report_unread(path, &error);
                return None;
            }
        };
        let path = signature_path.cloned().unwrap_or_else(|| format.signature_path(list_path));
        let found = FoundSignature { format, has_other, list, path, signature, disc_key, volume: None, is_own: false };
        found.check(key, &mut self.notes, confirmed, &mut self.problems)
    }

    /// Compares the timestamp of the checksum list with the list, which has this digest.
    fn check_timestamp(&mut self, digest: Digest) -> Option<TimestampReport> {
        let (list, path) = (self.list_path?, self.timestamp_path?);
        let file = &self.files[path];
        let read = if file.length > MAX_TIMESTAMP_BYTES { Ok(Vec::new()) } else { self.source.read(file) };
        match read {
            Ok(bytes) => Some(timestamp_check::check((list, digest), path, bytes, &mut self.notes, &mut self.problems)),
            Err(error) => {
                self.report_unread(path, &error);
                None
            }
        }
    }

    /// Reports a file that cannot be read.
    fn report_unread(&mut self, path: &str, error: &io::Error) {
        let problem = match error.kind() {
            io::ErrorKind::Unsupported => Problem::new(ProblemCode::NotCompared, error.to_string()),
            _ => Problem::new(ProblemCode::Unreadable, format!("cannot be read: {error}")),
        };
        self.problems.add(problem.at(path));
    }

    /// The digests in the checksum list, and the list as it was read. If it is missing, too large or unreadable, reports that
    /// and returns no digests.
    fn read_list(&mut self, path: Option<&String>, exists: &dyn Fn(&str) -> bool) -> (ParsedList, Option<Vec<u8>>) {
        let Some(path) = path else {
            // Nothing is known about the list of an archive that was not unpacked.
            if !self.is_unreadable_archive {
                let message = match self.find_list_below() {
                    Some(folder) => format!(
                        "there is no checksum list `SHA256SUMS` at the top, but one in the folder `{folder}`: everything is one folder further down, so {}verify that folder",
                        if self.source.is_archive() { "unpack the archive and " } else { "" }
                    ),
                    None => checksum_list::describe_missing(self.files.keys()),
                };
                self.problems.add(Problem::new(ProblemCode::ChecksumList, message));
            }
            return (ParsedList::default(), None);
        };
        let file = &self.files[path];
        if file.length > checksum_list::MAX_LIST_BYTES {
            self.problems.add(Problem::new(ProblemCode::ChecksumList, "the checksum list is too large").at(path));
            return (ParsedList::default(), None);
        }
        match self.source.read(file) {
            Ok(bytes) => {
                let listed = checksum_list::parse_copied(&bytes, path, exists, &mut self.notes, &mut self.problems);
                (listed, Some(bytes))
            }
            // `hash` reports it, like every other file that cannot be unpacked.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => (ParsedList::default(), None),
            Err(error) => {
                self.problems.add(Problem::new(ProblemCode::Unreadable, error.to_string()).at(path));
                (ParsedList::default(), None)
            }
        }
    }

    /// Removes the first folder from all paths of a list that was made in the folder above this one.
    fn remove_folder(&mut self, listed: &mut ListedDigests, list: Option<&String>, exists: &dyn Fn(&str) -> bool) {
        let folder = listed.keys().next().and_then(|path| path.split_once('/')).map(|(folder, _)| format!("{folder}/"));
        let Some(folder) = folder else { return };
        let inside = |path: &String| path.strip_prefix(&folder).map(str::to_owned);
        let is_above = listed.keys().all(|path| inside(path).is_some_and(|_| !exists(path)))
            && listed.keys().filter_map(inside).any(|path| exists(&path));
        if is_above {
            *listed = listed.iter().filter_map(|(path, digest)| Some((inside(path)?, *digest))).collect();
            let message = format!(
                "all paths in the checksum list begin with `{folder}`, which was assumed to be this folder: if the list was made in the folder above this one, move it there, and verify that folder"
            );
            let problem = Problem::new(ProblemCode::ChecksumList, message);
            self.problems.add(match list {
                Some(list) => problem.at(list),
                None => problem,
            });
        }
    }

    /// The folder at the top that contains a checksum list, if there is only one.
    fn find_list_below(&self) -> Option<&'f str> {
        let mut folders = self.files.keys().filter_map(|path| {
            let (folder, name) = path.split_once('/')?;
            is_checksum_list(name).then_some(folder)
        });
        let folder = folders.next()?;
        folders.all(|other| other == folder).then_some(folder)
    }

    /// The listed files that are there, by their path in the folder. Reports the others as missing.
    fn find_listed(
        &mut self,
        listed: &ListedDigests,
        by_lower_case: &HashMap<String, &'f String>,
    ) -> BTreeMap<&'f String, ListedFile> {
        let mut found = BTreeMap::new();
        let mut missing = Vec::new();
        let files = self.files;
        let is_exact = |path: &String| files.get(path).is_some_and(|file| file.has_exact_path);
        for (path, digest) in listed {
            let exact = files.get_key_value(path).map(|(path, _)| path);
            // A file matches only one line of the list.
            let is_unmatched = |actual: &&String| !listed.contains_key(*actual) && !found.contains_key(*actual);
            let in_other_case = || by_lower_case.get(&path.to_ascii_lowercase()).copied().filter(is_unmatched);
            match exact.or_else(in_other_case).filter(|actual| is_exact(actual)) {
                Some(actual) => {
                    found.insert(actual, ListedFile { path: path.clone(), digest: *digest });
                }
                None => missing.push((path, digest)),
            }
        }
        // Some systems store accents in another way (Unicode NFD). A file matches a line if only that differs, and no other file and
        // no other line match as well.
        let mut pairs: HashMap<String, SameSpelling<'f, '_>> = HashMap::new();
        for (path, digest) in missing {
            pairs.entry(comparison_key(path)).or_default().1.push((path, digest));
        }
        let pairs_are_empty = pairs.is_empty();
        for path in files.keys().filter(|path| !pairs_are_empty && is_exact(path)) {
            if !found.contains_key(path)
                && let Some((names, _)) = pairs.get_mut(&comparison_key(path))
            {
                names.push(path);
            }
        }
        let mut missing = Vec::new();
        for (names, lines) in pairs.into_values() {
            if let ([actual], [(path, digest)]) = (&names[..], &lines[..]) {
                found.insert(*actual, ListedFile { path: (*path).clone(), digest: **digest });
            } else {
                missing.extend(lines.into_iter().map(|(path, _)| path));
            }
        }
        missing.sort_unstable();
        for path in missing {
            self.problems.add(Problem::new(ProblemCode::Missing, MISSING).at(path));
        }
        found
    }

    /// Reports names whose accents are stored in another way than in the list. Some systems change all names of a disk like this;
    /// otherwise, somebody has changed the name, and links to it do not work.
    fn report_changed_accents(&mut self, found: &BTreeMap<&String, ListedFile>) {
        let note = match Accents::find(found.iter().map(|(actual, line)| (actual.as_str(), line.path.as_str()))) {
            Some(Accents::Unchanged) => return,
            Some(Accents::Composed) => {
                "all names are stored in the composed form of Unicode (NFC), but the list is not; on other systems, links to these files may not work"
            }
            Some(Accents::Separate | Accents::SeparateAsOnMacs) => {
                "all accents in names are stored as characters of their own (Unicode NFD), as old Macs do; on other systems, links to these files may not work"
            }
            None => {
                for (_, line) in found.iter().filter(|(actual, line)| !actual.eq_ignore_ascii_case(&line.path)) {
                    let message = "is here under a name that looks the same, but is encoded differently (Unicode NFC and NFD): links to it do not work on many computers; rename it as in the list, or copy it again";
                    self.problems.add(Problem::new(ProblemCode::Missing, message).at(&line.path));
                }
                return;
            }
        };
        self.notes.push(note.to_owned());
    }

    /// Reports names in which upper and lower case differ from the list. Some systems show all names of
    /// a disc in upper case, or all in lower case; links work there. Otherwise, somebody has
    /// changed the name, and links to it do not work on other systems.
    fn report_changed_case(&mut self, found: &BTreeMap<&String, ListedFile>, listed: &ListedDigests) {
        if are_all_in_one_case(found.keys().map(|path| path.as_str())) {
            return;
        }
        let is_in_other_case = |(actual, listed): &(&&String, &ListedFile)| {
            **actual != &listed.path && actual.eq_ignore_ascii_case(&listed.path)
        };
        let renamed: Vec<_> = found.iter().filter(is_in_other_case).collect();
        // Some programs write all names of a list in small letters. make-disc itself gives most files such names.
        if !renamed.is_empty()
            && !lists_pages_of_make_disc(listed)
            && are_all_in_one_case(found.values().map(|line| line.path.as_str()))
        {
            let count = match renamed.len() {
                1 => "the name of 1 file is".to_owned(),
                count => format!("the names of {count} files are"),
            };
            let message = format!(
                "all names in the checksum list are in one case, but {count} not: the list does not tell whether upper and lower case are as published"
            );
            self.problems.add(Problem::new(ProblemCode::ChecksumList, message));
            return;
        }
        for (actual, listed) in renamed {
            let message = format!(
                "is named `{actual}` here: because upper and lower case differ, links to it do not work on many computers"
            );
            self.problems.add(Problem::new(ProblemCode::Missing, message).at(&listed.path));
        }
    }

    /// Reports the checksum list of a disc made by make-disc, its signature, and its timestamp, if their names have other upper and lower case:
    /// the commands on the disc's page "Check this disc" do not find them on many systems. Lists made by others have any spelling.
    fn report_renamed_list(&mut self, found: &BTreeMap<&String, ListedFile>, listed: &ListedDigests) {
        let signature = self.signature_format.signature_path("SHA256SUMS");
        let timestamp = timestamp_path("SHA256SUMS");
        let published =
            [(self.list_path, "SHA256SUMS"), (self.signature_path, &signature), (self.timestamp_path, &timestamp)];
        let all = found.keys().copied().chain(self.list_path).map(String::as_str);
        if !lists_pages_of_make_disc(listed) || are_all_in_one_case(all) {
            return;
        }
        for (path, published) in published {
            let Some(path) = path.filter(|path| *path != published && path.eq_ignore_ascii_case(published)) else {
                continue;
            };
            let message = format!(
                "is named `{path}` here: because upper and lower case differ, other programs do not find it; rename it"
            );
            self.problems.add(Problem::new(ProblemCode::Missing, message).at(published));
        }
    }

    /// Reports the files in a folder if the name of the folder differs from the name of a file only in upper and lower case. Many
    /// systems can have only one of the two.
    fn report_clashing_folders(&mut self, by_lower_case: &HashMap<String, &String>) {
        let mut clashing: Vec<(&String, &String)> = Vec::new();
        for (lower, path) in by_lower_case {
            let folders = lower.match_indices('/').map(|(at, _)| &lower[..at]);
            clashing.extend(folders.filter_map(|folder| by_lower_case.get(folder)).map(|file| (*path, *file)));
        }
        clashing.sort_unstable();
        for (path, file) in clashing {
            let message = format!(
                "is in a folder whose name differs from that of the file `{file}` only in upper and lower case: many systems can have only one of the two"
            );
            self.problems.add(Problem::new(ProblemCode::Added, message).at(path));
        }
    }

    /// Hashes a file, and returns its bytes too if it is a page. If it cannot be read, reports that and returns `None`.
    fn hash(
        &mut self,
        path: &str,
        file: &SourceFile,
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Option<(Digest, Vec<u8>)>, Interrupted> {
        match self.source.hash(file, pages::is_page(path), progress, stop) {
            Ok(None) => Err(Interrupted),
            Ok(Some(hashed)) if hashed.unreadable.is_empty() => Ok(Some((hashed.digest, hashed.html))),
            Ok(Some(hashed)) => {
                let message = describe_unreadable(&hashed.unreadable, "block");
                let problem = Problem::new(ProblemCode::Unreadable, message).at(path);
                self.problems.add(problem.in_sectors(hashed.unreadable));
                Ok(None)
            }
            Err(error) => {
                self.report_unread(path, &error);
                Ok(None)
            }
        }
    }

    /// Compares a digest with the list; returns whether it is listed and matches.
    fn check(
        &mut self,
        path: &str,
        digest: Digest,
        listed_file: Option<&ListedFile>,
        listed: &ListedDigests,
        role: Role,
    ) -> bool {
        match listed_file {
            Some(listed) if listed.digest == digest => {
                self.files_intact += 1;
                return true;
            }
            Some(_) => {
                self.problems.add(Problem::new(ProblemCode::Changed, "does not match the checksum list").at(path));
            }
            None if listed.is_empty() || role == Role::List => {}
            None if role == Role::SecondName
                && find_original(path).is_some_and(|original| is_digest_of(original, listed, digest)) =>
            {
                self.notes.push(format!("`{path}` is a copy of a file in the checksum list"));
            }
            None => {
                self.report_unlisted(path);
            }
        }
        false
    }

    /// Reports a file that the list does not name, or notes why it is harmless; returns whether it is harmless.
    fn report_unlisted(&mut self, path: &str) -> bool {
        if self.note_unlisted(path) {
            return true;
        }
        if self.is_cut_off {
            self.beyond_cut += 1;
        } else if !self.unread.may_name(path) {
            self.problems.add(checksum_list::describe_added(path));
        }
        false
    }

    /// Notes a file that other programs add to a folder; returns whether this is such a file.
    fn note_unlisted(&mut self, path: &str) -> bool {
        if self.signature_path.into_iter().chain(self.timestamp_path).any(|checked| checked == path) {
            // `check_signature` and `check_timestamp` report on them.
        } else if self.list_path.is_some_and(|list| self.is_unchecked_signature(path, list)) {
            self.notes.push(checksum_list::describe_signature(path));
        } else if is_os_metadata(path) {
            self.os_files += 1;
            if self.os_files <= MAX_OS_NOTES {
                self.notes.push(format!(
                    "`{path}` is not in the checksum list, and was not checked: operating systems add files with such names"
                ));
            }
        } else if self.is_translation_table(path) {
            self.translation_tables.0.get_or_insert_with(|| path.to_owned());
            self.translation_tables.1 += 1;
        } else {
            return false;
        }
        true
    }

    /// Whether a file is a table of names, by its name and by what it contains.
    fn is_translation_table(&mut self, path: &str) -> bool {
        let Some(file) = self.files.get(path).filter(|_| checksum_list::is_translation_table(path)) else {
            return false;
        };
        let Some(rest) = self.table_bytes.checked_sub(file.length) else { return false };
        if file.length > checksum_list::MAX_TABLE_BYTES {
            return false;
        }
        self.table_bytes = rest;
        self.source.read(file).is_ok_and(|bytes| checksum_list::is_table_of_names(&bytes))
    }

    fn add_document_titles(&mut self, by_lower_case: &HashMap<String, &String>) {
        let page_paths = self.files.keys().filter(|path| pages::is_page(path)).cloned().collect();
        let (files, source) = (self.files, &mut self.source);
        pages::add_document_titles(&mut self.problems, page_paths, &mut |path| {
            let file = files.get(path).or_else(|| files.get(*by_lower_case.get(&path.to_ascii_lowercase())?))?;
            (file.length <= pages::MAX_PAGE_BYTES).then(|| source.read(file).ok()).flatten()
        });
    }
}
