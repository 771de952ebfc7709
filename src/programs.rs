//! Runs other programs that are installed. They are run without a shell, so file names need no quoting.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::system::{start_in_own_group, terminate_group};

/// How often to check whether the program has ended, or the user has interrupted it.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// How much of a program's last output is kept, in bytes.
const MAX_KEPT_OUTPUT: usize = 2000;

/// The path of a program, if it is installed.
pub fn find(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let name = if cfg!(windows) { format!("{name}.exe") } else { name.to_owned() };
    std::env::split_paths(&folders).map(|folder| folder.join(&name)).find(|path| is_executable(path))
}

/// Runs a program until it ends, and copies what it prints to `output`. Returns its status and the last lines that it
/// printed. `environment` contains variables in addition to those of this process. When `interrupted` is set, the program is
/// asked to end, so that it can clean up; on systems other than Unix, it is killed.
///
/// # Errors
/// The program cannot be started.
pub fn run(
    program: &Path,
    arguments: &[OsString],
    environment: &[(&str, &str)],
    output: &mut dyn Write,
    interrupted: &AtomicBool,
) -> io::Result<(ExitStatus, String)> {
    let (reader, writer) = io::pipe()?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    start_in_own_group(&mut command);
    let mut child = command.spawn()?;
    // This closes the copies of the pipe's writing end in this process, so that reading ends when the child does.
    drop(command);
    thread::scope(|scope| {
        let waiting = thread::Builder::new().spawn_scoped(scope, || wait(&mut child, interrupted))?;
        let last = forward_output(reader, output);
        let status = waiting.join().map_err(|_| io::Error::other("the thread that waits for the program failed"))?;
        Ok((status?, last))
    })
}

/// Runs a program with an input until it ends, and returns what it printed. It belongs to the process group of this process, so that
/// Ctrl-C ends both. `environment` contains variables in addition to those of this process.
///
/// # Errors
/// The program cannot be started.
pub fn run_with_input(
    program: &Path,
    arguments: &[OsString],
    environment: &[(&str, &str)],
    input: &[u8],
) -> io::Result<Output> {
    let mut command = Command::new(program);
    command.args(arguments).envs(environment.iter().copied());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that has failed does not read its input; its exit status says so.
        let _ = stdin.write_all(input);
    }
    child.wait_with_output()
}

/// Waits until a program has ended. When `interrupted` is set, asks it to end; on systems other than Unix, kills it.
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
                // A closed output is no reason to stop the program.
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
    last_lines(&last)
}

/// The last lines of what a program has printed.
pub fn last_lines(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output).replace('\r', "\n");
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
pub fn path_argument(path: &Path) -> OsString {
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
