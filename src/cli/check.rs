//! `make-disc check`: all that is wrong with a disc, and what it will be, before it is made.

use std::path::{Path, PathBuf};

use clap::Args;

use super::build::output_is_no_input;
use super::documents::{self, Unread};
use super::interruption::interruptible;
use super::session::{Stop, ended, has_folder, stop, write};
use super::{Exit, output};
use crate::Examined;
use crate::data_formats::json;
use crate::diagnostic::{self, ManifestText};
use crate::extraction;
use crate::image::{Image, PathState};
use crate::preflight::{self, Preflight, Screen};
use crate::progress::{self, Progress};

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The manifest
    manifest: PathBuf,
    /// Write a page with all of it, for a colleague who has no terminal
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Replace that page if it exists
    #[arg(short, long, requires = "html")]
    force: bool,
    /// Allow files outside the manifest's folder
    #[arg(long)]
    allow_outside: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
    /// Print it as one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &CheckArguments) -> Exit {
    check(arguments).unwrap_or_else(|stop| ended(stop, arguments.json))
}

fn check(arguments: &CheckArguments) -> Result<Exit, Stop> {
    if let Some(page) = &arguments.html {
        is_free(page, arguments.force)?;
    }
    let mut examined = match crate::examine(&arguments.manifest, arguments.allow_outside) {
        Ok(examined) => examined,
        Err(error) => return Ok(output::unreadable_manifest(&arguments.manifest, &error, arguments.json)),
    };
    if let (Some(page), Some((catalogue, _))) = (&arguments.html, &examined.collection) {
        output_is_no_input(page, &arguments.manifest, catalogue)?;
    }
    let preflight = preflight(&mut examined, arguments)?;
    let Examined { findings, manuscript, .. } = &examined;
    let good = !findings.has_errors();
    let exit = if good { Exit::Done } else { Exit::Content };
    let records = || diagnostic::records(findings, manuscript);
    if let Some(page) = &arguments.html {
        let text = preflight::page(manuscript.name(), preflight.as_ref(), &records());
        write(page, text.as_bytes(), arguments.force)?;
    }
    if arguments.json {
        let result = json!({ "ok": good, "findings": records(), "preflight": preflight });
        return Ok(output::print(&format!("{result}\n"), exit));
    }
    output::show(findings, manuscript, arguments.quiet);
    if arguments.quiet {
        return Ok(exit);
    }
    let found = findings.summary().unwrap_or_else(|| "nothing wrong".to_owned());
    let mut text = format!("{}: {found}\n", manuscript.name());
    if let Some(preflight) = &preflight {
        text += &format!("\n{}", preflight::text(preflight, screen()));
    }
    if let Some(page) = &arguments.html {
        text += &format!("page       {}\n", page.display());
    }
    Ok(output::print(&text, exit))
}

/// Makes all of the disc but the disc, if the manifest allows it; what is found is added.
fn preflight(examined: &mut Examined, arguments: &CheckArguments) -> Result<Option<Preflight>, Stop> {
    let (Some((catalogue, layout)), false) = (&examined.collection, examined.findings.has_errors()) else {
        return Ok(None);
    };
    let flag = interruptible().map_err(|message| Stop::because(Exit::InputOutput, message))?;
    let mut progress: Box<dyn Progress> = match arguments {
        CheckArguments { quiet: false, json: false, .. } => progress::for_stderr("documents read"),
        _ => Box::new(progress::Silence),
    };
    let texts = documents::read(catalogue, true, progress.as_mut(), &flag).map_err(|unread| match unread {
        Unread::Interrupted => Stop::because(Exit::Interrupted, "interrupted"),
        Unread::NoProgram(error) => {
            Stop::because(Exit::Fault, format!("make-disc does not find itself to read the documents: {error}"))
        }
    })?;
    extraction::findings(catalogue, &texts, &mut examined.findings);
    let epoch = super::build::source_date_epoch().map_err(|message| Stop::because(Exit::Usage, message))?;
    let Some(plan) = crate::assemble(catalogue, layout, &texts, epoch, &mut examined.findings) else {
        return Ok(None);
    };
    let size = Image::of(&plan).map_err(|failure| stop(failure, Path::new("the image")))?.size();
    preflight::overflow(catalogue, size, &mut examined.findings);
    Ok(Some(Preflight::of(catalogue, size)))
}

fn screen() -> Screen {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let unicode = cfg!(windows) || locale.is_some_and(|locale| locale.to_lowercase().replace('-', "").contains("utf8"));
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Screen { width: columns.unwrap_or(80_usize).clamp(40, 120), unicode }
}

fn is_free(page: &Path, force: bool) -> Result<(), Stop> {
    has_folder(page)?;
    let shown = page.display();
    match PathState::at(page) {
        PathState::Vacant => Ok(()),
        PathState::RegularFile if force && is_page(page) => Ok(()),
        PathState::RegularFile if force => {
            Err(Stop::because(Exit::Usage, format!("`{shown}` exists and is named like no page; it is not replaced")))
        }
        PathState::RegularFile => Err(Stop::because(
            Exit::Usage,
            format!("`{shown}` exists: choose another name, or replace it with `--force`"),
        )),
        PathState::Other => Err(Stop::because(Exit::Usage, format!("`{shown}` is not a regular file"))),
    }
}

fn is_page(page: &Path) -> bool {
    page.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("html") || ending.eq_ignore_ascii_case("htm"))
}
