//! `make-disc stage`: the disc's files without the disc.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use super::build::output_is_no_input;
use super::interruption::interruptible;
use super::session::{Session, Stop, has_folder, stop, unwritable};
use super::{Exit, MakingArguments, output};
use crate::archive::is_zip;
use crate::catalogue::Catalogue;
use crate::data_formats::json;
use crate::image::{PathState, Target, sync_parent_dir};
use crate::language::format_size;
use crate::layout::Layout;
use crate::plan::Plan;
use crate::stage::{self, Folder, Occupied, Pack, Staged};

#[derive(Debug, Args)]
pub(super) struct StageArguments {
    /// The manifest
    manifest: PathBuf,
    /// The folder to fill: a new or an empty one, such as the root of a stick
    #[arg(required_unless_present = "zip", conflicts_with = "zip")]
    folder: Option<PathBuf>,
    /// Write one ZIP archive instead
    #[arg(long, value_name = "FILE")]
    zip: Option<PathBuf>,
    /// Replace the archive, or what an earlier `make-disc stage` put into the folder
    #[arg(short, long)]
    force: bool,
    #[command(flatten)]
    making: MakingArguments,
}

pub(super) fn run(arguments: &StageArguments) -> Exit {
    let mut session = arguments.making.session(&arguments.manifest);
    stage(arguments, &mut session).unwrap_or_else(|stop| session.end(stop, "nothing was"))
}

fn stage(arguments: &StageArguments, session: &mut Session) -> Result<Exit, Stop> {
    if let Some(zip) = &arguments.zip {
        has_folder(zip)?;
        archive_is_free(zip, arguments.force)?;
    }
    if let Some(folder) = &arguments.folder {
        has_folder(folder)?;
    }
    let (catalogue, layout) = session.examine()?;
    if let Some(zip) = &arguments.zip {
        output_is_no_input(zip, &arguments.manifest, &catalogue)?;
    }
    if let Some(folder) = &arguments.folder {
        holds_no_input(folder, &catalogue)?;
        Folder::is_free(folder, arguments.force).map_err(|occupied| occupied_in_words(folder, occupied))?;
    }
    let plan = session.plan(&catalogue, &layout)?;
    let (staged, place) = match (&arguments.zip, &arguments.folder) {
        (Some(zip), _) => (pack(&plan, zip, arguments, session)?, zip),
        (None, Some(folder)) => (fill(&plan, folder, arguments, session)?, folder),
        (None, None) => return Err(Stop::because(Exit::Usage, "name a folder, or an archive with `--zip`")),
    };
    let exit = report(arguments, session, place, &staged, &catalogue, &layout);
    // The process ends here, which gives memory back at once; piece by piece takes long.
    std::mem::forget((catalogue, layout, plan));
    Ok(exit)
}

/// Stops if a file of the disc comes from the folder that is to be filled.
fn holds_no_input(folder: &Path, catalogue: &Catalogue) -> Result<(), Stop> {
    let Ok(root) = folder.canonicalize() else { return Ok(()) };
    let parents: BTreeSet<&Path> = catalogue.sources.iter().filter_map(|source| source.path.parent()).collect();
    match parents.into_iter().find(|parent| parent.canonicalize().is_ok_and(|parent| parent.starts_with(&root))) {
        None => Ok(()),
        Some(parent) => Err(Stop::because(
            Exit::Usage,
            format!(
                "`{}` holds files that go on the disc, in `{}`: choose another folder",
                folder.display(),
                parent.display()
            ),
        )),
    }
}

fn archive_is_free(zip: &Path, force: bool) -> Result<(), Stop> {
    let shown = zip.display();
    let usage = |message: String| Err(Stop::because(Exit::Usage, message));
    if zip.file_name().is_none() || zip.to_str().is_some_and(|text| text.ends_with('/')) {
        return usage(format!("`{shown}` cannot name an archive: use a file name, such as out.zip"));
    }
    match PathState::at(zip) {
        PathState::Vacant => Ok(()),
        PathState::Other => usage(format!("`{shown}` is not a regular file: name a file for the archive")),
        // Spreadsheets and word processors' files are archives, too.
        PathState::RegularFile
            if !zip.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"))
                || !std::fs::File::open(zip).is_ok_and(|mut file| is_zip(&mut file)) =>
        {
            usage(format!(
                "`{shown}` exists and is no ZIP archive, so it is not replaced: write `make-disc stage MANIFEST --zip out.zip`"
            ))
        }
        PathState::RegularFile if force => Ok(()),
        PathState::RegularFile => usage(format!("`{shown}` exists: choose another name, or replace it with `--force`")),
    }
}

fn pack(plan: &Plan, zip: &Path, arguments: &StageArguments, session: &Session) -> Result<Staged, Stop> {
    let failed = |error: &std::io::Error| unwritable(zip, error);
    let flag = interruptible().map_err(|message| Stop::because(Exit::InputOutput, message))?;
    let mut target = Target::create(zip).map_err(|error| failed(&error))?;
    let file = target.file().try_clone().map_err(|error| failed(&error))?;
    let mut pack = Pack::new(file, plan.date);
    let staged = stage::write(plan, &mut pack, session.progress("written").as_mut(), &flag)
        .map_err(|failure| stop(failure, zip))?;
    pack.finish().map_err(|error| failed(&error))?;
    target.sync().map_err(|error| failed(&error))?;
    target.publish(arguments.force).map_err(|error| failed(&error))?;
    sync_parent_dir(zip).map_err(|error| {
        let why = output::plain(&error);
        Stop::because(
            Exit::InputOutput,
            format!("the archive is written, but its name may not outlast a power cut: {why}"),
        )
    })?;
    Ok(staged)
}

fn fill(plan: &Plan, root: &Path, arguments: &StageArguments, session: &Session) -> Result<Staged, Stop> {
    let flag = interruptible().map_err(|message| Stop::because(Exit::InputOutput, message))?;
    let mut folder =
        Folder::create(root, plan.date, arguments.force).map_err(|occupied| occupied_in_words(root, occupied))?;
    let staged = stage::write(plan, &mut folder, session.progress("written").as_mut(), &flag)
        .map_err(|failure| stop(failure, root))?;
    folder.publish().map_err(|error| {
        let (shown, why) = (root.display(), output::plain(&error));
        Stop::because(
            Exit::InputOutput,
            format!("`{shown}` cannot be filled: {why}; what is there is a part: empty it, and run again"),
        )
    })?;
    Ok(staged)
}

fn occupied_in_words(root: &Path, occupied: Occupied) -> Stop {
    let shown = root.display();
    match occupied {
        Occupied::Stage => Stop::because(
            Exit::Usage,
            format!("`{shown}` holds an earlier stage: choose another folder, or replace it with `--force`"),
        ),
        Occupied::Other(names, count) => {
            let named: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let more = match count - names.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let named = named.join(", ");
            Stop::because(
                Exit::Usage,
                format!(
                    "`{shown}` holds files that are not the disc's, {named}{more}: choose a new or an empty folder"
                ),
            )
        }
        Occupied::NoFolder => Stop::because(
            Exit::Usage,
            format!("`{shown}` is not a folder: choose a new or an empty one, or write an archive with `--zip`"),
        ),
        Occupied::Unusable(error) => unwritable(root, &error),
    }
}

fn report(
    arguments: &StageArguments,
    session: &Session,
    place: &Path,
    staged: &Staged,
    catalogue: &Catalogue,
    layout: &Layout,
) -> Exit {
    let shown = place.display();
    if arguments.making.json {
        let result = json!({
            "ok": true,
            "kind": if arguments.zip.is_some() { "archive" } else { "folder" },
            "place": place.to_string_lossy(),
            "reports": catalogue.reports().count(),
            "files": staged.files,
            "size": staged.size,
            "sha256_of_list": staged.list.to_string(),
            "findings": session.records(),
        });
        return output::print(&format!("{result}\n"), Exit::Done);
    }
    if arguments.making.quiet {
        return Exit::Done;
    }
    let open = if arguments.zip.is_some() { "unpack it and open" } else { "open" };
    let text = format!(
        "wrote      {shown}\n\
         files      {}: {}\n\
         sha256     {}  {} in it\n\
         check      make-disc verify {shown}\n\
         next       {open} {}; copy all of it to a stick or a web server\n",
        staged.files,
        format_size(staged.size),
        staged.list,
        layout.checksums,
        layout.index,
    );
    output::print(&text, Exit::Done)
}
