//! Checks the keys below `launcher`: colours, foreword and interface strings.

use std::collections::BTreeMap;

use super::Checker;
use crate::catalogue::{Colours, Foreword, ForewordText, Launcher, Signatory};
use crate::diagnostic::{Finding, KeyPath, Place};
use crate::manifest::{self, Scalar, is_foreword_file};
use crate::strings::{KEYS, unknown_string};

impl Checker<'_> {
    pub(super) fn check_launcher(&mut self, launcher: Option<&manifest::LauncherKeys>, at: &KeyPath) -> Launcher {
        let Some(launcher) = launcher else {
            return Launcher::default();
        };
        // Every key is named, so that the compiler reports one that is not checked. `check_strings` checks the strings.
        let manifest::LauncherKeys { emblem, emblem_dark, colours, foreword, theme, strings: _ } = launcher;
        let mut picture = |path: &Option<Scalar>, key: &str| {
            let Scalar(path) = path.as_ref()?;
            self.sources.add_file(path, Place::Value(at.key(key)), self.findings)
        };
        let dark = emblem_dark.as_ref().map(|_| Place::Value(at.key("emblem_dark")));
        let (has_emblem, emblem, emblem_dark) =
            (emblem.is_some(), picture(emblem, "emblem"), picture(emblem_dark, "emblem_dark"));
        // The pages are dark only if the reader's system is, and if the manifest does not set their colours.
        let own_colours = colours.as_ref().is_some_and(|own| own.text.is_some() || own.background.is_some());
        if let Some(place) = dark.filter(|_| !has_emblem || own_colours) {
            let why = if has_emblem {
                "because `colours` sets the text or the background, so that there are no dark pages"
            } else {
                "without `emblem`"
            };
            let finding = Finding::warning("unused-emblem", place, format!("`emblem_dark` has no effect {why}"));
            self.add_finding(finding.help(if has_emblem {
                "remove it; or remove `text` and `background` from `colours:`, so that there are dark pages"
            } else {
                "write `emblem:` instead of `emblem_dark:`; or add `emblem:` with the picture for light pages"
            }));
        }
        let theme = theme
            .as_ref()
            .and_then(|Scalar(path)| self.sources.find_folder(path, Place::Value(at.key("theme")), self.findings));
        let mut checked = Launcher {
            emblem,
            emblem_dark,
            theme,
            colours: self.check_colours(colours.as_ref(), &at.key("colours")),
            foreword: foreword.as_ref().and_then(|foreword| self.check_foreword(foreword, &at.key("foreword"))),
            ..Launcher::default()
        };
        self.check_strings(launcher, &at.key("strings"), &mut checked);
        checked
    }

    fn check_colours(&mut self, colours: Option<&manifest::ColourKeys>, at: &KeyPath) -> Colours {
        let Some(colours) = colours else {
            return Colours::default();
        };
        let manifest::ColourKeys { text, background, accent, link } = colours;
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
                    self.add_finding(
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
            text: colour(text, "text"),
            background: colour(background, "background"),
            accent: colour(accent, "accent"),
            link: colour(link, "link"),
        }
    }

    fn check_foreword(&mut self, foreword: &manifest::ForewordKeys, at: &KeyPath) -> Option<Foreword> {
        let manifest::ForewordKeys { text, signature } = foreword;
        let signature = signature.as_ref().map(|signature| {
            let at = at.key("signature");
            let manifest::SignatureKeys { name, role } = signature;
            Signatory {
                name: name.as_ref().and_then(|name| self.check_text(name, &at.key("name"), true)),
                role: role.as_ref().and_then(|role| self.check_text(role, &at.key("role"), true)),
            }
        });
        let at = at.key("text");
        let text = match text.as_ref() {
            None => {
                self.report_missing_key(
                    &at,
                    "the foreword has no text".to_owned(),
                    "add `text: {en: foreword.en.md}`, with the name of a file or the text itself",
                );
                return None;
            }
            Some(manifest::TextValue::One(text)) => vec![(None, self.check_foreword_text(text, &at)?)],
            Some(manifest::TextValue::PerLanguage(texts)) => {
                let mut named = BTreeMap::new();
                let mut known = Vec::new();
                for (tag, text) in texts {
                    let at = at.key(tag);
                    if let Some(language) = self.page_language(tag, &at) {
                        named.insert(language.clone(), tag.clone());
                        known.extend(self.check_foreword_text(text, &at).map(|text| (Some(language), text)));
                    }
                }
                if !named.is_empty() {
                    self.warn_about_missing_languages(&named, &at);
                }
                known
            }
        };
        Some(Foreword { text, signature })
    }

    /// One line that ends like the name of a text file names a file; anything else is the text itself.
    fn check_foreword_text(&mut self, text: &str, at: &KeyPath) -> Option<ForewordText> {
        let name = text.trim();
        if is_foreword_file(text) {
            return self.sources.add_file(name, Place::Value(at.clone()), self.findings).map(ForewordText::File);
        }
        if looks_like_a_file(name) {
            self.add_finding(
                Finding::error("bad-foreword", Place::Value(at.clone()), format!("`{name}` looks like the name of a file, but a foreword can be read only from a text file"))
                    .help("in your word processor, save it as plain text in UTF-8 under a name that ends in .md or .txt, and write that name here"),
            );
            return None;
        }
        self.check_characters(text, at, true);
        Some(ForewordText::Inline(text.to_owned()))
    }

    fn check_strings(&mut self, launcher: &manifest::LauncherKeys, at: &KeyPath, checked: &mut Launcher) {
        for (tag, table) in launcher.strings.iter().flat_map(|strings| &strings.0) {
            let at = at.key(tag);
            let Some(language) = self.page_language(tag, &at) else { continue };
            let table = match table {
                manifest::StringsKeys::Inline(table) => table,
                manifest::StringsKeys::File(Scalar(path)) => {
                    let file = self.sources.add_file(path, Place::Value(at), self.findings);
                    checked.string_files.extend(file.map(|file| (language, file)));
                    continue;
                }
            };
            let mut texts = BTreeMap::new();
            for (key, Scalar(text)) in &table.0 {
                let at = at.key(key);
                if KEYS.contains(&key.as_str()) {
                    self.check_characters(text, &at, true);
                    texts.insert(key.clone(), text.clone());
                } else {
                    self.add_finding(unknown_string(key, Place::Key(at)));
                }
            }
            checked.strings.insert(language, texts);
        }
    }
}

/// Whether a text is one word with a file extension.
fn looks_like_a_file(text: &str) -> bool {
    let ending = text.rsplit_once('.').map_or("", |(_, ending)| ending);
    !text.contains(char::is_whitespace)
        && (2..=5).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_alphanumeric())
}
