//! `make-disc ocr`: recognises the text of scanned documents, and writes it beside them.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use clap::Args;

use super::Exit;
use super::error::CommandError;
use super::interruption::set_message;
use super::output::{self, Lines, count};
use super::session::{Session, Settings};
use crate::catalogue::{Catalogue, SourceId};
use crate::data_formats::json;
use crate::extraction::Extractions;
use crate::language::Language;
use crate::ocr::{Engine, InstalledEngine, OcrError, tesseract_name};
use crate::outputs::{Output, OutputKind, PathState};
use crate::path_text::{quote_for_shell, show};
use crate::temporary::TemporaryFolder;

const INTERRUPTED: &str = "interrupted: the texts written so far are kept; run the command again for the others";

#[derive(Debug, Args)]
pub(super) struct OcrArguments {
    /// The manifest
    manifest: PathBuf,
    /// The program to use, instead of the first of these that is installed: ocrmypdf, tesseract
    #[arg(long, value_parser = parse_engine)]
    engine: Option<Engine>,
    /// Only list the documents
    #[arg(long)]
    dry_run: bool,
    /// Allow files outside the manifest's folder
    #[arg(long)]
    allow_outside: bool,
    /// Print only errors
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
}

fn parse_engine(name: &str) -> Result<Engine, String> {
    Engine::ALL.into_iter().find(|engine| engine.name() == name).ok_or_else(|| {
        let names: Vec<&str> = Engine::ALL.into_iter().map(Engine::name).collect();
        format!("use one of {}", names.join(", "))
    })
}

pub(super) fn run(arguments: &OcrArguments) -> Exit {
    let OcrArguments { manifest, allow_outside, json, .. } = arguments;
    let mut session =
        Session::new(Settings { manifest, allow_outside: *allow_outside, search: true, quiet: true, json: *json });
    ocr(arguments, &mut session).unwrap_or_else(|error| session.fail(error, "no text was recognised"))
}

/// A document whose text is to be recognised.
struct Scan<'c> {
    /// Its path in the manifest.
    name: &'c str,
    path: &'c Path,
    /// For each page, whether it is to be recognised.
    pages: Vec<bool>,
    /// The document's languages, each with the name of Tesseract's data for it.
    codes: Vec<(&'static str, Language)>,
    /// The file for its text.
    output: PathBuf,
}

/// The results for the documents.
#[derive(Default)]
struct Results {
    /// Each document and the file with its text.
    written: Vec<(String, PathBuf)>,
    /// Each document and why its text was not recognised.
    failed: Vec<(String, String)>,
}

fn ocr(arguments: &OcrArguments, session: &mut Session) -> Result<Exit, CommandError> {
    let interrupted = session.interrupt_flag()?;
    session.load()?;
    let texts = session.read_documents()?;
    let (catalogue, _) = session.collection()?;
    if !catalogue.disc.search {
        return Err(CommandError::usage(
            "the disc has no search (`search: false`), so recognised text would not be used: remove that line first",
        ));
    }
    let scans = find_scans(catalogue, &texts);
    if scans.is_empty() || arguments.dry_run {
        return Ok(print_list(arguments, &scans));
    }
    let engine = choose_engine(arguments.engine)?;
    let installed = engine
        .languages(&interrupted)
        .map_err(|error| CommandError::io(format!("tesseract cannot be started: {}", output::describe(&error))))?;
    set_message(INTERRUPTED);
    let mut results = Results::default();
    let total = scans.len();
    for (number, scan) in scans.iter().enumerate() {
        if !arguments.quiet && !arguments.json {
            let pages = scan.pages.iter().filter(|is_wanted| **is_wanted).count();
            let pages = count(pages, "page", "pages");
            output::print_line(&format!("{} of {total}: {} ({pages})", number + 1, scan.name));
        }
        match recognise(scan, &engine, &installed, !arguments.quiet && !arguments.json, &interrupted) {
            Ok(()) => results.written.push((scan.name.to_owned(), scan.output.clone())),
            Err(OcrError::Interrupted) => return Err(CommandError::new(Exit::Interrupted, INTERRUPTED)),
            Err(OcrError::Failed(why)) => {
                if !arguments.json {
                    output::print_error(&format!("`{}`: {why}", scan.name));
                }
                results.failed.push((scan.name.to_owned(), why));
            }
        }
    }
    Ok(print_results(arguments, engine.engine, &results))
}

/// The documents whose text has to be recognised, in the order of the manifest.
fn find_scans<'c>(catalogue: &'c Catalogue, texts: &Extractions) -> Vec<Scan<'c>> {
    let mut scans = Vec::new();
    for (document, pages) in texts.scans() {
        let source = catalogue.source(document);
        let mut codes: Vec<(&'static str, Language)> = Vec::new();
        for language in languages_of(catalogue, document) {
            if let Some(code) = tesseract_name(&language).filter(|code| codes.iter().all(|(known, _)| known != code)) {
                codes.push((code, language));
            }
        }
        // Documents without words, such as photos, have no languages.
        if codes.is_empty() {
            continue;
        }
        let is_shared = catalogue
            .sources
            .iter()
            .any(|other| other.path != source.path && other.path.with_extension("") == source.path.with_extension(""));
        let output = text_path(&source.path, is_shared);
        scans.push(Scan { name: &source.path_in_manifest, path: &source.path, pages, codes, output });
    }
    scans
}

/// The languages of a document. For a document in several or unknown languages, the languages of the pages; for a document
/// without words, none.
fn languages_of(catalogue: &Catalogue, document: SourceId) -> Vec<Language> {
    let mut languages: Vec<Language> = Vec::new();
    for variant in catalogue.reports().flat_map(|(_, _, report)| &report.variants) {
        if !variant.all_files().any(|(source, _)| source == document) || variant.language.is_wordless() {
            continue;
        }
        let own = std::slice::from_ref(&variant.language);
        let all = if variant.language.is_not_one_language() { &catalogue.disc.languages } else { own };
        for language in all {
            if !languages.contains(language) {
                languages.push(language.clone());
            }
        }
    }
    languages
}

/// The file for the text of a document: `x.txt` for `x.pdf`, or `x.pdf.txt` if `x.txt` already exists, or if another document
/// could have it too (`is_shared`).
fn text_path(document: &Path, is_shared: bool) -> PathBuf {
    let short = document.with_extension("txt");
    if !is_shared && PathState::at(&short) == PathState::Vacant {
        return short;
    }
    let mut name = document.as_os_str().to_owned();
    name.push(".txt");
    name.into()
}

fn choose_engine(wanted: Option<Engine>) -> Result<InstalledEngine, CommandError> {
    let install =
        "on Debian-based systems, `sudo apt install ocrmypdf`; elsewhere, see https://ocrmypdf.readthedocs.io";
    match wanted {
        Some(engine) => InstalledEngine::find(engine).ok_or_else(|| {
            let (needs, how) = if engine == Engine::Tesseract {
                ("tesseract and pdftoppm", "on Debian-based systems, `sudo apt install tesseract-ocr poppler-utils`")
            } else {
                ("ocrmypdf and tesseract", install)
            };
            let name = engine.name();
            CommandError::usage(format!(
                "the engine `{name}` needs {needs}: install them ({how}), or leave out `--engine` to use an engine that is installed"
            ))
        }),
        None => Engine::ALL.into_iter().find_map(InstalledEngine::find).ok_or_else(|| {
            CommandError::usage(format!("no program that recognises text was found: install OCRmyPDF ({install})"))
        }),
    }
}

/// Recognises and writes the text of a document.
fn recognise(
    scan: &Scan<'_>,
    engine: &InstalledEngine,
    installed: &[String],
    shows_pages: bool,
    interrupted: &AtomicBool,
) -> Result<(), OcrError> {
    let missing: Vec<String> = scan
        .codes
        .iter()
        .filter(|(code, _)| !installed.iter().any(|known| known == code))
        .map(|(code, language)| format!("{} (`tesseract-ocr-{}`)", language.autonym(), code.replace('_', "-")))
        .collect();
    if !missing.is_empty() {
        return Err(OcrError::Failed(format!(
            "Tesseract has no data for {}: install these packages of Debian-based systems, or their equivalents on yours, then run the command again",
            missing.join(", ")
        )));
    }
    let output = Output { path: &scan.output, kind: OutputKind::Text, force: false };
    if PathState::at(&scan.output) != PathState::Vacant {
        return Err(OcrError::Failed(format!(
            "`{}` already exists: move it away, then run the command again",
            show(&scan.output)
        )));
    }
    let unwritable = |error: std::io::Error| {
        OcrError::Failed(format!("`{}` cannot be written: {}", show(&scan.output), output::describe(&error)))
    };
    crate::system::ensure_writable_folder(scan.output.parent().unwrap_or(Path::new("."))).map_err(unwritable)?;
    let scratch = TemporaryFolder::new()?;
    let codes: Vec<&str> = scan.codes.iter().map(|(code, _)| *code).collect();
    let total = scan.pages.iter().filter(|is_wanted| **is_wanted).count();
    let on_page = |done: usize| {
        // A line for each tenth of the pages.
        if shows_pages && total > 1 && done * 10 / total > (done - 1) * 10 / total {
            output::print_line(&format!("  page {done} of {total}"));
        }
    };
    let text = engine.recognise(scan.path, &scan.pages, &codes, scratch.path(), &on_page, interrupted)?;
    if text.trim_matches(|c: char| c.is_whitespace() || c == '\u{c}').is_empty() {
        return Err(OcrError::Failed(
            "no text was recognised on its pages: if it is a map or a photo, list it under the language `zxx`"
                .to_owned(),
        ));
    }
    output.write(text.as_bytes()).map_err(unwritable)
}

/// Prints the documents that would be recognised.
fn print_list(arguments: &OcrArguments, scans: &[Scan<'_>]) -> Exit {
    if arguments.json {
        let documents: Vec<_> = scans
            .iter()
            .map(|scan| {
                let pages = scan.pages.iter().filter(|is_wanted| **is_wanted).count();
                json!({ "document": scan.name, "text": show(&scan.output), "pages": pages })
            })
            .collect();
        return output::print_json(&json!({ "ok": true, "to_recognise": documents }), Exit::Success);
    }
    let mut text = Lines::default();
    if scans.is_empty() && !arguments.quiet {
        text.line("no document needs text recognition; `make-disc check` lists the documents that cannot be searched");
    }
    for scan in scans {
        let pages = scan.pages.iter().filter(|is_wanted| **is_wanted).count();
        text.line(&format!("{} ({})", scan.name, count(pages, "page", "pages")));
    }
    output::print(&text, Exit::Success)
}

fn print_results(arguments: &OcrArguments, engine: Engine, results: &Results) -> Exit {
    let Results { written, failed } = results;
    let exit = if failed.is_empty() { Exit::Success } else { Exit::InputOutput };
    if arguments.json {
        let written: Vec<_> =
            written.iter().map(|(name, path)| json!({ "document": name, "text": show(path) })).collect();
        let failed: Vec<_> = failed.iter().map(|(name, why)| json!({ "document": name, "error": why })).collect();
        let result =
            json!({ "ok": failed.is_empty(), "engine": engine.name(), "recognised": written, "failed": failed });
        return output::print_json(&result, exit);
    }
    if arguments.quiet {
        return exit;
    }
    let mut text = Lines::default();
    for (_, path) in written {
        text.row("wrote", show(path.strip_prefix(".").unwrap_or(path)));
    }
    if !failed.is_empty() {
        text.row("failed", count(failed.len(), "document", "documents"));
    }
    if !written.is_empty() {
        text.row("next", format!("make-disc check {}", quote_for_shell(&arguments.manifest)));
    }
    output::print(&text, exit)
}
