//! Reads the rows of a register, and matches them with the files that they name.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::cells::RegisterCells;
use super::dates::{self, CellDate, DateOrder};
use super::files::{NotFound, RegisterFiles, is_web_address, link_target};
use super::headings::{self, Column, Heading, Recognised};
use super::{
    ColumnTexts, RECOGNISED_HEADINGS, Register, RegisterNoteKind, RegisterNumbers, RegisterRecord, RegisterRow, kinds,
};
use crate::catalogue::PublicationKind;
use crate::language::{Language, LanguageNames, PartialDate};
use crate::names::portable_name;
use crate::scaffold::scan::{is_forbidden_in_manifest, stem_of};
use crate::scaffold::versions::split_version;

/// The maximum number of values that are read from a cell.
const MAX_VALUES: usize = 1000;

/// The words with which rows of totals begin, in lower case.
const TOTALS: [&str; 16] = [
    "total",
    "totals",
    "grand total",
    "subtotal",
    "sub-total",
    "sum",
    "totaux",
    "sous-total",
    "suma",
    "totales",
    "gesamt",
    "summe",
    "итого",
    "всего",
    "المجموع",
    "合计",
];

/// Words for kinds of publications, as portable names or in lower case. `None` marks words that say nothing about the kind of
/// publication, such as “document”.
const KINDS: &[(Option<PublicationKind>, &[&str])] = &[
    (
        Some(PublicationKind::Report),
        &[
            "technical_report",
            "annual_report",
            "rapport",
            "informe",
            "relatorio",
            "bericht",
            "доклад",
            "отчет",
            "отчёт",
            "تقرير",
            "报告",
        ],
    ),
    (Some(PublicationKind::Book), &["monograph", "livre", "libro", "livro", "buch", "книга", "كتاب", "书", "图书"]),
    (
        Some(PublicationKind::Article),
        &["journal_article", "articulo", "artigo", "artikel", "статья", "مقال", "مقالة", "文章", "期刊文章"],
    ),
    (
        Some(PublicationKind::Guidelines),
        &[
            "guideline",
            "guide",
            "manual",
            "handbook",
            "toolkit",
            "lignes_directrices",
            "directrices",
            "guia",
            "diretrizes",
            "leitfaden",
            "handbuch",
            "руководство",
            "指南",
        ],
    ),
    (
        Some(PublicationKind::Brief),
        &[
            "policy_brief",
            "briefing",
            "fact_sheet",
            "factsheet",
            "note_d_information",
            "nota_informativa",
            "fiche_d_information",
        ],
    ),
    (Some(PublicationKind::Resolution), &["resolucion", "resolucao", "резолюция", "قرار", "决议"]),
    (Some(PublicationKind::Map), &["maps", "carte", "mapa", "karte", "карта", "خريطة", "地图"]),
    (
        Some(PublicationKind::Dataset),
        &["data_set", "data", "jeu_de_donnees", "conjunto_de_datos", "datensatz", "数据集"],
    ),
    (Some(PublicationKind::Presentation), &["slides", "presentacion", "apresentacao", "prasentation", "презентация"]),
    (Some(PublicationKind::Video), &["movingimage", "moving_image", "film", "видео", "视频"]),
    (Some(PublicationKind::Audio), &["sound", "recording", "enregistrement_sonore", "аудио", "音频"]),
    (Some(PublicationKind::Other), &["autre", "otro", "outro", "andere", "sonstiges"]),
    (
        None,
        &[
            "text",
            "texte",
            "texto",
            "image",
            "stillimage",
            "still_image",
            "record",
            "document",
            "documento",
            "physicalobject",
            "physical_object",
            "collection",
            "item",
            "pdf",
        ],
    ),
];

/// The state of reading a register.
struct Reader<'l> {
    cells: &'l RegisterCells,
    columns: Vec<(usize, Heading)>,
    links: HashMap<(usize, usize), &'l str>,
    files: &'l RegisterFiles,
    names: &'l LanguageNames,
    /// The order of day and month in each column of dates that needs one.
    orders: BTreeMap<usize, DateOrder>,
    register: Register,
    unfound: Vec<UnfoundRow>,
    /// The parent rows by id. A parent row and the rows that name it are one report.
    parents: HashMap<String, usize>,
}

/// A row whose file was not found, with the note about it.
struct UnfoundRow {
    row: usize,
    section: Option<String>,
    kind: RegisterNoteKind,
    file: String,
    message: String,
}

/// A file that a row names, and its language if the heading of the column names one.
type RowFile<'f> = (&'f str, Option<Language>);

/// Reads the rows of a register, and matches them with `files`.
pub(super) fn read(mut cells: RegisterCells, files: &RegisterFiles, names: &LanguageNames) -> Result<Register, String> {
    let no_files = || {
        "no column has the heading “file”, and no cell has the name of a file in the folder; add a row of headings, such as file, title, language, symbol, section, date"
            .to_owned()
    };
    let links = cells.links();
    let (heading_row, _) = headings::find_row(&cells.rows, |row, position| links.contains_key(&(row, position)), names)
        .ok_or_else(no_files)?;
    drop(links);
    let headings = cells.rows.get(heading_row).cloned().unwrap_or_default();
    let mut register = Register::default();
    let sheet = &cells.sheet;
    if !cells.other_sheets.is_empty() {
        let others = cells.other_sheets.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ");
        let message = format!(
            "only the sheet “{sheet}” was read; to use {others}, put all rows into one sheet, or save that sheet as a file of its own"
        );
        register.note(RegisterNoteKind::OtherSheets, None, sheet, message);
    }
    let columns = assign_columns(&cells, heading_row, &headings, files, names, &mut register).ok_or_else(no_files)?;
    let is_file =
        |position: usize| columns.iter().any(|(own, heading)| *own == position && heading.column == Column::File);
    cells.fill_merged(heading_row + 1, is_file);
    let mut reader = Reader {
        cells: &cells,
        links: cells.links(),
        columns,
        files,
        names,
        orders: BTreeMap::new(),
        register,
        unfound: Vec::new(),
        parents: HashMap::new(),
    };
    reader.find_parents(heading_row);
    reader.find_date_orders(heading_row);
    reader.note_missing_values(heading_row);
    let mut reports = HashSet::new();
    reader.read_rows(heading_row, &headings, &mut reports);
    reader.use_newer_versions(&mut reports);
    let mut register = reader.register;
    for path in files.needing_rows() {
        if !register.rows.contains_key(path) && !register.older_versions.iter().any(|older| older == path) {
            let message = format!(
                "`{path}` has no row in the list; add a row for it, or list it under `exclude:` if it must not be on the disc"
            );
            register.note(RegisterNoteKind::FileWithoutRow, None, path, message);
        }
    }
    Ok(register)
}

/// Finds out what each column contains. `None` if no column contains files.
fn assign_columns(
    cells: &RegisterCells,
    heading_row: usize,
    headings: &[String],
    files: &RegisterFiles,
    names: &LanguageNames,
    register: &mut Register,
) -> Option<Vec<(usize, Heading)>> {
    let first = heading_row + 1;
    let links = cells.links();
    let count_files = |position: usize| {
        let named = (first..cells.rows.len()).filter(|row| {
            let text = cells.text(*row, position);
            let link = links.get(&(*row, position)).copied();
            !text.is_empty() && !files_of_cell(text, link, files).paths.is_empty()
        });
        named.count()
    };
    let has_links = |position: usize| {
        (first..cells.rows.len())
            .any(|row| links.get(&(row, position)).is_some_and(|target| files.find(target).is_ok()))
    };
    let is_empty = |position: usize| (first..cells.rows.len()).all(|row| cells.text(row, position).is_empty());
    let mut columns: Vec<(usize, Heading)> = Vec::new();
    let mut others: Vec<(usize, RegisterNoteKind)> = Vec::new();
    let mut languages: Vec<(usize, Language)> = Vec::new();
    for (position, heading) in headings.iter().enumerate().filter(|(_, heading)| !heading.trim().is_empty()) {
        match headings::recognise(heading, names) {
            Recognised::Column(heading) => columns.push((position, heading)),
            Recognised::Unused => others.push((position, RegisterNoteKind::UnusedColumn)),
            Recognised::LanguageName(language) => languages.push((position, language)),
            Recognised::Unknown => others.push((position, RegisterNoteKind::UnknownColumn)),
        }
    }
    // If a heading is only the name of a language, the column has the files or the titles in that language.
    let has_titles = columns.iter().any(|(_, heading)| heading.column == Column::Title);
    for (position, language) in languages {
        let column = match count_files(position) {
            0 if has_titles => None,
            0 => Some(Column::Title),
            _ => Some(Column::File),
        };
        match column {
            Some(column) => {
                let heading =
                    Heading { column, rank: 0, language: Some(language), written_in: "", splits_at_commas: false };
                columns.push((position, heading));
            }
            None => others.push((position, RegisterNoteKind::UnknownColumn)),
        }
    }
    // A heading that only contains the word for a column is ignored if another heading is exactly that word.
    let is_weaker = |(_, heading): &(usize, Heading)| {
        let is_stronger = |(_, other): &&(usize, Heading)| {
            other.column == heading.column
                && other.rank < headings::PARTIAL_MATCH_RANK
                && other.language == heading.language
        };
        heading.rank >= headings::PARTIAL_MATCH_RANK && columns.iter().find(is_stronger).is_some()
    };
    // In a register from DSpace, `id` and `collection` are identifiers in the repository, not reports and series.
    let is_dspace = headings.iter().any(|heading| heading.trim().to_lowercase().starts_with("dc."));
    let is_repository_id = |(position, _): &(usize, Heading)| {
        let name = headings.get(*position).map(|heading| heading.trim().to_lowercase());
        is_dspace && matches!(name.as_deref(), Some("id" | "collection"))
    };
    let not_used: Vec<(usize, RegisterNoteKind)> = columns
        .iter()
        .filter_map(|column| {
            let kind =
                if is_repository_id(column) { RegisterNoteKind::UnusedColumn } else { RegisterNoteKind::UnknownColumn };
            (is_weaker(column) || is_repository_id(column)).then_some((column.0, kind))
        })
        .collect();
    columns.retain(|(position, _)| !not_used.iter().any(|(other, _)| other == position));
    others.extend(not_used);
    if !columns.iter().any(|(_, heading)| heading.column == Column::File) {
        let width = cells.rows.iter().map(Vec::len).max().unwrap_or(0);
        let (count, position) = (0..width).rev().map(|position| (count_files(position), position)).max()?;
        if count == 0 {
            return None;
        }
        let written = headings.get(position).map(|heading| heading.trim()).unwrap_or_default();
        register.note(
            RegisterNoteKind::FileColumn,
            None,
            written,
            format!("no column has the heading “file”; the files were taken from the column “{written}”, which has names of files or links to them"),
        );
        others.retain(|(other, _)| *other != position);
        let heading =
            Heading { column: Column::File, rank: 0, language: None, written_in: "", splits_at_commas: false };
        columns.push((position, heading));
    }
    others.sort_by_key(|(position, _)| *position);
    for (position, kind) in others.into_iter().filter(|(position, _)| !is_empty(*position)) {
        let heading = headings.get(position).map(|heading| heading.trim()).unwrap_or_default();
        let message = if kind == RegisterNoteKind::UnknownColumn && has_links(position) {
            format!(
                "the column “{heading}” is not recognised, so only the links in its cells were used, in rows without another file; the recognised columns are {RECOGNISED_HEADINGS}"
            )
        } else if kind == RegisterNoteKind::UnknownColumn {
            format!(
                "the column “{heading}” is not recognised and was ignored; the recognised columns are {RECOGNISED_HEADINGS}"
            )
        } else {
            format!("the column “{heading}” was not used, because a manifest has no place for it")
        };
        register.note(kind, None, &format!("“{heading}”"), message);
    }
    columns.sort_by_key(|(position, heading)| (heading.rank, *position));
    give_languages_of_headings(&mut columns);
    note_repeated_columns(cells, first, headings, &columns, register);
    Some(columns)
}

/// Columns for texts whose headings are the same word in several languages, such as “Title” and “Titre”, have the texts in these languages.
fn give_languages_of_headings(columns: &mut [(usize, Heading)]) {
    for column in [Column::Title, Column::Summary, Column::Subjects] {
        let mut same: Vec<&mut Heading> = columns
            .iter_mut()
            .map(|(_, heading)| heading)
            .filter(|heading| heading.column == column && heading.rank == 0 && heading.language.is_none())
            .collect();
        let languages: BTreeSet<&str> = same.iter().map(|heading| heading.written_in).collect();
        if languages.len() < 2 || languages.len() != same.len() || languages.contains("") {
            continue;
        }
        for heading in &mut same {
            heading.language = Language::parse(heading.written_in).ok();
        }
    }
}

/// Notes the columns that have the same heading as one before them, and other values, which are not used.
fn note_repeated_columns(
    cells: &RegisterCells,
    first: usize,
    headings: &[String],
    columns: &[(usize, Heading)],
    register: &mut Register,
) {
    let has_one_value = |column: Column| match column {
        Column::File | Column::Parent | Column::Authors | Column::Subjects | Column::Isbn | Column::Issn => false,
        Column::Title
        | Column::Language
        | Column::Report
        | Column::Symbol
        | Column::Section
        | Column::Date
        | Column::Summary
        | Column::Kind
        | Column::Publisher
        | Column::Place
        | Column::Series
        | Column::Doi
        | Column::Pages
        | Column::Licence => true,
    };
    for (number, (position, heading)) in columns.iter().enumerate().filter(|(_, (_, own))| has_one_value(own.column)) {
        let Some((earlier, _)) = columns[..number].iter().find(|(_, other)| other == heading) else { continue };
        let differ = |row: &usize| {
            let (kept, other) = (cells.text(*row, *earlier), cells.text(*row, *position));
            !kept.is_empty() && !other.is_empty() && kept != other
        };
        let rows = (first..cells.rows.len()).filter(differ).count();
        if rows == 0 {
            continue;
        }
        let name = |position: usize| headings.get(position).map(|heading| heading.trim()).unwrap_or_default();
        let message = format!(
            "the columns {} (“{}”) and {} (“{}”) mean the same, and differ in {rows} {}, where the first was used; if the second has texts in another language, name it in its heading, such as “Title (French)”, otherwise delete one of them",
            column_letters(*earlier),
            name(*earlier),
            column_letters(*position),
            name(*position),
            if rows == 1 { "row" } else { "rows" },
        );
        register.note(RegisterNoteKind::RepeatedColumn, None, &format!("“{}”", name(*position)), message);
    }
}

/// The letters by which spreadsheet programs name the column at a position from 0.
fn column_letters(position: usize) -> String {
    let mut letters = String::new();
    let mut rest = position + 1;
    while rest > 0 {
        letters.insert(0, char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default()));
        rest = (rest - 1) / 26;
    }
    letters
}

impl<'l> Reader<'l> {
    /// The position, heading and text of each filled cell of a row in the columns of one kind, by rank.
    fn values(&self, row: usize, column: Column) -> impl Iterator<Item = (usize, &Heading, &'l str)> {
        let columns = self.columns.iter().filter(move |(_, heading)| heading.column == column);
        columns.filter_map(move |(position, heading)| {
            let text = self.cells.text(row, *position);
            (!text.is_empty()).then_some((*position, heading, text))
        })
    }

    /// The first text of a row in the columns of one kind, as it is in the cell.
    fn first(&self, row: usize, column: Column) -> Option<&'l str> {
        self.values(row, column).map(|(_, _, text)| text).next()
    }

    /// The first text of a row in the columns of one kind, on one line and without characters that a manifest cannot contain.
    fn text(&self, row: usize, column: Column) -> Option<String> {
        self.first(row, column).map(tidy).filter(|text| !text.is_empty())
    }

    /// Finds the rows that other rows name as their parent. A parent and its children are one report.
    fn find_parents(&mut self, heading_row: usize) {
        let rows = heading_row + 1..self.cells.rows.len();
        let named: HashSet<String> = rows.clone().filter_map(|row| self.text(row, Column::Parent)).collect();
        let parent = |row: usize| Some((self.text(row, Column::Report).filter(|id| named.contains(id))?, row));
        self.parents = rows.filter_map(parent).collect();
    }

    /// The row that gives the value of a column: the parent row if it has a value, otherwise the row itself.
    fn row_with(&self, row: usize, column: Column) -> usize {
        let parent = self.text(row, Column::Parent).and_then(|id| self.parents.get(&id).copied());
        parent.filter(|parent| self.first(*parent, column).is_some()).unwrap_or(row)
    }

    /// Finds out whether the day or the month comes first in dates such as 5/11/2007, for each column of dates: from other dates of
    /// the column, or if they do not tell, from the language of the headings.
    fn find_date_orders(&mut self, heading_row: usize) {
        let positions: Vec<usize> = self
            .columns
            .iter()
            .filter(|(_, heading)| heading.column == Column::Date)
            .map(|(position, _)| *position)
            .collect();
        for position in positions {
            let dates = || {
                let rows = heading_row + 1..self.cells.rows.len();
                rows.map(|row| (row, self.cells.text(row, position)))
            };
            let is_ambiguous = |(_, text): &(usize, &str)| matches!(dates::read(text), CellDate::Ambiguous { .. });
            let Some((row, text)) = dates().find(is_ambiguous) else { continue };
            let shown_in = |order| dates().find(|(_, text)| dates::order_shown_by(text) == Some(order));
            let (order, why) = match (shown_in(DateOrder::DayFirst), shown_in(DateOrder::MonthFirst)) {
                (Some((other, date)), None) => {
                    (DateOrder::DayFirst, format!("`{date}` in row {} can only be read that way", other + 1))
                }
                (None, Some((other, date))) => {
                    (DateOrder::MonthFirst, format!("`{date}` in row {} can only be read that way", other + 1))
                }
                // The column has dates in both orders.
                (Some(_), Some(_)) => continue,
                (None, None) => match self.language_with_day_first() {
                    Some(language) => (DateOrder::DayFirst, format!("the headings are in {language}")),
                    None => continue,
                },
            };
            self.orders.insert(position, order);
            let which = if order == DateOrder::DayFirst { "day" } else { "month" };
            let message =
                format!("dates such as `{text}` in row {} are read with the {which} first, because {why}", row + 1);
            self.register.note(RegisterNoteKind::DateOrder, None, text, message);
        }
    }

    /// The tag of the language that most headings are in.
    fn language_of_headings(&self) -> Option<&'static str> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for (_, heading) in self.columns.iter().filter(|(_, heading)| !heading.written_in.is_empty()) {
            *counts.entry(heading.written_in).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(tag, _)| tag)
    }

    /// The name of the language that most headings are in, if it always writes the day first. English uses both orders.
    fn language_with_day_first(&self) -> Option<&'static str> {
        let tag = self.language_of_headings()?;
        let names = [
            ("fr", "French"),
            ("es", "Spanish"),
            ("pt", "Portuguese"),
            ("de", "German"),
            ("ru", "Russian"),
            ("ar", "Arabic"),
        ];
        names.into_iter().find(|(own, _)| *own == tag).map(|(_, name)| name)
    }

    fn read_rows(&mut self, heading_row: usize, headings: &[String], reports: &mut HashSet<String>) {
        let has_sections = self.columns.iter().any(|(_, heading)| heading.column == Column::Section);
        let file_column = self.columns.iter().find(|(_, heading)| heading.column == Column::File);
        let file_heading = file_column.and_then(|(position, _)| headings.get(*position));
        let file_heading = file_heading.map_or_else(|| "file".to_owned(), |heading| tidy(heading));
        let mut section = None;
        for row in heading_row + 1..self.cells.rows.len() {
            let cells = self.cells.rows.get(row).map(Vec::as_slice).unwrap_or_default();
            let mut filled = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
            let Some(first) = filled.next() else { continue };
            let is_only = filled.next().is_none();
            // Long registers repeat their headings.
            let is_heading = cells.iter().zip(headings).all(|(cell, heading)| cell.trim() == heading.trim());
            if is_heading && cells.len() >= headings.len() {
                continue;
            }
            let files = self.row_files(row);
            match files {
                Ok(files) if !files.is_empty() => self.add_row(row, &files, section.as_deref(), reports),
                _ if is_totals(first) => {}
                // A row with a single text is the heading of the rows below it.
                Ok(_) | Err((RegisterNoteKind::UnknownFile, ..))
                    if is_only && !has_sections && !has_extension(first) =>
                {
                    section = Some(tidy(first)).filter(|text| !text.is_empty());
                }
                Ok(_) if is_only && self.first(row, Column::Section).is_some() => {}
                Ok(_) if self.parents.values().any(|parent| *parent == row) => {}
                Ok(_) => self.register.note(
                    RegisterNoteKind::NoFile,
                    Some(row + 1),
                    "",
                    format!("no file is given; write a path or name in the column “{file_heading}”"),
                ),
                Err((kind, file, message)) => {
                    self.unfound.push(UnfoundRow { row, section: section.clone(), kind, file, message });
                }
            }
        }
    }

    /// Uses a row that names an old version of a file for the new version, if the old version does not exist, or if the manifest
    /// does not list it.
    fn use_newer_versions(&mut self, reports: &mut HashSet<String>) {
        let files = self.files;
        let mut unfound = std::mem::take(&mut self.unfound);
        // If rows name several old versions, the row of the newest is used.
        let version = |file: &str| split_version(stem_of(file)).version;
        unfound.sort_by_cached_key(|unfound| std::cmp::Reverse(version(&unfound.file)));
        let mut unused: Vec<UnfoundRow> = Vec::new();
        for unfound in unfound {
            let rows = &self.register.rows;
            let newer = match unfound.kind {
                RegisterNoteKind::AmbiguousFile => None,
                _ => files.newer_version(&unfound.file, false, |path| rows.contains_key(path)),
            };
            let Some(newer) = newer else {
                unused.push(unfound);
                continue;
            };
            let UnfoundRow { row, section, file, .. } = unfound;
            self.add_row(row, &[(newer, None)], section.as_deref(), reports);
            let message = format!(
                "there is no file `{file}`, so the row was used for `{newer}`, which seems to be its new version; if it is, write `{newer}` in the list"
            );
            self.note_older_version(Some(row + 1), newer, file, message);
        }
        unused.sort_by_key(|unfound| unfound.row);
        for UnfoundRow { row, kind, file, message, .. } in unused {
            self.register.note(kind, Some(row + 1), &file, message);
        }
        let mut named: Vec<String> = self.register.rows.keys().cloned().collect();
        named.sort_by_cached_key(|path| (std::cmp::Reverse(version(path)), path.clone()));
        for old in named {
            let rows = &self.register.rows;
            let is_replaceable = version(&old).is_some() && !files.is_in_manifest(&old);
            let newer = files.newer_version(&old, true, |path| rows.contains_key(path)).filter(|_| is_replaceable);
            let Some(newer) = newer else { continue };
            let Some(row) = self.register.rows.remove(&old) else { continue };
            self.register.rows.insert(newer.to_owned(), row);
            self.register.older_versions.push(old.clone());
            let message = format!(
                "the row of `{old}` was used for `{newer}`, which seems to be its new version; if it is, write `{newer}` in the list; to keep `{old}` instead, list `{newer}` under `exclude:` in the manifest"
            );
            self.note_older_version(None, newer, old, message);
        }
    }

    fn note_older_version(&mut self, row: Option<usize>, newer: &str, older: String, message: String) {
        self.register.note(RegisterNoteKind::OlderVersion, row, &older, message);
        if let Some(row) = self.register.rows.get_mut(newer) {
            row.named_version = Some(older);
        }
    }

    /// Finds the files that a row names. If it names only files that are not found, the error has the kind, the subject and the
    /// message of a note.
    fn row_files(&mut self, row: usize) -> Result<Vec<RowFile<'l>>, (RegisterNoteKind, String, String)> {
        let files = self.files;
        let mut row_files: Vec<RowFile<'l>> = Vec::new();
        let mut missing: Option<(String, NotFound)> = None;
        let columns: Vec<(usize, Option<Language>)> =
            self.values(row, Column::File).map(|(position, heading, _)| (position, heading.language.clone())).collect();
        for (position, language) in columns {
            // A column whose heading has no language is used only if no earlier column named a file.
            if language.is_none() && !row_files.is_empty() {
                continue;
            }
            let link = self.links.get(&(row, position)).copied();
            let CellFiles { paths, missing: not_found, other_link } =
                files_of_cell(self.cells.text(row, position), link, files);
            if let Some(other) = other_link {
                let named = paths.join(", ");
                let message = format!(
                    "the cell names `{named}`, but its link leads to `{other}`; `{named}` was used: correct the link or the name"
                );
                self.register.note(RegisterNoteKind::OtherLink, Some(row + 1), &named, message);
            }
            if paths.is_empty() {
                missing = missing.or(not_found);
            } else if let Some((file, NotFound::Missing)) = not_found {
                // The cell names several files, and only some were found.
                let message = format!("there is no file `{file}` in the folder; correct its path or name");
                self.register.note(RegisterNoteKind::UnknownFile, Some(row + 1), &file, message);
            }
            for path in paths {
                if !row_files.iter().any(|(other, _)| *other == path) {
                    row_files.push((path, language.clone()));
                }
            }
        }
        if row_files.is_empty() {
            let width = self.cells.rows.get(row).map_or(0, Vec::len);
            let linked = || (0..width).filter_map(|position| self.links.get(&(row, position)));
            if let Some(paths) = linked().filter_map(|target| files.find(target).ok()).next() {
                row_files.extend(paths.into_iter().map(|path| (path, None)));
            } else if missing.is_none() {
                let mut to_files = linked().filter(|target| !target.contains(':') && has_extension(target));
                missing = to_files.next().map(|target| ((*target).to_owned(), NotFound::Missing));
            }
        }
        match missing {
            Some((file, why)) if row_files.is_empty() => Err(match why {
                NotFound::Missing => {
                    let message = format!("there is no file `{file}` in the folder; correct its path or name");
                    (RegisterNoteKind::UnknownFile, file, message)
                }
                NotFound::Ambiguous => {
                    let message = format!("several files match `{file}`; write the path of the right file");
                    (RegisterNoteKind::AmbiguousFile, file, message)
                }
                NotFound::LeftOut(why) => {
                    let message = format!("`{file}` {why}");
                    (RegisterNoteKind::LeftOutFile, file, message)
                }
            }),
            _ => Ok(row_files),
        }
    }

    /// Adds a row for the files that it names. `reports` are the ids of reports that are used so far.
    fn add_row(&mut self, row: usize, files: &[RowFile<'l>], section: Option<&str>, reports: &mut HashSet<String>) {
        let language_row =
            if self.first(row, Column::Language).is_some() { row } else { self.row_with(row, Column::Language) };
        let languages = self.read_languages(language_row, files.len());
        let numbers = RegisterNumbers {
            isbn: self.first(row, Column::Isbn).map(|text| split_values(text, false)).unwrap_or_default(),
            issn: self.first(row, Column::Issn).map(|text| split_values(text, false)).unwrap_or_default(),
            doi: self.text(row, Column::Doi),
            pages: self.values(row, Column::Pages).find_map(|(_, heading, text)| read_pages(text, heading.rank)),
        };
        let titles = self.texts(self.row_with(row, Column::Title), Column::Title);
        let contents = RegisterRow {
            position: row,
            named_version: None,
            language: None,
            register_language: self
                .language_of_headings()
                .filter(|tag| *tag != "en")
                .and_then(|tag| Language::parse(tag).ok()),
            report: self.text(row, Column::Parent).or_else(|| self.text(row, Column::Report)).or_else(|| {
                // The files in one row are one report. Its id is made from the title, unless that id is used.
                let text = titles.first().map(|(_, title)| portable_name(title)).filter(|name| !name.is_empty());
                let is_usable = files.len() > 1 && text.as_ref().is_none_or(|text| !reports.contains(text));
                text.filter(|_| is_usable)
            }),
            symbol: self.text(self.row_with(row, Column::Symbol), Column::Symbol),
            section: self
                .text(self.row_with(row, Column::Section), Column::Section)
                .or_else(|| section.map(str::to_owned)),
            date: None,
            rules_out_file_date: false,
            authors: self
                .best_values(self.row_with(row, Column::Authors), Column::Authors)
                .into_iter()
                .map(|(_, name)| name)
                .collect(),
            subjects: self.subjects(self.row_with(row, Column::Subjects)),
            summaries: self.texts(self.row_with(row, Column::Summary), Column::Summary),
            record: RegisterRecord {
                kind: self.read_kind(self.row_with(row, Column::Kind)),
                publisher: self.text(self.row_with(row, Column::Publisher), Column::Publisher),
                place: self.text(self.row_with(row, Column::Place), Column::Place),
                series: self.text(self.row_with(row, Column::Series), Column::Series),
                licence: self.text(self.row_with(row, Column::Licence), Column::Licence),
            },
            numbers,
            titles,
        };
        reports.extend(contents.report.clone());
        let (date, rules_out_file_date) = self.read_date(self.row_with(row, Column::Date));
        for (index, (path, language)) in files.iter().enumerate() {
            let language = language.clone().or_else(|| languages.get(index).or(languages.first()).cloned().flatten());
            let contents = RegisterRow { language, date, rules_out_file_date, ..contents.clone() };
            if self.register.rows.insert((*path).to_owned(), contents).is_some() {
                let message =
                    format!("`{path}` also has a row above, which this row replaces; delete one of the two rows");
                self.register.note(RegisterNoteKind::RepeatedFile, Some(row + 1), path, message);
            }
        }
    }

    /// The texts of a row, one for each language: the first filled cell of the columns for that language.
    fn texts(&self, row: usize, column: Column) -> ColumnTexts<String> {
        let mut texts: ColumnTexts<String> = Vec::new();
        for (_, heading, text) in self.values(row, column) {
            let text = tidy(text);
            if !text.is_empty() && !texts.iter().any(|(language, _)| *language == heading.language) {
                texts.push((heading.language.clone(), text));
            }
        }
        texts
    }

    /// The values of a row, each with the language of its heading. Ranks are taken in pairs (0 and 1, 2 and 3, …), and only the
    /// columns of the best pair with a value are used: contributors (3), and headings of which only one word was recognised (6
    /// and more), count only if no better column has a value.
    fn best_values(&self, row: usize, column: Column) -> Vec<(Option<Language>, String)> {
        let mut values: Vec<(Option<Language>, String)> = Vec::new();
        let mut ranks: BTreeMap<Option<&str>, u8> = BTreeMap::new();
        for (_, heading, text) in self.values(row, column) {
            let tag = heading.language.as_ref().map(Language::as_str);
            let pair = heading.rank / 2;
            if *ranks.entry(tag).or_insert(pair) != pair {
                continue;
            }
            for value in split_values(text, heading.splits_at_commas) {
                let value = (heading.language.clone(), value);
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        values
    }

    fn subjects(&self, row: usize) -> ColumnTexts<Vec<String>> {
        let mut subjects: ColumnTexts<Vec<String>> = Vec::new();
        for (language, subject) in self.best_values(row, Column::Subjects) {
            match subjects.iter_mut().find(|(own, _)| *own == language) {
                Some((_, own)) => own.push(subject),
                None => subjects.push((language, vec![subject])),
            }
        }
        subjects
    }

    /// The languages in a row: one for each of its files, or one for all of them. Empty if it gives none.
    fn read_languages(&mut self, row: usize, files: usize) -> Vec<Option<Language>> {
        let Some(text) = self.first(row, Column::Language) else { return Vec::new() };
        let parts = split_values(text, false);
        if parts.len() > 1 && parts.len() != files {
            // The row describes a document in several languages. Its files are assigned to them by their names and texts.
            return Vec::new();
        }
        let mut languages = Vec::new();
        for text in parts {
            let spelled = text.split(" (").next().unwrap_or_default();
            let language = self
                .names
                .by_code(&text)
                .or_else(|| self.names.by_name(&text))
                .or_else(|| Language::parse(&text).ok())
                .or_else(|| Language::parse_of_document(&text).ok())
                .or_else(|| self.names.by_name(spelled))
                .or_else(|| self.names.by_abbreviation(&text));
            if language.is_none() {
                let remedy = match Language::suggest(&text) {
                    Some(code) => format!("did you mean `{code}`?"),
                    None => "write a code such as `fr`, or a name such as French".to_owned(),
                };
                let message = format!("`{text}` is not a language; {remedy}");
                self.register.note(RegisterNoteKind::UnknownLanguage, Some(row + 1), &text, message);
            }
            // Programs write `en_US` for every English text: the region says nothing.
            let is_locale = text.contains('_');
            languages.push(language.map(|language| {
                let shorter = language.without_default_region().filter(|_| is_locale);
                shorter.unwrap_or(language)
            }));
        }
        languages
    }

    fn read_kind(&mut self, row: usize) -> Option<PublicationKind> {
        let values: Vec<(String, u8)> = self
            .values(row, Column::Kind)
            .flat_map(|(_, heading, text)| split_values(text, false).into_iter().map(|value| (value, heading.rank)))
            .collect();
        let mut unknown = None;
        for (value, rank) in values {
            if let Some(kind) = PublicationKind::parse(&value) {
                return Some(kind);
            }
            let (name, lower) = (portable_name(&value), value.to_lowercase());
            let known =
                KINDS.iter().find(|(_, names)| names.contains(&name.as_str()) || names.contains(&lower.as_str()));
            match known {
                Some((Some(kind), _)) => return Some(*kind),
                Some((None, _)) => {}
                None if rank == 0 => unknown = unknown.or(Some(value)),
                None => {}
            }
        }
        if let Some(value) = unknown {
            let message = format!("`{value}` is not a kind of publication; choose one of these: {}", kinds());
            self.register.note(RegisterNoteKind::UnknownKind, Some(row + 1), &value, message);
        }
        None
    }

    /// Adds a note for each cell of a column that is read, below the headings, whose value is missing.
    fn note_missing_values(&mut self, heading_row: usize) {
        for (row, position) in self.cells.without_value.clone() {
            let is_read = self.columns.iter().any(|(own, _)| *own == position);
            // A formula such as HYPERLINK needs no value.
            if row <= heading_row || !is_read || self.links.contains_key(&(row, position)) {
                continue;
            }
            let heading = self.cells.text(heading_row, position);
            let message = format!(
                "the cell in the column “{heading}” has an error, or a formula whose value was not saved, and was treated as empty; correct it, and save the list in a spreadsheet program"
            );
            self.register.note(RegisterNoteKind::NoValue, Some(row + 1), &format!("“{heading}”"), message);
        }
    }

    /// The date of a row, and whether the row has a date that cannot be read, or says that there is none.
    fn read_date(&mut self, row: usize) -> (Option<PartialDate>, bool) {
        let values: Vec<(usize, &str)> =
            self.values(row, Column::Date).map(|(position, _, text)| (position, text)).collect();
        // “n.d.” is not a mistake, but it rules out the date of the file.
        if values.iter().all(|(_, text)| dates::means_undated(text)) {
            return (None, !values.is_empty());
        }
        for (position, text) in &values {
            let order = self.orders.get(position).copied();
            // Some registers give several dates. The first is the date of publication.
            let first = text.split("||").next().unwrap_or_default();
            if let Some(date) = dates::read_in_order(first, order) {
                return (Some(date), false);
            }
        }
        if let Some((_, text)) = values.first() {
            let message = if dates::is_day_number(text) {
                format!(
                    "`{text}` is how spreadsheet programs store a day; give the cells a date format, or write dates such as 2008-06-30"
                )
            } else if let Some(padded) = PartialDate::parse_short_year(text) {
                format!("`{text}` is not a date; write the year with four digits, as text: `{padded}`")
            } else {
                format!(
                    "`{text}` cannot be read as a date, or could be two different days; write 2008, 2008-06 or 2008-06-30"
                )
            };
            self.register.note(RegisterNoteKind::BadDate, Some(row + 1), text, message);
        }
        (None, !values.is_empty())
    }
}

/// The files that a cell names.
struct CellFiles<'f> {
    paths: Vec<&'f str>,
    /// The first file that was not found.
    missing: Option<(String, NotFound)>,
    /// The file that the link leads to, if the text names a different file.
    other_link: Option<&'f str>,
}

/// Finds the files of a cell. Its link takes precedence, because a text such as “PDF” or “FR” may by chance be the name of a file or
/// folder. The text takes precedence only if it is the name of a file with its extension.
fn files_of_cell<'f>(text: &str, link: Option<&str>, files: &'f RegisterFiles) -> CellFiles<'f> {
    let (named, not_named) = split_files(text, files);
    let by_text = |named: Vec<&'f str>, missing| CellFiles { paths: named, missing, other_link: None };
    let Some(target) = link else { return by_text(named, not_named) };
    let is_name = !named.is_empty() && has_extension(text);
    match files.find(target) {
        // The text may name several files, or all formats of a document.
        Ok(linked) if linked.iter().all(|path| named.contains(path)) => by_text(named, not_named),
        Ok(linked) if is_name => CellFiles { paths: named, missing: not_named, other_link: linked.first().copied() },
        Ok(linked) => by_text(linked, None),
        Err(_) if is_name || !named.is_empty() && is_web_address(target) => by_text(named, not_named),
        Err(why) => match not_named {
            // The message gives the name in the text, because that is what people see in the cell.
            Some((name, _)) if has_extension(text) => by_text(Vec::new(), Some((name, why))),
            _ => by_text(Vec::new(), Some((link_target(target), why))),
        },
    }
}

/// The files that a text names: one, or several with separators. Also returns the first that was not found.
fn split_files<'f>(text: &str, files: &'f RegisterFiles) -> (Vec<&'f str>, Option<(String, NotFound)>) {
    let why = match files.find(text) {
        Ok(paths) => return (paths, None),
        Err(why) => why,
    };
    for separator in ["||", "\n", ";", "|", ","] {
        if !text.contains(separator) {
            continue;
        }
        let parts: Vec<&str> = text.split(separator).map(str::trim).filter(|part| !part.is_empty()).collect();
        let mut paths = Vec::new();
        let mut missing = None;
        for part in parts {
            match files.find(part) {
                Ok(found) => paths.extend(found),
                Err(why) => missing = missing.or(Some((part.to_owned(), why))),
            }
        }
        // Names may contain commas.
        if !paths.is_empty() && (separator != "," || missing.is_none()) {
            return (paths, missing);
        }
    }
    (Vec::new(), Some((tidy(text), why)))
}

/// The values in a cell, without the authority keys that DSpace adds: `Byron, Ada::0000-1::600`.
fn split_values(text: &str, splits_at_commas: bool) -> Vec<String> {
    let has_others = text.contains([';', '|', '\n']);
    let parts = text.split(|c: char| {
        matches!(c, ';' | '；' | '|' | '\n') || splits_at_commas && !has_others && matches!(c, ',' | '，' | '、' | '،')
    });
    let values = parts.map(|part| tidy(part.split("::").next().unwrap_or_default()));
    values.filter(|value| !value.is_empty()).take(MAX_VALUES).collect()
}

/// A text on one line, without characters that a manifest cannot contain.
fn tidy(text: &str) -> String {
    let spaced = text.split_whitespace().collect::<Vec<_>>().join(" ");
    spaced.chars().filter(|c| !is_forbidden_in_manifest(*c)).collect()
}

/// The number of pages in a cell. The text is taken as it is written if `rank` is 0; other headings can also mean something else,
/// so their text must be a number.
fn read_pages(text: &str, rank: u8) -> Option<String> {
    let text = tidy(text);
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let unit = portable_name(unit);
    let is_pages =
        ["p", "pp", "pg", "page", "pages", "paginas", "pag", "s", "seiten", "leaves"].contains(&unit.as_str());
    if !number.is_empty() && is_pages {
        return Some(number.to_owned());
    }
    let is_certain = rank == 0 || unit.is_empty() && (1..=4).contains(&number.len());
    is_certain.then_some(text).filter(|text| !text.is_empty())
}

/// Whether a text ends like the name of a file.
fn has_extension(text: &str) -> bool {
    let is_extension = |end: &str| (2..=5).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.rsplit_once('.').is_some_and(|(_, end)| is_extension(end))
}

/// Whether a row that begins with this text has totals.
fn is_totals(text: &str) -> bool {
    let lower = text.trim_end_matches([':', ' ', '：']).to_lowercase();
    let is_word = |word: &&str| {
        let rest = lower.strip_prefix(*word);
        rest.is_some_and(|rest| rest.chars().all(|c| !c.is_alphabetic()))
    };
    TOTALS.iter().any(is_word) || lower.starts_with("total ") || lower.starts_with("合计")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_split_into_values() {
        assert_eq!(split_values("Byron, Ada::0000-1::600||Li, Bo", false), ["Byron, Ada", "Li, Bo"]);
        assert_eq!(split_values("women, peace", true), ["women", "peace"]);
        assert_eq!(split_values("women, peace; water", true), ["women, peace", "water"]);
        assert_eq!(split_values(" ; ", false), [""; 0]);
    }

    #[test]
    fn pages_are_numbers_if_the_heading_can_mean_something_else() {
        for (text, rank, pages) in [
            ("24", 1, Some("24")),
            ("24 p.", 1, Some("24")),
            ("12-24", 0, Some("12-24")),
            ("73.97 years", 1, None),
            ("4447100", 1, None),
            ("2 sound files", 1, None),
        ] {
            assert_eq!(read_pages(text, rank).as_deref(), pages, "{text}");
        }
    }

    #[test]
    fn rows_of_totals_are_recognised() {
        for text in ["Total", "TOTAL:", "Total 12", "Итого", "合计：", "Total documents"] {
            assert!(is_totals(text), "{text}");
        }
        for text in ["Totality", "Summary of talks", "a.pdf"] {
            assert!(!is_totals(text), "{text}");
        }
    }
}
