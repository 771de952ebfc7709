//! Digests that somebody published, to compare an image or a checksum list with.

use super::verdict::{Problem, ProblemCode, Problems};
use crate::checksum::Digest;

/// A digest that somebody published, of an image or of a checksum list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedDigest {
    /// Where it comes from, to follow “the digest” in messages: ``in `out.iso.sha256` ``.
    pub source: String,
    /// The digest; `None` if the source does not contain one.
    pub digest: Option<Digest>,
    /// Whether it may also be the digest of the checksum list.
    pub may_be_of_list: bool,
}

/// The digest that a checksum file such as `out.iso.sha256` contains for the file `name`, or for the
/// only file that it lists.
pub fn find_published_digest(text: &str, name: &str) -> Option<Digest> {
    let lines: Vec<(String, &str)> = text.lines().filter(|line| !line.trim().is_empty()).map(split_line).collect();
    let (digest, _) = lines.iter().find(|(_, file)| *file == name).or(lines.first().filter(|_| lines.len() == 1))?;
    Digest::parse(digest)
}

/// The digest of a line, in lower case, and the name of the file. `sha256sum --tag` and BSD write
/// `SHA256 (out.iso) = …`, others `…  out.iso`, `… *out.iso` or the digest alone.
fn split_line(line: &str) -> (String, &str) {
    let line = line.trim();
    let tagged = line.strip_prefix("SHA256 (").and_then(|rest| rest.rsplit_once(") = "));
    let (digest, file) = match tagged {
        Some((file, digest)) => (digest, file),
        None => line.split_once(char::is_whitespace).unwrap_or((line, "")),
    };
    let file = file.trim_start();
    (digest.to_ascii_lowercase(), file.strip_prefix('*').unwrap_or(file))
}

/// The digests that were computed, to compare published ones with.
pub(super) struct ComputedDigests {
    /// The digest of the image. `None` if the image could not be read completely, or if it is a folder.
    pub(super) image: Option<Digest>,
    pub(super) list: Option<Digest>,
    /// What messages call the image: `the image`.
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
    let Some(digest) = *digest else {
        let message = format!("the digest {source} cannot be read: no line contains a digest of {label}");
        return Err(Box::new(Problem::new(ProblemCode::ChecksumList, message)));
    };
    let list = computed.list.filter(|_| *may_be_of_list);
    if computed.image == Some(digest) {
        return Ok(format!("the digest {source} matches {label}"));
    }
    if list == Some(digest) {
        return Ok(format!("the digest {source} matches the checksum list"));
    }
    let message = if computed.image.or(list).is_none() {
        format!("{label} cannot be read completely, so it cannot be compared with the digest {source}")
    } else if *may_be_of_list {
        let hint = if computed.is_folder { "; a digest of an image can only be compared with the image" } else { "" };
        format!("the digest {source} matches neither {label} nor the checksum list{hint}")
    } else {
        format!("the digest {source} does not match {label}")
    };
    Err(Box::new(Problem::new(ProblemCode::Digest, message)))
}
