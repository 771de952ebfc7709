//! `make-disc preview`: shows the pages of a disc in the browser without making the disc.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use clap::Args;

use super::error::CommandError;
use super::interruption::{interrupt_flag, publish};
use super::output::Lines;
use super::session::Session;
use super::{CommonArguments, Exit, output};
use crate::catalogue::{Catalogue, Stamp};
use crate::checksum::Digest;
use crate::data_formats::json;
use crate::extraction::user_cache_folder;
use crate::path_text::show;
use crate::stage::{Preview, write_preview};
use crate::temporary::{create_private_folder, ensure_private_folder};

/// How often `--watch` looks for changes.
const WATCH_INTERVAL: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
pub(super) struct PreviewArguments {
    /// The manifest
    manifest: PathBuf,
    /// Make the pages again whenever the manifest or a file it names changes, until Ctrl-C
    #[arg(short, long, conflicts_with = "json")]
    watch: bool,
    /// Print where the pages are, without opening a browser
    #[arg(long)]
    no_open: bool,
    #[command(flatten)]
    common: CommonArguments,
}

pub(super) fn run(arguments: &PreviewArguments) -> Exit {
    let interrupted = match interrupt_flag() {
        Ok(interrupted) => interrupted,
        Err(error) => return error.report(arguments.common.json),
    };
    let folder = match preview_folder(&arguments.manifest) {
        Ok(folder) => folder,
        Err(error) => {
            let message = format!("the folder for the pages cannot be created: {}", output::describe(&error));
            return CommandError::io(message).report(arguments.common.json);
        }
    };
    let mut was_shown = false;
    loop {
        let mut session = arguments.common.session(&arguments.manifest);
        let mut watched = Watched::new(&arguments.manifest);
        let exit = match make(&mut session, &folder, &mut watched, &interrupted) {
            Ok(preview) => {
                session.print_left_out();
                let exit = report(arguments, &session, &preview, was_shown);
                if !was_shown && !arguments.no_open {
                    open_in_browser(&preview.start);
                }
                was_shown = true;
                exit
            }
            Err(error) => {
                watched.add_folders(&arguments.manifest);
                session.fail(error, "no pages were made")
            }
        };
        if !arguments.watch || exit == Exit::Interrupted {
            return exit;
        }
        if !watched.wait(&interrupted) {
            return Exit::Success;
        }
    }
}

/// The folder for the pages of this manifest. It is the same each time, so that old folders do not accumulate, unless the
/// user's cache folder cannot be used.
fn preview_folder(manifest: &Path) -> io::Result<PathBuf> {
    let path = fs::canonicalize(manifest).unwrap_or_else(|_| manifest.to_path_buf());
    let name = Digest::from_reader(path.to_string_lossy().as_bytes())?.to_string();
    let cached =
        user_cache_folder().map(|root| root.join("preview")).filter(|root| ensure_private_folder(root).is_ok());
    let root = cached.map_or_else(create_private_folder, Ok)?;
    Ok(root.join(&name[..16]))
}

fn make(
    session: &mut Session,
    folder: &Path,
    watched: &mut Watched,
    interrupted: &AtomicBool,
) -> Result<Preview, CommandError> {
    session.load()?;
    if let Some(catalogue) = session.catalogue() {
        watched.add_sources(catalogue);
    }
    let plan = session.plan(false, None)?;
    let (catalogue, layout) = session.collection()?;
    let temporary: Vec<&Path> = catalogue.temporary_folders().collect();
    let start = layout.index.as_str();
    publish(|| write_preview(folder, &plan, start, &temporary, interrupted)).map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => {
            CommandError::new(Exit::Interrupted, "interrupted: some pages may still be those of an earlier preview")
        }
        _ => CommandError::unwritable(folder, &error),
    })
}

fn report(arguments: &PreviewArguments, session: &Session, preview: &Preview, was_shown: bool) -> Exit {
    let start = show(&preview.start);
    if arguments.common.json {
        let result = json!({
            "ok": true,
            "start": preview.start.to_string_lossy(),
            "files": preview.files,
            "findings": session.finding_records(),
        });
        return output::print_json(&result, Exit::Success);
    }
    if arguments.common.quiet {
        return Exit::Success;
    }
    let mut text = Lines::default();
    match was_shown {
        false => text.row("preview", &start),
        true => text.line("made again: reload the page in the browser"),
    }
    if !was_shown {
        text.row("documents", "are linked, not copied; the checksum list is made with the disc");
    }
    if arguments.watch && !was_shown {
        text.row("watching", "the manifest and its files; press Ctrl-C to stop");
    }
    output::print(&text, Exit::Success)
}

fn open_in_browser(page: &Path) {
    // The reason is not shown, because it would not help: there is no browser, or no screen.
    if open::that_detached(page).is_err() {
        output::print_line(&format!("no browser could be opened: open `{}` in one", show(page)));
    }
}

/// The files that `--watch` looks at, each with its stamp when it was read, or `None` if it did not exist.
struct Watched {
    stamps: BTreeMap<PathBuf, Option<Stamp>>,
}

impl Watched {
    fn new(manifest: &Path) -> Self {
        let mut watched = Self { stamps: BTreeMap::new() };
        watched.add(manifest.to_path_buf());
        watched
    }

    fn add(&mut self, path: PathBuf) {
        let stamp = stamp(&path);
        self.stamps.insert(path, stamp);
    }

    /// Watches the manifest's folder and the folders in it, because a file that is missing may be added there.
    fn add_folders(&mut self, manifest: &Path) {
        let folder = manifest.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        self.add(folder.to_path_buf());
        let inner = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        inner.filter(|path| path.is_dir()).for_each(|path| self.add(path));
    }

    fn add_sources(&mut self, catalogue: &Catalogue) {
        for source in &catalogue.sources {
            let stamp = Stamp { identity: (0, 0), ..source.stamp };
            self.stamps.insert(source.path.to_path_buf(), Some(stamp));
        }
        // Web sites: the sources from an archive are unpacked copies, and files may be added to a folder.
        catalogue.site_paths.iter().for_each(|path| self.add(path.clone()));
        let Some(theme) = &catalogue.launcher.theme else { return };
        self.add(theme.clone());
        for entry in fs::read_dir(theme).into_iter().flatten().flatten() {
            self.add(entry.path());
        }
    }

    /// Waits until a file has changed, and then until nothing changes any more. Returns `false` if the user interrupts it.
    fn wait(&self, interrupted: &AtomicBool) -> bool {
        let mut before = None;
        loop {
            thread::sleep(WATCH_INTERVAL);
            if interrupted.load(Ordering::Relaxed) {
                return false;
            }
            let now: Vec<Option<Stamp>> = self.stamps.keys().map(|path| stamp(path)).collect();
            if now.iter().eq(self.stamps.values()) {
                before = None;
            } else if before.replace(now.clone()).is_some_and(|before| before == now) {
                return true;
            }
        }
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let stamp = fs::metadata(path).ok().map(|meta| Stamp::from_metadata(&meta));
    // Some file systems make up a new inode number for each call.
    stamp.map(|stamp| Stamp { identity: (0, 0), ..stamp })
}
