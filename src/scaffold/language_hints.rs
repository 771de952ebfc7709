//! Finds hints at a language in the names of files and folders: `report-fr`, `Report (French)`, `EN_summary`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::metadata::has_word_char;
use super::scan::{folder_of, stem_of};
use super::versions::split_version;
use crate::language::{Language, LanguageNames};

/// A part of a name that may be the name or code of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LanguageHint {
    pub(super) language: Language,
    /// The rest of the name.
    pub(super) rest: String,
    /// Whether that part of the name can hardly mean anything else.
    pub(super) is_strong: bool,
    /// Whether that part is at the start of the name, where two capital letters may be another abbreviation.
    pub(super) is_at_start: bool,
}

/// The characters between the parts of a name.
const SEPARATORS: [char; 4] = ['.', '-', '_', ' '];

/// Finds the hints in a file name without its extension, the strongest first.
pub(super) fn hints_in_stem(stem: &str, names: &LanguageNames) -> Vec<LanguageHint> {
    if let Some((name, size)) = split_paper_size(stem, names) {
        let with_size = |hint: LanguageHint| LanguageHint { rest: join_around(&hint.rest, size), ..hint };
        return hints_in_stem(name, names).into_iter().map(with_size).collect();
    }
    let separators: Vec<usize> = stem.match_indices(SEPARATORS).map(|(at, _)| at).collect();
    let mut hints: Vec<LanguageHint> = hint_in_final_brackets(stem, names).into_iter().collect();
    hints.extend(hints_at_end(stem, &separators, names));
    hints.extend(hints_at_start(stem, &separators, names));
    hints.extend(hints_in_inner_brackets(stem, names));
    hints.extend(hints_in_middle(stem, &separators, names));
    hints.extend(hint_in_camel_case(stem, names));
    // If one hint contains another, such as `pt_BR` and `br`, the longer one is meant. It leaves the shorter rest.
    hints.sort_by_key(|hint| (!hint.is_strong, hint.rest.len()));
    hints
}

/// Finds the files whose whole names are languages, such as `fr.pdf` and `Swahili.txt`, by their paths below a folder: at least
/// [`MIN_NAMED_AFTER_LANGUAGES`] files beside each other must be called after different languages. The rest of the name is the whole name.
pub(super) fn hints_by_whole_name<'p>(
    paths: impl Iterator<Item = &'p str>,
    names: &LanguageNames,
) -> HashMap<&'p str, LanguageHint> {
    let mut by_folder: HashMap<&str, Vec<(&str, LanguageHint)>> = HashMap::new();
    for path in paths {
        let stem = stem_of(path);
        if let Some(hint) = hint_in_folder(stem, names) {
            let hint = LanguageHint { rest: stem.to_owned(), is_strong: true, ..hint };
            by_folder.entry(folder_of(path)).or_default().push((path, hint));
        }
    }
    by_folder.retain(|_, hints| {
        let languages: BTreeSet<&Language> = hints.iter().map(|(_, hint)| &hint.language).collect();
        languages.len() >= MIN_NAMED_AFTER_LANGUAGES
    });
    by_folder.into_values().flatten().collect()
}

/// If fewer files of a folder are called after languages, the name of one may be the subject of the document.
const MIN_NAMED_AFTER_LANGUAGES: usize = 3;

/// Interprets the whole name of a folder as a language.
pub(super) fn hint_in_folder(name: &str, names: &LanguageNames) -> Option<LanguageHint> {
    let name = name.trim();
    let by_name = names.by_name(name).or_else(|| names.by_name_with_noun(name)).map(|language| (language, true));
    // The locales of many systems also name an encoding: `zh_TW.Big5`.
    let code = name.split_once('.').map(|(code, _)| code).filter(|code| code.contains('_')).unwrap_or(name);
    let by_code = || Some((names.by_code(code)?, !LanguageNames::is_common_word(code)));
    let (language, is_strong) = by_name.or_else(by_code)?;
    Some(LanguageHint { language, rest: String::new(), is_strong, is_at_start: false })
}

/// The path of a folder without the innermost part that names this language: `help/fr` and `help/en` both become `help`; `guide-fr`
/// and `guide-en` both become `guide`. `None` if no part names the language.
pub(super) fn path_without_language(folder: &str, language: &Language, names: &LanguageNames) -> Option<String> {
    let parts: Vec<&str> = folder.split('/').collect();
    let rest = |part: &str| {
        let mut hints = hint_in_folder(part, names).into_iter().chain(hints_in_stem(part, names));
        hints.find(|hint| hint.language.has_same_primary(language)).map(|hint| hint.rest)
    };
    let (index, rest) = parts.iter().enumerate().rev().find_map(|(index, part)| Some((index, rest(part)?)))?;
    let part = |(number, part): (usize, &&str)| if number == index { rest.clone() } else { (*part).to_owned() };
    Some(parts.iter().enumerate().map(part).collect::<Vec<_>>().join("/"))
}

/// Splits the size of the paper off a name in which it follows a language: `refcard-en-a4`, `refcard-en-lt`. There, `lt` means US
/// letter and not Lithuanian.
fn split_paper_size<'s>(stem: &'s str, names: &LanguageNames) -> Option<(&'s str, &'s str)> {
    const SIZES: [&str; 8] = ["a3", "a4", "a5", "b5", "lt", "ltr", "letter", "legal"];
    let (name, size) = stem.rsplit_once(SEPARATORS)?;
    if !SIZES.contains(&size.to_ascii_lowercase().as_str()) {
        return None;
    }
    let (before, language) = name.rsplit_once(SEPARATORS)?;
    let is_code = language.len() == 2 || names.by_name(language).is_some();
    // `report-fr-CA-a4`
    let is_region = || {
        let (_, primary) = before.rsplit_once(SEPARATORS).unwrap_or_default();
        names.by_code(&format!("{primary}-{language}")).is_some()
    };
    let is_language = is_code && (language_of_token(language, '-', names).is_some() || is_region());
    (is_language && has_word_char(before)).then_some((name, size))
}

/// `report (French)`
fn hint_in_final_brackets(stem: &str, names: &LanguageNames) -> Option<LanguageHint> {
    let (before, inside) = stem.strip_suffix([')', ']'])?.rsplit_once(['(', '['])?;
    let language = by_name_or_code(inside.trim(), names)?;
    Some(LanguageHint { language, rest: before.trim().to_owned(), is_strong: true, is_at_start: false })
}

/// `report-fr`: the last part, or the last two as in `zh-cn` and `pt_BR`.
fn hints_at_end(stem: &str, separators: &[usize], names: &LanguageNames) -> Vec<LanguageHint> {
    let hint = |at: &usize| {
        let (rest, token) = (&stem[..*at], &stem[at + 1..]);
        let separator = stem[*at..].chars().next().unwrap_or(' ');
        let (language, is_strong) = language_of_token(token, separator, names)?;
        let rest = rest.trim_end_matches(SEPARATORS).to_owned();
        has_word_char(&rest).then_some(LanguageHint { language, rest, is_strong, is_at_start: false })
    };
    let by_code = separators.iter().rev().take(2).filter_map(hint);
    by_code.chain(separators.last().and_then(|at| hint_by_country(stem, *at, names))).collect()
}

/// `report-ee` in Estonian, whose code is `et`: some people write the code of the country. This counts only if the text agrees.
fn hint_by_country(stem: &str, at: usize, names: &LanguageNames) -> Option<LanguageHint> {
    let (rest, token) = (stem[..at].trim_end_matches(SEPARATORS), &stem[at + 1..]);
    let language = Language::main_language_of_country(token).filter(|_| token.len() == 2 && has_word_char(rest))?;
    // Most codes of countries are also those of their languages.
    let is_other = names.by_code(token).is_none_or(|named| !named.has_same_primary(&language));
    is_other.then(|| LanguageHint { language, rest: rest.to_owned(), is_strong: false, is_at_start: false })
}

/// `FR - rapport`
fn hints_at_start(stem: &str, separators: &[usize], names: &LanguageNames) -> Vec<LanguageHint> {
    let hint = |at: &usize| {
        let (token, rest) = (&stem[..*at], stem[at + 1..].trim_start_matches(SEPARATORS));
        let (language, _) = language_of_token(token, ' ', names)?;
        // `FR - rapport`, `fr-FR_rapport`
        let is_upper = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_uppercase());
        let region = token.split_once(['-', '_']).map(|(_, region)| region);
        let is_strong = is_upper(token) || region.is_some_and(is_upper);
        has_word_char(rest).then(|| LanguageHint { language, rest: rest.to_owned(), is_strong, is_at_start: true })
    };
    separators.iter().take(2).filter_map(hint).collect()
}

/// `Annual Report (EN) final`
fn hints_in_inner_brackets(stem: &str, names: &LanguageNames) -> Vec<LanguageHint> {
    let hint = |(at, _): (usize, &str)| {
        let length = stem[at..].find([')', ']'])?;
        let (inside, after) = (stem[at + 1..at + length].trim(), &stem[at + length + 1..]);
        let language = by_name_or_code(inside, names).filter(|_| has_word_char(after))?;
        Some(LanguageHint { language, rest: join_around(&stem[..at], after), is_strong: true, is_at_start: false })
    };
    stem.match_indices(['(', '[']).filter_map(hint).collect()
}

/// A name to which a text is added, to find out whether that text is only a version.
const NAME: &str = "name";

/// `guide_EN v2`
fn hints_in_middle(stem: &str, separators: &[usize], names: &LanguageNames) -> Vec<LanguageHint> {
    let hint = |pair: &[usize]| {
        let (before, token, after) = (&stem[..pair[0]], &stem[pair[0] + 1..pair[1]], &stem[pair[1] + 1..]);
        let is_short_capital = token.len() <= 3 && token.bytes().all(|b| b.is_ascii_uppercase());
        // `guide_es v2`, `guide_es final`, `guide-es-1.4`
        let is_dotted = after.contains('.') && after.chars().all(|c| c.is_ascii_digit() || c == '.');
        let is_before_version =
            || token.len() == 2 && (is_dotted || split_version(&format!("{NAME} {after}")).base == NAME);
        let by_code = if is_short_capital || is_before_version() { names.by_code(token) } else { None };
        let language = by_code.or_else(|| names.by_name(token)).filter(|_| has_word_char(before))?;
        Some(LanguageHint { language, rest: join_around(before, after), is_strong: false, is_at_start: false })
    };
    let mut hints: Vec<LanguageHint> = separators.windows(2).filter_map(hint).collect();
    hints.extend(separators.windows(3).filter_map(|three| regional_hint_in_middle(stem, three, names)));
    hints
}

/// `guide_pt-BR v2`: a language with a region or a script, written as such.
fn regional_hint_in_middle(stem: &str, separators: &[usize], names: &LanguageNames) -> Option<LanguageHint> {
    let [start, inner, end] = separators else { return None };
    let (before, token, after) = (&stem[..*start], &stem[start + 1..*end], &stem[end + 1..]);
    let (primary, subtag) = (&stem[start + 1..*inner], &stem[inner + 1..*end]);
    let is_region = subtag.len() == 2 && subtag.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_script = subtag.len() == 4 && subtag.starts_with(|c: char| c.is_ascii_uppercase());
    let is_code = primary.len() == 2 && token[primary.len()..].starts_with(['-', '_']);
    if !is_code || !(is_region || is_script) || !has_word_char(before) || !has_known_subtags(token) {
        return None;
    }
    let language = names.by_code(token)?;
    // In `to-DO`, `to` is not a language.
    let is_strong = !LanguageNames::is_common_word(primary);
    Some(LanguageHint { language, rest: join_around(before, after), is_strong, is_at_start: false })
}

/// `AnnualReportFrench`, `AnnualReport-SimplifiedChinese`
fn hint_in_camel_case(stem: &str, names: &LanguageNames) -> Option<LanguageHint> {
    let last = stem.rfind(|c: char| c.is_uppercase())?;
    let (rest, token) = stem.split_at(last);
    let previous = rest.rfind(|c: char| c.is_uppercase()).map(|at| (&rest[..at], format!("{} {token}", &rest[at..])));
    let by_two_words = || {
        let (rest, name) = previous.filter(|(_, name)| !name.contains(['-', '_', '.']))?;
        let language = names.by_name(&name)?;
        // `VisitFrenchCanada` is about a region.
        let is_strong = names.by_name(token).is_some() || language.as_str().split('-').any(|part| part.len() == 4);
        let rest = rest.trim_end_matches(SEPARATORS);
        has_word_char(rest).then_some((rest, language, is_strong))
    };
    let by_word = || Some((rest, names.by_name(token).filter(|_| rest.ends_with(char::is_alphanumeric))?, true));
    let (rest, language, is_strong) = by_two_words().or_else(by_word)?;
    Some(LanguageHint { language, rest: rest.to_owned(), is_strong, is_at_start: false })
}

fn by_name_or_code(text: &str, names: &LanguageNames) -> Option<Language> {
    names.by_name(text).or_else(|| names.by_code(text))
}

/// The language that a part of a name after `separator` means, and whether the part can hardly mean anything else.
fn language_of_token(token: &str, separator: char, names: &LanguageNames) -> Option<(Language, bool)> {
    if let Some(language) = names.by_name(token) {
        return Some((language, separator != ' '));
    }
    let language = names.by_code(token).filter(|_| has_known_subtags(token) && !is_pair_of_languages(token, names))?;
    let is_upper = token.bytes().all(|b| !b.is_ascii_lowercase());
    let is_word = LanguageNames::is_common_word(token.split(['-', '_']).next().unwrap_or_default());
    let is_strong = match token.len() {
        2 => separator == '.' || separator != ' ' && (is_upper || !is_word),
        3 => (separator == '.' || is_upper) && !is_word,
        _ => separator == '.' || !is_word,
    };
    Some((language, is_strong))
}

/// Regions whose codes are also codes of languages, by the languages that are written there. The default region of a language is
/// always accepted, and is not listed here.
const REGIONS: [(&str, &[&str]); 22] = [
    ("ar", &["ae", "dz", "kw", "lb", "om", "sa"]),
    ("bs", &["ba"]),
    ("de", &["be", "ch", "li", "lu"]),
    ("el", &["cy"]),
    ("en", &["ca", "ie", "mt", "sg", "za"]),
    ("es", &["ar", "co", "cr", "cu", "pa", "sv", "ve"]),
    ("fa", &["af"]),
    ("fr", &["be", "ca", "ch", "ga", "ht", "lu", "mg", "ml", "ne", "sn", "tn"]),
    ("hr", &["ba"]),
    ("it", &["ch", "sm"]),
    ("ms", &["bn", "sg"]),
    ("nl", &["be"]),
    ("nn", &["no"]),
    ("om", &["et"]),
    ("pt", &["br"]),
    ("ro", &["mo"]),
    ("sr", &["ba"]),
    ("sv", &["fi"]),
    ("ta", &["sg"]),
    ("ti", &["et"]),
    ("tr", &["cy"]),
    ("zh", &["sg", "tw"]),
];

/// Whether the second of two codes is probably another language and not a region: `dictionary-en-it`. In `en-IT`, the capital letters
/// mark a region.
fn is_pair_of_languages(token: &str, names: &LanguageNames) -> bool {
    let Some((primary, region)) = token.split_once(['-', '_']).filter(|(_, region)| region.len() == 2) else {
        return false;
    };
    let is_marked = primary.bytes().all(|b| b.is_ascii_lowercase()) && region.bytes().all(|b| b.is_ascii_uppercase());
    let (primary, region) = (primary.to_ascii_lowercase(), region.to_ascii_lowercase());
    let is_usual = primary == region
        || REGIONS.iter().any(|(own, regions)| *own == primary && regions.contains(&region.as_str()))
        || names.by_code(token).is_some_and(|language| language.without_default_region().is_some());
    !is_marked && !is_usual && names.by_code(&region).is_some()
}

/// Whether all subtags of four letters are scripts, and not words: `zh-hans`, but not `de-test`.
fn has_known_subtags(token: &str) -> bool {
    const SCRIPTS: [&str; 16] = [
        "arab", "armn", "beng", "cyrl", "deva", "geor", "grek", "guru", "hans", "hant", "hebr", "jpan", "kore", "latn",
        "mong", "tfng",
    ];
    token.split(['-', '_']).skip(1).all(|part| part.len() != 4 || SCRIPTS.contains(&part.to_ascii_lowercase().as_str()))
}

fn join_around(before: &str, after: &str) -> String {
    format!("{} {}", before.trim_end_matches(SEPARATORS).trim_end(), after.trim_start_matches(SEPARATORS).trim_start())
}

/// The letters for the six official languages at the end of United Nations file names, and for German, into which some documents
/// are translated.
const UN_LETTERS: [(&str, &str); 7] =
    [("A", "ar"), ("C", "zh"), ("E", "en"), ("F", "fr"), ("R", "ru"), ("S", "es"), ("G", "de")];

/// Finds hints by the letters of [`UN_LETTERS`], where at least two names differ only in the letter: `A_62_1_E`, `A_62_1_F`.
pub(super) fn hints_by_un_letter<'n>(stems: impl Iterator<Item = &'n str>) -> BTreeMap<String, LanguageHint> {
    let mut letters_by_rest: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (rest, letter) in stems.filter_map(split_letter) {
        letters_by_rest.entry(rest).or_default().insert(letter);
    }
    let is_known = |letter: &&str| UN_LETTERS.iter().any(|(known, _)| known == letter);
    // Annexes A, B and C are not in Arabic and Chinese.
    letters_by_rest.retain(|_, letters| letters.len() > 1 && letters.iter().all(is_known));
    let hint = |rest: &str, letter: &str| {
        let (_, tag) = UN_LETTERS.iter().find(|(known, _)| *known == letter)?;
        let language = Language::parse(tag).ok()?;
        let rest = rest.trim_end_matches(SEPARATORS).to_owned();
        Some(LanguageHint { language, rest, is_strong: true, is_at_start: false })
    };
    letters_by_rest
        .iter()
        .flat_map(|(rest, letters)| letters.iter().map(move |letter| (*rest, *letter)))
        .filter_map(|(rest, letter)| Some((format!("{rest}{letter}"), hint(rest, letter)?)))
        .collect()
}

/// A capital letter at the end of a name, and what is before it.
fn split_letter(stem: &str) -> Option<(&str, &str)> {
    let (rest, letter) = stem.split_at(stem.rfind(SEPARATORS)? + 1);
    matches!(letter.as_bytes(), [b'A'..=b'Z']).then_some((rest, letter))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_found_in_file_names() {
        let names = LanguageNames::default();
        let strong_hint = |stem: &str| {
            let hint = hints_in_stem(stem, &names).into_iter().find(|hint| hint.is_strong);
            hint.map(|hint| (hint.language.as_str().to_owned(), hint.rest))
        };
        let cases = [
            ("report-en", "en", "report"),
            ("report_fr", "fr", "report"),
            ("report.es", "es", "report"),
            ("debian-faq.zh-cn", "zh-CN", "debian-faq"),
            ("report_ENG", "en", "report"),
            ("guide_pt_BR", "pt-BR", "guide"),
            ("Rapport annuel (français)", "fr", "Rapport annuel"),
            ("report.it", "it", "report"),
            ("annual_report_Spanish", "es", "annual_report"),
            ("FR - rapport", "fr", "rapport"),
            ("EN_summary", "en", "summary"),
            ("en-US_(Hi)", "en-US", "(Hi)"),
            ("AnnualReportFrench", "fr", "AnnualReport"),
            ("AnnualReport2016-SimplifiedChinese", "zh-Hans", "AnnualReport2016"),
            ("AnnualReportBrazilianPortuguese", "pt-BR", "AnnualReport"),
            ("AnnualReportChineseSimplified", "zh-Hans", "AnnualReport"),
            ("report-zh-hans", "zh-Hans", "report"),
            ("Annual Report 2020 (EN) FINAL", "en", "Annual Report 2020 FINAL"),
            ("Rapport [Franc\u{327}ais] final", "fr", "Rapport final"),
            ("gmpl_pt-BR v4", "pt-BR", "gmpl v4"),
            ("guide-zh-TW-final", "zh-TW", "guide final"),
            ("guide_sr-Latn", "sr-Latn", "guide"),
            ("guide (fr-CA)", "fr-CA", "guide"),
            ("latexsheet-ptbr", "pt-BR", "latexsheet"),
            ("refcard-en-lt", "en", "refcard lt"),
            ("refcard-fr-a4", "fr", "refcard a4"),
            ("refcard_pt_BR_a4", "pt-BR", "refcard a4"),
            ("refcard-lt", "lt", "refcard"),
            ("guide-fr-be", "fr-BE", "guide"),
            ("guide-pt-br", "pt-BR", "guide"),
            ("dictionary-en-fr", "fr", "dictionary-en"),
        ];
        let countries = hints_in_stem("lshort-ee", &names);
        assert!(countries.iter().any(|hint| hint.language.as_str() == "et" && !hint.is_strong), "{countries:?}");
        let versions = hints_in_stem("lshort-nl-1.3", &names);
        assert!(
            versions.iter().any(|hint| hint.language.as_str() == "nl" && hint.rest == "lshort 1.3"),
            "{versions:?}"
        );
        for (stem, language, rest) in cases {
            assert_eq!(strong_hint(stem), Some((language.to_owned(), rest.to_owned())), "{stem}");
        }
        for stem in [
            "what-it-is",
            "quran-de-test",
            "yes-or-no",
            "report",
            "en",
            "to_do",
            "may",
            "report-may",
            "plan-2007",
            "by-and-for",
            "part-of-it",
            "VisitFrenchCanada",
            "letter-jw",
            "yue_ji",
            "mujeres_en_latam",
        ] {
            assert_eq!(strong_hint(stem), None, "{stem}");
        }
        for stem in ["_SimplifiedChinese", "(SimplifiedChinese"] {
            let hints = hints_in_stem(stem, &names);
            assert!(hints.iter().all(|hint| has_word_char(&hint.rest)), "{stem}: {hints:?}");
        }
    }

    #[test]
    fn files_are_called_after_languages() {
        let names = LanguageNames::default();
        let paths =
            ["kids/ara.pdf", "kids/sme.pdf", "kids/no.pdf", "kids/plan.pdf", "other/it.txt", "other/fr.txt", "no.txt"];
        let hints = hints_by_whole_name(paths.into_iter(), &names);
        let mut found: Vec<(&str, &str, &str)> =
            hints.iter().map(|(path, hint)| (*path, hint.language.as_str(), hint.rest.as_str())).collect();
        found.sort_unstable();
        assert_eq!(found, [("kids/ara.pdf", "ar", "ara"), ("kids/no.pdf", "no", "no"), ("kids/sme.pdf", "se", "sme")]);
    }

    #[test]
    fn folders_are_named_like_locales() {
        let names = LanguageNames::default();
        let language = |name: &str| hint_in_folder(name, &names).map(|hint| hint.language.as_str().to_owned());
        assert_eq!(language("zh_TW.Big5").as_deref(), Some("zh-TW"));
        assert_eq!(language("fr_FR.UTF-8").as_deref(), Some("fr-FR"));
        assert_eq!(language("de.old"), None);
    }

    #[test]
    fn un_letters_are_hints_only_where_names_differ_in_them() {
        let hints = hints_by_un_letter(["A_62_1_E", "A_62_1_F", "Plan_B", "Annex-A", "annex_c"].into_iter());
        let languages: Vec<(&str, &str)> =
            hints.iter().map(|(stem, hint)| (stem.as_str(), hint.language.as_str())).collect();
        assert_eq!(languages, [("A_62_1_E", "en"), ("A_62_1_F", "fr")]);
        let german = hints_by_un_letter(["A_62_1_E", "A_62_1_G"].into_iter());
        assert_eq!(german["A_62_1_G"].language.as_str(), "de");
        assert_eq!(hints_by_un_letter(["Annex_A", "Annex_B", "Annex_C"].into_iter()).len(), 0);
    }
}
