//! Web pages as tokens, and what a page says of itself. The only module that names `html5gum`.

pub use html5gum::{HtmlString, StartTag, Token, Tokenizer};

/// What a page says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The `lang` of its root.
    pub language: Option<String>,
    /// Its `title`.
    pub title: Option<String>,
    /// Its first heading.
    pub heading: Option<String>,
    /// Its `author`s, as `meta` has them.
    pub authors: Vec<String>,
    /// Its date, as `meta` has it.
    pub date: Option<String>,
    /// Where its links lead, as written.
    pub links: Vec<String>,
}

/// The value of an attribute.
pub fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(&HtmlString(name.as_bytes().to_vec()))?;
    Some(String::from_utf8_lossy(value).into_owned())
}

impl Head {
    /// Reads what a page says of itself.
    pub fn of(page: &str) -> Self {
        #[derive(PartialEq)]
        enum In {
            Text,
            Title,
            Heading,
        }
        let mut head = Self::default();
        let (mut title, mut heading) = (String::new(), String::new());
        let mut within = In::Text;
        for token in Tokenizer::new(page) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => match tag.name.as_slice() {
                    b"html" => head.language = attribute(&tag, "lang").or_else(|| attribute(&tag, "xml:lang")),
                    b"title" if title.is_empty() => within = In::Title,
                    b"h1" if heading.is_empty() => within = In::Heading,
                    b"meta" => head.meta(&tag),
                    b"a" => head.links.extend(attribute(&tag, "href")),
                    _ => {}
                },
                Token::EndTag(tag) if matches!(tag.name.as_slice(), b"title" | b"h1") => within = In::Text,
                Token::String(text) if within != In::Text => {
                    let to = if within == In::Title { &mut title } else { &mut heading };
                    to.push_str(&String::from_utf8_lossy(&text));
                }
                _ => {}
            }
        }
        let line = |text: String| {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            (!line.is_empty()).then_some(line)
        };
        (head.title, head.heading) = (line(title), line(heading));
        head
    }

    fn meta(&mut self, tag: &StartTag<()>) {
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
    fn a_page_says_what_it_is() {
        let page = "<!doctype html><html lang=fr><head><title>L&rsquo;eau\n &amp; la vie</title>\
                    <meta name=Author content='The Office'><meta name=date content=2008-06></head>\
                    <body><h1>L’<em>eau</em></h1><a href=ch01.html>1</a><h1>Other</h1></body></html>";
        let head = Head::of(page);
        assert_eq!(head.language.as_deref(), Some("fr"));
        assert_eq!(head.title.as_deref(), Some("L’eau & la vie"));
        assert_eq!(head.heading.as_deref(), Some("L’eau"));
        assert_eq!((head.authors, head.date), (vec!["The Office".to_owned()], Some("2008-06".to_owned())));
        assert_eq!(head.links, ["ch01.html"]);
    }
}
