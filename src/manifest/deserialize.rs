//! Deserializes YAML into typed keys. Each mistake is reported and removed, and the rest is read again, so that all
//! mistakes are found in one run.

use serde_path_to_error::Segment;
use serde_yaml::Value;

use super::Parsed;
use super::types::Manifest;
use crate::diagnostic::{Finding, Findings, KeyPath, Place, Step, did_you_mean};

/// The maximum number of mistakes that are reported in one run.
const MAX_FINDINGS: usize = 100;

/// Deserializes a text that has passed the prescan.
pub(super) fn deserialize(text: &str, findings: &mut Findings) -> Parsed {
    if text.trim().is_empty() {
        return Parsed::default();
    }
    if let Ok(manifest) = serde_yaml::from_str::<Manifest>(text) {
        return Parsed { manifest, broken: Vec::new() };
    }
    let before = findings.0.len();
    let mut broken = Vec::new();
    let mut rounds = 0;
    let mut value: Value = match serde_yaml::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            let at = error.location().map_or(0, |location| location.index());
            findings.push(
                Finding::error("not-yaml", Place::Bytes(at..at), "the manifest cannot be read from here on")
                    .label(error.to_string())
                    .help("look for a mistake in this line and the one before it"),
            );
            return Parsed::default();
        }
    };
    loop {
        let error = match serde_path_to_error::deserialize::<_, Manifest>(&value) {
            Ok(manifest) => return Parsed { manifest, broken },
            Err(error) => error,
        };
        let mut path = key_path(error.path());
        let message = error.inner().to_string();
        let mistake = Mistake::from_message(&message);
        if let Mistake::UnknownKey { key, .. } = &mistake
            && path.0.last() != Some(&Step::Key(key.as_str().into()))
        {
            path = path.key(key.clone());
        }
        // An emptied item of a sequence can be reported a second time: see `remove_node`.
        if !broken.contains(&path) {
            findings.push(mistake.finding(&path, &value));
        }
        rounds += 1;
        if rounds > 2 * MAX_FINDINGS
            || path.0.is_empty()
            || !remove_node(&mut value, &path.0)
            || findings.0.len() - before >= MAX_FINDINGS
        {
            if findings.0.len() - before >= MAX_FINDINGS {
                findings.push(
                    Finding::note(
                        "more-mistakes",
                        Place::Nowhere,
                        format!(
                            "only the first {MAX_FINDINGS} mistakes are shown, and the files have not been checked yet"
                        ),
                    )
                    .help("often they are all the same mistake: correct it everywhere and check again"),
                );
            }
            return Parsed::default();
        }
        broken.push(path);
    }
}

/// The title of a section or a report. If it is in several languages, the first.
fn find_title(manifest: &Value, entry: &KeyPath) -> Option<String> {
    let title = value_at(manifest, entry)?.get("title")?;
    let title = title.as_str().or_else(|| title.as_mapping()?.values().next()?.as_str())?;
    Some(title.trim().to_owned()).filter(|title| !title.is_empty())
}

fn value_at<'v>(manifest: &'v Value, path: &KeyPath) -> Option<&'v Value> {
    path.0.iter().try_fold(manifest, |node, step| match step {
        Step::Key(key) => node.get(&**key),
        Step::Item(item) => node.get(item),
    })
}

/// A mistake, as the message of serde describes it.
#[derive(Debug)]
enum Mistake {
    UnknownKey { key: String, known: Vec<String> },
    WrongKind { found: String, expected: String },
    Other(String),
}

impl Mistake {
    fn from_message(message: &str) -> Self {
        // The YAML crate adds its own path before the message and the position after it.
        let in_backticks =
            |text: &str| -> Vec<String> { text.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
        if let Some(at) = message.find("unknown field ") {
            let mut names = in_backticks(&message[at..]).into_iter();
            return Self::UnknownKey { key: names.next().unwrap_or_default(), known: names.collect() };
        }
        for prefix in ["invalid type: ", "invalid value: "] {
            if let Some((_, rest)) = message.split_once(prefix)
                && let Some((found, expected)) = rest.split_once(", expected ")
            {
                let expected = expected.rsplit_once(" at line ").map_or(expected, |(expected, _)| expected);
                return Self::WrongKind { found: describe_found(found), expected: describe_expected(expected) };
            }
        }
        Self::Other(message.to_owned())
    }

    fn finding(&self, path: &KeyPath, manifest: &Value) -> Finding {
        match self {
            Self::UnknownKey { key, known } => {
                let finding = Finding::error(
                    "unknown-key",
                    Place::Key(path.clone()),
                    format!("`{key}` is not a key that is allowed here"),
                );
                let is_folder_among_files =
                    ["folder", "start"].contains(&key.as_str()) && known.iter().any(|known| known == "file");
                let is_file_without_list =
                    ["file", "description"].contains(&key.as_str()) && known.iter().any(|known| known == "files");
                match did_you_mean(key, known.iter().map(String::as_str)) {
                    _ if is_folder_among_files => finding.help(
                        "a folder cannot be one of several files: give it a report of its own, with `variants: {en: {folder: …, start: …}}` for its language",
                    ),
                    _ if is_file_without_list => finding.help(
                        "a file with a title or a description of its own is written in a list, even if it is the only one: `en: [{file: …, title: …, description: …}]`",
                    ),
                    Some(similar) => finding.help(format!("did you mean `{similar}`?")),
                    None => finding.help(format!("the keys that are allowed here: {}", known.join(", "))),
                }
            }
            Self::WrongKind { found, expected } => {
                let finding = Finding::error(
                    "wrong-type",
                    Place::Value(path.clone()),
                    format!(
                        "{} is {found}; it should be {expected}",
                        path.in_words(|entry| find_title(manifest, entry))
                    ),
                );
                match found.as_str() {
                    found
                        if expected.starts_with("text")
                            && (found.starts_with("the number") || found.starts_with("the word")) =>
                    {
                        finding.help("put it in quotes to make it text")
                    }
                    "text" if *path == KeyPath::root().key("disc").key("languages") => {
                        let text = value_at(manifest, path).and_then(Value::as_str).unwrap_or_default();
                        let codes: Vec<&str> = text.split([',', ';', ' ']).filter(|code| !code.is_empty()).collect();
                        // These may be names of languages, which are not valid codes.
                        match codes.iter().all(|code| code.split('-').next().is_some_and(|start| start.len() <= 3)) {
                            true => finding.help(format!("write them as a list: `languages: [{}]`", codes.join(", "))),
                            false => finding.help("write the codes of the languages as a list, such as `languages: [en, fr]`"),
                        }
                    }
                    "text" if *expected == describe_expected("a boolean") => {
                        let text = value_at(manifest, path).and_then(Value::as_str).unwrap_or_default();
                        let word = match text.to_ascii_lowercase().as_str() {
                            "yes" | "on" | "y" => "true",
                            "no" | "off" | "n" => "false",
                            _ => return finding.help("write `true` or `false`, without quotes"),
                        };
                        finding.help(format!("write `{word}`"))
                    }
                    "text" | "empty" if expected.contains("list") => {
                        finding.help("start each item on a line of its own with `- `, or write [first, second]")
                    }
                    _ => finding.help("`make-disc schema` says what each key may contain, and `make-disc init FOLDER` writes an example"),
                }
            }
            Self::Other(message) => Finding::error("wrong-form", Place::Value(path.clone()), message.clone()).help(
                "`make-disc schema` says what each key may contain, and `make-disc init FOLDER` writes an example",
            ),
        }
    }
}

/// What serde found in the manifest, in words for its author.
fn describe_found(found: &str) -> String {
    let value = || found.split('`').nth(1).unwrap_or_default();
    if found.starts_with("sequence") {
        "a list".to_owned()
    } else if found.starts_with("map") {
        "a set of keys".to_owned()
    } else if found.starts_with("unit") || found.starts_with("null") || found.starts_with("Option") {
        "empty".to_owned()
    } else if found.starts_with("string") {
        "text".to_owned()
    } else if found.starts_with("integer") || found.starts_with("floating point") {
        format!("the number {}", value())
    } else if found.starts_with("boolean") {
        format!("the word `{}`, which YAML reads as yes or no", value())
    } else {
        found.to_owned()
    }
}

/// What serde expected, in words for the author of the manifest.
fn describe_expected(expected: &str) -> String {
    match expected {
        "a sequence" => "a list".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        other => other.to_owned(),
    }
}

fn key_path(path: &serde_path_to_error::Path) -> KeyPath {
    let steps = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(Step::Item(*index)),
        Segment::Map { key } => Some(Step::Key(key.as_str().into())),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    KeyPath(steps.collect())
}

/// Removes the node at a path, and returns whether there was one. An item of a sequence is emptied instead, so that the other
/// items keep their indices.
fn remove_node(value: &mut Value, path: &[Step]) -> bool {
    match (path, value) {
        ([Step::Key(key)], Value::Mapping(mapping)) => {
            let original = mapping.keys().find(|k| key_text(k).as_deref() == Some(&**key)).cloned();
            original.is_some_and(|original| mapping.shift_remove(&original).is_some())
        }
        ([Step::Item(item)], Value::Sequence(items)) => {
            let Some(slot) = items.get_mut(*item) else { return false };
            // The item can be text, or the keys of a section or report. Empty text is tried first; if that is also
            // wrong, the item is emptied again, now without keys.
            let empty_text = Value::String(String::new());
            *slot = if *slot == empty_text { Value::Mapping(serde_yaml::Mapping::new()) } else { empty_text };
            true
        }
        ([Step::Key(key), rest @ ..], Value::Mapping(mapping)) => mapping
            .iter_mut()
            .find(|(k, _)| key_text(k).as_deref() == Some(&**key))
            .is_some_and(|(_, child)| remove_node(child, rest)),
        ([Step::Item(item), rest @ ..], Value::Sequence(items)) => {
            items.get_mut(*item).is_some_and(|child| remove_node(child, rest))
        }
        _ => false,
    }
}

fn key_text(key: &Value) -> Option<String> {
    match key {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}
