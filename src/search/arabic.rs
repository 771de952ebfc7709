//! Light stemming of Arabic words: removes endings that do not change the subject of a word.
//!
//! The search page does the same with words of a query that no document has, in `assets/launcher/scripts/search/words.js`;
//! `tests/scripts` compares the two.

/// The suffixes of words: pronouns, adjectival and feminine endings, and the ending of indefinite objects. If a suffix ends
/// with another one, the longer one comes first.
const SUFFIXES: [&str; 9] = ["هما", "ها", "هم", "هن", "كم", "يه", "ه", "ي", "ا"];

/// The endings of plurals, each with the minimum number of letters that must remain before it.
const PLURALS: [(&str, usize); 3] = [("ات", MIN_STEM), ("ون", MIN_STEM + 1), ("ين", MIN_STEM + 1)];

/// The minimum number of letters of a stem: shorter stems would be shared by unrelated words.
const MIN_STEM: usize = 3;

/// The stem of a folded form that has neither article nor particles.
pub(super) fn stem(form: &str) -> &str {
    let without_suffix = SUFFIXES.iter().find_map(|suffix| strip(form, suffix, MIN_STEM));
    let rest = without_suffix.unwrap_or(form);
    let singular = PLURALS.iter().find_map(|(ending, min_letters)| strip(rest, ending, *min_letters));
    // The feminine ending before a suffix.
    let masculine = || without_suffix.and_then(|rest| strip(rest, "ت", MIN_STEM));
    let rest = singular.or_else(masculine).unwrap_or(rest);
    // The ending of adjectives before the ending of a plural.
    singular.and_then(|rest| strip(rest, "ي", MIN_STEM)).unwrap_or(rest)
}

/// A form without an ending, if at least `min_letters` letters remain.
fn strip<'f>(form: &'f str, ending: &str, min_letters: usize) -> Option<&'f str> {
    form.strip_suffix(ending).filter(|rest| rest.chars().count() >= min_letters)
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
