//! Recognises files that are not for publication by words in their names, such as “confidential”.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::language::{fold_case, is_combining_mark};

/// Words and phrases in lower case that count wherever they are in a name. Words that also occur in titles are in
/// [`EDGE_WORDS`] and [`WORDS_AT_THE_END`].
const PHRASES: [&str; 148] = [
    "confidential",
    "confidentials",
    "confidentiel",
    "confidentielle",
    "confidentiels",
    "confidentielles",
    "confidencial",
    "confidenciais",
    "confidenciales",
    "confidenziale",
    "confidenziali",
    "riservato",
    "riservata",
    "vertraulich",
    "vertrauliche",
    "vertraulicher",
    "vertraulichen",
    "vertrouwelijk",
    "poufne",
    "poufny",
    "poufna",
    "zastrzeżone",
    "gizli",
    "restricted",
    "embargoed",
    "geheim",
    "dienstgebrauch",
    "verschlusssache",
    "sperrvermerk",
    "sigiloso",
    "sigilosa",
    "segreto",
    "tajne",
    "rahasia",
    "topsecret",
    "unreleased",
    "unpublished",
    "конфиденциально",
    "конфиденциальный",
    "конфиденциальная",
    "конфиденциальные",
    "секретно",
    "секретный",
    "секретная",
    "дсп",
    "سرية",
    "محرمانه",
    "गोपनीय",
    "대외비",
    "기밀",
    "社外秘",
    "部外秘",
    "極秘",
    "機密",
    "取扱注意",
    "机密",
    "保密",
    "绝密",
    "内部资料",
    "内部使用",
    "不得外传",
    "不公开",
    "under embargo",
    "sous embargo",
    "bajo embargo",
    "sob embargo",
    "sotto embargo",
    "top secret",
    "très secret",
    "vs nfd",
    "strictly private",
    "private and confidential",
    "not public",
    "not for release",
    "not for distribution",
    "not for publication",
    "not for circulation",
    "do not distribute",
    "do not publish",
    "do not circulate",
    "do not share",
    "do not forward",
    "do not print",
    "work in progress",
    "projet de rapport",
    "internal use",
    "internal only",
    "internal memo",
    "internal note",
    "internal notes",
    "internal version",
    "internal draft",
    "internal report",
    "internal document",
    "internal working",
    "usage interne",
    "note interne",
    "document interne",
    "rapport interne",
    "uso interno",
    "uso interna",
    "nur intern",
    "streng vertraulich",
    "interner bericht",
    "interne notiz",
    "ne pas diffuser",
    "ne pas publier",
    "ne pas distribuer",
    "ne pas communiquer",
    "ne pas imprimer",
    "no difundir",
    "no distribuir",
    "no publicar",
    "não divulgar",
    "não publicar",
    "não distribuir",
    "non diffondere",
    "non divulgare",
    "non pubblicare",
    "nicht veröffentlichen",
    "nicht weitergeben",
    "nicht verteilen",
    "niet verspreiden",
    "nie publikować",
    "użytku wewnętrznego",
    "hizmete özel",
    "kurum içi",
    "для служебного пользования",
    "для внутреннего пользования",
    "не для печати",
    "не для распространения",
    "не публиковать",
    "للاستخدام الداخلي",
    "غير للنشر",
    "ليس للنشر",
    "سري للغاية",
    "استفاده داخلی",
    "غیر قابل انتشار",
    "आंतरिक उपयोग",
    "kalangan internal",
    "kalangan sendiri",
    "jangan disebarkan",
    "matumizi ya ndani",
    "siri kuu",
    "tuyệt mật",
    "tối mật",
    "nội bộ",
    "lưu hành nội bộ",
];

/// Words that count at the start and at the end of a name, unless a word beside them shows that they are part of a title, such as
/// “Secret ballots”.
const EDGE_WORDS: [&str; 30] = [
    "secret",
    "secrets",
    "secrète",
    "secreto",
    "secreta",
    "segredo",
    "privé",
    "privée",
    "privés",
    "prive",
    "privado",
    "privada",
    "privato",
    "privata",
    "privater",
    "pribadi",
    "prywatne",
    "mật",
    "intern",
    "interne",
    "internes",
    "interner",
    "reservado",
    "reservada",
    "داخلي",
    "داخلية",
    "内部",
    "秘密",
    "비밀",
    "비공개",
];

/// Words that count only at the end of a name: “Internal displacement” is a title.
const WORDS_AT_THE_END: [&str; 9] =
    ["internal", "private", "wip", "privat", "özel", "siri", "سري", "interno", "interna"];

/// If one of these words is directly before or after a word of [`EDGE_WORDS`] or [`WORDS_AT_THE_END`], both belong to a
/// title, and the word does not count.
const IN_TITLES: [&str; 119] = [
    "ballot",
    "ballots",
    "bulletin",
    "bulletins",
    "garden",
    "service",
    "services",
    "history",
    "sector",
    "secteur",
    "setor",
    "settore",
    "sektor",
    "partnership",
    "partnerships",
    "law",
    "droit",
    "derecho",
    "direito",
    "recht",
    "public",
    "publique",
    "público",
    "public-privé",
    "investissement",
    "inversión",
    "financement",
    "enseignement",
    "enterprise",
    "enterprises",
    "company",
    "companies",
    "scrutin",
    "vote",
    "voto",
    "bancaire",
    "médical",
    "professionnel",
    "défense",
    "défence",
    "displacement",
    "displaced",
    "déplacement",
    "déplacements",
    "déplacée",
    "déplacées",
    "déplacé",
    "déplacés",
    "desplazamiento",
    "desplazamientos",
    "desplazados",
    "deslocamento",
    "deslocados",
    "sfollati",
    "migration",
    "migrations",
    "migración",
    "migração",
    "migrazione",
    "market",
    "marché",
    "mercado",
    "mercato",
    "markt",
    "audit",
    "auditoría",
    "auditoria",
    "control",
    "controls",
    "controle",
    "contrôle",
    "contrôles",
    "controllo",
    "conflict",
    "conflit",
    "conflits",
    "conflicto",
    "conflictos",
    "conflito",
    "conflitto",
    "affairs",
    "justice",
    "justicia",
    "comercio",
    "commercio",
    "produit",
    "producto",
    "produto",
    "prodotto",
    "ressources",
    "ressource",
    "médecine",
    "medicine",
    "medicina",
    "règlement",
    "política",
    "politique",
    "communication",
    "réseau",
    "dette",
    "deuda",
    "dívida",
    "waters",
    "eaux",
    "guerre",
    "guerra",
    "medizin",
    "revision",
    "programme",
    "program",
    "programs",
    "programmes",
    "handbook",
    "recruitment",
    "lanka",
    "审计",
    "审核",
    "控制",
    "安全",
];

/// Words for a draft, which count at the start and at the end of a name.
const DRAFTS: [&str; 24] = [
    "draft",
    "drafts",
    "brouillon",
    "brouillons",
    "borrador",
    "borradores",
    "rascunho",
    "rascunhos",
    "bozza",
    "bozze",
    "entwurf",
    "entwürfe",
    "szkic",
    "taslak",
    "taslağı",
    "rasimu",
    "nháp",
    "черновик",
    "черновики",
    "مسودة",
    "मसौदा",
    "草稿",
    "초안",
    "下書き",
];

/// Words for what may be published as a draft, as in “Draft articles on state responsibility”.
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

/// The indices of the phrases that begin with a word. A disc may have many thousands of names.
static PHRASES_BY_FIRST_WORD: LazyLock<HashMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut indices: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, phrase) in PHRASES.into_iter().enumerate() {
        indices.entry(phrase.split(' ').next().unwrap_or_default()).or_default().push(index);
    }
    indices
});

/// The words in a path that say that the file is not for publication. They count only as whole words, so “secretariat” is not
/// “secret”, except in scripts that are written without spaces.
pub fn confidentiality_mark(path: &str) -> Option<&'static str> {
    // In lower case, a Turkish `İ` becomes an `i` and a separate dot.
    let lower = fold_case(path).replace('\u{307}', "");
    let names = lower.split('/').count();
    lower.split('/').enumerate().find_map(|(number, name)| {
        let is_file = number + 1 == names;
        mark_in_name(if is_file { name.rsplit_once('.').map_or(name, |(stem, _)| stem) } else { name })
    })
}

/// Finds words that mark a document as confidential in the name of a folder, or in the name of a file without its extension.
fn mark_in_name(name: &str) -> Option<&'static str> {
    let is_in_word = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    let words: Vec<&str> = name.split(|c: char| !is_in_word(c)).filter(|word| !word.is_empty()).collect();
    let follows = &|phrase: &str, start: usize| {
        phrase.split(' ').enumerate().all(|(index, part)| words.get(start + index) == Some(&part))
    };
    let in_words = words.iter().enumerate().flat_map(|(start, word)| {
        let beginning = PHRASES_BY_FIRST_WORD.get(word).into_iter().flatten().copied();
        beginning.filter(move |index| follows(PHRASES[*index], start))
    });
    let in_name = || PHRASES.iter().position(|phrase| is_without_spaces(phrase) && name.contains(phrase));
    // The first phrase of the table that the name contains.
    let phrase = in_words.min().into_iter().chain(if name.is_ascii() { None } else { in_name() }).min();
    // Version numbers at the end are ignored: “draft v2” and “draft 3” end with “draft”.
    let is_version = |word: &str| word.trim_start_matches('v').bytes().all(|byte| byte.is_ascii_digit());
    let last = (0..words.len()).rev().find(|at| words.get(*at).is_some_and(|word| !is_version(word)))?;
    let word_at = |at: Option<usize>| at.and_then(|at| words.get(at)).copied().unwrap_or_default();
    let is_in_title = |at: usize| {
        // Only the words directly before and after are looked up.
        IN_TITLES.contains(&word_at(at.checked_sub(1))) || IN_TITLES.contains(&word_at(Some(at + 1)))
    };
    let find = |marks: &'static [&'static str], at: usize| {
        marks.iter().find(|mark| word_at(Some(at)) == **mark && !is_in_title(at))
    };
    let is_published = PUBLISHED_DRAFTS.contains(&word_at(Some(1)));
    let find_draft = |at: usize| DRAFTS.iter().find(|mark| word_at(Some(at)) == **mark);
    let mark = phrase.map(|index| &PHRASES[index]);
    let mark = mark.or_else(|| find(&WORDS_AT_THE_END, last)).or_else(|| find(&EDGE_WORDS, last));
    let mark = mark.or_else(|| find(&EDGE_WORDS, 0)).or_else(|| find_draft(last));
    mark.or_else(|| find_draft(0).filter(|_| !is_published)).copied()
}

/// Whether a phrase is in Chinese, Japanese or Korean, where other words or particles may follow without a space.
fn is_without_spaces(phrase: &str) -> bool {
    phrase.chars().all(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'))
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
            ("rapport interne personnel.txt", Some("rapport interne")),
            ("Lettre interne.docx", Some("interne")),
            ("interne/liste.pdf", Some("interne")),
            ("Interner Vermerk.docx", Some("interner")),
            ("secret.txt", Some("secret")),
            ("Secret memo.pdf", Some("secret")),
            ("privé.txt", Some("privé")),
            ("prive\u{301}.txt", Some("privé")),
            ("nota só para uso interno.pdf", Some("uso interno")),
            ("relatório reservado.pdf", Some("reservado")),
            ("Notiz (nicht weitergeben).pdf", Some("nicht weitergeben")),
            ("raport poufny.pdf", Some("poufny")),
            ("GİZLİ rapor.pdf", Some("gizli")),
            ("dokumen rahasia.pdf", Some("rahasia")),
            ("गोपनीय रिपोर्ट.pdf", Some("गोपनीय")),
            ("मसौदा रिपोर्ट.pdf", Some("मसौदा")),
            ("보고서 대외비.pdf", Some("대외비")),
            ("rasimu ya ripoti.pdf", Some("rasimu")),
            ("tài liệu nội bộ.pdf", Some("nội bộ")),
            ("گزارش محرمانه.pdf", Some("محرمانه")),
            ("تقرير للاستخدام الداخلي.pdf", Some("للاستخدام الداخلي")),
            ("internships_2008.pdf", None),
            ("secretariat.pdf", None),
            ("secretary/report.pdf", None),
            ("Secret ballots.pdf", None),
            ("scrutin à bulletin secret.pdf", None),
            ("partenariat public-privé.pdf", None),
            ("secteur privé.pdf", None),
            ("déplacement interne.pdf", None),
            ("intern program.pdf", None),
            ("Internal audit.pdf", None),
            ("privatisation.pdf", None),
            ("international/report.pdf", None),
            ("conflict.internal.pdf", None),
        ] {
            assert_eq!(confidentiality_mark(path), mark, "{path}");
        }
    }
}
