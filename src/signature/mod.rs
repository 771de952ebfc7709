//! Signatures of checksum lists, in the formats of minisign and OpenSSH. The only module that uses `ed25519-compact`, `blake2`,
//! `scrypt` and `base64`.
//!
//! docs/signatures.md describes what make-disc writes.

mod minisign;
mod openssh;

use std::fmt;

use serde::Serialize;

pub use minisign::{SecretKey, SecretKeyFile, UnlockError, trusted_comment};
pub use openssh::{KeyFile as OpenSshKeyFile, SIGNER, Signer as OpenSshSigner, Unsuitable, unsuitable_key};

/// The largest file of a key or a signature that is worth reading, in bytes.
pub const MAX_FILE_BYTES: u64 = 16 << 10;

/// The format of a key and its signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignatureFormat {
    /// The format of `minisign`.
    Minisign,
    /// The format of `ssh-keygen -Y sign`.
    OpenSsh,
}

impl SignatureFormat {
    /// Both, in the order in which they are looked for.
    pub const ALL: [Self; 2] = [Self::Minisign, Self::OpenSsh];

    /// The name of the program whose format it is.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minisign => "minisign",
            Self::OpenSsh => "OpenSSH",
        }
    }

    /// The command that checks signatures.
    pub fn program(self) -> &'static str {
        match self {
            Self::Minisign => "minisign",
            Self::OpenSsh => "ssh-keygen",
        }
    }

    /// The path of the signature of a checksum list, where the program puts it. With names of eight and three characters, the list is
    /// `sha256.sum` and its signature `sha256.sig`.
    pub fn signature_path(self, list: &str) -> String {
        match (list.strip_suffix(".sum"), self) {
            (Some(stem), _) => format!("{stem}.sig"),
            (None, Self::Minisign) => format!("{list}.minisig"),
            (None, Self::OpenSsh) => format!("{list}.sig"),
        }
    }

    /// The path of the public key on a disc. `minisign -V` looks for `minisign.pub`; `ssh-keygen -Y verify` reads a list of keys, which
    /// can have any name.
    pub fn public_key_path(self) -> &'static str {
        match self {
            Self::Minisign => "minisign.pub",
            Self::OpenSsh => "signers.txt",
        }
    }

    /// The length of the signatures that make-disc writes, in bytes.
    pub fn signature_length(self, trusted_comment: &str) -> u64 {
        match self {
            Self::Minisign => minisign::signature_length(trusted_comment),
            Self::OpenSsh => openssh::SIGNATURE_FILE_LENGTH,
        }
    }
}

/// A key with which signatures are checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PublicKey {
    /// A key of minisign.
    Minisign(minisign::PublicKey),
    /// A key of OpenSSH.
    OpenSsh(openssh::PublicKey),
}

impl PublicKey {
    /// Reads a public key: the contents of its file, or only the line with the key.
    pub fn parse(text: &str) -> Option<Self> {
        let minisign = minisign::PublicKey::parse(text).map(Self::Minisign);
        minisign.or_else(|| openssh::PublicKey::parse(text).map(Self::OpenSsh))
    }

    /// The format of its signatures.
    pub fn format(&self) -> SignatureFormat {
        match self {
            Self::Minisign(_) => SignatureFormat::Minisign,
            Self::OpenSsh(_) => SignatureFormat::OpenSsh,
        }
    }

    /// The number of a key of minisign, or the fingerprint of a key of OpenSSH, as these programs write them.
    pub fn id(&self) -> String {
        match self {
            Self::Minisign(key) => key.id(),
            Self::OpenSsh(key) => key.fingerprint(),
        }
    }

    /// The contents of its file on a disc.
    pub fn to_file(self) -> String {
        match self {
            Self::Minisign(key) => key.to_file(),
            Self::OpenSsh(key) => key.to_allowed_signers(),
        }
    }
}

/// The text to publish.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minisign(key) => key.fmt(f),
            Self::OpenSsh(key) => key.fmt(f),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A signature that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// A signature of minisign.
    Minisign(minisign::Signature),
    /// A signature of OpenSSH.
    OpenSsh(openssh::Signature),
}

impl Signature {
    /// Reads the contents of a signature file. `None` if it is neither of minisign nor of OpenSSH with Ed25519.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let minisign = minisign::Signature::parse(bytes).map(Self::Minisign);
        minisign.or_else(|| openssh::Signature::parse(bytes).map(Self::OpenSsh))
    }

    /// The number or the fingerprint of the key that made it.
    pub fn key_id(&self) -> String {
        match self {
            Self::Minisign(signature) => signature.key_id(),
            Self::OpenSsh(signature) => signature.key.fingerprint(),
        }
    }

    /// The comment that the signature covers as well. OpenSSH has none.
    pub fn trusted_comment(&self) -> Option<&str> {
        match self {
            Self::Minisign(signature) => Some(&signature.trusted_comment),
            Self::OpenSsh(_) => None,
        }
    }

    /// Whether every byte is as make-disc would write it, including the bytes that are not signed.
    pub fn is_canonical(&self) -> bool {
        match self {
            Self::Minisign(signature) => signature.is_canonical,
            // No other form is read.
            Self::OpenSsh(_) => true,
        }
    }

    /// Whether the message itself was signed, not its digest, as old versions of minisign do.
    pub fn is_legacy(&self) -> bool {
        matches!(self, Self::Minisign(signature) if signature.is_legacy())
    }

    /// Whether make-disc wrote it, as far as its trusted comment says so.
    pub fn is_from_make_disc(&self) -> bool {
        matches!(self, Self::Minisign(signature) if signature.is_from_make_disc())
    }

    /// The volume that the trusted comment names, if make-disc wrote it.
    pub fn volume(&self) -> Option<&str> {
        match self {
            Self::Minisign(signature) => signature.volume(),
            Self::OpenSsh(_) => None,
        }
    }

    /// Whether the key made this signature for the list.
    pub fn verify(&self, list: &[u8], key: &PublicKey) -> bool {
        match (self, key) {
            (Self::Minisign(signature), PublicKey::Minisign(key)) => signature.verify(list, key),
            (Self::OpenSsh(signature), PublicKey::OpenSsh(key)) => signature.verify(list, key),
            _ => false,
        }
    }
}
