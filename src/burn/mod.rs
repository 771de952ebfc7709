//! Burns an image with an installed program, and compares the disc with the image.
//!
//! The module knows the arguments of each program, and finds the system's drives. Programs are run without a shell, so
//! file names need no quoting.

mod compare;
mod drives;

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

pub use compare::{Difference, compare};
pub use drives::{Drive, drives, model};

use crate::system::{start_in_own_group, terminate_group};

/// A program that burns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// GNU xorriso, for every kind of disc.
    Xorriso,
    /// growisofs, for DVDs and Blu-ray discs.
    Growisofs,
    /// wodim, for CDs.
    Wodim,
    /// cdrecord, for every kind of disc.
    Cdrecord,
    /// The program that comes with macOS.
    Hdiutil,
    /// The program that comes with Windows.
    Isoburn,
}

/// The capacity of an 80-minute CD in bytes, rounded up. Larger images need a DVD.
const MAX_CD: u64 = 360_000 * 2048;

/// How often to check whether the program has ended, or the user has interrupted it.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// How much of a tool's last output is kept, in bytes.
const MAX_KEPT_OUTPUT: usize = 2000;

impl Tool {
    /// All tools, the preferred one first.
    pub const ALL: [Self; 6] =
        [Self::Xorriso, Self::Growisofs, Self::Wodim, Self::Cdrecord, Self::Hdiutil, Self::Isoburn];

    /// The program's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Xorriso => "xorriso",
            Self::Growisofs => "growisofs",
            Self::Wodim => "wodim",
            Self::Cdrecord => "cdrecord",
            Self::Hdiutil => "hdiutil",
            Self::Isoburn => "isoburn",
        }
    }

    /// Whether it can burn an image of `size` bytes on `device`.
    pub fn can_burn(self, size: u64, device: Option<&OsStr>) -> bool {
        let is_file = device.is_some_and(|device| device.to_string_lossy().starts_with("stdio:"));
        match self {
            Self::Xorriso => true,
            _ if is_file => false,
            Self::Growisofs => size > MAX_CD,
            Self::Wodim => size <= MAX_CD,
            Self::Cdrecord | Self::Hdiutil | Self::Isoburn => true,
        }
    }

    /// Whether it chooses the drive itself.
    pub fn finds_drive(self) -> bool {
        self == Self::Hdiutil
    }

    /// Whether it compares the disc with the image itself, and fails if they differ.
    pub fn verifies_disc(self) -> bool {
        matches!(self, Self::Hdiutil | Self::Isoburn)
    }

    /// The arguments with which it burns an image. With `verify` it also compares the disc with the image, if it can.
    pub fn arguments(self, image: &Path, device: &OsStr, speed: Option<u32>, verify: bool) -> Vec<OsString> {
        let joined = |prefix: &str, value: &OsStr| {
            let mut text = OsString::from(prefix);
            text.push(value);
            text
        };
        let image = path_argument(image);
        let speed = |option: &str| speed.map(|speed| OsString::from(format!("{option}{speed}")));
        let mut arguments: Vec<OsString> = Vec::new();
        match self {
            Self::Xorriso => {
                arguments.extend(["-as", "cdrecord", "-v"].map(OsString::from));
                arguments.push(joined("dev=", device));
                arguments.extend(speed("speed="));
                // A rewritable disc is blanked; a write-once disc that is not empty is refused.
                arguments.push("blank=as_needed".into());
                // The image already ends in padding. More would make the disc longer than the image.
                arguments.push("padsize=0".into());
                arguments.push(image);
            }
            Self::Wodim | Self::Cdrecord => {
                arguments.push("-v".into());
                arguments.push(joined("dev=", device));
                arguments.extend(speed("speed="));
                arguments.extend([OsString::from("-dao"), image]);
            }
            Self::Growisofs => {
                arguments.push("-dvd-compat".into());
                arguments.extend(speed("-speed="));
                let mut target = device.to_owned();
                target.push("=");
                target.push(image);
                arguments.extend([OsString::from("-Z"), target]);
            }
            Self::Hdiutil => {
                let verify = if verify { "-verifyburn" } else { "-noverifyburn" };
                arguments.extend(["burn", verify, "-noeject"].map(OsString::from));
                arguments.extend(speed("-speed="));
                arguments.push(image);
            }
            Self::Isoburn => {
                arguments.push("/Q".into());
                arguments.extend(verify.then(|| OsString::from("/V")));
                arguments.extend([device.to_owned(), image]);
            }
        }
        arguments
    }

    /// The path of the program, if it is installed.
    pub fn path(self) -> Option<PathBuf> {
        let folders = std::env::var_os("PATH")?;
        let name = if cfg!(windows) { format!("{}.exe", self.name()) } else { self.name().to_owned() };
        std::env::split_paths(&folders).map(|folder| folder.join(&name)).find(|path| is_executable(path))
    }

    /// Runs the program until it ends, and copies what it prints to `output`. Returns its status and the last lines that it
    /// printed. When `interrupted` is set, the program is asked to end, so that it can leave the drive in a usable
    /// state; on systems other than Unix, it is killed.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn run(
        self,
        program: &Path,
        arguments: &[OsString],
        output: &mut dyn Write,
        interrupted: &AtomicBool,
    ) -> io::Result<(ExitStatus, String)> {
        let (reader, writer) = io::pipe()?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
        start_in_own_group(&mut command);
        let mut child = command.spawn()?;
        // Closes its copies of the pipe's writing end, so that reading ends when the child does.
        drop(command);
        thread::scope(|scope| {
            let waiting = thread::Builder::new().spawn_scoped(scope, || wait(&mut child, interrupted))?;
            let last = forward_output(reader, output);
            let status =
                waiting.join().map_err(|_| io::Error::other("the thread that waits for the program failed"))?;
            Ok((status?, last))
        })
    }
}

/// Waits until a program has ended. When `interrupted` is set, asks it to end, or kills it where that is not possible.
fn wait(child: &mut Child, interrupted: &AtomicBool) -> io::Result<ExitStatus> {
    let mut was_asked = false;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if interrupted.load(Ordering::Relaxed) && !was_asked {
            terminate_group(child);
            was_asked = true;
        }
        thread::sleep(POLL_INTERVAL);
    }
}

/// Copies everything from `from` to `to`, and returns the last lines.
fn forward_output(mut from: impl Read, to: &mut dyn Write) -> String {
    let mut last: Vec<u8> = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(bytes) => {
                // A closed output is no reason to stop burning.
                let _ = to.write_all(&without_escapes(&buffer[..bytes])).and_then(|()| to.flush());
                last.extend_from_slice(&buffer[..bytes]);
                if last.len() > 2 * MAX_KEPT_OUTPUT {
                    last.drain(..last.len() - MAX_KEPT_OUTPUT);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => thread::yield_now(),
            Err(_) => break,
        }
    }
    let text = String::from_utf8_lossy(&last).replace('\r', "\n");
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(5)..].join(" | ")
}

/// The output of a program, with `?` instead of the characters that start control sequences: the program may print names
/// that it read from a disc. The characters that move the cursor within a line are kept.
fn without_escapes(output: &[u8]) -> Vec<u8> {
    let is_kept = |byte: u8| matches!(byte, b'\n' | b'\r' | b'\t' | 0x08) || !byte.is_ascii_control();
    output.iter().map(|byte| if is_kept(*byte) { *byte } else { b'?' }).collect()
}

/// A path as an argument that no program mistakes for an option.
fn path_argument(path: &Path) -> OsString {
    if path.to_string_lossy().starts_with('-') { Path::new(".").join(path).into() } else { path.into() }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_gets_its_own_arguments() {
        let command_line = |tool: Tool| {
            let arguments = tool.arguments(Path::new("-out.iso"), OsStr::new("/dev/sr0"), Some(8), true);
            arguments.iter().map(|one| one.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            command_line(Tool::Xorriso),
            "-as cdrecord -v dev=/dev/sr0 speed=8 blank=as_needed padsize=0 ./-out.iso"
        );
        assert_eq!(command_line(Tool::Wodim), "-v dev=/dev/sr0 speed=8 -dao ./-out.iso");
        assert_eq!(command_line(Tool::Growisofs), "-dvd-compat -speed=8 -Z /dev/sr0=./-out.iso");
        assert_eq!(command_line(Tool::Hdiutil), "burn -verifyburn -noeject -speed=8 ./-out.iso");
        assert_eq!(command_line(Tool::Isoburn), "/Q /V /dev/sr0 ./-out.iso");
    }

    #[test]
    fn all_output_is_forwarded_and_the_last_lines_are_returned() {
        let printed: String = (0..1000).map(|n| format!("line {n}\r")).collect();
        let mut to = Vec::new();
        assert_eq!(forward_output(printed.as_bytes(), &mut to), "line 995 | line 996 | line 997 | line 998 | line 999");
        assert_eq!(to, printed.as_bytes());
        let mut to = Vec::new();
        forward_output(&b"volume \x1b]0;x\x07 \x08\n"[..], &mut to);
        assert_eq!(to, b"volume ?]0;x? \x08\n");
    }
}
