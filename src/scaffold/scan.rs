//! Scans a folder for files that can go on a disc, and records why other files are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::catalogue::is_copy_of_disc;
use crate::file_formats::{Format, FormatKind};
use crate::language::{Language, nfkc};
use crate::os_metadata::is_os_metadata;
use crate::system::open_source;

/// The maximum number of levels of folders to search.
const MAX_LEVELS: usize = 32;

/// Extensions of files that belong to web pages. Pictures are handled separately.
const WEB_ASSETS: [&str; 10] = ["css", "js", "ico", "woff", "woff2", "ttf", "map", "inv", "xsl", "dtd"];

/// First words in the names of files that describe the folder and are not documents for readers.
const ABOUT_FOLDER: [&str; 10] =
    ["readme", "license", "licence", "copying", "changelog", "changes", "news", "copyright", "authors", "todo"];

/// Names of readme files in several languages, reduced to letters and digits.
const READ_ME: [&str; 27] = [
    "readme",
    "readmefirst",
    "lisezmoi",
    "alire",
    "liesmich",
    "bittelesen",
    "leeme",
    "léeme",
    "leerme",
    "leiame",
    "lerme",
    "leggimi",
    "leesmij",
    "lasmig",
    "läsmig",
    "czytajto",
    "czytajmnie",
    "benioku",
    "okubeni",
    "bacasaya",
    "nisome",
    "прочти",
    "прочтименя",
    "читайменя",
    "اقرأني",
    "はじめにお読みください",
    "읽어보세요",
];

/// Pictures with fewer bytes are treated as icons and decoration.
const MIN_PICTURE_BYTES: u64 = 20_000;

/// A file that can go on a disc.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannedFile {
    /// The path below the scanned folder, with `/` as separator.
    pub path: String,
    /// The length in bytes.
    pub length: u64,
    /// The extension in lower case; for a compressed file, that of the file inside.
    pub format: String,
    /// Whether the file is compressed as a whole (`.pdf.gz`), so that readers need another program to open it.
    pub compressed: bool,
}

/// Why a file is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExclusionReason {
    Empty,
    Unreadable,
    /// Its name has characters that no manifest can contain.
    UnusableName,
    /// It is a symbolic link.
    Link,
    /// It is a page of a web document; the links between the pages would not work under new names.
    WebChapter,
    /// It is the first page of a web document with too many pages and without a single-file version.
    WebDocument,
    /// It is the compressed copy of another file.
    CompressedCopy,
    /// It belongs to web pages.
    WebAsset,
    /// It describes the folder: a readme, a licence.
    AboutFolder,
    /// It is a ZIP archive, which may have a web site.
    Archive,
    /// It is not a document that readers can open.
    OtherType,
    /// It is hidden, or the operating system created it.
    OsMetadata,
    /// It is nested too deeply in folders.
    TooDeep,
    /// It is in a folder with the files of a disc, such as one that `make-disc stage` wrote.
    CopyOfDisc,
    /// It is the register given with `--from`, or another spreadsheet that names files of the folder.
    Register,
    /// It is the recognised text of a scanned document beside it.
    RecognisedText,
    /// It is under `exclude:` in the manifest.
    Excluded,
    /// It is only in a comment of the manifest.
    CommentedOut,
    /// It was removed from the manifest.
    Removed,
    /// The register names it, but a newer version of it takes its place.
    OlderVersion,
}

impl ExclusionReason {
    /// The code in JSON output.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unreadable => "unreadable",
            Self::UnusableName => "unusable-name",
            Self::Link => "link",
            Self::WebChapter => "web-chapter",
            Self::WebDocument => "web-document",
            Self::CompressedCopy => "compressed-copy",
            Self::WebAsset => "web-asset",
            Self::AboutFolder => "about-folder",
            Self::Archive => "archive",
            Self::OtherType => "other-type",
            Self::OsMetadata => "os-metadata",
            Self::TooDeep => "too-deep",
            Self::CopyOfDisc => "copy-of-disc",
            Self::Register => "list",
            Self::RecognisedText => "recognised-text",
            Self::Excluded => "excluded",
            Self::CommentedOut => "commented-out",
            Self::Removed => "removed",
            Self::OlderVersion => "older-version",
        }
    }

    /// Whether a file that was left out for this reason goes on the disc after all if the register names it.
    pub(super) fn yields_to_register(self) -> bool {
        matches!(
            self,
            Self::WebChapter
                | Self::WebDocument
                | Self::CompressedCopy
                | Self::WebAsset
                | Self::AboutFolder
                | Self::OtherType
                | Self::Archive
                | Self::Register
        )
    }

    /// The second half of a message that begins with the name of a file in a row of the register: why the file does not go on the
    /// disc, and what to do.
    pub(super) fn row_message(self) -> &'static str {
        match self {
            Self::Empty => "is empty; copy it again",
            Self::Unreadable => "cannot be read; check its permissions",
            Self::UnusableName => "has a name that a manifest cannot contain; rename it",
            Self::Link => "is a link to another place; copy the file itself into the folder",
            Self::OsMetadata => {
                "is hidden, or is one of the files that operating systems create; if it is a document, rename it"
            }
            Self::TooDeep => "is nested too deeply in folders; move it up",
            Self::CopyOfDisc => "is in a copy of an earlier disc; write the path of the original in the list",
            Self::Register => "is the list itself; delete its row",
            Self::WebAsset => "is in a folder with parts of web pages; move it to another folder",
            Self::OtherType
            | Self::Archive
            | Self::AboutFolder
            | Self::WebChapter
            | Self::WebDocument
            | Self::CompressedCopy => "is not a document; write the name of the document itself, with its extension",
            Self::Excluded => {
                "is under `exclude:` in the manifest; remove it there if it should be on the disc, otherwise delete its row"
            }
            Self::CommentedOut => {
                "is only in a comment in the manifest; remove the # signs there if it should be on the disc, otherwise delete its row"
            }
            Self::Removed => {
                "was removed from the manifest; if it should be on the disc again, delete its line in `.manifest.seen.txt` beside the manifest, otherwise delete its row"
            }
            Self::RecognisedText => {
                "has the recognised text of a scanned document, which the search uses without a row; delete the row"
            }
            Self::OlderVersion => "has a newer version in the folder; write the name of the newer file in the list",
        }
    }

    /// The number of files left out for this reason, as text: `1 empty file`, `2 empty files`.
    pub fn counted(self, count: usize) -> String {
        let (one, many) = match self {
            Self::Empty => ("empty file", "empty files"),
            Self::Unreadable => ("unreadable file", "unreadable files"),
            Self::UnusableName => ("file with an unusable name", "files with unusable names"),
            Self::Link => ("symbolic link", "symbolic links"),
            Self::WebChapter => ("chapter of a web document", "chapters of web documents"),
            Self::WebDocument => ("web document of many pages", "web documents of many pages"),
            Self::CompressedCopy => ("compressed copy of another file", "compressed copies of other files"),
            Self::WebAsset => ("part of a web page", "parts of web pages"),
            Self::AboutFolder => ("file about the folder", "files about the folder"),
            Self::Archive => ("ZIP archive", "ZIP archives"),
            Self::OtherType => ("file of another type", "files of other types"),
            Self::OsMetadata => ("hidden file", "hidden files"),
            Self::TooDeep => ("file nested too deeply", "files nested too deeply"),
            Self::CopyOfDisc => ("copy of a disc", "copies of discs"),
            Self::Register => ("list of documents", "lists of documents"),
            Self::Excluded => ("file under `exclude:`", "files under `exclude:`"),
            Self::CommentedOut => ("file in a comment of the manifest", "files in comments of the manifest"),
            Self::Removed => ("file that was removed from the manifest", "files that were removed from the manifest"),
            Self::RecognisedText => ("recognised text of a scan", "recognised texts of scans"),
            Self::OlderVersion => ("older version", "older versions"),
        };
        format!("{count} {}", if count == 1 { one } else { many })
    }

    /// Describes the files left out for this reason, and says what to do about them, if anything.
    pub fn description(self) -> &'static str {
        match self {
            Self::Empty => "empty files (copy them again)",
            Self::Unreadable => "files that cannot be read (check their permissions)",
            Self::UnusableName => "files whose names a manifest cannot contain (rename them)",
            Self::Link => "links to other files or folders",
            Self::WebChapter => "chapters of web documents, whose links would not work on the disc",
            Self::WebDocument => "web documents of many pages among other files (move each into a folder of its own)",
            Self::CompressedCopy => "compressed copies of other files",
            Self::WebAsset => "parts of web pages, and small pictures",
            Self::AboutFolder => "files about the folder, such as readme, licence and changes",
            Self::Archive => {
                "ZIP archives (unpack those with documents; one with a web site can be listed as it is: {folder: site.zip, start: index.html})"
            }
            Self::OtherType => "other types of files",
            Self::OsMetadata => "hidden files, and files created by the operating system",
            Self::TooDeep => "files nested too deeply in folders",
            Self::CopyOfDisc => "folders with the files of an earlier disc",
            Self::Register => "lists of the documents (`--from` takes titles and other details from one)",
            Self::RecognisedText => "the text of scanned documents, recognised by machine (the search uses it)",
            Self::Excluded => "files under `exclude:`",
            Self::CommentedOut => "files that are only in a comment in the manifest",
            Self::Removed => "files that were removed from the manifest",
            Self::OlderVersion => "older versions that the list names; the newer ones were proposed instead",
        }
    }
}

/// The files of a folder.
#[derive(Debug, Default)]
pub struct FolderScan {
    /// The files that can go on the disc, sorted by path.
    pub files: Vec<ScannedFile>,
    /// The paths of the files that are left out, by reason.
    pub excluded: BTreeMap<ExclusionReason, Vec<String>>,
    /// The web sites, by the path of the start page. `files` has only the start page of each.
    pub(super) sites: BTreeMap<String, ScannedSite>,
    /// Files in `excluded` that the register cannot bring back, with a second reason: the manifest excludes them, for example.
    pub(super) withheld: BTreeMap<String, ExclusionReason>,
}

/// A folder of web pages that link to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScannedSite {
    pub(super) folder: String,
    pub(super) language: Language,
    /// What the user should check.
    pub(super) review_note: Option<String>,
}

impl FolderScan {
    /// Scans a folder. Reads only names and lengths, not the contents of files.
    ///
    /// # Errors
    /// The folder itself cannot be read.
    pub fn new(root: &Path) -> io::Result<Self> {
        let mut scan = Self::default();
        fs::read_dir(root)?;
        scan.scan_folder(root, "", 0);
        scan.files.sort_by(|a, b| a.path.cmp(&b.path));
        scan.exclude_lone_readmes();
        scan.exclude_web_pictures();
        Ok(scan)
    }

    /// Leaves out the files for which `reason` returns a reason.
    pub(super) fn exclude_where(&mut self, mut reason: impl FnMut(&ScannedFile) -> Option<ExclusionReason>) {
        for file in std::mem::take(&mut self.files) {
            match reason(&file) {
                Some(reason) => self.exclude(file.path, reason),
                None => self.files.push(file),
            }
        }
    }

    /// Keeps the register from bringing back files that are left out, if `reason` returns a second reason for them.
    pub(super) fn withhold_where(&mut self, reason: impl Fn(&str) -> Option<ExclusionReason>) {
        let yielding = self.excluded.iter().filter(|(reason, _)| reason.yields_to_register());
        let withheld: Vec<(String, ExclusionReason)> =
            yielding.flat_map(|(_, paths)| paths).filter_map(|path| Some((path.clone(), reason(path)?))).collect();
        for (path, reason) in withheld {
            self.withheld.entry(path).or_insert(reason);
        }
    }

    /// Adds files that were left out, if the register names them (`is_registered`); returns their paths.
    pub fn include_registered(&mut self, root: &Path, is_registered: impl Fn(&str) -> bool) -> Vec<String> {
        let mut included = Vec::new();
        for (_, paths) in self.excluded.iter_mut().filter(|(reason, _)| reason.yields_to_register()) {
            let (registered, rest): (Vec<String>, Vec<String>) =
                std::mem::take(paths).into_iter().partition(|path| is_registered(path) && root.join(path).is_file());
            *paths = rest;
            included.extend(registered);
        }
        self.excluded.retain(|_, paths| !paths.is_empty());
        for path in &included {
            let length = fs::metadata(root.join(path)).map_or(0, |meta| meta.len());
            let (format, compressed) = format_of(name_of(path));
            let reason = if length == 0 {
                Some(ExclusionReason::Empty)
            } else if open_source(&root.join(path)).is_err() {
                Some(ExclusionReason::Unreadable)
            } else {
                None
            };
            match reason {
                Some(reason) => self.exclude(path.clone(), reason),
                None => self.files.push(ScannedFile { path: path.clone(), length, format, compressed }),
            }
        }
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        included
    }

    /// Leaves out older versions of files, if their rows in the register were used for newer versions.
    pub fn leave_out_older_versions(&mut self, is_replaced: impl Fn(&str) -> bool) {
        self.exclude_where(|file| is_replaced(&file.path).then_some(ExclusionReason::OlderVersion));
    }

    /// Leaves out the register, even if `file` is another path to it.
    pub fn leave_out_register(&mut self, file: &Path, root: &Path) {
        let Ok(register) = fs::canonicalize(file) else { return };
        let is_register = |file: &ScannedFile| fs::canonicalize(root.join(&file.path)).ok().as_ref() == Some(&register);
        for file in self.files.iter().filter(|file| is_register(file)) {
            self.withheld.insert(file.path.clone(), ExclusionReason::Register);
        }
        self.exclude_where(|file| is_register(file).then_some(ExclusionReason::Register));
    }

    /// Leaves out other registers, given by their paths below the folder.
    pub fn leave_out_registers(&mut self, registers: &[String]) {
        self.exclude_where(|file| registers.contains(&file.path).then_some(ExclusionReason::Register));
    }

    /// Leaves out files with the recognised text of scans, given by their paths below the folder.
    pub fn leave_out_recognised_texts(&mut self, texts: &BTreeSet<String>) {
        self.exclude_where(|file| texts.contains(&file.path).then_some(ExclusionReason::RecognisedText));
    }

    /// Treats a folder as a web site. All its files go on the disc, except links, hidden files, and files that cannot be read.
    pub(super) fn add_site(&mut self, start: String, site: ScannedSite) {
        let prefix = format!("{}/", site.folder);
        self.files.retain(|file| file.path == start || !file.path.starts_with(&prefix));
        for (reason, paths) in &mut self.excluded {
            if !matches!(reason, ExclusionReason::OsMetadata | ExclusionReason::Unreadable | ExclusionReason::Link) {
                paths.retain(|path| !path.starts_with(&prefix));
            }
        }
        self.excluded.retain(|_, paths| !paths.is_empty());
        self.sites.insert(start, site);
    }

    /// The start page and the folder of each web site.
    pub(super) fn site_folders(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sites.iter().map(|(start, site)| (start.as_str(), site.folder.as_str()))
    }

    /// Removes one file, such as the manifest itself, from the scan, even if `file` is another path to it.
    pub fn ignore(&mut self, file: &Path, root: &Path) {
        let Ok(ignored) = fs::canonicalize(file) else { return };
        let name = ignored.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_other =
            |path: &String| !path.ends_with(&name) || fs::canonicalize(root.join(path)).ok().as_ref() != Some(&ignored);
        self.files.retain(|file| fs::canonicalize(root.join(&file.path)).ok().as_ref() != Some(&ignored));
        self.excluded.values_mut().for_each(|paths| paths.retain(is_other));
        self.excluded.retain(|_, paths| !paths.is_empty());
    }

    fn exclude(&mut self, path: impl Into<String>, reason: ExclusionReason) {
        self.excluded.entry(reason).or_default().push(path.into());
    }

    fn scan_folder(&mut self, folder: &Path, path: &str, level: usize) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(_) => return self.exclude(path, ExclusionReason::Unreadable),
        };
        let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        let names = entries.iter().filter_map(|entry| entry.file_name()?.to_str());
        if level > 0 && is_copy_of_disc(names) {
            return self.exclude(path, ExclusionReason::CopyOfDisc);
        }
        for entry in entries {
            let Some(name) = entry.file_name() else { continue };
            let shown = name.to_string_lossy();
            let path = if path.is_empty() { shown.clone().into_owned() } else { format!("{path}/{shown}") };
            let Ok(meta) = fs::symlink_metadata(&entry) else {
                self.exclude(path, ExclusionReason::Unreadable);
                continue;
            };
            if name.to_str().is_none() || shown.chars().any(is_forbidden_in_manifest) {
                self.exclude(path.escape_debug().to_string(), ExclusionReason::UnusableName);
            } else if shown.starts_with('.') || shown.starts_with("~$") || is_os_metadata(&path) {
                self.exclude(path, ExclusionReason::OsMetadata);
            } else if meta.file_type().is_symlink() {
                self.exclude(path, ExclusionReason::Link);
            } else if !meta.is_dir() {
                self.scan_file(&entry, path, &meta);
            } else if is_web_asset_folder(&shown) {
                self.exclude(path, ExclusionReason::WebAsset);
            } else if level + 1 >= MAX_LEVELS {
                self.exclude(path, ExclusionReason::TooDeep);
            } else {
                self.scan_folder(&entry, &path, level + 1);
            }
        }
    }

    fn scan_file(&mut self, file: &Path, path: String, meta: &fs::Metadata) {
        let name = path.rsplit('/').next().unwrap_or(&path).to_lowercase();
        let (format, compressed) = format_of(&name);
        let format = format.as_str();
        // `NEWS.txt` describes the folder, but `News from Asia.pdf` is a document.
        let kind = FormatKind::from_extension(format);
        let is_plain = matches!(format, "" | "debian")
            || matches!(kind, FormatKind::PlainText | FormatKind::WebPage)
            || compressed;
        // A web page may belong to others, which are not known yet.
        let is_about_folder = is_plain && begins_with_about_word(&name) || is_readme(&name);
        let reason = if is_about_folder && kind != FormatKind::WebPage {
            Some(ExclusionReason::AboutFolder)
        } else if WEB_ASSETS.contains(&format) {
            Some(ExclusionReason::WebAsset)
        } else if format == "zip" && meta.is_file() && meta.len() > 0 {
            Some(ExclusionReason::Archive)
        } else if init_rank(format).is_none() || kind == FormatKind::Picture && compressed || !meta.is_file() {
            Some(ExclusionReason::OtherType)
        } else if meta.len() == 0 {
            Some(ExclusionReason::Empty)
        } else if open_source(file).is_err() {
            Some(ExclusionReason::Unreadable)
        } else {
            None
        };
        match reason {
            Some(reason) => self.exclude(path, reason),
            None => {
                let format = format.to_owned();
                self.files.push(ScannedFile { path, length: meta.len(), format, compressed });
            }
        }
    }

    /// Excludes web pages about the folder, unless there are several others beside them: then they may be part of a web document.
    fn exclude_lone_readmes(&mut self) {
        let mut others: BTreeMap<String, usize> = BTreeMap::new();
        for file in self.files.iter().filter(|file| is_web_page(&file.format) && !is_page_about_folder(file)) {
            *others.entry(folder_of(&file.path).to_owned()).or_default() += 1;
        }
        self.exclude_where(|file| {
            let count = others.get(folder_of(&file.path)).copied().unwrap_or_default();
            (is_page_about_folder(file) && count < 2).then_some(ExclusionReason::AboutFolder)
        });
    }

    /// Leaves out pictures in or below a folder with web pages, and small pictures anywhere.
    fn exclude_web_pictures(&mut self) {
        let web_pages = self.files.iter().filter(|file| is_web_page(&file.format));
        let web_folders: BTreeSet<String> = web_pages.map(|file| folder_of(&file.path).to_owned()).collect();
        self.exclude_where(|file| {
            let folder = folder_of(&file.path);
            let belongs_to_pages = || {
                web_folders.iter().any(|web_folder| {
                    let rest = folder.strip_prefix(web_folder.as_str());
                    web_folder.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                })
            };
            (FormatKind::from_extension(&file.format) == FormatKind::Picture
                && (file.length < MIN_PICTURE_BYTES || belongs_to_pages()))
            .then_some(ExclusionReason::WebAsset)
        });
    }
}

/// Whether a file name begins like the names of files that describe a folder: `changes-1.2.txt`.
fn begins_with_about_word(name: &str) -> bool {
    let name = name.to_lowercase();
    ABOUT_FOLDER.contains(&name.split(['.', '_', '-']).next().unwrap_or_default())
}

/// Whether a file name says that people should read the file first.
pub(super) fn is_readme(name: &str) -> bool {
    let name = name.to_lowercase();
    let letters: String = nfkc(stem_of(&name)).chars().filter(|c| c.is_alphanumeric()).collect();
    READ_ME.contains(&letters.as_str())
}

/// Whether a file is a web page that describes the folder, unless other pages belong to it.
pub(super) fn is_page_about_folder(file: &ScannedFile) -> bool {
    let name = name_of(&file.path);
    is_web_page(&file.format) && (begins_with_about_word(name) || is_readme(name))
}

/// The extension of a name in lower case, and whether the file is compressed. The extension of a compressed file is that of the file
/// inside.
fn format_of(name: &str) -> (String, bool) {
    let name = name.to_lowercase();
    let (stem, format) = name.rsplit_once('.').unwrap_or((&name, ""));
    let compressed = FormatKind::from_extension(format) == FormatKind::Compressed;
    let format = if compressed { stem.rsplit_once('.').map_or("", |(_, inner)| inner) } else { format };
    (format.to_owned(), compressed)
}

/// Whether a folder of this name has parts of web pages or of programs.
fn is_web_asset_folder(name: &str) -> bool {
    matches!(
        name,
        "_static"
            | "_images"
            | "_sources"
            | "_downloads"
            | "_modules"
            | "_sphinx_design_static"
            | "_panels_static"
            | "CVS"
            | "__MACOSX"
            | "node_modules"
    )
}

/// Whether this extension is that of a web page.
pub(super) fn is_web_page(format: &str) -> bool {
    FormatKind::from_extension(format) == FormatKind::WebPage
}

/// The key by which the files of one variant are sorted: uncompressed before compressed, then by how convenient the format
/// is for readers.
pub(super) fn format_rank(file: &ScannedFile) -> (bool, u8) {
    (file.compressed, init_rank(&file.format).unwrap_or(u8::MAX))
}

/// The rank of a format among those of one document; `None` if it is not a document.
fn init_rank(format: &str) -> Option<u8> {
    Format::from_extension(format).and_then(|format| format.init_rank)
}

/// Whether a character cannot be in a manifest: a control character, a line separator, a noncharacter, or a character that changes
/// the direction of the text after it.
pub(super) fn is_forbidden_in_manifest(c: char) -> bool {
    let changes_direction = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // YAML takes these for line breaks.
    let is_line_separator = matches!(c, '\u{2028}' | '\u{2029}');
    let is_noncharacter = matches!(u32::from(c) & 0xffff, 0xfffe | 0xffff);
    c.is_control() || changes_direction || is_line_separator || is_noncharacter
}

/// The folder of a path; empty at the top level.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub(super) fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The file name without its extension; for a compressed file, without both extensions.
pub(super) fn stem_of(path: &str) -> &str {
    let name = name_of(path);
    let Some((stem, extension)) = name.rsplit_once('.') else { return name };
    if FormatKind::from_extension(&extension.to_lowercase()) == FormatKind::Compressed {
        stem.rsplit_once('.').map_or(stem, |(stem, _)| stem)
    } else {
        stem
    }
}
