//! Documents whose names have the extension of another format.

use crate::file_formats::{Extractor, Format};

/// How much of a document is examined, in bytes.
const EXAMINED_BYTES: usize = 4096;

/// What a document is if it is not in the format of its extension, with what to do about it. For documents that could
/// not be read: some with unusual beginnings can be.
pub(super) fn describe(bytes: &[u8], extension: &str) -> Option<String> {
    let extractor = Format::from_extension(extension)?.extractor?;
    let start = &bytes[..bytes.len().min(EXAMINED_BYTES)];
    let is_pdf = start.windows(5).any(|window| window == b"%PDF-");
    let is_archive = start.starts_with(b"PK");
    let expected = match extractor {
        Extractor::Pdf if !is_pdf => "a PDF",
        Extractor::Docx if !is_archive => "a Word document",
        Extractor::OpenDocument if !is_archive => "an OpenDocument file",
        Extractor::Epub if !is_archive => "an EPUB book",
        _ => return None,
    };
    if is_pdf {
        return Some(format!("it is a PDF, not {expected} (rename it to `.pdf`)"));
    }
    if start.starts_with(b"{\\rtf") {
        return Some(format!("it is RTF, not {expected} (rename it to `.rtf`)"));
    }
    if is_archive {
        return Some(format!("it is an office document or an archive, not {expected} (correct its extension)"));
    }
    is_plain_text(start)
        .then(|| format!("it is plain text, not {expected} (rename it to `.txt`, or save it as `.{extension}`)"))
}

/// Whether bytes are text: none is a control character, except those in lines of text.
fn is_plain_text(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
}
