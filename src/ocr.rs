//! Recognises the text of scanned documents with an installed program: OCRmyPDF, or Tesseract and poppler.
//!
//! The documents are not changed: the text is returned, with a form feed between pages. `extraction` finds and reads the files to which
//! such texts are written.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::language::Language;
use crate::parallel::parallel_map;
use crate::programs::{self, path_argument};

/// The resolution at which pages are drawn for Tesseract, in dots per inch. Most scans have this resolution, and Tesseract's manual
/// recommends at least this one.
const RESOLUTION: &str = "300";

/// Makes Tesseract use one thread. Several processes are faster than its threads, which wait for each other in busy loops.
const ONE_THREAD: [(&str, &str); 1] = [("OMP_THREAD_LIMIT", "1")];

/// A program that recognises text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// OCRmyPDF, which calls Tesseract and also straightens pages.
    Ocrmypdf,
    /// Tesseract, with poppler's `pdftoppm`, which draws the pages.
    Tesseract,
}

impl Engine {
    /// All engines, the preferred one first.
    pub const ALL: [Self; 2] = [Self::Ocrmypdf, Self::Tesseract];

    /// The name of the program.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ocrmypdf => "ocrmypdf",
            Self::Tesseract => "tesseract",
        }
    }
}

/// An engine that is installed, with the programs that it needs.
#[derive(Debug)]
pub struct InstalledEngine {
    pub engine: Engine,
    /// `None` if the engine is Tesseract.
    ocrmypdf: Option<PathBuf>,
    tesseract: PathBuf,
    /// Needed by Tesseract. If the engine is OCRmyPDF, it is used for documents that OCRmyPDF refuses, because they are signed, damaged or
    /// protected against changes.
    pdftoppm: Option<PathBuf>,
}

/// Why the text of a document was not recognised.
#[derive(Debug)]
pub enum OcrError {
    /// The user has interrupted the program.
    Interrupted,
    /// The reason.
    Failed(String),
}

impl From<io::Error> for OcrError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl InstalledEngine {
    /// Finds an engine. `None` if one of its programs is not installed.
    pub fn find(engine: Engine) -> Option<Self> {
        let tesseract = programs::find("tesseract")?;
        let pdftoppm = programs::find("pdftoppm");
        let ocrmypdf = match engine {
            Engine::Ocrmypdf => Some(programs::find("ocrmypdf")?),
            Engine::Tesseract => None,
        };
        (ocrmypdf.is_some() || pdftoppm.is_some()).then_some(Self { engine, ocrmypdf, tesseract, pdftoppm })
    }

    /// The codes of the languages whose data are installed.
    ///
    /// # Errors
    /// Tesseract cannot be started.
    pub fn languages(&self, interrupted: &AtomicBool) -> io::Result<Vec<String>> {
        let mut printed = Vec::new();
        programs::run(&self.tesseract, &["--list-langs".into()], &[], &mut printed, interrupted)?;
        // The first line is a heading.
        Ok(String::from_utf8_lossy(&printed).lines().skip(1).map(|line| line.trim().to_owned()).collect())
    }

    /// Recognises the text of a PDF. `pages` says for each page whether to recognise it; the text of the other pages is empty. `codes` are
    /// Tesseract's codes for the languages of the document, and `scratch` is an empty folder for temporary files. Tesseract calls
    /// `on_page` after each page, with the number of pages that are done. OCRmyPDF does not report its progress.
    ///
    /// # Errors
    /// [`OcrError`].
    pub fn recognise(
        &self,
        pdf: &Path,
        pages: &[bool],
        codes: &[&str],
        scratch: &Path,
        on_page: &(dyn Fn(usize) + Sync),
        interrupted: &AtomicBool,
    ) -> Result<String, OcrError> {
        let refused = match &self.ocrmypdf {
            None => None,
            Some(program) => {
                let text = scratch.join("text.txt");
                let arguments = ocrmypdf_arguments(pdf, pages, codes, &text, &scratch.join("copy.pdf"));
                match run(program, &arguments, interrupted) {
                    Ok(()) => return Ok(fs::read_to_string(text)?),
                    Err(OcrError::Interrupted) => return Err(OcrError::Interrupted),
                    Err(error) => Some(error),
                }
            }
        };
        let Some(pdftoppm) = &self.pdftoppm else {
            return Err(refused.unwrap_or_else(|| OcrError::Failed("pdftoppm is not installed".to_owned())));
        };
        let numbered: Vec<(usize, bool)> = (1..).zip(pages.iter().copied()).collect();
        let done = AtomicUsize::new(0);
        let texts = parallel_map(&numbered, |(page, is_wanted)| {
            if !is_wanted {
                return Ok(String::new());
            }
            let text = self.recognise_page(pdftoppm, pdf, *page, codes, scratch, interrupted)?;
            on_page(done.fetch_add(1, Ordering::Relaxed) + 1);
            Ok(text)
        });
        match texts.into_iter().collect::<Result<Vec<_>, _>>() {
            Ok(texts) => Ok(texts.join("\u{c}")),
            Err(OcrError::Interrupted) => Err(OcrError::Interrupted),
            // Both programs failed: the message of the preferred one is more likely to help.
            Err(error) => Err(refused.unwrap_or(error)),
        }
    }

    /// Recognises the text of a page with Tesseract. Pages are counted from 1.
    fn recognise_page(
        &self,
        pdftoppm: &Path,
        pdf: &Path,
        page: usize,
        codes: &[&str],
        scratch: &Path,
        interrupted: &AtomicBool,
    ) -> Result<String, OcrError> {
        let number = OsString::from(page.to_string());
        let picture = scratch.join(format!("page{page}"));
        let mut arguments: Vec<OsString> =
            ["-r", RESOLUTION, "-gray", "-png", "-singlefile", "-f"].map(Into::into).into();
        arguments.extend([number.clone(), "-l".into(), number, path_argument(pdf), picture.clone().into()]);
        run(pdftoppm, &arguments, interrupted)?;
        let text = scratch.join(format!("text{page}"));
        let codes = OsString::from(codes.join("+"));
        let picture = picture.with_extension("png");
        let arguments = [picture.clone().into(), text.clone().into(), "-l".into(), codes];
        run(&self.tesseract, &arguments, interrupted)?;
        // Remove the picture now, because the pictures of a book take gigabytes. If that fails, it is removed with the folder later.
        let _ = fs::remove_file(picture);
        let text = fs::read_to_string(text.with_extension("txt"))?;
        Ok(text.trim_end_matches('\u{c}').replace('\u{c}', "\n"))
    }
}

/// Runs a program, which must succeed.
fn run(program: &Path, arguments: &[OsString], interrupted: &AtomicBool) -> Result<(), OcrError> {
    if interrupted.load(Ordering::Relaxed) {
        return Err(OcrError::Interrupted);
    }
    let (status, last) = programs::run(program, arguments, &ONE_THREAD, &mut io::sink(), interrupted)?;
    let name = program.file_stem().unwrap_or_default().to_string_lossy();
    match () {
        () if interrupted.load(Ordering::Relaxed) => Err(OcrError::Interrupted),
        () if status.success() => Ok(()),
        () if last.is_empty() => Err(OcrError::Failed(format!("{name} failed ({status})"))),
        () => Err(OcrError::Failed(format!("{name} failed ({status}); its last output was: {last}"))),
    }
}

/// The arguments with which OCRmyPDF writes the text of pages to the file `text`. It also writes a copy of the document, which is not
/// used.
fn ocrmypdf_arguments(pdf: &Path, pages: &[bool], codes: &[&str], text: &Path, copy: &Path) -> Vec<OsString> {
    // `--force-ocr`: the text that a scanned page already has may be only a page number or a stamp, or meaningless characters.
    let mut arguments: Vec<OsString> =
        ["--force-ocr", "--output-type", "pdf", "--optimize", "0", "--sidecar"].map(Into::into).into();
    arguments.extend([text.into(), "-l".into(), codes.join("+").into()]);
    if !pages.iter().all(|is_wanted| *is_wanted) {
        arguments.extend(["--pages".into(), page_ranges(pages).into()]);
    }
    arguments.extend([path_argument(pdf), copy.into()]);
    arguments
}

/// The wanted pages as ranges, such as `1-3,7`.
fn page_ranges(pages: &[bool]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for page in pages.iter().enumerate().filter(|(_, is_wanted)| **is_wanted).map(|(index, _)| index + 1) {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == page => *last = page,
            _ => ranges.push((page, page)),
        }
    }
    let ranges = ranges.into_iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    ranges.collect::<Vec<_>>().join(",")
}

/// The names of Tesseract's data for languages, where they are not the codes of ISO 639-3, by the beginning of the language tag.
const TESSERACT_NAMES: [(&str, &str); 15] = [
    ("zh-Hant", "chi_tra"),
    ("zh-TW", "chi_tra"),
    ("zh-HK", "chi_tra"),
    ("zh-MO", "chi_tra"),
    ("zh", "chi_sim"),
    ("sr-Latn", "srp_latn"),
    ("az-Cyrl", "aze_cyrl"),
    ("uz-Cyrl", "uzb_cyrl"),
    ("nb", "nor"),
    ("nn", "nor"),
    ("no", "nor"),
    ("ku", "kmr"),
    ("el", "ell"),
    ("ms", "msa"),
    ("sw", "swa"),
];

/// The name of Tesseract's data for a language. `None` if the tag means several languages, an unknown language, or no language.
pub fn tesseract_name(language: &Language) -> Option<&'static str> {
    let tag = language.as_str();
    let begins_with =
        |known: &str| tag.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    let known = TESSERACT_NAMES.iter().find(|(known, _)| begins_with(known)).map(|(_, name)| *name);
    known.or_else(|| language.iso_639_3())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_the_names_of_tesseract() {
        let name = |tag: &str| tesseract_name(&Language::parse_of_document(tag).unwrap());
        let wanted = [
            ("en", "eng"),
            ("fr-CA", "fra"),
            ("ar", "ara"),
            ("zh", "chi_sim"),
            ("zh-Hant-TW", "chi_tra"),
            ("zh-HK", "chi_tra"),
            ("ru", "rus"),
            ("fa", "fas"),
            ("de", "deu"),
            ("sr", "srp"),
            ("sr-Latn", "srp_latn"),
            ("nb", "nor"),
            ("yue", "yue"),
        ];
        for (tag, code) in wanted {
            assert_eq!(name(tag), Some(code), "{tag}");
        }
    }

    #[test]
    fn ocrmypdf_is_told_which_pages_to_recognise() {
        let line = |pages: &[bool]| {
            let arguments =
                ocrmypdf_arguments(Path::new("-a.pdf"), pages, &["ara", "fra"], Path::new("t"), Path::new("c"));
            arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        };
        let start = "--force-ocr --output-type pdf --optimize 0 --sidecar t -l ara+fra";
        assert_eq!(line(&[true, true]), format!("{start} ./-a.pdf c"));
        assert_eq!(line(&[true, true, false, true]), format!("{start} --pages 1-2,4 ./-a.pdf c"));
    }
}
