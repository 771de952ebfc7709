//! Remembers the files that a manifest has listed, and leaves out of a scan those that somebody removed: an update does not add
//! them again.

use std::collections::BTreeSet;

use super::find_listed_files;
use super::listed::{find_listed_folders, normalise_path};
use crate::catalogue::Exclusions;
use crate::diagnostic::ManifestText;
use crate::manifest::{Manifest, ManifestFile};
use crate::scaffold::scan::{ExclusionReason, FolderScan};

/// The first lines of `.manifest.seen.txt`.
const HEADER: &str = "\
# The files that the manifest lists or has listed. `make-disc init --update` does not add them again
# if you remove them from the manifest. Delete a line to have that file added again.
";

/// The files that a manifest lists or has listed, by their paths from the manifest's folder; kept in `.manifest.seen.txt`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenFiles(BTreeSet<String>);

impl SeenFiles {
    /// Reads the text of `.manifest.seen.txt`. Lines that start with `#` are comments.
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().map(|line| line.trim_start_matches('\u{feff}').trim());
        Self(lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(normalise_path).collect())
    }

    /// Whether a text begins like `.manifest.seen.txt`, or is empty.
    pub fn is_seen_list(text: &str) -> bool {
        text.trim().is_empty() || text.trim_start_matches('\u{feff}').starts_with(&HEADER[..30])
    }

    /// Adds files. Returns whether any of them was new.
    pub fn add<'p>(&mut self, paths: impl Iterator<Item = &'p str>) -> bool {
        let before = self.0.len();
        self.0.extend(paths.map(normalise_path));
        self.0.len() > before
    }

    /// The text of `.manifest.seen.txt`.
    pub fn to_text(&self) -> String {
        let lines: String = self.0.iter().map(|path| format!("{}\n", escape(path))).collect();
        format!("{HEADER}{lines}")
    }
}

/// A path as a line that cannot be taken for a comment.
fn escape(path: &str) -> String {
    if path.starts_with('#') { format!("./{path}") } else { path.to_owned() }
}

/// Leaves out of a scan the files that the manifest excludes, has only in a comment, or no longer lists. `prefix` is the path from
/// the manifest's folder to the scanned folder, with `/` at its end.
pub fn leave_out_removed_files(
    scan: &mut FolderScan,
    prefix: &str,
    file: &ManifestFile,
    manifest: &Manifest,
    seen: &SeenFiles,
) {
    let patterns = manifest.exclude.iter().flat_map(|exclude| &exclude.values).map(|pattern| pattern.0.clone());
    leave_out_excluded_files(scan, prefix, &patterns.collect::<Vec<_>>());
    let sections = manifest.sections.as_deref().unwrap_or_default();
    let listed = find_listed_files(sections);
    let sites: BTreeSet<String> = find_listed_folders(sections).collect();
    let comments = comments_between_entries(file.text());
    let reason = |scanned: &str| {
        let path = format!("{prefix}{scanned}");
        if listed.contains_key(&path) || folders(&path).any(|folder| sites.contains(folder)) {
            None
        } else if comments.iter().any(|comment| mentions(comment, &path) || mentions_site(comment, &path)) {
            Some(ExclusionReason::CommentedOut)
        } else {
            // A folder is among the seen files only if it was a web site.
            let was_listed = seen.0.contains(&path) || folders(&path).any(|folder| seen.0.contains(folder));
            was_listed.then_some(ExclusionReason::Removed)
        }
    };
    scan.exclude_where(|file| reason(&file.path));
    scan.withhold_where(reason);
}

/// Leaves out of a scan the files that these paths and patterns exclude.
pub fn leave_out_excluded_files(scan: &mut FolderScan, prefix: &str, patterns: &[String]) {
    let mut exclusions = Exclusions::default();
    for pattern in patterns {
        // The error of an invalid pattern is ignored: `add` takes such a pattern for the name of a file.
        let _ = exclusions.add(pattern);
    }
    if exclusions.is_empty() {
        return;
    }
    let reason = |path: &str| exclusions.find(&format!("{prefix}{path}")).map(|_| ExclusionReason::Excluded);
    scan.exclude_where(|file| reason(&file.path));
    scan.withhold_where(reason);
}

/// The comments from `sections:` on, without the comments that `init` writes: the list of files left out, and `# check:`.
fn comments_between_entries(text: &str) -> Vec<&str> {
    let lines = text.lines().skip_while(|line| !line.starts_with("sections:"));
    let mut comments = Vec::new();
    let mut is_left_out = false;
    for line in lines {
        let trimmed = line.trim_start();
        if trimmed.starts_with("# Left out:") {
            is_left_out = true;
        } else if !trimmed.starts_with('#') {
            is_left_out = false;
        }
        let comment = comment_of(line).filter(|comment| !comment.trim_start().starts_with("check:"));
        if !is_left_out && let Some(comment) = comment {
            comments.push(comment);
        }
    }
    comments
}

/// The folders that contain a file, outermost first.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

/// Whether a comment has a web site whose folder contains this file.
fn mentions_site(comment: &str, path: &str) -> bool {
    comment.contains("folder:") && folders(path).any(|folder| mentions(comment, folder))
}

/// The comment in a line: what follows a `#` that is at the start or after a space, and not in quotes.
fn comment_of(line: &str) -> Option<&str> {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match quote {
            Some(open) if c == open && before != '\\' => quote = None,
            Some(_) => {}
            None if c == '#' && before.is_whitespace() => return Some(&line[at + 1..]),
            // An apostrophe within a word is not a quotation mark.
            None if matches!(c, '"' | '\'') && (before.is_whitespace() || matches!(before, '[' | '{' | ',' | ':')) => {
                quote = Some(c);
            }
            None => {}
        }
        before = c;
    }
    None
}

/// Whether a comment contains a path as a whole, perhaps in quotes.
fn mentions(comment: &str, path: &str) -> bool {
    let is_end = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '/' | '\\' | '_' | '-' | '.'));
    comment.match_indices(path).any(|(start, _)| {
        let before = comment[..start].chars().next_back();
        let after = comment[start + path.len()..].chars().next();
        // `./a.pdf` is the same file.
        let before = if comment[..start].ends_with("./") { None } else { before };
        is_end(before) && is_end(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seen_files_are_read_as_they_were_written() {
        let mut seen = SeenFiles::default();
        assert!(seen.add(["b.pdf", "./a/c.pdf", "#1.pdf"].into_iter()));
        assert!(!seen.add(["a/c.pdf"].into_iter()));
        assert_eq!(SeenFiles::parse(&seen.to_text()), seen);
        assert_eq!(SeenFiles::parse("\u{feff}# x\r\n\r\n a.pdf \r\n").0, BTreeSet::from(["a.pdf".to_owned()]));
    }

    #[test]
    fn a_comment_mentions_a_whole_path() {
        for (comment, mentioned) in [
            (" - {title: A, variants: {en: a/b.pdf}}", true),
            (" en: \"a/b.pdf\"", true),
            (" en: ./a/b.pdf", true),
            (" en: [x.pdf, a/b.pdf]", true),
            (" en: ca/b.pdf", false),
            (" en: a/b.pdf.gz", false),
            (" en: x/a/b.pdf", false),
            (" check: the date", false),
        ] {
            assert_eq!(mentions(comment, "a/b.pdf"), mentioned, "{comment}");
        }
        let text = "# a\nsections:\n  # b\n  # check: x\n  - x: 1 # c\n# Left out: d\n#   e\n";
        assert_eq!(comments_between_entries(text), [" b", " c"]);
        assert_eq!(comment_of("en: \"Annex #3.txt\" # a"), Some(" a"));
        assert_eq!(comment_of("en: Annex#3.txt"), None);
        assert_eq!(comment_of("title: Women's day # 'b"), Some(" 'b"));
    }
}
