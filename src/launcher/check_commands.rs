//! The commands that readers can type to check the disc.

use crate::catalogue::Catalogue;
use crate::exports::Origin;
use crate::layout::Layout;
use crate::signature::{SIGNER, SignatureFormat};

pub(super) struct CheckCommands {
    /// Checks all files, in any version of Windows PowerShell.
    pub windows: String,
    /// Shows the digest of one file.
    pub windows_one: String,
    pub macos: String,
    pub linux: String,
    /// Checks the signature of the list; empty if the disc is not signed.
    pub signature: String,
    /// Makes the disc again.
    pub again: String,
    /// The digest of the manifest.
    pub manifest_digest: String,
}

impl CheckCommands {
    /// `again` makes the disc again.
    pub(super) fn new(catalogue: &Catalogue, layout: &Layout, origin: &Origin, again: String) -> Self {
        let list = layout.checksums.name();
        // .NET is tried first, because the PowerShell of Windows 7 has no Get-FileHash. Where scripts may not call .NET
        // (constrained language mode), Get-FileHash is used; a trial with the list itself shows whether it works. A
        // truncated line counts as bad: the variables are reset for each line, and a file without a digest never passes.
        let windows = [
            "$n=0;$b=0;$h=$g=$null;",
            "try{$h=[Security.Cryptography.SHA256]::Create()}",
            &format!("catch{{try{{$g=(Get-FileHash -LiteralPath {list} -ErrorAction Stop).Hash}}catch{{}}}};"),
            "if(-not($h -or $g)){'CANNOT CHECK'}else{",
            &format!("Get-Content -LiteralPath {list} -ErrorAction Stop|ForEach-Object{{"),
            "$n++;$f=$d=$w=$null;$p=$_;",
            "try{$w=$_.Substring(0,64);$p=$_.Substring(66);",
            "if($h){$f=[IO.File]::OpenRead((Join-Path $PWD.ProviderPath $p));",
            "$d=[BitConverter]::ToString($h.ComputeHash($f)).Replace('-','')}",
            "else{$d=(Get-FileHash -LiteralPath $p -ErrorAction Stop).Hash}}catch{};",
            "if($f){$f.Close()};",
            "if(-not $d -or $d -ne $w){$b++;\"BAD $p\"}};",
            "if($n -and -not $b){\"OK: $n\"}else{\"NOT OK: $b / $n\"}}",
        ];
        Self {
            windows: windows.concat(),
            windows_one: format!("certutil -hashfile {} SHA256", layout.readme),
            macos: format!("shasum -a 256 -c {list}"),
            linux: format!("sha256sum -c --strict {list}"),
            again,
            manifest_digest: origin.digest().to_string(),
            signature: match catalogue.disc.signing.as_ref().map(|signing| signing.key.format()) {
                None => String::new(),
                Some(format) => verify_signature(list, format, layout),
            },
        }
    }
}

/// The name of the file with the certificate of an authority in [`verify_timestamp`].
pub(super) const CERTIFICATE_FILE: &str = "authority.pem";

/// The command that checks the timestamp of the list with the certificate of the authority that made it.
pub(super) fn verify_timestamp(layout: &Layout) -> String {
    let (list, timestamp) = (layout.checksums.name(), layout.timestamp());
    format!("openssl ts -verify -data {list} -in {timestamp} -CAfile {CERTIFICATE_FILE}")
}

/// The command that checks the signature of the list with the key on the disc.
fn verify_signature(list: &str, format: SignatureFormat, layout: &Layout) -> String {
    let (signature, key) = (layout.signature(format), layout.public_key(format));
    match format {
        // minisign looks for this file if none is given.
        SignatureFormat::Minisign if signature.name() == format!("{list}.minisig") => format!("minisign -V -m {list}"),
        SignatureFormat::Minisign => format!("minisign -V -m {list} -x {signature}"),
        SignatureFormat::OpenSsh => {
            format!("ssh-keygen -Y verify -f {key} -I {SIGNER} -n file -s {signature} < {list}")
        }
    }
}
