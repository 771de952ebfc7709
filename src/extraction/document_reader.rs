//! Reads documents in worker processes.

use std::fs::File;
use std::io::{Read, Seek};
use std::sync::atomic::AtomicBool;

use super::{ExtractionOptions, InputDocument, extractor, is_supported};
use crate::file_formats::Extractor;
use crate::worker::{self, Limits, Server, WorkerFailure};

/// The name of the hidden command that reads a document.
const COMMAND: &str = "extract-text";

/// The name of the hidden command that reads several small documents.
const COMMAND_FOR_SMALL: &str = "extract-texts";

/// Up to this length in bytes, documents share a process.
const MAX_SMALL_BYTES: u64 = 1 << 20;

/// The limits of a shared process, for all of its documents together. If a document exceeds them, it is read again in a
/// process of its own.
const SHARED_LIMITS: Limits = Limits { seconds: 10, memory_bytes: 1 << 30 };

/// After this many documents, a shared process is replaced, so that anything that a document leaves in its memory affects few
/// others.
const MAX_DOCUMENTS_PER_PROCESS: usize = 200;

/// Reads documents in worker processes: small ones one after the other in a shared process, and every other in a process of
/// its own.
pub(super) struct DocumentReader<'r> {
    options: &'r ExtractionOptions,
    interrupted: &'r AtomicBool,
    /// The shared process, and how many documents it has read.
    server: Option<(Server, usize)>,
}

impl<'r> DocumentReader<'r> {
    pub(super) fn new(options: &'r ExtractionOptions, interrupted: &'r AtomicBool) -> Self {
        Self { options, interrupted, server: None }
    }

    /// Reads a document, and returns the encoded [`WorkerAnswer`](super::WorkerAnswer), or why there is none.
    pub(super) fn read(&mut self, document: &InputDocument<'_>, mut file: File) -> Result<Vec<u8>, String> {
        if document.length <= MAX_SMALL_BYTES && may_share_process(document.format) {
            let mut request = document.format.as_bytes().to_vec();
            request.push(0);
            let start = request.len() as u64;
            let is_read = (&mut file).take(MAX_SMALL_BYTES + 1).read_to_end(&mut request).is_ok();
            if is_read
                && request.len() as u64 - start <= MAX_SMALL_BYTES
                && let Some(answer) = self.read_in_shared_process(&request)
            {
                return Ok(answer);
            }
            // The document has grown, or the shared process has failed: the document gets a process and limits of its own.
            file.rewind().map_err(|error| error.to_string())?;
        }
        let limits = (self.options.limits)(document.length);
        worker::run(&self.options.program, &[COMMAND, document.format], file, limits, self.interrupted)
            .map_err(|failure| describe_failure(&failure))
    }

    fn read_in_shared_process(&mut self, request: &[u8]) -> Option<Vec<u8>> {
        if self.server.as_ref().is_none_or(|(_, count)| *count >= MAX_DOCUMENTS_PER_PROCESS) {
            let server = Server::start(&self.options.program, &[COMMAND_FOR_SMALL], SHARED_LIMITS).ok()?;
            self.server = Some((server, 0));
        }
        let (server, count) = self.server.as_mut()?;
        *count += 1;
        let answer = server.answer(request, self.interrupted).ok();
        if answer.is_none() {
            self.server = None;
        }
        answer
    }
}

/// Whether documents of a format can share a process. PDFs cannot: most crashes are caused by PDFs, and compared with the
/// time for reading one, the time for starting a process is short.
fn may_share_process(format: &str) -> bool {
    is_supported(format) && extractor(format) != Some(Extractor::Pdf)
}

/// Why a document has no text, as a sentence about it ("it took too long").
fn describe_failure(failure: &WorkerFailure) -> String {
    match failure {
        WorkerFailure::NotStarted(error) => format!("the text extractor could not be started: {error}"),
        WorkerFailure::TooSlow => "it took too long".to_owned(),
        WorkerFailure::TooLarge => "it has too much text".to_owned(),
        WorkerFailure::Exhausted | WorkerFailure::Crashed => "the text extractor crashed on it".to_owned(),
        WorkerFailure::Failed => "the text extractor failed on it".to_owned(),
        WorkerFailure::Interrupted => "it was interrupted".to_owned(),
    }
}
