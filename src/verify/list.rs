//! The checksum list, as `sha256sum -c` reads it.

use std::collections::HashMap;

use super::verdict::{Code, Problem, Problems};
use crate::checksum::{Digest, read_line};

/// The largest list that is read: room for more than a million names.
pub(super) const MOST_BYTES: u64 = 128 << 20;

/// The digests that a list promises, by path.
pub(super) type Promised = HashMap<String, Digest>;

/// Reads a list; reports lines that are none.
pub(super) fn parse(bytes: &[u8], path: &str, problems: &mut Problems) -> Promised {
    let mut promised = Promised::new();
    let mut wrong = |line: usize, what: &str| {
        let message = format!("line {line} of the checksum list {what}");
        problems.push(Problem::new(Code::ChecksumList, message).at(path));
    };
    // A program for texts may have converted it: that is one mistake, and what the list promises can be read.
    let converted = bytes.ends_with(b"\r\n");
    let mut lines = bytes.split(|byte| *byte == b'\n').enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        if lines.peek().is_none() {
            if !line.is_empty() {
                wrong(number + 1, "does not end");
            }
            break;
        }
        match read_line(line.strip_suffix(b"\r").filter(|_| converted).unwrap_or(line)) {
            Some((digest, path)) => {
                if promised.insert(path.to_owned(), digest).is_some() {
                    wrong(number + 1, "names a file a second time");
                }
            }
            None => wrong(number + 1, "is not a digest, two spaces and a path"),
        }
    }
    if converted {
        let message = "the lines of the checksum list end as on Windows: a program for texts has changed the list";
        problems.push(Problem::new(Code::ChecksumList, message).at(path));
    }
    if promised.is_empty() {
        problems.push(Problem::new(Code::ChecksumList, "the checksum list names no files").at(path));
    }
    promised
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_list_is_no_list() {
        let good = format!("{}  a/b.txt\n", "0".repeat(64));
        let judged = |text: &str| {
            let mut problems = Problems::default();
            (parse(text.as_bytes(), "SHA256SUMS", &mut problems).len(), problems.total())
        };
        assert_eq!(judged(&good), (1, 0));
        assert_eq!(judged(""), (0, 1));
        assert_eq!(judged(good.trim_end()), (0, 2));
        assert_eq!(judged(&good.replace("a/b", "../b")), (0, 2));
        assert_eq!(judged(&format!("{good}{good}")), (1, 1));
        assert_eq!(judged(&good.replace('0', "g")), (0, 2));
        assert_eq!(judged(&format!("{good}{}", good.replace("b.", "c.")).replace('\n', "\r\n")), (2, 1));
        assert_eq!(judged(&good.replace("a/b", "é")), (1, 0));
    }
}
