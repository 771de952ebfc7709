//! `make-disc init`: a manifest from a folder of files.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::build::quoted;
use super::interruption::interruptible;
use super::session::{Stop, ended, write};
use super::{Exit, output};
use crate::data_formats::json;
use crate::diagnostic::{Findings, ManifestText};
use crate::extraction::{self, Bounds, Cache, Document, Options};
use crate::image::PathState;
use crate::language::LanguageNames;
use crate::manifest::{Manifest, ManifestFile, SCHEMA, is_schema};
use crate::progress::{self, Progress};
use crate::scaffold::{self, DocumentInfo, DocumentList, ExclusionReason, FolderScan, Proposal};

/// The name of the schema beside a manifest; it is hidden where a dot hides, and no document.
const SCHEMA_NAME: &str = ".manifest.schema.json";

/// How many notes on a list are shown.
const NOTES: usize = 20;

/// How much of a document's text tells its language, in bytes.
const BEGINNING: usize = 20_000;

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// The folder with the documents
    folder: PathBuf,
    /// The manifest to write, if not `manifest.yaml` in that folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// A list with a row for each file (.xlsx, .ods or .csv): titles, languages, symbols, sections
    #[arg(long, value_name = "LIST", conflicts_with = "update")]
    from: Option<PathBuf>,
    /// Replace the manifest if it exists
    #[arg(short, long)]
    force: bool,
    /// Add the files that are new in the folder to a manifest that is there, mark those that are gone, and change
    /// nothing else
    #[arg(short, long, conflicts_with = "force")]
    update: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &InitArguments) -> Exit {
    init(arguments).unwrap_or_else(|stop| ended(stop, arguments.json))
}

fn init(arguments: &InitArguments) -> Result<Exit, Stop> {
    let folder = &arguments.folder;
    let shown = folder.display();
    if folder.is_file() {
        let message = format!("`{shown}` is a file: name the folder that the documents are in");
        return Err(Stop::because(Exit::Usage, message));
    }
    let manifest = arguments.output.clone().unwrap_or_else(|| folder.join("manifest.yaml"));
    let existing = match arguments.update {
        true => Some(existing(&manifest)?),
        false => {
            is_free(&manifest, arguments.force)?;
            None
        }
    };
    let below = below(&manifest, folder)?;
    let mut scan = FolderScan::new(folder).map_err(|error| {
        let why = output::plain(&error);
        Stop::because(Exit::InputOutput, format!("the folder `{shown}` cannot be read: {why}"))
    })?;
    scan.ignore(&manifest, folder);
    if let Some(list) = &arguments.from {
        scan.ignore(list, folder);
    }
    if let Some((_, manifest)) = &existing {
        // Files of the launcher are not documents.
        let used = scaffold::launcher_files(manifest);
        scan.files.retain(|found| {
            let path = format!("{below}{}", found.path);
            !used.iter().any(|used| *used == path || used.ends_with('/') && path.starts_with(used.as_str()))
        });
    }
    let mut documents = read(&scan, folder, arguments)?;
    let names = LanguageNames::default();
    scaffold::drop_chapter_pages(&mut scan, &mut documents, &names);
    if scan.files.is_empty() {
        let why: Vec<String> =
            scan.excluded.iter().map(|(reason, paths)| format!("{}: {}", reason.description(), paths.len())).collect();
        let why = if why.is_empty() { "it is empty".to_owned() } else { format!("left out: {}", why.join("; ")) };
        return Err(Stop::because(
            Exit::Content,
            format!("there are no documents in `{shown}`: {why}; copy the PDFs and other documents there"),
        ));
    }
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let list = match &arguments.from {
        Some(list) => document_list(list, &scan, &names)?,
        None => DocumentList::default(),
    };
    let mut proposal = scaffold::propose(&scan, &documents, &names, &list.entries, &name);
    proposal.prefix_paths(&below);
    if let Some((manuscript, parsed)) = &existing {
        return update(arguments, &manifest, manuscript, parsed, &proposal);
    }
    let schema = schema_beside(&manifest).then_some(SCHEMA_NAME);
    write(&manifest, scaffold::write_manifest(&proposal, &scan, &name, schema).as_bytes(), arguments.force)?;
    Ok(report(arguments, &manifest, &proposal, &scan, &list))
}

/// Puts the manifest's schema beside it, for editors; gives whether it is there. A file of that name that is another
/// stays as it is.
fn schema_beside(manifest: &Path) -> bool {
    let path = manifest.with_file_name(SCHEMA_NAME);
    match fs::read_to_string(&path) {
        Ok(text) if text == SCHEMA => true,
        // That of another version.
        Ok(text) if is_schema(&text) => write(&path, SCHEMA.as_bytes(), true).is_ok(),
        Ok(_) => false,
        Err(_) => matches!(PathState::at(&path), PathState::Vacant) && write(&path, SCHEMA.as_bytes(), false).is_ok(),
    }
}

fn is_free(manifest: &Path, force: bool) -> Result<(), Stop> {
    let shown = manifest.display();
    match PathState::at(manifest) {
        PathState::Vacant => Ok(()),
        PathState::RegularFile if !is_manifest(manifest) => Err(Stop::because(
            Exit::Usage,
            format!(
                "`{shown}` exists and is not named as a manifest, so it is not replaced: name a file such as manifest.yaml"
            ),
        )),
        PathState::RegularFile if force => Ok(()),
        PathState::RegularFile => Err(Stop::because(
            Exit::Usage,
            format!(
                "`{shown}` exists: add what is new with `--update`, choose another name with `--output`, or replace it with `--force`"
            ),
        )),
        PathState::Other => Err(Stop::because(Exit::Usage, format!("`{shown}` is not a regular file"))),
    }
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml"))
}

/// The path from the manifest's folder to the documents', with a `/` at its end; empty if they are the same.
fn below(manifest: &Path, folder: &Path) -> Result<String, Stop> {
    let parent = manifest.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real = |path: &Path| fs::canonicalize(path);
    let unusable = |path: &Path, error: &std::io::Error| {
        let (shown, why) = (path.display(), output::plain(error));
        Stop::because(Exit::InputOutput, format!("the folder `{shown}` cannot be read: {why}"))
    };
    let from = real(parent).map_err(|error| unusable(parent, &error))?;
    let to = real(folder).map_err(|error| unusable(folder, &error))?;
    let Ok(rest) = to.strip_prefix(&from) else {
        return Err(Stop::because(
            Exit::Usage,
            format!(
                "`{}` would be outside the documents' folder: a manifest stands beside or above its files",
                manifest.display()
            ),
        ));
    };
    let parts: Vec<String> = rest.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    Ok(parts.iter().map(|part| format!("{part}/")).collect())
}

/// Reads an organisation's own list.
fn document_list(list: &Path, scan: &FolderScan, names: &LanguageNames) -> Result<DocumentList, Stop> {
    let shown = list.display();
    let unreadable = |why: String| Stop::because(Exit::Content, format!("the list `{shown}` cannot be read: {why}"));
    let bytes = fs::read(list).map_err(|error| {
        Stop::because(Exit::InputOutput, format!("the list `{shown}` cannot be read: {}", output::plain(&error)))
    })?;
    let extension = list.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    let rows = scaffold::read_rows(bytes, &extension, extraction::decoded).map_err(unreadable)?;
    DocumentList::new(&rows, &scan.files, names).map_err(unreadable)
}

/// Reads what the documents say.
fn read(scan: &FolderScan, folder: &Path, arguments: &InitArguments) -> Result<HashMap<String, DocumentInfo>, Stop> {
    let flag = interruptible().map_err(|message| Stop::because(Exit::InputOutput, message))?;
    let program = std::env::current_exe().map_err(|error| {
        Stop::because(Exit::Fault, format!("make-disc does not find itself to read the documents: {error}"))
    })?;
    let places: Vec<PathBuf> = scan.files.iter().map(|found| folder.join(&found.path)).collect();
    let inputs: Vec<Document<'_>> = scan
        .files
        .iter()
        .zip(&places)
        .map(|(found, path)| Document {
            path,
            written: &found.path,
            length: found.length,
            // What is compressed is not read.
            format: if found.compressed { "" } else { &found.format },
        })
        .collect();
    let mut progress: Box<dyn Progress> = if arguments.quiet || arguments.json {
        Box::new(progress::Silence)
    } else {
        progress::for_stderr("documents read")
    };
    let options = Options { program, cache: Cache::of_user(), bounds: Bounds::of };
    let read = extraction::read_all(&inputs, &options, progress.as_mut(), &flag)
        .map_err(|_| Stop::because(Exit::Interrupted, "interrupted; nothing was written"))?;
    let document = |(facts, entry): (extraction::Facts, Option<PathBuf>)| {
        let mut text = String::new();
        for page in entry.and_then(|entry| extraction::text_at(&entry)).unwrap_or_default().pages {
            text.push_str(&page);
            text.push('\n');
            if text.len() > BEGINNING {
                break;
            }
        }
        DocumentInfo { facts, text }
    };
    Ok(scan.files.iter().map(|found| found.path.clone()).zip(read.into_iter().map(document)).collect())
}

/// A manifest that is there, without mistakes of form.
fn existing(manifest: &Path) -> Result<(ManifestFile, Manifest), Stop> {
    let shown = manifest.display();
    let mut findings = Findings::default();
    let manuscript = ManifestFile::read(manifest, &mut findings).map_err(|error| {
        let why = output::plain(&error);
        Stop::because(
            Exit::InputOutput,
            format!("the manifest `{shown}` cannot be read: {why}; to create it, leave out `--update`"),
        )
    })?;
    match manuscript.parse(&mut findings) {
        Some(parsed) if !findings.has_errors() => Ok((manuscript, parsed.manifest)),
        _ => Err(Stop::because(
            Exit::Content,
            format!("the manifest `{shown}` has errors: correct them first; `make-disc check {shown}` lists them"),
        )),
    }
}

fn update(
    arguments: &InitArguments,
    manifest: &Path,
    manuscript: &ManifestFile,
    parsed: &Manifest,
    proposal: &Proposal,
) -> Result<Exit, Stop> {
    let shown = manifest.display();
    let exists = |written: &str| manuscript.folder().join(written).exists();
    let done = scaffold::update_manifest(manuscript, parsed, proposal, &exists);
    let changed = done.text != manuscript.text();
    if changed {
        // What was added must be there to be read, and what was there, too.
        let mut findings = Findings::default();
        let written = ManifestFile::in_memory(done.text.clone().into_bytes(), manuscript.folder(), &mut findings);
        let parsed_again = written.parse(&mut findings).filter(|_| !findings.has_errors());
        if !parsed_again
            .is_some_and(|again| scaffold::is_faithful_update(parsed, &again.manifest, &done.added, proposal))
        {
            return Err(Stop::because(
                Exit::Fault,
                format!("a fault of make-disc: `{shown}` could not be added to; nothing was changed"),
            ));
        }
        // A byte order mark stays. What was written while the documents were read stays, too.
        let now = fs::read(manifest).unwrap_or_default();
        let mark = now.starts_with(b"\xef\xbb\xbf");
        let now = ManifestFile::in_memory(now, manuscript.folder(), &mut Findings::default());
        if now.text() != manuscript.text() {
            return Err(Stop::because(
                Exit::InputOutput,
                format!("`{shown}` was changed while the documents were read: nothing was changed, run it again"),
            ));
        }
        // A link leads to it still, and who may read it may still.
        let real = fs::canonicalize(manifest).unwrap_or_else(|_| manifest.to_path_buf());
        let permissions = fs::metadata(&real).map(|meta| meta.permissions());
        write(&real, format!("{}{}", if mark { "\u{feff}" } else { "" }, done.text).as_bytes(), true)?;
        if let Ok(permissions) = permissions {
            // The text is written; with other permissions it is no worse.
            let _ = fs::set_permissions(&real, permissions);
        }
    }
    if arguments.json {
        let by_hand: Vec<_> =
            done.by_hand.iter().map(|addition| json!({ "line": addition.line, "add": addition.lines })).collect();
        let result = json!({
            "ok": true, "manifest": manifest.to_string_lossy(), "changed": changed,
            "added": done.added, "missing": done.missing, "by_hand": by_hand,
        });
        return Ok(output::print(&format!("{result}\n"), Exit::Done));
    }
    let mut text = format!("{}      {shown}\n", if changed { "wrote" } else { "kept " });
    let mut named = |lead: &str, paths: &[String], note: &str| {
        for (number, path) in paths.iter().enumerate() {
            text += &format!("{:<11}{path}{note}\n", if number == 0 { lead } else { "" });
        }
    };
    named("added", &done.added, "");
    named("missing", &done.missing, " no longer exists; marked in the manifest");
    for addition in &done.by_hand {
        let line = addition.line;
        text +=
            &format!("by hand    line {line} is written in a style that init cannot edit; add these lines there:\n");
        addition.lines.iter().for_each(|line| text += &format!("             {line}\n"));
    }
    if !changed && done.by_hand.is_empty() {
        text += "           there are no new files in the folder\n";
    }
    if arguments.quiet {
        return Ok(Exit::Done);
    }
    Ok(output::print(&text, Exit::Done))
}

fn report(
    arguments: &InitArguments,
    manifest: &Path,
    proposal: &Proposal,
    scan: &FolderScan,
    list: &DocumentList,
) -> Exit {
    let (count, checks) = (proposal.reports().count(), proposal.count_checks());
    let files: usize = proposal.reports().flat_map(|report| &report.variants).map(|variant| variant.files.len()).sum();
    let shown = manifest.display();
    if arguments.json {
        let left_out: Vec<_> = scan
            .excluded
            .iter()
            .map(|(reason, paths)| json!({ "reason": reason.code(), "count": paths.len(), "files": paths }))
            .collect();
        let notes: Vec<_> = list
            .notes
            .iter()
            .map(|note| json!({ "code": note.code, "row": note.row, "message": note.message }))
            .collect();
        let languages: Vec<&str> = proposal.languages.iter().map(|language| language.as_str()).collect();
        let result = json!({
            "ok": true,
            "manifest": manifest.to_string_lossy(),
            "sections": proposal.sections.len(),
            "reports": count,
            "languages": languages,
            "files": files,
            "checks": checks,
            "left_out": left_out,
            "notes": notes,
        });
        return output::print(&format!("{result}\n"), Exit::Done);
    }
    if arguments.quiet {
        return Exit::Done;
    }
    let languages: Vec<&str> = proposal.languages.iter().map(|language| language.as_str()).collect();
    let mut text = format!("wrote      {shown}\n");
    text += &format!(
        "found      {count} {} in {} {} ({}), {files} {}\n",
        plural(count, "report", "reports"),
        languages.len(),
        plural(languages.len(), "language", "languages"),
        languages.join(", "),
        plural(files, "file", "files"),
    );
    for (number, (reason, paths)) in scan.excluded.iter().enumerate() {
        let lead = if number == 0 { "left out" } else { "" };
        let named = match reason {
            ExclusionReason::Unreadable | ExclusionReason::Empty | ExclusionReason::UnusableName => some(paths),
            _ => paths.len().to_string(),
        };
        text += &format!("{lead:<11}{}: {named}\n", reason.description());
    }
    for (number, note) in list.notes.iter().take(NOTES).enumerate() {
        text += &format!("{:<11}{note}\n", if number == 0 { "the list" } else { "" });
    }
    if list.notes.len() > NOTES {
        text += &format!("{:11}and {} more; `--json` has all\n", "", list.notes.len() - NOTES);
    }
    let guesses = plural(checks, "guess", "guesses");
    text += &format!("to check   {checks} {guesses}: look for “check:” in the manifest\n");
    text += &format!("next       make-disc preview {}\n", quoted(manifest));
    output::print(&text, Exit::Done)
}

fn plural<'w>(count: usize, one: &'w str, many: &'w str) -> &'w str {
    if count == 1 { one } else { many }
}

fn some(paths: &[String]) -> String {
    let named: Vec<String> = paths.iter().take(3).map(|path| format!("`{path}`")).collect();
    let more = if paths.len() > 3 { format!(" and {} more", paths.len() - 3) } else { String::new() };
    format!("{}{more}", named.join(", "))
}
