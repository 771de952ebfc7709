//! A disc before it is made, as one page for the colleague who has no terminal: no script, nothing to load.

use super::{Preflight, Share};
use crate::data_formats::XmlText;
use crate::diagnostic::{FindingRecord, Severity};
use crate::language::{format_capacity, format_size};

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
.lacks, .error { color: var(--bad); } .warning { color: var(--warn); } .good { color: var(--good); }
.lacks, .severity { font-weight: bold; } article { border-top: 1px solid var(--line); padding: .5rem 0; }
article p { margin: .25rem 0; } .concerns { columns: 24rem; } ul { margin: .25rem 0; }
@media (max-width: 40rem) { td.share { min-width: 2.5rem; } th[scope=row] { min-width: 5rem; } th, td { padding-inline-end: .5rem; } }
@media print { body { max-width: none; padding: 0; } tr, article { break-inside: avoid; } .bar div, td.share div { print-color-adjust: exact; } }
@page { margin: 16mm; }
";

/// The page, in HTML; of a manifest with errors that allow no disc, called `name`, its findings alone.
pub fn page(name: &str, preflight: Option<&Preflight>, findings: &[FindingRecord]) -> String {
    let mut html = XmlText::html();
    html.begin("html", &[("lang", "en")]);
    html.begin("head", &[]);
    html.empty("meta", &[("charset", "utf-8")]);
    html.empty("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    let of = preflight.map_or(name, |preflight| &preflight.volume);
    html.element("title", &[], &format!("Before the disc {of} is made"));
    html.raw("style", STYLE);
    html.end();
    html.begin("body", &[]);
    html.begin("main", &[]);
    match preflight {
        Some(Preflight { title: (title, language), .. }) => html.element("h1", &tongue(language), title),
        None => html.element("h1", &[("dir", "auto")], name),
    }
    verdict(&mut html, findings);
    // What hinders the disc comes first, what is worth a look last.
    let errors = findings.iter().any(|finding| finding.severity == Severity::Error);
    if errors {
        self::findings(&mut html, findings);
    }
    if let Some(preflight) = preflight {
        capacity(&mut html, preflight);
        gaps(&mut html, preflight);
    }
    if !errors {
        self::findings(&mut html, findings);
    }
    String::from_utf8_lossy(&html.finish()).into_owned()
}

/// The attributes of a text in a language.
fn tongue(language: &str) -> Vec<(&str, &str)> {
    // A text for all languages may be in another.
    vec![("lang", language), ("dir", "auto")]
}

fn verdict(html: &mut XmlText<Vec<u8>>, findings: &[FindingRecord]) {
    let count = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let (class, words) = match (errors, warnings) {
        (0, 0) => ("good", "The disc can be made, and nothing is wrong.".to_owned()),
        (0, 1) => ("warning", "The disc can be made; one thing is worth a look.".to_owned()),
        (0, _) => ("warning", format!("The disc can be made; {warnings} things are worth a look.")),
        (1, _) => ("error", "The disc cannot be made: there is one error.".to_owned()),
        _ => ("error", format!("The disc cannot be made: there are {errors} errors.")),
    };
    html.element("p", &[("class", class)], &words);
}

fn capacity(html: &mut XmlText<Vec<u8>>, preflight: &Preflight) {
    html.element("h2", &[], "What it needs");
    let Preflight { size, documents, medium, volume, .. } = preflight;
    let pages = format_size(size.saturating_sub(*documents));
    let needs = format!(
        "The disc {volume} needs {}: {} for the documents, {pages} for pages and search.",
        format_size(*size),
        format_size(*documents)
    );
    html.element("p", &[], &needs);
    if let (Some((name, capacity)), Some(used)) = (medium, preflight.used()) {
        let percent = format!("{}.{}", used / 10, used % 10);
        html.element(
            "p",
            &[],
            &format!("The medium {name} holds {}; {percent} % of it are used.", format_capacity(*capacity)),
        );
        html.begin("div", &[("class", "bar"), ("role", "img"), ("aria-label", &format!("{percent} % used"))]);
        html.element("div", &[("style", &format!("width:{}%", (used / 10).clamp(1, 100)))], "");
        html.end();
    }
    shares(html, "By section", "Section", &preflight.sections, *documents);
    shares(html, "By language", "Language", &preflight.languages, *documents);
    shares(html, "The largest files", "File", &preflight.largest, *documents);
}

fn shares(html: &mut XmlText<Vec<u8>>, caption: &str, what: &str, shares: &[Share], whole: u64) {
    // A file is one file.
    let counted = what != "File";
    html.begin("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption)]);
    html.begin("table", &[]);
    html.element("caption", &[], caption);
    html.begin("thead", &[]);
    html.begin("tr", &[]);
    html.element("th", &[("scope", "col")], what);
    if counted {
        html.element("th", &[("scope", "col"), ("class", "number")], "Files");
    }
    html.element("th", &[("scope", "col"), ("class", "number")], "Size");
    html.element("th", &[("scope", "col"), ("class", "number"), ("colspan", "2")], "Share");
    html.end();
    html.end();
    html.begin("tbody", &[]);
    for Share { name, files, bytes } in shares {
        html.begin("tr", &[]);
        html.element("th", &[("scope", "row"), ("dir", "auto")], name);
        if counted {
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

fn gaps(html: &mut XmlText<Vec<u8>>, preflight: &Preflight) {
    html.element("h2", &[], "Reports and languages");
    let gaps = preflight.gaps().count();
    let words = match gaps {
        0 => "Every report is there in every language.".to_owned(),
        1 => "One report lacks a language.".to_owned(),
        _ => format!("{gaps} of {} reports lack a language.", preflight.reports.len()),
    };
    html.element("p", &[], &words);
    let caption = "Which report is there in which language";
    html.begin("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption)]);
    html.begin("table", &[]);
    html.element("caption", &[], caption);
    html.begin("thead", &[]);
    html.begin("tr", &[]);
    html.element("th", &[("scope", "col")], "Report");
    for language in &preflight.languages {
        html.element("th", &[("scope", "col")], &language.name);
    }
    html.end();
    html.end();
    html.begin("tbody", &[]);
    for row in &preflight.reports {
        html.begin("tr", &[]);
        let (title, language) = &row.title;
        let mut attributes = vec![("scope", "row"), ("title", row.report.as_str())];
        attributes.extend(tongue(language));
        html.element("th", &attributes, title);
        for language in &preflight.languages {
            let lacks = row.lacks.contains(&language.name);
            let (class, word) = if lacks { ("lacks", "lacks") } else { ("good", "yes") };
            html.element("td", &[("class", class)], word);
        }
        html.end();
    }
    html.end();
    html.end();
    html.end();
}

fn findings(html: &mut XmlText<Vec<u8>>, findings: &[FindingRecord]) {
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
        if !finding.concerns.is_empty() {
            html.element("p", &[], &format!("All {} of them:", finding.concerns.len()));
            html.begin("ul", &[("class", "concerns")]);
            for concern in &finding.concerns {
                html.element("li", &[("dir", "auto")], concern);
            }
            html.end();
        }
        if !finding.help.is_empty() {
            html.begin("ul", &[]);
            for help in &finding.help {
                html.element("li", &[], help);
            }
            html.end();
        }
        html.end();
    }
}
