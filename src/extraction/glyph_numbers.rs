//! The characters of glyphs about which a font says nothing but their numbers.
//!
//! Many programs number the glyphs of an embedded font as the complete font does, and leave out its tables of characters. The order of
//! the first glyphs is the same in most TrueType fonts, so the numbers are enough. But others number the glyphs as they occur. So an order
//! is used only if the letters are about as frequent in the text as they are in languages with Latin letters.

use std::collections::{BTreeSet, HashMap};

/// The glyphs of a document about which its fonts say nothing, by font.
#[derive(Default)]
pub(super) struct GlyphNumbers {
    /// How often each glyph occurs.
    counts: HashMap<usize, HashMap<u32, u32>>,
    /// The orders of the fonts about which has been decided; `None` if the order is not known.
    orders: HashMap<usize, Option<Order>>,
    /// The orders that some font has, each once.
    known: Vec<Order>,
    /// The fonts of which glyphs were counted since the last decision.
    changed: BTreeSet<usize>,
}

/// The order of the glyphs of a complete font.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    /// The order of TrueType fonts: the space is number 3.
    TrueType,
    /// The order of Adobe's OpenType fonts: the space is number 1.
    Adobe,
}

impl GlyphNumbers {
    /// Counts a glyph of a font.
    pub(super) fn add(&mut self, font: usize, glyph: u32) {
        if !self.orders.contains_key(&font) {
            *self.counts.entry(font).or_default().entry(glyph).or_default() += 1;
            self.changed.insert(font);
        }
    }

    /// Decides about the fonts of the last page. Returns whether one of them has too few letters to decide.
    pub(super) fn decide(&mut self) -> bool {
        let mut is_open = false;
        for font in std::mem::take(&mut self.changed) {
            let Some(counts) = self.counts.get(&font) else { continue };
            let glyphs: u32 = counts.values().sum();
            let order = [Order::TrueType, Order::Adobe].into_iter().find(|order| order.fits(counts));
            if order.is_some() || glyphs >= MAX_GLYPHS {
                self.orders.insert(font, order);
            }
            self.known.extend(order.filter(|order| !self.known.contains(order)));
            is_open |= order.is_none() && glyphs < MIN_LETTERS * 2;
        }
        is_open
    }

    /// The character of a glyph; `None` if the order of the font is not known. A font with few letters has the order of the other
    /// fonts of the document.
    pub(super) fn character(&self, font: usize, glyph: u32) -> Option<char> {
        let order = match self.orders.get(&font) {
            Some(order) => (*order)?,
            None => {
                let [other] = self.known[..] else { return None };
                let counts = self.counts.get(&font)?;
                let is_small =
                    counts.len() < (MIN_LETTERS * 2) as usize && counts.values().sum::<u32>() < MIN_LETTERS * 2;
                let is_usual = || counts.keys().all(|glyph| other.character(*glyph).is_some());
                (is_small && is_usual()).then_some(other)?
            }
        };
        order.character(glyph)
    }
}

/// A font with this many glyphs that are in no known order is given up.
const MAX_GLYPHS: u32 = 5000;

/// The number of letters from which on their frequencies can be judged.
const MIN_LETTERS: u32 = 60;

/// How similar the frequencies of the letters must be to those below, from 0 to 1. Sentences of 80 to 100 letters in ten languages have
/// 0.78 to 0.95; with letters that are shifted in the alphabet, they have at most 0.72.
const MIN_SIMILARITY: f64 = 0.77;

/// How often the letters from a to z occur in languages with Latin letters.
const FREQUENCIES: [f64; 26] = [
    82.0, 13.0, 30.0, 42.0, 140.0, 15.0, 17.0, 25.0, 72.0, 4.0, 8.0, 45.0, 28.0, 72.0, 60.0, 24.0, 7.0, 64.0, 67.0,
    68.0, 42.0, 14.0, 8.0, 3.0, 8.0, 5.0,
];

impl Order {
    fn character(self, glyph: u32) -> Option<char> {
        match (self, glyph) {
            (Self::TrueType, _) => true_type_character(glyph),
            (Self::Adobe, 1..=95) => char::from_u32(glyph + 31),
            (Self::Adobe, _) => None,
        }
    }

    /// Whether glyphs that occur so often are in this order.
    fn fits(self, counts: &HashMap<u32, u32>) -> bool {
        let (mut letters, mut known, mut all, mut lower) = ([0.0; 26], 0, 0, 0);
        for (glyph, count) in counts {
            all += count;
            let Some(character) = self.character(*glyph) else { continue };
            known += count;
            if character.is_ascii_alphabetic() {
                letters[usize::from(character.to_ascii_lowercase() as u8 - b'a')] += f64::from(*count);
            }
            lower += if character.is_lowercase() { *count } else { 0 };
        }
        let sum = |values: [f64; 26]| values.iter().sum::<f64>();
        let product = |a: [f64; 26], b: [f64; 26]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let count = sum(letters);
        let similarity =
            product(letters, FREQUENCIES) / (product(letters, letters) * product(FREQUENCIES, FREQUENCIES)).sqrt();
        count >= f64::from(MIN_LETTERS)
            && f64::from(known) >= 0.95 * f64::from(all)
            && f64::from(lower) >= 0.5 * count
            && similarity >= MIN_SIMILARITY
    }
}

/// The character of a glyph in the usual order of TrueType fonts: ASCII, then the rest of Mac OS Roman without its space and Apple's
/// logo, then letters and signs that Mac OS Roman does not have.
pub(super) fn true_type_character(glyph: u32) -> Option<char> {
    const AFTER_ASCII: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄¤‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇŁłŠšŽž¦ÐðÝýÞþ−×¹²³½¼¾₣ĞğİŞşĆćČčđ";
    match glyph {
        3..=97 => char::from_u32(glyph + 29),
        98.. => AFTER_ASCII.chars().nth(glyph as usize - 98),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLES: [&str; 10] = [
        "All members of the commission agreed that the wells of the district should be measured again before the next dry season.",
        "Les membres de la commission ont décidé que les puits du district seraient mesurés avant la prochaine saison sèche.",
        "Los miembros de la comisión acordaron que los pozos del distrito se midieran antes de la próxima estación seca.",
        "Die Mitglieder der Kommission haben beschlossen, die Brunnen des Bezirks vor der nächsten Trockenzeit zu messen.",
        "I membri della commissione hanno deciso che i pozzi del distretto siano misurati prima della prossima stagione secca.",
        "Os membros da comissão decidiram que os poços do distrito fossem medidos antes da próxima estação seca.",
        "De leden van de commissie besloten dat de putten van het district voor het volgende droge seizoen gemeten zouden worden.",
        "Kommissionens medlemmer besluttede, at distriktets brønde skulle måles før den næste tørre årstid begynder.",
        "Anggota komisi memutuskan bahwa sumur di kabupaten itu harus diukur kembali sebelum musim kemarau berikutnya.",
        "Członkowie komisji postanowili, że studnie w okręgu zostaną zmierzone przed następną porą suchą tego roku.",
    ];

    fn numbers_of(text: &str, order: Order) -> Vec<u32> {
        let glyph = |character| (0..300).find(|glyph| order.character(*glyph) == Some(character));
        text.chars().filter_map(glyph).collect()
    }

    #[test]
    fn the_order_of_glyphs_is_recognised_in_many_languages() {
        for (order, text) in [Order::TrueType, Order::Adobe].into_iter().flat_map(|o| SAMPLES.map(|text| (o, text))) {
            let mut numbers = GlyphNumbers::default();
            let glyphs = numbers_of(text, order);
            glyphs.iter().for_each(|glyph| numbers.add(1, *glyph));
            // The name of the author, in another font.
            numbers_of("Elena Popova", order).iter().for_each(|glyph| numbers.add(2, *glyph));
            assert!(numbers.decide(), "{text}");
            let read: String = glyphs.iter().filter_map(|glyph| numbers.character(1, *glyph)).collect();
            let is_known = |character: &char| (0..300).any(|glyph| order.character(glyph) == Some(*character));
            assert_eq!(read, text.chars().filter(is_known).collect::<String>(), "{order:?}");
            let author = numbers_of("Elena Popova", order);
            assert_eq!(numbers.character(2, author[0]), Some('E'));
        }
    }

    #[test]
    fn a_font_in_no_known_order_is_given_up() {
        let mut numbers = GlyphNumbers::default();
        (0..MAX_GLYPHS).for_each(|number| numbers.add(1, 1000 + number % 700));
        assert!(!numbers.decide());
        // Text that comes later does not change this.
        (0..100).for_each(|_| numbers_of(SAMPLES[0], Order::TrueType).iter().for_each(|glyph| numbers.add(1, *glyph)));
        numbers.decide();
        assert_eq!((numbers.character(1, 68), numbers.counts[&1].len()), (None, 700));
    }

    #[test]
    fn glyphs_that_are_numbered_otherwise_have_no_characters() {
        for text in SAMPLES {
            // As they occur, in alphabetical order, and with gaps.
            let mut seen: Vec<char> = Vec::new();
            text.chars().for_each(|character| {
                if !seen.contains(&character) {
                    seen.push(character)
                }
            });
            let mut sorted = seen.clone();
            sorted.sort_unstable();
            for (order, shift) in [(&seen, 1), (&sorted, 1), (&seen, 68), (&sorted, 68), (&sorted, 57), (&sorted, 66)] {
                let mut numbers = GlyphNumbers::default();
                let glyphs = text.chars().filter_map(|character| order.iter().position(|other| *other == character));
                glyphs.for_each(|glyph| numbers.add(1, glyph as u32 + shift));
                numbers.decide();
                assert_eq!(numbers.character(1, 70), None, "{text} {shift}");
            }
        }
    }
}
