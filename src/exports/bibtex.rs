//! `catalogue.bib`: BibTeX, for LaTeX and reference managers.

use super::{Collection, InLanguage, one_line};
use crate::layout::DiscPath;

pub(super) fn file(collection: &Collection<'_>, from: &DiscPath) -> Vec<u8> {
    let mut text = String::new();
    for record in &collection.records {
        let report = record.report;
        // An entry of the type `techreport` must name an institution.
        let kind = if collection.publisher.is_some() { "techreport" } else { "misc" };
        text.push_str(&format!("@{kind}{{{},\n", record.key));
        let mut field = |name: &str, value: String| {
            if !value.is_empty() {
                text.push_str(&format!("  {name} = {{{value}}},\n"));
            }
        };
        // In braces of their own titles keep their capitals, and names their order: the manifest does
        // not say which are persons and which are bodies.
        let kept = |text: &str| format!("{{{}}}", escaped(&one_line(text)));
        field("title", kept(record.title.text));
        field("author", report.authors.iter().map(|author| kept(author)).collect::<Vec<_>>().join(" and "));
        field("institution", collection.publisher.map(kept).unwrap_or_default());
        if let Some(date) = report.date {
            field("year", format!("{:04}", date.year));
            field("month", date.month.map(|month| month.to_string()).unwrap_or_default());
        }
        field("number", report.symbol.as_deref().map(kept).unwrap_or_default());
        field("language", record.language.as_str().to_owned());
        field(
            "keywords",
            record.subjects.iter().map(|subject| keyword(&subject.line())).collect::<Vec<_>>().join(", "),
        );
        field("abstract", record.summary.as_ref().map(InLanguage::line).map(|text| escaped(&text)).unwrap_or_default());
        field("note", escaped(&format!("{}: {}", collection.title.line(), paths(record))));
        field("file", record.files.iter().map(|file| file.path.link_from(from)).collect::<Vec<_>>().join(";"));
        text.push_str("}\n\n");
    }
    text.into_bytes()
}

/// An item of a list with commas.
fn keyword(subject: &str) -> String {
    let escaped = escaped(subject);
    if subject.contains(',') { format!("{{{escaped}}}") } else { escaped }
}

/// Where a record's files are on the disc.
fn paths(record: &super::Record<'_>) -> String {
    record.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>().join(", ")
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
