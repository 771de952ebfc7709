//! The files of the cache. Each begins with the SHA-256 digest of its contents.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::checksum::Digest;
use crate::temporary::{create_private_file, defer_interruption};

/// The length of the digest at the beginning of a file, in hexadecimal digits.
const DIGEST_LENGTH: usize = 64;

/// Writes a file completely or not at all: first under the name `part`, which is then changed to `entry`.
pub(super) fn store(part: &Path, entry: &Path, body: &[u8]) -> Option<()> {
    let _deferred = defer_interruption();
    let mut file = create_private_file(part).ok()?;
    file.write_all(digest_of(body).as_bytes()).and_then(|()| file.write_all(body)).ok()?;
    fs::rename(part, entry).ok()
}

/// Reads a file; `None` if it does not exist or is damaged.
pub(super) fn load_bytes(entry: &Path) -> Option<Vec<u8>> {
    let mut bytes = fs::read(entry).ok()?;
    let (digest, body) = bytes.split_at_checked(DIGEST_LENGTH)?;
    if digest != digest_of(body).as_bytes() {
        return None;
    }
    bytes.drain(..DIGEST_LENGTH);
    Some(bytes)
}

fn digest_of(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}
