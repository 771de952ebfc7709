//! Finds the characters of the glyphs of a PDF, as far as its fonts declare them.
//!
//! `hayro-font` reads the fonts, their encodings and the names of their glyphs. This module adds what `hayro-font` does not
//! read: damaged or unusual `ToUnicode` maps, glyph names that contain character codes, the character collections of embedded
//! fonts, the `cmap` tables of TrueType fonts, and fonts that it rejects, whose codes are treated as ASCII.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use hayro_cmap::{BfString, CMap, CMapName, CidFamily};
use hayro_font::kurbo::Vec2;
use hayro_font::{CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, GlyphId, StandardFont};
use hayro_syntax::object::{self, Array, Dict, Name, Object, Stream};

use super::glyph_numbers::{GlyphNumbers, true_type_character};
use super::lines::is_unknown;
use super::to_unicode::ToUnicode;

/// The fonts of a document, each read once.
pub(super) struct Fonts<'a> {
    cache: FontCache<'a>,
    /// The fonts that have been read, by the address of their dictionary.
    fonts: HashMap<*const u8, Rc<TextFont<'a>>>,
    fallback: Option<Rc<TextFont<'a>>>,
    /// The glyphs about which the fonts say nothing but their numbers.
    pub(super) numbers: GlyphNumbers,
    font_resolver: FontResolverFn,
    cmap_resolver: CMapResolverFn,
}

impl<'a> Fonts<'a> {
    pub(super) fn new() -> Self {
        let font_resolver: FontResolverFn = Arc::new(|query| match query {
            FontQuery::Standard(font) => Some(font.get_font_data()),
            FontQuery::Fallback(font) => Some(font.pick_standard_font().get_font_data()),
        });
        Self {
            cache: FontCache::new(),
            fonts: HashMap::new(),
            fallback: None,
            numbers: GlyphNumbers::default(),
            font_resolver,
            cmap_resolver: Arc::new(hayro_cmap::load_embedded),
        }
    }

    /// The font that a font dictionary describes.
    pub(super) fn font(&mut self, dict: &Dict<'a>) -> Rc<TextFont<'a>> {
        // The dictionary is part of the file, so its address identifies it.
        let key = dict.data().as_ptr();
        if let Some(font) = self.fonts.get(&key) {
            return Rc::clone(font);
        }
        let font = self.cache.font(dict, &self.font_resolver, &self.cmap_resolver);
        let font = Rc::new(TextFont::new(dict, font));
        self.fonts.insert(key, Rc::clone(&font));
        font
    }

    /// The font for text whose own font is missing.
    pub(super) fn fallback(&mut self) -> Rc<TextFont<'a>> {
        let (cache, resolver) = (&self.cache, &self.font_resolver);
        let font = self.fallback.get_or_insert_with(|| {
            let font = cache.standard_font(StandardFont::Helvetica, resolver);
            Rc::new(TextFont::new(&Dict::empty(), font))
        });
        Rc::clone(font)
    }
}

/// A font, and everything in the PDF that says which characters its codes represent.
pub(super) struct TextFont<'a> {
    /// `None` if it is damaged.
    font: Option<Font<'a>>,
    to_unicode: Option<ToUnicode>,
    /// The characters of codes whose glyph names contain a character code.
    from_glyph_names: HashMap<u32, String>,
    /// The codes of icons.
    icons: HashSet<u32>,
    ascii: AsciiCodes,
    /// `None` for simple fonts.
    composite: Option<Composite>,
    /// The numbers of the glyphs of a simple font.
    glyph_codes: GlyphCodes,
    /// The height of the font in 1/1000 of its size: 1000, except for some Type 3 fonts.
    pub(super) height: f64,
}

impl<'a> TextFont<'a> {
    fn new(dict: &Dict<'a>, font: Option<Font<'a>>) -> Self {
        let subtype = dict.get::<Name<'_>>("Subtype");
        let is_type3 = subtype.as_deref() == Some(b"Type3");
        let is_composite = subtype.as_deref() == Some(b"Type0");
        let height = if is_type3 { type3_height(dict) } else { 1000.0 };
        let is_damaged = font.is_none();
        Self {
            font,
            to_unicode: read_to_unicode(dict),
            from_glyph_names: if is_composite { HashMap::new() } else { codes_in_glyph_names(dict, is_type3) },
            icons: if is_composite { HashSet::new() } else { icons(dict) },
            ascii: match is_composite {
                true => AsciiCodes::None,
                false => AsciiCodes::of(dict, is_type3, is_damaged),
            },
            composite: is_composite.then(|| Composite::new(dict)),
            glyph_codes: if is_composite { GlyphCodes::None } else { GlyphCodes::of(dict) },
            height,
        }
    }

    pub(super) fn is_horizontal(&self) -> bool {
        self.font.as_ref().is_none_or(Font::is_horizontal)
    }

    /// The code at an offset of a string that is shown, and its length in bytes.
    pub(super) fn read_code(&self, bytes: &[u8], offset: usize) -> (u32, usize) {
        match &self.font {
            Some(font) => font.read_code(bytes, offset),
            None if self.composite.is_some() => match bytes.get(offset..offset + 2) {
                Some([high, low]) => (u32::from(*high) << 8 | u32::from(*low), 2),
                _ => (0, 1),
            },
            None => (bytes.get(offset).copied().map_or(0, u32::from), 1),
        }
    }

    /// The vector from the origin of a glyph to the origin of the next, in 1/1000 of the font's size.
    pub(super) fn advance(&self, code: u32) -> Vec2 {
        self.font.as_ref().map_or(Vec2::new(500.0, 0.0), |font| font.code_advance(code))
    }

    /// How far the origin of a glyph is displaced from the current point, in 1/1000 of the font's size.
    pub(super) fn origin(&self, code: u32) -> Vec2 {
        self.font.as_ref().map_or(Vec2::ZERO, |font| font.origin_displacement(code))
    }

    /// The characters of a code; `None` if the font does not say.
    pub(super) fn text(&self, code: u32, length: usize) -> Option<String> {
        let usable = |text: &String| !text.chars().any(is_unknown);
        let mapped = self.to_unicode.as_ref().and_then(|map| map.get(code)).filter(usable);
        mapped.or_else(|| self.without_map(code, length))
    }

    /// The characters of a code that the map of the font does not have.
    fn without_map(&self, code: u32, length: usize) -> Option<String> {
        if self.icons.contains(&code) {
            return None;
        }
        let usable = |text: &String| !text.chars().any(is_unknown);
        self.named(code)
            .filter(usable)
            .or_else(|| self.from_glyph_names.get(&code).cloned())
            .or_else(|| self.composite.as_ref()?.text(code, length).filter(usable))
            .or_else(|| self.ascii.includes(code).then(|| char::from_u32(code).map(String::from)).flatten())
    }

    /// The number of the glyph of a code; `None` if it is not known.
    pub(super) fn glyph_number(&self, code: u32, length: usize) -> Option<u32> {
        match &self.composite {
            Some(composite) => composite.glyph_number(code, length),
            None => self.glyph_codes.number(code),
        }
    }

    /// The characters of a code according to `hayro-font`, which mostly uses the names of the glyphs.
    fn named(&self, code: u32) -> Option<String> {
        let unicode = match self.font.as_ref()?.glyph(GlyphId::NOTDEF, code) {
            FontGlyph::Outline(glyph) => glyph.as_unicode(),
            FontGlyph::Type3(glyph) => glyph.as_unicode(),
        };
        unicode.map(into_string).map(|text| text.chars().map(ordinary_form).collect())
    }
}

/// The letter or digit of a small capital, an old-style digit or a raised letter. In the names of Adobe's glyphs (such as `Asmall`), these
/// are private characters, most of which have the code of the lower-case letter in their lower byte.
fn ordinary_form(character: char) -> char {
    const RAISED: [char; 11] = ['a', 'b', 'd', 'e', 'i', 'l', 'm', 'o', 'r', 's', 't'];
    let code = u32::from(character);
    match code {
        0xf6e9..=0xf6f3 => RAISED[(code - 0xf6e9) as usize],
        0xf6f9 => 'ł',
        0xf6fa => 'œ',
        0xf6fd => 'š',
        0xf6ff => 'ž',
        0xf730..=0xf739 | 0xf761..=0xf77a | 0xf7e0..=0xf7fe => char::from_u32(code - 0xf700).unwrap_or(character),
        _ => character,
    }
}

fn into_string(text: BfString) -> String {
    match text {
        BfString::Char(character) => character.to_string(),
        BfString::String(text) => text,
    }
}

fn read_to_unicode(dict: &Dict<'_>) -> Option<ToUnicode> {
    if let Some(stream) = dict.get::<Stream<'_>>("ToUnicode") {
        return ToUnicode::parse(&stream.decoded_data().ok()?);
    }
    let name = dict.get::<Name<'_>>("ToUnicode")?;
    ToUnicode::from_name(&name)
}

/// The height of a Type 3 font: twice the mean width of its glyphs, unless this is close to the font's size. The size of such
/// a font need not have anything to do with its height.
fn type3_height(dict: &Dict<'_>) -> f64 {
    let matrix = dict.get::<[f64; 6]>("FontMatrix").unwrap_or([0.001, 0.0, 0.0, 0.001, 0.0, 0.0]);
    let widths: Vec<f64> =
        dict.get::<Array<'_>>("Widths").map(|widths| widths.iter::<f64>().collect()).unwrap_or_default();
    let widths: Vec<f64> =
        widths.into_iter().map(|width| (width * matrix[0]).abs()).filter(|width| *width > 0.0).collect();
    let mean = widths.iter().sum::<f64>() / widths.len().max(1) as f64;
    if mean.is_finite() && mean > 0.0 && !(0.3..0.9).contains(&mean) { 2000.0 * mean } else { 1000.0 }
}

/// Which codes of a font without any other source for their characters are ASCII.
enum AsciiCodes {
    None,
    All,
    /// All except those with names in the encoding, which are unknown.
    Except(HashSet<u32>),
}

impl AsciiCodes {
    /// The codes of a simple font.
    fn of(dict: &Dict<'_>, is_type3: bool, is_damaged: bool) -> Self {
        const SYMBOLIC: u32 = 1 << 2;
        const NONSYMBOLIC: u32 = 1 << 5;
        let flags = dict.get::<Dict<'_>>("FontDescriptor").and_then(|descriptor| descriptor.get::<u32>("Flags"));
        let is_latin = flags.is_some_and(|flags| flags & NONSYMBOLIC != 0 && flags & SYMBOLIC == 0);
        let codes: HashSet<u32> = differences(dict).into_iter().map(|(code, _)| code).collect();
        match is_damaged {
            true => Self::All,
            false if is_type3 && are_scattered(&codes) => Self::All,
            false if is_latin && !is_type3 => Self::Except(codes),
            false => Self::None,
        }
    }

    fn includes(&self, code: u32) -> bool {
        let is_ascii = (32..127).contains(&code);
        match self {
            Self::None => false,
            Self::All => is_ascii,
            Self::Except(codes) => is_ascii && !codes.contains(&code),
        }
    }
}

/// Whether codes are those of characters, not the numbers of glyphs: they are in ASCII, and more codes between them are missing than
/// present, because the text does not contain these characters.
fn are_scattered(codes: &HashSet<u32>) -> bool {
    const MIN_CODES: usize = 8;
    let Some((first, last)) = codes.iter().min().zip(codes.iter().max()) else { return false };
    let is_ascii = *first >= 32 && *last < 127;
    is_ascii && codes.len() >= MIN_CODES && (last - first + 1) as usize >= 2 * codes.len()
}

/// The codes and the names of their glyphs that the encoding of a simple font lists.
fn differences(dict: &Dict<'_>) -> Vec<(u32, String)> {
    let differences = dict.get::<Dict<'_>>("Encoding").and_then(|encoding| encoding.get::<Array<'_>>("Differences"));
    let Some(differences) = differences else { return Vec::new() };
    let mut code: i64 = 0;
    let mut names = Vec::new();
    for entry in differences.iter::<Object<'_>>() {
        match entry {
            Object::Number(number) => code = number.as_i64(),
            Object::Name(name) => {
                names.extend(u32::try_from(code).ok().map(|code| (code, name.as_str().to_owned())));
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    names
}

/// The codes of glyphs that are named after private characters, such as `uniF761`. They are icons: the names of letters with private
/// characters, such as `Asmall`, say which letter they are.
fn icons(dict: &Dict<'_>) -> HashSet<u32> {
    let is_icon = |name: &str| {
        let digits = name.strip_prefix("uni").or_else(|| name.strip_prefix('u')).filter(|digits| digits.len() >= 4);
        let character = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        character.is_some_and(is_unknown)
    };
    differences(dict).into_iter().filter(|(_, name)| is_icon(name)).map(|(code, _)| code).collect()
}

/// Where the numbers of the glyphs of a simple font are.
enum GlyphCodes {
    /// The codes are numbers: nothing else is said about them.
    Numbers,
    /// The numbers of codes, from the names of their glyphs.
    Named(HashMap<u32, u32>),
    None,
}

impl GlyphCodes {
    fn of(dict: &Dict<'_>) -> Self {
        let names = differences(dict);
        if !names.is_empty() {
            return Self::Named(numbers_in_names(&names));
        }
        let descriptor = dict.get::<Dict<'_>>("FontDescriptor").unwrap_or_default();
        let is_embedded = ["FontFile", "FontFile2", "FontFile3"].iter().any(|key| descriptor.contains_key(*key));
        if is_embedded { Self::Numbers } else { Self::None }
    }

    fn number(&self, code: u32) -> Option<u32> {
        match self {
            Self::Numbers => Some(code),
            Self::Named(numbers) => numbers.get(&code).copied(),
            Self::None => None,
        }
    }
}

/// The numbers in names of glyphs such as `g36`, `cid00036` and, hexadecimal, `g0024`.
fn numbers_in_names(names: &[(u32, String)]) -> HashMap<u32, u32> {
    const PREFIXES: [&str; 4] = ["glyph", "index", "cid", "g"];
    let digits = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let digits = PREFIXES.iter().find_map(|prefix| lower.strip_prefix(prefix))?;
        let is_number = (1..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_number.then(|| digits.to_owned())
    };
    let numbers: Vec<(u32, String)> = names.iter().filter_map(|(code, name)| Some((*code, digits(name)?))).collect();
    let is_hexadecimal = numbers.iter().all(|(_, digits)| digits.len() == 4)
        || numbers.iter().any(|(_, digits)| digits.bytes().any(|byte| !byte.is_ascii_digit()));
    let radix = if is_hexadecimal { 16 } else { 10 };
    numbers.into_iter().filter_map(|(code, digits)| Some((code, u32::from_str_radix(&digits, radix).ok()?))).collect()
}

/// The characters of the codes whose glyphs have names such as `a97`, `C0097`, `g97` or `G61`: a prefix, and the code of the
/// character, decimal or hexadecimal.
fn codes_in_glyph_names(dict: &Dict<'_>, is_type3: bool) -> HashMap<u32, String> {
    let is_dingbats = dict.get::<Name<'_>>("BaseFont").is_some_and(|name| name.as_str().contains("Dingbats"));
    if is_dingbats {
        return HashMap::new();
    }
    // For each code, the prefix and the number as it is written in the name.
    let names: Vec<(u32, String, String)> = differences(dict)
        .into_iter()
        .filter_map(|(code, name)| {
            split_name(&name).map(|(prefix, number)| (code, prefix.to_owned(), number.to_owned()))
        })
        .collect();
    let is_hexadecimal = names.iter().any(|(_, _, number)| number.bytes().any(|byte| !byte.is_ascii_digit()));
    let radix = if is_hexadecimal { 16 } else { 10 };
    let numbers: Option<Vec<(u32, u32)>> = names
        .iter()
        .map(|(code, _, number)| Some((*code, u32::from_str_radix(number, radix).ok().filter(|number| *number < 256)?)))
        .collect();
    let Some(numbers) = numbers else { return HashMap::new() };
    let are_codes = numbers.iter().all(|(code, number)| code == number);
    // TeX's bitmap fonts name each glyph after its code in TeX's own encodings.
    if is_type3 && are_codes && names.iter().all(|(_, prefix, _)| prefix == "a") {
        let has_accented_letters = numbers.iter().any(|(_, number)| *number >= 128);
        return numbers
            .into_iter()
            .filter_map(|(code, _)| Some((code, tex_text(code, has_accented_letters)?)))
            .collect();
    }
    // With these prefixes, the numbers may just count the glyphs.
    let may_be_counted = names.iter().any(|(_, prefix, _)| matches!(prefix.as_str(), "g" | "glyph" | "index" | "cid"));
    let prefixes: HashSet<&str> = names.iter().map(|(_, prefix, _)| prefix.as_str()).collect();
    // Names without prefix may include the codes of line breaks and tabs. Names that count the glyphs have other small numbers too.
    let is_character = |number: u32, prefix: &str| number >= 32 || prefix.is_empty() && matches!(number, 9 | 10 | 13);
    let are_characters = numbers.iter().zip(&names).all(|((_, number), (_, prefix, _))| is_character(*number, prefix));
    if !are_characters || prefixes.len() > 3 || !are_codes && (may_be_counted || names.len() < 3) {
        return HashMap::new();
    }
    let character = |number| char::from_u32(number).filter(|character| !character.is_control());
    numbers.into_iter().filter_map(|(code, number)| Some((code, character(number)?.to_string()))).collect()
}

/// Splits a name such as `a97` into its prefix and its number.
fn split_name(name: &str) -> Option<(&str, &str)> {
    let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
    let is_hexadecimal = name.len() == 3
        && name.bytes().skip(1).all(|byte| byte.is_ascii_hexdigit())
        && !name.starts_with(|first: char| first.is_ascii_digit());
    let (prefix, number) = name.split_at_checked(if is_hexadecimal { 1 } else { name.len() - digits })?;
    let is_prefix = prefix.trim_end_matches(['_', '-']).bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_prefix && prefix.len() <= 5 && (1..=5).contains(&number.len())).then_some((prefix, number))
}

/// The text of a code in the encodings of TeX's fonts: T1 for fonts with accented letters, otherwise OT1.
fn tex_text(code: u32, has_accented_letters: bool) -> Option<String> {
    const OT1: [&str; 32] = [
        "Γ", "Δ", "Θ", "Λ", "Ξ", "Π", "Σ", "Υ", "Φ", "Ψ", "Ω", "ff", "fi", "fl", "ffi", "ffl", "ı", "ȷ", "`", "´", "ˇ",
        "˘", "¯", "˚", "¸", "ß", "æ", "œ", "ø", "Æ", "Œ", "Ø",
    ];
    const T1: [&str; 32] = [
        "`", "´", "ˆ", "˜", "¨", "˝", "˚", "ˇ", "˘", "¯", "˙", "¸", "˛", "‚", "‹", "›", "“", "”", "„", "«", "»", "–",
        "—", "", "", "ı", "ȷ", "ff", "fi", "fl", "ffi", "ffl",
    ];
    const T1_LETTERS: &str = "ĂĄĆČĎĚĘĞĹĽŁŃŇŊŐŔŘŚŠŞŤŢŰŮŸŹŽŻĲİđ§ăąćčďěęğĺľłńňŋőŕřśšşťţűůÿźžżĳ¡¿£";
    let low = if has_accented_letters { &T1 } else { &OT1 };
    let other = match (code, has_accented_letters) {
        (0..=31, _) => return low.get(code as usize).map(|text| (*text).to_owned()),
        (39, _) => '’',
        (96, _) => '‘',
        (34, false) => '”',
        (60, false) => '¡',
        (62, false) => '¿',
        (92, false) => '“',
        (94, false) => 'ˆ',
        (95, false) => '˙',
        (123, false) => '–',
        (124, false) => '—',
        (125, false) => '˝',
        (126, false) => '˜',
        (127, false) => '¨',
        (127, true) => '-',
        (128..=191, true) => T1_LETTERS.chars().nth(code as usize - 128)?,
        (215, true) => 'Œ',
        (247, true) => 'œ',
        (255, true) => 'ß',
        _ => char::from_u32(code)?,
    };
    Some(other.to_string())
}

/// The sources for the characters of a composite font's codes, apart from its `ToUnicode` map.
struct Composite {
    /// Maps codes to CIDs; `None` if the codes themselves are UTF-16.
    encoding: Option<CMap>,
    /// Maps CIDs to characters, for the character collections of Adobe.
    collection: Option<CMap>,
    /// Maps CIDs to characters, from the tables of the embedded font.
    embedded: HashMap<u32, char>,
    /// The number of the glyph of each CID; `None` if the CIDs are these numbers.
    glyphs: Option<Vec<u32>>,
    /// Whether the CIDs are the numbers of glyphs of a font whose order is known.
    has_standard_glyphs: bool,
}

impl Composite {
    fn new(dict: &Dict<'_>) -> Self {
        let descendant = dict.get::<Array<'_>>("DescendantFonts").and_then(|fonts| fonts.iter::<Dict<'_>>().next());
        let descendant = descendant.or_else(|| dict.get::<Dict<'_>>("DescendantFonts")).unwrap_or_default();
        let name = dict.get::<Name<'_>>("Encoding");
        let is_utf16 = name.as_ref().is_some_and(|name| {
            let name = name.as_str();
            name.starts_with("Uni") && (name.contains("UCS2") || name.contains("UTF16"))
        });
        let encoding = match &name {
            _ if is_utf16 => None,
            Some(name) => match CMapName::from_bytes(name) {
                CMapName::IdentityV => Some(CMap::identity_v()),
                CMapName::IdentityH => Some(CMap::identity_h()),
                other => load_cmap(other).or_else(|| Some(CMap::identity_h())),
            },
            None => dict
                .get::<Stream<'_>>("Encoding")
                .and_then(|stream| CMap::parse(&stream.decoded_data().ok()?, hayro_cmap::load_embedded))
                .or_else(|| Some(CMap::identity_h())),
        };
        let collection = encoding.as_ref().and_then(|cmap| cmap.metadata().character_collection.clone());
        let family = collection
            .map(|collection| collection.family)
            .filter(|family| *family != CidFamily::AdobeIdentity)
            .or_else(|| family_of(&descendant));
        let glyphs = descendant.get::<Stream<'_>>("CIDToGIDMap").and_then(|map| {
            let map = map.decoded_data().ok()?;
            Some(map.as_chunks::<2>().0.iter().map(|pair| u32::from(u16::from_be_bytes(*pair))).collect::<Vec<_>>())
        });
        let embedded = characters_of_embedded_font(&descendant, glyphs.as_deref());
        Self {
            encoding,
            collection: family.and_then(|family| family.ucs2_cmap()).and_then(load_cmap),
            has_standard_glyphs: embedded.is_empty() && has_standard_glyphs(&descendant),
            embedded,
            glyphs,
        }
    }

    /// The number of the glyph of a code, if the font numbers glyphs as the complete font does.
    fn glyph_number(&self, code: u32, length: usize) -> Option<u32> {
        if self.collection.is_some() || !self.embedded.is_empty() {
            return None;
        }
        let cid = self.encoding.as_ref()?.lookup_cid_code(code, u8::try_from(length).ok()?)?;
        match &self.glyphs {
            Some(glyphs) => glyphs.get(cid as usize).copied(),
            None => Some(cid),
        }
    }

    fn text(&self, code: u32, length: usize) -> Option<String> {
        let Some(encoding) = &self.encoding else {
            let units: &[u16] = &[(code >> 16) as u16, code as u16];
            let units = if length > 2 { units } else { &units[1..] };
            return String::from_utf16(units).ok();
        };
        let cid = encoding.lookup_cid_code(code, u8::try_from(length).ok()?)?;
        if let Some(collection) = &self.collection {
            return collection.lookup_bf_string(cid).map(into_string);
        }
        let standard = || self.has_standard_glyphs.then(|| standard_character(cid)).flatten();
        self.embedded.get(&cid).copied().or_else(standard).map(String::from)
    }
}

/// Whether a TrueType font is one of Microsoft's fonts that have the same glyphs in the same order. An embedded part of the font has them
/// at the same numbers, unless the PDF has a table that renumbers them.
fn has_standard_glyphs(descendant: &Dict<'_>) -> bool {
    const FAMILIES: [&str; 12] = [
        "arial",
        "bookantiqua",
        "centurygothic",
        "comicsans",
        "couriernew",
        "georgia",
        "impact",
        "palatinolinotype",
        "tahoma",
        "timesnewroman",
        "trebuchet",
        "verdana",
    ];
    let is_true_type = descendant.get::<Name<'_>>("Subtype").as_deref() == Some(b"CIDFontType2");
    let is_renumbered = descendant.get::<Stream<'_>>("CIDToGIDMap").is_some();
    let name = descendant.get::<Name<'_>>("BaseFont");
    let name = name.map(|name| name.as_str().replace(' ', "").to_ascii_lowercase()).unwrap_or_default();
    // The name of an embedded part begins with six letters and a plus sign.
    let name = name.split_once('+').map_or(name.as_str(), |(_, name)| name);
    let is_known = FAMILIES.iter().any(|family| name.starts_with(family)) && !name.starts_with("arialunicode");
    is_true_type && !is_renumbered && is_known
}

/// The character of a glyph of these fonts: the Russian alphabet is far behind the other letters.
fn standard_character(glyph: u32) -> Option<char> {
    match glyph {
        570..=633 => char::from_u32(glyph - 570 + u32::from('А')),
        _ => true_type_character(glyph),
    }
}

fn load_cmap(name: CMapName<'_>) -> Option<CMap> {
    CMap::parse(hayro_cmap::load_embedded(name)?, hayro_cmap::load_embedded)
}

fn family_of(descendant: &Dict<'_>) -> Option<CidFamily> {
    let info = descendant.get::<Dict<'_>>("CIDSystemInfo")?;
    let registry = info.get::<object::String<'_>>("Registry")?;
    let ordering = info.get::<object::String<'_>>("Ordering")?;
    Some(CidFamily::from_registry_ordering(registry.as_bytes(), ordering.as_bytes()))
}

/// The characters of the CIDs of an embedded TrueType or OpenType font, from its `cmap` table.
fn characters_of_embedded_font(descendant: &Dict<'_>, glyphs: Option<&[u32]>) -> HashMap<u32, char> {
    let read = || {
        let descriptor = descendant.get::<Dict<'_>>("FontDescriptor")?;
        let stream = descriptor.get::<Stream<'_>>("FontFile2").or_else(|| descriptor.get::<Stream<'_>>("FontFile3"))?;
        let data = stream.decoded_data().ok()?;
        let characters = characters_of_glyphs(&data)?;
        let Some(glyphs) = glyphs else { return Some(characters) };
        let glyphs = glyphs.iter().enumerate();
        Some(glyphs.filter_map(|(cid, glyph)| Some((cid as u32, *characters.get(glyph)?))).collect())
    };
    read().unwrap_or_default()
}

/// The character of each glyph of an OpenType font: the inverse of its `cmap` table for Unicode.
fn characters_of_glyphs(font: &[u8]) -> Option<HashMap<u32, char>> {
    let u16_at = |data: &[u8], offset: usize| Some(u16::from_be_bytes(*data.get(offset..)?.first_chunk()?));
    let u32_at = |data: &[u8], offset: usize| Some(u32::from_be_bytes(*data.get(offset..)?.first_chunk()?));
    let tables = usize::from(u16_at(font, 4)?);
    let mut records = (0..tables).map(|number| 12 + 16 * number);
    let record = records.find(|record| font.get(*record..record + 4) == Some(b"cmap"))?;
    let cmap = font.get(u32_at(font, record + 8)? as usize..)?;
    let mut best: Option<(u8, &[u8])> = None;
    for number in 0..usize::from(u16_at(cmap, 2)?) {
        let record = 4 + 8 * number;
        let rank = match (u16_at(cmap, record)?, u16_at(cmap, record + 2)?) {
            (3, 10) => 3,
            (3, 1) => 2,
            (0, 0..=4) => 1,
            _ => continue,
        };
        let Some(table) = cmap.get(u32_at(cmap, record + 4)? as usize..) else { continue };
        if best.is_none_or(|(other, _)| rank > other) {
            best = Some((rank, table));
        }
    }
    let (_, table) = best?;
    let mut characters = HashMap::new();
    let mut add = |code: u32, glyph: u32| {
        if let Some(character) = char::from_u32(code).filter(|_| glyph != 0) {
            // If several characters have the same glyph, the first is the usual one: the space, not the non-breaking space.
            characters.entry(glyph).or_insert(character);
        }
    };
    match u16_at(table, 0)? {
        4 => {
            let double = usize::from(u16_at(table, 6)?);
            for segment in 0..double / 2 {
                let position = 14 + 2 * segment;
                let (end, start) = (u16_at(table, position)?, u16_at(table, position + double + 2)?);
                let delta = u16_at(table, position + 2 * double + 2)?;
                let offset_position = position + 3 * double + 2;
                let offset = u16_at(table, offset_position)?;
                for code in start..=end {
                    let glyph = match offset {
                        0 => code.wrapping_add(delta),
                        _ => match u16_at(table, offset_position + usize::from(offset) + 2 * usize::from(code - start))
                        {
                            Some(0) | None => 0,
                            Some(glyph) => glyph.wrapping_add(delta),
                        },
                    };
                    add(u32::from(code), u32::from(glyph));
                }
            }
        }
        12 => {
            for group in 0..u32_at(table, 12)?.min(20_000) as usize {
                let position = 16 + 12 * group;
                let (start, end) = (u32_at(table, position)?, u32_at(table, position + 4)?);
                let glyph = u32_at(table, position + 8)?;
                for code in start..=end.min(start.saturating_add(0xffff)) {
                    add(code, glyph.checked_add(code - start)?);
                }
            }
        }
        _ => return None,
    }
    Some(characters)
}
