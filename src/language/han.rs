//! Traditional Chinese characters and the simplified ones that are written instead of them.

use std::sync::LazyLock;

use hanconv::RawDictionary;

/// Traditional characters, sorted, each with its simplified form. A few have several in different words: then the first, which is the most
/// frequent. Only characters of the Basic Multilingual Plane, which has all that are in common use.
static SIMPLIFIED: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let single = |text: &str| {
        let mut characters = text.chars();
        characters.next().filter(|first| characters.next().is_none() && *first <= '\u{ffff}')
    };
    let pairs = RawDictionary::TSCharacters.iter().filter_map(|(from, to)| Some((single(from)?, single(to)?)));
    let mut pairs: Vec<(char, char)> = pairs.filter(|(from, to)| from != to && *from >= FIRST_HAN).collect();
    pairs.sort_unstable();
    pairs
});

const FIRST_HAN: char = '\u{3400}';

/// All traditional characters, sorted, with their simplified forms.
pub fn simplified_characters() -> &'static [(char, char)] {
    &SIMPLIFIED
}

/// The simplified form of a traditional Chinese character; any other character as it is.
pub fn simplified(character: char) -> char {
    if character < FIRST_HAN {
        return character;
    }
    let found = SIMPLIFIED.binary_search_by_key(&character, |(from, _)| *from).ok();
    found.and_then(|at| SIMPLIFIED.get(at)).map_or(character, |(_, to)| *to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traditional_characters_have_simplified_forms() {
        let text: String = "捕撈許可證，圖書館後面".chars().map(simplified).collect();
        assert_eq!(text, "捕捞许可证，图书馆后面");
        assert_eq!("渔港 port 港の".chars().map(simplified).collect::<String>(), "渔港 port 港の");
        assert!(simplified_characters().len() > 2500 && simplified_characters().is_sorted());
    }
}
