//! An organisation's own list of its documents: a spreadsheet with a row for each file.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::metadata;
use super::scan::ScannedFile;
use crate::catalogue::PublicationKind;
use crate::data_formats;
use crate::language::{Language, LanguageNames, PartialDate};
use crate::names::portable_name;
use crate::system::open_regular_file;
use crate::workbooks::{self, WorkbookError};
use crate::worker::{self, Failure, Limits};

/// The name of the hidden command that reads a list.
const COMMAND: &str = "read-list";

/// The largest list, in bytes.
const MAX_LIST_BYTES: u64 = 64 << 20;

/// What reading a list may use. A spreadsheet of 20 kB can declare cells that take hundreds of gigabytes.
const LIMITS: Limits = Limits { seconds: 30, memory_bytes: 1 << 30 };

/// The cells of a list, row by row.
pub type Rows = Vec<Vec<String>>;

/// Why a list cannot be read.
#[derive(Debug)]
pub enum ListError {
    /// The file cannot be read.
    Io(io::Error),
    /// Its contents are wrong, for this reason.
    Content(String),
    /// The user has interrupted the program.
    Interrupted,
}

/// Reads the cells of a list in a worker process of `program`.
///
/// # Errors
/// [`ListError`].
pub fn read_list_in_worker(program: &Path, list: &Path, interrupted: &AtomicBool) -> Result<Rows, ListError> {
    let file = open_list(list).map_err(ListError::Io)?;
    let extension = list.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    let failed = |why: String| ListError::Content(format!("{why}; save only the table itself as .csv"));
    let bytes =
        worker::run(program, &[COMMAND, "--", &extension], file, LIMITS, interrupted).map_err(
            |failure| match failure {
                Failure::Interrupted => ListError::Interrupted,
                Failure::NotStarted(error) => ListError::Io(error),
                Failure::TooSlow => failed(format!("reading it takes more than {} seconds", LIMITS.seconds)),
                Failure::Exhausted => {
                    failed(format!("reading it needs more than {} MiB of memory", LIMITS.memory_bytes >> 20))
                }
                Failure::TooLarge => failed("it is too large".to_owned()),
                Failure::Crashed | Failure::Failed => failed("the program that reads it failed".to_owned()),
            },
        )?;
    let rows = worker::decode::<Result<Rows, String>>(&bytes);
    rows.unwrap_or_else(|| Err("the program that reads it returned nothing".to_owned())).map_err(ListError::Content)
}

fn open_list(list: &Path) -> io::Result<File> {
    let file = open_regular_file(list)?;
    if file.metadata()?.len() > MAX_LIST_BYTES {
        return Err(io::Error::other(format!("it is larger than {} MiB", MAX_LIST_BYTES >> 20)));
    }
    Ok(file)
}

/// Reads the cells of a list. Runs in the worker process. `decode` turns the bytes of a text file into text.
pub fn read_list(input: &mut dyn Read, extension: &str, decode: impl FnOnce(&[u8]) -> String) -> Vec<u8> {
    let mut bytes = Vec::new();
    let rows = match input.take(MAX_LIST_BYTES).read_to_end(&mut bytes) {
        Ok(_) => read_rows(bytes, extension, decode),
        Err(error) => Err(error.to_string()),
    };
    worker::encode(&rows)
}

/// What a row says about its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRow {
    /// The language.
    pub language: Option<Language>,
    /// A text that is the same for all files of one report.
    pub report: Option<String>,
    /// The title in that language.
    pub title: Option<String>,
    /// The document symbol.
    pub symbol: Option<String>,
    /// The heading of the section.
    pub section: Option<String>,
    /// The date of publication.
    pub date: Option<PartialDate>,
    /// People and organisations.
    pub authors: Vec<String>,
    /// The subjects.
    pub subjects: Vec<String>,
    /// The summary.
    pub summary: Option<String>,
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

/// A problem in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListNote {
    /// The code in JSON output.
    pub code: &'static str,
    /// The row as spreadsheet programs number it. `None` if the note is not about a row.
    pub row: Option<usize>,
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
    /// The problems found.
    pub notes: Vec<ListNote>,
}

/// The headings of each column in English, French and Spanish, as portable names.
const COLUMNS: [(ListColumn, &[&str]); 19] = [
    (
        ListColumn::File,
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
    (ListColumn::Title, &["title", "titre", "titulo"]),
    (ListColumn::Language, &["language", "lang", "langue", "idioma", "lengua"]),
    (ListColumn::Report, &["report", "report_id", "id", "work", "rapport", "informe"]),
    (
        ListColumn::Symbol,
        &["symbol", "document_symbol", "symbole", "cote", "signatura", "simbolo", "reference", "referencia"],
    ),
    (
        ListColumn::Section,
        &["section", "seccion", "rubrique", "category", "categorie", "categoria", "chapter", "chapitre", "capitulo"],
    ),
    (
        ListColumn::Date,
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
        ListColumn::Authors,
        &["author", "authors", "auteur", "auteurs", "autor", "autores", "organisation", "organization", "organizacion"],
    ),
    (
        ListColumn::Subjects,
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
    (ListColumn::Summary, &["summary", "abstract", "description", "resume", "resumen", "descripcion"]),
    (ListColumn::Kind, &["kind", "type", "document_type", "type_de_document", "tipo", "tipo_de_documento"]),
    (ListColumn::Publisher, &["publisher", "editeur", "editorial"]),
    (
        ListColumn::Place,
        &["place", "place_of_publication", "lieu", "lieu_de_publication", "lugar", "lugar_de_publicacion"],
    ),
    (ListColumn::Series, &["series", "journal", "collection", "serie", "revue", "coleccion", "revista"]),
    (ListColumn::Isbn, &["isbn", "isbns", "isbn_13", "isbn_10", "e_isbn"]),
    (ListColumn::Issn, &["issn", "e_issn"]),
    (ListColumn::Doi, &["doi"]),
    (ListColumn::Pages, &["pages", "page_count", "extent", "nombre_de_pages", "paginas"]),
    (ListColumn::Licence, &["licence", "license", "licencia"]),
];

/// The headings in Arabic, Chinese and Russian, in lower case.
const COLUMNS_IN_OTHER_SCRIPTS: [(ListColumn, &[&str]); 18] = [
    (ListColumn::File, &["ملف", "الملف", "اسم الملف", "файл", "имя файла", "文件", "文件名"]),
    (ListColumn::Title, &["العنوان", "название", "заголовок", "标题", "题名"]),
    (ListColumn::Language, &["اللغة", "язык", "语言", "语种"]),
    (ListColumn::Report, &["التقرير", "доклад", "отчёт", "报告"]),
    (ListColumn::Symbol, &["الرمز", "رمز الوثيقة", "условное обозначение", "номер документа", "文号", "编号"]),
    (ListColumn::Section, &["القسم", "раздел", "部分", "栏目"]),
    (ListColumn::Date, &["التاريخ", "تاريخ النشر", "дата", "дата публикации", "日期", "出版日期"]),
    (ListColumn::Authors, &["المؤلف", "المؤلفون", "автор", "авторы", "作者"]),
    (ListColumn::Subjects, &["الموضوع", "المواضيع", "тема", "темы", "ключевые слова", "主题", "关键词"]),
    (ListColumn::Summary, &["الملخص", "аннотация", "резюме", "摘要"]),
    (ListColumn::Kind, &["نوع الوثيقة", "النوع", "вид документа", "тип документа", "тип", "文件类型", "类型"]),
    (ListColumn::Publisher, &["الناشر", "издатель", "издательство", "出版者", "出版社"]),
    (ListColumn::Place, &["مكان النشر", "место издания", "出版地"]),
    (ListColumn::Series, &["السلسلة", "серия", "журнал", "丛书", "期刊"]),
    (ListColumn::Isbn, &["ردمك"]),
    (ListColumn::Issn, &["ردمد"]),
    (ListColumn::Pages, &["الصفحات", "عدد الصفحات", "страницы", "количество страниц", "页数", "页码"]),
    (ListColumn::Licence, &["الترخيص", "лицензия", "许可协议", "许可证"]),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ListColumn {
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
    Kind,
    Publisher,
    Place,
    Series,
    Isbn,
    Issn,
    Doi,
    Pages,
    Licence,
}

impl ListColumn {
    /// Recognises a heading. If it has other words (“Report No.”, “Author(s)”, “Document title”), the last word that is a
    /// heading counts.
    fn from_heading(text: &str) -> Option<Self> {
        let lower = text.trim().to_lowercase();
        let mut others = COLUMNS_IN_OTHER_SCRIPTS.iter();
        if let Some((column, _)) = others.find(|(_, names)| names.contains(&lower.as_str())) {
            return Some(*column);
        }
        let exact = |name: &str| COLUMNS.iter().find(|(_, names)| names.contains(&name)).map(|(column, _)| *column);
        let name = portable_name(text);
        let words: Vec<&str> = name.split('_').collect();
        // “Author(s)” becomes `author_s`.
        let plurals = || words.windows(2).map(|pair| pair.concat()).filter(|pair| pair.ends_with('s'));
        exact(&name)
            .or_else(|| words.iter().rev().find_map(|word| exact(word)))
            .or_else(|| plurals().find_map(|plural| exact(&plural)))
    }
}

/// Reads the cells of a list, row by row, without the apostrophes that keep spreadsheet programs from taking a text for a
/// formula. `extension` tells the format; `decode` turns the bytes of a text file into text.
///
/// # Errors
/// A message that says why the list cannot be read.
fn read_rows(bytes: Vec<u8>, extension: &str, decode: impl FnOnce(&[u8]) -> String) -> Result<Rows, String> {
    let mut rows = read_cells(bytes, extension, decode)?;
    for cell in rows.iter_mut().flatten() {
        *cell = data_formats::remove_formula_guards(cell);
    }
    Ok(rows)
}

fn read_cells(bytes: Vec<u8>, extension: &str, decode: impl FnOnce(&[u8]) -> String) -> Result<Rows, String> {
    if matches!(extension, "csv" | "tsv" | "txt") {
        let text = decode(&bytes);
        let first_line = text.lines().next().unwrap_or_default();
        let count = |separator: &u8| first_line.bytes().filter(|b| b == separator).count();
        let separator = [b',', b';', b'\t'].into_iter().max_by_key(count).unwrap_or(b',');
        return data_formats::parse_csv(&text, separator)
            .ok_or_else(|| "it is not a table of comma-separated values; save it again as .csv or .xlsx".to_owned());
    }
    let sheets = workbooks::read_sheets(&bytes).map_err(|error| match error {
        WorkbookError::Unreadable => "it is not a spreadsheet; save it as .xlsx, .ods or .csv".to_owned(),
        WorkbookError::Encrypted => "it is protected by a password; save it without one".to_owned(),
        WorkbookError::TooLarge => "it has too many cells; save only the table itself as .csv".to_owned(),
    })?;
    let sheet = sheets.into_iter().find(|sheet| !sheet.rows.is_empty());
    sheet
        .map(workbooks::Sheet::all_rows)
        .ok_or_else(|| "all its sheets are empty; check that it is the right file".to_owned())
}

impl DocumentList {
    /// Matches rows with files. The first row with a heading for the file column is the row of headings; those above
    /// it are ignored.
    ///
    /// # Errors
    /// A message that says that there is no such row.
    pub fn new(rows: &[Vec<String>], files: &[ScannedFile], names: &LanguageNames) -> Result<Self, String> {
        let is_heading =
            |row: &Vec<String>| row.iter().any(|cell| ListColumn::from_heading(cell) == Some(ListColumn::File));
        let heading_row = rows.iter().position(is_heading).ok_or_else(|| {
            "no column has the heading “file”; add a row of headings, such as file, title, language, symbol, section, date"
                .to_owned()
        })?;
        let mut list = Self::default();
        let columns = list.read_headings(&rows[heading_row]);
        for (index, cells) in rows.iter().enumerate().skip(heading_row + 1) {
            let row = RowCells { number: index + 1, cells, columns: &columns };
            if let Some(file) = row.value(ListColumn::File) {
                list.add_row(&row, file, files, names);
            } else if cells.iter().any(|cell| !cell.trim().is_empty()) {
                list.note(
                    "no-file",
                    Some(row.number),
                    "no file is given; write its path or name in the column “file”".to_owned(),
                );
            }
        }
        for ScannedFile { path, .. } in files {
            if !list.rows.contains_key(path) {
                list.note("file-without-row", None, format!("`{path}` has no row in the list; add a row for it"));
            }
        }
        Ok(list)
    }

    /// The position of each column.
    fn read_headings(&mut self, headings: &[String]) -> BTreeMap<ListColumn, usize> {
        let mut columns = BTreeMap::new();
        for (position, heading) in headings.iter().enumerate().filter(|(_, heading)| !heading.trim().is_empty()) {
            match ListColumn::from_heading(heading) {
                Some(column) => {
                    columns.entry(column).or_insert(position);
                }
                None => self.note(
                    "unknown-column",
                    None,
                    format!(
                        "the column “{heading}” is not recognised and was ignored; the recognised columns are file, report, title, \
                         language, symbol, section, date, authors, subjects, summary, kind, publisher, place, series, isbn, \
                         issn, doi, pages, licence"
                    ),
                ),
            }
        }
        columns
    }

    fn add_row(&mut self, row: &RowCells<'_>, file: &str, files: &[ScannedFile], names: &LanguageNames) {
        let path = match find_file(file, files) {
            Ok(path) => path,
            Err(NotFound::Missing) => {
                return self.note(
                    "unknown-file",
                    Some(row.number),
                    format!("there is no file `{file}` in the folder; correct its path or name"),
                );
            }
            Err(NotFound::Ambiguous) => {
                let message = format!("several files match `{file}`; give the path of the one that is meant");
                return self.note("ambiguous-file", Some(row.number), message);
            }
        };
        let text = |column| row.value(column).map(str::to_owned);
        let split_values = |column| {
            let parts = row.value(column).unwrap_or_default().split([';', '|']).map(str::trim);
            parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let contents = ListRow {
            language: self.read_language(row, names),
            report: text(ListColumn::Report),
            title: text(ListColumn::Title),
            symbol: text(ListColumn::Symbol),
            section: text(ListColumn::Section),
            date: self.read_date(row),
            authors: split_values(ListColumn::Authors),
            subjects: split_values(ListColumn::Subjects),
            summary: text(ListColumn::Summary),
            record: ListRecord {
                kind: self.read_kind(row),
                publisher: text(ListColumn::Publisher),
                place: text(ListColumn::Place),
                series: text(ListColumn::Series),
                licence: text(ListColumn::Licence),
            },
            numbers: ListNumbers {
                isbn: split_values(ListColumn::Isbn),
                issn: split_values(ListColumn::Issn),
                doi: text(ListColumn::Doi),
                pages: text(ListColumn::Pages),
            },
        };
        if self.rows.insert(path.to_owned(), contents).is_some() {
            let message =
                format!("`{file}` already has a row above, which this one replaces; delete one of the two rows");
            self.note("repeated-file", Some(row.number), message);
        }
    }

    fn read_language(&mut self, row: &RowCells<'_>, names: &LanguageNames) -> Option<Language> {
        let text = row.value(ListColumn::Language)?;
        let language = names.by_code(text).or_else(|| names.by_name(text)).or_else(|| Language::parse(text).ok());
        if language.is_none() {
            let suggestion = Language::suggest(text).map(|code| format!("; did you mean `{code}`?"));
            let message = format!("`{text}` is not a language{}", suggestion.unwrap_or_default());
            self.note("unknown-language", Some(row.number), message);
        }
        language
    }

    fn read_kind(&mut self, row: &RowCells<'_>) -> Option<PublicationKind> {
        let text = row.value(ListColumn::Kind)?;
        let kind = PublicationKind::parse(text);
        if kind.is_none() {
            let kinds: Vec<&str> = PublicationKind::ALL.into_iter().map(PublicationKind::name).collect();
            let message = format!("`{text}` is not a kind of publication; choose one of these: {}", kinds.join(", "));
            self.note("unknown-kind", Some(row.number), message);
        }
        kind
    }

    fn read_date(&mut self, row: &RowCells<'_>) -> Option<PartialDate> {
        let text = row.value(ListColumn::Date)?;
        let date = metadata::plausible_date(text).or_else(|| PartialDate::parse_informal(text));
        if date.is_none() {
            let message =
                format!("`{text}` is not a date, or could be two different days; write 2008, 2008-06 or 2008-06-30");
            self.note("bad-date", Some(row.number), message);
        }
        date
    }

    fn note(&mut self, code: &'static str, row: Option<usize>, message: String) {
        self.notes.push(ListNote { code, row, message });
    }
}

/// The cells of a row below the headings.
struct RowCells<'r> {
    /// As spreadsheet programs number it, from 1.
    number: usize,
    cells: &'r [String],
    columns: &'r BTreeMap<ListColumn, usize>,
}

impl<'r> RowCells<'r> {
    /// The text in a column; `None` if it is empty.
    fn value(&self, column: ListColumn) -> Option<&'r str> {
        let cell = self.cells.get(*self.columns.get(&column)?)?;
        Some(cell.trim()).filter(|text| !text.is_empty())
    }
}

enum NotFound {
    Missing,
    Ambiguous,
}

/// Finds the file of a row: by its path, by the longest end of its path that matches a file, if the path is from another
/// computer (`C:\CD\a.pdf`), or by its name, with or without the extension.
fn find_file<'f>(path_in_list: &str, files: &'f [ScannedFile]) -> Result<&'f str, NotFound> {
    let path = path_in_list.replace('\\', "/");
    let path = path.trim_start_matches("./");
    if let Some(file) = files.iter().find(|file| file.path == path) {
        return Ok(&file.path);
    }
    let lower = path.to_lowercase();
    let mut tail = Some(lower.as_str());
    while let Some(end) = tail {
        let ends_with = |path: &str| path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        let matches = |file: &&ScannedFile| {
            let path = file.path.to_lowercase();
            ends_with(&path) || path.rsplit_once('.').is_some_and(|(without_extension, _)| ends_with(without_extension))
        };
        let mut found = files.iter().filter(matches);
        match (found.next(), found.next()) {
            (Some(file), None) => return Ok(&file.path),
            (Some(_), Some(_)) => return Err(NotFound::Ambiguous),
            (None, _) => tail = end.split_once('/').map(|(_, rest)| rest),
        }
    }
    Err(NotFound::Missing)
}
