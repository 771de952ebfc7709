//! Rules for the names of files and folders on the disc.

/// Turns text into a portable name: ASCII, lower case, words joined by `_`. Empty if no letter or digit remains.
pub fn portable_name(text: &str) -> String {
    let ascii = crate::language::to_ascii(text).to_ascii_lowercase();
    let words: Vec<&str> = ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.join("_")
}

/// Shortens a portable name to `max` characters at a word boundary; cuts the first word if even that is too long.
pub fn shorten_name(name: &str, max: usize) -> String {
    let mut short = String::new();
    for word in name.split('_') {
        let longer = if short.is_empty() { word.to_owned() } else { format!("{short}_{word}") };
        if longer.len() > max {
            break;
        }
        short = longer;
    }
    if short.is_empty() { name.chars().take(max).collect() } else { short }
}

/// Like [`shorten_name`], but with a number at the end, from `_2`, that makes the name unique.
pub fn numbered_name(name: &str, max: usize, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = |number: u32| {
        let suffix = format!("_{number}");
        shorten_name(name, max.saturating_sub(suffix.len())) + &suffix
    };
    (2..).map(numbered).find(|name| !is_taken(name)).unwrap_or_default()
}

/// Whether Windows reserves this stem for a device, with any extension.
pub fn is_device_name(stem: &str) -> bool {
    let stem = stem.to_ascii_lowercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']) || matches!(rest, "¹" | "²" | "³"))
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_portable_and_shortened_at_word_boundaries() {
        assert_eq!(portable_name("Évaluation des besoins : l’Afrique"), "evaluation_des_besoins_l_afrique");
        assert_eq!(portable_name("取扱説明書"), "qu_xi_shuo_ming_shu");
        assert_eq!(portable_name("***"), "");
        assert_eq!(shorten_name("evaluation_des_besoins", 15), "evaluation_des");
        assert_eq!(shorten_name("evaluation", 4), "eval");
        assert_eq!(numbered_name("asia", 8, |_| false), "asia_2");
        assert_eq!(numbered_name("evaluation_des_besoins", 15, |name| name == "evaluation_2"), "evaluation_3");
        assert!(["COM¹", "lpt²", "CONIN$", "conout$"].into_iter().all(is_device_name) && !is_device_name("com⁴"));
        assert!(is_device_name("LPT9") && is_device_name("con") && !is_device_name("com0") && !is_device_name("con1"));
    }
}
