//! Keys and signatures of minisign.
//!
//! A signature file has four lines: a comment that is not signed, the signature of the list, a comment that is signed (the trusted
//! comment), and the signature of the first signature with that comment.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use blake2::digest::consts::U32;
use blake2::{Blake2b, Blake2b512, Digest as _};

/// The beginning of the first line of every file of minisign.
const UNTRUSTED: &str = "untrusted comment: ";
/// The beginning of the third line of a signature.
const TRUSTED: &str = "trusted comment: ";
/// Marks a key, and a signature of the message itself (the legacy mode).
const PLAIN: [u8; 2] = *b"Ed";
/// Marks a signature of the BLAKE2b digest of the message.
const PREHASHED: [u8; 2] = *b"ED";
/// Marks the key derivation of an encrypted key, and the checksum of a key.
const SCRYPT: [u8; 2] = *b"Sc";
const BLAKE2B: [u8; 2] = *b"B2";

// Lengths in bytes: of the algorithm with the key's number, of a public key, of a signature, of the secret part of a key.
const HEADER: usize = 10;
const PUBLIC_KEY: usize = HEADER + 32;
const SIGNATURE: usize = 64;
const SECRET: usize = 8 + 64 + 32;
const SECRET_KEY: usize = 6 + 32 + 16 + SECRET;

/// How much memory the derivation of a key from a password may take: what minisign uses by default.
const MAX_DERIVATION_MEMORY: u64 = 1 << 30;

/// A key with which signatures are checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey {
    number: [u8; 8],
    key: [u8; 32],
}

impl PublicKey {
    /// Reads a public key: the contents of its file, or only the line with the key.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = decode_key_line(text)?;
        let bytes: &[u8; PUBLIC_KEY] = bytes.as_slice().try_into().ok()?;
        let (algorithm, rest) = bytes.split_at(2);
        let (number, key) = rest.split_at(8);
        let is_key = algorithm == PLAIN && ed25519_compact::PublicKey::from_slice(key).is_ok();
        is_key.then_some(Self { number: number.try_into().ok()?, key: key.try_into().ok()? })
    }

    /// The number of the key, as minisign writes it.
    pub fn id(&self) -> String {
        format_number(self.number)
    }

    /// The contents of its file.
    pub fn to_file(self) -> String {
        format!("{UNTRUSTED}minisign public key {}\n{self}\n", self.id())
    }

    fn verify(&self, message: &[u8], signature: &[u8; SIGNATURE]) -> bool {
        let signature = ed25519_compact::Signature::new(*signature);
        ed25519_compact::PublicKey::new(self.key).verify(message, &signature).is_ok()
    }
}

/// The line of its file with the key.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode([&PLAIN[..], &self.number, &self.key].concat()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The number of a key as minisign writes it.
fn format_number(number: [u8; 8]) -> String {
    format!("{:016X}", u64::from_le_bytes(number))
}

/// The bytes in a key file, whose first line is a comment, or in a line without one.
fn decode_key_line(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next()?;
    let line = if first.starts_with(UNTRUSTED) { lines.next()? } else { first };
    BASE64.decode(line).ok()
}

/// A file with a secret key, which may be encrypted. No trait prints the key.
pub struct SecretKeyFile(Box<[u8; SECRET_KEY]>);

/// A key with which lists are signed. No trait prints it.
pub struct SecretKey {
    number: [u8; 8],
    key: ed25519_compact::SecretKey,
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret key {}", format_number(self.number))
    }
}

/// Why a secret key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnlockError {
    /// The password is wrong, or the file is damaged.
    WrongPassword,
    /// The file is not encrypted, and is damaged.
    Damaged,
    /// The key is protected in a way that this program does not know, or that takes too much memory.
    Unsupported,
}

impl SecretKeyFile {
    /// Reads the contents of a file. `None` if it is not the file of a secret key.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: Box<[u8; SECRET_KEY]> = decode_key_line(text)?.into_boxed_slice().try_into().ok()?;
        (bytes[..2] == PLAIN && bytes[4..6] == BLAKE2B).then_some(Self(bytes))
    }

    /// Whether a password is needed.
    pub fn is_encrypted(&self) -> bool {
        self.0[2..4] != [0; 2]
    }

    /// The key. The password is ignored if none is needed.
    ///
    /// # Errors
    /// [`UnlockError`].
    pub fn unlock(&self, password: &[u8]) -> Result<SecretKey, UnlockError> {
        let number = |at: usize| self.0[at..at + 8].try_into().map_or(0, u64::from_le_bytes);
        let mut secret: Vec<u8> = self.0[SECRET_KEY - SECRET..].to_vec();
        if self.is_encrypted() {
            let (log_n, parallel) = scrypt_parameters(number(38), number(46)).ok_or(UnlockError::Unsupported)?;
            if self.0[2..4] != SCRYPT {
                return Err(UnlockError::Unsupported);
            }
            let parameters = scrypt::Params::new(log_n, 8, parallel).map_err(|_| UnlockError::Unsupported)?;
            let mut stream = vec![0; SECRET];
            scrypt::scrypt(password, &self.0[6..38], &parameters, &mut stream).map_err(|_| UnlockError::Unsupported)?;
            secret.iter_mut().zip(stream).for_each(|(byte, mask)| *byte ^= mask);
        }
        let (content, checksum) = secret.split_at(SECRET - 32);
        let digest = Blake2b::<U32>::new().chain_update(PLAIN).chain_update(content).finalize();
        let wrong = if self.is_encrypted() { UnlockError::WrongPassword } else { UnlockError::Damaged };
        // minisign writes no checksum into a key that is not encrypted.
        let has_none = !self.is_encrypted() && checksum == [0; 32];
        if !has_none && digest[..] != *checksum {
            return Err(wrong);
        }
        let (id, key) = content.split_at(8);
        let key = ed25519_compact::SecretKey::from_slice(key).map_err(|_| wrong)?;
        // The second half of a secret key is the public key. If it were another one, two signatures would reveal the first half.
        let seed = ed25519_compact::Seed::from_slice(&key[..32]).map_err(|_| wrong)?;
        let matches = ed25519_compact::KeyPair::from_seed(seed).pk[..] == key[32..];
        if matches { Ok(SecretKey { number: id.try_into().map_err(|_| wrong)?, key }) } else { Err(wrong) }
    }
}

/// The parameters of scrypt (log₂ N and p, with r = 8) that libsodium computes from limits on operations and memory. A key file
/// states these limits. `None` if scrypt would take too much memory.
fn scrypt_parameters(operations: u64, memory: u64) -> Option<(u8, u32)> {
    let operations = operations.max(32_768);
    let is_bound_by_operations = operations < memory / 32;
    let max = if is_bound_by_operations { operations / 32 } else { memory / 1024 };
    let log_n = (1..63_u8).find(|log_n| (1_u64 << log_n) > max / 2)?;
    let parallel = if is_bound_by_operations { 1 } else { ((operations / 4) >> log_n).min(0x3fff_ffff) / 8 };
    (1024_u64 << log_n.min(40) <= MAX_DERIVATION_MEMORY && (1..=64).contains(&parallel))
        .then_some((log_n, u32::try_from(parallel).ok()?))
}

impl SecretKey {
    /// The public key that belongs to it.
    pub fn public_key(&self) -> super::PublicKey {
        super::PublicKey::Minisign(self.minisign_key())
    }

    fn minisign_key(&self) -> PublicKey {
        PublicKey { number: self.number, key: *self.key.public_key() }
    }

    /// The contents of the signature file of a list. The same key, list and comment always give the same bytes.
    pub fn sign(&self, list: &[u8], trusted_comment: &str) -> String {
        let signature = self.key.sign(Blake2b512::digest(list), None);
        let global = self.key.sign([signature.as_ref(), trusted_comment.as_bytes()].concat(), None);
        let parts = SignatureParts {
            algorithm: PREHASHED,
            number: self.number,
            signature: *signature,
            trusted_comment,
            global: *global,
        };
        parts.to_file(&untrusted_comment(self.number))
    }
}

/// The first line of the signatures that make-disc writes, without its beginning.
fn untrusted_comment(number: [u8; 8]) -> String {
    format!("signature by the minisign key {}", format_number(number))
}

/// The beginning of the trusted comments that make-disc writes.
const OWN_COMMENT: &str = "make-disc\tvolume:";

/// The trusted comment in the signature of a disc's list.
pub fn trusted_comment(volume: &str, date: &str, list: &str) -> String {
    format!("{OWN_COMMENT}{volume}\tdate:{date}\tfile:{list}\thashed")
}

/// The length of a signature file in bytes, which depends on nothing but the trusted comment.
pub fn signature_length(trusted_comment: &str) -> u64 {
    let parts = SignatureParts {
        algorithm: PREHASHED,
        number: [0; 8],
        signature: [0; SIGNATURE],
        trusted_comment,
        global: [0; SIGNATURE],
    };
    parts.to_file(&untrusted_comment([0; 8])).len() as u64
}

struct SignatureParts<'s> {
    algorithm: [u8; 2],
    number: [u8; 8],
    signature: [u8; SIGNATURE],
    trusted_comment: &'s str,
    global: [u8; SIGNATURE],
}

impl SignatureParts<'_> {
    fn to_file(&self, untrusted_comment: &str) -> String {
        let signature = BASE64.encode([&self.algorithm[..], &self.number, &self.signature].concat());
        let (trusted, global) = (self.trusted_comment, BASE64.encode(self.global));
        format!("{UNTRUSTED}{untrusted_comment}\n{signature}\n{TRUSTED}{trusted}\n{global}\n")
    }
}

/// A signature that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    number: [u8; 8],
    is_prehashed: bool,
    signature: [u8; SIGNATURE],
    /// The comment that is signed.
    pub trusted_comment: String,
    global: [u8; SIGNATURE],
    /// Whether every byte is as make-disc would write it, including the bytes that are not signed.
    pub is_canonical: bool,
}

impl Signature {
    /// Reads the contents of a signature file. `None` if it is not one of minisign.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let mut lines = text.lines();
        lines.next()?.strip_prefix(UNTRUSTED)?;
        let first: [u8; HEADER + SIGNATURE] = BASE64.decode(lines.next()?.trim_end()).ok()?.try_into().ok()?;
        let trusted_comment = lines.next()?.strip_prefix(TRUSTED)?;
        let global: [u8; SIGNATURE] = BASE64.decode(lines.next()?.trim_end()).ok()?.try_into().ok()?;
        if lines.next().is_some() {
            return None;
        }
        let algorithm: [u8; 2] = first[..2].try_into().ok()?;
        let parts = SignatureParts {
            algorithm,
            number: first[2..HEADER].try_into().ok()?,
            signature: first[HEADER..].try_into().ok()?,
            trusted_comment,
            global,
        };
        let is_prehashed = algorithm == PREHASHED;
        if !is_prehashed && algorithm != PLAIN {
            return None;
        }
        Some(Self {
            number: parts.number,
            is_prehashed,
            signature: parts.signature,
            trusted_comment: trusted_comment.to_owned(),
            global,
            is_canonical: is_prehashed
                && trusted_comment.starts_with(OWN_COMMENT)
                && parts.to_file(&untrusted_comment(parts.number)) == text,
        })
    }

    /// The number of the key that made it, as minisign writes it.
    pub fn key_id(&self) -> String {
        format_number(self.number)
    }

    /// Whether the message itself was signed, not its digest, as old versions of minisign do.
    pub fn is_legacy(&self) -> bool {
        !self.is_prehashed
    }

    /// Whether make-disc wrote it, as far as its trusted comment says so.
    pub fn is_from_make_disc(&self) -> bool {
        self.trusted_comment.starts_with(OWN_COMMENT)
    }

    /// The volume that the trusted comment names, if make-disc wrote it.
    pub fn volume(&self) -> Option<&str> {
        self.trusted_comment.strip_prefix(OWN_COMMENT)?.split('\t').next()
    }

    /// Whether the key made this signature, comment included, for the list.
    pub fn verify(&self, list: &[u8], key: &PublicKey) -> bool {
        let matches_list = match self.is_prehashed {
            true => key.verify(&Blake2b512::digest(list), &self.signature),
            false => key.verify(list, &self.signature),
        };
        let with_comment = [&self.signature[..], self.trusted_comment.as_bytes()].concat();
        self.number == key.number && matches_list && key.verify(&with_comment, &self.global)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A key file as `minisign -G -W` writes it, from a seed of 32 equal bytes.
    fn key_file(seed: u8) -> String {
        let pair = ed25519_compact::KeyPair::from_seed(ed25519_compact::Seed::new([seed; 32]));
        let content = [&[seed; 8][..], &pair.sk[..]].concat();
        let header = [&PLAIN[..], &[0; 2], &BLAKE2B, &[0; 48]].concat();
        let bytes = [&header[..], &content, &[0; 32]].concat();
        format!("{UNTRUSTED}minisign secret key\n{}\n", BASE64.encode(bytes))
    }

    fn key(seed: u8) -> SecretKey {
        SecretKeyFile::parse(&key_file(seed)).unwrap().unlock(b"").unwrap()
    }

    #[test]
    fn a_signature_is_the_same_each_time_and_has_its_planned_length() {
        let comment = trusted_comment("UN_1325", "2008-10-30", "SHA256SUMS");
        let signed = key(1).sign(b"list\n", &comment);
        assert_eq!(signed, key(1).sign(b"list\n", &comment));
        assert_eq!(signed.len() as u64, signature_length(&comment));
        let signature = Signature::parse(signed.as_bytes()).unwrap();
        assert!(signature.is_canonical && !signature.is_legacy());
        assert_eq!((signature.volume(), signature.key_id()), (Some("UN_1325"), key(1).minisign_key().id()));
        assert!(signature.verify(b"list\n", &key(1).minisign_key()));
        assert!(!signature.verify(b"list", &key(1).minisign_key()));
        assert!(!signature.verify(b"list\n", &key(2).minisign_key()));
        let public = key(1).minisign_key();
        assert_eq!(PublicKey::parse(&public.to_file()), Some(public));
        assert_eq!(PublicKey::parse(&public.to_string()), Some(public));
    }

    #[test]
    fn every_changed_byte_of_a_signature_and_of_a_key_is_noticed() {
        let list = b"list\n";
        let signed = key(1).sign(list, &trusted_comment("V", "2008", "SHA256SUMS")).into_bytes();
        let public = key(1).minisign_key();
        for at in 0..signed.len() {
            for bit in [1, 0x20, 0x80] {
                let mut changed = signed.clone();
                changed[at] ^= bit;
                let is_accepted = Signature::parse(&changed)
                    .is_some_and(|signature| signature.is_canonical && signature.verify(list, &public));
                assert!(!is_accepted, "byte {at}");
            }
        }
        let file = public.to_string();
        for at in 0..file.len() {
            let mut changed = file.clone().into_bytes();
            changed[at] ^= 1;
            let changed = String::from_utf8(changed).unwrap();
            let is_accepted =
                PublicKey::parse(&changed).is_some_and(|key| Signature::parse(&signed).unwrap().verify(list, &key));
            assert!(!is_accepted, "byte {at}");
        }
    }

    #[test]
    fn scrypt_parameters_agree_with_libsodium() {
        // What minisign writes by default, and the smallest and the interactive limits of libsodium.
        assert_eq!(scrypt_parameters(33_554_432, 1_073_741_824), Some((20, 1)));
        assert_eq!(scrypt_parameters(524_288, 16_777_216), Some((14, 1)));
        assert_eq!(scrypt_parameters(32_768, 16_777_216), Some((10, 1)));
        assert_eq!(scrypt_parameters(u64::MAX, u64::MAX), None);
        assert_eq!(scrypt_parameters(0, 0), None);
    }

    #[test]
    fn other_files_are_not_read_as_keys() {
        for text in ["", "untrusted comment: x", "untrusted comment: x\nAAAA\n", "RWQ", &key_file(1)] {
            assert_eq!(PublicKey::parse(text), None);
        }
        assert!(SecretKeyFile::parse(&key(1).minisign_key().to_file()).is_none());
        assert!(!format!("{:?}", key(1)).contains("AQEB"));
    }
}
