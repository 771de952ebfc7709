//! `make-disc list`: lists every document with its paths on the disc.

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::error::CommandError;
use super::output::Lines;
use super::session::{Session, Settings};
use super::{Exit, ListArguments, output};
use crate::catalogue::Catalogue;
use crate::data_formats::{LineEnding, json, to_csv};
use crate::escaping::{escape_json, escape_line};
use crate::language::format_size;
use crate::layout::Layout;

/// A file of a variant.
#[derive(Debug, Serialize)]
struct Row<'c> {
    section: &'c str,
    report: &'c str,
    title: &'c str,
    language: &'c str,
    source: &'c str,
    size: u64,
    iso9660: String,
    joliet: String,
    /// What the file is, if the manifest says so.
    file_title: Option<&'c str>,
}

pub(super) fn run(arguments: &ListArguments) -> Exit {
    let ListArguments { manifest, allow_outside, json, .. } = arguments;
    let mut session =
        Session::new(Settings { manifest, allow_outside: *allow_outside, search: true, quiet: true, json: *json });
    list(arguments, &mut session).unwrap_or_else(|error| session.fail(error, "no list was made"))
}

fn list(arguments: &ListArguments, session: &mut Session) -> Result<Exit, CommandError> {
    session.load()?;
    let (catalogue, layout) = session.collection()?;
    let rows = rows(catalogue, layout);
    if arguments.json {
        let result = json!({ "volume": catalogue.disc.volume, "entries": rows });
        return Ok(output::print_data(&escape_json(&format!("{result:#}\n")), Exit::Success));
    }
    if arguments.csv {
        let csv = to_csv(&rows, LineEnding::Lf);
        let csv = csv.ok_or_else(|| CommandError::internal("the list cannot be written as CSV"))?;
        return Ok(output::print_data(&csv, Exit::Success));
    }
    let mut text = Lines::default();
    text.block(&table(&rows));
    Ok(output::print(&text, Exit::Success))
}

fn rows<'c>(catalogue: &'c Catalogue, layout: &Layout) -> Vec<Row<'c>> {
    let default = catalogue.disc.default_language();
    let mut rows = Vec::new();
    for (s, r, report) in catalogue.reports() {
        for (v, variant) in report.variants.iter().enumerate() {
            for (f, file) in variant.files.iter().enumerate() {
                let source = catalogue.source(file.source);
                let path = layout.document_path(s, r, v, f);
                rows.push(Row {
                    section: &catalogue.sections[s].id,
                    report: &report.id,
                    title: variant.title.as_deref().unwrap_or(report.title.localised(&variant.language, default).text),
                    language: variant.language.as_str(),
                    source: &source.path_in_manifest,
                    size: source.length,
                    iso9660: path.iso9660(),
                    joliet: path.joliet(),
                    file_title: file.title.as_deref(),
                });
            }
        }
    }
    rows
}

fn table(rows: &[Row]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["Report", "Language", "Title", "Size", "Source", "ISO 9660", "Joliet"]);
    for row in rows {
        table.add_row([
            &format!("{}/{}", row.section, row.report),
            row.language,
            &escape_line(&shortened(row.title)),
            &format_size(row.size),
            &escape_line(row.source),
            &row.iso9660,
            &row.joliet,
        ]);
    }
    table.trim_fmt()
}

/// Shortens a title for the table. `--json` and `--csv` have the full title.
fn shortened(title: &str) -> String {
    const MAX_CHARACTERS: usize = 40;
    if title.chars().count() <= MAX_CHARACTERS {
        return title.to_owned();
    }
    let start: String = title.chars().take(MAX_CHARACTERS - 1).collect();
    format!("{}…", start.trim_end())
}
