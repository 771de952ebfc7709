//! Pictures, recordings and tables that are shown on the page of a report itself.

use minijinja::context;
use minijinja::value::Value;

use super::page_inputs::PageInputs;
use super::page_language::PageLanguage;
use super::shown::is_shown;
use crate::catalogue::{Report, Variant};
use crate::extraction::TablePreview;
use crate::file_formats::{FormatKind, display_name};
use crate::layout::DiscPath;

/// What readers see as the name of a file: its title, or the name of the source if another file of the variant has the
/// same format. `None` if the file needs no name, because it has no title and is the only one of its format.
pub(super) fn label<'c>(inputs: &'c PageInputs<'_>, variant: &'c Variant, number: usize) -> Option<&'c str> {
    let file = &variant.files[number];
    if let Some(title) = &file.title {
        return Some(title);
    }
    let format = display_name(&file.extension);
    let others = variant.files.iter().enumerate().filter(|(other, _)| *other != number);
    let is_only_one_of_format = others.into_iter().all(|(_, other)| display_name(&other.extension) != format);
    if is_only_one_of_format {
        return None;
    }
    let path = &inputs.catalogue.source(file.source).path_in_manifest;
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    Some(name.rsplit_once('.').map_or(name, |(stem, _)| stem))
}

/// The pictures, recordings and tables of a report, in the order of its files. If some variants are for readers of the page's
/// language, only those of these variants.
pub(super) fn shown_files(
    inputs: &PageInputs<'_>,
    language: &PageLanguage<'_>,
    path: &DiscPath,
    (s, r): (usize, usize),
    report: &Report,
) -> Vec<Value> {
    let has_own = report.variants.iter().any(|variant| language.matches(variant));
    let mut shown = Vec::new();
    for (v, variant) in report.variants.iter().enumerate() {
        if variant.site.is_some() || (has_own && !language.matches(variant)) {
            continue;
        }
        for (f, file) in variant.files.iter().enumerate() {
            let source = inputs.catalogue.source(file.source);
            if let Some(table) = inputs.texts.facts(file.source).and_then(|facts| facts.table.as_ref()) {
                shown.push(context! {
                    kind => "table",
                    href => inputs.layout.document_path(s, r, v, f).link_from(path),
                    label => label(inputs, variant, f),
                    format => display_name(&file.extension),
                    table => table_value(language, table),
                    ..language.language_value(&variant.language)
                });
                continue;
            }
            let kind = match file.kind() {
                FormatKind::Picture => "picture",
                FormatKind::Sound => "sound",
                FormatKind::Video => "video",
                _ => continue,
            };
            if !is_shown(file, source) {
                continue;
            }
            let captions = variant.captions_of(f).and_then(|f| inputs.captions.get(&variant.files[f].source));
            shown.push(context! {
                kind => kind,
                href => inputs.layout.document_path(s, r, v, f).link_from(path),
                label => label(inputs, variant, f),
                description => file.description.as_deref(),
                format => display_name(&file.extension),
                size => language.file_size(source.length),
                captions => captions.filter(|_| kind == "video").map(|captions| data_url(&captions.web_vtt)),
                transcript => captions.map(|captions| captions.lines.clone()),
                ..language.language_value(&variant.language)
            });
        }
    }
    shown
}

/// The first rows of a table. A first row without numbers is its heading.
fn table_value(language: &PageLanguage<'_>, table: &TablePreview) -> Value {
    let is_number = |cell: &String| cell.chars().any(char::is_numeric) && !cell.chars().any(char::is_alphabetic);
    let has_heading = table.rows.len() > 1 && table.rows.first().is_some_and(|first| !first.iter().any(is_number));
    let (heading, rows) = table.rows.split_at(usize::from(has_heading));
    let width = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    let padded = |row: &Vec<String>| {
        let mut row = row.clone();
        row.resize(width, String::new());
        if table.column_count > width as u64 {
            row.push("…".to_owned());
        }
        row
    };
    let all = table.row_count.saturating_sub(heading.len() as u64);
    let numbers = [language.format.number(rows.len() as u64), language.format.number(all)];
    context! {
        heading => heading.first().map(padded),
        rows => rows.iter().map(padded).collect::<Vec<_>>(),
        caption => language.filled_string("first_rows", &[("number", &numbers[0]), ("all", &numbers[1])]),
    }
}

/// A WebVTT text as a `data:` address: browsers do not let a page on a disc read a file with captions.
fn data_url(text: &str) -> String {
    let mut url = String::from("data:text/vtt;charset=utf-8,");
    for character in text.chars() {
        match character {
            '%' | '#' | '"' | '<' | '>' | '&' | '\'' | '\\' | '^' | '`' | '{' | '|' | '}' => {
                url.push_str(&format!("%{:02X}", u32::from(character)));
            }
            character if character.is_ascii_control() || character == ' ' => {
                url.push_str(&format!("%{:02X}", u32::from(character)));
            }
            character => url.push(character),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::data_url;

    #[test]
    fn captions_become_an_address() {
        assert_eq!(
            data_url("WEBVTT\n\n50% <i>à\"</i>"),
            "data:text/vtt;charset=utf-8,WEBVTT%0A%0A50%25%20%3Ci%3Eà%22%3C/i%3E"
        );
    }
}
