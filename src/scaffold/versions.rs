//! Finds the version in the name of a file: `plan_v4.pdf`, `Report final (2).docx`.

use super::metadata::date_in_name;
use crate::language::{PartialDate, nfkc};
use crate::names::portable_name;

/// A file name without the parts that name its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VersionedName {
    /// The name without its version and without the mark of a copy.
    pub(super) base: String,
    /// The version; `None` if nothing was split off the name. A copy without a version has the default one.
    pub(super) version: Option<Version>,
    /// Whether the name says that the file is a copy: `copy of plan`, `plan (2)`.
    pub(super) is_copy: bool,
}

impl VersionedName {
    /// The first number of the version.
    pub(super) fn major(&self) -> Option<u32> {
        self.version.as_ref().and_then(|version| version.numbers.first().copied())
    }

    /// The version for comparisons: a name without a version comes after a draft and before `v1`.
    pub(super) fn comparable_version(&self) -> Version {
        self.version.clone().unwrap_or_default()
    }
}

/// A version. Later ones are greater.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    /// Whether the name has a word for a final version and no number before it: `plan_final` and `plan_final_v2` are later than
    /// `plan_v3`, but `plan_v2_final` is not.
    is_final: bool,
    numbers: Vec<u32>,
    stage: Stage,
    /// The number of the stage: 2 in `final2`.
    stage_number: u32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Draft,
    #[default]
    None,
    Final,
}

/// Words for a draft, in lower case.
const DRAFT: [&str; 23] = [
    "draft",
    "brouillon",
    "borrador",
    "entwurf",
    "bozza",
    "rascunho",
    "szkic",
    "roboczy",
    "robocza",
    "taslak",
    "taslağı",
    "draf",
    "rasimu",
    "nháp",
    "черновик",
    "مسودة",
    "پیش‌نویس",
    "मसौदा",
    "प्रारूप",
    "草稿",
    "初稿",
    "下書き",
    "초안",
];

/// Words for a final version.
const FINAL: [&str; 32] = [
    "final",
    "finale",
    "finaal",
    "finalised",
    "finalized",
    "définitif",
    "définitive",
    "definitif",
    "definitivo",
    "definitiva",
    "endfassung",
    "endgültig",
    "finalny",
    "finalna",
    "ostateczny",
    "ostateczna",
    "nihai",
    "финал",
    "финальный",
    "финальная",
    "окончательный",
    "окончательная",
    "نهائي",
    "نهائية",
    "نهایی",
    "अंतिम",
    "最终",
    "最终版",
    "最終",
    "最終版",
    "定稿",
    "최종",
];

/// Words for a final version that count only at the end of a name, because they also have other meanings.
const FINAL_AT_END: [&str; 6] = ["def", "akhir", "terakhir", "mwisho", "cuối", "최종본"];

/// Words for a copy.
const COPY: [&str; 17] = [
    "copy",
    "copie",
    "copia",
    "kopie",
    "cópia",
    "kopia",
    "kopya",
    "salinan",
    "nakala",
    "копия",
    "نسخة",
    "کپی",
    "副本",
    "コピー",
    "복사본",
    "사본",
    "प्रतिलिपि",
];

/// Words between a word for a copy and the name of the document: `copy of plan`.
const COPY_OF: [&str; 8] = ["of", "de", "di", "do", "von", "van", "من", "～"];

/// Words that introduce a version number. Words that begin with another one come before it.
const VERSION: [&str; 24] = [
    "versione",
    "version",
    "versión",
    "versão",
    "fassung",
    "révision",
    "revisione",
    "revision",
    "revisión",
    "revisão",
    "wersja",
    "sürüm",
    "версия",
    "редакция",
    "versi",
    "toleo",
    "نسخه",
    "إصدار",
    "संस्करण",
    "バージョン",
    "版本",
    "rev",
    "ver",
    "v",
];

/// The characters between the parts of a name.
const SEPARATORS: [char; 8] = ['_', '-', ' ', '.', '(', ')', '[', ']'];

/// Splits the version off the stem of a file name. If hardly anything would remain, the whole stem is the base.
pub(super) fn split_version(stem: &str) -> VersionedName {
    let whole = || VersionedName { base: stem.to_owned(), version: None, is_copy: false };
    let composed = nfkc(stem);
    let (mut base, mut version, mut is_versioned, mut is_copy) = (String::new(), Version::default(), false, false);
    let tokens = tokens(&composed);
    let mut at = 0;
    // `copy of plan`; in some languages macOS writes nothing for “of”: `копия план`.
    if let [(_, first), (_, second), rest @ ..] = tokens.as_slice()
        && COPY.contains(&first.to_lowercase().as_str())
        && (COPY_OF.contains(&second.to_lowercase().as_str()) && !rest.is_empty() || !first.is_ascii())
    {
        at = if COPY_OF.contains(&second.to_lowercase().as_str()) { 2 } else { 1 };
        (is_versioned, is_copy) = (true, true);
    }
    let start = at;
    while let Some((separator, token)) = tokens.get(at) {
        at += 1;
        let is_last = at == tokens.len();
        let lower = token.to_lowercase();
        let lower = lower.as_str();
        let after_word = VERSION.iter().find_map(|word| lower.strip_prefix(word));
        let is_whole_word = after_word == Some("") && lower.chars().count() > 1;
        let next = tokens.get(at).map(|(_, next)| *next);
        // Browsers and file managers add `(2)` to the name of a second copy.
        let is_copy_number = separator.ends_with('(') && is_last && token.len() == 1;
        let (word, number) = split_number(lower);
        if is_copy_number && numbers(token).is_some() {
            is_copy = true;
        } else if let Some(numbers) = after_word.and_then(|rest| numbers(rest).or_else(|| year(rest))) {
            version.numbers.extend(numbers);
        } else if let (true, Some(numbers)) =
            (is_whole_word, next.and_then(|next| numbers(next).or_else(|| letter(next))))
        {
            version.numbers.extend(numbers);
            at += 1;
        } else if let Some(numbers) = after_word.filter(|_| lower.starts_with("rev")).and_then(letter) {
            version.numbers.extend(numbers);
        } else if DRAFT.contains(&word) {
            (version.stage, version.stage_number) = (Stage::Draft, number);
        } else if FINAL.contains(&word) || is_last && FINAL_AT_END.contains(&word) {
            version.is_final = version.numbers.is_empty();
            (version.stage, version.stage_number) = (Stage::Final, number);
        } else if !(COPY.contains(&word) && (is_last || separator.ends_with('('))) {
            // `plan copy 2`
            let is_number_after_copy =
                numbers(token).is_some() && is_last && at >= 2 && is_copy_word(tokens.get(at - 2));
            if is_number_after_copy {
                (is_versioned, is_copy) = (true, true);
                continue;
            }
            if COPY.contains(&word) && at + 1 == tokens.len() && next.is_some_and(|next| numbers(next).is_some()) {
                continue;
            }
            if !base.is_empty() || at - 1 == start && !separator.trim().is_empty() && separator.contains(['(', '[']) {
                base.push_str(separator);
            }
            base.push_str(token);
            continue;
        } else {
            is_copy = true;
        }
        is_versioned = true;
    }
    let letters = base.chars().filter(|c| c.is_alphabetic()).count();
    // A Chinese or Japanese name may have only two characters.
    let min_letters = if base.is_ascii() { 3 } else { 2 };
    if !is_versioned || letters < min_letters {
        return whole();
    }
    // The closing bracket was removed with the last words in brackets.
    let tail = &composed[composed.trim_end_matches(SEPARATORS).len()..];
    let base = match base.contains('(') && tail.contains(')') {
        true => format!("{base})"),
        false => base,
    };
    VersionedName { base, version: Some(version), is_copy }
}

fn is_copy_word(token: Option<&(&str, &str)>) -> bool {
    token.is_some_and(|(_, token)| COPY.contains(&token.to_lowercase().as_str()))
}

/// Splits a word at the number at its end, as in `final2`. Without a number, the number is 1.
fn split_number(word: &str) -> (&str, u32) {
    let start = word.trim_end_matches(|c: char| c.is_ascii_digit());
    match word[start.len()..].parse() {
        Ok(number) if !start.is_empty() => (start, number),
        _ => (word, 1),
    }
}

/// A year as the number of a version, as in `v2021`.
fn year(text: &str) -> Option<Vec<u32>> {
    let is_year = text.len() == 4 && text.starts_with(['1', '2']) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_year.then(|| text.parse().ok().map(|year| vec![year])).flatten()
}

/// A single letter as a number: `B` in `rev B`.
fn letter(text: &str) -> Option<Vec<u32>> {
    match text.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some(vec![u32::from(letter.to_ascii_lowercase() - b'a') + 1]),
        _ => None,
    }
}

/// Splits a stem such as `manual 2020-12` into the rest, as a portable name, and the date. `None` if there is no date or more than
/// one, or only a year, which is more often part of the title.
pub(super) fn split_date(stem: &str) -> Option<(String, PartialDate)> {
    let date = date_in_name(stem).filter(|date| date.to_string().len() > 4)?;
    let is_date = |run: &str| {
        let digits: String = date.to_string().chars().filter(char::is_ascii_digit).collect();
        digits.contains(run) && matches!(run.len(), 2 | 4 | 8)
    };
    let mut rest = String::new();
    for part in portable_name(stem).split('_').filter(|part| !is_date(part)) {
        rest.push_str(part);
        rest.push('_');
    }
    let rest = rest.trim_end_matches('_').to_owned();
    (rest.chars().filter(|c| c.is_alphabetic()).count() > 2).then_some((rest, date))
}

/// Splits a stem such as `guide-1.4` into the rest, as a portable name, and the dotted number. `None` if there is no such number or
/// more than one. A dotted number may also count chapters: it is a version only if the file with an earlier one is gone.
pub(super) fn split_dotted_number(stem: &str) -> Option<(String, Vec<u32>)> {
    let composed = nfkc(stem);
    let (mut rest, mut dotted) = (Vec::new(), None);
    for (_, token) in tokens(&composed) {
        match numbers(token).filter(|numbers| numbers.len() > 1) {
            Some(_) if dotted.is_some() => return None,
            Some(numbers) => dotted = Some(numbers),
            None => rest.push(token),
        }
    }
    let rest = portable_name(&rest.join("_"));
    dotted.filter(|_| rest.chars().filter(|c| c.is_alphabetic()).count() > 2).map(|numbers| (rest, numbers))
}

/// Whether the file with the stem `new` follows the file with the stem `old`, which is gone: the stems differ only in a later date
/// or a greater dotted number.
pub(super) fn follows(new: &str, old: &str) -> bool {
    if let (Some((old_rest, old_date)), Some((new_rest, new_date))) = (split_date(old), split_date(new)) {
        return new_rest == old_rest && new_date.to_string() > old_date.to_string();
    }
    match (split_dotted_number(old), split_dotted_number(new)) {
        (Some((old_rest, old_number)), Some((new_rest, new_number))) => new_rest == old_rest && new_number > old_number,
        _ => false,
    }
}

/// Further words for versions that are left out of ids, as portable names. An id is part of addresses on the disc, so the next
/// version of the report should keep it.
const OTHER_VERSION_WORDS: [&str; 22] = [
    "definitif",
    "definitive",
    "definitiva",
    "endgultig",
    "latest",
    "newest",
    "corrected",
    "corrige",
    "corregido",
    "korrigiert",
    "revised",
    "revise",
    "revisado",
    "rev",
    "ver",
    "version",
    "versao",
    "versione",
    "wersja",
    "clean",
    "def",
    "chernovik",
];

fn is_version_word(word: &str) -> bool {
    let (word, _) = split_number(word);
    [&DRAFT[..], &FINAL, &COPY, &OTHER_VERSION_WORDS].iter().any(|words| words.contains(&word))
}

/// A portable name without its version: without numbers such as `v2` anywhere, and without words for versions at the end. Returns
/// the whole name if nothing else would remain.
pub(super) fn without_version_words(name: &str) -> String {
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_version = |word: &str| {
        let number = ["v", "ver", "version", "rev"].into_iter().find_map(|start| word.strip_prefix(start));
        number.is_some_and(is_number)
    };
    // “v4_13”: the numbers after the first belong to it, too.
    let mut in_version = false;
    let is_kept = |word: &&str| {
        in_version = is_version(word) || in_version && is_number(word) && word.len() < 4;
        !in_version
    };
    let mut words: Vec<&str> = name.split('_').filter(is_kept).collect();
    if let [copy, of, _, ..] = words[..]
        && COPY.contains(&copy)
        && COPY_OF.contains(&of)
    {
        words.drain(..2);
    }
    loop {
        match words[..] {
            // `copy_2`, `version_3`, `v_1`
            [.., word, number] if is_number(number) && number.len() < 4 && (is_version_word(word) || word == "v") => {
                words.truncate(words.len() - 2);
            }
            [.., "rev" | "revision" | "version", letter] if letter.len() == 1 => words.truncate(words.len() - 2),
            // The soft sign in «окончательный» and «финальная» divides the portable name.
            [.., "okonchatel" | "final", "nyi" | "naia" | "noe"] => words.truncate(words.len() - 2),
            [.., word] if is_version_word(word) => {
                words.pop();
            }
            _ => break,
        }
    }
    if words.is_empty() { name.to_owned() } else { words.join("_") }
}

/// The parts of a stem, each with the separator before it. A dot between digits is not a separator.
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
    tokens.into_iter().flat_map(|(separator, token)| split_unspaced(separator, token)).collect()
}

/// Splits the version off a token with Chinese, Japanese or Korean characters, which have no space before it: `计划v2`, `计划最终版`.
fn split_unspaced<'t>(separator: &'t str, token: &'t str) -> Vec<(&'t str, &'t str)> {
    let is_unspaced =
        |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    let after_last = token.char_indices().rfind(|(_, c)| is_unspaced(*c)).map(|(at, c)| at + c.len_utf8());
    let Some(after_last) = after_last else { return vec![(separator, token)] };
    let (head, tail) = token.split_at(after_last);
    let is_version = |tail: &str| tail.to_lowercase().strip_prefix('v').is_some_and(|rest| numbers(rest).is_some());
    if is_version(tail) {
        return vec![(separator, head), ("", tail)];
    }
    let words = [&DRAFT[..], &FINAL, &FINAL_AT_END, &COPY].concat();
    let mut endings: Vec<&str> = words.into_iter().filter(|word| word.starts_with(is_unspaced)).collect();
    endings.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let ending = endings.into_iter().find_map(|word| token.strip_suffix(word).map(|head| (head, &token[head.len()..])));
    match ending {
        Some((head, word)) if !head.is_empty() => vec![(separator, head), ("", word)],
        _ => vec![(separator, token)],
    }
}

/// The numbers in a text such as `1.2`, each of at most three digits.
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
            ("piano versione 3", "piano"),
            ("piano revisione 3", "piano"),
            ("report (2)", "report"),
            ("report.v1.2", "report"),
            ("budget rev3 - copy", "budget"),
            ("final_v3", "final_v3"),
            ("vienna", "vienna"),
            ("part 2", "part 2"),
            // A year alone is part of the name.
            ("report-2019", "report-2019"),
            ("report_v2021", "report"),
            ("S-2007-567", "S-2007-567"),
            ("Ärzte_V2", "Ärzte"),
            ("guide (women)", "guide (women)"),
            ("finals", "finals"),
            ("Budget final2", "Budget"),
            ("Budget_FINAL_3", "Budget_3"),
            ("budget rev B", "budget"),
            ("budget revC", "budget"),
            ("manual_v2.1", "manual"),
            ("copy of budget", "budget"),
            ("Copie de budget", "budget"),
            ("Kopie von Haushalt (2)", "Haushalt"),
            ("budget copy 2", "budget"),
            ("Rapport définitif", "Rapport"),
            ("Rapport de\u{301}finitif", "Rapport"),
            ("Отчет версия 3", "Отчет"),
            ("年度报告最终版", "年度报告"),
            ("年度报告v3", "年度报告"),
            ("plano versão 2", "plano"),
            ("storia del progetto def", "storia del progetto"),
            ("def of terms", "def of terms"),
            ("revenue", "revenue"),
            ("version control", "version control"),
            ("copy editing", "copy editing"),
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
        assert!(version("plan final") < version("plan final2"));
        assert!(version("plan final2") < version("plan final3"));
        assert!(version("plan rev A") < version("plan rev B"));
        assert!(version("plan_v2") < version("plan_v2.1"));
        assert!(version("计划草稿") < version("计划最终版"));
        assert!(version("plan_v1") < version("plan_v2"));
        assert!(version("plan_v2") < version("plan_final"));
        assert!(version("plan_final") < version("plan_final_v2"));
        assert!(version("plan_v2_final") < version("plan_v3"));
        assert!(version("plan_v2") < version("plan_v2_final"));
        // A copy is not a newer version.
        for copy in
            ["copy of plan", "plan (2)", "plan - Copy", "plan copy 2", "Kopie von plan", "plan (kopie)", "plan_v1 (1)"]
        {
            assert!(split_version(copy).is_copy, "{copy}");
        }
        for original in ["plan", "plan_v2", "plan final", "plan 2", "copy editing", "part 2", "plan (2019)"] {
            assert!(!split_version(original).is_copy, "{original}");
        }
        assert_eq!(version("plan_v1 (2)"), version("plan_v1"));
        assert_eq!(version("copy of plan"), version("plan copy"));
        assert!(version("copy of plan") == Some(Version::default()));
    }

    #[test]
    fn months_and_days_are_split_from_names() {
        let split = |stem: &str| split_date(stem).map(|(rest, date)| (rest, date.to_string()));
        let parts = |rest: &str, date: &str| Some((rest.to_owned(), date.to_owned()));
        assert_eq!(split("glpk manual 2020-12"), parts("glpk_manual", "2020-12"));
        assert_eq!(split("2020-12-03_minutes"), parts("minutes", "2020-12-03"));
        assert_eq!(split("minutes 20201203 en"), parts("minutes_en", "2020-12-03"));
        for stem in ["report 2020", "report", "2020-12", "S-2007-567"] {
            assert_eq!(split(stem), None, "{stem}");
        }
    }

    #[test]
    fn numbers_with_dots_are_versions_of_files_that_are_gone() {
        for (new, old) in [
            ("lshort-nl-1.4", "lshort-nl-1.3"),
            ("guide 2.0", "guide 1.10.2"),
            ("guide_1.10_fr", "guide_1.9_fr"),
            ("minutes 2020-12", "minutes 2020-11"),
        ] {
            assert!(follows(new, old) && !follows(old, new), "{new}");
        }
        for (new, old) in
            [("guide-1.4", "manual-1.3"), ("guide 4", "guide 3"), ("1.4", "1.3"), ("a-1.2-1.4", "a-1.2-1.3")]
        {
            assert!(!follows(new, old), "{new}");
        }
    }

    #[test]
    fn versions_are_removed_from_names() {
        for (name, without) in [
            ("annual_report_final_v3", "annual_report"),
            ("annual_report_v2_2019", "annual_report_2019"),
            ("plan_copy_2", "plan"),
            ("plan_version_3_clean", "plan"),
            ("rapport_definitif", "rapport"),
            ("plan_final2", "plan"),
            ("plan_rev_b", "plan"),
            ("copy_of_plan", "plan"),
            ("storia_def", "storia"),
            ("plan_2", "plan_2"),
            ("final_report", "final_report"),
            ("minutes_2019", "minutes_2019"),
            ("final", "final"),
            ("v2", "v2"),
            ("", ""),
        ] {
            assert_eq!(without_version_words(name), without, "{name}");
        }
        for name in ["отчет_окончательный", "отчет финальный", "отчет (черновик)"]
        {
            assert_eq!(without_version_words(&portable_name(name)), "otchet", "{name}");
        }
    }
}
