//! Where the image goes: a temporary file beside the target, made to last, then renamed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

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

/// Makes the new names in a target's folder last, whatever happens to the computer. Systems that
/// cannot open a folder keep names by themselves.
///
/// # Errors
/// The medium did not take them; the files have their names all the same.
pub fn keep_names(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder(path))?.sync_all() } else { Ok(()) }
}
