//! Compares what was verified with what a manifest would make.

use std::collections::BTreeMap;

use super::checksum_list::{self, is_icon_file};
use super::verdict::{Problem, ProblemCode, Problems, Verdict};
use crate::checksum::{Digest, Hasher, is_checksum_list};

/// The image that a manifest would make.
#[derive(Debug, Clone)]
pub struct ExpectedImage {
    /// The contents of its checksum list.
    pub checksum_list: Vec<u8>,
    /// The digest of the image.
    pub image_digest: Digest,
    /// The volume identifier.
    pub volume_identifier: String,
}

/// Adds to a verdict what differs from the image that the manifest would make.
pub fn compare_with_manifest(verdict: &mut Verdict, expected: &ExpectedImage) {
    if compare_files(verdict, expected) {
        compare_volumes(verdict, expected);
    }
}

/// Compares the files; returns whether all are the same. Paths are compared without regard to case.
fn compare_files(verdict: &mut Verdict, expected: &ExpectedImage) -> bool {
    // We have just made this list, so it has no problems.
    let listed = checksum_list::parse(&expected.checksum_list, "SHA256SUMS", &mut Problems::default());
    let expected: BTreeMap<String, Digest> =
        listed.digests.into_iter().map(|(path, digest)| (path.to_ascii_lowercase(), digest)).collect();
    let found: BTreeMap<String, Option<Digest>> =
        verdict.files.iter().map(|file| (file.path.to_ascii_lowercase(), file.digest)).collect();
    let list_digest = verdict.list_digest;
    let mut is_same = true;
    let mut report = |message: &str, path: &str| {
        is_same = false;
        verdict.problems.add(Problem::new(ProblemCode::Manifest, message).at(path));
    };
    for (path, digest) in &expected {
        match found.get(path) {
            None => report("the manifest would make this file, but it does not exist", path),
            Some(Some(found)) if found != digest => report("the manifest would make different contents", path),
            _ => {}
        }
    }
    for (path, digest) in &found {
        let is_copy = is_icon_file(path) && digest.is_some_and(|digest| expected.values().any(|own| *own == digest));
        let is_list = is_checksum_list(path) && digest.is_some() && *digest == list_digest;
        if !expected.contains_key(path) && !is_list && !is_copy {
            report("the manifest would not make this file", path);
        }
    }
    is_same
}

/// Compares everything except the files, if all files are the same.
fn compare_volumes(verdict: &mut Verdict, expected: &ExpectedImage) {
    let mut hasher = Hasher::default();
    hasher.update(&expected.checksum_list);
    let list_digest = hasher.finish();
    match (verdict.image_digest, &verdict.volume_identifier) {
        (Some(digest), _) if digest == expected.image_digest => {
            verdict.notes.push("it is identical, byte for byte, to the image made from the manifest".to_owned());
        }
        (_, Some(identifier)) if *identifier != expected.volume_identifier => {
            let message = format!(
                "its volume identifier is `{identifier}`, but the manifest would make `{}`",
                expected.volume_identifier
            );
            verdict.problems.add(Problem::new(ProblemCode::Manifest, message));
        }
        (Some(_), _) => {
            let message = "every file is as the manifest describes it, but the volume around the files is not: \
                           its identifiers, its date, or the version of make-disc differ";
            verdict.problems.add(Problem::new(ProblemCode::Manifest, message));
        }
        (None, _) if verdict.list_digest == Some(list_digest) => {
            verdict.notes.push("every file is as the manifest describes it".to_owned());
        }
        (None, _) => {}
    }
}
