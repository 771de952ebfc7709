//! `catalogue.bib`: BibTeX, for LaTeX and reference managers.

use super::{Collection, joined, one_line};
use crate::compressed::CompressedBytes;
use crate::layout::DiscPath;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

pub(super) fn write(collection: &Collection<'_>, from: &DiscPath) -> CompressedBytes {
    let mut text = String::new();
    for record in &collection.records {
        let report = record.report;
        // An entry of the type `techreport` must name an institution.
        let kind = if collection.publisher.is_some() { "techreport" } else { "misc" };
        // In braces of their own titles keep their capitals, and names their order: the manifest does
        // not say which are persons and which are bodies.
        let kept = |text: &str| format!("{{{}}}", escaped(&one_line(text)));
        let month = report.date.and_then(|date| date.month).and_then(|month| MONTHS.get(usize::from(month) - 1));
        let fields = [
            ("title", kept(record.title.text)),
            ("author", joined(report.authors.iter().map(|author| kept(author)), " and ")),
            ("institution", collection.publisher.map(kept).unwrap_or_default()),
            ("year", report.date.map(|date| format!("{:04}", date.year)).unwrap_or_default()),
            ("month", month.map(|month| (*month).to_owned()).unwrap_or_default()),
            ("number", report.symbol.as_deref().map(kept).unwrap_or_default()),
            ("language", record.language.as_str().to_owned()),
            ("keywords", joined(record.subjects.iter().map(|subject| keyword(&subject.line())), ", ")),
            ("abstract", record.summary.as_ref().map(|summary| escaped(&summary.line())).unwrap_or_default()),
            ("note", escaped(&format!("{}: {}", collection.title.line(), paths(record)))),
            ("file", joined(record.files.iter().map(|file| file.path.link_from(from)), ";")),
        ];
        text.push_str(&format!("@{kind}{{{},\n", record.key));
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            // A month is a macro of every style, which writes it in its own language.
            let value = if name == "month" { value } else { format!("{{{value}}}") };
            text.push_str(&format!("  {name} = {value},\n"));
        }
        text.push_str("}\n\n");
    }
    CompressedBytes::new(text.as_bytes())
}

/// An item of a list with commas.
fn keyword(subject: &str) -> String {
    let escaped = escaped(subject);
    if subject.contains(',') { format!("{{{escaped}}}") } else { escaped }
}

/// Where a record's files are on the disc.
fn paths(record: &super::Record<'_>) -> String {
    joined(record.files.iter().map(|file| file.path.as_str().to_owned()), ", ")
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
