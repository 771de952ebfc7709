//! What a name on the disc may be made of, wherever it comes from.

/// A text made into a name: ASCII, lower case, words joined by `_`. Empty if nothing is left of it.
pub fn portable(text: &str) -> String {
    let ascii = crate::language::to_ascii(text).to_ascii_lowercase();
    let words: Vec<&str> = ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.join("_")
}

/// The whole words of a portable name that fit in `most` characters; the cut first word if none does.
pub fn shortened(name: &str, most: usize) -> String {
    let mut short = String::new();
    for word in name.split('_') {
        let longer = if short.is_empty() { word.to_owned() } else { format!("{short}_{word}") };
        if longer.len() > most {
            break;
        }
        short = longer;
    }
    if short.is_empty() { name.chars().take(most).collect() } else { short }
}

/// Whether Windows keeps this stem for a device, whatever follows its dot.
pub fn is_device_name(stem: &str) -> bool {
    let stem = stem.to_ascii_lowercase();
    let numbered =
        |prefix: &str| stem.strip_prefix(prefix).is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

/// Whether systems put files of that path onto a disc or a stick by themselves.
pub fn is_os_metadata(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let top = path.split('/').next().unwrap_or_default();
    matches!(name, ".DS_Store" | "Thumbs.db" | "desktop.ini")
        || name.starts_with("._")
        || matches!(
            top,
            "System Volume Information" | "$RECYCLE.BIN" | ".Spotlight-V100" | ".fseventsd" | ".Trashes" | "lost+found"
        )
        || top.starts_with(".Trash-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_portable_and_shortened_by_words() {
        assert_eq!(portable("Évaluation des besoins : l’Afrique"), "evaluation_des_besoins_l_afrique");
        assert_eq!(portable("取扱説明書"), "qu_xi_shuo_ming_shu");
        assert_eq!(portable("***"), "");
        assert_eq!(shortened("evaluation_des_besoins", 15), "evaluation_des");
        assert_eq!(shortened("evaluation", 4), "eval");
        assert!(is_device_name("LPT9") && is_device_name("con") && !is_device_name("com0") && !is_device_name("con1"));
    }
}
