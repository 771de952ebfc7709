//! `catalogue.ris`: RIS, for reference managers.

use super::{BibliographicRecord, Collection, TextWithLanguage, one_line, page_range};
use crate::catalogue::{PublicationKind, PublicationNumbersRef};
use crate::compressed::CompressedBytes;
use crate::layout::DiscPath;

pub(super) fn write_ris(collection: &Collection<'_>, own_path: &DiscPath) -> CompressedBytes {
    let mut lines = Vec::new();
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
        let mut line = |tag: &str, value: &str| {
            if !value.is_empty() {
                lines.push(format!("{tag}  - {value}\r\n"));
            }
        };
        let text = |text: &Option<TextWithLanguage<'_>>| text.map(|text| text.line()).unwrap_or_default();
        let reference_type = reference_type(*kind);
        line("TY", reference_type);
        line("ID", key);
        line("TI", &title.line());
        for author in *authors {
            line("AU", &one_line(author.filed()));
        }
        if let Some(date) = date {
            let part = |part: Option<u8>| part.map_or_else(String::new, |part| format!("{part:02}"));
            line("PY", &format!("{:04}", date.year));
            line("DA", &format!("{:04}/{}/{}/", date.year, part(date.month), part(date.day)));
        }
        line("PB", &text(publisher));
        line("CY", &text(place));
        // Reference managers read SN as the number of a report, and as the ISBN or ISSN of other types.
        let is_report = matches!(reference_type, "RPRT" | "GOVDOC");
        line(if is_report { "SN" } else { "M1" }, &one_line(symbol.unwrap_or_default()));
        for number in isbn.iter().chain(*issn) {
            line("SN", &number.text);
        }
        line("M3", kind.and_then(report_subtype).unwrap_or_default());
        // Reference managers read T2 as the series or journal of most types.
        line("T2", &text(series));
        line("T3", &collection.title.line());
        line("DO", doi.unwrap_or_default());
        match pages {
            Some(pages) if reference_type == "JOUR" => match page_range(pages) {
                Some((first, last)) => {
                    line("SP", first);
                    line("EP", last);
                }
                None => line("SP", &one_line(pages)),
            },
            pages => line("SP", &one_line(pages.unwrap_or_default())),
        }
        line("LA", language.as_str());
        for subject in subjects.iter().map(TextWithLanguage::line) {
            line("KW", &subject);
        }
        line("AB", &text(summary));
        // RIS has no tag for terms of use.
        line("N1", &terms.filter(|terms| terms.is_own).map(|terms| terms.text.line()).unwrap_or_default());
        for file in files {
            line("L1", &file.path.link_from(own_path));
        }
        // The tag that ends a record is the only one without a value.
        lines.push("ER  - \r\n\r\n".to_owned());
    }
    CompressedBytes::new(lines.concat().as_bytes())
}

/// The reference type. A publication without a kind is a report.
fn reference_type(kind: Option<PublicationKind>) -> &'static str {
    match kind {
        None | Some(PublicationKind::Report | PublicationKind::Guidelines | PublicationKind::Brief) => "RPRT",
        Some(PublicationKind::Resolution) => "GOVDOC",
        Some(PublicationKind::Book) => "BOOK",
        Some(PublicationKind::Article) => "JOUR",
        Some(PublicationKind::Map) => "MAP",
        Some(PublicationKind::Dataset) => "DATA",
        Some(PublicationKind::Presentation) => "SLIDE",
        Some(PublicationKind::Video) => "VIDEO",
        Some(PublicationKind::Audio) => "SOUND",
        Some(PublicationKind::Other) => "GEN",
    }
}

/// The kind in words if the reference type is not specific enough.
fn report_subtype(kind: PublicationKind) -> Option<&'static str> {
    match kind {
        PublicationKind::Guidelines => Some("Guidelines"),
        PublicationKind::Brief => Some("Brief"),
        PublicationKind::Resolution => Some("Resolution"),
        _ => None,
    }
}
