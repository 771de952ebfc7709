//! The text that OCR programs have recognised, page by page: hOCR, ALTO, and text files with a form feed between pages.

use super::hyphens::{UnknownHyphen, join_words_of_pages};
use super::markup::for_each_element;
use super::{Extraction, Facts, TextLayer};
use crate::encodings::{decode_markup, decode_text};
use crate::html::{Token, Tokenizer, attribute};

/// A format of OCR programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OcrFormat {
    /// HTML with the class names of hOCR 1.2.
    Hocr,
    /// ALTO XML of the Library of Congress, of any version.
    Alto,
    /// Plain text. A form feed ends each page; after the last page it may be missing.
    PlainText,
}

/// In its text files, OCRmyPDF writes a text that begins like this in place of the pages that it skipped.
const SKIPPED_PAGES: &str = "[OCR skipped on page(s) ";

/// The maximum number of pages of a document.
const MAX_PAGES: usize = 100_000;

impl OcrFormat {
    const ALL: [Self; 3] = [Self::Hocr, Self::Alto, Self::PlainText];

    /// The name that is used instead of an extension in requests to worker processes and in the names of cache entries.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hocr => "hocr",
            Self::Alto => "alto",
            Self::PlainText => "ocr-text",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    pub(super) fn extract(self, bytes: &[u8]) -> Extraction {
        let mut pages = match self {
            Self::Hocr => hocr_pages(&decode_markup(bytes)),
            Self::Alto => alto_pages(&decode_markup(bytes)),
            Self::PlainText => text_pages(&decode_text(bytes)),
        };
        // Some programs mark the words that are divided with this sign.
        pages.iter_mut().for_each(|page| *page = page.replace("¬\n", "-\n"));
        if pages.is_empty() {
            return Extraction::unreadable("it has no pages of recognised text");
        }
        join_words_of_pages(&mut pages, UnknownHyphen::Divides);
        let facts = Facts { pages: u32::try_from(pages.len()).ok(), ..Facts::with_text_layer(TextLayer::Good) };
        Extraction { pages, is_paginated: true, facts, ..Extraction::default() }
    }
}

/// Adds text to the last page. Text before the first page is dropped.
fn push(pages: &mut [String], text: &str) {
    if let Some(page) = pages.last_mut() {
        page.push_str(text);
    }
}

/// Ends the line at the end of the last page, unless this line is empty.
fn end_line(pages: &mut [String]) {
    if let Some(page) = pages.last_mut() {
        page.truncate(page.trim_end_matches(' ').len());
        if !page.is_empty() && !page.ends_with('\n') {
            page.push('\n');
        }
    }
}

fn hocr_pages(html: &str) -> Vec<String> {
    let mut pages: Vec<String> = Vec::new();
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let classes = attribute(&tag, "class").unwrap_or_default();
                for class in classes.split_whitespace() {
                    match class {
                        "ocr_page" => {
                            end_line(&mut pages);
                            pages.push(String::new());
                        }
                        "ocr_line" | "ocr_header" | "ocr_footer" | "ocr_caption" | "ocr_textfloat" | "ocr_par"
                        | "ocr_carea" | "ocr_separator" => end_line(&mut pages),
                        _ => {}
                    }
                }
            }
            Token::String(piece) => {
                let piece = String::from_utf8_lossy(&piece);
                let starts_with_space = piece.starts_with(char::is_whitespace);
                let ends_with_space = piece.ends_with(char::is_whitespace);
                let words: Vec<&str> = piece.split_whitespace().collect();
                let follows_space = pages.last().is_some_and(|page| page.is_empty() || page.ends_with(['\n', ' ']));
                if starts_with_space && !follows_space {
                    push(&mut pages, " ");
                }
                push(&mut pages, &words.join(" "));
                if ends_with_space && !words.is_empty() {
                    push(&mut pages, " ");
                }
            }
            _ => {}
        }
    }
    end_line(&mut pages);
    pages
}

fn alto_pages(xml: &str) -> Vec<String> {
    let mut pages: Vec<String> = Vec::new();
    let mut is_alto = false;
    // Whether the last word is a whole one, though the line has only its first part.
    let mut is_completed = false;
    for_each_element(xml, |element| match element.name.as_str() {
        "alto" => is_alto = true,
        "Page" if is_alto => {
            end_line(&mut pages);
            pages.push(String::new());
        }
        "TextLine" | "TextBlock" => end_line(&mut pages),
        "String" => {
            // If a word is divided between two lines, both parts have the whole word in an attribute.
            is_completed = element.get("SUBS_TYPE") == Some("HypPart1") && element.get("SUBS_CONTENT").is_some();
            let word = match element.get("SUBS_TYPE") {
                Some("HypPart1") => element.get("SUBS_CONTENT").or(element.get("CONTENT")),
                Some("HypPart2") if element.get("SUBS_CONTENT").is_some() => None,
                _ => element.get("CONTENT"),
            };
            if let Some(word) = word {
                push(&mut pages, word);
                push(&mut pages, " ");
            }
        }
        // The hyphen of a divided word.
        "HYP" if !is_completed => {
            // The word before it may have the hyphen as well.
            if let Some(page) = pages.last_mut() {
                page.truncate(page.trim_end_matches(' ').trim_end_matches('-').len());
            }
            push(&mut pages, "-");
        }
        _ => {}
    });
    end_line(&mut pages);
    pages
}

fn text_pages(text: &str) -> Vec<String> {
    let text = text.strip_suffix('\u{c}').unwrap_or(text);
    let mut pages = Vec::new();
    for page in text.split('\u{c}') {
        let skipped = skipped_pages(page.trim()).unwrap_or(0).min(MAX_PAGES.saturating_sub(pages.len()));
        if skipped > 0 {
            pages.extend(std::iter::repeat_n(String::new(), skipped));
        } else if pages.len() < MAX_PAGES {
            pages.push(page.to_owned());
        }
    }
    pages
}

/// The number of pages that were skipped according to a text such as `[OCR skipped on page(s) 3-7]`. `None` for any other text.
fn skipped_pages(text: &str) -> Option<usize> {
    let range = text.strip_prefix(SKIPPED_PAGES)?.strip_suffix(']')?;
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
    last.checked_sub(first)?.checked_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_utf_16_is_read() {
        let units = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let text = "Granaries\n\u{c}Ferries\n\u{c}";
        for bytes in [units(text), [b"\xff\xfe", &units(text)[..], b"\n"].concat()] {
            assert_eq!(OcrFormat::PlainText.extract(&bytes).pages, OcrFormat::PlainText.extract(text.as_bytes()).pages);
        }
    }

    #[test]
    fn form_feeds_separate_the_pages_of_a_text() {
        assert_eq!(text_pages("one\n\u{c}two\n\u{c}"), ["one\n", "two\n"]);
        assert_eq!(text_pages("one\u{c}\u{c}three"), ["one", "", "three"]);
        assert_eq!(
            text_pages("[OCR skipped on page(s) 1-3]\u{c}four\u{c}[OCR skipped on page(s) 5]"),
            ["", "", "", "four", ""]
        );
        for other in ["[OCR skipped on page(s) 3-1]", "[OCR skipped on page(s) x]", "[OCR skipped]"] {
            assert_eq!(text_pages(other), [other]);
        }
        assert_eq!(text_pages("[OCR skipped on page(s) 1-999999999999]").len(), MAX_PAGES);
    }

    #[test]
    fn words_that_are_divided_between_lines_are_joined() {
        let hocr =
            "<div class='ocr_page'><span class='ocr_line'>the gran-</span> <span class='ocr_line'>aries</span></div>";
        for (format, text) in [
            (OcrFormat::PlainText, "the gran-\naries\n"),
            (OcrFormat::Hocr, hocr),
            (
                OcrFormat::Alto,
                "<alto><Page><TextLine><String CONTENT='the'/><String CONTENT='gran-'/></TextLine><TextLine><String CONTENT='aries'/></TextLine></Page></alto>",
            ),
            (
                OcrFormat::Alto,
                "<alto><Page><TextLine><String CONTENT='the'/><SP/><String CONTENT='gran'/><HYP/></TextLine><TextLine><String CONTENT='aries'/></TextLine></Page></alto>",
            ),
            (
                OcrFormat::Alto,
                "<alto><Page><TextLine><String CONTENT='the'/><SP/><String CONTENT='gran-'/><HYP CONTENT='-'/></TextLine><TextLine><String CONTENT='aries'/></TextLine></Page></alto>",
            ),
            (OcrFormat::PlainText, "the gran¬\naries\n"),
        ] {
            assert_eq!(format.extract(text.as_bytes()).pages, ["the granaries"], "{}", format.name());
        }
    }

    #[test]
    fn words_and_lines_of_hocr_are_kept_apart() {
        let page = "<html><head><title>x</title></head><body>\
            <div class='ocr_page' title='image \"a.png\"; ppageno 0'><div class='ocr_carea'><p class='ocr_par'>\n\
            <span class='ocr_line' title='bbox 1 2 3 4'>\n <span class='ocrx_word'>Water</span> <span class='ocrx_word'><strong>sec</strong>urity</span>\n</span>\n\
            <span class='ocr_line'><span class='ocrx_word'>R&amp;D</span></span></p></div></div>\
            <div class='ocr_page'></div><div class='ocr_page'><span class='ocr_line'>安全</span></div></body></html>";
        assert_eq!(hocr_pages(page), ["Water security\nR&D\n", "", "安全\n"]);
        assert_eq!(OcrFormat::Hocr.extract(b"<p>No hOCR").facts.pages, None);
    }

    #[test]
    fn words_that_alto_divides_are_whole() {
        let xml = "<alto xmlns='http://www.loc.gov/standards/alto/ns-v4#'><Layout><Page ID='a'><PrintSpace><TextBlock>\
            <TextLine><String CONTENT='the'/><SP/><String CONTENT='vil' SUBS_TYPE='HypPart1' SUBS_CONTENT='villages'/><HYP CONTENT='-'/></TextLine>\
            <TextLine><String CONTENT='lages' SUBS_TYPE='HypPart2' SUBS_CONTENT='villages'/><SP/><String CONTENT='R&amp;D'/></TextLine>\
            </TextBlock></PrintSpace></Page><Page ID='b'/></Layout></alto>";
        assert_eq!(alto_pages(xml), ["the villages\nR&D\n", ""]);
        assert_eq!(alto_pages("<x><Page/><String CONTENT='a'/></x>"), [""; 0]);
    }
}
