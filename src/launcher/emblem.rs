//! Draws the emblem in a worker process, whose time and memory are limited: a picture of a few hundred bytes can take hours
//! to draw.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::picture::{self, Drawing, PictureProblem};
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::worker::{self, Limits, WorkerFailure};

/// The maximum size of an emblem file, in bytes.
pub(super) const MAX_EMBLEM_BYTES: u64 = 32 << 20;

/// The limits for drawing an emblem. Most emblems take a tenth of a second; one of 64 million pixels takes about four
/// seconds and 320 MB.
pub const LIMITS: Limits = Limits { seconds: 8, memory_bytes: 768 << 20 };

/// The name of the hidden command that draws.
const COMMAND: &str = "draw-emblem";

/// The remedy in messages if drawing takes too much time or memory.
const SIMPLIFY: &str =
    "remove effects such as filters, patterns and masks from the drawing, or save it as a PNG of at most 2000 pixels";

/// What the emblem is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// For the pages, and as the icon of the disc.
    Disc,
    /// For dark pages.
    Dark,
    /// For printed items, in which it is larger.
    Print,
}

impl Purpose {
    /// The purpose with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Disc, Self::Dark, Self::Print].into_iter().find(|purpose| purpose.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Disc => "disc",
            Self::Dark => "dark",
            Self::Print => "print",
        }
    }
}

/// The emblem's file, and its path as written in the manifest.
#[derive(Debug)]
pub(super) struct Emblem {
    pub(super) file: File,
    pub(super) name: String,
    /// Its key in the manifest.
    pub(super) key: &'static str,
}

/// A function that draws an emblem as [`draw`] does.
pub type DrawFile<'d> = &'d dyn Fn(File, Purpose) -> Result<Vec<u8>, WorkerFailure>;

/// Draws a file in a worker process of `program`.
///
/// # Errors
/// [`WorkerFailure`].
pub fn draw_in_worker(
    program: &Path,
    file: File,
    purpose: Purpose,
    interrupted: &AtomicBool,
) -> Result<Vec<u8>, WorkerFailure> {
    worker::run(program, &[COMMAND, purpose.name()], file, LIMITS, interrupted)
}

/// Reads an emblem and draws it. Runs in the worker process.
pub fn draw(input: &mut dyn Read, purpose: Purpose) -> Vec<u8> {
    let mut bytes = Vec::new();
    worker::encode(&match input.take(MAX_EMBLEM_BYTES).read_to_end(&mut bytes) {
        Ok(_) => picture::draw_emblem(&bytes, purpose == Purpose::Print),
        Err(error) => Drawing { problems: vec![PictureProblem::Unreadable(error.to_string())], ..Drawing::default() },
    })
}

impl Emblem {
    /// Draws the emblem, and reports what is wrong with it. `None` after an error.
    pub(super) fn draw(&self, purpose: Purpose, draw_file: DrawFile<'_>, findings: &mut Findings) -> Option<Drawing> {
        let (name, key) = (&self.name, self.key);
        let drawn = self.file.try_clone().and_then(|mut file| file.rewind().map(|()| file));
        let drawn = drawn.map_err(WorkerFailure::NotStarted).and_then(|file| draw_file(file, purpose));
        let drawn = drawn.and_then(|bytes| worker::decode::<Drawing>(&bytes).ok_or(WorkerFailure::Failed));
        match drawn {
            Ok(drawing) => {
                findings.0.extend(drawing.problems.iter().map(|problem| describe(problem, name, key)));
                drawing.png.is_some().then_some(drawing)
            }
            Err(failure) => {
                findings.0.extend(describe_failure(&failure, name, key));
                None
            }
        }
    }
}

/// The place of an emblem in the manifest.
fn emblem_place(key: &str) -> Place {
    Place::Value(KeyPath::root().key("launcher").key(key))
}

fn describe(problem: &PictureProblem, name: &str, key: &str) -> Finding {
    let error = |message: String| Finding::error("bad-picture", emblem_place(key), message);
    let warning = |code, message: String| Finding::warning(code, emblem_place(key), message);
    match problem {
        PictureProblem::Unreadable(why) => error(format!("`{name}` cannot be read: {why}"))
            .help("open it in an image editor and save it again as PNG, or use an SVG"),
        PictureProblem::TooLarge(why) => error(format!("`{name}` cannot be read: {why}"))
            .help("open it in an image editor and save a smaller copy: 2000 pixels are enough for every use"),
        PictureProblem::UnknownFormat => error(format!("`{name}` is not an SVG, PNG or JPEG image"))
            .help("save the emblem as SVG (best), PNG or JPEG"),
        PictureProblem::InvalidSvg { line, why } => Finding::error(
            "bad-picture",
            Place::File(name.to_owned(), *line),
            format!("`{name}` is not a valid SVG: {why}"),
        )
        .help("open it in a drawing program and save it again"),
        PictureProblem::TooComplex => {
            error(format!("`{name}` cannot be drawn: it has too many parts, or is nested too deeply")).help(SIMPLIFY)
        }
        PictureProblem::WithoutSize(why) => error(format!("`{name}` cannot be drawn: {why}"))
            .help("give the `<svg>` element a `viewBox`, or a width and a height greater than zero"),
        PictureProblem::Undrawable => error(format!("`{name}` cannot be drawn"))
            .help("open it in an image editor and save it again, or use another one"),
        PictureProblem::Text => {
            warning("emblem-text", format!("`{name}` contains text, which is left out: drawing it would need fonts"))
                .help("in your drawing program, convert the text to paths")
        }
        PictureProblem::EmbeddedImage => warning(
            "emblem-embedded-image",
            format!("`{name}` contains or links to an image (such as a photograph), which is left out"),
        )
        .help("use a PNG of the whole emblem instead"),
        PictureProblem::Invisible => warning("empty-picture", format!("nothing is visible in `{name}`"))
            .help("convert text and linked images in the drawing to paths"),
    }
}

/// The finding for a failure; `None` if the user interrupted the program, which is reported elsewhere.
fn describe_failure(failure: &WorkerFailure, name: &str, key: &str) -> Option<Finding> {
    let why = match failure {
        WorkerFailure::Interrupted => return None,
        WorkerFailure::NotStarted(error) => format!("the process that draws it could not be started: {error}"),
        WorkerFailure::TooSlow => format!("it takes more than {} seconds", LIMITS.seconds),
        WorkerFailure::Exhausted => {
            format!("it needs more than {} MiB of memory, or is nested too deeply", LIMITS.memory_bytes >> 20)
        }
        WorkerFailure::TooLarge | WorkerFailure::Crashed | WorkerFailure::Failed => {
            "the program that draws it failed".to_owned()
        }
    };
    let finding = Finding::error("bad-picture", emblem_place(key), format!("`{name}` cannot be drawn: {why}"));
    Some(match failure {
        WorkerFailure::NotStarted(_) => finding.help("close other programs, and run the command again"),
        _ => finding.help(SIMPLIFY),
    })
}
