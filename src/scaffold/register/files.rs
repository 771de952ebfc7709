//! Finds the files that the rows of the register name.

use std::collections::HashMap;

use crate::catalogue::confidentiality_mark;
use crate::encodings::decode_percent;
use crate::file_formats::FormatKind;
use crate::language::fold_case;
use crate::names::portable_name;
use crate::scaffold::scan::{ExclusionReason, FolderScan, folder_of, stem_of};
use crate::scaffold::versions::{follows, split_version};

/// The files that the register may name.
#[derive(Debug, Default)]
pub struct RegisterFiles {
    files: Vec<NamedFile>,
    /// The indexes of files by their folded names, with extension.
    by_name: HashMap<String, Vec<usize>>,
    /// The indexes of files by their folded names, without extension.
    by_stem: HashMap<String, Vec<usize>>,
    /// Why files are left out, by their folded paths.
    left_out: HashMap<String, LeftOut>,
    /// The folded paths of files that are left out, by their names.
    left_out_by_name: HashMap<String, Vec<String>>,
}

#[derive(Debug)]
struct NamedFile {
    path: String,
    /// The folded path by which rows find the file: its own path, or for the start page of a web site, the folder of the site.
    folded: String,
    needs_row: bool,
    /// Whether `init` leaves it out by itself, but includes it if the register names it.
    is_optional: bool,
    is_in_manifest: bool,
    exists: bool,
}

/// Why a file that a row names does not go on the disc.
#[derive(Debug, Clone, PartialEq, Eq)]
enum LeftOut {
    Because(ExclusionReason),
    /// It belongs to the web site in this folder.
    InSite(String),
}

impl LeftOut {
    /// The second half of a message that begins with the name of the file: why it is left out, and what to do.
    fn message(&self) -> String {
        match self {
            Self::Because(reason) => reason.row_message().to_owned(),
            Self::InSite(folder) => format!(
                "is part of the web site `{folder}`, which goes on the disc as a whole; write the path of that folder in the list, or delete the row"
            ),
        }
    }
}

/// Why no file was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotFound {
    Missing,
    Ambiguous,
    /// It is left out; the text is that of [`LeftOut::message`].
    LeftOut(String),
}

impl RegisterFiles {
    /// The files of a scanned folder. Each file that goes on the disc should have a row, except captions.
    pub fn of_scan(scan: &FolderScan) -> Self {
        let mut files = Self::default();
        for file in &scan.files {
            // Captions belong to a recording, which has the row.
            let needs_row = FormatKind::from_extension(&file.format) != FormatKind::Captions;
            files.insert(&file.path, &file.path).needs_row = needs_row;
        }
        for (start, folder) in scan.site_folders() {
            files.insert(folder, start);
            files.leave_out(folder, LeftOut::InSite(folder.to_owned()));
        }
        for (reason, paths) in &scan.excluded {
            for path in paths {
                if let Some(withheld) = scan.withheld.get(path) {
                    files.leave_out(path, LeftOut::Because(*withheld));
                } else if reason.yields_to_register() && can_be_listed(path) {
                    files.insert(path, path).is_optional = true;
                } else {
                    files.leave_out(path, LeftOut::Because(*reason));
                }
            }
        }
        files
    }

    /// Adds a file that the manifest lists. For the start page of a web site, `folder` is that of the site.
    pub fn add(&mut self, path: &str, folder: Option<&str>, exists: bool) {
        match self
            .files
            .iter_mut()
            .find(|file| file.path == path && file.folded == fold_case(path) && !file.is_optional)
        {
            Some(file) => file.is_in_manifest = true,
            None => {
                let file = self.insert(path, path);
                (file.is_in_manifest, file.exists) = (true, exists);
                // A web site that the manifest lists is not among the files of the folder.
                file.needs_row = folder.is_some() && exists;
            }
        }
        if let Some(folder) = folder {
            self.insert(folder, path).is_in_manifest = true;
            self.leave_out(folder, LeftOut::InSite(folder.to_owned()));
        }
    }

    fn leave_out(&mut self, path: &str, reason: LeftOut) {
        let folded = fold_case(path);
        let name = folded.rsplit('/').next().unwrap_or_default().to_owned();
        self.left_out_by_name.entry(name).or_default().push(folded.clone());
        self.left_out.insert(folded, reason);
    }

    fn insert(&mut self, found_by: &str, path: &str) -> &mut NamedFile {
        let folded = fold_case(found_by);
        let index = self.files.len();
        let name = folded.rsplit('/').next().unwrap_or_default().to_owned();
        if let Some((stem, _)) = name.rsplit_once('.') {
            self.by_stem.entry(stem.to_owned()).or_default().push(index);
        }
        self.by_name.entry(name).or_default().push(index);
        let (path, exists) = (path.to_owned(), true);
        let file = NamedFile { path, folded, needs_row: false, is_optional: false, is_in_manifest: false, exists };
        self.files.push(file);
        let last = self.files.len() - 1;
        &mut self.files[last]
    }

    /// Whether the manifest lists a file.
    pub(super) fn is_in_manifest(&self, path: &str) -> bool {
        self.files.iter().any(|file| file.path == path && file.is_in_manifest)
    }

    /// Finds a newer version of the file that a row names (`named`): the newest one without a row of its own. If the named file does
    /// not exist, a file with a later date or a greater dotted number (`1.4`) in its name is also treated as a newer version.
    pub(super) fn newer_version(&self, named: &str, exists: bool, has_row: impl Fn(&str) -> bool) -> Option<&str> {
        let named = path_in(named);
        let extension = |path: &str| path.rsplit_once('.').map_or(String::new(), |(_, extension)| fold_case(extension));
        let folder = fold_case(folder_of(&named));
        let is_candidate = |file: &&NamedFile| {
            let own_folder = fold_case(folder_of(&file.path));
            let is_below =
                || own_folder.strip_suffix(&*folder).is_some_and(|above| above.is_empty() || above.ends_with('/'));
            let is_in_folder = own_folder == folder || !exists && (folder.is_empty() || is_below());
            file.exists
                && !file.is_optional
                && file.path != named
                && is_in_folder
                && extension(&file.path) == extension(&named)
                && !has_row(&file.path)
                && confidentiality_mark(&file.path).is_none()
        };
        let candidates: Vec<&NamedFile> = self.files.iter().filter(is_candidate).collect();
        let old = split_version(stem_of(&named));
        let newer = candidates.iter().filter_map(|file| {
            let version = split_version(stem_of(&file.path));
            let is_newer = portable_name(&version.base) == portable_name(&old.base)
                && version.comparable_version() > old.comparable_version();
            is_newer.then_some((version.version, file))
        });
        if let Some((_, file)) = newer.max_by(|(one, _), (other, _)| one.cmp(other)) {
            return Some(&file.path);
        }
        if exists {
            return None;
        }
        let mut later = candidates.iter().filter(|file| follows(stem_of(&file.path), stem_of(&named)));
        match (later.next(), later.next()) {
            (Some(file), None) => Some(&file.path),
            _ => None,
        }
    }

    /// The paths of the files that should have a row.
    pub(super) fn needing_rows(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter(|file| file.needs_row).map(|file| file.path.as_str())
    }

    /// Finds the files that a text names. The text may be a path, or a name with or without extension: a name without extension finds
    /// all formats of the document. It may also be a path on another computer (`C:\CD\a.pdf`) or a web address: then the longest end
    /// that matches the path of a file counts.
    pub(super) fn find(&self, text: &str) -> Result<Vec<&str>, NotFound> {
        let path = path_in(text);
        match self.find_path(&path) {
            Err(NotFound::Missing) if path.contains('%') => self.find_path(&decode_percent(&path, None)),
            found => found,
        }
    }

    fn find_path(&self, path: &str) -> Result<Vec<&str>, NotFound> {
        let path = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/");
        if path.is_empty() {
            return Err(NotFound::Missing);
        }
        let folded = fold_case(&path);
        let name = folded.rsplit('/').next().unwrap_or_default();
        let with_name = self.by_name.get(name).into_iter().flatten().filter_map(|index| self.files.get(*index));
        if let Some(file) = with_name.into_iter().find(|file| file.path == path) {
            return Ok(vec![&file.path]);
        }
        let parents = folded.match_indices('/').map(|(at, _)| &folded[..at]);
        let mut left_out = parents.chain([folded.as_str()]).filter_map(|path| self.left_out.get(path));
        let by_path = left_out.next().filter(|_| folded.contains('/'));
        let empty = Vec::new();
        for (indexes, has_extension) in
            [(self.by_name.get(name).unwrap_or(&empty), true), (self.by_stem.get(name).unwrap_or(&empty), false)]
        {
            let mut tail = Some(folded.as_str());
            // Tries the whole path, then the path without its first folder, and so on.
            while let Some(end) = tail {
                let mut matching: Vec<&NamedFile> = Vec::new();
                for file in indexes.iter().filter_map(|index| self.files.get(*index)) {
                    let path = if has_extension { &file.folded } else { without_extension(&file.folded) };
                    let before = path.strip_suffix(end);
                    if before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
                        && !matching.iter().any(|other| other.path == file.path)
                    {
                        matching.push(file);
                    }
                }
                let is_one = |matching: &[&NamedFile]| {
                    matching.len() == 1
                        || !has_extension
                            && matching
                                .windows(2)
                                .all(|pair| without_extension(&pair[0].folded) == without_extension(&pair[1].folded))
                };
                if matching.iter().any(|file| !file.is_optional) {
                    matching.retain(|file| !file.is_optional);
                }
                if !matching.is_empty() {
                    let is_one = is_one(&matching);
                    return if is_one {
                        Ok(matching.into_iter().map(|file| file.path.as_str()).collect())
                    } else {
                        Err(NotFound::Ambiguous)
                    };
                }
                // The path names a file that is left out, or a file in a folder that is left out. A file of the same name in
                // another folder is not meant.
                if let Some(reason) = &by_path {
                    return Err(NotFound::LeftOut(reason.message()));
                }
                tail = end.split_once('/').map(|(_, rest)| rest);
            }
        }
        let ends_with_path = |path: &&String| {
            path.strip_suffix(folded.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        let by_name =
            self.left_out_by_name.get(name).and_then(|paths| self.left_out.get(paths.iter().find(ends_with_path)?));
        Err(by_name.map_or(NotFound::Missing, |reason| NotFound::LeftOut(reason.message())))
    }
}

/// Whether a manifest can list a file: it has an extension, and is neither a shortcut nor an unfinished download.
fn can_be_listed(path: &str) -> bool {
    const LEFTOVERS: [&str; 5] = ["lnk", "tmp", "part", "crdownload", "url"];
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, extension)| extension);
    extension.is_some_and(|extension| {
        let lower = extension.to_ascii_lowercase();
        !lower.is_empty() && lower.bytes().all(|b| b.is_ascii_alphanumeric()) && !LEFTOVERS.contains(&lower.as_str())
    })
}

fn without_extension(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') => stem,
        _ => path,
    }
}

/// The path in a cell or a link: without quotation marks, and without the host and the query of a web address.
fn path_in(text: &str) -> String {
    let text = text.trim().trim_matches(['"', '\'', '“', '”', '<', '>']).trim();
    let path = match text.split_once("://") {
        Some((_, rest)) => {
            let rest = rest.split(['?', '#']).next().unwrap_or_default();
            rest.split_once('/').map_or("", |(_, path)| path)
        }
        None => text,
    };
    path.replace('\\', "/")
}

/// Whether a link leads to the web, and not to a file on this computer.
pub(super) fn is_web_address(target: &str) -> bool {
    target.contains("://") && !target.to_ascii_lowercase().starts_with("file:")
}

/// What a link leads to, for messages: a path without `%20` and the like, or a web address.
pub(super) fn link_target(target: &str) -> String {
    if is_web_address(target) { target.to_owned() } else { decode_percent(&path_in(target), None).into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_what_people_write() {
        let mut files = RegisterFiles::default();
        for path in
            ["a/report one.pdf", "b/Rapport é.pdf", "b/x.pdf", "b/x.docx", "c/y.pdf", "d/y.pdf", "site/index.html"]
        {
            files.insert(path, path);
        }
        files.insert("guide/page 3.html", "guide/page 3.html");
        files.add("site/index.html", Some("site"), true);
        files.leave_out("drafts/z.pdf", LeftOut::Because(ExclusionReason::Excluded));
        files.leave_out("manual", LeftOut::InSite("manual".to_owned()));
        for (text, found) in [
            ("a/report one.pdf", "a/report one.pdf"),
            ("REPORT ONE.PDF", "a/report one.pdf"),
            ("report one", "a/report one.pdf"),
            ("C:\\CD\\a\\report one.pdf", "a/report one.pdf"),
            ("file:///C:/CD/a/report%20one.pdf", "a/report one.pdf"),
            ("https://example.org/files/report%20one.pdf?download=1#page=2", "a/report one.pdf"),
            ("./b/Rapport e\u{301}.pdf", "b/Rapport é.pdf"),
            ("/objects/x.docx", "b/x.docx"),
            ("d\\y.pdf", "d/y.pdf"),
            ("site/", "site/index.html"),
        ] {
            assert_eq!(files.find(text), Ok(vec![found]), "{text}");
        }
        assert_eq!(files.find("x"), Ok(vec!["b/x.pdf", "b/x.docx"]));
        assert_eq!(files.find("y.pdf"), Err(NotFound::Ambiguous));
        assert_eq!(files.find("https://youtu.be/abc"), Err(NotFound::Missing));
        let left_out = |text: &str, words: &str| matches!(files.find(text), Err(NotFound::LeftOut(message)) if message.contains(words));
        assert!(left_out("z.pdf", "is under `exclude:`"));
        assert!(left_out("manual/page 3.html", "is part of the web site `manual`"));
        // An optional file is found only if no other file has its name.
        files.insert("small/x.jpg", "small/x.jpg").is_optional = true;
        files.insert("small/y2.jpg", "small/y2.jpg").is_optional = true;
        files.insert("large/y2.jpg", "large/y2.jpg");
        assert_eq!(files.find("x.jpg"), Ok(vec!["small/x.jpg"]));
        assert_eq!(files.find("y2.jpg"), Ok(vec!["large/y2.jpg"]));
    }

    #[test]
    fn newer_versions_are_found() {
        let mut files = RegisterFiles::default();
        for path in [
            "a/plan_v5.pdf",
            "a/plan_v6 draft.pdf",
            "a/plan_v4.docx",
            "b/manual 2021-03.pdf",
            "b/copy of map.pdf",
            "b/lshort-nl-1.4.pdf",
        ] {
            files.insert(path, path);
        }
        let newer = |named: &str, exists: bool| files.newer_version(named, exists, |_| false);
        assert_eq!(newer("plan_v4.pdf", false), Some("a/plan_v5.pdf"));
        assert_eq!(newer("a/plan_v4.pdf", true), Some("a/plan_v5.pdf"));
        assert_eq!(newer("b/plan_v4.pdf", true), None);
        assert_eq!(newer("plan_v5.pdf", false), None);
        files.insert("ab/chart_v5.pdf", "ab/chart_v5.pdf");
        let newer = |named: &str, exists: bool| files.newer_version(named, exists, |_| false);
        assert_eq!(newer("b/chart_v4.pdf", false), None);
        assert_eq!(newer("ab/chart_v4.pdf", false), Some("ab/chart_v5.pdf"));
        assert_eq!(newer("manual 2020-12.pdf", false), Some("b/manual 2021-03.pdf"));
        assert_eq!(newer("b/manual 2020-12.pdf", true), None);
        assert_eq!(newer("lshort-nl-1.3.pdf", false), Some("b/lshort-nl-1.4.pdf"));
        assert_eq!(newer("b/lshort-nl-1.3.pdf", true), None);
        assert_eq!(newer("b/map.pdf", true), None);
        assert_eq!(files.newer_version("plan_v4.pdf", false, |path| path.contains("v5")), None);
    }
}
