//! MD5 (RFC 1321), which other programs' formats need. It does not protect against forgery.

use std::fmt;

use ::md5::{Digest as _, Md5 as Md5State};

/// Computes an MD5 from bytes that arrive piece by piece.
#[derive(Clone, Default)]
pub struct Md5(Md5State);

impl Md5 {
    /// The MD5 of some bytes.
    pub fn of(bytes: &[u8]) -> [u8; 16] {
        Md5State::digest(bytes).into()
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The MD5 of all bytes added.
    pub fn finish(self) -> [u8; 16] {
        self.0.finalize().into()
    }
}

impl fmt::Debug for Md5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Md5")
    }
}
