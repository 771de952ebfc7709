//! `make-disc manifest.yaml out.iso`: makes the image.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::error::CommandError;
use super::interruption::publish;
use super::output::Lines;
use super::session::Session;
use super::{BuildArguments, Exit, output};
use crate::catalogue::Catalogue;
use crate::checksum;
use crate::data_formats::{Map, Value, json};
use crate::error_correction::Layers;
use crate::image::{Digests, Image, SetAside, Target, sync_parent_dir};
use crate::language::{Language, PartialDate, format_capacity, format_size};
use crate::layout::{DiscPath, Layout};
use crate::outputs::{Output, OutputKind, PathState, checksum_file_path, ensure_room};
use crate::path_text::{quote_for_shell, show};
use crate::plan::{Content, Plan};
use crate::progress::Progress;
use crate::signature::PublicKey;
use crate::temporary::defer_interruption;
use crate::timestamp::Timestamp;
use crate::verify::{self, ExpectedFile};

pub(super) fn run(arguments: &BuildArguments) -> Exit {
    let mut session = arguments.common().session(&arguments.manifest);
    // If the image goes to standard output, the result cannot go there too.
    session.settings.json &= arguments.output.as_os_str() != "-";
    let mut build = Build { arguments, session };
    build.run().unwrap_or_else(|error| build.session.fail(error, "no disc was made"))
}

struct Build<'a> {
    arguments: &'a BuildArguments,
    session: Session<'a>,
}

impl Build<'_> {
    fn run(&mut self) -> Result<Exit, CommandError> {
        let to_stdout = self.arguments.output.as_os_str() == "-";
        let output = Output { path: &self.arguments.output, kind: OutputKind::Image, force: self.arguments.force };
        self.reject_misspelt_command()?;
        if to_stdout {
            self.ensure_stdout_is_usable()?;
        } else {
            output.ensure_writable()?;
        }
        self.session.load()?;
        if let (Some(catalogue), false) = (self.session.catalogue(), to_stdout) {
            output.ensure_not_an_input(&self.arguments.manifest, catalogue)?;
        }
        let key = self.arguments.signing().unlock(&mut self.session)?;
        let plan = self.session.plan_signed(self.arguments.media_check, self.arguments.repair, key)?;
        let image = self.session.lay_out(&plan)?;
        let size = image.size();
        let mut progress = self.session.progress("written");
        let correction = image.error_correction();
        let digests = if to_stdout {
            if correction.is_some() {
                return Err(CommandError::usage(
                    "an image with error correction cannot go to standard output: give a file name for the image, or leave out `repair`",
                ));
            }
            let mut sink = standard_output().map_err(|error| {
                CommandError::io(format!("cannot write to standard output: {}", output::describe(&error)))
            })?;
            let interrupted = self.session.interrupt_flag()?;
            image
                .write(&mut sink, progress.as_mut(), &interrupted)
                .map_err(|failure| CommandError::not_written(failure, &self.arguments.output))?
        } else {
            self.write(image, &plan, progress.as_mut())?
        };
        let exit = self.report(&plan, (size, correction), digests, to_stdout)?;
        self.session.leak();
        std::mem::forget(plan);
        Ok(exit)
    }

    /// Returns an error if one of the two arguments is the name of a command, or resembles one.
    fn reject_misspelt_command(&self) -> Result<(), CommandError> {
        let BuildArguments { manifest, output, .. } = self.arguments;
        if let Some((name, command)) = super::misspelt_command(manifest.as_os_str()) {
            return Err(CommandError::usage(super::misspelt_command_message(&name, &command)));
        }
        let is_vacant = PathState::at(output) == PathState::Vacant;
        match super::command_names().into_iter().find(|name| is_vacant && output.as_os_str() == name.as_str()) {
            Some(name) => Err(CommandError::usage(format!(
                "`{name}` is a command, not the name of a disc image: did you mean `make-disc {name} {}`?",
                quote_for_shell(manifest)
            ))),
            None => Ok(()),
        }
    }

    fn ensure_stdout_is_usable(&self) -> Result<(), CommandError> {
        if io::stdout().is_terminal() {
            return Err(CommandError::usage(
                "an image cannot be shown on a terminal: redirect it with `> out.iso`, or give a file name",
            ));
        }
        if self.arguments.json {
            return Err(CommandError::usage(
                "`--json` and `-` both need standard output: give a file name for the image",
            ));
        }
        Ok(())
    }

    /// Writes the image and its checksum file under temporary names, reads the structure of the image back, and then
    /// renames both files.
    fn write(&self, image: Image, plan: &Plan, progress: &mut dyn Progress) -> Result<Digests, CommandError> {
        let output = &self.arguments.output;
        let checksum_path = checksum_file_path(output);
        let failed = |error: io::Error| CommandError::unwritable(output, &error);
        let (size, volume_size) = (image.size(), image.volume_size());
        let interrupted = self.session.interrupt_flag()?;
        let mut target = Target::create(output).map_err(failed)?;
        // Both files are created before anything is written, so that a file that cannot be created is reported early.
        let mut checksum_file = Target::create(&checksum_path).map_err(failed)?;
        ensure_room(target.file(), output, size, (output, size))?;
        let mut digests = {
            let mut sink = target.writer().map_err(failed)?;
            let digests = image.write(&mut sink, progress, &interrupted);
            let mut digests = digests.map_err(|failure| CommandError::not_written(failure, output))?;
            sink.finish().map_err(failed)?;
            // The text of the checksum list is on the disc.
            digests.checksums = Vec::new();
            digests
        };
        let expected = expected_files(plan);
        verify::ensure_image_matches(target.file(), volume_size, &expected, &DiscPath::iso9660_of).map_err(|difference| {
            CommandError::new(
                Exit::Verification,
                format!(
                    "the image that was read back from the disk is not the one that was planned: {difference}; nothing was changed: \
                     run the command again, if possible on another disk"
                ),
            )
        })?;
        if size > volume_size {
            digests
                .append_error_correction(target.file(), progress, &interrupted)
                .map_err(|failure| CommandError::not_written(failure, output))?;
            target.sync().map_err(failed)?;
        }
        let line = checksum::format_line_for_name(digests.image, output.file_name().unwrap_or_default());
        checksum_file.file().write_all(&line).map_err(failed)?;
        checksum_file.sync().map_err(failed)?;
        // Either both files are renamed or neither is.
        let _deferred = defer_interruption();
        if interrupted.load(Ordering::Relaxed) {
            return Err(CommandError::interrupted());
        }
        publish_image(target, Some(checksum_file), output, self.arguments.force)?;
        Ok(digests)
    }

    fn report(
        &mut self,
        plan: &Plan,
        (size, correction): (u64, Option<Layers>),
        digests: Digests,
        to_stdout: bool,
    ) -> Result<Exit, CommandError> {
        let BuildArguments { output, json, quiet, .. } = self.arguments;
        let findings = self.session.finding_records();
        let (catalogue, layout) = self.session.collection()?;
        let medium = catalogue.disc.medium.as_ref().map(|medium| medium.resolve_auto(size));
        let medium_usage = medium.map(|medium| (size as f64 * 100.0 / medium.capacity as f64, medium));
        let by_language = files_by_language(catalogue);
        let files: usize = by_language.iter().map(|(_, files)| files).sum();
        let date = PartialDate::from_unix_seconds(plan.date.seconds);
        let pages = count_pages(plan);
        if *json {
            let languages: Map<String, Value> =
                by_language.into_iter().map(|(tag, files)| (tag, json!(files))).collect();
            let result = json!({
                "ok": true,
                "image": output.to_string_lossy(),
                "checksum": checksum_file_path(output).to_string_lossy(),
                "volume": plan.volume.identifier,
                "date": date.to_string(),
                "date_origin": plan.date.origin.as_str(),
                "reports": catalogue.reports().count(),
                "documents": files,
                "documents_by_language": languages,
                "files": plan.paths().count(),
                "pages": pages,
                "size": size,
                "medium": medium_usage.map(|(percent, medium)| json!({ "name": medium.name, "capacity": medium.capacity, "percent": percent })),
                "sha256": digests.image.to_string(),
                "sha256_of_list": digests.list.to_string(),
                "signed_with": catalogue.disc.signing.as_ref().map(|signing| signing.key.to_string()),
                "timestamp": timestamp_time(catalogue),
                "media_check": plan.media_check,
                "repair_percent": correction.map(|layers| layers.share().round()),
                "findings": findings,
            });
            return Ok(output::print_json(&result, Exit::Success));
        }
        if *quiet {
            return Ok(Exit::Success);
        }
        let medium = match medium_usage {
            Some((percent, medium)) => {
                format!(", {percent:.1} % of `{}` ({})", medium.name, format_capacity(medium.capacity))
            }
            None => String::new(),
        };
        let languages: Vec<String> = by_language.iter().map(|(tag, files)| format!("{tag} {files}")).collect();
        let mut text = Lines::default();
        if !to_stdout {
            text.row("wrote", show(output));
        }
        text.row("volume", &plan.volume.identifier);
        text.row("date", format!("{date}, from {}", plan.date.origin.as_str()));
        let reports = output::count(catalogue.reports().count(), "report", "reports");
        let files = output::count(files, "file", "files");
        text.row("documents", format!("{reports}, {files}: {}", languages.join(", ")));
        text.row("launcher", format!("{}; start with {}", output::count(pages, "page", "pages"), layout.index));
        text.row("size", format!("{}{medium}", format_size(size)));
        if let Some(layers) = correction {
            let (roots, share) = (layers.roots(), layers.share());
            text.row(
                "repair",
                format!(
                    "error correction as long as {share:.0} % of the data: up to {roots} of every 255 sectors can be restored"
                ),
            );
        }
        text.row("sha256", format!("{}  the image", digests.image));
        text.row("", format!("{}  {} on it", digests.list, layout.checksums));
        if to_stdout {
            text.row("read back", "no, because the image went to standard output");
            output::print_lines_on_stderr(&text);
            return Ok(Exit::Success);
        }
        let signing = catalogue.disc.signing.as_ref();
        add_signature(&mut text, signing.map(|signing| &signing.key), layout);
        add_timestamp(&mut text, catalogue, layout);
        add_next_steps(&mut text, &self.arguments.manifest, output, size, plan.media_check);
        Ok(output::print(&text, Exit::Success))
    }
}

/// Renames a finished image and its checksum file to their final names. If the process is killed between the two renames, the image
/// has no checksum file, instead of that of an earlier image.
pub(super) fn publish_image(
    target: Target,
    checksum_file: Option<Target>,
    output: &Path,
    replace: bool,
) -> Result<(), CommandError> {
    let checksum_path = checksum_file_path(output);
    let failed = |error: io::Error| CommandError::unwritable(output, &error);
    publish(|| {
        let old_checksum_file = if replace { SetAside::new(&checksum_path).map_err(failed)? } else { None };
        if let Err(error) = target.publish(replace) {
            // If the old checksum file cannot be renamed back, the old image is left without one.
            let _ = old_checksum_file.map(SetAside::restore);
            return Err(failed(error));
        }
        let incomplete = |what: &str, error: &io::Error| {
            let why = output::describe(error);
            CommandError::io(format!("the image is written, but {what}: {why}; run the command again with `--force`"))
        };
        let shown = show(&checksum_path);
        if let Some(checksum_file) = checksum_file {
            checksum_file.publish(replace).map_err(|error| incomplete(&format!("`{shown}` is not"), &error))?;
        }
        sync_parent_dir(output).map_err(|error| incomplete("a power failure could still remove it", &error))
    })
}

/// The number of files in each language.
fn files_by_language(catalogue: &Catalogue) -> Vec<(String, usize)> {
    let count_files = |language: &Language| {
        let variants = catalogue.reports().flat_map(|(_, _, report)| &report.variants);
        variants.filter(|variant| variant.language == *language).map(|variant| variant.all_files().count()).sum()
    };
    catalogue.all_languages().into_iter().map(|language| (language.to_string(), count_files(language))).collect()
}

fn count_pages(plan: &Plan) -> usize {
    let is_page = |name: &str| name.ends_with(".html") || name.ends_with(".htm");
    // Pages of sites are documents.
    let is_document = |path: &DiscPath| path.folders().next().is_some_and(|folder| folder != "pages");
    let generated = plan.entries.iter().filter(|entry| matches!(entry.content, Content::Generated(_)));
    generated.filter(|entry| is_page(entry.path.name()) && !is_document(&entry.path)).count()
}

/// Adds the key with which the checksum list is signed.
pub(super) fn add_signature(text: &mut Lines, key: Option<&PublicKey>, layout: &Layout) {
    if let Some(key) = key {
        text.row("signed", format!("with the key {}, in {}", key.id(), layout.signature(key.format())));
        text.row("", format!("{key}  the public key, to publish"));
    }
}

/// Adds when the timestamp of the checksum list was made.
pub(super) fn add_timestamp(text: &mut Lines, catalogue: &Catalogue, layout: &Layout) {
    if let Some(time) = timestamp_time(catalogue) {
        text.row("timestamp", format!("{time}, in {}", layout.timestamp()));
    }
}

/// When the timestamp of the checksum list was made.
pub(super) fn timestamp_time(catalogue: &Catalogue) -> Option<String> {
    let found = catalogue.disc.timestamp.as_ref()?.found.as_ref()?;
    found.timestamp.as_ref().map(Timestamp::time)
}

/// Adds the commands that check the image and the disc, and those for the next steps.
fn add_next_steps(text: &mut Lines, manifest: &Path, image: &Path, size: u64, media_check: bool) {
    if cfg!(windows) {
        text.row("check", format!("the image:        certutil -hashfile \"{}\" SHA256", image.display()));
    } else {
        let checksum_file = checksum_file_path(image);
        let name = PathBuf::from(checksum_file.file_name().unwrap_or_default());
        let change_folder = match image.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => format!("cd {} && ", quote_for_shell(folder)),
            None => String::new(),
        };
        let name = quote_for_shell(&name);
        text.row("check", format!("the image:        {change_folder}sha256sum -c {name}"));
        text.row("", format!("a burned disc:    head -c {size} /dev/sr0 | sha256sum"));
        if media_check {
            text.row("", "                  checkisomd5 --verbose /dev/sr0");
        }
    }
    text.row("next", format!("to burn it:       make-disc burn {}", quote_for_shell(image)));
    text.row("", format!("for a USB stick:  make-disc stage {} FOLDER", quote_for_shell(manifest)));
}

/// The names and lengths that each tree of the image must contain.
fn expected_files(plan: &Plan) -> Vec<ExpectedFile<'_>> {
    plan.paths().map(|(path, entry)| ExpectedFile { path: path.as_str(), length: entry.length }).collect()
}

/// Standard output as a file. The image is written in large chunks, for which the line buffering of `Stdout` is useless.
fn standard_output() -> io::Result<File> {
    #[cfg(unix)]
    let output = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?;
    #[cfg(windows)]
    let output = std::os::windows::io::AsHandle::as_handle(&io::stdout()).try_clone_to_owned()?;
    Ok(File::from(output))
}
