//! The words in names of files that say which version it is. Ids are without them, because they are in addresses on the disc, and
//! the next version is the same report.

/// Words for versions, as portable names.
const WORDS: [&str; 30] = [
    "final",
    "finale",
    "finalised",
    "finalized",
    "definitif",
    "definitive",
    "definitivo",
    "definitiva",
    "endfassung",
    "endgultig",
    "draft",
    "entwurf",
    "brouillon",
    "borrador",
    "rascunho",
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
    "copy",
    "copie",
    "copia",
    "kopie",
    "clean",
];

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
            [.., word, number] if is_number(number) && number.len() < 4 && (WORDS.contains(&word) || word == "v") => {
                words.truncate(words.len() - 2);
            }
            [.., word] if WORDS.contains(&word) => {
                words.pop();
            }
            _ => break,
        }
    }
    if words.is_empty() { name.to_owned() } else { words.join("_") }
}

#[cfg(test)]
mod tests {
    use super::*;

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
