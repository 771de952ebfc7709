//! The steps from a manifest to the plan and the image of its disc, which every command runs before it writes.
//!
//! A [`Project`] owns the list of findings, to which every step appends. Every step that can run does so, even if others
//! found errors. The one exception is reading the documents: it takes long, so it is skipped after an error, unless
//! the caller asks for it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::catalogue::{self, Catalogue, FoundTimestamp, Signing};
use crate::checksum::Digest;
use crate::covers::{CoverOptions, Covers};
use crate::diagnostic::{Finding, FindingRecord, Findings, KeyPath, ManifestText, Place, finding_records};
use crate::environment;
use crate::error_correction::Amount;
use crate::exports::Origin;
use crate::extraction::{self, Cache, Extractions, PdfFormat};
use crate::image::{Failure, Image};
use crate::language::PartialDate;
use crate::launcher::{self, Branding, DocumentContents, Materials, PreparedMaterials};
use crate::layout::{Layout, ManifestPaths};
use crate::manifest::ManifestFile;
use crate::parallel::join;
use crate::plan::{DateOrigin, DiscDate, Plan};
use crate::preflight;
use crate::progress::Progress;
use crate::signature::PublicKey;
use crate::site;

/// A manifest, the collection that it describes, and the findings about both.
pub(crate) struct Project {
    manifest: ManifestFile,
    findings: Findings,
    /// May be incomplete if there are errors. `None` if the manifest could not be read at all.
    collection: Option<(Catalogue, Layout)>,
    /// The files with recognised text beside the documents, which are used for the search.
    recognised_texts: Vec<PathBuf>,
    /// What the PDFs say about their formats.
    pdf_formats: Vec<PdfFormat>,
}

/// The options of one run, in addition to the manifest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlanOptions {
    /// Whether readers can search inside the documents, if the manifest allows it.
    pub(crate) search: bool,
    /// Whether the image has a media check, even if the manifest does not ask for one.
    pub(crate) media_check: bool,
    /// How much error correction the image gets. `None` if the manifest decides.
    pub(crate) repair: Option<Amount>,
    /// Whether the documents are read even after an error, to report what is wrong with them.
    pub(crate) find_all: bool,
    /// Whether the files in the documents' folder that are neither on the disc nor excluded are reported.
    pub(crate) unlisted_files: bool,
}

/// An error that is not a finding.
#[derive(Debug)]
pub(crate) enum PipelineError {
    /// The value of `SOURCE_DATE_EPOCH`, which is not a number.
    BadEpoch(String),
    /// The program's own executable, which is run again to read documents and draw emblems, cannot be located.
    NoExecutable(io::Error),
    /// The user interrupted the run.
    Interrupted,
    /// The image could not be made.
    Image(Failure),
}

impl Project {
    /// Reads and checks a manifest, and finds the files that it names, without reading them.
    ///
    /// # Errors
    /// The manifest itself cannot be read.
    pub(crate) fn load(manifest: &Path, allow_outside: bool) -> io::Result<Self> {
        let mut findings = Findings::default();
        let manifest = ManifestFile::read(manifest, &mut findings)?;
        Ok(Self::check(manifest, findings, allow_outside))
    }

    /// Checks a manifest in memory, whose relative paths start at `folder`.
    pub(crate) fn from_bytes(bytes: Vec<u8>, folder: &Path) -> Self {
        let mut findings = Findings::default();
        let manifest = ManifestFile::in_memory(bytes, folder, &mut findings);
        Self::check(manifest, findings, false)
    }

    fn check(manifest: ManifestFile, mut findings: Findings, allow_outside: bool) -> Self {
        let collection = collect(&manifest, allow_outside, &mut findings);
        Self { manifest, findings, collection, recognised_texts: Vec::new(), pdf_formats: Vec::new() }
    }

    /// Removes the files that were unpacked from archives. Afterwards these sources cannot be read.
    pub(crate) fn remove_temporary_files(&mut self) {
        if let Some((catalogue, _)) = &mut self.collection {
            catalogue.remove_unpacked_files();
        }
    }

    /// Plans a signature with this key, unless the manifest names one.
    pub(crate) fn sign_with(&mut self, key: PublicKey) {
        if let Some((catalogue, _)) = &mut self.collection {
            let signing = Signing { key, secret_key: None, files: Vec::new() };
            catalogue.disc.signing.get_or_insert(signing);
        }
    }

    /// Plans this file as the timestamp of the checksum list instead of that of the manifest, if the manifest names one.
    pub(crate) fn stamp_with(&mut self, bytes: Option<Vec<u8>>) {
        let timestamp = self.collection.as_mut().and_then(|(catalogue, _)| catalogue.disc.timestamp.as_mut());
        if let Some(timestamp) = timestamp {
            timestamp.found = bytes.map(|bytes| FoundTimestamp { bytes, timestamp: None });
        }
    }

    /// The manifest, in whose text the findings are shown.
    pub(crate) fn manifest(&self) -> &ManifestFile {
        &self.manifest
    }

    /// Everything found so far.
    pub(crate) fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The list that later stages append to.
    pub(crate) fn findings_mut(&mut self) -> &mut Findings {
        &mut self.findings
    }

    /// The findings for JSON and for pages.
    pub(crate) fn finding_records(&self) -> Vec<FindingRecord> {
        finding_records(&self.findings, &self.manifest)
    }

    /// The catalogue, which may be incomplete. `None` if the manifest could not be read at all.
    pub(crate) fn catalogue(&self) -> Option<&Catalogue> {
        self.collection.as_ref().map(|(catalogue, _)| catalogue)
    }

    /// What the PDFs say about their formats, when they were read.
    pub(crate) fn pdf_formats(&self) -> &[PdfFormat] {
        &self.pdf_formats
    }

    /// The catalogue and the paths of its files; `None` if a finding is an error.
    pub(crate) fn collection(&self) -> Option<(&Catalogue, &Layout)> {
        let (catalogue, layout) = self.collection.as_ref().filter(|_| !self.findings.has_errors())?;
        Some((catalogue, layout))
    }

    /// Prepares the launcher, reads the documents, makes the pages and plans the disc. `None` if a finding is an
    /// error.
    ///
    /// # Errors
    /// Any [`PipelineError`] except [`PipelineError::Image`].
    pub(crate) fn plan(
        &mut self,
        options: PlanOptions,
        progress: &mut dyn Progress,
        interrupted: &AtomicBool,
    ) -> Result<Option<Plan>, PipelineError> {
        let Self { manifest, findings, collection, recognised_texts, pdf_formats, .. } = self;
        let epoch = environment::source_date_epoch().map_err(PipelineError::BadEpoch)?;
        let Some((catalogue, layout)) = collection else { return Ok(None) };
        // No pages are made after an error, because ids, titles or files may be missing.
        let is_complete = !findings.has_errors();
        let materials = Materials::read(catalogue, findings);
        let program = own_program()?;
        let draw = |file, purpose| launcher::draw_in_worker(&program, file, purpose, interrupted);
        let prepared = PreparedMaterials::new(catalogue, &materials, &draw, findings);
        if interrupted.load(Ordering::Relaxed) {
            return Err(PipelineError::Interrupted);
        }
        let date = DiscDate::new(catalogue, epoch, findings);
        if findings.has_errors() && !options.find_all {
            return Ok(None);
        }
        let texts = read_documents(catalogue, options.search, progress, interrupted)?;
        recognised_texts.extend(texts.recognised_texts().flat_map(|(_, text)| text.paths.iter().cloned()));
        *pdf_formats = texts.pdf_formats().cloned().collect();
        extraction::check_documents(catalogue, &texts, Path::new(manifest.name()), findings);
        let sites = site::rewrite_sites(catalogue, layout, &texts, findings, interrupted);
        let sites = sites.ok_or(PipelineError::Interrupted)?;
        site::check_single_pages(catalogue, layout, &texts, findings, interrupted).ok_or(PipelineError::Interrupted)?;
        if !is_complete {
            return Ok(None);
        }
        let drawing = CoverOptions { program, cache: LazyLock::new(Cache::for_user) };
        progress.next_step("first pages drawn");
        let covers = Covers::draw(catalogue, &texts, &drawing, progress, interrupted);
        let covers = covers.map_err(|_| PipelineError::Interrupted)?;
        let Some(date) = date else { return Ok(None) };
        let paths = ManifestPaths::new(catalogue, layout);
        // Both take a while if there are many files. The memory that the copy of the manifest needs can be used again afterwards only in
        // this thread.
        let is_unlisted_reported = options.unlisted_files && !findings.has_errors();
        let (unlisted, published) = join(
            || match is_unlisted_reported {
                true => find_unlisted_files(catalogue, recognised_texts, manifest),
                // After an error, files may be missing in the catalogue.
                false => Findings::default(),
            },
            || manifest.published(&|path| paths.find(path)),
        );
        let origin = Origin {
            date: PartialDate::from_unix_seconds(date.seconds),
            epoch: (date.origin != DateOrigin::Manifest).then_some(date.seconds),
            manifest: published.unwrap_or_default(),
        };
        let documents = DocumentContents { texts: &texts, sites: &sites, covers: &covers };
        progress.announce("making the pages and the search");
        let files = launcher::render(catalogue, layout, &prepared, &documents, &origin, findings);
        let Some(files) = files else { return Ok(None) };
        findings.append(unlisted);
        // If the text of a document was not read, its cover may have been drawn.
        let known_digest = |source| texts.digest(source).and_then(Digest::parse).or_else(|| covers.digest(source));
        let mut plan = Plan::new(catalogue, layout, &known_digest, sites, files, date);
        plan.media_check |= options.media_check;
        plan.repair = options.repair.or(plan.repair);
        Ok(Some(plan))
    }

    /// Reads the documents only. `None` if a finding is an error.
    ///
    /// # Errors
    /// [`PipelineError::NoExecutable`] and [`PipelineError::Interrupted`].
    pub(crate) fn read_documents(
        &mut self,
        progress: &mut dyn Progress,
        interrupted: &AtomicBool,
    ) -> Result<Option<Extractions>, PipelineError> {
        let Some((catalogue, _)) = self.collection() else { return Ok(None) };
        read_documents(catalogue, true, progress, interrupted).map(Some)
    }

    /// Draws the covers of the documents. `None` if a finding is an error.
    ///
    /// # Errors
    /// [`PipelineError::NoExecutable`] and [`PipelineError::Interrupted`].
    pub(crate) fn covers(
        &self,
        progress: &mut dyn Progress,
        interrupted: &AtomicBool,
    ) -> Result<Option<Covers>, PipelineError> {
        let Some((catalogue, _)) = self.collection() else { return Ok(None) };
        let drawing = CoverOptions { program: own_program()?, cache: LazyLock::new(Cache::for_user) };
        let texts = Extractions::without_search();
        let covers = Covers::draw(catalogue, &texts, &drawing, progress, interrupted);
        covers.map(Some).map_err(|_| PipelineError::Interrupted)
    }

    /// Lays out the image of a plan, and reports an error if it or its error correction does not fit the medium.
    ///
    /// # Errors
    /// [`PipelineError::Image`].
    pub(crate) fn lay_out<'p>(&mut self, plan: &'p Plan) -> Result<Image<'p>, PipelineError> {
        let image = self.lay_out_at_any_size(plan)?;
        if let Some((catalogue, _)) = &self.collection {
            if let (Some(amount), None) = (plan.repair, image.error_correction()) {
                let medium = catalogue.disc.medium_for_repair(amount, image.size());
                preflight::report_no_room_for_repair(medium.as_ref(), image.size(), &mut self.findings);
            }
            preflight::report_overflow(catalogue, image.size(), &mut self.findings);
        }
        Ok(image)
    }

    /// Lays out the image of a plan, even if it does not fit the medium. If the medium has no room for the error correction, the image
    /// has none.
    ///
    /// # Errors
    /// [`PipelineError::Image`].
    pub(crate) fn lay_out_at_any_size<'p>(&self, plan: &'p Plan) -> Result<Image<'p>, PipelineError> {
        let mut image = Image::new(plan).map_err(PipelineError::Image)?;
        if let (Some(amount), Some((catalogue, _))) = (plan.repair, &self.collection) {
            let medium = catalogue.disc.medium_for_repair(amount, image.size());
            image.add_error_correction(amount, medium.map(|medium| medium.capacity));
        }
        Ok(image)
    }

    /// Warns if the disc has a date in the future. Only for commands that do not make the disc: what a build prints must not
    /// depend on the clock.
    ///
    /// # Errors
    /// [`PipelineError::BadEpoch`].
    pub(crate) fn report_future_date(&mut self) -> Result<(), PipelineError> {
        let epoch = environment::source_date_epoch().map_err(PipelineError::BadEpoch)?;
        let now = environment::now().map_err(PipelineError::BadEpoch)?;
        let Some((catalogue, _)) = &self.collection else { return Ok(()) };
        // An impossible date has already been reported.
        let Some(date) = DiscDate::new(catalogue, epoch, &mut Findings::default()) else { return Ok(()) };
        // In the time zone where the day begins first, it begins 14 hours before it does in UTC.
        if date.seconds <= now.saturating_add(14 * 3600) {
            return Ok(());
        }
        let shown = catalogue.disc.date.unwrap_or(PartialDate::from_unix_seconds(date.seconds));
        let today = PartialDate::from_unix_seconds(now);
        let at = KeyPath::root().key("disc");
        let finding = match date.origin {
            DateOrigin::Manifest => Finding::warning(
                "future-date",
                Place::Value(at.key("date")),
                format!("the disc is dated {shown}, but today is {today}"),
            )
            .help("correct the date, or ignore this if the disc will be published then"),
            DateOrigin::NewestSource | DateOrigin::SourceDateEpoch => Finding::warning(
                "future-date",
                Place::Key(at),
                format!("the disc is dated {shown}, from {}, but today is {today}", date.origin.as_str()),
            )
            .help("set `date:` under `disc:`, or correct the clock and the time of that file"),
        };
        self.findings.push(finding);
        Ok(())
    }

    /// The emblem, colours and interface strings, for printed items. `None` if a finding is an error.
    ///
    /// # Errors
    /// [`PipelineError::NoExecutable`] and [`PipelineError::Interrupted`].
    pub(crate) fn branding(&mut self, interrupted: &AtomicBool) -> Result<Option<Branding>, PipelineError> {
        let Some((catalogue, _)) = &self.collection else { return Ok(None) };
        let mut findings = Findings::default();
        let program = own_program()?;
        let draw = |file, purpose| launcher::draw_in_worker(&program, file, purpose, interrupted);
        let branding = Branding::read(catalogue, &draw, &mut findings);
        if interrupted.load(Ordering::Relaxed) {
            return Err(PipelineError::Interrupted);
        }
        // `plan` may have added the same findings.
        findings.0.retain(|finding| !self.findings.0.contains(finding));
        self.findings.append(findings);
        Ok(branding)
    }
}

fn collect(manifest: &ManifestFile, allow_outside: bool, findings: &mut Findings) -> Option<(Catalogue, Layout)> {
    // An error at this point means that the manifest is not readable text, so there is nothing to parse.
    if findings.has_errors() {
        return None;
    }
    let parsed = manifest.parse(findings)?;
    let catalogue = catalogue::check_manifest(&parsed, manifest, allow_outside, findings)?;
    let layout = Layout::new(&catalogue, findings);
    Some((catalogue, layout))
}

/// Reports the files in the documents' folder that are neither on the disc nor excluded. `texts` are the files with recognised
/// text.
fn find_unlisted_files(catalogue: &Catalogue, texts: &[PathBuf], manifest: &ManifestFile) -> Findings {
    let mut findings = Findings::default();
    catalogue::report_unlisted_files(catalogue, texts, manifest.folder(), Path::new(manifest.name()), &mut findings);
    findings
}

/// Reads the documents of a collection, unless the disc has no search.
fn read_documents(
    catalogue: &Catalogue,
    search: bool,
    progress: &mut dyn Progress,
    interrupted: &AtomicBool,
) -> Result<Extractions, PipelineError> {
    if !search || !catalogue.disc.search {
        return Ok(Extractions::without_search());
    }
    extraction::extract_catalogue(catalogue, reader_options()?, progress, interrupted)
        .map_err(|_| PipelineError::Interrupted)
}

/// The path of this program, which the worker processes run.
///
/// # Errors
/// [`PipelineError::NoExecutable`].
pub(crate) fn own_program() -> Result<PathBuf, PipelineError> {
    std::env::current_exe().map_err(PipelineError::NoExecutable)
}

/// The options for reading documents: each is read in a separate process of this program, and texts are kept in the user's
/// cache.
///
/// # Errors
/// [`PipelineError::NoExecutable`].
pub(crate) fn reader_options() -> Result<extraction::ExtractionOptions, PipelineError> {
    let program = own_program()?;
    Ok(extraction::ExtractionOptions { program, cache: Cache::for_user(), limits: extraction::limits_for_length })
}
