//! Versions in the names of files: `plan_v4.pdf`, `Report final (2).docx`.

/// A file name without the parts that name its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VersionedName {
    /// The name without its version.
    pub(super) base: String,
    /// The version; `None` if the name has none.
    pub(super) version: Option<Version>,
}

/// A version. Later ones are greater.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    numbers: Vec<u32>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Draft,
    #[default]
    None,
    Final,
}

const DRAFT: [&str; 6] = ["draft", "brouillon", "borrador", "entwurf", "bozza", "rascunho"];
const FINAL: [&str; 7] = ["final", "finale", "finalised", "finalized", "définitif", "definitivo", "endfassung"];
const COPY: [&str; 5] = ["copy", "copie", "copia", "kopie", "cópia"];
/// What is between the parts of a name.
const SEPARATORS: [char; 8] = ['_', '-', ' ', '.', '(', ')', '[', ']'];

/// Splits the stem of a file name. If hardly anything would remain without the version, the whole stem is the base.
pub(super) fn split_version(stem: &str) -> VersionedName {
    let (mut base, mut version, mut found) = (String::new(), Version::default(), false);
    let tokens = tokens(stem);
    let mut at = 0;
    while let Some((separator, token)) = tokens.get(at) {
        at += 1;
        let lower = token.to_lowercase();
        let after_v = ["version", "ver", "rev", "v"].iter().find_map(|prefix| lower.strip_prefix(prefix));
        let next = tokens.get(at).and_then(|(_, next)| numbers(next));
        // `(2)` at the end is what systems add to the name of a second download.
        let is_copy_number = separator.ends_with('(') && at == tokens.len() && token.len() == 1;
        if let Some(numbers) = after_v.and_then(numbers).or_else(|| numbers(token).filter(|_| is_copy_number)) {
            version.numbers.extend(numbers);
        } else if let (Some(""), Some(next), true) = (after_v, next, lower.len() > 1) {
            version.numbers.extend(next);
            at += 1;
        } else if DRAFT.contains(&lower.as_str()) {
            version.stage = Stage::Draft;
        } else if FINAL.contains(&lower.as_str()) {
            version.stage = Stage::Final;
        } else if !(COPY.contains(&lower.as_str()) && at == tokens.len()) {
            if !base.is_empty() || !separator.trim().is_empty() && separator.contains(['(', '[']) {
                base.push_str(separator);
            }
            base.push_str(token);
            continue;
        }
        found = true;
    }
    let letters = base.chars().filter(|c| c.is_alphabetic()).count();
    if !found || letters < 3 {
        return VersionedName { base: stem.to_owned(), version: None };
    }
    // What was in brackets may have left one.
    let tail = &stem[stem.trim_end_matches(SEPARATORS).len()..];
    let base = match base.contains('(') && tail.contains(')') {
        true => format!("{base})"),
        false => base,
    };
    VersionedName { base, version: Some(version) }
}

/// Further words for versions, as portable names: ids are without them, because they are in addresses on the disc, and the next
/// version is the same report.
const OTHER_WORDS: [&str; 15] = [
    "definitif",
    "definitive",
    "definitiva",
    "endgultig",
    "latest",
    "newest",
    "corrected",
    "corrige",
    "corregido",
    "revised",
    "rev",
    "ver",
    "version",
    "versao",
    "clean",
];

fn is_version_word(word: &str) -> bool {
    [&DRAFT[..], &FINAL, &COPY, &OTHER_WORDS].iter().any(|words| words.contains(&word))
}

/// A portable name without the words for its version: numbers such as `v2` anywhere, and other words at its end. The name itself if
/// nothing else is left.
pub(super) fn without_version_words(name: &str) -> String {
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_version = |word: &str| {
        let number = ["v", "ver", "version", "rev"].into_iter().find_map(|start| word.strip_prefix(start));
        number.is_some_and(is_number)
    };
    let mut words: Vec<&str> = name.split('_').filter(|word| !is_version(word)).collect();
    loop {
        match words[..] {
            // “copy (2)”, “version 3”, “v 1.2”
            [.., word, number] if is_number(number) && number.len() < 4 && (is_version_word(word) || word == "v") => {
                words.truncate(words.len() - 2);
            }
            [.., word] if is_version_word(word) => {
                words.pop();
            }
            _ => break,
        }
    }
    if words.is_empty() { name.to_owned() } else { words.join("_") }
}

/// The parts of a stem, each with what separates it from the one before. A dot between digits separates nothing.
fn tokens(stem: &str) -> Vec<(&str, &str)> {
    let mut tokens = Vec::new();
    let (mut separator, mut token) = (0, None);
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    for (at, c) in stem.char_indices() {
        let in_number =
            c == '.' && is_digit(stem.as_bytes().get(at.wrapping_sub(1))) && is_digit(stem.as_bytes().get(at + 1));
        match (SEPARATORS.contains(&c) && !in_number, token) {
            (true, Some(start)) => {
                tokens.push((&stem[separator..start], &stem[start..at]));
                (separator, token) = (at, None);
            }
            (false, None) => token = Some(at),
            _ => {}
        }
    }
    tokens.extend(token.map(|start| (&stem[separator..start], &stem[start..])));
    tokens
}

/// `1.2` as numbers.
fn numbers(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|part| part.parse().ok().filter(|_| part.len() < 4)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_split_from_names() {
        for (stem, base) in [
            ("plan_v4", "plan"),
            ("plan_v4_fr", "plan_fr"),
            ("Annual report FINAL", "Annual report"),
            ("Annual report (final)", "Annual report"),
            ("annual-report-draft-2", "annual-report-2"),
            ("report version 2.1", "report"),
            ("report (2)", "report"),
            ("report.v1.2", "report"),
            ("budget rev3 - copy", "budget"),
            ("final_v3", "final_v3"),
            ("vienna", "vienna"),
            ("part 2", "part 2"),
            ("S-2007-567", "S-2007-567"),
            ("Ärzte_V2", "Ärzte"),
            ("guide (women)", "guide (women)"),
            ("finals", "finals"),
        ] {
            assert_eq!(split_version(stem).base, base, "{stem}");
        }
        let version = |stem: &str| split_version(stem).version;
        assert!(version("plan_v4") < version("plan_v5"));
        assert!(version("plan_v9") < version("plan_v10"));
        assert!(version("plan_v1.9") < version("plan_v1.10"));
        assert!(version("plan_draft") < version("plan_final"));
        assert!(version("plan") < version("plan_v2"));
        assert_eq!(version("plan"), None);
    }

    #[test]
    fn versions_are_removed_from_names() {
        for (name, without) in [
            ("annual_report_final_v3", "annual_report"),
            ("annual_report_v2_2019", "annual_report_2019"),
            ("plan_copy_2", "plan"),
            ("plan_version_3_clean", "plan"),
            ("rapport_definitif", "rapport"),
            ("plan_2", "plan_2"),
            ("final_report", "final_report"),
            ("minutes_2019", "minutes_2019"),
            ("final", "final"),
            ("v2", "v2"),
            ("", ""),
        ] {
            assert_eq!(without_version_words(name), without, "{name}");
        }
    }
}
