//! The steps that are common to all commands that make something from a manifest: loading it, planning its disc, and showing
//! the findings.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::error::CommandError;
use super::interruption::interrupt_flag;
use super::{Exit, output};
use crate::catalogue::Catalogue;
use crate::covers::Covers;
use crate::diagnostic::{Detail, Finding, FindingRecord, Findings, Severity};
use crate::error_correction::Amount;
use crate::extraction::Extractions;
use crate::image::Image;
use crate::launcher::Branding;
use crate::layout::Layout;
use crate::path_text::quote_for_shell;
use crate::pipeline::{PlanOptions, Project};
use crate::plan::{Plan, Signer};
use crate::progress::{self, Progress};
use crate::signature::PublicKey;

/// The maximum number of warnings and notes that are shown. `make-disc check` shows them all.
const MAX_SHOWN: usize = 10;

/// The settings that the arguments contain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings<'a> {
    pub(super) manifest: &'a Path,
    pub(super) allow_outside: bool,
    /// Whether readers can search inside the documents.
    pub(super) search: bool,
    /// Whether only errors are printed.
    pub(super) quiet: bool,
    /// Whether the result is printed as JSON.
    pub(super) json: bool,
}

/// One run of a command.
pub(super) struct Session<'a> {
    pub(super) settings: Settings<'a>,
    project: Option<Project>,
    /// The number of findings that have been printed or left out.
    processed: usize,
    /// The number of warnings and notes that were printed.
    shown: usize,
    /// The number of warnings and notes that were left out.
    left_out: Cell<usize>,
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.print_left_out();
    }
}

impl<'a> Session<'a> {
    pub(super) fn new(settings: Settings<'a>) -> Self {
        Self { settings, project: None, processed: 0, shown: 0, left_out: Cell::new(0) }
    }

    /// Reads and checks the manifest, and shows the findings now, because a later step may fail for another reason.
    pub(super) fn load(&mut self) -> Result<(), CommandError> {
        let Settings { manifest, allow_outside, .. } = self.settings;
        let project = Project::load(manifest, allow_outside)
            .map_err(|error| CommandError::unreadable_manifest(manifest, &error))?;
        self.project = Some(project);
        self.print_findings();
        Ok(())
    }

    fn project(&mut self) -> Result<&mut Project, CommandError> {
        self.project.as_mut().ok_or_else(|| CommandError::internal("the manifest was not loaded"))
    }

    /// The catalogue, which may be incomplete. `None` if the manifest could not be read at all.
    pub(super) fn catalogue(&self) -> Option<&Catalogue> {
        self.project.as_ref()?.catalogue()
    }

    /// Returns the catalogue and its layout after showing the findings. Returns an error if one of the findings is an error.
    pub(super) fn collection(&mut self) -> Result<(&Catalogue, &Layout), CommandError> {
        self.print_findings();
        self.project.as_ref().and_then(Project::collection).ok_or_else(CommandError::findings)
    }

    /// Signs the disc with this key.
    pub(super) fn sign_with(&mut self, key: PublicKey) {
        if let Some(project) = &mut self.project {
            project.sign_with(key);
        }
    }

    /// Reads the documents, makes the pages and plans the disc, which `signer` signs.
    pub(super) fn plan_signed(
        &mut self,
        media_check: bool,
        repair: Option<Amount>,
        signer: Option<Signer>,
    ) -> Result<Plan, CommandError> {
        let mut plan = self.plan(media_check, repair)?;
        if let (Some(signature), Some(signer)) = (&mut plan.signature, signer) {
            signature.signer = signer;
        }
        Ok(plan)
    }

    /// Reads the documents, makes the pages and plans the disc.
    pub(super) fn plan(&mut self, media_check: bool, repair: Option<Amount>) -> Result<Plan, CommandError> {
        let interrupted = interrupt_flag()?;
        // Progress as JSON counts the bytes written, and nothing else.
        let mut progress: Box<dyn Progress> =
            if self.settings.json { Box::new(progress::Silence) } else { self.progress("documents read") };
        let options =
            PlanOptions { search: self.settings.search, media_check, repair, find_all: false, unlisted_files: true };
        let project = self.project()?;
        let plan = project.plan(options, progress.as_mut(), &interrupted)?;
        self.print_findings();
        plan.ok_or_else(CommandError::findings)
    }

    /// Reads the documents only.
    pub(super) fn read_documents(&mut self) -> Result<Extractions, CommandError> {
        let interrupted = interrupt_flag()?;
        let mut progress: Box<dyn Progress> =
            if self.settings.json { Box::new(progress::Silence) } else { self.progress("documents read") };
        let texts = self.project()?.read_documents(progress.as_mut(), &interrupted)?;
        texts.ok_or_else(CommandError::findings)
    }

    /// Draws the covers of the documents.
    pub(super) fn covers(&mut self) -> Result<Covers, CommandError> {
        let interrupted = interrupt_flag()?;
        let mut progress: Box<dyn Progress> =
            if self.settings.json { Box::new(progress::Silence) } else { self.progress("first pages drawn") };
        let covers = self.project()?.covers(progress.as_mut(), &interrupted)?;
        covers.ok_or_else(CommandError::findings)
    }

    /// Lays out the image of a plan. Returns an error if it does not fit the medium.
    pub(super) fn lay_out<'p>(&mut self, plan: &'p Plan) -> Result<Image<'p>, CommandError> {
        let image = self.project()?.lay_out(plan)?;
        self.print_findings();
        self.collection().map(|_| image)
    }

    /// Lays out the image of a plan, even if it does not fit the medium.
    pub(super) fn lay_out_at_any_size<'p>(&mut self, plan: &'p Plan) -> Result<Image<'p>, CommandError> {
        Ok(self.project()?.lay_out_at_any_size(plan)?)
    }

    /// The launcher's emblem, colours and interface strings, which printed items use too.
    pub(super) fn branding(&mut self) -> Result<Branding, CommandError> {
        let interrupted = interrupt_flag()?;
        let branding = self.project()?.branding(&interrupted)?;
        self.print_findings();
        branding.ok_or_else(CommandError::findings)
    }

    /// Adds findings of a step that is not part of the pipeline, and shows them.
    pub(super) fn add_findings(&mut self, findings: Findings) -> Result<(), CommandError> {
        self.project()?.findings_mut().append(findings);
        // `make-disc check` does not show these.
        self.print_up_to(usize::MAX);
        self.collection().map(|_| ())
    }

    /// Shows the new findings: all errors, all findings about the choice of files, and others as long as no more than [`MAX_SHOWN`]
    /// are shown.
    fn print_findings(&mut self) {
        self.print_up_to(MAX_SHOWN.saturating_sub(self.shown));
    }

    /// Shows the new findings: all errors, in short form if there are many of a kind, all findings about the choice of files, and
    /// at most `max_others` others.
    fn print_up_to(&mut self, max_others: usize) {
        let Some(project) = self.project.as_ref().filter(|_| !self.settings.json) else { return };
        let new = &project.findings().0[self.processed..];
        self.processed += new.len();
        let is_error = |finding: &&Finding| finding.severity == Severity::Error;
        let errors = Findings(new.iter().filter(is_error).cloned().collect());
        output::print_findings(&errors, project.manifest(), true);
        if self.settings.quiet {
            return;
        }
        // Files that may be on the disc by mistake, or may have been forgotten, are always shown.
        let is_about_choice = |finding: &&Finding| finding.is_about_choice();
        let mut others: Vec<&Finding> =
            new.iter().filter(|finding| !is_error(finding) && !is_about_choice(finding)).collect();
        others.sort_by_key(|finding| finding.severity == Severity::Note);
        let left_out = others.len().saturating_sub(max_others);
        others.truncate(max_others);
        self.shown += others.len();
        self.left_out.set(self.left_out.get() + left_out);
        let shown = Findings(new.iter().filter(is_about_choice).chain(others).cloned().collect());
        output::print_findings_with(&shown, project.manifest(), false, Detail::EachFinding);
    }

    /// Prints once how many warnings and notes were left out, and how to see them.
    pub(super) fn print_left_out(&self) {
        let left_out = self.left_out.take();
        if left_out > 0 {
            let outside = if self.settings.allow_outside { " --allow-outside" } else { "" };
            let manifest = quote_for_shell(self.settings.manifest);
            let more = output::count(left_out, "more warning or note", "more warnings and notes");
            output::print_line(&format!("{more}: make-disc check{outside} {manifest}"));
        }
    }

    /// The findings for `--json`.
    pub(super) fn finding_records(&self) -> Vec<FindingRecord> {
        self.project.as_ref().map_or_else(Vec::new, Project::finding_records)
    }

    /// Reports why the command failed, and returns its exit code. `outcome` begins the last line, such as
    /// `no disc was made`.
    pub(super) fn fail(&self, error: CommandError, outcome: &str) -> Exit {
        let CommandError { exit, message } = error;
        if self.settings.json {
            return CommandError { exit, message }.report_json(&self.finding_records());
        }
        self.print_left_out();
        if let Some(message) = message {
            output::print_error(&message);
        }
        let summary = self.project.as_ref().and_then(|project| project.findings().summary());
        if let (Exit::Content, Some(summary)) = (exit, summary) {
            output::print_line(&format!("{outcome}: {summary}"));
        }
        exit
    }

    /// Returns a progress display as the settings require. `participle` says what happens to the bytes, such as `written`.
    pub(super) fn progress(&self, participle: &'static str) -> Box<dyn Progress> {
        match self.settings {
            Settings { quiet: true, .. } => Box::new(progress::Silence),
            Settings { json: true, .. } => Box::new(progress::JsonLines::new()),
            _ => progress::for_stderr(participle),
        }
    }

    /// The flag that Ctrl-C sets.
    pub(super) fn interrupt_flag(&self) -> Result<Arc<AtomicBool>, CommandError> {
        interrupt_flag()
    }

    /// Removes the project's temporary files, but does not free its memory: for a large collection that takes a while, and the
    /// process is about to end.
    pub(super) fn leak(&mut self) {
        if let Some(mut project) = self.project.take() {
            project.remove_temporary_files();
            std::mem::forget(project);
        }
    }
}
