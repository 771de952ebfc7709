//! Where the image goes: a temporary file beside the target, made to last, then renamed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use tempfile::{Builder, NamedTempFile};

/// A file in the making, under a name of its own beside the target's.
///
/// Dropped, it is removed and the target is as it was. A killed process leaves the temporary file
/// behind, never a part of the target.
pub struct Target {
    path: PathBuf,
    file: NamedTempFile,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Free,
    /// A regular file.
    File,
    /// A folder, a device, a pipe.
    Other,
}

impl Standing {
    /// What stands at `path`.
    pub fn at(path: &Path) -> Self {
        match fs::metadata(path) {
            Ok(meta) if meta.is_file() => Self::File,
            Ok(_) => Self::Other,
            Err(_) if fs::symlink_metadata(path).is_ok() => Self::Other,
            Err(_) => Self::Free,
        }
    }
}

impl Target {
    /// Opens a temporary file beside `path`, with the permissions that a new file gets.
    ///
    /// # Errors
    /// The folder is not there or not writable.
    pub fn create(path: &Path) -> io::Result<Self> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // Short enough for a name of any length.
        let begin: String = name.chars().take(50).collect();
        let prefix = format!(".{begin}.");
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // The umask takes its part, as with any new file.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        Ok(Self { path: path.to_path_buf(), file: builder.tempfile_in(folder(path))? })
    }

    /// The file, to write to and to read back.
    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// The file, to write much to. Its [`Writer::finish`] makes the bytes last.
    ///
    /// # Errors
    /// The system has no more handles or threads.
    pub fn writer(&self) -> io::Result<Writer> {
        Writer::new(self.file.as_file().try_clone()?)
    }

    /// Makes the bytes last, whatever happens to the computer.
    ///
    /// # Errors
    /// The medium did not take them.
    pub fn sync(&mut self) -> io::Result<()> {
        self.file.as_file().sync_all()
    }

    /// Gives the file the target's name, at once and whole; what stood there is replaced if `replace`.
    ///
    /// # Errors
    /// Something stands there by now, or the folder is not writable. The temporary file is removed.
    pub fn publish(self, replace: bool) -> io::Result<()> {
        if replace {
            self.file.persist(&self.path).map_err(|error| error.error)?;
        } else {
            self.file.persist_noclobber(&self.path).map_err(|error| error.error)?;
        }
        Ok(())
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// How much is written before the medium is asked to take it: so much at most is left to wait for.
const BEHIND: u64 = 32 << 20;

/// Writes to a file, and has the medium take the bytes meanwhile, so that nobody waits for all at the end.
pub struct Writer {
    file: File,
    /// Bytes since the medium was asked last.
    fresh: u64,
    asks: Option<SyncSender<()>>,
    asker: Option<JoinHandle<io::Result<()>>>,
}

impl Writer {
    fn new(file: File) -> io::Result<Self> {
        let same = file.try_clone()?;
        let (asks, asked) = sync_channel(1);
        let asker = thread::Builder::new().spawn(move || asked.iter().try_for_each(|()| same.sync_data()))?;
        Ok(Self { file, fresh: 0, asks: Some(asks), asker: Some(asker) })
    }

    /// Waits until the medium has taken all bytes.
    ///
    /// # Errors
    /// It did not: an error that it told meanwhile is told to nobody else.
    pub fn finish(mut self) -> io::Result<()> {
        self.end()?;
        self.file.sync_all()
    }

    fn end(&mut self) -> io::Result<()> {
        self.asks = None;
        match self.asker.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => Ok(()),
        }
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.fresh += written as u64;
        if self.fresh >= BEHIND
            && let Some(asks) = &self.asks
        {
            match asks.try_send(()) {
                Ok(()) => self.fresh = 0,
                // It is at it.
                Err(TrySendError::Full(())) => {}
                // It ended with an error, which is told now.
                Err(TrySendError::Disconnected(())) => self.end()?,
            }
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes the new names in a target's folder last, whatever happens to the computer. Systems that
/// cannot open a folder keep names by themselves.
///
/// # Errors
/// The medium did not take them; the files have their names all the same.
pub fn keep_names(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder(path))?.sync_all() } else { Ok(()) }
}
