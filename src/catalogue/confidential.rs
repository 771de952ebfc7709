//! Words in the names of files and folders that say they are not for publication.

/// Words and phrases in lower case. Some words alone are in [`WORDS_AT_THE_END`], because they are also parts of titles, such
/// as “Internal displacement”.
const PHRASES: [&str; 55] = [
    "confidential",
    "confidentiel",
    "confidentielle",
    "confidencial",
    "confidenziale",
    "riservato",
    "vertraulich",
    "poufne",
    "gizli",
    "restricted",
    "embargoed",
    "under embargo",
    "sous embargo",
    "bajo embargo",
    "top secret",
    "geheim",
    "vs nfd",
    "sigiloso",
    "projet de rapport",
    "strictly private",
    "private and confidential",
    "work in progress",
    "社外秘",
    "機密",
    "internal use",
    "internal only",
    "internal memo",
    "internal note",
    "internal version",
    "internal draft",
    "usage interne",
    "note interne",
    "uso interno",
    "nur intern",
    "not for distribution",
    "not for publication",
    "do not distribute",
    "do not publish",
    "do not circulate",
    "do not share",
    "ne pas diffuser",
    "ne pas publier",
    "ne pas distribuer",
    "no difundir",
    "no distribuir",
    "no publicar",
    "nicht veröffentlichen",
    "для служебного пользования",
    "конфиденциально",
    "секретно",
    "سرية",
    "机密",
    "保密",
    "内部资料",
    "不得外传",
];

/// Words that count only at the end of a name, or as the whole name of a folder.
const WORDS_AT_THE_END: [&str; 4] = ["internal", "intern", "内部", "wip"];

/// Words for a draft, which count at the start and at the end of a name.
const DRAFTS: [&str; 14] = [
    "draft",
    "drafts",
    "brouillon",
    "brouillons",
    "borrador",
    "borradores",
    "rascunho",
    "bozza",
    "entwurf",
    "entwürfe",
    "черновик",
    "مسودة",
    "草稿",
    "下書き",
];

/// What may be published as a draft, as in “Draft articles on state responsibility”.
const PUBLISHED_DRAFTS: [&str; 17] = [
    "articles",
    "article",
    "resolution",
    "resolutions",
    "convention",
    "law",
    "laws",
    "bill",
    "declaration",
    "decision",
    "decisions",
    "protocol",
    "treaty",
    "principles",
    "constitution",
    "code",
    "statute",
];

/// The words in a path that say that the file is not for publication.
pub fn confidentiality_mark(path: &str) -> Option<&'static str> {
    let lower = path.to_lowercase();
    lower.split('/').find_map(|name| {
        let is_file = lower.ends_with(name) && name.contains('.');
        let stem = if is_file { name.rsplit_once('.').map_or(name, |(stem, _)| stem) } else { name };
        let words: Vec<&str> = stem.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        // “draft v2” and “draft 3” end with the word too.
        let is_version = |word: &&&str| word.trim_start_matches('v').bytes().all(|b| b.is_ascii_digit());
        let last = words.iter().rev().find(|word| !is_version(word));
        let at_end = WORDS_AT_THE_END.iter().chain(&DRAFTS).find(|mark| last == Some(*mark));
        let is_published = words.get(1).is_some_and(|word| PUBLISHED_DRAFTS.contains(word));
        let at_start = DRAFTS.iter().find(|mark| words.first() == Some(*mark) && !is_published);
        let contains = |phrase: &&&str| {
            let parts: Vec<&str> = phrase.split(' ').collect();
            // Chinese is written without spaces.
            words.windows(parts.len()).any(|window| window == parts)
                || (phrase.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) && stem.contains(**phrase))
        };
        PHRASES.iter().find(contains).or(at_end).or(at_start).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_and_titles_are_not() {
        for (path, mark) in [
            ("a/CONFIDENTIAL annex.pdf", Some("confidential")),
            ("Rapport (ne pas diffuser).docx", Some("ne pas diffuser")),
            ("drafts/a.pdf", Some("drafts")),
            ("report_draft_v3.docx", Some("draft")),
            ("report-FINAL-internal.pdf", Some("internal")),
            ("Internal/report.pdf", Some("internal")),
            ("年度报告(机密).pdf", Some("机密")),
            ("internal_displacement_2008.pdf", None),
            ("drafting_a_constitution.pdf", None),
            ("draft_articles_on_state_responsibility.pdf", None),
            ("international.pdf", None),
            ("secretary_general.pdf", None),
            ("DRAFT annual report.pdf", Some("draft")),
            ("Entwurf Jahresbericht.docx", Some("entwurf")),
            ("Bericht_intern.pdf", Some("intern")),
            ("desplazamiento_interno_2008.pdf", None),
            ("arms_embargo_report.pdf", None),
            ("secret_ballot.pdf", None),
            ("سري لانكا.pdf", None),
            ("restrictedness.pdf", None),
        ] {
            assert_eq!(confidentiality_mark(path), mark, "{path}");
        }
    }
}
