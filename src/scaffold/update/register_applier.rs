//! Applies what the register says about the documents to a manifest, and leaves every other byte as it is.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::depth;
use super::editor::{Editor, ManualEdit, Style};
use super::listed::{
    FileInManifest, find_listed_files, is_same_text, normalise_path, report_id, section_id, variants_place,
};
use super::sections::{LeftInPlace, RegisterSection, apply_sections};
use crate::catalogue::PublicationKind;
use crate::diagnostic::KeyPath;
use crate::language::{Language, PartialDate};
use crate::manifest::{self, Manifest, ManifestFile, OneOrMany, Scalar, TextValue};
use crate::scaffold::manifest_text::text_in_brackets;
use crate::scaffold::proposal::{Proposal, ProposedReport};
use crate::scaffold::register::{
    Register, RegisterNote, RegisterNoteKind, RegisterNumbers, RegisterRecord, RegisterReport, RegisterRow,
    RegisterText, one_or_per_language, text_with_language,
};
use crate::scaffold::yaml::{flow_scalar, flow_value, language_key, scalar};

/// The keys of a report, in the order in which `init` writes them.
const KEY_ORDER: [&str; 17] = [
    "id",
    "title",
    "symbol",
    "date",
    "authors",
    "subjects",
    "summary",
    "kind",
    "publisher",
    "place",
    "series",
    "licence",
    "isbn",
    "issn",
    "doi",
    "pages",
    "variants",
];

/// A manifest to which the register was applied.
#[derive(Debug)]
pub struct AppliedRegister {
    /// The whole text of the manifest.
    pub text: String,
    /// What people must change by hand, because the program cannot edit that place.
    pub by_hand: Vec<ManualEdit>,
    /// The disagreements between manifest and register that people must resolve.
    pub notes: Vec<RegisterNote>,
    /// For each note on a report that is divided into several: the ids of these, with those of their sections.
    pub separate: Vec<Vec<String>>,
    /// Whether only languages, or only sections, were changed. The register must then be applied again, to the new text.
    pub is_partial: bool,
    /// The content that the edited text should have.
    expected: Manifest,
}

impl AppliedRegister {
    /// Whether the edited text, read as the manifest `read`, has exactly the expected content.
    pub fn is_faithful(&self, read: &Manifest) -> bool {
        content_as_text(&self.expected) == content_as_text(read)
    }
}

/// The content of a manifest as text, the same for all styles of YAML.
fn content_as_text(manifest: &Manifest) -> String {
    let mut text = format!("{manifest:?}").replace("\\n", " ");
    for style in ["is_sequence: true", "is_sequence: false", "is_long_form: true", "is_long_form: false"] {
        text = text.replace(style, "");
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" \"", "\"")
}

/// Whether a tag names this language, ignoring case.
fn is_tag_of(tag: &str, language: &Language) -> bool {
    tag.eq_ignore_ascii_case(language.as_str())
}

/// Applies the register to a manifest. `prefix` is the path from the manifest's folder to the documents' folder, from which the
/// register gives its paths; it ends with `/`. `proposal` is what a new manifest would contain.
pub fn apply_register(
    file: &ManifestFile,
    manifest: &Manifest,
    register: &Register,
    prefix: &str,
    proposal: &Proposal,
) -> AppliedRegister {
    let tags = manifest.disc.iter().flat_map(|disc| disc.languages.iter().flatten()).map(|tag| tag.0.clone());
    let sections = manifest.sections.as_deref().unwrap_or_default();
    let reports = sections.iter().flat_map(|section| section.reports.iter().flatten());
    let variants = reports.flat_map(|report| &report.variants).flat_map(|variants| &variants.0);
    let tags = tags.chain(variants.map(|(tag, _)| tag.clone()));
    let mut applier = RegisterApplier {
        editor: Editor::new(file),
        register,
        prefix,
        tags: tags.map(|tag| tag.to_ascii_lowercase()).collect(),
        notes: Vec::new(),
        separate: Vec::new(),
    };
    let mut expected = manifest.clone();
    let mut is_partial = false;
    for (section_index, section) in expected.sections.iter_mut().flatten().enumerate() {
        for (report_index, report) in section.reports.iter_mut().flatten().enumerate() {
            let place = KeyPath::root().key("sections").item(section_index).key("reports").item(report_index);
            is_partial |= applier.correct_languages(report, &place, &variants_place(section_index, report_index));
        }
    }
    if is_partial {
        let (text, by_hand) = applier.editor.finish();
        return AppliedRegister { text, by_hand, notes: Vec::new(), separate: Vec::new(), is_partial, expected };
    }
    if applier.apply_sections(&mut expected, proposal) {
        let (text, by_hand) = applier.editor.finish();
        return AppliedRegister { text, by_hand, notes: Vec::new(), separate: Vec::new(), is_partial: true, expected };
    }
    for (section_index, section) in expected.sections.iter_mut().flatten().enumerate() {
        for (report_index, report) in section.reports.iter_mut().flatten().enumerate() {
            let place = KeyPath::root().key("sections").item(section_index).key("reports").item(report_index);
            let variants = variants_place(section_index, report_index);
            let rows = applier.rows_of_report(report);
            if rows.is_empty() {
                continue;
            }
            let merged = RegisterReport::new(rows.iter().map(|(_, language, row)| (language, *row)));
            if let (Some((file, ..)), Some(differences)) = (rows.first(), merged.describe_differences()) {
                let message = format!(
                    "the rows of the report with `{file}` differ: {differences}; the first value is used; correct the list"
                );
                applier.note(RegisterNoteKind::RowsDiffer, file, message);
            }
            applier.apply_report(report, &place, &variants, &merged);
        }
    }
    applier.note_separate_reports(&expected, proposal);
    let RegisterApplier { editor, notes, separate, .. } = applier;
    let (text, by_hand) = editor.finish();
    AppliedRegister { text, by_hand, notes, separate, is_partial, expected }
}

struct RegisterApplier<'m> {
    editor: Editor<'m>,
    register: &'m Register,
    prefix: &'m str,
    /// The languages of the pages and of the documents, in lower case.
    tags: HashSet<String>,
    notes: Vec<RegisterNote>,
    /// The reports that are one report according to the register.
    separate: Vec<Vec<String>>,
}

impl<'m> RegisterApplier<'m> {
    /// The rows of a variant's files, with the paths of the files in the register.
    fn rows_of_variant(&self, variant: &manifest::VariantKeys) -> Vec<(String, &'m RegisterRow)> {
        let files = variant.files.iter().flat_map(|files| &files.values).map(|file| file.file.0.clone());
        let start = variant.start.as_ref().map_or("index.html", |start| start.0.as_str());
        let site = variant.folder.iter().map(|folder| format!("{}/{start}", folder.0));
        let paths = files.chain(site).filter_map(|file| {
            let path = normalise_path(&file);
            let path = path.strip_prefix(self.prefix)?.to_owned();
            let row = self.register.rows.get(&path)?;
            Some((path, row))
        });
        paths.collect()
    }

    /// Notes what is one report according to the register, by a column for reports or by the symbol, but several in the manifest.
    fn note_separate_reports(&mut self, manifest: &Manifest, proposal: &Proposal) {
        let listed = find_listed_files(manifest.sections.as_deref().unwrap_or_default());
        for report in proposal.reports() {
            let rows = report.files().filter_map(|file| {
                let path = normalise_path(file);
                let row = self.register.rows.get(path.strip_prefix(self.prefix)?)?;
                let name = row.report.as_ref().or(row.symbol.as_ref())?;
                Some((listed.get(&path)?, name))
            });
            let rows: Vec<(&FileInManifest, &String)> = rows.collect();
            let Some((first, name)) = rows.first() else { continue };
            let is_apart = |(file, other): &&(&FileInManifest, &String)| {
                other == name
                    && (file.section, file.report) != (first.section, first.report)
                    && !file.language.eq_ignore_ascii_case(&first.language)
            };
            let apart = rows.iter().filter(is_apart).map(|(file, _)| file);
            let places: BTreeSet<(usize, usize)> =
                std::iter::once(first).chain(apart).map(|file| (file.section, file.report)).collect();
            // Lines may be added above these reports later, so they are named by their ids.
            let ids: Vec<String> =
                places.iter().filter_map(|place| report_id(manifest.sections.as_deref()?, *place)).collect();
            let Some((last, others)) = ids.split_last().filter(|(_, others)| !others.is_empty()) else { continue };
            let message = format!(
                "`{name}` is one report according to the list, but the manifest has it as {} and {last}; move the lines under `variants:` of the others to the first, give it a title in each language, and remove the others, or correct the list",
                others.join(", ")
            );
            self.separate.push(ids.clone());
            self.notes.push(RegisterNote {
                kind: RegisterNoteKind::SeparateReports,
                row: None,
                subject: (*name).clone(),
                message,
            });
        }
    }

    /// The rows of a report's files, with the paths of the files and the languages under which the manifest lists them.
    fn rows_of_report(&self, report: &manifest::ReportKeys) -> Vec<(String, Language, &'m RegisterRow)> {
        let mut rows = Vec::new();
        for (tag, variant) in report.variants.iter().flat_map(|variants| &variants.0) {
            let Ok(language) = Language::parse(tag).or_else(|_| Language::parse_of_document(tag)) else { continue };
            rows.extend(self.rows_of_variant(variant).into_iter().map(|(path, row)| (path, language.clone(), row)));
        }
        rows
    }

    /// Changes the language of a variant, and of the report's texts in that language, if the register gives another language for all
    /// files of the variant. Returns whether anything was changed.
    fn correct_languages(
        &mut self,
        report: &mut manifest::ReportKeys,
        report_place: &KeyPath,
        place: &KeyPath,
    ) -> bool {
        let mut is_changed = false;
        let Some(mut variants) = report.variants.take() else { return false };
        for index in 0..variants.0.len() {
            let Some((tag, variant)) = variants.0.get(index) else { break };
            let rows = self.rows_of_variant(variant);
            let stated: Vec<(&String, &Language)> =
                rows.iter().filter_map(|(path, row)| Some((path, row.language.as_ref()?))).collect();
            let current = Language::parse(tag).or_else(|_| Language::parse_of_document(tag));
            let is_different = |language: &Language| {
                // Manifest and register agree if only one of them gives a region.
                current.as_ref().is_ok_and(|current| {
                    current.primary() != language.primary()
                        || current != language && current.has_subtags() && language.has_subtags()
                })
            };
            let Some((path, language)) = stated.iter().find(|(_, language)| is_different(language)) else { continue };
            let (path, language) = ((*path).clone(), (*language).clone());
            let files = variant.files.as_ref().map_or(1, |files| files.values.len());
            let is_of_all = stated.len() == files && stated.iter().all(|(_, other)| **other == language);
            let is_unused = !variants.0.iter().any(|(other, _)| is_tag_of(other, &language));
            let tag = tag.clone();
            if is_of_all
                && is_unused
                && self.editor.rename_key(&place.key(&tag), &language_key(language.as_str()))
                && let Some((existing_tag, _)) = variants.0.get_mut(index)
            {
                language.as_str().clone_into(existing_tag);
                self.editor.remove_check_about(&place.key(&tag), "language");
                self.rename_texts(report, report_place, &tag, language.as_str());
                is_changed = true;
                continue;
            }
            self.note(
                RegisterNoteKind::OtherLanguage,
                &path,
                format!(
                    "`{path}` is in `{language}` according to the list, but the manifest lists it under `{tag}`; correct one of the two"
                ),
            );
        }
        report.variants = Some(variants);
        is_changed
    }

    /// Moves the texts of a report from one language to another.
    fn rename_texts(&mut self, report: &mut manifest::ReportKeys, place: &KeyPath, old: &str, new: &str) {
        let texts = [(&mut report.title, "title"), (&mut report.summary, "summary")];
        let mut texts: Vec<(&mut TextValue, KeyPath)> =
            texts.into_iter().filter_map(|(text, key)| Some((text.as_mut()?, place.key(key)))).collect();
        let subjects = report.subjects.iter_mut().flat_map(|subjects| &mut subjects.values).enumerate();
        texts.extend(subjects.map(|(index, text)| (text, place.key("subjects").item(index))));
        for (text, place) in texts {
            let TextValue::PerLanguage(texts) = text else { continue };
            let is_taken = texts.iter().any(|(tag, _)| tag.eq_ignore_ascii_case(new));
            let existing = texts.iter_mut().find(|(tag, _)| tag == old).filter(|_| !is_taken);
            if let Some((tag, _)) = existing
                && self.editor.rename_key(&place.key(old), &language_key(new))
            {
                new.clone_into(tag);
            }
        }
    }

    fn note(&mut self, kind: RegisterNoteKind, subject: &str, message: String) {
        self.notes.push(RegisterNote { kind, row: None, subject: subject.to_owned(), message });
    }

    /// Moves reports to the sections that the register gives them. Returns whether anything was changed. For reports that cannot be
    /// moved, adds notes that say where to move them by hand.
    fn apply_sections(&mut self, manifest: &mut Manifest, proposal: &Proposal) -> bool {
        let Some(sections) = &mut manifest.sections else { return false };
        let wanted_section = |report: &manifest::ReportKeys| {
            let rows = self.rows_of_report(report);
            let (file, _, _) = rows.first()?;
            let merged = RegisterReport::new(rows.iter().map(|(_, language, row)| (language, *row)));
            Some(RegisterSection { file: file.clone(), heading: merged.section? })
        };
        let wanted: Vec<Vec<Option<RegisterSection>>> =
            sections.iter().map(|section| section.reports.iter().flatten().map(wanted_section).collect()).collect();
        let mut headings: HashMap<String, &str> = HashMap::new();
        for section in &proposal.sections {
            let files = section.reports.iter().flat_map(ProposedReport::files);
            headings.extend(files.map(|file| (normalise_path(file), section.title.as_str())));
        }
        let implied_heading = |report: &manifest::ReportKeys| {
            let files = report.variants.iter().flat_map(|variants| &variants.0).flat_map(|(_, variant)| &variant.files);
            let files = files.flat_map(|files| &files.values).map(|file| normalise_path(&file.file.0));
            files.filter_map(|file| headings.get(&file)).next().map(|heading| (*heading).to_owned())
        };
        let implied: Vec<Vec<Option<String>>> =
            sections.iter().map(|section| section.reports.iter().flatten().map(implied_heading).collect()).collect();
        let (is_changed, left) = apply_sections(&mut self.editor, sections, &wanted, &implied);
        let mut renamed: BTreeSet<usize> = BTreeSet::new();
        for LeftInPlace { section, wanted: RegisterSection { file, heading }, is_renamed } in
            left.into_iter().filter(|_| !is_changed)
        {
            let section_id = manifest.sections.as_deref().and_then(|sections| sections.get(section)).map(section_id);
            let id = section_id.unwrap_or_default();
            if is_renamed {
                if renamed.insert(section) {
                    let message = format!(
                        "the list calls the section `{id}` of the manifest “{heading}”; its title is in several languages, so write this one there yourself, in its language"
                    );
                    self.note(RegisterNoteKind::RenamedSection, &heading, message);
                }
                continue;
            }
            let message = format!(
                "the list puts `{file}` in the section “{heading}”, but the manifest has it in the section `{id}`; move its report to “{heading}”, or correct the list"
            );
            self.note(RegisterNoteKind::OtherSection, &file, message);
        }
        is_changed
    }

    fn apply_report(
        &mut self,
        report: &mut manifest::ReportKeys,
        place: &KeyPath,
        variants: &KeyPath,
        merged: &RegisterReport,
    ) {
        let known = |texts: &[(Language, String)]| -> Vec<(Language, String)> {
            let is_known = |language: &Language| self.tags.contains(&language.as_str().to_ascii_lowercase());
            texts.iter().filter(|(language, _)| is_known(language)).cloned().collect()
        };
        let (titles, summaries) = (known(&merged.titles), known(&merged.summaries));
        let subjects: Vec<_> = merged.subjects.iter().map(|texts| known(texts)).collect();
        let subjects: Vec<_> = subjects.into_iter().filter(|texts| !texts.is_empty()).collect();
        let mut report_languages: Vec<Language> = Vec::new();
        for (tag, _) in report.variants.iter().flat_map(|variants| &variants.0) {
            report_languages.extend(Language::parse(tag).or_else(|_| Language::parse_of_document(tag)));
        }
        self.set_text(&mut report.title, place, "title", &titles, &report_languages);
        self.set_scalar(&mut report.symbol, place, "symbol", merged.symbol.as_deref(), is_same_text);
        let date = merged.date.map(|date| date.to_string());
        let is_same_date = |one: &str, other: &str| match (PartialDate::parse(one.trim()), PartialDate::parse(other)) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        };
        self.set_scalar(&mut report.date, place, "date", date.as_deref(), is_same_date);
        self.set_sequence(&mut report.authors, place, "authors", &merged.authors);
        self.set_subjects(&mut report.subjects, place, &subjects);
        self.set_text(&mut report.summary, place, "summary", &summaries, &report_languages);
        let RegisterRecord { kind, publisher, place: place_name, series, licence } = &merged.record;
        let is_same_kind = |one: &str, other: &str| PublicationKind::parse(one) == PublicationKind::parse(other);
        self.set_scalar(&mut report.kind, place, "kind", kind.map(PublicationKind::name), is_same_kind);
        let first_tag = report.variants.iter().flat_map(|variants| &variants.0).map(|(tag, _)| tag.clone()).next();
        let language = first_tag.and_then(|tag| Language::parse(&tag).ok());
        for (field, key, text) in [
            (&mut report.publisher, "publisher", publisher),
            (&mut report.place, "place", place_name),
            (&mut report.series, "series", series),
            (&mut report.licence, "licence", licence),
        ] {
            self.set_shared_text(field, place, key, text.as_deref(), language.as_ref());
        }
        self.apply_numbers(report, place, variants, &merged.numbers);
    }

    /// Adds a key to a report, after the last of its keys that precede the new one in [`KEY_ORDER`].
    fn add_key(&mut self, place: &KeyPath, key: &str, lines: &[String], flow: &str) -> bool {
        let before = KEY_ORDER.iter().rev().skip_while(|other| **other != key).skip(1);
        let Some(previous) = before.map(|other| place.key(other)).find(|other| self.editor.has(other)) else {
            return self.editor.record_addition(place, lines.to_vec());
        };
        // The new key is inserted below all lines of the previous one.
        self.editor.add_key_after(place, &previous, depth::FIELDS, lines, flow)
            || self.editor.record_addition(place, lines.to_vec())
    }

    fn set_scalar(
        &mut self,
        field: &mut Option<Scalar>,
        place: &KeyPath,
        key: &str,
        wanted: Option<&str>,
        is_equal: impl Fn(&str, &str) -> bool,
    ) {
        let Some(wanted) = wanted else { return };
        if field.as_ref().is_some_and(|existing| is_equal(&existing.0, wanted)) {
            return;
        }
        let key_place = place.key(key);
        // Dates are written without quotes, other values in quotes if needed.
        let written = if key == "date" { wanted.to_owned() } else { scalar(wanted) };
        let line = format!("{key}: {written}");
        let is_done = if !self.editor.has(&key_place) {
            let flow = if key == "date" { line.clone() } else { format!("{key}: {}", flow_scalar(wanted)) };
            self.add_key(place, key, &[line], &flow)
        } else if key == "date" {
            let is_quoted = self.editor.written(&key_place).is_some_and(|value| value.starts_with(['"', '\'']));
            let is_done = if is_quoted {
                self.editor.replace_text(&key_place, wanted)
            } else {
                self.editor.replace_value(&key_place, wanted)
            };
            is_done || self.editor.record_replacement(&key_place, vec![line])
        } else {
            self.editor.replace_text(&key_place, wanted) || self.editor.record_replacement(&key_place, vec![line])
        };
        if is_done {
            *field = Some(Scalar(wanted.to_owned()));
        }
    }

    /// Sets the text of a key that may differ between languages. `report_languages` are the languages of the report's files.
    fn set_text(
        &mut self,
        field: &mut Option<TextValue>,
        place: &KeyPath,
        key: &str,
        wanted: &[(Language, String)],
        report_languages: &[Language],
    ) {
        let is_in_report_language = |(language, _): &(Language, String)| report_languages.contains(language);
        let has_no_language = match field {
            Some(TextValue::One(_)) => wanted.iter().all(is_in_report_language),
            _ => {
                self.tags.len() == 1
                    || key != "summary" && report_languages.len() == 1 && wanted.iter().all(is_in_report_language)
            }
        };
        let text =
            if has_no_language { one_or_per_language(wanted.to_vec()) } else { text_with_language(wanted.to_vec()) };
        let Some(mut text) = text else { return };
        if let (Some(TextValue::One(existing)), RegisterText::PerLanguage(texts)) = (field.as_ref(), &mut text) {
            match (texts.as_mut_slice(), report_languages) {
                // The manifest already has the text, without its language.
                ([(_, wanted)], _) if is_same_text(existing, wanted) => return,
                // The text in the manifest is in the language of the file, and the register has texts in other languages.
                (texts, [language]) if !texts.iter().any(|(tag, _)| tag == language) => {
                    let existing = (language.clone(), existing.clone());
                    text = RegisterText::PerLanguage(std::iter::once(existing).chain(texts.iter().cloned()).collect());
                }
                _ => {}
            }
        }
        let key_place = place.key(key);
        match (field.as_mut(), &text) {
            (Some(TextValue::PerLanguage(existing)), _) => {
                self.set_texts(existing, &key_place, wanted);
                return;
            }
            (Some(TextValue::One(existing)), RegisterText::One(wanted)) if is_same_text(existing, wanted) => return,
            (Some(TextValue::One(existing)), RegisterText::One(wanted)) => {
                if self.editor.replace_text(&key_place, wanted)
                    || self.editor.record_replacement(&key_place, vec![format!("{key}: {}", scalar(wanted))])
                {
                    wanted.clone_into(existing);
                }
                return;
            }
            _ => {}
        }
        let flow = format!("{key}: {}", text_in_brackets(&text));
        let is_done = if self.editor.has(&key_place) {
            self.editor.replace_value(&key_place, &text_in_brackets(&text))
                || self.editor.record_replacement(&key_place, vec![flow])
        } else {
            let lines = match &text {
                RegisterText::One(text) => vec![format!("{key}: {}", scalar(text))],
                RegisterText::PerLanguage(texts) => {
                    let line = |(language, text): &(Language, String)| {
                        format!("  {}: {}", language_key(language.as_str()), scalar(text))
                    };
                    std::iter::once(format!("{key}:")).chain(texts.iter().map(line)).collect()
                }
            };
            self.add_key(place, key, &lines, &flow)
        };
        if is_done {
            *field = Some(text_as_value(&text));
        }
    }

    /// Sets texts in a mapping by language. Languages that `wanted` does not have keep their texts.
    fn set_texts(&mut self, existing: &mut Vec<(String, String)>, place: &KeyPath, wanted: &[(Language, String)]) {
        for (language, wanted) in wanted {
            let line = format!("{}: {}", language_key(language.as_str()), scalar(wanted));
            let last = existing.last().map(|(tag, _)| place.key(tag));
            match existing.iter_mut().find(|(tag, _)| is_tag_of(tag, language)) {
                Some((_, existing)) if is_same_text(existing, wanted) => {}
                Some((tag, existing)) => {
                    let text_place = place.key(&*tag);
                    if self.editor.replace_text(&text_place, wanted)
                        || self.editor.record_replacement(&text_place, vec![line])
                    {
                        wanted.clone_into(existing);
                    }
                }
                None => {
                    let flow = format!("{}: {}", language_key(language.as_str()), flow_scalar(wanted));
                    if self.editor.add_key(place, last.as_ref(), depth::TEXTS, &[line], &flow) {
                        existing.push((language.as_str().to_owned(), wanted.clone()));
                    }
                }
            }
        }
    }

    /// Sets a text that the register has only once for a report. `language` is that of the report's first variant.
    fn set_shared_text(
        &mut self,
        field: &mut Option<TextValue>,
        place: &KeyPath,
        key: &str,
        wanted: Option<&str>,
        language: Option<&Language>,
    ) {
        let (Some(wanted), Some(language)) = (wanted, language) else { return };
        if let Some(TextValue::PerLanguage(existing)) = field
            && existing.iter().any(|(_, existing)| is_same_text(existing, wanted))
        {
            return;
        }
        self.set_text(field, place, key, &[(language.clone(), wanted.to_owned())], std::slice::from_ref(language));
    }

    /// Sets a sequence of texts.
    fn set_sequence(&mut self, field: &mut Option<OneOrMany<Scalar>>, place: &KeyPath, key: &str, wanted: &[String]) {
        let existing: Vec<String> = field.iter().flat_map(|field| &field.values).map(|value| value.0.clone()).collect();
        let is_equal = existing.len() == wanted.len()
            && existing.iter().zip(wanted).all(|(existing, wanted)| is_same_text(existing, wanted));
        if wanted.is_empty() || is_equal {
            return;
        }
        let key_place = place.key(key);
        let is_one = wanted.len() == 1 && key != "authors";
        let all = if is_one { flow_value(wanted) } else { in_brackets(wanted.iter().map(|text| flow_scalar(text))) };
        let line = format!("{key}: {all}");
        let is_done = match self.editor.style(&key_place) {
            None => self.add_key(place, key, std::slice::from_ref(&line), &line),
            Some(Style::Scalar) if wanted.len() == 1 => match wanted {
                [wanted] => self.editor.replace_text(&key_place, wanted),
                _ => false,
            },
            Some(Style::Empty | Style::Scalar) => self.editor.replace_value(&key_place, &all),
            Some(Style::Brackets { is_simple: true }) => {
                let written: Vec<String> =
                    wanted.iter().map(|text| self.as_written(&key_place, &existing, text)).collect();
                self.editor.replace_value(&key_place, &in_brackets(written.into_iter()))
            }
            Some(Style::Brackets { is_simple: false }) => {
                existing.len() == wanted.len() && self.replace_items(&key_place, &existing, wanted)
            }
            Some(Style::Block) => self.set_lines(&key_place, &existing, wanted),
        };
        if is_done || self.editor.has(&key_place) && self.editor.record_replacement(&key_place, vec![line]) {
            let values = wanted.iter().cloned().map(Scalar).collect();
            *field = Some(OneOrMany { values, is_sequence: true });
        }
    }

    /// An item for a sequence in brackets: as it is written there, if the sequence already has it.
    fn as_written(&self, sequence: &KeyPath, existing: &[String], wanted: &str) -> String {
        let index = existing.iter().position(|existing| is_same_text(existing, wanted));
        let written = index.and_then(|index| self.editor.written(&sequence.item(index)));
        written.map_or_else(|| flow_scalar(wanted), str::to_owned)
    }

    fn replace_items(&mut self, sequence: &KeyPath, existing: &[String], wanted: &[String]) -> bool {
        let pairs = existing.iter().zip(wanted).enumerate();
        let changed: Vec<(usize, &String)> = pairs
            .filter(|(_, (existing, wanted))| !is_same_text(existing, wanted))
            .map(|(index, (_, wanted))| (index, wanted))
            .collect();
        changed.into_iter().all(|(index, wanted)| self.editor.replace_text(&sequence.item(index), wanted))
    }

    /// Sets the items of a sequence that has a line for each.
    fn set_lines(&mut self, sequence: &KeyPath, existing: &[String], wanted: &[String]) -> bool {
        let kept: Vec<usize> = (0..existing.len())
            .filter(|index| {
                wanted.iter().any(|wanted| existing.get(*index).is_some_and(|existing| is_same_text(existing, wanted)))
            })
            .collect();
        let is_shortened = kept.len() == wanted.len()
            && !wanted.is_empty()
            && kept
                .iter()
                .zip(wanted)
                .all(|(index, wanted)| existing.get(*index).is_some_and(|existing| is_same_text(existing, wanted)));
        if is_shortened {
            let removed: Vec<usize> = (0..existing.len()).filter(|index| !kept.contains(index)).collect();
            return removed.into_iter().all(|index| self.editor.remove_item(&sequence.item(index)));
        }
        let common = existing.len().min(wanted.len());
        let (first, more) = wanted.split_at(common);
        self.replace_items(sequence, existing.get(..common).unwrap_or_default(), first)
            && more.iter().all(|text| self.editor.add_written_item(sequence, depth::TEXTS, &scalar(text)))
            && (common..existing.len()).all(|index| self.editor.remove_item(&sequence.item(index)))
    }

    /// Sets the subjects. Subjects that the register does not change keep their translations and their order.
    fn set_subjects(
        &mut self,
        field: &mut Option<OneOrMany<TextValue>>,
        place: &KeyPath,
        wanted: &[Vec<(Language, String)>],
    ) {
        if wanted.is_empty() {
            return;
        }
        let key_place = place.key("subjects");
        let existing: Vec<TextValue> = field.iter().flat_map(|field| field.values.clone()).collect();
        // The existing subjects, by index, and the wanted ones that are not paired with each other yet.
        let mut rest: Vec<usize> = (0..existing.len()).collect();
        let mut unpaired: Vec<&Vec<(Language, String)>> = Vec::new();
        for texts in wanted {
            match rest
                .iter()
                .position(|index| existing.get(*index).is_some_and(|existing| has_texts(existing, texts, true)))
            {
                Some(at) => drop(rest.remove(at)),
                None => unpaired.push(texts),
            }
        }
        if rest.is_empty() && unpaired.is_empty() {
            return;
        }
        // First pair subjects that have the same text in at least one language, then the remaining ones in order.
        let mut changed: Vec<(usize, TextValue)> = Vec::new();
        let mut added: Vec<&Vec<(Language, String)>> = Vec::new();
        for needs_same in [true, false] {
            for texts in std::mem::take(&mut unpaired) {
                let is_fitting = |index: &usize| {
                    !needs_same || existing.get(*index).is_some_and(|existing| has_texts(existing, texts, false))
                };
                match rest.iter().position(is_fitting) {
                    Some(at) => {
                        let index = rest.remove(at);
                        changed.extend(existing.get(index).map(|existing| (index, with_texts(existing, texts))));
                    }
                    None if needs_same => unpaired.push(texts),
                    None => added.push(texts),
                }
            }
        }
        let new: Vec<RegisterText> = added.iter().filter_map(|texts| one_or_per_language(texts.to_vec())).collect();
        let mut values = Vec::new();
        let mut written = Vec::new();
        for (index, existing) in existing.iter().enumerate().filter(|(index, _)| !rest.contains(index)) {
            let change = changed.iter().find(|(other, _)| *other == index).map(|(_, value)| value);
            let kept = self.editor.written(&key_place.item(index)).filter(|_| change.is_none());
            written.push(kept.map_or_else(|| value_in_brackets(change.unwrap_or(existing)), str::to_owned));
            values.push(change.unwrap_or(existing).clone());
        }
        written.extend(new.iter().map(text_in_brackets));
        values.extend(new.iter().map(text_as_value));
        let all = in_brackets(written.into_iter());
        let line = format!("subjects: {all}");
        let is_done = match self.editor.style(&key_place) {
            None => self.add_key(place, "subjects", std::slice::from_ref(&line), &line),
            Some(Style::Empty | Style::Scalar | Style::Brackets { is_simple: true }) => {
                self.editor.replace_value(&key_place, &all)
            }
            Some(Style::Brackets { is_simple: false }) => false,
            Some(Style::Block) if field.as_ref().is_some_and(|field| field.is_sequence) => {
                changed
                    .iter()
                    .all(|(index, value)| self.set_subject(&key_place.item(*index), existing.get(*index), value))
                    && new.iter().all(|text| {
                        let item = match text {
                            RegisterText::One(text) => scalar(text),
                            RegisterText::PerLanguage(_) => text_in_brackets(text),
                        };
                        self.editor.add_written_item(&key_place, depth::TEXTS, &item)
                    })
                    && rest.iter().all(|index| self.editor.remove_item(&key_place.item(*index)))
            }
            Some(Style::Block) => false,
        };
        if is_done || self.editor.has(&key_place) && self.editor.record_replacement(&key_place, vec![line]) {
            *field = Some(OneOrMany { values, is_sequence: true });
        }
    }

    /// Sets a subject in a sequence that has a line for each item.
    fn set_subject(&mut self, place: &KeyPath, existing: Option<&TextValue>, wanted: &TextValue) -> bool {
        match (existing, wanted) {
            (Some(TextValue::One(_)), TextValue::One(wanted)) => self.editor.replace_text(place, wanted),
            (Some(TextValue::PerLanguage(existing)), TextValue::PerLanguage(wanted)) => {
                let last = existing.last().map(|(tag, _)| place.key(tag));
                wanted.iter().all(|(tag, text)| match existing.iter().find(|(existing, _)| existing == tag) {
                    Some((_, existing)) if is_same_text(existing, text) => true,
                    Some(_) => self.editor.replace_text(&place.key(tag), text),
                    None => {
                        let line = format!("{}: {}", language_key(tag), scalar(text));
                        let flow = format!("{}: {}", language_key(tag), flow_scalar(text));
                        self.editor.add_key(place, last.as_ref(), depth::TEXTS, &[line], &flow)
                    }
                })
            }
            _ => self.editor.replace_value(place, &value_in_brackets(wanted)),
        }
    }

    /// Sets the numbers that may differ between the languages of a report.
    fn apply_numbers(
        &mut self,
        report: &mut manifest::ReportKeys,
        place: &KeyPath,
        variants: &KeyPath,
        numbers: &[(Language, RegisterNumbers)],
    ) {
        let mut added: Vec<(usize, &str, Vec<String>)> = Vec::new();
        let Some(mut keys) = report.variants.take() else { return };
        for key in ["isbn", "issn", "doi", "pages"] {
            let wanted: Vec<(&Language, Vec<String>)> =
                numbers.iter().map(|(language, numbers)| (language, number_values(numbers, key))).collect();
            let wanted: Vec<_> = wanted.into_iter().filter(|(_, values)| !values.is_empty()).collect();
            let Some((_, first)) = wanted.first() else { continue };
            let is_shared = wanted.iter().all(|(_, values)| values == first);
            let existing_shared = report_values(report, key);
            for (language, values) in &wanted {
                let found = keys.0.iter_mut().enumerate().find(|(_, (tag, _))| is_tag_of(tag, language));
                let Some((index, (tag, variant))) = found else { continue };
                let existing = variant_values(variant, key);
                let effective = if existing.is_empty() { &existing_shared } else { &existing };
                if effective == values {
                    continue;
                }
                let variant_place = variants.key(&*tag);
                if !existing.is_empty() || variant.is_long_form && !is_shared {
                    self.set_variant_number(variant, &variant_place, key, values);
                } else if !is_shared {
                    added.push((index, key, values.clone()));
                } else {
                    self.set_report_number(report, place, key, values);
                    break;
                }
            }
        }
        for (index, (tag, variant)) in keys.0.iter_mut().enumerate() {
            let of_variant: Vec<_> = added.iter().filter(|(other, ..)| *other == index).collect();
            if of_variant.is_empty() {
                continue;
            }
            let variant_place = variants.key(&*tag);
            let files = match (
                self.editor.style(&variant_place),
                variant.files.as_ref().map(|files| files.values.as_slice()),
            ) {
                (Some(Style::Scalar), Some([file])) if !file.is_long_form => Some(flow_scalar(&file.file.0)),
                (Some(Style::Brackets { is_simple: true }), _) => {
                    self.editor.written(&variant_place).map(str::to_owned)
                }
                _ => None,
            };
            let fields: Vec<String> =
                of_variant.iter().map(|(_, key, values)| format!("{key}: {}", number_value(values))).collect();
            let is_done = files.is_some_and(|files| {
                self.editor.replace_value(&variant_place, &format!("{{files: {files}, {}}}", fields.join(", ")))
            });
            if is_done {
                for (_, key, values) in of_variant {
                    put_variant_values(variant, key, values);
                }
            } else {
                self.record_long_form(&variant_place, tag, variant, &fields);
            }
        }
        report.variants = Some(keys);
    }

    /// Records that people must write a variant by hand: in the long form, with these fields.
    fn record_long_form(&mut self, place: &KeyPath, tag: &str, variant: &manifest::VariantKeys, fields: &[String]) {
        let files: Vec<&manifest::FileKeys> = variant.files.iter().flat_map(|files| &files.values).collect();
        let paths: Vec<String> = files.iter().map(|file| file.file.0.clone()).collect();
        let key = language_key(tag);
        // Files that are mappings themselves (with a title, for example) are too long to repeat.
        let lines = if files.iter().any(|file| file.is_long_form) {
            let first = [format!("{key}:"), "  files: # the files as they are listed now".to_owned()];
            first.into_iter().chain(fields.iter().map(|field| format!("  {field}"))).collect()
        } else {
            vec![format!("{key}: {{files: {}, {}}}", flow_value(&paths), fields.join(", "))]
        };
        self.editor.record_replacement(place, lines);
    }

    fn set_report_number(&mut self, report: &mut manifest::ReportKeys, place: &KeyPath, key: &str, values: &[String]) {
        let first = values.first().map(String::as_str);
        match key {
            "isbn" => self.set_sequence(&mut report.isbn, place, key, values),
            "issn" => self.set_sequence(&mut report.issn, place, key, values),
            "doi" => self.set_scalar(&mut report.doi, place, key, first, is_same_text),
            _ => self.set_scalar(&mut report.pages, place, key, first, is_same_text),
        }
    }

    fn set_variant_number(
        &mut self,
        variant: &mut manifest::VariantKeys,
        place: &KeyPath,
        key: &str,
        values: &[String],
    ) {
        let first = values.first().map(String::as_str);
        if !self.editor.has(&place.key(key)) {
            let line = format!("{key}: {}", number_value(values));
            let last = ["folder", "files"].into_iter().map(|key| place.key(key)).find(|place| self.editor.has(place));
            let is_done = last.is_some_and(|last| {
                self.editor.add_key_after(place, &last, depth::FILES, std::slice::from_ref(&line), &line)
            });
            if is_done || self.editor.record_addition(place, vec![line]) {
                put_variant_values(variant, key, values);
            }
            return;
        }
        match key {
            "isbn" => self.set_sequence(&mut variant.isbn, place, key, values),
            "issn" => self.set_sequence(&mut variant.issn, place, key, values),
            "doi" => self.set_scalar(&mut variant.doi, place, key, first, is_same_text),
            _ => self.set_scalar(&mut variant.pages, place, key, first, is_same_text),
        }
    }
}

/// Items as a sequence in brackets.
fn in_brackets(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn text_as_value(text: &RegisterText) -> TextValue {
    match text {
        RegisterText::One(text) => TextValue::One(text.clone()),
        RegisterText::PerLanguage(texts) => TextValue::PerLanguage(
            texts.iter().map(|(language, text)| (language.as_str().to_owned(), text.clone())).collect(),
        ),
    }
}

fn value_in_brackets(value: &TextValue) -> String {
    match value {
        TextValue::One(text) => flow_scalar(text),
        TextValue::PerLanguage(texts) => {
            let texts = texts.iter().map(|(tag, text)| format!("{}: {}", language_key(tag), flow_scalar(text)));
            format!("{{{}}}", texts.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Whether a subject has these texts: all of them, or at least one.
fn has_texts(existing: &TextValue, texts: &[(Language, String)], all: bool) -> bool {
    let has = |(language, text): &(Language, String)| match existing {
        TextValue::One(existing) => is_same_text(existing, text),
        TextValue::PerLanguage(existing) => {
            existing.iter().any(|(tag, existing)| is_tag_of(tag, language) && is_same_text(existing, text))
        }
    };
    if all { texts.iter().all(has) } else { texts.iter().any(has) }
}

/// A subject with these texts. Its texts in other languages are kept.
fn with_texts(existing: &TextValue, texts: &[(Language, String)]) -> TextValue {
    let mut merged = match existing {
        TextValue::PerLanguage(existing) => existing.clone(),
        TextValue::One(_) => {
            return one_or_per_language(texts.to_vec()).map_or_else(|| existing.clone(), |text| text_as_value(&text));
        }
    };
    for (language, text) in texts {
        match merged.iter_mut().find(|(tag, _)| is_tag_of(tag, language)) {
            Some((_, existing)) => existing.clone_from(text),
            None => merged.push((language.as_str().to_owned(), text.clone())),
        }
    }
    TextValue::PerLanguage(merged)
}

fn number_value(values: &[String]) -> String {
    match values {
        [value] => flow_scalar(value),
        values => in_brackets(values.iter().map(|value| flow_scalar(value))),
    }
}

fn number_values(numbers: &RegisterNumbers, key: &str) -> Vec<String> {
    let RegisterNumbers { isbn, issn, doi, pages } = numbers;
    match key {
        "isbn" => isbn.clone(),
        "issn" => issn.clone(),
        "doi" => doi.iter().cloned().collect(),
        _ => pages.iter().cloned().collect(),
    }
}

fn values_of(one: Option<&Scalar>, many: Option<&OneOrMany<Scalar>>) -> Vec<String> {
    let many = many.into_iter().flat_map(|many| &many.values);
    one.into_iter().chain(many).map(|value| value.0.trim().to_owned()).filter(|value| !value.is_empty()).collect()
}

fn report_values(report: &manifest::ReportKeys, key: &str) -> Vec<String> {
    match key {
        "isbn" => values_of(None, report.isbn.as_ref()),
        "issn" => values_of(None, report.issn.as_ref()),
        "doi" => values_of(report.doi.as_ref(), None),
        _ => values_of(report.pages.as_ref(), None),
    }
}

fn variant_values(variant: &manifest::VariantKeys, key: &str) -> Vec<String> {
    match key {
        "isbn" => values_of(None, variant.isbn.as_ref()),
        "issn" => values_of(None, variant.issn.as_ref()),
        "doi" => values_of(variant.doi.as_ref(), None),
        _ => values_of(variant.pages.as_ref(), None),
    }
}

fn put_variant_values(variant: &mut manifest::VariantKeys, key: &str, values: &[String]) {
    let many = || Some(OneOrMany { values: values.iter().cloned().map(Scalar).collect(), is_sequence: true });
    let one = || values.first().cloned().map(Scalar);
    match key {
        "isbn" => variant.isbn = many(),
        "issn" => variant.issn = many(),
        "doi" => variant.doi = one(),
        _ => variant.pages = one(),
    }
}
