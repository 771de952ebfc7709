//! Verifies the files of a folder (a mounted disc, a copy on a USB stick, an unpacked archive) or of an archive.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::checksum_list::{self, ListedDigests, ParsedList, is_icon_file, is_signature_of};
use super::file_check::MISSING;
use super::file_source::{FileSource, SourceFile, SourceFiles, find_in_archive, find_in_folder, strip_additions};
use super::published::{self, ComputedDigests, PublishedDigest};
use super::sector_reader::describe_unreadable;
use super::verdict::{CappedNotes, CheckedFile, Problem, ProblemCode, Problems, TargetKind, Verdict};
use super::{Interrupted, archive_structure, pages};
use crate::archive::Archive;
use crate::checksum::{Digest, Hasher, find_checksum_list, is_checksum_list};
use crate::os_metadata::is_os_metadata;
use crate::progress::Progress;

/// Verifies a folder by the checksum list in it.
///
/// # Errors
/// The outer error: the folder itself cannot be read. The inner one: [`Interrupted`], if `stop` was set.
pub fn verify_folder(
    root: &Path,
    published: &[PublishedDigest],
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> io::Result<Result<Verdict, Interrupted>> {
    let mut problems = Problems::default();
    let mut files = SourceFiles::new();
    fs::read_dir(root)?;
    let mut notes = CappedNotes::default();
    find_in_folder(root, "", 0, &mut files, &mut notes, &mut problems);
    let mut notes = notes
        .into_notes("more folder that is empty or cannot be read", "more folders that are empty or cannot be read");
    let files = strip_additions(files, &mut notes);
    let mut check = FolderCheck::new(&files, FileSource::Folder, problems);
    check.notes = notes;
    Ok(check.run(TargetKind::Folder, published, progress, stop))
}

/// Verifies an archive by the checksum list in it.
///
/// # Errors
/// The outer error: the archive as a whole cannot be read. The inner one: [`Interrupted`], if `stop` was set.
pub fn verify_archive(
    file: File,
    published: &[PublishedDigest],
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> io::Result<Result<Verdict, Interrupted>> {
    let mut problems = Problems::default();
    let archive_digest = match published.is_empty() {
        true => None,
        false => match hash_whole(&file, stop)? {
            None => return Ok(Err(Interrupted)),
            digest => digest,
        },
    };
    let mut buffered = io::BufReader::new(file);
    if !archive_structure::check(&mut buffered, &mut problems)? {
        // Reading its members could take very long, and would prove nothing.
        let mut check = FolderCheck::new(&EMPTY, FileSource::Folder, problems);
        check.is_unreadable_archive = true;
        check.archive_digest = archive_digest;
        return Ok(check.run(TargetKind::Archive, published, progress, stop));
    }
    let mut archive = Archive::open(buffered.into_inner())?;
    let files = find_in_archive(&mut archive, &mut problems)?;
    let mut check = FolderCheck::new(&files, FileSource::Archive(archive), problems);
    check.archive_digest = archive_digest;
    Ok(check.run(TargetKind::Archive, published, progress, stop))
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

/// How many files of operating systems are named; all are counted.
const MAX_OS_NOTES: u64 = 20;

/// No files.
static EMPTY: SourceFiles = SourceFiles::new();

/// Checks files, and remembers the results.
struct FolderCheck<'f> {
    files: &'f SourceFiles,
    source: FileSource,
    problems: Problems,
    notes: Vec<String>,
    checked: Vec<CheckedFile>,
    list_path: Option<&'f String>,
    files_intact: u64,
    /// Whether the rest of the list may be missing.
    is_cut_off: bool,
    /// Files that may be in that part.
    beyond_cut: u64,
    /// Files of operating systems that are not in the list.
    os_files: u64,
    /// The first table of names that another program wrote (`TRANS.TBL`), and how many there are.
    translation_tables: (Option<String>, u64),
    /// Whether the files could not be listed because the archive contradicts itself, which has been reported.
    is_unreadable_archive: bool,
    /// The digest of the whole archive, if it was needed.
    archive_digest: Option<Digest>,
}

/// A line of the checksum list whose file exists.
struct ListedFile {
    /// The path as the list spells it.
    path: String,
    digest: Digest,
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
            files_intact: 0,
            is_cut_off: false,
            beyond_cut: 0,
            os_files: 0,
            translation_tables: (None, 0),
            is_unreadable_archive: false,
            archive_digest: None,
        }
    }

    fn run(
        mut self,
        kind: TargetKind,
        published: &[PublishedDigest],
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Verdict, Interrupted> {
        let size = self.files.values().map(|file| file.length).sum();
        progress.begin(size);
        let list_path = find_checksum_list(self.files.keys());
        self.list_path = list_path;
        let (ParsedList { digests: mut listed, is_cut_off, unterminated }, list_digest) = self.read_list(list_path);
        self.is_cut_off = is_cut_off;
        let by_lower_case: HashMap<String, &String> =
            self.files.keys().map(|path| (path.to_ascii_lowercase(), path)).collect();
        // If the last line of the list is cut off, the end of the path in it is missing.
        if let Some((number, path)) = unterminated
            && !by_lower_case.contains_key(&path.to_ascii_lowercase())
        {
            listed.remove(&path);
            let list = list_path.map_or("", String::as_str);
            self.problems.add(checksum_list::describe_cut(number, list));
        }
        let found = self.find_listed(&listed, &by_lower_case);
        self.report_changed_case(&found);
        for (path, file) in self.files {
            if stop.load(Ordering::Relaxed) {
                return Err(Interrupted);
            }
            // A member that is not in the list has no digest to compare with, and may be huge: it is not unpacked.
            let is_needed = found.contains_key(path) || Some(path) == list_path || is_icon_file(path);
            if kind == TargetKind::Archive && !is_needed && !listed.is_empty() {
                self.report_unlisted(path);
                self.checked.push(CheckedFile { path: path.clone(), digest: None });
                continue;
            }
            let Some((digest, html)) = self.hash(path, file, progress, stop)? else { continue };
            if Some(path) == list_path && list_digest.is_some_and(|read| read != digest) {
                let message = "changed while the files were verified";
                self.problems.add(Problem::new(ProblemCode::ChecksumList, message).at(path));
            }
            let is_intact = self.check(path, digest, found.get(path), &listed, Some(path) == list_path);
            if is_intact && !html.is_empty() {
                let exists = |target: &str| by_lower_case.contains_key(&target.to_ascii_lowercase());
                for problem in pages::find_broken_links(&html, path, &exists) {
                    self.problems.add(problem);
                }
            }
        }
        progress.end();
        if let Some(problem) = checksum_list::describe_beyond_cut(self.beyond_cut) {
            self.problems.add(problem);
        }
        let (first, count) = std::mem::take(&mut self.translation_tables);
        self.notes.extend(checksum_list::describe_translation_tables(first.as_deref(), count));
        if found.keys().any(|path| path.eq_ignore_ascii_case(".autoopen"))
            && !self.files.keys().any(|path| is_icon_file(path))
        {
            let message =
                "`.xdg-volume-info`, the second name of a listed file, is not here: some systems hide such files";
            self.notes.push(message.to_owned());
        }
        let image_label = if kind == TargetKind::Archive { "the archive" } else { "the folder" };
        let is_folder = kind == TargetKind::Folder;
        let computed = ComputedDigests { image: self.archive_digest, list: list_digest, image_label, is_folder };
        let confirmed = published::compare(published, &computed, &mut self.problems);
        self.add_document_titles(&by_lower_case);
        let files_listed = listed.len() as u64;
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
            list_digest,
            media_check: None,
        })
    }

    /// The digests in the checksum list, and that of the list as it was read. If it is missing, too large or unreadable,
    /// reports that and returns no digests.
    fn read_list(&mut self, path: Option<&String>) -> (ParsedList, Option<Digest>) {
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
                let listed = checksum_list::parse_copied(&bytes, path, &mut self.notes, &mut self.problems);
                (listed, Digest::from_reader(bytes.as_slice()).ok())
            }
            Err(error) => {
                self.problems.add(Problem::new(ProblemCode::Unreadable, error.to_string()).at(path));
                (ParsedList::default(), None)
            }
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
        for (path, digest) in listed {
            let exact = self.files.get_key_value(path).map(|(path, _)| path);
            // A file counts for one line of the list.
            let is_free = |actual: &&String| !listed.contains_key(*actual) && !found.contains_key(*actual);
            let in_other_case = || by_lower_case.get(&path.to_ascii_lowercase()).copied().filter(is_free);
            match exact.or_else(in_other_case) {
                Some(actual) => {
                    found.insert(actual, ListedFile { path: path.clone(), digest: *digest });
                }
                None => self.problems.add(Problem::new(ProblemCode::Missing, MISSING).at(path)),
            }
        }
        found
    }

    /// Reports names in which upper and lower case differ from the list. Some systems show all names of
    /// a disc in capital letters, or all in small letters; links work there. Otherwise, somebody has
    /// changed the name, and links to it do not work on other systems.
    fn report_changed_case(&mut self, found: &BTreeMap<&String, ListedFile>) {
        let all_are = |converted: fn(&str) -> String| found.keys().all(|path| **path == converted(path));
        if all_are(|path| path.to_ascii_uppercase()) || all_are(|path| path.to_ascii_lowercase()) {
            return;
        }
        for (actual, listed) in found.iter().filter(|(actual, listed)| **actual != &listed.path) {
            let message = format!(
                "is named `{actual}` here: because upper and lower case differ, links to it do not work on many computers"
            );
            self.problems.add(Problem::new(ProblemCode::Missing, message).at(&listed.path));
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
        let hashed = match self.source.hash(file, pages::is_page(path), progress, stop) {
            Ok(None) => return Err(Interrupted),
            Ok(Some(hashed)) if hashed.unreadable.is_empty() => Some((hashed.digest, hashed.html)),
            Ok(Some(hashed)) => {
                let message = describe_unreadable(&hashed.unreadable, "block");
                let problem = Problem::new(ProblemCode::Unreadable, message).at(path);
                self.problems.add(problem.in_sectors(hashed.unreadable));
                None
            }
            Err(error) => {
                let message = format!("cannot be opened: {error}");
                self.problems.add(Problem::new(ProblemCode::Unreadable, message).at(path));
                None
            }
        };
        let digest = hashed.as_ref().map(|(digest, _)| *digest);
        self.checked.push(CheckedFile { path: path.to_owned(), digest });
        Ok(hashed)
    }

    /// Compares a digest with the list; returns whether it is listed and matches.
    fn check(
        &mut self,
        path: &str,
        digest: Digest,
        listed_file: Option<&ListedFile>,
        listed: &ListedDigests,
        is_list: bool,
    ) -> bool {
        match listed_file {
            Some(listed) if listed.digest == digest => {
                self.files_intact += 1;
                return true;
            }
            Some(_) => {
                self.problems.add(Problem::new(ProblemCode::Changed, "does not match the checksum list").at(path));
            }
            None if listed.is_empty() || is_list => {}
            None if is_icon_file(path) && listed.values().any(|listed| *listed == digest) => {
                self.notes.push(format!("`{path}` is a copy of a file in the checksum list"));
            }
            None => self.report_unlisted(path),
        }
        false
    }

    fn report_unlisted(&mut self, path: &str) {
        if self.list_path.is_some_and(|list| is_signature_of(path, list)) {
            self.notes.push(format!("`{path}` is a signature of the checksum list, which was not checked"));
        } else if is_os_metadata(path) {
            self.os_files += 1;
            if self.os_files <= MAX_OS_NOTES {
                self.notes.push(format!("`{path}` was added by an operating system"));
            }
        } else if checksum_list::is_translation_table(path) {
            self.translation_tables.0.get_or_insert_with(|| path.to_owned());
            self.translation_tables.1 += 1;
        } else if self.is_cut_off {
            self.beyond_cut += 1;
        } else {
            self.problems.add(checksum_list::describe_added(path));
        }
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
