//! The files that commands write: their kinds, how an existing file of each kind is recognised, and whether a path may be
//! written.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::archive::is_zip;
use crate::catalogue::{Catalogue, Stamp};
use crate::image::{Target, sync_parent_dir};
use crate::verify;

/// A kind of file that a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputKind {
    /// A disc image.
    Image,
    /// A ZIP archive of the disc's files.
    Archive,
    /// A PDF to print.
    Pdf,
    /// The page that `check --html` writes.
    Page,
    /// A manifest.
    Manifest,
    /// A report of `verify` or `burn`, as JSON or text.
    Report,
}

impl OutputKind {
    /// What every report has in its first line or key.
    pub(crate) const REPORT_FORMAT: &str = "make-disc report 1";

    /// The extensions of such files, the usual one first.
    fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Image => &["iso", "img", "image", "bin", "cdr", "raw", "toast"],
            Self::Archive => &["zip"],
            Self::Pdf => &["pdf"],
            Self::Page => &["html", "htm"],
            Self::Manifest => &["yaml", "yml"],
            Self::Report => &["json", "txt"],
        }
    }

    /// The name in messages, with its article.
    fn noun(self) -> &'static str {
        match self {
            Self::Image => "a disc image",
            Self::Archive => "a ZIP archive",
            Self::Pdf => "a PDF",
            Self::Page => "a web page",
            Self::Manifest => "a manifest",
            Self::Report => "a report of make-disc",
        }
    }

    /// Whether a path has an extension of this kind.
    pub(crate) fn has_extension(self, path: &Path) -> bool {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        extension.is_some_and(|extension| self.extensions().contains(&extension.as_str()))
    }

    /// Whether an existing file is of this kind. Nothing else is ever replaced.
    pub(crate) fn matches_file(self, path: &Path) -> bool {
        let has_extension = self.has_extension(path);
        match self {
            // An image whose beginning is damaged is still an image. But other kinds of files also end in `.raw` or
            // `.bin`: a file with such a name whose contents are not recognised is taken for an image only if there is a
            // checksum file beside it.
            Self::Image => {
                let lower = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
                let is_image_extension = lower.is_some_and(|extension| extension == "iso" || extension == "img");
                is_image_extension
                    || (has_extension && checksum_file_path(path).is_file())
                    || File::open(path).is_ok_and(|mut file| verify::is_image(&mut file))
            }
            // The files of word processors and spreadsheets are archives too.
            Self::Archive => has_extension && File::open(path).is_ok_and(|mut file| is_zip(&mut file)),
            Self::Pdf | Self::Page | Self::Manifest => has_extension,
            // Many files have these extensions.
            Self::Report => has_extension && begins_as_report(path),
        }
    }

    /// Whether a new file must have one of the extensions. The argument before the output is also a file, and users
    /// easily swap the two.
    fn requires_extension(self) -> bool {
        matches!(self, Self::Image | Self::Pdf)
    }
}

/// Whether a file begins like a report of any version.
fn begins_as_report(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(100).read_to_end(&mut start));
    let start = String::from_utf8_lossy(&start);
    let format = start.trim_start_matches(['{', '\r', '\n', ' ', '"']).strip_prefix("format");
    read.is_ok() && format.is_some_and(|rest| rest.trim_start_matches(['"', ':', ' ']).starts_with("make-disc report "))
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathState {
    /// Nothing.
    Vacant,
    /// A regular file.
    RegularFile,
    /// A folder, a device, a pipe, or a broken symbolic link.
    Other,
}

impl PathState {
    /// What is at `path`; symbolic links are followed.
    pub(crate) fn at(path: &Path) -> Self {
        match fs::metadata(path) {
            Ok(meta) if meta.is_file() => Self::RegularFile,
            Ok(_) => Self::Other,
            Err(_) if fs::symlink_metadata(path).is_ok() => Self::Other,
            Err(_) => Self::Vacant,
        }
    }
}

/// A file that a command is asked to write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output<'p> {
    pub(crate) path: &'p Path,
    pub(crate) kind: OutputKind,
    /// Whether a file of the same kind may be replaced.
    pub(crate) force: bool,
}

/// Why a file may not be written.
#[derive(Debug)]
pub(crate) enum OutputError {
    /// The path cannot be used, for this reason.
    Refused(String),
    /// The folder that it would be in does not exist.
    MissingFolder(PathBuf),
}

impl Output<'_> {
    /// Returns an error unless the file may be written: its name is usable, its folder exists, and if the file itself
    /// exists, it is of the same kind and `force` is set. Changes nothing.
    pub(crate) fn ensure_writable(&self) -> Result<(), OutputError> {
        let Self { path, kind, force } = *self;
        let (shown, noun) = (path.display(), kind.noun());
        let refused = |message: String| Err(OutputError::Refused(message));
        let text = path.to_string_lossy();
        let has_name = path.file_name().is_some_and(|name| name.to_str().is_some());
        if !has_name || text.chars().any(char::is_control) || text.ends_with('/') {
            let extension = kind.extensions()[0];
            return refused(format!(
                "`{shown}` cannot be the name of {noun}: use a file name without control characters, such as out.{extension}"
            ));
        }
        if fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_symlink()) {
            return refused(format!("`{shown}` is a symbolic link: use the path of the file that it points to"));
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
            return Err(OutputError::MissingFolder(folder.to_path_buf()));
        }
        match PathState::at(path) {
            PathState::Vacant if kind.requires_extension() && !kind.has_extension(path) => {
                let extension = kind.extensions()[0];
                let better = path.with_extension(extension);
                return refused(format!(
                    "`{shown}` does not end in `.{extension}`, as the name of {noun} should: use a name such as `{}`",
                    better.display()
                ));
            }
            PathState::Other => return refused(format!("`{shown}` is not a regular file: use the path of a file")),
            PathState::RegularFile if !kind.matches_file(path) => {
                let help = match kind {
                    OutputKind::Manifest => "choose another name, such as manifest.yaml".to_owned(),
                    OutputKind::Image => "the manifest comes first, then the image, such as out.iso".to_owned(),
                    OutputKind::Pdf => "the manifest comes first, then the PDF, such as out.pdf".to_owned(),
                    _ => format!("choose another name, such as out.{}", kind.extensions()[0]),
                };
                return refused(format!("`{shown}` exists and is not {noun}, so it is not replaced: {help}"));
            }
            PathState::RegularFile if !force => {
                return refused(match kind {
                    OutputKind::Manifest => format!(
                        "`{shown}` exists: add what is new with `--update`, choose another name with `--output`, or replace it with `--force`"
                    ),
                    _ => format!("`{shown}` exists: choose another name, or replace it with `--force`"),
                });
            }
            PathState::Vacant | PathState::RegularFile => {}
        }
        self.ensure_checksum_file_writable()
    }

    /// The same for the checksum file of an image.
    fn ensure_checksum_file_writable(&self) -> Result<(), OutputError> {
        if self.kind != OutputKind::Image {
            return Ok(());
        }
        let path = checksum_file_path(self.path);
        match PathState::at(&path) {
            PathState::Vacant => Ok(()),
            PathState::RegularFile if self.force => Ok(()),
            PathState::RegularFile | PathState::Other => Err(OutputError::Refused(format!(
                "`{}`, the checksum file of an image, exists: choose another name, delete it, or replace it with `--force`",
                path.display()
            ))),
        }
    }

    /// Returns an error if this file, or the checksum file of the image, is an input of the disc.
    pub(crate) fn ensure_not_an_input(&self, manifest: &Path, catalogue: &Catalogue) -> Result<(), OutputError> {
        ensure_not_an_input(self.path, manifest, catalogue)?;
        match self.kind {
            OutputKind::Image => ensure_not_an_input(&checksum_file_path(self.path), manifest, catalogue),
            _ => Ok(()),
        }
    }

    /// Writes the file under a temporary name, then renames it.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        write_file(self.path, bytes, self.force)
    }
}

/// Writes a file under a temporary name, then renames it.
pub(crate) fn write_file(path: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    let mut target = Target::create(path)?;
    target.file().write_all(bytes)?;
    target.sync()?;
    target.publish(replace)?;
    sync_parent_dir(path)
}

/// The checksum file of an image: `out.iso.sha256` for `out.iso`.
pub(crate) fn checksum_file_path(image: &Path) -> PathBuf {
    let mut name = image.as_os_str().to_owned();
    name.push(".sha256");
    PathBuf::from(name)
}

fn ensure_not_an_input(output: &Path, manifest: &Path, catalogue: &Catalogue) -> Result<(), OutputError> {
    let canonical = |path: &Path| fs::canonicalize(path).ok();
    let (Some(output_path), Ok(meta)) = (canonical(output), fs::metadata(output)) else { return Ok(()) };
    let own = Stamp::from_metadata(&meta);
    let is_same = |path: &Path, other: &Stamp| {
        // Some file systems have no inode numbers, or invent new ones. Only paths of files that could be the same are
        // compared, because canonicalising thousands of paths is slow.
        let may_be_same = (own.length, own.modified) == (other.length, other.modified);
        (own.identity == other.identity && own.identity != (0, 0))
            || (may_be_same && canonical(path).as_ref() == Some(&output_path))
    };
    let source = catalogue.sources.iter().find(|source| is_same(&source.path, &source.stamp));
    let manifest_stamp = fs::metadata(manifest).ok().map(|meta| Stamp::from_metadata(&meta));
    let input = match source {
        Some(source) => source.written.to_string(),
        None if manifest_stamp.is_some_and(|stamp| is_same(manifest, &stamp)) => "the manifest".to_owned(),
        None => return Ok(()),
    };
    let shown = output.display();
    Err(OutputError::Refused(format!("`{shown}` is itself an input of the disc ({input}): choose another name")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const KINDS: [OutputKind; 6] = [
        OutputKind::Image,
        OutputKind::Archive,
        OutputKind::Pdf,
        OutputKind::Page,
        OutputKind::Manifest,
        OutputKind::Report,
    ];

    /// The message of a refusal; empty if the file may be written.
    fn refusal(path: &Path, kind: OutputKind, force: bool) -> String {
        match (Output { path, kind, force }).ensure_writable() {
            Ok(()) => String::new(),
            Err(OutputError::Refused(message)) => message,
            Err(OutputError::MissingFolder(folder)) => format!("no folder {}", folder.display()),
        }
    }

    #[test]
    fn an_existing_file_is_replaced_only_with_force_and_only_by_the_same_kind() {
        let folder = tempfile::tempdir().unwrap();
        for kind in KINDS {
            for extension in kind.extensions() {
                let path = folder.path().join(format!("out.{}", extension.to_uppercase()));
                assert_eq!(refusal(&path, kind, false), "");
                if kind == OutputKind::Report {
                    fs::write(&path, b"{\"format\": \"other\"}").unwrap();
                    assert!(refusal(&path, kind, true).contains("is not replaced"), "{extension}");
                }
                let reports = ["format     make-disc report 1\n", "{\n  \"format\": \"make-disc report 1\","];
                let report = reports[usize::from(*extension == "json")];
                fs::write(&path, if kind == OutputKind::Report { report } else { "PK\x03\x04" }).unwrap();
                // With a checksum file, any extension is taken for an image; without one, only `.iso` and `.img` are.
                let checksum_file = checksum_file_path(&path);
                fs::write(&checksum_file, "").unwrap();
                assert!(refusal(&path, kind, false).contains("--force"), "{extension}");
                assert_eq!(refusal(&path, kind, true), "", "{extension}");
                for other in KINDS.into_iter().filter(|other| *other != kind) {
                    assert!(refusal(&path, other, true).contains("is not replaced"), "{extension} {other:?}");
                }
                fs::remove_file(&checksum_file).unwrap();
                let is_known_by_name = kind != OutputKind::Image || ["iso", "img"].contains(extension);
                assert_eq!(refusal(&path, kind, true).is_empty(), is_known_by_name, "{extension}");
            }
        }
    }

    #[test]
    fn paths_that_cannot_be_written_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("out.iso")).unwrap();
        fs::write(root.join("there.iso.sha256"), "").unwrap();
        for kind in KINDS {
            assert!(refusal(&root.join("out.iso"), kind, true).contains("not a regular file"), "{kind:?}");
            assert!(refusal(&root.join("a\nb.iso"), kind, true).contains("control characters"), "{kind:?}");
            assert!(refusal(&root.join("no/out.iso"), kind, true).starts_with("no folder"), "{kind:?}");
            #[cfg(unix)]
            {
                let link = root.join(format!("{kind:?}.iso"));
                std::os::unix::fs::symlink(root.join("there.iso.sha256"), &link).unwrap();
                assert!(refusal(&link, kind, true).contains("symbolic link"), "{kind:?}");
            }
        }
        assert!(refusal(&root.join("there.iso"), OutputKind::Image, false).contains("the checksum file of an image"));
        assert_eq!(refusal(&root.join("there.iso"), OutputKind::Image, true), "");
        assert!(refusal(&root.join("check"), OutputKind::Image, false).contains("such as"));
    }
}
