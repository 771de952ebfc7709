//! Rewrites the links in a page, a drawing or a stylesheet. All other bytes stay as they are.

use std::ops::Range;

use super::links::{Base, LinkTarget, SiteMap, is_on_server};
use super::{css, scripts};
use crate::encodings::PageEncoding;
use crate::html::{TagSpans, decode_attribute, find_tags};

/// A line of a file and something in it.
pub(super) type Located<T> = (usize, T);

/// What was found in one file of a site.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FileReport {
    /// The file with rewritten links; `None` if it goes on the disc as it is.
    pub(super) rewritten: Option<Vec<u8>>,
    /// The number of links that were rewritten.
    pub(super) changed_links: usize,
    /// The links to files that do not exist: each with the path at which the file should be.
    pub(super) missing: Vec<Located<(String, String)>>,
    /// The links to files outside the site.
    pub(super) outside: Vec<Located<String>>,
    /// The links that differ from the file in the case of letters.
    pub(super) other_case: Vec<Located<String>>,
    /// The number of links to other sites.
    pub(super) elsewhere: usize,
    /// The places at which scripts build links, and how.
    pub(super) scripted: Vec<Located<&'static str>>,
    /// The files that scripts name and that have another name on the disc: the text and the new name.
    pub(super) renamed_in_scripts: Vec<Located<(String, String)>>,
}

/// The kind of a file whose links are rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Html,
    /// XHTML, SVG, and the tables of contents of an EPUB.
    Xml,
    Css,
    Script,
    /// A web app manifest.
    AppManifest,
}

impl FileKind {
    /// The kind of a file with this extension on the disc; `None` if it has no links that can be rewritten.
    pub(super) fn of(path: &str, extension: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        match extension {
            "html" | "htm" | "shtml" => Some(Self::Html),
            "xhtml" | "xht" | "svg" | "opf" | "ncx" => Some(Self::Xml),
            "css" => Some(Self::Css),
            "js" | "mjs" => Some(Self::Script),
            "webmanifest" => Some(Self::AppManifest),
            "json" if name == "manifest.json" => Some(Self::AppManifest),
            _ => None,
        }
    }
}

/// Whether links that lead nowhere are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Importance {
    Reported,
    /// Readers do not follow it, or it may not be a link: it is rewritten only if it leads to a file.
    Silent,
}

/// Rewrites the links of a file of a site. `map` has the site's files and their names on the disc, and `number` is the index of
/// this file in it.
pub(super) fn rewrite_file(map: &SiteMap<'_>, number: usize, kind: FileKind, bytes: &[u8]) -> FileReport {
    let encoding = PageEncoding::of(bytes);
    if encoding.is_ascii_compatible() {
        return Rewriter::new(map, number, encoding, bytes).rewrite(kind);
    }
    // Markup cannot be found in the bytes: the page is rewritten as UTF-8 and encoded again.
    let text = encoding.decode(bytes);
    let mut report = Rewriter::new(map, number, PageEncoding::UTF_8, text.as_bytes()).rewrite(kind);
    report.rewritten = report.rewritten.and_then(|rewritten| {
        let is_faithful = encoding.encode(&text) == bytes;
        is_faithful.then(|| encoding.encode(&String::from_utf8_lossy(&rewritten)))
    });
    report
}

struct Rewriter<'r> {
    map: &'r SiteMap<'r>,
    number: usize,
    encoding: PageEncoding,
    bytes: &'r [u8],
    base: Base,
    edits: Vec<(Range<usize>, Vec<u8>)>,
    report: FileReport,
    /// A position and its line. Counting the lines of later positions continues from there.
    counted: (usize, usize),
    /// How many `srcdoc` attributes enclose this page.
    depth: usize,
}

/// How deeply pages can be nested in `srcdoc` attributes: each level is decoded again.
const MAX_EMBEDDED_DEPTH: usize = 3;

impl<'r> Rewriter<'r> {
    fn new(map: &'r SiteMap<'r>, number: usize, encoding: PageEncoding, bytes: &'r [u8]) -> Self {
        let (edits, report) = (Vec::new(), FileReport::default());
        Self { map, number, encoding, bytes, base: Base::Page, edits, report, counted: (0, 1), depth: 0 }
    }

    fn rewrite(mut self, kind: FileKind) -> FileReport {
        match kind {
            FileKind::Html | FileKind::Xml => self.rewrite_tags(kind == FileKind::Xml),
            FileKind::Css => self.rewrite_css(0..self.bytes.len()),
            FileKind::Script => self.examine_script(0..self.bytes.len()),
            FileKind::AppManifest => self.rewrite_app_manifest(),
        }
        let Self { mut edits, mut report, bytes, .. } = self;
        edits.sort_by_key(|(place, _)| place.start);
        if !edits.is_empty() {
            report.changed_links = edits.len();
            let mut rewritten = Vec::with_capacity(bytes.len() + 16 * edits.len());
            let mut end = 0;
            for (place, new) in edits {
                if place.start < end {
                    continue;
                }
                rewritten.extend_from_slice(&bytes[end..place.start]);
                rewritten.extend_from_slice(&new);
                end = place.end;
            }
            rewritten.extend_from_slice(&bytes[end..]);
            report.rewritten = Some(rewritten);
        }
        report
    }

    /// The line of a position, counted from one.
    fn line(&mut self, position: usize) -> usize {
        let (from, line) = if position >= self.counted.0 { self.counted } else { (0, 1) };
        let line = line + self.bytes[from..position].iter().filter(|byte| **byte == b'\n').count();
        self.counted = (position, line);
        line
    }

    fn decode(&self, place: &Range<usize>) -> String {
        self.encoding.decode(&self.bytes[place.clone()])
    }

    fn rewrite_tags(&mut self, is_xml: bool) {
        let tags = find_tags(self.bytes, is_xml);
        if let Some(place) = tags.iter().find(|tag| tag.name == "base").and_then(|tag| tag.attribute("href")) {
            let link = decode_attribute(&self.decode(&place));
            self.base = self.map.base(&link, self.number, self.encoding);
            if let Base::Folder(_) = self.base
                && !place.is_empty()
            {
                // All rewritten links of the page are relative to the page itself.
                let name = self.map.disc_paths[self.number].name().as_bytes().to_vec();
                self.edits.push((place, name));
            }
        }
        for tag in &tags {
            self.rewrite_tag(tag);
        }
        if is_xml {
            self.rewrite_stylesheet_instructions();
        }
    }

    fn rewrite_tag(&mut self, tag: &TagSpans) {
        let value = |name: &str| tag.attribute(name).map(|place| self.decode(&place).to_ascii_lowercase());
        let method_is_get = value("method").is_none_or(|method| method.trim() != "post");
        let relation = value("rel").unwrap_or_default();
        let parameter = value("name").unwrap_or_default();
        let is_refresh = value("http-equiv").is_some_and(|value| value.trim() == "refresh");
        let is_program =
            value("type").is_none_or(|kind| kind.is_empty() || kind.contains("script") || kind == "module");
        let is_module = value("type").is_some_and(|kind| kind == "module");
        for (name, place) in tag.attributes.iter().filter(|(_, place)| !place.is_empty()) {
            let local = name.rsplit(':').next().unwrap_or(name);
            match (tag.name.as_str(), local) {
                ("base", "href") => {}
                ("link", "href") => {
                    let is_silent = |word: &str| {
                        matches!(
                            word,
                            "canonical"
                                | "alternate"
                                | "shortlink"
                                | "pingback"
                                | "edituri"
                                | "wlwmanifest"
                                | "preconnect"
                                | "dns-prefetch"
                                | "search"
                                | "amphtml"
                        )
                    };
                    let silent = relation.split_whitespace().any(is_silent);
                    let is_own_address = |word: &str| matches!(word, "canonical" | "shortlink");
                    if relation.split_whitespace().any(is_own_address) && is_on_server(&self.decode(place)) {
                        // It says where the page was published.
                        continue;
                    }
                    self.rewrite_attribute(place, if silent { Importance::Silent } else { Importance::Reported });
                }
                (_, "href" | "src" | "poster" | "background" | "lowsrc" | "dynsrc" | "longdesc") => {
                    self.rewrite_attribute(place, Importance::Reported);
                }
                ("object", "data") => self.rewrite_attribute(place, Importance::Reported),
                ("form" | "input" | "button", "action" | "formaction") if method_is_get => {
                    self.rewrite_form_address(place);
                }
                ("blockquote" | "q" | "ins" | "del", "cite") => self.rewrite_attribute(place, Importance::Silent),
                ("param", "value") if matches!(parameter.as_str(), "movie" | "src" | "url" | "filename") => {
                    self.rewrite_attribute(place, Importance::Silent);
                }
                (_, "srcset" | "imagesrcset") => self.rewrite_srcset(place, Importance::Reported),
                (_, "data-srcset") => self.rewrite_srcset(place, Importance::Silent),
                (_, "data-src" | "data-href" | "data-original" | "data-background" | "data-poster") => {
                    self.rewrite_attribute(place, Importance::Silent);
                }
                ("meta", "content") if is_refresh => self.rewrite_refresh(place),
                ("iframe", "srcdoc") if self.depth < MAX_EMBEDDED_DEPTH => self.rewrite_embedded_page(place),
                (_, attribute) if attribute.starts_with("on") => self.examine_script(place.clone()),
                _ => {
                    if self.bytes[place.clone()].to_ascii_lowercase().windows(4).any(|part| part == b"url(") {
                        self.rewrite_style_attribute(place);
                    }
                }
            }
        }
        self.unlock_local_files(tag);
        if is_module && tag.name == "script" {
            let line = tag.attributes.first().map_or(1, |(_, place)| self.line(place.start));
            self.report.scripted.push((line, "a module"));
        }
        if let Some(text) = &tag.text {
            match tag.name.as_str() {
                "style" => self.rewrite_css(text.clone()),
                _ if is_program => self.examine_script(text.clone()),
                _ => {}
            }
        }
    }

    /// Finds out what a link leads to, and reports it. Returns the text to write instead.
    fn resolve(&mut self, link: &str, position: usize, importance: Importance) -> Option<String> {
        let target = self.map.resolve(link, self.number, &self.base, self.encoding);
        self.report_target(target, link, position, importance)
    }

    /// Reports what a link leads to. Returns the text to write instead.
    fn report_target(
        &mut self,
        target: LinkTarget,
        link: &str,
        position: usize,
        importance: Importance,
    ) -> Option<String> {
        let is_reported = importance == Importance::Reported;
        match target {
            LinkTarget::None => None,
            LinkTarget::OtherSite(new) => {
                self.report.elsewhere += usize::from(is_reported);
                new.filter(|_| is_reported)
            }
            LinkTarget::NotInSite | LinkTarget::Missing(_) if !is_reported => None,
            LinkTarget::NotInSite => {
                let line = self.line(position);
                self.report.outside.push((line, link.trim().to_owned()));
                None
            }
            LinkTarget::Missing(path) => {
                let line = self.line(position);
                self.report.missing.push((line, (link.trim().to_owned(), path)));
                None
            }
            LinkTarget::File { new, is_other_case } => {
                if is_other_case {
                    let line = self.line(position);
                    self.report.other_case.push((line, link.trim().to_owned()));
                }
                new
            }
        }
    }

    /// Writes a new value of an attribute. `text` has no character references.
    fn set_attribute(&mut self, place: &Range<usize>, text: &str) {
        let escaped = text.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;").replace('<', "&lt;");
        self.edits.push((place.clone(), self.encoding.encode(&escaped)));
    }

    fn rewrite_attribute(&mut self, place: &Range<usize>, importance: Importance) {
        let link = decode_attribute(&self.decode(place));
        if link.trim_start().get(..11).is_some_and(|start| start.eq_ignore_ascii_case("javascript:")) {
            return self.examine_script(place.clone());
        }
        if let Some(new) = self.resolve(&link, place.start, importance) {
            self.set_attribute(place, &new);
        }
    }

    /// A form whose address is on a server, such as a search, still leads to it: no page of the copy does what the server does.
    fn rewrite_form_address(&mut self, place: &Range<usize>) {
        let link = decode_attribute(&self.decode(place));
        if !is_on_server(&link) {
            return self.rewrite_attribute(place, Importance::Reported);
        }
        let target = self.map.resolve_as_written(&link, self.number, &self.base, self.encoding);
        if let Some(new) = self.report_target(target, &link, place.start, Importance::Reported) {
            self.set_attribute(place, &new);
        }
    }

    /// Renames attributes that keep browsers from loading a file from a disc: Chromium loads no file with `integrity` or
    /// `crossorigin` from `file://`, and the digest in `integrity` is wrong if the file itself was rewritten.
    fn unlock_local_files(&mut self, tag: &TagSpans) {
        let locks = ["integrity", "crossorigin"].into_iter().filter_map(|name| tag.attribute_name(name));
        let locks: Vec<Range<usize>> = locks.collect();
        if locks.is_empty() {
            return;
        }
        let Some(place) = tag.attribute("src").or_else(|| tag.attribute("href")) else { return };
        let link = decode_attribute(&self.decode(&place));
        if let LinkTarget::File { .. } = self.map.resolve(&link, self.number, &self.base, self.encoding) {
            self.edits.extend(locks.into_iter().map(|name| (name.start..name.start, b"data-".to_vec())));
        }
    }

    /// Rewrites the page that is the value of a `srcdoc` attribute.
    fn rewrite_embedded_page(&mut self, place: &Range<usize>) {
        let page = decode_attribute(&self.decode(place));
        let mut embedded = Rewriter::new(self.map, self.number, PageEncoding::UTF_8, page.as_bytes());
        embedded.base = self.base.clone();
        embedded.depth = self.depth + 1;
        let FileReport {
            rewritten,
            changed_links: _,
            missing,
            outside,
            other_case,
            elsewhere,
            scripted,
            renamed_in_scripts,
        } = embedded.rewrite(FileKind::Html);
        let lines_before = self.line(place.start) - 1;
        fn shifted<T>(found: Vec<Located<T>>, lines: usize) -> impl Iterator<Item = Located<T>> {
            found.into_iter().map(move |(line, what)| (line + lines, what))
        }
        self.report.missing.extend(shifted(missing, lines_before));
        self.report.outside.extend(shifted(outside, lines_before));
        self.report.other_case.extend(shifted(other_case, lines_before));
        self.report.scripted.extend(shifted(scripted, lines_before));
        self.report.renamed_in_scripts.extend(shifted(renamed_in_scripts, lines_before));
        self.report.elsewhere += elsewhere;
        if let Some(rewritten) = rewritten {
            self.set_attribute(place, &String::from_utf8_lossy(&rewritten));
        }
    }

    /// Rewrites a list of images with their widths or pixel densities (HTML, 4.8.4.2.1).
    fn rewrite_srcset(&mut self, place: &Range<usize>, importance: Importance) {
        let list = decode_attribute(&self.decode(place));
        let mut rewritten = String::with_capacity(list.len());
        let mut is_changed = false;
        let mut rest = list.as_str();
        while !rest.is_empty() {
            let start = rest.find(|c: char| !c.is_ascii_whitespace() && c != ',').unwrap_or(rest.len());
            let (separator, after) = rest.split_at(start);
            rewritten.push_str(separator);
            let (written, after) = after.split_at(after.find(|c: char| c.is_ascii_whitespace()).unwrap_or(after.len()));
            let link = written.trim_end_matches(',');
            if !link.is_empty() {
                let new = self.resolve(link, place.start, importance);
                is_changed |= new.is_some();
                rewritten.push_str(new.as_deref().unwrap_or(link));
            }
            rewritten.push_str(&written[link.len()..]);
            if link.len() < written.len() {
                rest = after;
                continue;
            }
            // The descriptor, such as `2x` or `480w`, up to a comma that is not in parentheses.
            let mut depth = 0;
            let end = after.find(|c: char| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                c == ',' && depth <= 0
            });
            let (descriptor, after) = after.split_at(end.unwrap_or(after.len()));
            rewritten.push_str(descriptor);
            rest = after;
        }
        if is_changed {
            self.set_attribute(place, &rewritten);
        }
    }

    /// Rewrites the address of `<meta http-equiv="refresh" content="5; url=next.html">`.
    fn rewrite_refresh(&mut self, place: &Range<usize>) {
        let content = decode_attribute(&self.decode(place));
        let Some(at) = content.to_ascii_lowercase().find("url") else { return };
        let after = content[at + 3..].trim_start();
        let Some(after) = after.strip_prefix('=') else { return };
        let written = after.trim_start();
        let (quote, link) = match written.chars().next() {
            Some(quote @ ('"' | '\'')) => (Some(quote), written[1..].split(quote).next().unwrap_or_default()),
            _ => (None, written.trim_end()),
        };
        if let Some(new) = self.resolve(link, place.start, Importance::Reported) {
            let start = content.len() - written.len() + usize::from(quote.is_some());
            let text = format!("{}{new}{}", &content[..start], &content[start + link.len()..]);
            self.set_attribute(place, &text);
        }
    }

    fn rewrite_style_attribute(&mut self, place: &Range<usize>) {
        let style = decode_attribute(&self.decode(place));
        let mut rewritten = String::new();
        let mut end = 0;
        for link in css::find_links(style.as_bytes()) {
            let Some(written) = style.get(link.place.clone()) else { continue };
            if let Some(new) = self.resolve(&css::unescape(written), place.start, Importance::Reported) {
                rewritten.push_str(&style[end..link.place.start]);
                rewritten.push_str(&css::escape(&new, link.is_quoted));
                end = link.place.end;
            }
        }
        if end > 0 {
            rewritten.push_str(&style[end..]);
            self.set_attribute(place, &rewritten);
        }
    }

    fn rewrite_css(&mut self, place: Range<usize>) {
        for link in css::find_links(&self.bytes[place.clone()]) {
            let link_place = place.start + link.place.start..place.start + link.place.end;
            let written = self.decode(&link_place);
            if written.trim().is_empty() {
                continue;
            }
            if let Some(new) = self.resolve(&css::unescape(&written), link_place.start, Importance::Reported) {
                let new = self.encoding.encode(&css::escape(&new, link.is_quoted));
                self.edits.push((link_place, new));
            }
        }
    }

    /// Rewrites the links of `<?xml-stylesheet href="…"?>`.
    fn rewrite_stylesheet_instructions(&mut self) {
        let mut from = 0;
        while let Some(at) = find(&self.bytes[from..], b"<?xml-stylesheet") {
            let start = from + at;
            let end = find(&self.bytes[start..], b"?>").map_or(self.bytes.len(), |end| start + end);
            if let Some(href) = find(&self.bytes[start..end], b"href=") {
                let value = start + href + 5;
                if let Some(quote) = self.bytes[value..end].first().filter(|quote| matches!(quote, b'"' | b'\'')) {
                    let length = self.bytes[value + 1..end].iter().position(|byte| byte == quote);
                    if let Some(length) = length {
                        self.rewrite_attribute(&(value + 1..value + 1 + length), Importance::Reported);
                    }
                }
            }
            from = end;
        }
    }

    /// Rewrites the values of `src`, `url` and `start_url` in a web app manifest.
    fn rewrite_app_manifest(&mut self) {
        for key in ["\"src\"", "\"url\"", "\"start_url\""] {
            let mut from = 0;
            while let Some(at) = find(&self.bytes[from..], key.as_bytes()) {
                from += at + key.len();
                let rest = &self.bytes[from..];
                let spaces = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                let colon = spaces(rest);
                if rest.get(colon) != Some(&b':') {
                    continue;
                }
                let quote = colon + 1 + spaces(&rest[colon + 1..]);
                if rest.get(quote) != Some(&b'"') {
                    continue;
                }
                let Some(length) = rest[quote + 1..].iter().position(|byte| *byte == b'"') else { continue };
                let place = from + quote + 1..from + quote + 1 + length;
                let link = self.decode(&place);
                if link.contains('\\') {
                    continue;
                }
                if let Some(new) = self.resolve(&link, place.start, Importance::Silent)
                    && !new.contains(['"', '\\'])
                {
                    let new = self.encoding.encode(&new);
                    self.edits.push((place, new));
                }
            }
        }
    }

    /// Reports the links that a script builds, and the files that it names.
    fn examine_script(&mut self, place: Range<usize>) {
        let text = self.decode(&place);
        let first = self.line(place.start);
        let linking_code = scripts::find_linking_code(&text);
        self.report.scripted.extend(linking_code.into_iter().map(|found| (first + found.line, found.what)));
        for found in scripts::find_strings(&text) {
            if let Some(new) = self.map.renamed(found.what, self.number) {
                self.report.renamed_in_scripts.push((first + found.line, (found.what.to_owned(), new)));
            }
        }
    }
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Site, SiteFile, SourceId};
    use crate::layout::DiscPath;

    /// Rewrites the first of these files.
    fn rewrite(kind: FileKind, bytes: &[u8], files: &[(&str, &str)]) -> FileReport {
        let file = |path: &str| SiteFile { path: path.to_owned(), source: SourceId(0), extension: String::new() };
        let site = Site::from_files("site", files.iter().map(|(path, _)| file(path)).collect());
        let disc: Vec<DiscPath> = files.iter().map(|(_, path)| DiscPath::for_test(path)).collect();
        rewrite_file(&SiteMap::new(&site, &disc), 0, kind, bytes)
    }

    const FILES: [(&str, &str); 7] = [
        ("index.html", "d/s/r/index.html"),
        ("Über uns.html", "d/s/r/uber_uns.html"),
        ("img/Foto-1.JPG", "d/s/r/img/foto_1.jpg"),
        ("css/main.css", "d/s/r/css/main.css"),
        ("b&c.html", "d/s/r/b_c.html"),
        ("docs/index.html", "d/s/r/docs/index.html"),
        ("Вода.html", "d/s/r/voda.html"),
    ];

    fn rewritten(kind: FileKind, text: &str) -> String {
        let report = rewrite(kind, text.as_bytes(), &FILES);
        report.rewritten.map_or_else(|| text.to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    #[test]
    fn a_page_whose_links_work_on_the_disc_stays_as_it_is() {
        let page = b"<!DOCTYPE html>\r\n<LINK rel=stylesheet href = css/main.css><a href='docs/index.html#x'>\xff</a>";
        let report = rewrite(FileKind::Html, page, &FILES);
        assert_eq!(report, FileReport::default());
    }

    #[test]
    fn only_the_values_of_links_change() {
        for (page, expected) in [
            (
                "<A HREF=\"%C3%9Cber%20uns.html?a=1&amp;b=2#c\" title='x'>ü</A>",
                "<A HREF=\"uber_uns.html?a=1&amp;b=2#c\" title='x'>ü</A>",
            ),
            ("<a href='b&amp;c.html'>", "<a href='b_c.html'>"),
            ("<img src=img/FOTO-1.jpg alt>", "<img src=img/foto_1.jpg alt>"),
            ("<a href=docs/>x</a>", "<a href=docs/index.html>x</a>"),
            (
                "<img srcset='img/Foto-1.JPG, img/Foto-1.JPG 2x,data:image/png;base64,AA 3x'>",
                "<img srcset='img/foto_1.jpg, img/foto_1.jpg 2x,data:image/png;base64,AA 3x'>",
            ),
            (
                "<META content=\"3; URL='Über uns.html'\" http-equiv=Refresh>",
                "<META content=\"3; URL=&#39;uber_uns.html&#39;\" http-equiv=Refresh>",
            ),
            (
                "<p style='color: red; background: url(&quot;img/Foto-1.JPG&quot;)'>",
                "<p style='color: red; background: url(&quot;img/foto_1.jpg&quot;)'>",
            ),
            (
                "<style>p { background: url(img/Foto-1.JPG) }</style>",
                "<style>p { background: url(img/foto_1.jpg) }</style>",
            ),
            ("<form action='docs/' method=get>", "<form action='docs/index.html' method=get>"),
            ("<form action='docs/' method=post>", "<form action='docs/' method=post>"),
            ("<body background=\"img/Foto-1.JPG\">", "<body background=\"img/foto_1.jpg\">"),
            (
                "<video poster='img/Foto-1.JPG'><object data='img/Foto-1.JPG'>",
                "<video poster='img/foto_1.jpg'><object data='img/foto_1.jpg'>",
            ),
            ("<base href='docs/'><a href='../Über uns.html'>", "<base href='index.html'><a href='uber_uns.html'>"),
            (
                "<!-- <a href='docs/'> --><script>'<a href=\"docs/\">'</script>",
                "<!-- <a href='docs/'> --><script>'<a href=\"docs/\">'</script>",
            ),
            ("<base href='docs/'><a href=''><img src>", "<base href='index.html'><a href=''><img src>"),
            ("<script src='//cdn.example/x.js'></script>", "<script src='https://cdn.example/x.js'></script>"),
            (
                "<link rel=stylesheet href=css/main.css integrity='sha384-x' crossorigin><img src=y.png crossorigin>",
                "<link rel=stylesheet href=css/main.css data-integrity='sha384-x' data-crossorigin><img src=y.png crossorigin>",
            ),
            (
                "<script crossorigin=anonymous integrity=sha384-x src='https://cdn.example/x.js'></script>",
                "<script crossorigin=anonymous integrity=sha384-x src='https://cdn.example/x.js'></script>",
            ),
            (
                "<iframe srcdoc='<p>x</p><a href=\"docs/\">&amp;amp;</a>'></iframe>",
                "<iframe srcdoc='&lt;p>x&lt;/p>&lt;a href=&quot;docs/index.html&quot;>&amp;amp;&lt;/a>'></iframe>",
            ),
        ] {
            assert_eq!(rewritten(FileKind::Html, page), expected);
        }
    }

    #[test]
    fn drawings_stylesheets_and_app_manifests_are_rewritten() {
        assert_eq!(
            rewritten(
                FileKind::Xml,
                "<?xml-stylesheet href='docs/'?><svg><script/><image xlink:href='img/Foto-1.JPG'/><use href='#a'/><rect fill='url(#a)'/></svg>"
            ),
            "<?xml-stylesheet href='docs/index.html'?><svg><script/><image xlink:href='img/foto_1.jpg'/><use href='#a'/><rect fill='url(#a)'/></svg>"
        );
        let files = [FILES[3], FILES[2]];
        let css = rewrite(FileKind::Css, b"a { background: url( '../img/Foto-1.JPG' ) }\n/* url(x) */", &files);
        assert_eq!(
            css.rewritten.as_deref(),
            Some(b"a { background: url( '../img/foto_1.jpg' ) }\n/* url(x) */".as_slice())
        );
        assert_eq!(
            rewritten(FileKind::AppManifest, r#"{"start_url" : "/docs/", "icons": [{"src":"img/Foto-1.JPG"}]}"#),
            r#"{"start_url" : "docs/index.html", "icons": [{"src":"img/foto_1.jpg"}]}"#
        );
    }

    #[test]
    fn pages_keep_their_encoding() {
        // In KOI8-R, ISO-2022-JP and UTF-16.
        let koi8 = b"<meta charset=koi8-r><p>\xf7\xcf\xc4\xc1</p><a href='\xf7\xcf\xc4\xc1.html?\xc4\xc1'>\xc4\xc1</a>";
        let expected =
            b"<meta charset=koi8-r><p>\xf7\xcf\xc4\xc1</p><a href='voda.html?\xc4\xc1'>\xc4\xc1</a>".as_slice();
        assert_eq!(rewrite(FileKind::Html, koi8, &FILES).rewritten.as_deref(), Some(expected));
        let percent = b"<meta charset=koi8-r><a href='%F7%CF%C4%C1.html'>\xc4\xc1</a>";
        let expected = b"<meta charset=koi8-r><a href='voda.html'>\xc4\xc1</a>".as_slice();
        assert_eq!(rewrite(FileKind::Html, percent, &FILES).rewritten.as_deref(), Some(expected));
        let utf_16 = |text: &str| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        };
        let report = rewrite(FileKind::Html, &utf_16("<p>Ü</p><a href='Über uns.html'>"), &FILES);
        assert_eq!(report.rewritten, Some(utf_16("<p>Ü</p><a href='uber_uns.html'>")));
        // The second byte of the first character is a backslash.
        let shift_jis = b"<meta charset=Shift_JIS><p>\x95\x5c</p><a href='docs/'>\x95\x5c</a>";
        let expected = b"<meta charset=Shift_JIS><p>\x95\x5c</p><a href='docs/index.html'>\x95\x5c</a>".as_slice();
        assert_eq!(rewrite(FileKind::Html, shift_jis, &FILES).rewritten.as_deref(), Some(expected));
    }

    #[test]
    fn links_that_cannot_be_rewritten_are_reported_with_their_lines() {
        let page = "<a href=x.html>\n<img src=../../y.png>\n<a href=http://a.example/><a href='IMG/foto-1.jpg'>\n\
                    <link rel=canonical href=/z/><script type=module src=css/main.css></script>\n\
                    <script>\n  location = 'Über uns.html';\n</script><a onclick=\"go('docs/index.html')\">\n\n\
                    <iframe srcdoc='\n<a href=z.html>'></iframe>";
        let report = rewrite(FileKind::Html, page.as_bytes(), &FILES);
        let missing = |line, link: &str| (line, (link.to_owned(), link.to_owned()));
        assert_eq!(report.missing, [missing(1, "x.html"), missing(10, "z.html")]);
        assert_eq!(report.outside, [(2, "../../y.png".to_owned())]);
        assert_eq!(report.other_case, [(3, "IMG/foto-1.jpg".to_owned())]);
        assert_eq!(report.elsewhere, 1);
        assert_eq!(report.scripted, [(4, "a module"), (6, "location")]);
        assert_eq!(report.renamed_in_scripts, [(6, ("Über uns.html".to_owned(), "uber_uns.html".to_owned()))]);
    }
}
