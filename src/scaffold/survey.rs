//! What a folder holds: the files that can go on a disc, and why others cannot.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::catalogue::open;
use crate::file_formats::{Format, Kind};
use crate::names::is_os_metadata;

/// Levels of folders that are looked into.
const MOST_LEVELS: usize = 32;

/// Pictures of fewer bytes are ornaments: icons, arrows.
const ORNAMENT: u64 = 20_000;

/// A file that can go on a disc.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its path below the folder, with `/`.
    pub path: String,
    /// Bytes.
    pub length: u64,
    /// Its format: the ending of its name in small letters, without that of a compression.
    pub format: String,
    /// Whether it is compressed as a whole, so that readers need another program first.
    pub compressed: bool,
}

/// Why a file is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It has no bytes.
    Empty,
    /// It cannot be read.
    Unreadable,
    /// Its name cannot be written into a text.
    Unwritable,
    /// It is a link to another file or folder.
    Link,
    /// It is a chapter of a document of many pages, whose links would not work under other names.
    Chapter,
    /// It is the first page of a document of many, of which there is no other form.
    Site,
    /// It is compressed, and there is another form of it.
    Compressed,
    /// It belongs to web pages.
    PartOfSite,
    /// It tells of the folder: a readme, a licence.
    AboutFolder,
    /// It is no document that readers could open.
    NoDocument,
    /// It is hidden, or a computer put it there.
    OfASystem,
    /// It is too deep in folders.
    TooDeep,
}

impl Reason {
    /// In words, before the number of files or their names.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Empty => "empty, to be copied here anew",
            Self::Unreadable => "not readable, by their permissions",
            Self::Unwritable => "to be renamed, as no text can hold the name",
            Self::Link => "links to other files",
            Self::Chapter => "chapters of web documents, whose links would not work on the disc",
            Self::Site => {
                "web documents of many pages, to be printed into one PDF each, as their links would not work on the disc"
            }
            Self::Compressed => "compressed, beside the same without compression",
            Self::PartOfSite => "parts of web pages, or small pictures",
            Self::AboutFolder => "about the folder: readme, licence, changes",
            Self::NoDocument => "files of other kinds",
            Self::OfASystem => "hidden, or put there by a computer",
            Self::TooDeep => "too deep in folders",
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Survey {
    /// The files that can go on the disc, in the order of their paths.
    pub found: Vec<Found>,
    /// The others, by why.
    pub left_out: BTreeMap<Reason, Vec<String>>,
}

impl Survey {
    /// Looks through a folder. Nothing is read but names and lengths.
    ///
    /// # Errors
    /// The folder itself cannot be read.
    pub fn of(root: &Path) -> io::Result<Self> {
        let mut survey = Self::default();
        fs::read_dir(root)?;
        survey.walk(root, "", 0);
        survey.found.sort_by(|a, b| a.path.cmp(&b.path));
        survey.pictures();
        Ok(survey)
    }

    /// Notes that a file is left out.
    pub fn leave(&mut self, path: impl Into<String>, reason: Reason) {
        self.left_out.entry(reason).or_default().push(path.into());
    }

    /// Leaves out those that were found and of which `which` gives a reason.
    pub fn leave_those(&mut self, mut which: impl FnMut(&Found) -> Option<Reason>) {
        let (mut kept, mut left) = (Vec::new(), Vec::new());
        for found in std::mem::take(&mut self.found) {
            match which(&found) {
                Some(reason) => left.push((found.path, reason)),
                None => kept.push(found),
            }
        }
        self.found = kept;
        left.into_iter().for_each(|(path, reason)| self.leave(path, reason));
    }

    /// Leaves the manifest itself out, whatever its name.
    pub fn leave_own(&mut self, manifest: &Path, root: &Path) {
        let own = fs::canonicalize(manifest).ok();
        self.found.retain(|found| own.is_none() || fs::canonicalize(root.join(&found.path)).ok() != own);
    }

    fn walk(&mut self, folder: &Path, path: &str, level: usize) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(_) => return self.leave(path, Reason::Unreadable),
        };
        let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for place in entries {
            let Some(name) = place.file_name() else { continue };
            let shown = name.to_string_lossy();
            let below = if path.is_empty() { shown.clone().into_owned() } else { format!("{path}/{shown}") };
            let Ok(meta) = fs::symlink_metadata(&place) else {
                self.leave(below, Reason::Unreadable);
                continue;
            };
            if name.to_str().is_none()
                || shown
                    .chars()
                    .any(|c| c.is_control() || is_turning(c) || matches!(u32::from(c) & 0xffff, 0xfffe | 0xffff))
            {
                self.leave(below.escape_debug().to_string(), Reason::Unwritable);
            } else if shown.starts_with('.') || shown.starts_with("~$") || is_os_metadata(&below) {
                self.leave(below, Reason::OfASystem);
            } else if meta.file_type().is_symlink() {
                self.leave(below, Reason::Link);
            } else if meta.is_dir() {
                if shown.starts_with('_') || matches!(&*shown, "CVS" | "__MACOSX" | "node_modules") {
                    self.leave(below, Reason::PartOfSite);
                } else if level + 1 >= MOST_LEVELS {
                    self.leave(below, Reason::TooDeep);
                } else {
                    self.walk(&place, &below, level + 1);
                }
            } else {
                self.file(&place, below, &meta);
            }
        }
    }

    fn file(&mut self, place: &Path, path: String, meta: &fs::Metadata) {
        let name = path.rsplit('/').next().unwrap_or(&path).to_lowercase();
        let (stem, mut ending) = name.rsplit_once('.').unwrap_or((&name, ""));
        let compressed = Kind::from_extension(ending) == Kind::Compressed;
        if compressed {
            ending = stem.rsplit_once('.').map_or("", |(_, inner)| inner);
        }
        let about =
            ["readme", "license", "licence", "copying", "changelog", "changes", "news", "copyright", "authors", "todo"];
        // “News from Asia.pdf” is a document, NEWS.txt is about the others.
        let kind = Kind::from_extension(ending);
        let bare = matches!(ending, "" | "debian") || matches!(kind, Kind::PlainText | Kind::WebPage) || compressed;
        let verdict = if bare && name.split(['.', '_', '-']).next().is_some_and(|first| about.contains(&first)) {
            Err(Reason::AboutFolder)
        } else if init_rank(ending).is_some() && !(kind == Kind::Picture && compressed) {
            Ok(())
        } else if matches!(ending, "css" | "js" | "ico" | "woff" | "woff2" | "ttf" | "map" | "inv" | "xsl" | "dtd") {
            Err(Reason::PartOfSite)
        } else {
            Err(Reason::NoDocument)
        };
        if let Err(reason) = verdict {
            return self.leave(path, reason);
        }
        if !meta.is_file() {
            return self.leave(path, Reason::NoDocument);
        }
        if meta.len() == 0 {
            return self.leave(path, Reason::Empty);
        }
        if open(place).is_err() {
            return self.leave(path, Reason::Unreadable);
        }
        let format = ending.to_owned();
        self.found.push(Found { path, length: meta.len(), format, compressed });
    }

    /// Leaves out pictures in a folder of web pages, or below one, and ornaments anywhere.
    fn pictures(&mut self) {
        let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        let sites: Vec<String> =
            self.found.iter().filter(|found| is_web_page(&found.format)).map(|found| folder(&found.path)).collect();
        self.leave_those(|found| {
            let own = folder(&found.path);
            let of_site = sites.iter().any(|site| {
                site.is_empty()
                    || own == *site
                    || own.strip_prefix(site.as_str()).is_some_and(|rest| rest.starts_with('/'))
            });
            (Kind::from_extension(&found.format) == Kind::Picture && (of_site || found.length < ORNAMENT))
                .then_some(Reason::PartOfSite)
        });
    }
}

/// Whether a format is one of web pages.
pub(super) fn is_web_page(format: &str) -> bool {
    Kind::from_extension(format) == Kind::WebPage
}

/// Where a format stands in the order in which readers want them.
pub(super) fn rank(found: &Found) -> (bool, u8) {
    (found.compressed, init_rank(&found.format).unwrap_or(u8::MAX))
}

/// The rank of a format among those of one document; `None` if it is not one of documents.
fn init_rank(format: &str) -> Option<u8> {
    Format::from_extension(format).and_then(|format| format.init_rank)
}

/// Characters that turn the direction of what follows, which no manifest can hold.
pub(super) fn is_turning(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The folder of a path, empty for the outermost.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name without its ending, nor that of a compression.
pub(super) fn stem_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let packed = Kind::from_extension(&ending.to_lowercase()) == Kind::Compressed;
    if packed { stem.rsplit_once('.').map_or(stem, |(stem, _)| stem) } else { stem }
}
