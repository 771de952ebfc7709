//! The files that commands write: their kinds, how an existing file of each kind is recognised, and whether a path may be
//! written.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::archive::is_zip;
use crate::catalogue::{Catalogue, Stamp};
use crate::image::{Target, parent_folder, sync_parent_dir};
use crate::language::format_size;
use crate::path_text::show;
use crate::system::{self, DanglingLink, NoRoom, ensure_writable_folder, find_dangling_link, longest_name};
use crate::verify;

/// A kind of file that a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputKind {
    Image,
    /// A ZIP archive of the disc's files.
    Archive,
    /// A PDF to print.
    Pdf,
    /// The page that `check --html` writes.
    Page,
    Manifest,
    /// A table of interface strings.
    Strings,
    /// A report of `verify` or `burn`, as JSON or text.
    Report,
    /// The text of a document.
    Text,
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
            Self::Manifest | Self::Strings => &["yaml", "yml"],
            Self::Report => &["json", "txt"],
            Self::Text => &["txt"],
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
            Self::Strings => "a file of interface texts",
            Self::Report => "a make-disc report",
            Self::Text => "a text file",
        }
    }

    /// Whether a path has an extension of this kind.
    pub(crate) fn has_extension(self, path: &Path) -> bool {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        extension.is_some_and(|extension| self.extensions().contains(&extension.as_str()))
    }

    /// Whether an existing file is of this kind. A file of another kind is never replaced.
    pub(crate) fn matches_file(self, path: &Path) -> bool {
        let has_extension = self.has_extension(path);
        match self {
            // An image whose beginning is damaged is still an image. But other kinds of files also end in `.raw` or
            // `.bin`: a file with such a name whose contents are not recognised is treated as an image only if there is a
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
            Self::Pdf | Self::Page | Self::Manifest | Self::Strings | Self::Text => has_extension,
            // Many other files have these extensions.
            Self::Report => has_extension && begins_like_report(path),
        }
    }

    /// Whether a new file must have one of the extensions. The argument before the output is also a file, and users
    /// easily swap the two.
    fn requires_extension(self) -> bool {
        matches!(self, Self::Image | Self::Pdf)
    }
}

/// Whether a file begins like a report of any version.
fn begins_like_report(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(100).read_to_end(&mut start));
    let start = String::from_utf8_lossy(&start);
    let format = start.trim_start_matches(['{', '\r', '\n', ' ', '"']).strip_prefix("format");
    read.is_ok() && format.is_some_and(|rest| rest.trim_start_matches(['"', ':', ' ']).starts_with("make-disc report "))
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathState {
    Vacant,
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
    /// The folder that it would be in does not exist, or there is not enough free space in it. Says why and what to do.
    UnusableLocation(String),
    /// The system reported this error.
    Unwritable(PathBuf, io::Error),
}

/// What is added to the name of an image for the name of its checksum file.
const CHECKSUM_EXTENSION: &str = ".sha256";

/// The maximum length of a name on common file systems, in UTF-16 code units.
const MAX_NAME_LENGTH: usize = 255;

impl Output<'_> {
    /// Returns an error unless the file may be written: its name is usable, its folder exists and is writable, and if the
    /// file itself exists, it is of the same kind and `force` is set. Leaves nothing behind: see
    /// [`ensure_folder_writable`].
    pub(crate) fn ensure_writable(&self) -> Result<(), OutputError> {
        let Self { path, kind, force } = *self;
        let (shown, noun) = (show(path), kind.noun());
        let refused = |message: String| Err(OutputError::Refused(message));
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let is_folder = path.as_os_str().as_encoded_bytes().ends_with(b"/");
        let extension = kind.extensions()[0];
        if name.is_empty() || is_folder {
            let example = show(&path.join(format!("out.{extension}")));
            return refused(format!(
                "`{shown}` is the path of a folder, not of {noun}: add a file name, as in `{example}`"
            ));
        }
        if name.chars().any(char::is_control) {
            return refused(format!(
                "`{shown}` cannot be the name of {noun}: use a file name without control characters, such as out.{extension}"
            ));
        }
        ensure_parent_usable(path)?;
        if let Ok(target) = fs::read_link(path) {
            let target = show(&target);
            return refused(match find_dangling_link(path) {
                None => format!("`{shown}` is a symbolic link: use the path of the file that it points to"),
                Some(_) => format!(
                    "`{shown}` is a symbolic link to `{target}`, which does not exist: delete the link, or use the path of the file that it should point to"
                ),
            });
        }
        self.ensure_names_fit()?;
        match PathState::at(path) {
            PathState::Vacant if kind.requires_extension() && !kind.has_extension(path) => {
                let extension = kind.extensions()[0];
                let better = show(&path.with_extension(extension));
                return refused(format!(
                    "`{shown}` does not end in `.{extension}`, as the name of {noun} should: use a name such as `{better}`"
                ));
            }
            PathState::Other => return refused(format!("`{shown}` is not a regular file: use the path of a file")),
            PathState::RegularFile if !kind.matches_file(path) => {
                let help = match kind {
                    OutputKind::Manifest => "choose another name, such as manifest.yaml".to_owned(),
                    OutputKind::Image => "if the two names are swapped, give the manifest first, then the image; otherwise choose another name, such as out.iso".to_owned(),
                    OutputKind::Pdf => "if the two names are swapped, give the manifest first, then the PDF; otherwise choose another name, such as out.pdf".to_owned(),
                    _ => format!("choose another name, such as out.{}", kind.extensions()[0]),
                };
                return refused(format!("`{shown}` exists and is not {noun}, so it is not replaced: {help}"));
            }
            PathState::RegularFile if !force => {
                return refused(match kind {
                    OutputKind::Manifest => format!(
                        "`{shown}` exists: add what is new with `--update`, choose another name with `--output`, or replace it with `--force`"
                    ),
                    OutputKind::Strings => {
                        format!("`{shown}` exists: choose another name with `--output`, or move it away first")
                    }
                    _ => format!("`{shown}` exists: choose another name, or replace it with `--force`"),
                });
            }
            PathState::Vacant => ensure_folder_writable(path)?,
            PathState::RegularFile => ensure_replaceable(path)?,
        }
        self.ensure_checksum_file_writable()
    }

    /// Returns an error if the name, or that of the checksum file of an image, is too long.
    fn ensure_names_fit(&self) -> Result<(), OutputError> {
        let (shown, noun) = (show(self.path), self.kind.noun());
        let is_image = self.kind == OutputKind::Image;
        let suffix = if is_image { CHECKSUM_EXTENSION } else { "" };
        if is_name_too_long(self.path) {
            return Err(OutputError::Refused(format!(
                "the name `{shown}` is too long for {noun}: use a shorter name{}",
                describe_longest_name(self.path, suffix)
            )));
        }
        if is_image && is_name_too_long(&checksum_file_path(self.path)) {
            return Err(OutputError::Refused(format!(
                "the name `{shown}` is too long: `{CHECKSUM_EXTENSION}` is added to it for the checksum file; use a shorter name{}",
                describe_longest_name(self.path, suffix)
            )));
        }
        Ok(())
    }

    /// Returns an error unless the checksum file of an image may be written.
    fn ensure_checksum_file_writable(&self) -> Result<(), OutputError> {
        if self.kind != OutputKind::Image {
            return Ok(());
        }
        let path = checksum_file_path(self.path);
        let shown = show(&path);
        match PathState::at(&path) {
            PathState::Vacant => Ok(()),
            PathState::RegularFile if self.force => ensure_replaceable(&path),
            PathState::RegularFile => Err(OutputError::Refused(format!(
                "`{shown}`, the checksum file of an image, exists: choose another name, delete it, or replace it with `--force`"
            ))),
            PathState::Other => Err(OutputError::Refused(format!(
                "`{shown}`, the name for the checksum file of the image, is not a regular file: choose another name for the image, or remove `{shown}`"
            ))),
        }
    }

    /// Returns an error if this file, or the checksum file of the image, is one of the files that the disc is made from.
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

/// Returns an error unless the folder of a file exists. If the reason is a dangling link, the message names it.
pub(crate) fn ensure_parent_usable(path: &Path) -> Result<(), OutputError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let shown = show(folder);
    match fs::metadata(folder) {
        Ok(meta) if meta.is_dir() => Ok(()),
        Ok(_) => Err(OutputError::Refused(format!("`{shown}` is not a folder: choose another place"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(OutputError::UnusableLocation(match find_dangling_link(folder) {
                Some(DanglingLink { link, target }) => format!(
                    "`{}` is a symbolic link to `{}`, which does not exist: create that folder, connect the drive that it is on, or choose another place",
                    show(&link),
                    show(&target)
                ),
                None => format!("the folder `{shown}` does not exist: create it first"),
            }))
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(OutputError::Refused(format!(
            "part of the path `{shown}` is a file, not a folder: choose another place"
        ))),
        Err(error) => Err(OutputError::Unwritable(path.to_path_buf(), error)),
    }
}

/// Characters that FAT, NTFS and many network shares do not allow in names.
const RARELY_ALLOWED: [char; 9] = ['<', '>', ':', '"', '|', '?', '*', '\\', '/'];

/// Returns an error unless a file can be created at `path`, as far as can be found out without leaving anything behind: if the
/// name is unusual, a temporary file with a similar name is created and removed.
pub(crate) fn ensure_folder_writable(path: &Path) -> Result<(), OutputError> {
    let unwritable = |error| Err(OutputError::Unwritable(path.to_path_buf(), error));
    if let Err(error) = ensure_writable_folder(parent_folder(path)) {
        return unwritable(error);
    }
    let is_unusual = path.file_name().is_some_and(|name| name.to_string_lossy().contains(RARELY_ALLOWED));
    if !is_unusual {
        return Ok(());
    }
    let Err(error) = Target::create(path) else { return Ok(()) };
    if Target::create(&path.with_file_name("make-disc")).is_err() {
        return unwritable(error);
    }
    let shown = show(path);
    Err(OutputError::Refused(format!(
        "this file system does not allow the name `{shown}`: use letters, digits, `-`, `_` and `.`"
    )))
}

/// Returns an error unless an existing file can be replaced, according to [`ensure_folder_writable`] and the file's protection.
pub(crate) fn ensure_replaceable(path: &Path) -> Result<(), OutputError> {
    ensure_folder_writable(path)?;
    system::ensure_replaceable(path).map_err(|error| OutputError::Unwritable(path.to_path_buf(), error))
}

/// Whether the name of a file is too long. Some file systems report this only when the file is created, so the usual limit is
/// checked too.
pub(crate) fn is_name_too_long(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::InvalidFilename)
        || name.encode_utf16().count() > MAX_NAME_LENGTH
}

/// What to add to a message about a name that is too long: the limit of its folder for a name to which `suffix` is added, and
/// the length of the name. Empty if the folder does not say what its limit is, or the name is within it.
fn describe_longest_name(path: &Path, suffix: &str) -> String {
    let bytes = path.file_name().map_or(0, |name| name.len() as u64);
    let limit = longest_name(parent_folder(path)).map(|longest| longest.saturating_sub(suffix.len() as u64));
    match limit {
        Some(limit) if bytes > limit => format!(" (at most {limit} bytes in that folder; this name has {bytes})"),
        _ => String::new(),
    }
}

/// Returns an error if the file system that contains the temporary file `probe` has no room for `total` bytes, or does not
/// allow a file of `longest` bytes, the length of `longest_path`. Messages name `path` as the output.
pub(crate) fn ensure_room(
    probe: &mut File,
    path: &Path,
    total: u64,
    (longest_path, longest): (&Path, u64),
) -> Result<(), OutputError> {
    system::ensure_room(probe, total, longest).map_err(|no_room| {
        OutputError::UnusableLocation(describe_no_room(no_room, path, total, (longest_path, longest)))
    })
}

/// Says why there is no room, as a sentence for a message, with the arguments of [`ensure_room`].
pub(crate) fn describe_no_room(no_room: NoRoom, path: &Path, total: u64, longest: (&Path, u64)) -> String {
    let shown = show(path);
    let (name, length) = (show(longest.0), format_size(longest.1));
    match no_room {
        NoRoom::Space { free } => format!(
            "`{shown}` cannot be written: {} is needed, but only {} is free; nothing was changed: delete what is no longer needed, or choose another place",
            format_size(total),
            format_size(free)
        ),
        NoRoom::ProcessLimit { longest } => format!(
            "`{name}` cannot be written: it would be {length} long, and the limit for file sizes (`ulimit -f`) is {}; nothing was changed: run `ulimit -f unlimited` first, or ask the administrator",
            format_size(longest)
        ),
        NoRoom::FileSystemLimit => format!(
            "`{name}` cannot be written: it would be {length} long, and this file system does not allow files of that length (FAT32: less than 4 GiB); nothing was changed: choose another place, or format the drive with exFAT or NTFS"
        ),
        NoRoom::Unknown(error) => format!("`{shown}` cannot be written: {error}; nothing was changed"),
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
    name.push(CHECKSUM_EXTENSION);
    PathBuf::from(name)
}

fn ensure_not_an_input(output: &Path, manifest: &Path, catalogue: &Catalogue) -> Result<(), OutputError> {
    let shown = show(output);
    if let Some(folder) = find_site_around(output, catalogue) {
        return Err(OutputError::Refused(format!(
            "`{shown}` would be among the web pages in `{}`, which go on the disc: choose another folder",
            show(folder)
        )));
    }
    let canonical = |path: &Path| fs::canonicalize(path).ok();
    let (Some(output_path), Ok(meta)) = (canonical(output), fs::metadata(output)) else { return Ok(()) };
    let output_stamp = Stamp::from_metadata(&meta);
    let is_same = |path: &Path, other: &Stamp| {
        // Some file systems have no inode numbers, or make up new ones. Only paths of files that could be the same are
        // compared, because canonicalising thousands of paths is slow.
        let may_be_same = (output_stamp.length, output_stamp.modified) == (other.length, other.modified);
        (output_stamp.identity == other.identity && output_stamp.identity != (0, 0))
            || (may_be_same && canonical(path).as_ref() == Some(&output_path))
    };
    let is_same_now = |path: &Path| fs::metadata(path).is_ok_and(|meta| is_same(path, &Stamp::from_metadata(&meta)));
    let source = catalogue.sources.iter().find(|source| is_same(&source.path, &source.stamp));
    // The sources of an archive are its unpacked files.
    let archive = catalogue.site_paths.iter().find(|path| is_same_now(path));
    let input = match (source, archive) {
        (Some(source), _) => source.path_in_manifest.to_string(),
        (None, Some(archive)) => show(archive.strip_prefix(".").unwrap_or(archive)),
        (None, None) if is_same_now(manifest) => "the manifest".to_owned(),
        (None, None) => return Ok(()),
    };
    Err(OutputError::Refused(format!(
        "`{shown}` is one of the files that the disc is made from ({input}): choose another name"
    )))
}

/// The folder of web pages that a new file or folder would be in, so that the next disc would contain it.
pub(crate) fn find_site_around<'c>(output: &Path, catalogue: &'c Catalogue) -> Option<&'c Path> {
    let parent = fs::canonicalize(parent_folder(output)).ok()?;
    let is_around =
        |site: &&PathBuf| fs::canonicalize(site).is_ok_and(|site| site.is_dir() && parent.starts_with(site));
    catalogue.site_paths.iter().find(is_around).map(|site| site.strip_prefix(".").unwrap_or(site))
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
            Err(OutputError::UnusableLocation(message)) => message,
            Err(OutputError::Unwritable(path, error)) => format!("{}: {error}", path.display()),
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
                // With a checksum file, any extension is treated as an image; without one, only `.iso` and `.img` are.
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
            assert!(refusal(&root.join("no/out.iso"), kind, true).contains("does not exist"), "{kind:?}");
            assert!(refusal(&root.join("there.iso.sha256/x.iso"), kind, true).contains("is not a folder"), "{kind:?}");
            let long = root.join(format!("{}.iso", "x".repeat(300)));
            assert!(refusal(&long, kind, true).contains("use a shorter name"), "{kind:?}");
            #[cfg(unix)]
            {
                let link = root.join(format!("{kind:?}.iso"));
                std::os::unix::fs::symlink(root.join("there.iso.sha256"), &link).unwrap();
                assert!(refusal(&link, kind, true).contains("the file that it points to"), "{kind:?}");
                let link = root.join(format!("{kind:?}-dangling"));
                std::os::unix::fs::symlink("gone", &link).unwrap();
                assert!(
                    refusal(&link, kind, true).contains("a symbolic link to `gone`, which does not exist"),
                    "{kind:?}"
                );
                assert!(
                    refusal(&link.join("x.iso"), kind, true)
                        .contains("a symbolic link to `gone`, which does not exist")
                );
            }
        }
        assert!(refusal(&root.join("there.iso"), OutputKind::Image, false).contains("the checksum file of an image"));
        assert_eq!(refusal(&root.join("there.iso"), OutputKind::Image, true), "");
        fs::create_dir(root.join("folder.iso.sha256")).unwrap();
        let message = refusal(&root.join("folder.iso"), OutputKind::Image, true);
        assert!(message.contains("is not a regular file") && !message.contains("--force"), "{message}");
        assert!(refusal(&root.join("check"), OutputKind::Image, false).contains("such as"));
    }

    #[test]
    fn the_message_about_a_long_name_states_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let Some(longest) = longest_name(folder.path()) else { return };
        let name = |length: u64| folder.path().join(format!("{}.iso", "x".repeat(length as usize - 4)));
        for (kind, suffix) in [(OutputKind::Image, CHECKSUM_EXTENSION.len() as u64), (OutputKind::Archive, 0)] {
            let limit = longest - suffix;
            let message = refusal(&name(limit + 1), kind, false);
            let advice =
                format!("use a shorter name (at most {limit} bytes in that folder; this name has {})", limit + 1);
            assert!(message.ends_with(&advice), "{message}");
            assert!(!refusal(&name(limit), kind, false).contains("use a shorter name"), "{kind:?}");
        }
    }
}
