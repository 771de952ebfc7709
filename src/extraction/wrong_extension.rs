//! Documents whose names have the extension of another format.

use super::compound::CompoundFile;
use crate::file_formats::{Extractor, Format};

/// How much of a document is examined, in bytes.
const EXAMINED_BYTES: usize = 4096;

/// Says which format a document has if its extension is wrong, and what to do. Use it only for documents that could not be
/// read: some that can be read begin in unusual ways.
pub(super) fn describe(bytes: &[u8], extension: &str) -> Option<String> {
    let extractor = Format::from_extension(extension)?.extractor?;
    let start = &bytes[..bytes.len().min(EXAMINED_BYTES)];
    let is_pdf = start.windows(5).any(|window| window == b"%PDF-");
    let is_archive = start.starts_with(b"PK");
    let old_format = old_format(bytes);
    let is_workbook = is_archive || old_format == Some("xls");
    let expected = match extractor {
        Extractor::Pdf if !is_pdf => "a PDF",
        Extractor::Docx if !is_archive => "a Word document",
        Extractor::Doc if old_format != Some("doc") => "a Word document",
        Extractor::Rtf if !start.starts_with(b"{\\rtf") => "an RTF document",
        Extractor::Pptx if !is_archive => "a PowerPoint presentation",
        Extractor::Ppt if old_format != Some("ppt") => "a PowerPoint presentation",
        Extractor::Workbook if !is_workbook => "a workbook",
        Extractor::OpenDocument if !is_archive => "an OpenDocument file",
        Extractor::Epub if !is_archive => "an EPUB book",
        _ => return None,
    };
    if is_pdf {
        return Some(format!("it is a PDF, not {expected} (rename it to `.pdf`)"));
    }
    if let Some(right) = old_format {
        return Some(format!("it is in an old format of Microsoft Office, not {expected} (rename it to `.{right}`)"));
    }
    if start.starts_with(b"{\\rtf") {
        return Some(format!("it is RTF, not {expected} (rename it to `.rtf`)"));
    }
    if is_archive {
        return Some(format!("it is an office document or an archive, not {expected} (correct its extension)"));
    }
    let lower = start.trim_ascii_start().to_ascii_lowercase();
    if lower.starts_with(b"<html") || lower.starts_with(b"<!doctype html") {
        return Some(format!("it is a web page, not {expected} (rename it to `.html`, or save it as `.{extension}`)"));
    }
    is_plain_text(start)
        .then(|| format!("it is plain text, not {expected} (rename it to `.txt`, or save it as `.{extension}`)"))
}

/// The right extension of a document in an old binary format of Microsoft Office.
fn old_format(bytes: &[u8]) -> Option<&'static str> {
    let file = CompoundFile::open(bytes)?;
    let streams = [("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"), ("PowerPoint Document", "ppt")];
    streams.into_iter().find(|(stream, _)| file.has(stream)).map(|(_, extension)| extension)
}

/// Whether bytes are text: they contain no control characters except tabs, line breaks and form feeds.
fn is_plain_text(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
}
