//! The disc's files in a folder: first below a name of their own in it, then, all at once, where they belong.
//!
//! So it works where the folder cannot be renamed: at the root of a stick.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Kind, Tree};
use crate::checksum::{self, Digest};
use crate::layout::DiscPath;
use crate::names::is_os_metadata;
use crate::plan::DiscDate;

/// Where the files are until all of them are there.
const PART: &str = ".make-disc.part";

/// How many files a message names.
const NAMED: usize = 3;

/// A folder in the making. Dropped before [`Folder::publish`], what it wrote is removed.
pub struct Folder {
    root: PathBuf,
    /// Whether the folder itself is ours.
    made: bool,
    date: SystemTime,
    paths: Vec<DiscPath>,
    /// What an earlier run put there.
    earlier: BTreeSet<String>,
    current: Option<(File, PathBuf)>,
    published: bool,
}

/// Why a folder cannot take the files.
#[derive(Debug)]
pub enum Occupied {
    /// It holds an earlier stage, which may be replaced.
    Stage,
    /// It holds other files; these are some of them, and how many there are.
    Other(Vec<String>, usize),
    /// It is no folder.
    NoFolder,
    /// It cannot be read or made.
    Unusable(io::Error),
}

impl Folder {
    /// Takes a folder that is not there, is empty, or, with `replace`, holds an earlier stage.
    ///
    /// # Errors
    /// [`Occupied`]; nothing was changed.
    pub fn create(root: &Path, date: DiscDate, replace: bool) -> Result<Self, Occupied> {
        let (there, earlier) = Self::look(root, replace)?;
        if !there {
            fs::create_dir(root).map_err(Occupied::Unusable)?;
        }
        let folder = Self {
            root: root.to_path_buf(),
            made: !there,
            date: time(date),
            paths: Vec::new(),
            earlier,
            current: None,
            published: false,
        };
        // What a killed run left.
        let _ = fs::remove_dir_all(folder.part());
        fs::create_dir(folder.part()).map_err(Occupied::Unusable)?;
        Ok(folder)
    }

    /// Whether [`Folder::create`] would take a folder, as far as it can be seen without changing anything.
    ///
    /// # Errors
    /// [`Occupied`].
    pub fn is_free(root: &Path, replace: bool) -> Result<(), Occupied> {
        Self::look(root, replace).map(|_| ())
    }

    /// Whether the folder is there, and what of an earlier stage it holds.
    fn look(root: &Path, replace: bool) -> Result<(bool, BTreeSet<String>), Occupied> {
        let there = match fs::metadata(root) {
            Ok(meta) if meta.is_dir() => true,
            Ok(_) => return Err(Occupied::NoFolder),
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(Occupied::Unusable(error)),
        };
        let mut earlier = BTreeSet::new();
        if there {
            let mut files = Vec::new();
            walk(root, "", &mut files).map_err(Occupied::Unusable)?;
            let list = files.iter().find(|path| checksum::is_list(path));
            if let Some(list) = list {
                let text = fs::read_to_string(root.join(list)).unwrap_or_default();
                let listed: BTreeMap<&str, Digest> =
                    text.lines().filter_map(|line| checksum::read_line(line.as_bytes())).map(|(d, p)| (p, d)).collect();
                // Other folders have such lists, too.
                let ours = listed.keys().any(|path| path.eq_ignore_ascii_case("autorun.inf"));
                // One name is in no list. What was changed since is somebody's work.
                let of_us = |path: &str| match listed.get(path) {
                    Some(digest) => File::open(root.join(path)).and_then(Digest::of).is_ok_and(|own| own == *digest),
                    None => path == ".xdg-volume-info" || path == list,
                };
                earlier = files.iter().filter(|path| ours && of_us(path)).cloned().collect();
            }
            let others: Vec<String> = files.into_iter().filter(|path| !earlier.contains(path)).collect();
            if !others.is_empty() {
                let count = others.len();
                return Err(Occupied::Other(others.into_iter().take(NAMED).collect(), count));
            }
            if !earlier.is_empty() && !replace {
                return Err(Occupied::Stage);
            }
        }
        Ok((there, earlier))
    }

    fn part(&self) -> PathBuf {
        self.root.join(PART)
    }

    /// Makes the files last, and gives them their names; the checksum list comes last, so that a folder
    /// with it is whole. What an earlier stage had beside them is removed.
    ///
    /// # Errors
    /// The medium did not take them, or a name could not be given; the folder may then hold a part.
    pub fn publish(mut self) -> io::Result<()> {
        let part = self.part();
        for path in &self.paths {
            // Windows wants to write to what it synchronises.
            File::options().append(true).open(part.join(path.as_str()))?.sync_all()?;
        }
        let whole = self.paths.last().cloned();
        if let Some(list) = whole.filter(|list| self.earlier.contains(list.as_str())) {
            fs::remove_file(self.root.join(list.as_str()))?;
        }
        for path in &self.paths {
            let target = self.root.join(path.as_str());
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(part.join(path.as_str()), target)?;
            self.earlier.remove(path.as_str());
        }
        for old in &self.earlier {
            match fs::remove_file(self.root.join(old)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            // Folders that are empty now; others stay.
            let mut folder = Path::new(old).parent();
            while let Some(above) = folder.filter(|above| !above.as_os_str().is_empty()) {
                if fs::remove_dir(self.root.join(above)).is_err() {
                    break;
                }
                folder = above.parent();
            }
        }
        fs::remove_dir_all(&part)?;
        self.published = true;
        if cfg!(unix) {
            File::open(&self.root)?.sync_all()?;
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.published {
            return;
        }
        self.current = None;
        let _ = fs::remove_dir_all(self.part());
        if self.made {
            // Only if it is empty again.
            let _ = fs::remove_dir(&self.root);
        }
    }
}

impl Tree for Folder {
    fn begin(&mut self, path: &DiscPath, _: u64, _: Kind) -> io::Result<()> {
        let place = self.part().join(path.as_str());
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        self.current = Some((File::create_new(&place)?, place));
        self.paths.push(path.clone());
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.current {
            Some((file, _)) => file.write_all(bytes),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        match self.current.take() {
            Some((file, _)) => file.set_modified(self.date),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// The disc's date as systems count it.
fn time(date: DiscDate) -> SystemTime {
    let length = Duration::from_secs(date.seconds.unsigned_abs());
    let moment = if date.seconds < 0 { UNIX_EPOCH.checked_sub(length) } else { UNIX_EPOCH.checked_add(length) };
    moment.unwrap_or(UNIX_EPOCH)
}

/// Notes every file below a folder but those that systems put there; links are not followed.
fn walk(folder: &Path, path: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let below = if path.is_empty() { name } else { format!("{path}/{name}") };
        if below == PART || is_os_metadata(&below) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &below, files)?;
        } else {
            files.push(below);
        }
    }
    files.sort();
    Ok(())
}
