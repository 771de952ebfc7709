//! One language of the pages: how texts, labels, numbers and interface strings are shown in it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::Value;

use super::placeholders;
use super::strings::InterfaceStrings;
use super::text_files::{label_gap, paragraphs};
use super::theme::escaped;
use crate::catalogue::{Catalogue, LocalisedText, Report, Text, Variant};
use crate::language::{Language, LanguageFormat, Plurals};
use crate::layout::DiscPath;

/// The longest symbol that is kept on one line, in characters.
const MAX_UNBROKEN_SYMBOL: usize = 24;

/// What the pages in one language share.
pub(super) struct PageLanguage<'c> {
    pub language: &'c Language,
    pub format: LanguageFormat,
    pub strings: &'c InterfaceStrings,
    /// `t` in templates: the interface strings as HTML, marked where they are in another language.
    pub marked_strings: Value,
    /// `plain` in templates: the interface strings without markup, for attributes and titles.
    pub plain_strings: Value,
    /// `disc` in templates: the disc's title, publisher and so on.
    pub disc: Value,
    /// The language whose texts are shown if there are none in this language.
    default: &'c Language,
    /// The names of the languages of the pages, in the order of the disc's languages.
    own_names: Vec<OwnName>,
    /// Labels such as "(in English)", by the language that they name.
    labels: BTreeMap<&'c Language, Value>,
    /// What [`PageLanguage::language_value`] returns.
    document_languages: BTreeMap<&'c Language, Value>,
    /// What [`PageLanguage::name_in_page`] returns.
    names_in_page: BTreeMap<&'c Language, String>,
    /// The template and folder of the last page, and the values that all pages from this template in this folder have.
    common: RefCell<Option<(String, String, Value)>>,
    /// What separates a text from its label.
    label_gap: &'static str,
    plurals: Plurals,
}

impl<'c> PageLanguage<'c> {
    pub(super) fn new(catalogue: &'c Catalogue, language: &'c Language, strings: &'c InterfaceStrings) -> Self {
        let disc = &catalogue.disc;
        let pattern = string_html(strings, "label").replace("{text}", &string_html(strings, "in_language"));
        let label_language = strings.borrowed_from("in_language").unwrap_or(language);
        let plurals = Plurals::new(language);
        let label = |other: &Language| {
            Value::from_safe_string(placeholders::fill(
                &pattern,
                &[("language", &escaped(&other.name_in(label_language)))],
                &plurals,
            ))
        };
        let marked: BTreeMap<&str, Value> =
            strings.iter().map(|(key, _)| (key, Value::from_safe_string(string_html(strings, key)))).collect();
        let plain: BTreeMap<&str, Value> = strings.iter().map(|(key, text)| (key, Value::from(text))).collect();
        let all = catalogue.all_languages();
        let mut this = Self {
            language,
            format: language.format(),
            strings,
            marked_strings: Value::from(marked),
            plain_strings: Value::from(plain),
            disc: Value::from(()),
            default: disc.default_language(),
            own_names: disc.languages.iter().map(OwnName::new).collect(),
            labels: all.iter().map(|other| (*other, label(other))).collect(),
            document_languages: BTreeMap::new(),
            names_in_page: BTreeMap::new(),
            common: RefCell::new(None),
            label_gap: label_gap(strings.get("label")),
            plurals,
        };
        this.document_languages = all.iter().map(|other| (*other, this.make_language_value(other))).collect();
        this.names_in_page = all.iter().map(|other| (*other, this.make_name_in_page(other))).collect();
        this.disc = context! {
            title => this.text(&disc.title),
            publisher => disc.publisher.clone(),
            date => disc.date.map(|date| this.format.date(date)),
            identifier => disc.identifier.clone(),
            rights => disc.rights.as_ref().map(|rights| this.paragraphs(rights)),
            documents => this.format.number(catalogue.reports().count() as u64),
        };
        this
    }

    /// A text for the macros `text`, `bare`, `label` and `marks`.
    pub(super) fn text(&self, text: &Text) -> Value {
        self.shown_text(text.localised(self.language, self.default), matches!(text, Text::Same(_)))
    }

    pub(super) fn plain_text<'t>(&self, text: &'t Text) -> &'t str {
        text.localised(self.language, self.default).text
    }

    pub(super) fn localised<'t>(&'t self, text: &'t Text) -> LocalisedText<'t> {
        text.localised(self.language, self.default)
    }

    /// A text that may have several paragraphs, for the macro `paragraphs`.
    pub(super) fn paragraphs(&self, text: &Text) -> Value {
        let shown = text.localised(self.language, self.default);
        context! { paragraphs => paragraphs(shown.text), ..self.shown_text(shown, matches!(text, Text::Same(_))) }
    }

    /// A text with its language, direction and label if these differ from the page's. `is_same` says that the text
    /// is the same for all languages, so that its own language is unknown.
    pub(super) fn shown_text(&self, shown: LocalisedText<'_>, is_same: bool) -> Value {
        context! {
            text => shown.text,
            same => is_same,
            lang => shown.other_language.map(Language::as_str),
            dir => shown.other_language.map(|other| other.direction().as_str()),
            label => shown.other_language.and_then(|other| self.labels.get(other)).cloned(),
            gap => self.label_gap,
        }
    }

    /// The title, symbol and date of a report, for the macro `entry`.
    pub(super) fn report_heading(&self, report: &Report) -> Value {
        let is_short = |symbol: &String| symbol.chars().count() <= MAX_UNBROKEN_SYMBOL;
        context! {
            title => self.report_title(report),
            symbol => report.symbol.clone(),
            short_symbol => report.symbol.as_ref().is_some_and(is_short),
            date => report.date.map(|date| self.format.date(date)),
        }
    }

    /// The label that says that something is in another language.
    pub(super) fn label(&self, other: &Language) -> Option<Value> {
        self.labels.get(other).cloned()
    }

    /// The title of the variant of a report in this language, if it has its own.
    fn own_title<'r>(&self, report: &'r Report) -> Option<&'r str> {
        let is_own = |variant: &&Variant| variant.language == *self.language;
        report.variants.iter().find(is_own).and_then(|variant| variant.title.as_deref())
    }

    /// The title of a report as plain text.
    pub(super) fn plain_title<'r>(&self, report: &'r Report) -> &'r str {
        self.own_title(report).unwrap_or_else(|| report.title.localised(self.language, self.default).text)
    }

    /// The title of a report: that of its variant in this language, if the variant has its own.
    fn report_title(&self, report: &Report) -> Value {
        match self.own_title(report) {
            Some(title) => self.shown_text(LocalisedText { text: title, other_language: None }, false),
            None => self.text(&report.title),
        }
    }

    /// An interface string as HTML.
    pub(super) fn string(&self, key: &str) -> Value {
        Value::from_safe_string(string_html(self.strings, key))
    }

    /// An interface string as HTML, its placeholders replaced by these HTML values.
    pub(super) fn filled_string(&self, key: &str, values: &[(&str, &str)]) -> Value {
        Value::from_safe_string(self.fill(key, &string_html(self.strings, key), values))
    }

    /// Replaces the placeholders of the string with this key. `text` is the string, or the string as HTML.
    fn fill(&self, key: &str, text: &str, values: &[(&str, &str)]) -> String {
        match self.strings.borrowed_from(key) {
            Some(other) => placeholders::fill(text, values, &Plurals::new(other)),
            None => placeholders::fill(text, values, &self.plurals),
        }
    }

    /// The sentence "This text is in …".
    pub(super) fn language_notice(&self, other: &Language) -> Value {
        const KEY: &str = "text_in_language";
        let name = other.name_in(self.strings.borrowed_from(KEY).unwrap_or(self.language));
        self.filled_string(KEY, &[("language", &escaped(&name))])
    }

    /// The name of a language in lists: its name in the language itself. For `mul`, `und` and `zxx`, its name in the language of
    /// the page.
    pub(super) fn name_of(&self, language: &Language) -> String {
        if language.is_not_one_language() { language.name_in(self.language) } else { language.autonym() }
    }

    /// The name of a language in the sentence `open_in`, in the language of that sentence.
    pub(super) fn name_in_page(&self, language: &Language) -> String {
        self.names_in_page.get(language).cloned().unwrap_or_else(|| self.make_name_in_page(language))
    }

    fn make_name_in_page(&self, language: &Language) -> String {
        language.name_in(self.strings.borrowed_from("open_in").unwrap_or(self.language))
    }

    /// The values of a language of documents: its `name`, the language `lang` and the direction `dir` of this name, its `code`, and
    /// whether it stands for documents without words.
    pub(super) fn language_value(&self, language: &Language) -> Value {
        self.document_languages.get(language).cloned().unwrap_or_else(|| self.make_language_value(language))
    }

    fn make_language_value(&self, language: &Language) -> Value {
        let name_language = if language.is_not_one_language() { self.language } else { language };
        context! {
            name => self.name_of(language),
            code => language.as_str(),
            is_wordless => language.is_wordless(),
            lang => name_language.as_str(),
            dir => name_language.direction().as_str(),
        }
    }

    /// The links from the page at `path` to the same page in all languages. `path_in` returns its path in a language.
    pub(super) fn page_links(
        &self,
        catalogue: &Catalogue,
        path: &DiscPath,
        path_in: &dyn Fn(&Language) -> DiscPath,
    ) -> Vec<Value> {
        let languages = catalogue.disc.languages.iter().zip(&self.own_names);
        let links = languages.map(|(other, OwnName { name, lang, dir })| {
            context! {
                href => path_in(other).link_from(path),
                current => other == self.language,
                name => name.clone(),
                lang => lang.clone(),
                dir => dir.clone(),
            }
        });
        links.collect()
    }

    /// The values that all pages from a template in the folder of `path` have. Calls `make_values` unless the last page was from
    /// the same template in the same folder.
    pub(super) fn common_values<E>(
        &self,
        template: &str,
        path: &DiscPath,
        make_values: impl FnOnce() -> Result<Value, E>,
    ) -> Result<Value, E> {
        let folder = path.folders().last().unwrap_or_default();
        let mut last = self.common.borrow_mut();
        if let Some((last_template, last_folder, values)) = &*last
            && last_template == template
            && last_folder == folder
        {
            return Ok(values.clone());
        }
        let values = make_values()?;
        *last = Some((template.to_owned(), folder.to_owned(), values.clone()));
        Ok(values)
    }

    /// Whether a variant is in the language of the page, or its language is `mul`, `und` or `zxx`.
    pub(super) fn matches(&self, variant: &Variant) -> bool {
        variant.language == *self.language || variant.language.is_not_one_language()
    }

    /// Whether a variant is for readers of the page: as for [`Self::matches`], or in another form of its language with the same
    /// script, such as `pt-BR` on a page in `pt`.
    pub(super) fn is_for_readers(&self, variant: &Variant) -> bool {
        self.matches(variant) || variant.language.is_close_to(self.language)
    }

    pub(super) fn file_size(&self, bytes: u64) -> String {
        let (number, unit) = self.format.size(bytes);
        let values = [("number", number.as_str()), ("unit", self.strings.get(unit))];
        self.fill("size_of", self.strings.get("size_of"), &values)
    }
}

/// The length of a text as HTML, in bytes, in the language in which it is longest.
pub(super) fn longest_html(text: &Text) -> usize {
    match text {
        Text::Same(text) => escaped(text).len(),
        Text::PerLanguage(texts) => texts.iter().map(|(_, text)| escaped(text).len()).max().unwrap_or_default(),
    }
}

/// The beginning of a text, of at most `max` characters and an ellipsis, without line breaks.
pub(super) fn beginning(text: &str, max: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = text.char_indices().nth(max) else { return text };
    let start = text.get(..end).unwrap_or(&text);
    // Chinese and Japanese have no spaces: the text is cut between two characters.
    let cut = start.rfind(' ').filter(|space| *space > end / 2).unwrap_or(end);
    format!("{}…", start.get(..cut).unwrap_or(start).trim_end_matches([' ', ',', ';', ':', '.']))
}

/// A language of the pages under its own name, with its code and direction.
pub(super) struct OwnName {
    name: Value,
    lang: Value,
    dir: Value,
}

impl OwnName {
    fn new(language: &Language) -> Self {
        Self {
            name: language.autonym().into(),
            lang: language.as_str().into(),
            dir: language.direction().as_str().into(),
        }
    }
}

/// A language of the pages under its own name, with its code and direction.
pub(super) fn own_name(language: &Language) -> Value {
    let OwnName { name, lang, dir } = OwnName::new(language);
    context! { name => name, lang => lang, dir => dir }
}

/// An interface string as HTML, marked if its language is not that of the page.
fn string_html(strings: &InterfaceStrings, key: &str) -> String {
    // Keep "SHA-256" on one line.
    let text = escaped(strings.get(key)).replace("SHA-256", "<span class=\"nowrap\">SHA-256</span>");
    match strings.borrowed_from(key) {
        Some(other) => {
            format!("<span lang=\"{}\" dir=\"{}\">{text}</span>", other.as_str(), other.direction().as_str())
        }
        None => text,
    }
}
