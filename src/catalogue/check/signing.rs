//! Checks `disc.sign`, the key with which the disc is signed.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::Checker;
use crate::catalogue::Signing;
use crate::catalogue::sources::io_message;
use crate::diagnostic::{Finding, KeyPath, Place};
use crate::manifest::Scalar;
use crate::path_text::show;
use crate::signature::{MAX_FILE_BYTES, OpenSshKeyFile, PublicKey, SecretKeyFile, Unsuitable, unsuitable_key};
use crate::system::open_regular_file;

impl Checker<'_> {
    /// Reads the key that the manifest names. Unlike other files, it may be outside the manifest's folder, where a secret key
    /// usually is.
    pub(super) fn check_signing(&mut self, key: Option<&Scalar>, at: &KeyPath) -> Option<Signing> {
        let Scalar(written) = key?;
        let place = || Place::Value(at.clone());
        if let Some(key) = PublicKey::parse(written) {
            return Some(Signing { key, secret_key: None, files: Vec::new() });
        }
        let path = self.sources.find_key(written, place(), self.findings)?;
        let text = match read_key(&path) {
            Ok(text) => text,
            Err(error) => {
                let message = format!("`{written}` cannot be read: {}", io_message(&error));
                self.add_finding(
                    Finding::error("unreadable-file", place(), message).help("check the file's permissions"),
                );
                return None;
            }
        };
        if let Some(key) = PublicKey::parse(&text) {
            return Some(Signing { key, secret_key: None, files: vec![path] });
        }
        match OpenSshKeyFile::parse(&text) {
            Some(Ok(file)) => {
                return Some(Signing { key: file.public_key(), files: vec![path.clone()], secret_key: Some(path) });
            }
            Some(Err(Unsuitable(kind))) => {
                self.add_finding(Finding::error("bad-key", place(), unsuitable_key(written, &kind)));
                return None;
            }
            None => {}
        }
        let Some(secret_key) = SecretKeyFile::parse(&text) else {
            let message = format!("`{written}` is not a key of minisign, or of OpenSSH with Ed25519");
            self.add_finding(Finding::error("bad-key", place(), message).help(
                "name the file of a public or a secret key: `minisign -G -p publisher.pub -s publisher.key` makes both",
            ));
            return None;
        };
        let public = path.with_extension("pub");
        let key = match secret_key.is_encrypted() {
            false => secret_key.unlock(b"").ok().map(|key| key.public_key()),
            true => read_key(&public).ok().and_then(|text| PublicKey::parse(&text)),
        };
        let Some(key) = key else {
            let message = format!("the public key that belongs to `{written}` is not known");
            self.add_finding(Finding::error("bad-key", place(), message).help(format!(
                "put the public key beside it, as `{}`: pages and the label show it, and the secret key is only unlocked to make the disc",
                show(Path::new(public.file_name().unwrap_or_default()))
            )));
            return None;
        };
        Some(Signing { key, files: vec![path.clone(), public], secret_key: Some(path) })
    }

    /// Reports a secret key that is one of the files on the disc.
    pub(super) fn report_published_key(&mut self, signing: Option<&Signing>) {
        let Some(secret_key) = signing.and_then(|signing| signing.secret_key.as_deref()) else { return };
        let resolved = fs::canonicalize(secret_key).ok();
        let is_key = |path: &Path| path == secret_key || resolved.is_some() && fs::canonicalize(path).ok() == resolved;
        let published = self.sources.iter().find(|(source, _)| is_key(&source.path));
        let Some((source, place)) = published else { return };
        let message = format!("`{}` is the secret key with which the disc is signed", source.path_in_manifest);
        let finding = Finding::error("secret-key", place.clone(), message)
            .help("remove it here: whoever has this file can sign in your name");
        self.add_finding(finding);
    }
}

/// The text of a small file.
fn read_key(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    open_regular_file(path)?.take(MAX_FILE_BYTES).read_to_string(&mut text)?;
    Ok(text)
}
