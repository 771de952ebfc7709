//! A draft as the text of a manifest, with notes for the person who goes on with it.

use super::draft::{Draft, Guess, Report, Section, Variant};
use super::survey::{Reason, Survey, is_turning};
use crate::data_formats::Value;
use crate::language::Language;

/// How many files that are left out a note names.
const NAMED: usize = 10;

/// The text of a manifest; `schema` is where editors find its schema, if they do.
pub fn manifest(draft: &Draft, survey: &Survey, folder: &str, schema: Option<&str>) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(line.trim_end());
        text.push('\n');
    };
    line(&format!("# What goes on the disc, proposed from the files in the folder {}.", quoted(folder)));
    line("# It is yours: change any word of it. A line that begins with # is a note for people, and");
    line("# “check:” marks what was guessed. See it with `make-disc preview`, make it with `make-disc`.");
    if let Some(schema) = schema {
        line("#");
        line("# The next line is for editors, which then complete keys and mark mistakes while you type.");
        line(&format!("# yaml-language-server: $schema={schema}"));
    }
    line("");
    line("disc:");
    line(&format!("  title: {}{}", scalar(&draft.title.value), note(draft.title.check.as_deref())));
    let languages: Vec<&str> = draft.languages.iter().map(Language::as_str).collect();
    line(&format!("  languages: [{}]  # in the order of the language bar; the first is the default", tags(&languages)));
    line("  # publisher: who publishes the disc");
    line("  # date: 2008-06-30");
    line("  # rights: the terms of use");
    if draft.large_files {
        line("  large_files: true  # some readers cannot read files of 4 GiB and more");
    }
    line("");
    line("# launcher:");
    line("#   emblem: emblem.svg");
    line("#   foreword: {text: foreword.md}");
    line("");
    line("sections:");
    for section in &draft.sections {
        for own in self::section(section) {
            line(&own);
        }
    }
    for (reason, paths) in &survey.left_out {
        if matches!(
            reason,
            Reason::OfASystem | Reason::PartOfSite | Reason::NoDocument | Reason::AboutFolder | Reason::Link
        ) {
            continue;
        }
        line("");
        line(&format!("# Left out, {}:", reason.in_words()));
        for path in paths.iter().take(NAMED) {
            line(&format!("#   {}", plain(path)));
        }
        if paths.len() > NAMED {
            line(&format!("#   and {} more", paths.len() - NAMED));
        }
    }
    text
}

/// The lines of a section.
pub(super) fn section(section: &Section) -> Vec<String> {
    let mut lines = vec![
        format!("  - id: {}", scalar(&section.id)),
        format!("    title: {}", scalar(&section.title)),
        "    reports:".to_owned(),
    ];
    lines.extend(section.reports.iter().flat_map(report).map(|line| format!("      {line}")));
    lines
}

/// The lines of a report, from its hyphen on.
pub(super) fn report(report: &Report) -> Vec<String> {
    let mut lines: Vec<String> = report.checks.iter().map(|check| format!("# check: {}", plain(check))).collect();
    lines.push(format!("- id: {}", scalar(&report.id)));
    match report.titles.as_slice() {
        [(None, title)] => lines.push(format!("  title: {}{}", scalar(&title.value), note(title.check.as_deref()))),
        titles => {
            lines.push("  title:".to_owned());
            for (language, title) in titles {
                let tag = language.as_ref().map_or("en", Language::as_str);
                lines.push(format!("    {}: {}{}", key(tag), scalar(&title.value), note(title.check.as_deref())));
            }
        }
    }
    if let Some(symbol) = &report.symbol {
        lines.push(format!("  symbol: {}", scalar(symbol)));
    }
    if let Some(Guess { value, check }) = &report.date {
        lines.push(format!("  date: {value}{}", note(check.as_deref())));
    }
    if let Some(Guess { value, check }) = &report.authors {
        let authors: Vec<String> = value.iter().map(|author| flow(author)).collect();
        lines.push(format!("  authors: [{}]{}", authors.join(", "), note(check.as_deref())));
    }
    if !report.subjects.is_empty() {
        let subjects: Vec<String> = report.subjects.iter().map(|subject| flow(subject)).collect();
        lines.push(format!("  subjects: [{}]", subjects.join(", ")));
    }
    if let Some(summary) = &report.summary {
        lines.push(format!("  summary: {}", scalar(summary)));
    }
    lines.push("  variants:".to_owned());
    lines.extend(report.variants.iter().flat_map(variant).map(|line| format!("    {line}")));
    lines
}

/// The lines of a language of a report.
pub(super) fn variant(variant: &Variant) -> Vec<String> {
    let tag = key(variant.language.as_str());
    match variant.files.as_slice() {
        [file] => vec![format!("{tag}: {}{}", scalar(file), note(variant.check.as_deref()))],
        files => {
            let mut lines = vec![format!("{tag}:{}", note(variant.check.as_deref()))];
            lines.extend(files.iter().map(|file| format!("  - {}", scalar(file))));
            lines
        }
    }
}

fn note(check: Option<&str>) -> String {
    check.map(|check| format!("  # check: {}", plain(check))).unwrap_or_default()
}

fn tags(tags: &[&str]) -> String {
    tags.iter().map(|tag| key(tag)).collect::<Vec<_>>().join(", ")
}

/// A language's tag as a key: `no` alone would be read as “false” by some programs.
fn key(tag: &str) -> String {
    if tag == "no" { quoted(tag) } else { tag.to_owned() }
}

/// A text on one line of a note.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as YAML (1.2, 7.3): as it is where no program can take it for something else, or else in double quotes.
pub(super) fn scalar(text: &str) -> String {
    let begins = text.chars().next().is_some_and(char::is_alphabetic);
    let safe = |c: char| c.is_alphanumeric() || " _/.,()'’-".contains(c);
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    let plain = begins && !word && text.chars().all(safe) && !text.ends_with(' ') && !text.contains("  ");
    if plain { text.to_owned() } else { quoted(text) }
}

/// The same within brackets, where a comma ends it.
pub(super) fn flow(text: &str) -> String {
    if text.contains(',') { quoted(text) } else { scalar(text) }
}

/// A JSON string is a double-quoted one of YAML.
fn quoted(text: &str) -> String {
    Value::from(readable(text)).to_string()
}

/// A text without the characters that no manifest can hold, or that turn the direction of what follows: they get into
/// titles by way of wrong encodings. Breaks of lines become spaces.
fn readable(text: &str) -> String {
    let kept = |c: &char| !(c.is_control() || is_turning(*c) || matches!(u32::from(*c) & 0xffff, 0xfffe | 0xffff));
    text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_where_yaml_would_read_something_else() {
        for plain in ["Annual report", "reports/a-b.pdf", "L’eau", "Отчёт"] {
            assert_eq!(scalar(plain), plain);
        }
        let quoted = [
            "yes", "2008", "1e3", "- a", "a: b", "a #b", "\"a\"", "a ", "", "&a", "@a", "null", "[a]", "Yes", "a\nb",
            "~",
        ];
        for text in quoted {
            assert!(scalar(text).starts_with('"'), "{text}");
        }
        assert_eq!(scalar("L\u{92}eau\u{202e}\u{fffe}\r\nx\u{7f}"), "\"Leau  x\"");
    }
}
