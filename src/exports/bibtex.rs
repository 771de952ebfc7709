//! `catalogue.bib`: BibTeX, for LaTeX and reference managers.

use super::{BibliographicRecord, Collection, RecordFile, TextWithLanguage, join, one_line, page_range};
use crate::catalogue::{Author, PublicationKind, PublicationNumbersRef};
use crate::compressed::CompressedBytes;
use crate::layout::DiscPath;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

pub(super) fn write_bibtex(collection: &Collection<'_>, own_path: &DiscPath) -> CompressedBytes {
    let mut text = String::new();
    for record in &collection.records {
        let BibliographicRecord {
            key,
            language,
            section: _,
            id: _,
            title,
            summary,
            symbol,
            date,
            authors,
            subjects,
            kind,
            publisher,
            place,
            series,
            numbers: PublicationNumbersRef { isbn, issn, doi, pages },
            terms,
            files,
            other_languages: _,
        } = record;
        let entry = entry_type(*kind, publisher.is_some());
        // A second pair of braces keeps the capitals of titles, and the order of the words in names that are not known to be
        // those of persons.
        let braced = |text: &str| format!("{{{}}}", escape_tex(&one_line(text)));
        let braced_text =
            |text: &Option<TextWithLanguage<'_>>| text.as_ref().map(|text| braced(text.text)).unwrap_or_default();
        let month = date.and_then(|date| date.month).and_then(|month| MONTHS.get(usize::from(month) - 1));
        // In BibTeX the number of a book is its number in the series, and that of an article is the issue.
        let has_own_number = !matches!(entry, "book" | "article");
        let in_note = symbol.filter(|_| !has_own_number).map(|symbol| format!("{}. ", one_line(symbol)));
        let (range, total) = match pages {
            Some(pages) if entry == "article" => {
                (page_range(pages).map_or(escape_tex(pages), |(first, last)| format!("{first}--{last}")), None)
            }
            pages => (String::new(), pages.map(escape_tex)),
        };
        let terms = terms.as_ref().filter(|terms| terms.is_own);
        let fields = [
            ("title", braced(title.text)),
            ("author", join(authors.iter().map(author_name), " and ")),
            (if entry == "techreport" { "institution" } else { "publisher" }, braced_text(publisher)),
            ("address", braced_text(place)),
            (if entry == "article" { "journal" } else { "series" }, braced_text(series)),
            ("type", kind.and_then(report_type).unwrap_or_default().to_owned()),
            ("year", date.map(|date| format!("{:04}", date.year)).unwrap_or_default()),
            ("month", month.map(|month| (*month).to_owned()).unwrap_or_default()),
            ("number", symbol.filter(|_| has_own_number).map(braced).unwrap_or_default()),
            ("isbn", join(isbn.iter().map(|isbn| isbn.text.clone()), " ")),
            ("issn", join(issn.iter().map(|issn| issn.text.clone()), " ")),
            ("doi", doi.map(escape_doi).unwrap_or_default()),
            ("pages", range),
            ("pagetotal", total.unwrap_or_default()),
            ("language", language.as_str().to_owned()),
            ("keywords", join(subjects.iter().map(|subject| escape_keyword(&subject.line())), ", ")),
            ("abstract", summary.as_ref().map(|summary| escape_tex(&summary.line())).unwrap_or_default()),
            ("copyright", terms.map(|terms| escape_tex(&terms.text.line())).unwrap_or_default()),
            (
                "note",
                escape_tex(&format!(
                    "{}{}: {}",
                    in_note.unwrap_or_default(),
                    collection.title.line(),
                    join_paths(files)
                )),
            ),
            ("file", join(files.iter().map(|file| file.path.link_from(own_path)), ";")),
        ];
        text.push_str(&format!("@{entry}{{{key},\n"));
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            // Months are macros: every style defines them in its own language.
            let value = if name == "month" { value } else { format!("{{{value}}}") };
            text.push_str(&format!("  {name} = {value},\n"));
        }
        text.push_str("}\n\n");
    }
    CompressedBytes::new(text.as_bytes())
}

/// The name of a person with the family name before a comma, or any other name in braces, which keep the order of its words.
fn author_name(author: &Author) -> String {
    let name = escape_tex(&one_line(author.filed()));
    if author.is_person() { name } else { format!("{{{name}}}") }
}

/// The entry type. `techreport` requires an institution.
fn entry_type(kind: Option<PublicationKind>, has_publisher: bool) -> &'static str {
    match kind {
        None
        | Some(
            PublicationKind::Report
            | PublicationKind::Guidelines
            | PublicationKind::Brief
            | PublicationKind::Resolution,
        ) if has_publisher => "techreport",
        Some(PublicationKind::Book) => "book",
        Some(PublicationKind::Article) => "article",
        _ => "misc",
    }
}

/// The words that styles print instead of "Technical report".
fn report_type(kind: PublicationKind) -> Option<&'static str> {
    match kind {
        PublicationKind::Report => Some("Report"),
        PublicationKind::Guidelines => Some("Guidelines"),
        PublicationKind::Brief => Some("Brief"),
        PublicationKind::Resolution => Some("Resolution"),
        PublicationKind::Map => Some("Map"),
        PublicationKind::Dataset => Some("Dataset"),
        PublicationKind::Presentation => Some("Presentation"),
        PublicationKind::Video => Some("Video"),
        PublicationKind::Audio => Some("Audio"),
        PublicationKind::Book | PublicationKind::Article | PublicationKind::Other => None,
    }
}

/// Escapes only the braces of a DOI, which could end the field: programs read other TeX escapes as part of the DOI.
fn escape_doi(doi: &str) -> String {
    doi.replace('{', "%7B").replace('}', "%7D")
}

/// Escapes an item of a list that is separated by commas.
fn escape_keyword(subject: &str) -> String {
    let escaped = escape_tex(subject);
    if subject.contains(',') { format!("{{{escaped}}}") } else { escaped }
}

fn join_paths(files: &[RecordFile<'_>]) -> String {
    join(files.iter().map(|file| file.path.as_str().to_owned()), ", ")
}

/// Escapes the characters that are special in TeX. Braces become commands, because BibTeX counts even escaped braces.
fn escape_tex(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '{' => escaped.push_str("\\textbraceleft{}"),
            '}' => escaped.push_str("\\textbraceright{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '#' | '$' | '%' | '&' | '_' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_are_special_in_tex_are_escaped() {
        assert_eq!(
            escape_tex("50 % & a_b {x} ~^\\"),
            "50 \\% \\& a\\_b \\textbraceleft{}x\\textbraceright{} \\textasciitilde{}\\textasciicircum{}\\textbackslash{}"
        );
    }
}
