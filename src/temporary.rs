//! Creates files and folders that other users cannot read or replace and whose names they cannot guess, and removes what the
//! process was writing when it was interrupted. The only module that uses `tempfile`.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use tempfile::{Builder, TempPath, tempfile};

/// A new folder for temporary files that only this user can enter, with a name that nobody can guess. It is not removed
/// automatically.
///
/// # Errors
/// The error of the operating system.
pub fn create_private_folder() -> io::Result<PathBuf> {
    let mut builder = Builder::new();
    builder.prefix("make-disc-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    Ok(builder.tempdir()?.keep())
}

/// Creates a folder that only this user can enter, and the missing folders above it. Makes an existing folder private.
///
/// # Errors
/// The error of the operating system; or [`io::ErrorKind::PermissionDenied`] if the folder is a link, or belongs to another
/// user, who could change what is in it.
pub fn ensure_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let meta = fs::symlink_metadata(folder)?;
    if !meta.is_dir() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    // The owner of a new file is this user. Creating one also shows whether the folder is writable.
    let _deferred = defer_interruption();
    let probe = Builder::new().prefix(".").suffix(".probe").tempfile_in(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        if probe.as_file().metadata()?.uid() != meta.uid() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        if meta.mode() & 0o077 != 0 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
    }
    drop(probe);
    Ok(())
}

/// A folder for temporary files that only this user can enter. It is removed when this value is dropped or the process is
/// interrupted.
#[derive(Debug)]
pub struct TemporaryFolder {
    path: PathBuf,
    _unfinished: Unfinished,
}

impl TemporaryFolder {
    /// Creates an empty folder.
    ///
    /// # Errors
    /// The error of the operating system.
    pub fn new() -> io::Result<Self> {
        let _deferred = defer_interruption();
        let path = create_private_folder()?;
        let _unfinished = Unfinished::folder(&path);
        Ok(Self { path, _unfinished })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // If it cannot be removed, the system cleans up its folder of temporary files.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Registers a file or folder that is being written, so that it is removed if the process is interrupted. Dropping this value
/// ends the registration, and removes nothing.
#[derive(Debug)]
pub struct Unfinished {
    number: u64,
}

/// What is removed if the process is interrupted.
#[derive(Debug)]
enum Leftover {
    File(PathBuf),
    Folder(PathBuf),
    /// A folder that is removed only if it is empty.
    EmptyFolder(PathBuf),
}

impl Unfinished {
    /// Registers a file.
    pub fn file(path: &Path) -> Self {
        Self::new(Leftover::File(path.to_path_buf()))
    }

    /// Registers a folder, which is removed with everything in it.
    pub fn folder(path: &Path) -> Self {
        Self::new(Leftover::Folder(path.to_path_buf()))
    }

    /// Registers a folder that is removed only if it is empty, after everything that is registered later.
    pub fn empty_folder(path: &Path) -> Self {
        Self::new(Leftover::EmptyFolder(path.to_path_buf()))
    }

    fn new(leftover: Leftover) -> Self {
        let mut state = lock();
        let number = state.next_number;
        state.next_number += 1;
        state.leftovers.push((number, leftover));
        Self { number }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        lock().leftovers.retain(|(number, _)| *number != self.number);
    }
}

/// While a value of this type exists, an interruption does not end the process: it is making changes that belong together.
/// After a second signal, the process waits only briefly for them.
#[derive(Debug)]
pub struct DeferredInterruption(());

/// Begins changes that belong together. They must not take long.
pub fn defer_interruption() -> DeferredInterruption {
    let mut state = lock();
    while state.is_ending {
        // The process is about to end: this thread must not begin changes.
        state = CHANGED.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    state.deferrals += 1;
    DeferredInterruption(())
}

impl Drop for DeferredInterruption {
    fn drop(&mut self) {
        lock().deferrals -= 1;
        CHANGED.notify_all();
    }
}

struct State {
    leftovers: Vec<(u64, Leftover)>,
    next_number: u64,
    /// The number of [`DeferredInterruption`] values that exist.
    deferrals: usize,
    is_ending: bool,
}

static STATE: Mutex<State> =
    Mutex::new(State { leftovers: Vec::new(), next_number: 0, deferrals: 0, is_ending: false });
static CHANGED: Condvar = Condvar::new();

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes everything unfinished before the process ends. First waits until no changes that belong together are in progress,
/// but not longer than `max_wait`, and then lets no more begin.
pub fn remove_leftovers(max_wait: Duration) {
    let start = Instant::now();
    let mut state = lock();
    while state.deferrals > 0 && start.elapsed() < max_wait {
        let wait = CHANGED.wait_timeout(state, Duration::from_millis(50)).unwrap_or_else(PoisonError::into_inner);
        state = wait.0;
    }
    state.is_ending = true;
    let leftovers = std::mem::take(&mut state.leftovers);
    drop(state);
    for (_, leftover) in leftovers.into_iter().rev() {
        let remove = || match &leftover {
            Leftover::File(path) => fs::remove_file(path),
            Leftover::Folder(path) => fs::remove_dir_all(path),
            Leftover::EmptyFolder(path) => fs::remove_dir(path),
        };
        // Another thread may create one more file in a folder that is being removed.
        let _ = remove().or_else(|_| remove());
    }
}

/// Creates a file that only this user can read. An existing file is emptied, and keeps its permissions.
///
/// # Errors
/// The error of the operating system.
pub fn create_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    #[cfg(unix)]
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn private_folders_and_files_are_private() {
        let temporary = create_private_folder().unwrap();
        assert_eq!(mode(&temporary), 0o700);
        let folder = temporary.join("a/b");
        ensure_private_folder(&folder).unwrap();
        assert_eq!((mode(&folder), mode(&temporary.join("a"))), (0o700, 0o700));
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        ensure_private_folder(&folder).unwrap();
        assert_eq!((mode(&folder), fs::read_dir(&folder).unwrap().count()), (0o700, 0));
        create_private_file(&folder.join("x")).unwrap();
        assert_eq!(mode(&folder.join("x")), 0o600);
        symlink(&folder, temporary.join("link")).unwrap();
        assert!(ensure_private_folder(&temporary.join("link")).is_err());
        fs::remove_dir_all(temporary).unwrap();
    }

    #[test]
    fn what_is_unfinished_is_removed_and_what_is_finished_is_kept() {
        // The state belongs to the process, so the test runs in another process.
        if std::env::var_os("MAKE_DISC_TEST_LEFTOVERS").is_none() {
            let mut other = std::process::Command::new(std::env::current_exe().unwrap());
            other.args(["--exact", "temporary::tests::what_is_unfinished_is_removed_and_what_is_finished_is_kept"]);
            assert!(other.env("MAKE_DISC_TEST_LEFTOVERS", "1").output().unwrap().status.success());
            return;
        }
        let folder = create_private_folder().unwrap();
        fs::create_dir_all(folder.join("root/part/inner")).unwrap();
        fs::create_dir(folder.join("used")).unwrap();
        for name in ["root/part/inner/a", "part", "finished", "used/file"] {
            fs::write(folder.join(name), "x").unwrap();
        }
        let unfinished = [
            Unfinished::empty_folder(&folder.join("root")),
            Unfinished::folder(&folder.join("root/part")),
            Unfinished::file(&folder.join("part")),
            Unfinished::empty_folder(&folder.join("used")),
        ];
        drop(Unfinished::file(&folder.join("finished")));
        let changes = defer_interruption();
        let ending = std::thread::spawn(|| remove_leftovers(Duration::from_secs(60)));
        std::thread::sleep(Duration::from_millis(200));
        assert!(folder.join("part").exists(), "it did not wait");
        drop(changes);
        ending.join().unwrap();
        let mut left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["finished", "used"]);
        drop(unfinished);
        fs::remove_dir_all(folder).unwrap();
    }
}
