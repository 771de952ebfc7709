//! The files of a folder or of an archive: finds them, reads them, hashes them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::sector_reader::{SECTOR_LENGTH, SectorReader, with_commas};
use super::spelling::are_all_in_one_case;
use super::verdict::{CappedNotes, Problem, ProblemCode, Problems, SectorRun};
use super::{naming, pages};
use crate::archive::{Archive, Member};
use crate::checksum::{Digest, Hasher};
use crate::os_metadata::{is_os_metadata, is_os_metadata_folder};
use crate::progress::Progress;
use crate::system::open_regular_file;

/// How deep folders are searched.
const MAX_FOLDER_DEPTH: usize = 64;
/// Bytes read at a time.
const CHUNK_BYTES: usize = 1 << 20;

/// The files by path, relative to the folder or the root of the archive.
pub(super) type SourceFiles = BTreeMap<String, SourceFile>;

/// A file of a folder or archive.
pub(super) struct SourceFile {
    location: Location,
    /// In bytes.
    pub(super) length: u64,
    /// Whether its path is UTF-8, as the paths of a list are. Otherwise characters of it were replaced.
    pub(super) has_exact_path: bool,
}

enum Location {
    Path(PathBuf),
    Member(Member),
}

/// What the files are read from.
pub(super) enum FileSource {
    Folder,
    Archive(Archive),
}

/// A file that has been read.
pub(super) struct HashedFile {
    pub(super) digest: Digest,
    /// Unreadable blocks, which were hashed as zeros.
    pub(super) unreadable: Vec<SectorRun>,
    /// The bytes, if the file is a page.
    pub(super) html: Vec<u8>,
}

impl FileSource {
    pub(super) fn is_archive(&self) -> bool {
        matches!(self, Self::Archive(_))
    }

    /// Reads a short file into memory.
    pub(super) fn read(&mut self, file: &SourceFile) -> io::Result<Vec<u8>> {
        match (self, &file.location) {
            (Self::Archive(archive), Location::Member(member)) => {
                let mut bytes = Vec::new();
                archive.read(member)?.take(file.length + 1).read_to_end(&mut bytes)?;
                Ok(bytes)
            }
            (_, Location::Path(path)) => {
                let mut bytes = Vec::new();
                open_regular_file(path)?.take(file.length + 1).read_to_end(&mut bytes)?;
                if bytes.len() as u64 > file.length { Err(longer_than_stated()) } else { Ok(bytes) }
            }
            (Self::Folder, Location::Member(_)) => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Hashes a file, and keeps its bytes if it is a page; `None` if `stop` was set.
    pub(super) fn hash(
        &mut self,
        file: &SourceFile,
        is_page: bool,
        progress: &mut dyn Progress,
        stop: &AtomicBool,
    ) -> io::Result<Option<HashedFile>> {
        match (self, &file.location) {
            (Self::Archive(archive), Location::Member(member)) => {
                hash_member(archive.read(member)?, file.length, is_page, progress, stop)
            }
            (_, Location::Path(path)) => hash_path(path, is_page, progress, stop),
            (Self::Folder, Location::Member(_)) => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// What is found in a folder.
#[derive(Default)]
pub(super) struct FolderContents {
    pub(super) files: SourceFiles,
    pub(super) notes: CappedNotes,
    pub(super) problems: Problems,
    /// The paths of the empty folders in it.
    empty: Vec<String>,
}

/// Finds all files of a folder. Symbolic links are not followed.
pub(super) fn find_in_folder(folder: &Path) -> FolderContents {
    let mut found = FolderContents::default();
    find_below(folder, "", 0, true, &mut found);
    report_empty_folders(&mut found);
    found
}

/// Reports empty folders whose names differ from other names only in upper and lower case, and notes the others.
fn report_empty_folders(found: &mut FolderContents) {
    let mut empty = std::mem::take(&mut found.empty);
    empty.sort_unstable();
    let paths = found.files.keys().filter(|_| !empty.is_empty());
    let by_lower_case: BTreeSet<String> = paths.map(|path| path.to_ascii_lowercase()).collect();
    for path in &empty {
        let lower_case = path.to_ascii_lowercase();
        let inside = format!("{lower_case}/");
        let is_other_folder =
            by_lower_case.range(inside.clone()..).next().is_some_and(|path| path.starts_with(&inside));
        if is_other_folder || by_lower_case.contains(&lower_case) {
            let message = "is an empty folder whose name differs from another only in upper and lower case: many systems can have only one of the two";
            found.problems.add(Problem::new(ProblemCode::Added, message).at(path));
        } else {
            found.notes.add(|| format!("the folder `{path}` is empty; a checksum list names only files"));
        }
    }
}

/// Finds all files in or below the folder at `path` in the folder that is verified. `has_exact_path` says whether `path` is UTF-8.
fn find_below(folder: &Path, path: &str, level: usize, has_exact_path: bool, found: &mut FolderContents) {
    let FolderContents { notes, problems, .. } = &mut *found;
    let unreadable =
        |error: io::Error| Problem::new(ProblemCode::Unreadable, format!("cannot read the folder: {error}")).at(path);
    let entries = match fs::read_dir(folder) {
        Ok(entries) if level < MAX_FOLDER_DEPTH => entries,
        Ok(_) => {
            problems.add(Problem::new(ProblemCode::Unreadable, "the folders are nested too deeply").at(path));
            return;
        }
        // The folders of operating systems were not published with the disc, and systems protect some of them.
        Err(error) if is_os_metadata_folder(path) => {
            notes.add(|| format!("the folder `{path}` of an operating system cannot be read: {error}"));
            return;
        }
        Err(error) => {
            problems.add(unreadable(error));
            return;
        }
    };
    let mut is_empty = true;
    for entry in entries {
        is_empty = false;
        let FolderContents { files, notes, problems, .. } = &mut *found;
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                problems.add(unreadable(error));
                return;
            }
        };
        let name = entry.file_name();
        let is_utf8 = name.to_str().is_some();
        let name = name.to_string_lossy().into_owned();
        let below = if path.is_empty() { name } else { format!("{path}/{name}") };
        match entry.metadata() {
            Ok(meta) if meta.is_dir() => {
                find_below(&entry.path(), &below, level + 1, has_exact_path && is_utf8, found);
            }
            Ok(meta) if meta.is_file() => {
                let location = Location::Path(entry.path());
                let file = SourceFile { location, length: meta.len(), has_exact_path: has_exact_path && is_utf8 };
                // Replacing the characters that are not UTF-8 may give two files the same name.
                if files.insert(below.clone(), file).is_some() {
                    let message = "appears twice: one of the names is not UTF-8, and is shown like the other";
                    problems.add(Problem::new(ProblemCode::Added, message).at(below));
                }
            }
            // The files of operating systems were not published with the disc.
            Ok(_) if is_os_metadata(&below) => {
                notes.add(|| format!("`{below}` of an operating system is neither a file nor a folder"));
            }
            Err(error) if is_os_metadata(&below) => {
                notes.add(|| format!("`{below}` of an operating system cannot be read: {error}"));
            }
            Ok(_) => problems.add(Problem::new(ProblemCode::Added, "is neither a file nor a folder").at(below)),
            Err(error) => problems.add(Problem::new(ProblemCode::Unreadable, error.to_string()).at(below)),
        }
    }
    if is_empty && level > 0 && !is_os_metadata_folder(path) {
        found.empty.push(path.to_owned());
    }
}

/// Removes what some systems add to all names of plain ISO 9660: version numbers (`A.TXT;1`, `README.;1`), or only a dot after
/// names without an extension, if all names are in capital or all in small letters. Otherwise, somebody has renamed files, and nothing is
/// removed.
pub(super) fn strip_additions(files: SourceFiles, notes: &mut Vec<String>) -> SourceFiles {
    let own: Vec<&String> = files.keys().filter(|path| !is_os_metadata(path)).collect();
    let has_version = |path: &str| {
        let version = path.rsplit_once(';').map_or("", |(_, version)| version);
        !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
    };
    let has_dot = |path: &str| file_name(path).contains('.');
    // Names of plain ISO 9660 have only one dot.
    let has_added_dot = |path: &str| file_name(path).strip_suffix('.').is_some_and(|stem| !stem.contains('.'));
    let strip: fn(&str) -> &str = if !own.is_empty() && own.iter().all(|path| has_version(path)) {
        notes.push("all names end with version numbers, as some systems show plain ISO 9660".to_owned());
        naming::strip_version
    } else if own.iter().all(|path| has_dot(path) && (!path.ends_with('.') || has_added_dot(path)))
        && own.iter().any(|path| path.ends_with('.'))
        && are_all_in_one_case(own.iter().map(|path| path.as_str()))
    {
        notes.push("names without an extension end with a dot, as some systems show plain ISO 9660".to_owned());
        |path| path.strip_suffix('.').unwrap_or(path)
    } else {
        return files;
    };
    let mut stripped = SourceFiles::new();
    for (path, file) in files {
        let short = strip(&path).to_owned();
        // If two names become the same, the second file keeps its whole name. No list has it, so it will be reported.
        let name = if stripped.contains_key(&short) { path } else { short };
        stripped.insert(name, file);
    }
    stripped
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Finds all files of an archive.
///
/// # Errors
/// The table of contents cannot be read.
pub(super) fn find_in_archive(
    archive: &mut Archive,
    notes: &mut Vec<String>,
    problems: &mut Problems,
) -> io::Result<SourceFiles> {
    let mut files = SourceFiles::new();
    let mut folders = Vec::new();
    let mut backslashes = 0_u64;
    for member in archive.members()? {
        // `bsdtar` begins all paths with `./`; some services add a member for the folder itself.
        let mut path = member.path.strip_prefix("./").unwrap_or(&member.path).to_owned();
        if matches!(path.as_str(), "" | "/") && member.length == 0 && !member.path.is_empty() {
            continue;
        }
        // Older versions of PowerShell write backslashes between folders, and most programs then unpack folders.
        if path.contains('\\') {
            backslashes += 1;
            path = path.replace('\\', "/");
        }
        let folder = path.strip_suffix('/');
        let stays_inside =
            folder.unwrap_or(&path).split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        if !stays_inside {
            let message = "this path would not be unpacked into the folder of the archive";
            problems.add(Problem::new(ProblemCode::Added, message).at(path));
            continue;
        }
        if let Some(folder) = folder {
            if member.length > 0 {
                problems.add(Problem::new(ProblemCode::Added, "is a folder, but has contents").at(&path));
            }
            folders.push(folder.to_owned());
            continue;
        }
        let length = member.length;
        if files
            .insert(path.clone(), SourceFile { location: Location::Member(member), length, has_exact_path: true })
            .is_some()
        {
            problems.add(Problem::new(ProblemCode::Added, "is in the archive twice").at(path));
        }
    }
    if backslashes > 0 {
        let message = format!(
            "the archive separates folders with backslashes in {}: some programs do not unpack them as folders, so unpack the archive, and verify the folder",
            if backslashes == 1 { "1 name".to_owned() } else { format!("{} names", with_commas(backslashes)) }
        );
        problems.add(Problem::new(ProblemCode::NotCompared, message));
    }
    let mut empty = CappedNotes::default();
    for folder in folders {
        let inside = format!("{folder}/");
        if !files.range(inside.clone()..).next().is_some_and(|(path, _)| path.starts_with(&inside)) {
            empty.add(|| format!("the folder `{folder}` is empty; a checksum list names only files"));
        }
        if files.contains_key(&folder) {
            problems.add(Problem::new(ProblemCode::Added, "is in the archive as a file and as a folder").at(folder));
        }
    }
    notes.extend(empty.into_notes("more empty folder", "more empty folders"));
    Ok(files)
}

/// Hashes a member of an archive. Reading it to its end also checks the checksum in the archive.
fn hash_member(
    mut source: impl Read,
    expected_length: u64,
    is_page: bool,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> io::Result<Option<HashedFile>> {
    let mut hasher = Hasher::default();
    let mut html = Vec::new();
    let mut total = 0;
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let length = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        total += length as u64;
        hasher.update(&buffer[..length]);
        if is_page && html.len() as u64 <= pages::MAX_PAGE_BYTES {
            html.extend_from_slice(&buffer[..length]);
        }
        progress.advance(length as u64, None);
    }
    if total != expected_length {
        return Err(io::Error::other(format!("it has {total} bytes, but the archive says {expected_length}")));
    }
    Ok(Some(HashedFile { digest: hasher.finish(), unreadable: Vec::new(), html }))
}

/// Hashes a file of a folder. Unreadable blocks are hashed as zeros.
fn hash_path(
    path: &Path,
    is_page: bool,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> io::Result<Option<HashedFile>> {
    let mut source = open_regular_file(path)?;
    let length = source.metadata()?.len();
    let mut hasher = Hasher::default();
    let mut html = Vec::new();
    // Whole blocks are read first, then the rest of the file.
    let whole_blocks = length / SECTOR_LENGTH * SECTOR_LENGTH;
    let mut reader = SectorReader::new(&mut source, length);
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut at = 0;
    while at < length {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let end = if at < whole_blocks { whole_blocks } else { length };
        let chunk = (end - at).min(CHUNK_BYTES as u64) as usize;
        reader.fill(at / SECTOR_LENGTH, &mut buffer[..chunk]);
        hasher.update(&buffer[..chunk]);
        if is_page && length <= pages::MAX_PAGE_BYTES {
            html.extend_from_slice(&buffer[..chunk]);
        }
        progress.advance(chunk as u64, None);
        at += chunk as u64;
    }
    let unreadable = reader.unreadable();
    // Some file systems report wrong lengths, such as 0 for all files of `/proc`.
    if unreadable.is_empty() && source.seek(SeekFrom::Start(length)).is_ok() && source.read(&mut [0])? > 0 {
        return Err(longer_than_stated());
    }
    Ok(Some(HashedFile { digest: hasher.finish(), unreadable, html }))
}

fn longer_than_stated() -> io::Error {
    io::Error::other(
        "it has more bytes than its file system says; if another program is writing to it, close that program; otherwise copy the folder to another file system and verify the copy",
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::progress::Silence;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_with_more_bytes_than_its_length_is_an_error() {
        let stop = AtomicBool::new(false);
        let error = hash_path(Path::new("/proc/version"), false, &mut Silence, &stop).err().unwrap();
        assert!(error.to_string().contains("more bytes than its file system says"), "{error}");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "abc").unwrap();
        let hashed = hash_path(file.path(), false, &mut Silence, &stop).unwrap().unwrap();
        assert_eq!(hashed.digest, Digest::from_reader(&b"abc"[..]).unwrap());
    }
}
