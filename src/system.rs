//! Functions of the operating system that the standard library does not offer: opening a file without waiting, checking
//! whether a file may be read or replaced, finding out how much space is free and where a link leads, restoring the terminal,
//! and ending a program with its child processes. The only module that uses `rustix`.

use std::fs::{self, File, OpenOptions};
use std::io;
#[cfg(unix)]
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// The settings of the terminal before the user was asked for a password.
#[cfg(unix)]
static TERMINAL: std::sync::Mutex<Option<rustix::termios::Termios>> = std::sync::Mutex::new(None);

/// Remembers the settings of the terminal, so that [`restore_terminal`] can show typed characters again.
pub fn remember_terminal() {
    #[cfg(unix)]
    {
        let state = File::open("/dev/tty").ok().and_then(|terminal| rustix::termios::tcgetattr(terminal).ok());
        *TERMINAL.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = state;
    }
}

/// Restores the terminal if the process ends while it waits for a password.
pub fn restore_terminal() {
    #[cfg(unix)]
    if let Some(state) = TERMINAL.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
        && let Ok(terminal) = OpenOptions::new().write(true).read(true).open("/dev/tty")
    {
        // If this fails, the shell restores the terminal.
        let _ = rustix::termios::tcsetattr(terminal, rustix::termios::OptionalActions::Now, &state);
    }
}

/// Whether two paths lead to the same file, through links of any kind.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let identity = |path: &Path| fs::metadata(path).map(|meta| (meta.dev(), meta.ino()));
        if identity(one).is_ok_and(|one| identity(other).is_ok_and(|other| one == other)) {
            return true;
        }
    }
    fs::canonicalize(one).is_ok_and(|one| fs::canonicalize(other).is_ok_and(|other| one == other))
}

/// Opens a file for reading, but if it is a pipe, does not wait for a writer.
///
/// # Errors
/// The error of the operating system.
pub fn open_source(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flag = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        match OpenOptions::new().read(true).custom_flags(flag).open(path) {
            // Another process has a lease on the file, which the system is revoking: opening succeeds below, where it waits.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && path.is_file() => {}
            result => return result,
        }
    }
    OpenOptions::new().read(true).open(path)
}

/// Opens a file for reading, and fails at once if it is not a regular one: pipes and devices may have no end.
///
/// # Errors
/// The error of the operating system, or that it is not a regular file.
pub fn open_regular_file(path: &Path) -> io::Result<File> {
    let file = open_source(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a regular file")) }
}

/// Ensures that the file's permissions allow this program to read it, without reading it.
///
/// # Errors
/// The error of the operating system.
pub fn ensure_readable(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        Ok(rustix::fs::access(path, rustix::fs::Access::READ_OK)?)
    }
    #[cfg(not(unix))]
    {
        open_source(path).map(|_| ())
    }
}

/// On Unix, makes a command start its program in a process group of its own, so that [`terminate_group`] also reaches its child
/// processes, and Ctrl-C does not reach it directly. Does nothing on other systems.
pub fn start_in_own_group(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Asks a program and the child processes in its group to end. On systems other than Unix, kills only the program itself.
pub fn terminate_group(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};
        // If it has already ended, there is nothing to do.
        let _ = kill_process_group(Pid::from_child(child), Signal::TERM);
    }
    #[cfg(not(unix))]
    {
        let _ = child.kill();
    }
}

/// Ensures that the permissions of a folder, and its file system, allow this program to create files in it and to rename them.
///
/// # Errors
/// The error of the operating system, or a sentence that says what protects the folder.
pub fn ensure_writable_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::fs::{Access, access};
        access(folder, Access::WRITE_OK | Access::EXEC_OK)?;
        if protection(folder) == Some(Protection::AppendOnly) {
            return Err(io::Error::other("files can be added to the folder, but not renamed (`chattr +a`)"));
        }
        Ok(())
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        Ok(())
    }
}

/// Ensures that an existing file can be replaced, by renaming another file to its name. Whether its folder is writable is not
/// checked here, but by [`ensure_writable_folder`].
///
/// # Errors
/// A sentence that says what protects the file.
pub fn ensure_replaceable(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let why = match protection(path) {
            Some(Protection::Immutable) => "it is protected against changes (`chattr +i`)",
            Some(Protection::AppendOnly) => "it cannot be replaced, only extended (`chattr +a`)",
            Some(Protection::Mounted) => "another file is mounted at its path",
            None if is_reserved_for_owner(path) => {
                "it belongs to another user, and only its owner may replace it in that folder"
            }
            None => return Ok(()),
        };
        Err(io::Error::other(why))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        Ok(())
    }
}

/// Whether only another user may rename or replace a file: in a folder with the sticky bit, such as /tmp, only the owners of the
/// file and of the folder may.
#[cfg(unix)]
fn is_reserved_for_owner(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let user = rustix::process::geteuid();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (Ok(file), Ok(folder)) = (fs::symlink_metadata(path), fs::metadata(folder)) else { return false };
    let is_owner = [file.uid(), folder.uid()].contains(&user.as_raw());
    folder.mode() & 0o1000 != 0 && !is_owner && !user.is_root()
}

/// What prevents even the owner of a file or folder from replacing it or changing its contents.
#[cfg(unix)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    /// Nothing about it can be changed.
    Immutable,
    /// Data or files can be added to it, but nothing else can be changed.
    AppendOnly,
    /// Something is mounted on it.
    Mounted,
}

#[cfg(target_os = "linux")]
fn protection(path: &Path) -> Option<Protection> {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    // Old kernels do not report these attributes, and not every file system has them.
    let attributes = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::empty()).ok()?.stx_attributes;
    let is_mounted = attributes.contains(StatxAttributes::MOUNT_ROOT) && !path.is_dir();
    match () {
        () if attributes.contains(StatxAttributes::IMMUTABLE) => Some(Protection::Immutable),
        () if attributes.contains(StatxAttributes::APPEND) => Some(Protection::AppendOnly),
        () if is_mounted => Some(Protection::Mounted),
        () => None,
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn protection(_: &Path) -> Option<Protection> {
    None
}

/// A symbolic link whose target does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DanglingLink {
    /// The path of the link.
    pub link: PathBuf,
    /// Where it leads, as it is stored in the link.
    pub target: PathBuf,
}

/// The dangling link that is the reason why a path does not exist. `None` if the path exists, or is missing for another reason.
pub fn find_dangling_link(path: &Path) -> Option<DanglingLink> {
    let is_missing = |path: &Path| fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    // From the outermost folder to the path itself.
    let mut paths: Vec<&Path> = path.ancestors().filter(|ancestor| !ancestor.as_os_str().is_empty()).collect();
    paths.reverse();
    let mut link = paths.into_iter().find(|path| is_missing(path))?.to_path_buf();
    let mut target = fs::read_link(&link).ok()?;
    // The target may itself be a link. This ends: for circular links, the system reports a different error, not that the
    // file is missing.
    loop {
        let next = link.parent().unwrap_or(Path::new("")).join(&target);
        match fs::read_link(&next) {
            Ok(next_target) => (link, target) = (next, next_target),
            Err(_) => return Some(DanglingLink { link, target }),
        }
    }
}

/// The maximum length of a name in this folder, in bytes, if the file system reports it.
pub fn longest_name(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        rustix::fs::statvfs(folder).ok().map(|meta| meta.f_namemax).filter(|length| *length > 0)
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// Why there is no room for files.
#[derive(Debug)]
pub enum NoRoom {
    /// This many bytes are free.
    Space { free: u64 },
    /// A file may have at most this many bytes: the limit of the process (`ulimit -f`).
    ProcessLimit { longest: u64 },
    /// The file system does not allow files of this length.
    FileSystemLimit,
    /// Checking failed with this error.
    Unknown(io::Error),
}

/// Ensures that files of `total` bytes together, the longest of them `longest` bytes long, can be written to the file system
/// that contains the empty file `probe`. Limits that the system does not report are not checked. Space may remain reserved
/// for `probe`.
///
/// # Errors
/// [`NoRoom`].
pub fn ensure_room(probe: &mut File, total: u64, longest: u64) -> Result<(), NoRoom> {
    #[cfg(unix)]
    {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Fsize).current;
        if let Some(limit) = limit.filter(|limit| *limit < longest) {
            return Err(NoRoom::ProcessLimit { longest: limit });
        }
        // The system refuses to seek beyond the maximum length of a file on this file system.
        let refused =
            probe.seek(SeekFrom::Start(longest)).is_err_and(|error| error.kind() == io::ErrorKind::InvalidInput);
        probe.rewind().map_err(NoRoom::Unknown)?;
        if refused {
            return Err(NoRoom::FileSystemLimit);
        }
        if let Some(free) = free_bytes(probe).filter(|free| *free < total)
            && !can_reserve(probe, total, free)
        {
            return Err(NoRoom::Space { free });
        }
    }
    #[cfg(not(unix))]
    let _ = (probe, total, longest);
    Ok(())
}

/// How many bytes are free on the file system of a file; `None` if the file system does not report its size.
#[cfg(unix)]
fn free_bytes(file: &File) -> Option<u64> {
    let space = rustix::fs::fstatvfs(file).ok().filter(|space| space.f_blocks > 0)?;
    // Only root may use the reserved blocks.
    let is_root = rustix::process::geteuid().is_root();
    let blocks = if is_root { space.f_bfree } else { space.f_bavail };
    Some(blocks.saturating_mul(space.f_frsize))
}

/// Whether space can be reserved for a file although the file system reports only `free` free bytes: file systems that store
/// the files elsewhere may not know how much is free. If a file system cannot reserve space and reports no free bytes at all,
/// the report is not believed: writing will show whether there is space. In memory (tmpfs) the report is right, and the attempt would
/// take all the memory that is free.
#[cfg(unix)]
fn can_reserve(file: &File, bytes: u64, free: u64) -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{FallocateFlags, fallocate};
        // TMPFS_MAGIC, whose type depends on the processor.
        if rustix::fs::fstatfs(file).is_ok_and(|system| system.f_type == 0x0102_1994) {
            return false;
        }
        match fallocate(file, FallocateFlags::KEEP_SIZE, 0, bytes) {
            Ok(()) => return true,
            Err(error) if error == rustix::io::Errno::NOSPC || error == rustix::io::Errno::DQUOT => return false,
            Err(_) => {}
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (file, bytes);
    free == 0
}

#[cfg(test)]
#[cfg(unix)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_pipe_is_not_opened_as_a_file_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in [&pipe, Path::new("/dev/zero"), folder.path()] {
            assert!(open_regular_file(path).unwrap_err().to_string().contains("not a regular file"), "{path:?}");
        }
        std::fs::write(folder.path().join("file"), "x").unwrap();
        assert!(open_regular_file(&folder.path().join("file")).is_ok());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn no_space_is_reserved_in_memory() {
        let file = tempfile::tempfile_in("/dev/shm").unwrap();
        assert!(!can_reserve(&file, 4096, 0));
        assert_eq!(std::os::unix::fs::MetadataExt::blocks(&file.metadata().unwrap()), 0);
    }

    #[test]
    fn a_dangling_link_is_found_anywhere_on_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("file"), "x").unwrap();
        symlink("file", root.join("good")).unwrap();
        symlink("gone", root.join("bad")).unwrap();
        symlink("bad", root.join("chain")).unwrap();
        let found = |name: &str| {
            let DanglingLink { link, target } = find_dangling_link(&root.join(name))?;
            Some((link.strip_prefix(root).unwrap().to_str()?.to_owned(), target.to_str()?.to_owned()))
        };
        let known = |link: &str, target: &str| Some((link.to_owned(), target.to_owned()));
        assert_eq!(found("bad"), known("bad", "gone"));
        assert_eq!(found("bad/x/y"), known("bad", "gone"));
        assert_eq!(found("chain"), known("bad", "gone"));
        for name in ["file", "good", "missing", "missing/x", "file/x"] {
            assert_eq!(found(name), None, "{name}");
        }
    }

    #[test]
    fn there_is_room_for_a_small_file_but_not_for_an_endless_one() {
        let mut file = tempfile::tempfile().unwrap();
        assert!(ensure_room(&mut file, 1000, 1000).is_ok());
        let endless = ensure_room(&mut file, u64::MAX >> 1, u64::MAX >> 1);
        assert!(matches!(endless, Err(NoRoom::FileSystemLimit)), "{endless:?}");
        assert!(matches!(ensure_room(&mut file, 1 << 60, 1000), Err(NoRoom::Space { .. })));
    }
}
