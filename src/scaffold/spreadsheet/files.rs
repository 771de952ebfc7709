//! Finds the files that the rows of a list name.

use std::collections::HashMap;

use crate::language::fold_case;
use crate::scaffold::scan::FolderScan;

/// The files that a list may name.
#[derive(Debug, Default)]
pub struct ListFiles {
    files: Vec<NamedFile>,
    /// The indexes of files by their folded names, with and without extension.
    by_name: HashMap<String, Vec<usize>>,
    by_stem: HashMap<String, Vec<usize>>,
    /// Why files are left out, by their folded paths.
    left_out: HashMap<String, &'static str>,
    /// The folded paths of files that are left out, by their names.
    left_out_by_name: HashMap<String, Vec<String>>,
}

#[derive(Debug)]
struct NamedFile {
    path: String,
    /// The path by which it is found, folded; for a web site also that of its folder.
    folded: String,
    needs_row: bool,
}

/// Why no file is found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotFound {
    Missing,
    Ambiguous,
    LeftOut(&'static str),
}

impl ListFiles {
    /// The files of a folder; each should have a row.
    pub fn of_scan(scan: &FolderScan) -> Self {
        let mut files = Self::default();
        for file in &scan.files {
            files.insert(&file.path, &file.path, true);
        }
        for (start, folder) in scan.site_folders() {
            files.insert(folder, start, false);
        }
        for (reason, paths) in &scan.excluded {
            paths.iter().for_each(|path| files.leave_out(path, reason.description()));
        }
        files
    }

    /// Adds a file that is not found in the folder but may be in the list, and another path by which it is found.
    pub fn add(&mut self, path: &str, other_path: Option<&str>) {
        if !self.files.iter().any(|file| file.path == path && file.needs_row) {
            self.insert(path, path, false);
        }
        if let Some(other_path) = other_path {
            self.insert(other_path, path, false);
        }
    }

    fn leave_out(&mut self, path: &str, reason: &'static str) {
        let folded = fold_case(path);
        let name = folded.rsplit('/').next().unwrap_or_default().to_owned();
        self.left_out_by_name.entry(name).or_default().push(folded.clone());
        self.left_out.insert(folded, reason);
    }

    fn insert(&mut self, found_by: &str, path: &str, needs_row: bool) {
        let folded = fold_case(found_by);
        let index = self.files.len();
        let name = folded.rsplit('/').next().unwrap_or_default().to_owned();
        if let Some((stem, _)) = name.rsplit_once('.') {
            self.by_stem.entry(stem.to_owned()).or_default().push(index);
        }
        self.by_name.entry(name).or_default().push(index);
        self.files.push(NamedFile { path: path.to_owned(), folded, needs_row });
    }

    /// The paths of the files that should have a row.
    pub(super) fn needing_rows(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter(|file| file.needs_row).map(|file| file.path.as_str())
    }

    /// Finds the files that a text names: by the path, by the longest end of the path that matches if it is from another
    /// computer (`C:\CD\a.pdf`) or a web address, or by the name, with or without the extension. Without it, all formats of a
    /// document are found.
    pub(super) fn find(&self, text: &str) -> Result<Vec<&str>, NotFound> {
        let path = path_in(text);
        match self.find_path(&path) {
            Err(NotFound::Missing) if path.contains('%') => self.find_path(&decode_percent(&path)),
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
        let empty = Vec::new();
        for (indexes, has_extension) in
            [(self.by_name.get(name).unwrap_or(&empty), true), (self.by_stem.get(name).unwrap_or(&empty), false)]
        {
            let mut tail = Some(folded.as_str());
            while let Some(end) = tail {
                let mut found: Vec<&NamedFile> = Vec::new();
                for file in indexes.iter().filter_map(|index| self.files.get(*index)) {
                    let path = if has_extension { &file.folded } else { without_extension(&file.folded) };
                    let before = path.strip_suffix(end);
                    if before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
                        && !found.iter().any(|other| other.path == file.path)
                    {
                        found.push(file);
                    }
                }
                let is_one = |found: &[&NamedFile]| {
                    found.len() == 1
                        || !has_extension
                            && found
                                .windows(2)
                                .all(|pair| without_extension(&pair[0].folded) == without_extension(&pair[1].folded))
                };
                if !found.is_empty() {
                    let is_one = is_one(&found);
                    return if is_one {
                        Ok(found.into_iter().map(|file| file.path.as_str()).collect())
                    } else {
                        Err(NotFound::Ambiguous)
                    };
                }
                tail = end.split_once('/').map(|(_, rest)| rest);
            }
        }
        // The file itself, or a folder that it is in.
        let parents = folded.match_indices('/').map(|(at, _)| &folded[..at]);
        let by_path = parents.chain([folded.as_str()]).find_map(|path| self.left_out.get(path));
        let ends_so = |path: &&String| {
            path.strip_suffix(folded.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        let by_name = || self.left_out.get(self.left_out_by_name.get(name)?.iter().find(ends_so)?);
        let reason = by_path.or_else(by_name).copied();
        Err(reason.map_or(NotFound::Missing, NotFound::LeftOut))
    }
}

fn without_extension(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') => stem,
        _ => path,
    }
}

/// The path in a cell or a link: without quotation marks, and without the beginning and the end of a web address.
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

/// Replaces `%20` and the like. Sequences that are not UTF-8 are left as they are.
fn decode_percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_what_people_write() {
        let mut files = ListFiles::default();
        for path in
            ["a/report one.pdf", "b/Rapport é.pdf", "b/x.pdf", "b/x.docx", "c/y.pdf", "d/y.pdf", "site/index.html"]
        {
            files.insert(path, path, true);
        }
        files.add("site/index.html", Some("site"));
        files.leave_out("drafts/z.pdf", "files under `exclude:`");
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
        assert_eq!(files.find("z.pdf"), Err(NotFound::LeftOut("files under `exclude:`")));
    }
}
