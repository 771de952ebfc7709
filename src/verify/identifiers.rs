//! The identifiers in volume descriptors (ECMA-119 8.4, Joliet).

use super::namespace::Namespace;

/// A field of a volume descriptor that identifies something.
#[derive(Debug)]
pub(super) struct IdentifierField {
    /// What messages call it: `volume` for the volume identifier.
    pub(super) name: &'static str,
    /// Where it starts in the descriptor.
    at: usize,
    /// In bytes.
    pub(super) length: usize,
    characters: Characters,
}

impl IdentifierField {
    const fn new(name: &'static str, at: usize, length: usize, characters: Characters) -> Self {
        Self { name, at, length, characters }
    }

    pub(super) fn bytes<'d>(&self, descriptor: &'d [u8]) -> &'d [u8] {
        &descriptor[self.at..self.at + self.length]
    }

    /// Whether it names a file in the root directory.
    pub(super) fn is_file(&self) -> bool {
        self.characters == Characters::FileName
    }
}

/// The characters that an identifier may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Characters {
    /// a-characters (ECMA-119 7.4.1).
    A,
    /// d-characters (ECMA-119 7.4.1).
    D,
    /// d-characters, one dot and a version: a name of 8 and 3 characters (ECMA-119 8.4.23 to 8.4.25).
    FileName,
}

pub(super) static IDENTIFIERS: [IdentifierField; 9] = [
    IdentifierField::new("system", 8, 32, Characters::A),
    IdentifierField::new("volume", 40, 32, Characters::D),
    IdentifierField::new("volume set", 190, 128, Characters::D),
    IdentifierField::new("publisher", 318, 128, Characters::A),
    IdentifierField::new("data preparer", 446, 128, Characters::A),
    IdentifierField::new("application", 574, 128, Characters::A),
    IdentifierField::new("copyright file", 702, 37, Characters::FileName),
    IdentifierField::new("abstract file", 739, 37, Characters::FileName),
    IdentifierField::new("bibliographic file", 776, 37, Characters::FileName),
];

/// The text of a field, without the spaces that pad it.
pub(super) fn decode(field: &[u8], namespace: Namespace) -> Result<String, &'static str> {
    let text = match namespace {
        Namespace::Primary => field.iter().map(|byte| char::from(*byte)).collect(),
        Namespace::Joliet => decode_ucs2(field)?,
    };
    let text = text.trim_end_matches(' ');
    if text.contains('\0') { Err("is padded with zeros, not with spaces") } else { Ok(text.to_owned()) }
}

/// Decodes big-endian UCS-2. If the number of bytes is odd, the last byte is unused and must be zero.
fn decode_ucs2(field: &[u8]) -> Result<String, &'static str> {
    if field.len() % 2 == 1 && !matches!(field.last(), Some(0)) {
        return Err("has an unused last byte that is not zero");
    }
    let units: Vec<u16> = field.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
    String::from_utf16(&units).map_err(|_| "is not UCS-2")
}

/// Checks the text of a field.
pub(super) fn check(text: &str, field: &IdentifierField, namespace: Namespace) -> Result<(), String> {
    if text.starts_with(' ') {
        return Err("starts with a space".to_owned());
    }
    if field.name == "volume" && text.is_empty() {
        return Err("is empty".to_owned());
    }
    match namespace {
        Namespace::Joliet => check_joliet(text, field.characters),
        Namespace::Primary => check_primary(text, field.characters),
    }
}

fn check_joliet(text: &str, characters: Characters) -> Result<(), String> {
    // `/` is allowed, because dates and names of offices contain it. In the name of a file it is not noticed here, but as a file that is
    // not in the root directory.
    let is_forbidden =
        |c: char| c.is_ascii_control() || (matches!(c, '*' | ':' | '?' | '\\') && characters != Characters::A);
    match text.chars().find(|c| is_forbidden(*c)) {
        Some(c) => Err(format!("has the character `{}`, which is not allowed there", c.escape_debug())),
        None => Ok(()),
    }
}

fn check_primary(text: &str, characters: Characters) -> Result<(), String> {
    let is_d = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let is_allowed = |c: char| match characters {
        Characters::A => is_d(c) || " !\"%&'()*+,-./:;<=>?".contains(c),
        Characters::D => is_d(c),
        Characters::FileName => is_d(c) || c == '.' || c == ';',
    };
    if let Some(c) = text.chars().find(|c| !is_allowed(*c)) {
        return Err(format!("has the character `{}`, which is not allowed there", c.escape_debug()));
    }
    if characters == Characters::FileName && !text.is_empty() {
        let (name, version) = text.split_once(';').unwrap_or((text, "1"));
        let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
        if stem.len() > 8 || extension.len() > 3 || extension.contains('.') || version.parse::<u16>().is_err() {
            return Err(format!("is `{text}`, which is not a name of 8 and 3 characters"));
        }
    }
    Ok(())
}
