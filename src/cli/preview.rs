//! `make-disc preview`: the pages in the browser, before there is a disc.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use clap::Args;

use super::interruption::interruptible;
use super::session::{Session, Stop, unwritable};
use super::{Exit, MakingArguments, output};
use crate::catalogue::{Catalogue, Stamp};
use crate::checksum::Digest;
use crate::data_formats::json;
use crate::extraction::user_cache;
use crate::stage::{Pages, Shown};

/// How often `--watch` looks.
const INTERVAL: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
pub(super) struct PreviewArguments {
    /// The manifest
    manifest: PathBuf,
    /// Make the pages anew whenever the manifest or a file it names changes, until Ctrl-C
    #[arg(short, long, conflicts_with = "json")]
    watch: bool,
    /// Print where the pages are, and open no browser
    #[arg(long)]
    no_open: bool,
    #[command(flatten)]
    making: MakingArguments,
}

pub(super) fn run(arguments: &PreviewArguments) -> Exit {
    let flag = match interruptible() {
        Ok(flag) => flag,
        Err(message) => {
            output::say_error(&message);
            return Exit::InputOutput;
        }
    };
    let folder = folder(&arguments.manifest);
    let mut opened = false;
    loop {
        let mut session = arguments.making.session(&arguments.manifest);
        let mut watched = Watched::new(&arguments.manifest);
        let exit = match show(&mut session, &folder, &mut watched) {
            Ok(shown) => {
                let exit = report(arguments, &session, &shown, opened);
                if !opened && !arguments.no_open {
                    open(&shown.start);
                }
                opened = true;
                exit
            }
            Err(stop) => {
                watched.note_folders(&arguments.manifest);
                session.end(stop, "no pages were")
            }
        };
        if !arguments.watch || exit == Exit::Interrupted {
            return exit;
        }
        if !watched.wait(&flag) {
            return Exit::Done;
        }
    }
}

/// A folder for the pages of this manifest, the same each time, so that old ones do not pile up.
fn folder(manifest: &Path) -> PathBuf {
    let whole = fs::canonicalize(manifest).unwrap_or_else(|_| manifest.to_path_buf());
    let name = Digest::of(whole.to_string_lossy().as_bytes()).map_or_else(|_| String::new(), |d| d.to_string());
    let root = user_cache().unwrap_or_else(|| std::env::temp_dir().join(format!("make-disc-{}", std::process::id())));
    root.join("preview").join(&name[..name.len().min(16)])
}

fn show(session: &mut Session, folder: &Path, watched: &mut Watched) -> Result<Shown, Stop> {
    let (catalogue, layout) = session.examine()?;
    watched.add(&catalogue);
    let plan = session.plan(&catalogue, &layout)?;
    Pages::at(folder.to_path_buf()).write(&plan, layout.index.as_str()).map_err(|error| unwritable(folder, &error))
}

fn report(arguments: &PreviewArguments, session: &Session, shown: &Shown, again: bool) -> Exit {
    let start = shown.start.display();
    if arguments.making.json {
        let result = json!({
            "ok": true,
            "start": shown.start.to_string_lossy(),
            "files": shown.files,
            "findings": session.records(),
        });
        return output::print(&format!("{result}\n"), Exit::Done);
    }
    if arguments.making.quiet {
        return Exit::Done;
    }
    let mut text = match again {
        false => format!("preview    {start}\n"),
        true => "made anew: reload the page in the browser\n".to_owned(),
    };
    if !again {
        text += "documents  are led to, not copied; the checksum list is made with the disc\n";
    }
    if arguments.watch && !again {
        text += "watching   the manifest and its files; Ctrl-C ends it\n";
    }
    output::print(&text, Exit::Done)
}

fn open(page: &Path) {
    if let Err(error) = open::that_detached(page) {
        output::say(&format!("no browser could be opened ({}): open the page yourself", output::plain(&error)));
    }
}

/// Files, and what the file system said of them when they were read.
struct Watched {
    stamps: BTreeMap<PathBuf, Option<Stamp>>,
}

impl Watched {
    fn new(manifest: &Path) -> Self {
        let mut watched = Self { stamps: BTreeMap::new() };
        watched.note(manifest.to_path_buf());
        watched
    }

    fn note(&mut self, path: PathBuf) {
        let stamp = stamp(&path);
        self.stamps.insert(path, stamp);
    }

    /// Where a file that is not there may come: the manifest's folder and those in it.
    fn note_folders(&mut self, manifest: &Path) {
        let folder = manifest.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        self.note(folder.to_path_buf());
        let inner = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        inner.filter(|path| path.is_dir()).for_each(|path| self.note(path));
    }

    fn add(&mut self, catalogue: &Catalogue) {
        for source in &catalogue.sources {
            self.stamps.insert(source.path.to_path_buf(), Some(source.stamp));
        }
        let Some(theme) = &catalogue.launcher.theme else { return };
        self.note(theme.clone());
        for entry in fs::read_dir(theme).into_iter().flatten().flatten() {
            self.note(entry.path());
        }
    }

    /// Waits until one of them changed, and then until it is left in peace; false if the user ends it.
    fn wait(&self, flag: &AtomicBool) -> bool {
        let mut before = None;
        loop {
            thread::sleep(INTERVAL);
            if flag.load(Ordering::Relaxed) {
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
    fs::metadata(path).ok().map(|meta| Stamp::of(&meta))
}
