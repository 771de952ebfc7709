//! An organisation's own list of its documents: a spreadsheet with a row for each file. The only module that names
//! `calamine`.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;

use calamine::{Data, Reader};

use super::survey::Found;
use super::titles;
use crate::data_formats;
use crate::language::{Language, LanguageNames, PartialDate};
use crate::names::portable;

/// What a row says of its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The language.
    pub language: Option<Language>,
    /// What files of one report have in common.
    pub report: Option<String>,
    /// The title in that language.
    pub title: Option<String>,
    /// The document number.
    pub symbol: Option<String>,
    /// The section.
    pub section: Option<String>,
    /// The date of publication.
    pub date: Option<PartialDate>,
    /// Persons and bodies.
    pub authors: Vec<String>,
    /// What it is about, in a few words each.
    pub subjects: Vec<String>,
    /// What it is about, in some sentences.
    pub summary: Option<String>,
}

/// A list, read and held against the files.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What it says of files, by path.
    pub entries: HashMap<String, Entry>,
    /// What somebody should look at, each with the row in the list.
    pub notes: Vec<String>,
}

/// A column, and the words that head it, as portable names.
const COLUMNS: [(Column, &[&str]); 10] = [
    (
        Column::File,
        &[
            "file",
            "files",
            "filename",
            "file_name",
            "path",
            "fichier",
            "nom_de_fichier",
            "nom_du_fichier",
            "archivo",
            "nombre_de_archivo",
            "nombre_del_archivo",
            "fichero",
        ],
    ),
    (Column::Title, &["title", "titre", "titulo"]),
    (Column::Language, &["language", "lang", "langue", "idioma", "lengua"]),
    (Column::Report, &["report", "report_id", "id", "work", "rapport", "informe"]),
    (
        Column::Symbol,
        &["symbol", "document_symbol", "symbole", "cote", "signatura", "simbolo", "reference", "referencia"],
    ),
    (
        Column::Section,
        &["section", "seccion", "rubrique", "category", "categorie", "categoria", "chapter", "chapitre", "capitulo"],
    ),
    (
        Column::Date,
        &[
            "date",
            "fecha",
            "year",
            "annee",
            "ano",
            "published",
            "publication_date",
            "date_de_publication",
            "fecha_de_publicacion",
        ],
    ),
    (
        Column::Authors,
        &["author", "authors", "auteur", "auteurs", "autor", "autores", "organisation", "organization", "organizacion"],
    ),
    (
        Column::Subjects,
        &[
            "subject",
            "subjects",
            "sujet",
            "sujets",
            "keywords",
            "mots_cles",
            "tema",
            "temas",
            "materia",
            "materias",
            "palabras_clave",
        ],
    ),
    (Column::Summary, &["summary", "abstract", "description", "resume", "resumen", "descripcion"]),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    File,
    Title,
    Language,
    Report,
    Symbol,
    Section,
    Date,
    Authors,
    Subjects,
    Summary,
}

/// The cells of a list, row by row.
///
/// # Errors
/// Why it cannot be read, in words.
pub fn rows(bytes: Vec<u8>, ending: &str, decoded: impl FnOnce(&[u8]) -> String) -> Result<Vec<Vec<String>>, String> {
    if matches!(ending, "csv" | "tsv" | "txt") {
        let text = decoded(&bytes);
        let head = text.lines().next().unwrap_or_default();
        // The sign that the first line has most of.
        let between = [b',', b';', b'\t'].into_iter().max_by_key(|sign| head.bytes().filter(|b| b == sign).count());
        return data_formats::csv_rows(&text, between.unwrap_or(b','))
            .ok_or_else(|| "it is no table of comma-separated values".to_owned());
    }
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes))
        .map_err(|_| "it is no spreadsheet: save it as .xlsx, .ods or .csv".to_owned())?;
    let sheets = book.sheet_names();
    let first = sheets.iter().find_map(|name| book.worksheet_range(name).ok().filter(|range| !range.is_empty()));
    let range = first.ok_or_else(|| "its sheets are empty".to_owned())?;
    // Rows above the first that holds something count, so that the numbers are those people see.
    let above = range.start().map_or(0, |(row, _)| row as usize);
    let mut rows = vec![Vec::new(); above];
    rows.extend(range.rows().map(|row| row.iter().map(cell).collect()));
    Ok(rows)
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.trim().to_owned(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(truth) => truth.to_string(),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        #[allow(unreachable_patterns)]
        other => other.to_string(),
    }
}

impl Sheet {
    /// Reads rows, the first that holds a heading for files on top.
    ///
    /// # Errors
    /// There is no such row.
    pub fn of(rows: &[Vec<String>], found: &[Found], spellings: &LanguageNames) -> Result<Self, String> {
        let column = |text: &str| {
            let name = portable(text);
            let headed =
                |name: &str| COLUMNS.iter().find(|(_, words)| words.contains(&name)).map(|(column, _)| *column);
            // “Report No.”, “Author(s)”, “Document title”: the last word that heads a column.
            headed(&name).or_else(|| {
                let words: Vec<&str> = name.split('_').collect();
                let pairs = words.windows(2).map(|pair| pair.concat()).filter(|pair| pair.ends_with('s'));
                let pairs: Vec<String> = pairs.collect();
                words.iter().rev().find_map(|word| headed(word)).or_else(|| pairs.iter().find_map(|word| headed(word)))
            })
        };
        let is_head = |row: &&Vec<String>| row.iter().any(|cell| column(cell) == Some(Column::File));
        let head = rows.iter().position(|row| is_head(&row)).ok_or_else(|| {
            "no column is headed “file”: put a row with headings on top, such as file, title, language, symbol, section, date".to_owned()
        })?;
        let mut sheet = Self::default();
        let mut columns: BTreeMap<Column, usize> = BTreeMap::new();
        for (number, heading) in rows[head].iter().enumerate().filter(|(_, heading)| !heading.trim().is_empty()) {
            match column(heading) {
                Some(column) => {
                    columns.entry(column).or_insert(number);
                }
                None => sheet.notes.push(format!(
                    "the column “{heading}” is not known, and is left out; known are file, report, title, language, symbol, \
                     section, date, authors, subjects, summary"
                )),
            }
        }
        for (number, row) in rows.iter().enumerate().skip(head + 1) {
            let value = |column: Column| {
                let text = columns.get(&column).and_then(|place| row.get(*place)).map_or("", |text| text.trim());
                (!text.is_empty()).then(|| text.to_owned())
            };
            let Some(file) = value(Column::File) else {
                if row.iter().any(|cell| !cell.trim().is_empty()) {
                    sheet.notes.push(format!("row {}: no file is named", number + 1));
                }
                continue;
            };
            sheet.row(number + 1, &file, &value, found, spellings);
        }
        let without = found.iter().filter(|found| !sheet.entries.contains_key(&found.path)).map(|found| &found.path);
        let without: Vec<String> = without.map(|path| format!("`{path}` has no row in the list")).collect();
        sheet.notes.extend(without);
        Ok(sheet)
    }

    fn row(
        &mut self,
        number: usize,
        file: &str,
        value: &dyn Fn(Column) -> Option<String>,
        found: &[Found],
        spellings: &LanguageNames,
    ) {
        let Some(path) = matched(file, found) else {
            self.notes
                .push(format!("row {number}: there is no file `{file}`, or several of that name: write its path"));
            return;
        };
        let mut note = |text: String| self.notes.push(format!("row {number}: {text}"));
        let language = value(Column::Language).and_then(|text| {
            let language =
                spellings.by_code(&text).or_else(|| spellings.by_name(&text)).or_else(|| Language::parse(&text).ok());
            if language.is_none() {
                let near = Language::suggest(&text).map(|code| format!(": did you mean `{code}`?"));
                note(format!("`{text}` is no language{}", near.unwrap_or_default()));
            }
            language
        });
        let date = value(Column::Date).and_then(|text| {
            let date = titles::date(&text).or_else(|| PartialDate::parse_informal(&text));
            if date.is_none() {
                note(format!("`{text}` is no date that can mean one day only: write 2008, 2008-06 or 2008-06-30"));
            }
            date
        });
        let several = |column| {
            let text = value(column).unwrap_or_default();
            text.split([';', '|']).map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
        };
        let entry = Entry {
            language,
            report: value(Column::Report),
            title: value(Column::Title),
            symbol: value(Column::Symbol),
            section: value(Column::Section),
            date,
            authors: several(Column::Authors),
            subjects: several(Column::Subjects),
            summary: value(Column::Summary),
        };
        if self.entries.insert(path.to_owned(), entry).is_some() {
            self.notes.push(format!("row {number}: `{file}` has a row already, which this one replaces"));
        }
    }
}

/// The file of a row: by its path, or by its name if no other has it.
fn matched<'f>(file: &str, found: &'f [Found]) -> Option<&'f str> {
    let file = file.replace('\\', "/");
    let file = file.trim_start_matches("./");
    if let Some(found) = found.iter().find(|found| found.path == file) {
        return Some(&found.path);
    }
    // The path on another computer, `C:\CD\a.pdf`: as much of its end as leads to one file.
    let lower = file.to_lowercase();
    let mut tail = lower.as_str();
    loop {
        let alike = |path: &str| path == tail || path.ends_with(&format!("/{tail}"));
        // Without its ending, too.
        let same = |found: &&Found| {
            let path = found.path.to_lowercase();
            let stem = path.rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem);
            alike(&path) || alike(stem)
        };
        let mut all = found.iter().filter(same);
        match (all.next(), all.next()) {
            (Some(first), None) => return Some(&first.path),
            (Some(_), Some(_)) => return None,
            (None, _) => tail = tail.split_once('/')?.1,
        }
    }
}
