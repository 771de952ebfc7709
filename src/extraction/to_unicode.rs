//! `ToUnicode` maps (ISO 32000-1, 9.10.3) from the codes of a font to characters. Damaged maps are read as far as possible.

use std::collections::HashMap;

use hayro_cmap::{BfString, CMap, CMapName};

/// The largest number of codes of a map, to limit its memory.
const MAX_CODES: usize = 1 << 17;

pub(super) struct ToUnicode {
    characters: HashMap<u32, String>,
    base: Base,
}

/// The map for codes that a `ToUnicode` map itself does not contain.
enum Base {
    Nothing,
    /// The codes are characters.
    Identity,
    Predefined(Box<CMap>),
}

impl ToUnicode {
    /// A predefined map; `None` if there is none of this name.
    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        Some(Self { characters: HashMap::new(), base: Base::from_name(name)? })
    }

    /// `None` if the map is empty.
    pub(super) fn parse(data: &[u8]) -> Option<Self> {
        let mut map = Self { characters: HashMap::new(), base: Base::Nothing };
        let mut section = Section::None;
        let mut operands: Vec<Operand> = Vec::new();
        let mut name: &[u8] = b"";
        let mut tokens = Tokens(data);
        while let Some(token) = tokens.next() {
            match token {
                Token::Name(other) => {
                    name = other;
                    continue;
                }
                Token::Operand(operand) => operands.push(operand),
                Token::Word(word) => {
                    operands.clear();
                    section = match word {
                        b"beginbfchar" | b"begincidchar" => Section::Characters,
                        b"beginbfrange" | b"begincidrange" => Section::Ranges,
                        b"usecmap" => {
                            map.base = Base::from_name(name).unwrap_or(Base::Nothing);
                            Section::None
                        }
                        _ => Section::None,
                    };
                }
            }
            if map.characters.len() >= MAX_CODES {
                break;
            }
            match (section, operands.as_slice()) {
                (Section::Characters, [code, text]) => {
                    map.add(code.code(), text, 0);
                    operands.clear();
                }
                (Section::Ranges, [first, last, Operand::Array(texts)]) => {
                    let codes = first.code().zip(last.code()).map(|(first, last)| first..=last);
                    for (code, text) in codes.into_iter().flatten().zip(texts) {
                        map.add(Some(code), text, 0);
                    }
                    operands.clear();
                }
                (Section::Ranges, [first, last, text]) => {
                    if let (Some(first), Some(last)) = (first.code(), last.code()) {
                        for code in first..=last.min(first.saturating_add(0xffff)) {
                            map.add(Some(code), text, code - first);
                        }
                    }
                    operands.clear();
                }
                _ => {}
            }
        }
        (!map.characters.is_empty() || !matches!(map.base, Base::Nothing)).then_some(map)
    }

    fn add(&mut self, code: Option<u32>, text: &Operand, offset: u32) {
        if let Some((code, text)) = code.zip(text.text(offset)) {
            // As in other PDF programs, a later entry replaces an earlier one.
            self.characters.insert(code, text);
        }
    }

    pub(super) fn get(&self, code: u32) -> Option<String> {
        self.characters.get(&code).cloned().or_else(|| match &self.base {
            Base::Nothing => None,
            Base::Identity => char::from_u32(code).map(String::from),
            Base::Predefined(map) => match map.lookup_bf_string(code)? {
                BfString::Char(character) => Some(character.to_string()),
                BfString::String(text) => Some(text),
            },
        })
    }
}

impl Base {
    fn from_name(name: &[u8]) -> Option<Self> {
        match CMapName::from_bytes(name) {
            CMapName::IdentityH | CMapName::IdentityV => Some(Self::Identity),
            other => {
                let map = CMap::parse(hayro_cmap::load_embedded(other)?, hayro_cmap::load_embedded)?;
                Some(Self::Predefined(Box::new(map)))
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Section {
    None,
    Characters,
    Ranges,
}

enum Operand {
    /// The bytes of a string in hexadecimal digits.
    Bytes(Vec<u8>),
    Number(u32),
    Array(Vec<Operand>),
}

impl Operand {
    fn code(&self) -> Option<u32> {
        match self {
            Self::Bytes(bytes) if bytes.len() <= 4 => {
                Some(bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte)))
            }
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The characters of the operand, with `offset` added to the code of the last one.
    fn text(&self, offset: u32) -> Option<String> {
        match self {
            // The specification requires UTF-16, but some programs leave out the first byte.
            Self::Bytes(bytes) if bytes.len() == 1 => char::from_u32(u32::from(bytes[0]) + offset).map(String::from),
            Self::Bytes(bytes) => {
                let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
                let mut characters: Vec<char> =
                    char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect();
                // Some programs fill up the last character with zeros.
                while characters.len() > 1 && characters.ends_with(&['\0']) {
                    characters.pop();
                }
                if let Some(last) = characters.last_mut() {
                    *last = char::from_u32(u32::from(*last).checked_add(offset)?)?;
                }
                Some(characters.into_iter().collect())
            }
            Self::Number(number) => char::from_u32(number.checked_add(offset)?).map(String::from),
            Self::Array(_) => None,
        }
    }
}

enum Token<'d> {
    Operand(Operand),
    Name(&'d [u8]),
    Word(&'d [u8]),
}

/// The tokens of a map, which is a program in PostScript.
struct Tokens<'d>(&'d [u8]);

impl<'d> Tokens<'d> {
    fn take(&mut self, count: usize) -> &'d [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    fn take_while(&mut self, matches: impl Fn(u8) -> bool) -> &'d [u8] {
        self.take(self.0.iter().take_while(|byte| matches(**byte)).count())
    }

    fn next(&mut self) -> Option<Token<'d>> {
        loop {
            let first = *self.0.first()?;
            match first {
                b'%' => {
                    self.take_while(|byte| !matches!(byte, b'\n' | b'\r'));
                }
                b'<' if self.0.get(1) != Some(&b'<') => {
                    self.take(1);
                    return Some(Token::Operand(self.hexadecimal()));
                }
                b'[' => {
                    self.take(1);
                    let mut array = Vec::new();
                    loop {
                        match *self.0.first()? {
                            b']' => {
                                self.take(1);
                                return Some(Token::Operand(Operand::Array(array)));
                            }
                            b'<' => {
                                self.take(1);
                                array.push(self.hexadecimal());
                            }
                            // The next operator begins: the array is not closed.
                            b'e' | b'b' => return Some(Token::Operand(Operand::Array(array))),
                            _ => {
                                self.take(1);
                            }
                        }
                    }
                }
                b'/' => {
                    self.take(1);
                    return Some(Token::Name(self.take_while(is_regular)));
                }
                byte if is_regular(byte) => {
                    let word = self.take_while(is_regular);
                    let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
                    return Some(match number {
                        Some(number) => Token::Operand(Operand::Number(number)),
                        None => Token::Word(word),
                    });
                }
                _ => {
                    self.take(1);
                }
            }
        }
    }

    /// The rest of a string of hexadecimal digits.
    fn hexadecimal(&mut self) -> Operand {
        let digits = self.take_while(|byte| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace());
        if self.0.first() == Some(&b'>') {
            self.take(1);
        }
        let digits: Vec<u8> =
            digits.iter().filter_map(|digit| char::from(*digit).to_digit(16)).map(|digit| digit as u8).collect();
        // An odd number of digits: a zero is missing at the start of codes such as <1>.
        let (first, rest) = digits.split_at(digits.len() % 2);
        Operand::Bytes(first.iter().copied().chain(rest.as_chunks::<2>().0.iter().map(|[a, b]| a << 4 | b)).collect())
    }
}

fn is_regular(byte: u8) -> bool {
    byte > b' ' && !matches!(byte, b'<' | b'>' | b'[' | b']' | b'(' | b')' | b'{' | b'}' | b'/' | b'%')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_read_as_far_as_possible() {
        let map = ToUnicode::parse(
            b"/CIDInit /ProcSet findresource begin 1 begincodespacerange <00> <ff> endcodespacerange\n\
              3 beginbfchar <01> <0042> <01> <0041> <02> <00660069> endbfchar % a comment\n\
              3 beginbfrange <10> <12> <0061> <20> <21> [<0078> <0079>] <30> <31> <D835DC00> endbfrange\n\
              2 beginbfchar <40> <00 42> <41> <43> <42",
        )
        .unwrap();
        let text = |code| map.get(code).unwrap_or_default();
        assert_eq!([text(1), text(2), text(0x12), text(0x21)], ["A", "fi", "c", "y"]);
        assert_eq!([text(0x31), text(0x40), text(0x41), text(0x42)], ["\u{1d401}", "B", "C", ""]);
        let map = ToUnicode::parse(b"1 beginbfchar <0001> <00410000> endbfchar").unwrap();
        assert_eq!(map.get(1).as_deref(), Some("A"));
        assert!(ToUnicode::parse(b"begincmap endcmap").is_none());
    }

    #[test]
    fn maps_can_be_named() {
        assert_eq!(ToUnicode::from_name(b"Identity-H").unwrap().get(0x57).as_deref(), Some("W"));
        assert!(ToUnicode::from_name(b"Nothing").is_none());
        let map = ToUnicode::parse(b"/Adobe-Japan1-UCS2 usecmap").unwrap();
        assert_eq!(map.get(843).as_deref(), Some("あ"));
    }
}
