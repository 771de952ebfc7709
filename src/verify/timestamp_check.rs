//! The timestamp of the checksum list.

use super::verdict::{Problem, ProblemCode, Problems, TimestampReport, TimestampState};
use crate::checksum::Digest;
use crate::timestamp::{Timestamp, TimestampError};

/// Compares a timestamp with the checksum list. Adds a problem or a note. `list` is the path of the list, and `path` that of the timestamp.
pub(super) fn check(
    (list, digest): (&str, Digest),
    path: &str,
    bytes: Vec<u8>,
    notes: &mut Vec<String>,
    problems: &mut Problems,
) -> TimestampReport {
    let problem = |message: String| Problem::new(ProblemCode::Timestamp, message).at(path);
    let (time, state) = match Timestamp::parse(&bytes) {
        Ok(timestamp) if timestamp.is_for(digest) => {
            let time = timestamp.time();
            // After the certificate has expired, openssl must look at the time of the timestamp, not at its own.
            notes.push(format!(
                "the checksum list existed at {time}, according to the timestamp in `{path}`, which is of this list; to prove that an authority made it, get the certificate of the authority, and enter `openssl ts -verify -data {list} -in {path} -CAfile authority.pem -attime {}`",
                timestamp.seconds
            ));
            (Some(time), TimestampState::MatchesList)
        }
        Ok(timestamp) => {
            let time = timestamp.time();
            problems.add(problem(format!(
                "is a timestamp of another checksum list, made at {time}: the list was changed afterwards, or the timestamp belongs to another disc"
            )));
            (Some(time), TimestampState::Invalid)
        }
        Err(TimestampError::OtherDigest) => {
            let message = "is a timestamp with a digest of another kind than SHA-256, which cannot be compared with the checksum list: `openssl ts -verify` can check it";
            problems.add(Problem::new(ProblemCode::NotCompared, message).at(path));
            (None, TimestampState::NotCompared)
        }
        Err(error) => {
            problems.add(problem(match error {
                TimestampError::Request => "is a request for a timestamp, not a timestamp".to_owned(),
                TimestampError::Refused => "says that the authority refused to make a timestamp".to_owned(),
                TimestampError::TokenOnly => {
                    "is only the token of a timestamp, without the response around it".to_owned()
                }
                _ => "is not a timestamp (RFC 3161): it is damaged, or another file".to_owned(),
            }));
            (None, TimestampState::Invalid)
        }
    };
    TimestampReport { path: path.to_owned(), time, state, bytes }
}
