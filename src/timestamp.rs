//! Timestamps (RFC 3161): which bytes a timestamp is for, and when it was made. A strict reader of the structures that lead there.
//! Whether an authority signed them is for `openssl ts -verify`.

use crate::checksum::{Digest, sha384, sha512};
use crate::environment::format_utc;
use crate::language::PartialDate;

/// The largest file of a timestamp that is worth reading, in bytes: the certificates in it take a few kilobytes each.
pub const MAX_TIMESTAMP_BYTES: u64 = 64 << 10;

/// The path of the timestamp of a checksum list. With names of eight and three characters, the list is `sha256.sum`.
pub fn timestamp_path(list: &str) -> String {
    format!("{}.tsr", list.strip_suffix(".sum").unwrap_or(list))
}

// Tags of DER (X.690, 8.1.2).
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// Elements with tags of their own, by number.
const CONTEXT_0: u8 = 0xa0;
const CONTEXT_1: u8 = 0xa1;

// Object identifiers, as they are encoded.
/// 1.2.840.113549.1.7.2: signed data (RFC 5652).
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// 1.2.840.113549.1.9.16.1.4: the contents of a timestamp (RFC 3161).
const TIMESTAMP_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
/// 1.2.840.113549.1.9.4: the digest of the contents (RFC 5652 11.2).
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
/// 1.2.840.113549.1.9.16.2.47: the digest of the signer's certificate (RFC 5035).
const SIGNING_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f];
/// 2.16.840.1.101.3.4.2.1, .2 and .3: SHA-256, SHA-384 and SHA-512.
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
const SHA512: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];

/// What a timestamp says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    /// The SHA-256 digest of the stamped bytes.
    digest: [u8; 32],
    /// When the authority says that it was made, in seconds since 1970-01-01, UTC.
    pub seconds: i64,
    /// Whether it contains certificates. Without that of the authority, it cannot be checked later.
    pub has_certificate: bool,
}

/// Why a file is not a usable timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampError {
    /// It is another file, or damaged.
    NotATimestamp,
    /// It is a request, which the authority has not answered yet.
    Request,
    /// It is only the token from the authority's response.
    TokenOnly,
    /// The authority refused the request.
    Refused,
    /// The stamped digest is not one of SHA-256.
    OtherDigest,
}

impl Timestamp {
    /// Reads the response of an authority, as `openssl ts -reply` writes it.
    ///
    /// # Errors
    /// [`TimestampError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TimestampError> {
        let invalid = TimestampError::NotATimestamp;
        let mut file = Der(bytes);
        let mut response = Der(file.read(SEQUENCE).filter(|_| file.is_empty()).ok_or(invalid)?);
        match response.peek() {
            Some(INTEGER) if Der(&response.0[3.min(response.0.len())..]).peek() == Some(SEQUENCE) => {
                return Err(TimestampError::Request);
            }
            Some(OBJECT_IDENTIFIER) if response.read(OBJECT_IDENTIFIER) == Some(SIGNED_DATA) => {
                return Err(TimestampError::TokenOnly);
            }
            _ => {}
        }
        let status = response.read(SEQUENCE).and_then(|status| Der(status).read(INTEGER)).ok_or(invalid)?;
        // Granted, perhaps with changes (RFC 3161 2.4.2).
        if !matches!(status, [0 | 1]) {
            return Err(TimestampError::Refused);
        }
        let token = response.read(SEQUENCE).filter(|_| response.is_empty()).ok_or(invalid)?;
        let token = Token::parse(token).ok_or(invalid)?;
        if !token.is_consistent() {
            return Err(invalid);
        }
        let Info { algorithm, imprint, time } = Info::parse(token.info).ok_or(invalid)?;
        let seconds = parse_time(time).ok_or(invalid)?;
        if algorithm != SHA256 {
            return Err(TimestampError::OtherDigest);
        }
        let digest = imprint.try_into().map_err(|_| invalid)?;
        Ok(Self { digest, seconds, has_certificate: !token.certificates.is_empty() })
    }

    /// Whether it is for bytes with this digest.
    pub fn is_for(&self, digest: Digest) -> bool {
        self.digest == *digest.as_bytes()
    }

    /// When the authority says that it was made, such as `2026-11-30T05:48:09Z`.
    pub fn time(&self) -> String {
        format_utc(self.seconds)
    }
}

/// Signed data (RFC 5652 5.1) with one signer.
struct Token<'b> {
    /// What is signed.
    info: &'b [u8],
    certificates: Vec<&'b [u8]>,
    /// The algorithm with which the signer digests `info`.
    algorithm: &'b [u8],
    /// The attributes that are signed: the type of each, and its values.
    attributes: Vec<(&'b [u8], &'b [u8])>,
}

impl<'b> Token<'b> {
    fn parse(token: &'b [u8]) -> Option<Self> {
        let mut token = Der(token);
        if token.read(OBJECT_IDENTIFIER)? != SIGNED_DATA {
            return None;
        }
        let mut signed = Der(Der(token.read(CONTEXT_0)?).read(SEQUENCE)?);
        let _version = signed.read(INTEGER)?;
        let _algorithms = signed.read(SET)?;
        let mut content = Der(signed.read(SEQUENCE)?);
        if content.read(OBJECT_IDENTIFIER)? != TIMESTAMP_INFO {
            return None;
        }
        let info = Der(content.read(CONTEXT_0)?).read(OCTET_STRING)?;
        let mut certificates = Vec::new();
        if signed.peek() == Some(CONTEXT_0) {
            let mut set = Der(signed.read(CONTEXT_0)?);
            while !set.is_empty() {
                certificates.push(set.read_whole()?);
            }
        }
        if signed.peek() == Some(CONTEXT_1) {
            let _revocations = signed.read(CONTEXT_1)?;
        }
        let mut signers = Der(signed.read(SET)?);
        let mut signer = Der(signers.read(SEQUENCE)?);
        let _version = signer.read(INTEGER)?;
        let _certificate = signer.read_whole()?;
        let algorithm = Der(signer.read(SEQUENCE)?).read(OBJECT_IDENTIFIER)?;
        let mut set = Der(signer.read(CONTEXT_0)?);
        let mut attributes = Vec::new();
        while !set.is_empty() {
            let mut attribute = Der(set.read(SEQUENCE)?);
            attributes.push((attribute.read(OBJECT_IDENTIFIER)?, attribute.read(SET)?));
        }
        let _algorithm = signer.read(SEQUENCE)?;
        let _signature = signer.read(OCTET_STRING)?;
        if signer.peek() == Some(CONTEXT_1) {
            let _unsigned_attributes = signer.read(CONTEXT_1)?;
        }
        (signer.is_empty() && token.is_empty() && signed.is_empty() && signers.is_empty()).then_some(Self {
            info,
            certificates,
            algorithm,
            attributes,
        })
    }

    fn attribute(&self, wanted: &[u8]) -> Option<&'b [u8]> {
        self.attributes.iter().find(|(kind, _)| *kind == wanted).map(|(_, values)| *values)
    }

    /// Whether the digests in the signed attributes are those of what is signed and of a certificate in the token.
    fn is_consistent(&self) -> bool {
        let digest = self.attribute(MESSAGE_DIGEST).and_then(|values| Der(values).read(OCTET_STRING));
        let is_signed = digest.is_some() && digest.map(<[u8]>::to_vec) == digest_with(self.algorithm, self.info);
        // Old authorities name their certificate by its SHA-1 digest, in another attribute.
        let names_certificate = |values| self.names_certificate(values).unwrap_or(false);
        is_signed && self.attribute(SIGNING_CERTIFICATE).is_none_or(names_certificate)
    }

    /// Whether the first of the certificates that an attribute names is in the token, if there are any (RFC 5035 4).
    fn names_certificate(&self, values: &[u8]) -> Option<bool> {
        let mut named = Der(Der(Der(Der(values).read(SEQUENCE)?).read(SEQUENCE)?).read(SEQUENCE)?);
        let algorithm = match named.peek() {
            Some(SEQUENCE) => Der(named.read(SEQUENCE)?).read(OBJECT_IDENTIFIER)?,
            _ => SHA256,
        };
        let digest = named.read(OCTET_STRING)?;
        let mut certificates = self.certificates.iter();
        Some(
            self.certificates.is_empty()
                || certificates.any(|bytes| digest_with(algorithm, bytes).is_some_and(|own| own == digest)),
        )
    }
}

fn digest_with(algorithm: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    match algorithm {
        SHA256 => Some(Digest::of(bytes).as_bytes().to_vec()),
        SHA384 => Some(sha384(bytes).to_vec()),
        SHA512 => Some(sha512(bytes).to_vec()),
        _ => None,
    }
}

/// What the authority signs (RFC 3161 2.4.2).
struct Info<'b> {
    /// The algorithm of the imprint.
    algorithm: &'b [u8],
    /// The digest of the stamped bytes.
    imprint: &'b [u8],
    time: &'b [u8],
}

impl<'b> Info<'b> {
    fn parse(bytes: &'b [u8]) -> Option<Self> {
        let mut info = Der(Der(bytes).read(SEQUENCE)?);
        let _version = info.read(INTEGER)?;
        let _policy = info.read(OBJECT_IDENTIFIER)?;
        let mut imprint = Der(info.read(SEQUENCE)?);
        let algorithm = Der(imprint.read(SEQUENCE)?).read(OBJECT_IDENTIFIER)?;
        let digest = imprint.read(OCTET_STRING)?;
        let _serial = info.read(INTEGER)?;
        Some(Self { algorithm, imprint: digest, time: info.read(GENERALIZED_TIME)? })
    }
}

/// The seconds since 1970-01-01 of a time such as `20261130054809Z`, perhaps with a fraction of a second, which is left out.
fn parse_time(time: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(time).ok()?.strip_suffix('Z')?;
    let (digits, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if digits.len() != 14 || ![digits, fraction].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let date = PartialDate::parse(&[part(0, 4), part(4, 6), part(6, 8)].join("-")).ok()?;
    let number = |from: usize, limit: i64| part(from, from + 2).parse().ok().filter(|number: &i64| *number < limit);
    // A minute may have a leap second.
    Some(date.start_seconds() + number(8, 24)? * 3600 + number(10, 60)? * 60 + number(12, 61)?)
}

/// Elements in DER that are left.
struct Der<'b>(&'b [u8]);

impl<'b> Der<'b> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tag of the next element.
    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The contents of the next element, which must have this tag.
    fn read(&mut self, tag: u8) -> Option<&'b [u8]> {
        let (found, contents, rest) = self.split()?;
        self.0 = rest;
        (found == tag).then_some(contents)
    }

    /// The next element with its tag and length.
    fn read_whole(&mut self) -> Option<&'b [u8]> {
        let (_, _, rest) = self.split()?;
        let whole = &self.0[..self.0.len() - rest.len()];
        self.0 = rest;
        Some(whole)
    }

    /// The tag and the contents of the next element, whose length must be in the shortest form, and what follows it.
    fn split(&self) -> Option<(u8, &'b [u8], &'b [u8])> {
        let (&[tag, first], rest) = self.0.split_first_chunk::<2>()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
                // Shorter lengths have a shorter form.
                (Some(length).filter(|length| *length >= 0x80 && digits[0] != 0)?, rest)
            }
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        Some((tag, contents, rest))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// An element with a tag and contents.
    fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let contents = parts.concat();
        let length = match contents.len() {
            length @ 0..0x80 => vec![length as u8],
            length @ 0x80..0x100 => vec![0x81, length as u8],
            length => vec![0x82, (length >> 8) as u8, length as u8],
        };
        [&[tag], &length[..], &contents].concat()
    }

    fn identifier(bytes: &[u8]) -> Vec<u8> {
        der(OBJECT_IDENTIFIER, &[bytes])
    }

    /// A response with the structures of a real one, for the bytes `list`, with a certificate or without.
    fn response(algorithm: &[u8], certificate: Option<&[u8]>) -> Vec<u8> {
        let imprint = digest_with(algorithm, b"list").unwrap();
        let imprint =
            der(SEQUENCE, &[&der(SEQUENCE, &[&identifier(algorithm), &[5, 0]]), &der(OCTET_STRING, &[&imprint])]);
        let (one, time) = (der(INTEGER, &[&[1]]), der(GENERALIZED_TIME, &[b"20261130054809Z"]));
        let info = der(SEQUENCE, &[&one, &identifier(&[0x2a, 3]), &imprint, &one, &time]);
        let algorithms = der(SEQUENCE, &[&identifier(SHA512)]);
        let certificate = certificate.map(|contents| der(SEQUENCE, &[contents]));
        let named = Digest::of(certificate.as_deref().unwrap_or(b"elsewhere"));
        let named = der(SEQUENCE, &[&der(SEQUENCE, &[&der(SEQUENCE, &[&der(OCTET_STRING, &[named.as_bytes()])])])]);
        let attributes = [
            der(SEQUENCE, &[&identifier(MESSAGE_DIGEST), &der(SET, &[&der(OCTET_STRING, &[&sha512(&info)])])]),
            der(SEQUENCE, &[&identifier(SIGNING_CERTIFICATE), &der(SET, &[&named])]),
        ];
        let signer = der(
            SEQUENCE,
            &[
                &one,
                &der(SEQUENCE, &[&one]),
                &algorithms,
                &der(CONTEXT_0, &[&attributes.concat()]),
                &der(SEQUENCE, &[&identifier(&[0x2a])]),
                &der(OCTET_STRING, &[&[7; 300]]),
            ],
        );
        let content = der(SEQUENCE, &[&identifier(TIMESTAMP_INFO), &der(CONTEXT_0, &[&der(OCTET_STRING, &[&info])])]);
        let certificates = certificate.map(|certificate| der(CONTEXT_0, &[&certificate])).unwrap_or_default();
        let signed = der(SEQUENCE, &[&one, &der(SET, &[&algorithms]), &content, &certificates, &der(SET, &[&signer])]);
        let token = der(SEQUENCE, &[&identifier(SIGNED_DATA), &der(CONTEXT_0, &[&signed])]);
        der(SEQUENCE, &[&der(SEQUENCE, &[&der(INTEGER, &[&[0]])]), &token])
    }

    #[test]
    fn a_response_tells_what_it_is_for_and_when_it_was_made() {
        let stamp = Timestamp::parse(&response(SHA256, Some(b"c"))).unwrap();
        assert!(stamp.is_for(Digest::of(b"list")) && !stamp.is_for(Digest::of(b"lists")));
        assert!(stamp.has_certificate && !Timestamp::parse(&response(SHA256, None)).unwrap().has_certificate);
        assert_eq!((stamp.seconds, stamp.time().as_str()), (1_796_017_689, "2026-11-30T05:48:09Z"));
    }

    #[test]
    fn other_files_are_told_apart() {
        let good = response(SHA256, Some(b"c"));
        let token = Der(&good[4..]).0;
        let token = &token[Der(token).read_whole().unwrap().len()..];
        let refused = der(SEQUENCE, &[&der(SEQUENCE, &[&der(INTEGER, &[&[2]])])]);
        let request = der(SEQUENCE, &[&der(INTEGER, &[&[1]]), &der(SEQUENCE, &[])]);
        for (bytes, error) in [
            (token, TimestampError::TokenOnly),
            (&refused, TimestampError::Refused),
            (&request, TimestampError::Request),
            (&response(SHA512, Some(b"c")), TimestampError::OtherDigest),
            (b"", TimestampError::NotATimestamp),
            (b"%PDF-1.7", TimestampError::NotATimestamp),
            (&[&good[..], b"\n"].concat(), TimestampError::NotATimestamp),
            (&good[..good.len() - 1], TimestampError::NotATimestamp),
        ] {
            assert_eq!(Timestamp::parse(bytes), Err(error), "{bytes:x?}");
        }
    }

    #[test]
    fn changed_bytes_are_noticed_except_in_what_only_the_authority_can_vouch_for() {
        let good = response(SHA256, Some(&[9; 200]));
        let original = Timestamp::parse(&good);
        let mut unnoticed = Vec::new();
        for at in 0..good.len() {
            for bit in [1, 0x20, 0x80] {
                let mut changed = good.clone();
                changed[at] ^= bit;
                if Timestamp::parse(&changed) == original {
                    unnoticed.push(at);
                }
            }
            assert!(Timestamp::parse(&good[..at]).is_err(), "cut at {at}");
        }
        let (contents, certificate) = (find(&good, &der(OCTET_STRING, &[&[7; 300]])), find(&good, &[9; 200]));
        let is_in = |range: &std::ops::Range<usize>, at: &&usize| range.contains(*at);
        // The signature itself can only be checked with the authority's key.
        assert_eq!(unnoticed.iter().filter(|at| is_in(&contents, at)).count(), 3 * 300);
        assert_eq!(unnoticed.iter().filter(|at| is_in(&certificate, at)).count(), 0);
        let imprint = find(&good, Digest::of(b"list").as_bytes());
        assert_eq!(unnoticed.iter().filter(|at| is_in(&imprint, at)).count(), 0);
        // The rest: numbers of versions, and the names of algorithms and certificates outside the signed part.
        assert!(unnoticed.len() - 3 * 300 < 3 * 50, "{}", unnoticed.len());
    }

    fn find(bytes: &[u8], part: &[u8]) -> std::ops::Range<usize> {
        let start = bytes.windows(part.len()).position(|window| window == part).unwrap();
        start..start + part.len()
    }
}
