//! Handles signals: Ctrl-C and others that ask the program to end, and the one that is sent when a file exceeds the size
//! limit. The only module that uses `ctrlc` and `nix`.
//!
//! The first request to end sets a flag, which the long steps of every command check. Not every step can: if the run has not
//! ended after [`GRACE`], this module removes everything half-written and ends the process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Exit;
use super::error::CommandError;
use crate::system::restore_terminal;
use crate::temporary;
use crate::worker;

/// How long a run may take to end by itself after the first signal.
const GRACE: Duration = Duration::from_secs(1);

/// How long changes that belong together may still take after a second signal.
const SECOND_GRACE: Duration = Duration::from_millis(500);

/// How long to wait until worker processes have ended.
const WORKER_EXIT_TIMEOUT: Duration = Duration::from_millis(300);

/// How long to wait until the last message is printed. This takes hardly any time, unless nothing reads it or the machine is very busy.
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(3);

// The messages if the process is ended while the result gets its final name, and after that.
const BEING_PUBLISHED: &str = "interrupted while the result was being moved to its place: it may be missing or incomplete; run the command again with `--force`";
const PUBLISHED: &str = "interrupted, but the result was already complete";

/// Whether the first signal ends the process at once, because the program is waiting for the user.
static IS_WAITING: AtomicBool = AtomicBool::new(false);

/// The message if this module ends the process.
static MESSAGE: Mutex<&str> = Mutex::new("interrupted; nothing was changed");

/// Whether the user asked for a report file, which is not written if this module ends the process.
static AWAITS_REPORT: AtomicBool = AtomicBool::new(false);

/// Whether the message is printed as a JSON object.
static AS_JSON: AtomicBool = AtomicBool::new(false);

/// The flag that the first signal sets. Installs the signal handler when it is called for the first time.
pub(super) fn interrupt_flag() -> Result<Arc<AtomicBool>, CommandError> {
    static FLAG: OnceLock<Result<Arc<AtomicBool>, String>> = OnceLock::new();
    let install = || {
        let flag = Arc::new(AtomicBool::new(false));
        let handled = Arc::clone(&flag);
        ctrlc::set_handler(move || handle(&handled)).map_err(|error| format!("Ctrl-C cannot be handled: {error}"))?;
        leave_signals_to_handler();
        Ok(flag)
    };
    FLAG.get_or_init(install).clone().map_err(CommandError::io)
}

/// Blocks the signals in this thread, so that the system delivers them to the handler's thread. It would prefer this thread,
/// which cannot handle them while it reads from a disc or a network share that does not respond. Threads that are started
/// later inherit this.
fn leave_signals_to_handler() {
    #[cfg(unix)]
    {
        use nix::sys::signal::{SigSet, Signal};
        // If they cannot be blocked, the handler runs a little later.
        let _ = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]).thread_block();
    }
}

/// Keeps the signal SIGXFSZ from ending the process, which the system sends if a file would become longer than `ulimit -f`
/// allows: then writing fails, with an error that can be reported. Must be called before any thread is started.
pub(super) fn block_file_size_signal() {
    #[cfg(unix)]
    {
        use nix::sys::signal::{SigSet, Signal};
        // If it cannot be blocked, the system still ends the process.
        let _ = SigSet::from(Signal::SIGXFSZ).thread_block();
    }
}

fn handle(flag: &AtomicBool) {
    if flag.swap(true, Ordering::Relaxed) || IS_WAITING.load(Ordering::Relaxed) {
        end_process(SECOND_GRACE);
    }
    let deadline = thread::Builder::new().spawn(|| {
        thread::sleep(GRACE);
        end_process(Duration::MAX);
    });
    if deadline.is_err() {
        end_process(SECOND_GRACE);
    }
}

/// Returns an error if there was a signal. Commands call this before they write their result.
pub(super) fn ensure_not_interrupted() -> Result<(), CommandError> {
    if interrupt_flag()?.load(Ordering::Relaxed) { Err(CommandError::interrupted()) } else { Ok(()) }
}

/// Sets the message if this module ends the process.
pub(super) fn set_message(message: &'static str) {
    *MESSAGE.lock().unwrap_or_else(PoisonError::into_inner) = message;
}

/// Sets whether that message also says that no report was written.
pub(super) fn await_report(is_awaited: bool) {
    AWAITS_REPORT.store(is_awaited, Ordering::Relaxed);
}

/// Calls `rename`, which gives a result its final name. From then on, the message for an interruption no longer says that
/// nothing was changed.
pub(super) fn publish<T, E>(rename: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    set_message(BEING_PUBLISHED);
    let result = rename();
    if result.is_ok() {
        set_message(PUBLISHED);
    }
    result
}

/// Makes the message for an interruption a JSON object.
pub(super) fn use_json() {
    AS_JSON.store(true, Ordering::Relaxed);
}

/// Waits for the user's answer. Meanwhile, a signal ends the process at once.
pub(super) fn wait_for_user<R>(wait: impl FnOnce() -> R) -> R {
    IS_WAITING.store(true, Ordering::Relaxed);
    let answer = wait();
    IS_WAITING.store(false, Ordering::Relaxed);
    answer
}

/// Removes everything half-written, as soon as no changes that belong together are in progress, or after `patience`.
fn clean_up(patience: Duration) {
    restore_terminal();
    temporary::remove_leftovers(patience);
    worker::wait_for_all(WORKER_EXIT_TIMEOUT);
}

/// Removes everything half-written, in the thread that panicked. That thread may be making changes that belong together, so
/// this waits for them only briefly.
pub(super) fn clean_up_after_panic() {
    clean_up(SECOND_GRACE);
}

/// Ends the process after a signal.
fn end_process(patience: Duration) -> ! {
    clean_up(patience);
    // In another thread, because printing waits forever if nothing reads from standard error or standard output.
    let printing = thread::Builder::new().spawn(|| {
        let mut message = MESSAGE.lock().unwrap_or_else(PoisonError::into_inner).to_owned();
        if AWAITS_REPORT.load(Ordering::Relaxed) {
            message.push_str("; no report was written");
        }
        CommandError::new(Exit::Interrupted, message).report(AS_JSON.load(Ordering::Relaxed))
    });
    let start = Instant::now();
    while printing.as_ref().is_ok_and(|thread| !thread.is_finished()) && start.elapsed() < MESSAGE_TIMEOUT {
        thread::sleep(Duration::from_millis(5));
    }
    std::process::exit(Exit::Interrupted as i32);
}
