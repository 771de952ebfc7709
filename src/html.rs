//! Web pages as tokens, and the metadata of a page. The only module that uses `html5gum`.

pub use html5gum::{HtmlString, StartTag, Token, Tokenizer};

/// What a web page says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageMetadata {
    /// The `lang` attribute of `html`.
    pub language: Option<String>,
    /// The `title` element.
    pub title: Option<String>,
    /// The first `h1`.
    pub heading: Option<String>,
    /// The authors in `meta` elements.
    pub authors: Vec<String>,
    /// The date in a `meta` element.
    pub date: Option<String>,
    /// The `href` of every link, as written.
    pub links: Vec<String>,
}

/// The value of an attribute of a tag.
pub fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(&HtmlString(name.as_bytes().to_vec()))?;
    Some(String::from_utf8_lossy(value).into_owned())
}

impl PageMetadata {
    /// Reads the metadata of a page.
    pub fn parse(page: &str) -> Self {
        #[derive(PartialEq)]
        enum Within {
            Title,
            Heading,
            Other,
        }
        let mut metadata = Self::default();
        let (mut title, mut heading) = (String::new(), String::new());
        let mut within = Within::Other;
        for token in Tokenizer::new(page) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => match tag.name.as_slice() {
                    b"html" => metadata.language = attribute(&tag, "lang").or_else(|| attribute(&tag, "xml:lang")),
                    b"title" if title.is_empty() => within = Within::Title,
                    b"h1" if heading.is_empty() => within = Within::Heading,
                    b"meta" => metadata.read_meta(&tag),
                    b"a" => metadata.links.extend(attribute(&tag, "href")),
                    _ => {}
                },
                Token::EndTag(tag) if matches!(tag.name.as_slice(), b"title" | b"h1") => within = Within::Other,
                Token::String(text) => match within {
                    Within::Title => title.push_str(&String::from_utf8_lossy(&text)),
                    Within::Heading => heading.push_str(&String::from_utf8_lossy(&text)),
                    Within::Other => {}
                },
                _ => {}
            }
        }
        let on_one_line = |text: String| {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            (!line.is_empty()).then_some(line)
        };
        (metadata.title, metadata.heading) = (on_one_line(title), on_one_line(heading));
        metadata
    }

    fn read_meta(&mut self, tag: &StartTag<()>) {
        let (Some(name), Some(content)) = (attribute(tag, "name"), attribute(tag, "content")) else { return };
        match name.to_ascii_lowercase().as_str() {
            "author" | "dc.creator" | "dcterms.creator" => self.authors.push(content),
            "date" | "dc.date" | "dcterms.date" | "dcterms.issued" => self.date = Some(content),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read_from_a_page() {
        let page = "<!doctype html><html lang=fr><head><title>L&rsquo;eau\n &amp; la vie</title>\
                    <meta name=Author content='The Office'><meta name=date content=2008-06></head>\
                    <body><h1>L’<em>eau</em></h1><a href=ch01.html>1</a><h1>Other</h1></body></html>";
        let metadata = PageMetadata::parse(page);
        assert_eq!(metadata.language.as_deref(), Some("fr"));
        assert_eq!(metadata.title.as_deref(), Some("L’eau & la vie"));
        assert_eq!(metadata.heading.as_deref(), Some("L’eau"));
        assert_eq!((metadata.authors, metadata.date), (vec!["The Office".to_owned()], Some("2008-06".to_owned())));
        assert_eq!(metadata.links, ["ch01.html"]);
    }
}
