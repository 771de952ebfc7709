//! The files that are not pages: for operating systems, and for readers with a text editor.

use super::check_commands::CheckCommands;
use super::generated::GeneratedFile;
use super::placeholders;
use super::strings::InterfaceStrings;
use crate::catalogue::{Catalogue, Text};
use crate::language::{Language, LanguageFormat, Plurals};
use crate::layout::{DiscPath, Layout};

/// The longest label that Windows does not truncate, in UTF-16 units.
const MAX_LABEL_UNITS: usize = 32;

/// `autorun.inf`: the label and icon that Windows shows, and the page that it opens.
pub(super) fn autorun(catalogue: &Catalogue, layout: &Layout) -> GeneratedFile {
    let disc = &catalogue.disc;
    let language = disc.default_language();
    let title = one_line(disc.title.localised(language, language).text);
    let fits = !title.is_empty() && title.encode_utf16().count() <= MAX_LABEL_UNITS;
    let label = if fits { title.as_str() } else { disc.volume.as_str() };
    let text = format!(
        "[autorun]\nshellexecute={}\nlabel={label}\nicon={}\n\n[Content]\nMusicFiles=false\nPictureFiles=false\nVideoFiles=false\n",
        layout.index, layout.icon,
    )
    .replace('\n', "\r\n");
    let bytes = if text.is_ascii() {
        text.into_bytes()
    } else {
        // Windows would read non-ASCII bytes in its own code page, but it understands UTF-16.
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    GeneratedFile::new(layout.autorun.clone(), &bytes)
}

/// `.autoopen`: the page that freedesktop systems open.
pub(super) fn autoopen(layout: &Layout) -> Option<GeneratedFile> {
    let path = layout.autoopen.clone()?;
    Some(GeneratedFile::new(path, format!("{}\n", layout.index).as_bytes()))
}

/// `pages/volume.txt`: the name and icon that freedesktop systems show for the volume. Its second name is `.xdg-volume-info`, which those
/// systems look for.
pub(super) fn volume_info(catalogue: &Catalogue, layout: &Layout) -> Option<GeneratedFile> {
    layout.xdg_volume_info.as_ref()?;
    let disc = &catalogue.disc;
    let default = disc.default_language();
    let name = |language: &Language| escape_key_file_value(&one_line(disc.title.localised(language, default).text));
    let mut text = format!("[Volume Info]\nName={}\n", name(default));
    if let Text::PerLanguage(_) = disc.title {
        for language in disc.languages.iter().filter(|language| disc.title.has(language)) {
            if let Some(locale) = posix_locale(language) {
                text.push_str(&format!("Name[{locale}]={}\n", name(language)));
            }
        }
    }
    text.push_str(&format!("IconFile={}\n", layout.icon));
    Some(GeneratedFile::new(layout.volume_info.clone(), text.as_bytes()))
}

/// `readme.txt` in all languages of the disc; `listed_files` is the number of files in the checksum list.
pub(super) fn readme(
    catalogue: &Catalogue,
    layout: &Layout,
    strings: &[InterfaceStrings],
    formats: &[LanguageFormat],
    commands: &CheckCommands,
    listed_files: u64,
) -> GeneratedFile {
    let disc = &catalogue.disc;
    let default = disc.default_language();
    let parts = disc.languages.iter().zip(strings.iter().zip(formats)).map(|(language, (words, format))| {
        let string = |key: &str| words.get(key);
        let plurals = Plurals::new(language);
        let fill = |text: &str, values: &[(&str, &str)]| placeholders::fill(text, values, &plurals);
        let pair = |name: &str, value: &str| fill(string("pair"), &[("name", name), ("value", value)]);
        let files =
            [("index", layout.index.name()), ("folder", layout.documents_folder()), ("list", layout.checksums.name())];
        let catalogue = [("folder", layout.exports_folder())];
        let mut part = vec![one_line(disc.title.localised(language, default).text), String::new()];
        part.push(fill(string("readme_open"), &files));
        part.push(fill(string("readme_documents"), &files));
        part.push(fill(string("readme_catalogue"), &catalogue));
        let date = disc.date.map(|date| format.date(date));
        let facts = [("publisher", disc.publisher.clone()), ("date", date), ("identifier", disc.identifier.clone())];
        let mut facts: Vec<String> =
            facts.into_iter().filter_map(|(key, value)| Some(pair(string(key), &one_line(&value?)))).collect();
        if let Some(rights) = &disc.rights {
            let shown = rights.localised(language, default);
            let mut name = string("rights").to_owned();
            if let Some(other) = shown.other_language {
                let label = fill(string("in_language"), &[("language", &other.autonym())]);
                let label = fill(string("label"), &[("text", &label)]);
                name = format!("{name}{}{label}", label_gap(&label));
            }
            let paragraphs: Vec<String> = paragraphs(shown.text).iter().map(|text| one_line(text)).collect();
            facts.push(pair(&name, &paragraphs.join("\n\n")));
        }
        if !facts.is_empty() {
            part.push(String::new());
            part.append(&mut facts);
        }
        part.push(String::new());
        part.push(fill(string("readme_check"), &files));
        part.push(format!("  Linux:    {}", commands.linux));
        part.push(format!("  macOS:    {}", commands.macos));
        part.push(format!("  Windows:  {}", layout.check_path(language)));
        part.push(fill(string("check_number"), &[("number", &format.number(listed_files))]));
        part.join("\n")
    });
    let parts: Vec<String> = parts.collect();
    text_file(layout.readme.clone(), &parts)
}

/// The public key for the signature of the checksum list, if the disc is signed.
pub(super) fn public_key(catalogue: &Catalogue, layout: &Layout) -> Option<GeneratedFile> {
    let key = catalogue.disc.signing.as_ref()?.key;
    Some(GeneratedFile::new(layout.public_key(key.format()), key.to_file().as_bytes()))
}

/// `rights.txt`: the terms of use in every language that the manifest has them in.
pub(super) fn rights(catalogue: &Catalogue, layout: &Layout) -> Option<GeneratedFile> {
    let disc = &catalogue.disc;
    let parts = match disc.rights.as_ref()? {
        Text::Same(text) => vec![text.clone()],
        rights @ Text::PerLanguage(_) => disc
            .languages
            .iter()
            .filter(|language| rights.has(language))
            .map(|language| rights.localised(language, language).text.to_owned())
            .collect(),
    };
    Some(text_file(layout.rights.clone(), &parts))
}

/// A plain-text file that every Windows editor shows correctly: with a byte order mark and CR LF.
fn text_file(path: DiscPath, parts: &[String]) -> GeneratedFile {
    let rule = format!("\n\n{}\n\n", "-".repeat(60));
    let parts: Vec<&str> = parts.iter().map(|part| part.trim()).collect();
    let text = parts.join(&rule).replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    GeneratedFile::new(path, format!("\u{feff}{text}\r\n").as_bytes())
}

/// What separates a text from its label: a space, or nothing before a full-width parenthesis, which has blank space of its own.
pub(super) fn label_gap(label: &str) -> &'static str {
    if label.starts_with('\u{ff08}') { "" } else { " " }
}

/// The paragraphs of a text, separated by blank lines.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.split('\n').map(str::trim).collect();
    lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty()).map(|lines| lines.join("\n")).collect()
}

/// Replaces runs of spaces and control characters with single spaces.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Escapes a value of a key file (Desktop Entry Specification, "Possible value types").
fn escape_key_file_value(line: &str) -> String {
    line.replace('\\', "\\\\")
}

/// `fr` or `pt_BR`; `None` for tags with more than language and country.
fn posix_locale(language: &Language) -> Option<String> {
    let mut parts = language.as_str().split('-');
    let primary = parts.next()?;
    match (parts.next(), parts.next()) {
        (None, _) => Some(primary.to_owned()),
        (Some(region), None) if region.len() == 2 => Some(format!("{primary}_{region}")),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cleaned_and_locales_are_posix() {
        assert_eq!(one_line(" a\r\n b\t\u{7}c "), "a b c");
        assert_eq!(escape_key_file_value("a\\b"), "a\\\\b");
        assert_eq!(paragraphs("\n a\r\nb \r\n \r\n\r\nc\n"), ["a\nb", "c"]);
        assert!(paragraphs(" \n").is_empty());
        let locale = |tag: &str| posix_locale(&Language::parse(tag).unwrap());
        assert_eq!(locale("fr").as_deref(), Some("fr"));
        assert_eq!(locale("pt-BR").as_deref(), Some("pt_BR"));
        assert_eq!(locale("zh-Hant"), None);
        assert_eq!(locale("es-419"), None);
    }
}
