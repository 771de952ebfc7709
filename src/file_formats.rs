//! The file formats of documents, in one table with everything that the program knows about each.
//!
//! A format is found by the extension of a file's name. To add a format, add a row; if browsers show or play it, add it to
//! [`Format::is_shown_in_pages`] too, and if it gets a cover, to `has_cover` in `covers`.

use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// In lower case, without the dot.
    pub extension: &'static str,
    /// Its name, as readers see it.
    pub name: &'static str,
    pub kind: FormatKind,
    /// Whether its contents are mainly text, in the sense of the content types of library catalogues.
    pub is_text: bool,
    /// How its text is read for the search; `None` if it is not searched.
    pub extractor: Option<Extractor>,
    /// The rank that `init` gives it among the formats of one document, the best first. `None` if `init` leaves it out.
    pub init_rank: Option<u8>,
}

/// A kind of format, by the program that a reader needs to open it. The order is that of the help page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormatKind {
    Pdf,
    WebPage,
    PlainText,
    Document,
    Spreadsheet,
    Slides,
    Book,
    Picture,
    Sound,
    Video,
    /// The text of a recording, with times.
    Captions,
    Archive,
    /// A single compressed file.
    Compressed,
    Other,
}

/// A reader of text in `extraction`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extractor {
    Pdf,
    PlainText,
    Html,
    Epub,
    Doc,
    Docx,
    Rtf,
    Svg,
    OpenDocument,
    Ppt,
    Pptx,
    Captions,
    Csv,
    WebArchive,
    Workbook,
    /// An OpenDocument file that is one XML file.
    FlatOpenDocument,
    /// XML that may be an office document.
    Xml,
}

const TEXT: bool = true;
const NOT_TEXT: bool = false;

/// Every known format. `init` ranks pictures last, because a picture beside a document usually illustrates it.
#[rustfmt::skip]
static FORMATS: [Format; 79] = [
    format("pdf",   "PDF",   FormatKind::Pdf,         TEXT,     Some(Extractor::Pdf),          Some(0)),
    format("html",  "HTML",  FormatKind::WebPage,     TEXT,     Some(Extractor::Html),         Some(1)),
    format("htm",   "HTML",  FormatKind::WebPage,     TEXT,     Some(Extractor::Html),         Some(2)),
    format("xhtml", "XHTML", FormatKind::WebPage,     TEXT,     Some(Extractor::Html),         Some(3)),
    format("mht",   "MHTML", FormatKind::Other,       TEXT,     Some(Extractor::WebArchive),   None),
    format("mhtml", "MHTML", FormatKind::Other,       TEXT,     Some(Extractor::WebArchive),   None),
    format("txt",   "TXT",   FormatKind::PlainText,   TEXT,     Some(Extractor::PlainText),    Some(9)),
    format("text",  "TEXT",  FormatKind::PlainText,   TEXT,     Some(Extractor::PlainText),    Some(10)),
    format("md",    "MD",    FormatKind::PlainText,   TEXT,     Some(Extractor::PlainText),    Some(11)),
    format("xml",   "XML",   FormatKind::PlainText,   TEXT,     Some(Extractor::Xml),          None),
    format("json",  "JSON",  FormatKind::PlainText,   NOT_TEXT, None,                          None),
    format("doc",   "DOC",   FormatKind::Document,    TEXT,     Some(Extractor::Doc),          Some(7)),
    format("docx",  "DOCX",  FormatKind::Document,    TEXT,     Some(Extractor::Docx),         Some(5)),
    format("docm",  "DOCM",  FormatKind::Document,    TEXT,     Some(Extractor::Docx),         Some(5)),
    format("dotx",  "DOTX",  FormatKind::Document,    TEXT,     Some(Extractor::Docx),         Some(5)),
    format("odt",   "ODT",   FormatKind::Document,    TEXT,     Some(Extractor::OpenDocument), Some(6)),
    format("ott",   "OTT",   FormatKind::Document,    TEXT,     Some(Extractor::OpenDocument), Some(6)),
    format("fodt",  "FODT",  FormatKind::Document,    TEXT,     Some(Extractor::FlatOpenDocument), Some(6)),
    format("rtf",   "RTF",   FormatKind::Document,    TEXT,     Some(Extractor::Rtf),          Some(8)),
    format("wpd",   "WPD",   FormatKind::Document,    TEXT,     None,                          None),
    format("xls",   "XLS",   FormatKind::Spreadsheet, NOT_TEXT, Some(Extractor::Workbook),     Some(17)),
    format("xlsx",  "XLSX",  FormatKind::Spreadsheet, NOT_TEXT, Some(Extractor::Workbook),     Some(15)),
    format("xlsm",  "XLSM",  FormatKind::Spreadsheet, NOT_TEXT, Some(Extractor::Workbook),     Some(15)),
    format("ods",   "ODS",   FormatKind::Spreadsheet, NOT_TEXT, Some(Extractor::Workbook),     Some(16)),
    format("fods",  "FODS",  FormatKind::Spreadsheet, NOT_TEXT, Some(Extractor::FlatOpenDocument), Some(16)),
    format("csv",   "CSV",   FormatKind::Spreadsheet, NOT_TEXT, Some(Extractor::Csv),          Some(18)),
    format("tsv",   "TSV",   FormatKind::Spreadsheet, NOT_TEXT, Some(Extractor::Csv),          None),
    format("ppt",   "PPT",   FormatKind::Slides,      NOT_TEXT, Some(Extractor::Ppt),          Some(14)),
    format("pptx",  "PPTX",  FormatKind::Slides,      NOT_TEXT, Some(Extractor::Pptx),         Some(12)),
    format("pptm",  "PPTM",  FormatKind::Slides,      NOT_TEXT, Some(Extractor::Pptx),         Some(12)),
    format("potx",  "POTX",  FormatKind::Slides,      NOT_TEXT, Some(Extractor::Pptx),         Some(12)),
    format("odp",   "ODP",   FormatKind::Slides,      NOT_TEXT, Some(Extractor::OpenDocument), Some(13)),
    format("otp",   "OTP",   FormatKind::Slides,      NOT_TEXT, Some(Extractor::OpenDocument), Some(13)),
    format("fodp",  "FODP",  FormatKind::Slides,      NOT_TEXT, Some(Extractor::FlatOpenDocument), Some(13)),
    format("pps",   "PPS",   FormatKind::Slides,      NOT_TEXT, Some(Extractor::Ppt),          None),
    format("ppsx",  "PPSX",  FormatKind::Slides,      NOT_TEXT, Some(Extractor::Pptx),         None),
    format("epub",  "EPUB",  FormatKind::Book,        TEXT,     Some(Extractor::Epub),         Some(4)),
    format("mobi",  "MOBI",  FormatKind::Book,        TEXT,     None,                          None),
    format("azw3",  "AZW3",  FormatKind::Book,        TEXT,     None,                          None),
    format("djvu",  "DJVU",  FormatKind::Book,        TEXT,     None,                          Some(20)),
    format("jpg",   "JPEG",  FormatKind::Picture,     NOT_TEXT, None,                          Some(27)),
    format("jpeg",  "JPEG",  FormatKind::Picture,     NOT_TEXT, None,                          Some(27)),
    format("png",   "PNG",   FormatKind::Picture,     NOT_TEXT, None,                          Some(27)),
    format("gif",   "GIF",   FormatKind::Picture,     NOT_TEXT, None,                          Some(27)),
    format("tif",   "TIFF",  FormatKind::Picture,     NOT_TEXT, None,                          Some(27)),
    format("tiff",  "TIFF",  FormatKind::Picture,     NOT_TEXT, None,                          Some(27)),
    format("svg",   "SVG",   FormatKind::Picture,     NOT_TEXT, Some(Extractor::Svg),          Some(27)),
    format("bmp",   "BMP",   FormatKind::Picture,     NOT_TEXT, None,                          None),
    format("webp",  "WEBP",  FormatKind::Picture,     NOT_TEXT, None,                          None),
    format("mp3",   "MP3",   FormatKind::Sound,       NOT_TEXT, None,                          Some(21)),
    format("ogg",   "OGG",   FormatKind::Sound,       NOT_TEXT, None,                          Some(22)),
    format("oga",   "OGA",   FormatKind::Sound,       NOT_TEXT, None,                          Some(22)),
    format("opus",  "OPUS",  FormatKind::Sound,       NOT_TEXT, None,                          Some(22)),
    format("wav",   "WAV",   FormatKind::Sound,       NOT_TEXT, None,                          Some(22)),
    format("flac",  "FLAC",  FormatKind::Sound,       NOT_TEXT, None,                          Some(22)),
    format("m4a",   "M4A",   FormatKind::Sound,       NOT_TEXT, None,                          Some(22)),
    format("aac",   "AAC",   FormatKind::Sound,       NOT_TEXT, None,                          Some(22)),
    format("wma",   "WMA",   FormatKind::Sound,       NOT_TEXT, None,                          None),
    format("mp4",   "MP4",   FormatKind::Video,       NOT_TEXT, None,                          Some(23)),
    format("m4v",   "M4V",   FormatKind::Video,       NOT_TEXT, None,                          Some(24)),
    format("webm",  "WEBM",  FormatKind::Video,       NOT_TEXT, None,                          Some(24)),
    format("ogv",   "OGV",   FormatKind::Video,       NOT_TEXT, None,                          Some(24)),
    format("avi",   "AVI",   FormatKind::Video,       NOT_TEXT, None,                          Some(25)),
    format("mov",   "MOV",   FormatKind::Video,       NOT_TEXT, None,                          Some(26)),
    format("mkv",   "MKV",   FormatKind::Video,       NOT_TEXT, None,                          None),
    format("mpg",   "MPG",   FormatKind::Video,       NOT_TEXT, None,                          None),
    format("mpeg",  "MPEG",  FormatKind::Video,       NOT_TEXT, None,                          None),
    format("wmv",   "WMV",   FormatKind::Video,       NOT_TEXT, None,                          None),
    format("vtt",   "WebVTT", FormatKind::Captions,   TEXT,     Some(Extractor::Captions),     Some(28)),
    format("srt",   "SRT",   FormatKind::Captions,    TEXT,     Some(Extractor::Captions),     Some(29)),
    format("zip",   "ZIP",   FormatKind::Archive,     NOT_TEXT, None,                          None),
    format("7z",    "7Z",    FormatKind::Archive,     NOT_TEXT, None,                          None),
    format("rar",   "RAR",   FormatKind::Archive,     NOT_TEXT, None,                          None),
    format("tar",   "TAR",   FormatKind::Archive,     NOT_TEXT, None,                          None),
    format("tgz",   "TGZ",   FormatKind::Archive,     NOT_TEXT, None,                          None),
    format("gz",    "GZ",    FormatKind::Compressed,  NOT_TEXT, None,                          None),
    format("bz2",   "BZ2",   FormatKind::Compressed,  NOT_TEXT, None,                          None),
    format("xz",    "XZ",    FormatKind::Compressed,  NOT_TEXT, None,                          None),
    format("ps",    "PS",    FormatKind::Other,       TEXT,     None,                          Some(19)),
];

const fn format(
    extension: &'static str,
    name: &'static str,
    kind: FormatKind,
    is_text: bool,
    extractor: Option<Extractor>,
    init_rank: Option<u8>,
) -> Format {
    Format { extension, name, kind, is_text, extractor, init_rank }
}

/// Formats are looked up for each of many thousands of files.
static FORMATS_BY_EXTENSION: LazyLock<HashMap<&str, &Format>> =
    LazyLock::new(|| FORMATS.iter().map(|format| (format.extension, format)).collect());

impl Format {
    /// Whether current browsers show or play files of this format inside a page. A browser may still not have the codec for a
    /// file.
    pub fn is_shown_in_pages(&self) -> bool {
        matches!(
            self.extension,
            "jpg" | "jpeg" | "png" | "gif" | "svg" | "bmp" | "webp" // pictures
                | "mp3" | "ogg" | "oga" | "opus" | "wav" | "flac" | "m4a" | "aac" // sound
                | "mp4" | "m4v" | "webm" | "ogv" // video
        )
    }

    /// The format with this extension in lower case, if it is known.
    pub fn from_extension(extension: &str) -> Option<&'static Self> {
        FORMATS_BY_EXTENSION.get(extension).copied()
    }
}

impl FormatKind {
    /// Whether it is sound or video.
    pub fn is_recording(self) -> bool {
        matches!(self, Self::Sound | Self::Video)
    }

    /// The kind of the format with this extension in lower case.
    pub fn from_extension(extension: &str) -> Self {
        Format::from_extension(extension).map_or(Self::Other, |format| format.kind)
    }

    /// The key of the interface string that explains what a reader needs to open it.
    pub fn help_key(self) -> &'static str {
        match self {
            Self::Pdf => "format_pdf",
            Self::WebPage => "format_web",
            Self::PlainText => "format_text",
            Self::Document => "format_document",
            Self::Spreadsheet => "format_table",
            Self::Slides => "format_slides",
            Self::Book => "format_book",
            Self::Picture => "format_picture",
            Self::Sound => "format_sound",
            Self::Video | Self::Captions => "format_film",
            Self::Archive | Self::Compressed => "format_archive",
            Self::Other => "format_other",
        }
    }
}

/// The name of the format with this extension, as readers see it. For an unknown format it is the extension in capitals.
pub fn display_name(extension: &str) -> String {
    match Format::from_extension(extension) {
        Some(format) => format.name.to_owned(),
        None => extension.to_ascii_uppercase(),
    }
}

/// The media type for this extension (RFC 6838); `application/octet-stream` if it is unknown.
pub fn media_type(extension: &str) -> &'static str {
    mime_guess::from_ext(extension).first_raw().unwrap_or("application/octet-stream")
}

/// The identifier of a version of PDF in PRONOM, the registry of the National Archives of the United Kingdom.
pub fn pronom_id_of_pdf(version: &str) -> Option<&'static str> {
    Some(match version {
        "1.0" => "fmt/14",
        "1.1" => "fmt/15",
        "1.2" => "fmt/16",
        "1.3" => "fmt/17",
        "1.4" => "fmt/18",
        "1.5" => "fmt/19",
        "1.6" => "fmt/20",
        "1.7" => "fmt/276",
        "2.0" => "fmt/1129",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strings::KEYS;
    use std::collections::BTreeSet;

    /// The extensions whose registered media types `mime_guess` does not know.
    const WITHOUT_MEDIA_TYPE: [&str; 4] = ["azw3", "fodt", "fods", "fodp"];

    #[test]
    fn every_extension_is_listed_once_with_a_media_type_and_a_help_string() {
        let extensions: BTreeSet<&str> = FORMATS.iter().map(|format| format.extension).collect();
        assert_eq!(extensions.len(), FORMATS.len());
        for format in FORMATS {
            assert!(format.extension.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
            let has_media_type = media_type(format.extension) != "application/octet-stream";
            let is_exception = WITHOUT_MEDIA_TYPE.contains(&format.extension);
            assert!(has_media_type != is_exception, "`mime_guess` has no media type for {}", format.extension);
            assert!(KEYS.contains(&format.kind.help_key()), "{}", format.kind.help_key());
        }
    }

    #[test]
    fn the_manual_lists_the_searchable_formats() {
        let (_, list) = include_str!("../docs/search.md").split_once("Documents that can be searched are ").unwrap();
        let list = list.split("\n\n").next().unwrap();
        let words: Vec<&str> = list.split(|c: char| !c.is_alphanumeric()).collect();
        for format in FORMATS.into_iter().filter(|format| format.extractor.is_some()) {
            assert!(words.contains(&format.name), "docs/search.md does not list {} as searchable", format.name);
        }
    }

    #[test]
    fn media_types_agree_with_the_kinds() {
        for format in FORMATS {
            let family = media_type(format.extension).split('/').next();
            let wanted = match format.kind {
                FormatKind::Picture => "image",
                FormatKind::Sound => "audio",
                FormatKind::Video => "video",
                _ => {
                    assert!(!format.is_shown_in_pages(), "{}", format.extension);
                    continue;
                }
            };
            assert_eq!(family, Some(wanted), "{}", format.extension);
        }
    }

    #[test]
    fn a_format_based_on_xml_is_not_necessarily_text() {
        let is_text = |extension| Format::from_extension(extension).is_some_and(|format| format.is_text);
        for extension in ["svg", "xlsx", "pptx", "ods"] {
            assert!(!is_text(extension), "{extension}");
        }
        for extension in ["pdf", "docx", "odt", "epub", "xhtml", "xml"] {
            assert!(is_text(extension), "{extension}");
        }
    }
}
