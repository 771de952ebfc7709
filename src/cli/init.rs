//! `make-disc init`: proposes a manifest for a folder of files.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CommandError;
use super::interruption::{ensure_not_interrupted, interrupt_flag, publish};
use super::output::Lines;
use super::{Exit, output};
use crate::data_formats::{Value, json};
use crate::diagnostic::{Findings, ManifestText};
use crate::extraction::{self, InputDocument};
use crate::file_formats::{Format, FormatKind};
use crate::language::LanguageNames;
use crate::manifest::{Manifest, ManifestFile, SCHEMA, is_schema};
use crate::outputs::{Output, OutputKind, PathState, ensure_replaceable, write_file};
use crate::path_text::{quote_for_shell, show};
use crate::pipeline::{own_program, reader_options};
use crate::progress::{self, Progress};
use crate::scaffold::{
    self, ChangedLines, DocumentInfo, ExclusionReason, FolderScan, ManualEdit, Proposal, Register, RegisterCells,
    RegisterError, RegisterFiles, RegisterNote, ScannedFile, SeenFiles, Update,
};
use crate::temporary::defer_interruption;

/// The name of the schema that is written beside a manifest. The dot hides the file on many systems, and keeps `init` from
/// taking it for a document.
const SCHEMA_NAME: &str = ".manifest.schema.json";

/// How much of a document's text is examined, in bytes.
const MAX_TEXT: usize = 20_000;

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// The folder with the documents
    folder: PathBuf,
    /// The manifest to write, if not `manifest.yaml` in that folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// A list with a row for each file (.xlsx, .ods, .xls or .csv): titles, languages, symbols, sections
    #[arg(long, value_name = "LIST")]
    from: Option<PathBuf>,
    /// Replace the manifest if it exists
    #[arg(short, long)]
    force: bool,
    /// Add new files in the folder to the existing manifest, mark listed files that no longer exist, apply the list given with
    /// `--from`, and change nothing else
    #[arg(short, long, conflicts_with = "force")]
    update: bool,
    /// Print only errors
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &InitArguments) -> Exit {
    init(arguments).unwrap_or_else(|error| error.report(arguments.json))
}

fn init(arguments: &InitArguments) -> Result<Exit, CommandError> {
    let folder = &arguments.folder;
    let shown = show(folder);
    if folder.is_file() {
        let message = format!("`{shown}` is a file: give the folder that contains the documents");
        return Err(CommandError::usage(message));
    }
    fs::metadata(folder).map_err(|error| unreadable_folder(folder, &error))?;
    let manifest = arguments.output.clone().unwrap_or_else(|| folder.join("manifest.yaml"));
    if manifest.as_os_str() == "-" {
        let message = "`init` writes two more files beside the manifest, so it cannot write to standard output: name a file after `--output`, or `./-` for one with that name";
        return Err(CommandError::usage(message));
    }
    let output = Output { path: &manifest, kind: OutputKind::Manifest, force: arguments.force };
    let existing = if arguments.update { Some(load_existing(&manifest)?) } else { None };
    if existing.is_none() {
        output.ensure_writable()?;
    } else {
        ensure_replaceable(&fs::canonicalize(&manifest).unwrap_or_else(|_| manifest.clone()))?;
    }
    let prefix = path_from_manifest(&manifest, folder)?;
    // Problems with the register are reported before the documents are read, which may take an hour.
    let cells = arguments.from.as_deref().map(read_cells).transpose()?;
    let mut scan = FolderScan::new(folder).map_err(|error| unreadable_folder(folder, &error))?;
    scan.ignore(&manifest, folder);
    if let Some(register) = &arguments.from {
        scan.leave_out_register(register, folder);
    }
    let mut seen = read_seen_files(&manifest);
    if let Some((file, parsed)) = &existing {
        scaffold::leave_out_removed_files(&mut scan, &prefix, file, parsed, &seen);
    }
    // What was excluded stays excluded, even if the manifest is replaced.
    let exclusions = if existing.is_none() { exclusions_of(&manifest) } else { Vec::new() };
    scaffold::leave_out_excluded_files(&mut scan, &prefix, &exclusions);
    if let Some((_, manifest)) = &existing {
        // Files of the launcher are not documents.
        let mut used = scaffold::launcher_files(manifest);
        // Nor are the files of web sites.
        used.extend(scaffold::listed_folders(manifest));
        scan.files.retain(|found| {
            let path = format!("{prefix}{}", found.path);
            !used.iter().any(|used| *used == path || used.ends_with('/') && path.starts_with(used.as_str()))
        });
    }
    let listed = existing.as_ref().map(|(_, manifest)| scaffold::listed_files(manifest)).unwrap_or_default();
    let mut registers = leave_out_registers(&mut scan, folder, &prefix, &listed)?;
    let mut documents = read_documents(&scan.files.iter().collect::<Vec<_>>(), folder, arguments)?;
    leave_out_recognised_texts(&mut scan, folder, &documents, |path| listed.contains(&format!("{prefix}{path}")))?;
    let names = LanguageNames::default();
    scaffold::group_web_pages(&mut scan, &mut documents, &names);
    scaffold::drop_compressed_copies(&mut scan, &documents, &names);
    let path = fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut register = match arguments.from.as_deref().zip(cells) {
        Some((file, cells)) => {
            let mut files = RegisterFiles::of_scan(&scan);
            if let Some((_, manifest)) = &existing {
                add_listed_files(&mut files, manifest, &prefix, folder);
            }
            let register = Register::new(cells, &files, &names).map_err(|why| unreadable_register(file, &why))?;
            scan.leave_out_older_versions(|path| register.older_versions.iter().any(|older| older == path));
            // The register may name files that the program would otherwise leave out.
            let taken = scan.include_registered(folder, |path| register.rows.contains_key(path));
            registers.retain(|path| !taken.contains(path));
            let unread: Vec<&ScannedFile> = scan
                .files
                .iter()
                .filter(|file| taken.contains(&file.path) && !documents.contains_key(&file.path))
                .collect();
            documents.extend(read_documents(&unread, folder, arguments)?);
            register
        }
        None => Register::default(),
    };
    if scan.files.is_empty() && existing.is_none() {
        let left_out: Vec<String> = scan.excluded.iter().map(|(reason, paths)| reason.counted(paths.len())).collect();
        let why = match left_out.as_slice() {
            [] => ", which is empty".to_owned(),
            _ => format!(" (left out: {})", left_out.join(", ")),
        };
        return Err(CommandError::new(
            Exit::Content,
            format!("there are no documents in `{shown}`{why}: copy the PDFs and other documents into it"),
        ));
    }
    let mut proposal = scaffold::propose(&scan, &documents, &names, &register.rows, &name);
    proposal.prefix_paths(&prefix);
    proposal.title_languages = register.title_languages();
    let languages_of_pages = existing.as_ref().map(|(_, manifest)| page_languages(manifest)).unwrap_or_default();
    register.note_unused_languages(|language| proposal.uses_language(language, &languages_of_pages));
    proposal.retain_texts(&languages_of_pages);
    if let Some((file, parsed)) = &existing {
        return update(
            arguments,
            &manifest,
            file,
            parsed,
            &proposal,
            UpdateScan { scan: &scan, registers: &registers, register, seen, prefix: &prefix },
        );
    }
    ensure_not_interrupted()?;
    // An interruption comes before or after the schema, the manifest and the list of seen files, never between them.
    let deferred = defer_interruption();
    let schema = write_schema(&manifest).then_some(SCHEMA_NAME);
    let text = scaffold::write_manifest(&proposal, &scan, &name, schema, &exclusions);
    publish(|| output.write(text.as_bytes())).map_err(|error| CommandError::unwritable(&manifest, &error))?;
    seen = SeenFiles::default();
    seen.add(proposal.files().chain(proposal.sites()));
    write_seen_files(&manifest, &seen);
    drop(deferred);
    Ok(report(arguments, &manifest, &proposal, &scan, &register))
}

/// The entries of `exclude:` in a manifest that is about to be replaced.
fn exclusions_of(manifest: &Path) -> Vec<String> {
    let mut findings = Findings::default();
    let Ok(file) = ManifestFile::read(manifest, &mut findings) else { return Vec::new() };
    let parsed = file.parse(&mut findings);
    let exclude = parsed.and_then(|parsed| parsed.manifest.exclude);
    exclude.map(|exclude| exclude.values.into_iter().map(|path| path.0).collect()).unwrap_or_default()
}

/// Leaves out spreadsheets that name other files of the folder, such as the register that the manifest was made from. Those
/// that the manifest already lists are documents.
fn leave_out_registers(
    scan: &mut FolderScan,
    folder: &Path,
    prefix: &str,
    listed: &BTreeSet<String>,
) -> Result<Vec<String>, CommandError> {
    let names = LanguageNames::default();
    let (program, flag) = (own_program()?, interrupt_flag()?);
    let files = RegisterFiles::of_scan(scan);
    let mut registers = Vec::new();
    for found in &scan.files {
        let is_table = Format::from_extension(&found.format)
            .is_some_and(|format| format.kind == FormatKind::Spreadsheet && !found.compressed);
        if !is_table || listed.contains(&format!("{prefix}{}", found.path)) {
            continue;
        }
        let cells = match scaffold::read_register_in_worker(&program, &folder.join(&found.path), &flag) {
            Ok(cells) => cells,
            Err(RegisterError::Interrupted) => return Err(CommandError::interrupted()),
            Err(RegisterError::Io(_) | RegisterError::Content(_)) => continue,
        };
        if Register::is_register_of(cells, &files, &names) {
            registers.push(found.path.clone());
        }
    }
    scan.leave_out_registers(&registers);
    Ok(registers)
}

/// Writes the manifest's schema beside it, for editors. Returns whether the schema is there now. Another file of that name is
/// left as it is.
fn write_schema(manifest: &Path) -> bool {
    let path = manifest.with_file_name(SCHEMA_NAME);
    match fs::read_to_string(&path) {
        Ok(text) if text == SCHEMA => true,
        // The schema of another version of make-disc.
        Ok(text) if is_schema(&text) => write_file(&path, SCHEMA.as_bytes(), true).is_ok(),
        Ok(_) => false,
        Err(_) => {
            matches!(PathState::at(&path), PathState::Vacant) && write_file(&path, SCHEMA.as_bytes(), false).is_ok()
        }
    }
}

/// What an update knows about the folder.
struct UpdateScan<'s> {
    scan: &'s FolderScan,
    /// The register given with `--from`.
    register: Register,
    /// Spreadsheets in the folder that seem to be registers, and were left out.
    registers: &'s [String],
    seen: SeenFiles,
    /// The path from the manifest's folder to the scanned one, with `/` at its end.
    prefix: &'s str,
}

/// The path of the file beside the manifest that records which files the manifest has ever listed.
fn seen_files_path(manifest: &Path) -> PathBuf {
    let stem = manifest.file_stem().unwrap_or_default().to_string_lossy();
    manifest.with_file_name(format!(".{stem}.seen.txt"))
}

/// The files that are recorded as having been listed in the manifest.
fn read_seen_files(manifest: &Path) -> SeenFiles {
    let text = fs::read(seen_files_path(manifest)).unwrap_or_default();
    SeenFiles::parse(&String::from_utf8_lossy(&text))
}

fn write_seen_files(manifest: &Path, seen: &SeenFiles) {
    let path = seen_files_path(manifest);
    if fs::read(&path).is_ok_and(|bytes| !SeenFiles::is_seen_list(&String::from_utf8_lossy(&bytes))) {
        output::print_line(&format!(
            "`{}` is not a list that make-disc wrote, so it is not replaced: files that you remove from the manifest would be added again by `--update`; rename that file, or list what you remove under `exclude:`",
            show(&path)
        ));
        return;
    }
    if let Err(error) = write_file(&path, seen.to_text().as_bytes(), true) {
        let why = output::describe(&error);
        output::print_line(&format!(
            "`{}` cannot be written ({why}): files that you remove from the manifest would be added again by `--update`; list them under `exclude:`",
            show(&path)
        ));
    }
}

/// The path from the manifest's folder to the documents' folder, with a `/` at its end; empty if they are the same.
fn path_from_manifest(manifest: &Path, folder: &Path) -> Result<String, CommandError> {
    let parent = manifest.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let canonical = |path: &Path| fs::canonicalize(path).map_err(|error| unreadable_folder(path, &error));
    let (from, to) = (canonical(parent)?, canonical(folder)?);
    let Ok(rest) = to.strip_prefix(&from) else {
        return Err(CommandError::usage(format!(
            "the manifest cannot be `{}`: choose a path in the documents' folder or in a folder above it",
            show(manifest)
        )));
    };
    let parts: Vec<String> = rest.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    Ok(parts.iter().map(|part| format!("{part}/")).collect())
}

fn unreadable_folder(folder: &Path, error: &std::io::Error) -> CommandError {
    CommandError::io(format!("the folder `{}` cannot be read: {}", show(folder), output::describe_at(folder, error)))
}

/// The languages of the pages, as they are written.
fn page_languages(manifest: &Manifest) -> Vec<String> {
    let languages = manifest.disc.iter().flat_map(|disc| disc.languages.iter().flatten());
    languages.map(|tag| tag.0.clone()).collect()
}

/// Adds the files of a manifest to those that the register may name.
fn add_listed_files(files: &mut RegisterFiles, manifest: &Manifest, prefix: &str, root: &Path) {
    for (path, folder) in scaffold::listed_paths(manifest) {
        if let Some(path) = path.strip_prefix(prefix) {
            let folder = folder.as_deref().and_then(|folder| folder.strip_prefix(prefix));
            files.add(path, folder, root.join(path).exists());
        }
    }
}

/// Reads the register, an organisation's own list of its documents.
fn read_cells(path: &Path) -> Result<RegisterCells, CommandError> {
    let flag = interrupt_flag()?;
    scaffold::read_register_in_worker(&own_program()?, path, &flag).map_err(|error| match error {
        RegisterError::Io(error) => {
            CommandError::io(format!("the list `{}` cannot be read: {}", show(path), output::describe(&error)))
        }
        RegisterError::Content(why) => unreadable_register(path, &why),
        RegisterError::Interrupted => CommandError::interrupted(),
    })
}

fn unreadable_register(path: &Path, why: &str) -> CommandError {
    CommandError::new(Exit::Content, format!("the list `{}` cannot be read: {why}", show(path)))
}

/// Reads the documents in worker processes. Returns what was found in each, by its path in the folder.
fn read_documents(
    files: &[&ScannedFile],
    folder: &Path,
    arguments: &InitArguments,
) -> Result<HashMap<String, DocumentInfo>, CommandError> {
    let interrupted = interrupt_flag()?;
    if files.is_empty() {
        return Ok(HashMap::new());
    }
    let paths: Vec<PathBuf> = files.iter().map(|found| folder.join(&found.path)).collect();
    let inputs: Vec<InputDocument<'_>> = files
        .iter()
        .zip(&paths)
        .map(|(found, path)| InputDocument {
            path,
            shown_path: &found.path,
            length: found.length,
            // Compressed files are not read.
            format: if found.compressed { "" } else { &found.format },
        })
        .collect();
    let mut progress: Box<dyn Progress> = if arguments.quiet || arguments.json {
        Box::new(progress::Silence)
    } else {
        progress::for_stderr("documents read")
    };
    let read = extraction::extract_documents(&inputs, &reader_options()?, progress.as_mut(), &interrupted)
        .map_err(|_| CommandError::interrupted())?;
    let document = |(facts, entry): (Option<Box<extraction::Facts>>, Option<PathBuf>)| {
        let mut text = String::new();
        for page in entry.and_then(|entry| extraction::load_text(&entry)).unwrap_or_default().pages {
            text.extend(page.chars().filter(|character| *character != extraction::HEADING_MARK));
            text.push('\n');
            if text.len() > MAX_TEXT {
                break;
            }
        }
        DocumentInfo { facts: facts.map(|facts| *facts).unwrap_or_default(), text }
    };
    Ok(files.iter().map(|found| found.path.clone()).zip(read.into_iter().map(document)).collect())
}

/// Leaves out the files with the recognised text of scanned documents, unless the manifest lists them: the search finds them
/// beside the documents.
fn leave_out_recognised_texts(
    scan: &mut FolderScan,
    folder: &Path,
    documents: &HashMap<String, DocumentInfo>,
    is_listed: impl Fn(&str) -> bool,
) -> Result<(), CommandError> {
    let scans = scan.files.iter().filter_map(|found| {
        let facts = &documents.get(&found.path)?.facts;
        let pages = facts.pages.filter(|_| facts.text.needs_recognised_text() && found.format == "pdf")?;
        Some((folder.join(&found.path), pages))
    });
    let scans: Vec<(PathBuf, u32)> = scans.collect();
    if scans.is_empty() {
        return Ok(());
    }
    let interrupted = interrupt_flag()?;
    let texts = extraction::find_recognised_texts(&scans, &reader_options()?, &interrupted)
        .map_err(|_| CommandError::interrupted())?;
    let texts: BTreeSet<PathBuf> = texts.into_iter().flatten().collect();
    let paths = scan
        .files
        .iter()
        .map(|found| &found.path)
        .filter(|path| texts.contains(&folder.join(path)) && !is_listed(path));
    let paths: BTreeSet<String> = paths.cloned().collect();
    scan.leave_out_recognised_texts(&paths);
    Ok(())
}

/// Reads the existing manifest. Returns an error if its syntax, its keys or the types of its values are wrong.
fn load_existing(manifest: &Path) -> Result<(ManifestFile, Manifest), CommandError> {
    let shown = show(manifest);
    let mut findings = Findings::default();
    let file = ManifestFile::read(manifest, &mut findings).map_err(|error| {
        let why = output::describe(&error);
        CommandError::io(format!("the manifest `{shown}` cannot be read: {why}; to create it, leave out `--update`"))
    })?;
    match file.parse(&mut findings) {
        Some(parsed) if !findings.has_errors() => Ok((file, parsed.manifest)),
        _ => Err(CommandError::new(
            Exit::Content,
            format!(
                "the manifest `{shown}` has errors: correct them first; `make-disc check {}` lists them",
                quote_for_shell(manifest)
            ),
        )),
    }
}

/// The result of an update, as it is shown.
struct UpdateReport<'s> {
    manifest: &'s Path,
    outcome: Update,
    /// Whether the manifest was changed.
    changed: bool,
    diff: Vec<ChangedLines>,
    registers: &'s [String],
    register: Register,
    /// The files that the manifest listed before the update.
    listed: BTreeSet<String>,
    removed: Vec<String>,
    commented_out: Vec<String>,
    excluded: Vec<String>,
}

fn update(
    arguments: &InitArguments,
    manifest: &Path,
    file: &ManifestFile,
    parsed: &Manifest,
    proposal: &Proposal,
    found: UpdateScan<'_>,
) -> Result<Exit, CommandError> {
    let UpdateScan { scan, registers, mut register, mut seen, prefix } = found;
    let with_register = arguments.from.is_some().then_some(&mut register);
    let outcome = apply_update(file, parsed, proposal, with_register, prefix).ok_or_else(|| {
        CommandError::internal(&format!(
            "the new entries for `{}` could not be written correctly; nothing was changed",
            show(manifest)
        ))
    })?;
    let changed = outcome.text != file.text();
    // Without a register, the files that were added are named instead.
    let diff = match arguments.from {
        Some(_) => scaffold::changed_lines(file.text(), &outcome.text),
        None => Vec::new(),
    };
    if changed {
        replace_text(manifest, file, &outcome.text)?;
    }
    let listed = scaffold::listed_files(parsed);
    let folders = scaffold::listed_folders(parsed);
    let is_added = |site: &&str| outcome.added.iter().any(|file| file.starts_with(&format!("{site}/")));
    let sites = folders.iter().map(String::as_str).chain(proposal.sites().filter(is_added));
    if seen.add(listed.iter().chain(&outcome.added).map(String::as_str).chain(sites)) {
        write_seen_files(manifest, &seen);
    }
    let left_out = |reason: ExclusionReason| -> Vec<String> {
        scan.excluded.get(&reason).into_iter().flatten().map(|path| format!("{prefix}{path}")).collect()
    };
    let report = UpdateReport {
        manifest,
        outcome,
        changed,
        diff,
        registers,
        register,
        listed,
        removed: left_out(ExclusionReason::Removed),
        commented_out: left_out(ExclusionReason::CommentedOut),
        excluded: left_out(ExclusionReason::Excluded),
    };
    if arguments.json {
        return Ok(output::print_json(&report.to_json(), Exit::Success));
    }
    if arguments.quiet {
        return Ok(Exit::Success);
    }
    Ok(output::print(&report.to_lines(arguments.from.is_some()), Exit::Success))
}

/// Adds the new entries and the values of the register to the text of a manifest. `None` if the new text does not contain what was added
/// and everything that it contained before.
fn apply_update(
    file: &ManifestFile,
    parsed: &Manifest,
    proposal: &Proposal,
    register: Option<&mut Register>,
    prefix: &str,
) -> Option<Update> {
    let exists = |written: &str| file.folder().join(written).exists();
    let mut outcome = scaffold::update_manifest(file, parsed, proposal, &exists);
    let read_again = |text: &str| {
        let mut findings = Findings::default();
        let written = ManifestFile::in_memory(text.as_bytes().to_vec(), file.folder(), &mut findings);
        let parsed = written.parse(&mut findings).filter(|_| !findings.has_errors());
        Some((written, parsed?.manifest))
    };
    if outcome.text != file.text() {
        let (_, again) = read_again(&outcome.text)?;
        if !scaffold::is_faithful_update(parsed, &again, &outcome.added, proposal) {
            return None;
        }
    }
    let Some(register) = register else { return Some(outcome) };
    let (mut current, mut keys) = read_again(&outcome.text)?;
    loop {
        let applied = scaffold::apply_register(&current, &keys, register, prefix, proposal);
        (current, keys) = read_again(&applied.text).filter(|(_, keys)| applied.is_faithful(keys))?;
        outcome.text = applied.text;
        if !applied.is_partial {
            outcome.by_hand.extend(applied.by_hand);
            register.notes.extend(applied.notes);
            outcome.separate.retain(|reports| !applied.separate.contains(reports));
            return Some(outcome);
        }
    }
}

/// Replaces the text of a manifest; keeps its byte order mark, its permissions and symbolic links to it. If somebody edited it while the
/// documents were read, it is not changed.
fn replace_text(manifest: &Path, file: &ManifestFile, text: &str) -> Result<(), CommandError> {
    let now = fs::read(manifest).unwrap_or_default();
    let mark = now.starts_with(b"\xef\xbb\xbf");
    let now = ManifestFile::in_memory(now, file.folder(), &mut Findings::default());
    if now.text() != file.text() {
        return Err(CommandError::io(format!(
            "`{}` was edited while the documents were read: it was not changed, run the command again",
            show(manifest)
        )));
    }
    ensure_not_interrupted()?;
    let _deferred = defer_interruption();
    let real = fs::canonicalize(manifest).unwrap_or_else(|_| manifest.to_path_buf());
    let permissions = fs::metadata(&real).map(|meta| meta.permissions());
    let bytes = format!("{}{text}", if mark { "\u{feff}" } else { "" });
    publish(|| write_file(&real, bytes.as_bytes(), true)).map_err(|error| CommandError::unwritable(&real, &error))?;
    if let Ok(permissions) = permissions {
        // The text has been written already, even if the permissions cannot be kept.
        let _ = fs::set_permissions(&real, permissions);
    }
    Ok(())
}

impl UpdateReport<'_> {
    fn to_json(&self) -> Value {
        let Self { manifest, outcome, changed, registers, register, removed, commented_out, excluded, .. } = self;
        let replacements: Vec<_> =
            outcome.replacements.iter().map(|found| json!({ "listed": found.listed, "new": found.new })).collect();
        let edit = |edit: &ManualEdit| match edit.is_replacement {
            true => json!({ "line": edit.line, "replace": edit.lines }),
            false => json!({ "line": edit.line, "add": edit.lines }),
        };
        let by_hand: Vec<_> = outcome.by_hand.iter().map(edit).collect();
        let change =
            |change: &ChangedLines| json!({ "line": change.line, "removed": change.removed, "added": change.added });
        let diff: Vec<_> = self.diff.iter().map(change).collect();
        json!({
            "ok": true, "manifest": manifest.to_string_lossy(), "changed": changed,
            "added": outcome.added, "missing": outcome.missing, "replacements": replacements, "by_hand": by_hand, "lists": registers, "removed": removed, "commented_out": commented_out, "excluded": excluded,
            "new_languages": outcome.new_languages, "separate": outcome.separate, "diff": diff, "notes": notes_as_json(register),
        })
    }

    /// The lines for a terminal. `has_register` says whether a register was given.
    fn to_lines(&self, has_register: bool) -> Lines {
        let mut text = Lines::default();
        add_diff(&mut text, &self.diff);
        text.row(if self.changed { "wrote" } else { "kept" }, show(self.manifest));
        self.add_files(&mut text);
        self.add_open_questions(&mut text);
        add_note_lines(&mut text, &self.register);
        let outcome = &self.outcome;
        let needs_decisions =
            self.register.has_conflicts() || !outcome.replacements.is_empty() || !outcome.missing.is_empty();
        if !self.changed && outcome.by_hand.is_empty() && (has_register || outcome.replacements.is_empty()) {
            text.row(
                "",
                match (has_register, needs_decisions) {
                    (true, true) => "nothing was changed; correct what is named above, or leave it as it is",
                    (true, false) => {
                        "there are no new files in the folder, and the manifest has everything that the list says"
                    }
                    (false, _) => "there are no new files in the folder",
                },
            );
        }
        text
    }

    /// Adds what was done with each file, and what seems to be wrong with it.
    fn add_files(&self, text: &mut Lines) {
        let mut named = |label: &str, paths: &[String], note: &str| {
            for (number, path) in paths.iter().enumerate() {
                text.row(if number == 0 { label } else { "" }, format!("{path}{note}"));
            }
        };
        named("added", &self.outcome.added, "");
        named(
            "left out",
            self.registers,
            " seems to be a list of the documents in this folder; if it should be on the disc, add it to the manifest",
        );
        named(
            "removed",
            &self.removed,
            " was in the manifest before; to be sure that it stays off the disc, list it under `exclude:`",
        );
        named("commented", &self.commented_out, " is only in a comment in the manifest");
        // A file cannot be both excluded and listed.
        let (contradictory, excluded): (Vec<String>, Vec<String>) =
            self.excluded.iter().cloned().partition(|path| self.listed.contains(path));
        named("excluded", &excluded, "");
        named(
            "excluded",
            &contradictory,
            " is under `exclude:`, but the manifest also lists it, so no disc can be made; remove it from one of the two",
        );
        let (moved, newer): (Vec<_>, Vec<_>) = self.outcome.replacements.iter().partition(|found| found.is_moved);
        let newer: Vec<String> =
            newer.iter().map(|found| format!("{} seems to be a new version of {}", found.new, found.listed)).collect();
        named("versions", &newer, "; marked in the manifest: decide there");
        let moved: Vec<String> =
            moved.iter().map(|found| format!("{} seems to have moved to {}", found.listed, found.new)).collect();
        named("moved", &moved, "; marked in the manifest: decide there");
        named("missing", &self.outcome.missing, " no longer exists; marked in the manifest");
        let separate: Vec<String> = self
            .outcome
            .separate
            .iter()
            .filter_map(|reports| {
                let (last, others) = reports.split_last()?;
                Some(format!("{} and {last}", others.join(", ")))
            })
            .collect();
        named(
            "one report",
            &separate,
            " seem to be the same report in several languages; if they are, move the lines under `variants:` of the others to the first, give it a title in each language, and remove the others",
        );
    }

    /// Adds what only a person can do.
    fn add_open_questions(&self, text: &mut Lines) {
        for ManualEdit { line, is_replacement, lines } in &self.outcome.by_hand {
            text.row(
                "by hand",
                match is_replacement {
                    true => format!("init cannot edit the key on line {line}; replace it and its value with:"),
                    false => format!("init cannot edit line {line}; add these lines there:"),
                },
            );
            lines.iter().for_each(|line| text.row("", format!("  {line}")));
        }
        if !self.outcome.new_languages.is_empty() {
            let languages = self.outcome.new_languages.join(", ");
            text.row(
                "languages",
                format!("documents are also in: {languages}; to have pages in a language, add it to `disc.languages`"),
            );
        }
    }
}

/// Adds the lines that were removed and added. Of lines that were moved together, only the first is shown.
fn add_diff(text: &mut Lines, diff: &[ChangedLines]) {
    let moves = scaffold::find_moved_lines(diff);
    for (number, change) in diff.iter().enumerate() {
        text.row("line", change.line.to_string());
        let mut index = 0;
        while let Some(line) = change.removed.get(index) {
            let moved = moves.iter().find(|moved| (moved.from, moved.from_line) == (number, index));
            match moved.and_then(|moved| Some((moved.count, diff.get(moved.to)?.line + moved.to_line))) {
                Some((count, target)) => {
                    text.row(
                        "",
                        format!("- {line}  ({}, moved to line {target})", output::count(count, "line", "lines")),
                    );
                    index += count;
                }
                None => {
                    text.row("", format!("- {line}"));
                    index += 1;
                }
            }
        }
        let mut index = 0;
        while let Some(line) = change.added.get(index) {
            match moves.iter().find(|moved| (moved.to, moved.to_line) == (number, index)) {
                Some(moved) => {
                    text.row("", format!("+ {line}  ({}, moved here)", output::count(moved.count, "line", "lines")));
                    index += moved.count;
                }
                None => {
                    text.row("", format!("+ {line}"));
                    index += 1;
                }
            }
        }
    }
}

fn report(
    arguments: &InitArguments,
    manifest: &Path,
    proposal: &Proposal,
    scan: &FolderScan,
    register: &Register,
) -> Exit {
    let (count, checks) = (proposal.reports().count(), proposal.count_review_notes());
    let files: usize = proposal.reports().flat_map(|report| &report.variants).map(|variant| variant.files.len()).sum();
    let shown = show(manifest);
    if arguments.json {
        let left_out: Vec<_> = scan
            .excluded
            .iter()
            .map(|(reason, paths)| json!({ "reason": reason.code(), "count": paths.len(), "files": paths }))
            .collect();
        let notes = notes_as_json(register);
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
        return output::print_json(&result, Exit::Success);
    }
    if arguments.quiet {
        return Exit::Success;
    }
    let languages: Vec<&str> = proposal.languages.iter().map(|language| language.as_str()).collect();
    let mut text = Lines::default();
    text.row("wrote", &shown);
    let count_languages = output::count(languages.len(), "language", "languages");
    let (count, files) = (output::count(count, "report", "reports"), output::count(files, "file", "files"));
    text.row("found", format!("{count} in {count_languages} ({}), {files}", languages.join(", ")));
    for (number, (reason, paths)) in scan.excluded.iter().enumerate() {
        let label = if number == 0 { "left out" } else { "" };
        let named = match reason {
            ExclusionReason::Unreadable | ExclusionReason::Empty | ExclusionReason::UnusableName => list_first(paths),
            _ => paths.len().to_string(),
        };
        text.row(label, format!("{}: {named}", reason.description()));
    }
    add_note_lines(&mut text, register);
    let guesses = output::count(checks, "guess", "guesses");
    text.row("to check", format!("{guesses}: look for “check:” in the manifest"));
    text.row("next", format!("make-disc preview {}", quote_for_shell(manifest)));
    output::print(&text, Exit::Success)
}

/// Adds the notes about the register; several of a kind are one line.
fn add_note_lines(text: &mut Lines, register: &Register) {
    for (number, line) in register.note_lines().into_iter().enumerate() {
        text.row(if number == 0 { "the list" } else { "" }, line);
    }
}

/// All notes about the register, one by one.
fn notes_as_json(register: &Register) -> Vec<Value> {
    let note = |note: &RegisterNote| json!({ "code": note.kind.code(), "row": note.row, "message": note.message });
    register.notes.iter().map(note).collect()
}

/// Names the first paths of a list, and says how many more there are.
fn list_first(paths: &[String]) -> String {
    let named: Vec<String> = paths.iter().take(3).map(|path| format!("`{path}`")).collect();
    let more = if paths.len() > 3 { format!(" and {} more", paths.len() - 3) } else { String::new() };
    format!("{}{more}", named.join(", "))
}
