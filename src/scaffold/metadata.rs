//! Titles, authors and dates: which values in the metadata of a document are plausible, and titles made from file
//! names.

use crate::language::{PartialDate, is_word_char};
use crate::names::portable_name;

/// Titles that programs give documents, as portable names.
const PLACEHOLDER_TITLES: [&str; 24] = [
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

/// User names that name nobody, as portable names.
const PLACEHOLDER_AUTHORS: [&str; 26] = [
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

/// What programs put before a title.
const PROGRAM_PREFIXES: [&str; 4] =
    ["Microsoft Word - ", "Microsoft PowerPoint - ", "Microsoft Excel - ", "PowerPoint Presentation - "];

/// Extensions that show that a title is only the name of a file.
const FILE_EXTENSIONS: [&str; 16] = [
    ".doc", ".docx", ".pdf", ".indd", ".qxd", ".qxp", ".tex", ".dvi", ".odt", ".rtf", ".ppt", ".pptx", ".xls", ".xlsx",
    ".html", ".pub",
];

/// The title in a document's metadata, cleaned up. `None` if it does not look as if a person had written it.
pub(super) fn plausible_title(title: &str, stem: &str) -> Option<String> {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = PROGRAM_PREFIXES.iter().find_map(|prefix| title.strip_prefix(prefix)).unwrap_or(&title);
    // Web pages often end a heading with a link to itself.
    let title = title.trim_end_matches(['¶', '§', '#']).trim();
    let name = portable_name(title);
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let garbled = title.chars().any(|c| c == '\u{fffd}' || c.is_control()) || is_printed_reference(title);
    let is_file_name = FILE_EXTENSIONS.iter().any(|ending| title.to_lowercase().ends_with(ending))
        || title.contains([':', '\\']) && title.contains('\\');
    let is_same_file = name == portable_name(stem) && !title.contains(' ');
    let is_plausible =
        (1..=300).contains(&title.chars().count()) && letters >= 2 && !garbled && !is_file_name && !is_same_file;
    (is_plausible && !PLACEHOLDER_TITLES.contains(&name.as_str())).then(|| title.to_owned())
}

/// A title made from the name of a file or folder: `annual_report-2007` becomes “Annual report 2007”.
pub(super) fn title_from_name(stem: &str) -> String {
    let mut spaced = String::new();
    let characters: Vec<char> = stem.chars().collect();
    for (at, c) in characters.iter().enumerate() {
        let is_digit = |at: usize| characters.get(at).is_some_and(char::is_ascii_digit);
        // A dot or hyphen between digits belongs to a number or a date.
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
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The authors in a document's metadata, without those that are not names of persons or bodies.
pub(super) fn plausible_authors(stated: &[String]) -> Vec<String> {
    let mut authors = Vec::new();
    for text in stated {
        for name in split_names(text).into_iter().filter(|name| !is_printed_reference(name)) {
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
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

/// Whether a text is what a program prints if it was given a data structure instead of a text: `ARRAY(0x55d0c8a4f2e8)` in Perl,
/// `<Author object at 0x7f3a>` in Python, `[object Object]` in JavaScript, `System.String[]` in C#.
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

/// Splits a text with several names.
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

/// The date in a document's metadata. `None` if it cannot be read or is not plausible.
pub(super) fn plausible_date(stated: &str) -> Option<PartialDate> {
    let stated = stated.trim();
    let day = stated.get(..10).and_then(|day| PartialDate::parse(day).ok());
    let date = day.or_else(|| PartialDate::parse(stated).ok())?;
    // Clocks that were never set start in 1970 or 1980.
    let unset = (date.year == 1970 || date.year == 1980) && date.month == Some(1) && date.day == Some(1);
    ((1900..=2100).contains(&date.year) && !unset).then_some(date)
}

/// Whether a text contains a letter or a digit.
pub(super) fn has_word_char(text: &str) -> bool {
    text.chars().any(is_word_char)
}

#[cfg(test)]
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
            "PowerPoint Presentation",
            "\u{fffd}\u{fffd}ab",
            "12/7",
            "",
        ] {
            assert_eq!(plausible_title(implausible, "report_en"), None, "{implausible}");
        }
        assert_eq!(plausible_title("Microsoft Word - Annual report", "x").as_deref(), Some("Annual report"));
        assert_eq!(
            plausible_title(" Needs  assessment:\nAfrica ", "africa").as_deref(),
            Some("Needs assessment: Africa")
        );
        assert_eq!(plausible_title("Africa", "africa_en").as_deref(), Some("Africa"));
    }

    #[test]
    fn file_names_become_titles() {
        let cases = [
            ("annual_report-2007", "Annual report 2007"),
            ("S.2007.567", "S 2007.567"),
            ("2007-11-05_minutes", "2007-11-05 minutes"),
            ("UN Women - plan", "UN Women – plan"),
            ("états-généraux", "États généraux"),
        ];
        for (stem, title) in cases {
            assert_eq!(title_from_name(stem), title);
        }
    }

    #[test]
    fn authors_are_persons_or_bodies() {
        let authors = |text: &str| plausible_authors(&[text.to_owned()]);
        assert_eq!(authors("Ada Byron, Bo Li, and The Office"), ["Ada Byron", "Bo Li", "The Office"]);
        assert_eq!(authors("Byron, Ada"), ["Byron, Ada"]);
        assert_eq!(authors("ECLAC; OSAGI"), ["ECLAC", "OSAGI"]);
        for nobody in ["Administrator", "jdoe", "user", "a@b.org", "HP", "."] {
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
    fn dates_are_read_as_far_as_they_are_plausible() {
        assert_eq!(plausible_date("2008-06-30T12:00:00Z").map(|date| date.to_string()).as_deref(), Some("2008-06-30"));
        assert_eq!(plausible_date("2008").map(|date| date.to_string()).as_deref(), Some("2008"));
        assert_eq!(plausible_date("1970-01-01"), None);
        assert_eq!(plausible_date("30/06/2008"), None);
    }
}
