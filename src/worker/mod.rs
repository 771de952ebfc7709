//! Reads documents and draws pictures in separate processes of this program, whose resources and permissions are limited
//! (`confinement`). If such a worker process crashes, loops or runs out of memory, the main process continues without its result.
//!
//! The main process opens the file. Either the file becomes the standard input of the worker ([`run`]), or the main process reads it and
//! sends the bytes through a pipe ([`Server`]). The worker writes its result to a pipe, and opens nothing itself.

mod confinement;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;
use wait_timeout::ChildExt;

/// The resources that a worker process may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Processor time.
    pub seconds: u64,
    pub memory_bytes: u64,
}

/// The maximum size of a result or a request in bytes.
const MAX_MESSAGE_BYTES: u64 = 256 << 20;

/// The variable that tells the allocator how many KiB of address space to reserve at a time. Its usual gigabyte would leave none of
/// [`Limits::memory_bytes`] for the stack to grow (docs/decisions/0046-allocator.md).
const RESERVE_VARIABLE: &str = "MIMALLOC_ARENA_RESERVE";
const RESERVE_KIB: &str = "65536";

/// How often the main process checks whether the user has interrupted it.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Why a worker process returned no result.
#[derive(Debug)]
pub enum WorkerFailure {
    /// It could not be started.
    NotStarted(io::Error),
    /// It exceeded its time limit.
    TooSlow,
    /// Its result is too large.
    TooLarge,
    /// It aborted: it used up its memory, or its input is nested too deeply.
    // Never constructed on Windows, which does not tell why a process ended.
    #[cfg_attr(not(unix), allow(dead_code))]
    Exhausted,
    Crashed,
    /// It failed in another way, or the system does not tell how.
    Failed,
    /// The user has interrupted the program.
    Interrupted,
}

/// The number of worker processes that are running or being started.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Runs `program` as a worker process, with `input` as its standard input. Returns what it writes to its standard output.
///
/// # Errors
/// [`WorkerFailure`]. The process no longer runs.
pub fn run(
    program: &Path,
    arguments: &[&str],
    input: File,
    limits: Limits,
    interrupted: &AtomicBool,
) -> Result<Vec<u8>, WorkerFailure> {
    let mut running = Running::start(program, arguments, input.into(), limits).map_err(WorkerFailure::NotStarted)?;
    // A pipe holds only some kilobytes, so it must be read while the process runs.
    let output = running.0.stdout.take().ok_or(WorkerFailure::Failed)?;
    let reading = thread::Builder::new()
        .spawn(move || {
            let mut result = Vec::new();
            output.take(MAX_MESSAGE_BYTES + 1).read_to_end(&mut result).map(|_| result)
        })
        .map_err(WorkerFailure::NotStarted)?;
    let status = running.wait(limits, interrupted)?;
    let result = reading.join().map_err(|_| WorkerFailure::Crashed)?.map_err(|_| WorkerFailure::Failed)?;
    match () {
        () if result.len() as u64 > MAX_MESSAGE_BYTES => Err(WorkerFailure::TooLarge),
        () if status.success() => Ok(result),
        () => Err(why_it_failed(status)),
    }
}

/// A worker process that answers requests, one after the other. For small documents, a process for each would take longer to start than
/// to read the document.
pub struct Server {
    running: Running,
    input: ChildStdin,
    answers: Receiver<io::Result<Vec<u8>>>,
    limits: Limits,
}

impl Server {
    /// Starts a process of `program` that calls [`serve_many`]. On Unix, `limits` apply to all requests together. The time to wait for
    /// an answer applies to each request.
    ///
    /// # Errors
    /// The process could not be started.
    pub fn start(program: &Path, arguments: &[&str], limits: Limits) -> io::Result<Self> {
        let mut running = Running::start(program, arguments, Stdio::piped(), limits)?;
        let pipes = running.0.stdin.take().zip(running.0.stdout.take());
        let (input, mut output) = pipes.ok_or_else(|| io::Error::other("the process has no pipes"))?;
        let (sender, answers) = mpsc::channel();
        thread::Builder::new().spawn(move || {
            loop {
                let answer = read_frame(&mut output, MAX_MESSAGE_BYTES).transpose();
                let Some(answer) = answer else { return };
                let is_last = answer.is_err();
                if sender.send(answer).is_err() || is_last {
                    return;
                }
            }
        })?;
        Ok(Self { running, input, answers, limits })
    }

    /// Sends a request, and returns the answer.
    ///
    /// # Errors
    /// The process has ended, takes too long, or the user has interrupted the program. The server cannot be used any longer.
    pub fn answer(&mut self, request: &[u8], interrupted: &AtomicBool) -> Result<Vec<u8>, WorkerFailure> {
        write_frame(&mut self.input, request).map_err(|_| WorkerFailure::Crashed)?;
        let timeout = max_wait(self.limits);
        let start = Instant::now();
        loop {
            if interrupted.load(Ordering::Relaxed) {
                return Err(WorkerFailure::Interrupted);
            }
            match self.answers.recv_timeout(POLL_INTERVAL) {
                Ok(Ok(answer)) => return Ok(answer),
                Err(RecvTimeoutError::Timeout) if start.elapsed() <= timeout => {}
                Err(RecvTimeoutError::Timeout) => return Err(WorkerFailure::TooSlow),
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                    // The exit status tells why there is no answer.
                    let status = self.running.wait(self.limits, interrupted)?;
                    return Err(why_it_failed(status));
                }
            }
        }
    }
}

/// Writes a message: its length, then its bytes.
fn write_frame(output: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    output.write_all(&(bytes.len() as u64).to_le_bytes())?;
    output.write_all(bytes)?;
    output.flush()
}

/// Reads a message that [`write_frame`] wrote; `None` at the end of the input.
fn read_frame(input: &mut impl Read, max_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    match input.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u64::from_le_bytes(length);
    if length > max_bytes {
        return Err(io::Error::other("the message is too large"));
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(Some(bytes)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// The maximum time to wait for a process. Unix itself limits the processor time, so there the wait is ten times as long: it only has to
/// end processes that sleep or hardly get to run.
fn max_wait(limits: Limits) -> Duration {
    Duration::from_secs(limits.seconds * if cfg!(unix) { 10 } else { 1 })
}

/// Waits until no worker process runs, but not longer than `timeout`. Worker processes end soon after an interruption.
pub fn wait_for_all(timeout: Duration) {
    let start = Instant::now();
    while RUNNING.load(Ordering::SeqCst) > 0 && start.elapsed() < timeout {
        thread::sleep(Duration::from_millis(10));
    }
}

/// A running process. It is killed when this value is dropped.
struct Running(Child);

impl Running {
    fn start(program: &Path, arguments: &[&str], input: Stdio, limits: Limits) -> io::Result<Self> {
        // Count the process before it exists, so that `wait_for_all` does not miss it.
        RUNNING.fetch_add(1, Ordering::SeqCst);
        let child = Command::new(program)
            .args(arguments)
            .args([limits.seconds.to_string(), limits.memory_bytes.to_string()])
            .env(RESERVE_VARIABLE, RESERVE_KIB)
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        child.map(Self).inspect_err(|_| {
            RUNNING.fetch_sub(1, Ordering::SeqCst);
        })
    }

    fn wait(&mut self, limits: Limits, interrupted: &AtomicBool) -> Result<ExitStatus, WorkerFailure> {
        let timeout = max_wait(limits);
        let start = Instant::now();
        loop {
            if interrupted.load(Ordering::Relaxed) {
                return Err(WorkerFailure::Interrupted);
            }
            match self.0.wait_timeout(POLL_INTERVAL) {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if start.elapsed() > timeout => return Err(WorkerFailure::TooSlow),
                Ok(None) => {}
                Err(_) => return Err(WorkerFailure::Failed),
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
fn why_it_failed(status: ExitStatus) -> WorkerFailure {
    use std::os::unix::process::ExitStatusExt;
    // These numbers are the same on Linux and macOS. SIGXCPU (24) or SIGKILL (9) mean that the processor time is used up, SIGXFSZ (25)
    // that the process tried to write to a file, and SIGABRT (6) that it ran out of memory or stack.
    match status.signal() {
        Some(24 | 9) => WorkerFailure::TooSlow,
        Some(25) => WorkerFailure::TooLarge,
        Some(6) => WorkerFailure::Exhausted,
        Some(_) => WorkerFailure::Crashed,
        None => WorkerFailure::Failed,
    }
}

#[cfg(not(unix))]
fn why_it_failed(_: ExitStatus) -> WorkerFailure {
    WorkerFailure::Failed
}

/// Runs in a worker process: confines it, passes standard input to `work`, and writes the result to standard output. Returns whether the
/// result could be written.
pub fn serve(limits: Limits, work: impl FnOnce(&mut dyn Read) -> Vec<u8>) -> bool {
    confinement::confine(limits);
    let result = work(&mut io::stdin().lock());
    let mut out = io::stdout().lock();
    out.write_all(&result).and_then(|()| out.flush()).is_ok()
}

/// Runs in a worker process that answers requests ([`Server`]): confines it, and answers each request on standard input. Returns whether
/// all requests could be read and answered.
pub fn serve_many(limits: Limits, mut work: impl FnMut(&[u8]) -> Vec<u8>) -> bool {
    confinement::confine(limits);
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    loop {
        match read_frame(&mut input, MAX_MESSAGE_BYTES) {
            Ok(Some(request)) => {
                if write_frame(&mut output, &work(&request)).is_err() {
                    return false;
                }
            }
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// Serialises a value, to pass it to another process or to keep it in the cache.
pub fn encode(value: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap_or_default()
}

/// The value that [`encode`] serialised; `None` if the bytes are damaged.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { seconds: 5, memory_bytes: 1 << 30 };

    fn shell(script: &str) -> Server {
        Server::start(Path::new("sh"), &["-c", script], LIMITS).unwrap()
    }

    #[test]
    fn a_server_answers_until_its_process_ends() {
        let not_interrupted = AtomicBool::new(false);
        let mut server = shell("cat");
        for request in [&b"one"[..], b"", &[7; 100_000]] {
            assert_eq!(server.answer(request, &not_interrupted).unwrap(), request);
        }
        let mut server = shell("head -c 11; exit 3");
        assert_eq!(server.answer(b"one", &not_interrupted).unwrap(), b"one");
        assert!(matches!(server.answer(b"two", &not_interrupted), Err(WorkerFailure::Failed | WorkerFailure::Crashed)));
    }

    #[test]
    fn the_exit_status_of_a_server_says_why_it_failed() {
        let not_interrupted = AtomicBool::new(false);
        for (script, is_expected) in [
            (
                "read -r x; kill -SEGV $$",
                (|failure| matches!(failure, WorkerFailure::Crashed)) as fn(WorkerFailure) -> bool,
            ),
            ("head -c 8 >/dev/null; kill -XCPU $$", |failure| matches!(failure, WorkerFailure::TooSlow)),
            ("head -c 8 >/dev/null; kill -ABRT $$", |failure| matches!(failure, WorkerFailure::Exhausted)),
            // An answer that is cut off, and one that states a length above the maximum.
            ("head -c 8 >/dev/null; printf '\\005\\0\\0\\0\\0\\0\\0\\0ab'; exit 1", |failure| {
                matches!(failure, WorkerFailure::Failed)
            }),
            ("head -c 8 >/dev/null; printf '\\0\\0\\0\\0\\0\\0\\0\\177'; exit 1", |failure| {
                matches!(failure, WorkerFailure::Failed)
            }),
        ] {
            let failure = shell(script).answer(b"text\n", &not_interrupted).unwrap_err();
            assert!(is_expected(failure), "{script}");
        }
        let stopped = AtomicBool::new(true);
        assert!(matches!(shell("sleep 60").answer(b"text", &stopped), Err(WorkerFailure::Interrupted)));
    }
}
