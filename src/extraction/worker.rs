//! Reads a document in a separate process with limited resources.
//!
//! On Unix the process limits its own memory, processor time and output, whatever a library does; the parent waits for
//! it, and kills it after a time in case it sleeps. On other systems only that time is limited.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wait_timeout::ChildExt;

use super::{Extraction, cache};
use crate::temporary::create_private_file;

/// What a worker process may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Of processor time.
    pub seconds: u64,
    pub memory_bytes: u64,
}

impl Limits {
    /// The limits for a document of this length in bytes. A page takes a few milliseconds.
    pub fn for_length(length: u64) -> Self {
        Self { seconds: 60 + (length >> 20), memory_bytes: (1 << 30) + 4 * length }
    }
}

/// The maximum size of the text of a document.
#[cfg(unix)]
const MAX_OUTPUT_BYTES: u64 = 256 << 20;

/// Reads a document within limits and writes its text to standard output: the work of the hidden command. Returns
/// whether the text could be written.
pub fn run_as_worker(path: &Path, format: &str, limits: Limits) -> bool {
    apply_limits(limits);
    let mut bytes = Vec::new();
    let extraction = match cache::open_regular_file(path).and_then(|mut file| file.read_to_end(&mut bytes)) {
        Ok(_) => Extraction::read(bytes, format),
        Err(error) => Extraction::unreadable(error.to_string()),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(&cache::encode(&extraction)).and_then(|()| out.flush()).is_ok()
}

#[cfg(unix)]
fn apply_limits(limits: Limits) {
    use rlimit::Resource;
    // If a limit cannot be set, the parent process still limits the time.
    for (resource, limit) in [
        (Resource::AS, limits.memory_bytes),
        (Resource::CPU, limits.seconds),
        (Resource::FSIZE, MAX_OUTPUT_BYTES),
        (Resource::CORE, 0),
    ] {
        let _ = rlimit::setrlimit(resource, limit, limit);
    }
}

#[cfg(not(unix))]
fn apply_limits(_: Limits) {}

/// Starts a worker process that writes the text of a document to the file `out`.
///
/// # Errors
/// Why there is no text, as a sentence about the document ("it took too long").
pub(super) fn run_worker(
    program: &Path,
    path: &Path,
    limits: Limits,
    format: &str,
    out: &Path,
    interrupted: &AtomicBool,
) -> Result<(), String> {
    let file = create_private_file(out).map_err(|error| format!("its text cannot be stored: {error}"))?;
    let mut child = Command::new(program)
        .args(["extract-text", format])
        .arg(path)
        .args([limits.seconds.to_string(), limits.memory_bytes.to_string()])
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("`{}` could not be started: {error}", program.display()))?;
    // The system limits processor time; this limit is for processes that sleep, and for other systems.
    let timeout = Duration::from_secs(10 * limits.seconds);
    let start = Instant::now();
    let status = loop {
        match child.wait_timeout(Duration::from_millis(200)) {
            Ok(Some(status)) => break Ok(status),
            Ok(None) if interrupted.load(Ordering::Relaxed) => break Err("it was interrupted".to_owned()),
            Ok(None) if start.elapsed() > timeout => break Err("it took too long".to_owned()),
            Ok(None) => {}
            Err(error) => break Err(error.to_string()),
        }
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(describe_failure(status)),
        Err(why) => {
            let _ = child.kill();
            let _ = child.wait();
            Err(why)
        }
    }
}

#[cfg(unix)]
fn describe_failure(status: std::process::ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    // SIGXCPU or SIGKILL, and SIGXFSZ: they have the same numbers on all systems with limits.
    match status.signal() {
        Some(24 | 9) => "it took too long".to_owned(),
        Some(25) => "it has too much text".to_owned(),
        Some(_) => "the text extractor crashed on it".to_owned(),
        None => "the text extractor failed on it".to_owned(),
    }
}

#[cfg(not(unix))]
fn describe_failure(_: std::process::ExitStatus) -> String {
    "the text extractor failed on it".to_owned()
}
