//! Writes what is hashed, behind the writer's back: to a sink, in the order in which it comes.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender};

/// Bytes on their way to the sink.
pub(super) struct Portion {
    pub(super) buffer: Vec<u8>,
    pub(super) filled: usize,
    /// Whether the buffer is to be filled again.
    pub(super) again: bool,
}

/// Writes all that comes; the first error ends it.
pub(super) fn drain(
    sink: &mut (dyn Write + Send),
    portions: &Receiver<Portion>,
    buffers: &SyncSender<Vec<u8>>,
) -> io::Result<()> {
    for portion in portions {
        sink.write_all(&portion.buffer[..portion.filled])?;
        if portion.again {
            // Nobody takes it when all sources are read.
            let _ = buffers.try_send(portion.buffer);
        }
    }
    sink.flush()
}
