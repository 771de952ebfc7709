//! `make-disc print`: makes the label, cover, inlay and leaflet as a PDF.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};

use clap::{Args, ValueEnum};

use super::error::CommandError;
use super::interruption::{ensure_not_interrupted, publish};
use super::output::Lines;
use super::session::Session;
use super::signing::SigningArguments;
use super::{CommonArguments, Exit, output};
use crate::checksum::Digest;
use crate::covers::Covers;
use crate::data_formats::json;
use crate::image::Failure;
use crate::language::Language;
use crate::outputs::{Output, OutputKind};
use crate::path_text::show;
use crate::pipeline;
use crate::print::{self, PaperSize, PrintItem, PrintOptions, Printed};
use crate::progress;
use crate::system::open_source;
use crate::temporary;
use crate::verify;

#[derive(Debug, Args)]
pub(super) struct PrintArguments {
    /// The manifest
    manifest: PathBuf,
    /// The PDF to write
    output: PathBuf,
    /// Print only these items: label, cover, inlay, leaflet, or tag, for a USB stick
    #[arg(long, value_delimiter = ',', value_name = "ITEMS")]
    only: Vec<ItemArgument>,
    /// Print only these of the disc's languages
    #[arg(long, value_delimiter = ',', value_name = "CODES")]
    language: Vec<String>,
    /// The paper size of the leaflet
    #[arg(long, value_enum, default_value = "a4")]
    paper: PaperArgument,
    /// The image whose digest is printed; without it, the digest is computed by making the image again
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    /// Show the covers of some documents on the inlay
    #[arg(long)]
    covers: bool,
    /// A folder with fonts, in addition to those of the system
    #[arg(long, value_name = "FOLDER")]
    fonts: Option<PathBuf>,
    /// The disc is made with `--media-check`
    #[arg(long)]
    media_check: bool,
    /// Replace the PDF if it exists
    #[arg(short, long)]
    force: bool,
    #[command(flatten)]
    signing: SigningArguments,
    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ItemArgument {
    Label,
    Cover,
    Inlay,
    Leaflet,
    Tag,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PaperArgument {
    A4,
    Letter,
}

pub(super) fn run(arguments: &PrintArguments) -> Exit {
    let mut session = arguments.common.session(&arguments.manifest);
    print(arguments, &mut session).unwrap_or_else(|error| session.fail(error, "nothing was made"))
}

fn print(arguments: &PrintArguments, session: &mut Session) -> Result<Exit, CommandError> {
    let output = Output { path: &arguments.output, kind: OutputKind::Pdf, force: arguments.force };
    output.ensure_writable()?;
    session.load()?;
    let mut languages = Vec::new();
    if let Some(catalogue) = session.catalogue() {
        output.ensure_not_an_input(&arguments.manifest, catalogue)?;
        languages = chosen_languages(&arguments.language, &catalogue.disc.languages)?;
    }
    let covers = if arguments.covers { draw_covers(session)? } else { Covers::default() };
    let digest = match &arguments.image {
        Some(image) => image_digest(image)?,
        None => {
            let key = arguments.signing.unlock(session)?;
            let plan = session.plan_signed(arguments.media_check, None, key)?;
            // The items can be printed even if the disc does not fit its medium yet.
            let failed = |failure| CommandError::not_written(failure, output.path);
            let image = session.lay_out_at_any_size(&plan)?;
            let interrupted = session.interrupt_flag()?;
            match image.error_correction() {
                None => image.write(&mut io::sink(), &mut progress::Silence, &interrupted).map_err(failed)?.image,
                // The error correction is made from the finished image.
                Some(_) => {
                    let mut file = temporary::tempfile().map_err(|error| failed(Failure::Output(error)))?;
                    let mut digests = image.write(&mut file, &mut progress::Silence, &interrupted).map_err(failed)?;
                    digests.append_error_correction(&mut file, &mut progress::Silence, &interrupted).map_err(failed)?;
                    digests.image
                }
            }
        }
    };
    let branding = session.branding()?;
    let (catalogue, layout) = session.collection()?;
    if let Some(image) = &arguments.image {
        ensure_image_of_disc(image, &catalogue.disc.volume)?;
    }
    let items: Vec<PrintItem> = match arguments.only.as_slice() {
        [] => PrintItem::FOR_DISC.to_vec(),
        only => only.iter().map(|item| (*item).into()).collect(),
    };
    let options = PrintOptions {
        items: &items,
        languages: &languages,
        paper: match arguments.paper {
            PaperArgument::A4 => PaperSize::A4,
            PaperArgument::Letter => PaperSize::Letter,
        },
        use_system_fonts: can_load_system_fonts()?,
        fonts: arguments.fonts.as_deref(),
        covers: &covers,
    };
    let Printed { pdf, pages, findings } =
        print::print(catalogue, layout, &branding, digest, &options).map_err(CommandError::io)?;
    session.add_findings(findings)?;
    ensure_not_interrupted()?;
    publish(|| output.write(&pdf)).map_err(|error| CommandError::unwritable(output.path, &error))?;
    Ok(report(arguments, session, &pages, digest))
}

/// In the process that [`can_load_system_fonts`] starts.
pub(super) fn load_fonts() -> Exit {
    print::load_system_fonts();
    Exit::Success
}

/// Whether the system's fonts can be loaded. The library that does it panics if there are none, so another process tries it first.
fn can_load_system_fonts() -> Result<bool, CommandError> {
    let mut loading = process::Command::new(pipeline::own_program()?);
    loading.arg("load-fonts").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    loading.status().map(|status| status.success()).map_err(|error| {
        CommandError::io(format!("make-disc cannot start another process of itself, which loads the fonts: {error}"))
    })
}

/// The covers of the documents, of which there must be at least one.
fn draw_covers(session: &mut Session) -> Result<Covers, CommandError> {
    let (catalogue, _) = session.collection()?;
    if !catalogue.disc.covers {
        return Err(CommandError::usage(
            "the manifest has `covers: false`, so there are no covers for the inlay: remove that line, or leave out `--covers`",
        ));
    }
    let covers = session.covers()?;
    if covers.is_empty() {
        return Err(CommandError::usage(
            "none of the documents has a cover: leave out `--covers` (PDFs, pictures and e-books have covers)",
        ));
    }
    Ok(covers)
}

/// The languages that the arguments name, or else all of the disc's.
fn chosen_languages(codes: &[String], disc_languages: &[Language]) -> Result<Vec<Language>, CommandError> {
    if codes.is_empty() {
        return Ok(disc_languages.to_vec());
    }
    let parse = |code: &String| {
        let language = Language::parse(code).map_err(CommandError::usage)?;
        if disc_languages.contains(&language) {
            return Ok(language);
        }
        let known: Vec<&str> = disc_languages.iter().map(Language::as_str).collect();
        Err(CommandError::usage(format!("`{language}` is not one of the disc's languages: {}", known.join(", "))))
    };
    codes.iter().map(parse).collect()
}

impl From<ItemArgument> for PrintItem {
    fn from(item: ItemArgument) -> Self {
        match item {
            ItemArgument::Label => Self::Label,
            ItemArgument::Cover => Self::Cover,
            ItemArgument::Inlay => Self::Inlay,
            ItemArgument::Leaflet => Self::Leaflet,
            ItemArgument::Tag => Self::Tag,
        }
    }
}

fn image_digest(image: &Path) -> Result<Digest, CommandError> {
    let failed = |error: io::Error| CommandError::unreadable(image, &error);
    let mut file = open_source(image).map_err(failed)?;
    if !verify::is_image(&mut file) {
        return Err(CommandError::usage(format!(
            "`{}` is not a disc image: give one that make-disc made, or leave out `--image`",
            show(image)
        )));
    }
    File::open(image).and_then(Digest::from_reader).map_err(failed)
}

/// Returns an error if the image belongs to another disc, whose digest must not be printed on this one.
fn ensure_image_of_disc(image: &Path, volume: &str) -> Result<(), CommandError> {
    let mut file = open_source(image).map_err(|error| CommandError::unreadable(image, &error))?;
    match verify::read_volume_identifier(&mut file) {
        Some(found) if found != volume => Err(CommandError::usage(format!(
            "`{}` is the disc `{found}`, not `{volume}`: give the image made from this manifest, or leave out `--image`",
            show(image)
        ))),
        _ => Ok(()),
    }
}

fn report(arguments: &PrintArguments, session: &Session, pages: &[(PrintItem, usize)], digest: Digest) -> Exit {
    let shown = show(&arguments.output);
    if arguments.common.json {
        let pages: Vec<_> = pages.iter().map(|(item, pages)| json!({ "piece": item.name(), "pages": pages })).collect();
        let result = json!({
            "ok": true, "pdf": arguments.output.to_string_lossy(), "pages": pages,
            "sha256": digest.to_string(), "findings": session.finding_records(),
        });
        return output::print_json(&result, Exit::Success);
    }
    if arguments.common.quiet {
        return Exit::Success;
    }
    let mut text = Lines::default();
    text.row("wrote", shown);
    let mut first = 1;
    for (item, count) in pages {
        let last = first + count - 1;
        let range = if *count == 1 { format!("page {first}") } else { format!("pages {first} to {last}") };
        text.row(item.name(), range);
        first = last + 1;
    }
    text.row("sha256", format!("{digest}  the image"));
    text.row("next", "print at 100 %, without fitting to the paper");
    output::print(&text, Exit::Success)
}
