//! CD-ROM XA: a record at the start of each system use area (System Description CD-ROM XA, 2.7), as `mkisofs -xa` and
//! many programs for Windows write it.

use super::bytes::{be16, is_zero};

/// The length of the record, in bytes.
pub(super) const RECORD_LENGTH: usize = 14;
/// Where its signature is.
const SIGNATURE_AT: usize = 6;
/// Attributes of files whose sectors are not data of 2,048 bytes: Mode 2 Form 2, interleaved, and CD audio.
const UNUSUAL_SECTORS: u16 = 0x1000 | 0x2000 | 0x4000;

/// The attributes in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attributes(u16);

impl Attributes {
    /// Checks that the sectors contain what a reader of plain ISO 9660 reads.
    pub(super) fn check(self) -> Result<(), &'static str> {
        if self.0 & UNUSUAL_SECTORS == 0 {
            Ok(())
        } else {
            Err("is audio, video or interleaved, which an image of 2,048-byte sectors cannot hold")
        }
    }
}

/// Separates the record from the rest of a system use area; `None` if there is none.
pub(super) fn split(area: &[u8]) -> Option<(Attributes, &[u8])> {
    let (record, rest) = area.split_at_checked(RECORD_LENGTH)?;
    let has_signature = record[SIGNATURE_AT..].starts_with(b"XA") && is_zero(&record[SIGNATURE_AT + 3..]);
    has_signature.then(|| (Attributes(be16(record, 4)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_is_separated() {
        let area = b"\0\0\0\0\x0d\x55XA\0\0\0\0\0\0NM";
        assert_eq!(split(area), Some((Attributes(0x0d55), &b"NM"[..])));
        assert!(split(area).is_some_and(|(attributes, _)| attributes.check().is_ok()));
        assert!(Attributes(0x1d55).check().is_err());
        assert_eq!(split(b"SP\x07\x01\xbe\xef\0RR\x05\x01\x81PX"), None);
        assert_eq!(split(&area[..10]), None);
    }
}
