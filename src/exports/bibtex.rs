//! `catalogue.bib`: BibTeX, for LaTeX and reference managers.

use super::{Collection, File, InLanguage, Record, joined, one_line, page_range};
use crate::catalogue::{EditionRef, PublicationKind};
use crate::compressed::CompressedBytes;
use crate::layout::DiscPath;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

pub(super) fn write(collection: &Collection<'_>, from: &DiscPath) -> CompressedBytes {
    let mut text = String::new();
    for record in &collection.records {
        let Record {
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
            edition: EditionRef { isbn, issn, doi, pages },
            terms,
            files,
            others: _,
        } = record;
        let entry = entry_type(*kind, publisher.is_some());
        // In braces of their own titles keep their capitals, and names their order: the manifest does
        // not say which are persons and which are bodies.
        let kept = |text: &str| format!("{{{}}}", escaped(&one_line(text)));
        let line = |text: &Option<InLanguage<'_>>| text.as_ref().map(|text| kept(text.text)).unwrap_or_default();
        let month = date.and_then(|date| date.month).and_then(|month| MONTHS.get(usize::from(month) - 1));
        // The number of a book is its number in the series, that of an article its issue.
        let has_own_number = !matches!(entry, "book" | "article");
        let in_note = symbol.filter(|_| !has_own_number).map(|symbol| format!("{}. ", one_line(symbol)));
        let (range, total) = match pages {
            Some(pages) if entry == "article" => {
                (page_range(pages).map_or(escaped(pages), |(first, last)| format!("{first}--{last}")), None)
            }
            pages => (String::new(), pages.map(escaped)),
        };
        let terms = terms.as_ref().filter(|terms| terms.is_own);
        let fields = [
            ("title", kept(title.text)),
            ("author", joined(authors.iter().map(|author| kept(author)), " and ")),
            (if entry == "techreport" { "institution" } else { "publisher" }, line(publisher)),
            ("address", line(place)),
            (if entry == "article" { "journal" } else { "series" }, line(series)),
            ("type", kind.and_then(type_of_report).unwrap_or_default().to_owned()),
            ("year", date.map(|date| format!("{:04}", date.year)).unwrap_or_default()),
            ("month", month.map(|month| (*month).to_owned()).unwrap_or_default()),
            ("number", symbol.filter(|_| has_own_number).map(kept).unwrap_or_default()),
            ("isbn", joined(isbn.iter().map(|isbn| isbn.text.clone()), " ")),
            ("issn", joined(issn.iter().map(|issn| issn.text.clone()), " ")),
            ("doi", doi.map(escaped_doi).unwrap_or_default()),
            ("pages", range),
            ("pagetotal", total.unwrap_or_default()),
            ("language", language.as_str().to_owned()),
            ("keywords", joined(subjects.iter().map(|subject| keyword(&subject.line())), ", ")),
            ("abstract", summary.as_ref().map(|summary| escaped(&summary.line())).unwrap_or_default()),
            ("copyright", terms.map(|terms| escaped(&terms.text.line())).unwrap_or_default()),
            ("note", escaped(&format!("{}{}: {}", in_note.unwrap_or_default(), collection.title.line(), paths(files)))),
            ("file", joined(files.iter().map(|file| file.path.link_from(from)), ";")),
        ];
        text.push_str(&format!("@{entry}{{{key},\n"));
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            // A month is a macro of every style, which writes it in its own language.
            let value = if name == "month" { value } else { format!("{{{value}}}") };
            text.push_str(&format!("  {name} = {value},\n"));
        }
        text.push_str("}\n\n");
    }
    CompressedBytes::new(text.as_bytes())
}

/// The entry type. An entry of the type `techreport` must name an institution.
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

/// What styles print in place of "Technical report".
fn type_of_report(kind: PublicationKind) -> Option<&'static str> {
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

/// A DOI as programs read it: not escaped where that could be taken for a part of it. Braces would end the field.
fn escaped_doi(doi: &str) -> String {
    doi.replace('{', "%7B").replace('}', "%7D")
}

/// An item of a list with commas.
fn keyword(subject: &str) -> String {
    let escaped = escaped(subject);
    if subject.contains(',') { format!("{{{escaped}}}") } else { escaped }
}

/// Where a record's files are on the disc.
fn paths(files: &[File<'_>]) -> String {
    joined(files.iter().map(|file| file.path.as_str().to_owned()), ", ")
}

/// A text as TeX reads it. Braces become commands: BibTeX counts even escaped ones.
fn escaped(text: &str) -> String {
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
    fn what_tex_would_take_for_its_own_is_escaped() {
        assert_eq!(
            escaped("50 % & a_b {x} ~^\\"),
            "50 \\% \\& a\\_b \\textbraceleft{}x\\textbraceright{} \\textasciitilde{}\\textasciicircum{}\\textbackslash{}"
        );
    }
}
