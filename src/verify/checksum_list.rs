//! The checksum list, in the format that `sha256sum -c` reads.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use super::published::{self, unescape};
use super::verdict::{Problem, ProblemCode, Problems};
use crate::checksum::{Digest, is_checksum_list, parse_line};
use crate::signature::SignatureFormat;

/// The largest list that is read, in bytes: enough for more than a million names.
pub(super) const MAX_LIST_BYTES: u64 = 128 << 20;

const NO_LIST: &str = "there is no checksum list `SHA256SUMS`, so the files cannot be checked";

/// The name of the list where names have at most 8 characters and an extension.
pub(super) const SHORT_LIST_NAME: &str = "SHA256SU";

/// Whether this is the path of the list, in any tree.
pub(super) fn is_list_path(path: &str) -> bool {
    is_checksum_list(path) || path == SHORT_LIST_NAME
}

/// The second names that make-disc gives to some files, each with the path by which the list names the file. Second names have
/// hyphens, which not every tree allows, so the list does not contain them.
pub(super) const SECOND_NAMES: [(&str, &str); 2] =
    [(VOLUME_INFO_FILE, "pages/volume.txt"), (CRATE_FILE, "ro_crate.json")];

/// The file with the name and the icon of a disc.
pub(super) const VOLUME_INFO_FILE: &str = ".xdg-volume-info";

/// The RO-Crate description of a disc, under the name that programs look for.
pub(super) const CRATE_FILE: &str = "ro-crate-metadata.json";

/// Whether this is the second name of a listed file.
pub(super) fn is_second_name(path: &str) -> bool {
    find_original(path).is_some()
}

/// The path by which the list names a file with this second name, on discs made by make-disc.
pub(super) fn find_original(path: &str) -> Option<&'static str> {
    SECOND_NAMES.iter().find(|(name, _)| is_spelling_of(path, name)).map(|(_, original)| *original)
}

/// Whether a path is this name as some file system spells it: hyphens may have become underscores, and the letters are either
/// all capital or all small.
pub(super) fn is_spelling_of(path: &str, name: &str) -> bool {
    let is_capital = !path.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_small = !path.bytes().any(|byte| byte.is_ascii_uppercase());
    (is_capital || is_small) && (path.eq_ignore_ascii_case(name) || path.eq_ignore_ascii_case(&name.replace('-', "_")))
}

/// Notes about missing second names of listed files. Discs made by make-disc have the icon file together with `.autoopen`;
/// discs with names of eight characters have neither.
pub(super) fn describe_missing_second_names(
    is_listed: &dyn Fn(&str) -> bool,
    exists: &dyn Fn(&str) -> bool,
) -> Vec<String> {
    let all = [
        (VOLUME_INFO_FILE, ".autoopen", "some systems hide such files"),
        (CRATE_FILE, "ro_crate.json", "programs that read RO-Crate look for it"),
    ];
    let missing = all.into_iter().filter(|(name, beside, _)| is_listed(beside) && !exists(name));
    let describe = |(name, _, remark)| format!("`{name}`, the second name of a listed file, is not here: {remark}");
    missing.map(describe).collect()
}

/// Whether a second name is in the case that its view shows: without small letters in a view that shows all names in capitals,
/// without capital letters in the other views.
pub(super) fn is_in_case_of_view(path: &str, is_capital_view: bool) -> bool {
    let is_other = if is_capital_view { u8::is_ascii_lowercase } else { u8::is_ascii_uppercase };
    !path.bytes().any(|byte| is_other(&byte))
}

/// Whether the list gives this digest for the file `original`, in any case.
pub(super) fn is_digest_of(original: &str, listed: &ListedDigests, digest: Digest) -> bool {
    listed.iter().any(|(path, listed)| *listed == digest && path.eq_ignore_ascii_case(original))
}

/// Whether this is a detached signature of the list, such as `SHA256SUMS.asc`. It was made after the list, so the list does not
/// name it.
pub(super) fn is_signature_of(path: &str, list: &str) -> bool {
    let is_ending = |ending: &str| SIGNATURE_ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending));
    SignatureFormat::ALL.iter().any(|format| path.eq_ignore_ascii_case(&format.signature_path(list)))
        || path
            .split_at_checked(list.len())
            .is_some_and(|(start, ending)| start.eq_ignore_ascii_case(list) && is_ending(ending))
}

/// The note about a signature of the list that was not checked.
pub(super) fn describe_signature(path: &str) -> String {
    format!("`{path}` is a signature of the checksum list; the signature was not checked")
}

/// The endings that OpenPGP, OpenSSH, minisign and signify give signatures. The page that checks the disc has the same list.
const SIGNATURE_ENDINGS: [&str; 4] = [".asc", ".gpg", ".sig", ".minisig"];

/// The digests in a list, by path.
pub(super) type ListedDigests = BTreeMap<String, Digest>;

/// What was read from a list.
#[derive(Debug, Default)]
pub(super) struct ParsedList {
    pub(super) digests: ListedDigests,
    /// Whether its last line has no line ending, so further lines may be missing.
    pub(super) is_cut_off: bool,
    /// The number and the path of the last line, if only its line ending is missing. An editor may have removed the line ending,
    /// or the list may have been cut off in the middle of the path.
    pub(super) unterminated: Option<(usize, String)>,
    /// The files that malformed lines may name. The lines are reported, so the files need not be reported as well.
    pub(super) unread: UnreadNames,
}

/// The files that the malformed lines of a list may name.
#[derive(Debug, Default)]
pub(super) struct UnreadNames {
    /// In lower case.
    names: HashSet<String>,
    /// The length of all names together.
    bytes: usize,
    /// Whether a malformed line is not UTF-8. It may then name any file whose name is not ASCII.
    has_other_encoding: bool,
}

/// How many bytes of names from malformed lines are kept in memory.
const MAX_UNREAD_BYTES: usize = 16 << 20;

/// The longest line that is searched for names, in bytes.
const MAX_SEARCHED_LINE: usize = 4 << 10;

impl UnreadNames {
    /// Remembers every part of a line that may be a file name: the text in brackets, and the text before or after each blank
    /// or colon.
    fn add_line(&mut self, line: &[u8]) {
        self.has_other_encoding |= str::from_utf8(line).is_err();
        if line.len() > MAX_SEARCHED_LINE || self.bytes > MAX_UNREAD_BYTES {
            return;
        }
        let line = String::from_utf8_lossy(line);
        let line = line.trim();
        let in_brackets = line.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).map(|(name, _)| name);
        let is_gap = |c: char| c.is_whitespace() || c == ':';
        let after = line.match_indices(is_gap).take(8).map(|(at, _)| &line[at + 1..]);
        let before = line.rmatch_indices(is_gap).take(8).map(|(at, _)| &line[..at]);
        for name in in_brackets.into_iter().chain(after).chain(before) {
            let name = name.trim().trim_start_matches('*').replace('\\', "/").to_ascii_lowercase();
            self.add(name.trim_start_matches("./").to_owned());
        }
    }

    fn add(&mut self, name: String) {
        self.bytes += name.len();
        self.names.insert(name);
    }

    /// Whether a malformed line may name this file.
    pub(super) fn may_name(&self, path: &str) -> bool {
        self.has_other_encoding && !path.is_ascii()
            || !self.names.is_empty() && self.names.contains(&path.to_ascii_lowercase())
    }
}

/// The problem with a last line that has no line ending.
pub(super) fn describe_cut(line: usize, path: &str) -> Problem {
    describe_line(line, CUT, path)
}

const MALFORMED: &str = "does not consist of a SHA-256 digest, two spaces and a path: get the list again, or check the files with the program that wrote it";

const CUT: &str = "has no line ending: the list is probably cut off, so get it again";

fn describe_line(line: usize, what: &str, path: &str) -> Problem {
    Problem::new(ProblemCode::ChecksumList, format!("line {line} of the checksum list {what}")).at(path)
}

/// The largest table of the names in a folder that is read, in bytes.
pub(super) const MAX_TABLE_BYTES: u64 = 4 << 20;

/// Whether this is the path of a table of the names in a folder, which mkisofs and genisoimage write with `-T`.
pub(super) fn is_translation_table(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.eq_ignore_ascii_case("TRANS.TBL"))
}

/// Whether a file is a table of names and nothing else. Each line has the type of a file, its name in plain ISO 9660 padded with
/// spaces, and its other names, each after a tab.
pub(super) fn is_table_of_names(bytes: &[u8]) -> bool {
    let is_line = |line: &[u8]| {
        let mut fields = line.split(|byte| *byte == b'\t');
        let short = fields.next().and_then(|field| field.split_first_chunk::<2>());
        let is_short = short.is_some_and(|([kind, space], name)| {
            let name = name.trim_ascii();
            b"BCDFLMPS".contains(kind) && *space == b' ' && !name.is_empty() && !name.contains(&b' ')
        });
        let others: Vec<&[u8]> = fields.collect();
        let is_name = |name: &&[u8]| !name.is_empty() && name.len() <= 4096 && !name.iter().any(u8::is_ascii_control);
        is_short && !others.is_empty() && others.iter().all(is_name)
    };
    bytes.strip_suffix(b"\n").is_some_and(|lines| lines.split(|byte| *byte == b'\n').all(is_line))
}

/// A note about `count` tables of names, the first of which is at `first`; `None` if there are none.
pub(super) fn describe_translation_tables(first: Option<&str>, count: u64) -> Option<String> {
    let first = first?;
    let others = match count {
        0 | 1 => String::new(),
        2 => " and 1 other".to_owned(),
        _ => format!(" and {} others", count - 1),
    };
    Some(format!(
        "`{first}`{others}: a table of the names in a folder, as mkisofs writes (`-T`), which was not checked"
    ))
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

/// How the names of lists that other programs write begin or end, in lower case.
const OTHER_LIST_BEGINNINGS: [&str; 8] =
    ["md5sum", "sha1sum", "sha224sum", "sha256", "sha384sum", "sha512sum", "b2sum", "checksums"];
const OTHER_LIST_ENDINGS: [&str; 6] = [".md5", ".sha1", ".sha256", ".sha512", ".b2", ".sfv"];

/// Whether a file is, by its name, a list of checksums under another name or in another format.
pub(super) fn is_other_list(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    OTHER_LIST_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || OTHER_LIST_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// The message if none of these files is the list.
pub(super) fn describe_missing<'p>(mut paths: impl Iterator<Item = &'p String>) -> String {
    match paths.find(|path| !path.contains('/') && is_other_list(path)) {
        Some(other) => format!(
            "{NO_LIST}; `{other}` seems to be a list under another name or in another format: check the files with the program that reads it"
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

/// Parses the list of an image, which must be exactly as make-disc or `sha256sum` writes it; reports malformed lines.
pub(super) fn parse(bytes: &[u8], path: &str, problems: &mut Problems) -> ParsedList {
    let mut parsed = parse_with(bytes, path, problems, |line| {
        parse_line(line).map_or(Line::Invalid, |(digest, path)| Line::File(digest, path.to_owned()))
    });
    // These programs end the last line with a line ending; if it is missing, the list is cut off.
    if let Some((number, last)) = parsed.unterminated.take() {
        problems.add(describe_cut(number, path));
        parsed.digests.remove(&last);
    }
    report_empty(&parsed, path, problems);
    parsed
}

fn report_empty(parsed: &ParsedList, path: &str, problems: &mut Problems) {
    if parsed.digests.is_empty() {
        problems.add(Problem::new(ProblemCode::ChecksumList, "the checksum list names no files").at(path));
    }
}

/// A line of a list.
enum Line {
    File(Digest, String),
    /// Blank, or a comment.
    Ignored,
    Invalid,
}

/// Parses the list of a folder or an archive, which may have passed through a text editor or come from another program;
/// reports malformed lines, and notes that it was changed. `exists` tells whether a file with a path exists.
pub(super) fn parse_copied(
    bytes: &[u8],
    path: &str,
    exists: &dyn Fn(&str) -> bool,
    notes: &mut Vec<String>,
    problems: &mut Problems,
) -> ParsedList {
    let mut text = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Cow::Owned(published::decode(bytes).into_bytes()),
        _ => Cow::Borrowed(bytes),
    };
    while let Some(rest) = text.strip_prefix(b"\xef\xbb\xbf") {
        text = Cow::Owned(rest.to_vec());
    }
    // Very old editors end lines with a carriage return alone.
    if !text.contains(&b'\n') && text.contains(&b'\r') {
        text = text.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect::<Vec<u8>>().into();
    }
    let mut is_unchanged = *text == *bytes;
    let parse_any = |line: &[u8]| std::str::from_utf8(line).ok().and_then(|line| parse_other_format(line, exists));
    let mut commented_out = Vec::new();
    let mut number = 0;
    let mut listed = parse_with(&text, path, problems, |line| {
        number += 1;
        if let Some((digest, path)) = parse_line(line).filter(|(_, path)| !path.ends_with(' ') || exists(path)) {
            return Line::File(digest, path.to_owned());
        }
        is_unchanged = false;
        let line = &line[line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()..];
        if line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')) {
            return Line::Ignored;
        }
        if let Some(comment) = line.strip_prefix(b"#") {
            let comment = &comment[comment.iter().take_while(|byte| **byte == b'#').count()..];
            commented_out.extend(parse_any(comment).map(|(_, file)| (number, file)));
            return Line::Ignored;
        }
        parse_any(line).map_or(Line::Invalid, |(digest, path)| Line::File(digest, path))
    });
    for (number, file) in commented_out {
        if !listed.digests.contains_key(&file) && exists(&file) {
            let what = format!("is a comment, so the file `{file}`, which it names, was not compared");
            problems.add(describe_line(number, &what, path));
            listed.unread.add(file.to_ascii_lowercase());
        }
    }
    is_unchanged &= listed.unterminated.is_none();
    report_empty(&listed, path, problems);
    if !is_unchanged && !listed.digests.is_empty() {
        notes.push("the checksum list was changed by a text editor or written by another program".to_owned());
    }
    listed
}

/// Parses a line as other programs and text editors write it: with digits in upper case, a carriage return or blanks at its end, blanks
/// at its beginning, a tab or `*` before the path, `./` at the start of the path, backslashes between folders, or in the formats of
/// `sha256sum --tag` and OpenSSL. Blanks at the end belong to the path if a file with that path `exists`.
fn parse_other_format(line: &str, exists: &dyn Fn(&str) -> bool) -> Option<(Digest, String)> {
    const BLANKS: [char; 2] = [' ', '\t'];
    let line = line.strip_suffix('\r').unwrap_or(line).trim_start_matches(BLANKS);
    // GNU tools escape names that contain a backslash or a line break, and then begin the line with a backslash. Without it,
    // backslashes separate folders, as on Windows.
    let (line, is_escaped) = line.strip_prefix('\\').map_or((line, false), |rest| (rest, true));
    let (path, digest) = match split_tagged(line.trim_end_matches(BLANKS)) {
        Some(parts) => parts,
        None => {
            let (digest, rest) = line.split_at_checked(64)?;
            (["  ", " *", "\t"].iter().find_map(|separator| rest.strip_prefix(separator))?, digest)
        }
    };
    let digest = Digest::parse(&digest.to_ascii_lowercase())?;
    let path = match is_escaped {
        true => unescape(path)?,
        false => path.replace('\\', "/"),
    };
    let mut path = path.as_str();
    while let Some(rest) = path.strip_prefix("./") {
        path = rest;
    }
    if path.ends_with(BLANKS) && !exists(path) {
        path = path.trim_end_matches(BLANKS);
    }
    // `parse_line` rejects backslashes and control characters, which only some systems allow in names. They are replaced, so that
    // only its other rules apply.
    let is_local = |c: char| c == '\\' || c.is_control() && c != '\0' && (is_escaped || c != '\r');
    let usual = format!("{digest}  {}", path.replace(is_local, "_"));
    parse_line(usual.as_bytes()).map(|(digest, _)| (digest, path.to_owned()))
}

/// The path and the digest in a line such as `SHA256 (a.pdf) = …` of `sha256sum --tag`, or `SHA2-256(a.pdf)= …` of OpenSSL.
fn split_tagged(line: &str) -> Option<(&str, &str)> {
    let (algorithm, rest) = line.split_once('(')?;
    let (path, digest) = rest.split_at_checked(rest.len().checked_sub(64)?)?;
    let path = path.strip_suffix(")= ").or_else(|| path.strip_suffix(") = "))?;
    let algorithm = algorithm.trim_end_matches(' ');
    ["SHA256", "SHA2-256"].iter().any(|known| known.eq_ignore_ascii_case(algorithm)).then_some((path, digest))
}

fn parse_with(bytes: &[u8], path: &str, problems: &mut Problems, mut parse: impl FnMut(&[u8]) -> Line) -> ParsedList {
    let mut parsed = ParsedList::default();
    let mut lines = bytes.split(|byte| *byte == b'\n').zip(1..).peekable();
    while let Some((line, number)) = lines.next() {
        let is_last = lines.peek().is_none();
        if is_last && line.is_empty() {
            break;
        }
        match parse(line) {
            Line::File(_, file) if parsed.digests.contains_key(&file) => {
                problems.add(describe_line(number, "names a file that an earlier line names", path));
            }
            Line::File(digest, file) => {
                if is_last {
                    parsed.is_cut_off = true;
                    parsed.unterminated = Some((number, file.clone()));
                }
                parsed.digests.insert(file, digest);
            }
            Line::Ignored => {}
            Line::Invalid if is_last => {
                parsed.is_cut_off = true;
                problems.add(describe_cut(number, path));
            }
            Line::Invalid => {
                parsed.unread.add_line(line);
                problems.add(describe_line(number, MALFORMED, path));
            }
        }
    }
    parsed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_names_are_recognised_by_what_they_contain() {
        let table = "F README_L.TXT;1        \treadme_long.txt\nD SUB   \tsub\nL LNK.;1 \tlnk\tsub\n";
        assert!(is_table_of_names(table.as_bytes()));
        assert!(is_table_of_names(b"F CAF.;1 \tcaf\xe9\n"));
        for other in
            ["", "\n", "x\n", "F A.TXT;1 a.txt\n", "X A.TXT;1\ta.txt\n", "F A.TXT;1\ta.txt", "F A B\tc\n", "F A\t\n"]
        {
            assert!(!is_table_of_names(other.as_bytes()), "{other:?}");
        }
        assert!(!is_table_of_names(format!("{table}<script>\n").as_bytes()));
    }

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
            (format!("\u{feff}\u{feff}{hex}  ././a/b.txt\n"), 1),
            (format!("{hex}\ta\\b.txt\n"), 1),
            (format!("sha2-256(a/b.txt)= {hex}\n"), 1),
            (format!("SHA256(a/b.txt)= {hex}\n"), 1),
            (format!("sha256 (a/b.txt) = {hex}\n"), 1),
            (format!("# one\r{hex}  a/b.txt\r"), 1),
            (format!("{hex}  a/b.txt"), 1),
            (format!(" {hex}  a/b.txt \t \r\n"), 1),
            (format!("{hex}  a/b.txt \n"), 1),
            (format!("SHA256 (a/b.txt) = {hex} \r\n"), 1),
            (format!("# made by hand\n{hex}  a/b.txt\n\n \r\n#"), 1),
        ] {
            let (mut found, mut problems) = (Vec::new(), Problems::default());
            let listed = parse_copied(line.as_bytes(), "SHA256SUMS", &|_| false, &mut found, &mut problems);
            assert_eq!(listed.digests.keys().collect::<Vec<_>>(), ["a/b.txt"], "{line}");
            assert_eq!(listed.unterminated.is_some(), line.ends_with('t'), "{line}");
            assert_eq!((found.len(), problems.total()), (notes, 0), "{line}");
        }
        let parse_good = |line: &str, exists: &dyn Fn(&str) -> bool| {
            let (mut found, mut problems) = (Vec::new(), Problems::default());
            let listed = parse_copied(line.as_bytes(), "SHA256SUMS", exists, &mut found, &mut problems);
            assert_eq!(problems.total(), 0, "{line}");
            listed.digests.into_keys().collect::<Vec<_>>()
        };
        let escaped = format!("\\{hex}  a\\\\b\\n\\\\n\\rc.txt\n");
        assert_eq!(parse_good(&escaped, &|_| false), ["a\\b\n\\n\rc.txt"]);
        let blank = format!("{hex}  a \n");
        assert_eq!(parse_good(&blank, &|path| path == "a "), ["a "]);
        assert_eq!(parse_good(&blank, &|path| path == "a"), ["a"]);
        for line in [
            format!("{hex}  ../b\n"),
            format!("\\{hex}  a\\tb\n"),
            "\u{c}\n".to_owned(),
            format!("MD5 (b) = {hex}\n"),
            format!("{hex} b\n"),
            format!("{hex} *\n"),
        ] {
            let (mut found, mut problems) = (Vec::new(), Problems::default());
            assert!(
                parse_copied(line.as_bytes(), "SHA256SUMS", &|_| true, &mut found, &mut problems).digests.is_empty(),
                "{line}"
            );
            assert_eq!((found.len(), problems.total()), (0, 2), "{line}");
        }
    }

    #[test]
    fn a_file_that_a_malformed_line_may_name_is_not_reported_as_added() {
        let hex = "ab".repeat(32);
        let names = ["A b.txt", "c/d", "e.pdf", "f.zip", "g.txt"];
        let text = format!(
            "{hex}  good\n{hex} a b.txt\nMD5 (c/d) = 12\r\ne.pdf: {hex}\nf.zip 1234abcd\n# {hex}  g.txt\n# {hex}  gone\n# {hex}  good\n# h\n"
        );
        let (mut found, mut problems) = (Vec::new(), Problems::default());
        let exists = |path: &str| path != "gone";
        let listed = parse_copied(text.as_bytes(), "SHA256SUMS", &exists, &mut found, &mut problems);
        assert_eq!((listed.digests.len(), problems.count(ProblemCode::ChecksumList)), (1, 5));
        for name in names {
            assert!(listed.unread.may_name(name), "{name}");
        }
        assert!(!listed.unread.may_name("h"));
    }
}
