//! Merges the files of one report: their languages, formats, titles, dates and authors.

use std::collections::BTreeSet;

use super::metadata;
use super::proposal::{DocumentInfo, Guess, ProposedReport, ProposedVariant};
use super::register::{RegisterNumbers, RegisterReport, RegisterRow};
use super::scan::{ScannedFile, format_rank, is_web_page, name_of, stem_of};
use super::versions::{split_version, without_version_words};
use crate::extraction::TextLayer;
use crate::language::Language;
use crate::names::portable_name;

/// A file of the folder, and everything that is known about it.
pub(super) struct DocumentFile<'f> {
    pub(super) file: &'f ScannedFile,
    pub(super) document: &'f DocumentInfo,
    /// The row of the file in the register.
    pub(super) row: Option<&'f RegisterRow>,
    pub(super) language: Language,
    /// The folder without the parts that name a language. The files of one report have the same folder and the same stem.
    pub(super) folder: String,
    /// The stem without the part that names a language.
    pub(super) stem: String,
    /// What the user should check.
    pub(super) review_note: Option<String>,
    /// If the file is a page of a web document: the title of that document.
    pub(super) web_title: Option<String>,
    /// Whether the file is a page of a web document, but not its first page.
    pub(super) is_later_page: bool,
    /// If the file is the start page of a web site: the folder of that site.
    pub(super) site: Option<String>,
    /// Whether many documents have the same title in their metadata: it belongs to a template or a series.
    pub(super) has_shared_title: bool,
    /// Whether the language was only assumed, because nothing shows it.
    pub(super) is_assumed: bool,
    /// Whether the whole name of the file is that of its language, like those of the files beside it.
    pub(super) is_named_after_language: bool,
}

impl DocumentFile<'_> {
    /// The title in the document's metadata, if it is plausible.
    pub(super) fn title(&self) -> Option<String> {
        if self.web_title.is_some() {
            return self.web_title.clone();
        }
        let facts = &self.document.facts;
        // The title of a web page is often that of the site.
        let preferred = if is_web_page(&self.file.format) { facts.heading.as_ref() } else { facts.title.as_ref() };
        let mut candidates = preferred.into_iter().chain(&facts.title);
        let title = candidates.find_map(|title| metadata::plausible_title(title, stem_of(&self.file.path)))?;
        Some(metadata::without_language_code(&title, &self.language).to_owned())
    }

    /// The title that the first page shows, if it is plausible.
    fn shown_title(&self) -> Option<String> {
        // If only some fonts show other letters than the text contains, the title may be right.
        if self.document.facts.text == TextLayer::Bad
            && metadata::guess_from_words(&self.document.text).is_none_or(|language| language != self.language)
        {
            return None;
        }
        let shown = metadata::plausible_title(self.document.facts.shown_title.as_deref()?, "")?;
        // A document that begins with `1 The Welsh language` and is called `welsh` has no other title.
        let shown = match shown.strip_prefix("1 ").or_else(|| shown.strip_prefix("1. ")) {
            Some(heading) if self.is_named_after(heading) => heading.trim().to_owned(),
            Some(_) => return None,
            None => shown,
        };
        let authors = metadata::plausible_authors(&self.document.facts.authors);
        let is_author = authors.iter().any(|author| portable_name(author) == portable_name(&shown));
        (!is_author && !metadata::are_numbered_names(&shown) && !metadata::is_unfinished_title(&shown, &self.language))
            .then_some(shown)
    }

    /// The title that the first page shows, unless that page follows a cover, so that it may only be a heading.
    fn title_on_cover(&self) -> Option<String> {
        self.shown_title().filter(|_| !self.document.facts.is_title_after_cover)
    }

    /// Whether a title has a year, but not the one in the name of the file: it may be that of an earlier edition.
    fn has_other_year(&self, title: &str) -> bool {
        let year_in_name = metadata::date_in_name(stem_of(&self.file.path)).map(|date| date.year.to_string());
        let years = metadata::years_in_name(title);
        year_in_name.zip(years).is_some_and(|(year, years)| !years.split(' ').any(|other| other == year))
    }

    /// Whether a title has a word of the name of the file, of at least four letters.
    fn is_named_after(&self, title: &str) -> bool {
        let (title, name) = (portable_name(title), portable_name(&self.stem));
        name.split('_').any(|word| word.len() > 3 && title.split('_').any(|other| other == word))
    }

    /// The most credible title. It gets a comment if it is in another language than the document.
    pub(super) fn best_title(&self) -> Option<Guess<String>> {
        let title = self.stated_or_shown_title()?;
        if title.review_note.is_some()
            || self.language.is_not_one_language()
            || !metadata::seems_in_other_language(&title.value, &self.language)
        {
            return Some(title);
        }
        Some(Guess::uncertain(
            title.value,
            "in another language than the document; write the title that it has, or correct the language of the document",
        ))
    }

    /// The title in the metadata, or the title that the first page shows, if it is different and the metadata cannot be trusted.
    fn stated_or_shown_title(&self) -> Option<Guess<String>> {
        let stated = self.title();
        if self.web_title.is_some() || is_web_page(&self.file.format) {
            return stated.map(Guess::certain);
        }
        let from_page = |title: String| {
            Guess::uncertain(title, "taken from the first page; correct it if the document has another title")
        };
        let (stated, shown) = match (stated, self.shown_title()) {
            // The cover, which may be a picture, has the title. What follows it is often a heading.
            (Some(stated), Some(_)) if self.document.facts.is_title_after_cover && !self.has_other_year(&stated) => {
                return Some(Guess::certain(stated));
            }
            (Some(stated), Some(shown)) => (stated, shown),
            (Some(_), None) if self.has_shared_title => return None,
            (Some(stated), None) if self.has_other_year(&stated) => {
                let note = "taken from the file's properties, where the year differs from the one in the file name; write the document's title";
                return Some(Guess::uncertain(stated, note));
            }
            (Some(stated), None) => return Some(Guess::certain(stated)),
            (None, shown) => return shown.map(from_page),
        };
        // Text extracted from the page may be wrong, because its fonts do not say which letters they draw.
        let script_fits = |title: &str| {
            Language::guess_from_script(title).is_some_and(|language| language.has_same_primary(&self.language))
        };
        if script_fits(&stated) && !script_fits(&shown) {
            return Some(Guess::certain(stated));
        }
        let from_page_instead = |shown: String, stated: &str| {
            let note = format!(
                "taken from the first page, because the file's properties say “{stated}”; keep the right title"
            );
            Some(Guess::uncertain(shown, note))
        };
        if metadata::has_lost_accents(&stated, &shown) {
            return from_page_instead(shown, &stated);
        }
        let (stated_name, shown_name) = (portable_name(&stated), portable_name(&shown));
        let is_word = !stated_name.contains('_') && shown_name.split('_').count() > 1;
        if stated_name == shown_name || shown_name.contains(&stated_name) && !is_word {
            return Some(Guess::certain(stated));
        }
        let start: String = self.document.text.chars().take(MAX_TITLE_SEARCH).collect();
        if metadata::is_misread(&shown, &stated, &self.document.text) {
            return Some(Guess::certain(stated));
        }
        let is_doubtful = self.has_shared_title
            || metadata::is_in_other_language(&stated, &shown, &self.language)
            || metadata::has_no_own_words(&stated, &shown, &self.language) && !metadata::has_exact_title(&start, &stated)
            || is_word
            || self.has_other_year(&stated) && !stated_name.contains(&shown_name)
            || metadata::is_from_program(self.document.facts.title.as_deref().unwrap_or_default())
            || metadata::shows_title(&start, &stated) == Some(false)
            // A rough form of the title on the page
            || metadata::share_words(&stated, &shown)
                && !stated_name.contains(&shown_name)
                && !metadata::has_exact_title(&start, &stated);
        if !is_doubtful {
            return Some(Guess::certain(stated));
        }
        from_page_instead(shown, &stated)
    }
}

/// How many characters of a text are searched for the title.
const MAX_TITLE_SEARCH: usize = 6000;

/// What the user should check about a file without a row in the register.
pub(super) const NO_ROW: &str = "this file has no row in the list";

const FROM_PROPERTIES: &str = "taken from the file's properties; correct it if it is not the date of publication";

/// Merges files into a report. Its id is neither shortened nor unique yet.
pub(super) fn merge_into_report(mut files: Vec<DocumentFile<'_>>) -> ProposedReport {
    files.sort_by_key(|file| (file.language.clone(), file.is_later_page, format_rank(file.file)));
    let stem = files.first().map(|file| file.stem.clone()).unwrap_or_default();
    let mut variants = merge_variants(&files);
    let numbers = merge_numbers(&files, &mut variants);
    let registered = RegisterReport::new(files.iter().filter_map(|file| Some((&file.language, file.row?))));
    let titles = merge_titles(&files, &variants, &stem, &registered);
    let mut review_notes = Vec::new();
    // An id from the register is kept as it is.
    let has_registered_id = files.iter().any(|file| file.row.is_some_and(|row| row.report.is_some()));
    let id = if has_registered_id { stem.clone() } else { without_version_words(&portable_name(&stem)) };
    if files.iter().any(|file| file.file.compressed) {
        review_notes.push(
            "many readers cannot open compressed files; decompress this one and list the resulting file instead"
                .to_owned(),
        );
    }
    if let Some(differences) = registered.describe_differences() {
        review_notes
            .push(format!("the rows of the list differ: {differences}; make sure that the first value is right"));
    }
    let all_facts = || files.iter().map(|file| &file.document.facts);
    let latest_date = all_facts().filter_map(|facts| metadata::plausible_date(facts.date.as_deref()?)).max();
    // If the register has a date that cannot be read, the date of a file does not replace it.
    let latest_date = latest_date.filter(|_| !registered.rules_out_file_date);
    let date_in_name = files.iter().find_map(|file| metadata::date_in_name(stem_of(&file.file.path)));
    let date_in_name = date_in_name.filter(|_| !registered.rules_out_file_date);
    let (file_date, date_note) = match (date_in_name, latest_date) {
        // The properties may have the month or day that the name leaves out.
        (Some(named), Some(latest)) if latest.to_string().starts_with(&named.to_string()) => {
            (Some(latest), FROM_PROPERTIES)
        }
        (Some(named), _) => (Some(named), "taken from the file name; correct it if it is not the date of publication"),
        (None, latest) => (latest, FROM_PROPERTIES),
    };
    let date = registered.date.map(Guess::certain).or(file_date.map(|date| Guess::uncertain(date, date_note)));
    let authors_in_properties = shared_authors(&files, variants.len());
    let (summary, subjects) = (registered.summary(), registered.subject_texts());
    let RegisterReport { symbol, authors: registered_authors, record, .. } = registered;
    let registered_authors = (!registered_authors.is_empty()).then(|| Guess::certain(registered_authors));
    let authors = registered_authors.or(authors_in_properties.map(|authors| {
        Guess::uncertain(authors, "taken from the file's properties; correct it if somebody else wrote the document")
    }));
    ProposedReport { id, titles, symbol, summary, subjects, date, authors, record, numbers, variants, review_notes }
}

/// The authors that all files with authors in their properties have: a name that only some files have may be that of a translator.
/// `None` if only one file has authors and the report has more than two languages.
fn shared_authors(files: &[DocumentFile<'_>], languages: usize) -> Option<Vec<String>> {
    let stated = files.iter().map(|file| metadata::plausible_authors(&file.document.facts.authors));
    let stated: Vec<Vec<String>> = stated.filter(|authors| !authors.is_empty()).collect();
    if stated.len() == 1 && languages > 2 {
        return None;
    }
    let (first, others) = stated.split_first()?;
    let is_in =
        |authors: &[String], name: &str| authors.iter().any(|other| portable_name(other) == portable_name(name));
    let shared = first.iter().filter(|name| others.iter().all(|authors| is_in(authors, name)));
    Some(shared.cloned().collect::<Vec<String>>()).filter(|authors| !authors.is_empty())
}

fn merge_variants(files: &[DocumentFile<'_>]) -> Vec<ProposedVariant> {
    let mut variants: Vec<ProposedVariant> = Vec::new();
    for file in files {
        match variants.iter_mut().find(|variant| variant.language == file.language) {
            Some(variant) => {
                variant.files.push(file.file.path.clone());
                variant.review_note = variant.review_note.take().or_else(|| file.review_note.clone());
            }
            None => variants.push(ProposedVariant {
                language: file.language.clone(),
                files: vec![file.file.path.clone()],
                site: file.site.clone(),
                numbers: RegisterNumbers::default(),
                review_note: file.review_note.clone(),
            }),
        }
    }
    for variant in &mut variants {
        if variant.review_note.as_deref() != Some(NO_ROW) || variant.files.len() < 2 {
            continue;
        }
        let has_no_row = |path: &&String| files.iter().any(|file| file.file.path == **path && file.row.is_none());
        let without: Vec<&str> = variant.files.iter().filter(has_no_row).map(|path| name_of(path)).collect();
        variant.review_note = Some(match without.as_slice() {
            [name] => format!("{name} has no row in the list"),
            names if names.len() == variant.files.len() => "these files have no row in the list".to_owned(),
            names => format!("{} have no row in the list", names.join(" and ")),
        });
    }
    variants
}

/// Assigns the numbers in the register to the report or to its variants. A value that is the same for all variants that have one
/// belongs to the report, and is returned. Otherwise each variant gets its own value.
fn merge_numbers(files: &[DocumentFile<'_>], variants: &mut [ProposedVariant]) -> RegisterNumbers {
    let numbers_in_language = |language: &Language, is_filled: fn(&RegisterNumbers) -> bool| {
        let mut in_language = files.iter().filter(|file| file.language == *language);
        in_language.find_map(|file| file.row.map(|row| &row.numbers).filter(|numbers| is_filled(numbers))).cloned()
    };
    let mut shared = RegisterNumbers::default();
    let mut share = |is_filled: fn(&RegisterNumbers) -> bool, copy: fn(&RegisterNumbers, &mut RegisterNumbers)| {
        let mut by_variant: Vec<(usize, RegisterNumbers)> = Vec::new();
        for (v, variant) in variants.iter().enumerate() {
            by_variant.extend(numbers_in_language(&variant.language, is_filled).map(|numbers| (v, numbers)));
        }
        let field = |numbers: &RegisterNumbers| {
            let mut field = RegisterNumbers::default();
            copy(numbers, &mut field);
            field
        };
        match by_variant.first() {
            Some((_, first)) if by_variant.iter().all(|(_, other)| field(other) == field(first)) => {
                copy(first, &mut shared);
            }
            _ => by_variant.iter().for_each(|(v, numbers)| copy(numbers, &mut variants[*v].numbers)),
        }
    };
    share(|numbers| !numbers.isbn.is_empty(), |from, to| to.isbn.clone_from(&from.isbn));
    share(|numbers| !numbers.issn.is_empty(), |from, to| to.issn.clone_from(&from.issn));
    share(|numbers| numbers.doi.is_some(), |from, to| to.doi.clone_from(&from.doi));
    share(|numbers| numbers.pages.is_some(), |from, to| to.pages.clone_from(&from.pages));
    shared
}

/// The titles by language. If all languages have the same title, returns only one, without a language.
fn merge_titles(
    files: &[DocumentFile<'_>],
    variants: &[ProposedVariant],
    stem: &str,
    registered: &RegisterReport,
) -> Vec<(Option<Language>, Guess<String>)> {
    let mut titles: Vec<(Language, Guess<String>)> = Vec::new();
    for file in files {
        let in_register = registered.titles.iter().find(|(language, _)| *language == file.language);
        let in_register = in_register.map(|(_, title)| Guess::certain(title.clone()));
        let Some(title) = in_register.or_else(|| file.best_title()) else { continue };
        match titles.iter_mut().find(|(language, _)| *language == file.language) {
            // A certain title from another format replaces a guess.
            Some((_, known)) if known.review_note.is_some() && title.review_note.is_none() => *known = title,
            Some(_) => {}
            None => titles.push((file.language.clone(), title)),
        }
    }
    // The register may also have the title in languages in which there is no file.
    for (language, title) in &registered.titles {
        if !titles.iter().any(|(own, _)| own == language) {
            titles.push((language.clone(), Guess::certain(title.clone())));
        }
    }
    if files.iter().all(|file| file.row.is_none()) {
        replace_repeated_titles(&mut titles, files);
    }
    if files.iter().all(|file| file.row.is_none()) {
        titles.extend(title_from_latin_name(&titles, files, stem));
    }
    let distinct: BTreeSet<&str> = titles.iter().map(|(_, title)| title.value.as_str()).collect();
    let titles = if titles.is_empty() {
        let from_name = metadata::title_from_name(&split_version(stem).base);
        // A title in the metadata that repeats the name of the file may have better capital letters.
        let mut spelled = files.iter().filter_map(|file| {
            let facts = &file.document.facts;
            let stated = facts.title.as_deref().or(facts.heading.as_deref())?.trim();
            let is_same = stated.to_lowercase() == from_name.to_lowercase() && stated.contains(char::is_uppercase);
            is_same.then(|| stated.to_owned())
        });
        let title = spelled.next().unwrap_or(from_name);
        vec![(None, Guess::uncertain(title, "taken from the file name; write the document's title"))]
    } else if variants.len() > 1 && titles.len() > 1 && distinct.len() == 1 {
        let title = titles.swap_remove(0).1.value;
        let have_all_rows = files.iter().all(|file| file.row.is_some());
        let title = if have_all_rows {
            Guess::certain(title)
        } else {
            Guess::uncertain(title, "the same in all languages; translate it if the documents have translated titles")
        };
        vec![(None, title)]
    } else if variants.len() == 1 && titles.len() == 1 {
        vec![(None, titles.swap_remove(0).1)]
    } else {
        titles.into_iter().map(|(language, title)| (Some(language), title)).collect()
    };
    let or_untitled = |title: Guess<String>| match metadata::has_word_char(&title.value) {
        true => title,
        false => Guess::uncertain("Untitled".to_owned(), "the name of the file has no letters; write a title"),
    };
    titles.into_iter().map(|(language, title)| (language, or_untitled(title))).collect()
}

/// A title from the name of the files, for English or the first language in Latin letters, if only languages in other scripts have one:
/// most readers of the other languages could not read it.
fn title_from_latin_name(
    titles: &[(Language, Guess<String>)],
    files: &[DocumentFile<'_>],
    stem: &str,
) -> Option<(Language, Guess<String>)> {
    let english = Language::parse("en").ok()?;
    let is_latin = |language: &Language| !language.is_not_one_language() && language.has_same_script(&english);
    let mut untitled: Vec<&Language> = files.iter().map(|file| &file.language).filter(|own| is_latin(own)).collect();
    untitled.sort_by_key(|language| (language.primary() != "en", (*language).clone()));
    let language = untitled.first().filter(|_| !titles.is_empty() && !titles.iter().any(|(own, _)| is_latin(own)))?;
    let title = metadata::title_from_name(&split_version(stem).base);
    let words = title.split(' ').filter(|word| word.contains(char::is_alphabetic)).count();
    (title.is_ascii() && words > 1)
        .then(|| ((*language).clone(), Guess::uncertain(title, "taken from the file name; write the document's title")))
}

/// If two languages have the same title, replaces each by a different title from the files of the language, if there is one.
fn replace_repeated_titles(titles: &mut [(Language, Guess<String>)], files: &[DocumentFile<'_>]) {
    let before: Vec<String> = titles.iter().map(|(_, title)| title.value.clone()).collect();
    for (language, title) in titles {
        if before.iter().filter(|other| **other == title.value).count() < 2 {
            continue;
        }
        let in_language = || files.iter().filter(|file| file.language == *language);
        let mut others =
            in_language().filter_map(DocumentFile::title).chain(in_language().filter_map(DocumentFile::title_on_cover));
        if let Some(other) = others.find(|other| portable_name(other) != portable_name(&title.value)) {
            let note = format!(
                "“{}” is also the title in another language, so another title of the document was taken; keep the right one",
                title.value
            );
            *title = Guess::uncertain(other, note);
        }
    }
}
