//! Detects the language of each file, and splits the part that names the language off its path.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::language_hints::{LanguageHint, hint_in_folder, hints_by_un_letter, hints_by_whole_name, hints_in_stem};
use super::metadata::guess_from_words;
use super::proposal::DocumentInfo;
use super::scan::{ScannedFile, folder_of, is_web_page, name_of, stem_of};
use crate::extraction::TextLayer;
use crate::file_formats::FormatKind;
use crate::language::{Language, LanguageNames, has_wrong_letters};
use crate::names::portable_name;

/// The code of ISO 639 for an unknown language.
pub(super) const UNKNOWN: &str = "und";

/// The language of a file, and its path without the parts that name the language.
pub(super) struct DetectedLanguage {
    pub(super) language: Language,
    /// The folder without the parts that name a language.
    pub(super) folder: String,
    /// The stem without the part that names a language.
    pub(super) stem: String,
    /// What the user should check.
    pub(super) review_note: Option<String>,
    /// The language that the file name gives.
    pub(super) from_name: Option<Language>,
    /// Whether there was no evidence, so that the language is only assumed.
    pub(super) is_assumed: bool,
}

impl DetectedLanguage {
    /// Whether nothing at all shows the language.
    pub(super) fn is_unknown(&self) -> bool {
        self.is_assumed && self.language.as_str() == UNKNOWN
    }
}

/// Detects the language of each file: from its name, the names of its folders, its text, its metadata, in this order.
pub(super) fn detect_languages(
    files: &[ScannedFile],
    documents: &HashMap<String, DocumentInfo>,
    names: &LanguageNames,
) -> Vec<DetectedLanguage> {
    let un_letters = hints_by_un_letter(files.iter().map(|file| stem_of(&file.path)));
    let mut whole_names = hints_by_whole_name(files.iter().map(|file| file.path.as_str()), names);
    remove_names_of_countries(&mut whole_names, documents);
    let hints: Vec<Vec<LanguageHint>> = files
        .iter()
        .map(|file| {
            let stem = stem_of(&file.path);
            let mut hints = hints_in_stem(stem, names);
            hints.extend(un_letters.get(stem).cloned());
            hints.extend(whole_names.get(file.path.as_str()).cloned());
            hints
        })
        .collect();
    let siblings = Siblings::new(files, &hints, names);
    let mut detected: Vec<(Option<Language>, DetectedLanguage)> = files
        .iter()
        .zip(&hints)
        .map(|(file, hints)| detect_language(file, hints, documents.get(&file.path), &siblings, names))
        .collect();
    separate_originals(files, documents, &mut detected);
    prefer_texts_to_folders(files, documents, &mut detected);
    prefer_texts_to_scripts(files, documents, &mut detected);
    without_default_regions(assume_missing(files, documents, detected))
}

/// Removes the hints in the names of files beside each other if most of their texts are in one language that is not the one of their
/// names: `de.pdf`, `fr.pdf` and `it.pdf` may be English reports about countries.
fn remove_names_of_countries(hints: &mut HashMap<&str, LanguageHint>, documents: &HashMap<String, DocumentInfo>) {
    let mut texts: HashMap<&str, Vec<Option<Language>>> = HashMap::new();
    for (path, hint) in hints.iter() {
        let text = documents.get(*path).and_then(|document| Language::detect(readable_text(document)));
        let Some(text) = text else { continue };
        // `None` if the text is in the language of the name.
        let other = (!text.has_same_primary(&hint.language)).then_some(text);
        texts.entry(folder_of(path)).or_default().push(other);
    }
    texts.retain(|_, found| {
        let most =
            found.iter().flatten().map(|language| found.iter().flatten().filter(|other| *other == language).count());
        most.max().is_some_and(|most| most >= 2 && most * 2 > found.len())
    });
    hints.retain(|path, _| !texts.contains_key(folder_of(path)));
}

/// The languages of siblings: files or folders beside each other whose names differ only in the language. A weak hint is credible
/// if there is a sibling in another language.
struct Siblings<'f> {
    /// The languages of files and their paths, by the folder and the rest of the name.
    files: HashMap<(&'f str, String), BTreeSet<(&'f Language, &'f str)>>,
    /// The languages of folders, by the folder above and the rest of the name.
    folders: HashMap<(&'f str, String), BTreeSet<Language>>,
    /// The languages in the names of the files in each folder and below it.
    below: HashMap<&'f str, BTreeSet<&'f Language>>,
}

impl<'f> Siblings<'f> {
    fn new(files: &'f [ScannedFile], hints: &'f [Vec<LanguageHint>], names: &LanguageNames) -> Self {
        let mut siblings = Self { files: HashMap::new(), folders: HashMap::new(), below: HashMap::new() };
        for (file, hints) in files.iter().zip(hints) {
            for hint in hints {
                let key = (folder_of(&file.path), portable_name(&hint.rest));
                siblings.files.entry(key).or_default().insert((&hint.language, &file.path));
            }
            let Some(hint) = hints.iter().find(|hint| hint.is_strong && !hint.is_at_start) else { continue };
            let mut folder = folder_of(&file.path);
            while !folder.is_empty() {
                siblings.below.entry(folder).or_default().insert(&hint.language);
                folder = folder_of(folder);
            }
        }
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for file in files {
            let mut folder = folder_of(&file.path);
            while !folder.is_empty() && seen.insert(folder) {
                let (parent, name) = folder.rsplit_once('/').unwrap_or(("", folder));
                let name = without_web_ending(name);
                for hint in hint_in_folder(name, names).into_iter().chain(hints_in_stem(name, names)) {
                    siblings.folders.entry((parent, portable_name(&hint.rest))).or_default().insert(hint.language);
                }
                folder = parent;
            }
        }
        siblings
    }

    /// Whether another file than the one with this path differs only in the language.
    fn has_file_in_other_language(&self, path: &str, hint: &LanguageHint) -> bool {
        let files = self.files.get(&(folder_of(path), portable_name(&hint.rest)));
        files.is_some_and(|files| files.iter().any(|(language, file)| **language != hint.language && *file != path))
    }

    fn has_folder_in_other_language(&self, parent: &str, hint: &LanguageHint) -> bool {
        self.count_languages_of_folders(parent, hint) > 1
    }

    fn count_languages_of_folders(&self, parent: &str, hint: &LanguageHint) -> usize {
        self.folders.get(&(parent, portable_name(&hint.rest))).map_or(0, BTreeSet::len)
    }
}

/// Detects the language of one file. The first value is `None` if there is no evidence; the second then has the fallback language.
fn detect_language(
    file: &ScannedFile,
    hints: &[LanguageHint],
    document: Option<&DocumentInfo>,
    siblings: &Siblings<'_>,
    names: &LanguageNames,
) -> (Option<Language>, DetectedLanguage) {
    let text = document.map(readable_text).unwrap_or_default();
    // The beginning may be a long table of contents.
    let by_text = Language::detect(text).or_else(|| document.and_then(language_of_most_pages));
    let by_pages = document.and_then(|document| languages_of_pages(&document.facts.detected_languages));
    let folder = folder_of(&file.path);
    // A translation may begin with pages that nobody translated.
    let is_in = |language: &Language| match &by_pages {
        Some((first, second)) => [first, second].iter().any(|own| own.has_same_primary(language)),
        None => by_text.as_ref().is_some_and(|text| text.has_same_primary(language)),
    };
    let has_evidence = by_text.is_some() || by_pages.is_some();
    let hint = choose_hint(hints, has_evidence, is_in, |hint| siblings.has_file_in_other_language(&file.path, hint));
    let stem = hint.map_or_else(|| stem_of(&file.path).to_owned(), |hint| hint.rest.clone());
    let from_name = hint.map(|hint| hint.language.clone());
    let (from_folder, folder) = split_folder(folder, &stem, from_name.as_ref(), by_text.as_ref(), siblings, names);
    let named = from_name.clone().or(from_folder);
    let mut review_note = match (&named, &by_text) {
        (Some(named), Some(text)) if !text.has_same_primary(named) => Some(format!(
            "the name says {}, but the text looks like {}; correct the language if it is wrong",
            named.name_and_tag(),
            text.name_and_tag()
        )),
        _ => None,
    };
    let from_metadata = || {
        let stated = document?.facts.language.as_deref()?.trim().replace('_', "-");
        // The region is often that of the author's program, so it is dropped. For Chinese it is kept: it shows the script.
        let is_chinese = stated.to_lowercase().starts_with("zh");
        Language::parse(if is_chinese { &stated } else { stated.split('-').next()? }).ok()
    };
    if let (None, Some((first, second))) = (&named, &by_pages) {
        review_note = Some(format!(
            "some of its pages are in {} and some in {}; correct the language if it is wrong",
            first.name_and_tag(),
            second.name_and_tag()
        ));
    }
    let multilingual =
        by_pages.as_ref().filter(|_| named.is_none()).and_then(|_| Language::parse_of_document("mul").ok());
    let before_english =
        document.filter(|_| named.is_none() && by_pages.is_none()).and_then(|_| language_before_english(document?));
    if let Some(language) = &before_english {
        review_note = Some(format!(
            "it begins in {}, but most of its pages are in English (`en`); correct the language if it is wrong",
            language.name_and_tag()
        ));
    }
    let after_beginning = document
        .filter(|_| named.is_none() && multilingual.is_none() && before_english.is_none())
        .and_then(|document| language_after_beginning(document, by_text.as_ref()?));
    if let (Some(language), Some(text)) = (&after_beginning, &by_text) {
        review_note = Some(format!(
            "it begins in {}, but most of its pages are in {}; correct the language if it is wrong",
            text.name_and_tag(),
            language.name_and_tag()
        ));
    }
    let is_named_by_folder = from_name.is_none() && named.is_some();
    let mut language = named.or(multilingual).or(before_english).or(after_beginning).or(by_text).or_else(from_metadata);
    if language.is_none()
        && let Some((guessed, evidence)) = guess_language(file, document, text)
    {
        language = Some(guessed);
        review_note = Some(format!("guessed from {evidence}; correct the language if it is wrong"));
    }
    // The one page may be a picture without words, or a scan. A scan has no text either, so the language of the folder is kept.
    let is_picture_of_page = is_named_by_folder
        && document.is_some_and(|document| document.facts.pages == Some(1) && document.facts.text == TextLayer::None);
    if is_picture_of_page && let Some(language) = &language {
        review_note.get_or_insert_with(|| {
            format!(
                "the folder says {}, but the page has no text; if it is a picture without words, write `zxx` instead",
                language.name_and_tag()
            )
        });
    }
    let known = language.clone();
    let language = language.unwrap_or_else(fallback_language);
    (known, DetectedLanguage { language, folder, stem, review_note, from_name, is_assumed: false })
}

/// Guesses the language of a document from little evidence; also returns what the evidence is.
fn guess_language(file: &ScannedFile, document: Option<&DocumentInfo>, text: &str) -> Option<(Language, &'static str)> {
    // A text in another script may contain many Latin words.
    let others: String = text.chars().filter(|c| c.is_alphabetic() && *c > LAST_LATIN_LETTER).collect();
    let latin = text.chars().filter(|c| c.is_alphabetic() && *c <= LAST_LATIN_LETTER).count();
    // A Chinese character stands for several letters. A few of them may be an example.
    let wide = others.chars().filter(|c| *c >= FIRST_WIDE).count();
    let weight = others.chars().count() + if wide >= MIN_WIDE { wide * (LETTERS_PER_WIDE - 1) } else { 0 };
    if weight * 3 > latin
        && let Some(language) = Language::guess_from_script(&others)
    {
        return Some((language, "the script of its few words"));
    }
    if let Some(language) = guess_from_words(text) {
        return Some((language, "its few words"));
    }
    // If the text is in Latin letters, a name or title in another script says nothing about the language.
    if latin < MIN_LATIN_LETTERS {
        let title = document.and_then(|document| document.facts.title.as_deref()).unwrap_or_default();
        let by_name = Language::guess_from_script(stem_of(&file.path)).or_else(|| Language::guess_from_script(title));
        if let Some(language) = by_name {
            return Some((language, "the script of the name or title"));
        }
    }
    let is_unreadable = document.is_some_and(|document| text.is_empty() && !document.text.is_empty());
    let by_folder = Language::guess_from_script(folder_of(&file.path)).filter(|_| is_unreadable)?;
    Some((by_folder, "the script of its folder's name, because its text cannot be read"))
}

/// The text of a document. Empty if its fonts show other letters than the text contains: then it says nothing about the language.
fn readable_text(document: &DocumentInfo) -> &str {
    if document.facts.text == TextLayer::Bad || has_wrong_letters(&document.text) { "" } else { &document.text }
}

/// Corrects the language of originals in a folder of translations. In a folder of French documents, `guide.pdf` beside
/// `guide-fr.pdf` is the original: it gets the language of its text, not that of the folder, or of a word in its name that the name of
/// the translation repeats.
fn separate_originals(
    files: &[ScannedFile],
    documents: &HashMap<String, DocumentInfo>,
    detected: &mut [(Option<Language>, DetectedLanguage)],
) {
    let key = |file: &ScannedFile, detected: &DetectedLanguage| {
        (folder_of(&file.path).to_owned(), portable_name(&detected.stem), detected.language.primary().to_owned())
    };
    let mut named: HashMap<(String, String, String), &str> = HashMap::new();
    for (file, (_, detected)) in files.iter().zip(detected.iter()) {
        if detected.from_name.is_some() {
            named.entry(key(file, detected)).or_insert_with(|| name_of(&file.path));
        }
    }
    for (file, (known, own)) in files.iter().zip(detected) {
        if own.language.is_not_one_language() {
            continue;
        }
        // In `songs-french.pdf` beside `songs-french-fr.pdf`, `french` is part of the title.
        let whole_stem = own.from_name.as_ref().map(|_| stem_of(&file.path).to_owned());
        // The whole name of `fr.pdf` is its language.
        if whole_stem.as_ref() == Some(&own.stem) {
            continue;
        }
        let (folder, name, primary) = key(file, own);
        let name = whole_stem.as_deref().map_or(name, portable_name);
        let Some(other) = named.get(&(folder, name, primary)) else { continue };
        let by_text = documents.get(&file.path).and_then(|document| Language::detect(readable_text(document)));
        if let Some(text) = by_text.filter(|text| own.language.is_distinguishable_from(text)) {
            own.review_note = Some(format!(
                "the text looks like {}, and {other} is in {}; correct the language if it is wrong",
                text.name_and_tag(),
                own.language.name_and_tag()
            ));
            (*known, own.language) = (Some(text.clone()), text);
            if let Some(stem) = whole_stem {
                (own.stem, own.from_name) = (stem, None);
            }
        }
    }
}

/// The last letter of Latin Extended-B. Few languages need later blocks of Latin letters, so their letters are counted as those of
/// other scripts.
const LAST_LATIN_LETTER: char = '\u{24f}';

/// The first character of the blocks for Chinese, Japanese and Korean.
const FIRST_WIDE: char = '\u{2e80}';

/// How many letters a Chinese, Japanese or Korean character stands for.
const LETTERS_PER_WIDE: usize = 5;

/// With fewer Chinese, Japanese or Korean characters, a text may only have examples of them.
const MIN_WIDE: usize = 200;

/// The length of the beginning of a text, in characters.
const BEGINNING: usize = 1500;

/// With fewer pages, the languages of single pages say little about that of the document.
const MIN_CLEAR_PAGES: usize = 5;

/// With fewer pages, two languages that are similar are not told apart.
const MIN_PAGES_OF_SIMILAR: usize = 20;

/// With fewer letters, a text does not outweigh the name of its folder.
const MIN_CLEAR_LETTERS: usize = 1000;

/// With fewer Latin letters, a text may be no more than a number, a date or the name of a program.
const MIN_LATIN_LETTERS: usize = 40;

/// If only the name of the folder contradicts the language of the text, the text decides: a folder `Italiano` may also have documents
/// about Italian. At least 9 of 10 pages must be in that language, or 2 of 3 and the beginning if few are in the language of the folder.
/// No folder for another language may have a translation of the file.
fn prefer_texts_to_folders(
    files: &[ScannedFile],
    documents: &HashMap<String, DocumentInfo>,
    detected: &mut [(Option<Language>, DetectedLanguage)],
) {
    let key = |detected: &DetectedLanguage| (detected.folder.clone(), portable_name(&detected.stem));
    let mut languages: HashMap<(String, String), BTreeSet<Language>> = HashMap::new();
    for (_, own) in detected.iter() {
        languages.entry(key(own)).or_default().insert(own.language.clone());
    }
    for (file, (known, own)) in files.iter().zip(detected) {
        // A web site is not judged by its pages one by one.
        let is_translated = languages.get(&key(own)).is_some_and(|languages| languages.len() > 1);
        let Some(document) = documents.get(&file.path).filter(|_| !is_web_page(&file.format)) else { continue };
        let folder = folder_of(&file.path);
        let is_named_by_folder = own.from_name.is_none() && known.is_some() && own.folder != folder;
        if !is_named_by_folder || is_translated || own.language.is_not_one_language() {
            continue;
        }
        // The language of a form or a list with few words is detected less reliably.
        let letters = readable_text(document).chars().filter(|c| c.is_alphabetic()).count();
        let detected_language = Language::detect(readable_text(document)).filter(|_| letters >= MIN_CLEAR_LETTERS);
        let Some(text) = detected_language else { continue };
        let pages = &document.facts.detected_languages;
        let all: usize = pages.iter().map(|(_, pages)| pages).sum();
        let (in_text, in_folder) = (pages_in(&text, document), pages_in(&own.language, document));
        let is_clearly_other = own.language.is_distinguishable_from(&text);
        let is_other =
            is_clearly_other || all >= MIN_PAGES_OF_SIMILAR && own.language.is_distinguishable_in_long_texts(&text);
        let is_most = || {
            is_clearly_other
                && all >= MIN_CLEAR_PAGES
                && in_text * 3 >= all * 2
                && in_folder * 3 <= all
                && language_of_beginning(document).is_some_and(|language| language.has_same_primary(&text))
        };
        if is_other && all > 0 && (in_text * 10 >= all * 9 || is_most()) {
            own.review_note = Some(format!(
                "the text looks like {}, but its folder says {}; correct the language if it is wrong",
                text.name_and_tag(),
                own.language.name_and_tag()
            ));
            (*known, own.language) = (Some(text.clone()), text);
        }
    }
}

/// Languages that are also written in another script than usual.
const WRITTEN_IN_SEVERAL_SCRIPTS: [&str; 19] =
    ["az", "be", "bs", "cr", "ha", "iu", "kk", "ks", "ku", "ky", "mn", "ms", "pa", "sr", "tg", "tk", "tt", "ug", "uz"];

/// If the name of a file contradicts the language of the text, the text decides if the named language has another script: a text in Latin
/// letters called `howto-georgian.txt` is about Georgian. If another file has a name that differs only in the language, and is in that
/// language, the file is an unfinished translation.
fn prefer_texts_to_scripts(
    files: &[ScannedFile],
    documents: &HashMap<String, DocumentInfo>,
    detected: &mut [(Option<Language>, DetectedLanguage)],
) {
    let key = |detected: &DetectedLanguage| (detected.folder.clone(), portable_name(&detected.stem));
    // The names of which at least one file is in the language that was found for it.
    let mut translated: BTreeSet<(String, String)> = BTreeSet::new();
    for (file, (_, own)) in files.iter().zip(detected.iter()) {
        let text = documents.get(&file.path).and_then(|document| Language::detect(readable_text(document)));
        if text.is_some_and(|text| text.has_same_primary(&own.language)) {
            translated.insert(key(own));
        }
    }
    for (file, (known, own)) in files.iter().zip(detected) {
        let Some(document) = documents.get(&file.path).filter(|_| !is_web_page(&file.format)) else { continue };
        let Some(named) = own.from_name.clone() else { continue };
        let letters = readable_text(document).chars().filter(|c| c.is_alphabetic()).count();
        let detected_language = Language::detect(readable_text(document)).filter(|_| letters >= MIN_CLEAR_LETTERS);
        let Some(text) = detected_language else { continue };
        let is_translation = translated.contains(&key(own));
        let has_other_script = !named.has_same_primary(&text)
            && !named.has_same_script(&text)
            && !WRITTEN_IN_SEVERAL_SCRIPTS.contains(&named.primary());
        if !has_other_script || is_translation || pages_in(&named, document) > 0 {
            continue;
        }
        own.review_note = Some(format!(
            "the name says {}, but the text looks like {}; correct the language if it is wrong",
            named.name_and_tag(),
            text.name_and_tag()
        ));
        (*known, own.language) = (Some(text.clone()), text);
        (own.stem, own.from_name) = (stem_of(&file.path).to_owned(), None);
    }
}

/// The two languages of a bilingual document: at least 3 of 10 pages are in the less frequent one, and at least 9 of 10 in one of the two.
fn languages_of_pages(detected: &[(String, usize)]) -> Option<(Language, Language)> {
    let total: usize = detected.iter().map(|(_, pages)| pages).sum();
    let mut most: Vec<(&String, usize)> = detected.iter().map(|(tag, pages)| (tag, *pages)).collect();
    most.sort_by_key(|(_, pages)| std::cmp::Reverse(*pages));
    let [(first, many), (second, fewer), ..] = most.as_slice() else { return None };
    let (first, second) = (Language::parse(first).ok()?, Language::parse(second).ok()?);
    let are_both = *fewer >= 2 && fewer * 10 >= total * 3 && (many + fewer) * 10 >= total * 9;
    (are_both && first.is_distinguishable_from(&second)).then_some((first, second))
}

/// The language of at least 3 of 4 pages. `None` if the language of few pages is known. If some fonts show other letters than the text
/// contains, the short words of the rest must be in that language too.
fn language_of_most_pages(document: &DocumentInfo) -> Option<Language> {
    let pages = &document.facts.detected_languages;
    let all: usize = pages.iter().map(|(_, pages)| pages).sum();
    let (tag, most) = pages.iter().max_by_key(|(_, pages)| *pages)?;
    let language = Language::parse(tag).ok().filter(|_| *most >= MIN_CLEAR_PAGES && most * 4 >= all * 3)?;
    let is_sure = !readable_text(document).is_empty()
        || guess_from_words(&document.text).is_some_and(|guessed| guessed.has_same_primary(&language));
    is_sure.then_some(language)
}

/// How many of the pages are in a language, as far as the languages of pages are known.
fn pages_in(language: &Language, document: &DocumentInfo) -> usize {
    let is_own = |tag: &str| Language::parse(tag).is_ok_and(|own| own.has_same_primary(language));
    document.facts.detected_languages.iter().filter(|(tag, _)| is_own(tag)).map(|(_, pages)| pages).sum()
}

/// The language of the beginning of a text.
fn language_of_beginning(document: &DocumentInfo) -> Option<Language> {
    Language::detect(&readable_text(document).chars().take(BEGINNING).collect::<String>())
}

/// The language of a document that begins in it, but has more pages in English: long annexes and licences are often in English. At least
/// a fifth of the pages must be in that language.
fn language_before_english(document: &DocumentInfo) -> Option<Language> {
    let language = language_of_beginning(document)?;
    let english = fallback_language();
    let all: usize = document.facts.detected_languages.iter().map(|(_, pages)| pages).sum();
    let (own, in_english) = (pages_in(&language, document), pages_in(&english, document));
    let is_own = own >= 3 && own * 5 >= all && own < in_english;
    (is_own && language.is_distinguishable_from(&english)).then_some(language)
}

/// The language of at least half of the pages of a document that begins in another one, such as a translation that begins with
/// acknowledgements and a licence in English. At most two fifths of the pages may be in the language of the beginning.
fn language_after_beginning(document: &DocumentInfo, beginning: &Language) -> Option<Language> {
    let pages = &document.facts.detected_languages;
    let all: usize = pages.iter().map(|(_, pages)| pages).sum();
    let (tag, most) = pages.iter().max_by_key(|(_, pages)| *pages)?;
    let language = Language::parse(tag).ok().filter(|_| all >= MIN_CLEAR_PAGES && most * 2 >= all)?;
    let is_other = pages_in(beginning, document) * 5 <= all * 2 && language.is_distinguishable_from(beginning);
    is_other.then_some(language)
}

/// Whether a file is probably a photo or a map without words.
fn is_wordless(file: &ScannedFile, document: Option<&DocumentInfo>) -> bool {
    let has_words = document.is_some_and(|document| document.text.chars().filter(|c| c.is_alphabetic()).count() > 8);
    let name = portable_name(stem_of(&file.path));
    let is_map = || name.split('_').any(|word| WORDLESS.contains(&word));
    match FormatKind::from_extension(&file.format) {
        FormatKind::Picture => !has_words,
        FormatKind::Pdf => !has_words && is_map(),
        _ => false,
    }
}

/// Words in the names of files without words, as portable names.
const WORDLESS: [&str; 16] = [
    "map",
    "maps",
    "carte",
    "cartes",
    "mapa",
    "mapas",
    "karte",
    "mappa",
    "kaart",
    "photo",
    "photos",
    "photograph",
    "foto",
    "fotos",
    "image",
    "picture",
];

/// Chooses the most credible hint in a file name. If there is evidence of the language of the text, a hint that agrees with it is
/// preferred. `is_in` says whether a good part of the text is in a language.
fn choose_hint(
    hints: &[LanguageHint],
    has_evidence: bool,
    is_in: impl Fn(&Language) -> bool,
    has_sibling: impl Fn(&LanguageHint) -> bool,
) -> Option<&LanguageHint> {
    let agrees = |hint: &LanguageHint| has_evidence && is_in(&hint.language);
    let contradicts = |hint: &LanguageHint| has_evidence && !is_in(&hint.language);
    let first = |is_credible: &dyn Fn(&LanguageHint) -> bool| hints.iter().find(|hint| is_credible(hint));
    first(&|hint| has_sibling(hint) && agrees(hint))
        .or_else(|| first(&|hint| hint.is_strong && !contradicts(hint)))
        .or_else(|| first(&|hint| has_sibling(hint) && !contradicts(hint)))
        .or_else(|| first(&agrees))
        .or_else(|| first(&|hint| hint.is_strong && !hint.is_at_start))
}

/// Finds the innermost language in the names of a file's folders, and the path of the folder without the parts that name a language.
/// `from_name` and `by_text` are the languages that the file itself seems to have; `stem` is the name of the file without the part
/// that names a language.
fn split_folder(
    folder: &str,
    stem: &str,
    from_name: Option<&Language>,
    by_text: Option<&Language>,
    siblings: &Siblings<'_>,
    names: &LanguageNames,
) -> (Option<Language>, String) {
    let mut language = None;
    let mut rest: Vec<String> = Vec::new();
    let mut parent = String::new();
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        let has_sibling = |hint: &LanguageHint| siblings.has_folder_in_other_language(&parent, hint);
        let whole = hint_in_folder(part, names).filter(|hint| hint.is_strong || has_sibling(hint));
        let path = if parent.is_empty() { part.to_owned() } else { format!("{parent}/{part}") };
        let has_others = siblings.below.get(path.as_str()).is_some_and(|languages| languages.len() > 1);
        // In `needs-german/de-needs-german.pdf`, the folder has the name of the report.
        let is_name = portable_name(stem).contains(&portable_name(part));
        let file_language = from_name.or(by_text).filter(|_| !has_others && !is_name);
        // A folder beside two or more others for other languages, such as `guide-de`, `guide-en` and `guide-fr`, is credible even if
        // its documents are not all translated.
        let is_one_of_many = |hint: &LanguageHint| {
            from_name.is_none() && hint.is_strong && siblings.count_languages_of_folders(&parent, hint) > 2
        };
        // `guide-fr` is credible if `guide-de` is beside it, or if the files in it are in French only.
        let ending = || {
            let is_credible = |hint: &LanguageHint| {
                file_language.map_or_else(|| has_sibling(hint), |language| language.has_same_primary(&hint.language))
                    || is_one_of_many(hint)
            };
            hints_in_stem(without_web_ending(part), names).into_iter().find(is_credible)
        };
        match whole.or_else(ending) {
            Some(hint) => {
                language = Some(hint.language);
                rest.extend(Some(hint.rest).filter(|rest| !rest.is_empty()));
            }
            None => rest.push(without_web_ending(part).to_owned()),
        }
        parent = path;
    }
    (language, rest.join("/"))
}

/// The name of a folder without the ending of a web page, which many programs give to the folder of a manual: `guide.de.html`.
fn without_web_ending(folder: &str) -> &str {
    let ending =
        folder.rsplit_once('.').filter(|(name, ending)| !name.is_empty() && is_web_page(&ending.to_lowercase()));
    ending.map_or(folder, |(name, _)| name)
}

/// Assumes a language for each file without any evidence.
fn assume_missing(
    files: &[ScannedFile],
    documents: &HashMap<String, DocumentInfo>,
    detected: Vec<(Option<Language>, DetectedLanguage)>,
) -> Vec<DetectedLanguage> {
    let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
    let mut by_report: HashMap<(String, String), Vec<Language>> = HashMap::new();
    let mut by_stem: HashMap<(&str, &str), Language> = HashMap::new();
    let report = |detected: &DetectedLanguage| (detected.folder.clone(), portable_name(&detected.stem));
    for ((language, detected), file) in detected.iter().zip(files) {
        let Some(language) = language else { continue };
        by_stem.entry((folder_of(&file.path), stem_of(&file.path))).or_insert_with(|| language.clone());
        if language.is_not_one_language() {
            continue;
        }
        *counts.entry(language.clone()).or_default() += 1;
        by_report.entry(report(detected)).or_default().push(language.clone());
    }
    // The most frequent language comes first. Of equally frequent ones, English does: a file whose name has no language is most
    // often in English.
    let mut counts: Vec<(Language, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(language, count)| (std::cmp::Reverse(*count), *language != fallback_language()));
    let assume = |detected: &DetectedLanguage, file: &ScannedFile| {
        // The file has the language of a file with the same name in another format.
        if let Some(language) = by_stem.get(&(folder_of(&file.path), stem_of(&file.path))) {
            return language.clone();
        }
        let translations = by_report.get(&report(detected)).map(Vec::as_slice).unwrap_or_default();
        if translations.is_empty() {
            let tag = if is_wordless(file, documents.get(&file.path)) { "zxx" } else { UNKNOWN };
            return Language::parse_of_document(tag).unwrap_or_else(|_| fallback_language());
        }
        // If there are translations, the file is treated as the original, in the most frequent language that the report does not have
        // yet.
        let other = counts.iter().map(|(language, _)| language).find(|language| !translations.contains(language));
        other.cloned().unwrap_or_else(fallback_language)
    };
    let review_note = |language: &Language, file: &ScannedFile| match language.as_str() {
        _ if by_stem.contains_key(&(folder_of(&file.path), stem_of(&file.path))) => {
            "taken from the file with the same name in another format; correct it if it is wrong"
        }
        "zxx" => "taken for a picture without words; write the language of the words if there are any",
        UNKNOWN => "nothing shows the language of this file; write its language instead of `und`, which means unknown",
        _ => "nothing shows the language of this file; correct it if it is wrong",
    };
    let assumed: Vec<Option<Language>> = detected
        .iter()
        .zip(files)
        .map(|((language, detected), file)| language.is_none().then(|| assume(detected, file)))
        .collect();
    let notes: Vec<Option<String>> = assumed
        .iter()
        .zip(files)
        .map(|(language, file)| Some(review_note(language.as_ref()?, file).to_owned()))
        .collect();
    let with_assumed =
        |(((_, detected), assumed), review_note): (((_, DetectedLanguage), Option<Language>), _)| match assumed {
            Some(language) => DetectedLanguage { language, review_note, is_assumed: true, ..detected },
            None => detected,
        };
    detected.into_iter().zip(assumed).zip(notes).map(with_assumed).collect()
}

/// Shortens `fr-FR` to `fr` unless the collection has the language with another region as well: otherwise files with
/// and without the default region would be in two languages.
fn without_default_regions(mut detected: Vec<DetectedLanguage>) -> Vec<DetectedLanguage> {
    let all: BTreeSet<Language> = detected.iter().map(|detected| detected.language.clone()).collect();
    let shorter: HashMap<Language, Language> = all
        .iter()
        .filter_map(|long| Some((long.clone(), long.without_default_region()?)))
        .filter(|(long, short)| {
            !all.iter().any(|other| other.has_same_primary(short) && other != long && other != short)
        })
        .collect();
    for detected in &mut detected {
        if let Some(short) = shorter.get(&detected.language) {
            detected.language = short.clone();
        }
    }
    detected
}

/// The language of most of the pages of a document. Those of unknown language count only if there are no others.
pub(super) fn most_frequent<'l>(languages: impl Iterator<Item = &'l Language>) -> Language {
    let mut counts: BTreeMap<&Language, usize> = BTreeMap::new();
    languages.for_each(|language| *counts.entry(language).or_default() += 1);
    let most = counts.into_iter().max_by_key(|(language, count)| (language.as_str() != UNKNOWN, *count));
    most.map_or_else(fallback_language, |(language, _)| language.clone())
}

/// The language to assume if no file shows one.
fn fallback_language() -> Language {
    Language::parse("en").unwrap_or_else(|_| unreachable!("English is a language"))
}
