//! `make-disc manifest.yaml out.iso`.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::interruption::interruptible;
use super::session::{Session, Stop, has_folder, stop, unwritable};
use super::{BuildArguments, Exit, output};
use crate::catalogue::{Catalogue, Stamp};
use crate::checksum;
use crate::data_formats::{Map, Value, json};
use crate::diagnostic::Findings;
use crate::image::{Digests, Failure, Image, PathState, Target, sync_parent_dir};
use crate::language::{PartialDate, format_capacity, format_size};
use crate::layout::Layout;
use crate::plan::{Content, Plan};
use crate::preflight::overflow;
use crate::progress::Progress;
use crate::verify::{self, Expected};

/// Endings of disc images.
const IMAGES: [&str; 7] = ["iso", "img", "image", "bin", "cdr", "raw", "toast"];

pub(super) fn run(arguments: &BuildArguments) -> Exit {
    let mut session = arguments.making().session(&arguments.manifest);
    // The image goes to standard output: there is no room for a result.
    session.settings.json &= arguments.output.as_os_str() != "-";
    let mut run = Run { arguments, session };
    run.build().unwrap_or_else(|stop| run.session.end(stop, "no disc was"))
}

struct Run<'a> {
    arguments: &'a BuildArguments,
    session: Session<'a>,
}

impl Run<'_> {
    fn build(&mut self) -> Result<Exit, Stop> {
        let to_stdout = self.arguments.output.as_os_str() == "-";
        self.session.is_no_command()?;
        if to_stdout {
            if io::stdout().is_terminal() {
                return Err(Stop::because(
                    Exit::Usage,
                    "an image cannot be shown on a terminal: redirect it with `> out.iso`, or name a file",
                ));
            }
            if self.arguments.json {
                return Err(Stop::because(
                    Exit::Usage,
                    "`--json` and `-` both need standard output: name a file for the image",
                ));
            }
        } else {
            self.output_is_free()?;
        }
        let (catalogue, layout) = self.session.examine()?;
        if !to_stdout {
            let outputs = [self.arguments.output.clone(), sidecar(&self.arguments.output)];
            outputs
                .iter()
                .try_for_each(|output| output_is_no_input(output, self.session.settings.manifest, &catalogue))?;
        }
        let mut plan = self.session.plan(&catalogue, &layout)?;
        plan.media_check |= self.arguments.media_check;
        let image = Image::of(&plan).map_err(|failure| stop(failure, &self.arguments.output))?;
        let size = image.size();
        let mut findings = Findings::default();
        overflow(&catalogue, size, &mut findings);
        self.session.heed(findings)?;
        let mut progress = self.session.progress("written");
        let digests = if to_stdout {
            let mut sink = standard_output().map_err(|error| {
                Stop::because(
                    Exit::InputOutput,
                    format!("standard output cannot be written: {}", output::plain(&error)),
                )
            })?;
            let flag = interruptible().map_err(|message| Stop::because(Exit::InputOutput, message))?;
            image.write(&mut sink, progress.as_mut(), &flag).map_err(|failure| stop(failure, &self.arguments.output))?
        } else {
            self.write(image, &plan, progress.as_mut())?
        };
        let exit = self.report(&catalogue, &layout, &plan, size, digests, to_stdout);
        // The process ends here, which gives memory back at once; piece by piece takes long.
        std::mem::forget((catalogue, layout, plan));
        Ok(exit)
    }

    fn output_is_free(&self) -> Result<(), Stop> {
        let output = &self.arguments.output;
        let shown = output.display();
        let sound = output.to_str().is_some_and(|text| !text.chars().any(char::is_control) && !text.ends_with('/'));
        if !sound || output.file_name().is_none() {
            return Err(Stop::because(
                Exit::Usage,
                format!("`{shown}` cannot name the image: use a file name without control characters, such as out.iso"),
            ));
        }
        if fs::symlink_metadata(output).is_ok_and(|meta| meta.file_type().is_symlink()) {
            return Err(Stop::because(
                Exit::Usage,
                format!("`{shown}` is a symbolic link: name the file that it leads to"),
            ));
        }
        has_folder(output)?;
        let ending = output.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        if PathState::at(output) == PathState::Vacant && !IMAGES.contains(&ending.as_str()) {
            let command = output.to_str().filter(|name| super::COMMANDS.contains(name));
            let manifest = self.arguments.manifest.display();
            let help = match command {
                Some(command) => format!("did you mean `make-disc {command} {manifest}`?"),
                None => format!("name it so, such as `{}`", output.with_extension("iso").display()),
            };
            return Err(Stop::because(
                Exit::Usage,
                format!("`{shown}` is not named as an image, which ends in `.iso`: {help}"),
            ));
        }
        match PathState::at(output) {
            PathState::Other => {
                return Err(Stop::because(
                    Exit::Usage,
                    format!("`{shown}` is not a regular file: name a file for the image"),
                ));
            }
            PathState::RegularFile if !is_image(output) => {
                return Err(Stop::because(
                    Exit::Usage,
                    format!(
                        "`{shown}` exists and is no disc image; it is not replaced: the manifest comes first, then the image, such as out.iso"
                    ),
                ));
            }
            PathState::RegularFile if !self.arguments.force => {
                return Err(Stop::because(
                    Exit::Usage,
                    format!("`{shown}` exists: choose another name, or replace it with `--force`"),
                ));
            }
            _ => {}
        }
        let sidecar = sidecar(output);
        match PathState::at(&sidecar) {
            PathState::Vacant => Ok(()),
            PathState::RegularFile if self.arguments.force => Ok(()),
            _ => Err(Stop::because(
                Exit::Usage,
                format!(
                    "`{}` exists, the checksum of an image: choose another name, delete it, or replace it with `--force`",
                    sidecar.display()
                ),
            )),
        }
    }

    /// Writes image and checksum beside their targets, reads the image's names back, and publishes both.
    fn write(&self, image: Image, plan: &Plan, progress: &mut dyn Progress) -> Result<Digests, Stop> {
        let output = &self.arguments.output;
        let failed = |error: &io::Error| unwritable(output, error);
        let size = image.size();
        let flag = interruptible().map_err(|message| Stop::because(Exit::InputOutput, message))?;
        let mut target = Target::create(output).map_err(|error| failed(&error))?;
        // Both names are tried before a byte is written.
        let mut list = Target::create(&sidecar(output)).map_err(|error| failed(&error))?;
        let digests = {
            let mut sink = target.writer().map_err(|error| failed(&error))?;
            let digests = image.write(&mut sink, progress, &flag).map_err(|failure| stop(failure, output))?;
            sink.finish().map_err(|error| failed(&error))?;
            digests
        };
        match verify::holds_exactly(target.file(), size, &expected(plan)) {
            Ok(()) => {}
            Err(difference) => {
                return Err(Stop::because(
                    Exit::Verification,
                    format!("the image, read back, is not what was planned: {difference}; nothing was changed"),
                ));
            }
        }
        let name = output.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        list.file().write_all(checksum::line(digests.image, &name).as_bytes()).map_err(|error| failed(&error))?;
        list.sync().map_err(|error| failed(&error))?;
        if flag.load(Ordering::Relaxed) {
            return Err(stop(Failure::Interrupted, output));
        }
        if self.arguments.force {
            // A run that breaks off between the two names leaves an image without a checksum, not
            // with another's.
            match fs::remove_file(sidecar(output)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&error)),
                _ => {}
            }
        }
        target.publish(self.arguments.force).map_err(|error| failed(&error))?;
        let half_done = |what: &str, error: &io::Error| {
            Stop::because(Exit::InputOutput, format!("the image is written, but {what}: {}", output::plain(error)))
        };
        let shown = sidecar(output).display().to_string();
        list.publish(self.arguments.force).map_err(|error| half_done(&format!("not `{shown}`"), &error))?;
        sync_parent_dir(output).map_err(|error| half_done("its name may not outlast a power cut", &error))?;
        Ok(digests)
    }

    fn report(
        &self,
        catalogue: &Catalogue,
        layout: &Layout,
        plan: &Plan,
        size: u64,
        digests: Digests,
        to_stdout: bool,
    ) -> Exit {
        let output = &self.arguments.output;
        let mut by_language: Vec<(String, usize)> = Vec::new();
        for language in &catalogue.disc.languages {
            let files = catalogue
                .reports()
                .flat_map(|(_, _, report)| &report.variants)
                .filter(|variant| variant.language == *language);
            by_language.push((language.to_string(), files.map(|variant| variant.files.len()).sum()));
        }
        let files: usize = by_language.iter().map(|(_, files)| files).sum();
        let pages = plan
            .entries
            .iter()
            .filter(|entry| matches!(entry.content, Content::Generated(_)) && is_page(entry.path.name()))
            .count();
        let date = PartialDate::from_unix_seconds(plan.date.seconds);
        let medium = catalogue.disc.medium.as_ref().map(|medium| medium.fitted(size));
        let fill = medium.map(|medium| (size as f64 * 100.0 / medium.capacity as f64, medium));
        if self.arguments.json {
            let languages: Map<String, Value> =
                by_language.into_iter().map(|(tag, files)| (tag, json!(files))).collect();
            let result = json!({
                "ok": true,
                "image": output.to_string_lossy(),
                "checksum": sidecar(output).to_string_lossy(),
                "volume": plan.volume.identifier,
                "date": date.to_string(),
                "date_origin": plan.date.origin.as_str(),
                "reports": catalogue.reports().count(),
                "documents": files,
                "documents_by_language": languages,
                "files": plan.paths().count(),
                "pages": pages,
                "size": size,
                "medium": fill.map(|(percent, medium)| json!({ "name": medium.name, "capacity": medium.capacity, "percent": percent })),
                "sha256": digests.image.to_string(),
                "sha256_of_list": digests.list.to_string(),
                "media_check": plan.media_check,
                "findings": self.session.records(),
            });
            return output::print(&format!("{result}\n"), Exit::Done);
        }
        if self.arguments.quiet {
            return Exit::Done;
        }
        let languages: Vec<String> = by_language.iter().map(|(tag, files)| format!("{tag} {files}")).collect();
        let room = match fill {
            Some((percent, medium)) => {
                format!(", {percent:.1} % of `{}` ({})", medium.name, format_capacity(medium.capacity))
            }
            None => String::new(),
        };
        let mut text = String::new();
        if !to_stdout {
            text += &format!("wrote      {}\n", output.display());
        }
        text += &format!("volume     {}\n", plan.volume.identifier);
        text += &format!("date       {date}, from {}\n", plan.date.origin.as_str());
        text +=
            &format!("documents  {} reports, {files} files: {}\n", catalogue.reports().count(), languages.join(", "));
        text += &format!("launcher   {pages} pages, opened with {}\n", layout.index);
        text += &format!("size       {}{room}\n", format_size(size));
        text += &format!("sha256     {}  the image\n", digests.image);
        text += &format!("           {}  {} on it\n", digests.list, layout.checksums);
        if to_stdout {
            text += "read back  no: it went to standard output\n";
            output::say(text.trim_end());
            return Exit::Done;
        }
        let list = sidecar(output);
        let name = PathBuf::from(list.file_name().unwrap_or_default());
        let go = match list.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => format!("cd {} && ", quoted(folder)),
            None => String::new(),
        };
        if cfg!(windows) {
            text += &format!("check      the image:        certutil -hashfile \"{}\" SHA256\n", output.display());
        } else {
            text += &format!("check      the image:        {go}sha256sum -c {}\n", quoted(&name));
            text += &format!("           a burned disc:    head -c {size} /dev/sr0 | sha256sum\n");
            if plan.media_check {
                text += "                             checkisomd5 --verbose /dev/sr0\n";
            }
        }
        text += "next       burn it, or copy its files to a stick: docs/burning.md\n";
        output::print(&text, Exit::Done)
    }
}

/// Refuses an output that the disc is made of.
pub(super) fn output_is_no_input(output: &Path, manifest: &Path, catalogue: &Catalogue) -> Result<(), Stop> {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let Some(here) = real(output) else { return Ok(()) };
    let identity = fs::metadata(output).ok().map(|meta| Stamp::of(&meta).identity).filter(|id| *id != (0, 0));
    // Where files have no identity, their paths tell; those of thousands take a while.
    let same = |path: &Path, other: Option<(u64, u64)>| match identity {
        Some(_) => identity == other,
        None => real(path).as_ref() == Some(&here),
    };
    let of_sources = catalogue.sources.iter().find(|source| same(&source.path, Some(source.stamp.identity)));
    let of_manifest = fs::metadata(manifest).ok().map(|meta| Stamp::of(&meta).identity);
    let named = match of_sources {
        Some(source) => source.written.to_string(),
        None if same(manifest, of_manifest) => "the manifest".to_owned(),
        None => return Ok(()),
    };
    let shown = output.display();
    Err(Stop::because(Exit::Usage, format!("`{shown}` is itself an input of the disc ({named}): write it elsewhere")))
}

/// Whether a file is a disc image, or is named like one: nothing else is ever replaced.
fn is_image(path: &Path) -> bool {
    let named =
        path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("iso") || ending.eq_ignore_ascii_case("img"));
    named || fs::File::open(path).is_ok_and(|mut file| verify::is_image(&mut file))
}

/// A path as a shell takes it.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

fn is_page(name: &str) -> bool {
    name.ends_with(".html") || name.ends_with(".htm")
}

/// The names and lengths that each tree of the image must hold.
fn expected(plan: &Plan) -> Vec<Expected> {
    plan.paths()
        .map(|(path, entry)| Expected { iso9660: path.iso9660(), joliet: path.joliet(), length: entry.length })
        .collect()
}

/// The checksum file of an image: its name and `.sha256`.
pub(super) fn sidecar(output: &Path) -> PathBuf {
    let mut name = output.as_os_str().to_owned();
    name.push(".sha256");
    PathBuf::from(name)
}

/// Standard output as a file: what goes there goes in large pieces, and needs no buffer of lines.
fn standard_output() -> io::Result<File> {
    #[cfg(unix)]
    let output = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?;
    #[cfg(windows)]
    let output = std::os::windows::io::AsHandle::as_handle(&io::stdout()).try_clone_to_owned()?;
    Ok(File::from(output))
}

/// The value of `SOURCE_DATE_EPOCH`, if it is set.
pub(super) fn source_date_epoch() -> Result<Option<i64>, String> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let seconds = text.to_str().and_then(|text| text.parse().ok());
    seconds.map(Some).ok_or_else(|| {
        let shown = text.to_string_lossy();
        format!("SOURCE_DATE_EPOCH is `{shown}`: it must be a number of seconds since 1970-01-01")
    })
}
