//! The files that are no pages: for the systems that open the disc, and for those who open it in
//! a text editor.

use super::GeneratedFile;
use super::strings::{Words, fill};
use crate::catalogue::{Catalogue, Text};
use crate::language::{Language, LanguageFormat};
use crate::layout::Layout;

/// Where Windows cuts a label, in UTF-16 units.
const LONGEST_LABEL: usize = 32;

/// The commands that check the disc.
pub(super) struct Commands {
    /// All files, in Windows PowerShell of any version.
    pub windows: String,
    /// One file, in Windows.
    pub windows_one: String,
    /// All files, in macOS.
    pub macos: String,
    /// All files, in Linux.
    pub linux: String,
}

impl Commands {
    pub(super) fn of(layout: &Layout) -> Self {
        let list = layout.checksums.name();
        // .NET first, as the PowerShell of Windows 7 has no Get-FileHash; where it is not allowed to be
        // called (constrained language mode), Get-FileHash, tried on the list itself. A line that is
        // cut counts as bad: all its variables are made anew, and no digest is not equal to no digest.
        let windows = [
            "$n=0;$b=0;$h=$g=$null;",
            "try{$h=[Security.Cryptography.SHA256]::Create()}",
            &format!("catch{{try{{$g=(Get-FileHash -LiteralPath {list} -ErrorAction Stop).Hash}}catch{{}}}};"),
            "if(-not($h -or $g)){'CANNOT CHECK'}else{",
            &format!("Get-Content -LiteralPath {list} -ErrorAction Stop|ForEach-Object{{"),
            "$n++;$f=$d=$w=$null;$p=$_;",
            "try{$w=$_.Substring(0,64);$p=$_.Substring(66);",
            "if($h){$f=[IO.File]::OpenRead((Join-Path $PWD.ProviderPath $p));",
            "$d=[BitConverter]::ToString($h.ComputeHash($f)).Replace('-','')}",
            "else{$d=(Get-FileHash -LiteralPath $p -ErrorAction Stop).Hash}}catch{};",
            "if($f){$f.Close()};",
            "if(-not $d -or $d -ne $w){$b++;\"BAD $p\"}};",
            "if($n -and -not $b){\"OK: $n\"}else{\"NOT OK: $b / $n\"}}",
        ];
        Self {
            windows: windows.concat(),
            windows_one: format!("certutil -hashfile {} SHA256", layout.readme),
            macos: format!("shasum -a 256 -c {list}"),
            linux: format!("sha256sum -c --strict {list}"),
        }
    }
}

/// What Windows shows and opens of the disc.
pub(super) fn autorun(catalogue: &Catalogue, layout: &Layout) -> GeneratedFile {
    let disc = &catalogue.disc;
    let language = disc.default_language();
    let title = one_line(disc.title.shown(language, language).text);
    let fits = !title.is_empty() && title.encode_utf16().count() <= LONGEST_LABEL;
    let label = if fits { title.as_str() } else { disc.volume.as_str() };
    let text = format!(
        "[autorun]\nshellexecute={}\nlabel={label}\nicon={}\n\n[Content]\nMusicFiles=false\nPictureFiles=false\nVideoFiles=false\n",
        layout.index, layout.icon,
    )
    .replace('\n', "\r\n");
    let bytes = if text.is_ascii() {
        text.into_bytes()
    } else {
        // Windows would read other bytes in its own code page.
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    GeneratedFile::new(layout.autorun.clone(), &bytes)
}

/// What freedesktop systems open of the disc.
pub(super) fn autoopen(layout: &Layout) -> Option<GeneratedFile> {
    let path = layout.autoopen.clone()?;
    Some(GeneratedFile::new(path, format!("{}\n", layout.index).as_bytes()))
}

/// The volume's name and icon for freedesktop systems.
pub(super) fn volume_info(catalogue: &Catalogue, layout: &Layout) -> Option<GeneratedFile> {
    layout.xdg_volume_info.as_ref()?;
    let disc = &catalogue.disc;
    let default = disc.default_language();
    let name = |language: &Language| key_file_value(&one_line(disc.title.shown(language, default).text));
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

/// What the disc is, in all its languages; `listed` is the number of files in the checksum list.
pub(super) fn readme(
    catalogue: &Catalogue,
    layout: &Layout,
    strings: &[Words],
    formats: &[LanguageFormat],
    commands: &Commands,
    listed: u64,
) -> GeneratedFile {
    let disc = &catalogue.disc;
    let default = disc.default_language();
    let parts = disc.languages.iter().zip(strings.iter().zip(formats)).map(|(language, (words, format))| {
        let say = |key: &str| words.get(key);
        let pair = |name: &str, value: &str| fill(say("pair"), &[("name", name), ("value", value)]);
        let files =
            [("index", layout.index.name()), ("folder", layout.documents_folder()), ("list", layout.checksums.name())];
        let catalogue = [("folder", layout.exports_folder())];
        let mut part = vec![one_line(disc.title.shown(language, default).text), String::new()];
        part.push(fill(say("readme_open"), &files));
        part.push(fill(say("readme_documents"), &files));
        part.push(fill(say("readme_catalogue"), &catalogue));
        let date = disc.date.map(|date| format.date(date));
        let facts = [("publisher", disc.publisher.clone()), ("date", date), ("identifier", disc.identifier.clone())];
        let mut facts: Vec<String> =
            facts.into_iter().filter_map(|(key, value)| Some(pair(say(key), &one_line(&value?)))).collect();
        if let Some(rights) = &disc.rights {
            let shown = rights.shown(language, default);
            let mut name = say("rights").to_owned();
            if let Some(other) = shown.other {
                let label = fill(say("in_language"), &[("language", &other.autonym())]);
                let label = fill(say("label"), &[("text", &label)]);
                name = format!("{name}{}{label}", gap_before(&label));
            }
            let paragraphs: Vec<String> = paragraphs(shown.text).iter().map(|text| one_line(text)).collect();
            facts.push(pair(&name, &paragraphs.join("\n\n")));
        }
        if !facts.is_empty() {
            part.push(String::new());
            part.append(&mut facts);
        }
        part.push(String::new());
        part.push(fill(say("readme_check"), &files));
        part.push(format!("  Linux:    {}", commands.linux));
        part.push(format!("  macOS:    {}", commands.macos));
        part.push(format!("  Windows:  {}", layout.check(language)));
        part.push(fill(say("check_number"), &[("number", &format.number(listed))]));
        part.join("\n")
    });
    let parts: Vec<String> = parts.collect();
    text_file(layout.readme.clone(), &parts)
}

/// The terms of use in every language they are given in.
pub(super) fn rights(catalogue: &Catalogue, layout: &Layout) -> Option<GeneratedFile> {
    let disc = &catalogue.disc;
    let parts = match disc.rights.as_ref()? {
        Text::Same(text) => vec![text.clone()],
        rights @ Text::PerLanguage(_) => disc
            .languages
            .iter()
            .filter(|language| rights.has(language))
            .map(|language| rights.shown(language, language).text.to_owned())
            .collect(),
    };
    Some(text_file(layout.rights.clone(), &parts))
}

/// Plain text that every editor of Windows shows: a byte order mark, CR LF.
fn text_file(path: crate::layout::DiscPath, parts: &[String]) -> GeneratedFile {
    let rule = format!("\n\n{}\n\n", "-".repeat(60));
    let parts: Vec<&str> = parts.iter().map(|part| part.trim()).collect();
    let text = parts.join(&rule).replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    GeneratedFile::new(path, format!("\u{feff}{text}\r\n").as_bytes())
}

/// What stands between a text and its label: nothing before full-width parentheses, which hold a space.
pub(super) fn gap_before(label: &str) -> &'static str {
    if label.starts_with('\u{ff08}') { "" } else { " " }
}

/// The paragraphs of a text, which blank lines part.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.split('\n').map(str::trim).collect();
    lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty()).map(|lines| lines.join("\n")).collect()
}

/// A text as one line: white space and control characters become single spaces.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A string of a key file (Desktop Entry Specification, "Possible value types").
fn key_file_value(line: &str) -> String {
    line.replace('\\', "\\\\")
}

/// `fr` or `pt_BR`; none for tags that say more than language and country.
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
    fn lines_and_locales() {
        assert_eq!(one_line(" a\r\n b\t\u{7}c "), "a b c");
        assert_eq!(key_file_value("a\\b"), "a\\\\b");
        assert_eq!(paragraphs("\n a\r\nb \r\n \r\n\r\nc\n"), ["a\nb", "c"]);
        assert!(paragraphs(" \n").is_empty());
        let locale = |tag: &str| posix_locale(&Language::parse(tag).unwrap());
        assert_eq!(locale("fr").as_deref(), Some("fr"));
        assert_eq!(locale("pt-BR").as_deref(), Some("pt_BR"));
        assert_eq!(locale("zh-Hant"), None);
        assert_eq!(locale("es-419"), None);
    }
}
