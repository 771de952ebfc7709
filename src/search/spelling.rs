//! British and American spellings of English words. A query in one spelling finds both.

/// The beginnings of words that are written with -our in British and with -or in American English.
const OUR: [&str; 30] = [
    "arb",
    "ard",
    "arm",
    "behavi",
    "cand",
    "clam",
    "col",
    "demean",
    "discol",
    "dishon",
    "enam",
    "endeav",
    "fav",
    "ferv",
    "flav",
    "glam",
    "harb",
    "hon",
    "hum",
    "lab",
    "misdemean",
    "neighb",
    "od",
    "parl",
    "ranc",
    "rig",
    "rum",
    "sav",
    "tum",
    "vap",
];

/// The endings that may follow -our and -or.
const AFTER_OUR: [&str; 20] = [
    "able", "ably", "al", "ed", "er", "ers", "ful", "hood", "hoods", "ing", "ist", "ists", "ite", "ites", "less", "ly",
    "s", "rs", "fully", "ings",
];

/// Words that end with -re in British and with -er in American English, without this ending.
const RE: [&str; 16] = [
    "calib", "cent", "epicent", "fib", "kilomet", "lit", "lust", "manoeuv", "meag", "met", "millimet", "sab", "scept",
    "somb", "spect", "theat",
];

/// The endings that follow the s or z of verbs such as *organise* and *analyse*.
const AFTER_S: [&str; 13] =
    ["e", "ed", "er", "ers", "es", "ing", "ings", "ation", "ations", "ational", "able", "ationally", "ement"];

/// Words that end with -ise in both spellings, without this ending.
const ALWAYS_ISE: [&str; 30] = [
    "adv", "chast", "circumc", "clockw", "comprom", "conc", "cru", "dem", "desp", "dev", "disgu", "enterpr", "exc",
    "exerc", "expert", "franch", "improv", "likew", "merchand", "otherw", "parad", "pra", "prec", "prem", "prom",
    "repr", "rev", "superv", "surpr", "telev",
];

/// The American spelling of a lower-case word, if it has a British one.
pub(super) fn american(word: &str) -> Option<String> {
    swap_ending(word, "s", "z").or_else(|| swap_our(word, "our", "or")).or_else(|| swap_re(word, "re", "er"))
}

/// The other spelling of a lower-case word, if there is one.
pub(super) fn other_spelling(word: &str) -> Option<String> {
    american(word)
        .or_else(|| swap_ending(word, "z", "s"))
        .or_else(|| swap_our(word, "or", "our"))
        .or_else(|| swap_re(word, "er", "re"))
}

/// Swaps the ending of verbs such as *organise* and *analyse*, and of the words made from them.
fn swap_ending(word: &str, from: &str, to: &str) -> Option<String> {
    AFTER_S.iter().find_map(|ending| {
        let stem = word.strip_suffix(ending)?;
        let root = stem.strip_suffix(from)?;
        let is_verb = match root.strip_suffix('i') {
            Some(root) => root.len() >= 3 && !ALWAYS_ISE.contains(&root),
            None => root.ends_with("aly") && !ending.contains("at"),
        };
        is_verb.then(|| format!("{root}{to}{ending}"))
    })
}

fn swap_our(word: &str, from: &str, to: &str) -> Option<String> {
    let root = OUR.iter().find(|root| word.strip_prefix(**root).is_some_and(|rest| rest.starts_with(from)))?;
    let ending = &word[root.len() + from.len()..];
    (ending.is_empty() || AFTER_OUR.contains(&ending)).then(|| format!("{root}{to}{ending}"))
}

fn swap_re(word: &str, from: &str, to: &str) -> Option<String> {
    let (singular, plural) = word.strip_suffix('s').map_or((word, ""), |singular| (singular, "s"));
    let root = singular.strip_suffix(from)?;
    RE.contains(&root).then(|| format!("{root}{to}{plural}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_swapped() {
        for (british, us) in [
            ("organise", "organize"),
            ("organisations", "organizations"),
            ("analysed", "analyzed"),
            ("colour", "color"),
            ("neighbourhoods", "neighborhoods"),
            ("kilometres", "kilometers"),
            ("centre", "center"),
        ] {
            assert_eq!(american(british).as_deref(), Some(us));
            assert_eq!(other_spelling(british).as_deref(), Some(us));
            assert_eq!(other_spelling(us).as_deref(), Some(british));
        }
        for word in
            ["hour", "four", "promise", "exercise", "noise", "doctor", "rise", "size", "water", "analysis", "here"]
        {
            assert_eq!(other_spelling(word), None, "{word}");
        }
    }
}
