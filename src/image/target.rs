//! Output files: written under a temporary name beside the target, synchronised, then renamed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use crate::temporary::{Builder, TempPath, Unfinished, defer_interruption};

/// The maximum number of bytes of the target's name that the temporary name starts with. The whole temporary name, which
/// is longer, must be valid on file systems whose names have at most 143 bytes (eCryptfs). But if the target's name contains
/// a character that the file system does not allow, the temporary name should contain it too, so that creating it fails.
const MAX_PREFIX: usize = 120;

/// An output file that is being written under a temporary name in the same folder.
///
/// Dropping it removes the temporary file and leaves the target unchanged, and so does an interruption. If the process is
/// killed, the temporary file may remain, but never part of the target.
pub struct Target {
    path: PathBuf,
    // Declared before `temporary`, so that the file is closed before it is removed: some file systems only hide an open
    // file, or refuse to remove it.
    file: File,
    temporary: TempPath,
    unfinished: Unfinished,
}

impl Target {
    /// Creates a temporary file beside `path`, with the permissions of any new file.
    ///
    /// # Errors
    /// The folder does not exist or is not writable.
    pub fn create(path: &Path) -> io::Result<Self> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let prefix = format!(".{}.", &name[..name.floor_char_boundary(MAX_PREFIX)]);
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // The umask is applied to it, as to any new file.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let _deferred = defer_interruption();
        let (file, temporary) = builder.tempfile_in(parent_folder(path))?.into_parts();
        let unfinished = Unfinished::file(&temporary);
        Ok(Self { path: path.to_path_buf(), file, temporary, unfinished })
    }

    /// The temporary file, for writing and reading back.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// A writer for large outputs, which synchronises as it goes. Call [`SyncingWriter::finish`] at the end, instead of
    /// [`Target::sync`].
    ///
    /// # Errors
    /// The system cannot provide another file handle or thread.
    pub fn writer(&self) -> io::Result<SyncingWriter> {
        SyncingWriter::new(self.file.try_clone()?)
    }

    /// Synchronises the file, so that its bytes survive a power failure.
    ///
    /// # Errors
    /// Errors of the operating system.
    pub fn sync(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Renames the temporary file to the target, atomically. An existing file is replaced only if `replace` is true; where the
    /// file system cannot rename without replacing, this is checked just before.
    ///
    /// # Errors
    /// The path is taken and `replace` is false, or the folder is not writable. The temporary file is removed.
    pub fn publish(self, replace: bool) -> io::Result<()> {
        let _deferred = defer_interruption();
        let Self { path, file, temporary, unfinished } = self;
        // The file is complete, so an interruption must no longer remove it.
        drop(unfinished);
        drop(file);
        let temporary = match replace {
            true => temporary,
            false => match temporary.persist_noclobber(&path) {
                Ok(()) => return Ok(()),
                // FAT, exFAT and many shared folders have neither hard links nor a way to rename without replacing.
                Err(refused) if refused.error.kind() != io::ErrorKind::AlreadyExists => {
                    if fs::symlink_metadata(&path).is_ok() {
                        return Err(io::ErrorKind::AlreadyExists.into());
                    }
                    refused.path
                }
                Err(refused) => return Err(refused.error),
            },
        };
        temporary.persist(&path).map_err(|error| error.error)
    }
}

/// A file that has been renamed to a temporary name. It is removed when this is dropped.
pub struct SetAside {
    path: PathBuf,
    temporary: TempPath,
}

impl SetAside {
    /// Renames a file to a temporary name; `None` if there is no such file.
    ///
    /// # Errors
    /// The file cannot be renamed; it keeps its name.
    pub fn new(path: &Path) -> io::Result<Option<Self>> {
        if fs::symlink_metadata(path).is_err() {
            return Ok(None);
        }
        let Target { temporary, .. } = Target::create(path)?;
        fs::rename(path, &temporary)?;
        Ok(Some(Self { path: path.to_path_buf(), temporary }))
    }

    /// Gives the file its name back.
    ///
    /// # Errors
    /// The file cannot be renamed; it is removed.
    pub fn restore(self) -> io::Result<()> {
        self.temporary.persist(&self.path).map_err(|error| error.error)
    }
}

/// The folder that a file is in.
pub fn parent_folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// How many bytes are written before another synchronisation is requested.
const SYNC_INTERVAL: u64 = 32 << 20;

/// Writes to a file while another thread synchronises it, so that there is little to wait for at the end.
pub struct SyncingWriter {
    file: File,
    /// Bytes written since the last synchronisation was requested.
    unsynced: u64,
    sync_requests: Option<SyncSender<()>>,
    sync_thread: Option<JoinHandle<io::Result<()>>>,
}

impl SyncingWriter {
    fn new(file: File) -> io::Result<Self> {
        let clone = file.try_clone()?;
        let (sync_requests, requests) = sync_channel(1);
        let sync_thread = thread::Builder::new().spawn(move || requests.iter().try_for_each(|()| clone.sync_data()))?;
        Ok(Self { file, unsynced: 0, sync_requests: Some(sync_requests), sync_thread: Some(sync_thread) })
    }

    /// Synchronises the file.
    ///
    /// # Errors
    /// Errors of the operating system, including any from an earlier synchronisation: the system reports each only once.
    pub fn finish(mut self) -> io::Result<()> {
        self.join_sync_thread()?;
        self.file.sync_all()
    }

    fn join_sync_thread(&mut self) -> io::Result<()> {
        self.sync_requests = None;
        match self.sync_thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => Ok(()),
        }
    }
}

impl Write for SyncingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.unsynced += written as u64;
        if self.unsynced >= SYNC_INTERVAL
            && let Some(requests) = &self.sync_requests
        {
            match requests.try_send(()) {
                Ok(()) => self.unsynced = 0,
                // The thread is still busy with the previous request.
                Err(TrySendError::Full(())) => {}
                // The thread has stopped with an error.
                Err(TrySendError::Disconnected(())) => self.join_sync_thread()?,
            }
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Synchronises the folder of a target, so that its new directory entries survive a power failure. Does
/// nothing on systems that cannot open a folder, because they do not need it.
///
/// # Errors
/// Errors of the operating system. The files already have their final names.
pub fn sync_parent_dir(path: &Path) -> io::Result<()> {
    sync_folder(parent_folder(path))
}

/// Synchronises a folder, like [`sync_parent_dir`].
///
/// # Errors
/// Errors of the operating system.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder)?.sync_all() {
        // Shared folders and some file systems do not support this for folders.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}
