//! From the manifest's keys to the catalogue, with everything that is wrong.

use std::collections::BTreeMap;
use std::path::Path;

use super::sources::{LARGE, Sources};
use super::{
    Catalogue, Colours, Disc, Foreword, ForewordText, Launcher, Medium, NameStyle, Report, Section, Signature,
    SourceId, Text, Variant, VariantFile,
};
use crate::diagnostic::{Finding, Findings, KeyPath, Place, Step, did_you_mean};
use crate::language::{Language, PartialDate, format_size};
use crate::manifest::{self, OneOrMany, Parsed, Scalar};
use crate::names::{is_device_name, portable, shortened};

/// Years that a directory record's date can hold (ECMA-119 9.1.5: years since 1900 in a byte).
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2155;
/// The volume identifier's length that both the primary and the Joliet descriptor hold.
const MOST_VOLUME: usize = 16;
/// The length of the other identifiers that both descriptors hold (64 UCS-2 units in Joliet's).
const MOST_IDENTIFIER: usize = 64;

/// Makes the catalogue, and reports all that is wrong with the manifest and its files.
///
/// `folder` is where relative paths start. With errors in the findings the catalogue is as far as
/// it could be made, for more to be found in it; `None` without any language.
pub fn check(parsed: &Parsed, folder: &Path, allow_outside: bool, findings: &mut Findings) -> Option<Catalogue> {
    let mut checker = Checker {
        parsed,
        sources: Sources::new(folder, allow_outside),
        findings,
        languages: Vec::new(),
        uses: BTreeMap::new(),
        undeclared: BTreeMap::new(),
    };
    let root = KeyPath::root();
    let default_disc = manifest::Disc::default();
    let disc = parsed.manifest.disc.as_ref().unwrap_or(&default_disc);
    let disc_at = root.key("disc");
    if parsed.manifest.disc.is_none() && !parsed.is_broken(&disc_at) && !checker.is_misspelt(&disc_at) {
        checker.findings.push(
            Finding::error("missing-key", Place::Nowhere, "the manifest has no `disc:`")
                .help("begin it with `disc:`, and below that `title:` and `languages:`"),
        );
    }
    checker.languages = checker.languages(disc, &root.key("disc"));
    let disc = checker.disc(disc, &root.key("disc"));
    let launcher = checker.launcher(parsed.manifest.launcher.as_ref(), &root.key("launcher"));
    let sections = checker.sections(&root.key("sections"), disc.large_files);
    checker.report_undeclared();
    let usable = !disc.languages.is_empty();
    let sources = checker.sources.into_vec();
    usable.then_some(Catalogue { disc, launcher, sections, sources })
}

struct Checker<'m> {
    parsed: &'m Parsed,
    sources: Sources<'m>,
    findings: &'m mut Findings,
    languages: Vec<Language>,
    /// How often a source became a document.
    uses: BTreeMap<SourceId, u32>,
    /// Languages that are used and not declared: where first, and how often.
    undeclared: BTreeMap<Language, (Place, usize)>,
}

impl Checker<'_> {
    fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Reports a key that must be there and is not, unless it was there in a wrong form or misspelt.
    fn missing(&mut self, path: &KeyPath, message: String, help: &str) {
        if !self.parsed.is_broken(path) && !self.is_misspelt(path) {
            let mut above = path.clone();
            above.0.pop();
            self.report(Finding::error("missing-key", Place::Key(above), message).help(help));
        }
    }

    /// Whether a key that does not belong there was most likely meant to be this one.
    fn is_misspelt(&self, path: &KeyPath) -> bool {
        let Some((Step::Key(wanted), above)) = path.0.split_last() else { return false };
        self.parsed.broken.iter().any(|broken| {
            matches!(broken.0.split_last(), Some((Step::Key(key), parent))
                if parent == above && did_you_mean(key, [&**wanted]).is_some())
        })
    }

    fn languages(&mut self, disc: &manifest::Disc, at: &KeyPath) -> Vec<Language> {
        let at = at.key("languages");
        let mut languages: Vec<Language> = Vec::new();
        for (index, Scalar(tag)) in disc.languages.iter().flatten().enumerate() {
            let place = Place::Value(at.item(index));
            if self.parsed.broken.contains(&at.item(index)) {
                continue;
            }
            match Language::parse(tag) {
                Ok(language) if languages.contains(&language) => {
                    let first = languages.iter().position(|known| *known == language).unwrap_or(0);
                    self.report(
                        Finding::error("duplicate-language", place, format!("the language `{language}` is here twice"))
                            .also(Place::Value(at.item(first)), "first here")
                            .help("keep one of the two"),
                    );
                }
                Ok(language) => languages.push(language),
                Err(message) => self.report(bad_language(tag, message, place)),
            }
        }
        if disc.languages.as_ref().is_none_or(Vec::is_empty) && self.parsed.manifest.disc.is_some() {
            self.missing(
                &at,
                "`disc` does not say its languages".to_owned(),
                "add them, the default first: `languages: [en, fr, es]`",
            );
        }
        languages
    }

    fn disc(&mut self, disc: &manifest::Disc, at: &KeyPath) -> Disc {
        let title = self.required_text(disc.title.as_ref(), &at.key("title"), "`disc` has no title");
        let date = self.date(disc.date.as_ref(), &at.key("date"));
        if let (Some(date), true) = (date, disc.date.is_some())
            && !YEARS.contains(&date.year)
        {
            let message = format!("a disc can be dated {} to {}, not {}", YEARS.start(), YEARS.end(), date.year);
            self.report(
                Finding::error("bad-date", Place::Value(at.key("date")), message)
                    .help("give the date of the disc, not of its contents"),
            );
        }
        let volume = self.volume(disc.volume.as_ref(), &title, &at.key("volume"));
        let medium = self.medium(disc.media.as_ref(), &at.key("media"));
        let names = match disc.names.as_ref().map(|Scalar(names)| names.as_str()) {
            None | Some("portable") => NameStyle::Portable,
            Some("dos") => NameStyle::Dos,
            Some(other) => {
                let finding = Finding::error(
                    "bad-value",
                    Place::Value(at.key("names")),
                    format!("`{other}` is not a style of names"),
                );
                self.report(finding.help("use `portable`, or `dos` for names of eight and three characters"));
                NameStyle::Portable
            }
        };
        Disc {
            volume,
            date: date.filter(|date| YEARS.contains(&date.year)),
            publisher: self.identifier(disc.publisher.as_ref(), &at.key("publisher")),
            preparer: self.identifier(disc.preparer.as_ref(), &at.key("preparer")),
            identifier: self.line(disc.identifier.as_ref(), &at.key("identifier")),
            rights: disc.rights.as_ref().and_then(|rights| self.text(rights, &at.key("rights"), true)),
            medium,
            names,
            large_files: disc.large_files.unwrap_or(false),
            media_check: disc.media_check.unwrap_or(false),
            search: disc.search.unwrap_or(true),
            title,
            languages: self.languages.clone(),
        }
    }

    fn volume(&mut self, volume: Option<&Scalar>, title: &Text, at: &KeyPath) -> String {
        let Some(Scalar(volume)) = volume else {
            let title = self.languages.first().map_or("", |first| title.shown(first, first).text);
            let whole = portable(title);
            let volume = shortened(&whole, MOST_VOLUME).to_ascii_uppercase();
            if volume.is_empty() {
                return "DISC".to_owned();
            }
            if volume.len() < whole.len() {
                let mut disc = at.clone();
                disc.0.pop();
                self.report(
                    Finding::note(
                        "volume-name",
                        Place::Key(disc),
                        format!("the volume is named `{volume}`, after the beginning of the title"),
                    )
                    .help("to choose its name yourself, add `volume:` below `disc:`; 16 characters, A-Z, 0-9 and _"),
                );
            }
            return volume;
        };
        let fits = (1..=MOST_VOLUME).contains(&volume.len())
            && volume.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if !fits {
            let better = shortened(&portable(volume), MOST_VOLUME).to_ascii_uppercase();
            let finding = Finding::error(
                "bad-volume",
                Place::Value(at.clone()),
                format!("`{volume}` cannot name the volume: at most {MOST_VOLUME} characters, only A-Z, 0-9 and _"),
            );
            self.report(if better.is_empty() { finding } else { finding.help(format!("use `volume: {better}`")) });
        }
        volume.clone()
    }

    fn medium(&mut self, media: Option<&Scalar>, at: &KeyPath) -> Option<Medium> {
        let Scalar(media) = media?;
        let medium = Medium::parse(media);
        if medium.is_none() {
            let finding = Finding::error(
                "bad-media",
                Place::Value(at.clone()),
                format!("`{media}` is neither a medium nor a size"),
            );
            // Of a kind without a size, `DVD`, the usual one is meant: it is the first.
            let kind = Medium::names().find(|name| name.starts_with(&format!("{}-", media.to_ascii_lowercase())));
            let finding = match kind.or_else(|| did_you_mean(media, Medium::names())) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding,
            };
            let names: Vec<&str> = Medium::names().collect();
            self.report(finding.help(format!("use one of {}, or a size such as `4.3 GB`", names.join(", "))));
        }
        medium
    }

    /// A text that also goes into a volume descriptor, in a-characters.
    fn identifier(&mut self, scalar: Option<&Scalar>, at: &KeyPath) -> Option<String> {
        let text = self.line(scalar, at)?;
        let length = crate::language::to_ascii(&text).chars().count();
        if length > MOST_IDENTIFIER {
            self.report(
                Finding::error(
                    "too-long",
                    Place::Value(at.clone()),
                    format!(
                        "this has {length} characters in Latin letters; the disc's descriptor holds {MOST_IDENTIFIER}"
                    ),
                )
                .help("use a shorter form of the name here; the foreword has room for the whole"),
            );
        }
        Some(text)
    }

    /// Warns of quotes that would be printed although they were meant for YAML.
    fn quotes(&mut self, text: &str, at: &KeyPath) {
        let curly = text.starts_with(['“', '”', '„']) && text.ends_with(['“', '”']);
        let lost = text.ends_with('"') && text.matches('"').count() == 1;
        if curly || lost {
            let what = if curly { "stands in curly quotes" } else { "ends in a quote that nothing opens" };
            self.report(
                Finding::warning(
                    "quotes",
                    Place::Value(at.clone()),
                    format!("this text {what}: readers will see them"),
                )
                .help("if they only hold the text together, use straight ones at both ends: \"…\""),
            );
        }
    }

    /// A text on one line, the same in all languages.
    fn line(&mut self, scalar: Option<&Scalar>, at: &KeyPath) -> Option<String> {
        let Scalar(text) = scalar?;
        if text.trim().is_empty() {
            return None;
        }
        self.characters(text, at, false);
        Some(text.trim().to_owned())
    }

    fn date(&mut self, date: Option<&Scalar>, at: &KeyPath) -> Option<PartialDate> {
        let Scalar(text) = date?;
        PartialDate::parse(text)
            .map_err(|message| {
                let finding = Finding::error("bad-date", Place::Value(at.clone()), message);
                self.report(match PartialDate::parse_informal(text) {
                    Some(iso) => finding.help(format!("write it as `{iso}`: year, month, day")),
                    None => finding.help("write it as 2008, 2008-06 or 2008-06-30: year, month, day"),
                });
            })
            .ok()
    }

    /// A text that must be there; empty with a finding if it is not.
    fn required_text(&mut self, text: Option<&manifest::Text>, at: &KeyPath, missing: &str) -> Text {
        let before = self.undeclared.values().map(|(_, count)| count).sum::<usize>() + self.findings.0.len();
        let read = text.and_then(|text| self.text(text, at, true));
        let after = self.undeclared.values().map(|(_, count)| count).sum::<usize>() + self.findings.0.len();
        read.unwrap_or_else(|| {
            // Without languages no text can be judged; a text under a wrong code is there all the same.
            if (text.is_some() && (self.languages.is_empty() || after > before)) || self.parsed.manifest.disc.is_none()
            {
                return Text::Same(String::new());
            }
            let key = match at.0.last() {
                Some(Step::Key(key)) => key.to_string(),
                _ => String::new(),
            };
            let tag = self.languages.first().map_or("en", Language::as_str);
            self.missing(
                at,
                missing.to_owned(),
                &format!("add `{key}: {{{tag}: …}}`, with a text for each of the disc's languages"),
            );
            Text::Same(String::new())
        })
    }

    /// A text in its languages; warns of those that lack if `complete` is wanted.
    fn text(&mut self, text: &manifest::Text, at: &KeyPath, complete: bool) -> Option<Text> {
        match text {
            manifest::Text::One(text) if text.trim().is_empty() => None,
            manifest::Text::One(text) => {
                self.characters(text, at, true);
                Some(Text::Same(text.trim().to_owned()))
            }
            manifest::Text::PerLanguage(_) if self.languages.is_empty() => None,
            manifest::Text::PerLanguage(texts) => {
                let mut known = BTreeMap::new();
                for (tag, text) in texts {
                    let at = at.key(tag);
                    if let Some(language) = self.declared(tag, &at)
                        && !text.trim().is_empty()
                    {
                        self.characters(text, &at, true);
                        known.insert(language, text.trim().to_owned());
                    }
                }
                if known.is_empty() {
                    return None;
                }
                if complete {
                    self.gaps(&known, at);
                }
                let in_order = self.languages.iter().filter_map(|language| known.remove_entry(language)).collect();
                Some(Text::PerLanguage(in_order))
            }
        }
    }

    /// Warns of the languages that a text lacks.
    fn gaps(&mut self, known: &BTreeMap<Language, String>, at: &KeyPath) {
        let lacking: Vec<&str> =
            self.languages.iter().filter(|language| !known.contains_key(language)).map(Language::as_str).collect();
        if lacking.is_empty() || self.parsed.is_broken(at) {
            return;
        }
        let shown = self.languages.first().filter(|first| known.contains_key(first)).or_else(|| known.keys().next());
        let shown = shown.map_or_else(String::new, ToString::to_string);
        self.report(
            Finding::warning(
                "missing-language",
                Place::Key(at.clone()),
                format!("`{at}` lacks {}", lacking.join(", ")),
            )
            .help(format!(
                "pages in that language show the text in `{shown}`, labelled as such; add a translation here"
            )),
        );
    }

    /// The language of a key that must be one of the disc's.
    fn declared(&mut self, tag: &str, at: &KeyPath) -> Option<Language> {
        let place = Place::Key(at.clone());
        match Language::parse(tag) {
            Ok(language) if self.languages.contains(&language) => Some(language),
            Ok(language) => {
                if !self.languages.is_empty() {
                    self.undeclared.entry(language).or_insert((place, 0)).1 += 1;
                }
                None
            }
            Err(message) => {
                self.report(bad_language(tag, message, place));
                None
            }
        }
    }

    /// Reports each language that the disc does not declare once, however often it is used.
    fn report_undeclared(&mut self) {
        let all: Vec<&str> = self.languages.iter().map(Language::as_str).collect();
        let all = all.join(", ");
        for (language, (place, count)) in std::mem::take(&mut self.undeclared) {
            let more = match count {
                1 => String::new(),
                2 => "; it is used here and at 1 more place".to_owned(),
                n => format!("; it is used here and at {} more places", n - 1),
            };
            self.findings.push(
                Finding::error(
                    "undeclared-language",
                    place,
                    format!("`{language}` is not one of the disc's languages ({all}){more}"),
                )
                .also(Place::Key(KeyPath::root().key("disc").key("languages")), "declared here")
                .help(format!("add `{language}` to `disc.languages`, or correct the code here")),
            );
        }
    }

    /// Refuses characters that nobody sees and that garble what follows them.
    fn characters(&mut self, text: &str, at: &KeyPath, lines: bool) {
        self.quotes(text.trim(), at);
        let bad = text.chars().find_map(|c| match c {
            '\n' | '\t' if lines => None,
            c if c.is_control() => Some((c, "a control character")),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                Some((c, "a character that turns the writing direction"))
            }
            _ => None,
        });
        if let Some((c, what)) = bad {
            self.report(
                Finding::error(
                    "control-character",
                    Place::Value(at.clone()),
                    format!("this text holds {what}, U+{:04X}", c as u32),
                )
                .help(
                    "it cannot be seen and comes with copied text: type the text anew, or paste it without formatting",
                ),
            );
        }
    }

    fn launcher(&mut self, launcher: Option<&manifest::Launcher>, at: &KeyPath) -> Launcher {
        let Some(launcher) = launcher else {
            return Launcher::default();
        };
        let emblem = launcher
            .emblem
            .as_ref()
            .and_then(|Scalar(path)| self.sources.file(path, Place::Value(at.key("emblem")), self.findings));
        let theme = launcher
            .theme
            .as_ref()
            .and_then(|Scalar(path)| self.sources.folder(path, Place::Value(at.key("theme")), self.findings));
        Launcher {
            emblem,
            theme,
            colours: self.colours(launcher.colours.as_ref(), &at.key("colours")),
            foreword: launcher.foreword.as_ref().and_then(|foreword| self.foreword(foreword, &at.key("foreword"))),
            strings: self.strings(launcher, &at.key("strings")),
        }
    }

    fn colours(&mut self, colours: Option<&manifest::Colours>, at: &KeyPath) -> Colours {
        let Some(colours) = colours else {
            return Colours::default();
        };
        let mut colour = |value: &Option<Scalar>, key: &str| {
            let Scalar(text) = value.as_ref()?;
            let hex = text.strip_prefix('#').filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
            match hex.map(str::len) {
                Some(6) => Some(text.to_ascii_lowercase()),
                Some(3) => Some(hex.into_iter().flat_map(str::chars).fold("#".to_owned(), |mut long, c| {
                    long.extend([c.to_ascii_lowercase(); 2]);
                    long
                })),
                _ => {
                    self.report(
                        Finding::error("bad-colour", Place::Value(at.key(key)), format!("`{text}` is not a colour"))
                            .help(
                                "write red, green and blue as six hexadecimal digits in quotes, such as `\"#004488\"`",
                            ),
                    );
                    None
                }
            }
        };
        Colours {
            text: colour(&colours.text, "text"),
            background: colour(&colours.background, "background"),
            accent: colour(&colours.accent, "accent"),
            link: colour(&colours.link, "link"),
        }
    }

    fn foreword(&mut self, foreword: &manifest::Foreword, at: &KeyPath) -> Option<Foreword> {
        let signature = foreword.signature.as_ref().map(|signature| {
            let at = at.key("signature");
            Signature {
                name: signature.name.as_ref().and_then(|name| self.text(name, &at.key("name"), true)),
                role: signature.role.as_ref().and_then(|role| self.text(role, &at.key("role"), true)),
            }
        });
        let at = at.key("text");
        let text = match foreword.text.as_ref() {
            None => {
                self.missing(
                    &at,
                    "the foreword has no text".to_owned(),
                    "add `text: {en: foreword.en.md}`, a file or the text itself",
                );
                return None;
            }
            Some(manifest::Text::One(text)) => vec![(None, self.foreword_text(text, &at)?)],
            Some(manifest::Text::PerLanguage(texts)) => {
                let mut named = BTreeMap::new();
                let mut known = Vec::new();
                for (tag, text) in texts {
                    let at = at.key(tag);
                    if let Some(language) = self.declared(tag, &at) {
                        named.insert(language.clone(), tag.clone());
                        known.extend(self.foreword_text(text, &at).map(|text| (Some(language), text)));
                    }
                }
                if !named.is_empty() {
                    self.gaps(&named, &at);
                }
                known
            }
        };
        Some(Foreword { text, signature })
    }

    /// One line that ends like a text file's name is one; anything else is the text itself.
    fn foreword_text(&mut self, text: &str, at: &KeyPath) -> Option<ForewordText> {
        let name = text.trim();
        let lower = name.to_ascii_lowercase();
        if !name.contains('\n') && [".md", ".markdown", ".txt"].iter().any(|ending| lower.ends_with(ending)) {
            return self.sources.file(name, Place::Value(at.clone()), self.findings).map(ForewordText::File);
        }
        if looks_like_a_file(name) {
            self.report(
                Finding::error("bad-foreword", Place::Value(at.clone()), format!("`{name}` looks like a file, but a foreword is read from a text file only"))
                    .help("in the word processor save it as plain text, UTF-8, under a name that ends in .md or .txt, and name that file here"),
            );
            return None;
        }
        self.characters(text, at, true);
        Some(ForewordText::Inline(text.to_owned()))
    }

    fn strings(&mut self, launcher: &manifest::Launcher, at: &KeyPath) -> BTreeMap<Language, BTreeMap<String, String>> {
        let known = crate::strings::KEYS;
        let mut strings = BTreeMap::new();
        for (tag, table) in launcher.strings.iter().flat_map(|strings| &strings.0) {
            let at = at.key(tag);
            let Some(language) = self.declared(tag, &at) else { continue };
            let mut own = BTreeMap::new();
            for (key, Scalar(text)) in &table.0 {
                let at = at.key(key);
                if known.contains(&key.as_str()) {
                    self.characters(text, &at, true);
                    own.insert(key.clone(), text.clone());
                } else {
                    let finding = Finding::error(
                        "unknown-key",
                        Place::Key(at),
                        format!("`{key}` is not one of the interface strings"),
                    );
                    self.report(match did_you_mean(key, known) {
                        Some(near) => finding.help(format!("did you mean `{near}`?")),
                        None => finding.help("docs/manifest.md lists them all"),
                    });
                }
            }
            strings.insert(language, own);
        }
        strings
    }

    fn sections(&mut self, at: &KeyPath, large_files: bool) -> Vec<Section> {
        let written = self.parsed.manifest.sections.as_deref().unwrap_or_default();
        if written.is_empty() {
            self.missing(
                at,
                "the manifest lists no documents".to_owned(),
                "add `sections:`, and in each section its `reports:`",
            );
        }
        let mut ids: BTreeMap<String, KeyPath> = BTreeMap::new();
        let mut sections = Vec::with_capacity(written.len());
        for (index, section) in written.iter().enumerate() {
            let at = at.item(index);
            if self.parsed.broken.contains(&at) {
                sections.push(Section { id: String::new(), title: Text::Same(String::new()), reports: Vec::new() });
                continue;
            }
            let title = self.required_text(section.title.as_ref(), &at.key("title"), "a section has no title");
            let id = self.id(section.id.as_ref(), &title, &at, "section", &mut ids);
            let reports = section.reports.as_deref().unwrap_or_default();
            if reports.is_empty() && !self.parsed.is_broken(&at.key("reports")) {
                self.report(
                    Finding::warning("empty-section", Place::Key(at.clone()), "this section has no reports")
                        .help("add `reports:` to it, or remove the section"),
                );
            }
            let mut report_ids = BTreeMap::new();
            let reports = reports
                .iter()
                .enumerate()
                .map(|(index, report)| {
                    self.one_report(report, &at.key("reports").item(index), &mut report_ids, large_files)
                })
                .collect();
            sections.push(Section { id, title, reports });
        }
        sections
    }

    /// The id as written, or made of the title; unique among its siblings.
    fn id(
        &mut self,
        id: Option<&Scalar>,
        title: &Text,
        at: &KeyPath,
        kind: &str,
        taken: &mut BTreeMap<String, KeyPath>,
    ) -> String {
        let here = at.key("id");
        let id = match id {
            Some(Scalar(id)) => {
                let good = portable(id);
                if *id != good || id.is_empty() {
                    let finding = Finding::error(
                        "bad-id",
                        Place::Value(here.clone()),
                        format!(
                            "`{id}` cannot be an id: it names files on the disc, so only a-z, 0-9 and single _ can stand in it"
                        ),
                    );
                    self.report(if good.is_empty() { finding } else { finding.help(format!("use `id: {good}`")) });
                    return String::new();
                }
                good
            }
            None if self.parsed.is_broken(&here) => return String::new(),
            None => {
                let made =
                    self.languages.first().map_or_else(String::new, |first| portable(title.shown(first, first).text));
                if made.is_empty() {
                    if *title != Text::Same(String::new()) {
                        self.missing(
                            &here,
                            format!("this {kind} needs an id: its title gives none"),
                            "add `id:` with a short name in a-z, 0-9 and _",
                        );
                    }
                    return String::new();
                }
                made
            }
        };
        let named = |path: &KeyPath| Place::Value(path.key("id"));
        if let Some(first) = taken.get(&id) {
            let finding = Finding::error("duplicate-id", named(at), format!("two {kind}s have the id `{id}`"))
                .also(named(first), "the other one")
                .help(format!("give one of them another `id:`, such as `{id}_2`"));
            self.report(finding);
        } else {
            taken.insert(id.clone(), at.clone());
        }
        id
    }

    fn one_report(
        &mut self,
        report: &manifest::Report,
        at: &KeyPath,
        ids: &mut BTreeMap<String, KeyPath>,
        large_files: bool,
    ) -> Report {
        if self.parsed.broken.contains(at) {
            let title = Text::Same(String::new());
            return Report {
                id: String::new(),
                title,
                summary: None,
                symbol: None,
                date: None,
                authors: Vec::new(),
                subjects: Vec::new(),
                variants: Vec::new(),
            };
        }
        let title = self.required_text(report.title.as_ref(), &at.key("title"), "a report has no title");
        let id = self.id(report.id.as_ref(), &title, at, "report", ids);
        let summary = report.summary.as_ref().and_then(|summary| self.text(summary, &at.key("summary"), false));
        let authors = self.list(report.authors.as_ref(), &at.key("authors"), |checker, Scalar(author), at| {
            checker.line(Some(&Scalar(author.clone())), at)
        });
        let subjects = self.list(report.subjects.as_ref(), &at.key("subjects"), |checker, subject, at| {
            checker.text(subject, at, false)
        });
        Report {
            id,
            title,
            summary,
            symbol: self.line(report.symbol.as_ref(), &at.key("symbol")),
            date: self.date(report.date.as_ref(), &at.key("date")),
            authors,
            subjects,
            variants: self.variants(report, &at.key("variants"), large_files),
        }
    }

    fn list<T, U>(
        &mut self,
        list: Option<&OneOrMany<T>>,
        at: &KeyPath,
        mut one: impl FnMut(&mut Self, &T, &KeyPath) -> Option<U>,
    ) -> Vec<U> {
        let Some(list) = list else {
            return Vec::new();
        };
        let path = |index| if list.list { at.item(index) } else { at.clone() };
        let mut read = Vec::new();
        for (index, value) in list.values.iter().enumerate() {
            let at = path(index);
            if !self.parsed.broken.contains(&at) {
                read.extend(one(self, value, &at));
            }
        }
        read
    }

    fn variants(&mut self, report: &manifest::Report, at: &KeyPath, large_files: bool) -> Vec<Variant> {
        let written = report.variants.as_ref().map_or(&[][..], |variants| &variants.0);
        if written.is_empty() {
            let tag = self.languages.first().map_or("en", Language::as_str).to_owned();
            self.missing(
                at,
                "this report has no variants: there is no document to read".to_owned(),
                &format!("add `variants:`, and in it the file of each language, such as `{tag}: reports/file.pdf`"),
            );
        }
        let mut variants: Vec<Variant> = Vec::new();
        for (tag, variant) in written {
            let at = at.key(tag);
            let language = self.declared(tag, &at);
            let files_at = if variant.keyed { at.key("files") } else { at.clone() };
            let mut names = Vec::new();
            let files = self.list(variant.files.as_ref(), &files_at, |checker, Scalar(path), at| {
                checker.document(path, at, large_files, &mut names)
            });
            if variant.files.as_ref().is_none_or(|files| files.values.is_empty()) {
                self.missing(
                    &files_at,
                    format!("no file is named for `{tag}`"),
                    "write the file's path, or remove the language here",
                );
            }
            let title = self.line(variant.title.as_ref(), &at.key("title"));
            let name =
                self.line(variant.name.as_ref(), &at.key("name")).filter(|name| self.stem(name, &at.key("name")));
            if let Some(language) = language {
                variants.push(Variant { language, title, name, files });
            }
        }
        // Variants are shown in the order of the language bar, however the manifest lists them.
        variants.sort_by_key(|variant| self.languages.iter().position(|language| *language == variant.language));
        variants
    }

    /// Whether a name set by the author can be one on the disc.
    fn stem(&mut self, name: &str, at: &KeyPath) -> bool {
        let good = portable(name);
        let reserved = is_device_name(name);
        if name != good || reserved {
            let why = if reserved {
                "Windows keeps it for a device"
            } else {
                "only a-z, 0-9 and single _ can stand in it; its ending comes from the file"
            };
            let finding = Finding::error(
                "bad-name",
                Place::Value(at.clone()),
                format!("`{name}` cannot name a file on the disc: {why}"),
            );
            let better = if reserved { format!("{name}_1") } else { good };
            self.report(if better.is_empty() { finding } else { finding.help(format!("use `name: {better}`")) });
            return false;
        }
        true
    }

    fn document(
        &mut self,
        path: &str,
        at: &KeyPath,
        large_files: bool,
        same_variant: &mut Vec<SourceId>,
    ) -> Option<VariantFile> {
        let place = Place::Value(at.clone());
        if means_none(path) {
            self.report(
                Finding::error("missing-file", place, format!("`{path}` is not a file"))
                    .help("if there is no document in this language, remove this line"),
            );
            return None;
        }
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        if is_leftover(name) {
            self.report(
                Finding::error(
                    "not-a-document",
                    place,
                    format!("`{name}` is a file that a program left behind, not a document"),
                )
                .help("close the program and name the document itself"),
            );
            return None;
        }
        let source = self.sources.file(path, place.clone(), self.findings)?;
        let extension = self.extension(path, &place);
        if same_variant.contains(&source) {
            self.report(
                Finding::error("same-file", place, format!("`{path}` is named twice for this language"))
                    .help("remove one of the two"),
            );
            return None;
        }
        same_variant.push(source);
        let uses = self.uses.entry(source).or_insert(0);
        *uses += 1;
        if *uses > 1 {
            let mut finding = Finding::note(
                "same-file",
                place.clone(),
                format!("`{path}` is used more than once; its bytes are stored once"),
            );
            if let Some(first) = self.sources.first_place(source) {
                finding = finding.also(first.clone(), "first used here");
            }
            self.report(finding.help("nothing to do if the same document is meant"));
        }
        let length = self.sources.length(source);
        if length >= LARGE && !large_files {
            self.report(
                Finding::error(
                    "large-file",
                    place,
                    format!("`{path}` has {}: files of 4 GiB and more cannot be read everywhere", format_size(length)),
                )
                .help(
                    "split the file; or, if your readers have current systems, add `large_files: true` below `disc:`",
                ),
            );
        }
        Some(VariantFile { source, extension: extension? })
    }

    /// The ending of a source's name, which its name on the disc keeps.
    fn extension(&mut self, path: &str, place: &Place) -> Option<String> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let extension = name
            .rsplit_once('.')
            .filter(|(stem, _)| !stem.is_empty())
            .map(|(_, extension)| extension.to_ascii_lowercase());
        let good = |extension: &String| !extension.is_empty() && extension.bytes().all(|b| b.is_ascii_alphanumeric());
        let extension = extension.filter(good);
        if extension.is_none() && !name.trim().is_empty() {
            self.report(
                Finding::error(
                    "no-ending",
                    place.clone(),
                    format!("`{name}` does not end in a dot and letters or digits, such as `.pdf`"),
                )
                .help("rename the file: a reader's computer chooses the program by the ending"),
            );
        }
        extension
    }
}

/// Whether a text is one word that ends like the name of a file.
fn looks_like_a_file(text: &str) -> bool {
    let ending = text.rsplit_once('.').map_or("", |(_, ending)| ending);
    !text.contains(char::is_whitespace)
        && (2..=5).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// What Word, browsers and Windows leave beside documents.
fn is_leftover(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    name.starts_with("~$")
        || [".lnk", ".tmp", ".part", ".crdownload", ".url"].iter().any(|ending| lower.ends_with(ending))
}

/// What stands for "there is none" in other lists.
fn means_none(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "none" | "n/a" | "na" | "-" | "--" | "no" | "tbd" | "todo")
}

fn bad_language(tag: &str, message: String, place: Place) -> Finding {
    let finding = Finding::error("bad-language", place, message);
    if tag.contains('_') && Language::parse(&tag.replace('_', "-")).is_ok() {
        return finding.help(format!("write it with a hyphen: `{}`", tag.replace('_', "-")));
    }
    match Language::suggest(tag) {
        Some(code) => finding.help(format!("the code of that language is `{code}`")),
        None => finding.help("use a code of BCP 47, such as `en`, `fr`, `zh-Hans` or `pt-BR`"),
    }
}
