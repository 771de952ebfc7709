//! The checksum list, in the format that `sha256sum -c` reads.

use std::collections::BTreeMap;

use super::verdict::{Problem, ProblemCode, Problems};
use crate::checksum::{Digest, parse_line};

/// The largest list that is read: enough for more than a million names.
pub(super) const MAX_LIST_BYTES: u64 = 128 << 20;

/// Shown if there is no list.
pub(super) const NO_LIST: &str = "there is no checksum list `SHA256SUMS`, so the files cannot be checked";

/// The file with the name and the icon of a disc, which is a second name of a listed file. Its name has a hyphen only where
/// the file system allows one.
pub(super) fn is_icon_file(path: &str) -> bool {
    path.eq_ignore_ascii_case(".xdg-volume-info") || path.eq_ignore_ascii_case(".xdg_volume_info")
}

/// The digests in a list, by path.
pub(super) type ListedDigests = BTreeMap<String, Digest>;

/// Parses a list; reports malformed lines.
pub(super) fn parse(bytes: &[u8], path: &str, problems: &mut Problems) -> ListedDigests {
    let mut listed = ListedDigests::new();
    let mut report = |line: usize, what: &str| {
        let message = format!("line {line} of the checksum list {what}");
        problems.add(Problem::new(ProblemCode::ChecksumList, message).at(path));
    };
    // A text editor may have converted the line endings. That is one mistake, and the digests are still readable.
    let has_windows_line_endings = bytes.ends_with(b"\r\n");
    let mut lines = bytes.split(|byte| *byte == b'\n').enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        if lines.peek().is_none() {
            if !line.is_empty() {
                report(number + 1, "has no line ending");
            }
            break;
        }
        match parse_line(line.strip_suffix(b"\r").filter(|_| has_windows_line_endings).unwrap_or(line)) {
            Some((digest, path)) => {
                if listed.insert(path.to_owned(), digest).is_some() {
                    report(number + 1, "names a file that an earlier line names");
                }
            }
            None => report(number + 1, "does not consist of a digest, two spaces and a path"),
        }
    }
    if has_windows_line_endings {
        let message = "the checksum list has Windows line endings: a text editor has changed it";
        problems.add(Problem::new(ProblemCode::ChecksumList, message).at(path));
    }
    if listed.is_empty() {
        problems.add(Problem::new(ProblemCode::ChecksumList, "the checksum list names no files").at(path));
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_lines_are_reported() {
        let good = format!("{}  a/b.txt\n", "0".repeat(64));
        let parsed = |text: &str| {
            let mut problems = Problems::default();
            (parse(text.as_bytes(), "SHA256SUMS", &mut problems).len(), problems.total())
        };
        assert_eq!(parsed(&good), (1, 0));
        assert_eq!(parsed(""), (0, 1));
        assert_eq!(parsed(good.trim_end()), (0, 2));
        assert_eq!(parsed(&good.replace("a/b", "../b")), (0, 2));
        assert_eq!(parsed(&format!("{good}{good}")), (1, 1));
        assert_eq!(parsed(&good.replace('0', "g")), (0, 2));
        assert_eq!(parsed(&format!("{good}{}", good.replace("b.", "c.")).replace('\n', "\r\n")), (2, 1));
        assert_eq!(parsed(&good.replace("a/b", "é")), (1, 0));
    }
}
