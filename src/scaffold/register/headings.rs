//! Recognises the headings of the register: in several languages, and as programs for digital collections write them.

use std::collections::BTreeSet;

use crate::language::{Language, LanguageNames};
use crate::names::portable_name;

/// What a column contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    File,
    Title,
    Language,
    Report,
    /// The id of the report that the row is a part of.
    Parent,
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

impl Column {
    /// Whether a register may have a column of this kind for each language.
    fn can_have_language(self) -> bool {
        matches!(self, Self::Title | Self::Summary | Self::Subjects | Self::File)
    }
}

/// A heading that is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) column: Column,
    /// Where several headings mean the same column, the lowest rank takes precedence.
    pub(super) rank: u8,
    /// The language of the texts in the column, if the heading names one.
    pub(super) language: Option<Language>,
    /// The language of the heading itself; empty if several languages have the word.
    pub(super) written_in: &'static str,
    /// Whether commas also separate values.
    pub(super) splits_at_commas: bool,
}

/// What was recognised in a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recognised {
    Column(Heading),
    /// The heading is known, but a manifest has no place for its values.
    Unused,
    /// The heading is only the name of a language.
    LanguageName(Language),
    Unknown,
}

/// How many rows at the top of a table are examined for headings.
pub(super) const MAX_HEADING_SEARCH_ROWS: usize = 100;

/// This is added to the rank of a heading that was recognised by only one of its words.
pub(super) const PARTIAL_MATCH_RANK: u8 = 6;

/// The rank of headings for files that are also the texts of links in the rows below: “PDF”, “Link”.
const LINK_TEXT_RANK: u8 = 2;

/// The headings of each column, by rank and by language; `""` if several languages have the word. Headings with Latin letters are
/// written as portable names, the others in lower case.
const HEADINGS: &[(Column, u8, &str, &[&str])] = &[
    (
        Column::File,
        0,
        "en",
        &[
            "file",
            "files",
            "filename",
            "filenames",
            "file_name",
            "file_names",
            "path",
            "file_path",
            "filepath",
            "full_path",
            "relative_path",
        ],
    ),
    (
        Column::File,
        1,
        "en",
        &[
            "original_filename",
            "original_file_name",
            "pdf_file",
            "electronic_file",
            "digital_file",
            "attachment",
            "attachments",
            "dspace_files",
            "bitstream",
            "bitstreams",
            "object_location",
            "file_location",
            "fileurl",
            "file_url",
            "file_link",
        ],
    ),
    (Column::File, LINK_TEXT_RANK, "", &["url", "link", "hyperlink", "pdf"]),
    (
        Column::File,
        0,
        "fr",
        &[
            "fichier",
            "fichiers",
            "nom_de_fichier",
            "nom_du_fichier",
            "noms_de_fichiers",
            "nom_fichier",
            "chemin",
            "chemin_d_acces",
            "piece_jointe",
        ],
    ),
    (Column::File, LINK_TEXT_RANK, "fr", &["lien"]),
    (
        Column::File,
        0,
        "es",
        &[
            "archivo",
            "archivos",
            "nombre_de_archivo",
            "nombre_del_archivo",
            "nombre_archivo",
            "fichero",
            "ficheros",
            "nombre_del_fichero",
            "ruta",
        ],
    ),
    (Column::File, LINK_TEXT_RANK, "es", &["enlace"]),
    (
        Column::File,
        0,
        "pt",
        &["arquivo", "arquivos", "ficheiro", "ficheiros", "nome_do_arquivo", "nome_do_ficheiro", "caminho"],
    ),
    (Column::File, 0, "de", &["datei", "dateien", "dateiname", "dateinamen", "dateipfad", "pfad"]),
    (Column::File, 0, "ar", &["ملف", "الملف", "الملفات", "اسم الملف", "مسار الملف", "المسار"]),
    (Column::File, 0, "ru", &["файл", "файлы", "имя файла", "название файла", "путь", "путь к файлу"]),
    (Column::File, 0, "zh", &["文件", "文件名", "文件名称", "文件路径", "路径", "电子文件名", "檔案", "檔名"]),
    (Column::Title, 0, "en", &["title", "titles", "document_title", "title_of_document", "title_proper", "main_title"]),
    (Column::Title, 0, "fr", &["titre", "titres", "titre_du_document", "titre_propre", "intitule"]),
    (Column::Title, 0, "es", &["titulo", "titulos", "titulo_del_documento"]),
    (Column::Title, 0, "pt", &["titulo_do_documento"]),
    (Column::Title, 0, "de", &["titel", "dokumenttitel", "haupttitel"]),
    (Column::Title, 0, "ar", &["العنوان", "عنوان", "عنوان الوثيقة"]),
    (Column::Title, 0, "ru", &["название", "заголовок", "заглавие", "наименование", "название документа"]),
    (Column::Title, 0, "zh", &["标题", "题名", "文件标题", "文件题名", "名称", "標題", "題名"]),
    (
        Column::Language,
        0,
        "en",
        &["language", "languages", "lang", "document_language", "language_of_document", "language_code"],
    ),
    (Column::Language, 0, "fr", &["langue", "langues", "langue_du_document"]),
    (Column::Language, 0, "es", &["idioma", "idiomas", "lengua", "idioma_del_documento"]),
    (Column::Language, 0, "pt", &["lingua", "idioma_do_documento"]),
    (Column::Language, 0, "de", &["sprache", "sprachen"]),
    (Column::Language, 0, "ar", &["اللغة", "لغة", "لغة الوثيقة"]),
    (Column::Language, 0, "ru", &["язык", "языки", "язык документа"]),
    (Column::Language, 0, "zh", &["语言", "语种", "语文", "文种", "語言"]),
    (
        Column::Report,
        0,
        "en",
        &["report", "report_id", "id", "work", "work_id", "objectid", "object_id", "item_id", "record_id", "group"],
    ),
    (Column::Parent, 0, "en", &["parentid", "parent_id", "parent_object"]),
    (Column::Report, 0, "fr", &["rapport"]),
    (Column::Report, 0, "es", &["informe"]),
    (Column::Report, 0, "pt", &["relatorio"]),
    (Column::Report, 0, "de", &["bericht", "berichtsnummer"]),
    (Column::Report, 0, "ar", &["التقرير"]),
    (Column::Report, 0, "ru", &["доклад", "отчёт", "отчет"]),
    (Column::Report, 0, "zh", &["报告", "報告"]),
    (
        Column::Symbol,
        0,
        "en",
        &[
            "symbol",
            "document_symbol",
            "doc_symbol",
            "reference",
            "reference_number",
            "reference_no",
            "reference_code",
            "ref",
            "ref_no",
            "ref_number",
            "document_number",
            "document_no",
            "doc_no",
            "doc_number",
            "call_number",
            "shelfmark",
            "record_number",
            "record_no",
            "file_no",
            "file_number",
            "file_ref",
            "file_reference",
            "registration_number",
            "identifier",
        ],
    ),
    (
        Column::Symbol,
        0,
        "fr",
        &[
            "symbole",
            "cote",
            "reference_du_document",
            "numero_de_reference",
            "numero_du_document",
            "numero_d_enregistrement",
            "code_de_reference",
        ],
    ),
    (
        Column::Symbol,
        0,
        "es",
        &[
            "signatura",
            "simbolo",
            "referencia",
            "numero_de_referencia",
            "codigo_de_referencia",
            "numero_de_documento",
            "numero_de_registro",
        ],
    ),
    (Column::Symbol, 0, "pt", &["cota", "numero_do_documento"]),
    (Column::Symbol, 0, "de", &["signatur", "aktenzeichen", "dokumentnummer", "registernummer"]),
    (Column::Symbol, 0, "ar", &["الرمز", "رمز الوثيقة", "رقم الوثيقة", "رقم الملف", "الرقم المرجعي"]),
    (
        Column::Symbol,
        0,
        "ru",
        &["условное обозначение", "номер документа", "номер", "шифр", "архивный шифр", "регистрационный номер"],
    ),
    (Column::Symbol, 0, "zh", &["文号", "编号", "文件编号", "档号", "發文字號", "文號"]),
    // The catalogue of a disc has the ids of the sections as well.
    (Column::Section, 0, "en", &["section_title", "section_heading", "section_name"]),
    (Column::Section, 1, "en", &["section", "category", "chapter"]),
    (Column::Section, 0, "fr", &["rubrique", "categorie", "chapitre"]),
    (Column::Section, 0, "es", &["seccion", "categoria", "capitulo"]),
    (Column::Section, 0, "pt", &["secao", "seccao"]),
    (Column::Section, 0, "de", &["abschnitt", "kapitel", "rubrik", "kategorie", "bereich"]),
    (Column::Section, 0, "ar", &["القسم", "الفئة", "فئة", "الفصل"]),
    (Column::Section, 0, "ru", &["раздел", "рубрика", "категория", "глава"]),
    (Column::Section, 0, "zh", &["部分", "栏目", "类别", "分类", "類別"]),
    (Column::Date, 0, "", &["date"]),
    (
        Column::Date,
        0,
        "en",
        &[
            "year",
            "published",
            "publication_date",
            "date_published",
            "date_of_publication",
            "publication_year",
            "year_of_publication",
            "issue_date",
            "date_issued",
            "issued",
            "release_date",
            "document_date",
            "date_of_document",
        ],
    ),
    (Column::Date, 2, "en", &["date_created", "creation_date", "created"]),
    (
        Column::Date,
        0,
        "fr",
        &[
            "annee",
            "date_de_publication",
            "date_publication",
            "annee_de_publication",
            "date_de_parution",
            "parution",
            "date_du_document",
            "date_de_diffusion",
        ],
    ),
    (
        Column::Date,
        0,
        "es",
        &["fecha", "ano", "fecha_de_publicacion", "fecha_publicacion", "ano_de_publicacion", "fecha_del_documento"],
    ),
    (Column::Date, 0, "pt", &["data_de_publicacao", "data_do_documento", "ano_de_publicacao"]),
    (Column::Date, 3, "pt", &["data"]),
    (
        Column::Date,
        0,
        "de",
        &["datum", "jahr", "erscheinungsdatum", "erscheinungsjahr", "veroffentlichungsdatum", "veroffentlicht_am"],
    ),
    (Column::Date, 0, "ar", &["التاريخ", "تاريخ النشر", "تاريخ الوثيقة", "السنة", "سنة النشر"]),
    (Column::Date, 0, "ru", &["дата", "дата публикации", "дата документа", "год", "год издания", "дата издания"]),
    (Column::Date, 0, "zh", &["日期", "出版日期", "发布日期", "成文日期", "年份", "出版年"]),
    (
        Column::Authors,
        0,
        "en",
        &[
            "author",
            "authors",
            "creator",
            "creators",
            "corporate_author",
            "author_name",
            "organisation",
            "organization",
            "issuing_body",
            "written_by",
        ],
    ),
    (Column::Authors, 3, "en", &["contributor", "contributors"]),
    (Column::Authors, 0, "fr", &["auteur", "auteurs", "auteur_moral", "organisme"]),
    (Column::Authors, 0, "es", &["autor", "autores", "organizacion", "organismo"]),
    (Column::Authors, 0, "pt", &["autoria", "criador", "organizacao"]),
    (Column::Authors, 0, "de", &["autoren", "verfasser", "verfasserin", "urheber"]),
    (Column::Authors, 0, "ar", &["المؤلف", "المؤلفون", "الجهة", "الجهة المصدرة"]),
    (Column::Authors, 0, "ru", &["автор", "авторы", "составитель", "организация"]),
    (Column::Authors, 0, "zh", &["作者", "责任者", "编者", "著者", "責任者"]),
    (
        Column::Subjects,
        0,
        "en",
        &["subject", "subjects", "topic", "topics", "theme", "themes", "descriptor", "descriptors"],
    ),
    (Column::Subjects, 1, "en", &["keywords", "keyword", "tags", "tag"]),
    (Column::Subjects, 0, "fr", &["sujet", "sujets", "descripteurs"]),
    (Column::Subjects, 1, "fr", &["mots_cles", "mots_clefs", "mot_cle", "mot_clef"]),
    (Column::Subjects, 0, "es", &["tema", "temas", "materia", "materias", "descriptores"]),
    (Column::Subjects, 1, "es", &["palabras_clave", "etiquetas"]),
    (Column::Subjects, 0, "pt", &["assunto", "assuntos"]),
    (Column::Subjects, 1, "pt", &["palavras_chave"]),
    (Column::Subjects, 0, "de", &["thema", "themen", "sachgebiet"]),
    (Column::Subjects, 1, "de", &["schlagwort", "schlagworter", "schlagworte", "stichworter", "stichworte"]),
    (Column::Subjects, 0, "ar", &["الموضوع", "المواضيع", "الموضوعات"]),
    (Column::Subjects, 1, "ar", &["الكلمات المفتاحية", "كلمات مفتاحية"]),
    (Column::Subjects, 0, "ru", &["тема", "темы", "предмет", "тематика"]),
    (Column::Subjects, 1, "ru", &["ключевые слова"]),
    (Column::Subjects, 0, "zh", &["主题", "主题词", "主題"]),
    (Column::Subjects, 1, "zh", &["关键词", "关键字", "關鍵詞"]),
    (Column::Summary, 0, "en", &["summary", "abstract"]),
    (Column::Summary, 1, "en", &["description", "scope_and_content"]),
    (Column::Summary, 0, "fr", &["resume", "portee_et_contenu"]),
    (Column::Summary, 0, "es", &["resumen"]),
    (Column::Summary, 1, "es", &["descripcion"]),
    (Column::Summary, 0, "pt", &["resumo", "sumario"]),
    (Column::Summary, 1, "pt", &["descricao"]),
    (Column::Summary, 0, "de", &["zusammenfassung", "kurzfassung"]),
    (Column::Summary, 1, "de", &["beschreibung"]),
    (Column::Summary, 0, "ar", &["الملخص", "ملخص"]),
    (Column::Summary, 1, "ar", &["الوصف"]),
    (Column::Summary, 0, "ru", &["аннотация", "резюме"]),
    (Column::Summary, 1, "ru", &["описание"]),
    (Column::Summary, 0, "zh", &["摘要", "内容提要", "提要"]),
    (Column::Summary, 1, "zh", &["描述"]),
    (Column::Kind, 0, "en", &["kind", "type", "document_type", "doc_type", "type_of_document", "resource_type"]),
    (Column::Kind, 3, "en", &["itemtype", "item_type", "genre"]),
    (Column::Kind, 0, "fr", &["type_de_document"]),
    (Column::Kind, 0, "es", &["tipo", "tipo_de_documento"]),
    (Column::Kind, 0, "de", &["typ", "dokumenttyp", "dokumentart"]),
    (Column::Kind, 0, "ar", &["نوع الوثيقة", "النوع"]),
    (Column::Kind, 0, "ru", &["вид документа", "тип документа", "тип", "вид"]),
    (Column::Kind, 0, "zh", &["文件类型", "类型", "类别名称", "文献类型"]),
    (Column::Publisher, 0, "en", &["publisher", "publishers", "published_by", "issued_by"]),
    (Column::Publisher, 0, "fr", &["editeur", "publie_par", "maison_d_edition"]),
    (Column::Publisher, 0, "es", &["editorial", "publicado_por"]),
    (Column::Publisher, 0, "pt", &["editora"]),
    (Column::Publisher, 0, "de", &["verlag", "herausgeber", "herausgegeben_von"]),
    (Column::Publisher, 0, "ar", &["الناشر"]),
    (Column::Publisher, 0, "ru", &["издатель", "издательство"]),
    (Column::Publisher, 0, "zh", &["出版者", "出版社", "发布机构"]),
    (
        Column::Place,
        0,
        "en",
        &["place", "place_of_publication", "publication_place", "place_published", "publisher_location"],
    ),
    (Column::Place, 0, "fr", &["lieu", "lieu_de_publication", "lieu_d_edition"]),
    (Column::Place, 0, "es", &["lugar", "lugar_de_publicacion", "lugar_de_edicion"]),
    (Column::Place, 0, "pt", &["local_de_publicacao"]),
    (Column::Place, 0, "de", &["ort", "erscheinungsort", "verlagsort"]),
    (Column::Place, 0, "ar", &["مكان النشر"]),
    (Column::Place, 0, "ru", &["место издания"]),
    (Column::Place, 0, "zh", &["出版地"]),
    (Column::Series, 0, "en", &["series", "journal", "collection", "series_title"]),
    (Column::Series, 0, "fr", &["revue"]),
    (Column::Series, 0, "es", &["serie", "coleccion", "revista"]),
    (Column::Series, 0, "pt", &["colecao"]),
    (Column::Series, 0, "de", &["reihe", "schriftenreihe", "zeitschrift"]),
    (Column::Series, 0, "ar", &["السلسلة"]),
    (Column::Series, 0, "ru", &["серия", "журнал"]),
    (Column::Series, 0, "zh", &["丛书", "期刊", "叢書"]),
    (Column::Isbn, 0, "", &["isbn", "isbns", "isbn_13", "isbn_10", "e_isbn", "eisbn", "ردمك"]),
    (Column::Issn, 0, "", &["issn", "e_issn", "eissn", "ردمد"]),
    (Column::Doi, 0, "", &["doi"]),
    (Column::Pages, 0, "en", &["pages", "page_count", "number_of_pages", "no_of_pages", "num_pages", "extent"]),
    (Column::Pages, 0, "fr", &["nombre_de_pages", "nb_de_pages", "nb_pages"]),
    (Column::Pages, 0, "es", &["paginas", "numero_de_paginas"]),
    (Column::Pages, 0, "de", &["seiten", "seitenzahl", "umfang"]),
    (Column::Pages, 0, "ar", &["الصفحات", "عدد الصفحات"]),
    (Column::Pages, 0, "ru", &["страницы", "количество страниц", "число страниц"]),
    (Column::Pages, 0, "zh", &["页数", "页码", "頁數"]),
    (Column::Licence, 0, "en", &["licence", "license", "terms_of_use"]),
    (Column::Licence, 1, "en", &["rights"]),
    (Column::Licence, 2, "en", &["rightsstatement", "rights_statement"]),
    (Column::Licence, 0, "es", &["licencia"]),
    (Column::Licence, 1, "es", &["derechos"]),
    (Column::Licence, 1, "fr", &["droits"]),
    (Column::Licence, 0, "pt", &["licenca"]),
    (Column::Licence, 1, "pt", &["direitos"]),
    (Column::Licence, 0, "de", &["lizenz"]),
    (Column::Licence, 1, "de", &["rechte"]),
    (Column::Licence, 0, "ar", &["الترخيص"]),
    (Column::Licence, 0, "ru", &["лицензия", "лицензионное соглашение", "условия использования"]),
    (Column::Licence, 0, "zh", &["许可协议", "许可证", "授权"]),
];

/// Known headings whose values have no place in a manifest: facts about files, and settings of programs for digital collections.
const UNUSED: [&str; 38] = [
    "file_size",
    "size",
    "file_type",
    "file_format",
    "filetype",
    "mime_type",
    "mimetype",
    "format",
    "checksum",
    "md5",
    "sha1",
    "sha256",
    "last_modified",
    "date_modified",
    "modified",
    "date_added",
    "latitude",
    "longitude",
    "location",
    "source",
    "display_template",
    "image_small",
    "image_thumb",
    "image_alt_text",
    "object_transcript",
    "public",
    "featured",
    "taille_du_fichier",
    "taille",
    "tamano",
    "tamano_del_archivo",
    "dateigrosse",
    "sourceitemid",
    "item_uri",
    "date_is_approximate",
    "object_dl",
    "youtubeid",
    "vimeoid",
];

/// The elements of Dublin Core with the qualifiers that DSpace writes, without prefix and language.
const DUBLIN_CORE: &[(Column, u8, &[&str])] = &[
    (Column::File, 0, &["filename", "file", "files"]),
    (Column::Title, 0, &["title"]),
    (Column::Language, 0, &["language", "language.iso", "language.rfc3066"]),
    (Column::Symbol, 1, &["identifier.govdoc", "identifier.other", "identifier.symbol"]),
    (Column::Symbol, 2, &["identifier"]),
    (Column::Date, 0, &["date.issued", "issued"]),
    (Column::Date, 1, &["date"]),
    (Column::Date, 2, &["date.created", "created", "date.copyright"]),
    (Column::Authors, 0, &["creator", "contributor.author", "creator.author", "contributor.corporate"]),
    (Column::Authors, 3, &["contributor", "contributor.other"]),
    (
        Column::Subjects,
        0,
        &["subject", "subject.other", "subject.lcsh", "subject.mesh", "subject.keyword", "subject.keywords"],
    ),
    (Column::Summary, 0, &["description.abstract", "abstract"]),
    (Column::Summary, 1, &["description"]),
    (Column::Kind, 0, &["type"]),
    (Column::Publisher, 0, &["publisher"]),
    (Column::Place, 0, &["publisher.place"]),
    (Column::Series, 0, &["relation.ispartofseries", "relation.ispartof", "ispartofseries", "ispartof"]),
    (Column::Isbn, 0, &["identifier.isbn"]),
    (Column::Issn, 0, &["identifier.issn"]),
    (Column::Doi, 0, &["identifier.doi"]),
    (Column::Pages, 1, &["format.extent", "extent"]),
    (Column::Licence, 0, &["rights.license", "rights.licence", "license"]),
    (Column::Licence, 1, &["rights"]),
    (Column::Licence, 2, &["rights.uri"]),
];

/// Prefixes of the elements of Dublin Core and of similar sets.
const PREFIXES: [&str; 13] = [
    "dublin core:",
    "dublin core :",
    "item type metadata:",
    "item type metadata :",
    "dcterms.",
    "dcterms:",
    "dct:",
    "dc.",
    "dc:",
    "dc_",
    "bibo:",
    "schema:",
    "foaf:",
];

pub(super) fn recognise(text: &str, names: &LanguageNames) -> Recognised {
    let text = text.trim().trim_start_matches('\u{feff}').trim_end_matches([':', '*', '：', ' ']);
    if text.is_empty() {
        return Recognised::Unknown;
    }
    let (name, language) = split_brackets(text, names);
    let recognised = match recognise_prefixed(name, names) {
        Some(recognised) => recognised,
        None => recognise_unprefixed(name, names),
    };
    match (recognised, language) {
        (Recognised::Column(heading), Some(language)) => {
            Recognised::Column(Heading { language: Some(language), ..heading })
        }
        (Recognised::Unknown, _) => language_name(text, names).map_or(Recognised::Unknown, Recognised::LanguageName),
        (recognised, _) => recognised,
    }
}

/// The number of cells of a row whose whole text is recognised as a heading. Cells with the same text count once.
pub(super) fn count_recognised(row: &[String], names: &LanguageNames) -> usize {
    let is_heading = |cell: &&str| match recognise(cell, names) {
        Recognised::Column(heading) => heading.rank < PARTIAL_MATCH_RANK,
        _ => false,
    };
    // Long texts are not headings.
    let cells: BTreeSet<&str> = row.iter().map(|cell| cell.trim()).filter(|cell| cell.len() <= 200).collect();
    cells.iter().filter(|cell| is_heading(cell)).count()
}

/// Finds the row of headings, and whether it has a heading for files: the row near the top with the most recognised headings. A
/// row with a heading for files is preferred, unless that heading may also be the text of a link, such as “PDF”. Cells with links
/// are never headings.
pub(super) fn find_row(
    rows: &[Vec<String>],
    has_link: impl Fn(usize, usize) -> bool,
    names: &LanguageNames,
) -> Option<(usize, bool)> {
    let rank_of_file = |cell: &String| match recognise(cell, names) {
        Recognised::Column(heading) if heading.column == Column::File => Some(heading.rank),
        _ => None,
    };
    let is_language = |cell: &&String| matches!(recognise(cell, names), Recognised::LanguageName(_));
    let mut best: Option<((bool, usize, usize), usize, bool)> = None;
    for (index, row) in rows.iter().take(MAX_HEADING_SEARCH_ROWS).enumerate() {
        let texts = row.iter().enumerate().filter(|(position, _)| !has_link(index, *position));
        let row: Vec<String> = texts.map(|(_, text)| text.clone()).collect();
        let file = row.iter().filter_map(rank_of_file).min();
        // A title may also contain the word “file”.
        let by_a_word = usize::from(file.is_some_and(|rank| rank >= PARTIAL_MATCH_RANK));
        let names_files = file.is_some_and(|rank| rank < LINK_TEXT_RANK);
        // A column with the files in one language may have only the name of the language as its heading.
        let languages = Some(row.iter().filter(is_language).count()).filter(|count| *count > 1).unwrap_or_default();
        let rank = (names_files, count_recognised(&row, names) + by_a_word, languages);
        if rank > (false, 0, 0) && best.is_none_or(|(most, ..)| rank > most) {
            best = Some((rank, index, file.is_some()));
        }
    }
    best.map(|(_, index, has_file)| (index, has_file))
}

/// Splits a heading at its final brackets, and reads the language in them: `dc.title[fr]`, `dc.title[en_US]`, “Title (French)”.
/// Other texts in brackets are dropped: “Author(s)”, “Date (yyyy-mm-dd)”.
fn split_brackets<'t>(text: &'t str, names: &LanguageNames) -> (&'t str, Option<Language>) {
    for (open, close) in [('[', ']'), ('(', ')'), ('（', '）')] {
        let Some((before, inside)) = text.strip_suffix(close).and_then(|rest| rest.rsplit_once(open)) else { continue };
        if before.trim().is_empty() {
            continue;
        }
        let words = inside.split_whitespace().filter(|word| !matches!(*word, "in" | "en" | "auf" | "em"));
        let words: Vec<&str> = words.collect();
        let stated = if words.is_empty() { inside.trim() } else { &words.join(" ") };
        return (before.trim(), language_by_code_or_name(stated, names));
    }
    (text, None)
}

/// The language with this code or name.
fn language_by_code_or_name(text: &str, names: &LanguageNames) -> Option<Language> {
    // In Arabic, “in French” begins with a preposition.
    let without_preposition = || names.by_name(text.strip_prefix("بال").map(|rest| format!("ال{rest}"))?.as_str());
    let language = names.by_code(text).or_else(|| names.by_name(text)).or_else(without_preposition)?;
    Some(language.without_default_region().unwrap_or(language))
}

/// The language with this name, or with this code in capital letters. Other codes could be words.
fn language_name(text: &str, names: &LanguageNames) -> Option<Language> {
    names.by_name(text).or_else(|| {
        let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        names.by_code(text).filter(|_| is_code && !LanguageNames::is_common_word(text))
    })
}

/// Recognises a heading with a prefix: `dc.contributor.author`, `Dublin Core:Title`, `dcterms:issued`. A language may follow
/// after a space.
fn recognise_prefixed(text: &str, names: &LanguageNames) -> Option<Recognised> {
    let lower = text.to_lowercase();
    let prefix = PREFIXES.iter().find(|prefix| lower.starts_with(**prefix))?;
    let element = lower.strip_prefix(prefix)?.trim();
    let (element, stated) = element.split_once([' ', '@']).unwrap_or((element, ""));
    let name = element.replace(['_', ':'], ".");
    let known = DUBLIN_CORE.iter().find(|(_, _, elements)| elements.contains(&name.as_str()));
    Some(match known {
        Some((column, rank, _)) => Recognised::Column(Heading {
            column: *column,
            rank: *rank,
            language: language_by_code_or_name(stated, names),
            written_in: "",
            splits_at_commas: false,
        }),
        None => Recognised::Unused,
    })
}

/// Recognises a heading without a prefix.
fn recognise_unprefixed(text: &str, names: &LanguageNames) -> Recognised {
    let lower = text.trim().to_lowercase();
    let name = portable_name(text);
    // “Subject 2”, “author_3”
    let without_number = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    if let Some(heading) =
        exact_heading(&lower).or_else(|| exact_heading(&name)).or_else(|| exact_heading(without_number))
    {
        return Recognised::Column(heading);
    }
    if UNUSED.contains(&name.as_str()) {
        return Recognised::Unused;
    }
    if let Some(heading) = heading_with_language(text, names) {
        return Recognised::Column(heading);
    }
    let words: Vec<&str> = name.split('_').collect();
    // “Author(s)” becomes `author_s`.
    let plurals = || words.windows(2).map(|pair| pair.concat()).filter(|pair| pair.ends_with('s'));
    // The name of a file is not a heading.
    let has_extension = text
        .rsplit_once('.')
        .is_some_and(|(_, end)| (2..=5).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    // “file size” and “date modified” contain the heading of a column, but mean something else.
    let is_other = has_extension
        || text.contains(['/', '\\']) && !text.contains(' ')
        || words.iter().any(|word| {
            matches!(
                *word,
                "size"
                    | "format"
                    | "modified"
                    | "added"
                    | "uploaded"
                    | "accessed"
                    | "count"
                    | "status"
                    | "checksum"
                    | "birth"
                    | "death"
            )
        });
    // “Title of report”
    let before = words.split(|word| matches!(*word, "of" | "de" | "du" | "del" | "der" | "des" | "do" | "da" | "von"));
    let before = before.take(words.len() - 1).next().filter(|before| before.len() < words.len()).unwrap_or_default();
    let last_of = |words: &[&str]| words.iter().rev().find_map(|word| exact_heading(word));
    let heading =
        last_of(before).or_else(|| last_of(&words)).or_else(|| plurals().find_map(|plural| exact_heading(&plural)));
    match heading {
        Some(heading) if !is_other => {
            Recognised::Column(Heading { rank: PARTIAL_MATCH_RANK + heading.rank, ..heading })
        }
        _ => Recognised::Unknown,
    }
}

/// Recognises a heading that begins or ends with a language: “Title FR”, `title_fr`, `title-in-English`, “French title”, “título
/// en inglés”.
fn heading_with_language(text: &str, names: &LanguageNames) -> Option<Heading> {
    let parts: Vec<&str> = text.split(['_', '-', '@', ' ', ':', '.', '/']).filter(|part| !part.is_empty()).collect();
    let by_space = text.contains(' ');
    let is_language = |part: &str| {
        let code = names.by_code(part).filter(|_| part.len() == 2);
        // In “Report no”, `no` is not Norwegian.
        let code = code.filter(|_| !by_space || !LanguageNames::is_common_word(part));
        code.or_else(|| names.by_name(part))
            .or_else(|| language_by_code_or_name(part, names).filter(|_| part.starts_with("بال")))
    };
    let heading = |words: &[&str]| {
        let words = match words {
            [words @ .., "in" | "en" | "auf" | "em" | "на"] => words,
            words => words,
        };
        exact_heading(&portable_name(&words.join(" "))).or_else(|| exact_heading(&words.join(" ").to_lowercase()))
    };
    let (first, after_first) = parts.split_first()?;
    let (last, before_last) = parts.split_last()?;
    let language_last = is_language(last).and_then(|language| Some((heading(before_last)?, language)));
    let first_or_last =
        language_last.or_else(|| is_language(first).and_then(|language| Some((heading(after_first)?, language))));
    // Codes of languages with regions have two parts: `title_pt_BR`.
    let recognised = first_or_last.or_else(|| {
        let (region, rest) = parts.split_last()?;
        let (code, rest) = rest.split_last()?;
        let language = names.by_code(&format!("{code}-{region}")).filter(|_| code.len() == 2)?;
        Some((heading(rest)?, language.without_default_region().unwrap_or(language)))
    });
    let (heading, language) = recognised.filter(|(heading, _)| heading.column.can_have_language())?;
    Some(Heading { language: Some(language), ..heading })
}

/// The heading that is exactly this name.
fn exact_heading(name: &str) -> Option<Heading> {
    let (column, rank, written_in, _) = HEADINGS.iter().find(|(.., names)| names.contains(&name))?;
    // Keywords are often separated by commas. A subject may contain a comma.
    let splits_at_commas = *column == Column::Subjects && *rank == 1;
    Some(Heading { column: *column, rank: *rank, language: None, written_in, splits_at_commas })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(text: &str) -> String {
        match recognise(text, &LanguageNames::default()) {
            Recognised::Column(Heading { column, language, .. }) => match language {
                Some(language) => format!("{column:?} {language}"),
                None => format!("{column:?}"),
            },
            Recognised::LanguageName(language) => language.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn headings_are_recognised_in_several_languages() {
        for (text, expected) in [
            ("File", "File"),
            ("Report No.", "Report"),
            ("Author(s)", "Authors"),
            ("Document title", "Title"),
            ("Title of report", "Title"),
            ("File no.", "Symbol"),
            ("File size", "Unused"),
            ("Mots-clés", "Subjects"),
            ("Résumé", "Summary"),
            ("Título del documento", "Title"),
            ("Schlagwörter", "Subjects"),
            ("Veröffentlichungsdatum", "Date"),
            ("Nome do arquivo", "File"),
            ("имя файла", "File"),
            ("文件名", "File"),
            ("اسم الملف", "File"),
            ("Title *", "Title"),
            ("Date (yyyy-mm-dd)", "Date"),
            ("Subject 2", "Subjects"),
            ("Shelf colour", "Unknown"),
            ("a-en.pdf", "Unknown"),
            ("files/title", "Unknown"),
            ("Upload status", "Unknown"),
        ] {
            assert_eq!(recognised(text), expected, "{text}");
        }
    }

    #[test]
    fn headings_of_programs_for_collections_are_recognised() {
        for (text, expected) in [
            ("dc.title", "Title"),
            ("dc.title[fr]", "Title fr"),
            ("dc.title[en_US]", "Title en"),
            ("dc.title[pt_BR]", "Title pt-BR"),
            ("dc.title[]", "Title"),
            ("dc.title[*]", "Title"),
            ("dc.title en", "Title en"),
            ("dc:title", "Title"),
            ("dcterms.issued", "Date"),
            ("dcterms:isPartOf", "Series"),
            ("dc.contributor.author", "Authors"),
            ("dc.contributor.author[eng]", "Authors en"),
            ("dc.description.abstract[es_ES]", "Summary es"),
            ("dc.date.accessioned", "Unused"),
            ("dc.relation.ispartofseries", "Series"),
            ("Dublin Core:Title", "Title"),
            ("Dublin Core:Contributor", "Authors"),
            ("Item Type Metadata:Interviewer", "Unused"),
            ("fileUrl", "File"),
            ("objectid", "Report"),
            ("object_location", "File"),
            ("image_thumb", "Unused"),
        ] {
            assert_eq!(recognised(text), expected, "{text}");
        }
    }

    #[test]
    fn headings_name_the_language_of_the_texts() {
        for (text, expected) in [
            ("Title FR", "Title fr"),
            ("title_fr", "Title fr"),
            ("title@fr", "Title fr"),
            ("Title (French)", "Title fr"),
            ("French title", "Title fr"),
            ("Titre anglais", "Title en"),
            ("título en inglés", "Title en"),
            ("title-in-English", "Title en"),
            ("title_pt_BR", "Title pt-BR"),
            ("Summary (in Spanish)", "Summary es"),
            ("Report no", "Report"),
            ("العنوان (بالفرنسية)", "Title fr"),
            ("Français", "fr"),
            ("EN", "en"),
        ] {
            assert_eq!(recognised(text), expected, "{text}");
        }
    }
}
