//! What the standard library cannot ask of the operating system: opening a file without waiting, whether it may be read,
//! ending a program with those it started. The only module that uses `rustix`.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::{Child, Command};

/// Opens a file for reading, but does not wait for a writer if it is a pipe.
///
/// # Errors
/// The error of the operating system.
pub fn open_source(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flag = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        match OpenOptions::new().read(true).custom_flags(flag).open(path) {
            // Another process has a lease on the file. The system is revoking it: an open that waits succeeds.
            Err(error) if error.kind() == ErrorKind::WouldBlock && path.is_file() => {}
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

/// Makes a command start its program in a group of its own, so that [`terminate_group`] reaches everything it starts, and
/// Ctrl-C does not reach it directly.
pub fn start_in_own_group(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Asks a program, and those that it started in its group, to end. Elsewhere than on Unix it is ended at once.
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

#[cfg(test)]
#[cfg(unix)]
#[allow(clippy::unwrap_used)]
mod tests {
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
}
