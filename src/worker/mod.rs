//! Reads documents and draws pictures in separate processes of this program, which are limited in what they may use and do
//! (`confinement`). If such a process crashes, loops or runs out of memory, only its own result is missing.
//!
//! The main process opens the file and passes it as the standard input of the worker, which writes its result to a
//! pipe. So a worker needs nothing else from the system.

mod confinement;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;
use wait_timeout::ChildExt;

/// What a worker process may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Processor time.
    pub seconds: u64,
    pub memory_bytes: u64,
}

/// The maximum size of a result in bytes.
const MAX_RESULT_BYTES: u64 = 256 << 20;

/// How often the main process checks whether the user has interrupted it.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Why a worker process has no result.
#[derive(Debug)]
pub enum Failure {
    /// It could not be started.
    NotStarted(io::Error),
    /// It exceeded its time limit.
    TooSlow,
    /// Its result is too large.
    TooLarge,
    /// It aborted: it used all of its memory, or its input is nested too deeply.
    // Only Unix says why a process ended.
    #[cfg_attr(not(unix), allow(dead_code))]
    Exhausted,
    Crashed,
    /// It reported a failure.
    Failed,
    /// The user has interrupted the program.
    Interrupted,
}

/// The number of worker processes that are running.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Runs `program` as a worker process, with `input` as its standard input. Returns what it writes to its standard output.
///
/// # Errors
/// [`Failure`]. The process has been ended.
pub fn run(
    program: &Path,
    arguments: &[&str],
    input: File,
    limits: Limits,
    interrupted: &AtomicBool,
) -> Result<Vec<u8>, Failure> {
    let mut running = Running::start(program, arguments, input, limits).map_err(Failure::NotStarted)?;
    // The pipe holds little, so it must be read while the process runs.
    let output = running.0.stdout.take().ok_or(Failure::Failed)?;
    let reading = thread::Builder::new()
        .spawn(move || {
            let mut result = Vec::new();
            output.take(MAX_RESULT_BYTES + 1).read_to_end(&mut result).map(|_| result)
        })
        .map_err(Failure::NotStarted)?;
    let status = running.wait(limits, interrupted)?;
    let result = reading.join().map_err(|_| Failure::Crashed)?.map_err(|_| Failure::Failed)?;
    match () {
        () if result.len() as u64 > MAX_RESULT_BYTES => Err(Failure::TooLarge),
        () if status.success() => Ok(result),
        () => Err(why_it_failed(status)),
    }
}

/// Waits until no worker process runs, but not longer than `timeout`. They end soon after an interruption.
pub fn wait_for_all(timeout: Duration) {
    let start = Instant::now();
    while RUNNING.load(Ordering::SeqCst) > 0 && start.elapsed() < timeout {
        thread::sleep(Duration::from_millis(10));
    }
}

/// A process that is killed when this is dropped.
struct Running(Child);

impl Running {
    fn start(program: &Path, arguments: &[&str], input: File, limits: Limits) -> io::Result<Self> {
        // Counted before it exists, so that `wait_for_all` overlooks none.
        RUNNING.fetch_add(1, Ordering::SeqCst);
        let child = Command::new(program)
            .args(arguments)
            .args([limits.seconds.to_string(), limits.memory_bytes.to_string()])
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        child.map(Self).inspect_err(|_| {
            RUNNING.fetch_sub(1, Ordering::SeqCst);
        })
    }

    fn wait(&mut self, limits: Limits, interrupted: &AtomicBool) -> Result<ExitStatus, Failure> {
        // On Unix, which limits processor time itself, this limit is for processes that sleep or hardly get to run.
        let timeout = Duration::from_secs(limits.seconds * if cfg!(unix) { 10 } else { 1 });
        let start = Instant::now();
        loop {
            if interrupted.load(Ordering::Relaxed) {
                return Err(Failure::Interrupted);
            }
            match self.0.wait_timeout(POLL_INTERVAL) {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if start.elapsed() > timeout => return Err(Failure::TooSlow),
                Ok(None) => {}
                Err(_) => return Err(Failure::Failed),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both do nothing if the process has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
        RUNNING.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(unix)]
fn why_it_failed(status: ExitStatus) -> Failure {
    use std::os::unix::process::ExitStatusExt;
    // The numbers are the same on Linux and macOS: SIGXCPU (24) or SIGKILL (9) if the processor time is used up, SIGXFSZ
    // (25), SIGABRT (6).
    match status.signal() {
        Some(24 | 9) => Failure::TooSlow,
        Some(25) => Failure::TooLarge,
        Some(6) => Failure::Exhausted,
        Some(_) => Failure::Crashed,
        None => Failure::Failed,
    }
}

#[cfg(not(unix))]
fn why_it_failed(_: ExitStatus) -> Failure {
    Failure::Failed
}

/// The work of a worker process: confines it, and writes the result for its standard input to its standard output.
/// Returns whether that was possible.
pub fn serve(limits: Limits, work: impl FnOnce(&mut dyn Read) -> Vec<u8>) -> bool {
    confinement::confine(limits);
    let result = work(&mut io::stdin().lock());
    let mut out = io::stdout().lock();
    out.write_all(&result).and_then(|()| out.flush()).is_ok()
}

/// Serialises a value, to pass it between processes and to keep it in the cache.
pub fn encode(value: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap_or_default()
}

/// The value that [`encode`] serialised; `None` if the bytes are damaged.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}
