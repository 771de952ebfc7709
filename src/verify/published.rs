//! Digests that somebody published, to compare an image or a checksum list with.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use super::verdict::{Problem, ProblemCode, Problems};
use crate::checksum::Digest;
use crate::signature::PublicKey;
use crate::system::open_regular_file;

/// What somebody published, to compare with.
#[derive(Debug, Clone, Default)]
pub struct Published {
    /// Digests.
    pub digests: Vec<PublishedDigest>,
    /// The public key with which the checksum list must be signed.
    pub key: Option<PublicKey>,
}

/// A digest that somebody published, of an image or of a checksum list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedDigest {
    /// Where it comes from, to follow “the digest” in messages: ``in `out.iso.sha256` ``.
    pub source: String,
    /// The digest.
    pub digest: FoundDigest,
    /// Whether it may also be the digest of the checksum list.
    pub may_be_of_list: bool,
}

/// What a source, such as a checksum file, says about an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundDigest {
    /// Its digest.
    One(Digest),
    /// Only digests of files with other names. The image may have been renamed.
    OfOtherNames(Vec<Digest>),
    /// It contains no digest that can be used. Says why: `it is a folder`.
    Unusable(String),
}

/// The largest checksum file that is read, in bytes. One line is enough for an image.
const MAX_CHECKSUM_FILE_BYTES: u64 = 1 << 20;

/// Reads the digest of the file `name` from a checksum file such as `out.iso.sha256`. `None` if there is no such file.
pub fn read_checksum_file(path: &Path, name: &str) -> Option<FoundDigest> {
    let unusable = |why: &str| Some(FoundDigest::Unusable(why.to_owned()));
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(_) if fs::symlink_metadata(path).is_ok() => return unusable("it is a link to a file that does not exist"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => return unusable(&error.to_string()),
    };
    if meta.is_dir() {
        return unusable("it is a folder");
    }
    // Opening a pipe waits until another program writes to it, which may never happen.
    if !meta.is_file() {
        return unusable("it is not a regular file");
    }
    if meta.len() > MAX_CHECKSUM_FILE_BYTES {
        return unusable("it is larger than 1 MiB");
    }
    let mut bytes = Vec::new();
    let read = open_regular_file(path).and_then(|file| file.take(MAX_CHECKSUM_FILE_BYTES).read_to_end(&mut bytes));
    match read {
        Ok(_) => Some(find_published_digest(&decode(&bytes), name)),
        Err(error) => unusable(&error.to_string()),
    }
}

/// The text of a checksum file. PowerShell writes UTF-16 with a byte order mark.
pub(super) fn decode(bytes: &[u8]) -> String {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, text @ ..] => units(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => units(text, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, text @ ..] => String::from_utf8_lossy(text).into_owned(),
        [_, 0, _, 0, ..] => units(bytes, u16::from_le_bytes),
        [0, _, 0, _, ..] => units(bytes, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// What the text of a checksum file contains for the file `name`.
fn find_published_digest(text: &str, name: &str) -> FoundDigest {
    let unusable = |why: &str| FoundDigest::Unusable(why.to_owned());
    let lines: Vec<(Digest, Cow<'_, str>)> = text.lines().filter_map(split_line).collect();
    if lines.is_empty() {
        let (digests, are_named) = find_digests_in_other_formats(text, name);
        match digests[..] {
            [] => {}
            [digest] if are_named => return FoundDigest::One(digest),
            [digest] => return FoundDigest::OfOtherNames(vec![digest]),
            [_, _, ..] => {
                return unusable("it contains several digests, and does not say clearly which file has which");
            }
        }
    }
    let named = lines.iter().filter(|(_, file)| *file == name);
    let mut digests: Vec<Digest> = named.map(|(digest, _)| *digest).collect();
    if digests.is_empty() && lines.iter().all(|(_, file)| file.is_empty()) {
        digests = lines.iter().map(|(digest, _)| *digest).collect();
    }
    digests.dedup();
    match digests[..] {
        [digest] => FoundDigest::One(digest),
        [_, _, ..] => unusable("it contains several digests for the same name"),
        [] if lines.is_empty() => unusable("it contains no SHA-256 digest"),
        [] => FoundDigest::OfOtherNames(lines.into_iter().map(|(digest, _)| digest).collect()),
    }
}

/// The digests in a text that mentions SHA-256, in a format whose file names are not read: `certutil` of Windows 7 writes spaces
/// between the bytes, PowerShell's `Format-List` writes a label before the digest, `Export-Csv` and `hashdeep` write commas. If
/// lines with a digest contain the name of the file, returns only the digests in these lines, and `true`.
fn find_digests_in_other_formats(text: &str, name: &str) -> (Vec<Digest>, bool) {
    let lower = text.to_ascii_lowercase();
    if !lower.contains("sha256") && !lower.contains("sha-256") {
        return (Vec::new(), false);
    }
    let parse_line = |line: &str| -> Vec<Digest> {
        let without_spaces: String = line.split_ascii_whitespace().collect();
        let words = line.split(|c: char| !c.is_ascii_alphanumeric()).chain([without_spaces.as_str()]);
        words.filter_map(Digest::parse).collect()
    };
    let names_other_algorithm = |line: &str| ["blake", "sha3", "sha512", "gost"].iter().any(|name| line.contains(name));
    let name = name.to_ascii_lowercase();
    let names_file = |line: &&str| line.split(['/', '\\', ',', '"', '*', '\t']).any(|part| part.trim() == name);
    let lines = || lower.lines().filter(|line| !names_other_algorithm(line));
    let distinct = |digests: Vec<Digest>| -> Vec<Digest> {
        let mut seen = HashSet::new();
        digests.into_iter().filter(|digest| seen.insert(*digest)).collect()
    };
    let named = distinct(lines().filter(names_file).flat_map(parse_line).collect());
    if named.is_empty() { (distinct(lines().flat_map(parse_line).collect()), false) } else { (named, true) }
}

/// The digest of a line and the name of the file without its folders, which is empty if the line has none. `None` if the line
/// has no SHA-256 digest. A backslash at the beginning of the line says that the name is escaped, as `sha256sum` does if it
/// contains a backslash or a line break; a backslash in it then does not separate folders.
fn split_line(line: &str) -> Option<(Digest, Cow<'_, str>)> {
    let line = line.trim();
    let Some(escaped) = line.strip_prefix('\\') else {
        let (digest, path) = split_unescaped(line)?;
        return Some((digest, path.rsplit(['/', '\\']).next().unwrap_or_default().into()));
    };
    let (digest, path) = split_unescaped(escaped)?;
    Some((digest, unescape(path.rsplit('/').next().unwrap_or_default())?.into()))
}

/// Undoes the escapes that `sha256sum` writes in a name if the line begins with a backslash. `None` if the name contains an escape
/// that `sha256sum` does not write.
pub(super) fn unescape(escaped: &str) -> Option<String> {
    let mut name = String::with_capacity(escaped.len());
    let mut rest = escaped.chars();
    while let Some(c) = rest.next() {
        name.push(match c {
            '\\' => match rest.next()? {
                'n' => '\n',
                'r' => '\r',
                '\\' => '\\',
                _ => return None,
            },
            c => c,
        });
    }
    Some(name)
}

/// The digest of a line and the path in it, with its escapes. `sha256sum --tag`, BSD and OpenSSL write `SHA256 (out.iso) = …`,
/// PowerShell `SHA256  …  C:\out.iso`, others `…  out.iso`, `… *out.iso` or the digest alone.
fn split_unescaped(line: &str) -> Option<(Digest, &str)> {
    let parse = |text: &str| Digest::parse(&text.to_ascii_lowercase());
    let tag = line.split_once('(').and_then(|(algorithm, rest)| Some((algorithm.trim(), rest.rsplit_once(')')?)));
    if let Some((algorithm, (file, rest))) = tag
        && let Some(digest) = rest.trim_start().strip_prefix('=')
    {
        let is_sha256 = ["SHA256", "SHA2-256", "SHA-256"].iter().any(|name| algorithm.eq_ignore_ascii_case(name));
        return Some((parse(digest.trim()).filter(|_| is_sha256)?, file));
    }
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (digest, file) = match first {
        "SHA256" => rest.trim_start().split_once(char::is_whitespace).unwrap_or((rest.trim_start(), "")),
        first => (first, rest),
    };
    let file = file.trim_start();
    Some((parse(digest)?, file.strip_prefix('*').unwrap_or(file)))
}

/// The digests that were computed, to compare published ones with.
pub(super) struct ComputedDigests {
    /// The digest of the image. `None` if the image could not be read completely, or if it is a folder.
    pub(super) image: Option<Digest>,
    /// The digest of the image with its error correction, if it has one.
    pub(super) with_correction: Option<Digest>,
    pub(super) list: Option<Digest>,
    /// What messages call what `image` is the digest of: `the image`, `the disc`, `the archive`, `the folder`, or
    /// the volume without the bytes after its end.
    pub(super) image_label: &'static str,
    /// Whether only the files of an image were read, so that its digest is unknown.
    pub(super) is_folder: bool,
}

/// Compares published digests with the computed ones: reports differences, and returns a sentence for
/// each digest that matches.
pub(super) fn compare(
    published: &[PublishedDigest],
    computed: &ComputedDigests,
    problems: &mut Problems,
) -> Vec<String> {
    let mut confirmed = Vec::new();
    for published in published {
        match compare_one(published, computed) {
            Ok(sentence) => confirmed.push(sentence),
            Err(problem) => problems.add(*problem),
        }
    }
    confirmed
}

fn compare_one(published: &PublishedDigest, computed: &ComputedDigests) -> Result<String, Box<Problem>> {
    let PublishedDigest { source, digest, may_be_of_list } = published;
    let label = computed.image_label;
    let unusable = |message| Err(Box::new(Problem::new(ProblemCode::ChecksumFile, message)));
    let digest = match digest {
        FoundDigest::One(digest) => *digest,
        FoundDigest::OfOtherNames(digests) => {
            match digests.iter().find(|digest| [computed.image, computed.with_correction].contains(&Some(**digest))) {
                Some(digest) => *digest,
                None => {
                    return unusable(format!(
                        "the digest {source} cannot be compared: no line there names the file that is verified, and no digest matches it"
                    ));
                }
            }
        }
        FoundDigest::Unusable(why) => {
            return unusable(format!(
                "the digest {source} cannot be used: {why}; move that file elsewhere, and give the published digest with `--sha256`"
            ));
        }
    };
    let list = computed.list.filter(|_| *may_be_of_list);
    if computed.image == Some(digest) {
        return Ok(format!("the digest {source} matches {label}"));
    }
    if computed.with_correction == Some(digest) {
        return Ok(format!("the digest {source} matches the image with its error correction"));
    }
    if list == Some(digest) {
        return Ok(format!("the digest {source} matches the checksum list"));
    }
    let message = if computed.image.or(list).is_none() && computed.is_folder {
        format!(
            "the folder has no checksum list that could be compared with the digest {source}; the digest of an image can only be compared with the image"
        )
    } else if computed.image.is_none() && !computed.is_folder && list.is_some() {
        format!(
            "the digest {source} does not match the checksum list, and {label} cannot be read completely, so its own digest is unknown"
        )
    } else if computed.image.or(list).is_none() {
        format!("{label} cannot be read completely, so it cannot be compared with the digest {source}")
    } else if *may_be_of_list {
        let hint = if computed.is_folder { "; a digest of an image can only be compared with the image" } else { "" };
        format!("the digest {source} matches neither {label} nor the checksum list{hint}")
    } else if computed.with_correction.is_some() {
        format!("the digest {source} matches neither the whole image nor the volume without its error correction")
    } else {
        format!("the digest {source} does not match {label}")
    };
    Err(Box::new(Problem::new(ProblemCode::Digest, message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_found_in_the_formats_of_common_programs() {
        let hex = "ab".repeat(32);
        let upper = hex.to_uppercase();
        let digest = Digest::parse(&hex);
        for line in [
            format!("{hex}  out.iso\n"),
            format!("{upper} *out.iso\r\n"),
            format!("{hex}  ./discs/out.iso\n"),
            format!("{hex}\n"),
            format!("SHA256 (out.iso) = {hex}\n"),
            format!("SHA2-256(out.iso)= {hex}\n"),
            format!(
                "\nAlgorithm       Hash       Path\n---------       ----       ----\nSHA256          {upper}       C:\\d\\out.iso\n"
            ),
            format!("SHA256 hash of out.iso:\n{hex}\nCertUtil: -hashfile command completed successfully.\n"),
            format!("{hex}  out.iso\n{}  other.iso\n", "cd".repeat(32)),
            format!("BLAKE2s (out.iso) = {}\nSHA256 (out.iso) = {hex}\n", "cd".repeat(32)),
        ] {
            let utf16: Vec<u8> =
                "\u{feff}".encode_utf16().chain(line.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            for bytes in [line.as_bytes(), &utf16[..], &utf16[2..]] {
                let FoundDigest::One(found) = find_published_digest(&decode(bytes), "out.iso") else {
                    panic!("no digest: {line}");
                };
                assert_eq!(Some(found), digest, "{line}");
            }
        }
    }

    #[test]
    fn digests_without_a_name_are_found_in_other_formats() {
        let hex = "ab".repeat(32);
        let spaced = vec!["ab"; 32].join(" ");
        let digest = Digest::parse(&hex).unwrap();
        for text in [
            format!(
                "SHA256-Hash der Datei out.iso:\n{spaced}\nCertUtil: -hashfile-Befehl wurde erfolgreich ausgefuehrt.\n"
            ),
            format!("\nAlgorithm : SHA256\nHash      : {}\nPath      : C:\\d\\out.iso\n", hex.to_uppercase()),
            format!("The digest by SHA-256 is {hex}.\n"),
        ] {
            assert_eq!(find_published_digest(&text, "out.iso"), FoundDigest::OfOtherNames(vec![digest]), "{text}");
        }
    }

    #[test]
    fn of_several_digests_in_other_formats_only_that_of_the_file_is_used() {
        let (one, two) = ("ab".repeat(32), "cd".repeat(32));
        let digest = Digest::parse(&one).unwrap();
        for text in [
            format!("%%%% HASHDEEP-1.0\n%%%% size,sha256,filename\n5,{two},/d/other.iso\n5,{one},/d/out.iso\n"),
            format!(
                "\"Algorithm\",\"Hash\",\"Path\"\n\"SHA256\",\"{one}\",\"C:\\d\\out.iso\"\n\"SHA256\",\"{two}\",\"C:\\d\\b.iso\"\n"
            ),
        ] {
            assert_eq!(find_published_digest(&text, "out.iso"), FoundDigest::One(digest), "{text}");
            assert!(matches!(find_published_digest(&text, "third.iso"), FoundDigest::Unusable(_)), "{text}");
        }
        let list =
            |hex: &str, name: &str| format!("Algorithm : SHA256\nHash      : {hex}\nPath      : C:\\d\\{name}\n\n");
        let text = list(&one, "out.iso") + &list(&two, "other.iso");
        assert!(matches!(find_published_digest(&text, "out.iso"), FoundDigest::Unusable(_)));
    }

    #[test]
    fn an_escaped_name_with_a_backslash_is_found() {
        let (one, two) = ("ab".repeat(32), "cd".repeat(32));
        let text = format!("\\{one}  back\\\\slash.iso\n{two}  slash.iso\n");
        let found = find_published_digest(&text, "back\\slash.iso");
        assert_eq!(Digest::parse(&one).map(FoundDigest::One), Some(found));
        // The last part of an escaped name is not a name of its own.
        let found = find_published_digest(&text, "slash.iso");
        assert_eq!(Digest::parse(&two).map(FoundDigest::One), Some(found));
        for line in [
            format!("\\{one}  ./discs/back\\\\slash\\nline.iso\n"),
            format!("\\SHA256 (back\\\\slash\\nline.iso) = {one}\n"),
        ] {
            let found = find_published_digest(&line, "back\\slash\nline.iso");
            assert_eq!(Digest::parse(&one).map(FoundDigest::One), Some(found), "{line}");
        }
    }

    #[test]
    fn an_unusable_text_has_no_digest_of_the_file() {
        let (one, two) = ("ab".repeat(32), "cd".repeat(32));
        let find = |text: String| find_published_digest(&text, "out.iso");
        assert!(matches!(find(String::new()), FoundDigest::Unusable(_)));
        assert!(matches!(find(format!("MD5 (out.iso) = {}\n", "ab".repeat(16))), FoundDigest::Unusable(_)));
        assert!(matches!(find(format!("BLAKE2s (out.iso) = {one}\n")), FoundDigest::Unusable(_)));
        assert!(matches!(find(format!("{one}  out.iso\n{two}  out.iso\n")), FoundDigest::Unusable(_)));
        assert!(matches!(find(format!("{one}  other.iso\n")), FoundDigest::OfOtherNames(_)));
    }
}
