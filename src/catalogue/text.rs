//! Texts of the collection, which may differ between languages.

use crate::language::Language;

/// A text: one for all languages, or one for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// The same in every language, such as a name or a number.
    Same(String),
    /// Texts in at least one language. Languages of the pages come first, in the order of the language bar.
    PerLanguage(Vec<(Language, String)>),
}

impl Default for Text {
    fn default() -> Self {
        Self::Same(String::new())
    }
}

/// A text as a page shows it: in the language of the page, or in another one if there is no translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalisedText<'t> {
    pub text: &'t str,
    /// The language of the text if it is not that of the page. The page then labels the text with its language.
    pub other_language: Option<&'t Language>,
}

impl Text {
    /// The text for a page in the language `wanted`. If there is none, the one in another form of this language, such as `pt-BR`
    /// for `pt`, if its script is the same, or else in the language `default`, or else the first one.
    pub fn localised(&self, wanted: &Language, default: &Language) -> LocalisedText<'_> {
        match self {
            Self::Same(text) => LocalisedText { text, other_language: None },
            Self::PerLanguage(texts) => {
                let find = |wanted: &Language| texts.iter().find(|(language, _)| language == wanted);
                if let Some((_, text)) = find(wanted) {
                    return LocalisedText { text, other_language: None };
                }
                let related = texts.iter().find(|(language, _)| language.is_close_to(wanted));
                match related.or_else(|| find(default)).or(texts.first()) {
                    Some((language, text)) => LocalisedText { text, other_language: Some(language) },
                    None => LocalisedText { text: "", other_language: None },
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
