//! `make-disc check`: shows everything that is wrong with a disc, and how large it will be.

use std::path::PathBuf;

use clap::Args;

use super::error::CommandError;
use super::interruption::{ensure_not_interrupted, interrupt_flag, publish};
use super::output::Lines;
use super::{Exit, output};
use crate::data_formats::json;
use crate::diagnostic::{Detail, ManifestText};
use crate::outputs::{Output, OutputKind};
use crate::path_text::show;
use crate::pipeline::{PlanOptions, Project};
use crate::preflight::{self, Covers, Preflight, Terminal};
use crate::progress::{self, Progress};

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The manifest
    manifest: PathBuf,
    /// Also write the result as a web page, for a colleague who does not use a terminal
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Replace that page if it exists
    #[arg(short, long, requires = "html")]
    force: bool,
    /// Allow files outside the manifest's folder
    #[arg(long)]
    allow_outside: bool,
    /// Print only errors
    #[arg(short, long)]
    quiet: bool,
    /// Show every finding in full, even if there are many of one kind
    #[arg(short, long)]
    all: bool,
    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &CheckArguments) -> Exit {
    check(arguments).unwrap_or_else(|error| error.report(arguments.json))
}

fn check(arguments: &CheckArguments) -> Result<Exit, CommandError> {
    let detail = if arguments.all { Detail::Everything } else { Detail::Brief };
    let page = arguments.html.as_deref().map(|path| Output { path, kind: OutputKind::Page, force: arguments.force });
    if let Some(page) = &page {
        page.ensure_writable()?;
    }
    let mut project = Project::load(&arguments.manifest, arguments.allow_outside)
        .map_err(|error| CommandError::unreadable_manifest(&arguments.manifest, &error))?;
    if let (Some(page), Some(catalogue)) = (&page, project.catalogue()) {
        page.ensure_not_an_input(&arguments.manifest, catalogue)?;
    }
    let preflight = preflight(&mut project, arguments);
    let preflight = match preflight.and_then(|preflight| Ok(project.report_future_date().map(|()| preflight)?)) {
        Ok(preflight) => preflight,
        // The findings so far are shown, even if not all documents could be read.
        Err(error) if arguments.json => return Ok(error.report_json(&project.finding_records())),
        Err(error) => {
            output::print_findings_with(project.findings(), project.manifest(), arguments.quiet, detail);
            return Err(error);
        }
    };
    let (findings, manifest) = (project.findings(), project.manifest());
    let is_ok = !findings.has_errors();
    let exit = if is_ok { Exit::Success } else { Exit::Content };
    if let Some(page) = &page {
        let text = preflight::render_page(manifest.name(), preflight.as_ref(), &project.finding_records());
        ensure_not_interrupted()?;
        publish(|| page.write(text.as_bytes())).map_err(|error| CommandError::unwritable(page.path, &error))?;
    }
    if arguments.json {
        let result = json!({ "ok": is_ok, "findings": project.finding_records(), "preflight": preflight });
        return Ok(output::print_json(&result, exit));
    }
    output::print_findings_with(findings, manifest, arguments.quiet, detail);
    if arguments.quiet {
        return Ok(exit);
    }
    let summary = findings.summary().unwrap_or_else(|| "nothing is wrong".to_owned());
    let mut text = Lines::default();
    text.line(&format!("{}: {summary}", manifest.name()));
    if let Some(preflight) = &preflight {
        text.line("");
        text.block(&preflight::render_text(preflight, terminal()));
    }
    if let Some(page) = &page {
        text.row("page", show(page.path));
    }
    Ok(output::print(&text, exit))
}

/// Does everything that a build does before it writes, and returns the predicted sizes. `None` if a finding is an error.
fn preflight(project: &mut Project, arguments: &CheckArguments) -> Result<Option<Preflight>, CommandError> {
    let interrupted = interrupt_flag()?;
    let mut progress: Box<dyn Progress> = match arguments {
        CheckArguments { quiet: false, json: false, .. } => progress::for_stderr("documents read"),
        _ => Box::new(progress::Silence),
    };
    let options = PlanOptions { search: true, media_check: false, repair: None, find_all: true, unlisted_files: true };
    let Some(plan) = project.plan(options, progress.as_mut(), &interrupted)? else { return Ok(None) };
    let image = project.lay_out(&plan)?;
    let (size, volume_size) = (image.size(), image.volume_size());
    let lengths: Vec<u64> = plan.covers().map(|entry| entry.length).collect();
    let covers = Covers { files: lengths.len(), bytes: lengths.iter().sum() };
    Ok(project.catalogue().map(|catalogue| Preflight::new(catalogue, covers, project.pdf_formats(), size, volume_size)))
}

/// What the terminal can show, according to the environment variables.
fn terminal() -> Terminal {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let shows_unicode =
        cfg!(windows) || locale.is_some_and(|locale| locale.to_lowercase().replace('-', "").contains("utf8"));
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Terminal { width: columns.unwrap_or(80_usize).clamp(40, 120), shows_unicode }
}
