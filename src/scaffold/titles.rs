//! Titles, authors and dates: which of those that documents give themselves are plausible, and what a file's
//! name makes of itself.

use crate::language::{PartialDate, is_word_char};
use crate::names::portable;

/// Names that programs give documents.
const NO_TITLES: [&str; 24] = [
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
    "slide_1",
    "layout_1",
    "print",
    "template",
    "modele",
    "new_document",
    "full_page_photo",
    "no_title",
    "index",
];

/// Users who are nobody.
const NO_AUTHORS: [&str; 26] = [
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
    "windows_user",
    "unknown_user",
    "hp",
    "dell",
    "lenovo",
    "acer",
    "pc",
    "default",
    "none",
];

/// Programs that put themselves before a title.
const PREFIXES: [&str; 4] =
    ["Microsoft Word - ", "Microsoft PowerPoint - ", "Microsoft Excel - ", "PowerPoint Presentation - "];

/// Endings that a title has if it is the name of a file.
const ENDINGS: [&str; 16] = [
    ".doc", ".docx", ".pdf", ".indd", ".qxd", ".qxp", ".tex", ".dvi", ".odt", ".rtf", ".ppt", ".pptx", ".xls", ".xlsx",
    ".html", ".pub",
];

/// A title that a document gives itself, if a person may have given it.
pub(super) fn plausible(title: &str, stem: &str) -> Option<String> {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = PREFIXES.iter().find_map(|prefix| title.strip_prefix(prefix)).unwrap_or(&title);
    // The mark of a link to the heading.
    let title = title.trim_end_matches(['¶', '§', '#']).trim();
    let name = portable(title);
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let garbled = title.chars().any(|c| c == '\u{fffd}' || c.is_control());
    let of_a_file = ENDINGS.iter().any(|ending| title.to_lowercase().ends_with(ending))
        || title.contains([':', '\\']) && title.contains('\\');
    let same_as_the_file = name == portable(stem) && !title.contains(' ');
    let sound =
        (1..=300).contains(&title.chars().count()) && letters >= 2 && !garbled && !of_a_file && !same_as_the_file;
    (sound && !NO_TITLES.contains(&name.as_str())).then(|| title.to_owned())
}

/// A file's or folder's name as a title: `annual_report-2007` becomes “Annual report 2007”.
pub(super) fn readable(stem: &str) -> String {
    let mut spaced = String::new();
    let characters: Vec<char> = stem.chars().collect();
    for (at, c) in characters.iter().enumerate() {
        let digit = |at: usize| characters.get(at).is_some_and(char::is_ascii_digit);
        // A dot or hyphen between digits belongs to a number or a date.
        let within = matches!(c, '.' | '-') && at > 0 && digit(at - 1) && digit(at + 1);
        // A hyphen between spaces is a dash.
        let dash = *c == '-' && at > 0 && characters[at - 1] == ' ' && characters.get(at + 1) == Some(&' ');
        spaced.push(match c {
            '-' if dash => '–',
            '_' | '-' | '.' | '+' if !within => ' ',
            _ => *c,
        });
    }
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let text = words.join(" ");
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The authors that a document names, if they may be persons or bodies.
pub(super) fn authors(said: &[String]) -> Vec<String> {
    let mut authors = Vec::new();
    for text in said {
        for one in split(text) {
            let one = one.split_whitespace().collect::<Vec<_>>().join(" ");
            let login = one.chars().all(|c| c.is_lowercase() || c.is_ascii_digit() || c == '.') && !one.contains(' ');
            let sound = one.chars().filter(|c| c.is_alphabetic()).count() >= 2
                && !login
                && !one.contains(['@', '\u{fffd}', '\\'])
                && !one.chars().any(char::is_control)
                && one.chars().count() <= 120;
            if sound && !NO_AUTHORS.contains(&portable(&one).as_str()) && !authors.contains(&one) {
                authors.push(one);
            }
        }
    }
    authors
}

/// Several names in one text.
fn split(text: &str) -> Vec<String> {
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
    // “Doe, Jane” is one.
    let names = parts.iter().all(|part| {
        part.contains(' ') || !part.chars().all(char::is_alphabetic) || part.chars().any(|c| c > '\u{2e80}')
    });
    if parts.len() > 1 && names { parts } else { vec![text.to_owned()] }
}

/// A date that a document gives itself, as far as it can be read, if the document can be of it.
pub(super) fn date(said: &str) -> Option<PartialDate> {
    let said = said.trim();
    let day = said.get(..10).and_then(|day| PartialDate::parse(day).ok());
    let date = day.or_else(|| PartialDate::parse(said).ok())?;
    // Clocks that were never set begin in 1970 or 1980.
    let unset = (date.year == 1970 || date.year == 1980) && date.month == Some(1) && date.day == Some(1);
    ((1900..=2100).contains(&date.year) && !unset).then_some(date)
}

/// A text that holds a letter or a digit.
pub(super) fn says_something(text: &str) -> bool {
    text.chars().any(is_word_char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_programs_are_none() {
        for bad in [
            "Microsoft Word - final_v3.doc",
            "untitled",
            "Sans titre",
            "report_en",
            "C:\\docs\\a.doc",
            "PowerPoint Presentation",
            "\u{fffd}\u{fffd}ab",
            "12/7",
            "",
        ] {
            assert_eq!(plausible(bad, "report_en"), None, "{bad}");
        }
        assert_eq!(plausible("Microsoft Word - Annual report", "x").as_deref(), Some("Annual report"));
        assert_eq!(plausible(" Needs  assessment:\nAfrica ", "africa").as_deref(), Some("Needs assessment: Africa"));
        assert_eq!(plausible("Africa", "africa_en").as_deref(), Some("Africa"));
    }

    #[test]
    fn names_become_readable() {
        let cases = [
            ("annual_report-2007", "Annual report 2007"),
            ("S.2007.567", "S 2007.567"),
            ("2007-11-05_minutes", "2007-11-05 minutes"),
            ("UN Women - plan", "UN Women – plan"),
            ("états-généraux", "États généraux"),
        ];
        for (stem, title) in cases {
            assert_eq!(readable(stem), title);
        }
    }

    #[test]
    fn authors_are_persons_or_bodies() {
        let of = |text: &str| authors(&[text.to_owned()]);
        assert_eq!(of("Ada Byron, Bo Li, and The Office"), ["Ada Byron", "Bo Li", "The Office"]);
        assert_eq!(of("Byron, Ada"), ["Byron, Ada"]);
        assert_eq!(of("ECLAC; OSAGI"), ["ECLAC", "OSAGI"]);
        for nobody in ["Administrator", "jdoe", "user", "a@b.org", "HP", "."] {
            assert!(of(nobody).is_empty(), "{nobody}");
        }
    }

    #[test]
    fn dates_are_read_as_far_as_they_go() {
        assert_eq!(date("2008-06-30T12:00:00Z").map(|date| date.to_string()).as_deref(), Some("2008-06-30"));
        assert_eq!(date("2008").map(|date| date.to_string()).as_deref(), Some("2008"));
        assert_eq!(date("1970-01-01"), None);
        assert_eq!(date("30/06/2008"), None);
    }
}
