//! A text of the collection in its languages.

use crate::language::Language;

/// A text: one for all languages, or one per language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// The same in every language: a name, a number.
    Same(String),
    /// At least one language's, in the order of the disc's languages.
    PerLanguage(Vec<(Language, String)>),
}

impl Default for Text {
    fn default() -> Self {
        Self::Same(String::new())
    }
}

/// A text as one page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown<'t> {
    /// The text.
    pub text: &'t str,
    /// Its language if that is not the page's, so that it can be marked and labelled.
    pub other: Option<&'t Language>,
}

impl Text {
    /// The text for a page in `wanted`; if there is none, the one in `default`, else the first.
    pub fn shown(&self, wanted: &Language, default: &Language) -> Shown<'_> {
        match self {
            Self::Same(text) => Shown { text, other: None },
            Self::PerLanguage(texts) => {
                let of = |language: &Language| texts.iter().find(|(known, _)| known == language);
                match of(wanted) {
                    Some((_, text)) => Shown { text, other: None },
                    None => {
                        of(default).or(texts.first()).map_or(Shown { text: "", other: None }, |(language, text)| {
                            Shown { text, other: Some(language) }
                        })
                    }
                }
            }
        }
    }

    /// Whether there is a text in this language.
    pub fn has(&self, language: &Language) -> bool {
        match self {
            Self::Same(_) => true,
            Self::PerLanguage(texts) => texts.iter().any(|(known, _)| known == language),
        }
    }
}
