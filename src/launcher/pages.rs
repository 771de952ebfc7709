//! What each page says, as values for its template.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::context;
use minijinja::value::Value;

use super::facets::{self, Facets};
use super::plain::{Commands, gap_before, paragraphs};
use super::strings::{Words, fill};
use super::theme::{Theme, escaped};
use super::{GeneratedFile, Materials, markdown};
use crate::catalogue::{Catalogue, Report, Section, Shown, Text, Variant};
use crate::diagnostic::{Finding, Findings, KeyPath, Place};
use crate::exports::EXPORTS;
use crate::extraction::{Extractions, Facts, TextLayer};
use crate::file_formats::{Kind, display_name};
use crate::language::{Language, LanguageFormat};
use crate::layout::{DiscPath, Layout, Way};
use crate::parallel::parallel_map;

/// Up to how many characters a symbol stands on one line.
const SHORT_SYMBOL: usize = 24;

/// Pages that are there once for each language: home, list, start, help, check.
const FIXED_PAGES: usize = 5;

/// From how many sections on a list has a table of contents.
const SECTIONS_WITH_CONTENTS: usize = 4;

/// What all pages are made of.
pub(super) struct Pages<'c> {
    pub catalogue: &'c Catalogue,
    pub layout: &'c Layout,
    pub texts: &'c Extractions,
    pub theme: &'c Theme<'c>,
    /// By the disc's languages.
    pub strings: &'c [Words],
    /// The emblem's width and height.
    pub emblem: Option<(u32, u32)>,
    /// How many files the checksum list names.
    pub listed: u64,
}

/// What the pages of one language share.
pub(super) struct Tongue<'c> {
    pub language: &'c Language,
    pub format: &'c LanguageFormat,
    pub table: &'c Words,
    /// "(in English)": what is said beside a text in another language, by that language.
    labels: BTreeMap<&'c Language, Value>,
    /// The words of the interface, marked where they are in another language.
    words: Value,
    /// The same without marks, for attributes and titles.
    plain: Value,
    /// What stands before a label.
    gap: &'static str,
    /// The disc's title, publisher and the like.
    disc: Value,
}

/// A page's path, and the same page in every language.
struct Frame<'p> {
    path: DiscPath,
    kind: &'static str,
    others: &'p dyn Fn(&Language) -> DiscPath,
}

/// A page, or the finding of a mistake in its template.
type Rendered = Result<GeneratedFile, Box<Finding>>;

/// The colours for the stylesheet.
pub(super) fn style_context(palette: Vec<(&'static str, String)>) -> Value {
    context! { colour => palette.into_iter().collect::<BTreeMap<_, _>>() }
}

impl Pages<'_> {
    /// How many pages there are.
    pub(super) fn count(&self) -> usize {
        let each =
            FIXED_PAGES + usize::from(self.texts.wanted()) + self.ways().len() + self.catalogue.reports().count();
        1 + self.catalogue.disc.languages.len() * each
    }

    /// The ways into the collection that have something to show.
    pub(super) fn ways(&self) -> Vec<Way> {
        ways(self.catalogue)
    }

    /// Makes all pages; reports each mistake in a template once, however many pages it concerns.
    pub(super) fn render(
        &self,
        commands: &Commands,
        materials: &Materials,
        files: &mut Vec<GeneratedFile>,
        findings: &mut Findings,
    ) {
        let targets = Targets::new(self.catalogue, self.layout, &self.ways());
        let forewords = Forewords { pages: self, materials, targets: &targets };
        let numbers: Vec<usize> = (0..self.catalogue.disc.languages.len()).collect();
        let of_languages = parallel_map(&numbers, |number| self.of_language(*number, commands, &forewords));
        for page in std::iter::once(self.index()).chain(of_languages.into_iter().flatten()) {
            match page {
                Ok(page) => files.push(page),
                Err(finding) if findings.0.contains(&finding) => {}
                Err(finding) => findings.push(*finding),
            }
        }
    }

    /// All pages of a language, by its number.
    fn of_language(&self, number: usize, commands: &Commands, forewords: &Forewords<'_>) -> Vec<Rendered> {
        let language = &self.catalogue.disc.languages[number];
        let mut files = Vec::new();
        let format = language.format();
        let tongue = self.tongue(language, &self.strings[number], &format);
        let home = &|language: &Language| self.layout.home(language);
        let list = &|language: &Language| self.layout.list(language);
        let help = &|language: &Language| self.layout.help(language);
        let check = &|language: &Language| self.layout.check(language);
        let start = &|language: &Language| self.layout.start(language);
        let facets = Facets::of(self, &tongue);
        files.push(self.page(
            &tongue,
            &Frame { path: home(language), kind: "home", others: home },
            self.home(&tongue, forewords),
        ));
        files.push(self.page(
            &tongue,
            &Frame { path: list(language), kind: "list", others: list },
            self.list(&tongue, &facets),
        ));
        files.push(self.page(
            &tongue,
            &Frame { path: start(language), kind: "start", others: start },
            facets::start(self, &tongue, &facets),
        ));
        if self.texts.wanted() {
            let others = &|language: &Language| self.layout.search(language);
            let frame = Frame { path: others(language), kind: "search", others };
            files.push(self.page(&tongue, &frame, self.search()));
        }
        for way in self.ways() {
            let others = &|language: &Language| self.layout.way(language, way);
            let frame = Frame { path: others(language), kind: "way", others };
            files.push(self.page(&tongue, &frame, facets.page(self, &tongue, way)));
        }
        files.push(self.page(&tongue, &Frame { path: help(language), kind: "help", others: help }, self.help(&tongue)));
        files.push(self.page(
            &tongue,
            &Frame { path: check(language), kind: "check", others: check },
            self.check(&tongue, commands),
        ));
        for (s, r, report) in self.catalogue.reports() {
            let others = &|language: &Language| self.layout.report(language, s, r);
            let frame = Frame { path: others(language), kind: "report", others };
            let content = self.report(&tongue, &facets, &frame.path, (s, r), report);
            files.push(self.page(&tongue, &frame, content));
        }
        files
    }

    /// The page that offers the languages.
    fn index(&self) -> Rendered {
        let disc = &self.catalogue.disc;
        let path = &self.layout.index;
        let default = disc.default_language();
        let choices: Vec<Value> = disc
            .languages
            .iter()
            .map(|language| {
                let shown = disc.title.shown(language, default);
                let title = matches!(disc.title, Text::PerLanguage(_)).then(|| {
                    let of = shown.other.unwrap_or(language);
                    context! { text => shown.text, lang => of.as_str(), dir => of.direction().as_str() }
                });
                context! {
                    title => title,
                    href => self.layout.home(language).link_from(path),
                    ..self.named(language)
                }
            })
            .collect();
        let context = context! {
            lang => default.as_str(),
            dir => default.direction().as_str(),
            page => "index",
            title => disc.title.shown(default, default).text,
            same_title => matches!(disc.title, Text::Same(_)),
            publisher => disc.publisher.clone(),
            choices => choices,
            emblem => self.emblem_value(),
            link => self.links(path, default),
        };
        Ok(GeneratedFile::new(path.clone(), &self.theme.render("index.html", context)?))
    }

    fn page(&self, tongue: &Tongue<'_>, frame: &Frame<'_>, content: Value) -> Rendered {
        let language = tongue.language;
        let languages: Vec<Value> = self
            .catalogue
            .disc
            .languages
            .iter()
            .map(|other| {
                context! {
                    href => (frame.others)(other).link_from(&frame.path),
                    current => other == language,
                    ..self.named(other)
                }
            })
            .collect();
        let context = context! {
            lang => language.as_str(),
            dir => language.direction().as_str(),
            page => frame.kind,
            t => tongue.words.clone(),
            plain => tongue.plain.clone(),
            disc => tongue.disc.clone(),
            languages => languages,
            emblem => self.emblem_value(),
            link => self.links(&frame.path, language),
            ..content
        };
        let bytes = self.theme.render(&format!("{}.html", frame.kind), context)?;
        Ok(GeneratedFile::new(frame.path.clone(), &bytes))
    }

    fn tongue<'t>(&'t self, language: &'t Language, table: &'t Words, format: &'t LanguageFormat) -> Tongue<'t> {
        let disc = &self.catalogue.disc;
        let pattern = marked(table, "label").replace("{text}", &marked(table, "in_language"));
        let reader = table.foreign("in_language").unwrap_or(language);
        let label = |other: &Language| {
            Value::from_safe_string(fill(&pattern, &[("language", &escaped(&other.name_in(reader)))]))
        };
        let labels = disc.languages.iter().map(|other| (other, label(other))).collect();
        let words: BTreeMap<&str, Value> =
            table.iter().map(|(key, _)| (key, Value::from_safe_string(marked(table, key)))).collect();
        let mut tongue = Tongue {
            language,
            format,
            table,
            labels,
            words: Value::from(words),
            plain: Value::from(table.iter().map(|(key, text)| (key, Value::from(text))).collect::<BTreeMap<_, _>>()),
            gap: gap_before(table.get("label")),
            disc: Value::from(()),
        };
        let documents = self.catalogue.reports().count() as u64;
        tongue.disc = context! {
            title => self.text(&tongue, &disc.title),
            publisher => disc.publisher.clone(),
            date => disc.date.map(|date| format.date(date)),
            identifier => disc.identifier.clone(),
            rights => disc.rights.as_ref().map(|rights| self.paragraphs(&tongue, rights)),
            documents => format.number(documents),
        };
        tongue
    }

    /// A language as it calls itself.
    fn named(&self, language: &Language) -> Value {
        context! { name => language.autonym(), lang => language.as_str(), dir => language.direction().as_str() }
    }

    fn emblem_value(&self) -> Option<Value> {
        self.emblem.map(|(width, height)| context! { width => width, height => height })
    }

    /// The links that every page may need.
    fn links(&self, from: &DiscPath, language: &Language) -> Value {
        let layout = self.layout;
        context! {
            index => layout.index.link_from(from),
            style => layout.style.link_from(from),
            script => layout.script.link_from(from),
            list_script => layout.list_script.link_from(from),
            icon => layout.icon.link_from(from),
            emblem => layout.emblem.link_from(from),
            home => layout.home(language).link_from(from),
            list => layout.list(language).link_from(from),
            start => layout.start(language).link_from(from),
            search => self.texts.wanted().then(|| layout.search(language).link_from(from)),
            search_script => layout.search_script.link_from(from),
            help => layout.help(language).link_from(from),
            check => layout.check(language).link_from(from),
        }
    }

    /// A text without marks.
    pub(super) fn plain<'t>(&self, tongue: &Tongue<'_>, text: &'t Text) -> &'t str {
        text.shown(tongue.language, self.catalogue.disc.default_language()).text
    }

    pub(super) fn text(&self, tongue: &Tongue<'_>, text: &Text) -> Value {
        let shown = text.shown(tongue.language, self.catalogue.disc.default_language());
        tongue.shown(shown, matches!(text, Text::Same(_)))
    }

    /// A text that may have several paragraphs.
    fn paragraphs(&self, tongue: &Tongue<'_>, text: &Text) -> Value {
        let shown = text.shown(tongue.language, self.catalogue.disc.default_language());
        context! { paragraphs => paragraphs(shown.text), ..tongue.shown(shown, matches!(text, Text::Same(_))) }
    }

    fn home(&self, tongue: &Tongue<'_>, forewords: &Forewords<'_>) -> Value {
        let signature = self.catalogue.launcher.foreword.as_ref().and_then(|foreword| foreword.signature.as_ref());
        let signature = signature.map(|signature| {
            context! {
                name => signature.name.as_ref().map(|name| self.text(tongue, name)),
                role => signature.role.as_ref().map(|role| self.text(tongue, role)),
            }
        });
        context! { foreword => forewords.value(tongue), signature => signature }
    }

    fn list(&self, tongue: &Tongue<'_>, facets: &Facets) -> Value {
        let path = self.layout.list(tongue.language);
        let marks = facets.marks();
        let sections: Vec<Value> = self
            .catalogue
            .sections
            .iter()
            .enumerate()
            .map(|(s, section)| self.section(tongue, &marks, &path, s, section))
            .collect();
        context! {
            contents => sections.len() >= SECTIONS_WITH_CONTENTS,
            sections => sections,
            choices => facets.choices(),
            exports => self.exports(tongue, &path),
            ..facets.bar(self, tongue, &path)
        }
    }

    /// The links to the catalogue in other formats.
    fn exports(&self, tongue: &Tongue<'_>, path: &DiscPath) -> Vec<Value> {
        EXPORTS
            .iter()
            .map(|export| {
                let words = Value::from_safe_string(marked(tongue.table, export.string_key));
                context! { href => export.path(self.layout).link_from(path), name => export.label, words => words }
            })
            .collect()
    }

    fn section(
        &self,
        tongue: &Tongue<'_>,
        marks: &BTreeMap<(usize, usize), String>,
        path: &DiscPath,
        s: usize,
        section: &Section,
    ) -> Value {
        let reports: Vec<Value> = section
            .reports
            .iter()
            .enumerate()
            .map(|(r, report)| {
                context! {
                    href => self.layout.report(tongue.language, s, r).link_from(path),
                    marks => marks.get(&(s, r)),
                    iso_date => report.date.map(|date| date.to_string()),
                    ..self.summary(tongue, path, (s, r), report)
                }
            })
            .collect();
        context! { id => section.id.clone(), title => self.text(tongue, &section.title), reports => reports }
    }

    fn search(&self) -> Value {
        let languages = super::search::languages(self.catalogue);
        let joined = |texts: Vec<String>, by: &str| texts.join(by);
        let page = self.layout.search(self.catalogue.disc.default_language());
        let folder = self.layout.search_characters.link_from(&page);
        context! {
            search => context! {
                folder => folder.trim_end_matches(self.layout.search_characters.name()),
                folders => joined(languages.iter().map(|language| self.layout.search_folder(language)).collect(), " "),
                languages => joined(languages.iter().map(|language| language.as_str().to_owned()).collect(), " "),
                names => joined(languages.iter().map(|language| language.autonym()).collect(), "|"),
                rtl => super::search::right_to_left(&languages),
                choices => languages.iter().map(|language| self.named(language)).collect::<Vec<_>>(),
            },
        }
    }

    fn report(
        &self,
        tongue: &Tongue<'_>,
        facets: &Facets,
        path: &DiscPath,
        (s, r): (usize, usize),
        report: &Report,
    ) -> Value {
        let section = &self.catalogue.sections[s];
        let link = |way, plain: &str| facets.link(self, tongue, way, plain, path);
        context! {
            report => context! {
                authors => report.authors.iter().map(|author| context! {
                    name => author,
                    href => link(Way::Authors, author),
                }).collect::<Vec<_>>(),
                summary => report.summary.as_ref().map(|summary| self.paragraphs(tongue, summary)),
                subjects => report.subjects.iter().map(|subject| context! {
                    href => link(Way::Subjects, self.plain(tongue, subject)),
                    ..self.text(tongue, subject)
                }).collect::<Vec<_>>(),
                elsewhere => report.variants.iter().all(|variant| variant.language != *tongue.language),
                ..self.summary(tongue, path, (s, r), report)
            },
            section => context! { id => section.id.clone(), title => self.text(tongue, &section.title) },
        }
    }

    /// The title of a report: that of its variant in the page's language, if it has one of its own.
    pub(super) fn title(&self, tongue: &Tongue<'_>, report: &Report) -> Value {
        let own = |variant: &&Variant| variant.language == *tongue.language;
        match report.variants.iter().find(own).and_then(|variant| variant.title.as_deref()) {
            Some(title) => tongue.shown(Shown { text: title, other: None }, false),
            None => self.text(tongue, &report.title),
        }
    }

    /// What list and page both say of a report.
    fn summary(&self, tongue: &Tongue<'_>, path: &DiscPath, (s, r): (usize, usize), report: &Report) -> Value {
        let title = self.title(tongue, report);
        let mut variants: Vec<(usize, &Variant)> = report.variants.iter().enumerate().collect();
        // The page's own language first; the sort keeps the order of the others.
        variants.sort_by_key(|(_, variant)| variant.language != *tongue.language);
        let variants: Vec<Value> = variants
            .into_iter()
            .map(|(v, variant)| {
                let files: Vec<Value> = variant
                    .files
                    .iter()
                    .enumerate()
                    .map(|(f, file)| {
                        context! {
                            href => self.layout.document(s, r, v, f).link_from(path),
                            path => self.layout.document(s, r, v, f).as_str(),
                            format => display_name(&file.extension),
                            size => tongue.size(self.catalogue.source(file.source).length),
                            expect => self.texts.facts(file.source).map(|facts| expect(tongue, facts)),
                        }
                    })
                    .collect();
                context! {
                    own => variant.language == *tongue.language,
                    title => variant.title.clone(),
                    files => files,
                    ..self.named(&variant.language)
                }
            })
            .collect();
        context! {
            title => title,
            symbol => report.symbol.clone(),
            short_symbol => is_short(report),
            date => report.date.map(|date| tongue.format.date(date)),
            variants => variants,
        }
    }

    fn help(&self, tongue: &Tongue<'_>) -> Value {
        let extensions: BTreeSet<&str> = self
            .catalogue
            .reports()
            .flat_map(|(_, _, report)| &report.variants)
            .flat_map(|variant| &variant.files)
            .map(|file| file.extension.as_str())
            .collect();
        let formats: BTreeSet<(Kind, String)> = extensions
            .into_iter()
            .map(|extension| (Kind::from_extension(extension), display_name(extension)))
            .collect();
        let formats: Vec<(Kind, String)> = formats.into_iter().collect();
        let formats: Vec<Value> = formats
            .chunk_by(|(a, _), (b, _)| a.help_key() == b.help_key())
            .map(|alike| {
                let names: Vec<&str> = alike.iter().map(|(_, name)| name.as_str()).collect();
                let needs = marked(tongue.table, alike[0].0.help_key());
                context! { names => names.join(", "), needs => Value::from_safe_string(needs) }
            })
            .collect();
        context! {
            formats => formats,
            name => context! {
                index => self.layout.index.name(),
                readme => self.layout.readme.name(),
                folder => self.layout.documents_folder(),
                code => tongue.language.name_part(),
            },
        }
    }

    fn check(&self, tongue: &Tongue<'_>, commands: &Commands) -> Value {
        context! {
            name => context! {
                list => self.layout.checksums.name(),
                readme => self.layout.readme.name(),
                volume_info => self.layout.volume_info.as_str(),
                copy => self.layout.xdg_volume_info.as_ref().map(DiscPath::as_str),
            },
            listed => tongue.format.number(self.listed),
            command => context! {
                windows => commands.windows.clone(),
                windows_one => commands.windows_one.clone(),
                macos => commands.macos.clone(),
                linux => commands.linux.clone(),
            },
        }
    }
}

impl Tongue<'_> {
    /// A text with what a page must say about its language and direction.
    pub(super) fn shown(&self, shown: Shown<'_>, same: bool) -> Value {
        context! {
            text => shown.text,
            same => same,
            lang => shown.other.map(Language::as_str),
            dir => shown.other.map(|other| other.direction().as_str()),
            label => shown.other.and_then(|other| self.labels.get(other)).cloned(),
            gap => self.gap,
        }
    }

    /// The sentence that says in what other language a text is.
    fn notice(&self, other: &Language) -> Value {
        const KEY: &str = "text_in_language";
        let name = other.name_in(self.table.foreign(KEY).unwrap_or(self.language));
        Value::from_safe_string(fill(&marked(self.table, KEY), &[("language", &escaped(&name))]))
    }

    fn size(&self, bytes: u64) -> String {
        let (number, unit) = self.format.size(bytes);
        fill(self.table.get("size_of"), &[("number", &number), ("unit", self.table.get(unit))])
    }
}

/// What a reader can expect of a document, in a few words each.
fn expect(tongue: &Tongue<'_>, facts: &Facts) -> Vec<Value> {
    let text = |key| Value::from_safe_string(marked(tongue.table, key));
    let mut expect = Vec::new();
    if let Some(pages) = facts.pages {
        let number = tongue.format.number(u64::from(pages));
        expect.push(Value::from_safe_string(fill(&marked(tongue.table, "file_pages"), &[("number", &number)])));
    }
    match facts.text {
        TextLayer::Good => expect.push(text("file_searchable")),
        TextLayer::Partial => expect.push(text("file_partly_searchable")),
        TextLayer::None | TextLayer::Bad | TextLayer::Unreadable(_) => expect.push(text("file_not_searchable")),
        TextLayer::Unsupported => {}
    }
    match facts.tagged {
        Some(true) => expect.push(text("file_tagged")),
        Some(false) => expect.push(text("file_untagged")),
        None => {}
    }
    expect
}

/// Whether a report's symbol stands on one line.
pub(super) fn is_short(report: &Report) -> bool {
    report.symbol.as_ref().is_some_and(|symbol| symbol.chars().count() <= SHORT_SYMBOL)
}

/// A text of the interface as HTML, marked if it is in another language than the page.
fn marked(words: &Words, key: &str) -> String {
    // Not to be broken at its hyphen.
    let text = escaped(words.get(key)).replace("SHA-256", "<span class=\"nowrap\">SHA-256</span>");
    match words.foreign(key) {
        Some(other) => {
            format!("<span lang=\"{}\" dir=\"{}\">{text}</span>", other.as_str(), other.direction().as_str())
        }
        None => text,
    }
}

/// The ways into the collection that have something to show.
fn ways(catalogue: &Catalogue) -> Vec<Way> {
    let any = |has: &dyn Fn(&Report) -> bool| catalogue.reports().any(|(_, _, report)| has(report));
    [
        (Way::Subjects, any(&|report| !report.subjects.is_empty())),
        (Way::Years, any(&|report| report.date.is_some())),
        (Way::Authors, any(&|report| !report.authors.is_empty())),
        (Way::Languages, catalogue.disc.languages.len() > 1),
    ]
    .into_iter()
    .filter_map(|(way, shown)| shown.then_some(way))
    .collect()
}

/// Reports what is wrong with the Markdown of the foreword, in each of its languages.
pub(super) fn check_foreword(catalogue: &Catalogue, layout: &Layout, materials: &Materials, findings: &mut Findings) {
    let targets = Targets::new(catalogue, layout, &ways(catalogue));
    let page = layout.home(catalogue.disc.default_language());
    let at = KeyPath::root().key("launcher").key("foreword").key("text");
    for (language, text) in &materials.foreword {
        let at = language.as_ref().map_or_else(|| at.clone(), |language| at.key(language.as_str()));
        markdown::to_html(text, &|link| targets.link(link, &page), &Place::Value(at), findings);
    }
}

/// The foreword in the languages it has.
struct Forewords<'p> {
    pages: &'p Pages<'p>,
    materials: &'p Materials,
    targets: &'p Targets,
}

impl Forewords<'_> {
    /// The foreword for a page: its own, the one for all, the default language's, or any.
    fn value(&self, tongue: &Tongue<'_>) -> Option<Value> {
        let default = self.pages.catalogue.disc.default_language();
        let of = |wanted: Option<&Language>| self.materials.foreword.iter().find(|(l, _)| l.as_ref() == wanted);
        let (language, text) = of(Some(tongue.language))
            .or_else(|| of(None))
            .or_else(|| of(Some(default)))
            .or(self.materials.foreword.first())?;
        let page = self.pages.layout.home(tongue.language);
        let resolve = |link: &str| self.targets.link(link, &page);
        let html = markdown::to_html(text, &resolve, &Place::Nowhere, &mut Findings::default());
        let other = language.as_ref().filter(|language| *language != tongue.language);
        Some(context! {
            html => Value::from_safe_string(html),
            same => language.is_none(),
            lang => other.map(Language::as_str),
            dir => other.map(|other| other.direction().as_str()),
            notice => other.map(|other| tongue.notice(other)),
        })
    }
}

/// What a link of the foreword can lead to: documents by their file as the manifest writes it, and
/// anything by its path on the disc.
struct Targets(BTreeMap<String, DiscPath>);

impl Targets {
    fn new(catalogue: &Catalogue, layout: &Layout, ways: &[Way]) -> Self {
        let mut targets = BTreeMap::new();
        for language in &catalogue.disc.languages {
            let fixed = [Layout::home, Layout::list, Layout::start, Layout::help, Layout::check]
                .map(|page| page(layout, language));
            for page in ways.iter().map(|way| layout.way(language, *way)).chain(fixed) {
                targets.insert(page.as_str().to_owned(), page);
            }
        }
        // Not the checksum list: Linux shows it under another name in the plain view.
        for path in [&layout.index, &layout.readme] {
            targets.insert(path.as_str().to_owned(), path.clone());
        }
        for (s, r, report) in catalogue.reports() {
            for (v, variant) in report.variants.iter().enumerate() {
                for (f, file) in variant.files.iter().enumerate() {
                    let path = layout.document(s, r, v, f);
                    targets.insert(path.as_str().to_owned(), path.clone());
                    let written = &*catalogue.source(file.source).written;
                    targets.entry(written.trim_start_matches("./").to_owned()).or_insert_with(|| path.clone());
                }
            }
        }
        Self(targets)
    }

    fn link(&self, written: &str, from: &DiscPath) -> Option<String> {
        self.0.get(written.trim_start_matches("./")).map(|path| path.link_from(from))
    }
}
