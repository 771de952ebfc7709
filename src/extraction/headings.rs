//! Finds the title that the first page of a document shows, by the size and the position of its lines.

use std::collections::HashMap;

use super::Heading;
use super::hyphens::{Vocabulary, join_hyphenated_words};
use super::lines::PlacedLine;
use crate::names::portable_name;

/// The maximum length of a title, in characters.
const MAX_TITLE: usize = 200;

/// The maximum number of lines of a title.
const MAX_LINES: usize = 6;

/// The maximum length of a title that only stands alone, in characters.
const MAX_LINE: usize = 100;

/// How many times larger than the running text a title must be.
const MIN_RATIO: f64 = 1.15;

/// Headings and other large texts that are not titles, as portable names.
const NOT_TITLES: [&str; 50] = [
    "abstract",
    "acknowledgements",
    "annex",
    "appendix",
    "bibliography",
    "chapter",
    "confidential",
    "content",
    "contents",
    "contenido",
    "copyright",
    "cover",
    "date",
    "draft",
    "executive_summary",
    "for_more_information",
    "inhalt",
    "indice",
    "index",
    "inhaltsverzeichnis",
    "kapitel",
    "letter",
    "literatur",
    "list_of_figures",
    "list_of_tables",
    "lista_de_figuras",
    "mu_ci",
    "mu_lu",
    "name",
    "notes",
    "note",
    "overview",
    "page",
    "part",
    "references",
    "seite",
    "sommaire",
    "summary",
    "resume",
    "resumen",
    "sodierzhaniie",
    "soderzhanie",
    "table_des_matieres",
    "table_of_contents",
    "tabla_de_contenido",
    "title",
    "zusammenfassung",
    "please_wait",
    "untitled",
    "warning",
];

/// Headings of introductions and prefaces, as portable names.
const INTRODUCTIONS: [&str; 44] = [
    "avant_propos",
    "bevezetes",
    "bevezeto",
    "einfuhrung",
    "einleitung",
    "eloszo",
    "esipuhe",
    "foreword",
    "forord",
    "gioi_thieu",
    "giris",
    "ievads",
    "indledning",
    "inledning",
    "innledning",
    "introducao",
    "introduccio",
    "introduccion",
    "introducere",
    "introductie",
    "introduction",
    "introduktion",
    "introduzione",
    "johdanto",
    "kata_pengantar",
    "loi_noi_dau",
    "onsoz",
    "pendahuluan",
    "pengantar",
    "predgovor",
    "predmluva",
    "preface",
    "prefacio",
    "prefazione",
    "premessa",
    "prologo",
    "przedmowa",
    "sarrera",
    "sissejuhatus",
    "uvod",
    "voorwoord",
    "vorwort",
    "wprowadzenie",
    "wstep",
];

/// Headings of introductions and prefaces in other scripts.
const INTRODUCTIONS_IN_OTHER_SCRIPTS: [&str; 17] = [
    "введение",
    "предисловие",
    "вступ",
    "передмова",
    "въведение",
    "увод",
    "предговор",
    "εισαγωγή",
    "πρόλογος",
    "مقدمة",
    "مقدمه",
    "הקדמה",
    "מבוא",
    "はじめに",
    "前言",
    "소개",
    "머리말",
];

/// What comes before the name of an organisation in the heading of a section about it, and after it.
const ABOUT: [&str; 20] = [
    "about",
    "about the",
    "acerca de",
    "acerca del",
    "sobre",
    "sobre a",
    "sobre o",
    "sobre la",
    "à propos de",
    "à propos de l’",
    "über",
    "über die",
    "riguardo a",
    "informazioni su",
    "об",
    "про",
    "حول",
    "عن",
    "אודות",
    "关于",
];
const ABOUT_IT: [&str; 3] = ["について", "소개", "简介"];

/// Headings of sections about the document or its authors, as portable names.
const ABOUT_DOCUMENT: [&str; 14] = [
    "about",
    "about_the_author",
    "about_the_authors",
    "about_this_book",
    "about_this_document",
    "about_this_guide",
    "about_this_manual",
    "about_this_report",
    "about_us",
    "a_propos_de_ce_document",
    "acerca_de_este_documento",
    "informazioni_su_questo_documento",
    "sobre_este_documento",
    "uber_dieses_dokument",
];

/// Words for “version” in texts such as “Version française”, which name the language of a document, as portable names.
const VERSION_WORDS: [&str; 16] = [
    "version", "versione", "versie", "versio", "versi", "versao", "verze", "verzija", "verzio", "verzia", "wersja",
    "surum", "surumu", "fassung", "ausgabe", "edition",
];

/// How many words a text has at most that names the language of a document.
const MAX_WORDS_OF_LANGUAGE: usize = 3;

/// Words for “version” in other scripts.
const VERSION_WORDS_IN_OTHER_SCRIPTS: [&str; 6] = ["версия", "версія", "верзија", "έκδοση", "نسخة", "نسخه"];

/// A text of this many words that ends with a full stop is a sentence, not a title.
const MIN_WORDS_OF_SENTENCE: usize = 8;

/// With fewer letters, a page is a cover or a title page.
const MIN_LETTERS_OF_TEXT: usize = 300;

/// The title that the lines of a page show: the largest lines that are clearly larger than the running text. `None` if no
/// line stands out. `is_first` says whether this is the first page of the document, `body` is the height of the running text on the next
/// pages, if it is known, and `occurs_in_lower_case` says whether the document also has this word in lower case: that is usual for the
/// words of a title, but not for names.
pub(super) fn title_of_page(
    lines: &[PlacedLine],
    is_first: bool,
    body: Option<f64>,
    occurs_in_lower_case: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let lines: Vec<&PlacedLine> = lines.iter().filter(|line| line.is_horizontal).collect();
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    let all: usize = lines.iter().map(|line| letters(&line.text)).sum();
    let body = body.filter(|_| all < MIN_LETTERS_OF_TEXT).unwrap_or_else(|| body_height(&lines));
    let mut blocks = title_blocks(&lines);
    // At the top of a leaflet, “About HIV” is its title. On later pages, it is the heading of a section.
    let is_title = |text: &str| is_title(text) || is_first && is_about_acronym(text) && is_plain_title(text);
    // The title is not below the heading of the first section. A document without a title begins with that heading.
    if let Some(index) = blocks.iter().position(|block| is_first_heading(&block.text) || is_introduction(&block.text)) {
        let heading = blocks[index].height;
        let is_above = |block: &Block| is_title(&block.text) && block.height > body * MIN_RATIO;
        let is_larger = |block: &Block| is_title(&block.text) && block.height > heading * 1.05;
        if is_first_heading(&blocks[index].text)
            && heading > body * MIN_RATIO
            && !blocks[..index].iter().any(is_above)
            && !blocks.iter().any(is_larger)
        {
            return Some(blocks[index].text.clone());
        }
        let below = blocks.split_off(index);
        blocks.extend(below.into_iter().filter(|block| block.height > heading * 1.05));
    }
    blocks.retain(|block| is_title(&block.text));
    // Choose the first of several blocks of about the same size: it is almost always at the top.
    let largest = blocks.iter().map(|block| block.height).fold(0.0, f64::max);
    let first = blocks.iter().find(|block| block.height > largest * 0.95)?;
    // The name of the author may be above the title, in letters of about the same size.
    let is_name = |block: &Block| may_be_name(&block.text, occurs_in_lower_case);
    let is_clearly_title = |block: &&Block| {
        block.height > largest * 0.75
            && block.text.split(' ').count() > 2
            && !may_be_name(&block.text, occurs_in_lower_case)
    };
    let first = match is_name(first) {
        true => blocks.iter().find(is_clearly_title).unwrap_or(first),
        false => first,
    };
    // On a cover, which has little else, the title need not be larger.
    let is_cover = blocks.len() > 1 && all < 200 && letters(&first.text) * 2 < all;
    let stands_out = first.height > body * MIN_RATIO || is_cover && first.height >= body;
    let is_subtitle = |block: &&Block| {
        let (gap, is_one_line) = (block.top - first.bottom, block.top == block.bottom);
        is_one_line
            && gap > MIN_GAP_TO_SUBTITLE * block.height
            && gap < MAX_GAP_TO_SUBTITLE * first.height
            && block.height > body * MIN_RATIO
    };
    let subtitle = blocks.iter().find(is_subtitle).filter(|block| block.height >= first.height * MIN_SIZE_OF_SUBTITLE);
    let with_subtitle = subtitle.and_then(|block| complete_name(&first.text, &block.text, occurs_in_lower_case));
    stands_out.then(|| with_subtitle.unwrap_or_else(|| first.text.clone()))
}

/// The smallest distance from a title to its subtitle, in heights of the subtitle: a text at about the same height is beside the title.
const MIN_GAP_TO_SUBTITLE: f64 = 0.7;

/// The greatest distance from a title to its subtitle, in heights of the title.
const MAX_GAP_TO_SUBTITLE: f64 = 3.0;

/// How large the subtitle must at least be, as a fraction of the size of the title.
pub(super) const MIN_SIZE_OF_SUBTITLE: f64 = 0.75;

/// A title of one word, with the subtitle after it: the word is often only the name of what the document is about, or of a series. `None` if
/// the title has several words, or if what follows looks like the name of the author.
pub(super) fn complete_name(
    title: &str,
    subtitle: &str,
    occurs_in_lower_case: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let is_word = !title.contains(char::is_whitespace) && title.chars().all(|c| c < '\u{2e80}');
    let is_new = !portable_name(subtitle).contains(&portable_name(title));
    let is_dated = subtitle.contains(|c: char| c.is_ascii_digit());
    let completes =
        is_word && is_new && !is_dated && is_title(subtitle) && !may_be_name(subtitle, occurs_in_lower_case);
    completes.then(|| format!("{}: {subtitle}", title.trim_end_matches(':')))
}

/// Whether a text is the heading of the first section: `1 Wells`.
fn is_first_heading(text: &str) -> bool {
    let heading =
        text.split_once(' ').filter(|(number, _)| number.trim_end_matches('.') == "1").map(|(_, heading)| heading);
    heading.is_some_and(is_title)
}

/// Whether a text looks like the name of a person: a few capitalised words that the document never writes in lower case.
fn may_be_name(text: &str, occurs_in_lower_case: &dyn Fn(&str) -> bool) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let is_part = |word: &&str| {
        let word = word.trim_end_matches(['.', ',']);
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase)
            && letters.all(|c| c.is_lowercase() || c == '-' || c == '’')
            && !occurs_in_lower_case(&word.to_lowercase())
    };
    (2..=4).contains(&words.len()) && words.iter().all(is_part)
}

/// Finds the height of the running text of several pages.
#[derive(Default)]
pub(super) struct BodyHeight {
    /// For each height in quarters of a point, the number of letters of this height.
    letters: HashMap<u32, usize>,
}

impl BodyHeight {
    pub(super) fn add(&mut self, lines: &[PlacedLine]) {
        for line in lines.iter().filter(|line| line.is_horizontal) {
            let letters = line.text.chars().filter(|c| c.is_alphabetic()).count();
            *self.letters.entry(quarters(line.height)).or_default() += letters;
        }
    }

    /// The height with the most letters, in points. `None` if there are few letters.
    pub(super) fn height(&self) -> Option<f64> {
        let all: usize = self.letters.values().sum();
        let most = self.letters.iter().max_by_key(|(height, letters)| (**letters, **height))?;
        (all >= MIN_LETTERS_OF_TEXT).then(|| f64::from(*most.0) / 4.0)
    }
}

/// A line that occurs more often than this in a document is a running title, not a heading.
const MAX_OCCURRENCES: usize = 2;

/// The maximum length of a heading, in characters.
const MAX_HEADING: usize = 100;

/// The maximum number of headings of a document.
const MAX_HEADINGS: usize = 5000;

/// Collects the lines of a document that are larger than its running text.
#[derive(Default)]
pub(super) struct LargeLines {
    /// For each height in quarters of a point, the number of letters of this height.
    letters: HashMap<u32, usize>,
    /// The index of the page, the height in quarters of a point, and the text of each block.
    blocks: Vec<(usize, u32, String)>,
}

impl LargeLines {
    /// Adds a page, by its index.
    pub(super) fn add(&mut self, page: usize, lines: &[PlacedLine]) {
        let lines: Vec<&PlacedLine> = lines.iter().filter(|line| line.is_horizontal).collect();
        for line in &lines {
            let letters = line.text.chars().filter(|c| c.is_alphabetic()).count();
            *self.letters.entry(quarters(line.height)).or_default() += letters;
        }
        if self.blocks.len() > MAX_HEADINGS * 4 {
            return;
        }
        let body = quarters(body_height(&lines));
        for block in title_blocks(&lines) {
            let height = quarters(block.height);
            let is_usable = block.text.chars().filter(|c| c.is_alphabetic()).count() > 1
                && block.text.chars().count() <= MAX_HEADING;
            // A page with few lines, such as a title page, may have no running text.
            if is_usable && (lines.len() < 4 || height > body) {
                self.blocks.push((page, height, block.text));
            }
        }
    }

    /// The lines that are clearly larger than the running text of the document, except running titles.
    pub(super) fn into_headings(self) -> Vec<Heading> {
        let body =
            self.letters.iter().max_by_key(|(height, letters)| (**letters, **height)).map_or(0, |(height, _)| *height);
        let mut counts: HashMap<String, usize> = HashMap::new();
        for (_, _, text) in &self.blocks {
            *counts.entry(text.clone()).or_default() += 1;
        }
        let is_heading = |height: u32, text: &str| {
            f64::from(height) > f64::from(body) * MIN_RATIO
                && counts.get(text).is_some_and(|count| *count <= MAX_OCCURRENCES)
        };
        let blocks = self.blocks.iter().filter(|(_, height, text)| is_heading(*height, text)).take(MAX_HEADINGS);
        blocks.map(|(page, _, text)| Heading { page: *page, text: text.clone(), depth: 0 }).collect()
    }
}

/// A height in quarters of a point.
fn quarters(height: f64) -> u32 {
    (height * 4.0).round().clamp(0.0, 10_000.0) as u32
}

/// The height of the font of the running text: the one with the most letters.
fn body_height(lines: &[&PlacedLine]) -> f64 {
    let mut heights: Vec<(f64, usize)> = Vec::new();
    for line in lines {
        let letters = line.text.chars().filter(|c| c.is_alphabetic()).count();
        match heights.iter_mut().find(|(height, _)| (*height - line.height).abs() < 0.04 * line.height) {
            Some((_, count)) => *count += letters,
            None => heights.push((line.height, letters)),
        }
    }
    heights.into_iter().max_by_key(|(_, count)| *count).map_or(0.0, |(height, _)| height)
}

/// Consecutive lines of the same size.
struct Block {
    text: String,
    height: f64,
    /// The baselines of its first and its last line, from the top of the page.
    top: f64,
    bottom: f64,
}

fn title_blocks(lines: &[&PlacedLine]) -> Vec<Block> {
    let mut groups: Vec<Vec<&PlacedLine>> = Vec::new();
    for line in lines {
        let last = groups.last().and_then(|group| group.last());
        let continues = last.is_some_and(|last| {
            let (size, gap) = (last.height.max(line.height), line.y - last.y);
            (last.height - line.height).abs() < 0.1 * size && gap > -0.3 * size && gap < 2.1 * size
        });
        // Some programs imitate bold type by drawing a line twice.
        if last.is_some_and(|last| last.text == line.text && (line.y - last.y).abs() < 0.3 * line.height) {
            continue;
        }
        match groups.last_mut().filter(|_| continues) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    let block = |group: Vec<&PlacedLine>| {
        if group.len() > MAX_LINES {
            return None;
        }
        let joined: Vec<&str> = group.iter().map(|line| line.text.as_str()).collect();
        let text = join_hyphenated_words(&joined.join("\n"), &Vocabulary::default());
        let height = group.iter().map(|line| line.height).fold(0.0, f64::max);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (top, bottom) = (group.first()?.y, group.last()?.y);
        Some(Block { text: without_letterspacing(without_footnote_marks(&text)), height, top, bottom })
    };
    groups.into_iter().filter_map(block).collect()
}

/// A title without the marks of footnotes after it.
fn without_footnote_marks(text: &str) -> &str {
    text.trim_end_matches(|c: char| {
        matches!(c, '*' | '∗' | '†' | '‡' | '§' | '¶' | '¹' | '²' | '³') || c.is_whitespace()
    })
}

/// Joins the letters of a letter-spaced word such as `T I T L E`.
fn without_letterspacing(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let is_spaced = words.len() > 3 && words.iter().all(|word| word.chars().count() == 1);
    if is_spaced && text.chars().any(|c| c.is_alphabetic() && c < '\u{2e80}') {
        words.concat()
    } else {
        text.to_owned()
    }
}

/// Whether a text can be the title of a document.
pub(super) fn is_title(text: &str) -> bool {
    is_plain_title(text) && !is_about_acronym(text)
}

/// Whether a text can be the title of a document, as far as it does not matter whether it is about an organisation.
fn is_plain_title(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let wide = text.chars().filter(|c| *c >= '\u{2e80}').count();
    let others = text.chars().filter(|c| !c.is_alphabetic() && !c.is_whitespace()).count();
    // The heading of a section: `1 Wells`, `1.1 Wells`.
    let number = text.split(' ').next().unwrap_or_default().trim_end_matches('.');
    let is_numbered = text.contains(' ')
        && (number == "1" || number.contains('.') && number.chars().all(|c| c.is_ascii_digit() || c == '.'));
    // Accents without a letter: the font has other characters.
    let is_garbled = text.contains(|c| matches!(c, '\u{2c6}'..='\u{2dd}')) || text.split(' ').any(is_mixed);
    let is_address = text.contains("://") || text.starts_with("www.") || text.contains('@');
    let is_sentence = text.ends_with('.') && text.split(' ').count() >= MIN_WORDS_OF_SENTENCE;
    letters + 2 * wide >= 4
        && !is_sentence
        && text.chars().count() <= MAX_TITLE
        && others <= letters
        && !is_address
        && !is_garbled
        && !is_numbered
        && !NOT_TITLES.contains(&portable_name(text).as_str())
        && !is_introduction(text)
        && !ABOUT_DOCUMENT.contains(&portable_name(text).as_str())
        && !names_language(text)
}

/// Whether a text is probably the heading of a section about an organisation with an acronym: “About UNICEF”. Other titles may begin with
/// “About”, and in a line in capitals any word looks like an acronym.
fn is_about_acronym(text: &str) -> bool {
    let text = text.trim();
    let is_capital = |word: &str| word.contains(char::is_uppercase) && !word.contains(char::is_lowercase);
    let is_acronym = |name: &str| {
        (2..=8).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-')
    };
    let is_before = |about: &&str| {
        let (written, name) =
            text.split_at(text.char_indices().nth(about.chars().count()).map_or(text.len(), |(at, _)| at));
        // A space is between two words, but not after an apostrophe or a Chinese word.
        let is_whole = name.starts_with(' ') || about.ends_with(['’', '于']);
        is_whole && !is_capital(written) && written.to_lowercase() == **about && is_acronym(name.trim())
    };
    let is_after = |about: &&str| text.strip_suffix(about).is_some_and(|name| is_acronym(name.trim()));
    ABOUT.iter().any(is_before) || ABOUT_IT.iter().any(is_after)
}

/// Whether a text is the heading of an introduction or a preface.
fn is_introduction(text: &str) -> bool {
    let word = text.trim_matches(|c: char| !c.is_alphabetic());
    INTRODUCTIONS.contains(&portable_name(word).as_str())
        || INTRODUCTIONS_IN_OTHER_SCRIPTS.contains(&word.to_lowercase().as_str())
}

/// Whether a text only names the language of a document: “Version française”, “English edition”, “日本語版”.
fn names_language(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let is_version = |word: &&String| {
        VERSION_WORDS.contains(&portable_name(word).as_str()) || VERSION_WORDS_IN_OTHER_SCRIPTS.contains(&word.as_str())
    };
    (2..=MAX_WORDS_OF_LANGUAGE).contains(&words.len())
        && words.iter().filter(is_version).count() == 1
        && words.first().into_iter().chain(words.last()).any(|word| is_version(&word))
        && !text.contains(|c: char| c.is_ascii_digit())
        || ["中文版", "日本語版", "한국어판"].contains(&text)
}

/// Whether a word has Arabic letters after Latin ones: no language mixes them in this order.
fn is_mixed(word: &str) -> bool {
    let is_arabic = |c: char| matches!(c, '\u{620}'..='\u{64a}' | '\u{671}'..='\u{6d3}');
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    letters.windows(2).any(|pair| pair[0].is_ascii_alphabetic() && is_arabic(pair[1]))
}

/// The title of a document of a word processor whose fonts are not known: its first paragraph, if that is short and not the beginning
/// of a letter. `None` if it looks like running text.
pub(super) fn title_of_first_paragraph(text: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim).skip_while(|line| !line.chars().any(char::is_alphanumeric)).peekable();
    let mut title = lines.next()?.to_owned();
    // Authors divide a long title into paragraphs.
    while title.chars().count() <= MAX_LINE
        && let Some(line) = lines.next_if(|line| line.starts_with(char::is_lowercase))
    {
        title = format!("{title} {line}");
    }
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let has_end = title.ends_with(['.', ',', ';', ':', '!', '?']);
    // “Geneva, 5 May 2007”
    let numbers: Vec<&str> = title.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).collect();
    let is_date = numbers.len() > 1 && numbers.iter().any(|number| number.len() == 4) && title.chars().count() < 40;
    let goes_on = lines.filter(|line| !line.is_empty()).count() > 1;
    (!has_end && !is_date && goes_on && title.chars().count() <= MAX_LINE && is_title(&title)).then_some(title)
}

/// The title of a plain text: its first line, if it begins with `#`, or an empty line, a rule or the first item of a list follows it.
/// `None` if the line looks like running text.
pub(super) fn title_of_text(text: &str) -> Option<String> {
    // Marks of the writing direction may be before a rule as well.
    let is_mark = |c: char| {
        c.is_whitespace()
            || matches!(c, '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut lines = text.lines().map(|line| line.trim_matches(is_mark));
    let first = lines.by_ref().find(|line| line.chars().any(char::is_alphanumeric))?;
    let next = lines.next().unwrap_or_default();
    let marked = first.strip_prefix('#').map(|rest| rest.trim_start_matches('#').trim());
    let is_rule =
        |line: &str| line.chars().count() > 2 && line.chars().all(|c| matches!(c, '=' | '-' | '*' | '~' | '_'));
    let has_end = first.ends_with(['.', ',', ';', ':']);
    let title = marked.unwrap_or(first);
    let is_apart = next.is_empty() || begins_list(next) && !begins_list(first);
    let stands_alone = marked.is_some() || is_rule(next) || is_apart && !has_end && text.lines().count() > 2;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    (stands_alone && title.chars().count() <= MAX_LINE && is_title(&title)).then_some(title)
}

/// Whether a line is the first item of a list: `1. Wells`, `a) Wells`, `- Wells`.
fn begins_list(line: &str) -> bool {
    let Some((mark, item)) = line.split_once(char::is_whitespace) else { return false };
    let is_number =
        mark.strip_suffix(['.', ')', '．', '、']).is_some_and(|number| matches!(number, "1" | "a" | "A" | "I"));
    (is_number || matches!(mark, "-" | "*" | "•" | "–" | "·" | "▪")) && item.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(lines: &[(&str, f64, f64)]) -> Option<String> {
        let placed = lines.iter().map(|(text, height, y)| PlacedLine {
            text: (*text).to_owned(),
            height: *height,
            y: *y,
            is_horizontal: true,
        });
        title_of_page(&placed.collect::<Vec<_>>(), true, None, &|word| BODY.contains(word))
    }

    #[test]
    fn headings_are_larger_than_the_running_text() {
        let line =
            |text: &str, height: f64, y: f64| PlacedLine { text: text.to_owned(), height, y, is_horizontal: true };
        let mut lines = LargeLines::default();
        for page in 0..5 {
            lines.add(
                page,
                &[
                    line("Running title", 15.0, 20.0),
                    line(&format!("Wells {page}"), 14.0, 60.0),
                    line(BODY, 10.0, 90.0),
                    line(BODY, 10.0, 102.0),
                ],
            );
        }
        let headings: Vec<(usize, String)> =
            lines.into_headings().into_iter().map(|heading| (heading.page, heading.text)).collect();
        assert_eq!(headings.len(), 5);
        assert_eq!(headings[3], (3, "Wells 3".to_owned()));
        assert!(LargeLines::default().into_headings().is_empty());
    }

    const BODY: &str = "The participants agreed that women should take part in every stage of the peace process";

    #[test]
    fn the_title_is_what_is_largest_on_the_page() {
        let lines = [
            ("Office of the Adviser", 12.0, 60.0),
            ("Needs assess-", 24.0, 100.0),
            ("ment: Africa", 24.0, 128.0),
            ("Second edition", 16.0, 160.0),
            (BODY, 11.0, 200.0),
            (BODY, 11.0, 214.0),
        ];
        assert_eq!(page(&lines).as_deref(), Some("Needs assessment: Africa"));
        // A number or an address is not a title, however large it is.
        let lines =
            [("2008", 60.0, 60.0), ("www.example.org", 40.0, 80.0), ("Wells", 20.0, 200.0), (BODY, 11.0, 300.0)];
        assert_eq!(page(&lines).as_deref(), Some("Wells"));
        let lines = [("T I T L E", 20.0, 60.0), ("T I T L E", 20.0, 60.5), (BODY, 11.0, 300.0)];
        assert_eq!(page(&lines), None, "“title” says nothing");
        assert_eq!(page(&[("W A T E R", 20.0, 60.0), (BODY, 11.0, 90.0)]).as_deref(), Some("WATER"));
        assert_eq!(page(&[("Wells∗†", 20.0, 60.0), (BODY, 11.0, 90.0)]).as_deref(), Some("Wells"));
        // The name of the file decides whether the heading of the first section is a title.
        let lines =
            [("1 The wells", 20.0, 60.0), (BODY, 11.0, 90.0), ("2 The pumps", 20.0, 300.0), ("Figures", 20.0, 400.0)];
        assert_eq!(page(&lines).as_deref(), Some("1 The wells"));
        let lines = [("Wells", 20.0, 30.0), ("1 The ground", 20.0, 120.0), (BODY, 11.0, 150.0)];
        assert_eq!(page(&lines).as_deref(), Some("Wells"));
        // Headings as large as that of the introduction are headings of sections.
        let lines =
            [("Introductie", 14.0, 30.0), (BODY, 11.0, 60.0), ("Using wells", 14.0, 120.0), (BODY, 11.0, 150.0)];
        assert_eq!(page(&lines), None);
        assert_eq!(
            page(&[("Wells", 14.0, 30.0), ("Introductie", 14.0, 90.0), (BODY, 11.0, 150.0)]).as_deref(),
            Some("Wells")
        );
        assert_eq!(page(&[("Contents", 20.0, 60.0), (BODY, 11.0, 90.0)]), None);
        for garbled in ["1.1 Usage of wells", "ÊÊ ˇ 6ˇ 6ˇ È", "CAhnال HmJ"] {
            assert_eq!(page(&[(garbled, 20.0, 60.0), (BODY, 11.0, 90.0)]), None, "{garbled}");
        }
        assert_eq!(page(&[(BODY, 11.0, 60.0), (BODY, 11.0, 75.0)]), None);
        assert_eq!(page(&[]), None);
    }

    #[test]
    fn the_title_of_a_cover_is_larger_than_the_text_that_follows() {
        let line =
            |text: &str, height: f64, y: f64| PlacedLine { text: text.to_owned(), height, y, is_horizontal: true };
        let cover = [line("A manual for wells and pumps", 17.0, 60.0), line("The Office", 12.0, 100.0)];
        assert_eq!(title_of_page(&cover, true, None, &|_| false), None);
        let mut body = BodyHeight::default();
        (0..5).for_each(|_| body.add(&[line(BODY, 10.0, 90.0)]));
        assert_eq!(body.height(), Some(10.0));
        let title = title_of_page(&cover, true, body.height(), &|_| false);
        assert_eq!(title.as_deref(), Some("A manual for wells and pumps"));
    }

    #[test]
    fn a_heading_about_an_acronym_is_a_title_on_the_first_page_only() {
        let title = |is_first: bool| {
            let lines = [("About HIV", 24.0, 60.0), (BODY, 11.0, 100.0)].map(|(text, height, y)| PlacedLine {
                text: text.to_owned(),
                height,
                y,
                is_horizontal: true,
            });
            title_of_page(&lines, is_first, None, &|_| false)
        };
        assert_eq!(title(true).as_deref(), Some("About HIV"));
        assert_eq!(title(false), None);
    }

    #[test]
    fn a_title_of_one_word_is_completed_with_its_subtitle() {
        let title = |subtitle: &str, height: f64, y: f64| {
            let lines = [("Wellmaker-2", 24.0, 60.0), (subtitle, height, y), (BODY, 11.0, 300.0)];
            page(&lines)
        };
        assert_eq!(title("Every Stage", 20.0, 100.0).as_deref(), Some("Wellmaker-2: Every Stage"));
        assert_eq!(title("A manual", 20.0, 100.0).as_deref(), Some("Wellmaker-2: A manual"));
        for (other, height, y) in [
            ("Ada Byron", 20.0, 100.0),
            ("Version 2.0", 20.0, 100.0),
            ("A manual", 14.0, 100.0),
            ("The ground", 20.0, 200.0),
            ("A manual of Wellmaker-2", 20.0, 100.0),
            ("Beside it", 20.0, 66.0),
        ] {
            assert_eq!(title(other, height, y).as_deref(), Some("Wellmaker-2"), "{other}");
        }
    }

    #[test]
    fn the_name_of_the_author_above_the_title_is_not_the_title() {
        let lines = [("Ada Byron", 17.0, 60.0), ("Wells for the region", 17.0, 140.0), (BODY, 11.0, 300.0)];
        assert_eq!(page(&lines).as_deref(), Some("Wells for the region"));
        // The words of a title also occur in the text.
        let lines = [("Peace Process", 17.0, 60.0), ("Wells for the region", 17.0, 140.0), (BODY, 11.0, 300.0)];
        assert_eq!(page(&lines).as_deref(), Some("Peace Process"));
        assert_eq!(page(&[("Ada Byron", 17.0, 60.0), (BODY, 11.0, 300.0)]).as_deref(), Some("Ada Byron"));
    }

    #[test]
    fn the_title_of_a_text_stands_alone() {
        assert_eq!(title_of_text("\n\nWells\n=====\nDeep.").as_deref(), Some("Wells"));
        assert_eq!(title_of_text("# Wells and pumps\nDeep.").as_deref(), Some("Wells and pumps"));
        assert_eq!(title_of_text("Wells and pumps\n\nDeep.\n").as_deref(), Some("Wells and pumps"));
        assert_eq!(title_of_text("Wells are deep,\n\nand clean.\n"), None);
        for list in [
            "Facts about wells (WHO)\n1.   Wells are deep.\n2. Wells are clean.",
            "Facts about wells (WHO)\n• Deep\n• Clean",
        ] {
            assert_eq!(title_of_text(list).as_deref(), Some("Facts about wells (WHO)"));
        }
        for list in [
            "Bring these things:\n1. A rope\n2. A pump",
            "- A rope and a pump\n- Water\n- Food",
            "Bring a rope\n12 Pumps\nx",
        ] {
            assert_eq!(title_of_text(list), None, "{list}");
        }
        assert_eq!(title_of_text("One line of text"), None);
        assert_eq!(title_of_text("\u{200f}באַשרײַבונג\u{200f}\n\u{200f}====\nDeep.").as_deref(), Some("באַשרײַבונג"));
    }

    #[test]
    fn the_title_of_a_word_processor_document_is_its_first_paragraph() {
        let title = |text: &str| title_of_first_paragraph(text);
        assert_eq!(title("\n\nWells and pumps\nAda Byron\nVersion 1\n").as_deref(), Some("Wells and pumps"));
        assert_eq!(title("Wells\nof the region\n2004\nx\ny").as_deref(), Some("Wells of the region"));
        for other in ["Wells are deep.\na\nb\nc", "Dear colleagues,\na\nb\nc", "Geneva, 5 May 2007\na\nb\nc", "Wells"] {
            assert_eq!(title(other), None, "{other}");
        }
    }

    #[test]
    fn headings_about_somebody_are_not_titles() {
        let headings = [
            "About UNICEF",
            "Sobre OWASP",
            "À propos de l’ONU",
            "Riguardo a OWASP",
            "حول OWASP",
            "OWASPについて",
            "About this document",
            "About the authors",
        ];
        for heading in headings {
            assert!(!is_title(heading), "{heading}");
        }
        for title in [
            "About wells",
            "About Debian",
            "Sobre la paz",
            "Über den Wolken",
            "All about UNICEF and wells",
            "OSLO",
            "ABOUT WATER",
            "SOBRE LA PAZ",
            "ÜBER WASSER",
            "O SUS",
        ] {
            assert!(is_title(title), "{title}");
        }
    }

    #[test]
    fn names_of_languages_and_introductions_are_not_titles() {
        for other in [
            "Version française",
            "Versi Indonesia",
            "Wersja polska",
            "Polish Version",
            "Versión en español",
            "Русская версия",
            "日本語版",
            "Introductie",
            "Introducció",
            "Введение",
            "はじめに",
            "目次",
            "Lista de figuras",
            "Avant-propos",
            "An easy way to dig wells with a pump.",
        ] {
            assert!(!is_title(other), "{other}");
        }
        for title in ["A new version of the wells", "Version 2.0 notes", "Wells", "Versions", "Введение в колодцы"]
        {
            assert!(is_title(title), "{title}");
        }
    }
}
