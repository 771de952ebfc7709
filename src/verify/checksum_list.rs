//! The checksum list, in the format that `sha256sum -c` reads.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::published;
use super::verdict::{Problem, ProblemCode, Problems};
use crate::checksum::{Digest, is_checksum_list, parse_line};

/// The largest list that is read: enough for more than a million names.
pub(super) const MAX_LIST_BYTES: u64 = 128 << 20;

/// Shown if there is no list.
const NO_LIST: &str = "there is no checksum list `SHA256SUMS`, so the files cannot be checked";

/// The name of the list where names have at most 8 characters and an extension.
pub(super) const SHORT_LIST_NAME: &str = "SHA256SU";

/// Whether this is the path of the list, in any tree.
pub(super) fn is_list_path(path: &str) -> bool {
    is_checksum_list(path) || path == SHORT_LIST_NAME
}

/// The file with the name and the icon of a disc, which is a second name of a listed file. Its name has a hyphen only where
/// the file system allows one.
pub(super) fn is_icon_file(path: &str) -> bool {
    path.eq_ignore_ascii_case(".xdg-volume-info") || path.eq_ignore_ascii_case(".xdg_volume_info")
}

/// Whether this is a detached signature of the list, which was made after it: `SHA256SUMS.asc`.
pub(super) fn is_signature_of(path: &str, list: &str) -> bool {
    let is_ending = |ending: &str| SIGNATURE_ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending));
    path.split_at_checked(list.len())
        .is_some_and(|(start, ending)| start.eq_ignore_ascii_case(list) && is_ending(ending))
}

/// As OpenPGP, minisign and signify name signatures. The page that checks the disc knows the same.
const SIGNATURE_ENDINGS: [&str; 4] = [".asc", ".gpg", ".sig", ".minisig"];

/// The digests in a list, by path.
pub(super) type ListedDigests = BTreeMap<String, Digest>;

/// What was read from a list.
#[derive(Debug, Default)]
pub(super) struct ParsedList {
    pub(super) digests: ListedDigests,
    /// Whether it ends in the middle of a line, so that the rest is probably missing.
    pub(super) is_cut_off: bool,
}

/// The problem with files that may be in the missing part of a list; `None` if there are none.
pub(super) fn describe_beyond_cut(files: u64) -> Option<Problem> {
    let message = match files {
        0 => return None,
        1 => "1 file could not be compared, because the list that would name it is probably cut off".to_owned(),
        _ => format!("{files} files could not be compared, because the list that would name them is probably cut off"),
    };
    Some(Problem::new(ProblemCode::ChecksumList, message))
}

/// How the names of lists begin or end that other programs write, in lower case.
const OTHER_LIST_BEGINNINGS: [&str; 8] =
    ["md5sum", "sha1sum", "sha224sum", "sha256", "sha384sum", "sha512sum", "b2sum", "checksums"];
const OTHER_LIST_ENDINGS: [&str; 6] = [".md5", ".sha1", ".sha256", ".sha512", ".b2", ".sfv"];

/// Whether a file is, by its name, a list of checksums under another name or in another format.
pub(super) fn is_other_list(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    OTHER_LIST_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || OTHER_LIST_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Shown if there is no list among some files.
pub(super) fn describe_missing<'p>(mut paths: impl Iterator<Item = &'p String>) -> String {
    match paths.find(|path| !path.contains('/') && is_other_list(path)) {
        Some(other) => format!(
            "{NO_LIST}; `{other}` seems to be a list under another name or in another format: check with the program that reads it"
        ),
        None => NO_LIST.to_owned(),
    }
}

/// The problem with a file that the list does not name.
pub(super) fn describe_added(path: &str) -> Problem {
    let message = if is_other_list(path) {
        "is not in the checksum list; judging by its name, it may be another list of checksums, which was not used"
    } else {
        "is not in the checksum list"
    };
    Problem::new(ProblemCode::Added, message).at(path)
}

/// Parses the list of an image, which is exactly as make-disc or `sha256sum` wrote it; reports malformed lines.
pub(super) fn parse(bytes: &[u8], path: &str, problems: &mut Problems) -> ParsedList {
    parse_with(bytes, path, problems, |line| parse_line(line).map(|(digest, path)| (digest, path.to_owned())))
}

/// Parses the list of a folder or an archive, which may have passed through a text editor or come from another program;
/// reports malformed lines, and notes how it differs from the list of an image.
pub(super) fn parse_copied(bytes: &[u8], path: &str, notes: &mut Vec<String>, problems: &mut Problems) -> ParsedList {
    let without_mark = match bytes {
        [0xef, 0xbb, 0xbf, text @ ..] => Some(Cow::Borrowed(text)),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Cow::Owned(published::decode(bytes).into_bytes())),
        _ => None,
    };
    let mut is_unchanged = without_mark.is_none();
    let listed = parse_with(&without_mark.unwrap_or(Cow::Borrowed(bytes)), path, problems, |line| {
        if let Some((digest, path)) = parse_line(line) {
            return Some((digest, path.to_owned()));
        }
        is_unchanged = false;
        parse_other_format(std::str::from_utf8(line).ok()?)
    });
    if !is_unchanged && !listed.digests.is_empty() {
        notes.push("the checksum list was changed by a text editor or written by another program".to_owned());
    }
    listed
}

/// A line as other programs and text editors write it: digits in upper case, a carriage return at its end, `*` before
/// the path for binary mode, `./` before that, or the format of `sha256sum --tag`.
fn parse_other_format(line: &str) -> Option<(Digest, String)> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let tagged = line.strip_prefix("SHA256 (").and_then(|rest| rest.rsplit_once(") = "));
    let (path, digest) = match tagged {
        Some(parts) => parts,
        None => {
            let (digest, rest) = line.split_at_checked(64)?;
            (rest.strip_prefix("  ").or_else(|| rest.strip_prefix(" *"))?, digest)
        }
    };
    let path = path.strip_prefix("./").unwrap_or(path);
    let usual = format!("{}  {path}", digest.to_ascii_lowercase());
    parse_line(usual.as_bytes()).map(|(digest, path)| (digest, path.to_owned()))
}

fn parse_with(
    bytes: &[u8],
    path: &str,
    problems: &mut Problems,
    mut parse: impl FnMut(&[u8]) -> Option<(Digest, String)>,
) -> ParsedList {
    let mut listed = ListedDigests::new();
    let mut is_cut_off = false;
    let mut report = |line: usize, what: &str| {
        let message = format!("line {line} of the checksum list {what}");
        problems.add(Problem::new(ProblemCode::ChecksumList, message).at(path));
    };
    let mut lines = bytes.split(|byte| *byte == b'\n').enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        if lines.peek().is_none() {
            is_cut_off = !line.is_empty();
            if is_cut_off {
                report(number + 1, "has no line ending: the list is probably cut off, so get it again");
            }
            break;
        }
        match parse(line) {
            Some((digest, path)) => {
                if listed.insert(path, digest).is_some() {
                    report(number + 1, "names a file that an earlier line names");
                }
            }
            None => report(number + 1, "does not consist of a digest, two spaces and a path"),
        }
    }
    if listed.is_empty() {
        problems.add(Problem::new(ProblemCode::ChecksumList, "the checksum list names no files").at(path));
    }
    ParsedList { digests: listed, is_cut_off }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_lines_are_reported() {
        let good = format!("{}  a/b.txt\n", "0".repeat(64));
        let parsed = |text: &str| {
            let mut problems = Problems::default();
            (parse(text.as_bytes(), "SHA256SUMS", &mut problems).digests.len(), problems.total())
        };
        assert_eq!(parsed(&good), (1, 0));
        assert_eq!(parsed(""), (0, 1));
        assert_eq!(parsed(good.trim_end()), (0, 2));
        assert_eq!(parsed(&good.replace("a/b", "../b")), (0, 2));
        assert_eq!(parsed(&format!("{good}{good}")), (1, 1));
        assert_eq!(parsed(&good.replace('0', "g")), (0, 2));
        assert_eq!(parsed(&good.replace('\n', "\r\n")), (0, 2));
        assert_eq!(parsed(&good.replace("a/b", "é")), (1, 0));
    }

    #[test]
    fn copied_lists_may_be_in_other_formats() {
        let hex = "ab".repeat(32);
        for (line, notes) in [
            (format!("{hex}  a/b.txt\n"), 0),
            (format!("\u{feff}{hex}  a/b.txt\n"), 1),
            (format!("{hex}  a/b.txt\r\n"), 1),
            (format!("{} *./a/b.txt\n", hex.to_uppercase()), 1),
            (format!("SHA256 (./a/b.txt) = {hex}\r\n"), 1),
        ] {
            let (mut found, mut problems) = (Vec::new(), Problems::default());
            let listed = parse_copied(line.as_bytes(), "SHA256SUMS", &mut found, &mut problems);
            assert_eq!(listed.digests.keys().collect::<Vec<_>>(), ["a/b.txt"], "{line}");
            assert_eq!((found.len(), problems.total()), (notes, 0), "{line}");
        }
        for line in [format!("{hex}  ../b\n"), format!("MD5 (b) = {hex}\n"), format!("{hex} b\n"), format!("{hex} *\n")]
        {
            let (mut found, mut problems) = (Vec::new(), Problems::default());
            assert!(
                parse_copied(line.as_bytes(), "SHA256SUMS", &mut found, &mut problems).digests.is_empty(),
                "{line}"
            );
            assert_eq!((found.len(), problems.total()), (0, 2), "{line}");
        }
    }
}
