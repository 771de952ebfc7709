//! Light stemming of Arabic words: endings are removed that do not change what a word is about.
//!
//! The search page does the same with words of a query that no document has, in `assets/launcher/scripts/search/words.js`;
//! `tests/scripts` compares the two.

/// What is joined to the end of a word: pronouns, the ending of adjectives and of women, and that of indefinite objects. Longer
/// endings come before those that they end with.
const JOINED: [&str; 9] = ["هما", "ها", "هم", "هن", "كم", "يه", "ه", "ي", "ا"];

/// The endings of plurals, and what a feminine word ends with before a pronoun. Each with the fewest letters that must remain.
const PLURALS: [(&str, usize); 3] = [("ات", MIN_STEM), ("ون", MIN_STEM + 1), ("ين", MIN_STEM + 1)];

/// Shorter stems say too little.
const MIN_STEM: usize = 3;

/// The stem of a folded form that has neither article nor particles.
pub(super) fn stem(form: &str) -> &str {
    let without_joined = JOINED.iter().find_map(|ending| strip(form, ending, MIN_STEM));
    let rest = without_joined.unwrap_or(form);
    let singular = PLURALS.iter().find_map(|(ending, least)| strip(rest, ending, *least));
    let feminine = || without_joined.and_then(|rest| strip(rest, "ت", MIN_STEM));
    let rest = singular.or_else(feminine).unwrap_or(rest);
    // That of adjectives, before the ending of a plural.
    singular.and_then(|rest| strip(rest, "ي", MIN_STEM)).unwrap_or(rest)
}

/// A form without an ending, if so many letters remain.
fn strip<'f>(form: &'f str, ending: &str, least: usize) -> Option<&'f str> {
    form.strip_suffix(ending).filter(|rest| rest.chars().count() >= least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for forms in [
            "ملف ملفات ملفاتي ملفاتها ملفه ملفا ملفاتهم",
            "كلمه كلمات كلمتي كلمتها كلماتكم",
            "سياسي سياسيه سياسيون سياسيين سياسيات",
            "مدني مدنيه مدنيين",
        ] {
            let stems: Vec<&str> = forms.split(' ').map(stem).collect();
            assert!(stems.iter().all(|each| *each == stems[0]), "{stems:?}");
        }
        for word in ["امن", "بيت", "وقت", "لبنان", "انترنت", "قانون", "سنه", "ذات", "يدي"]
        {
            assert_eq!(stem(word), word);
        }
    }
}
