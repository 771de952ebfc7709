//! Joins words that are divided at the end of a line, and keeps the hyphens of compounds.

use std::collections::HashSet;

/// The maximum number of words that are remembered for a document.
const MAX_WORDS: usize = 1 << 20;

const HYPHENS: [char; 3] = ['-', '\u{2010}', '\u{2011}'];

/// A hyphen before one of these words, or before a word of one letter, replaces the second half of a compound: “Ein- und Ausgang”,
/// “pre- and post-war”, “curto- e longo prazo”.
const CONJUNCTIONS: [&str; 30] = [
    "and", "or", "to", "und", "oder", "bis", "sowie", "et", "ou", "en", "of", "och", "eller", "samt", "og", "ja",
    "tai", "sekä", "или", "либо", "és", "vagy", "lub", "oraz", "nebo", "alebo", "sau", "și", "ve", "veya",
];

/// The words of a document, in lower case. Compounds with a hyphen are words.
#[derive(Default)]
pub(super) struct Vocabulary(HashSet<String>);

impl Vocabulary {
    /// Adds the words of a page, except those that are divided.
    pub(super) fn add(&mut self, page: &str) {
        let mut divided = false;
        for line in page.lines() {
            let is_part = |c: char| c.is_alphanumeric() || HYPHENS.contains(&c);
            let words: Vec<&str> = line.split(|c| !is_part(c)).filter(|word| !word.is_empty()).collect();
            let ends_divided = ends_divided(line);
            for (number, word) in words.iter().enumerate() {
                let is_divided = number == 0 && divided || number + 1 == words.len() && ends_divided;
                if !is_divided && self.0.len() < MAX_WORDS {
                    self.0.insert(key(word));
                }
            }
            divided = ends_divided;
        }
    }

    fn has(&self, word: &str) -> bool {
        self.0.contains(&key(word))
    }
}

fn key(word: &str) -> String {
    word.trim_matches(HYPHENS).replace(['\u{2010}', '\u{2011}'], "-").to_lowercase()
}

/// What a hyphen at the end of a line is if the document does not show whether the word has a hyphen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum UnknownHyphen {
    /// The lines are those of printed pages, where nearly all are from words that were divided.
    Divides,
    /// The lines are those of an editor, which are broken after the hyphens of compounds, while words are seldom divided. The index has
    /// a compound also as one word, so that a divided word is found.
    Belongs,
}

/// Joins the words of a PDF that are hyphenated at the end of a line. The hyphen of a compound remains: a word that the document
/// writes with a hyphen elsewhere, or two long words that occur on their own. A soft hyphen within a line is a hyphen: pages show it.
pub(super) fn join_hyphenated_words(text: &str, vocabulary: &Vocabulary) -> String {
    join_lines(text, vocabulary, UnknownHyphen::Divides).replace('\u{ad}', "-")
}

/// Joins the words that are hyphenated at the end of a line, in a document whose lines are those of a page or an editor.
pub(super) fn join_words_of_pages(pages: &mut [String], unknown: UnknownHyphen) {
    let has_divided_line = |page: &String| page.lines().any(ends_divided);
    if !pages.iter().any(has_divided_line) {
        return;
    }
    let mut vocabulary = Vocabulary::default();
    pages.iter().for_each(|page| vocabulary.add(page));
    for page in pages.iter_mut().filter(|page| has_divided_line(page)) {
        *page = join_lines(page, &vocabulary, unknown);
    }
}

fn ends_divided(line: &str) -> bool {
    line.ends_with(HYPHENS) || line.ends_with('\u{ad}')
}

fn join_lines(text: &str, vocabulary: &Vocabulary, unknown: UnknownHyphen) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let next = lines.peek().copied().unwrap_or_default();
        match division(line, next, vocabulary, unknown) {
            Division::Word(rest) => out.push_str(rest),
            Division::Compound => out.push_str(line),
            Division::None => {
                out.push_str(line);
                if lines.peek().is_some() {
                    out.push('\n');
                }
            }
        }
    }
    out
}

/// How a line is joined to the next.
enum Division<'l> {
    /// The lines are not joined.
    None,
    /// A word is divided. This is the line without its hyphen.
    Word(&'l str),
    /// A compound is divided: the hyphen remains.
    Compound,
}

fn division<'l>(line: &'l str, next: &str, vocabulary: &Vocabulary, unknown: UnknownHyphen) -> Division<'l> {
    let has_end = |rest: &&str| rest.ends_with(char::is_alphabetic);
    let is_lower = next.starts_with(char::is_lowercase);
    if let Some(rest) = line.strip_suffix('\u{ad}').filter(has_end) {
        return if next.starts_with(char::is_alphabetic) { Division::Word(rest) } else { Division::None };
    }
    let Some(rest) = line.strip_suffix(HYPHENS).filter(has_end) else { return Division::None };
    let is_part = |c: char| c.is_alphanumeric() || HYPHENS.contains(&c);
    let left = rest.rsplit(|c| !is_part(c)).next().unwrap_or_default();
    let right = next.split(|c| !is_part(c)).next().unwrap_or_default();
    let is_compound = vocabulary.has(&format!("{left}-{right}"));
    if !is_lower {
        return if is_compound && !right.is_empty() { Division::Compound } else { Division::None };
    }
    if vocabulary.has(&format!("{left}{right}")) {
        return Division::Word(rest);
    }
    if CONJUNCTIONS.contains(&right) || right.chars().count() == 1 {
        return Division::None;
    }
    let is_word = |part: &str| part.chars().count() >= 4 && vocabulary.has(part);
    // In some languages, a word is repeated for the plural: Indonesian “buku-buku”.
    let is_repeated = left.to_lowercase() == right;
    if is_compound || is_repeated || is_word(left) && is_word(right) || unknown == UnknownHyphen::Belongs {
        return Division::Compound;
    }
    Division::Word(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(text: &str) -> String {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add(text);
        join_hyphenated_words(text, &vocabulary)
    }

    #[test]
    fn hyphenated_words_are_joined() {
        assert_eq!(join("inter-\nnational\nlaw"), "international\nlaw");
        assert_eq!(join("inter\u{ad}\nnational"), "international");
        assert_eq!(join("peer\u{ad}to\u{ad}peer inter\u{ad}\nnational"), "peer-to-peer international");
        assert_eq!(join("Anglo-\nSaxon\n5-\n6"), "Anglo-\nSaxon\n5-\n6");
    }

    #[test]
    fn compounds_keep_their_hyphens() {
        assert_eq!(join("a self-\ngoverning body\nis self-governing"), "a self-governing body\nis self-governing");
        assert_eq!(join("water-\nborne risks\nwater is borne"), "water-borne risks\nwater is borne");
        assert_eq!(join("Anglo-\nSaxon law\nan Anglo-Saxon"), "Anglo-Saxon law\nan Anglo-Saxon");
        assert_eq!(
            join("inter-\nnational\nwork of inter national\ninternational"),
            "international\nwork of inter national\ninternational"
        );
        for text in ["Ein-\nund Ausgang", "curto-\ne longo prazo", "kort-\noch lång", "моно-\nи поли"] {
            assert_eq!(join(text), text);
        }
        assert_eq!(join("buku-\nbuku"), "buku-buku");
    }

    #[test]
    fn words_of_pages_are_joined_by_how_any_page_writes_them() {
        let mut pages = ["a wind-\ndriven pump\n", "har-\nbours, re\u{ad}tained\n", "wind-driven\n"].map(str::to_owned);
        let mut printed = pages.clone();
        join_words_of_pages(&mut printed, UnknownHyphen::Divides);
        assert_eq!(printed, ["a wind-driven pump", "harbours, re\u{ad}tained", "wind-driven\n"]);
        // In a text file, only what the file shows is joined without a hyphen.
        join_words_of_pages(&mut pages, UnknownHyphen::Belongs);
        assert_eq!(pages, ["a wind-driven pump", "har-bours, re\u{ad}tained", "wind-driven\n"]);
        let mut pages = ["full-\nblown, yes-\nno, in-\nternal\ninternal\n".to_owned()];
        join_words_of_pages(&mut pages, UnknownHyphen::Belongs);
        assert_eq!(pages, ["full-blown, yes-no, internal\ninternal"]);
    }
}
