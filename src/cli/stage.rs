//! `make-disc stage`: writes the files of the disc to a folder or an archive.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::build::{add_signature, add_timestamp, timestamp_time};
use super::error::CommandError;
use super::interruption::{ensure_not_interrupted, publish};
use super::output::Lines;
use super::session::Session;
use super::signing::SigningArguments;
use super::{CommonArguments, Exit, output};
use crate::catalogue::Catalogue;
use crate::data_formats::json;
use crate::exports::describe_items;
use crate::image::{Target, sync_parent_dir};
use crate::language::format_size;
use crate::outputs::{
    Output, OutputError, OutputKind, describe_no_room, ensure_folder_writable, ensure_parent_usable, ensure_room,
    find_site_around, is_name_too_long,
};
use crate::path_text::{quote_for_shell, show};
use crate::plan::{Content, Plan};
use crate::stage::{self, ArchiveSink, Bag, FileSink, Folder, FolderError, SimpleArchive, Staged};
use crate::system::find_dangling_link;

#[derive(Debug, Args)]
pub(super) struct StageArguments {
    /// The manifest
    manifest: PathBuf,
    /// The folder to fill: a new or an empty one, such as the root of a USB stick
    #[arg(required_unless_present_any = ["zip", "bag", "saf"], conflicts_with = "zip")]
    folder: Option<PathBuf>,
    /// Write a BagIt bag, with the files in its folder `data`, to a new or an empty folder, or to an archive if the name ends in `.zip`
    #[arg(long, value_name = "FOLDER|ZIP", conflicts_with_all = ["folder", "zip"])]
    bag: Option<PathBuf>,
    /// Write the documents in DSpace's Simple Archive Format, one item for each report, to a new or an empty folder, or to an archive if the name ends in `.zip`
    #[arg(long, value_name = "FOLDER|ZIP", conflicts_with_all = ["folder", "zip", "bag", "sign"])]
    saf: Option<PathBuf>,
    /// Write one ZIP archive instead
    #[arg(long, value_name = "FILE")]
    zip: Option<PathBuf>,
    /// Replace the archive, or the files that an earlier `make-disc stage` wrote to the folder
    #[arg(short, long)]
    force: bool,
    #[command(flatten)]
    signing: SigningArguments,
    #[command(flatten)]
    common: CommonArguments,
}

impl StageArguments {
    /// The archive to write, of the files or of a bag.
    fn archive(&self) -> Option<&Path> {
        self.zip.as_deref().or(self.package().filter(|path| OutputKind::Archive.has_extension(path)))
    }

    /// The package to write: a bag or an archive of items.
    fn package(&self) -> Option<&Path> {
        self.bag.as_deref().or(self.saf.as_deref())
    }

    /// The folder to fill, with the files or with a bag.
    fn folder(&self) -> Option<&Path> {
        if self.archive().is_some() { None } else { self.folder.as_deref().or(self.package()) }
    }
}

pub(super) fn run(arguments: &StageArguments) -> Exit {
    let mut session = arguments.common.session(&arguments.manifest);
    stage(arguments, &mut session).unwrap_or_else(|error| session.fail(error, "nothing was made"))
}

fn stage(arguments: &StageArguments, session: &mut Session) -> Result<Exit, CommandError> {
    let force = arguments.force;
    let archive = arguments.archive().map(|path| Output { path, kind: OutputKind::Archive, force });
    if let Some(archive) = &archive {
        archive.ensure_writable()?;
    }
    if let Some(folder) = arguments.folder() {
        ensure_named_like_a_folder(folder, &arguments.manifest)?;
        ensure_parent_usable(folder)?;
        if is_name_too_long(folder) {
            let shown = show(folder);
            return Err(CommandError::usage(format!(
                "the name `{shown}` is too long for a folder: use a shorter name"
            )));
        }
        let inside = folder.join("readme.txt");
        ensure_folder_writable(if folder.is_dir() { &inside } else { folder }).map_err(|error| match error {
            OutputError::Unwritable(_, error) => CommandError::unwritable(folder, &error),
            other => other.into(),
        })?;
    }
    session.load()?;
    if let Some(catalogue) = session.catalogue() {
        if let Some(archive) = &archive {
            archive.ensure_not_an_input(&arguments.manifest, catalogue)?;
        }
        if let Some(folder) = arguments.folder() {
            ensure_contains_no_input(folder, catalogue)?;
            let timestamp = catalogue.disc.timestamp.as_ref().and_then(|timestamp| timestamp.found.as_ref());
            let timestamp = timestamp.map(|found| &found.bytes[..]);
            Folder::ensure_usable(folder, force && arguments.package().is_none(), timestamp)
                .map_err(|error| folder_error(folder, error))?;
        }
    }
    // Items have no checksum list that could be signed.
    let key = if arguments.saf.is_some() { None } else { arguments.signing.unlock(session)? };
    let plan = session.plan_signed(false, None, key)?;
    let (staged, place) = match (archive, arguments.folder()) {
        (Some(archive), _) => (write_archive(&plan, archive, arguments, session)?, archive.path),
        (None, Some(folder)) => (fill_folder(&plan, folder, arguments, session)?, folder),
        (None, None) => return Err(CommandError::usage("give a folder, or an archive with `--zip`")),
    };
    let exit = report(arguments, session, place, &staged)?;
    session.leak();
    std::mem::forget(plan);
    Ok(exit)
}

/// Returns an error if a new folder would have the name of an archive or an image, which was probably meant.
fn ensure_named_like_a_folder(folder: &Path, manifest: &Path) -> Result<(), CommandError> {
    let is_archive = OutputKind::Archive.has_extension(folder);
    if folder.exists() || !(is_archive || OutputKind::Image.has_extension(folder)) {
        return Ok(());
    }
    let extension = folder.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    let (shown, manifest, output) = (show(folder), quote_for_shell(manifest), quote_for_shell(folder));
    let instead = match is_archive {
        true => format!("for an archive: `make-disc stage --zip {output} {manifest}`"),
        false => format!("for an image: `make-disc {manifest} {output}`"),
    };
    Err(CommandError::usage(format!(
        "`{shown}` would be a folder; {instead}; for a folder, choose a name without `.{extension}`"
    )))
}

/// Returns an error if the folder to fill contains a source file of the disc.
fn ensure_contains_no_input(folder: &Path, catalogue: &Catalogue) -> Result<(), CommandError> {
    if let Some(site) = find_site_around(&folder.join("x"), catalogue).or_else(|| find_site_around(folder, catalogue)) {
        return Err(CommandError::usage(format!(
            "`{}` is in `{}`, whose files go on the disc: choose another folder",
            show(folder),
            show(site)
        )));
    }
    let Ok(root) = folder.canonicalize() else { return Ok(()) };
    let sources = catalogue.sources.iter().map(|source| &*source.path);
    let archives = catalogue.site_paths.iter().map(PathBuf::as_path);
    let parents: BTreeSet<&Path> = sources.chain(archives).filter_map(Path::parent).collect();
    match parents.into_iter().find(|parent| parent.canonicalize().is_ok_and(|parent| parent.starts_with(&root))) {
        None => Ok(()),
        Some(parent) => Err(CommandError::usage(format!(
            "`{}` contains files that go on the disc, in `{}`: choose another folder",
            show(folder),
            show(parent)
        ))),
    }
}

fn write_archive(
    plan: &Plan,
    archive: Output,
    arguments: &StageArguments,
    session: &mut Session,
) -> Result<Staged, CommandError> {
    let Output { path, force, .. } = archive;
    let failed = |error: io::Error| CommandError::unwritable(path, &error);
    let mut target = Target::create(path).map_err(failed)?;
    // Most documents hardly become smaller, so they are stored as they are. Pages are compressed and need little space.
    let documents = plan.paths().filter(|(_, entry)| matches!(entry.content, Content::Source { .. }));
    let min_bytes = documents.map(|(_, entry)| entry.length).sum();
    ensure_room(target.file(), path, min_bytes, (path, min_bytes))?;
    let file = target.file().try_clone().map_err(failed)?;
    let mut sink = ArchiveSink::new(file, plan.date);
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let staged = write_files(plan, &mut sink, name.as_deref(), path, arguments, session)?;
    sink.finish().map_err(failed)?;
    target.sync().map_err(failed)?;
    ensure_not_interrupted()?;
    publish(|| {
        target.publish(force).map_err(failed)?;
        sync_parent_dir(path).map_err(|error| {
            let why = output::describe(&error);
            CommandError::io(format!(
                "the archive is written, but a power failure could still remove it: {why}; run the command again with `--force`"
            ))
        })
    })?;
    Ok(staged)
}

/// Writes all files to a folder or an archive, as they are on the disc or as a package. `name` is the package's folder in an archive.
fn write_files(
    plan: &Plan,
    sink: &mut dyn FileSink,
    name: Option<&str>,
    path: &Path,
    arguments: &StageArguments,
    session: &mut Session,
) -> Result<Staged, CommandError> {
    let interrupted = session.interrupt_flag()?;
    let mut progress = session.progress("written");
    let failed = |failure| CommandError::not_written(failure, path);
    let unwritable = |error: io::Error| CommandError::unwritable(path, &error);
    if arguments.saf.is_some() {
        let (catalogue, layout) = session.collection()?;
        let mut archive = SimpleArchive::new(sink, name, describe_items(catalogue, layout));
        let mut staged = stage::write(plan, &mut archive, progress.as_mut(), &interrupted).map_err(failed)?;
        archive.finish().map_err(unwritable)?;
        (staged.files, staged.size) = archive.written;
        return Ok(staged);
    }
    if arguments.bag.is_none() {
        return stage::write(plan, sink, progress.as_mut(), &interrupted).map_err(failed);
    }
    let mut bag = Bag::new(sink, name);
    let staged = stage::write(plan, &mut bag, progress.as_mut(), &interrupted).map_err(failed)?;
    let (catalogue, _) = session.collection()?;
    bag.finish(catalogue, plan, &staged).map_err(unwritable)?;
    Ok(staged)
}

fn fill_folder(
    plan: &Plan,
    root: &Path,
    arguments: &StageArguments,
    session: &mut Session,
) -> Result<Staged, CommandError> {
    let interrupted = session.interrupt_flag()?;
    let force = arguments.force && arguments.package().is_none();
    let mut folder = Folder::create(root, plan, force).map_err(|error| folder_error(root, error))?;
    let staged = write_files(plan, &mut folder, None, root, arguments, session)?;
    folder.sync(&interrupted).map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => CommandError::interrupted(),
        _ => CommandError::unwritable(root, &error),
    })?;
    publish(|| folder.publish()).map_err(|error| {
        let (shown, why) = (show(root), output::describe(&error));
        CommandError::io(format!(
            "`{shown}` cannot be filled: {why}; it may contain some of the files now: empty it, and run the command again"
        ))
    })?;
    Ok(staged)
}

fn folder_error(root: &Path, error: FolderError) -> CommandError {
    let shown = show(root);
    match error {
        FolderError::ExistingOutput => CommandError::usage(format!(
            "`{shown}` contains the files of an earlier `make-disc stage`: choose another folder, or replace them with `--force`"
        )),
        FolderError::OtherFiles { examples, count } => {
            let named: Vec<String> = examples.iter().map(|name| format!("`{name}`")).collect();
            let more = match count - examples.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            CommandError::usage(format!(
                "`{shown}` contains files that do not belong to the disc, {}{more}: choose a new or an empty folder",
                named.join(", ")
            ))
        }
        FolderError::NotAFolder => CommandError::usage(match find_dangling_link(root) {
            Some(link) => format!(
                "`{shown}` is a symbolic link to `{}`, which does not exist: create that folder, or choose another one",
                show(&link.target)
            ),
            None => {
                format!("`{shown}` is not a folder: choose a new or an empty one, or write an archive with `--zip`")
            }
        }),
        FolderError::InTheWay { path, is_folder } => {
            let place = show(&root.join(&path));
            let (is, must_be) = if is_folder { ("a folder", "a file") } else { ("a file", "a folder") };
            let protection = match path.eq_ignore_ascii_case("autorun.inf") {
                true => " (some programs create it as a protection against viruses)",
                false => "",
            };
            CommandError::usage(format!(
                "`{place}` is {is}{protection}, but {must_be} of that name must be written: move it away or rename it, or choose another folder; nothing was changed"
            ))
        }
        FolderError::NoRoom { no_room, total, longest: (path, length) } => {
            CommandError::io(describe_no_room(no_room, root, total, (&root.join(path), length)))
        }
        FolderError::Io(error) => CommandError::unwritable(root, &error),
        FolderError::Protected(path, error) => CommandError::unwritable(&path, &error),
    }
}

fn report(
    arguments: &StageArguments,
    session: &mut Session,
    place: &Path,
    staged: &Staged,
) -> Result<Exit, CommandError> {
    let shown = show(place);
    let findings = session.finding_records();
    let (catalogue, layout) = session.collection()?;
    if arguments.common.json {
        let result = json!({
            "ok": true,
            "kind": if arguments.archive().is_some() { "archive" } else { "folder" },
            "bag": arguments.bag.is_some(),
            "saf": arguments.saf.is_some(),
            "place": place.to_string_lossy(),
            "reports": catalogue.reports().count(),
            "files": staged.files,
            "size": staged.size,
            // The items have no checksum list.
            "sha256_of_list": arguments.saf.is_none().then(|| staged.list.to_string()),
            "signed_with": catalogue.disc.signing.as_ref().filter(|_| arguments.saf.is_none()).map(|signing| signing.key.to_string()),
            "timestamp": timestamp_time(catalogue).filter(|_| arguments.saf.is_none()),
            "findings": findings,
        });
        return Ok(output::print_json(&result, Exit::Success));
    }
    if arguments.common.quiet {
        return Ok(Exit::Success);
    }
    let open = if arguments.archive().is_some() { "unpack it and open" } else { "open" };
    let mut text = Lines::default();
    text.row("wrote", shown);
    text.row("files", format!("{}: {}", staged.files, format_size(staged.size)));
    if arguments.saf.is_some() {
        let items = catalogue.reports().count();
        text.row("items", format!("{items}, in DSpace's Simple Archive Format"));
        return Ok(output::print(&text, Exit::Success));
    }
    text.row("sha256", format!("{}  {} in it", staged.list, layout.checksums));
    let signing = catalogue.disc.signing.as_ref();
    add_signature(&mut text, signing.map(|signing| &signing.key), layout);
    add_timestamp(&mut text, catalogue, layout);
    if arguments.bag.is_some() {
        text.row("bag", "BagIt 1.0, with the files in the folder `data`");
        return Ok(output::print(&text, Exit::Success));
    }
    text.row("check", format!("make-disc verify {}", quote_for_shell(place)));
    let then = "copy everything in it to a USB stick or a web server";
    text.row("next", format!("{open} {}; {then}", layout.index));
    Ok(output::print(&text, Exit::Success))
}
