//! `make-disc strings`: writes a file of interface strings to translate.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CommandError;
use super::output::Lines;
use super::{Exit, output};
use crate::language::Language;
use crate::outputs::{Output, OutputKind};
use crate::path_text::show;
use crate::strings::{BUILT_IN, FALLBACK_LANGUAGE};

#[derive(Debug, Args)]
pub(super) struct StringsArguments {
    /// The language to translate into, such as `sw` or `pt-BR`
    language: String,
    /// The manifest that the file is for; the file is written beside it
    manifest: Option<PathBuf>,
    /// The file to write, or `-` for standard output [default: strings.LANGUAGE.yaml beside the manifest]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &StringsArguments) -> Exit {
    strings(arguments).unwrap_or_else(|error| error.report(false))
}

fn strings(arguments: &StringsArguments) -> Result<Exit, CommandError> {
    let tag = &arguments.language;
    let language = Language::parse(tag).map_err(|message| {
        CommandError::usage(match Language::suggest(tag) {
            Some(code) => format!("{message}: did you mean `{code}`?"),
            None => format!("{message}: use a code such as `sw` or `pt-BR`"),
        })
    })?;
    let manifest = arguments.manifest.as_deref();
    if let Some(manifest) = manifest.filter(|manifest| !manifest.is_file()) {
        let message = format!("there is no manifest `{}`: write its path after the language", show(manifest));
        return Err(CommandError::usage(message));
    }
    let manifest_folder = manifest.and_then(Path::parent).unwrap_or(Path::new(""));
    let default = manifest_folder.join(format!("strings.{language}.yaml"));
    let path = arguments.output.as_deref().unwrap_or(&default);
    let text = strings_file(&language, path);
    if path == Path::new("-") {
        return Ok(output::print_data(&text, Exit::Success));
    }
    let output = Output { path, kind: OutputKind::Strings, force: false };
    output.ensure_writable()?;
    output.write(text.as_bytes()).map_err(|error| CommandError::unwritable(path, &error))?;
    let mut text = Lines::default();
    text.row("wrote", show(path));
    let folder = |path: &Path| {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::canonicalize(parent).unwrap_or_else(|_| parent.to_path_buf())
    };
    let name = Path::new(path.file_name().unwrap_or_default());
    // The path to write in the manifest; `None` if the folder of the manifest is not known.
    let in_manifest = match manifest {
        Some(manifest) => folder(path).strip_prefix(folder(manifest)).ok().map(|folder| folder.join(name)),
        None => Some(name.to_path_buf()).filter(|_| folder(path).join("manifest.yaml").is_file()),
    };
    text.row(
        "next",
        match in_manifest {
            Some(_) => "fill it in; then name it in the manifest:",
            None => "move it into the folder of the manifest, and fill it in; then name it in the manifest:",
        },
    );
    let in_manifest = in_manifest.unwrap_or_else(|| name.to_path_buf());
    text.row("", "launcher:");
    text.row("", format!("  strings: {{{language}: {}}}", quote(&show(&in_manifest))));
    text.row("", format!("and add `{language}` to `languages:` under `disc:`, if it is not there yet"));
    Ok(output::print(&text, Exit::Success))
}

/// The interface strings of a language as a YAML file, with the English text above each. Strings that are not built in are
/// empty.
fn strings_file(language: &Language, path: &Path) -> String {
    let built_in = |tag: &str| {
        let (_, _, yaml) = BUILT_IN.into_iter().find(|(known, ..)| *known == tag)?;
        Some((yaml, crate::manifest::parse_interface_strings(yaml).unwrap_or_default()))
    };
    let (_, own) = built_in(language.as_str()).or_else(|| built_in(language.primary())).unwrap_or_default();
    let (english, _) = built_in(FALLBACK_LANGUAGE).unwrap_or_default();
    let name = path.file_name().unwrap_or_default();
    let file = if path == Path::new("-") { format!("strings.{language}.yaml") } else { show(Path::new(name)) };
    let file = quote(&file);
    let mut text = format!(
        "# The text of the pages in {} ({language}). The English text is above each key.\n\
         # Write the translation between the quotation marks; a quotation mark in it is written as \\\".\n\
         # Leave names in braces, such as {{number}}, as they are: the program replaces them with values.\n\
         # Where a text has forms, such as {{number, plural, one {{# page}} other {{# pages}}}}, translate the words in each form, and\n\
         # write a form for each plural category of the language (zero, one, two, few, many, other). # is the number.\n\
         # To use this file, name it in the manifest:\n\
         #\n\
         # launcher:\n\
         #   strings: {{{language}: {file}}}\n",
        language.autonym(),
    );
    for line in english.lines() {
        match line.split_once(": ") {
            Some((key, english)) if !line.starts_with('#') => {
                let translated = own.get(key).map(|text| quote(text)).unwrap_or_else(|| quote(""));
                text += &format!("\n# {}\n{key}: {translated}\n", english.trim_matches('"').replace("\\\"", "\""));
            }
            _ if line.starts_with('#') => text += &format!("\n\n#{line}\n"),
            _ => {}
        }
    }
    text
}

/// A text in double quotes, as YAML.
fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::strings::KEY_COUNT;

    #[test]
    fn the_file_has_the_built_in_strings_or_is_empty() {
        let file = |tag: &str| strings_file(&Language::parse(tag).unwrap(), Path::new("-"));
        for (tag, _, yaml) in BUILT_IN {
            let parsed = crate::manifest::parse_interface_strings(&file(tag)).unwrap();
            assert_eq!(parsed, crate::manifest::parse_interface_strings(yaml).unwrap(), "{tag}");
        }
        let empty = file("ti");
        assert!(crate::manifest::parse_interface_strings(&empty).unwrap().is_empty());
        assert_eq!(empty.lines().filter(|line| line.ends_with(": \"\"")).count(), KEY_COUNT);
    }
}
