//! The preflight as one web page, for a colleague who does not use a terminal. It has no script and loads nothing.

use super::{Count, Preflight, Share};
use crate::data_formats::XmlWriter;
use crate::diagnostic::{FindingRecord, Severity};
use crate::language::{Language, format_capacity, format_size};

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8884; --good: #1a6b32; --bad: #a3201a; --warn: #7a4d00; }
@media (prefers-color-scheme: dark) { :root { --good: #7fd69a; --bad: #ff9b94; --warn: #f0c060; } }
html { background: Canvas; color: CanvasText; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; overflow-wrap: anywhere; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { break-after: avoid; font-size: 1.2rem; margin-top: 2rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; min-width: 50%; }
caption { font-weight: bold; padding: .5rem 0; text-align: start; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .75rem .25rem 0; text-align: start; vertical-align: top; white-space: nowrap; }
th[scope=row] { min-width: 9rem; overflow-wrap: anywhere; white-space: normal; } .scroll { margin-bottom: 1rem; }
td.number, th.number { text-align: end; }
td.share { min-width: 8rem; } td.share div { background: currentColor; height: .8rem; margin-top: .35rem; min-width: 1px; opacity: .7; }
.bar { border: 1px solid; height: 1rem; max-width: 40rem; } .bar div { background: currentColor; height: 100%; }
.missing, .error { color: var(--bad); } .warning { color: var(--warn); } .good { color: var(--good); }
.missing, .severity { font-weight: bold; } article { border-top: 1px solid var(--line); padding: .5rem 0; }
article p { margin: .25rem 0; } .affected { columns: 24rem; } ul { margin: .25rem 0; }
@media (max-width: 40rem) { td.share { min-width: 2.5rem; } th[scope=row] { min-width: 5rem; } th, td { padding-inline-end: .5rem; } }
@media print { body { max-width: none; padding: 0; } tr, article { break-inside: avoid; } .bar div, td.share div { print-color-adjust: exact; } }
@page { margin: 16mm; }
";

/// The page, in HTML. If there is no preflight, because the manifest `name` has errors, it shows the findings alone.
pub fn render_page(name: &str, preflight: Option<&Preflight>, findings: &[FindingRecord]) -> String {
    let mut html = XmlWriter::html();
    html.begin("html", &[("lang", "en")]);
    html.begin("head", &[]);
    html.empty_element("meta", &[("charset", "utf-8")]);
    html.empty_element("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    let disc = preflight.map_or(name, |preflight| &preflight.volume);
    html.element("title", &[], &format!("Before the disc {disc} is made"));
    html.raw_element("style", STYLE);
    html.end();
    html.begin("body", &[]);
    html.begin("main", &[]);
    match preflight {
        Some(Preflight { title: (title, language), .. }) => html.element("h1", &language_attributes(language), title),
        None => html.element("h1", &[("dir", "auto")], name),
    }
    write_verdict(&mut html, findings);
    // What should be corrected comes first, notes alone come last.
    let is_first = findings.iter().any(|finding| finding.severity != Severity::Note);
    if is_first {
        write_findings(&mut html, findings);
    }
    if let Some(preflight) = preflight {
        write_size(&mut html, preflight);
        write_languages(&mut html, preflight);
    }
    if !is_first {
        write_findings(&mut html, findings);
    }
    String::from_utf8_lossy(&html.finish()).into_owned()
}

/// The attributes of an element whose text is in a language.
fn language_attributes(language: &str) -> Vec<(&str, &str)> {
    // The direction is not that of the language, because a text that is the same for all languages may be in another language.
    vec![("lang", language), ("dir", "auto")]
}

fn write_verdict(html: &mut XmlWriter<Vec<u8>>, findings: &[FindingRecord]) {
    let count = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let (class, words) = match (errors, warnings) {
        (0, 0) => ("good", "The disc can be made. Nothing is wrong.".to_owned()),
        (0, 1) => ("warning", "The disc can be made, with one warning.".to_owned()),
        (0, _) => ("warning", format!("The disc can be made, with {warnings} warnings.")),
        (1, _) => ("error", "The disc cannot be made: there is one error.".to_owned()),
        _ => ("error", format!("The disc cannot be made: there are {errors} errors.")),
    };
    html.element("p", &[("class", class)], &words);
}

fn write_size(html: &mut XmlWriter<Vec<u8>>, preflight: &Preflight) {
    html.element("h2", &[], "Size");
    let Preflight { size, documents, covers, medium, volume, .. } = preflight;
    let repair = match preflight.error_correction {
        0 => String::new(),
        bytes => format!(", {} of error correction", format_size(bytes)),
    };
    let needs = format!(
        "The disc {volume} has {}: {} of documents, {} of pages and search{repair}.",
        format_size(*size),
        format_size(*documents),
        format_size(preflight.pages())
    );
    html.element("p", &[], &needs);
    if covers.files > 0 {
        html.element("p", &[], &format!("Of these, pictures of first pages take {}.", format_size(covers.bytes)));
    }
    for (lead, counts, end) in [
        ("Versions of PDF:", &preflight.formats, "."),
        ("Standards that PDFs claim to conform to:", &preflight.claims, ". This was not checked."),
    ] {
        let counts: Vec<String> = counts.iter().map(|Count { name, files }| format!("{name} ({files})")).collect();
        if !counts.is_empty() {
            html.element("p", &[], &format!("{lead} {}{end}", counts.join(", ")));
        }
    }
    if let (Some((name, capacity)), Some(used)) = (medium, preflight.used_permille()) {
        let percent = format!("{}.{}", used / 10, used % 10);
        html.element(
            "p",
            &[],
            &format!("The medium {name} has a capacity of {}; {percent} % of it is used.", format_capacity(*capacity)),
        );
        html.begin("div", &[("class", "bar"), ("role", "img"), ("aria-label", &format!("{percent} % used"))]);
        html.element("div", &[("style", &format!("width:{}%", (used / 10).clamp(1, 100)))], "");
        html.end();
    }
    let mut titles = preflight.section_titles.iter();
    write_shares(html, ("By section", "Section"), &preflight.sections, *documents, |html, _| {
        if let Some((title, language)) = titles.next() {
            html.element("span", &language_attributes(language), title);
        }
    });
    write_shares(html, ("By language", "Language"), &preflight.languages, *documents, |html, tag| {
        html.element("span", &[], &name_of(tag));
    });
    write_shares(html, ("The largest files", "File"), &preflight.largest, *documents, |html, path| {
        html.element("span", &[("dir", "auto")], path);
    });
}

/// The English name of a language, and its tag.
fn name_of(tag: &str) -> String {
    match (Language::parse("en"), Language::parse_of_document(tag)) {
        (Ok(english), Ok(language)) => format!("{} ({tag})", language.name_in(&english)),
        _ => tag.to_owned(),
    }
}

/// Writes a table of shares. `write_name` writes the name of a row.
fn write_shares(
    html: &mut XmlWriter<Vec<u8>>,
    (caption, what): (&str, &str),
    shares: &[Share],
    whole: u64,
    mut write_name: impl FnMut(&mut XmlWriter<Vec<u8>>, &str),
) {
    // A row about one file does not show the number of files.
    let shows_count = what != "File";
    html.begin("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption)]);
    html.begin("table", &[]);
    html.element("caption", &[], caption);
    html.begin("thead", &[]);
    html.begin("tr", &[]);
    html.element("th", &[("scope", "col")], what);
    if shows_count {
        html.element("th", &[("scope", "col"), ("class", "number")], "Files");
    }
    html.element("th", &[("scope", "col"), ("class", "number")], "Size");
    html.element("th", &[("scope", "col"), ("class", "number"), ("colspan", "2")], "Share");
    html.end();
    html.end();
    html.begin("tbody", &[]);
    for Share { name, files, bytes } in shares {
        html.begin("tr", &[]);
        html.begin("th", &[("scope", "row")]);
        write_name(html, name);
        html.end();
        if shows_count {
            html.element("td", &[("class", "number")], &files.to_string());
        }
        html.element("td", &[("class", "number")], &format_size(*bytes));
        let part = (u128::from(*bytes) * 1000).checked_div(u128::from(whole)).unwrap_or(0);
        html.element("td", &[("class", "number")], &format!("{}.{} %", part / 10, part % 10));
        html.begin("td", &[("class", "share"), ("aria-hidden", "true")]);
        html.element("div", &[("style", &format!("width:{}.{}%", part / 10, part % 10))], "");
        html.end();
        html.end();
    }
    html.end();
    html.end();
    html.end();
}

fn write_languages(html: &mut XmlWriter<Vec<u8>>, preflight: &Preflight) {
    html.element("h2", &[], "Reports and languages");
    let incomplete = preflight.incomplete_reports().count();
    let words = match incomplete {
        0 => "Every report is available in every language.".to_owned(),
        1 => "One report is not available in every language.".to_owned(),
        _ => format!("{incomplete} of {} reports are not available in every language.", preflight.reports.len()),
    };
    html.element("p", &[], &words);
    let caption = "Available languages by report";
    html.begin("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption)]);
    html.begin("table", &[]);
    html.element("caption", &[], caption);
    html.begin("thead", &[]);
    html.begin("tr", &[]);
    html.element("th", &[("scope", "col")], "Report");
    for language in &preflight.languages {
        html.element("th", &[("scope", "col"), ("title", &name_of(&language.name))], &language.name);
    }
    html.end();
    html.end();
    html.begin("tbody", &[]);
    for row in &preflight.reports {
        html.begin("tr", &[]);
        let (title, language) = &row.title;
        let mut attributes = vec![("scope", "row"), ("title", row.report.as_str())];
        attributes.extend(language_attributes(language));
        html.element("th", &attributes, title);
        for language in &preflight.languages {
            // A report is not called missing in a language that the pages are not in.
            let (class, word) = match () {
                () if row.missing.contains(&language.name) => ("missing", "missing"),
                () if row.available.contains(&language.name) => ("good", "yes"),
                () => ("other", "–"),
            };
            html.element("td", &[("class", class)], word);
        }
        html.end();
    }
    html.end();
    html.end();
    html.end();
}

fn write_findings(html: &mut XmlWriter<Vec<u8>>, findings: &[FindingRecord]) {
    if findings.is_empty() {
        return;
    }
    html.element("h2", &[], "Findings");
    let mut sorted: Vec<&FindingRecord> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.severity);
    for finding in sorted {
        let (class, word) = match finding.severity {
            Severity::Error => ("error", "Error"),
            Severity::Warning => ("warning", "Warning"),
            Severity::Note => ("note", "Note"),
        };
        html.begin("article", &[]);
        html.begin("p", &[]);
        html.element("span", &[("class", &format!("severity {class}"))], &format!("{word}:"));
        html.element("span", &[("dir", "auto")], &finding.message);
        html.end();
        if let Some(file) = &finding.file {
            let line = finding.line.map(|line| format!(", line {line}")).unwrap_or_default();
            html.element("p", &[], &format!("{file}{line}"));
        }
        if !finding.help.is_empty() {
            html.begin("ul", &[]);
            for help in &finding.help {
                html.element("li", &[], help);
            }
            html.end();
        }
        if !finding.affected.is_empty() {
            html.element("p", &[], &format!("All {} of them:", finding.affected.len()));
            html.begin("ul", &[("class", "affected")]);
            for name in &finding.affected {
                html.element("li", &[("dir", "auto")], name);
            }
            html.end();
        }
        html.end();
    }
}
