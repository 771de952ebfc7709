//! `make-disc print`: label, cover, inlay and leaflet.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::build::output_is_no_input;
use super::interruption::interruptible;
use super::session::{Session, Stop, has_folder, stop, write};
use super::{Exit, MakingArguments, output};
use crate::checksum::Digest;
use crate::data_formats::json;
use crate::diagnostic::Findings;
use crate::image::{Image, PathState};
use crate::language::Language;
use crate::launcher::Branding;
use crate::print::{self, Options, PaperSize, PrintItem, Printed};
use crate::progress;
use crate::verify;

#[derive(Debug, Args)]
pub(super) struct PrintArguments {
    /// The manifest
    manifest: PathBuf,
    /// The PDF to write
    output: PathBuf,
    /// Which pieces, if not all: label, cover, inlay, leaflet
    #[arg(long, value_delimiter = ',', value_name = "PIECES")]
    only: Vec<PieceArgument>,
    /// In which languages, if not all of the disc's
    #[arg(long, value_delimiter = ',', value_name = "CODES")]
    language: Vec<String>,
    /// The paper of the leaflet
    #[arg(long, value_enum, default_value = "a4")]
    paper: PaperArgument,
    /// The image whose digest is printed; without it, it is made again, to nowhere
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    /// A folder with fonts, beside those of the system
    #[arg(long, value_name = "FOLDER")]
    fonts: Option<PathBuf>,
    /// The disc is made with `--media-check`
    #[arg(long)]
    media_check: bool,
    /// Replace the PDF if it exists
    #[arg(short, long)]
    force: bool,
    #[command(flatten)]
    making: MakingArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PieceArgument {
    Label,
    Cover,
    Inlay,
    Leaflet,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PaperArgument {
    A4,
    Letter,
}

pub(super) fn run(arguments: &PrintArguments) -> Exit {
    let mut session = arguments.making.session(&arguments.manifest);
    print(arguments, &mut session).unwrap_or_else(|stop| session.end(stop, "nothing was"))
}

fn print(arguments: &PrintArguments, session: &mut Session) -> Result<Exit, Stop> {
    is_free(&arguments.output, arguments.force)?;
    let (catalogue, layout) = session.examine()?;
    output_is_no_input(&arguments.output, &arguments.manifest, &catalogue)?;
    let mut languages: Vec<Language> = Vec::new();
    for code in &arguments.language {
        let wanted = Language::parse(code).map_err(|message| Stop::because(Exit::Usage, message))?;
        if !catalogue.disc.languages.contains(&wanted) {
            let own: Vec<&str> = catalogue.disc.languages.iter().map(Language::as_str).collect();
            let message = format!("`{wanted}` is not one of the disc's languages: {}", own.join(", "));
            return Err(Stop::because(Exit::Usage, message));
        }
        languages.push(wanted);
    }
    if languages.is_empty() {
        languages.clone_from(&catalogue.disc.languages);
    }
    let digest = match &arguments.image {
        Some(image) => of_image(image)?,
        None => {
            let mut plan = session.plan(&catalogue, &layout)?;
            plan.media_check |= arguments.media_check;
            let flag = interruptible().map_err(|message| Stop::because(Exit::InputOutput, message))?;
            let failed = |failure| stop(failure, &arguments.output);
            let image = Image::of(&plan).map_err(failed)?;
            image.write(&mut io::sink(), &mut progress::Silence, &flag).map_err(failed)?.image
        }
    };
    let mut findings = Findings::default();
    let branding = Branding::read(&catalogue, &mut findings);
    // Warnings were shown with the plan.
    if findings.has_errors() {
        session.heed(findings)?;
    }
    let branding = branding.ok_or(Stop(Exit::Content, None))?;
    let pieces: Vec<PrintItem> = match arguments.only.as_slice() {
        [] => PrintItem::ALL.to_vec(),
        only => only.iter().map(|piece| (*piece).into()).collect(),
    };
    let options = Options {
        items: &pieces,
        languages: &languages,
        paper: match arguments.paper {
            PaperArgument::A4 => PaperSize::A4,
            PaperArgument::Letter => PaperSize::Letter,
        },
        fonts: arguments.fonts.as_deref(),
    };
    let Printed { pdf, pages, findings } = print::print(&catalogue, &layout, &branding, digest, &options)
        .map_err(|message| Stop::because(Exit::InputOutput, message))?;
    session.heed(findings)?;
    write(&arguments.output, &pdf, arguments.force)?;
    Ok(report(arguments, session, &pages, digest))
}

impl From<PieceArgument> for PrintItem {
    fn from(piece: PieceArgument) -> Self {
        match piece {
            PieceArgument::Label => Self::Label,
            PieceArgument::Cover => Self::Cover,
            PieceArgument::Inlay => Self::Inlay,
            PieceArgument::Leaflet => Self::Leaflet,
        }
    }
}

fn is_free(path: &Path, force: bool) -> Result<(), Stop> {
    has_folder(path)?;
    let shown = path.display();
    let is_pdf = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"));
    let usage = |message: String| Err(Stop::because(Exit::Usage, message));
    match PathState::at(path) {
        _ if !is_pdf => usage(format!("`{shown}` is not named as a PDF: the manifest comes first, then out.pdf")),
        PathState::Vacant => Ok(()),
        PathState::RegularFile if force => Ok(()),
        PathState::RegularFile => usage(format!("`{shown}` exists: choose another name, or replace it with `--force`")),
        PathState::Other => usage(format!("`{shown}` is not a regular file")),
    }
}

/// The digest of an image.
fn of_image(image: &Path) -> Result<Digest, Stop> {
    let shown = image.display();
    let failed = |error: io::Error| {
        Stop::because(Exit::InputOutput, format!("`{shown}` cannot be read: {}", output::plain(&error)))
    };
    let mut file = File::open(image).map_err(failed)?;
    if !verify::is_image(&mut file) {
        return Err(Stop::because(Exit::Usage, format!("`{shown}` is no disc image")));
    }
    File::open(image).and_then(Digest::of).map_err(failed)
}

fn report(arguments: &PrintArguments, session: &Session, pages: &[(PrintItem, usize)], digest: Digest) -> Exit {
    let shown = arguments.output.display();
    if arguments.making.json {
        let pages: Vec<_> =
            pages.iter().map(|(piece, pages)| json!({ "piece": piece.name(), "pages": pages })).collect();
        let result = json!({
            "ok": true, "pdf": arguments.output.to_string_lossy(), "pages": pages,
            "sha256": digest.to_string(), "findings": session.records(),
        });
        return output::print(&format!("{result}\n"), Exit::Done);
    }
    if arguments.making.quiet {
        return Exit::Done;
    }
    let mut text = format!("wrote      {shown}\n");
    let mut first = 1;
    for (piece, count) in pages {
        let last = first + count - 1;
        let range = if *count == 1 { format!("page {first}") } else { format!("pages {first} to {last}") };
        text += &format!("{:<11}{range}\n", piece.name());
        first = last + 1;
    }
    text += &format!("sha256     {digest}  the image\n");
    text += "next       print at 100 %, without fitting to the paper\n";
    output::print(&text, Exit::Done)
}
