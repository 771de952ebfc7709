//! Finds the title of a Word or OpenDocument text by the styles of its first paragraphs.

use std::collections::{HashMap, HashSet};

use super::headings::{MIN_SIZE_OF_SUBTITLE, complete_name, is_title};
use super::markup::attribute;
use crate::data_formats::{XmlEvent, XmlReader, XmlStart, resolve_predefined_entity};

/// How many paragraphs at the beginning of a document are examined.
const MAX_PARAGRAPHS: usize = 40;

/// A title has at most this many paragraphs.
const MAX_TITLE_PARAGRAPHS: usize = 3;

/// A heading can be the title if it is among this many paragraphs at the beginning.
const MAX_HEADING: usize = 4;

/// The font size of text for which a Word document states none, in half points.
const DEFAULT_SIZE: u32 = 22;

/// How many styles are followed from a style to the one that it is derived from.
const MAX_ANCESTORS: usize = 20;

/// The properties of a style.
#[derive(Default)]
struct Style {
    /// Its name in lower case. Word's built-in styles have English names in every language.
    name: String,
    /// In half points.
    size: Option<u32>,
}

/// A paragraph that is not empty.
#[derive(Default)]
struct Paragraph {
    style: String,
    /// The level of a heading, from 1.
    heading_level: Option<u32>,
    /// In half points.
    size: Option<u32>,
    text: String,
}

/// The title of a Word document.
pub(super) fn title_of_docx(document: &str, styles: &str) -> Option<String> {
    let styles = docx_styles(styles);
    let mut paragraphs = docx_paragraphs(document);
    for paragraph in &mut paragraphs {
        let style = styles.get(&paragraph.style);
        paragraph.size = paragraph.size.or_else(|| style.and_then(|style| style.size));
        paragraph.style = style.map_or_else(|| paragraph.style.to_lowercase(), |style| style.name.clone());
        paragraph.heading_level = paragraph.style.strip_prefix("heading ").and_then(|level| level.parse().ok());
    }
    title_of_paragraphs(&paragraphs, DEFAULT_SIZE, &|word| has_word(document, word))
}

/// The identifiers of the styles of headings, in the styles of a Word document.
pub(super) fn heading_styles(styles: &str) -> HashSet<String> {
    let styles = docx_styles(styles).into_iter();
    styles.filter(|(_, style)| style.name.starts_with("heading ")).map(|(id, _)| id).collect()
}

/// The title of an OpenDocument text or presentation. `styles` are its named styles, `content` its text.
pub(super) fn title_of_open_document(content: &str, styles: &str) -> Option<String> {
    let mut styles = open_document_styles(styles);
    let default_size = styles.remove("").and_then(|style| style.size).unwrap_or(DEFAULT_SIZE);
    let paragraphs = open_document_paragraphs(content, styles);
    title_of_paragraphs(&paragraphs, default_size, &|word| has_word(content, word))
}

/// Whether a text contains a word with exactly these letters.
fn has_word(text: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    text.match_indices(word)
        .any(|(at, _)| !is_letter(text[..at].chars().next_back()) && !is_letter(text[at + word.len()..].chars().next()))
}

/// The title of a document with these paragraphs at its beginning. `default_size` is the font size of text for which none is stated, and
/// `occurs_in_lower_case` says whether the document also has this word in lower case.
fn title_of_paragraphs(
    paragraphs: &[Paragraph],
    default_size: u32,
    occurs_in_lower_case: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let size = |paragraph: &Paragraph| paragraph.size.unwrap_or(default_size);
    let title = title_by_style(paragraphs);
    if title.is_some() {
        return title;
    }
    let largest = title_by_size(paragraphs, default_size);
    let beginning = &paragraphs[..paragraphs.len().min(MAX_HEADING)];
    let is_heading = |paragraph: &Paragraph| paragraph.heading_level == Some(1) && is_title(&paragraph.text);
    // Some authors give the title above the first heading a larger font, or the style of a lower heading.
    let first = paragraphs.iter().take(1).position(|first| first.heading_level.is_some() && is_title(&first.text));
    let title = match beginning.iter().position(is_heading) {
        Some(heading) => {
            let is_larger = |title: &usize| {
                size(&paragraphs[*title]) > size(&paragraphs[heading]) && is_title(&paragraphs[*title].text)
            };
            // If several paragraphs have the largest size, take the first.
            let above = (0..heading).rev().filter(is_larger).max_by_key(|title| size(&paragraphs[*title]));
            above.or(first).unwrap_or(heading)
        }
        None => first.or(largest)?,
    };
    let joined = join_paragraphs(&paragraphs[title..], default_size);
    let is_subtitle = |next: &&Paragraph| {
        let least = (f64::from(size(&paragraphs[title])) * MIN_SIZE_OF_SUBTITLE).max(f64::from(default_size) * 1.25);
        f64::from(size(next)) >= least && next.heading_level == paragraphs[title].heading_level
    };
    let subtitle = paragraphs.get(title + 1).filter(|_| joined == paragraphs[title].text).filter(is_subtitle);
    let with_subtitle = subtitle.and_then(|next| complete_name(&joined, &next.text, occurs_in_lower_case));
    Some(with_subtitle.unwrap_or(joined))
}

/// Words that do not end a title: articles, prepositions and conjunctions.
const LINKING_WORDS: [&str; 44] = [
    "a", "an", "and", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "au", "aux", "de", "des", "du",
    "en", "et", "la", "le", "les", "pour", "sur", "del", "el", "los", "las", "para", "por", "y", "das", "der", "die",
    "für", "im", "und", "von", "do", "da", "di", "il", "e",
];

/// Whether a title goes on after this part of it.
fn is_unfinished(text: &str) -> bool {
    let last = text.split_whitespace().next_back().unwrap_or_default();
    last.ends_with([',', ':', '–', '—', '&']) || LINKING_WORDS.contains(&last.to_lowercase().as_str())
}

/// The first of these paragraphs, with the next ones if the author has divided the title: they look the same, and go on in lower case or
/// after a word that does not end a title. Others may be the author, the date, or “Contents”.
fn join_paragraphs(paragraphs: &[Paragraph], default_size: u32) -> String {
    let look = |paragraph: &Paragraph| {
        (paragraph.size.unwrap_or(default_size), paragraph.heading_level, paragraph.style.clone())
    };
    let first = &paragraphs[0];
    let goes_on = |pair: &&[Paragraph]| {
        let [before, next] = pair else { return false };
        look(next) == look(first) && (next.text.starts_with(char::is_lowercase) || is_unfinished(&before.text))
    };
    let lines: Vec<&str> = paragraphs.windows(2).take_while(goes_on).map(|pair| pair[1].text.as_str()).collect();
    let joined = format!("{} {}", first.text, lines.join(" "));
    if lines.is_empty() || lines.len() >= MAX_TITLE_PARAGRAPHS || !is_title(&joined) {
        return first.text.clone();
    }
    joined
}

/// The text of the first paragraphs with the style of titles.
fn title_by_style(paragraphs: &[Paragraph]) -> Option<String> {
    let start = paragraphs.iter().position(|paragraph| paragraph.style == "title")?;
    let lines =
        paragraphs[start..].iter().take_while(|paragraph| paragraph.style == "title").take(MAX_TITLE_PARAGRAPHS);
    let title = lines.map(|paragraph| paragraph.text.as_str()).collect::<Vec<_>>().join(" ");
    Some(title).filter(|title| is_title(title))
}

/// The index of the largest of the first paragraphs, if it is clearly larger than the running text.
fn title_by_size(paragraphs: &[Paragraph], default_size: u32) -> Option<usize> {
    let size = |paragraph: &Paragraph| paragraph.size.unwrap_or(default_size);
    let mut letters: HashMap<u32, usize> = HashMap::new();
    for paragraph in paragraphs {
        *letters.entry(size(paragraph)).or_default() += paragraph.text.chars().count();
    }
    let (body, _) = letters.into_iter().max_by_key(|(size, count)| (*count, std::cmp::Reverse(*size)))?;
    let first = paragraphs.iter().take(MAX_HEADING * 3).filter(|paragraph| is_title(&paragraph.text));
    let largest = first.map(size).max()?;
    // If several paragraphs have this size, take the first.
    let title = paragraphs.iter().position(|paragraph| size(paragraph) == largest && is_title(&paragraph.text))?;
    (u64::from(largest) * 4 >= u64::from(body) * 5).then_some(title)
}

fn docx_styles(xml: &str) -> HashMap<String, Style> {
    let mut reader = XmlReader::from_str(xml);
    let mut styles: HashMap<String, Style> = HashMap::new();
    let mut id = None;
    loop {
        match reader.read_event() {
            Ok(XmlEvent::Start(start)) if start.local_name().as_ref() == "style" => {
                id = attribute(start.attributes(), "styleId");
            }
            Ok(XmlEvent::End(end)) if end.local_name().as_ref() == "style" => id = None,
            Ok(XmlEvent::Start(start) | XmlEvent::Empty(start)) => {
                let Some(id) = &id else { continue };
                let value = || attribute(start.attributes(), "val");
                match start.local_name().as_ref() {
                    "name" => {
                        styles.entry(id.clone()).or_default().name = value().unwrap_or_default().to_lowercase();
                    }
                    "sz" => styles.entry(id.clone()).or_default().size = value().and_then(|size| size.parse().ok()),
                    _ => {}
                }
            }
            Ok(XmlEvent::Eof) | Err(_) => return styles,
            Ok(_) => {}
        }
    }
}

fn docx_paragraphs(xml: &str) -> Vec<Paragraph> {
    let mut reader = XmlReader::from_str(xml);
    let mut paragraphs = Vec::new();
    let mut paragraph = Paragraph::default();
    let mut in_text = false;
    loop {
        match reader.read_event() {
            Ok(XmlEvent::Start(start)) if start.local_name().as_ref() == "t" => in_text = true,
            Ok(XmlEvent::Start(start) | XmlEvent::Empty(start)) => match start.local_name().as_ref() {
                "p" => paragraph = Paragraph::default(),
                "pStyle" => paragraph.style = attribute(start.attributes(), "val").unwrap_or_default(),
                "sz" => {
                    let size = attribute(start.attributes(), "val").and_then(|size| size.parse().ok());
                    paragraph.size = paragraph.size.max(size);
                }
                "tab" | "br" => paragraph.text.push(' '),
                _ => {}
            },
            Ok(XmlEvent::End(end)) => match end.local_name().as_ref() {
                "t" => in_text = false,
                "p" => {
                    add(&mut paragraphs, std::mem::take(&mut paragraph));
                    if paragraphs.len() == MAX_PARAGRAPHS {
                        return paragraphs;
                    }
                }
                _ => {}
            },
            Ok(XmlEvent::Eof) | Err(_) => return paragraphs,
            Ok(other) if in_text => push_text(&mut paragraph.text, &other),
            Ok(_) => {}
        }
    }
}

/// The styles of an OpenDocument text by name. The default style of paragraphs has no name.
fn open_document_styles(xml: &str) -> HashMap<String, OpenDocumentStyle> {
    let mut reader = XmlReader::from_str(xml);
    let mut styles = OpenDocumentStyles::default();
    loop {
        match reader.read_event() {
            Ok(XmlEvent::Start(start) | XmlEvent::Empty(start)) => styles.read(&start),
            Ok(XmlEvent::Eof) | Err(_) => return styles.by_name,
            Ok(_) => {}
        }
    }
}

/// A style of an OpenDocument text.
#[derive(Default)]
struct OpenDocumentStyle {
    parent: Option<String>,
    /// In half points.
    size: Option<u32>,
    /// The size relative to that of the parent.
    percent: Option<u32>,
}

/// Reads the styles of an OpenDocument text.
#[derive(Default)]
struct OpenDocumentStyles {
    by_name: HashMap<String, OpenDocumentStyle>,
    /// The name of the style that is being read.
    current: Option<String>,
}

impl OpenDocumentStyles {
    fn read(&mut self, start: &XmlStart<'_>) {
        match start.local_name().as_ref() {
            "style" => {
                self.current = attribute(start.attributes(), "name");
                if let Some(name) = &self.current {
                    let parent = attribute(start.attributes(), "parent-style-name");
                    self.by_name.insert(name.clone(), OpenDocumentStyle { parent, ..OpenDocumentStyle::default() });
                }
            }
            "default-style" => {
                let family = attribute(start.attributes(), "family");
                self.current = (family.as_deref() == Some("paragraph")).then(String::new);
            }
            "text-properties" => {
                let Some(style) = self.current.as_ref().map(|name| self.by_name.entry(name.clone()).or_default())
                else {
                    return;
                };
                let size = attribute(start.attributes(), "font-size").unwrap_or_default();
                style.size = points(&size).or(style.size);
                style.percent = size.strip_suffix('%').and_then(|percent| percent.parse().ok());
            }
            // A style of another kind, such as that of a list.
            name if name.ends_with("-style") => self.current = None,
            _ => {}
        }
    }

    /// The name of the style from which a style was derived by formatting a paragraph by hand, or of the style itself.
    fn named_style(&self, name: &str) -> String {
        self.by_name.get(name).and_then(|style| style.parent.as_deref()).unwrap_or(name).to_lowercase()
    }

    /// The font size of a style, in half points.
    fn size(&self, name: &str) -> Option<u32> {
        let mut percent = 100;
        let mut name = name;
        // A style may be its own ancestor in a damaged document.
        for _ in 0..MAX_ANCESTORS {
            let style = self.by_name.get(name)?;
            if let Some(size) = style.size {
                return Some(size.saturating_mul(percent) / 100);
            }
            percent = style.percent.unwrap_or(100).saturating_mul(percent) / 100;
            name = style.parent.as_deref()?;
        }
        None
    }
}

/// A length such as `18pt` in half points.
fn points(length: &str) -> Option<u32> {
    let points: f64 = length.strip_suffix("pt")?.parse().ok()?;
    (1.0..1000.0).contains(&points).then_some((points * 2.0).round() as u32)
}

fn open_document_paragraphs(xml: &str, styles: HashMap<String, OpenDocumentStyle>) -> Vec<Paragraph> {
    let mut reader = XmlReader::from_str(xml);
    let mut styles = OpenDocumentStyles { by_name: styles, current: None };
    let mut paragraphs = Vec::new();
    let mut paragraph = Paragraph::default();
    let mut is_open = false;
    let mut in_title_frame = false;
    loop {
        match reader.read_event() {
            Ok(XmlEvent::Start(start) | XmlEvent::Empty(start)) => match start.local_name().as_ref() {
                name if matches!(name, "style" | "text-properties") || name.ends_with("-style") => styles.read(&start),
                "frame" => in_title_frame = attribute(start.attributes(), "class").as_deref() == Some("title"),
                kind @ ("p" | "h") => {
                    let name = attribute(start.attributes(), "style-name").unwrap_or_default();
                    let level = attribute(start.attributes(), "outline-level");
                    let level = level.map_or(Some(1), |level| level.parse().ok());
                    let style = if in_title_frame { "title".to_owned() } else { styles.named_style(&name) };
                    let heading_level = level.filter(|_| kind == "h");
                    paragraph = Paragraph { style, heading_level, size: styles.size(&name), ..Paragraph::default() };
                    is_open = true;
                }
                "span" if is_open => {
                    let name = attribute(start.attributes(), "style-name").unwrap_or_default();
                    paragraph.size = paragraph.size.max(styles.size(&name));
                }
                "tab" | "s" | "line-break" => paragraph.text.push(' '),
                _ => {}
            },
            Ok(XmlEvent::End(end)) => match end.local_name().as_ref() {
                "frame" => in_title_frame = false,
                "p" | "h" => {
                    is_open = false;
                    add(&mut paragraphs, std::mem::take(&mut paragraph));
                    if paragraphs.len() == MAX_PARAGRAPHS {
                        return paragraphs;
                    }
                }
                _ => {}
            },
            Ok(XmlEvent::Eof) | Err(_) => return paragraphs,
            Ok(other) if is_open => push_text(&mut paragraph.text, &other),
            Ok(_) => {}
        }
    }
}

fn add(paragraphs: &mut Vec<Paragraph>, mut paragraph: Paragraph) {
    paragraph.text = paragraph.text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !paragraph.text.is_empty() {
        paragraphs.push(paragraph);
    }
}

fn push_text(text: &mut String, event: &XmlEvent<'_>) {
    match event {
        XmlEvent::Text(piece) => text.push_str(piece),
        XmlEvent::GeneralRef(reference) => {
            if let Ok(Some(character)) = reference.resolve_char_ref() {
                text.push(character);
            } else if let Some(character) = resolve_predefined_entity(reference) {
                text.push_str(character);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_of_a_word_document_has_the_style_of_titles() {
        let styles = "<w:styles><w:style w:styleId='Titel'><w:name w:val='Title'/></w:style>\
                      <w:style w:styleId='berschrift1'><w:name w:val='heading 1'/></w:style></w:styles>";
        let document = |first: &str| {
            format!(
                "<w:document><w:body><w:p><w:r><w:t>The Office</w:t></w:r></w:p><w:p><w:pPr>{first}</w:pPr>\
                 <w:r><w:t>Needs &amp; wants</w:t></w:r></w:p><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>",
                "Running text. ".repeat(20)
            )
        };
        for first in
            ["<w:pStyle w:val='Titel'/>", "<w:pStyle w:val='berschrift1'/>", "<w:rPr><w:sz w:val='40'/></w:rPr>"]
        {
            assert_eq!(title_of_docx(&document(first), styles).as_deref(), Some("Needs & wants"), "{first}");
        }
        assert_eq!(title_of_docx(&document(""), styles), None);
        assert_eq!(title_of_docx("<w:p>", ""), None);
        let huge = document(&format!("<w:rPr><w:sz w:val='{}'/></w:rPr>", u32::MAX));
        assert_eq!(title_of_docx(&huge, styles).as_deref(), Some("Needs & wants"));
    }

    #[test]
    fn the_title_of_a_word_document_is_above_its_first_heading() {
        let styles = "<w:style w:styleId='T1'><w:name w:val='heading 1'/><w:rPr><w:sz w:val='30'/></w:rPr></w:style>";
        let paragraph = |text: &str, properties: &str, size: u32| {
            format!(
                "<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr><w:sz w:val='{size}'/></w:rPr><w:t>{text}</w:t></w:r></w:p>"
            )
        };
        let heading = "<w:pStyle w:val='T1'/>";
        let document = paragraph("Wellmaker-2 handbook", "", 26)
            + &paragraph("For learning and practice", heading, 19)
            + &paragraph("Pumps and ropes", heading, 28)
            + &paragraph(&"Running text. ".repeat(20), "", 20);
        assert_eq!(title_of_docx(&document, styles).as_deref(), Some("Wellmaker-2 handbook"));
    }

    #[test]
    fn a_title_of_one_word_is_completed() {
        let document = |second: &str, size: u32| {
            format!(
                "<w:p><w:r><w:rPr><w:sz w:val='60'/></w:rPr><w:t>Wellmaker-2</w:t></w:r></w:p>\
                 <w:p><w:r><w:rPr><w:sz w:val='{size}'/></w:rPr><w:t>{second}</w:t></w:r></w:p>\
                 <w:p><w:r><w:t>{}</w:t></w:r></w:p>",
                "The handbook of the user. ".repeat(20)
            )
        };
        let title = |second: &str, size: u32| title_of_docx(&document(second, size), "").unwrap_or_default();
        assert_eq!(title("User Handbook", 52), "Wellmaker-2: User Handbook");
        assert_eq!(title("User Handbook", 30), "Wellmaker-2");
        assert_eq!(title("Ada Byron", 52), "Wellmaker-2");
    }

    #[test]
    fn the_title_of_an_open_document_has_the_style_of_titles() {
        let text = "<office:automatic-styles><style:style style:name='P1' style:parent-style-name='Title'/>\
                    </office:automatic-styles><office:body><text:p>The Office</text:p>\
                    <text:p text:style-name='P1'>Needs <text:span>assessment</text:span></text:p></office:body>";
        assert_eq!(title_of_open_document(text, "").as_deref(), Some("Needs assessment"));
        let slides = "<draw:frame presentation:class='title'><draw:text-box><text:p>Wells</text:p></draw:text-box></draw:frame>\
                      <draw:frame><draw:text-box><text:p>Deep</text:p></draw:text-box></draw:frame>";
        assert_eq!(title_of_open_document(slides, "").as_deref(), Some("Wells"));
        let styles = "<style:default-style style:family='paragraph'><style:text-properties fo:font-size='12pt'/></style:default-style>\
                      <style:style style:name='Heading'><style:text-properties fo:font-size='14pt'/></style:style>\
                      <style:style style:name='H1' style:parent-style-name='Heading'><style:text-properties fo:font-size='115%'/></style:style>";
        let text = |title: &str, size: &str| {
            let body = format!("<text:p>{}</text:p>", "Running text. ".repeat(20));
            format!(
                "<office:automatic-styles><style:style style:name='P1' style:parent-style-name='Standard'>\
                 <style:text-properties fo:font-size='{size}'/></style:style></office:automatic-styles>\
                 <text:p>The Office</text:p>{title}<text:h text:style-name='H1'>Introductory words</text:h>{body}{body}"
            )
        };
        let by_hand = "<text:p text:style-name='P1'>A manual for wells</text:p>";
        let title = |text: &str| title_of_open_document(text, styles);
        assert_eq!(title(&text(by_hand, "18pt")).as_deref(), Some("A manual for wells"), "above the first heading");
        assert_eq!(title(&text(by_hand, "16pt")).as_deref(), Some("Introductory words"), "smaller than the heading");
        let in_span = "<text:p><text:span text:style-name='P1'>A manual for wells</text:span></text:p>";
        assert_eq!(title(&text(in_span, "18pt")).as_deref(), Some("A manual for wells"));
        let without_heading = text(by_hand, "16pt").replace("text:h", "text:p").replace("'H1'", "'P2'");
        assert_eq!(title(&without_heading).as_deref(), Some("A manual for wells"));
        let divided = by_hand.replace(" wells", "</text:p><text:p text:style-name='P1'>Wells");
        assert_eq!(title(&text(&divided, "18pt")).as_deref(), Some("A manual for Wells"), "in two paragraphs");
        for other in ["John Smith", "Contents", "June 2008"] {
            let followed = format!("{by_hand}<text:p text:style-name='P1'>{other}</text:p>");
            assert_eq!(title(&text(&followed, "18pt")).as_deref(), Some("A manual for wells"), "{other}");
        }
        let headings = "<text:h text:outline-level='1'>A manual</text:h><text:h text:outline-level='1'>for wells</text:h>\
                        <text:h text:outline-level='1'>Wells</text:h>";
        assert_eq!(
            title(headings).as_deref(),
            Some("A manual for wells"),
            "the next heading begins with a capital letter"
        );
        let lower =
            "<text:h text:outline-level='2'>Wells 2017</text:h><text:h text:outline-level='1'>Release notes</text:h>";
        assert_eq!(title_of_open_document(lower, "").as_deref(), Some("Wells 2017"));
        let large = text("<text:h text:outline-level='2'>Wells 2017</text:h>", "30pt").replace("The Office", "");
        let large = large
            .replace("Introductory words", "Release")
            .replace("<text:h text:style-name='H1'", "<text:h text:style-name='P1' text:outline-level='3'");
        assert_eq!(title(&large).as_deref(), Some("Wells 2017"), "the first heading is smaller than another");
        let list = "<text:list-style><text:list-level-style-bullet><style:text-properties fo:font-size='9pt'/>\
                    </text:list-level-style-bullet></text:list-style></office:automatic-styles>";
        let with_list = text(by_hand, "18pt").replace("</office:automatic-styles>", list);
        assert_eq!(
            title(&with_list).as_deref(),
            Some("A manual for wells"),
            "a list does not change the style before it"
        );
        let heading = "<text:h text:outline-level='1'>Wells</text:h><text:p>Deep</text:p>";
        assert_eq!(title_of_open_document(heading, "").as_deref(), Some("Wells"));
        assert_eq!(title_of_open_document("<text:p>Deep</text:p>", ""), None);
    }
}
