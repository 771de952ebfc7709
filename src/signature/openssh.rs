//! Keys and signatures of OpenSSH. Only keys of Ed25519 are used: with them, the same key and list always give the same signature.
//!
//! OpenSSH describes its formats in PROTOCOL.sshsig and PROTOCOL.key. The program `ssh-keygen` signs, because it knows how to unlock
//! keys, and asks the agent of OpenSSH. Signatures are checked here.

use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, STANDARD_NO_PAD as BASE64_NO_PAD};

use crate::checksum::{Digest, sha512};
use crate::programs;

/// The name of the kind of keys that can be used.
const ED25519: &str = "ssh-ed25519";
/// What the signatures of files are for, as OpenSSH proposes.
const NAMESPACE: &str = "file";
/// The digest of the list that is signed: what `ssh-keygen` uses by default.
const SHA512: &str = "sha512";

/// The start of the contents of a signature, and of what is signed.
const MAGIC: &[u8] = b"SSHSIG";
const VERSION: [u8; 4] = 1_u32.to_be_bytes();

/// The number of keys in the file of a secret key.
const ONE_KEY: [u8; 4] = 1_u32.to_be_bytes();

const BEGIN_SIGNATURE: &str = "-----BEGIN SSH SIGNATURE-----";
const END_SIGNATURE: &str = "-----END SSH SIGNATURE-----";
/// How many characters of base64 `ssh-keygen` writes in a line.
const LINE_LENGTH: usize = 70;

const BEGIN_SECRET_KEY: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END_SECRET_KEY: &str = "-----END OPENSSH PRIVATE KEY-----";
/// The start of the contents of a secret key.
const SECRET_KEY_MAGIC: &[u8] = b"openssh-key-v1\0";

/// The length of the signature files that make-disc writes, in bytes: a test compares it with one.
pub(super) const SIGNATURE_FILE_LENGTH: u64 = 294;

/// The name of the signer in the list of keys on a disc.
pub const SIGNER: &str = "publisher";

/// A public key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads a public key from its file or its line, or from a line of a list of allowed signers.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut words = lines.next()?.split_ascii_whitespace();
        words.find(|word| *word == ED25519)?;
        Self::from_blob(&BASE64.decode(words.next()?).ok()?)
    }

    /// Reads the contents of a public key.
    fn from_blob(blob: &[u8]) -> Option<Self> {
        let mut fields = Fields(blob);
        let is_ed25519 = fields.string()? == ED25519.as_bytes();
        let key: [u8; 32] = fields.string()?.try_into().ok()?;
        let is_key = is_ed25519 && fields.0.is_empty() && ed25519_compact::PublicKey::from_slice(&key).is_ok();
        is_key.then_some(Self(key))
    }

    fn to_blob(self) -> Vec<u8> {
        [string(ED25519.as_bytes()), string(&self.0)].concat()
    }

    /// The fingerprint, as `ssh-keygen -l` shows it.
    pub(super) fn fingerprint(&self) -> String {
        format!("SHA256:{}", BASE64_NO_PAD.encode(Digest::of(&self.to_blob()).as_bytes()))
    }

    /// The list of allowed signers that `ssh-keygen -Y verify` reads, with only this key.
    pub(super) fn to_allowed_signers(self) -> String {
        format!("{SIGNER} namespaces=\"{NAMESPACE}\" {self}\n")
    }
}

/// The line of its file with the key, without a comment.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ED25519} {}", BASE64.encode(self.to_blob()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What the file of a secret key says about it. The secret itself is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFile {
    key: PublicKey,
    /// Whether a password protects it.
    pub is_encrypted: bool,
}

/// Why a secret key cannot be used: its kind, such as `ssh-rsa`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsuitable(pub String);

/// The message about the file of a secret key of another kind.
pub fn unsuitable_key(file: &str, kind: &str) -> String {
    format!(
        "`{file}` is a key of the kind `{kind}`, but only keys of Ed25519 make the same signature, and so the same disc, each time: make one with `ssh-keygen -t ed25519 -f publisher`"
    )
}

impl KeyFile {
    /// Reads the contents of a file. `None` if it is not the file of a secret key.
    ///
    /// # Errors
    /// It is of another kind.
    pub fn parse(text: &str) -> Option<Result<Self, Unsuitable>> {
        let text = text.trim();
        let Some(rest) = text.strip_prefix(BEGIN_SECRET_KEY) else {
            // The older files of OpenSSH and OpenSSL never have keys of Ed25519.
            let kind = text.strip_prefix("-----BEGIN ")?.split_once("PRIVATE KEY-----")?.0.trim();
            return Some(Err(Unsuitable(if kind.is_empty() { "PKCS #8".to_owned() } else { kind.to_owned() })));
        };
        let encoded: String = rest.strip_suffix(END_SECRET_KEY)?.split_ascii_whitespace().collect();
        let bytes = BASE64.decode(encoded).ok()?;
        let mut fields = Fields(bytes.strip_prefix(SECRET_KEY_MAGIC)?);
        let cipher = fields.string()?;
        let (_derivation, _parameters, key_count) = (fields.string()?, fields.string()?, fields.take(4)?);
        let blob = fields.string().filter(|_| key_count == ONE_KEY)?;
        let kind = Fields(blob).string().map(String::from_utf8_lossy)?;
        if kind != ED25519 {
            return Some(Err(Unsuitable(kind.into_owned())));
        }
        Some(Ok(Self { key: PublicKey::from_blob(blob)?, is_encrypted: cipher != b"none" }))
    }

    /// Its public key.
    pub fn public_key(&self) -> super::PublicKey {
        super::PublicKey::OpenSsh(self.key)
    }
}

/// Signs with `ssh-keygen`.
#[derive(Debug)]
pub struct Signer {
    program: PathBuf,
    /// The file of the secret key, or of the public key if the agent of OpenSSH has the secret one.
    key_file: PathBuf,
    key: PublicKey,
}

impl Signer {
    /// Signs a text twice, to find out whether the key can be used and always makes the same signature.
    ///
    /// # Errors
    /// What is wrong, as a sentence without a full stop.
    pub fn new(key_file: &Path, key: super::PublicKey) -> Result<Self, String> {
        let super::PublicKey::OpenSsh(key) = key else { return Err("this is not a key of OpenSSH".to_owned()) };
        let program = programs::find("ssh-keygen").ok_or("`ssh-keygen` is not installed: install OpenSSH")?;
        let signer = Self { program, key_file: key_file.to_owned(), key };
        let trial = b"Trial of a key, which signs nothing";
        match signer.sign(trial)? == signer.sign(trial)? {
            true => Ok(signer),
            false => {
                Err("it signs the same text differently each time, so the disc would be different each time".to_owned())
            }
        }
    }

    /// The contents of the signature file of a list.
    ///
    /// # Errors
    /// What is wrong, as a sentence without a full stop.
    pub fn sign(&self, list: &[u8]) -> Result<String, String> {
        let mut arguments: Vec<_> = ["-Y", "sign", "-n", NAMESPACE, "-f"].map(Into::into).into();
        arguments.push(programs::path_argument(&self.key_file));
        // ssh-keygen would ask for a password in the middle of the run. It is told to get the password from the program `false`, which
        // fails, so that signing fails instead.
        let environment = [("SSH_ASKPASS", "false"), ("SSH_ASKPASS_REQUIRE", "force")];
        let output = programs::run_with_input(&self.program, &arguments, &environment, list)
            .map_err(|error| format!("`ssh-keygen` cannot be started: {error}"))?;
        if !output.status.success() {
            let said = programs::last_lines(&output.stderr);
            return Err(format!("`ssh-keygen` cannot sign with it: {said}"));
        }
        match Signature::parse(&output.stdout).filter(|signature| signature.verify(list, &self.key)) {
            Some(signature) => Ok(signature.to_file()),
            None => Err("`ssh-keygen` did not sign the list with it in the form that OpenSSH documents".to_owned()),
        }
    }
}

/// A signature that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The key that it names.
    pub(super) key: PublicKey,
    signature: [u8; 64],
}

impl Signature {
    /// Reads the contents of a signature file. `None` if it is not one of OpenSSH with Ed25519, for files, and with the digest that
    /// `ssh-keygen` uses by default, or if any byte is not as `ssh-keygen` writes it: so no change goes unnoticed.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let encoded = text.trim_end().strip_prefix(BEGIN_SIGNATURE)?.strip_suffix(END_SIGNATURE)?;
        let encoded: String = encoded.lines().collect();
        let bytes = BASE64.decode(encoded).ok()?;
        let mut fields = Fields(bytes.strip_prefix(MAGIC)?);
        let (version, key, namespace) = (fields.take(4)?, fields.string()?, fields.string()?);
        let (reserved, digest, signature) = (fields.string()?, fields.string()?, fields.string()?);
        let is_for_files = version == VERSION && namespace == NAMESPACE.as_bytes() && reserved.is_empty();
        if !is_for_files || digest != SHA512.as_bytes() || !fields.0.is_empty() {
            return None;
        }
        let mut fields = Fields(signature);
        let (kind, value) = (fields.string()?, fields.string()?);
        if kind != ED25519.as_bytes() || !fields.0.is_empty() {
            return None;
        }
        let parsed = Self { key: PublicKey::from_blob(key)?, signature: value.try_into().ok()? };
        (parsed.to_file() == text).then_some(parsed)
    }

    /// Whether the key made this signature for the list.
    pub(super) fn verify(&self, list: &[u8], key: &PublicKey) -> bool {
        let signature = ed25519_compact::Signature::new(self.signature);
        self.key == *key && ed25519_compact::PublicKey::new(key.0).verify(signed_bytes(list), &signature).is_ok()
    }

    /// The contents of its file, as `ssh-keygen` writes it.
    fn to_file(&self) -> String {
        let fields = [
            MAGIC.to_vec(),
            VERSION.to_vec(),
            string(&self.key.to_blob()),
            string(NAMESPACE.as_bytes()),
            string(b""),
            string(SHA512.as_bytes()),
            string(&[string(ED25519.as_bytes()), string(&self.signature)].concat()),
        ];
        let encoded = BASE64.encode(fields.concat());
        let mut text = format!("{BEGIN_SIGNATURE}\n");
        let mut rest = encoded.as_str();
        while let Some((line, after)) = rest.split_at_checked(LINE_LENGTH.min(rest.len())).filter(|_| !rest.is_empty())
        {
            text.push_str(line);
            text.push('\n');
            rest = after;
        }
        text.push_str(END_SIGNATURE);
        text.push('\n');
        text
    }
}

/// What is signed for a list.
fn signed_bytes(list: &[u8]) -> Vec<u8> {
    let fields = [NAMESPACE.as_bytes(), b"", SHA512.as_bytes(), &sha512(list)];
    [MAGIC.to_vec(), fields.map(string).concat()].concat()
}

/// The encoding of bytes in OpenSSH's formats: preceded by their number (RFC 4251, 5).
fn string(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes(), bytes].concat()
}

/// The fields that are left.
struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn string(&mut self) -> Option<&'b [u8]> {
        let length = u32::from_be_bytes(self.take(4)?.try_into().ok()?);
        self.take(usize::try_from(length).ok()?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn pair(seed: u8) -> (ed25519_compact::SecretKey, PublicKey) {
        let pair = ed25519_compact::KeyPair::from_seed(ed25519_compact::Seed::new([seed; 32]));
        (pair.sk, PublicKey(*pair.pk))
    }

    fn sign(seed: u8, list: &[u8]) -> String {
        let (secret, key) = pair(seed);
        let unsigned = Signature { key, signature: [0; 64] };
        Signature { signature: *secret.sign(signed_bytes(list), None), ..unsigned }.to_file()
    }

    #[test]
    fn every_changed_byte_of_a_signature_is_noticed() {
        let signed = sign(1, b"list\n");
        assert_eq!(signed.len() as u64, SIGNATURE_FILE_LENGTH);
        let (_, key) = pair(1);
        let is_accepted = |bytes: &[u8], list: &[u8], key: &PublicKey| {
            Signature::parse(bytes).is_some_and(|signature| signature.verify(list, key))
        };
        assert!(is_accepted(signed.as_bytes(), b"list\n", &key));
        assert!(!is_accepted(signed.as_bytes(), b"list", &key));
        assert!(!is_accepted(signed.as_bytes(), b"list\n", &pair(2).1));
        for at in 0..signed.len() {
            for bit in [1, 4, 0x20, 0x80] {
                let mut changed = signed.clone().into_bytes();
                changed[at] ^= bit;
                assert!(!is_accepted(&changed, b"list\n", &key), "byte {at}");
            }
            assert!(!is_accepted(&signed.as_bytes()[..at], b"list\n", &key), "cut after {at}");
        }
        for other in [format!("{signed}\n"), signed.replace('\n', "\r\n"), signed.replace('\n', " ")] {
            assert!(!is_accepted(other.as_bytes(), b"list\n", &key));
        }
    }

    #[test]
    fn keys_are_read_from_their_files_and_from_lists_of_signers() {
        let (_, key) = pair(1);
        let line = key.to_string();
        for text in [line.clone(), format!("{line} a comment\n"), format!("# list\n\n{}", key.to_allowed_signers())] {
            assert_eq!(PublicKey::parse(&text), Some(key), "{text}");
        }
        for text in ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa AAAA", &line[..line.len() - 1], &line[12..]] {
            assert_eq!(PublicKey::parse(text), None, "{text}");
        }
    }

    #[test]
    fn other_kinds_of_secret_keys_are_named() {
        let file = |kind: &str, cipher: &str, blob: Vec<u8>| {
            let fields = [
                SECRET_KEY_MAGIC.to_vec(),
                string(cipher.as_bytes()),
                string(b"none"),
                string(b""),
                1_u32.to_be_bytes().to_vec(),
                string(&[string(kind.as_bytes()), blob].concat()),
                string(b"the secret part"),
            ];
            format!("{BEGIN_SECRET_KEY}\n{}\n{END_SECRET_KEY}\n", BASE64.encode(fields.concat()))
        };
        let (_, key) = pair(1);
        let read = KeyFile::parse(&file(ED25519, "aes256-ctr", string(&key.0))).unwrap();
        assert_eq!(read, Ok(KeyFile { key, is_encrypted: true }));
        let kind = |text: &str| KeyFile::parse(text).unwrap().unwrap_err().0;
        assert_eq!(kind(&file("ssh-rsa", "none", string(b"number"))), "ssh-rsa");
        assert_eq!(kind("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n"), "RSA");
        assert_eq!(kind("-----BEGIN PRIVATE KEY-----\nMIIE\n"), "PKCS #8");
        for text in ["", "text", BEGIN_SECRET_KEY, &file(ED25519, "none", vec![])[..60]] {
            assert_eq!(KeyFile::parse(text), None);
        }
        assert_eq!(KeyFile::parse(&file(ED25519, "none", vec![])), None);
    }
}
