//! The authors of reports. Recognises the family names of persons.

/// A person or a corporate body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Author {
    /// The name as in the manifest, under which the author is filed: `Oetiker, Tobias`.
    filed: String,
    /// Where the family name of a person ends: at a comma. `None` if it is not known, or the author is a body.
    family_end: Option<usize>,
}

/// The maximum number of words in a family name, without particles such as `de la`, and in the given names.
const MAX_FAMILY_WORDS: usize = 2;
const MAX_GIVEN_WORDS: usize = 4;

/// A word of at most this many capital letters is treated as an abbreviation: `FAO, Rome`.
const MAX_ABBREVIATION: usize = 7;

/// Words in lower case that are parts of family names.
const PARTICLES: [&str; 30] = [
    "af", "al", "ap", "av", "ben", "bin", "bint", "da", "das", "de", "degli", "del", "della", "den", "der", "di", "do",
    "dos", "du", "e", "el", "la", "le", "ter", "van", "vom", "von", "y", "zu", "zum",
];

/// The beginnings of words which show that a name is that of a body, not of a person.
const BEGINNINGS_OF_BODY_WORDS: [&str; 81] = [
    "academ",
    "administ",
    "agen",
    "associa",
    "asocia",
    "authorit",
    "autorid",
    "bank",
    "banque",
    "board",
    "branch",
    "bundes",
    "bureau",
    "cabinet",
    "center",
    "centr",
    "city",
    "church",
    "colleg",
    "comisi",
    "comiss",
    "comit",
    "commi",
    "compan",
    "congres",
    "consej",
    "conseil",
    "consort",
    "corpora",
    "council",
    "court",
    "departa",
    "departe",
    "depart",
    "direc",
    "divisi",
    "embass",
    "facul",
    "federa",
    "fédéra",
    "foundation",
    "fondation",
    "fundac",
    "fund",
    "gouvern",
    "govern",
    "gobiern",
    "group",
    "grupo",
    "hospital",
    "institu",
    "internatio",
    "kommission",
    "laborator",
    "librar",
    "minist",
    "museum",
    "nation",
    "network",
    "offic",
    "oficin",
    "organi",
    "parliament",
    "press",
    "program",
    "project",
    "republ",
    "royal",
    "school",
    "secretar",
    "secrét",
    "servi",
    "socie",
    "state",
    "studio",
    "team",
    "trust",
    "union",
    "unit",
    "univers",
    "verein",
];

/// Whole words that join the parts of the name of a body, or end it.
const BODY_WORDS: [&str; 25] = [
    "ag", "and", "bv", "co", "corp", "des", "et", "for", "für", "gmbh", "inc", "limited", "llc", "ltd", "nv", "of",
    "on", "para", "plc", "pour", "sa", "srl", "the", "und", "с",
];

impl Author {
    /// An author as named in the manifest. A comma separates the family name from the given names, unless the name looks
    /// like that of a body. In doubt it is treated as a body: “Rome FAO” would be wrong, whereas a person can be found under
    /// `Oetiker, Tobias` too.
    pub fn new(text: String) -> Self {
        let family_end =
            text.split_once(',').filter(|(family, given)| is_person(family, given)).map(|(family, _)| family.len());
        Self { filed: text, family_end }
    }

    /// The name under which the author is filed, as it is in the manifest.
    pub fn filed(&self) -> &str {
        &self.filed
    }

    /// The name as it is spoken: `Tobias Oetiker`.
    pub fn name(&self) -> String {
        let Some((family, given)) = self.family_end.and_then(|end| self.filed.split_at_checked(end)) else {
            return self.filed.clone();
        };
        let given = given.trim_start_matches(',').trim();
        // Chinese, Japanese and Korean names have the family name first.
        if is_east_asian(family) { format!("{family}{given}") } else { format!("{given} {family}") }
    }

    /// Whether it is a person whose family name is known.
    pub fn is_person(&self) -> bool {
        self.family_end.is_some()
    }
}

/// Whether the parts of a name before and after its first comma are the family name and the given names of a person.
fn is_person(family: &str, given: &str) -> bool {
    let words = || family.split_whitespace().chain(given.split_whitespace());
    let is_body_word = |word: &str| {
        let word = word.trim_matches('.').replace('.', "").to_lowercase();
        BODY_WORDS.contains(&word.as_str()) || BEGINNINGS_OF_BODY_WORDS.iter().any(|start| word.starts_with(start))
    };
    let is_abbreviation = |word: &str| {
        let letters = word.chars().count();
        (2..=MAX_ABBREVIATION).contains(&letters) && word.chars().all(char::is_uppercase)
    };
    let count_without_particles = |part: &str| part.split_whitespace().filter(|word| !PARTICLES.contains(word)).count();
    let is_name = |word: &str| {
        PARTICLES.contains(&word)
            || word.chars().next().is_some_and(|first| first.is_alphabetic() && !first.is_lowercase())
    };
    let may_be_in_name = |c: char| {
        c.is_alphabetic()
            || c.is_whitespace()
            || matches!(c, '.' | '-' | '\'' | '’' | '‐' | 'ʼ' | '·')
            || crate::language::is_combining_mark(c)
    };
    (1..=MAX_FAMILY_WORDS).contains(&count_without_particles(family))
        && (1..=MAX_GIVEN_WORDS).contains(&count_without_particles(given))
        && family.chars().chain(given.chars()).all(may_be_in_name)
        && words().all(is_name)
        && !words().any(is_body_word)
        && !family.split_whitespace().any(is_abbreviation)
}

/// Whether a name is written in Chinese characters, kana or Hangul.
fn is_east_asian(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3ffff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_shown_with_their_given_names_first() {
        let name = |text: &str| Author::new(text.to_owned()).name();
        for (filed, shown) in [
            ("Oetiker, Tobias", "Tobias Oetiker"),
            ("de la Cruz, María José", "María José de la Cruz"),
            ("García Márquez, Gabriel", "Gabriel García Márquez"),
            ("Beethoven, Ludwig van", "Ludwig van Beethoven"),
            ("O’Neil-Smith, A. B.", "A. B. O’Neil-Smith"),
            ("Толстой, Лев", "Лев Толстой"),
            ("毛, 泽东", "毛泽东"),
            ("محفوظ, نجيب", "نجيب محفوظ"),
        ] {
            assert_eq!(name(filed), shown);
        }
    }

    #[test]
    fn bodies_and_names_without_a_comma_stay_as_they_are() {
        for text in [
            "ECLAC",
            "Tobias Oetiker",
            "Nguyễn Văn Linh",
            "Nagy László",
            "毛泽东",
            "Ministry of Health, Kenya",
            "Kenya, Ministry of Health",
            "Ministerio de Salud, Chile",
            "Department of Economic and Social Affairs, Population Division",
            "Ministry of Agriculture, Livestock and Fisheries",
            "FAO, Rome",
            "World Bank, Washington",
            "Oxford, University Press",
            "Harbour Works, Inc.",
            "Human Rights Watch, New York",
            "Children & Families, Geneva",
            "King, Martin Luther, Jr.",
            "Smith, 2008",
            "Smith,",
            ", Smith",
            "the office, nairobi",
        ] {
            let author = Author::new(text.to_owned());
            assert_eq!((author.name().as_str(), author.is_person()), (text, false));
        }
    }
}
