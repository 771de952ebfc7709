//! Judges which titles, authors and dates in the metadata of a document are plausible, and makes titles from file names.

use std::collections::BTreeSet;

use crate::language::{Language, PartialDate, count_wrong_words, is_word_char};
use crate::names::portable_name;

/// Titles that programs give to documents, and headings that are not titles, as portable names.
const PLACEHOLDER_TITLES: [&str; 85] = [
    "untitled",
    "untitled_document",
    "sans_titre",
    "sin_titulo",
    "ohne_titel",
    "document",
    "document1",
    "documento",
    "title",
    "titre",
    "titulo",
    "powerpoint_presentation",
    "presentation_powerpoint",
    "presentacion_de_powerpoint",
    "presentation",
    "apresentacao_do_powerpoint",
    "presentazione_standard_di_powerpoint",
    "presentazione_di_powerpoint",
    "powerpoint_presentatie",
    "prezentacja_programu_powerpoint",
    "prezentace_aplikace_powerpoint",
    "powerpoint_prasentation",
    "prezentatsiia_powerpoint",
    "slide_1",
    "folie_1",
    "diapositive_1",
    "diapositiva_1",
    "slajd_1",
    "snimek_1",
    "snimka_1",
    "dia_1",
    "bild_1",
    "lysbilde_1",
    "slayt_1",
    "layout_1",
    "print",
    "print_preview",
    "preview",
    "vorschau",
    "template",
    "modele",
    "new_document",
    "full_page_photo",
    "no_title",
    "index",
    "kein_titel",
    "titel",
    "titolo",
    "senza_titolo",
    "dokument",
    "dokument1",
    "presentation1",
    "presentacion1",
    "prasentation1",
    "book1",
    "classeur1",
    "libro1",
    "mappe1",
    "a4",
    "scan",
    "scanned_document",
    // Headings of tables of contents
    "contents",
    "table_of_contents",
    "table_des_matieres",
    "sommaire",
    "contenido",
    "contenidos",
    "tabla_de_contenido",
    "tabla_de_contenidos",
    "indice",
    "indice_general",
    "indice_de_contenidos",
    "inhalt",
    "inhaltsverzeichnis",
    "inhoud",
    "inhoudsopgave",
    "sommario",
    "sumario",
    "conteudo",
    "spis_tresci",
    "obsah",
    "innehall",
    "indhold",
    "soderzhanie",
    "oglavlenie",
];

/// Default titles of presentation programs, in scripts other than Latin.
const PLACEHOLDER_TITLES_IN_OTHER_SCRIPTS: [&str; 9] = [
    "שקופית 1",
    "слайд 1",
    "презентация powerpoint",
    "幻灯片 1",
    "投影片 1",
    "スライド 1",
    "슬라이드 1",
    "الشريحة 1",
    "اسلاید 1",
];

/// User names that say nothing about the author, as portable names.
const PLACEHOLDER_AUTHORS: [&str; 62] = [
    "administrator",
    "administrateur",
    "administrador",
    "admin",
    "user",
    "user1",
    "utilisateur",
    "usuario",
    "owner",
    "guest",
    "root",
    "unknown",
    "author",
    "auteur",
    "autor",
    "microsoft",
    "microsoft_office_user",
    "utilisateur_windows",
    "windows_user",
    "windows_benutzer",
    "usuario_de_windows",
    "usuario_do_windows",
    "utente_windows",
    "utente_di_windows",
    "windows_gebruiker",
    "uzytkownik_systemu_windows",
    "uzivatel_systemu_windows",
    "uzivatel",
    "windows_kullanicisi",
    "windows_felhasznalo",
    "pol_zovatel_windows",
    "korisnik",
    "kayttaja",
    "unknown_user",
    "hp",
    "dell",
    "lenovo",
    "acer",
    "pc",
    "default",
    "none",
    "benutzer",
    "nutzer",
    "besitzer",
    "proprietaire",
    "propietario",
    "utente",
    "proprietario",
    "gebruiker",
    "uzytkownik",
    "pol_zovatel",
    "koristuvach",
    "author_name",
    "your_name",
    "name",
    "test",
    "toshiba",
    "asus",
    "sony",
    "samsung",
    "microsoft_corporation",
    "scanner",
];

/// A text with fewer letters is too short to tell whether it contains a title.
const MIN_LETTERS: usize = 150;

/// Prefixes that programs put before a title.
const PROGRAM_PREFIXES: [&str; 5] =
    ["Microsoft Word - ", "Microsoft PowerPoint - ", "Microsoft Excel - ", "PowerPoint Presentation - ", "SiSU: - "];

/// Extensions at the end of a title that is only the name of a file.
const FILE_EXTENSIONS: [&str; 16] = [
    ".doc", ".docx", ".pdf", ".indd", ".qxd", ".qxp", ".tex", ".dvi", ".odt", ".rtf", ".ppt", ".pptx", ".xls", ".xlsx",
    ".html", ".pub",
];

/// Whether a program made the title from a file name. The document may have been replaced by another one since then.
pub(super) fn is_from_program(title: &str) -> bool {
    PROGRAM_PREFIXES.iter().any(|prefix| title.trim_start().starts_with(prefix))
}

/// Whether a text contains most of the words of a title. `None` if the text is too short to tell.
pub(super) fn shows_title(text: &str, title: &str) -> Option<bool> {
    let text = to_lower_letters(text);
    if text.chars().filter(|c| c.is_alphabetic()).count() < MIN_LETTERS {
        return None;
    }
    let words = significant_parts(&to_lower_letters(title));
    let contained = words.iter().filter(|word| text.contains(word.as_str())).count();
    (!words.is_empty()).then_some(contained * 2 > words.len())
}

/// Whether a text has a title word for word, regardless of spaces and punctuation.
pub(super) fn has_exact_title(text: &str, title: &str) -> bool {
    let letters = |text: &str| portable_name(text).replace('_', "");
    letters(text).contains(&letters(title))
}

/// Whether a title was misread from the page (`shown`) and the title in the metadata (`stated`) has its right form: the words that
/// only the former has are nowhere else in the text, and those that only the latter has are. Some fonts draw a letter as several
/// glyphs, which cannot be read, for instance to stretch an Arabic word. A different word does not count as misread.
pub(super) fn is_misread(shown: &str, stated: &str, text: &str) -> bool {
    let (shown, stated) = (significant_parts(&to_lower_letters(shown)), significant_parts(&to_lower_letters(stated)));
    let text = to_lower_letters(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let count = |word: &str| words.iter().filter(|other| **other == word).count();
    let only_shown: Vec<&String> = shown.iter().filter(|word| !stated.contains(word)).collect();
    let only_stated: Vec<&String> = stated.iter().filter(|word| !shown.contains(word)).collect();
    let in_text = only_stated.iter().filter(|word| count(word) > 1).count();
    // At least half of the letters of the right word are at its start and end.
    let resembles_one = |word: &str| {
        only_stated.iter().any(|right| {
            let at_start = word.chars().zip(right.chars()).take_while(|(a, b)| a == b).count();
            let at_end = word.chars().rev().zip(right.chars().rev()).take_while(|(a, b)| a == b).count();
            (at_start + at_end) * 2 >= right.chars().count()
        })
    };
    only_shown.len() < shown.len()
        && !only_shown.is_empty()
        && only_shown.iter().all(|word| count(word) <= 1 && resembles_one(word))
        && in_text * 2 > only_stated.len()
}

/// Whether at least half of the words of the shorter of two titles are in the other.
pub(super) fn share_words(a: &str, b: &str) -> bool {
    let (a, b) = (significant_parts(&to_lower_letters(a)), significant_parts(&to_lower_letters(b)));
    let shared = a.iter().filter(|word| b.contains(word)).count();
    shared * 2 >= a.len().min(b.len())
}

/// Whether the title in the metadata (`stated`), or part of it, is the title on the first page (`shown`) without its accents: some programs
/// can write only ASCII there.
pub(super) fn has_lost_accents(stated: &str, shown: &str) -> bool {
    let (stated, shown) = (to_lower_letters(stated), to_lower_letters(shown));
    let words: Vec<&str> = stated.split_whitespace().collect();
    let shown: Vec<&str> = shown.split_whitespace().collect();
    let has_lost = |word: &&&str| {
        let plain = portable_name(word);
        // The Greek letter in “LaTeX2ε” is not an accent.
        let is_mixed = word.contains(|c: char| c.is_ascii_alphabetic())
            && word.contains(|c: char| c.is_alphabetic() && c > '\u{24f}' && !matches!(c, '\u{1e00}'..='\u{1eff}'));
        !word.is_ascii() && !is_mixed && plain.len() > 2 && words.contains(&plain.as_str())
    };
    stated.is_ascii() && shown.len() * 3 >= words.len() * 2 && shown.iter().any(|word| has_lost(&word))
}

/// Whether the title in the metadata (`stated`) is in a different language from the document, but the title on the first page
/// (`shown`) is not.
pub(super) fn is_in_other_language(stated: &str, shown: &str, language: &Language) -> bool {
    let script = |title: &str| Language::guess_from_script(title);
    if script(stated).is_none() && script(shown).is_some_and(|shown| shown.has_same_script(language)) {
        return true;
    }
    let has_any = |title: &str, words: &[&str]| to_lower_letters(title).split(' ').any(|word| words.contains(&word));
    let mut other_languages = FUNCTION_WORDS.iter().filter(|(tag, _)| *tag != language.primary());
    let own_language = FUNCTION_WORDS.iter().find(|(tag, _)| *tag == language.primary());
    let is_not_own = match own_language {
        Some((_, words)) => !has_any(stated, words),
        // Of other languages, only those with accents can be told from English, which has none.
        None => stated.is_ascii() && shown.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count() > 1,
    };
    is_not_own && other_languages.any(|(_, words)| has_any(stated, words) && !has_any(shown, words))
}

/// Whether the title in the metadata (`stated`) is long, but has none of the short words of the language of the document, while the title on
/// the first page (`shown`) has some, and few words in common with it: then it is probably in another language.
pub(super) fn has_no_own_words(stated: &str, shown: &str, language: &Language) -> bool {
    let Some((_, own)) = FUNCTION_WORDS.iter().find(|(tag, _)| *tag == language.primary()) else { return false };
    let has_own = |title: &str| to_lower_letters(title).split(' ').any(|word| own.contains(&word));
    stated.split_whitespace().count() >= MIN_WORDS_OF_LONG_TITLE
        && !has_own(stated)
        && has_own(shown)
        && !share_words(stated, shown)
}

/// A title of this many words hardly ever has none of the short words of its language.
const MIN_WORDS_OF_LONG_TITLE: usize = 6;

/// A title without the code of its language at the end: `Annual report - ENG`, `Rapport annuel (FR)`.
pub(super) fn without_language_code<'t>(title: &'t str, language: &Language) -> &'t str {
    let in_brackets = title.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("));
    let Some((rest, code)) = in_brackets.or_else(|| title.rsplit_once(" - ")) else { return title };
    let is_code = (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_own = || {
        Language::parse(&code.to_ascii_lowercase())
            .is_ok_and(|language_of_code| language_of_code.has_same_primary(language))
    };
    if is_code && is_own() && has_word_char(rest) { rest.trim_end() } else { title }
}

/// Whether a title has words of another language than the document, and none of its own.
pub(super) fn seems_in_other_language(title: &str, language: &Language) -> bool {
    let title = to_lower_letters(title);
    let count = |words: &[&str]| title.split(' ').filter(|word| words.contains(word)).count();
    let own = FUNCTION_WORDS.iter().find(|(tag, _)| *tag == language.primary());
    // If `FUNCTION_WORDS` does not have the document's own language, one word of another language is not enough: it may be a name.
    let min_count = if own.is_some() { 1 } else { 2 };
    own.is_none_or(|(_, own)| count(own) == 0)
        && FUNCTION_WORDS.iter().any(|(tag, words)| *tag != language.primary() && count(words) >= min_count)
}

/// Guesses the language of a text that is too short or too technical to detect it, by its short words. `None` if there are few such
/// words, or if they are of several languages.
pub(super) fn guess_from_words(text: &str) -> Option<Language> {
    let text = to_lower_letters(text);
    let words: BTreeSet<&str> = text.split(' ').collect();
    let count = |(tag, own): &(&'static str, &[&str])| (own.iter().filter(|word| words.contains(**word)).count(), *tag);
    let mut counts: Vec<(usize, &str)> = FUNCTION_WORDS.iter().map(count).collect();
    counts.sort_unstable();
    match counts.as_slice() {
        [.., (second, _), (most, tag)] if *most >= 3 && *most >= 3 * second => Language::parse(tag).ok(),
        _ => None,
    }
}

/// Short words that are frequent in titles of one language, and rare in titles of the other languages here.
const FUNCTION_WORDS: [(&str, &[&str]); 9] = [
    ("de", &["der", "das", "und", "für", "ein", "eine", "zur", "zum", "mit", "von", "im"]),
    ("en", &["the", "of", "and", "for", "with", "to", "on", "by", "from", "how"]),
    ("es", &["el", "los", "las", "del", "y", "por"]),
    ("fr", &["le", "les", "des", "du", "et", "pour", "une", "sur", "aux", "dans"]),
    ("it", &["il", "gli", "della", "delle", "dei", "di", "nel", "sulla"]),
    ("nl", &["het", "een", "voor", "naar", "zijn", "wordt"]),
    ("pl", &["dla", "się", "oraz", "przez", "jest", "przy"]),
    ("pt", &["os", "dos", "da", "uma", "em", "ao", "pela"]),
    ("sv", &["och", "för", "är", "att", "på"]),
];

/// Function words that also end complete titles: “What to look for”.
const POSSIBLE_LAST_WORDS: [&str; 7] = ["for", "with", "to", "on", "by", "from", "how"];

/// Whether a line ends in the middle of a sentence: with a comma, or with a short word such as “of”.
pub(super) fn is_unfinished(line: &str) -> bool {
    ends_with_function_word(line, |_, _| true)
}

/// Whether a title in this language ends in the middle of a sentence.
pub(super) fn is_unfinished_title(title: &str, language: &Language) -> bool {
    ends_with_function_word(title, |of, word| of == language.primary() && !POSSIBLE_LAST_WORDS.contains(&word))
}

/// Whether a line ends with a comma, or with a function word for which `counts` is true. It gets the language and the word.
fn ends_with_function_word(line: &str, counts: impl Fn(&str, &str) -> bool) -> bool {
    let last = line.trim_end().rsplit(' ').next().unwrap_or_default().to_lowercase();
    let is_function_word =
        || FUNCTION_WORDS.iter().any(|(of, words)| words.contains(&last.as_str()) && counts(of, &last));
    line.trim_end().ends_with([',', ';']) || is_function_word()
}

/// A text in lower case, with a space for everything that is neither a letter nor a digit.
fn to_lower_letters(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect::<String>().to_lowercase()
}

/// The words of three letters or more. A Chinese, Japanese or Korean text is divided into pairs of characters instead, because it has
/// no spaces between words.
fn significant_parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for word in text.split_whitespace() {
        let characters: Vec<char> = word.chars().collect();
        if characters.iter().any(|c| *c >= '\u{2e80}') {
            parts.extend(characters.windows(2).map(|pair| pair.iter().collect::<String>()));
        } else if characters.len() > 2 {
            parts.push(word.to_owned());
        }
    }
    parts
}

/// The date in the name of a file: `2008-06-30`, `2008_06`, `20080630`, `30.06.2008`, `2008`. `None` if there are several dates,
/// which are more likely a period.
pub(super) fn date_in_name(stem: &str) -> Option<PartialDate> {
    let runs: Vec<&str> = stem.split(|c: char| !c.is_ascii_digit()).collect();
    let is_year = |text: &str| text.len() == 4 && text.parse().is_ok_and(|year: u32| (1900..=2099).contains(&year));
    let in_range = |text: &str, max: u32| text.len() == 2 && text.parse().is_ok_and(|n: u32| (1..=max).contains(&n));
    // Look at each run of digits that contains a year, and at the two runs before and after it.
    let dates: Vec<String> = runs
        .iter()
        .enumerate()
        .filter_map(|(index, run)| {
            let next = |offset: usize| runs.get(index + offset).copied().unwrap_or_default();
            let before = |offset: usize| {
                index.checked_sub(offset).and_then(|index| runs.get(index)).copied().unwrap_or_default()
            };
            match run.len() {
                4 if is_year(run) && in_range(next(1), 12) && in_range(next(2), 31) => {
                    Some(format!("{run}-{}-{}", next(1), next(2)))
                }
                4 if is_year(run) && in_range(before(1), 12) && in_range(before(2), 31) => {
                    Some(format!("{run}-{}-{}", before(1), before(2)))
                }
                4 if is_year(run) && in_range(next(1), 12) => Some(format!("{run}-{}", next(1))),
                4 if is_year(run) => Some((*run).to_owned()),
                8 if is_year(&run[..4]) && in_range(&run[4..6], 12) && in_range(&run[6..], 31) => {
                    Some(format!("{}-{}-{}", &run[..4], &run[4..6], &run[6..]))
                }
                _ => None,
            }
        })
        .collect();
    match dates.as_slice() {
        [date] => PartialDate::parse(date).ok(),
        _ => None,
    }
}

/// The years in the name of a file, separated by spaces. `None` if it has none.
pub(super) fn years_in_name(stem: &str) -> Option<String> {
    let runs = stem.split(|c: char| !c.is_ascii_digit());
    let years = runs.filter(|run| run.len() == 4 && run.parse().is_ok_and(|year: u32| (1900..=2099).contains(&year)));
    let years: Vec<&str> = years.collect();
    (!years.is_empty()).then(|| years.join(" "))
}

/// A word with this many hyphens is hardly a compound.
const MIN_HYPHENS_OF_NAME: usize = 3;

/// The title in a document's metadata, cleaned up. `None` if no person seems to have written it, or if it only repeats `stem`, the
/// name of the file.
pub(super) fn plausible_title(title: &str, stem: &str) -> Option<String> {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = PROGRAM_PREFIXES.iter().find_map(|prefix| title.strip_prefix(prefix)).unwrap_or(&title);
    // Web pages often end a heading with a link to itself.
    let title = title.trim_end_matches(['¶', '§', '#']).trim();
    let name = portable_name(title);
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let (words, wrong_words) = count_wrong_words(title);
    let is_garbled = title.chars().any(|c| c == '\u{fffd}' || c.is_control())
        || is_printed_reference(title)
        || wrong_words * 2 > words;
    let is_file_name = FILE_EXTENSIONS.iter().any(|ending| title.to_lowercase().ends_with(ending))
        || title.contains([':', '\\']) && title.contains('\\')
        || is_one_word_with_ending(title)
        || !stem.is_empty() && is_joined_name(title);
    let is_same_file = name == portable_name(stem) && !title.contains(' ');
    // Placeholders in templates
    let is_template = ["use style:", "type title here", "click to edit", "enter title", "insert title"]
        .iter()
        .any(|words| title.to_lowercase().contains(words))
        || title.to_lowercase().starts_with("lorem ipsum")
        || title.starts_with(['[', '<']) && title.ends_with([']', '>']);
    let is_plausible = (1..=300).contains(&title.chars().count())
        && letters >= 2
        && !is_garbled
        && !is_file_name
        && !is_same_file
        && !is_template;
    let is_placeholder = PLACEHOLDER_TITLES.contains(&name.as_str())
        || PLACEHOLDER_TITLES_IN_OTHER_SCRIPTS.contains(&title.to_lowercase().as_str());
    (is_plausible && !is_placeholder).then(|| title.to_owned())
}

/// Whether a title is the name of a file of any program: a single word with an ending, such as `graph18.eps`.
fn is_one_word_with_ending(title: &str) -> bool {
    let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    title.rsplit_once('.').is_some_and(|(name, ending)| {
        is_word(name)
            && name.chars().count() > 1
            && (2..=5).contains(&ending.len())
            && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && ending.starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

/// Whether a title is the name of a file without its ending, such as `wells-original-final-CZ`: words that are joined with more hyphens
/// than in compounds, or with underscores. Only in Latin letters: titles in Chinese and Japanese have no spaces.
fn is_joined_name(title: &str) -> bool {
    if title.chars().any(|c| c.is_alphabetic() && !c.is_ascii()) {
        return false;
    }
    let hyphens = title.matches('-').count();
    !title.contains(char::is_whitespace) && (title.contains('_') || hyphens >= MIN_HYPHENS_OF_NAME)
}

/// A title made from the name of a file or folder: `annual_report-2007` becomes “Annual report 2007”.
pub(super) fn title_from_name(stem: &str) -> String {
    let mut spaced = String::new();
    let characters: Vec<char> = stem.chars().collect();
    for (at, c) in characters.iter().enumerate() {
        let is_digit = |at: usize| characters.get(at).is_some_and(char::is_ascii_digit);
        // A dot or hyphen between digits is part of a number or a date.
        let in_number = matches!(c, '.' | '-') && at > 0 && is_digit(at - 1) && is_digit(at + 1);
        // A hyphen between spaces is a dash.
        let is_dash = *c == '-' && at > 0 && characters[at - 1] == ' ' && characters.get(at + 1) == Some(&' ');
        spaced.push(match c {
            '-' if is_dash => '–',
            '_' | '-' | '.' | '+' if !in_number => ' ',
            _ => *c,
        });
    }
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let text = words.join(" ");
    // If a language code was removed, the rest of the name may be in brackets.
    let inside = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let text = inside.filter(|inside| !inside.contains(['(', ')'])).map_or(text.clone(), str::to_owned);
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The authors in a document's metadata, without texts that are not names of people or organisations.
pub(super) fn plausible_authors(stated: &[String]) -> Vec<String> {
    let mut authors = Vec::new();
    for text in stated {
        for name in split_names(text).into_iter().filter(|name| !is_printed_reference(name)) {
            let name = without_copyright(&name.split_whitespace().collect::<Vec<_>>().join(" "));
            let is_login =
                name.chars().all(|c| c.is_lowercase() || c.is_ascii_digit() || c == '.') && !name.contains(' ');
            let is_plausible = name.chars().filter(|c| c.is_alphabetic()).count() >= 2
                && !is_login
                && !name.contains(['@', '\u{fffd}', '\\'])
                && !name.chars().any(char::is_control)
                && name.chars().count() <= 120;
            if is_plausible && !PLACEHOLDER_AUTHORS.contains(&portable_name(&name).as_str()) && !authors.contains(&name)
            {
                authors.push(name);
            }
        }
    }
    authors
}

/// A name without the copyright notice before or after it: `(c) 2007`, `© 2007–2009 by`, “All rights reserved”.
fn without_copyright(name: &str) -> String {
    let is_notice = |word: &str| {
        let word = word.trim_end_matches([',', ':', '.']).to_lowercase();
        let is_year = !word.is_empty() && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '–'));
        is_year && word.len() >= 4 || matches!(word.as_str(), "(c)" | "©" | "copyright" | "copyleft")
    };
    let mut words: Vec<&str> = name.split(' ').collect();
    let notices = words.iter().take_while(|word| is_notice(word)).count();
    words.drain(..notices);
    if notices > 0 && words.first().is_some_and(|word| word.eq_ignore_ascii_case("by")) {
        words.remove(0);
    }
    // “Jane Doe (c) 2007”
    while notices == 0 && words.len() > 1 && words.last().is_some_and(|word| is_notice(word)) {
        words.pop();
    }
    // “All rights reserved” names nobody.
    let rest = words.join(" ");
    let end = rest.to_lowercase().find("all rights reserved").filter(|end| rest.is_char_boundary(*end));
    let rest = &rest[..end.unwrap_or(rest.len())];
    if notices > 0 { rest.trim_matches([' ', ',', '.', ';']).to_owned() } else { rest.trim().to_owned() }
}

/// Whether a program wrote a reference to a data structure instead of a text: `ARRAY(0x55d0c8a4f2e8)` in Perl, `<Author object at
/// 0x7f3a>` in Python, `[object Object]` in JavaScript, `System.String[]` in C#.
fn is_printed_reference(text: &str) -> bool {
    let text = text.trim();
    let has_address = ["(0x", " at 0x", ":0x"].iter().any(|before| {
        text.match_indices(before).any(|(at, _)| {
            let digits = text[at + before.len()..].trim_end_matches([')', '>', ']']);
            digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_hexdigit())
        })
    });
    has_address || text.starts_with("[object ") || (text.starts_with("System.") && text.ends_with(']'))
}

/// Splits a text into the names in it.
fn split_names(text: &str) -> Vec<String> {
    if text.contains(';') {
        return text.split(';').map(str::to_owned).collect();
    }
    let parts: Vec<String> = text
        .replace(", and ", ", ")
        .replace('、', ",")
        .replace(" and ", ", ")
        .replace(" & ", ", ")
        .split(',')
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    // “Doe, Jane” is one name.
    let are_names = parts.iter().all(|part| {
        part.contains(' ') || !part.chars().all(char::is_alphabetic) || part.chars().any(|c| c > '\u{2e80}')
    });
    if parts.len() > 1 && are_names { parts } else { vec![text.to_owned()] }
}

/// Whether a text consists of names with numbers of footnotes: `Ada Byron 1 Bo Li 2`.
pub(super) fn are_numbered_names(text: &str) -> bool {
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let is_number = |word: &&str| word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_digit());
    let names = words.split(|word| is_number(word)).filter(|name| !name.is_empty());
    let are_names =
        names.clone().all(|name| name.len() > 1 && name.iter().all(|word| word.starts_with(char::is_uppercase)));
    words.last().is_some_and(is_number) && names.count() > 1 && are_names
}

/// The date in a document's metadata. `None` if it cannot be read or is not plausible.
pub(super) fn plausible_date(stated: &str) -> Option<PartialDate> {
    let stated = stated.trim();
    let day = stated.get(..10).and_then(|day| PartialDate::parse(day).ok());
    let date = day.or_else(|| PartialDate::parse(stated).ok())?;
    // Clocks that were never set start in 1970 or 1980.
    let is_unset = (date.year == 1970 || date.year == 1980) && date.month == Some(1) && date.day == Some(1);
    ((1900..=2100).contains(&date.year) && !is_unset).then_some(date)
}

/// Whether a text contains a letter or a digit.
pub(super) fn has_word_char(text: &str) -> bool {
    text.chars().any(is_word_char)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn titles_from_programs_are_rejected() {
        for implausible in [
            "Microsoft Word - final_v3.doc",
            "untitled",
            "Sans titre",
            "report_en",
            "C:\\docs\\a.doc",
            "wells-original-final-CZ",
            "annual_report",
            "graph18.eps",
            "TAM-pl.dia",
            "Logos.FH11",
            "PowerPoint Presentation",
            "\u{fffd}\u{fffd}ab",
            "12/7",
            "Índice",
            "Table des matières",
            "Содержание",
            "שקופית 1",
            "Diapositive 1",
            "Preview",
            "Apresentação do PowerPoint",
            "Íå îœåíü êðàòêîå ââåäåíèå â LATEX2ε",
            "",
        ] {
            assert_eq!(plausible_title(implausible, "report_en"), None, "{implausible}");
        }
        assert_eq!(plausible_title("Microsoft Word - Annual report", "x").as_deref(), Some("Annual report"));
        assert_eq!(plausible_title("SiSU: - Handbuch", "x").as_deref(), Some("Handbuch"));
        assert_eq!(
            plausible_title(" Needs  assessment:\nAfrica ", "africa").as_deref(),
            Some("Needs assessment: Africa")
        );
        assert_eq!(plausible_title("Africa", "africa_en").as_deref(), Some("Africa"));
        for title in ["平成30年度_事業報告書", "报告-妇女-和平-安全"] {
            assert_eq!(plausible_title(title, "x").as_deref(), Some(title));
        }
    }

    #[test]
    fn a_title_is_doubtful_if_the_text_does_not_contain_it() {
        let text = "The participants agreed that women should take part in every stage of the peace process, and that \
                    the offices in the region need more people who can follow what was promised and report on it.";
        assert_eq!(shows_title(text, "Women and the peace process"), Some(true));
        assert_eq!(shows_title(text, "Letterhead of the unit"), Some(false));
        assert_eq!(shows_title("Women", "Women"), None);
        let text = "维护者指南".repeat(40);
        assert_eq!(shows_title(&text, "维护者指南"), Some(true));
        assert_eq!(shows_title(&text, "参考手册"), Some(false));
    }

    #[test]
    fn titles_whose_letters_are_misread_are_recognised() {
        let text = "استاندارد وارسی برنامتت های کتتاربردی. برنامه های کاربردی و برنامه های دیگر کاربردی";
        assert!(is_misread("استاندارد وارسی برنامتت های کتتاربردی", "استاندارد وارسی برنامه های کاربردی", text));
        let text = "Wells in Africa. The wells of Africa are deep, and there are many regions and regions.";
        assert!(!is_misread("Wells in Africa", "Wells of the regions", text), "another word that the text has");
        assert!(!is_misread("Wells for everybody", "Wells for nobody", text), "neither word is in the text");
        assert!(!is_misread("Pumps", "Regions", text), "a different title");
        let text = "Wells for Kisumu. The region has many wells, and the region needs more.";
        assert!(!is_misread("Wells for Kisumu", "Wells for the region", text), "the title of a template");
    }

    #[test]
    fn titles_in_another_language_are_recognised() {
        let language = |tag: &str| Language::parse(tag).unwrap();
        for (stated, shown, tag, expected) in [
            ("The microtype package", "Das Paket microtype", "de", true),
            ("Guide for maintainers", "维护者指南", "zh", true),
            ("Guide for maintainers", "Руководство", "ru", true),
            ("Guide for maintainers", "Короткий вступ", "uk", true),
            ("The biblatex package", "Das Paket biblatex", "de", true),
            ("Das Paket microtype", "Die Schrift", "de", false),
            ("The microtype package", "The package", "de", false),
            ("The microtype package", "Microtype", "en", false),
            ("Debian", "Das Debian", "de", false),
        ] {
            assert_eq!(is_in_other_language(stated, shown, &language(tag)), expected, "{stated}, {shown}, {tag}");
        }
    }

    #[test]
    fn long_titles_without_words_of_their_language_are_in_another() {
        let french = Language::parse("fr").unwrap();
        let (stated, shown) = ("Web Application Security Top Ten List", "Les dix failles des applications");
        assert!(has_no_own_words(stated, shown, &french));
        assert!(!has_no_own_words("Top Ten List", shown, &french), "too short");
        assert!(!has_no_own_words(stated, "Annexe", &french));
        assert!(!has_no_own_words("Rapport annuel Afrique Asie Europe Haïti", "Le rapport annuel: Afrique", &french));
    }

    #[test]
    fn the_code_of_the_language_is_not_part_of_a_title() {
        let italian = Language::parse("it").unwrap();
        for (title, rest) in [
            ("Top 10 - 2010 - ITA", "Top 10 - 2010"),
            ("Top 10 (IT)", "Top 10"),
            ("Top 10 - FRA", "Top 10 - FRA"),
            ("Top 10 - It", "Top 10 - It"),
            ("ITA", "ITA"),
        ] {
            assert_eq!(without_language_code(title, &italian), rest);
        }
    }

    #[test]
    fn lines_that_end_in_the_middle_of_a_sentence_are_recognised() {
        assert!(
            is_unfinished("University of")
                && is_unfinished("Faculty of Mathematics, ")
                && is_unfinished("Les clés des")
        );
        assert!(!is_unfinished("User manual") && !is_unfinished("Faculty of Mathematics"));
        let is_unfinished_in = |code: &str, title: &str| is_unfinished_title(title, &Language::parse(code).unwrap());
        assert!(is_unfinished_in("en", "University of") && is_unfinished_in("fr", "Les clés des"));
        assert!(!is_unfinished_in("en", "What to look for") && !is_unfinished_in("fi", "Kysymys on le"));
    }

    #[test]
    fn the_language_of_a_few_words_is_guessed() {
        let guess = |text: &str| guess_from_words(text).map(|language| language.as_str().to_owned());
        assert_eq!(guess("How to use the keys of a well. With: \\ABC, for XYZ").as_deref(), Some("en"));
        assert_eq!(guess("Les clés du puits et des pompes").as_deref(), Some("fr"));
        assert_eq!(guess("Wells of X"), None);
        assert_eq!(guess("The wells of and for: les puits des et"), None);
    }

    #[test]
    fn dates_are_found_in_names() {
        for (stem, date) in [
            ("2008-06-30 minutes", Some("2008-06-30")),
            ("minutes_20080630", Some("2008-06-30")),
            ("minutes 30.06.2008", Some("2008-06-30")),
            ("report_2008_06", Some("2008-06")),
            ("annual_report-2007", Some("2007")),
            ("annual report 2007-2008", None),
            ("S-1325", None),
            ("A_62_1", None),
            ("id20081330", None),
            ("2008-06-30 to 2008-07-02", None),
        ] {
            assert_eq!(date_in_name(stem).map(|date| date.to_string()).as_deref(), date, "{stem}");
        }
    }

    #[test]
    fn file_names_become_titles() {
        let cases = [
            ("annual_report-2007", "Annual report 2007"),
            ("S.2007.567", "S 2007.567"),
            ("2007-11-05_minutes", "2007-11-05 minutes"),
            ("UN Women - plan", "UN Women – plan"),
            ("(We_Are_At_School)", "We Are At School"),
            ("(a) and (b)", "(a) and (b)"),
            ("états-généraux", "États généraux"),
        ];
        for (stem, title) in cases {
            assert_eq!(title_from_name(stem), title);
        }
    }

    #[test]
    fn names_with_footnotes_are_not_titles() {
        assert!(are_numbered_names("Ada Byron 1 Bo Li 2") && are_numbered_names("Ada Byron 1, Bo Li 2"));
        for title in ["Wells 1", "World War 2", "Annual Report 1 of 2", "Ada Byron", "Part 1 Chapter 2"] {
            assert!(!are_numbered_names(title), "{title}");
        }
    }

    #[test]
    fn authors_are_people_or_organisations() {
        let authors = |text: &str| plausible_authors(&[text.to_owned()]);
        assert_eq!(authors("Ada Byron, Bo Li, and The Office"), ["Ada Byron", "Bo Li", "The Office"]);
        assert_eq!(authors("Byron, Ada"), ["Byron, Ada"]);
        assert_eq!(authors("ECLAC; OSAGI"), ["ECLAC", "OSAGI"]);
        assert_eq!(authors("(c) 2007 Ada Byron"), ["Ada Byron"]);
        assert_eq!(authors("© 2007, 2011 by The Office. All rights reserved."), ["The Office"]);
        assert_eq!(authors("Ada Byron (c) 2007"), ["Ada Byron"]);
        assert_eq!(authors("Ada Byron et al."), ["Ada Byron et al."]);
        assert_eq!(authors("Copyright 2007-2009 ECLAC"), ["ECLAC"]);
        for nobody in [
            "Administrator",
            "jdoe",
            "user",
            "a@b.org",
            "HP",
            ".",
            "(c) 2007",
            "Microsoft Office User",
            "Utilisateur Windows",
            "Пользователь Windows",
            "Пользователь",
            "Użytkownik systemu Windows",
            "Usuário do Windows",
        ] {
            assert!(authors(nobody).is_empty(), "{nobody}");
        }
        for printed in [
            "ARRAY(0x55d0c8a4f2e8)",
            "HASH(0x1F2E8)",
            "<Author object at 0x7f3a12bc>",
            "#<Author:0x00007f3a>",
            "[object Object]",
            "System.String[]",
        ] {
            assert!(authors(printed).is_empty(), "{printed}");
            assert_eq!(plausible_title(printed, "report"), None);
        }
        assert_eq!(authors("ARRAY(0x55d0c8a4f2e8), Ada Byron"), ["Ada Byron"]);
        assert_eq!(authors("Office (0x Project)"), ["Office (0x Project)"]);
    }

    #[test]
    fn implausible_dates_are_rejected() {
        assert_eq!(plausible_date("2008-06-30T12:00:00Z").map(|date| date.to_string()).as_deref(), Some("2008-06-30"));
        assert_eq!(plausible_date("2008").map(|date| date.to_string()).as_deref(), Some("2008"));
        assert_eq!(plausible_date("1970-01-01"), None);
        assert_eq!(plausible_date("30/06/2008"), None);
    }
}
