//! Writes the disc's files to a folder. They are written to a temporary folder inside it, and moved to their final paths
//! when all of them are complete.
//!
//! This also works where the folder itself cannot be renamed: the root of a USB stick.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{FileKind, FileSink};
use crate::checksum::{self, Digest};
use crate::image::{Target, parent_folder, sync_folder};
use crate::os_metadata::is_os_metadata;
use crate::plan::{DiscDate, Plan, PlannedTimestamp};
use crate::signature::{MAX_FILE_BYTES, Signature, SignatureFormat};
use crate::system::{NoRoom, ensure_replaceable, ensure_room, ensure_writable_folder, open_regular_file};
use crate::temporary::{Unfinished, defer_interruption};
use crate::timestamp::{MAX_TIMESTAMP_BYTES, timestamp_path};

/// The name of the temporary folder.
const TEMPORARY: &str = ".make-disc.part";

/// The maximum number of other files that a [`FolderError`] names.
const MAX_NAMED: usize = 3;

/// A folder that is being filled. If it is dropped before [`Folder::publish`], what was written is removed.
pub struct Folder {
    root: PathBuf,
    /// Whether this run created the folder itself.
    is_new: bool,
    date: SystemTime,
    paths: Vec<String>,
    /// The files of an earlier run, which are replaced.
    earlier: BTreeSet<String>,
    current: Option<(File, PathBuf)>,
    published: bool,
    /// What an interruption removes: the folder, if this run created it and it is empty, and the temporary one.
    unfinished: Vec<Unfinished>,
}

/// Why a folder cannot be filled.
#[derive(Debug)]
pub enum FolderError {
    /// It contains the files of an earlier run, and nothing else.
    ExistingOutput,
    /// It contains other files.
    OtherFiles {
        /// The paths of some of them.
        examples: Vec<String>,
        /// How many there are.
        count: usize,
    },
    NotAFolder,
    /// Something that is not a file of an earlier run is where a file or a folder must be.
    InTheWay {
        /// The path in the folder.
        path: String,
        /// Whether it is a folder where a file must be.
        is_folder: bool,
    },
    /// There is no room for the files.
    NoRoom {
        no_room: NoRoom,
        /// The length of all files in bytes.
        total: u64,
        /// The longest file and its length in bytes.
        longest: (String, u64),
    },
    /// It cannot be read or created.
    Io(io::Error),
    /// A file in it cannot be replaced, or a folder in it cannot be written to.
    Protected(PathBuf, io::Error),
}

impl Folder {
    /// Prepares a folder for the files of a plan. It must not exist yet, or be empty, or, with `replace`, contain only files of
    /// an earlier run.
    ///
    /// # Errors
    /// [`FolderError`]; nothing was changed.
    pub fn create(root: &Path, plan: &Plan, replace: bool) -> Result<Self, FolderError> {
        let (exists, earlier) = Self::inspect(root, replace, plan.timestamp.as_ref().map(PlannedTimestamp::bytes))?;
        ensure_places_usable(root, plan)?;
        let _deferred = defer_interruption();
        let mut unfinished = Vec::new();
        if !exists {
            fs::create_dir(root).map_err(FolderError::Io)?;
            unfinished.push(Unfinished::empty_folder(root));
        }
        let mut folder = Self {
            root: root.to_path_buf(),
            is_new: !exists,
            date: system_time(plan.date),
            paths: Vec::new(),
            earlier,
            current: None,
            published: false,
            unfinished,
        };
        // A run that was killed may have left a temporary folder.
        let _ = fs::remove_dir_all(folder.temporary());
        fs::create_dir(folder.temporary()).map_err(FolderError::Io)?;
        let temporary = Unfinished::folder(&folder.temporary());
        folder.unfinished.push(temporary);
        folder.ensure_room(plan)?;
        Ok(folder)
    }

    /// Returns an error unless [`Folder::create`] would use the folder, as far as can be seen without a plan and without
    /// changing anything. `timestamp` is that of the manifest.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn ensure_usable(root: &Path, replace: bool, timestamp: Option<&[u8]>) -> Result<(), FolderError> {
        Self::inspect(root, replace, timestamp).map(|_| ())
    }

    fn ensure_room(&self, plan: &Plan) -> Result<(), FolderError> {
        let longest = plan.paths().max_by_key(|(_, entry)| entry.length);
        let longest = longest.map(|(path, entry)| (path.as_str().to_owned(), entry.length)).unwrap_or_default();
        let total = plan.paths().map(|(_, entry)| entry.length).sum();
        let mut probe = Target::create(&self.temporary().join("room")).map_err(FolderError::Io)?;
        ensure_room(probe.file(), total, longest.1).map_err(|no_room| FolderError::NoRoom { no_room, total, longest })
    }

    /// Whether the folder exists, and which files of an earlier run it contains. `timestamp` is the one that will be written.
    fn inspect(root: &Path, replace: bool, timestamp: Option<&[u8]>) -> Result<(bool, BTreeSet<String>), FolderError> {
        let exists = match fs::metadata(root) {
            Ok(meta) if meta.is_dir() => true,
            Ok(_) => return Err(FolderError::NotAFolder),
            // A link that leads nowhere.
            Err(_) if fs::symlink_metadata(root).is_ok() => return Err(FolderError::NotAFolder),
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(FolderError::Io(error)),
        };
        let mut earlier = BTreeSet::new();
        if exists {
            let mut files = Vec::new();
            collect_files(root, "", &mut files).map_err(FolderError::Io)?;
            let list = files.iter().find(|path| checksum::is_checksum_list(path));
            if let Some(list) = list {
                let mut text = String::new();
                let read = open_regular_file(&root.join(list)).and_then(|mut file| file.read_to_string(&mut text));
                // A list that cannot be read was not written by an earlier run.
                let text = if read.is_ok() { text } else { String::new() };
                let listed: BTreeMap<&str, Digest> = text
                    .lines()
                    .filter_map(|line| checksum::parse_line(line.as_bytes()))
                    .map(|(d, p)| (p, d))
                    .collect();
                // A SHA256SUMS alone does not show that make-disc wrote the folder; autorun.inf does.
                let is_our_output = listed.keys().any(|path| path.eq_ignore_ascii_case("autorun.inf"));
                // The second names of files, the list itself and its signature are never listed. A listed file whose digest no longer matches may
                // contain someone's work, so it must not be replaced.
                let is_unchanged = |path: &str| match listed.get(path) {
                    Some(digest) => open_regular_file(&root.join(path))
                        .and_then(Digest::from_reader)
                        .is_ok_and(|own| own == *digest),
                    // Only a signature that make-disc wrote is replaced.
                    None if SignatureFormat::ALL.iter().any(|format| *path == format.signature_path(list)) => {
                        let mut bytes = Vec::new();
                        let read = open_regular_file(&root.join(path))
                            .and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes));
                        read.is_ok() && Signature::parse(&bytes).is_some_and(|signature| signature.is_canonical())
                    }
                    // make-disc cannot make a timestamp again, so only one that will be written again is replaced.
                    None if *path == timestamp_path(list) => {
                        let mut bytes = Vec::new();
                        let read = open_regular_file(&root.join(path))
                            .and_then(|file| file.take(MAX_TIMESTAMP_BYTES).read_to_end(&mut bytes));
                        read.is_ok() && timestamp == Some(&bytes[..])
                    }
                    None => path == ".xdg-volume-info" || path == "ro-crate-metadata.json" || path == list,
                };
                earlier = files.iter().filter(|path| is_our_output && is_unchanged(path)).cloned().collect();
            }
            let others: Vec<String> = files.into_iter().filter(|path| !earlier.contains(path)).collect();
            if !others.is_empty() {
                let count = others.len();
                let examples = others.into_iter().take(MAX_NAMED).collect();
                return Err(FolderError::OtherFiles { examples, count });
            }
            if !earlier.is_empty() && !replace {
                return Err(FolderError::ExistingOutput);
            }
            ensure_unprotected(root, &earlier)?;
        }
        Ok((exists, earlier))
    }

    fn temporary(&self) -> PathBuf {
        self.root.join(TEMPORARY)
    }

    /// Syncs the files.
    ///
    /// # Errors
    /// A file could not be synced. The kind is `Interrupted` if the user interrupted the run.
    pub fn sync(&self, interrupted: &AtomicBool) -> io::Result<()> {
        let temporary = self.temporary();
        for path in &self.paths {
            if interrupted.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            // Windows syncs only a file that is open for writing.
            File::options().append(true).open(temporary.join(path.as_str()))?.sync_all()?;
        }
        Ok(())
    }

    /// Moves the files to their places; the checksum list comes last, so that a folder that has one is complete. Other files
    /// of an earlier run are removed.
    ///
    /// # Errors
    /// A file could not be moved; the folder may contain some of the files.
    pub fn publish(mut self) -> io::Result<()> {
        let temporary = self.temporary();
        let _deferred = defer_interruption();
        let list = self.paths.last().filter(|list| self.earlier.contains(list.as_str()));
        let list = list.map(|list| (self.root.join(list.as_str()), temporary.join(".earlier-list")));
        if let Some((place, aside)) = &list {
            fs::rename(place, aside)?;
        }
        let was_empty = self.earlier.is_empty();
        for (number, path) in self.paths.iter().enumerate() {
            let target = self.root.join(path.as_str());
            let moved = fs::create_dir_all(parent_folder(&target))
                .and_then(|()| fs::rename(temporary.join(path.as_str()), &target));
            if let Err(error) = moved {
                if was_empty {
                    let moved = &self.paths[..=number];
                    moved.iter().for_each(|path| remove_file_and_empty_folders(&self.root, path.as_str()));
                } else if let (0, Some((place, aside))) = (number, &list) {
                    // The earlier files are still complete.
                    let _ = fs::rename(aside, place);
                }
                return Err(error);
            }
            self.earlier.remove(path);
        }
        for old in &self.earlier {
            match fs::remove_file(self.root.join(old)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            remove_file_and_empty_folders(&self.root, old);
        }
        fs::remove_dir_all(&temporary)?;
        self.published = true;
        sync_folder(&self.root)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.published {
            return;
        }
        let _deferred = defer_interruption();
        self.current = None;
        let _ = fs::remove_dir_all(self.temporary());
        if self.is_new {
            // Succeeds only if it is empty again.
            let _ = fs::remove_dir(&self.root);
        }
    }
}

impl FileSink for Folder {
    fn start_file(&mut self, path: &str, _: u64, _: FileKind) -> io::Result<()> {
        let place = self.temporary().join(path);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        self.current = Some((File::create_new(&place)?, place));
        self.paths.push(path.to_owned());
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.current {
            Some((file, _)) => file.write_all(bytes),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn finish_file(&mut self) -> io::Result<()> {
        match self.current.take() {
            Some((file, _)) => file.set_modified(self.date),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Removes a file, if it exists, and the folders above it that this leaves empty. Ignores what cannot be removed.
fn remove_file_and_empty_folders(root: &Path, path: &str) {
    let _ = fs::remove_file(root.join(path));
    let mut folder = Path::new(path).parent();
    while let Some(above) = folder.filter(|above| !above.as_os_str().is_empty()) {
        if fs::remove_dir(root.join(above)).is_err() {
            return;
        }
        folder = above.parent();
    }
}

/// Returns an error if there is a folder where the plan has a file, a file where it has a folder, or a folder that cannot be
/// written to. For example, an empty folder `autorun.inf` is a common protection against viruses that spread on USB sticks.
fn ensure_places_usable(root: &Path, plan: &Plan) -> Result<(), FolderError> {
    let in_the_way =
        |path: &Path, is_folder| Err(FolderError::InTheWay { path: path.to_string_lossy().into_owned(), is_folder });
    let mut known = BTreeSet::new();
    for (path, _) in plan.paths() {
        let path = Path::new(path.as_str());
        if fs::symlink_metadata(root.join(path)).is_ok_and(|meta| meta.is_dir()) {
            return in_the_way(path, true);
        }
        let mut folder = path.parent();
        while let Some(above) =
            folder.filter(|above| !above.as_os_str().is_empty() && known.insert(above.to_path_buf()))
        {
            match fs::symlink_metadata(root.join(above)) {
                Ok(meta) if !meta.is_dir() => return in_the_way(above, false),
                Ok(_) => ensure_writable_folder(&root.join(above))
                    .map_err(|error| FolderError::Protected(root.join(above), error))?,
                Err(_) => {}
            }
            folder = above.parent();
        }
    }
    Ok(())
}

/// Returns an error if one of these files, whose paths start at `root`, cannot be replaced.
fn ensure_unprotected(root: &Path, files: &BTreeSet<String>) -> Result<(), FolderError> {
    let mut folders = BTreeSet::new();
    for path in files.iter().map(|file| root.join(file)) {
        let folder = parent_folder(&path);
        if folders.insert(folder.to_path_buf()) {
            ensure_writable_folder(folder).map_err(|error| FolderError::Protected(folder.to_path_buf(), error))?;
        }
        ensure_replaceable(&path).map_err(|error| FolderError::Protected(path, error))?;
    }
    Ok(())
}

/// The disc's date as the time of a file.
fn system_time(date: DiscDate) -> SystemTime {
    let length = Duration::from_secs(date.seconds.unsigned_abs());
    let moment = if date.seconds < 0 { UNIX_EPOCH.checked_sub(length) } else { UNIX_EPOCH.checked_add(length) };
    moment.unwrap_or(UNIX_EPOCH)
}

/// Collects every file in a folder and its subfolders, except those in the temporary folder and those that operating systems
/// put there. Links are not followed.
fn collect_files(folder: &Path, path: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let below = if path.is_empty() { name } else { format!("{path}/{name}") };
        if below == TEMPORARY || is_os_metadata(&below) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect_files(&entry.path(), &below, files)?;
        } else {
            files.push(below);
        }
    }
    files.sort();
    Ok(())
}
