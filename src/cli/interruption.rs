//! Breaking a run off. The only module that names `ctrlc`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::Exit;

/// A flag that an interruption sets; a second one ends the process at once.
pub(super) fn interruptible() -> Result<Arc<AtomicBool>, String> {
    static STOP: OnceLock<Result<Arc<AtomicBool>, String>> = OnceLock::new();
    let begin = || {
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::Relaxed) {
                std::process::exit(Exit::Interrupted as i32);
            }
        })
        .map_err(|error| format!("the system does not let the run be broken off by Ctrl-C: {error}"))?;
        Ok(stop)
    };
    STOP.get_or_init(begin).clone()
}
