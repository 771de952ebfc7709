//! The manifest as it is on the disc: without comments, and without private information.

use serde_yaml::{Mapping, Value};

use super::is_foreword_file;

/// The keys of `disc:` that are left out: `sign` may say where a secret key is, and the others change only the image around the files.
const NOT_PUBLISHED: [&str; 3] = ["sign", "media_check", "repair"];

/// The paths of the timestamp in a published manifest, where it is on a disc: the files on a disc must not depend on where the publisher
/// keeps it. The second one is for names of eight and three characters.
const TIMESTAMP: [&str; 2] = ["SHA256SUMS.tsr", "sha256.tsr"];

/// The only comment of a published manifest. It is the same on every disc, so that publishing a published manifest again does not
/// change it.
const COMMENT: &str = "\
# The manifest of this disc, without its comments and without the keys `exclude`, `sign`, `media_check` and `repair`.
# A path that led out of the manifest's folder is replaced by that of the document on this disc, or by the name of the file.
";

/// A path under `variants:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariantPath<'m> {
    /// The number of the section.
    pub section: usize,
    /// The number of the report in the section.
    pub report: usize,
    /// The language, as it is written.
    pub language: &'m str,
    /// What the path leads to.
    pub kind: PathKind,
}

/// What a path under `variants:` leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// A file, by its number.
    File(usize),
    /// The folder of a site.
    Folder,
    /// The start page of a site, in its folder.
    Start,
}

/// Finds the path on the disc that replaces one under `variants:`.
pub type FindOnDisc<'f> = &'f dyn Fn(VariantPath<'_>) -> Option<String>;

/// The manifest without its comments, written in one way whatever the layout of the original. It leaves out [`NOT_PUBLISHED`]
/// and `exclude:`, which names files that are not on the disc. `None` if the text is not a mapping.
pub(super) fn publish(text: &str, find_on_disc: FindOnDisc<'_>) -> Option<String> {
    let mut manifest: Mapping = serde_yaml::from_str(text).ok()?;
    manifest.shift_remove("exclude");
    if let Some(disc) = mapping(manifest.get_mut("disc")) {
        for key in NOT_PUBLISHED {
            disc.shift_remove(key);
        }
        let is_dos = disc.get("names").and_then(Value::as_str) == Some("dos");
        if let Some(timestamp) = disc.get_mut("timestamp") {
            *timestamp = TIMESTAMP[usize::from(is_dos)].into();
        }
    }
    let mut publisher = Publisher { find_on_disc, replaced: Vec::new() };
    for (section, keys) in list(manifest.get_mut("sections")).enumerate() {
        for (report, keys) in list(keys.get_mut("reports")).enumerate() {
            let variants = keys.get_mut("variants").and_then(Value::as_mapping_mut);
            for (language, variant) in variants.into_iter().flatten() {
                let language = language.as_str().unwrap_or_default();
                let path = VariantPath { section, report, language, kind: PathKind::Folder };
                publisher.publish_variant(variant, path);
            }
        }
    }
    if let Some(launcher) = mapping(manifest.get_mut("launcher")) {
        publisher.publish_launcher(launcher);
    }
    Some(format!("{COMMENT}{}", serde_yaml::to_string(&manifest).ok()?))
}

struct Publisher<'f> {
    find_on_disc: FindOnDisc<'f>,
    /// The paths of documents that were replaced, with what replaces them.
    replaced: Vec<(String, String)>,
}

impl Publisher<'_> {
    fn publish_variant(&mut self, variant: &mut Value, path: VariantPath<'_>) {
        let Some(keys) = variant.as_mapping_mut() else { return self.publish_files(variant, path) };
        if let Some(files) = keys.get_mut("files") {
            self.publish_files(files, path);
        }
        if let Some(Value::String(folder)) = keys.get_mut("folder")
            && self.replace_document(folder, path)
            && let Some(Value::String(start)) = keys.get_mut("start")
            && let Some(on_disc) = (self.find_on_disc)(VariantPath { kind: PathKind::Start, ..path })
        {
            *start = on_disc;
        }
    }

    /// A file, or a list of files, each of which is a path or keys.
    fn publish_files(&mut self, files: &mut Value, path: VariantPath<'_>) {
        let files = match files {
            Value::Sequence(files) => files.as_mut_slice(),
            file => std::slice::from_mut(file),
        };
        for (number, file) in files.iter_mut().enumerate() {
            let file = if file.is_mapping() { file.get_mut("file") } else { Some(file) };
            if let Some(Value::String(file)) = file {
                self.replace_document(file, VariantPath { kind: PathKind::File(number), ..path });
            }
        }
    }

    /// Replaces the path of a document if it leads out of the manifest's folder.
    fn replace_document(&mut self, written: &mut String, path: VariantPath<'_>) -> bool {
        if !leads_out(written) {
            return false;
        }
        let shown = (self.find_on_disc)(path).unwrap_or_else(|| file_name(written));
        let written = std::mem::replace(written, shown.clone());
        self.replaced.push((written, shown));
        true
    }

    fn publish_launcher(&mut self, launcher: &mut Mapping) {
        for key in ["emblem", "emblem_dark", "theme"] {
            launcher.get_mut(key).into_iter().for_each(shorten);
        }
        // A value that is not a text is a mapping with the strings themselves.
        mapping(launcher.get_mut("strings")).into_iter().flatten().for_each(|(_, file)| shorten(file));
        // Longer paths come first, as shorter ones may be parts of them.
        self.replaced.sort_by_key(|(written, _)| std::cmp::Reverse(written.len()));
        match launcher.get_mut("foreword").and_then(|foreword| foreword.get_mut("text")) {
            Some(Value::Mapping(texts)) => texts.iter_mut().for_each(|(_, text)| self.publish_foreword(text)),
            Some(text) => self.publish_foreword(text),
            None => {}
        }
    }

    /// A foreword may be a file, or have links to documents by their paths.
    fn publish_foreword(&self, text: &mut Value) {
        let Value::String(words) = text else { return };
        if is_foreword_file(words) {
            return shorten(text);
        }
        for (written, shown) in &self.replaced {
            *words = replace_targets(words, written, shown);
        }
    }
}

/// Replaces a path where Markdown may have it as the target of a link, however many blanks are before it.
fn replace_targets(text: &str, written: &str, shown: &str) -> String {
    let mut replaced = String::new();
    let mut end = 0;
    for (at, _) in text.match_indices(written) {
        let before = &text[..at];
        if before.ends_with("./") || before.trim_end().ends_with(['(', '<', ':']) {
            replaced += &text[end..at];
            replaced += shown;
            end = at + written.len();
        }
    }
    replaced + &text[end..]
}

fn mapping(value: Option<&mut Value>) -> Option<&mut Mapping> {
    value?.as_mapping_mut()
}

fn list(value: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    value.and_then(Value::as_sequence_mut).into_iter().flatten()
}

/// Leaves only the name of a file whose path leads out of the manifest's folder.
fn shorten(path: &mut Value) {
    if let Value::String(path) = path
        && leads_out(path.trim())
    {
        *path = file_name(path.trim());
    }
}

/// Whether a path leads out of the folder that it starts from, on Unix or on Windows.
fn leads_out(path: &str) -> bool {
    let has_drive = path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && path[1..].starts_with(':');
    if has_drive || path.starts_with(['/', '\\']) {
        return true;
    }
    let mut depth = 0_usize;
    path.split(['/', '\\']).any(|part| {
        match part {
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            "" | "." => {}
            _ => depth += 1,
        }
        false
    })
}

fn file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).find(|part| !matches!(*part, "" | "." | "..")).unwrap_or_default();
    // A drive letter is not part of the name.
    name.rsplit(':').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Publishes a manifest whose documents have such paths on the disc as `documents/0/1/en/File(0)`.
    fn published(text: &str) -> String {
        let text = publish(text, &|VariantPath { section, report, language, kind }| {
            Some(format!("documents/{section}/{report}/{language}/{kind:?}"))
        });
        text.unwrap().strip_prefix(COMMENT).unwrap().to_owned()
    }

    #[test]
    fn comments_and_layout_make_no_difference() {
        let long = "# a comment\ndisc:\n  title: 'Report #3'   # another\n  date: 2008-06-30\n\nexclude: [secret*]\nsections: []\n";
        let short = "{disc: {title: \"Report #3\", date: 2008-06-30, sign: /keys/k.key, repair: all}, sections: []}";
        let expected = "disc:\n  title: 'Report #3'\n  date: 2008-06-30\nsections: []\n";
        assert_eq!(published(long), expected);
        assert_eq!(published(short), expected);
        assert_eq!(published(&format!("{COMMENT}{expected}")), expected);
        assert_eq!(publish("- a", &|_| None), None);
    }

    #[test]
    fn paths_that_lead_out_of_the_folder_are_replaced() {
        let text = r#"
launcher:
  emblem: 'C:\own\e.svg'
  theme: ../own/theme/
  foreword:
    text: {en: ../own/f.md, fr: "[Z]( ../own/b.pdf) [A](<../own/b.pdf.txt>)\n\n[r]:\t../own/b.pdf"}
  strings: {fr: /own/fr.yaml, en: {label: /own}}
sections:
- reports:
  - title: ../own
    variants:
      en: [inside/../a.pdf, ../own/b.pdf, {file: inside/../../own/c.pdf, title: /own}]
      fr: {files: /own/d.pdf}
      es: {files: {file: '..\own\e.pdf'}, title: /own}
- reports:
  - variants: {en: inside/a.pdf}
  - variants: {en: {folder: ../own/site, start: a.html}, fr: {folder: site, start: a.html}, es: ../own/b.pdf.txt}
"#;
        let expected = "\
launcher:
  emblem: e.svg
  theme: theme
  foreword:
    text:
      en: f.md
      fr: \"[Z]( documents/0/0/en/File(1)) [A](<documents/1/1/es/File(0)>)\\n\\n[r]:\\tdocuments/0/0/en/File(1)\"
  strings:
    fr: fr.yaml
    en:
      label: /own
sections:
- reports:
  - title: ../own
    variants:
      en:
      - inside/../a.pdf
      - documents/0/0/en/File(1)
      - file: documents/0/0/en/File(2)
        title: /own
      fr:
        files: documents/0/0/fr/File(0)
      es:
        files:
          file: documents/0/0/es/File(0)
        title: /own
- reports:
  - variants:
      en: inside/a.pdf
  - variants:
      en:
        folder: documents/1/1/en/Folder
        start: documents/1/1/en/Start
      fr:
        folder: site
        start: a.html
      es: documents/1/1/es/File(0)
";
        assert_eq!(published(text), expected);
    }

    #[test]
    fn a_file_without_a_place_on_the_disc_keeps_its_name_alone() {
        let text = "sections: [{reports: [{variants: {en: /own/a.pdf, fr: 'C:b.pdf', es: ..}}]}]";
        let published = publish(text, &|_| None).unwrap();
        assert!(published.ends_with("      en: a.pdf\n      fr: b.pdf\n      es: ''\n"), "{published}");
    }
}
