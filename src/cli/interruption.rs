//! Interrupting a run with Ctrl-C. The only module that uses `ctrlc`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::Exit;
use super::error::CommandError;

/// A flag that Ctrl-C sets; a second Ctrl-C ends the process at once.
pub(super) fn interrupt_flag() -> Result<Arc<AtomicBool>, CommandError> {
    static FLAG: OnceLock<Result<Arc<AtomicBool>, String>> = OnceLock::new();
    let install = || {
        let flag = Arc::new(AtomicBool::new(false));
        let handled = Arc::clone(&flag);
        ctrlc::set_handler(move || {
            if handled.swap(true, Ordering::Relaxed) {
                std::process::exit(Exit::Interrupted as i32);
            }
        })
        .map_err(|error| format!("Ctrl-C cannot be handled: {error}"))?;
        Ok(flag)
    };
    FLAG.get_or_init(install).clone().map_err(CommandError::io)
}
