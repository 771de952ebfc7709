//! Compares what was verified with what a manifest would make.

use std::collections::{BTreeMap, HashSet};

use super::checksum_list::{self, is_icon_file};
use super::verdict::{CheckedFile, Problem, ProblemCode, Problems, Verdict};
use crate::checksum::{Digest, Hasher, is_checksum_list};
use crate::language;

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

impl ExpectedImage {
    fn digests(&self) -> BTreeMap<String, Digest> {
        // make-disc has just made this list, so it has no problems.
        let listed = checksum_list::parse(&self.checksum_list, "SHA256SUMS", &mut Problems::default());
        listed.digests.into_iter().map(|(path, digest)| (comparison_key(&path), digest)).collect()
    }

    /// The files that it would contain, as [`comparison_key`] spells them.
    pub(super) fn keys(&self) -> HashSet<String> {
        self.digests().into_keys().collect()
    }
}

/// A path in the spelling in which paths are compared: without regard to case, and to how accents are stored.
pub(super) fn comparison_key(path: &str) -> String {
    if path.is_ascii() { path.to_ascii_lowercase() } else { language::compose(path).to_ascii_lowercase() }
}

/// Adds to a verdict what differs from the image that the manifest would make.
pub fn compare_with_manifest(verdict: &mut Verdict, expected: &ExpectedImage) {
    if compare_files(verdict, expected) {
        verdict.is_as_manifest = true;
        compare_volumes(verdict, expected);
    }
}

/// Compares the files; returns whether all are the same. Paths are compared without regard to case.
fn compare_files(verdict: &mut Verdict, expected: &ExpectedImage) -> bool {
    let expected = expected.digests();
    // Names that differ only in case are all compared with the one that is expected.
    let mut found: BTreeMap<String, Vec<&CheckedFile>> = BTreeMap::new();
    for file in &verdict.files {
        found.entry(comparison_key(&file.path)).or_default().push(file);
    }
    let list_digest = verdict.list_digest;
    // What could not be read has been reported.
    let is_reported = |path: &str| {
        let known = [ProblemCode::Unreadable, ProblemCode::NotCompared];
        let about = |problem: &Problem| known.contains(&problem.code) && problem.path.as_deref() == Some(path);
        verdict.problems.stored().iter().any(about)
    };
    let mut differences = Vec::new();
    let mut are_all_compared = true;
    for (path, digest) in &expected {
        let Some(files) = found.get(path) else {
            differences.push(("the manifest would make this file, but it does not exist", path.as_str()));
            continue;
        };
        for file in files {
            match file.digest {
                Some(found) if found == *digest => {}
                Some(_) => differences.push(("the manifest would make different contents", path.as_str())),
                None if is_reported(&file.path) => are_all_compared = false,
                None => differences.push(("could not be compared with what the manifest would make", path.as_str())),
            }
        }
    }
    for (path, file) in found.iter().flat_map(|(path, files)| files.iter().map(move |file| (path, file))) {
        let is_copy =
            is_icon_file(path) && file.digest.is_some_and(|digest| expected.values().any(|own| *own == digest));
        let is_list = is_checksum_list(path) && file.digest.is_some() && file.digest == list_digest;
        if !expected.contains_key(path) && !is_list && !is_copy && !file.is_harmless {
            differences.push(("the manifest would not make this file", path.as_str()));
        }
    }
    let is_same = differences.is_empty() && are_all_compared;
    let differences: Vec<Problem> =
        differences.into_iter().map(|(message, path)| Problem::new(ProblemCode::Manifest, message).at(path)).collect();
    differences.into_iter().for_each(|problem| verdict.problems.add(problem));
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
            let message = "every file matches the disc that the manifest produces, but the volume around the files is not: \
                           its identifiers, its date, or the version of make-disc differ";
            verdict.problems.add(Problem::new(ProblemCode::Manifest, message));
        }
        (None, _) => {
            let list = match verdict.list_digest {
                Some(digest) if digest == list_digest => "",
                Some(_) => "; its checksum list is written in another way",
                None => ", but the checksum list is missing",
            };
            verdict.notes.push(format!("every file matches the disc that the manifest produces{list}"));
        }
    }
}
