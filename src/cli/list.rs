//! `make-disc list`.

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::{Exit, ListArguments, output};
use crate::catalogue::Catalogue;
use crate::data_formats::{Lines, csv, json};
use crate::diagnostic;
use crate::language::format_size;
use crate::layout::Layout;

/// A file of a variant.
#[derive(Debug, Serialize)]
struct Line<'c> {
    section: &'c str,
    report: &'c str,
    title: &'c str,
    language: &'c str,
    source: &'c str,
    size: u64,
    iso9660: String,
    joliet: String,
}

pub(super) fn run(arguments: &ListArguments) -> Exit {
    let examined = match crate::examine(&arguments.manifest, arguments.allow_outside) {
        Ok(examined) => examined,
        Err(error) => {
            return output::unreadable_manifest(&arguments.manifest, &error, arguments.json);
        }
    };
    if !arguments.json {
        output::show(&examined.findings, &examined.manuscript, true);
    }
    let (Some((catalogue, layout)), false) = (&examined.collection, examined.findings.has_errors()) else {
        let message = "the list is made when the manifest has no errors";
        if arguments.json {
            let records = diagnostic::records(&examined.findings, &examined.manuscript);
            let result = json!({ "ok": false, "error": message, "findings": records });
            return output::print(&format!("{result}\n"), Exit::Content);
        }
        output::say_error(message);
        return Exit::Content;
    };
    let lines = lines(catalogue, layout);
    let text = if arguments.json {
        format!("{:#}\n", json!({ "volume": catalogue.disc.volume, "entries": lines }))
    } else if arguments.csv {
        match csv(&lines, Lines::Lf) {
            Some(text) => text,
            None => return Exit::Fault,
        }
    } else {
        format!("{}\n", table(&lines))
    };
    output::print(&text, Exit::Done)
}

fn lines<'c>(catalogue: &'c Catalogue, layout: &Layout) -> Vec<Line<'c>> {
    let default = catalogue.disc.default_language();
    let mut lines = Vec::new();
    for (s, r, report) in catalogue.reports() {
        for (v, variant) in report.variants.iter().enumerate() {
            for (f, file) in variant.files.iter().enumerate() {
                let source = catalogue.source(file.source);
                let path = layout.document(s, r, v, f);
                lines.push(Line {
                    section: &catalogue.sections[s].id,
                    report: &report.id,
                    title: variant.title.as_deref().unwrap_or(report.title.shown(&variant.language, default).text),
                    language: variant.language.as_str(),
                    source: &source.written,
                    size: source.length,
                    iso9660: path.iso9660(),
                    joliet: path.joliet(),
                });
            }
        }
    }
    lines
}

fn table(lines: &[Line]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["Report", "Language", "Title", "Size", "Source", "ISO 9660", "Joliet"]);
    for line in lines {
        table.add_row([
            &format!("{}/{}", line.section, line.report),
            line.language,
            &short(line.title),
            &format_size(line.size),
            line.source,
            &line.iso9660,
            &line.joliet,
        ]);
    }
    table.trim_fmt()
}

/// A title cut for the table; whole in `--json` and `--csv`.
fn short(title: &str) -> String {
    const MOST: usize = 40;
    if title.chars().count() <= MOST {
        return title.to_owned();
    }
    let cut: String = title.chars().take(MOST - 1).collect();
    format!("{}…", cut.trim_end())
}
