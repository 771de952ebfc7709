//! `catalogue.ris`: RIS, for reference managers.

use super::{Collection, InLanguage, one_line};
use crate::compressed::CompressedBytes;
use crate::layout::DiscPath;

pub(super) fn write(collection: &Collection<'_>, from: &DiscPath) -> CompressedBytes {
    let mut lines = Vec::new();
    for record in &collection.records {
        let mut line = |tag: &str, value: &str| {
            if !value.is_empty() {
                lines.push(format!("{tag}  - {value}\r\n"));
            }
        };
        let report = record.report;
        line("TY", "RPRT");
        line("ID", &record.key);
        line("TI", &record.title.line());
        for author in &report.authors {
            line("AU", &one_line(author));
        }
        if let Some(date) = report.date {
            let part = |part: Option<u8>| part.map_or_else(String::new, |part| format!("{part:02}"));
            line("PY", &format!("{:04}", date.year));
            line("DA", &format!("{:04}/{}/{}/", date.year, part(date.month), part(date.day)));
        }
        line("PB", &one_line(collection.publisher.unwrap_or_default()));
        line("SN", &one_line(report.symbol.as_deref().unwrap_or_default()));
        line("T3", &collection.title.line());
        line("LA", record.language.as_str());
        for subject in record.subjects.iter().map(InLanguage::line) {
            line("KW", &subject);
        }
        line("AB", &record.summary.map(|summary| summary.line()).unwrap_or_default());
        for file in &record.files {
            line("L1", &file.path.link_from(from));
        }
        // The only tag without a value.
        lines.push("ER  - \r\n\r\n".to_owned());
    }
    CompressedBytes::new(lines.concat().as_bytes())
}
