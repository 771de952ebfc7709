//! The source files: found, measured and judged without reading them.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::{Source, SourceId, Stamp};
use crate::diagnostic::{Finding, Findings, Place, did_you_mean};
use crate::language::to_ascii;

/// A path without symbolic links.
struct Real {
    path: PathBuf,
    /// What the file system says of it, if it was asked for that.
    meta: Option<Metadata>,
}

/// A file below 4 GiB fits one extent (ECMA-119 7.3.3: a 32-bit data length).
pub(super) const LARGE: u64 = (u32::MAX as u64 / 2048) * 2048;

/// The source files met so far.
pub(super) struct Sources<'m> {
    folder: &'m Path,
    allow_outside: bool,
    /// The manifest's folder without symbolic links.
    inside: Option<PathBuf>,
    found: Vec<Source>,
    /// Where each was first named.
    places: Vec<Place>,
    /// By their real path, as a text: paths are compared part by part, which takes long.
    known: HashMap<OsString, SourceId>,
    /// Folders already resolved, for the many files of one folder.
    real_folders: HashMap<OsString, Option<PathBuf>>,
    /// Names in folders where something was missing, by themselves in small letters.
    listings: BTreeMap<PathBuf, BTreeMap<String, String>>,
    /// Names that may still be compared for a suggestion: a list of thousands that are missing has
    /// another cause than misspelling.
    comparisons: usize,
}

impl<'m> Sources<'m> {
    pub(super) fn new(folder: &'m Path, allow_outside: bool) -> Self {
        Self {
            folder,
            allow_outside,
            inside: fs::canonicalize(folder).ok(),
            found: Vec::new(),
            places: Vec::new(),
            known: HashMap::new(),
            real_folders: HashMap::new(),
            listings: BTreeMap::new(),
            comparisons: 100_000,
        }
    }

    pub(super) fn into_vec(self) -> Vec<Source> {
        self.found
    }

    /// The file that the manifest writes as `written`; findings if it cannot go on a disc.
    pub(super) fn file(&mut self, written: &str, place: Place, findings: &mut Findings) -> Option<SourceId> {
        let (path, real) = self.path(written, &place, findings)?;
        let (real, meta) = match real {
            Some(Real { path, meta }) => (Some(path), meta),
            None => (None, None),
        };
        if let Some(real) = &real
            && let Some(id) = self.known.get(real.as_os_str())
        {
            return Some(*id);
        }
        match measure(&path, meta, written, &place) {
            Ok(source) => {
                let id = SourceId(self.found.len());
                self.found.push(source);
                self.places.push(place);
                if let Some(real) = real {
                    self.known.insert(real.into_os_string(), id);
                }
                Some(id)
            }
            Err(Refusal::Missing) => {
                let finding = self.missing(&path, written, place);
                findings.push(finding);
                None
            }
            Err(Refusal::Unfit(finding)) => {
                findings.push(*finding);
                None
            }
        }
    }

    /// The length of a source in bytes.
    pub(super) fn length(&self, id: SourceId) -> u64 {
        self.found[id.0].length
    }

    /// Where a source was first named.
    pub(super) fn first_place(&self, id: SourceId) -> Option<&Place> {
        self.places.get(id.0)
    }

    /// A folder that the manifest names.
    pub(super) fn folder(&mut self, written: &str, place: Place, findings: &mut Findings) -> Option<PathBuf> {
        let (path, _) = self.path(written, &place, findings)?;
        if path.is_dir() {
            return Some(path);
        }
        findings.push(
            Finding::error("missing-folder", place, format!("there is no folder `{written}`"))
                .help(format!("paths start at the manifest's folder: {}", self.folder.display())),
        );
        None
    }

    /// The path to open, if it stays in the manifest's folder, and without symbolic links, if it exists.
    fn path(&mut self, written: &str, place: &Place, findings: &mut Findings) -> Option<(PathBuf, Option<Real>)> {
        if written.trim().is_empty() {
            findings.push(
                Finding::error("missing-file", place.clone(), "no file is named here")
                    .help("write the file's path, starting at the manifest's folder"),
            );
            return None;
        }
        if written.chars().any(char::is_control) {
            findings.push(
                Finding::error("control-character", place.clone(), "this path holds a character that cannot be seen")
                    .help(
                        "if it is in double quotes, a backslash in it means something else: write `/` between folders",
                    )
                    .help("else type the path anew"),
            );
            return None;
        }
        let path = self.folder.join(written);
        let real = self.real(&path);
        if self.allow_outside {
            return Some((path, real));
        }
        let mut depth = 0_i32;
        let leaves = Path::new(written).is_absolute()
            || Path::new(written).components().any(|part| {
                match part {
                    Component::ParentDir => depth -= 1,
                    Component::Normal(_) => depth += 1,
                    _ => {}
                }
                depth < 0
            });
        let outside = |how: &str| {
            Finding::error("outside", place.clone(), format!("`{written}` {how} the manifest's folder"))
                .help("copy the file into that folder, so that folder and manifest can be kept together")
                .help("or allow it for this run with `--allow-outside`")
        };
        if leaves {
            findings.push(outside("is outside"));
            return None;
        }
        if let (Some(inside), Some(real)) = (&self.inside, &real)
            && !real.path.starts_with(inside)
        {
            findings.push(outside("leads, by a symbolic link, out of"));
            return None;
        }
        Some((path, real))
    }

    /// The path without symbolic links, if it exists.
    fn real(&mut self, path: &Path) -> Option<Real> {
        let (parent, name) = (path.parent()?, path.file_name());
        let real_parent = match self.real_folders.get(parent.as_os_str()) {
            Some(real) => real.clone(),
            None => {
                let real = fs::canonicalize(parent).ok();
                self.real_folders.insert(parent.as_os_str().to_owned(), real.clone());
                real
            }
        }?;
        let Some(name) = name else {
            return Some(Real { path: fs::canonicalize(path).ok()?, meta: None });
        };
        let plain = real_parent.join(name);
        let meta = fs::symlink_metadata(&plain).ok()?;
        if meta.file_type().is_symlink() {
            return Some(Real { path: fs::canonicalize(&plain).ok()?, meta: None });
        }
        Some(Real { path: plain, meta: Some(meta) })
    }

    /// The folder that is there under a name that differs in capital letters only.
    fn same_but_for_case(&mut self, wanted: &Path) -> Option<String> {
        let mut real = PathBuf::new();
        for part in wanted.components() {
            let folder = self.folder.join(&real);
            let listing = self.listings.entry(folder.clone()).or_insert_with(|| list(&folder));
            real.push(listing.get(&part.as_os_str().to_string_lossy().to_lowercase())?);
        }
        Some(real.display().to_string())
    }

    fn missing(&mut self, path: &Path, written: &str, place: Place) -> Finding {
        let mut finding = Finding::error("missing-file", place, format!("there is no file `{written}`"));
        if written.contains('\\') && cfg!(unix) {
            return finding.help(format!("write `/` between folders: `{}`", written.replace('\\', "/")));
        }
        if written.contains("://") {
            return finding.help("download the file into the manifest's folder first, and name it here");
        }
        if written.contains(['*', '?']) {
            return finding.help("name each file: `*` and `?` stand for themselves here");
        }
        if written.contains(", ")
            || written.matches("/").count() > 1 && written.contains(' ') && written.matches('.').count() > 1
        {
            finding.help.push(
                "if these are several files, put brackets around and a comma between: [first, second]".to_owned(),
            );
        }
        let parent = path.parent().unwrap_or(self.folder);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !parent.is_dir() {
            let shown = parent.strip_prefix(self.folder).unwrap_or(parent);
            return match self.same_but_for_case(shown) {
                Some(real) => finding.help(format!("there is a folder `{real}`: capital letters count")),
                None => finding.help(format!(
                    "there is no folder `{}` either; paths start at the manifest's folder",
                    shown.display()
                )),
            };
        }
        let listing = self.listings.entry(parent.to_path_buf()).or_insert_with(|| list(parent));
        let near = match listing.get(&name.to_lowercase()) {
            Some(same) => Some(same.as_str()),
            None if self.comparisons >= listing.len() => {
                self.comparisons -= listing.len();
                nearest(&name, listing)
            }
            None => None,
        };
        match near {
            Some(near) if near.to_lowercase() == name.to_lowercase() => {
                finding.help(format!("there is `{near}` in that folder: capital letters count"))
            }
            Some(near) if to_ascii(near) == to_ascii(&name) => finding.help(format!(
                "there is `{near}` in that folder, whose accents are others or are coded otherwise: copy the name from here"
            )),
            Some(near) => finding.help(format!("did you mean `{near}`, which is in that folder?")),
            None => finding
                .help("check the spelling; paths start at the manifest's folder")
                .help("if it does not belong on the disc any more, delete its line, or the report if it has no other"),
        }
    }
}

/// The name that is nearest, the ending left out of account: a wrong picture is no help for being a picture.
fn nearest<'l>(name: &str, listing: &'l BTreeMap<String, String>) -> Option<&'l str> {
    let stem = |name: &'_ str| name.rsplit_once('.').map_or(name.len(), |(stem, _)| stem.len());
    let near = did_you_mean(&name[..stem(name)], listing.keys().map(|other| &other[..stem(other)]))?;
    listing.iter().find(|(lower, _)| &lower[..stem(lower)] == near).map(|(_, other)| other.as_str())
}

enum Refusal {
    Missing,
    Unfit(Box<Finding>),
}

fn measure(path: &Path, meta: Option<Metadata>, written: &str, place: &Place) -> Result<Source, Refusal> {
    let refuse = |finding: Finding| Refusal::Unfit(Box::new(finding));
    let unreadable = |error: &std::io::Error| {
        refuse(
            Finding::error("unreadable-file", place.clone(), format!("`{written}` cannot be read: {}", plain(error)))
                .help("check the file's permissions, or copy it here anew"),
        )
    };
    let meta = match meta.map_or_else(|| fs::metadata(path), Ok) {
        Ok(meta) => meta,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Err(Refusal::Missing);
        }
        Err(error) => return Err(unreadable(&error)),
    };
    if meta.is_dir() {
        return Err(refuse(
            Finding::error("not-a-file", place.clone(), format!("`{written}` is a folder, not a file"))
                .help("name the file in it"),
        ));
    }
    if !meta.is_file() {
        return Err(refuse(
            Finding::error(
                "not-a-file",
                place.clone(),
                format!("`{written}` is a device or a pipe, not a regular file"),
            )
            .help("copy what it holds into a file"),
        ));
    }
    if meta.len() == 0 {
        return Err(refuse(
            Finding::error("empty-file", place.clone(), format!("`{written}` is empty: it has 0 bytes"))
                .help("copy the file here anew; a copy that was broken off often leaves an empty file"),
        ));
    }
    readable(path).map_err(|error| unreadable(&error))?;
    Ok(Source { path: path.into(), written: written.into(), length: meta.len(), stamp: Stamp::of(&meta) })
}

/// Whether a source may be read; nothing is read.
fn readable(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        Ok(rustix::fs::access(path, rustix::fs::Access::READ_OK)?)
    }
    #[cfg(not(unix))]
    {
        open(path).map(|_| ())
    }
}

/// Opens a source. A pipe that took its place since must not make us wait for somebody to write to it.
///
/// # Errors
/// Those of the system.
pub fn open(path: &Path) -> std::io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flag = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        match OpenOptions::new().read(true).custom_flags(flag).open(path) {
            // Somebody holds a lease of it, which the system asks back.
            Err(error) if error.kind() == ErrorKind::WouldBlock && path.is_file() => {}
            result => return result,
        }
    }
    OpenOptions::new().read(true).open(path)
}

/// What the system says, without its number.
pub(super) fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => "the system does not permit it".to_owned(),
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_owned(),
    }
}

fn list(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names.into_iter().map(|name| (name.to_lowercase(), name)).collect()
}

impl Stamp {
    /// The stamp of a file from what the file system says of it.
    pub fn of(meta: &Metadata) -> Self {
        let modified = meta.modified().ok().map_or(0, |time| match time.duration_since(UNIX_EPOCH) {
            Ok(after) => after.as_nanos() as i128,
            Err(before) => -(before.duration().as_nanos() as i128),
        });
        #[cfg(unix)]
        let (changed, identity) = {
            use std::os::unix::fs::MetadataExt;
            let changed = i128::from(meta.ctime()) * 1_000_000_000 + i128::from(meta.ctime_nsec());
            (changed, (meta.dev(), meta.ino()))
        };
        #[cfg(not(unix))]
        let (changed, identity) = (0, (0, 0));
        Self { length: meta.len(), modified, changed, identity }
    }

    /// The time of modification in whole seconds since 1970-01-01.
    pub fn modified_seconds(&self) -> i64 {
        i64::try_from(self.modified.div_euclid(1_000_000_000)).unwrap_or(0)
    }
}
