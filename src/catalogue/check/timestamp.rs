//! Checks `disc.timestamp`, the file with a timestamp of the checksum list.

use std::io::Read;
use std::path::Path;

use super::Checker;
use crate::catalogue::sources::io_message;
use crate::catalogue::{FoundTimestamp, ListTimestamp, NameStyle};
use crate::diagnostic::{Finding, KeyPath, ManifestText as _, Place};
use crate::manifest::Scalar;
use crate::path_text::quote_for_shell;
use crate::system::open_regular_file;
use crate::timestamp::{MAX_TIMESTAMP_BYTES, Timestamp, TimestampError};

impl Checker<'_> {
    /// Reads the timestamp that the manifest names. It can be made only when the checksum list is known, so it may be missing.
    pub(super) fn check_timestamp(
        &mut self,
        file: Option<&Scalar>,
        names: NameStyle,
        at: &KeyPath,
    ) -> Option<ListTimestamp> {
        let Scalar(written) = file?;
        let place = || Place::Value(at.clone());
        let path = self.sources.find_optional(written, &place(), self.findings)?;
        let mut found = ListTimestamp { path, path_in_manifest: written.clone(), found: None };
        if !found.path.exists() {
            let finding = self.describe_missing_timestamp(&found.path, written, names, place());
            self.add_finding(finding);
            return Some(found);
        }
        let mut bytes = Vec::new();
        let read =
            open_regular_file(&found.path).and_then(|file| file.take(MAX_TIMESTAMP_BYTES + 1).read_to_end(&mut bytes));
        if let Err(error) = read {
            let message = format!("`{written}` cannot be read: {}", io_message(&error));
            self.add_finding(Finding::error("unreadable-file", place(), message).help("check the file's permissions"));
            return None;
        }
        let (what, remedy) = match Timestamp::parse(&bytes) {
            Ok(timestamp) if timestamp.has_certificate => {
                found.found = Some(FoundTimestamp { bytes, timestamp: Some(timestamp) });
                return Some(found);
            }
            Ok(_) => describe_without_certificate(Path::new(written)),
            Err(error) => describe_unusable(error, Path::new(written)),
        };
        let finding = Finding::error("bad-timestamp", place(), format!("`{written}` {what}")).help(remedy);
        self.add_finding(
            finding.help("or move it away for now: the disc is then made without it, and its other files are the same"),
        );
        Some(found)
    }

    /// Says how to get a timestamp.
    fn describe_missing_timestamp(&mut self, path: &Path, written: &str, names: NameStyle, place: Place) -> Finding {
        let list = match names {
            NameStyle::Portable => "SHA256SUMS",
            NameStyle::Dos => "sha256.sum",
        };
        let answer = path.strip_prefix(".").unwrap_or(path);
        let (answer, request) = (quote_for_shell(answer), quote_for_shell(&answer.with_extension("tsq")));
        let manifest = quote_for_shell(Path::new(self.file.name()));
        let message = format!("there is no file `{written}`: the disc will not have a timestamp");
        let finding = Finding::warning("no-timestamp", place, message);
        let finding = match self.sources.find_near(path) {
            Some(near) => finding.help(format!("did you mean `{near}`, which is in that folder?")),
            None => finding,
        };
        finding
            .help(format!("to get one, first write the files to a folder: `make-disc stage {manifest} FOLDER`"))
            .help(format!(
                "make a request for the list in it: `openssl ts -query -data FOLDER/{list} -sha256 -cert -out {request}`"
            ))
            .help(format!(
                "send it to a time-stamping authority: `curl -H 'Content-Type: application/timestamp-query' --data-binary @{request} -o {answer} ADDRESS`; then make the disc"
            ))
    }
}

/// What is wrong with a file that is not a usable timestamp, and what to do about it.
fn describe_unusable(error: TimestampError, path: &Path) -> (&'static str, String) {
    let (shown, request) = (quote_for_shell(path), quote_for_shell(&path.with_extension("tsq")));
    match error {
        TimestampError::NotATimestamp => (
            "is not a timestamp (RFC 3161), or it is damaged",
            "name the file with the answer of the authority, as it was received".to_owned(),
        ),
        TimestampError::Request => (
            "is a request for a timestamp, not the answer to it",
            format!(
                "send it to a time-stamping authority: `curl -H 'Content-Type: application/timestamp-query' --data-binary @{shown} -o {} ADDRESS`, and name the answer here",
                quote_for_shell(&path.with_extension("tsr"))
            ),
        ),
        TimestampError::TokenOnly => (
            "is only the token of a timestamp, without the response around it",
            format!(
                "make a response of it: `openssl ts -reply -token_in -in {shown} -out {}`, and name that file here",
                quote_for_shell(&path.with_extension("tsr"))
            ),
        ),
        TimestampError::Refused => {
            ("says that the authority refused the request", format!("`openssl ts -reply -in {shown} -text` shows why"))
        }
        TimestampError::OtherDigest => (
            "has a digest of another kind than SHA-256, which is that of the checksum list",
            format!(
                "make the request with `-sha256`: `openssl ts -query -data SHA256SUMS -sha256 -cert -out {request}`"
            ),
        ),
    }
}

fn describe_without_certificate(path: &Path) -> (&'static str, String) {
    let request = quote_for_shell(&path.with_extension("tsq"));
    (
        "does not contain the certificate of the authority, so that nobody can check it later",
        format!("make the request with `-cert`: `openssl ts -query -data SHA256SUMS -sha256 -cert -out {request}`"),
    )
}
