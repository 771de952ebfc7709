//! What links in a site lead to, and how they are written on the disc.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::catalogue::Site;
use crate::encodings::{PageEncoding, decode_percent};
use crate::language::fold_case;
use crate::layout::DiscPath;

/// The pages that a link to a folder leads to.
const INDEX_PAGES: [&str; 9] = [
    "index.html",
    "index.htm",
    "index.xhtml",
    "index.shtml",
    "index.php",
    "default.html",
    "default.htm",
    "default.asp",
    "default.aspx",
];

/// The files of a site by their paths, and their paths on the disc.
pub(super) struct SiteMap<'s> {
    pub(super) site: &'s Site,
    /// In the order of the files of the site.
    pub(super) disc_paths: &'s [DiscPath],
    files: HashMap<&'s str, usize>,
    /// The length of the path of the folder on the disc that contains the site, with its `/`.
    root: usize,
    /// The first file for each path as case-insensitive file systems compare it.
    folded: HashMap<String, usize>,
    /// The servers from which the site was copied, each with the folder of its files; empty for the folder of the site.
    hosts: Vec<(String, &'s str)>,
    /// All documents of the disc, by their paths from the manifest; the path of a site's folder leads to its start page.
    on_disc: Option<&'s HashMap<String, DiscPath>>,
}

/// Where links of a page start from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Base {
    /// The page itself.
    Page,
    /// A folder of the site, from a `base` element. Its path is empty for the site itself.
    Folder(String),
    /// Another site.
    OtherSite,
}

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LinkTarget {
    /// It is not a link to a file: a part of the same page, a mail address, a script.
    None,
    /// Another site. Contains the text to write instead, if the link would not work on the disc.
    OtherSite(Option<String>),
    /// A file or a folder that is not in the site.
    NotInSite,
    /// Nothing: there is no such file in the site. Contains the path at which it should be.
    Missing(String),
    /// A file of the site.
    File {
        /// The text to write instead, if the link would not work on the disc.
        new: Option<String>,
        /// Whether the link and the file differ in the case of letters.
        is_other_case: bool,
    },
}

impl<'s> SiteMap<'s> {
    pub(super) fn new(site: &'s Site, disc_paths: &'s [DiscPath]) -> Self {
        let mut files = HashMap::with_capacity(site.files.len());
        let mut folded = HashMap::with_capacity(site.files.len());
        for (number, file) in site.files.iter().enumerate() {
            files.insert(file.path.as_str(), number);
            folded.entry(fold_case(&file.path)).or_insert(number);
        }
        let name = site.written.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let mut hosts: Vec<(String, &str)> = server_name(name).map(|host| (host, "")).into_iter().collect();
        let folders = site.files.iter().filter_map(|file| file.path.split_once('/')).map(|(folder, _)| folder);
        for folder in folders {
            if hosts.iter().all(|(_, known)| *known != folder) {
                hosts.extend(server_name(folder).map(|host| (host, folder)));
            }
        }
        Self { site, disc_paths, files, folded, root: root_length(site, disc_paths), hosts, on_disc: None }
    }

    /// Lets links also lead to other documents of the disc, given by their paths from the manifest.
    pub(super) fn with_documents(self, on_disc: &'s HashMap<String, DiscPath>) -> Self {
        Self { on_disc: Some(on_disc), ..self }
    }

    /// Finds out what a link on a page leads to. `link` is the value of the attribute without character references.
    pub(super) fn resolve(&self, link: &str, page: usize, base: &Base, encoding: PageEncoding) -> LinkTarget {
        let link = clean(link);
        for own in self.paths_on_own_host(&link) {
            if let found @ LinkTarget::File { .. } = self.resolve(&own, page, &Base::Page, encoding) {
                return found;
            }
        }
        self.resolve_as_written(&link, page, base, encoding)
    }

    /// Finds out what a link leads to, if an address on the server of the site still leads to that server.
    pub(super) fn resolve_as_written(
        &self,
        link: &str,
        page: usize,
        base: &Base,
        encoding: PageEncoding,
    ) -> LinkTarget {
        let link = clean(link);
        if link.starts_with("//") || link.starts_with("\\\\") {
            // From a disc, this would lead to a server of the local network.
            return LinkTarget::OtherSite(Some(format!("https:{}", link.replace('\\', "/"))));
        }
        if let Some(scheme) = scheme_of(&link) {
            return match scheme.to_ascii_lowercase().as_str() {
                "http" | "https" | "ftp" => LinkTarget::OtherSite(None),
                // A path on the computer of the author.
                "file" => LinkTarget::NotInSite,
                letter if letter.len() == 1 => LinkTarget::NotInSite,
                _ => LinkTarget::None,
            };
        }
        let (path, suffix) = link.split_at(link.find(['?', '#']).unwrap_or(link.len()));
        if *base == Base::OtherSite {
            return LinkTarget::OtherSite(None);
        }
        if path.is_empty() && (*base == Base::Page || suffix.starts_with('#')) {
            // The base of a page with a `base` element is set to the page itself.
            return LinkTarget::None;
        }
        let path = path.replace('\\', "/");
        let folder = match base {
            Base::Folder(folder) => folder.as_str(),
            Base::Page | Base::OtherSite => folder_of(&self.site.files[page].path),
        };
        let (query, fragment) = suffix.split_at(suffix.find('#').unwrap_or(suffix.len()));
        let decoded = decode_percent(&path, Some(encoding));
        let joined = self.join(folder, &decoded);
        let Some((target, is_other_case, drops_query)) = self.find(&joined, folder, &path, query, encoding) else {
            if let Some(goal) = self.find_on_disc(&joined, folder, &decoded) {
                let new = format!("{}{fragment}", goal.link_from(&self.disc_paths[page]));
                return LinkTarget::File { new: Some(new), is_other_case: false };
            }
            if let Some(path) = read_as_utf_8(&path, encoding)
                && let found @ LinkTarget::File { .. } =
                    self.resolve(&format!("{path}{suffix}"), page, base, PageEncoding::UTF_8)
            {
                return found;
            }
            return if joined.is_outside || path.starts_with('/') {
                LinkTarget::NotInSite
            } else {
                LinkTarget::Missing(joined.path)
            };
        };
        let suffix = if drops_query { fragment } else { suffix };
        let own = &self.disc_paths[page];
        let goal = &self.disc_paths[target];
        // What the link would lead to if it were left as it is.
        let unchanged = Joined::new(folder_of(own.as_str()), &decoded);
        let works = !drops_query
            && *base == Base::Page
            && !path.contains('\\')
            && !path.starts_with('/')
            && !unchanged.is_outside
            && !unchanged.is_folder
            && unchanged.path == goal.as_str();
        let new = (!works).then(|| format!("{}{suffix}", goal.link_from(own)));
        LinkTarget::File { new, is_other_case }
    }

    /// If a link has an address on a server from which the site was copied, the paths that it may have in the site, which begin
    /// with `/`. Programs that copy sites name the folder after the server; if they copy several, each gets a folder in the site.
    fn paths_on_own_host(&self, link: &str) -> Vec<String> {
        let Some((host, path)) = split_address(link) else { return Vec::new() };
        let Some(host) = server_name(host.split_once(':').map_or(host, |(host, _)| host)) else { return Vec::new() };
        let path = path.trim_start_matches('/');
        let folders = self.hosts.iter().filter(|(name, _)| *name == host).map(|(_, folder)| *folder);
        folders.map(|folder| if folder.is_empty() { format!("/{path}") } else { format!("/{folder}/{path}") }).collect()
    }

    /// The path of a link that starts in a folder. It may leave the site and come back to it by name: `../site/page.html`.
    fn join(&self, folder: &str, link: &str) -> Joined {
        let joined = Joined::new(folder, link);
        if !joined.is_outside || link.starts_with('/') {
            return joined;
        }
        let root = Joined::new("", &self.site.written).path;
        let whole = Joined::new(&format!("{root}/{folder}"), link);
        let below = whole.path.strip_prefix(&root).and_then(|rest| rest.strip_prefix('/'));
        match below {
            Some(path) if !whole.is_outside => Joined { path: path.to_owned(), is_outside: false, ..joined },
            _ => joined,
        }
    }

    /// The document outside the site that a link leads to, such as a page of the site in another language: `../fr/index.html`.
    fn find_on_disc(&self, joined: &Joined, folder: &str, link: &str) -> Option<&'s DiscPath> {
        let on_disc = self.on_disc.filter(|_| joined.is_outside && !link.starts_with('/'))?;
        let root = Joined::new("", &self.site.written);
        let whole = Joined::new(&format!("{}/{folder}", root.path), link);
        if root.is_outside || whole.is_outside {
            return None;
        }
        let file = on_disc.get(&whole.path).filter(|_| !whole.is_folder);
        let index = || INDEX_PAGES.iter().find_map(|name| on_disc.get(&format!("{}/{name}", whole.path)));
        file.or_else(index).or_else(|| on_disc.get(&whole.path))
    }

    /// The file that a path leads to, whether only the case of letters differs, and whether the query is a part of the
    /// file's name.
    fn find(
        &self,
        joined: &Joined,
        folder: &str,
        written: &str,
        query: &str,
        encoding: PageEncoding,
    ) -> Option<(usize, bool, bool)> {
        self.find_path(joined, folder, written, query, encoding)
            .or_else(|| self.find_path(&joined.without_session()?, folder, "", query, encoding))
    }

    /// Like [`Self::find`], for exactly this path.
    fn find_path(
        &self,
        joined: &Joined,
        folder: &str,
        written: &str,
        query: &str,
        encoding: PageEncoding,
    ) -> Option<(usize, bool, bool)> {
        let path = joined.path.as_str();
        let mut candidates: Vec<(Cow<'_, str>, bool)> = Vec::new();
        if query.len() > 1 && !joined.is_folder {
            // Programs that copy sites make the query a part of the name.
            let query = decode_percent(&query[1..], Some(encoding));
            for separator in ["?", "@"] {
                candidates.push((format!("{path}{separator}{query}").into(), true));
                candidates.push((format!("{path}{separator}{query}.html").into(), true));
            }
        }
        if !joined.is_folder {
            candidates.push((path.into(), false));
        }
        candidates.extend(INDEX_PAGES.iter().map(|name| {
            let index = if path.is_empty() { (*name).to_owned() } else { format!("{path}/{name}") };
            (index.into(), false)
        }));
        // Names that contain a percent sign.
        if written.contains('%') {
            candidates.push((Joined::new(folder, written).path.into(), false));
        }
        if !joined.is_folder && !path.is_empty() {
            candidates.extend(["html", "htm"].map(|extension| (format!("{path}.{extension}").into(), false)));
            if let Some(stem) = path.strip_suffix(".html") {
                candidates.push((format!("{stem}.htm").into(), false));
            } else if let Some(stem) = path.strip_suffix(".htm") {
                candidates.push((format!("{stem}.html").into(), false));
            }
        }
        // A link to the folder of the site itself leads to the start page, the first file, if no page has one of these names.
        let start = (joined.is_folder && path.is_empty() && !self.site.files.is_empty()).then_some((0, false, false));
        let exact = candidates.iter().find_map(|(path, drops)| Some((*self.files.get(path.as_ref())?, false, *drops)));
        let found = exact.or_else(|| {
            candidates.iter().find_map(|(path, drops)| {
                let number = *self.folded.get(&fold_case(path))?;
                // A name that differs in how its accents are encoded does not differ in case.
                let is_other_case = self.site.files[number].path.to_lowercase() == path.to_lowercase();
                Some((number, is_other_case, *drops))
            })
        });
        found.or(start)
    }

    /// The base of a page that has a `base` element with this address.
    pub(super) fn base(&self, link: &str, page: usize, encoding: PageEncoding) -> Base {
        let link = clean(link);
        let link = self.paths_on_own_host(&link).into_iter().next().map_or(link, Cow::Owned);
        if link.starts_with("//") || scheme_of(&link).is_some() {
            return Base::OtherSite;
        }
        let path = &link[..link.find(['?', '#']).unwrap_or(link.len())];
        if path.is_empty() {
            return Base::Page;
        }
        let path = path.replace('\\', "/");
        let joined = Joined::new(folder_of(&self.site.files[page].path), &decode_percent(&path, Some(encoding)));
        let folder = if joined.is_folder { joined.path.as_str() } else { folder_of(&joined.path) };
        Base::Folder(folder.to_owned())
    }

    /// The files whose names on the disc differ from those in the site by more than the case of letters, each with its path
    /// below the folder of the site on the disc.
    pub(super) fn renamed_files(&self) -> impl Iterator<Item = (&'s str, &'s str)> {
        let root = self.root;
        let files = self.site.files.iter().zip(self.disc_paths);
        files
            .map(move |(file, disc)| (file.path.as_str(), &disc.as_str()[root..]))
            .filter(|(old, new)| !old.eq_ignore_ascii_case(new))
    }

    /// If a text in a script is exactly the path of a file of the site, and that file has another path on the disc, returns the
    /// other path, below the folder of the site.
    pub(super) fn renamed(&self, text: &str, page: usize) -> Option<String> {
        let looks_like_a_name = text.contains('.') && text.len() < 200 && !text.contains("://");
        if !looks_like_a_name {
            return None;
        }
        let path = &text[..text.find(['?', '#']).unwrap_or(text.len())];
        let root = self.root;
        // Paths in scripts are relative to the page that contains the script, or to the root of the site.
        [folder_of(&self.site.files[page].path), ""].into_iter().find_map(|folder| {
            let joined = Joined::new(folder, path);
            let number = *self.files.get(joined.path.as_str())?;
            let new = &self.disc_paths[number].as_str()[root..];
            (joined.path != new).then(|| new.to_owned())
        })
    }
}

/// A path from the folder of the manifest, without `.` and `..`. `None` if it leads out of that folder.
pub(super) fn path_from_manifest(written: &str) -> Option<String> {
    let joined = Joined::new("", written);
    (!joined.is_outside && !written.starts_with('/')).then_some(joined.path)
}

/// The length of the path of the folder on the disc that contains a site, with its `/`.
fn root_length(site: &Site, disc_paths: &[DiscPath]) -> usize {
    let levels = |path: &str| path.matches('/').count();
    let files = site.files.iter().zip(disc_paths);
    // Where several folders have become one, a path has fewer levels than usual.
    let depth = files.map(|(file, disc)| levels(disc.as_str()).saturating_sub(levels(&file.path))).max().unwrap_or(0);
    let first = disc_paths.first().map_or("", DiscPath::as_str);
    first.match_indices('/').take(depth).last().map_or(0, |(at, _)| at + 1)
}

/// A path from the root of a site or of the disc.
#[derive(Debug, PartialEq, Eq)]
struct Joined {
    /// Without `.` and `..`, and without `/` at either end.
    path: String,
    /// Whether it is written as a folder, with `/` or `.` at its end.
    is_folder: bool,
    /// Whether it leads out of the root; then it continues at the root, as on the web.
    is_outside: bool,
}

impl Joined {
    /// The path without the session that some servers add to the links of each visitor: `page.html;jsessionid=1A2B`. `None` if
    /// nothing like that is in it.
    fn without_session(&self) -> Option<Self> {
        let name = self.path.rfind('/').map_or(0, |at| at + 1);
        let (page, parameter) = self.path[name..].split_once(';')?;
        let key = parameter.split_once('=')?.0;
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let page = &self.path[..name + page.len()];
        let is_folder = page.is_empty() || page.ends_with('/');
        Some(Self { path: page.trim_end_matches('/').to_owned(), is_folder, is_outside: self.is_outside })
    }

    /// The path of a link, without percent-encoding, that starts in a folder.
    fn new(folder: &str, link: &str) -> Self {
        let mut parts: Vec<&str> = if link.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
        parts.retain(|part| !part.is_empty());
        let mut is_outside = false;
        for part in link.split('/') {
            match part {
                "" | "." => {}
                ".." => is_outside |= parts.pop().is_none(),
                part => parts.push(part),
            }
        }
        let is_folder = link.is_empty() || matches!(link.rsplit('/').next(), Some("" | "." | ".."));
        Self { path: parts.join("/"), is_folder, is_outside }
    }
}

/// The server and the path of an address such as `http://example.org/page.html`, or `//example.org/page.html`. `None` for others.
fn split_address(link: &str) -> Option<(&str, &str)> {
    let rest = link.strip_prefix("//").or_else(|| {
        let (scheme, rest) = link.split_once("://")?;
        ["http", "https"].iter().any(|own| scheme.eq_ignore_ascii_case(own)).then_some(rest)
    })?;
    Some(rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())))
}

/// Whether a link is an address on a server.
pub(super) fn is_on_server(link: &str) -> bool {
    split_address(&clean(link)).is_some()
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A link as browsers read it: without spaces at its ends, and without tabs and line breaks.
fn clean(link: &str) -> Cow<'_, str> {
    let link = link.trim_matches(|c: char| c <= ' ');
    if link.contains(['\t', '\n', '\r']) { link.replace(['\t', '\n', '\r'], "").into() } else { link.into() }
}

/// The name of a server without `www.`, in lower case. `None` if a name cannot be that of a public server.
fn server_name(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("www.").unwrap_or(&name);
    (name.contains('.') && !name.starts_with('.')).then(|| name.to_owned())
}

/// A path in UTF-8 on a page that was decoded in another encoding: a server may have stated the right one, which a copy of the page does
/// not say. `None` if the path has only ASCII characters, or is not UTF-8.
fn read_as_utf_8(path: &str, encoding: PageEncoding) -> Option<String> {
    if path.is_ascii() || encoding == PageEncoding::UTF_8 || !encoding.is_ascii_compatible() {
        return None;
    }
    let bytes = encoding.encode(path);
    let is_faithful = encoding.decode(&bytes) == path;
    String::from_utf8(bytes).ok().filter(|_| is_faithful)
}

/// The scheme of an absolute address, such as `https`.
fn scheme_of(link: &str) -> Option<&str> {
    let (scheme, _) = link.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_scheme.then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{SiteFile, SourceId};

    /// Resolves links on the page `docs/page.html` of a site with these files.
    fn resolve(files: &[(&str, &str)], link: &str, base: &Base) -> LinkTarget {
        let file = |path: &str| SiteFile { path: path.to_owned(), source: SourceId(0), extension: String::new() };
        let site = Site::from_files("site", files.iter().map(|(path, _)| file(path)).collect());
        let disc: Vec<DiscPath> = files.iter().map(|(_, path)| DiscPath::for_test(path)).collect();
        SiteMap::new(&site, &disc).resolve(link, 0, base, PageEncoding::UTF_8)
    }

    const FILES: [(&str, &str); 9] = [
        ("docs/page.html", "d/s/r_en/docs/page.html"),
        ("docs/Über uns.html", "d/s/r_en/docs/uber_uns.html"),
        ("docs/a/index.htm", "d/s/r_en/docs/a/index.htm"),
        ("img/Photo.JPG", "d/s/r_en/img/photo.jpg"),
        ("index.html", "d/s/r_en/index.html"),
        ("docs/c#.html", "d/s/r_en/docs/c.html"),
        ("docs/x.php?id=3", "d/s/r_en/docs/x_php_id_3.html"),
        ("docs/100%25.html", "d/s/r_en/docs/100_25.html"),
        ("docs/plain.html", "d/s/r_en/docs/plain.html"),
    ];

    #[test]
    fn links_to_files_of_the_site_are_written_as_on_the_disc() {
        let new = |link: &str| match resolve(&FILES, link, &Base::Page) {
            LinkTarget::File { new, .. } => new,
            other => Some(format!("{other:?}")),
        };
        for (link, expected) in [
            ("plain.html", None),
            ("./plain.html?a=b#c", None),
            ("../index.html", None),
            ("page.html#x", None),
            ("Über%20uns.html#team", Some("uber_uns.html#team")),
            ("%C3%9Cber uns.html", Some("uber_uns.html")),
            ("U\u{308}ber uns.html", Some("uber_uns.html")),
            (" \nplain.\thtml ", None),
            ("a/", Some("a/index.htm")),
            ("a", Some("a/index.htm")),
            ("a/index.html", Some("a/index.htm")),
            ("..", Some("../index.html")),
            ("../", Some("../index.html")),
            ("/", Some("../index.html")),
            ("/img/Photo.JPG", Some("../img/photo.jpg")),
            ("../../../img/Photo.JPG", Some("../img/photo.jpg")),
            ("..\\img\\Photo.JPG", Some("../img/photo.jpg")),
            ("c%23.html", Some("c.html")),
            ("x.php?id=3#top", Some("x_php_id_3.html#top")),
            ("100%25.html", Some("100_25.html")),
            ("plain", Some("plain.html")),
            ("plain.htm", Some("plain.html")),
            ("../docs/plain.html", None),
            ("plain.html;jsessionid=1A2B#c", Some("plain.html#c")),
            ("x.php;jsessionid=1A2B.node3?id=3", Some("x_php_id_3.html")),
            ("a/;jsessionid=1A2B", Some("a/index.htm")),
            ("plain;draft.html", Some("Missing(\"docs/plain;draft.html\")")),
            ("plain.html;draft", Some("Missing(\"docs/plain.html;draft\")")),
            ("../../site/img/Photo.JPG", Some("../img/photo.jpg")),
        ] {
            assert_eq!(new(link).as_deref(), expected, "{link}");
        }
    }

    #[test]
    fn other_links_are_recognised() {
        for (link, expected) in [
            ("", LinkTarget::None),
            ("#top", LinkTarget::None),
            ("?x=1", LinkTarget::None),
            ("mailto:a@example.org", LinkTarget::None),
            ("data:image/png;base64,AAAA", LinkTarget::None),
            ("JavaScript:void(0)", LinkTarget::None),
            ("http://example.org/", LinkTarget::OtherSite(None)),
            ("//example.org/x", LinkTarget::OtherSite(Some("https://example.org/x".to_owned()))),
            ("file:///C:/x.html", LinkTarget::NotInSite),
            ("C:\\x.html", LinkTarget::NotInSite),
            ("../../x.html", LinkTarget::NotInSite),
            ("../../other/plain.html", LinkTarget::NotInSite),
            ("../../site2/img/Photo.JPG", LinkTarget::NotInSite),
            ("/x.html", LinkTarget::NotInSite),
            ("missing.html", LinkTarget::Missing("docs/missing.html".to_owned())),
            ("../img/PHOTO.jpg", LinkTarget::File { new: Some("../img/photo.jpg".to_owned()), is_other_case: true }),
        ] {
            assert_eq!(resolve(&FILES, link, &Base::Page), expected, "{link}");
        }
    }

    #[test]
    fn a_link_to_the_folder_of_a_site_without_an_index_page_leads_to_its_start_page() {
        let files = [("docs/page.html", "d/s/docs/page.html"), ("docs/plain.html", "d/s/docs/plain.html")];
        assert_eq!(
            resolve(&files, "..", &Base::Page),
            LinkTarget::File { new: Some("page.html".to_owned()), is_other_case: false }
        );
        assert_eq!(resolve(&files, ".", &Base::Page), LinkTarget::Missing("docs".to_owned()));
    }

    #[test]
    fn links_lead_to_other_documents_of_the_disc() {
        let site = Site::from_files(
            "help/en",
            vec![SiteFile { path: "a/page.html".to_owned(), source: SourceId(0), extension: String::new() }],
        );
        let disc = [DiscPath::for_test("d/help_en/a/page.html")];
        let on_disc = [
            ("help/fr", "start"),
            ("help/fr/start.html", "start"),
            ("help/fr/x/index.html", "x"),
            ("help/All.pdf", "all"),
        ];
        let on_disc = on_disc.map(|(path, name)| (path.to_owned(), DiscPath::for_test(&format!("d/{name}"))));
        let on_disc = HashMap::from(on_disc);
        let map = SiteMap::new(&site, &disc).with_documents(&on_disc);
        for (link, expected) in [
            ("../../fr/start.html#top", Some("../../start#top")),
            ("../../fr/", Some("../../start")),
            ("../../fr/x/", Some("../../x")),
            ("../../All.pdf", Some("../../all")),
            ("../../../All.pdf", None),
            ("/All.pdf", None),
            ("../../es/start.html", None),
        ] {
            let found = match map.resolve(link, 0, &Base::Page, PageEncoding::UTF_8) {
                LinkTarget::File { new, .. } => new,
                _ => None,
            };
            assert_eq!(found.as_deref(), expected, "{link}");
        }
    }

    #[test]
    fn addresses_on_the_copied_server_lead_to_files_of_the_site() {
        let file = |path: &str| SiteFile { path: path.to_owned(), source: SourceId(0), extension: String::new() };
        let files =
            [("a/page.html", "d/a/page.html"), ("img/Photo.JPG", "d/img/photo.jpg"), ("index.html", "d/index.html")];
        let disc: Vec<DiscPath> = files.iter().map(|(_, path)| DiscPath::for_test(path)).collect();
        let new = |folder: &str, prefix: &str, link: &str| {
            let site_files = files.iter().map(|(path, _)| file(&format!("{prefix}{path}"))).collect();
            match SiteMap::new(&Site::from_files(folder, site_files), &disc).resolve(
                link,
                0,
                &Base::Page,
                PageEncoding::UTF_8,
            ) {
                LinkTarget::File { new, .. } => new,
                other => Some(format!("{other:?}")),
            }
        };
        for link in [
            "http://example.org/img/Photo.JPG#x",
            "https://www.Example.org:80/img/Photo.JPG#x",
            "//example.org/img/Photo.JPG#x",
        ] {
            for (folder, prefix) in [("copies/example.org", ""), ("www.example.org/", ""), ("copies", "example.org/")] {
                assert_eq!(new(folder, prefix, link).as_deref(), Some("../img/photo.jpg#x"), "{folder} {link}");
            }
        }
        assert_eq!(new("example.org", "", "http://example.org").as_deref(), Some("../index.html"));
        for other in ["http://example.org/other.html", "http://example.com/index.html", "ftp://example.org/index.html"]
        {
            assert_eq!(new("example.org", "", other).as_deref(), Some("OtherSite(None)"), "{other}");
        }
        assert_eq!(new("docs", "", "http://docs/index.html").as_deref(), Some("OtherSite(None)"));
        // Both folders belong to the server.
        let files = [("example.org/a.html", "d/a.html"), ("www.example.org/b.html", "d/b.html")];
        let disc: Vec<DiscPath> = files.iter().map(|(_, path)| DiscPath::for_test(path)).collect();
        let site = Site::from_files("copies", files.iter().map(|(path, _)| file(path)).collect());
        let map = SiteMap::new(&site, &disc);
        let target = map.resolve("http://www.example.org/b.html", 0, &Base::Page, PageEncoding::UTF_8);
        assert_eq!(target, LinkTarget::File { new: Some("b.html".to_owned()), is_other_case: false });
        let base = map.base("http://example.org/", 0, PageEncoding::UTF_8);
        assert_eq!(base, Base::Folder("example.org".to_owned()));
        assert_eq!(map.base("http://example.com/", 0, PageEncoding::UTF_8), Base::OtherSite);
    }

    #[test]
    fn addresses_for_which_a_server_is_needed_are_kept() {
        let page = |path: &str| SiteFile { path: path.to_owned(), source: SourceId(0), extension: String::new() };
        let site = Site::from_files("example.org", vec![page("index.html")]);
        let disc = [DiscPath::for_test("d/index.html")];
        let map = SiteMap::new(&site, &disc);
        let link = "http://example.org/";
        assert!(is_on_server(link) && is_on_server("//example.org/?s=x") && !is_on_server("docs/index.html"));
        let as_written = map.resolve_as_written(link, 0, &Base::Page, PageEncoding::UTF_8);
        assert_eq!(as_written, LinkTarget::OtherSite(None));
        assert!(matches!(map.resolve(link, 0, &Base::Page, PageEncoding::UTF_8), LinkTarget::File { .. }));
    }

    #[test]
    fn paths_in_utf_8_on_a_page_in_another_encoding_are_found() {
        let site = Site::from_files(
            "site",
            ["page.html", "中文ç.png"]
                .map(|path| SiteFile { path: path.to_owned(), source: SourceId(0), extension: String::new() })
                .into(),
        );
        let disc = [DiscPath::for_test("d/page.html"), DiscPath::for_test("d/x.png")];
        let latin = PageEncoding::of(b"<meta charset=iso-8859-1>");
        let written = latin.decode("中文ç.png".as_bytes());
        let map = SiteMap::new(&site, &disc);
        let expected = LinkTarget::File { new: Some("x.png?v=1".to_owned()), is_other_case: false };
        assert_eq!(map.resolve(&format!("{written}?v=1"), 0, &Base::Page, latin), expected);
        assert!(matches!(map.resolve("ä.png", 0, &Base::Page, latin), LinkTarget::Missing(_)));
    }

    #[test]
    fn links_start_at_the_base_of_the_page() {
        let root = Base::Folder(String::new());
        let file = |new: &str| LinkTarget::File { new: Some(new.to_owned()), is_other_case: false };
        assert_eq!(resolve(&FILES, "index.html", &root), file("../index.html"));
        assert_eq!(resolve(&FILES, "docs/plain.html", &root), file("plain.html"));
        assert_eq!(resolve(&FILES, "#top", &root), LinkTarget::None);
        assert_eq!(resolve(&FILES, "plain.html", &Base::OtherSite), LinkTarget::OtherSite(None));
    }
}
