//! The thread that writes the image to its sink, while the next blocks are being hashed.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender};

/// Consecutive bytes of the image, ready to be written.
pub(super) struct OutputBuffer {
    pub(super) buffer: Vec<u8>,
    /// How many bytes of the buffer are to be written.
    pub(super) filled: usize,
    /// Whether the buffer belongs to the source reader and goes back to it.
    pub(super) reuse: bool,
}

/// Writes all buffers in the order in which they arrive. Stops at the first error.
pub(super) fn write_buffers(
    sink: &mut (dyn Write + Send),
    output: &Receiver<OutputBuffer>,
    free_buffers: &SyncSender<Vec<u8>>,
) -> io::Result<()> {
    for OutputBuffer { buffer, filled, reuse } in output {
        sink.write_all(&buffer[..filled])?;
        if reuse {
            // Fails once all sources have been read: the reader needs no more buffers then.
            let _ = free_buffers.try_send(buffer);
        }
    }
    sink.flush()
}
