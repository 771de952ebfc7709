//! The register: an organisation's own list of its documents, in a spreadsheet with a row for each file. Messages to users
//! call it “the list”, as `--from LIST` does.
//!
//! `cells` reads the cells, `headings` recognises what the columns contain, and `rows` reads each row; `files` finds the files that
//! rows name, `dates` reads dates, and `texts` merges the rows of one report.

mod cells;
mod dates;
mod files;
mod headings;
mod rows;
mod texts;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::catalogue::PublicationKind;
use crate::language::{Language, LanguageNames, PartialDate};

pub use cells::{RegisterCells, RegisterError, read_register, read_register_in_worker};
pub use files::RegisterFiles;
pub use texts::{RegisterReport, RegisterText};
pub(super) use texts::{one_or_per_language, text_with_language};

/// Texts from columns, each with the language that the heading of its column names, if any.
pub type ColumnTexts<T> = Vec<(Option<Language>, T)>;

/// What a row says about its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterRow {
    /// The position of the row in the register, which gives the order of the reports.
    pub position: usize,
    /// The path in the row, if that is an older version of the file for which the row is used.
    pub named_version: Option<String>,
    /// The language of the file.
    pub language: Option<Language>,
    /// The language of the register's headings; assumed for a file if nothing else shows its language. `None` if it is English
    /// or unknown.
    pub register_language: Option<Language>,
    /// The id of the report: any text that is the same in the rows of all its files.
    pub report: Option<String>,
    /// The titles. A title without a language is in the language of the file.
    pub titles: ColumnTexts<String>,
    pub symbol: Option<String>,
    /// The heading of the section.
    pub section: Option<String>,
    /// The date of publication.
    pub date: Option<PartialDate>,
    /// Whether the row has a date that cannot be read, or says that there is none. The date of the file is then not used.
    pub rules_out_file_date: bool,
    /// People and organisations.
    pub authors: Vec<String>,
    pub subjects: ColumnTexts<Vec<String>>,
    pub summaries: ColumnTexts<String>,
    /// Other fields for catalogues.
    pub record: RegisterRecord,
    /// What may differ between the languages of a report.
    pub numbers: RegisterNumbers,
}

/// The fields of a report that only library catalogues need, as the register has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterRecord {
    pub kind: Option<PublicationKind>,
    pub publisher: Option<String>,
    pub place: Option<String>,
    pub series: Option<String>,
    pub licence: Option<String>,
}

/// The numbers of a publication, as the register has them. They may differ between the languages of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterNumbers {
    pub isbn: Vec<String>,
    pub issn: Vec<String>,
    pub doi: Option<String>,
    pub pages: Option<String>,
}

/// What kind of problem or assumption a note is about. Notes of one kind are shown together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegisterNoteKind {
    FileColumn,
    OtherSheets,
    UnknownColumn,
    UnusedColumn,
    RepeatedColumn,
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
    NoValue,
    OtherSection,
    RenamedSection,
    OtherLanguage,
    SeparateReports,
    UnusedLanguage,
    FileWithoutRow,
}

impl RegisterNoteKind {
    /// The code in JSON output.
    pub fn code(self) -> &'static str {
        match self {
            Self::FileColumn => "file-column",
            Self::OtherSheets => "other-sheets",
            Self::UnknownColumn => "unknown-column",
            Self::UnusedColumn => "unused-column",
            Self::RepeatedColumn => "repeated-column",
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
            Self::NoValue => "no-value",
            Self::OtherSection => "other-section",
            Self::RenamedSection => "renamed-section",
            Self::OtherLanguage => "other-language",
            Self::SeparateReports => "separate-reports",
            Self::UnusedLanguage => "unused-language",
            Self::FileWithoutRow => "file-without-row",
        }
    }

    /// What is wrong in several places, and what to do about it; a colon and the places are added. `None` if each note of this
    /// kind is shown by itself.
    fn summary(self, count: usize) -> Option<String> {
        Some(match self {
            Self::FileColumn | Self::OtherSheets | Self::RepeatedColumn | Self::DateOrder | Self::UnusedLanguage => {
                return None;
            }
            Self::UnknownColumn => format!(
                "{count} columns were not recognised and not used; to use one, give it one of these headings: {RECOGNISED_HEADINGS}"
            ),
            Self::UnusedColumn => format!("{count} columns were not used, because a manifest has no place for them"),
            Self::NoFile => format!("{count} rows name no file; write a path or name in the column of files"),
            Self::OtherLink => format!(
                "{count} cells name one file and link to another, and the named file was used; correct the links or the names"
            ),
            Self::UnknownFile => {
                format!("{count} rows name files that are not in the folder; correct the paths or names")
            }
            Self::AmbiguousFile => {
                format!(
                    "{count} rows give a name that several files in the folder have; write the path of the right file"
                )
            }
            Self::LeftOutFile => {
                format!(
                    "{count} rows name files that do not go on the disc; list the files in the manifest, or delete the rows (`--json` gives the reason for each)"
                )
            }
            Self::OlderVersion => format!(
                "{count} rows name old versions of files and were used for the new versions; write the new names in the list"
            ),
            Self::RepeatedFile => {
                format!("{count} files have more than one row, and the last one was used; delete the others")
            }
            Self::RowsDiffer => format!(
                "{count} reports have rows with different dates, symbols, authors or other fields, and the first value was used; correct the list"
            ),
            Self::UnknownLanguage => {
                format!("{count} languages were not recognised; write codes such as `fr`, or names such as French")
            }
            Self::UnknownKind => format!("{count} kinds of publication were not recognised; choose from {}", kinds()),
            Self::BadDate => format!(
                "{count} dates cannot be read, or could be two different days; write 2008, 2008-06 or 2008-06-30, and give cells that show numbers such as 39629 a date format"
            ),
            Self::NoValue => format!(
                "{count} cells have an error, or a formula whose value was not saved, and were treated as empty; correct the errors, and save the list in a spreadsheet program"
            ),
            Self::OtherSection => format!(
                "{count} reports are in different sections in the manifest and in the list; move them in the manifest, or correct the list"
            ),
            Self::RenamedSection => format!(
                "{count} sections have other titles in the list; their titles in the manifest are in several languages, which init does not edit: write the new title there in each language"
            ),
            Self::OtherLanguage => format!(
                "{count} files have different languages in the manifest and in the list; correct one of the two"
            ),
            Self::SeparateReports => format!(
                "{count} reports of the list are each divided into several reports in the manifest; make one report of each again, with all its files under `variants:`, or correct the list"
            ),
            Self::FileWithoutRow => format!(
                "{count} files have no row in the list; add rows for the files that must be on the disc, and list the others under `exclude:` (`--json` names all)"
            ),
        })
    }
}

/// The headings that are recognised, for messages.
const RECOGNISED_HEADINGS: &str = "file, report, title, language, symbol, section, date, authors, subjects, summary, kind, \
                                   publisher, place, series, isbn, issn, doi, pages, licence";

impl RegisterNoteKind {
    /// Whether something in the register did not get into the manifest.
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
            | Self::NoValue
            | Self::OtherSection
            | Self::RenamedSection
            | Self::OtherLanguage
            | Self::SeparateReports
            | Self::RepeatedColumn
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

/// A problem in the register, or something that was assumed about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterNote {
    pub kind: RegisterNoteKind,
    /// The row as spreadsheet programs number it. `None` if the note is not about a row.
    pub row: Option<usize>,
    /// The file, heading or value that the note is about; may be empty.
    pub subject: String,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl std::fmt::Display for RegisterNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.row {
            Some(row) => write!(f, "row {row}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// A register whose rows have been matched with the files of the folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// The rows by the path of their file.
    pub rows: HashMap<String, RegisterRow>,
    /// Files that the register names, but whose rows are used for newer versions of them.
    pub older_versions: Vec<String>,
    pub notes: Vec<RegisterNote>,
}

impl Register {
    /// Matches rows with files.
    ///
    /// # Errors
    /// A message: the register has no column of files.
    pub fn new(cells: RegisterCells, files: &RegisterFiles, names: &LanguageNames) -> Result<Self, String> {
        rows::read(cells, files, names)
    }

    /// Whether a table is a register of these files: it has a heading for files, and names some of them.
    pub fn is_register_of(cells: RegisterCells, files: &RegisterFiles, names: &LanguageNames) -> bool {
        let links = cells.links();
        let row = headings::find_row(&cells.rows, |row, position| links.contains_key(&(row, position)), names);
        row.is_some_and(|(_, has_file)| has_file)
            && Self::new(cells, files, names).is_ok_and(|register| !register.rows.is_empty())
    }

    /// The notes as lines for people; several notes of one kind become one line.
    pub fn note_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut done = Vec::new();
        for note in &self.notes {
            if done.contains(&note.kind) {
                continue;
            }
            let same: Vec<&RegisterNote> = self.notes.iter().filter(|other| other.kind == note.kind).collect();
            match note.kind.summary(same.len()) {
                Some(summary) if same.len() > 1 => {
                    lines.push(format!("{summary}: {}", describe_places(&same)));
                }
                _ => lines.extend(same.iter().map(ToString::to_string)),
            }
            done.push(note.kind);
        }
        lines
    }

    /// Whether something in the register did not get into the manifest.
    pub fn has_conflicts(&self) -> bool {
        self.notes.iter().any(|note| note.kind.is_conflict())
    }

    /// The languages that the headings of columns with titles name; for each, whether most rows have a title in it.
    pub fn title_languages(&self) -> BTreeMap<Language, bool> {
        let mut counts: BTreeMap<Language, usize> = BTreeMap::new();
        for language in self.rows.values().flat_map(|row| &row.titles).filter_map(|(language, _)| language.as_ref()) {
            *counts.entry(language.clone()).or_default() += 1;
        }
        counts.into_iter().map(|(language, count)| (language, count * 2 > self.rows.len())).collect()
    }

    /// Adds a note with the languages of texts in the register that the manifest does not use.
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
                "the list also has titles, summaries or subjects in: {languages}; they are not used, because there are no pages or documents in these languages. To use them, add the languages to `disc.languages`, then run `init --update` with the list again"
            );
            self.note(RegisterNoteKind::UnusedLanguage, None, &languages, message);
        }
    }

    fn note(&mut self, kind: RegisterNoteKind, row: Option<usize>, subject: &str, message: String) {
        self.notes.push(RegisterNote { kind, row, subject: subject.to_owned(), message });
    }
}

fn describe_places(notes: &[&RegisterNote]) -> String {
    let place = |note: &&&RegisterNote| match (note.row, note.subject.as_str()) {
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

    /// A register with these rows; `PDF>a.pdf` is a cell with the text “PDF” that links to `a.pdf`.
    fn register_of(rows: &[&[&str]]) -> Register {
        let mut cells = RegisterCells::default();
        for (row, texts) in rows.iter().enumerate() {
            let mut own = Vec::new();
            for (column, text) in texts.iter().enumerate() {
                let (text, link) = text.split_once('>').map_or((*text, None), |(text, link)| (text, Some(link)));
                cells.links.extend(link.map(|link| ((row, column), link.to_owned())));
                own.push(text.to_owned());
            }
            cells.rows.push(own);
        }
        let mut files = RegisterFiles::of_scan(&FolderScan {
            excluded: [(ExclusionReason::Excluded, vec!["drafts/plan.pdf".to_owned()])].into_iter().collect(),
            ..FolderScan::default()
        });
        for file in ["reports/wells-en.pdf", "reports/wells-fr.pdf", "reports/wells-es.pdf"] {
            files.add(file, None, true);
        }
        // The folder has the name of a language: it must not be mistaken for the text of a link, “fr”.
        files.add("manual/fr/index.html", Some("manual/fr"), true);
        Register::new(cells, &files, &LanguageNames::default()).unwrap()
    }

    /// The file of each row, with the first title in the row.
    fn titles(register: &Register) -> Vec<(&str, &str)> {
        let mut titles: Vec<(&str, &str)> =
            register.rows.iter().map(|(file, row)| (file.as_str(), row.titles[0].1.as_str())).collect();
        titles.sort_unstable();
        titles
    }

    /// The notes, except those about files without a row.
    fn row_notes(register: &Register) -> Vec<String> {
        let notes = register.notes.iter().filter(|note| note.kind != RegisterNoteKind::FileWithoutRow);
        notes.map(ToString::to_string).collect()
    }

    #[test]
    fn links_take_precedence_over_their_texts() {
        let columns = ["Title (English)", "Titre (français)", "Título (español)", "Date", "EN", "FR", "ES"];
        let links = ["EN>reports/wells-en.pdf", "FR>reports\\wells-fr.pdf", "fr>../CD/reports/wells-es.pdf"];
        let pdf = ["PDF>reports/wells-en.pdf", "PDF>reports/wells-fr.pdf", "PDF>reports/wells-es.pdf"];
        for links in [links, pdf] {
            let register = register_of(&[&columns, &[&["Wells", "Puits", "Pozos", "2020"], &links[..]].concat()]);
            let files = ["reports/wells-en.pdf", "reports/wells-es.pdf", "reports/wells-fr.pdf"];
            assert_eq!(titles(&register), files.map(|file| (file, "Wells")), "{:?}", register.notes);
            assert_eq!(register.rows["reports/wells-fr.pdf"].language.as_ref().unwrap().as_str(), "fr");
            assert_eq!(register.rows["reports/wells-en.pdf"].titles.len(), 3);
            assert_eq!(row_notes(&register), [""; 0]);
        }
        // All headings are names of languages.
        let pdf = [&["PDF>reports/wells-en.pdf", "PDF>reports/wells-fr.pdf"][..]];
        assert_eq!(register_of(&[&["English", "French"], pdf[0]]).rows.len(), 2);
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
        assert_eq!(titles(&register_of(&rows)), expected);
        // Without links, “PDF” may be a format.
        let rows: [&[&str]; 4] = [
            &["Title", "Language", "Format", "Name"],
            &["Wells", "English", "PDF", "wells-en.pdf"],
            &["Puits", "French", "PDF", "wells-fr.pdf"],
            &["Pozos", "Spanish", "PDF", "wells-es.pdf"],
        ];
        assert_eq!(titles(&register_of(&rows)), expected);
    }

    #[test]
    fn messages_name_what_a_link_leads_to() {
        let register = register_of(&[
            &["Title", "File"],
            &["A", "PDF>Old/missing%20report.pdf"],
            &["B", "PDF>drafts/plan.pdf"],
            &["C", "PDF>https://example.org/item/5"],
            &["D", "wells-en.pdf>reports/wells-fr.pdf"],
            &["E", "wells-es>https://example.org/item/6"],
            &["F", "PDF"],
        ]);
        let notes = row_notes(&register);
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
        assert_eq!(titles(&register), [("reports/wells-en.pdf", "D"), ("reports/wells-es.pdf", "E")]);
    }
}
