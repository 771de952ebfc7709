//! The options for signing a disc, and the password of its secret key. The only module that uses `rpassword`.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CommandError;
use super::interruption::wait_for_user;
use super::session::Session;
use crate::catalogue::Signing;
use crate::environment;
use crate::path_text::{quote_for_shell, show};
use crate::plan::Signer;
use crate::signature::{
    MAX_FILE_BYTES, OpenSshKeyFile, OpenSshSigner, PublicKey, SecretKey, SecretKeyFile, UnlockError, Unsuitable,
    unsuitable_key,
};
use crate::system::{open_regular_file, remember_terminal};

#[derive(Debug, Clone, Default, Args)]
pub(super) struct SigningArguments {
    /// Sign the checksum list with this secret key of minisign or OpenSSH, as `disc.sign` does
    #[arg(long, value_name = "KEY")]
    pub(super) sign: Option<PathBuf>,
    /// Read the password of that key, if it is one of minisign, from this file, not from the terminal
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
}

impl SigningArguments {
    /// Unlocks the key with which the disc of a loaded manifest is signed, for which it may ask for a password, and sets its public
    /// key in the session. `None` if the disc is not signed.
    pub(super) fn unlock(&self, session: &mut Session) -> Result<Option<Signer>, CommandError> {
        let in_manifest = session.catalogue().and_then(|catalogue| catalogue.disc.signing.clone());
        let path_in_manifest = in_manifest.as_ref().and_then(|signing| signing.secret_key.clone());
        let path = match (&self.sign, path_in_manifest, &in_manifest) {
            (Some(path), ..) => path.clone(),
            (None, Some(path), _) => path,
            (None, None, Some(signing)) => {
                return Err(CommandError::usage(format!(
                    "the manifest says that the disc is signed with the key {}: give the file of its secret key with `--sign`",
                    signing.key.id()
                )));
            }
            (None, None, None) => return Ok(None),
        };
        let shown = show(&path);
        if session.catalogue().is_some_and(|catalogue| catalogue.has_source(&path)) {
            return Err(CommandError::usage(format!(
                "`{shown}` is on the disc: whoever has a secret key can sign in your name, so remove it from the manifest"
            )));
        }
        let text = read_small_file(&path)?;
        let public;
        let signer = match OpenSshKeyFile::parse(&text) {
            Some(file) => {
                let file = file.map_err(|Unsuitable(kind)| CommandError::usage(unsuitable_key(&shown, &kind)))?;
                public = file.public_key();
                ensure_expected(&shown, &public, in_manifest.as_ref())?;
                let signer = OpenSshSigner::new(&path, public).map_err(|error| {
                    CommandError::usage(match file.is_encrypted {
                        true => format!(
                            "`{shown}` is protected by a password: enter it once with `ssh-add {}`, then run this command again ({error})",
                            quote_for_shell(&path)
                        ),
                        false => format!("`{shown}` cannot be used: {error}"),
                    })
                })?;
                Signer::OpenSsh(signer)
            }
            None => {
                let key = self.unlock_minisign(&text, &shown)?;
                public = key.public_key();
                ensure_expected(&shown, &public, in_manifest.as_ref())?;
                Signer::Minisign(key)
            }
        };
        session.sign_with(public);
        Ok(Some(signer))
    }

    /// Unlocks a key of minisign, for which it may ask for a password.
    fn unlock_minisign(&self, text: &str, shown: &str) -> Result<SecretKey, CommandError> {
        let Some(file) = SecretKeyFile::parse(text) else {
            return Err(CommandError::usage(match PublicKey::parse(text) {
                Some(_) => format!("`{shown}` is a public key: give the file of the secret key, which belongs to it"),
                None => format!(
                    "`{shown}` is not a secret key of minisign or OpenSSH: `minisign -G` makes one, beside its public key"
                ),
            }));
        };
        let password = if file.is_encrypted() { self.password(shown)? } else { Vec::new() };
        file.unlock(&password).map_err(|error| {
            CommandError::usage(match error {
                UnlockError::WrongPassword => format!("this is not the password of `{shown}`, or the file is damaged"),
                UnlockError::Damaged => format!("`{shown}` is damaged: use a copy of it"),
                UnlockError::Unsupported => {
                    format!(
                        "`{shown}` is protected in a way that make-disc does not know: make a key with `minisign -G`"
                    )
                }
            })
        })
    }

    /// Reads the password of a key from its file, or else from the environment, or else from the terminal.
    fn password(&self, key: &str) -> Result<Vec<u8>, CommandError> {
        if let Some(path) = &self.password_file {
            let text = read_small_file(path)?;
            return Ok(text.lines().next().unwrap_or_default().as_bytes().to_vec());
        }
        if let Some(password) = environment::key_password() {
            return Ok(password);
        }
        remember_terminal();
        let answer = wait_for_user(|| rpassword::prompt_password(format!("Password of {key}: ")));
        answer.map(String::into_bytes).map_err(|_| {
            CommandError::usage(format!(
                "`{key}` needs a password, and there is no terminal to ask for it: write it to a file, and name that file with `--password-file`"
            ))
        })
    }
}

/// Returns an error if the manifest says that the disc is signed with another key.
fn ensure_expected(shown: &str, key: &PublicKey, in_manifest: Option<&Signing>) -> Result<(), CommandError> {
    match in_manifest.filter(|signing| signing.key != *key) {
        None => Ok(()),
        Some(signing) => Err(CommandError::usage(format!(
            "`{shown}` is the key {}, but the manifest says that the disc is signed with the key {}: sign with that key, or correct `sign:` in the manifest",
            key.id(),
            signing.key.id()
        ))),
    }
}

/// The text of a key or a password.
pub(super) fn read_small_file(path: &Path) -> Result<String, CommandError> {
    let mut text = String::new();
    let read = open_regular_file(path).and_then(|file| file.take(MAX_FILE_BYTES).read_to_string(&mut text));
    read.map(|_| text).map_err(|error| CommandError::unreadable(path, &error))
}
