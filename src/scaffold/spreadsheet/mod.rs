//! An organisation's own list of its documents: a spreadsheet with a row for each file.
//!
//! `cells` reads the cells, `headings` recognises what the columns contain, and `rows` reads each row; `files` finds the files that
//! rows name, `dates` reads dates, and `texts` brings the rows of one report together.

mod cells;
mod dates;
mod files;
mod headings;
mod rows;
mod texts;

use std::collections::{BTreeSet, HashMap};

use crate::catalogue::PublicationKind;
use crate::language::{Language, LanguageNames, PartialDate};

pub use cells::{ListCells, ListError, read_list, read_list_in_worker};
pub use files::ListFiles;
pub(super) use files::decode_percent;
pub use texts::{ListedReport, ListedText};
pub(super) use texts::{one_or_per_language, text_with_language};

/// Texts without a language, or in the language that the heading of their column names.
pub type ListTexts<T> = Vec<(Option<Language>, T)>;

/// What a row says about its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRow {
    /// The older version of the file that the list names instead of it.
    pub named: Option<String>,
    /// The language.
    pub language: Option<Language>,
    /// The language of the list itself, which is that of a file if nothing else shows one. `None` if it is English or unknown.
    pub list_language: Option<Language>,
    /// A text that is the same for all files of one report.
    pub report: Option<String>,
    /// The titles; one without a language is in that of the file.
    pub titles: ListTexts<String>,
    /// The document symbol.
    pub symbol: Option<String>,
    /// The heading of the section.
    pub section: Option<String>,
    /// The date of publication.
    pub date: Option<PartialDate>,
    /// Whether there is a date that cannot be read.
    pub has_unreadable_date: bool,
    /// People and organisations.
    pub authors: Vec<String>,
    /// The subjects.
    pub subjects: ListTexts<Vec<String>>,
    /// The summaries.
    pub summaries: ListTexts<String>,
    /// Other fields for catalogues.
    pub record: ListRecord,
    /// What may differ between the languages of a report.
    pub numbers: ListNumbers,
}

/// Further fields of a report for catalogues, as they are written in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRecord {
    pub kind: Option<PublicationKind>,
    pub publisher: Option<String>,
    pub place: Option<String>,
    pub series: Option<String>,
    pub licence: Option<String>,
}

/// The fields that may differ between the languages of a report, as they are written in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListNumbers {
    pub isbn: Vec<String>,
    pub issn: Vec<String>,
    pub doi: Option<String>,
    pub pages: Option<String>,
}

/// What a note about a list is about. Notes of a kind are shown together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListNoteKind {
    FileColumn,
    OtherSheets,
    UnknownColumn,
    UnusedColumn,
    DateOrder,
    NoFile,
    OtherLink,
    UnknownFile,
    AmbiguousFile,
    LeftOutFile,
    OlderVersion,
    RepeatedFile,
    RowsDiffer,
    UnknownLanguage,
    UnknownKind,
    BadDate,
    OtherSection,
    OtherLanguage,
    UnusedLanguage,
    FileWithoutRow,
}

impl ListNoteKind {
    /// The code in JSON output.
    pub fn code(self) -> &'static str {
        match self {
            Self::FileColumn => "file-column",
            Self::OtherSheets => "other-sheets",
            Self::UnknownColumn => "unknown-column",
            Self::UnusedColumn => "unused-column",
            Self::DateOrder => "date-order",
            Self::NoFile => "no-file",
            Self::OtherLink => "other-link",
            Self::UnknownFile => "unknown-file",
            Self::AmbiguousFile => "ambiguous-file",
            Self::LeftOutFile => "left-out-file",
            Self::OlderVersion => "older-version",
            Self::RepeatedFile => "repeated-file",
            Self::RowsDiffer => "rows-differ",
            Self::UnknownLanguage => "unknown-language",
            Self::UnknownKind => "unknown-kind",
            Self::BadDate => "bad-date",
            Self::OtherSection => "other-section",
            Self::OtherLanguage => "other-language",
            Self::UnusedLanguage => "unused-language",
            Self::FileWithoutRow => "file-without-row",
        }
    }

    /// What is wrong in several places, and what to do about it; the places follow after a colon. `None` if each note is
    /// shown.
    fn summary(self, count: usize) -> Option<String> {
        Some(match self {
            Self::FileColumn | Self::OtherSheets | Self::DateOrder | Self::UnusedLanguage => return None,
            Self::UnknownColumn => format!(
                "{count} columns were not recognised and not used; to use one, give it one of these headings: {RECOGNISED_HEADINGS}"
            ),
            Self::UnusedColumn => format!("{count} columns were not used, because a manifest has no place for them"),
            Self::NoFile => format!("{count} rows name no file; write its path or name in the column of files"),
            Self::OtherLink => format!(
                "{count} cells name one file and link to another, and the file that they name was used; correct the links or the names"
            ),
            Self::UnknownFile => {
                format!("{count} rows name files that are not in the folder; correct the paths or names")
            }
            Self::AmbiguousFile => {
                format!("{count} rows name files that the folder has more than once; give the paths of those meant")
            }
            Self::LeftOutFile => {
                format!(
                    "{count} rows name files that are not on the disc; list them in the manifest, or delete the rows (`--json` says why for each)"
                )
            }
            Self::OlderVersion => format!(
                "{count} rows name old versions of files, and were used for the new ones; write the new names in the list"
            ),
            Self::RepeatedFile => {
                format!("{count} files have more than one row, of which the last counts; delete the others")
            }
            Self::RowsDiffer => format!(
                "{count} reports have rows with different dates, symbols, authors or other fields, of which the first counts; correct the list"
            ),
            Self::UnknownLanguage => {
                format!("{count} languages were not recognised; write codes such as `fr`, or names such as French")
            }
            Self::UnknownKind => format!("{count} kinds of publication were not recognised; choose from {}", kinds()),
            Self::BadDate => format!(
                "{count} dates cannot be read, or could be two different days; write 2008, 2008-06 or 2008-06-30"
            ),
            Self::OtherSection => format!(
                "{count} reports are in different sections in the manifest and in the list; move them in the manifest, or correct the list"
            ),
            Self::OtherLanguage => format!(
                "{count} files have different languages in the manifest and in the list; correct one of the two"
            ),
            Self::FileWithoutRow => format!(
                "{count} files have no row in the list; add rows for those that must be on the disc, and exclude the others (`--json` names all)"
            ),
        })
    }
}

/// The headings that are recognised, for messages.
const RECOGNISED_HEADINGS: &str = "file, report, title, language, symbol, section, date, authors, subjects, summary, kind, \
                                   publisher, place, series, isbn, issn, doi, pages, licence";

impl ListNoteKind {
    /// Whether the list says something that the manifest does not have.
    fn is_conflict(self) -> bool {
        match self {
            Self::NoFile
            | Self::OtherLink
            | Self::UnknownFile
            | Self::AmbiguousFile
            | Self::LeftOutFile
            | Self::RepeatedFile
            | Self::RowsDiffer
            | Self::UnknownLanguage
            | Self::UnknownKind
            | Self::BadDate
            | Self::OtherSection
            | Self::OtherLanguage
            | Self::UnusedLanguage => true,
            Self::FileColumn
            | Self::OtherSheets
            | Self::UnknownColumn
            | Self::UnusedColumn
            | Self::DateOrder
            | Self::OlderVersion
            | Self::FileWithoutRow => false,
        }
    }
}

/// How many places a summary of notes names.
const MAX_NAMED: usize = 5;

/// The kinds of publications, for messages.
fn kinds() -> String {
    PublicationKind::ALL.map(PublicationKind::name).join(", ")
}

/// A problem in a list, or something that was assumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListNote {
    /// What it is about.
    pub kind: ListNoteKind,
    /// The row as spreadsheet programs number it. `None` if the note is not about a row.
    pub row: Option<usize>,
    /// What it is about in a few words, such as the name of the file or the heading; may be empty.
    pub subject: String,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl std::fmt::Display for ListNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.row {
            Some(row) => write!(f, "row {row}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// A list whose rows have been matched with the files.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct DocumentList {
    /// The rows by the path of their file.
    pub rows: HashMap<String, ListRow>,
    /// Files that the list names, but whose rows were used for newer versions.
    pub older_versions: Vec<String>,
    /// The problems found, and what was assumed.
    pub notes: Vec<ListNote>,
}

impl DocumentList {
    /// Matches rows with files.
    ///
    /// # Errors
    /// A message that says that nothing in the list names files.
    pub fn new(cells: ListCells, files: &ListFiles, names: &LanguageNames) -> Result<Self, String> {
        rows::read(cells, files, names)
    }

    /// Whether a table has a heading for files, and names some of these files.
    pub fn is_list_of(cells: ListCells, files: &ListFiles, names: &LanguageNames) -> bool {
        let links = cells.links();
        let row = headings::find_row(&cells.rows, |row, position| links.contains_key(&(row, position)), names);
        row.is_some_and(|(_, has_file)| has_file)
            && Self::new(cells, files, names).is_ok_and(|list| !list.rows.is_empty())
    }

    /// The notes for people: several of a kind are one line.
    pub fn note_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut done = Vec::new();
        for note in &self.notes {
            if done.contains(&note.kind) {
                continue;
            }
            let same: Vec<&ListNote> = self.notes.iter().filter(|other| other.kind == note.kind).collect();
            match note.kind.summary(same.len()) {
                Some(summary) if same.len() > 1 => {
                    lines.push(format!("{summary}: {}", named_places(&same)));
                }
                _ => lines.extend(same.iter().map(ToString::to_string)),
            }
            done.push(note.kind);
        }
        lines
    }

    /// Whether something that the list says is not in the manifest.
    pub fn has_conflicts(&self) -> bool {
        self.notes.iter().any(|note| note.kind.is_conflict())
    }

    /// The languages in which the list has titles.
    pub fn title_languages(&self) -> BTreeSet<Language> {
        self.rows.values().flat_map(|row| &row.titles).filter_map(|(language, _)| language.clone()).collect()
    }

    /// Notes in which languages the list has texts that the manifest does not use.
    pub fn note_unused_languages(&mut self, is_used: impl Fn(&Language) -> bool) {
        let mut unused = BTreeSet::new();
        for row in self.rows.values() {
            let titles = row.titles.iter().chain(&row.summaries).filter_map(|(language, _)| language.as_ref());
            let subjects = row.subjects.iter().filter_map(|(language, _)| language.as_ref());
            unused.extend(titles.chain(subjects).filter(|language| !is_used(language)).map(ToString::to_string));
        }
        if !unused.is_empty() {
            let languages = unused.into_iter().collect::<Vec<_>>().join(", ");
            let message = format!(
                "the list also has titles, summaries or subjects in: {languages}; they are not used, because neither pages nor documents are in these languages. To use them, add the languages to `disc.languages`, then run `init --update` with the list again"
            );
            self.note(ListNoteKind::UnusedLanguage, None, &languages, message);
        }
    }

    fn note(&mut self, kind: ListNoteKind, row: Option<usize>, subject: &str, message: String) {
        self.notes.push(ListNote { kind, row, subject: subject.to_owned(), message });
    }
}

fn named_places(notes: &[&ListNote]) -> String {
    let place = |note: &&&ListNote| match (note.row, note.subject.as_str()) {
        (Some(row), "") => format!("row {row}"),
        (Some(row), subject) => format!("{subject} (row {row})"),
        (None, subject) => subject.to_owned(),
    };
    let named: Vec<String> = notes.iter().take(MAX_NAMED).map(|note| place(&note)).collect();
    let more = if notes.len() > MAX_NAMED { format!(" and {} more", notes.len() - MAX_NAMED) } else { String::new() };
    format!("{}{more}", named.join(", "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::scaffold::scan::{ExclusionReason, FolderScan};

    /// A list with these rows; `PDF>a.pdf` is a cell with the text “PDF” that links to `a.pdf`.
    fn list(rows: &[&[&str]]) -> DocumentList {
        let mut cells = ListCells::default();
        for (row, texts) in rows.iter().enumerate() {
            let mut own = Vec::new();
            for (column, text) in texts.iter().enumerate() {
                let (text, link) = text.split_once('>').map_or((*text, None), |(text, link)| (text, Some(link)));
                cells.links.extend(link.map(|link| ((row, column), link.to_owned())));
                own.push(text.to_owned());
            }
            cells.rows.push(own);
        }
        let mut files = ListFiles::of_scan(&FolderScan {
            excluded: [(ExclusionReason::Excluded, vec!["drafts/plan.pdf".to_owned()])].into_iter().collect(),
            ..FolderScan::default()
        });
        for file in ["reports/wells-en.pdf", "reports/wells-fr.pdf", "reports/wells-es.pdf"] {
            files.add(file, None, true);
        }
        // A folder with the name of a language, as the text of a link may be.
        files.add("manual/fr/index.html", Some("manual/fr"), true);
        DocumentList::new(cells, &files, &LanguageNames::default()).unwrap()
    }

    /// The file of each row, by its title in English or without a language.
    fn titles(list: &DocumentList) -> Vec<(&str, &str)> {
        let mut titles: Vec<(&str, &str)> =
            list.rows.iter().map(|(file, row)| (file.as_str(), row.titles[0].1.as_str())).collect();
        titles.sort_unstable();
        titles
    }

    /// The notes about rows.
    fn rows_noted(list: &DocumentList) -> Vec<String> {
        let notes = list.notes.iter().filter(|note| note.kind != ListNoteKind::FileWithoutRow);
        notes.map(ToString::to_string).collect()
    }

    #[test]
    fn links_take_precedence_over_their_texts() {
        let columns = ["Title (English)", "Titre (français)", "Título (español)", "Date", "EN", "FR", "ES"];
        let links = ["EN>reports/wells-en.pdf", "FR>reports\\wells-fr.pdf", "fr>../CD/reports/wells-es.pdf"];
        let pdf = ["PDF>reports/wells-en.pdf", "PDF>reports/wells-fr.pdf", "PDF>reports/wells-es.pdf"];
        for links in [links, pdf] {
            let list = list(&[&columns, &[&["Wells", "Puits", "Pozos", "2020"], &links[..]].concat()]);
            let files = ["reports/wells-en.pdf", "reports/wells-es.pdf", "reports/wells-fr.pdf"];
            assert_eq!(titles(&list), files.map(|file| (file, "Wells")), "{:?}", list.notes);
            assert_eq!(list.rows["reports/wells-fr.pdf"].language.as_ref().unwrap().as_str(), "fr");
            assert_eq!(list.rows["reports/wells-en.pdf"].titles.len(), 3);
            assert_eq!(rows_noted(&list), [""; 0]);
        }
        // Only languages.
        let pdf = [&["PDF>reports/wells-en.pdf", "PDF>reports/wells-fr.pdf"][..]];
        assert_eq!(list(&[&["English", "French"], pdf[0]]).rows.len(), 2);
    }

    #[test]
    fn a_row_of_data_is_not_taken_for_headings() {
        let rows: [&[&str]; 4] = [
            &["Title", "Language", "Keywords", "Download"],
            &["Wells", "English", "water", "PDF>reports/wells-en.pdf"],
            &["Puits", "French", "report", "PDF>reports/wells-fr.pdf"],
            &["Pozos", "Spanish", "reference", "PDF>reports/wells-es.pdf"],
        ];
        let expected =
            [("reports/wells-en.pdf", "Wells"), ("reports/wells-es.pdf", "Pozos"), ("reports/wells-fr.pdf", "Puits")];
        assert_eq!(titles(&list(&rows)), expected);
        // Without links, “PDF” may be a format.
        let rows: [&[&str]; 4] = [
            &["Title", "Language", "Format", "Name"],
            &["Wells", "English", "PDF", "wells-en.pdf"],
            &["Puits", "French", "PDF", "wells-fr.pdf"],
            &["Pozos", "Spanish", "PDF", "wells-es.pdf"],
        ];
        assert_eq!(titles(&list(&rows)), expected);
    }

    #[test]
    fn messages_name_what_a_link_leads_to() {
        let list = list(&[
            &["Title", "File"],
            &["A", "PDF>Old/missing%20report.pdf"],
            &["B", "PDF>drafts/plan.pdf"],
            &["C", "PDF>https://example.org/item/5"],
            &["D", "wells-en.pdf>reports/wells-fr.pdf"],
            &["E", "wells-es>https://example.org/item/6"],
            &["F", "PDF"],
        ]);
        let notes = rows_noted(&list);
        let missing = "in the folder; correct its path or name";
        assert_eq!(
            notes,
            [
                "row 5: the cell names `reports/wells-en.pdf`, but its link leads to `reports/wells-fr.pdf`; `reports/wells-en.pdf` was used: correct the link or the name"
                    .to_owned(),
                format!("row 2: there is no file `Old/missing report.pdf` {missing}"),
                "row 3: `drafts/plan.pdf` is under `exclude:` in the manifest; remove it there if it should be on the disc, otherwise delete its row"
                    .to_owned(),
                format!("row 4: there is no file `https://example.org/item/5` {missing}"),
                format!("row 7: there is no file `PDF` {missing}"),
            ]
        );
        assert_eq!(titles(&list), [("reports/wells-en.pdf", "D"), ("reports/wells-es.pdf", "E")]);
    }
}
