//! Writes a proposal as the text of a manifest, with comments for the person who edits it.

use super::proposal::{Guess, Proposal, ProposedReport, ProposedSection, ProposedVariant};
use super::register::{RegisterNumbers, RegisterRecord, RegisterText};
use super::scan::{ExclusionReason, FolderScan};
use super::yaml::{flow_scalar, language_key, quoted, scalar, to_one_line};
use crate::catalogue::PublicationKind;
use crate::language::Language;
use crate::strings::{FALLBACK_LANGUAGE, is_built_in};

/// The maximum number of excluded files to name for each reason.
const MAX_NAMED: usize = 10;

/// Files left out for these reasons are not named in the manifest, because nobody needs to do anything about them.
const UNREMARKABLE: [ExclusionReason; 1] = [ExclusionReason::OsMetadata];

/// The text of a new manifest. `folder` is the name of the documents' folder, `schema` the path of the schema for editors, and
/// `exclusions` are the items for `exclude:`.
pub fn write_manifest(
    proposal: &Proposal,
    scan: &FolderScan,
    folder: &str,
    schema: Option<&str>,
    exclusions: &[String],
) -> String {
    let mut lines = header_lines(folder, schema);
    lines.extend(disc_lines(proposal));
    lines.extend(
        ["", "# launcher:", "#   emblem: emblem.svg", "#   foreword: {text: foreword.md}", ""].map(str::to_owned),
    );
    if exclusions.is_empty() {
        lines.extend(
            ["# exclude:  # files that must not be on the disc", "#   - drafts/", "#   - \"*.zip\""].map(str::to_owned),
        );
    } else {
        lines.push("exclude:  # files that must not be on the disc".to_owned());
        lines.extend(exclusions.iter().map(|path| format!("  - {}", quoted(path))));
    }
    lines.extend(["", "sections:"].map(str::to_owned));
    lines.extend(proposal.sections.iter().flat_map(section_lines));
    lines.extend(exclusion_lines(scan));
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn header_lines(folder: &str, schema: Option<&str>) -> Vec<String> {
    let mut lines = vec![
        format!("# The contents of the disc, proposed from the files in the folder {}.", quoted(folder)),
        "# Edit it freely. A line that starts with # is a comment, and “check:” marks a guess: correct it if"
            .to_owned(),
        "# needed, then delete the comment. `make-disc preview` shows the disc, `make-disc` builds it.".to_owned(),
    ];
    if let Some(schema) = schema {
        lines.extend([
            "#".to_owned(),
            "# With the next line, editors complete keys and mark mistakes as you type.".to_owned(),
            format!("# yaml-language-server: $schema={schema}"),
        ]);
    }
    lines
}

fn disc_lines(proposal: &Proposal) -> Vec<String> {
    let keys =
        |languages: &[&Language]| languages.iter().map(|language| language_key(language.as_str())).collect::<Vec<_>>();
    let mut page_languages = proposal.page_languages();
    page_languages.retain(is_built_in);
    let page_languages: Vec<&Language> = page_languages.iter().collect();
    let others = proposal.languages.iter().filter(|language| !page_languages.contains(language));
    let has_pages_of_another_region = |language: &&Language| {
        let mut pages = page_languages.iter().filter(|page| page.as_str() == page.primary());
        pages.any(|page| page.has_same_primary(language) && page.has_same_script(language))
    };
    let (regional, others): (Vec<&Language>, Vec<&Language>) = others.partition(has_pages_of_another_region);
    let (without_titles, without_strings): (Vec<&Language>, Vec<&Language>) =
        others.into_iter().partition(|language| is_built_in(language));
    let page_languages =
        if page_languages.is_empty() { vec![FALLBACK_LANGUAGE.to_owned()] } else { keys(&page_languages) };
    let mut lines = vec![
        String::new(),
        "disc:".to_owned(),
        format!("  title: {}{}", scalar(&proposal.title.value), check_comment(proposal.title.review_note.as_deref())),
        format!(
            "  languages: [{}]  # of the pages, in the order of the language bar; the first is the default",
            page_languages.join(", ")
        ),
        "  # publisher: who publishes the disc".to_owned(),
        "  # date: 2008-06-30".to_owned(),
        "  # rights: the terms of use".to_owned(),
    ];
    if let Some(first) = without_strings.first() {
        let comment = format!(
            "  # Documents are also in: {}. For pages in such a language, run `make-disc strings {first}` in this folder, and translate the file that it writes.",
            keys(&without_strings).join(", ")
        );
        lines.insert(4, comment);
    }
    if !regional.is_empty() {
        let comment = format!(
            "  # Documents are also in these forms of the languages above, whose pages serve them too: {}. To have separate pages in one, add it above.",
            keys(&regional).join(", ")
        );
        lines.insert(4, comment);
    }
    if !without_titles.is_empty() {
        let comment = format!(
            "  # Documents are also in these languages, in which the list has no titles: {}. To have pages in one, add it above.",
            keys(&without_titles).join(", ")
        );
        lines.insert(4, comment);
    }
    if proposal.large_files {
        lines.push("  large_files: true  # for files of 4 GiB or more, which some systems cannot read".to_owned());
    }
    lines
}

/// Comments that name the excluded files that people may miss.
fn exclusion_lines(scan: &FolderScan) -> Vec<String> {
    let mut lines = Vec::new();
    for (reason, paths) in scan.excluded.iter().filter(|(reason, _)| !UNREMARKABLE.contains(*reason)) {
        lines.extend([String::new(), format!("# Left out: {}", reason.description())]);
        lines.extend(paths.iter().take(MAX_NAMED).map(|path| format!("#   {}", to_one_line(path))));
        if paths.len() > MAX_NAMED {
            lines.push(format!("#   and {} more", paths.len() - MAX_NAMED));
        }
    }
    lines
}

/// The lines of a section, indented as an item of `sections`.
pub(super) fn section_lines(section: &ProposedSection) -> Vec<String> {
    let mut lines = vec![
        format!("  - id: {}", scalar(&section.id)),
        format!("    title: {}", scalar(&section.title)),
        "    reports:".to_owned(),
    ];
    lines.extend(section.reports.iter().flat_map(report_lines).map(|line| format!("      {line}")));
    lines
}

/// The lines of a report, without indentation.
pub(super) fn report_lines(report: &ProposedReport) -> Vec<String> {
    let mut lines: Vec<String> =
        report.review_notes.iter().map(|note| format!("# check: {}", to_one_line(note))).collect();
    lines.push(format!("- id: {}", scalar(&report.id)));
    lines.extend(title_lines(&report.titles).into_iter().map(|line| format!("  {line}")));
    if let Some(symbol) = &report.symbol {
        lines.push(format!("  symbol: {}", scalar(symbol)));
    }
    if let Some(Guess { value, review_note }) = &report.date {
        lines.push(format!("  date: {value}{}", check_comment(review_note.as_deref())));
    }
    if let Some(Guess { value, review_note }) = &report.authors {
        let authors: Vec<String> = value.iter().map(|author| flow_scalar(author)).collect();
        lines.push(format!("  authors: [{}]{}", authors.join(", "), check_comment(review_note.as_deref())));
    }
    lines.extend(subject_lines(&report.subjects));
    match &report.summary {
        None => {}
        Some(RegisterText::One(summary)) => lines.push(format!("  summary: {}", scalar(summary))),
        Some(RegisterText::PerLanguage(summaries)) => {
            lines.push("  summary:".to_owned());
            let line = |(language, text): &(Language, String)| {
                format!("    {}: {}", language_key(language.as_str()), scalar(text))
            };
            lines.extend(summaries.iter().map(line));
        }
    }
    let RegisterRecord { kind, publisher, place, series, licence } = &report.record;
    let fields = [
        ("kind", kind.map(PublicationKind::name)),
        ("publisher", publisher.as_deref()),
        ("place", place.as_deref()),
        ("series", series.as_deref()),
        ("licence", licence.as_deref()),
    ];
    lines.extend(fields.into_iter().filter_map(|(key, text)| Some(format!("  {key}: {}", scalar(text?)))));
    lines.extend(number_lines(&report.numbers));
    lines.push("  variants:".to_owned());
    lines.extend(report.variants.iter().flat_map(variant_lines).map(|line| format!("    {line}")));
    lines
}

/// The indented lines of the subjects: a sequence in brackets, or one line for each subject if some have translations.
fn subject_lines(subjects: &[RegisterText]) -> Vec<String> {
    let is_plain = subjects.iter().all(|subject| matches!(subject, RegisterText::One(_)));
    let items: Vec<String> = subjects.iter().map(text_in_brackets).collect();
    match is_plain {
        _ if items.is_empty() => Vec::new(),
        true => vec![format!("  subjects: [{}]", items.join(", "))],
        false => {
            let lines = items.into_iter().map(|item| format!("    - {item}"));
            std::iter::once("  subjects:".to_owned()).chain(lines).collect()
        }
    }
}

/// A text as a scalar inside brackets, or the texts of several languages as a mapping in brackets.
pub(super) fn text_in_brackets(text: &RegisterText) -> String {
    match text {
        RegisterText::One(text) => flow_scalar(text),
        RegisterText::PerLanguage(texts) => {
            let text = |(language, text): &(Language, String)| {
                format!("{}: {}", language_key(language.as_str()), flow_scalar(text))
            };
            format!("{{{}}}", texts.iter().map(text).collect::<Vec<_>>().join(", "))
        }
    }
}

/// The line of a title in one language, without indentation.
pub(super) fn title_line(language: &Language, title: &Guess<String>) -> String {
    let check = check_comment(title.review_note.as_deref());
    format!("{}: {}{check}", language_key(language.as_str()), scalar(&title.value))
}

fn title_lines(titles: &[(Option<Language>, Guess<String>)]) -> Vec<String> {
    let value =
        |title: &Guess<String>| format!("{}{}", scalar(&title.value), check_comment(title.review_note.as_deref()));
    if let [(None, title)] = titles {
        return vec![format!("title: {}", value(title))];
    }
    let mut lines = vec!["title:".to_owned()];
    for (language, title) in titles {
        let tag = language.as_ref().map_or("en", Language::as_str);
        lines.push(format!("  {}: {}", language_key(tag), value(title)));
    }
    lines
}

/// The lines of a variant, without indentation.
pub(super) fn variant_lines(variant: &ProposedVariant) -> Vec<String> {
    let key = language_key(variant.language.as_str());
    let check = check_comment(variant.review_note.as_deref());
    let numbers = number_lines(&variant.numbers);
    if let Some((folder, start)) = site_values(variant) {
        if numbers.is_empty() {
            return vec![format!("{key}: {{folder: {}, start: {}}}{check}", flow_scalar(folder), flow_scalar(start))];
        }
        let site = [format!("  folder: {}", scalar(folder)), format!("  start: {}", scalar(start))];
        return [format!("{key}:{check}")].into_iter().chain(site).chain(numbers).collect();
    }
    let mut files = match variant.files.as_slice() {
        [file] => vec![format!(" {}", scalar(file))],
        files => [String::new()].into_iter().chain(files.iter().map(|file| format!("  - {}", scalar(file)))).collect(),
    };
    if numbers.is_empty() {
        files[0] = format!("{key}:{}{check}", files[0]);
        return files;
    }
    files[0] = format!("files:{}", files[0]);
    let files = files.into_iter().map(|line| format!("  {line}"));
    [format!("{key}:{check}")].into_iter().chain(files).chain(numbers).collect()
}

/// The folder of a web site, and the path of its start page below that folder.
pub(super) fn site_values(variant: &ProposedVariant) -> Option<(&str, &str)> {
    let folder = variant.site.as_deref()?;
    Some((folder, variant.files.first()?.strip_prefix(folder)?.strip_prefix('/')?))
}

/// The indented lines of the numbers of a publication.
fn number_lines(numbers: &RegisterNumbers) -> Vec<String> {
    let RegisterNumbers { isbn, issn, doi, pages } = numbers;
    let one_or_many = |texts: &[String]| match texts {
        [] => None,
        [text] => Some(scalar(text)),
        texts => Some(format!("[{}]", texts.iter().map(|text| flow_scalar(text)).collect::<Vec<_>>().join(", "))),
    };
    let fields = [
        ("isbn", one_or_many(isbn)),
        ("issn", one_or_many(issn)),
        ("doi", doi.as_deref().map(scalar)),
        ("pages", pages.as_deref().map(scalar)),
    ];
    fields.into_iter().filter_map(|(key, text)| Some(format!("  {key}: {}", text?))).collect()
}

/// The comment that marks a guess, to be written after its value.
fn check_comment(review_note: Option<&str>) -> String {
    review_note.map(|note| format!("  # check: {}", to_one_line(note))).unwrap_or_default()
}
