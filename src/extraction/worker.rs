//! A document is read in a process of its own, within bounds.
//!
//! On Unix the process bounds its own memory, processor time and output, whatever a library does; the
//! other process only waits, and kills it if it sleeps. Elsewhere there is the bound of time alone.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wait_timeout::ChildExt;

use super::{Extraction, cache};

/// What a reader may use.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Processor time in seconds.
    pub seconds: u64,
    /// Memory in bytes.
    pub memory: u64,
}

impl Bounds {
    /// Those of a document of this length in bytes: a page takes some milliseconds.
    pub fn of(length: u64) -> Self {
        Self { seconds: 60 + (length >> 20), memory: (1 << 30) + 4 * length }
    }
}

/// The most that a document may say, in bytes.
#[cfg(unix)]
const OUTPUT: u64 = 256 << 20;

/// Reads a document within bounds and writes what it says to standard output: what the hidden command
/// does. Gives whether that could be written.
pub fn run(path: &Path, format: &str, bounds: Bounds) -> bool {
    bound(bounds);
    let mut bytes = Vec::new();
    let extraction = match cache::regular(path).and_then(|mut file| file.read_to_end(&mut bytes)) {
        Ok(_) => Extraction::of(bytes, format),
        Err(error) => Extraction::unreadable(error.to_string()),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(&cache::encode(&extraction)).and_then(|()| out.flush()).is_ok()
}

#[cfg(unix)]
fn bound(bounds: Bounds) {
    use rlimit::Resource;
    // What cannot be bounded is bounded by the waiting process.
    for (resource, most) in
        [(Resource::AS, bounds.memory), (Resource::CPU, bounds.seconds), (Resource::FSIZE, OUTPUT), (Resource::CORE, 0)]
    {
        let _ = rlimit::setrlimit(resource, most, most);
    }
}

#[cfg(not(unix))]
fn bound(_: Bounds) {}

/// Has another process read a document into a file.
///
/// # Errors
/// Why there is no text, to follow "it cannot be read: ".
pub(super) fn ask(
    program: &Path,
    path: &Path,
    bounds: Bounds,
    format: &str,
    out: &Path,
    interrupted: &AtomicBool,
) -> Result<(), String> {
    let file = File::create(out).map_err(|error| format!("there is no room for its text: {error}"))?;
    let mut child = Command::new(program)
        .args(["extract-text", format])
        .arg(path)
        .args([bounds.seconds.to_string(), bounds.memory.to_string()])
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("`{}` could not be started: {error}", program.display()))?;
    // Processor time is bounded by the system; this is for what sleeps, and for other systems.
    let patience = Duration::from_secs(10 * bounds.seconds);
    let begun = Instant::now();
    let status = loop {
        match child.wait_timeout(Duration::from_millis(200)) {
            Ok(Some(status)) => break Ok(status),
            Ok(None) if interrupted.load(Ordering::Relaxed) => break Err("it was interrupted".to_owned()),
            Ok(None) if begun.elapsed() > patience => break Err("it took too long".to_owned()),
            Ok(None) => {}
            Err(error) => break Err(error.to_string()),
        }
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(ended(status)),
        Err(why) => {
            let _ = child.kill();
            let _ = child.wait();
            Err(why)
        }
    }
}

#[cfg(unix)]
fn ended(status: std::process::ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    // POSIX, signal.h: the numbers of these two are the same on all systems with limits.
    match status.signal() {
        Some(24 | 9) => "it took too long".to_owned(),
        Some(25) => "it has too much text".to_owned(),
        Some(_) => "its contents led the reader astray".to_owned(),
        None => "its contents could not be understood".to_owned(),
    }
}

#[cfg(not(unix))]
fn ended(_: std::process::ExitStatus) -> String {
    "its contents could not be understood".to_owned()
}
