//! The signature of the checksum list.

use super::checksum_list::describe_signature;
use super::verdict::{Problem, ProblemCode, Problems, SignatureReport, SignatureState};
use crate::signature::{PublicKey, Signature, SignatureFormat};

/// The signature of a checksum list, if it has one, and what is needed to check it.
pub(super) struct FoundSignature<'f> {
    /// Its format, as far as its name says so.
    pub(super) format: SignatureFormat,
    /// Whether there also is a signature in another format, which is not checked.
    pub(super) has_other: bool,
    /// The checksum list, as it was read.
    pub(super) list: &'f [u8],
    /// The path at which its signature is, or would be.
    pub(super) path: String,
    pub(super) signature: Option<Vec<u8>>,
    /// The public key on the disc, if the list names it.
    pub(super) disc_key: Option<Vec<u8>>,
    /// The volume identifier of an image.
    pub(super) volume: Option<&'f str>,
    /// Whether make-disc made the disc, so that any signature on it must be its own.
    pub(super) is_own: bool,
}

/// The format of the signature that is checked: that of the user's key, or else that of the key on the disc, or else that of the signature
/// that is there.
pub(super) fn choose_format(
    list: &str,
    user_key: Option<&PublicKey>,
    is_listed: &dyn Fn(&str) -> bool,
    exists: &dyn Fn(&str) -> bool,
) -> SignatureFormat {
    let find = |is_wanted: &dyn Fn(&SignatureFormat) -> bool| SignatureFormat::ALL.into_iter().find(is_wanted);
    let chosen = user_key.map(PublicKey::format).or_else(|| find(&|format| is_listed(format.public_key_path())));
    chosen.or_else(|| find(&|format| exists(&format.signature_path(list)))).unwrap_or(SignatureFormat::Minisign)
}

impl FoundSignature<'_> {
    /// Checks the signature with the key from the user or, if there is none, with the key on the disc. Adds a problem, a note, or a
    /// sentence about what the signature proves. `None` if there is no signature.
    pub(super) fn check(
        self,
        user_key: Option<&PublicKey>,
        notes: &mut Vec<String>,
        confirmed: &mut Vec<String>,
        problems: &mut Problems,
    ) -> Option<SignatureReport> {
        let disc_key = self.disc_key.as_deref().and_then(|bytes| PublicKey::parse(std::str::from_utf8(bytes).ok()?));
        let path = self.path.clone();
        let mut add = |code, message: String| problems.add(Problem::new(code, message).at(&path));
        let Some(bytes) = self.signature else {
            match (&disc_key, user_key) {
                (Some(key), _) => {
                    add(
                        ProblemCode::Missing,
                        format!(
                            "does not exist, although the public key {} is here: the signature of the checksum list is missing",
                            key.id()
                        ),
                    );
                }
                (None, Some(_)) => {
                    let why = match self.has_other {
                        true => {
                            format!("does not exist: the checksum list is signed, but not with {}", self.format.name())
                        }
                        false => "does not exist: the checksum list is not signed, so a key proves nothing".to_owned(),
                    };
                    add(ProblemCode::NotSigned, why);
                }
                (None, None) => {}
            }
            return None;
        };
        let report = |state, signature: Option<&Signature>| {
            Some(SignatureReport {
                path: path.clone(),
                key: signature.map(Signature::key_id),
                trusted_comment: signature.and_then(Signature::trusted_comment).map(str::to_owned),
                state,
                bytes: bytes.clone(),
            })
        };
        let Some(signature) = Signature::parse(&bytes) else {
            if disc_key.is_some() || user_key.is_some() || self.is_own {
                add(
                    ProblemCode::Signature,
                    format!("is not a signature of {}: it is damaged, or another file", self.format.name()),
                );
                return report(SignatureState::Invalid, None);
            }
            notes.push(match self.format {
                SignatureFormat::Minisign => format!("`{path}` is not a signature of minisign, and was not checked"),
                // Other programs use this name, too.
                SignatureFormat::OpenSsh => describe_signature(&path),
            });
            return report(SignatureState::NotChecked, None);
        };
        let id = signature.key_id();
        let mut is_valid = true;
        let mut reject = |message: String| {
            is_valid = false;
            add(ProblemCode::Signature, message);
        };
        if (signature.is_from_make_disc() || self.is_own) && !signature.is_canonical() {
            reject("was changed: make-disc does not write signatures like this".to_owned());
        }
        if let (Some(signed), Some(volume)) = (signature.volume(), self.volume)
            && signed != volume
        {
            // A copy may have another label. Its list was signed all the same, so its files can be proven.
            let message = format!("was made for the volume `{signed}`, not for `{volume}`");
            if self.is_own { reject(message) } else { notes.push(format!("`{path}` {message}")) }
        }
        let key = user_key.or(disc_key.as_ref());
        match key {
            Some(key) if !signature.verify(self.list, key) => reject(match key.id() == id {
                true => "does not match: the checksum list, the signature or the key was changed".to_owned(),
                false if user_key.is_some() => {
                    format!("was made with the key {id}, not with the key {} that was given", key.id())
                }
                false => format!("was made with the key {id}, not with the key {} on the disc", key.id()),
            }),
            _ => {}
        }
        if !is_valid {
            return report(SignatureState::Invalid, Some(&signature));
        }
        if signature.is_legacy() {
            notes.push(format!("`{path}` is a signature in the legacy mode of minisign"));
        }
        let give = "to be sure whose it is, give the publisher's key with `--key`";
        let state = match (user_key, disc_key) {
            (Some(_), _) => {
                confirmed.push(format!("the checksum list is signed with the key {id}, which was given with `--key`"));
                SignatureState::Valid
            }
            (None, Some(_)) => {
                notes.push(format!("signed with the key {id}: the signature matches the key on the disc; {give}"));
                SignatureState::MatchesKeyOnDisc
            }
            (None, None) => {
                notes.push(format!("signed with the key {id}, not checked; {give}"));
                SignatureState::NotChecked
            }
        };
        report(state, Some(&signature))
    }
}
