//! Compares what was verified with what a manifest would make.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use super::checksum_list::{self, find_original};
use super::spelling::{Accents, are_all_in_one_case, comparison_key};
use super::verdict::{CheckedFile, Problem, ProblemCode, Problems, TargetKind, Verdict};
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
    /// The path and the digest of each file, by [`comparison_key`].
    fn files(&self) -> BTreeMap<String, (String, Digest)> {
        // make-disc has just made this list, so it has no problems.
        let listed = checksum_list::parse(&self.checksum_list, "SHA256SUMS", &mut Problems::default());
        listed.digests.into_iter().map(|(path, digest)| (comparison_key(&path), (path, digest))).collect()
    }

    /// The paths of the files that it would contain, as [`comparison_key`] spells them.
    pub(super) fn keys(&self) -> HashSet<String> {
        self.files().into_keys().collect()
    }
}

/// Adds to a verdict what differs from the image that the manifest would make.
pub fn compare_with_manifest(verdict: &mut Verdict, expected: &ExpectedImage) {
    if compare_files(verdict, expected) {
        verdict.is_as_manifest = true;
        compare_volumes(verdict, expected);
    }
}

/// Compares the files; returns whether all are the same.
fn compare_files(verdict: &mut Verdict, expected: &ExpectedImage) -> bool {
    let expected = expected.files();
    // Files whose names differ only in case are all compared with the same expected file.
    let mut found: BTreeMap<String, Vec<&CheckedFile>> = BTreeMap::new();
    for file in &verdict.files {
        found.entry(comparison_key(&file.path)).or_default().push(file);
    }
    let list_digest = verdict.list_digest;
    // Files that could not be read have been reported.
    let is_reported = |path: &str| {
        let known = [ProblemCode::Unreadable, ProblemCode::NotCompared];
        let about = |problem: &Problem| known.contains(&problem.code) && problem.path.as_deref() == Some(path);
        verdict.problems.stored().iter().any(about)
    };
    let mut differences: Vec<(Cow<'_, str>, &str)> = Vec::new();
    let mut are_all_compared = true;
    let mut names = Vec::new();
    for (key, (path, digest)) in &expected {
        let Some(files) = found.get(key) else {
            differences.push(("the manifest would make this file, but it does not exist".into(), path));
            continue;
        };
        for file in files {
            names.push((file.path_here.as_deref().unwrap_or(&file.path), path.as_str()));
            match file.digest {
                Some(found) if found == *digest => {}
                Some(_) => differences.push(("the manifest would make different contents".into(), path)),
                None if is_reported(&file.path) => are_all_compared = false,
                None => differences.push(("could not be compared with what the manifest would make".into(), path)),
            }
        }
    }
    for (name, path) in find_renamed(&names, verdict.kind) {
        let message = format!("the manifest would make this file, but it is named `{name}` here");
        differences.push((message.into(), path));
    }
    for (path, file) in found.iter().flat_map(|(path, files)| files.iter().map(move |file| (path, file))) {
        let original = find_original(path).and_then(|original| expected.get(original));
        let is_copy = original.is_some_and(|(_, digest)| file.digest == Some(*digest));
        let is_list = is_checksum_list(path) && file.digest.is_some() && file.digest == list_digest;
        if !expected.contains_key(path) && !is_list && !is_copy && !file.is_harmless {
            differences.push(("the manifest would not make this file".into(), path));
        }
    }
    let is_same = differences.is_empty() && are_all_compared;
    let differences: Vec<Problem> =
        differences.into_iter().map(|(message, path)| Problem::new(ProblemCode::Manifest, message).at(path)).collect();
    differences.into_iter().for_each(|problem| verdict.problems.add(problem));
    is_same
}

/// Returns those of `names` that no view of the manifest's disc would show. Each name comes with the path that the manifest would make.
fn find_renamed<'n>(names: &[(&'n str, &'n str)], kind: TargetKind) -> Vec<(&'n str, &'n str)> {
    let others = names.iter().filter(|(name, path)| name != path).copied();
    match kind {
        // Each tree has its own spelling: identifiers in plain ISO 9660 are in capital letters.
        TargetKind::Image | TargetKind::Device => {
            others.filter(|(name, path)| *name != path.to_ascii_uppercase()).collect()
        }
        TargetKind::Folder | TargetKind::Archive => {
            let has_same_case =
                |(name, path): &(&str, &str)| name == path || *language::compose(name) == *language::compose(path);
            let are_from_one_view = Accents::find(names.iter().copied()).is_some()
                && (are_all_in_one_case(names.iter().map(|(name, _)| *name)) || names.iter().all(has_same_case));
            if are_from_one_view { Vec::new() } else { others.collect() }
        }
    }
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
            let message = "every file matches the disc that the manifest produces, but the rest of the volume does not: \
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
