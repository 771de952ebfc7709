//! Files and folders that nobody else can read, replace or guess. The only module that names `tempfile`.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

pub use tempfile::{Builder, NamedTempFile};

/// A new folder for temporary files that only this user can enter, with a name that nobody can guess. It is not removed
/// automatically.
///
/// # Errors
/// Those of the system.
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

/// Creates a folder that only this user can enter, with those above it, or makes an existing one private.
///
/// # Errors
/// Those of the system; and [`io::ErrorKind::PermissionDenied`] if the folder is a link, or belongs to another user, who
/// could change what is in it.
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
    // The owner of a new file is this user. It also shows whether the folder is writable.
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

/// Creates a file that only this user can read, or empties it.
///
/// # Errors
/// Those of the system.
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
    fn only_the_user_can_read_them() {
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
}
